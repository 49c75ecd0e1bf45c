/*
 * wordscapes_solve.h - the puzzle as slots and words, and the solver that proves, measures and tells.
 *
 *	struct ws_puzzle p;
 *	struct ws_search f = { .nodes = WS_NODES };
 *	if (ws_read(&p, desc) && ws_count(&f, &p, 2) == 1)
 *		use(f.first);			// f.first[slot]: which word of its list
 */
#ifndef QUARRY_GENERATORS_WORDSCAPES_SOLVE_H
#define QUARRY_GENERATORS_WORDSCAPES_SOLVE_H

#include "base/buf.h"
#include "base/str.h"

enum { WS_SIDE = 20, WS_WORDS = 48 /* of one list */, WS_SLOTS = 2 * WS_WORDS, WS_CROSSINGS = WS_SIDE * WS_SIDE, WS_NODES = 4000 };

struct ws_slot {
	uint8_t x, y, n;
	bool down;
};

struct ws_crossing {
	uint8_t across, across_at, down, down_at; /* slot and place of the letter */
};

struct ws_puzzle {
	int rows, cols, words[2]; /* across, down */
	char mask[WS_SIDE][WS_SIDE + 1];
	struct str word[2][WS_WORDS];
	int slots, crossings;
	struct ws_slot slot[WS_SLOTS];
	struct ws_crossing crossing[WS_CROSSINGS];
};

enum ws_technique { WS_LETTERS, WS_SETS, WS_TRIAL };

struct ws_state {
	uint64_t can[WS_SLOTS]; /* words of its list that a slot may hold */
};

struct ws_search {
	int nodes; /* how many may be looked at yet */
	int found;
	uint8_t first[WS_SLOTS], last[WS_SLOTS];
	/* of the way to the first solution */
	int rounds, steps, trials;
	enum ws_technique hardest;
	struct buf *out; /* steps are told here, or NULL */
};

bool ws_read(struct ws_puzzle *p, struct str desc); /* strict */
void ws_write(struct buf *out, const struct ws_puzzle *p);
void ws_slots(struct ws_puzzle *p); /* from mask and words */

/* Solutions, at most `most`; -1 when the nodes did not suffice. */
int ws_count(struct ws_search *f, const struct ws_puzzle *p, int most);

/* The filled rows: "cat./a..o". */
void ws_answer(struct buf *out, const struct ws_puzzle *p, const uint8_t *word);

#endif
