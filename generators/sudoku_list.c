/*
 * sudoku_list.c - the solutions of a 9 x 9 board, as fast as we can: candidates are bit boards, one a digit, a vector
 * operation handles all 81 cells, and naked and hidden singles are followed before anything is tried.
 */
#include "generators/sudoku_list.h"

#include <pthread.h>

enum {
	ROW = 0x1ff, /* the first row of a band */
	COLUMN = 1 | 1 << 9 | 1 << 18,
	BOX = 7 | 7 << 9 | 7 << 18,
	BAND = 0x7ffffff,
	NODES = 50000, /* boards known to be hard need some hundreds; 10 ms */
};

static const sudoku_cells whole = { BAND, BAND, BAND, 0 };

struct table {
	sudoku_cells cell[CELLS];
	sudoku_cells sees[96]; /* the others in its houses, by 32 * lane + bit */
};

struct state {
	sudoku_cells can[SIDE];  /* where digit d + 1 may stand */
	sudoku_cells done;       /* filled cells */
	sudoku_cells seen[SIDE]; /* can, when only_places() last looked */
	sudoku_cells pair;       /* cells with two candidates, as naked() left it */
};

static sudoku_cells same_in_all(uint32_t lane)
{
	return (sudoku_cells){ lane, lane, lane, 0 };
}

static struct table table;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_table(void)
{
	struct table *t = &table;

	for (int i = 0; i < CELLS; i++) {
		int y = i / SIDE, x = i % SIDE;
		sudoku_cells own = { 0 }, all = same_in_all((uint32_t)COLUMN << x);

		own[y / 3] = 1u << (y % 3 * SIDE + x);
		all[y / 3] |= (uint32_t)ROW << y % 3 * SIDE | (uint32_t)BOX << x / 3 * 3;
		t->cell[i] = own;
		t->sees[i / 27 * 32 + i % 27] = all & ~own;
	}
}

/* The least digit that may stand in a cell, from `from` on; SIDE: none. */
static int digit_in(const struct state *s, int i, int from)
{
	while (from < SIDE && !(s->can[from][i / 27] >> i % 27 & 1))
		from++;
	return from;
}

/* Strike digit d from all that these cells see. Two that see each other are both struck, and left without a candidate. */
static void strike(struct state *s, const struct table *t, sudoku_cells at, int d)
{
	sudoku_halves h = (sudoku_halves)at;
	sudoku_cells can = s->can[d];

	for (uint64_t half = h[0]; half; half &= half - 1)
		can &= ~t->sees[__builtin_ctzll(half)];
	for (uint64_t half = h[1]; half; half &= half - 1)
		can &= ~t->sees[64 + __builtin_ctzll(half)];
	s->can[d] = can;
}

/* Digit d goes into these cells. */
static void fill(struct state *s, const struct table *t, sudoku_cells at, int d)
{
	for (int e = 0; e < SIDE; e++)
		if (e != d)
			s->can[e] &= ~at;
	s->done |= at;
	strike(s, t, at, d);
}

/* Fill every cell that has one candidate; false where one has none. */
static bool naked(struct state *s, const struct table *t)
{
	for (;;) {
		sudoku_cells one = { 0 }, two = { 0 }, three = { 0 }, single;

		for (int d = 0; d < SIDE; d++) {
			three |= two & s->can[d];
			two |= one & s->can[d];
			one |= s->can[d];
		}
		if (sudoku_any(one ^ whole))
			return false;
		s->pair = two & ~three;
		single = one & ~two & ~s->done;
		if (!sudoku_any(single))
			return true;
		s->done |= single;
		for (int d = 0; d < SIDE; d++)
			strike(s, t, s->can[d] & single, d);
	}
}

/* Cells that are the only place for digit d in a house; false where a house has none. */
static bool only_places(sudoku_cells *ret, const struct state *s, int d)
{
	sudoku_cells can = s->can[d], first = can & ROW, second = can >> 9 & ROW, third = can >> 18, one, two, turn, last;
	sudoku_cells none = { 0 }, single = { 0 };

	for (int k = 0; k < 3; k++) {
		sudoku_cells row = can & (uint32_t)ROW << 9 * k, box = can & (uint32_t)BOX << 3 * k;

		none |= (sudoku_cells)(row == 0) | (sudoku_cells)(box == 0);
		single |= (row & (sudoku_cells)((row & (row - 1)) == 0)) | (box & (sudoku_cells)((box & (box - 1)) == 0));
	}
	one = first | second | third;
	two = (first & second) | (first & third) | (second & third);
	/* The columns run through all lanes. */
	turn = __builtin_shufflevector(one, one, 1, 2, 0, 3);
	last = __builtin_shufflevector(one, one, 2, 0, 1, 3);
	two |= __builtin_shufflevector(two, two, 1, 2, 0, 3) | __builtin_shufflevector(two, two, 2, 0, 1, 3);
	two |= (one & turn) | (one & last) | (turn & last);
	one |= turn | last;
	none |= one ^ ROW;
	one &= ~two;
	*ret = (single | (can & (one | one << 9 | one << 18))) & ~s->done;
	return !sudoku_any(none & whole);
}

/* Naked and hidden singles until there are none; false: the board is broken. */
static bool follow(struct state *s, const struct table *t)
{
	for (;;) {
		bool did = false;

		if (!naked(s, t))
			return false;
		if (!sudoku_any(s->done ^ whole))
			return true; /* all houses hold all digits: nothing was struck out */
		for (int d = 0; d < SIDE; d++) {
			sudoku_cells single;

			if (!sudoku_any(s->seen[d] ^ s->can[d]))
				continue;
			if (!only_places(&single, s, d))
				return false;
			s->seen[d] = s->can[d];
			if (sudoku_any(single)) {
				fill(s, t, single, d);
				did = true;
			}
		}
		if (!did)
			return true;
	}
}

static void list_from(struct sudoku_list *l, struct state *s)
{
	sudoku_cells open;
	int i;

	if (l->nodes++ >= NODES || !follow(s, &table))
		return;
	open = whole & ~s->done;
	if (!sudoku_any(open)) {
		for (int d = 0; d < SIDE; d++) {
			if (l->found == 0)
				l->first[d] = s->can[d];
			l->more[d] |= l->once[d] & s->can[d];
			l->once[d] |= s->can[d];
		}
		l->found++;
		return;
	}
	open = sudoku_any(s->pair) ? s->pair : open;
	i = sudoku_take_cell(&open);
	for (int d = digit_in(s, i, 0); d < SIDE && l->found < l->limit; d = digit_in(s, i, d + 1)) {
		struct state next;

		for (int e = 0; e < SIDE; e++) { /* *s would be copied by a slow string instruction */
			next.can[e] = s->can[e];
			next.seen[e] = s->seen[e];
		}
		next.done = s->done;
		fill(&next, &table, table.cell[i], d);
		list_from(l, &next);
	}
}

static int list(struct sudoku_list *l, const uint8_t *cell, int limit, int other, int than)
{
	sudoku_cells given[SIDE] = { { 0 } };
	struct state s = { .done = { 0 } };

	pthread_once(&once, make_table);
	l->found = l->nodes = 0;
	l->limit = limit;
	for (int i = 0; i < CELLS; i++)
		if (cell[i]) {
			given[cell[i] - 1] |= table.cell[i];
			s.done |= table.cell[i];
		}
	for (int d = 0; d < SIDE; d++) {
		s.can[d] = (whole & ~s.done) | given[d];
		s.seen[d] = whole;
		strike(&s, &table, given[d], d);
		l->once[d] = l->more[d] = (sudoku_cells){ 0 };
	}
	if (than)
		s.can[than - 1] &= ~table.cell[other];
	list_from(l, &s);
	return l->nodes >= NODES ? -1 : l->found;
}

int sudoku_list(struct sudoku_list *l, const uint8_t *cell, int limit)
{
	return list(l, cell, limit, 0, 0);
}

bool sudoku_needs(struct sudoku_list *l, uint8_t *cell, int i)
{
	uint8_t v = cell[i];
	int found;

	cell[i] = 0;
	found = list(l, cell, 1, i, v);
	cell[i] = v;
	return found != 0;
}

void sudoku_list_first(const struct sudoku_list *l, uint8_t *full)
{
	for (int d = 0; d < SIDE; d++)
		for (sudoku_cells at = l->first[d]; sudoku_any(at);)
			full[sudoku_take_cell(&at)] = (uint8_t)(d + 1);
}
