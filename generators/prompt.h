/*
 * prompt.h - wordings from .prompt files, with {{holes}} filled.
 *
 * A .prompt file holds wordings, each under a line "== LANG NAME":
 *
 *	# a comment, before the first wording only
 *	== en plain
 *	Fill this 4 x 4 grid ...
 *	{{board}}
 *	{{how}}
 *
 * Holes are filled by the task's fields(); {{how}} says how to hand in the answer and comes from
 * verifiers/answers.prompt, whose wordings are named LANG FORMAT. A hole without a value is a bug and fails the test.
 * Each language needs at least four wordings.
 */
#ifndef QUARRY_GENERATORS_PROMPT_H
#define QUARRY_GENERATORS_PROMPT_H

#include "base/err.h"
#include "generators/task.h"
#include "verifiers/verify.h"

int prompt_forms(const char *task, enum lang lang);                  /* how many wordings */
struct str prompt_form(const char *task, enum lang lang, int i);     /* their names, static; empty past the last */
/* The prompt of a desc; ERR_FAIL names a hole that nobody filled or an unknown form. */
int prompt_write(struct buf *out, const struct task *t, struct str desc, enum lang lang, enum quarry_format format,
		 struct str form, struct err *err);

#endif
