/*
 * tally.h - how answers say where their one number comes from: an equation, "6 + 6 = 12", or a breakdown, "12 (6 pears and 6 plums)".
 *
 *	if (!tally_sides(left, right))
 *		return false;			// 13 = 12; 13 (6 + 6 = 12)
 *	parts = tally_breakdown(&s, &sum);	// s is "12" now, sum is 12
 *
 * Linear, allocates nothing.
 */
#ifndef QUARRY_VERIFIERS_TALLY_H
#define QUARRY_VERIFIERS_TALLY_H

#include "base/str.h"

/* Can right be what the equation left = right tells? Not where left is another whole number, nor where the equation only stands in brackets behind one. */
bool tally_sides(struct str left, struct str right);

/*
 * Cut off brackets at the end of s in which numbers are added up; *sum is what they make. False, and nothing is changed, where there is
 * something else than numbers, plus signs and words.
 */
bool tally_breakdown(struct str *s, int64_t *sum);

#endif
