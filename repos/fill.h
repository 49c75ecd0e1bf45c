/*
 * fill.h - texts with holes, as repos/prompts/ has them: {{name}}.
 *
 *	const struct hole holes[] = { { "patch", patch }, { "tests", tests }, { NULL, { NULL, 0 } } };
 *
 *	fill(&out, text, holes);
 *
 * A paragraph with an empty hole is left out, and the one before it too where that ends in ":". Every hole of the text has a name in holes.
 */
#ifndef QUARRY_REPOS_FILL_H
#define QUARRY_REPOS_FILL_H

#include "base/buf.h"

struct hole {
	const char *name; /* NULL ends a list */
	struct str text;
};

void fill(struct buf *out, struct str text, const struct hole *holes);

#endif
