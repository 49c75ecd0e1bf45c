/*
 * number_wall.c - the rule: walls leave islands of cells that are joined side to side; each island holds one number and
 * has that many cells; no 2 x 2 block is all wall. What else holds the desc says.
 *
 * desc: "ct:..3/1../..." - c: all walls hang together side to side, f: they need not; t: islands may touch at a corner, a:
 * they may not; then the rows, a dot or a number for each cell (a is 10, b is 11, ... z is 35).
 */
#include "base/grid.h"
#include "verifiers/cells.h"
#include "verifiers/rule.h"

enum { LONG = 2048, LONG_CELL = 32 /* bytes: no answer needs more, and for each cell */ };
enum { SIDE = 16, SIDE_MIN = 2, NUMBER = 35, ROOM = 16384 };

struct board {
	bool connected, touch;
	int rows, cols, numbers;
	uint8_t number[SIDE * SIDE]; /* 0: none */
	uint8_t wall[SIDE * SIDE];
	uint8_t island[SIDE * SIDE]; /* which; 0: none. There are at most 128 */
};

static bool row_read(struct board *b, struct str row)
{
	if (b->rows == SIDE || row.n < SIDE_MIN || row.n > SIDE || (b->rows && row.n != (size_t)b->cols))
		return false;
	b->cols = (int)row.n;
	for (size_t x = 0; x < row.n; x++) {
		char c = row.s[x];
		int v = c >= '1' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : 0;

		if (!v && c != '.')
			return false;
		b->number[b->rows * b->cols + (int)x] = (uint8_t)v;
		b->numbers += v > 0;
	}
	b->rows++;
	return true;
}

static bool board_read(struct board *b, struct str desc)
{
	struct str row;

	memset(b, 0, sizeof(*b));
	if (desc.n < 4 || (desc.s[0] != 'c' && desc.s[0] != 'f') || (desc.s[1] != 't' && desc.s[1] != 'a') || desc.s[2] != ':')
		return false;
	b->connected = desc.s[0] == 'c';
	b->touch = desc.s[1] == 't';
	desc = str_from(desc, 3);
	if (desc.s[desc.n - 1] == '/')
		return false;
	while (str_split(&desc, '/', &row))
		if (!row_read(b, row))
			return false;
	return b->rows >= SIDE_MIN && b->numbers > 0;
}

/* ---- the answer ---- */

/* Black squares become #, and a number of two digits that stands alone the letter that the desc has for it. */
static bool plain(struct str s, char *room, struct str *ret)
{
	static const char *const black[] = { "\xe2\x96\xa0", "\xe2\xac\x9b", "\xe2\x96\x88", "\xe2\x97\xbc" };
	size_t n = 0;

	if (s.n > ROOM)
		return false;
	for (size_t i = 0, used; i < s.n; i += used) {
		bool digits = i + 1 < s.n && s.s[i] >= '1' && s.s[i] <= '9' && s.s[i + 1] >= '0' && s.s[i + 1] <= '9';
		bool alone = digits && (i == 0 || strchr(" ,|[(\"'\n\t", s.s[i - 1])) &&
			(i + 2 == s.n || strchr(" ,|])\"'\n\t/", s.s[i + 2]));
		int v = alone ? (s.s[i] - '0') * 10 + s.s[i + 1] - '0' : 0;

		used = 1;
		room[n] = s.s[i];
		if (v > 0 && v <= NUMBER) {
			room[n] = (char)('a' + v - 10);
			used = 2;
		}
		for (size_t k = 0; k < sizeof(black) / sizeof(black[0]) && used == 1; k++)
			if (str_starts(str_from(s, i), str_of(black[k]))) {
				room[n] = '#';
				used = 3;
			}
		n++;
	}
	*ret = (struct str){ room, n };
	return true;
}

/* A board of walls (A, #, W) and other cells (X, O, a dot, a number). A number has to be that of the puzzle. */
static bool drawn(struct board *b, struct str answer, int *strange)
{
	char room[ROOM], symbols[64] = "A#WX.xOo_0123456789";
	enum { WALLS = 3, MARKS = 10 /* 0 too */ };
	size_t n = strlen(symbols), i;
	struct grid g;

	if (!plain(answer, room, &answer))
		return false;
	/* of the letters for 10 and more only those of the puzzle: others are words */
	for (i = 0; i < (size_t)(b->rows * b->cols); i++)
		if (b->number[i] > 9 && !strchr(symbols, 'a' + b->number[i] - 10)) {
			symbols[n++] = (char)('a' + b->number[i] - 10);
			symbols[n] = '\0';
		}
	if (!grid_read(&g, answer, &(struct grid_ask){ .rows = b->rows, .cols = b->cols, .symbols = symbols, .words = true }))
		return false;
	*strange = -1;
	for (i = 0; i < (size_t)(b->rows * b->cols); i++) {
		char c = symbols[g.cell[i]];
		int v = c >= '1' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' && c != 'x' && c != 'o' ? c - 'a' + 10 : 0;

		b->wall[i] = g.cell[i] < WALLS;
		if (v && v != b->number[i] && *strange < 0)
			*strange = (int)i;
	}
	return true;
}

/* ---- the rules ---- */

/* Mark what hangs together with cell `from` and is `wall` (or not) with `mark`; how many cells. */
static int spread(const struct board *b, uint8_t *marked, int from, bool wall, uint8_t mark)
{
	uint8_t stack[SIDE * SIDE];
	int n = 0, count = 0;

	stack[n++] = (uint8_t)from;
	marked[from] = mark;
	while (n) {
		int i = stack[--n], x = i % b->cols, y = i / b->cols;
		int next[4] = { x > 0 ? i - 1 : -1, x + 1 < b->cols ? i + 1 : -1, y > 0 ? i - b->cols : -1,
				y + 1 < b->rows ? i + b->cols : -1 };

		count++;
		for (int k = 0; k < 4; k++)
			if (next[k] >= 0 && !marked[next[k]] && b->wall[next[k]] == wall) {
				marked[next[k]] = mark;
				stack[n++] = (uint8_t)next[k];
			}
	}
	return count;
}

static enum quarry_mark islands(struct why *why, struct board *b)
{
	uint8_t mark = 0;

	for (int i = 0; i < b->rows * b->cols; i++) {
		int size, number = 0;

		if (b->wall[i] || b->island[i])
			continue;
		size = spread(b, b->island, i, false, ++mark);
		for (int k = i; k < b->rows * b->cols; k++) {
			if (b->island[k] != mark || !b->number[k])
				continue;
			if (number)
				return rule_wrong(why, "an island holds two numbers, %d and %d", number, b->number[k]);
			number = b->number[k];
		}
		if (!number)
			return rule_wrong(why, "the island at row %d, column %d holds no number", i / b->cols + 1, i % b->cols + 1);
		if (number != size)
			return rule_wrong(why, "an island has %d cells and the number %d", size, number);
	}
	return QUARRY_CORRECT;
}

static enum quarry_mark blocks(struct why *why, const struct board *b)
{
	for (int y = 0; y + 1 < b->rows; y++)
		for (int x = 0; x + 1 < b->cols; x++) {
			const uint8_t *w = b->wall + y * b->cols + x, *n = b->island + y * b->cols + x;
			int c = b->cols;

			if (w[0] && w[1] && w[c] && w[c + 1])
				return rule_wrong(why, "four walls stand in a square at row %d, column %d", y + 1, x + 1);
			if (!b->touch && ((n[0] && n[c + 1] && n[0] != n[c + 1]) || (n[1] && n[c] && n[1] != n[c])))
				return rule_wrong(why, "two islands touch at a corner at row %d, column %d", y + 1, x + 1);
		}
	return QUARRY_CORRECT;
}

static enum quarry_mark check(struct why *why, struct board *b)
{
	int cells = b->rows * b->cols, walls = 0, first = -1;
	uint8_t marked[SIDE * SIDE] = { 0 };
	enum quarry_mark m;

	for (int i = 0; i < cells; i++) {
		walls += b->wall[i];
		first = b->wall[i] && first < 0 ? i : first;
		if (b->wall[i] && b->number[i])
			return rule_wrong(why, "row %d, column %d is a wall and holds the number %d", i / b->cols + 1, i % b->cols + 1,
					  b->number[i]);
	}
	m = islands(why, b);
	if (m == QUARRY_CORRECT)
		m = blocks(why, b);
	if (m == QUARRY_CORRECT && b->connected && walls && spread(b, marked, first, true, 1) != walls)
		return rule_wrong(why, "the walls do not hang together");
	return m;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct board b;
	struct grid g;
	int strange;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no number wall");
	if (answer.n > LONG + LONG_CELL * (size_t)(b.rows * b.cols))
		return rule_unreadable(why, "the answer is far longer than a board");
	if (grid_read(&g, answer, &(struct grid_ask){ .rows = b.rows, .cols = b.cols, .hi = 1, .words = true })) {
		for (int i = 0; i < b.rows * b.cols; i++)
			b.wall[i] = (uint8_t)g.cell[i];
		return check(why, &b);
	}
	if (drawn(&b, answer, &strange)) {
		if (strange >= 0)
			return rule_wrong(why, "row %d, column %d: the puzzle has no such number there", strange / b.cols + 1,
					  strange % b.cols + 1);
		return check(why, &b);
	}
	switch (cells_read(b.wall, b.rows, b.cols, answer)) {
	case CELLS_READ:
		return check(why, &b);
	case CELLS_OFF:
		return rule_wrong(why, "a cell of the list is off the board or named twice");
	default:
		return rule_unreadable(why, "no board of %d rows with %d cells each could be read", b.rows, b.cols);
	}
}

const struct quarry_rule rule_number_wall = { "number_wall", 1, judge, NULL };
