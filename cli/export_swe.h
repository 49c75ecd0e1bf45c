/*
 * export_swe.h - tasks of repositories for those who judge them elsewhere: rows as SWE-bench has them, and trees as Harbor runs them.
 *
 *	rc = swebench_row(&line, row, &err);		// line stays empty where the row is of another task
 *
 *	struct harbor h = { .out = dir, .repos = repos };
 *	rc = harbor_row(&h, &line, row, &err);		// makes dir/INSTANCE_ID/, line is its entry in an index
 *
 * row is one that quarry mine wrote, or one of a view.
 */
#ifndef QUARRY_CLI_EXPORT_SWE_H
#define QUARRY_CLI_EXPORT_SWE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

struct harbor {
	const char *out, *repos;
	uint64_t left_out; /* whose runner has no one-line form */
};

/* The object with instance_id, patch, ...; false: the row is of another task. room holds it where it was in a string. */
bool swe_of(struct json row, struct json *swe, struct buf *room);
int swebench_row(struct buf *line, struct json row, struct err *err);
int harbor_row(struct harbor *h, struct buf *line, struct json row, struct err *err);

#endif
