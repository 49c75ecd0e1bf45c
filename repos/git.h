/*
 * git.h - read a git repository that may be hostile, and make trees from its trees in memory.
 *
 *	struct repo *r;
 *	struct object o;
 *
 *	if (repo_open(&r, path, &err) < 0 || repo_resolve(r, "HEAD", &head, &err) < 0)
 *		return ERR_FAIL;			// "/x: not a git repository"
 *	if (repo_blob(r, &id, BLOB_MAX, &o) == OBJECT_OK)	// else missing, corrupt, too large: a result, not an error
 *		use(o.data);
 *	object_release(&o);
 *	repo_free(r);
 *
 * Objects and references are all that is read: no hook, filter, attribute, replacement or configuration of the repository is obeyed (nor
 * the user's), nothing is ever written into it, submodules and LFS pointers are names and small texts. A handle belongs to one
 * thread at a time; open another for the next one.
 */
#ifndef QUARRY_REPOS_GIT_H
#define QUARRY_REPOS_GIT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct oid {
	unsigned char id[20];
};

enum { OID_HEX = 40 };

static inline bool oid_eq(const struct oid *a, const struct oid *b)
{
	return memcmp(a->id, b->id, sizeof(a->id)) == 0;
}

bool oid_none(const struct oid *o); /* all zeros */
bool oid_among(const struct oid *o, const struct oid *sorted, size_t n);
void oid_hex(const struct oid *o, char hex[OID_HEX + 1]);
bool oid_read(struct oid *o, struct str hex); /* exactly 40 hex digits */

/* ---- reading */

struct repo;

int repo_open(struct repo **ret, const char *path, struct err *err); /* bare or not; a work tree's path or its .git */
void repo_free(struct repo *r);
const char *repo_path(const struct repo *r); /* as it was opened */
int repo_resolve(struct repo *r, const char *name, struct oid *commit, struct err *err); /* "HEAD", a branch, a tag, 40 hex digits */
bool repo_is_shallow(const struct repo *r);

enum object_state {
	OBJECT_OK,
	OBJECT_MISSING,   /* not there: a shallow or partial clone, or damage */
	OBJECT_CORRUPT,   /* there, and cannot be read or makes no sense */
	OBJECT_TOO_LARGE, /* its size was asked before it was read */
	OBJECT_OTHER,     /* of another kind */
};

const char *object_state_name(enum object_state s); /* "ok", "missing", ... */

struct object {
	const char *data;
	size_t n;
	void *own;
};

#define OBJECT_INIT ((struct object){ 0 })
void object_release(struct object *o);

static inline struct str object_str(const struct object *o)
{
	return (struct str){ o->n ? o->data : "", o->n };
}

/* Sets o; it is to be released whatever came. `most` is in bytes. */
enum object_state repo_blob(struct repo *r, const struct oid *id, uint64_t most, struct object *o);
bool blob_is_lfs(struct str blob);    /* a pointer of git-lfs */
bool blob_is_binary(struct str blob); /* as git sees it: a NUL in the first 8000 bytes */

enum { PARENTS_MAX = 64 };

struct commit {
	struct oid tree, parent[PARENTS_MAX];
	unsigned parents;
	int64_t time;              /* committer's, seconds since 1970 */
	int64_t author_time;
	int zone;                  /* committer's, minutes east */
	struct str author, message; /* inside `object`; the bytes as they are */
	struct object object;
};

enum object_state repo_commit(struct repo *r, const struct oid *id, struct commit *c); /* release with object_release(&c->object) */
void commit_date(const struct commit *c, char rfc3339[32]); /* the committer's, in UTC: 2024-05-01T10:00:00Z */
/* Adds the tag nearest to a commit among those that it comes after, as `git describe --tags --abbrev=0` says it. False: there is none. */
bool repo_version(struct repo *r, const struct oid *commit, struct buf *tag);
bool commit_read(struct str raw, struct commit *c); /* the text of a commit; c->object is left alone */

/* ---- trees */

enum { TREE_DEPTH = 128 }; /* directories below one another; more is damage */
enum { MODE_TREE = 040000, MODE_FILE = 0100644, MODE_EXEC = 0100755, MODE_LINK = 0120000, MODE_MODULE = 0160000 };

struct tree_entry {
	uint32_t mode; /* old 0100664 and the like come as MODE_FILE or MODE_EXEC */
	struct str name;
	struct oid id;
};

/* A tree's raw bytes; released like a blob. Those read last are kept, so that the same tree costs little soon after. */
enum object_state repo_tree(struct repo *r, const struct oid *id, struct object *o);
/* The next entry of a tree's bytes; 1, 0 at the end, -1 where the bytes make no sense (a name that is empty, holds '/', or is "." or ".."). */
int tree_next(struct str *raw, struct tree_entry *e);
/* Git's order of a tree's entries: the name of a tree goes as if it ended in '/'. */
int tree_order(const struct tree_entry *a, const struct tree_entry *b);
/* What stands at path; OBJECT_MISSING where nothing does. e->name lies in path. */
enum object_state repo_find(struct repo *r, const struct oid *tree, struct str path, struct tree_entry *e);

/* Every entry that is no tree, in git's order. fn gives other than 0 to stop, which is given back. Trees that cannot be read are counted. */
typedef int tree_fn(void *ctx, struct str path, const struct tree_entry *e);
int repo_each(struct repo *r, const struct oid *tree, tree_fn *fn, void *ctx, uint64_t *unreadable);

/* ---- making: objects that live in this handle's memory alone and are read like any other */

struct tree_change {
	struct str path;
	uint32_t mode; /* 0: taken away (with all below it) */
	struct oid id;
};

int repo_add_blob(struct repo *r, struct str data, struct oid *id, struct err *err);
/* base with the changes, which are sorted here. A file where a directory stood replaces it, and the other way round. The empty oid is an empty tree. */
int repo_tree_with(struct repo *r, const struct oid *base, struct tree_change *changes, size_t n, struct oid *tree, struct err *err);
void repo_forget(struct repo *r); /* drops all that was made */

#endif
