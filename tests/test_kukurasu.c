/*
 * test_kukurasu.c - kukurasu against what shares nothing with it: all boards of 3 x 3 and 4 x 4 counted by their sums,
 * every answer of small boards judged, levels proved by CaDiCaL, each worked step checked by trying all subsets.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_kukurasu;

static const struct task *const task = &task_kukurasu;

enum { MOST = 12 };

struct puzzle {
	int rows, cols, row[MOST], col[MOST];
};

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("kukurasu", desc, answer);
}

/* Cell y, x of a board is bit y * cols + x. */
static void puzzle_of(struct puzzle *p, int rows, int cols, uint32_t cells)
{
	*p = (struct puzzle){ .rows = rows, .cols = cols };
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++)
			if (cells >> (y * cols + x) & 1) {
				p->row[y] += 1 + x;
				p->col[x] += 1 + y;
			}
}

static void desc_of(struct buf *out, const struct puzzle *p)
{
	buf_reset(out);
	for (int y = 0; y < p->rows; y++)
		buf_addf(out, "%s%d", y ? " " : "", p->row[y]);
	for (int x = 0; x < p->cols; x++)
		buf_addf(out, "%c%d", x ? ' ' : '/', p->col[x]);
}

static void answer_of(struct buf *out, int rows, int cols, uint32_t cells, int how)
{
	buf_reset(out);
	if (how == 3) {
		buf_addc(out, '[');
		for (int i = 0, n = 0; i < rows * cols; i++)
			if (cells >> i & 1)
				buf_addf(out, "%s(%d, %d)", n++ ? ", " : "", i / cols + 1, i % cols + 1);
		buf_addc(out, ']');
		return;
	}
	buf_addz(out, how == 2 ? "[['" : "");
	for (int i = 0; i < rows * cols; i++) {
		static const char *const row_ends[] = { "/", "\n", "'], ['" }, *const betweens[] = { "", " ", "', '" };

		if (i)
			buf_addz(out, i % cols ? betweens[how] : row_ends[how]);
		buf_addc(out, cells >> i & 1 ? '1' : how == 2 ? 'X' : '0');
	}
	buf_addz(out, how == 2 ? "']]" : "");
}

/* ---- all boards of a size ---- */

static int puzzle_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct puzzle));
}

/* Of how many boards are these the sums? sorted: the sums of all boards. */
static int count_in(const struct puzzle *sorted, size_t n, const struct puzzle *p)
{
	const struct puzzle *at = bsearch(p, sorted, n, sizeof(*p), puzzle_cmp), *from = at, *to = at;

	if (!at)
		return 0;
	while (from > sorted && puzzle_cmp(from - 1, p) == 0)
		from--;
	while (to + 1 < sorted + n && puzzle_cmp(to + 1, p) == 0)
		to++;
	return (int)(to - from) + 1;
}

static void every_board(int rows, int cols, int stride)
{
	size_t n = (size_t)1 << (rows * cols);
	struct puzzle *all = calloc(n, sizeof(*all));
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int unique = 0, several = 0;

	if (!CHECK(all != NULL))
		return;
	for (size_t i = 0; i < n; i++)
		puzzle_of(&all[i], rows, cols, (uint32_t)i);
	qsort(all, n, sizeof(*all), puzzle_cmp);
	for (size_t i = 0; i < n; i += (size_t)stride) {
		struct puzzle p;
		int solutions;

		puzzle_of(&p, rows, cols, (uint32_t)i);
		if (i % 3 == 0) /* sums that perhaps no board has */
			p.row[i % (size_t)rows] = (int)(i / 3 % (size_t)(cols * (cols + 1) / 2 + 1));
		solutions = count_in(all, n, &p);
		desc_of(&desc, &p);
		check_in("%s", buf_z(&desc));
		CHECK_EQ(task->prove(buf_str(&desc)), solutions == 1);
		buf_reset(&answer);
		CHECK_EQ(task->solve(&answer, buf_str(&desc)), solutions > 0);
		if (solutions)
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		unique += solutions == 1;
		several += solutions > 1;
	}
	CHECK(unique > 100 && several > 0);
	free(all);
	buf_release(&desc);
	buf_release(&answer);
}

/* The rule says correct exactly where all sums are right, in each notation. */
static void every_answer(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	struct rng rng;
	int right = 0, wrong = 0;

	rng_init(&rng, 1, "test");
	for (int round = 0; round < 12; round++) {
		int rows = rng_range(&rng, 2, 3), cols = rng_range(&rng, 2, 4);
		struct puzzle p, q;

		puzzle_of(&p, rows, cols, rng_below(&rng, 1u << (rows * cols)));
		desc_of(&desc, &p);
		for (uint32_t cells = 0; cells < 1u << (rows * cols); cells++) {
			int how = (int)(cells % 4);
			bool good;

			if (how == 3 && !cells)
				continue;
			puzzle_of(&q, rows, cols, cells);
			good = puzzle_cmp(&p, &q) == 0;
			answer_of(&answer, rows, cols, cells, how);
			check_in("%s by %s", buf_z(&desc), buf_z(&answer));
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), good ? QUARRY_CORRECT : QUARRY_WRONG);
			right += good;
			wrong += !good;
		}
	}
	CHECK(right >= 10 && wrong > 3000);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- generated puzzles ---- */

static bool read_sums(struct puzzle *p, const char *s)
{
	int *at = p->row, *n = &p->rows;
	char *end;

	*p = (struct puzzle){ .rows = 0 };
	for (;; s = end + 1) {
		if (*n == MOST)
			return false;
		at[(*n)++] = (int)strtol(s, &end, 10);
		if (!*end)
			return true;
		if (*end == '/') {
			at = p->col;
			n = &p->cols;
		}
	}
}

#ifdef HAVE_CADICAL
/* n cells from variable x on, stride apart, that count 1 .. n, make up sum: prefix sums as variables. */
static void sat_weighted(struct sat *s, int x, int stride, int n, int sum)
{
	int most = n * (n + 1) / 2, prefix = sat_vars(s, most + 1);

	sat_clause(s, prefix, 0);
	for (int k = 0; k < n; k++) {
		int next = sat_vars(s, most + 1), cell = x + k * stride, w = k + 1;

		for (int v = 0; v <= k * (k + 1) / 2; v++) {
			sat_clause(s, -(prefix + v), -cell, next + v + w, 0);
			sat_clause(s, -(prefix + v), cell, next + v, 0);
		}
		prefix = next;
	}
	for (int v = 0; v <= most; v++)
		if (v != sum)
			sat_clause(s, -(prefix + v), 0);
}

static int sat_solutions(const struct puzzle *p, struct str answer)
{
	struct sat *s = sat_new();
	int x = sat_vars(s, p->rows * p->cols), n, at = 0;

	for (int y = 0; y < p->rows; y++)
		sat_weighted(s, x + y * p->cols, 1, p->cols, p->row[y]);
	for (int c = 0; c < p->cols; c++)
		sat_weighted(s, x + c, p->cols, p->rows, p->col[c]);
	if (CHECK(sat_solve(s)))
		for (size_t i = 0; i < answer.n; i++)
			if (answer.s[i] != '/')
				CHECK_EQ(sat_true(s, x + at++), answer.s[i] == '1');
	n = sat_count(s, x, p->rows * p->cols, 2);
	sat_free(s);
	return n;
}
#else
static int sat_solutions(const struct puzzle *p, struct str answer)
{
	(void)p;
	(void)answer;
	return 1;
}
#endif

static bool chosen(const struct puzzle *p, struct str answer, int line, int k)
{
	int y = line < p->rows ? line : k, x = line < p->rows ? k : line - p->rows;

	return answer.s[y * (p->cols + 1) + x] == '1';
}

/* "R2 7 of 1 2 4 5: 2+5 | 1+2+4 -> c2=1": does it follow, and is it true? */
static void check_step(const struct puzzle *p, struct str answer, const char *step)
{
	int line = (step[0] == 'C' ? p->rows : 0) + atoi(step + 1) - 1, n = 0, cell[MOST], made = 0, told = 0;
	bool always[2][MOST + 1], any = false;
	const char *at = strchr(step, ' ');
	int left = atoi(at);

	for (at = strstr(step, "of") + 2; *at == ' ' && at[1] >= '0' && at[1] <= '9' && n < MOST; at += 1 + strspn(at + 1, "0123456789"))
		cell[n++] = atoi(at + 1);
	for (int i = 0; i < n; i++)
		made += chosen(p, answer, line, cell[i] - 1) ? cell[i] : 0;
	CHECK_EQ(made, left);
	memset(always, 1, sizeof(always));
	for (unsigned sub = 0; sub < 1u << n; sub++) {
		int sum = 0;

		for (int i = 0; i < n; i++)
			sum += sub >> i & 1 ? cell[i] : 0;
		if (sum != left)
			continue;
		any = true;
		for (int i = 0; i < n; i++)
			always[!(sub >> i & 1)][cell[i]] = false;
	}
	CHECK(any);
	for (at = strstr(step, "->"); at && (at = strchr(at, '=')); at++, told++) {
		const char *digit = at;
		int v = at[1] - '0', k;

		while (digit[-1] >= '0' && digit[-1] <= '9')
			digit--;
		k = atoi(digit);
		CHECK(always[v][k]);
		CHECK_EQ(chosen(p, answer, line, k - 1), v);
	}
	CHECK(told > 0);
}

/* "r2c3=1? ... -> r2c3=0": is the end true? */
static void check_trial(const struct puzzle *p, struct str answer, const char *step)
{
	const char *end = strstr(step, "-> r");
	int y, x, v;

	if (CHECK(end && sscanf(end, "-> r%dc%d=%d", &y, &x, &v) == 3))
		CHECK_EQ(chosen(p, answer, y - 1, x - 1), v);
}

static void check_steps(const struct puzzle *p, struct str answer, struct str worked)
{
	struct str line;
	int steps = 0;

	while (str_line(&worked, &line)) {
		char step[2048];

		snprintf(step, sizeof(step), "%.*s", (int)line.n, line.s);
		if (strstr(step, " of ") && step[0] != 'r') {
			check_step(p, answer, step);
			steps++;
		} else if (step[0] == 'r') {
			check_trial(p, answer, step);
			steps++;
		}
	}
	CHECK(steps >= p->rows);
}

static void levels(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, worked = BUF_INIT;

	for (int level = 0; level < TASK_LEVELS; level++) {
		struct rng rng;

		rng_init(&rng, (uint64_t)level, "test");
		for (int i = 0; i < 12; i++) {
			struct puzzle p;
			struct effort e;

			buf_reset(&desc);
			buf_reset(&answer);
			buf_reset(&worked);
			check_in("level %d puzzle %d", level, i);
			if (!CHECK(task->generate(&desc, &answer, task->levels[level], &rng)) || !read_sums(&p, buf_z(&desc)))
				continue;
			CHECK_EQ(p.rows, task->levels[level][0]);
			CHECK_EQ(p.cols, task->levels[level][1]);
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
			CHECK_EQ(sat_solutions(&p, buf_str(&answer)), 1);
			task->grade(&e, buf_str(&desc));
			CHECK(level < 8 ? e.branch == 0 : e.branch >= task->levels[level][5]);
			CHECK(e.depth >= task->levels[level][4]);
			task->explain(&worked, buf_str(&desc), LANG_EN);
			check_steps(&p, buf_str(&answer), buf_str(&worked));
		}
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&worked);
}

int main(void)
{
	every_answer();
	every_board(3, 3, 1);
	every_board(4, 4, 17);
	every_board(3, 5, 13);
	levels();
	return check_done();
}
