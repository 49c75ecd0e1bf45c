/*
 * numbrix_solve.c - numbrix solved the easiest way first, each step told.
 *
 * The worked solution names rows a, b, c ... and columns 1, 2, 3 ...; "5=b3" puts 5 there. A step is a line:
 *
 *	5=b3 4=b2 a2:17 c2>9=d5			of the cells beside 4, a2 is taken by 17, c2 is too far from 9: 5 is at b3
 *	5=b3 3=b1 4{a1 b2} | 8=b6 7{b5} 6{b4}	from 3 upwards and from 8 downwards 5 can only be at b3;
 *						.. stands for layers that are left out, ~a3 is a cell ruled out before
 *	b3=5 3{4 5} 17{-} 30{32}		after 3 there may be 4 or 5, ... in all only 5 was left for b3 (see below)
 *	3..8 a1b1b2b3 a1a2b2b3 !5c2		all ways from 3 to 8; none has 5 at c2
 *	5=c2? 6=c3 7=d3 x:8 !5c2		suppose 5 is at c2: then 6, 7 are forced and 8 has no cell, so it is not
 *						(x:b4: no number for b4; x: the last number cannot go there)
 *	5=c2? x !5c2				the same by a search that looked at many positions
 *	... +120				120 steps more, not told
 */
#include "generators/numbrix_solve.h"

#include <stddef.h>
#include <stdlib.h>

enum {
	LAYERS = 4,       /* most layers told on each side */
	PATH_LONG = 12,   /* most numbers of a gap whose ways are listed */
	PATH_WORK = 4000, /* most cells looked at for that */
	TRIALS = 4,       /* most cells of a number that is tried */
	SEARCH_NODES = 3000,
	QUICK_NODES = 500, /* what generate() makes mostly needs fewer */
	SLOW_NODES = 10000,
};

/* ---- the desc ---- */

bool numbrix_parse(struct board *b, struct str s)
{
	uint64_t seen[WORDS + 1] = { 0 };
	int i = 0;

	b->n = str_eat_number(&s, SIDE);
	if (b->n < 2)
		return false;
	for (int y = 0; y < b->n; y++)
		for (int x = 0; x < b->n; x++, i++) {
			int v = 0;

			if (!str_eatc(&s, x ? ',' : y ? '/' : ':'))
				return false;
			if (!str_eatc(&s, '.')) {
				v = str_eat_number(&s, b->n * b->n);
				if (v < 1 || seen[v / 64] >> v % 64 & 1)
					return false;
				seen[v / 64] |= UINT64_C(1) << v % 64;
			}
			b->val[i] = (int16_t)v;
		}
	return s.n == 0;
}

void numbrix_desc(struct buf *out, const struct board *b)
{
	char text[4 * CELLS], *to = text;

	buf_addi(out, b->n);
	for (int y = 0, i = 0; y < b->n; y++)
		for (int x = 0; x < b->n; x++, i++) {
			int v = b->val[i];

			*to++ = x ? ',' : y ? '/' : ':';
			for (int unit = v > 99 ? 100 : v > 9 ? 10 : 1; v && unit; unit /= 10)
				*to++ = (char)('0' + v / unit % 10);
			if (!v)
				*to++ = '.';
		}
	buf_add(out, (struct str){ text, (size_t)(to - text) });
}

/* ---- sets of cells ---- */

static bool has(const uint64_t *set, int i)
{
	return set[i / 64] >> i % 64 & 1;
}

static void drop(uint64_t *set, int i)
{
	set[i / 64] &= ~(UINT64_C(1) << i % 64);
}

static uint64_t *cand(struct logic *l, int v)
{
	return l->cand + v * l->words;
}

static int count(const struct logic *l, const uint64_t *set)
{
	int n = 0;

	for (int w = 0; w < l->words; w++)
		n += __builtin_popcountll(set[w]);
	return n;
}

static bool lone(const struct logic *l, const uint64_t *set)
{
	int full = 0;

	for (int w = 0; w < l->words; w++) {
		if (set[w] & (set[w] - 1))
			return false;
		full += set[w] != 0;
	}
	return full == 1;
}

/* The least cell of a set that is at or above `from`; -1 when there is none. */
static int next_in(const struct logic *l, const uint64_t *set, int from)
{
	for (int w = from / 64; w < l->words; w++) {
		uint64_t s = set[w];

		if (w == from / 64)
			s &= ~UINT64_C(0) << from % 64;
		if (s)
			return w * 64 + __builtin_ctzll(s);
	}
	return -1;
}

/* set &= the neighbours of from; false when nothing is left. A constant number of words makes it twice as fast. */
__attribute__((always_inline)) static inline bool meet_words(const struct logic *l, uint64_t *set, const uint64_t *from,
							     int words)
{
	uint64_t any = 0;
	int n = l->n;

	for (int w = 0; w < words; w++) {
		uint64_t lo = w ? from[w - 1] : 0, hi = w + 1 < words ? from[w + 1] : 0, at = from[w];
		uint64_t right = (at & l->not_last[w]) << 1, left = (at & l->not_first[w]) >> 1;

		if (w)
			right |= (lo & l->not_last[w - 1]) >> 63;
		if (w + 1 < words)
			left |= (hi & l->not_first[w + 1]) << 63;
		set[w] &= right | left | at << n | at >> n | lo >> (64 - n) | hi << (64 - n);
		any |= set[w];
	}
	return any != 0;
}

static bool meet(const struct logic *l, uint64_t *set, const uint64_t *from)
{
	return meet_words(l, set, from, l->words);
}

/* ---- the state ---- */

static int apart(const struct logic *l, int a, int b)
{
	return abs(l->y[a] - l->y[b]) + abs(l->x[a] - l->x[b]);
}

static void place(struct logic *l, int v, int i)
{
	uint64_t *set = cand(l, v);

	if (l->at[v] == i)
		return;
	if (l->at[v] >= 0 || l->val[i] || !has(set, i)) {
		l->broken = true;
		return;
	}
	if ((l->at[v - 1] >= 0 && apart(l, l->at[v - 1], i) != 1) || (l->at[v + 1] >= 0 && apart(l, l->at[v + 1], i) != 1))
		l->broken = true;
	memset(set, 0, sizeof(*set) * (size_t)l->words);
	set[i / 64] = UINT64_C(1) << i % 64;
	drop(l->open, i);
	l->at[v] = (int16_t)i;
	l->val[i] = (int16_t)v;
	l->left--;
}

void numbrix_logic(struct logic *l, const struct board *b, int max)
{
	int n = b->n;

	l->n = n;
	l->cells = l->left = n * n;
	l->words = (l->cells + 63) / 64;
	l->max = max;
	l->broken = l->serial = false;
	l->out = NULL;
	l->work = NULL;
	l->used = 0;
	l->rounds = l->steps = l->branch = 0;
	memset(l->all, 0, sizeof(l->all));
	memset(l->not_first, 0, sizeof(l->all));
	memset(l->not_last, 0, sizeof(l->all));
	memset(l->val, 0, sizeof(l->val[0]) * (size_t)l->cells);
	for (int y = 0, i = 0; y < n; y++)
		for (int x = 0; x < n; x++, i++) {
			uint64_t bit = UINT64_C(1) << i % 64;

			l->x[i] = (uint8_t)x;
			l->y[i] = (uint8_t)y;
			l->all[i / 64] |= bit;
			l->not_first[i / 64] |= x ? bit : 0;
			l->not_last[i / 64] |= x < n - 1 ? bit : 0;
		}
	memcpy(l->open, l->all, sizeof(l->open));
	memset(l->at, -1, sizeof(l->at[0]) * (size_t)(l->cells + 2));
	for (int v = 0, k = 0; v <= l->cells + 1; v++)
		for (int w = 0; w < l->words; w++)
			l->cand[k++] = l->all[w];
	for (int i = 0; i < l->cells; i++)
		if (b->val[i])
			place(l, b->val[i], i);
}

/* For a supposition: nothing is told. The sets that a board of this size does not use are left behind. */
static void copy(struct logic *l, const struct logic *from)
{
	memcpy(l, from, offsetof(struct logic, cand) + sizeof(uint64_t) * (size_t)(from->words * (from->cells + 2)));
	l->out = NULL;
}

/*
 * Each number stands beside a place of the one before and beside one of the one behind: up the row of numbers and down
 * again is enough, for what is left after that has partners on both sides.
 */
__attribute__((always_inline)) static inline void sweep_words(struct logic *l, int words)
{
	uint64_t *set = l->cand + words;

	for (int v = 1; v <= l->cells && !l->broken; v++, set += words) {
		if (l->at[v] >= 0)
			continue;
		for (int w = 0; w < words; w++)
			set[w] &= l->open[w];
		l->broken = v > 1 && !meet_words(l, set, set - words, words);
	}
	set = l->cand + (l->cells - 1) * words;
	for (int v = l->cells - 1; v >= 1 && !l->broken; v--, set -= words)
		l->broken = l->at[v] < 0 && !meet_words(l, set, set + words, words);
}

static bool sweep(struct logic *l)
{
	if (l->work)
		*l->work += l->cells;
	switch (l->words) {
	case 1: sweep_words(l, 1); break;
	case 2: sweep_words(l, 2); break;
	case 3: sweep_words(l, 3); break;
	default: sweep_words(l, 4); break;
	}
	return !l->broken;
}

/* Cells that only one number can have; broken where an open cell has none. */
static void only_cells(struct logic *l, uint64_t *ret)
{
	uint64_t once[WORDS] = { 0 }, more[WORDS] = { 0 };

	for (int v = 1; v <= l->cells; v++) {
		const uint64_t *set = cand(l, v);

		if (l->at[v] >= 0)
			continue;
		for (int w = 0; w < l->words; w++) {
			more[w] |= once[w] & set[w];
			once[w] |= set[w];
		}
	}
	for (int w = 0; w < l->words; w++) {
		if (l->open[w] & ~once[w])
			l->broken = true;
		ret[w] = l->open[w] & once[w] & ~more[w];
	}
}

static int owner(struct logic *l, int i)
{
	for (int v = 1; v <= l->cells; v++)
		if (l->at[v] < 0 && has(cand(l, v), i))
			return v;
	return 0;
}

/* Numbers in the order of their placing; the last one may be where it could not go. */
struct trail {
	int16_t v[CELLS + 1], i[CELLS + 1];
	int n;
};

static void lay(struct logic *l, struct trail *trail, int v, int i)
{
	if (trail) {
		trail->v[trail->n] = (int16_t)v;
		trail->i[trail->n++] = (int16_t)i;
	}
	place(l, v, i);
}

/* The nearest placed number beyond v, going by `way`; 0 when there is none. */
static int anchor(const struct logic *l, int v, int way)
{
	for (v += way; v >= 1 && v <= l->cells; v += way)
		if (l->at[v] >= 0)
			return v;
	return 0;
}

static int beside(const struct logic *l, int i, int side)
{
	switch (side) {
	case 0: return i >= l->n ? i - l->n : -1;
	case 1: return l->x[i] ? i - 1 : -1;
	case 2: return l->x[i] < l->n - 1 ? i + 1 : -1;
	default: return i + l->n < l->cells ? i + l->n : -1;
	}
}

/* v is beside v - way, which is placed: the only cell there that is open and near enough to the number placed next, or -1. */
static int step_cell(struct logic *l, int v, int way)
{
	int from = l->at[v - way], far = anchor(l, v, way), where = -1, options = 0;

	for (int side = 0; side < 4; side++) {
		int i = beside(l, from, side);

		if (i < 0 || l->val[i] || (far && apart(l, i, l->at[far]) > abs(far - v)))
			continue;
		where = i;
		options++;
	}
	if (options == 0)
		l->broken = true;
	return options == 1 ? where : -1;
}

/* Numbers whose cell is the only one left. Where `trail` is not NULL they are noted. */
static void lay_lone(struct logic *l, struct trail *trail)
{
	const uint64_t *set = l->cand + l->words;

	for (int v = 1; v <= l->cells && !l->broken; v++, set += l->words)
		if (l->at[v] < 0 && (l->words == 1 ? *set && !(*set & (*set - 1)) : lone(l, set)))
			lay(l, trail, v, next_in(l, set, 0));
}

static void lay_only(struct logic *l, struct trail *trail)
{
	uint64_t only[WORDS];

	only_cells(l, only);
	for (int i = next_in(l, only, 0); i >= 0 && !l->broken; i = next_in(l, only, i + 1)) {
		int v = owner(l, i);

		if (v)
			lay(l, trail, v, i);
		else
			l->broken = true; /* the number went to another cell */
	}
}

/* Go on with all that REACH and ONLY find. False: a contradiction. Placed numbers are noted where trail is not NULL. */
static bool settle(struct logic *l, struct trail *trail)
{
	for (int before = -1; before != l->left && !l->broken;) {
		before = l->left;
		if (!sweep(l))
			break;
		lay_lone(l, trail);
		if (before == l->left && !l->broken)
			lay_only(l, trail);
	}
	return !l->broken;
}

/* What STEP finds in one go over the numbers. */
static void lay_steps(struct logic *l)
{
	for (int v = 1; v <= l->cells && !l->broken; v++)
		for (int way = 1; way >= -1 && l->at[v] < 0; way -= 2) {
			int i = l->at[v - way] >= 0 ? step_cell(l, v, way) : -1;

			if (i >= 0)
				place(l, v, i);
		}
}

static bool paths(struct logic *l);

bool numbrix_finds(struct logic *l, int v)
{
	while (!l->broken && (v ? l->at[v] < 0 : l->left > 0)) {
		int before = l->left;

		if (l->max == STEP) {
			if (l->work)
				*l->work += l->cells;
			lay_steps(l);
		} else if (sweep(l)) {
			lay_lone(l, NULL);
			if (before == l->left && l->max > REACH && !l->broken)
				lay_only(l, NULL);
		}
		if (before == l->left && !l->broken && (l->max < PATHS || !paths(l)))
			return false;
	}
	return !l->broken;
}

/* ---- search ---- */

struct count {
	int limit, found, nodes;
	struct board *first;
};

static int narrowest(struct logic *l, int *size)
{
	int best = 0;

	*size = CELLS + 1;
	for (int v = 1; v <= l->cells; v++) {
		int n;

		if (l->at[v] >= 0)
			continue;
		n = count(l, cand(l, v));
		if (n < *size) {
			*size = n;
			best = v;
		}
	}
	return best;
}

/* False: out of nodes. l is used up. */
static bool count_on(struct count *c, struct logic *l)
{
	struct logic next;
	uint64_t set[WORDS];
	int v, size;

	if (--c->nodes < 0)
		return false;
	if (!settle(l, NULL))
		return true;
	if (!l->left) {
		if (c->found++ == 0 && c->first) {
			c->first->n = l->n;
			memcpy(c->first->val, l->val, sizeof(l->val));
		}
		return true;
	}
	v = narrowest(l, &size);
	memcpy(set, cand(l, v), sizeof(uint64_t) * (size_t)l->words);
	for (int i = next_in(l, set, 0); i >= 0 && c->found < c->limit; i = next_in(l, set, i + 1)) {
		copy(&next, l);
		place(&next, v, i);
		if (!count_on(c, &next))
			return false;
	}
	return true;
}

int numbrix_count(const struct board *b, int limit, int nodes, struct board *first, long *work)
{
	struct count c = { .limit = limit, .nodes = nodes, .first = first };
	struct logic l;

	numbrix_logic(&l, b, SEARCH);
	l.work = work;
	if (l.broken)
		return 0;
	return count_on(&c, &l) ? c.found : -1;
}

int numbrix_other(const struct board *b, int v, int i, int nodes, long *work)
{
	struct count c = { .limit = 1, .nodes = nodes };
	struct logic l;

	numbrix_logic(&l, b, SEARCH);
	l.work = work;
	drop(cand(&l, v), i);
	if (l.broken)
		return 0;
	return count_on(&c, &l) ? c.found : -1;
}

/* ---- words ---- */

static void say_cell(struct buf *b, const struct logic *l, int i)
{
	buf_addf(b, "%c%d", 'a' + i / l->n, i % l->n + 1);
}

static void say_at(struct buf *b, const struct logic *l, int v, int i)
{
	buf_addf(b, "%d=", v);
	say_cell(b, l, i);
}

static void say_set(struct buf *b, const struct logic *l, int v, const uint64_t *set)
{
	buf_addf(b, " %d{", v);
	for (int i = next_in(l, set, 0), first = 1; i >= 0; i = next_in(l, set, i + 1)) {
		if (!first)
			buf_addc(b, ' ');
		say_cell(b, l, i);
		first = 0;
	}
	buf_addc(b, '}');
}

/* ---- what one round finds; told as it is found, done at its end; where l->serial, that is one step ---- */

struct round {
	int16_t v[CELLS], i[CELLS];
	int n;
};

static void found(struct logic *l, struct round *r, int v, int i)
{
	for (int k = 0; k < r->n; k++)
		if (r->v[k] == v && r->i[k] == i)
			return;
	if (r->n < CELLS) {
		r->v[r->n] = (int16_t)v;
		r->i[r->n++] = (int16_t)i;
	} else {
		l->broken = true;
	}
}

static bool known(const struct round *r, int v)
{
	for (int k = 0; k < r->n; k++)
		if (r->v[k] == v)
			return true;
	return false;
}

static void step_from(struct logic *l, struct round *r, int v, int way)
{
	int where = step_cell(l, v, way), from = l->at[v - way], far = anchor(l, v, way);

	if (where < 0)
		return;
	if (l->out) {
		say_at(l->out, l, v, where);
		buf_addc(l->out, ' ');
		say_at(l->out, l, v - way, from);
		for (int side = 0; side < 4; side++) {
			int i = beside(l, from, side);

			if (i < 0 || i == where)
				continue;
			buf_addc(l->out, ' ');
			say_cell(l->out, l, i);
			if (l->val[i]) {
				buf_addf(l->out, ":%d", l->val[i]);
			} else {
				buf_addc(l->out, '>');
				say_at(l->out, l, far, l->at[far]);
			}
		}
		buf_addc(l->out, '\n');
	}
	found(l, r, v, where);
}

static void steps(struct logic *l, struct round *r)
{
	for (int v = 1; v <= l->cells && !l->broken && !(l->serial && r->n); v++) {
		if (l->at[v] >= 0)
			continue;
		if (l->at[v - 1] >= 0)
			step_from(l, r, v, 1);
		if (l->at[v + 1] >= 0 && !known(r, v))
			step_from(l, r, v, -1);
	}
}

/* The layers from the placed number on one side of v up to v; of many only the last ones. */
static void say_layers(struct logic *l, int v, int way)
{
	int from = anchor(l, v, -way), near = v - LAYERS * way;

	if (!from)
		return;
	buf_addc(l->out, ' ');
	say_at(l->out, l, from, l->at[from]);
	if (abs(v - from) > LAYERS + 1)
		buf_addz(l->out, " ..");
	else
		near = from + way;
	for (int u = near; u != v; u += way)
		say_set(l->out, l, u, cand(l, u));
}

/* Open cells beside a placed neighbour of v that were ruled out before. */
static void say_gone(struct logic *l, int v)
{
	for (int way = -1; way <= 1; way += 2)
		for (int side = 0; side < 4 && l->at[v + way] >= 0; side++) {
			int i = beside(l, l->at[v + way], side);

			if (i < 0 || l->val[i] || has(cand(l, v), i))
				continue;
			buf_addz(l->out, " ~");
			say_cell(l->out, l, i);
		}
}

static void reaches(struct logic *l, struct round *r)
{
	if (!sweep(l))
		return;
	for (int v = 1; v <= l->cells && !(l->serial && r->n); v++) {
		if (l->at[v] >= 0 || !lone(l, cand(l, v)))
			continue;
		found(l, r, v, next_in(l, cand(l, v), 0));
		if (!l->out)
			continue;
		say_at(l->out, l, v, next_in(l, cand(l, v), 0));
		say_layers(l, v, 1);
		if (anchor(l, v, -1) && anchor(l, v, 1))
			buf_addz(l->out, " |");
		say_layers(l, v, -1);
		say_gone(l, v);
		buf_addc(l->out, '\n');
	}
}

/* Gap by gap, by the placed number before it: which of its numbers may be at i? */
static void say_only(struct logic *l, int i, int v)
{
	say_cell(l->out, l, i);
	buf_addf(l->out, "=%d", v);
	for (int from = 0; from <= l->cells; from++) {
		int to = from + 1;
		bool any = false;

		if (from && l->at[from] < 0)
			continue;
		while (to <= l->cells && l->at[to] < 0)
			to++;
		if (to == from + 1)
			continue;
		buf_addf(l->out, " %d{", from);
		for (int u = from + 1; u < to; u++) {
			if (!has(cand(l, u), i))
				continue;
			if (any)
				buf_addc(l->out, ' ');
			buf_addi(l->out, u);
			any = true;
		}
		buf_addz(l->out, any ? "}" : "-}");
	}
	buf_addc(l->out, '\n');
}

static void onlies(struct logic *l, struct round *r)
{
	uint64_t only[WORDS];

	only_cells(l, only);
	for (int i = l->broken ? -1 : next_in(l, only, 0); i >= 0 && !(l->serial && r->n); i = next_in(l, only, i + 1)) {
		int v = owner(l, i);

		if (l->out)
			say_only(l, i, v);
		found(l, r, v, i);
	}
}

/* ---- the ways through one gap ---- */

struct ways {
	int from, to;   /* the placed numbers at its ends */
	int work, n;
	int16_t at[PATH_LONG + 1]; /* the way so far */
	uint64_t seen[PATH_LONG + 1][WORDS]; /* for each number, its cells on some way */
	int16_t told[6][PATH_LONG + 1];
};

/* False: too many. */
static bool walk(struct logic *l, struct ways *w, int v)
{
	uint64_t next[WORDS], one[WORDS] = { 0 };
	int k = v - w->from - 1, before = k ? w->at[k - 1] : l->at[w->from];

	if (v == w->to) {
		for (int j = 0; j < k; j++)
			w->seen[j][w->at[j] / 64] |= UINT64_C(1) << w->at[j] % 64;
		if (w->n < 6)
			memcpy(w->told[w->n], w->at, sizeof(w->at));
		w->n++;
		return true;
	}
	memcpy(next, cand(l, v), sizeof(next[0]) * (size_t)l->words);
	one[before / 64] = UINT64_C(1) << before % 64;
	meet(l, next, one);
	for (int j = 0; j < k; j++)
		drop(next, w->at[j]);
	for (int i = next_in(l, next, 0); i >= 0; i = next_in(l, next, i + 1)) {
		if (--w->work < 0)
			return false;
		w->at[k] = (int16_t)i;
		if (!walk(l, w, v + 1))
			return false;
	}
	return true;
}

static void say_ways(struct logic *l, const struct ways *w)
{
	buf_addf(l->out, "%d..%d", w->from, w->to);
	for (int n = 0; n < w->n && w->n <= 6; n++) {
		buf_addc(l->out, ' ');
		for (int k = 0; k < w->to - w->from - 1; k++)
			say_cell(l->out, l, w->told[n][k]);
	}
	if (w->n > 6)
		buf_addf(l->out, " %d ways", w->n);
}

/* True: something was ruled out. */
static bool gap_ways(struct logic *l, int from, int to)
{
	struct ways w = { .from = from, .to = to, .work = PATH_WORK };
	bool told = false;

	if (!walk(l, &w, from + 1))
		return false;
	for (int v = from + 1; v < to; v++) {
		uint64_t *set = cand(l, v), *on = w.seen[v - from - 1];

		for (int i = next_in(l, set, 0); i >= 0; i = next_in(l, set, i + 1)) {
			if (has(on, i))
				continue;
			if (l->out && !told)
				say_ways(l, &w);
			told = true;
			if (l->out) {
				buf_addf(l->out, " !%d", v);
				say_cell(l->out, l, i);
			}
			drop(set, i);
		}
		l->broken = l->broken || !count(l, set);
	}
	if (told) {
		l->steps++;
		if (l->out)
			buf_addc(l->out, '\n');
	}
	return told;
}

static bool paths(struct logic *l)
{
	bool any = false;

	for (int from = 1, to; from < l->cells && !l->broken && !(l->serial && any); from = to) {
		for (to = from + 1; to <= l->cells && l->at[to] < 0;)
			to++;
		if (l->at[from] >= 0 && to <= l->cells && to - from >= 4 && to - from <= PATH_LONG)
			any |= gap_ways(l, from, to);
	}
	return any;
}

/* ---- suppositions ---- */

static void rule_out(struct logic *l, int v, int i)
{
	drop(cand(l, v), i);
	l->broken = !count(l, cand(l, v));
	l->steps++;
	if (l->out) {
		buf_addf(l->out, " !%d", v);
		say_cell(l->out, l, i);
		buf_addc(l->out, '\n');
	}
}

/* What went wrong: a number without a cell or a cell without a number; neither where two clash. */
static void say_clash(struct buf *b, struct logic *t)
{
	uint64_t none[WORDS];

	buf_addz(b, " x");
	for (int v = 1; v <= t->cells; v++)
		if (t->at[v] < 0 && !count(t, cand(t, v))) {
			buf_addf(b, ":%d", v);
			return;
		}
	memcpy(none, t->open, sizeof(none));
	for (int v = 1; v <= t->cells; v++)
		for (int w = 0; w < t->words; w++)
			none[w] &= ~cand(t, v)[w];
	if (count(t, none)) {
		buf_addc(b, ':');
		say_cell(b, t, next_in(t, none, 0));
	}
}

static bool try_cell(struct logic *l, int v, int i)
{
	struct trail trail;
	struct logic t;

	trail.n = 0;
	copy(&t, l);
	place(&t, v, i);
	if (settle(&t, &trail))
		return false;
	l->steps += trail.n;
	if (l->out) {
		say_at(l->out, l, v, i);
		buf_addc(l->out, '?');
		for (int k = 0; k < trail.n; k++) {
			buf_addc(l->out, ' ');
			say_at(l->out, l, trail.v[k], trail.i[k]);
		}
		say_clash(l->out, &t);
	}
	rule_out(l, v, i);
	return true;
}

/* The numbers with fewest cells first; one cell is ruled out. */
static bool trial(struct logic *l)
{
	for (int size = 2; size <= TRIALS; size++)
		for (int v = 1; v <= l->cells; v++) {
			uint64_t set[WORDS];

			if (l->at[v] >= 0 || count(l, cand(l, v)) != size)
				continue;
			memcpy(set, cand(l, v), sizeof(uint64_t) * (size_t)l->words);
			for (int i = next_in(l, set, 0); i >= 0; i = next_in(l, set, i + 1))
				if (try_cell(l, v, i))
					return true;
		}
	return false;
}

/* All cells but the right one of the narrowest number, each by a search. */
static bool search(struct logic *l)
{
	int size, v = narrowest(l, &size);
	bool any = false;
	uint64_t set[WORDS];

	memcpy(set, cand(l, v), sizeof(uint64_t) * (size_t)l->words);
	for (int i = next_in(l, set, 0); i >= 0 && !l->broken; i = next_in(l, set, i + 1)) {
		struct count c = { .limit = 1, .nodes = SEARCH_NODES };
		struct logic t;

		copy(&t, l);
		place(&t, v, i);
		if (!count_on(&c, &t))
			return any;
		l->branch += SEARCH_NODES - c.nodes;
		if (c.found)
			continue;
		if (l->out) {
			say_at(l->out, l, v, i);
			buf_addz(l->out, "? x");
		}
		rule_out(l, v, i);
		any = true;
	}
	return any;
}

/* ---- all together ---- */

static bool one_round(struct logic *l)
{
	struct round r = { .n = 0 };
	bool any = false;
	int t = STEP;

	if (l->work)
		*l->work += l->cells;
	for (; t <= l->max && !any && !l->broken; t++) {
		switch (t) {
		case STEP: steps(l, &r); break;
		case REACH: reaches(l, &r); break;
		case ONLY: onlies(l, &r); break;
		case PATHS: any = paths(l); break;
		case TRIAL: any = trial(l); break;
		default: any = search(l); break;
		}
		any = any || r.n > 0;
	}
	if (!any || l->broken)
		return false;
	l->used |= 1u << (t - 1);
	l->rounds++;
	l->steps += r.n;
	for (int k = 0; k < r.n && !l->broken; k++)
		place(l, r.v[k], r.i[k]);
	return !l->broken;
}

bool numbrix_solve_on(struct logic *l)
{
	while (l->left && !l->broken && one_round(l))
		;
	return !l->left && !l->broken;
}

void numbrix_explain(struct logic *l, struct buf *out, size_t most)
{
	size_t end = out->n + most;
	int told = 0;

	l->serial = true;
	for (bool on = true; on && l->left && !l->broken;) {
		l->out = out->n < end ? out : NULL;
		on = one_round(l);
		told = l->out ? l->steps : told;
	}
	if (l->steps > told)
		buf_addf(out, "... +%d\n", l->steps - told);
}

/* Which of two images of a board a search is quick on is chance; suppositions hardly mind. */
bool numbrix_unique(const struct board *b, struct board *full)
{
	int found = numbrix_count(b, 2, QUICK_NODES, full, NULL);
	struct logic l;

	if (found >= 0)
		return found == 1;
	numbrix_logic(&l, b, TRIAL);
	if (!numbrix_solve_on(&l))
		return !l.broken && numbrix_count(b, 2, SLOW_NODES, full, NULL) == 1;
	full->n = b->n;
	memcpy(full->val, l.val, sizeof(l.val));
	return true;
}
