/*
 * cursor.h - a short text read from left to right, where what stands next decides: expressions in descs.
 *
 *	struct cursor c = { .s = desc };
 *	do {
 *		if (!cursor_number(&c, 999, &v))
 *			return false;
 *	} while (cursor_eat(&c, STR("+")));
 *	return c.at == c.s.n;
 */
#ifndef QUARRY_BASE_CURSOR_H
#define QUARRY_BASE_CURSOR_H

#include "base/str.h"

struct cursor {
	struct str s;
	size_t at; /* never behind its end */
};

/* The byte that stands next; 0 at the end. */
static inline char cursor_peek(const struct cursor *c)
{
	return c->at < c->s.n ? c->s.s[c->at] : 0;
}

/* Step over what stands next, if it is that. Text known to the compiler is compared in place. */
static inline bool cursor_eat(struct cursor *c, struct str what)
{
	if (c->s.n - c->at < what.n || memcmp(c->s.s + c->at, what.s, what.n) != 0)
		return false;
	c->at += what.n;
	return true;
}

static inline bool cursor_digit(const struct cursor *c)
{
	char d = cursor_peek(c);

	return d >= '0' && d <= '9';
}

/* Digits up to the first byte that is none, without a zero in front: 0 .. most. */
static inline bool cursor_number(struct cursor *c, int64_t most, int64_t *v)
{
	size_t from = c->at;

	for (*v = 0; cursor_digit(c); c->at++) {
		*v = *v * 10 + (c->s.s[c->at] - '0');
		if (*v > most)
			return false;
	}
	return c->at > from && (c->s.s[from] != '0' || c->at == from + 1);
}

#endif
