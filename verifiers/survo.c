/*
 * survo.c - the rule: the numbers of the list fill the blanks, each as often as it is listed, and every row and column
 * has its sum.
 *
 * desc: ". 3 5=12/. . 1=9|8 7 6|2 4 4 6": the rows (a dot for a blank) with their sums, the columns' sums, the numbers to
 * fill in, smallest first.
 */
#include "base/grid.h"
#include "verifiers/rule.h"

enum { LONG = 2048, LONG_CELL = 32 /* bytes: no answer needs more, and for each cell */ };
enum { SIDE = 12, SIDE_MIN = 2, VALUE = 999, SUM = 9999, BLANK = -1 };

struct board {
	int rows, cols, blanks;
	int cell[SIDE][SIDE], row_sum[SIDE], col_sum[SIDE];
	uint8_t pool[VALUE + 1]; /* how often a number is listed */
};

static bool row_read(struct board *b, struct str *s)
{
	int *cell = b->cell[b->rows], n = 0;

	do {
		if (n == SIDE)
			return false;
		cell[n] = BLANK;
		if (str_eatc(s, '.'))
			b->blanks++;
		else if ((cell[n] = str_eat_number(s, VALUE)) == BLANK)
			return false;
		n++;
	} while (str_eatc(s, ' '));
	if (n < SIDE_MIN || (b->rows && n != b->cols) || !str_eatc(s, '='))
		return false;
	b->cols = n;
	b->row_sum[b->rows] = str_eat_number(s, SUM);
	return b->row_sum[b->rows++] != BLANK;
}

static bool board_read(struct board *b, struct str desc)
{
	b->rows = b->cols = b->blanks = 0;
	do
		if (b->rows == SIDE || !row_read(b, &desc))
			return false;
	while (str_eatc(&desc, '/'));
	if (b->rows < SIDE_MIN || !b->blanks)
		return false;
	for (int x = 0; x < b->cols; x++)
		if (!str_eatc(&desc, x ? ' ' : '|') || (b->col_sum[x] = str_eat_number(&desc, SUM)) == BLANK)
			return false;
	memset(b->pool, 0, sizeof(b->pool));
	for (int i = 0, last = 0; i < b->blanks; i++) {
		int v = str_eatc(&desc, i ? ' ' : '|') ? str_eat_number(&desc, VALUE) : BLANK;

		if (v == BLANK || v < last)
			return false;
		b->pool[v]++;
		last = v;
	}
	return desc.n == 0;
}

/* The filled board is the first rows x cols cells of rows that are `across` wide. */
static enum quarry_mark check(struct why *why, struct board *b, const int16_t *cell, int across)
{
	int col_sum[SIDE] = { 0 };

	for (int y = 0; y < b->rows; y++) {
		int sum = 0;

		for (int x = 0; x < b->cols; x++) {
			int v = cell[y * across + x];

			if (b->cell[y][x] != BLANK && b->cell[y][x] != v)
				return rule_wrong(why, "row %d, column %d: the puzzle gives %d, the answer has %d", y + 1, x + 1,
						  b->cell[y][x], v);
			if (b->cell[y][x] == BLANK && (v > VALUE || !b->pool[v]--))
				return rule_wrong(why, "row %d, column %d: no %d is left to be filled in", y + 1, x + 1, v);
			sum += v;
			col_sum[x] += v;
		}
		if (sum != b->row_sum[y])
			return rule_wrong(why, "row %d adds up to %d, not %d", y + 1, sum, b->row_sum[y]);
	}
	for (int x = 0; x < b->cols; x++)
		if (col_sum[x] != b->col_sum[x])
			return rule_wrong(why, "column %d adds up to %d, not %d", x + 1, col_sum[x], b->col_sum[x]);
	return QUARRY_CORRECT;
}

/* With the sums behind the rows and below the columns, and that of all in the corner: those have to be right too. */
static enum quarry_mark check_framed(struct why *why, struct board *b, const int16_t *cell)
{
	int total = 0, last = b->rows * (b->cols + 1);

	for (int y = 0; y < b->rows; y++) {
		total += b->row_sum[y];
		if (cell[y * (b->cols + 1) + b->cols] != b->row_sum[y])
			return rule_wrong(why, "the sum of row %d is %d in the puzzle", y + 1, b->row_sum[y]);
	}
	for (int x = 0; x < b->cols; x++)
		if (cell[last + x] != b->col_sum[x])
			return rule_wrong(why, "the sum of column %d is %d in the puzzle", x + 1, b->col_sum[x]);
	if (cell[last + b->cols] != total)
		return rule_wrong(why, "all numbers together are %d", total);
	return check(why, b, cell, b->cols + 1);
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct board b;
	struct grid g;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no survo");
	if (answer.n > LONG + LONG_CELL * (size_t)(b.rows * b.cols))
		return rule_unreadable(why, "the answer is far longer than a board");
	if (grid_read(&g, answer, &(struct grid_ask){ .rows = b.rows, .cols = b.cols, .hi = SUM, .words = true }) ||
	    grid_read(&g, answer, &(struct grid_ask){ .rows = b.rows, .cols = b.cols, .hi = 9, .words = true }))
		return check(why, &b, g.cell, b.cols);
	if (grid_read(&g, answer, &(struct grid_ask){ .rows = b.rows + 1, .cols = b.cols + 1, .hi = SUM, .words = true }))
		return check_framed(why, &b, g.cell);
	if (grid_read(&g, answer, &(struct grid_ask){ .rows = b.rows, .cols = b.cols, .hi = SUM, .lo = 1, .empty = true }))
		return rule_wrong(why, "the board is not filled");
	return rule_unreadable(why, "no board of %d rows with %d numbers each could be read", b.rows, b.cols);
}

const struct quarry_rule rule_survo = { "survo", 1, judge, NULL };
