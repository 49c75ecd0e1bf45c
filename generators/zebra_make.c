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

/* Which clues each table breaks; how many tables: none where there are more clues than bits. */
static int read_breaks(uint64_t *breaks, const struct zebra_met *met, const struct zebra *z)
{
	if (z->clues > 64)
		return 0;
	for (int k = 0; k < met->n; k++) {
		breaks[k] = 0;
		for (int i = 0; i < z->clues; i++)
			breaks[k] |= (uint64_t)!holds(&z->clue[i], met->house[k], z->houses) << i;
	}
	return met->n;
}

/* Of the clues that are left, those that are the only one which some table breaks. */
static uint64_t surely_needed(const uint64_t *breaks, int n, uint64_t left)
{
	uint64_t needed = 0;

	for (int k = 0; k < n; k++) {
		uint64_t b = breaks[k] & left;

		if (!(b & (b - 1)))
			needed |= b;
	}
	return needed;
}

static void clues_on(struct zebra *to, const struct zebra *z, const bool *off)
{
	int n = 0;

	to->houses = z->houses;
	to->attributes = z->attributes;
	for (int i = 0; i < z->clues; i++)
		if (!off[i])
			to->clue[n++] = z->clue[i];
	to->clues = n;
}

bool zebra_reduce(struct zebra *z, const uint8_t *house, const struct zebra_met *met,
		  bool (*fits)(void *ctx, const struct zebra *z), void *ctx, struct rng *rng)
{
	struct zebra_net net, sure; /* sure: clues that stay; known: what follows from those before i */
	struct zebra_masks known;
	struct zebra less;
	uint8_t other[ZEBRA_ITEMS];
	uint64_t breaks[64], left = ~(uint64_t)0, needed;
	int tables;

	rng_shuffle(rng, z->clue, (size_t)z->clues, sizeof(z->clue[0]));
	zebra_net(&net, z);
	sure = net;
	memset(sure.off, true, sizeof(sure.off));
	zebra_start(&known, z);
	tables = read_breaks(breaks, met, z);
	needed = surely_needed(breaks, tables, left);
	for (int i = 0; i < z->clues && tables; i++)
		sure.off[i] = !(needed >> i & 1);
	zebra_learn(&sure, &known, 0, z->clues);
	for (int i = 0; i < z->clues; i++) {
		int found = tables && needed >> i & 1;

		if (!found) {
			struct zebra_masks m = known;

			net.off[i] = true;
			zebra_learn(&net, &m, i + 1, z->clues);
			found = zebra_search(&net, &m, other, 1, house, rng, NODES);
			if (found == ZEBRA_SPENT)
				return false;
			if (found == 0 && fits && !zebra_told(&m)) {
				clues_on(&less, z, net.off);
				if (!fits(ctx, &less))
					return false;
			}
		}
		if (found) {
			net.off[i] = sure.off[i] = false;
			zebra_learn(&sure, &known, i, i + 1);
		} else if (tables) {
			left &= ~((uint64_t)1 << i);
			needed = surely_needed(breaks, tables, left);
		}
	}
	clues_on(&less, z, net.off);
	z->clues = less.clues;
	memcpy(z->clue, less.clue, sizeof(less.clue[0]) * (size_t)less.clues);
	rng_shuffle(rng, z->clue, (size_t)z->clues, sizeof(z->clue[0]));
	return true;
}

bool zebra_invent(struct zebra *z, uint8_t *house, int kinds, struct zebra_met *met, struct rng *rng)
{
	struct table t = { .n = z->houses, .m = z->attributes };
	uint8_t other[ZEBRA_ITEMS];
	int learnt = 0;
	struct zebra_masks m;
	struct zebra_net net;

	table_draw(&t, rng);
	memcpy(house, t.house, sizeof(t.house));
	zebra_start(&m, z);
	met->n = 0;
	/* a third of the clues that there will be: before that any table is against them */
	for (z->clues = 0; z->clues < t.n * t.m / 5; z->clues++)
		if (!draw_breaking(&t, &z->clue[z->clues], kinds, NULL, rng))
			return false;
	for (; z->clues < ZEBRA_CLUES; z->clues++) {
		int found;

		zebra_net(&net, z);
		zebra_learn(&net, &m, learnt, z->clues);
		learnt = z->clues;
		found = zebra_search(&net, &m, other, 1, t.house, rng, NODES);
		if (found == 0)
			return true;
		if (found == ZEBRA_SPENT || !draw_breaking(&t, &z->clue[z->clues], kinds, other, rng))
			return false;
		if (met->n < (int)(sizeof(met->house) / sizeof(met->house[0])))
			memcpy(met->house[met->n++], other, sizeof(other));
	}
	return false;
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
