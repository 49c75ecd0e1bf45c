/*
 * star_placement_puzzle.c - the rule: k stars in every row, every column and every region; no two stars touch, not even
 * at a corner.
 *
 * desc: "K:ROW/ROW/..." with n rows of n letters, a letter for each region, n different ones in all: "1:AABB/ACCB/DDCB/DDCC".
 * A region may lie in several pieces.
 */
#include "verifiers/picks.h"

enum { SIDE = 16, STARS_MAX = 4 };

struct board {
	int n, k;
	char region[SIDE][SIDE]; /* letters */
};

static bool board_read(struct board *b, struct str s)
{
	bool seen[128] = { false };
	int regions = 0, n = 0;
	size_t at = 2;

	if (s.n < 3 || s.s[0] < '1' || s.s[0] > '0' + STARS_MAX || s.s[1] != ':')
		return false;
	while (at + (size_t)n < s.n && n <= SIDE && s.s[at + (size_t)n] != '/')
		n++;
	if (n > SIDE || s.n != at + (size_t)(n * (n + 1) - 1))
		return false;
	b->k = s.s[0] - '0';
	b->n = n;
	for (int y = 0; y < n; y++) {
		if (y > 0 && s.s[at++] != '/')
			return false;
		for (int x = 0; x < n; x++) {
			char c = s.s[at++];

			if ((c | 32) < 'a' || (c | 32) > 'z')
				return false;
			regions += !seen[(int)c];
			seen[(int)c] = true;
			b->region[y][x] = c;
		}
	}
	return regions == n;
}

static enum quarry_mark check(struct why *why, const struct board *b, const struct grid *g)
{
	int n = b->n, in_region[128] = { 0 }, in_col[SIDE] = { 0 }, in_row[SIDE] = { 0 };

	for (int y = 0, i = 0; y < n; y++)
		for (int x = 0; x < n; x++, i++)
			if (g->cell[i]) {
				in_row[y]++;
				in_col[x]++;
				in_region[(int)b->region[y][x]]++;
			}
	for (int i = 0; i < n; i++) {
		if (in_row[i] != b->k)
			return rule_wrong(why, "row %d has %d stars, not %d", i + 1, in_row[i], b->k);
		if (in_col[i] != b->k)
			return rule_wrong(why, "column %d has %d stars, not %d", i + 1, in_col[i], b->k);
	}
	for (int y = 0, i = 0; y < n; y++)
		for (int x = 0; x < n; x++, i++) {
			char c = b->region[y][x];

			if (in_region[(int)c] != b->k)
				return rule_wrong(why, "region %c has %d stars, not %d", c, in_region[(int)c], b->k);
			if (!g->cell[i])
				continue;
			for (int dx = -1; dx <= 1 && y + 1 < n; dx++)
				if (x + dx >= 0 && x + dx < n && g->cell[i + n + dx])
					return rule_wrong(why, "the stars of row %d, column %d and row %d, column %d touch", y + 1,
							  x + 1, y + 2, x + dx + 1);
			if (x + 1 < n && g->cell[i + 1])
				return rule_wrong(why, "two stars touch in row %d, columns %d and %d", y + 1, x + 1, x + 2);
		}
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	enum quarry_mark mark;
	struct board b;
	struct picks p;
	struct grid g;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no star puzzle");
	if (picks_board(&g, answer, b.n, b.n, "Ss"))
		return check(why, &b, &g);
	if (!picks_list(&p, answer, false))
		return rule_unreadable(why, "neither a list of places nor a board of %d rows could be read", b.n);
	mark = picks_place(why, &g, &p, b.n, b.n, b.region[0], SIDE);
	return mark == QUARRY_CORRECT ? check(why, &b, &g) : mark;
}

const struct quarry_rule rule_star_placement_puzzle = { "star_placement_puzzle", 1, judge, NULL };
