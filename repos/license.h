/*
 * license.h - under which licence a tree stands, as its own file says: an SPDX name, or "" where none is there or none is known.
 *
 *	const char *spdx = license_of(r, &tree);	// "MIT"
 */
#ifndef QUARRY_REPOS_LICENSE_H
#define QUARRY_REPOS_LICENSE_H

#include "repos/git.h"

const char *license_of(struct repo *r, const struct oid *tree);
/* The same of a licence's text: told by sentences that no other has, blanks and letters' case aside. */
const char *license_read(struct str text);

#endif
