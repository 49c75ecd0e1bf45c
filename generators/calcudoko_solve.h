/*
 * calcudoko_solve.h - what generators/calcudoko*.c share: the board, its text, and its rules for latin.c.
 *
 *	if (!cages_parse(&b, desc))
 *		return false;
 *	cages_pose(&l, &p, &r, &b);		// ready for latin_solve() and its kind
 */
#ifndef QUARRY_GENERATORS_CALCUDOKO_SOLVE_H
#define QUARRY_GENERATORS_CALCUDOKO_SOLVE_H

#include "generators/latin.h"

enum { CAGES = 52, CAGE_CELLS = 9 };

struct cage {
	char sign; /* + - * / or = for a cage of one */
	int target, n;
	uint8_t cell[CAGE_CELLS]; /* in reading order */
};

struct board {
	int n, cages;
	bool loose; /* somebody else's: cages may be scattered, - and / over more than two cells, the target 0 */
	uint8_t cage_of[LATIN_CELLS];
	struct cage cage[LATIN_CELLS];
};

/* Sets of sets of digits: bit s is the set s. */
enum { SET_WORDS = (1 << LATIN_SIDE) / 64 };

struct sets {
	uint64_t w[SET_WORDS];
};

/* What the solver knows of a board: the sets of digits that give each cage's target. */
struct cages {
	const struct board *b;
	struct sets give[LATIN_CELLS];
};

bool cages_parse(struct board *b, struct str desc);
void cages_write(struct buf *out, const struct board *b);
char cage_name(int k);

/* Cages from cage_of[], renumbered in reading order; signs and targets go with them. False: a cage is too large. */
bool cages_gather(struct board *b);
bool cells_touch(int n, int i, int j);
/* The cells (as bits) of a cage that hang together with the first one of the bits. */
unsigned cage_piece(const struct cage *c, int n, unsigned cells);

/* p, r and b must stay while l is in use. Cages of one cell are given cells. */
void cages_pose(struct latin *l, struct latin_puzzle *p, struct cages *r, const struct board *b);

#endif
