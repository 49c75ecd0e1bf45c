/*
 * seen.h - which hashes were met before, however many there are: past a few hundred thousand they are in a temporary file.
 *
 *	struct seen *seen;
 *	if (seen_open(&seen, &err) < 0)
 *		...
 *	rc = seen_add(seen, canon, &err);	// 1: for the first time; 0: again; negative on failure
 *	seen_close(seen);
 *
 * Memory stays below 20 MiB. The file takes about 20 bytes a hash, has no name, and is where SQLite makes its own: in
 * SQLITE_TMPDIR, TMPDIR, /var/tmp or /tmp, the first that can be written.
 */
#ifndef QUARRY_DATASETS_SEEN_H
#define QUARRY_DATASETS_SEEN_H

#include "base/err.h"

#include <stdint.h>

struct seen;

int seen_open(struct seen **ret, struct err *err);
int seen_add(struct seen *s, uint64_t hash, struct err *err);
void seen_close(struct seen *s); /* NULL is fine */

#endif
