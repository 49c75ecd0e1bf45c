/*
 * marks.h - where a kind of byte stands in a text, 64 bytes at a time: finding the next place waits for nothing that is done with the last,
 * and however long the pieces between are, no branch has to guess it.
 *
 *	static uint64_t look(const char *block, const char *end)
 *	{
 *		return marks_bits(block, end, separators);	// of sixteen bytes, a function of the caller's
 *	}
 *
 *	struct marks m = marks_of(text, look);
 *	while ((p = marks_next(&m, look)))
 *		...
 */
#ifndef QUARRY_BASE_MARKS_H
#define QUARRY_BASE_MARKS_H

#include "base/sixteen.h"
#include "base/str.h"

enum { MARKS_BLOCK = 64 };

struct marks {
	const char *block, *end; /* the block that is looked at, the end of the text */
	uint64_t left;           /* bits of those in it that were not asked for yet */
};

/* Bits of the block's bytes that are of that kind, those behind the text's end left out. */
static inline uint64_t marks_bits(const char *block, const char *end, sixteen (*is)(sixteen))
{
	char room[MARKS_BLOCK] = { 0 };
	uint64_t bits = 0, within = UINT64_MAX;

	if (end - block < MARKS_BLOCK) {
		within = (UINT64_C(1) << (end - block)) - 1;
		memcpy(room, block, (size_t)(end - block));
		block = room;
	}
	for (int i = 0; i < MARKS_BLOCK / 16; i++)
		bits |= (uint64_t)sixteen_mask(is(load_sixteen(block + 16 * i))) << 16 * i;
	return bits & within;
}

static inline struct marks marks_of(struct str s, uint64_t (*look)(const char *, const char *))
{
	return s.n ? (struct marks){ s.s, s.s + s.n, look(s.s, s.s + s.n) } : (struct marks){ NULL, NULL, 0 };
}

/* NULL: there is no more of it. */
static inline const char *marks_next(struct marks *m, uint64_t (*look)(const char *, const char *))
{
	const char *p;

	while (!m->left) {
		if (m->end - m->block <= MARKS_BLOCK)
			return NULL;
		m->block += MARKS_BLOCK;
		m->left = look(m->block, m->end);
	}
	p = m->block + (size_t)__builtin_ctzll(m->left);
	m->left &= m->left - 1;
	return p;
}

#endif
