/*
 * test_numbrix.c - numbrix against all paths through small squares, found by walking; against CaDiCaL on large ones;
 * worked solutions read back.
 */
#include "generators/numbrix_solve.h"
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_numbrix;

static const struct task *const task = &task_numbrix;

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("numbrix", desc, answer);
}

static void rows_write(struct buf *out, const int16_t *val, int n)
{
	buf_reset(out);
	for (int i = 0; i < n * n; i++)
		buf_addf(out, "%s%d", i == 0 ? "" : i % n ? " " : "/", val[i]);
}

/* ---- all paths through a square, by walking ---- */

enum { PATHS_MAX = 9000 };

struct all {
	int n, found;
	int16_t now[CELLS];
	int16_t path[PATHS_MAX][25];
};

static void walk(struct all *all, int y, int x, int v)
{
	int n = all->n;

	if (y < 0 || y >= n || x < 0 || x >= n || all->now[y * n + x])
		return;
	all->now[y * n + x] = (int16_t)v;
	if (v == n * n) {
		memcpy(all->path[all->found++], all->now, sizeof(all->now[0]) * (size_t)(n * n));
	} else {
		walk(all, y - 1, x, v + 1);
		walk(all, y + 1, x, v + 1);
		walk(all, y, x - 1, v + 1);
		walk(all, y, x + 1, v + 1);
	}
	all->now[y * n + x] = 0;
}

static struct all *all_paths(int n)
{
	static struct all all;

	all = (struct all){ .n = n };
	for (int i = 0; i < n * n; i++)
		walk(&all, i / n, i % n, 1);
	return &all;
}

/* How many paths agree with the givens; *last is one. */
static int agree(const struct all *all, const struct board *b, int *last)
{
	int count = 0;

	for (int k = 0; k < all->found; k++) {
		bool fits = true;

		for (int i = 0; i < b->n * b->n && fits; i++)
			fits = !b->val[i] || b->val[i] == all->path[k][i];
		if (fits) {
			*last = k;
			count++;
		}
	}
	return count;
}

/* The numbers of directed paths are known (OEIS A096969): 8, 40, 552, 8648. */
static void counts(void)
{
	static const int known[] = { 8, 40, 552, 8648 };

	for (int n = 2; n <= 5; n++) {
		struct board empty = { .n = n };

		check_in("all paths, %d", n);
		CHECK_EQ(all_paths(n)->found, known[n - 2]);
		CHECK_EQ(numbrix_count(&empty, 10000, 1000000, NULL, NULL), known[n - 2]);
	}
}

static void small_boards(int n, int rounds)
{
	const struct all *all = all_paths(n);
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int unique = 0, none = 0, right = 0;
	struct rng rng;

	rng_init(&rng, (uint64_t)n, "test");
	for (int round = 0; round < rounds; round++) {
		struct board b = { .n = n }, full;
		int16_t val[25];
		int count, last = 0, holes = rng_range(&rng, n, n * n);

		memcpy(b.val, all->path[rng_below(&rng, (uint32_t)all->found)], sizeof(b.val[0]) * (size_t)(n * n));
		for (int k = 0; k < holes; k++)
			b.val[rng_below(&rng, (uint32_t)(n * n))] = 0;
		if (rng_below(&rng, 4) == 0) { /* may clash: any missing number */
			int v = rng_range(&rng, 1, n * n), there = 0;

			for (int i = 0; i < n * n; i++)
				there += b.val[i] == v;
			if (!there)
				b.val[rng_below(&rng, (uint32_t)(n * n))] = (int16_t)v;
		}
		buf_reset(&desc);
		numbrix_desc(&desc, &b);
		check_in("%s", buf_z(&desc));
		count = agree(all, &b, &last);
		CHECK_EQ(numbrix_count(&b, 10000, 100000, NULL, NULL), count);
		CHECK_EQ(task->prove(buf_str(&desc)), count == 1);
		if (count == 1) {
			CHECK(numbrix_unique(&b, &full));
			CHECK(memcmp(full.val, all->path[last], sizeof(val[0]) * (size_t)(n * n)) == 0);
		}
		unique += count == 1;
		none += count == 0;
		/* The rule: a path is right exactly if it agrees with the givens; shaken ones by the definition. */
		memcpy(val, all->path[rng_below(&rng, 3) ? (uint32_t)last : rng_below(&rng, (uint32_t)all->found)], sizeof(val));
		for (uint32_t k = rng_below(&rng, 3); k > 0; k--) {
			uint32_t i = rng_below(&rng, (uint32_t)(n * n)), j = rng_below(&rng, (uint32_t)(n * n));
			int16_t t = val[i];

			val[i] = val[j];
			val[j] = t;
		}
		if (rng_below(&rng, 8) == 0)
			val[rng_below(&rng, (uint32_t)(n * n))] = (int16_t)rng_range(&rng, 0, n * n);
		{
			bool good = false;

			for (int k = 0; k < all->found && !good; k++) {
				good = memcmp(val, all->path[k], sizeof(val[0]) * (size_t)(n * n)) == 0;
				for (int i = 0; i < n * n && good; i++)
					good = !b.val[i] || b.val[i] == val[i];
			}
			rows_write(&answer, val, n);
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), good ? QUARRY_CORRECT : QUARRY_WRONG);
			right += good;
		}
	}
	CHECK(unique > rounds / 10 && none > rounds / 100 && right > rounds / 10 && right < rounds * 9 / 10);
	buf_release(&desc);
	buf_release(&answer);
}

/* ---- CaDiCaL ---- */

#ifdef HAVE_CADICAL
static int solutions(const struct board *b)
{
	int n = b->n, cells = n * n, found;
	struct sat *s = sat_new();
	int x = sat_vars(s, cells * cells); /* number v at cell i: x + (v - 1) * cells + i */

	for (int k = 0; k < cells; k++) {
		int lit[CELLS];

		sat_exactly(s, 1, x + k * cells, cells);
		for (int v = 0; v < cells; v++)
			lit[v] = x + v * cells + k;
		sat_exactly_of(s, 1, lit, cells);
		if (b->val[k])
			sat_clause(s, x + (b->val[k] - 1) * cells + k, 0);
	}
	for (int v = 0; v + 1 < cells; v++)
		for (int i = 0; i < cells; i++)
			for (int way = 1; way >= -1; way -= 2) { /* the number behind, and the number before */
				int lit[5] = { -(x + (v + (way < 0)) * cells + i) }, m = 1, to = x + (v + (way > 0)) * cells;

				if (i >= n)
					lit[m++] = to + i - n;
				if (i + n < cells)
					lit[m++] = to + i + n;
				if (i % n)
					lit[m++] = to + i - 1;
				if (i % n < n - 1)
					lit[m++] = to + i + 1;
				sat_any(s, lit, m);
			}
	found = sat_count(s, x, cells * cells, 2);
	sat_free(s);
	return found;
}
#else
static int solutions(const struct board *b)
{
	(void)b;
	return 1;
}
#endif

/* ---- worked solutions, read back ---- */

static bool cell_read(struct str *s, int n, int *i)
{
	int y, x = 0;
	size_t at = 1;

	if (s->n < 2 || s->s[0] < 'a' || s->s[0] >= 'a' + n)
		return false;
	y = s->s[0] - 'a';
	for (; at < s->n && s->s[at] >= '0' && s->s[at] <= '9'; at++)
		x = x * 10 + (s->s[at] - '0');
	if (at == 1 || x < 1 || x > n)
		return false;
	*i = y * n + x - 1;
	*s = str_from(*s, at);
	return true;
}

static bool int_read(struct str *s, int *v)
{
	size_t at = 0;

	for (*v = 0; at < s->n && s->s[at] >= '0' && s->s[at] <= '9'; at++)
		*v = *v * 10 + (s->s[at] - '0');
	*s = str_from(*s, at);
	return at > 0;
}

static int apart(int a, int b, int n)
{
	return abs(a / n - b / n) + abs(a % n - b % n);
}

/* "5=b3 4=b2 a2:17 c2>9=d5": every other neighbour of 4 is accounted for, truly. */
static void read_step(const struct board *now, int v, int i, struct str rest)
{
	int n = now->n, from, at, neighbours = 0, told = 0;

	CHECK(int_read(&rest, &from) && abs(from - v) == 1 && str_starts(rest, STR("=")));
	rest = str_from(rest, 1);
	CHECK(cell_read(&rest, n, &at) && now->val[at] == from && apart(at, i, n) == 1);
	for (int j = 0; j < n * n; j++)
		neighbours += apart(at, j, n) == 1 && j != i;
	while (str_starts(rest, STR(" "))) {
		int j, w = 0, far = 0;

		rest = str_from(rest, 1);
		if (!CHECK(cell_read(&rest, n, &j) && apart(at, j, n) == 1 && j != i))
			return;
		told++;
		if (str_starts(rest, STR(":"))) {
			rest = str_from(rest, 1);
			CHECK(int_read(&rest, &w) && now->val[j] == w);
			continue;
		}
		CHECK(str_starts(rest, STR(">")));
		rest = str_from(rest, 1);
		CHECK(int_read(&rest, &w) && str_starts(rest, STR("=")));
		rest = str_from(rest, 1);
		CHECK(cell_read(&rest, n, &far) && now->val[far] == w && apart(j, far, n) > abs(w - v));
	}
	CHECK_EQ(told, neighbours);
	CHECK_EQ(rest.n, 0);
}

static void read_worked(struct str desc, const struct board *full)
{
	struct buf steps = BUF_INIT;
	struct board now;
	struct str rest, line;
	int n = full->n;
	bool cut = false;

	CHECK(numbrix_parse(&now, desc));
	task->explain(&steps, desc, LANG_EN);
	rest = buf_str(&steps);
	for (int i = 0; i < n; i++)
		CHECK(str_line(&rest, &line));
	while (str_line(&rest, &line)) {
		struct str s = line, out;
		int v, i;

		check_in("%.*s: %.*s", (int)desc.n, desc.s, (int)line.n, line.s);
		if (str_starts(line, STR("..."))) {
			cut = true;
		} else if (str_find(line, STR("!")) >= 0) { /* what is ruled out is not so */
			out = str_from(line, (size_t)str_find(line, STR("!")));
			while (str_starts(out, STR("!"))) {
				out = str_from(out, 1);
				CHECK(int_read(&out, &v) && cell_read(&out, n, &i) && full->val[i] != v && !now.val[i]);
				if (str_starts(out, STR(" ")))
					out = str_from(out, 1);
			}
			CHECK_EQ(out.n, 0);
		} else if (cell_read(&s, n, &i)) { /* b3=5 ... */
			CHECK(str_starts(s, STR("=")));
			s = str_from(s, 1);
			CHECK(int_read(&s, &v) && full->val[i] == v && !now.val[i]);
			now.val[i] = (int16_t)v;
		} else { /* 5=b3 ... */
			CHECK(int_read(&s, &v) && str_starts(s, STR("=")));
			s = str_from(s, 1);
			CHECK(cell_read(&s, n, &i) && full->val[i] == v && !now.val[i]);
			if (str_find(s, STR("{")) < 0 && str_find(s, STR(" |")) < 0 && str_find(s, STR("~")) < 0)
				read_step(&now, v, i, str_from(s, 1));
			now.val[i] = (int16_t)v;
		}
	}
	CHECK(cut || memcmp(now.val, full->val, sizeof(now.val[0]) * (size_t)(n * n)) == 0);
	buf_release(&steps);
}

/* ---- levels ---- */

static void one_level(const int *knob, int level, int count, int sat)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (int i = 0, made = 0; made < count && i < 3 * count; i++) {
		struct board b, full;
		struct effort e;
		struct rng rng;

		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, (uint64_t)i, "levels");
		if (!task->generate(&desc, &answer, knob, &rng))
			continue;
		made++;
		check_in("level %d: %s", level, buf_z(&desc));
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		CHECK(numbrix_parse(&b, buf_str(&desc)) && numbrix_unique(&b, &full));
		if (made <= sat)
			CHECK_EQ(solutions(&b), 1);
		task->grade(&e, buf_str(&desc));
		CHECK_EQ(e.branch > 0, knob[3] == SEARCH);
		read_worked(buf_str(&desc), &full);
		CHECK(made < count || made * 10 > (i + 1) * 7); /* draws mostly succeed */
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* No given can go: more solutions, or a harder technique. */
static void minimal(void)
{
	int knob[TASK_KNOBS];
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	memcpy(knob, task->levels[5], sizeof(knob));
	knob[1] = 0;
	knob[5] = 1;
	for (int round = 0; round < 10; round++) {
		struct board b;
		struct rng rng;

		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, (uint64_t)round, "minimal");
		if (!task->generate(&desc, &answer, knob, &rng) || !CHECK(numbrix_parse(&b, buf_str(&desc))))
			continue;
		check_in("%s", buf_z(&desc));
		for (int i = 0; i < b.n * b.n; i++) {
			struct board less = b;
			struct logic l;

			if (!b.val[i])
				continue;
			less.val[i] = 0;
			numbrix_logic(&l, &less, knob[3]);
			CHECK(!numbrix_solve_on(&l));
		}
	}
	buf_release(&desc);
	buf_release(&answer);
}

/*
 * Paths are no snakes and no two alike: of random ones the longest straight run is short, ends lie everywhere that the
 * colours of a chessboard allow, and each joint of two inner cells is used about as often as any other.
 */
static void random_paths(void)
{
	enum { BOARDS = 300, N = 7 };
	int knob[TASK_KNOBS] = { N, 60, 80, STEP, 0, 0 };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int ends[N * N] = { 0 }, straight = 0, across = 0, joints = 0, border = 0;

	check_in("random paths");
	for (int k = 0; k < BOARDS; k++) {
		struct board full;
		struct board b;
		struct rng rng;
		int at[N * N + 2];

		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, (uint64_t)k, "paths");
		CHECK(task->generate(&desc, &answer, knob, &rng));
		CHECK(numbrix_parse(&b, buf_str(&desc)) && numbrix_unique(&b, &full));
		for (int i = 0; i < N * N; i++)
			at[full.val[i]] = i;
		ends[at[1]]++;
		ends[at[N * N]]++;
		for (int v = 1; v < N * N; v++) {
			across += at[v] / N == at[v + 1] / N;
			joints++;
			straight += v > 1 && at[v + 1] - at[v] == at[v] - at[v - 1];
		}
	}
	CHECK(across > joints * 47 / 100 && across < joints * 53 / 100);
	CHECK(straight < joints * 50 / 100); /* a snake has 73 of 100 */
	for (int i = 0; i < N * N; i++) {
		/* the odd square's ends have the corners' colour */
		if ((i / N + i % N) % 2)
			CHECK_EQ(ends[i], 0);
		else
			CHECK(ends[i] > 0);
		border += i / N % (N - 1) == 0 || i % N % (N - 1) == 0 ? ends[i] : 0;
	}
	CHECK(border < BOARDS * 2 * 9 / 10);
	buf_release(&desc);
	buf_release(&answer);
}

static void golden(void)
{
	static const char *const want[] = {
		"4:.,4,.,./6,.,.,1/.,10,.,16/8,9,14,15",
		"6:.,.,.,.,.,./6,.,.,.,.,./3,.,.,.,13,./2,.,18,.,28,33/.,.,.,.,.,32/22,.,.,.,.,.",
		"10:.,8,.,.,.,100,.,.,.,./.,.,26,.,.,.,.,.,.,91/3,4,.,.,.,.,.,.,.,./.,.,.,.,.,.,.,.,.,./"
		"33,.,29,.,.,82,.,.,.,./.,.,.,.,.,.,.,.,.,./.,.,.,.,.,.,79,.,73,68/.,.,.,.,.,.,.,.,.,./"
		".,.,.,.,.,50,.,.,.,./42,.,.,.,.,.,.,.,.,61",
	};

	task_golden(task, want, 5);
}

int main(void)
{
	const int searched[TASK_KNOBS] = { 6, 5, 30, SEARCH, 0, 1 };

	counts();
	small_boards(3, 3000);
	small_boards(4, 2000);
	for (int level = 0; level < TASK_LEVELS; level++)
		one_level(task->levels[level], level, level < 6 ? 40 : level < 8 ? 10 : 5, level < 6 ? 4 : level < 9);
	one_level(searched, 100, 4, 2);
	minimal();
	random_paths();
	golden();
	return check_done();
}
