/*
 * views.h - the rows of a dataset's views, from a puzzle and its samples.
 *
 *	struct group g;				// one prompt: its puzzle, its samples, what became of it
 *	...
 *	row_rl(&line, &g, &about, number, &err);
 *
 * Every row of a view has the same keys in the same order with values of the same type: the tables in views.c say which,
 * the writers assert that they keep to them, and the dataset card declares them. Nothing is null.
 */
#ifndef QUARRY_DATASETS_VIEWS_H
#define QUARRY_DATASETS_VIEWS_H

#include "base/arena.h"
#include "base/json.h"
#include "datasets/dataset.h"
#include "datasets/filter.h"

enum split { SPLIT_TRAIN, SPLIT_VALIDATION, SPLITS };
const char *split_name(enum split s);

enum column_type {
	COL_TEXT,
	COL_INT,
	COL_REAL,
	COL_BOOL,
	COL_MESSAGES, /* [{"role","content"}, ...] */
	COL_OBJECT,   /* the following columns up to COL_END are its members */
	COL_END,
};

struct column {
	const char *name; /* NULL: COL_END */
	enum column_type type;
};

const struct column *view_columns(int view); /* ends with a COL_END of its own */

/* What an instance's JSON line holds; the texts are JSON, borrowed from the line. */
enum part {
	PART_ID, PART_TASK, PART_REVISION, PART_DIFFICULTY, PART_KNOBS, PART_SEED, PART_LANG, PART_FORMAT, PART_FORM, PART_SHAPE, PART_PROMPT,
	PART_DESC, PART_ANSWER, PART_CANON, PART_GUESS, PART_EFFORT, PART_THINK, PART_SWE, PARTS
};

struct puzzle {
	struct json part[PARTS];
	struct str id, task, lang;
	double difficulty, guess;
	enum split split;
};

/* validation: the part of the canon range, its upper end. False sets err to what is amiss. */
bool puzzle_read(struct puzzle *p, struct str instance, double validation, struct err *err);

struct group {
	struct puzzle puzzle;
	struct stored_sample *all; /* of all models, by index */
	int nall;
	struct stored_sample *sample; /* those of the model that decides */
	int samples;
	struct outcome outcome, of[LIMITS_MODELS]; /* theirs; each model's */
	enum fate fate;
};

/* What a prompt's samples were like, those that failed left out. */
struct figures {
	int64_t n, tokens, cut, format_ok, stats;
	double logprob, entropy; /* sums over the samples that have them */
};

enum { FIGURES = 5 };
void figures_add(struct figures *f, int64_t tokens, bool cut, bool format_ok, double logprob, double entropy);
/* Columns tokens_mean, cut_rate, format_ok_rate, logprob_mean, entropy_mean; false: has_stats is, and the last two say nothing. */
bool figures_settle(const struct figures *f, double ret[FIGURES]);

/* A model that answered. */
struct answerer {
	struct str model;         /* its JSON object */
	struct str name, weights; /* members of it */
	struct str sampling;      /* JSON object */
	bool think_open;          /* of several: its template opens the thought, whatever the instance says */
};

/* What is the same in every row. */
struct about {
	struct limits limits;
	struct str filter;     /* the same as a JSON object */
	struct str model_name; /* who decides */
	struct answerer by[LIMITS_MODELS];
};

/* Add one row without a newline; number: within its view and split. Also of the deferred view. */
void row_rl(struct buf *b, const struct group *g, const struct about *a, int64_t number);
void row_sft(struct buf *b, const struct group *g, const struct about *a, int64_t number, int sample);
void row_pair(struct buf *b, const struct group *g, const struct about *a, int64_t number, int chosen, int rejected);
void row_trace(struct buf *b, const struct group *g, const struct about *a, int sample); /* of all */

#endif
