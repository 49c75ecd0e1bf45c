/*
 * skyscraper_puzzle.c - the rule: every row and column holds each of the heights 1 .. n once, givens stay, and from each
 * clue at the edge as many buildings are seen as it says: those that are higher than all between them and the edge.
 *
 * desc: "N:TOP/BOTTOM/LEFT/RIGHT:ROW/ROW/...", N = 2 .. 9: N clues a side (a digit, or . for none; top and bottom from left to
 * right, left and right from top to bottom), then N rows of N cells (a digit, or . for an empty one).
 * "3:2.1/.2./..3/...:.../.1./...".
 */
#include "verifiers/latin.h"

enum { TOP, BOTTOM, LEFT, RIGHT, SIDES };

struct board {
	int n;
	int8_t clue[SIDES][LATIN_SIDE];       /* 0: none */
	int8_t given[LATIN_SIDE][LATIN_SIDE]; /* 0: empty */
};

/* n signs, digits 1 .. n or dots, and what must follow them. */
static bool line_read(int8_t *to, int n, const char *s, char after)
{
	for (int k = 0; k < n; k++) {
		if (s[k] != '.' && (s[k] < '1' || s[k] > '0' + n))
			return false;
		to[k] = (int8_t)(s[k] == '.' ? 0 : s[k] - '0');
	}
	return !after || s[n] == after;
}

static bool board_read(struct board *b, struct str s)
{
	size_t at = 2;
	int n;

	if (s.n < 2 || s.s[0] < '2' || s.s[0] > '9' || s.s[1] != ':')
		return false;
	n = b->n = s.s[0] - '0';
	if (s.n != 2 + (size_t)((SIDES + n) * (n + 1) - 1))
		return false;
	for (int side = 0; side < SIDES; side++, at += (size_t)n + 1)
		if (!line_read(b->clue[side], n, s.s + at, side + 1 < SIDES ? '/' : ':'))
			return false;
	for (int y = 0; y < n; y++, at += (size_t)n + 1)
		if (!line_read(b->given[y], n, s.s + at, y + 1 < n ? '/' : 0))
			return false;
	return true;
}

/* Seen along n cells, from cell `at` on in steps of `step`. */
static int seen(const struct grid *g, int at, int step)
{
	int count = 0, highest = 0;

	for (int k = 0; k < g->rows; k++, at += step) {
		if (g->cell[at] <= highest)
			continue;
		highest = g->cell[at];
		count++;
	}
	return count;
}

static enum quarry_mark check(struct why *why, const struct board *b, const struct grid *g)
{
	static const char *const from[SIDES] = { "top", "bottom", "left", "right" };
	int n = b->n;

	for (int i = 0; i < n * n; i++) {
		int given = b->given[i / n][i % n];

		if (given && given != g->cell[i])
			return rule_wrong(why, "row %d, column %d: the puzzle gives %d, the answer has %d", i / n + 1,
					  i % n + 1, given, g->cell[i]);
	}
	for (int k = 0; k < n; k++) {
		int is[SIDES] = { seen(g, k, n), seen(g, n * (n - 1) + k, -n), seen(g, k * n, 1),
				  seen(g, k * n + n - 1, -1) };

		for (int side = 0; side < SIDES; side++)
			if (b->clue[side][k] && b->clue[side][k] != is[side])
				return rule_wrong(why, "%s %d shows %d buildings from the %s, not %d",
						  side < LEFT ? "column" : "row", k + 1, is[side], from[side],
						  b->clue[side][k]);
	}
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct board b;
	struct grid g;
	enum quarry_mark mark;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no skyscraper puzzle");
	mark = latin_read(why, &g, answer, b.n);
	if (mark == QUARRY_CORRECT)
		mark = latin_check(why, &g);
	return mark == QUARRY_CORRECT ? check(why, &b, &g) : mark;
}

const struct quarry_rule rule_skyscraper_puzzle = { "skyscraper_puzzle", 1, judge, NULL };
