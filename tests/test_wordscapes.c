/*
 * test_wordscapes.c - one filling, said by CaDiCaL too; the rule against a reader who splits rows and columns at the blanks and
 * sorts what is left; and every notation of the right answer.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/rule.h"

#include <ctype.h>

enum { SIDE = 24, MOST = 64 };

struct puzzle {
	int rows, cols, words[2];
	char mask[SIDE][SIDE];
	char word[2][MOST][SIDE];
};

static enum quarry_mark ask(struct str desc, struct str answer)
{
	struct why why;

	return quarry_rule("wordscapes")->judge(&why, desc, answer);
}

static void puzzle_read(struct puzzle *p, struct str desc)
{
	struct str part, piece;

	memset(p, 0, sizeof(*p));
	str_split(&desc, '|', &part);
	for (; str_split(&part, '/', &piece); p->rows++) {
		memcpy(p->mask[p->rows], piece.s, piece.n);
		p->cols = (int)piece.n;
	}
	for (int down = 0; down < 2 && str_split(&desc, '|', &part); down++)
		while (str_split(&part, ',', &piece))
			memcpy(p->word[down][p->words[down]++], piece.s, piece.n);
}

/* ---- a reader of the statement ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool grid_from(char grid[SIDE][SIDE], const struct puzzle *p, const char *answer)
{
	int y = 0, x = 0;

	memset(grid, 0, (size_t)SIDE * SIDE);
	for (; *answer; answer++)
		if (*answer == '/') {
			if (x != p->cols || ++y >= p->rows)
				return false;
			x = 0;
		} else {
			if (x == p->cols)
				return false;
			grid[y][x++] = *answer;
		}
	return y == p->rows - 1 && x == p->cols;
}

static bool oracle(const struct puzzle *p, const char *answer)
{
	char grid[SIDE][SIDE], found[2][MOST * 4][SIDE];
	int n[2] = { 0, 0 };

	if (!grid_from(grid, p, answer))
		return false;
	for (int y = 0; y < p->rows; y++)
		for (int x = 0; x < p->cols; x++)
			if ((grid[y][x] == '.') != (p->mask[y][x] == '.'))
				return false;
	memset(found, 0, sizeof(found));
	for (int down = 0; down < 2; down++)
		for (int i = 0; i < (down ? p->cols : p->rows); i++) {
			char line[SIDE + 1] = "", *piece, *rest = line;

			for (int k = 0; k < (down ? p->rows : p->cols); k++)
				line[k] = down ? grid[k][i] : grid[i][k];
			while ((piece = strtok_r(rest, ".", &rest)))
				if (strlen(piece) > 1)
					strcpy(found[down][n[down]++], piece);
		}
	for (int down = 0; down < 2; down++) {
		if (n[down] != p->words[down])
			return false;
		qsort(found[down], (size_t)n[down], SIDE, by_text);
		for (int i = 0; i < n[down]; i++)
			if (strcmp(found[down][i], p->word[down][i]) != 0)
				return false;
	}
	return true;
}

static void change(char *text, struct rng *rng)
{
	size_t n = strlen(text), a = rng_below(rng, (uint32_t)n), b = rng_below(rng, (uint32_t)n);
	char c = text[a];

	switch (rng_below(rng, 4)) {
	case 0: /* two cells change places */
		text[a] = text[b];
		text[b] = c;
		break;
	case 1: /* another letter */
		if (isalpha((unsigned char)c))
			text[a] = (char)('a' + rng_below(rng, 26));
		break;
	case 2: /* a letter where none belongs, or none where one does */
		if (c != '/')
			text[a] = c == '.' ? 'e' : '.';
		break;
	default: /* two letters change places */
		while (!isalpha((unsigned char)text[a]))
			a = (a + 1) % n;
		while (!isalpha((unsigned char)text[b]))
			b = (b + 1) % n;
		c = text[a];
		text[a] = text[b];
		text[b] = c;
	}
}

static void mutated(const struct puzzle *p, struct str desc, const char *answer, struct rng *rng)
{
	for (int i = 0; i < 40; i++) {
		char text[SIDE * SIDE];

		strcpy(text, answer);
		for (int k = rng_range(rng, 1, 2); k > 0; k--)
			change(text, rng);
		if (!CHECK_EQ(ask(desc, str_of(text)) == QUARRY_CORRECT, oracle(p, text)))
			fprintf(stderr, "\t%s\n", text);
	}
}

/* Two words of a length in each other's place: what somebody who looks at lengths alone would do. */
static void swapped(const struct puzzle *p, struct str desc, const char *answer)
{
	char grid[SIDE][SIDE];

	grid_from(grid, p, answer);
	for (int a = 0; a < p->words[0]; a++)
		for (int b = 0; b < a; b++) {
			char text[SIDE * SIDE], *at, *to, keep[SIDE];
			size_t n = strlen(p->word[0][a]);

			if (n != strlen(p->word[0][b]))
				continue;
			strcpy(text, answer);
			at = strstr(text, p->word[0][a]);
			to = strstr(text, p->word[0][b]);
			if (!at || !to)
				continue;
			memcpy(keep, at, n);
			memcpy(at, to, n);
			memcpy(to, keep, n);
			CHECK_EQ(ask(desc, str_of(text)) == QUARRY_CORRECT, oracle(p, text));
		}
}

/* ---- CaDiCaL ---- */

#ifdef HAVE_CADICAL
/* A letter for each cell; a word that takes a run fixes its letters; each word takes one run and each run one word. */
static int sat_solutions(const struct puzzle *p)
{
	struct sat *s = sat_new();
	int cell = sat_vars(s, SIDE * SIDE * 26), found;

	for (int i = 0; i < SIDE * SIDE; i++)
		if (p->mask[i / SIDE][i % SIDE] == 'X')
			for (int c = 0; c < 26; c++) /* the runs see to it that there is one */
				for (int e = 0; e < c; e++)
					sat_clause(s, -(cell + i * 26 + c), -(cell + i * 26 + e), 0);
		else
			for (int c = 0; c < 26; c++)
				sat_clause(s, -(cell + i * 26 + c), 0);
	for (int down = 0; down < 2; down++) {
		int take[MOST][MOST], runs = 0;

		for (int y = 0; y < p->rows; y++)
			for (int x = 0; x < p->cols; x++) {
				int dx = !down, dy = down, n = 0, lit[MOST], many = 0;

				if (p->mask[y][x] != 'X' || (down ? y > 0 && p->mask[y - 1][x] == 'X' : x > 0 && p->mask[y][x - 1] == 'X'))
					continue;
				while (y + dy * n < SIDE && x + dx * n < SIDE && p->mask[y + dy * n][x + dx * n] == 'X')
					n++;
				if (n < 2)
					continue;
				for (int w = 0; w < p->words[down]; w++) {
					take[runs][w] = sat_vars(s, 1);
					lit[many++] = take[runs][w];
					if ((int)strlen(p->word[down][w]) != n)
						sat_clause(s, -take[runs][w], 0);
					else
						for (int k = 0; k < n; k++)
							sat_clause(s, -take[runs][w],
								   cell + ((y + dy * k) * SIDE + x + dx * k) * 26 + p->word[down][w][k] - 'a', 0);
				}
				sat_exactly_of(s, 1, lit, many);
				runs++;
			}
		CHECK_EQ(runs, p->words[down]);
		for (int w = 0; w < p->words[down]; w++) {
			int lit[MOST];

			for (int r = 0; r < runs; r++)
				lit[r] = take[r][w];
			sat_exactly_of(s, 1, lit, runs);
		}
	}
	found = sat_count(s, cell, SIDE * SIDE * 26, 2);
	sat_free(s);
	return found;
}
#else
static int sat_solutions(const struct puzzle *p)
{
	(void)p;
	return 1;
}
#endif

/* ---- notations ---- */

static void notations(const struct puzzle *p, struct str desc, const char *answer)
{
	static const struct {
		const char *begin, *row, *open, *close, *between, *end, *last;
		const char *blank;
	} looks[] = {
		{ "[", "[", "\"", "\"", ", ", "]", "]", " " },  { "[", "[", "\"", "\"", ",", "]", "]", "" },
		{ "[", "[", "'", "'", ", ", "]", "]", "." },    { "(", "(", "'", "'", ", ", ")", ")", " " },
		{ "[", "[", "\"", "\"", ",", "]", "]", "0" },   { "", "", "", "", " ", "\n", "", "." },
		{ "", "", "", "", " ", "\n", "", "#" },         { "", "", "", "", "", "\n", "", "_" },
		{ "", "| ", "", "", " | ", " |\n", "", "" },    { "", "| ", "", "", " | ", " |\n", "", "." },
		{ "", "", "", "", ",", "\n", "", "." },         { "[", "\"", "", "", "", "\"", "]", "." },
		{ "", "", "", "", "", " / ", "", "." },         { "", "", "", "", "", "\n", "", " " },
		{ "", "", "", "", "", "\n", "", "\xe2\xac\x9b" },
	};
	char grid[SIDE][SIDE];

	grid_from(grid, p, answer);
	for (size_t i = 0; i < COUNT(looks); i++)
		for (int upper = 0; upper < 2; upper++) {
			struct buf b = BUF_INIT;

			buf_addz(&b, looks[i].begin);
			for (int y = 0; y < p->rows; y++) {
				buf_addz(&b, y && (looks[i].begin[0]) ? ", " : "");
				buf_addz(&b, looks[i].row);
				for (int x = 0; x < p->cols; x++) {
					buf_addz(&b, x ? looks[i].between : "");
					buf_addz(&b, looks[i].open);
					if (grid[y][x] == '.')
						buf_addz(&b, looks[i].blank);
					else
						buf_addc(&b, (char)(upper ? toupper(grid[y][x]) : grid[y][x]));
					buf_addz(&b, looks[i].close);
				}
				buf_addz(&b, looks[i].end);
			}
			buf_addz(&b, looks[i].last);
			if (!CHECK_EQ(ask(desc, buf_str(&b)), QUARRY_CORRECT))
				fprintf(stderr, "%s\n", buf_z(&b));
			buf_release(&b);
		}
}

static void levels(const struct task *task)
{
	struct rng rng;

	rng_init(&rng, 1, "test");
	for (int level = 0; level < TASK_LEVELS; level++)
		for (int i = 0; i < (level < 6 ? 12 : 3); i++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT;
			struct puzzle p;

			check_in("level %d puzzle %d", level, i);
			if (task->generate(&desc, &answer, task->levels[level], &rng)) {
				puzzle_read(&p, buf_str(&desc));
				CHECK_EQ(p.words[0] + p.words[1], task->levels[level][1]);
				CHECK(oracle(&p, buf_z(&answer)));
				CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
				if (i < (level < 6 ? 3 : 1))
					CHECK_EQ(sat_solutions(&p), 1);
				mutated(&p, buf_str(&desc), buf_z(&answer), &rng);
				swapped(&p, buf_str(&desc), buf_z(&answer));
				notations(&p, buf_str(&desc), buf_z(&answer));
			}
			buf_release(&desc);
			buf_release(&answer);
		}
}

/* Puzzles that are no proper ones: the solver does not take several fillings for one, and the rule takes them all. */
static void several(const struct task *task)
{
	static const char two[] = "XXX/X../XXX|bar,bat|bob";
	struct puzzle p;

	puzzle_read(&p, STR(two));
	if (SAT_HERE)
		CHECK_EQ(sat_solutions(&p), 2);
	CHECK(!task->prove(STR(two)));
	CHECK_EQ(ask(STR(two), STR("bar/o../bat")), QUARRY_CORRECT);
	CHECK_EQ(ask(STR(two), STR("bat/o../bar")), QUARRY_CORRECT);
	CHECK_EQ(ask(STR(two), STR("bat/o../bat")), QUARRY_WRONG);
	CHECK(task->prove(STR("XXX/X../XXX|bar,sat|bus")));
	/* no filling at all */
	CHECK(!task->prove(STR("XXX/X../XXX|bar,cat|bus")));
}

/* The same seed gives the same puzzles on every machine and compiler. A change here raises the task's revision. */
static void golden(const struct task *task)
{
	static const uint64_t want[] = { UINT64_C(0x94f5973d6f585b47), UINT64_C(0x13fe3e10d0bc3c84), UINT64_C(0xe254b8bad2fc4c28) };

	task_golden_tens(task, want);
}

int main(void)
{
	const struct task *task = task_find(STR("wordscapes"));

	levels(task);
	several(task);
	golden(task);
	return check_done();
}
