/*
 * similarity.h - how alike two changes are: SWE-RL's reward, a number that runs nothing.
 *
 *	double score;
 *
 *	if (similarity_trees(r, &base, &predicted, &oracle, &score) == SIMILARITY_OK)
 *		...	// in [0, 1]; 1 where both changes are the same text
 *
 * For every path that either changes: both unified diffs (3 lines of context, hunks' headers and all, without the two lines of names), and
 * of these texts, as characters, difflib.SequenceMatcher(None, predicted, oracle, autojunk=False).ratio(). A path that only one changes
 * counts 0; the score is the mean, paths summed in the order of their bytes; no change on either side is 1. Every number is the one that
 * CPython 3.11 gives, to the last bit: diffs come from difflib's matcher too (which leaves out lines that are frequent in texts of 200
 * lines and more). difflib itself is quadratic at best; here each longest match is found in linear time (suffix automaton), diffs above
 * 32 KiB have no score, and neither have the texts, made for it, that would still take long.
 */
#ifndef QUARRY_REPOS_SIMILARITY_H
#define QUARRY_REPOS_SIMILARITY_H

#include "repos/git.h"

enum { SIMILARITY_DIFF_MAX = 32 << 10 }; /* bytes of one path's diff */

enum similarity_state {
	SIMILARITY_OK,
	SIMILARITY_NULL, /* a diff is too long, a text too large, or too much work */
	SIMILARITY_LOST, /* an object cannot be read, or no memory */
};

enum similarity_state similarity_trees(struct repo *r, const struct oid *base, const struct oid *predicted, const struct oid *oracle, double *score);

/*
 * One path's diff, as `"\n".join(list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm=""))[2:])`. *work: the steps that were taken
 * for a score so far, 0 at first; above MATCHER_WORK (matcher.h) there is none.
 */
enum similarity_state similarity_diff(struct str old, struct str new, uint64_t *work, struct buf *diff);
/* difflib.SequenceMatcher(None, a, b, autojunk=False).ratio(); bytes that are no UTF-8 are U+FFFD each. */
enum similarity_state similarity_ratio(struct str a, struct str b, uint64_t *work, double *ratio);

#endif
