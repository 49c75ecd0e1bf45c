/*
 * calibration.h - the file that `quarry tune` writes and recipes name: which difficulty gives which pass rate, for whom.
 *
 *	{"v":1,"name":...,"quarry":...,"seed":...,"cells":[
 *	{"task":"sudoku","source":0,"asked":{...},"model":{...},"sampling":{...},"goals":[{"share":1.0,"difficulty":2.3,...}],...},
 *	...]}
 *
 * A cell is for the same task, asked in the same way (languages, formats, wordings, knobs), and the same model, by name and hash.
 */
#ifndef QUARRY_CLI_CALIBRATION_H
#define QUARRY_CLI_CALIBRATION_H

#include "cli/recipe.h"

/*
 * Give the sources that have no difficulty of their own the one that the recipe's calibration found for this model; a mixture
 * becomes several sources. Without a calibration such sources keep difficulty 5, and those that say "tuned" are an error.
 * `sampling` are the run's settings: a warning tells where the calibration's were others. loose: other weights of the same name will do.
 */
int calibrate(struct recipe *r, const struct sampler_identity *who, const struct sampling *sampling, bool loose, struct err *err);

/* Adds {"lang":[...],"formats":[...],"forms":...,"knobs":{...},"system":[...],"shapes":[...]}: all of a source but task, count and difficulty. */
void calibration_asked(struct buf *b, const struct source *s);

/* Adds the file's text. */
int calibration_text(const char *path, struct buf *text, struct err *err);

#endif
