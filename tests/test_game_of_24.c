/*
 * test_game_of_24.c - hands of numbers, against a solver that shares nothing with ours.
 *
 * The other solver keeps no fractions and no steps: it computes in the field of a prime, where a division is a
 * multiplication by the inverse, and merges sets of values over all subsets. An expression over small numbers that is
 * 24 there is 24 (a chance meeting has odds of 1 in 10^18; whole tables below would show it).
 */
#include "generators/task.h"
#include "tests/check.h"
#include "verifiers/rule.h"
#include "verifiers/verify.h"

#include <math.h>
#include <time.h>

extern const struct task task_game_of_24;

static const struct task *const task = &task_game_of_24;

static const uint64_t prime = 2305843009213693951u; /* 2^61 - 1 */

static enum quarry_mark judge_text(const char *desc, const char *answer, size_t n, struct quarry_verdict *v)
{
	struct buf b = BUF_INIT;

	buf_addz(&b, "<answer>");
	buf_add(&b, (struct str){ answer, n });
	buf_addz(&b, "</answer>");
	quarry_verify_n(quarry_rule("game_of_24"), desc, strlen(desc), b.s, b.n, NULL, v);
	buf_release(&b);
	return v->mark;
}

static enum quarry_mark judge(const char *desc, const char *answer)
{
	struct quarry_verdict v;

	return judge_text(desc, answer, strlen(answer), &v);
}

/* ---- the field ---- */

static uint64_t mul(uint64_t a, uint64_t b)
{
	return (uint64_t)((unsigned __int128)a * b % prime);
}

static uint64_t inverse(uint64_t a)
{
	uint64_t r = 1;

	for (uint64_t e = prime - 2; e; e >>= 1, a = mul(a, a))
		if (e & 1)
			r = mul(r, a);
	return r;
}

/* a op b; false for a division by zero. */
static bool compute(uint64_t a, char op, uint64_t b, uint64_t *ret)
{
	switch (op) {
	case '+':
		*ret = (a + b) % prime;
		return true;
	case '-':
		*ret = (a + prime - b) % prime;
		return true;
	case '*':
		*ret = mul(a, b);
		return true;
	}
	if (b == 0)
		return false;
	*ret = mul(a, inverse(b));
	return true;
}

/* ---- every expression over a hand, with its text and its value ---- */

struct expr {
	uint64_t value;
	char text[40];
};

struct exprs {
	int n;
	struct expr *e;
};

static void exprs_join(struct exprs *out, const struct exprs *a, const struct exprs *b)
{
	static const char ops[] = "+-*/";

	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
			for (int k = 0; k < 4; k++) {
				struct expr *e = &out->e[out->n];

				if (!compute(a->e[i].value, ops[k], b->e[j].value, &e->value))
					continue;
				if ((size_t)snprintf(e->text, sizeof(e->text), "(%s%c%s)", a->e[i].text, ops[k], b->e[j].text) >=
				    sizeof(e->text))
					exit(1);
				out->n++;
			}
}

/* All of them; to be freed. n <= 4. */
static struct exprs exprs_all(const int *num, int n)
{
	static const int room[] = { 0, 1, 8, 192, 7680 };
	struct exprs set[16] = { { 0 } };

	for (int m = 1; m < 1 << n; m++) {
		set[m].e = malloc(sizeof(struct expr) * (size_t)room[__builtin_popcount((unsigned)m)]);
		if (!set[m].e)
			exit(1);
		for (int a = (m - 1) & m; a > 0; a = (a - 1) & m)
			exprs_join(&set[m], &set[a], &set[m ^ a]);
		if ((m & (m - 1)) == 0) {
			int v = num[__builtin_ctz((unsigned)m)];

			set[m].n = 1;
			set[m].e[0].value = (uint64_t)v;
			snprintf(set[m].e[0].text, sizeof(set[m].e[0].text), "%d", v);
		}
	}
	for (int m = 1; m < (1 << n) - 1; m++)
		free(set[m].e);
	return set[(1 << n) - 1];
}

static int exprs_right(const struct exprs *all, int target)
{
	int right = 0;

	for (int i = 0; i < all->n; i++)
		right += all->e[i].value == (uint64_t)target;
	return right;
}

/* Our solver on a hand: solvable? A solution must convince the rule, and so must the worked one. */
static bool solved(const char *desc)
{
	struct buf answer = BUF_INIT, steps = BUF_INIT;
	bool ok = task->solve(&answer, str_of(desc));

	if (ok) {
		CHECK_EQ(judge(desc, buf_z(&answer)), QUARRY_CORRECT);
		task->explain(&steps, str_of(desc), LANG_EN);
		CHECK(steps.n > 0);
	}
	buf_release(&answer);
	buf_release(&steps);
	return ok;
}

/* The 495 hands of 1..9 and the 1,820 of 1..13: 404 and 1,362 make 24, as is well known. */
static void check_all_hands(void)
{
	int nine = 0, thirteen = 0, disagree = 0;

	for (int a = 1; a <= 13; a++)
		for (int b = a; b <= 13; b++)
			for (int c = b; c <= 13; c++)
				for (int d = c; d <= 13; d++) {
					char desc[64];
					bool ok;

					snprintf(desc, sizeof(desc), "24: %d %d %d %d", a, b, c, d);
					check_in("%s", desc);
					ok = solved(desc);
					nine += ok && d <= 9;
					thirteen += ok;
					if ((a * 7 + b * 5 + c * 3 + d) % 6 == 0) {
						struct exprs all = exprs_all((int[]){ a, b, c, d }, 4);

						disagree += ok != (exprs_right(&all, 24) > 0);
						free(all.e);
					}
				}
	check_in("all hands");
	CHECK_EQ(nine, 404);
	CHECK_EQ(thirteen, 1362);
	CHECK_EQ(disagree, 0);
}

/* The rule says of each of all expressions over a hand what the field says; guess counts the same ones. */
static void check_every_expression(const int *num, int n, int target)
{
	struct exprs all = exprs_all(num, n);
	char desc[60];
	int right = 0, at = snprintf(desc, sizeof(desc), "%d:", target), wrong_marks = 0;
	double bits;

	for (int i = 0; i < n; i++)
		at += snprintf(desc + at, sizeof(desc) - (size_t)at, " %d", num[i]);
	check_in("%s", desc);
	for (int i = 0; i < all.n; i++) {
		enum quarry_mark mark = judge(desc, all.e[i].text);

		wrong_marks += mark != (all.e[i].value == (uint64_t)target ? QUARRY_CORRECT : QUARRY_WRONG);
		right += mark == QUARRY_CORRECT;
	}
	CHECK_EQ(wrong_marks, 0);
	CHECK_EQ(right, exprs_right(&all, target));
	CHECK(right > 0);
	bits = task->answers_log2(str_of(desc));
	CHECK(fabs(exp2(bits) * right / (n == 2 ? 8 : n == 3 ? 192 : 7680) - 1) < 1e-6);
	free(all.e);
}

/* What makes 24 with other numbers, one too few, one too many or one twice makes nothing here. */
static void check_other_numbers(void)
{
	static const char *const wrong[] = {
		"8*3", "6*4", "8*3*(4-3)", "(8-2)*4", "8+8+8", "3*(4+4)", "12+12", "8*3+4-4", "8*3+2-2+4-4", "(8-2)*4*3/3",
		"4*3*2*(8-7)", "84-60", "8+4*2*2", "24",
	};
	struct exprs all = exprs_all((int[]){ 8, 4, 3, 2 }, 4);

	for (size_t i = 0; i < COUNT(wrong); i++) {
		check_in("%s", wrong[i]);
		CHECK_EQ(judge("24: 8 4 3 2", wrong[i]), QUARRY_WRONG);
	}
	for (int i = 0; i < all.n; i++)
		if (all.e[i].value == 24) {
			check_in("%s", all.e[i].text);
			CHECK_EQ(judge("24: 8 4 3 2", all.e[i].text), QUARRY_CORRECT);
			CHECK_EQ(judge("24: 2 3 8 4", all.e[i].text), QUARRY_CORRECT);
			CHECK_EQ(judge("24: 8 4 3 3", all.e[i].text), QUARRY_WRONG);
			CHECK_EQ(judge("24: 8 4 3 2 1", all.e[i].text), QUARRY_WRONG);
			CHECK_EQ(judge("24: 8 4 3", all.e[i].text), QUARRY_WRONG);
			CHECK_EQ(judge("25: 8 4 3 2", all.e[i].text), QUARRY_WRONG);
		}
	free(all.e);
}

/* ---- other spellings ---- */

/* An expression with random brackets left out or doubled and random signs, as a person would type it. */
static void respell(struct buf *out, const char *s, struct rng *rng)
{
	static const char *const times[] = { "*", " * ", "\xc3\x97", " \\times ", "\\cdot ", " x ", "\xef\xbc\x8a" };
	static const char *const over[] = { "/", " / ", "\xc3\xb7", " \\div ", "\xef\xbc\x8f" };
	static const char *const less[] = { "-", " - ", "\xe2\x88\x92", "\xef\xbc\x8d", " \xe2\x80\x93 " };
	static const char *const more[] = { "+", " + ", "\xef\xbc\x8b", "\n+ " };
	static const char *const open[] = { "(", "((", "[(", "\\left(", "\xef\xbc\x88" };
	static const char *const shut[] = { ")", "))", ")]", "\\right)", "\xef\xbc\x89" };
	int kind[40], depth = 0;

	for (; *s; s++)
		switch (*s) {
		case '(':
			kind[depth] = (int)rng_below(rng, 5);
			buf_addz(out, open[kind[depth++]]);
			break;
		case ')':
			buf_addz(out, shut[kind[--depth]]);
			break;
		case '*':
			buf_addz(out, times[rng_below(rng, 7)]);
			break;
		case '/':
			buf_addz(out, over[rng_below(rng, 5)]);
			break;
		case '-':
			buf_addz(out, less[rng_below(rng, 5)]);
			break;
		case '+':
			buf_addz(out, more[rng_below(rng, 4)]);
			break;
		default:
			if (rng_chance(rng, 20))
				buf_addcp(out, 0xff10 + (uint32_t)(*s - '0'));
			else
				buf_addc(out, *s);
		}
}

static void check_spellings(void)
{
	static const int num[] = { 3, 7, 7, 12 };
	struct exprs all = exprs_all(num, 4);
	struct rng rng;

	rng_init(&rng, 1, "spellings");
	for (int i = 0; i < all.n; i += 7) {
		bool right = all.e[i].value == 24;
		struct buf b = BUF_INIT;

		respell(&b, all.e[i].text, &rng);
		if (rng_chance(&rng, 30))
			buf_addz(&b, " = 24");
		check_in("%s", buf_z(&b));
		CHECK_EQ(judge("24: 3 7 7 12", buf_z(&b)), right ? QUARRY_CORRECT : QUARRY_WRONG);
		buf_release(&b);
	}
	free(all.e);
}

/* Without brackets * and / come first, and what is equal goes from left to right. */
static void check_order(void)
{
	static const struct {
		const char *desc, *text;
	} right[] = {
		{ "14: 2 3 4", "2+3*4" }, { "10: 4 3 2", "4*3-2" }, { "1: 8 4 3", "8-4-3" }, { "1: 8 4 2", "8/4/2" },
		{ "6: 8 4 3", "8/4*3" }, { "7: 8 4 3", "8-4+3" }, { "5: 9 8 4 2", "9-8/4*2" }, { "10: 2 3 4 4 4", "2*3+4*4/4" },
		{ "6: 2 8", "-2+8" }, { "6: 2 3 4 8", "8 - 2 * 3 + 4" }, { "8: 2 3 2", "2 - -3 * 2" },
	};

	for (size_t i = 0; i < COUNT(right); i++) {
		check_in("%s", right[i].text);
		CHECK_EQ(judge(right[i].desc, right[i].text), QUARRY_CORRECT);
	}
}

/* ---- worked solutions ---- */

/* "a/b" or "a" at *s as a value of the field. */
static bool value_read(const char **s, uint64_t *ret)
{
	char *end;
	uint64_t v = strtoull(*s, &end, 10);

	if (end == *s)
		return false;
	*s = end;
	*ret = v;
	if (**s == '/' && (*s)[1] >= '0' && (*s)[1] <= '9') {
		++*s;
		if (!value_read(s, &v) || !compute(*ret, '/', v, ret))
			return false;
	}
	return true;
}

/* Every "a op b = c" in the steps is true, and the last c is the target. */
static void check_steps(const char *desc, const char *steps)
{
	uint64_t target = strtoull(desc, NULL, 10), last = 0;
	int equations = 0;

	for (const char *at = steps; *at; at++) {
		uint64_t a, b, c, is;
		const char *s = at;
		char op;

		if ((at > steps && at[-1] != ' ' && at[-1] != '\n') || !value_read(&s, &a) || s[0] != ' ')
			continue;
		op = s[1];
		if (!op || !strchr("+-*/", op) || s[2] != ' ')
			continue;
		s += 3;
		if (!value_read(&s, &b) || strncmp(s, " = ", 3) != 0)
			continue;
		s += 3;
		CHECK(value_read(&s, &c) && compute(a, op, b, &is) && is == c);
		equations++;
		last = c;
		at = s - 1;
	}
	CHECK(equations >= 1 && last == target);
}

/* In a row of the table "no" means that the two lists have nothing in common, "= v" that v is in both. */
static int check_rows(const char *steps)
{
	struct str rest = str_of(steps), line;
	int rows = 0; /* in which the lists meet */

	while (str_line(&rest, &line)) {
		ptrdiff_t comma = str_find(line, STR(", ")), colon = str_chr(line, ':');
		uint64_t need[8], v;
		bool common = false, told = false;
		const char *s;
		int n = 0;

		if (colon < 0 || comma < colon || str_find(str_from(line, (size_t)comma), STR(":")) < 0)
			continue; /* no row of a table */
		for (s = line.s + colon + 1; s < line.s + comma && n < 8 && *s == ' ' && (s++, value_read(&s, &v)); n++)
			need[n] = v;
		CHECK(s == line.s + comma && n > 0);
		s += 2;
		CHECK(value_read(&s, &v) && *s++ == ' ' && value_read(&s, &v) && *s++ == ':');
		while (s < line.s + line.n && *s == ' ' && s[1] >= '0' && s[1] <= '9' && (s++, value_read(&s, &v)))
			for (int i = 0; i < n; i++)
				common = common || need[i] == v;
		if (str_ends(line, STR(" no"))) {
			CHECK(!common);
			continue;
		}
		CHECK(common && strncmp(s, " = ", 3) == 0);
		s += 3;
		CHECK(value_read(&s, &v) && s == line.s + line.n);
		for (int i = 0; i < n; i++)
			told = told || need[i] == v;
		CHECK(told);
		rows++;
	}
	return rows;
}

static void check_levels(void)
{
	for (int level = 0; level < TASK_LEVELS; level++) {
		const int *knob = task->levels[level];
		int sums = 0;

		for (uint64_t seed = 0; seed < 60; seed++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT, solution = BUF_INIT;
			const char *s;
			int n = 0, sum = 0;
			struct rng rng;

			rng_init(&rng, seed, "levels");
			check_in("level %d seed %d", level, (int)seed);
			if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
				continue;
			check_in("level %d: %s", level, buf_z(&desc));
			CHECK_EQ(judge(buf_z(&desc), buf_z(&answer)), QUARRY_CORRECT);
			task->explain(&steps, buf_str(&desc), LANG_EN);
			check_steps(buf_z(&desc), buf_z(&steps));
			CHECK_EQ(check_rows(buf_z(&steps)), knob[0] > 2);
			task->solve(&solution, buf_str(&desc));
			CHECK_STR_EQ(buf_str(&solution), buf_str(&answer));
			s = strchr(buf_z(&desc), ':') + 1;
			for (int v; *s == ' '; n++) {
				v = (int)strtol(s + 1, (char **)&s, 10);
				CHECK(v >= knob[1] && v <= knob[2]);
				sum += v;
			}
			CHECK_EQ(n, knob[0]);
			sums += sum == atoi(buf_z(&desc));
			CHECK(task->answers_log2(buf_str(&desc)) >= (level >= 3 ? 5.64 : 0));
			buf_release(&desc);
			buf_release(&answer);
			buf_release(&steps);
			buf_release(&solution);
		}
		if (level >= 2)
			CHECK_EQ(sums, 0); /* adding everything up is no strategy */
	}
}

/* Can positive whole numbers alone do it? Values by subset, from sets of plain integers. */
static bool whole_reach(const int *num, int n, int target)
{
	static long long value[16][4000];
	int count[16] = { 0 };

	for (int m = 1; m < 1 << n; m++) {
		if ((m & (m - 1)) == 0)
			value[m][count[m]++] = num[__builtin_ctz((unsigned)m)];
		for (int a = (m - 1) & m; a > 0; a = (a - 1) & m)
			for (int i = 0; i < count[a]; i++)
				for (int j = 0; j < count[m ^ a]; j++) {
					long long x = value[a][i], y = value[m ^ a][j], is[4] = { x + y, x - y, x * y, -1 };

					if (y > 0 && x % y == 0)
						is[3] = x / y;
					for (int k = 0; k < 4; k++)
						if (is[k] >= 0) {
							if (m == (1 << n) - 1 && is[k] == target)
								return true;
							if (m != (1 << n) - 1 && count[m] < 4000)
								value[m][count[m]++] = is[k];
						}
				}
	}
	return false;
}

static void check_fractions(void)
{
	int knob[TASK_KNOBS] = { 4, 1, 13, 10, 60, 3, 10000, 1 };
	struct effort whole;

	for (uint64_t seed = 0; seed < 25; seed++) {
		struct buf desc = BUF_INIT, answer = BUF_INIT;
		int num[4], target;
		struct rng rng;

		rng_init(&rng, seed, "fractions");
		if (CHECK(task->generate(&desc, &answer, knob, &rng)) &&
		    CHECK_EQ(sscanf(buf_z(&desc), "%d: %d %d %d %d", &target, &num[0], &num[1], &num[2], &num[3]), 5)) {
			struct effort e;

			check_in("fractions %s", buf_z(&desc));
			CHECK(!whole_reach(num, 4, target));
			task->grade(&e, buf_str(&desc));
			CHECK_STR(str_of(e.technique), "fractions");
			CHECK_EQ(judge(buf_z(&desc), buf_z(&answer)), QUARRY_CORRECT);
		}
		buf_release(&desc);
		buf_release(&answer);
	}
	/* 20 / (7 - 2), and nothing else: whole all the way */
	task->grade(&whole, STR("4: 20 7 2"));
	CHECK_STR(str_of(whole.technique), "");
	CHECK_EQ(whole.depth, 2);
	CHECK(whole_reach((int[]){ 8, 3, 5, 2 }, 4, 24) && !whole_reach((int[]){ 8, 8, 3, 3 }, 4, 24));
}

/* ---- hostile text ---- */

static void check_hostile(void)
{
	static const char *const units[] = {
		"(", ")", "[", "{", "\\frac{", "\\frac{1}{", "1+", "-", "(-", "1,", "1,111", "9", "=", "8=", "24=24=", "\\left(",
		"\xef\xbc\x88", "\xc3\x97", "\\", "\\,", " ", "1 ", "1(", "x", "\xff", "/", "**",
	};
	struct quarry_verdict v;
	struct buf b = BUF_INIT;

	for (size_t u = 0; u < COUNT(units); u++) {
		clock_t start;

		buf_reset(&b);
		while (b.n + 40 < ANSWER_MAX)
			buf_addz(&b, units[u]);
		check_in("a flood of \"%s\"", units[u]);
		start = clock();
		judge_text("24: 8 8 3 3", b.s, b.n, &v);
		CHECK(v.mark == QUARRY_WRONG || v.mark == QUARRY_UNREADABLE || v.mark == QUARRY_NO_ANSWER);
		CHECK(clock() - start < CLOCKS_PER_SEC / 10);
	}
	/* deep but right, and too deep */
	for (int depth = 1; depth < 30000; depth = depth * 5 + 1) {
		buf_reset(&b);
		for (int i = 0; i < depth; i++)
			buf_addc(&b, '(');
		buf_addz(&b, "8/(3-8/3)");
		for (int i = 0; i < depth; i++)
			buf_addc(&b, ')');
		check_in("%d brackets", depth);
		CHECK_EQ(judge_text("24: 8 8 3 3", b.s, b.n, &v), depth < 4000 ? QUARRY_CORRECT : QUARRY_UNREADABLE);
	}
	buf_release(&b);
	/* a product of 64 bits and more is wrong, not a wrap-around */
	check_in("overflow");
	CHECK_EQ(judge("0: 9999 9999 9999 9999 9999 9999", "9999*9999*9999*9999*9999*9999"), QUARRY_WRONG);
	CHECK_EQ(judge("1: 9999 9999 9999 9999 9999 9999", "9999/9999*9999/9999*9999/9999"), QUARRY_CORRECT);
	CHECK_EQ(judge("1: 9999 9999 9998 9998", "1/(1/9999)"), QUARRY_WRONG);
}

int main(void)
{
	check_all_hands();
	check_every_expression((int[]){ 8, 8, 3, 3 }, 4, 24);
	check_every_expression((int[]){ 12, 7, 7, 3 }, 4, 24);
	check_every_expression((int[]){ 6, 4, 2, 1 }, 4, 24);
	check_every_expression((int[]){ 9, 5, 2 }, 3, 16);
	check_every_expression((int[]){ 8, 4, 2 }, 3, 1);
	check_every_expression((int[]){ 1, 1, 1 }, 3, 3);
	check_every_expression((int[]){ 7, 5 }, 2, 35);
	check_every_expression((int[]){ 6, 3 }, 2, 2);
	check_other_numbers();
	check_spellings();
	check_order();
	check_levels();
	check_fractions();
	check_hostile();
	return check_done();
}
