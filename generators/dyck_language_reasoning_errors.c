/*
 * dyck_language_reasoning_errors.c - a stack told bracket by bracket, with mistakes: knobs, levels, solver, generator.
 *
 * desc: "([]) ( ([ ( - -": the sequence, the stack stated after each bracket ("-" for none), the stack stated at the end, and
 * where brackets stay open the closing ones said to be missing. The answer: the numbers of the wrong thoughts, "0" for none.
 *
 * A mistake starts at a thought of its own and may be carried on: then the next stacks follow from the wrong one, until the truth comes
 * back. Neighbouring thoughts fit together inside such a run, so that comparing neighbours finds its ends only.
 */
#include "generators/brackets.h"
#include "generators/pen.h"
#include "generators/task.h"

#include <math.h>

enum {
	LENGTH_MAX = 256,
	STATED_MAX = 256, /* brackets of a stated stack */
	INTRO = 2,        /* thoughts before the first bracket */
	THOUGHTS_MAX = LENGTH_MAX + 4,
	DRAWS = 40,
};

enum { KINDS, LENGTH_LO, LENGTH_HI, OPEN, ERRORS_LO, ERRORS_HI, CARRY, SUBTLE, CLEAN };

static const struct knob knobs[] = {
	{ "kinds", 1, 4, "kinds of brackets in play" },
	{ "length_min", 2, 200, "fewest brackets" },
	{ "length_max", 2, 200, "most brackets" },
	{ "open", 0, 20, "most brackets that stay open at the end" },
	{ "errors_min", 0, 10, "fewest mistakes" },
	{ "errors_max", 0, 10, "most mistakes" },
	{ "carry", 0, 8, "thoughts that may follow from a mistake and are wrong with it" },
	{ "subtle", 0, 100, "percent of mistakes that leave the stack as high as it is" },
	{ "clean", 0, 100, "percent of traces without a mistake" },
	{ NULL, 0, 0, NULL },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* kinds length   open errors carry subtle clean */
	{ 2,     6, 8,    0,   1, 1,  0,    20,    10 },
	{ 3,     8, 10,   0,   1, 2,  0,    20,    10 },
	{ 3,     12, 14,  1,   1, 2,  0,    30,    5 },
	{ 3,     20, 24,  2,   2, 3,  0,    60,    1 },
	{ 3,     26, 30,  2,   2, 4,  0,    65,    1 },
	{ 4,     32, 36,  3,   2, 4,  1,    70,    1 },
	{ 4,     40, 46,  4,   2, 5,  2,    70,    1 },
	{ 4,     50, 56,  5,   3, 6,  3,    75,    1 },
	{ 4,     62, 70,  6,   3, 7,  4,    80,    1 },
	{ 4,     80, 90,  8,   3, 8,  5,    80,    1 },
	{ 4,     110, 120, 10, 4, 10, 6,    85,    1 },
};

static const char *refuse(const int *knob)
{
	if (knob[LENGTH_LO] > knob[LENGTH_HI])
		return "length_min is above length_max";
	if (knob[ERRORS_LO] > knob[ERRORS_HI])
		return "errors_min is above errors_max";
	if (knob[ERRORS_LO] * (1 + knob[CARRY]) > knob[LENGTH_LO])
		return "the shortest sequence has no room for so many mistakes";
	if (knob[LENGTH_LO] == knob[LENGTH_HI] && knob[LENGTH_LO] % 2 && knob[OPEN] == 0)
		return "an odd number of brackets cannot all be closed";
	return NULL;
}

/* ---- the text ---- */

struct trace {
	struct str sequence;
	struct str stated[THOUGHTS_MAX]; /* of the thoughts behind the intro, "-" for nothing */
	int n;                           /* how many these are */
	char left[LENGTH_MAX];           /* the true stack at the end */
	int open, deepest, work;         /* work: brackets of all true stacks, and one more for each */
	bool wrong[THOUGHTS_MAX];
};

/* 1..4 for a bracket that opens, -1..-4 for one that closes. */
static int code(char c)
{
	return bracket_code[(unsigned char)c];
}

static char closer_of(char open)
{
	return bracket_close[code(open) - 1];
}

/* Put c on the stack or take off what it closes; false where it closes nothing. */
static bool step(char *stack, int *n, char c)
{
	if (code(c) > 0) {
		stack[(*n)++] = c;
		return true;
	}
	return *n > 0 && closer_of(stack[--*n]) == c;
}

/* Brackets, then a blank or the end; the blank goes, too. */
static bool next_brackets(struct str *rest, struct str *brackets)
{
	size_t n = 0;

	while (n < rest->n && code(rest->s[n]))
		n++;
	*brackets = str_sub(*rest, 0, n);
	if (n < rest->n && rest->s[n] != ' ')
		return false;
	*rest = str_from(*rest, n + 1);
	return n > 0;
}

/* A stated stack: brackets, or "-" alone. */
static bool next_stated(struct str *rest, struct str *stated)
{
	bool none = rest->n > 0 && rest->s[0] == '-' && (rest->n == 1 || rest->s[1] == ' ');

	if (!none)
		return next_brackets(rest, stated) && stated->n <= STATED_MAX;
	*stated = str_sub(*rest, 0, 1);
	*rest = str_from(*rest, 2);
	return true;
}

static bool same_stack(struct str stated, const char *stack, int n)
{
	return n ? str_eq(stated, (struct str){ stack, (size_t)n }) : str_is(stated, "-");
}

/* The closing brackets of a stack, top first. */
static void closing(char *out, const char *stack, int n)
{
	for (int i = 0; i < n; i++)
		out[i] = closer_of(stack[n - 1 - i]);
}

/* Read the stated stacks and hold each against the true one. False: the desc is damaged. */
static bool parse(struct trace *t, struct str desc)
{
	struct str rest = desc;
	char close[LENGTH_MAX];

	t->n = t->open = t->deepest = t->work = 0;
	if (!next_brackets(&rest, &t->sequence) || t->sequence.n > LENGTH_MAX || desc.s[desc.n - 1] == ' ')
		return false;
	while (rest.n > 0)
		if (t->n == (int)t->sequence.n + 2 || !next_stated(&rest, &t->stated[t->n++]))
			return false;
	if (t->n <= (int)t->sequence.n)
		return false;
	for (int i = 0; i <= (int)t->sequence.n; i++) {
		if (i < (int)t->sequence.n && !step(t->left, &t->open, t->sequence.s[i]))
			return false;
		t->deepest = t->open > t->deepest ? t->open : t->deepest;
		t->work += t->open + 1;
		t->wrong[i] = !same_stack(t->stated[i], t->left, t->open);
	}
	closing(close, t->left, t->open);
	if (t->open && t->n == (int)t->sequence.n + 2)
		t->wrong[t->n - 1] = !same_stack(t->stated[t->n - 1], close, t->open);
	return t->n == (int)t->sequence.n + 1 + (t->open > 0);
}

static void write_answer(struct buf *answer, const bool *wrong, int n)
{
	int said = 0;

	for (int i = 0; i < n; i++) {
		if (!wrong[i])
			continue;
		buf_add(answer, said++ ? STR(", ") : STR(""));
		buf_addi(answer, INTRO + 1 + i);
	}
	if (!said)
		buf_addc(answer, '0');
}

static bool solve(struct buf *answer, struct str desc)
{
	struct trace t;

	if (!parse(&t, desc))
		return false;
	write_answer(answer, t.wrong, t.n);
	return !answer->failed;
}

/* Each thought is right or wrong by itself, so there is one set of wrong ones. */
static bool prove(struct str desc)
{
	struct trace t;

	return parse(&t, desc);
}

/* ---- the generator ---- */

/* A stack as it is stated or as it is. */
struct stack {
	char s[STATED_MAX];
	int n;
};

struct draft {
	char sequence[LENGTH_MAX];
	int length, kinds;
	struct stack is[THOUGHTS_MAX], said[THOUGHTS_MAX]; /* said: where it is wrong */
	bool wrong[THOUGHTS_MAX];
	int n; /* thoughts behind the intro */
	struct rng *rng;
};

static void stack_set(struct stack *to, const char *s, int n)
{
	memcpy(to->s, s, (size_t)n);
	to->n = n;
}

static void stack_copy(struct stack *to, const struct stack *from)
{
	stack_set(to, from->s, from->n);
}

/* One step of the even walk from height h to 0 in m steps; see dyck_language_errors.c. */
static bool next_up(int h, int m, struct rng *rng)
{
	return rng_below(rng, (uint32_t)(2 * m * (h + 1))) < (uint32_t)((h + 2) * (m - h));
}

/* A sequence that leaves `open` brackets open: the walk is one from that height to 0, backwards. */
static void draw_sequence(struct draft *d, int open)
{
	bool up[LENGTH_MAX];
	char stack[LENGTH_MAX];
	int at = open, n = 0;

	for (int left = d->length; left > 0; left--) {
		up[left - 1] = !next_up(at, left, d->rng);
		at += up[left - 1] ? -1 : 1;
	}
	for (int i = 0; i < d->length; i++) {
		d->sequence[i] = up[i] ? bracket_open[rng_below(d->rng, (uint32_t)d->kinds)] : closer_of(stack[n - 1]);
		step(stack, &n, d->sequence[i]);
		stack_set(&d->is[i], stack, n);
	}
	stack_set(&d->is[d->length], stack, n);
	d->n = d->length + 1;
	if (n) {
		closing(d->is[d->n].s, stack, n);
		d->is[d->n++].n = n;
	}
	memset(d->wrong, 0, (size_t)d->n);
}

static bool differs(const struct stack *a, const struct stack *b)
{
	return a->n != b->n || memcmp(a->s, b->s, (size_t)a->n) != 0;
}

/* Another bracket of the kinds in play, one that opens or closes like c. */
static char other_kind(const struct draft *d, char c)
{
	int k = (int)rng_below(d->rng, (uint32_t)d->kinds - 1), is;
	bool opens;

	bracket_is(c, &is, &opens);
	return (opens ? bracket_open : bracket_close)[k + (k >= is)];
}

/* The stack stays as high: one bracket is another, or two neighbours change places. */
static void mistake_subtle(const struct draft *d, struct stack *s)
{
	int at = (int)rng_below(d->rng, (uint32_t)s->n);

	if (rng_chance(d->rng, 50))
		at = s->n - 1 - (int)rng_below(d->rng, (uint32_t)(s->n < 2 ? 1 : 2)); /* the top is where they happen */
	if (at > 0 && s->s[at] != s->s[at - 1] && rng_chance(d->rng, 40)) {
		char c = s->s[at];

		s->s[at] = s->s[at - 1];
		s->s[at - 1] = c;
	} else if (d->kinds > 1) {
		s->s[at] = other_kind(d, s->s[at]);
	}
}

/* A bracket is lost, one too many is there, or nothing was done. */
static void mistake_plain(const struct draft *d, int i, struct stack *s)
{
	const char *ring = i > d->length ? bracket_close : bracket_open;
	int how = (int)rng_below(d->rng, 3), at;

	if (how == 0 && i > 0 && i < d->length) {
		stack_copy(s, &d->is[i - 1]);
	} else if (how == 1 && s->n > 0) {
		at = (int)rng_below(d->rng, (uint32_t)s->n);
		memmove(s->s + at, s->s + at + 1, (size_t)(s->n - at - 1));
		s->n--;
	} else {
		at = rng_chance(d->rng, 60) ? s->n : (int)rng_below(d->rng, (uint32_t)s->n + 1);
		memmove(s->s + at + 1, s->s + at, (size_t)(s->n - at));
		s->s[at] = ring[rng_below(d->rng, (uint32_t)d->kinds)];
		s->n++;
	}
}

static void state(struct draft *d, int i, const struct stack *s)
{
	stack_copy(&d->said[i], s);
	d->wrong[i] = true;
}

/* Let thought i be wrong, and what follows from it up to `run` thoughts; false if one of them is wrong already or nothing came of it. */
static bool add_mistake(struct draft *d, int i, int run, bool subtle)
{
	struct stack s;

	stack_copy(&s, &d->is[i]);
	if (d->wrong[i] || (subtle && s.n == 0))
		return false;
	if (subtle)
		mistake_subtle(d, &s);
	else
		mistake_plain(d, i, &s);
	if (!differs(&s, &d->is[i]))
		return false;
	state(d, i, &s);
	for (int k = i + 1; k < d->length && k < i + run; k++) {
		if (code(d->sequence[k]) > 0)
			s.s[s.n++] = d->sequence[k];
		else if (s.n-- == 0)
			break;
		if (!differs(&s, &d->is[k]) || d->wrong[k])
			break;
		state(d, k, &s);
	}
	return true;
}

static bool add_mistakes(struct draft *d, const int *knob)
{
	int want = rng_range(d->rng, knob[ERRORS_LO], knob[ERRORS_HI]), most = d->length / (1 + knob[CARRY]);
	bool one = knob[SUBTLE] >= 50; /* one subtle mistake at least, or heights alone would tell them all */

	if (rng_chance(d->rng, knob[CLEAN]))
		return true;
	if (want > most)
		want = most;
	for (int draw = 0; draw < DRAWS * 10 && want > 0; draw++) {
		int i = (int)rng_below(d->rng, (uint32_t)d->n), run = 1 + (int)rng_below(d->rng, (uint32_t)knob[CARRY] + 1);
		bool subtle = rng_chance(d->rng, knob[SUBTLE]) || one;

		if (draw >= DRAWS) /* short sequences may hold no stack in which it could happen */
			subtle = one = false;
		if (add_mistake(d, i, run, subtle)) {
			one = false;
			want--;
		}
	}
	return want == 0;
}

static const struct stack *stated(const struct draft *d, int i)
{
	return d->wrong[i] ? &d->said[i] : &d->is[i];
}

static void write_desc(struct buf *out, const struct draft *d)
{
	size_t room = (size_t)d->length;
	char *pen;

	for (int i = 0; i < d->n; i++)
		room += 2 + (size_t)stated(d, i)->n;
	pen = pen_down(out, room);
	if (!pen)
		return;
	pen = pen_str(pen, (struct str){ d->sequence, (size_t)d->length });
	for (int i = 0; i < d->n; i++) {
		const struct stack *s = stated(d, i);

		pen = pen_char(pen, ' ');
		pen = s->n ? pen_str(pen, (struct str){ s->s, (size_t)s->n }) : pen_char(pen, '-');
	}
	pen_up(out, pen);
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct draft d; /* large, and filled as far as it is used */
	int open = rng_range(rng, 0, knob[OPEN]);

	d.kinds = knob[KINDS];
	d.rng = rng;
	d.length = rng_range(rng, knob[LENGTH_LO], knob[LENGTH_HI]);
	if (open > d.length)
		open = d.length;
	if ((d.length - open) % 2) {
		if (open < knob[OPEN] && open < d.length)
			open++;
		else if (open > 0)
			open--;
		else
			d.length += d.length < knob[LENGTH_HI] ? 1 : -1; /* refuse() sees to it that there is another length */
	}
	draw_sequence(&d, open);
	if (!add_mistakes(&d, knob))
		return false;
	write_desc(desc, &d);
	write_answer(answer, d.wrong, d.n);
	return !desc->failed && !answer->failed;
}

/* ---- what else quarry asks ---- */

/* "7 { ([{ =" is number, bracket, the true stack, and that it was stated; "8 } ([ x (<" was stated as (<. */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	char stack[LENGTH_MAX], close[LENGTH_MAX];
	struct trace t;
	int n = 0;

	if (!parse(&t, desc))
		return;
	for (int i = 0; i < t.n; i++) {
		struct str is;

		buf_addf(steps, "%s%d ", i ? "\n" : "", INTRO + 1 + i);
		if (i < (int)t.sequence.n) {
			step(stack, &n, t.sequence.s[i]);
			buf_addc(steps, t.sequence.s[i]);
		} else if (i == (int)t.sequence.n) {
			buf_addz(steps, lang == LANG_ZH ? "末尾" : "end");
		} else {
			buf_addz(steps, lang == LANG_ZH ? "待补" : "due");
			closing(close, stack, n);
		}
		is = (struct str){ i > (int)t.sequence.n ? close : stack, (size_t)n };
		buf_addc(steps, ' ');
		buf_add(steps, n ? is : STR("-"));
		buf_addz(steps, t.wrong[i] ? " x " : " =");
		if (t.wrong[i])
			buf_add(steps, t.stated[i]);
	}
}

static void grade(struct effort *e, struct str desc)
{
	struct trace t;

	*e = (struct effort){ .technique = "" };
	if (!parse(&t, desc))
		return;
	e->depth = t.deepest;
	e->steps = t.work;
	e->technique = t.open ? "stack, closing brackets" : "stack";
}

static void canon(struct buf *out, struct str desc)
{
	struct trace t;

	if (parse(&t, desc))
		brackets_canon(out, desc);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct trace t;

	return parse(&t, desc) && brackets_twin(out, desc, rng);
}

/* Any set of the thoughts about brackets. */
static double answers_log2(struct str desc)
{
	struct trace t;

	return parse(&t, desc) ? t.n : 0;
}

/* "\nThought 3: ( ; stack: (" */
struct style {
	struct pen_text head, colon, stack;
};

/* "\n3. ( -> (" */
static const struct style terse = { PEN_TEXT("\n"), PEN_TEXT(". "), PEN_TEXT(" -> ") };

static const struct phrases {
	struct style full;
	struct pen_text none, end;
	const char *plan, *start; /* what the first two say */
	const char *due;
} phrases[LANGS] = {
	[LANG_EN] = { { PEN_TEXT("\nThought "), PEN_TEXT(": "), PEN_TEXT(" ; stack: ") }, PEN_TEXT("empty"), PEN_TEXT("The end is reached"),
		      "I read the brackets from left to right and keep a stack of the open ones.", "At the start",
		      "Closing brackets still missing, in order: " },
	[LANG_ZH] = { { PEN_TEXT("\n思考 "), PEN_TEXT("："), PEN_TEXT("；栈：") }, PEN_TEXT("空"), PEN_TEXT("已读到末尾"),
		      "从左到右逐个读入括号，用栈记录尚未闭合的括号。", "开始", "还缺少的右括号，依次为：" },
};

static char *pen_head(char *pen, const struct style *how, int number)
{
	return pen_text(pen_int(pen_text(pen, &how->head), number), &how->colon);
}

/* One line a thought. */
static void add_thoughts(struct buf *b, const struct trace *t, const struct phrases *say, const struct style *how)
{
	struct str plan = str_of(say->plan), start = str_of(say->start), due = str_of(say->due);
	size_t line = how->head.n + 3 + how->colon.n + 1 + how->stack.n + say->none.n, room = 2 * line + plan.n + start.n + say->end.n + due.n;
	char *pen;

	for (int i = 0; i < t->n; i++)
		room += line + 2 * t->stated[i].n;
	pen = pen_down(b, room);
	if (!pen)
		return;
	pen = pen_str(pen, (struct str){ how->head.s + 1, how->head.n - 1 }); /* no end of line before the first */
	pen = pen_str(pen_text(pen_int(pen, 1), &how->colon), plan);
	pen = pen_text(pen_text(pen_str(pen_head(pen, how, 2), start), &how->stack), &say->none);
	for (int i = 0; i < t->n; i++) {
		pen = pen_head(pen, how, INTRO + 1 + i);
		if (i < (int)t->sequence.n)
			pen = pen_char(pen, t->sequence.s[i]);
		else
			pen = i == (int)t->sequence.n ? pen_text(pen, &say->end) : pen_str(pen, due);
		if (i <= (int)t->sequence.n)
			pen = pen_text(pen, &how->stack);
		pen = t->stated[i].s[0] == '-' ? pen_text(pen, &say->none) : brackets_pen(pen, t->stated[i]);
	}
	pen_up(b, pen);
}

/* {{sequence}}, {{thoughts}} with words, {{lines}} with few, {{count}}: how many. */
static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct trace t;
	struct buf *b;

	if (!parse(&t, desc))
		return;
	b = hole_open(holes, "sequence");
	if (b)
		brackets_spaced(b, t.sequence);
	b = hole_open(holes, "thoughts");
	if (b)
		add_thoughts(b, &t, &phrases[lang], &phrases[lang].full);
	b = hole_open(holes, "lines");
	if (b)
		add_thoughts(b, &t, &phrases[lang], &terse);
	hole_puti(holes, "count", INTRO + t.n);
}

const struct task task_dyck_language_reasoning_errors = {
	.name = "dyck_language_reasoning_errors",
	.family = "symbols",
	.what = "Find the wrong steps where a stack of brackets is told step by step.",
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
