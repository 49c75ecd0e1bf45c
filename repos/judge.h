/*
 * judge.h - a response's tree against the tests of its task: a status, a mark, and what was met.
 *
 *	struct judgement j;
 *	struct judge_ask ask = { .repo = repo, .task = &task, .env = &env, .tree = start_with_the_edits, .variants = 1 };
 *
 *	if (judge_tree(harness, &ask, &j, &err) < 0)
 *		...
 *	if (j.mark == QUARRY_CORRECT)
 *		pay();
 *	judgement_release(&j);
 *
 * The task's test side is put over the tree whatever the response did to it. Every test of FAIL_TO_PASS and PASS_TO_PASS must be met, as a
 * whole vector, in a run that came to its end. Then come the secret variants: runs in which some tests must fail, known to the judge alone.
 */
#ifndef QUARRY_REPOS_JUDGE_H
#define QUARRY_REPOS_JUDGE_H

#include "repos/edits.h"
#include "repos/run.h"
#include "repos/task.h"
#include "verifiers/verify.h"

enum judge_status {
	JUDGE_RESOLVED,
	JUDGE_TESTS_FAIL,
	JUDGE_BUILD_FAIL,
	JUDGE_COLLECT_FAIL,
	JUDGE_TIMEOUT,       /* of CPU or of the clock */
	JUDGE_OOM,
	JUDGE_PIDS_LIMIT,
	JUDGE_DISK_LIMIT,
	JUDGE_OUTPUT_LIMIT,
	JUDGE_CRASHED,
	JUDGE_TAMPER,
	JUDGE_HARNESS_ERROR,
	JUDGE_NO_ENVIRONMENT,
	/* of a response that never came to a run */
	JUDGE_NO_ANSWER,
	JUDGE_UNREADABLE,
	JUDGE_PATCH_FAIL,
	JUDGE_STATUSES,
};

const char *judge_status_name(enum judge_status s); /* "resolved", "tests_fail", "timeout", ... */
enum quarry_mark judge_mark(enum judge_status s);   /* harness error, missing environment: bad task; no_answer: no answer; unreadable, patch_fail: unreadable */

struct judge_ask {
	struct repo *repo;
	const struct swe_task *task;
	const struct environment *env; /* the one that the task names */
	struct oid tree;               /* the task's start with the response applied */
	unsigned variants;             /* runs over altered tests, after one that passed */
	bool similar;                  /* judge_answer is to tell the similarity, too */
	const uint64_t *seed;          /* what they alter hangs on; NULL: drawn, a secret */
	const _Atomic int64_t *until;  /* when the judging ends as JUDGE_TIMEOUT; see sandbox.h. NULL: never */
};

struct judgement {
	enum judge_status status;
	enum quarry_mark mark;
	enum edits_format format; /* that the response came in, as far as it was read */
	size_t fail_to_pass, fail_to_pass_met, pass_to_pass, pass_to_pass_met;
	unsigned variants;   /* runs that were made, all of which agreed when the status is resolved */
	struct buf why;      /* a line: the first test that was missed, or what ended the run */
	struct buf log;      /* what the run printed */
	uint64_t cpu_us;
	double similarity;   /* by judge_answer: SWE-RL's score of the edits beside the reference change, without its test side (similarity.h); -1: none, or not asked */
};

void judgement_release(struct judgement *j);
int judge_tree(struct harness *h, const struct judge_ask *ask, struct judgement *j, struct err *err);

/*
 * The same from the response's text: its edits are made to the task's start (ask->tree is not read). Beside source it may touch what
 * the reference change touches, build files say. think_open: see edits.h.
 */
int judge_answer(struct harness *h, const struct judge_ask *ask, struct str response, bool think_open, struct judgement *j, struct err *err);

/* Whether a response makes the tree that the reference change makes, as far as text can (change.h): 1, 0; negative: our side failed. Nothing is run. */
int judge_is_reference(const struct judge_ask *ask, struct str response, struct err *err);

/* Environments by hash, kept as DIR/HASH.json. A file whose content has another hash is refused. */
int environment_save(const struct environment *e, const char *dir, struct err *err);
int environment_load(struct environment *e, const char *dir, const char *hash, struct err *err);

#endif
