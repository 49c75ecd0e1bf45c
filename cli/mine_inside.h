/* mine_inside.h - what mine.c and mine_inject.c share. */
#ifndef QUARRY_CLI_MINE_INSIDE_H
#define QUARRY_CLI_MINE_INSIDE_H

#include "base/buf.h"
#include "cli/mine.h"
#include "cli/progress.h"
#include "datasets/stream.h"

#include <pthread.h>
#include <sys/types.h>

/* One candidate, in the order of the walk; or one bug, in the order that they were drawn. */
struct slot {
	struct oid commit; /* of a bug: its tree */
	enum walk_kind kind;
	enum { SLOT_WAITS, SLOT_RUNS, SLOT_DONE } state;
	bool kept;
	off_t at;       /* of its line in the journal */
	size_t length;
	uint64_t canon; /* of the kept: which tests tell whether it is solved */
	size_t number;  /* of its bug */
};

struct known {
	struct oid commit;
	bool kept;
	off_t at;
	size_t length;
	uint64_t canon;
};

/* What the tests of the tree without bugs say, for the bugs of a language. */
struct ground {
	struct settled *settled; /* NULL: they do not run */
	struct words files;
	struct arena text;
};

struct mine {
	struct mine_options o;
	const char *out;
	char *journal;  /* its path; NULL: rows go to a pipe, and nothing is kept */
	int fd;
	off_t end;      /* bytes of the journal that are whole lines */
	struct sandbox *box;
	struct harness *harness;
	struct writer *w, *left;
	struct err left_err;
	int left_rc; /* of the first line of `left` that could not be written */
	struct mine_counts counts;

	/* of the repository that is being read */
	const char *path, *name, *license;
	struct slot *slots;
	size_t n, cap, next, walk_n;
	struct known *known; /* sorted by commit */
	size_t n_known;
	struct bugs bugs;
	struct ground grounds[2]; /* of bugs in Python, and in C and C++ */
	bool walked, enough;
	struct err err;     /* of the first thread that failed */
	int rc;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct progress progress;
};

/* One slot at work: its line of the journal is being written. */
struct attempt {
	struct mine *m;
	struct repo *repo;
	struct buf *line;
	struct slot *slot;
	struct err *err;
	struct buf said;  /* what became of the model's replies, as members of a list */
	uint64_t cpu_us;  /* of what was tried in vain */
};

/* Adds what there is to say of a validated candidate to the line: its row, or why it is none. more: of the row's ask, or NULL. */
int mine_add_result(struct attempt *a, const struct candidate *c, struct validation *v, const struct row_ask *more);
/* One more slot. Positive: that was enough. */
int mine_offer(struct mine *m, struct slot s);
void mine_count(struct mine_reason **list, size_t *n, struct str name, uint64_t times);

/* Bugs put into the commit: offers them; tries one. */
int mine_offer_bugs(struct mine *m, struct repo *r, const char *head, struct err *err);
int mine_try_bug(struct attempt *a);
void mine_drop_bugs(struct mine *m);

/* 1: s is the model's, and prompt is what it was asked; 0: none of its replies is good enough. */
int mine_ask_statement(struct attempt *a, const struct statement_ask *ask, struct statement *s, struct buf *prompt);
/* A commit without tests: the line says what became of it. fixed: its tree_in_text. */
int mine_write_tests(struct attempt *a, const struct candidate *c, const struct oid *fixed);

#endif
