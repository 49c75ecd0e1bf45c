/*
 * latin.c - Latin squares as people solve them: the easiest technique first, each step told.
 *
 * The worked solution names rows a, b, c ..., columns 1, 2, 3 ..., and keeps each row's latest state as "b=3020", 0 for empty:
 *
 *	a=1204 b=3001 c=0040 d=4000
 *	a3 -1204 3 a=1234		the row (-) or column (|) lacks only a 3
 *	b2 -3001 |2000 4 b=3401		row and column together leave only 4
 *	b2 -3001 !2 4 b=3401		row b and what was struck before (2) leave only 4
 *	c1 -0040 2 ~c2| ~c4! c=2040	in row c only c1 can be 2: c2's column has it, c4 had it struck
 *	25 b3 b7 -b !5b1		two cells of row b share 2 and 5: b1 is not 5
 *	25 -b b3 b7 !7b3		in row b, 2 and 5 fit only there: b3 is not 7
 *	5 -b -f |2 |7 !5c2		rows b and f have 5 only in columns 2 and 7: c2 is not 5
 *	?b3 25 2 b=3020			b3 is 2 or 5: suppose 2
 *	?b3 25 2 ... 14			the same told shortly, once the text is long: 14 steps, then
 *	x c5				no digit is left for c5 (x 5 -a: no cell of row a for 5): the supposition was wrong,
 *	!2b3 a=1204 ...			so b3 is not 2, and the board is what it was before
 *
 * The puzzle's own steps stand in its file.
 */
#include "generators/latin.h"

#include <limits.h>

enum {
	GUESSES = 400, /* suppositions of a worked solution; puzzles need some tens at most */
	LONG = 5000,   /* bytes of a worked solution after which refutations are told without their steps */
};

/* ---- the state ---- */

/* Row and column of a cell; a division by n takes long. */
static int row_of(const struct latin *l, int i)
{
	return (int)((unsigned)i * l->inverse >> 16);
}

void latin_init(struct latin *l, const struct latin_puzzle *p, int max)
{
	uint32_t all = (1u << 2 * p->n) - 1;

	*l = (struct latin){ .p = p, .n = p->n, .cells = p->n * p->n, .max = max, .left = p->n * p->n, .enough = INT_MAX,
			     .inverse = 65536u / (unsigned)p->n + 1, .fish = { 0x1ff, 0x1ff }, .moved_lines = all };
	for (int i = 0; i < l->cells; i++) {
		l->cand[i] = (uint16_t)((1u << p->n) - 1);
		l->moved[i >> 6] |= 1ull << (i & 63);
	}
	for (int k = 0; k < LATIN_LOOKS; k++)
		l->lines[k] = all;
}

/* Cell i is digits less: what must look at it again? */
static void lost(struct latin *l, int i, int y, int x, unsigned digits)
{
	unsigned rest = l->cand[i] &= (uint16_t)~digits, lines = 1u << y | 1u << (l->n + x);

	for (int k = 0; k < LATIN_LOOKS; k++)
		l->lines[k] |= lines;
	l->fish[0] |= (uint16_t)digits;
	l->fish[1] |= (uint16_t)digits;
	l->moved_lines |= lines;
	l->moved[i >> 6] |= 1ull << (i & 63);
	if (!rest)
		l->broken = true;
	else if (!(rest & (rest - 1)) && !l->cell[i])
		l->ready[i >> 6] |= 1ull << (i & 63);
}

static void place(struct latin *l, int i, int v)
{
	int n = l->n, y = row_of(l, i), x = i - y * n;
	unsigned bit = 1u << (v - 1);

	l->cell[i] = (uint8_t)v;
	l->left--;
	l->ready[i >> 6] &= ~(1ull << (i & 63));
	if (l->cand[i] != bit)
		lost(l, i, y, x, ~bit);
	for (int k = 0, j = i - x; k < n; k++, j++)
		if (l->cand[j] & bit && k != x)
			lost(l, j, y, k, bit);
	for (int k = 0, j = x; k < n; k++, j += n)
		if (l->cand[j] & bit && k != y)
			lost(l, j, k, x, bit);
}

void latin_give(struct latin *l, int i, int v)
{
	if (l->cell[i] || !(l->cand[i] >> (v - 1) & 1))
		l->broken = true;
	else
		place(l, i, v);
}

void latin_strike(struct latin *l, int i, unsigned digits)
{
	digits &= l->cand[i];
	if (!digits)
		return;
	l->cut[i] |= (uint16_t)digits;
	l->struck = true;
	lost(l, i, row_of(l, i), i - row_of(l, i) * l->n, digits);
	if (!l->out)
		return;
	buf_addz(&l->line, " !");
	latin_say_digits(&l->line, digits);
	latin_say_cell(&l->line, l->n, i);
}

static void look_far(struct latin *l)
{
	for (int i = 0; i < l->cells; i += 64)
		l->far[i >> 6] = l->cells - i < 64 ? (1ull << (l->cells - i)) - 1 : ~0ull;
}

void latin_look_cell(struct latin *l, int i)
{
	l->moved[i >> 6] |= 1ull << (i & 63);
	look_far(l);
}

void latin_look_line(struct latin *l, int line)
{
	l->moved_lines |= 1u << line;
	look_far(l);
}

/* The cells of a line are at + k * step. */
static int line_at(const struct latin *l, int line, int *step)
{
	*step = line < l->n ? 1 : l->n;
	return line < l->n ? line * l->n : line - l->n;
}

static int cell_of(const struct latin *l, int line, int k)
{
	return latin_member(l->n, line, k);
}

/* ---- its words ---- */

void latin_say_cell(struct buf *b, int n, int i)
{
	buf_addc(b, (char)('a' + i / n));
	buf_addc(b, (char)('1' + i % n));
}

void latin_say_digits(struct buf *b, unsigned set)
{
	for (; set; set &= set - 1)
		buf_addc(b, (char)('1' + __builtin_ctz(set)));
}

static void say_row(struct buf *b, const struct latin *l, int y)
{
	buf_addc(b, (char)('a' + y));
	buf_addc(b, '=');
	for (int x = 0; x < l->n; x++)
		buf_addc(b, (char)('0' + l->cell[y * l->n + x]));
}

static void say_board(struct buf *b, const struct latin *l)
{
	for (int y = 0; y < l->n; y++) {
		if (y)
			buf_addc(b, ' ');
		say_row(b, l, y);
	}
	buf_addc(b, '\n');
}

/* " -3001": what the line holds. */
static void say_content(struct buf *b, const struct latin *l, int line)
{
	buf_addc(b, ' ');
	buf_addc(b, line < l->n ? '-' : '|');
	for (int k = 0; k < l->n; k++)
		buf_addc(b, (char)('0' + l->cell[cell_of(l, line, k)]));
}

/* " -b", " |3". */
static void say_line(struct buf *b, const struct latin *l, int line)
{
	buf_addc(b, ' ');
	buf_addc(b, line < l->n ? '-' : '|');
	buf_addc(b, (char)(line < l->n ? 'a' + line : '1' + line - l->n));
}

/* " b3 b7": the cells of a line whose places are in set. */
static void say_members(struct buf *b, const struct latin *l, int line, unsigned set)
{
	for (; set; set &= set - 1) {
		buf_addc(b, ' ');
		latin_say_cell(b, l->n, cell_of(l, line, __builtin_ctz(set)));
	}
}

/* Closes an elimination; what it rests on was written before. */
static void struck_line(struct latin *l)
{
	l->struck = false;
	l->steps++;
	if (!l->out)
		return;
	buf_add(l->out, buf_str(&l->line));
	buf_addc(l->out, '\n');
	buf_reset(&l->line);
}

/* " b=3020": the cell is filled and the step told. */
static void fill(struct latin *l, int i, int v)
{
	place(l, i, v);
	l->steps++;
	if (!l->out)
		return;
	buf_addc(l->out, ' ');
	say_row(l->out, l, i / l->n);
	buf_addc(l->out, '\n');
}

/* Digits that a line has. */
static unsigned holds(const struct latin *l, int line)
{
	unsigned has = 0;

	for (int k = 0; k < l->n; k++) {
		int i = cell_of(l, line, k);

		if (l->cell[i])
			has |= 1u << (l->cell[i] - 1);
	}
	return has;
}

/* ---- techniques: each makes one step (or, sweeping, all it can) and says whether there was one ---- */

/* Name as few lines as rule out all digits but v; then what earlier steps struck. */
static void say_single(struct latin *l, int i, int v)
{
	unsigned others = ((1u << l->n) - 1) & ~(1u << (v - 1)), has[2] = { holds(l, i / l->n), holds(l, l->n + i % l->n) }, got = 0;
	int set = 0;

	for (; set < 4; set++) {
		got = (set & 1 ? has[0] : 0) | (set & 2 ? has[1] : 0);
		if (!(others & ~(got | l->cut[i])))
			break;
	}
	latin_say_cell(l->out, l->n, i);
	if (set & 1)
		say_content(l->out, l, i / l->n);
	if (set & 2)
		say_content(l->out, l, l->n + i % l->n);
	if (others & ~got) {
		buf_addz(l->out, " !");
		latin_say_digits(l->out, others & ~got);
	}
	buf_addf(l->out, " %d", v);
}

static bool single(struct latin *l)
{
	bool any = false;

	while ((l->ready[0] | l->ready[1]) && !l->broken) {
		int i = l->ready[0] ? __builtin_ctzll(l->ready[0]) : 64 + __builtin_ctzll(l->ready[1]);
		int v = latin_least(l->cand[i]);

		if (l->out)
			say_single(l, i, v);
		fill(l, i, v);
		any = true;
		if (!l->sweep)
			break;
	}
	return any;
}

/* A step is told from the candidates that it began with. */
static void say_own(struct latin *l, int k, int rung, const uint16_t *before)
{
	uint16_t after[LATIN_CELLS];

	memcpy(after, l->cand, sizeof(after));
	memcpy(l->cand, before, sizeof(after));
	l->p->say(l, k, rung);
	memcpy(l->cand, after, sizeof(after));
}

/* Rules that look at cells which changed are to be tried again. */
static void wake(struct latin *l)
{
	const struct latin_puzzle *p = l->p;
	uint64_t rules[2] = { 0 };

	for (int w = 0; w < 2; w++) {
		for (uint64_t set = l->moved[w]; set; set &= set - 1) {
			int k = p->rule_of[w * 64 + __builtin_ctzll(set)];

			rules[k >> 6] |= 1ull << (k & 63);
		}
		l->far[w] |= l->moved[w];
		l->moved[w] = 0;
	}
	for (int r = LATIN_RULE; r < LATIN_GUESS; r += 2) {
		if (p->by_line >> r & 1) {
			l->stale[r][0] |= l->moved_lines;
		} else {
			l->stale[r][0] |= rules[0];
			l->stale[r][1] |= rules[1];
		}
	}
	l->moved_lines = 0;
}

static bool own(struct latin *l, int rung)
{
	bool any = false;

	if (!(l->p->rungs >> rung & 1) || (l->lean && l->p->covered[rung] && l->p->covered[rung] <= l->max))
		return false;
	wake(l);
	if (rung == l->p->wide) {
		l->p->wake(l, l->far, l->stale[rung]);
		l->far[0] = l->far[1] = 0;
	}
	for (int w = 0; w < 2; w++) {
		while (l->stale[rung][w]) {
			int k = w * 64 + __builtin_ctzll(l->stale[rung][w]);
			uint16_t before[LATIN_CELLS];

			l->stale[rung][w] &= l->stale[rung][w] - 1;
			if (l->out)
				memcpy(before, l->cand, sizeof(before));
			l->p->tighten(l, k, rung);
			if (!l->struck)
				continue;
			l->stale[rung][w] |= 1ull << (k & 63); /* it may have a second step */
			if (l->out)
				say_own(l, k, rung, before);
			struck_line(l);
			any = true;
			if (!l->sweep || l->broken)
				return true;
			wake(l);
		}
	}
	return any;
}

/* Bit k: the k-th cell of the line may be v. */
static unsigned places(const struct latin *l, int line, int v)
{
	unsigned at = 0;
	int step, i = line_at(l, line, &step);

	for (int k = 0; k < l->n; k++, i += step)
		at |= (unsigned)(l->cand[i] >> (v - 1) & 1) << k;
	return at;
}

/* Digits that can stand in one cell of the line; *full: those of filled cells; *some: those that can stand in any. */
static unsigned lone_digits(const struct latin *l, int line, unsigned *full, unsigned *some)
{
	unsigned once = 0, more = 0;
	int step, i = line_at(l, line, &step);

	*full = 0;
	for (int k = 0; k < l->n; k++, i += step) {
		unsigned c = l->cand[i];

		more |= once & c;
		once |= c;
		*full |= l->cell[i] ? c : 0u;
	}
	*some = once;
	return once & ~more;
}

/* Why no other open cell of the line can be v: "~b2|", its column has it; "~b4!", struck before. */
static void say_hidden(struct latin *l, int line, int i, int v)
{
	latin_say_cell(l->out, l->n, i);
	say_content(l->out, l, line);
	buf_addf(l->out, " %d", v);
	for (int k = 0; k < l->n; k++) {
		int j = cell_of(l, line, k), across = line < l->n ? l->n + j % l->n : j / l->n;

		if (l->cell[j] || j == i)
			continue;
		buf_addz(l->out, " ~");
		latin_say_cell(l->out, l->n, j);
		buf_addc(l->out, holds(l, across) >> (v - 1) & 1 ? (across < l->n ? '-' : '|') : '!');
	}
}

static bool hidden_in(struct latin *l, int line)
{
	unsigned full, some, once = lone_digits(l, line, &full, &some);
	bool any = false;

	if (some != (1u << l->n) - 1)
		l->broken = true;
	for (once &= ~full; once && !l->broken; once &= once - 1) {
		int v = latin_least(once);
		unsigned at = places(l, line, v);
		int i;

		if (!at) {
			l->broken = true; /* two digits had one place */
			break;
		}
		i = cell_of(l, line, __builtin_ctz(at));
		if (l->cell[i])
			continue;
		if (l->out)
			say_hidden(l, line, i, v);
		fill(l, i, v);
		any = true;
		if (!l->sweep)
			break;
	}
	return any;
}

static bool hidden(struct latin *l)
{
	bool any = false;

	while (l->lines[0] && !l->broken) {
		int line = __builtin_ctz(l->lines[0]);

		l->lines[0] &= l->lines[0] - 1;
		if (!hidden_in(l, line))
			continue;
		l->lines[0] |= 1u << line;
		any = true;
		if (!l->sweep)
			break;
	}
	return any;
}

/*
 * The least group, as a number, of `more` of these members that together with `group` has `size` bits; `bits` are those of `group`.
 * Some other of the n has some of them, too. 0: there is none.
 */
static unsigned closed_group(const uint16_t *has, int n, unsigned members, int more, int size, unsigned group, unsigned bits)
{
	if (!more) {
		for (int k = 0; k < n && latin_size(bits) == size; k++)
			if (has[k] & bits && !(group >> k & 1))
				return group;
		return 0;
	}
	for (unsigned rest = members; rest; rest &= rest - 1) { /* the last of the group, then those before it */
		unsigned last = rest & -rest, all = bits | has[__builtin_ctz(rest)], found;

		if (latin_size(all) > size)
			continue;
		found = closed_group(has, n, members & (last - 1), more - 1, size, group | last, all);
		if (found)
			return found;
	}
	return 0;
}

/* has[k]: the k-th cell's digits. */
static void naked_set(struct latin *l, int line, unsigned set, const uint16_t *has)
{
	unsigned digits = 0;

	for (unsigned rest = set; rest; rest &= rest - 1)
		digits |= has[__builtin_ctz(rest)];
	for (int k = 0; k < l->n; k++)
		if (!(set >> k & 1))
			latin_strike(l, cell_of(l, line, k), digits);
	if (l->out) {
		latin_say_digits(l->out, digits);
		say_members(l->out, l, line, set);
		say_line(l->out, l, line);
	}
	struck_line(l);
}

/* at[v - 1]: places of v in the line. */
static void hidden_set(struct latin *l, int line, unsigned digits, const uint16_t *at)
{
	unsigned set = 0;

	for (unsigned rest = digits; rest; rest &= rest - 1)
		set |= at[__builtin_ctz(rest)];
	for (unsigned rest = set; rest; rest &= rest - 1)
		latin_strike(l, cell_of(l, line, __builtin_ctz(rest)), ~digits);
	if (l->out) {
		latin_say_digits(l->out, digits);
		say_line(l->out, l, line);
		say_members(l->out, l, line, set);
	}
	struck_line(l);
}

static bool subsets_in(struct latin *l, int line, int size)
{
	unsigned cells = 0, digits = 0, naked, hidden; /* those that can take part; those that do */
	uint16_t has[LATIN_SIDE], at[LATIN_SIDE] = { 0 };
	int open = 0, step, i = line_at(l, line, &step);

	for (int k = 0; k < l->n; k++, i += step) {
		has[k] = l->cand[i];
		if (l->cell[i])
			continue;
		open++;
		if (latin_size(has[k]) <= size)
			cells |= 1u << k;
		for (unsigned c = has[k]; c; c &= c - 1)
			at[__builtin_ctz(c)] |= (uint16_t)(1u << k);
	}
	if (open <= size)
		return false;
	for (int v = 0; v < l->n; v++)
		if (at[v] && latin_size(at[v]) <= size)
			digits |= 1u << v;
	naked = closed_group(has, l->n, cells, size, size, 0, 0);
	hidden = closed_group(at, l->n, digits, size, size, 0, 0);
	if (naked && (!hidden || naked <= hidden))
		naked_set(l, line, naked, has);
	else if (hidden)
		hidden_set(l, line, hidden, at);
	return naked || hidden;
}

/* `size` cells of a line that share as many digits, or digits that share as many cells. */
static bool subsets(struct latin *l, int size)
{
	uint32_t *lines = &l->lines[size - 1];
	bool any = false;

	for (int line = 0; *lines >> line && !l->broken; line++) {
		if (!(*lines >> line & 1))
			continue;
		*lines &= ~(1u << line);
		if (!subsets_in(l, line, size))
			continue;
		*lines |= 1u << line;
		any = true;
		if (!l->sweep)
			break;
	}
	return any;
}

/* Rows (or columns, from line n on) that have v in as many columns: no other row has it there. */
static bool fish_in(struct latin *l, int from, int size, int v, const uint16_t *at)
{
	unsigned lines = 0, set, across = 0;

	for (int k = 0; k < l->n; k++)
		if (at[k] & (at[k] - 1) && latin_size(at[k]) <= size)
			lines |= 1u << k;
	set = closed_group(at, l->n, lines, size, size, 0, 0);
	if (!set)
		return false;
	for (unsigned rest = set; rest; rest &= rest - 1)
		across |= at[__builtin_ctz(rest)];
	for (int k = 0; k < l->n; k++)
		for (unsigned rest = across; rest && !(set >> k & 1); rest &= rest - 1)
			latin_strike(l, cell_of(l, from + k, __builtin_ctz(rest)), 1u << (v - 1));
	if (l->out) {
		buf_addi(l->out, v);
		for (unsigned rest = set; rest; rest &= rest - 1)
			say_line(l->out, l, from + __builtin_ctz(rest));
		for (unsigned rest = across; rest; rest &= rest - 1)
			say_line(l->out, l, l->n - from + __builtin_ctz(rest));
	}
	struck_line(l);
	return true;
}

static bool fish(struct latin *l, int size)
{
	uint16_t *digits = &l->fish[size - 2], at[LATIN_SIDE][2 * LATIN_SIDE] = { { 0 } }; /* places in a line */
	bool any = false;
	int n = l->n;

	for (int y = 0, i = 0; y < n; y++) {
		for (int x = 0; x < n; x++, i++) {
			for (unsigned c = l->cand[i] & *digits; c; c &= c - 1) {
				at[__builtin_ctz(c)][y] |= (uint16_t)(1u << x);
				at[__builtin_ctz(c)][n + x] |= (uint16_t)(1u << y);
			}
		}
	}
	for (int v = 1; v <= n; v++) {
		if (!(*digits >> (v - 1) & 1))
			continue;
		*digits &= (uint16_t)~(1u << (v - 1)); /* what is struck sets it again */
		for (int from = 0; from <= n && !l->broken; from += n) {
			for (int k = from; k < from + n && *digits >> (v - 1) & 1; k++)
				at[v - 1][k] = (uint16_t)places(l, k, v);
			if (!fish_in(l, from, size, v, at[v - 1] + from))
				continue;
			any = true;
			if (!l->sweep)
				return true;
		}
	}
	return any;
}

/* ---- suppositions ---- */

/* Says where the board is broken; false: nowhere. */
static bool say_broken(const struct latin *l)
{
	for (int i = 0; i < l->cells; i++) {
		if (l->cand[i])
			continue;
		if (l->out) {
			buf_addz(l->out, "x ");
			latin_say_cell(l->out, l->n, i);
			buf_addc(l->out, '\n');
		}
		return true;
	}
	for (int line = 0; line < 2 * l->n; line++) {
		for (int v = 1; v <= l->n; v++) {
			if (places(l, line, v))
				continue;
			if (l->out) {
				buf_addf(l->out, "x %d", v);
				say_line(l->out, l, line);
				buf_addc(l->out, '\n');
			}
			return true;
		}
	}
	return false;
}

/* The open cell with the fewest candidates. */
static int tightest(const struct latin *l)
{
	int best = LATIN_SIDE + 1, at = 0;

	for (int i = 0; i < l->cells && best > 2; i++) {
		int size = l->cell[i] ? LATIN_SIDE + 1 : latin_size(l->cand[i]);

		if (size < best) {
			best = size;
			at = i;
		}
	}
	return at;
}

/* Go on from here with cell i being v, as a copy; told or not. */
static void suppose(struct latin *to, const struct latin *l, int i, int v, bool told)
{
	*to = *l;
	to->line = BUF_INIT;
	to->guesses++;
	if (l->out) {
		buf_addc(l->out, '?');
		latin_say_cell(l->out, l->n, i);
		buf_addc(l->out, ' ');
		latin_say_digits(l->out, l->cand[i]);
		buf_addf(l->out, " %d", v);
	}
	if (!told)
		to->out = NULL;
	fill(to, i, v);
}

/* The copy broke: i is not v. */
static void refuted(struct latin *l, const struct latin *copy, int i, int v)
{
	say_broken(copy);
	l->steps = copy->steps;
	l->guesses = copy->guesses;
	l->used |= copy->used;
	latin_strike(l, i, 1u << (v - 1));
	l->struck = false;
	if (!l->out)
		return;
	buf_add(l->out, str_from(buf_str(&l->line), 1));
	buf_reset(&l->line);
	buf_addc(l->out, ' ');
	say_board(l->out, l);
}

/* A supposition that the other techniques refute: the one that takes the fewest steps among cells of two candidates. */
static bool refute(struct latin *l)
{
	int best = l->enough, at = -1, digit = 0;
	struct latin copy;

	for (int i = 0; i < l->cells; i++) {
		if (l->cell[i] || latin_size(l->cand[i]) != 2)
			continue;
		for (unsigned c = l->cand[i]; c; c &= c - 1) {
			copy = *l;
			copy.out = NULL;
			copy.sweep = true;
			copy.max = LATIN_HARD;
			copy.steps = 0;
			copy.enough = best;
			place(&copy, i, latin_least(c));
			if (latin_solve(&copy) || !copy.broken || copy.steps >= best)
				continue;
			best = copy.steps;
			at = i;
			digit = latin_least(c);
		}
	}
	if (at < 0)
		return false;
	suppose(&copy, l, at, digit, l->out && l->out->n < LONG);
	copy.max = LATIN_HARD;
	latin_solve(&copy);
	if (l->out && !copy.out)
		buf_addf(l->out, " ... %d\n", copy.steps - l->steps);
	copy.out = l->out;
	buf_release(&copy.line);
	refuted(l, &copy, at, digit);
	return true;
}

/* Where none is refuted so: the candidates of the tightest cell in turn, as deep as it goes. */
static bool guess(struct latin *l)
{
	int i;

	if (l->guesses >= GUESSES)
		return false;
	if (refute(l))
		return true;
	i = tightest(l);
	for (unsigned c = l->cand[i]; c && l->guesses < GUESSES; c &= c - 1) {
		struct latin copy;
		bool solved;

		suppose(&copy, l, i, latin_least(c), l->out != NULL);
		solved = latin_solve(&copy);
		buf_release(&copy.line);
		if (solved) {
			copy.line = l->line;
			*l = copy;
			return true;
		}
		if (!copy.broken) { /* given up */
			l->guesses = GUESSES;
			return false;
		}
		refuted(l, &copy, i, latin_least(c));
	}
	return true;
}

/* ---- solving ---- */

static bool apply(struct latin *l, int rung)
{
	switch (rung) {
	case LATIN_SINGLE:
		return single(l);
	case LATIN_HIDDEN:
		return hidden(l);
	case LATIN_PAIR:
		return subsets(l, 2);
	case LATIN_HARD:
		return own(l, rung) || fish(l, 2) || subsets(l, 3) || fish(l, 3) || (l->n > 7 && subsets(l, 4));
	case LATIN_GUESS:
		return guess(l);
	default:
		return own(l, rung);
	}
}

static bool step(struct latin *l)
{
	for (int rung = LATIN_SINGLE; rung <= l->max && !l->broken; rung++) {
		if (!apply(l, rung))
			continue;
		l->used |= 1u << rung;
		return true;
	}
	return false;
}

/* The square is full: do the rules agree? Those that were not tried since strike now, and all that is left to a cell. */
static bool rules_hold(struct latin *l)
{
	struct latin copy;

	wake(l);
	if (!(l->stale[l->p->exact][0] | l->stale[l->p->exact][1]))
		return true;
	copy = *l;
	copy.out = NULL;
	copy.lean = false;
	own(&copy, l->p->exact);
	l->broken |= copy.broken;
	return !copy.broken;
}

bool latin_solve(struct latin *l)
{
	while (l->left && !l->broken)
		if (l->steps >= l->enough || !step(l))
			return false;
	return !l->broken && rules_hold(l);
}

int latin_hardest(const struct latin *l)
{
	return l->used ? 31 - __builtin_clz(l->used) : LATIN_SINGLE;
}

/* Cells that a single or (where allowed) a hidden single fills now, all at once. */
static bool fill_round(struct latin *l)
{
	uint8_t fills[LATIN_CELLS] = { 0 };
	bool any = false;

	for (int i = 0; i < l->cells; i++)
		if (!l->cell[i] && !(l->cand[i] & (l->cand[i] - 1)))
			fills[i] = (uint8_t)latin_least(l->cand[i]);
	for (int line = 0; line < 2 * l->n && l->max >= LATIN_HIDDEN; line++) {
		unsigned full, some;

		for (unsigned once = lone_digits(l, line, &full, &some); once; once &= once - 1)
			fills[cell_of(l, line, __builtin_ctz(places(l, line, latin_least(once))))] = (uint8_t)latin_least(once);
	}
	for (int i = 0; i < l->cells; i++) {
		if (!fills[i] || l->cell[i])
			continue;
		place(l, i, fills[i]);
		any = true;
	}
	return any;
}

int latin_rounds(struct latin *l, const uint8_t *solution)
{
	int n = 0;

	l->sweep = true;
	for (; l->left && !l->broken; n++) {
		bool any = fill_round(l);

		for (int rung = LATIN_RULE; rung <= l->max && !any; rung++)
			any = rung != LATIN_HIDDEN && rung != LATIN_GUESS && apply(l, rung);
		if (!any)
			place(l, tightest(l), solution[tightest(l)]);
	}
	return n;
}

/* ---- counting ---- */

struct count {
	int found, limit;
	int nodes; /* left */
	uint8_t *first;
};

static void count_on(struct count *c, struct latin *l)
{
	int i;

	if (latin_solve(l)) {
		if (c->found++ == 0 && c->first)
			memcpy(c->first, l->cell, sizeof(l->cell));
		return;
	}
	if (l->broken)
		return;
	i = tightest(l);
	for (unsigned d = l->cand[i]; d && c->found < c->limit && c->nodes > 0; d &= d - 1) {
		struct latin copy = *l;

		c->nodes--;
		place(&copy, i, latin_least(d));
		count_on(c, &copy);
	}
}

int latin_solutions(const struct latin *start, int limit, int nodes, uint8_t *first)
{
	struct count c = { .limit = limit, .nodes = nodes, .first = first };
	struct latin l = *start;

	l.sweep = l.lean = true;
	l.max = LATIN_HARD;
	l.out = NULL;
	count_on(&c, &l);
	return c.nodes > 0 ? c.found : -1;
}

/* ---- what the tasks say ---- */

bool latin_prove(const struct latin *start)
{
	return latin_solutions(start, 2, LATIN_NODES, NULL) == 1;
}

int latin_count(struct buf *answer, const struct latin *start, int limit)
{
	uint8_t full[LATIN_CELLS];
	int found = latin_solutions(start, limit, LATIN_NODES, full);

	if (found > 0)
		latin_write(answer, full, start->n, GRID_SLASHES, NULL);
	return found;
}

void latin_grade(struct effort *e, const struct latin *start, const char *const names[128])
{
	struct latin l = *start;
	unsigned set = 0;
	uint8_t full[LATIN_CELLS];

	l.max = LATIN_HARD;
	if (!latin_solve(&l)) {
		if (!latin_prove(start))
			return;
		l.max = LATIN_GUESS; /* goes on from there */
		if (!latin_solve(&l))
			return;
	}
	memcpy(full, l.cell, sizeof(full));
	e->steps = l.steps;
	e->branch = l.guesses;
	for (int rung = 0; rung < LATIN_RUNGS; rung++)
		set |= (l.used >> rung & 1) << (LATIN_GUESS - rung);
	e->technique = names[set][0] ? names[set] + 2 : "";
	l = *start;
	l.max = LATIN_HARD;
	e->depth = latin_rounds(&l, full);
}

void latin_explain(struct buf *steps, const struct latin *start)
{
	struct latin l = *start;

	if (!latin_prove(start))
		return;
	l.max = LATIN_GUESS;
	l.out = steps;
	say_board(steps, &l);
	latin_solve(&l);
	buf_release(&l.line);
	if (steps->n && steps->s[steps->n - 1] == '\n')
		buf_cut(steps, steps->n - 1);
}
