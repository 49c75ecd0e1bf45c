/*
 * dyck_language_reasoning_errors.c - the rule: which thoughts about a stack of brackets are wrong?
 *
 * desc: "([]) ( ([ ( - -": the sequence; for each bracket the stack that was stated after it, bottom first, "-" for none; the stack
 * stated at the end; and where brackets stay open, the closing brackets that were said to be missing. The thoughts are numbered from 1:
 * the first two say that a stack is kept and that it is empty, so that the first bracket's is number 3. Each is
 * judged by itself: wrong where what it states is not so, whatever the thoughts before it said.
 * The answer: the numbers of the wrong ones, each once, in any order; 0, or any word for none, where all are right.
 */
#include "verifiers/places.h"
#include "verifiers/rule.h"

enum {
	LENGTH_MAX = 256,             /* brackets of the sequence */
	STATED_MAX = 256,             /* brackets of a stated stack */
	THOUGHTS_MAX = LENGTH_MAX + 4,
	INTRO = 2,                    /* thoughts before the first bracket */
};

static const char openers[] = "([{<", closers[] = ")]}>";

struct trace {
	bool wrong[THOUGHTS_MAX + 1]; /* by number, from 1 */
	int thoughts;
};

/* A stated stack: brackets, or "-" alone. */
static bool stated_read(struct str s)
{
	if (str_is(s, "-"))
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (!s.s[i] || !strchr("()[]{}<>", s.s[i]))
			return false;
	return s.n > 0 && s.n <= STATED_MAX;
}

static bool is_stack(struct str stated, const char *stack, size_t n)
{
	return n ? str_eq(stated, (struct str){ stack, n }) : str_is(stated, "-");
}

/* What closes the stack, top first. */
static bool is_closing(struct str stated, const char *stack, size_t n)
{
	if (stated.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (stated.s[i] != closers[strchr(openers, stack[n - 1 - i]) - openers])
			return false;
	return true;
}

static bool next_stated(struct str *rest, struct str *stated)
{
	return str_split(rest, ' ', stated) && stated_read(*stated);
}

static bool read_trace(struct trace *t, struct str desc)
{
	struct str rest = desc, sequence, stated;
	char stack[LENGTH_MAX];
	size_t n = 0;

	memset(t, 0, sizeof(*t));
	t->thoughts = INTRO;
	if (!str_split(&rest, ' ', &sequence) || sequence.n == 0 || sequence.n > LENGTH_MAX || desc.s[desc.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < sequence.n; i++) {
		char c = sequence.s[i];
		const char *close = c ? strchr(closers, c) : NULL;

		if (c && strchr(openers, c))
			stack[n++] = c;
		else if (!close || n == 0 || stack[--n] != openers[close - closers])
			return false;
		if (!next_stated(&rest, &stated))
			return false;
		t->wrong[++t->thoughts] = !is_stack(stated, stack, n);
	}
	if (!next_stated(&rest, &stated))
		return false;
	t->wrong[++t->thoughts] = !is_stack(stated, stack, n);
	if (n == 0)
		return rest.n == 0;
	if (!next_stated(&rest, &stated))
		return false;
	t->wrong[++t->thoughts] = !is_closing(stated, stack, n);
	return rest.n == 0;
}

static enum quarry_mark judge_numbers(struct why *why, struct trace *t, const struct places *said)
{
	bool named[THOUGHTS_MAX + 1] = { false };

	if (said->n > THOUGHTS_MAX)
		return rule_wrong(why, "there are only %d thoughts", t->thoughts);
	for (size_t i = 0; i < said->n; i++) {
		int64_t k = said->at[i];

		if (k < 1 || k > t->thoughts)
			return rule_wrong(why, "there is no thought %lld", (long long)k);
		if (named[k])
			return rule_wrong(why, "thought %d comes twice", (int)k);
		if (!t->wrong[k])
			return rule_wrong(why, "thought %d is right", (int)k);
		named[k] = true;
	}
	for (int k = 1; k <= t->thoughts; k++)
		if (t->wrong[k] && !named[k])
			return rule_wrong(why, "thought %d is wrong too", k);
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct places said;
	struct trace t;

	if (!read_trace(&t, desc))
		return rule_bad_task(why, "the desc is no sequence of brackets with its stacks");
	if (!places_read(&said, answer))
		return rule_unreadable(why, "that is no list of numbers");
	if (said.n == 1 && said.at[0] == 0)
		said.n = 0;
	return judge_numbers(why, &t, &said);
}

const struct quarry_rule rule_dyck_language_reasoning_errors = { "dyck_language_reasoning_errors", 1, judge, NULL };
