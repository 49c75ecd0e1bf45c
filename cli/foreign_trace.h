/*
 * foreign_trace.h - a sorting of words told in thoughts: which thought is the first wrong one?
 *
 *	if (trace_first_wrong(words, n, text, &first))	// first: 0 where all are right
 *		...
 *
 * The text is SynLogic's: "Thought 1: ... "cat": "c" (3). ... Thought 2: ... "ant" < ["cat" ? "cow"]." in English or Chinese. Words are
 * put into groups by their first letter, then every group of several by the second, from the left, and so on.
 */
#ifndef QUARRY_CLI_FOREIGN_TRACE_H
#define QUARRY_CLI_FOREIGN_TRACE_H

#include "base/str.h"

enum { TRACE_WORDS = 64 };

/* False: the text is no such trace. */
bool trace_first_wrong(const struct str *words, int n, struct str text, int *first);

#endif
