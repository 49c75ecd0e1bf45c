/*
 * rule.h - what one task's rule is, for the files in verifiers/.
 *
 * A rule judges an answer from the desc alone:
 *
 *	static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
 *	{
 *		if (!board_read(&b, desc))
 *			return rule_bad_task(why, "the desc has no board");
 *		if (!grid_read(&g, answer))
 *			return rule_unreadable(why, "no 4 x 4 board could be read");
 *		...
 *			return rule_wrong(why, "row %d holds two %d", y + 1, v);
 *		return QUARRY_CORRECT;
 *	}
 *
 *	const struct quarry_rule rule_sudoku = { "sudoku", 1, judge };
 *
 * No allocation, no state, stack below 64 KiB, time linear in the answer (which is any bytes, at most ANSWER_MAX).
 * A desc is as hostile as an answer: never trusted for sizes; damage there is QUARRY_BAD_TASK.
 */
#ifndef QUARRY_VERIFIERS_RULE_H
#define QUARRY_VERIFIERS_RULE_H

#include "base/str.h"
#include "verifiers/verify.h"

enum {
	ANSWER_MAX = 1 << 16, /* bytes of an answer that a rule is ever given; a longer one is unreadable */
	DESC_MAX = 1 << 16,   /* bytes of a desc */
};

struct why {
	char text[160]; /* one sentence without the final stop */
};

struct quarry_rule {
	const char *name;
	int revision; /* goes up when a verdict could change */
	enum quarry_mark (*judge)(struct why *why, struct str desc, struct str answer);
	const char *alias;  /* another name in use elsewhere, or NULL */
	bool seeks_mistake; /* "step 3 is wrong" is an answer, or a part of one, and takes none back */
	bool in_parts;      /* an answer holds several, which may be handed in one by one: parts.h */
};

enum quarry_mark rule_wrong(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
enum quarry_mark rule_unreadable(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
enum quarry_mark rule_bad_task(struct why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
