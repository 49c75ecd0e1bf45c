/*
 * marks_sets.c - boards of marks as sets of cells; see marks_sets.h.
 *
 * Counting looks at the whole board at once, again and again until nothing changes; what is over-full or cannot be filled breaks
 * it. The order of such steps does not matter for where they end, so that it ends where marks.c ends, which goes step by step.
 */
#include "generators/marks_sets.h"

enum { W = MARKS_WORDS };

/* The number of words is a constant where it is small: loops vanish. */
#define HOT static inline __attribute__((always_inline))

/* Bits that are set: without an instruction for it, which not every machine has, __builtin_popcountll() is a call. */
static inline int ones(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (int)(x * 0x0101010101010101 >> 56);
}

/* ---- the puzzle ---- */

static void lines(struct marks_sets *p)
{
	memset(&p->all, 0, sizeof(p->all));
	memset(&p->first, 0, sizeof(p->first));
	memset(&p->last, 0, sizeof(p->last));
	for (int y = 0, cells = p->rows * p->cols; y < cells; y += p->cols) {
		set_put(&p->first, y);
		set_put(&p->last, y + p->cols - 1);
	}
	for (int i = 0, cells = p->rows * p->cols; i < p->words; i++)
		p->all.w[i] = 64 * (i + 1) <= cells ? ~(uint64_t)0 : ((uint64_t)1 << (cells - 64 * i)) - 1;
}

static void set_of(struct set *to, const bool *is, int cells)
{
	memset(to, 0, sizeof(*to));
	for (int i = 0; i < cells; i++)
		to->w[i / 64] |= (uint64_t)is[i] << (i % 64);
}

void marks_sets(struct marks_sets *p, const struct marks_shape *s)
{
	p->rows = s->rows;
	p->cols = s->cols;
	p->words = (s->cells + 63) / 64;
	p->kind = s->kind;
	p->units = s->units;
	lines(p);
	for (int u = 0; u < s->units; u++) {
		memset(&p->unit[u], 0, sizeof(p->unit[u]));
		p->need[u] = s->need[u];
		for (int k = s->at[u]; k < s->at[u + 1]; k++)
			set_put(&p->unit[u], s->pool[k]);
	}
	set_of(&p->tree, s->tree, s->cells);
	set_of(&p->shut, s->shut, s->cells);
	set_of(&p->given, s->given, s->cells);
}

/* Cell i is in side[k] where its neighbour k, left, right, above or below, is in a: word i of them. */
HOT void sides(uint64_t side[4], const struct marks_sets *p, const uint64_t *a, int i, int w)
{
	int k = p->cols;
	uint64_t lower = i > 0 ? a[i - 1] : 0, higher = i + 1 < w ? a[i + 1] : 0;

	side[0] = (a[i] << 1 | lower >> 63) & ~p->first.w[i];
	side[1] = (a[i] >> 1 | higher << 63) & ~p->last.w[i];
	side[2] = a[i] << k | lower >> (64 - k);
	side[3] = a[i] >> k | higher << (64 - k);
}

/* Cells with one neighbour in a at least, and those with two at least. */
HOT void beside(uint64_t *one, uint64_t *two, const struct marks_sets *p, const uint64_t *a, int w)
{
	for (int i = 0; i < w; i++) {
		uint64_t s[4];

		sides(s, p, a, i, w);
		one[i] = (s[0] | s[1] | s[2] | s[3]) & p->all.w[i];
		two[i] = ((s[0] & s[1]) | (s[2] & s[3]) | ((s[0] | s[1]) & (s[2] | s[3]))) & p->all.w[i];
	}
}

/* Cells with a neighbour in a, at a corner or not. */
HOT void around(uint64_t *near, const struct marks_sets *p, const uint64_t *a, int w)
{
	uint64_t row[W], s[4], t[4];

	for (int i = 0; i < w; i++) {
		sides(s, p, a, i, w);
		row[i] = (a[i] | s[0] | s[1]) & p->all.w[i];
		near[i] = s[0] | s[1];
	}
	for (int i = 0; i < w; i++) {
		sides(t, p, row, i, w);
		near[i] = (near[i] | t[2] | t[3]) & p->all.w[i];
	}
}

void marks_sets_close(struct marks_sets *p)
{
	uint64_t one[W], two[W];

	beside(one, two, p, p->tree.w, p->words);
	for (int i = 0; i < p->words; i++)
		p->shut.w[i] = p->tree.w[i] | (p->all.w[i] & ~one[i]);
}

/* ---- counting ---- */

static uint64_t all_units(int units)
{
	return ((uint64_t)1 << units) - 1;
}

static void start(struct marks_state *st, const struct marks_sets *p)
{
	st->live = all_units(p->units);
	for (int i = 0; i < p->words; i++) {
		st->mark.w[i] = p->given.w[i];
		st->open.w[i] = p->all.w[i] & ~p->given.w[i] & ~p->shut.w[i];
	}
}

static void copy(struct marks_state *to, const struct marks_state *from, int words)
{
	to->live = from->live;
	for (int i = 0; i < words; i++) {
		to->mark.w[i] = from->mark.w[i];
		to->open.w[i] = from->open.w[i];
	}
}

/* No marks touch. */
HOT bool apart(const struct marks_sets *p, const uint64_t *mark, uint64_t *open, int w)
{
	uint64_t near[W], bad = 0;

	around(near, p, mark, w);
	for (int i = 0; i < w; i++) {
		bad |= mark[i] & near[i];
		open[i] &= ~near[i];
	}
	return !bad;
}

/* Each mark has exactly one neighbour; where none fits, no mark is. */
HOT bool domino(const struct marks_sets *p, uint64_t *mark, uint64_t *open, int w)
{
	uint64_t one[W], two[W], may[W], mays[W], place[W], places[W], bad = 0;

	beside(one, two, p, mark, w);
	for (int i = 0; i < w; i++) {
		bad |= mark[i] & two[i];
		open[i] &= ~two[i];
		place[i] = mark[i] & one[i]; /* whose neighbour is found: no other */
	}
	beside(may, mays, p, place, w);
	for (int i = 0; i < w; i++) {
		open[i] &= ~may[i];
		place[i] = mark[i] | open[i];
	}
	beside(may, mays, p, place, w);
	for (int i = 0; i < w; i++) {
		bad |= mark[i] & ~may[i];
		open[i] &= may[i];
	}
	beside(place, places, p, open, w);
	for (int i = 0; i < w; i++)
		place[i] = mark[i] & ~one[i] & place[i] & ~places[i]; /* one place for the neighbour */
	beside(may, mays, p, place, w);
	for (int i = 0; i < w; i++) {
		may[i] &= open[i];
		mark[i] |= may[i];
		open[i] &= ~may[i];
	}
	return !bad;
}

/* A tree has a tent beside it. */
HOT bool trees(const struct marks_sets *p, uint64_t *mark, uint64_t *open, int w)
{
	uint64_t tent[W], tents[W], place[W], places[W], bad = 0;

	beside(tent, tents, p, mark, w);
	beside(place, places, p, open, w);
	for (int i = 0; i < w; i++) {
		uint64_t without = p->tree.w[i] & ~tent[i];

		bad |= without & ~place[i];
		place[i] = without & ~places[i];
	}
	beside(tent, tents, p, place, w);
	for (int i = 0; i < w; i++) {
		tent[i] &= open[i];
		mark[i] |= tent[i];
		open[i] &= ~tent[i];
	}
	return !bad;
}

/* How many of a unit's cells are among these. */
HOT int among(const uint64_t *a, const struct set *unit, int w)
{
	int n = 0;

	for (int i = 0; i < w; i++)
		n += ones(a[i] & unit->w[i]);
	return n;
}

/* Units that are full, or need all that is left, of those with cells that are news. */
HOT bool units(const struct marks_sets *p, struct marks_state *st, uint64_t *mark, uint64_t *open, const uint64_t *news, int w)
{
	for (uint64_t live = st->live; live; live &= live - 1) {
		int u = __builtin_ctzll(live), need, left;
		uint64_t touched = 0;

		for (int i = 0; i < w; i++)
			touched |= news[i] & p->unit[u].w[i];
		if (!touched)
			continue;
		need = p->need[u] - among(mark, &p->unit[u], w);
		if (need < 0)
			return false;
		left = among(open, &p->unit[u], w);
		if (left < need)
			return false;
		if (need && left > need)
			continue;
		st->live &= ~(live & -live);
		for (int i = 0; i < w; i++) {
			mark[i] |= need ? open[i] & p->unit[u].w[i] : 0;
			open[i] &= ~p->unit[u].w[i];
		}
	}
	return true;
}

/* news: cells decided since all was settled. */
HOT bool settle_in(const struct marks_sets *p, struct marks_state *st, const struct set *news, int w)
{
	uint64_t mark[W], open[W], now[W], changed = 1;

	for (int i = 0; i < w; i++) {
		mark[i] = st->mark.w[i];
		open[i] = st->open.w[i];
		now[i] = news->w[i];
	}
	while (changed) {
		if (p->kind & MARKS_APART && !apart(p, mark, open, w))
			return false;
		if (p->kind & MARKS_DOMINO && !domino(p, mark, open, w))
			return false;
		if (p->kind & MARKS_TREES && !trees(p, mark, open, w))
			return false;
		changed = 0;
		for (int i = 0; i < w; i++) {
			changed |= st->open.w[i] ^ open[i];
			now[i] |= st->open.w[i] ^ open[i];
			st->open.w[i] = open[i];
		}
		if (!units(p, st, mark, open, now, w))
			return false;
		for (int i = 0; i < w; i++) {
			now[i] = st->open.w[i] ^ open[i];
			changed |= now[i];
			st->open.w[i] = open[i];
		}
	}
	for (int i = 0; i < w; i++)
		st->mark.w[i] = mark[i];
	return true;
}

/* All that counting says; false: it says that there is no solution. */
static bool settle(const struct marks_sets *p, struct marks_state *st, const struct set *news)
{
	switch (p->words) {
	case 1: return settle_in(p, st, news, 1);
	case 2: return settle_in(p, st, news, 2);
	case 3: return settle_in(p, st, news, 3);
	case 4: return settle_in(p, st, news, 4);
	default: return settle_in(p, st, news, p->words);
	}
}

/* ---- search ---- */

/*
 * More than counting says: a mark with one tree left takes it, and where no tree is left that is not taken, no mark is: those cells are
 * `news`. False: marks and trees cannot be paired. On a whole board, with as many of each, true says that they can: marks that are apart
 * are beside a tree at most two at a time, so that once each mark has two trees left, each tree has two marks, and they lie in rings.
 */
static bool pair_off(const struct marks_sets *p, struct marks_state *st, struct set *news)
{
	struct set tent = st->mark, tree = p->tree;
	int w = p->words;

	for (;;) {
		uint64_t one[W], two[W], single[W], some = 0;

		beside(one, two, p, tree.w, w);
		for (int i = 0; i < w; i++) {
			if (tent.w[i] & ~one[i])
				return false;
			single[i] = tent.w[i] & ~two[i];
			some |= single[i];
			tent.w[i] &= two[i];
		}
		if (!some) {
			for (int i = 0; i < w; i++) {
				news->w[i] = st->open.w[i] & ~one[i];
				st->open.w[i] &= one[i];
			}
			return true;
		}
		beside(one, two, p, single, w);
		for (int i = 0; i < w; i++) {
			if (tree.w[i] & two[i])
				return false;
			tree.w[i] &= ~one[i];
		}
	}
}

struct searcher {
	struct marks_search *f;
	const struct marks_sets *p;
	const struct set *known;
	int most;
	long nodes;
	bool begun;
};

static bool is_open(const struct marks_state *st, int words)
{
	uint64_t any = 0;

	for (int i = 0; i < words; i++)
		any |= st->open.w[i];
	return any != 0;
}

/* A cell to suppose a mark in, of the unit with the fewest choices; what differs from the known solution comes first. */
static int choose(const struct searcher *q, const struct marks_state *st)
{
	const struct marks_sets *p = q->p;
	const struct set *in = &p->all;
	int least = MARKS_CELLS, cell = -1;

	for (uint64_t live = st->live; live; live &= live - 1) {
		const struct set *unit = &p->unit[__builtin_ctzll(live)];
		int spare = -p->need[__builtin_ctzll(live)];

		for (int i = 0; i < p->words; i++)
			spare += ones((st->open.w[i] | st->mark.w[i]) & unit->w[i]);
		if (spare < least) {
			least = spare;
			in = unit;
		}
	}
	for (int i = 0; i < p->words; i++) {
		uint64_t open = st->open.w[i] & in->w[i], other = q->known ? open & ~q->known->w[i] : 0;

		if (other)
			return 64 * i + __builtin_ctzll(other);
		if (open && cell < 0)
			cell = 64 * i + __builtin_ctzll(open);
	}
	return cell;
}

/* A whole solution: is it another than the one that is known? */
static void note(struct searcher *q, const struct marks_state *st)
{
	const struct marks_sets *p = q->p;

	if (q->known && memcmp(&st->mark, q->known, (size_t)p->words * sizeof(uint64_t)) == 0)
		return;
	if (q->f->found++ > 0)
		return;
	memset(&q->f->first, 0, sizeof(q->f->first));
	memcpy(&q->f->first, &st->mark, (size_t)p->words * sizeof(uint64_t));
}

/* news: cells decided since st was settled. */
static void search(struct searcher *q, struct marks_state *st, const struct set *news)
{
	struct set supposed = { { 0 } }, paired_off = { { 0 } };

	while (q->f->found < q->most && settle(q->p, st, news)) {
		struct marks_state t;
		int cell;

		if (!q->begun)
			q->f->open = st->open;
		q->begun = true;
		if (q->p->kind & MARKS_TREES) {
			if (!pair_off(q->p, st, &paired_off))
				return;
			if (!set_empty(&paired_off)) {
				news = &paired_off;
				continue;
			}
		}
		if (!is_open(st, q->p->words)) {
			note(q, st);
			return;
		}
		if (q->f->nodes++ >= q->nodes) {
			q->f->spent = true;
			return;
		}
		cell = choose(q, st);
		supposed = (struct set){ { 0 } };
		set_put(&supposed, cell);
		set_take(&st->open, cell);
		copy(&t, st, q->p->words);
		set_put(&t.mark, cell);
		search(q, &t, &supposed);
		if (q->f->spent)
			return;
		news = &supposed;
	}
}

int marks_search(struct marks_search *f, const struct marks_sets *p, const struct set *known, int most, long nodes)
{
	struct searcher q = { f, p, known, most, nodes, false };
	struct marks_state st;

	f->found = 0;
	f->nodes = 0;
	f->spent = false;
	memset(&f->open, 0, sizeof(f->open));
	memset(&st, 0, sizeof(st));
	start(&st, p);
	search(&q, &st, &p->all);
	return f->found;
}

/* ---- from outside ---- */

void marks_state(struct marks_state *st, const struct marks *m)
{
	const struct marks_shape *s = m->s;

	*st = (struct marks_state){ .live = all_units(s->units) };
	for (int i = 0; i < s->cells; i++) {
		st->mark.w[i / 64] |= (uint64_t)(m->is[i] == CELL_MARK) << (i % 64);
		st->open.w[i / 64] |= (uint64_t)(m->is[i] == CELL_OPEN) << (i % 64);
	}
}

/* Decide a cell of a settled board. */
static bool decide(const struct marks_sets *p, struct marks_state *st, int cell, bool mark)
{
	struct set news = { { 0 } };

	set_put(&news, cell);
	set_take(&st->open, cell);
	if (mark)
		set_put(&st->mark, cell);
	return settle(p, st, &news);
}

bool marks_refuted(const struct marks_sets *p, const struct marks_state *st, int cell, bool mark)
{
	struct marks_state t;
	struct set news;

	copy(&t, st, p->words);
	if (!decide(p, &t, cell, mark))
		return true;
	return p->kind & MARKS_TREES && !is_open(&t, p->words) && !pair_off(p, &t, &news);
}

enum { NODES_FIRST = 5000, NODES_OTHER = 30000 };

/* What suppositions that counting refutes say is so from the start. */
static void think(struct marks_sets *p, const struct marks_shape *s)
{
	struct marks m;

	marks_start(&m, s, NULL);
	marks_solve(&m, MARKS_TRIAL);
	for (int i = 0; i < s->cells; i++)
		if (m.is[i] != CELL_OPEN)
			set_put(m.is[i] == CELL_MARK ? &p->given : &p->shut, i);
}

void marks_trials(const struct marks_sets *p, struct marks_state *st)
{
	for (int i = 0; i < p->rows * p->cols; i++)
		for (int mark = 1; mark >= 0 && set_has(&st->open, i); mark--)
			if (marks_refuted(p, st, i, mark) && !decide(p, st, i, !mark))
				return; /* no solution */
}

/* `most` solutions at most, the first ones; those of a board that is too large for search alone after some thought. */
static int some(struct marks_search *f, struct marks_sets *p, const struct marks_shape *s, int most)
{
	marks_sets(p, s);
	if (marks_search(f, p, NULL, most, NODES_FIRST) || !f->spent)
		return f->found;
	think(p, s);
	return marks_search(f, p, NULL, most, NODES_FIRST);
}

bool marks_any(struct marks_search *f, const struct marks_shape *s)
{
	struct marks_sets p;

	return some(f, &p, s, 1);
}

bool marks_unique(struct marks_search *f, const struct marks_shape *s)
{
	struct marks_search other;
	struct marks_sets p;

	if (some(f, &p, s, 2) != 1)
		return false;
	return !f->spent || (!marks_search(&other, &p, &f->first, 1, NODES_OTHER) && !other.spent);
}
