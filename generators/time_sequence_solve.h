/*
 * time_sequence_solve.h - what generators/time_sequence*.c share: days as sets of steps, how long a meeting can be, words.
 *
 *	hours_of(&h, &p.person[i], day_busy(&p.person[i].day[d]), d);
 *	steps = hours_limit(&h, start);			// the longest meeting of this person from there
 */
#ifndef QUARRY_GENERATORS_TIME_SEQUENCE_SOLVE_H
#define QUARRY_GENERATORS_TIME_SEQUENCE_SOLVE_H

#include "base/buf.h"
#include "generators/task.h"
#include "verifiers/time_sequence.h"

enum { PLANS_STARTS = PLANS_STEPS / PLANS_GRID };

__extension__ typedef unsigned __int128 steps_set; /* bit t: the five minutes from step t on */

static inline steps_set steps_span(int from, int to)
{
	return from < to ? ((steps_set)1 << to) - ((steps_set)1 << from) : 0;
}

static inline int steps_first(steps_set s) /* s is not empty */
{
	uint64_t low = (uint64_t)s;

	return low ? __builtin_ctzll(low) : 64 + __builtin_ctzll((uint64_t)(s >> 64));
}

/* One person's day in office time. */
struct hours {
	steps_set open; /* a meeting lies within one run of these ... */
	steps_set busy; /* ... and meets at most `miss` of these */
	int miss;
};

struct best {
	int length, count; /* steps, starts */
};

steps_set day_busy(const struct plan_day *d); /* as the plan says, in the person's own time */
void hours_of(struct hours *h, const struct plan *p, steps_set busy, int day);
int hours_limit(const struct hours *h, int start);
/* The longest meeting from each start, in steps, over everybody. */
void day_lengths(int length[PLANS_STARTS], const struct plans *p, const struct hours *h);
struct best plans_best(const struct plans *p);

/* ---- time_sequence_words.c ---- */

void plans_fields(struct holes *holes, const struct plans *p, enum lang lang);
void plans_tell(struct buf *out, const struct plans *p, enum lang lang);

#endif
