/*
 * words.h - the word list that puzzles draw from: generators/words.txt, built in.
 *
 * Sorted, lower-case a-z, one a line, 3 to 12 letters; its source and licence are in its first comment lines.
 */
#ifndef QUARRY_GENERATORS_WORDS_H
#define QUARRY_GENERATORS_WORDS_H

#include "base/str.h"

/* All functions are thread-safe; i < words_count(). */
size_t words_count(void);
struct str words_at(size_t i);
/* The words that begin like word i in so many letters, which it has: they stand side by side. How many; *first is the first of them. */
size_t words_alike(size_t i, size_t letters, const struct str **first);
/* The first of words from .. to - 1 that has as many letters as the pattern and those it gives ("c.t": any in the middle); to: none. */
size_t words_like(struct str pattern, size_t from, size_t to);

#endif
