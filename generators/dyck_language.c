/*
 * dyck_language.c - close the brackets: knobs, levels, solver, generator.
 *
 * desc: the sequence so far, brackets only, "([]{<". The answer: the missing closers with a space between, "> } )".
 *
 * Sequences are drawn evenly among all of their length (cycle lemma; Dvoretzky and Motzkin, 1947), so neither depth nor the
 * place of an unclosed bracket gives the answer away. The four kinds may be renamed: canon() numbers them as they come.
 */
#include "generators/brackets.h"
#include "generators/task.h"

enum { GIVEN_MAX = 2048 }; /* brackets in a desc */

enum { KINDS, OPEN_LO, OPEN_HI, PAIRS_LO, PAIRS_HI };

static const struct knob knobs[] = {
	{ "kinds", 2, 4, "kinds of brackets in play" },
	{ "open_min", 1, 200, "fewest brackets left open" },
	{ "open_max", 1, 200, "most brackets left open" },
	{ "pairs_min", 0, 800, "fewest pairs that are closed already" },
	{ "pairs_max", 0, 800, "most pairs that are closed already" },
	{ NULL, 0, 0, NULL },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* kinds open     pairs */
	{ 3,     1, 2,    3, 4 },
	{ 3,     2, 3,    3, 4 },
	{ 3,     3, 4,    4, 5 },
	{ 3,     4, 5,    5, 6 },
	{ 4,     5, 6,    7, 8 },
	{ 4,     6, 8,    10, 13 },
	{ 4,     8, 10,   15, 20 },
	{ 4,     10, 13,  24, 30 },
	{ 4,     13, 17,  40, 50 },
	{ 4,     17, 23,  70, 85 },
	{ 4,     24, 32,  110, 140 },
};

struct stack {
	unsigned char kind[GIVEN_MAX];
	int n, deepest;
};

/* Walk through the sequence; what stays on the stack is to be closed. False: no such sequence, or nothing is open. */
static bool walk(struct stack *s, struct str desc)
{
	s->n = s->deepest = 0;
	if (desc.n > GIVEN_MAX)
		return false;
	for (size_t i = 0; i < desc.n; i++) {
		int kind;
		bool opens;

		if (!bracket_is(desc.s[i], &kind, &opens))
			return false;
		if (opens)
			s->kind[s->n++] = (unsigned char)kind;
		else if (s->n == 0 || s->kind[--s->n] != kind)
			return false;
		if (s->n > s->deepest)
			s->deepest = s->n;
	}
	return s->n > 0;
}

/* What closes a stack of so many. */
static void write_answer(struct buf *answer, const unsigned char *kind, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		buf_addc(answer, bracket_close[kind[i]]);
		if (i)
			buf_addc(answer, ' ');
	}
}

static bool solve(struct buf *answer, struct str desc)
{
	struct stack s;

	if (!walk(&s, desc))
		return false;
	write_answer(answer, s.kind, s.n);
	return !answer->failed;
}

/* A stack has one content at the end, so one shortest completion. */
static bool prove(struct str desc)
{
	struct stack s;

	return walk(&s, desc);
}

static const char *refuse(const int *knob)
{
	if (knob[OPEN_LO] > knob[OPEN_HI])
		return "open_min is above open_max";
	if (knob[PAIRS_LO] > knob[PAIRS_HI])
		return "pairs_min is above pairs_max";
	return NULL;
}

/*
 * The kind of each bracket that opens. all: every kind occurs (all but surely, and where there are enough brackets), so that
 * one who only looks at the kinds has 3^4 answers and more to choose from.
 */
static void draw_kinds(unsigned char *kind, int n, int kinds, bool all, struct rng *rng)
{
	for (int draw = 0; draw < 50; draw++) {
		unsigned seen = 0;

		for (int i = 0; i < n; i++) {
			kind[i] = (unsigned char)rng_below(rng, (uint32_t)kinds);
			seen |= 1u << kind[i];
		}
		if (!all || n < kinds || seen == (1u << kinds) - 1)
			return;
	}
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	int open = rng_range(rng, knob[OPEN_LO], knob[OPEN_HI]), pairs = rng_range(rng, knob[PAIRS_LO], knob[PAIRS_HI]);
	int n = open + 2 * pairs + 1, good = open + 1, from = 0, pick, low = 0, height = 0, next = 0, top = 0;
	unsigned char up[GIVEN_MAX], kind[GIVEN_MAX], stack[GIVEN_MAX];

	/*
	 * open + pairs + 1 steps up and `pairs` down round a circle: exactly open + 1 starts give a walk that stays above
	 * 0. They are the last places where the running height is low, low + 1, .., low + open. Its first step, always up, goes.
	 */
	for (int i = 0; i < n; i++)
		up[i] = i >= pairs;
	rng_shuffle(rng, up, (size_t)n, 1);
	for (int i = 0; i < n; i++) {
		if (height < low)
			low = height;
		height += up[i] ? 1 : -1;
	}
	pick = low + (int)rng_below(rng, (uint32_t)good);
	height = 0;
	for (int i = 0; i < n; i++) {
		if (height == pick)
			from = i;
		height += up[i] ? 1 : -1;
	}
	draw_kinds(kind, open + pairs, knob[KINDS], open >= 4, rng);
	for (int i = 1; i < n; i++) {
		from = from + 1 < n ? from + 1 : 0;
		if (up[from]) {
			stack[top] = kind[next++];
			buf_addc(desc, bracket_open[stack[top++]]);
		} else {
			buf_addc(desc, bracket_close[stack[--top]]);
		}
	}
	write_answer(answer, stack, top);
	return !desc->failed && !answer->failed;
}

/*
 * The sequence, then again and again without the pairs that stand side by side, until only open brackets are left:
 *	( [ ] { ( )
 *	( {
 * Whether a bracket stays is seen from its neighbours alone, and every line is copied from the one above.
 */
static int reduce(struct buf *steps, struct str desc)
{
	char line[GIVEN_MAX];
	size_t n = desc.n;
	int lines = 0;

	memcpy(line, desc.s, n);
	for (bool again = true; again;) {
		size_t kept = 0;

		again = false;
		lines++;
		if (steps) {
			if (lines > 1)
				buf_addc(steps, '\n');
			brackets_spaced(steps, (struct str){ line, n });
		}
		for (size_t i = 0; i < n; i++) {
			int kind, next;
			bool opens, next_opens;

			bracket_is(line[i], &kind, &opens);
			if (opens && i + 1 < n && bracket_is(line[i + 1], &next, &next_opens) && !next_opens) {
				i++;
				again = true;
			} else {
				line[kept++] = line[i];
			}
		}
		n = kept;
	}
	return lines;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct stack s;

	(void)lang; /* brackets are the same in every language */
	if (walk(&s, desc))
		reduce(steps, desc);
}

static void grade(struct effort *e, struct str desc)
{
	struct stack s;

	*e = (struct effort){ .technique = "" };
	if (!walk(&s, desc))
		return;
	e->depth = s.deepest;
	e->steps = (int)desc.n;
	e->technique = "stack";
}

static void canon(struct buf *out, struct str desc)
{
	struct stack s;

	if (walk(&s, desc))
		brackets_canon(out, desc);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct stack s;

	return walk(&s, desc) && brackets_twin(out, desc, rng);
}

/* Any of the kinds that occur may close any of the brackets that are left open, were one to guess with their number known. */
static double answers_log2(struct str desc)
{
	static const double log2_of[5] = { 0, 0, 1, 1.5849625007211562, 2 };
	bool seen[4] = { false };
	struct stack s;

	if (!walk(&s, desc))
		return 0;
	for (size_t i = 0; i < desc.n; i++) {
		int kind;
		bool opens;

		bracket_is(desc.s[i], &kind, &opens);
		seen[kind] = true;
	}
	return s.n * log2_of[seen[0] + seen[1] + seen[2] + seen[3]];
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct buf *b = hole_open(holes, "sequence");
	struct stack s;

	(void)lang;
	if (b && walk(&s, desc))
		brackets_spaced(b, desc);
}

const struct task task_dyck_language = {
	.name = "dyck_language",
	.family = "symbols",
	.what = "Close the brackets that a sequence leaves open.",
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
