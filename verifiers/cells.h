/*
 * cells.h - an answer that names cells instead of drawing the board: "(1,2), (3,4)", [[1, 2], [3, 4]], r1c2 r3c4,
 * "row 1, column 2; row 3, column 4", 第1行第2列. Counted from 1, the row first where nothing says which is which.
 *
 *	uint8_t mark[GRID_CELLS];
 *	switch (cells_read(mark, 4, 5, answer)) {	// mark[y * 5 + x] is 1 for a cell that is named
 *
 * Linear, allocates nothing, safe on any bytes.
 */
#ifndef QUARRY_VERIFIERS_CELLS_H
#define QUARRY_VERIFIERS_CELLS_H

#include "base/grid.h"

enum cells {
	CELLS_NONE, /* no list of cells */
	CELLS_OFF,  /* a list, but a cell is off the board or named twice */
	CELLS_READ,
};

enum cells cells_read(uint8_t *mark, int rows, int cols, struct str text);

#endif
