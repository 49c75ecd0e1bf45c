/*
 * skyscraper_ways.h - the ways to fill a line of a skyscraper puzzle.
 *
 *	struct ways w = { .n = 5, .first = 3, .cand = { ... } };
 *	ways_find(&w);			// w.some[k]: digits that the k-th cell has in some way
 *	if (ways_count(&w, 13, NULL) < 13)
 *		...
 */
#ifndef QUARRY_GENERATORS_SKYSCRAPER_WAYS_H
#define QUARRY_GENERATORS_SKYSCRAPER_WAYS_H

#include "generators/latin.h"

enum { WAYS_LISTED = 6, WAYS_WORDS = 12 }; /* lines that short have few orders, 6! = 720: each is a bit */

struct ways {
	int n, first, last;        /* as many are seen from the first cell, from the last one; 0: any number */
	uint16_t cand[LATIN_SIDE]; /* digits that a cell may have */
	uint16_t some[LATIN_SIDE]; /* and has in some way */
	union {
		uint64_t order[WAYS_WORDS]; /* those that are ways */
		struct {
			uint16_t from[1 << LATIN_SIDE]; /* bit c: these digits can come first so that the count is c */
			uint16_t to[1 << LATIN_SIDE];   /* and the line can be filled from there */
		};
	};
};

void ways_find(struct ways *w);
/* How many there are, counted up to `limit`; each is told into out (may be NULL) as " 13254". */
int ways_count(const struct ways *w, int limit, struct buf *out);

#endif
