/*
 * calcudoko_solve.c - cages: read and written, and what follows from them in a Latin square.
 *
 * The worked solution is written as latin.c says. Its steps about cages are
 *
 *	12* a1 a2 b2 134 314 431 !2a1 !2b2	the cage can be filled so and no other way: a1 and b2 are not 2
 *	12* a1 a2 b2 {134}{126} !5a1		the same where there are more ways, by the digits that the cage can hold
 *	12* a1 a2 b2 {134}{346} 4 -a !4a5	the cage has a 4, and that in row a: so a5 is not 4
 *	-a 15-9=6 a3 a5 24 42 !1a3		row a adds up to 15, of which the cages inside it take 9; a3 and a5 the rest
 */
#include "generators/calcudoko_solve.h"

#include <pthread.h>

/* ---- the board ---- */

bool cages_gather(struct board *b)
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

bool cells_touch(int n, int i, int j)
{
	int dy = i / n - j / n, dx = i % n - j % n;

	return dy * dy + dx * dx == 1;
}

unsigned cage_piece(const struct cage *c, int n, unsigned cells)
{
	unsigned got = cells & -cells, was = 0;

	while (got != was) {
		was = got;
		for (int i = 0; i < c->n; i++)
			for (int j = 0; j < c->n; j++)
				if (got >> i & 1 && cells >> j & 1 && cells_touch(n, c->cell[i], c->cell[j]))
					got |= 1u << j;
	}
	return got;
}

static bool target_parse(struct cage *c, struct str s, bool loose)
{
	c->sign = '=';
	if (c->n > 1) {
		if (!s.n || !strchr(c->n == 2 || loose ? "+-*/" : "+*", s.s[s.n - 1]) || !s.s[s.n - 1])
			return false;
		c->sign = s.s[--s.n];
	}
	if (!s.n || s.n > 6 || (s.s[0] == '0' && !(loose && s.n == 1)))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		c->target = 10 * c->target + (s.s[i] - '0');
	}
	return true;
}

bool cages_parse(struct board *b, struct str s)
{
	struct str rows, word;
	int n;

	b->n = b->cages = 0;
	if (s.n < 3 || s.s[0] < '2' || s.s[0] > '9')
		return false;
	n = b->n = s.s[0] - '0';
	b->loose = s.s[1] == '~';
	s = str_from(s, 1 + b->loose);
	if (!s.n || s.s[0] != ':')
		return false;
	s = str_from(s, 1);
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
	if (!cages_gather(b))
		return false;
	for (int k = 0; k < b->cages; k++) {
		struct cage *c = &b->cage[k];

		if (!str_split(&s, ',', &word) || !target_parse(c, word, b->loose) ||
		    (!b->loose && cage_piece(c, n, (1u << c->n) - 1) != (1u << c->n) - 1))
			return false;
	}
	return s.n == 0;
}

char cage_name(int k)
{
	return (char)(k < 26 ? 'a' + k : 'A' + k - 26);
}

void cages_write(struct buf *out, const struct board *b)
{
	int n = b->n;

	buf_addf(out, "%d%s:", n, b->loose ? "~" : "");
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

/* ---- the ways to fill a cage ---- */

static struct {
	uint8_t sum[1 << LATIN_SIDE];
	int product[1 << LATIN_SIDE];
} of_set;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_tables(void)
{
	of_set.product[0] = 1;
	for (unsigned set = 1; set < 1 << LATIN_SIDE; set++) {
		int v = latin_least(set);

		of_set.sum[set] = (uint8_t)(of_set.sum[set & (set - 1)] + v);
		of_set.product[set] = of_set.product[set & (set - 1)] * v;
	}
}

/* Do these digits, all of the cage's, give its target? */
static bool gives(const struct cage *c, unsigned set)
{
	int most = latin_most(set);

	switch (c->sign) {
	case '+':
		return of_set.sum[set] == c->target;
	case '*':
		return of_set.product[set] == c->target;
	case '-':
		return 2 * most - of_set.sum[set] == c->target;
	case '/':
		return (int64_t)c->target * (of_set.product[set] / most) == most;
	default:
		return most == c->target;
	}
}

static int words_of(int n)
{
	return n <= 6 ? 1 : 1 << (n - 6);
}

/* The sets of as many digits as the cage has cells that give its target. */
static void sets_that_give(struct sets *to, const struct cage *c, int n)
{
	unsigned set = (1u << c->n) - 1;

	*to = (struct sets){ { 0 } };
	while (set < 1u << n) { /* the next one of the same size: Gosper's hack */
		unsigned low = set & -set, up = set + low;

		if (gives(c, set))
			to->w[set >> 6] |= 1ull << (set & 63);
		set = up | ((set ^ up) / low) >> 2;
	}
}

/* Bit s of such a word is a set without digit d + 1. */
static const uint64_t without[6] = { 0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
				     0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff };

/* Those of a word's sets that have not digit d + 1. */
static uint64_t lacking(uint64_t sets, int word, int d)
{
	return d < 6 ? sets & without[d] : word >> (d - 6) & 1 ? 0 : sets;
}

/* The ways to fill a cage, by the set of digits in its first cells. */
struct ways {
	int size, words;
	uint16_t cand[CAGE_CELLS];
	uint16_t some[CAGE_CELLS];     /* digits that a cell has in some way */
	struct sets at[CAGE_CELLS + 1]; /* what the first k cells can have so that all can be filled */
};

static bool has_set(const struct sets *s, unsigned set)
{
	return s->w[set >> 6] >> (set & 63) & 1;
}

static void forward(struct ways *w, int k)
{
	uint64_t *to = w->at[k + 1].w;
	const uint64_t *from = w->at[k].w;

	memset(to, 0, sizeof(*to) * (size_t)w->words);
	for (unsigned digits = w->cand[k]; digits; digits &= digits - 1) {
		int d = __builtin_ctz(digits);

		for (int i = 0; i < w->words; i++) {
			if (d < 6)
				to[i] |= (from[i] & without[d]) << (1 << d);
			else if (!(i >> (d - 6) & 1))
				to[i | 1 << (d - 6)] |= from[i];
		}
	}
}

static void backward(struct ways *w, int k)
{
	uint64_t *to = w->at[k].w, kept[SET_WORDS] = { 0 };
	const uint64_t *from = w->at[k + 1].w;

	for (unsigned digits = w->cand[k]; digits; digits &= digits - 1) {
		int d = __builtin_ctz(digits);
		uint64_t any = 0;

		for (int i = 0; i < w->words; i++) {
			uint64_t set = d < 6 ? from[i] >> (1 << d) & without[d] : i >> (d - 6) & 1 ? 0 : from[i | 1 << (d - 6)];

			kept[i] |= set & to[i];
			any |= set & to[i];
		}
		if (any)
			w->some[k] |= (uint16_t)(digits & -digits);
	}
	memcpy(to, kept, sizeof(*to) * (size_t)w->words);
}

static void ways_find(struct ways *w, const struct latin *l, const struct cage *c, const struct sets *give)
{
	w->size = c->n;
	w->words = words_of(l->n);
	memset(w->at[0].w, 0, sizeof(w->at[0]));
	w->at[0].w[0] = 1;
	for (int k = 0; k < c->n; k++) {
		w->cand[k] = l->cand[c->cell[k]];
		w->some[k] = 0;
		forward(w, k);
	}
	for (int i = 0; i < w->words; i++)
		w->at[c->n].w[i] &= give->w[i];
	for (int k = c->n; k-- > 0;)
		backward(w, k);
}

/* The sets of digits that the cage can hold. */
static const struct sets *ways_sets(const struct ways *w)
{
	return &w->at[w->size];
}

enum { FEW = 12 };

/* Counts the ways on from here, up to `limit`; each is told into out (may be NULL) as " 134". */
static int ways_count(const struct ways *w, int k, unsigned set, int limit, char *way, struct buf *out)
{
	int found = 0;

	if (k == w->size) {
		if (out) {
			buf_addc(out, ' ');
			buf_add(out, (struct str){ way, (size_t)k });
		}
		return 1;
	}
	for (unsigned d = w->some[k] & ~set; d && found < limit; d &= d - 1) {
		if (!has_set(&w->at[k + 1], set | (d & -d)))
			continue;
		way[k] = (char)('0' + latin_least(d));
		found += ways_count(w, k + 1, set | (d & -d), limit - found, way, out);
	}
	return found;
}

static bool ways_are_few(const struct ways *w)
{
	char way[CAGE_CELLS];

	return has_set(&w->at[0], 0) ? ways_count(w, 0, 0, FEW + 1, way, NULL) <= FEW : true;
}

static bool ways_exclude(const struct ways *w)
{
	unsigned gone = 0;

	for (int k = 0; k < w->size; k++)
		gone |= w->cand[k] & ~(unsigned)w->some[k];
	return gone != 0;
}

/* ---- its rules: rule k is about cage k, on the rung of sums about line k ---- */

/* A digit that the cage must hold, and only in one line: no other cell of the line has it. */
static void must_hold(struct latin *l, const struct cage *c, const struct ways *w)
{
	const uint64_t *sets = ways_sets(w)->w;

	for (int d = 0; d < l->n; d++) {
		unsigned bit = 1u << d, rows = 0, cols = 0;
		uint64_t lack = 0;

		for (int i = 0; i < w->words; i++)
			lack |= lacking(sets[i], i, d);
		if (lack)
			continue;
		for (int k = 0; k < c->n; k++) {
			if (!(w->some[k] & bit))
				continue;
			rows |= 1u << c->cell[k] / l->n;
			cols |= 1u << c->cell[k] % l->n;
		}
		for (int side = 0; side < 2; side++) {
			unsigned in = side ? cols : rows;
			int line = side ? l->n : 0;

			if (!in || in & (in - 1))
				continue;
			line += __builtin_ctz(in);
			for (int k = 0; k < l->n; k++) {
				int i = latin_member(l->n, line, k);
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

static void cage_step(struct latin *l, int k, int rung)
{
	const struct cages *r = l->p->data;
	const struct cage *c = &r->b->cage[k];
	struct ways w;

	l->aux = 0;
	if (c->n == 1 && rung == LATIN_RULE)
		latin_strike(l, c->cell[0], c->target > l->n ? 0xffff : ~(1u << (c->target - 1)));
	if (c->n == 1)
		return;
	ways_find(&w, l, c, &r->give[k]);
	if (ways_exclude(&w) && (rung == LATIN_DEEP || ways_are_few(&w)))
		for (int j = 0; j < c->n; j++)
			latin_strike(l, c->cell[j], ~(unsigned)w.some[j]);
	if (!l->struck && rung == LATIN_DEEP)
		must_hold(l, c, &w);
}

/* What a line leaves to the cells outside the cages inside it whose sums are known. */
struct rest {
	int total, taken;
	struct cage cells;
	struct sets give;
};

/* The sum of each of these sets; -1: they differ, or there are none. */
static int same_sum(const struct ways *w)
{
	int sum = -1;

	for (int i = 0; i < w->words; i++) {
		for (uint64_t sets = ways_sets(w)->w[i]; sets; sets &= sets - 1) {
			int s = of_set.sum[i * 64 + __builtin_ctzll(sets)];

			if (sum >= 0 && s != sum)
				return -1;
			sum = s;
		}
	}
	return sum;
}

static bool rest_find(struct rest *r, const struct latin *l, int line)
{
	const struct cages *rules = l->p->data;
	const struct board *b = rules->b;
	bool done[LATIN_CELLS] = { false };
	int n = l->n;

	*r = (struct rest){ .total = n * (n + 1) / 2, .cells.sign = '+' };
	for (int k = 0; k < n; k++) {
		int i = latin_member(n, line, k), sum = -1;
		const struct cage *c = &b->cage[b->cage_of[i]];
		bool inside = true;
		struct ways w;

		if (done[i])
			continue;
		for (int j = 0; j < c->n; j++)
			inside &= (line < n ? c->cell[j] / n : n + c->cell[j] % n) == line;
		if (inside) {
			ways_find(&w, l, c, &rules->give[b->cage_of[i]]);
			sum = same_sum(&w);
		}
		if (sum >= 0) {
			r->taken += sum;
			for (int j = 0; j < c->n; j++)
				done[c->cell[j]] = true;
		} else if (l->cell[i]) {
			r->taken += l->cell[i];
		} else {
			r->cells.cell[r->cells.n++] = (uint8_t)i;
		}
	}
	r->cells.target = r->total - r->taken;
	if (r->cells.n == 0 || r->cells.n > 4 || r->cells.n == n)
		return false;
	sets_that_give(&r->give, &r->cells, n);
	return true;
}

static void line_step(struct latin *l, int line)
{
	struct rest r;
	struct ways w;

	if (!rest_find(&r, l, line))
		return;
	ways_find(&w, l, &r.cells, &r.give);
	for (int k = 0; k < r.cells.n; k++)
		latin_strike(l, r.cells.cell[k], ~(unsigned)w.some[k]);
}

static void tighten(struct latin *l, int k, int rung)
{
	if (rung == LATIN_HARD)
		line_step(l, k);
	else
		cage_step(l, k, rung);
}

static void say_ways(const struct latin *l, const struct cage *c, const struct sets *give)
{
	struct ways w;
	char way[CAGE_CELLS];

	for (int k = 0; k < c->n; k++) {
		buf_addc(l->out, ' ');
		latin_say_cell(l->out, l->n, c->cell[k]);
	}
	ways_find(&w, l, c, give);
	if (ways_are_few(&w)) {
		ways_count(&w, 0, 0, FEW + 1, way, l->out);
		return;
	}
	buf_addc(l->out, ' ');
	for (int i = 0; i < w.words; i++) {
		for (uint64_t sets = ways_sets(&w)->w[i]; sets; sets &= sets - 1) {
			buf_addc(l->out, '{');
			latin_say_digits(l->out, (unsigned)(i * 64 + __builtin_ctzll(sets)));
			buf_addc(l->out, '}');
		}
	}
}

static void say_line(const struct latin *l, int line)
{
	buf_addc(l->out, line < l->n ? '-' : '|');
	buf_addc(l->out, (char)(line < l->n ? 'a' + line : '1' + line - l->n));
}

static void say(const struct latin *l, int k, int rung)
{
	const struct cages *rules = l->p->data;
	const struct cage *c = &rules->b->cage[k];
	struct rest r;

	if (rung == LATIN_HARD) {
		rest_find(&r, l, k);
		say_line(l, k);
		buf_addf(l->out, " %d-%d=%d", r.total, r.taken, r.cells.target);
		say_ways(l, &r.cells, &r.give);
		return;
	}
	buf_addf(l->out, "%d%c", c->target, c->sign);
	say_ways(l, c, &rules->give[k]);
	if (l->aux) {
		buf_addf(l->out, " %d ", (l->aux - 1) % 16);
		say_line(l, (l->aux - 1) / 16);
	}
}

void cages_pose(struct latin *l, struct latin_puzzle *p, struct cages *r, const struct board *b)
{
	pthread_once(&once, make_tables);
	*p = (struct latin_puzzle){ .n = b->n, .rungs = 1u << LATIN_RULE | 1u << LATIN_DEEP | 1u << LATIN_HARD,
				    .by_line = 1u << LATIN_HARD, .covered = { [LATIN_RULE] = LATIN_DEEP },
				    .exact = LATIN_RULE, .data = r, .tighten = tighten, .say = say };
	for (int i = 0; i < b->n * b->n; i++)
		p->rule_of[i] = b->cage_of[i];
	r->b = b;
	for (int k = 0; k < b->cages; k++)
		sets_that_give(&r->give[k], &b->cage[k], b->n);
	latin_init(l, p, LATIN_GUESS);
	for (int k = 0; k < b->cages; k++)
		if (b->cage[k].n == 1 && b->cage[k].target <= b->n)
			latin_give(l, b->cage[k].cell[0], b->cage[k].target);
}
