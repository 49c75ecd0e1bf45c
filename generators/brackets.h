/*
 * brackets.h - four kinds of brackets, for the tasks about sequences of them.
 *
 *	if (bracket_is(c, &kind, &opens))
 *		buf_addc(out, opens ? bracket_open[kind] : bracket_close[kind]);
 *
 * The kinds play the same part in every such puzzle: renaming them gives a twin, numbering them as they come the canonical form.
 */
#ifndef QUARRY_GENERATORS_BRACKETS_H
#define QUARRY_GENERATORS_BRACKETS_H

#include "base/buf.h"
#include "base/rng.h"

enum { BRACKET_KINDS = 4 };

extern const char bracket_open[BRACKET_KINDS + 1], bracket_close[BRACKET_KINDS + 1];

extern const signed char bracket_code[256]; /* 1..4 for a kind that opens, -1..-4 for one that closes, 0 for anything else */

/* Kind 0..3 of a bracket and whether it opens; false for anything else. */
static inline bool bracket_is(char c, int *kind, bool *opens)
{
	int code = bracket_code[(unsigned char)c];

	*opens = code > 0;
	*kind = code > 0 ? code - 1 : code < 0 ? -code - 1 : 0;
	return code != 0;
}

/* Signs one by one, with a blank between each two. */
void brackets_spaced(struct buf *out, struct str s);

/* The same with a pen, see pen.h; it takes room for 2 * s.n. */
static inline char *brackets_pen(char *pen, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		pen[2 * i] = s.s[i];
		pen[2 * i + 1] = ' ';
	}
	return s.n ? pen + 2 * s.n - 1 : pen;
}

/* A desc in which all that is no bracket (blanks, signs) stays as it is. */
void brackets_canon(struct buf *out, struct str desc);
bool brackets_twin(struct buf *out, struct str desc, struct rng *rng);

#endif
