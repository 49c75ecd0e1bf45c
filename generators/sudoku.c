/*
 * sudoku.c - sudoku of 4 x 4, 6 x 6, 8 x 8 and 9 x 9: one solution by proof, graded by the technique it needs.
 *
 * desc: "BWxBH:ROW/ROW/...", a digit or . a cell; boxes are BW columns wide and BH rows high ("2x2:12.4/3..1/...").
 * The answer is the filled rows in the same spelling: "1234/3412/2143/4321".
 *
 * The worked solution is written as sudoku_logic.c says.
 */
#include "generators/sudoku_solve.h"
#include "generators/task.h"

static const char *const technique_names[] = {
	"last cell", "naked single", "hidden single", "locked candidates", "pairs", "triples, fish or wings", "trial and error",
};

enum { BOX_W, BOX_H, BLANKS_MIN, BLANKS_MAX, TECHNIQUE };

static const struct knob knobs[] = {
	{ "box_w", 2, 4, "columns of a box" },
	{ "box_h", 2, 4, "rows of a box; box_w x box_h is at most 9" },
	{ "blanks_min", 1, 64, "fewest empty cells" },
	{ "blanks_max", 1, 64, "most empty cells" },
	{ "technique", LAST_CELL, GUESS,
	  "hardest technique needed: 0 last cell of a row, column or box, 1 naked single, 2 hidden single, "
	  "3 locked candidates, 4 pairs, 5 triples, fish or wings, 6 trial and error" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* w  h  blanks   technique */
	{ 2, 2, 4, 6, LAST_CELL },
	{ 2, 2, 6, 7, LAST_CELL },
	{ 2, 2, 6, 8, NAKED_SINGLE },
	{ 2, 2, 9, 10, NAKED_SINGLE },
	{ 3, 2, 13, 16, NAKED_SINGLE },
	{ 3, 2, 21, 24, HIDDEN_SINGLE },
	{ 3, 3, 36, 42, NAKED_SINGLE },
	{ 3, 3, 46, 50, HIDDEN_SINGLE },
	{ 3, 3, 49, 60, PAIRS },
	{ 3, 3, 50, 60, TRIPLES },
	{ 3, 3, 52, 62, GUESS },
};

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
	if (d->technique >= NAKED_SINGLE && sudoku_open(s, d->has, i) == 1u << v)
		return true;
	for (int k = 0; k < 3 && d->technique >= HIDDEN_SINGLE; k++) {
		bool only = true;

		for (int j = 0; j < s->n && only; j++) {
			int o = s->house[s->of[i][k]][j];

			only = o == i || d->cell[o] || !(sudoku_open(s, d->has, o) >> v & 1);
		}
		if (only)
			return true;
	}
	return false;
}

/* Still one solution, given that there was one before v was taken from cell i? */
static bool unique_without(const struct dig *d, int i, int v)
{
	uint8_t cell[CELLS];
	struct search f;

	memcpy(cell, d->cell, sizeof(cell));
	for (unsigned open = sudoku_open(d->s, d->has, i) & ~(1u << v); open; open &= open - 1) {
		cell[i] = (uint8_t)__builtin_ctz(open);
		if (sudoku_solutions(&f, d->s, cell, 1, NULL) != 0)
			return false;
	}
	return true;
}

/* The digit that a cell gets by a last cell or (where it may) a naked single, as a bit; 0: it does not. */
static unsigned single(const struct dig *d, const uint16_t *has, int i, unsigned open)
{
	const uint8_t *of = d->s->of[i];

	if (d->technique >= NAKED_SINGLE)
		return open & (open - 1) ? 0 : open;
	for (int k = 0; k < 3; k++) {
		unsigned lacks = ((2u << d->s->n) - 2) & ~(unsigned)has[of[k]];

		if (!(lacks & (lacks - 1)))
			return lacks;
	}
	return 0;
}

/* Fill the cells that are the only place for a digit in a house. open[]: of empty cells, 0 for others. */
static bool fill_hidden(const struct shape *s, uint16_t *has, uint16_t *open)
{
	bool any = false;

	for (int h = 0; h < 3 * s->n; h++) {
		const uint8_t *house = s->house[h];
		unsigned once = 0, more = 0;

		for (int k = 0; k < s->n; k++) {
			more |= once & open[house[k]];
			once |= open[house[k]];
		}
		once &= ~more;
		for (int k = 0; k < s->n && once; k++) {
			unsigned digit = open[house[k]] & once;

			if (!digit || digit & (digit - 1) || !(sudoku_open(s, has, house[k]) & digit))
				continue;
			sudoku_flip(s, has, house[k], __builtin_ctz(digit));
			open[house[k]] = 0;
			any = true;
		}
	}
	return any;
}

/* The same as a solver that may go up to hidden singles, where it does not matter how it gets there. */
static bool singles_solve(const struct dig *d)
{
	uint16_t has[HOUSES], open[CELLS];
	uint8_t todo[CELLS];
	int left = 0;

	memcpy(has, d->has, sizeof(has));
	for (int i = 0; i < d->s->cells; i++) {
		open[i] = d->cell[i] ? 0 : 1;
		if (open[i])
			todo[left++] = (uint8_t)i;
	}
	while (left) {
		bool any = false;

		for (int k = 0; k < left;) {
			int i = todo[k];
			unsigned digit = 0;

			if (open[i]) {
				open[i] = (uint16_t)sudoku_open(d->s, has, i);
				digit = single(d, has, i, open[i]);
			}
			if (open[i] && !digit) {
				k++;
				continue;
			}
			if (digit)
				sudoku_flip(d->s, has, i, __builtin_ctz(digit));
			any |= digit != 0;
			open[i] = 0;
			todo[k] = todo[--left];
		}
		if (left && !any && (d->technique < HIDDEN_SINGLE || !fill_hidden(d->s, has, open)))
			return false;
	}
	return true;
}

/* Can the board be solved as it shall be, now that v was taken from cell i? */
static bool solvable(struct dig *d, int i, int v)
{
	struct logic l;

	if (d->technique <= HIDDEN_SINGLE)
		return singles_solve(d);
	if (!unique_without(d, i, v))
		return false; /* quick to see; logic is slow where it fails */
	sudoku_logic(&l, d->s, d->cell, d->technique < GUESS ? d->technique : TRIPLES);
	if (sudoku_solve_on(&l))
		d->hardest = l.hardest;
	else if (d->technique == GUESS)
		d->hardest = GUESS;
	else
		return false;
	return true;
}

/*
 * Empty cells in random order while the board stays solvable with d->technique: `least` cells and on until d->technique
 * is needed, but not more than `most`.
 */
static void dig_out(struct dig *d, int least, int most, const uint8_t *order)
{
	for (int k = 0; k < d->s->cells && d->blanks < most; k++) {
		int i = order[k], v = d->cell[i];

		if (d->hardest == d->technique && d->blanks >= least)
			return;
		if (!v)
			continue;
		d->cell[i] = 0;
		sudoku_flip(d->s, d->has, i, v);
		if ((d->technique <= HIDDEN_SINGLE && follows(d, i, v)) || solvable(d, i, v)) {
			d->blanks++;
			continue;
		}
		d->cell[i] = (uint8_t)v;
		sudoku_flip(d->s, d->has, i, v);
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
	dig_out(d, want, want, order);
	if (goal > HIDDEN_SINGLE) {
		d->technique = goal;
		dig_out(d, knob[BLANKS_MIN], knob[BLANKS_MAX], order);
	} else {
		struct logic l;

		sudoku_logic(&l, d->s, d->cell, goal);
		sudoku_solve_on(&l);
		d->hardest = l.hardest;
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
	if (knob[BLANKS_MIN] > (n == SIDE ? WALK_MOST : n * n * 7 / 10))
		return "no board of that size has that many empty cells and one solution";
	if (knob[BLANKS_MIN] > DUG_MOST && knob[TECHNIQUE] < HIDDEN_SINGLE)
		return "boards with more than 56 empty cells need hidden singles (technique 2) or more";
	if (n == 4 && knob[TECHNIQUE] > NAKED_SINGLE)
		return "a 4 x 4 board never needs more than naked singles (technique 1)";
	return NULL;
}

/* Is this the hardest technique that the board needs? */
static bool needs(const uint8_t *cell, int technique)
{
	struct shape s;
	struct logic l;
	bool solved;

	sudoku_shape(&s, 3, 3);
	sudoku_logic(&l, &s, cell, technique < GUESS ? technique : TRIPLES);
	solved = sudoku_solve_on(&l);
	return technique < GUESS ? solved && l.hardest == technique : !solved;
}

static bool generate_far(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	int most = knob[BLANKS_MAX] < WALK_MOST ? knob[BLANKS_MAX] : WALK_MOST;
	struct board b = { .w = 3, .h = 3, .n = 9 }, full = b;

	if (!sudoku_walk(b.cell, full.cell, rng_range(rng, knob[BLANKS_MIN], most), needs, knob[TECHNIQUE], rng))
		return false;
	sudoku_write(answer, &full, GRID_SLASHES, NULL);
	sudoku_desc(desc, &b);
	return true;
}

enum { DRAWS = 200 };

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct board b = { .w = knob[BOX_W], .h = knob[BOX_H], .n = knob[BOX_W] * knob[BOX_H] };
	static const uint8_t nothing[CELLS];
	struct shape s;
	struct search f;

	if (knob[BLANKS_MIN] > DUG_MOST)
		return generate_far(desc, answer, knob, rng);
	sudoku_shape(&s, b.w, b.h);
	for (int draw = 0; draw < DRAWS; draw++) {
		struct dig d = { .s = &s };

		if (sudoku_solutions(&f, &s, nothing, 1, rng) != 1)
			continue;
		memcpy(b.cell, f.first, sizeof(b.cell));
		sudoku_shuffle(&b, false, rng); /* the search alone favours some boards */
		memcpy(d.cell, b.cell, sizeof(d.cell));
		if (!dig_board(&d, knob, rng))
			continue;
		sudoku_write(answer, &b, GRID_SLASHES, NULL);
		memcpy(b.cell, d.cell, sizeof(b.cell));
		sudoku_desc(desc, &b);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

static bool prove(struct str desc)
{
	struct board b;
	struct shape s;
	struct search f;

	return sudoku_well_posed(&b, &s, &f, desc);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct board b;
	struct shape s;
	struct search f;

	if (!sudoku_parse(&b, desc))
		return false;
	sudoku_shape(&s, b.w, b.h);
	if (sudoku_solutions(&f, &s, b.cell, 1, NULL) != 1)
		return false;
	memcpy(b.cell, f.first, sizeof(b.cell));
	sudoku_write(answer, &b, GRID_SLASHES, NULL);
	return true;
}

static int count(struct buf *answer, struct str desc, int limit)
{
	struct board b;
	struct shape s;
	struct search f;
	int found;

	if (!sudoku_parse(&b, desc))
		return -1;
	sudoku_shape(&s, b.w, b.h);
	found = sudoku_solutions(&f, &s, b.cell, limit, NULL);
	if (found < 0 && f.nodes == 0)
		return 0; /* givens clash */
	if (found > 0) {
		memcpy(b.cell, f.first, sizeof(b.cell));
		sudoku_write(answer, &b, GRID_SLASHES, NULL);
	}
	return found;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct board b;
	struct shape s;
	struct search f;
	struct logic l;

	(void)lang; /* signs only */
	if (!sudoku_well_posed(&b, &s, &f, desc))
		return;
	sudoku_logic(&l, &s, b.cell, GUESS);
	l.out = steps;
	sudoku_say_board(steps, &l);
	sudoku_solve_on(&l);
	buf_release(&l.line);
	if (steps->n && steps->s[steps->n - 1] == '\n')
		buf_cut(steps, steps->n - 1);
}

static void grade(struct effort *e, struct str desc)
{
	struct board b;
	struct shape s;
	struct search f;
	struct logic l;

	*e = (struct effort){ .technique = "" };
	if (!sudoku_well_posed(&b, &s, &f, desc))
		return;
	sudoku_logic(&l, &s, b.cell, GUESS);
	sudoku_solve_on(&l);
	e->branch = l.guesses;
	e->steps = l.steps;
	e->technique = technique_names[l.hardest];
	sudoku_logic(&l, &s, b.cell, l.hardest < GUESS ? l.hardest : TRIPLES);
	e->depth = sudoku_rounds(&l, f.first);
}

/* ---- what the prompt needs ---- */

static int blanks(const struct board *b)
{
	int n = 0;

	for (int i = 0; i < b->n * b->n; i++)
		n += b->cell[i] == 0;
	return n;
}

static double answers_log2(struct str desc)
{
	static const double log2_of[SIDE + 1] = { [4] = 2.0, [6] = 2.584962500721156, [8] = 3.0, [9] = 3.169925001442312 };
	struct board b;

	return sudoku_parse(&b, desc) ? blanks(&b) * log2_of[b.n] : 0.0;
}

static void put_board(struct holes *holes, const char *hole, const struct board *b, enum grid_style style,
		      const char *empty)
{
	struct buf *text = hole_open(holes, hole);

	if (text)
		sudoku_write(text, b, style, empty);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct board b;
	struct buf *box;

	if (!sudoku_parse(&b, desc))
		return;
	put_board(holes, "board", &b, GRID_SPACED, ".");
	put_board(holes, "underscores", &b, GRID_SPACED, "_");
	put_board(holes, "zeros", &b, GRID_SLASHES, "0");
	put_board(holes, "json", &b, GRID_JSON, "0");
	put_board(holes, "bars", &b, GRID_BARS, ".");
	hole_puti(holes, "size", b.n);
	box = hole_open(holes, "box");
	if (box && lang == LANG_ZH)
		buf_addf(box, b.w == b.h ? "%d×%d宫" : "%d行%d列的宫", b.h, b.w);
	else if (box)
		buf_addf(box, b.w == b.h ? "%dx%d box" : "box of %d rows by %d columns", b.h, b.w);
}

const struct task task_sudoku = {
	.name = "sudoku",
	.family = "grid",
	.what = "Fill a board so that every row, column and box holds each digit once.",
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
	.canon = sudoku_canon,
	.twin = sudoku_twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
