/*
 * time_sequence.h - people's plans for a few days and what each asks for, as the desc states them.
 *
 *	struct plans p;
 *	if (plans_read(&p, desc))
 *		printf("%d days, %d people\n", p.days, p.people);
 *
 * desc: "3 17:b0-6,12-20|f3-40|b:m12:z+6 4:...": the number of days, then for each person a number for the name, the days,
 * parted by |, b before the busy times and f before the free ones, and the notes. Times are steps of five minutes after
 * 9:00; the working day has 96. A time goes from its first step up to, but not with, its last number.
 */
#ifndef QUARRY_VERIFIERS_TIME_SEQUENCE_H
#define QUARRY_VERIFIERS_TIME_SEQUENCE_H

#include "base/str.h"

enum {
	PLANS_PEOPLE = 8,
	PLANS_DAYS = 5,
	PLANS_STEPS = 96,
	PLANS_ENTRIES = 16, /* of one day */
	PLANS_NOTES = 3,    /* of one person */
	PLANS_NAMES = 120,
	PLANS_GRID = 6, /* a meeting starts on the hour or half hour */
};

/* What a person may ask for. Steps and times are local. */
enum note_kind {
	NOTE_BEFORE, /* b2: free for so long right before the meeting, in the working day */
	NOTE_AFTER,  /* a2: right after it */
	NOTE_FROM,   /* s6: does not start earlier */
	NOTE_UNTIL,  /* e84: does not end later */
	NOTE_LUNCH,  /* l3.42.48: not free then; day 1 .., or 0 for every day */
	NOTE_EARLY,  /* c9: busy periods that end by then are cancelled */
	NOTE_SHORT,  /* k6: busy periods of at most so long are cancelled */
	NOTE_DAYS,   /* d24: only on these days */
	NOTE_AT_MOST,/* m12: no longer than that */
	NOTE_MISS,   /* p2: may be busy for so long of it in all */
	NOTE_ROOMY,  /* g12: only within a free period of at least so long */
	NOTE_ZONE,   /* z+12: the local time is so much ahead of the office's; z-6 behind */
	NOTE_KINDS,
};

struct note {
	uint8_t kind, day, from, to; /* LUNCH: day, from, to; DAYS: day is the set, bit 0 the first */
	int8_t steps;                /* of the others */
};

struct plan_time {
	uint8_t from, to;
};

struct plan_day {
	bool free; /* the times are free, not busy */
	uint8_t times;
	struct plan_time time[PLANS_ENTRIES];
};

struct plan {
	uint8_t name, notes;
	struct plan_day day[PLANS_DAYS];
	struct note note[PLANS_NOTES];
};

struct plans {
	int days, people;
	struct plan person[PLANS_PEOPLE];
};

/* Only the desc's one spelling. */
bool plans_read(struct plans *p, struct str desc);
/* The person's note of a kind, or NULL. */
const struct note *plan_note(const struct plan *p, enum note_kind kind);

#endif
