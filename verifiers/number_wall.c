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
	/* Of cell y, x at y * SIDE + x. */
	uint8_t number[SIDE * SIDE]; /* 0: none */
	uint8_t wall[SIDE * SIDE];
	uint8_t island[SIDE * SIDE]; /* which; 0: none. There are at most 128 */
};

static bool row_read(struct board *b, const char **at, const char *end)
{
	uint8_t *number = b->number + b->rows * SIDE;
	int n = 0;

	for (; *at < end && **at != '/'; ++*at) {
		char c = **at;
		int v = c >= '1' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : 0;

		if (n == SIDE || (!v && c != '.'))
			return false;
		number[n++] = (uint8_t)v;
		b->numbers += v > 0;
	}
	if (n < SIDE_MIN || (b->rows && n != b->cols))
		return false;
	b->cols = n;
	b->rows++;
	return true;
}

static bool board_read(struct board *b, struct str desc)
{
	const char *at, *end;

	if (desc.n < 4 || (desc.s[0] != 'c' && desc.s[0] != 'f') || (desc.s[1] != 't' && desc.s[1] != 'a') || desc.s[2] != ':')
		return false;
	at = desc.s + 2;
	end = desc.s + desc.n;
	b->connected = desc.s[0] == 'c';
	b->touch = desc.s[1] == 't';
	b->rows = b->cols = b->numbers = 0;
	do {
		at++; /* the sign before a row */
		if (b->rows == SIDE || !row_read(b, &at, end))
			return false;
	} while (at < end);
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
		for (size_t k = 0; k < COUNT(black) && used == 1; k++)
			if (str_starts(str_from(s, i), str_of(black[k]))) {
				room[n] = '#';
				used = 3;
			}
		n++;
	}
	*ret = (struct str){ room, n };
	return true;
}

/* Of the i-th cell. */
static int place(const struct board *b, int i)
{
	return i / b->cols * SIDE + i % b->cols;
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
	for (i = 0; i < (size_t)(b->rows * b->cols); i++) {
		int v = b->number[place(b, (int)i)];

		if (v > 9 && !strchr(symbols, 'a' + v - 10)) {
			symbols[n++] = (char)('a' + v - 10);
			symbols[n] = '\0';
		}
	}
	if (!grid_read(&g, answer, &(struct grid_ask){ .rows = b->rows, .cols = b->cols, .symbols = symbols, .words = true }))
		return false;
	*strange = -1;
	for (i = 0; i < (size_t)(b->rows * b->cols); i++) {
		char c = symbols[g.cell[i]];
		int v = c >= '1' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' && c != 'x' && c != 'o' ? c - 'a' + 10 : 0;

		b->wall[place(b, (int)i)] = g.cell[i] < WALLS;
		if (v && v != b->number[place(b, (int)i)] && *strange < 0)
			*strange = (int)i;
	}
	return true;
}

/* ---- the rules ---- */

/* What hangs together. */
struct part {
	int cells, numbers;
	uint8_t number[2]; /* the first two in reading order */
	uint8_t at[2];
};

static void part_meet(struct part *p, const struct board *b, int i)
{
	int k = p->numbers < 2 ? p->numbers : 2;

	p->cells++;
	if (!b->number[i])
		return;
	p->numbers++;
	for (; k > 0 && p->at[k - 1] > i; k--)
		if (k < 2) {
			p->at[k] = p->at[k - 1];
			p->number[k] = p->number[k - 1];
		}
	if (k < 2) {
		p->at[k] = (uint8_t)i;
		p->number[k] = b->number[i];
	}
}

/* Mark what hangs together with cell `from` and is `wall` (or not) with `mark`. */
static struct part spread(const struct board *b, uint8_t *marked, int from, bool wall, uint8_t mark)
{
	uint8_t stack[SIDE * SIDE];
	struct part p = { .cells = 0 };
	int n = 0;

	stack[n++] = (uint8_t)from;
	marked[from] = mark;
	while (n) {
		int i = stack[--n], x = i % SIDE, y = i / SIDE;
		int next[4] = { x > 0 ? i - 1 : i, x + 1 < b->cols ? i + 1 : i, y > 0 ? i - SIDE : i, y + 1 < b->rows ? i + SIDE : i };

		part_meet(&p, b, i);
		for (int k = 0; k < 4; k++)
			if (!marked[next[k]] && b->wall[next[k]] == wall) {
				marked[next[k]] = mark;
				stack[n++] = (uint8_t)next[k];
			}
	}
	return p;
}

static enum quarry_mark islands(struct why *why, struct board *b)
{
	uint8_t mark = 0;

	memset(b->island, 0, sizeof(b->island));
	for (int y = 0; y < b->rows; y++)
		for (int i = y * SIDE, x = 0; x < b->cols; i++, x++) {
			struct part p;

			if (b->wall[i] || b->island[i])
				continue;
			p = spread(b, b->island, i, false, ++mark);
			if (p.numbers > 1)
				return rule_wrong(why, "an island holds two numbers, %d and %d", p.number[0], p.number[1]);
			if (!p.numbers)
				return rule_wrong(why, "the island at row %d, column %d holds no number", y + 1, x + 1);
			if (p.number[0] != p.cells)
				return rule_wrong(why, "an island has %d cells and the number %d", p.cells, p.number[0]);
		}
	return QUARRY_CORRECT;
}

static enum quarry_mark blocks(struct why *why, const struct board *b)
{
	for (int y = 0; y + 1 < b->rows; y++)
		for (int x = 0; x + 1 < b->cols; x++) {
			const uint8_t *w = b->wall + y * SIDE + x, *n = b->island + y * SIDE + x;

			if (w[0] && w[1] && w[SIDE] && w[SIDE + 1])
				return rule_wrong(why, "four walls stand in a square at row %d, column %d", y + 1, x + 1);
			if (!b->touch && ((n[0] && n[SIDE + 1] && n[0] != n[SIDE + 1]) || (n[1] && n[SIDE] && n[1] != n[SIDE])))
				return rule_wrong(why, "two islands touch at a corner at row %d, column %d", y + 1, x + 1);
		}
	return QUARRY_CORRECT;
}

static enum quarry_mark check(struct why *why, struct board *b)
{
	uint8_t marked[SIDE * SIDE] = { 0 };
	int walls = 0, first = -1;
	enum quarry_mark m;

	for (int y = 0; y < b->rows; y++)
		for (int i = y * SIDE, x = 0; x < b->cols; i++, x++) {
			walls += b->wall[i];
			first = b->wall[i] && first < 0 ? i : first;
			if (b->wall[i] && b->number[i])
				return rule_wrong(why, "row %d, column %d is a wall and holds the number %d", y + 1, x + 1,
						  b->number[i]);
		}
	m = islands(why, b);
	if (m == QUARRY_CORRECT)
		m = blocks(why, b);
	if (m == QUARRY_CORRECT && b->connected && walls && spread(b, marked, first, true, 1).cells != walls)
		return rule_wrong(why, "the walls do not hang together");
	return m;
}

/* The rows of a board without a rim. */
static void walls_take(struct board *b, const uint8_t *wall)
{
	for (int y = 0; y < b->rows; y++)
		memcpy(b->wall + y * SIDE, wall + y * b->cols, (size_t)b->cols);
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	uint8_t listed[SIDE * SIDE];
	struct board b;
	struct grid g;
	int strange;

	if (!board_read(&b, desc))
		return rule_bad_task(why, "the desc is no number wall");
	if (answer.n > LONG + LONG_CELL * (size_t)(b.rows * b.cols))
		return rule_unreadable(why, "the answer is far longer than a board");
	if (grid_read(&g, answer, &(struct grid_ask){ .rows = b.rows, .cols = b.cols, .hi = 1, .words = true })) {
		for (int y = 0, i = 0; y < b.rows; y++)
			for (int x = 0; x < b.cols; x++)
				b.wall[y * SIDE + x] = (uint8_t)g.cell[i++];
		return check(why, &b);
	}
	if (drawn(&b, answer, &strange)) {
		if (strange >= 0)
			return rule_wrong(why, "row %d, column %d: the puzzle has no such number there", strange / b.cols + 1,
					  strange % b.cols + 1);
		return check(why, &b);
	}
	switch (cells_read(listed, b.rows, b.cols, answer)) {
	case CELLS_READ:
		walls_take(&b, listed);
		return check(why, &b);
	case CELLS_OFF:
		return rule_wrong(why, "a cell of the list is off the board or named twice");
	default:
		return rule_unreadable(why, "no board of %d rows with %d cells each could be read", b.rows, b.cols);
	}
}

const struct quarry_rule rule_number_wall = { "number_wall", 1, judge, NULL };
