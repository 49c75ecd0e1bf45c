/*
 * written.h - tests that a model is asked for, for a commit that has none: where they go, what it is asked, what it said.
 *
 *	struct tests_place p;
 *
 *	if (tests_place(&p, &arena, repo, c, "python", &err) == 1 && tests_prompt(&prompt, repo, c, &p, &err) == 0)
 *		ask(prompt, &reply);
 *	if (tests_reply(reply, &code))		// a module for p.path
 *		...
 *
 * Whether it is a test of the change is for validate.h to say.
 */
#ifndef QUARRY_REPOS_WRITTEN_H
#define QUARRY_REPOS_WRITTEN_H

#include "repos/walk.h"

#include "repos/environment.h"

struct tests_place {
	const char *path;    /* of the new module; not there yet */
	const char *example; /* the test module that is nearest to the change, or NULL */
};

/* 1; 0: the tree has no place for a module of tests; negative: no memory. Python alone so far. */
int tests_place(struct tests_place *p, struct arena *arena, struct repo *r, const struct candidate *c, struct err *err);
int tests_prompt(struct buf *prompt, struct repo *r, const struct candidate *c, const struct tests_place *p, struct err *err);
/* The last fence that is closed, behind the thought. False: there is none, or nothing in it. */
bool tests_reply(struct str reply, struct buf *code);

#endif
