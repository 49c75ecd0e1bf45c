/*
 * test_futoshiki.c - futoshiki against what shares nothing with it: all squares of order 4, CaDiCaL, and a reader that checks
 * each worked step from the desc.
 */
#include "tests/latin.h"

extern const struct task task_futoshiki;

/* sign[i][j]: -1 cell i is smaller than its neighbour j. */
static struct {
	int n, given[CELLS], signs, givens;
	int8_t sign[CELLS][CELLS];
} p;

static void compare(int i, int j, int sign)
{
	p.sign[i][j] = (int8_t)sign;
	p.sign[j][i] = (int8_t)-sign;
	p.signs++;
}

static bool read(struct str desc)
{
	struct str line;
	int y = 0;

	memset(&p, 0, sizeof(p));
	p.n = desc.s[0] - '0';
	desc = str_from(desc, 2);
	for (int k = 0; str_split(&desc, '/', &line); k++, y = k / 2) {
		for (size_t at = 0; at < line.n; at++) {
			char c = line.s[at];
			int i = y * p.n + (int)(k % 2 ? at : at / 2);

			if (c >= '1' && c <= '9') {
				p.given[i] = c - '0';
				p.givens++;
			} else if (c == '<' || c == '>') {
				compare(i, i + 1, c == '<' ? -1 : 1);
			} else if (c == '^' || c == 'v') {
				compare(i, i + p.n, c == '^' ? -1 : 1);
			}
		}
	}
	return y == p.n - 1 || y == p.n;
}

static int given(int i)
{
	return p.given[i];
}

static bool obeys(const int *cell)
{
	for (int i = 0; i < p.n * p.n; i++)
		for (int j = 0; j < p.n * p.n; j++)
			if (p.sign[i][j] < 0 && cell[i] >= cell[j])
				return false;
	return true;
}

static void knobs(const int *knob)
{
	CHECK(p.n == knob[0] && p.signs >= knob[1] && p.signs <= knob[2] && p.givens >= knob[3] && p.givens <= knob[4]);
}

#ifdef HAVE_CADICAL
static void encode(struct sat *s, int x)
{
	int n = p.n;

	for (int i = 0; i < n * n; i++)
		for (int j = 0; j < n * n; j++)
			for (int v = 0; v < n && p.sign[i][j] < 0; v++) {
				int lit[SIDE + 1] = { -(x + i * n + v) }, count = 1;

				for (int w = v + 1; w < n; w++)
					lit[count++] = x + j * n + w;
				sat_any(s, lit, count);
			}
}
#endif

/* Is cell i below cell j by a chain of signs? */
static bool below(int i, int j, int depth)
{
	if (p.sign[i][j] < 0)
		return true;
	for (int k = 0; k < p.n * p.n && depth > 0; k++)
		if (p.sign[i][k] < 0 && below(k, j, depth - 1))
			return true;
	return false;
}

static struct {
	int cell[SIDE], cells, to[4], tos, side[4];
	unsigned digits[SIDE];
} said;

/* "a2 24 <b2 >a1", "a1 12 a3 123 <b4" */
static bool line(const struct reader *r, struct str text)
{
	struct str word;

	memset(&said, 0, sizeof(said));
	while (str_word(&text, &word)) {
		int i;

		if (read_cell(r, word, &i) && said.cells < SIDE) {
			said.cell[said.cells] = i;
			if (!str_word(&text, &word) || !read_digits(r, word, &said.digits[said.cells]))
				return false;
			CHECK_EQ(said.digits[said.cells], can(r, i));
			said.cells++;
		} else if ((word.s[0] == '<' || word.s[0] == '>') && read_cell(r, str_from(word, 1), &i) && said.tos < 4) {
			said.to[said.tos] = i;
			said.side[said.tos++] = word.s[0] == '<' ? -1 : 1;
		} else {
			return false;
		}
	}
	for (int k = 0; k < said.tos; k++) {
		for (int j = 0; j < said.cells; j++) {
			int a = said.side[k] < 0 ? said.cell[j] : said.to[k], b = said.side[k] < 0 ? said.to[k] : said.cell[j];

			CHECK(said.cells == 1 ? p.sign[a][b] < 0 : below(a, b, 80));
		}
	}
	for (int a = 0; a < said.cells; a++)
		for (int b = 0; b < a; b++)
			CHECK(said.cell[a] / p.n == said.cell[b] / p.n || said.cell[a] % p.n == said.cell[b] % p.n);
	return said.cells > 0 && (said.cells == 1 || said.tos == 1);
}

/* Can the cells said differ from each other, all on this side of v? */
static bool room_for(int k, unsigned used, int side, int v)
{
	if (k == said.cells)
		return true;
	for (int w = 1; w <= p.n; w++)
		if (said.digits[k] >> w & 1 && !(used >> w & 1) && (side < 0 ? w < v : w > v) &&
		    room_for(k + 1, used | 1u << w, side, v))
			return true;
	return false;
}

static bool strike(const struct reader *r, int i, int v)
{
	(void)r;
	for (int k = 0; k < said.tos; k++)
		if (said.to[k] == i && !room_for(0, 0, said.side[k], v))
			return true;
	return false;
}

static void draw(struct buf *desc, const int *square, struct rng *rng)
{
	int percent = rng_range(rng, 10, 70), lies = rng_below(rng, 4) == 0;

	buf_addz(desc, "4:");
	for (int y = 0; y < 4; y++) {
		for (int x = 0; x < 4; x++) {
			int i = y * 4 + x;

			buf_addc(desc, rng_chance(rng, percent / 3) ? (char)('0' + square[i]) : '.');
			if (x == 3)
				continue;
			buf_addc(desc, !rng_chance(rng, percent) ? '-' : (square[i] < square[i + 1]) ^ (lies && rng_chance(rng, 20)) ? '<' : '>');
		}
		if (y == 3)
			break;
		buf_addc(desc, '/');
		for (int x = 0; x < 4; x++)
			buf_addc(desc, !rng_chance(rng, percent) ? '-' :
				 (square[y * 4 + x] < square[y * 4 + x + 4]) ^ (lies && rng_chance(rng, 20)) ? '^' : 'v');
		buf_addc(desc, '/');
	}
}

static const char *const techniques[] = { "naked single", "inequality", "hidden single", "crowd", "pairs", "triples or fish",
					  "trial and error" };

static const struct latin_test test = {
	.task = &task_futoshiki, .read = read, .given = given, .obeys = obeys, .knobs = knobs, .line = line, .strike = strike,
#ifdef HAVE_CADICAL
	.encode = encode,
#endif
	.techniques = techniques, .technique_knob = 5,
};

/* The knobs of other generators: so many signs and givens, and one solution all the same. */
static void exact_knobs(void)
{
	static const int knob[][TASK_KNOBS] = {
		{ 4, 2, 2, 2, 2, 0, 6 }, { 4, 4, 4, 3, 3, 0, 6 }, { 5, 7, 7, 4, 4, 0, 6 }, { 5, 10, 10, 5, 5, 0, 6 },
		{ 6, 40, 40, 0, 0, 0, 6 }, { 9, 40, 40, 18, 18, 0, 6 }, { 9, 20, 20, 20, 20, 0, 6 },
	};

	for (size_t k = 0; k < COUNT(knob); k++) {
		struct buf desc = BUF_INIT, answer = BUF_INIT;
		bool made = false;
		struct rng rng;

		rng_init(&rng, k, "knobs");
		check_in("%d signs, %d givens", knob[k][1], knob[k][3]);
		CHECK(!test.task->refuse(knob[k]));
		for (int tries = 0; tries < 30 && !made; tries++)
			made = test.task->generate(&desc, &answer, knob[k], &rng);
		CHECK(made && read(buf_str(&desc)));
		knobs(knob[k]);
		CHECK(test.task->prove(buf_str(&desc)));
		CHECK_EQ(ask(&test, buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		buf_release(&desc);
		buf_release(&answer);
	}
	CHECK(test.task->refuse((const int[TASK_KNOBS]){ 9, 10, 40, 0, 0, 0, 6 }) != NULL);
	CHECK(test.task->refuse((const int[TASK_KNOBS]){ 4, 25, 30, 0, 0, 0, 6 }) != NULL);
	CHECK(test.task->refuse((const int[TASK_KNOBS]){ 4, 5, 4, 0, 0, 0, 6 }) != NULL);
}

int main(void)
{
	static const char *const want[TASK_LEVELS] = {
		"4:.-3-.-./^---/3-2-4-1/----/.-4-3>2/-vv-/.-1-.-3",
		"4:.-.-.-./^---/3-2-4-./----/.-.-.>./-vv-/.-1-.-3",
		"4:.-.-.-./^---/3-.-4-./v---/.-.-.>2/-vv-/.-.-.-3",
		"5:.<.-.-.<./----v/.-.-.-.-./-^---/2-.-.-.-./-----/3>1-.-.-./---^-/1-.-.>.>.",
		"5:.<.-.-.<./^-^--/.-.-.<.-./-----/.-.-.-.>./-----/.-1-.-.-./-----/.-.<.-.>.",
		"6:.>.-.-.-.-./-v-v^^/.-.-.-.-.-./-----v/.-.-.-.>.-./------/.-.>.-.-5-./v--^--/2-.-.-.-.-1/^-^vv-/4>."
		"-.-.-.>2",
		"7:.-.>.-.-.>.-./--v----/.-.<.-.<.<.>./--v----/.-.-.-.-.-.>6/---v---/.-.-.>.-.>4-./-^-----/.-4-.-2<.-"
		".-./--v--vv/.-.-.-.<.-.<./-v-----/6-.-.-.>5-.>.",
		"7:.-.-.>.<.-.-./-v^v---/1-.-.-3-.-.-./-------/.-.-.-.-.-.<./-------/.-4-.-.-2-.-./-------/6>.>.-.-.<"
		"4>./-------/.<.>.-.-.<.-./v^-v-^-/.-.-.<.-.-.>.",
		"8:.<.-.-.-.-.-.-./--^^--v-/.-.-.-.-6-.>.-8/--------/.-.>.-.-.<.-.-./-------v/6-8-.>.-1-.-.-./v------"
		"-/1-.<.-2-.-.-.-./----^--^/.-3<.-.-.-.>.-./---^v---/5-7-6>.-.-.-.-./-------^/.<.-8-.-.-1-.-.",
		"9:.-6-.-.-.>.>.-.-./--------v/4-.-.>.-6<.-.<.-./---v-----/.<.-.-.-.-.-.-3-1/---------/.-.-.-.-.-.-.-"
		".-./^-v----^-/.-1<.-.-9-.-7-.-./-----^v--/9-3-.-.<7-.-4-.-./--------^/.-.-7-.-.<.-3-.>./----^----/.<"
		".>6-1-.-.-.-.-4/----vv---/8-.-.-9-.-3>2-4-.",
		"9:.-.>.<.-.-.<.-.-./--^----v-/.-.-4-.-.>3-.>.>2/^---v----/2-.-7-.-.-4-.>.-./^v--^----/.-.-.-4-7-2-.-"
		".-1/v-v------/.>.-.-.-.-.-.<.-5/-v----v--/5-.-.-8-.-.-.-.-./---------/4<8-.-.-.-6-3<.-./---v-----/.-"
		".-.<.-5>.-9-2-./-----^--^/7-3-.-.>.-.-.-.-.",
	};

	small_squares(&test, 100, draw);
	for (int level = 0; level < TASK_LEVELS; level++) {
		level_holds(&test, level, level < 6 ? 40 : 6);
		worked_holds(&test, level, level < 6 ? 40 : 4);
		sat_proof(&test, level, 2);
	}
	exact_knobs();
	damage(&test, "4:.-.<.-3/--v-/1-.-.-./^---/.-.-.>./----/.-2-.-.", ".123456<>-^v/:x");
	golden(&test, want);
	return check_done();
}
