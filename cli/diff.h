/*
 * diff.h - our verdicts beside those that a row brings along from elsewhere.
 *
 *	if (diff_stored(row, &theirs))
 *		diff_add(&d, "sudoku", theirs, &verdict);
 *	diff_print(&d, stderr);
 *
 * What stands in a row's member "upstream", else "acc", else "reward", is taken: true or a number above 0 is right.
 */
#ifndef QUARRY_CLI_DIFF_H
#define QUARRY_CLI_DIFF_H

#include "base/json.h"
#include "verifiers/verify.h"

#include <stdio.h>

enum { DIFF_TASKS = 256 };

struct diff_task {
	char name[64];
	uint64_t rows, agree;
	uint64_t paid;    /* right to them, not to us */
	uint64_t refused; /* right to us, not to them */
	uint64_t none;    /* rows that bring no verdict, or cannot be judged */
};

struct diff {
	int n;
	struct diff_task task[DIFF_TASKS]; /* in order of appearance; the last takes what does not fit */
};

bool diff_stored(struct json row, bool *right); /* false: the row brings no verdict */
/* stored: what diff_stored() gave, theirs its result. True: the two differ. */
bool diff_add(struct diff *d, const char *task, bool stored, bool theirs, enum quarry_mark ours);
void diff_print(const struct diff *d, FILE *out);

#endif
