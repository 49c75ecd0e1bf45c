/*
 * test_multistep_arithmetic.c - three evaluators that share no code: the rule, the task, and the one below, which splits text.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_multistep_arithmetic;

static const struct task *const task = &task_multistep_arithmetic;

static enum quarry_mark ask(struct str desc, struct str said)
{
	struct quarry_verdict v;

	quarry_verify_n(quarry_rule("multistep_arithmetic"), desc.s, desc.n, said.s, said.n, NULL, &v);
	return v.mark;
}

static enum quarry_mark ask_int(struct str desc, int64_t answer)
{
	char room[64];

	return ask(desc, (struct str){ room, (size_t)snprintf(room, sizeof(room), "<answer>%" PRId64 "</answer>", answer) });
}

struct split {
	char op;
	size_t at;
};

/* The last operator outside all parentheses that is looked for in `ops`; a minus that begins something is no operator. */
static bool split_find(struct str s, const char *ops, struct split *ret)
{
	int depth = 0;
	bool found = false;

	for (size_t i = 0; i < s.n; i++) {
		depth += (s.s[i] == '(') - (s.s[i] == ')');
		if (depth == 0 && i > 0 && s.s[i] != ')' && strchr(ops, s.s[i])) {
			*ret = (struct split){ s.s[i], i };
			found = true;
		}
	}
	return found;
}

/* The value of well-formed text: definitions are found again by their text, "a@b=". */
static int64_t reckon(struct str all, struct str s, int64_t a, int64_t b)
{
	struct split cut = { 0, 0 };
	int64_t x, y;

	if (split_find(s, "@#&~%", &cut)) {
		char head[] = { 'a', cut.op, 'b', '=' };
		struct str body = str_from(all, (size_t)str_find(all, (struct str){ head, 4 }) + 4);

		x = reckon(all, str_sub(s, 0, cut.at), a, b);
		y = reckon(all, str_from(s, cut.at + 1), a, b);
		return reckon(all, str_sub(body, 0, (size_t)str_chr(body, ';')), x, y);
	}
	if (split_find(s, "+-", &cut) || split_find(s, "*", &cut)) {
		x = reckon(all, str_sub(s, 0, cut.at), a, b);
		y = reckon(all, str_from(s, cut.at + 1), a, b);
		return cut.op == '+' ? x + y : cut.op == '-' ? x - y : x * y;
	}
	if (s.s[0] == '-')
		return -reckon(all, str_from(s, 1), a, b);
	if (s.s[0] == '(')
		return reckon(all, str_sub(s, 1, s.n - 1), a, b);
	if (s.n == 1 && (s.s[0] == 'a' || s.s[0] == 'b'))
		return s.s[0] == 'a' ? a : b;
	if (str_starts(s, STR("abs("))) {
		x = reckon(all, str_sub(s, 4, s.n - 1), a, b);
		return x < 0 ? -x : x;
	}
	if (str_starts(s, STR("max(")) || str_starts(s, STR("min("))) {
		struct str in = str_sub(s, 4, s.n - 1);

		CHECK(split_find(in, ",", &cut));
		x = reckon(all, str_sub(in, 0, cut.at), a, b);
		y = reckon(all, str_from(in, cut.at + 1), a, b);
		return (x < y) == (s.s[1] == 'i') ? x : y;
	}
	CHECK(str_i64(s, &x));
	return x;
}

static void by_hand(void)
{
	static const struct {
		const char *desc;
		int64_t value;
	} table[] = {
		{ "3+4*2", 11 },
		{ "10-4-3", 3 },
		{ "10-(4-3)", 9 },
		{ "(3+4)*2", 14 },
		{ "2*(3*4)", 24 },
		{ "(-5)*(-7)", 35 },
		{ "3-(-5)", 8 },
		{ "7", 7 },
		{ "(-7)", -7 },
		{ "a@b=2*a+b;(4@5)*2-7", 19 },
		{ "a@b=2*a+b;4@5", 13 },
		{ "a@b=2*a+b;(4@5)@6", 32 },
		{ "a@b=2*a+b;4@(5@6)", 24 },
		{ "a@b=a-b;a#b=(b@a)*3;(1#5)+(5@1)", 16 },
		{ "a%b=max(a,b)-min(a,b);(3%8)*(8%3)", 25 },
		{ "a~b=abs(a-2*b);(3~8)-(8~3)", 11 },
		{ "a&b=a*b-1;a@b=a+b;2&3", 5 }, /* @ is defined and not used */
		{ "a@b=a;a#b=a@(a@b);9#4", 9 },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct str desc = str_of(table[i].desc);
		struct buf answer = BUF_INIT;
		char want[32];

		check_in("%s", table[i].desc);
		snprintf(want, sizeof(want), "%" PRId64, table[i].value);
		CHECK(task->solve(&answer, desc));
		CHECK_STR(buf_str(&answer), want);
		CHECK_EQ(ask_int(desc, table[i].value), QUARRY_CORRECT);
		CHECK_EQ(ask_int(desc, table[i].value + 1), QUARRY_WRONG);
		buf_release(&answer);
	}
}

/* Each is refused by both readers: damage, or a second spelling of what has one. */
static void refused(void)
{
	static const char *const table[] = {
		"", ";", "3+", "+3", "-3", "3--3", "3+-3", "(3+4)", "((3+4))*2", "(3)", "(3*4)+2", "2+(3*4)", "(2+3)+4", "(2*3)*4",
		"3+(4)", "03", "3+04", "(-0)", "(-03)", "3 + 4", "3+4 ", "3/4", "3**4", "(3+4", "3+4)", "3(4)", "a+1", "3@4", "a@b=2*a+b",
		"a@b=2*a+b;", "a@b=2*a+b;3@4@5", "a@b=2*a+b;3@4+5", "a@b=2*a+b;3+4@5", "a@b=2*a+b;(3@4)", "a@b=2*a+b;3*4@5",
		"a@b=2*a+b;3#4", "a@b=2*a+b;a@b=a;3@4", "a@b=a@b;3@4", "a@b=a#b;a#b=a;3@4", "a+b=a;3+4", "b@a=a;3@4", "a@c=a;3@4",
		"a@b=;3", "a@b=x;3", "a@b=(a+b);3@4", "a@b=max(a);3@4", "a@b=max(a,b;3@4", "a@b=abs(a,b);3@4", "a@b=max((a+b),b);3@4",
		"a@b=a;;3@4", "9999999999999999999+1", "a@b=abs((a-b));3@4", "3+4\n", "a$b=a+b;3$4",
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct str desc = str_of(table[i]);
		struct buf b = BUF_INIT;

		check_in("\"%s\"", table[i]);
		CHECK(!task->solve(&b, desc));
		CHECK(!task->prove(desc));
		task->canon(&b, desc);
		task->explain(&b, desc, LANG_EN);
		CHECK_EQ(b.n, 0);
		CHECK_EQ(ask_int(desc, 7), QUARRY_BAD_TASK);
		buf_release(&b);
	}
}

/* Damage a desc in one place: both readers must agree whether it still is one, and on its value. */
static void damage(struct str desc, struct rng *rng)
{
	static const char signs[] = "0123456789+-*()@#&~%ab;=,mxins ";
	char room[1024];
	struct str broken = { room, desc.n };
	size_t at = rng_below(rng, (uint32_t)desc.n);
	struct buf answer = BUF_INIT;
	bool solved;
	int64_t v;

	memcpy(room, desc.s, desc.n);
	if (rng_chance(rng, 30)) {
		memmove(room + at, room + at + 1, desc.n - at - 1);
		broken.n--;
	} else {
		room[at] = signs[rng_below(rng, sizeof(signs) - 1)];
	}
	check_in("damaged %.*s", (int)broken.n, room);
	solved = task->solve(&answer, broken);
	if (solved) {
		CHECK(str_i64(buf_str(&answer), &v));
		CHECK_EQ(ask_int(broken, v), QUARRY_CORRECT);
	} else {
		CHECK_EQ(ask_int(broken, 7), QUARRY_BAD_TASK);
	}
	buf_release(&answer);
}

/* The last number that the steps come to is the answer; each line "x=y" is true, and each is told in order. */
static void worked_steps(struct str desc, int64_t answer)
{
	struct buf steps = BUF_INIT;
	struct str rest, line, part;
	int64_t last = 0;

	task->explain(&steps, desc, LANG_EN);
	rest = buf_str(&steps);
	CHECK(rest.n > 0);
	while (str_split(&rest, '\n', &line)) {
		int64_t v, first = 0;
		int n = 0;

		while (str_split(&line, '=', &part)) {
			v = reckon(desc, part, 0, 0);
			if (n++ == 0)
				first = v;
			CHECK_EQ(v, first);
			last = v;
		}
		CHECK(n >= 2);
	}
	CHECK_EQ(last, answer);
	buf_release(&steps);
}

/* Two descs are twins where their canons are one; other numbers, other canons. */
static void symmetries(struct str desc, struct rng *rng)
{
	struct buf canon = BUF_INIT, other = BUF_INIT, again = BUF_INIT;
	int64_t v = 0, w = 0;

	task->canon(&canon, desc);
	CHECK(canon.n > 0);
	for (int i = 0; i < 4; i++) {
		buf_reset(&other);
		buf_reset(&again);
		CHECK(task->twin(&other, desc, rng));
		task->canon(&again, buf_str(&other));
		CHECK_STR_EQ(buf_str(&again), buf_str(&canon));
	}
	/* the canon is a desc itself, of the same value, and its own canon */
	buf_reset(&again);
	task->canon(&again, buf_str(&canon));
	CHECK_STR_EQ(buf_str(&again), buf_str(&canon));
	buf_reset(&other);
	buf_reset(&again);
	CHECK(task->solve(&other, desc) && task->solve(&again, buf_str(&canon)));
	CHECK(str_i64(buf_str(&other), &v) && str_i64(buf_str(&again), &w));
	CHECK_EQ(v, w);
	buf_release(&canon);
	buf_release(&other);
	buf_release(&again);
}

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

static void twins_by_hand(void)
{
	CHECK(alike("3+4", "4+3"));
	CHECK(alike("(3+4)*5", "5*(4+3)"));
	CHECK(alike("3-4+5", "5+(3-4)"));
	CHECK(!alike("3-4", "4-3"));
	CHECK(!alike("3-4+5", "3-(4+5)"));
	CHECK(!alike("3+4+5", "3+(4+5)"));
	CHECK(!alike("3+4", "3*4"));
	CHECK(!alike("3+4", "3+5"));
	CHECK(alike("a@b=2*a+b;3@4", "a#b=b+2*a;3#4"));
	CHECK(!alike("a@b=2*a+b;3@4", "a@b=2*a+b;4@3"));
	CHECK(!alike("a@b=2*a+b;3@4", "a@b=2*b+a;3@4"));
	CHECK(alike("a@b=2*a+b;a#b=a-b;(3@4)*(5#6)", "a@b=a-b;a#b=2*a+b;(5@6)*(3#4)"));
	CHECK(!alike("a@b=2*a+b;a#b=a-b;(3@4)*(5#6)", "a@b=2*a+b;a#b=a-b;(3#4)*(5@6)"));
	CHECK(alike("a@b=a-b;a#b=(a@b)*2;a&b=a+b;(1#2)&9", "a&b=b+a;a@b=a-b;a#b=2*(a@b);(1#2)&9"));
	CHECK(alike("a@b=max(a,b);3@4", "a%b=max(b,a);3%4"));
	CHECK(!alike("a@b=max(a,b);3@4", "a@b=min(a,b);3@4"));
}

static void levels(void)
{
	for (int level = 0; level < TASK_LEVELS; level++) {
		int64_t limit = 1;

		for (int i = 0; i < task->levels[level][9]; i++) /* knob "digits" */
			limit *= 10;
		for (uint64_t seed = 0; seed < 150; seed++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT;
			struct str expr;
			struct rng rng;
			int64_t v = 0;

			rng_init(&rng, seed, "levels");
			check_in("level %d seed %d", level, (int)seed);
			if (CHECK(task->generate(&desc, &answer, task->levels[level], &rng)) && CHECK(str_i64(buf_str(&answer), &v))) {
				check_in("level %d: %s", level, buf_z(&desc));
				expr = str_from(buf_str(&desc), (size_t)(str_rfind(buf_str(&desc), STR(";")) + 1));
				CHECK_EQ(reckon(buf_str(&desc), expr, 0, 0), v);
				CHECK(task->answers_log2(buf_str(&desc)) > 5.7); /* a guess below 0.02 */
				CHECK(v != 0 && v > -limit && v < limit);
				CHECK_EQ(ask_int(buf_str(&desc), v), QUARRY_CORRECT);
				CHECK_EQ(ask_int(buf_str(&desc), -v), QUARRY_WRONG);
				CHECK_EQ(ask_int(buf_str(&desc), v + 1), QUARRY_WRONG);
				worked_steps(buf_str(&desc), v);
				symmetries(buf_str(&desc), &rng);
				for (int i = 0; i < 20; i++)
					damage(buf_str(&desc), &rng);
			}
			buf_release(&desc);
			buf_release(&answer);
		}
	}
}

/* The corners of the knobs: refused with a reason, or puzzles come of them. */
static void knob_corners(void)
{
	struct rng rng;

	rng_init(&rng, 7, "corners");
	for (int round = 0; round < 300; round++) {
		int knob[TASK_KNOBS] = { 0 };
		struct buf desc = BUF_INIT, answer = BUF_INIT;

		for (int k = 0; task->knobs[k].name; k++)
			knob[k] = rng_chance(&rng, 50) ? task->knobs[k].lo : rng_chance(&rng, 50) ? task->knobs[k].hi :
				  rng_range(&rng, task->knobs[k].lo, task->knobs[k].hi);
		check_in("knobs %d %d %d %d %d %d %d %d %d %d", knob[0], knob[1], knob[2], knob[3], knob[4], knob[5], knob[6],
			 knob[7], knob[8], knob[9]);
		/* some are too narrow for their bounds: false is an answer, a wrong puzzle is none */
		if (!task->refuse(knob) && task->generate(&desc, &answer, knob, &rng)) {
			int64_t v = 0;

			CHECK(str_i64(buf_str(&answer), &v));
			CHECK_EQ(ask_int(buf_str(&desc), v), QUARRY_CORRECT);
			worked_steps(buf_str(&desc), v);
		}
		buf_release(&desc);
		buf_release(&answer);
	}
}

/* The same puzzles for ever, whatever the compiler: a hash of many, with knobs of our own. */
static void golden(void)
{
	static const int knob[TASK_KNOBS] = { 8, 2, 99, 30, 2, 4, 4, 3, 1, 5 };

	task_golden_hash(task, knob, 200, INT64_C(2780431382251336062));
}

static void hostile(void)
{
	static const struct {
		const char *head, *part, *tail;
	} shapes[] = {
		{ "", "(", "" },
		{ "", "(1+", "" },
		{ "", "1+", "1" },
		{ "", "1*", "1" },
		{ "", "9*", "9" },
		{ "", "max(1,", "1" },
		{ "", "1", "" },
		{ "", ";", "" },
		{ "", "a@b=a;", "1" },
		{ "a@b=", "(a*", "b" },
		{ "a@b=a+b;", "(1@", "1" },
		{ "a@b=a+b;", "(1@2)+", "1" },
	};
	struct buf b = BUF_INIT, out = BUF_INIT;
	struct rng rng;

	rng_init(&rng, 1, "hostile");
	for (size_t i = 0; i < COUNT(shapes); i++) {
		buf_reset(&b);
		buf_addz(&b, shapes[i].head);
		while (b.n + 20 < 1 << 16)
			buf_addz(&b, shapes[i].part);
		buf_addz(&b, shapes[i].tail);
		check_in("hostile %s%s%s", shapes[i].head, shapes[i].part, shapes[i].tail);
		CHECK(!task->solve(&out, buf_str(&b)));
		CHECK(!task->twin(&out, buf_str(&b), &rng));
		task->explain(&out, buf_str(&b), LANG_EN);
		task->canon(&out, buf_str(&b));
		CHECK_EQ(out.n, 0);
		/* a long sum is fine for the rule, which keeps nothing; it only has to come to an end */
		CHECK(ask_int(buf_str(&b), -1) != QUARRY_CORRECT);
	}
	/* each definition uses the one before eight times: 8^4 operations for the task, refused by its fuel when used often */
	buf_reset(&b);
	buf_addz(&b, "a@b=a+b;");
	for (int i = 1; i < 5; i++) {
		const char *s = "@#&~%";

		buf_addf(&b, "a%cb=", s[i]);
		for (int k = 0; k < 8; k++)
			buf_addf(&b, "%s(a%cb)", k ? "-" : "", s[i - 1]);
		buf_addc(&b, ';');
	}
	for (int i = 0; i < 60; i++)
		buf_addz(&b, "(1%2)+");
	buf_addc(&b, '1');
	check_in("a tower of definitions");
	CHECK(!task->solve(&out, buf_str(&b)));
	CHECK_EQ(ask_int(buf_str(&b), 0), QUARRY_BAD_TASK);
	buf_release(&b);
	buf_release(&out);
}

int main(void)
{
	by_hand();
	refused();
	twins_by_hand();
	levels();
	knob_corners();
	golden();
	hostile();
	return check_done();
}
