/*
 * zebra_think.h - a puzzle of houses solved by steps, and the steps that were needed. Between zebra_think.c and zebra_tell.c.
 *
 *	if (zebra_think(t, &z, ZEBRA_TRIAL))	// t is large: 30 KiB
 *		zebra_tell(t, &out, lang, &told);
 */
#ifndef QUARRY_GENERATORS_ZEBRA_THINK_H
#define QUARRY_GENERATORS_ZEBRA_THINK_H

#include "generators/zebra_solve.h"

#include <assert.h>

enum zebra_technique { ZEBRA_CLUE, ZEBRA_LINK, ZEBRA_SET, ZEBRA_TRIAL, ZEBRA_DEEP_TRIAL };

enum {
	ZEBRA_HOUSE = ZEBRA_ITEMS, /* things are the items, then the houses as one more attribute, number ZEBRA_SIDE */
	ZEBRA_THINGS = ZEBRA_ITEMS + ZEBRA_SIDE,
	ZEBRA_NODES = 2200, /* 1372 pairs of things that may be parted, 392 things to be told twice at most */
};

enum zebra_why {
	ZEBRA_BY_CLUE,  /* arg: the clue */
	ZEBRA_BY_LINK,  /* arg: the attribute of which they have nothing in common */
	ZEBRA_BY_SET,   /* arg: the set, things of i's attribute */
	ZEBRA_BY_TRIAL,
	ZEBRA_SUPPOSED,
	ZEBRA_BY_FIX,   /* from: one of them is with another one */
	ZEBRA_BY_SAME,  /* i and arg are together (from), arg and j are parted */
	ZEBRA_FIX,      /* i and j are together: nothing else of j's attribute is left for i */
};

/* "i and j are not together", of ZEBRA_FIX "they are", and why. */
struct zebra_node {
	uint8_t i, j, why, arg;
	uint16_t from, depth; /* depth: steps of the longest chain that ends here */
};

struct zebra_think {
	const struct zebra *z;
	uint64_t attributes, items;               /* those in use */
	uint64_t all[ZEBRA_SIDE + 1];             /* things of each attribute */
	uint64_t may[ZEBRA_THINGS];               /* bit j of may[i]: i and j may be in the same house */
	uint64_t changed, linked, again;          /* things to look at again: closing, links, clues */
	uint16_t no[ZEBRA_THINGS][ZEBRA_THINGS];  /* the node that parted i and j, plus 1 */
	uint16_t fixed[ZEBRA_THINGS][ZEBRA_SIDE + 1]; /* the node that told i's thing of an attribute, plus 1 */
	int nodes, branch;                        /* branch: suppositions that clashed */
	unsigned used;                            /* bit t: technique t found something */
	bool clash;
	uint8_t clash_i, clash_attribute;         /* nothing of this attribute is left for i */
	struct zebra_node node[ZEBRA_NODES];
};

/* Solve as far as the techniques up to `limit` go; true when every item has its house. */
bool zebra_think(struct zebra_think *t, const struct zebra *z, enum zebra_technique limit);
void zebra_think_start(struct zebra_think *t, const struct zebra *z);
void zebra_suppose(struct zebra_think *t, int i, int h); /* item i is in house h; t->clash if that cannot be */

typedef void zebra_need(void *ctx, int node);
/* The nodes that node k follows from at once. */
void zebra_needs(const struct zebra_think *t, int k, zebra_need *need, void *ctx);
void zebra_needs_of_clash(const struct zebra_think *t, zebra_need *need, void *ctx);

struct zebra_told {
	int steps, depth;
	unsigned used; /* bit t: technique t was needed */
};

/* The steps that the solution needs, one a line; out may be NULL. */
void zebra_tell(const struct zebra_think *t, struct buf *out, enum lang lang, struct zebra_told *told);

#endif
