/*
 * latin.h - what the rules of Latin squares share: the answer read, and each row and column holding 1 .. n once.
 *
 *	mark = latin_read(why, &g, answer, n);
 *	if (mark == QUARRY_CORRECT)
 *		mark = latin_check(why, &g);
 *	...				// g.cell[y * n + x] is 1 .. n
 */
#ifndef QUARRY_VERIFIERS_LATIN_H
#define QUARRY_VERIFIERS_LATIN_H

#include "base/grid.h"
#include "verifiers/rule.h"

enum { LATIN_SIDE = 9 };

/* QUARRY_CORRECT: n x n cells were read, whatever they hold. */
static inline enum quarry_mark latin_read(struct why *why, struct grid *g, struct str answer, int n)
{
	if (grid_read(g, answer, &(struct grid_ask){ .rows = n, .cols = n, .hi = 9, .words = true }))
		return QUARRY_CORRECT;
	if (grid_read(g, answer, &(struct grid_ask){ .rows = n, .cols = n, .lo = 1, .hi = 9, .empty = true }))
		return rule_wrong(why, "the grid is not filled");
	return rule_unreadable(why, "no grid of %d rows with %d digits each could be read", n, n);
}

static inline enum quarry_mark latin_check(struct why *why, const struct grid *g)
{
	unsigned row[LATIN_SIDE] = { 0 }, col[LATIN_SIDE] = { 0 }; /* bit v: v was met */

	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++) {
			int v = g->cell[y * g->cols + x];

			if (v < 1 || v > g->rows)
				return rule_wrong(why, "row %d, column %d: %d is not one of 1 to %d", y + 1, x + 1, v,
						  g->rows);
			if (row[y] >> v & 1)
				return rule_wrong(why, "row %d holds %d twice", y + 1, v);
			if (col[x] >> v & 1)
				return rule_wrong(why, "column %d holds %d twice", x + 1, v);
			row[y] |= 1u << v;
			col[x] |= 1u << v;
		}
	}
	return QUARRY_CORRECT;
}

#endif
