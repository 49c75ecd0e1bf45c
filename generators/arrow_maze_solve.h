/*
 * arrow_maze_solve.h - arrow mazes as people solve them, and a search for the rest. Private to the files arrow_maze*.c.
 *
 *	if (!maze_parse(&m, desc))
 *		return;
 *	maze_rays(&r, &m);
 *	maze_logic(&l, &r, BOUNDS);		// no harder technique than this one
 *	if (maze_solve_on(&l))
 *		...				// l.mask holds one way for each blank cell
 *
 * What is sought is the length of each ray: from each number one in each of eight ways. A blank cell can be reached by
 * eight rays at most, one for each way, and the ray's way is the cell's arrow.
 */
#ifndef QUARRY_GENERATORS_ARROW_MAZE_SOLVE_H
#define QUARRY_GENERATORS_ARROW_MAZE_SOLVE_H

#include "base/buf.h"
#include "base/str.h"

enum { SIDE = 16, CELLS = SIDE * SIDE, NUMBER_MAX = 24 };

enum way { N, NE, E, SE, S, SW, W, NW, WAYS };

/* Easiest first. */
enum technique { ONE_RAY, ALL_OR_DONE, BOUNDS, TRIAL, SEARCH, TECHNIQUES };

struct maze {
	int h, w;
	int8_t cell[CELLS]; /* 0: blank; 1 .. 24: a number; -1 - way: an arrow */
};

/* The geometry; ray = number * WAYS + way. */
struct rays {
	const struct maze *m;
	int cells, numbers;
	int step[WAYS];               /* what is added to a cell's index for each way */
	int16_t pos[CELLS];           /* of each number */
	int16_t from[CELLS][WAYS];    /* the ray that may come through a cell in that way */
	uint8_t dist[CELLS][WAYS];    /* the cell's place on it, from 1 */
	uint8_t reach[CELLS * WAYS];  /* the most cells that a ray could have, by the edge, numbers and its own number */
	uint8_t ways[CELLS];          /* bit w: from[w] is a ray; what from and dist hold of others means nothing */
};

struct logic {
	const struct rays *r;
	int left;      /* blank cells that are on no ray for certain */
	int max;       /* hardest technique allowed */
	bool broken;   /* there is no solution */
	bool serial;   /* each round is one step: so they are told */
	struct buf *out; /* steps are told there; may be NULL */
	long *work;      /* grows with what was looked at; may be NULL */
	unsigned used;   /* bit t: technique t was needed */
	int rounds, steps, branch; /* rounds, each made of what can be seen after the ones before; positions of searches */
	uint64_t lone[CELLS / 64], stirred[CELLS / 64]; /* cells with one way left, numbers whose rays changed: not looked at yet */
	uint8_t mask[CELLS];       /* bit w: the cell's arrow may point in way w; numbers have 0 */
	uint8_t lo[CELLS * WAYS], hi[CELLS * WAYS]; /* last, and only the first numbers * WAYS in use */
};

bool maze_parse(struct maze *m, struct str desc);
void maze_desc(struct buf *out, const struct maze *m);

void maze_rays(struct rays *r, const struct maze *m);
void maze_logic(struct logic *l, const struct rays *r, int max);
/* False: stuck, or l->broken. */
bool maze_solve_on(struct logic *l);
/* The same up to `technique`, BOUNDS at most, untold and ungraded, in little time. */
bool maze_settle(struct logic *l, int technique);
/* The cell's arrow becomes a given one; maze_settle() goes on from there. */
void maze_give(struct logic *l, int i, int way);
/* The same, told step by step; past `most` bytes the steps are only counted. */
void maze_explain(struct logic *l, struct buf *out, size_t most);

/*
 * Solutions, at most `limit`; -1: given up after `nodes` positions. The first goes to `first`, the work is added to
 * *work; both may be NULL.
 */
int maze_count(const struct rays *r, int limit, int nodes, struct maze *first, long *work);
/* One solution, proved within bounded work; it goes to full. */
bool maze_unique(const struct rays *r, struct maze *full);

#endif
