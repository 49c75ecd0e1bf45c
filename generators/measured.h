/*
 * measured.h - what was measured over many instances of each task and level: generators/measured.tsv, built in.
 *
 * Made again by `make measure` (tools/measure.c). A task that has no row yet has share 1 and support 0.
 */
#ifndef QUARRY_GENERATORS_MEASURED_H
#define QUARRY_GENERATORS_MEASURED_H

struct measured {
	double share;        /* share of the commonest answer */
	double support_log2; /* log2 of how many different canonical puzzles the level has (birthday estimate) */
};

struct measured measured_of(const char *task, int level); /* level 0 .. 10 */

#endif
