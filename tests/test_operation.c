/*
 * test_operation.c - operators defined by formulas, against an evaluator by rewriting.
 *
 * The oracle keeps a flat list of values, signs and brackets and knows no grammar: it looks for the innermost brackets, in them
 * for the tightest operator, of equal ones for the first or last, and replaces a op b by its value; a formula is such a list with
 * values written for x and y.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/rule.h"
#include "verifiers/verify.h"

#include <math.h>

extern const struct task task_operation;

static const struct task *const task = &task_operation;

static enum quarry_mark judge(struct str desc, const char *answer)
{
	return task_ask("operation", desc, str_of(answer));
}

/* ---- the oracle ---- */

struct q {
	long double n, d; /* whole numbers below 2^63; d 0: no value */
};

enum { TOKENS = 600 };

struct token {
	char sign; /* 0: a value */
	struct q v;
};

struct oracle {
	struct str rule[26]; /* behind "="; empty where there is none */
	int level[26];
	bool right[26];
};

static long double common(long double a, long double b)
{
	while (b != 0) {
		long double c = fmodl(a, b);

		a = b;
		b = c;
	}
	return fabsl(a);
}

static struct q q_of(long double n, long double d)
{
	long double g = d == 0 ? 1 : common(n, d);

	return d < 0 ? (struct q){ -n / g, -d / g } : (struct q){ n / g, d / g };
}

static bool even(struct q v)
{
	return v.d == 1 && fmodl(v.n, 2) == 0;
}

static bool uneven(struct q v)
{
	return v.d == 1 && fmodl(v.n, 2) != 0;
}

static bool holds(struct str cond, struct q x, struct q y)
{
	struct q sum = q_of(x.n * y.d + y.n * x.d, x.d * y.d), of = str_ends(cond, STR("y")) ? y : x;
	char c = cond.s[0];

	if (cond.n == 3 && c == 'x')
		return cond.s[1] == '>' ? x.n * y.d > y.n * x.d : cond.s[1] == '<' ? x.n * y.d < y.n * x.d : x.n * y.d == y.n * x.d;
	if (cond.n == 3)
		return c == 'e' ? even(x) && even(y) : uneven(x) && uneven(y);
	if (cond.s[1] == 's')
		of = sum;
	if (c == 'e' || c == 'o')
		return c == 'e' ? even(of) : uneven(of);
	return of.d == 1 && fmodl(of.n, c - '0') == 0;
}

static struct q rewrite(const struct oracle *o, struct str text, struct q x, struct q y);

static struct q apply(const struct oracle *o, char sign, struct q a, struct q b)
{
	struct str rule;

	if (a.d == 0 || b.d == 0)
		return (struct q){ 0, 0 };
	switch (sign) {
	case '+':
		return q_of(a.n * b.d + b.n * a.d, a.d * b.d);
	case '-':
		return q_of(a.n * b.d - b.n * a.d, a.d * b.d);
	case '*':
		return q_of(a.n * b.n, a.d * b.d);
	case '/':
		return q_of(a.n * b.d, a.d * b.n);
	case '^':
		return b.n == 2 ? q_of(a.n * a.n, a.d * a.d) : q_of(a.n * a.n * a.n, a.d * a.d * a.d);
	}
	rule = o->rule[sign - 'A'];
	if (rule.s[0] == '[') {
		size_t end = (size_t)str_chr(rule, ']'), bar = (size_t)str_chr(rule, '|');

		rule = holds(str_sub(rule, 1, end), a, b) ? str_sub(rule, end + 1, bar) : str_from(rule, bar + 1);
	}
	return rewrite(o, rule, a, b);
}

static int level_of(const struct oracle *o, char sign)
{
	return sign == '^' ? 6 : sign == '+' || sign == '-' ? 1 : sign == '*' || sign == '/' ? 2 : o->level[sign - 'A'];
}

/* t[from .. to) holds values and signs alone; returns what it comes to. */
static struct q flat(const struct oracle *o, struct token *t, int from, int to)
{
	while (to - from > 1) {
		int best = -1;

		for (int i = from + 1; i < to; i += 2) {
			int is = level_of(o, t[i].sign), was = best < 0 ? 0 : level_of(o, t[best].sign);

			if (is > was || (is == was && t[i].sign >= 'A' && o->right[t[i].sign - 'A']))
				best = i;
		}
		t[best - 1].v = apply(o, t[best].sign, t[best - 1].v, t[best + 1].v);
		memmove(&t[best], &t[best + 2], sizeof(t[0]) * (size_t)(to - best - 2));
		to -= 2;
	}
	return t[from].v;
}

static struct q rewrite(const struct oracle *o, struct str text, struct q x, struct q y)
{
	struct token t[TOKENS];
	int n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.s[i];

		t[n] = (struct token){ .sign = c };
		if (c == 'x' || c == 'y') {
			t[n] = (struct token){ .v = c == 'x' ? x : y };
		} else if (c >= '0' && c <= '9') {
			t[n] = (struct token){ .v = { 0, 1 } };
			for (; i < text.n && text.s[i] >= '0' && text.s[i] <= '9'; i++)
				t[n].v.n = t[n].v.n * 10 + (text.s[i] - '0');
			i--;
		} else if (c == 'a') { /* abs( */
			i += 3;
		}
		n++;
	}
	for (;;) {
		int open = -1, close = 0;
		struct q v;

		while (close < n && t[close].sign != ')') {
			if (t[close].sign == '(' || t[close].sign == 'a')
				open = close;
			close++;
		}
		if (open < 0)
			return flat(o, t, 0, n);
		v = flat(o, t, open + 1, close);
		if (t[open].sign == 'a')
			v.n = fabsl(v.n);
		t[open] = (struct token){ .v = v };
		memmove(&t[open + 1], &t[close + 1], sizeof(t[0]) * (size_t)(n - close - 1));
		n -= close - open;
	}
}

static struct q oracle(struct str desc)
{
	struct oracle o = { 0 };
	ptrdiff_t end;

	while ((end = str_chr(desc, ';')) >= 0) {
		int s = desc.s[0] - 'A';

		o.level[s] = desc.s[1] - '0';
		o.right[s] = desc.s[2] == 'r';
		o.rule[s] = str_sub(desc, 4, (size_t)end);
		desc = str_from(desc, (size_t)end + 1);
	}
	return rewrite(&o, desc, (struct q){ 0, 1 }, (struct q){ 0, 1 });
}

static void q_write(char *out, size_t cap, struct q v)
{
	if (v.d == 1)
		snprintf(out, cap, "%.0Lf", v.n);
	else
		snprintf(out, cap, "%.0Lf/%.0Lf", v.n, v.d);
}

/* ---- by hand ---- */

static void by_hand(void)
{
	static const struct {
		const char *desc, *value;
	} table[] = {
		{ "A1l=x+2*y;3A4", "11" },
		{ "A1l=x-y;10A3A2", "5" },          /* from left to right */
		{ "A3r=x-y;10A3A2", "9" },          /* from right to left */
		{ "A1l=x-y;10-3A2", "5" },          /* equal to - */
		{ "A1l=x-y;10A3-2", "5" },
		{ "A1l=x*y;2+3A4", "20" },
		{ "A1l=x*y;2*3A4+1", "25" },
		{ "A2l=x-y;2*3A4", "2" },           /* equal to * */
		{ "A2l=x-y;2A3*4", "-4" },
		{ "A3l=x-y;2*3A4", "-2" },          /* tighter */
		{ "A3l=x+y;B4l=x*y;2A3B4", "14" },
		{ "A4l=x+y;B3l=x*y;2A3B4", "20" },
		{ "A3l=x-y;B3l=x*y;9A3B2", "12" },  /* side by side, to the left */
		{ "A3r=x-y;B3r=x*y;9A3B2", "3" },
		{ "A3l=x-y;9A(3A2)", "8" },
		{ "A3l=[x>y]x-y|y-x;3A8", "5" },
		{ "A3l=[ex]x/2|3*x+y;8A1", "4" },
		{ "A3l=[ex]x/2|3*x+y;(7/2)A1", "23/2" },   /* no integer is not even */
		{ "A3l=[ox]x/2|3*x+y;(7/2)A1", "23/2" },   /* and not odd */
		{ "A3l=[3x]1*x*y|x+y;(1-1)A5", "0" },      /* 0 is a multiple of 3 */
		{ "A3l=[oxy]x*y|x+y;(1-4)A(2-7)", "15" },  /* -3 and -5 are odd */
		{ "A3l=[es]x*y|x+y;(1/2)A(3/2)", "3/4" },
		{ "A3l=[x=y]2*x+y|x-y;4A4", "12" },
		{ "A3l=abs(x-y)^2;3A8", "25" },
		{ "A3l=x^2-y^3;(1-4)A2", "1" },
		{ "A5l=x/y;7A3", "7/3" },
		{ "A3l=x+y;B3l=xAx*y;2B5", "20" },
		{ "A1l=x+y;B3l=x*yAx;2B5", "12" },
		{ "7", "7" },
		{ "2-3*4/5", "-2/5" },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct str desc = str_of(table[i].desc);
		struct buf answer = BUF_INIT;
		char told[80];

		check_in("%s", table[i].desc);
		CHECK(task->solve(&answer, desc) && task->prove(desc));
		CHECK_STR(buf_str(&answer), table[i].value);
		CHECK_EQ(judge(desc, table[i].value), QUARRY_CORRECT);
		CHECK_EQ(judge(desc, "1234567"), QUARRY_WRONG);
		q_write(told, sizeof(told), oracle(desc));
		CHECK_STR(str_of(told), table[i].value);
		buf_release(&answer);
	}
}

/* ---- what the generator makes ---- */

/* Other ways to say the value, and near misses. */
static void spellings(struct str desc, struct q v)
{
	char said[200];

	snprintf(said, sizeof(said), "%.0Lf/%.0Lf", v.n * 3, v.d * 3);
	CHECK_EQ(judge(desc, said), QUARRY_CORRECT);
	snprintf(said, sizeof(said), "\\boxed{%s\\frac{%.0Lf}{%.0Lf}}", v.n < 0 ? "-" : "", fabsl(v.n), v.d);
	CHECK_EQ(judge(desc, said), QUARRY_CORRECT);
	snprintf(said, sizeof(said), "x = %.0Lf / %.0Lf", v.n, v.d);
	CHECK_EQ(judge(desc, said), QUARRY_CORRECT);
	snprintf(said, sizeof(said), "%.0Lf/%.0Lf", v.n + 1, v.d);
	CHECK_EQ(judge(desc, said), QUARRY_WRONG);
	snprintf(said, sizeof(said), "%.0Lf/%.0Lf", v.n, v.d + 1);
	CHECK_EQ(judge(desc, said), v.n == 0 ? QUARRY_CORRECT : QUARRY_WRONG);
	snprintf(said, sizeof(said), "%.0Lf/%.0Lf", -v.n, v.d);
	CHECK_EQ(judge(desc, said), v.n == 0 ? QUARRY_CORRECT : QUARRY_WRONG);
	/* six decimals: right where they are exact */
	snprintf(said, sizeof(said), "%.6Lf", v.n / v.d);
	CHECK_EQ(judge(desc, said), fmodl(v.n * 1000000, v.d) == 0 ? QUARRY_CORRECT : QUARRY_WRONG);
}

/* Every "a op b = c" of the steps with numbers alone is true, as far as + - * / go; the last line ends in the value. */
static void check_steps(struct str steps, const char *value)
{
	struct str line, last = { "", 0 };
	int equations = 0;

	CHECK(steps.n > 0);
	while (str_line(&steps, &line)) {
		ptrdiff_t equals = str_find(line, STR(" = "));
		struct oracle none = { 0 };
		struct q is, due;

		last = line;
		if (equals < 0 || str_find(line, STR(":")) >= 0)
			continue;
		for (size_t i = 0; i < line.n; i++)
			if ((unsigned char)line.s[i] >= 0x80)
				equals = -1;
		if (equals < 0)
			continue; /* a new operator's value, told with its formula */
		{
			/* the oracle knows no signs: -3 is (0-3) */
			char text[300];
			size_t n = 0;

			for (ptrdiff_t i = 0; i < equals; i++) {
				if (line.s[i] == ' ')
					continue;
				if (line.s[i] == '-' && (n == 0 || text[n - 1] == '('))
					text[n++] = '0';
				text[n++] = line.s[i];
			}
			is = rewrite(&none, (struct str){ text, n }, (struct q){ 0, 1 }, (struct q){ 0, 1 });
			n = 0;
			for (size_t i = (size_t)equals + 3; i < line.n; i++) {
				if (line.s[i] == '-')
					text[n++] = '0';
				text[n++] = line.s[i];
			}
			due = rewrite(&none, (struct str){ text, n }, (struct q){ 0, 1 }, (struct q){ 0, 1 });
		}
		CHECK(is.d != 0 && is.n == due.n && is.d == due.d);
		equations++;
	}
	CHECK(equations > 0);
	CHECK(str_ends(last, str_of(value)));
}

static void levels(void)
{
	int used[TASK_LEVELS] = { 0 };

	for (int level = 0; level < TASK_LEVELS; level++) {
		const int *knob = task->levels[level];

		for (uint64_t seed = 0; seed < 120; seed++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT, twin = BUF_INIT;
			char told[80];
			struct rng rng;
			struct q v;
			int defs = 0;

			rng_init(&rng, seed, "levels");
			check_in("level %d seed %d", level, (int)seed);
			if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
				continue;
			check_in("level %d: %s", level, buf_z(&desc));
			for (const char *s = buf_z(&desc); *s; s++)
				defs += *s == ';';
			CHECK_EQ(defs, knob[0]);
			v = oracle(buf_str(&desc));
			q_write(told, sizeof(told), v);
			CHECK_STR(buf_str(&answer), told);
			CHECK(knob[9] || v.d == 1);
			used[level] += v.d != 1;
			CHECK_EQ(judge(buf_str(&desc), buf_z(&answer)), QUARRY_CORRECT);
			spellings(buf_str(&desc), v);
			task->explain(&steps, buf_str(&desc), LANG_EN);
			check_steps(buf_str(&steps), buf_z(&answer));
			/* a twin has the same value, for the oracle too */
			CHECK(task->twin(&twin, buf_str(&desc), &rng));
			q_write(told, sizeof(told), oracle(buf_str(&twin)));
			CHECK_STR(buf_str(&answer), told);
			buf_release(&desc);
			buf_release(&answer);
			buf_release(&steps);
			buf_release(&twin);
		}
	}
	check_in("fractions");
	CHECK(used[6] > 5 && used[10] > 30);
}

/* Corners of the knobs: refused, or a puzzle whose value the oracle finds, too; false now and then. */
static void knob_corners(void)
{
	int made = 0, failed = 0;
	struct rng rng;

	rng_init(&rng, 7, "corners");
	for (int round = 0; round < 300; round++) {
		int knob[TASK_KNOBS] = { 0 };
		struct buf desc = BUF_INIT, answer = BUF_INIT;

		for (int k = 0; task->knobs[k].name; k++)
			knob[k] = rng_chance(&rng, 30) ? task->knobs[k].lo : rng_chance(&rng, 30) ? task->knobs[k].hi :
				  rng_range(&rng, task->knobs[k].lo, task->knobs[k].hi);
		if (task->refuse(knob))
			continue;
		if (task->generate(&desc, &answer, knob, &rng)) {
			char told[80];

			check_in("corner %s", buf_z(&desc));
			q_write(told, sizeof(told), oracle(buf_str(&desc)));
			CHECK_STR(buf_str(&answer), told);
			made++;
		} else {
			failed++;
		}
		buf_release(&desc);
		buf_release(&answer);
	}
	check_in("corners");
	CHECK(made > 20 && failed <= made / 10);
}

/* ---- twins, damage ---- */

static bool alike(const char *a, const char *b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	bool same;

	task->canon(&x, str_of(a));
	task->canon(&y, str_of(b));
	check_in("%s ~ %s", a, b);
	CHECK(x.n > 0 && y.n > 0);
	same = str_eq(buf_str(&x), buf_str(&y));
	buf_release(&x);
	buf_release(&y);
	return same;
}

static void twins(void)
{
	CHECK(alike("A3l=x+2*y;3A4", "B3l=2*y+x;3B4"));
	CHECK(alike("A3l=x-y+2;3A4+5", "L3l=2+x-y;5+3L4"));
	CHECK(alike("A3l=x+y;B3l=x-y;1A2B3", "A3l=x-y;B3l=x+y;1B2A3"));
	CHECK(alike("A3l=x+y;B3l=xAy*2;1A2B3", "C3l=x+y;A3l=2*xCy;1C2A3"));
	CHECK(alike("A3l=x*y/2;3A4*5/7", "A3l=y/2*x;5/7*3A4"));
	CHECK(alike("A3l=x+y;3*(4A5*6)", "A3l=y+x;4A5*6*3"));
	CHECK(!alike("A3l=x+2*y;3A4", "A3l=x+2*y;4A3"));
	CHECK(!alike("A3l=x+2*y;3A4", "A4l=x+2*y;3A4"));
	CHECK(!alike("A3l=x+2*y;3A4", "A3r=x+2*y;3A4"));
	CHECK(!alike("A3l=x+2*y;3A4", "A3l=y+2*x;3A4"));
	CHECK(!alike("A3l=x-y;3A4", "A3l=y-x;3A4"));
	CHECK(!alike("A3l=[x>y]x-y|x+y;3A4", "A3l=[x<y]x-y|x+y;3A4"));
	CHECK(!alike("A3l=x+y;9-(3A4-2)", "A3l=x+y;9-3A4-2"));
}

static void refused(void)
{
	static const char *const table[] = {
		"", ";", "A3l=x+y", "A3l=x+y;", "A3l=x+y;3A", "A3l=x+y;A4", "A3l=x+y;3A4;", "A3l=x+y;3B4", "A3l=x+y;A3l=x-y;3A4",
		"A0l=x+y;3A4", "A6l=x+y;3A4", "A3m=x+y;3A4", "A2r=x+y;3A4", "A3l=x+z;3A4", "A3l=xAy;3A4", "A3l=xBy;B3l=x+y;3A4", "M3l=x+y;3M4",
		"A3l=x+y;03A4", "A3l=x+y;3A-4", "A3l=x+y;3 A 4", "A3l=x+y;3A4 ", "A3l=[x>=y]x|y;3A4", "A3l=[x>y]x+y;3A4", "A3l=[]x|y;3A4",
		"A3l=x^4;3A4", "A3l=x+y;((3A4))*2", "A3l=x+y;(3)A4", "A3l=x+y;3A4)", "A3l=x+y;(3A4", "A3l=abs();3A4",
		"A3l=x+y;12345A1", "A3l=x+y;xA1", "A3l=x+y;0A1", "a3l=x+y;3a4", "A3l=x+y;3A4\n", "A3l==x+y;3A4", "A3l=;3A4", "7+",
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct str desc = str_of(table[i]);
		struct buf b = BUF_INIT;
		struct rng rng;

		rng_init(&rng, 1, "refused");
		check_in("\"%s\"", table[i]);
		CHECK(!task->solve(&b, desc) && !task->prove(desc) && !task->twin(&b, desc, &rng));
		task->canon(&b, desc);
		task->explain(&b, desc, LANG_EN);
		CHECK_EQ(b.n, 0);
		CHECK_EQ(judge(desc, "7"), QUARRY_BAD_TASK);
		buf_release(&b);
	}
}

/* Squares of squares, definitions within definitions, brackets: all come to an end, and what is too large is no puzzle. */
static void hostile(void)
{
	static const char *const shapes[][3] = {
		{ "A3l=x+y;", "(", "" },     { "A3l=x+y;", "(1A", "1" }, { "A3r=x+y;", "1A", "1" }, { "A3l=x*y;", "9A", "9" },
		{ "A3l=", "(x+", "y" },      { "A3l=", "x^3*", "y" },    { "A3l=x+y;", "abs(", "1" }, { "", "A3l=x+y;", "1" },
		{ "A3r=x*x*y;", "9A", "9" },
	};
	struct buf b = BUF_INIT, out = BUF_INIT;

	for (size_t i = 0; i < COUNT(shapes); i++) {
		buf_reset(&b);
		buf_addz(&b, shapes[i][0]);
		while (b.n + 20 < 1 << 16)
			buf_addz(&b, shapes[i][1]);
		buf_addz(&b, shapes[i][2]);
		check_in("hostile %s%s%s", shapes[i][0], shapes[i][1], shapes[i][2]);
		CHECK(!task->solve(&out, buf_str(&b)));
		CHECK_EQ(judge(buf_str(&b), "1"), QUARRY_BAD_TASK);
	}
	check_in("no value");
	CHECK(!task->solve(&out, STR("A3l=x/y;3A(4-4)")) && !task->prove(STR("A3l=x/y;3A(4-4)")));
	CHECK_EQ(judge(STR("A3l=x/y;3A(4-4)"), "0"), QUARRY_BAD_TASK);
	/* each definition uses the one before eight times */
	buf_reset(&b);
	buf_addz(&b, "A3l=x-y;");
	for (int i = 1; i < 6; i++) {
		buf_addf(&b, "%c3l=", 'A' + i);
		for (int k = 0; k < 8; k++)
			buf_addf(&b, "%sx%cy", k ? "-" : "", 'A' + i - 1);
		buf_addc(&b, ';');
	}
	buf_addz(&b, "1F2");
	check_in("a tower of definitions");
	CHECK(!task->solve(&out, buf_str(&b)));
	CHECK_EQ(judge(buf_str(&b), "1"), QUARRY_BAD_TASK);
	buf_release(&b);
	buf_release(&out);
}

/* The same puzzles for ever, whatever the compiler: a hash of many, with knobs of our own. */
static void golden(void)
{
	static const int knob[TASK_KNOBS] = { 3, 8, 30, 5, 60, 30, 40, 30, 30, 1, 6 };

	task_golden_hash(task, knob, 40, INT64_C(-1136798627296865547));
}

int main(void)
{
	by_hand();
	levels();
	knob_corners();
	twins();
	refused();
	hostile();
	golden();
	return check_done();
}
