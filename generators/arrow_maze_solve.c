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

static bool number_read(struct str *s, int hi, int *ret)
{
	size_t i = 0;
	int v = 0;

	for (; i < s->n && s->s[i] >= '0' && s->s[i] <= '9' && v <= hi; i++)
		v = v * 10 + (s->s[i] - '0');
	if (!i || s->s[0] == '0' || v > hi)
		return false;
	*s = str_from(*s, i);
	*ret = v;
	return true;
}

/* The longest name that fits: "ne" is no "n". */
static bool way_read(struct str *s, int *ret)
{
	size_t best = 0;

	for (int way = 0; way < WAYS; way++)
		if (str_starts(*s, str_of(compass[way])) && strlen(compass[way]) > best) {
			best = strlen(compass[way]);
			*ret = -1 - way;
		}
	*s = str_from(*s, best);
	return best > 0;
}

bool maze_parse(struct maze *m, struct str s)
{
	if (!number_read(&s, SIDE, &m->h) || m->h < 2 || !str_starts(s, STR("x")))
		return false;
	s = str_from(s, 1);
	if (!number_read(&s, SIDE, &m->w) || m->w < 2)
		return false;
	for (int i = 0; i < m->h * m->w; i++) {
		int v = 0;

		if (!str_starts(s, i == 0 ? STR(":") : i % m->w ? STR(",") : STR("/")))
			return false;
		s = str_from(s, 1);
		if (str_starts(s, STR(".")))
			s = str_from(s, 1);
		else if (!number_read(&s, NUMBER_MAX, &v) && !way_read(&s, &v))
			return false;
		m->cell[i] = (int8_t)v;
	}
	return s.n == 0;
}

void maze_desc(struct buf *out, const struct maze *m)
{
	buf_addf(out, "%dx%d", m->h, m->w);
	for (int i = 0; i < m->h * m->w; i++) {
		buf_addc(out, i == 0 ? ':' : i % m->w ? ',' : '/');
		if (m->cell[i] > 0)
			buf_addi(out, m->cell[i]);
		else
			buf_addz(out, m->cell[i] ? compass[-1 - m->cell[i]] : ".");
	}
}

/* ---- geometry ---- */

void maze_rays(struct rays *r, const struct maze *m)
{
	r->m = m;
	r->cells = m->h * m->w;
	r->numbers = 0;
	memset(r->from, -1, sizeof(r->from[0]) * (size_t)r->cells);
	for (int way = 0; way < WAYS; way++)
		r->step[way] = step_y[way] * m->w + step_x[way];
	for (int i = 0; i < r->cells; i++) {
		if (m->cell[i] <= 0)
			continue;
		for (int way = 0; way < WAYS; way++) {
			int y = i / m->w + step_y[way], x = i % m->w + step_x[way], n = 0, ray = r->numbers * WAYS + way;

			for (; y >= 0 && y < m->h && x >= 0 && x < m->w; y += step_y[way], x += step_x[way]) {
				int c = m->cell[y * m->w + x];

				if (c > 0 || n == m->cell[i] || (c < 0 && c != -1 - way))
					break;
				n++;
				r->from[y * m->w + x][way] = (int16_t)ray;
				r->dist[y * m->w + x][way] = (uint8_t)n;
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

bool maze_known(const struct logic *l, int i)
{
	int way;

	if (!l->mask[i] || (l->mask[i] & (l->mask[i] - 1)))
		return false;
	way = __builtin_ctz(l->mask[i]);
	return l->lo[l->r->from[i][way]] >= l->r->dist[i][way];
}

/* The ray is no longer than `most`: the cells behind that are not its own. */
static void cut(struct logic *l, int ray, int most)
{
	for (; l->hi[ray] > most; l->hi[ray]--) {
		int i = cell_of(l->r, ray, l->hi[ray]);

		l->mask[i] &= (uint8_t)~(1u << ray % WAYS);
		if (!l->mask[i])
			l->broken = true;
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
	memset(l->lo, 0, (size_t)(r->numbers * WAYS));
	memcpy(l->hi, r->reach, (size_t)(r->numbers * WAYS));
	for (int i = 0; i < r->cells; i++) {
		l->mask[i] = 0;
		if (r->m->cell[i] > 0)
			continue;
		l->left++;
		for (int way = 0; way < WAYS; way++)
			if (r->from[i][way] >= 0)
				l->mask[i] |= (uint8_t)(1u << way);
		l->broken = l->broken || !l->mask[i];
	}
	for (int i = 0; i < r->cells; i++)
		if (r->m->cell[i] < 0 && !l->broken)
			for (int way = 0; way < WAYS; way++)
				if (way != -1 - r->m->cell[i] && l->mask[i] >> way & 1)
					cut(l, r->from[i][way], r->dist[i][way] - 1);
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

static void sums(const struct logic *l, int k, int *lo, int *hi)
{
	*lo = *hi = 0;
	for (int way = 0; way < WAYS; way++) {
		*lo += l->lo[k * WAYS + way];
		*hi += l->hi[k * WAYS + way];
	}
}

static int value(const struct logic *l, int k)
{
	return l->r->m->cell[l->r->pos[k]];
}

/* All that ONE_RAY, ALL_OR_DONE and BOUNDS find, on and on. False: a contradiction, at a number or at a cell. */
static bool settle(struct logic *l, int *number)
{
	for (bool again = true; again && !l->broken;) {
		int left = l->left;

		again = false;
		*number = -1;
		if (l->work)
			*l->work += l->r->cells;
		for (int i = 0; i < l->r->cells && !l->broken; i++) {
			unsigned mask = l->mask[i];
			int way;

			if (!mask || (mask & (mask - 1)))
				continue;
			way = __builtin_ctz(mask);
			if (l->lo[l->r->from[i][way]] < l->r->dist[i][way])
				grow(l, l->r->from[i][way], l->r->dist[i][way]);
		}
		again = left != l->left;
		for (int k = 0; k < l->r->numbers && !l->broken; k++) {
			int lo, hi, v = value(l, k);

			sums(l, k, &lo, &hi);
			*number = k;
			l->broken = lo > v || hi < v;
			for (int way = 0; way < WAYS && !l->broken; way++) {
				int ray = k * WAYS + way, a = l->lo[ray], b = l->hi[ray], most = a + v - lo, least = b - (hi - v);

				if (b > most) {
					cut(l, ray, most);
					again = true;
				}
				if (a < least && !l->broken) {
					grow(l, ray, least);
					again = true;
				}
			}
		}
	}
	return !l->broken;
}

bool maze_settle(struct logic *l)
{
	int number;

	return settle(l, &number) && !l->left;
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
	if (!settle(l, &at))
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

/* Of each ray the farthest cell only: the nearer ones follow from it. */
static void one_rays(struct logic *l, struct round *r)
{
	const struct rays *g = l->r;

	for (int ray = 0; ray < g->numbers * WAYS && !(l->serial && r->n); ray++) {
		int d = l->hi[ray];
		bool any = false;

		while (d > l->lo[ray] && l->mask[cell_of(g, ray, d)] != 1u << ray % WAYS)
			d--;
		if (d <= l->lo[ray])
			continue;
		found(r, ray, d, l->hi[ray]);
		l->steps++;
		if (!l->out)
			continue;
		say_cell(l->out, l, cell_of(g, ray, d));
		buf_addc(l->out, ' ');
		say_number(l->out, l, ray / WAYS);
		say_grown(l->out, l, ray, d, &any);
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
		for (int way = 0; way < WAYS && !(l->serial && r->n); way++) {
			int ray = k * WAYS + way, a = l->lo[ray], b = l->hi[ray], most = a + v - lo, least = b - (hi - v);
			bool any = false;

			if (a >= least && b <= most)
				continue;
			l->steps++;
			found(r, ray, a < least ? least : a, b > most ? most : b);
			if (!l->out)
				continue;
			say_number(l->out, l, k);
			say_rays(l->out, l, k, true, true);
			if (a < least)
				buf_addf(l->out, " %s>=%d", arrows[way], least);
			if (b > most)
				buf_addf(l->out, " %s<=%d", arrows[way], most);
			say_grown(l->out, l, ray, least, &any);
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
	if (!t.broken && settle(&t, &number))
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

int maze_hardest(const struct logic *l)
{
	return l->used ? 31 - __builtin_clz(l->used) : ONE_RAY;
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
