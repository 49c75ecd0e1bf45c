/*
 * futoshiki.c - the rule: every row and column holds each of 1 .. n once, givens stay, and every sign between two
 * neighbours is true.
 *
 * desc: "N:LINE/LINE/...", 2N - 1 lines, N = 2 .. 9. The odd ones are the rows: N cells (a digit, or . for an empty one)
 * with what stands between them: <, > or - for nothing. The even ones are what stands between two rows, N signs: ^ the
 * upper cell is the smaller one, v the lower one is, - nothing. "3:.-.<./--v/1-.-./^--/.-.-.".
 */
#include "verifiers/latin.h"

struct board {
	int n;
	int8_t given[LATIN_SIDE][LATIN_SIDE]; /* 0: empty */
	char right[LATIN_SIDE][LATIN_SIDE];   /* sign between this cell and the next in its row: < > or - */
	char below[LATIN_SIDE][LATIN_SIDE];   /* and the next in its column: ^ v or - */
};

static bool board_read(struct board *b, struct str s)
{
	size_t at = 2;
	int n;

	if (s.n < 2 || s.s[0] < '2' || s.s[0] > '9' || s.s[1] != ':')
		return false;
	n = b->n = s.s[0] - '0';
	if (s.n != (size_t)(2 + n * (2 * n - 1) + (n - 1) * n + 2 * n - 2))
		return false;
	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			char c = s.s[at++];

			if (c != '.' && (c < '1' || c > '0' + n))
				return false;
			b->given[y][x] = (int8_t)(c == '.' ? 0 : c - '0');
			if (x + 1 < n)
				b->right[y][x] = s.s[at++];
			if (x + 1 < n && b->right[y][x] != '<' && b->right[y][x] != '>' && b->right[y][x] != '-')
				return false;
		}
		if (y + 1 == n)
			break;
		if (s.s[at++] != '/')
			return false;
		for (int x = 0; x < n; x++) {
			b->below[y][x] = s.s[at++];
			if (b->below[y][x] != '^' && b->below[y][x] != 'v' && b->below[y][x] != '-')
				return false;
		}
		if (s.s[at++] != '/')
			return false;
	}
	return true;
}

static enum quarry_mark check(struct why *why, const struct board *b, const struct grid *g)
{
	int n = b->n;

	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			int v = g->cell[y * n + x], right = x + 1 < n ? g->cell[y * n + x + 1] : 0,
			    below = y + 1 < n ? g->cell[(y + 1) * n + x] : 0;

			if (b->given[y][x] && b->given[y][x] != v)
				return rule_wrong(why, "row %d, column %d: the puzzle gives %d, the answer has %d", y + 1,
						  x + 1, b->given[y][x], v);
			if (right && ((b->right[y][x] == '<' && v >= right) || (b->right[y][x] == '>' && v <= right)))
				return rule_wrong(why, "row %d, columns %d and %d: %d %c %d is false", y + 1, x + 1, x + 2, v,
						  b->right[y][x], right);
			if (below && ((b->below[y][x] == '^' && v >= below) || (b->below[y][x] == 'v' && v <= below)))
				return rule_wrong(why, "column %d, rows %d and %d: %d %c %d is false", x + 1, y + 1, y + 2, v,
						  b->below[y][x] == '^' ? '<' : '>', below);
		}
	}
	return QUARRY_CORRECT;
}

enum { DRAWN_MAX = 4096 }; /* bytes of a grid drawn with its signs; 9 x 9 takes some hundreds */

/* Blank out the signs that an answer copies: < > ^ anywhere, v and V on their own. */
static struct str without_signs(struct str s, char room[DRAWN_MAX])
{
	for (size_t i = 0; i < s.n; i++) {
		bool alone = (i == 0 || strchr(" \t\n|", s.s[i - 1])) && (i + 1 == s.n || strchr(" \t\r\n|", s.s[i + 1]));

		room[i] = s.s[i];
		if (s.s[i] == '<' || s.s[i] == '>' || s.s[i] == '^' || ((s.s[i] | 0x20) == 'v' && alone))
			room[i] = ' ';
	}
	return (struct str){ room, s.n };
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct board b;
	struct grid g;
	enum quarry_mark mark;
	char room[DRAWN_MAX];

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no futoshiki");
	mark = latin_read(why, &g, answer, b.n);
	if (mark == QUARRY_UNREADABLE && answer.n <= sizeof(room))
		mark = latin_read(why, &g, without_signs(answer, room), b.n);
	if (mark == QUARRY_CORRECT)
		mark = latin_check(why, &g);
	return mark == QUARRY_CORRECT ? check(why, &b, &g) : mark;
}

const struct quarry_rule rule_futoshiki = { "futoshiki", 1, judge, NULL };
