/*
 * sudoku_list.h - the solutions of a 9 x 9 board.
 *
 *	if (sudoku_list(&l, cell, 2) == 1)
 *		sudoku_list_first(&l, full);
 */
#ifndef QUARRY_GENERATORS_SUDOKU_LIST_H
#define QUARRY_GENERATORS_SUDOKU_LIST_H

#include "generators/sudoku_solve.h"

/* A set of cells: lane b holds rows 3b .. 3b + 2, bit 9 * (y % 3) + x; lane 3 is empty. */
typedef uint32_t sudoku_cells __attribute__((vector_size(16)));
typedef uint64_t sudoku_halves __attribute__((vector_size(16))); /* lanes 0 and 1, 2 and 3 */

struct sudoku_list {
	sudoku_cells once[SIDE], more[SIDE]; /* where digit d + 1 stands: in a solution, in several */
	sudoku_cells first[SIDE];           /* the first of them */
	int found, limit, nodes;
};

/* How many solutions, counted up to limit; -1: the search was cut off. */
int sudoku_list(struct sudoku_list *l, const uint8_t *cell, int limit);
/* Of a board that has one solution: would it have others without the clue of cell i? */
bool sudoku_needs(struct sudoku_list *l, uint8_t *cell, int i);
/* The first of the solutions, where there are any. */
void sudoku_list_first(const struct sudoku_list *l, uint8_t *full);

static inline bool sudoku_any(sudoku_cells b)
{
	sudoku_halves h = (sudoku_halves)b;

	return (h[0] | h[1]) != 0;
}

/* The first of a set of cells leaves it. */
static inline int sudoku_take_cell(sudoku_cells *set)
{
	int b = (*set)[0] ? 0 : (*set)[1] ? 1 : 2, bit = __builtin_ctz((*set)[b]);

	(*set)[b] &= (*set)[b] - 1;
	return b * 27 + bit;
}

#endif
