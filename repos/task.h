/*
 * task.h - a task of a repository as its desc states it: one line of JSON that a judge needs beside the repository and the environment.
 *
 *	{"repo":"owner/name","start":TREE,"environment":HASH,"tests":{"from":TREE,"paths":[...],"files":[...],"fail_to_pass":[...],
 *	 "pass_to_pass":[...],"cpu_s":20.0,"variants":[[path,at,n,text,[id,...]],...]}}
 *
 * start is the tree that a solver gets, from the tree that has the tests; `paths` are what of it is put over a response, always, and `files`
 * are the test files that are run. Both trees are objects of the repository, so that nothing but these names is needed; where one of them
 * is not (a bug that was put in, tests that were written), it is told how that one is made of a tree that is:
 *
 *	"made":{"tree":TREE,"of":TREE,"edits":[[path,at,n,text],...]}
 *
 * the bytes [at, at + n) of path become text; a path that is not there is a new file. swe_task_make comes before anything looks at the trees.
 */
#ifndef QUARRY_REPOS_TASK_H
#define QUARRY_REPOS_TASK_H

#include "repos/environment.h"
#include "repos/git.h"
#include "repos/outcomes.h"
#include "repos/variants.h"

enum { TASK_SITES = 64, TASK_EDITS = 64, TASK_TESTS = 100000 };

struct swe_task {
	const char *repo;
	struct oid start, from;
	char environment[ENVIRONMENT_HASH + 1];
	struct words paths, files;
	struct due *due;          /* FAIL_TO_PASS, then PASS_TO_PASS, each sorted */
	size_t n_due, n_fail_to_pass;
	struct variant_site *sites; /* each makes its tests fail with the reference change */
	size_t n_sites;
	struct oid made, made_of; /* where there are edits: start or from, and the repository's tree that it comes of */
	struct variant_site *edits; /* path, at, n, text alone */
	size_t n_edits;
	double cpu_s;             /* what a run may use; 0: what the environment says */
	struct arena text;
};

void swe_task_release(struct swe_task *t);
void swe_task_write(const struct swe_task *t, struct buf *desc);
/* "key":[id,...], of those that are to pass at last, or to pass still. */
void swe_task_due(const struct swe_task *t, struct buf *b, const char *key, bool fail_to_pass);
/* False: no such desc; why says what is wrong with it. */
bool swe_task_read(struct swe_task *t, struct str desc, struct err *why);

/* The tree that a repository must have for the task to be its own. */
const struct oid *swe_task_root(const struct swe_task *t);
/* Makes what the repository does not have, in the handle's memory. Refused where that comes out as another tree than the task says. */
int swe_task_make(const struct swe_task *t, struct repo *r, struct err *err);

/* `tree` with the task's tests put over it. */
int swe_task_tests_over(const struct swe_task *t, struct repo *r, const struct oid *tree, struct oid *with, struct err *err);

#endif
