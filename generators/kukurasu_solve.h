/*
 * kukurasu_solve.h - the board of kukurasu and its solver. Private to the files kukurasu*.c.
 *
 *	if (kukurasu_solutions(&f, &b, 2) == 1)
 *		...				// f.first.one holds the chosen cells
 */
#ifndef QUARRY_GENERATORS_KUKURASU_SOLVE_H
#define QUARRY_GENERATORS_KUKURASU_SOLVE_H

#include "base/buf.h"

enum { SIDE = 15, SIDE_MIN = 2, KNOB_SIDE = 12, CELLS = SIDE * SIDE, LINES = 2 * SIDE };

/* The reasoning, easiest first: see kukurasu.c. */
enum technique { LIMITS, SUMS, TRIAL, SEARCH };

struct board {
	int rows, cols, lines;
	int want[LINES]; /* rows, then columns */
};

struct state {
	const struct board *b;
	uint16_t one[LINES], open[LINES]; /* bit k: the line's cell k (it counts k + 1) is chosen; is undecided */
	int16_t left[LINES], all[LINES];  /* of the sum; what the open cells make together */
	int undecided;
};

static inline int across(const struct board *b, int line)
{
	return line < b->rows ? b->cols : b->rows;
}

static inline int largest(int n)
{
	return n * (n + 1) / 2;
}

void kukurasu_state_start(struct state *s, const struct board *b);
/* Until no line gives anything by `how`, SUMS at most; false: a contradiction. */
bool kukurasu_settle(struct state *s, enum technique how);

struct search {
	int found, most, nodes;
	struct state first;
};

/* Solutions up to `most`; -1: too many steps. */
int kukurasu_solutions(struct search *f, const struct board *b, int most);

/* Reasoning as a person does it, told and measured. */
struct logic {
	struct state s;
	enum technique goal, hardest; /* goal: hardest that may be used */
	int rounds, steps, guesses;
	int work; /* boards settled */
	uint32_t dirty[2]; /* lines that may have news by LIMITS, by SUMS */
	struct buf *out; /* may be NULL */
};

void kukurasu_logic_start(struct logic *l, const struct board *b, enum technique goal);
/* Solved, with what l->goal allows? A round of the easiest reasoning that gives anything, over and over. */
bool kukurasu_logic_solve(struct logic *l);

#endif
