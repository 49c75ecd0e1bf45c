/*
 * curve.h - P(pass | level) of one task for one model, learned from one sample of each of many puzzles: which difficulty gives
 * the pass rate that is wanted, how sure that is, and which levels to ask next.
 *
 *	struct curve *c = curve_new(0, 100);			// tenths of difficulty that may be chosen
 *	struct goal g = { .rate = 0.5, .lo = 0.4, .hi = 0.6 };
 *	while (curve_goal(c, &g, false, &found), found.state == GOAL_OPEN) {
 *		curve_ask(c, &g, 1, 16, left, ask);		// how many puzzles of each level
 *		for each puzzle: curve_add(c, level, guess, passed);
 *	}
 *	curve_free(c);
 *
 * The family: mean pass rate of level L is g + (1 - g - lapse) / (1 + exp(slope (L - mid))), where g is what guessing gives
 * (or 0 for a model that cannot even guess). A level's own rate scatters round that mean as a Beta of strength `tightness`,
 * since no ladder of levels is a smooth curve: so a level that is asked often is believed, whatever the family says of it.
 * (mid, slope, lapse, guessing, tightness) live on a grid whose weights are updated exactly, answer by answer. A fraction of
 * difficulty is a mix of the two levels beside it, as in generators/instance.h, and so is its rate.
 *
 * With one sample of each puzzle, how much puzzles of one level differ moves their mean alone, which is what is learned.
 * Only + - * / and sqrt are used, answers count in the order in which they are added: the same bits on every machine.
 */
#ifndef QUARRY_DATASETS_CURVE_H
#define QUARRY_DATASETS_CURVE_H

#include <stdbool.h>

enum { CURVE_LEVELS = 11 };

struct curve;

/* Difficulties from lo to hi (tenths, 0 .. 100) may be chosen. NULL: out of memory. */
struct curve *curve_new(int lo, int hi);
void curve_free(struct curve *c); /* NULL is fine */

void curve_add(struct curve *c, int level, double guess, bool pass);

/* What is believed of the pass rate at one difficulty. */
struct curve_rate {
	double mean, sd;
	double lo, hi; /* holds with probability 0.95 */
};

enum { CURVE_TENTHS = 101 };
void curve_rates(const struct curve *c, struct curve_rate at[CURVE_TENTHS]); /* of the difficulties that may be chosen */

/* How often a level was asked, and how often that passed; guess: mean chance of guessing its puzzles. */
struct curve_level {
	int n, k;
	double guess;
};

struct curve_level curve_level(const struct curve *c, int level);
/* Posterior means of the family's parameters, for those who want to draw or compare them. */
struct curve_shape {
	double mid, slope, lapse, guessing, tightness;
};
struct curve_shape curve_shape(const struct curve *c);

enum goal_state {
	GOAL_OPEN,         /* not known well enough yet */
	GOAL_TUNED,        /* the interval lies within lo .. hi */
	GOAL_TOO_HARD,     /* even the easiest is below lo */
	GOAL_TOO_EASY,     /* even the hardest is above hi */
	GOAL_GUESSED,      /* the same, and guessing alone explains it */
	GOAL_NOT_MONOTONE, /* the rate rises with the difficulty somewhere */
};

/* A rate, and the stretch about it that will do. */
struct goal {
	double rate, lo, hi;
};

struct goal_found {
	enum goal_state state;
	int tenths; /* the difficulty whose rate is expected nearest */
	int from, to; /* tenths: the stretch about it whose mean rates lie within lo .. hi; both `tenths` where it lies outside */
	struct curve_rate at;
	int easy, hard; /* GOAL_NOT_MONOTONE: levels where the harder one passes more often */
};

/* last: no more answers will come, so what the interval says is said. */
void curve_goal(const struct curve *c, const struct goal *g, bool last, struct goal_found *ret);

/*
 * How many puzzles of each level to ask next for those of the n goals that are open (none is: none): `batch` in all, more where every level is
 * to be seen, never more than `most`. In proportion to how much an answer is expected to narrow the rates at the chosen difficulties.
 */
void curve_ask(const struct curve *c, const struct goal *g, int n, int batch, int most, int ask[CURVE_LEVELS]);

#endif
