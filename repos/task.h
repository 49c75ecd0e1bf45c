/*
 * task.h - a task of a repository as its desc states it: one line of JSON that a judge needs beside the repository and the environment.
 *
 *	{"repo":"owner/name","start":TREE,"environment":HASH,"tests":{"from":TREE,"paths":[...],"files":[...],"fail_to_pass":[...],
 *	 "pass_to_pass":[...],"cpu_s":20.0,"variants":[[path,at,n,text,[id,...]],...]}}
 *
 * start is the tree that a solver gets, from the tree that has the tests; `paths` are what of it is put over a response, always, and `files`
 * are the test files that are run. Both trees are objects of the repository, so that nothing but these names is needed.
 */
#ifndef QUARRY_REPOS_TASK_H
#define QUARRY_REPOS_TASK_H

#include "repos/environment.h"
#include "repos/git.h"
#include "repos/outcomes.h"
#include "repos/variants.h"

enum { TASK_SITES = 64, TASK_TESTS = 100000 };

struct swe_task {
	const char *repo;
	struct oid start, from;
	char environment[ENVIRONMENT_HASH + 1];
	struct words paths, files;
	struct due *due;          /* FAIL_TO_PASS, then PASS_TO_PASS, each sorted */
	size_t n_due, n_fail_to_pass;
	struct variant_site *sites; /* each makes its tests fail with the reference change */
	size_t n_sites;
	double cpu_s;             /* what a run may use; 0: what the environment says */
	struct arena text;
};

void swe_task_release(struct swe_task *t);
void swe_task_write(const struct swe_task *t, struct buf *desc);
/* False: no such desc; why says what is wrong with it. */
bool swe_task_read(struct swe_task *t, struct str desc, struct err *why);

/* `tree` with the task's tests put over it. */
int swe_task_tests_over(const struct swe_task *t, struct repo *r, const struct oid *tree, struct oid *with, struct err *err);

#endif
