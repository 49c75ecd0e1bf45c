/*
 * blank.c - copy me: a whole small puzzle, from knobs to worked solution. docs/ADDING-A-TASK.md goes through it.
 *
 * A counter goes round from 0 to size - 1; it starts somewhere and is turned on and back. Where does it stop?
 * desc: "60: 5 +17 -8 +40". The order of turns does not matter: puzzles that differ only in it are twins.
 */
#include "generators/task.h"

#include <math.h>
#include <stdlib.h>

/* ---- knobs and levels: what can be turned, and how difficulty 0 .. 10 turns it ---- */

enum { SIZE, COUNT, BACK };

static const struct knob knobs[] = {
	{ "size", 2, 1000, "how many numbers the counter has" },
	{ "turns", 1, 60, "how often it is turned" },
	{ "back", 0, 100, "percent of turns that go back" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* size turns back */
	{ 20, 2, 0 },
	{ 30, 3, 0 },
	{ 50, 4, 20 },
	{ 60, 5, 30 },
	{ 80, 6, 50 },
	{ 100, 8, 50 },
	{ 200, 12, 50 },
	{ 360, 16, 50 },
	{ 500, 24, 50 },
	{ 800, 36, 50 },
	{ 1000, 50, 50 },
};

enum { LARGEST = 1000, TURNS = 60 };

struct counter {
	int size, start, turns;
	int turn[TURNS]; /* below 0: back */
};

/* ---- the desc ---- */

static bool number(struct str s, int lo, int hi, int *ret)
{
	int64_t v;

	if (!s.n || s.n > 4 || s.s[0] < '0' || s.s[0] > '9' || (s.n > 1 && s.s[0] == '0') || !str_i64(s, &v) || v < lo || v > hi)
		return false;
	*ret = (int)v;
	return true;
}

static bool counter_read(struct counter *c, struct str desc)
{
	struct str piece;

	*c = (struct counter){ 0 };
	if (str_ends(desc, STR(" ")) || !str_split(&desc, ' ', &piece) || !str_ends(piece, STR(":")) ||
	    !number(str_sub(piece, 0, piece.n - 1), 2, LARGEST, &c->size))
		return false;
	if (!str_split(&desc, ' ', &piece) || !number(piece, 0, c->size - 1, &c->start))
		return false;
	while (str_split(&desc, ' ', &piece)) {
		int by;

		if (c->turns == TURNS || !piece.n || !number(str_from(piece, 1), 1, c->size - 1, &by) ||
		    (piece.s[0] != '+' && piece.s[0] != '-'))
			return false;
		c->turn[c->turns++] = piece.s[0] == '+' ? by : -by;
	}
	return c->turns > 0;
}

static void counter_write(struct buf *b, const struct counter *c)
{
	buf_addf(b, "%d: %d", c->size, c->start);
	for (int i = 0; i < c->turns; i++)
		buf_addf(b, " %+d", c->turn[i]);
}

/* ---- the solver, which also tells its steps (into a buf that may be NULL) ---- */

static int run(const struct counter *c, struct buf *steps)
{
	int at = c->start;

	for (int i = 0; i < c->turns; i++) {
		int to = at + c->turn[i], round = to < 0 ? to + c->size : to >= c->size ? to - c->size : to;

		if (steps) {
			buf_addf(steps, "%s%d %c %d = %d", i ? "\n" : "", at, c->turn[i] < 0 ? '-' : '+', abs(c->turn[i]), to);
			if (round != to)
				buf_addf(steps, " %c %d = %d", to < 0 ? '+' : '-', c->size, round);
		}
		at = round;
	}
	return at;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct counter c;

	if (!counter_read(&c, desc))
		return false;
	buf_addi(answer, run(&c, NULL));
	return true;
}

static bool prove(struct str desc)
{
	struct counter c;

	return counter_read(&c, desc); /* a counter stops at one place */
}

/* Short, local, true: each step's inputs stand beside it. The answer itself is added by the caller. */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct counter c;

	(void)lang; /* the same signs in every language */
	if (counter_read(&c, desc))
		run(&c, steps);
}

static void grade(struct effort *e, struct str desc)
{
	struct counter c;

	if (!counter_read(&c, desc))
		return;
	e->depth = e->steps = c.turns;
	e->technique = "counting on";
}

static double answers_log2(struct str desc)
{
	struct counter c;

	return counter_read(&c, desc) ? log2(c.size) : 0;
}

/* ---- symmetry ---- */

static int int_cmp(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void canon(struct buf *out, struct str desc)
{
	struct counter c;

	if (!counter_read(&c, desc))
		return;
	qsort(c.turn, (size_t)c.turns, sizeof(c.turn[0]), int_cmp);
	counter_write(out, &c);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct counter c;

	if (!counter_read(&c, desc))
		return false;
	rng_shuffle(rng, c.turn, (size_t)c.turns, sizeof(c.turn[0]));
	counter_write(out, &c);
	return true;
}

/* ---- the generator ---- */

static const char *refuse(const int *knob)
{
	if (knob[SIZE] == 2 && knob[COUNT] > 20)
		return "a counter of two numbers is dull after 20 turns";
	return NULL;
}

/* All chance comes from rng, in a fixed order: one seed is one puzzle on every machine. */
static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct counter c = { .size = knob[SIZE], .turns = knob[COUNT] };

	c.start = rng_range(rng, 0, c.size - 1);
	for (int i = 0; i < c.turns; i++) {
		c.turn[i] = rng_range(rng, 1, c.size - 1);
		if (rng_chance(rng, knob[BACK]))
			c.turn[i] = -c.turn[i];
	}
	counter_write(desc, &c);
	buf_addi(answer, run(&c, NULL));
	return true;
}

/* ---- wording: the holes of blank.prompt ---- */

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	static const char *const said[LANGS][2] = { { "on by %d", "back by %d" }, { "向前转 %d 格", "向后转 %d 格" } };
	struct buf b = BUF_INIT;
	struct counter c;

	if (!counter_read(&c, desc))
		return;
	buf_addi(&b, c.start);
	hole_put(holes, "start", buf_str(&b));
	buf_reset(&b);
	buf_addi(&b, c.size - 1);
	hole_put(holes, "last", buf_str(&b));
	buf_reset(&b);
	for (int i = 0; i < c.turns; i++) {
		const char *text = said[lang][c.turn[i] < 0];
		const char *hole = strstr(text, "%d");

		buf_addz(&b, !i ? "" : lang == LANG_ZH ? "，" : ", ");
		buf_add(&b, (struct str){ text, (size_t)(hole - text) });
		buf_addi(&b, abs(c.turn[i]));
		buf_addz(&b, hole + 2);
	}
	hole_put(holes, "turns", buf_str(&b));
	buf_reset(&b);
	for (int i = 0; i < c.turns; i++)
		buf_addf(&b, "%s%+d", i ? " " : "", c.turn[i]);
	hole_put(holes, "signs", buf_str(&b));
	buf_release(&b);
}

const struct task task_blank = {
	.name = "blank",
	.family = "arithmetic",
	.what = "Where a counter that goes round stops after some turns.",
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
