/*
 * clock.h - time as it passes, for rates, pauses and deadlines: nothing that is written depends on it.
 */
#ifndef QUARRY_BASE_CLOCK_H
#define QUARRY_BASE_CLOCK_H

#include <time.h>

/* Microseconds since some moment, never back, whatever becomes of the calendar. */
static inline double clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The same in seconds. */
static inline double clock_s(void)
{
	return clock_us() / 1e6;
}

#endif
