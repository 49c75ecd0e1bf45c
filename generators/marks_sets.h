/*
 * marks_sets.h - boards of marks as sets of cells: all cells of a word are looked at in one go, for proofs and for those
 * who try many boards. marks.h tells the steps.
 *
 *	marks_sets(&p, &shape);
 *	if (!marks_search(&f, &p, NULL, 2, nodes) ...		// how many solutions
 *	set_take(&p.unit[u], cell);				// another board, without a new shape
 *	set_put(&p.unit[v], cell);
 */
#ifndef QUARRY_GENERATORS_MARKS_SETS_H
#define QUARRY_GENERATORS_MARKS_SETS_H

#include "generators/marks.h"

struct marks_sets {
	int rows, cols, words, units, kind;
	uint8_t need[MARKS_UNITS]; /* marks of a unit */
	struct set unit[MARKS_UNITS];
	struct set all, first, last; /* the board, its first and its last column */
	struct set tree, shut, given;
};

void marks_sets(struct marks_sets *p, const struct marks_shape *s);
/* Once trees have moved: where no tent can stand. */
void marks_sets_close(struct marks_sets *p);

/* Solutions, `most` at most, within `nodes` suppositions; where `known` is one (it may be NULL), others than that. */
int marks_search(struct marks_search *f, const struct marks_sets *p, const struct set *known, int most, long nodes);

struct marks_state {
	struct set mark, open;
	uint64_t live; /* units with open cells, perhaps */
};

/* A settled board as it stands. */
void marks_state(struct marks_state *st, const struct marks *m);
/* Does counting refute a mark (or, false, a blank) in this open cell? */
bool marks_refuted(const struct marks_sets *p, const struct marks_state *st, int cell, bool mark);
/* All open cells tried in turn, each after what was learned from those before. */
void marks_trials(const struct marks_sets *p, struct marks_state *st);

#endif
