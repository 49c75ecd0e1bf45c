/*
 * instance.h - one puzzle as a record: what `generate` writes and everything later carries along.
 *
 *	struct instance_ask ask = INSTANCE_ASK(task_find(STR("sudoku")));
 *	ask.difficulty = 35;			// tenths: 3.5
 *	struct instance in = INSTANCE_INIT;
 *	if (instance_make(&in, &ask, seed, &err) == 0)
 *		instance_json(&line, &in);
 *	instance_release(&in);
 *
 * The same ask and seed give the same bytes on every machine.
 */
#ifndef QUARRY_GENERATORS_INSTANCE_H
#define QUARRY_GENERATORS_INSTANCE_H

#include "base/err.h"
#include "base/json.h"
#include "generators/prompt.h"
#include "generators/task.h"
#include "verifiers/verify.h"

enum { INSTANCE_DESC_MAX = 1 << 16 };

/* What is wanted. A knob that is not set follows the difficulty. */
struct instance_ask {
	const struct task *task;
	int difficulty;           /* tenths, 0 .. 100; a fraction mixes the two adjacent levels */
	unsigned knob_set;        /* bit i: knob[i] holds instead of the level's */
	int knob[TASK_KNOBS];
	enum lang lang;
	enum quarry_format format;
	struct str form;          /* which wordings, as prompt_draw() takes them; empty: any that is not held */
	int turn;                 /* 1 .. PROMPT_TURN_MAX: the rules are told in another order */
	struct str system;        /* a message before the prompt, borrowed; empty: none */
	struct str shape;         /* what this way of asking is called, borrowed; empty: nothing */
	bool worked;              /* with the worked solution */
	bool bare;                /* puzzle, answer and prompt alone: no canon (0), guess (0) or effort; not with a range of canons */
	/* Only puzzles whose canon hash, as a fraction of 2^64, lies in [canon_lo, canon_hi): splits are such ranges. */
	double canon_lo, canon_hi;
	/* Puzzles from this fraction on are for validation: half of them come in a kept wording, where form is empty,
	   and half of them ask for the kept format, unless that is QUARRY_ANY. 1: there are none. */
	double kept_from;
	enum quarry_format kept_format;
};

#define INSTANCE_ASK(t) \
	((struct instance_ask){ .task = (t), .difficulty = 50, .format = QUARRY_TAGS, .canon_hi = 1.0, .kept_from = 1.0, .kept_format = QUARRY_ANY })

struct instance {
	const struct task *task;
	char id[64];
	int difficulty; /* tenths */
	int level;      /* the whole level whose knobs were used; of a mix, the one drawn */
	int knob[TASK_KNOBS];
	uint64_t seed; /* below 2^63: instance_make(ask, seed) gives this instance again */
	enum lang lang;
	enum quarry_format format;
	char form[PROMPT_FORM_MAX];
	struct str system, shape; /* of the ask, borrowed */
	struct buf prompt, desc, answer, worked; /* worked is empty when not asked for */
	uint64_t canon;
	double guess;
	struct effort effort;
	bool think_open;
};

#define INSTANCE_INIT ((struct instance){ 0 })

/* Seed of the i-th instance of a task under a run's seed. */
uint64_t instance_seed(uint64_t run_seed, const char *task, uint64_t i);

/* ERR_FAIL with the reason when the knobs are out of range or can give no puzzle, or the draw budget is spent. */
int instance_make(struct instance *in, const struct instance_ask *ask, uint64_t seed, struct err *err);
/* The instance that a desc states, all fields from the desc (seed 0): for imports and tests. Level sets guess. */
int instance_from_desc(struct instance *in, const struct instance_ask *ask, struct str desc, struct err *err);
void instance_json(struct buf *line, const struct instance *in); /* one line, no newline */
void instance_release(struct instance *in);
/* An answer as its prompt asks for it, added to out: answer_wrap(), and 答案： for a last line in Chinese. */
void instance_wrap(struct buf *out, enum quarry_format format, enum lang lang, struct str answer);

/* The record's ground truth: {"v":1,"task":...,"revision":...,"desc":...} */
void instance_ground_truth(struct buf *out, const char *task, int revision, struct str desc);

const char *lang_name(enum lang lang); /* "en", "zh" */
bool lang_from(struct str name, enum lang *ret);

/* Why these knobs cannot be used ("knob \"size\" is 7; it goes from 2 to 5"), false: they can. */
bool knobs_refused(const struct task *t, const int knob[TASK_KNOBS], struct err *err);

#endif
