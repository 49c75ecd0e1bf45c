/*
 * compose.h - several puzzles as one: the desc that both the rule and the generator read.
 *
 *	struct compose c;
 *	if (compose_read(&c, desc))
 *		for (int i = 0; i < c.n; i++)
 *			... c.part[i].task, c.part[i].desc
 *
 * desc: "all" or "chain", then for each part " NAME LENGTH:DESC", LENGTH being the bytes of DESC. In a chain every part but
 * the first leans on the answer before it, and only the last one's is asked for. A part is no composition itself.
 */
#ifndef QUARRY_VERIFIERS_COMPOSE_H
#define QUARRY_VERIFIERS_COMPOSE_H

#include "base/str.h"

enum { COMPOSE_PARTS = 6 };

struct compose {
	bool chain;
	int n; /* 2 .. COMPOSE_PARTS */
	struct {
		struct str task, desc;
	} part[COMPOSE_PARTS];
};

/* False on any damage that shows here; what is inside a part is its own rule's business. */
bool compose_read(struct compose *c, struct str desc);

/* Is it an answer to one of the parts that something is wrong: see rule.h? */
bool compose_seeks_mistake(struct str desc);

#endif
