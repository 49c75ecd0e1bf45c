/*
 * swe_run.c - what script_swe_run drives: lines of JSON in, lines of JSON out, through the real harness.
 *
 *	{"do":"run","repo":PATH,"tree":REV,"lang":"python","files":[...],"shuffle":1,"clock":true}
 *	{"do":"validate","repo":PATH,"start":REV,"fixed":REV,"lang":"c","paths":[...],"files":[...]}
 *	{"do":"judge","repo":PATH,"desc":{...},"tree":REV,"variants":2}	(or "response":TEXT for "tree"; "seed":N)
 *
 * swe_run DIR [--cold] [--narrow]: environments are kept below DIR.
 */
#include "repos/judge.h"
#include "repos/validate.h"
#include "tests/container.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct command {
	struct json json;
	struct repo *repo;
	struct arena text;
	struct err err;
};

static const char *text(struct command *c, const char *name)
{
	struct buf b = BUF_INIT;
	struct json v;
	const char *z = NULL;

	if (json_get(c->json, name, &v) && json_str(v, &b))
		z = arena_strdup(&c->text, buf_str(&b));
	buf_release(&b);
	return z;
}

static struct words words(struct command *c, const char *name)
{
	struct words w = { 0 };
	struct json list, v;

	if (!json_get(c->json, name, &list))
		return w;
	w.at = arena_zalloc(&c->text, json_count(list) + 1, sizeof(*w.at));
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v);) {
		struct buf b = BUF_INIT;

		json_str(v, &b);
		w.at[w.n++] = arena_strdup(&c->text, buf_str(&b));
		buf_release(&b);
	}
	return w;
}

static double number(struct command *c, const char *name)
{
	struct json v;
	double f = 0;

	if (json_get(c->json, name, &v))
		json_f64(v, &f);
	return f;
}

static bool flag(struct command *c, const char *name)
{
	struct json v;
	bool b = false;

	return json_get(c->json, name, &v) && json_bool(v, &b) && b;
}

/* The tree of a commit. */
static int tree_of(struct command *c, const char *name, struct oid *tree)
{
	const char *rev = text(c, name);
	struct oid commit;
	struct commit read;

	if (!rev || repo_resolve(c->repo, rev, &commit, &c->err) < 0)
		return ERR_FAIL;
	if (repo_commit(c->repo, &commit, &read) != OBJECT_OK)
		return err_set(&c->err, "%s is no commit", rev);
	*tree = read.tree;
	object_release(&read.object);
	return 0;
}

static void add_counts(struct buf *out, const struct outcomes *o)
{
	json_key(out, "tests");
	json_open(out, '{');
	for (size_t i = 0; i < o->n; i++) {
		json_key_str(out, o->rows[i].id);
		json_add_z(out, outcome_name(o->rows[i].is));
	}
	json_close(out, '}');
}

/* The recipe that a command names or gives, or the one that fits the tree. */
static int environment_of(struct command *c, const struct oid *tree, struct environment *e)
{
	struct buf why = BUF_INIT;
	struct json recipe;
	int rc = 0;

	if (json_get(c->json, "recipe", &recipe))
		return environment_read(e, recipe, &c->err);
	if (environment_detect(e, c->repo, tree, text(c, "lang"), &why) < 0)
		rc = err_set(&c->err, "%s", buf_z(&why));
	buf_release(&why);
	return rc;
}

static int do_run(struct harness *h, struct command *c, struct buf *out)
{
	struct run_report r = RUN_REPORT_INIT;
	struct environment env;
	struct run_ask ask = { .env = &env, .repo = c->repo, .files = words(c, "files"), .ids = words(c, "ids"), .shuffle = (uint64_t)number(c, "shuffle"),
		.other_clock = flag(c, "clock") };
	int rc;

	if (tree_of(c, "tree", &ask.tree) < 0 || environment_of(c, &ask.tree, &env) < 0)
		return ERR_FAIL;
	rc = harness_run(h, &ask, &r, &c->err);
	if (rc == 0) {
		json_key(out, "status");
		json_add_z(out, run_status_name(r.status));
		json_key(out, "limit");
		json_add_z(out, run_status_name(r.limit));
		json_key(out, "cause");
		json_add_z(out, cause_name(r.cause));
		json_key(out, "why");
		json_add_str(out, buf_str(&r.why));
		json_key(out, "log");
		json_add_str(out, buf_str(&r.log));
		json_key(out, "cpu_us");
		json_add_u64(out, r.cpu_us);
		add_counts(out, &r.outcomes);
	}
	run_report_release(&r);
	environment_release(&env);
	return rc;
}

static int do_validate(struct harness *h, struct command *c, const char *dir, struct buf *out)
{
	struct change_ask ask = { .repo = c->repo, .name = "test/repo", .paths = words(c, "paths"), .files = words(c, "files"), .code_lang = text(c, "lang"),
		.version = text(c, "version"), .variants = !flag(c, "plain") };
	struct environment env = { 0 };
	struct validation v;
	struct json recipe;

	if (json_get(c->json, "recipe", &recipe)) {
		if (environment_read(&env, recipe, &c->err) < 0)
			return ERR_FAIL;
		ask.env = &env;
	}
	if (tree_of(c, "start", &ask.start) < 0 || tree_of(c, "fixed", &ask.fixed) < 0 || validate(h, &ask, &v, &c->err) < 0)
		return ERR_FAIL;
	json_key(out, "kept");
	json_add_bool(out, v.kept);
	json_key(out, "reason");
	json_add_z(out, v.reason);
	json_key(out, "detail");
	json_add_str(out, buf_str(&v.detail));
	json_key(out, "before");
	json_add_z(out, before_state_name(v.before));
	json_key(out, "runs");
	json_add_u64(out, v.runs);
	json_key(out, "cpu_us");
	json_add_u64(out, v.cpu_us);
	json_key(out, "unstable");
	json_open(out, '{');
	for (size_t i = 0; i < v.n_unstable; i++) {
		json_key(out, v.unstable[i].id);
		json_add_z(out, test_kind_name(v.unstable[i].kind));
	}
	json_close(out, '}');
	json_key(out, "environment");
	environment_write(&v.env, out);
	if (v.kept) {
		json_key(out, "desc");
		swe_task_write(&v.task, out);
		if (environment_save(&v.env, dir, &c->err) < 0)
			return ERR_FAIL;
	}
	validation_release(&v);
	environment_release(&env);
	return 0;
}

static int do_judge(struct harness *h, struct command *c, const char *dir, struct buf *out)
{
	struct judge_ask ask = { .repo = c->repo, .variants = (unsigned)number(c, "variants") };
	struct swe_task task;
	struct environment env;
	struct judgement j;
	struct json desc, v;
	uint64_t seed = (uint64_t)number(c, "seed");
	int rc;

	if (!json_get(c->json, "desc", &desc) || !swe_task_read(&task, desc.raw, &c->err) || environment_load(&env, dir, task.environment, &c->err) < 0)
		return ERR_FAIL;
	ask.task = &task;
	ask.env = &env;
	if (json_get(c->json, "seed", &v))
		ask.seed = &seed;
	if (text(c, "response")) {
		rc = judge_answer(h, &ask, str_of(text(c, "response")), false, &j, &c->err);
	} else {
		rc = tree_of(c, "tree", &ask.tree);
		if (rc == 0)
			rc = judge_tree(h, &ask, &j, &c->err);
	}
	if (rc == 0) {
		json_key(out, "status");
		json_add_z(out, judge_status_name(j.status));
		json_key(out, "mark");
		json_add_u64(out, (uint64_t)j.mark);
		json_key(out, "correct");
		json_add_bool(out, j.mark == QUARRY_CORRECT);
		json_key(out, "met");
		json_add_u64(out, j.fail_to_pass_met + j.pass_to_pass_met);
		json_key(out, "variants");
		json_add_u64(out, j.variants);
		json_key(out, "why");
		json_add_str(out, buf_str(&j.why));
		json_key(out, "log");
		json_add_str(out, buf_str(&j.log));
		json_key(out, "cpu_us");
		json_add_u64(out, j.cpu_us);
		judgement_release(&j);
	}
	environment_release(&env);
	swe_task_release(&task);
	return rc;
}

static void answer(struct harness *h, const char *dir, struct str line, struct buf *out)
{
	struct command c = { .err = ERR_INIT };
	const char *path;
	int rc = ERR_FAIL;

	json_open(out, '{');
	if (json_parse(&c.json, line, &c.err) && (path = text(&c, "repo")) && repo_open(&c.repo, path, &c.err) == 0) {
		struct json what;

		json_get(c.json, "do", &what);
		rc = json_is(what, "run") ? do_run(h, &c, out) : json_is(what, "validate") ? do_validate(h, &c, dir, out) : do_judge(h, &c, dir, out);
		repo_free(c.repo);
	}
	if (rc < 0) {
		json_key(out, "error");
		json_add_z(out, c.err.msg);
	}
	json_close(out, '}');
	arena_release(&c.text);
}

int main(int argc, char **argv)
{
	struct sandbox_options o = { .slots = 2 };
	struct harness_options options = { 0 };
	struct harness *h;
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (argc > 2 && strcmp(argv[1], "--in-container") == 0) { /* a program as a container would run it */
		if (container_enter())
			execvp(argv[2], argv + 2);
		fprintf(stderr, "swe_run: %s\n", argv[2]);
		return 77;
	}
	if (argc < 2) {
		fprintf(stderr, "usage: swe_run DIR [--cold] [--narrow] [--container], or swe_run --in-container PROGRAM...\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		options.cold |= strcmp(argv[i], "--cold") == 0;
		if (strcmp(argv[i], "--narrow") == 0)
			o.at_most = SANDBOX_NARROW;
		if (strcmp(argv[i], "--container") == 0 && !container_enter()) {
			fprintf(stderr, "swe_run: no filter of kernel calls\n");
			return 77;
		}
	}
	options.box = sandbox_open(&o, &err);
	if (!options.box || harness_open(&h, &options, &err) < 0) {
		fprintf(stderr, "swe_run: %s\n", err.msg);
		return 2;
	}
	while ((n = getline(&line, &cap, stdin)) > 0) {
		buf_reset(&out);
		answer(h, argv[1], (struct str){ line, (size_t)n }, &out);
		printf("%s\n", buf_z(&out));
		fflush(stdout);
	}
	harness_close(h);
	sandbox_close(options.box);
	buf_release(&out);
	free(line);
	return 0;
}
