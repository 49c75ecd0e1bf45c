/*
 * zebra_search.c - every solution of a puzzle of houses: each item has a mask of houses, every clue cuts the masks of its
 * items as far as it can, and the tightest item is tried house by house.
 */
#include "generators/zebra_solve.h"

struct search {
	const struct zebra_net *net;
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

static inline struct zebra_cut cut(const struct zebra_clue *c, unsigned full, unsigned x, unsigned y, unsigned z)
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

struct zebra_cut zebra_cut(const struct zebra_clue *c, unsigned full, unsigned x, unsigned y, unsigned z)
{
	return cut(c, full, x, y, z);
}

/* What propagation has still to look at: items whose mask changed, and their attributes. */
struct agenda {
	uint64_t items;
	unsigned attributes;
};

/* False when nothing is left for the item. */
static inline bool narrow(struct zebra_masks *m, struct agenda *todo, int i, unsigned to)
{
	if (to != m->may[i]) {
		m->may[i] = (uint8_t)to;
		todo->items |= (uint64_t)1 << i;
		todo->attributes |= 1u << zebra_attribute(i);
	}
	return to != 0;
}

/* ---- an attribute's masks as one number: byte v is value v's, and no byte has its top bit ---- */

static const uint64_t EACH = 0x01010101010101; /* 1 in every byte */

static inline uint64_t load(const uint8_t *may)
{
	uint64_t x = 0;

	for (int v = 0; v < 8; v++) /* one load; the eighth byte is another attribute's */
		x |= (uint64_t)may[v] << 8 * v;
	return x & 0xff * EACH;
}

/* 1 in every byte that is not 0. */
static inline uint64_t filled(uint64_t x)
{
	return (x + 0x7f * EACH) >> 7 & EACH;
}

/* The houses that stand in some byte, and of these the ones that stand in one only. */
static inline unsigned houses_in(uint64_t x, unsigned *once)
{
	uint64_t twice = x & x >> 8;

	x |= x >> 8;
	twice |= twice >> 16 | (x & x >> 16);
	x |= x >> 16;
	twice |= twice >> 32 | (x & x >> 32);
	x |= x >> 32;
	*once = x & ~twice & 0x7f;
	return x & 0x7f;
}

/* Every value its own house, every house its own value, seen from one attribute. */
static bool settle(struct zebra_masks *m, int base, int n, unsigned full, struct agenda *todo)
{
	uint64_t was = load(m->may + base), x = was, used = EACH >> 8 * (ZEBRA_SIDE - n), diff;

	for (bool more = true; more;) {
		uint64_t many = filled(x & (x - used)) * 0xff, alone;
		unsigned once, told = houses_in(x & ~many, &once);

		if (told != once) /* two values have this house alone */
			return false;
		alone = x & many & told * EACH;
		x ^= alone;
		if (filled(x) != used || houses_in(x, &once) != full)
			return false;
		more = alone;
		alone = x & many & once * EACH; /* houses that only this value may have */
		if (alone) {
			uint64_t values = filled(alone);

			if (alone & (alone - values))
				return false;
			x = (x & ~(values * 0xff)) | alone;
			more = true;
		}
	}
	diff = filled(x ^ was);
	todo->items |= (diff * 0x0102040810204080 >> 56) << base;
	for (; diff; diff &= diff - 1) {
		int at = __builtin_ctzll(diff);

		m->may[base + at / 8] = (uint8_t)(x >> at);
	}
	return true;
}

static inline bool revise(struct zebra_masks *m, unsigned full, struct agenda *todo, const struct zebra_clue *c)
{
	struct zebra_cut now = cut(c, full, m->may[c->x], m->may[c->y], m->may[c->z]);

	if (!narrow(m, todo, c->x, now.x & full))
		return false;
	if (c->kind < ZEBRA_SAME || c->kind == ZEBRA_END)
		return true;
	if (!narrow(m, todo, c->y, now.y & full))
		return false;
	return c->kind < ZEBRA_BETWEEN || narrow(m, todo, c->z, now.z & full);
}

static bool propagate(const struct zebra_net *net, struct zebra_masks *m, struct agenda todo)
{
	int n = net->z->houses;
	unsigned full = (1u << n) - 1;

	for (;;) {
		int i;

		for (; todo.attributes; todo.attributes &= todo.attributes - 1)
			if (!settle(m, __builtin_ctz(todo.attributes) * ZEBRA_SIDE, n, full, &todo))
				return false;
		if (!todo.items)
			return true;
		i = __builtin_ctzll(todo.items);
		todo.items &= todo.items - 1;
		for (int k = net->start[i]; k < net->start[i + 1]; k++)
			if (!net->off[net->list[k]] && !revise(m, full, &todo, &net->z->clue[net->list[k]]))
				return false;
	}
}

/* After item i alone has changed. */
static struct agenda only(int i)
{
	return (struct agenda){ (uint64_t)1 << i, 1u << zebra_attribute(i) };
}

void zebra_start(struct zebra_masks *m, const struct zebra *z)
{
	memset(m, 0, sizeof(*m));
	for (int a = 0; a < z->attributes; a++)
		memset(m->may + a * ZEBRA_SIDE, (1 << z->houses) - 1, (size_t)z->houses);
}

bool zebra_learn(const struct zebra_net *net, struct zebra_masks *m, int from, int to)
{
	unsigned full = (1u << net->z->houses) - 1;
	struct agenda todo = { 0, 0 };

	for (int i = from; i < to; i++)
		if (!net->off[i] && !revise(m, full, &todo, &net->z->clue[i]))
			return false;
	return propagate(net, m, todo);
}

bool zebra_told(const struct zebra_masks *m)
{
	for (int i = 0; i < ZEBRA_ITEMS; i++)
		if (m->may[i] & (m->may[i] - 1))
			return false;
	return true;
}

static int bits(unsigned m)
{
	return (int)((m * 0x200040008001ull & 0x111111111111111ull) % 15);
}

static void leaf(struct search *s, const struct zebra_masks *m)
{
	bool same = s->not != NULL;

	for (uint64_t rest = s->items; rest && same; rest &= rest - 1) {
		int i = __builtin_ctzll(rest);

		same = m->may[i] == 1u << s->not[i];
	}
	if (same)
		return;
	for (uint64_t rest = s->items; rest; rest &= rest - 1) {
		int i = __builtin_ctzll(rest);

		s->house[i] = (uint8_t)__builtin_ctz(m->may[i]);
	}
	s->found++;
}

/* The first of the items that have the fewest houses left, but not one; -1: all have one. */
static int tightest(const struct search *s, const struct zebra_masks *m)
{
	int best = -1, least = ZEBRA_SIDE + 1;

	for (uint64_t rest = s->items; rest; rest &= rest - 1) {
		int i = __builtin_ctzll(rest), n;
		unsigned more = m->may[i] & (m->may[i] - 1u);

		if (!more)
			continue;
		if (!(more & (more - 1)))
			return i;
		n = bits(more);
		if (n < least) {
			best = i;
			least = n;
		}
	}
	return best;
}

/* False when the nodes are spent. */
static bool descend(struct search *s, const struct zebra_masks *m)
{
	int best = tightest(s, m);
	unsigned left;

	if (best < 0) {
		leaf(s, m);
		return true;
	}
	left = m->may[best];
	while (left && s->found < s->most) {
		struct zebra_masks next = *m;
		unsigned house = left;

		for (uint32_t skip = s->rng ? rng_below(s->rng, (uint32_t)bits(left)) : 0; skip; skip--)
			house &= house - 1;
		house = lowest(house);
		left &= ~house;
		next.may[best] = (uint8_t)house;
		if (--s->nodes < 0)
			return false;
		if (propagate(s->net, &next, only(best)) && !descend(s, &next))
			return false;
	}
	return true;
}

int zebra_search(const struct zebra_net *net, const struct zebra_masks *m, uint8_t *house, int most, const uint8_t *not,
		 struct rng *rng, int nodes)
{
	struct search s = { .net = net, .most = most, .nodes = nodes, .house = house, .not = not, .rng = rng };

	for (int a = 0; a < net->z->attributes; a++)
		s.items |= (((uint64_t)1 << net->z->houses) - 1) << (a * ZEBRA_SIDE);
	return descend(&s, m) ? s.found : ZEBRA_SPENT;
}

bool zebra_clashes(const struct zebra_net *net, const struct zebra_masks *m, int item, int h)
{
	struct zebra_masks next = *m;

	next.may[item] = (uint8_t)(1u << h);
	return !propagate(net, &next, only(item));
}

int zebra_solutions(const struct zebra *z, uint8_t *house, int most)
{
	struct zebra_net net;
	struct zebra_masks m;

	zebra_net(&net, z);
	zebra_start(&m, z);
	return zebra_learn(&net, &m, 0, z->clues) ? zebra_search(&net, &m, house, most, NULL, NULL, ZEBRA_PATIENCE) : 0;
}
