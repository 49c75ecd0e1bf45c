/*
 * dyck_language_errors.c - the rule: where is the first error of a sequence of brackets?
 *
 * desc: the sequence, brackets only: "([]{>". The answer is one number: the place, counted from 1, of the first closing
 * bracket that does not close the bracket opened last, or that finds nothing open; one more than the length where only
 * brackets at the end stay open; -1 where all is well.
 */
#include "verifiers/places.h"
#include "verifiers/rule.h"

enum { LENGTH_MAX = 2048 };

/* Kind 1 .. 4 of an opening bracket, -1 .. -4 of a closing one, 0 for any other byte. */
static int bracket(char c)
{
	switch (c) {
	case '(': return 1;
	case '[': return 2;
	case '{': return 3;
	case '<': return 4;
	case ')': return -1;
	case ']': return -2;
	case '}': return -3;
	case '>': return -4;
	default: return 0;
	}
}

/* The place of the first error, as asked for; 0 where the desc is no sequence of brackets. */
static int first_error(struct str desc)
{
	signed char open[LENGTH_MAX]; /* kinds */
	size_t n = 0;
	int found = 0;

	if (desc.n == 0 || desc.n > LENGTH_MAX)
		return 0;
	for (size_t i = 0; i < desc.n; i++) {
		int kind = bracket(desc.s[i]);

		if (!kind)
			return 0;
		if (found) /* what follows is looked at for damage only */
			continue;
		if (kind > 0)
			open[n++] = (signed char)kind;
		else if (n == 0 || open[--n] != -kind)
			found = (int)i + 1;
	}
	return found ? found : n ? (int)desc.n + 1 : -1;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	int due = first_error(desc);
	int64_t said;

	if (!due)
		return rule_bad_task(why, "the desc is no sequence of brackets");
	if (!place_read(answer, &said))
		return rule_unreadable(why, "there is not one whole number in it");
	if (said == due)
		return QUARRY_CORRECT;
	if (said < -1 || said == 0 || said > (int64_t)desc.n + 1)
		return rule_wrong(why, "the sequence has no place %lld", (long long)said);
	if (said == -1)
		return rule_wrong(why, "the sequence has an error");
	return rule_wrong(why, "%lld is not where the first error is", (long long)said);
}

const struct quarry_rule rule_dyck_language_errors = { "dyck_language_errors", 1, judge, NULL, .seeks_mistake = true };
