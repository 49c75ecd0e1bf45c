/*
 * home.h - where a build lives: its directory, its run.db, and the lock on them; of a whole run or of one part.
 *
 *	struct home h = { .top = "out", .part = part, .lock = -1 };
 *	rc = home_siblings(&h, provenance, false, &err);	// is this the run that the other parts are of?
 *	if (rc == 0)
 *		rc = home_open(&h, "out", &part, resume, &err);	// DIR/run.db, or DIR/parts/0003-of-0008/run.db
 *	...
 *	home_close(&h, rc, &err);
 */
#ifndef QUARRY_CLI_HOME_H
#define QUARRY_CLI_HOME_H

#include "cli/beat.h"
#include "datasets/store.h"

struct home {
	const char *top;  /* as the user named it */
	struct part part;
	struct buf dir;   /* where run.db is */
	struct store *st;
	struct beat beat; /* silent unless this is a part */
	int lock;
};

#define HOME_INIT ((struct home){ .lock = -1 })

/* Makes nothing where it refuses: what is there is of another run, or somebody else's, or another process is at work. */
int home_open(struct home *h, const char *top, const struct part *part, bool resume, struct err *err);
/* Best before home_open, so that nothing is made; a whole run has no siblings. mix: their model or quarry may be another. */
int home_siblings(struct home *h, struct str provenance, bool mix, struct err *err);
void home_close(struct home *h, int rc, const struct err *err); /* rc, err: how the run ended */
bool home_is_part(const struct home *h);

/* Take the directory for ourselves. 1: it is locked; 0: this file system has no locks; negative: another has it. */
int lock_directory(int *fd, const char *dir, struct err *err);

/* The parts that a directory has, in order: those named NNNN-of-NNNN under DIR/parts. */
struct parts {
	int64_t count; /* of how many they are; 0: there are none */
	bool there[PARTS_MAX + 1]; /* there[i]: part i + 1 has a directory */
};

/* Refused where they are of two splits. */
int parts_find(struct parts *p, const char *top, struct err *err);
void parts_path(struct buf *b, const char *top, int64_t index, int64_t count);

#endif
