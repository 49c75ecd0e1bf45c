/*
 * numbrix.c - a path through all cells of a square, told by some of its numbers: one solution by proof, graded by the
 * technique it needs.
 *
 * desc: "N:ROW/ROW/...", N rows of N cells parted by commas, a number or . for an empty cell ("3:1,.,./.,5,./7,.,9").
 * The answer is the filled rows, numbers parted by blanks: "1 2 3/6 5 4/7 8 9".
 *
 * The worked solution is written as numbrix_solve.c says.
 */
#include "base/grid.h"
#include "generators/numbrix_solve.h"
#include "generators/task.h"

#include <math.h>
#include <stdlib.h>

/* All sets of techniques, the easiest in the highest bit; each text begins with ", ". */
#define T5(s) s, s ", search"
#define T4(s) T5(s), T5(s ", supposition")
#define T3(s) T4(s), T4(s ", ways through a gap")
#define T2(s) T3(s), T3(s ", only number of a cell")
#define T1(s) T2(s), T2(s ", reach")
#define T0(s) T1(s), T1(s ", next step")

static const char *const technique_names[1 << TECHNIQUES] = { T0("") };

enum { SIZE, GIVEN_MIN, GIVEN_MAX, TECHNIQUE, ENDS, MINIMAL };

static const struct knob knobs[] = {
	{ "size", 3, 14, "rows and columns" },
	{ "given_min", 0, 90, "least share of cells that are given, in percent" },
	{ "given_max", 10, 90, "largest share of cells that are given, in percent" },
	{ "technique", STEP, SEARCH,
	  "hardest technique needed: 0 one cell for the next number, 1 reach between two givens, 2 one number for a cell, "
	  "3 all ways through a gap, 4 supposition, 5 search" },
	{ "ends", 0, 1, "1: the first and the last number are always given" },
	{ "minimal", 0, 1, "1: no given can be taken away without making a harder technique needed" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* n  given   technique ends minimal */
	{ 4, 50, 62, STEP, 1, 0 },
	{ 4, 32, 48, STEP, 1, 0 },
	{ 5, 36, 48, REACH, 1, 0 },
	{ 5, 24, 36, REACH, 1, 0 },
	{ 6, 28, 38, ONLY, 1, 0 },
	{ 6, 18, 30, ONLY, 0, 0 },
	{ 7, 20, 30, PATHS, 0, 0 },
	{ 8, 14, 20, PATHS, 0, 0 },
	{ 8, 12, 17, TRIAL, 0, 0 },
	{ 9, 12, 16, TRIAL, 0, 0 },
	{ 10, 11, 15, TRIAL, 0, 0 },
};

/* ---- inventing ---- */

/*
 * One end of the path takes a neighbour that it is not joined to; what lies between is turned round. Which end and which
 * side three bits of chance say; false where that side is no such neighbour.
 */
static bool backbite(uint8_t *path, uint8_t *index, int n, unsigned chance)
{
	static const int dy[] = { -1, 0, 0, 1 }, dx[] = { 0, -1, 1, 0 };
	bool tail = chance & 4;
	int last = n * n - 1, end = path[tail ? last : 0];
	int y = end / n + dy[chance & 3], x = end % n + dx[chance & 3], from, to;

	if (y < 0 || y >= n || x < 0 || x >= n)
		return false;
	from = tail ? index[y * n + x] + 1 : 0;
	to = tail ? last : index[y * n + x] - 1;
	if (from == to)
		return false;
	for (; from < to; from++, to--) {
		uint8_t a = path[from], b = path[to];

		path[from] = b;
		path[to] = a;
		index[b] = (uint8_t)from;
		index[a] = (uint8_t)to;
	}
	return true;
}

/* From a snake of rows or columns, by moves enough to forget it: test_numbrix.c looks at that. */
static void random_path(struct board *b, struct rng *rng)
{
	uint8_t path[CELLS], index[CELLS];
	int n = b->n, cells = n * n, moves = (5 + n / 2) * cells;
	bool columns = rng_below(rng, 2);
	uint64_t chance = 0;

	for (int i = 0; i < cells; i++) {
		int at = i / n % 2 ? i / n * n + n - 1 - i % n : i;

		path[i] = (uint8_t)(columns ? at % n * n + at / n : at);
		index[path[i]] = (uint8_t)i;
	}
	for (int done = 0; done < moves; chance >>= 3) {
		if (chance < 8)
			chance = rng_u64(rng) | (uint64_t)1 << 63; /* the mark above the bits that are left */
		done += backbite(path, index, n, chance & 7);
	}
	for (int i = 0; i < cells; i++)
		b->val[path[i]] = (int16_t)(i + 1);
}

enum {
	DIG_NODES = 100,
	DIG_WORK = 4000000, /* when a board is given up */
};

struct dig {
	struct board b;
	int16_t at[CELLS + 2]; /* the cells of the givens, else -1 */
	int given;
	int technique; /* hardest that may be needed */
	bool needed;   /* it is */
	long work;
};

/* Is all found by no harder technique? PATHS at most. */
static bool found_by(struct dig *d, int technique)
{
	struct logic l;

	numbrix_logic(&l, &d->b, technique);
	l.work = &d->work;
	return numbrix_finds(&l, 0);
}

static bool solved_by(struct dig *d, int technique)
{
	struct logic l;

	if (technique <= PATHS)
		return found_by(d, technique);
	numbrix_logic(&l, &d->b, technique);
	l.work = &d->work;
	return numbrix_solve_on(&l);
}

/* A given that STEP would find among the others: v beside one of them, where only its own cell is near enough to the next. */
static bool steps_to(const struct dig *d, int v, int i, int way)
{
	int n = d->b.n, from = d->at[v - way], far = v + way;

	if (from < 0)
		return false;
	while (far >= 1 && far <= n * n && d->at[far] < 0)
		far += way;
	for (int side = 0; side < 4; side++) {
		static const int dy[] = { -1, 0, 0, 1 }, dx[] = { 0, -1, 1, 0 };
		int y = from / n + dy[side], x = from % n + dx[side];

		if (y < 0 || y >= n || x < 0 || x >= n || y * n + x == i || d->b.val[y * n + x])
			continue;
		if (far < 1 || far > n * n || abs(y - d->at[far] / n) + abs(x - d->at[far] % n) <= abs(far - v))
			return false;
	}
	return true;
}

/*
 * Is the board still good, now that v went from i? What finds v finds all the rest, too. From TRIAL on only another
 * solution is looked for: that is sooner seen than suppositions end, and what has one solution and needs more than PATHS
 * nearly always yields to them; dig_board() asks at the end.
 */
static bool still_good(struct dig *d, int technique, int v, int i)
{
	struct logic l;

	if (steps_to(d, v, i, 1) || steps_to(d, v, i, -1))
		return true;
	if (technique >= TRIAL)
		return numbrix_other(&d->b, v, i, DIG_NODES, &d->work) == 0;
	numbrix_logic(&l, &d->b, technique);
	l.work = &d->work;
	return numbrix_finds(&l, v);
}

/* Take givens away in that order while the board stays good: down to `want`, and on until d->technique is needed. */
static void dig_out(struct dig *d, int technique, int want, int least, const int16_t *order, bool ends)
{
	int cells = d->b.n * d->b.n;

	for (int k = 0; k < cells; k++) {
		int i = order[k], v = d->b.val[i];

		if (d->work > DIG_WORK || (d->given <= want && (d->given <= least || d->needed)))
			return;
		if (!v || (ends && (v == 1 || v == cells)))
			continue;
		d->b.val[i] = 0;
		d->at[v] = -1;
		if (!still_good(d, technique, v, i)) {
			d->b.val[i] = (int16_t)v;
			d->at[v] = (int16_t)i;
			continue;
		}
		d->given--;
		if (technique == d->technique && d->given <= want)
			d->needed = technique == STEP || !solved_by(d, technique - 1);
	}
}

/* First as far as plain techniques go: they are quick, and most givens can go so. */
static bool dig_board(struct dig *d, const int *knob, struct rng *rng)
{
	int16_t order[CELLS];
	int cells = d->b.n * d->b.n, least = cells * knob[GIVEN_MIN] / 100, most = cells * knob[GIVEN_MAX] / 100;
	int want = rng_range(rng, least, most);

	if (knob[MINIMAL])
		want = least = 0;
	d->at[0] = d->at[cells + 1] = -1;
	for (int i = 0; i < cells; i++) {
		order[i] = (int16_t)i;
		d->at[d->b.val[i]] = (int16_t)i;
	}
	rng_shuffle(rng, order, (size_t)cells, sizeof(order[0]));
	if (d->technique > ONLY)
		dig_out(d, ONLY, want, want, order, knob[ENDS]);
	dig_out(d, d->technique, want, least, order, knob[ENDS]);
	if (d->given > most || d->given < cells * knob[GIVEN_MIN] / 100)
		return false;
	if (d->technique > STEP && solved_by(d, d->technique - 1))
		return false;
	if (d->technique == SEARCH)
		return numbrix_count(&d->b, 2, DIG_NODES, NULL, &d->work) == 1;
	return solved_by(d, d->technique);
}

static const char *refuse(const int *knob)
{
	if (knob[GIVEN_MIN] > knob[GIVEN_MAX])
		return "given_min is above given_max";
	if (knob[SIZE] == 3 && knob[TECHNIQUE] > ONLY)
		return "a 3 x 3 board never needs more than technique 2";
	if (knob[SIZE] == 4 && knob[TECHNIQUE] == SEARCH)
		return "a 4 x 4 board never needs a search (technique 5)";
	if (knob[MINIMAL] && knob[GIVEN_MIN] > 20)
		return "where no given can be taken away there are fewer of them: given_min is at most 20 then";
	if (knob[TECHNIQUE] >= PATHS && knob[GIVEN_MIN] > 40)
		return "with that many givens no such technique is needed: given_min is at most 40 then";
	return NULL;
}

enum {
	DRAWS = 40,
	WORK = 500000,       /* when no further draw is begun: some 10 ms */
};

static void answer_write(struct buf *out, const struct board *b)
{
	char text[4 * CELLS], *to = text;

	for (int y = 0, i = 0; y < b->n; y++)
		for (int x = 0; x < b->n; x++, i++) {
			for (int unit = b->val[i] > 99 ? 100 : b->val[i] > 9 ? 10 : 1; unit; unit /= 10)
				*to++ = (char)('0' + b->val[i] / unit % 10);
			*to++ = x < b->n - 1 ? ' ' : '/';
		}
	buf_add(out, (struct str){ text, (size_t)(to - text - 1) });
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct board full = { .n = knob[SIZE] };
	long work = 0;

	for (int draw = 0; draw < DRAWS && work < WORK; draw++) {
		struct dig d = { .given = full.n * full.n, .technique = knob[TECHNIQUE] };
		bool dug;

		random_path(&full, rng);
		d.b = full;
		dug = dig_board(&d, knob, rng);
		work += d.work;
		if (!dug)
			continue;
		answer_write(answer, &full);
		numbrix_desc(desc, &d.b);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

static bool solve(struct buf *answer, struct str desc)
{
	struct board b, full;

	if (!numbrix_parse(&b, desc) || !numbrix_unique(&b, &full))
		return false;
	answer_write(answer, &full);
	return true;
}

enum { COUNT_NODES = 20000 };

static int count(struct buf *answer, struct str desc, int limit)
{
	struct board b, full;
	int found;

	if (!numbrix_parse(&b, desc))
		return -1;
	found = numbrix_count(&b, limit, COUNT_NODES, &full, NULL);
	if (found > 0)
		answer_write(answer, &full);
	return found;
}

static bool prove(struct str desc)
{
	struct board b, full;

	return numbrix_parse(&b, desc) && numbrix_unique(&b, &full);
}

/* Reasoning without a search that comes to the end proves the solution, too. */
static bool measure(struct logic *l, const struct board *b)
{
	struct board full;

	numbrix_logic(l, b, TRIAL);
	if (numbrix_solve_on(l))
		return true;
	if (!numbrix_unique(b, &full))
		return false;
	numbrix_logic(l, b, SEARCH);
	numbrix_solve_on(l);
	return true;
}

static void grade(struct effort *e, struct str desc)
{
	struct board b;
	struct logic l;

	*e = (struct effort){ .technique = "" };
	if (!numbrix_parse(&b, desc) || !measure(&l, &b))
		return;
	e->depth = l.rounds;
	numbrix_logic(&l, &b, SEARCH);
	l.serial = true;
	numbrix_solve_on(&l);
	e->branch = l.branch;
	e->steps = l.steps;
	for (int t = 0, set = 0; t < TECHNIQUES; t++) {
		set = set << 1 | (l.used >> t & 1);
		if (t + 1 == TECHNIQUES && set)
			e->technique = technique_names[set] + 2;
	}
}

enum { TOLD = 5000 }; /* bytes of worked steps; the rest is only counted */

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct board b, full;
	struct logic l;

	(void)lang; /* signs only */
	if (!numbrix_parse(&b, desc) || !numbrix_unique(&b, &full))
		return;
	for (int i = 0; i < b.n * b.n; i++) {
		if (i % b.n == 0)
			buf_addf(steps, "%s%c:", i ? "\n" : "", 'a' + i / b.n);
		buf_addc(steps, ' ');
		if (b.val[i])
			buf_addi(steps, b.val[i]);
		else
			buf_addc(steps, '.');
	}
	buf_addc(steps, '\n');
	numbrix_logic(&l, &b, SEARCH);
	numbrix_explain(&l, steps, TOLD);
	buf_cut(steps, steps->n - 1); /* the last line's end */
}

/* ---- symmetry: eight turns and mirrors, and counting backwards ---- */

static void image(struct board *to, const struct board *from, int k)
{
	int n = from->n;

	to->n = n;
	for (int i = 0; i < n * n; i++) {
		int y = k & 1 ? n - 1 - i / n : i / n, x = k & 2 ? n - 1 - i % n : i % n;
		int v = from->val[k & 4 ? x * n + y : y * n + x];

		to->val[i] = (int16_t)(v && k & 8 ? n * n + 1 - v : v);
	}
}

static void canon(struct buf *out, struct str desc)
{
	struct board b, best, other;

	if (!numbrix_parse(&b, desc))
		return;
	best = b;
	for (int k = 1; k < 16; k++) {
		int i = 0;

		image(&other, &b, k);
		while (i < b.n * b.n && other.val[i] == best.val[i])
			i++;
		if (i < b.n * b.n && other.val[i] < best.val[i])
			best = other;
	}
	numbrix_desc(out, &best);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b, other;

	if (!numbrix_parse(&b, desc))
		return false;
	image(&other, &b, (int)rng_below(rng, 16));
	numbrix_desc(out, &other);
	return true;
}

/* ---- what the prompt needs ---- */

/* The missing numbers in any order. */
static double answers_log2(struct str desc)
{
	struct board b;
	double bits = 0;
	int missing = 0;

	if (!numbrix_parse(&b, desc))
		return 0;
	for (int i = 0; i < b.n * b.n; i++)
		if (!b.val[i])
			bits += log2(++missing);
	return bits;
}

static void put_board(struct holes *holes, const char *hole, const struct board *b, enum grid_style style,
		      const char *empty)
{
	struct buf *text = hole_open(holes, hole);
	struct grid g;

	if (!text)
		return;
	g.rows = g.cols = b->n;
	for (int i = 0; i < b->n * b->n; i++)
		g.cell[i] = (int16_t)(b->val[i] ? b->val[i] : GRID_EMPTY);
	grid_write(text, &g, &(struct grid_look){ .style = style, .empty = empty });
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct board b;

	(void)lang;
	if (!numbrix_parse(&b, desc))
		return;
	put_board(holes, "dots", &b, GRID_SPACED, ".");
	put_board(holes, "underscores", &b, GRID_SPACED, "_");
	put_board(holes, "zeros", &b, GRID_SPACED, "0");
	put_board(holes, "json", &b, GRID_JSON, "0");
	put_board(holes, "table", &b, GRID_MARKDOWN, " ");
	hole_puti(holes, "size", b.n);
	hole_puti(holes, "last", b.n * b.n);
}

const struct task task_numbrix = {
	.name = "numbrix",
	.family = "grid",
	.what = "Fill a square with 1, 2, 3 ... so that each number stands beside the next.",
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
