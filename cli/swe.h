/*
 * swe.h - verdicts on rows of task "swe": a store of repositories, and a sandbox that runs their tests.
 *
 *	struct swe *swe;
 *	struct swe_verdict v;
 *
 *	if (swe_open(&swe, &(struct swe_options){ .repos = dir, .slots = threads, .variants = 1 }, &err) < 0)
 *		...
 *	swe_judge(swe, &(struct swe_ask){ .desc = desc, .recipe = recipe, .response = text }, &v);	// always a verdict
 *	swe_close(swe);
 *
 * A repository called owner/name is looked for as DIR/owner/name, DIR/owner__name and DIR/name (each with .git too), and as DIR
 * itself; several DIRs stand with ':' between them. An environment is the recipe of the row, or HASH.json where environments are: a directory
 * that is named, else `env` beside the rows (what `mine --pack` and `pack` write) and DIR/environments of the first DIR. Where HASH.tar.zst lies
 * there, tests run in it. What is not there makes a row bad_task.
 */
#ifndef QUARRY_CLI_SWE_H
#define QUARRY_CLI_SWE_H

#include "base/err.h"
#include "base/json.h"
#include "cli/command.h"
#include "verifiers/verify.h"

/* The options of a command that judges such rows, for its table. */
struct swe_args {
	const char *repos, *environments;
	int64_t variants;
	bool variants_given;
	const char *rows; /* the file or dataset that they are in; NULL: none. Set by the command */
};

#define OPTIONS_SWE(args, member)                                                                                                                     \
	{ .name = "repos", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(args, member) + offsetof(struct swe_args, repos),                           \
	  .what = "repositories that rows of task swe are judged with" },                                                                             \
	{ .name = "environments", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(args, member) + offsetof(struct swe_args, environments),             \
	  .what = "where their environments are; when not given env beside FILE, and DIR/environments of --repos" },                         \
	{ .name = "variants", .kind = OPT_INT, .arg = "N", .lo = 0, .hi = 16, .at = offsetof(args, member) + offsetof(struct swe_args, variants),     \
	  .given = offsetof(args, member) + offsetof(struct swe_args, variants_given),                                                                \
	  .what = "runs over secretly altered tests before such a row is right; 1 when not given" }

struct swe_options {
	const char *repos, /* DIR:DIR... */ *environments;
	unsigned slots, variants;
	const char *rows; /* as above; looked at where `environments` is NULL */
};

struct swe;

/* *ret is NULL where --repos was not given: rows of task swe are then bad_task. */
int swe_open_args(struct swe **ret, const struct swe_args *a, const struct common *c, struct err *err);
int swe_open(struct swe **ret, const struct swe_options *o, struct err *err);
void swe_close(struct swe *s); /* NULL is fine */

/* The repository of a store (DIR:DIR...) that has a tree, or NULL. A name that could lead out of it has none. */
struct repo;
struct oid;
struct repo *swe_find(const char *repos, const char *name, const struct oid *tree);

struct swe_ask {
	struct str desc, response;
	struct str format;     /* how the row asked for edits, or empty */
	struct json recipe;    /* of the row's environment, or JSON_NONE */
	bool think_open;
	bool similar;          /* tell the similarity, too */
	const _Atomic int64_t *until; /* when the judging ends as a timeout, in microseconds of CLOCK_MONOTONIC; NULL: never */
};

struct swe_verdict {
	struct quarry_verdict v;
	const char *status; /* "resolved", "tests_fail", "timeout", ...; static */
	double us;          /* that it took */
	double similarity;  /* of the edits to the reference change, by SWE-RL's score in [0, 1]; -1: none, or not asked */
};

/* Thread-safe. s may be NULL: bad_task that says what is missing. */
void swe_judge(struct swe *s, const struct swe_ask *ask, struct swe_verdict *v);

/* What runs tests here: "tier" and "lacks" (a list of sentences) as members of an open object. False: nothing does. */
bool swe_ready(const struct swe *s, struct buf *json);

#endif
