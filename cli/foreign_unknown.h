/*
 * foreign_unknown.h - names in a file of others that no rule is known for, told once when all rows are read.
 *
 *	struct unknown u = { 0 };
 *	unknown_add(&u, &f);		// each row; counts where f.unknown is set
 *	unknown_tell(&u, path);		// warning: x.jsonl: 3 rows of tasks that are not known: sudku (2), tents (1)
 */
#ifndef QUARRY_CLI_FOREIGN_UNKNOWN_H
#define QUARRY_CLI_FOREIGN_UNKNOWN_H

#include "cli/foreign.h"

enum { UNKNOWN_NAMES = 32 }; /* told by name, the first ones met; of the rest only how many rows */

struct unknown {
	struct {
		char name[64];
		uint64_t rows;
	} task[UNKNOWN_NAMES];
	int tasks;
	uint64_t rows, others; /* all of them; those whose names found no room */
};

void unknown_add(struct unknown *u, const struct foreign *f);
void unknown_tell(const struct unknown *u, const char *path); /* one line on stderr, none where all are known */

#endif
