/*
 * minesweeper_solve.h - which hidden cells of a minesweeper board are certain, found as people find it and, to be sure
 * that nothing is missing, by search. Private to the files minesweeper*.c.
 *
 *	if (!field_parse(&f, desc))
 *		return;
 *	if (field_certain(&f, &c, ENOUGH))	// c.value[i]: MINE, SAFE or OPEN
 *		...
 */
#ifndef QUARRY_GENERATORS_MINESWEEPER_SOLVE_H
#define QUARRY_GENERATORS_MINESWEEPER_SOLVE_H

#include "base/buf.h"
#include "base/str.h"

enum { SIDE = 16, CELLS = SIDE * SIDE, AROUND = 8 };

enum { OPEN = -1, SAFE = 0, MINE = 1 };

/* Easiest first. */
enum technique { COUNT, PAIR, CASE, TOTAL, SEARCH, TECHNIQUES };

struct field {
	int h, w, cells;
	int mines;           /* -1: not told */
	bool safe;           /* the safe cells are asked for, not the mines */
	bool one;            /* only the mines that some number tells alone; no puzzle of ours, see the rule */
	int8_t shown[CELLS]; /* -1: hidden */
};

struct certain {
	int8_t value[CELLS];
	int asked; /* how many cells belong into the answer */
};

/* What the steps came to. */
struct trace {
	int max;      /* hardest technique allowed */
	struct buf *out; /* steps are told there, up to `end` bytes of it; may be NULL */
	size_t end;
	unsigned used;   /* bit t: technique t was needed */
	bool serial;     /* each round is one step: so they are told */
	int rounds;      /* rounds, each made of what can be seen after the ones before */
	int steps, branch;
};

bool field_parse(struct field *f, struct str desc);
void field_desc(struct buf *out, const struct field *f);

/*
 * False: nothing fits the board, or its searches come to more than so many dead ends. The rule gives up after three times
 * ENOUGH; what is generated takes at most FEW, so that the rule is always sure and quick.
 */
enum { FEW = 200, ENOUGH = 4000 };
bool field_certain(const struct field *f, struct certain *c, int steps);
/*
 * Of a board whose number of mines is not told, with the mines that are there: is `technique`, CASE at most, the hardest
 * needed, and are at least so many cells asked for? c then has these. For drawing boards: no more is done than it takes.
 */
bool field_suits(const struct field *f, const bool *mine, int technique, int least, struct certain *c);
/* Go on until all of c that is asked for is found. False: stuck. */
bool field_deduce(const struct field *f, const struct certain *c, struct trace *t);

#endif
