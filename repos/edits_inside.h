/* edits_inside.h - edits as they were read (edits_read.c) and on their way into a tree (edits.c, edits_hunks.c). */
#ifndef QUARRY_REPOS_EDITS_INSIDE_H
#define QUARRY_REPOS_EDITS_INSIDE_H

#include "repos/edits.h"

struct hunk {
	uint32_t old_start, old_n, new_start, new_n;
	struct str body;   /* its lines, each with its first byte */
	size_t line;       /* of the answer, from 1 */
};

enum edit_kind { EDIT_HUNKS, EDIT_SEARCH, EDIT_WHOLE };

struct edit {
	enum edit_kind kind;
	struct str path, old_path; /* of hunks: differ where a file is renamed or copied; else the same */
	bool create, remove, rename, copy;
	uint32_t mode, old_mode;   /* as declared; 0: not */
	struct hunk *hunks;
	size_t n_hunks;
	struct str search, replace; /* of EDIT_WHOLE: replace is the file */
	size_t line;
};

struct edits {
	enum edits_format format;
	struct edit *at;
	size_t n, cap;
	struct arena arena; /* names that had to be unquoted, hunks */
	char why[300];      /* what cannot be read */
};

#define EDITS_INIT ((struct edits){ .arena = ARENA_INIT })

/* EDITS_OK, EDITS_NO_ANSWER or EDITS_UNREADABLE; slices lie in the response or in e->arena. */
enum edits_status edits_read(struct edits *e, struct str response, bool think_open);
void edits_release(struct edits *e);

/* A path that no patch may name, in words; NULL when it is fine. */
const char *edits_path_wrong(struct str path);

/*
 * The hunks made to text. 1: out holds the new text. 0: hunk *bad does not apply. -1: too much work. *work counts lines compared, over all
 * calls.
 */
int edits_hunks(struct str text, const struct edit *e, struct buf *out, size_t *bad, uint64_t *work);

#endif
