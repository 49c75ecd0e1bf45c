/*
 * zebra_think.c - solving a puzzle of houses as a person would, on the table of who may be together with whom.
 *
 * Things are the items and the houses; houses are one more attribute. may[i] holds what may still be in one house with i.
 * Everything found is a node that knows what it follows from, so that in the end only the needed steps are told.
 *
 * Closing (no step of its own): if one thing of an attribute is left for i, it is with i and with nobody else of i's
 * attribute; things that are together are parted from the same others. Then, easiest first:
 *	ZEBRA_CLUE	a clue leaves no place for one of its items, seen from the others
 *	ZEBRA_LINK	i and j have no thing of some attribute in common, so they are not together
 *	ZEBRA_SET	k items of an attribute have only k houses among them, or k houses k items: they are for nobody else
 *	ZEBRA_TRIAL	supposing that i is in house h ends in a clash, by clues alone
 *	ZEBRA_DEEP_TRIAL the same, by all of these
 */
#include "generators/zebra_think.h"

#include <stdlib.h>

static unsigned houses_of(const struct zebra_think *t, int i)
{
	return (unsigned)(t->may[i] >> ZEBRA_HOUSE) & 0x7f;
}

/* Bits of a set below 2^14 (HAKMEM 169's way); a popcount is a library call on plain x86-64. */
static int count_bits(unsigned set)
{
	return (int)((set * 0x200040008001ull & 0x111111111111111ull) % 15);
}

static uint64_t bit(int i)
{
	return (uint64_t)1 << i;
}

/* ---- what a node follows from ---- */

/* Can the clue hold with x in p and y in q? For clues of two items. */
static bool fits(const struct zebra_clue *c, int p, int q)
{
	int far = p < q ? q - p : p - q;

	switch (c->kind) {
	case ZEBRA_SAME: return far == 0;
	case ZEBRA_APART: return far != 0;
	case ZEBRA_LEFT1: return q == p + 1;
	case ZEBRA_RIGHT1: return p == q + 1;
	case ZEBRA_NEXT: return far == 1;
	case ZEBRA_LEFT: return p < q;
	case ZEBRA_RIGHT: return p > q;
	default: return far == c->kind - ZEBRA_GAP1 + 2;
	}
}

static void need_no(const struct zebra_think *t, int before, int i, int j, zebra_need *need, void *ctx)
{
	int k = t->no[i][j];

	if (k && k - 1 < before)
		need(ctx, k - 1);
}

/* Of (i, k) and (j, k) that one is parted: the one that was so first. */
static void need_either(const struct zebra_think *t, int i, int j, int k, zebra_need *need, void *ctx)
{
	int a = t->no[i][k], b = t->no[j][k];

	if (a && (!b || a < b))
		need(ctx, a - 1);
	else if (b)
		need(ctx, b - 1);
}

static void needs_of_clue(const struct zebra_think *t, int k, zebra_need *need, void *ctx)
{
	const struct zebra_node *node = &t->node[k];
	const struct zebra_clue *c = &t->z->clue[node->arg];
	int n = t->z->houses, i = node->i, p = node->j - ZEBRA_HOUSE, other[3], others = 0;

	if (c->kind < ZEBRA_SAME || c->kind == ZEBRA_END)
		return;
	if (c->kind < ZEBRA_BETWEEN) {
		for (int q = 0; p >= 0 && q < n; q++)
			if (i == c->x ? fits(c, p, q) : fits(c, q, p))
				need_no(t, k, i == c->x ? c->y : c->x, ZEBRA_HOUSE + q, need, ctx);
		return;
	}
	if (i != c->x)
		other[others++] = c->x;
	if (i != c->y)
		other[others++] = c->y;
	if (i != c->z)
		other[others++] = c->z;
	if (c->kind == ZEBRA_EITHER && p < 0) { /* x and y, or x and z: from what is known of the other */
		int with = node->i == c->x ? node->j : node->i, rest;

		if (with == c->y || with == c->z) {
			rest = with == c->y ? c->z : c->y;
			if (t->fixed[c->x][zebra_attribute(rest)])
				need(ctx, t->fixed[c->x][zebra_attribute(rest)] - 1);
		} else {
			need_no(t, k, c->x, c->y, need, ctx);
			need_no(t, k, c->x, c->z, need, ctx);
		}
		return;
	}
	for (int o = 0; p >= 0 && o < others; o++)
		for (int q = 0; q < n; q++)
			need_no(t, k, other[o], ZEBRA_HOUSE + q, need, ctx);
}

void zebra_needs(const struct zebra_think *t, int k, zebra_need *need, void *ctx)
{
	const struct zebra_node *node = &t->node[k];
	int i = node->i, j = node->j;
	uint64_t rest;

	switch (node->why) {
	case ZEBRA_BY_CLUE: needs_of_clue(t, k, need, ctx); return;
	case ZEBRA_BY_LINK:
		for (rest = t->all[node->arg]; rest; rest &= rest - 1)
			need_either(t, i, j, __builtin_ctzll(rest), need, ctx);
		return;
	case ZEBRA_BY_SET: /* arg: which of j's attribute have only so many of i's */
		for (int r = 0; r < ZEBRA_SIDE; r++)
			for (rest = node->arg >> r & 1 ? t->all[zebra_attribute(j)] : 0; rest; rest &= rest - 1)
				need_no(t, k, zebra_attribute(i) * ZEBRA_SIDE + r, __builtin_ctzll(rest), need, ctx);
		return;
	case ZEBRA_BY_FIX: need(ctx, node->from); return;
	case ZEBRA_BY_SAME: /* i and arg are together, and arg and j are parted */
		need(ctx, node->from);
		need_no(t, k, node->arg, j, need, ctx);
		return;
	case ZEBRA_FIX:
		for (rest = t->all[zebra_attribute(j)] & ~bit(j); rest; rest &= rest - 1)
			need_no(t, k, i, __builtin_ctzll(rest), need, ctx);
		return;
	default: return;
	}
}

struct deepest {
	const struct zebra_think *t;
	int depth;
};

static void deeper(void *ctx, int k)
{
	struct deepest *d = ctx;

	d->depth = d->t->node[k].depth > d->depth ? d->t->node[k].depth : d->depth;
}

static int node_add(struct zebra_think *t, struct zebra_node node)
{
	int k = t->nodes;
	struct deepest d = { t, 0 };
	bool step = node.why == ZEBRA_BY_CLUE || node.why == ZEBRA_BY_LINK || node.why == ZEBRA_BY_SET || node.why == ZEBRA_BY_TRIAL;

	assert(k < ZEBRA_NODES); /* parted pairs and told things are fewer */
	t->node[t->nodes++] = node;
	zebra_needs(t, k, deeper, &d);
	t->node[k].depth = (uint16_t)(node.depth + d.depth + step);
	return k;
}

/* ---- finding ---- */

static void part(struct zebra_think *t, int i, int j, int why, int arg, int from)
{
	int k;

	if (t->clash || !(t->may[i] >> j & 1))
		return;
	k = node_add(t, (struct zebra_node){ (uint8_t)i, (uint8_t)j, (uint8_t)why, (uint8_t)arg, (uint16_t)from, 0 });
	t->no[i][j] = t->no[j][i] = (uint16_t)(k + 1);
	t->may[i] &= ~bit(j);
	t->may[j] &= ~bit(i);
	t->changed |= bit(i) | bit(j);
	t->linked |= bit(i) | bit(j);
	for (int side = 0; side < 2; side++) {
		int a = side ? j : i, b = side ? i : j;

		if (a < ZEBRA_HOUSE) /* clues look at items */
			t->again |= bit(a);
		if (!(t->may[a] & t->all[zebra_attribute(b)])) {
			t->clash = true;
			t->clash_i = (uint8_t)a;
			t->clash_attribute = (uint8_t)zebra_attribute(b);
			return;
		}
	}
}

/* i and j, the only one of its attribute left for i, are together. */
static void together(struct zebra_think *t, int i, int j)
{
	int k = node_add(t, (struct zebra_node){ (uint8_t)i, (uint8_t)j, ZEBRA_FIX, 0, 0, 0 });

	t->fixed[i][zebra_attribute(j)] = (uint16_t)(k + 1);
	if (!t->fixed[j][zebra_attribute(i)])
		t->fixed[j][zebra_attribute(i)] = (uint16_t)(k + 1);
	for (uint64_t rest = t->all[zebra_attribute(i)] & t->may[j] & ~bit(i); rest && !t->clash; rest &= rest - 1)
		part(t, __builtin_ctzll(rest), j, ZEBRA_BY_FIX, 0, k);
	for (uint64_t rest = t->all[zebra_attribute(j)] & t->may[i] & ~bit(j); rest && !t->clash; rest &= rest - 1)
		part(t, i, __builtin_ctzll(rest), ZEBRA_BY_FIX, 0, k);
	t->changed |= bit(i) | bit(j);
}

static void close_up(struct zebra_think *t)
{
	while (t->changed && !t->clash) {
		int i = __builtin_ctzll(t->changed), mine = zebra_attribute(i);

		t->changed &= t->changed - 1;
		for (uint64_t others = t->attributes & ~bit(mine); others && !t->clash; others &= others - 1) {
			int a = __builtin_ctzll(others), j;
			uint64_t left = t->may[i] & t->all[a];

			if (left & (left - 1))
				continue;
			j = __builtin_ctzll(left);
			if (!t->fixed[i][a])
				together(t, i, j);
			for (uint64_t rest = (t->may[i] ^ t->may[j]) & ~t->all[mine] & ~t->all[a]; rest && !t->clash; rest &= rest - 1) {
				int k = __builtin_ctzll(rest), from = t->fixed[i][a] - 1;

				if (t->may[i] >> k & 1)
					part(t, i, k, ZEBRA_BY_SAME, j, from);
				else
					part(t, j, k, ZEBRA_BY_SAME, i, from);
			}
		}
	}
}

static void keep_houses(struct zebra_think *t, int i, unsigned keep, int clue)
{
	for (unsigned rest = houses_of(t, i) & ~keep; rest && !t->clash; rest &= rest - 1)
		part(t, i, ZEBRA_HOUSE + __builtin_ctz(rest), ZEBRA_BY_CLUE, clue, 0);
}

/* Keep i from all of an attribute but these two. */
static void keep_two(struct zebra_think *t, int i, int attribute, int j, int k, int clue)
{
	for (uint64_t rest = t->may[i] & t->all[attribute] & ~bit(j) & ~bit(k); rest && !t->clash; rest &= rest - 1)
		part(t, i, __builtin_ctzll(rest), ZEBRA_BY_CLUE, clue, 0);
}

static void apply_either(struct zebra_think *t, const struct zebra_clue *c, int k)
{
	int y = zebra_attribute(c->y), z = zebra_attribute(c->z);

	if (y == z)
		keep_two(t, c->x, y, c->y, c->z, k);
	else
		part(t, c->y, c->z, ZEBRA_BY_CLUE, k, 0);
	if (t->clash)
		return;
	if (!(t->may[c->x] >> c->y & 1))
		keep_two(t, c->x, z, c->z, c->z, k);
	else if (!(t->may[c->x] >> c->z & 1))
		keep_two(t, c->x, y, c->y, c->y, k);
	else if (t->fixed[c->x][y])
		part(t, c->x, c->z, ZEBRA_BY_CLUE, k, 0);
	else if (t->fixed[c->x][z])
		part(t, c->x, c->y, ZEBRA_BY_CLUE, k, 0);
}

static void apply(struct zebra_think *t, int k)
{
	const struct zebra_clue *c = &t->z->clue[k];
	bool two = c->kind >= ZEBRA_SAME && c->kind != ZEBRA_END, three = c->kind >= ZEBRA_BETWEEN;
	unsigned x, y, z;
	struct zebra_cut cut;

	if (c->kind == ZEBRA_SAME) {
		keep_two(t, c->x, zebra_attribute(c->y), c->y, c->y, k);
		keep_two(t, c->y, zebra_attribute(c->x), c->x, c->x, k);
	} else if (two && c->kind != ZEBRA_EITHER && zebra_attribute(c->x) != zebra_attribute(c->y)) {
		part(t, c->x, c->y, ZEBRA_BY_CLUE, k, 0);
	}
	if (c->kind == ZEBRA_BETWEEN) {
		if (zebra_attribute(c->x) != zebra_attribute(c->z))
			part(t, c->x, c->z, ZEBRA_BY_CLUE, k, 0);
		if (zebra_attribute(c->y) != zebra_attribute(c->z))
			part(t, c->y, c->z, ZEBRA_BY_CLUE, k, 0);
	} else if (c->kind == ZEBRA_EITHER) {
		apply_either(t, c, k);
	}
	if (t->clash)
		return;
	x = houses_of(t, c->x);
	y = two ? houses_of(t, c->y) : 0;
	z = three ? houses_of(t, c->z) : 0;
	cut = zebra_cut(c, (1u << t->z->houses) - 1, x, y, z);
	keep_houses(t, c->x, cut.x, k);
	if (two)
		keep_houses(t, c->y, cut.y, k);
	if (three)
		keep_houses(t, c->z, cut.z, k);
}

/* Every clue that has an item of which something new is known, in order; false when nothing was found. */
static bool by_clues(struct zebra_think *t)
{
	int before = t->nodes;
	uint64_t items = t->again;

	t->again = 0;
	for (int k = 0; k < t->z->clues && !t->clash; k++) {
		const struct zebra_clue *c = &t->z->clue[k];
		bool two = c->kind >= ZEBRA_SAME && c->kind != ZEBRA_END, three = c->kind >= ZEBRA_BETWEEN;

		if (items >> c->x & 1 || (two && items >> c->y & 1) || (three && items >> c->z & 1)) {
			apply(t, k);
			close_up(t);
			items |= t->again;
		}
	}
	return t->nodes > before;
}

static bool by_links(struct zebra_think *t)
{
	int before = t->nodes;
	uint64_t look = t->linked;

	t->linked = 0;
	for (int i = 0; i < ZEBRA_THINGS && !t->clash; i++) {
		uint64_t rest = t->may[i] & ~t->all[zebra_attribute(i)] & ~(bit(i) - 1);

		if (!(look >> i & 1))
			rest &= look;
		for (; rest && !t->clash; rest &= rest - 1) {
			int j = __builtin_ctzll(rest);
			uint64_t both = t->may[i] & t->may[j], others = t->attributes & ~bit(zebra_attribute(i)) & ~bit(zebra_attribute(j));

			for (; others; others &= others - 1)
				if (!(both & t->all[__builtin_ctzll(others)])) {
					part(t, i, j, ZEBRA_BY_LINK, __builtin_ctzll(others), 0);
					break;
				}
		}
	}
	close_up(t);
	return t->nodes > before;
}

/* Things of attribute a, in sets of 2 and more, that have only as many of attribute b; one of a and b is the houses. */
static void sets_of(struct zebra_think *t, int a, int b)
{
	int n = t->z->houses;

	for (unsigned set = 3; set < 1u << n && !t->clash; set++) {
		int size = count_bits(set);
		uint64_t reach = 0;

		if (size < 2 || size > n - 2)
			continue;
		for (int r = 0; r < n; r++)
			if (set >> r & 1)
				reach |= t->may[a * ZEBRA_SIDE + r] & t->all[b];
		if (count_bits((unsigned)(reach >> (b * ZEBRA_SIDE))) != size)
			continue;
		for (int r = 0; r < n; r++)
			for (uint64_t rest = set >> r & 1 ? 0 : t->may[a * ZEBRA_SIDE + r] & reach; rest && !t->clash; rest &= rest - 1)
				part(t, a * ZEBRA_SIDE + r, __builtin_ctzll(rest), ZEBRA_BY_SET, (int)set, 0);
	}
}

static bool by_sets(struct zebra_think *t)
{
	int before = t->nodes;

	for (int a = 0; a < t->z->attributes && !t->clash; a++) {
		sets_of(t, a, ZEBRA_SIDE);
		sets_of(t, ZEBRA_SIDE, a);
	}
	close_up(t);
	return t->nodes > before;
}

/* All that follows without a supposition, up to technique `limit`. */
static void follow(struct zebra_think *t, enum zebra_technique limit)
{
	close_up(t);
	while (!t->clash) {
		if (by_clues(t)) {
			t->used |= 1u << ZEBRA_CLUE;
			continue;
		}
		if (limit >= ZEBRA_LINK && by_links(t)) {
			t->used |= 1u << ZEBRA_LINK;
			continue;
		}
		if (limit < ZEBRA_SET || !by_sets(t))
			return;
		t->used |= 1u << ZEBRA_SET;
	}
}

void zebra_suppose(struct zebra_think *t, int i, int h)
{
	for (unsigned rest = houses_of(t, i) & ~(1u << h); rest && !t->clash; rest &= rest - 1)
		part(t, i, ZEBRA_HOUSE + __builtin_ctz(rest), ZEBRA_SUPPOSED, h, 0);
	follow(t, ZEBRA_SET);
}

static bool solved(const struct zebra_think *t)
{
	for (uint64_t rest = t->items; rest; rest &= rest - 1) {
		unsigned m = houses_of(t, __builtin_ctzll(rest));

		if (m & (m - 1))
			return false;
	}
	return true;
}

/* Suppose that i is in h, in `try`; true when that clashes, and then it is known. */
static bool refuted(struct zebra_think *t, struct zebra_think *try, int i, int h)
{
	memcpy(try, t, offsetof(struct zebra_think, node) + (size_t)t->nodes * sizeof(t->node[0]));
	zebra_suppose(try, i, h);
	if (!try->clash)
		return false;
	part(t, i, ZEBRA_HOUSE + h, ZEBRA_BY_TRIAL, h, 0);
	t->node[t->nodes - 1].depth = (uint16_t)(try->node[try->nodes - 1].depth + 1);
	t->used |= 1u << ZEBRA_TRIAL;
	t->branch++;
	return true;
}

/* An item that cannot be in some house, since from there all ends in a clash; the tightest items first. */
static bool by_trial(struct zebra_think *t, const struct zebra_net *net, struct zebra_think *try, enum zebra_technique limit)
{
	struct zebra_masks m = { { 0 } };

	for (int i = 0; i < ZEBRA_ITEMS; i++)
		m.may[i] = (uint8_t)houses_of(t, i);
	for (int deep = 0; deep <= (limit == ZEBRA_DEEP_TRIAL); deep++)
		for (int size = 2; size <= t->z->houses; size++)
			for (uint64_t rest = t->items; rest; rest &= rest - 1) {
				int i = __builtin_ctzll(rest);

				if (count_bits(m.may[i]) != size)
					continue;
				for (unsigned left = m.may[i]; left; left &= left - 1)
					if ((deep || zebra_clashes(net, &m, i, __builtin_ctz(left))) &&
					    refuted(t, try, i, __builtin_ctz(left)))
						return true;
			}
	return false;
}

void zebra_think_start(struct zebra_think *t, const struct zebra *z)
{
	memset(t, 0, offsetof(struct zebra_think, node));
	t->z = z;
	for (int a = 0; a < z->attributes; a++)
		t->all[a] = ((bit(z->houses) - 1) << (a * ZEBRA_SIDE));
	t->all[ZEBRA_SIDE] = (bit(z->houses) - 1) << ZEBRA_HOUSE;
	t->attributes = (bit(z->attributes) - 1) | bit(ZEBRA_SIDE);
	for (int a = 0; a <= ZEBRA_SIDE; a++)
		for (int i = a * ZEBRA_SIDE; i < (a + 1) * ZEBRA_SIDE; i++)
			for (int b = 0; b <= ZEBRA_SIDE && t->all[a] >> i & 1; b++)
				t->may[i] |= b == a ? bit(i) : t->all[b];
	for (int a = 0; a < z->attributes; a++)
		t->items |= t->all[a];
	t->again = t->items;
}

bool zebra_think(struct zebra_think *t, const struct zebra *z, enum zebra_technique limit)
{
	struct zebra_think *try = NULL;
	struct zebra_net net;

	zebra_think_start(t, z);
	follow(t, limit);
	if (limit >= ZEBRA_TRIAL && !t->clash && !solved(t)) {
		try = malloc(sizeof(*try));
		zebra_net(&net, z);
	}
	while (try && !t->clash && !solved(t) && by_trial(t, &net, try, limit))
		follow(t, limit);
	free(try);
	return !t->clash && solved(t);
}

void zebra_needs_of_clash(const struct zebra_think *t, zebra_need *need, void *ctx)
{
	for (uint64_t rest = t->clash ? t->all[t->clash_attribute] : 0; rest; rest &= rest - 1)
		need_no(t, t->nodes, t->clash_i, __builtin_ctzll(rest), need, ctx);
}
