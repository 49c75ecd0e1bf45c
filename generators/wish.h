/*
 * wish.h - what puzzles somebody wants, in the words of options and recipes, and the ask that each of them becomes.
 *
 *	struct wish w;
 *	if (wish_for(&w, STR("sudoku"), &err) < 0 || wish_difficulty(&w, "1..4", &err) < 0 || wish_check(&w, &err) < 0)
 *		return fail_usage(&err);	// unknown task "sudku"; did you mean "sudoku"?
 *	ask = wish_ask(&w, seed);
 *	instance_make(&in, &ask, seed, &err);
 *
 * Everything that can be wrong with a wish is found before the first puzzle is made.
 */
#ifndef QUARRY_GENERATORS_WISH_H
#define QUARRY_GENERATORS_WISH_H

#include "base/err.h"
#include "generators/instance.h"

struct wish {
	struct instance_ask ask; /* the task and what is the same for every puzzle */
	int lo, hi;              /* tenths of difficulty */
	enum lang langs[LANGS];  /* drawn from evenly, as the formats are */
	enum quarry_format formats[QUARRY_FORMATS];
	int nlangs, nformats;
};

int wish_task(const struct task **ret, struct str name, struct err *err); /* by its name or an alias of it */
/* A task by its name, or several to be composed ("sudoku+word_sorting"): difficulty 5, in English, answers between tags. */
int wish_for(struct wish *w, struct str task, struct err *err);
int wish_difficulty(struct wish *w, const char *text, struct err *err); /* "3", "2.5" or "1..6" */
int wish_langs(struct wish *w, const char *text, struct err *err);      /* "en,zh" */
int wish_formats(struct wish *w, const char *text, struct err *err);    /* "tags,boxed", or "all" */
int wish_canon(struct wish *w, const char *text, struct err *err);      /* "0.5..1" */
int wish_knob(struct wish *w, struct str name, int64_t value, struct err *err);
int wish_knob_text(struct wish *w, const char *text, struct err *err); /* "blanks=12" */
/* Whether the knobs can give a puzzle at every level, and the wording is there in every language. */
int wish_check(const struct wish *w, struct err *err);

/* What is asked for under a seed. Difficulties of a range between whole levels are whole, all drawn evenly. */
struct instance_ask wish_ask(const struct wish *w, uint64_t seed);

#endif
