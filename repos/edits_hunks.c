/*
 * edits_hunks.c - the hunks of one file made to its text, as `git apply` makes them: every line of a hunk must be there, at the line it
 * says or the nearest; lines that an earlier hunk has been at are out of reach. See edits.h.
 */
#include "base/hash.h"
#include "repos/edits_inside.h"

#include <stdlib.h>

enum { WORK_MAX = 50000000 }; /* lines moved or compared for one response */

struct line {
	struct str s;  /* with its end, where it has one */
	uint64_t hash;
	bool done;     /* a hunk has been here */
};

struct image {
	struct line *at;
	size_t n, cap;
};

static bool image_room(struct image *g, size_t n)
{
	size_t cap = g->cap ? g->cap : 64;
	struct line *more;

	while (cap < n)
		cap *= 2;
	if (cap == g->cap)
		return true;
	more = realloc(g->at, cap * sizeof(*more));
	if (!more)
		return false;
	g->at = more;
	g->cap = cap;
	return true;
}

static bool image_add(struct image *g, struct str s)
{
	if (!image_room(g, g->n + 1))
		return false;
	g->at[g->n++] = (struct line){ .s = s, .hash = hash64(s.s, s.n, 0) };
	return true;
}

static bool image_read(struct image *g, struct str text)
{
	while (text.n) {
		ptrdiff_t end = str_chr(text, '\n');
		size_t n = end < 0 ? text.n : (size_t)end + 1;

		if (!image_add(g, str_sub(text, 0, n)))
			return false;
		text = str_from(text, n);
	}
	return true;
}

/* What a hunk takes out and what it puts in, context in both. */
struct sides {
	struct image old, new;
	size_t leading, trailing; /* lines of context at the ends */
};

/* "\ No newline at end of file" is about the line above, on the side or sides that it stands on. */
static void cut_newline(struct image *g)
{
	struct line *l = g->n ? &g->at[g->n - 1] : NULL;

	if (l && l->s.n && l->s.s[l->s.n - 1] == '\n') {
		l->s.n--;
		l->hash = hash64(l->s.s, l->s.n, 0);
	}
}

static bool sides_read(struct sides *x, const struct hunk *h)
{
	static const char newline[] = "\n";
	struct str rest = h->body;
	char before = ' ';
	bool held = true, changed = false;

	while (rest.n && held) {
		ptrdiff_t end = str_chr(rest, '\n');
		struct str line = str_sub(rest, 0, end < 0 ? rest.n : (size_t)end + 1), text = str_from(line, 1);
		char c = line.s[0];

		rest = str_from(rest, line.n);
		if (c == '\\') {
			if (before != '+')
				cut_newline(&x->old);
			if (before != '-')
				cut_newline(&x->new);
			continue;
		}
		if (c != '+' && c != '-') {
			/* an empty line of context may have lost its blank */
			if (c != ' ')
				text = c == '\r' ? STR("\r\n") : (struct str){ newline, 1 };
			x->leading += !changed;
			x->trailing++;
		} else {
			changed = true;
			x->trailing = 0;
		}
		held = (c == '+' || image_add(&x->old, text)) && (c == '-' || image_add(&x->new, text));
		before = c;
	}
	return held;
}

static void sides_release(struct sides *x)
{
	free(x->old.at);
	free(x->new.at);
}

static bool line_eq(const struct line *file, const struct line *hunk)
{
	return !file->done && file->hash == hunk->hash && str_eq(file->s, hunk->s);
}

static bool stands_at(const struct image *file, const struct image *old, size_t at)
{
	if (at + old->n > file->n)
		return false;
	for (size_t i = 0; i < old->n; i++)
		if (!line_eq(&file->at[at + i], &old->at[i]))
			return false;
	return true;
}

/*
 * All places of old in file, of which the nearest to `want`; of two as near the later. Knuth, Morris and Pratt: a file of equal lines and
 * a hunk that fails at its last one must not cost their product. -1: nowhere; -2: no memory.
 */
static ptrdiff_t find_nearest(const struct image *file, const struct image *old, size_t want)
{
	size_t *back, k = 0, most = (size_t)-1;
	ptrdiff_t best = -1;

	if (!old->n)
		return (ptrdiff_t)want;
	back = malloc(old->n * sizeof(*back));
	if (!back)
		return -2;
	back[0] = 0;
	for (size_t i = 1; i < old->n; i++) {
		while (k && !line_eq(&old->at[i], &old->at[k]))
			k = back[k - 1];
		k += line_eq(&old->at[i], &old->at[k]);
		back[i] = k;
	}
	k = 0;
	for (size_t i = 0; i < file->n; i++) {
		while (k && (k == old->n || !line_eq(&file->at[i], &old->at[k])))
			k = back[k - 1];
		k += line_eq(&file->at[i], &old->at[k]);
		if (k == old->n) {
			size_t at = i + 1 - old->n, far = at > want ? at - want : want - at;

			if (far < most || (far == most && at > want)) {
				most = far;
				best = (ptrdiff_t)at;
			}
		}
	}
	free(back);
	return best;
}

/* Where a hunk belongs. One that begins at the file's first line must stand there, one without lines behind its last change at the end. */
static ptrdiff_t place_of(const struct image *file, const struct sides *x, const struct hunk *h)
{
	bool begin = h->old_start <= 1, end = x->trailing == 0;
	size_t at = begin ? 0 : end ? file->n - x->old.n : h->new_start ? h->new_start - 1 : 0;

	if (end && x->old.n > file->n)
		return -1;
	if (begin || end)
		return (!end || at + x->old.n == file->n) && stands_at(file, &x->old, at) ? (ptrdiff_t)at : -1;
	at = at > file->n ? file->n : at;
	return stands_at(file, &x->old, at) ? (ptrdiff_t)at : find_nearest(file, &x->old, at);
}

static bool image_replace(struct image *file, size_t at, const struct sides *x)
{
	size_t behind = file->n - at - x->old.n;

	if (!image_room(file, file->n - x->old.n + x->new.n))
		return false;
	memmove(file->at + at + x->new.n, file->at + at + x->old.n, behind * sizeof(*file->at));
	if (x->new.n)
		memcpy(file->at + at, x->new.at, x->new.n * sizeof(*file->at));
	for (size_t i = 0; i < x->new.n; i++)
		file->at[at + i].done = true;
	file->n += x->new.n - x->old.n;
	return true;
}

int edits_hunks(struct str text, const struct edit *e, struct buf *out, size_t *bad, uint64_t *work)
{
	struct image file = { 0 };
	bool held = image_read(&file, text);
	int rc = 1;

	for (*bad = 0; held && rc == 1 && *bad < e->n_hunks; ++*bad) {
		struct sides x = { 0 };
		ptrdiff_t at = -2;

		held = sides_read(&x, &e->hunks[*bad]);
		*work += file.n + x.old.n + x.new.n;
		if (held && *work <= WORK_MAX)
			at = place_of(&file, &x, &e->hunks[*bad]);
		if (at < 0)
			rc = at == -1 ? 0 : -1;
		else
			held = image_replace(&file, (size_t)at, &x);
		sides_release(&x);
	}
	if (rc != 1)
		--*bad;
	for (size_t i = 0; rc == 1 && i < file.n; i++)
		buf_add(out, file.at[i].s);
	free(file.at);
	return held && !out->failed ? rc : -1;
}
