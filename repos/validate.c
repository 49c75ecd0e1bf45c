/* validate.c - runs before and after a change, and what they prove. See validate.h. */
#include "repos/validate.h"

#include "repos/cases.h"
#include "repos/said.h"

#include <stdio.h>
#include <stdlib.h>

enum { RUNGS = 8, RUNS_MAX = 8, SETTLED_RUNS = 4, SETTLED_SITES = 1000, SITES_MAX = 24, SITES_RUNS = 10, LINE_SITES = 3, AGAIN = 2 };

static const char *const states[] = { "ran", "collect_error", "build_error" };

const char *before_state_name(enum before_state s)
{
	return states[s];
}

void validation_release(struct validation *v)
{
	buf_release(&v->detail);
	buf_release(&v->before_log);
	buf_release(&v->after_log);
	swe_task_release(&v->task);
	environment_release(&v->env);
	*v = (struct validation){ 0 };
}

/* What is known so far: every run, the first two of which are before and after. */
struct trial {
	struct harness *h;
	const struct change_ask *ask;
	struct validation *v;
	struct oid before;
	struct run_report reports[RUNS_MAX];
	struct observed runs[RUNS_MAX];
	size_t n;
	struct sorted_tests sorted;
};

struct settled {
	struct environment env;
	struct run_report reports[SETTLED_RUNS]; /* plain, shuffled, at another time, plain */
	struct observed runs[SETTLED_RUNS];
	struct swe_task all;                     /* every test that passes, and every proven site; the sites' memory */
};

static int drop(struct trial *t, const char *side, const char *what, const struct buf *detail)
{
	snprintf(t->v->reason, sizeof(t->v->reason), "%s%s", side, what);
	if (detail)
		buf_add(&t->v->detail, buf_str(detail));
	return 0;
}

/* Ten times what a run after the change takes, in whole seconds, so that a task does not hang on a hair. */
static double cpu_limit(const struct validation *v)
{
	double ten = 10 * (double)v->after_cpu_us / 1e6;

	return (double)(int64_t)(ten < 10 ? 10 : ten > v->env.limits.cpu_s ? v->env.limits.cpu_s : ten);
}

/* Runs one side once more; it is kept as an observation. */
static int run_side(struct trial *t, bool after, enum run_how how, struct run_report **ret, struct err *err)
{
	struct run_ask ask = { .env = &t->v->env, .repo = t->ask->repo, .tree = after ? t->ask->fixed : t->before, .files = t->ask->files,
		.shuffle = how == RUN_SHUFFLED, .other_clock = how == RUN_CLOCK, .cpu_s = t->ask->settled ? cpu_limit(t->v) : 0, .until = t->ask->until };
	struct run_report *r = &t->reports[t->n];

	if (harness_run(t->h, &ask, r, err) < 0)
		return ERR_FAIL;
	t->v->runs++;
	t->v->cpu_us += r->cpu_us + r->build_cpu_us;
	t->runs[t->n++] = (struct observed){ &r->outcomes, after, how };
	*ret = r;
	return 0;
}

/* After the change, in an environment that is changed until something runs. 1: it does. */
static int climb(struct trial *t, struct err *err)
{
	struct run_report *r = NULL;
	char label[48];

	for (int rung = 0; rung < RUNGS; rung++) {
		t->n = 0;
		if (run_side(t, true, RUN_PLAIN, &r, err) < 0)
			return ERR_FAIL;
		if (r->status == RUN_OK && !r->collect_errors)
			break;
		/* a part that could not be collected is worth a rung too, if there is one that fits */
		if (r->status == RUN_OK)
			r->cause = cause_of(buf_str(&r->why));
		if (!environment_climb(&t->v->env, r->cause, r->why.n ? buf_str(&r->why) : buf_str(&r->log), t->ask->repo, &t->ask->fixed, t->ask->version))
			break;
	}
	t->v->after_cpu_us = r->cpu_us;
	t->v->after_log.n = 0;
	buf_add(&t->v->after_log, buf_str(&r->log));
	if (r->status != RUN_OK) {
		snprintf(label, sizeof(label), "%s", r->cause != CAUSE_NONE && r->cause != CAUSE_OTHER ? cause_name(r->cause) : run_status_name(r->status));
		return drop(t, "after:", label, r->why.n ? &r->why : &r->log);
	}
	if (!outcomes_count(&r->outcomes, OUTCOME_PASSED))
		return drop(t, "after:", "nothing_passes", &r->log);
	return 1;
}

/*
 * Tests that do not end are what a change may be about: where they take all of a run's time, each is broken off after a tenth of it, in all
 * runs and by the judge.
 */
static bool hurry(struct environment *e)
{
	double tenth = (e->limits.cpu_s < e->limits.wall_s ? e->limits.cpu_s : e->limits.wall_s) / 10;

	if (tenth < 1)
		tenth = 1;
	if (e->runner == RUNNER_COMMAND || e->test_s <= tenth)
		return false;
	e->test_s = tenth;
	return true;
}

/* Before the change. 1: it ran, or it failed in a way that the change repairs; AGAIN: the environment is another now. */
static int look_before(struct trial *t, struct err *err)
{
	struct run_report *r;

	if (run_side(t, false, RUN_PLAIN, &r, err) < 0)
		return ERR_FAIL;
	t->v->before_cpu_us = r->cpu_us;
	if (t->ask->settled && (r->status != RUN_OK || r->collect_errors))
		return drop(t, "before:", run_status_name(r->status == RUN_OK ? RUN_COLLECT_FAIL : r->status), &r->why);
	switch (r->status) {
	case RUN_OK:
		t->v->before = r->collect_errors ? BEFORE_COLLECT_ERROR : BEFORE_RAN;
		return 1;
	case RUN_COLLECT_FAIL:
		t->v->before = BEFORE_COLLECT_ERROR;
		return 1;
	case RUN_BUILD_FAIL:
		t->v->before = BEFORE_BUILD_ERROR;
		return 1;
	case RUN_CPU_TIMEOUT:
	case RUN_WALL_TIMEOUT:
		if (hurry(&t->v->env))
			return AGAIN;
		break;
	default:
		break;
	}
	return drop(t, "before:", run_status_name(r->status), &r->why);
}

static int sort(struct trial *t, struct err *err)
{
	sorted_tests_release(&t->sorted);
	return sorted_tests_make(&t->sorted, t->runs, t->n) ? 0 : err_set(err, "out of memory");
}

/* The runs that confirm. 1: all of them came to their end as the first ones did. */
static int confirm(struct trial *t, struct err *err)
{
	static const struct { bool after; enum run_how how; } more[] = { { false, RUN_PLAIN }, { true, RUN_SHUFFLED }, { true, RUN_CLOCK }, { true, RUN_PLAIN } };
	bool first_failed = t->reports[1].status != RUN_OK;

	for (size_t i = 0; i < COUNT(more); i++) {
		struct run_report *r;
		enum run_how how = more[i].how;

		if (more[i].after && t->ask->settled)
			break;
		if (i == 3) { /* only to tell a flaky test from one that minds order or time */
			if (sort(t, err) < 0)
				return ERR_FAIL;
			if (!t->sorted.count[TEST_ORDER] && !t->sorted.count[TEST_CLOCK])
				break;
		}
		if (how == RUN_SHUFFLED && t->v->env.runner != RUNNER_PYTEST)
			how = RUN_PLAIN; /* tests that share nothing have no order */
		if (run_side(t, more[i].after, how, &r, err) < 0)
			return ERR_FAIL;
		if ((r->status != RUN_OK) != (!more[i].after && first_failed))
			return drop(t, more[i].after ? "after:" : "before:", "unsteady_run", &r->why);
		if (i == 0)
			said_by_both(&t->v->before_log, buf_str(&t->reports[1].log), buf_str(&r->log));
	}
	for (size_t i = 1; t->ask->settled && i < SETTLED_RUNS; i++)
		t->runs[t->n++] = t->ask->settled->runs[i];
	return sort(t, err) < 0 ? ERR_FAIL : 1;
}

/* ---- what is kept */

static enum test_kind kind_in(const struct sorted_tests *s, struct str id)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = str_cmp(id, s->rows[mid].id);

		if (d == 0)
			return s->rows[mid].kind;
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return TEST_KINDS;
}

/* A part counts only below a process that succeeds after the change, and steadily so: that, and not what was printed, is the evidence. */
static bool counts(const struct sorted_tests *s, const struct sorted_test *row)
{
	struct str whole = case_of(row->id);
	enum test_kind kind = whole.s ? kind_in(s, whole) : row->kind;

	return (row->kind == TEST_FAIL_TO_PASS || row->kind == TEST_PASS_TO_PASS) && (kind == TEST_FAIL_TO_PASS || kind == TEST_PASS_TO_PASS);
}

static bool copy_words(struct arena *a, struct words *to, const struct words *from)
{
	to->n = from->n;
	to->at = arena_zalloc(a, from->n + 1, sizeof(*to->at));
	for (size_t i = 0; to->at && i < from->n; i++)
		if (!(to->at[i] = arena_strdup(a, str_of(from->at[i]))))
			return false;
	return to->at != NULL;
}

static bool keep_tests(struct trial *t)
{
	struct swe_task *k = &t->v->task;
	const struct sorted_tests *s = &t->sorted;

	k->due = arena_zalloc(&k->text, s->n + 1, sizeof(*k->due));
	t->v->unstable = arena_zalloc(&k->text, s->n + 1, sizeof(*t->v->unstable));
	if (!k->due || !t->v->unstable)
		return false;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < s->n; i++) {
			const struct sorted_test *row = &s->rows[i];

			if (row->kind != (pass ? TEST_PASS_TO_PASS : TEST_FAIL_TO_PASS) || !counts(s, row))
				continue;
			k->due[k->n_due] = (struct due){ arena_str(&k->text, row->id), pass == 0, row->after };
			if (!k->due[k->n_due++].id.s)
				return false;
			k->n_fail_to_pass += pass == 0;
		}
	for (size_t i = 0; i < s->n; i++)
		if (s->rows[i].kind >= TEST_FLAKY) {
			t->v->unstable[t->v->n_unstable] = (struct unstable_test){ arena_strdup(&k->text, s->rows[i].id), s->rows[i].kind };
			if (!t->v->unstable[t->v->n_unstable++].id)
				return false;
		}
	memcpy(t->v->count, s->count, sizeof(t->v->count));
	return true;
}

static bool keep_names(struct trial *t)
{
	struct swe_task *k = &t->v->task;

	k->repo = arena_strdup(&k->text, str_of(t->ask->name));
	k->start = t->ask->start;
	k->from = t->ask->fixed;
	environment_hash(&t->v->env, k->environment);
	k->cpu_s = cpu_limit(t->v);
	return k->repo && copy_words(&k->text, &k->paths, &t->ask->paths) && copy_words(&k->text, &k->files, &t->ask->files);
}

/* ---- places for secret variants */

enum { OWNER_NONE = -1, OWNER_SEVERAL = -2 };

static struct str method_of(struct str id)
{
	ptrdiff_t open = str_chr(id, '['), colon;

	id = str_sub(id, 0, open < 0 ? id.n : (size_t)open);
	colon = str_rfind(id, STR("::"));
	return colon < 0 ? id : str_from(id, (size_t)colon + 2);
}

/*
 * The site that a failed test is due to, of several that were changed at once: the one in its function. A test that has none may be inherited:
 * its function is then the only one of that name. A single site is what everything is due to.
 */
static int owner_of(const struct variant_site *sites, size_t n, struct str id)
{
	int named = OWNER_NONE;

	for (size_t i = 0; n > 1 && i < n; i++) {
		if (variant_is_of(&sites[i], id))
			return (int)i;
		if (sites[i].test && str_eq(method_of(str_of(sites[i].test)), method_of(id)))
			named = named == OWNER_NONE ? (int)i : OWNER_SEVERAL;
	}
	return n == 1 ? 0 : named;
}

/*
 * Every test that is due and is not met with these sites changed becomes its site's. 1; 0: one of them is nobody's, and all of the sites are
 * unproven; negative: no memory.
 */
static int note_failures(struct trial *t, struct variant_site *sites, size_t n, const struct outcomes *with)
{
	struct swe_task *k = &t->v->task;
	int *owner = malloc((k->n_due + 1) * sizeof(*owner));
	size_t *count = calloc(n, sizeof(*count));
	int rc = owner && count ? 1 : ERR_FAIL;

	for (size_t i = 0; rc == 1 && i < k->n_due; i++) {
		bool failed = !due_met(&k->due[i], outcomes_of(with, k->due[i].id));

		owner[i] = failed ? owner_of(sites, n, k->due[i].id) : OWNER_NONE;
		if (owner[i] >= 0)
			count[owner[i]]++;
		else if (failed)
			rc = 0;
	}
	for (size_t i = 0; rc == 1 && i < n; i++)
		if (!(sites[i].ids.at = arena_zalloc(&k->text, count[i] + 1, sizeof(*sites[i].ids.at))))
			rc = ERR_FAIL;
	for (size_t i = 0; rc == 1 && i < k->n_due; i++)
		if (owner[i] >= 0) {
			struct words *ids = &sites[owner[i]].ids;

			if (!(ids->at[ids->n++] = arena_strdup(&k->text, k->due[i].id)))
				rc = ERR_FAIL;
		}
	for (size_t i = 0; rc != 1 && i < n; i++)
		sites[i].ids.n = 0;
	free(owner);
	free(count);
	return rc;
}

static int run_variant(struct trial *t, const struct variant_site *sites, const bool *chosen, size_t n, struct run_report *r, struct err *err)
{
	struct run_ask ask = { .env = &t->v->env, .repo = t->ask->repo, .files = t->ask->files, .until = t->ask->until };

	if (variant_tree(ask.repo, &t->ask->fixed, sites, chosen, n, &ask.tree, err) < 0 || harness_run(t->h, &ask, r, err) < 0)
		return ERR_FAIL;
	t->v->runs++;
	t->v->cpu_us += r->cpu_us + r->build_cpu_us;
	return 0;
}

static int find_sites(struct trial *t, struct variant_sites *s, struct err *err)
{
	bool python = t->v->env.runner == RUNNER_PYTEST;

	for (size_t i = 0; i < t->ask->files.n; i++) {
		struct tree_entry e;
		struct object o = OBJECT_INIT;
		bool ok = true;

		if (repo_find(t->ask->repo, &t->ask->fixed, str_of(t->ask->files.at[i]), &e) == OBJECT_OK && e.mode != MODE_TREE &&
		    repo_blob(t->ask->repo, &e.id, 4 << 20, &o) == OBJECT_OK)
			ok = variants_find(s, t->ask->files.at[i], object_str(&o), python, &t->v->task.text);
		object_release(&o);
		if (!ok)
			return err_set(err, "out of memory");
	}
	return 0;
}

/* Sites of FAIL_TO_PASS tests first, values before questions: these are the ones to keep when there are many. */
static int site_rank(const struct swe_task *k, const struct variant_site *s)
{
	int rank = s->weak;

	for (size_t i = 0; i < k->n_fail_to_pass; i++)
		if (!s->test || variant_is_of(s, k->due[i].id))
			return rank;
	return rank + 2;
}

/* Takes out all but the best `most`, in the order they are in. */
static void choose_sites(const struct swe_task *k, struct variant_sites *s, size_t most)
{
	size_t of_rank[4] = { 0 }, kept = 0;

	for (size_t i = 0; i < s->n; i++)
		of_rank[site_rank(k, &s->at[i])]++;
	for (size_t rank = 0; rank < 4; rank++) { /* how many of each there is room for */
		of_rank[rank] = of_rank[rank] < most ? of_rank[rank] : most;
		most -= of_rank[rank];
	}
	for (size_t i = 0; i < s->n; i++) {
		size_t *room = &of_rank[site_rank(k, &s->at[i])];

		if (*room) {
			--*room;
			s->at[kept++] = s->at[i];
		}
	}
	s->n = kept;
}

/*
 * Functions are told apart: one run with all sites changed proves each. Where it does not come to its end (a module that calls its own
 * tests, a question that turned round is no sentence), or a test fails that has no site, halves are tried, as long as there are runs.
 */
static int prove_together(struct trial *t, struct variant_site *sites, size_t n, unsigned *runs, struct err *err)
{
	struct run_report r = RUN_REPORT_INIT;
	bool *all, whole;
	int rc;

	for (size_t i = 0; i < n; i++)
		sites[i].ids.n = 0;
	if (!n || !*runs)
		return 0;
	all = malloc(n * sizeof(*all));
	if (!all)
		return err_set(err, "out of memory");
	--*runs;
	memset(all, true, n * sizeof(*all));
	rc = run_variant(t, sites, all, n, &r, err);
	free(all);
	whole = rc == 0 && r.status == RUN_OK && !r.collect_errors;
	if (whole) {
		int noted = note_failures(t, sites, n, &r.outcomes);

		rc = noted < 0 ? err_set(err, "out of memory") : 0;
		whole = noted == 1;
	}
	run_report_release(&r);
	if (rc == 0 && !whole && n > 1)
		rc = prove_together(t, sites, n / 2, runs, err);
	if (rc == 0 && !whole && n > 1)
		rc = prove_together(t, sites + n / 2, n - n / 2, runs, err);
	return rc;
}

/*
 * Every other site changed: just its tests fail, as a judge would have it. Else something hangs together that should not, and none of the
 * sites is to be had.
 */
static int prove_half(struct trial *t, struct variant_sites *s, struct err *err)
{
	struct swe_task *k = &t->v->task;
	struct run_report r = RUN_REPORT_INIT;
	bool *chosen = calloc(s->n, sizeof(*chosen)), good;
	int rc = chosen ? 0 : err_set(err, "out of memory");

	for (size_t i = 0; rc == 0 && i < s->n; i += 2)
		chosen[i] = s->at[i].ids.n > 0;
	if (rc == 0)
		rc = run_variant(t, s->at, chosen, s->n, &r, err);
	good = rc == 0 && r.status == RUN_OK && !r.collect_errors;
	for (size_t i = 0; good && i < k->n_due; i++)
		good = due_met(&k->due[i], outcomes_of(&r.outcomes, k->due[i].id)) == !variant_fails(s->at, chosen, s->n, k->due[i].id);
	for (size_t i = 0; rc == 0 && !good && i < s->n; i++)
		s->at[i].ids.n = 0;
	run_report_release(&r);
	free(chosen);
	return rc;
}

/* Each alone: what fails with it is what stands behind it. */
static int prove_each(struct trial *t, struct variant_sites *s, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->n; i++) {
		struct run_report r = RUN_REPORT_INIT;
		bool one = true;

		s->at[i].ids.n = 0;
		rc = run_variant(t, &s->at[i], &one, 1, &r, err);
		if (rc == 0 && r.status == RUN_OK && note_failures(t, &s->at[i], 1, &r.outcomes) < 0)
			rc = err_set(err, "out of memory");
		run_report_release(&r);
	}
	return rc;
}

static bool is_due(const struct swe_task *k, const char *id)
{
	for (size_t i = 0; i < k->n_due; i++)
		if (str_is(k->due[i].id, id))
			return true;
	return false;
}

/* Those of the settled tree, as far as their tests are due here. */
static bool take_sites(struct trial *t, struct variant_sites *s)
{
	const struct swe_task *all = &t->ask->settled->all;
	struct swe_task *k = &t->v->task;

	s->at = calloc(all->n_sites + 1, sizeof(*s->at));
	for (size_t i = 0; s->at && i < all->n_sites; i++) {
		struct variant_site *to = &s->at[s->n];

		*to = all->sites[i];
		to->ids.at = arena_zalloc(&k->text, all->sites[i].ids.n + 1, sizeof(*to->ids.at));
		if (!to->ids.at)
			return false;
		to->ids.n = 0;
		for (size_t n = 0; n < all->sites[i].ids.n; n++)
			if (is_due(k, all->sites[i].ids.at[n]))
				to->ids.at[to->ids.n++] = all->sites[i].ids.at[n];
		s->n += to->ids.n == all->sites[i].ids.n; /* a test that is not due here would fail unasked */
	}
	s->cap = s->n;
	return s->at != NULL;
}

static int keep_sites(struct trial *t, size_t most, struct err *err)
{
	struct variant_sites s = { 0 };
	struct swe_task *k = &t->v->task;
	bool python = t->v->env.runner == RUNNER_PYTEST;
	unsigned runs = SITES_RUNS;
	int rc = 0;

	if (t->ask->settled)
		rc = take_sites(t, &s) ? 0 : err_set(err, "out of memory");
	else
		rc = find_sites(t, &s, err);
	if (rc == 0 && s.n) {
		choose_sites(k, &s, most);
		if (!t->ask->settled)
			rc = python ? prove_together(t, s.at, s.n, &runs, err) : prove_each(t, &s, err);
		if (rc == 0 && python && !t->ask->settled)
			rc = prove_half(t, &s, err);
	}
	k->sites = arena_zalloc(&k->text, s.n + 1, sizeof(*k->sites));
	for (size_t i = 0; rc == 0 && k->sites && i < s.n; i++)
		if (s.at[i].ids.n)
			k->sites[k->n_sites++] = s.at[i];
	variant_sites_release(&s);
	return rc < 0 ? rc : k->sites ? 0 : err_set(err, "out of memory");
}

/* ---- */

static int try_all(struct trial *t, struct err *err)
{
	struct swe_task names = { .from = t->ask->fixed, .paths = t->ask->paths };
	int rc = swe_task_tests_over(&names, t->ask->repo, &t->ask->start, &t->before, err);

	if (rc == 0 && t->ask->settled) {
		t->v->after_cpu_us = t->ask->settled->reports[0].cpu_us;
		t->runs[t->n++] = t->ask->settled->runs[0];
		rc = 1;
	} else if (rc == 0) {
		rc = climb(t, err);
	}
	if (rc == 1)
		rc = look_before(t, err);
	if (rc == AGAIN && (rc = climb(t, err)) == 1)
		rc = look_before(t, err);
	if (rc == 1)
		rc = sort(t, err) < 0 ? ERR_FAIL : 1;
	if (rc == 1 && !t->sorted.count[TEST_FAIL_TO_PASS]) {
		for (size_t i = 0; i < t->sorted.n; i++)
			if (t->sorted.rows[i].kind == TEST_FAIL_TO_FAIL)
				buf_addf(&t->v->detail, "%.*s\n", (int)t->sorted.rows[i].id.n, t->sorted.rows[i].id.s);
		return drop(t, "", "no_fail_to_pass", &t->reports[0].why); /* files that could not be collected */
	}
	if (rc == 1)
		rc = confirm(t, err);
	if (rc != 1)
		return rc;
	if (!keep_tests(t) || !keep_names(t))
		return err_set(err, "out of memory");
	if (!t->v->task.n_fail_to_pass)
		return drop(t, "", "unstable", NULL);
	if (t->ask->settled && t->v->task.n_due == t->v->task.n_fail_to_pass)
		return drop(t, "", "no_pass_to_pass", NULL);
	t->v->kept = true;
	return t->ask->variants ? keep_sites(t, t->v->env.runner == RUNNER_PYTEST ? SITES_MAX : LINE_SITES, err) : 0;
}

/* The environment; false: there is none, which is said. */
static bool begin_with(struct trial *t, struct buf *why)
{
	const struct change_ask *ask = t->ask;
	const struct environment *known = ask->settled ? &ask->settled->env : ask->env;

	if (known ? environment_copy(&t->v->env, known) : environment_detect(&t->v->env, ask->repo, &ask->fixed, ask->code_lang, why) == 0)
		return true;
	drop(t, "", "no_environment", why);
	return false;
}

int validate(struct harness *h, const struct change_ask *ask, struct validation *v, struct err *err)
{
	struct trial t = { .h = h, .ask = ask, .v = v };
	struct buf why = BUF_INIT;
	int rc = 0;

	*v = (struct validation){ 0 };
	if (begin_with(&t, &why))
		rc = try_all(&t, err);
	for (size_t i = 0; i < RUNS_MAX; i++)
		run_report_release(&t.reports[i]);
	sorted_tests_release(&t.sorted);
	buf_release(&why);
	if (rc < 0)
		validation_release(v);
	return rc;
}

/* ---- a tree that many changes end in */

void settled_free(struct settled *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SETTLED_RUNS; i++)
		run_report_release(&s->reports[i]);
	environment_release(&s->env);
	swe_task_release(&s->all);
	free(s);
}

/* Every test that passes is one that a site may be proven by. */
static int settle_sites(struct trial *t, struct err *err)
{
	const struct outcomes *o = &t->reports[0].outcomes;
	struct swe_task *k = &t->v->task;
	bool python = t->v->env.runner == RUNNER_PYTEST;

	k->due = arena_zalloc(&k->text, o->n + 1, sizeof(*k->due));
	for (size_t i = 0; k->due && i < o->n; i++)
		if (o->rows[i].is == OUTCOME_PASSED)
			k->due[k->n_due++] = (struct due){ o->rows[i].id, false, OUTCOME_PASSED };
	if (!k->due)
		return err_set(err, "out of memory");
	return t->ask->variants ? keep_sites(t, python ? SETTLED_SITES : LINE_SITES, err) : 0;
}

/* What the trial holds is the settled tree's from now on. */
static bool take_runs(struct settled *s, struct trial *t)
{
	for (size_t i = 0; i < SETTLED_RUNS; i++) {
		s->reports[i] = t->reports[i];
		t->reports[i] = RUN_REPORT_INIT;
		s->runs[i] = (struct observed){ &s->reports[i].outcomes, true, t->runs[i].how };
	}
	s->all = t->v->task;
	s->all.n_due = 0; /* ids of the reports that were */
	t->v->task = (struct swe_task){ 0 };
	return environment_copy(&s->env, &t->v->env);
}

int settle(struct harness *h, const struct change_ask *ask, struct settled **ret, struct validation *v, struct err *err)
{
	static const enum run_how how[SETTLED_RUNS] = { RUN_PLAIN, RUN_SHUFFLED, RUN_CLOCK, RUN_PLAIN };
	struct trial t = { .h = h, .ask = ask, .v = v };
	struct buf why = BUF_INIT;
	int rc = 0;

	*ret = NULL;
	*v = (struct validation){ 0 };
	if (begin_with(&t, &why))
		rc = climb(&t, err);
	for (size_t i = 1; rc == 1 && i < SETTLED_RUNS; i++) {
		struct run_report *r;

		if (run_side(&t, true, how[i] == RUN_SHUFFLED && v->env.runner != RUNNER_PYTEST ? RUN_PLAIN : how[i], &r, err) < 0)
			rc = ERR_FAIL;
		else if (r->status != RUN_OK)
			rc = drop(&t, "after:", "unsteady_run", &r->why);
	}
	if (rc == 1)
		rc = settle_sites(&t, err) < 0 ? ERR_FAIL : 1;
	if (rc == 1) {
		*ret = calloc(1, sizeof(**ret));
		rc = *ret && take_runs(*ret, &t) ? 0 : err_set(err, "out of memory");
	}
	for (size_t i = 0; i < RUNS_MAX; i++)
		run_report_release(&t.reports[i]);
	buf_release(&why);
	if (rc < 0) {
		settled_free(*ret);
		*ret = NULL;
		validation_release(v);
	}
	return rc;
}
