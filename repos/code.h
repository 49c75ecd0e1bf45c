/*
 * code.h - source code read just far enough: comments and blanks taken off, names found.
 *
 *	if (code_same(CODE_C, old, new))
 *		...	// only comments or layout differ
 *
 *	for (struct code_names it = code_names(CODE_PYTHON, text); code_name(&it, &name);)
 *		...	// identifiers in code, not those in comments and strings
 *
 * No parser: a few rules a language, linear, any bytes. Where they are wrong (a regular expression of JavaScript that holds a quote) both
 * sides of a comparison are wrong alike.
 */
#ifndef QUARRY_REPOS_CODE_H
#define QUARRY_REPOS_CODE_H

#include "base/buf.h"
#include "repos/side.h"

/* Without comments, Python's docstrings too; blanks only where they part two words or, in Python, begin a line. */
void code_strip(enum code_lang lang, struct str text, struct buf *out);
/* Do two texts differ in what code_strip leaves? Sooner answered than by stripping both. */
bool code_same(enum code_lang lang, struct str a, struct str b);

struct code_names {
	enum code_lang lang;
	struct str rest;
	char before; /* the last byte that was no blank, before the name that code_name gave: '.' of a member */
	bool keywords; /* given too; else left out */
};

struct code_names code_names(enum code_lang lang, struct str text);
bool code_name(struct code_names *it, struct str *name);
bool code_is_keyword(enum code_lang lang, struct str name); /* and the names that are always there: len, None, NULL, size_t */

/* The words that a name is made of: "parseHTTPHeader_v2" has parse, HTTP, Header, v, 2. */
bool code_word(struct str *name, struct str *word);

#endif
