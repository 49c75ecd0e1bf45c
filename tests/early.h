/*
 * early.h - what stopping early costs and spares, by simulation: for a test with bounds and for the bench's table.
 *
 *	struct early e = early_run(&l, 0.3, 0.3, 20000, 1);	// pass rates from Beta(0.3, 0.3), 20000 prompts, seed 1
 *	e.drawn, e.wrong				// samples a prompt; share of prompts kept or dropped against their true rate
 */
#ifndef QUARRY_TESTS_EARLY_H
#define QUARRY_TESTS_EARLY_H

#include "base/rng.h"
#include "datasets/filter.h"

struct early {
	double drawn, wrong;
	double turned; /* share of prompts kept where all n samples drop them, or the other way round */
};

/* The i-th of `of` pass rates that stand for Beta(a, b) evenly; never below `from`. */
static double early_rate(double a, double b, int i, int of, double from)
{
	double lo = from, hi = 1, want = (i + 0.5) / of;

	for (int k = 0; k < 28; k++) {
		double mid = lo + (hi - lo) / 2;

		*(beta_below(a, b, mid) < want ? &lo : &hi) = mid;
	}
	return lo;
}

static struct early early_run(const struct limits *l, double a, double b, int prompts, uint64_t seed)
{
	struct limits whole = *l;
	struct early e = { 0 };
	double p = 0;

	whole.stopping = STOPPING_NONE;
	for (int i = 0; i < prompts; i++) {
		struct outcome o = { 0 }, all;
		bool truth, kept, enough = false;
		struct rng rng;

		rng_init(&rng, rng_mix(seed, (uint64_t)i), "early");
		p = early_rate(a, b, i, prompts, p);
		truth = l->lo <= p && p <= l->hi;
		for (all = o; all.samples < l->n;) {
			all.samples++;
			all.right += rng_unit(&rng) < p;
			if (!enough) {
				o = all;
				enough = limits_enough(&o, 0, l);
			}
		}
		kept = prompt_fate(&o, 0, l) == FATE_KEPT;
		e.drawn += o.samples;
		e.wrong += kept != truth;
		e.turned += kept != (prompt_fate(&all, 0, &whole) == FATE_KEPT);
	}
	e.drawn /= prompts;
	e.wrong /= prompts;
	e.turned /= prompts;
	return e;
}

#endif
