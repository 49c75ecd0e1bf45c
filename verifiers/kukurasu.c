/*
 * kukurasu.c - the rule: of each row the column numbers of the chosen cells add up to the row's sum, of each column
 * the row numbers to the column's.
 *
 * desc: "7 3 10 4/5 1 9 3": the sums of the rows from top to bottom, then those of the columns from left to right.
 */
#include "base/grid.h"
#include "verifiers/cells.h"
#include "verifiers/rule.h"

enum { LONG = 2048, LONG_CELL = 32 /* bytes: no answer needs more, and for each cell */ };
enum { SIDE = 20, SIDE_MIN = 2 };

struct board {
	int rows, cols;
	int row_sum[SIDE], col_sum[SIDE];
};

/* Numbers parted by single blanks, no zero in front; how many, or 0. */
static int sums_read(int sum[SIDE], struct str *s)
{
	const char *at = s->s, *end = s->s + s->n;
	int n = 0;

	do {
		const char *from = at;
		int v = 0;

		for (; at < end && *at >= '0' && *at <= '9' && at - from < 3; at++)
			v = v * 10 + (*at - '0');
		if (at == from || n == SIDE || (at - from > 1 && *from == '0'))
			return 0;
		sum[n++] = v;
	} while (at < end && *at == ' ' && at++);
	*s = str_from(*s, (size_t)(at - s->s));
	return n;
}

static bool possible(const int *sum, int n, int across)
{
	for (int i = 0; i < n; i++)
		if (sum[i] > across * (across + 1) / 2)
			return false;
	return n >= SIDE_MIN;
}

static bool board_read(struct board *b, struct str s)
{
	b->rows = sums_read(b->row_sum, &s);
	if (!b->rows || !s.n || s.s[0] != '/')
		return false;
	s = str_from(s, 1);
	b->cols = sums_read(b->col_sum, &s);
	return !s.n && possible(b->row_sum, b->rows, b->cols) && possible(b->col_sum, b->cols, b->rows);
}

static enum quarry_mark check(struct why *why, const struct board *b, const uint8_t *mark)
{
	int col_sum[SIDE] = { 0 };

	for (int y = 0; y < b->rows; y++) {
		int sum = 0;

		for (int x = 0; x < b->cols; x++) {
			if (!mark[y * b->cols + x])
				continue;
			sum += x + 1;
			col_sum[x] += y + 1;
		}
		if (sum != b->row_sum[y])
			return rule_wrong(why, "row %d adds up to %d, not %d", y + 1, sum, b->row_sum[y]);
	}
	for (int x = 0; x < b->cols; x++)
		if (col_sum[x] != b->col_sum[x])
			return rule_wrong(why, "column %d adds up to %d, not %d", x + 1, col_sum[x], b->col_sum[x]);
	return QUARRY_CORRECT;
}

/*
 * A board of 1 and 0, or of 1 and whatever else stands for a cell that is not chosen: X, a dot, a dash. Not both: a cell
 * between 1 and 0 that holds something else was left open.
 */
static bool drawn(uint8_t *mark, const struct board *b, struct str answer)
{
	const struct grid_ask asks[] = {
		{ .rows = b->rows, .cols = b->cols, .hi = 1, .words = true },
		{ .rows = b->rows, .cols = b->cols, .lo = 1, .hi = 1, .empty = true },
		{ .rows = b->rows, .cols = b->cols, .symbols = "X1x", .words = true },
	};
	size_t n = str_chr(answer, '0') >= 0 || str_chr(answer, '?') >= 0 ? 1 : COUNT(asks);
	struct grid g;
	bool read = false;

	for (size_t i = 0; i < n && !read; i++)
		read = grid_read(&g, answer, &asks[i]);
	for (int i = 0; read && i < b->rows * b->cols; i++)
		mark[i] = g.cell[i] == 1;
	return read;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	uint8_t mark[GRID_CELLS];
	struct board b;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no kukurasu");
	if (answer.n > LONG + LONG_CELL * (size_t)(b.rows * b.cols))
		return rule_unreadable(why, "the answer is far longer than a board");
	if (drawn(mark, &b, answer))
		return check(why, &b, mark);
	switch (cells_read(mark, b.rows, b.cols, answer)) {
	case CELLS_READ:
		return check(why, &b, mark);
	case CELLS_OFF:
		return rule_wrong(why, "a cell of the list is off the board or named twice");
	default:
		return rule_unreadable(why, "no board of %d rows with %d cells each could be read", b.rows, b.cols);
	}
}

const struct quarry_rule rule_kukurasu = { "kukurasu", 1, judge, NULL };
