/*
 * statement.h - the problem that a task poses, in words: from an issue, from the commit's message, or, where neither is good enough, from a
 * model that is asked, or from what failed.
 *
 *	struct statement_ask ask = { .repo = r, .c = candidate, .issues = issues, .fail_to_pass = ids, .n = n, .output = log };
 *	struct statement s = STATEMENT_INIT;
 *
 *	if (statement_best(&ask, &s) < 0) ...			// no memory
 *	if (s.source == STATEMENT_TEMPLATE && sampler) {
 *		statement_prompt(&ask, &prompt);		// back-translation: what to ask the model
 *		if (statement_reply(&ask, reply, &s) == 1) ...	// s is now the model's, if that is good enough
 *	}
 *	put(s.text, statement_source_name(s.source), s.clarity, s.flags);
 *	statement_release(&s);
 *
 * A text is good enough when no flag of STATEMENT_BARRED is raised and its clarity, the sum of the rules' weights in statement.c, is
 * at least STATEMENT_CLEAR. What leaks the patch is never taken. Linear in the texts.
 */
#ifndef QUARRY_REPOS_STATEMENT_H
#define QUARRY_REPOS_STATEMENT_H

#include "repos/walk.h"

/* ---- issues and pull requests, given beside a repository */

struct issues;

/*
 * JSON lines, each {"commit": hex (7 digits or more), or "pr" or "number": n, "title", "body", ...}; a line that has both is found by both.
 * "issues": [{"title","body"}] are what it resolves, and are then what is told. text must stay. A bad line is an error that names it.
 */
int issues_read(struct issues **ret, struct str text, const char *name, struct err *err);
void issues_free(struct issues *i);
uint64_t issues_hash(const struct issues *i); /* of all lines in order: other lists have another one */
/* The text for a commit: by its name, else by the number at its subject's end "(#12)" or in "Merge pull request #12". False: none. */
bool issues_find(const struct issues *i, const struct oid *commit, struct str message, struct buf *text);

/* ---- statements */

enum statement_source { STATEMENT_NONE, STATEMENT_ISSUE, STATEMENT_MESSAGE, STATEMENT_SAMPLER, STATEMENT_TEMPLATE };

const char *statement_source_name(enum statement_source s); /* "", "issue", "message", "sampler", "template" */

enum statement_flag {
	STATEMENT_SHORT = 1 << 0,      /* too few words to be a problem */
	STATEMENT_VAGUE = 1 << 1,      /* "fix tests", "update", "merge branch x", a version */
	STATEMENT_REFERENCE = 1 << 2,  /* nothing but a reference to something else */
	STATEMENT_LEAK = 1 << 3,       /* holds lines of the patch, or a diff */
	STATEMENT_TESTS = 1 << 4,      /* tells of tests, not of the program */
	STATEMENT_LINK = 1 << 5,       /* leads out of the text: SWE-bench Lite leaves such out */
	STATEMENT_IMAGE = 1 << 6,
	STATEMENT_SHA = 1 << 7,
	STATEMENT_LONG = 1 << 8,       /* cut at STATEMENT_MAX */
	STATEMENT_FLAGS = 9,
};

enum { STATEMENT_BARRED = STATEMENT_SHORT | STATEMENT_VAGUE | STATEMENT_REFERENCE | STATEMENT_LEAK, STATEMENT_MAX = 32 << 10 };
#define STATEMENT_CLEAR 0.5

const char *statement_flag_name(int bit); /* "short", "vague", ...: 0 .. STATEMENT_FLAGS - 1 */

struct statement_ask {
	struct repo *repo;              /* has the candidate's trees; NULL: names are not looked for in the base */
	const struct candidate *c;
	const struct issues *issues;    /* or NULL */
	const struct str *fail_to_pass; /* ids */
	size_t n;
	struct str output;              /* what the tests said before the change */
};

struct statement {
	struct buf text;
	enum statement_source source;
	unsigned flags;
	double clarity;       /* 0 .. 1 */
	uint32_t words, leaked; /* leaked: lines of the patch that stand in it */
	/* names that the tests use, that the patch brings, and that stand neither in the base tree nor in the text: who writes the
	 * change cannot know them */
	struct str *unknown;
	size_t n_unknown;
	struct arena arena;
};

#define STATEMENT_INIT ((struct statement){ 0 })
void statement_release(struct statement *s);

/* 0; negative: no memory. s.source is never STATEMENT_NONE after it. */
int statement_best(const struct statement_ask *ask, struct statement *s);
/* What a text is worth as this task's statement; s.source is left to the caller. */
int statement_judge(const struct statement_ask *ask, struct str text, struct statement *s);
/* The model's reply to statement_prompt: between the last [ISSUE] and [/ISSUE]. 1: good enough, s is set; 0: not, s is as it was. */
int statement_reply(const struct statement_ask *ask, struct str reply, struct statement *s);
void statement_prompt(const struct statement_ask *ask, struct buf *prompt);

/* A commit's message without what is for git and for reviewers: trailers, merge lines, references alone. */
void message_clean(struct str message, struct buf *out);

#endif
