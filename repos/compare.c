/* compare.c - two trees, read side by side; and which of what went came back under another name. See change.h. */
#include "base/hash.h"
#include "repos/change.h"

#include <stdlib.h>

enum {
	PAIRS_MAX = 400,            /* comparisons of contents in one commit */
	PAIR_BLOB_MAX = 512 << 10,
	PAIR_SIMILAR = 50,          /* percent, as git has it */
};

void changes_release(struct changes *c)
{
	free(c->at);
	arena_release(&c->arena);
	*c = CHANGES_INIT;
}

void changes_reset(struct changes *c)
{
	c->n = 0;
	c->cut = false;
	arena_reset(&c->arena);
}

struct compare {
	struct repo *r;
	struct changes *c;
	size_t most;
	struct buf path;
};

static void change_add(struct compare *w, const struct tree_entry *old, const struct tree_entry *new)
{
	struct changes *c = w->c;
	struct change *at;
	size_t under = w->path.n;

	if (c->n == w->most) {
		c->cut = true;
		return;
	}
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 32;
		struct change *more = realloc(c->at, cap * sizeof(*more));

		c->cut |= !more;
		if (!more)
			return;
		c->at = more;
		c->cap = cap;
	}
	buf_add(&w->path, old ? old->name : new->name);
	at = &c->at[c->n++];
	*at = (struct change){ .status = !old ? 'A' : !new ? 'D' : 'M', .path = arena_str(&c->arena, buf_str(&w->path)) };
	c->cut |= w->path.failed || !at->path.s;
	buf_cut(&w->path, under);
	at->old_path = at->path;
	if (old) {
		at->old_mode = old->mode;
		at->old_id = old->id;
	}
	if (new) {
		at->mode = new->mode;
		at->id = new->id;
	}
	at->side = side_of(at->path, &at->lang);
}

static enum object_state compare(struct compare *w, const struct oid *old, const struct oid *new, int depth);

/* Two entries of one name, or one that stands alone. */
static enum object_state compare_entries(struct compare *w, const struct tree_entry *old, const struct tree_entry *new, int depth)
{
	const struct tree_entry *any = old ? old : new;
	enum object_state s = OBJECT_OK;

	if (any->mode == MODE_TREE) {
		size_t under = w->path.n;

		buf_add(&w->path, any->name);
		buf_addc(&w->path, '/');
		s = compare(w, old ? &old->id : NULL, new ? &new->id : NULL, depth + 1);
		buf_cut(&w->path, under);
	} else if (old && new && (old->mode ^ new->mode) & 0170000) {
		change_add(w, old, NULL);
		change_add(w, NULL, new);
	} else {
		change_add(w, old, new);
	}
	return s;
}

static enum object_state compare_raw(struct compare *w, struct str a, struct str b, int depth)
{
	struct tree_entry old, new;
	int olds = tree_next(&a, &old), news = tree_next(&b, &new);
	enum object_state s = OBJECT_OK;

	while (s == OBJECT_OK && !w->c->cut && (olds > 0 || news > 0)) {
		int order = olds <= 0 ? 1 : news <= 0 ? -1 : tree_order(&old, &new);

		if (order != 0 || old.mode != new.mode || !oid_eq(&old.id, &new.id))
			s = compare_entries(w, order <= 0 ? &old : NULL, order >= 0 ? &new : NULL, depth);
		if (order <= 0)
			olds = tree_next(&a, &old);
		if (order >= 0)
			news = tree_next(&b, &new);
	}
	return olds < 0 || news < 0 ? OBJECT_CORRUPT : s;
}

static enum object_state compare(struct compare *w, const struct oid *old, const struct oid *new, int depth)
{
	struct object a = OBJECT_INIT, b = OBJECT_INIT;
	enum object_state s = depth < TREE_DEPTH ? OBJECT_OK : OBJECT_CORRUPT;

	if (s == OBJECT_OK && old)
		s = repo_tree(w->r, old, &a);
	if (s == OBJECT_OK && new)
		s = repo_tree(w->r, new, &b);
	if (s == OBJECT_OK)
		s = compare_raw(w, object_str(&a), object_str(&b), depth);
	object_release(&a);
	object_release(&b);
	return s;
}

enum object_state changes_find(struct repo *r, const struct oid *old, const struct oid *new, struct changes *c, size_t most)
{
	struct compare w = { .r = r, .c = c, .most = most, .path = BUF_INIT };
	enum object_state s = OBJECT_OK;

	if (!oid_eq(old, new))
		s = compare(&w, oid_none(old) ? NULL : old, oid_none(new) ? NULL : new, 0);
	buf_release(&w.path);
	return s;
}

/* ---- renames */

/* A text as its lines' hashes, sorted: how much of one is in another is one walk over both. */
struct lines {
	struct line {
		uint64_t hash;
		uint64_t n; /* bytes of all lines of that hash */
	} *at;
	size_t n;
	uint64_t bytes;
	bool known;
};

static int line_cmp(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static void lines_read(struct lines *l, struct repo *r, const struct oid *id)
{
	struct object o;
	struct str rest, line;
	size_t n = 0, kept = 0;

	*l = (struct lines){ .known = true };
	if (repo_blob(r, id, PAIR_BLOB_MAX, &o) == OBJECT_OK) {
		rest = object_str(&o);
		while (str_split(&rest, '\n', &line))
			n++;
		l->at = malloc((n + !n) * sizeof(*l->at));
		rest = object_str(&o);
		for (l->bytes = o.n; l->at && str_split(&rest, '\n', &line);)
			l->at[l->n++] = (struct line){ hash64(line.s, line.n, 0), line.n + 1 };
	}
	object_release(&o);
	if (l->n)
		qsort(l->at, l->n, sizeof(*l->at), line_cmp);
	for (size_t i = 0; i < l->n; i++)
		if (kept && l->at[kept - 1].hash == l->at[i].hash)
			l->at[kept - 1].n += l->at[i].n;
		else
			l->at[kept++] = l->at[i];
	l->n = kept;
}

/* Percent of the larger one's bytes that stand in both. */
static int similarity(const struct lines *a, const struct lines *b)
{
	uint64_t common = 0, most = a->bytes > b->bytes ? a->bytes : b->bytes;

	for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
		if (a->at[i].hash == b->at[j].hash) {
			common += a->at[i].n < b->at[j].n ? a->at[i].n : b->at[j].n;
			i++;
			j++;
		} else if (a->at[i].hash < b->at[j].hash) {
			i++;
		} else {
			j++;
		}
	}
	return most == 0 ? 0 : common >= most ? 100 : (int)(common * 100 / most);
}

/* Of files only, on one side of the house; tests and what they read are one. */
static bool may_pair(const struct change *old, const struct change *new)
{
	return old->status == 'D' && new->status == 'A' && (old->old_mode == MODE_FILE || old->old_mode == MODE_EXEC) &&
	       (new->mode == MODE_FILE || new->mode == MODE_EXEC) && side_is_trusted(old->side) == side_is_trusted(new->side);
}

/* new takes old's place; old stays as an empty row until changes_pair ends. */
static void pair(struct change *old, struct change *new, int similar)
{
	new->status = 'R';
	new->similar = (uint8_t)similar;
	new->old_path = old->path;
	new->old_mode = old->old_mode;
	new->old_id = old->old_id;
	old->status = 0;
}

static void pair_alike(struct repo *r, struct changes *c)
{
	struct lines *lines = calloc(c->n, sizeof(*lines));

	for (size_t i = 0; lines && i < c->n; i++) {
		struct change *best = NULL;
		int most = PAIR_SIMILAR - 1;

		for (size_t j = 0; j < c->n; j++) {
			int s;

			if (!may_pair(&c->at[j], &c->at[i]))
				continue;
			if (!lines[i].known)
				lines_read(&lines[i], r, &c->at[i].id);
			if (!lines[j].known)
				lines_read(&lines[j], r, &c->at[j].old_id);
			s = similarity(&lines[j], &lines[i]);
			if (s > most) {
				most = s;
				best = &c->at[j];
			}
		}
		if (best)
			pair(best, &c->at[i], most == 100 ? 99 : most);
	}
	for (size_t i = 0; lines && i < c->n; i++)
		free(lines[i].at);
	free(lines);
}

void changes_pair(struct repo *r, struct changes *c)
{
	size_t gone = 0, come = 0, kept = 0;

	for (size_t i = 0; i < c->n; i++) {
		gone += c->at[i].status == 'D';
		come += c->at[i].status == 'A';
	}
	if (!gone || !come || gone * come > (size_t)PAIRS_MAX * 100)
		return;
	for (size_t i = 0; i < c->n; i++)
		for (size_t j = 0; j < c->n; j++)
			if (may_pair(&c->at[j], &c->at[i]) && oid_eq(&c->at[j].old_id, &c->at[i].id)) {
				pair(&c->at[j], &c->at[i], 100);
				break;
			}
	if (gone * come <= PAIRS_MAX)
		pair_alike(r, c);
	for (size_t i = 0; i < c->n; i++)
		if (c->at[i].status)
			c->at[kept++] = c->at[i];
	c->n = kept;
}
