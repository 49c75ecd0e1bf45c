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

/*
 * Terms of the distribution relative to its largest, C(n,i) p^i (1-p)^(n-i) / that of the mode: none overflows, and one
 * that underflows is too small to count.
 */
double binomial_tail(int n, int k, double p)
{
	double odds, up = 0, down = 0, term;
	int mode, at;

	if (k <= 0)
		return 1;
	if (k > n || !(p > 0))
		return 0;
	if (p >= 1)
		return 1;
	odds = p / (1 - p);
	mode = (int)((n + 1) * p);
	if (mode > n)
		mode = n;
	/* the sums of the terms at k and above, and of those below */
	for (term = 1, at = mode; at <= n && term > 0; at++) {
		*(at >= k ? &up : &down) += term;
		term = term * (n - at) / (at + 1) * odds;
	}
	for (term = 1, at = mode; at > 0 && term > 0; at--) {
		term = term * at / (n - at + 1) / odds;
		*(at - 1 >= k ? &up : &down) += term;
	}
	return up / (up + down);
}

double posterior_mean(int n, int k)
{
	return (k + 0.5) / (n + 1.0);
}

double corrected_rate(int n, int k, double guess)
{
	double rate;

	if (n <= 0 || guess >= 1)
		return 0;
	rate = ((double)k / n - guess) / (1 - guess);
	return rate > 0 ? rate : 0;
}

/* As if each of `n` samples had been judged. */
static enum fate fate_of(int n, int right, double guess, const struct limits *l)
{
	double rate = (double)right / n;

	if (right == 0)
		return FATE_NONE_RIGHT;
	if (rate < l->lo)
		return FATE_TOO_HARD;
	if (rate > l->hi)
		return FATE_TOO_EASY;
	if (l->alpha < 1 && binomial_tail(n, right, guess) >= l->alpha)
		return FATE_GUESSING;
	return FATE_KEPT;
}

enum fate prompt_fate(const struct outcome *o, double guess, const struct limits *l)
{
	int missing = l->n > o->samples ? l->n - o->samples : 0, n = o->samples + missing;
	enum fate worst, best;

	if (o->broken)
		return FATE_BAD_TASK;
	if (n == 0)
		return FATE_INCOMPLETE;
	/* samples that failed or are missing might have been right or wrong: they must not matter */
	worst = fate_of(n, o->right, guess, l);
	best = fate_of(n, o->right + o->errors, guess, l);
	if (worst != best)
		return FATE_SAMPLER_ERROR;
	if (missing == 0)
		return worst;
	/* a pipeline stops where a prompt cannot be kept any more; why it cannot is then what was seen */
	if (worst == FATE_TOO_EASY)
		return worst;
	if ((double)(o->right + o->errors + missing) / n < l->lo)
		return o->right ? FATE_TOO_HARD : FATE_NONE_RIGHT;
	return FATE_INCOMPLETE;
}
