/*
 * stored_answer.h - the parts of the rule that holds an answer against a stored one. Private to it.
 *
 *	mark = stored_integer(why, gold, answer);	// QUARRY_BAD_TASK: the gold is none of its kind
 *
 * A kind is asked even where there is no answer, so it looks at the gold first.
 */
#ifndef QUARRY_VERIFIERS_STORED_ANSWER_H
#define QUARRY_VERIFIERS_STORED_ANSWER_H

#include "base/str.h"
#include "verifiers/rule.h"

enum {
	STORED_TEXT = 8192, /* bytes of an answer that is read at all */
	STORED_ITEMS = 128, /* names, words or verdicts of a list */
};

typedef enum quarry_mark stored_fn(struct why *why, struct str gold, struct str answer);

stored_fn stored_integer, stored_decimal, stored_number, stored_step, stored_integers, stored_numbers; /* stored_numbers.c */
stored_fn stored_items, stored_roles;                                                  /* stored_lists.c */
stored_fn stored_claim, stored_yesno, stored_choice;                                   /* stored_words.c */
stored_fn stored_bbeh;                                                                 /* stored_bbeh.c */

/* ---- what they share: stored_words.c ---- */

enum piece { END, WORD, NUMBER, MARK, WIDE };

/* The next piece: a word of ASCII letters (isn't is one), digits, another sign, a character beyond ASCII. Blanks are passed over. */
enum piece stored_piece(struct str *rest, struct str *piece);
/* The answer made plain in room[STORED_TEXT], what stands around it taken off; false: too long. */
bool stored_plain(struct str answer, char *room, struct str *ret);
bool stored_leads(struct str word);  /* "the", "answer", "is": may stand before an answer and says nothing */
bool stored_doubtful(struct str s);  /* does any word deny, hedge or offer another? */
enum quarry_mark stored_differs(struct why *why);

#endif
