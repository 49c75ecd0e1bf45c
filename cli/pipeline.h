/*
 * pipeline.h - the one place that knows the order: source, sample, verify, filter, shard.
 *
 *	struct build b = { .recipe = &r, .dir = "out", .common = &args->common };
 *	rc = build_run(&b, &err);
 *
 * Everything a run has done is in DIR/run.db; a killed run goes on from there and ends in the same bytes.
 */
#ifndef QUARRY_CLI_PIPELINE_H
#define QUARRY_CLI_PIPELINE_H

#include "cli/command.h"
#include "cli/part.h"
#include "cli/recipe.h"

struct build {
	struct recipe *recipe;
	const char *dir;
	const struct common *common;
	struct part part; /* a part does its share of the prompts in DIR/parts/, and writes no dataset */
	bool resume, dry_run, exhaust, mix;
	struct dataset_counts counts; /* what came of it */
};

/* 0; ERR_FAIL before anything is made, ERR_JOB later; ERR_STOPPED when a signal came and the work is saved. */
int build_run(struct build *b, struct err *err);
/* The last step alone: what run.db holds becomes a dataset in b->dir. provenance: as run.db has it. */
int build_write(struct build *b, struct store *st, struct str provenance, struct err *err);
void build_tell(const struct build *b); /* what came of it, on stdout; cmd_build.c */

#endif
