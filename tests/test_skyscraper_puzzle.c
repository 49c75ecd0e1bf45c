/*
 * test_skyscraper_puzzle.c - skyscrapers against what shares nothing with them: all squares of order 4, CaDiCaL, and a reader
 * that checks each worked step by trying all ways to fill its line.
 */
#include "tests/latin.h"

extern const struct task task_skyscraper_puzzle;

enum { TOP, BOTTOM, LEFT, RIGHT };

static struct {
	int n, clue[4][SIDE], given[CELLS], clues, givens;
} p;

static bool read(struct str desc)
{
	size_t at = 2;

	memset(&p, 0, sizeof(p));
	p.n = desc.s[0] - '0';
	for (int line = 0; line < 4 + p.n; line++, at++) {
		for (int k = 0; k < p.n; k++, at++) {
			int v = desc.s[at] == '.' ? 0 : desc.s[at] - '0';

			if (line < 4)
				p.clue[line][k] = v;
			else
				p.given[(line - 4) * p.n + k] = v;
			p.clues += line < 4 && v;
			p.givens += line >= 4 && v;
		}
	}
	return at == desc.n + 1;
}

static int given(int i)
{
	return p.given[i];
}

/* How many are higher than all that stand before them, from the left of h[0 .. n-1]. */
static int visible(const int *h, int n)
{
	int count = 0;

	for (int k = 0; k < n; k++) {
		bool hidden = false;

		for (int j = 0; j < k; j++)
			hidden |= h[j] > h[k];
		count += !hidden;
	}
	return count;
}

/* Row or column `line` as seen from its first or its last cell. */
static void view(int *h, const int *cell, int line, bool last)
{
	for (int k = 0; k < p.n; k++)
		h[k] = cell[line_cell(p.n, line, last ? p.n - 1 - k : k)];
}

static int clue_of(int line, bool last)
{
	return line < p.n ? p.clue[last ? RIGHT : LEFT][line] : p.clue[last ? BOTTOM : TOP][line - p.n];
}

static bool obeys(const int *cell)
{
	for (int line = 0; line < 2 * p.n; line++) {
		for (int last = 0; last < 2; last++) {
			int h[SIDE];

			view(h, cell, line, last);
			if (clue_of(line, last) && clue_of(line, last) != visible(h, p.n))
				return false;
		}
	}
	return true;
}

static void knobs(const int *knob)
{
	CHECK(p.n == knob[0] && p.clues >= knob[1] && p.clues <= knob[2] && p.givens >= knob[3] && p.givens <= knob[4]);
}

#ifdef HAVE_CADICAL
/* state[h][c] after each cell: the highest so far is h, and c were seen. */
static void encode_view(struct sat *s, int x, int line, bool last, int clue)
{
	int n = p.n, before = sat_vars(s, (n + 1) * (n + 1));

	sat_clause(s, before, 0);
	for (int k = 0; k < n; k++) {
		int after = sat_vars(s, (n + 1) * (n + 1)), i = line_cell(n, line, last ? n - 1 - k : k);

		for (int h = 0; h <= n; h++)
			for (int c = 0; c <= k; c++)
				for (int v = 1; v <= n; v++) {
					int to = v > h ? v * (n + 1) + c + 1 : h * (n + 1) + c;

					sat_clause(s, -(before + h * (n + 1) + c), -(x + i * n + v - 1), after + to, 0);
				}
		before = after;
	}
	for (int c = 0; c <= n; c++)
		if (c != clue)
			sat_clause(s, -(before + n * (n + 1) + c), 0);
}

static void encode(struct sat *s, int x)
{
	for (int line = 0; line < 2 * p.n; line++)
		for (int last = 0; last < 2; last++)
			if (clue_of(line, last))
				encode_view(s, x, line, last, clue_of(line, last));
}
#endif

static struct {
	int line, ways;
	bool bounds;              /* only what is near a clue was said */
	unsigned some[SIDE];      /* digits that a cell has in some way */
	int listed[16][SIDE], list;
	bool all_listed;
} said;

static void try_ways(const struct reader *r, int *h, int k, unsigned used)
{
	if (k < p.n) {
		for (int v = 1; v <= p.n; v++) {
			if (used >> v & 1 || !(can(r, line_cell(p.n, said.line, k)) >> v & 1))
				continue;
			h[k] = v;
			try_ways(r, h, k + 1, used | 1u << v);
		}
		return;
	}
	for (int last = 0; last < 2; last++) {
		int seen[SIDE];

		for (int j = 0; j < p.n; j++)
			seen[j] = h[last ? p.n - 1 - j : j];
		if (clue_of(said.line, last) && clue_of(said.line, last) != visible(seen, p.n))
			return;
	}
	for (int j = 0; j < p.n; j++)
		said.some[j] |= 1u << h[j];
	if (said.list) {
		bool found = false;

		for (int j = 0; j < said.list; j++)
			found |= !memcmp(said.listed[j], h, sizeof(int) * (size_t)p.n);
		said.all_listed &= found;
	}
	said.ways++;
}

/* "-a 3 . ^", "-a 3 . 13254 12354", "-a 3 . *40" */
static bool line(const struct reader *r, struct str text)
{
	struct str word;
	int64_t many = -1;

	memset(&said, 0, sizeof(said));
	said.all_listed = true;
	str_word(&text, &word);
	if (!read_line_name(r, word, &said.line))
		return false;
	for (int last = 0; last < 2; last++) {
		if (!str_word(&text, &word) || word.n != 1)
			return false;
		CHECK_EQ(word.s[0] == '.' ? 0 : word.s[0] - '0', clue_of(said.line, last));
	}
	while (str_word(&text, &word)) {
		if (str_is(word, "^")) {
			said.bounds = true;
		} else if (word.s[0] == '*') {
			CHECK(str_i64(str_from(word, 1), &many) || str_is(word, "*1000+"));
		} else {
			if (!CHECK(word.n == (size_t)p.n && said.list < 16))
				return false;
			for (int k = 0; k < p.n; k++)
				said.listed[said.list][k] = word.s[k] - '0';
			said.list++;
		}
	}
	if (!said.bounds) {
		int h[SIDE];

		try_ways(r, h, 0, 0);
		CHECK(said.all_listed && (!said.list || said.list == said.ways) && (many < 0 || many == said.ways));
	}
	return true;
}

static bool strike(const struct reader *r, int i, int v)
{
	int at = 0;

	(void)r;
	while (at < p.n && line_cell(p.n, said.line, at) != i)
		at++;
	if (!CHECK(at < p.n))
		return false;
	if (!said.bounds)
		return !(said.some[at] >> v & 1);
	for (int last = 0; last < 2; last++) {
		int clue = clue_of(said.line, last), far = last ? p.n - 1 - at : at;

		/* after a v there, at most far + 1 and those that are higher than v are seen */
		if (clue && (clue == 1 ? far == 0 && v < p.n : far + 1 + p.n - v < clue))
			return true;
	}
	return false;
}

static void draw(struct buf *desc, const int *square, struct rng *rng)
{
	int percent = rng_range(rng, 20, 90), lies = rng_below(rng, 4) == 0;

	buf_addz(desc, "4:");
	p.n = 4;
	for (int side = 0; side < 4; side++) {
		for (int k = 0; k < 4; k++) {
			int h[SIDE], clue;

			view(h, square, side < LEFT ? 4 + k : k, side == BOTTOM || side == RIGHT);
			clue = lies && rng_chance(rng, 15) ? rng_range(rng, 1, 4) : visible(h, 4);
			buf_addc(desc, rng_chance(rng, percent) ? (char)('0' + clue) : '.');
		}
		buf_addc(desc, side < 3 ? '/' : ':');
	}
	for (int i = 0; i < 16; i++) {
		if (i && i % 4 == 0)
			buf_addc(desc, '/');
		buf_addc(desc, rng_chance(rng, percent / 6) ? (char)('0' + square[i]) : '.');
	}
}

static const char *const techniques[] = { "naked single", "far from the edge", "hidden single", "few ways", "pairs", "many ways",
					  "trial and error" };

static const struct latin_test test = {
	.task = &task_skyscraper_puzzle, .read = read, .given = given, .obeys = obeys, .knobs = knobs, .line = line,
	.strike = strike,
#ifdef HAVE_CADICAL
	.encode = encode,
#endif
	.techniques = techniques, .technique_knob = 5,
};

/* Every clue and no given cell, as other generators have it: with one solution all the same. */
static void all_clues(void)
{
	for (int n = 3; n <= 6; n++) {
		struct buf desc = BUF_INIT, answer = BUF_INIT;
		int knob[TASK_KNOBS] = { n, 4 * n, 4 * n, 0, 0, 0, 6 };
		bool made = false;
		struct rng rng;

		rng_init(&rng, (uint64_t)n, "knobs");
		check_in("all clues of order %d", n);
		CHECK(!test.task->refuse(knob));
		for (int tries = 0; tries < 10 && !made; tries++)
			made = test.task->generate(&desc, &answer, knob, &rng);
		CHECK(made && read(buf_str(&desc)));
		knobs(knob);
		CHECK(test.task->prove(buf_str(&desc)));
		CHECK_EQ(ask(&test, buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		buf_release(&desc);
		buf_release(&answer);
	}
}

int main(void)
{
	static const char *const want[TASK_LEVELS] = {
		"4:.2.1/.232/3221/123.:..../3.4./.432/.1.3",
		"4:.2../.232/3.21/123.:..../3.4./...2/...3",
		"4:24.1/2124/2312/....:..../...3/..../....",
		"5:2143./32.2./2.333/2.21.:...../...../...../31.../.....",
		"5:214.3/3...2/....3/.3.13:...../.2.../...../...../.....",
		"6:1242.3/..1..2/.42442/4221.4:....../....../....../..2.../2...../4.....",
		"6:1242.3/.....2/.42442/4.21.4:....../....../....../..2.../2...../4.....",
		"7:2..24.4/233..43/213.4../332..24:......./......./....1../.....4./.4...../...5..4/....5..",
		"7:2..2.34/.3.1.../21.24.2/3.24124:......./......./....1../5....4./.4...../..1..../.3..5..",
		"8:4342222./42..4.12/53.512.4/..2.743.:......../...3.1../7......./...1.8../...65..1/..8...../....1..."
		"/..2...8.",
		"8:4342222./42..4.1./53..12.4/1.2.7432:......../...3.1../7......./...1.8../...65..1/6.8...../....1..."
		"/..2...8.",
	};

	small_squares(&test, 100, draw);
	for (int level = 0; level < TASK_LEVELS; level++) {
		level_holds(&test, level, level < 6 ? 40 : 6);
		worked_holds(&test, level, level < 6 ? 40 : 4);
		sat_proof(&test, level, 2);
	}
	all_clues();
	damage(&test, "4:2.1./..3./.2.4/1...:.2../..../.3../....", ".12345/:x");
	golden(&test, want);
	return check_done();
}
