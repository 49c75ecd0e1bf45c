/*
 * regions.h - a board cut into connected regions, grown around given cells, merged, and changed a cell at a time.
 *
 *	regions_grow(&r, rows, cols, seeds, n, blocked, rng);	// n regions, one around each seed
 *	if (!regions_merge(&r, 2, rng))				// now n / 2, each of two neighbours
 *		...
 *	regions_move(&r, cell, rng);				// into a region beside it
 *
 * Private to puzzles with regions.
 */
#ifndef QUARRY_GENERATORS_REGIONS_H
#define QUARRY_GENERATORS_REGIONS_H

#include "base/buf.h"
#include "base/rng.h"
#include "generators/marks.h"
#include "generators/task.h"

enum { REGIONS_SIDE = 20, REGIONS_CELLS = REGIONS_SIDE * REGIONS_SIDE, REGIONS_NONE = 255 };

struct regions {
	int rows, cols, n;
	uint8_t of[REGIONS_CELLS]; /* 0 .. n-1, or REGIONS_NONE */
};

/* blocked cells (may be NULL) belong to no region. False where a region could not reach some cell. */
bool regions_grow(struct regions *r, int rows, int cols, const int16_t *seed, int n, const bool *blocked, struct rng *rng);
/* Join neighbouring regions to groups of k; false when the draw leaves one without a partner. */
bool regions_merge(struct regions *r, int k, struct rng *rng);
/* Give a cell to a region beside it; false where there is none, or its own would fall apart or vanish. */
bool regions_move(struct regions *r, int cell, struct rng *rng);
/* Number the regions in order of their first cell. */
void regions_sort(struct regions *r);

/*
 * Letters, rows parted by slashes. Reading: each letter of `letters` may name one region; `none` (0: not allowed) is no region;
 * numbers go by first cell. label[i] (may be NULL) is region i's letter.
 */
bool regions_read(struct regions *r, struct str text, const char *letters, char none, char *label);
void regions_write(struct buf *b, const struct regions *r, const char *label, char none);

/* Image `how` (0 .. 7: transposed if odd, then turned over) of a board; sorted anew. */
void regions_image(struct regions *to, const struct regions *from, int how);

/* Each region as a unit that holds `need` marks; label[k] is its sign. */
void regions_units(struct marks_shape *s, const struct regions *r, int need, const char *label);

/* A puzzle whose last units are regions, as regions_fit() needs it. */
struct regions_puzzle {
	void (*shape)(struct marks_shape *s, const struct regions *r, int k, const char *label);
	int k;
	const char *label; /* of each region */
	int repairs;       /* cells moved before a cut is given up */
};

/* Change regions until `mark` is the only solution and needs just this technique. False: not within the budget. */
bool regions_fit(struct regions *r, const struct set *mark, const struct regions_puzzle *p, int technique, struct rng *rng);

/* The image whose numbers come first in order, of all eight. */
void regions_canon(struct regions *to, const struct regions *from);
/* The prompt's holes: board (letters, spaced), plain (unspaced), json, markdown, regions (how many), letters ("A, B, C"). */
void regions_fields(struct holes *holes, const struct regions *r, const char *label, char none);

#endif
