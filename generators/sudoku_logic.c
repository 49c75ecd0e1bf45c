/*
 * sudoku_logic.c - sudoku as people solve it: the easiest technique first, each step told.
 *
 * desc: "BWxBH:ROW/ROW/...", a digit or . a cell; boxes are BW columns wide and BH rows high ("2x2:12.4/3..1/...").
 * The answer is the filled rows in the same spelling: "1234/3412/2143/4321".
 *
 * The worked solution names rows a, b, c ... and keeps each row's latest state as "b=3020", 0 for empty:
 *
 *	a=1204 b=3001 c=0040 d=4000
 *	a3 -1204 3 a=1234		the row (-), column (|) or box (#) lacks only a 3
 *	b2 -3001 |2000 4 b=3401		row and column together leave only 4
 *	c1 #0040 2 ~c2| ~d2# c=2040	in the box only c1 can be 2: c2's column and d2's box have it
 *	5 #d4 -d !5d1 !5d2		the box's 5 must lie in row d, so d1 and d2 are not 5
 *	25 b3 b7 -b !5b1		two cells of row b share 2 and 5: b1 is not 5
 *	25 -b b3 b7 !7b3		in row b, 2 and 5 fit only there: b3 is not 7
 *	5 -b -f |2 |7 !5c2		rows b and f have 5 only in columns 2 and 7: c2 is not 5
 *	b3 25 b7 28 f3 58 !8f7		b3 is 2 or 5, so b7 or f3 is 8: f7 is not 8
 *	?b3 25 2 b=3020			b3 is 2 or 5: suppose 2
 *	x c5				no digit is left for c5 (x 5 #a1: no cell for 5): the supposition was wrong
 */
#include "generators/sudoku_solve.h"

enum { GUESSES = 2000 }; /* of which the hardest boards known need some tens */

static void sudoku_place(struct logic *l, int i, int v)
{
	l->cell[i] = (uint8_t)v;
	l->cand[i] = 0;
	l->left--;
	for (int k = 0; k < 3; k++) {
		int h = l->s->of[i][k];

		l->has[h] |= (uint16_t)(1u << v);
		l->room[h]--;
		for (int j = 0; j < l->s->n; j++)
			l->cand[l->s->house[h][j]] &= (uint16_t)~(1u << v);
	}
}

void sudoku_logic(struct logic *l, const struct shape *s, const uint8_t *cell, int max)
{
	*l = (struct logic){ .s = s, .left = s->cells, .max = max };
	memset(l->room, s->n, sizeof(l->room));
	for (int i = 0; i < s->cells; i++)
		if (cell[i])
			sudoku_flip(s, l->has, i, cell[i]);
	for (int i = 0; i < s->cells; i++) {
		l->cell[i] = cell[i];
		if (cell[i]) {
			l->left--;
			for (int k = 0; k < 3; k++)
				l->room[s->of[i][k]]--;
		} else {
			l->cand[i] = (uint16_t)sudoku_open(s, l->has, i);
		}
	}
}

/* ---- its words ---- */

static void say_cell(struct buf *b, const struct shape *s, int i)
{
	buf_addc(b, (char)('a' + i / s->n));
	buf_addc(b, (char)('1' + i % s->n));
}

static void say_digits(struct buf *b, unsigned set)
{
	for (; set; set &= set - 1)
		buf_addc(b, (char)('0' + __builtin_ctz(set)));
}

static void say_row(struct buf *b, const struct logic *l, int y)
{
	buf_addc(b, (char)('a' + y));
	buf_addc(b, '=');
	for (int x = 0; x < l->s->n; x++)
		buf_addc(b, (char)('0' + l->cell[y * l->s->n + x]));
}

void sudoku_say_board(struct buf *b, const struct logic *l)
{
	for (int y = 0; y < l->s->n; y++) {
		if (y)
			buf_addc(b, ' ');
		say_row(b, l, y);
	}
	buf_addc(b, '\n');
}

static char house_sign(const struct shape *s, int h)
{
	return "-|#"[h / s->n];
}

/* " -3001": what the house holds. */
static void say_content(struct buf *b, const struct logic *l, int h)
{
	buf_addc(b, ' ');
	buf_addc(b, house_sign(l->s, h));
	for (int k = 0; k < l->s->n; k++)
		buf_addc(b, (char)('0' + l->cell[l->s->house[h][k]]));
}

/* " -b", " |3", " #a4". */
static void say_house(struct buf *b, const struct shape *s, int h)
{
	buf_addc(b, ' ');
	buf_addc(b, house_sign(s, h));
	if (h < s->n)
		buf_addc(b, (char)('a' + h));
	else if (h < 2 * s->n)
		buf_addc(b, (char)('1' + h - s->n));
	else
		say_cell(b, s, s->house[h][0]);
}

/* " b3 b7": the cells of a house whose places are in set. */
static void say_members(struct buf *b, const struct shape *s, int h, unsigned set)
{
	for (; set; set &= set - 1) {
		buf_addc(b, ' ');
		say_cell(b, s, s->house[h][__builtin_ctz(set)]);
	}
}

/* " 2 b=3020": the cell is filled and the step told. */
static void fill_cell(struct logic *l, int i, int v)
{
	sudoku_place(l, i, v);
	l->steps++;
	if (!l->out)
		return;
	buf_addf(l->out, " %d ", v);
	say_row(l->out, l, i / l->s->n);
	buf_addc(l->out, '\n');
}

/* ---- techniques: each makes one step (fills may be many where nothing is told) and says whether it could ---- */

/* Fills may come in any order: nobody reads them, and no supposition waits to be refuted. */
static bool quick(const struct logic *l)
{
	return !l->out && !l->supposing;
}

static bool last_cell(struct logic *l)
{
	const struct shape *s = l->s;
	bool any = false;

	for (int h = 0; h < 3 * s->n; h++) {
		if (l->room[h] != 1)
			continue;
		for (int k = 0; k < s->n; k++) {
			int i = s->house[h][k];

			if (!l->cand[i])
				continue;
			if (l->out) {
				say_cell(l->out, s, i);
				say_content(l->out, l, h);
			}
			fill_cell(l, i, __builtin_ctz(l->cand[i]));
			any = true;
			break;
		}
		if (any && !quick(l))
			break;
	}
	return any;
}

/* Name as few houses as rule out all digits but v; then what earlier steps ruled out. */
static void say_naked(struct logic *l, int i, int v)
{
	static const uint8_t sets[] = { 3, 5, 6, 7 }; /* bit k: the cell's k-th house */
	unsigned others = ((2u << l->s->n) - 2) & ~(1u << v), got = 0;
	size_t set = 0;

	for (; set < sizeof(sets); set++) {
		got = 0;
		for (int k = 0; k < 3; k++)
			if (sets[set] >> k & 1)
				got |= l->has[l->s->of[i][k]];
		if ((others & ~got) == 0 || set + 1 == sizeof(sets))
			break;
	}
	say_cell(l->out, l->s, i);
	for (int k = 0; k < 3; k++)
		if (sets[set] >> k & 1)
			say_content(l->out, l, l->s->of[i][k]);
	if (others & ~got) {
		buf_addz(l->out, " !");
		say_digits(l->out, others & ~got);
	}
}

static bool naked_single(struct logic *l)
{
	bool any = false;

	for (int i = 0; i < l->s->cells && (!any || quick(l)); i++) {
		unsigned c = l->cand[i];

		if (!c || (c & (c - 1)))
			continue;
		if (l->out)
			say_naked(l, i, __builtin_ctz(c));
		fill_cell(l, i, __builtin_ctz(c));
		any = true;
	}
	return any;
}

/* Why no other empty cell of house h can be v: "~b2|", its column has it; "~b4!", ruled out before. */
static void say_hidden(struct logic *l, int h, int i, int v)
{
	const struct shape *s = l->s;

	say_cell(l->out, s, i);
	say_content(l->out, l, h);
	buf_addf(l->out, " %d", v);
	for (int k = 0; k < s->n; k++) {
		int j = s->house[h][k], why = 0;

		if (l->cell[j] || j == i)
			continue;
		while (why < 3 && !(l->has[s->of[j][why]] >> v & 1))
			why++;
		buf_addz(l->out, " ~");
		say_cell(l->out, s, j);
		buf_addc(l->out, "-|#!"[why]);
	}
}

/* Bit k: the k-th cell of house h may be v. */
static unsigned places(const struct logic *l, int h, int v)
{
	unsigned at = 0;

	for (int k = 0; k < l->s->n; k++)
		at |= (unsigned)(l->cand[l->s->house[h][k]] >> v & 1) << k;
	return at;
}

static bool hidden_single(struct logic *l)
{
	const struct shape *s = l->s;
	bool any = false;

	for (int g = 0; g < 3 * s->n && (!any || quick(l)); g++) {
		int h = (g + 2 * s->n) % (3 * s->n); /* boxes first, as people do */
		unsigned once = 0, more = 0;

		for (int k = 0; k < s->n; k++) {
			unsigned c = l->cand[s->house[h][k]];

			more |= once & c;
			once |= c;
		}
		for (once &= ~more; once; once &= once - 1) {
			int v = __builtin_ctz(once), i = s->house[h][__builtin_ctz(places(l, h, v))];

			if (l->out)
				say_hidden(l, h, i, v);
			fill_cell(l, i, v);
			any = true;
			if (!quick(l))
				break;
		}
	}
	return any;
}

static void strike(struct logic *l, int i, unsigned digits)
{
	digits &= l->cand[i];
	if (!digits)
		return;
	l->cand[i] &= (uint16_t)~digits;
	l->cut[i] |= (uint16_t)digits;
	l->struck = true;
	if (!l->out)
		return;
	buf_addz(&l->line, " !");
	say_digits(&l->line, digits);
	say_cell(&l->line, l->s, i);
}

/* Closes an elimination; the caller has written what it rests on into out only if it struck something. */
static void struck_line(struct logic *l)
{
	l->struck = false;
	l->steps++;
	if (!l->out)
		return;
	buf_add(l->out, buf_str(&l->line));
	buf_addc(l->out, '\n');
	buf_reset(&l->line);
}

static bool locked_in(struct logic *l, int h, int v)
{
	const struct shape *s = l->s;
	unsigned at = places(l, h, v);

	if (!(at & (at - 1)))
		return false;
	for (int kind = 0; kind < 3; kind++) {
		int other = s->of[s->house[h][__builtin_ctz(at)]][kind];
		bool inside = other != h;

		for (unsigned rest = at; rest && inside; rest &= rest - 1)
			inside = s->of[s->house[h][__builtin_ctz(rest)]][kind] == other;
		for (int k = 0; k < s->n && inside; k++) {
			int i = s->house[other][k];

			if (s->of[i][h / s->n] != h)
				strike(l, i, 1u << v);
		}
		if (!l->struck)
			continue;
		if (l->out) {
			buf_addi(l->out, v);
			say_house(l->out, s, h);
			say_house(l->out, s, other);
		}
		struck_line(l);
		return true;
	}
	return false;
}

static bool locked(struct logic *l)
{
	for (int h = 0; h < 3 * l->s->n; h++)
		for (int v = 1; v <= l->s->n; v++)
			if (!(l->has[h] >> v & 1) && locked_in(l, h, v))
				return true;
	return false;
}

/* The next set of the same size among bits 0 .. n-1; false after the last (Gosper's hack). */
static bool next_set(unsigned *set, int n)
{
	unsigned low = *set & -*set, up = *set + low;

	*set = up | ((*set ^ up) / low) >> 2;
	return *set < 1u << n;
}

static bool naked_set(struct logic *l, int h, unsigned set, int size)
{
	const struct shape *s = l->s;
	unsigned digits = 0;

	for (unsigned rest = set; rest; rest &= rest - 1)
		digits |= l->cand[s->house[h][__builtin_ctz(rest)]];
	if (sudoku_count(digits) != size)
		return false;
	for (int k = 0; k < s->n; k++)
		if (!(set >> k & 1))
			strike(l, s->house[h][k], digits);
	if (!l->struck)
		return false;
	if (l->out) {
		say_digits(l->out, digits);
		say_members(l->out, s, h, set);
		say_house(l->out, s, h);
	}
	struck_line(l);
	return true;
}

/* at[v]: places of v in house h. */
static bool hidden_set(struct logic *l, int h, unsigned digits, int size, const uint16_t *at)
{
	const struct shape *s = l->s;
	unsigned set = 0;

	for (unsigned rest = digits; rest; rest &= rest - 1)
		set |= at[__builtin_ctz(rest)];
	if (sudoku_count(set) != size)
		return false;
	for (unsigned rest = set; rest; rest &= rest - 1)
		strike(l, s->house[h][__builtin_ctz(rest)], ~digits);
	if (!l->struck)
		return false;
	if (l->out) {
		say_digits(l->out, digits);
		say_house(l->out, s, h);
		say_members(l->out, s, h, set);
	}
	struck_line(l);
	return true;
}

/* `size` cells of a house that share as many digits, or digits that share as many cells. */
static bool subsets(struct logic *l, int size)
{
	const struct shape *s = l->s;

	for (int h = 0; h < 3 * s->n; h++) {
		unsigned set = (1u << size) - 1, cells = 0, digits = 0; /* those that can take part */
		uint16_t at[SIDE + 1] = { 0 };

		if (l->room[h] <= size)
			continue;
		for (int k = 0; k < s->n; k++) {
			unsigned c = l->cand[s->house[h][k]];

			if (c && sudoku_count(c) <= size)
				cells |= 1u << k;
			for (; c; c &= c - 1)
				at[__builtin_ctz(c)] |= (uint16_t)(1u << k);
		}
		for (int v = 1; v <= s->n; v++)
			if (at[v] && sudoku_count(at[v]) <= size)
				digits |= 1u << v;
		do {
			if (!(set & ~cells) && naked_set(l, h, set, size))
				return true;
			if (!(set << 1 & ~digits) && hidden_set(l, h, set << 1, size, at))
				return true;
		} while (next_set(&set, s->n));
	}
	return false;
}

/* v in the lines of set (rows, or columns from house n on), at at[line], lies in as many lines across. */
static bool fish_in(struct logic *l, int from, unsigned set, int size, int v, const uint16_t *at)
{
	const struct shape *s = l->s;
	unsigned across = 0;

	for (unsigned rest = set; rest; rest &= rest - 1)
		across |= at[__builtin_ctz(rest)];
	if (sudoku_count(across) != size)
		return false;
	for (int k = 0; k < s->n; k++)
		for (unsigned rest = across; rest && !(set >> k & 1); rest &= rest - 1)
			strike(l, s->house[from + k][__builtin_ctz(rest)], 1u << v);
	if (!l->struck)
		return false;
	if (l->out) {
		buf_addi(l->out, v);
		for (unsigned rest = set; rest; rest &= rest - 1)
			say_house(l->out, s, from + __builtin_ctz(rest));
		for (unsigned rest = across; rest; rest &= rest - 1)
			say_house(l->out, s, s->n - from + __builtin_ctz(rest));
	}
	struck_line(l);
	return true;
}

static bool fish(struct logic *l, int size)
{
	int n = l->s->n;

	for (int v = 1; v <= n; v++) {
		for (int from = 0; from <= n; from += n) {
			unsigned set = (1u << size) - 1, lines = 0; /* those that can take part */
			uint16_t at[SIDE];

			for (int k = 0; k < n; k++) {
				at[k] = (uint16_t)places(l, from + k, v);
				if (at[k] && sudoku_count(at[k]) <= size)
					lines |= 1u << k;
			}
			if (sudoku_count(lines) < size)
				continue;
			do {
				if (!(set & ~lines) && fish_in(l, from, set, size, v, at))
					return true;
			} while (next_set(&set, n));
		}
	}
	return false;
}

static bool see(const struct shape *s, int i, int j)
{
	return i != j && (s->of[i][0] == s->of[j][0] || s->of[i][1] == s->of[j][1] || s->of[i][2] == s->of[j][2]);
}

/* The hub holds x or y, so one of its wings xz and yz is z: no cell that sees both wings is. */
static bool wing_on(struct logic *l, int hub, int a, int b)
{
	const struct shape *s = l->s;
	unsigned z = l->cand[a] & l->cand[b] & ~(unsigned)l->cand[hub];
	int at[3] = { hub, a, b };

	if (sudoku_count(z) != 1 || (l->cand[a] | l->cand[b]) != (l->cand[hub] | z))
		return false;
	for (int i = 0; i < s->cells; i++)
		if (see(s, i, a) && see(s, i, b))
			strike(l, i, z);
	if (!l->struck)
		return false;
	for (int k = 0; k < 3 && l->out; k++) {
		if (k)
			buf_addc(l->out, ' ');
		say_cell(l->out, s, at[k]);
		buf_addc(l->out, ' ');
		say_digits(l->out, l->cand[at[k]]);
	}
	struck_line(l);
	return true;
}

static bool wing(struct logic *l)
{
	uint8_t pair[CELLS]; /* cells with two candidates */
	int n = 0;

	for (int i = 0; i < l->s->cells; i++)
		if (sudoku_count(l->cand[i]) == 2)
			pair[n++] = (uint8_t)i;
	for (int h = 0; h < n; h++)
		for (int a = 0; a < n; a++)
			for (int b = a + 1; b < n && see(l->s, pair[h], pair[a]); b++)
				if (see(l->s, pair[h], pair[b]) && wing_on(l, pair[h], pair[a], pair[b]))
					return true;
	return false;
}

/* A cell without a digit, or a house without a cell for a digit. */
static bool broken(struct logic *l)
{
	const struct shape *s = l->s;

	for (int i = 0; i < s->cells; i++) {
		if (l->cell[i] || l->cand[i])
			continue;
		if (l->out) {
			buf_addz(l->out, "x ");
			say_cell(l->out, s, i);
			buf_addc(l->out, '\n');
		}
		return true;
	}
	for (int h = 0; h < 3 * s->n; h++) {
		unsigned all = l->has[h];

		for (int k = 0; k < s->n; k++)
			all |= l->cand[s->house[h][k]];
		all = ((2u << s->n) - 2) & ~all;
		if (!all)
			continue;
		if (l->out) {
			buf_addf(l->out, "x %d", __builtin_ctz(all));
			say_house(l->out, s, h);
			buf_addc(l->out, '\n');
		}
		return true;
	}
	return false;
}

/* An empty cell with the fewest candidates. */
static int tightest_cell(const struct logic *l)
{
	int best = SIDE + 1, at = 0;

	for (int i = 0; i < l->s->cells; i++) {
		int n = sudoku_count(l->cand[i]);

		if (n && n < best) {
			best = n;
			at = i;
		}
	}
	return at;
}

/* Suppose each digit of the tightest cell in turn; a dead end gives its board back. */
static bool guess(struct logic *l)
{
	struct logic save = *l;
	int i = tightest_cell(l);

	for (unsigned c = l->cand[i]; c && l->guesses < GUESSES; c &= c - 1) {
		l->guesses++;
		if (l->out) {
			buf_addc(l->out, '?');
			say_cell(l->out, l->s, i);
			buf_addc(l->out, ' ');
			say_digits(l->out, save.cand[i]);
		}
		fill_cell(l, i, __builtin_ctz(c));
		l->supposing = true;
		if (sudoku_solve_on(l))
			return true;
		save.steps = l->steps;
		save.guesses = l->guesses;
		save.line = l->line;
		*l = save;
		if (l->out && (c & (c - 1)))
			sudoku_say_board(l->out, l);
	}
	return false;
}

/* One step by the easiest technique that has one. */
static bool step(struct logic *l)
{
	for (int t = LAST_CELL; t <= l->max; t++) {
		bool did = false;

		switch (t) {
		case LAST_CELL:
			did = last_cell(l);
			break;
		case NAKED_SINGLE:
			did = naked_single(l);
			break;
		case HIDDEN_SINGLE:
			did = hidden_single(l);
			break;
		case LOCKED:
			did = locked(l);
			break;
		case PAIRS:
			did = subsets(l, 2);
			break;
		case TRIPLES:
			did = fish(l, 2) || subsets(l, 3) || wing(l) || fish(l, 3) || subsets(l, 4);
			break;
		case GUESS:
			did = guess(l);
			break;
		}
		if (did) {
			if (l->hardest < t)
				l->hardest = t;
			return true;
		}
	}
	return false;
}

bool sudoku_solve_on(struct logic *l)
{
	while (l->left) {
		if (l->supposing && broken(l))
			return false;
		if (!step(l))
			return false;
	}
	return true;
}

/*
 * How many rounds the board takes when all cells that can be filled are filled at once. Where only trial helps, the
 * right digit of the tightest cell is one round.
 */
int sudoku_rounds(struct logic *l, const uint8_t *solution)
{
	int n = 0;

	for (; l->left; n++) {
		uint8_t fill[CELLS] = { 0 };
		bool any = false;

		for (int i = 0; i < l->s->cells; i++) {
			if (l->cand[i] && !(l->cand[i] & (l->cand[i] - 1))) {
				fill[i] = (uint8_t)__builtin_ctz(l->cand[i]);
				any = true;
			}
		}
		for (int h = 0; h < 3 * l->s->n && l->max >= HIDDEN_SINGLE; h++) {
			for (int v = 1; v <= l->s->n; v++) {
				unsigned at = places(l, h, v);

				if (at && !(at & (at - 1))) {
					fill[l->s->house[h][__builtin_ctz(at)]] = (uint8_t)v;
					any = true;
				}
			}
		}
		for (int i = 0; i < l->s->cells && any; i++)
			if (fill[i])
				sudoku_place(l, i, fill[i]);
		if (!any && !step(l))
			sudoku_place(l, tightest_cell(l), solution[tightest_cell(l)]);
	}
	return n;
}
