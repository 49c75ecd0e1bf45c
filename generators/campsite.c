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
#include "generators/marks_posed.h"
#include "generators/marks_sets.h"

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

/* "1,0,2": n numbers below 100 without a zero in front, which add up to the number of trees, up to `end` (0: of the text). */
static bool counts_read(uint8_t *count, int n, int total, struct str s, size_t *at, char end)
{
	for (int i = 0; i < n; i++) {
		char stop = i + 1 < n ? ',' : end;
		size_t from = *at;
		int v = 0;

		for (; *at < s.n && s.s[*at] >= '0' && s.s[*at] <= '9' && *at < from + 2; ++*at)
			v = 10 * v + s.s[*at] - '0';
		if (*at == from || (*at == from + 2 && s.s[from] == '0'))
			return false;
		if (stop ? *at >= s.n || s.s[(*at)++] != stop : *at < s.n)
			return false;
		count[i] = (uint8_t)v;
		total -= v;
	}
	return total == 0;
}

static bool board_read(struct board *b, struct str desc)
{
	size_t cols = 0, cells, at = 0;

	while (cols < desc.n && (desc.s[cols] == 'T' || desc.s[cols] == '.'))
		cols++;
	cells = cols;
	while (cells < desc.n && desc.s[cells] != ':')
		cells++;
	if (!cols || cols > SIDE || (cells + 1) % (cols + 1) || (cells + 1) / (cols + 1) > SIDE || cells == desc.n)
		return false;
	b->rows = (int)((cells + 1) / (cols + 1));
	b->cols = (int)cols;
	b->trees = 0;
	for (int y = 0, i = 0; y < b->rows; y++, at++) {
		if (y > 0 && desc.s[at - 1] != '/')
			return false;
		for (int x = 0; x < b->cols; x++, i++) {
			char c = desc.s[at++];

			if (c != 'T' && c != '.')
				return false;
			b->tree[i] = c == 'T';
			b->trees += c == 'T';
		}
	}
	return b->trees && counts_read(b->in_row, b->rows, b->trees, desc, &at, ':') &&
	       counts_read(b->in_col, b->cols, b->trees, desc, &at, 0);
}

static void counts_write(struct buf *out, const uint8_t *count, int n, const char *between)
{
	for (int i = 0; i < n; i++) {
		buf_addz(out, i ? between : "");
		buf_addi(out, count[i]);
	}
}

static void answer_write(struct buf *out, const struct marks_shape *s, const struct set *tent)
{
	for (int y = 0, i = 0; y < s->rows; y++) {
		if (y > 0)
			buf_addc(out, '/');
		for (int x = 0; x < s->cols; x++, i++)
			buf_addc(out, s->tree[i] ? 'T' : set_has(tent, i) ? 'C' : 'X');
	}
}

static void board_write(struct buf *out, const struct board *b)
{
	for (int y = 0, i = 0; y < b->rows; y++) {
		if (y > 0)
			buf_addc(out, '/');
		for (int x = 0; x < b->cols; x++, i++)
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
	marks_lines(s, b->in_row, b->in_col);
	memcpy(s->tree, b->tree, (size_t)s->cells * sizeof(s->tree[0]));
	marks_close(s);
}

/* ---- inventing ---- */

struct camp {
	struct board b;
	struct marks_shape shape; /* of the empty board */
	struct marks_sets sets;   /* the board as it stands */
	struct set tent;
	int16_t at[CELLS];      /* the tents */
	int16_t tree_of[CELLS]; /* of each tent in `at` */
	int16_t cell[CELLS];    /* all, in some order */
};

static void camp_open(struct camp *c, const int *knob)
{
	c->b = (struct board){ .rows = knob[N], .cols = knob[M], .trees = knob[N] * knob[M] * knob[DENSITY] / 100 };
	shape_of(&c->shape, &c->b);
	marks_sets(&c->sets, &c->shape);
	for (int i = 0; i < c->shape.cells; i++)
		c->cell[i] = (int16_t)i;
}

static void tree_put(struct camp *c, int k, int cell)
{
	c->tree_of[k] = (int16_t)cell;
	c->b.tree[cell] = true;
	set_put(&c->sets.tree, cell);
}

static void tree_take(struct camp *c, int k)
{
	c->b.tree[c->tree_of[k]] = false;
	set_take(&c->sets.tree, c->tree_of[k]);
}

static bool is_beside(const struct marks_shape *s, int a, int b)
{
	for (int k = 0; k < s->sides[a]; k++)
		if (s->near[a][k] == b)
			return true;
	return false;
}

/* A free cell beside a tent, for its tree; not beside `shun` (-1: no matter). -1: there is none. */
static int tree_place(const struct camp *c, int tent, int shun, struct rng *rng)
{
	int16_t place[4];
	int n = 0;

	for (int k = 0; k < c->shape.sides[tent]; k++) {
		int cell = c->shape.near[tent][k]; /* no tent: tents are apart */

		if (!c->b.tree[cell] && (shun < 0 || !is_beside(&c->shape, cell, shun)))
			place[n++] = (int16_t)cell;
	}
	return n ? place[rng_below(rng, (uint32_t)n)] : -1;
}

/* Add tents while there is room; how many there are. */
static int add_tents(struct camp *c, int n, struct rng *rng)
{
	struct set taken = { { 0 } };

	for (int k = 0; k < n; k++)
		for (int j = 0; j < c->shape.nears[c->at[k]]; j++)
			set_put(&taken, c->shape.near[c->at[k]][j]);
	for (int left = c->shape.cells; left > 0 && n < c->b.trees;) {
		int at = (int)rng_below(rng, (uint32_t)left--), cell = c->cell[at];

		c->cell[at] = c->cell[left];
		c->cell[left] = (int16_t)cell;
		if (set_has(&taken, cell) || set_has(&c->tent, cell))
			continue;
		set_put(&c->tent, cell);
		c->at[n++] = (int16_t)cell;
		for (int j = 0; j < c->shape.nears[cell]; j++)
			set_put(&taken, c->shape.near[cell][j]);
	}
	return n;
}

enum { RELAYS = 100 };

/* Tents at random; while too few find room, two are taken up again. */
static bool pitch(struct camp *c, struct rng *rng)
{
	int n = 0;

	c->tent = (struct set){ { 0 } };
	for (int round = 0; round < RELAYS; round++) {
		n = add_tents(c, n, rng);
		if (n == c->b.trees)
			return true;
		for (int k = 0; k < 2 && n > 0; k++) {
			int at = (int)rng_below(rng, (uint32_t)n);

			set_take(&c->tent, c->at[at]);
			c->at[at] = c->at[--n];
		}
	}
	return false;
}

/* A tree for each tent. */
static bool plant(struct camp *c, struct rng *rng)
{
	memset(c->b.tree, 0, (size_t)c->shape.cells * sizeof(c->b.tree[0]));
	memset(c->b.in_row, 0, sizeof(c->b.in_row));
	memset(c->b.in_col, 0, sizeof(c->b.in_col));
	c->sets.tree = (struct set){ { 0 } };
	for (int k = 0; k < c->b.trees; k++) {
		int place = tree_place(c, c->at[k], -1, rng);

		if (place < 0)
			return false;
		tree_put(c, k, place);
		c->b.in_row[c->at[k] / c->b.cols]++;
		c->b.in_col[c->at[k] % c->b.cols]++;
	}
	memcpy(c->sets.need, c->b.in_row, (size_t)c->b.rows);
	memcpy(c->sets.need + c->b.rows, c->b.in_col, (size_t)c->b.cols);
	return true;
}

static bool move_tree(struct camp *c, int k, int shun, struct rng *rng)
{
	int place = tree_place(c, c->at[k], shun, rng);

	if (place < 0)
		return false;
	tree_take(c, k);
	tree_put(c, k, place);
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
static bool spoil(struct camp *c, const struct set *other, struct rng *rng)
{
	int from = (int)rng_below(rng, (uint32_t)c->b.trees);

	for (int i = 0; i < c->b.trees; i++) {
		int k = (from + i) % c->b.trees, tree = c->tree_of[k];

		for (int j = 0; j < c->shape.sides[tree]; j++) {
			int cell = c->shape.near[tree][j];

			if (set_has(other, cell) && !set_has(&c->tent, cell) && move_tree(c, k, cell, rng))
				return true;
		}
	}
	return move_any(c, rng);
}

enum {
	DRAWS = 600,
	CROWDED = 60, /* draws whose tents found no room */
	REPAIRS = 40,
	CHANGES = 3, /* a camp that is too easy mostly stays so */
	NODES = 3000,
};

/* How hard, as marks_compare() says; `open` is at first what counting leaves undecided. */
static int compare(const struct camp *c, int technique, struct set *open)
{
	struct marks_shape shape;

	if (set_empty(open) || technique == MARKS_COUNT)
		return technique == MARKS_COUNT ? !set_empty(open) : -1;
	shape_of(&shape, &c->b);
	return marks_compare(&shape, technique, open);
}

/* Move trees until the tents are the only solution and need just this technique. */
static bool fit(struct camp *c, int technique, struct rng *rng)
{
	for (int change = 0, repair = 0; change < CHANGES && repair < REPAIRS;) {
		struct marks_search found;

		marks_sets_close(&c->sets);
		if (marks_search(&found, &c->sets, &c->tent, 1, NODES)) {
			repair++;
			if (!spoil(c, &found.first, rng))
				return false;
			continue;
		}
		if (found.spent)
			return false; /* another may be left, too deep to find */
		if (!compare(c, technique, &found.open))
			return true;
		change++;
		repair = 0;
		if (!move_any(c, rng))
			return false;
	}
	return false;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct camp c;

	camp_open(&c, knob);
	for (int draw = 0, crowded = 0; draw < DRAWS && crowded < CROWDED; draw++) {
		if (!pitch(&c, rng)) {
			crowded++;
			continue;
		}
		if (plant(&c, rng) && fit(&c, techniques[knob[TECHNIQUE]], rng)) {
			board_write(desc, &c.b);
			memcpy(c.shape.tree, c.b.tree, sizeof(c.b.tree));
			answer_write(answer, &c.shape, &c.tent);
			return true;
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

static bool shape_read(struct marks_shape *s, struct str desc)
{
	struct board b;

	if (!board_read(&b, desc))
		return false;
	shape_of(s, &b);
	return true;
}

static const struct posed posed = {
	.shape = shape_read,
	.answer = answer_write,
	.techniques = technique_names,
	.legend = {
		[LANG_EN] = "T(y,x): tree in row y, column x; +(y,x): tent; -(y,x): none, as in all cells beside no tree. r, c: row, column, "
			    "with tents it has/needs. ~: the tent is this tree's. *N: the same in all N ways; ? suppose, "
			    "x contradiction.\n",
		[LANG_ZH] = "T(y,x)：第y行第x列的树；+(y,x)：有帐篷；-(y,x)：没有；不挨着树的格子都没有。r、c：行、列，后面是已有/应有帐篷数。"
			    "~：帐篷属于这棵树。*N：N种放法都如此；?：假设，x：矛盾。\n",
	},
};

POSED_TASK(posed)

/* The rules of others, at the end of a desc: tents and trees need not pair up. */
static bool others_read(struct marks_shape *s, struct str desc)
{
	bool one = str_ends(desc, STR(":one"));

	if (!one && !str_ends(desc, STR(":some")))
		return shape_read(s, desc);
	desc.n -= strlen(one ? ":one" : ":some");
	if (!shape_read(s, desc))
		return false;
	s->kind = MARKS_APART;
	for (int i = 0; i < s->cells && one; i++) {
		int trees = 0;

		for (int k = 0; k < s->sides[i]; k++)
			trees += s->tree[s->near[i][k]];
		s->shut[i] = s->tree[i] || trees != 1;
	}
	return true;
}

static int count(struct buf *answer, struct str desc, int limit)
{
	static const struct posed others = { .shape = others_read, .answer = answer_write };

	return posed_count(&others, answer, desc, limit);
}

/* Tents in any cells beside trees. */
static double answers_log2(struct str desc)
{
	struct board b;
	int places = 0;

	if (!board_read(&b, desc))
		return 0.0;
	for (int y = 0, i = 0; y < b.rows; y++)
		for (int x = 0; x < b.cols; x++, i++)
			places += !b.tree[i] && ((y > 0 && b.tree[i - b.cols]) || (y + 1 < b.rows && b.tree[i + b.cols]) ||
						 (x > 0 && b.tree[i - 1]) || (x + 1 < b.cols && b.tree[i + 1]));
	return b.trees > places ? 0.0 : marks_log2_choose(places, b.trees);
}

/* ---- symmetry ---- */

/* Image `how` (0 .. 7): transposed if odd, then turned over. */
static void image_of(struct board *to, const struct board *from, int how)
{
	to->rows = how & 1 ? from->cols : from->rows;
	to->cols = how & 1 ? from->rows : from->cols;
	to->trees = from->trees;
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

/* Do the cells of image `how` come after those of a text? */
static bool image_after(const struct board *b, int how, struct str text)
{
	int rows = how & 1 ? b->cols : b->rows, cols = how & 1 ? b->rows : b->cols;

	for (int line = 0, at = 0; line < rows; line++, at++) {
		int y = how & 2 ? rows - 1 - line : line;

		if (line > 0 && text.s[at - 1] != '/')
			return text.s[at - 1] == '.'; /* another shape: "." comes before "/", and "T" after it */
		for (int k = 0; k < cols; k++, at++) {
			int x = how & 4 ? cols - 1 - k : k;
			char c = b->tree[how & 1 ? x * b->cols + y : y * b->cols + x] ? 'T' : '.';

			if (c != text.s[at])
				return c > text.s[at];
		}
	}
	return false;
}

/* The image whose text comes first. */
static void canon(struct buf *out, struct str desc)
{
	struct buf text = BUF_INIT, best = BUF_INIT;
	struct board b, image;

	if (!board_read(&b, desc))
		return;
	buf_add(&best, desc);
	for (int how = 1; how < 8; how++) {
		if (image_after(&b, how, buf_str(&best)))
			continue;
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

static void put_grid(struct holes *holes, const char *hole, const struct board *board, enum grid_style style)
{
	struct buf *b = hole_open(holes, hole);
	struct grid g;

	if (!b)
		return;
	g.rows = board->rows;
	g.cols = board->cols;
	for (int i = 0; i < g.rows * g.cols; i++)
		g.cell[i] = !board->tree[i];
	grid_write(b, &g, &(struct grid_look){ .style = style, .symbols = "TX" });
}

/* Each row with its count at the end, and a last line with the columns' counts. */
static void put_edged(struct holes *holes, const struct board *board)
{
	struct buf *b = hole_open(holes, "edged");

	if (!b)
		return;
	for (int y = 0, i = 0; y < board->rows; y++) {
		for (int x = 0; x < board->cols; x++, i++)
			buf_addz(b, board->tree[i] ? "T " : "X ");
		buf_addz(b, "| ");
		buf_addi(b, board->in_row[y]);
		buf_addc(b, '\n');
	}
	for (int x = 0; x < board->cols; x++)
		buf_addz(b, "--");
	buf_addc(b, '\n');
	counts_write(b, board->in_col, board->cols, " ");
}

static void put_counts(struct holes *holes, const char *hole, const uint8_t *count, int n)
{
	struct buf *b = hole_open(holes, hole);

	if (b)
		counts_write(b, count, n, ", ");
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct board b;

	(void)lang;
	if (!board_read(&b, desc))
		return;
	put_grid(holes, "board", &b, GRID_SPACED);
	put_grid(holes, "plain", &b, GRID_LINES);
	put_grid(holes, "slashes", &b, GRID_SLASHES);
	put_grid(holes, "json", &b, GRID_JSON);
	put_edged(holes, &b);
	put_counts(holes, "row_counts", b.in_row, b.rows);
	put_counts(holes, "col_counts", b.in_col, b.cols);
	hole_puti(holes, "rows", b.rows);
	hole_puti(holes, "cols", b.cols);
	hole_puti(holes, "trees", b.trees);
}

const struct task task_campsite = {
	.name = "campsite",
	.family = "grid",
	.what = "Pitch a tent beside each tree so that tents do not touch and rows and columns hold as many as they should.",
	.revision = 2,
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
