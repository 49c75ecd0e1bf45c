/* tree.c - trees as bytes: reading entries, finding, walking, and making new ones from old ones. See git.h. */
#include "repos/git_inside.h"

#include <stdlib.h>

/* Modes that git no longer writes, as it reads them. */
static uint32_t mode_of(uint32_t mode)
{
	switch (mode & 0170000) {
	case 0100000:
		return mode & 0100 ? MODE_EXEC : MODE_FILE;
	case 0040000:
		return MODE_TREE;
	case 0120000:
		return MODE_LINK;
	case 0160000:
		return MODE_MODULE;
	}
	return 0;
}

int tree_next(struct str *raw, struct tree_entry *e)
{
	uint32_t mode = 0;
	size_t i = 0, end;

	if (!raw->n)
		return 0;
	for (; i < raw->n && i < 8 && raw->s[i] >= '0' && raw->s[i] <= '7'; i++)
		mode = mode << 3 | (uint32_t)(raw->s[i] - '0');
	if (i == 0 || i >= raw->n || raw->s[i] != ' ')
		return -1;
	for (end = ++i; end < raw->n && raw->s[end]; end++)
		if (raw->s[end] == '/')
			return -1;
	e->name = str_sub(*raw, i, end);
	e->mode = mode_of(mode);
	if (raw->n - end < 21 || !e->mode || !e->name.n || str_is(e->name, ".") || str_is(e->name, ".."))
		return -1;
	memcpy(e->id.id, raw->s + end + 1, 20);
	*raw = str_from(*raw, end + 21);
	return 1;
}

int tree_order(const struct tree_entry *a, const struct tree_entry *b)
{
	size_t n = a->name.n < b->name.n ? a->name.n : b->name.n;
	int c = memcmp(a->name.s, b->name.s, n), p, q;

	if (c)
		return c;
	p = a->name.n > n ? (unsigned char)a->name.s[n] : a->mode == MODE_TREE ? '/' : 0;
	q = b->name.n > n ? (unsigned char)b->name.s[n] : b->mode == MODE_TREE ? '/' : 0;
	return p - q;
}

/* The entry called name, in a tree that can be read. */
static enum object_state find_here(struct repo *r, const struct oid *tree, struct str name, struct tree_entry *e)
{
	struct object o;
	enum object_state s = repo_tree(r, tree, &o);
	struct str raw = object_str(&o);
	int more = 0;

	while (s == OBJECT_OK && (more = tree_next(&raw, e)) > 0 && !str_eq(e->name, name))
		continue;
	object_release(&o);
	if (s != OBJECT_OK)
		return s;
	e->name = name;
	return more > 0 ? OBJECT_OK : more < 0 ? OBJECT_CORRUPT : OBJECT_MISSING;
}

enum object_state repo_find(struct repo *r, const struct oid *tree, struct str path, struct tree_entry *e)
{
	struct str rest = path, name;
	struct oid at = *tree;

	e->mode = MODE_TREE;
	while (str_split(&rest, '/', &name)) {
		enum object_state s = e->mode == MODE_TREE ? find_here(r, &at, name, e) : OBJECT_MISSING;

		if (s != OBJECT_OK)
			return s;
		at = e->id;
	}
	return path.n ? OBJECT_OK : OBJECT_MISSING;
}

struct each {
	struct repo *r;
	tree_fn *fn;
	void *ctx;
	uint64_t *unreadable;
	struct buf path;
};

static int each(struct each *w, const struct oid *tree, int depth)
{
	size_t at = w->path.n;
	struct tree_entry e;
	struct object o;
	struct str raw;
	int rc = 0, more = -1;

	if (depth < TREE_DEPTH && repo_tree(w->r, tree, &o) == OBJECT_OK) {
		raw = object_str(&o);
		while (rc == 0 && (more = tree_next(&raw, &e)) > 0) {
			buf_cut(&w->path, at);
			buf_add(&w->path, e.name);
			if (e.mode != MODE_TREE) {
				rc = w->fn(w->ctx, buf_str(&w->path), &e);
			} else {
				buf_addc(&w->path, '/');
				rc = each(w, &e.id, depth + 1);
			}
		}
		object_release(&o);
	} else if (depth < TREE_DEPTH) {
		object_release(&o);
	}
	if (more < 0 && rc == 0)
		(*w->unreadable)++;
	buf_cut(&w->path, at);
	return rc;
}

int repo_each(struct repo *r, const struct oid *tree, tree_fn *fn, void *ctx, uint64_t *unreadable)
{
	struct each w = { .r = r, .fn = fn, .ctx = ctx, .unreadable = unreadable, .path = BUF_INIT };
	int rc;

	*unreadable = 0;
	rc = each(&w, tree, 0);
	buf_release(&w.path);
	return rc;
}

/* ---- making */

int repo_add_blob(struct repo *r, struct str data, struct oid *id, struct err *err)
{
	return repo_write(r, MADE_BLOB, data, id, err);
}

/* As bytes, but '/' before all others, so that what stands below a directory stands together. */
static int path_cmp(const void *a, const void *b)
{
	struct str x = ((const struct tree_change *)a)->path, y = ((const struct tree_change *)b)->path;

	for (size_t i = 0; i < x.n && i < y.n; i++)
		if (x.s[i] != y.s[i])
			return x.s[i] == '/' ? -1 : y.s[i] == '/' ? 1 : (unsigned char)x.s[i] - (unsigned char)y.s[i];
	return x.n < y.n ? -1 : x.n > y.n;
}

static int entry_cmp(const void *a, const void *b)
{
	return tree_order(a, b);
}

struct entries {
	struct tree_entry *at;
	size_t n, cap;
};

static bool entries_add(struct entries *es, struct tree_entry e)
{
	if (es->n == es->cap) {
		size_t cap = es->cap ? 2 * es->cap : 64;
		struct tree_entry *more = realloc(es->at, cap * sizeof(*more));

		if (!more)
			return false;
		es->at = more;
		es->cap = cap;
	}
	es->at[es->n++] = e;
	return true;
}

/* All changes below one directory, whose path is `skip` bytes of theirs. The result is oid_none where nothing is left. */
static int build(struct repo *r, const struct oid *base, struct tree_change *change, size_t n, size_t skip, int depth, struct oid *tree,
		 struct err *err);

/* The changes from..to of build's that share a first name, and what stands there now (mode 0: nothing). */
static int build_one(struct repo *r, const struct tree_entry *now, struct tree_change *change, size_t n, size_t skip, int depth,
		     struct tree_entry *made, struct err *err)
{
	struct oid none = { { 0 } };
	bool whole = change[0].path.n == skip + made->name.n;
	bool below = n > whole, keep = now->mode == MODE_TREE && !whole;
	int rc;

	made->mode = 0;
	if (n > 1 && whole && change[1].path.n == change[0].path.n)
		return err_set(err, "a path is changed twice");
	if (whole && change[0].mode) {
		for (size_t i = 1; i < n; i++)
			if (change[i].mode)
				return err_set(err, "a path is to be a file and a directory");
		made->mode = change[0].mode;
		made->id = change[0].id;
		return 0;
	}
	if (!below)
		return 0;
	rc = build(r, keep ? &now->id : &none, change + whole, n - whole, skip + made->name.n + 1, depth + 1, &made->id, err);
	made->mode = rc == 0 && !oid_none(&made->id) ? MODE_TREE : 0;
	/* only taking away below a file that stays: the file was never meant */
	if (rc == 0 && !made->mode && now->mode && now->mode != MODE_TREE && !whole) {
		made->mode = now->mode;
		made->id = now->id;
	}
	return rc;
}

static int build_write(struct repo *r, struct entries *es, struct oid *tree, struct err *err)
{
	struct buf raw = BUF_INIT;
	int rc = 0;

	if (es->n)
		qsort(es->at, es->n, sizeof(*es->at), entry_cmp);
	for (size_t i = 0; i < es->n; i++) {
		buf_addf(&raw, "%o ", (unsigned)es->at[i].mode);
		buf_add(&raw, es->at[i].name);
		buf_add(&raw, (struct str){ "", 1 });
		buf_add(&raw, (struct str){ (const char *)es->at[i].id.id, 20 });
	}
	if (raw.failed)
		rc = err_set(err, "out of memory");
	else if (es->n)
		rc = repo_write(r, MADE_TREE, buf_str(&raw), tree, err);
	buf_release(&raw);
	return rc;
}

static int build(struct repo *r, const struct oid *base, struct tree_change *change, size_t n, size_t skip, int depth, struct oid *tree,
		 struct err *err)
{
	struct entries es = { 0 };
	struct object o = OBJECT_INIT;
	struct tree_entry e, made;
	struct str raw;
	int rc = 0, more = 0;
	size_t olds;

	memset(tree, 0, sizeof(*tree));
	if (depth >= TREE_DEPTH)
		return err_set(err, "more than %d directories below one another", TREE_DEPTH);
	if (!oid_none(base) && repo_tree(r, base, &o) != OBJECT_OK) {
		object_release(&o);
		return err_set(err, "%s: a tree cannot be read", repo_path(r));
	}
	raw = object_str(&o);
	while (rc == 0 && (more = tree_next(&raw, &e)) > 0)
		rc = entries_add(&es, e) ? 0 : err_set(err, "out of memory");
	if (more < 0)
		rc = err_set(err, "%s: a tree makes no sense", repo_path(r));
	olds = es.n;
	for (size_t i = 0, j; rc == 0 && i < n; i = j) {
		struct str rest = str_from(change[i].path, skip), name;
		struct tree_entry now = { 0 };
		size_t at = es.n;

		if (!str_split(&rest, '/', &name) || !name.n) {
			rc = err_set(err, "a path with an empty name");
			break;
		}
		for (j = i + 1; j < n; j++) {
			struct str p = str_from(change[j].path, skip);

			if (!str_starts(p, name) || (p.n > name.n && p.s[name.n] != '/'))
				break;
		}
		/* a directory's entries stand in git's order, in which a name may be a file's or a tree's: looked for one by one */
		for (size_t k = 0; k < olds; k++)
			if (es.at[k].mode && str_eq(es.at[k].name, name))
				at = k;
		if (at < es.n)
			now = es.at[at];
		made = (struct tree_entry){ .name = name };
		rc = build_one(r, &now, change + i, j - i, skip, depth, &made, err);
		if (rc == 0 && at < es.n)
			es.at[at] = made;
		else if (rc == 0 && made.mode)
			rc = entries_add(&es, made) ? 0 : err_set(err, "out of memory");
	}
	if (rc == 0) {
		size_t kept = 0;

		for (size_t k = 0; k < es.n; k++)
			if (es.at[k].mode)
				es.at[kept++] = es.at[k];
		es.n = kept;
		rc = build_write(r, &es, tree, err);
	}
	free(es.at);
	object_release(&o);
	return rc;
}

int repo_tree_with(struct repo *r, const struct oid *base, struct tree_change *changes, size_t n, struct oid *tree, struct err *err)
{
	int rc;

	if (n)
		qsort(changes, n, sizeof(*changes), path_cmp);
	rc = build(r, base, changes, n, 0, 0, tree, err);
	/* git's empty tree has a name of its own */
	if (rc == 0 && oid_none(tree))
		rc = repo_write(r, MADE_TREE, STR(""), tree, err);
	return rc;
}
