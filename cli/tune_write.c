/* tune_write.c - what a tuning leaves behind: calibration.json, curves/TASK.svg, samples/TASK.jsonl.zst; see tune.h. */
#include "base/hash.h"
#include "base/json.h"
#include "cli/calibration.h"
#include "cli/judge.h"
#include "cli/model.h"
#include "cli/tune.h"
#include "datasets/stream.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

/* To four decimals: more is noise, and hard to read. */
static void add_rate(struct buf *b, const char *key, double v)
{
	json_key(b, key);
	json_add_f64(b, floor(v * 1e4 + 0.5) / 1e4);
}

static void add_tenths(struct buf *b, const char *key, int tenths)
{
	json_key(b, key);
	json_add_f64(b, tenths / 10.0);
}

/* ---- goals, in words */

static bool unreachable(enum goal_state s)
{
	return s == GOAL_TOO_HARD || s == GOAL_TOO_EASY || s == GOAL_GUESSED || s == GOAL_NOT_MONOTONE;
}

static const char *state_name(enum goal_state s)
{
	return s == GOAL_TUNED ? "tuned" : s == GOAL_OPEN ? "spent" : "unreachable";
}

/* Whether every counted answer was right (1), or wrong (0); -1: neither. */
static int always(const struct cell *c)
{
	int n = 0, k = 0;

	for (int i = 0; i < CURVE_LEVELS; i++) {
		n += c->level[i].n;
		k += c->level[i].k;
	}
	return k == 0 ? 0 : k == n ? 1 : -1;
}

static void add_why(struct buf *b, const struct cell *c, int goal)
{
	const struct goal_found *f = &c->found[goal];
	const struct goal *g = &c->goals[goal];
	double d = f->tenths / 10.0;

	switch (f->state) {
	case GOAL_TUNED:
		break;
	case GOAL_OPEN:
		buf_addf(b, "the budget of %d samples is spent, and the rate is known to lie within %.3f to %.3f only", c->n, f->at.lo, f->at.hi);
		break;
	case GOAL_TOO_HARD:
		buf_addf(b, "%s: at difficulty %.1f, the easiest, the pass rate is at most %.3f, below %.3g",
			 always(c) == 0 ? "never right" : "too hard", d, f->at.hi, g->lo);
		break;
	case GOAL_TOO_EASY:
		buf_addf(b, "%s: at difficulty %.1f, the hardest, the pass rate is at least %.3f, above %.3g",
			 always(c) == 1 ? "always right" : "too easy", d, f->at.lo, g->hi);
		break;
	case GOAL_GUESSED:
		buf_addf(b, "guessing: at difficulty %.1f, the hardest, a guess is right with chance %.3f and the pass rate is at least %.3f, above %.3g", d,
			 c->level[(f->tenths + 9) / 10].guess, f->at.lo, g->hi);
		break;
	case GOAL_NOT_MONOTONE:
		buf_addf(b, "not monotone: level %d passes more often (%d of %d) than level %d (%d of %d)", f->hard, c->level[f->hard].k,
			 c->level[f->hard].n, f->easy, c->level[f->easy].k, c->level[f->easy].n);
		break;
	}
}

static void add_goal(struct buf *b, const struct tuning *g, const struct cell *c, int goal)
{
	const struct aim *a = &g->r->tune.aims[goal];
	const struct goal_found *f = &c->found[goal];
	bool band = a->lo < a->hi && !unreachable(f->state);
	struct buf why = BUF_INIT;

	add_why(&why, c, goal);
	json_open(b, '{');
	json_key(b, "share");
	json_add_f64(b, a->share);
	json_key(b, "rate");
	json_add_f64(b, a->rate);
	add_rate(b, "lo", c->goals[goal].lo);
	add_rate(b, "hi", c->goals[goal].hi);
	json_key(b, "state");
	json_add_z(b, state_name(f->state));
	add_tenths(b, "difficulty", f->tenths);
	json_key(b, "band");
	json_add_bool(b, a->lo < a->hi);
	add_tenths(b, "from", band ? f->from : f->tenths);
	add_tenths(b, "to", band ? f->to : f->tenths);
	add_rate(b, "pass_rate", f->at.mean);
	add_rate(b, "pass_lo", f->at.lo);
	add_rate(b, "pass_hi", f->at.hi);
	json_key(b, "bound");
	if (f->state == GOAL_TOO_HARD)
		json_add_f64(b, floor(f->at.hi * 1e4 + 0.5) / 1e4);
	else if (f->state == GOAL_TOO_EASY || f->state == GOAL_GUESSED)
		json_add_f64(b, floor(f->at.lo * 1e4 + 0.5) / 1e4);
	else
		json_add_null(b);
	json_key(b, "why");
	json_add_str(b, buf_str(&why));
	json_close(b, '}');
	buf_release(&why);
}

/* ---- records */

/* The stem of a source's files: the task's name, and a number where the recipe has the task more than once. */
static void add_stem(struct buf *b, const struct tuning *g, int source)
{
	const char *task = g->r->sources[source].wish.ask.task->name;
	int before = 0;

	for (int i = 0; i < source; i++)
		before += g->r->sources[i].wish.ask.task == g->r->sources[source].wish.ask.task;
	buf_addz(b, task);
	if (before)
		buf_addf(b, "-%d", before + 1);
}

static void add_levels(struct buf *b, const struct cell *c)
{
	json_open(b, '[');
	for (int i = 0; i < CURVE_LEVELS; i++) {
		if (c->level[i].n == 0)
			continue;
		json_open(b, '{');
		json_key(b, "level");
		json_add_i64(b, i);
		json_key(b, "n");
		json_add_i64(b, c->level[i].n);
		json_key(b, "k");
		json_add_i64(b, c->level[i].k);
		add_rate(b, "guess", c->level[i].guess);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void add_cell(struct buf *b, const struct tuning *g, const struct cell *c)
{
	const struct tuned_model *m = &g->model[c->model];
	struct buf stem = BUF_INIT;

	add_stem(&stem, g, c->index);
	json_open(b, '{');
	json_key(b, "task");
	json_add_z(b, c->source->wish.ask.task->name);
	json_key(b, "source");
	json_add_i64(b, c->index);
	json_key(b, "asked");
	calibration_asked(b, c->source);
	json_key(b, "model");
	identity_json(b, &m->who);
	json_key(b, "sampling");
	sampling_json(b, &m->sampling);
	json_key(b, "samples");
	json_add_i64(b, c->n);
	json_key(b, "errors");
	json_add_i64(b, c->failed);
	json_key(b, "goals");
	json_open(b, '[');
	for (int i = 0; i < g->r->tune.naims; i++)
		add_goal(b, g, c, i);
	json_close(b, ']');
	json_key(b, "levels");
	add_levels(b, c);
	json_key(b, "curve");
	json_open(b, '{');
	add_rate(b, "mid", c->shape.mid);
	add_rate(b, "slope", c->shape.slope);
	add_rate(b, "lapse", c->shape.lapse);
	add_rate(b, "guessing", c->shape.guessing);
	add_rate(b, "tightness", c->shape.tightness);
	json_close(b, '}');
	json_key(b, "files");
	json_add_str(b, buf_str(&stem));
	json_close(b, '}');
	buf_release(&stem);
}

/* ---- files */

int tune_put(const char *path, struct str text, struct err *err)
{
	struct writer *w;

	if (writer_open(&w, path, err) < 0)
		return ERR_FAIL;
	if (writer_add(w, text, err) < 0) {
		writer_drop(w);
		return ERR_FAIL;
	}
	return writer_finish(w, err);
}

void tune_cells(struct buf *b, struct str records)
{
	struct str line;

	buf_addz(b, "[\n");
	while (str_line(&records, &line)) {
		buf_add(b, line);
		buf_addz(b, records.n ? ",\n" : "\n");
	}
	buf_addz(b, "]}\n");
}

static int write_calibration(const struct tuning *g, struct str records, struct err *err)
{
	struct buf b = BUF_INIT, path = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/calibration.json", g->dir);
	json_open(&b, '{');
	json_key(&b, "v");
	json_add_i64(&b, 1);
	json_key(&b, "name");
	json_add_z(&b, g->r->plan.name);
	json_key(&b, "quarry");
	json_add_z(&b, quarry_version());
	json_key(&b, "seed");
	json_add_u64(&b, g->r->seed);
	json_key(&b, "cells");
	tune_cells(&b, records);
	rc = b.failed ? err_set(err, "out of memory") : tune_put(buf_z(&path), buf_str(&b), err);
	buf_release(&b);
	buf_release(&path);
	return rc;
}

struct rows {
	struct writer *out;
	const struct tuned_model *model;
	struct json row;
	struct buf line;
	struct err *err;
};

static void add_number(struct buf *b, const char *key, double v)
{
	json_key(b, key);
	json_add_f64(b, v); /* NaN: null */
}

static void add_text(struct buf *b, const char *key, struct str v)
{
	json_key(b, key);
	json_add_str(b, v);
}

static bool none(struct str key)
{
	(void)key;
	return false;
}

/* The instance, the sample and its verdict, as `quarry sample` and `quarry verify` write them. */
static int write_row(void *ctx, const struct stored_sample *s)
{
	struct rows *r = ctx;
	struct buf *b = &r->line;

	buf_reset(b);
	json_open(b, '{');
	row_copy(b, r->row, none);
	json_key(b, "sample");
	json_add_i64(b, s->idx);
	add_text(b, "response", s->response);
	add_text(b, "finish", s->finish);
	json_key(b, "tokens");
	json_add_i64(b, s->tokens);
	add_number(b, "logprob_mean", s->logprob);
	add_number(b, "entropy_mean", s->entropy);
	json_key(b, "model");
	identity_json(b, &r->model->who);
	json_key(b, "sampling");
	sampling_json(b, &r->model->sampling);
	add_number(b, "score", s->score);
	add_text(b, "mark", s->mark);
	add_text(b, "why", s->why);
	add_text(b, "extracted", s->extracted);
	json_key(b, "format_ok");
	json_add_bool(b, s->format_ok);
	json_key(b, "answers_seen");
	json_add_i64(b, s->answers_seen);
	json_close(b, '}');
	buf_addc(b, '\n');
	return b->failed ? err_set(r->err, "out of memory") : writer_add(r->out, buf_str(b), r->err);
}

static int write_rows(const struct tuning *g, const struct cell *c, struct rows *r, struct err *err)
{
	struct buf instance = BUF_INIT;
	int rc = 0;

	r->model = &g->model[c->model];
	for (int i = 0; rc == 0 && i < c->n; i++) {
		struct stored_prompt p;

		rc = store_prompt(g->st, c->asked[i].prompt, &p, err);
		if (rc <= 0)
			rc = err_set(err, "%s/run.db: prompt %lld is missing", g->dir, (long long)c->asked[i].prompt);
		else
			rc = 0;
		if (rc < 0)
			break;
		buf_reset(&instance);
		buf_add(&instance, p.instance);
		rc = json_parse(&r->row, buf_str(&instance), err) ? store_each_sample(g->st, c->asked[i].prompt, write_row, r, err) : ERR_FAIL;
	}
	buf_release(&instance);
	return rc;
}

/* The files of one source: its samples, model by model, and the picture. */
static int write_source(const struct tuning *g, const struct cell *cells, struct err *err)
{
	struct buf path = BUF_INIT, svg = BUF_INIT;
	struct rows r = { .err = err };
	int rc;

	buf_addf(&path, "%s/samples/", g->dir);
	add_stem(&path, g, cells->index);
	buf_addz(&path, ".jsonl.zst");
	rc = writer_open(&r.out, buf_z(&path), err);
	for (int i = 0; rc == 0 && i < g->models; i++)
		rc = write_rows(g, &cells[i], &r, err);
	if (rc == 0)
		rc = writer_finish(r.out, err);
	else
		writer_drop(r.out);
	buf_reset(&path);
	buf_addf(&path, "%s/curves/", g->dir);
	add_stem(&path, g, cells->index);
	buf_addz(&path, ".svg");
	tune_svg(&svg, g, cells, g->models);
	if (rc == 0)
		rc = svg.failed ? err_set(err, "out of memory") : tune_put(buf_z(&path), buf_str(&svg), err);
	buf_release(&r.line);
	buf_release(&path);
	buf_release(&svg);
	return rc;
}

static int make_folder(const char *dir, const char *name, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	buf_addf(&path, "%s/%s", dir, name);
	if (mkdir(buf_z(&path), 0777) < 0 && errno != EEXIST)
		rc = err_sys(err, "%s", buf_z(&path));
	buf_release(&path);
	return rc;
}

int tune_write(const struct tuning *g, struct buf *records, struct err *err)
{
	int rc = make_folder(g->dir, "samples", err);

	if (rc == 0)
		rc = make_folder(g->dir, "curves", err);
	for (int i = 0; rc == 0 && i < g->ncells; i++) {
		if (g->cells[i].model == 0)
			rc = write_source(g, &g->cells[i], err);
		add_cell(records, g, &g->cells[i]);
		buf_addc(records, '\n');
	}
	if (rc == 0 && records->failed)
		rc = err_set(err, "out of memory");
	return rc == 0 ? write_calibration(g, buf_str(records), err) : rc; /* last: a directory that has it is complete */
}
