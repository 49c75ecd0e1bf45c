/*
 * bench_tune.c - does datasets/curve.h find the difficulty that it is asked for? The made-up tasks of tests/tuning.h, many seeds.
 *
 *	bench_tune [SEEDS]		200 seeds of each row when not given: about four minutes
 *
 * Printed are the share of seeds whose true rate at the returned difficulty is within 0.10 and 0.07 of the target, the mean error,
 * and how often the interval held the true rate; beside them the same of the up-down staircase with as many answers.
 */
#include "tests/tuning.h"

#include <stdio.h>
#include <stdlib.h>

static void row(int seeds, double slope, double sigma, double target, int budget, bool smooth)
{
	struct tally y = { 0 };

	for (int i = 0; i < seeds; i++)
		tally_add(&y, (uint64_t)i, slope, sigma, target, budget, smooth);
	printf("| %.2f | %.0f | %.1f | %-6s | %d | %.1f %% | %.1f %% | %.3f | %.1f %% | %.1f %% | %.1f %% | %.3f |\n", slope, sigma, target,
	       smooth ? "smooth" : "mixed", budget, 100.0 * y.within[0] / seeds, 100.0 * y.within[1] / seeds, y.error / seeds,
	       100.0 * y.covered / seeds, 100.0 * y.stair_within[0] / seeds, 100.0 * y.stair_within[1] / seeds, y.stair_error / seeds);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const double slopes[] = { 0.35, 0.7, 1.0, 1.5 }, targets[] = { 0.5, 0.3 };
	int seeds = argc > 1 ? atoi(argv[1]) : 200;

	printf("| slope | sigma | target | truth | answers | within 0.10 | within 0.07 | mean error | interval holds | staircase: 0.10 | 0.07 | mean error |\n"
	       "|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
	for (int budget = 128; budget <= 256; budget *= 2)
		for (int t = 0; t < 2; t++)
			for (int sigma = 0; sigma < 2; sigma++)
				for (int s = 0; s < 4; s++)
					row(seeds, slopes[s], sigma, targets[t], budget, false);
	for (int budget = 128; budget <= 256; budget *= 2)
		for (int s = 0; s < 4; s++)
			row(seeds, slopes[s], 0, 0.5, budget, true);
	return 0;
}
