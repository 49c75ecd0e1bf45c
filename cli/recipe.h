/*
 * recipe.h - what a build is to make, from a YAML file (libyaml).
 *
 *	struct recipe r;
 *	if (recipe_read(&r, "quickstart.yaml", &err) < 0)	// "quickstart.yaml:12: unknown task "sudku"; ..."
 *		...
 *	recipe_release(&r);
 *
 * Every key is known or an error with its line; every value is checked here, before anything is made.
 * docs/FORMATS.md lists the keys.
 */
#ifndef QUARRY_CLI_RECIPE_H
#define QUARRY_CLI_RECIPE_H

#include "base/arena.h"
#include "cli/swe_source.h"
#include "generators/wish.h"
#include "datasets/dataset.h"
#include "sampler/sampler.h"

enum { RECIPE_SOURCES = 1024, RECIPE_SHAPES = 32, RECIPE_SYSTEMS = 64, TUNE_AIMS = 16 };

/* A way of asking: what is set holds instead of what the source says. */
struct asked {
	struct str name, form, system;
	bool has_lang, has_format, has_system;
	enum lang lang;
	enum quarry_format format;
	int turn; /* of the rules */
};

struct source {
	struct wish wish;
	struct asked shape[RECIPE_SHAPES]; /* each puzzle is asked in each of them */
	int nshapes;                       /* 0: once, as the source says */
	struct str *system;                /* messages before the prompt, drawn from evenly */
	int nsystems;
	struct buf forms; /* wish.ask.form points here */
	int64_t count;
	struct swe_source swe; /* where its repo is set the source gives tasks of a git history, and no puzzles */
	bool leveled; /* it says how difficult; else the calibration does, where there is one */
	bool tuned;   /* it says that the calibration does */
	int line;     /* of the recipe */
};

/* What pass rate quarry tune is to find the difficulty of, for which part of the puzzles. */
struct aim {
	double share;        /* of a source's count; those of all aims sum to 1 */
	double rate, lo, hi; /* a band's middle and ends; the same three times where one rate is named */
};

struct tune_plan {
	struct aim aims[TUNE_AIMS];
	int naims;
	int64_t budget;   /* samples of each source and model, at most */
	int64_t batch;    /* samples between two looks */
	double tolerance; /* of one rate, to both sides */
	char hash[17];    /* of what the section says */
};

struct recipe {
	const char *path, *model[LIMITS_MODELS]; /* each answers every prompt */
	int models;
	uint64_t seed;
	struct source *sources;
	int nsources;
	struct sampling sampling;
	unsigned sampling_set; /* bits SET_*: given in the recipe; the model's own defaults hold elsewhere */
	size_t stopping_line, decider_line; /* of the recipe */
	const char *decider;   /* the model whose samples decide; NULL: the first */
	int wave;              /* samples of a prompt that are asked for at once, where sampling may stop early */
	struct dataset_plan plan;
	struct tune_plan tune;
	const char *calibration; /* NULL: none */
	int calibration_line;
	struct buf text; /* the file */
	char hash[17];   /* of what it says, comments and layout aside */
	struct arena arena;
};

enum { SET_TEMPERATURE = 1, SET_TOP_P = 2, SET_TOP_K = 4, SET_MIN_P = 8, SET_STOPPING = 16 };

int recipe_read(struct recipe *r, const char *path, struct err *err);
/* The same for a text that a run has kept; name: for messages. */
int recipe_again(struct recipe *r, const char *name, struct str text, struct err *err);
void recipe_release(struct recipe *r);
/* The model's own sampling settings where the recipe says nothing. */
int recipe_settle(const struct recipe *r, const struct sampler *s, struct sampling *ret, struct err *err);
/* What is asked for under a seed, in one of its shapes; 0 where it has none. */
struct instance_ask source_ask(const struct source *s, uint64_t seed, int shape);
/* Of the i-th try of a source; depends on (recipe seed, source, i) alone. */
uint64_t source_seed(const struct recipe *r, int source, uint64_t i);

#endif
