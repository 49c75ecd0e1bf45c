/*
 * pen.h - many short pieces of text, written one behind the other into room that is reserved once.
 *
 *	static const struct pen_text is = PEN_TEXT(" is ");
 *	char *pen = pen_down(b, LINE_MAX);	// NULL: no memory, or b has failed before
 *
 *	if (pen) {
 *		pen = pen_text(pen_str(pen, name), &is);
 *		pen_up(b, pen_int(pen, 4));	// what was written is part of b
 *	}
 *
 * For long prompts, where asking each piece whether it fits takes longer than the piece. The room has to hold all pieces of it and
 * PEN_SLACK more: fixed lengths are copied, as that takes no call.
 */
#ifndef QUARRY_GENERATORS_PEN_H
#define QUARRY_GENERATORS_PEN_H

#include "base/buf.h"

enum { PEN_SLACK = 32 };

struct pen_text {
	char s[PEN_SLACK]; /* no NUL needed */
	size_t n;
};

#define PEN_TEXT(lit) { lit, sizeof(lit) - 1 }

static inline char *pen_down(struct buf *b, size_t room)
{
	return buf_reserve(b, room + PEN_SLACK) ? b->s + b->n : NULL;
}

static inline void pen_up(struct buf *b, const char *pen)
{
	b->n = (size_t)(pen - b->s);
	b->s[b->n] = 0;
}

static inline char *pen_text(char *pen, const struct pen_text *t)
{
	memcpy(pen, t->s, sizeof(t->s));
	return pen + t->n;
}

static inline char *pen_str(char *pen, struct str s)
{
	memcpy(pen, s.s, s.n);
	return pen + s.n;
}

static inline char *pen_char(char *pen, char c)
{
	*pen = c;
	return pen + 1;
}

/* 0 <= v <= 99, without a branch. */
static inline char *pen_two(char *pen, int v)
{
	int tens = v / 10, two = v > 9;

	pen[0] = (char)('0' + (two ? tens : v));
	pen[1] = (char)('0' + v - 10 * tens);
	return pen + 1 + two;
}

/* v >= 0. Up to four digits are written without a branch on how many they are, which nobody could foresee. */
static inline char *pen_int(char *pen, int v)
{
	char digits[12];
	int at = sizeof(digits);

	if (v < 10000) {
		unsigned u = (unsigned)v, high = u / 100, low = u % 100, n = 1 + (u > 9) + (u > 99) + (u > 999);
		uint32_t four = high / 10 | high % 10 << 8 | low / 10 << 16 | low % 10 << 24; /* the first one lowest */

		four = (four + 0x30303030) >> 8 * (4 - n);
		pen[0] = (char)four;
		pen[1] = (char)(four >> 8);
		pen[2] = (char)(four >> 16);
		pen[3] = (char)(four >> 24);
		return pen + n;
	}
	for (; v >= 10; v /= 10)
		digits[--at] = (char)('0' + v % 10);
	*pen++ = (char)('0' + v);
	while (at < (int)sizeof(digits))
		*pen++ = digits[at++];
	return pen;
}

#endif
