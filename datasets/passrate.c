/* passrate.c - rates, their posteriors and intervals; see passrate.h. */
#include "datasets/passrate.h"

#include <math.h>

/*
 * The part of Beta(a, b)'s mass below x, in units of x^a (1-x)^b: the hypergeometric series F(1, a+b; a+1; x) / a. All terms are
 * positive, and fall from the first on where x is not above the mean.
 */
static double mass_below(double a, double b, double x)
{
	double sum = 0, term = 1;

	for (double i = 0; term > 1e-17 * sum; i++) {
		sum += term;
		term *= (a + b + i) / (a + 1 + i) * x;
	}
	return sum / a;
}

/* base^e, base in [0, 1], e >= 0: whole powers by squaring, the fraction bit by bit from square roots. */
static double power(double base, double e)
{
	double whole = floor(e), part = e - whole, result = 1;
	double root = base;

	for (uint64_t n = (uint64_t)whole; n; n >>= 1) {
		if (n & 1)
			result *= root;
		root *= root;
	}
	for (root = base; part > 0; part -= floor(part)) {
		root = sqrt(root);
		part *= 2;
		if (part >= 1)
			result *= root;
	}
	return result;
}

/* base^e of any base > 0 that does not overflow. */
static double any_power(double base, double e)
{
	return base <= 1 ? power(base, e) : 1 / power(1 / base, e);
}

/* x^a (1-x)^b in units of y^a (1-y)^b, of which y = a / (a + b) makes the most: by the 32nd root, so that neither factor overflows. */
static double unit_of(double a, double b, double x, double y)
{
	double unit = any_power(x / y, a / 32) * any_power((1 - x) / (1 - y), b / 32);

	for (int i = 0; i < 5; i++)
		unit *= unit;
	return unit;
}

/* Both series are short at the mean y, and each is on its own side of it. */
double beta_below(double a, double b, double x)
{
	double y = a / (a + b), whole, unit;

	if (!(x > 0))
		return 0;
	if (x >= 1)
		return 1;
	whole = mass_below(a, b, y) + mass_below(b, a, 1 - y);
	unit = unit_of(a, b, x, y);
	return x <= y ? mass_below(a, b, x) * unit / whole : 1 - mass_below(b, a, 1 - x) * unit / whole;
}

double rate_mean(int n, int k, struct prior prior)
{
	return (k + prior.a) / (n + (prior.a + prior.b));
}

double rate_within(int n, int k, struct prior prior, double lo, double hi)
{
	return beta_below(k + prior.a, n - k + prior.b, hi) - beta_below(k + prior.a, n - k + prior.b, lo);
}

/*
 * Terms of the distribution relative to its largest, C(n,i) p^i (1-p)^(n-i) / that of the mode: none overflows, and one
 * that underflows is too small to count.
 */
double binomial_tail(int64_t n, int64_t k, double p)
{
	double odds, up = 0, down = 0, term;
	int64_t mode, at;

	if (k <= 0)
		return 1;
	if (k > n || !(p > 0))
		return 0;
	if (p >= 1)
		return 1;
	odds = p / (1 - p);
	mode = (int64_t)((double)(n + 1) * p);
	if (mode > n)
		mode = n;
	/* the sums of the terms at k and above, and of those below; the larger sum ends where a term adds nothing */
	for (term = 1, at = mode; at <= n && term > (at > k ? 1e-18 * up : 0); at++) {
		*(at >= k ? &up : &down) += term;
		term = term * (double)(n - at) / (double)(at + 1) * odds;
	}
	for (term = 1, at = mode; at > 0 && term > 1e-18 * (up + down); at--) {
		term = term * (double)at / (double)(n - at + 1) / odds;
		*(at - 1 >= k ? &up : &down) += term;
	}
	return up / (up + down);
}

/* ---- intervals of 95 % */

static const double z95 = 1.959963984540054; /* the normal distribution's 97.5 % point */

struct span span_wilson(int64_t n, int64_t k)
{
	double m = (double)n, p, mid, half, wide;

	if (n <= 0)
		return (struct span){ 0, 1 };
	p = (double)k / m;
	wide = 1 + z95 * z95 / m;
	mid = (p + z95 * z95 / (2 * m)) / wide;
	half = z95 * sqrt(p * (1 - p) / m + z95 * z95 / (4 * m * m)) / wide;
	/* at the ends the two are equal but for rounding */
	return (struct span){ k > 0 && mid > half ? mid - half : 0, k < n && mid + half < 1 ? mid + half : 1 };
}

/* The p at which P(k or more of n) is `want`: it rises with p. */
static double tail_solve(int64_t n, int64_t k, double want)
{
	double lo = 0, hi = 1;

	for (int i = 0; i < 100 && lo < hi; i++) {
		double mid = lo + (hi - lo) / 2;

		if (mid <= lo || mid >= hi)
			break;
		*(binomial_tail(n, k, mid) < want ? &lo : &hi) = mid;
	}
	return lo + (hi - lo) / 2;
}

struct span span_exact(int64_t n, int64_t k)
{
	if (n <= 0)
		return (struct span){ 0, 1 };
	return (struct span){ k > 0 ? tail_solve(n, k, 0.025) : 0, k < n ? tail_solve(n, k + 1, 0.975) : 1 };
}

/* ---- the rest */

double pass_at(int n, int k, int m)
{
	double none = 1;

	if (n - k < m)
		return 1;
	for (int i = n - k + 1; i <= n; i++)
		none *= 1 - (double)m / i;
	return 1 - none;
}

void pass_ats_add(struct pass_ats *p, int n, int k)
{
	for (int i = 0; i < PASS_ATS && 1 << i <= n; i++) {
		p->sum[i] += pass_at(n, k, 1 << i);
		p->prompts[i]++;
	}
}

double pass_ats_mean(const struct pass_ats *p, int i)
{
	return p->prompts[i] ? p->sum[i] / (double)p->prompts[i] : 0;
}

double corrected_rate(int n, int k, double guess)
{
	double rate;

	if (n <= 0 || guess >= 1)
		return 0;
	rate = ((double)k / n - guess) / (1 - guess);
	return rate > 0 ? rate : 0;
}
