/*
 * sudoku_solve.h - what generators/sudoku*.c share: the board, its houses, counting solutions, solving like a person.
 *
 *	if (!sudoku_well_posed(&b, &s, &f, desc))	// parsed, and f.first is its one solution
 *		return;
 *	sudoku_logic(&l, &s, b.cell, GUESS);
 *	l.out = steps;
 *	sudoku_solve_on(&l);				// l.hardest, l.steps, l.guesses
 */
#ifndef QUARRY_GENERATORS_SUDOKU_SOLVE_H
#define QUARRY_GENERATORS_SUDOKU_SOLVE_H

#include "base/grid.h"
#include "base/rng.h"

enum { SIDE = 9, CELLS = SIDE * SIDE, HOUSES = 3 * SIDE };

/* A puzzle. */
struct board {
	int w, h, n;
	uint8_t cell[CELLS]; /* row after row, 0 for empty */
};

/* Houses 0 .. n-1 are rows, n .. 2n-1 columns, 2n .. 3n-1 boxes. */
struct shape {
	int w, h, n, cells;
	uint8_t house[HOUSES][SIDE]; /* their cells, in reading order */
	uint8_t of[CELLS][3];        /* row, column, box of a cell */
};

void sudoku_shape(struct shape *s, int w, int h);
bool sudoku_parse(struct board *b, struct str desc);
void sudoku_write(struct buf *out, const struct board *b, enum grid_style style, const char *empty);
void sudoku_desc(struct buf *out, const struct board *b);

/* Digits that the cell's houses do not have yet. */
static inline unsigned sudoku_open(const struct shape *s, const uint16_t *has, int i)
{
	const uint8_t *of = s->of[i];

	return ((2u << s->n) - 2) & ~(unsigned)(has[of[0]] | has[of[1]] | has[of[2]]);
}

static inline void sudoku_flip(const struct shape *s, uint16_t *has, int i, int v)
{
	for (int k = 0; k < 3; k++)
		has[s->of[i][k]] ^= (uint16_t)(1u << v);
}

/* Bits in a set below 2^10; a popcount is a library call on plain x86-64. */
static inline int sudoku_count(unsigned set)
{
	const uint64_t of_four = 0x4332322132212110; /* nibble k: bits in k */

	return (int)(of_four >> (set & 15) * 4 & 15) + (int)(of_four >> (set >> 4 & 15) * 4 & 15) + (int)(of_four >> (set >> 8) * 4 & 15);
}

/* A depth-first search, tightest cell first. */
struct search {
	const struct shape *s;
	uint16_t has[HOUSES]; /* bit v: the house has v */
	uint8_t cell[CELLS];
	uint8_t todo[CELLS]; /* empty cells, in no order */
	int left;
	int found, limit;
	long nodes;
	uint8_t first[CELLS]; /* the first solution */
	struct rng *rng;      /* values in random order; NULL: upwards */
};

/* How many solutions, counted up to limit; -1: givens clash or the search was cut off. */
int sudoku_solutions(struct search *f, const struct shape *s, const uint8_t *cell, int limit, struct rng *rng);
/* The board of a desc that has one solution, and that solution in f->first. */
bool sudoku_well_posed(struct board *b, struct shape *s, struct search *f, struct str desc);

enum { DUG_MOST = 56, WALK_MOST = 61 }; /* empty cells of 9 x 9 that digging comes to, that a walk does */

/*
 * A 9 x 9 board with `blanks` empty cells and one solution, `full`, of those that fits() takes; false when the budget is spent.
 */
bool sudoku_walk(uint8_t *cell, uint8_t *full, int blanks, bool (*fits)(const uint8_t *cell, int technique), int technique,
		 struct rng *rng);

enum technique {
	LAST_CELL, /* of a row, column or box */
	NAKED_SINGLE,
	HIDDEN_SINGLE,
	LOCKED, /* candidates of one house that lie in another */
	PAIRS,
	TRIPLES, /* and quads, X-wings, swordfish, XY-wings */
	GUESS,
};

struct logic {
	const struct shape *s;
	uint8_t cell[CELLS];
	uint16_t cand[CELLS]; /* bit v: v is possible; 0 for filled cells */
	uint16_t cut[CELLS];  /* bit v: ruled out by more than its row, column and box */
	uint16_t has[HOUSES];
	uint8_t room[HOUSES]; /* empty cells */
	int left;
	int max;     /* hardest technique allowed */
	int hardest; /* met so far */
	int steps, guesses;
	bool struck;     /* strike() changed something */
	bool supposing;  /* a guess stands: the board may be broken */
	struct buf *out; /* the worked solution, or NULL */
	struct buf line; /* eliminations of the step at hand; only with out */
};

void sudoku_logic(struct logic *l, const struct shape *s, const uint8_t *cell, int max);
bool sudoku_solve_on(struct logic *l); /* until the board is full (true) or no technique has a step */
void sudoku_say_board(struct buf *b, const struct logic *l); /* "a=1204 b=3001 ..." and a line end */
/* How many rounds the board takes when all cells that can be filled are filled at once. */
int sudoku_rounds(struct logic *l, const uint8_t *solution);

void sudoku_canon(struct buf *out, struct str desc);
bool sudoku_twin(struct buf *out, struct str desc, struct rng *rng);
/* Into a random twin; of another shape only where turn is set. */
void sudoku_shuffle(struct board *b, bool turn, struct rng *rng);

#endif
