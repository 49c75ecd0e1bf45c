/*
 * zebra_make.c - inventing: a random table, and true clues until nothing else fits, then as few of them as do.
 *
 * While some other table fits, a true clue that it breaks is drawn: so every clue earns its place when it comes. In the
 * end each is left out in turn, and stays out where the table is still the only one.
 */
#include "generators/zebra_solve.h"

/* Everything below has its houses in a uint8_t house[item]. */
static bool holds(const struct zebra_clue *c, const uint8_t *house, int n)
{
	int x = house[c->x], y = house[c->y], z = house[c->z], far = x < y ? y - x : x - y;

	switch ((enum zebra_kind)c->kind) {
	case ZEBRA_AT: return x == c->y;
	case ZEBRA_NOT_AT: return x != c->y;
	case ZEBRA_SAME: return far == 0;
	case ZEBRA_APART: return far != 0;
	case ZEBRA_LEFT1: return y == x + 1;
	case ZEBRA_RIGHT1: return x == y + 1;
	case ZEBRA_NEXT: return far == 1;
	case ZEBRA_LEFT: return x < y;
	case ZEBRA_RIGHT: return y < x;
	case ZEBRA_GAP1: return far == 2;
	case ZEBRA_GAP2: return far == 3;
	case ZEBRA_GAP3: return far == 4;
	case ZEBRA_END: return x == 0 || x == n - 1;
	case ZEBRA_BETWEEN: return (x - y) * (x - z) < 0;
	case ZEBRA_EITHER: return (x == y) ^ (x == z);
	default: return false;
	}
}

enum { NODES = 2000 }; /* of one search; where it takes more another table is drawn */

struct table {
	int n, m;
	uint8_t house[ZEBRA_ITEMS], at[ZEBRA_SIDE][ZEBRA_SIDE]; /* at[a][h]: the item of attribute a in house h */
};

static uint8_t anyone(const struct table *t, int h, struct rng *rng)
{
	return t->at[rng_below(rng, (uint32_t)t->m)][h];
}

/* x in house p, y in house q, of any two attributes. */
static bool pair(const struct table *t, struct zebra_clue *c, int p, int q, struct rng *rng)
{
	if (rng_below(rng, 2)) {
		int swap = p;

		p = q;
		q = swap;
	}
	c->x = anyone(t, p, rng);
	c->y = anyone(t, q, rng);
	return true;
}

static bool draw_far(const struct table *t, struct zebra_clue *c, int by, struct rng *rng)
{
	int p;

	if (t->n <= by)
		return false;
	p = (int)rng_below(rng, (uint32_t)(t->n - by));
	return pair(t, c, p, p + by, rng);
}

/* Two other attributes than a. */
static void others(const struct table *t, int a, int *b, int *c, struct rng *rng)
{
	*b = (int)rng_below(rng, (uint32_t)t->m - 1);
	*b += *b >= a;
	*c = (int)rng_below(rng, (uint32_t)t->m - 1);
	*c += *c >= a;
}

/* A true clue of this kind; LEFT1 stands for RIGHT1 too, LEFT for RIGHT. False where the table has none. */
static bool draw(const struct table *t, struct zebra_clue *c, enum zebra_kind kind, struct rng *rng)
{
	int p = (int)rng_below(rng, (uint32_t)t->n), q = (int)rng_below(rng, (uint32_t)t->n - 1), a, b, d;

	q += q >= p; /* two different houses */
	*c = (struct zebra_clue){ .kind = (uint8_t)kind };
	switch (kind) {
	case ZEBRA_AT:
	case ZEBRA_NOT_AT:
		c->x = anyone(t, p, rng);
		c->y = (uint8_t)(kind == ZEBRA_AT ? p : q);
		return true;
	case ZEBRA_SAME:
	case ZEBRA_APART:
		a = (int)rng_below(rng, (uint32_t)t->m);
		others(t, a, &b, &d, rng);
		c->x = t->at[a][p];
		c->y = t->at[b][kind == ZEBRA_SAME ? p : q];
		return true;
	case ZEBRA_LEFT1:
		if (draw_far(t, c, 1, rng) && t->house[c->x] > t->house[c->y])
			c->kind = ZEBRA_RIGHT1;
		return true;
	case ZEBRA_LEFT:
		pair(t, c, p, q, rng);
		if (t->house[c->x] > t->house[c->y])
			c->kind = ZEBRA_RIGHT;
		return true;
	case ZEBRA_NEXT:
	case ZEBRA_GAP1:
	case ZEBRA_GAP2:
	case ZEBRA_GAP3: return draw_far(t, c, kind == ZEBRA_NEXT ? 1 : kind - ZEBRA_GAP1 + 2, rng);
	case ZEBRA_END:
		c->x = anyone(t, rng_below(rng, 2) ? 0 : t->n - 1, rng);
		return t->n > 2;
	case ZEBRA_BETWEEN:
		if (t->n < 3)
			return false;
		d = (int)rng_below(rng, (uint32_t)t->n - 2); /* the house before */
		p = d + 1 + (int)rng_below(rng, (uint32_t)(t->n - d - 2));
		q = p + 1 + (int)rng_below(rng, (uint32_t)(t->n - p - 1));
		pair(t, c, d, q, rng);
		c->z = c->x;
		c->x = anyone(t, p, rng);
		return true;
	default: /* ZEBRA_EITHER: y is with x, z is not */
		a = (int)rng_below(rng, (uint32_t)t->m);
		others(t, a, &b, &d, rng);
		c->x = t->at[a][p];
		c->y = t->at[b][p];
		c->z = t->at[d][q];
		if (rng_below(rng, 2)) {
			uint8_t swap = c->y;

			c->y = c->z;
			c->z = swap;
		}
		return true;
	}
}

/* A true clue of the kinds of the mask, each as often, that is false of `other` (NULL: any). */
static bool draw_breaking(const struct table *t, struct zebra_clue *c, int kinds, const uint8_t *other, struct rng *rng)
{
	static const uint8_t of_bit[] = { ZEBRA_AT, ZEBRA_NOT_AT, ZEBRA_SAME, ZEBRA_APART, ZEBRA_LEFT1, ZEBRA_NEXT, ZEBRA_LEFT,
					  ZEBRA_GAP1, ZEBRA_GAP2, ZEBRA_GAP3, ZEBRA_END, ZEBRA_BETWEEN, ZEBRA_EITHER };
	uint8_t allowed[sizeof(of_bit)];
	uint32_t n = 0;

	for (size_t i = 0; i < sizeof(of_bit); i++)
		if (kinds >> i & 1)
			allowed[n++] = of_bit[i];
	for (int tries = 0; tries < 400; tries++)
		if (draw(t, c, allowed[rng_below(rng, n)], rng) && (!other || !holds(c, other, t->n)))
			return true;
	return false;
}

static void table_draw(struct table *t, struct rng *rng)
{
	for (int a = 0; a < t->m; a++) {
		for (int h = 0; h < t->n; h++)
			t->at[a][h] = (uint8_t)(a * ZEBRA_SIDE + h);
		rng_shuffle(rng, t->at[a], (size_t)t->n, 1);
		for (int h = 0; h < t->n; h++)
			t->house[t->at[a][h]] = (uint8_t)h;
	}
}

bool zebra_reduce(struct zebra *z, const uint8_t *house, int needed, struct rng *rng)
{
	struct zebra_net net, sure; /* sure: the clues that stay, and what follows from them */
	struct zebra_masks known;
	uint8_t other[ZEBRA_ITEMS];
	int kept = 0;

	rng_shuffle(rng, z->clue + needed, (size_t)(z->clues - needed), sizeof(z->clue[0]));
	zebra_net(&net, z);
	sure = net;
	for (int i = needed; i < z->clues; i++)
		sure.off[i] = true;
	zebra_start(&known, z);
	zebra_learn(&sure, &known, 0, needed);
	for (int i = needed; i < z->clues; i++) {
		struct zebra_masks m = known;
		int found;

		net.off[i] = true;
		zebra_learn(&net, &m, i + 1, z->clues);
		found = zebra_search(&net, &m, other, 1, house, rng, NODES);
		if (found == ZEBRA_SPENT)
			return false;
		if (found == 0)
			continue;
		net.off[i] = sure.off[i] = false;
		zebra_learn(&sure, &known, i, i + 1);
	}
	for (int i = 0; i < z->clues; i++)
		if (!net.off[i])
			z->clue[kept++] = z->clue[i];
	z->clues = kept;
	rng_shuffle(rng, z->clue, (size_t)z->clues, sizeof(z->clue[0]));
	return true;
}

/*
 * Clues that were drawn against a table which breaks no other clue: needed for sure. They go to the front; how many. The
 * table of clue i is against[i], from `first` on.
 */
static int needed_first(struct zebra *z, uint8_t against[][ZEBRA_ITEMS], int first)
{
	int needed = 0;

	for (int i = first; i < z->clues; i++) {
		struct zebra_clue c = z->clue[i];
		bool only = true;

		for (int j = 0; j < z->clues && only; j++)
			only = j == i || holds(&z->clue[j], against[i], z->houses);
		if (!only)
			continue;
		z->clue[i] = z->clue[needed]; /* what comes here is asked no more: it lies before i */
		z->clue[needed++] = c;
	}
	return needed;
}

bool zebra_invent(struct zebra *z, uint8_t *house, int kinds, int *needed, struct rng *rng)
{
	struct table t = { .n = z->houses, .m = z->attributes };
	uint8_t against[ZEBRA_CLUES][ZEBRA_ITEMS];
	int first, found, learnt = 0;
	struct zebra_masks m;
	struct zebra_net net;

	table_draw(&t, rng);
	zebra_start(&m, z);
	memcpy(house, t.house, sizeof(t.house));
	/* a third of the clues that there will be: before that any table is against them */
	for (z->clues = 0; z->clues < t.n * t.m / 5; z->clues++)
		if (!draw_breaking(&t, &z->clue[z->clues], kinds, NULL, rng))
			return false;
	for (first = z->clues;; z->clues++) {
		if (z->clues == ZEBRA_CLUES)
			return false;
		zebra_net(&net, z);
		zebra_learn(&net, &m, learnt, z->clues);
		learnt = z->clues;
		found = zebra_search(&net, &m, against[z->clues], 1, t.house, rng, NODES);
		if (found == 0)
			break;
		if (found == ZEBRA_SPENT || !draw_breaking(&t, &z->clue[z->clues], kinds, against[z->clues], rng))
			return false;
	}
	*needed = needed_first(z, against, first);
	return true;
}

static bool has(const struct zebra *z, const struct zebra_clue *c)
{
	for (int i = 0; i < z->clues; i++)
		if (memcmp(&z->clue[i], c, sizeof(*c)) == 0)
			return true;
	return false;
}

void zebra_spare(struct zebra *z, const uint8_t *house, int kinds, int count, struct rng *rng)
{
	struct table t = { .n = z->houses, .m = z->attributes };

	memcpy(t.house, house, sizeof(t.house));
	for (int a = 0; a < t.m; a++)
		for (int i = a * ZEBRA_SIDE; i < a * ZEBRA_SIDE + t.n; i++)
			t.at[a][house[i]] = (uint8_t)i;
	for (int tries = 0; tries < 80 && count > 0 && z->clues < ZEBRA_CLUES; tries++) {
		struct zebra_clue c;

		if (!draw_breaking(&t, &c, kinds, NULL, rng) || has(z, &c))
			continue;
		z->clue[z->clues++] = c;
		count--;
	}
	rng_shuffle(rng, z->clue, (size_t)z->clues, sizeof(z->clue[0]));
}
