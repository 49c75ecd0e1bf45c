/*
 * arc_agi.c - the rule: the grid that the hidden program makes of the test input, cell for cell.
 *
 * desc: "keep 3,fall 2,turn 5: 120/003 010/220 > 012/100": the program, the example inputs, the test input. Grids are rows of
 * digits, 0 the background; the answer has two rows and two columns at least. A program has at most one operation of each of five classes, in this order:
 *	A crop; largest; smallest; keep C; drop C; half D; cutmax; cutmin; common; rare; and X C; xor X C
 *	B fall D; smear D; shift D; fill C; link X; complete X; outline C; hollow; paintmax C; paintmin C
 *	C swap C C; map C C; all C; invert C
 *	D turn T		E tile N N; scale N; mirror D; quad K; frame C
 * C is a colour 1..9; D a side, 0 up 1 right 2 down 3 left; X an axis, 0 left-right 1 up-down 2 both (a half turn);
 * T 0 left-right 1 up-down 2 half turn 3 main diagonal 4 other diagonal 5 clockwise 6 anticlockwise; K a corner, 0 top left and on
 * clockwise. An object is cells of one colour, not 0, joined by their sides. What each does stands at its function.
 */
#include "base/grid.h"
#include "verifiers/rule.h"

enum { SIDE = 30, CELLS = SIDE * SIDE, OPS = 5, DEMOS = 4 };

struct board {
	int h, w;
	unsigned char at[CELLS]; /* row after row, w in each */
};

struct op {
	const struct kind *kind;
	int arg[2];
};

struct puzzle {
	struct op op[OPS];
	int ops;
};

typedef bool apply_fn(struct board *to, const struct board *from, const int *arg);

struct kind {
	const char *name;
	char class;
	int args, lo[2], hi[2];
	apply_fn *apply;
};

static int cell(const struct board *b, int y, int x)
{
	return b->at[y * b->w + x];
}

static void put(struct board *b, int y, int x, int v)
{
	b->at[y * b->w + x] = (unsigned char)v;
}

static void copy(struct board *to, const struct board *from)
{
	to->h = from->h;
	to->w = from->w;
	memcpy(to->at, from->at, (size_t)from->h * (size_t)from->w);
}

/* Cell (y, x) seen from side d, and how many there are that way: k = 0 is the cell at the edge d. */
static int lane_cell(const struct board *b, int d, int lane, int k)
{
	int y = d == 0 ? k : d == 2 ? b->h - 1 - k : lane, x = d == 3 ? k : d == 1 ? b->w - 1 - k : lane;

	return y * b->w + x;
}

static bool part(struct board *to, const struct board *from, int y, int x, int h, int w)
{
	if (h <= 0 || w <= 0)
		return false;
	to->h = h;
	to->w = w;
	for (int j = 0; j < h; j++)
		for (int i = 0; i < w; i++)
			put(to, j, i, cell(from, y + j, x + i));
	return true;
}

/* ---- A ---- */

/* The smallest rectangle that holds all cells marked in keep (all that are not 0 where keep is NULL). */
static bool around(struct board *to, const struct board *from, const bool *keep)
{
	int top = SIDE, bottom = -1, left = SIDE, right = -1;

	for (int i = 0; i < from->h * from->w; i++)
		if (keep ? keep[i] : from->at[i] != 0) {
			int y = i / from->w, x = i % from->w;

			top = y < top ? y : top;
			bottom = y > bottom ? y : bottom;
			left = x < left ? x : left;
			right = x > right ? x : right;
		}
	return part(to, from, top, left, bottom - top + 1, right - left + 1);
}

static bool crop(struct board *to, const struct board *from, const int *arg)
{
	(void)arg;
	return around(to, from, NULL);
}

struct objects {
	int n;
	int16_t of[CELLS];   /* object of each cell, -1 for none */
	int16_t size[CELLS];
};

static void find_objects(struct objects *o, const struct board *b)
{
	int16_t stack[CELLS];
	int n = b->h * b->w;

	o->n = 0;
	for (int i = 0; i < n; i++)
		o->of[i] = -1;
	for (int i = 0; i < n; i++) {
		int top = 0;

		if (!b->at[i] || o->of[i] >= 0)
			continue;
		o->size[o->n] = 0;
		o->of[i] = (int16_t)o->n;
		stack[top++] = (int16_t)i;
		while (top) {
			int at = stack[--top], x = at % b->w;
			int next[4] = { at - b->w, at + b->w, x ? at - 1 : -1, x + 1 < b->w ? at + 1 : -1 };

			o->size[o->n]++;
			for (int k = 0; k < 4; k++)
				if (next[k] >= 0 && next[k] < n && o->of[next[k]] < 0 && b->at[next[k]] == b->at[i]) {
					o->of[next[k]] = (int16_t)o->n;
					stack[top++] = (int16_t)next[k];
				}
		}
		o->n++;
	}
}

/* Marks the cells of all objects of the largest (or smallest) size; how many objects. */
static int extreme(bool *keep, const struct board *b, bool largest)
{
	struct objects o;
	int best, ties = 0;

	find_objects(&o, b);
	if (o.n == 0)
		return 0;
	best = o.size[0];
	for (int k = 1; k < o.n; k++)
		if (largest ? o.size[k] > best : o.size[k] < best)
			best = o.size[k];
	for (int k = 0; k < o.n; k++)
		ties += o.size[k] == best;
	for (int i = 0; i < b->h * b->w; i++)
		keep[i] = o.of[i] >= 0 && o.size[o.of[i]] == best;
	return ties;
}

static bool keep_extreme(struct board *to, const struct board *from, bool largest)
{
	bool keep[CELLS];

	if (!extreme(keep, from, largest))
		return false;
	copy(to, from);
	for (int i = 0; i < to->h * to->w; i++)
		if (!keep[i])
			to->at[i] = 0;
	return true;
}

static bool largest(struct board *to, const struct board *from, const int *arg)
{
	(void)arg;
	return keep_extreme(to, from, true);
}

static bool smallest(struct board *to, const struct board *from, const int *arg)
{
	(void)arg;
	return keep_extreme(to, from, false);
}

/* The rectangle around the one largest (smallest) object, with all that lies in it. */
static bool cutmax(struct board *to, const struct board *from, const int *arg)
{
	bool keep[CELLS];

	(void)arg;
	return extreme(keep, from, true) == 1 && around(to, from, keep);
}

static bool cutmin(struct board *to, const struct board *from, const int *arg)
{
	bool keep[CELLS];

	(void)arg;
	return extreme(keep, from, false) == 1 && around(to, from, keep);
}

static bool keep(struct board *to, const struct board *from, const int *arg)
{
	copy(to, from);
	for (int i = 0; i < to->h * to->w; i++)
		if (to->at[i] != arg[0])
			to->at[i] = 0;
	return true;
}

static bool drop(struct board *to, const struct board *from, const int *arg)
{
	copy(to, from);
	for (int i = 0; i < to->h * to->w; i++)
		if (to->at[i] == arg[0])
			to->at[i] = 0;
	return true;
}

/* Keep the one colour that most (fewest, but some) cells have. */
static bool by_count(struct board *to, const struct board *from, bool most)
{
	int count[10] = { 0 }, best = 0, ties = 0;

	for (int i = 0; i < from->h * from->w; i++)
		count[from->at[i]]++;
	for (int c = 1; c < 10; c++)
		if (count[c] && (!best || (most ? count[c] > count[best] : count[c] < count[best])))
			best = c;
	for (int c = 1; c < 10; c++)
		ties += best && count[c] == count[best];
	return ties == 1 && keep(to, from, &best);
}

static bool common(struct board *to, const struct board *from, const int *arg)
{
	(void)arg;
	return by_count(to, from, true);
}

static bool rare(struct board *to, const struct board *from, const int *arg)
{
	(void)arg;
	return by_count(to, from, false);
}

static bool half(struct board *to, const struct board *from, const int *arg)
{
	bool tall = arg[0] % 2 == 0;
	int h = tall ? from->h / 2 : from->h, w = tall ? from->w : from->w / 2;

	if ((tall ? from->h : from->w) % 2)
		return false;
	return part(to, from, arg[0] == 2 ? h : 0, arg[0] == 1 ? w : 0, h, w);
}

/* Halves laid over each other: colour where both (exactly one) of the cells are not 0. */
static bool halves(struct board *to, const struct board *from, const int *arg, bool both)
{
	struct board a, b;

	if (!half(&a, from, (int[]){ arg[0] ? 0 : 3 }) || !half(&b, from, (int[]){ arg[0] ? 2 : 1 }))
		return false;
	copy(to, &a);
	for (int i = 0; i < a.h * a.w; i++) {
		int n = (a.at[i] != 0) + (b.at[i] != 0);

		to->at[i] = (unsigned char)(n == (both ? 2 : 1) ? arg[1] : 0);
	}
	return true;
}

static bool halves_and(struct board *to, const struct board *from, const int *arg)
{
	return halves(to, from, arg, true);
}

static bool halves_xor(struct board *to, const struct board *from, const int *arg)
{
	return halves(to, from, arg, false);
}

/* ---- B ---- */

static int lanes(const struct board *b, int d)
{
	return d % 2 ? b->h : b->w;
}

static int lane_length(const struct board *b, int d)
{
	return d % 2 ? b->w : b->h;
}

/* All coloured cells move to side d as far as they can, in their order. */
static bool fall(struct board *to, const struct board *from, const int *arg)
{
	copy(to, from);
	memset(to->at, 0, (size_t)(to->h * to->w));
	for (int l = 0; l < lanes(from, arg[0]); l++)
		for (int k = 0, n = 0; k < lane_length(from, arg[0]); k++) {
			int v = from->at[lane_cell(from, arg[0], l, k)];

			if (v)
				to->at[lane_cell(from, arg[0], l, n++)] = (unsigned char)v;
		}
	return true;
}

/* Every coloured cell colours the empty ones on its side d, up to the next coloured one. */
static bool smear(struct board *to, const struct board *from, const int *arg)
{
	copy(to, from);
	for (int l = 0; l < lanes(from, arg[0]); l++)
		for (int k = lane_length(from, arg[0]) - 1, last = 0; k >= 0; k--) {
			int at = lane_cell(from, arg[0], l, k);

			last = from->at[at] ? from->at[at] : last;
			to->at[at] = (unsigned char)last;
		}
	return true;
}

/* All cells one place to side d; what leaves there comes in at the other side. */
static bool shift(struct board *to, const struct board *from, const int *arg)
{
	int n = lane_length(from, arg[0]);

	copy(to, from);
	for (int l = 0; l < lanes(from, arg[0]); l++)
		for (int k = 0; k < n; k++)
			to->at[lane_cell(from, arg[0], l, k)] = from->at[lane_cell(from, arg[0], l, (k + 1) % n)];
	return true;
}

/* Empty cells from which no way over sides of empty cells leads to the edge. */
static bool fill(struct board *to, const struct board *from, const int *arg)
{
	int n = from->h * from->w;
	bool open[CELLS] = { false }, more = true;

	for (int i = 0; i < n; i++)
		open[i] = !from->at[i] && (i < from->w || i >= n - from->w || i % from->w == 0 || i % from->w == from->w - 1);
	while (more) { /* sweeps both ways: few, but for mazes */
		more = false;
		for (int k = 0; k < 2 * n; k++) {
			int i = k < n ? k : 2 * n - 1 - k, x = i % from->w;

			if (open[i] || from->at[i])
				continue;
			if ((i >= from->w && open[i - from->w]) || (i + from->w < n && open[i + from->w]) || (x && open[i - 1]) ||
			    (x + 1 < from->w && open[i + 1]))
				more = open[i] = true;
		}
	}
	copy(to, from);
	for (int i = 0; i < n; i++)
		if (!from->at[i] && !open[i])
			to->at[i] = (unsigned char)arg[0];
	return true;
}

/* In rows (0) or columns (1): empty cells between two of one colour, with nothing else between, take it. */
static bool link(struct board *to, const struct board *from, const int *arg)
{
	int d = arg[0] ? 0 : 3;

	copy(to, from);
	for (int l = 0; l < lanes(from, d); l++)
		for (int k = 0, last = -1; k < lane_length(from, d); k++) {
			int v = from->at[lane_cell(from, d, l, k)];

			if (!v)
				continue;
			if (last >= 0 && from->at[lane_cell(from, d, l, last)] == v)
				for (int j = last + 1; j < k; j++)
					to->at[lane_cell(from, d, l, j)] = (unsigned char)v;
			last = k;
		}
	return true;
}

/* An empty cell takes the colour of its mirror image. */
static bool complete(struct board *to, const struct board *from, const int *arg)
{
	copy(to, from);
	for (int y = 0; y < from->h; y++)
		for (int x = 0; x < from->w; x++)
			if (!cell(from, y, x))
				put(to, y, x, cell(from, arg[0] ? from->h - 1 - y : y, arg[0] != 1 ? from->w - 1 - x : x));
	return true;
}

/* Empty cells beside a coloured one, corners too. */
static bool outline(struct board *to, const struct board *from, const int *arg)
{
	copy(to, from);
	for (int y = 0; y < from->h; y++)
		for (int x = 0; x < from->w; x++) {
			bool near = false;

			for (int j = y - 1; j <= y + 1; j++)
				for (int i = x - 1; i <= x + 1; i++)
					near |= j >= 0 && i >= 0 && j < from->h && i < from->w && cell(from, j, i);
			if (near && !cell(from, y, x))
				put(to, y, x, arg[0]);
		}
	return true;
}

/* Cells with all four neighbours in the grid and of their own colour are emptied. */
static bool hollow(struct board *to, const struct board *from, const int *arg)
{
	(void)arg;
	copy(to, from);
	for (int y = 1; y + 1 < from->h; y++)
		for (int x = 1; x + 1 < from->w; x++) {
			int v = cell(from, y, x);

			if (v == cell(from, y - 1, x) && v == cell(from, y + 1, x) && v == cell(from, y, x - 1) && v == cell(from, y, x + 1))
				put(to, y, x, 0);
		}
	return true;
}

static bool paint(struct board *to, const struct board *from, int colour, bool most)
{
	bool mark[CELLS];

	if (!extreme(mark, from, most))
		return false;
	copy(to, from);
	for (int i = 0; i < to->h * to->w; i++)
		if (mark[i])
			to->at[i] = (unsigned char)colour;
	return true;
}

static bool paintmax(struct board *to, const struct board *from, const int *arg)
{
	return paint(to, from, arg[0], true);
}

static bool paintmin(struct board *to, const struct board *from, const int *arg)
{
	return paint(to, from, arg[0], false);
}

/* ---- C ---- */

static bool recolour(struct board *to, const struct board *from, const int table[10])
{
	copy(to, from);
	for (int i = 0; i < to->h * to->w; i++)
		to->at[i] = (unsigned char)table[from->at[i]];
	return true;
}

static bool swap(struct board *to, const struct board *from, const int *arg)
{
	int table[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	table[arg[0]] = arg[1];
	table[arg[1]] = arg[0];
	return recolour(to, from, table);
}

static bool map(struct board *to, const struct board *from, const int *arg)
{
	int table[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	table[arg[0]] = arg[1];
	return recolour(to, from, table);
}

static bool all(struct board *to, const struct board *from, const int *arg)
{
	int c = arg[0], table[10] = { 0, c, c, c, c, c, c, c, c, c };

	return recolour(to, from, table);
}

static bool invert(struct board *to, const struct board *from, const int *arg)
{
	int table[10] = { arg[0] };

	return recolour(to, from, table);
}

/* ---- D ---- */

static bool turn(struct board *to, const struct board *from, const int *arg)
{
	int h = from->h - 1, w = from->w - 1;

	to->h = arg[0] < 3 ? from->h : from->w;
	to->w = arg[0] < 3 ? from->w : from->h;
	for (int y = 0; y <= h; y++)
		for (int x = 0; x <= w; x++) {
			static const char sign[][2] = { { 0, 1 }, { 1, 0 }, { 1, 1 }, { 0, 0 }, { 1, 1 }, { 0, 1 }, { 1, 0 } };
			int t = arg[0], a = t < 3 ? y : x, b = t < 3 ? x : y, ha = t < 3 ? h : w, wb = t < 3 ? w : h;

			put(to, sign[t][0] ? ha - a : a, sign[t][1] ? wb - b : b, cell(from, y, x));
		}
	return true;
}

/* ---- E ---- */

static bool fits(struct board *to, int h, int w)
{
	to->h = h;
	to->w = w;
	return h <= SIDE && w <= SIDE;
}

static bool tile(struct board *to, const struct board *from, const int *arg)
{
	if (!fits(to, from->h * arg[0], from->w * arg[1]))
		return false;
	for (int y = 0; y < to->h; y++) {
		const unsigned char *row = from->at + y % from->h * from->w;

		for (int x = 0; x < to->w; x += from->w)
			memcpy(to->at + y * to->w + x, row, (size_t)from->w);
	}
	return true;
}

static bool scale(struct board *to, const struct board *from, const int *arg)
{
	if (!fits(to, from->h * arg[0], from->w * arg[0]))
		return false;
	for (int y = 0; y < to->h; y++) {
		const unsigned char *row = from->at + y / arg[0] * from->w;
		unsigned char *at = to->at + y * to->w;

		for (int x = 0; x < from->w; x++, at += arg[0])
			memset(at, row[x], (size_t)arg[0]);
	}
	return true;
}

/* How far k is along a line of n cells and their mirror image, which stands before or behind them. */
static int folded(int k, int n, bool before)
{
	if (before)
		return k < n ? n - 1 - k : k - n;
	return k < n ? k : 2 * n - 1 - k;
}

/* The mirror image joined on at side d. */
static bool mirror(struct board *to, const struct board *from, const int *arg)
{
	bool tall = arg[0] % 2 == 0, before = arg[0] == 0 || arg[0] == 3;

	if (!fits(to, tall ? 2 * from->h : from->h, tall ? from->w : 2 * from->w))
		return false;
	for (int y = 0; y < to->h; y++)
		for (int x = 0; x < to->w; x++)
			put(to, y, x, cell(from, tall ? folded(y, from->h, before) : y, tall ? x : folded(x, from->w, before)));
	return true;
}

/* The grid in corner k of one of twice its sides, mirrored into the others. */
static bool quad(struct board *to, const struct board *from, const int *arg)
{
	if (!fits(to, 2 * from->h, 2 * from->w))
		return false;
	for (int y = 0; y < to->h; y++)
		for (int x = 0; x < to->w; x++)
			put(to, y, x, cell(from, folded(y, from->h, arg[0] >= 2), folded(x, from->w, arg[0] == 1 || arg[0] == 2)));
	return true;
}

/* One cell of colour all around. */
static bool frame(struct board *to, const struct board *from, const int *arg)
{
	if (!fits(to, from->h + 2, from->w + 2))
		return false;
	memset(to->at, arg[0], (size_t)(to->h * to->w));
	for (int y = 0; y < from->h; y++)
		for (int x = 0; x < from->w; x++)
			put(to, y + 1, x + 1, cell(from, y, x));
	return true;
}

static const struct kind kinds[] = {
	{ "crop", 'A', 0, { 0 }, { 0 }, crop },
	{ "largest", 'A', 0, { 0 }, { 0 }, largest },
	{ "smallest", 'A', 0, { 0 }, { 0 }, smallest },
	{ "keep", 'A', 1, { 1 }, { 9 }, keep },
	{ "drop", 'A', 1, { 1 }, { 9 }, drop },
	{ "half", 'A', 1, { 0 }, { 3 }, half },
	{ "cutmax", 'A', 0, { 0 }, { 0 }, cutmax },
	{ "cutmin", 'A', 0, { 0 }, { 0 }, cutmin },
	{ "common", 'A', 0, { 0 }, { 0 }, common },
	{ "rare", 'A', 0, { 0 }, { 0 }, rare },
	{ "and", 'A', 2, { 0, 1 }, { 1, 9 }, halves_and },
	{ "xor", 'A', 2, { 0, 1 }, { 1, 9 }, halves_xor },
	{ "fall", 'B', 1, { 0 }, { 3 }, fall },
	{ "smear", 'B', 1, { 0 }, { 3 }, smear },
	{ "shift", 'B', 1, { 0 }, { 3 }, shift },
	{ "fill", 'B', 1, { 1 }, { 9 }, fill },
	{ "link", 'B', 1, { 0 }, { 1 }, link },
	{ "complete", 'B', 1, { 0 }, { 2 }, complete },
	{ "outline", 'B', 1, { 1 }, { 9 }, outline },
	{ "hollow", 'B', 0, { 0 }, { 0 }, hollow },
	{ "paintmax", 'B', 1, { 1 }, { 9 }, paintmax },
	{ "paintmin", 'B', 1, { 1 }, { 9 }, paintmin },
	{ "swap", 'C', 2, { 1, 1 }, { 9, 9 }, swap },
	{ "map", 'C', 2, { 1, 1 }, { 9, 9 }, map },
	{ "all", 'C', 1, { 1 }, { 9 }, all },
	{ "invert", 'C', 1, { 1 }, { 9 }, invert },
	{ "turn", 'D', 1, { 0 }, { 6 }, turn },
	{ "tile", 'E', 2, { 1, 1 }, { 3, 3 }, tile },
	{ "scale", 'E', 1, { 2 }, { 3 }, scale },
	{ "mirror", 'E', 1, { 0 }, { 3 }, mirror },
	{ "quad", 'E', 1, { 0 }, { 3 }, quad },
	{ "frame", 'E', 1, { 1 }, { 9 }, frame },
};

/* ---- the desc ---- */

static bool read_op(struct op *op, struct str text)
{
	struct str rest = text, word;

	op->kind = NULL;
	if (text.n == 0 || text.s[text.n - 1] == ' ' || !str_split(&rest, ' ', &word))
		return false;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (word.n && word.s[0] == kinds[i].name[0] && str_is(word, kinds[i].name))
			op->kind = &kinds[i];
	if (!op->kind)
		return false;
	for (int i = 0; i < op->kind->args; i++) {
		if (!str_split(&rest, ' ', &word) || word.n != 1)
			return false;
		op->arg[i] = word.s[0] - '0';
		if (op->arg[i] < op->kind->lo[i] || op->arg[i] > op->kind->hi[i])
			return false;
	}
	if (str_split(&rest, ' ', &word))
		return false;
	if (op->kind->apply == swap)
		return op->arg[0] < op->arg[1];
	if (op->kind->apply == map)
		return op->arg[0] != op->arg[1];
	return op->kind->apply != tile || op->arg[0] > 1 || op->arg[1] > 1;
}

static bool read_board(struct board *b, struct str s)
{
	size_t w = 0;

	while (w < s.n && s.s[w] != '/')
		w++;
	if (w == 0 || w > SIDE || (s.n + 1) % (w + 1) || (s.n + 1) / (w + 1) > SIDE)
		return false;
	b->w = (int)w;
	b->h = (int)((s.n + 1) / (w + 1));
	for (int y = 0; y < b->h; y++) {
		const char *row = s.s + (size_t)y * (w + 1);
		unsigned char *to = b->at + (size_t)y * w, most = 0;

		if (y && row[-1] != '/')
			return false;
		for (size_t x = 0; x < w; x++) {
			to[x] = (unsigned char)(row[x] - '0');
			most = to[x] > most ? to[x] : most;
		}
		if (most > 9)
			return false;
	}
	return true;
}

/* What the program makes of `from`; false where an operation cannot be done. */
static bool run(struct board *to, const struct board *from, const struct puzzle *p)
{
	struct board room[2];

	for (int i = 0; i < p->ops; i++) {
		struct board *next = i + 1 == p->ops ? to : &room[i % 2];

		if (!p->op[i].kind->apply(next, from, p->op[i].arg))
			return false;
		from = next;
	}
	return true;
}

/* What the program makes of the test input comes back in *want. */
static bool read_puzzle(struct puzzle *p, struct board *want, struct str desc)
{
	ptrdiff_t colon = str_chr(desc, ':'), mark = str_chr(desc, '>') - 1;
	struct str head, demos, text;
	struct board in;
	char class = 0;
	int n = 0;

	p->ops = 0;
	if (colon <= 0 || mark < colon + 3 || desc.s[colon - 1] == ',' || desc.s[colon + 1] != ' ' || desc.s[mark] != ' ' ||
	    (size_t)mark + 2 >= desc.n || desc.s[mark + 2] != ' ')
		return false;
	head = str_sub(desc, 0, (size_t)colon);
	demos = str_sub(desc, (size_t)colon + 2, (size_t)mark);
	while (str_split(&head, ',', &text)) {
		if (p->ops == OPS || !read_op(&p->op[p->ops], text) || p->op[p->ops].kind->class <= class)
			return false;
		class = p->op[p->ops++].kind->class;
	}
	if (demos.s[demos.n - 1] == ' ')
		return false;
	while (str_split(&demos, ' ', &text))
		if (n++ == DEMOS || !read_board(&in, text) || !run(want, &in, p))
			return false;
	if (p->ops == 0 || n < 2 || !read_board(&in, str_from(desc, (size_t)mark + 3)))
		return false;
	return run(want, &in, p) && want->h > 1 && want->w > 1; /* one row of cells and one column read alike */
}

/* The answer as it is asked for, byte for byte: most right ones are, and need no reader. */
static bool is_spelled(const struct board *want, struct str s)
{
	const unsigned char *cell = want->at;
	int x = 0;

	if (s.n != (size_t)want->h * (size_t)(want->w + 1) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++, x++) {
		if (s.s[i] != (x == want->w ? '/' : '0' + *cell))
			return false;
		if (x == want->w)
			x = -1;
		else
			cell++;
	}
	return true;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	struct board want;
	struct grid g;

	if (!read_puzzle(&p, &want, desc))
		return rule_bad_task(why, "the desc is no program with grids that it works on");
	if (is_spelled(&want, answer))
		return QUARRY_CORRECT;
	if (!grid_read(&g, answer, &(struct grid_ask){ .hi = 9, .words = true })) {
		if (grid_read(&g, answer, &(struct grid_ask){ .rows = want.h, .cols = want.w, .hi = 9, .words = true }))
			return rule_unreadable(why, "it is not seen where its rows end");
		return rule_unreadable(why, "no grid of digits could be read");
	}
	if (g.rows != want.h || g.cols != want.w)
		return rule_wrong(why, "the grid is %d x %d, not %d x %d", g.rows, g.cols, want.h, want.w);
	for (int i = 0; i < g.rows * g.cols; i++)
		if (g.cell[i] != want.at[i])
			return rule_wrong(why, "row %d, column %d is not right", i / g.cols + 1, i % g.cols + 1);
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_arc_agi = { "arc_agi", 1, judge, NULL };
