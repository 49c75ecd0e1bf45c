/*
 * survo.c - fill given numbers into the blanks of a board so that rows and columns have their sums: one solution by
 * proof, graded by the reasoning it needs.
 *
 * desc: ". 3 5=12/. . 1=9|8 7 6|2 4 4 6": rows (a dot for a blank) with their sums, the columns' sums, and the numbers to
 * fill in, smallest first. The answer is the filled rows without the sums: "4 3 5/2 6 1".
 *
 * The reasoning, easiest first:
 *
 *	last	a line (row or column) has one blank: it holds what is missing
 *	pairs	a line has two blanks: only numbers fit that have a partner
 *	ways	of more blanks: only numbers that some way to make up the rest uses there
 *	places	a number that is left as often as there are blanks that could hold it
 *	trial	a number in a blank that leads to a contradiction by all of this
 *	search	nothing of this helps
 *
 * The worked solution has one step a line: "R2 13: 4+9 | 5+8 -> c1: 4 5; c3=9", a row whose blanks make 13 together, the
 * ways to do that, and what they leave to each blank.
 */
#include "generators/survo_solve.h"
#include "generators/task.h"

#include <math.h>

static const char *const technique_names[] = {
	"last blank of a line",
	"last blank of a line, pairs",
	"last blank of a line, pairs, ways to make a sum",
	"last blank of a line, pairs, ways to make a sum, places of a number",
	"last blank of a line, pairs, ways to make a sum, places of a number, trial",
	"last blank of a line, pairs, ways to make a sum, places of a number, trial, search",
};

enum { ROWS, COLS, BLANKS_MIN, BLANKS_MAX, MIN, MAX, DISTINCT, TECHNIQUE, ROUNDS, TRIALS };

static const struct knob knobs[] = {
	{ "rows", 2, SURVO_SIDE, "rows, without that of the sums" },
	{ "cols", 2, SURVO_SIDE, "columns, without that of the sums" },
	{ "blanks_min", 1, SURVO_BLANKS, "fewest blanks" },
	{ "blanks_max", 1, SURVO_BLANKS, "most blanks" },
	{ "min", 0, 99, "smallest number" },
	{ "max", 1, 999, "largest number" },
	{ "distinct", 0, 1, "1: no number stands twice on the board" },
	{ "technique", LAST, SEARCH,
	  "hardest reasoning needed: 0 last blank of a line, 1 pairs, 2 ways to make a sum, 3 places of a number, 4 trial, "
	  "5 whatever comes" },
	{ "rounds", 1, 20, "how often the whole board has to be looked at, at least" },
	{ "trials", 0, 10, "how many numbers have to be tried, at least" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* rows cols blanks min max distinct technique rounds trials */
	{ 3, 3, 2, 3, 1, 9, 0, LAST, 1, 0 },
	{ 3, 4, 4, 5, 1, 9, 0, LAST, 2, 0 },
	{ 4, 4, 6, 7, 1, 9, 0, LAST, 3, 0 },
	{ 3, 4, 6, 7, 1, 12, 0, PAIRS, 2, 0 },
	{ 4, 4, 8, 9, 1, 12, 0, PAIRS, 3, 0 },
	{ 4, 4, 9, 11, 1, 16, 0, WAYS, 4, 0 },
	{ 4, 5, 10, 12, 1, 20, 0, PLACES, 5, 0 },
	{ 5, 5, 12, 15, 1, 25, 0, PLACES, 6, 0 },
	{ 5, 5, 13, 16, 1, 25, 1, TRIAL, 6, 1 },
	{ 5, 6, 15, 18, 1, 30, 1, TRIAL, 7, 2 },
	{ 6, 6, 17, 20, 1, 36, 1, TRIAL, 9, 4 },
};

/* ---- inventing ---- */

enum { WORK = 5000, DRAFT_NODES = 200, SWAPS = 120, TRADES = 40, DRAFT_TRIALS = 1000 };

struct draft {
	struct survo_board b;
	int full[SURVO_CELLS];
	int work; /* boards settled */
};

static void draw(struct draft *d, const int *knob, struct rng *rng)
{
	struct survo_board *b = &d->b;
	int cells = knob[ROWS] * knob[COLS], numbers[1000], span = knob[MAX] - knob[MIN] + 1;
	uint8_t order[SURVO_CELLS];

	memset(b, 0, sizeof(*b));
	b->rows = knob[ROWS];
	b->cols = knob[COLS];
	for (int i = 0; i < span; i++)
		numbers[i] = knob[MIN] + i;
	for (int i = 0; i < cells; i++) {
		int k = (int)rng_below(rng, (uint32_t)(knob[DISTINCT] ? span - i : span));

		d->full[i] = b->cell[i] = numbers[k];
		if (knob[DISTINCT])
			numbers[k] = numbers[span - 1 - i];
		b->sum[i / b->cols] += d->full[i];
		b->sum[b->rows + i % b->cols] += d->full[i];
		order[i] = (uint8_t)i;
	}
	b->blanks = rng_range(rng, knob[BLANKS_MIN], knob[BLANKS_MAX] < cells ? knob[BLANKS_MAX] : cells);
	rng_shuffle(rng, order, (size_t)cells, 1);
	for (int i = 0; i < b->blanks; i++)
		b->cell[order[i]] = SURVO_BLANK;
}

/* The pool from the blanks. */
static void collect(struct draft *d)
{
	struct survo_board *b = &d->b;
	int n = 0;

	for (int i = 0; i < b->rows * b->cols; i++) {
		int k = n, v = d->full[i];

		if (b->cell[i] != SURVO_BLANK)
			continue;
		for (; k > 0 && b->pool[k - 1] > v; k--)
			b->pool[k] = b->pool[k - 1];
		b->pool[k] = v;
		n++;
	}
}

static int first(uint64_t set)
{
	return __builtin_ctzll(set);
}

/* Blanks that stay open, as cells. */
static int stuck(struct draft *d, enum survo_technique how, uint8_t *cell)
{
	struct survo_shape s;
	struct survo_state t;
	int n = 0;

	d->work++;
	collect(d);
	survo_start(&t, &s, &d->b);
	survo_settle(&t, how);
	for (uint64_t rest = t.open; rest; rest &= rest - 1)
		cell[n++] = (uint8_t)(s.spot[first(rest)].row * s.cols + s.spot[first(rest)].col - s.rows);
	return n;
}

/* Trade a blank that stays open for a given, as long as no more stay open, until at most `most` do. */
static bool loosen(struct draft *d, enum survo_technique how, int most, struct rng *rng)
{
	uint8_t open[SURVO_CELLS], now[SURVO_CELLS];
	int n = stuck(d, how, open), cells = d->b.rows * d->b.cols;

	for (int i = 0; i < SWAPS && n > most && d->work < WORK && d->b.blanks < cells; i++) {
		int a = open[rng_below(rng, (uint32_t)n)], g = (int)rng_below(rng, (uint32_t)cells), m;

		if (d->b.cell[g] == SURVO_BLANK)
			continue;
		d->b.cell[g] = SURVO_BLANK;
		d->b.cell[a] = d->full[a];
		m = stuck(d, how, now);
		if (m > n) {
			d->b.cell[a] = SURVO_BLANK;
			d->b.cell[g] = d->full[g];
			continue;
		}
		n = m;
		memcpy(open, now, sizeof(open));
	}
	collect(d);
	return n <= most;
}

/* Where two solutions differ, trade such a blank for a given, until there is one solution. */
static bool sharpen(struct draft *d, struct rng *rng)
{
	struct survo_board *b = &d->b;
	int cells = b->rows * b->cols;

	for (int i = 0; i < TRADES && d->work < WORK; i++) {
		struct survo_search f;
		struct survo_shape s;
		uint8_t apart[SURVO_CELLS];
		int found, n = 0, g;

		collect(d);
		found = survo_solutions(&f, &s, b, 2, DRAFT_NODES);
		d->work += f.nodes;
		if (found == 1)
			return true;
		if (found < 0 || b->blanks == cells)
			return false;
		for (int k = 0; k < s.blanks; k++)
			if (f.first.got[k] != f.last.got[k])
				apart[n++] = (uint8_t)(s.spot[k].row * s.cols + s.spot[k].col - s.rows);
		do
			g = (int)rng_below(rng, (uint32_t)cells);
		while (b->cell[g] == SURVO_BLANK);
		n = apart[rng_below(rng, (uint32_t)n)];
		b->cell[n] = d->full[n];
		b->cell[g] = SURVO_BLANK;
	}
	return false;
}

/* Does it need what is asked for, no more and no less? */
static bool fits(struct survo_logic *l, struct survo_shape *s, const struct survo_board *b, const int *knob)
{
	enum survo_technique goal = (enum survo_technique)knob[TECHNIQUE];
	struct survo_search f;

	if (goal == SEARCH && knob[ROUNDS] == 1 && !knob[TRIALS])
		return true;
	if (!survo_logic_start(l, s, b, goal < SEARCH ? goal : TRIAL))
		return false;
	l->limit = DRAFT_TRIALS;
	if (!survo_logic_solve(l)) {
		if (goal < SEARCH || survo_solutions(&f, s, b, 2, DRAFT_NODES) != 1)
			return false;
		survo_logic_start(l, s, b, SEARCH);
		if (!survo_logic_solve(l))
			return false;
	}
	return (goal == SEARCH || l->hardest == goal) && l->rounds >= knob[ROUNDS] && l->guesses >= knob[TRIALS];
}

/* Blanks for ten lines within which nearly every draw that was tried gave a puzzle. */
static const struct {
	int least, most;
} blanks_of[] = { [LAST] = { 0, 8 }, [PAIRS] = { 8, 11 }, [WAYS] = { 10, 15 }, [PLACES] = { 11, 16 }, [TRIAL] = { 14, 17 }, [SEARCH] = { 0, 17 } };

static const char *refuse(const int *knob)
{
	int cells = knob[ROWS] * knob[COLS], lines = knob[ROWS] + knob[COLS], span = knob[MAX] - knob[MIN] + 1;
	int technique = knob[TECHNIQUE], blanks = knob[BLANKS_MAX] < cells ? knob[BLANKS_MAX] : cells;
	bool hard = technique == PLACES || technique == TRIAL;

	if (knob[BLANKS_MIN] > knob[BLANKS_MAX])
		return "blanks_min is above blanks_max";
	if (knob[BLANKS_MIN] > cells)
		return "blanks_min is above the number of cells";
	if (knob[MIN] >= knob[MAX])
		return "min is not below max";
	if (knob[DISTINCT] && span < cells)
		return "from min to max there are fewer numbers than cells, and distinct is 1";
	if (knob[BLANKS_MIN] * 10 > lines * blanks_of[technique].most || knob[BLANKS_MIN] * 4 > cells * 3)
		return "with so many blanks hardly any board has one solution that this technique finds";
	if (blanks * 10 < lines * blanks_of[technique].least)
		return "with so few blanks on such a board easier techniques suffice";
	if (hard && (span * 2 < cells || (technique == PLACES && span > 3 * cells) || lines < 7))
		return "on such a board this technique is hardly ever needed: too few lines, or too few or too many different numbers";
	if (knob[TRIALS] > 0 && (technique < TRIAL || blanks * 10 < lines * blanks_of[TRIAL].least || knob[TRIALS] > lines / 2 - 1))
		return "so many trials are needed only where technique allows them, and on boards of more blanks and lines";
	if (knob[ROUNDS] > 1 && knob[ROUNDS] > (technique == LAST ? (blanks + 2) / 3 : blanks / 2))
		return "so few blanks are filled in fewer rounds";
	return NULL;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	enum survo_technique goal = (enum survo_technique)knob[TECHNIQUE];
	struct draft d = { .work = 0 };

	while (d.work < WORK) {
		struct survo_shape s;
		struct survo_logic l;
		bool good;

		draw(&d, knob, rng);
		if (!(goal < TRIAL ? loosen(&d, goal, 0, rng) : sharpen(&d, rng)))
			continue;
		l.work = 0;
		good = fits(&l, &s, &d.b, knob);
		d.work += l.work;
		if (!good)
			continue;
		survo_write(desc, &d.b);
		survo_answer(answer, d.full, d.b.rows, d.b.cols);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

static bool prove(struct str desc)
{
	struct survo_board b;
	struct survo_shape s;
	struct survo_search f;

	return survo_read(&b, desc) && survo_solutions(&f, &s, &b, 2, SURVO_NODES) == 1;
}

static void fill_in(struct survo_board *b, const struct survo_state *t)
{
	for (int i = 0, blank = 0; i < b->rows * b->cols; i++)
		if (b->cell[i] == SURVO_BLANK)
			b->cell[i] = t->s->val[t->got[blank++]];
}

static bool solve(struct buf *answer, struct str desc)
{
	struct survo_board b;
	struct survo_shape s;
	struct survo_search f;

	if (!survo_read(&b, desc) || survo_solutions(&f, &s, &b, 1, SURVO_NODES) != 1)
		return false;
	fill_in(&b, &f.first);
	survo_answer(answer, b.cell, b.rows, b.cols);
	return true;
}

static int count(struct buf *answer, struct str desc, int limit)
{
	struct survo_board b;
	struct survo_shape s;
	struct survo_search f;
	int found = survo_read(&b, desc) ? survo_solutions(&f, &s, &b, limit, SURVO_NODES) : -1;

	if (found > 0) {
		fill_in(&b, &f.first);
		survo_answer(answer, b.cell, b.rows, b.cols);
	}
	return found;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct survo_board b;
	struct survo_shape s;
	struct survo_search f;
	struct survo_logic l;

	(void)lang; /* signs only */
	if (!survo_read(&b, desc) || survo_solutions(&f, &s, &b, 2, SURVO_NODES) != 1)
		return;
	survo_logic_start(&l, &s, &b, SEARCH);
	l.out = steps;
	survo_logic_solve(&l);
	fill_in(&b, &f.first);
	for (int i = 0; i < b.rows * b.cols; i++) {
		if (i % b.cols == 0)
			buf_addf(steps, "%sR%d %d", i ? ", " : "", i / b.cols + 1, b.cell[i]);
		else
			buf_addf(steps, "+%d", b.cell[i]);
		if (i % b.cols == b.cols - 1)
			buf_addf(steps, "=%d", b.sum[i / b.cols]);
	}
}

/* Reasoning without a search that comes to the end proves the solution, too. */
static bool measure(struct survo_logic *l, struct survo_shape *s, const struct survo_board *b)
{
	struct survo_search f;

	if (survo_logic_start(l, s, b, TRIAL) && survo_logic_solve(l))
		return true;
	if (survo_solutions(&f, s, b, 2, SURVO_NODES) != 1)
		return false;
	survo_logic_start(l, s, b, SEARCH);
	return survo_logic_solve(l);
}

/* Orders of the numbers to fill in. */
static double orders_log2(const struct survo_board *b)
{
	double bits = 0;

	for (int i = 0, same = 0; i < b->blanks; i++) {
		same = i && b->pool[i] == b->pool[i - 1] ? same + 1 : 1;
		bits += log2((i + 1.0) / same);
	}
	return bits;
}

static void grade(struct effort *e, struct str desc)
{
	struct survo_board b;
	struct survo_shape s;
	struct survo_logic l;

	*e = (struct effort){ .technique = "" };
	if (!survo_read(&b, desc) || !measure(&l, &s, &b))
		return;
	e->depth = l.rounds;
	e->branch = l.guesses;
	e->steps = l.steps;
	e->technique = technique_names[l.hardest];
	e->answers_log2 = orders_log2(&b);
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	struct survo_board b;

	return survo_read(&b, desc) ? orders_log2(&b) : 0;
}

static void put_list(struct holes *holes, const char *hole, const int *list, int n, const char *between)
{
	struct buf *b = hole_open(holes, hole);

	for (int i = 0; b && i < n; i++) {
		buf_addz(b, i ? between : "");
		buf_addi(b, list[i]);
	}
}

static int digits(int v)
{
	return v > 999 ? 4 : v > 99 ? 3 : v > 9 ? 2 : 1;
}

/* v at the end of `wide` signs. */
static void put_wide(struct buf *out, int v, int wide)
{
	for (int n = v == SURVO_BLANK ? 1 : digits(v); n < wide; n++)
		buf_addc(out, ' ');
	if (v != SURVO_BLANK)
		buf_addi(out, v);
}

static void put_picture(struct holes *holes, const char *hole, const struct survo_board *b, char blank)
{
	struct buf *text = hole_open(holes, hole);
	int wide = 1;

	if (!text)
		return;
	for (int i = 0; i < b->rows + b->cols; i++)
		wide = digits(b->sum[i]) > wide ? digits(b->sum[i]) : wide;
	for (int y = 0; y < b->rows; y++) {
		for (int x = 0; x < b->cols; x++) {
			int v = b->cell[y * b->cols + x];

			put_wide(text, v, wide);
			if (v == SURVO_BLANK)
				buf_addc(text, blank);
			buf_addc(text, ' ');
		}
		buf_addz(text, "| ");
		buf_addi(text, b->sum[y]);
		buf_addc(text, '\n');
	}
	for (int i = 0; i < (wide + 1) * b->cols; i++)
		buf_addc(text, '-');
	buf_addz(text, "+\n");
	for (int x = 0; x < b->cols; x++) {
		buf_addz(text, x ? " " : "");
		put_wide(text, b->sum[b->rows + x], wide);
	}
}

/* The board with its sums as a Markdown table, or as lists in which "X" is a blank. */
static void put_framed(struct holes *holes, const char *hole, const struct survo_board *b, bool table)
{
	struct buf *text = hole_open(holes, hole);
	const char *blank = table ? " . |" : "\"X\", ", *open = table ? " " : "", *close = table ? " |" : ", ";

	if (!text)
		return;
	buf_addz(text, table ? "|" : "[[");
	for (int x = 0; table && x < b->cols; x++) {
		buf_addc(text, ' ');
		buf_addc(text, (char)('A' + x));
		buf_addz(text, " |");
	}
	buf_addz(text, table ? " = |\n|" : "");
	for (int x = 0; table && x < b->cols; x++)
		buf_addz(text, "---|");
	buf_addz(text, table ? "---|\n|" : "");
	for (int y = 0; y < b->rows; y++) {
		for (int x = 0; x < b->cols; x++) {
			int v = b->cell[y * b->cols + x];

			if (v == SURVO_BLANK) {
				buf_addz(text, blank);
				continue;
			}
			buf_addz(text, open);
			buf_addi(text, v);
			buf_addz(text, close);
		}
		buf_addz(text, open);
		buf_addi(text, b->sum[y]);
		buf_addz(text, table ? " |\n|" : "], [");
	}
	for (int x = 0; x < b->cols; x++) {
		buf_addz(text, table ? " " : x ? ", " : "");
		buf_addi(text, b->sum[b->rows + x]);
		buf_addz(text, table ? " |" : "");
	}
	buf_addz(text, table ? " |" : "]]");
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	const char *between = lang == LANG_ZH ? "、" : ", ";
	struct survo_board b;

	if (!survo_read(&b, desc))
		return;
	hole_puti(holes, "rows", b.rows);
	hole_puti(holes, "cols", b.cols);
	put_list(holes, "row_sums", b.sum, b.rows, between);
	put_list(holes, "col_sums", b.sum + b.rows, b.cols, between);
	put_list(holes, "numbers", b.pool, b.blanks, between);
	put_list(holes, "plain", b.pool, b.blanks, " ");
	put_picture(holes, "picture", &b, '.');
	put_picture(holes, "lines", &b, '_');
	put_framed(holes, "table", &b, true);
	put_framed(holes, "list", &b, false);
}

const struct task task_survo = {
	.name = "survo",
	.family = "grid",
	.what = "Fill given numbers into the blanks of a board so that all sums come out.",
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
	.canon = survo_canon,
	.twin = survo_twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
