/* foreign_worked.c - see foreign_worked.h. */
#include "cli/foreign_worked.h"

/* The first of these in s, and its length; -1: none. */
static ptrdiff_t first_of(struct str s, const char *const *of, size_t *n)
{
	ptrdiff_t best = -1;

	for (; *of; of++) {
		ptrdiff_t at = str_find(s, str_of(*of));

		if (at < 0 || (best >= 0 && at >= best))
			continue;
		best = at;
		*n = strlen(*of);
	}
	return best;
}

bool story_between(struct str question, const char *const *openings, const char *const *ends, struct str *ret, struct str *behind)
{
	size_t n = 0;
	ptrdiff_t at = first_of(question, openings, &n);

	if (at < 0)
		return false;
	question = str_from(question, (size_t)at + n);
	at = first_of(question, ends, &n);
	if (at < 0)
		return false;
	*ret = str_sub(question, 0, (size_t)at);
	*behind = str_from(question, (size_t)at + n);
	return true;
}
