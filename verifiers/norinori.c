/*
 * norinori.c - the rule: dominoes cover cells, two in every region; no two dominoes share a side; X cells, which belong to
 * no region, are covered.
 *
 * So every covered cell has exactly one covered neighbour, and these pairs are the dominoes. desc: rows of letters, one
 * for each region, X for a cell that must be covered: "AABB/ACCB/XXCC". A region may lie in several pieces.
 */
#include "verifiers/picks.h"

enum { SIDE = 20 };

struct board {
	int rows, cols;
	char region[SIDE][SIDE]; /* letters */
};

static bool board_read(struct board *b, struct str s)
{
	size_t cols = 0, at = 0;
	bool any = false;

	while (cols < s.n && cols <= SIDE && s.s[cols] != '/')
		cols++;
	if (!cols || cols > SIDE || (s.n + 1) % (cols + 1) || (s.n + 1) / (cols + 1) > SIDE)
		return false;
	b->cols = (int)cols;
	b->rows = (int)((s.n + 1) / (cols + 1));
	for (int y = 0; y < b->rows; y++) {
		if (y > 0 && s.s[at++] != '/')
			return false;
		for (int x = 0; x < b->cols; x++) {
			char c = s.s[at++];

			if (((c | 32) < 'a' || (c | 32) > 'z') || c == 'x')
				return false;
			any = any || c != 'X';
			b->region[y][x] = c;
		}
	}
	return any;
}

static int apart(const struct pick *a, const struct pick *b)
{
	int rows = a->row - b->row, cols = a->col - b->col;

	return (rows < 0 ? -rows : rows) + (cols < 0 ? -cols : cols);
}

/* Lists of two and places joined by a dash are dominoes, told as such. */
static enum quarry_mark check_told(struct why *why, const struct picks *p)
{
	for (int i = 1; i < p->n; i++) {
		const struct pick *a = &p->at[i - 1], *b = &p->at[i];
		bool pair = b->list && a->list == b->list && !b->label && (i < 2 || p->at[i - 2].list != b->list) &&
			    (i + 1 == p->n || p->at[i + 1].list != b->list);

		if ((pair || b->linked) && apart(a, b) != 1)
			return rule_wrong(why, "row %d, column %d and row %d, column %d are no domino", a->row, a->col, b->row,
					  b->col);
	}
	return QUARRY_CORRECT;
}

static int neighbours(const struct board *b, const struct grid *g, int y, int x)
{
	int i = y * b->cols + x;

	return (y > 0 && g->cell[i - b->cols]) + (y + 1 < b->rows && g->cell[i + b->cols]) + (x > 0 && g->cell[i - 1]) +
	       (x + 1 < b->cols && g->cell[i + 1]);
}

static enum quarry_mark check(struct why *why, const struct board *b, const struct grid *g)
{
	int in_region[128] = { 0 };

	for (int y = 0; y < b->rows; y++)
		for (int x = 0; x < b->cols; x++) {
			int covered = g->cell[y * b->cols + x], beside = neighbours(b, g, y, x);

			in_region[(int)b->region[y][x]] += covered;
			if (covered && !beside)
				return rule_wrong(why, "row %d, column %d is covered alone, not by a domino", y + 1, x + 1);
			if (covered && beside > 1)
				return rule_wrong(why, "row %d, column %d: two dominoes share a side, or three cells lie "
						       "together", y + 1, x + 1);
			if (!covered && b->region[y][x] == 'X')
				return rule_wrong(why, "row %d, column %d is an X cell and is not covered", y + 1, x + 1);
		}
	for (int y = 0; y < b->rows; y++)
		for (int x = 0; x < b->cols; x++) {
			char c = b->region[y][x];

			if (c != 'X' && in_region[(int)c] != 2)
				return rule_wrong(why, "region %c has %d covered cells, not 2", c, in_region[(int)c]);
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
		return rule_bad_task(why, "the desc is no norinori");
	if (picks_board(&g, answer, b.rows, b.cols, ""))
		return check(why, &b, &g);
	if (!picks_list(&p, answer, true))
		return rule_unreadable(why, "neither a board of %d rows with %d cells nor a list of dominoes could be read", b.rows,
				       b.cols);
	mark = picks_place(why, &g, &p, b.rows, b.cols, b.region[0], SIDE);
	if (mark == QUARRY_CORRECT)
		mark = check_told(why, &p);
	return mark == QUARRY_CORRECT ? check(why, &b, &g) : mark;
}

const struct quarry_rule rule_norinori = { "norinori", 1, judge, NULL };
