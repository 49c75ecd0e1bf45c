/*
 * places.h - an answer that points at numbered places: positions, steps, thoughts; or says that there is none.
 *
 *	if (!places_read(&said, answer))
 *		return rule_unreadable(why, "that is no list of numbers");
 *	if (said.none)
 *		...
 *	for (size_t i = 0; i < said.n; i++)
 *		use(said.at[i]);
 *
 * "3, 7", "[3, 7]", "Thoughts 3 and 7", a bullet a line, JSON, LaTeX, full-width digits, "seven", U+4E03: all the same list. Words
 * that only label a number are known one by one, and any other word makes the text unreadable: a denial, a range
 * ("3-7", "3 to 7"), an alternative ("3 or 7") and a hedge are none of the known ones. Private to the rules.
 */
#ifndef QUARRY_VERIFIERS_PLACES_H
#define QUARRY_VERIFIERS_PLACES_H

#include "base/str.h"

enum { PLACES_MAX = 1200 };

struct places {
	int64_t at[PLACES_MAX]; /* in the order given; beyond +-10^9 they are held there */
	size_t n;               /* how many were named: may be above PLACES_MAX, and then only so many are kept */
	bool counts;            /* a number is one of things: "5 mistakes" */
	bool none;              /* it says "none", "No", [], "": then n is 0 */
};

/* False: neither, both, or other words. Linear, allocates nothing. */
bool places_read(struct places *p, struct str answer);

/* One number and nothing else; thousands separators may stand in it. */
bool place_read(struct str answer, int64_t *ret);

#endif
