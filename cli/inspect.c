/* inspect.c - counts of a run or a file of rows, and their tables; see inspect.h. */
#include "cli/inspect.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- counting ---- */

static void copy(char *room, size_t cap, struct str s)
{
	snprintf(room, cap, "%.*s", (int)(s.n < cap ? s.n : cap - 1), s.n ? s.s : "");
}

int view_model(struct view *v, struct str name)
{
	for (int i = 0; i < v->models; i++)
		if (str_is(name, v->model[i]))
			return i;
	if (v->models == VIEW_MODELS)
		return VIEW_MODELS - 1;
	copy(v->model[v->models], sizeof(v->model[0]), name);
	return v->models++;
}

static struct cell *cell_of(struct view *v, int model)
{
	struct cell *c;

	for (int i = 0; i < v->cells; i++)
		if (v->cell[i].difficulty == v->difficulty && v->cell[i].model == model && str_is(v->task, v->cell[i].task))
			return &v->cell[i];
	if (v->cells == VIEW_CELLS)
		return &v->all[model];
	if ((v->cells & (v->cells - 1)) == 0) {
		c = realloc(v->cell, (size_t)(v->cells ? 2 * v->cells : 1) * sizeof(*c));
		if (!c)
			return &v->all[model];
		v->cell = c;
	}
	c = &v->cell[v->cells++];
	*c = (struct cell){ .difficulty = v->difficulty, .model = model };
	copy(c->task, sizeof(c->task), v->task);
	return c;
}

static int shape_of(struct view *v, struct str name)
{
	if (name.n == 0)
		return -1;
	for (int i = 0; i < v->shapes; i++)
		if (str_is(name, v->shape_name[i]))
			return i;
	if (v->shapes == VIEW_SHAPES)
		return -1;
	copy(v->shape_name[v->shapes], sizeof(v->shape_name[0]), name);
	return v->shapes++;
}

/* A puzzle's shapes are all read: each against the first. */
static void puzzle_end(struct view *v)
{
	for (int m = 0; m < VIEW_MODELS; m++)
		for (int i = 0; i < v->shapes; i++) {
			struct shape *s = &v->shape[m][i];
			double d = v->rate[m][i] - v->rate[m][0];

			if (v->rate[m][i] < 0 || v->rate[m][0] < 0 || i == 0)
				continue;
			s->pairs++;
			s->differ += d;
			s->squared += d * d;
		}
}

static void prompt_end(struct view *v)
{
	bool any = false;

	for (int m = 0; m < VIEW_MODELS; m++)
		any |= v->count[m].seen > 0;
	for (int m = 0; v->open && m < VIEW_MODELS; m++) {
		int64_t n = v->count[m].n, k = v->count[m].k;

		if (v->count[m].seen || (v->planned && m < v->models) || (!any && m == 0))
			cell_of(v, m)->prompts++;
		if (v->least == INT64_MAX && v->count[m].seen) {
			v->uneven |= v->each && v->each != v->count[m].seen;
			v->each = v->count[m].seen;
		}
		v->count[m].seen = 0;
		if (n == 0)
			continue;
		pass_ats_add(&cell_of(v, m)->pass, (int)(n < 1 << 20 ? n : 1 << 20), (int)(k < 1 << 20 ? k : 1 << 20));
		if (v->at_shape >= 0) {
			struct shape *s = &v->shape[m][v->at_shape];

			s->prompts++;
			s->n += n;
			s->k += k;
			v->rate[m][v->at_shape] = (double)k / (double)n;
		}
		v->count[m].n = v->count[m].k = 0;
	}
}

static void puzzle_begin(struct view *v, uint64_t canon)
{
	v->canon = canon;
	for (int m = 0; m < VIEW_MODELS; m++)
		for (int i = 0; i < VIEW_SHAPES; i++)
			v->rate[m][i] = -1;
}

void view_prompt(struct view *v, struct str task, int difficulty, struct str shape, uint64_t canon, int64_t least)
{
	prompt_end(v);
	if (canon != v->canon) {
		puzzle_end(v);
		puzzle_begin(v, canon);
	}
	copy(v->task_room, sizeof(v->task_room), task);
	v->task = str_of(v->task_room);
	v->difficulty = difficulty;
	v->at_shape = shape_of(v, shape);
	v->least = least;
	v->open = true;
}

void view_counts(struct view *v, int model, int64_t n, int64_t k)
{
	struct cell *c = cell_of(v, model);

	c->samples += (uint64_t)n;
	c->mark[QUARRY_CORRECT] += (uint64_t)k;
	c->mark[QUARRY_WRONG] += (uint64_t)(n - k);
	v->count[model].seen += n;
	v->count[model].n += n;
	v->count[model].k += k;
}

void view_sample(struct view *v, int model, const struct seen *s)
{
	struct cell *c = cell_of(v, model);

	c->samples++;
	c->tokens += s->tokens > 0 ? (uint64_t)s->tokens : 0;
	c->cut += str_is(s->finish, "length");
	c->format_ok += s->format_ok;
	if (isfinite(s->logprob) && isfinite(s->entropy)) {
		c->stats++;
		c->logprob += s->logprob;
		c->entropy += s->entropy;
	}
	for (int m = 0; m < VIEW_MARKS; m++)
		c->mark[m] += str_is(s->mark, quarry_mark_name((enum quarry_mark)m));
	v->count[model].seen++;
	if (str_is(s->finish, "error")) {
		c->errors++;
		return;
	}
	if (v->count[model].seen > v->least)
		return;
	v->count[model].n++;
	v->count[model].k += str_is(s->mark, "correct");
}

static int by_task(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int c = strcmp(x->task, y->task);

	return x->model != y->model ? x->model - y->model : c ? c : x->difficulty - y->difficulty;
}

static void add_cell(struct cell *to, const struct cell *c)
{
	to->prompts += c->prompts;
	to->samples += c->samples;
	to->errors += c->errors;
	to->tokens += c->tokens;
	to->cut += c->cut;
	to->format_ok += c->format_ok;
	to->stats += c->stats;
	to->logprob += c->logprob;
	to->entropy += c->entropy;
	for (int m = 0; m < VIEW_MARKS; m++)
		to->mark[m] += c->mark[m];
	for (int i = 0; i < PASS_ATS; i++) {
		to->pass.sum[i] += c->pass.sum[i];
		to->pass.prompts[i] += c->pass.prompts[i];
	}
}

void view_end(struct view *v)
{
	prompt_end(v);
	puzzle_end(v);
	if (v->models == 0)
		v->models = 1;
	if (v->cells)
		qsort(v->cell, (size_t)v->cells, sizeof(*v->cell), by_task);
	for (int i = 0; i < v->cells; i++)
		add_cell(&v->all[v->cell[i].model], &v->cell[i]);
	for (int m = 0; m < v->models; m++) {
		copy(v->all[m].task, sizeof(v->all[m].task), STR("all"));
		v->all[m].difficulty = -1;
	}
}

void view_release(struct view *v)
{
	free(v->cell);
	*v = (struct view){ 0 };
}

/* ---- figures ---- */

static int64_t judged(const struct cell *c)
{
	return (int64_t)(c->samples - c->errors);
}

static double part(uint64_t k, int64_t n)
{
	return n > 0 ? (double)k / (double)n : 0;
}

/* The mean difference and half its interval of 95 %, from the spread between puzzles; 0 and infinity where there are too few. */
static double difference(const struct shape *s, double *half)
{
	double n = (double)s->pairs, mean, spread;

	*half = HUGE_VAL;
	if (s->pairs == 0)
		return 0;
	mean = s->differ / n;
	spread = s->squared - n * mean * mean;
	if (s->pairs > 1)
		*half = 1.959963984540054 * sqrt((spread > 0 ? spread : 0) / (n - 1) / n);
	return mean;
}

static double shape_rate(const struct shape *s)
{
	return s->n ? (double)s->k / (double)s->n : 0;
}

/* The shapes with the lowest and the highest rate; false: fewer than two were asked. */
static bool shape_ends(const struct view *v, int model, int *low, int *high)
{
	int asked = 0;

	*low = *high = -1;
	for (int i = 0; i < v->shapes; i++) {
		const struct shape *s = &v->shape[model][i];

		if (s->n == 0)
			continue;
		asked++;
		if (*low < 0 || shape_rate(s) < shape_rate(&v->shape[model][*low]))
			*low = i;
		if (*high < 0 || shape_rate(s) > shape_rate(&v->shape[model][*high]))
			*high = i;
	}
	return asked > 1;
}

/* ---- tables ---- */

static void print_head(const struct cell *c)
{
	char level[16] = "";

	if (c->difficulty >= 0)
		snprintf(level, sizeof(level), "%.1f", c->difficulty / 10.0);
	printf("%-24s %5s", c->task, level);
}

static void print_cell(const struct cell *c)
{
	int64_t n = judged(c);
	struct span w = span_wilson(n, (int64_t)c->mark[QUARRY_CORRECT]), e = span_exact(n, (int64_t)c->mark[QUARRY_CORRECT]);

	print_head(c);
	printf(" %9llu %9llu", (unsigned long long)c->prompts, (unsigned long long)c->samples);
	if (n > 0)
		printf("  %6.3f  %.3f-%.3f  %.3f-%.3f %7.1f %5.1f%% %6.1f%% %6.1f%% %6.1f%%", part(c->mark[QUARRY_CORRECT], n), w.lo, w.hi, e.lo, e.hi,
		       part(c->tokens, n), 100 * part(c->cut, n), 100 * part(c->format_ok, n), 100 * part(c->mark[QUARRY_NO_ANSWER], (int64_t)c->samples),
		       100 * part(c->mark[QUARRY_UNREADABLE], n));
	printf("\n");
}

static void print_pass(const struct cell *c, int most, bool stats)
{
	print_head(c);
	for (int i = 0; i < most; i++)
		if (c->pass.prompts[i])
			printf("  %7.3f", pass_ats_mean(&c->pass, i));
		else
			printf("  %7s", "");
	if (stats && c->stats)
		printf("  %8.3f %8.3f", c->logprob / (double)c->stats, c->entropy / (double)c->stats);
	printf("\n");
}

/* How many powers of two are sample counts of some prompt. */
static int pass_most(const struct view *v, int model)
{
	int most = 0;

	while (!v->uneven && most < PASS_ATS && v->all[model].pass.prompts[most])
		most++;
	return most;
}

static void print_passes(const struct view *v, int model)
{
	bool stats = v->all[model].stats;
	int most = pass_most(v, model);

	if (most == 0)
		return;
	printf("\n%-24s %5s", "one of m right", "diff.");
	for (int i = 0; i < most; i++) {
		char name[16];

		snprintf(name, sizeof(name), "pass@%d", 1 << i);
		printf("  %7s", name);
	}
	printf("%s\n", stats ? "   logprob  entropy" : "");
	for (int i = 0; i < v->cells; i++)
		if (v->cell[i].model == model)
			print_pass(&v->cell[i], most, stats);
	print_pass(&v->all[model], most, stats);
}

static void print_shapes(const struct view *v, int model)
{
	int low, high;

	if (!shape_ends(v, model, &low, &high))
		return;
	printf("\n%-36s %9s %9s  %6s  %-11s  %s\n", "shape", "prompts", "samples", "pass", "Wilson 95 %", "against the first, on the same puzzles");
	for (int i = 0; i < v->shapes; i++) {
		const struct shape *s = &v->shape[model][i];
		struct span w = span_wilson(s->n, s->k);
		double half, d = difference(s, &half);

		if (s->n == 0)
			continue;
		printf("%-36s %9llu %9lld  %6.3f  %.3f-%.3f", v->shape_name[i], (unsigned long long)s->prompts, (long long)s->n, shape_rate(s), w.lo, w.hi);
		if (isfinite(half))
			printf("  %+.3f +- %.3f", d, half);
		printf("\n");
	}
	printf("spread: %.3f, from %s (%.3f) to %s (%.3f)\n", shape_rate(&v->shape[model][high]) - shape_rate(&v->shape[model][low]), v->shape_name[low],
	       shape_rate(&v->shape[model][low]), v->shape_name[high], shape_rate(&v->shape[model][high]));
}

void view_print(const struct view *v)
{
	for (int m = 0; m < v->models; m++) {
		if (v->models > 1)
			printf("%smodel %s\n", m ? "\n" : "", v->model[m]);
		printf("%-24s %5s %9s %9s  %6s  %-11s  %-11s %7s %6s %7s %7s %7s\n", "task", "diff.", "prompts", "samples", "pass", "Wilson 95 %", "exact 95 %",
		       "tokens", "cut", "format", "none", "unread.");
		for (int i = 0; i < v->cells; i++)
			if (v->cell[i].model == m)
				print_cell(&v->cell[i]);
		print_cell(&v->all[m]);
		print_passes(v, m);
		print_shapes(v, m);
	}
	if (v->early)
		printf("\nsampling stopped early: prompts that were hard to decide have more samples than others; pass@m%s the first ones of each\n",
		       v->shapes ? " and shapes count" : " counts");
	if (v->uneven)
		printf("\nprompts have different numbers of samples here, and nothing says by which rule: no pass@m\n");
}

/* ---- as JSON ---- */

static void span_json(struct buf *b, const char *name, struct span s)
{
	json_key(b, name);
	json_open(b, '[');
	json_add_f64(b, s.lo);
	json_add_f64(b, s.hi);
	json_close(b, ']');
}

static void mean_json(struct buf *b, const char *name, double sum, uint64_t n)
{
	json_key(b, name);
	n ? json_add_f64(b, sum / (double)n) : json_add_null(b);
}

static void cell_json(struct buf *b, const struct view *v, const struct cell *c)
{
	int64_t n = judged(c), k = (int64_t)c->mark[QUARRY_CORRECT];

	json_open(b, '{');
	json_key(b, "task");
	json_add_z(b, c->task);
	json_key(b, "difficulty");
	c->difficulty >= 0 ? json_add_f64(b, c->difficulty / 10.0) : json_add_null(b);
	if (v->models > 1) {
		json_key(b, "model");
		json_add_z(b, v->model[c->model]);
	}
	json_key(b, "prompts");
	json_add_u64(b, c->prompts);
	json_key(b, "samples");
	json_add_u64(b, c->samples);
	json_key(b, "errors");
	json_add_u64(b, c->errors);
	json_key(b, "pass_rate");
	json_add_f64(b, part(c->mark[QUARRY_CORRECT], n));
	span_json(b, "wilson", span_wilson(n, k));
	span_json(b, "clopper_pearson", span_exact(n, k));
	json_key(b, "pass_at");
	json_open(b, '{');
	for (int i = 0; i < PASS_ATS; i++)
		if (c->pass.prompts[i] && !v->uneven) {
			char name[16];

			snprintf(name, sizeof(name), "%d", 1 << i);
			json_key(b, name);
			json_add_f64(b, pass_ats_mean(&c->pass, i));
		}
	json_close(b, '}');
	json_key(b, "tokens_mean");
	json_add_f64(b, part(c->tokens, n));
	json_key(b, "finish_length");
	json_add_u64(b, c->cut);
	json_key(b, "format_ok");
	json_add_u64(b, c->format_ok);
	mean_json(b, "logprob_mean", c->logprob, c->stats);
	mean_json(b, "entropy_mean", c->entropy, c->stats);
	for (int m = 0; m < VIEW_MARKS; m++) {
		json_key(b, quarry_mark_name((enum quarry_mark)m));
		json_add_u64(b, c->mark[m]);
	}
	json_close(b, '}');
}

static void shape_json(struct buf *b, const struct view *v, int model, int i)
{
	const struct shape *s = &v->shape[model][i];
	double half, d = difference(s, &half);

	json_open(b, '{');
	json_key(b, "shape");
	json_add_z(b, v->shape_name[i]);
	if (v->models > 1) {
		json_key(b, "model");
		json_add_z(b, v->model[model]);
	}
	json_key(b, "prompts");
	json_add_u64(b, s->prompts);
	json_key(b, "samples");
	json_add_i64(b, s->n);
	json_key(b, "pass_rate");
	json_add_f64(b, shape_rate(s));
	span_json(b, "wilson", span_wilson(s->n, s->k));
	span_json(b, "clopper_pearson", span_exact(s->n, s->k));
	json_key(b, "against_first");
	if (isfinite(half))
		json_add_f64(b, d);
	else
		json_add_null(b);
	json_key(b, "against_first_half");
	json_add_f64(b, half);
	json_close(b, '}');
}

void view_json(const struct view *v, struct buf *b)
{
	int low, high;

	json_key(b, "early");
	json_add_bool(b, v->early);
	json_key(b, "cells");
	json_open(b, '[');
	for (int i = 0; i < v->cells; i++)
		cell_json(b, v, &v->cell[i]);
	json_close(b, ']');
	json_key(b, "all");
	cell_json(b, v, &v->all[0]);
	if (v->models > 1) {
		json_key(b, "models");
		json_open(b, '[');
		for (int m = 0; m < v->models; m++)
			cell_json(b, v, &v->all[m]);
		json_close(b, ']');
	}
	json_key(b, "shapes");
	json_open(b, '[');
	for (int m = 0; m < v->models; m++)
		for (int i = 0; i < v->shapes; i++)
			if (v->shape[m][i].n)
				shape_json(b, v, m, i);
	json_close(b, ']');
	if (shape_ends(v, 0, &low, &high)) {
		json_key(b, "spread");
		json_add_f64(b, shape_rate(&v->shape[0][high]) - shape_rate(&v->shape[0][low]));
	}
}
