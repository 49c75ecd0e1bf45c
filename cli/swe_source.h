/*
 * swe_source.h - a recipe's source of tasks from a git history: mined into the run's directory, or mined before.
 *
 *	rc = swe_source_mine(s, number, dir, common, &err);		// where the recipe names no file of tasks
 *	rc = swe_source_each(s, number, dir, add, ctx, &counts, &err);	// in the file's order, at most s->count
 *
 * A row becomes an instance as run.db keeps them: what every instance has, and the rest as one member "swe". Its environment is
 * kept in DIR/environments, so that rows of the dataset are judged by their ground truth and a store of repositories.
 */
#ifndef QUARRY_CLI_SWE_SOURCE_H
#define QUARRY_CLI_SWE_SOURCE_H

#include "base/err.h"
#include "base/str.h"
#include "cli/command.h"

bool swe_source_here(void); /* not in a quarry without libgit2 */

/* Words of options and recipes. */
bool swe_day(const char *text, int64_t *seconds); /* "2024-05-01", as seconds since 1970 */
int swe_langs(const char *text, unsigned *langs, struct err *err); /* "c,python"; adds 1 << CODE_... for each */
bool swe_repo_name(const char *name); /* OWNER/NAME, of letters, digits, '_', '.' and '-' */

enum { SWE_SOURCE_ALL = 1000000000 }; /* a count */

struct swe_source {
	const char *repo, *name;       /* where it is; owner/name, where it is mined */
	const char *tasks;             /* a file of rows mined before, or NULL */
	const char *exclude;           /* a list of commits that no task starts from, or NULL; see excluded.h */
	const char *since_day;         /* "2024-05-01", or NULL */
	int64_t since, count;          /* the same day in seconds; at most so many */
	unsigned langs;                /* 1 << CODE_..., or'ed; 0: all */
	bool pack;                     /* environments as archives too, in DIR/env; see packing.h */
	bool underspecified;           /* takes tasks too that nobody can solve without knowing the tests */
};

struct swe_source_counts {
	int64_t given, underspecified, other; /* other: of another language, before the day, or excluded */
};

struct swe_source_row {
	struct str id, instance;
	uint64_t canon;
};

/* Its repository, its files and what packs are there; asked before anything is made. */
int swe_source_check(const struct swe_source *s, struct err *err);
/* ERR_STOPPED: by a signal; what was mined is kept. Nothing is done where the rows are there. */
int swe_source_mine(const struct swe_source *s, int number, const char *dir, const struct common *common, struct err *err);
/* add: 1 where the row was taken, 0 where not, negative: an error. */
int swe_source_each(const struct swe_source *s, int number, const char *dir, int (*add)(void *ctx, const struct swe_source_row *row), void *ctx,
		    struct swe_source_counts *n, struct err *err);

#endif
