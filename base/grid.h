/*
 * grid.h - the one reader and writer of boards, in every notation that people and models use.
 *
 *	struct grid g;
 *	if (!grid_read(&g, answer, &(struct grid_ask){ .rows = 4, .cols = 4, .hi = 9, .words = true }))
 *		return rule_unreadable(why, "no 4 x 4 board could be read");
 *	if (g.cell[y * g.cols + x] == 3)
 *		...
 *	grid_write(&b, &g, &(struct grid_look){ .style = GRID_LINES });
 *
 * Read: rows of digits; cells parted by blanks, commas or bars; rows parted by line ends, / or ; ; framed boxes
 * (+---+, box drawing); Markdown tables; JSON and Python lists; [[1 2 3,4 5 6]]; LaTeX arrays; "Row 1: 1 2 3 4"; one
 * flat line of all cells; full-width digits. What does not give exactly rows x cols cells, parted alike, is refused:
 * nothing is ever padded, cut or guessed. Linear, allocates nothing, safe on any bytes.
 */
#ifndef QUARRY_BASE_GRID_H
#define QUARRY_BASE_GRID_H

#include "base/buf.h"

enum {
	GRID_SIDE = 64, /* most rows or columns */
	GRID_CELLS = GRID_SIDE * GRID_SIDE,
	GRID_EMPTY = -1, /* a cell that was written as empty */
};

struct grid {
	int rows, cols;
	int16_t cell[GRID_CELLS]; /* row after row, rows * cols in use */
};

struct grid_ask {
	int rows, cols; /* 0: found out from the text */
	/* Cells are numbers lo .. hi (hi <= 9: "123" is three cells; else it is one), hi <= 9999 ... */
	int lo, hi;
	/* ... or, where symbols is set, characters of it (ASCII): a cell is its index there. */
	const char *symbols;
	bool empty; /* . _ ? * - x and 0 (below lo) may stand for an empty cell */
	bool words; /* words around the board and labels before rows are skipped; not together with empty */
};

bool grid_read(struct grid *g, struct str text, const struct grid_ask *ask);

enum grid_style {
	GRID_SLASHES,  /* 12.4/.3.. */
	GRID_LINES,    /* 12.4, a line each row */
	GRID_SPACED,   /* 1 2 . 4 */
	GRID_BARS,     /* 1 2 | . 4, boxes parted by | and ---+--- */
	GRID_JSON,     /* [[1,2,0,4],[0,3,0,0]] */
	GRID_MARKDOWN, /* | 1 | 2 | . | 4 |, under an empty heading */
};

struct grid_look {
	enum grid_style style;
	int box_w, box_h;    /* cells of a box, for GRID_BARS */
	const char *symbols; /* as in grid_ask; NULL: numbers */
	const char *empty;   /* NULL: "." (in GRID_JSON 0, or "" with symbols) */
};

/* No line end after the last row. Cells above 9 are parted by blanks in GRID_SLASHES and GRID_LINES. */
void grid_write(struct buf *b, const struct grid *g, const struct grid_look *look);

#endif
