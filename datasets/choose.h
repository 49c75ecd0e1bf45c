/*
 * choose.h - which traces of a kept prompt become examples to imitate, and which make a pair.
 *
 *	lengths_add(&l, &g);			// every prompt, first
 *	lengths_settle(&l);
 *	...
 *	n = choose_sft(&c, &g, &l, 2, SFT_SHORTEST, &tally, &err);	// c.picked[0 .. n-1]: the shortest fit traces
 *	n = choose_pairs(&c, &g, 1, PAIRS_SHORTEST);	// after choose_sft: c.picked[i], c.against[i]
 *	chooser_release(&c);
 *
 * Length is in the sampler's tokens, or in bytes where it counted none.
 */
#ifndef QUARRY_DATASETS_CHOOSE_H
#define QUARRY_DATASETS_CHOOSE_H

#include "datasets/views.h"

/* What is said of a right trace. */
enum trait {
	TRAIT_TAKEN,
	TRAIT_INCOMPLETE,   /* it did not come to its end by itself */
	TRAIT_FORMAT,       /* the answer came in another format than asked */
	TRAIT_LOOPS,        /* trace_loops */
	TRAIT_TELLS,        /* trace_tells */
	TRAIT_TOO_SHORT,    /* below the tenth percentile of its cell */
	TRAIT_DUPLICATE,    /* the same text as another of its prompt */
	TRAIT_SURPLUS,      /* fit, but there are enough shorter (or earlier) ones */
	TRAITS
};

const char *trait_name(enum trait t);

/* So many traces are that long. */
struct length_count {
	uint32_t length;
	uint64_t n;
};

/*
 * Lengths of right, complete traces in each cell: task, whole difficulty, language of the prompt. Each is counted once it
 * was merged with the others, so that room hangs on how many different lengths there are, not on how many traces.
 */
struct cell {
	char name[96];
	struct length_count *count;
	size_t n, room;
	uint32_t floor; /* the tenth percentile, nearest rank; of a settled cell */
};

struct lengths {
	struct cell *cell;
	size_t n, room, last;
};

bool lengths_add(struct lengths *l, const struct group *g); /* false: out of memory */
void lengths_settle(struct lengths *l);
void lengths_release(struct lengths *l);

uint32_t trace_length(const struct stored_sample *s);

struct chooser {
	int *picked, *against; /* indices into the group's samples */
	int *order, *fit;      /* fit: the right traces that may be learned from, shortest or earliest first */
	int fits, room;
	struct buf prompt, scratch;
};

/* How many (at most m) are in picked, or negative. tally[t] counts every right trace by what was said of it. */
int choose_sft(struct chooser *c, const struct group *g, const struct lengths *l, int m, enum sft_by by, int64_t tally[TRAITS], struct err *err);
/*
 * PAIRS_SHORTEST: the fit traces of choose_sft, each against another trace that is not right: first those that came to an end with a wrong
 * answer, then unreadable or silent ones, then those cut by the token limit; of equals the one nearest in length, so that
 * length alone does not tell chosen from rejected. PAIRS_LENGTH: of all such pairs, by the same order, those nearest in length.
 */
int choose_pairs(struct chooser *c, const struct group *g, int m, enum pairs_by by);
void chooser_release(struct chooser *c);

#endif
