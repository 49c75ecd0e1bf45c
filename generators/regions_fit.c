/*
 * regions_fit.c - regions changed until a given solution is the only one, and as hard to find as wished.
 *
 * While there is another solution, one cell that only the other marks is given to the region next door: that spoils the other
 * and leaves the first as it was.
 */
#include "generators/regions.h"

enum { ANYWHERE = 20, NODES = 3000, CHANGES = 60 };

/* Give a cell that `other` marks and `mark` does not to a neighbour of its region; where none can go, any cell. */
static bool spoil(struct regions *r, const bool *mark, const bool *other, struct rng *rng)
{
	int16_t cell[REGIONS_CELLS];
	int n = 0;

	for (int i = 0; i < r->rows * r->cols; i++)
		if (other[i] && !mark[i])
			cell[n++] = (int16_t)i;
	rng_shuffle(rng, cell, (size_t)n, sizeof(cell[0]));
	for (int i = 0; i < n; i++)
		if (regions_move(r, cell[i], rng))
			return true;
	for (int i = 0; i < ANYWHERE; i++) {
		int any = (int)rng_below(rng, (uint32_t)(r->rows * r->cols));

		if (!mark[any] && regions_move(r, any, rng))
			return true;
	}
	return false;
}

static bool make_unique(struct regions *r, const bool *mark, const struct regions_puzzle *p, struct rng *rng)
{
	for (int i = 0; i < p->repairs; i++) {
		struct marks_shape shape;
		struct marks_search f;

		p->shape(&shape, r, p->k, p->label);
		if (!marks_search(&f, &shape, mark, 1, NODES))
			return !f.spent; /* else another may be left, too deep to find */
		if (!spoil(r, mark, f.first, rng))
			return false;
	}
	return false;
}

/* The hardest technique needed, if it is at most `most`; -1: it is harder, and *stuck is a cell that stayed open. */
static int needed(const struct regions *r, const struct regions_puzzle *p, int most, int *stuck, struct rng *rng)
{
	struct marks_shape shape;
	struct marks_tale tale;
	struct marks m;
	int hardest, ties = 0;

	p->shape(&shape, r, p->k, p->label);
	marks_tale(&tale, NULL);
	marks_start(&m, &shape, &tale);
	hardest = marks_solve(&m, most);
	if (!m.open)
		return hardest;
	for (int i = 0; i < shape.cells; i++)
		if (m.is[i] == CELL_OPEN && rng_below(rng, (uint32_t)++ties) == 0)
			*stuck = i;
	return -1;
}

bool regions_fit(struct regions *r, const bool *mark, const struct regions_puzzle *p, int technique, struct rng *rng)
{
	for (int change = 0; change < CHANGES; change++) {
		int cell = 0, hardest;

		if (!make_unique(r, mark, p, rng))
			return false;
		hardest = needed(r, p, technique, &cell, rng);
		if (hardest == technique)
			return true;
		if (hardest >= 0)
			cell = (int)rng_below(rng, (uint32_t)(r->rows * r->cols));
		if (!mark[cell])
			regions_move(r, cell, rng);
	}
	return false;
}
