/* mine_written.c - what a model writes for a candidate: a statement where the texts say too little, tests where a commit has none. */
#include "cli/mine_inside.h"

#include "base/json.h"
#include "cli/mine_model.h"
#include "cli/stop.h"
#include "repos/written.h"

#include <stdlib.h>

static void release_all(struct buf *reply)
{
	for (int i = 0; i < MINE_SAMPLES; i++)
		buf_release(&reply[i]);
}

static void note(struct attempt *a, const char *what, const char *became)
{
	if (a->said.n)
		buf_addc(&a->said, ',');
	buf_addf(&a->said, "\"%s:%s\"", what, became);
}

int mine_ask_statement(struct attempt *a, const struct statement_ask *ask, struct statement *s, struct buf *prompt)
{
	struct buf reply[MINE_SAMPLES] = { 0 };
	int rc, good = 0;

	statement_prompt(ask, prompt);
	rc = prompt->failed ? err_set(a->err, "out of memory") : mine_model_ask(a->m->o.model, buf_str(prompt), reply, a->err);
	for (int i = 0; rc == 0 && !good && i < mine_model_samples(a->m->o.model); i++) {
		good = statement_reply(ask, buf_str(&reply[i]), s);
		if (good < 0)
			rc = err_set(a->err, "out of memory");
		else
			note(a, "statement", good ? "taken" : reply[i].n ? "not_good_enough" : "no_reply");
	}
	release_all(reply);
	return rc < 0 ? rc : good;
}

/* ---- tests */

struct writing {
	struct attempt *a;
	const struct candidate *c;
	const struct oid *fixed; /* tree_in_text of the candidate's trees */
	struct tests_place place;
	struct arena text;
	struct buf prompt;
};

/* A tree with the module. */
static int with_module(struct writing *w, const struct oid *of, const struct variant_site *site, struct oid *tree)
{
	bool all = true;

	return variant_tree(w->a->repo, of, site, &all, 1, tree, w->a->err);
}

/* Whether the module holds: some test fails before and passes after, and none of its own does now this and now that. */
static const char *became_of(const struct validation *v, const char *path)
{
	size_t n = strlen(path);

	if (!v->kept && strcmp(v->reason, "unstable") == 0)
		return "unsteady";
	if (!v->kept && strcmp(v->reason, "no_fail_to_pass") == 0)
		return str_find(buf_str(&v->detail), str_of(path)) >= 0 ? "fails_after" : "passes_before";
	if (!v->kept)
		return v->reason;
	for (size_t i = 0; i < v->n_unstable; i++)
		if (strncmp(v->unstable[i].id, path, n) == 0)
			return "unsteady";
	for (size_t i = 0; i < v->task.n_fail_to_pass; i++)
		if (str_starts(v->task.due[i].id, (struct str){ path, n }))
			return NULL;
	return "passes_before";
}

/* 1: the module is one; its row is in the line. */
static int try_module(struct writing *w, struct str code)
{
	struct attempt *a = w->a;
	struct change_ask ask = { .repo = a->repo, .name = a->m->name, .start = w->c->parent_tree, .code_lang = code_lang_name(w->c->lang), .env = a->m->o.env,
		.variants = a->m->o.variants, .until = stop_until() };
	struct row_written by = { "tests", str_of(mine_model_name(a->m->o.model)), buf_str(&w->prompt) };
	struct row_ask row = { .kind = "generated_tests", .seed = (uint64_t)a->m->o.common->seed, .written = &by, .n_written = 1 };
	const char *files[] = { w->place.path, w->place.example }, *became;
	struct variant_site site = { .path = w->place.path, .text = arena_strdup(&w->text, code) };
	struct validation v = { 0 };
	struct made made;
	int rc = site.text ? with_module(w, w->fixed, &site, &ask.fixed) : err_set(a->err, "out of memory");

	ask.paths = (struct words){ files, 1 };
	ask.files = (struct words){ files, w->place.example ? 2 : 1 };
	if (rc == 0)
		rc = validate(a->m->harness, &ask, &v, a->err);
	if (rc < 0)
		return rc;
	a->cpu_us += v.cpu_us;
	became = became_of(&v, w->place.path);
	note(a, "tests", became ? became : "taken");
	if (!became) {
		rc = with_module(w, &w->c->tree, &site, &v.task.from);
		v.task.made = v.task.from;
		v.task.made_of = w->c->tree;
		v.task.edits = arena_zalloc(&v.task.text, 1, sizeof(site));
		if (v.task.edits) {
			v.task.edits[0] = site;
			v.task.n_edits = 1;
		}
		if (rc == 0)
			rc = v.task.edits ? made_candidate(&made, a->repo, w->c, &w->c->parent_tree, &ask.fixed, a->err) : err_set(a->err, "out of memory");
		v.cpu_us = a->cpu_us;
		if (rc == 0) {
			rc = mine_add_result(a, &made.c, &v, &row);
			made_release(&made);
		}
	}
	validation_release(&v);
	return rc < 0 ? rc : !became;
}

static int ask_for_tests(struct writing *w)
{
	struct attempt *a = w->a;
	struct buf reply[MINE_SAMPLES] = { 0 };
	int rc = tests_prompt(&w->prompt, a->repo, w->c, &w->place, a->err);

	if (rc == 0)
		rc = mine_model_ask(a->m->o.model, buf_str(&w->prompt), reply, a->err);
	for (int i = 0; rc == 0 && i < mine_model_samples(a->m->o.model); i++) {
		struct buf code = BUF_INIT;

		if (tests_reply(buf_str(&reply[i]), &code))
			rc = try_module(w, buf_str(&code));
		else
			note(a, "tests", reply[i].n ? "no_code" : "no_reply");
		buf_release(&code);
	}
	release_all(reply);
	return rc;
}

int mine_write_tests(struct attempt *a, const struct candidate *c, const struct oid *fixed)
{
	struct writing w = { .a = a, .c = c, .fixed = fixed };
	int rc = tests_place(&w.place, &w.text, a->repo, c, a->err), there = rc;

	if (rc == 1)
		rc = ask_for_tests(&w);
	if (rc == 0) {
		json_key(a->line, "cpu_us");
		json_add_u64(a->line, a->cpu_us);
		json_key(a->line, "reason");
		json_add_z(a->line, there ? "no_good_tests" : "no_place_for_tests");
	}
	arena_release(&w.text);
	buf_release(&w.prompt);
	return rc < 0 ? rc : 0;
}
