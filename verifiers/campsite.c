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

/*
 * "1,0,2" at the start of s: n numbers below 100 without a zero in front, that add up to sum, and then `end` (0: the text's end).
 * Moves s behind them.
 */
static bool counts_read(int *count, int n, int sum, struct str *s, char end)
{
	for (int i = 0; i < n; i++) {
		size_t digits = 0;
		int v = 0;

		while (digits < s->n && digits < 2 && s->s[digits] >= '0' && s->s[digits] <= '9')
			v = 10 * v + s->s[digits++] - '0';
		if (!digits || (digits == 2 && s->s[0] == '0'))
			return false;
		*s = str_from(*s, digits);
		count[i] = v;
		sum -= v;
		if (i + 1 == n && !end)
			break;
		if (!s->n || s->s[0] != (i + 1 < n ? ',' : end))
			return false;
		*s = str_from(*s, 1);
	}
	return sum == 0 && (end || !s->n);
}

static bool board_read(struct board *b, struct str s)
{
	size_t cols = 0;

	b->most = str_ends(s, STR(":some")) ? 4 : str_ends(s, STR(":one")) ? 1 : 0;
	s.n -= b->most == 4 ? strlen(":some") : b->most == 1 ? strlen(":one") : 0;
	while (cols < s.n && cols <= SIDE && (s.s[cols] == 'T' || s.s[cols] == '.'))
		cols++;
	if (!cols || cols > SIDE)
		return false;
	b->cols = (int)cols;
	b->trees = 0;
	for (b->rows = 0;; b->rows++) {
		bool *tree = &b->tree[b->rows * b->cols];

		if (b->rows == SIDE || s.n <= cols)
			return false;
		for (size_t x = 0; x < cols; x++) {
			tree[x] = s.s[x] == 'T';
			if (!tree[x] && s.s[x] != '.')
				return false;
			b->trees += tree[x];
		}
		if (s.s[cols] != '/' && s.s[cols] != ':')
			return false;
		s = str_from(s, cols + 1);
		if (s.s[-1] == ':')
			break;
	}
	b->rows++;
	return b->trees && counts_read(b->in_row, b->rows, b->trees, &s, ':') &&
	       counts_read(b->in_col, b->cols, b->trees, &s, '\0');
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
	int head = 0, tail = 0, side[4], n = beside(b, start, side);

	for (int k = 0; k < n; k++)
		if (b->tree[side[k]] && tent_of[side[k]] < 0) {
			tent_of[side[k]] = (int16_t)start;
			return true;
		}
	memset(from, -1, (size_t)(b->rows * b->cols) * sizeof(from[0]));
	queue[tail++] = (int16_t)start;
	while (head < tail) {
		int tent = queue[head++];

		n = beside(b, tent, side);
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
	int in_col[SIDE] = { 0 };

	for (int y = 0; y < b->rows; y++) {
		const bool *row = &tent[y * b->cols];
		int n = 0;

		for (int x = 0; x < b->cols; x++) {
			n += row[x];
			in_col[x] += row[x];
		}
		if (n != b->in_row[y])
			return rule_wrong(why, "row %d has %d tents, not %d", y + 1, n, b->in_row[y]);
	}
	for (int x = 0; x < b->cols; x++)
		if (in_col[x] != b->in_col[x])
			return rule_wrong(why, "column %d has %d tents, not %d", x + 1, in_col[x], b->in_col[x]);
	memset(tent_of, -1, (size_t)(b->rows * b->cols) * sizeof(tent_of[0]));
	for (int i = 0; i < b->rows * b->cols; i++) {
		int y, x;

		if (!tent[i])
			continue;
		y = i / b->cols;
		x = i % b->cols;
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
