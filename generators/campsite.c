/*
 * campsite.c - tents and trees: a tent beside each tree, none touching, so many in each row and column; one solution by proof,
 * graded by the technique it needs.
 *
 * desc: "ROWS:ROW_COUNTS:COLUMN_COUNTS", T a tree, . an empty cell ("T../..T/...:1,0,1:0,1,1"). The answer is the board with C
 * for the tents and X for what stays empty, "TCX/XXT/XXC": no full stops, which are easily lost at an answer's end.
 *
 * Tents come first, each with a tree beside it; then, while there is another solution, a tree that stands beside one of its
 * tents is moved elsewhere around the tent that it belongs to.
 */
#include "base/grid.h"
#include "generators/marks.h"
#include "generators/task.h"

enum { SIDE = MARKS_SIDE, CELLS = MARKS_CELLS };

enum { N, M, DENSITY, TECHNIQUE };

static const struct knob knobs[] = {
	{ "n", 3, SIDE, "rows" },
	{ "m", 3, SIDE, "columns" },
	{ "tree_density", 5, 40, "trees in percent of the cells, rounded down; tents find room for a fifth or so" },
	{ "technique", 0, 3,
	  "hardest technique needed: 0 counting, 1 whose tent is whose, 2 what all ways to fill a line share, 3 a supposition "
	  "refuted by counting" },
	{ 0 },
};

static const int techniques[] = { MARKS_COUNT, MARKS_PAIR, MARKS_WAYS, MARKS_TRIAL };
static const char *const technique_names[] = {
	[MARKS_COUNT] = "counting",
	[MARKS_PAIR] = "counting, pairs",
	[MARKS_WAYS] = "counting, pairs, all ways",
	[MARKS_BANDS] = "counting, pairs, all ways",
	[MARKS_TRIAL] = "counting, pairs, all ways, refuted supposition",
	[MARKS_GUESS] = "counting, pairs, all ways, refuted supposition, nested suppositions",
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* n  m  density  technique */
	{ 4, 5, 20, 0 },
	{ 5, 5, 20, 0 },
	{ 6, 6, 20, 0 },
	{ 7, 7, 20, 1 },
	{ 8, 8, 20, 1 },
	{ 8, 8, 20, 2 },
	{ 10, 10, 20, 2 },
	{ 12, 12, 20, 2 },
	{ 12, 12, 20, 3 },
	{ 14, 14, 20, 3 },
	{ 16, 16, 20, 3 },
};

struct board {
	int rows, cols, trees;
	bool tree[CELLS];
	uint8_t in_row[SIDE], in_col[SIDE];
};

/* "1,0,2" */
static bool counts_read(uint8_t *count, int n, struct str s, int total)
{
	struct str piece;
	int i = 0;

	if (!s.n || s.s[s.n - 1] == ',')
		return false;
	for (; str_split(&s, ',', &piece); i++) {
		if (i == n || !piece.n || piece.n > 2 || (piece.n == 2 && piece.s[0] == '0'))
			return false;
		count[i] = 0;
		for (size_t k = 0; k < piece.n; k++) {
			if (piece.s[k] < '0' || piece.s[k] > '9')
				return false;
			count[i] = (uint8_t)(10 * count[i] + piece.s[k] - '0');
		}
		total -= count[i];
	}
	return i == n && total == 0;
}

static bool board_read(struct board *b, struct str desc)
{
	struct str cells, rows, cols, rest = desc;
	size_t width;
	int n = 0;

	if (!str_split(&rest, ':', &cells) || !str_split(&rest, ':', &rows))
		return false;
	cols = rest;
	width = str_chr(cells, '/') < 0 ? cells.n : (size_t)str_chr(cells, '/');
	if (!width || width > SIDE || (cells.n + 1) % (width + 1) || (cells.n + 1) / (width + 1) > SIDE)
		return false;
	*b = (struct board){ .rows = (int)((cells.n + 1) / (width + 1)), .cols = (int)width };
	for (size_t i = 0; i < cells.n; i++) {
		char c = cells.s[i];

		if ((i % (width + 1) == width) != (c == '/') || (c != '/' && c != 'T' && c != '.'))
			return false;
		if (c == '/')
			continue;
		b->tree[n++] = c == 'T';
		b->trees += c == 'T';
	}
	return b->trees && counts_read(b->in_row, b->rows, rows, b->trees) && counts_read(b->in_col, b->cols, cols, b->trees);
}

static void counts_write(struct buf *out, const uint8_t *count, int n, const char *between)
{
	for (int i = 0; i < n; i++)
		buf_addf(out, "%s%d", i ? between : "", count[i]);
}

static void answer_write(struct buf *out, const struct board *b, const bool *tent)
{
	for (int i = 0; i < b->rows * b->cols; i++) {
		if (i && i % b->cols == 0)
			buf_addc(out, '/');
		buf_addc(out, b->tree[i] ? 'T' : tent[i] ? 'C' : 'X');
	}
}

static void board_write(struct buf *out, const struct board *b)
{
	for (int i = 0; i < b->rows * b->cols; i++) {
		if (i && i % b->cols == 0)
			buf_addc(out, '/');
		buf_addc(out, b->tree[i] ? 'T' : '.');
	}
	buf_addc(out, ':');
	counts_write(out, b->in_row, b->rows, ",");
	buf_addc(out, ':');
	counts_write(out, b->in_col, b->cols, ",");
}

static void shape_of(struct marks_shape *s, const struct board *b)
{
	marks_shape(s, b->rows, b->cols, MARKS_APART | MARKS_TREES);
	for (int y = 0; y < b->rows; y++) {
		marks_unit(s, 'r', y + 1, b->in_row[y]);
		for (int x = 0; x < b->cols; x++)
			marks_member(s, y * b->cols + x);
	}
	for (int x = 0; x < b->cols; x++) {
		marks_unit(s, 'c', x + 1, b->in_col[x]);
		for (int y = 0; y < b->rows; y++)
			marks_member(s, y * b->cols + x);
	}
	memcpy(s->tree, b->tree, sizeof(s->tree));
	marks_close(s);
}

/* ---- inventing ---- */

struct camp {
	struct board b;
	bool tent[CELLS];
	int16_t at[CELLS]; /* the tents */
	int16_t tree_of[CELLS]; /* of each tent in `at` */
};

static int around(const struct board *b, int i, int16_t out[4])
{
	int y = i / b->cols, x = i % b->cols, n = 0;

	if (y > 0)
		out[n++] = (int16_t)(i - b->cols);
	if (y + 1 < b->rows)
		out[n++] = (int16_t)(i + b->cols);
	if (x > 0)
		out[n++] = (int16_t)(i - 1);
	if (x + 1 < b->cols)
		out[n++] = (int16_t)(i + 1);
	return n;
}

static bool touches(const struct camp *c, int i)
{
	int y = i / c->b.cols, x = i % c->b.cols;

	for (int dy = -1; dy <= 1; dy++)
		for (int dx = -1; dx <= 1; dx++)
			if (y + dy >= 0 && y + dy < c->b.rows && x + dx >= 0 && x + dx < c->b.cols &&
			    c->tent[i + dy * c->b.cols + dx])
				return true;
	return false;
}

/* A free cell beside a tent, for its tree; not beside `shun` (-1: no matter). -1: there is none. */
static int tree_place(const struct camp *c, int tent, int shun, struct rng *rng)
{
	int16_t side[4], other[4];
	int sides = around(&c->b, tent, side), n = 0;

	for (int k = 0; k < sides; k++) {
		bool fine = !c->tent[side[k]] && !c->b.tree[side[k]];

		for (int j = around(&c->b, side[k], other); j > 0 && shun >= 0; j--)
			fine = fine && other[j - 1] != shun;
		if (fine)
			side[n++] = side[k];
	}
	return n ? side[rng_below(rng, (uint32_t)n)] : -1;
}

enum { RELAYS = 100 };

/* Tents at random; while too few find room, two are taken up again. */
static bool pitch(struct camp *c, int trees, struct rng *rng)
{
	int16_t cell[CELLS];
	int n = 0, cells = c->b.rows * c->b.cols;

	memset(c->tent, 0, sizeof(c->tent));
	for (int i = 0; i < cells; i++)
		cell[i] = (int16_t)i;
	for (int round = 0; round < RELAYS; round++) {
		rng_shuffle(rng, cell, (size_t)cells, sizeof(cell[0]));
		for (int i = 0; i < cells && n < trees; i++)
			if (!touches(c, cell[i])) {
				c->tent[cell[i]] = true;
				c->at[n++] = cell[i];
			}
		if (n == trees)
			return true;
		for (int k = 0; k < 2 && n > 0; k++) {
			int at = (int)rng_below(rng, (uint32_t)n);

			c->tent[c->at[at]] = false;
			c->at[at] = c->at[--n];
		}
	}
	return false;
}

static bool draw_camp(struct camp *c, const int *knob, struct rng *rng)
{
	c->b = (struct board){ .rows = knob[N], .cols = knob[M], .trees = knob[N] * knob[M] * knob[DENSITY] / 100 };
	if (!pitch(c, c->b.trees, rng))
		return false;
	for (int k = 0; k < c->b.trees; k++) {
		int place = tree_place(c, c->at[k], -1, rng);

		if (place < 0)
			return false;
		c->b.tree[place] = true;
		c->tree_of[k] = (int16_t)place;
		c->b.in_row[c->at[k] / c->b.cols]++;
		c->b.in_col[c->at[k] % c->b.cols]++;
	}
	return true;
}

static bool move_tree(struct camp *c, int k, int shun, struct rng *rng)
{
	int place = tree_place(c, c->at[k], shun, rng);

	if (place < 0)
		return false;
	c->b.tree[c->tree_of[k]] = false;
	c->b.tree[place] = true;
	c->tree_of[k] = (int16_t)place;
	return true;
}

static bool move_any(struct camp *c, struct rng *rng)
{
	for (int tries = 0; tries < 20; tries++)
		if (move_tree(c, (int)rng_below(rng, (uint32_t)c->b.trees), -1, rng))
			return true;
	return false;
}

/* Take a tree away from a tent of the other solution. */
static bool spoil(struct camp *c, const bool *other, struct rng *rng)
{
	int16_t index[CELLS], side[4];
	int n = 0;

	for (int k = 0; k < c->b.trees; k++)
		index[k] = (int16_t)k;
	rng_shuffle(rng, index, (size_t)c->b.trees, sizeof(index[0]));
	for (; n < c->b.trees; n++) {
		int k = index[n];

		for (int j = around(&c->b, c->tree_of[k], side); j > 0; j--)
			if (other[side[j - 1]] && !c->tent[side[j - 1]] && move_tree(c, k, side[j - 1], rng))
				return true;
	}
	return move_any(c, rng);
}

enum { REPAIRS = 40, NODES = 3000, CHANGES = 30, DRAWS = 60 };

static bool make_unique(struct camp *c, struct rng *rng)
{
	for (int i = 0; i < REPAIRS; i++) {
		struct marks_shape shape;
		struct marks_search f;

		shape_of(&shape, &c->b);
		if (!marks_search(&f, &shape, c->tent, 1, NODES))
			return !f.spent;
		if (!spoil(c, f.first, rng))
			return false;
	}
	return false;
}

/* The hardest technique needed; -1: more than `most`. */
static int needed(const struct camp *c, int most)
{
	struct marks_shape shape;
	struct marks_tale tale;
	struct marks m;
	int hardest;

	shape_of(&shape, &c->b);
	marks_tale(&tale, NULL);
	marks_start(&m, &shape, &tale);
	hardest = marks_solve(&m, most);
	return m.open ? -1 : hardest;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	int goal = techniques[knob[TECHNIQUE]];
	struct camp c;

	for (int draw = 0; draw < DRAWS; draw++) {
		if (!draw_camp(&c, knob, rng))
			continue;
		for (int change = 0; change < CHANGES && make_unique(&c, rng); change++) {
			if (needed(&c, goal) == goal) {
				board_write(desc, &c.b);
				answer_write(answer, &c.b, c.tent);
				return true;
			}
			if (!move_any(&c, rng))
				break;
		}
	}
	return false;
}

static const char *refuse(const int *knob)
{
	int n = knob[N], m = knob[M], trees = n * m * knob[DENSITY] / 100, technique = knob[TECHNIQUE];

	if (trees == 0)
		return "a board without a single tree";
	if (trees > (n + 1) / 2 * ((m + 1) / 2))
		return "so many tents cannot stand without touching";
	if ((technique > 0 && trees < 3) || (technique == 3 && (trees < 5 || n * m < 25)))
		return "so few trees never need so hard a technique";
	if (technique < 2 && n * m > 196)
		return "such large boards need harder techniques (2 or 3)";
	return NULL;
}

/* ---- from the desc ---- */

/* The one solution, in f->first. */
static bool well_posed(struct board *b, struct marks_shape *s, struct marks_search *f, struct str desc)
{
	if (!board_read(b, desc))
		return false;
	shape_of(s, b);
	return marks_unique(f, s);
}

static bool prove(struct str desc)
{
	struct board b;
	struct marks_shape s;
	struct marks_search f;

	return well_posed(&b, &s, &f, desc);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct board b;
	struct marks_shape s;
	struct marks_search f;

	if (!board_read(&b, desc))
		return false;
	shape_of(&s, &b);
	if (!marks_any(&f, &s))
		return false;
	answer_write(answer, &b, f.first);
	return true;
}

/* The rules of others, at the end of a desc: tents and trees need not pair up. */
static bool cut(struct str *desc, struct str sign)
{
	bool there = str_ends(*desc, sign);

	desc->n -= there ? sign.n : 0;
	return there;
}

enum { COUNT_NODES = 30000 };

static int count(struct buf *answer, struct str desc, int limit)
{
	bool some = cut(&desc, STR(":some")), one = !some && cut(&desc, STR(":one"));
	struct board b;
	struct marks_shape s;
	struct marks_search f;
	int found;

	if (!board_read(&b, desc))
		return -1;
	shape_of(&s, &b);
	if (some || one)
		s.kind = MARKS_APART;
	for (int i = 0; i < s.cells && one; i++) {
		int trees = 0;

		for (int k = 0; k < s.sides[i]; k++)
			trees += s.tree[s.near[i][k]];
		s.shut[i] = s.tree[i] || trees != 1;
	}
	found = marks_search(&f, &s, NULL, limit, COUNT_NODES);
	if (found > 0)
		answer_write(answer, &b, f.first);
	return f.spent && found < limit ? -1 : found;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct board b;
	struct marks_shape s;
	struct marks_search f;

	if (!well_posed(&b, &s, &f, desc))
		return;
	if (lang == LANG_ZH)
		buf_addf(steps, "T(y,x)：第y行第x列的树；+(y,x)：有帐篷；-(y,x)：没有；不挨着树的格子都没有。r、c：行、列，后面是已有/应有帐篷数。"
				"~：帐篷属于这棵树。*N：N种放法都如此；?：假设，x：矛盾。\n");
	else
		buf_addf(steps, "T(y,x): tree in row y, column x; +(y,x): tent; -(y,x): none, as in all cells beside no tree. r, c: row, column, "
				"with tents it has/needs. ~: the tent is this tree's. *N: the same in all N ways; ? suppose, "
				"x contradiction.\n");
	marks_explain(steps, &s);
}

static void grade(struct effort *e, struct str desc)
{
	struct board b;
	struct marks_shape s;
	struct marks_search f;

	*e = (struct effort){ .technique = "" };
	if (well_posed(&b, &s, &f, desc))
		e->technique = technique_names[marks_grade(&s, &e->depth, &e->branch, &e->steps)];
}

/* Tents in any cells beside trees. */
static double answers_log2(struct str desc)
{
	struct board b;
	struct marks_shape s;
	int places = 0;

	if (!board_read(&b, desc))
		return 0.0;
	shape_of(&s, &b);
	for (int i = 0; i < s.cells; i++)
		places += !s.shut[i];
	return b.trees > places ? 0.0 : marks_log2_choose(places, b.trees);
}

/* ---- symmetry ---- */

/* Image `how` (0 .. 7): transposed if odd, then turned over. */
static void image_of(struct board *to, const struct board *from, int how)
{
	*to = (struct board){ .rows = how & 1 ? from->cols : from->rows, .cols = how & 1 ? from->rows : from->cols,
			      .trees = from->trees };
	for (int y = 0; y < to->rows; y++)
		to->in_row[how & 2 ? to->rows - 1 - y : y] = how & 1 ? from->in_col[y] : from->in_row[y];
	for (int x = 0; x < to->cols; x++)
		to->in_col[how & 4 ? to->cols - 1 - x : x] = how & 1 ? from->in_row[x] : from->in_col[x];
	for (int i = 0; i < to->rows * to->cols; i++) {
		int y = i / to->cols, x = i % to->cols;
		int at = (how & 2 ? to->rows - 1 - y : y) * to->cols + (how & 4 ? to->cols - 1 - x : x);

		to->tree[at] = from->tree[how & 1 ? x * from->cols + y : i];
	}
}

/* The image whose text comes first. */
static void canon(struct buf *out, struct str desc)
{
	struct buf text = BUF_INIT, best = BUF_INIT;
	struct board b, image;

	if (!board_read(&b, desc))
		return;
	for (int how = 0; how < 8; how++) {
		image_of(&image, &b, how);
		board_write(&text, &image);
		buf_least(&best, &text);
	}
	buf_add(out, buf_str(&best));
	buf_release(&text);
	buf_release(&best);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b, image;

	if (!board_read(&b, desc))
		return false;
	image_of(&image, &b, (int)rng_below(rng, 8));
	board_write(out, &image);
	return true;
}

/* ---- what the prompt needs ---- */

static void put_grid(struct holes *holes, const char *hole, const struct grid *g, enum grid_style style, const char *symbols)
{
	struct buf text = BUF_INIT;

	grid_write(&text, g, &(struct grid_look){ .style = style, .symbols = symbols });
	hole_put(holes, hole, buf_str(&text));
	buf_release(&text);
}

/* Each row with its count at the end, and a last line with the columns' counts. */
static void put_edged(struct holes *holes, const struct board *b)
{
	struct buf text = BUF_INIT;

	for (int i = 0; i < b->rows * b->cols; i++) {
		buf_addz(&text, b->tree[i] ? "T " : "X ");
		if (i % b->cols == b->cols - 1)
			buf_addf(&text, "| %d\n", b->in_row[i / b->cols]);
	}
	for (int x = 0; x < b->cols; x++)
		buf_addz(&text, "--");
	buf_addc(&text, '\n');
	counts_write(&text, b->in_col, b->cols, " ");
	hole_put(holes, "edged", buf_str(&text));
	buf_release(&text);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct board b;
	struct grid g;
	struct buf text = BUF_INIT;

	(void)lang;
	if (!board_read(&b, desc))
		return;
	g.rows = b.rows;
	g.cols = b.cols;
	for (int i = 0; i < b.rows * b.cols; i++)
		g.cell[i] = !b.tree[i];
	put_grid(holes, "board", &g, GRID_SPACED, "TX");
	put_grid(holes, "plain", &g, GRID_LINES, "TX");
	put_grid(holes, "slashes", &g, GRID_SLASHES, "TX");
	put_grid(holes, "json", &g, GRID_JSON, "TX");
	put_edged(holes, &b);
	counts_write(&text, b.in_row, b.rows, ", ");
	hole_put(holes, "row_counts", buf_str(&text));
	buf_reset(&text);
	counts_write(&text, b.in_col, b.cols, ", ");
	hole_put(holes, "col_counts", buf_str(&text));
	buf_reset(&text);
	buf_addi(&text, b.rows);
	hole_put(holes, "rows", buf_str(&text));
	buf_reset(&text);
	buf_addi(&text, b.cols);
	hole_put(holes, "cols", buf_str(&text));
	buf_reset(&text);
	buf_addi(&text, b.trees);
	hole_put(holes, "trees", buf_str(&text));
	buf_release(&text);
}

const struct task task_campsite = {
	.name = "campsite",
	.family = "grid",
	.what = "Pitch a tent beside each tree so that tents do not touch and rows and columns hold as many as they should.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.count = count,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
