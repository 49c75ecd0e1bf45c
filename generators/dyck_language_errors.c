/*
 * dyck_language_errors.c - find the first error among brackets: knobs, levels, solver, generator.
 *
 * desc: the sequence, brackets only, "([]{>". The answer: the place of the first error from 1, length + 1 for brackets that only
 * stay open, -1 for none.
 *
 * The place is drawn first, evenly, and the brackets are laid around it, so that no place is common. The bracket that
 * the error meets stands far before it, with pairs between (knob "apart"), and behind it there are further mistakes of the kind that
 * catch the eye: reading neighbours alone finds those, and so does counting each kind by itself. The walk before the error is drawn evenly among all walks of its
 * length (ballot numbers), so the depth gives nothing away either.
 */
#include "generators/brackets.h"
#include "generators/task.h"

#include <math.h>

enum { LENGTH_MAX = 2048, TOLD_MAX = 400, SHOWN_MAX = 32 };

enum { KINDS, LENGTH_LO, LENGTH_HI, FIRST, APART, NOISE, CLEAN, OPEN };

static const struct knob knobs[] = {
	{ "kinds", 1, 4, "kinds of brackets in play" },
	{ "length_min", 2, 1000, "fewest brackets" },
	{ "length_max", 2, 1000, "most brackets" },
	{ "first", 1, 500, "no error stands before this place" },
	{ "apart", 0, 100, "brackets at least between a wrong closing bracket and the one it meets" },
	{ "noise", 0, 100, "percent of the closing brackets behind the error that are wrong too" },
	{ "clean", 0, 100, "percent of sequences without an error" },
	{ "open", 0, 100, "percent of sequences whose only error is that brackets stay open" },
	{ NULL, 0, 0, NULL },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* kinds length   first apart noise clean open */
	{ 2,     8, 10,   2,    0,    0,    10,   10 },
	{ 3,     12, 16,  2,    0,    0,    10,   10 },
	{ 3,     20, 28,  3,    0,    0,    5,    5 },
	{ 3,     72, 80,  7,    2,    5,    1,    1 },
	{ 3,     88, 100, 11,   2,    8,    1,    1 },
	{ 4,     110, 130, 17,  2,    10,   1,    1 },
	{ 4,     140, 160, 33,  4,    10,   1,    1 },
	{ 4,     180, 200, 51,  4,    12,   1,    1 },
	{ 4,     230, 260, 81,  6,    12,   1,    1 },
	{ 4,     300, 330, 121, 6,    15,   1,    1 },
	{ 4,     400, 440, 181, 8,    15,   1,    1 },
};

static const char *refuse(const int *knob)
{
	if (knob[LENGTH_LO] > knob[LENGTH_HI])
		return "length_min is above length_max";
	if (knob[CLEAN] + knob[OPEN] > 100)
		return "clean and open are more than 100 percent together";
	if (knob[CLEAN] + knob[OPEN] < 100 && knob[FIRST] > knob[LENGTH_LO])
		return "first lies behind the end of the shortest sequence";
	if (knob[CLEAN] + knob[OPEN] < 100 && knob[KINDS] > 1 && knob[APART] + 2 > knob[LENGTH_LO])
		return "apart leaves no place for a wrong bracket in the shortest sequence";
	if (knob[CLEAN] == 100 && knob[LENGTH_LO] == knob[LENGTH_HI] && knob[LENGTH_LO] % 2)
		return "an odd number of brackets cannot be free of errors";
	return NULL;
}

/* ---- the solver ---- */

struct reading {
	unsigned char kind[LENGTH_MAX]; /* the stack where reading ended */
	int n, deepest;
	int read;   /* brackets read, a wrong one included */
	int answer;
};

/* Is the desc a sequence of brackets? Any one has its answer. */
static bool all_brackets(struct str desc)
{
	bool all = desc.n > 0 && desc.n <= LENGTH_MAX;

	for (size_t i = 0; i < desc.n && all; i++)
		all = bracket_code[(unsigned char)desc.s[i]] != 0;
	return all;
}

/* Read up to the first error. False: the desc is no sequence of brackets. */
static bool read_brackets(struct reading *r, struct str desc)
{
	int kind;
	bool opens;

	r->n = r->deepest = r->read = r->answer = 0;
	if (!all_brackets(desc))
		return false;
	while (r->read < (int)desc.n && !r->answer) {
		bracket_is(desc.s[r->read++], &kind, &opens);
		if (opens)
			r->kind[r->n++] = (unsigned char)kind;
		else if (r->n > 0 && r->kind[r->n - 1] == kind)
			r->n--;
		else
			r->answer = r->read;
		if (r->n > r->deepest)
			r->deepest = r->n;
	}
	if (!r->answer)
		r->answer = r->n ? (int)desc.n + 1 : -1;
	return true;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct reading r;

	if (!read_brackets(&r, desc))
		return false;
	buf_addi(answer, r.answer);
	return !answer->failed;
}

/* Reading is forced, so there is one answer to any sequence. */
static bool prove(struct str desc)
{
	return all_brackets(desc);
}

/* ---- the generator ---- */

struct draft {
	char text[LENGTH_MAX];
	int n;
	unsigned char kind[LENGTH_MAX]; /* the stack */
	int open;
	int kinds;
	struct rng *rng;
};

static void push(struct draft *d, int kind)
{
	d->kind[d->open++] = (unsigned char)kind;
	d->text[d->n++] = bracket_open[kind];
}

static void push_any(struct draft *d)
{
	push(d, (int)rng_below(d->rng, (uint32_t)d->kinds));
}

static void pop(struct draft *d)
{
	d->text[d->n++] = bracket_close[d->kind[--d->open]];
}

/*
 * Is the next of m steps from height h to 0 one up, if all such walks that never go below 0 are as likely? Their number is
 * (h + 1) / (m + 1) * C(m + 1, (m - h) / 2), and the quotient of two of them is this fraction.
 */
static bool next_up(int h, int m, struct rng *rng)
{
	return rng_below(rng, (uint32_t)(2 * m * (h + 1))) < (uint32_t)((h + 2) * (m - h));
}

/* m brackets that close by themselves, m even. */
static void lay_balanced(struct draft *d, int m)
{
	int floor = d->open;

	for (; m > 0; m--)
		if (next_up(d->open - floor, m, d->rng))
			push_any(d);
		else
			pop(d);
}

/* m brackets that leave h more open than before: the walk is one down from h, backwards. */
static void lay_rise(struct draft *d, int m, int h)
{
	bool up[LENGTH_MAX];
	int at = h;

	for (int left = m; left > 0; left--) {
		up[left - 1] = !next_up(at, left, d->rng);
		at += up[left - 1] ? -1 : 1;
	}
	for (int i = 0; i < m; i++)
		if (up[i])
			push_any(d);
		else
			pop(d);
}

/* A height that a walk of m steps can end at: odd or even like m, mostly as low as such walks go. */
static int draw_height(int m, int lo, struct rng *rng)
{
	int most = lo;

	while (most + 2 <= m && most * most < 2 * m)
		most += 2;
	return lo + 2 * (int)rng_below(rng, (uint32_t)(most - lo) / 2 + 1);
}

/*
 * Brackets up to the one before the error at `place`, which is to meet one that stands at least `apart` + 1 before it. Where there is
 * room, something of another kind is open below that one.
 */
static bool lay_before(struct draft *d, int place, int apart)
{
	int room = place - 2, far, rise, kind; /* room: for what stands before and behind the bracket that the error meets */

	if (d->kinds == 1 || apart > room || (place % 2 && rng_chance(d->rng, 3))) {
		if (place % 2 == 0)
			return false;
		lay_balanced(d, place - 1); /* nothing is open */
		return true;
	}
	apart += apart % 2;
	if (apart > room)
		return false;
	far = room - apart > 1 ? room - 2 : room; /* at most, and half of them near */
	if (far - apart > 8 && rng_chance(d->rng, 50))
		far = apart + 8;
	far = apart + 2 * (int)rng_below(d->rng, (uint32_t)(far - apart) / 2 + 1);
	rise = room - far;
	lay_rise(d, rise, draw_height(rise, rise ? 2 - rise % 2 : 0, d->rng));
	kind = (int)rng_below(d->rng, (uint32_t)d->kinds - (d->open > 0));
	if (d->open)
		kind += kind >= d->kind[d->open - 1];
	push(d, kind);
	lay_balanced(d, far);
	return true;
}

/*
 * A closing bracket that is wrong here. It mostly closes another one that is open, further down: so the pairs cross, and
 * counting each kind by itself shows nothing at this place.
 */
static void lay_wrong(struct draft *d)
{
	int top = d->open ? d->kind[d->open - 1] : -1, kind, below = d->open - 2, hop = (int)rng_below(d->rng, 3);

	for (; below >= 0 && (d->kind[below] == top || hop-- > 0); below--)
		;
	for (int i = d->open - 2; below < 0 && i >= 0; i--) /* hopped too far */
		if (d->kind[i] != top)
			below = i;
	if (below >= 0 && rng_chance(d->rng, 98)) {
		kind = d->kind[below];
		d->kind[below] = (unsigned char)top; /* as if the two had been meant to close the other way round */
	} else {
		kind = (int)rng_below(d->rng, (uint32_t)(top < 0 ? d->kinds : d->kinds - 1));
		kind += top >= 0 && kind >= top;
	}
	d->text[d->n++] = bracket_close[kind];
	d->open -= d->open > 0;
}

/* What follows the error up to length n; now and then wrong again. */
static void lay_behind(struct draft *d, int n, int noise)
{
	while (d->n < n) {
		int left = n - d->n;
		bool up = d->open == 0 || (d->open <= left && next_up(d->open, left, d->rng));

		if (up)
			push_any(d);
		else if (d->kinds > 1 && rng_chance(d->rng, noise))
			lay_wrong(d);
		else
			pop(d);
	}
}

static bool lay_error(struct draft *d, int place, int n, const int *knob)
{
	if (!lay_before(d, place, knob[APART]))
		return false;
	lay_wrong(d);
	lay_behind(d, n, knob[NOISE]);
	return true;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct draft d; /* large, and filled as far as it is used */
	int n = rng_range(rng, knob[LENGTH_LO], knob[LENGTH_HI]), luck = (int)rng_below(rng, 100), place = -1;

	d.n = d.open = 0;
	d.kinds = knob[KINDS];
	d.rng = rng;
	if (luck < knob[CLEAN]) {
		if (n % 2)
			n += n < knob[LENGTH_HI] ? 1 : -1;
		if (n < knob[LENGTH_LO])
			return false;
		lay_balanced(&d, n);
	} else if (luck < knob[CLEAN] + knob[OPEN]) {
		lay_rise(&d, n, draw_height(n, 2 - n % 2, rng));
		place = n + 1;
	} else {
		place = rng_range(rng, knob[FIRST], n);
		if (!lay_error(&d, place, n, knob))
			return false;
	}
	buf_add(desc, (struct str){ d.text, (size_t)d.n });
	buf_addi(answer, place);
	return !desc->failed && !answer->failed;
}

/* ---- what else quarry asks ---- */

/* The stack, bottom first; of a high one the top, behind "..". */
static void tell_stack(struct buf *steps, const struct reading *r)
{
	int from = r->n > SHOWN_MAX ? r->n - SHOWN_MAX : 0;

	buf_addz(steps, from ? ".." : "");
	for (int i = from; i < r->n; i++)
		buf_addc(steps, bracket_open[r->kind[i]]);
	buf_addz(steps, r->n ? "" : "-");
}

/*
 * "17 ] : (<" is place, bracket, stack behind it; "18 } : (< | > != }" is the end: what was due, and what came. A bracket a line; of a
 * very long sequence several, and then the place is that of the last.
 */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct reading all, r = { .n = 0 };
	int stride, due;

	if (!read_brackets(&all, desc))
		return;
	stride = 1 + all.read / TOLD_MAX;
	for (int i = 0; i < all.read; i++) {
		int kind;
		bool opens, wrong = i + 1 == all.answer;

		bracket_is(desc.s[i], &kind, &opens);
		if (opens)
			r.kind[r.n++] = (unsigned char)kind;
		else if (!wrong)
			r.n--;
		if ((i + 1) % stride && i + 1 < all.read)
			continue;
		buf_addf(steps, "%d ", i + 1);
		buf_add(steps, str_sub(desc, (size_t)(i - i % stride), (size_t)i + 1));
		buf_addz(steps, " : ");
		tell_stack(steps, &r);
		if (wrong) {
			due = r.n ? bracket_close[r.kind[r.n - 1]] : '-';
			buf_addf(steps, " | %c != %c", due, desc.s[i]);
		}
		if (i + 1 < all.read)
			buf_addc(steps, '\n');
	}
	if (all.answer == (int)desc.n + 1)
		buf_addf(steps, "\n%s %d", lang == LANG_ZH ? "长度" : "length", (int)desc.n);
}

static void grade(struct effort *e, struct str desc)
{
	struct reading r;

	*e = (struct effort){ .technique = "" };
	if (!read_brackets(&r, desc))
		return;
	e->depth = r.deepest;
	e->steps = r.read;
	e->technique = r.answer > 0 && r.answer <= (int)desc.n ? "stack" : "stack, end";
}

static void canon(struct buf *out, struct str desc)
{
	if (all_brackets(desc))
		brackets_canon(out, desc);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	return all_brackets(desc) && brackets_twin(out, desc, rng);
}

/* Any place, the one behind the end, and -1. */
static double answers_log2(struct str desc)
{
	return all_brackets(desc) ? log2((double)desc.n + 2) : 0;
}

static void put_spaced(struct holes *holes, struct str desc)
{
	struct buf *b = hole_open(holes, "spaced");

	if (b)
		brackets_spaced(b, desc);
}

static void put_rows(struct holes *holes, struct str desc)
{
	struct buf *b = hole_open(holes, "rows");

	for (size_t i = 0; b && i < desc.n; i += 10) {
		if (i)
			buf_addc(b, '\n');
		brackets_spaced(b, str_sub(desc, i, i + 10));
	}
}

static void put_quoted(struct holes *holes, struct str desc)
{
	struct buf *b = hole_open(holes, "quoted");

	for (size_t i = 0; b && i < desc.n; i++) {
		buf_add(b, i ? STR("\", \"") : STR("[\""));
		buf_addc(b, desc.s[i]);
	}
	if (b)
		buf_addz(b, "\"]");
}

/* {{spaced}}, {{rows}} of ten, {{quoted}} as a JSON list; {{length}} and {{after}}, one more. */
static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	(void)lang;
	if (!all_brackets(desc))
		return;
	put_spaced(holes, desc);
	put_rows(holes, desc);
	put_quoted(holes, desc);
	hole_puti(holes, "length", (int64_t)desc.n);
	hole_puti(holes, "after", (int64_t)desc.n + 1);
}

const struct task task_dyck_language_errors = {
	.name = "dyck_language_errors",
	.family = "symbols",
	.what = "Find the first error in a sequence of brackets.",
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
