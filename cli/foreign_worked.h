/*
 * foreign_worked.h - answers to SynLogic's stories, worked out from what their questions say: each in a file of its own.
 *
 *	if (worked_liars(&answer, buf_str(&f->question), f->meta))	// "yes,no,yes"
 *		...						// else what is stored stands
 *
 * They read the sentences that its generators write, English or Chinese. False: something in a question is not understood, or it leaves
 * the answer open. A question may be of any length and hold anything; sizes and work are bounded.
 */
#ifndef QUARRY_CLI_FOREIGN_WORKED_H
#define QUARRY_CLI_FOREIGN_WORKED_H

#include "base/buf.h"
#include "base/json.h"

bool worked_liars(struct buf *answer, struct str question, struct json meta); /* foreign_liars.c */
/* The letters of the options that are true: "A,C". */
bool worked_booleans(struct buf *answer, struct str question); /* foreign_booleans.c */
/* "integer 7", or "word unknown" where the count hangs on what nobody knows. */
bool worked_properties(struct buf *answer, struct str question, struct json meta); /* foreign_properties.c */
bool worked_counting(struct buf *answer, struct str question, struct json meta); /* foreign_counting.c; a number */
bool worked_tree(struct buf *answer, struct str question); /* foreign_tree.c; names with | between */
bool worked_walk(struct buf *answer, struct str question); /* foreign_walk.c; a name, or "unknown" */
bool worked_table(double *answer, struct str question, struct json meta); /* foreign_tables.c; not rounded */

/* ---- for these files ---- */

/* Step over z where s begins with it. */
static inline bool said(struct str *s, const char *z)
{
	struct str head = str_of(z);

	if (!str_starts(*s, head))
		return false;
	*s = str_from(*s, head.n);
	return true;
}

/* What stands between the first of these openings (NULL at the end) and the first of these ends behind it; false: not both do. */
bool story_between(struct str question, const char *const *openings, const char *const *ends, struct str *ret, struct str *behind);

#endif
