/*
 * blank.c - copy me: the rule of a puzzle, judged from its desc alone.
 *
 * The example: a counter goes round from 0 to size - 1; it starts somewhere and is turned on and back. Where does it
 * stop? desc: "60: 5 +17 -8 +40" (size, start, turns). Written from the statement, not from the solver: this file and
 * generators/blank.c share the desc and nothing else, so that each checks the other.
 */
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum { LARGEST = 1000, TURNS = 60 };

/* A number as a desc writes it: no sign, no zero in front. One spelling only, so that a damaged desc is noticed. */
static bool plain_number(struct str s, int64_t lo, int64_t hi, int64_t *ret)
{
	return s.n && s.n <= 4 && s.s[0] >= '0' && s.s[0] <= '9' && (s.n == 1 || s.s[0] != '0') && str_i64(s, ret) &&
	       *ret >= lo && *ret <= hi;
}

/* Reads a desc; gives where the counter stops. Every part of it is checked: it may come from anywhere. */
static bool desc_read(struct str desc, int64_t *size, int64_t *stop)
{
	ptrdiff_t colon = str_find(desc, STR(": "));
	struct str rest, piece;
	int64_t turn;
	int turns = 0;

	if (colon < 0 || str_ends(desc, STR(" ")) || !plain_number(str_sub(desc, 0, (size_t)colon), 2, LARGEST, size))
		return false;
	rest = str_from(desc, (size_t)colon + 2);
	if (!str_split(&rest, ' ', &piece) || !plain_number(piece, 0, *size - 1, stop))
		return false;
	while (str_split(&rest, ' ', &piece)) {
		if (++turns > TURNS || !piece.n || (piece.s[0] != '+' && piece.s[0] != '-') ||
		    !plain_number(str_from(piece, 1), 1, *size - 1, &turn))
			return false;
		*stop += piece.s[0] == '+' ? turn : *size - turn;
	}
	*stop %= *size; /* 60 turns of at most 1000: no overflow */
	return turns > 0;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	int64_t size, stop, said;

	if (!desc_read(desc, &size, &stop))
		return rule_bad_task(why, "the desc is no counter with turns");
	/* liberal in notation: text_int knows LaTeX, quotes, full-width digits, thousands separators */
	if (!text_int(answer, &said))
		return rule_unreadable(why, "no number could be read");
	/* strict in meaning: the counter shows 0 to size - 1 */
	if (said < 0 || said >= size)
		return rule_wrong(why, "the counter shows 0 to %d only", (int)size - 1);
	if (said != stop)
		return rule_wrong(why, "the counter does not stop at %d", (int)said);
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_blank = { "blank", 1, judge, NULL };
