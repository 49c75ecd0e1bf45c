/* cells.c - cells named by row and column; see cells.h. */
#include "verifiers/cells.h"
#include "verifiers/text.h"

enum { NOTHING = -1, ROOM = 16384 /* bytes: a list of all cells of the largest board */ };

struct list {
	uint8_t *mark;
	int rows, cols;
	struct str rest;
	int row, col;       /* named, waiting for the other */
	int bare[3], bares; /* numbers since the last bracket or end of a piece */
	bool row_word, col_word;
	int depth, count;
	bool off;
};

static void put(struct list *l, int row, int col)
{
	uint8_t *at;

	l->count++;
	if (row < 1 || row > l->rows || col < 1 || col > l->cols) {
		l->off = true;
		return;
	}
	at = &l->mark[(row - 1) * l->cols + col - 1];
	l->off = l->off || *at;
	*at = 1;
}

/* A piece ends: what came bare is one cell or nothing, and no half of a named cell may be left. */
static bool piece(struct list *l)
{
	bool whole = l->bares == 0 || l->bares == 2;

	if (l->bares == 2)
		put(l, l->bare[0], l->bare[1]);
	l->bares = 0;
	return whole && !l->row_word && !l->col_word;
}

static bool named(struct list *l, int *half, int v)
{
	if (*half != NOTHING)
		return false;
	*half = v;
	l->row_word = l->col_word = false;
	if (l->row != NOTHING && l->col != NOTHING) {
		put(l, l->row, l->col);
		l->row = l->col = NOTHING;
	}
	return true;
}

static bool number(struct list *l)
{
	size_t n = 0;
	int v = 0;

	for (; n < l->rest.n && l->rest.s[n] >= '0' && l->rest.s[n] <= '9'; n++)
		v = v < 1000 ? v * 10 + (l->rest.s[n] - '0') : v;
	l->rest = str_from(l->rest, n);
	if (l->row_word)
		return named(l, &l->row, v);
	if (l->col_word)
		return named(l, &l->col, v);
	if (l->bares == 2)
		return false;
	l->bare[l->bares++] = v;
	return true;
}

static bool word(struct list *l)
{
	static const char *const rows[] = { "r", "row" }, *const cols[] = { "c", "col", "column" };
	static const char *const said[] = { "and", "cell", "cells" };
	struct str w;
	size_t n = 0;

	while (n < l->rest.n && is_letter(l->rest.s[n]))
		n++;
	w = str_sub(l->rest, 0, n);
	l->rest = str_from(l->rest, n);
	for (size_t i = 0; i < 2; i++)
		if (str_ieq(w, str_of(rows[i])))
			return piece(l) && (l->row_word = true);
	for (size_t i = 0; i < 3; i++)
		if (str_ieq(w, str_of(cols[i])))
			return piece(l) && (l->col_word = true);
	for (size_t i = 0; i < 3; i++)
		if (str_ieq(w, str_of(said[i])))
			return true;
	return false;
}

/* 行 and 列 stand behind their number. */
static bool sign(struct list *l)
{
	static const struct {
		const char *text;
		char is; /* what it is the same as */
	} signs[] = {
		{ "第", ' ' }, { "行", 'r' }, { "列", 'c' }, { "、", ',' }, { "和", ' ' }, { "。", '.' }, { "格", ' ' }, { "\xc2\xa0", ' ' },
	};

	for (size_t i = 0; i < COUNT(signs); i++) {
		if (!str_starts(l->rest, str_of(signs[i].text)))
			continue;
		l->rest = str_from(l->rest, strlen(signs[i].text));
		if (signs[i].is == 'r' || signs[i].is == 'c') {
			if (l->bares != 1)
				return false;
			l->bares = 0;
			return named(l, signs[i].is == 'r' ? &l->row : &l->col, l->bare[0]);
		}
		return true;
	}
	return false;
}

static bool step(struct list *l)
{
	char c = l->rest.s[0];

	if (c >= '0' && c <= '9')
		return number(l);
	if (is_letter(c))
		return word(l);
	if ((unsigned char)c >= 0x80)
		return sign(l);
	l->rest = str_from(l->rest, 1);
	switch (c) {
	case ' ': case '\t': case '\r': case ',': case '"': case '\'': case '`': case '$': case '\\': case ':': case '.':
		return true;
	case '\n': case ';': case '/':
		return piece(l);
	case '(': case '[': case '{':
		l->depth++;
		return l->bares == 0 && piece(l);
	case ')': case ']': case '}':
		return l->depth-- > 0 && piece(l);
	default:
		return false;
	}
}

enum cells cells_read(uint8_t *mark, int rows, int cols, struct str text)
{
	char room[ROOM];
	struct list l = { .mark = mark, .rows = rows, .cols = cols, .row = NOTHING, .col = NOTHING };

	memset(mark, 0, (size_t)(rows * cols));
	if (!text_plain(text, room, sizeof(room), &l.rest))
		return CELLS_NONE;
	while (l.rest.n)
		if (!step(&l))
			return CELLS_NONE;
	if (!piece(&l) || l.row != NOTHING || l.col != NOTHING || l.depth || !l.count)
		return CELLS_NONE;
	return l.off ? CELLS_OFF : CELLS_READ;
}
