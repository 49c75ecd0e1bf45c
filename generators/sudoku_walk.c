/*
 * sudoku_walk.c - 9 x 9 boards with more empty cells than digging finds: a walk from puzzle to puzzle.
 *
 * Digging gets stuck near 57 empty cells: every clue left is needed. A step of the walk takes a clue away and looks at all solutions
 * that then remain. A value that only one of them has in some cell makes a clue there that leaves just that one: a puzzle with as
 * many clues as before, which may have a clue to spare. A walk to 60 or 61 empty cells that has not got there after
 * forty steps does better from a new board.
 */
#include "generators/sudoku_list.h"

enum {
	LISTED = 60, /* solutions; a clue whose loss lets in as many stays */
	STARTS = 40, /* boards dug anew */
	STEPS = 40,  /* of a walk from one of them */
	LOOKS = 8,   /* at boards that one clue's loss leads to */
};

struct walk {
	struct sudoku_list l;
	uint8_t *cell;
	int blanks, want;
	int technique;
	bool (*fits)(const uint8_t *cell, int technique);
	bool there;        /* the board is what we want */
	bool tried[CELLS]; /* this clue cannot be exchanged, as the board stands */
	struct rng *rng;
};

/* Take away clues that are not needed, in random order, until as many cells are empty as we want. */
static void thin(struct walk *w)
{
	uint8_t order[CELLS];
	int n = 0;

	for (int i = 0; i < CELLS; i++)
		if (w->cell[i])
			order[n++] = (uint8_t)i;
	rng_shuffle(w->rng, order, (size_t)n, 1);
	for (int k = 0; k < n && w->blanks < w->want; k++) {
		if (sudoku_needs(&w->l, w->cell, order[k]))
			continue;
		w->cell[order[k]] = 0;
		w->blanks++;
	}
}

/* A clue out, another in: of the boards that leave one of the solutions listed, other than the one we come from, any. */
static bool exchange(struct walk *w, int out)
{
	uint16_t clue[CELLS * SIDE]; /* 16 * cell + digit */
	uint8_t v = w->cell[out];
	int n = 0, at;

	w->cell[out] = 0;
	if (sudoku_list(&w->l, w->cell, LISTED) < LISTED)
		for (int d = 0; d < SIDE; d++)
			for (sudoku_cells once = w->l.once[d] & ~w->l.more[d]; sudoku_any(once);) {
				int i = sudoku_take_cell(&once);

				if (!w->cell[i] && (i != out || d + 1 != v))
					clue[n++] = (uint16_t)(16 * i + d + 1);
			}
	if (n == 0) {
		w->cell[out] = v;
		return false;
	}
	rng_shuffle(w->rng, clue, (size_t)n, sizeof(clue[0]));
	/* Cheap looks while we have them all: listing solutions takes longer. */
	for (int k = 0; k < n && k < LOOKS && w->blanks == w->want && !w->there; k++) {
		at = clue[k];
		w->cell[at / 16] = at % 16;
		w->there = w->fits(w->cell, w->technique);
		if (!w->there)
			w->cell[at / 16] = 0;
	}
	if (!w->there)
		w->cell[clue[0] / 16] = clue[0] % 16;
	return true;
}

/* One step: false when there is none. */
static bool step(struct walk *w)
{
	for (;;) {
		uint8_t clue[CELLS];
		int n = 0, out;

		for (int i = 0; i < CELLS; i++)
			if (w->cell[i] && !w->tried[i])
				clue[n++] = (uint8_t)i;
		if (n == 0)
			return false;
		out = clue[rng_below(w->rng, (uint32_t)n)];
		if (exchange(w, out))
			break;
		w->tried[out] = true;
	}
	memset(w->tried, 0, sizeof(w->tried));
	if (w->blanks < w->want) {
		thin(w);
		w->there = w->blanks == w->want && w->fits(w->cell, w->technique);
	}
	return true;
}

bool sudoku_walk(uint8_t *cell, uint8_t *full, int blanks, bool (*fits)(const uint8_t *cell, int technique), int technique,
		 struct rng *rng)
{
	static const uint8_t nothing[CELLS];
	struct walk w = { .cell = cell, .want = blanks, .technique = technique, .fits = fits, .rng = rng };
	struct shape s;
	struct search f;

	sudoku_shape(&s, 3, 3);
	for (int start = 0; start < STARTS; start++) {
		if (sudoku_solutions(&f, &s, nothing, 1, rng) != 1)
			continue;
		memcpy(cell, f.first, CELLS);
		memset(w.tried, 0, sizeof(w.tried));
		w.blanks = 0;
		thin(&w);
		w.there = w.blanks == blanks && fits(cell, technique);
		for (int left = STEPS; left > 0 && !w.there && step(&w); left--)
			;
		if (w.there) {
			sudoku_list(&w.l, cell, 2);
			sudoku_list_first(&w.l, full);
			return true;
		}
	}
	return false;
}
