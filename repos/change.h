/*
 * change.h - what differs between two trees, and that as patches which git applies.
 *
 *	struct changes c = CHANGES_INIT;
 *
 *	if (changes_find(r, &old, &new, &c, 1000) == OBJECT_OK && !c.cut) {
 *		changes_pair(r, &c);		// renames, within each side
 *		for (size_t i = 0; i < c.n; i++)
 *			if (side_is_trusted(c.at[i].side) && patch_add(r, &c.at[i], &text) != PATCH_OK)
 *				...		// that file cannot stand in a patch, and why
 *	}
 *	changes_release(&c);
 *
 * Trees are compared by their objects' names, so that what is equal costs nothing. old plus all patches is new: a file that changes its
 * type is deleted and added. Submodules and links are in the list; only patch_add refuses the first.
 */
#ifndef QUARRY_REPOS_CHANGE_H
#define QUARRY_REPOS_CHANGE_H

#include "repos/git.h"
#include "repos/side.h"

struct change {
	char status;              /* 'A' added, 'D' deleted, 'M' modified, 'R' renamed, with or without other content */
	bool binary;              /* stands in the patch as a binary one; set by patch_add */
	bool aside;               /* does not stand in it; set by patch_add_text */
	uint8_t similar;          /* of 'R', in percent */
	enum side side;
	enum code_lang lang;
	uint32_t old_mode, mode;  /* 0 where it is not there */
	uint32_t added, deleted;  /* lines; set by patch_add, as hunks is */
	uint32_t hunks;
	struct oid old_id, id;
	struct str path, old_path; /* differ for 'R' only; any bytes but NUL */
};

struct changes {
	struct change *at; /* in git's order of paths */
	size_t n, cap;
	bool cut;          /* there were more than `most` */
	struct arena arena;
};

#define CHANGES_INIT ((struct changes){ .arena = ARENA_INIT })
void changes_release(struct changes *c);
void changes_reset(struct changes *c); /* empty, memory kept */

enum { CHANGES_ALL = 100000 }; /* more files than a change has */

/* Sets c, which is CHANGES_INIT or reset. Other than OBJECT_OK: a tree could not be read. old may be oid_none: an empty tree. */
enum object_state changes_find(struct repo *r, const struct oid *old, const struct oid *new, struct changes *c, size_t most);

/* A deleted and an added file of one side that are alike become 'R'. Of many, only those with equal content. */
void changes_pair(struct repo *r, struct changes *c);

enum {
	PATCH_BLOB_MAX = 4 << 20,   /* bytes of a text whose lines are compared */
	PATCH_BINARY_MAX = 1 << 20, /* bytes of a file that stands whole in a patch */
};

enum patch_state {
	PATCH_OK,
	PATCH_MISSING,   /* one of its objects */
	PATCH_CORRUPT,
	PATCH_TOO_LARGE,
	PATCH_SUBMODULE,
	PATCH_LFS,       /* a pointer of git-lfs: what it points to is not here */
};

/*
 * One file's diff, as `git diff` writes it; counts lines and hunks into c. A file that is binary or whose lines are no UTF-8 is
 * written as a binary patch, so that the text can stand in JSON. text may be NULL: only counted.
 */
enum patch_state patch_add(struct repo *r, struct change *c, struct buf *text);

/*
 * The same, but that a binary document (docs/logo.png) is left aside: no edit in text could make it, and of all files it is the one that a
 * change may go without.
 */
enum patch_state patch_add_text(struct repo *r, struct change *c, struct buf *text);

/* `new` with all documents that patch_add_text leaves aside as they are in `old`: the tree that patches make of `old`. Lies in the handle's memory where it is another. */
int tree_in_text(struct repo *r, const struct oid *old, const struct oid *new, struct oid *tree, struct err *err);

/* As `git patch-id --stable` names it, whatever the files' order. */
void patch_id(struct str patch, struct oid *id);

/* A name as git quotes it in patches: itself, or "a\303\244". prefix ("a/") goes inside the quotes. */
void patch_add_name(struct buf *text, const char *prefix, struct str path);

#endif
