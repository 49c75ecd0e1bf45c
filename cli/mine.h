/*
 * mine.h - histories turned into tasks: walked, run before and after, and written newest first, whatever the threads.
 *
 *	struct mine *m;
 *
 *	if (mine_open(&m, &options, "tasks.jsonl", &err) < 0)
 *		...
 *	while (next_repository(path, name))
 *		if ((rc = mine_repository(m, path, name, &err)) < 0)	// ERR_STOPPED: saved, go on with options.resume
 *			...
 *	mine_finish(m, &err);		// writes tasks.jsonl, counts in m->total
 *
 * What became of each candidate is kept in FILE.journal, a line of JSON each, until all is done: a killed run goes on from there.
 */
#ifndef QUARRY_CLI_MINE_H
#define QUARRY_CLI_MINE_H

#include "cli/command.h"
#include "cli/excluded.h"
#include "cli/part.h"
#include "repos/inject.h"
#include "repos/license.h"
#include "repos/judge.h"
#include "repos/row.h"
#include "repos/walk.h"

struct mine_options {
	const struct common *common;
	struct walk_options walk;
	uint64_t max;                  /* tasks of each repository; 0: all */
	enum edits_format format;
	enum row_shows shows;
	size_t shown;
	const struct environment *env; /* a user's recipe, or NULL */
	const char *environments;      /* where what was prepared is kept; NULL: nowhere */
	const struct issues *issues;   /* or NULL */
	const struct excluded *excluded; /* or NULL */
	struct part part;
	bool network, variants, resume;
	bool dry;                      /* walk, run nothing */
	const char *left_out;          /* a file for a line of JSON on each commit that is no task; NULL: none */
	struct mine_model *model;      /* writes statements where there is none; NULL: none does. See mine_model.h */
	bool write_tests;              /* and tests, where a commit has none */
	uint64_t inject;               /* no walk: so many bugs that tests notice, put into walk.from; 0: a walk */
	unsigned together;             /* of them in one task, in one file */
	const char *archives;          /* a directory where each environment of a row goes as an archive (packing.h), before all is done; NULL: none */
	const char *repos;             /* then: the repositories, with ':' between them */
};

struct mine_reason {
	char name[64];
	uint64_t n;
};

struct mine_counts {
	struct walk_counts walked;
	uint64_t tried, kept, twins; /* twins: kept, but solved by the same tests as another */
	struct mine_reason *dropped; /* by name, most first */
	size_t n_dropped;
	uint64_t underspecified;     /* of the kept */
	uint64_t bug_files, bug_unread, bug_places; /* source files that bugs were looked for in, those that could not be read, places in them */
	struct mine_reason *operators_tried, *operators; /* bugs by their operator, and those that became tasks */
	size_t n_operators_tried, n_operators;
	struct mine_reason *written; /* what became of the model's replies: "tests:passes_before" */
	size_t n_written;
	double cpu_s;                /* of all runs and builds */
};

struct mine;

int mine_open(struct mine **ret, const struct mine_options *o, const char *out, struct err *err);
int mine_repository(struct mine *m, const char *path, const char *name, struct err *err);
int mine_finish(struct mine *m, struct err *err); /* the rows are there, the journal is gone, the counts are whole */
void mine_drop(struct mine *m); /* frees; what was done stays in the journal unless finished. NULL is fine */
const struct mine_counts *mine_counts(const struct mine *m);

#endif
