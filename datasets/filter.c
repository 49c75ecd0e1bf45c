/* filter.c - which prompts are kept; see filter.h. */
#include "datasets/filter.h"

#include <stddef.h>

const char *fate_name(enum fate f)
{
	static const char *const names[FATES] = {
		[FATE_KEPT] = "kept",
		[FATE_NONE_RIGHT] = "none_right",
		[FATE_TOO_HARD] = "too_hard",
		[FATE_TOO_EASY] = "too_easy",
		[FATE_GUESSING] = "guessing",
		[FATE_SAMPLER_ERROR] = "sampler_error",
		[FATE_BAD_TASK] = "bad_task",
		[FATE_INCOMPLETE] = "incomplete",
	};

	return names[f];
}

const char *rule_name(enum rule r)
{
	return r == RULE_COUNT ? "count" : "posterior";
}

const char *stopping_name(enum stopping s)
{
	static const char *const names[STOPPINGS] = { "none", "curtailment", "posterior" };

	return names[s];
}

/* ---- all n samples */

/* Below the band -1, in it 0, above it 1. */
static int side_of(int n, int right, const struct limits *l)
{
	double rate = (double)right / n;

	if (l->rule == RULE_COUNT)
		return rate < l->lo ? -1 : rate > l->hi;
	/* two halves of one density are equal but for rounding: a tie is kept */
	if (rate_within(n, right, l->prior, l->lo, l->hi) >= 0.5 - 1e-9)
		return 0;
	return rate_within(n, right, l->prior, 0, l->lo) >= rate_within(n, right, l->prior, l->hi, 1) ? -1 : 1;
}

static bool guessed(int n, int right, double guess, const struct limits *l)
{
	return l->alpha < 1 && binomial_tail(n, right, guess) >= l->alpha;
}

/* As if each of `n` samples had been judged. */
static enum fate fate_of(int n, int right, double guess, const struct limits *l)
{
	int side;

	if (right == 0)
		return FATE_NONE_RIGHT;
	side = side_of(n, right, l);
	if (side)
		return side < 0 ? FATE_TOO_HARD : FATE_TOO_EASY;
	return guessed(n, right, guess, l) ? FATE_GUESSING : FATE_KEPT;
}

/* ---- fewer */

/*
 * Whatever the missing and failed samples are, between `right` and `most` of n come out right. What is kept is a range of counts
 * without gaps (the posterior of a band has one peak as k rises, and guessing is the less likely the more are right), so its ends
 * tell of all between.
 */
static enum fate fate_certain(int n, int right, int most, double guess, const struct limits *l)
{
	enum fate worst = fate_of(n, right, guess, l), best;

	if (worst == FATE_TOO_EASY)
		return worst;
	best = fate_of(n, most, guess, l);
	if (worst == FATE_KEPT && best == FATE_KEPT)
		return FATE_KEPT;
	if (best != FATE_NONE_RIGHT && best != FATE_TOO_HARD && best != FATE_GUESSING)
		return FATE_INCOMPLETE;
	/* it cannot be kept any more: why is what was seen */
	return right == 0 ? FATE_NONE_RIGHT : best;
}

/* The same word whether failed samples were right or wrong: the posterior is sure of it. */
static enum fate fate_sure(int n, int right, int most, double guess, const struct limits *l)
{
	double worst, best;

	if (n < l->at_least)
		return FATE_INCOMPLETE;
	worst = rate_within(n, right, l->prior, l->lo, l->hi);
	best = most == right ? worst : rate_within(n, most, l->prior, l->lo, l->hi);
	if (worst >= l->sure && best >= l->sure && right > 0 && !guessed(n, right, guess, l))
		return FATE_KEPT;
	if (worst > 1 - l->sure || best > 1 - l->sure)
		return FATE_INCOMPLETE;
	if (right == 0)
		return FATE_NONE_RIGHT;
	return rate_within(n, right, l->prior, 0, l->lo) >= rate_within(n, right, l->prior, l->hi, 1) ? FATE_TOO_HARD : FATE_TOO_EASY;
}

enum fate prompt_fate(const struct outcome *o, double guess, const struct limits *l)
{
	int missing = l->n > o->samples ? l->n - o->samples : 0, n = o->samples + missing;
	enum fate fate;

	if (o->broken)
		return FATE_BAD_TASK;
	if (o->samples == 0)
		return FATE_INCOMPLETE;
	if (missing == 0) {
		/* samples that failed might have been right or wrong: they must not matter */
		fate = fate_of(n, o->right, guess, l);
		return fate == fate_of(n, o->right + o->errors, guess, l) ? fate : FATE_SAMPLER_ERROR;
	}
	fate = fate_certain(n, o->right, o->right + o->errors + missing, guess, l);
	if (fate == FATE_INCOMPLETE && l->stopping == STOPPING_POSTERIOR)
		fate = fate_sure(o->samples, o->right, o->right + o->errors, guess, l);
	return fate == FATE_KEPT && l->fill ? FATE_INCOMPLETE : fate;
}

bool limits_enough(const struct outcome *o, double guess, const struct limits *l)
{
	return o->samples >= l->n || (l->stopping != STOPPING_NONE && prompt_fate(o, guess, l) != FATE_INCOMPLETE);
}

int limits_least(double guess, const struct limits *l)
{
	int kept = 1;

	if (l->stopping == STOPPING_NONE)
		return l->n;
	while (kept < l->n && fate_of(l->n, kept, guess, l) != FATE_KEPT)
		kept++;
	/* certainty comes first to those that have none right, all right, or just so many as are kept; the posterior's may come to any */
	for (int n = 1; n < l->n; n++)
		for (int k = 0; k <= n; k++) {
			bool first = k == 0 || k == kept || k == n;

			if ((first || l->stopping == STOPPING_POSTERIOR) && limits_enough(&(struct outcome){ .samples = n, .right = k }, guess, l))
				return n;
		}
	return l->n;
}

/* ---- as text */

void limits_members(struct buf *b, const struct limits *l)
{
	json_key(b, "n");
	json_add_i64(b, l->n);
	json_key(b, "pass_rate");
	json_open(b, '[');
	json_add_f64(b, l->lo);
	json_add_f64(b, l->hi);
	json_close(b, ']');
	json_key(b, "guess");
	json_add_f64(b, l->alpha);
	json_key(b, "rule");
	json_add_z(b, rule_name(l->rule));
	json_key(b, "prior");
	json_open(b, '[');
	json_add_f64(b, l->prior.a);
	json_add_f64(b, l->prior.b);
	json_close(b, ']');
	json_key(b, "stopping");
	json_add_z(b, stopping_name(l->stopping));
	if (l->stopping == STOPPING_POSTERIOR) {
		json_key(b, "sure");
		json_add_f64(b, l->sure);
		json_key(b, "at_least");
		json_add_i64(b, l->at_least);
	}
	json_key(b, "fill");
	json_add_bool(b, l->fill);
	if (l->models > 1) {
		json_key(b, "models");
		json_add_i64(b, l->models);
		json_key(b, "model");
		json_add_i64(b, l->model);
	}
}

static bool read_two(struct json list, double *a, double *b)
{
	struct json_iter it = json_iter(list);
	struct json x, y;

	return json_next(&it, NULL, &x) && json_next(&it, NULL, &y) && json_f64(x, a) && json_f64(y, b);
}

static bool read_name(struct json v, const char *(*name)(int), int n, int *ret)
{
	for (int i = 0; i < n; i++)
		if (json_is(v, name(i))) {
			*ret = i;
			return true;
		}
	return false;
}

static const char *rule_at(int i)
{
	return rule_name((enum rule)i);
}

static const char *stopping_at(int i)
{
	return stopping_name((enum stopping)i);
}

bool limits_read(struct limits *l, struct json v)
{
	int64_t n, at_least = LIMITS.at_least, models = 1, model = 0;
	int rule = RULE_COUNT, stopping = STOPPING_NONE;
	struct json x;

	*l = LIMITS;
	if (!json_get(v, "n", &x) || !json_i64(x, &n) || n < 1 || n > 1 << 20 || !json_get(v, "pass_rate", &x) ||
	    !read_two(x, &l->lo, &l->hi) || !json_get(v, "guess", &x) || !json_f64(x, &l->alpha))
		return false;
	if ((json_get(v, "rule", &x) && !read_name(x, rule_at, RULES, &rule)) ||
	    (json_get(v, "stopping", &x) && !read_name(x, stopping_at, STOPPINGS, &stopping)) ||
	    (json_get(v, "prior", &x) && !read_two(x, &l->prior.a, &l->prior.b)) ||
	    (json_get(v, "sure", &x) && !json_f64(x, &l->sure)) || (json_get(v, "at_least", &x) && !json_i64(x, &at_least)) ||
	    (json_get(v, "fill", &x) && !json_bool(x, &l->fill)) || (json_get(v, "models", &x) && !json_i64(x, &models)) ||
	    (json_get(v, "model", &x) && !json_i64(x, &model)) || models < 1 || models > LIMITS_MODELS || model < 0 || model >= models)
		return false;
	l->models = (int)models;
	l->model = (int)model;
	l->n = (int)n;
	l->rule = (enum rule)rule;
	l->stopping = (enum stopping)stopping;
	l->at_least = (int)(at_least < l->n ? at_least : l->n);
	return l->prior.a >= 0.01 && l->prior.b >= 0.01 && l->prior.a <= 1000 && l->prior.b <= 1000 && l->lo >= 0 && l->hi <= 1 &&
	       l->lo <= l->hi && at_least >= 0 && l->sure > 0.5 && l->sure < 1 && ((l->rule == RULE_COUNT && l->stopping == STOPPING_NONE) || n <= 1 << 13);
}

void limits_tell(struct buf *b, const struct limits *l)
{
	if (l->rule == RULE_COUNT)
		buf_addf(b, "A prompt is kept where %g <= k/n <= %g of its %d samples were right and k > 0", l->lo, l->hi, l->n);
	else
		buf_addf(b, "A prompt is kept where P(%g <= p <= %g) >= 1/2 for its pass rate p after k right of %d samples, from a prior of "
			    "Beta(%g, %g), and k > 0", l->lo, l->hi, l->n, l->prior.a, l->prior.b);
	if (l->alpha < 1)
		buf_addf(b, ", and where the chance of as many right by guessing alone is below %g", l->alpha);
	buf_addz(b, ".");
	if (l->stopping == STOPPING_NONE)
		return;
	buf_addz(b, " Samples count in order of index, and none is drawn after the one that decided: as soon as the rest cannot turn the decision");
	if (l->stopping == STOPPING_POSTERIOR)
		buf_addf(b, ", or, from %d samples on, P(%g <= p <= %g) has come to %g or above, or to %g or below", l->at_least, l->lo, l->hi, l->sure,
			 1 - l->sure);
	buf_addf(b, ".%s", l->fill ? " What is to be kept is drawn to the end all the same, and decided by all of its samples." : "");
}
