/*
 * matcher.h - difflib.SequenceMatcher's matching blocks of two sequences of numbers.
 *
 *	struct matcher m = { .a = a, .n = n, .b = b, .m = k };
 *
 *	if (matcher_run(&m) == 0)
 *		for (size_t i = 0; i < m.blocks; i++)	// adjacent ones are one, an empty one ends them
 *			use(m.block[i]);
 *	matcher_release(&m);
 */
#ifndef QUARRY_REPOS_MATCHER_H
#define QUARRY_REPOS_MATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct match {
	uint32_t a, b, n;
};

struct matcher {
	const uint32_t *a, *b; /* values below `values` */
	uint32_t n, m, values;
	bool autojunk;         /* of 200 and more in b, what stands there in more than a hundredth of the places begins no match */
	struct match *block;
	size_t blocks;
	uint64_t work;         /* steps, counted on from what it holds; MATCHER_WORK is the most */
};

enum { MATCHER_WORK = 100000000 };

int matcher_run(struct matcher *m); /* 0; 1: too much work; -1: no memory */
void matcher_release(struct matcher *m);

#endif
