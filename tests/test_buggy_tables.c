/*
 * test_buggy_tables.c - the table as it is shown is repaired here by text alone: the CSV of the prompt, cell by cell, from the
 * last damage to the first. What comes out, worked out in floating point, is the answer, and the rule takes it and no neighbour.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/buggy_tables.h"
#include "verifiers/rule.h"

#include <math.h>

enum { SIDE = 96, TEXT = 40 };

struct sheet {
	int rows, cols;
	char cell[SIDE][20][TEXT]; /* row 0: the headings */
};

static struct buf csv, told;

/* What the prompt shows of the table and of the damages. */
static void show(const struct task *task, struct str desc)
{
	struct holes holes;
	struct str text;

	holes_init(&holes);
	holes_want(&holes, STR("csv"));
	holes_want(&holes, STR("bugs"));
	task->fields(&holes, desc, LANG_EN);
	holes_end(&holes);
	buf_reset(&csv);
	buf_reset(&told);
	if (holes_text(&holes, STR("csv"), &text))
		buf_add(&csv, text);
	if (holes_text(&holes, STR("bugs"), &text))
		buf_add(&told, text);
	holes_release(&holes);
}

static enum quarry_mark ask(struct str desc, struct str answer)
{
	struct why why;

	return quarry_rule("buggy_tables")->judge(&why, desc, answer);
}

static void sheet_read(struct sheet *s, struct str text)
{
	struct str line, part;

	memset(s, 0, sizeof(*s));
	for (; str_line(&text, &line); s->rows++)
		for (s->cols = 0; str_split(&line, ',', &part); s->cols++)
			snprintf(s->cell[s->rows][s->cols], TEXT, "%.*s", (int)part.n, part.s);
	s->rows--;
}

/* Put the cells of a line back by so many places. `down`: it is column i, else row i. */
static void turn_back(struct sheet *s, bool down, int i, int by)
{
	int n = down ? s->rows : s->cols;
	char was[SIDE][TEXT];

	for (int k = 0; k < n; k++)
		memcpy(was[k], down ? s->cell[k + 1][i] : s->cell[i][k], TEXT);
	for (int k = 0; k < n; k++)
		memcpy(down ? s->cell[k + 1][i] : s->cell[i][k], was[((k + by) % n + n) % n], TEXT);
}

static void split_rows(struct sheet *s, int clean_rows)
{
	static struct sheet was;
	int y = 1;

	was = *s;
	for (int k = 1; k <= was.rows; k++) {
		bool two = strstr(was.cell[k][0], " / ") != NULL;

		for (int x = 0; x < s->cols; x++) {
			char *slash = strstr(was.cell[k][x], " / ");

			CHECK((slash != NULL) == two);
			if (slash) {
				*slash = 0;
				strcpy(s->cell[y + 1][x], slash + 3);
			}
			strcpy(s->cell[y][x], was.cell[k][x]);
		}
		y += two ? 2 : 1;
	}
	s->rows = y - 1;
	CHECK_EQ(s->rows, clean_rows);
}

/* "(r, c) = value" from the text of the prompt. */
static void corrected(struct sheet *s)
{
	const char *at = buf_z(&told), *from = strstr(at, "(row, column)");
	int n = 0, r, c;
	char value[TEXT];

	for (at = from; at && (at = strchr(at + 1, '('));) {
		if (sscanf(at, "(%d, %d) = %39[^;\n]", &r, &c, value) != 3)
			continue;
		if (value[strlen(value) - 1] == '.')
			value[strlen(value) - 1] = 0;
		CHECK(strcmp(s->cell[r][c - 1], value) != 0); /* a wrong value differs */
		strcpy(s->cell[r][c - 1], value);
		n++;
	}
	CHECK(n > 0);
}

static void undo(struct sheet *s, const struct bt *t, const struct bt_bug *b, int rows_before)
{
	static const char *const mark[] = { "?", "!!", "_err", "~x" };

	switch (b->kind) {
	case 'm':
		split_rows(s, rows_before);
		break;
	case 'c':
		for (int x = 0; x < s->cols; x++)
			turn_back(s, true, x, (b->back ? -1 : 1) * b->by * (x + 1));
		break;
	case 'r':
		for (int y = 1; y <= s->rows; y++)
			turn_back(s, false, y, (b->back ? -1 : 1) * b->by * y);
		break;
	case 'h':
		turn_back(s, false, 0, b->back ? -b->by : b->by);
		break;
	case 'b':
		s->rows -= b->by;
		break;
	case 'x':
		CHECK_STR(str_of(s->cell[0][s->cols - 1]), "extra");
		s->cols--;
		break;
	case 's':
		for (int i = b->first; i < b->first + b->n; i++) {
			char *cell = s->cell[t->spot[i].row + 1][t->spot[i].col];
			size_t n = strlen(cell), m = strlen(mark[b->by - 1]);

			if (CHECK(n > m && !strcmp(cell + n - m, mark[b->by - 1])))
				cell[n - m] = 0;
		}
		break;
	case 'e':
		corrected(s);
		break;
	default: /* lost for good */
		for (int i = b->first; i < b->first + b->n; i++)
			CHECK_STR(str_of(s->cell[t->spot[i].row + 1][t->spot[i].col]), "null");
	}
}

static void repair(struct sheet *s, const struct bt *t)
{
	int rows[BT_BUGS] = { 0 }, now = t->rows;

	for (int i = 0; i < t->bugs; i++) {
		rows[i] = now;
		now += t->bug[i].kind == 'b' ? t->bug[i].by : 0;
	}
	for (int i = t->bugs - 1; i >= 0; i--)
		undo(s, t, &t->bug[i], rows[i]);
}

static double scale(const struct bt *t, int col)
{
	return bt_columns[t->col[col]].decimals == 0 ? 1 : bt_columns[t->col[col]].decimals == 1 ? 10 : 100;
}

/* By the shown text, but for categories, whose number the desc has. */
static bool counts(const struct sheet *s, const struct bt *t, int row)
{
	for (int i = 0; i < t->conditions; i++) {
		const struct bt_condition *c = &t->condition[i];
		bool word = bt_columns[t->col[c->col]].kind != BT_NUMBER;
		double lo = c->lo / scale(t, c->col), hi = c->hi / scale(t, c->col), v;

		if (!strcmp(s->cell[row + 1][c->col], "null"))
			return false;
		v = word ? t->cell[row * t->cols + c->col] : atof(s->cell[row + 1][c->col]);
		if (!(c->op == '>' ? v > lo : c->op == '<' ? v < lo : c->op == ']' ? v >= lo : c->op == '[' ? v <= lo :
		      c->op == '=' ? v == lo : c->op == '!' ? v != lo : v >= lo && v <= hi))
			return false;
	}
	return true;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static long double statistic(const struct sheet *s, const struct bt *t, int col)
{
	long double sum = 0, squares = 0;
	double v[SIDE];
	int n = 0;

	for (int row = 0; row < s->rows; row++)
		if (counts(s, t, row) && strcmp(s->cell[row + 1][col], "null")) {
			v[n] = atof(s->cell[row + 1][col]);
			sum += v[n++];
		}
	qsort(v, (size_t)n, sizeof(v[0]), by_size);
	for (int i = 0; i < n; i++)
		squares += (v[i] - sum / n) * (v[i] - sum / n);
	switch (t->stat) {
	case BT_MEAN: return sum / n;
	case BT_MEDIAN: return n % 2 ? v[n / 2] : ((long double)v[n / 2 - 1] + v[n / 2]) / 2;
	case BT_SUM: return sum;
	case BT_MIN: return v[0];
	case BT_MAX: return v[n - 1];
	case BT_RANGE: return v[n - 1] - v[0];
	case BT_VAR: return squares / (n - 1);
	case BT_PVAR: return squares / n;
	case BT_STDEV: return sqrtl(squares / (n - 1));
	case BT_PSTDEV: return sqrtl(squares / n);
	default: return n;
	}
}

static void shift_answer(char out[40], const char *answer, int by)
{
	long long v = llround(atof(answer) * 100) + by;

	snprintf(out, 40, "%s%lld.%02d", v < 0 ? "-" : "", llabs(v) / 100, (int)(llabs(v) % 100));
}

static void one(const struct task *task, const int *knob, struct rng *rng)
{
	static struct sheet s;
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	char near[40];
	long double due;
	struct bt t;

	if (CHECK(task->generate(&desc, &answer, knob, rng)) && CHECK(bt_read(&t, buf_str(&desc)))) {
		check_in("%.150s", strchr(strchr(buf_z(&desc), ';') + 1, ';'));
		show(task, buf_str(&desc));
		sheet_read(&s, buf_str(&csv));
		repair(&s, &t);
		CHECK_EQ(s.rows, t.rows);
		CHECK_EQ(s.cols, t.cols);
		for (int x = 0; x < t.cols; x++)
			CHECK_STR(str_of(s.cell[0][x]), bt_columns[t.col[x]].en);
		for (int i = 0; i < t.rows * t.cols; i++) {
			const char *cell = s.cell[i / t.cols + 1][i % t.cols];

			if (strcmp(cell, "null") && bt_columns[t.col[i % t.cols]].kind == BT_NUMBER)
				CHECK_EQ(llround(atof(cell) * scale(&t, i % t.cols)), t.cell[i]);
		}
		due = statistic(&s, &t, t.a);
		if (t.b >= 0)
			due = fabsl(due - statistic(&s, &t, t.b));
		CHECK(fabsl(due - strtold(buf_z(&answer), NULL)) <= 0.005L + 1e-7L);
		CHECK_EQ(ask(buf_str(&desc), buf_str(&answer)), QUARRY_CORRECT);
		for (int by = -3; by <= 3; by++) {
			shift_answer(near, buf_z(&answer), by);
			CHECK_EQ(ask(buf_str(&desc), str_of(near)), by ? QUARRY_WRONG : QUARRY_CORRECT);
		}
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* Every kind alone and every pair of kinds, all statistics. */
static void kinds(const struct task *task, struct rng *rng)
{
	for (int a = 0; a < 9; a++)
		for (int b = a; b < 9; b++)
			for (int i = 0; i < 4; i++) {
				int knob[TASK_KNOBS] = { 8, 13, 6, 1 << a | 1 << b, a == b ? 1 : 2, 5, 15, 1, 2, i % 2 ? 1023 : 2047, 1 + i % 2 };

				one(task, knob, rng);
			}
}

/* Sums that are right by hand. */
static void by_hand(void)
{
	static const struct {
		const char *desc, *answer;
	} all[] = {
		{ "0,10;0,101/1,104;m;mean 2?2>100", "1.03" }, /* 1.025 */
		{ "0,18;0,-5/1,-4;m;mean 2?2<0", "-0.45" },
		{ "0,18;0,-5/1,-6/2,-6/3,-6;m;mean 2?2<0", "-0.58" }, /* -0.575 */
		{ "0,10;0,100/1,100/2,100;m;stdev 2?2]100", "0.00" },
		{ "0,4;0,2000/1,20000;m;pvar 2?2]2000", "81000000.00" },
		{ "0,4;0,2000/1,20000;m;stdev 2?2]2000", "12727.92" },
		{ "0,10;0,200/1,201;m;pstdev 2?2>199", "0.01" }, /* 0.005 and no more */
		{ "0,7,13;0,1,2/1,2,4/2,3,6/3,4,8;cu2;sum 2~3?2>1", "9.00" },
		{ "0,2,7;0,1,5/1,2,6/2,1,9;hr1;count 3?2=1", "2.00" },
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct buf solved = BUF_INIT;

		check_in("%s", all[i].desc);
		CHECK_EQ(ask(str_of(all[i].desc), str_of(all[i].answer)), QUARRY_CORRECT);
		CHECK(task_find(STR("buggy_tables"))->solve(&solved, str_of(all[i].desc)));
		CHECK_STR(buf_str(&solved), all[i].answer);
		buf_release(&solved);
	}
}

/* The same seed gives the same puzzles on every machine and compiler. A change here raises the task's revision. */
static void golden(const struct task *task)
{
	static const uint64_t want[] = { UINT64_C(0x8b09913cff0b02a5), UINT64_C(0x9a04a87820f90261), UINT64_C(0x37973d943047685e) };

	task_golden_tens(task, want);
}

/* The whole of s as a number of the column, by the words of verifiers/buggy_tables.h. */
static bool cell_read(struct str s, int column, int32_t *ret)
{
	size_t minus = s.n && s.s[0] == '-', digits = s.n - minus;
	int64_t v = 0;

	if (digits == 0 || digits > 7 || (s.s[minus] == '0' && s.n > 1))
		return false;
	for (size_t i = minus; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		v = v * 10 + (s.s[i] - '0');
	}
	v = minus ? -v : v;
	*ret = (int32_t)v;
	return v >= bt_columns[column].lo && v <= bt_columns[column].hi;
}

/* The rows' text read by hand. */
static bool rows_read(struct str text, const int *column, int cols, int32_t *cell, int *rows)
{
	struct str row, one;

	for (*rows = 0; str_split(&text, '/', &row); ++*rows) {
		int x = 0;

		for (; str_split(&row, ',', &one); x++)
			if (*rows == BT_ROWS || x == cols || !cell_read(one, column[x], &cell[*rows * cols + x]))
				return false;
		if (x < cols)
			return false;
	}
	return *rows >= 2;
}

static void cell_put(struct buf *text, const struct bt_column *k, bool odd, struct rng *rng)
{
	static const char *const odds[] = { "", "-", "-0", "00", "01", "-5", "5-", "1-2", "--1", "100000", "99999999", "1.5", "+3", " 4", "123456789012345" };
	int32_t v = k->lo + (int32_t)rng_below(rng, (uint32_t)(k->hi - k->lo + 1));

	switch (odd ? rng_below(rng, 6) : 6) {
	case 0: buf_addz(text, odds[rng_below(rng, COUNT(odds))]); break;
	case 1: buf_addf(text, "%s%d", k->lo < 0 ? "-0" : "0", (int)v); break;
	case 2: buf_addf(text, "%d", (int)k->lo - 1); break;
	case 3: buf_addf(text, "%d", (int)k->hi + 1); break;
	case 4: buf_addf(text, "%d", (int)k->lo); break;
	case 5: buf_addf(text, "%d", (int)k->hi); break;
	default: buf_addf(text, "%d", (int)v);
	}
}

/* Tables of every shape, right and wrong, are read as by hand; nothing before or behind their text is. */
static void reading(struct rng *rng)
{
	static const char *const between[] = { ",", "/", ";", ":" };
	struct buf text = BUF_INIT;
	int right = 0, wrong = 0;

	for (int k = 0; k < 40000; k++) {
		int cols = 2 + (int)rng_below(rng, k % 2 ? 5 : BT_COLS - 1), rows = (int)rng_below(rng, k % 16 ? 12 : BT_ROWS + 3), column[BT_COLS], n = 0, read;
		uint32_t seen = 1u << 5 | 1u << 6;
		static int32_t want[BT_LINES * BT_COLS];
		static struct bt t;
		struct str rows_text;
		size_t from;
		bool fits;
		char *desc;

		column[n++] = 5 + k % 2;
		column[n++] = 6 - k % 2;
		while (n < cols) {
			int c = (int)rng_below(rng, (uint32_t)bt_column_count);

			if (!(seen >> c & 1))
				column[n++] = c;
			seen |= 1u << c;
		}
		buf_reset(&text);
		for (int x = 0; x < cols; x++)
			buf_addf(&text, "%s%d", x ? "," : "", column[x]);
		buf_addz(&text, ";");
		from = text.n;
		for (int i = 0; i < rows * cols; i++) {
			if (i)
				buf_addz(&text, rng_below(rng, (uint32_t)(rows * cols) * 10) == 0 ? between[rng_below(rng, 4)] : i % cols ? "," : "/");
			cell_put(&text, &bt_columns[column[i % cols]], k % 3 && rng_below(rng, (uint32_t)(rows * cols)) == 0, rng);
		}
		rows_text = (struct str){ text.s + from, text.n - from };
		fits = rows_read(rows_text, column, cols, want, &read);
		buf_addf(&text, ";m;mean %d?%d>0", 1 + k % 2, 2 - k % 2);
		desc = malloc(text.n); /* the sanitizers see a read on either side */
		memcpy(desc, text.s, text.n);
		CHECK_EQ(bt_read(&t, (struct str){ desc, text.n }), fits);
		if (fits && CHECK_EQ(t.rows, read) && CHECK_EQ(t.cols, cols))
			CHECK(memcmp(t.cell, want, (size_t)(read * cols) * sizeof(want[0])) == 0);
		right += fits;
		wrong += !fits;
		free(desc);
	}
	CHECK(right > 10000 && wrong > 10000);
	buf_release(&text);
}

int main(void)
{
	const struct task *task = task_find(STR("buggy_tables"));
	struct rng rng;

	rng_init(&rng, 1, "test");
	for (int level = 0; level < TASK_LEVELS; level++)
		for (int i = 0; i < (level < 8 ? 60 : 15); i++)
			one(task, task->levels[level], &rng);
	kinds(task, &rng);
	by_hand();
	reading(&rng);
	buf_release(&csv);
	buf_release(&told);
	golden(task);
	return check_done();
}
