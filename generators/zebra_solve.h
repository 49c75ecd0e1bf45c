/*
 * zebra_solve.h - what generators/zebra*.c share: counting solutions, inventing, clues in words.
 *
 *	if (zebra_read(&z, desc) && zebra_solutions(&z, house, 2) == 1)
 *		...				// house[item] is where it is, from 0
 */
#ifndef QUARRY_GENERATORS_ZEBRA_SOLVE_H
#define QUARRY_GENERATORS_ZEBRA_SOLVE_H

#include "base/buf.h"
#include "base/rng.h"
#include "generators/task.h"
#include "verifiers/zebra_puzzle.h"

/* ---- zebra_search.c: bit masks of houses, clues made consistent one by one, tightest item first ---- */

enum {
	ZEBRA_SPENT = -1,
	ZEBRA_PATIENCE = 10000, /* nodes; of what we invent none needs a fifth of it */
};

struct zebra_net {
	const struct zebra *z;
	uint16_t start[ZEBRA_ITEMS + 1];
	uint8_t list[3 * ZEBRA_CLUES]; /* the clues of item i are list[start[i]] .. */
	bool off[ZEBRA_CLUES];                                /* a clue that does not count */
};

void zebra_net(struct zebra_net *net, const struct zebra *z);

/* Bit h of may[item]: it may be in house h. The bytes behind the items are 0: an attribute's seven are read as one number. */
struct zebra_masks {
	uint8_t may[ZEBRA_ITEMS + ZEBRA_SIDE];
};

void zebra_start(struct zebra_masks *m, const struct zebra *z); /* all houses */
/* All that follows clue by clue when the clues from .. to - 1 come to those that m knows; false where that is a clash. */
bool zebra_learn(const struct zebra_net *net, struct zebra_masks *m, int from, int to);
bool zebra_told(const struct zebra_masks *m); /* no item has two houses left */
/*
 * How many solutions, at most `most`, where m knows all clues; the last one found in house[]. `not`: one that is not counted, or
 * NULL. In random order with rng. ZEBRA_SPENT when it takes more nodes than these.
 */
int zebra_search(const struct zebra_net *net, const struct zebra_masks *m, uint8_t *house, int most, const uint8_t *not,
		 struct rng *rng, int nodes);
/* Does it clash, clue by clue, to have the item in house h? */
bool zebra_clashes(const struct zebra_net *net, const struct zebra_masks *m, int item, int h);
int zebra_solutions(const struct zebra *z, uint8_t *house, int most);

struct zebra_cut {
	unsigned x, y, z;
};

/* The houses that a clue leaves its items of those that they may have; full: all houses. Bits above full mean nothing. */
struct zebra_cut zebra_cut(const struct zebra_clue *c, unsigned full, unsigned x, unsigned y, unsigned z);

/* ---- zebra_make.c ---- */

/* Tables that fitted while clues were too few: each shows that one of those which it breaks is needed. */
struct zebra_met {
	int n;
	uint8_t house[64][ZEBRA_ITEMS]; /* the first ones */
};

/*
 * A random table and clues of the kinds (a bit for each, see the knob) that leave no other. z has its size already. False
 * when draws or search are spent: then the clues are true, but not enough.
 */
bool zebra_invent(struct zebra *z, uint8_t *house, int kinds, struct zebra_met *met, struct rng *rng);
/*
 * Leave out every clue that can be spared. False when the search is spent, or as soon as fits() says no to those that are left;
 * it is asked where these do not tell all one by one (NULL: they may ask for anything).
 */
bool zebra_reduce(struct zebra *z, const uint8_t *house, const struct zebra_met *met,
		  bool (*fits)(void *ctx, const struct zebra *z), void *ctx, struct rng *rng);
/* Up to `count` more true clues that it does not have, anywhere among the others. */
void zebra_spare(struct zebra *z, const uint8_t *house, int kinds, int count, struct rng *rng);

/* ---- zebra_canon.c ---- */

/* The same text for every disguise of a puzzle with this one solution, and only for those. */
void zebra_canon(struct buf *out, const struct zebra *z, const uint8_t *house);
/* Other numbers for attributes and values, another order, perhaps the mirrored row. */
void zebra_disguise(struct zebra *z, struct rng *rng);

/* ---- zebra_words.c ---- */

void zebra_fields(struct holes *holes, const struct zebra *z, enum lang lang);
/* "Alma, tea, cat / Boris, milk, dog", or the one attribute asked for: "tea, milk" */
void zebra_say(struct buf *out, const struct zebra *z, const uint8_t *house, enum lang lang);

#endif
