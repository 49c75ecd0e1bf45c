/*
 * numbrix_solve.h - numbrix as people solve it, and a search for the rest. Private to the files numbrix*.c.
 *
 *	if (!numbrix_parse(&b, desc))
 *		return;
 *	numbrix_logic(&l, &b, REACH);		// no harder technique than this one
 *	if (numbrix_solve_on(&l))
 *		...				// l.val is the only solution
 */
#ifndef QUARRY_GENERATORS_NUMBRIX_SOLVE_H
#define QUARRY_GENERATORS_NUMBRIX_SOLVE_H

#include "base/buf.h"
#include "base/str.h"

enum { SIDE = 16, CELLS = SIDE * SIDE, WORDS = CELLS / 64 };

struct board {
	int n;
	int16_t val[CELLS]; /* 0: empty */
};

/* Easiest first. */
enum technique { STEP, REACH, ONLY, PATHS, TRIAL, SEARCH, TECHNIQUES };

/*
 * Where each number may be. Sets of cells are words of 64 bits, l->words of them; cand holds one set for each number
 * 1 .. n * n, that of a placed number being its cell.
 */
struct logic {
	int n, cells, words;
	int left;    /* numbers not placed */
	int max;     /* hardest technique allowed */
	bool broken; /* there is no solution */
	bool serial; /* each round is one step: so they are told */
	int16_t at[CELLS + 2]; /* the cell of a number, -1: not placed; at[0] and at[cells + 1] are -1 */
	int16_t val[CELLS];    /* 0: empty */
	uint8_t x[CELLS], y[CELLS]; /* of a cell */
	uint64_t not_first[WORDS], not_last[WORDS], all[WORDS]; /* all but the first column ... */
	uint64_t open[WORDS]; /* empty cells */
	struct buf *out;  /* steps are told there; may be NULL */
	long *work;       /* grows by the numbers that were looked at; may be NULL */
	unsigned used;    /* bit t: technique t was needed */
	int rounds;       /* each made of what can be seen after the ones before */
	int steps;
	int branch;       /* positions that searches looked at */
	uint64_t cand[(CELLS + 2) * WORDS]; /* last: of it only a part is in use */
};

bool numbrix_parse(struct board *b, struct str desc);
void numbrix_desc(struct buf *out, const struct board *b);

void numbrix_logic(struct logic *l, const struct board *b, int max);
/* False: stuck, or l->broken. */
bool numbrix_solve_on(struct logic *l);
/* The same, told step by step; past `most` bytes the steps are only counted. */
void numbrix_explain(struct logic *l, struct buf *out, size_t most);
/* Does reasoning up to l->max, PATHS at most, place v (0: all numbers)? Untold and ungraded, and no more is done than it takes. */
bool numbrix_finds(struct logic *l, int v);

/*
 * Solutions, at most `limit`; -1: given up after `nodes` positions. The first goes to `first`, the
 * work is added to *work (see struct logic); both may be NULL.
 */
int numbrix_count(const struct board *b, int limit, int nodes, struct board *first, long *work);

/* Is there a solution in which v is not at cell i: 1 or 0; -1: given up. The work as above. */
int numbrix_other(const struct board *b, int v, int i, int nodes, long *work);

/* One solution, proved within bounded work; it goes to full. */
bool numbrix_unique(const struct board *b, struct board *full);

#endif
