/*
 * tuning.h - made-up tasks whose curve is known, and how near datasets/curve.h comes to it: for tests/test_curve.c and
 * bench/bench_tune.c.
 *
 *	struct tally y = { 0 };
 *	for each seed: tally_add(&y, seed, 1.0, 0, 0.5, 128, false);	// slope, sigma, target, answers, smooth
 *
 * An instance of level L passes with 1 / (1 + exp(-(slope (mid - L) + sigma z))), z of the instance; mid is drawn from 2..8 by the seed.
 * The true rate at a difficulty of 2.3 is that of 7 parts level 2 and 3 parts level 3, as `quarry generate` mixes them; or, smooth,
 * that of the formula at 2.3.
 */
#ifndef QUARRY_TESTS_TUNING_H
#define QUARRY_TESTS_TUNING_H

#include "base/rng.h"
#include "datasets/curve.h"

#include <math.h>

struct truth {
	double mid, slope, sigma;
	double rate[CURVE_LEVELS];
};

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* The mean over instances: z at the middles of 400 equal parts of its distribution would need erf's inverse; a sum does. */
static double mean_rate(const struct truth *t, double d)
{
	double sum = 0, weight = 0;

	for (int i = -60; i <= 60; i++) {
		double z = i / 12.0, w = exp(-z * z / 2);

		sum += w * logistic(t->slope * (t->mid - d) + t->sigma * z);
		weight += w;
	}
	return sum / weight;
}

static double true_rate(const struct truth *t, double d, bool smooth)
{
	int at = (int)d;

	if (smooth)
		return mean_rate(t, d);
	return at == CURVE_LEVELS - 1 ? t->rate[at] : t->rate[at] + (d - at) * (t->rate[at + 1] - t->rate[at]);
}

static double normal(struct rng *r)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += rng_unit(r);
	return sum;
}

static bool answer(const struct truth *t, int level, struct rng *r)
{
	double z = normal(r);

	return rng_unit(r) < logistic(t->slope * (t->mid - level) + t->sigma * z);
}

static void find(const struct truth *t, double target, int budget, struct rng *r, struct goal_found *found)
{
	struct goal g = { target, target, target }; /* never satisfied: the whole budget is spent, or the target given up */
	struct curve *c = curve_new(0, 100);
	int ask[CURVE_LEVELS], left = budget;

	while (curve_goal(c, &g, left == 0, found), found->state == GOAL_OPEN && left > 0) {
		curve_ask(c, &g, 1, 16, left, ask);
		for (int level = 0; level < CURVE_LEVELS; level++)
			for (int i = 0; i < ask[level] && left > 0; i++, left--)
				curve_add(c, level, 0, answer(t, level, r));
	}
	curve_free(c);
}

static double staircase(const struct truth *t, double target, int budget, struct rng *r)
{
	double d = 5, sum = 0;

	for (int i = 0; i < budget; i++) {
		int level = (int)d + (rng_unit(r) < d - floor(d));

		d += answer(t, level, r) ? 2 * (1 - target) : -2 * target;
		d = d < 0 ? 0 : d > 10 ? 10 : d;
		if (i >= budget / 2)
			sum += d;
	}
	return sum / (budget - budget / 2);
}

struct tally {
	int within[2], covered;
	double error, stair_error;
	int stair_within[2];
};

/* One seed more: what the tuner makes of it, and the staircase. */
static void tally_add(struct tally *y, uint64_t seed, double slope, double sigma, double target, int budget, bool smooth)
{
	struct truth t = { .slope = slope, .sigma = sigma };
	struct goal_found found;
	struct rng r;
	double is, off, stair;

	rng_init(&r, seed, "truth");
	t.mid = 2 + 6 * rng_unit(&r);
	for (int i = 0; i < CURVE_LEVELS; i++)
		t.rate[i] = mean_rate(&t, i);
	rng_init(&r, seed, "answers");
	find(&t, target, budget, &r, &found);
	is = true_rate(&t, found.tenths / 10.0, smooth);
	off = fabs(is - target);
	rng_init(&r, seed, "staircase");
	stair = fabs(true_rate(&t, staircase(&t, target, budget, &r), smooth) - target);
	y->within[0] += off <= 0.10;
	y->within[1] += off <= 0.07;
	y->stair_within[0] += stair <= 0.10;
	y->stair_within[1] += stair <= 0.07;
	y->covered += is >= found.at.lo && is <= found.at.hi;
	y->error += off;
	y->stair_error += stair;
}

#endif
