/*
 * test_cryptarithm.c - letter equations against plain enumeration and, for ten letters, against clauses.
 *
 * The oracle gives the letters all permutations of digits and reckons with the desc's text as it stands; the clauses
 * (tests/sat.h) add column by column with running totals. Neither knows our solver.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/rule.h"
#include "verifiers/verify.h"

extern const struct task task_cryptarithm;

static const struct task *const task = &task_cryptarithm;

static enum quarry_mark judge(struct str desc, struct str answer)
{
	return task_ask("cryptarithm", desc, answer);
}

/* ---- the oracle ---- */

struct oracle {
	const char *desc;
	char letter[11];
	int n;
	int digit[26];
	long found;
	char first[200]; /* the equation in digits, as the first solution has it */
	/* the rule is asked about every choice, too */
	bool ask;
	long disagree;
};

static int64_t word_value(const struct oracle *o, const char **s, bool *zero)
{
	int64_t v = 0;
	const char *from = *s;

	for (; **s >= 'A' && **s <= 'Z'; ++*s)
		v = v * 10 + o->digit[**s - 'A'];
	*zero = *zero || (*s - from > 1 && o->digit[*from - 'A'] == 0);
	return v;
}

static bool holds(const struct oracle *o)
{
	const char *s = o->desc;
	int64_t sum = 0, term, sign = 1;
	bool zero = false;

	term = word_value(o, &s, &zero);
	while (*s != '=') {
		char op = *s++;
		int64_t v = word_value(o, &s, &zero);

		if (op == '*') {
			term *= v;
			continue;
		}
		sum += sign * term;
		sign = op == '+' ? 1 : -1;
		term = v;
	}
	sum += sign * term;
	s++;
	return sum == word_value(o, &s, &zero) && !zero;
}

static void in_digits(const struct oracle *o, char *out)
{
	for (const char *s = o->desc; *s; s++)
		*out++ = *s >= 'A' && *s <= 'Z' ? (char)('0' + o->digit[*s - 'A']) : *s;
	*out = 0;
}

static void permute(struct oracle *o, int i, unsigned used)
{
	char said[200];
	bool right;

	if (i < o->n) {
		for (int d = 0; d < 10; d++)
			if (!(used >> d & 1)) {
				o->digit[o->letter[i] - 'A'] = d;
				permute(o, i + 1, used | 1u << d);
			}
		return;
	}
	right = holds(o);
	if (right && o->found++ == 0)
		in_digits(o, o->first);
	if (o->ask) {
		in_digits(o, said);
		o->disagree += judge(str_of(o->desc), str_of(said)) != (right ? QUARRY_CORRECT : QUARRY_WRONG);
	}
}

static void oracle_run(struct oracle *o, const char *desc, bool ask)
{
	*o = (struct oracle){ .desc = desc, .ask = ask };
	for (const char *s = desc; *s; s++)
		if (*s >= 'A' && *s <= 'Z' && !strchr(o->letter, *s))
			o->letter[o->n++] = *s;
	permute(o, 0, 0);
}

static void without_blanks(struct str s, char *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] != ' ')
			*out++ = s.s[i];
	*out = 0;
}

/* Solver, proof and rule against the oracle. */
static void compare(const char *desc, bool ask)
{
	struct buf answer = BUF_INIT;
	char tight[200];
	struct oracle o;
	bool solved;

	check_in("%s", desc);
	oracle_run(&o, desc, ask);
	CHECK_EQ(o.disagree, 0);
	solved = task->solve(&answer, str_of(desc));
	CHECK_EQ(solved, o.found > 0);
	CHECK_EQ(task->prove(str_of(desc)), o.found == 1);
	if (solved) {
		without_blanks(buf_str(&answer), tight);
		CHECK(o.found > 1 || strcmp(tight, o.first) == 0);
		CHECK_EQ(judge(str_of(desc), buf_str(&answer)), QUARRY_CORRECT);
	}
	buf_release(&answer);
}

/* Known puzzles, hopeless ones, and small ones of which the rule is asked about every choice of digits. */
static void by_hand(void)
{
	static const char *const every[] = {
		"A+A=B", "A+B=C", "AB+BA=CAC", "AB-A=AC", "A*A=B", "AB*A=CA", "A*B=C", "A-B=B", "AA+A=BCC", "AB*C=AB", "A-A=A",
		"A+A*A=BA", "A*B-C=AA", "A-B*C=A", "ABC+ABC=BCA", "A*B*C=BC",
	};
	static const char *const once[] = {
		"SEND+MORE=MONEY", "EAT+THAT=APPLE", "TWO+TWO=FOUR", "BASE+BALL=GAMES", "ABCDE*F=GGGGGG",
		"AS+A=MOM", "I+BB=ILL", "ODD+ODD=EVEN",
	};

	for (size_t i = 0; i < COUNT(every); i++)
		compare(every[i], true);
	for (size_t i = 0; i < COUNT(once); i++)
		compare(once[i], false);
	check_in("classics");
	CHECK(task->prove(STR("SEND+MORE=MONEY")) && task->prove(STR("CROSS+ROADS=DANGER")) && task->prove(STR("EAT+THAT=APPLE")));
	CHECK(!task->prove(STR("TWO+TWO=FOUR")) && !task->prove(STR("A+B=C")));
}

/* Random equations of few letters, most of them with no or many solutions: what is drawn knows nothing of a solution. */
static void random_equations(void)
{
	struct rng rng;

	rng_init(&rng, 5, "equations");
	for (int i = 0; i < 150; i++) {
		int letters = rng_range(&rng, 2, 4), words = rng_range(&rng, 2, 4);
		char desc[64];
		int at = 0;

		for (int w = 0; w <= words; w++) {
			int n = rng_range(&rng, 1, w == words ? 4 : 3);

			if (w)
				desc[at++] = w == words ? '=' : "++-*"[rng_below(&rng, 4)];
			while (n-- > 0)
				desc[at++] = (char)('A' + rng_below(&rng, (uint32_t)letters));
		}
		desc[at] = 0;
		compare(desc, i % 5 == 0 && letters < 4);
	}
}

/* ---- clauses ---- */

#ifdef HAVE_CADICAL

enum { TOTAL_LO = -80, TOTALS = 161 };

/* One-hot totals after each word of a column; the carry is the first total of the next. Sums and differences only. */
static int sat_solutions(const char *desc)
{
	struct sat *s = sat_new();
	char letter[11] = "";
	int letters = 0, x, carry, found, columns = 0, n = 0, len[10];
	const char *word[10];
	int sign[10];

	for (const char *p = desc; *p; p++) {
		if (*p < 'A' || *p > 'Z')
			continue;
		if (!strchr(letter, *p))
			letter[letters++] = *p;
		if (p == desc || p[-1] < 'A') {
			word[n] = p;
			sign[n] = p == desc || p[-1] == '+' ? 1 : -1;
			len[n++] = 0;
		}
		len[n - 1]++;
		columns = len[n - 1] > columns ? len[n - 1] : columns;
	}
	x = sat_vars(s, letters * 10);
	for (int l = 0; l < letters; l++) {
		sat_exactly(s, 1, x + 10 * l, 10);
		for (int m = 0; m < l; m++)
			for (int d = 0; d < 10; d++)
				sat_clause(s, -(x + 10 * l + d), -(x + 10 * m + d), 0);
	}
	for (int w = 0; w < n; w++)
		if (len[w] > 1)
			sat_clause(s, -(x + 10 * (int)(strchr(letter, word[w][0]) - letter)), 0);
	carry = sat_vars(s, TOTALS);
	for (int t = 0; t < TOTALS; t++)
		sat_clause(s, t == -TOTAL_LO ? carry + t : -(carry + t), 0);
	for (int k = 0; k < columns; k++) {
		int total = carry, next;

		for (int w = 0; w < n; w++) {
			int l;

			if (k >= len[w])
				continue;
			l = (int)(strchr(letter, word[w][len[w] - 1 - k]) - letter);
			next = sat_vars(s, TOTALS);
			for (int t = 0; t < TOTALS; t++)
				for (int d = 0; d < 10; d++) {
					int to = t + sign[w] * d;

					if (to >= 0 && to < TOTALS)
						sat_clause(s, -(total + t), -(x + 10 * l + d), next + to, 0);
					else
						sat_clause(s, -(total + t), -(x + 10 * l + d), 0);
				}
			sat_at_most_of(s, 1, (int[]){ next }, 1);
			total = next;
		}
		/* what is left is ten times the carry */
		next = sat_vars(s, TOTALS);
		for (int t = 0; t < TOTALS; t++) {
			int v = t + TOTAL_LO;

			if (v % 10 == 0)
				sat_clause(s, -(total + t), next + v / 10 - TOTAL_LO, 0);
			else
				sat_clause(s, -(total + t), 0);
		}
		carry = next;
	}
	for (int t = 0; t < TOTALS; t++)
		if (t != -TOTAL_LO)
			sat_clause(s, -(carry + t), 0);
	found = sat_count(s, x, letters * 10, 2);
	sat_free(s);
	return found;
}

#endif

/* ---- worked solutions ---- */

/* What is told before the first try holds for the solution: "X=1/2" has X's digit in it, "X!=3" has not. */
static void check_steps(const char *desc, const char *equation, struct str steps)
{
	struct str line, rest = steps, piece;
	int digit[26];

	memset(digit, -1, sizeof(digit));
	for (const char *d = desc, *e = equation; *d; d++) {
		if (*d >= 'A' && *d <= 'Z') {
			while (*e == ' ')
				e++;
			digit[*d - 'A'] = *e - '0';
		} else {
			while (*e == ' ')
				e++;
		}
		e++;
	}
	while (str_line(&rest, &line)) {
		if (line.n && (line.s[0] == '?' || line.s[0] == ' '))
			break;
		while (str_split(&line, ' ', &piece)) {
			bool not, has = false;
			size_t at;

			if (piece.n < 3 || piece.s[0] < 'A' || piece.s[0] > 'Z' || (piece.s[1] != '=' && piece.s[1] != '!'))
				continue;
			not = piece.s[1] == '!';
			for (at = not ? 3 : 2; at < piece.n && piece.s[at] >= '0' && piece.s[at] <= '9'; at += 2)
				has = has || piece.s[at] - '0' == digit[piece.s[0] - 'A'];
			if (at < piece.n)
				continue; /* a column, or a word's value */
			CHECK(has != not);
		}
	}
	CHECK(steps.n > 0);
	/* the last two lines are the letters and the words */
	for (const char *e = equation; *e;) {
		size_t n = strspn(e, "0123456789");

		if (n)
			CHECK(str_find(steps, (struct str){ e, n }) >= 0);
		e += n ? n : 1;
	}
}

static void levels(void)
{
	for (int level = 0; level < TASK_LEVELS; level++) {
		const int *knob = task->levels[level];

		for (uint64_t seed = 0; seed < 12; seed++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT, again = BUF_INIT;
			struct effort e;
			struct rng rng;
			unsigned letters = 0;
			int words = 0;

			rng_init(&rng, seed, "levels");
			check_in("level %d seed %d", level, (int)seed);
			if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
				continue;
			check_in("level %d: %s", level, buf_z(&desc));
			for (const char *s = buf_z(&desc); *s; s++) {
				if (*s >= 'A' && *s <= 'Z')
					letters |= 1u << (*s - 'A');
				else
					words++;
			}
			CHECK_EQ(__builtin_popcount(letters), knob[0]);
			CHECK_EQ(words, knob[1] + 1);
			CHECK(task->solve(&again, buf_str(&desc)));
			CHECK_STR_EQ(buf_str(&again), buf_str(&answer));
			task->grade(&e, buf_str(&desc));
			CHECK(e.branch >= knob[5] && e.branch <= knob[6]);
			CHECK(e.depth > 0 && e.steps >= e.depth && (e.branch == 0) == !strstr(e.technique, "trying"));
			task->explain(&steps, buf_str(&desc), LANG_EN);
			check_steps(buf_z(&desc), buf_z(&answer), buf_str(&steps));
			CHECK(steps.n < 16000);
			if (knob[0] <= 6 && seed < 6) {
				struct oracle o;

				oracle_run(&o, buf_z(&desc), false);
				CHECK_EQ(o.found, 1);
			}
#ifdef HAVE_CADICAL
			if (seed == 0 && level >= 6 && !strchr(buf_z(&desc), '*'))
				CHECK_EQ(sat_solutions(buf_z(&desc)), 1);
#endif
			buf_release(&desc);
			buf_release(&answer);
			buf_release(&steps);
			buf_release(&again);
		}
	}
}

/* Other knobs: what is not refused gives puzzles with one solution. */
static void other_knobs(void)
{
	static const int knob[][TASK_KNOBS] = {
		{ 3, 1, 2, 3, 6, 0, 1000 }, { 4, 2, 2, 3, 6, 0, 1000 }, { 4, 1, 3, 1, 3, 0, 1000 }, { 5, 2, 3, 1, 3, 0, 1000 },
		{ 6, 1, 3, 2, 3, 0, 1000 },   { 6, 3, 3, 1, 3, 0, 1000 }, { 2, 2, 2, 2, 4, 0, 1000 }, { 5, 5, 2, 2, 5, 0, 1000 },
	};
	struct rng rng;

	rng_init(&rng, 9, "knobs");
	for (size_t i = 0; i < COUNT(knob); i++)
		for (int k = 0; k < 4; k++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT;
			struct oracle o;

			CHECK(task->refuse(knob[i]) == NULL);
			if (CHECK(task->generate(&desc, &answer, knob[i], &rng))) {
				char tight[200];

				check_in("knobs %d: %s", (int)i, buf_z(&desc));
				oracle_run(&o, buf_z(&desc), false);
				CHECK_EQ(o.found, 1);
				without_blanks(buf_str(&answer), tight);
				CHECK_STR(str_of(tight), o.first);
				CHECK_EQ(strchr(buf_z(&desc), '*') != NULL, knob[i][2] == 3);
			}
			buf_release(&desc);
			buf_release(&answer);
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
	CHECK(alike("SEND+MORE=MONEY", "MORE+SEND=MONEY"));
	CHECK(alike("SEND+MORE=MONEY", "ABCD+EFGB=EFCBH"));
	CHECK(alike("SEND+MORE=MONEY", "MONEY-MORE=SEND"));
	CHECK(alike("SEND+MORE=MONEY", "MONEY-SEND=MORE"));
	CHECK(alike("A-B+CC=D", "D+B-CC=A"));
	CHECK(alike("A-B+CC=D", "CC-B+A=D"));
	CHECK(alike("AB*C+D=EF", "D+C*AB=EF"));
	CHECK(!alike("AB*C+D=EF", "X*YZ-QR=A"));
	CHECK(alike("AB*CD*E=FGHI", "W*XY*ZQ=ABCD"));
	CHECK(!alike("SEND+MORE=MONEY", "SEND+MORE=MONEN"));
	CHECK(!alike("SEND+MORE=MONEY", "SEND-MORE=MONEY"));
	CHECK(!alike("SEND+MORE=MONEY", "SEND+MORE=YENOM"));
	CHECK(!alike("A+B=C", "A*B=C"));
	CHECK(!alike("AB+C=DA", "AB+C=DB"));
	CHECK(alike("A+BC*D=EE", "D*BC+A=EE"));
	CHECK(!alike("AB*C-D=EF", "AB*D-C=EE"));
}

/* Damaged or of no use: all functions say so. */
static void refused(void)
{
	static const char *const table[] = {
		"", "A", "A=B", "A+B", "A+B=", "=A", "+A=B", "A+=B", "A++B=C", "A+B=C=D", "A+B=C+D", "A + B=C", "A+B=C ", "a+b=c", "A+1=B",
		"A/B=C", "A+B==C", "ABCDEFG+HIJK=LMN", "ABCDEFGHIJABCDEFGHI+A=B", "ABCDEFGHI*ABCDEFGHIA=B", "A+A+A+A+A+A+A+A+A+A+A+A=B", "-A+B=C",
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
		CHECK_EQ(judge(desc, STR("1+1=2")), QUARRY_BAD_TASK);
		buf_release(&b);
	}
}

/* The same puzzles for ever, whatever the compiler: a hash of many, with knobs of our own. */
static void golden(void)
{
	static const int knob[TASK_KNOBS] = { 7, 2, 3, 2, 4, 0, 300 };

	task_golden_hash(task, knob, 40, INT64_C(7215947362399668425));
}

int main(void)
{
	by_hand();
	random_equations();
	levels();
	other_knobs();
	twins();
	refused();
	golden();
	return check_done();
}
