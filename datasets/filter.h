/*
 * filter.h - which prompts are worth training on, from how many of their samples were right. Pure functions.
 *
 *	struct outcome o = { .samples = 8, .right = 3 };
 *	struct limits l = { .n = 8, .lo = 0.1, .hi = 0.9, .alpha = 0.05 };
 *	if (prompt_fate(&o, guess, &l) == FATE_KEPT)
 *		...
 *
 * Only + - * / are used, so every machine comes to the same bits.
 */
#ifndef QUARRY_DATASETS_FILTER_H
#define QUARRY_DATASETS_FILTER_H

#include <stdbool.h>

/* What becomes of a prompt. Everything but FATE_KEPT is a reason to drop it; docs/FORMATS.md lists the words. */
enum fate {
	FATE_KEPT,
	FATE_NONE_RIGHT,    /* 0 of n: too hard for this sampler; goes to the deferred view */
	FATE_TOO_HARD,      /* some right, but a smaller part than lo */
	FATE_TOO_EASY,      /* a larger part than hi */
	FATE_GUESSING,      /* so many could have been guessed */
	FATE_SAMPLER_ERROR, /* samples that ended in an error could turn the decision */
	FATE_BAD_TASK,      /* our side is broken: never the model's fault */
	FATE_INCOMPLETE,    /* samples are missing that could turn the decision */
	FATES
};

const char *fate_name(enum fate f); /* "kept", "none_right", ... */

/* How a prompt's samples came out. */
struct outcome {
	int samples; /* that are there */
	int right;
	int errors; /* that the sampler could not finish; never right */
	int broken; /* marked bad_task */
};

struct limits {
	int n;         /* samples wanted for each prompt; fewer are there where the decision had fallen */
	double lo, hi; /* kept: lo <= right / n <= hi, and 0 < right */
	double alpha;  /* kept: P(as many right by guessing) < alpha; 1 turns this off */
};

enum fate prompt_fate(const struct outcome *o, double guess, const struct limits *l);

/* P(k or more of n right), each right with chance p by itself. Relative error below n * 1e-15. */
double binomial_tail(int n, int k, double p);
/* Mean of the pass rate's posterior under Jeffreys' prior. */
double posterior_mean(int n, int k);
/* The pass rate with guessing taken out: 0 where all is guessed (or worse), 1 where all is known. */
double corrected_rate(int n, int k, double guess);

#endif
