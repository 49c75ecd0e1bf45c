/*
 * tune.h - the difficulty of each source that gives the pass rate which the recipe asks for, for one model or several.
 *
 *	struct tune t = { .recipe = &r, .dir = "out", .common = &args->common };
 *	rc = tune_run(&t, &err);
 *	fputs(buf_z(&t.records), stdout);	// a JSON line for each source and model
 *	tune_release(&t);
 *
 * A cell is one source and one model; none knows of another, so the sources may be split over machines (part), and tune_merge()
 * puts together what they found. All that was asked is in DIR/run.db: a run that was killed goes on from there and ends in the
 * same bytes.
 */
#ifndef QUARRY_CLI_TUNE_H
#define QUARRY_CLI_TUNE_H

#include "cli/command.h"
#include "cli/part.h"
#include "cli/recipe.h"
#include "datasets/curve.h"

struct tune {
	struct recipe *recipe;
	const char *dir;
	const struct common *common;
	const char *models[LIMITS_MODELS]; /* none: those of the recipe */
	int nmodels;
	struct part part; /* of the sources; its directory is DIR/parts/NNNN-of-NNNN */
	bool resume, dry_run, mix;
	struct buf records; /* what came of it */
};

/* 0; ERR_FAIL before anything is made, ERR_JOB later; ERR_STOPPED when a signal came and the work is saved. */
int tune_run(struct tune *t, struct err *err);
void tune_release(struct tune *t);
/* What the parts of DIR found as if one run had; all of them are whole. Adds their records. */
int tune_merge(const char *dir, int64_t parts, struct buf *records, struct err *err);

/* ---- between the files of cli/tune*.c */

enum answer { NOT_YET = -1, WAS_WRONG, WAS_RIGHT, WAS_LOST }; /* lost: no answer, and nobody's fault whose rate it is */

/* One puzzle that was asked. */
struct posed {
	int64_t prompt; /* of run.db */
	uint64_t id;    /* hash of the instance's id, as sampled_key gives it */
	int level;
	double guess;
	enum answer answer;
};

struct cell {
	const struct source *source;
	int index, model; /* which source and model */
	struct curve *curve;
	struct posed *asked;
	int n, room;
	int fed;                    /* the curve knows asked[0 .. fed - 1] */
	int wave;                   /* asked[fed .. wave - 1] is the batch under way, whether planned yet or not */
	int levels[CURVE_LEVELS];   /* of that batch: how many of each level */
	uint64_t drawn[CURVE_LEVELS]; /* puzzles of the level that were drawn so far */
	int failed;                 /* of asked */
	bool over;
	struct goal goals[TUNE_AIMS];
	struct goal_found found[TUNE_AIMS];
	struct curve_rate rates[CURVE_TENTHS];
	struct curve_level level[CURVE_LEVELS];
	struct curve_shape shape;
};

/* A model, and how it was asked. */
struct tuned_model {
	const char *name; /* as the recipe spells it */
	struct sampler_identity who;
	struct sampling sampling;
};

struct tuning {
	const struct tune *t;
	const char *dir; /* of this run, or part of one */
	int from, to;    /* the sources that are ours: from .. to - 1 */
	const struct recipe *r;
	struct store *st;
	struct tuned_model model[LIMITS_MODELS];
	int models;
	struct cell *cells; /* source by source, in it model by model */
	int ncells;
};

/* The range of difficulties of a source, in tenths. */
void tune_range(const struct source *s, int *lo, int *hi);
/* Everything in DIR but run.db; adds a line for each cell to records. */
int tune_write(const struct tuning *g, struct buf *records, struct err *err);
int tune_put(const char *path, struct str text, struct err *err); /* a whole file */
void tune_cells(struct buf *b, struct str records);               /* adds the calibration's list of cells, and its end */
/* One picture for a source: each model's points, curve and interval (cells[0 .. n-1]). */
void tune_svg(struct buf *b, const struct tuning *g, const struct cell *cells, int n);

#endif
