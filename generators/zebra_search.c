/*
 * zebra_search.c - every solution of a puzzle of houses: each item has a mask of houses, every clue cuts the masks of its
 * items as far as it can, and the tightest item is tried house by house.
 */
#include "generators/zebra_solve.h"


struct state {
	uint8_t may[ZEBRA_ITEMS]; /* bit h: may be in house h */
};

struct search {
	const struct zebra_net *net;
	const struct zebra *z;
	unsigned full;
	uint64_t items; /* those in use */
	int most, found, nodes;
	uint8_t *house;
	const uint8_t *not;
	struct rng *rng;
};

void zebra_net(struct zebra_net *net, const struct zebra *z)
{
	int n[ZEBRA_ITEMS + 1] = { 0 }, at = 0;

	net->z = z;
	memset(net->off, 0, sizeof(net->off));
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < z->clues; i++) {
			const struct zebra_clue *c = &z->clue[i];
			int item[3] = { c->x, c->kind >= ZEBRA_SAME && c->kind != ZEBRA_END ? c->y : -1,
					c->kind == ZEBRA_BETWEEN || c->kind == ZEBRA_EITHER ? c->z : -1 };

			for (int k = 0; k < 3; k++) {
				if (item[k] < 0)
					continue;
				if (round)
					net->list[n[item[k]]] = (uint8_t)i;
				n[item[k]]++;
			}
		}
		if (round)
			break;
		for (int i = 0; i <= ZEBRA_ITEMS; i++) {
			int size = n[i];

			net->start[i] = (uint16_t)at;
			n[i] = at;
			at += size;
		}
	}
}

static unsigned lowest(unsigned m)
{
	return m & -m;
}

/* All houses left of the last one in m; right of the first. */
static unsigned before_last(unsigned m)
{
	return m ? (1u << (31 - __builtin_clz(m))) - 1 : 0;
}

static unsigned after_first(unsigned m)
{
	return ~(lowest(m) * 2 - 1);
}

static unsigned around(unsigned m, int by)
{
	return m << by | m >> by;
}

static struct zebra_cut cut_between(unsigned x, unsigned y, unsigned z)
{
	/* y < x < z, or z < x < y: what each order leaves */
	unsigned x1 = x & after_first(y) & before_last(z), x2 = x & after_first(z) & before_last(y);

	return (struct zebra_cut){ x1 | x2, (y & before_last(x1)) | (y & after_first(x2)),
			     (z & after_first(x1)) | (z & before_last(x2)) };
}

/* x is with y and not with z, or with z and not with y. */
static struct zebra_cut cut_either(unsigned x, unsigned y, unsigned z)
{
	unsigned with_y = 0, with_z = 0; /* houses where x may be with y, with z somewhere else */
	struct zebra_cut c = { 0, 0, 0 };

	for (unsigned rest = x & y; rest; rest &= rest - 1)
		if (z & ~lowest(rest))
			with_y |= lowest(rest);
	for (unsigned rest = x & z; rest; rest &= rest - 1)
		if (y & ~lowest(rest))
			with_z |= lowest(rest);
	c.x = with_y | with_z;
	c.y = with_y;
	c.z = with_z;
	/* apart from x: any house but the one that x takes with the other */
	for (unsigned rest = with_z; rest; rest &= rest - 1)
		c.y |= y & ~lowest(rest);
	for (unsigned rest = with_y; rest; rest &= rest - 1)
		c.z |= z & ~lowest(rest);
	return c;
}

struct zebra_cut zebra_cut(const struct zebra_clue *c, unsigned full, unsigned x, unsigned y, unsigned z)
{
	switch (c->kind) {
	case ZEBRA_AT: return (struct zebra_cut){ x & 1u << c->y, y, z };
	case ZEBRA_NOT_AT: return (struct zebra_cut){ x & ~(1u << c->y), y, z };
	case ZEBRA_SAME: return (struct zebra_cut){ x & y, x & y, z };
	case ZEBRA_APART: return (struct zebra_cut){ y & (y - 1) ? x : x & ~y, x & (x - 1) ? y : y & ~x, z };
	case ZEBRA_LEFT1: return (struct zebra_cut){ x & y >> 1, y & x << 1, z };
	case ZEBRA_RIGHT1: return (struct zebra_cut){ x & y << 1, y & x >> 1, z };
	case ZEBRA_NEXT: return (struct zebra_cut){ x & around(y, 1), y & around(x, 1), z };
	case ZEBRA_LEFT: return (struct zebra_cut){ x & before_last(y), y & after_first(x), z };
	case ZEBRA_RIGHT: return (struct zebra_cut){ x & after_first(y), y & before_last(x), z };
	case ZEBRA_GAP1: return (struct zebra_cut){ x & around(y, 2), y & around(x, 2), z };
	case ZEBRA_GAP2: return (struct zebra_cut){ x & around(y, 3), y & around(x, 3), z };
	case ZEBRA_GAP3: return (struct zebra_cut){ x & around(y, 4), y & around(x, 4), z };
	case ZEBRA_END: return (struct zebra_cut){ x & (1u | (full + 1) >> 1), y, z };
	case ZEBRA_BETWEEN: return cut_between(x, y, z);
	default: return cut_either(x, y, z);
	}
}

/* What propagation has still to look at: items whose mask changed, and their attributes. */
struct agenda {
	uint64_t items;
	unsigned attributes;
};

/* False when nothing is left for the item. */
static bool narrow(struct state *st, struct agenda *todo, int i, unsigned to)
{
	if (to != st->may[i]) {
		st->may[i] = (uint8_t)to;
		todo->items |= (uint64_t)1 << i;
		todo->attributes |= 1u << zebra_attribute(i);
	}
	return to != 0;
}

/* Every value its own house, every house its own value, seen from one attribute. */
static bool settle(struct state *st, int base, int n, unsigned full, struct agenda *todo)
{
	unsigned once = 0, twice = 0;

	for (int i = base; i < base + n; i++) {
		unsigned m = st->may[i];

		for (int j = base; !(m & (m - 1)) && j < base + n; j++)
			if (j != i && st->may[j] & m && !narrow(st, todo, j, st->may[j] & ~m))
				return false;
	}
	for (int i = base; i < base + n; i++) {
		twice |= once & st->may[i];
		once |= st->may[i];
	}
	if (once != full)
		return false;
	once &= ~twice; /* houses that one value alone may have */
	for (int i = base; i < base + n; i++) {
		unsigned m = st->may[i] & once;

		if (m & (m - 1))
			return false;
		if (m && !narrow(st, todo, i, m))
			return false;
	}
	return true;
}

static bool revise(const struct search *s, struct state *st, struct agenda *todo, const struct zebra_clue *c)
{
	struct zebra_cut now = zebra_cut(c, s->full, st->may[c->x], st->may[c->y], st->may[c->z]);

	if (!narrow(st, todo, c->x, now.x & s->full))
		return false;
	if (c->kind < ZEBRA_SAME || c->kind == ZEBRA_END)
		return true;
	if (!narrow(st, todo, c->y, now.y & s->full))
		return false;
	return c->kind < ZEBRA_BETWEEN || narrow(st, todo, c->z, now.z & s->full);
}

static bool propagate(const struct search *s, struct state *st, struct agenda todo)
{
	const struct zebra *z = s->z;

	while (todo.items) {
		int i;

		while (todo.attributes) {
			int a = __builtin_ctz(todo.attributes);

			todo.attributes &= todo.attributes - 1;
			if (!settle(st, a * ZEBRA_SIDE, z->houses, s->full, &todo))
				return false;
		}
		i = __builtin_ctzll(todo.items);
		todo.items &= todo.items - 1;
		for (int k = s->net->start[i]; k < s->net->start[i + 1]; k++)
			if (!s->net->off[s->net->list[k]] && !revise(s, st, &todo, &z->clue[s->net->list[k]]))
				return false;
	}
	return true;
}

/* After item i alone has changed. */
static struct agenda only(int i)
{
	return (struct agenda){ (uint64_t)1 << i, 1u << zebra_attribute(i) };
}

static int bits(unsigned m)
{
	return (int)((m * 0x200040008001ull & 0x111111111111111ull) % 15);
}

static void leaf(struct search *s, const struct state *st)
{
	bool same = s->not != NULL;

	for (uint64_t rest = s->items; rest; rest &= rest - 1) {
		int i = __builtin_ctzll(rest), h = __builtin_ctz(st->may[i]);

		same = same && s->not[i] == h;
	}
	if (same)
		return;
	for (uint64_t rest = s->items; rest; rest &= rest - 1) {
		int i = __builtin_ctzll(rest);

		s->house[i] = (uint8_t)__builtin_ctz(st->may[i]);
	}
	s->found++;
}

/* False when the nodes are spent. */
static bool descend(struct search *s, const struct state *st)
{
	int best = -1, least = ZEBRA_SIDE + 1;
	unsigned left;

	for (uint64_t rest = s->items; rest && least > 2; rest &= rest - 1) {
		int i = __builtin_ctzll(rest), n = bits(st->may[i]);

		if (n > 1 && n < least) {
			best = i;
			least = n;
		}
	}
	if (best < 0) {
		leaf(s, st);
		return true;
	}
	left = st->may[best];
	while (left && s->found < s->most) {
		struct state next = *st;
		unsigned m = left;

		for (uint32_t skip = s->rng ? rng_below(s->rng, (uint32_t)bits(left)) : 0; skip; skip--)
			m &= m - 1;
		m = lowest(m);
		left &= ~m;
		next.may[best] = (uint8_t)m;
		if (--s->nodes < 0)
			return false;
		if (propagate(s, &next, only(best)) && !descend(s, &next))
			return false;
	}
	return true;
}

int zebra_search(const struct zebra_net *net, uint8_t *house, int most, const uint8_t *not, struct rng *rng, int nodes)
{
	struct search s = { .net = net, .z = net->z, .most = most, .nodes = nodes, .house = house, .not = not, .rng = rng };
	struct state st = { { 0 } };

	s.full = (1u << s.z->houses) - 1;
	for (int a = 0; a < s.z->attributes; a++)
		for (int v = 0; v < s.z->houses; v++) {
			st.may[a * ZEBRA_SIDE + v] = (uint8_t)s.full;
			s.items |= (uint64_t)1 << (a * ZEBRA_SIDE + v);
		}
	if (propagate(&s, &st, (struct agenda){ s.items, (1u << s.z->attributes) - 1 }) && !descend(&s, &st))
		return ZEBRA_SPENT;
	return s.found;
}

bool zebra_clashes(const struct zebra_net *net, const uint8_t *may, int item, int h)
{
	struct search s = { .net = net, .z = net->z, .full = (1u << net->z->houses) - 1 };
	struct state st;

	memcpy(st.may, may, sizeof(st.may));
	st.may[item] = (uint8_t)(1u << h);
	return !propagate(&s, &st, only(item));
}

int zebra_solutions(const struct zebra *z, uint8_t *house, int most)
{
	struct zebra_net net;

	zebra_net(&net, z);
	return zebra_search(&net, house, most, NULL, NULL, ZEBRA_PATIENCE);
}
