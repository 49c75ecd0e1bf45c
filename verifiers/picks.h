/*
 * picks.h - which cells of a board an answer picks: a board of marks, or a list of places.
 *
 *	if (picks_board(&g, answer, rows, cols, "S"))		// 1: marked, 0: blank
 *		...
 *	else if (picks_list(&p, answer, false))			// (1,3), (2,5); R1C3; {"A": [[1, 3]]}; row 1: columns 3, 5
 *		...
 *	else
 *		return rule_unreadable(why, "neither a board nor a list of places could be read");
 *
 * Places are row before column, counted from 1; a cell outside the board is the caller's to refuse. Words that name
 * nothing on a board ("not", "or") make an answer no list. Linear, allocates nothing, safe on any bytes.
 */
#ifndef QUARRY_VERIFIERS_PICKS_H
#define QUARRY_VERIFIERS_PICKS_H

#include "base/grid.h"
#include "verifiers/rule.h"

enum { PICKS_MAX = 512 };

struct pick {
	int16_t row, col; /* as written, from 1; 10000 for 0, which is no row */
	int16_t list;     /* number of the innermost list that holds this place; 0: none */
	char label;       /* the letter in front of it or of its list ("A: (1,3)"), 0: none */
	bool linked;      /* a dash joins it to the one before: (1,2)-(1,3) */
};

struct picks {
	int n;
	bool more; /* there were more than fit; what follows was not read */
	struct pick at[PICKS_MAX];
};

/* A board of rows x cols cells in 0 and 1, or in signs: * # X @ and `marks` for a marked cell, . _ - for a blank one. */
bool picks_board(struct grid *g, struct str text, int rows, int cols, const char *marks);
/* Places, each told once or several times; links: a dash may stand between two. */
bool picks_list(struct picks *p, struct str text, bool links);
/* Places onto a board of 0 and 1: each within it, told once, and in the region that its label names. Row y of the regions' letters
 * begins at region + y * stride. */
enum quarry_mark picks_place(struct why *why, struct grid *g, const struct picks *p, int rows, int cols, const char *region, int stride);
/* The text with emoji and stars made ASCII signs (room for PICKS_ROOM bytes); as it is where it is long or plain. */
enum { PICKS_ROOM = 8192 };
struct str picks_signs(struct str text, char room[PICKS_ROOM]);
/* grid_read(), and where that fails once more without a full stop at the end. */
bool picks_grid(struct grid *g, struct str text, const struct grid_ask *ask);

#endif
