/*
 * validate.h - a change with tests becomes a task, or is dropped with a reason: it is run before and after, more than once.
 *
 *	struct change_ask ask = { .repo = repo, .name = "owner/name", .start = parent_tree, .fixed = tree, .paths = test_side, .files = modules };
 *	struct validation v;
 *
 *	if (validate(harness, &ask, &v, &err) < 0)
 *		return ERR_FAIL;
 *	if (v.kept)
 *		swe_task_write(&v.task, &desc);
 *	else
 *		count(v.reason);	// "no_fail_to_pass", "after:missing_module", ...
 *	validation_release(&v);
 *
 * before is start with the test side of fixed put over it, after is fixed. Runs: after, climbing the rungs of environment.h until something
 * runs; before; and if a test went from failing to passing, before again, after with the tests in another order, after at another time (and
 * plainly once more where these disagree, to tell why). Only tests whose outcomes agree in all of them count.
 */
#ifndef QUARRY_REPOS_VALIDATE_H
#define QUARRY_REPOS_VALIDATE_H

#include "repos/run.h"
#include "repos/task.h"

struct change_ask {
	struct repo *repo;
	const char *name;
	struct oid start, fixed;
	struct words paths;     /* the test side of the change: what differs between start and fixed, and is taken from fixed */
	struct words files;     /* test modules that are there after the change */
	const char *code_lang;  /* NULL: whatever recipe fits */
	const char *version;    /* of the project, as far as its tags say; NULL */
	const struct environment *env; /* a user's recipe; NULL: detected */
	bool variants;          /* find the places for secret variants */
	const _Atomic int64_t *until; /* when all runs end, whatever becomes of v then: see run.h. NULL: never */
	const struct settled *settled; /* the runs after, made before: see settle. NULL: none */
};

enum before_state { BEFORE_RAN, BEFORE_COLLECT_ERROR, BEFORE_BUILD_ERROR };

const char *before_state_name(enum before_state s); /* "ran", "collect_error", "build_error" */

struct unstable_test {
	const char *id;
	enum test_kind kind;
};

struct validation {
	bool kept;
	char reason[64];          /* when not: a word to count by */
	struct buf detail;        /* what was said, when not; one or several lines. Of no_fail_to_pass the tests that fail on both sides, and what could not be collected */
	struct swe_task task;     /* when kept */
	struct environment env;   /* as it was found and changed */
	enum before_state before;
	size_t count[TEST_KINDS];
	struct unstable_test *unstable; /* tests that were left aside, in the task's memory */
	size_t n_unstable;
	struct buf before_log, after_log; /* what all runs before printed (said.h); what the first run after did */
	unsigned runs;
	uint64_t cpu_us, before_cpu_us, after_cpu_us; /* all runs and builds; the first run of each side */
};

void validation_release(struct validation *v);

/* 0 and v, or negative: our side failed. */
int validate(struct harness *h, const struct change_ask *ask, struct validation *v, struct err *err);

/*
 * Where many changes end in one tree (bugs that were put into it), its runs are made once: ask->fixed in an environment that it runs in,
 * plainly, in another order, at another time, and plainly again. *ret is NULL where it does not run: v->reason says why not. ask->start is not
 * looked at. Thread-safe to read.
 *
 * A change that is then validated with ask->settled has to leave the tests as runnable as they are: what cannot be built or collected before
 * it, or has no test that passes on both sides, is dropped ("before:build_fail", "no_pass_to_pass"). Before it a run has ten times the CPU
 * that it takes after, and ten seconds at least.
 */
int settle(struct harness *h, const struct change_ask *ask, struct settled **ret, struct validation *v, struct err *err);
void settled_free(struct settled *s);

#endif
