/*
 * test_math_path.c - equations with hidden digits, against filling them in by the thousand.
 *
 * The oracle turns an equation into postfix by a table of precedences and reckons with doubles' exact whole numbers; division
 * is tried by multiplying back, a remainder by counting up. It knows no rows and no tree.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/rule.h"
#include "verifiers/verify.h"

#include <math.h>

extern const struct task task_math_path;

static const struct task *const task = &task_math_path;

static enum quarry_mark judge(const char *desc, const char *answer)
{
	return task_ask("math_path", str_of(desc), str_of(answer));
}

/* ---- the oracle ---- */

static bool reckon(char op, double a, double b, double *v)
{
	double q;

	switch (op) {
	case '+':
		*v = a + b;
		return true;
	case '-':
		*v = a - b;
		return true;
	case '*':
		*v = a * b;
		return true;
	}
	if (b == 0)
		return false;
	q = floor(a / b);
	*v = op == '/' ? q : a - b * q;
	return op == '%' || q * b == a;
}

static int binds(char op)
{
	return op == '(' ? 0 : op == '+' || op == '-' ? 1 : 2;
}

/* Is the equation "left=value" of digits true by the rules? Shunting-yard. */
static bool is_true(const char *s)
{
	double value[40], v;
	char op[80];
	int n = 0, ops = 0;

	for (;; s++) {
		char c = *s;

		if (c >= '0' && c <= '9') {
			value[n++] = c - '0';
			continue;
		}
		if (c == '(') {
			op[ops++] = c;
			continue;
		}
		while (ops && (c == ')' || c == '=' ? op[ops - 1] != '(' : binds(op[ops - 1]) >= binds(c))) {
			n--;
			if (!reckon(op[--ops], value[n - 1], value[n], &v))
				return false;
			value[n - 1] = v;
		}
		if (c == '=')
			break;
		if (c == ')')
			ops--;
		else
			op[ops++] = c;
	}
	return value[0] == strtod(s + 1, NULL);
}

/* Every filling of a desc: how many are right; the rule is asked about each where `ask`. */
static long fill_all(const char *desc, bool ask, long *disagree)
{
	char text[200];
	int at[40], n = 0;
	long right = 0, all = 1;

	for (const char *s = desc; *s; s++)
		if (*s == '?') {
			at[n++] = (int)(s - desc);
			all *= 10;
		}
	strcpy(text, desc);
	for (long i = 0; i < all; i++) {
		long k = i;
		bool yes;

		for (int j = 0; j < n; j++, k /= 10)
			text[at[j]] = (char)('0' + k % 10);
		yes = is_true(text);
		right += yes;
		if (ask)
			*disagree += judge(desc, text) != (yes ? QUARRY_CORRECT : QUARRY_WRONG);
	}
	return right;
}

/* Solver, rarity and rule against the oracle. */
static void compare(const char *desc, bool ask)
{
	struct buf answer = BUF_INIT, steps = BUF_INIT;
	long disagree = 0, right = fill_all(desc, ask, &disagree), all = 1;
	bool solved = task->solve(&answer, str_of(desc));

	check_in("%s", desc);
	for (const char *s = desc; *s; s++)
		all *= *s == '?' ? 10 : 1;
	CHECK_EQ(disagree, 0);
	CHECK_EQ(solved, right > 0);
	if (solved) {
		struct effort e;

		CHECK_EQ(judge(desc, buf_z(&answer)), QUARRY_CORRECT);
		CHECK(fabs(task->answers_log2(str_of(desc)) - log2((double)all / (double)right)) < 1e-9);
		task->grade(&e, str_of(desc));
		CHECK_EQ(e.branch, all / right - 1);
		task->explain(&steps, str_of(desc), LANG_EN);
		CHECK(steps.n > 0);
	}
	buf_release(&answer);
	buf_release(&steps);
}

static void by_hand(void)
{
	static const char *const every[] = {
		"?+?=7", "?-?=-3", "?*?=12", "?/?=2", "?%?=3", "3*?-?/2=7", "(2-?)%4=1", "7%(?-4)=-1", "?/(?-?)=-2", "?*(?-3)/?=6",
		"?*?=0", "0*?=0", "?%?=0", "?/?=0", "(?-5)*(?-5)=-20", "?-?-?=1", "?/?/?=1", "?%?%?=2", "(?-?)%(?-?)=-2", "8/?%3*?=4",
		"?*?*?=729", "?*?=11", "(?+?)*(2-?)=0", "?-(?-(?-4))=9", "?%?/?=4", "9-?*?%7=4", "(?-9)/?=-3",
	};

	for (size_t i = 0; i < COUNT(every); i++)
		compare(every[i], true);
	check_in("no hidden digit");
	CHECK_EQ(judge("5=5", "5=5"), QUARRY_BAD_TASK);
}

/* Any equation of up to six digits, most of them not made to be solvable. */
static void random_equations(void)
{
	struct rng rng;

	rng_init(&rng, 3, "equations");
	for (int i = 0; i < 400; i++) {
		int n = rng_range(&rng, 2, 6), open = -1, at = 0, hidden = 0;
		char desc[64];

		for (int k = 0; k < n; k++) {
			if (k)
				desc[at++] = "+-*/%"[rng_below(&rng, 5)];
			if (open < 0 && k + 1 < n && (k > 0 || n > 2) && rng_chance(&rng, 30)) {
				desc[at++] = '(';
				open = k;
			}
			desc[at++] = hidden < 4 && (k == 0 || rng_chance(&rng, 60)) ? '?' : (char)('0' + rng_below(&rng, 10));
			hidden += desc[at - 1] == '?';
			if (open >= 0 && k > open && (rng_chance(&rng, 50) || k + 1 == n)) {
				/* never around everything */
				if (open == 0 && k + 1 == n) {
					memmove(desc, desc + 1, (size_t)--at);
				} else {
					desc[at++] = ')';
				}
				open = -1;
			}
		}
		snprintf(desc + at, sizeof(desc) - (size_t)at, "=%d", rng_range(&rng, -9, 30));
		if (open < 0)
			compare(desc, hidden < 3);
	}
}

/* ---- what the generator makes ---- */

/* Every line "Pk = v: a op b, ..." of the steps is true. */
static void check_steps(const char *steps)
{
	struct str rest = str_of(steps), line;
	int choices = 0;

	while (str_line(&rest, &line)) {
		long v, a, b;
		double is;
		char text[300], op;
		int name;

		snprintf(text, sizeof(text), "%.*s", (int)line.n, line.s);
		if (sscanf(text, "P%d = %ld: %ld %c (%ld)", &name, &v, &a, &op, &b) != 5 &&
		    sscanf(text, "P%d = %ld: %ld %c %ld", &name, &v, &a, &op, &b) != 5)
			continue;
		CHECK(reckon(op, (double)a, (double)b, &is) && is == (double)v);
		choices++;
	}
	CHECK(choices > 0);
}

static void levels(void)
{
	for (int level = 0; level < TASK_LEVELS; level++) {
		const int *knob = task->levels[level];

		for (uint64_t seed = 0; seed < 60; seed++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT, again = BUF_INIT, steps = BUF_INIT;
			int ops = 0, hidden = 0;
			char tight[200], *t = tight;
			struct rng rng;
			bool ok = false;

			rng_init(&rng, seed, "levels");
			check_in("level %d seed %d", level, (int)seed);
			for (int i = 0; i < 5 && !ok; i++)
				ok = task->generate(&desc, &answer, knob, &rng);
			if (!CHECK(ok))
				continue;
			check_in("level %d: %s", level, buf_z(&desc));
			for (const char *s = buf_z(&desc); *s != '='; s++) {
				ops += strchr("+-*/%", *s) != NULL;
				hidden += *s == '?';
			}
			CHECK_EQ(ops, knob[0]);
			CHECK(hidden > 0 && task->answers_log2(buf_str(&desc)) >= knob[4] - 1e-9);
			CHECK_EQ(judge(buf_z(&desc), buf_z(&answer)), QUARRY_CORRECT);
			for (const char *s = buf_z(&answer); *s; s++)
				if (*s != ' ')
					*t++ = *s;
			*t = 0;
			CHECK(is_true(tight));
			CHECK(task->solve(&again, buf_str(&desc)));
			CHECK_EQ(judge(buf_z(&desc), buf_z(&again)), QUARRY_CORRECT);
			task->explain(&steps, buf_str(&desc), LANG_EN);
			check_steps(buf_z(&steps));
			/* each digit changed by one: the rule says what the oracle says */
			for (char *c = tight; *c != '='; c++)
				if (buf_z(&desc)[c - tight] == '?') {
					char was = *c;
					bool yes;

					*c = was == '9' ? '0' : (char)(was + 1);
					yes = is_true(tight);
					CHECK_EQ(judge(buf_z(&desc), tight), yes ? QUARRY_CORRECT : QUARRY_WRONG);
					*c = was;
				} else if (*c >= '0' && *c <= '9') {
					char was = *c;

					*c = was == '9' ? '0' : (char)(was + 1);
					CHECK_EQ(judge(buf_z(&desc), tight), QUARRY_WRONG);
					*c = was;
				}
			if (hidden <= 4)
				compare(buf_z(&desc), false);
			buf_release(&desc);
			buf_release(&answer);
			buf_release(&again);
			buf_release(&steps);
		}
	}
}

/* ---- twins ---- */

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
	CHECK(alike("?+3=7", "3+?=7"));
	CHECK(alike("?-3+4*?=7", "?*4-3+?=7"));
	CHECK(alike("(?+3)*?/2=7", "?*(3+?)/2=7"));
	CHECK(alike("8/?*3*?=7", "8/?*?*3=7"));
	CHECK(!alike("8/?*3=7", "3*?/8=7"));
	CHECK(!alike("8*?/3=7", "8/3*?=7"));
	CHECK(!alike("?-3=7", "3-?=7"));
	CHECK(!alike("?+3=7", "?+3=8"));
	CHECK(!alike("?-(3+?)=7", "?-3+?=7"));
	CHECK(!alike("?%3*4=2", "4*?%3=2"));
	CHECK(!alike("?/2/3=1", "?/3/2=1"));
}

/* Each is refused by both readers. */
static void refused(void)
{
	static const char *const table[] = {
		"", "=", "?=7", "?+=7", "+?=7", "?+3", "?+3=", "?+3=07", "?+3=-0", "?+3=+7", "?+3=7 ", " ?+3=7", "? + 3=7", "(?+3)=7", "(?)+3=7",
		"((?+3))*2=7", "?+3)=7", "(?+3=7", "()+?=7", "?3+4=7", "??+1=12", "?+3=7=7", "?^3=8", "?**3=8", "?//3=2", "-?+3=2", "?+-3=2",
		"(((((((((?+1)+1)+1)+1)+1)+1)+1)+1)+1)+1=9", "?+3=1234567890123456789", "3+4=7", "?+3=7\n", "?x3=9",
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(table); i++) {
		check_in("\"%s\"", table[i]);
		CHECK(!task->solve(&b, str_of(table[i])));
		task->canon(&b, str_of(table[i]));
		task->explain(&b, str_of(table[i]), LANG_EN);
		CHECK_EQ(b.n, 0);
		CHECK_EQ(judge(table[i], "4+3=7"), QUARRY_BAD_TASK);
	}
	/* 33 digits are one too many, 32 are not */
	buf_addz(&b, "?");
	for (int i = 0; i < 31; i++)
		buf_addz(&b, "*9");
	buf_addz(&b, "=0");
	check_in("32 digits");
	CHECK_EQ(judge(buf_z(&b), "1*9=9"), QUARRY_WRONG);
	buf_cut(&b, b.n - 2);
	buf_addz(&b, "*9=0");
	CHECK_EQ(judge(buf_z(&b), "1*9=9"), QUARRY_BAD_TASK);
	buf_release(&b);
}

/* 9^31 needs 99 bits, and is what it is; a remainder of it is right to the last digit. */
static void large(void)
{
	char desc[200], said[200];
	unsigned rest = 9 % 7;

	strcpy(desc, "?");
	strcpy(said, "9");
	for (int i = 0; i < 30; i++) {
		strcat(desc, "*9");
		strcat(said, "*9");
		rest = rest * 9 % 7;
	}
	strcat(desc, "%7=");
	strcat(said, "%7=");
	snprintf(desc + strlen(desc), 8, "%u", rest);
	snprintf(said + strlen(said), 8, "%u", rest);
	check_in("%s", desc);
	CHECK_EQ(judge(desc, said), QUARRY_CORRECT);
	said[0] = '8';
	CHECK_EQ(judge(desc, said), QUARRY_WRONG);
}

/* Rows of many values meet, and values beyond all that is followed. */
static void wide(void)
{
	static const char remainder[] = "(?*?*?*?*?+?)%(?*?*?*?*?+?)=5";
	struct buf answer = BUF_INIT;

	check_in("%s", remainder);
	CHECK(task->solve(&answer, str_of(remainder)));
	CHECK_EQ(judge(remainder, buf_z(&answer)), QUARRY_CORRECT);
	buf_reset(&answer);
	check_in("far");
	CHECK_EQ(task->count(&answer, STR("?*9*9*9*9*9*9*9*9*9*9*9*9*9*9*9*9*9*9*9*9*9*9=0"), 2), -1);
	CHECK_EQ(task->count(&answer, STR("(?*?*?*?*?+?)%(?*?*?*?*?+?)%(?*?*?*?*?+?)=5"), 2), -1);
	buf_release(&answer);
}

/* The same puzzles for ever, whatever the compiler: a hash of many, with knobs of our own. */
static void golden(void)
{
	static const int knob[TASK_KNOBS] = { 9, 80, 4, 2, 12 };

	task_golden_hash(task, knob, 40, INT64_C(-6760797922058966774));
}

int main(void)
{
	by_hand();
	random_equations();
	levels();
	twins();
	refused();
	large();
	wide();
	golden();
	return check_done();
}
