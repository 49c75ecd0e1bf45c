/*
 * test_sudoku.c - sudoku against brute force that shares nothing with it: solutions counted cell by cell, symmetry by
 * trying all 3,072 twins of a 4 x 4 board, worked solutions read back line by line.
 */
#include "base/hash.h"
#include "generators/sudoku_solve.h"
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_sudoku;

static const struct task *const task = &task_sudoku;

enum { TECHNIQUE_KNOB = 4 };

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("sudoku", desc, answer);
}

/* ---- brute force ---- */

static bool fits(const struct board *b, int i, int v)
{
	for (int j = 0; j < b->n * b->n; j++) {
		bool row = i / b->n == j / b->n, col = i % b->n == j % b->n;
		bool box = i / b->n / b->h == j / b->n / b->h && i % b->n / b->w == j % b->n / b->w;

		if (j != i && b->cell[j] == v && (row || col || box))
			return false;
	}
	return true;
}

typedef void each_fn(const struct board *b, void *ctx);

/* Every filled board, cell after cell; up to limit. */
static int fill_all(struct board *b, int i, int limit, each_fn *each, void *ctx)
{
	int found = 0;

	while (i < b->n * b->n && b->cell[i])
		i++;
	if (i == b->n * b->n) {
		if (each)
			each(b, ctx);
		return 1;
	}
	for (int v = 1; v <= b->n && found < limit; v++) {
		if (!fits(b, i, v))
			continue;
		b->cell[i] = (uint8_t)v;
		found += fill_all(b, i + 1, limit - found, each, ctx);
		b->cell[i] = 0;
	}
	return found;
}

/* The same where few cells are filled: the cell with the fewest digits first. */
static int fill_tight(struct board *b, int limit, struct board *first)
{
	int least = SIDE + 1, at = -1, found = 0;

	for (int i = 0; i < b->n * b->n; i++) {
		int n = 0;

		for (int v = 1; v <= b->n && !b->cell[i]; v++)
			n += fits(b, i, v);
		if (!b->cell[i] && n < least) {
			least = n;
			at = i;
		}
	}
	if (at < 0) {
		if (!first->n)
			*first = *b;
		return 1;
	}
	for (int v = 1; v <= b->n && found < limit; v++) {
		if (!fits(b, at, v))
			continue;
		b->cell[at] = (uint8_t)v;
		found += fill_tight(b, limit - found, first);
		b->cell[at] = 0;
	}
	return found;
}

static void desc_of(struct buf *out, const struct board *b)
{
	buf_reset(out);
	buf_addf(out, "%dx%d:", b->w, b->h);
	for (int i = 0; i < b->n * b->n; i++) {
		if (i && i % b->n == 0)
			buf_addc(out, '/');
		buf_addc(out, b->cell[i] ? (char)('0' + b->cell[i]) : '.');
	}
}

/* ---- all 288 boards of 4 x 4 ---- */

struct all {
	struct board full[300];
	int n;
};

static void keep(const struct board *b, void *ctx)
{
	struct all *all = ctx;

	if (all->n < 300)
		all->full[all->n++] = *b;
}

static bool new_to(uint64_t *seen, int *n, struct str s)
{
	uint64_t h = hash64(s.s, s.n, 0);

	for (int i = 0; i < *n; i++)
		if (seen[i] == h)
			return false;
	seen[(*n)++] = h;
	return true;
}

static void every_board(struct all *all)
{
	struct board empty = { .w = 2, .h = 2, .n = 4 };
	struct buf desc = BUF_INIT, canon = BUF_INIT, answer = BUF_INIT;
	uint64_t seen[300];
	int classes = 0, wrong = 0;
	struct rng rng;

	check_in("all 4 x 4 boards");
	CHECK_EQ(fill_all(&empty, 0, 1000, keep, all), 288);
	for (int i = 0; i < all->n; i++) {
		desc_of(&desc, &all->full[i]);
		CHECK_EQ(ask(STR("2x2:..../..../..../...."), str_from(buf_str(&desc), 4)), QUARRY_CORRECT);
		buf_reset(&canon);
		task->canon(&canon, buf_str(&desc));
		new_to(seen, &classes, buf_str(&canon));
	}
	CHECK_EQ(classes, 2); /* known: two essentially different boards */
	/* Of random fillings, the rule accepts those that brute force does. */
	rng_init(&rng, 3, "test");
	for (int i = 0; i < 3000; i++) {
		struct board b = all->full[rng_below(&rng, 288)];
		bool good = true;

		for (uint32_t k = rng_below(&rng, 4); k > 0; k--) {
			int x = rng_range(&rng, 0, 15), y = rng_range(&rng, 0, 15);
			uint8_t t = b.cell[x];

			b.cell[x] = b.cell[y];
			b.cell[y] = t;
		}
		for (int k = 0; k < 16; k++)
			good = good && fits(&b, k, b.cell[k]);
		desc_of(&answer, &b);
		CHECK_EQ(ask(STR("2x2:..../..../..../...."), str_from(buf_str(&answer), 4)), good ? QUARRY_CORRECT : QUARRY_WRONG);
		wrong += !good;
	}
	CHECK(wrong > 500);
	buf_release(&desc);
	buf_release(&canon);
	buf_release(&answer);
}

/* Boards with random holes: proved exactly when brute force finds one solution. */
static void proofs(const struct all *all)
{
	struct rng rng;
	struct buf desc = BUF_INIT;
	int unique = 0, n = 4000;

	rng_init(&rng, 4, "test");
	for (int i = 0; i < n; i++) {
		struct board b = all->full[rng_below(&rng, 288)];
		bool one;

		for (uint32_t holes = 4 + rng_below(&rng, 10); holes > 0; holes--)
			b.cell[rng_below(&rng, 16)] = 0;
		if (rng_below(&rng, 4) == 0)
			b.cell[rng_below(&rng, 16)] = (uint8_t)rng_range(&rng, 1, 4); /* may clash */
		desc_of(&desc, &b);
		one = true;
		for (int k = 0; k < 16; k++)
			one = one && (!b.cell[k] || fits(&b, k, b.cell[k]));
		one = one && fill_all(&b, 0, 2, NULL, NULL) == 1;
		check_in("%s", buf_z(&desc));
		CHECK_EQ(task->prove(buf_str(&desc)), one);
		unique += one;
	}
	CHECK(unique > n / 5 && unique < n * 4 / 5);
	buf_release(&desc);
}

/* Both boards of 4 x 4 under all 2^16 masks: what refuse() says about them holds, and all techniques end. */
static void no_hard_board_of_four(void)
{
	static const char *const full[] = { "1234341221434321", "1234341223414123" };
	struct buf desc = BUF_INIT, canon[2] = { BUF_INIT, BUF_INIT };
	struct shape s;
	int unique = 0, hard = 0;

	check_in("all masks of 4 x 4");
	sudoku_shape(&s, 2, 2);
	for (int f = 0; f < 2; f++) {
		struct board b = { .w = 2, .h = 2, .n = 4 };

		for (unsigned mask = 0; mask < 1 << 16; mask++) {
			struct search found;
			struct logic l;

			for (int i = 0; i < 16; i++)
				b.cell[i] = (uint8_t)(mask >> i & 1 ? full[f][i] - '0' : 0);
			if (sudoku_solutions(&found, &s, b.cell, 2, NULL) != 1)
				continue;
			sudoku_logic(&l, &s, b.cell, NAKED_SINGLE);
			hard += !sudoku_solve_on(&l);
			unique++;
		}
		desc_of(&desc, &b);
		task->canon(&canon[f], buf_str(&desc));
	}
	CHECK(!str_eq(buf_str(&canon[0]), buf_str(&canon[1])));
	CHECK_EQ(hard, 0);
	CHECK_EQ(unique, 91428);
	CHECK(task->refuse((const int[TASK_KNOBS]){ 2, 2, 5, 6, HIDDEN_SINGLE }) != NULL);
	buf_release(&canon[0]);
	buf_release(&canon[1]);
	buf_release(&desc);
}

/* ---- symmetry ---- */

static const int orders4[8][4] = { { 0, 1, 2, 3 }, { 1, 0, 2, 3 }, { 0, 1, 3, 2 }, { 1, 0, 3, 2 },
				   { 2, 3, 0, 1 }, { 3, 2, 0, 1 }, { 2, 3, 1, 0 }, { 3, 2, 1, 0 } };

/* The least of all twins, digits renamed in order of appearance in the solution's row 0. */
static void least_twin(char out[33], const struct board *b, const struct board *full)
{
	char mine[33] = "";

	out[0] = '\x7f';
	for (int t = 0; t < 2 * 8 * 8; t++) {
		const int *row = orders4[t / 2 % 8], *col = orders4[t / 16];
		int name[5] = { 0 };

		for (int i = 0; i < 16; i++) {
			int y = row[i / 4], x = col[i % 4], at = t % 2 ? x * 4 + y : y * 4 + x, v = full->cell[at];

			if (i < 4)
				name[v] = i + 1;
			mine[i] = (char)('0' + name[v]);
			mine[16 + i] = b->cell[at] ? 'x' : '.';
		}
		if (memcmp(mine, out, 32) < 0)
			memcpy(out, mine, 33);
	}
}

static void symmetry(const struct all *all)
{
	enum { N = 400 };
	static char least[N][33];
	static struct buf canon[N];
	struct buf desc = BUF_INIT;
	struct rng rng;
	int same = 0, n = 0;

	rng_init(&rng, 5, "test");
	while (n < N) {
		const struct board *full = &all->full[rng_below(&rng, 288)];
		struct board b = *full;

		for (int holes = 0; holes < 4; holes++)
			b.cell[rng_below(&rng, 16)] = 0;
		desc_of(&desc, &b);
		if (!task->prove(buf_str(&desc)))
			continue;
		least_twin(least[n], &b, full);
		task->canon(&canon[n++], buf_str(&desc));
	}
	check_in("twins by trying all");
	for (int i = 0; i < N; i++) {
		for (int j = 0; j < i; j++) {
			bool twins = memcmp(least[i], least[j], 32) == 0;

			same += twins;
			if (twins != str_eq(buf_str(&canon[i]), buf_str(&canon[j])))
				CHECK_STR_EQ(buf_str(&canon[i]), buf_str(&canon[j]));
		}
	}
	CHECK(same > 100 && same < N * (N - 1) / 4);
	for (int i = 0; i < N; i++)
		buf_release(&canon[i]);
	buf_release(&desc);
}

/* 6 x 6 has 49 essentially different boards (Pettersen): random ones fall into no more, and into most of them. */
static void boards6(void)
{
	struct buf desc = BUF_INIT, canon = BUF_INIT;
	uint64_t seen[3000];
	int classes = 0;
	struct rng rng;

	rng_init(&rng, 6, "test");
	check_in("6 x 6 boards");
	for (int i = 0; i < 3000; i++) {
		static const uint8_t nothing[CELLS];
		struct board b = { .w = i % 2 ? 3 : 2, .h = i % 2 ? 2 : 3, .n = 6 };
		struct shape s;
		struct search f;

		sudoku_shape(&s, b.w, b.h);
		CHECK_EQ(sudoku_solutions(&f, &s, nothing, 1, &rng), 1);
		memcpy(b.cell, f.first, sizeof(b.cell));
		desc_of(&desc, &b);
		buf_reset(&canon);
		task->canon(&canon, buf_str(&desc));
		new_to(seen, &classes, buf_str(&canon));
	}
	CHECK(classes <= 49 && classes > 35);
	buf_release(&desc);
	buf_release(&canon);
}

/* ---- levels ---- */

static void one_level(int level, int count)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, other = BUF_INIT, canon = BUF_INIT, twin = BUF_INIT;
	const int *knob = task->levels[level];

	for (int i = 0; i < count; i++) {
		struct rng rng;
		struct board b;
		struct shape s;
		struct logic l;
		int blanks = 0;

		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, (uint64_t)i, "levels");
		check_in("level %d, seed %d", level, i);
		if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
			continue;
		check_in("level %d: %s", level, buf_z(&desc));
		CHECK(task->prove(buf_str(&desc)));
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		buf_reset(&other);
		CHECK(task->solve(&other, buf_str(&desc)));
		CHECK_STR_EQ(buf_str(&other), buf_str(&answer));

		CHECK(sudoku_parse(&b, buf_str(&desc)));
		for (int k = 0; k < b.n * b.n; k++)
			blanks += !b.cell[k];
		CHECK(blanks >= knob[2] && blanks <= knob[3]);
		sudoku_shape(&s, b.w, b.h);
		sudoku_logic(&l, &s, b.cell, knob[TECHNIQUE_KNOB]);
		CHECK(sudoku_solve_on(&l));
		CHECK_EQ(l.hardest, knob[TECHNIQUE_KNOB]);
		sudoku_logic(&l, &s, b.cell, knob[TECHNIQUE_KNOB] - 1);
		CHECK(!sudoku_solve_on(&l));

		buf_reset(&canon);
		task->canon(&canon, buf_str(&desc));
		CHECK_EQ(ask(buf_str(&canon), buf_str(&answer)) == QUARRY_BAD_TASK, false);
		for (int t = 0; t < 3; t++) {
			buf_reset(&twin);
			buf_reset(&other);
			CHECK(task->twin(&twin, buf_str(&desc), &rng));
			task->canon(&other, buf_str(&twin));
			CHECK_STR_EQ(buf_str(&other), buf_str(&canon));
		}
		buf_reset(&twin);
		buf_reset(&other);
		task->canon(&twin, buf_str(&canon));
		CHECK_STR_EQ(buf_str(&twin), buf_str(&canon)); /* its own least image */
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&other);
	buf_release(&canon);
	buf_release(&twin);
}

/* Other shapes and techniques that knobs allow. */
static void other_knobs(void)
{
	static const int knob[][TASK_KNOBS] = {
		{ 2, 3, 10, 12, 1 }, { 4, 2, 25, 30, 1 }, { 2, 4, 30, 34, 2 }, { 3, 3, 1, 1, 0 }, { 3, 3, 46, 58, 3 },
	};

	for (size_t k = 0; k < COUNT(knob); k++) {
		struct buf desc = BUF_INIT, answer = BUF_INIT;
		struct effort e;
		struct rng rng;

		rng_init(&rng, k, "knobs");
		check_in("knobs %d", (int)k);
		CHECK(!task->refuse(knob[k]));
		CHECK(task->generate(&desc, &answer, knob[k], &rng));
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		CHECK(task->prove(buf_str(&desc)));
		task->grade(&e, buf_str(&desc));
		CHECK(e.technique[0] && e.depth > 0 && e.steps >= knob[k][2] && e.branch == 0);
		buf_release(&desc);
		buf_release(&answer);
	}
	CHECK(task->refuse((const int[TASK_KNOBS]){ 4, 3, 5, 6, 0 }) != NULL);
	CHECK(task->refuse((const int[TASK_KNOBS]){ 2, 2, 7, 6, 0 }) != NULL);
	CHECK(task->refuse((const int[TASK_KNOBS]){ 2, 2, 14, 15, 0 }) != NULL);
}

/* Boards that the walk finds: so many cells empty, one solution by brute force, the technique needed; none twice. */
static void far_boards(void)
{
	enum { N = 3 };
	static const int knob[][TASK_KNOBS] = {
		{ 3, 3, 60, 60, HIDDEN_SINGLE }, { 3, 3, 57, 64, LOCKED }, { 3, 3, 58, 58, PAIRS }, { 3, 3, 57, 57, TRIPLES },
		{ 3, 3, 60, 61, GUESS },
	};
	struct buf desc = BUF_INIT, answer = BUF_INIT, canon = BUF_INIT;
	uint64_t seen[N * 5];
	int n = 0;

	for (int i = 0; i < N * 5; i++) {
		const int *k = knob[i % 5];
		struct board b, full = { .n = 0 };
		struct shape s;
		struct logic l;
		struct rng rng;
		int empty = 0;

		check_in("far board, seed %d", i);
		buf_reset(&desc);
		buf_reset(&answer);
		buf_reset(&canon);
		rng_init(&rng, (uint64_t)i, "far");
		CHECK(!task->refuse(k));
		if (!CHECK(task->generate(&desc, &answer, k, &rng)) || !CHECK(sudoku_parse(&b, buf_str(&desc))))
			continue;
		for (int c = 0; c < CELLS; c++)
			empty += !b.cell[c];
		CHECK(empty >= k[2] && empty <= k[3]);
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		sudoku_shape(&s, 3, 3);
		sudoku_logic(&l, &s, b.cell, k[TECHNIQUE_KNOB]);
		CHECK(sudoku_solve_on(&l));
		CHECK_EQ(l.hardest, k[TECHNIQUE_KNOB]);
		CHECK_EQ(fill_tight(&b, 2, &full), 1);
		buf_reset(&desc);
		desc_of(&desc, &full);
		CHECK_STR_EQ(str_from(buf_str(&desc), 4), buf_str(&answer));
		task->canon(&canon, buf_str(&desc));
		CHECK(new_to(seen, &n, buf_str(&canon)));
	}
	CHECK(task->refuse((const int[TASK_KNOBS]){ 3, 3, 62, 64, GUESS }) != NULL);
	CHECK(task->refuse((const int[TASK_KNOBS]){ 3, 3, 57, 57, NAKED_SINGLE }) != NULL);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&canon);
}

/* ---- worked solutions ---- */

struct reader {
	struct board b;      /* as the steps have filled it */
	const uint8_t *full; /* its solution */
	unsigned struck[CELLS];
	bool guessed; /* a supposition was made: strikes need not be true any more */
};

static bool cell_at(const struct board *b, struct str s, int *ret)
{
	if (s.n < 2 || s.s[0] < 'a' || s.s[0] >= 'a' + b->n || s.s[1] < '1' || s.s[1] > '0' + b->n)
		return false;
	*ret = (s.s[0] - 'a') * b->n + s.s[1] - '1';
	return true;
}

/* The k-th cell of the row, column or box (by its sign) that cell i lies in. */
static int member(const struct board *b, char sign, int i, int k)
{
	int y = i / b->n, x = i % b->n;

	if (sign == '-')
		return y * b->n + k;
	if (sign == '|')
		return k * b->n + x;
	return (y / b->h * b->h + k / b->w) * b->n + x / b->w * b->w + k % b->w;
}

static bool holds(const struct board *b, char sign, int i, int v)
{
	for (int k = 0; k < b->n; k++)
		if (b->cell[member(b, sign, i, k)] == v)
			return true;
	return false;
}

/* "b=3020", what the row reads now. */
static void read_row(const struct reader *r, struct str word)
{
	int y = word.s[0] - 'a';

	CHECK(word.n == (size_t)r->b.n + 2 && word.s[1] == '=' && y >= 0 && y < r->b.n);
	for (int x = 0; x < r->b.n && (size_t)x + 2 < word.n; x++)
		CHECK_EQ(word.s[x + 2] - '0', r->b.cell[y * r->b.n + x]);
}

/* "!5d1": digits, then the cell that they are struck from. */
static void read_strike(struct reader *r, struct str word)
{
	int i = 0;

	CHECK(cell_at(&r->b, str_from(word, word.n - 2), &i));
	for (size_t k = 1; k + 2 < word.n; k++) {
		CHECK(r->guessed || word.s[k] - '0' != r->full[i]);
		r->struck[i] |= 1u << (word.s[k] - '0');
	}
}

/* "b3 -3000 |1004 !5 2 b=3020", "b3 -3000 2 ~b2| b=3020": each house as it is, and together they leave the digit. */
static void read_single(struct reader *r, int i, struct str rest)
{
	unsigned seen = 0, all = (2u << r->b.n) - 2;
	bool excluded[CELLS] = { false };
	char house = 0;
	int v = 0, other = 0;
	struct str word;

	while (str_word(&rest, &word)) {
		if (strchr("-|#", word.s[0])) {
			CHECK_EQ(word.n, r->b.n + 1);
			house = word.s[0];
			for (int k = 0; k < r->b.n; k++) {
				int has = r->b.cell[member(&r->b, house, i, k)];

				CHECK_EQ(word.s[k + 1] - '0', has);
				seen |= 1u << has;
			}
		} else if (word.s[0] == '!') {
			for (size_t k = 1; k < word.n; k++) {
				CHECK(r->struck[i] >> (word.s[k] - '0') & 1);
				seen |= 1u << (word.s[k] - '0');
			}
		} else if (word.s[0] == '~') {
			if (!CHECK(cell_at(&r->b, str_from(word, 1), &other)))
				return;
			excluded[other] = true;
			CHECK(word.s[3] == '!' ? r->struck[other] >> v & 1 : holds(&r->b, word.s[3], other, v));
		} else if (word.n == 1) {
			v = word.s[0] - '0';
		} else {
			CHECK(!r->b.cell[i] && v >= 1 && v <= r->b.n && (r->guessed || r->full[i] == v));
			if ((all & ~seen) != 1u << v) /* then it is the house's only place */
				for (int k = 0; k < r->b.n; k++) {
					other = member(&r->b, house, i, k);
					CHECK(other == i || r->b.cell[other] || excluded[other]);
				}
			r->b.cell[i] = (uint8_t)v;
			read_row(r, word);
		}
	}
}

static void read_line(struct reader *r, struct str line)
{
	struct str rest = line, word;
	int i = 0;

	str_word(&rest, &word);
	if (word.s[0] == '?') {
		r->guessed = true;
		CHECK(cell_at(&r->b, str_from(word, 1), &i));
		str_word(&rest, &word);
		str_word(&rest, &word);
		CHECK(!r->b.cell[i] && word.n == 1);
		r->b.cell[i] = (uint8_t)(word.s[0] - '0');
		str_word(&rest, &word);
		read_row(r, word);
	} else if (word.s[0] == 'x') {
		CHECK(r->guessed);
	} else if (word.n > 2 && word.s[1] == '=') { /* the board again: a dead end was left */
		do {
			for (int x = 0; x < r->b.n; x++)
				r->b.cell[(word.s[0] - 'a') * r->b.n + x] = (uint8_t)(word.s[x + 2] - '0');
		} while (str_word(&rest, &word));
	} else if (cell_at(&r->b, word, &i) && str_chr(rest, '=') >= 0) {
		read_single(r, i, rest);
	} else {
		int strikes = 0;

		while (str_word(&rest, &word)) {
			if (word.s[0] == '!') {
				read_strike(r, word);
				strikes++;
			}
		}
		CHECK(strikes > 0);
	}
}

static void worked(int level, int count)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT, end = BUF_INIT;

	for (int i = 0; i < count; i++) {
		struct rng rng;
		struct reader r = { 0 };
		struct shape s;
		struct search f;
		struct str rest, line;

		buf_reset(&desc);
		buf_reset(&answer);
		buf_reset(&steps);
		rng_init(&rng, (uint64_t)i, "worked");
		if (!CHECK(task->generate(&desc, &answer, task->levels[level], &rng)))
			continue;
		task->explain(&steps, buf_str(&desc), LANG_EN);
		CHECK(sudoku_well_posed(&r.b, &s, &f, buf_str(&desc)));
		r.full = f.first;
		rest = buf_str(&steps);
		while (str_line(&rest, &line)) {
			check_in("%s, at %.*s", buf_z(&desc), (int)line.n, line.s);
			read_line(&r, line);
		}
		desc_of(&end, &r.b);
		CHECK_STR_EQ(str_from(buf_str(&end), 4), buf_str(&answer));
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&steps);
	buf_release(&end);
}

/* ---- damage ---- */

/* Generator and rule call the same texts a sudoku, and nothing crashes on others. */
static void damage(void)
{
	task_damaged(task, &(struct task_damage){ STR("2x2:12.4/3..2/..4./4..."), STR("012345x:/. \n\xff"), STR("1234/3412/2143/4321"), 20000, 2, 1000 });
}

/* Boards that make a search long are given up, not waited for. */
static void slow_boards(void)
{
	static const char *const descs[] = {
		"3x3:........./........./........./........./........./........./........./........./.........",
		"3x3:123456789/........./........./........./........./........./........./........./.........",
		"3x3:........./.....3.85/..1.2..../...5.7.../..4...1../.9......./5......73/..2.1..../....4...9",
		"3x3:.....5.8./...6.1.43/........./.1.5...../...1.6.../3......./53.....61/........4/.........",
	};
	struct buf out = BUF_INIT;

	check_in("slow boards");
	CHECK(!task->prove(str_of(descs[0])));
	CHECK(!task->prove(str_of(descs[1])));
	CHECK(task->prove(str_of(descs[2]))); /* made to hurt a search by cells */
	CHECK(!task->prove(str_of(descs[3]))); /* has no solution, and is slow to say so */
	task->explain(&out, str_of(descs[2]), LANG_EN);
	CHECK(out.n > 1000);
	buf_release(&out);
}

static void golden(void)
{
	static const char *const want[TASK_LEVELS] = {
		"2x2:.1../4321/3214/1.32",
		"2x2:..../4.21/3214/1.32",
		"2x2:..../4321/3214/..32",
		"2x2:..../4..1/3214/..3.",
		"3x2:..564./.432.1/1...36/5.64../46132./..2.6.",
		"3x2:5...2./..45../...6.3/.5..../.45.../6..2.5",
		"3x3:963....87/.42.683.5/8..9.2.14/3..629.78/.96..543./2...73.69/....46.21/6..857.43/......756",
		"3x3:963.....7/..2.68..5/8..9.2.14/3..629.78/.96..543./2.......9/....46.21/6..8.7.4./......7..",
		"3x3:89.1.6.../6..7....4/......5../1.7...8../.4...93../..9.7.14./.6.3.24../4.2..1.../..1..7..2",
		"3x3:.3......./67.8.1.../..4.5..7./5.6.....7/....785../..92....1/.42....../8....7.9./...3..21.",
		"3x3:....2.3../1.8..357./6......../...2...3./.9....76./.1.7...8./..9.64.../..6..2.../.7.8...94",
	};

	task_golden(task, want, 1);
}

int main(void)
{
	static struct all all;

	every_board(&all);
	proofs(&all);
	no_hard_board_of_four();
	symmetry(&all);
	boards6();
	for (int level = 0; level < TASK_LEVELS; level++) {
		one_level(level, level < 6 ? 200 : level < 8 ? 25 : 8);
		worked(level, level < 6 ? 200 : level < 8 ? 50 : 12);
	}
	other_knobs();
	far_boards();
	damage();
	slow_boards();
	golden();
	return check_done();
}
