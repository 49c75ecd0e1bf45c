/*
 * zebra_puzzle.h - the houses and their clues as the desc states them, and the words of both languages.
 *
 *	struct zebra z;
 *	if (zebra_read(&z, desc))
 *		printf("%s\n", zebra_themes[z.theme[0]].value[z.value[0][0]].said[0]);
 *
 * desc: the attributes, parted by /, each a letter for its theme and one for each of its values; then the clues, each
 * after a blank: "aabc/cacd/dabc A1@3 B2=C1 A2lC3". Items are A1 (first value of the first attribute) .. G7. At the end "?B"
 * where only the second attribute is asked for.
 *
 * No word stands twice among all values and theme names, and each is one word in English, so that an answer's words say
 * by themselves what they belong to.
 */
#ifndef QUARRY_VERIFIERS_ZEBRA_PUZZLE_H
#define QUARRY_VERIFIERS_ZEBRA_PUZZLE_H

#include "base/str.h"

enum { ZEBRA_SIDE = 7, ZEBRA_ITEMS = ZEBRA_SIDE * ZEBRA_SIDE, ZEBRA_CLUES = 250, ZEBRA_VALUES = 12, ZEBRA_THEMES = 14 };

struct zebra_theme {
	struct {
		const char *said[2]; /* English, Chinese */
	} name, value[ZEBRA_VALUES];
};

/* Their order is part of the format: the desc draws by number. */
extern const struct zebra_theme zebra_themes[ZEBRA_THEMES];

enum zebra_kind {
	ZEBRA_AT,     /* A1@3: A1 is in house 3 */
	ZEBRA_NOT_AT, /* A1!3: A1 is not in house 3 */
	ZEBRA_SAME,   /* A1=B2: in the same house */
	ZEBRA_APART,  /* A1#B2: not in the same house */
	ZEBRA_LEFT1,  /* A1lB2: A1 is directly left of B2 */
	ZEBRA_RIGHT1, /* A1rB2 */
	ZEBRA_NEXT,   /* A1nB2: side by side */
	ZEBRA_LEFT,   /* A1LB2: A1 is somewhere left of B2 */
	ZEBRA_RIGHT,  /* A1RB2 */
	ZEBRA_GAP1,   /* A1iB2: exactly one house lies between them */
	ZEBRA_GAP2,   /* A1jB2: exactly two */
	ZEBRA_GAP3,   /* A1kB2: exactly three */
	ZEBRA_END,    /* A1e: A1 is in the first or the last house */
	ZEBRA_BETWEEN,/* A1bB2C3: A1 is somewhere between B2 and C3 */
	ZEBRA_EITHER, /* A1xB2C3: exactly one of B2 and C3 is in A1's house */
	ZEBRA_KINDS,
};

/* An item is ZEBRA_SIDE * attribute + value, both from 0. */
struct zebra_clue {
	uint8_t kind, x, y, z; /* items; y is a house from 0 for AT and NOT_AT */
};

struct zebra {
	int houses, attributes, clues;
	int ask; /* the one attribute asked for, -1: all */
	uint8_t theme[ZEBRA_SIDE], value[ZEBRA_SIDE][ZEBRA_SIDE]; /* numbers into zebra_themes */
	struct zebra_clue clue[ZEBRA_CLUES];
};

static inline int zebra_attribute(int item)
{
	return item / ZEBRA_SIDE;
}

/* Only the desc's one spelling; whether the clues can hold is another question. */
bool zebra_read(struct zebra *z, struct str desc);

#endif
