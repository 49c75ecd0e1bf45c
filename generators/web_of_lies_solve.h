/*
 * web_of_lies_solve.h - what the files of this puzzle's generator need of each other.
 *
 * _solve.c reasons and proves, _canon.c relabels, _words.c puts it into words, web_of_lies.c invents.
 */
#ifndef QUARRY_GENERATORS_WEB_OF_LIES_SOLVE_H
#define QUARRY_GENERATORS_WEB_OF_LIES_SOLVE_H

#include "generators/task.h"
#include "verifiers/web_of_lies.h"

/* Is the claim true, bit i of truth being person i? */
bool lies_true(const struct lies_item *it, uint32_t truth);

/* The first solution found, bit i of truth being person i; false where there is none. */
bool lies_solve(const struct lies *l, uint32_t *truth);
/* One solution and no other (or, after far more nodes than any invented puzzle needs, false). */
bool lies_unique(const struct lies *l, uint32_t *truth);

/* What the shortest proof we find of the one solution asks of a reader; false where there is none. */
struct lies_effort {
	int depth;   /* longest chain */
	int splits;  /* suppositions */
	int nesting; /* most of them open at once */
	int steps;
};

bool lies_measure(struct lies_effort *e, const struct lies *l);
void lies_explain(struct buf *steps, const struct lies *l, enum lang lang);

/* Person i becomes to[i]; the people in a claim come into their one order again. */
void lies_relabel(struct lies_item *it, const int *to);
void lies_swap(struct lies_item *it, int i, int j); /* two people of a claim with what is said of them */
bool lies_said_twice(const struct lies *l);         /* two items are one */
void lies_canon(struct buf *out, const struct lies *l);

void lies_fields(struct holes *holes, const struct lies *l, enum lang lang);

#endif
