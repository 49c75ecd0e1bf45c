/*
 * holes.h - the texts that a task puts into the {{holes}} of its wordings.
 *
 *	static void fields(struct holes *holes, struct str desc, enum lang lang)
 *	{
 *		struct buf *b = hole_open(holes, "board");
 *
 *		if (b)					// NULL: this wording has no such hole
 *			grid_write(b, ...);		// what is added until the next hole_...() is its text
 *		hole_put(holes, "rows", STR("4"));	// a text at hand
 *		hole_puti(holes, "cols", 4);
 *	}
 *
 * A wording asks for few of a task's holes, so that what is dear to write is written only where hole_open() gives
 * somewhere to write it.
 */
#ifndef QUARRY_GENERATORS_HOLES_H
#define QUARRY_GENERATORS_HOLES_H

#include "base/buf.h"

enum { HOLES = 48 };

struct holes {
	struct buf text; /* all values, one after another */
	struct {
		struct str name;
		size_t from, n; /* its value in text */
		bool filled;
	} hole[HOLES]; /* the first n are something */
	int n;
	int open; /* 1 + the hole that is being written; 0: none */
	bool all; /* every hole is wanted: for tests */
};

#define HOLES_ALL ((struct holes){ .all = true })

/* ---- for tasks ---- */

/* Where its text is to be added, until the next call here; NULL: the wording has no such hole. */
struct buf *hole_open(struct holes *h, const char *name);
void hole_put(struct holes *h, const char *name, struct str text);
void hole_puti(struct holes *h, const char *name, int64_t v);

/* ---- for those who ask ---- */

void holes_init(struct holes *h); /* holes that nobody named yet are not touched: there are many */

/* The number of the hole of that name, which is wanted from now on; -1: there are too many. */
int holes_want(struct holes *h, struct str name);
void holes_end(struct holes *h); /* after fields(): closes the last one */
bool holes_text(const struct holes *h, struct str name, struct str *text); /* false: nobody filled it */
bool holes_nth(const struct holes *h, int at, struct str *text);           /* the same by number */
void holes_release(struct holes *h);

#endif
