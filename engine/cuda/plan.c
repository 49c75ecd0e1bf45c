/* plan.c - see plan.h. */
#include "engine/cuda/plan.h"

#include <stdlib.h>
#include <string.h>

int plan_round(int n)
{
	int p = 1;

	if (n <= 2)
		return n < 0 ? 0 : n;
	while (p < n / 2)
		p *= 2;
	return n <= p ? p : n <= p + p / 2 ? p + p / 2 : n <= 2 * p ? 2 * p : 3 * p;
}

int plan_round_rows(int n)
{
	if (n <= 32)
		return n <= 0 ? 0 : n <= 2 ? n : n <= 4 ? 4 : (n + 7) / 8 * 8;
	return n <= 256 ? (n + 15) / 16 * 16 : (n + 63) / 64 * 64;
}

/* The split's pages of two rows are the same; each has at least its part of it. */
static bool same_pages(const struct batch *b, int one, int other, int split)
{
	const int each = PLAN_SPLIT / ENGINE_PAGE;
	const int32_t *p = b->pages + b->first[one] + split * each, *q = b->pages + b->first[other] + split * each;
	int n = b->pos[one] / ENGINE_PAGE - split * each + 1, m = b->pos[other] / ENGINE_PAGE - split * each + 1;

	n = n < m ? n : m;
	n = n < each ? n : each;
	return p == q || memcmp(p, q, (size_t)n * sizeof(*p)) == 0;
}

/*
 * May the row join an item that begins with another? One of the same sequence always: the longer one's pages begin with the shorter's. One of
 * another sequence where both have the split whole: else the pages that the item is read by may be too few, or another's.
 */
static bool may_join(const struct batch *b, int first, int row, int split, bool share)
{
	bool whole = b->pos[first] >= (split + 1) * PLAN_SPLIT - 1 && b->pos[row] >= (split + 1) * PLAN_SPLIT - 1;

	if (b->first[first] == b->first[row])
		return true;
	return share && whole && same_pages(b, first, row, split);
}

static void item_add(struct plan *p, struct plan_item **shared, struct plan_item item)
{
	if (item.rows == 1)
		p->item[p->alone++] = item;
	else
		*--*shared = item;
}

/* The items of one split, over all rows; rows before it are not in any. */
static void split_items(struct plan *p, struct plan_item **shared, const struct batch *b, int split, int most, bool share)
{
	const int each = PLAN_SPLIT / ENGINE_PAGE;
	struct plan_item item = { 0 };

	for (int r = 0; r < b->rows; r++) {
		bool here = b->pos[r] >= split * PLAN_SPLIT;

		if (item.rows && (!here || item.rows == most || !may_join(b, item.row, r, split, share))) {
			item_add(p, shared, item);
			item.rows = 0;
		}
		if (here && !item.rows)
			item = (struct plan_item){ r, 0, split, b->first[r] + split * each };
		item.rows += here;
	}
	if (item.rows)
		item_add(p, shared, item);
}

int plan_queries(int head_pad)
{
	return head_pad > PLAN_WIDE ? PLAN_QUERIES_WIDE : PLAN_QUERIES;
}

int plan_make(struct plan *p, const struct batch *b, int logits, const struct heads *h, bool share)
{
	int group = h->heads / h->kv_heads, queries = plan_queries(h->head_pad), most = group < queries ? queries / group : 1, splits = 0;
	struct plan_item *shared;

	*p = (struct plan){ .rows = b->rows, .logits = logits };
	p->part = malloc(((size_t)b->rows + 1) * sizeof(*p->part));
	for (int r = 0; p->part && r < b->rows; r++) {
		int n = b->pos[r] / PLAN_SPLIT + 1;

		p->part[r] = p->parts;
		p->parts += n;
		splits = n > splits ? n : splits;
	}
	p->item = malloc(((size_t)p->parts + 1) * sizeof(*p->item));
	if (!p->part || !p->item) {
		plan_release(p);
		return -1;
	}
	/* alone from the front, shared from the back: together they are as many as parts at most */
	shared = p->item + p->parts;
	for (int s = 0; s < splits; s++)
		split_items(p, &shared, b, s, most, share);
	p->shared = (int)(p->item + p->parts - shared);
	memmove(p->item + p->alone, shared, (size_t)p->shared * sizeof(*shared));
	p->key = (struct plan_key){ plan_round_rows(b->rows), plan_round_rows(logits), plan_round(p->alone), plan_round(p->shared) };
	return 0;
}

void plan_release(struct plan *p)
{
	free(p->item);
	free(p->part);
	p->item = NULL;
	p->part = NULL;
}

static bool more(int *have, int need)
{
	if (need <= *have)
		return false;
	*have = need + need / 2;
	return true;
}

bool plan_grow(struct plan_sizes *s, const struct plan *p, const struct batch *b)
{
	int items = p->key.alone > p->key.shared ? p->key.alone : p->key.shared;
	bool grown = more(&s->rows, p->key.rows > p->key.logits ? p->key.rows : p->key.logits);

	grown |= more(&s->items, items);
	grown |= more(&s->pages, b->used);
	return grown;
}

enum { VECTORS = 6, ITEM = sizeof(struct plan_item) / sizeof(int32_t) };

size_t plan_ints(const struct plan_sizes *s)
{
	return (size_t)PLAN_LIVE + (size_t)VECTORS * (size_t)s->rows + (size_t)2 * ITEM * (size_t)s->items + (size_t)s->pages;
}

size_t plan_ints_used(const struct plan_sizes *s, const struct batch *b)
{
	return plan_ints(s) - (size_t)s->pages + (size_t)b->used;
}

void plan_lay(struct plan_step *step, int32_t *block, const struct plan_sizes *s)
{
	int32_t **const vector[VECTORS] = { &step->token, &step->pos, &step->first, &step->state, &step->logit_row, &step->part };

	step->live = block;
	block += PLAN_LIVE;
	step->alone = (struct plan_item *)block;
	step->shared = step->alone + s->items;
	block = (int32_t *)(step->shared + s->items);
	for (int i = 0; i < VECTORS; i++, block += s->rows)
		*vector[i] = block;
	step->pages = block;
}

static void ints_copy(int32_t *to, const int32_t *from, int n)
{
	if (n)
		memcpy(to, from, (size_t)n * sizeof(*to));
}

void plan_fill(const struct plan_step *step, const struct plan *p, const struct batch *b, const int32_t *logit_row)
{
	step->live[PLAN_LIVE_ROWS] = p->rows;
	step->live[PLAN_LIVE_LOGITS] = p->logits;
	step->live[PLAN_LIVE_ALONE] = p->alone;
	step->live[PLAN_LIVE_SHARED] = p->shared;
	memcpy(step->alone, p->item, (size_t)p->alone * sizeof(*p->item));
	memcpy(step->shared, p->item + p->alone, (size_t)p->shared * sizeof(*p->item));
	ints_copy(step->token, b->token, b->rows);
	ints_copy(step->pos, b->pos, b->rows);
	ints_copy(step->first, b->first, b->rows);
	ints_copy(step->state, b->state, b->rows);
	ints_copy(step->part, p->part, b->rows);
	ints_copy(step->logit_row, logit_row, p->logits);
	ints_copy(step->pages, b->pages, b->used);
}

bool plan_same(const struct plan_key *a, const struct plan_key *b)
{
	return a->rows == b->rows && a->logits == b->logits && a->alone == b->alone && a->shared == b->shared && a->mark == b->mark;
}
