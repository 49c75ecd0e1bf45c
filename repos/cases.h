/*
 * cases.h - tests that are processes of their own: how they are listed, and what one that ended says.
 *
 *	if (!cases_read(&c, RUNNER_CTEST, listing, &why)) ...
 *	for (size_t i = 0; i < c.n; i++)
 *		case_outcome(&c.at[i], &ended, &outcomes);	// its own, by exit status; and those below it, by what it printed
 */
#ifndef QUARRY_REPOS_CASES_H
#define QUARRY_REPOS_CASES_H

#include "base/arena.h"
#include "repos/environment.h"
#include "repos/outcomes.h"
#include "repos/sandbox.h"

struct test_case {
	struct str id;
	struct words argv; /* the first is looked for in PATH */
	struct words env;
	const char *cwd;   /* inside; NULL: /repo */
	double timeout_s;  /* 0: the environment's */
	bool will_fail;    /* its author expects a failure: then that is success */
	int skip_code;     /* the exit code that means skipped; -1: none */
};

struct cases {
	struct test_case *at;
	size_t n, cap;
	struct arena text;
};

enum { CASES_MAX = 20000, CASE_PARTS = 5000 };

/* listing: ctest's and meson's own JSON, or lines "id TAB argument TAB ...". False: it is none, and why says so. */
bool cases_read(struct cases *c, enum runner kind, struct str listing, struct buf *why);
void cases_release(struct cases *c);

/* Parts are called "ID > NAME". */
void case_outcome(const struct test_case *t, const struct sandbox_outcome *ended, struct outcomes *o);
/* The id of the case that this id is a part of; {NULL, 0}: it is none. */
struct str case_of(struct str id);

#endif
