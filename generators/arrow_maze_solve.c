/*
 * arrow_maze_solve.c - arrow mazes solved the easiest way first, each step told.
 *
 * The worked solution names rows a, b, c ... and columns 1, 2, 3 ...; 4@b1 is the number 4 at b1. A step is a line, and
 * behind + stand the arrows that it makes known:
 *
 *	c3 4@b1 +c2↘ c3↘			no other ray than that from 4@b1 can reach c3
 *	4@b1 ↑1 →2 ↓1 all +a1↑ ...		the longest that its rays can be makes 4 together, so they are
 *	4@b1 →2 ↓2 done				the rays known so far make 4: none goes on
 *	4@b1 ↑1 →0-3 ↓1 →>=2 +b2→ b3→		at most 1 and 1 for the others, so → has 2 at least
 *	4@b1 ↑1-3 ↘3 ↑<=1			... at most 1
 *	c3↘? x 2@e5 !c3↘			suppose c3 is ↘: by such steps 2@e5 cannot be made, so it is not
 *	c3↘? x a2 !c3↘				... no ray can reach a2
 *	c3↘? x !c3↘				a search over many positions found nothing
 *	... +120				120 steps more, not told
 */
#include "generators/arrow_maze_solve.h"

#include <stddef.h>

enum {
	QUICK_NODES = 500, /* what generate() makes mostly needs fewer */
	SLOW_NODES = 20000,
	SEARCH_NODES = 3000,
};

static const int step_y[WAYS] = { -1, -1, 0, 1, 1, 1, 0, -1 }, step_x[WAYS] = { 0, 1, 1, 1, 0, -1, -1, -1 };
static const char *const compass[WAYS] = { "n", "ne", "e", "se", "s", "sw", "w", "nw" };
static const char *const arrows[WAYS] = { "↑", "↗", "→", "↘", "↓", "↙", "←", "↖" };

/* ---- the desc ---- */

/* The longest name that fits: "ne" is no "n"; -1: none. */
static int way_read(struct str *s)
{
	char a = s->n ? s->s[0] : 0, b = s->n > 1 ? s->s[1] : 0;
	int way = a == 'n' ? N : a == 'e' ? E : a == 's' ? S : a == 'w' ? W : -1;

	if (way < 0)
		return -1;
	if ((way == N || way == S) && (b == 'e' || b == 'w'))
		way = way == N ? (b == 'e' ? NE : NW) : b == 'e' ? SE : SW;
	*s = str_from(*s, strlen(compass[way]));
	return way;
}

bool maze_parse(struct maze *m, struct str s)
{
	m->h = str_eat_number(&s, SIDE);
	if (m->h < 2 || !str_eatc(&s, 'x'))
		return false;
	m->w = str_eat_number(&s, SIDE);
	if (m->w < 2)
		return false;
	for (int y = 0; y < m->h; y++)
		for (int x = 0; x < m->w; x++) {
			int v = 0;

			if (!str_eatc(&s, x ? ',' : y ? '/' : ':'))
				return false;
			if (!str_eatc(&s, '.') && (v = -1 - way_read(&s)) == 0 && (v = str_eat_number(&s, NUMBER_MAX)) < 1)
				return false;
			m->cell[y * m->w + x] = (int8_t)v;
		}
	return s.n == 0;
}

void maze_desc(struct buf *out, const struct maze *m)
{
	char text[3 * CELLS], *to = text;

	buf_addf(out, "%dx%d", m->h, m->w);
	for (int y = 0; y < m->h; y++)
		for (int x = 0; x < m->w; x++) {
			int v = m->cell[y * m->w + x];

			*to++ = x ? ',' : y ? '/' : ':';
			if (v > 9)
				*to++ = (char)('0' + v / 10);
			if (v > 0)
				*to++ = (char)('0' + v % 10);
			for (const char *name = v > 0 ? "" : v ? compass[-1 - v] : "."; *name; name++)
				*to++ = *name;
		}
	buf_add(out, (struct str){ text, (size_t)(to - text) });
}

/* ---- geometry ---- */

static int lesser(int a, int b)
{
	return a < b ? a : b;
}

void maze_rays(struct rays *r, const struct maze *m)
{
	r->m = m;
	r->cells = m->h * m->w;
	r->numbers = 0;
	memset(r->ways, 0, (size_t)r->cells);
	for (int way = 0; way < WAYS; way++)
		r->step[way] = step_y[way] * m->w + step_x[way];
	for (int i = 0, y = 0; y < m->h; y++)
		for (int x = 0; x < m->w; x++, i++) {
			int up = y, down = m->h - 1 - y, left = x, right = m->w - 1 - x, v = m->cell[i];
			int room[WAYS] = { up, lesser(up, right), right, lesser(down, right), down, lesser(down, left), left, lesser(up, left) };

			if (v <= 0)
				continue;
			for (int way = 0; way < WAYS; way++) {
				int ray = r->numbers * WAYS + way, most = lesser(room[way], v), n = 0;

				for (int at = i + r->step[way]; n < most && (!m->cell[at] || m->cell[at] == -1 - way); at += r->step[way]) {
					r->from[at][way] = (int16_t)ray;
					r->dist[at][way] = (uint8_t)++n;
					r->ways[at] |= (uint8_t)(1u << way);
				}
				r->reach[ray] = (uint8_t)n;
			}
			r->pos[r->numbers++] = (int16_t)i;
		}
}

/* ---- the state ---- */

static int cell_of(const struct rays *r, int ray, int dist)
{
	return r->pos[ray / WAYS] + dist * r->step[ray % WAYS];
}

static void put(uint64_t *set, int i)
{
	set[i / 64] |= UINT64_C(1) << i % 64;
}

/* The ray is no longer than `most`: the cells behind that are not its own. */
static void cut(struct logic *l, int ray, int most)
{
	if (l->hi[ray] > most)
		put(l->stirred, ray / WAYS);
	for (; l->hi[ray] > most; l->hi[ray]--) {
		int i = cell_of(l->r, ray, l->hi[ray]);

		l->mask[i] &= (uint8_t)~(1u << ray % WAYS);
		if (!l->mask[i])
			l->broken = true;
		else if (!(l->mask[i] & (l->mask[i] - 1)))
			put(l->lone, i);
	}
	if (l->lo[ray] > l->hi[ray])
		l->broken = true;
}

/* The ray is no shorter than `least`: no other one comes through its cells. */
static void grow(struct logic *l, int ray, int least)
{
	if (least > l->hi[ray]) {
		l->broken = true;
		return;
	}
	if (l->lo[ray] < least)
		put(l->stirred, ray / WAYS);
	while (l->lo[ray] < least) {
		int i = cell_of(l->r, ray, ++l->lo[ray]);

		l->left--;
		for (unsigned others = l->mask[i] & ~(1u << ray % WAYS); others; others &= others - 1) {
			int way = __builtin_ctz(others);

			cut(l, l->r->from[i][way], l->r->dist[i][way] - 1);
		}
	}
}

void maze_logic(struct logic *l, const struct rays *r, int max)
{
	l->r = r;
	l->max = max;
	l->left = 0;
	l->broken = l->serial = false;
	l->out = NULL;
	l->work = NULL;
	l->used = 0;
	l->rounds = l->steps = l->branch = 0;
	memset(l->lone, 0, sizeof(l->lone));
	memset(l->stirred, 0, sizeof(l->stirred));
	memset(l->lo, 0, (size_t)(r->numbers * WAYS));
	memcpy(l->hi, r->reach, (size_t)(r->numbers * WAYS));
	memcpy(l->mask, r->ways, (size_t)r->cells);
	for (int i = 0; i < r->cells; i++) {
		if (r->m->cell[i] > 0)
			continue;
		l->left++;
		l->broken = l->broken || !l->mask[i];
		if (!(l->mask[i] & (l->mask[i] - 1)))
			put(l->lone, i);
	}
	for (int w = 0, n = r->numbers; n > 0; w++, n -= 64)
		l->stirred[w] = n < 64 ? (UINT64_C(1) << n) - 1 : ~UINT64_C(0);
}

void maze_give(struct logic *l, int i, int way)
{
	for (unsigned others = l->mask[i] & ~(1u << way); others; others &= others - 1)
		cut(l, l->r->from[i][__builtin_ctz(others)], l->r->dist[i][__builtin_ctz(others)] - 1);
}

/* For a supposition: nothing is told. */
static void copy(struct logic *l, const struct logic *from)
{
	size_t rays = (size_t)(from->r->numbers * WAYS);

	memcpy(l, from, offsetof(struct logic, mask) + (size_t)from->r->cells);
	memcpy(l->lo, from->lo, rays);
	memcpy(l->hi, from->hi, rays);
	l->out = NULL;
}

/* Of a number's rays, eight bytes in a word. Their order in it is nobody's concern. */
static uint64_t bytes_of(const uint8_t *rays)
{
	uint64_t w;

	memcpy(&w, rays, sizeof(w));
	return w;
}

static const uint64_t each = 0x0101010101010101;

/* All of a number's rays together: at most 8 x 15. */
static void sums(const struct logic *l, int k, int *lo, int *hi)
{
	*lo = (int)(bytes_of(l->lo + k * WAYS) * each >> 56);
	*hi = (int)(bytes_of(l->hi + k * WAYS) * each >> 56);
}

static int value(const struct logic *l, int k)
{
	return l->r->m->cell[l->r->pos[k]];
}

/* One of a set, which it leaves; -1: it is empty. */
static int take(uint64_t set[CELLS / 64], int words)
{
	for (int w = 0; w < words; w++)
		if (set[w]) {
			int i = w * 64 + __builtin_ctzll(set[w]);

			set[w] &= set[w] - 1;
			return i;
		}
	return -1;
}

/* Is the length of some ray of a number open by more than `slack`, which is from 0 to 0x7f? */
static bool opens_more(const struct logic *l, int k, int slack)
{
	return (bytes_of(l->hi + k * WAYS) - bytes_of(l->lo + k * WAYS) + (0x7f - (unsigned)slack) * each) & 0x80 * each;
}

/* What a number tells of its rays. */
static void number_use(struct logic *l, int k, int technique)
{
	int lo, hi, v = value(l, k), more, fewer, slack;

	sums(l, k, &lo, &hi);
	more = v - lo;
	fewer = hi - v;
	slack = lesser(more, fewer);
	if (slack < 0)
		l->broken = true;
	if (slack < 0 || technique == ONE_RAY || (technique == ALL_OR_DONE && slack > 0))
		return;
	if (!opens_more(l, k, slack))
		return;
	for (int ray = k * WAYS; ray < (k + 1) * WAYS && !l->broken; ray++) {
		int a = l->lo[ray], b = l->hi[ray];

		if ((technique == BOUNDS || !more) && b > a + more)
			cut(l, ray, a + more);
		if ((technique == BOUNDS || !fewer) && a < b - fewer && !l->broken)
			grow(l, ray, b - fewer);
	}
}

/* All that ONE_RAY, ALL_OR_DONE and BOUNDS find, on and on. False: a contradiction, at a number or at a cell. */
static bool settle(struct logic *l, int technique, int *number)
{
	int words = (l->r->cells + 63) / 64, i;

	*number = -1;
	if (l->work)
		*l->work += l->r->cells;
	while (!l->broken) {
		if ((i = take(l->lone, words)) >= 0) {
			int ray = l->r->from[i][__builtin_ctz(l->mask[i])], dist = l->r->dist[i][__builtin_ctz(l->mask[i])];

			*number = ray / WAYS;
			if (l->lo[ray] < dist)
				grow(l, ray, dist);
		} else if ((i = take(l->stirred, words)) >= 0) {
			*number = i;
			number_use(l, i, technique);
		} else {
			break;
		}
	}
	return !l->broken;
}

bool maze_settle(struct logic *l, int technique)
{
	int number;

	return settle(l, technique, &number) && !l->left;
}

/* ---- search ---- */

struct count {
	int limit, found, nodes;
	struct maze *first;
};

/* The cell with the fewest ways, at least two; -1: none. */
static int narrowest(const struct logic *l)
{
	int best = -1, size = WAYS + 1;

	for (int i = 0; i < l->r->cells && size > 2; i++) {
		int n = __builtin_popcount(l->mask[i]);

		if (n > 1 && n < size) {
			size = n;
			best = i;
		}
	}
	return best;
}

static void keep(struct maze *full, const struct logic *l)
{
	*full = *l->r->m;
	for (int i = 0; i < l->r->cells; i++)
		if (l->mask[i])
			full->cell[i] = (int8_t)(-1 - __builtin_ctz(l->mask[i]));
}

/* False: out of nodes. l is used up. */
static bool count_on(struct count *c, struct logic *l)
{
	struct logic next;
	int at, i;

	if (--c->nodes < 0)
		return false;
	if (!settle(l, BOUNDS, &at))
		return true;
	if (!l->left) {
		if (c->found++ == 0 && c->first)
			keep(c->first, l);
		return true;
	}
	i = narrowest(l);
	for (unsigned ways = l->mask[i]; ways && c->found < c->limit; ways &= ways - 1) {
		int way = __builtin_ctz(ways);

		copy(&next, l);
		grow(&next, l->r->from[i][way], l->r->dist[i][way]);
		if (!count_on(c, &next))
			return false;
	}
	return true;
}

int maze_count(const struct rays *r, int limit, int nodes, struct maze *first, long *work)
{
	struct count c = { .limit = limit, .nodes = nodes, .first = first };
	struct logic l;

	maze_logic(&l, r, SEARCH);
	l.work = work;
	if (l.broken)
		return 0;
	return count_on(&c, &l) ? c.found : -1;
}

/* ---- words ---- */

static void say_cell(struct buf *b, const struct logic *l, int i)
{
	buf_addf(b, "%c%d", 'a' + i / l->r->m->w, i % l->r->m->w + 1);
}

static void say_number(struct buf *b, const struct logic *l, int k)
{
	buf_addf(b, "%d@", value(l, k));
	say_cell(b, l, l->r->pos[k]);
}

/* Each ray that may be: its length, from-to where that is open. */
static void say_rays(struct buf *b, const struct logic *l, int k, bool least, bool most)
{
	for (int way = 0; way < WAYS; way++) {
		int lo = l->lo[k * WAYS + way], hi = l->hi[k * WAYS + way];

		if ((most && !hi) || (least && !most && !lo))
			continue;
		buf_addf(b, " %s", arrows[way]);
		if (least && most && lo < hi)
			buf_addf(b, "%d-%d", lo, hi);
		else
			buf_addi(b, most ? hi : lo);
	}
}

/* The arrows that a growing ray makes known. */
static void say_grown(struct buf *b, const struct logic *l, int ray, int least, bool *any)
{
	for (int d = l->lo[ray] + 1; d <= least; d++) {
		buf_addz(b, *any ? " " : " +");
		*any = true;
		say_cell(b, l, cell_of(l->r, ray, d));
		buf_addz(b, arrows[ray % WAYS]);
	}
}

/* ---- what one round finds; told as it is found, done at its end; where l->serial, that is one step ---- */

struct round {
	int n;
	int16_t ray[CELLS * WAYS];
	uint8_t lo[CELLS * WAYS], hi[CELLS * WAYS];
};

static void found(struct round *r, int ray, int lo, int hi)
{
	if (r->n == CELLS * WAYS)
		return;
	r->ray[r->n] = (int16_t)ray;
	r->lo[r->n] = (uint8_t)lo;
	r->hi[r->n++] = (uint8_t)hi;
}

/* Rays that alone can reach some cell which they do not yet, in their order, each with the farthest such cell. */
static int lone_rays(struct logic *l, int16_t *ray, uint8_t *dist)
{
	int n = 0;

	for (int w = 0; w * 64 < l->r->cells; w++)
		for (uint64_t rest = l->lone[w]; rest; rest &= rest - 1) {
			int i = w * 64 + __builtin_ctzll(rest), way = __builtin_ctz(l->mask[i]), k = n;
			int its = l->r->from[i][way], d = l->r->dist[i][way];

			if (l->lo[its] >= d) {
				l->lone[w] ^= rest & -rest;
				continue;
			}
			while (k > 0 && ray[k - 1] > its)
				k--;
			if (k > 0 && ray[k - 1] == its) {
				dist[k - 1] = (uint8_t)(d > dist[k - 1] ? d : dist[k - 1]);
				continue;
			}
			memmove(ray + k + 1, ray + k, sizeof(*ray) * (size_t)(n - k));
			memmove(dist + k + 1, dist + k, (size_t)(n - k));
			ray[k] = (int16_t)its;
			dist[k] = (uint8_t)d;
			n++;
		}
	return n;
}

/* The nearer cells follow from the farthest. */
static void one_rays(struct logic *l, struct round *r)
{
	int16_t ray[CELLS];
	uint8_t dist[CELLS];
	int n = lone_rays(l, ray, dist);

	for (int k = 0; k < n && !(l->serial && r->n); k++) {
		bool any = false;

		found(r, ray[k], dist[k], l->hi[ray[k]]);
		l->steps++;
		if (!l->out)
			continue;
		say_cell(l->out, l, cell_of(l->r, ray[k], dist[k]));
		buf_addc(l->out, ' ');
		say_number(l->out, l, ray[k] / WAYS);
		say_grown(l->out, l, ray[k], dist[k], &any);
		buf_addc(l->out, '\n');
	}
}

static void all_or_done(struct logic *l, struct round *r)
{
	for (int k = 0; k < l->r->numbers && !(l->serial && r->n); k++) {
		int lo, hi, v = value(l, k);
		bool any = false;

		sums(l, k, &lo, &hi);
		l->broken = l->broken || lo > v || hi < v;
		if (lo == hi || (lo != v && hi != v))
			continue;
		l->steps++;
		for (int way = 0; way < WAYS; way++) {
			int ray = k * WAYS + way, a = l->lo[ray], b = l->hi[ray];

			if (a < b)
				found(r, ray, hi == v ? b : a, hi == v ? b : a);
		}
		if (!l->out)
			continue;
		say_number(l->out, l, k);
		say_rays(l->out, l, k, hi != v, hi == v);
		buf_addz(l->out, hi == v ? " all" : " done");
		for (int way = 0; way < WAYS && hi == v; way++)
			say_grown(l->out, l, k * WAYS + way, l->hi[k * WAYS + way], &any);
		buf_addc(l->out, '\n');
	}
}

static void bounds(struct logic *l, struct round *r)
{
	for (int k = 0; k < l->r->numbers; k++) {
		int lo, hi, v = value(l, k);

		sums(l, k, &lo, &hi);
		if (lo <= v && v <= hi && !opens_more(l, k, lesser(v - lo, hi - v)))
			continue;
		for (int way = 0; way < WAYS && !(l->serial && r->n); way++) {
			int ray = k * WAYS + way, a = l->lo[ray], b = l->hi[ray], most = a + v - lo, fewest = b - (hi - v);
			bool any = false;

			if (a >= fewest && b <= most)
				continue;
			l->steps++;
			found(r, ray, a < fewest ? fewest : a, b > most ? most : b);
			if (!l->out)
				continue;
			say_number(l->out, l, k);
			say_rays(l->out, l, k, true, true);
			if (a < fewest)
				buf_addf(l->out, " %s>=%d", arrows[way], fewest);
			if (b > most)
				buf_addf(l->out, " %s<=%d", arrows[way], most);
			say_grown(l->out, l, ray, fewest, &any);
			buf_addc(l->out, '\n');
		}
	}
}

/* ---- suppositions ---- */

static void rule_out(struct logic *l, int i, int way)
{
	l->steps++;
	if (l->out) {
		buf_addz(l->out, " !");
		say_cell(l->out, l, i);
		buf_addf(l->out, "%s\n", arrows[way]);
	}
	cut(l, l->r->from[i][way], l->r->dist[i][way] - 1);
}

static void say_clash(struct buf *b, const struct logic *t, int number)
{
	buf_addz(b, " x ");
	for (int i = 0; i < t->r->cells; i++)
		if (t->r->m->cell[i] <= 0 && !t->mask[i]) {
			say_cell(b, t, i);
			return;
		}
	if (number >= 0)
		say_number(b, t, number);
}

static bool try_way(struct logic *l, int i, int way)
{
	struct logic t;
	int number = -1;

	copy(&t, l);
	grow(&t, l->r->from[i][way], l->r->dist[i][way]);
	if (!t.broken && settle(&t, BOUNDS, &number))
		return false;
	if (l->out) {
		say_cell(l->out, l, i);
		buf_addf(l->out, "%s?", arrows[way]);
		say_clash(l->out, &t, number);
	}
	rule_out(l, i, way);
	return true;
}

/* The cells with fewest ways first; one way is ruled out. */
static bool trial(struct logic *l)
{
	for (int size = 2; size <= WAYS; size++)
		for (int i = 0; i < l->r->cells; i++) {
			if (__builtin_popcount(l->mask[i]) != size)
				continue;
			for (unsigned ways = l->mask[i]; ways; ways &= ways - 1)
				if (try_way(l, i, __builtin_ctz(ways)))
					return true;
		}
	return false;
}

/* All ways of the narrowest cell but the right one, each by a search. */
static bool search(struct logic *l)
{
	int i = narrowest(l);
	bool any = false;

	for (unsigned ways = i < 0 ? 0 : l->mask[i]; ways && !l->broken; ways &= ways - 1) {
		struct count c = { .limit = 1, .nodes = SEARCH_NODES };
		int way = __builtin_ctz(ways);
		struct logic t;

		copy(&t, l);
		grow(&t, l->r->from[i][way], l->r->dist[i][way]);
		if (!t.broken && !count_on(&c, &t))
			return any;
		l->branch += SEARCH_NODES - c.nodes;
		if (c.found)
			continue;
		if (l->out) {
			say_cell(l->out, l, i);
			buf_addf(l->out, "%s? x", arrows[way]);
		}
		rule_out(l, i, way);
		any = true;
	}
	return any;
}

/* ---- all together ---- */

static bool one_round(struct logic *l)
{
	struct round r;
	bool any = false;
	int t = ONE_RAY;

	r.n = 0;
	if (l->work)
		*l->work += l->r->cells;
	for (; t <= l->max && !any && !l->broken; t++) {
		switch (t) {
		case ONE_RAY: one_rays(l, &r); break;
		case ALL_OR_DONE: all_or_done(l, &r); break;
		case BOUNDS: bounds(l, &r); break;
		case TRIAL: any = trial(l); break;
		default: any = search(l); break;
		}
		any = any || r.n > 0;
	}
	if (!any || l->broken)
		return false;
	l->used |= 1u << (t - 1);
	l->rounds++;
	for (int k = 0; k < r.n && !l->broken; k++) {
		cut(l, r.ray[k], r.hi[k]);
		if (!l->broken)
			grow(l, r.ray[k], r.lo[k]);
	}
	return !l->broken;
}

/* Sums are looked at to the end, for the last arrow may belie one. */
static bool sums_hold(const struct logic *l)
{
	for (int k = 0; k < l->r->numbers; k++) {
		int lo, hi;

		sums(l, k, &lo, &hi);
		if (lo != value(l, k))
			return false;
	}
	return true;
}

bool maze_solve_on(struct logic *l)
{
	while (l->left && !l->broken && one_round(l))
		;
	return !l->left && !l->broken && sums_hold(l);
}

void maze_explain(struct logic *l, struct buf *out, size_t most)
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
bool maze_unique(const struct rays *r, struct maze *full)
{
	int found = maze_count(r, 2, QUICK_NODES, full, NULL);
	struct logic l;

	if (found >= 0)
		return found == 1;
	maze_logic(&l, r, TRIAL);
	if (!maze_solve_on(&l))
		return !l.broken && maze_count(r, 2, SLOW_NODES, full, NULL) == 1;
	keep(full, &l);
	return true;
}
