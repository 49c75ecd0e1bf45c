/*
 * made.h - a candidate that is no commit as it stands: one of its trees was made.
 *
 *	struct made m;
 *
 *	if (made_candidate(&m, repo, &base, &start, &fixed, &err) < 0)	// base: commit, parent, date, message
 *		return ERR_FAIL;
 *	row.c = &m.c;			// its changes and patches are those between the two trees
 *	made_release(&m);
 */
#ifndef QUARRY_REPOS_MADE_H
#define QUARRY_REPOS_MADE_H

#include "repos/walk.h"

struct made {
	struct candidate c;
	struct buf patch, test_patch;
};

/* The trees lie in the handle's memory or in the repository. What no patch can tell is an error. */
int made_candidate(struct made *m, struct repo *r, const struct candidate *base, const struct oid *start, const struct oid *fixed, struct err *err);
void made_release(struct made *m);

#endif
