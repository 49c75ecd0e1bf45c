/*
 * zebra_canon.c - other disguises of the same puzzle, and the one text that all of them share.
 *
 * A puzzle with one solution tells its values apart: each is named by the house it is in. What is left to choose is the
 * order of the attributes and the side from which the row is seen. Attributes are told apart by what is said of them;
 * only those that look alike are tried in all orders, and the least text stands. So the text is exact.
 */
#include "generators/zebra_solve.h"

static bool even_handed(int kind)
{
	return kind == ZEBRA_SAME || kind == ZEBRA_APART || kind == ZEBRA_NEXT || (kind >= ZEBRA_GAP1 && kind <= ZEBRA_GAP3);
}

static bool sided(int kind)
{
	return kind == ZEBRA_LEFT1 || kind == ZEBRA_RIGHT1 || kind == ZEBRA_LEFT || kind == ZEBRA_RIGHT;
}

/* The same relation told from the other end. */
static void turn(struct zebra_clue *c)
{
	static const uint8_t back[ZEBRA_KINDS] = {
		[ZEBRA_LEFT1] = ZEBRA_RIGHT1, [ZEBRA_RIGHT1] = ZEBRA_LEFT1, [ZEBRA_LEFT] = ZEBRA_RIGHT, [ZEBRA_RIGHT] = ZEBRA_LEFT,
	};
	uint8_t x = c->x;

	c->x = c->y;
	c->y = x;
	if (sided(c->kind))
		c->kind = back[c->kind];
}

/* In the mirror left is right. */
static void mirror(struct zebra_clue *c, int houses)
{
	if (c->kind <= ZEBRA_NOT_AT) {
		c->y = (uint8_t)(houses - 1 - c->y);
	} else if (sided(c->kind)) {
		uint8_t x = c->x, y = c->y;

		turn(c);
		c->x = x;
		c->y = y;
	}
}

void zebra_disguise(struct zebra *z, struct rng *rng)
{
	uint8_t attribute[ZEBRA_SIDE], value[ZEBRA_SIDE][ZEBRA_SIDE];
	bool mirrored = rng_below(rng, 2);

	for (int a = 0; a < ZEBRA_SIDE; a++) {
		attribute[a] = (uint8_t)a;
		for (int v = 0; v < ZEBRA_SIDE; v++)
			value[a][v] = (uint8_t)v;
	}
	rng_shuffle(rng, attribute, (size_t)z->attributes, 1);
	for (int a = 0; a < z->attributes; a++)
		rng_shuffle(rng, value[a], (size_t)z->houses, 1);
	z->ask = z->ask < 0 ? -1 : attribute[z->ask];
	rng_shuffle(rng, z->clue, (size_t)z->clues, sizeof(z->clue[0]));
	for (int i = 0; i < z->clues; i++) {
		struct zebra_clue *c = &z->clue[i];
		uint8_t *item[3] = { &c->x, c->kind >= ZEBRA_SAME && c->kind != ZEBRA_END ? &c->y : NULL,
				     c->kind >= ZEBRA_BETWEEN ? &c->z : NULL };
		uint32_t chance = rng_below(rng, 2);

		for (int k = 0; k < 3; k++)
			if (item[k])
				*item[k] = (uint8_t)(attribute[zebra_attribute(*item[k])] * ZEBRA_SIDE +
						     value[zebra_attribute(*item[k])][*item[k] % ZEBRA_SIDE]);
		if (mirrored)
			mirror(c, z->houses);
		if (chance && (even_handed(c->kind) || sided(c->kind))) {
			turn(c);
		} else if (chance && c->kind >= ZEBRA_BETWEEN) {
			uint8_t y = c->y;

			c->y = c->z;
			c->z = y;
		}
	}
}

struct view {
	const struct zebra *z;
	struct zebra_clue clue[ZEBRA_CLUES]; /* items renamed: the value's number is its house */
	uint64_t hash[ZEBRA_SIDE];           /* of each attribute: what is said of it */
	uint8_t order[ZEBRA_SIDE];           /* order[k]: the attribute at place k */
	bool have;
	uint32_t best[ZEBRA_CLUES + 1]; /* the last: the place of the attribute asked for */
};

static void look(struct view *w, const uint8_t *house, bool mirrored)
{
	const struct zebra *z = w->z;

	for (int i = 0; i < z->clues; i++) {
		struct zebra_clue c = z->clue[i];
		uint8_t *item[3] = { &c.x, c.kind >= ZEBRA_SAME && c.kind != ZEBRA_END ? &c.y : NULL, c.kind >= ZEBRA_BETWEEN ? &c.z : NULL };

		for (int k = 0; k < 3; k++)
			if (item[k]) {
				int h = house[*item[k]];

				*item[k] = (uint8_t)(zebra_attribute(*item[k]) * ZEBRA_SIDE + (mirrored ? z->houses - 1 - h : h));
			}
		if (mirrored)
			mirror(&c, z->houses);
		if (c.kind == ZEBRA_RIGHT1 || c.kind == ZEBRA_RIGHT)
			turn(&c);
		w->clue[i] = c;
	}
}

static uint64_t role(const struct view *w, int item, int at)
{
	return rng_mix(w->hash[zebra_attribute(item)], (uint64_t)(at * 8 + item % ZEBRA_SIDE));
}

/* Tell attributes apart by the clues that they are in, and these by their other attributes, and so on. */
static void refine(struct view *w)
{
	const struct zebra *z = w->z;

	memset(w->hash, 0, sizeof(w->hash));
	if (z->ask >= 0)
		w->hash[z->ask] = 1;
	for (int round = 0; round < z->attributes; round++) {
		uint64_t next[ZEBRA_SIDE] = { 0 };

		for (int i = 0; i < z->clues; i++) {
			const struct zebra_clue *c = &w->clue[i];
			bool two = c->kind >= ZEBRA_SAME && c->kind != ZEBRA_END, three = c->kind >= ZEBRA_BETWEEN;
			int y_at = even_handed(c->kind) ? 1 : 2;
			uint64_t x = role(w, c->x, 1), y = two ? role(w, c->y, y_at) : c->y, s = three ? role(w, c->z, 2) : 0;
			uint64_t whole = rng_mix(c->kind, x + y + s);

			next[zebra_attribute(c->x)] += rng_mix(whole, x);
			if (two)
				next[zebra_attribute(c->y)] += rng_mix(whole, y);
			if (three)
				next[zebra_attribute(c->z)] += rng_mix(whole, s);
		}
		if (z->ask >= 0)
			next[z->ask] = rng_mix(next[z->ask], 1);
		memcpy(w->hash, next, sizeof(next));
	}
}

/* Some tens of them. */
static void keys_sort(uint32_t *key, int n)
{
	for (int i = 1; i < n; i++) {
		uint32_t k = key[i];
		int at = i;

		for (; at > 0 && key[at - 1] > k; at--)
			key[at] = key[at - 1];
		key[at] = k;
	}
}

/* The clues under this order of attributes, as sorted numbers; the least such list stands. */
static void offer(struct view *w)
{
	uint32_t key[ZEBRA_CLUES + 1];
	int place[ZEBRA_SIDE], n = w->z->clues;

	for (int k = 0; k < w->z->attributes; k++)
		place[w->order[k]] = k;
	for (int i = 0; i < n; i++) {
		const struct zebra_clue *c = &w->clue[i];
		bool two = c->kind >= ZEBRA_SAME && c->kind != ZEBRA_END, three = c->kind >= ZEBRA_BETWEEN;
		uint32_t x = (uint32_t)(place[zebra_attribute(c->x)] * 8 + c->x % ZEBRA_SIDE);
		uint32_t y = two ? (uint32_t)(place[zebra_attribute(c->y)] * 8 + c->y % ZEBRA_SIDE) : c->y;
		uint32_t s = three ? (uint32_t)(place[zebra_attribute(c->z)] * 8 + c->z % ZEBRA_SIDE) : 0;

		if (three && s < y) {
			uint32_t swap = y;

			y = s;
			s = swap;
		} else if (even_handed(c->kind) && y < x) {
			uint32_t swap = y;

			y = x;
			x = swap;
		}
		key[i] = (uint32_t)c->kind << 18 | x << 12 | y << 6 | s;
	}
	keys_sort(key, n);
	key[n++] = w->z->ask < 0 ? 0 : (uint32_t)place[w->z->ask] + 1;
	for (int i = 0; w->have && i < n; i++) {
		if (key[i] > w->best[i])
			return;
		if (key[i] < w->best[i])
			break;
	}
	memcpy(w->best, key, sizeof(key[0]) * (size_t)n);
	w->have = true;
}

/* All orders of the attributes from place k on that keep the hashes sorted. */
static void arrange(struct view *w, int k)
{
	if (k == w->z->attributes) {
		offer(w);
		return;
	}
	for (int i = k; i < w->z->attributes && w->hash[w->order[i]] == w->hash[w->order[k]]; i++) {
		uint8_t first = w->order[k], other = w->order[i];

		w->order[k] = other;
		w->order[i] = first;
		arrange(w, k + 1);
		w->order[k] = first;
		w->order[i] = other;
	}
}

static void put_hex(struct buf *out, uint32_t v)
{
	char text[8];
	size_t at = sizeof(text);

	do
		text[--at] = "0123456789abcdef"[v & 15];
	while (v >>= 4);
	buf_add(out, (struct str){ text + at, sizeof(text) - at });
}

void zebra_canon(struct buf *out, const struct zebra *z, const uint8_t *house)
{
	struct view w;

	w.z = z;
	w.have = false;
	for (int side = 0; side < 2; side++) {
		look(&w, house, side);
		refine(&w);
		for (int a = 0; a < z->attributes; a++) {
			int at = a;

			for (; at > 0 && w.hash[w.order[at - 1]] > w.hash[a]; at--)
				w.order[at] = w.order[at - 1];
			w.order[at] = (uint8_t)a;
		}
		arrange(&w, 0);
	}
	buf_addf(out, "%dx%d", z->houses, z->attributes);
	for (int i = 0; i < z->clues; i++) {
		buf_addc(out, ' ');
		put_hex(out, w.best[i]);
	}
	if (z->ask >= 0) {
		buf_addz(out, " ?");
		put_hex(out, w.best[z->clues]);
	}
}
