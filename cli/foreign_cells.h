/*
 * foreign_cells.h - boards and numbers of a row's metadata, written as our descs have them.
 *
 *	if (!foreign_rectangle(f, "grid", &grid, &h, &w))
 *		return false;				// f->why says what is missing
 *	buf_addf(&f->desc, "%dx%d:", h, w);
 *	return foreign_cells(f, grid, ",", foreign_number);
 */
#ifndef QUARRY_CLI_FOREIGN_CELLS_H
#define QUARRY_CLI_FOREIGN_CELLS_H

#include "cli/foreign.h"

enum {
	FOREIGN_SIDE = 32, /* most rows or columns */
	FOREIGN_LATIN = 9, /* of a Latin square */
};

/* Both are false and set f->why: what the row lacks; why nobody can solve its puzzle. */
__attribute__((format(printf, 2, 3))) bool foreign_lacks(struct foreign *f, const char *fmt, ...);
__attribute__((format(printf, 2, 3))) bool foreign_never(struct foreign *f, const char *fmt, ...);

bool foreign_whole(struct json v, int64_t *ret); /* a whole number, in a string or not */
/* The metadata's member as a rectangle of at most FOREIGN_SIDE x FOREIGN_SIDE cells. */
bool foreign_rectangle(struct foreign *f, const char *name, struct json *grid, int *rows, int *cols);

/* Writes one cell; false: what is it? */
typedef bool foreign_cell_fn(struct buf *b, struct str text);

bool foreign_number(struct buf *b, struct str s); /* 0 .. 9999 */
/* All cells, `comma` between those of a row, / between rows. */
bool foreign_cells(struct foreign *f, struct json grid, const char *comma, foreign_cell_fn *put);
/* A list of `count` numbers of the metadata, `comma` between. */
bool foreign_numbers(struct foreign *f, const char *name, const char *comma, size_t count);

/* A desc of survo from the member `matrix`, sums in its last row and column, and "candidate_numbers". */
bool foreign_survo(struct foreign *f, const char *matrix);

/* One sign of futoshiki: row, column, row, column from 0, and "<" or ">". */
typedef bool foreign_sign_fn(struct json v, int64_t at[4], struct json *sign);

/* A desc of futoshiki from given digits (. for none) and "constraints". */
bool foreign_futoshiki(struct foreign *f, int n, const char *given, foreign_sign_fn *read);

#endif
