/*
 * said.h - of what a run printed, what it would print again: two runs of one tree are compared line by line.
 *
 *	said_by_both(&out, buf_str(&first->log), buf_str(&second->log));
 *
 * Addresses and durations are made the same first. Lines that only one run has are left out (random names, times, temporary paths),
 * and so are pytest's lines of dots and its counts, in which the canaries are.
 */
#ifndef QUARRY_REPOS_SAID_H
#define QUARRY_REPOS_SAID_H

#include "base/buf.h"

void said_by_both(struct buf *out, struct str first, struct str second);

#endif
