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

enum {
	GUESSES = 400, /* suppositions of a worked solution; puzzles need some tens at most */
	LONG = 5000,   /* bytes of a worked solution after which refutations are told without their steps */
};

/* ---- the state ---- */

static void all_stale(struct latin *l, int rung)
{
	for (int k = 0; k < l->p->rules; k++)
		l->stale[rung][k >> 6] |= 1ull << (k & 63);
}

void latin_init(struct latin *l, const struct latin_puzzle *p, int max)
{
	*l = (struct latin){ .p = p, .n = p->n, .cells = p->n * p->n, .max = max, .left = p->n * p->n };
	for (int i = 0; i < l->cells; i++)
		l->cand[i] = (uint16_t)((1u << p->n) - 1);
	for (int rung = LATIN_RULE; rung < LATIN_GUESS; rung += 2)
		all_stale(l, rung);
	l->lines = (1u << 2 * p->n) - 1;
}

/* Cell i is digits less: what must look at it again? */
static void lost(struct latin *l, int i, unsigned digits)
{
	unsigned rest = l->cand[i] &= (uint16_t)~digits;

	l->changes++;
	l->lines |= 1u << i / l->n | 1u << (l->n + i % l->n);
	for (int j = 0; j < 2; j++) {
		int k = l->p->rule_of[i][j];

		if (k == LATIN_CELLS)
			break;
		for (int r = LATIN_RULE; r < LATIN_GUESS; r += 2)
			l->stale[r][k >> 6] |= 1ull << (k & 63);
	}
	if (!rest)
		l->broken = true;
	else if (!(rest & (rest - 1)) && !l->cell[i])
		l->ready[i >> 6] |= 1ull << (i & 63);
}

static void place(struct latin *l, int i, int v)
{
	int n = l->n, y = i / n, x = i % n;
	unsigned bit = 1u << (v - 1);

	l->cell[i] = (uint8_t)v;
	l->left--;
	l->ready[i >> 6] &= ~(1ull << (i & 63));
	if (l->cand[i] != bit)
		lost(l, i, ~bit);
	for (int k = 0; k < n; k++) {
		if (k != x && l->cand[y * n + k] & bit)
			lost(l, y * n + k, bit);
		if (k != y && l->cand[k * n + x] & bit)
			lost(l, k * n + x, bit);
	}
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
	lost(l, i, digits);
	if (!l->out)
		return;
	buf_addz(&l->line, " !");
	latin_say_digits(&l->line, digits);
	latin_say_cell(&l->line, l->n, i);
}

static int cell_of(const struct latin *l, int line, int k)
{
	return line < l->n ? line * l->n + k : k * l->n + line - l->n;
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

static bool own(struct latin *l, int rung)
{
	bool any = false;

	if (!(l->p->rungs >> rung & 1) || (l->lean && l->p->covered[rung] && l->p->covered[rung] <= l->max))
		return false;
	if (l->p->wide >> rung & 1 && l->changes != l->seen[rung])
		all_stale(l, rung);
	l->seen[rung] = l->changes;
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
		}
	}
	return any;
}

/* Bit k: the k-th cell of the line may be v. */
static unsigned places(const struct latin *l, int line, int v)
{
	unsigned at = 0;

	for (int k = 0; k < l->n; k++)
		at |= (unsigned)(l->cand[cell_of(l, line, k)] >> (v - 1) & 1) << k;
	return at;
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
	unsigned once = 0, more = 0, full = 0;
	bool any = false;

	for (int k = 0; k < l->n; k++) {
		int i = cell_of(l, line, k);

		more |= once & l->cand[i];
		once |= l->cand[i];
		full |= l->cell[i] ? l->cand[i] : 0u;
	}
	if (once != (1u << l->n) - 1)
		l->broken = true;
	for (once &= ~(more | full); once && !l->broken; once &= once - 1) {
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

	while (l->lines && !l->broken) {
		int line = __builtin_ctz(l->lines);

		l->lines &= l->lines - 1;
		if (!hidden_in(l, line))
			continue;
		l->lines |= 1u << line;
		any = true;
		if (!l->sweep)
			break;
	}
	return any;
}

/* The next set of the same size among bits 0 .. n-1; false after the last (Gosper's hack). */
static bool next_set(unsigned *set, int n)
{
	unsigned low = *set & -*set, up = *set + low;

	*set = up | ((*set ^ up) / low) >> 2;
	return *set < 1u << n;
}

static bool naked_set(struct latin *l, int line, unsigned set, int size)
{
	unsigned digits = 0;

	for (unsigned rest = set; rest; rest &= rest - 1)
		digits |= l->cand[cell_of(l, line, __builtin_ctz(rest))];
	if (latin_size(digits) != size)
		return false;
	for (int k = 0; k < l->n; k++)
		if (!(set >> k & 1))
			latin_strike(l, cell_of(l, line, k), digits);
	if (!l->struck)
		return false;
	if (l->out) {
		latin_say_digits(l->out, digits);
		say_members(l->out, l, line, set);
		say_line(l->out, l, line);
	}
	struck_line(l);
	return true;
}

/* at[v - 1]: places of v in the line. */
static bool hidden_set(struct latin *l, int line, unsigned digits, int size, const uint16_t *at)
{
	unsigned set = 0;

	for (unsigned rest = digits; rest; rest &= rest - 1)
		set |= at[__builtin_ctz(rest)];
	if (latin_size(set) != size)
		return false;
	for (unsigned rest = set; rest; rest &= rest - 1)
		latin_strike(l, cell_of(l, line, __builtin_ctz(rest)), ~digits);
	if (!l->struck)
		return false;
	if (l->out) {
		latin_say_digits(l->out, digits);
		say_line(l->out, l, line);
		say_members(l->out, l, line, set);
	}
	struck_line(l);
	return true;
}

static bool subsets_in(struct latin *l, int line, int size)
{
	unsigned set = (1u << size) - 1, cells = 0, digits = 0; /* those that can take part */
	uint16_t at[LATIN_SIDE] = { 0 };
	int open = 0;

	for (int k = 0; k < l->n; k++) {
		int i = cell_of(l, line, k);

		if (l->cell[i])
			continue;
		open++;
		if (latin_size(l->cand[i]) <= size)
			cells |= 1u << k;
		for (unsigned c = l->cand[i]; c; c &= c - 1)
			at[__builtin_ctz(c)] |= (uint16_t)(1u << k);
	}
	for (int v = 0; v < l->n; v++)
		if (at[v] && latin_size(at[v]) <= size)
			digits |= 1u << v;
	if (open <= size || (latin_size(cells) < size && latin_size(digits) < size))
		return false;
	do {
		if (!(set & ~cells) && naked_set(l, line, set, size))
			return true;
		if (!(set & ~digits) && hidden_set(l, line, set, size, at))
			return true;
	} while (next_set(&set, l->n));
	return false;
}

/* `size` cells of a line that share as many digits, or digits that share as many cells. */
static bool subsets(struct latin *l, int size)
{
	bool any = false;

	for (int line = 0; line < 2 * l->n && !l->broken; line++) {
		if (!subsets_in(l, line, size))
			continue;
		any = true;
		if (!l->sweep)
			break;
	}
	return any;
}

/* v in the lines of set (rows, or columns from line n on), at at[line], lies in as many lines across. */
static bool fish_in(struct latin *l, int from, unsigned set, int size, int v, const uint16_t *at)
{
	unsigned across = 0;

	for (unsigned rest = set; rest; rest &= rest - 1)
		across |= at[__builtin_ctz(rest)];
	if (latin_size(across) != size)
		return false;
	for (int k = 0; k < l->n; k++)
		for (unsigned rest = across; rest && !(set >> k & 1); rest &= rest - 1)
			latin_strike(l, cell_of(l, from + k, __builtin_ctz(rest)), 1u << (v - 1));
	if (!l->struck)
		return false;
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

static bool fish_of(struct latin *l, int from, int size, int v)
{
	unsigned set = (1u << size) - 1, lines = 0; /* those that can take part */
	uint16_t at[LATIN_SIDE];

	for (int k = 0; k < l->n; k++) {
		at[k] = (uint16_t)places(l, from + k, v);
		if (latin_size(at[k]) > 1 && latin_size(at[k]) <= size)
			lines |= 1u << k;
	}
	if (latin_size(lines) < size)
		return false;
	do {
		if (!(set & ~lines) && fish_in(l, from, set, size, v, at))
			return true;
	} while (next_set(&set, l->n));
	return false;
}

static bool fish(struct latin *l, int size)
{
	bool any = false;

	for (int v = 1; v <= l->n; v++) {
		for (int from = 0; from <= l->n; from += l->n) {
			if (l->broken || !fish_of(l, from, size, v))
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
	int best = 1 << 30, at = -1, digit = 0;
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
		if (!step(l))
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
		for (int v = 1; v <= l->n; v++) {
			unsigned at = places(l, line, v);

			if (at && !(at & (at - 1)))
				fills[cell_of(l, line, __builtin_ctz(at))] = (uint8_t)v;
		}
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

void latin_grade(struct effort *e, const struct latin *start, const uint8_t *solution, const char *const names[128])
{
	struct latin l = *start;
	unsigned set = 0;

	l.max = LATIN_GUESS;
	if (!latin_solve(&l))
		return;
	e->steps = l.steps;
	e->branch = l.guesses;
	for (int rung = 0; rung < LATIN_RUNGS; rung++)
		set |= (l.used >> rung & 1) << (LATIN_GUESS - rung);
	e->technique = names[set][0] ? names[set] + 2 : "";
	l = *start;
	l.max = LATIN_HARD;
	e->depth = latin_rounds(&l, solution);
}

void latin_explain(struct buf *steps, const struct latin *start)
{
	struct latin l = *start;

	l.max = LATIN_GUESS;
	l.out = steps;
	say_board(steps, &l);
	latin_solve(&l);
	buf_release(&l.line);
	if (steps->n && steps->s[steps->n - 1] == '\n')
		buf_cut(steps, steps->n - 1);
}
