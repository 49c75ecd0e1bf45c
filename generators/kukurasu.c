/*
 * kukurasu.c - choose cells so that the weighted sums of rows and columns come out: one solution by proof, graded by
 * the reasoning it needs.
 *
 * desc: "7 3 10 4/5 1 9 3": the sums of the rows from top to bottom, then those of the columns from left to right. A
 * chosen cell counts its column number in its row's sum and its row number in its column's sum.
 * The answer is the rows with 1 for a chosen cell and 0 for another: "0110/1001".
 *
 * All reasoning is about lines (rows, then columns) of undecided cells and what is left of their sum:
 *
 *	limits	a cell counts more than is left, or the others together do not reach it
 *	sums	a cell is in all or in none of the ways to make up what is left
 *	trial	a cell cannot be chosen (or left) because the lines alone then lead to a contradiction
 *	search	nothing of this helps
 *
 * The worked solution has one step a line: "R2 7 of 1 2 4 5: 2+5 | 1+2+4 -> c2=1", a row with 7 left for these cells,
 * the ways to make it, and what they have in common.
 */
#include "generators/kukurasu_solve.h"
#include "generators/task.h"

static const char *const technique_names[] = {
	"limits of a line",
	"limits of a line, ways to make a sum",
	"limits of a line, ways to make a sum, trial",
	"limits of a line, ways to make a sum, trial, search",
};

enum { ROWS, COLS, PERCENT, TECHNIQUE, ROUNDS, TRIALS };

static const struct knob knobs[] = {
	{ "rows", SIDE_MIN, KNOB_SIDE, "rows" },
	{ "cols", SIDE_MIN, KNOB_SIDE, "columns" },
	{ "percent", 10, 90, "how many of 100 cells are chosen, about" },
	{ "technique", LIMITS, SEARCH,
	  "hardest reasoning needed: 0 limits of a line, 1 the ways to make a line's sum, 2 trial of a cell, 3 whatever comes" },
	{ "rounds", 1, 20, "how often all lines have to be looked at, at least" },
	{ "trials", 0, 20, "how many cells have to be tried, at least" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* rows cols % technique rounds trials */
	{ 4, 4, 40, LIMITS, 1, 0 },
	{ 4, 5, 40, LIMITS, 3, 0 },
	{ 5, 5, 40, LIMITS, 4, 0 },
	{ 5, 5, 40, SUMS, 5, 0 },
	{ 5, 6, 40, SUMS, 7, 0 },
	{ 6, 6, 40, SUMS, 8, 0 },
	{ 7, 7, 45, SUMS, 10, 0 },
	{ 8, 8, 45, SUMS, 13, 0 },
	{ 8, 8, 45, TRIAL, 10, 2 },
	{ 9, 9, 45, TRIAL, 12, 4 },
	{ 10, 10, 45, TRIAL, 14, 7 },
};

/* ---- text ---- */

/* Numbers parted by single blanks, no zero in front; how many, or 0. */
static int sums_read(int *sum, struct str *s)
{
	const char *at = s->s, *end = s->s + s->n;
	int n = 0;

	do {
		const char *from = at;
		int v = 0;

		for (; at < end && *at >= '0' && *at <= '9' && at - from < 3; at++)
			v = v * 10 + *at - '0';
		if (at == from || n == SIDE || (at - from > 1 && *from == '0'))
			return 0;
		sum[n++] = v;
	} while (at < end && *at == ' ' && at++);
	*s = str_from(*s, (size_t)(at - s->s));
	return n;
}

static bool board_read(struct board *b, struct str desc)
{
	b->rows = sums_read(b->want, &desc);
	if (b->rows < SIDE_MIN || !desc.n || desc.s[0] != '/')
		return false;
	desc = str_from(desc, 1);
	b->cols = sums_read(b->want + b->rows, &desc);
	b->lines = b->rows + b->cols;
	if (b->cols < SIDE_MIN || desc.n)
		return false;
	for (int i = 0; i < b->lines; i++)
		if (b->want[i] > largest(across(b, i)))
			return false;
	return true;
}

static void put_sums(struct buf *out, const int *sum, int n, const char *between)
{
	for (int i = 0; i < n; i++) {
		buf_addz(out, i ? between : "");
		buf_addi(out, sum[i]);
	}
}

static char *sum_put(char *to, char before, int v)
{
	*to++ = before;
	for (int unit = v > 99 ? 100 : v > 9 ? 10 : 1; unit; unit /= 10)
		*to++ = (char)('0' + v / unit % 10);
	return to;
}

static void board_write(struct buf *out, const struct board *b)
{
	char text[4 * LINES], *to = text;

	for (int i = 0; i < b->lines; i++)
		to = sum_put(to, i == b->rows ? '/' : ' ', b->want[i]);
	buf_add(out, (struct str){ text + 1, (size_t)(to - text - 1) });
}

static void answer_write(struct buf *out, const struct board *b, const uint16_t *row)
{
	char text[SIDE * (SIDE + 1)], *to = text;

	for (int y = 0; y < b->rows; y++) {
		for (int x = 0; x < b->cols; x++)
			*to++ = (char)('0' + (row[y] >> x & 1));
		*to++ = '/';
	}
	buf_add(out, (struct str){ text, (size_t)(to - text - 1) });
}

/* ---- inventing ---- */

enum { WORK = 20000, FLIPS = 150 };

struct draft {
	struct board b;
	uint16_t row[SIDE]; /* the chosen cells */
	int work;           /* settled boards */
};

static void flip(struct draft *d, int y, int x)
{
	int sign = d->row[y] >> x & 1 ? -1 : 1;

	d->row[y] ^= (uint16_t)(1u << x);
	d->b.want[y] += sign * (x + 1);
	d->b.want[d->b.rows + x] += sign * (y + 1);
}

/* Chosen cells, none of the lines empty. */
static void draw(struct draft *d, const int *knob, struct rng *rng)
{
	struct board *b = &d->b;

	*b = (struct board){ .rows = knob[ROWS], .cols = knob[COLS], .lines = knob[ROWS] + knob[COLS] };
	memset(d->row, 0, sizeof(d->row));
	for (int y = 0; y < b->rows; y++)
		for (int x = 0; x < b->cols; x++)
			if (rng_chance(rng, knob[PERCENT]))
				flip(d, y, x);
	for (int y = 0; y < b->rows; y++)
		if (!b->want[y])
			flip(d, y, (int)rng_below(rng, (uint32_t)b->cols));
	for (int x = 0; x < b->cols; x++)
		if (!b->want[b->rows + x])
			flip(d, (int)rng_below(rng, (uint32_t)b->rows), x);
}

/* Cells that the lines alone leave open. */
static int open_cells(struct draft *d, struct state *s, enum technique how)
{
	d->work++;
	kukurasu_state_start(s, &d->b);
	kukurasu_settle(s, how);
	return s->undecided;
}

static void nth_open(const struct state *s, int n, int *y, int *x)
{
	unsigned rest;

	for (*y = 0; n >= __builtin_popcount(s->open[*y]); ++*y)
		n -= __builtin_popcount(s->open[*y]);
	for (rest = s->open[*y]; n > 0; n--)
		rest &= rest - 1;
	*x = __builtin_ctz(rest);
}

/* Flip open cells as long as that leaves no more of them, until at most `most` are left. Large boards need it. */
static bool loosen(struct draft *d, enum technique how, int most, struct rng *rng)
{
	struct state s, t;
	int open = open_cells(d, &s, how);

	for (int i = 0; i < FLIPS && open > most && d->work < WORK; i++) {
		int y, x, now;

		nth_open(&s, (int)rng_below(rng, (uint32_t)open), &y, &x);
		flip(d, y, x);
		now = d->b.want[y] && d->b.want[d->b.rows + x] ? open_cells(d, &t, how) : CELLS;
		if (now > open) {
			flip(d, y, x);
			continue;
		}
		open = now;
		s = t;
	}
	return open <= most;
}

/* Does it need what is asked for, no more and no less? */
static bool fits(struct logic *l, const struct board *b, const int *knob)
{
	enum technique goal = (enum technique)knob[TECHNIQUE];
	struct search f;

	l->work = 0;
	if (goal == SEARCH && knob[ROUNDS] == 1 && !knob[TRIALS])
		return kukurasu_solutions(&f, b, 2) == 1;
	kukurasu_logic_start(l, b, goal < SEARCH ? goal : TRIAL);
	if (!kukurasu_logic_solve(l)) {
		if (goal < SEARCH || kukurasu_solutions(&f, b, 2) != 1)
			return false;
		kukurasu_logic_start(l, b, SEARCH);
		kukurasu_logic_solve(l);
	}
	return (goal == SEARCH || l->hardest == goal) && l->rounds >= knob[ROUNDS] && l->guesses >= knob[TRIALS];
}

/* Bounds within which nearly every draw that was tried gave a puzzle. */
static const char *refuse(const int *knob)
{
	int cells = knob[ROWS] * knob[COLS], side = knob[ROWS] < knob[COLS] ? knob[ROWS] : knob[COLS];
	int technique = knob[TECHNIQUE], percent = knob[PERCENT];
	int rounds = technique == LIMITS ? 2 * side - 2 : side == 2 ? 2 : 3 * side - 5;

	if (technique == LIMITS && rounds > 13)
		rounds = 13;
	if (knob[TRIALS] > 0 && technique < TRIAL)
		return "trials are asked for where technique allows none";
	if (technique == SUMS && (side < 3 || cells < 12))
		return "on so small a board the limits of a line always suffice (technique 0)";
	if ((technique == TRIAL || knob[TRIALS] > 0) && (side < 5 || cells < 48 || percent < 20 || percent > 75))
		return "trials are needed only on boards of 48 cells, 5 rows and 5 columns or more, with percent from 20 to 75";
	if (knob[TRIALS] > (cells - 40) / 6 && knob[TRIALS] > 0)
		return "a board of that size needs fewer trials";
	if (knob[ROUNDS] > rounds)
		return "a board of that size is solved in fewer rounds";
	return NULL;
}

/* Of how many open cells on is it worth reasoning? Of too many nearly all boards are hopeless. */
static int open_most(const int *knob)
{
	int cells = knob[ROWS] * knob[COLS];

	if (knob[TECHNIQUE] < TRIAL)
		return 0;
	if (!knob[TRIALS])
		return cells / 2;
	return cells * 3 / 4 < 72 ? cells * 3 / 4 : 72;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct draft d = { .work = 0 };
	struct logic l;

	while (d.work < WORK) {
		bool good;

		draw(&d, knob, rng);
		if (!loosen(&d, knob[TECHNIQUE] == LIMITS ? LIMITS : SUMS, open_most(knob), rng))
			continue;
		good = fits(&l, &d.b, knob);
		d.work += l.work;
		if (!good)
			continue;
		board_write(desc, &d.b);
		answer_write(answer, &d.b, d.row);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

static bool prove(struct str desc)
{
	struct board b;
	struct search f;

	return board_read(&b, desc) && kukurasu_solutions(&f, &b, 2) == 1;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct board b;
	struct search f;

	if (!board_read(&b, desc) || kukurasu_solutions(&f, &b, 1) != 1)
		return false;
	answer_write(answer, &b, f.first.one);
	return true;
}

static int count(struct buf *answer, struct str desc, int limit)
{
	struct board b;
	struct search f;
	int found = board_read(&b, desc) ? kukurasu_solutions(&f, &b, limit) : -1;

	if (found > 0)
		answer_write(answer, &b, f.first.one);
	return found;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct board b;
	struct search f;
	struct logic l;

	(void)lang; /* signs only */
	if (!board_read(&b, desc) || kukurasu_solutions(&f, &b, 2) != 1)
		return;
	kukurasu_logic_start(&l, &b, SEARCH);
	l.out = steps;
	kukurasu_logic_solve(&l);
	for (int y = 0; y < b.rows; y++) {
		buf_addf(steps, "R%d ", y + 1);
		for (int x = 0; x < b.cols; x++)
			buf_addc(steps, (char)('0' + (f.first.one[y] >> x & 1)));
		buf_addz(steps, y + 1 < b.rows ? ", " : "");
	}
}

/* Reasoning without a search that comes to the end proves the solution, too. */
static bool measure(struct logic *l, const struct board *b)
{
	struct search f;

	kukurasu_logic_start(l, b, TRIAL);
	if (kukurasu_logic_solve(l))
		return true;
	if (kukurasu_solutions(&f, b, 2) != 1)
		return false;
	kukurasu_logic_start(l, b, SEARCH);
	kukurasu_logic_solve(l);
	return true;
}

static void grade(struct effort *e, struct str desc)
{
	struct board b;
	struct logic l;

	*e = (struct effort){ .technique = "" };
	if (!board_read(&b, desc) || !measure(&l, &b))
		return;
	e->depth = l.rounds;
	e->branch = l.guesses;
	e->steps = l.steps;
	e->technique = technique_names[l.hardest];
}

/* ---- twins: the board turned over its diagonal, and chosen cells for the others ---- */

static void turn(struct board *b)
{
	struct board t = { .rows = b->cols, .cols = b->rows, .lines = b->lines };

	memcpy(t.want, b->want + b->rows, sizeof(int) * (size_t)b->cols);
	memcpy(t.want + t.rows, b->want, sizeof(int) * (size_t)b->rows);
	*b = t;
}

static void invert(struct board *b)
{
	for (int i = 0; i < b->lines; i++)
		b->want[i] = largest(across(b, i)) - b->want[i];
}

static int board_cmp(const struct board *a, const struct board *b)
{
	if (a->rows != b->rows)
		return a->rows - b->rows;
	for (int i = 0; i < a->lines; i++)
		if (a->want[i] != b->want[i])
			return a->want[i] - b->want[i];
	return 0;
}

static void canon(struct buf *out, struct str desc)
{
	struct board b, best;

	if (!board_read(&b, desc))
		return;
	best = b;
	for (int i = 1; i < 4; i++) {
		turn(&b);
		if (i == 2)
			invert(&b);
		if (board_cmp(&b, &best) < 0)
			best = b;
	}
	board_write(out, &best);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b;

	if (!board_read(&b, desc))
		return false;
	if (rng_below(rng, 2))
		turn(&b);
	if (rng_below(rng, 2))
		invert(&b);
	board_write(out, &b);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	struct board b;

	return board_read(&b, desc) ? b.rows * b.cols : 0.0;
}

static void put_list(struct holes *holes, const char *hole, const int *sum, int n, const char *between)
{
	struct buf *b = hole_open(holes, hole);

	if (b)
		put_sums(b, sum, n, between);
}

enum { WIDE = 4 }; /* of a column, the blanks before it counted */

/* Dots for the cells, the rows' sums behind them and the columns' below. */
static void put_picture(struct holes *holes, const struct board *b)
{
	struct buf *text = hole_open(holes, "picture");

	if (!text)
		return;
	for (int y = 0; y < b->rows; y++) {
		for (int x = 0; x < b->cols; x++)
			buf_addz(text, x ? "   ." : "  .");
		buf_addz(text, " | ");
		buf_addi(text, b->want[y]);
		buf_addc(text, '\n');
	}
	for (int i = 0; i < WIDE * b->cols; i++)
		buf_addc(text, '-');
	buf_addz(text, "+\n");
	for (int x = 0; x < b->cols; x++) {
		int v = b->want[b->rows + x];

		for (int n = (v > 99 ? 3 : v > 9 ? 2 : 1) + !x; n < WIDE; n++)
			buf_addc(text, ' ');
		buf_addi(text, v);
	}
}

static void put_markdown(struct holes *holes, const struct board *b)
{
	struct buf *text = hole_open(holes, "table");

	if (!text)
		return;
	buf_addc(text, '|');
	for (int x = 0; x < b->cols; x++) {
		buf_addc(text, ' ');
		buf_addi(text, x + 1);
		buf_addz(text, " |");
	}
	buf_addz(text, " = |\n|");
	for (int x = 0; x <= b->cols; x++)
		buf_addz(text, "---|");
	for (int y = 0; y < b->rows; y++) {
		buf_addz(text, "\n|");
		for (int x = 0; x < b->cols; x++)
			buf_addz(text, " . |");
		buf_addc(text, ' ');
		buf_addi(text, b->want[y]);
		buf_addz(text, " |");
	}
	buf_addz(text, "\n| ");
	put_sums(text, b->want + b->rows, b->cols, " | ");
	buf_addz(text, " | |");
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	const char *between = lang == LANG_ZH ? "、" : ", ";
	struct board b;

	if (!board_read(&b, desc))
		return;
	hole_puti(holes, "rows", b.rows);
	hole_puti(holes, "cols", b.cols);
	put_list(holes, "row_sums", b.want, b.rows, between);
	put_list(holes, "col_sums", b.want + b.rows, b.cols, between);
	put_list(holes, "row_plain", b.want, b.rows, " ");
	put_list(holes, "col_plain", b.want + b.rows, b.cols, " ");
	put_picture(holes, &b);
	put_markdown(holes, &b);
}

const struct task task_kukurasu = {
	.name = "kukurasu",
	.family = "grid",
	.what = "Choose cells so that the weighted sums of all rows and columns come out.",
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
