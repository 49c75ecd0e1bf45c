/* tune.c - pass rates against difficulty, asked batch by batch; see tune.h. */
#include "cli/tune.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/calibration.h"
#include "cli/home.h"
#include "cli/judge.h"
#include "cli/model.h"
#include "cli/progress.h"
#include "cli/provenance.h"
#include "cli/sampled.h"
#include "cli/stop.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { REDRAWS = 64 }; /* for a puzzle that was not asked yet; a level of few puzzles then asks one again */

struct run {
	struct tuning g;
	struct tune *t;
	struct sampler *sampler;
	struct tuned_model *who; /* whose turn it is */
	struct progress progress;
	struct buf line, desc;    /* of the prompt that was loaded last */
	struct buf row, messages; /* of the one that next() gave last */
	struct sampled sampled;
	struct home home;
	int64_t prompts; /* in run.db */
	int cell, slot;  /* where next() stands */
	uint64_t errors;
	double committed; /* when, in seconds */
	bool asking;      /* what fails from here on is the job */
};

void tune_range(const struct source *s, int *lo, int *hi)
{
	*lo = s->leveled ? s->wish.lo : 0;
	*hi = s->leveled ? s->wish.hi : 100;
}

/* ---- cells */

static struct posed *cell_more(struct cell *c)
{
	if (c->n == c->room) {
		int room = c->room ? 2 * c->room : 64;
		struct posed *big = realloc(c->asked, (size_t)room * sizeof(*big));

		if (!big)
			return NULL;
		c->asked = big;
		c->room = room;
	}
	return &c->asked[c->n++];
}

/* The level of the i-th puzzle of the batch under way. */
static int wave_level(const struct cell *c, int i)
{
	int level = 0;

	while (i >= c->levels[level])
		i -= c->levels[level++];
	return level;
}

static bool all_answered(const struct cell *c)
{
	if (c->n < c->wave)
		return false;
	for (int i = c->fed; i < c->wave; i++)
		if (c->asked[i].answer == NOT_YET)
			return false;
	return true;
}

static void judge_goals(struct cell *c, const struct tune_plan *plan, bool *open)
{
	bool last = c->n - c->failed > 0 && c->fed >= plan->budget;

	*open = false;
	for (int i = 0; i < plan->naims; i++) {
		curve_goal(c->curve, &c->goals[i], last, &c->found[i]);
		*open |= c->found[i].state == GOAL_OPEN;
	}
}

/* Learn what was answered; choose the next batch, or be over. Depends on this cell's answers in their order alone. */
static void advance(struct cell *c, const struct tune_plan *plan)
{
	while (!c->over && all_answered(c)) {
		bool open;

		for (; c->fed < c->wave; c->fed++) {
			const struct posed *a = &c->asked[c->fed];

			if (a->answer == WAS_LOST)
				c->failed++;
			else
				curve_add(c->curve, a->level, a->guess, a->answer == WAS_RIGHT);
		}
		judge_goals(c, plan, &open);
		if (!open || c->fed >= plan->budget) {
			c->over = true;
			break;
		}
		curve_ask(c->curve, c->goals, plan->naims, (int)plan->batch, (int)plan->budget - c->fed, c->levels);
		for (int i = 0; i < CURVE_LEVELS; i++)
			c->wave += c->levels[i];
	}
	if (c->over && c->curve) {
		curve_rates(c->curve, c->rates);
		for (int i = 0; i < CURVE_LEVELS; i++)
			c->level[i] = curve_level(c->curve, i);
		c->shape = curve_shape(c->curve);
		curve_free(c->curve);
		c->curve = NULL;
	}
}

static void advance_all(struct run *run, int model)
{
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)run->t->common->threads)
#endif
	for (int i = 0; i < run->g.ncells; i++)
		if (run->g.cells[i].model == model)
			advance(&run->g.cells[i], &run->g.r->tune);
}

static int make_cells(struct run *run, struct err *err)
{
	const struct recipe *r = run->g.r;
	int sources = run->g.to - run->g.from;

	run->g.ncells = sources * run->g.models;
	run->g.cells = calloc((size_t)run->g.ncells + 1, sizeof(*run->g.cells));
	if (!run->g.cells)
		return err_set(err, "out of memory");
	for (int i = 0; i < run->g.ncells; i++) {
		struct cell *c = &run->g.cells[i];

		c->index = run->g.from + i / run->g.models;
		c->model = i % run->g.models;
		c->source = &r->sources[c->index];
		for (int k = 0; k < r->tune.naims; k++) {
			const struct aim *a = &r->tune.aims[k];
			double wide = a->lo < a->hi ? 0 : r->tune.tolerance;

			c->goals[k] = (struct goal){ a->rate, a->lo - wide, a->hi + wide };
		}
	}
	return 0;
}

/* ---- puzzles */

/* The seed of the j-th puzzle of a level of a source: the same for every model, so that they are asked alike. */
static uint64_t puzzle_seed(const struct run *run, const struct cell *c, int level, uint64_t j)
{
	uint64_t seed = rng_mix(rng_mix(run->g.r->seed, hash64("tune", 4, (uint64_t)c->index)), (uint64_t)level);

	return instance_seed(seed, c->source->wish.ask.task->name, j);
}

/* A puzzle that is to be made: asked[at] of a cell. */
struct wanted {
	struct cell *cell;
	int at, draws;
	uint64_t seed;
	struct instance in;
	struct err err;
	bool made;
	int rc;
};

static struct posed *asked_of(const struct wanted *w)
{
	return &w->cell->asked[w->at];
}

/* Of a source's shapes one is drawn: the rate is the mean over them, as a dataset has each. */
static void draw(const struct run *run, struct wanted *w)
{
	struct source s = *w->cell->source;
	struct instance_ask ask;
	struct rng rng;

	s.wish.lo = s.wish.hi = asked_of(w)->level * 10;
	rng_init(&rng, w->seed, "shape");
	ask = source_ask(&s, w->seed, s.nshapes ? (int)rng_below(&rng, (uint32_t)s.nshapes) : 0);
	w->rc = instance_make(&w->in, &ask, w->seed, &w->err);
	w->in.think_open = run->who->who.think_open;
}

static bool asked_already(const struct cell *c, uint64_t id)
{
	for (int i = 0; i < c->n; i++)
		if (c->asked[i].id == id)
			return true;
	return false;
}

/* One more round for those that are not made yet: side by side, then looked at in order. How many are left. */
static int make_round(struct run *run, struct wanted *w, int n, struct err *err)
{
	int left = 0;

	for (int i = 0; i < n; i++)
		if (!w[i].made) {
			int level = asked_of(&w[i])->level;

			w[i].seed = puzzle_seed(run, w[i].cell, level, w[i].cell->drawn[level]++);
			w[i].draws++;
		}
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)run->t->common->threads)
#endif
	for (int i = 0; i < n; i++)
		if (!w[i].made)
			draw(run, &w[i]);
	for (int i = 0; i < n; i++) {
		uint64_t id;

		if (w[i].made)
			continue;
		if (w[i].rc < 0) {
			*err = w[i].err;
			return err_at(err, "%s:%d: ", run->g.r->path, w[i].cell->source->line);
		}
		id = sampled_key(str_of(w[i].in.id));
		w[i].made = w[i].draws >= REDRAWS || !asked_already(w[i].cell, id);
		left += !w[i].made;
		if (w[i].made) {
			asked_of(&w[i])->id = id;
			asked_of(&w[i])->guess = w[i].in.guess;
		}
	}
	return left;
}

static int keep(struct run *run, const struct wanted *w, struct err *err)
{
	struct stored_prompt p;

	buf_reset(&run->line);
	instance_json(&run->line, &w->in);
	if (run->line.failed)
		return err_set(err, "out of memory");
	asked_of(w)->prompt = run->prompts;
	p = (struct stored_prompt){ .idx = run->prompts++, .id = str_of(w->in.id), .task = str_of(w->in.task->name),
				    .source = w->cell->model * run->g.r->nsources + w->cell->index, .instance = buf_str(&run->line) };
	return store_add_prompt(run->g.st, &p, err);
}

static int make_all(struct run *run, struct wanted *w, int n, struct err *err)
{
	int left;

	do {
		if (stop_asked())
			return ERR_STOPPED;
		left = make_round(run, w, n, err);
	} while (left > 0);
	for (int i = 0; left == 0 && i < n; i++)
		left = keep(run, &w[i], err);
	return left;
}

/* Puzzles for the batches of all cells of this model, in one transaction. Gives how many samples are under way. */
static int plan_waves(struct run *run, int model, struct err *err)
{
	struct wanted *w;
	int n = 0, todo = 0, rc;

	for (int i = 0; i < run->g.ncells; i++)
		if (run->g.cells[i].model == model && !run->g.cells[i].over)
			n += run->g.cells[i].wave - run->g.cells[i].n;
	w = calloc((size_t)n + 1, sizeof(*w));
	rc = w ? store_begin(run->g.st, err) : err_set(err, "out of memory");
	n = 0;
	for (int i = 0; rc == 0 && i < run->g.ncells; i++) {
		struct cell *c = &run->g.cells[i];

		if (c->model != model || c->over)
			continue;
		todo += c->wave - c->fed;
		while (rc == 0 && c->n < c->wave) {
			struct posed *a = cell_more(c);

			if (!a) {
				rc = err_set(err, "out of memory");
				continue;
			}
			*a = (struct posed){ .prompt = -1, .level = wave_level(c, c->n - 1 - c->fed), .answer = NOT_YET };
			w[n++] = (struct wanted){ .cell = c, .at = c->n - 1 };
		}
	}
	if (rc == 0)
		rc = make_all(run, w, n, err);
	for (int i = 0; i < n; i++)
		instance_release(&w[i].in);
	free(w);
	if (rc < 0)
		store_rollback(run->g.st);
	else
		rc = store_commit(run->g.st, err);
	return rc < 0 ? rc : todo;
}

/* ---- samples */

/* A prompt of run.db, taken apart; what it points to lives until the next. */
struct record {
	struct str id;
	struct json row;
	const struct quarry_rule *rule;
};

static int load(struct run *run, int64_t prompt, struct record *ret, struct err *err)
{
	struct stored_prompt p;
	struct json v;
	char task[64];
	int rc = store_prompt(run->g.st, prompt, &p, err);

	if (rc <= 0)
		return rc < 0 ? rc : err_set(err, "%s/run.db: prompt %lld is missing", run->g.dir, (long long)prompt);
	buf_reset(&run->line);
	buf_reset(&run->desc);
	buf_add(&run->line, p.instance);
	if (!json_parse(&ret->row, buf_str(&run->line), err) || !json_get(ret->row, "task", &v) || !json_z(v, task, sizeof(task)) ||
	    !(ret->rule = quarry_rule(task)) || !json_get(ret->row, "desc", &v) || !json_str(v, &run->desc) ||
	    !json_get(ret->row, "id", &v) || !json_plain(v, &ret->id) || !json_get(ret->row, "prompt", &v))
		return err_set(err, "%s/run.db: prompt %lld is damaged", run->g.dir, (long long)prompt);
	return 0;
}

/* A puzzle that is asked a second time, since its level has no others, gives another sample. */
static uint64_t key_of(const struct cell *c, int at)
{
	uint64_t id = c->asked[at].id, before = 0;

	for (int i = 0; i < at; i++)
		before += c->asked[i].id == id;
	return before ? rng_mix(id, before) : id;
}

static int next(void *ctx, struct sample_prompt *ret, struct err *err)
{
	struct run *run = ctx;
	int model = (int)(run->who - run->g.model);

	for (; run->cell < run->g.ncells; run->cell++, run->slot = 0) {
		struct cell *c = &run->g.cells[run->cell];

		if (c->model != model || c->over)
			continue;
		for (int i = run->slot > c->fed ? run->slot : c->fed; i < c->wave; i++) {
			struct record rec;
			struct json messages;

			if (c->asked[i].answer != NOT_YET)
				continue;
			if (load(run, c->asked[i].prompt, &rec, err) < 0)
				return ERR_FAIL;
			json_get(rec.row, "prompt", &messages);
			run->slot = i + 1;
			/* done() loads other prompts before this one is asked for the last time */
			buf_reset(&run->row);
			buf_add(&run->row, buf_str(&run->line));
			buf_reset(&run->messages);
			buf_add(&run->messages, messages.raw);
			*ret = (struct sample_prompt){ .index = (uint64_t)c->asked[i].prompt, .key = key_of(c, i), .messages = buf_str(&run->messages),
						       .row = buf_str(&run->row), .tag = &c->asked[i] };
			return run->row.failed || run->messages.failed ? err_set(err, "out of memory") : 1;
		}
	}
	return 0;
}

static int maybe_commit(struct run *run, struct err *err)
{
	double now = clock_s();

	if (now - run->committed < 1.0)
		return 0;
	run->committed = now;
	if (store_commit(run->g.st, err) < 0 || store_begin(run->g.st, err) < 0)
		return ERR_FAIL;
	return home_is_part(&run->home) ? beat_tell(&run->home.beat, err) : 0;
}

static enum answer answer_of(struct str mark, struct str finish)
{
	if (str_is(finish, "error") || str_is(mark, "bad_task"))
		return WAS_LOST;
	return str_is(mark, "correct") ? WAS_RIGHT : WAS_WRONG;
}

static int done(void *ctx, const struct sample *s, struct err *err)
{
	struct run *run = ctx;
	struct posed *a = s->tag;
	struct quarry_options o = { .think_open = run->who->who.think_open };
	struct record rec;

	if (s->finish == SAMPLE_ERROR && run->errors++ < 5)
		log_warn("prompt %lld: %s", (long long)a->prompt, s->why);
	if (load(run, a->prompt, &rec, err) < 0)
		return ERR_FAIL;
	o.format = row_format(rec.row, QUARRY_ANY);
	sampled_judge(&run->sampled, s, rec.rule, buf_str(&run->desc), &o);
	if (run->sampled.text.failed)
		return err_set(err, "out of memory");
	if (store_add_sample(run->g.st, a->prompt, &run->sampled.row, err) < 0)
		return ERR_FAIL;
	a->answer = answer_of(run->sampled.row.mark, run->sampled.row.finish);
	progress_add(&run->progress, 1);
	run->home.beat.done++;
	return maybe_commit(run, err);
}

static int sample_waves(struct run *run, struct err *err)
{
	struct sample_job job = { .next = next, .done = done, .quit = stop_quit, .ctx = run };
	struct err late = ERR_INIT;
	int rc = store_begin(run->g.st, err);

	run->cell = run->slot = 0;
	run->committed = clock_s();
	if (rc == 0)
		rc = sampler_run(run->sampler, &run->who->sampling, &job, err);
	/* what is there is kept, however it ended */
	if (store_commit(run->g.st, &late) < 0 && rc == 0) {
		*err = late;
		rc = ERR_FAIL;
	}
	return rc == 0 && stop_asked() ? ERR_STOPPED : rc;
}

/* A batch of which nothing was answered would be followed by others like it. */
static int check_answers(const struct run *run, int model, struct err *err)
{
	for (int i = 0; i < run->g.ncells; i++) {
		const struct cell *c = &run->g.cells[i];
		bool some = false;

		if (c->model != model || c->over)
			continue;
		for (int k = c->fed; k < c->wave; k++)
			some |= c->asked[k].answer != WAS_LOST;
		if (!some)
			return err_set(err, "%s: all %d samples of a batch ended in an error", c->source->wish.ask.task->name, c->wave - c->fed);
	}
	return 0;
}

/* What is left at most: cells that are over early need no more. */
static void count_left(struct run *run)
{
	uint64_t total = 0;

	for (int i = 0; i < run->g.ncells; i++)
		total += run->g.cells[i].over ? (uint64_t)run->g.cells[i].n : (uint64_t)run->g.r->tune.budget;
	run->progress.total = total;
}

static int ask_model(struct run *run, int model, struct err *err)
{
	run->asking = true;
	for (;;) {
		int todo, rc;

		advance_all(run, model);
		count_left(run);
		todo = plan_waves(run, model, err);
		if (todo <= 0)
			return todo;
		rc = sample_waves(run, err);
		if (rc == 0)
			rc = check_answers(run, model, err);
		if (rc < 0)
			return rc;
	}
}

/* ---- the run's home */

static int first_sample(void *ctx, const struct stored_sample *s)
{
	if (s->idx == 0)
		*(enum answer *)ctx = answer_of(s->mark, s->finish);
	return 0;
}

/* Which draw of its level a puzzle was. */
static bool find_draw(const struct run *run, struct cell *c, int level, uint64_t seed)
{
	for (uint64_t j = 0; j < (uint64_t)run->g.r->tune.budget * REDRAWS; j++)
		if (puzzle_seed(run, c, level, j) == seed) {
			c->drawn[level] = c->drawn[level] > j + 1 ? c->drawn[level] : j + 1;
			return true;
		}
	return false;
}

static int load_asked(struct run *run, int64_t prompt, int64_t source, struct err *err)
{
	int sources = run->g.r->nsources, index = (int)(source % sources), model = (int)(source / sources);
	struct record rec;
	struct json level, guess, seed;
	struct cell *c;
	struct posed *a;
	double d, chance;
	uint64_t drawn;

	if (load(run, prompt, &rec, err) < 0)
		return ERR_FAIL;
	if (source < 0 || model >= run->g.models || index < run->g.from || index >= run->g.to || !json_get(rec.row, "difficulty", &level) ||
	    !json_f64(level, &d) || !(d >= 0 && d <= 10) || !json_get(rec.row, "guess", &guess) || !json_f64(guess, &chance) ||
	    !json_get(rec.row, "seed", &seed) || !json_u64(seed, &drawn))
		return err_set(err, "%s/run.db: prompt %lld is damaged", run->g.dir, (long long)prompt);
	c = &run->g.cells[(index - run->g.from) * run->g.models + model];
	a = cell_more(c);
	if (!a)
		return err_set(err, "out of memory");
	*a = (struct posed){ prompt, sampled_key(rec.id), (int)(d + 0.5), chance, NOT_YET };
	if (!find_draw(run, c, a->level, drawn))
		return err_set(err, "%s/run.db: prompt %lld is not of this recipe", run->g.dir, (long long)prompt);
	return store_each_sample(run->g.st, prompt, first_sample, &a->answer, err);
}

static int load_all(struct run *run, struct err *err)
{
	int64_t there = store_samples(run->g.st);

	run->prompts = store_prompts(run->g.st);
	if (run->prompts < 0 || there < 0)
		return err_set(err, "%s/run.db: damaged", run->g.dir);
	for (int64_t i = 0; i < run->prompts; i++) {
		struct stored_prompt p;

		if (store_prompt(run->g.st, i, &p, err) <= 0)
			return err_set(err, "%s/run.db: prompt %lld is missing", run->g.dir, (long long)i);
		if (load_asked(run, i, p.source, err) < 0)
			return ERR_FAIL;
	}
	progress_resume(&run->progress, (uint64_t)there);
	run->home.beat.done = run->home.beat.before = there;
	return 0;
}

/* Remember it, or find it as it was; else `what` it is that the directory holds, unless `mix`. */
static int set_once(struct run *run, const char *key, struct str now, const char *what, bool mix, struct err *err)
{
	struct buf then = BUF_INIT;
	int rc = store_get(run->g.st, key, &then, err);

	if (rc == 0) {
		rc = store_put(run->g.st, key, now, err);
	} else if (rc > 0) {
		rc = str_eq(buf_str(&then), now) || mix ? 0 : err_set(err, "%s holds %s; name another directory with -o", run->g.dir, what);
	}
	buf_release(&then);
	return rc;
}

/* In the words of a build's provenance, so that neither goes on with the other's run. */
static void provenance(struct buf *b, const struct run *run)
{
	const struct recipe *r = run->g.r;

	json_open(b, '{');
	json_key(b, "quarry");
	json_add_z(b, quarry_version());
	json_key(b, "recipe_hash");
	json_open(b, '[');
	json_add_z(b, r->hash);
	json_add_z(b, r->tune.hash);
	json_close(b, ']');
	json_key(b, "seed");
	json_add_u64(b, r->seed);
	json_key(b, "revisions");
	json_open(b, '[');
	for (int i = 0; i < r->nsources; i++)
		json_add_i64(b, r->sources[i].wish.ask.task->revision);
	json_close(b, ']');
	json_close(b, '}');
}

static int same_run(struct run *run, struct str prov, struct err *err)
{
	struct buf then = BUF_INIT;
	int rc = store_get(run->g.st, "provenance", &then, err);

	if (rc == 0) {
		rc = set_once(run, "provenance", prov, "", true, err);
	} else if (rc > 0) {
		bool mix;
		const char *what = provenance_differs(buf_str(&then), prov, &mix);

		rc = what && !(mix && run->t->mix) ? err_set(err, "%s holds %s; name another directory with -o%s", run->g.dir, what,
							     mix ? ", or give --mix" : "") : 0;
	}
	buf_release(&then);
	return rc == 0 ? set_once(run, "kind", STR("tune"), "a build's run", false, err) : rc;
}

static int same_model(struct run *run, int model, struct err *err)
{
	struct buf b = BUF_INIT;
	char key[32];
	int rc;

	snprintf(key, sizeof(key), "model %d", model);
	json_open(&b, '[');
	identity_json(&b, &run->who->who);
	sampling_json(&b, &run->who->sampling);
	json_close(&b, ']');
	rc = set_once(run, key, buf_str(&b), "a run of another model or instruction set (go on with --mix) or of other sampling settings", run->t->mix,
		      err);
	buf_release(&b);
	return rc;
}

/* What would be written over, in a directory that holds no run: somebody else's. */
static int refuse_others(const char *dir, struct err *err)
{
	struct buf path = BUF_INIT;
	struct stat st;
	int rc = 0;

	buf_addf(&path, "%s/run.db", dir);
	if (lstat(buf_z(&path), &st) < 0) {
		buf_reset(&path);
		buf_addf(&path, "%s/calibration.json", dir);
		if (lstat(buf_z(&path), &st) == 0)
			rc = err_set(err, "%s is there already, and not of a run; name another directory with -o", buf_z(&path));
	}
	buf_release(&path);
	return rc;
}

/* How many samples there may be, for status. */
static int tell_most(struct run *run, struct err *err)
{
	struct buf most = BUF_INIT;
	int rc;

	buf_addf(&most, "%lld", (long long)run->home.beat.wanted);
	rc = store_put(run->g.st, "wanted", buf_str(&most), err);
	buf_release(&most);
	return rc;
}

static int move_in(struct run *run, struct err *err)
{
	const struct tune *t = run->t;
	struct buf prov = BUF_INIT;
	int rc = t->part.count > 1 ? 0 : refuse_others(t->dir, err);

	provenance(&prov, run);
	run->home.top = t->dir;
	run->home.part = t->part;
	if (rc == 0)
		rc = home_siblings(&run->home, buf_str(&prov), t->mix, err);
	if (rc == 0)
		rc = home_open(&run->home, t->dir, &t->part, t->resume, err);
	if (rc == 0) {
		run->g.st = run->home.st;
		run->g.dir = buf_z(&run->home.dir);
		run->home.beat.phase = "sample";
		run->home.beat.wanted = (int64_t)run->g.ncells * run->g.r->tune.budget;
		rc = same_run(run, buf_str(&prov), err);
		if (rc == 0)
			rc = tell_most(run, err);
	}
	buf_release(&prov);
	return rc;
}

/* ---- the whole */

static int settle_plan(struct run *run, struct err *err)
{
	struct recipe *r = run->t->recipe;
	struct tune *t = run->t;
	int n = t->nmodels ? t->nmodels : r->models;
	uint64_t from, to;

	for (int i = 0; i < n; i++)
		run->g.model[i].name = t->nmodels ? t->models[i] : r->model[i];
	run->g.models = n;
	part_range(&t->part, (uint64_t)r->nsources, &from, &to);
	run->g.from = (int)from;
	run->g.to = (int)to;
	for (int i = run->g.from; i < run->g.to; i++) {
		struct wish w = r->sources[i].wish;

		tune_range(&r->sources[i], &w.lo, &w.hi);
		if (wish_check(&w, err) < 0)
			return err_at(err, "%s:%d: ", r->path, r->sources[i].line);
	}
	return make_cells(run, err);
}

static int start_curves(struct run *run, int model, struct err *err)
{
	for (int i = 0; i < run->g.ncells; i++) {
		struct cell *c = &run->g.cells[i];
		int lo, hi;

		if (c->model != model)
			continue;
		tune_range(c->source, &lo, &hi);
		c->curve = curve_new(lo, hi);
		if (!c->curve)
			return err_set(err, "out of memory");
	}
	return 0;
}

static void show_plan(const struct run *run)
{
	const struct recipe *r = run->g.r;
	double samples = (double)run->g.ncells * (double)r->tune.budget;

	printf("%s, seed %llu, at most %lld samples of each task and model, %lld at a time\n", r->plan.name, (unsigned long long)r->seed,
	       (long long)r->tune.budget, (long long)r->tune.batch);
	for (int i = 0; i < run->g.models; i++)
		printf("model %s\n", run->g.model[i].name);
	for (int i = 0; i < r->tune.naims; i++) {
		const struct aim *a = &r->tune.aims[i];

		if (a->lo < a->hi)
			printf("%3.0f %% of the puzzles at a pass rate within %.3g to %.3g\n", 100 * a->share, a->lo, a->hi);
		else
			printf("%3.0f %% of the puzzles at a pass rate of %.3g, +- %.3g\n", 100 * a->share, a->rate, r->tune.tolerance);
	}
	for (int i = run->g.from; i < run->g.to; i++) {
		int lo, hi;

		tune_range(&r->sources[i], &lo, &hi);
		printf("%-24s difficulty %.1f to %.1f\n", r->sources[i].wish.ask.task->name, lo / 10.0, hi / 10.0);
	}
	printf("at most %.0f samples, %.0f tokens\n", samples, samples * r->sampling.max_tokens);
}

/* A name that leads nowhere is told before the first hour's work is done for another. */
static int try_models(struct run *run, struct err *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < run->g.models; i++) {
		rc = model_sampler(&run->sampler, run->g.model[i].name, run->t->common, err);
		if (rc == 0)
			sampler_free(run->sampler);
		run->sampler = NULL;
	}
	return rc;
}

static int tune_model(struct run *run, int model, struct err *err)
{
	int rc;

	run->who = &run->g.model[model];
	rc = model_sampler(&run->sampler, run->who->name, run->t->common, err);
	if (rc < 0)
		return rc;
	sampler_describe(run->sampler, &run->who->who);
	rc = recipe_settle(run->g.r, run->sampler, &run->who->sampling, err);
	run->who->sampling.n = 1;
	if (rc == 0)
		rc = same_model(run, model, err);
	if (rc == 0)
		rc = start_curves(run, model, err);
	if (rc == 0)
		rc = ask_model(run, model, err);
	sampler_free(run->sampler);
	run->sampler = NULL;
	return rc;
}

static int go(struct run *run, struct err *err)
{
	struct tune *t = run->t;
	int rc;

	stop_watch();
	rc = settle_plan(run, err);
	if (rc == 0 && (t->dry_run || run->g.models > 1))
		rc = try_models(run, err);
	if (rc == 0 && t->dry_run) {
		show_plan(run);
		return 0;
	}
	if (rc == 0)
		rc = move_in(run, err);
	if (rc < 0)
		return rc;
	progress_start(&run->progress, "tune", "samples", (uint64_t)run->g.ncells * (uint64_t)run->g.r->tune.budget, t->common);
	rc = load_all(run, err);
	for (int i = 0; rc == 0 && i < run->g.models; i++)
		rc = tune_model(run, i, err);
	progress_end(&run->progress);
	if (rc == 0)
		rc = tune_write(&run->g, &t->records, err) < 0 ? ERR_JOB : 0;
	if (rc == 0)
		rc = set_once(run, "state", STR("sampled"), "", true, err);
	return rc == ERR_FAIL && run->asking ? ERR_JOB : rc;
}

int tune_run(struct tune *t, struct err *err)
{
	struct run run = { .t = t, .g = { .t = t, .r = t->recipe, .dir = t->dir }, .home = HOME_INIT };
	int rc = go(&run, err);

	if (rc == ERR_STOPPED)
		err_set(err, "%s: stopped by a signal; what was done is saved: go on with --resume", run.g.dir);
	if (rc == 0 && run.errors)
		log_warn("%llu samples ended in an error", (unsigned long long)run.errors);
	home_close(&run.home, rc, err);
	for (int i = 0; i < run.g.ncells; i++) {
		curve_free(run.g.cells[i].curve);
		free(run.g.cells[i].asked);
	}
	free(run.g.cells);
	sampled_release(&run.sampled);
	buf_release(&run.line);
	buf_release(&run.row);
	buf_release(&run.messages);
	buf_release(&run.desc);
	return rc;
}

void tune_release(struct tune *t)
{
	buf_release(&t->records);
}
