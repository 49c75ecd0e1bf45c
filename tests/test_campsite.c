/* test_campsite.c - rule, solver and generator against plain enumeration, a SAT solver and the statement. */
#include "generators/marks.h"
#include "generators/task.h"
#include "tests/marks_told.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_campsite;
static const struct task *const task = &task_campsite;

enum { SIDE = 20, CELLS = SIDE * SIDE };

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("campsite", desc, answer);
}

struct board {
	int rows, cols;
	bool tree[CELLS];
	int in_row[SIDE], in_col[SIDE];
};

static void board_desc(struct buf *out, const struct board *b)
{
	buf_reset(out);
	for (int i = 0; i < b->rows * b->cols; i++)
		buf_addf(out, "%s%c", i && i % b->cols == 0 ? "/" : "", b->tree[i] ? 'T' : '.');
	for (int y = 0; y < b->rows; y++)
		buf_addf(out, "%c%d", y ? ',' : ':', b->in_row[y]);
	for (int x = 0; x < b->cols; x++)
		buf_addf(out, "%c%d", x ? ',' : ':', b->in_col[x]);
}

static void board_of(struct board *b, struct str desc)
{
	struct str cells, piece;
	uint64_t v;
	int n = 0;

	memset(b, 0, sizeof(*b));
	str_split(&desc, ':', &cells);
	b->rows = 1;
	for (size_t i = 0; i < cells.n; i++) {
		if (cells.s[i] == '/')
			b->rows++;
		else
			b->tree[n++] = cells.s[i] == 'T';
	}
	b->cols = n / b->rows;
	str_split(&desc, ':', &cells);
	for (int y = 0; str_split(&cells, ',', &piece) && str_u64(piece, &v); y++)
		b->in_row[y] = (int)v;
	for (int x = 0; str_split(&desc, ',', &piece) && str_u64(piece, &v); x++)
		b->in_col[x] = (int)v;
}

static bool beside(const struct board *b, int i, int j)
{
	return abs(i / b->cols - j / b->cols) + abs(i % b->cols - j % b->cols) == 1;
}

/* Can the tents from i on be given trees, each one that is not used yet? Tried one after the other. */
static bool pairs(const struct board *b, const bool *tent, int i, bool *used)
{
	while (i < b->rows * b->cols && !tent[i])
		i++;
	if (i == b->rows * b->cols)
		return true;
	for (int j = 0; j < b->rows * b->cols; j++) {
		if (!b->tree[j] || used[j] || !beside(b, i, j))
			continue;
		used[j] = true;
		if (pairs(b, tent, i + 1, used))
			return true;
		used[j] = false;
	}
	return false;
}

/* The statement, word by word. */
static bool obeys(const struct board *b, const bool *tent)
{
	int rows[SIDE] = { 0 }, cols[SIDE] = { 0 }, tents = 0, trees = 0;
	bool used[CELLS] = { false };

	for (int i = 0; i < b->rows * b->cols; i++) {
		trees += b->tree[i];
		if (!tent[i])
			continue;
		tents++;
		rows[i / b->cols]++;
		cols[i % b->cols]++;
		if (b->tree[i])
			return false;
		for (int j = 0; j < i; j++)
			if (tent[j] && abs(i / b->cols - j / b->cols) <= 1 && abs(i % b->cols - j % b->cols) <= 1)
				return false;
	}
	for (int y = 0; y < b->rows; y++)
		if (rows[y] != b->in_row[y])
			return false;
	for (int x = 0; x < b->cols; x++)
		if (cols[x] != b->in_col[x])
			return false;
	return tents == trees && pairs(b, tent, 0, used);
}

static void write_as(struct buf *out, const struct board *b, const bool *tent, int how)
{
	const char *between = "";

	buf_reset(out);
	buf_addz(out, how == 1 ? "[[" : how == 2 ? "[" : "");
	for (int i = 0; i < b->rows * b->cols; i++) {
		char c = b->tree[i] ? 'T' : tent[i] ? 'C' : how == 3 ? '.' : 'X';

		if (how == 2) {
			if (tent[i]) {
				buf_addf(out, "%s(%d, %d)", between, i / b->cols + 1, i % b->cols + 1);
				between = ", ";
			}
			continue;
		}
		if (i && i % b->cols == 0)
			buf_addz(out, how == 1 ? "], [" : how == 3 ? "\n" : "/");
		else if (i)
			buf_addz(out, how == 1 ? ", " : how == 3 ? " " : "");
		buf_addf(out, how == 1 ? "'%c'" : "%c", c);
	}
	buf_addz(out, how == 1 ? "]]" : how == 2 ? "]" : "");
}

/* Trees at random; counts of some tents or of none that fit. */
static void scatter(struct board *b, int rows, int cols, int trees, struct rng *rng)
{
	bool taken[CELLS] = { false };

	memset(b, 0, sizeof(*b));
	b->rows = rows;
	b->cols = cols;
	for (int k = 0; k < trees;) {
		int i = (int)rng_below(rng, (uint32_t)(rows * cols));

		if (!b->tree[i]) {
			b->tree[i] = taken[i] = true;
			k++;
		}
	}
	for (int k = 0; k < trees;) {
		int i = (int)rng_below(rng, (uint32_t)(rows * cols)), near = 0;

		for (int j = 0; j < rows * cols; j++)
			near += b->tree[j] && beside(b, i, j);
		if (taken[i] || (!near && rng_below(rng, 50)))
			continue;
		taken[i] = true;
		b->in_row[i / cols]++;
		b->in_col[i % cols]++;
		k++;
	}
}

static void against_statement(void)
{
	static const int sizes[][3] = { { 3, 3, 1 }, { 3, 4, 2 }, { 4, 3, 3 }, { 2, 6, 2 }, { 1, 7, 2 }, { 4, 4, 3 }, { 3, 5, 4 } };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;
	int right = 0, unique = 0;

	rng_init(&rng, 1, "test");
	for (int round = 0; round < 140; round++) {
		const int *size = sizes[round % 7];
		struct board b;
		int cells = size[0] * size[1], solutions = 0;

		scatter(&b, size[0], size[1], size[2], &rng);
		board_desc(&desc, &b);
		check_in("%s", buf_z(&desc));
		for (unsigned set = 1; set < 1u << cells; set++) {
			bool tent[CELLS] = { false };
			bool fine, on_tree = false;

			if (abs(__builtin_popcount(set) - size[2]) > 1)
				continue;
			for (int i = 0; i < cells; i++) {
				tent[i] = set >> i & 1;
				on_tree = on_tree || (tent[i] && b.tree[i]);
			}
			fine = obeys(&b, tent);
			solutions += fine;
			if ((!fine && rng_below(&rng, 20)) || on_tree)
				continue;
			for (int how = 0; how < 4; how++) {
				write_as(&answer, &b, tent, how);
				CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)) == QUARRY_CORRECT, fine);
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
	CHECK(right > 30 && unique > 10);
	buf_release(&desc);
	buf_release(&answer);
}

static void mutants(const struct board *b, struct str desc, const bool *tent, struct rng *rng)
{
	struct buf answer = BUF_INIT;

	for (int i = 0; i < 15; i++) {
		bool other[CELLS];

		memcpy(other, tent, sizeof(other));
		for (int k = 0; k <= i % 3; k++) {
			int a = (int)rng_below(rng, (uint32_t)(b->rows * b->cols));

			other[a] = !b->tree[a] && !other[a];
		}
		write_as(&answer, b, other, i % 4);
		CHECK_EQ(ask(desc, buf_str(&answer)) == QUARRY_CORRECT, obeys(b, other));
	}
	buf_release(&answer);
}

/* Variables for tents, and for pairs of a tree and a cell beside it. */
static int sat_solutions(const struct board *b)
{
	int found = 1;
#ifdef HAVE_CADICAL
	struct sat *s = sat_new();
	int cells = b->rows * b->cols, x = sat_vars(s, cells), pair = sat_vars(s, 4 * cells), lit[CELLS];

	for (int y = 0; y < b->rows; y++)
		sat_exactly(s, b->in_row[y], x + y * b->cols, b->cols);
	for (int k = 0; k < b->cols; k++) {
		for (int y = 0; y < b->rows; y++)
			lit[y] = x + y * b->cols + k;
		sat_exactly_of(s, b->in_col[k], lit, b->rows);
	}
	for (int i = 0; i < cells; i++) {
		int mine[4], others[4], n = 0, m = 0;

		if (b->tree[i])
			sat_clause(s, -(x + i), 0);
		for (int j = 0; j < cells; j++) {
			int to = j == i - b->cols ? 0 : j == i + b->cols ? 1 : j == i - 1 ? 2 : 3;

			if (j < i && abs(i / b->cols - j / b->cols) <= 1 && abs(i % b->cols - j % b->cols) <= 1)
				sat_clause(s, -(x + i), -(x + j), 0);
			if (!beside(b, i, j))
				continue;
			if (b->tree[i]) { /* pair + 4 * tree + side: its tent stands there */
				mine[n++] = pair + 4 * i + to;
				sat_clause(s, -(pair + 4 * i + to), x + j, 0);
			} else if (b->tree[j]) {
				others[m++] = pair + 4 * j + (to ^ 1);
			}
		}
		if (b->tree[i])
			sat_exactly_of(s, 1, mine, n);
		else if (m)
			sat_at_most_of(s, 1, others, m);
	}
	found = sat_count(s, x, cells, 2);
	sat_free(s);
#else
	(void)b;
#endif
	return found;
}

static void shape(struct marks_shape *s, const struct board *b)
{
	marks_shape(s, b->rows, b->cols, MARKS_APART | MARKS_TREES);
	for (int y = 0; y < b->rows; y++) {
		marks_unit(s, 'r', y + 1, b->in_row[y]);
		for (int x = 0; x < b->cols; x++)
			marks_member(s, y * b->cols + x);
	}
	for (int x = 0; x < b->cols; x++) {
		marks_unit(s, 'c', x + 1, b->in_col[x]);
		for (int y = 0; y < b->rows; y++)
			marks_member(s, y * b->cols + x);
	}
	memcpy(s->tree, b->tree, sizeof(s->tree));
	marks_close(s);
}

static void one(const int *knob, int seed)
{
	static const int techniques[] = { MARKS_COUNT, MARKS_PAIR, MARKS_WAYS, MARKS_TRIAL };
	struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT;
	int n = 0, trees = 0, suppositions = 0;
	bool tent[CELLS] = { false }, made = false;
	struct marks_shape s;
	struct board b;
	struct marks m;
	struct rng rng;

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
			tent[n++] = answer.s[i] == 'C';
	for (int i = 0; i < n; i++)
		trees += b.tree[i];
	CHECK(b.rows == knob[0] && b.cols == knob[1] && n == b.rows * b.cols && trees == n * knob[2] / 100);
	CHECK(obeys(&b, tent));
	CHECK(task->prove(buf_str(&desc)));
	CHECK_EQ(sat_solutions(&b), 1);
	mutants(&b, buf_str(&desc), tent, &rng);
	shape(&s, &b);
	marks_start(&m, &s, NULL);
	marks_solve(&m, techniques[knob[3]]);
	CHECK_EQ(m.open, 0);
	if (knob[3] > 0) {
		marks_start(&m, &s, NULL);
		marks_solve(&m, techniques[knob[3] - 1]);
		CHECK(m.open > 0 && !m.broken);
	}
	task->explain(&steps, buf_str(&desc), seed & 1 ? LANG_ZH : LANG_EN);
	CHECK(told_true(buf_str(&steps), b.rows, b.cols, tent, NULL, &suppositions));
	CHECK_EQ(suppositions > 0, knob[3] > 2);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&steps);
}

static void other_knobs(void)
{
	static const int knob[][TASK_KNOBS] = {
		{ 5, 10, 20, 2 }, { 3, 3, 33, 0 }, { 3, 20, 30, 2 }, { 10, 10, 25, 2 }, { 20, 20, 10, 3 }, { 20, 20, 20, 2 }, { 5, 3, 10, 0 },
	};

	for (size_t k = 0; k < COUNT(knob); k++) {
		CHECK(!task->refuse(knob[k]));
		one(knob[k], (int)k);
	}
	CHECK(task->refuse((const int[TASK_KNOBS]){ 3, 3, 5, 0 }) != NULL);
	CHECK(task->refuse((const int[TASK_KNOBS]){ 10, 10, 40, 0 }) != NULL);
}

static void damage(void)
{
	task_damaged(task, &(struct task_damage){ STR("T../..T/...:1,0,1:0,1,1"), STR("T..012,:/ \n\xff"), STR("TCX/XXT/XXC"), 6000, 3, 300 });
}

static void golden(void)
{
	static const char *const want[TASK_LEVELS] = {
		"...../..T../T..../..TT.:1,1,1,1:1,1,1,1,0",
		"...../...TT/T..../T..../..T..:1,2,0,0,2:2,0,1,1,1",
		"..T.T./....../.T..../....TT/.TT.../......:1,1,1,1,2,1:2,1,1,1,1,1",
		".T...../....T../.TTT.../.....T./...T.../.....T./.T.....:2,1,1,2,0,2,1:2,1,1,1,2,0,2",
		"....T.T./.T...T../.......T/...T..../......../.T...T../T....T../..T....T:3,0,3,0,0,3,1,2:1,2,1,2,1,1,"
		"3,1",
		".T.T..../......../T...T.T./......T./..T...T./......../.TT...../.T....T.:2,1,1,3,1,1,2,1:3,1,2,1,1,1,"
		"1,2",
		"..T..T..T./.T....T.../..T......./.T..T.T..T/......T.../T...T...../.......T.T/...T....../..T...T.T./."
		".T.......:2,3,2,3,1,1,3,1,1,3:3,1,2,2,3,1,2,2,2,2",
		".......T...T/............/.T.TTT..T..T/.TT........./.......T..../.T...T...T../......T...../.....T..."
		".T./T..TT......./......T.T..T/....T....T../.TT....T....:2,3,1,3,2,1,3,2,2,3,3,3:3,2,3,1,5,1,2,2,2,3,"
		"2,2",
		".T......T.T./..T........T/.T..T.T.T..T/............/..T....T..../..T.......T./T.........../.....T..T"
		"..T/.T.....T..../.....T..T.../......T....T/.T.T.T...T..:5,0,4,1,2,1,3,2,2,3,0,5:4,1,4,1,2,2,3,2,1,2,"
		"2,4",
		".T.........T../.T.T..T.T.T..T/..T..T...T..../............T./...T.T..T.T.../............T./.T.....T.."
		"...T/T....T....T.../.....TT.T...../.T............/..T..T..T..TT./....T..T....../T............./...T."
		"....TT..T:4,2,4,2,3,2,3,2,3,2,3,3,2,4:3,3,3,2,3,3,3,1,6,0,3,3,1,5",
		"....T.........../..T.T..TT..T..T./T............T../.........TT...T./T..T...T......T./.T.....T......."
		"T/...T...T...T..../TT......T.....T./.....T........../TT..T...T.T...T./....T.......T..T/......T...T.T"
		".../.T.T.....T..T.T./....T....T....../..T....T.....T.T/............T...:4,2,5,2,4,2,4,3,2,3,4,2,5,2,"
		"4,3:5,2,3,2,5,1,5,1,4,3,3,3,3,3,4,4",
	};

	task_golden(task, want, 1);
}

int main(void)
{
	against_statement();
	for (int level = 0; level < TASK_LEVELS; level++)
		for (int i = 0; i < (level < 8 ? 20 : 4); i++)
			one(task->levels[level], i);
	other_knobs();
	damage();
	golden();
	return check_done();
}
