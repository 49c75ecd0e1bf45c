/* test_norinori.c - rule, solver and generator against plain enumeration, a SAT solver and the statement. */
#include "generators/marks.h"
#include "generators/task.h"
#include "tests/marks_told.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_norinori;
static const struct task *const task = &task_norinori;

enum { CELLS = 400 };

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("norinori", desc, answer);
}

struct board {
	int rows, cols;
	char region[CELLS];
};

static void board_desc(struct buf *out, const struct board *b)
{
	buf_reset(out);
	for (int i = 0; i < b->rows * b->cols; i++) {
		if (i && i % b->cols == 0)
			buf_addc(out, '/');
		buf_addc(out, b->region[i]);
	}
}

static void board_of(struct board *b, struct str desc)
{
	int n = 0;

	b->rows = 1;
	for (size_t i = 0; i < desc.n; i++) {
		if (desc.s[i] == '/')
			b->rows++;
		else
			b->region[n++] = desc.s[i];
	}
	b->cols = n / b->rows;
}

static bool beside(const struct board *b, int i, int j)
{
	return abs(i / b->cols - j / b->cols) + abs(i % b->cols - j % b->cols) == 1;
}

/* The statement: take covered cells off in pairs of neighbours; no cells of two pairs may be neighbours. */
static bool obeys(const struct board *b, const bool *covered)
{
	int cells = b->rows * b->cols, domino[CELLS] = { 0 }, count = 0, in[128] = { 0 };

	for (int i = 0; i < cells; i++) {
		in[(int)b->region[i]] += covered[i];
		if (!covered[i] && b->region[i] == 'X')
			return false;
		if (!covered[i] || domino[i])
			continue;
		domino[i] = ++count;
		for (int j = i + 1; j < cells; j++)
			if (covered[j] && !domino[j] && beside(b, i, j)) {
				domino[j] = count;
				break;
			}
	}
	for (int i = 0; i < cells; i++) {
		int size = 0;

		if (b->region[i] != 'X' && in[(int)b->region[i]] != 2)
			return false;
		for (int j = 0; j < cells; j++) {
			size += covered[i] && domino[j] == domino[i];
			if (covered[i] && covered[j] && beside(b, i, j) && domino[i] != domino[j])
				return false;
		}
		if (covered[i] && size != 2)
			return false;
	}
	return true;
}

static void write_as(struct buf *out, const struct board *b, const bool *covered, int how)
{
	const char *between = "";
	bool done[CELLS] = { false };
	int cells = b->rows * b->cols;

	buf_reset(out);
	if (how == 1 || how == 2)
		buf_addc(out, '[');
	for (int i = 0; i < cells; i++) {
		int mate = -1;

		if (how == 0 || how == 4) {
			buf_addz(out, i && i % b->cols == 0 ? how ? "\n" : "/" : how && i ? " " : "");
			buf_addc(out, how ? covered[i] ? '#' : '.' : covered[i] ? '1' : '0');
			continue;
		}
		if (!covered[i] || done[i])
			continue;
		for (int j = i + 1; j < cells && how != 2; j++)
			if (covered[j] && !done[j] && beside(b, i, j)) {
				mate = j;
				break;
			}
		done[i] = true;
		buf_addf(out, "%s%s(%d, %d)", between, how == 1 && mate >= 0 ? "[" : "", i / b->cols + 1, i % b->cols + 1);
		if (mate >= 0) {
			done[mate] = true;
			buf_addf(out, "%s(%d, %d)%s", how == 1 ? ", " : "-", mate / b->cols + 1, mate % b->cols + 1,
				 how == 1 ? "]" : "");
		}
		between = ", ";
	}
	if (how == 1 || how == 2)
		buf_addc(out, ']');
}

/* Every set of cells of small boards, whose regions may lie in pieces. */
static void against_statement(void)
{
	static const int sizes[][2] = { { 2, 4 }, { 3, 3 }, { 2, 6 }, { 3, 4 }, { 4, 3 } };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;
	int right = 0, unique = 0;

	rng_init(&rng, 1, "test");
	for (int round = 0; round < 120; round++) {
		struct board b = { .rows = sizes[round % 5][0], .cols = sizes[round % 5][1] };
		int cells = b.rows * b.cols, solutions = 0, regions = cells / 5 + 1;

		for (int i = 0; i < cells; i++) {
			int letter = i && rng_chance(&rng, 50) ? b.region[i - 1] - 'A' : (int)rng_below(&rng, (uint32_t)regions);

			b.region[i] = (char)('A' + (letter < regions ? letter : 0));
		}
		if (round % 3 == 0)
			b.region[rng_below(&rng, (uint32_t)cells)] = 'X';
		board_desc(&desc, &b);
		check_in("%s", buf_z(&desc));
		for (unsigned set = 0; set < 1u << cells; set++) {
			bool covered[CELLS] = { false };
			bool fine;

			if (__builtin_popcount(set) > 2 * regions + 1)
				continue;
			for (int i = 0; i < cells; i++)
				covered[i] = set >> i & 1;
			fine = obeys(&b, covered);
			solutions += fine;
			if (!fine && rng_below(&rng, 40))
				continue;
			for (int how = 0; how < 5; how++) {
				write_as(&answer, &b, covered, how);
				CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)) == QUARRY_CORRECT, fine && set);
			}
			right += fine;
		}
		CHECK_EQ(task->prove(buf_str(&desc)), solutions == 1);
		unique += solutions == 1;
		buf_reset(&answer);
		CHECK_EQ(task->solve(&answer, buf_str(&desc)), solutions > 0);
		if (solutions)
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
	}
	CHECK(right > 100 && unique > 3);
	buf_release(&desc);
	buf_release(&answer);
}

static void mutants(const struct board *b, struct str desc, const bool *covered, struct rng *rng)
{
	struct buf answer = BUF_INIT;

	for (int i = 0; i < 15; i++) {
		bool other[CELLS];

		memcpy(other, covered, sizeof(other));
		for (int k = 0; k <= i % 3; k++) {
			int a = (int)rng_below(rng, (uint32_t)(b->rows * b->cols));

			other[a] = !other[a];
		}
		write_as(&answer, b, other, i % 5);
		CHECK_EQ(ask(desc, buf_str(&answer)) == QUARRY_CORRECT, obeys(b, other));
	}
	buf_release(&answer);
}

/* Variables for dominoes, not for cells. */
static int sat_solutions(const struct board *b)
{
	int found = 1;
#ifdef HAVE_CADICAL
	struct sat *s = sat_new();
	int cells = b->rows * b->cols, n = 0, lit[2 * CELLS];
	int (*domino)[2] = malloc(sizeof(int[2]) * 2 * CELLS);

	if (!domino)
		exit(1);
	for (int i = 0; i < cells; i++)
		for (int j = i + 1; j < cells; j++)
			if (beside(b, i, j)) {
				domino[n][0] = i;
				domino[n++][1] = j;
			}
	sat_vars(s, n);
	for (int d = 0; d < n; d++)
		for (int e = 0; e < d; e++)
			for (int k = 0; k < 4; k++) {
				int i = domino[d][k & 1], j = domino[e][k >> 1];

				if (i == j || beside(b, i, j)) {
					sat_clause(s, -(d + 1), -(e + 1), 0);
					break;
				}
			}
	for (char c = 'A'; c <= 'z'; c++) {
		int m = 0, here = 0;

		for (int i = 0; i < cells; i++)
			here += b->region[i] == c;
		for (int d = 0; d < n; d++)
			for (int k = 0; k < 2; k++)
				if (b->region[domino[d][k]] == c)
					lit[m++] = d + 1;
		if (here && c != 'X')
			sat_exactly_of(s, 2, lit, m); /* a domino within the region counts twice */
	}
	for (int i = 0; i < cells; i++) {
		int m = 0;

		for (int d = 0; d < n; d++)
			if (domino[d][0] == i || domino[d][1] == i)
				lit[m++] = d + 1;
		if (b->region[i] == 'X')
			sat_any(s, lit, m);
	}
	found = sat_count(s, 1, n, 2);
	sat_free(s);
	free(domino);
#else
	(void)b;
#endif
	return found;
}

static bool whole(const struct board *b, char c)
{
	int queue[CELLS], head = 0, tail = 0, size = 0;
	bool seen[CELLS] = { false };

	for (int i = 0; i < b->rows * b->cols; i++)
		if (b->region[i] == c && size++ == 0) {
			queue[tail++] = i;
			seen[i] = true;
		}
	while (head < tail) {
		int i = queue[head++];

		for (int j = 0; j < b->rows * b->cols; j++)
			if (!seen[j] && b->region[j] == c && beside(b, i, j)) {
				seen[j] = true;
				queue[tail++] = j;
			}
	}
	return tail == size;
}

static void shape(struct marks_shape *s, const struct board *b)
{
	marks_shape(s, b->rows, b->cols, MARKS_DOMINO);
	for (char c = 'A'; c <= 'z'; c++) {
		bool first = true;

		for (int i = 0; i < s->cells; i++) {
			if (b->region[i] != c || c == 'X')
				continue;
			if (first)
				marks_unit(s, c, 0, 2);
			first = false;
			marks_member(s, i);
		}
	}
	for (int i = 0; i < s->cells; i++)
		s->given[i] = b->region[i] == 'X';
	marks_close(s);
}

static void one(const int *knob, int seed)
{
	static const int techniques[] = { MARKS_COUNT, MARKS_WAYS, MARKS_TRIAL, MARKS_GUESS };
	struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT;
	bool covered[CELLS] = { false }, given[CELLS];
	int n = 0, regions = 0, xs = 0, suppositions = 0;
	struct marks_shape s;
	struct board b;
	struct marks m;
	struct rng rng;
	bool made = false;

	rng_init(&rng, (uint64_t)seed, "level");
	for (int tries = 0; tries < 20 && !made; tries++) {
		buf_reset(&desc);
		buf_reset(&answer);
		made = task->generate(&desc, &answer, knob, &rng);
	}
	if (!CHECK(made))
		return;
	board_of(&b, buf_str(&desc));
	check_in("%s", buf_z(&desc));
	for (size_t i = 0; i < answer.n; i++)
		if (answer.s[i] != '/')
			covered[n++] = answer.s[i] == '1';
	CHECK(b.rows == knob[0] && b.cols == knob[0] && n == b.rows * b.cols);
	for (int i = 0; i < n; i++) {
		given[i] = b.region[i] == 'X';
		xs += given[i];
	}
	for (char c = 'A'; c <= 'z'; c++)
		if (c != 'X' && memchr(b.region, c, (size_t)n)) {
			regions++;
			CHECK(whole(&b, c));
		}
	CHECK(regions >= knob[1] && regions <= knob[2]);
	CHECK_EQ(xs, (n * knob[3] + 100) / 200 * 2);
	CHECK(obeys(&b, covered));
	CHECK(task->prove(buf_str(&desc)));
	CHECK_EQ(sat_solutions(&b), 1);
	mutants(&b, buf_str(&desc), covered, &rng);
	shape(&s, &b);
	marks_start(&m, &s, NULL);
	marks_solve(&m, techniques[knob[4]] < MARKS_GUESS ? techniques[knob[4]] : MARKS_TRIAL);
	CHECK_EQ(m.open == 0, knob[4] < 3);
	if (knob[4] > 0) {
		marks_start(&m, &s, NULL);
		marks_solve(&m, techniques[knob[4] - 1]);
		CHECK(m.open > 0 && !m.broken);
	}
	task->explain(&steps, buf_str(&desc), seed & 1 ? LANG_ZH : LANG_EN);
	CHECK(told_true(buf_str(&steps), b.rows, b.cols, covered, given, &suppositions));
	CHECK_EQ(suppositions > 0, knob[4] > 1);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&steps);
}

static void other_knobs(void)
{
	static const int knob[][TASK_KNOBS] = {
		{ 5, 3, 5, 10, 1 }, { 6, 6, 10, 5, 2 }, { 8, 2, 34, 15, 1 }, { 7, 9, 11, 0, 3 }, { 4, 2, 9, 12, 0 },
	};

	for (size_t k = 0; k < COUNT(knob); k++) {
		CHECK(!task->refuse(knob[k]));
		one(knob[k], (int)k);
	}
	CHECK(task->refuse((const int[TASK_KNOBS]){ 8, 2, 5, 0, 1 }) != NULL);
	CHECK(task->refuse((const int[TASK_KNOBS]){ 5, 12, 14, 0, 1 }) != NULL);
	CHECK(task->refuse((const int[TASK_KNOBS]){ 6, 8, 7, 0, 1 }) != NULL);
}

static void damage(void)
{
	task_damaged(task, &(struct task_damage){ STR("AABB/ACCB/AXXC"), STR("ABCXxz109:/. \n\xff"), STR("1100/0000/0110"), 4000, 2, 300 });
}

static void golden(void)
{
	static const char *const want[TASK_LEVELS] = {
		"ABCCB/ABBBB/ABDEF/ABDEF/EEEEF",
		"ABCCB/ABBBB/ABDEE/ADDFE/FFFFE",
		"AABBBC/AAXBBC/DDEBFC/EEEXFC/GEEEFH/GGEFFH",
		"AABBCC/CCBCCC/CCCCCC/DEEECF/DEFFFF/DEEGGF",
		"AABBCCC/AABDDCE/ABBDDEE/FFFDDGG/FFFDHIG/JKFKHII/JKKKIII",
		"AAABBBCC/DDADDECC/FDDDEEGC/FDHDIJGC/HHHHIJJK/HHLIIMJK/LLLIMMJK/LNNNOOOK",
		"AABBBCCCC/ADBEEEFCG/DDDEEFFHG/IDEEFFHHH/IIJJJFHHK/LLLJMNNHK/LLLLMMMMK/OLLLMMPQQ/OLRRRMPQQ",
		"AAABBBCCC/DAAEBBFCG/DEEEHHFGG/DDEIIIFJJ/KEEIILFFJ/KKKMLLFNN/OKOMMLLNN/OOOOMMMPQ/RRMMMPPPQ",
		"AABBBCCDDE/AABFCCCDEE/GGHFCCCCEE/GGHHIIIJJK/LGGHHMINJK/LLLOOMNNNK/PPQOOMMMRK/PPQQOMSSRT/UUQQMMMTRT/U"
		"UUQVVVTTT",
		"AAABBCCCDDE/FFFFBGGDDDE/HFFFBGGIJJE/HKKLLMNIJOO/PPKLMMNIJOO/PPKKMMNIQQQ/RPSMMMTIUQQ/RVSMTTTIUUW/RVVM"
		"YYYZUWW/RaVMYbYZccW/aaVMMbbZccc",
		"ABBBBCCDDEFF/AGGHBCCDEEEF/GGGHIDDDEJJJ/KKLHIDMNNJOJ/KLLPIIMQNOOJ/KLLPPPMQNNRR/KLLLPQQQSSTT/KUVWWQYYY"
		"TTZ/UUVWaaabcTZZ/ddVWaebbcffZ/dddeeeebcfZZ/ggggeehhiiii",
	};

	task_golden(task, want, 1);
}

int main(void)
{
	against_statement();
	for (int level = 0; level < TASK_LEVELS; level++)
		for (int i = 0; i < (level < 6 ? 20 : level < 8 ? 5 : 3); i++)
			one(task->levels[level], i);
	other_knobs();
	damage();
	golden();
	return check_done();
}
