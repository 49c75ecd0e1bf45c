/*
 * arc_agi_ops.h - grids, the operations on them and puzzles made of these, for the files arc_agi*.c of this folder.
 *
 *	struct arc_puzzle p;
 *	if (arc_parse(&p, desc) && arc_run(&g, &p.in[p.demos], p.op, p.ops))	// g: the answer
 *	if (arc_unique(&p, &tried))						// no other program says otherwise
 */
#ifndef QUARRY_GENERATORS_ARC_AGI_OPS_H
#define QUARRY_GENERATORS_ARC_AGI_OPS_H

#include "generators/task.h"

enum { ARC_SIDE = 30, ARC_CELLS = ARC_SIDE * ARC_SIDE, ARC_OPS = 5, ARC_DEMOS = 4 };

enum arc_kind {
	ARC_CROP, ARC_LARGEST, ARC_SMALLEST, ARC_KEEP, ARC_DROP, ARC_HALF, ARC_CUTMAX, ARC_CUTMIN, ARC_COMMON, ARC_RARE, ARC_AND,
	ARC_XOR,
	ARC_FALL, ARC_SMEAR, ARC_SHIFT, ARC_FILL, ARC_LINK, ARC_COMPLETE, ARC_OUTLINE, ARC_HOLLOW, ARC_PAINTMAX, ARC_PAINTMIN,
	ARC_SWAP, ARC_MAP, ARC_ALL, ARC_INVERT,
	ARC_TURN,
	ARC_TILE, ARC_SCALE, ARC_MIRROR, ARC_QUAD, ARC_FRAME,
	ARC_KINDS
};

enum arc_arg { ARC_NO_ARG, ARC_COLOUR, ARC_DIR, ARC_AXIS, ARC_AXES, ARC_TURNS, ARC_TIMES, ARC_FACTOR, ARC_CORNER };

struct arc_form {
	const char *name;
	int class;           /* 0 .. 4: at most one of each, in this order */
	enum arc_arg arg[2];
};

extern const struct arc_form arc_forms[ARC_KINDS];
extern const int arc_arg_lo[], arc_arg_hi[]; /* by enum arc_arg */

struct arc_grid {
	int h, w;
	uint8_t at[ARC_CELLS]; /* row after row, w in each */
};

struct arc_op {
	enum arc_kind kind;
	int a, b;
};

struct arc_puzzle {
	int ops, demos;
	struct arc_op op[ARC_OPS];
	struct arc_grid in[ARC_DEMOS + 1], out[ARC_DEMOS + 1]; /* the last one used is the test */
};

bool arc_op_valid(const struct arc_op *op);
bool arc_apply(struct arc_grid *to, const struct arc_grid *from, const struct arc_op *op);
bool arc_run(struct arc_grid *to, const struct arc_grid *from, const struct arc_op *op, int n);
bool arc_same(const struct arc_grid *a, const struct arc_grid *b);

bool arc_parse(struct arc_puzzle *p, struct str desc); /* with the outputs */
void arc_write(struct buf *out, const struct arc_puzzle *p);
void arc_write_grid(struct buf *out, const struct arc_grid *g); /* 120/003 */

/*
 * Does every program of at most p->ops operations that fits the demonstrations make the same of the test input? (One that
 * cannot be run on it says nothing.) *tried, if not NULL: how many grids the search made.
 */
bool arc_unique(const struct arc_puzzle *p, int *tried);

/* What the operation does, a phrase. */
void arc_say(struct buf *out, const struct arc_op *op, enum lang lang);
/* All there are, a line each, with what may vary in words. */
void arc_say_all(struct buf *out, enum lang lang);

#endif
