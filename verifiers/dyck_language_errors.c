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

static bool opens(char c)
{
	return c == '(' || c == '[' || c == '{' || c == '<';
}

static bool matches(char open, char close)
{
	return (open == '(' && close == ')') || (open == '[' && close == ']') || (open == '{' && close == '}') ||
	       (open == '<' && close == '>');
}

/* The place of the first error, as asked for; 0 where the desc is no sequence of brackets. */
static int first_error(struct str desc)
{
	char open[LENGTH_MAX];
	size_t n = 0;
	int found = 0;

	if (desc.n == 0 || desc.n > LENGTH_MAX)
		return 0;
	for (size_t i = 0; i < desc.n; i++) {
		char c = desc.s[i];

		if (!c || !strchr("()[]{}<>", c))
			return 0;
		if (found) /* what follows is looked at for damage only */
			continue;
		if (opens(c))
			open[n++] = c;
		else if (n == 0 || !matches(open[--n], c))
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

const struct quarry_rule rule_dyck_language_errors = { "dyck_language_errors", 1, judge, NULL };
