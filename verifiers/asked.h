/*
 * asked.h - a rule that is asked about one answer, after one reading of it and another. Private to verify.c and compose.c.
 *
 *	struct asked a = { .rule = rule, .desc = desc };
 *
 *	mark = ask(&a, answer);
 *	mark = ask_again(&a, mark, &answer, undress(answer, mark == QUARRY_UNREADABLE));
 */
#ifndef QUARRY_VERIFIERS_ASKED_H
#define QUARRY_VERIFIERS_ASKED_H

#include "verifiers/rule.h"

extern const struct quarry_rule rule_stored_answer; /* other collections', judged to the letter as these have it */

struct asked {
	const struct quarry_rule *rule;
	struct str desc;
	bool part; /* of an answer to several puzzles: what strikes it out, or takes its first paragraph back, is a part of it */
	struct why why;
	bool back; /* a reading was right, and said of itself that it is not meant, or was struck out: no other counts */
};

/* Is a right answer one that may be taken back by what is said of it? */
bool asked_may_renounce(const struct asked *a);

enum quarry_mark ask(struct asked *a, struct str answer);

/*
 * The verdict on another reading, text, where those before it found no right answer: it stands if it is right, or if it can be read and they could
 * not. Then the text is *answer. One as long as *answer is the same reading.
 */
enum quarry_mark ask_again(struct asked *a, enum quarry_mark mark, struct str *answer, struct str text);

#endif
