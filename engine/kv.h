/*
 * kv.h - sequences over a pool of pages: who holds which, shared prefixes, copies on the first write.
 *
 *	struct kv kv;
 *	kv_init(&kv, NULL, pages, page_bytes, 0, seqs, &err);
 *	int a = kv_seq_new(&kv), b = kv_seq_fork(&kv, a);
 *	if (kv_needed(&kv, a, 1) <= kv.free_n)
 *		kv_extend(&kv, a);	// room for one token at the end; its length grows
 *
 * A page is counted once by every sequence that holds it; full pages are never written again, so only the last,
 * partly filled one is ever copied; and, where a sequence has states (lightning attention), the pages with those: they are its own
 * from its first token on, zero before it.
 */
#ifndef QUARRY_ENGINE_KV_H
#define QUARRY_ENGINE_KV_H

#include "base/err.h"

struct kv_seq {
	int32_t *page;
	int pages, cap;
	int32_t *state; /* (state_pages) of the pool; the first -1: none yet */
	int len;     /* tokens; -1: not alive */
	/* of the step being built */
	int coming;  /* tokens */
	int at;      /* the next one's row; -1: not placed yet */
	int run;     /* where its pages begin in the step's table */
};

struct device;

struct kv {
	const struct device *device; /* whose memory data is; NULL: the host's */
	unsigned char *data;
	size_t page_bytes, pages, mapped;
	int state_pages; /* that each sequence's states fill */
	uint32_t *holders; /* (pages) */
	int32_t *free_list;
	size_t free_n;
	struct kv_seq *seq;
	int seqs;
	int *idle; /* handles not alive, the next at the end */
	int idle_n;
};

int kv_init(struct kv *kv, const struct device *device, size_t pages, size_t page_bytes, int state_pages, int seqs, struct err *err);
void kv_release(struct kv *kv);
int kv_seq_new(struct kv *kv);             /* -1: all are alive */
int kv_seq_fork(struct kv *kv, int seq);   /* -1: all are alive, or out of memory */
void kv_seq_free(struct kv *kv, int seq);
bool kv_alive(const struct kv *kv, int seq);
/* Pages that `tokens` more would take, if no other sequence wrote first. */
size_t kv_needed(const struct kv *kv, int seq, int tokens);
/* Make room in the lists of pages for `tokens` more: the part that may run out of memory. */
bool kv_reserve(struct kv *kv, int seq, int tokens);
/* One token more. The caller saw to pages and reserve. */
void kv_extend(struct kv *kv, int seq);

#endif
