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

/* A number without zeros in front, at most hi. */
static bool number_read(struct str *s, int hi, int *ret)
{
	int v = 0;

	if (!s->n || s->s[0] < '1' || s->s[0] > '9')
		return false;
	while (s->n && s->s[0] >= '0' && s->s[0] <= '9') {
		v = v * 10 + (s->s[0] - '0');
		if (v > hi)
			return false;
		*s = str_from(*s, 1);
	}
	*ret = v;
	return true;
}

static bool sign_read(struct str *s, char c)
{
	if (!s->n || s->s[0] != c)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* Strict; a number that is given twice makes no puzzle either. */
static bool board_read(struct board *b, struct str s)
{
	bool seen[CELLS + 1] = { false };

	if (!number_read(&s, SIDE, &b->n) || b->n < 2 || !sign_read(&s, ':'))
		return false;
	for (int i = 0; i < b->n * b->n; i++) {
		int *v = &b->given[i];

		if (i && !sign_read(&s, i % b->n ? ',' : '/'))
			return false;
		*v = 0;
		if (!sign_read(&s, '.') && !number_read(&s, b->n * b->n, v))
			return false;
		if (*v && seen[*v])
			return false;
		seen[*v] = true;
	}
	return s.n == 0;
}

static int apart(int a, int b, int n)
{
	int dy = a / n - b / n, dx = a % n - b % n;

	return (dy < 0 ? -dy : dy) + (dx < 0 ? -dx : dx);
}

static enum quarry_mark check(struct why *why, const struct board *b, const struct grid *g)
{
	int n = b->n, cells = n * n, at[CELLS + 1];

	for (int v = 0; v <= cells; v++)
		at[v] = -1;
	for (int i = 0; i < cells; i++) {
		int v = g->cell[i];

		if (v < 1 || v > cells)
			return rule_wrong(why, "row %d, column %d: %d is not one of 1 to %d", i / n + 1, i % n + 1, v, cells);
		if (b->given[i] && b->given[i] != v)
			return rule_wrong(why, "row %d, column %d: the puzzle gives %d, the answer has %d", i / n + 1,
					  i % n + 1, b->given[i], v);
		if (at[v] >= 0)
			return rule_wrong(why, "%d stands twice", v);
		at[v] = i;
	}
	for (int v = 1; v < cells; v++)
		if (apart(at[v], at[v + 1], n) != 1)
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
