/*
 * campsite.c - the rule: as many tents as trees, each tent beside a tree of its own, no two tents touching, not even at a
 * corner; each row and column holds as many tents as its number says.
 *
 * "Of its own": trees and tents can be paired, one to one, so that the two of a pair share a side. desc:
 * "ROWS:ROW_COUNTS:COLUMN_COUNTS", T a tree, . an empty cell: "T../..T/...:1,0,1:0,1,1". For puzzles of others that speak of no
 * pairs ":some" or ":one" follows: each tent is beside a tree, or beside exactly one.
 */
#include "verifiers/picks.h"
#include "verifiers/rule.h"

enum { SIDE = 20, CELLS = SIDE * SIDE };

struct board {
	int rows, cols, trees;
	int most; /* 0: paired; else without pairs, most trees beside a tent */
	bool tree[CELLS]; /* row after row */
	int in_row[SIDE], in_col[SIDE];
};

/* "1,0,2": n numbers without a zero in front. */
static bool counts_read(int *count, int n, int *sum, struct str s)
{
	struct str piece;
	uint64_t v;
	int i = 0;

	*sum = 0;
	if (!s.n || s.s[s.n - 1] == ',')
		return false;
	for (; str_split(&s, ',', &piece); i++) {
		if (i == n || piece.n > 2 || piece.n < 1 || piece.s[0] < '0' || (piece.n == 2 && piece.s[0] == '0') ||
		    !str_u64(piece, &v))
			return false;
		count[i] = (int)v;
		*sum += (int)v;
	}
	return i == n;
}

static bool board_read(struct board *b, struct str s)
{
	ptrdiff_t end, mid;
	int sum_rows, sum_cols;
	struct str cells, counts;
	size_t at = 0;

	b->most = str_ends(s, STR(":some")) ? 4 : str_ends(s, STR(":one")) ? 1 : 0;
	s.n -= b->most == 4 ? strlen(":some") : b->most == 1 ? strlen(":one") : 0;
	end = str_chr(s, ':');
	if (end < 1)
		return false;
	cells = str_sub(s, 0, (size_t)end);
	counts = str_from(s, (size_t)end + 1);
	mid = str_chr(counts, ':');
	b->cols = (int)(str_chr(cells, '/') < 0 ? (ptrdiff_t)cells.n : str_chr(cells, '/'));
	if (mid < 0 || b->cols < 1 || b->cols > SIDE || (cells.n + 1) % (size_t)(b->cols + 1) ||
	    (cells.n + 1) / (size_t)(b->cols + 1) > SIDE)
		return false;
	b->rows = (int)((cells.n + 1) / (size_t)(b->cols + 1));
	b->trees = 0;
	for (int i = 0; i < b->rows * b->cols; i++) {
		char c = cells.s[at++];

		if (c != 'T' && c != '.')
			return false;
		b->tree[i] = c == 'T';
		b->trees += c == 'T';
		if (i % b->cols == b->cols - 1 && i + 1 < b->rows * b->cols && cells.s[at++] != '/')
			return false;
	}
	return b->trees && counts_read(b->in_row, b->rows, &sum_rows, str_sub(counts, 0, (size_t)mid)) &&
	       counts_read(b->in_col, b->cols, &sum_cols, str_from(counts, (size_t)mid + 1)) && sum_rows == b->trees &&
	       sum_cols == b->trees;
}

/* The cells beside cell i. */
static int beside(const struct board *b, int i, int out[4])
{
	int y = i / b->cols, x = i % b->cols, n = 0;

	if (y > 0)
		out[n++] = i - b->cols;
	if (y + 1 < b->rows)
		out[n++] = i + b->cols;
	if (x > 0)
		out[n++] = i - 1;
	if (x + 1 < b->cols)
		out[n++] = i + 1;
	return n;
}

/*
 * Pair the tent at `start` with a tree, moving others where need be: a search in breadth along alternating paths.
 * tent_of[tree] is the tent that has it, -1 none.
 */
static bool pair(const struct board *b, int start, int16_t *tent_of)
{
	int16_t from[CELLS], queue[CELLS]; /* from[tree]: the tent that reached it, -1: none */
	int head = 0, tail = 0;

	for (int i = 0; i < CELLS; i++)
		from[i] = -1;
	queue[tail++] = (int16_t)start;
	while (head < tail) {
		int tent = queue[head++], side[4], n = beside(b, tent, side);

		for (int k = 0; k < n; k++) {
			int tree = side[k];

			if (!b->tree[tree] || from[tree] >= 0)
				continue;
			from[tree] = (int16_t)tent;
			if (tent_of[tree] >= 0) {
				queue[tail++] = tent_of[tree];
				continue;
			}
			while (tree >= 0) { /* each tent on the way takes the tree it reached and leaves its own */
				int owner = from[tree], left = -1, mine[4], m = beside(b, owner, mine);

				for (int j = 0; j < m; j++)
					if (b->tree[mine[j]] && tent_of[mine[j]] == owner)
						left = mine[j];
				tent_of[tree] = (int16_t)owner;
				tree = left;
			}
			return true;
		}
	}
	return false;
}

/* For puzzles without pairs. */
static enum quarry_mark beside_tree(struct why *why, const struct board *b, int tent)
{
	int side[4], n = beside(b, tent, side), trees = 0;

	for (int k = 0; k < n; k++)
		trees += b->tree[side[k]];
	if (trees > 0 && trees <= b->most)
		return QUARRY_CORRECT;
	return rule_wrong(why, trees ? "the tent of row %d, column %d is beside more than one tree" :
				       "the tent of row %d, column %d is beside no tree", tent / b->cols + 1, tent % b->cols + 1);
}

static enum quarry_mark check(struct why *why, const struct board *b, const bool *tent)
{
	int16_t tent_of[CELLS];

	for (int y = 0; y < b->rows; y++) {
		int n = 0;

		for (int x = 0; x < b->cols; x++)
			n += tent[y * b->cols + x];
		if (n != b->in_row[y])
			return rule_wrong(why, "row %d has %d tents, not %d", y + 1, n, b->in_row[y]);
	}
	for (int x = 0; x < b->cols; x++) {
		int n = 0;

		for (int y = 0; y < b->rows; y++)
			n += tent[y * b->cols + x];
		if (n != b->in_col[x])
			return rule_wrong(why, "column %d has %d tents, not %d", x + 1, n, b->in_col[x]);
	}
	for (int i = 0; i < CELLS; i++)
		tent_of[i] = -1;
	for (int i = 0; i < b->rows * b->cols; i++) {
		int y = i / b->cols, x = i % b->cols;

		if (!tent[i])
			continue;
		if (x + 1 < b->cols && tent[i + 1])
			return rule_wrong(why, "two tents touch in row %d, columns %d and %d", y + 1, x + 1, x + 2);
		for (int dx = -1; dx <= 1 && y + 1 < b->rows; dx++)
			if (x + dx >= 0 && x + dx < b->cols && tent[i + b->cols + dx])
				return rule_wrong(why, "the tents of row %d, column %d and row %d, column %d touch", y + 1, x + 1,
						  y + 2, x + dx + 1);
		if (b->most && beside_tree(why, b, i) != QUARRY_CORRECT)
			return QUARRY_WRONG;
		if (!b->most && !pair(b, i, tent_of))
			return rule_wrong(why, "the tent of row %d, column %d finds no tree of its own", y + 1, x + 1);
	}
	return QUARRY_CORRECT; /* the counts add up to the number of trees: every tree has its tent */
}

/* A whole board, trees and tents and empty cells. */
static enum quarry_mark judge_board(struct why *why, const struct board *b, const struct grid *g, const char *symbols)
{
	bool tent[CELLS];

	for (int i = 0; i < b->rows * b->cols; i++) {
		char c = symbols[g->cell[i]];
		bool tree = c == 'T' || c == 't';

		tent[i] = c == 'C' || c == 'c';
		if (tree != b->tree[i])
			return rule_wrong(why, tree ? "row %d, column %d: there is no tree there" :
						     "row %d, column %d: the tree is gone", i / b->cols + 1, i % b->cols + 1);
	}
	return check(why, b, tent);
}

static enum quarry_mark judge_list(struct why *why, const struct board *b, const struct picks *p)
{
	bool tent[CELLS] = { false };

	for (int i = 0; i < p->n; i++) {
		const struct pick *at = &p->at[i];
		int cell = (at->row - 1) * b->cols + at->col - 1;

		if (at->row > b->rows || at->col > b->cols)
			return rule_wrong(why, "place %d of the list lies outside the board", i + 1);
		if (tent[cell] || b->tree[cell])
			return rule_wrong(why, tent[cell] ? "row %d, column %d is listed twice" :
							    "row %d, column %d is a tree", at->row, at->col);
		if (at->label && at->label != 'C')
			return rule_wrong(why, "\"%c\" in front of a place is no tent", at->label);
		tent[cell] = true;
	}
	return p->more ? rule_wrong(why, "too many places are listed") : check(why, b, tent);
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	static const char symbols[] = "TtCc._-Xx";
	char room[PICKS_ROOM];
	struct board b;
	struct picks p;
	struct grid g;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no campsite");
	if (picks_grid(&g, picks_signs(answer, room),
		       &(struct grid_ask){ .rows = b.rows, .cols = b.cols, .symbols = symbols, .words = true }))
		return judge_board(why, &b, &g, symbols);
	if (!picks_list(&p, answer, false))
		return rule_unreadable(why, "no board of %d rows with %d cells could be read", b.rows, b.cols);
	return judge_list(why, &b, &p);
}

const struct quarry_rule rule_campsite = { "campsite", 1, judge, NULL };
