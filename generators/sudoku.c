/*
 * sudoku.c - sudoku of 4 x 4, 6 x 6, 8 x 8 and 9 x 9: one solution by proof, graded by the technique it needs.
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
 *	?b3 25 2 b=3020			b3 is 2 or 5: suppose 2
 *	x c5				no digit is left for c5 (x 5 #a1: no cell for 5): the supposition was wrong
 */
#include "base/grid.h"
#include "generators/task.h"

#include <assert.h>

enum { SIDE = 9, CELLS = SIDE * SIDE, HOUSES = 3 * SIDE };

enum technique {
	LAST_CELL, /* of a row, column or box */
	NAKED_SINGLE,
	HIDDEN_SINGLE,
	LOCKED, /* candidates of one house that lie in another */
	PAIRS,
	TRIPLES, /* and X-wings, swordfish */
	GUESS,
};

static const char *const technique_names[] = {
	"last cell", "naked single", "hidden single", "locked candidates", "pairs", "triples or fish", "trial and error",
};

enum { BOX_W, BOX_H, BLANKS_MIN, BLANKS_MAX, TECHNIQUE };

static const struct knob knobs[] = {
	{ "box_w", 2, 4, "columns of a box" },
	{ "box_h", 2, 4, "rows of a box; box_w x box_h is at most 9" },
	{ "blanks_min", 1, 64, "fewest empty cells" },
	{ "blanks_max", 1, 64, "most empty cells" },
	{ "technique", LAST_CELL, GUESS,
	  "hardest technique needed: 0 last cell of a row, column or box, 1 naked single, 2 hidden single, "
	  "3 locked candidates, 4 pairs, 5 triples or fish, 6 trial and error" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* w  h  blanks   technique */
	{ 2, 2, 3, 5, LAST_CELL },
	{ 2, 2, 6, 7, LAST_CELL },
	{ 2, 2, 7, 8, NAKED_SINGLE },
	{ 2, 2, 9, 11, NAKED_SINGLE },
	{ 3, 2, 13, 16, NAKED_SINGLE },
	{ 3, 2, 21, 24, HIDDEN_SINGLE },
	{ 3, 3, 36, 42, NAKED_SINGLE },
	{ 3, 3, 46, 50, HIDDEN_SINGLE },
	{ 3, 3, 49, 60, PAIRS },
	{ 3, 3, 50, 60, TRIPLES },
	{ 3, 3, 52, 62, GUESS },
};

/* ---- the board and its houses ---- */

struct board {
	int w, h, n;
	uint8_t cell[CELLS]; /* row after row, 0 for empty */
};

/* Houses 0 .. n-1 are rows, n .. 2n-1 columns, 2n .. 3n-1 boxes. */
struct shape {
	int w, h, n, cells;
	uint8_t house[HOUSES][SIDE]; /* their cells, in reading order */
	uint8_t of[CELLS][3];        /* row, column, box of a cell */
};

static void shape_init(struct shape *s, int w, int h)
{
	int fill[HOUSES] = { 0 };

	*s = (struct shape){ .w = w, .h = h, .n = w * h, .cells = w * h * w * h };
	for (int i = 0; i < s->cells; i++) {
		int y = i / s->n, x = i % s->n;
		int of[3] = { y, s->n + x, 2 * s->n + y / h * h + x / w };

		for (int k = 0; k < 3; k++) {
			s->of[i][k] = (uint8_t)of[k];
			s->house[of[k]][fill[of[k]]++] = (uint8_t)i;
		}
	}
}

static bool board_parse(struct board *b, struct str s)
{
	struct str row;

	*b = (struct board){ 0 };
	if (s.n < 5 || s.s[1] != 'x' || s.s[3] != ':')
		return false;
	b->w = s.s[0] - '0';
	b->h = s.s[2] - '0';
	if (b->w < 2 || b->w > 4 || b->h < 2 || b->h > 4 || b->w * b->h > SIDE)
		return false;
	b->n = b->w * b->h;
	s = str_from(s, 4);
	if (s.n != (size_t)(b->n * (b->n + 1) - 1))
		return false;
	for (int y = 0; y < b->n; y++) {
		if (!str_split(&s, '/', &row) || row.n != (size_t)b->n)
			return false;
		for (int x = 0; x < b->n; x++) {
			int v = row.s[x] == '.' ? 0 : row.s[x] - '0';

			if (v < 0 || v > b->n || row.s[x] == '0')
				return false;
			b->cell[y * b->n + x] = (uint8_t)v;
		}
	}
	return true;
}

static void board_write(struct buf *out, const struct board *b, enum grid_style style, const char *empty)
{
	struct grid g = { .rows = b->n, .cols = b->n };

	for (int i = 0; i < b->n * b->n; i++)
		g.cell[i] = b->cell[i] ? (int16_t)b->cell[i] : GRID_EMPTY;
	grid_write(out, &g, &(struct grid_look){ .style = style, .box_w = b->w, .box_h = b->h, .empty = empty });
}

static void board_desc(struct buf *out, const struct board *b)
{
	buf_addf(out, "%dx%d:", b->w, b->h);
	board_write(out, b, GRID_SLASHES, ".");
}

static int blanks(const struct board *b)
{
	int n = 0;

	for (int i = 0; i < b->n * b->n; i++)
		n += b->cell[i] == 0;
	return n;
}

/* ---- counting solutions ---- */

enum { SEARCH_NODES = 1000000 }; /* well-posed boards need some hundreds; only a hostile desc gets here */

struct search {
	const struct shape *s;
	uint16_t has[HOUSES]; /* bit v: the house has v */
	uint8_t cell[CELLS];
	uint8_t todo[CELLS]; /* empty cells, in no order */
	int left;
	int found, limit;
	long nodes;
	uint8_t first[CELLS]; /* the first solution */
	struct rng *rng;      /* values in random order; NULL: upwards */
};

/* Digits that the cell's houses do not have yet. */
static unsigned open_digits(const struct shape *s, const uint16_t *has, int i)
{
	const uint8_t *of = s->of[i];

	return ((2u << s->n) - 2) & ~(unsigned)(has[of[0]] | has[of[1]] | has[of[2]]);
}

static void has_flip(const struct shape *s, uint16_t *has, int i, int v)
{
	for (int k = 0; k < 3; k++)
		has[s->of[i][k]] ^= (uint16_t)(1u << v);
}

static int pick_bit(struct search *f, unsigned bits)
{
	int skip = f->rng ? (int)rng_below(f->rng, (uint32_t)__builtin_popcount(bits)) : 0;

	while (skip--)
		bits &= bits - 1;
	return __builtin_ctz(bits);
}

/* The empty cell with the fewest open digits moves to the end of the list. */
static unsigned tightest(struct search *f)
{
	int best = SIDE + 1, at = 0;
	unsigned open = 0;
	uint8_t t;

	for (int k = 0; k < f->left && best > 1; k++) {
		unsigned o = open_digits(f->s, f->has, f->todo[k]);
		int n = __builtin_popcount(o);

		if (n < best) {
			best = n;
			at = k;
			open = o;
		}
	}
	t = f->todo[at];
	f->todo[at] = f->todo[f->left - 1];
	f->todo[f->left - 1] = t;
	return open;
}

static void search(struct search *f)
{
	unsigned open;
	int i;

	if (!f->left) {
		if (f->found++ == 0)
			memcpy(f->first, f->cell, sizeof(f->cell));
		return;
	}
	open = tightest(f);
	i = f->todo[--f->left];
	while (open && f->found < f->limit && f->nodes++ < SEARCH_NODES) {
		int v = pick_bit(f, open);

		open &= ~(1u << v);
		f->cell[i] = (uint8_t)v;
		has_flip(f->s, f->has, i, v);
		search(f);
		has_flip(f->s, f->has, i, v);
	}
	f->cell[i] = 0;
	f->todo[f->left++] = (uint8_t)i;
}

/* How many solutions, counted up to limit; -1: givens clash or the search was cut off. */
static int solutions(struct search *f, const struct shape *s, const uint8_t *cell, int limit, struct rng *rng)
{
	*f = (struct search){ .s = s, .limit = limit, .rng = rng };
	for (int i = 0; i < s->cells; i++) {
		int v = cell[i];

		f->cell[i] = (uint8_t)v;
		if (!v) {
			f->todo[f->left++] = (uint8_t)i;
			continue;
		}
		if (!(open_digits(s, f->has, i) >> v & 1))
			return -1;
		has_flip(s, f->has, i, v);
	}
	search(f);
	return f->nodes >= SEARCH_NODES ? -1 : f->found;
}

/* ---- solving like a person ---- */

enum { GUESSES = 20000 };

struct logic {
	const struct shape *s;
	uint8_t cell[CELLS];
	uint16_t cand[CELLS]; /* bit v: v is possible; 0 for filled cells */
	uint16_t cut[CELLS];  /* bit v: ruled out by more than its row, column and box */
	uint16_t has[HOUSES];
	uint8_t room[HOUSES]; /* empty cells */
	int left;
	int max;     /* hardest technique allowed */
	int hardest; /* met so far */
	int steps, guesses;
	bool struck;     /* strike() changed something */
	struct buf *out; /* the worked solution, or NULL */
	struct buf line; /* eliminations of the step at hand; only with out */
};

static void place(struct logic *l, int i, int v)
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

static void logic_init(struct logic *l, const struct shape *s, const uint8_t *cell, int max)
{
	*l = (struct logic){ .s = s, .left = s->cells, .max = max };
	memset(l->room, s->n, sizeof(l->room));
	for (int i = 0; i < s->cells; i++)
		if (cell[i])
			has_flip(s, l->has, i, cell[i]);
	for (int i = 0; i < s->cells; i++) {
		l->cell[i] = cell[i];
		if (cell[i]) {
			l->left--;
			for (int k = 0; k < 3; k++)
				l->room[s->of[i][k]]--;
		} else {
			l->cand[i] = (uint16_t)open_digits(s, l->has, i);
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

static void say_board(struct buf *b, const struct logic *l)
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

/* " 2 b=3020": the cell is filled and the step told. */
static void fill_cell(struct logic *l, int i, int v)
{
	place(l, i, v);
	l->steps++;
	if (!l->out)
		return;
	buf_addf(l->out, " %d ", v);
	say_row(l->out, l, i / l->s->n);
	buf_addc(l->out, '\n');
}

/* ---- techniques: each makes one step and says whether it could ---- */

static bool last_cell(struct logic *l)
{
	const struct shape *s = l->s;

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
			return true;
		}
	}
	return false;
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
	for (int i = 0; i < l->s->cells; i++) {
		unsigned c = l->cand[i];

		if (!c || (c & (c - 1)))
			continue;
		if (l->out)
			say_naked(l, i, __builtin_ctz(c));
		fill_cell(l, i, __builtin_ctz(c));
		return true;
	}
	return false;
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

	for (int g = 0; g < 3 * s->n; g++) {
		int h = (g + 2 * s->n) % (3 * s->n); /* boxes first, as people do */
		unsigned once = 0, more = 0;
		int v, i;

		for (int k = 0; k < s->n; k++) {
			unsigned c = l->cand[s->house[h][k]];

			more |= once & c;
			once |= c;
		}
		once &= ~more;
		if (!once)
			continue;
		v = __builtin_ctz(once);
		i = s->house[h][__builtin_ctz(places(l, h, v))];
		if (l->out)
			say_hidden(l, h, i, v);
		fill_cell(l, i, v);
		return true;
	}
	return false;
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

	for (unsigned rest = set; rest; rest &= rest - 1) {
		unsigned c = l->cand[s->house[h][__builtin_ctz(rest)]];

		if (!c)
			return false;
		digits |= c;
	}
	if (__builtin_popcount(digits) != size)
		return false;
	for (int k = 0; k < s->n; k++)
		if (!(set >> k & 1))
			strike(l, s->house[h][k], digits);
	if (!l->struck)
		return false;
	if (l->out) {
		say_digits(l->out, digits);
		for (unsigned rest = set; rest; rest &= rest - 1) {
			buf_addc(l->out, ' ');
			say_cell(l->out, s, s->house[h][__builtin_ctz(rest)]);
		}
		say_house(l->out, s, h);
	}
	struck_line(l);
	return true;
}

static bool hidden_set(struct logic *l, int h, unsigned digits, int size)
{
	const struct shape *s = l->s;
	unsigned at = 0;

	if (l->has[h] & digits)
		return false;
	for (unsigned rest = digits; rest; rest &= rest - 1)
		at |= places(l, h, __builtin_ctz(rest));
	if (__builtin_popcount(at) != size)
		return false;
	for (unsigned rest = at; rest; rest &= rest - 1)
		strike(l, s->house[h][__builtin_ctz(rest)], ~digits);
	if (!l->struck)
		return false;
	if (l->out) {
		say_digits(l->out, digits);
		say_house(l->out, s, h);
		for (unsigned rest = at; rest; rest &= rest - 1) {
			buf_addc(l->out, ' ');
			say_cell(l->out, s, s->house[h][__builtin_ctz(rest)]);
		}
	}
	struck_line(l);
	return true;
}

static bool subsets(struct logic *l, int size)
{
	int n = l->s->n;

	for (int h = 0; h < 3 * n; h++) {
		unsigned set = (1u << size) - 1;

		if (l->room[h] <= size)
			continue;
		do {
			if (naked_set(l, h, set, size) || hidden_set(l, h, set << 1, size))
				return true;
		} while (next_set(&set, n));
	}
	return false;
}

/* v in the `size` lines of set (rows, or columns from house n on) lies in as many lines across. */
static bool fish_in(struct logic *l, int from, unsigned set, int size, int v)
{
	const struct shape *s = l->s;
	unsigned across = 0;

	for (unsigned rest = set; rest; rest &= rest - 1) {
		unsigned at = places(l, from + __builtin_ctz(rest), v);

		if (!at)
			return false;
		across |= at;
	}
	if (__builtin_popcount(across) != size)
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
			unsigned set = (1u << size) - 1;

			do {
				if (fish_in(l, from, set, size, v))
					return true;
			} while (next_set(&set, n));
		}
	}
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

static bool solve_on(struct logic *l, bool may_break);

/* An empty cell with the fewest candidates. */
static int tightest_cell(const struct logic *l)
{
	int best = SIDE + 1, at = 0;

	for (int i = 0; i < l->s->cells; i++) {
		int n = __builtin_popcount(l->cand[i]);

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
		if (solve_on(l, true))
			return true;
		save.steps = l->steps;
		save.guesses = l->guesses;
		save.line = l->line;
		*l = save;
		if (l->out && (c & (c - 1)))
			say_board(l->out, l);
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
			did = fish(l, 2) || subsets(l, 3) || fish(l, 3);
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

static bool solve_on(struct logic *l, bool may_break)
{
	while (l->left) {
		if (may_break && broken(l))
			return false;
		if (!step(l))
			return false;
	}
	return true;
}

/* ---- inventing ---- */

struct dig {
	const struct shape *s;
	uint8_t cell[CELLS];
	uint16_t has[HOUSES];
	int blanks;
	int technique; /* hardest that may be needed so far */
	int hardest;   /* hardest that is needed, as far as it is known */
};

/* The cell, just emptied, follows at once by a single that is allowed: then nothing was lost. */
static bool follows(const struct dig *d, int i, int v)
{
	const struct shape *s = d->s;

	for (int k = 0; k < 3; k++)
		if (d->has[s->of[i][k]] == (((2u << s->n) - 2) & ~(1u << v)))
			return true;
	if (d->technique >= NAKED_SINGLE && open_digits(s, d->has, i) == 1u << v)
		return true;
	for (int k = 0; k < 3 && d->technique >= HIDDEN_SINGLE; k++) {
		bool only = true;

		for (int j = 0; j < s->n && only; j++) {
			int o = s->house[s->of[i][k]][j];

			only = o == i || d->cell[o] || !(open_digits(s, d->has, o) >> v & 1);
		}
		if (only)
			return true;
	}
	return false;
}

static bool solvable(struct dig *d)
{
	struct search f;
	struct logic l;

	if (d->technique > HIDDEN_SINGLE && solutions(&f, d->s, d->cell, 2, NULL) != 1)
		return false; /* quick to see; the rest is slow */
	logic_init(&l, d->s, d->cell, d->technique < GUESS ? d->technique : TRIPLES);
	if (solve_on(&l, false))
		d->hardest = l.hardest;
	else if (d->technique == GUESS)
		d->hardest = GUESS;
	else
		return false;
	return true;
}

/* Empty cells in random order while the board stays solvable with d->technique, up to most. */
static void dig_out(struct dig *d, int most, const uint8_t *order)
{
	for (int k = 0; k < d->s->cells && d->blanks < most; k++) {
		int i = order[k], v = d->cell[i];

		if (!v)
			continue;
		d->cell[i] = 0;
		has_flip(d->s, d->has, i, v);
		if ((d->technique <= HIDDEN_SINGLE && follows(d, i, v)) || solvable(d)) {
			d->blanks++;
			continue;
		}
		d->cell[i] = (uint8_t)v;
		has_flip(d->s, d->has, i, v);
	}
}

/* First as far as singles go; from there on each cell that may go makes the board a hard one. */
static bool dig_board(struct dig *d, const int *knob, struct rng *rng)
{
	int want = rng_range(rng, knob[BLANKS_MIN], knob[BLANKS_MAX]), goal = knob[TECHNIQUE];
	uint8_t order[CELLS];

	for (int i = 0; i < d->s->cells; i++)
		order[i] = (uint8_t)i;
	rng_shuffle(rng, order, (size_t)d->s->cells, 1);
	for (int h = 0; h < 3 * d->s->n; h++)
		d->has[h] = (uint16_t)((2u << d->s->n) - 2);
	d->technique = goal < HIDDEN_SINGLE ? goal : HIDDEN_SINGLE;
	dig_out(d, want, order);
	if (goal > HIDDEN_SINGLE) {
		d->technique = goal;
		dig_out(d, knob[BLANKS_MAX], order);
	} else {
		solvable(d);
	}
	return d->hardest == goal && d->blanks >= knob[BLANKS_MIN];
}

static const char *refuse(const int *knob)
{
	int n = knob[BOX_W] * knob[BOX_H];

	if (n > SIDE)
		return "box_w x box_h is more than 9";
	if (knob[BLANKS_MIN] > knob[BLANKS_MAX])
		return "blanks_min is above blanks_max";
	if (knob[BLANKS_MIN] > n * n * 7 / 10)
		return "no board of that size has that many empty cells and one solution";
	return NULL;
}

enum { DRAWS = 200 };

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct board b = { .w = knob[BOX_W], .h = knob[BOX_H], .n = knob[BOX_W] * knob[BOX_H] };
	static const uint8_t nothing[CELLS];
	struct shape s;
	struct search f;

	shape_init(&s, b.w, b.h);
	for (int draw = 0; draw < DRAWS; draw++) {
		struct dig d = { .s = &s };

		if (solutions(&f, &s, nothing, 1, rng) != 1)
			continue;
		memcpy(d.cell, f.first, sizeof(d.cell));
		if (!dig_board(&d, knob, rng))
			continue;
		memcpy(b.cell, d.cell, sizeof(b.cell));
		board_desc(desc, &b);
		memcpy(b.cell, f.first, sizeof(b.cell));
		board_write(answer, &b, GRID_SLASHES, NULL);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

/* The board of a desc that has one solution, and that solution. */
static bool well_posed(struct board *b, struct shape *s, struct search *f, struct str desc)
{
	if (!board_parse(b, desc))
		return false;
	shape_init(s, b->w, b->h);
	return solutions(f, s, b->cell, 2, NULL) == 1;
}

static bool prove(struct str desc)
{
	struct board b;
	struct shape s;
	struct search f;

	return well_posed(&b, &s, &f, desc);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct board b;
	struct shape s;
	struct search f;

	if (!board_parse(&b, desc))
		return false;
	shape_init(&s, b.w, b.h);
	if (solutions(&f, &s, b.cell, 1, NULL) != 1)
		return false;
	memcpy(b.cell, f.first, sizeof(b.cell));
	board_write(answer, &b, GRID_SLASHES, NULL);
	return true;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct board b;
	struct shape s;
	struct search f;
	struct logic l;

	(void)lang; /* signs only */
	if (!well_posed(&b, &s, &f, desc))
		return;
	logic_init(&l, &s, b.cell, GUESS);
	l.out = steps;
	say_board(steps, &l);
	solve_on(&l, false);
	buf_release(&l.line);
	if (steps->n && steps->s[steps->n - 1] == '\n')
		buf_cut(steps, steps->n - 1);
}

/*
 * How many rounds the board takes when all cells that can be filled are filled at once. Where only trial helps, the
 * right digit of the tightest cell is one round.
 */
static int rounds(struct logic *l, const uint8_t *solution)
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
				place(l, i, fill[i]);
		if (!any && !step(l))
			place(l, tightest_cell(l), solution[tightest_cell(l)]);
	}
	return n;
}

static void grade(struct effort *e, struct str desc)
{
	struct board b;
	struct shape s;
	struct search f;
	struct logic l;

	*e = (struct effort){ .technique = "" };
	if (!well_posed(&b, &s, &f, desc))
		return;
	logic_init(&l, &s, b.cell, GUESS);
	solve_on(&l, false);
	e->branch = l.guesses;
	e->steps = l.steps;
	e->technique = technique_names[l.hardest];
	logic_init(&l, &s, b.cell, l.hardest < GUESS ? l.hardest : TRIPLES);
	e->depth = rounds(&l, f.first);
}

/* ---- symmetry: digits, rows in a band, bands, columns in a stack, stacks, and the diagonal ---- */

static void transpose(struct board *b, uint8_t *solution)
{
	struct board t = { .w = b->h, .h = b->w, .n = b->n };
	uint8_t full[CELLS] = { 0 };

	for (int y = 0; y < b->n; y++) {
		for (int x = 0; x < b->n; x++) {
			t.cell[x * b->n + y] = b->cell[y * b->n + x];
			full[x * b->n + y] = solution[y * b->n + x];
		}
	}
	*b = t;
	memcpy(solution, full, sizeof(full));
}

enum { ORDERS = 1296 }; /* the most orders of columns: 3! * 3!^3 of 9 x 9; 8 x 8 has 2! * 4!^2 */

/* Every order of `count` groups of `size` neighbours, and of the neighbours in each. */
static int orders(uint8_t order[ORDERS][SIDE], int count, int size)
{
	int n = count * size, found = 0;
	uint8_t perm[SIDE];
	bool used[SIDE] = { false };
	int at = 0;

	memset(perm, 0, sizeof(perm));
	perm[0] = 0xff;
	while (at >= 0) { /* depth first, without recursion: perm[at] is the choice made at depth `at` */
		int c = perm[at] == 0xff ? 0 : perm[at] + 1;

		if (perm[at] != 0xff)
			used[perm[at]] = false;
		for (; c < n; c++) {
			bool fits = !used[c];

			if (fits && at % size)
				fits = c / size == perm[at - 1] / size;
			for (int k = 0; k < at && fits && at % size == 0; k += size)
				fits = c / size != perm[k] / size;
			if (fits)
				break;
		}
		if (c == n) {
			at--;
			continue;
		}
		perm[at] = (uint8_t)c;
		used[c] = true;
		if (at + 1 == n) {
			assert(found < ORDERS);
			memcpy(order[found++], perm, SIDE);
		} else {
			perm[++at] = 0xff;
		}
	}
	return found;
}

/* The least image so far: the solution first, then the givens (0 for empty). */
struct least {
	bool any;
	uint8_t full[CELLS], given[CELLS];
};

/* The row after the first, of those in its band, against the best's: most images end here. */
static bool second_row_is_more(const struct least *best, const uint8_t *band, int h, int n, const uint8_t *order,
			       const int *digit)
{
	const uint8_t *row = band;
	int least = SIDE + 1;

	for (int k = 0; k < h; k++) {
		int v = digit[band[k * n + order[0]]];

		if (v > 1 && v < least) {
			least = v;
			row = band + k * n;
		}
	}
	for (int x = 0; x < n; x++) {
		int v = digit[row[order[x]]];

		if (v != best->full[n + x])
			return v > best->full[n + x];
	}
	return false;
}

/* One image: row `top` reads 1 .. n under this order of columns; the other rows are sorted. False: it is not less. */
static void image(struct least *best, const struct board *b, const uint8_t *solution, int top, const uint8_t *order)
{
	int n = b->n, w_rows = b->h, bands = b->n / b->h, digit[SIDE + 1];
	uint8_t rows[SIDE], first[SIDE];
	int cmp = best->any ? 0 : -1; /* of this image against the best, as far as it is known */
	struct least mine = { .any = true };

	for (int x = 0; x < n; x++)
		digit[solution[top * n + order[x]]] = x + 1;
	if (best->any && second_row_is_more(best, solution + top / b->h * b->h * n, b->h, n, order, digit))
		return;
	/* Rows in a band by their first digit, bands by their least row; row `top` starts with 1, so its band is first. */
	for (int y = 0; y < n; y++)
		first[y] = (uint8_t)digit[solution[y * n + order[0]]];
	for (int g = 0; g < bands; g++) {
		uint8_t *r = rows + g * w_rows;

		for (int k = 0; k < w_rows; k++) {
			int y = g * w_rows + k, at = k;

			for (; at > 0 && first[r[at - 1]] > first[y]; at--)
				r[at] = r[at - 1];
			r[at] = (uint8_t)y;
		}
		for (int at = g; at > 0 && first[rows[at * w_rows]] < first[rows[(at - 1) * w_rows]]; at--) {
			for (int k = 0; k < w_rows; k++) {
				uint8_t t = rows[at * w_rows + k];

				rows[at * w_rows + k] = rows[(at - 1) * w_rows + k];
				rows[(at - 1) * w_rows + k] = t;
			}
		}
	}
	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			int v = digit[solution[rows[y] * n + order[x]]];

			if (cmp == 0 && v != best->full[y * n + x]) {
				if (v > best->full[y * n + x])
					return;
				cmp = -1;
			}
			mine.full[y * n + x] = (uint8_t)v;
		}
	}
	for (int i = 0; i < n * n; i++) {
		int y = i / n, from = rows[y] * n + order[i % n];

		mine.given[i] = b->cell[from] ? mine.full[i] : 0;
		if (cmp == 0)
			cmp = mine.given[i] - best->given[i];
		if (cmp > 0)
			return;
	}
	*best = mine;
}

static void canon(struct buf *out, struct str desc)
{
	uint8_t order[ORDERS][SIDE];
	struct least best = { 0 };
	struct board b;
	struct shape s;
	struct search f;
	int n_orders;

	if (!board_parse(&b, desc))
		return;
	if (!well_posed(&b, &s, &f, desc)) {
		buf_add(out, desc);
		return;
	}
	if (b.w < b.h)
		transpose(&b, f.first);
	n_orders = orders(order, b.n / b.w, b.w);
	for (int flip = 0; flip < (b.w == b.h ? 2 : 1); flip++) {
		if (flip)
			transpose(&b, f.first);
		for (int top = 0; top < b.n; top++)
			for (int k = 0; k < n_orders; k++)
				image(&best, &b, f.first, top, order[k]);
	}
	memcpy(b.cell, best.given, sizeof(b.cell));
	board_desc(out, &b);
}

/* A random order of `count` groups of `size` neighbours. */
static void shuffle_order(uint8_t *order, int count, int size, struct rng *rng)
{
	uint8_t group[SIDE], member[SIDE];

	for (int i = 0; i < SIDE; i++)
		group[i] = (uint8_t)i;
	rng_shuffle(rng, group, (size_t)count, 1);
	for (int g = 0; g < count; g++) {
		for (int i = 0; i < size; i++)
			member[i] = (uint8_t)i;
		rng_shuffle(rng, member, (size_t)size, 1);
		for (int i = 0; i < size; i++)
			order[g * size + i] = (uint8_t)(group[g] * size + member[i]);
	}
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b, t;
	uint8_t rows[SIDE], cols[SIDE], digit[SIDE + 1] = { 0 }, unused[CELLS] = { 0 };

	if (!board_parse(&b, desc))
		return false;
	if (rng_below(rng, 2))
		transpose(&b, unused);
	t = b;
	for (int v = 1; v <= SIDE; v++)
		digit[v] = (uint8_t)v;
	rng_shuffle(rng, digit + 1, (size_t)b.n, 1);
	shuffle_order(rows, b.n / b.h, b.h, rng);
	shuffle_order(cols, b.n / b.w, b.w, rng);
	for (int y = 0; y < b.n; y++)
		for (int x = 0; x < b.n; x++)
			t.cell[y * b.n + x] = digit[b.cell[rows[y] * b.n + cols[x]]];
	board_desc(out, &t);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	static const double log2_of[SIDE + 1] = { [4] = 2.0, [6] = 2.584962500721156, [8] = 3.0, [9] = 3.169925001442312 };
	struct board b;

	return board_parse(&b, desc) ? blanks(&b) * log2_of[b.n] : 0.0;
}

static void put_board(field_fn *put, void *ctx, const char *hole, const struct board *b, enum grid_style style,
		      const char *empty)
{
	struct buf text = BUF_INIT;

	board_write(&text, b, style, empty);
	put(ctx, hole, buf_str(&text));
	buf_release(&text);
}

static void fields(field_fn *put, void *ctx, struct str desc, enum lang lang)
{
	struct board b;
	struct buf text = BUF_INIT;

	if (!board_parse(&b, desc))
		return;
	put_board(put, ctx, "board", &b, GRID_SPACED, ".");
	put_board(put, ctx, "underscores", &b, GRID_SPACED, "_");
	put_board(put, ctx, "zeros", &b, GRID_SLASHES, "0");
	put_board(put, ctx, "json", &b, GRID_JSON, "0");
	put_board(put, ctx, "bars", &b, GRID_BARS, ".");
	buf_addi(&text, b.n);
	put(ctx, "size", buf_str(&text));
	buf_reset(&text);
	if (lang == LANG_ZH)
		buf_addf(&text, b.w == b.h ? "%d×%d宫" : "%d行%d列的宫", b.h, b.w);
	else
		buf_addf(&text, b.w == b.h ? "%dx%d box" : "box of %d rows by %d columns", b.h, b.w);
	put(ctx, "box", buf_str(&text));
	buf_release(&text);
}

const struct task task_sudoku = {
	.name = "sudoku",
	.family = "grid",
	.what = "Fill a board so that every row, column and box holds each digit once.",
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
