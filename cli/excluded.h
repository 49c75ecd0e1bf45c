/*
 * excluded.h - commits that no task may start from: those of evaluation sets, say, as lists of (repository, base commit).
 *
 *	struct excluded *e;
 *
 *	if (excluded_open(&e, "verified.jsonl", &err) < 0)	// a JSON object a line, of which "repo" and "base_commit" are looked at
 *		return ERR_FAIL;
 *	o.walk.excluded = excluded_of(e, STR("owner/name"), &o.walk.n_excluded);
 *	excluded_free(e);
 *
 * Names of repositories are compared without regard to case, as the places do where they are kept.
 */
#ifndef QUARRY_CLI_EXCLUDED_H
#define QUARRY_CLI_EXCLUDED_H

#include "repos/git.h"

struct excluded;

int excluded_open(struct excluded **ret, const char *path, struct err *err);
void excluded_free(struct excluded *e); /* NULL is fine */
uint64_t excluded_hash(const struct excluded *e); /* of all lines in order: other lists have another one */
const struct oid *excluded_of(const struct excluded *e, struct str repo, size_t *n); /* sorted */
bool excluded_has(const struct excluded *e, struct str repo, const struct oid *base);

#endif
