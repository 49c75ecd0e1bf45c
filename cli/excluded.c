/* excluded.c - lists of (repository, base commit); see excluded.h. */
#include "cli/excluded.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/json.h"
#include "datasets/stream.h"

#include <stdlib.h>
#include <strings.h>

struct entry {
	const char *repo;
	struct oid base;
};

struct excluded {
	struct entry *at;
	struct oid *base; /* of at, in its order */
	size_t n, cap;
	uint64_t hash;
	struct arena text;
};

static int entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int d = strcasecmp(x->repo, y->repo);

	return d ? d : memcmp(x->base.id, y->base.id, sizeof(x->base.id));
}

static int entry_read(struct excluded *e, struct str line, struct err *err)
{
	struct json row, v;
	struct str repo, base;
	struct entry x;

	if (!json_parse(&row, line, err))
		return ERR_FAIL;
	if (row.kind != JSON_OBJECT || !json_get(row, "repo", &v) || !json_plain(v, &repo) || !repo.n)
		return err_set(err, "no object with \"repo\" (owner/name) and \"base_commit\"");
	if (!json_get(row, "base_commit", &v) || !json_plain(v, &base) || !oid_read(&x.base, base))
		return err_set(err, "\"base_commit\" is not 40 hex digits");
	if (e->n == e->cap) {
		struct entry *more = realloc(e->at, (e->cap ? 2 * e->cap : 64) * sizeof(*more));

		if (!more)
			return err_set(err, "out of memory");
		e->at = more;
		e->cap = e->cap ? 2 * e->cap : 64;
	}
	x.repo = arena_strdup(&e->text, repo);
	if (!x.repo)
		return err_set(err, "out of memory");
	e->at[e->n++] = x;
	return 0;
}

int excluded_open(struct excluded **ret, const char *path, struct err *err)
{
	struct excluded *e = calloc(1, sizeof(*e));
	struct reader *r = NULL;
	struct buf line = BUF_INIT;
	int rc = e ? reader_open(&r, path, err) : err_set(err, "out of memory"), more = 0;

	while (rc == 0 && (more = reader_line(r, &line, err)) > 0) {
		if (!str_trim(buf_str(&line)).n)
			continue;
		e->hash = hash64(line.s, line.n, e->hash);
		rc = entry_read(e, str_trim(buf_str(&line)), err);
		if (rc < 0)
			err_at(err, "%s:%llu: ", path, (unsigned long long)reader_number(r));
	}
	reader_close(r);
	buf_release(&line);
	if (more < 0)
		rc = ERR_FAIL;
	if (rc == 0) {
		e->base = malloc((e->n + 1) * sizeof(*e->base));
		rc = e->base ? 0 : err_set(err, "out of memory");
	}
	if (rc < 0) {
		excluded_free(e);
		return rc;
	}
	if (e->n)
		qsort(e->at, e->n, sizeof(*e->at), entry_cmp);
	for (size_t i = 0; i < e->n; i++)
		e->base[i] = e->at[i].base;
	*ret = e;
	return 0;
}

void excluded_free(struct excluded *e)
{
	if (!e)
		return;
	free(e->at);
	free(e->base);
	arena_release(&e->text);
	free(e);
}

uint64_t excluded_hash(const struct excluded *e)
{
	return e->hash;
}

const struct oid *excluded_of(const struct excluded *e, struct str repo, size_t *n)
{
	size_t from = 0, to;

	while (from < e->n && !str_ieq(str_of(e->at[from].repo), repo))
		from++;
	for (to = from; to < e->n && str_ieq(str_of(e->at[to].repo), repo);)
		to++;
	*n = to - from;
	return e->base + from;
}

bool excluded_has(const struct excluded *e, struct str repo, const struct oid *base)
{
	size_t n;
	const struct oid *of = excluded_of(e, repo, &n);

	return oid_among(base, of, n);
}
