/*
 * walk.h - a history read from its newest commit on, and of it what may become a task.
 *
 *	struct walk_options o = WALK_OPTIONS;
 *	struct walk_counts n = { 0 };
 *
 *	o.threads = 2;
 *	if (walk(r, &o, &n, found, ctx, &err) < 0)	// found(ctx, candidate) for each, newest first, on this thread
 *		return ERR_FAIL;
 *	for (int i = 0; i < WALK_REASONS; i++)
 *		printf("%s %llu\n", walk_reason_name(i), n.left_out[i]);	// why the others are none
 *
 * A candidate touches both source and tests, or what tests read. Paths decide first (trees are compared by their objects' names); lines are read only of
 * commits that names did not refuse. Every commit is counted once: n.walked is the sum of the kinds found and of the reasons.
 * Missing and corrupt objects are reasons too. Memory does not grow with the history but for 100 bytes a commit.
 */
#ifndef QUARRY_REPOS_WALK_H
#define QUARRY_REPOS_WALK_H

#include "repos/change.h"

enum walk_kind {
	WALK_COMMIT,   /* one parent */
	WALK_MERGE,    /* on the line of first parents (with all_merges: any), against the first one */
	WALK_UNTESTED, /* source and no tests: for tests that are to be written */
	WALK_KINDS
};

const char *walk_kind_name(enum walk_kind k); /* "mined_commit", "mined_merge", "untested" */

enum walk_reason {
	WALK_ROOT,          /* no parent */
	WALK_SHALLOW,       /* its parent was not cloned */
	WALK_MISSING,       /* an object that should be there is not */
	WALK_CORRUPT,
	WALK_SIDE_MERGE,    /* a merge into a branch */
	WALK_EMPTY,         /* no change */
	WALK_NO_SOURCE,
	WALK_OTHER_LANG,    /* no source of the languages that were asked for */
	WALK_NO_TESTS,
	WALK_TESTS_GONE,    /* tests, or without any what they read, are only taken away */
	WALK_MANY_FILES,
	WALK_MANY_LINES,
	WALK_VENDORED,
	WALK_GENERATED,
	WALK_SUBMODULE,
	WALK_LFS,
	WALK_LINK,          /* a symbolic link outside the tests: a response could not make one */
	WALK_BINARY,        /* a file outside tests and documents that no text edit could make */
	WALK_TOO_LARGE,     /* a blob or a patch */
	WALK_COMMENTS,      /* of the source only comments and layout change */
	WALK_DUPLICATE,     /* the same patch as a newer one, or a merge of this one commit */
	WALK_EXCLUDED,      /* its parent is one of those that were named */
	WALK_REASONS
};

const char *walk_reason_name(enum walk_reason r); /* "root", "shallow", ... as counted in reports */

struct walk_options {
	const char *from;    /* where to begin; NULL: HEAD */
	int64_t since;       /* commits from before (seconds since 1970, committer's) end their line; 0: none do */
	uint64_t max;        /* stop after so many with tests; 0: never */
	unsigned langs;      /* 1 << CODE_..., or'ed; 0: all */
	unsigned threads;    /* 1 when 0 */
	bool untested;       /* give WALK_UNTESTED too */
	bool all_merges;     /* those into branches, too */
	uint32_t lines, files; /* most of the source: added and deleted; touched */
	const struct oid *excluded; /* sorted: no task starts from these */
	size_t n_excluded;
	void (*left_out)(void *ctx, const struct oid *commit, enum walk_reason reason); /* told of each, with the ctx of fn. NULL: nobody is */
};

#define WALK_OPTIONS ((struct walk_options){ .threads = 1, .lines = 500, .files = 15 })

struct walk_counts {
	uint64_t walked, found[WALK_KINDS], left_out[WALK_REASONS];
	uint64_t aside; /* of those found, those whose patches go without a binary document */
};

struct candidate {
	enum walk_kind kind;
	struct oid commit, parent;     /* of a merge: the first */
	struct oid tree, parent_tree;  /* the commit's, and the one that a solver starts from */
	struct oid patch_id;           /* of both patches together */
	int64_t time;                  /* committer's */
	char date[32];                 /* the same, RFC 3339 */
	struct str author, message;
	struct changes changes;        /* all of them but what is left aside, renames paired, counted */
	uint32_t aside;                /* binary documents, which the patches go without: see change.h */
	struct str patch, test_patch;  /* parent_tree + patch + test_patch = tree_in_text of both trees; the second holds what side_is_trusted says */
	enum code_lang lang;           /* of most source lines */
	uint32_t source_files, source_lines, source_hunks;
	uint32_t test_files;           /* 0: of the tests only what they read changes; or it is WALK_UNTESTED */
	bool runner, build;            /* touches how tests are run, how source is built */
};

/* Other than 0 stops: negative is given back by walk, positive ends it well. The candidate is good until fn returns. */
typedef int walk_fn(void *ctx, const struct candidate *c);

int walk(struct repo *r, const struct walk_options *o, struct walk_counts *n, walk_fn *fn, void *ctx, struct err *err);

bool walk_excludes(const struct walk_options *o, const struct oid *start);

/* One commit as walk would see it, but for duplicates and what is excluded. 1: fn was called; 0: *reason tells why not. */
int walk_one(struct repo *r, const struct oid *commit, const struct walk_options *o, walk_fn *fn, void *ctx, enum walk_reason *reason, struct err *err);

#endif
