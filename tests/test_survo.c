/*
 * test_survo.c - survo against what shares nothing with it: all orders of the numbers on small boards, the rule on
 * right and damaged answers, symmetry by trying all orders of rows and columns, levels proved by CaDiCaL, worked steps
 * held against the solution.
 */
#include "generators/survo_solve.h"
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_survo;

static const struct task *const task = &task_survo;

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("survo", desc, answer);
}

static void swap(int *a, int *b)
{
	int t = *a;

	*a = *b;
	*b = t;
}

static void sort_pool(struct survo_board *b)
{
	for (int i = 1; i < b->blanks; i++)
		for (int k = i; k > 0 && b->pool[k] < b->pool[k - 1]; k--)
			swap(&b->pool[k], &b->pool[k - 1]);
}

/* A board with about `blanks` blanks in 10 cells; full: its first solution. */
static void random_board(struct survo_board *b, int *full, int rows, int cols, int most, int blanks, struct rng *rng)
{
	memset(b, 0, sizeof(*b));
	b->rows = rows;
	b->cols = cols;
	for (int i = 0; i < rows * cols; i++) {
		full[i] = b->cell[i] = rng_range(rng, 0, most);
		b->sum[i / cols] += full[i];
		b->sum[rows + i % cols] += full[i];
		if ((int)rng_below(rng, 10) < blanks || (i == 0 && blanks)) {
			b->cell[i] = SURVO_BLANK;
			b->pool[b->blanks++] = full[i];
		}
	}
	sort_pool(b);
}

/* ---- all orders of the numbers ---- */

static bool sums_hold(const struct survo_board *b, const int *full)
{
	int sum[SURVO_LINES] = { 0 };

	for (int i = 0; i < b->rows * b->cols; i++) {
		sum[i / b->cols] += full[i];
		sum[b->rows + i % b->cols] += full[i];
	}
	return memcmp(sum, b->sum, sizeof(int) * (size_t)(b->rows + b->cols)) == 0;
}

/* Different fillings from cell i on; used: numbers of the pool that are taken. */
static int fillings(const struct survo_board *b, int *full, int i, unsigned used)
{
	int n = 0, before = -1;

	while (i < b->rows * b->cols && b->cell[i] != SURVO_BLANK)
		i++;
	if (i == b->rows * b->cols)
		return sums_hold(b, full);
	for (int k = 0; k < b->blanks; k++) {
		if (used >> k & 1 || b->pool[k] == before)
			continue;
		before = full[i] = b->pool[k];
		n += fillings(b, full, i + 1, used | 1u << k);
	}
	return n;
}

static void small_boards(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int one = 0, several = 0, none = 0;
	struct rng rng;

	rng_init(&rng, 1, "test");
	for (int i = 0; i < 1500; i++) {
		struct survo_board b;
		int full[SURVO_CELLS], scratch[SURVO_CELLS], solutions;
		int rows = rng_range(&rng, 2, 3), cols = rng_range(&rng, 2, 4);

		random_board(&b, full, rows, cols, i % 2 ? 3 : 9, 5, &rng);
		if (b.blanks > 7)
			continue;
		if (i % 5 == 0) /* perhaps no solution: two sums changed */
			b.sum[0] += (int)rng_below(&rng, 3);
		memcpy(scratch, b.cell, sizeof(scratch));
		solutions = fillings(&b, scratch, 0, 0);
		buf_reset(&desc);
		survo_write(&desc, &b);
		check_in("%s", buf_z(&desc));
		CHECK_EQ(task->prove(buf_str(&desc)), solutions == 1);
		buf_reset(&answer);
		CHECK_EQ(task->solve(&answer, buf_str(&desc)), solutions > 0);
		if (solutions)
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		one += solutions == 1;
		several += solutions > 1;
		none += solutions == 0;
	}
	CHECK(one > 200 && several > 50 && none > 50);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- the rule ---- */

enum { PLAIN, JSON, FRAMED, TABLE, STYLES };

static void answer_of(struct buf *out, const struct survo_board *b, const int *full, int style)
{
	static const char *const heads[] = { "", "[[", "[[", "| " }, *const betweens[] = { " ", ", ", ", ", " | " };
	static const char *const row_ends[] = { "/", "], [", "], [", " |\n| " }, *const tails[] = { "", "]]", "]]", " |" };
	int total = 0;

	buf_reset(out);
	buf_addz(out, heads[style]);
	for (int i = 0; i < b->rows * b->cols; i++) {
		if (i)
			buf_addz(out, i % b->cols ? betweens[style] : row_ends[style]);
		buf_addi(out, full[i]);
		if (style == FRAMED && i % b->cols == b->cols - 1) {
			buf_addf(out, ", %d", b->sum[i / b->cols]);
			total += b->sum[i / b->cols];
		}
	}
	for (int x = 0; style == FRAMED && x < b->cols; x++)
		buf_addf(out, "%s%d", x ? ", " : "], [", b->sum[b->rows + x]);
	if (style == FRAMED)
		buf_addf(out, ", %d", total);
	buf_addz(out, tails[style]);
}

/* As the statement has it: givens stay, the listed numbers fill the blanks, all sums hold. */
static bool obeys(const struct survo_board *b, const int *full)
{
	struct survo_board used = *b;

	used.blanks = 0;
	for (int i = 0; i < b->rows * b->cols; i++) {
		if (b->cell[i] == SURVO_BLANK)
			used.pool[used.blanks++] = full[i];
		else if (b->cell[i] != full[i])
			return false;
	}
	sort_pool(&used);
	return memcmp(used.pool, b->pool, sizeof(int) * (size_t)b->blanks) == 0 && sums_hold(b, full);
}

static void judged(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int right = 0, wrong = 0;
	struct rng rng;

	rng_init(&rng, 2, "test");
	for (int i = 0; i < 6000; i++) {
		struct survo_board b;
		int full[SURVO_CELLS], rows = rng_range(&rng, 2, 4), cols = rng_range(&rng, 2, 4), n = rows * cols;
		bool good;

		random_board(&b, full, rows, cols, i % 3 ? 3 : 20, 7, &rng);
		for (uint32_t k = rng_below(&rng, 3); k > 0; k--) {
			int p = (int)rng_below(&rng, (uint32_t)n), q = (int)rng_below(&rng, (uint32_t)n), t = full[p];

			full[p] = full[q];
			full[q] = t;
		}
		if (rng_below(&rng, 4) == 0)
			full[rng_below(&rng, (uint32_t)n)]++;
		good = obeys(&b, full);
		buf_reset(&desc);
		survo_write(&desc, &b);
		answer_of(&answer, &b, full, i % STYLES);
		check_in("%s by %s", buf_z(&desc), buf_z(&answer));
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), good ? QUARRY_CORRECT : QUARRY_WRONG);
		right += good;
		wrong += !good;
	}
	CHECK(right > 1000 && wrong > 1000);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- symmetry ---- */

static bool next_order(int *order, int n)
{
	int i = n - 2, j = n - 1;

	while (i >= 0 && order[i] > order[i + 1])
		i--;
	if (i < 0)
		return false;
	while (order[j] < order[i])
		j--;
	swap(&order[i], &order[j]);
	for (int a = i + 1, b = n - 1; a < b; a++, b--)
		swap(&order[a], &order[b]);
	return true;
}

static bool same_in_order(const struct survo_board *a, const struct survo_board *b, const int *rows, const int *cols, bool turned)
{
	int n = a->rows, m = a->cols;

	for (int y = 0; y < n; y++)
		if (a->sum[y] != b->sum[turned ? b->rows + rows[y] : rows[y]])
			return false;
	for (int x = 0; x < m; x++)
		if (a->sum[n + x] != b->sum[turned ? cols[x] : b->rows + cols[x]])
			return false;
	for (int y = 0; y < n; y++)
		for (int x = 0; x < m; x++)
			if (a->cell[y * m + x] != b->cell[turned ? cols[x] * b->cols + rows[y] : rows[y] * b->cols + cols[x]])
				return false;
	return true;
}

/* Is there an order of rows and columns that makes b of a? */
static bool twins(const struct survo_board *a, const struct survo_board *b)
{
	if (memcmp(a->pool, b->pool, sizeof(a->pool)) != 0)
		return false;
	for (int turned = 0; turned < 2; turned++) {
		int rows[SURVO_SIDE], cols[SURVO_SIDE];

		if (turned ? a->rows != b->cols || a->cols != b->rows : a->rows != b->rows || a->cols != b->cols)
			continue;
		for (int i = 0; i < SURVO_SIDE; i++)
			rows[i] = i;
		do {
			for (int i = 0; i < SURVO_SIDE; i++)
				cols[i] = i;
			do {
				if (same_in_order(a, b, rows, cols, turned))
					return true;
			} while (next_order(cols, a->cols));
		} while (next_order(rows, a->rows));
	}
	return false;
}

static void symmetry(void)
{
	enum { BOARDS = 160 };
	static struct survo_board board[BOARDS];
	static struct buf canon[BOARDS];
	struct buf desc = BUF_INIT;
	int same = 0, other = 0;
	struct rng rng;

	rng_init(&rng, 3, "test");
	for (int i = 0; i < BOARDS; i++) {
		int full[SURVO_CELLS], side = rng_range(&rng, 2, 3);

		random_board(&board[i], full, side, side == 2 ? 3 : rng_range(&rng, 2, 3), 1, 5, &rng);
		buf_reset(&desc);
		survo_write(&desc, &board[i]);
		task->canon(&canon[i], buf_str(&desc));
	}
	for (int i = 0; i < BOARDS; i++)
		for (int j = 0; j < i; j++) {
			bool equal = str_eq(buf_str(&canon[i]), buf_str(&canon[j]));

			check_in("%s and %s", buf_z(&canon[i]), buf_z(&canon[j]));
			CHECK_EQ(equal, twins(&board[i], &board[j]));
			same += equal;
			other += !equal;
		}
	CHECK(same > 10 && other > 1000);
	for (int i = 0; i < BOARDS; i++)
		buf_release(&canon[i]);
	buf_release(&desc);
}

/* ---- generated puzzles ---- */

#ifdef HAVE_CADICAL
/* The blanks of a line make `need`: prefix sums as variables. x + blank * values + v: the blank holds val[v]. */
static void sat_line(struct sat *s, int x, const int *blank, int n, const int *val, int values, int need)
{
	int prefix = sat_vars(s, need + 1);

	sat_clause(s, prefix, 0);
	for (int k = 0; k < n; k++) {
		int next = sat_vars(s, need + 1);

		for (int sum = 0; sum <= need; sum++)
			for (int v = 0; v < values; v++) {
				int cell = x + blank[k] * values + v;

				if (sum + val[v] <= need)
					sat_clause(s, -(prefix + sum), -cell, next + sum + val[v], 0);
				else
					sat_clause(s, -(prefix + sum), -cell, 0);
			}
		prefix = next;
	}
	for (int sum = 0; sum < need; sum++)
		sat_clause(s, -(prefix + sum), 0);
}

static int sat_solutions(const struct survo_board *b)
{
	struct sat *s = sat_new();
	int val[SURVO_BLANKS], copies[SURVO_BLANKS], values = 0, x, n, index[SURVO_CELLS], blanks = 0;

	for (int i = 0; i < b->blanks; i++) {
		if (!i || b->pool[i] != b->pool[i - 1]) {
			val[values] = b->pool[i];
			copies[values++] = 0;
		}
		copies[values - 1]++;
	}
	x = sat_vars(s, b->blanks * values);
	for (int i = 0; i < b->rows * b->cols; i++)
		index[i] = b->cell[i] == SURVO_BLANK ? blanks++ : -1;
	for (int i = 0; i < blanks; i++)
		sat_exactly(s, 1, x + i * values, values);
	for (int v = 0; v < values; v++) {
		int lit[SURVO_BLANKS];

		for (int i = 0; i < blanks; i++)
			lit[i] = x + i * values + v;
		sat_exactly_of(s, copies[v], lit, blanks);
	}
	for (int line = 0; line < b->rows + b->cols; line++) {
		int in[SURVO_SIDE], need = b->sum[line];

		n = 0;
		for (int i = 0; i < b->rows * b->cols; i++) {
			if ((line < b->rows ? i / b->cols : b->rows + i % b->cols) != line)
				continue;
			if (index[i] >= 0)
				in[n++] = index[i];
			else
				need -= b->cell[i];
		}
		sat_line(s, x, in, n, val, values, need);
	}
	n = sat_count(s, x, blanks * values, 2);
	sat_free(s);
	return n;
}
#else
static int sat_solutions(const struct survo_board *b)
{
	(void)b;
	return 1;
}
#endif

/* The number `skip` signs on; *at then stands behind it. */
static int number(const char **at, int skip)
{
	char *end;
	long v = strtol(*at + skip, &end, 10);

	*at = end;
	return (int)v;
}

static int answer_at(struct str answer, int cols, int row, int col)
{
	const char *at = answer.s;

	for (int i = 0; i < row * cols + col; i++)
		at += strcspn(at, " /") + 1;
	return atoi(at);
}

/* "c1: 4 5; c3=9" behind the arrow of a line: the solution's number is among those. */
static void check_cells(struct str answer, int cols, char kind, int line, const char *at)
{
	int told = 0;

	while ((at = strpbrk(at, "cr"))) {
		int k = number(&at, 1);
		int v = kind == 'R' ? answer_at(answer, cols, line, k - 1) : answer_at(answer, cols, k - 1, line);
		bool among = false;

		do
			among |= number(&at, 1) == v;
		while (*at == ' ');
		CHECK(among);
		told++;
	}
	CHECK(told > 0);
}

/* "13: 4+9 | 5+8": each way makes the sum. */
static void check_ways(const char *at)
{
	int need = number(&at, 0);

	while (*at == ':' || *at == '|') {
		int sum = 0;

		if (at[2] == '.')
			return;
		do
			sum += number(&at, 1);
		while (*at == '+');
		CHECK_EQ(sum, need);
		at += strspn(at, " ");
	}
}

static void check_step(struct str answer, int cols, const char *step)
{
	const char *arrow = strstr(step, "->");
	int y, x, v;

	if (!arrow)
		return; /* the last line */
	if (step[0] == 'R' || step[0] == 'C') {
		check_ways(strchr(step, ' ') + 1);
		check_cells(answer, cols, step[0], atoi(step + 1) - 1, arrow + 3);
	} else if (step[0] == 'r') {
		if (CHECK(sscanf(arrow, "-> r%dc%d not %d", &y, &x, &v) == 3))
			CHECK(answer_at(answer, cols, y - 1, x - 1) != v);
	} else {
		v = atoi(step);
		for (const char *at = arrow; (at = strchr(at, 'r')); at++)
			if (CHECK(sscanf(at, "r%dc%d", &y, &x) == 2))
				CHECK_EQ(answer_at(answer, cols, y - 1, x - 1), v);
	}
}

static void levels(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, worked = BUF_INIT;

	for (int level = 0; level < TASK_LEVELS; level++) {
		const int *knob = task->levels[level];
		struct rng rng;

		rng_init(&rng, (uint64_t)level, "test");
		for (int i = 0; i < (level < 8 ? 8 : 4); i++) {
			struct survo_board b;
			struct effort e;
			struct str rest, line;

			buf_reset(&desc);
			buf_reset(&answer);
			buf_reset(&worked);
			check_in("level %d puzzle %d", level, i);
			if (!task->generate(&desc, &answer, knob, &rng))
				continue;
			if (!CHECK(survo_read(&b, buf_str(&desc))))
				continue;
			CHECK(b.rows == knob[0] && b.cols == knob[1] && b.blanks >= knob[2] && b.blanks <= knob[3]);
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
			CHECK_EQ(sat_solutions(&b), 1);
			task->grade(&e, buf_str(&desc));
			CHECK(level < 8 ? e.branch == 0 : e.branch >= knob[9]);
			CHECK(e.depth >= knob[8]);
			task->explain(&worked, buf_str(&desc), LANG_EN);
			rest = buf_str(&worked);
			while (str_line(&rest, &line)) {
				char step[4096];

				snprintf(step, sizeof(step), "%.*s", (int)line.n, line.s);
				check_step(buf_str(&answer), b.cols, step);
			}
		}
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&worked);
}

int main(void)
{
	small_boards();
	judged();
	symmetry();
	levels();
	return check_done();
}
