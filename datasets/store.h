/*
 * store.h - run.db: what a run has planned, sampled and judged so far (SQLite). The only state of a build.
 *
 *	struct store *st;
 *	if (store_open(&st, "out/run.db", STORE_CREATE, &err) < 0)
 *		...
 *	store_begin(st, &err);
 *	store_add_sample(st, prompt, &row, &err);	// thousands
 *	store_commit(st, &err);				// now they survive a kill
 *	store_close(st);
 *
 * Tables (documented in docs/FORMATS.md, since people open run.db with sqlite3):
 *	meta(key TEXT PRIMARY KEY, value TEXT)		recipe, recipe hash, seed, sampler, versions, state, ...
 *	prompt(idx INTEGER PRIMARY KEY, id TEXT, task TEXT, source INTEGER, instance TEXT)	the plan, in order
 *	sample(prompt INTEGER, idx INTEGER, response TEXT, finish TEXT, tokens INTEGER, logprob REAL, entropy REAL,
 *	       mark TEXT, score REAL, why TEXT, extracted TEXT, format_ok INTEGER, answers_seen INTEGER,
 *	       PRIMARY KEY (prompt, idx)) WITHOUT ROWID
 *	dropped(prompt INTEGER PRIMARY KEY, reason TEXT)	prompts that rl, sft and pairs do not hold, and why
 *
 * One thread at a time per store. Every row is checked when it is read: a database that somebody changed gives an
 * error that names it, never a crash.
 */
#ifndef QUARRY_DATASETS_STORE_H
#define QUARRY_DATASETS_STORE_H

#include "base/buf.h"
#include "base/err.h"

struct store;

enum store_mode {
	STORE_READ,
	STORE_WRITE,
	STORE_CREATE, /* new, or what is there already */
	STORE_PART,   /* the same for a file system that several machines share: nobody else may open it meanwhile */
};

struct stored_prompt {
	int64_t idx; /* 0, 1, ... in plan order */
	struct str id, task;
	int64_t source;      /* which of the recipe's sources */
	struct str instance; /* its JSON line */
};

struct stored_sample {
	int64_t idx; /* sample index, 0 .. n-1 */
	struct str response, finish, mark, why, extracted;
	int64_t tokens, answers_seen;
	double logprob, entropy, score; /* NaN where the sampler gave none */
	bool format_ok;
};

/*
 * Others may read beside us (a write-ahead log), but for STORE_PART and where the file system has no shared memory: there
 * the file is ours alone, with a rollback journal.
 */
int store_open(struct store **ret, const char *path, enum store_mode mode, struct err *err);
bool store_lockless(const struct store *st); /* the file system has no locks: nothing keeps a second process out */
void store_close(struct store *st); /* NULL is fine; what is not committed is lost */

int store_check(struct store *st, struct err *err); /* reads the whole file: is it sound? */

int store_begin(struct store *st, struct err *err);
int store_commit(struct store *st, struct err *err);
void store_rollback(struct store *st); /* what was not committed never was */

int store_set(struct store *st, const char *key, struct str value, struct err *err);
int store_put(struct store *st, const char *key, struct str value, struct err *err); /* the same in a transaction of its own */
/* 1 and the value, 0 where there is none. */
int store_get(struct store *st, const char *key, struct buf *value, struct err *err);

/* Each key, in order; each() returns negative to stop, which is given back. */
int store_each_meta(struct store *st, int (*each)(void *ctx, const char *key, struct str value), void *ctx, struct err *err);

int store_add_prompt(struct store *st, const struct stored_prompt *p, struct err *err);
int store_add_sample(struct store *st, int64_t prompt, const struct stored_sample *s, struct err *err);
int store_cut_samples(struct store *st, int64_t prompt, int64_t from, int64_t to, struct err *err); /* those of from <= index < to go */
int store_drop(struct store *st, int64_t prompt, const char *reason, struct err *err);
int store_undrop_all(struct store *st, struct err *err);

int64_t store_prompts(struct store *st);              /* how many; negative: damaged */
int64_t store_samples(struct store *st);              /* of all prompts */
int64_t store_samples_of(struct store *st, int64_t prompt);
/* The texts live until the next call on this store. 1, or 0 where there is none. */
int store_prompt(struct store *st, int64_t idx, struct stored_prompt *ret, struct err *err);
/* Each sample of a prompt, by index; each() returns negative to stop, which is given back. */
int store_each_sample(struct store *st, int64_t prompt, int (*each)(void *ctx, const struct stored_sample *s), void *ctx,
		      struct err *err);

#endif
