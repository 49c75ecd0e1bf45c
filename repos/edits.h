/*
 * edits.h - a response's text as edits, and a tree with these edits made.
 *
 *	struct edits_result x;
 *
 *	if (edits_apply(r, &base, response, &EDITS_OPTIONS, &x, &err) < 0)
 *		return ERR_FAIL;		// our side: the base tree cannot be read
 *	if (x.status == EDITS_OK)
 *		use(&x.tree);			// lives in r's memory: repo_forget drops it
 *	else
 *		put(edits_status_name(x.status), x.why);	// "patch_fail", "src/a.c:12: hunk 2 does not apply"
 *	edits_result_release(&x);
 *
 * Read behind the last thought, inside <answer> or <solution> where the text has them, is what comes first of
 *
 * - SEARCH/REPLACE blocks as SWE-RL has them: in a fence or not, "### path", "<<<<<<< SEARCH", lines, "=======", lines,
 *   ">>>>>>> REPLACE". The search begins at a line's start and is replaced wherever it stands; an empty one makes a file.
 * - A unified diff, in fences or not, with git's extended headers or without, with a/ b/ or without. Hunks may stand at other lines than
 *   they say (the nearest wins), but every line must be there: no fuzz. What `git apply` takes is taken, to the same tree.
 * - Whole files: "### path" and behind it a fence.
 *
 * Nothing touches a file system: edits go from the base tree to a tree in memory. Refused as tampering, whatever else they hold, are
 * paths that leave the tree or name .git, links and what lies behind them, names that differ from one that is there in case only, files of
 * the test side, of the build and of vendored code (each unless allowed), and new files that a test run would find before its own.
 * Time and memory are linear in the response and the files it names, with caps on each.
 */
#ifndef QUARRY_REPOS_EDITS_H
#define QUARRY_REPOS_EDITS_H

#include "repos/git.h"

enum edits_status {
	EDITS_OK,
	EDITS_NO_ANSWER,  /* nothing, no edit, or edits that change nothing */
	EDITS_UNREADABLE, /* edits that cannot be read: a cut block, a hunk that its header does not describe */
	EDITS_PATCH_FAIL, /* edits that do not apply */
	EDITS_TAMPER,
};

const char *edits_status_name(enum edits_status s); /* "ok", "no_answer", "unreadable", "patch_fail", "tamper" */

enum edits_format { EDITS_NONE, EDITS_DIFF, EDITS_BLOCKS, EDITS_FILES };

const char *edits_format_name(enum edits_format f); /* "", "diff", "search_replace", "files" */

struct edits_options {
	const char *const *allow; /* paths that may be touched whatever they are (those of the gold patch); NULL at the end, or NULL */
	bool tests;               /* tests and what they read may be touched: tasks that ask for tests */
	bool build;               /* build files may be */
	bool think_open;          /* the prompt's template opened the thought */
	size_t response, file, total; /* most bytes of: the response, one file after its edits, all of them */
	size_t files;             /* most of them */
};

#define EDITS_OPTIONS ((struct edits_options){ .response = 4 << 20, .file = 4 << 20, .total = 16 << 20, .files = 200 })

struct edits_touched {
	struct str path;
	char status; /* 'A', 'M', 'D' */
};

struct edits_result {
	enum edits_status status;
	enum edits_format format;
	char why[300];  /* one sentence unless EDITS_OK */
	struct oid tree;
	struct edits_touched *touched; /* of EDITS_OK: what differs from the base, sorted */
	size_t n_touched;
	struct arena arena;
};

int edits_apply(struct repo *r, const struct oid *base, struct str response, const struct edits_options *o, struct edits_result *x, struct err *err);
void edits_result_release(struct edits_result *x);

#endif
