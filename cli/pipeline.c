/* pipeline.c - a build from recipe to dataset; see pipeline.h. */
#include "cli/pipeline.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "cli/calibration.h"
#include "cli/home.h"
#include "cli/judge.h"
#include "cli/model.h"
#include "cli/progress.h"
#include "cli/provenance.h"
#include "cli/sampled.h"
#include "cli/stop.h"
#include "cli/swe_source.h"
#include "datasets/seen.h"
#include "generators/measured.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	BATCH = 256,     /* instances made at once */
	SPARE_DRAWS = 20, /* draws per wanted prompt before a source is given up as exhausted */
};

/* One prompt while its samples come in. */
struct prompt {
	struct prompt *prev, *next; /* of those under way */
	int64_t idx;
	const struct quarry_rule *rule; /* NULL: of task swe */
	enum quarry_format format;
	struct buf desc, swe; /* swe: the row, of task swe */
	double guess;
	int model;         /* whose samples: of index model * n on */
	signed char *came; /* per sample, enum came */
	int n, due;        /* samples wanted; those asked of the sampler and neither done nor called off yet */
	struct outcome seen; /* of the gapless run of samples from 0 on, as far as it had to be looked at */
	bool enough;         /* they decide: no sample after them is wanted */
};

enum came { NOT_YET = -1, WRONG, RIGHT, FAILED, BROKEN };

struct run {
	struct build *b;
	struct recipe *r;
	struct home home;
	struct store *st; /* home's */
	struct swe *swe;         /* judges rows of task swe; NULL: there are none */
	struct sampler *sampler; /* the one at work */
	int model;               /* its number */
	struct sampler_identity who[LIMITS_MODELS];
	struct sampling how[LIMITS_MODELS];
	struct progress progress;
	struct buf have_room, instance, messages; /* of the prompt that next() gave last */
	int64_t at, prompts;                      /* next prompt to be given; how many there are, of our part */
	int64_t planned;                          /* prompts of the whole recipe, as far as it is planned */
	int upto;                                 /* samples from this index on are of a later wave */
	struct prompt *live;                      /* those under way */
	struct sampled sampled;                   /* the one that done() got last */
	struct buf mixed_with;                    /* with --mix: the provenance of the run that was begun */
	uint64_t errors;
	double committed; /* when, in seconds */
	struct err lost;  /* the part is another process's now */
};

/* ---- what is planned */

/* How many canonical puzzles a source can give, as measured; 0: unknown (its own knobs, or not measured). */
static double source_support(const struct source *s)
{
	const struct wish *w = &s->wish;
	double sum = 0;

	if (s->swe.repo || w->ask.knob_set)
		return 0;
	for (int level = w->lo / 10; level <= (w->hi + 9) / 10; level++) {
		double bits = measured_of(w->ask.task->name, level).support_log2;

		if (bits <= 0)
			return 0;
		sum += exp2(bits);
	}
	return sum;
}

static int check_support(const struct build *b, struct err *err)
{
	const struct recipe *r = b->recipe;

	for (int i = 0; i < r->nsources && !b->exhaust; i++) {
		const struct source *s = &r->sources[i];
		double support = source_support(s);

		if (support > 0 && (double)s->count > support / 10)
			return err_set(err,
				       "%s:%d: %lld prompts are more than a tenth of the about %.0f different puzzles of %s at this "
				       "difficulty; ask for fewer, for other knobs, or give --exhaust",
				       r->path, s->line, (long long)s->count, support, s->wish.ask.task->name);
	}
	return 0;
}

/* Puzzles of one source, each in all of its shapes, one after another. */
struct batch {
	struct instance *in;
	struct err *err;
	int *rc;
	int shapes, room;
};

static void batch_release(struct batch *m)
{
	for (int i = 0; i < m->room; i++)
		instance_release(&m->in[i]);
	free(m->in);
	free(m->err);
	free(m->rc);
	*m = (struct batch){ 0 };
}

static bool batch_init(struct batch *m, int shapes)
{
	size_t n = BATCH * (size_t)shapes;

	*m = (struct batch){ calloc(n, sizeof(*m->in)), calloc(n, sizeof(*m->err)), calloc(n, sizeof(*m->rc)), shapes, 0 };
	if (!m->in || !m->err || !m->rc)
		return false;
	m->room = (int)n;
	return true;
}

static void make_batch(struct batch *m, const struct build *b, int source, uint64_t from)
{
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 4) num_threads((int)b->common->threads)
#endif
	for (int i = 0; i < m->room; i++) {
		uint64_t seed = source_seed(b->recipe, source, from + (uint64_t)(i / m->shapes));
		struct instance_ask ask = source_ask(&b->recipe->sources[source], seed, i % m->shapes);

		m->rc[i] = instance_make(&m->in[i], &ask, seed, &m->err[i]);
	}
}

/* Dealt out in turn, so that each part has its share of every task. */
static bool is_ours(struct run *run)
{
	return run->planned++ % run->home.part.count == run->home.part.index;
}

static int plan_line(struct run *run, int source, struct str id, const char *task, struct str line, struct err *err)
{
	struct stored_prompt p = { .idx = run->prompts++, .id = id, .task = str_of(task), .source = source, .instance = line };

	run->home.beat.prompts = run->prompts;
	return store_add_prompt(run->st, &p, err) < 0 ? ERR_JOB : 0;
}

static int plan_prompt(struct run *run, int source, const struct instance *in, struct err *err)
{
	struct buf *line = &run->instance;

	if (!is_ours(run))
		return 0;
	buf_reset(line);
	instance_json(line, in);
	if (line->failed)
		return err_set(err, "out of memory");
	return plan_line(run, source, str_of(in->id), in->task->name, buf_str(line), err);
}

/* A shape may say the same as one before it: wordings have a rule or none, and choices are drawn. It is asked once. */
static bool said_before(const struct instance *in, int shape)
{
	for (int i = 0; i < shape; i++)
		if (str_eq(buf_str(&in[i].prompt), buf_str(&in[shape].prompt)) && str_eq(in[i].system, in[shape].system))
			return true;
	return false;
}

/* One puzzle, asked in each shape. */
static int plan_puzzle(struct run *run, int source, struct instance *in, const struct batch *m, int64_t asked[RECIPE_SHAPES], struct err *err)
{
	int rc = 0;

	progress_add(&run->progress, 1);
	for (int i = 0; rc == 0 && i < m->shapes; i++) {
		if (said_before(in, i))
			continue;
		asked[i]++;
		in[i].think_open = run->who[run->r->plan.limits.model].think_open;
		rc = plan_prompt(run, source, &in[i], err);
	}
	return rc;
}

/* The prompts of one source, in order, no canonical form twice in the whole recipe. */
static int plan_source(struct run *run, int source, struct batch *m, struct seen *seen, struct err *err)
{
	const struct source *s = &run->r->sources[source];
	uint64_t most = (uint64_t)s->count * SPARE_DRAWS + 10 * BATCH;
	int64_t made = 0, asked[RECIPE_SHAPES] = { 0 };

	for (uint64_t from = 0; made < s->count; from += BATCH) {
		if (stop_asked())
			return ERR_STOPPED;
		if (from > most)
			return err_set(err, "%s:%d: only %lld of %lld different puzzles of %s could be drawn", run->r->path, s->line,
				       (long long)made, (long long)s->count, s->wish.ask.task->name);
		if (beat_tell(&run->home.beat, err) < 0)
			return ERR_JOB;
		make_batch(m, run->b, source, from);
		for (int i = 0; i < m->room && made < s->count; i += m->shapes) {
			int fresh, rc = 0;

			for (int k = i; k < i + m->shapes; k++)
				if (m->rc[k] < 0) {
					*err = m->err[k];
					return err_at(err, "%s:%d: ", run->r->path, s->line);
				}
			fresh = seen_add(seen, m->in[i].canon, err);
			if (fresh < 0)
				return ERR_JOB;
			if (fresh) {
				rc = plan_puzzle(run, source, &m->in[i], m, asked, err);
				made++;
			}
			if (rc < 0)
				return rc;
		}
	}
	for (int i = 0; i < s->nshapes; i++)
		if (asked[i] == 0)
			return err_set(err, "%s:%d: the shape \"%.*s\" asks in the same words as another; change it or leave it out", run->r->path, s->line,
				       (int)s->shape[i].name.n, s->shape[i].name.s);
	return 0;
}

/* ---- tasks of git histories */

/* Before anything is made: what is not there would else be found by a run that has begun. */
static int check_sources(const struct build *b, struct err *err)
{
	const struct recipe *r = b->recipe;
	int rc = 0;

	for (int i = 0; rc == 0 && i < r->nsources; i++) {
		const struct source *s = &r->sources[i];

		if (s->swe.repo && !s->swe.tasks && b->part.count > 1)
			rc = err_set(err, "parts would each mine the repository; mine it first, and name the file with tasks: FILE");
		else if (s->swe.repo)
			rc = swe_source_check(&s->swe, err);
		if (rc < 0)
			err_at(err, "%s:%d: ", r->path, s->line);
	}
	return rc;
}

static int mine_sources(struct run *run, struct err *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < run->r->nsources; i++) {
		const struct source *s = &run->r->sources[i];

		if (s->swe.repo)
			rc = swe_source_mine(&s->swe, i, run->b->dir, run->b->common, err);
	}
	return rc;
}

struct planned_rows {
	struct run *run;
	struct seen *seen;
	int source;
	struct err *err;
};

static int plan_row(void *ctx, const struct swe_source_row *row)
{
	struct planned_rows *p = ctx;
	int fresh, rc;

	if (stop_asked())
		return ERR_STOPPED;
	fresh = seen_add(p->seen, row->canon, p->err);
	if (fresh <= 0)
		return fresh < 0 ? ERR_JOB : 0;
	progress_add(&p->run->progress, 1);
	rc = is_ours(p->run) ? plan_line(p->run, p->source, row->id, "swe", row->instance, p->err) : 0;
	return rc < 0 ? rc : 1;
}

static int plan_repo(struct run *run, int source, struct seen *seen, struct err *err)
{
	const struct source *s = &run->r->sources[source];
	struct planned_rows p = { run, seen, source, err };
	struct swe_source_counts n = { 0 };
	int rc = swe_source_each(&s->swe, source, run->b->dir, plan_row, &p, &n, err);
	int64_t all = n.given + (s->swe.underspecified ? 0 : n.underspecified);

	if (rc == 0 && !run->b->common->quiet)
		log_info("%s:%d: %lld tasks of %s; %lld of %lld (%.0f %%) are underspecified%s", run->r->path, s->line, (long long)n.given,
			 s->swe.name ? s->swe.name : s->swe.repo, (long long)n.underspecified, (long long)all,
			 all ? 100.0 * (double)n.underspecified / (double)all : 0, s->swe.underspecified ? "" : ", and left out");
	return rc;
}

/* What rows of task swe are judged with: the recipe's repositories. */
static int open_store(struct run *run, struct err *err)
{
	struct buf repos = BUF_INIT, environments = BUF_INIT;
	struct swe_options o = { .slots = (unsigned)run->b->common->threads, .variants = 1 };
	int rc = 0;

	for (int i = 0; i < run->r->nsources; i++)
		if (run->r->sources[i].swe.repo)
			buf_addf(&repos, "%s%s", repos.n ? ":" : "", run->r->sources[i].swe.repo);
	buf_addf(&environments, "%s/environments", run->b->dir);
	o.repos = buf_z(&repos);
	o.environments = buf_z(&environments);
	if (repos.n)
		rc = swe_open(&run->swe, &o, err);
	buf_release(&repos);
	buf_release(&environments);
	return rc;
}

/* All or nothing: one transaction. */
static int plan(struct run *run, struct err *err)
{
	struct batch m = { 0 };
	struct seen *seen = NULL;
	int64_t wanted = 0;
	int rc = store_begin(run->st, err);

	for (int i = 0; i < run->r->nsources; i++)
		wanted += run->r->sources[i].swe.repo ? 0 : run->r->sources[i].count;
	progress_start(&run->progress, "plan", "puzzles", (uint64_t)wanted, run->b->common);
	if (rc == 0)
		rc = seen_open(&seen, err);
	for (int i = 0; rc == 0 && i < run->r->nsources; i++) {
		int shapes = run->r->sources[i].nshapes ? run->r->sources[i].nshapes : 1;

		if (run->r->sources[i].swe.repo) {
			rc = plan_repo(run, i, seen, err);
			continue;
		}
		if (shapes != m.shapes)
			batch_release(&m);
		if (m.room == 0 && !batch_init(&m, shapes))
			rc = err_set(err, "out of memory");
		if (rc == 0)
			rc = plan_source(run, i, &m, seen, err);
	}
	progress_end(&run->progress);
	if (rc == 0 && (store_set(run->st, "state", STR("planned"), err) < 0 || store_commit(run->st, err) < 0))
		rc = ERR_JOB;
	batch_release(&m);
	seen_close(seen);
	return rc;
}

/* ---- sampling and verdicts */

static void prompt_free(struct run *run, struct prompt *p)
{
	if (!p)
		return;
	if (p->prev)
		p->prev->next = p->next;
	else if (run->live == p)
		run->live = p->next;
	if (p->next)
		p->next->prev = p->prev;
	buf_release(&p->desc);
	buf_release(&p->swe);
	free(p->came);
	free(p);
}

/* Samples count in order of index, and only without a gap before them, so what is decided does not depend on who was done first. */
static void look(const struct recipe *r, struct prompt *p)
{
	struct outcome *o = &p->seen;

	while (!p->enough && o->samples < p->n && p->came[o->samples] != NOT_YET) {
		enum came came = (enum came)p->came[o->samples++];

		o->right += came == RIGHT;
		o->errors += came == FAILED;
		o->broken += came == BROKEN;
		p->enough = limits_enough(o, p->guess, &r->plan.limits);
	}
}

/* From which sample on none is wanted. */
static int wanted(const struct prompt *p)
{
	return p->enough ? p->seen.samples : p->n;
}

static enum came came_of(struct str mark, struct str finish)
{
	if (str_is(finish, sample_finish_name(SAMPLE_ERROR)))
		return FAILED;
	return str_is(mark, "correct") ? RIGHT : str_is(mark, "bad_task") ? BROKEN : WRONG;
}

static int have_sample(void *ctx, const struct stored_sample *s)
{
	struct prompt *p = ctx;
	int64_t i = s->idx - (int64_t)p->model * p->n;

	if (i >= 0 && i < p->n)
		p->came[i] = came_of(s->mark, s->finish);
	return 0;
}

static struct prompt *prompt_new(struct run *run, const struct stored_prompt *sp, struct err *err)
{
	struct prompt *p = calloc(1, sizeof(*p));
	struct json row, v;
	char z[64];
	int n = run->r->sampling.n;

	if (p)
		p->came = malloc((size_t)n);
	if (!p || !p->came) {
		prompt_free(run, p);
		err_set(err, "out of memory");
		return NULL;
	}
	memset(p->came, NOT_YET, (size_t)n);
	p->idx = sp->idx;
	p->n = n;
	p->model = run->model;
	snprintf(z, sizeof(z), "%.*s", (int)(sp->task.n > 60 ? 60 : sp->task.n), sp->task.s);
	p->rule = quarry_rule(z);
	if (!p->rule)
		buf_add(&p->swe, sp->instance);
	if (!json_parse(&row, sp->instance, err) || !json_get(row, "desc", &v) || !json_str(v, &p->desc) ||
	    !json_get(row, "guess", &v) || !json_f64(v, &p->guess) || !json_get(row, "prompt", &v)) {
		err_set(err, "%s/run.db: prompt %lld is damaged", run->b->dir, (long long)sp->idx);
		prompt_free(run, p);
		return NULL;
	}
	buf_reset(&run->messages);
	buf_add(&run->messages, v.raw);
	p->format = row_format(row, QUARRY_ANY);
	return p;
}

static int next(void *ctx, struct sample_prompt *ret, struct err *err)
{
	struct run *run = ctx;
	int n = run->r->sampling.n;

	for (;;) {
		struct stored_prompt sp;
		struct prompt *p;
		uint64_t key;
		int rc;

		if (run->at >= run->prompts)
			return 0;
		if (store_samples_of(run->st, run->at) == (int64_t)n * run->r->models) {
			run->at++;
			continue;
		}
		rc = store_prompt(run->st, run->at, &sp, err);
		if (rc == 0)
			return err_set(err, "%s/run.db: prompt %lld is missing", run->b->dir, (long long)run->at);
		p = rc < 0 ? NULL : prompt_new(run, &sp, err);
		if (!p)
			return ERR_FAIL;
		key = sampled_key(sp.id);
		buf_reset(&run->instance);
		buf_add(&run->instance, sp.instance);
		if (store_each_sample(run->st, run->at++, have_sample, p, err) < 0) {
			prompt_free(run, p);
			return ERR_FAIL;
		}
		look(run->r, p);
		buf_reset(&run->have_room);
		for (int i = 0; i < n; i++) {
			bool have = p->came[i] != NOT_YET || i >= wanted(p) || i >= run->upto;

			buf_addc(&run->have_room, have);
			p->due += !have;
		}
		if (p->due == 0) {
			prompt_free(run, p);
			continue;
		}
		p->next = run->live;
		if (p->next)
			p->next->prev = p;
		run->live = p;
		*ret = (struct sample_prompt){ .index = (uint64_t)p->idx, .key = key, .messages = buf_str(&run->messages),
					       .row = buf_str(&run->instance),
					       .have = (const unsigned char *)buf_z(&run->have_room), .tag = p };
		return 1;
	}
}

static int maybe_commit(struct run *run, struct err *err)
{
	double now = clock_s();

	if (now - run->committed < 1.0)
		return 0;
	run->committed = now;
	if (store_commit(run->st, err) < 0)
		return ERR_FAIL;
	return store_begin(run->st, err);
}

static void judge_swe(struct run *run, const struct prompt *p, const struct sample *s, bool think_open)
{
	struct swe_ask ask = { .desc = buf_str(&p->desc), .think_open = think_open };
	struct json row, v;
	struct err ignored;
	char format[32];

	if (json_parse(&row, buf_str(&p->swe), &ignored) && json_get(row, "format", &v) && json_z(v, format, sizeof(format)))
		ask.format = str_of(format);
	sampled_judge_swe(&run->sampled, s, run->swe, &ask);
}

static int done(void *ctx, const struct sample *s, struct err *err)
{
	struct run *run = ctx;
	struct prompt *p = s->tag;
	struct quarry_options o = { .format = p->format, .think_open = run->who[run->model].think_open };
	int rc;

	if (s->finish == SAMPLE_ERROR && run->errors++ < 5)
		log_warn("prompt %lld, sample %d: %s", (long long)p->idx, s->index, s->why);
	if (p->rule)
		sampled_judge(&run->sampled, s, p->rule, buf_str(&p->desc), &o);
	else
		judge_swe(run, p, s, o.think_open);
	run->sampled.row.idx += (int64_t)p->model * p->n;
	rc = run->sampled.text.failed ? err_set(err, "out of memory") : store_add_sample(run->st, p->idx, &run->sampled.row, err);
	if (rc < 0)
		return rc;
	p->came[s->index] = came_of(run->sampled.row.mark, run->sampled.row.finish);
	look(run->r, p);
	progress_add(&run->progress, 1);
	if (--p->due == 0)
		prompt_free(run, p);
	return maybe_commit(run, err);
}

/* Asked often: the time to say that we live. */
static bool quit(void *ctx)
{
	struct run *run = ctx;

	run->home.beat.done = (int64_t)run->progress.done;
	return stop_asked() || beat_tell(&run->home.beat, &run->lost) < 0;
}

static bool stop(void *ctx, uint64_t prompt, void *tag, int sample, struct str text)
{
	struct prompt *p = tag;

	(void)prompt, (void)text;
	if (sample < wanted(p))
		return false;
	if (--p->due == 0) /* no sample of it is under way any more, so nobody will name it again */
		prompt_free(ctx, p);
	return true;
}

static bool stops_early(const struct run *run)
{
	return run->r->plan.limits.stopping != STOPPING_NONE;
}

/* In one go; or where sampling may stop early in waves, so that few samples are under way when a prompt is decided. */
static int sample_waves(struct run *run, const struct sampling *how, struct err *err)
{
	struct sample_job job = { .next = next, .done = done, .stop = stops_early(run) ? stop : NULL, .quit = quit, .ctx = run };
	int wave = stops_early(run) ? run->r->wave : how->n, rc;

	run->upto = 0;
	do {
		run->upto = how->n - run->upto > wave ? run->upto + wave : how->n;
		run->at = 0;
		rc = sampler_run(run->sampler, how, &job, err);
		while (run->live)
			prompt_free(run, run->live);
	} while (rc == 0 && run->upto < how->n);
	return rc;
}

/* One model after another. Of several only the one at work is in memory. */
static int sample_models(struct run *run, struct err *err)
{
	const struct recipe *r = run->r;
	int rc = 0;

	for (run->model = 0; rc == 0 && run->model < r->models; run->model++) {
		if (!run->sampler)
			rc = model_sampler(&run->sampler, r->model[run->model], run->b->common, err);
		if (rc == 0)
			rc = sample_waves(run, &run->how[run->model], err);
		if (r->models > 1) {
			sampler_free(run->sampler);
			run->sampler = NULL;
		}
	}
	return rc;
}

static int sample_all(struct run *run, struct err *err)
{
	struct err late = ERR_INIT;
	int64_t there = store_samples(run->st), all = run->prompts * run->r->sampling.n * run->r->models;
	int rc;

	if (there < 0)
		return err_set(err, "%s/run.db: damaged", run->b->dir);
	progress_start(&run->progress, "sample", "samples", (uint64_t)all, run->b->common);
	progress_resume(&run->progress, (uint64_t)there);
	run->home.beat.prompts = run->prompts;
	beat_phase(&run->home.beat, "sample", there, all);
	run->committed = clock_s();
	rc = store_begin(run->st, err);
	if (rc == 0)
		rc = sample_models(run, err);
	if (*run->lost.msg) { /* not another row into a file that is not ours */
		store_rollback(run->st);
		*err = run->lost;
		rc = ERR_JOB;
	}
	/* what is there is kept, however the run ended */
	if (store_commit(run->st, &late) < 0 && rc == 0) {
		*err = late;
		rc = ERR_FAIL;
	}
	progress_end(&run->progress);
	return rc;
}

/*
 * Samples of a higher index may have been done before their prompt was decided: they go, so that what is left does not
 * depend on the order in which samples came.
 */
static int cut_prompt(struct run *run, int64_t i, struct err *err)
{
	struct stored_prompt sp;
	struct prompt *p;
	int rc;

	if (store_prompt(run->st, i, &sp, err) <= 0)
		return err_set(err, "%s/run.db: prompt %lld is missing", run->b->dir, (long long)i);
	p = prompt_new(run, &sp, err);
	rc = p ? store_each_sample(run->st, i, have_sample, p, err) : ERR_FAIL;
	if (rc == 0) {
		int64_t from = (int64_t)p->model * p->n;

		look(run->r, p);
		rc = store_cut_samples(run->st, i, from + wanted(p), from + p->n, err);
	}
	prompt_free(run, p);
	return rc;
}

static int cut_surplus(struct run *run, struct err *err)
{
	int rc;

	if (!stops_early(run))
		return 0;
	rc = store_begin(run->st, err);
	for (run->model = 0; run->model < run->r->models; run->model++)
		for (int64_t i = 0; rc == 0 && i < run->prompts; i++)
			rc = cut_prompt(run, i, err);
	return rc == 0 ? store_commit(run->st, err) : rc;
}

/* ---- the run's home */

/* One of several models. */
static void answerer_json(struct buf *b, const struct sampler_identity *who, const struct sampling *how)
{
	json_open(b, '{');
	json_key(b, "model");
	identity_json(b, who);
	json_key(b, "chat");
	json_add_z(b, who->chat);
	json_key(b, "think_open");
	json_add_bool(b, who->think_open);
	json_key(b, "sampling");
	sampling_json(b, how);
	json_close(b, '}');
}

/* mixed_with: the provenance of a run that another model or machine began, or empty. */
static void provenance(struct buf *b, const struct run *run, struct str mixed_with)
{
	const struct recipe *r = run->r;
	int decides = r->plan.limits.model;

	json_open(b, '{');
	json_key(b, "quarry");
	json_add_z(b, quarry_version());
	json_key(b, "recipe_hash");
	json_add_z(b, r->hash);
	json_key(b, "seed");
	json_add_u64(b, r->seed);
	json_key(b, "model");
	identity_json(b, &run->who[decides]);
	json_key(b, "chat");
	json_add_z(b, run->who[decides].chat);
	json_key(b, "sampling");
	sampling_json(b, &run->how[decides]);
	if (r->models > 1) {
		json_key(b, "models");
		json_open(b, '[');
		for (int m = 0; m < r->models; m++)
			answerer_json(b, &run->who[m], &run->how[m]);
		json_close(b, ']');
	}
	json_key(b, "revisions");
	json_open(b, '{');
	for (size_t i = 0; task_at(i); i++) {
		const struct task *t = task_at(i);
		bool used = false;

		for (int k = 0; k < r->nsources; k++)
			used = used || (!r->sources[k].swe.repo && r->sources[k].wish.ask.task == t);
		if (!used)
			continue;
		json_key(b, t->name);
		json_open(b, '{');
		json_key(b, "generator");
		json_add_i64(b, t->revision);
		json_key(b, "verifier");
		json_add_i64(b, quarry_rule_revision(quarry_rule(t->name)));
		json_close(b, '}');
	}
	json_close(b, '}');
	if (mixed_with.n) {
		json_key(b, "mixed_with");
		json_add_raw(b, mixed_with);
	}
	json_close(b, '}');
}

/* By what prompts are kept, for those who read run.db alone. */
static int tell_filter(struct run *run, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	json_open(&text, '{');
	limits_members(&text, &run->r->plan.limits);
	json_close(&text, '}');
	rc = store_put(run->st, "filter", buf_str(&text), err);
	buf_release(&text);
	return rc;
}

/* What must be the same for a run to go on: everything that its bytes depend on. */
static int same_run(struct run *run, struct err *err)
{
	struct buf now = BUF_INIT, then = BUF_INIT;
	int rc;

	provenance(&now, run, STR(""));
	rc = store_get(run->st, "provenance", &then, err);
	if (rc == 0) {
		rc = store_begin(run->st, err);
		if (rc == 0)
			rc = store_set(run->st, "provenance", buf_str(&now), err);
		if (rc == 0)
			rc = store_set(run->st, "recipe", buf_str(&run->r->text), err);
		if (rc == 0)
			rc = store_set(run->st, "name", str_of(run->r->plan.name), err);
		if (rc == 0)
			rc = store_commit(run->st, err);
	} else if (rc > 0) {
		bool mix;
		const char *what = provenance_differs(buf_str(&then), buf_str(&now), &mix);

		rc = 0;
		if (what && mix && run->b->mix)
			buf_add(&run->mixed_with, buf_str(&then));
		else if (what)
			rc = err_set(err, "%s holds %s; name another directory with -o%s", run->b->dir, what, mix ? ", or give --mix" : "");
	}
	/* a run that an older quarry began does not say it */
	if (rc == 0)
		rc = tell_filter(run, err);
	buf_release(&now);
	buf_release(&then);
	return rc;
}

static int told(void *ctx, int64_t done_now, int64_t total)
{
	struct progress *p = ctx;

	p->total = (uint64_t)total;
	if ((uint64_t)done_now > p->done)
		progress_add(p, (uint64_t)done_now - p->done);
	return stop_asked();
}

int build_write(struct build *b, struct store *st, struct str provenance, struct err *err)
{
	struct dataset_plan p = b->recipe->plan;
	struct progress progress;
	struct json all, who;
	int64_t prompts = store_prompts(st);
	int rc;

	if (!json_parse(&all, provenance, err) || !json_get(all, "model", &who))
		return err_set(err, "%s/run.db: damaged: its provenance names no model", b->dir);
	p.provenance = provenance;
	p.sampler = who.raw;
	p.demonstration = model_is_default(b->recipe->model[p.limits.model]);
	progress_start(&progress, "write", "prompts", prompts > 0 ? (uint64_t)prompts : 0, b->common);
	rc = dataset_write(st, b->dir, &p, told, &progress, &b->counts, err);
	progress_end(&progress);
	if (rc == 0)
		rc = store_begin(st, err);
	if (rc == 0)
		rc = store_set(st, "state", STR("done"), err);
	if (rc == 0)
		rc = store_set(st, "content_sha256", str_of(b->counts.content_sha256), err);
	if (rc == 0)
		rc = store_commit(st, err);
	return rc;
}

/* A part is written by who merges it; it says that it is whole, and what it was mixed of. */
static int end_part(struct run *run, struct err *err)
{
	struct buf prov = BUF_INIT, name = BUF_INIT;
	int rc = store_begin(run->st, err);

	provenance(&prov, run, STR(""));
	part_name(&name, &run->home.part);
	if (rc == 0)
		rc = store_set(run->st, "part", buf_str(&name), err);
	if (rc == 0 && run->mixed_with.n)
		rc = store_set(run->st, "mixed_with", buf_str(&run->mixed_with), err);
	if (rc == 0 && run->mixed_with.n)
		rc = store_set(run->st, "provenance", buf_str(&prov), err);
	if (rc == 0)
		rc = store_set(run->st, "state", STR("sampled"), err);
	if (rc == 0)
		rc = store_commit(run->st, err);
	buf_release(&prov);
	buf_release(&name);
	run->b->counts = (struct dataset_counts){ .prompts = run->prompts, .samples = store_samples(run->st) };
	run->home.beat.done = run->b->counts.samples;
	return rc;
}

static int write_out(struct run *run, struct err *err)
{
	struct buf prov = BUF_INIT;
	int rc;

	if (home_is_part(&run->home))
		return end_part(run, err);
	provenance(&prov, run, buf_str(&run->mixed_with));
	rc = build_write(run->b, run->st, buf_str(&prov), err);
	buf_release(&prov);
	return rc;
}

static void show_source(const struct source *s)
{
	const struct wish *w = &s->wish;
	double support = source_support(s);
	int shapes = s->nshapes ? s->nshapes : 1;
	char level[32], langs[16] = "", formats[64] = "", room[32];

	snprintf(level, sizeof(level), w->lo == w->hi ? "%.1f" : "%.1f..%.1f", w->lo / 10.0, w->hi / 10.0);
	for (int k = 0; k < w->nlangs; k++)
		snprintf(langs + strlen(langs), sizeof(langs) - strlen(langs), "%s%s", k ? "," : "", lang_name(w->langs[k]));
	for (int k = 0; k < w->nformats; k++)
		snprintf(formats + strlen(formats), sizeof(formats) - strlen(formats), "%s%s", k ? "," : "",
			 quarry_format_name(w->formats[k]));
	snprintf(room, sizeof(room), support > 0 ? "about 2^%.1f" : "not measured", support > 0 ? log2(support) : 0);
	printf("%-24s %9lld  %-10s %-6s %-24s %s\n", w->ask.task->name, (long long)(s->count * shapes), level, langs, formats, room);
}

static void show_plan(const struct run *run)
{
	const struct recipe *r = run->r;
	struct buf rule = BUF_INIT;
	double prompts = 0; /* recipes may ask for more than 64 bits of tokens */

	printf("%s, seed %llu, model", r->plan.name, (unsigned long long)r->seed);
	for (int m = 0; m < r->models; m++)
		printf("%s %s", m ? "," : "", run->who[m].name);
	printf(", %d samples a prompt%s, at most %d tokens each\n", r->sampling.n, r->models > 1 ? " of each" : "", r->sampling.max_tokens);
	printf("%-24s %9s  %-10s %-6s %-24s %s\n", "task", "prompts", "difficulty", "lang", "formats", "different puzzles");
	for (int i = 0; i < r->nsources; i++) {
		const struct source *s = &r->sources[i];

		if (s->swe.repo) {
			char most[32] = "all";

			if (s->count < SWE_SOURCE_ALL)
				snprintf(most, sizeof(most), "%lld", (long long)s->count);
			printf("%-24s %9s  %s\n", "swe", most, s->swe.tasks ? s->swe.tasks : s->swe.repo);
			prompts += s->count < SWE_SOURCE_ALL ? (double)s->count : 0;
			continue;
		}
		show_source(s);
		prompts += (double)s->count * (s->nshapes ? s->nshapes : 1);
	}
	printf("%.0f prompts, %.0f samples, at most %.0f tokens\n", prompts, prompts * r->sampling.n * r->models,
	       prompts * r->sampling.n * r->models * r->sampling.max_tokens);
	limits_tell(&rule, &r->plan.limits);
	printf("%s\nvalidation is the upper %g of the canonical hashes\n", buf_z(&rule), r->plan.validation);
	buf_release(&rule);
}

/* Who they are and how they like to be sampled. One alone stays open. */
static int meet_models(struct run *run, struct err *err)
{
	const struct recipe *r = run->r;
	int rc = 0;

	for (int m = 0; rc == 0 && m < r->models; m++) {
		rc = model_sampler(&run->sampler, r->model[m], run->b->common, err);
		if (rc == 0) {
			sampler_describe(run->sampler, &run->who[m]);
			rc = recipe_settle(r, run->sampler, &run->how[m], err);
		}
		for (int i = 0; rc == 0 && i < m; i++)
			if (strcmp(run->who[i].name, run->who[m].name) == 0)
				rc = err_set(err, "%s: models %d and %d are both called \"%s\": rows could not tell them apart; rename a folder", r->path, i + 1, m + 1,
					     run->who[m].name);
		if (r->models > 1) {
			sampler_free(run->sampler);
			run->sampler = NULL;
		}
	}
	return rc;
}

static int move_in(struct run *run, struct err *err)
{
	struct build *b = run->b;
	struct buf prov = BUF_INIT;
	int rc;

	provenance(&prov, run, STR(""));
	run->home.top = b->dir;
	run->home.part = b->part;
	rc = home_siblings(&run->home, buf_str(&prov), b->mix, err);
	if (rc == 0)
		rc = home_open(&run->home, b->dir, &b->part, b->resume, err);
	buf_release(&prov);
	if (rc < 0)
		return rc;
	run->st = run->home.st;
	b->dir = buf_z(&run->home.dir);
	return same_run(run, err);
}

static int go(struct run *run, struct err *err)
{
	struct build *b = run->b;
	int rc;

	stop_watch();
	rc = meet_models(run, err);
	if (rc == 0)
		rc = calibrate(run->r, &run->who[run->r->plan.limits.model], &run->how[run->r->plan.limits.model], b->mix, err);
	if (rc == 0)
		rc = check_support(b, err);
	if (rc == 0)
		rc = check_sources(b, err);
	if (rc == 0 && b->dry_run) {
		show_plan(run);
		return 0;
	}
	if (rc == 0)
		rc = move_in(run, err);
	if (rc < 0)
		return rc;
	run->prompts = store_prompts(run->st);
	if (run->prompts < 0)
		return err_set(err, "%s/run.db: damaged", b->dir);
	if (run->prompts == 0) {
		rc = mine_sources(run, err);
		if (rc == 0)
			rc = plan(run, err);
	}
	if (rc == 0)
		rc = open_store(run, err);
	if (rc < 0)
		return rc;
	rc = sample_all(run, err);
	if (rc == 0 && stop_asked())
		rc = ERR_STOPPED;
	if (rc == 0)
		rc = cut_surplus(run, err);
	if (rc == 0)
		rc = write_out(run, err);
	return rc == ERR_FAIL ? ERR_JOB : rc;
}

int build_run(struct build *b, struct err *err)
{
	struct run run = { .b = b, .r = b->recipe, .home = HOME_INIT };
	const char *top = b->dir;
	int rc = go(&run, err);

	if (rc == ERR_STOPPED)
		err_set(err, "%s: stopped by a signal; what was done is saved: go on with --resume", b->dir);
	if (rc == 0 && run.errors)
		log_warn("%llu samples ended in an error", (unsigned long long)run.errors);
	b->dir = top;
	home_close(&run.home, rc, err);
	sampler_free(run.sampler);
	sampled_release(&run.sampled);
	swe_close(run.swe);
	buf_release(&run.have_room);
	buf_release(&run.instance);
	buf_release(&run.messages);
	buf_release(&run.mixed_with);
	return rc;
}
