/*
 * row.h - a mined task as a record: what `quarry mine` writes.
 *
 *	struct row_ask ask = { .repo = r, .name = "owner/name", .c = candidate, .v = &validation, .s = &statement, .format = EDITS_BLOCKS };
 *
 *	if (row_write(&line, &ask, &err) < 0)	// one line of JSON, no newline
 *		...
 *
 * A row has the fields of every instance, those that loaders of SWE-bench, SWE-rebench and R2E-Gym look for, and ours: docs/FORMATS.md.
 * The same ask gives the same bytes.
 */
#ifndef QUARRY_REPOS_ROW_H
#define QUARRY_REPOS_ROW_H

#include "repos/edits.h"
#include "repos/inject.h"
#include "repos/statement.h"
#include "repos/validate.h"

enum { SWE_REVISION = 1 };

/* Which files of the tree a prompt shows. */
enum row_shows {
	SHOWS_ORACLE, /* those that the reference change touches */
	SHOWS_BM25,   /* those that the statement is most likely about: see bm25.h */
	SHOWS_NONE,
};

const char *row_shows_name(enum row_shows s); /* "oracle", "bm25", "none": the row's form */
bool row_shows_read(struct str name, enum row_shows *s);

/* What a model wrote of it. */
struct row_written {
	const char *what;  /* "statement", "tests" */
	struct str model;  /* its name */
	struct str prompt; /* what it was asked */
};

struct row_ask {
	struct repo *repo;
	const char *name;            /* owner/name */
	const struct candidate *c;
	const struct validation *v;  /* kept */
	const struct statement *s;
	const char *license;
	const char *kind;            /* NULL: as the walk calls it */
	const struct bug *bug;       /* that was put in, or NULL */
	struct str bug_patch;
	uint64_t seed;               /* that drew it */
	const struct row_written *written;
	size_t n_written;
	enum edits_format format;    /* how the prompt asks for edits */
	enum row_shows shows;
	size_t shown;                /* most bytes of files in the prompt */
	bool archive;                /* an archive of the environment is written beside the rows */
};

int row_write(struct buf *line, const struct row_ask *ask, struct err *err);

/* "owner__name-COMMIT", 12 digits of it; of a bug "owner__name.COMMIT.OPERATOR__TREE", 8 digits each. Letters, digits, '_', '.' and '-' alone. */
void row_instance_id(struct buf *out, const struct row_ask *ask);

/* The prompt alone. */
int row_prompt(struct buf *out, const struct row_ask *ask, struct err *err);

#endif
