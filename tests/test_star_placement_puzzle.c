/* test_star_placement_puzzle.c - rule, solver and generator against plain enumeration, a SAT solver and the statement. */
#include "generators/marks.h"
#include "generators/task.h"
#include "tests/marks_told.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_star_placement_puzzle;
static const struct task *const task = &task_star_placement_puzzle;

enum { SIDE = 16 };

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("star_placement_puzzle", desc, answer);
}

struct board {
	int n, k;
	char region[SIDE * SIDE];
};

static void board_desc(struct buf *out, const struct board *b)
{
	buf_reset(out);
	buf_addf(out, "%d:", b->k);
	for (int i = 0; i < b->n * b->n; i++) {
		if (i && i % b->n == 0)
			buf_addc(out, '/');
		buf_addc(out, b->region[i]);
	}
}

static void board_of(struct board *b, struct str desc)
{
	int n = 0;

	b->k = desc.s[0] - '0';
	for (size_t i = 2; i < desc.n; i++)
		if (desc.s[i] != '/')
			b->region[n++] = desc.s[i];
	for (b->n = 1; b->n * b->n < n; b->n++)
		;
}

/* The statement, word by word. */
static bool obeys(const struct board *b, const bool *star)
{
	int n = b->n, rows[SIDE] = { 0 }, cols[SIDE] = { 0 }, regions[128] = { 0 };

	for (int i = 0; i < n * n; i++) {
		rows[i / n] += star[i];
		cols[i % n] += star[i];
		regions[(int)b->region[i]] += star[i];
		for (int j = 0; j < i; j++)
			if (star[i] && star[j] && abs(i / n - j / n) <= 1 && abs(i % n - j % n) <= 1)
				return false;
	}
	for (int i = 0; i < n; i++)
		if (rows[i] != b->k || cols[i] != b->k)
			return false;
	for (int i = 0; i < n * n; i++)
		if (regions[(int)b->region[i]] != b->k)
			return false;
	return true;
}

/* The same places in one of several notations. */
static void write_as(struct buf *out, const struct board *b, const bool *star, int how)
{
	const char *between = "";

	buf_reset(out);
	if (how == 1)
		buf_addc(out, '[');
	if (how == 2)
		buf_addc(out, '{');
	for (int i = 0; i < b->n * b->n; i++) {
		int y = i / b->n + 1, x = i % b->n + 1;

		if (how == 3)
			buf_addf(out, "%s%c", x == 1 && y > 1 ? "\n" : "", star[i] ? '*' : '.');
		else if (how == 4)
			buf_addf(out, "%s%d", x == 1 && y > 1 ? "/" : "", star[i]);
		else if (star[i]) {
			buf_addf(out, how == 0 ? "%s(%d,%d)" : how == 1 ? "%s[%d, %d]" : how == 2 ? "%s'%c': [(%d, %d)]" :
				 how == 5 ? "%sR%dC%d" : "%srow %d column %d", between, how == 2 ? b->region[i] : y,
				 how == 2 ? y : x, x);
			between = ", ";
		}
	}
	if (how == 1)
		buf_addc(out, ']');
	if (how == 2)
		buf_addc(out, '}');
}

/* n letters at random over the board: regions may lie in pieces. */
static void scatter(struct board *b, int n, int k, struct rng *rng)
{
	bool all = false;

	b->n = n;
	b->k = k;
	while (!all) {
		unsigned seen = 0;

		for (int i = 0; i < n * n; i++) {
			int letter = i && rng_chance(rng, 60) ? b->region[i - 1] - 'A' : (int)rng_below(rng, (uint32_t)n);

			b->region[i] = (char)('A' + letter);
			seen |= 1u << letter;
		}
		all = seen == (1u << n) - 1;
	}
}

/* All boards of one star a row, and many others: the rule says what the statement says, in every notation. */
static void against_statement(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;
	int right = 0;

	rng_init(&rng, 1, "test");
	for (int round = 0; round < 80; round++) {
		struct board b;
		int solutions = 0, n = 4 + round % 3, places = 1;

		scatter(&b, n, 1, &rng);
		board_desc(&desc, &b);
		for (int i = 0; i < n; i++)
			places *= n;
		check_in("%s", buf_z(&desc));
		for (int p = 0; p < places; p++) {
			bool star[SIDE * SIDE] = { false };
			bool fine;

			for (int y = 0, rest = p; y < n; y++, rest /= n)
				star[y * n + rest % n] = true;
			fine = obeys(&b, star);
			solutions += fine;
			if (!fine && p % 97)
				continue;
			for (int how = 0; how < 7; how++) {
				write_as(&answer, &b, star, how);
				CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)) == QUARRY_CORRECT, fine);
			}
			right += fine;
		}
		CHECK_EQ(task->prove(buf_str(&desc)), solutions == 1);
		buf_reset(&answer);
		CHECK_EQ(task->solve(&answer, buf_str(&desc)), solutions > 0);
		if (solutions)
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
	}
	CHECK(right > 20);
	buf_release(&desc);
	buf_release(&answer);
}

static void places_of(struct str answer, int n, bool *star)
{
	memset(star, 0, SIDE * SIDE);
	for (size_t i = 0; i < answer.n; i++) {
		int cell;

		if (answer.s[i] == '(' && told_cell(str_from(answer, i), n, n, &cell))
			star[cell] = true;
	}
}

/* A right answer with a star moved, added, dropped or doubled: as the statement has it. */
static void mutants(const struct board *b, struct str desc, const bool *star, struct rng *rng)
{
	struct buf answer = BUF_INIT;

	for (int i = 0; i < 20; i++) {
		bool other[SIDE * SIDE];
		int a = (int)rng_below(rng, (uint32_t)(b->n * b->n)), how = (int)rng_below(rng, 7);

		memcpy(other, star, sizeof(other));
		other[a] = !other[a];
		if (how & 1) {
			a = (int)rng_below(rng, (uint32_t)(b->n * b->n));
			other[a] = !other[a];
		}
		if (b->k > 1 && how == 2)
			how = 0; /* a dict names each region once */
		write_as(&answer, b, other, how);
		CHECK_EQ(ask(desc, buf_str(&answer)) == QUARRY_CORRECT, obeys(b, other));
	}
	buf_release(&answer);
}

static int sat_solutions(const struct board *b)
{
	int found = 1;
#ifdef HAVE_CADICAL
	struct sat *s = sat_new();
	int n = b->n, x = sat_vars(s, n * n), lit[SIDE * SIDE];

	for (int i = 0; i < n; i++) {
		sat_exactly(s, b->k, x + i * n, n);
		for (int j = 0; j < n; j++)
			lit[j] = x + j * n + i;
		sat_exactly_of(s, b->k, lit, n);
	}
	for (char c = 'A'; c <= 'z'; c++) {
		int m = 0;

		for (int i = 0; i < n * n; i++)
			if (b->region[i] == c)
				lit[m++] = x + i;
		if (m)
			sat_exactly_of(s, b->k, lit, m);
	}
	for (int i = 0; i < n * n; i++)
		for (int j = 0; j < i; j++)
			if (abs(i / n - j / n) <= 1 && abs(i % n - j % n) <= 1)
				sat_clause(s, -(x + i), -(x + j), 0);
	found = sat_count(s, x, n * n, 2);
	sat_free(s);
#else
	(void)b;
#endif
	return found;
}

static bool whole(const struct board *b, char c)
{
	int queue[SIDE * SIDE], head = 0, tail = 0, size = 0, n = b->n;
	bool seen[SIDE * SIDE] = { false };

	for (int i = 0; i < n * n; i++)
		if (b->region[i] == c && size++ == 0) {
			queue[tail++] = i;
			seen[i] = true;
		}
	while (head < tail) {
		int i = queue[head++];

		for (int j = 0; j < n * n; j++)
			if (!seen[j] && b->region[j] == c && abs(i / n - j / n) + abs(i % n - j % n) == 1) {
				seen[j] = true;
				queue[tail++] = j;
			}
	}
	return tail == size;
}

static void shape(struct marks_shape *s, const struct board *b)
{
	int n = b->n;

	marks_shape(s, n, n, MARKS_APART);
	for (int u = 0; u < 2 * n; u++) {
		marks_unit(s, u < n ? 'r' : 'c', u % n + 1, b->k);
		for (int i = 0; i < n; i++)
			marks_member(s, u < n ? u * n + i : i * n + u - n);
	}
	for (int u = 0; u < n; u++) {
		marks_unit(s, (char)('A' + u), 0, b->k);
		for (int i = 0; i < n * n; i++)
			if (b->region[i] == 'A' + u)
				marks_member(s, i);
	}
	marks_close(s);
}

static void one_level(int level, int count)
{
	static const int techniques[] = { MARKS_COUNT, MARKS_WAYS, MARKS_BANDS, MARKS_TRIAL, MARKS_GUESS };
	struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT;
	const int *knob = task->levels[level];

	for (int i = 0; i < count; i++) {
		struct board b;
		bool star[SIDE * SIDE];
		struct marks_shape s;
		struct marks m;
		struct rng rng;
		int suppositions = 0;

		buf_reset(&desc);
		buf_reset(&answer);
		buf_reset(&steps);
		rng_init(&rng, (uint64_t)i, "level");
		check_in("level %d, %d", level, i);
		if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
			continue;
		board_of(&b, buf_str(&desc));
		check_in("level %d, %s", level, buf_z(&desc));
		CHECK(b.n == knob[0] && b.k == knob[1]);
		for (int u = 0; u < b.n; u++)
			CHECK(whole(&b, (char)('A' + u)));
		places_of(buf_str(&answer), b.n, star);
		CHECK(obeys(&b, star));
		CHECK(task->prove(buf_str(&desc)));
		CHECK_EQ(sat_solutions(&b), 1);
		mutants(&b, buf_str(&desc), star, &rng);
		shape(&s, &b);
		marks_start(&m, &s, NULL);
		marks_solve(&m, techniques[knob[2]] < MARKS_GUESS ? techniques[knob[2]] : MARKS_TRIAL);
		CHECK_EQ(m.open == 0, knob[2] < 4);
		if (knob[2] > 0) {
			marks_start(&m, &s, NULL);
			marks_solve(&m, techniques[knob[2] - 1]);
			CHECK(m.open > 0 && !m.broken);
		}
		task->explain(&steps, buf_str(&desc), i & 1 ? LANG_ZH : LANG_EN);
		CHECK(told_true(buf_str(&steps), b.n, b.n, star, NULL, &suppositions));
		CHECK_EQ(suppositions > 0, knob[2] > 2);
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&steps);
}

static void other_knobs(void)
{
	static const int knob[][TASK_KNOBS] = { { 8, 2, 1 }, { 12, 3, 4 }, { 13, 1, 2 }, { 4, 1, 1 }, { 5, 1, 3 } };
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (size_t k = 0; k < COUNT(knob); k++) {
		struct board b;
		struct rng rng;
		bool made = false;

		rng_init(&rng, k, "knobs");
		check_in("knobs %d", (int)k);
		CHECK(!task->refuse(knob[k]));
		for (int tries = 0; tries < 30 && !made; tries++) {
			buf_reset(&desc);
			buf_reset(&answer);
			made = task->generate(&desc, &answer, knob[k], &rng);
		}
		if (!CHECK(made))
			continue;
		board_of(&b, buf_str(&desc));
		CHECK_EQ(sat_solutions(&b), 1);
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
	}
	CHECK(task->refuse((const int[TASK_KNOBS]){ 7, 2, 1 }) != NULL);
	CHECK(task->refuse((const int[TASK_KNOBS]){ 6, 1, 4 }) != NULL);
	buf_release(&desc);
	buf_release(&answer);
}

/* Generator and rule call the same texts a puzzle. */
static void damage(void)
{
	task_damaged(task, &(struct task_damage){ STR("1:AABB/ACCB/DDCB/DDCC"), STR("ABCDEz1209:/. \n\xff"), STR("(1,2), (2,4), (3,1), (4,3)"), 4000, 2, 300 });
}

static void golden(void)
{
	static const char *const want[TASK_LEVELS] = {
		"1:ABCCC/AAACC/DAAAA/AAAAE/AAAAA",
		"1:AAAABB/AAACCC/AACCAA/AAAAAD/EEEAAD/FEEEEE",
		"1:AAABCC/AAABBB/AAABBD/AAAAAD/EEEEEE/FEEEEE",
		"1:AABBBCC/AAACBCC/ADDCCCC/ADDDDCE/DDDDCCE/DDDDCFE/DDDGGGG",
		"1:AABBBCC/AADCBCC/ADDCCCE/DDDDDCE/DDDDCCE/DDDDCFE/DDDGGGG",
		"1:ABBBBBBC/AABBBBBC/DABBBBBB/DABEBBBB/DDDEFFFF/DDDDGGGG/DDDGGGGH/DDDGGGHH",
		"1:AAABBBBCC/DABBBBBBC/EEFBBBBBC/EFFFFBBBB/EFFFBBBBB/EFEFFGBBB/EEEHGGIII/EEEHGHHHI/EEEHHHHHI",
		"2:AAAABBBBB/CCAABDBDD/CCAAADDDD/CCEAADFDF/CCEEEEFFF/GCGEEEEHF/GGGEHHHHH/GGGEEEEEH/GIIIIIHHH",
		"2:AAABBBBBB/ACADDBBBB/ACCDDDDBE/ACCFDDEEE/CCCFFFEGE/CCCCCCGGE/CCCHGGGEE/HHHHGGIIE/HHHHHIIII",
		"2:AAABBBBBB/CCAADDDDD/CCEAADDDF/CCEAEDDDF/CEEEEEFFF/CCGEEEEHH/GGGEHHHHH/GIGEEEEHH/GIIIIIHHH",
		("2:ABBBBBBCCC/AABBBBBCDD/AEEBBBBBDD/AEEBFFFFGD/EEEEFFEFGD/HEHEFEEGGD/HHHEEEIGGD/HHHEEIIIGD/JHHEIIIGGD"
		"/JJJJIIGGDD"),
	};

	task_golden(task, want, 1);
}

int main(void)
{
	against_statement();
	for (int level = 0; level < TASK_LEVELS; level++)
		one_level(level, level < 6 ? 30 : level < 8 ? 8 : 4);
	other_knobs();
	damage();
	golden();
	return check_done();
}
