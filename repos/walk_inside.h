/* walk_inside.h - what walk.c and candidate.c share: one commit on its way. */
#ifndef QUARRY_REPOS_WALK_INSIDE_H
#define QUARRY_REPOS_WALK_INSIDE_H

#include "repos/walk.h"

struct job {
	struct candidate c;
	struct oid other;        /* a merge's second parent, where there are two */
	struct buf patch, test_patch;
	struct object message;   /* the commit */
	bool kept;
	enum walk_reason reason; /* when not kept */
};

void job_run(struct job *j, struct repo *r, const struct walk_options *o);
void job_reset(struct job *j); /* as good as zeros; small memory is kept */
void job_release(struct job *j);

#endif
