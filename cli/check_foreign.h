/*
 * check_foreign.h - a file of another house's rows: can each puzzle be solved, has it one answer, is the stored one right?
 *
 *	struct check_foreign c = { .kind = FOREIGN_SYNLOGIC, .path = "rows.jsonl", .out = NULL, .common = &a->common };
 *	rc = check_foreign(&c, &err);			// then c.bad rows of c.rows are bad
 */
#ifndef QUARRY_CLI_CHECK_FOREIGN_H
#define QUARRY_CLI_CHECK_FOREIGN_H

#include "cli/command.h"
#include "cli/foreign.h"

struct check_foreign {
	enum foreign_kind kind;
	const char *path;
	const char *out; /* the repaired file; NULL: none */
	const struct common *common;
	uint64_t rows, bad, left_out, repaired;
};

/* Bad rows and a table go to standard output. */
int check_foreign(struct check_foreign *c, struct err *err);

#endif
