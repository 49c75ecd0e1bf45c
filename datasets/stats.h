/*
 * stats.h - what a dataset's card, report and manifest tell: counts per task, collected while rows are written.
 *
 *	stats_init(&s, &plan->limits);
 *	stats_add(&s, &group);		// every prompt once
 *	stats_settle(&s);		// tasks in order of name
 */
#ifndef QUARRY_DATASETS_STATS_H
#define QUARRY_DATASETS_STATS_H

#include "datasets/choose.h"

enum {
	RATE_BINS = 21,   /* of the pass rate, at most */
	LENGTH_BINS = 84, /* four to an octave */
	LEVELS = 11,
};

struct task_stats {
	char name[64];
	int64_t prompts, samples, right, cut, errors; /* cut: ended by the token limit */
	int64_t fate[FATES];
	int64_t rate[RATE_BINS];         /* prompts by pass rate: 0, then (0, 1/bins], ... */
	struct pass_ats pass;            /* over the first samples of each prompt, those that it has however they come out */
	int64_t length[2][LENGTH_BINS];  /* samples by length; [1]: the right ones */
	struct level_stats {
		int64_t prompts, n, k, kept;
	} level[LEVELS]; /* whole difficulties */
};

struct stats {
	struct task_stats *task, all;
	int tasks, room;
	struct model_stats {
		int64_t samples, right, errors;
	} model[LIMITS_MODELS]; /* all else is of the one that decides */
	struct limits limits;
	double guess; /* of the last prompt, whose least this is */
	int least;
	int bins; /* of the pass rate, 0 apart: as many as samples a prompt, at most 20 */
	char lang[8][9]; /* languages of the prompts, in the order met */
	int langs;
	int64_t trait[TRAITS];
	int64_t rows[VIEWS][SPLITS];
};

void stats_init(struct stats *s, const struct limits *l);
bool stats_add(struct stats *s, const struct group *g); /* false: out of memory */
void stats_settle(struct stats *s);
void stats_release(struct stats *s);

int length_bin(uint32_t length);
uint32_t length_bin_from(int bin); /* the smallest length in it */

#endif
