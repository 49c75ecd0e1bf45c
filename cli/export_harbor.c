/* export_harbor.c - tasks as trees that Harbor runs: instruction.md, task.toml, environment/, tests/, solution/. See export_swe.h. */
#include "cli/export_swe.h"

#include "cli/swe.h"
#include "repos/git.h"
#include "repos/task.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOB_MAX = 256 << 20 };

struct tree_out {
	const char *dir;
	struct repo *r;
	struct err *err;
};

static int put_file(const char *path, struct str text, mode_t mode, struct err *err)
{
	FILE *f = fopen(path, "we");
	bool whole = f && fwrite(text.s, 1, text.n, f) == text.n;

	if (f && fclose(f) != 0)
		whole = false;
	if (!whole || chmod(path, mode) < 0) {
		err_sys(err, "%s", path);
		return -1;
	}
	return 0;
}

/* The directories above a path. */
static int make_above(const char *path, struct err *err)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	for (const char *p = strchr(path + 1, '/'); rc == 0 && p; p = strchr(p + 1, '/')) {
		buf_reset(&b);
		buf_add(&b, (struct str){ path, (size_t)(p - path) });
		if (mkdir(buf_z(&b), 0777) < 0 && errno != EEXIST)
			rc = err_sys(err, "%s", buf_z(&b));
	}
	buf_release(&b);
	return rc;
}

/* No .git of the tree's own, and nothing that a shell or a loader could take for another place. */
static bool is_plain(struct str path)
{
	struct str rest = path, part;

	while (str_split(&rest, '/', &part))
		if (part.n == 0 || str_is(part, ".") || str_is(part, "..") || str_is(part, ".git"))
			return false;
	return !memchr(path.s, 0, path.n);
}

/* Links and submodules are left out: what they lead to is not the tree's. */
static int put_entry(void *ctx, struct str path, const struct tree_entry *e)
{
	struct tree_out *t = ctx;
	struct object o = OBJECT_INIT;
	struct buf to = BUF_INIT;
	int rc = 0;

	if ((e->mode != MODE_FILE && e->mode != MODE_EXEC) || !is_plain(path))
		return 0;
	buf_addf(&to, "%s/", t->dir);
	buf_add(&to, path);
	if (repo_blob(t->r, &e->id, BLOB_MAX, &o) != OBJECT_OK)
		rc = err_set(t->err, "%s is not in the repository whole", buf_z(&to));
	else if (make_above(buf_z(&to), t->err) < 0 || put_file(buf_z(&to), object_str(&o), e->mode == MODE_EXEC ? 0755 : 0644, t->err) < 0)
		rc = ERR_FAIL;
	object_release(&o);
	buf_release(&to);
	return rc;
}

static int put_tree(struct repo *r, const struct oid *tree, const char *dir, struct err *err)
{
	struct tree_out t = { dir, r, err };
	uint64_t unreadable = 0;
	int rc = repo_each(r, tree, put_entry, &t, &unreadable);

	return rc < 0 ? rc : unreadable ? err_set(err, "%s: %llu directories of the tree cannot be read", dir, (unsigned long long)unreadable) : 0;
}

/* ---- the scripts */

static const char test_begin[] =
	"#!/bin/sh\n"
	"# Writes 1 to reward.txt where every test of expected.txt passes, else 0.\n"
	"REPO=${REPO:-/repo} LOGS=${LOGS:-/logs/verifier} HERE=$(cd \"$(dirname \"$0\")\" && pwd)\n"
	"mkdir -p \"$LOGS\"\n"
	"echo 0 >\"$LOGS/reward.txt\"\n"
	"cd \"$REPO\" || exit 0\n"
	"while IFS= read -r path; do rm -rf \"./$path\"; done <\"$HERE/paths.txt\"\n"
	"if [ -d \"$HERE/files\" ]; then cp -R \"$HERE/files/.\" .; fi\n";

static const char test_end[] = "\techo 1 >\"$LOGS/reward.txt\"\nfi\ncat \"$LOGS/out.txt\"\n";

/* A word for sh. */
static void quote(struct buf *b, struct str s)
{
	buf_addc(b, '\'');
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] == '\'')
			buf_addz(b, "'\\''");
		else
			buf_addc(b, s.s[i]);
	buf_addc(b, '\'');
}

static void add_words(struct buf *b, const char *before, const struct words *w, const char *after)
{
	for (size_t i = 0; i < w->n; i++) {
		buf_addz(b, before);
		buf_addz(b, w->at[i]);
		buf_addz(b, after);
	}
}

/* False: this runner's tests have no form that a few lines of sh could judge. */
static bool put_test(struct buf *b, const struct environment *e, const struct swe_task *t)
{
	buf_addz(b, test_begin);
	for (size_t i = 0; i < e->env.n; i++) {
		buf_addz(b, "export ");
		quote(b, str_of(e->env.at[i]));
		buf_addc(b, '\n');
	}
	switch (e->runner) {
	case RUNNER_PYTEST:
		buf_addz(b, "export PYTHONPATH=");
		for (size_t i = 0; i < e->paths.n; i++)
			buf_addf(b, "%s\"$REPO/%s\"", i ? ":" : "", e->paths.at[i]);
		buf_addz(b, "\npython3 -m pytest -p no:cacheprovider -rA -q");
		for (size_t i = 0; i < t->files.n; i++) {
			if (!str_ends(str_of(t->files.at[i]), STR(".py"))) /* pytest refuses all where one is none */
				continue;
			buf_addc(b, ' ');
			quote(b, str_of(t->files.at[i]));
		}
		buf_addz(b, " >\"$LOGS/out.txt\" 2>&1\n"
			    "sed 's/0x[0-9a-fA-F]\\{6,\\}/0xADDR/g' \"$LOGS/out.txt\" >\"$LOGS/plain.txt\"\n"
			    "all=yes\n"
			    "while IFS= read -r id; do grep -qxF \"PASSED $id\" \"$LOGS/plain.txt\" || all=no; done <\"$HERE/expected.txt\"\n"
			    "if [ $all = yes ]; then\n");
		break;
	case RUNNER_COMMAND:
		buf_addz(b, "if (\nset -e\n");
		add_words(b, "", &e->build, "\n");
		add_words(b, "", &e->test, "\n");
		buf_addz(b, ") >\"$LOGS/out.txt\" 2>&1; then\n");
		break;
	default:
		return false;
	}
	buf_addz(b, test_end);
	return true;
}

static void put_packages(struct buf *b, const struct environment *e)
{
	static const char *const of[][2] = { { "cc", "gcc libc6-dev" }, { "make", "make" }, { "python3", "python3" }, { "cmake", "cmake" }, { "meson", "meson" },
					     { "ninja", "ninja-build" }, { "go", "golang" }, { "node", "nodejs" }, { "cargo", "cargo" },
					     { "autoreconf", "autoconf automake libtool" } };

	for (size_t i = 0; i < e->needs.n; i++)
		for (size_t k = 0; k < COUNT(of); k++)
			if (strcmp(e->needs.at[i], of[k][0]) == 0)
				buf_addf(b, " %s", of[k][1]);
	if (e->runner == RUNNER_PYTEST)
		buf_addz(b, " python3-pytest");
}

static void put_docker(struct buf *b, const struct environment *e)
{
	buf_addz(b, "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends git");
	put_packages(b, e);
	buf_addz(b, "\nCOPY repo /repo\nWORKDIR /repo\n"
		    "RUN git init -q && git add -A -f && git -c user.name=start -c user.email=start@localhost commit -q -m start\n");
}

static void put_text(struct buf *b, struct json swe, const char *name)
{
	struct json v;

	if (json_get(swe, name, &v))
		json_str(v, b);
}

static void put_toml(struct buf *b, struct json swe, const struct environment *e)
{
	static const char *const names[] = { "instance_id", "repo", "base_commit", "fix_commit", "code_lang", "license", "created_at" };
	struct json v;

	buf_addz(b, "version = \"1.0\"\n\n[metadata]\ncategory = \"software-engineering\"\n");
	for (size_t i = 0; i < COUNT(names); i++)
		if (json_get(swe, names[i], &v) && v.kind == JSON_STRING)
			buf_addf(b, "%s = %.*s\n", names[i], (int)v.raw.n, v.raw.s); /* a string of JSON is one of TOML */
	buf_addf(b, "\n[verifier]\ntimeout_sec = %.1f\n\n[agent]\ntimeout_sec = 3600.0\n\n[environment]\nbuild_timeout_sec = 1200.0\ncpus = 1\nmemory_mb = %llu\n",
		 e->limits.wall_s + e->build_limits.wall_s, (unsigned long long)(e->limits.memory >> 20));
}

/* ---- a task */

struct task_out {
	struct buf dir;
	struct json swe;
	struct swe_task task;
	struct environment env;
	struct repo *repo;
};

static int put(const struct task_out *t, const char *name, const struct buf *text, mode_t mode, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/%s", t->dir.s, name);
	rc = text->failed ? err_set(err, "out of memory") : make_above(buf_z(&path), err);
	if (rc == 0)
		rc = put_file(buf_z(&path), buf_str(text), mode, err);
	buf_release(&path);
	return rc;
}

/* The tests' own files, as the reference change leaves them. */
static int put_tests(const struct task_out *t, struct err *err)
{
	struct buf dir = BUF_INIT, paths = BUF_INIT, expected = BUF_INIT;
	int rc = 0;

	buf_addf(&dir, "%s/tests/files", t->dir.s);
	for (size_t i = 0; rc == 0 && i < t->task.paths.n; i++) {
		struct tree_entry e;
		struct tree_out to = { buf_z(&dir), t->repo, err };
		struct str path = str_of(t->task.paths.at[i]);

		buf_add(&paths, path);
		buf_addc(&paths, '\n');
		if (repo_find(t->repo, &t->task.from, path, &e) == OBJECT_OK)
			rc = put_entry(&to, path, &e);
	}
	for (size_t i = 0; i < t->task.n_due; i++) {
		buf_add(&expected, t->task.due[i].id);
		buf_addc(&expected, '\n');
	}
	if (rc == 0 && (put(t, "tests/paths.txt", &paths, 0644, err) < 0 || put(t, "tests/expected.txt", &expected, 0644, err) < 0))
		rc = ERR_FAIL;
	buf_release(&dir);
	buf_release(&paths);
	buf_release(&expected);
	return rc;
}

static int put_task(const struct task_out *t, const struct buf *test, struct err *err)
{
	struct buf text = BUF_INIT, dir = BUF_INIT;
	int rc;

	put_text(&text, t->swe, "problem_statement");
	buf_addz(&text, "\n\nThe source is in /repo. Change source files only: it will be judged by tests that are not there.\n");
	rc = put(t, "instruction.md", &text, 0644, err);
	buf_reset(&text);
	put_toml(&text, t->swe, &t->env);
	if (rc == 0)
		rc = put(t, "task.toml", &text, 0644, err);
	buf_reset(&text);
	put_docker(&text, &t->env);
	if (rc == 0)
		rc = put(t, "environment/Dockerfile", &text, 0644, err);
	buf_reset(&text);
	put_text(&text, t->swe, "patch");
	if (rc == 0)
		rc = put(t, "solution/gold.patch", &text, 0644, err);
	buf_reset(&text);
	buf_addz(&text, "#!/bin/sh\nHERE=$(cd \"$(dirname \"$0\")\" && pwd)\ncd \"${REPO:-/repo}\" && git apply \"$HERE/gold.patch\"\n");
	if (rc == 0)
		rc = put(t, "solution/solve.sh", &text, 0755, err);
	if (rc == 0)
		rc = put(t, "tests/test.sh", test, 0755, err);
	if (rc == 0)
		rc = put_tests(t, err);
	buf_addf(&dir, "%s/environment/repo", t->dir.s);
	if (rc == 0)
		rc = put_tree(t->repo, &t->task.start, buf_z(&dir), err);
	buf_release(&text);
	buf_release(&dir);
	return rc;
}

/* The desc of a mined row, or of a view's ground truth. */
static int read_task(struct task_out *t, struct json row, struct err *err)
{
	struct buf desc = BUF_INIT, truth = BUF_INIT;
	struct json v, whole, recipe;
	int rc = 0;

	if (!json_get(row, "desc", &v) && json_get(row, "label", &v) && json_str(v, &truth) && json_parse(&whole, buf_str(&truth), err))
		json_get(whole, "desc", &v);
	json_str(v, &desc);
	if (!swe_task_read(&t->task, buf_str(&desc), err))
		rc = ERR_FAIL;
	if (rc == 0 && (!json_get(t->swe, "environment", &v) || !json_get(v, "recipe", &recipe)))
		rc = err_set(err, "the row has no environment");
	if (rc == 0)
		rc = environment_read(&t->env, recipe, err);
	buf_release(&desc);
	buf_release(&truth);
	return rc;
}

static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.s[i] >= 'a' && s.s[i] <= 'z') || (s.s[i] >= 'A' && s.s[i] <= 'Z') || (s.s[i] >= '0' && s.s[i] <= '9') || strchr("_.-", s.s[i])))
			return false;
	return s.n > 0 && s.n < 200 && s.s[0] != '.';
}

int harbor_row(struct harbor *h, struct buf *line, struct json row, struct err *err)
{
	struct task_out t = { .dir = BUF_INIT };
	struct buf room = BUF_INIT, test = BUF_INIT;
	struct json v;
	struct str id;
	int rc = 0;

	if (!swe_of(row, &t.swe, &room)) {
		buf_release(&room);
		return 0;
	}
	if (!json_get(t.swe, "instance_id", &v) || !json_plain(v, &id) || !is_id(id))
		rc = err_set(err, "its instance_id is none");
	if (rc == 0)
		rc = read_task(&t, row, err);
	if (rc == 0 && !put_test(&test, &t.env, &t.task)) {
		h->left_out++;
	} else if (rc == 0) {
		buf_addf(&t.dir, "%s/%.*s", h->out, (int)id.n, id.s);
		t.repo = swe_find(h->repos, t.task.repo, swe_task_root(&t.task));
		if (!t.repo)
			rc = err_set(err, "no repository %s with the tree that it starts from is in %s", t.task.repo, h->repos);
		else if (swe_task_make(&t.task, t.repo, err) < 0)
			rc = ERR_FAIL;
		else if (mkdir(buf_z(&t.dir), 0777) < 0)
			rc = err_sys(err, "%s", buf_z(&t.dir));
		if (rc == 0)
			rc = put_task(&t, &test, err);
		json_open(line, '{');
		json_key(line, "instance_id");
		json_add_str(line, id);
		json_key(line, "path");
		json_add_str(line, id);
		json_close(line, '}');
	}
	repo_free(t.repo);
	swe_task_release(&t.task);
	environment_release(&t.env);
	buf_release(&t.dir);
	buf_release(&room);
	buf_release(&test);
	return rc;
}
