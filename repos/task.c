/* task.c - the desc of a task, written and read strictly. See task.h. */
#include "repos/task.h"

#include "base/json.h"

#include <stdlib.h>

void swe_task_release(struct swe_task *t)
{
	arena_release(&t->text);
	*t = (struct swe_task){ 0 };
}

void swe_task_due(const struct swe_task *t, struct buf *b, const char *key, bool fail_to_pass)
{
	json_key(b, key);
	json_open(b, '[');
	for (size_t i = 0; i < t->n_due; i++)
		if (t->due[i].fail_to_pass == fail_to_pass)
			json_add_str(b, t->due[i].id);
	json_close(b, ']');
}

static void add_oid(struct buf *b, const char *key, const struct oid *o)
{
	char hex[OID_HEX + 1];

	oid_hex(o, hex);
	json_key(b, key);
	json_add_z(b, hex);
}

static void add_made(struct buf *b, const struct swe_task *t)
{
	json_key(b, "made");
	json_open(b, '{');
	add_oid(b, "tree", &t->made);
	add_oid(b, "of", &t->made_of);
	json_key(b, "edits");
	json_open(b, '[');
	for (size_t i = 0; i < t->n_edits; i++) {
		json_open(b, '[');
		json_add_z(b, t->edits[i].path);
		json_add_u64(b, t->edits[i].at);
		json_add_u64(b, t->edits[i].n);
		json_add_z(b, t->edits[i].text);
		json_close(b, ']');
	}
	json_close(b, ']');
	json_close(b, '}');
}

void swe_task_write(const struct swe_task *t, struct buf *b)
{
	json_open(b, '{');
	json_key(b, "repo");
	json_add_z(b, t->repo);
	add_oid(b, "start", &t->start);
	json_key(b, "environment");
	json_add_z(b, t->environment);
	if (t->n_edits)
		add_made(b, t);
	json_key(b, "tests");
	json_open(b, '{');
	add_oid(b, "from", &t->from);
	words_write(&t->paths, b, "paths");
	words_write(&t->files, b, "files");
	swe_task_due(t, b, "fail_to_pass", true);
	swe_task_due(t, b, "pass_to_pass", false);
	json_key(b, "cpu_s");
	json_add_f64(b, t->cpu_s);
	json_key(b, "variants");
	json_open(b, '[');
	for (size_t i = 0; i < t->n_sites; i++) {
		const struct variant_site *s = &t->sites[i];

		json_open(b, '[');
		json_add_z(b, s->path);
		json_add_u64(b, s->at);
		json_add_u64(b, s->n);
		json_add_z(b, s->text);
		json_open(b, '[');
		for (size_t k = 0; k < s->ids.n; k++)
			json_add_z(b, s->ids.at[k]);
		json_close(b, ']');
		json_close(b, ']');
	}
	json_close(b, ']');
	json_close(b, '}');
	json_close(b, '}');
}

/* ---- reading */

static const char *text_of(struct swe_task *t, struct json v)
{
	struct buf b = { .max = 1 << 20 };
	char *kept = v.kind == JSON_STRING && json_str(v, &b) && !b.failed && !memchr(buf_z(&b), 0, b.n) ? arena_strdup(&t->text, buf_str(&b)) : NULL;

	buf_release(&b);
	return kept;
}

static bool words_of(struct swe_task *t, struct json list, struct words *w)
{
	struct json v;

	w->n = 0;
	w->at = arena_zalloc(&t->text, json_count(list) + 1, sizeof(*w->at));
	for (struct json_iter it = json_iter(list); w->at && json_next(&it, NULL, &v);)
		if (!(w->at[w->n++] = text_of(t, v)))
			return false;
	return w->at && list.kind == JSON_ARRAY;
}

static bool oid_of(struct json v, struct oid *o)
{
	struct str hex;

	return json_plain(v, &hex) && oid_read(o, hex);
}

/* A path that stays below the tree. */
static bool are_paths(const struct words *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct str rest = str_of(w->at[i]), part;

		if (!rest.n || rest.s[0] == '/')
			return false;
		while (str_split(&rest, '/', &part))
			if (!part.n || str_is(part, ".") || str_is(part, ".."))
				return false;
	}
	return true;
}

static bool due_of(struct swe_task *t, struct json list, bool fail_to_pass)
{
	struct json v;

	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &v);) {
		const char *id = text_of(t, v);

		if (!id)
			return false;
		t->due[t->n_due++] = (struct due){ str_of(id), fail_to_pass, OUTCOME_PASSED };
		t->n_fail_to_pass += fail_to_pass;
	}
	return list.kind == JSON_ARRAY;
}

/* [path, at, n, text], and for a site the list of its tests. */
static bool site_of(struct swe_task *t, struct variant_site *s, struct json v, bool edit)
{
	struct json part[5];
	struct words path;
	uint64_t at, n;
	size_t k = 0;

	for (struct json_iter it = json_iter(v); k < 5 && json_next(&it, NULL, &part[k]);)
		k++;
	if (v.kind != JSON_ARRAY || k != (edit ? 4 : 5) || json_count(v) != k || !(s->path = text_of(t, part[0])) || !json_u64(part[1], &at) ||
	    !json_u64(part[2], &n) || !(s->text = text_of(t, part[3])) || (!edit && !words_of(t, part[4], &s->ids)))
		return false;
	s->at = at;
	s->n = n;
	path = (struct words){ &s->path, 1 };
	return are_paths(&path) && at <= SIZE_MAX / 4 && n <= SIZE_MAX / 4;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Which sites a test of FAIL_TO_PASS fails with. */
static bool know_sites(struct swe_task *t)
{
	const char **ids = arena_zalloc(&t->text, t->n_fail_to_pass, sizeof(*ids));

	for (size_t i = 0; ids && i < t->n_fail_to_pass; i++)
		ids[i] = t->due[i].id.s;
	if (ids)
		qsort(ids, t->n_fail_to_pass, sizeof(*ids), by_id);
	for (size_t i = 0; ids && i < t->n_sites; i++) {
		struct variant_site *s = &t->sites[i];

		s->weak = variant_is_weak(s);
		for (size_t k = 0; k < s->ids.n; k++)
			s->asked = s->asked || bsearch(&s->ids.at[k], ids, t->n_fail_to_pass, sizeof(*ids), by_id);
	}
	return ids;
}

static bool read_tests(struct swe_task *t, struct json tests)
{
	enum { FROM, PATHS, FILES, F2P, P2P, CPU, VARIANTS, N };
	static const struct str names[N] = { [FROM] = STR("from"), [PATHS] = STR("paths"), [FILES] = STR("files"), [F2P] = STR("fail_to_pass"),
		[P2P] = STR("pass_to_pass"), [CPU] = STR("cpu_s"), [VARIANTS] = STR("variants") };
	struct json v[N], site;

	json_get_all(tests, names, N, v);
	if (!oid_of(v[FROM], &t->from) || !words_of(t, v[PATHS], &t->paths) || !words_of(t, v[FILES], &t->files) || !are_paths(&t->paths) || !are_paths(&t->files))
		return false;
	if (json_count(v[F2P]) + json_count(v[P2P]) > TASK_TESTS || json_count(v[VARIANTS]) > TASK_SITES)
		return false;
	t->due = arena_zalloc(&t->text, json_count(v[F2P]) + json_count(v[P2P]) + 1, sizeof(*t->due));
	t->sites = arena_zalloc(&t->text, json_count(v[VARIANTS]) + 1, sizeof(*t->sites));
	if (!t->due || !t->sites || !due_of(t, v[F2P], true) || !due_of(t, v[P2P], false) || t->n_fail_to_pass == 0)
		return false;
	if (v[CPU].kind != JSON_NONE && (!json_f64(v[CPU], &t->cpu_s) || t->cpu_s < 0 || t->cpu_s > 86400))
		return false;
	for (struct json_iter it = json_iter(v[VARIANTS]); json_next(&it, NULL, &site);)
		if (!site_of(t, &t->sites[t->n_sites++], site, false))
			return false;
	return know_sites(t);
}

static bool read_made(struct swe_task *t, struct json made)
{
	struct json v, edits, edit;

	if (!json_get(made, "tree", &v) || !oid_of(v, &t->made) || !json_get(made, "of", &v) || !oid_of(v, &t->made_of) || !json_get(made, "edits", &edits) ||
	    edits.kind != JSON_ARRAY || json_count(edits) == 0 || json_count(edits) > TASK_EDITS ||
	    !(t->edits = arena_zalloc(&t->text, json_count(edits), sizeof(*t->edits))))
		return false;
	for (struct json_iter it = json_iter(edits); json_next(&it, NULL, &edit);)
		if (!site_of(t, &t->edits[t->n_edits++], edit, true))
			return false;
	return oid_eq(&t->made, &t->start) || oid_eq(&t->made, &t->from);
}

bool swe_task_read(struct swe_task *t, struct str desc, struct err *why)
{
	struct json v, part, tests, made;
	bool ok;

	*t = (struct swe_task){ 0 };
	if (!json_parse(&v, desc, why))
		return false;
	ok = json_get(v, "repo", &part) && (t->repo = text_of(t, part)) && json_get(v, "start", &part) && oid_of(part, &t->start) &&
	     json_get(v, "environment", &part) && json_z(part, t->environment, sizeof(t->environment)) &&
	     strlen(t->environment) == ENVIRONMENT_HASH && json_get(v, "tests", &tests) && read_tests(t, tests) &&
	     (!json_get(v, "made", &made) || read_made(t, made));
	if (!ok) {
		err_set(why, "the desc is no task of a repository");
		swe_task_release(t);
	}
	return ok;
}

const struct oid *swe_task_root(const struct swe_task *t)
{
	return t->n_edits ? &t->made_of : &t->start;
}

int swe_task_make(const struct swe_task *t, struct repo *r, struct err *err)
{
	bool all[TASK_EDITS];
	struct oid made;

	if (!t->n_edits)
		return 0;
	memset(all, true, sizeof(all));
	if (variant_tree(r, &t->made_of, t->edits, all, t->n_edits, &made, err) < 0)
		return ERR_FAIL;
	return oid_eq(&made, &t->made) ? 0 : err_set(err, "the task's edits make another tree than it names");
}

int swe_task_tests_over(const struct swe_task *t, struct repo *r, const struct oid *tree, struct oid *with, struct err *err)
{
	struct tree_change *changes = calloc(t->paths.n ? t->paths.n : 1, sizeof(*changes));
	int rc = changes ? 0 : err_set(err, "out of memory");

	for (size_t i = 0; rc == 0 && i < t->paths.n; i++) {
		struct tree_entry e;
		enum object_state s = repo_find(r, &t->from, str_of(t->paths.at[i]), &e);

		changes[i].path = str_of(t->paths.at[i]);
		if (s == OBJECT_OK) {
			changes[i].mode = e.mode;
			changes[i].id = e.id;
		} else if (s != OBJECT_MISSING) {
			rc = err_set(err, "%s: %s", t->paths.at[i], object_state_name(s));
		}
	}
	if (rc == 0)
		rc = repo_tree_with(r, tree, changes, t->paths.n, with, err);
	free(changes);
	return rc;
}
