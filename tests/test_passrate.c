/*
 * test_passrate.c - what k right of n says of a rate: against integers, published figures, and an independent way to the same numbers.
 */
#include "datasets/passrate.h"
#include "tests/check.h"
#include "tests/early.h"

#include <math.h>

/* ---- binomial tails ---- */

/* Relative difference at most `most`. */
static bool near(double is, double want, double most)
{
	return fabs(is - want) <= most * fabs(want);
}

/* C(n, k) in 128 bits: exact up to n = 60. */
static unsigned __int128 choose_exact(int n, int k)
{
	unsigned __int128 c = 1;

	for (int i = 1; i <= k; i++)
		c = c * (unsigned)(n - k + i) / (unsigned)i;
	return c;
}

/* P(k or more of n) with chance a / 2^s: all integers, exact while n * s <= 120. */
static double tail_exact(int n, int k, unsigned a, int s)
{
	unsigned __int128 sum = 0, base = (unsigned __int128)1 << s;

	for (int i = k; i <= n; i++) {
		unsigned __int128 term = choose_exact(n, i);

		for (int j = 0; j < i; j++)
			term *= a;
		for (int j = i; j < n; j++)
			term *= base - a;
		sum += term;
	}
	return ldexp((double)sum, -n * s);
}

static void test_binomial(void)
{
	for (int n = 1; n <= 30; n++)
		for (int k = 0; k <= n; k++)
			for (unsigned a = 1; a < 16; a++) {
				check_in("n %d k %d a %u/16", n, k, a);
				CHECK(near(binomial_tail(n, k, a / 16.0), k ? tail_exact(n, k, a, 4) : 1, 1e-13));
			}
	check_in("%s", "");
	/* from tables: 0.05^8, and 1 - 0.95^8 */
	CHECK(near(binomial_tail(8, 8, 0.05), 3.90625e-11, 1e-12));
	CHECK(near(binomial_tail(8, 1, 0.05), 0.3365795687109375, 1e-13));
	CHECK(near(binomial_tail(8, 2, 0.05), 0.0572446502734375, 1e-12));
	CHECK_F64(binomial_tail(8, 0, 0.3), 1.0);
	CHECK_F64(binomial_tail(8, 9, 0.3), 0.0);
	CHECK_F64(binomial_tail(8, 1, 0.0), 0.0);
	CHECK_F64(binomial_tail(8, 8, 1.0), 1.0);
	CHECK_F64(binomial_tail(8, 3, (double)NAN), 0.0);
	/* the middle of a large symmetric one, and a tail far beyond what a double holds as a product */
	CHECK(near(binomial_tail(65535, 32768, 0.5), 0.5, 1e-10));
	CHECK(binomial_tail(65536, 65536, 1e-3) >= 0);
	CHECK(binomial_tail(1000, 1, 1e-300) > 0.9e-297 && binomial_tail(1000, 1, 1e-300) < 1.1e-297);
	/* falls with k */
	for (int k = 1; k <= 1000; k++)
		CHECK(binomial_tail(1000, k, 0.2) <= binomial_tail(1000, k - 1, 0.2));
}

/* ---- the incomplete beta function ---- */

/* With u = arcsin(sqrt p) the density is 2 sin(u)^(2a-1) cos(u)^(2b-1) and smooth for a, b >= 1/2: Simpson's rule, nothing shared with ours. */
static double beta_by_simpson(double a, double b, double x)
{
	double sum[2] = { 0, 0 }, ends[3] = { 0, asin(sqrt(x)), asin(1) }, peak = 0;

	if (a > 0.5 && b > 0.5)
		peak = (2 * a - 1) * log(sin(atan(sqrt((2 * a - 1) / (2 * b - 1))))) + (2 * b - 1) * log(cos(atan(sqrt((2 * a - 1) / (2 * b - 1)))));
	for (int half = 0; half < 2; half++)
		for (int i = 0, steps = 2000; i <= steps; i++) {
			double u = ends[half] + (ends[half + 1] - ends[half]) * i / steps, s = sin(u), c = cos(u), log_f;
			double weight = i == 0 || i == steps ? 1 : i % 2 ? 4 : 2;

			if ((s <= 0 && a > 0.5) || (c <= 1e-15 && b > 0.5))
				continue;
			log_f = (a > 0.5 ? (2 * a - 1) * log(s) : 0) + (b > 0.5 ? (2 * b - 1) * log(c) : 0);
			sum[half] += weight * exp(log_f - peak) * (ends[half + 1] - ends[half]) / steps;
		}
	return sum[0] / (sum[0] + sum[1]);
}

static void test_beta(void)
{
	/* of mpmath, 40 digits */
	static const struct {
		double a, b, x, want;
	} known[] = {
		{ 0.5, 0.5, 0.1, 0.20483276469913346 },
		{ 2.5, 14.5, 0.1, 0.33221298577779481 },
		{ 11.5, 5.5, 0.7, 0.55781298499923393 },
		{ 0.3, 0.3, 0.7, 0.59140386419935448 },
		{ 1.3, 7.7, 0.25, 0.83503524355079533 },
		{ 2000.5, 2096.5, 0.5, 0.93319773916247128 },
		{ 0.01, 1000, 0.5, 1.0 },
		{ 3, 5, 0.375, 0.52465295791625977 },
	};

	for (size_t i = 0; i < COUNT(known); i++) {
		check_in("Beta(%g, %g) at %g", known[i].a, known[i].b, known[i].x);
		CHECK(fabs(beta_below(known[i].a, known[i].b, known[i].x) - known[i].want) < 1e-12);
		CHECK(fabs(beta_below(known[i].b, known[i].a, 1 - known[i].x) - (1 - known[i].want)) < 1e-12);
	}
	/* whole a and b: a tail of the binomial distribution, in exact integers */
	for (int n = 1; n <= 30; n++)
		for (int k = 1; k <= n; k++)
			for (unsigned x = 1; x < 16; x++) {
				check_in("n %d k %d x %u/16", n, k, x);
				CHECK(near(beta_below(k, n - k + 1, x / 16.0), tail_exact(n, k, x, 4), 1e-12) || tail_exact(n, k, x, 4) < 1e-12);
			}
	for (int n = 0; n <= 32; n += 8)
		for (int k = 0; k <= n; k++)
			for (int x = 1; x < 20; x++) {
				check_in("Jeffreys n %d k %d x %d/20", n, k, x);
				CHECK(fabs(beta_below(k + 0.5, n - k + 0.5, x / 20.0) - beta_by_simpson(k + 0.5, n - k + 0.5, x / 20.0)) < 1e-10);
			}
	check_in("%s", "");
	/* the arcsine law */
	for (int x = 0; x <= 100; x++)
		CHECK(fabs(beta_below(0.5, 0.5, x / 100.0) - 2 / acos(-1) * asin(sqrt(x / 100.0))) < 1e-14);
	/* two halves of a symmetric density are equal to the bit: a tie must be one on every machine */
	for (int k = 0; k <= 512; k++)
		CHECK_F64(beta_below(k + 0.5, k + 0.5, 0.5), 0.5);
	CHECK_F64(beta_below(2, 3, 0), 0.0);
	CHECK_F64(beta_below(2, 3, -1), 0.0);
	CHECK_F64(beta_below(2, 3, 1), 1.0);
	CHECK_F64(beta_below(2, 3, (double)NAN), 0.0);
	/* rises with x, from 0 to 1, however steep */
	for (int n = 1; n <= 4096; n *= 8)
		for (int k = 0; k <= n; k += n < 16 ? 1 : n / 7) {
			double before = 0;

			for (int x = 1; x <= 50; x++) {
				double p = beta_below(k + 0.5, n - k + 0.5, x / 50.0);

				check_in("n %d k %d x %d/50", n, k, x);
				CHECK(p >= before - 1e-12 && p <= 1);
				before = p;
			}
		}
	check_in("%s", "");
}

/* ---- intervals ---- */

static void test_spans(void)
{
	static const struct {
		int64_t n, k;
		struct span wilson, exact;
	} known[] = {
		{ 10, 0, { 0.0, 0.277532799862889 }, { 0.0, 0.308497107818761 } },
		{ 10, 5, { 0.236593090512564, 0.763406909487436 }, { 0.187086028447399, 0.812913971552601 } },
		{ 16, 3, { 0.0659159907142814, 0.430088809619741 }, { 0.0404737339059459, 0.456456546231612 } },
		{ 64, 60, { 0.850025149077913, 0.975428798603382 }, { 0.847636526577303, 0.982709972618945 } },
		{ 1000, 7, { 0.00339486840099076, 0.0143783154657666 }, { 0.00281885875962053, 0.0143691949789186 } },
	};

	for (size_t i = 0; i < COUNT(known); i++) {
		struct span w = span_wilson(known[i].n, known[i].k), e = span_exact(known[i].n, known[i].k);

		check_in("%d of %d", (int)known[i].k, (int)known[i].n);
		CHECK(fabs(w.lo - known[i].wilson.lo) < 1e-13 && fabs(w.hi - known[i].wilson.hi) < 1e-13);
		CHECK(fabs(e.lo - known[i].exact.lo) < 1e-12 && fabs(e.hi - known[i].exact.hi) < 1e-12);
	}
	for (int n = 1; n <= 40; n++) {
		check_in("n %d", n);
		/* 0 of n: 1 - (1 - P)^n = 0.975 */
		CHECK(near(span_exact(n, 0).hi, 1 - pow(0.025, 1.0 / n), 1e-12));
		CHECK_F64(span_exact(n, 0).lo, 0.0);
		CHECK_F64(span_exact(n, n).hi, 1.0);
		CHECK_F64(span_wilson(n, 0).lo, 0.0);
		CHECK_F64(span_wilson(n, n).hi, 1.0);
		for (int k = 0; k <= n; k++) {
			struct span e = span_exact(n, k), w = span_wilson(n, k), m = span_exact(n, n - k);

			CHECK(e.lo <= (double)k / n && (double)k / n <= e.hi && w.lo <= (double)k / n && (double)k / n <= w.hi);
			CHECK(fabs(e.lo - (1 - m.hi)) < 1e-12 && fabs(e.hi - (1 - m.lo)) < 1e-12);
			/* the ends are points of a beta distribution */
			CHECK(k == 0 || fabs(beta_below(k, n - k + 1, e.lo) - 0.025) < 1e-11);
			CHECK(k == n || fabs(beta_below(k + 1, n - k, e.hi) - 0.975) < 1e-11);
		}
	}
	/* the exact one holds 95 % for every rate */
	for (int n = 1; n <= 24; n++) {
		struct span e[25];

		for (int k = 0; k <= n; k++)
			e[k] = span_exact(n, k);
		for (int i = 1; i < 100; i++) {
			double p = i / 100.0, held = 0;

			for (int k = 0; k <= n; k++)
				if (e[k].lo <= p && p <= e[k].hi)
					held += (double)choose_exact(n, k) * pow(p, k) * pow(1 - p, n - k);
			check_in("n %d p %g", n, p);
			CHECK(held > 0.95 - 1e-12);
		}
	}
	check_in("%s", "");
	CHECK_F64(span_wilson(0, 0).hi - span_wilson(0, 0).lo, 1.0);
	CHECK_F64(span_exact(0, 0).hi - span_exact(0, 0).lo, 1.0);
	/* all samples of a large run */
	CHECK(span_exact(100000000, 1).hi < 6e-8 && span_exact(100000000, 1).lo > 2e-10 && span_exact(100000000, 1).lo < 3e-10);
}

/* ---- pass@k ---- */

static void test_pass_at(void)
{
	for (int n = 1; n <= 24; n++)
		for (int m = 1; m <= n; m++) {
			for (int k = 0; k <= n; k++) {
				double none = k + m > n ? 0 : (double)choose_exact(n - k, m) / (double)choose_exact(n, m);

				check_in("n %d k %d m %d", n, k, m);
				CHECK(fabs(pass_at(n, k, m) - (1 - none)) < 1e-14);
			}
			/* unbiased: over all outcomes it means 1 - (1-p)^m, which 1 - (1 - k/n)^m does not */
			for (int i = 0; i <= 10; i++) {
				double p = i / 10.0, mean = 0;

				for (int k = 0; k <= n; k++)
					mean += (double)choose_exact(n, k) * pow(p, k) * pow(1 - p, n - k) * pass_at(n, k, m);
				CHECK(fabs(mean - (1 - pow(1 - p, m))) < 1e-12);
			}
		}
	check_in("%s", "");
	CHECK(fabs(pass_at(8, 3, 4) - 13.0 / 14) < 1e-15);
	CHECK_F64(pass_at(4096, 0, 100), 0.0);
	CHECK_F64(pass_at(4096, 4096, 1), 1.0);
}

/* ---- stopping early ---- */

/* How many samples a prompt has at least: by trying every outcome. */
static void test_least(void)
{
	static const double guesses[] = { 0, 0.02, 0.3, 0.9 };

	for (int i = 0; i < 300; i++) {
		struct limits l = LIMITS;
		double guess = guesses[i % 4];
		int least = 0;

		l.n = 2 + i % 15;
		l.lo = 0.06 * (i % 7);
		l.hi = l.lo + 0.1 * (1 + i % 6);
		l.rule = i % 3 ? RULE_COUNT : RULE_POSTERIOR;
		l.stopping = (enum stopping)(1 + i % 2);
		l.fill = i / 2 % 2;
		for (int n = 1; !least && n <= l.n; n++)
			for (int k = 0; k <= n; k++)
				if (limits_enough(&(struct outcome){ .samples = n, .right = k }, guess, &l))
					least = n;
		check_in("case %d", i);
		CHECK_EQ(limits_least(guess, &l), least);
	}
	check_in("%s", "");
	CHECK_EQ(limits_least(0.5, &LIMITS), 8);
}

/* The bounds that docs/filter.md gives. */
static void test_early(void)
{
	struct limits l = LIMITS;
	struct early all, curtailed, sure;
	int prompts = CHECK_SLOW ? 1000 : 5000;

	l.n = 16;
	l.lo = 0.1;
	l.hi = 0.7;
	l.alpha = 1;
	l.fill = false;
	all = early_run(&l, 0.3, 0.3, prompts, 1);
	l.stopping = STOPPING_CURTAILMENT;
	curtailed = early_run(&l, 0.3, 0.3, prompts, 1);
	l.stopping = STOPPING_POSTERIOR;
	sure = early_run(&l, 0.3, 0.3, prompts, 1);
	CHECK_F64(all.drawn, 16.0);
	CHECK_F64(all.turned, 0.0);
	CHECK(curtailed.drawn <= 0.85 * 16);
	CHECK_F64(curtailed.turned, 0.0);
	CHECK_F64(curtailed.wrong, all.wrong);
	CHECK(sure.drawn <= 0.65 * 16);
	CHECK(sure.wrong <= all.wrong + 0.01);
	CHECK(sure.turned > 0 && sure.turned < 0.05);
	/* more of both for less: a sure decision costs more samples */
	l.sure = 0.97;
	CHECK(early_run(&l, 0.3, 0.3, prompts, 1).drawn > sure.drawn);
	/* whatever the rule, the band, the prior and the chance of guessing, curtailment turns nothing */
	l.stopping = STOPPING_CURTAILMENT;
	for (int i = 0; i < 48; i++) {
		l.n = 1 + i % 12;
		l.rule = i % 2 ? RULE_POSTERIOR : RULE_COUNT;
		l.lo = 0.07 * (i % 5);
		l.hi = l.lo + 0.2 * (1 + i % 3);
		l.prior = i % 4 < 2 ? JEFFREYS : (struct prior){ 1, 3 };
		check_in("case %d", i);
		CHECK_F64(early_run(&l, 0.6, 0.8, 150, (uint64_t)i).turned, 0.0);
	}
	check_in("%s", "");
}

/* ---- rates ---- */

static void test_rates(void)
{
	CHECK_F64(rate_mean(8, 0, JEFFREYS), 0.5 / 9);
	CHECK_F64(rate_mean(8, 8, JEFFREYS), 8.5 / 9);
	CHECK_F64(rate_mean(0, 0, JEFFREYS), 0.5);
	CHECK_F64(rate_mean(8, 3, (struct prior){ 1, 3 }), 4.0 / 12);
	/* 8 of 16: as likely above 1/2 as below */
	CHECK_F64(rate_within(16, 8, JEFFREYS, 0.5, 1), 0.5);
	CHECK(fabs(rate_within(16, 2, JEFFREYS, 0.1, 0.7) - (0.99999924850911814 - 0.33221298577779481)) < 1e-13);
	CHECK_F64(rate_within(16, 2, JEFFREYS, 0, 1), 1.0);
	CHECK_F64(corrected_rate(8, 4, 0), 0.5);
	CHECK_F64(corrected_rate(8, 4, 0.5), 0.0);
	CHECK_F64(corrected_rate(8, 6, 0.5), 0.5);
	CHECK_F64(corrected_rate(8, 8, 0.5), 1.0);
	CHECK_F64(corrected_rate(8, 1, 0.5), 0.0);
	CHECK_F64(corrected_rate(8, 8, 1), 0.0);
	CHECK_F64(corrected_rate(0, 0, 0), 0.0);
}

int main(void)
{
	test_binomial();
	test_beta();
	test_spans();
	test_pass_at();
	test_rates();
	test_least();
	test_early();
	return check_done();
}
