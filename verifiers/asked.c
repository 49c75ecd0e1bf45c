/* asked.c - a rule, and what an answer says of itself; see asked.h. */
#include "verifiers/asked.h"
#include "verifiers/compose.h"
#include "verifiers/extract.h"

bool asked_may_renounce(const struct asked *a)
{
	return a->rule != &rule_stored_answer && !a->rule->seeks_mistake && !(a->rule->in_parts && compose_seeks_mistake(a->desc));
}

/* The first of several paragraphs of a part; empty: it is one. */
static struct str first_paragraph(const struct asked *a, struct str answer)
{
	ptrdiff_t end = a->part ? str_find(answer, STR("\n\n")) : -1;

	return str_sub(answer, 0, end < 0 ? 0 : (size_t)end);
}

/* Is a part struck out, whatever stands around it, or its first paragraph? */
static bool part_struck(struct str answer, struct str first)
{
	if (str_chr(answer, '<') < 0 && str_chr(answer, '~') < 0 && str_chr(answer, '\xE2') < 0) /* a tag, ~~, a cross */
		return false;
	return struck_out(answer) || struck_out(undress(answer, true)) || (first.n && struck_out(first));
}

static enum quarry_mark ask_of(struct asked *a, struct why *why, struct str answer)
{
	enum quarry_mark mark = a->rule->judge(why, a->desc, answer);
	struct str left, first = first_paragraph(a, answer);
	struct why unused;

	if (a->part && mark != QUARRY_BAD_TASK && part_struck(answer, first)) {
		a->back = true;
		return rule_unreadable(why, "the answer is struck out");
	}
	if (mark != QUARRY_CORRECT || !asked_may_renounce(a) || !(taken_back(answer, &left) || (first.n && taken_back(first, &left))) || !left.n)
		return mark;
	a->back = a->rule->judge(&unused, a->desc, left) == QUARRY_CORRECT;
	return a->back ? rule_unreadable(why, "the answer is taken back") : mark;
}

enum quarry_mark ask(struct asked *a, struct str answer)
{
	return ask_of(a, &a->why, answer);
}

enum quarry_mark ask_again(struct asked *a, enum quarry_mark mark, struct str *answer, struct str text)
{
	enum quarry_mark again;
	struct why other;

	if (a->back || (mark != QUARRY_UNREADABLE && mark != QUARRY_WRONG) || !text.n || text.n == answer->n)
		return mark;
	other.text[0] = 0;
	again = ask_of(a, &other, text);
	if (!a->back && (again == QUARRY_UNREADABLE || (again != QUARRY_CORRECT && mark == QUARRY_WRONG)))
		return mark;
	a->why = other;
	*answer = text;
	return again;
}
