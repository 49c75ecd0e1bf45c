/* git_inside.h - what git.c and tree.c share. */
#ifndef QUARRY_REPOS_GIT_INSIDE_H
#define QUARRY_REPOS_GIT_INSIDE_H

#include "repos/git.h"

enum made_kind { MADE_BLOB, MADE_TREE };

int repo_write(struct repo *r, enum made_kind kind, struct str data, struct oid *id, struct err *err);

#endif
