/*
 * marks_told.h - the worked solutions of boards of marks, read as a reader would: every conclusion true, every mark reached.
 *
 *	CHECK(told_true(steps, rows, cols, mark, all));
 *
 * Lines between "?" and its "x" rest on a supposition and need not be true; what is concluded after "x" must.
 */
#ifndef QUARRY_TESTS_MARKS_TOLD_H
#define QUARRY_TESTS_MARKS_TOLD_H

#include "base/str.h"
#include "tests/check.h"

#include <stdio.h>

/* "(3,12)" at the start of s; its length, 0 for none. */
static size_t told_cell(struct str s, int rows, int cols, int *cell)
{
	int y = 0, x = 0, used = 0;
	char text[12] = "";

	memcpy(text, s.s, s.n < sizeof(text) - 1 ? s.n : sizeof(text) - 1);
	if (sscanf(text, "(%d,%d)%n", &y, &x, &used) != 2 || !used || y < 1 || y > rows || x < 1 || x > cols)
		return 0;
	*cell = (y - 1) * cols + x - 1;
	return (size_t)used;
}

/* Conclusions of one line, which stand behind its colon (or after "?"): each once, and true where that is asked. */
static bool told_line(struct str line, int rows, int cols, const bool *mark, signed char *said, bool supposed)
{
	ptrdiff_t colon = str_chr(line, ':');
	struct str rest = str_from(line, colon < 0 ? 1 : (size_t)colon + 1);

	while (rest.n) {
		int cell;
		size_t len;

		if (rest.n < 7 || rest.s[0] != ' ' || (rest.s[1] != '+' && rest.s[1] != '-'))
			return false;
		len = told_cell(str_from(rest, 2), rows, cols, &cell);
		if (!len)
			return false;
		if (!supposed && (mark[cell] != (rest.s[1] == '+') || said[cell]))
			return false;
		if (!supposed)
			said[cell] = rest.s[1] == '+' ? 1 : -1;
		rest = str_from(rest, 2 + len);
	}
	return true;
}

/* all: nothing was left out, so that every mark must have been told, but for those in `before` (may be NULL). */
__attribute__((unused)) static bool told_true(struct str steps, int rows, int cols, const bool *mark, const bool *before, int *suppositions)
{
	signed char said[400] = { 0 };
	struct str line;
	int depth = 0;
	bool cut = false;

	str_line(&steps, &line); /* the legend */
	while (str_line(&steps, &line)) {
		if (line.s[0] == '?') {
			depth++;
			*suppositions += 1;
			if (!told_line(line, rows, cols, mark, said, true))
				return false;
		} else if (line.s[0] == 'x') {
			if (--depth < 0 || !told_line(line, rows, cols, mark, said, depth > 0))
				return false;
		} else if (line.s[0] == '.' && line.n > 4 && line.s[1] == '.') {
			cut = true;
		} else if (str_chr(line, '~') < 0 && !told_line(line, rows, cols, mark, said, depth > 0)) {
			fprintf(stderr, "\t%.*s\n", (int)line.n, line.s);
			return false;
		}
	}
	for (int i = 0; i < rows * cols && !cut && depth == 0; i++)
		if (mark[i] && said[i] != 1 && !(before && before[i]))
			return false;
	return true;
}

#endif
