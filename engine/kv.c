/* kv.c - see kv.h. */
#include "engine/kv.h"

#include "engine/backend.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/*
 * Zeroed as it is touched: a pool of the host that is larger than what is used costs nothing. It begins where a huge page
 * may, since tokens of a sequence lie anywhere in it.
 */
static void *pool_new(struct kv *kv)
{
	const size_t huge = (size_t)2 << 20;
	unsigned char *data;
	size_t before;

	if (kv->device)
		return kv->device->room_new(kv->mapped);
	data = kv->mapped > SIZE_MAX - huge ? MAP_FAILED :
	       mmap(NULL, kv->mapped + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (data == MAP_FAILED)
		return NULL;
	before = (huge - (uintptr_t)data % huge) % huge;
	if (before)
		munmap(data, before);
	data += before;
	kv->mapped += huge - before;
#ifdef MADV_HUGEPAGE
	madvise(data, kv->mapped, MADV_HUGEPAGE);
#endif
	return data;
}

int kv_init(struct kv *kv, const struct device *device, size_t pages, size_t page_bytes, int state_pages, int seqs, struct err *err)
{
	*kv = (struct kv){ .device = device, .page_bytes = page_bytes, .pages = pages, .state_pages = state_pages, .seqs = seqs };
	if (pages == 0 || pages > INT32_MAX || __builtin_mul_overflow(pages, page_bytes, &kv->mapped))
		return err_set(err, "key-value pool of %zu pages is out of range", pages);
	kv->data = pool_new(kv);
	kv->holders = calloc(pages, sizeof(*kv->holders));
	kv->free_list = malloc(pages * sizeof(*kv->free_list));
	kv->seq = calloc((size_t)seqs, sizeof(*kv->seq));
	kv->idle = malloc((size_t)seqs * sizeof(*kv->idle));
	if (!kv->data || !kv->holders || !kv->free_list || !kv->seq || !kv->idle) {
		kv_release(kv);
		return err_set(err, "out of memory: key-value pool of %zu bytes", pages * page_bytes);
	}
	while (kv->free_n < pages) {
		kv->free_list[kv->free_n] = (int32_t)(pages - 1 - kv->free_n);
		kv->free_n++;
	}
	for (; kv->idle_n < seqs; kv->idle_n++) {
		kv->seq[kv->idle_n].len = -1;
		kv->idle[kv->idle_n] = seqs - 1 - kv->idle_n;
	}
	return 0;
}

void kv_release(struct kv *kv)
{
	for (int i = 0; kv->seq && i < kv->seqs; i++) {
		free(kv->seq[i].page);
		free(kv->seq[i].state);
	}
	if (kv->data && kv->device)
		kv->device->room_free(kv->data);
	else if (kv->data)
		munmap(kv->data, kv->mapped);
	free(kv->holders);
	free(kv->free_list);
	free(kv->seq);
	free(kv->idle);
	*kv = (struct kv){ 0 };
}

bool kv_alive(const struct kv *kv, int seq)
{
	return seq >= 0 && seq < kv->seqs && kv->seq[seq].len >= 0;
}

int kv_seq_new(struct kv *kv)
{
	int id;

	if (!kv->idle_n)
		return -1;
	id = kv->idle[--kv->idle_n];
	kv->seq[id].len = kv->seq[id].pages = 0;
	kv->seq[id].coming = 0;
	kv->seq[id].at = -1;
	if (kv->seq[id].state)
		kv->seq[id].state[0] = -1;
	return id;
}

static bool pages_reserve(struct kv_seq *s, int n)
{
	int cap = s->cap ? s->cap : 8;
	int32_t *page;

	if (n <= s->cap)
		return true;
	while (cap < n)
		cap *= 2;
	page = realloc(s->page, (size_t)cap * sizeof(*page));
	if (!page)
		return false;
	s->page = page;
	s->cap = cap;
	return true;
}

static bool has_state(const struct kv_seq *s)
{
	return s->state && s->state[0] >= 0;
}

static bool state_reserve(const struct kv *kv, struct kv_seq *s)
{
	if (!s->state && kv->state_pages) {
		s->state = malloc((size_t)kv->state_pages * sizeof(*s->state));
		if (s->state)
			s->state[0] = -1;
	}
	return s->state || !kv->state_pages;
}

int kv_seq_fork(struct kv *kv, int seq)
{
	int id;

	assert(kv_alive(kv, seq));
	id = kv_seq_new(kv);
	if (id < 0)
		return -1;
	if (!pages_reserve(&kv->seq[id], kv->seq[seq].pages) || !state_reserve(kv, &kv->seq[id])) {
		kv_seq_free(kv, id);
		return -1;
	}
	for (int i = 0; has_state(&kv->seq[seq]) && i < kv->state_pages; i++) {
		kv->seq[id].state[i] = kv->seq[seq].state[i];
		kv->holders[kv->seq[id].state[i]]++;
	}
	for (int i = 0; i < kv->seq[seq].pages; i++) {
		kv->seq[id].page[i] = kv->seq[seq].page[i];
		kv->holders[kv->seq[id].page[i]]++;
	}
	kv->seq[id].pages = kv->seq[seq].pages;
	kv->seq[id].len = kv->seq[seq].len;
	return id;
}

static void page_drop(struct kv *kv, int32_t page)
{
	assert(kv->holders[page] > 0);
	if (--kv->holders[page] == 0)
		kv->free_list[kv->free_n++] = page;
}

void kv_seq_free(struct kv *kv, int seq)
{
	assert(kv_alive(kv, seq));
	for (int i = 0; i < kv->seq[seq].pages; i++)
		page_drop(kv, kv->seq[seq].page[i]);
	for (int i = 0; has_state(&kv->seq[seq]) && i < kv->state_pages; i++)
		page_drop(kv, kv->seq[seq].state[i]);
	kv->seq[seq].pages = 0;
	kv->seq[seq].len = -1;
	kv->idle[kv->idle_n++] = seq;
}

/* The page that the next token falls into is held by others too. */
static bool tail_shared(const struct kv *kv, const struct kv_seq *s)
{
	return s->len % ENGINE_PAGE && kv->holders[s->page[s->pages - 1]] > 1;
}

/* Its states are to be taken, or are held by others too. */
static bool state_due(const struct kv *kv, const struct kv_seq *s)
{
	return kv->state_pages && (!has_state(s) || kv->holders[s->state[0]] > 1);
}

size_t kv_needed(const struct kv *kv, int seq, int tokens)
{
	const struct kv_seq *s = &kv->seq[seq];
	int64_t end = (int64_t)s->len + tokens;

	assert(kv_alive(kv, seq));
	if (tokens <= 0)
		return 0;
	return (size_t)((end + ENGINE_PAGE - 1) / ENGINE_PAGE - s->pages) + tail_shared(kv, s) +
	       (state_due(kv, s) ? (size_t)kv->state_pages : 0);
}

bool kv_reserve(struct kv *kv, int seq, int tokens)
{
	return pages_reserve(&kv->seq[seq], (kv->seq[seq].len + tokens + ENGINE_PAGE - 1) / ENGINE_PAGE) &&
	       state_reserve(kv, &kv->seq[seq]);
}

static int32_t page_take(struct kv *kv)
{
	int32_t page;

	assert(kv->free_n > 0);
	page = kv->free_list[--kv->free_n];
	kv->holders[page] = 1;
	return page;
}

static void *page_at(const struct kv *kv, int32_t page)
{
	return kv->data + (size_t)page * kv->page_bytes;
}

/* A page of one's own with what the old one holds. */
static int32_t page_copy(struct kv *kv, int32_t old)
{
	int32_t page = page_take(kv);

	if (kv->device)
		kv->device->copy(page_at(kv, page), page_at(kv, old), kv->page_bytes);
	else
		memcpy(page_at(kv, page), page_at(kv, old), kv->page_bytes);
	page_drop(kv, old);
	return page;
}

static void page_zero(struct kv *kv, int32_t page)
{
	if (kv->device)
		kv->device->zero(page_at(kv, page), kv->page_bytes);
	else
		memset(page_at(kv, page), 0, kv->page_bytes);
}

static void state_own(struct kv *kv, struct kv_seq *s)
{
	bool copy = has_state(s);

	for (int i = 0; i < kv->state_pages; i++) {
		s->state[i] = copy ? page_copy(kv, s->state[i]) : page_take(kv);
		if (!copy)
			page_zero(kv, s->state[i]);
	}
}

void kv_extend(struct kv *kv, int seq)
{
	struct kv_seq *s = &kv->seq[seq];

	if (state_due(kv, s))
		state_own(kv, s);
	if (s->len % ENGINE_PAGE == 0)
		s->page[s->pages++] = page_take(kv);
	else if (tail_shared(kv, s))
		s->page[s->pages - 1] = page_copy(kv, s->page[s->pages - 1]);
	s->len++;
}
