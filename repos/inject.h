/*
 * inject.h - bugs put into a tree on purpose: where one could be, a seeded choice of them, and each as a change that takes it out again.
 *
 *	struct bugs b = BUGS_INIT;
 *	struct bugs_options o = { .seed = 1, .most = 100, .together = 1 };
 *
 *	if (bugs_draw(&b, box, repo, &commit, &o, &err) < 0)
 *		return ERR_FAIL;
 *	for (size_t i = 0; i < b.n; i++)
 *		if (bug_candidate(&m, repo, &b, &b.at[i], &err) == 0) ...	// m.c.parent_tree has the bug, m.c.tree has not
 *	bugs_release(&b);
 *
 * Places come from operators.py, which reads the source in a sandbox: Python through its ast, C and C++ through their tokens. Text is edited
 * at those bytes and nowhere else. Whether a test notices is for validate.h to say. The same tree, options and seed give the same bugs.
 */
#ifndef QUARRY_REPOS_INJECT_H
#define QUARRY_REPOS_INJECT_H

#include "repos/made.h"
#include "repos/sandbox.h"
#include "repos/validate.h"
#include "repos/walk.h"

enum { BUG_EDITS = 8 };

struct bug_edit {
	size_t at, n;
	const char *text, *operator, *function; /* "compare", "parse_value"; "Class.method" */
	uint32_t line;
};

struct bug {
	const char *path;
	enum code_lang lang;
	struct bug_edit edits[BUG_EDITS]; /* in ascending order */
	size_t n_edits;
	struct oid tree;                  /* with the bug */
};

struct bugs_options {
	unsigned langs;    /* 1 << CODE_..., or'ed; 0: all that there are operators for */
	uint64_t seed;
	size_t most;       /* bugs */
	unsigned together; /* edits of a bug, in one file, where it has so many: 1 .. BUG_EDITS */
};

struct bugs {
	struct bug *at;
	size_t n, cap;
	struct commit commit;         /* of the tree without bugs */
	struct oid id;
	size_t files, unread, places; /* source files that were looked at; that no operator could read; places in them */
	struct arena text;
};

#define BUGS_INIT ((struct bugs){ 0 })
void bugs_release(struct bugs *b);
int bugs_draw(struct bugs *b, struct sandbox *box, struct repo *r, const struct oid *commit, const struct bugs_options *o, struct err *err);

/* The languages of its source that there are operators for: 1 << CODE_..., or'ed. */
unsigned bugs_langs(struct repo *r, const struct oid *tree);

/* The operator's name, or "combined". */
const char *bug_operator(const struct bug *b);
/* The edits as tasks have them (see task.h), in arena's memory; NULL: no memory. */
struct variant_site *bug_sites(const struct bug *b, struct arena *arena);

/* What takes a bug out, as if it were a commit: patch is source alone, test_patch empty, commit and parent the one without bugs. */
int bug_candidate(struct made *m, struct repo *r, const struct bugs *b, const struct bug *bug, struct err *err);
/* The diff that puts it in. */
int bug_patch(struct buf *patch, struct repo *r, const struct bugs *b, const struct bug *bug, struct err *err);

#endif
