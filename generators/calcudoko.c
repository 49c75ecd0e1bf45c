/*
 * calcudoko.c - Latin squares with cages whose numbers give a target: one solution by proof, graded by the technique it needs.
 *
 * desc: "N:ROW/ROW/...:CAGE,CAGE,...": a letter names the cage of each cell, a .. z, A .. Z in the order in which a reader
 * meets them, and their targets with + - * / (none for a cage of one cell) follow in that order: "3:aab/cdb/cdd:3+,5+,2/,6*".
 * The answer is the filled rows: "123/231/312". The numbers of a cage all differ.
 *
 * The worked solution is written as latin.c says. Its steps about cages are
 *
 *	12* a1 a2 b2 134 314 431 !2a1 !2b2	the cage can be filled so and no other way: a1 and b2 are not 2
 *	12* a1 a2 b2 {134}{126} !5a1		the same where there are more ways, by the digits that the cage can hold
 *	12* a1 a2 b2 {134}{346} 4 -a !4a5	the cage has a 4, and that in row a: so a5 is not 4
 *	-a 15-9=6 a3 a5 24 42 !1a3		row a adds up to 15, of which the cages inside it take 9; a3 and a5 the rest
 */
#include "generators/latin.h"

static const char *const techniques[] = {
	LATIN_TECHNIQUES("naked single", "few ways to fill a cage", "hidden single", "digits that a cage must hold", "pairs",
			 "sum of a line, triples or fish", "trial and error"),
};

enum { SIZE, CAGE_MAX, SINGLES_MIN, SINGLES_MAX, SIGNS, TECHNIQUE_MIN, TECHNIQUE_MAX };

enum { PLUS = 1, MINUS = 2, TIMES = 4, OVER = 8 };

static const struct knob knobs[] = {
	{ "size", 3, LATIN_SIDE, "rows and columns" },
	{ "cage_max", 2, 6, "cells of the largest cage" },
	{ "singles_min", 0, 30, "fewest cages of one cell" },
	{ "singles_max", 0, 30, "most cages of one cell" },
	{ "signs", 1, PLUS | MINUS | TIMES | OVER, "signs that cages may have: + is 1, - 2, * 4, / 8, added up" },
	{ "technique_min", LATIN_RULE, LATIN_GUESS, "the hardest technique needed is this one or a harder one" },
	{ "technique_max", LATIN_RULE, LATIN_GUESS,
	  "hardest technique that may be needed: 1 the ways to fill a cage where they are few, 2 hidden single, 3 digits that a "
	  "cage must hold, 4 pairs, 5 sum of a line, triples or fish, 6 trial and error" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* n cage singles signs technique */
	{ 3, 2, 0, 2, 15, LATIN_RULE, LATIN_RULE },
	{ 4, 2, 1, 4, 15, LATIN_RULE, LATIN_RULE },
	{ 4, 3, 0, 2, 15, LATIN_RULE, LATIN_HIDDEN },
	{ 5, 3, 0, 4, 15, LATIN_RULE, LATIN_HIDDEN },
	{ 5, 4, 0, 2, 15, LATIN_HIDDEN, LATIN_HIDDEN },
	{ 6, 4, 0, 4, 15, LATIN_HIDDEN, LATIN_HIDDEN },
	{ 7, 4, 0, 4, 15, LATIN_HIDDEN, LATIN_DEEP },
	{ 7, 4, 0, 3, 15, LATIN_PAIR, LATIN_HARD },
	{ 8, 5, 0, 3, 15, LATIN_PAIR, LATIN_HARD },
	{ 9, 5, 0, 3, 15, LATIN_PAIR, LATIN_HARD },
	{ 9, 5, 0, 3, 15, LATIN_GUESS, LATIN_GUESS },
};

/* ---- the board ---- */

enum { CAGES = 52, CAGE_CELLS = 9 };

struct cage {
	char sign; /* + - * / or = for a cage of one */
	int target, n;
	uint8_t cell[CAGE_CELLS]; /* in reading order */
};

struct board {
	int n, cages;
	uint8_t cage_of[LATIN_CELLS];
	struct cage cage[LATIN_CELLS];
};

/* Cages from cage_of[], renumbered in reading order; signs and targets go with them. False: a cage is too large. */
static bool gather(struct board *b)
{
	struct board was = *b;
	int name[LATIN_CELLS];

	b->cages = 0;
	for (int k = 0; k < LATIN_CELLS; k++)
		name[k] = -1;
	for (int i = 0; i < b->n * b->n; i++) {
		int old = was.cage_of[i], k = name[old];
		struct cage *c;

		if (k < 0) {
			k = name[old] = b->cages++;
			b->cage[k] = (struct cage){ .sign = was.cage[old].sign, .target = was.cage[old].target };
		}
		c = &b->cage[k];
		if (c->n == CAGE_CELLS)
			return false;
		b->cage_of[i] = (uint8_t)k;
		c->cell[c->n++] = (uint8_t)i;
	}
	return true;
}

static bool adjacent(int n, int i, int j)
{
	int dy = i / n - j / n, dx = i % n - j % n;

	return dy * dy + dx * dx == 1;
}

/* The cells (as bits) of a cage that hang together with the first one of the bits. */
static unsigned piece(const struct cage *c, int n, unsigned cells)
{
	unsigned got = cells & -cells, was = 0;

	while (got != was) {
		was = got;
		for (int i = 0; i < c->n; i++)
			for (int j = 0; j < c->n; j++)
				if (got >> i & 1 && cells >> j & 1 && adjacent(n, c->cell[i], c->cell[j]))
					got |= 1u << j;
	}
	return got;
}

static bool target_parse(struct cage *c, struct str s)
{
	c->sign = '=';
	if (c->n > 1) {
		if (!s.n || !strchr(c->n == 2 ? "+-*/" : "+*", s.s[s.n - 1]) || !s.s[s.n - 1])
			return false;
		c->sign = s.s[--s.n];
	}
	if (!s.n || s.n > 6 || s.s[0] == '0')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		c->target = 10 * c->target + (s.s[i] - '0');
	}
	return true;
}

static bool parse(struct board *b, struct str s)
{
	struct str rows, word;
	int n;

	b->n = b->cages = 0;
	if (s.n < 2 || s.s[0] < '2' || s.s[0] > '9' || s.s[1] != ':')
		return false;
	n = b->n = s.s[0] - '0';
	s = str_from(s, 2);
	if (!str_split(&s, ':', &rows) || rows.n != (size_t)(n * (n + 1) - 1) || !s.n || s.s[s.n - 1] == ',')
		return false;
	for (int i = 0; i < n * n; i++) {
		char c = rows.s[i / n * (n + 1) + i % n];
		int k = c >= 'a' && c <= 'z' ? c - 'a' : c >= 'A' && c <= 'Z' ? c - 'A' + 26 : CAGES;

		if (k > b->cages || k == CAGES || (i % n == n - 1 && i + 1 < n * n && rows.s[(i / n + 1) * (n + 1) - 1] != '/'))
			return false;
		if (k == b->cages)
			b->cage[b->cages++] = (struct cage){ 0 };
		b->cage_of[i] = (uint8_t)k;
	}
	if (!gather(b))
		return false;
	for (int k = 0; k < b->cages; k++) {
		struct cage *c = &b->cage[k];

		if (!str_split(&s, ',', &word) || !target_parse(c, word) || piece(c, n, (1u << c->n) - 1) != (1u << c->n) - 1)
			return false;
	}
	return s.n == 0;
}

static char cage_name(int k)
{
	return (char)(k < 26 ? 'a' + k : 'A' + k - 26);
}

static void write(struct buf *out, const struct board *b)
{
	int n = b->n;

	buf_addf(out, "%d:", n);
	for (int i = 0; i < n * n; i++) {
		buf_addc(out, cage_name(b->cage_of[i]));
		if (i % n == n - 1)
			buf_addc(out, i + 1 == n * n ? ':' : '/');
	}
	for (int k = 0; k < b->cages; k++) {
		if (k)
			buf_addc(out, ',');
		buf_addi(out, b->cage[k].target);
		if (b->cage[k].sign != '=')
			buf_addc(out, b->cage[k].sign);
	}
}

/* ---- its rules: rule k is about cage k, on the rung of sums about line k ---- */

static int set_sum(unsigned set)
{
	int sum = 0;

	for (; set; set &= set - 1)
		sum += latin_least(set);
	return sum;
}

static int set_product(unsigned set)
{
	int product = 1;

	for (; set; set &= set - 1)
		product *= latin_least(set);
	return product;
}

/* Do the digits of the set give the cage's target? */
static bool gives(const struct cage *c, unsigned set)
{
	switch (c->sign) {
	case '+':
	case '=':
		return set_sum(set) == c->target;
	case '*':
		return set_product(set) == c->target;
	case '-':
		return latin_most(set) - latin_least(set) == c->target;
	default:
		return latin_most(set) == c->target * latin_least(set);
	}
}

/* Can digits be added to the set so that it gives the target? A quick no, or perhaps. */
static bool may_give(const struct cage *c, unsigned set)
{
	if (c->sign == '+')
		return set_sum(set) < c->target;
	return c->sign != '*' || c->target % set_product(set) == 0;
}

/* The ways to fill a cage, by the set of digits in its first cells. */
struct ways {
	int size;
	uint16_t cand[CAGE_CELLS];
	uint16_t some[CAGE_CELLS];          /* digits that a cell has in some way */
	uint8_t alive[1 << LATIN_SIDE];     /* these digits can come first, and the cage can be filled from there */
	uint16_t list[1 << LATIN_SIDE];     /* sets that can come first, smaller ones before */
	int first_full, sets;               /* list[first_full .. sets-1] have as many digits as the cage */
};

static void ways_find(struct ways *w, const struct latin *l, const struct cage *c)
{
	int at = 0;

	w->size = c->n;
	w->first_full = 0;
	for (int k = 0; k < c->n; k++) {
		w->cand[k] = l->cand[c->cell[k]];
		w->some[k] = 0;
	}
	memset(w->alive, 0, sizeof(w->alive[0]) << l->n);
	w->list[0] = 0;
	w->sets = 1;
	for (int k = 0; k < c->n; k++) {
		int end = w->sets;

		for (; at < end; at++) {
			for (unsigned d = w->cand[k] & ~(unsigned)w->list[at]; d; d &= d - 1) {
				unsigned set = w->list[at] | (d & -d);

				if (w->alive[set])
					continue;
				w->alive[set] = 2; /* seen; not yet known to be alive */
				if (k + 1 == c->n ? gives(c, set) : may_give(c, set))
					w->list[w->sets++] = (uint16_t)set;
			}
		}
		w->first_full = end;
	}
	memset(w->alive, 0, sizeof(w->alive[0]) << l->n);
	for (int i = w->first_full; i < w->sets; i++)
		w->alive[w->list[i]] = 1;
	for (int i = w->first_full; i-- > 0;) {
		int k = latin_size(w->list[i]);

		for (unsigned d = w->cand[k] & ~(unsigned)w->list[i]; d; d &= d - 1) {
			if (!w->alive[w->list[i] | (d & -d)])
				continue;
			w->alive[w->list[i]] = 1;
			w->some[k] |= (uint16_t)(d & -d);
		}
	}
}

enum { FEW = 12 };

/* Counts the ways on from here, up to `limit`; each is told into out (may be NULL) as " 134". */
static int ways_count(const struct ways *w, unsigned set, int limit, char *way, struct buf *out)
{
	int k = latin_size(set), found = 0;

	if (k == w->size) {
		if (out) {
			buf_addc(out, ' ');
			buf_add(out, (struct str){ way, (size_t)k });
		}
		return 1;
	}
	for (unsigned d = w->some[k] & ~set; d && found < limit; d &= d - 1) {
		if (!w->alive[set | (d & -d)])
			continue;
		way[k] = (char)('0' + latin_least(d));
		found += ways_count(w, set | (d & -d), limit - found, way, out);
	}
	return found;
}

static int member(int n, int line, int k)
{
	return line < n ? line * n + k : k * n + line - n;
}

/* A digit that the cage must hold, and only in one line: no other cell of the line has it. */
static void must_hold(struct latin *l, const struct cage *c, const struct ways *w)
{
	unsigned common = w->first_full < w->sets ? (1u << l->n) - 1 : 0;

	for (int i = w->first_full; i < w->sets; i++)
		common &= w->list[i];
	for (; common; common &= common - 1) {
		unsigned bit = common & -common;
		int row = -1, col = -1; /* -2: several */

		for (int k = 0; k < c->n; k++) {
			int y = c->cell[k] / l->n, x = c->cell[k] % l->n;

			if (!(w->some[k] & bit))
				continue;
			row = row == -1 || row == y ? y : -2;
			col = col == -1 || col == x ? x : -2;
		}
		for (int side = 0; side < 2; side++) {
			int line = side ? l->n + col : row;

			if ((side ? col : row) < 0)
				continue;
			for (int k = 0; k < l->n; k++) {
				int i = member(l->n, line, k);
				bool mine = false;

				for (int j = 0; j < c->n; j++)
					mine |= c->cell[j] == i;
				if (!mine)
					latin_strike(l, i, bit);
			}
			l->aux = 1 + line * 16 + latin_least(bit);
			if (l->struck)
				return;
		}
	}
}

static void cage_step(struct latin *l, const struct cage *c, int rung)
{
	struct ways w;
	char way[CAGE_CELLS];

	l->aux = 0;
	if (c->n == 1 && rung == LATIN_RULE)
		latin_strike(l, c->cell[0], c->target > l->n ? 0xffff : ~(1u << (c->target - 1)));
	if (c->n == 1)
		return;
	ways_find(&w, l, c);
	if (rung == LATIN_RULE && ways_count(&w, 0, FEW + 1, way, NULL) > FEW)
		return;
	for (int k = 0; k < c->n; k++)
		latin_strike(l, c->cell[k], ~(unsigned)w.some[k]);
	if (!l->struck && rung == LATIN_DEEP)
		must_hold(l, c, &w);
}

/* What a line leaves to the cells outside the cages inside it whose sums are known. */
struct rest {
	int total, taken;
	struct cage cells;
};

static bool rest_find(struct rest *r, const struct latin *l, int line)
{
	const struct board *b = l->p->data;
	bool done[LATIN_CELLS] = { false };
	int n = l->n;

	*r = (struct rest){ .total = n * (n + 1) / 2, .cells.sign = '+' };
	for (int k = 0; k < n; k++) {
		int i = member(n, line, k);
		const struct cage *c = &b->cage[b->cage_of[i]];
		bool inside = true, known = true;
		struct ways w;

		if (done[i])
			continue;
		for (int j = 0; j < c->n; j++)
			inside &= (line < n ? c->cell[j] / n : n + c->cell[j] % n) == line;
		if (inside) {
			ways_find(&w, l, c);
			known = w.first_full < w.sets;
			for (int j = w.first_full; j < w.sets; j++)
				known &= set_sum(w.list[j]) == set_sum(w.list[w.first_full]);
		}
		if (inside && known) {
			r->taken += set_sum(w.list[w.first_full]);
			for (int j = 0; j < c->n; j++)
				done[c->cell[j]] = true;
		} else if (l->cell[i]) {
			r->taken += l->cell[i];
		} else {
			r->cells.cell[r->cells.n++] = (uint8_t)i;
		}
	}
	r->cells.target = r->total - r->taken;
	return r->cells.n > 0 && r->cells.n <= 4 && r->cells.n < n;
}

static void line_step(struct latin *l, int line)
{
	struct rest r;
	struct ways w;

	if (!rest_find(&r, l, line))
		return;
	ways_find(&w, l, &r.cells);
	for (int k = 0; k < r.cells.n; k++)
		latin_strike(l, r.cells.cell[k], ~(unsigned)w.some[k]);
}

static void tighten(struct latin *l, int k, int rung)
{
	const struct board *b = l->p->data;

	if (rung == LATIN_HARD && k < 2 * l->n)
		line_step(l, k);
	else if (rung != LATIN_HARD && k < b->cages)
		cage_step(l, &b->cage[k], rung);
}

static void say_ways(const struct latin *l, const struct cage *c)
{
	struct ways w;
	char way[CAGE_CELLS];

	for (int k = 0; k < c->n; k++) {
		buf_addc(l->out, ' ');
		latin_say_cell(l->out, l->n, c->cell[k]);
	}
	ways_find(&w, l, c);
	if (ways_count(&w, 0, FEW + 1, way, NULL) <= FEW) {
		ways_count(&w, 0, FEW + 1, way, l->out);
		return;
	}
	buf_addc(l->out, ' ');
	for (int i = w.first_full; i < w.sets; i++) {
		buf_addc(l->out, '{');
		latin_say_digits(l->out, w.list[i]);
		buf_addc(l->out, '}');
	}
}

static void say_line(const struct latin *l, int line)
{
	buf_addc(l->out, line < l->n ? '-' : '|');
	buf_addc(l->out, (char)(line < l->n ? 'a' + line : '1' + line - l->n));
}

static void say(const struct latin *l, int k, int rung)
{
	const struct board *b = l->p->data;
	const struct cage *c = &b->cage[k];
	struct rest r;

	if (rung == LATIN_HARD) {
		rest_find(&r, l, k);
		say_line(l, k);
		buf_addf(l->out, " %d-%d=%d", r.total, r.taken, r.cells.target);
		say_ways(l, &r.cells);
		return;
	}
	buf_addf(l->out, "%d%c", c->target, c->sign);
	say_ways(l, c);
	if (l->aux) {
		buf_addf(l->out, " %d ", (l->aux - 1) % 16);
		say_line(l, (l->aux - 1) / 16);
	}
}

static void puzzle_init(struct latin_puzzle *p, const struct board *b)
{
	*p = (struct latin_puzzle){ .n = b->n, .rules = b->cages > 2 * b->n ? b->cages : 2 * b->n,
				    .rungs = 1u << LATIN_RULE | 1u << LATIN_DEEP | 1u << LATIN_HARD, .wide = 1u << LATIN_HARD,
				    .data = b, .tighten = tighten, .say = say };
	for (int i = 0; i < b->n * b->n; i++) {
		p->rule_of[i][0] = b->cage_of[i];
		p->rule_of[i][1] = LATIN_CELLS;
	}
}

/* Cages of one cell are given cells. */
static void start(struct latin *l, const struct latin_puzzle *p, const struct board *b)
{
	latin_init(l, p, LATIN_GUESS);
	for (int k = 0; k < b->cages; k++)
		if (b->cage[k].n == 1 && b->cage[k].target <= b->n)
			latin_give(l, b->cage[k].cell[0], b->cage[k].target);
}

/* ---- inventing ---- */

struct make {
	struct board b;
	const int *knob;
	uint8_t full[LATIN_CELLS];
	int hardest;
	struct latin l; /* as far as it was solved when it was last tried */
};

static bool fits(struct make *m, int max)
{
	struct latin_puzzle p;

	puzzle_init(&p, &m->b);
	start(&m->l, &p, &m->b);
	return latin_fits(&m->l, max, &m->hardest);
}

static unsigned digits_of(const struct make *m, const struct cage *c)
{
	unsigned set = 0;

	for (int k = 0; k < c->n; k++)
		set |= 1u << (m->full[c->cell[k]] - 1);
	return set;
}

/* A sign that the knobs allow and the numbers have, and its target; false: there is none. */
static bool draw_sign(const struct make *m, struct cage *c, struct rng *rng)
{
	unsigned set = digits_of(m, c);
	int most = latin_most(set), least = latin_least(set), fit = 0;
	char sign[4];

	if (c->n == 1) {
		c->sign = '=';
		c->target = most;
		return true;
	}
	if (m->knob[SIGNS] & PLUS)
		sign[fit++] = '+';
	if (m->knob[SIGNS] & TIMES)
		sign[fit++] = '*';
	if (m->knob[SIGNS] & MINUS && c->n == 2)
		sign[fit++] = '-';
	if (m->knob[SIGNS] & OVER && c->n == 2 && most % least == 0)
		sign[fit++] = '/';
	if (!fit)
		return false;
	c->sign = sign[rng_below(rng, (uint32_t)fit)];
	c->target = c->sign == '+' ? set_sum(set) : c->sign == '*' ? set_product(set) : c->sign == '-' ? most - least : most / least;
	return true;
}

/* Cells around the cage, not in it, whose number it does not have. */
static int around(const struct make *m, const struct cage *c, uint8_t *cells)
{
	int n = m->b.n, count = 0;
	unsigned set = digits_of(m, c);

	for (int i = 0; i < n * n; i++) {
		bool near = false;

		for (int k = 0; k < c->n; k++)
			near |= adjacent(n, i, c->cell[k]);
		if (near && !(set >> (m->full[i] - 1) & 1))
			cells[count++] = (uint8_t)i;
	}
	return count;
}

/* Cells grow to cages in random order; what stays alone joins a neighbour where one has room. */
static void draw_cages(struct make *m, struct rng *rng)
{
	int n = m->b.n, cells = n * n, left = rng_range(rng, m->knob[SINGLES_MIN], m->knob[SINGLES_MAX]);
	uint8_t order[LATIN_CELLS], next[LATIN_CELLS];
	bool taken[LATIN_CELLS] = { false };

	for (int i = 0; i < cells; i++)
		order[i] = (uint8_t)i;
	rng_shuffle(rng, order, (size_t)cells, 1);
	m->b.cages = 0;
	for (int at = 0; at < cells; at++) {
		struct cage c = { .n = 1, .cell = { order[at] } };
		/* small cages are more common */
		int want = 1 + rng_range(rng, 1, rng_range(rng, 1, m->knob[CAGE_MAX] - 1));

		if (taken[order[at]])
			continue;
		if (left > 0) {
			left--;
			want = 1;
		}
		taken[order[at]] = true;
		while (c.n < want) {
			int count = around(m, &c, next), open = 0;

			for (int k = 0; k < count; k++)
				if (!taken[next[k]])
					next[open++] = next[k];
			if (!open)
				break;
			c.cell[c.n] = next[rng_below(rng, (uint32_t)open)];
			taken[c.cell[c.n++]] = true;
		}
		for (int k = 0; k < c.n; k++)
			m->b.cage_of[c.cell[k]] = (uint8_t)m->b.cages;
		m->b.cage[m->b.cages++] = c;
	}
	gather(&m->b);
}

static int singles(const struct board *b)
{
	int count = 0;

	for (int k = 0; k < b->cages; k++)
		count += b->cage[k].n == 1;
	return count;
}

/* Make one cage of two, if it may be; the sign is new. */
static bool join(struct make *m, int a, int b, struct rng *rng)
{
	struct cage both = m->b.cage[a];
	const struct cage *with = &m->b.cage[b];

	if (both.n + with->n > m->knob[CAGE_MAX] || digits_of(m, &both) & digits_of(m, with))
		return false;
	for (int k = 0; k < with->n; k++)
		both.cell[both.n++] = with->cell[k];
	if (!draw_sign(m, &both, rng))
		return false;
	for (int k = 0; k < with->n; k++)
		m->b.cage_of[with->cell[k]] = (uint8_t)a;
	m->b.cage[a].sign = both.sign;
	m->b.cage[a].target = both.target;
	return gather(&m->b);
}

/* The cage k joins one that touches it. */
static bool join_some(struct make *m, int k, struct rng *rng)
{
	uint8_t next[LATIN_CELLS];
	int count = around(m, &m->b.cage[k], next);

	rng_shuffle(rng, next, (size_t)count, 1);
	for (int i = 0; i < count; i++)
		if (m->b.cage_of[next[i]] != k && join(m, m->b.cage_of[next[i]], k, rng))
			return true;
	return false;
}

/* Too many cages of one: each may join a neighbour. */
static bool join_singles(struct make *m, struct rng *rng)
{
	for (int k = 0; k < m->b.cages && singles(&m->b) > m->knob[SINGLES_MAX];) {
		if (m->b.cage[k].n == 1 && join_some(m, k, rng))
			k = 0; /* they have new numbers */
		else
			k++;
	}
	return singles(&m->b) <= m->knob[SINGLES_MAX];
}

/* Cut a cell that could not be filled off its cage, and what hangs on it only. */
static bool split(struct make *m, struct rng *rng)
{
	uint8_t open[LATIN_CELLS];
	int count = 0, i, k;
	struct cage c;
	unsigned rest, first;

	for (i = 0; i < m->l.cells; i++)
		if (!m->l.cell[i] && m->b.cage[m->b.cage_of[i]].n > 1)
			open[count++] = (uint8_t)i;
	if (!count)
		return false;
	i = open[rng_below(rng, (uint32_t)count)];
	k = m->b.cage_of[i];
	c = m->b.cage[k];
	rest = (1u << c.n) - 1;
	for (int j = 0; j < c.n; j++)
		if (c.cell[j] == i)
			rest &= ~(1u << j);
	first = piece(&c, m->b.n, rest);
	if (m->b.cages == LATIN_CELLS)
		return false;
	for (int j = 0; j < c.n; j++)
		if (!(first >> j & 1))
			m->b.cage_of[c.cell[j]] = (uint8_t)m->b.cages;
	m->b.cage[m->b.cages++] = (struct cage){ 0 };
	if (!gather(&m->b))
		return false;
	for (int j = 0; j < c.n; j++)
		if (!draw_sign(m, &m->b.cage[m->b.cage_of[c.cell[j]]], rng))
			return false;
	return true;
}

enum { DRAWS = 16, SPLITS = 12, JOINS = 40 };

static bool make_board(struct make *m, struct rng *rng)
{
	int max = m->knob[TECHNIQUE_MAX];

	draw_cages(m, rng);
	for (int k = 0; k < m->b.cages; k++)
		if (!draw_sign(m, &m->b.cage[k], rng))
			return false;
	if (!join_singles(m, rng))
		return false;
	for (int k = 0; !fits(m, max); k++)
		if (k == SPLITS || !split(m, rng) || singles(&m->b) > m->knob[SINGLES_MAX])
			return false;
	for (int k = 0; k < JOINS && m->hardest < m->knob[TECHNIQUE_MIN]; k++) {
		struct board was = m->b;
		int hardest = m->hardest;

		if (!join_some(m, (int)rng_below(rng, (uint32_t)m->b.cages), rng) || !fits(m, max)) {
			m->b = was;
			m->hardest = hardest;
		}
	}
	return m->hardest >= m->knob[TECHNIQUE_MIN] && singles(&m->b) >= m->knob[SINGLES_MIN] && m->b.cages <= CAGES;
}

static const char *refuse(const int *knob)
{
	int n = knob[SIZE];

	if (knob[SINGLES_MIN] > knob[SINGLES_MAX])
		return "singles_min is above singles_max";
	if (knob[TECHNIQUE_MIN] > knob[TECHNIQUE_MAX])
		return "technique_min is above technique_max";
	if (knob[SINGLES_MIN] >= n * n)
		return "singles_min leaves no cage of several cells";
	if (knob[SIGNS] == OVER)
		return "not every pair of numbers has a quotient: signs needs another one beside /";
	return NULL;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct make m = { .b.n = knob[SIZE], .knob = knob };

	for (int draw = 0; draw < DRAWS; draw++) {
		latin_square(m.full, m.b.n, rng);
		if (!make_board(&m, rng))
			continue;
		write(desc, &m.b);
		latin_write(answer, m.full, m.b.n, GRID_SLASHES, NULL);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

/* A parsed puzzle, ready to be solved. */
struct posed {
	struct board b;
	struct latin_puzzle p;
	struct latin l;
	uint8_t full[LATIN_CELLS];
};

static bool pose(struct posed *q, struct str desc)
{
	if (!parse(&q->b, desc))
		return false;
	puzzle_init(&q->p, &q->b);
	start(&q->l, &q->p, &q->b);
	return true;
}

static bool prove(struct str desc)
{
	struct posed q;

	return pose(&q, desc) && latin_solutions(&q.l, 2, LATIN_NODES, NULL) == 1;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct posed q;

	if (!pose(&q, desc) || latin_solutions(&q.l, 1, LATIN_NODES, q.full) != 1)
		return false;
	latin_write(answer, q.full, q.b.n, GRID_SLASHES, NULL);
	return true;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct posed q;

	(void)lang; /* signs only */
	if (pose(&q, desc) && latin_solutions(&q.l, 2, LATIN_NODES, NULL) == 1)
		latin_explain(steps, &q.l);
}

static void grade(struct effort *e, struct str desc)
{
	struct posed q;

	*e = (struct effort){ .technique = "" };
	if (pose(&q, desc) && latin_solutions(&q.l, 2, LATIN_NODES, q.full) == 1)
		latin_grade(e, &q.l, q.full, techniques);
}

/* ---- symmetry: the square's eight ---- */

static void image(struct board *to, const struct board *b, int t)
{
	*to = *b;
	for (int i = 0; i < b->n * b->n; i++)
		to->cage_of[latin_turned(b->n, i, t)] = b->cage_of[i];
	gather(to);
}

static void canon(struct buf *out, struct str desc)
{
	struct board b, to;
	struct buf mine = BUF_INIT, best = BUF_INIT;

	if (!parse(&b, desc))
		return;
	for (int t = 0; t < 8; t++) {
		buf_reset(&mine);
		image(&to, &b, t);
		write(&mine, &to);
		if (t == 0 || str_cmp(buf_str(&mine), buf_str(&best)) < 0) {
			struct buf was = best;

			best = mine;
			mine = was;
		}
	}
	buf_add(out, buf_str(&best));
	buf_release(&best);
	buf_release(&mine);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b, to;

	if (!parse(&b, desc))
		return false;
	image(&to, &b, (int)rng_below(rng, 8));
	write(out, &to);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	uint8_t cell[LATIN_CELLS] = { 0 };
	struct board b;

	if (!parse(&b, desc))
		return 0.0;
	for (int k = 0; k < b.cages; k++)
		if (b.cage[k].n == 1)
			cell[b.cage[k].cell[0]] = 1;
	return latin_open_log2(cell, b.n);
}

/* "a a b", a line each row. */
static void picture(struct buf *out, const struct board *b)
{
	for (int i = 0; i < b->n * b->n; i++) {
		if (i)
			buf_addc(out, i % b->n ? ' ' : '\n');
		buf_addc(out, cage_name(b->cage_of[i]));
	}
}

/* "12+" and its like; times and divided by as × and ÷ where asked for. */
static void say_target(struct buf *out, const struct cage *c, bool pretty)
{
	buf_addi(out, c->target);
	if (c->sign == '=')
		return;
	if (pretty && c->sign == '*')
		buf_addz(out, "×");
	else if (pretty && c->sign == '/')
		buf_addz(out, "÷");
	else
		buf_addc(out, c->sign);
}

static void put_targets(field_fn *put, void *ctx, const struct board *b, enum lang lang)
{
	struct buf text = BUF_INIT;

	for (int k = 0; k < b->cages; k++) {
		if (k)
			buf_addz(&text, lang == LANG_ZH ? "，" : ", ");
		buf_addf(&text, "%c: ", cage_name(k));
		say_target(&text, &b->cage[k], true);
	}
	put(ctx, "targets", buf_str(&text));
	buf_release(&text);
}

/* "12*: R1C1 R1C2", a line each cage. */
static void put_cages(field_fn *put, void *ctx, const struct board *b)
{
	struct buf text = BUF_INIT;

	for (int k = 0; k < b->cages; k++) {
		const struct cage *c = &b->cage[k];

		if (k)
			buf_addc(&text, '\n');
		say_target(&text, c, false);
		buf_addc(&text, ':');
		for (int j = 0; j < c->n; j++)
			buf_addf(&text, " R%dC%d", c->cell[j] / b->n + 1, c->cell[j] % b->n + 1);
	}
	put(ctx, "cages", buf_str(&text));
	buf_release(&text);
}

/* "(1,1) (1,2) have the sum 7", a line each cage. */
static void put_words(field_fn *put, void *ctx, const struct board *b, enum lang lang)
{
	static const char signs[] = "+-*/=";
	static const char *const words[LANGS][5] = {
		{ "sum %d", "difference %d", "product %d", "quotient %d", "number %d" },
		{ "和为%d", "差为%d", "积为%d", "商为%d", "数字为%d" },
	};
	struct buf text = BUF_INIT;

	for (int k = 0; k < b->cages; k++) {
		const struct cage *c = &b->cage[k];

		for (int j = 0; j < c->n; j++)
			buf_addf(&text, j ? " (%d,%d)" : k ? "\n(%d,%d)" : "(%d,%d)", c->cell[j] / b->n + 1, c->cell[j] % b->n + 1);
		buf_addz(&text, lang == LANG_ZH ? "：" : ": ");
		buf_addf(&text, words[lang][strchr(signs, c->sign) - signs], c->target);
	}
	put(ctx, "words", buf_str(&text));
	buf_release(&text);
}

static void fields(field_fn *put, void *ctx, struct str desc, enum lang lang)
{
	struct board b;
	struct buf text = BUF_INIT;

	if (!parse(&b, desc))
		return;
	picture(&text, &b);
	put(ctx, "board", buf_str(&text));
	buf_reset(&text);
	buf_addi(&text, b.n);
	put(ctx, "size", buf_str(&text));
	buf_release(&text);
	put_targets(put, ctx, &b, lang);
	put_cages(put, ctx, &b);
	put_words(put, ctx, &b, lang);
}

const struct task task_calcudoko = {
	.name = "calcudoko",
	.family = "grid",
	.what = "Fill a Latin square so that the numbers of each cage give its target.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
