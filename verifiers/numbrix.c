/*
 * numbrix.c - the rule: the numbers 1 .. n * n fill the board once each, v and v + 1 share a side, givens stay.
 *
 * desc: "N:ROW/ROW/..." with N rows of N cells parted by commas, a number or . for an empty cell; N is 2 .. 16.
 * "3:1,.,./.,5,./7,.,9".
 */
#include "base/grid.h"
#include "verifiers/rule.h"

enum { SIDE = 16, CELLS = SIDE * SIDE };

struct board {
	int n;
	int given[CELLS]; /* 0: empty */
};

/* Strict; a number that is given twice makes no puzzle either. */
static bool board_read(struct board *b, struct str s)
{
	bool seen[CELLS + 1] = { false };
	int i = 0;

	b->n = str_eat_number(&s, SIDE);
	if (b->n < 2)
		return false;
	for (int y = 0; y < b->n; y++)
		for (int x = 0; x < b->n; x++, i++) {
			int v = 0;

			if (!str_eatc(&s, x ? ',' : y ? '/' : ':'))
				return false;
			if (!str_eatc(&s, '.')) {
				v = str_eat_number(&s, b->n * b->n);
				if (v < 1 || seen[v])
					return false;
				seen[v] = true;
			}
			b->given[i] = v;
		}
	return s.n == 0;
}

/* Cells by row and column, a byte each: do they share a side? */
static bool touch(int a, int b)
{
	int d = a < b ? b - a : a - b;

	return d == 1 || d == CELLS;
}

static enum quarry_mark check(struct why *why, const struct board *b, const struct grid *g)
{
	int n = b->n, cells = n * n, at[CELLS + 1];

	for (int v = 0; v <= cells; v++)
		at[v] = -1;
	for (int y = 0, i = 0; y < n; y++)
		for (int x = 0; x < n; x++, i++) {
			int v = g->cell[i];

			if (v < 1 || v > cells)
				return rule_wrong(why, "row %d, column %d: %d is not one of 1 to %d", y + 1, x + 1, v, cells);
			if (b->given[i] && b->given[i] != v)
				return rule_wrong(why, "row %d, column %d: the puzzle gives %d, the answer has %d", y + 1, x + 1,
						  b->given[i], v);
			if (at[v] >= 0)
				return rule_wrong(why, "%d stands twice", v);
			at[v] = y * CELLS + x;
		}
	for (int v = 1; v < cells; v++)
		if (!touch(at[v], at[v + 1]))
			return rule_wrong(why, "%d and %d do not share a side", v, v + 1);
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct board b;
	struct grid g;
	struct grid_ask ask = { .words = true };

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no numbrix");
	ask.rows = ask.cols = b.n;
	ask.hi = b.n > 3 ? 9999 : 9;
	if (grid_read(&g, answer, &ask))
		return check(why, &b, &g);
	ask.words = false;
	ask.empty = true;
	ask.lo = 1;
	if (grid_read(&g, answer, &ask))
		return rule_wrong(why, "the board is not filled");
	return rule_unreadable(why, "no board of %d rows with %d numbers each could be read", b.n, b.n);
}

const struct quarry_rule rule_numbrix = { "numbrix", 1, judge, NULL };
