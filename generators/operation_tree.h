/*
 * operation_tree.h - an expression with operators of its own, as a tree. Private to generators/operation*.c.
 *
 *	struct op_work w = { .limit = OP_LIMIT };
 *	if (op_read(&p, desc) && op_value(&w, &p, &v))
 *		op_print_ratio(&b, v);
 */
#ifndef QUARRY_GENERATORS_OPERATION_TREE_H
#define QUARRY_GENERATORS_OPERATION_TREE_H

#include "base/buf.h"
#include "base/rng.h"
#include "generators/task.h"

enum {
	OP_DEFS = 6,
	OP_SYMBOLS = 12, /* A to L */
	OP_LEVELS = 5,   /* precedences: 1 as + and -, 2 as * and /, 3 to 5 tighter */
	OP_NODES = 512,
	OP_DEEP = 40,         /* brackets and right operands within each other */
	OP_DEEP_FORMULA = 12, /* the same in a definition */
	OP_FUEL = 5000, /* operations of one evaluation, those within definitions included */
};

#define OP_LIMIT INT64_C(1000000000000000000)

struct op_ratio {
	int64_t num, den; /* lowest terms, den > 0 */
};

enum op_kind { OP_NUM, OP_X, OP_Y, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_POW, OP_ABS, OP_USE };

struct op_node {
	unsigned char kind, def; /* def: which definition an OP_USE means */
	short l, r;              /* OP_POW and OP_ABS: l alone */
	short v;                 /* OP_NUM: the number; OP_POW: the exponent */
};

struct op_def {
	char symbol;
	int level;
	bool right;    /* a A b A c is a A (b A c) */
	int cond;      /* index of its condition, -1: none */
	short yes, no; /* formulas; without a condition only `no` */
	unsigned uses; /* bit d: a formula uses definition d */
};

struct op_puzzle {
	struct op_node node[OP_NODES];
	int n, root, defs;
	struct op_def def[OP_DEFS];
	int order[OP_DEFS]; /* in which definitions are printed */
};

/* Brackets may stand where they are not needed; what op_print_desc() prints has none of these. */
bool op_read(struct op_puzzle *p, struct str desc);
void op_print_desc(struct buf *b, const struct op_puzzle *p);

/* What an evaluation may do and what it did. */
struct op_work {
	int64_t limit;  /* no numerator or denominator is larger */
	bool integers;  /* fractions are refused */
	struct buf *out; /* the steps are told here, or NULL */
	enum lang lang;
	int steps, conditions, depth, fuel;
	bool fractions; /* there were some */
};

bool op_value(struct op_work *w, const struct op_puzzle *p, struct op_ratio *v);

/* Each formula moves with x and with y, and two formulas of one definition are not the same. */
bool op_formulas_differ(const struct op_puzzle *p);

/* Terms and factors in a random order, with the same value. */
void op_shuffle(struct op_puzzle *p, struct rng *rng);
/* Terms and factors in the least order, symbols named by the place of their definition in `order`. */
void op_print_sorted(struct buf *b, const struct op_puzzle *p, const int *order);

/* ---- as the reader sees it ---- */

void op_print_ratio(struct buf *b, struct op_ratio v);
void op_print_shown(struct buf *b, const struct op_puzzle *p, int node); /* with blanks and signs like U+2295 */
/* style 0: "x + y = ... if ..., otherwise ..."; 1: "if ...: ...; otherwise: ..." */
void op_print_definition(struct buf *b, const struct op_puzzle *p, int def, enum lang lang, int style);
void op_print_order(struct buf *b, const struct op_puzzle *p); /* "^ > A > * / > + - B" */
void op_print_sides(struct buf *b, const struct op_puzzle *p, enum lang lang); /* a sentence: left to right, except ... */

#endif
