/* judge.c - a response's tree, run and compared. See judge.h. */
#include "repos/judge.h"

#include "repos/change.h"
#include "repos/similarity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[JUDGE_STATUSES] = { "resolved", "tests_fail", "build_fail", "collect_fail", "timeout", "oom", "pids_limit", "disk_limit",
	"output_limit", "crashed", "tamper", "harness_error", "no_environment", "no_answer", "unreadable", "patch_fail" };

const char *judge_status_name(enum judge_status s)
{
	return names[s];
}

enum quarry_mark judge_mark(enum judge_status s)
{
	switch (s) {
	case JUDGE_RESOLVED:
		return QUARRY_CORRECT;
	case JUDGE_HARNESS_ERROR:
	case JUDGE_NO_ENVIRONMENT:
		return QUARRY_BAD_TASK;
	case JUDGE_NO_ANSWER:
		return QUARRY_NO_ANSWER;
	case JUDGE_UNREADABLE:
	case JUDGE_PATCH_FAIL:
		return QUARRY_UNREADABLE;
	default:
		return QUARRY_WRONG;
	}
}

static enum judge_status status_of(enum run_status s)
{
	static const enum judge_status of[RUN_STATUSES] = {
		[RUN_OK] = JUDGE_RESOLVED, [RUN_BUILD_FAIL] = JUDGE_BUILD_FAIL, [RUN_COLLECT_FAIL] = JUDGE_COLLECT_FAIL, [RUN_CPU_TIMEOUT] = JUDGE_TIMEOUT,
		[RUN_WALL_TIMEOUT] = JUDGE_TIMEOUT, [RUN_OOM] = JUDGE_OOM, [RUN_PIDS_LIMIT] = JUDGE_PIDS_LIMIT, [RUN_DISK_LIMIT] = JUDGE_DISK_LIMIT,
		[RUN_OUTPUT_LIMIT] = JUDGE_OUTPUT_LIMIT, [RUN_CRASHED] = JUDGE_CRASHED, [RUN_TAMPER] = JUDGE_TAMPER, [RUN_HARNESS_ERROR] = JUDGE_HARNESS_ERROR,
	};

	return of[s];
}

void judgement_release(struct judgement *j)
{
	buf_release(&j->why);
	buf_release(&j->log);
	*j = (struct judgement){ 0 };
}

static void compare(const struct swe_task *t, const struct run_report *r, struct judgement *j)
{
	const struct due *first = NULL;

	for (size_t i = 0; i < t->n_due; i++) {
		const struct due *d = &t->due[i];
		bool met = due_met(d, outcomes_of(&r->outcomes, d->id));

		if (d->fail_to_pass)
			j->fail_to_pass_met += met;
		else
			j->pass_to_pass_met += met;
		if (!met && !first)
			first = d;
	}
	if (!first)
		return;
	/* one that ran into a limit failed for that reason */
	j->status = r->limit != RUN_OK ? status_of(r->limit) : JUDGE_TESTS_FAIL;
	buf_addf(&j->why, "%s %.*s: %s", first->fail_to_pass ? "FAIL_TO_PASS" : "PASS_TO_PASS", (int)(first->id.n < 300 ? first->id.n : 300), first->id.s,
		 outcome_name(outcomes_of(&r->outcomes, first->id)));
}

/* Every test of the vector is as a variant makes it. Sites whose functions cannot be told apart say nothing of the other tests' failures. */
static bool as_drawn(const struct swe_task *t, const bool *chosen, const struct run_report *r, struct buf *why)
{
	for (size_t i = 0; i < t->n_due; i++) {
		bool met = due_met(&t->due[i], outcomes_of(&r->outcomes, t->due[i].id)), altered = variant_fails(t->sites, chosen, t->n_sites, t->due[i].id);

		if (met == !altered)
			continue;
		buf_addf(why, "over altered tests %.*s %s", (int)(t->due[i].id.n < 300 ? t->due[i].id.n : 300), t->due[i].id.s,
			 met ? "passed, which it cannot" : "failed, which it must not");
		return false;
	}
	return true;
}

static int run_variant(struct harness *h, const struct judge_ask *ask, const struct run_ask *plain, const bool *chosen, struct judgement *j, struct err *err)
{
	const struct swe_task *t = ask->task;
	struct run_report r = RUN_REPORT_INIT;
	struct run_ask run = *plain;
	int rc = variant_tree(ask->repo, &plain->tree, t->sites, chosen, t->n_sites, &run.tree, err);

	if (rc == 0)
		rc = harness_run(h, &run, &r, err);
	if (rc == 0) {
		j->variants++;
		j->cpu_us += r.cpu_us + r.build_cpu_us;
		if (r.status == RUN_HARNESS_ERROR) {
			j->status = JUDGE_HARNESS_ERROR;
			buf_add(&j->why, buf_str(&r.why));
		} else if (r.status != RUN_OK) { /* it passed a moment ago */
			j->status = r.status == RUN_TAMPER ? JUDGE_TAMPER : status_of(r.status);
			buf_addf(&j->why, "over altered tests: %s: ", run_status_name(r.status));
			buf_add(&j->why, str_sub(buf_str(&r.why), 0, 300));
		} else if (!as_drawn(t, chosen, &r, &j->why)) {
			j->status = JUDGE_TAMPER;
		}
	}
	run_report_release(&r);
	return rc;
}

static int run_variants(struct harness *h, const struct judge_ask *ask, const struct run_ask *plain, struct judgement *j, struct err *err)
{
	const struct swe_task *t = ask->task;
	bool chosen[TASK_SITES] = { false };
	uint64_t seed;
	struct rng rng;
	int rc = 0;

	if (ask->seed)
		seed = *ask->seed;
	else if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		return err_sys(err, "no secret could be drawn");
	rng_init(&rng, seed, "variants");
	for (unsigned i = 0; rc == 0 && j->status == JUDGE_RESOLVED && i < ask->variants; i++) {
		variant_draw(chosen, t->sites, t->n_sites, i, &rng);
		rc = run_variant(h, ask, plain, chosen, j, err);
	}
	return rc;
}

int judge_tree(struct harness *h, const struct judge_ask *ask, struct judgement *j, struct err *err)
{
	const struct swe_task *t = ask->task;
	struct run_ask run = { .env = ask->env, .repo = ask->repo, .files = t->files, .cpu_s = t->cpu_s, .until = ask->until };
	struct run_report r = RUN_REPORT_INIT;
	int rc;

	*j = (struct judgement){ .fail_to_pass = t->n_fail_to_pass, .pass_to_pass = t->n_due - t->n_fail_to_pass };
	rc = swe_task_tests_over(t, ask->repo, &ask->tree, &run.tree, err);
	if (rc == 0)
		rc = harness_run(h, &run, &r, err);
	if (rc == 0) {
		j->cpu_us = r.cpu_us + r.build_cpu_us;
		j->status = status_of(r.status);
		buf_add(&j->log, buf_str(&r.log));
		if (r.status == RUN_OK)
			compare(t, &r, j);
		else
			buf_add(&j->why, str_from(buf_str(&r.why), r.why.n > 600 ? r.why.n - 600 : 0));
	}
	run_report_release(&r);
	if (rc == 0 && j->status == JUDGE_RESOLVED && t->n_sites)
		rc = run_variants(h, ask, &run, j, err);
	j->mark = judge_mark(j->status);
	if (rc < 0)
		judgement_release(j);
	return rc;
}

/* ---- from the text */

/* The paths of the reference change that are no tests, NULL at the end. */
static int reference_paths(const struct judge_ask *ask, struct changes *c, const char *const **allow, struct err *err)
{
	const struct swe_task *t = ask->task;
	const char **at;
	size_t n = 0;

	if (changes_find(ask->repo, &t->start, &t->from, c, CHANGES_ALL) != OBJECT_OK)
		return err_set(err, "the trees of the task cannot be read");
	at = arena_zalloc(&c->arena, c->n + 1, sizeof(*at));
	for (size_t i = 0; at && i < c->n; i++)
		if (!side_is_trusted(c->at[i].side) && !(at[n++] = arena_strdup(&c->arena, c->at[i].path)))
			at = NULL;
	*allow = at;
	return at ? 0 : err_set(err, "out of memory");
}

/* Of the change from the start to `tree`, the tests over both: what the reference changes of them is no part of it. */
static double similarity_of(const struct judge_ask *ask, const struct oid *tree)
{
	const struct swe_task *t = ask->task;
	struct oid start, with, want;
	struct err err = ERR_INIT;
	double score;

	if (swe_task_tests_over(t, ask->repo, &t->start, &start, &err) < 0 || swe_task_tests_over(t, ask->repo, tree, &with, &err) < 0 ||
	    tree_in_text(ask->repo, &t->start, &t->from, &want, &err) < 0)
		return -1;
	return similarity_trees(ask->repo, &start, &with, &want, &score) == SIMILARITY_OK ? score : -1;
}

int judge_answer(struct harness *h, const struct judge_ask *ask, struct str response, bool think_open, struct judgement *j, struct err *err)
{
	static const enum judge_status of[] = { [EDITS_NO_ANSWER] = JUDGE_NO_ANSWER, [EDITS_UNREADABLE] = JUDGE_UNREADABLE,
		[EDITS_PATCH_FAIL] = JUDGE_PATCH_FAIL, [EDITS_TAMPER] = JUDGE_TAMPER };
	struct edits_options options = EDITS_OPTIONS;
	struct changes changes = CHANGES_INIT;
	struct judge_ask with = *ask;
	struct edits_result x;
	int rc = reference_paths(ask, &changes, &options.allow, err);

	options.think_open = think_open;
	if (rc == 0)
		rc = edits_apply(ask->repo, &ask->task->start, response, &options, &x, err);
	changes_release(&changes);
	if (rc < 0)
		return rc;
	if (x.status == EDITS_OK) {
		with.tree = x.tree;
		rc = judge_tree(h, &with, j, err);
	} else {
		*j = (struct judgement){ .status = of[x.status], .mark = judge_mark(of[x.status]), .fail_to_pass = ask->task->n_fail_to_pass,
			.pass_to_pass = ask->task->n_due - ask->task->n_fail_to_pass };
		buf_addz(&j->why, x.why);
	}
	if (rc == 0) {
		j->format = x.format;
		j->similarity = ask->similar && x.status == EDITS_OK ? similarity_of(ask, &x.tree) : -1;
	}
	edits_result_release(&x);
	return rc;
}

int judge_is_reference(const struct judge_ask *ask, struct str response, struct err *err)
{
	struct edits_options options = EDITS_OPTIONS;
	struct changes changes = CHANGES_INIT;
	struct edits_result x;
	struct oid with, want;
	int rc = reference_paths(ask, &changes, &options.allow, err), same = 0;

	if (rc == 0)
		rc = edits_apply(ask->repo, &ask->task->start, response, &options, &x, err);
	changes_release(&changes);
	if (rc < 0)
		return rc;
	if (x.status == EDITS_OK)
		rc = swe_task_tests_over(ask->task, ask->repo, &x.tree, &with, err);
	if (rc == 0)
		rc = tree_in_text(ask->repo, &ask->task->start, &ask->task->from, &want, err);
	same = rc == 0 && x.status == EDITS_OK && oid_eq(&with, &want);
	edits_result_release(&x);
	return rc < 0 ? rc : same;
}

/* ---- environments by hash */

int environment_save(const struct environment *e, const char *dir, struct err *err)
{
	char hash[ENVIRONMENT_HASH + 1], path[4096], part[4200];
	struct buf b = BUF_INIT;
	FILE *f;
	bool ok;

	environment_hash(e, hash);
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return err_sys(err, "%s", dir);
	snprintf(path, sizeof(path), "%s/%s.json", dir, hash);
	if (access(path, F_OK) == 0)
		return 0;
	snprintf(part, sizeof(part), "%s.%ld", path, (long)getpid());
	environment_write(e, &b);
	buf_addc(&b, '\n');
	f = fopen(part, "w");
	ok = f && !b.failed && fwrite(b.s, 1, b.n, f) == b.n;
	if (f && fclose(f) != 0)
		ok = false;
	buf_release(&b);
	if (!ok || rename(part, path) < 0) {
		err_sys(err, "%s", path);
		unlink(part);
		return ERR_FAIL;
	}
	return 0;
}

int environment_load(struct environment *e, const char *dir, const char *hash, struct err *err)
{
	char path[4096], room[4096], is[ENVIRONMENT_HASH + 1];
	struct buf b = { .max = 4 << 20 };
	struct json v;
	size_t n;
	FILE *f;
	int rc;

	snprintf(path, sizeof(path), "%s/%s.json", dir, hash);
	f = fopen(path, "r");
	if (!f)
		return err_sys(err, "%s", path);
	while ((n = fread(room, 1, sizeof(room), f)) > 0)
		buf_add(&b, (struct str){ room, n });
	fclose(f);
	rc = b.failed ? err_set(err, "too large") : json_parse(&v, buf_str(&b), err) ? environment_read(e, v, err) : ERR_FAIL;
	buf_release(&b);
	if (rc < 0)
		return err_at(err, "%s: ", path);
	environment_hash(e, is);
	if (strcmp(is, hash) == 0)
		return 0;
	environment_release(e);
	return err_set(err, "%s: its content has the hash %s", path, is);
}
