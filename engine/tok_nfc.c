/* tok_nfc.c - form C by libutf8proc's tables; see tok_nfc.h. Without the library, tok_nfc_none.c stands here. */
#include "engine/tok_nfc.h"

#include <stdlib.h>
#include <utf8proc.h>

/* Code points, in the order that form C composes them in. */
struct points {
	utf8proc_int32_t *v, *spare; /* spare: as many, for sorting */
	size_t n, cap;
};

enum { DECOMPOSED = 16 /* points of one character at most; 4 in Unicode 15 */ };

static bool room(struct points *p, size_t cap)
{
	utf8proc_int32_t *v = cap <= p->cap ? p->v : realloc(p->v, cap * sizeof(*v));

	if (!v)
		return false;
	p->cap = cap <= p->cap ? p->cap : cap;
	p->v = v;
	return true;
}

static int mark_class(utf8proc_int32_t c)
{
	return utf8proc_get_property(c)->combining_class;
}

/*
 * Marks from .. to in the order of their classes, equals as they stand. The library's own sort would take 10^10 steps
 * for 10^5 marks in the wrong order.
 */
static void marks_sort(struct points *p, size_t from, size_t to)
{
	size_t at[257] = { 0 };
	bool sorted = true;

	for (size_t i = from; i < to; i++) {
		sorted = sorted && (i == from || mark_class(p->v[i - 1]) <= mark_class(p->v[i]));
		at[mark_class(p->v[i]) + 1]++;
	}
	if (sorted)
		return;
	for (int k = 1; k < 257; k++)
		at[k] += at[k - 1];
	for (size_t i = from; i < to; i++)
		p->spare[at[mark_class(p->v[i])]++] = p->v[i];
	memcpy(p->v + from, p->spare, (to - from) * sizeof(*p->v));
}

static bool decompose(struct points *p, struct str text)
{
	for (size_t i = 0; i < text.n;) {
		utf8proc_ssize_t n;
		uint32_t c;
		int unused = 0;

		i += utf8_next(str_from(text, i), &c);
		if (!room(p, p->n + DECOMPOSED <= p->cap ? p->cap : 2 * p->n + 64))
			return false;
		n = utf8proc_decompose_char((utf8proc_int32_t)c, p->v + p->n, DECOMPOSED, UTF8PROC_STABLE | UTF8PROC_COMPOSE, &unused);
		if (n < 0 || n > DECOMPOSED) /* no character of any Unicode yet */
			return false;
		p->n += (size_t)n;
	}
	return true;
}

static void reorder(struct points *p)
{
	for (size_t i = 0, from; i < p->n; i++) {
		for (from = i; i < p->n && mark_class(p->v[i]); i++)
			;
		if (i - from > 1)
			marks_sort(p, from, i);
	}
}

int nfc(struct buf *out, struct str text, struct err *err)
{
	struct points p = { 0 };
	utf8proc_ssize_t n = -1;

	if (decompose(&p, text)) {
		p.spare = malloc((p.n + 1) * sizeof(*p.spare));
		if (p.spare) {
			reorder(&p);
			n = utf8proc_normalize_utf32(p.v, (utf8proc_ssize_t)p.n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
		}
	}
	for (utf8proc_ssize_t i = 0; i < n; i++)
		buf_addcp(out, (uint32_t)p.v[i]);
	free(p.v);
	free(p.spare);
	return n < 0 || out->failed ? err_set(err, "out of memory") : 0;
}
