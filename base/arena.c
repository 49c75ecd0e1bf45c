/* arena.c - record-lifetime memory; see arena.h. */
#include "base/arena.h"

#include <stdlib.h>

struct arena_block {
	struct arena_block *next;
	size_t cap; /* bytes after the header */
	_Alignas(16) char data[];
};

void *arena_alloc(struct arena *a, size_t n)
{
	size_t at = (a->used + 15) & ~(size_t)15;

	if (n > SIZE_MAX / 4)
		return NULL;
	if (!a->head || at > a->head->cap || n > a->head->cap - at) {
		size_t cap = a->head ? a->head->cap * 2 : 4096;
		struct arena_block *b;

		if (cap > (size_t)64 << 20)
			cap = (size_t)64 << 20;
		if (cap < n)
			cap = n;
		b = malloc(sizeof(*b) + cap);
		if (!b)
			return NULL;
		b->next = a->head;
		b->cap = cap;
		a->head = b;
		at = 0;
	}
	a->used = at + n;
	return a->head->data + at;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size)
{
	void *p;

	if (size && count > SIZE_MAX / 4 / size)
		return NULL;
	p = arena_alloc(a, count * size);
	if (p)
		memset(p, 0, count * size);
	return p;
}

char *arena_strdup(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (!p)
		return NULL;
	if (s.n)
		memcpy(p, s.s, s.n);
	p[s.n] = 0;
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = arena_strdup(a, s);

	return (struct str){ p, p ? s.n : 0 };
}

static void drop_after(struct arena_block *keep)
{
	struct arena_block *b = keep->next, *next;

	keep->next = NULL;
	for (; b; b = next) {
		next = b->next;
		free(b);
	}
}

void arena_reset(struct arena *a)
{
	a->used = 0;
	if (a->head)
		drop_after(a->head); /* blocks only grow, so the head is the largest */
}

void arena_release(struct arena *a)
{
	if (a->head) {
		drop_after(a->head);
		free(a->head);
	}
	*a = ARENA_INIT;
}
