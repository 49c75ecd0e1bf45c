/*
 * checkout.h - a git tree as a directory that a sandbox can be shown.
 *
 *	struct checkouts *c;
 *	struct checkout *t;
 *
 *	if (checkouts_open(&c, NULL, &err) < 0 || checkout_get(c, repo, &tree, env, &t, &err) < 0)
 *		return ERR_FAIL;
 *	mount = (struct sandbox_mount){ SANDBOX_RO, t->path, "/repo" };
 *	checkout_put(c, t);		// kept, until room is needed
 *
 * Bytes come from the object store as they are: no filter, no attribute, no .git, no submodule. A symbolic link is made only where it leads
 * to a place inside, and after all files, so that nothing is ever written through one. Directories lie in memory where there is room enough.
 * Thread-safe; a struct repo belongs to its caller's thread.
 */
#ifndef QUARRY_REPOS_CHECKOUT_H
#define QUARRY_REPOS_CHECKOUT_H

#include "repos/environment.h"
#include "repos/git.h"

#include <pthread.h>

enum { CHECKOUT_FILES = 200000 };
#define CHECKOUT_BYTES (1ull << 30) /* of one tree */

struct checkout {
	char *path;     /* the tree */
	char *build;    /* what its build made, an empty directory before; "" where it is built in the tree */
	size_t files;
	uint64_t bytes;
	size_t links_left_out, modules, lfs;
	pthread_mutex_t lock; /* of the build */
	int built;            /* enum run_status + 1; 0: not yet; -1: begun and not ended, so that it is good for nothing */
	struct buf log;       /* of the build */
	/* the cache's own */
	struct checkout *next;
	struct oid tree;
	char environment[ENVIRONMENT_HASH + 1];
	unsigned users;
	uint64_t used;
};

struct checkouts;

/* dir: where; NULL for /dev/shm where it has a GiB, else $TMPDIR. A directory of our own is made there and taken away by _close. */
int checkouts_open(struct checkouts **ret, const char *dir, struct err *err);
void checkouts_close(struct checkouts *c);
const char *checkouts_path(const struct checkouts *c);

/*
 * The tree with the environment's own files. A tree that cannot be made (objects missing or damaged, too many files, too large) is
 * CHECKOUT_BAD with a message: the repository's fault. Negative: ours.
 */
enum { CHECKOUT_OK, CHECKOUT_BAD };
int checkout_get(struct checkouts *c, struct repo *r, const struct oid *tree, const struct environment *env, struct checkout **ret, struct err *err);
void checkout_put(struct checkouts *c, struct checkout *t);
void checkout_spoil(struct checkouts *c, struct checkout *t); /* nobody gets it any more */

/* Takes away a directory and all below it, following no link. False: something is still there. */
bool remove_all(const char *path);

#endif
