/*
 * inspect.h - what `quarry inspect` counts: cells of task and difficulty, shapes of the same puzzles, both for each model.
 *
 *	struct view v = { 0 };
 *	view_prompt(&v, task, tenths, shape, canon);	// then its samples, by model
 *	view_sample(&v, model, &s);
 *	...
 *	view_end(&v);
 *	view_print(&v); or view_json(&v, &out);
 *	view_release(&v);
 */
#ifndef QUARRY_CLI_INSPECT_H
#define QUARRY_CLI_INSPECT_H

#include "base/json.h"
#include "datasets/passrate.h"
#include "datasets/store.h"
#include "verifiers/verify.h"

enum { VIEW_MARKS = QUARRY_BAD_TASK + 1, VIEW_MODELS = 16, VIEW_SHAPES = 64, VIEW_CELLS = 1 << 16 };

/* One task at one difficulty, answered by one model. */
struct cell {
	char task[64];
	int difficulty; /* tenths; -1: rows that name none */
	int model;
	uint64_t prompts, samples, errors, tokens, mark[VIEW_MARKS], cut, format_ok, stats; /* cut: ended by length */
	double logprob, entropy; /* sums over the samples that have stats */
	struct pass_ats pass;
};

/* One way of asking, by one model. */
struct shape {
	uint64_t prompts;
	int64_t n, k;
	/* of puzzles asked in the first shape too: the rate less the first's */
	uint64_t pairs;
	double differ, squared; /* sums */
};

struct view {
	bool early;   /* sampling stopped early: pass@m and shapes count the first samples of each prompt alone */
	bool uneven;  /* without a rule: prompts have different numbers of samples, so that some rule was at work */
	int64_t each; /* samples of the first prompt */
	bool planned; /* every prompt is each model's, whether it has samples already or not */
	struct cell *cell, all[VIEW_MODELS];
	int cells, models;
	char model[VIEW_MODELS][128];
	char shape_name[VIEW_SHAPES][64];
	int shapes;
	struct shape shape[VIEW_MODELS][VIEW_SHAPES];
	/* of the prompt whose samples are read: */
	struct str task; /* in task_room */
	char task_room[64];
	int difficulty, at_shape; /* -1: none */
	bool open;
	int64_t least;
	struct {
		int64_t seen; /* samples */
		int64_t n, k; /* of the first `least` of them, failed ones left out */
	} count[VIEW_MODELS];
	/* of the puzzle whose shapes are read: */
	uint64_t canon;
	double rate[VIEW_MODELS][VIEW_SHAPES]; /* negative: not asked */
};

/* What of a sample is counted. */
struct seen {
	struct str mark, finish;
	int64_t tokens;
	double logprob, entropy; /* NaN: there are none */
	bool format_ok;
};

int view_model(struct view *v, struct str name); /* its number; new ones are added */
/* A new prompt; shape may be empty. canon is a number for the puzzle behind it, least what limits_least() says. */
void view_prompt(struct view *v, struct str task, int difficulty, struct str shape, uint64_t canon, int64_t least);
void view_sample(struct view *v, int model, const struct seen *s);
/* k of n samples that are told and not shown. */
void view_counts(struct view *v, int model, int64_t n, int64_t k);
void view_end(struct view *v);
void view_print(const struct view *v);
void view_json(const struct view *v, struct buf *b); /* members of an open object */
void view_release(struct view *v);

/* Why the prompt `id` of a run was kept or dropped, from run.db alone; onto stdout. */
int inspect_why(struct store *st, const char *dir, struct str id, bool json, struct err *err);

#endif
