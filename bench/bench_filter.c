/*
 * bench_filter.c - what stopping early costs and spares: docs/filter.md's table.
 *
 *	build/bench/bench_filter [PROMPTS]
 *
 * Pass rates come from three distributions; every prompt is judged by all n samples, by curtailment and by posterior stopping, against
 * the truth: whether its rate lies in the band. Nothing here hangs on the machine.
 */
#include "tests/early.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		double a, b;
	} priors[] = { { "U-shaped, Beta(0.3, 0.3)", 0.3, 0.3 }, { "uniform, Beta(1, 1)", 1, 1 }, { "hard, Beta(0.4, 1.2)", 0.4, 1.2 } };
	int prompts = argc > 1 ? atoi(argv[1]) : 20000;

	printf("band 0.1 to 0.7, count rule, fill: no, %d prompts: samples of n drawn, prompts decided against the truth\n", prompts);
	printf("%-26s %3s  %7s  %17s  %17s\n", "pass rates", "n", "all", "curtailment", "posterior");
	for (size_t i = 0; i < COUNT(priors); i++)
		for (int n = 8; n <= 32; n *= 2) {
			struct limits l = LIMITS;
			struct early e[STOPPINGS];

			l.n = n;
			l.lo = 0.1;
			l.hi = 0.7;
			l.alpha = 1;
			l.fill = false;
			for (int s = 0; s < STOPPINGS; s++) {
				l.stopping = (enum stopping)s;
				e[s] = early_run(&l, priors[i].a, priors[i].b, prompts, 1);
			}
			printf("%-26s %3d  %5.1f %%  %5.1f %% / %5.1f %%  %5.1f %% / %5.1f %%\n", priors[i].name, n, 100 * e[0].wrong,
			       100 * e[1].drawn / n, 100 * e[1].wrong, 100 * e[2].drawn / n, 100 * e[2].wrong);
		}
	return 0;
}
