/*
 * environment.h - how the tests of a tree are prepared, built and run: a recipe, ours or a user's.
 *
 *	struct environment e;
 *
 *	if (environment_detect(&e, repo, &tree, "python", &why) < 0)	// no recipe fits: why says what was looked for
 *		...
 *	environment_write(&e, &json);				// as it is kept beside the tasks, and read back
 *	environment_release(&e);
 *
 * A recipe is a JSON object (or the same in YAML, which cli/ turns into JSON). Built-in ones are the files of repos/recipes/. Two recipes
 * with one hash are one environment: what was prepared, checked out and built for it is kept under its hash.
 */
#ifndef QUARRY_REPOS_ENVIRONMENT_H
#define QUARRY_REPOS_ENVIRONMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "repos/git.h"
#include "repos/sandbox.h"

enum { ENVIRONMENT_HASH = 16 };

enum runner {
	RUNNER_PYTEST,  /* runner.py: a record a test, on a channel of its own */
	RUNNER_CTEST,   /* each test that ctest knows, alone, by its exit status */
	RUNNER_MESON,   /* each test that meson knows, the same */
	RUNNER_LINES,   /* each test that the recipe's `list` names, the same */
	RUNNER_COMMAND, /* one command for all, by its exit status */
};

struct words {
	const char **at;
	size_t n;
};

void words_write(const struct words *w, struct buf *b, const char *key); /* "key":["...",...] */

struct environment_file {
	const char *path; /* below the tree */
	const char *text;
};

struct environment {
	const char *name;
	const char *code_lang;  /* python, c, go, rust, javascript */
	enum runner runner;
	struct words when;      /* "setup.py", or "Makefile: test:" for a file with a line that begins so; one is enough */
	struct words needs;     /* programs that this machine must have */
	struct words tools;     /* toolchains that may lie outside /usr: "rust" */
	struct words prepare;   /* shell lines, once for the environment: what they leave in /env is kept */
	bool network;           /* prepare may reach it */
	struct words build;     /* shell lines in /repo: what they leave in /build is kept */
	bool in_tree;           /* the build writes into /repo, which is then kept instead */
	struct words list;      /* RUNNER_LINES: shell lines that write "id TAB argument TAB argument..." on fd 3; $@ are the test files */
	struct words test;      /* RUNNER_COMMAND: shell lines */
	struct words env;       /* NAME=VALUE */
	struct words paths;     /* pytest: below the tree, where modules are looked for; those that are there */
	struct words plugins;   /* pytest: modules beside those that the tests plainly ask for */
	const char *python;     /* pytest: the interpreter */
	struct environment_file *files; /* stand-ins that the tree lacks: written where nothing is */
	size_t n_files;
	bool writable;          /* tests may write into their (own, lost) copy of the tree */
	bool carry;             /* pytest: the tree's own options that say which tests there are */
	bool compat;            /* pytest: names that Python has dropped */
	bool test_files;        /* the runner takes a list of test files */
	double test_s;          /* seconds a single test may take */
	struct sandbox_limits limits;       /* of a run */
	struct sandbox_limits build_limits;
	struct arena text;
};

void environment_release(struct environment *e);

/* Reads a recipe. Unknown members, wrong kinds and values out of range are refused. */
int environment_read(struct environment *e, struct json recipe, struct err *err);
void environment_write(const struct environment *e, struct buf *json); /* canonical: every member, in one order */
void environment_hash(const struct environment *e, char hash[ENVIRONMENT_HASH + 1]);
bool environment_copy(struct environment *to, const struct environment *from);

/* The built-in recipe of that name; false where there is none. */
bool environment_builtin(struct environment *e, const char *name);
/* The first program that this machine lacks, or NULL. */
const char *environment_missing(const struct environment *e);
/* The host's directory of a toolchain outside /usr; false where it is in /usr, or nowhere. */
bool environment_tool(const char *name, char *dir, size_t cap);

/*
 * The first built-in recipe that fits the tree, its language the asked one (NULL: any) and its programs there. -1: none, and why
 * says what was tried.
 */
int environment_detect(struct environment *e, struct repo *r, const struct oid *tree, const char *code_lang, struct buf *why);

/* ---- what to change when nothing runs */

enum cause {
	CAUSE_NONE,
	CAUSE_READ_ONLY,      /* a write into the tree was refused */
	CAUSE_DISTRIBUTION,   /* importlib.metadata does not find the project itself */
	CAUSE_VERSION_FILE,   /* _version.py, which a packaging step writes */
	CAUSE_DROPPED_API,    /* collections.Mapping and the like */
	CAUSE_PYTHON2,
	CAUSE_MODULE,         /* a module that is not installed */
	CAUSE_OPTIONS,        /* the runner refused its options */
	CAUSE_BUILD,
	CAUSE_OTHER,
};

const char *cause_name(enum cause c); /* "read_only", "missing_distribution", ... */
enum cause cause_of(struct str why); /* from what a run said when nothing could be collected or built */

/* Changes e so that the cause may go away; false: there is no rung left for it. version: of the project, as far as known, or NULL. */
bool environment_climb(struct environment *e, enum cause cause, struct str why, struct repo *r, const struct oid *tree, const char *version);

#endif
