/* boolean_expressions.h - lettered expressions as trees, and their text; for boolean_expressions*.c only. */
#ifndef QUARRY_GENERATORS_BOOLEAN_EXPRESSIONS_H
#define QUARRY_GENERATORS_BOOLEAN_EXPRESSIONS_H

#include "base/buf.h"

enum {
	LETTERS = 20,
	NODES = 8192, /* in one desc */
};

enum kind {
	K_FALSE, K_TRUE, K_NUMBER,
	K_PRODUCT, K_SUM, K_COMPARE,
	K_NOT,
	K_AND, K_OR,
	K_XOR, K_NAND, K_NOR, K_IMPLIES, K_IFF,
};

enum { LESS, MORE, LESS_EQ, MORE_EQ, EQUAL, NOT_EQUAL };

/* Operands are a chain from `kid` over `next`; 0 ends it, node 0 is nobody's. */
struct node {
	unsigned char kind;
	bool bracket; /* stands in brackets */
	bool minus;   /* a term of a sum that is taken away */
	char compare;
	short kid, next;
	int64_t value; /* of a number */
};

struct forest {
	int n, letters;
	short root[LETTERS];
	struct node node[NODES];
};

static inline short node_new(struct forest *f, enum kind kind)
{
	if (f->n == NODES)
		return 0;
	f->node[f->n] = (struct node){ .kind = (unsigned char)kind };
	return (short)f->n++;
}

static inline bool is_atom(const struct node *n)
{
	return n->kind <= K_NUMBER;
}

bool forest_read(struct forest *f, struct str desc);
void forest_write(struct buf *out, const struct forest *f);
void forest_node_write(struct buf *out, const struct forest *f, short at);
void forest_letter_write(struct buf *out, int letter); /* "A: " */

#endif
