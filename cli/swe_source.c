/* swe_source.c - a recipe's source of tasks from a git history. See swe_source.h. */
#include "cli/swe_source.h"

#include "base/json.h"
#include "base/log.h"
#include "cli/mine.h"
#include "cli/packing.h"
#include "datasets/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool swe_source_here(void)
{
	return true;
}

/* "2024-05-01" as seconds since 1970. */
bool swe_day(const char *text, int64_t *seconds)
{
	struct tm t = { 0 }, want;
	time_t at;
	int n = 0;

	if (sscanf(text, "%4d-%2d-%2d%n", &t.tm_year, &t.tm_mon, &t.tm_mday, &n) != 3 || text[n])
		return false;
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	want = t;
	at = timegm(&t); /* which makes the 1st of March of the 30th of February */
	if (t.tm_mday != want.tm_mday || t.tm_mon != want.tm_mon)
		return false;
	*seconds = at;
	return true;
}

int swe_langs(const char *text, unsigned *langs, struct err *err)
{
	struct str rest = str_of(text), one;
	enum code_lang lang;

	while (str_split(&rest, ',', &one)) {
		const char *near;

		one = str_trim(one);
		if (!code_lang_read(one, &lang)) {
			near = str_nearest(one, code_lang_names);
			return near ? err_set(err, "unknown language \"%.*s\"; did you mean \"%s\"?", (int)one.n, one.s, near)
				    : err_set(err, "unknown language \"%.*s\"; c, cpp, python, go, rust and javascript are known", (int)one.n, one.s);
		}
		*langs |= 1u << lang;
		if (lang == CODE_C) /* headers are told by their files' neighbours alone */
			*langs |= 1u << CODE_CPP;
	}
	return 0;
}

/* OWNER/NAME of letters, digits, '_', '.' and '-'. */
bool swe_repo_name(const char *name)
{
	size_t slashes = 0;

	for (const char *p = name; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("_.-", *p);

		if (*p == '/' && ++slashes == 1 && p != name && p[1])
			continue;
		if (!plain)
			return false;
	}
	return slashes == 1 && !strstr(name, "..");
}

/* It can be mined: it has commits. */
static int check_repository(const char *path, struct err *err)
{
	struct repo *r = NULL;
	struct oid head;
	int rc = repo_open(&r, path, err);

	if (rc == 0)
		rc = repo_resolve(r, "HEAD", &head, err);
	repo_free(r);
	return rc;
}

/* Directories with ':' between, as --repos takes them. */
static int check_store(const char *dirs, struct err *err)
{
	struct str rest = str_of(dirs), dir;
	struct buf path = BUF_INIT;
	int rc = 0;

	while (rc == 0 && str_split(&rest, ':', &dir)) {
		struct stat st;

		buf_reset(&path);
		buf_add(&path, dir);
		if (stat(buf_z(&path), &st) < 0)
			rc = err_sys(err, "%s", buf_z(&path));
		else if (!S_ISDIR(st.st_mode))
			rc = err_set(err, "%s: is no directory of repositories", buf_z(&path));
	}
	buf_release(&path);
	return rc;
}

int swe_source_check(const struct swe_source *s, struct err *err)
{
	const char *lacks = s->pack ? packing_lacks() : NULL;
	struct excluded *excluded = NULL;
	struct reader *tasks = NULL;
	int rc = lacks ? err_set(err, "a source with \"pack\": %s", lacks) : 0;

	if (rc == 0)
		rc = s->tasks ? check_store(s->repo, err) : check_repository(s->repo, err);
	if (rc == 0 && s->tasks)
		rc = reader_open(&tasks, s->tasks, err);
	if (rc == 0 && s->exclude)
		rc = excluded_open(&excluded, s->exclude, err);
	reader_close(tasks);
	excluded_free(excluded);
	return rc;
}

/* Where the rows of a source are. */
static void path_of(struct buf *path, const struct swe_source *s, int number, const char *dir)
{
	if (s->tasks)
		buf_addz(path, s->tasks);
	else
		buf_addf(path, "%s/mined-%d.jsonl.zst", dir, number + 1);
}

static int make_dir(struct buf *path, const char *dir, const char *name, struct err *err)
{
	buf_addf(path, "%s/%s", dir, name);
	if (mkdir(buf_z(path), 0777) < 0 && errno != EEXIST)
		return err_sys(err, "%s", buf_z(path));
	return 0;
}

/* Archives of the environments of a file mined before: those beside it, and what it lacks is made here. */
static int pack_tasks(const struct swe_source *s, const char *env, struct err *err)
{
	struct buf from = BUF_INIT;
	int rc;

	packing_beside(&from, s->tasks);
	rc = packing_rows(&(struct packing_options){ .repos = s->repo, .from = buf_z(&from), .keep = true }, s->tasks, env, err);
	buf_release(&from);
	return rc;
}

int swe_source_mine(const struct swe_source *s, int number, const char *dir, const struct common *common, struct err *err)
{
	struct mine_options o = { .common = common, .walk = WALK_OPTIONS, .max = (uint64_t)s->count, .format = EDITS_BLOCKS,
				  .shown = 96 << 10, .part = { .count = 1 }, .variants = true, .resume = true };
	struct buf path = BUF_INIT, env = BUF_INIT;
	struct mine *m = NULL;
	struct excluded *excluded = NULL;
	int rc = 0;

	path_of(&path, s, number, dir);
	buf_addf(&env, "%s/env", dir);
	if (s->pack) {
		o.archives = buf_z(&env);
		o.repos = s->repo;
	}
	o.walk.threads = (unsigned)common->threads;
	o.walk.since = s->since;
	o.walk.langs = s->langs;
	if (!s->tasks && access(buf_z(&path), F_OK) < 0) {
		if (s->exclude)
			rc = excluded_open(&excluded, s->exclude, err);
		o.excluded = excluded;
		if (rc == 0)
			rc = mine_open(&m, &o, buf_z(&path), err);
		if (rc == 0)
			rc = mine_repository(m, s->repo, s->name, err);
		if (rc == 0)
			rc = mine_finish(m, err);
		mine_drop(m);
		excluded_free(excluded);
	} else if (s->tasks && s->pack) {
		rc = pack_tasks(s, buf_z(&env), err);
	}
	buf_release(&path);
	buf_release(&env);
	return rc;
}

/* ---- rows */

static bool is_part(struct str key)
{
	static const char *const names[] = { "id", "task", "revision", "difficulty", "knobs", "seed", "lang", "format", "form", "shape", "prompt", "desc",
					     "answer", "canon", "guess", "effort", "think" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (json_key_is(key, names[i]))
			return true;
	return false;
}

static void copy(struct buf *out, struct json row, bool parts)
{
	struct json v;
	struct str key;

	for (struct json_iter it = json_iter(row); json_next(&it, &key, &v);)
		if (is_part(key) == parts) {
			json_add_raw(out, key);
			buf_addc(out, ':');
			json_add_raw(out, v.raw);
		}
}

static int keep_environment(struct json row, const char *dir, struct err *err)
{
	struct environment e = { 0 };
	struct json v, recipe;
	int rc;

	if (!json_get(row, "environment", &v) || !json_get(v, "recipe", &recipe))
		return err_set(err, "no environment");
	rc = environment_read(&e, recipe, err);
	if (rc == 0)
		rc = environment_save(&e, dir, err);
	environment_release(&e);
	return rc;
}

static bool wanted(const struct swe_source *s, const struct excluded *excluded, struct json row)
{
	struct json v;
	struct str text, repo;
	struct oid base;
	enum code_lang lang;

	if (s->langs && (!json_get(row, "code_lang", &v) || !json_plain(v, &text) || !code_lang_read(text, &lang) || !(s->langs >> lang & 1)))
		return false;
	if (excluded && json_get(row, "repo", &v) && json_plain(v, &repo) && json_get(row, "base_commit", &v) && json_plain(v, &text) &&
	    oid_read(&base, text) && excluded_has(excluded, repo, &base))
		return false;
	return !s->since_day || (json_get(row, "created_at", &v) && json_plain(v, &text) && str_cmp(text, str_of(s->since_day)) >= 0);
}

static bool is_underspecified(struct json row)
{
	struct json v;

	return json_get(row, "underspecified", &v) && json_count(v) > 0;
}

static bool read_row(struct swe_source_row *ret, struct json row, struct buf *out)
{
	struct json v;
	struct str hex;
	char z[17] = "";

	buf_reset(out);
	json_open(out, '{');
	copy(out, row, true);
	json_key(out, "swe");
	json_open(out, '{');
	copy(out, row, false);
	json_close(out, '}');
	json_close(out, '}');
	ret->instance = buf_str(out);
	if (!json_get(row, "task", &v) || !json_is(v, "swe") || !json_get(row, "canon", &v) || !json_plain(v, &hex) || hex.n != 16)
		return false;
	memcpy(z, hex.s, 16);
	ret->canon = strtoull(z, NULL, 16);
	return json_get(row, "id", &v) && json_plain(v, &ret->id);
}

int swe_source_each(const struct swe_source *s, int number, const char *dir, int (*add)(void *ctx, const struct swe_source_row *row), void *ctx,
		    struct swe_source_counts *n, struct err *err)
{
	struct buf path = BUF_INIT, environments = BUF_INIT, line = BUF_INIT, out = BUF_INIT;
	struct excluded *excluded = NULL;
	struct reader *in = NULL;
	int rc = make_dir(&environments, dir, "environments", err), more = 0;

	path_of(&path, s, number, dir);
	*n = (struct swe_source_counts){ 0 };
	if (rc == 0 && s->exclude)
		rc = excluded_open(&excluded, s->exclude, err);
	if (rc == 0)
		rc = reader_open(&in, buf_z(&path), err);
	while (rc == 0 && n->given < s->count && (more = reader_line(in, &line, err)) > 0) {
		struct swe_source_row row;
		struct json j;

		if (!json_parse(&j, buf_str(&line), err)) {
			rc = ERR_FAIL;
		} else if (!wanted(s, excluded, j)) {
			n->other++;
			continue;
		} else if (is_underspecified(j)) {
			n->underspecified++;
			if (!s->underspecified)
				continue;
		}
		if (rc == 0 && !read_row(&row, j, &out))
			rc = err_set(err, "no row of task swe");
		if (rc == 0)
			rc = keep_environment(j, buf_z(&environments), err);
		if (rc < 0) {
			err_at(err, "%s:%llu: ", buf_z(&path), (unsigned long long)reader_number(in));
			break;
		}
		rc = out.failed ? err_set(err, "out of memory") : add(ctx, &row);
		if (rc > 0) {
			n->given++;
			rc = 0;
		}
	}
	reader_close(in);
	excluded_free(excluded);
	buf_release(&path);
	buf_release(&environments);
	buf_release(&line);
	buf_release(&out);
	return rc < 0 ? rc : more < 0 ? ERR_FAIL : 0;
}
