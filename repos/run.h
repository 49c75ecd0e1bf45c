/*
 * run.h - run the tests of a tree in an environment: outcomes, and one word on the run as a whole.
 *
 *	struct harness *h;
 *	struct run_report r = RUN_REPORT_INIT;
 *	struct run_ask ask = { .env = &env, .repo = repo, .tree = tree_oid, .files = { files, n } };
 *
 *	if (harness_open(&h, box, NULL, &err) < 0 || harness_run(h, &ask, &r, &err) < 0)
 *		return ERR_FAIL;		// our side failed
 *	if (r.status == RUN_OK && outcomes_of(&r.outcomes, id) == OUTCOME_PASSED) ...
 *
 * What the tree builds is built in one sandbox, its tests run in others; the tree has no history in any. Outcomes come from where code of
 * the tree has the least to say:
 *
 *	pytest            records of runner.py on a channel of its own, between tripwires. The tests share a process with the code under
 *	                  test, which can forge records if it looks for the token: only runs over altered tests (variants.h) show that.
 *	ctest meson lines each test is a process in a sandbox of its own, and its exit status, which ours reads, is the outcome. What it
 *	                  prints can add tests below it (TAP, Unity, ...) and turn a success into a failure, never the other way round.
 *	                  Code under test that exits 0 early passes: variants show that too.
 *	command           the same, for a whole suite at once: the weakest, since its parts are told by what it prints. None of them
 *	                  counts unless the command succeeds with the reference change.
 */
#ifndef QUARRY_REPOS_RUN_H
#define QUARRY_REPOS_RUN_H

#include "repos/checkout.h"
#include "repos/environment.h"
#include "repos/outcomes.h"
#include "repos/sandbox.h"

enum run_status {
	RUN_OK,            /* every test that was to run did, and the run ended as it should; they may have failed */
	RUN_BUILD_FAIL,
	RUN_COLLECT_FAIL,  /* no test could be found */
	RUN_CPU_TIMEOUT,
	RUN_WALL_TIMEOUT,
	RUN_OOM,
	RUN_PIDS_LIMIT,
	RUN_DISK_LIMIT,
	RUN_OUTPUT_LIMIT,
	RUN_CRASHED,       /* it ended before its end */
	RUN_TAMPER,        /* the records are not those of an honest run */
	RUN_HARNESS_ERROR, /* our side, or the environment, is broken */
	RUN_STATUSES,
};

const char *run_status_name(enum run_status s); /* "ok", "build_fail", ... */

struct run_ask {
	const struct environment *env;
	struct repo *repo;
	struct oid tree;
	struct words files;        /* test files, below the tree; none: all there are */
	struct words ids;          /* only these tests; none: all */
	uint64_t shuffle;          /* 1: the tests backwards, which swaps every two; others: an order drawn from the number; 0: as they come */
	double cpu_s;              /* most CPU of the run, where less than the environment's; 0: that */
	const _Atomic int64_t *until; /* when all of it ends as RUN_WALL_TIMEOUT; see sandbox.h. NULL: never */
	bool prepare_only;         /* nothing is built and run */
	bool other_clock;          /* another time zone, and another day where libfaketime is there */
};

struct run_report {
	enum run_status status;
	struct outcomes outcomes; /* sorted */
	struct buf why;           /* one line when the status is not ok; else what could not be collected */
	struct buf log;           /* what was printed, its middle left out: evidence, never a verdict */
	enum cause cause;         /* of a status that is not ok */
	enum run_status limit;    /* the first limit that a test with a process of its own ran into, which failed it; RUN_OK: none */
	size_t collect_errors;    /* test files of which no test could be found */
	uint64_t cpu_us, wall_us; /* of the run, without the build */
	uint64_t build_cpu_us;    /* 0 when it was there already */
};

#define RUN_REPORT_INIT ((struct run_report){ 0 })
void run_report_release(struct run_report *r);

struct harness_options {
	struct sandbox *box;      /* lives longer than the harness */
	const char *dir;          /* where checkouts lie; NULL: chosen */
	const char *environments; /* what was prepared, by hash, kept between runs; NULL: below the checkouts, gone after */
	const char *root;         /* the box's root, where it is not the host's: what lies in its env and tools is what was prepared; NULL */
	bool network;             /* a recipe that asks for the network while it prepares gets it */
	bool cold;                /* a new Python for each run */
};

struct harness;
int harness_open(struct harness **ret, const struct harness_options *options, struct err *err);
void harness_close(struct harness *h);

/* Thread-safe; ask->repo is the caller's. r is emptied first. 0, or negative: our side failed and r says nothing. */
int harness_run(struct harness *h, const struct run_ask *ask, struct run_report *r, struct err *err);

#endif
