/*
 * plan.h - what the host works out before a step goes to the GPU: plain C, the same with and without one, and tested without.
 *
 *	plan_make(&plan, &batch, logits, &heads, true);	// who attends to what; rounded sizes
 *	if (plan_grow(&sizes, &plan))
 *		...						// the block of memory for steps must be larger
 *	plan_lay(&step, block, &sizes);				// where everything lies in it
 *	plan_fill(&step, &plan, &batch, logit_row);
 *	plan_release(&plan);
 *
 * Attention is cut at absolute positions, every PLAN_SPLIT of them: a row's part over one split is the same whichever rows share the
 * reading. An item is one split for some neighbouring rows whose pages there are the same: a prompt's rows, or samples of one prompt.
 */
#ifndef QUARRY_ENGINE_CUDA_PLAN_H
#define QUARRY_ENGINE_CUDA_PLAN_H

#include "engine/backend.h"

enum {
	PLAN_SPLIT = 256,  /* positions */
	PLAN_QUERIES = 64, /* query heads times rows of an item at most; */
	PLAN_QUERIES_WIDE = 32, PLAN_WIDE = 256, /* of heads wider than this, so many: what a block has room for */
};

struct plan_item {
	int32_t row, rows, split, pages; /* where in the table of pages the split's begin */
};

/* What launches are sized by. */
struct plan_key {
	int rows, logits;  /* rounded up */
	int alone, shared; /* items of one row, of several; rounded up */
	const void *mark;  /* what else a pass depends on */
};

struct plan {
	struct plan_key key;
	int rows, logits, alone, shared, parts;
	struct plan_item *item; /* those alone first */
	int32_t *part;          /* (rows) where the row's parts begin */
};

/* So much fits in a block. */
struct plan_sizes {
	int rows, items, pages;
};

enum plan_live { PLAN_LIVE_ROWS, PLAN_LIVE_LOGITS, PLAN_LIVE_ALONE, PLAN_LIVE_SHARED, PLAN_LIVE = 16 };

/* A block: pointers into it, in memory of either kind. */
struct plan_step {
	int32_t *live; /* (PLAN_LIVE) how many there are of each */
	int32_t *token, *pos, *first, *state, *logit_row, *part; /* (sizes.rows) */
	struct plan_item *alone, *shared; /* (sizes.items) each */
	int32_t *pages; /* (sizes.pages), last, so that only what is used is sent */
};

/* The next of 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, ... at or above n; of 16s above 32 where rows are counted. 0 for 0. */
int plan_round(int n);
int plan_round_rows(int n);
int plan_queries(int head_pad);
/* share: whether rows of several sequences may share an item. -1: out of memory. */
int plan_make(struct plan *p, const struct batch *b, int logits, const struct heads *h, bool share);
void plan_release(struct plan *p);
/* Enlarge the sizes if the plan does not fit; whether it did. */
bool plan_grow(struct plan_sizes *s, const struct plan *p, const struct batch *b);
size_t plan_ints(const struct plan_sizes *s);
/* Those of them that are in use. */
size_t plan_ints_used(const struct plan_sizes *s, const struct batch *b);
void plan_lay(struct plan_step *step, int32_t *block, const struct plan_sizes *s);
void plan_fill(const struct plan_step *step, const struct plan *p, const struct batch *b, const int32_t *logit_row);
bool plan_same(const struct plan_key *a, const struct plan_key *b);

#endif
