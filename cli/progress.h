/*
 * progress.h - how far, how fast, how long yet: a line that is rewritten on a terminal, a line now and then elsewhere.
 *
 *	struct progress p;
 *	progress_start(&p, "sample", "samples", 8000, &args->common);	// total 0: unknown
 *	progress_add(&p, 8);
 *	progress_end(&p);
 *
 * Goes to stderr, at most ten times a second on a terminal, every 30 s elsewhere (events with --log-json); with --quiet
 * not at all. One thread at a time.
 */
#ifndef QUARRY_CLI_PROGRESS_H
#define QUARRY_CLI_PROGRESS_H

#include "cli/command.h"

#include <stdint.h>

struct progress {
	const char *what, *unit;
	uint64_t done, total;
	uint64_t before; /* done in an earlier run: counts, but not for the rate */
	double start, shown; /* seconds */
	bool off, terminal, drawn;
};

void progress_start(struct progress *p, const char *what, const char *unit, uint64_t total, const struct common *c);
void progress_add(struct progress *p, uint64_t n);
void progress_resume(struct progress *p, uint64_t n); /* n were there already */
void progress_end(struct progress *p); /* the last line, with the whole rate */

#endif
