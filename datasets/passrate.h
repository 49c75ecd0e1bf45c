/*
 * passrate.h - what k right of n says about the rate p behind it. Pure functions.
 *
 *	double p = rate_within(8, 3, jeffreys, 0.1, 0.7);	// P(0.1 <= p <= 0.7), given 3 right of 8
 *	struct span s = span_wilson(8, 3);			// 95 %: 0.137 to 0.694
 *	double q = pass_at(8, 3, 4);				// chance that one of 4 is right: 13/14
 *
 * Only + - * / and sqrt are used, which IEEE 754 fixes to the bit, so every machine comes to the same bits: what a filter decides
 * by these figures, and writes, does not hang on a C library.
 */
#ifndef QUARRY_DATASETS_PASSRATE_H
#define QUARRY_DATASETS_PASSRATE_H

#include <stdint.h>

/* What is believed of p before any sample: Beta(a, b), as if a of a + b samples had been right. */
struct prior {
	double a, b; /* 0.01 to 1000 each */
};

#define JEFFREYS ((struct prior){ 0.5, 0.5 }) /* the usual one: a bent coin of unknown make */

/*
 * The regularised incomplete beta function I_x(a, b): P(p <= x) of a Beta(a, b). a and b are 0.01 or more, their sum 20,000 at most;
 * the error stays below 1e-11. Time is linear in the sum at worst, and in its root where a and b are of one size.
 */
double beta_below(double a, double b, double x);

/* The posterior of p after k of n: its mean, and P(lo <= p <= hi). */
double rate_mean(int n, int k, struct prior prior);
double rate_within(int n, int k, struct prior prior, double lo, double hi);

/* P(k or more of n right), each right with chance p by itself. Relative error below n * 1e-15. */
double binomial_tail(int64_t n, int64_t k, double p);

/* Where p lies with 95 % confidence; 0 to 1 where nothing was drawn. */
struct span {
	double lo, hi;
};
struct span span_wilson(int64_t n, int64_t k); /* 95 % on the average over p; for groups of any size */
struct span span_exact(int64_t n, int64_t k);  /* Clopper and Pearson's: 95 % or more for every p, so wider */

/* Chance that at least one of m samples is right, of the n that were drawn: 1 - C(n-k, m) / C(n, m), which is unbiased. 1 <= m <= n. */
double pass_at(int n, int k, int m);

/* Its mean over prompts, for m = 1, 2, 4, ...: of those that have m samples. */
enum { PASS_ATS = 13 };
struct pass_ats {
	double sum[PASS_ATS];
	int64_t prompts[PASS_ATS];
};
void pass_ats_add(struct pass_ats *p, int n, int k);
double pass_ats_mean(const struct pass_ats *p, int i); /* of m = 2^i */

/* The pass rate with guessing taken out: 0 where all is guessed (or worse), 1 where all is known. */
double corrected_rate(int n, int k, double guess);

#endif
