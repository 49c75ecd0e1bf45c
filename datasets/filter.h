/*
 * filter.h - which prompts are worth training on, from how many of their samples were right, and when enough of them are drawn to
 * tell. Pure functions, with passrate.h's promise of the same bits everywhere.
 *
 *	struct outcome o = { .samples = 8, .right = 3 };
 *	struct limits l = LIMITS;
 *	if (prompt_fate(&o, guess, &l) == FATE_KEPT)
 *		...
 *
 * A pipeline that stops early adds one sample after another, by index, and stops where limits_enough() first says so: what is kept
 * depends on the samples' order by index alone, never on who was done first.
 */
#ifndef QUARRY_DATASETS_FILTER_H
#define QUARRY_DATASETS_FILTER_H

#include "base/json.h"
#include "datasets/passrate.h"

/* What becomes of a prompt. Everything but FATE_KEPT is a reason to drop it; docs/FORMATS.md lists the words. */
enum fate {
	FATE_KEPT,
	FATE_NONE_RIGHT,    /* none right of those drawn: too hard for this sampler; goes to the deferred view */
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

/* What of n samples is kept; none is without a right one. */
enum rule {
	RULE_COUNT,     /* lo <= k/n <= hi */
	RULE_POSTERIOR, /* P(lo <= p <= hi) >= 1/2 after k of n */
	RULES
};

/* When no more of a prompt's n samples are drawn. */
enum stopping {
	STOPPING_NONE,
	STOPPING_CURTAILMENT, /* as soon as the other samples, whatever they be, cannot turn the rule's decision: it is the same */
	STOPPING_POSTERIOR,   /* or P(lo <= p <= hi) has reached `sure`, or fallen to 1 - sure: the decision may be another */
	STOPPINGS
};

const char *rule_name(enum rule r);
const char *stopping_name(enum stopping s);

enum { LIMITS_MODELS = 16 };

struct limits {
	int n;         /* samples wanted for each prompt; fewer are there where the decision had fallen */
	double lo, hi; /* the band of pass rates */
	double alpha;  /* kept: P(as many right by guessing) < alpha; 1 turns this off */
	enum rule rule;
	struct prior prior;
	enum stopping stopping;
	double sure;  /* of STOPPING_POSTERIOR, above 1/2 */
	int at_least; /* samples before it speaks */
	bool fill;    /* what is to be kept is drawn to n all the same, and decided by all of them */
	int models, model; /* of several models, n samples each: which one's decide; sample i is model i / n's */
};

#define LIMITS                                                                                                         \
	((struct limits){ .n = 8, .lo = 0.1, .hi = 0.9, .alpha = 0.05, .prior = JEFFREYS, .sure = 0.9, .at_least = 4, .fill = true, .models = 1 })

enum fate prompt_fate(const struct outcome *o, double guess, const struct limits *l);
/* No further sample is wanted. Ask after each one, in order of index. */
bool limits_enough(const struct outcome *o, double guess, const struct limits *l);

/*
 * How many samples every prompt of this chance has at least, however they come out. Rates over the first so many are unbiased; over all that
 * were drawn they are not, since those that were hard to decide have more.
 */
int limits_least(double guess, const struct limits *l);

/* The members of a JSON object, as rows, manifest and run.db tell them; and back: what is not there is as before there was a choice. */
void limits_members(struct buf *b, const struct limits *l);
bool limits_read(struct limits *l, struct json v);
/* The same in two or three sentences. */
void limits_tell(struct buf *b, const struct limits *l);

#endif
