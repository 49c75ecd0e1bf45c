/*
 * minesweeper.c - which hidden cells are certainly mines: the whole set, as the numbers (and the number of mines, where it
 * is told) force it; graded by the technique it needs.
 *
 * desc: "HxW:MINES:ASK:ROW/ROW/...", H rows of W cells, a digit for a number shown and . for a hidden cell; MINES is the
 * number of mines or ?, ASK is m (mines) or s (safe cells). "4x4:?:m:..10/.210/..10/1110".
 * The answer lists (row, column) from 0, row by row: "(0,0), (0,1), (2,1)".
 *
 * The worked solution is written as minesweeper_solve.c says.
 */
#include "generators/minesweeper_solve.h"
#include "generators/task.h"

/* All sets of techniques, the easiest in the highest bit; each text begins with ", ". */
#define T4(s) s, s ", search"
#define T3(s) T4(s), T4(s ", total")
#define T2(s) T3(s), T3(s ", supposition")
#define T1(s) T2(s), T2(s ", pair of numbers")
#define T0(s) T1(s), T1(s ", single number")

static const char *const technique_names[1 << TECHNIQUES] = { T0("") };

enum { HEIGHT, WIDTH, MINES_MIN, MINES_MAX, REVEAL_MIN, REVEAL_MAX, TECHNIQUE, TOLD_MINES, ASK, MINIMAL };

static const struct knob knobs[] = {
	{ "height", 3, SIDE, "rows" },
	{ "width", 3, SIDE, "columns" },
	{ "mines_min", 5, 60, "least share of cells with a mine, in percent" },
	{ "mines_max", 5, 60, "largest share of cells with a mine, in percent" },
	{ "reveal_min", 10, 90, "least share of the other cells that are shown, in percent" },
	{ "reveal_max", 10, 90, "largest share of the other cells that are shown, in percent" },
	{ "technique", COUNT, SEARCH,
	  "hardest technique needed: 0 single numbers, 1 pairs of numbers, 2 supposition, 3 the number of mines, 4 search" },
	{ "told", 0, 1, "1: the number of mines is told" },
	{ "ask", 0, 1, "0: the cells that are certainly mines, 1: those that are certainly safe" },
	{ "minimal", 0, 1, "1: no number can be hidden without changing the answer or the technique" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* h   w   mines   reveal  technique told ask minimal */
	{ 4, 4, 20, 30, 55, 75, COUNT, 0, 0, 0 },
	{ 5, 5, 20, 30, 50, 65, COUNT, 0, 0, 0 },
	{ 6, 6, 20, 30, 45, 60, COUNT, 0, 0, 0 },
	{ 6, 6, 20, 30, 45, 60, PAIR, 0, 0, 0 },
	{ 7, 7, 20, 30, 45, 60, PAIR, 0, 0, 0 },
	{ 8, 8, 20, 30, 45, 55, PAIR, 0, 0, 0 },
	{ 9, 9, 22, 30, 45, 55, PAIR, 0, 0, 0 },
	{ 9, 9, 22, 32, 40, 52, CASE, 0, 0, 0 },
	{ 11, 11, 24, 34, 38, 50, CASE, 0, 0, 0 },
	{ 13, 13, 26, 36, 38, 50, CASE, 0, 0, 0 },
	{ 15, 15, 28, 38, 37, 48, CASE, 0, 0, 0 },
};

/* ---- the desc ---- */

static bool head_read(struct field *f, struct str *s)
{
	f->h = str_eat_number(s, SIDE);
	if (f->h < 2 || !str_eatc(s, 'x'))
		return false;
	f->w = str_eat_number(s, SIDE);
	if (f->w < 2 || !str_eatc(s, ':'))
		return false;
	f->cells = f->h * f->w;
	f->mines = str_eat_number(s, f->cells);
	if ((f->mines < 0 && !str_eatc(s, '?')) || !str_eatc(s, ':'))
		return false;
	f->safe = str_eatc(s, 's');
	f->one = !f->safe && f->mines < 0 && str_eatc(s, 'o');
	return (f->safe || f->one || str_eatc(s, 'm')) && str_eatc(s, ':');
}

bool field_parse(struct field *f, struct str s)
{
	const char *at;
	int hidden = 0;

	if (!head_read(f, &s) || s.n != (size_t)(f->cells + f->h - 1))
		return false;
	at = s.s;
	for (int y = 0; y < f->h; y++) {
		int8_t *shown = f->shown + y * f->w;

		if (y && *at++ != '/')
			return false;
		for (int x = 0; x < f->w; x++, at++) {
			shown[x] = (int8_t)(*at == '.' ? -1 : *at - '0');
			hidden += *at == '.';
			if (*at != '.' && (*at < '0' || *at > '8'))
				return false;
		}
	}
	return f->mines <= hidden;
}

void field_desc(struct buf *out, const struct field *f)
{
	char text[CELLS + SIDE], *to = text;

	buf_addf(out, "%dx%d:", f->h, f->w);
	if (f->mines < 0)
		buf_addc(out, '?');
	else
		buf_addi(out, f->mines);
	buf_addz(out, f->safe ? ":s:" : f->one ? ":o:" : ":m:");
	for (int y = 0; y < f->h; y++) {
		const int8_t *shown = f->shown + y * f->w;

		for (int x = 0; x < f->w; x++)
			*to++ = shown[x] < 0 ? '.' : (char)('0' + shown[x]);
		*to++ = '/';
	}
	buf_add(out, (struct str){ text, (size_t)(to - text - 1) });
}

/* ---- inventing ---- */

/* A random share of n things: at least one. */
static int share(int n, int lo, int hi, struct rng *rng)
{
	int k = n * rng_range(rng, lo, hi) / 100;

	return k ? k : 1;
}

/* Numbers are counted on a board with a rim, mine by mine. */
static void random_field(struct field *f, bool mine[CELLS], const int *knob, struct rng *rng)
{
	uint8_t beside[(SIDE + 2) * (SIDE + 2)] = { 0 };
	int16_t order[CELLS];
	int mines, shown;

	for (int i = 0; i < f->cells; i++)
		order[i] = (int16_t)i;
	memset(f->shown, -1, (size_t)f->cells);
	memset(mine, false, (size_t)f->cells);
	rng_shuffle(rng, order, (size_t)f->cells, sizeof(order[0]));
	mines = share(f->cells, knob[MINES_MIN], knob[MINES_MAX], rng);
	shown = share(f->cells - mines, knob[REVEAL_MIN], knob[REVEAL_MAX], rng);
	for (int k = 0; k < mines; k++) {
		uint8_t *at = beside + order[k] / f->w * (SIDE + 2) + order[k] % f->w; /* its upper left neighbour */

		mine[order[k]] = true;
		for (int y = 0; y < 3; y++, at += SIDE + 2)
			for (int x = 0; x < 3; x++)
				at[x]++;
	}
	for (int k = mines; k < mines + shown; k++) {
		int i = order[k];

		f->shown[i] = (int8_t)beside[(i / f->w + 1) * (SIDE + 2) + i % f->w + 1];
	}
	f->mines = knob[TOLD_MINES] ? mines : -1;
}

static int hardest(const struct trace *t)
{
	return t->used ? 31 - __builtin_clz(t->used) : COUNT;
}

/* The same cells are asked for, and no harder technique is needed. */
static bool same(const struct field *f, const struct certain *want, int technique)
{
	int v = f->safe ? SAFE : MINE;
	struct trace t = { .max = technique };
	struct certain c;

	if (!field_certain(f, &c, FEW) || c.asked != want->asked)
		return false;
	for (int i = 0; i < f->cells; i++)
		if (want->value[i] == v && f->shown[i] < 0 && c.value[i] != v)
			return false;
	return field_deduce(f, &c, &t) && hardest(&t) == technique;
}

static void hide(struct field *f, const struct certain *want, int technique, struct rng *rng)
{
	int16_t order[CELLS];

	for (int i = 0; i < f->cells; i++)
		order[i] = (int16_t)i;
	rng_shuffle(rng, order, (size_t)f->cells, sizeof(order[0]));
	for (int k = 0; k < f->cells; k++) {
		int i = order[k];
		int8_t was = f->shown[i];

		if (was < 0)
			continue;
		f->shown[i] = -1;
		if (!same(f, want, technique))
			f->shown[i] = was;
	}
}

static const char *refuse(const int *knob)
{
	if (knob[MINES_MIN] > knob[MINES_MAX])
		return "mines_min is above mines_max";
	if (knob[REVEAL_MIN] > knob[REVEAL_MAX])
		return "reveal_min is above reveal_max";
	if (knob[TECHNIQUE] == TOTAL && !knob[TOLD_MINES])
		return "technique 3 counts on the number of mines: told is 1 then";
	if (knob[TECHNIQUE] == SEARCH && knob[TOLD_MINES])
		return "where the number of mines is told technique 3 finds what is left: technique 4 is for told = 0";
	return NULL;
}

static char *number_put(char *to, int v)
{
	if (v > 9)
		*to++ = (char)('0' + v / 10);
	*to++ = (char)('0' + v % 10);
	return to;
}

enum { PAIR_LONG = 9 /* "(15,15), " */ };

static void answer_write(struct buf *out, const struct field *f, const struct certain *c)
{
	char text[CELLS * PAIR_LONG], *to = text;

	for (int i = 0; i < f->cells; i++) {
		if (f->shown[i] >= 0 || c->value[i] != (f->safe ? SAFE : MINE))
			continue;
		*to++ = '(';
		to = number_put(to, i / f->w);
		*to++ = ',';
		to = number_put(to, i % f->w);
		memcpy(to, "), ", 3);
		to += 3;
	}
	buf_add(out, to == text ? STR("none") : (struct str){ text, (size_t)(to - text - 2) });
}

enum {
	DRAWS = 60,
	SLOW_DRAWS = 10, /* where each takes the whole search */
};

/* Does the board need what is asked for, no more and no less? c becomes what is certain. */
static bool good(const struct field *f, const bool *mine, struct certain *c, const int *knob)
{
	int least = f->cells < 36 ? 2 : 5, technique = knob[TECHNIQUE]; /* fewer cells would be guessed */
	struct trace t = { .max = technique };
	struct certain by_numbers;

	if (technique <= CASE && !field_suits(f, mine, technique, least, &by_numbers))
		return false;
	if (technique <= CASE && f->mines < 0) {
		*c = by_numbers;
		return true;
	}
	return field_certain(f, c, FEW) && c->asked >= least && field_deduce(f, c, &t) && hardest(&t) == technique;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct field f = { .h = knob[HEIGHT], .w = knob[WIDTH], .cells = knob[HEIGHT] * knob[WIDTH], .safe = knob[ASK] };

	for (int draw = 0; draw < (knob[TECHNIQUE] > CASE ? SLOW_DRAWS : DRAWS); draw++) {
		bool mine[CELLS];
		struct certain c;

		random_field(&f, mine, knob, rng);
		if (!good(&f, mine, &c, knob))
			continue;
		if (knob[MINIMAL])
			hide(&f, &c, knob[TECHNIQUE], rng);
		answer_write(answer, &f, &c);
		field_desc(desc, &f);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

static bool solve(struct buf *answer, struct str desc)
{
	struct field f;
	struct certain c;

	if (!field_parse(&f, desc) || !field_certain(&f, &c, ENOUGH))
		return false;
	answer_write(answer, &f, &c);
	return true;
}

/* The set is what it is: none or one. */
static int count(struct buf *answer, struct str desc, int limit)
{
	(void)limit;
	return solve(answer, desc) ? 1 : -1;
}

/* The set is what it is: one answer, where it can be told at all. */
static bool prove(struct str desc)
{
	struct field f;
	struct certain c;

	return field_parse(&f, desc) && field_certain(&f, &c, ENOUGH);
}

static void grade(struct effort *e, struct str desc)
{
	struct field f;
	struct certain c;
	struct trace t = { .max = SEARCH, .serial = true }, wide = { .max = SEARCH };
	unsigned set = 0;

	*e = (struct effort){ .technique = "" };
	if (!field_parse(&f, desc) || !field_certain(&f, &c, ENOUGH))
		return;
	field_deduce(&f, &c, &t);
	field_deduce(&f, &c, &wide);
	e->depth = wide.rounds;
	e->branch = t.branch;
	e->steps = t.steps;
	for (int k = 0; k < TECHNIQUES; k++)
		set = set << 1 | (t.used >> k & 1);
	if (set)
		e->technique = technique_names[set] + 2;
}

enum { TOLD = 5000 }; /* bytes of worked steps; the rest is only counted */

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct trace t = { .max = SEARCH, .out = steps, .serial = true };
	struct certain c;
	struct field f;

	(void)lang; /* signs only */
	if (!field_parse(&f, desc) || !field_certain(&f, &c, ENOUGH))
		return;
	for (int i = 0; i < f.cells; i++) {
		if (i % f.w == 0)
			buf_addf(steps, "%s%d:", i ? "\n" : "", i / f.w);
		buf_addf(steps, " %c", f.shown[i] < 0 ? '.' : '0' + f.shown[i]);
	}
	buf_addc(steps, '\n');
	t.end = steps->n + TOLD;
	field_deduce(&f, &c, &t);
	buf_cut(steps, steps->n - 1); /* the last line's end */
}

/* ---- symmetry: eight turns and mirrors ---- */

static void image(struct field *to, const struct field *from, int k)
{
	*to = *from;
	to->h = k & 4 ? from->w : from->h;
	to->w = k & 4 ? from->h : from->w;
	for (int i = 0; i < to->cells; i++) {
		int y = k & 4 ? i % to->w : i / to->w, x = k & 4 ? i / to->w : i % to->w;

		to->shown[i] = from->shown[(k & 1 ? from->h - 1 - y : y) * from->w + (k & 2 ? from->w - 1 - x : x)];
	}
}

/* Cell i of the k-th image, of a board that is w wide there. */
static int cell_of(const struct field *f, int k, int w, int i)
{
	int y = k & 4 ? i % w : i / w, x = k & 4 ? i / w : i % w;

	return (k & 1 ? f->h - 1 - y : y) * f->w + (k & 2 ? f->w - 1 - x : x);
}

static void canon(struct buf *out, struct str desc)
{
	struct field f, best;
	int square, w;

	if (!field_parse(&f, desc))
		return;
	image(&best, &f, f.w < f.h ? 4 : 0); /* no higher than wide */
	square = best.h == best.w;
	w = best.w;
	for (int k = 0; k < 8; k++) {
		int i = 0, d = 0;

		if (!square && (k & 4) != (f.w < f.h ? 4 : 0))
			continue;
		for (; i < f.cells && !d; i++)
			d = (uint8_t)f.shown[cell_of(&f, k, w, i)] - (uint8_t)best.shown[i];
		if (d < 0)
			image(&best, &f, k);
	}
	field_desc(out, &best);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct field f, other;

	if (!field_parse(&f, desc))
		return false;
	image(&other, &f, (int)rng_below(rng, 8));
	field_desc(out, &other);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	struct field f;
	int hidden = 0;

	if (!field_parse(&f, desc))
		return 0;
	for (int i = 0; i < f.cells; i++)
		hidden += f.shown[i] < 0;
	return hidden;
}

/* Cells with what stands between them. */
static void put_cells(struct holes *holes, const char *hole, const struct field *f, char hidden, const char *between)
{
	struct buf *b = hole_open(holes, hole);

	for (int i = 0; b && i < f->cells; i++) {
		buf_addz(b, i % f->w ? between : i ? "\n" : "");
		buf_addc(b, f->shown[i] < 0 ? hidden : (char)('0' + f->shown[i]));
	}
}

static void put_json(struct holes *holes, const struct field *f)
{
	struct buf *b = hole_open(holes, "json");

	if (!b)
		return;
	for (int i = 0; i < f->cells; i++) {
		buf_addz(b, i == 0 ? "[[" : i % f->w ? "," : "],\n [");
		if (f->shown[i] < 0)
			buf_addz(b, "\"X\"");
		else
			buf_addc(b, (char)('0' + f->shown[i]));
	}
	buf_addz(b, "]]");
}

/* With the numbers of rows and columns at its edges. */
static void put_table(struct holes *holes, const struct field *f)
{
	struct buf *b = hole_open(holes, "table");

	if (!b)
		return;
	buf_addz(b, "|   |");
	for (int x = 0; x < f->w; x++) {
		buf_addc(b, ' ');
		buf_addi(b, x);
		buf_addz(b, " |");
	}
	buf_addz(b, "\n|---|");
	for (int x = 0; x < f->w; x++)
		buf_addz(b, "---|");
	for (int y = 0; y < f->h; y++) {
		buf_addz(b, "\n| **");
		buf_addi(b, y);
		buf_addz(b, "** |");
		for (int x = 0; x < f->w; x++) {
			int v = f->shown[y * f->w + x];
			char cell[] = { ' ', v < 0 ? '#' : (char)('0' + v), ' ', '|' };

			buf_add(b, (struct str){ cell, sizeof(cell) });
		}
	}
}

static void put_total(struct holes *holes, int mines, enum lang lang)
{
	struct buf *b = hole_open(holes, "total");

	if (!b)
		return;
	if (mines < 0)
		buf_addz(b, lang == LANG_ZH ? "雷的总数未知，" : "The number of mines is not known;");
	else if (lang == LANG_ZH)
		buf_addf(b, "整个雷区一共有%d颗雷，", mines);
	else
		buf_addf(b, mines == 1 ? "There is %d mine in all;" : "There are %d mines in all;", mines);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	/* What is asked for, said of cells and of a cell. */
	static const char *const words[LANGS][2][2] = {
		{ { "hold a mine", "holds a mine" }, { "are free of mines", "is free of mines" } },
		{ { "有雷", "有雷" }, { "没有雷", "没有雷" } },
	};
	struct field f;

	if (!field_parse(&f, desc))
		return;
	put_cells(holes, "dots", &f, '.', " ");
	put_cells(holes, "crosses", &f, 'X', " ");
	put_cells(holes, "glued", &f, '#', "");
	put_json(holes, &f);
	put_table(holes, &f);
	hole_puti(holes, "rows", f.h);
	hole_puti(holes, "cols", f.w);
	hole_puti(holes, "last_row", f.h - 1);
	hole_puti(holes, "last_col", f.w - 1);
	hole_put(holes, "hold", str_of(words[lang][f.safe][0]));
	hole_put(holes, "holds", str_of(words[lang][f.safe][1]));
	put_total(holes, f.mines, lang);
}

const struct task task_minesweeper = {
	.name = "minesweeper",
	.family = "grid",
	.what = "Find all hidden cells of a minesweeper board that are certainly mines.",
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
