/*
 * number_wall_solve.h - the board of number_wall and its solver, for the files in generators/.
 *
 *	if (nw_read(&b, desc) && nw_solutions(&f, &b, 2, NW_NODES) == 1)
 *		...				// f.first.land holds the islands
 *
 * A set of cells is a word of 128 bits: cell y, x is bit y * stride + x, and the bit behind each row is never set, so that a
 * shifted set does not run into the next row.
 */
#ifndef QUARRY_GENERATORS_NUMBER_WALL_SOLVE_H
#define QUARRY_GENERATORS_NUMBER_WALL_SOLVE_H

#include "base/buf.h"
#include "generators/task.h"

__extension__ typedef unsigned __int128 cells;

enum { NW_SIDE_MIN = 3, NW_BITS = 128, NW_NUMBERS = 64 };

struct nw_board {
	bool connected, touch; /* all walls hang together; islands may touch at a corner */
	bool small;            /* the low half of a word holds all: shifts of that are several times as fast */
	int rows, cols, stride, n;
	uint8_t at[NW_NUMBERS], size[NW_NUMBERS]; /* the numbers, in reading order */
	cells full;
};

static inline cells nw_bit(int i)
{
	return (cells)1 << i;
}

/* Not the compiler's popcount, which is a call where the processor is not known to have one. */
static inline int nw_count(cells c)
{
	uint64_t a = (uint64_t)c, b = (uint64_t)(c >> 64);

	a -= a >> 1 & 0x5555555555555555;
	a = (a & 0x3333333333333333) + (a >> 2 & 0x3333333333333333);
	a = (a + (a >> 4)) & 0x0f0f0f0f0f0f0f0f;
	if (b) {
		b -= b >> 1 & 0x5555555555555555;
		b = (b & 0x3333333333333333) + (b >> 2 & 0x3333333333333333);
		a += (b + (b >> 4)) & 0x0f0f0f0f0f0f0f0f;
	}
	return (int)(a * 0x0101010101010101 >> 56);
}

static inline int nw_first(cells c)
{
	return (uint64_t)c ? __builtin_ctzll((uint64_t)c) : 64 + __builtin_ctzll((uint64_t)(c >> 64));
}

static inline cells nw_below(const struct nw_board *b, cells c)
{
	return b->small ? (cells)((uint64_t)c << b->stride) : c << b->stride;
}

static inline cells nw_above(const struct nw_board *b, cells c)
{
	return b->small ? (cells)((uint64_t)c >> b->stride) : c >> b->stride;
}

/* The cells beside those of c; with corners those at a corner too. */
static inline cells nw_beside(const struct nw_board *b, cells c)
{
	return (c << 1 | c >> 1 | nw_below(b, c) | nw_above(b, c)) & b->full & ~c;
}

static inline cells nw_around(const struct nw_board *b, cells c)
{
	cells row = c | c << 1 | c >> 1;

	return (row | nw_below(b, row) | nw_above(b, row)) & b->full & ~c;
}

/* The cells of `in`, and of `from`, to which `steps` steps lead from there. */
static inline cells nw_grow(const struct nw_board *b, cells from, cells in, int steps)
{
	uint64_t all = (uint64_t)from, room = (uint64_t)(in | from);

	for (; b->small && steps > 0; steps--) {
		uint64_t more = (all | all << 1 | all >> 1 | all << b->stride | all >> b->stride) & room;

		if (more == all)
			break;
		all = more;
	}
	if (b->small)
		return all;
	for (in |= from; steps > 0; steps--) {
		cells more = (from | nw_beside(b, from)) & in;

		if (more == from)
			break;
		from = more;
	}
	return from;
}

/* What hangs together with `from`, which lies in `in`. */
static inline cells nw_flood(const struct nw_board *b, cells from, cells in)
{
	return nw_grow(b, from, in, NW_BITS);
}

void nw_shape(struct nw_board *b, int rows, int cols); /* no numbers yet */
bool nw_read(struct nw_board *b, struct str desc);
void nw_write(struct buf *out, const struct nw_board *b);
void nw_answer(struct buf *out, const struct nw_board *b, cells land);

/* The reasoning, easiest first: see number_wall.c. */
enum nw_technique { BASIC, EXITS, REACH, NEEDS, TRIAL, SEARCH };

struct nw_state {
	cells wall, land;
};

void nw_start(struct nw_state *s, const struct nw_board *b);
/* All that reasoning up to `how`, NEEDS at most, gives; false: a contradiction. */
bool nw_settle(struct nw_state *s, const struct nw_board *b, enum nw_technique how);

struct nw_search {
	int found, most, nodes, limit;
	struct nw_state first, last;
};

enum { NW_NODES = 3000 /* of a search that proves */ };

/* Solutions up to `most`; -1: more than `limit` nodes. */
int nw_solutions(struct nw_search *f, const struct nw_board *b, int most, int limit);

/* Reasoning as a person does it, told and measured. */
struct nw_logic {
	const struct nw_board *b;
	struct nw_state s;
	enum nw_technique goal, hardest; /* goal: hardest that may be used */
	int rounds, steps, guesses;
	int work, limit; /* trials made, and allowed; 0: any number */
	struct buf *out; /* may be NULL */
	enum lang lang;
};

void nw_logic_start(struct nw_logic *l, const struct nw_board *b, enum nw_technique goal);
/* Solved, with what l->goal allows? */
bool nw_logic_solve(struct nw_logic *l);

#endif
