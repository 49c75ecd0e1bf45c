/*
 * merge.h - the parts of a run become the run.db that one machine would have made.
 *
 *	rc = merge_parts(to, parts, 8, told, ctx, &err);	// to: new and empty
 *
 * Prompts were dealt to the parts in turn: prompt j of part i, both from 0, is prompt j * n + i of the whole.
 */
#ifndef QUARRY_DATASETS_MERGE_H
#define QUARRY_DATASETS_MERGE_H

#include "datasets/store.h"

/* How many prompts the parts hold together; negative: a part does not hold its share, *which says which. */
int64_t merge_prompts(struct store *const *parts, int64_t n, int64_t *which);
/*
 * Prompts and samples in the order of the whole, and what the first part's meta says. told(ctx, done, total) is called now
 * and then; nonzero stops with ERR_STOPPED. May be NULL.
 */
int merge_parts(struct store *to, struct store *const *parts, int64_t n, int (*told)(void *ctx, int64_t done, int64_t total), void *ctx,
		struct err *err);

#endif
