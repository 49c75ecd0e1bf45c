/*
 * inspect_why.c - quarry inspect --why: one prompt's samples in order, what was known after each, and the decision; see inspect.h.
 * From run.db alone, by the rule that it says it was made by: who doubts a decision makes it again.
 */
#include "cli/inspect.h"
#include "datasets/filter.h"

#include <stdio.h>

struct why {
	struct limits limits;
	double guess;
	bool json;
	struct outcome seen;
	struct buf out; /* the steps, as JSON */
};

static double in_band(const struct why *w)
{
	int n = w->seen.samples - w->seen.errors;

	return rate_within(n, w->seen.right, w->limits.prior, w->limits.lo, w->limits.hi);
}

static void step_text(const struct why *w, const struct stored_sample *s, enum fate fate)
{
	const struct outcome *o = &w->seen;
	int n = o->samples - o->errors, missing = w->limits.n > o->samples ? w->limits.n - o->samples : 0;
	char range[32], rate[32];

	snprintf(rate, sizeof(rate), "%d/%d", o->right, n);
	snprintf(range, sizeof(range), "%d..%d", o->right, o->right + o->errors + missing);
	printf("%6lld  %-10.*s  %-6.*s  %6lld  %7s  %9s  %8.3f  %6.3f  %s\n", (long long)s->idx, (int)s->mark.n, s->mark.s, (int)s->finish.n, s->finish.s,
	       (long long)s->tokens, rate, range, rate_mean(n, o->right, w->limits.prior), in_band(w), fate == FATE_INCOMPLETE ? "" : fate_name(fate));
}

static void step_json(struct why *w, const struct stored_sample *s, enum fate fate)
{
	const struct outcome *o = &w->seen;
	struct buf *b = &w->out;
	int n = o->samples - o->errors, missing = w->limits.n > o->samples ? w->limits.n - o->samples : 0;

	json_open(b, '{');
	json_key(b, "sample");
	json_add_i64(b, s->idx);
	json_key(b, "mark");
	json_add_str(b, s->mark);
	json_key(b, "finish");
	json_add_str(b, s->finish);
	json_key(b, "tokens");
	json_add_i64(b, s->tokens);
	json_key(b, "format_ok");
	json_add_bool(b, s->format_ok);
	json_key(b, "n");
	json_add_i64(b, n);
	json_key(b, "k");
	json_add_i64(b, o->right);
	json_key(b, "k_at_most"); /* of all n, whatever the missing and failed ones are */
	json_add_i64(b, o->right + o->errors + missing);
	json_key(b, "pass_rate_mean");
	json_add_f64(b, rate_mean(n, o->right, w->limits.prior));
	json_key(b, "in_band");
	json_add_f64(b, in_band(w));
	json_key(b, "guess_p");
	json_add_f64(b, binomial_tail(n, o->right, w->guess));
	json_key(b, "fate"); /* as far as it is decided */
	json_add_z(b, fate == FATE_INCOMPLETE ? "" : fate_name(fate));
	json_close(b, '}');
}

static int on_sample(void *ctx, const struct stored_sample *s)
{
	struct why *w = ctx;
	enum fate fate;

	if (w->limits.models > 1 && s->idx / w->limits.n != w->limits.model)
		return 0;
	w->seen.samples++;
	if (str_is(s->finish, "error"))
		w->seen.errors++;
	else if (str_is(s->mark, "bad_task"))
		w->seen.broken++;
	else
		w->seen.right += str_is(s->mark, "correct");
	fate = prompt_fate(&w->seen, w->guess, &w->limits);
	if (w->json)
		step_json(w, s, fate);
	else
		step_text(w, s, fate);
	return 0;
}

/* The rule, as the run tells it. */
static int read_limits(struct why *w, struct store *st, const char *dir, struct err *err)
{
	struct buf text = BUF_INIT;
	struct json v;
	int rc = store_get(st, "filter", &text, err);

	if (rc == 0)
		rc = err_set(err, "%s/run.db does not say its rule: it is of an older quarry; build --resume adds it", dir);
	else if (rc > 0)
		rc = json_parse(&v, buf_str(&text), err) && limits_read(&w->limits, v) ? 0 : err_set(err, "%s/run.db: its filter is damaged", dir);
	buf_release(&text);
	return rc;
}

/* 1 and the prompt, or 0. */
static int find(struct store *st, struct str id, struct stored_prompt *p, struct err *err)
{
	int64_t prompts = store_prompts(st);
	int rc = 0;

	for (int64_t i = 0; rc >= 0 && i < prompts; i++) {
		rc = store_prompt(st, i, p, err);
		if (rc > 0 && str_eq(p->id, id))
			return 1;
	}
	return rc < 0 ? rc : 0;
}

static void begin_text(const struct why *w, const struct stored_prompt *p, struct str difficulty)
{
	struct buf rule = BUF_INIT;

	limits_tell(&rule, &w->limits);
	printf("%.*s: prompt %lld, %.*s at difficulty %.*s, guessed with chance %g\n%s\n\n", (int)p->id.n, p->id.s, (long long)p->idx, (int)p->task.n, p->task.s,
	       (int)difficulty.n, difficulty.s, w->guess, buf_z(&rule));
	printf("%6s  %-10s  %-6s  %6s  %7s  %9s  %8s  %6s  %s\n", "sample", "mark", "finish", "tokens", "k/n", "k of all", "mean", "inside", "decided");
	buf_release(&rule);
}

static void end_text(const struct why *w, enum fate fate)
{
	const struct outcome *o = &w->seen;
	int n = o->samples - o->errors;

	printf("\n%s: %d right of %d samples", fate_name(fate), o->right, n);
	if (o->errors)
		printf(", %d more ended in an error", o->errors);
	printf("; P(%g <= p <= %g) is %.3f, P(as many by guessing) %.3g%s\n", w->limits.lo, w->limits.hi, in_band(w), binomial_tail(n, o->right, w->guess),
	       o->samples < w->limits.n && fate != FATE_INCOMPLETE ? "; decided before all were drawn" : "");
}

static void print_json(const struct why *w, const struct stored_prompt *p, enum fate fate)
{
	struct buf b = BUF_INIT;

	json_open(&b, '{');
	json_key(&b, "id");
	json_add_str(&b, p->id);
	json_key(&b, "prompt");
	json_add_i64(&b, p->idx);
	json_key(&b, "guess");
	json_add_f64(&b, w->guess);
	json_key(&b, "filter");
	json_open(&b, '{');
	limits_members(&b, &w->limits);
	json_close(&b, '}');
	json_key(&b, "steps");
	json_add_raw(&b, buf_str(&w->out));
	json_key(&b, "fate");
	json_add_z(&b, fate_name(fate));
	json_close(&b, '}');
	printf("%s\n", buf_z(&b));
	buf_release(&b);
}

int inspect_why(struct store *st, const char *dir, struct str id, bool json, struct err *err)
{
	struct why w = { .json = json };
	struct stored_prompt p;
	struct json row, v, difficulty;
	enum fate fate;
	int rc = read_limits(&w, st, dir, err);

	if (rc == 0) {
		rc = find(st, id, &p, err);
		if (rc == 0)
			rc = err_set(err, "%s holds no prompt \"%.*s\"", dir, (int)(id.n < 80 ? id.n : 80), id.s);
	}
	if (rc > 0 && (!json_parse(&row, p.instance, err) || !json_get(row, "guess", &v) || !json_f64(v, &w.guess)))
		rc = err_set(err, "%s/run.db: prompt %lld is damaged", dir, (long long)p.idx);
	if (rc < 0)
		return rc;
	json_get(row, "difficulty", &difficulty);
	p.id = id; /* equal, and not the store's */
	json_open(&w.out, '[');
	if (!json)
		begin_text(&w, &p, difficulty.raw);
	rc = store_each_sample(st, p.idx, on_sample, &w, err);
	json_close(&w.out, ']');
	fate = prompt_fate(&w.seen, w.guess, &w.limits);
	if (rc == 0 && json)
		print_json(&w, &p, fate);
	else if (rc == 0)
		end_text(&w, fate);
	buf_release(&w.out);
	return rc;
}
