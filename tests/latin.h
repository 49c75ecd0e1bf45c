/*
 * latin.h - what the tests of Latin squares share. A test knows its puzzle only from the desc, through functions of its own
 * that share nothing with rule and solver:
 *
 *	static const struct latin_test test = {
 *		.task = &task_futoshiki, .read = read, .obeys = obeys, .encode = encode, .line = line, ...
 *	};
 *	small_squares(&test, 120, random_desc);		// against all 576 squares of order 4
 *	level_holds(&test, level, 50);
 *	worked_holds(&test, level, 50);
 *	sat_proof(&test, level, 3);
 */
#ifndef QUARRY_TESTS_LATIN_H
#define QUARRY_TESTS_LATIN_H

#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "verifiers/verify.h"

enum { SIDE = 9, CELLS = SIDE * SIDE };

/* A worked solution as it is read: what the board holds, what was struck, and what is supposed. */
struct reader {
	const struct latin_test *test;
	int n;
	int cell[CELLS];      /* 0: open */
	unsigned cut[CELLS];  /* bit v: struck */
	int solution[CELLS];
	bool supposing;
	struct {
		int cell[CELLS];
		unsigned cut[CELLS];
		int at, digit;
		bool was; /* supposing before */
	} saved[40];
	int depth;
	bool brief; /* a supposition told without its steps: nothing is known until it ends */
};

struct latin_test {
	const struct task *task;
	bool (*read)(struct str desc);        /* the puzzle, into the test's own variable */
	int (*given)(int i);                  /* its digit, or 0 */
	bool (*obeys)(const int *cell);       /* what is asked beyond rows, columns and givens */
	void (*knobs)(const int *knob);       /* are they kept? */
	/* One line of its own in a worked solution, without the strikes; then each strike. False: it is none. */
	bool (*line)(const struct reader *r, struct str line);
	bool (*strike)(const struct reader *r, int i, int v);
#ifdef HAVE_CADICAL
	void (*encode)(struct sat *s, int x); /* cell i is v: variable x + i * n + v - 1 */
#endif
	const char *const *techniques; /* by rung, 7 of them */
	int technique_knob;            /* of technique_min; technique_max comes next */
	const char *hostile;           /* a desc that makes a search long */
};

__attribute__((unused)) static enum quarry_mark ask(const struct latin_test *t, struct str desc, struct str answer)
{
	char room[256];
	int n = snprintf(room, sizeof(room), "<answer>%.*s</answer>", (int)answer.n, answer.s);
	struct quarry_verdict v;

	quarry_verify_n(quarry_rule(t->task->name), desc.s, desc.n, room, (size_t)n, NULL, &v);
	return v.mark;
}

__attribute__((unused)) static void answer_of(char *out, const int *cell, int n)
{
	for (int i = 0; i < n * n; i++) {
		if (i && i % n == 0)
			*out++ = '/';
		*out++ = (char)('0' + cell[i]);
	}
	*out = 0;
}

__attribute__((unused)) static bool cells_of(int *cell, struct str answer, int n)
{
	if (answer.n != (size_t)(n * (n + 1) - 1))
		return false;
	for (int i = 0; i < n * n; i++)
		cell[i] = answer.s[i + i / n] - '0';
	return true;
}

/* ---- against every square of order 4 ---- */

static int square4[600][16], squares4;

static void squares_from(int *cell, int i)
{
	if (i == 16) {
		memcpy(square4[squares4++], cell, sizeof(square4[0]));
		return;
	}
	for (int v = 1; v <= 4; v++) {
		bool fits = true;

		for (int j = 0; j < i; j++)
			fits &= cell[j] != v || (j / 4 != i / 4 && j % 4 != i % 4);
		if (!fits)
			continue;
		cell[i] = v;
		squares_from(cell, i + 1);
	}
}

__attribute__((unused)) static void every_square(void)
{
	int cell[16];

	if (!squares4)
		squares_from(cell, 0);
	CHECK_EQ(squares4, 576);
}

static bool right(const struct latin_test *t, const int *cell, int cells)
{
	for (int i = 0; i < cells; i++)
		if (t->given(i) && t->given(i) != cell[i])
			return false;
	return t->obeys(cell);
}

/* Rule, solver and proof agree with brute force, whatever the puzzle: with no solution, with one, with many. */
__attribute__((unused)) static void small_squares(const struct latin_test *t, int count,
						  void (*draw)(struct buf *desc, const int *square, struct rng *rng))
{
	struct buf desc = BUF_INIT, solved = BUF_INIT;
	int none = 0, one = 0, many = 0;
	struct rng rng;

	every_square();
	rng_init(&rng, 1, "small squares");
	for (int k = 0; k < count; k++) {
		char answer[32];
		int found = 0;

		buf_reset(&desc);
		buf_reset(&solved);
		draw(&desc, square4[rng_below(&rng, 576)], &rng);
		check_in("%s", buf_z(&desc));
		if (!CHECK(t->read(buf_str(&desc))))
			continue;
		for (int i = 0; i < squares4; i++) {
			bool is = right(t, square4[i], 16);

			answer_of(answer, square4[i], 4);
			found += is;
			CHECK_EQ(ask(t, buf_str(&desc), str_of(answer)), is ? QUARRY_CORRECT : QUARRY_WRONG);
		}
		for (int i = 0; i < 40; i++) { /* no square at all */
			int cell[16];

			memcpy(cell, square4[rng_below(&rng, 576)], sizeof(cell));
			cell[rng_below(&rng, 16)] = rng_range(&rng, 1, 4);
			cell[rng_below(&rng, 16)] = rng_range(&rng, 1, 5);
			answer_of(answer, cell, 4);
			for (int j = 0; j < squares4; j++)
				if (!memcmp(square4[j], cell, sizeof(cell)))
					goto square;
			CHECK_EQ(ask(t, buf_str(&desc), str_of(answer)), QUARRY_WRONG);
square:			;
		}
		CHECK_EQ(t->task->prove(buf_str(&desc)), found == 1);
		CHECK_EQ(t->task->solve(&solved, buf_str(&desc)), found > 0);
		if (found)
			CHECK_EQ(ask(t, buf_str(&desc), buf_str(&solved)), QUARRY_CORRECT);
		none += found == 0;
		one += found == 1;
		many += found > 1;
	}
	check_in("kinds of small puzzles: %d, %d, %d", none, one, many);
	CHECK(none > count / 50 && one > count / 50 && many > count / 50);
	buf_release(&desc);
	buf_release(&solved);
}

/* ---- levels ---- */

static int hardest_named(const struct latin_test *t, const char *technique)
{
	for (int rung = 6; rung >= 0; rung--)
		if (strstr(technique, t->techniques[rung]))
			return rung;
	return -1;
}

__attribute__((unused)) static void level_holds(const struct latin_test *t, int level, int count)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, other = BUF_INIT, canon = BUF_INIT;
	const int *knob = t->task->levels[level];
	int made = 0;

	for (int k = 0; k < count; k++) {
		struct effort e;
		struct rng rng;
		int cell[CELLS], rung;

		buf_reset(&desc);
		buf_reset(&answer);
		buf_reset(&other);
		buf_reset(&canon);
		rng_init(&rng, (uint64_t)k, "levels");
		if (!t->task->generate(&desc, &answer, knob, &rng))
			continue;
		made++;
		check_in("level %d: %s", level, buf_z(&desc));
		CHECK(t->read(buf_str(&desc)));
		t->knobs(knob);
		CHECK(cells_of(cell, buf_str(&answer), knob[0]) && right(t, cell, knob[0] * knob[0]));
		CHECK_EQ(ask(t, buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		CHECK(t->task->prove(buf_str(&desc)));
		CHECK(t->task->solve(&other, buf_str(&desc)));
		CHECK_STR_EQ(buf_str(&other), buf_str(&answer));
		t->task->grade(&e, buf_str(&desc));
		rung = hardest_named(t, e.technique);
		CHECK(rung >= knob[t->technique_knob] && rung <= knob[t->technique_knob + 1]);
		CHECK_EQ(e.branch > 0, rung == 6);
		CHECK(e.depth > 0 && e.steps > 0);
		t->task->canon(&canon, buf_str(&desc));
		buf_reset(&other);
		t->task->canon(&other, buf_str(&canon));
		CHECK_STR_EQ(buf_str(&other), buf_str(&canon)); /* its own least image */
	}
	check_in("level %d", level);
	CHECK(made > count / 4);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&other);
	buf_release(&canon);
}

/* ---- a second proof ---- */

#ifdef HAVE_CADICAL
static void sat_square(struct sat *s, int x, int n)
{
	for (int i = 0; i < n * n; i++)
		sat_exactly(s, 1, x + i * n, n);
	for (int line = 0; line < n; line++) {
		for (int v = 0; v < n; v++) {
			int row[SIDE], col[SIDE];

			for (int k = 0; k < n; k++) {
				row[k] = x + (line * n + k) * n + v;
				col[k] = x + (k * n + line) * n + v;
			}
			sat_exactly_of(s, 1, row, n);
			sat_exactly_of(s, 1, col, n);
		}
	}
}
#endif

/* One solution, says CaDiCaL, and it is ours. */
__attribute__((unused)) static void sat_proof(const struct latin_test *t, int level, int count)
{
#ifdef HAVE_CADICAL
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int n = t->task->levels[level][0];

	for (int k = 0; k < count; k++) {
		struct sat *s;
		struct rng rng;
		int cell[CELLS], x;

		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, (uint64_t)k, "sat");
		if (!t->task->generate(&desc, &answer, t->task->levels[level], &rng))
			continue;
		check_in("level %d by SAT: %s", level, buf_z(&desc));
		CHECK(t->read(buf_str(&desc)) && cells_of(cell, buf_str(&answer), n));
		s = sat_new();
		x = sat_vars(s, n * n * n);
		sat_square(s, x, n);
		for (int i = 0; i < n * n; i++)
			if (t->given(i))
				sat_clause(s, x + i * n + t->given(i) - 1, 0);
		t->encode(s, x);
		CHECK(sat_solve(s));
		for (int i = 0; i < n * n; i++)
			CHECK(sat_true(s, x + i * n + cell[i] - 1));
		CHECK_EQ(sat_count(s, x, n * n * n, 2), 1);
		sat_free(s);
	}
	buf_release(&desc);
	buf_release(&answer);
#else
	(void)t;
	(void)level;
	(void)count;
#endif
}

/* ---- worked solutions, read back line by line ---- */

__attribute__((unused)) static int line_cell(int n, int line, int k)
{
	return line < n ? line * n + k : k * n + line - n;
}

/* Digits (bit v) that a cell may still be. */
static unsigned can(const struct reader *r, int i)
{
	unsigned open = (2u << r->n) - 2;

	if (r->cell[i])
		return 1u << r->cell[i] & ~r->cut[i];
	for (int k = 0; k < r->n; k++) {
		open &= ~(1u << r->cell[i / r->n * r->n + k]);
		open &= ~(1u << r->cell[k * r->n + i % r->n]);
	}
	return open & ~r->cut[i];
}

static bool read_cell(const struct reader *r, struct str s, int *ret)
{
	if (s.n != 2 || s.s[0] < 'a' || s.s[0] >= 'a' + r->n || s.s[1] < '1' || s.s[1] > '0' + r->n)
		return false;
	*ret = (s.s[0] - 'a') * r->n + s.s[1] - '1';
	return true;
}

/* "-b" or "|3". */
static bool read_line_name(const struct reader *r, struct str s, int *ret)
{
	if (s.n == 2 && s.s[0] == '-' && s.s[1] >= 'a' && s.s[1] < 'a' + r->n)
		*ret = s.s[1] - 'a';
	else if (s.n == 2 && s.s[0] == '|' && s.s[1] >= '1' && s.s[1] <= '0' + r->n)
		*ret = r->n + s.s[1] - '1';
	else
		return false;
	return true;
}

static bool read_digits(const struct reader *r, struct str s, unsigned *ret)
{
	*ret = 0;
	for (size_t k = 0; k < s.n; k++) {
		if (s.s[k] < '1' || s.s[k] > '0' + r->n)
			return false;
		*ret |= 1u << (s.s[k] - '0');
	}
	return s.n > 0;
}

static int bits(unsigned set)
{
	int n = 0;

	for (; set; set &= set - 1)
		n++;
	return n;
}

/* "-3001": what the line holds, to the digit. */
static unsigned read_content(const struct reader *r, struct str word, int line)
{
	unsigned seen = 0;

	CHECK_EQ(word.n, r->n + 1);
	for (int k = 0; k < r->n; k++) {
		int has = r->cell[line_cell(r->n, line, k)];

		CHECK_EQ(word.s[k + 1] - '0', has);
		seen |= 1u << has;
	}
	return seen;
}

static void read_row(const struct reader *r, struct str word)
{
	int y = word.s[0] - 'a';

	CHECK(word.n == (size_t)r->n + 2 && word.s[1] == '=' && y >= 0 && y < r->n);
	for (int x = 0; x < r->n && (size_t)x + 2 < word.n; x++)
		CHECK_EQ(word.s[x + 2] - '0', r->cell[y * r->n + x]);
}

static void fill_cell(struct reader *r, int i, int v, struct str row)
{
	CHECK(!r->cell[i] && (r->supposing || r->solution[i] == v));
	r->cell[i] = v;
	read_row(r, row);
}

/* "b2 -3001 |2000 !5 4 b=3401", "c1 -0040 2 ~c2| ~c4! c=2040": together they leave one digit. */
static void read_single(struct reader *r, int i, struct str rest)
{
	unsigned seen = 0, all = (2u << r->n) - 2;
	bool excluded[CELLS] = { false };
	int v = 0, other = 0, line = -1;
	struct str word;

	while (str_word(&rest, &word)) {
		if (word.s[0] == '-' || word.s[0] == '|') {
			line = word.s[0] == '-' ? i / r->n : r->n + i % r->n;
			seen |= read_content(r, word, line);
		} else if (word.s[0] == '!') {
			for (size_t k = 1; k < word.n; k++)
				CHECK(r->cut[i] >> (word.s[k] - '0') & 1);
			for (size_t k = 1; k < word.n; k++)
				seen |= 1u << (word.s[k] - '0');
		} else if (word.s[0] == '~') {
			int across;

			if (!CHECK(word.n == 4 && read_cell(r, str_sub(word, 1, 3), &other)))
				return;
			excluded[other] = true;
			across = word.s[3] == '-' ? other / r->n : r->n + other % r->n;
			if (word.s[3] == '!') {
				CHECK(r->cut[other] >> v & 1);
			} else {
				bool has = false;

				for (int k = 0; k < r->n; k++)
					has |= r->cell[line_cell(r->n, across, k)] == v;
				CHECK(has);
			}
		} else if (word.n == 1) {
			v = word.s[0] - '0';
		} else {
			if ((all & ~seen) != 1u << v) { /* then it is the line's only place */
				CHECK(line >= 0 && !(seen >> v & 1));
				for (int k = 0; k < r->n && line >= 0; k++) {
					other = line_cell(r->n, line, k);
					CHECK(other == i || r->cell[other] || excluded[other]);
				}
			}
			fill_cell(r, i, v, word);
		}
	}
}

/* "25 b3 b7 -b", "25 -b b3 b7", "5 -b -f |2 |7": a set of digits, cells and lines. */
static bool read_set(const struct reader *r, struct str reason)
{
	unsigned digits, places = 0, held = 0;
	int cell[SIDE], cells = 0, line[SIDE], lines = 0, at;
	bool cells_first = false;
	struct str word;

	if (!str_word(&reason, &word) || !read_digits(r, word, &digits))
		return false;
	while (str_word(&reason, &word)) {
		if (read_cell(r, word, &at) && cells < SIDE)
			cell[cells++] = at;
		else if (read_line_name(r, word, &at) && lines < SIDE)
			line[lines++] = at;
		else
			return false;
		if (cells + lines == 1)
			cells_first = cells == 1;
	}
	if (cells && lines == 1) {
		CHECK_EQ(bits(digits), cells);
		for (int k = 0; k < cells; k++)
			held |= can(r, cell[k]);
		for (int k = 0; k < r->n; k++) {
			int i = line_cell(r->n, line[0], k);
			bool member = false;

			for (int j = 0; j < cells; j++)
				member |= cell[j] == i;
			places |= member ? 0 : can(r, i);
		}
		CHECK(cells_first ? held == digits : !(places & digits));
		return true;
	}
	if (cells || lines % 2 || bits(digits) != 1)
		return false;
	for (int a = 0; a < lines / 2; a++) {
		for (int k = 0; k < r->n; k++) {
			int i = line_cell(r->n, line[a], k);
			bool across = false;

			for (int b = lines / 2; b < lines; b++)
				across |= (line[b] < r->n ? i / r->n : r->n + i % r->n) == line[b];
			CHECK(across || !(can(r, i) & digits));
		}
	}
	return true;
}

/* "!25b1" from here on; `own`: the puzzle says whether each follows. */
static void read_strikes(struct reader *r, struct str rest, bool own)
{
	struct str word;
	int count = 0;

	while (str_word(&rest, &word)) {
		int i = 0;
		unsigned digits = 0;

		if (!CHECK(word.n > 3 && word.s[0] == '!' && read_cell(r, str_from(word, word.n - 2), &i) &&
			   read_digits(r, str_sub(word, 1, word.n - 2), &digits)))
			return;
		for (int v = 1; v <= r->n; v++) {
			if (!(digits >> v & 1))
				continue;
			CHECK(can(r, i) >> v & 1); /* nothing is struck twice */
			CHECK(r->supposing || r->solution[i] != v);
			CHECK(!own || r->test->strike(r, i, v));
			count++;
		}
	}
	CHECK(count > 0);
}

static void cut_strikes(struct reader *r, struct str rest)
{
	struct str word;

	while (str_word(&rest, &word)) {
		int i;
		unsigned digits;

		if (read_cell(r, str_from(word, word.n - 2), &i) && read_digits(r, str_sub(word, 1, word.n - 2), &digits))
			r->cut[i] |= digits;
	}
}

/* "?b3 25 2 b=3020" or "?b3 25 2 ... 14" */
static void read_supposition(struct reader *r, struct str rest)
{
	struct str word;
	unsigned digits;
	int i = 0, v;

	str_word(&rest, &word);
	if (!CHECK(read_cell(r, str_from(word, 1), &i) && r->depth < 40))
		return;
	str_word(&rest, &word);
	CHECK(read_digits(r, word, &digits) && digits == can(r, i));
	str_word(&rest, &word);
	v = word.s[0] - '0';
	CHECK(word.n == 1 && digits >> v & 1);
	memcpy(r->saved[r->depth].cell, r->cell, sizeof(r->cell));
	memcpy(r->saved[r->depth].cut, r->cut, sizeof(r->cut));
	r->saved[r->depth].at = i;
	r->saved[r->depth].digit = v;
	r->saved[r->depth++].was = r->supposing;
	r->supposing = true;
	str_word(&rest, &word);
	if (str_is(word, "..."))
		r->brief = true;
	else
		fill_cell(r, i, v, word);
}

/* "x c5", "x 5 -a" */
static void read_broken(const struct reader *r, struct str rest)
{
	struct str word;
	unsigned digit = 0;
	int at = 0;

	CHECK(r->supposing);
	str_word(&rest, &word);
	str_word(&rest, &word);
	if (r->brief)
		return;
	if (read_cell(r, word, &at)) {
		CHECK_EQ(can(r, at), 0);
		return;
	}
	CHECK(read_digits(r, word, &digit));
	str_word(&rest, &word);
	CHECK(read_line_name(r, word, &at));
	for (int k = 0; k < r->n; k++)
		CHECK(!(can(r, line_cell(r->n, at, k)) & digit));
}

/* "!2b3 a=1204 ...": the supposition was wrong. */
static void read_refuted(struct reader *r, struct str rest)
{
	struct str word;

	str_word(&rest, &word);
	if (!CHECK(r->depth > 0 && word.n == 4))
		return;
	r->depth--;
	memcpy(r->cell, r->saved[r->depth].cell, sizeof(r->cell));
	memcpy(r->cut, r->saved[r->depth].cut, sizeof(r->cut));
	r->supposing = r->saved[r->depth].was;
	r->brief = false;
	CHECK_EQ(word.s[1] - '0', r->saved[r->depth].digit);
	CHECK_EQ((word.s[2] - 'a') * r->n + word.s[3] - '1', r->saved[r->depth].at);
	CHECK(r->supposing || r->solution[r->saved[r->depth].at] != r->saved[r->depth].digit);
	r->cut[r->saved[r->depth].at] |= 1u << r->saved[r->depth].digit;
	while (str_word(&rest, &word))
		read_row(r, word);
}

static void read_step(struct reader *r, struct str line)
{
	struct str rest = line, word;
	ptrdiff_t strikes = str_find(line, STR(" !"));
	int i;

	str_word(&rest, &word);
	if (word.s[0] == '?') {
		read_supposition(r, line);
	} else if (word.s[0] == 'x') {
		read_broken(r, line);
	} else if (word.s[0] == '!') {
		read_refuted(r, line);
	} else if (read_cell(r, word, &i) && str_chr(line, '=') >= 0) {
		read_single(r, i, rest);
	} else if (CHECK(strikes > 0)) {
		bool own = r->test->line(r, str_sub(line, 0, (size_t)strikes));

		CHECK(own || read_set(r, str_sub(line, 0, (size_t)strikes)));
		read_strikes(r, str_from(line, (size_t)strikes), own);
		cut_strikes(r, str_from(line, (size_t)strikes));
	}
}

__attribute__((unused)) static void worked_holds(const struct latin_test *t, int level, int count)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, steps = BUF_INIT;

	for (int k = 0; k < count; k++) {
		static struct reader r;
		struct rng rng;
		struct str rest, line, word;

		buf_reset(&desc);
		buf_reset(&answer);
		buf_reset(&steps);
		rng_init(&rng, (uint64_t)k, "worked");
		if (!t->task->generate(&desc, &answer, t->task->levels[level], &rng))
			continue;
		t->task->explain(&steps, buf_str(&desc), LANG_EN);
		check_in("worked, %s", buf_z(&desc));
		CHECK(t->read(buf_str(&desc)) && steps.n > 0 && steps.n < 40000);
		r = (struct reader){ .test = t, .n = t->task->levels[level][0] };
		CHECK(cells_of(r.solution, buf_str(&answer), r.n));
		for (int i = 0; i < r.n * r.n; i++)
			r.cell[i] = t->given(i);
		rest = buf_str(&steps);
		str_line(&rest, &line);
		while (str_word(&line, &word))
			read_row(&r, word);
		while (str_line(&rest, &line)) {
			check_in("%.*s in %s", (int)line.n, line.s, buf_z(&desc));
			read_step(&r, line);
		}
		check_in("worked, %s", buf_z(&desc));
		CHECK(!memcmp(r.cell, r.solution, sizeof(r.cell)));
	}
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&steps);
}

/* ---- damage ---- */

/* Generator and rule take the same texts for a puzzle. */
__attribute__((unused)) static void damage(const struct latin_test *t, const char *good, const char *marks)
{
	struct rng rng;
	int fine = 0, broken = 0;

	rng_init(&rng, 7, "damage");
	for (int i = 0; i < 8000; i++) {
		char room[256];
		size_t n = strlen(good);
		struct str desc;
		struct buf out = BUF_INIT;
		bool ours;

		memcpy(room, good, n + 1);
		for (uint32_t k = rng_below(&rng, 3); k > 0; k--)
			room[rng_below(&rng, (uint32_t)n)] = marks[rng_below(&rng, (uint32_t)strlen(marks))];
		if (rng_below(&rng, 8) == 0)
			n = rng_below(&rng, (uint32_t)n + 1);
		desc = (struct str){ room, n };
		ours = t->task->twin(&out, desc, &rng);
		check_in("%.*s", (int)n, room);
		CHECK_EQ(ours, ask(t, desc, STR("1234/2143/3412/4321")) != QUARRY_BAD_TASK);
		fine += ours;
		broken += !ours;
		buf_release(&out);
	}
	CHECK(fine > 500 && broken > 500);
}

/* The same seed gives the same puzzle on every machine and compiler. A change here raises the task's revision. */
__attribute__((unused)) static void golden(const struct latin_test *t, const char *const want[TASK_LEVELS])
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (int level = 0; level < TASK_LEVELS; level++) {
		struct rng rng;

		check_in("golden, level %d", level);
		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, 42, "golden");
		CHECK(t->task->generate(&desc, &answer, t->task->levels[level], &rng));
		CHECK_STR(buf_str(&desc), want[level]);
	}
	buf_release(&desc);
	buf_release(&answer);
}

#endif
