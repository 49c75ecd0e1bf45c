/*
 * test_number_wall.c - number_wall against what shares nothing with it: all wall patterns of small boards under each of
 * the four sets of rules, symmetry by turning boards cell by cell, levels proved by CaDiCaL with connection told to it
 * where it errs, worked steps held against the solution.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/sat.h"
#include "tests/task.h"
#include "verifiers/verify.h"

extern const struct task task_number_wall;

static const struct task *const task = &task_number_wall;

enum { CELLS = 128 };

struct board {
	bool connected, touch;
	int rows, cols, number[CELLS];
};

static enum quarry_mark ask(struct str desc, struct str answer)
{
	return task_ask("number_wall", desc, answer);
}

static void desc_of(struct buf *out, const struct board *b)
{
	buf_reset(out);
	buf_addf(out, "%c%c:", b->connected ? 'c' : 'f', b->touch ? 't' : 'a');
	for (int i = 0; i < b->rows * b->cols; i++) {
		if (i && i % b->cols == 0)
			buf_addc(out, '/');
		buf_addc(out, b->number[i] ? (char)(b->number[i] < 10 ? '0' + b->number[i] : 'a' + b->number[i] - 10) : '.');
	}
}

static void board_of(struct board *b, struct str desc)
{
	int n = 0;

	memset(b, 0, sizeof(*b));
	b->connected = desc.s[0] == 'c';
	b->touch = desc.s[1] == 't';
	b->rows = 1;
	for (size_t i = 3; i < desc.n; i++) {
		char c = desc.s[i];

		if (c == '/')
			b->rows++;
		else
			b->number[n++] = c == '.' ? 0 : c <= '9' ? c - '0' : c - 'a' + 10;
	}
	b->cols = n / b->rows;
}

static bool beside(const struct board *b, int i, int j)
{
	int dy = abs(i / b->cols - j / b->cols), dx = abs(i % b->cols - j % b->cols);

	return dy + dx == 1;
}

/* Give all cells of the same kind that hang together the least of their numbers. */
static void label(const struct board *b, const bool *wall, int *of)
{
	int cells = b->rows * b->cols;
	bool changed = true;

	for (int i = 0; i < cells; i++)
		of[i] = i;
	while (changed) {
		changed = false;
		for (int i = 0; i < cells; i++)
			for (int j = 0; j < cells; j++)
				if (beside(b, i, j) && wall[i] == wall[j] && of[j] < of[i]) {
					of[i] = of[j];
					changed = true;
				}
	}
}

static bool walls_hang(const struct board *b, const bool *wall, const int *of)
{
	int first = -1;

	for (int i = 0; i < b->rows * b->cols; i++) {
		if (!wall[i])
			continue;
		if (first < 0)
			first = of[i];
		if (of[i] != first)
			return false;
	}
	return true;
}

/* The statement, word by word. */
static bool obeys(const struct board *b, const bool *wall)
{
	int cells = b->rows * b->cols, of[CELLS];

	label(b, wall, of);
	for (int i = 0; i < cells; i++) {
		int size = 0, numbers = 0, number = 0;

		if (wall[i] && b->number[i])
			return false;
		for (int j = 0; j < cells && !wall[i]; j++)
			if (!wall[j] && of[j] == of[i]) {
				size++;
				numbers += b->number[j] > 0;
				number += b->number[j];
			}
		if (!wall[i] && (numbers != 1 || number != size))
			return false;
		if (i % b->cols + 1 == b->cols || i / b->cols + 1 == b->rows)
			continue;
		if (wall[i] && wall[i + 1] && wall[i + b->cols] && wall[i + b->cols + 1])
			return false;
		if (b->touch)
			continue;
		if (!wall[i] && !wall[i + b->cols + 1] && of[i] != of[i + b->cols + 1])
			return false;
		if (!wall[i + 1] && !wall[i + b->cols] && of[i + 1] != of[i + b->cols])
			return false;
	}
	return !b->connected || walls_hang(b, wall, of);
}

static void pattern(bool *wall, int cells, uint32_t bits)
{
	for (int i = 0; i < cells; i++)
		wall[i] = bits >> i & 1;
}

static void answer_of(struct buf *out, const struct board *b, const bool *wall, int style)
{
	static const char *const heads[] = { "", "[[\"", "", "[" }, *const betweens[] = { "", "\", \"", " ", "" };
	static const char *const row_ends[] = { "/", "\"], [\"", "\n", "" }, *const tails[] = { "", "\"]]", "", "]" };
	int n = 0;

	buf_reset(out);
	buf_addz(out, heads[style]);
	for (int i = 0; i < b->rows * b->cols; i++) {
		if (style == 3) {
			if (wall[i])
				buf_addf(out, "%s(%d, %d)", n++ ? ", " : "", i / b->cols + 1, i % b->cols + 1);
			continue;
		}
		if (i)
			buf_addz(out, i % b->cols ? betweens[style] : row_ends[style]);
		if (style == 1 && b->number[i] && !wall[i])
			buf_addi(out, b->number[i]);
		else
			buf_addc(out, "0X.1A#"[style + 3 * wall[i]]);
	}
	buf_addz(out, tails[style]);
}

/* ---- all patterns of small boards ---- */

/* A board with numbers that some pattern of walls may fit: random walls, then numbers for most islands. */
static void random_board(struct board *b, int rows, int cols, struct rng *rng)
{
	bool wall[CELLS];
	int cells = rows * cols, of[CELLS], any = 0;

	memset(b, 0, sizeof(*b));
	b->rows = rows;
	b->cols = cols;
	b->connected = rng_below(rng, 2);
	b->touch = rng_below(rng, 2);
	for (int i = 0; i < cells; i++)
		wall[i] = rng_below(rng, 100) < 58;
	label(b, wall, of);
	for (int i = 0; i < cells; i++) {
		int size = 0, at;

		if (wall[i] || of[i] != i)
			continue;
		for (int j = 0; j < cells; j++)
			size += !wall[j] && of[j] == i;
		do
			at = (int)rng_below(rng, (uint32_t)cells);
		while (wall[at] || of[at] != i);
		b->number[at] = size;
		any++;
	}
	if (!any)
		b->number[rng_below(rng, (uint32_t)cells)] = 2;
	if (rng_below(rng, 4) == 0)
		b->number[rng_below(rng, (uint32_t)cells)] = rng_range(rng, 1, 4);
}

static void small_boards(void)
{
	static const int sides[][2] = { { 3, 3 }, { 3, 4 }, { 4, 3 }, { 3, 3 }, { 3, 4 }, { 4, 3 }, { 3, 5 } };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int counts[3] = { 0 }, judged[2] = { 0 };
	struct rng rng;

	rng_init(&rng, 1, "test");
	for (int round = 0; round < 260; round++) {
		const int *side = sides[round % 7];
		int cells = side[0] * side[1], solutions = 0;
		struct board b;
		bool wall[CELLS];

		random_board(&b, side[0], side[1], &rng);
		desc_of(&desc, &b);
		for (uint32_t bits = 0; bits < 1u << cells; bits++) {
			bool good;

			pattern(wall, cells, bits);
			/* a pattern that covers a number is none: seen at once, so that there is time for the others */
			for (int i = 0; i < cells; i++)
				if (wall[i] && b.number[i])
					goto covered;
			good = obeys(&b, wall);
			solutions += good;
			if (!good && bits % 31 != (uint32_t)round % 31)
				continue;
			answer_of(&answer, &b, wall, (int)(bits % 4));
			if (bits % 4 == 3 && !bits)
				continue;
			check_in("%s by %s", buf_z(&desc), buf_z(&answer));
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), good ? QUARRY_CORRECT : QUARRY_WRONG);
			judged[good]++;
covered:;
		}
		check_in("%s", buf_z(&desc));
		CHECK_EQ(task->prove(buf_str(&desc)), solutions == 1);
		buf_reset(&answer);
		CHECK_EQ(task->solve(&answer, buf_str(&desc)), solutions > 0);
		if (solutions)
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		counts[solutions > 2 ? 2 : solutions]++;
	}
	CHECK(counts[0] > 30 && counts[1] > 30 && counts[2] > 15);
	CHECK(judged[0] > 1000 && judged[1] > 100);
	buf_release(&desc);
	buf_release(&answer);
}

/* Walls over numbers are refused too. */
static void covered_numbers(void)
{
	CHECK_EQ(ask(STR("ct:1../.../..1"), STR("011/111/110")), QUARRY_WRONG);
	CHECK_EQ(ask(STR("ct:1../.../..1"), STR("111/101/111")), QUARRY_WRONG);
	CHECK_EQ(ask(STR("ft:.../.1./..."), STR("111/101/111")), QUARRY_CORRECT);
}

/* ---- symmetry ---- */

static void turned(struct board *to, const struct board *b, int how)
{
	*to = *b;
	to->rows = how & 1 ? b->cols : b->rows;
	to->cols = how & 1 ? b->rows : b->cols;
	for (int y = 0; y < to->rows; y++)
		for (int x = 0; x < to->cols; x++) {
			int r = how & 2 ? to->rows - 1 - y : y, c = how & 4 ? to->cols - 1 - x : x;

			to->number[y * to->cols + x] = how & 1 ? b->number[c * b->cols + r] : b->number[r * b->cols + c];
		}
}

static void symmetry(void)
{
	enum { BOARDS = 60 };
	static struct board board[BOARDS];
	static struct buf canon[BOARDS];
	struct buf desc = BUF_INIT, other = BUF_INIT;
	int same = 0;
	struct rng rng;

	rng_init(&rng, 2, "test");
	for (int i = 0; i < BOARDS; i++) {
		random_board(&board[i], 3, 3, &rng);
		if (i > BOARDS / 2) /* perhaps a twin of an earlier one */
			turned(&board[i], &board[rng_below(&rng, BOARDS / 2)], (int)rng_below(&rng, 8));
		desc_of(&desc, &board[i]);
		task->canon(&canon[i], buf_str(&desc));
	}
	for (int i = 0; i < BOARDS; i++)
		for (int j = 0; j < i; j++) {
			bool equal = str_eq(buf_str(&canon[i]), buf_str(&canon[j])), twins = false;

			desc_of(&desc, &board[i]);
			for (int how = 0; how < 8 && !twins; how++) {
				struct board t;

				turned(&t, &board[j], how);
				desc_of(&other, &t);
				twins = str_eq(buf_str(&desc), buf_str(&other));
			}
			check_in("%s", buf_z(&desc));
			CHECK_EQ(equal, twins);
			same += twins;
		}
	CHECK(same >= BOARDS / 3);
	for (int i = 0; i < BOARDS; i++)
		buf_release(&canon[i]);
	buf_release(&desc);
	buf_release(&other);
}

/* ---- generated puzzles ---- */

#ifdef HAVE_CADICAL
/* Cell c belongs to island i: own + c * n + i. Reached from the number in t steps: one variable each step. */
static void sat_island(struct sat *s, const struct board *b, int own, int n, int i, int at)
{
	int cells = b->rows * b->cols, size = b->number[at], lit[CELLS], before = sat_vars(s, cells);

	for (int c = 0; c < cells; c++) {
		lit[c] = own + c * n + i;
		sat_clause(s, c == at ? before + c : -(before + c), 0);
	}
	sat_clause(s, lit[at], 0);
	for (int t = 1; t < size; t++) {
		int now = sat_vars(s, cells);

		for (int c = 0; c < cells; c++) {
			int from[6] = { -(now + c), before + c }, k = 2;

			for (int d = 0; d < cells; d++)
				if (beside(b, c, d))
					from[k++] = before + d;
			sat_any(s, from, k);
			sat_clause(s, -(now + c), lit[c], 0);
		}
		before = now;
	}
	for (int c = 0; c < cells; c++)
		sat_clause(s, -lit[c], before + c, 0);
	sat_exactly_of(s, size, lit, cells);
}

/* Of a solution whose walls fall apart: one part's walls stay together with other walls only over its border. */
static bool sat_join(struct sat *s, const struct board *b, int wall, const bool *is_wall)
{
	int cells = b->rows * b->cols, of[CELLS], clause[CELLS + 2], n = 0, part = -1, other = -1;

	label(b, is_wall, of);
	if (!b->connected || walls_hang(b, is_wall, of))
		return false;
	for (int c = 0; c < cells; c++) {
		if (!is_wall[c])
			continue;
		if (part < 0)
			part = c;
		else if (of[c] != of[part])
			other = c;
	}
	clause[n++] = -(wall + part);
	clause[n++] = -(wall + other);
	for (int c = 0; c < cells; c++)
		for (int d = 0; d < cells; d++)
			if (!is_wall[c] && is_wall[d] && of[d] == of[part] && beside(b, c, d)) {
				clause[n++] = wall + c;
				break;
			}
	sat_any(s, clause, n);
	return true;
}

static int sat_solutions(const struct board *b)
{
	struct sat *s = sat_new();
	int cells = b->rows * b->cols, wall = sat_vars(s, cells), n = 0, found = 0, own, island = 0;

	for (int c = 0; c < cells; c++)
		n += b->number[c] > 0;
	own = sat_vars(s, cells * n);
	for (int c = 0; c < cells; c++) {
		int lit[CELLS];

		if (b->number[c])
			sat_island(s, b, own, n, island++, c);
		for (int i = 0; i < n; i++)
			lit[i] = own + c * n + i;
		lit[n] = wall + c;
		sat_exactly_of(s, 1, lit, n + 1);
		for (int d = 0; d < cells; d++) {
			bool corner = abs(c / b->cols - d / b->cols) == 1 && abs(c % b->cols - d % b->cols) == 1;

			for (int i = 0; i < n && (beside(b, c, d) || (corner && !b->touch)); i++)
				sat_clause(s, -(own + c * n + i), wall + d, own + d * n + i, 0);
		}
		if (c % b->cols + 1 < b->cols && c / b->cols + 1 < b->rows)
			sat_clause(s, -(wall + c), -(wall + c + 1), -(wall + c + b->cols), -(wall + c + b->cols + 1), 0);
	}
	while (found < 2 && sat_solve(s)) {
		int block[CELLS];
		bool is_wall[CELLS];

		for (int c = 0; c < cells; c++) {
			is_wall[c] = sat_true(s, wall + c);
			block[c] = is_wall[c] ? -(wall + c) : wall + c;
		}
		if (sat_join(s, b, wall, is_wall))
			continue;
		CHECK(obeys(b, is_wall));
		found++;
		sat_any(s, block, cells);
	}
	sat_free(s);
	return found;
}
#else
static int sat_solutions(const struct board *b)
{
	(void)b;
	return 1;
}
#endif

/* " r1c2 r3c4" after `at`: each cell is v in the answer. */
static int check_cells(const struct board *b, struct str answer, const char *at, char v)
{
	int y, x, used, n = 0;

	for (; sscanf(at, " r%dc%d%n", &y, &x, &used) == 2; at += used, n++)
		CHECK_EQ(answer.s[(y - 1) * (b->cols + 1) + x - 1], v);
	return n;
}

/* "3@r1c2 full -> 1: r1c3 -> 0: r2c2" or "r2c3=1? ... -> r2c3=0" */
static void check_step(const struct board *b, struct str answer, const char *step)
{
	const char *arrow = strstr(step, "-> ");
	int y, x, v;

	if (!arrow)
		return; /* the last line */
	if (strchr(step, '?')) {
		if (CHECK(sscanf(arrow, "-> r%dc%d=%d", &y, &x, &v) == 3))
			CHECK_EQ(answer.s[(y - 1) * (b->cols + 1) + x - 1], '0' + v);
		return;
	}
	for (; arrow; arrow = strstr(arrow + 3, "-> "))
		CHECK(check_cells(b, answer, arrow + 5, arrow[3]) > 0);
}

static void levels(void)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT, worked = BUF_INIT;
	int modes[4] = { 0 };

	for (int level = 0; level < TASK_LEVELS; level++) {
		const int *knob = task->levels[level];
		struct rng rng;

		rng_init(&rng, (uint64_t)level, "test");
		for (int i = 0; i < (level < 8 ? 10 : 4); i++) {
			struct board b;
			struct effort e;
			struct str rest, line;

			buf_reset(&desc);
			buf_reset(&answer);
			buf_reset(&worked);
			check_in("level %d puzzle %d", level, i);
			if (!task->generate(&desc, &answer, knob, &rng))
				continue;
			board_of(&b, buf_str(&desc));
			modes[b.connected * 2 + b.touch]++;
			CHECK(b.rows == knob[0] && b.cols == knob[1]);
			CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
			CHECK_EQ(sat_solutions(&b), 1);
			task->grade(&e, buf_str(&desc));
			CHECK(level < 8 ? e.branch == 0 : e.branch >= knob[9]);
			CHECK(e.depth >= knob[8]);
			task->explain(&worked, buf_str(&desc), i % 2 ? LANG_ZH : LANG_EN);
			rest = buf_str(&worked);
			while (str_line(&rest, &line)) {
				char step[4096];

				snprintf(step, sizeof(step), "%.*s", (int)line.n, line.s);
				check_step(&b, buf_str(&answer), step);
			}
		}
	}
	for (int i = 0; i < 4; i++)
		CHECK(modes[i] > 0);
	buf_release(&desc);
	buf_release(&answer);
	buf_release(&worked);
}

int main(void)
{
	small_boards();
	covered_numbers();
	symmetry();
	levels();
	return check_done();
}
