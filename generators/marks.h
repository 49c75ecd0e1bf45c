/*
 * marks.h - boards whose cells are marked or blank, units of which hold a known number of marks: deduction as a person
 * does it, and search as a proof. Star puzzles, tents and norinori are such boards.
 *
 *	marks_shape(&s, rows, cols, MARKS_APART);
 *	marks_unit(&s, 'A', 0, 2);			// region A holds two marks ...
 *	marks_member(&s, cell);				// ... among these cells
 *	marks_close(&s);
 *	marks_start(&m, &s, NULL);
 *	hardest = marks_solve(&m, MARKS_TRIAL);
 *	if (m.open == 0 && !m.broken)			// solved by steps up to that technique
 *		...
 *	if (marks_unique(&f, &s))			// exactly one solution, in f.first
 *		...
 *
 * Private to these puzzles; their rules in verifiers/ share nothing with it.
 */
#ifndef QUARRY_GENERATORS_MARKS_H
#define QUARRY_GENERATORS_MARKS_H

#include "base/buf.h"
#include "base/rng.h"

enum { MARKS_SIDE = 20, MARKS_CELLS = MARKS_SIDE * MARKS_SIDE, MARKS_UNITS = 56, MARKS_WORDS = (MARKS_CELLS + 63) / 64 };

struct set { /* of cells */
	uint64_t w[MARKS_WORDS];
};

static inline bool set_has(const struct set *s, int cell)
{
	return s->w[cell / 64] >> (cell % 64) & 1;
}

static inline void set_put(struct set *s, int cell)
{
	s->w[cell / 64] |= (uint64_t)1 << (cell % 64);
}

static inline void set_take(struct set *s, int cell)
{
	s->w[cell / 64] &= ~((uint64_t)1 << (cell % 64));
}

static inline bool set_empty(const struct set *s)
{
	uint64_t any = 0;

	for (int i = 0; i < MARKS_WORDS; i++)
		any |= s->w[i];
	return !any;
}

enum marks_kind {
	MARKS_APART = 1,   /* no two marks touch, not even at a corner */
	MARKS_DOMINO = 2,  /* each mark has exactly one marked cell beside it */
	MARKS_TREES = 4,   /* marks and trees can be paired, each pair side by side */
};

enum { CELL_OPEN, CELL_BLANK, CELL_MARK };

/* Techniques, easiest first. */
enum {
	MARKS_COUNT, /* a unit is full or needs all that is left; what a mark says of the cells around it */
	MARKS_PAIR,  /* trees: which tent is whose */
	MARKS_WAYS,  /* what all ways to fill one unit have in common */
	MARKS_BANDS, /* some regions fill some lines */
	MARKS_TRIAL, /* a supposition that counting refutes */
	MARKS_GUESS, /* a supposition that needs others in it */
};

struct marks_shape {
	int rows, cols, cells, units, kind;
	char sign[MARKS_UNITS];       /* r, c for a line; a region's letter */
	uint8_t number[MARKS_UNITS];  /* of a line, from 1; 0: a region */
	uint8_t need[MARKS_UNITS];    /* marks it holds */
	uint16_t at[MARKS_UNITS + 1]; /* its cells: pool[at[u]] .. pool[at[u + 1] - 1] */
	int16_t pool[3 * MARKS_CELLS];
	uint8_t of[MARKS_CELLS][3], ofs[MARKS_CELLS]; /* the units of a cell */
	int16_t near[MARKS_CELLS][8]; /* the cells around; those beside it come first */
	uint8_t nears[MARKS_CELLS], sides[MARKS_CELLS];
	bool tree[MARKS_CELLS];
	bool shut[MARKS_CELLS];  /* blank from the start */
	bool given[MARKS_CELLS]; /* marked from the start */
};

/* What is told and measured on the way. */
struct marks_tale {
	struct buf *out;  /* the steps, a line each; may be NULL */
	struct buf line;
	size_t max;       /* of out; then only a count of what is left out */
	int cells;        /* in line */
	int steps, branch, now, depth; /* now: the depth of what is being deduced */
	int16_t deep[MARKS_CELLS];
	int16_t owner[MARKS_CELLS]; /* trees: the tent bound to it and told, -1 */
	int left_out;
};

struct marks {
	const struct marks_shape *s;
	struct marks_tale *tale; /* may be NULL */
	int open;                /* cells not decided yet */
	bool broken;             /* no solution */
	int16_t bad;             /* the unit that broke it, -1: something else */
	int16_t head, tail;
	int8_t need[MARKS_UNITS];   /* still to be marked */
	uint16_t left[MARKS_UNITS]; /* open cells */
	uint8_t is[MARKS_CELLS];
	uint8_t beside[MARKS_CELLS]; /* dominoes: open cells beside it, and 16 for each mark */
	int16_t queue[MARKS_CELLS];
};

void marks_shape(struct marks_shape *s, int rows, int cols, int kind);
void marks_unit(struct marks_shape *s, char sign, int number, int need);
void marks_member(struct marks_shape *s, int cell); /* of the last unit */
void marks_lines(struct marks_shape *s, const uint8_t *in_row, const uint8_t *in_col); /* rows, then columns, as units */
void marks_close(struct marks_shape *s);

/* Nothing told yet; out may be NULL: then it is only measured. Release t->line where out is given. */
void marks_tale(struct marks_tale *t, struct buf *out);
void marks_start(struct marks *m, const struct marks_shape *s, struct marks_tale *tale);
/* Steps up to `technique` until all is decided, broken or stuck; the hardest technique that was used. */
int marks_solve(struct marks *m, int technique);

/*
 * Does the one solution need this technique (0), or do easier ones do (-1), or is it harder (1)? `open` is then what stays
 * undecided. Says what marks_solve() would, sooner.
 */
int marks_compare(const struct marks_shape *s, int technique, struct set *open);

struct marks_search {
	int found;
	long nodes;       /* suppositions */
	bool spent;       /* the nodes ran out: found is what there is at least */
	struct set first; /* marked cells of the first solution found */
	struct set open;  /* what counting alone leaves undecided */
};

/* A solution, in f->first; false: none within a generous budget. */
bool marks_any(struct marks_search *f, const struct marks_shape *s);
/* One solution, in f->first, and no other, proved by search. */
bool marks_unique(struct marks_search *f, const struct marks_shape *s);

/* Tell the solution's steps; at most about MARKS_TOLD bytes, and then how many lines are left out. */
enum { MARKS_TOLD = 9000 };
void marks_explain(struct buf *out, const struct marks_shape *s);
/* The hardest technique needed, and how long it takes. */
int marks_grade(const struct marks_shape *s, int *depth, int *branch, int *steps);
/* log2 of the ways to choose k of n, to a tenth or so, the same on every machine. */
double marks_log2_choose(int n, int k);

/* Can marks and trees be paired? For whole solutions. */
bool marks_paired(const struct marks_shape *s, const uint8_t *is);

#endif
