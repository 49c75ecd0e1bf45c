/*
 * regions_fit.c - regions changed until a given solution is the only one, and as hard to find as wished.
 *
 * While there is another solution, one cell that only the other marks is given to the region next door: that spoils the other
 * and leaves the first as it was.
 */
#include "generators/marks_sets.h"
#include "generators/regions.h"

enum { ANYWHERE = 20, NODES = 3000, CHANGES = 60 };

struct fit {
	struct regions *r;
	const struct set *mark;
	const struct regions_puzzle *p;
	struct marks_sets sets; /* the puzzle as it stands */
	int first;              /* the unit of region 0 */
};

static bool move(struct fit *f, int cell, struct rng *rng)
{
	int from = f->r->of[cell];

	if (set_has(f->mark, cell) || !regions_move(f->r, cell, rng))
		return false;
	set_take(&f->sets.unit[f->first + from], cell);
	set_put(&f->sets.unit[f->first + f->r->of[cell]], cell);
	return true;
}

/* A random cell of a and not of b; -1: there is none. */
static int any_cell(const struct set *a, const struct set *b, int words, struct rng *rng)
{
	int cell = -1, n = 0;

	for (int i = 0; i < words; i++)
		for (uint64_t x = a->w[i] & ~b->w[i]; x; x &= x - 1)
			if (rng_below(rng, (uint32_t)++n) == 0)
				cell = 64 * i + __builtin_ctzll(x);
	return cell;
}

/* Give one of these cells to a neighbour of its region; where none can go, any cell. */
static bool move_of(struct fit *f, const struct set *cells, struct rng *rng)
{
	struct set tried = *f->mark;
	int cell;

	while ((cell = any_cell(cells, &tried, f->sets.words, rng)) >= 0) {
		if (move(f, cell, rng))
			return true;
		set_put(&tried, cell);
	}
	for (int i = 0; i < ANYWHERE; i++)
		if (move(f, (int)rng_below(rng, (uint32_t)(f->r->rows * f->r->cols)), rng))
			return true;
	return false;
}

/* As marks_compare() says; `open` is at first what counting leaves undecided. */
static int compare(const struct fit *f, int technique, struct set *open)
{
	struct marks_shape shape;

	if (set_empty(open) || technique == MARKS_COUNT)
		return technique == MARKS_COUNT ? !set_empty(open) : -1;
	f->p->shape(&shape, f->r, f->p->k, f->p->label);
	return marks_compare(&shape, technique, open);
}

bool regions_fit(struct regions *r, const struct set *mark, const struct regions_puzzle *p, int technique, struct rng *rng)
{
	struct fit f = { .r = r, .mark = mark, .p = p };
	struct marks_shape shape;

	p->shape(&shape, r, p->k, p->label);
	marks_sets(&f.sets, &shape);
	f.first = f.sets.units - r->n;
	for (int change = 0, repair = 0; change < CHANGES && repair < p->repairs;) {
		struct marks_search found;
		int harder;

		if (marks_search(&found, &f.sets, mark, 1, NODES)) {
			repair++;
			if (!move_of(&f, &found.first, rng)) /* of its marks, those that are no marks here */
				return false;
			continue;
		}
		if (found.spent)
			return false; /* another may be left, too deep to find */
		harder = compare(&f, technique, &found.open);
		if (!harder)
			return true;
		change++;
		repair = 0;
		if (!move_of(&f, harder > 0 ? &found.open : &f.sets.all, rng))
			return false;
	}
	return false;
}
