/*
 * foreign_repair.h - a right answer put where a row of another house stores one, in the shape that it has there.
 *
 *	if (foreign_gold(&f, &text))			// what the row holds as its answer, as a response would say it
 *		...
 *	if (foreign_repair(&out, &f, row, answer))	// answer: our canonical one; out is the row with it
 *		...
 *
 * The answer goes to `answer` and to the members of the metadata that hold a solution, where they are there at all.
 */
#ifndef QUARRY_CLI_FOREIGN_REPAIR_H
#define QUARRY_CLI_FOREIGN_REPAIR_H

#include "cli/foreign.h"

/* False: the row stores no answer. */
bool foreign_gold(const struct foreign *f, struct buf *text);
/* The answer of a row that is f->found: what was worked out, as such rows store it; empty where the desc does not say it. */
void foreign_found(const struct foreign *f, struct buf *answer);
/* False: the row stores none, or in a shape that nobody knows. `check` becomes a member of the row. */
bool foreign_repair(struct buf *out, const struct foreign *f, struct json row, struct str answer, const char *check);

#endif
