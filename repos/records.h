/*
 * records.h - what runner.py is asked, and what may come back on its channel.
 *
 *	struct record_ask a = { .root = "/repo", ... };
 *	record_ask_make(&a, &json);		// draws the token and the canaries
 *	...					// a run: json on fd 4, channel from fd 3
 *	records_read(&a, buf_str(&channel), exit_code, &report);
 *
 * A channel is believed as a whole or not at all: the token on each line, numbers in order, a plan, each test of it once and in its order,
 * both canaries as they must be, an end that agrees with the count and with the exit code. A channel that stops short is a crash; anything else
 * that differs is tampering.
 */
#ifndef QUARRY_REPOS_RECORDS_H
#define QUARRY_REPOS_RECORDS_H

#include "repos/run.h"

struct record_ask {
	const struct environment *env;
	struct words paths, files, ids; /* paths: absolute, inside */
	uint64_t shuffle;
	/* drawn by record_ask_make */
	char token[33];
	char canary[2][24]; /* the first is to pass */
};

void record_ask_make(struct record_ask *a, struct buf *json);
/* Sets status, outcomes, why, cause and collect_errors. code: of the exit, or -1 when it was none. */
void records_read(const struct record_ask *a, struct str channel, int code, struct run_report *r);

#endif
