/*
 * sudoku.c - the rule: every row, every column and every box holds each of the digits 1 .. n once; givens stay.
 *
 * desc: "BWxBH:ROW/ROW/..." with n = BW * BH <= 9 rows of n characters, a digit or . for an empty cell; boxes are BW
 * columns wide and BH rows high. "2x2:12.4/3..1/..4./4...".
 */
#include "base/grid.h"
#include "verifiers/rule.h"

enum { SIDE = 9 };

struct board {
	int w, h, n;
	int given[SIDE][SIDE]; /* 0: empty */
};

static bool board_read(struct board *b, struct str s)
{
	size_t at = 4;

	if (s.n < 4 || s.s[0] < '2' || s.s[0] > '4' || s.s[1] != 'x' || s.s[2] < '2' || s.s[2] > '4' || s.s[3] != ':')
		return false;
	b->w = s.s[0] - '0';
	b->h = s.s[2] - '0';
	b->n = b->w * b->h;
	if (b->n > SIDE || s.n != at + (size_t)(b->n * (b->n + 1) - 1))
		return false;
	for (int y = 0; y < b->n; y++) {
		for (int x = 0; x < b->n; x++) {
			char c = s.s[at++];

			if (c != '.' && (c < '1' || c > '0' + b->n))
				return false;
			b->given[y][x] = c == '.' ? 0 : c - '0';
		}
		if (y + 1 < b->n && s.s[at++] != '/')
			return false;
	}
	return true;
}

/* 0, or a digit that stands twice among the n cells k -> (y0 + k / width, x0 + k % width). */
static int twice(const struct grid *g, int y0, int x0, int width)
{
	unsigned seen = 0; /* bit v: v was met */

	for (int k = 0; k < g->rows; k++) {
		int v = g->cell[(y0 + k / width) * g->cols + x0 + k % width];

		if (seen >> v & 1)
			return v;
		seen |= 1u << v;
	}
	return 0;
}

static enum quarry_mark check(struct why *why, const struct board *b, const struct grid *g)
{
	int n = b->n, v;

	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			v = g->cell[y * n + x];
			if (v < 1 || v > n)
				return rule_wrong(why, "row %d, column %d: %d is not one of 1 to %d", y + 1, x + 1, v, n);
			if (b->given[y][x] && b->given[y][x] != v)
				return rule_wrong(why, "row %d, column %d: the puzzle gives %d, the answer has %d", y + 1,
						  x + 1, b->given[y][x], v);
		}
	}
	for (int i = 0; i < n; i++) {
		v = twice(g, i, 0, n);
		if (v)
			return rule_wrong(why, "row %d holds %d twice", i + 1, v);
		v = twice(g, 0, i, 1);
		if (v)
			return rule_wrong(why, "column %d holds %d twice", i + 1, v);
		v = twice(g, i / b->h * b->h, i % b->h * b->w, b->w);
		if (v)
			return rule_wrong(why, "box %d holds %d twice", i + 1, v);
	}
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct board b;
	struct grid g;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no sudoku");
	if (grid_read(&g, answer, &(struct grid_ask){ .rows = b.n, .cols = b.n, .hi = 9, .words = true }))
		return check(why, &b, &g);
	if (grid_read(&g, answer, &(struct grid_ask){ .rows = b.n, .cols = b.n, .lo = 1, .hi = 9, .empty = true }))
		return rule_wrong(why, "the board is not filled");
	return rule_unreadable(why, "no board of %d rows with %d digits each could be read", b.n, b.n);
}

const struct quarry_rule rule_sudoku = { "sudoku", 1, judge, NULL };
