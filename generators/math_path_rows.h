/*
 * math_path_rows.h - how many ways of filling in an equation's digits give each value. Private to generators/math_path*.c.
 *
 *	struct rows s = { 0 };
 *	right = rows_right(&s, &equation);	// so many fillings make it true
 *	if (right > 0 && rows_pick(&s, value))	// and this is one
 *		...
 *	rows_release(&s);
 *
 * For each operation there is a row: how many fillings of the digits under it give each value, from the least to the largest. Going
 * back down from the equation's value picks a filling. Rows are at most ROWS_WIDE long; generated equations stay below that.
 */
#ifndef QUARRY_GENERATORS_MATH_PATH_ROWS_H
#define QUARRY_GENERATORS_MATH_PATH_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DIGITS_MAX = 32,
	NODES_MAX = 2 * DIGITS_MAX,
	ROWS_WIDE = 1 << 16,     /* values of a row */
	ROWS_WORK_MAX = 1 << 23, /* pairs of values that are looked at */
};

#define ROWS_FAR INT64_C(1000000000000000) /* values beyond are not followed */

struct equation_node {
	char op;     /* 0: a digit */
	bool group;  /* in brackets */
	signed char digit; /* -1: hidden */
	signed char l, r;
};

/* Parts come before the whole: the root is the last node. */
struct equation {
	struct equation_node node[NODES_MAX];
	int n, digits, hidden, root;
	int64_t value;
};

/* How many fillings give each value from lo on; behind these counts the values that occur, each as its distance from lo. */
struct row {
	int64_t lo;
	int n;
	int values; /* that occur */
	size_t at;  /* in the pool */
};

struct rows {
	const struct equation *p;
	struct row row[NODES_MAX];
	double *pool;
	size_t used, cap;
	int64_t work; /* pairs looked at */
};

static inline double *row_counts(const struct rows *s, const struct row *row)
{
	return s->pool + row->at;
}

static inline uint16_t *row_list(const struct rows *s, const struct row *row)
{
	return (uint16_t *)(s->pool + row->at + row->n);
}

void rows_release(struct rows *s);

/* Rows of the first n nodes; false: some grow too long, or have no value. */
bool rows_make(struct rows *s, const struct equation *p, int n);
/* Whether the rows below the root are sure to be made, as far as bounds tell, which count values that do not occur. */
bool rows_light(const struct equation *p);

bool rows_far(const struct equation *p); /* its value is beyond */
/* How many fillings are right; -1: unknown, the rows grow too long. All rows but the root's are made. */
double rows_right(struct rows *s, const struct equation *p);
/* Values of all nodes, from the equation's down: one filling. The rows below the root are there. */
bool rows_pick(const struct rows *s, int64_t value[NODES_MAX]);

#endif
