/*
 * model.h - a sampler by name, as --model and recipes give it.
 *
 *	tiny			the embedded default model
 *	DIR			a Hugging Face folder, "#NAME" behind it for another chat template than its files ask for
 *	oracle:SKILL		a scripted solver: right with probability 1 / (1 + e^(difficulty - SKILL))
 *	http://HOST:PORT/v1	an OpenAI-compatible server, "#NAME" behind it where it has several models;
 *				$QUARRY_API_KEY, $QUARRY_CONCURRENCY (64), $QUARRY_TIMEOUT (600 s a reply), $QUARRY_TRIES (8), $QUARRY_PAUSE (0.5 s before the second)
 *	oracle:curve=MID,SLOPE[,LAPSE[,SIGMA]]	the same with 1 - lapse for its highest, the puzzle's chance of a guess for its lowest
 *				rate, 1 / (1 + e^(SLOPE (difficulty - MID))) between, and puzzles that differ by SIGMA in the exponent
 *	oracle:beta=A,B		a scripted solver: right with a probability that each puzzle draws from Beta(A, B), whatever its difficulty
 *	oracle:guess		draws from the answers of other puzzles of the same task and knobs
 */
#ifndef QUARRY_CLI_MODEL_H
#define QUARRY_CLI_MODEL_H

#include "cli/command.h"
#include "sampler/sampler.h"

int model_sampler(struct sampler **ret, const char *model, const struct common *common, struct err *err);
bool model_is_default(const char *model); /* the embedded one: its datasets are demonstrations */
/* {"name":...,"weights":...,"instructions":...}: who answers, for rows and provenance */
void identity_json(struct buf *b, const struct sampler_identity *who);

int oracle_open(struct sampler **ret, const char *kind, struct err *err); /* cli/oracle.c */

#endif
