/*
 * arena.h - memory that lives as long as one record and goes in one step.
 *
 *	struct arena a = ARENA_INIT;
 *	char *name = arena_strdup(&a, line);	// NULL when out of memory
 *	arena_reset(&a);			// the last record, all of it
 *	arena_release(&a);
 */
#ifndef QUARRY_BASE_ARENA_H
#define QUARRY_BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *head;
	size_t used; /* bytes of head in use */
};

#define ARENA_INIT ((struct arena){ 0 })

void *arena_alloc(struct arena *a, size_t n); /* aligned to 16, not cleared; NULL when out of memory */
void *arena_zalloc(struct arena *a, size_t count, size_t size); /* cleared, count * size checked */
char *arena_strdup(struct arena *a, struct str s); /* NUL-terminated copy */
struct str arena_str(struct arena *a, struct str s); /* the copy as a str; {NULL, 0} when out of memory */
void arena_reset(struct arena *a); /* keeps the largest block for the next record */
void arena_release(struct arena *a);

#endif
