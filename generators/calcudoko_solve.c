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

/* ---- its rules: rule k is about cage k, on the rung of sums about line k ---- */

int set_sum(unsigned set)
{
	int sum = 0;

	for (; set; set &= set - 1)
		sum += latin_least(set);
	return sum;
}

/* The largest digit is so many times the product of the others. */
static bool set_ratio(unsigned set, int target)
{
	int most = latin_most(set), product = target;

	for (set &= ~(1u << (most - 1)); set && product && product <= most; set &= set - 1)
		product *= latin_least(set);
	return product == most;
}

/* What is left of a cage's target after one more digit; -1: too much. Only sums and products have something left. */
static int left_after(const struct cage *c, int left, int v)
{
	switch (c->sign) {
	case '+':
		return left >= v ? left - v : -1;
	case '*':
		return left % v == 0 ? left / v : -1;
	default:
		return left;
	}
}

/* Do these digits, all of the cage's, give its target? */
static bool gives(const struct cage *c, int left, unsigned set)
{
	switch (c->sign) {
	case '+':
		return left == 0;
	case '*':
		return left == 1;
	case '-':
		return 2 * latin_most(set) - set_sum(set) == c->target;
	case '/':
		return set_ratio(set, c->target);
	default:
		return latin_least(set) == c->target;
	}
}

/* The ways to fill a cage, by the set of digits in its first cells. */
struct ways {
	int size;
	uint16_t cand[CAGE_CELLS];
	uint16_t some[CAGE_CELLS];          /* digits that a cell has in some way */
	uint8_t alive[1 << LATIN_SIDE];     /* these digits can come first, and the cage can be filled from there */
	uint16_t list[1 << LATIN_SIDE];     /* sets that can come first, smaller ones before */
	int left[1 << LATIN_SIDE];          /* of the target, after list[i] */
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
	w->left[0] = c->target;
	w->sets = 1;
	for (int k = 0; k < c->n; k++) {
		int end = w->sets;

		for (; at < end; at++) {
			for (unsigned d = w->cand[k] & ~(unsigned)w->list[at]; d; d &= d - 1) {
				unsigned set = w->list[at] | (d & -d);
				int left = left_after(c, w->left[at], latin_least(d));

				if (w->alive[set] || left < 0 || (k + 1 == c->n && !gives(c, left, set)))
					continue;
				w->alive[set] = 1; /* seen */
				w->left[w->sets] = left;
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
		int i = latin_member(n, line, k);
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

	if (rung == LATIN_HARD)
		line_step(l, k);
	else
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

void cages_pose(struct latin *l, struct latin_puzzle *p, struct board *b)
{
	*p = (struct latin_puzzle){ .n = b->n, .rungs = 1u << LATIN_RULE | 1u << LATIN_DEEP | 1u << LATIN_HARD,
				    .by_line = 1u << LATIN_HARD, .covered = { [LATIN_RULE] = LATIN_DEEP },
				    .exact = LATIN_RULE, .data = b, .tighten = tighten, .say = say };
	for (int i = 0; i < b->n * b->n; i++)
		p->rule_of[i] = b->cage_of[i];
	latin_init(l, p, LATIN_GUESS);
	for (int k = 0; k < b->cages; k++)
		if (b->cage[k].n == 1 && b->cage[k].target <= b->n)
			latin_give(l, b->cage[k].cell[0], b->cage[k].target);
}
