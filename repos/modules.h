/*
 * modules.h - the test modules of a tree, as a runner is told them.
 *
 *	struct words files;
 *
 *	if (tests_near(&files, &arena, repo, &tree, CODE_PYTHON, &changes, &err) == 0)
 *		run(files);		// none: all that the runner finds
 *
 * Names decide (side.h); of Python those that pytest looks for. The words are the arena's.
 */
#ifndef QUARRY_REPOS_MODULES_H
#define QUARRY_REPOS_MODULES_H

#include "repos/change.h"
#include "repos/environment.h"

/* All of a language, in git's order. */
int tests_of_tree(struct words *files, struct arena *arena, struct repo *r, const struct oid *tree, enum code_lang lang, struct err *err);

/*
 * Those that may read the test data of a change: of each file all below the nearest directory above it that has some. None of JavaScript,
 * where a test and what it calls have names of one kind.
 */
int tests_near(struct words *files, struct arena *arena, struct repo *r, const struct oid *tree, enum code_lang lang, const struct changes *c, struct err *err);

#endif
