/* git_inside.h - what git.c, loose.c and tree.c share. */
#ifndef QUARRY_REPOS_GIT_INSIDE_H
#define QUARRY_REPOS_GIT_INSIDE_H

#include "repos/git.h"

enum made_kind { MADE_BLOB, MADE_TREE };

struct git_odb;
int loose_add(struct git_odb *odb, const char *objects); /* our reader of loose objects, before libgit2's */

/* The first bytes of a regular file, as a C string; false where there are none. Never waits, whatever stands there. */
bool file_head(const char *path, char *room, size_t cap);

int repo_write(struct repo *r, enum made_kind kind, struct str data, struct oid *id, struct err *err);

#endif
