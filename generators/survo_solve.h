/*
 * survo_solve.h - the board of survo and its solver, for the files in generators/.
 *
 *	if (survo_read(&b, desc) && survo_solutions(&f, &s, &b, 2, SURVO_NODES) == 1)
 *		...					// f.first holds the solution
 */
#ifndef QUARRY_GENERATORS_SURVO_SOLVE_H
#define QUARRY_GENERATORS_SURVO_SOLVE_H

#include "base/buf.h"
#include "base/rng.h"

enum {
	SURVO_SIDE = 9,
	SURVO_CELLS = SURVO_SIDE * SURVO_SIDE,
	SURVO_LINES = 2 * SURVO_SIDE,
	SURVO_BLANKS = 64, /* blanks are bits of a word */
	SURVO_VALUE = 999,
	SURVO_SUM = 9999,
	SURVO_BLANK = -1,
};

struct survo_board {
	int rows, cols;
	int cell[SURVO_CELLS]; /* row after row; SURVO_BLANK */
	int sum[SURVO_LINES];  /* of the rows, then of the columns */
	int blanks, pool[SURVO_BLANKS]; /* the numbers to fill in, smallest first */
};

bool survo_read(struct survo_board *b, struct str desc);
void survo_write(struct buf *out, const struct survo_board *b);
void survo_answer(struct buf *out, const int *full, int rows, int cols);

/* Symmetry: rows in any order, columns in any order, turned over the diagonal. */
void survo_canon(struct buf *out, struct str desc);
bool survo_twin(struct buf *out, struct str desc, struct rng *rng);

/* The reasoning, easiest first: see survo.c. */
enum survo_technique { LAST, PAIRS, WAYS, PLACES, TRIAL, SEARCH };

struct survo_spot {
	uint8_t row, col; /* lines: the row, rows + the column */
};

struct survo_shape {
	int rows, cols, lines, blanks, values;
	int val[SURVO_BLANKS]; /* the different numbers to fill in, rising; where these are dense, all from the first to the last */
	bool dense;            /* they lie within 64 */
	int8_t place[SURVO_VALUE + 1]; /* of a number in val; -1 where it is none of them */
	struct survo_spot spot[SURVO_BLANKS];
	uint64_t line[SURVO_LINES]; /* its blanks */
};

struct survo_state {
	const struct survo_shape *s;
	uint64_t open, avail; /* blanks; numbers of which some are left */
	int need[SURVO_LINES];      /* what the open blanks of the line make together */
	uint32_t dirty;             /* lines that may tell something new */
	uint8_t left[SURVO_BLANKS], got[SURVO_BLANKS];
	uint64_t may[SURVO_BLANKS]; /* numbers, by their place in val, that an open blank may hold */
};

/* A board's blanks, nothing reasoned yet; false: some sum cannot be right. The shape outlives the state. */
bool survo_start(struct survo_state *t, struct survo_shape *s, const struct survo_board *b);
/* All that reasoning up to `how`, PLACES at most, gives; false: a contradiction. */
bool survo_settle(struct survo_state *t, enum survo_technique how);

struct survo_search {
	int found, most, nodes, limit;
	struct survo_state first, last;
};

enum { SURVO_NODES = 2000 /* of a search that proves */ };

/* Solutions up to `most`; -1: more than `limit` nodes. */
int survo_solutions(struct survo_search *f, struct survo_shape *s, const struct survo_board *b, int most, int limit);

/* Reasoning as a person does it, told and measured. */
struct survo_logic {
	struct survo_state t;
	enum survo_technique goal, hardest; /* goal: hardest that may be used */
	int rounds, steps, guesses;
	int work, limit; /* trials made, and allowed; 0: any number */
	struct buf *out; /* may be NULL */
};

bool survo_logic_start(struct survo_logic *l, struct survo_shape *s, const struct survo_board *b, enum survo_technique goal);
/* Solved, with what l->goal allows? */
bool survo_logic_solve(struct survo_logic *l);

#endif
