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

struct trace {
	bool wrong[THOUGHTS_MAX + 1]; /* by number, from 1 */
	int thoughts;
};

/* 1 .. 4 for a bracket that opens, -1 .. -4 for the one that closes it, 0 for any other byte. */
static const signed char code[256] = {
	['('] = 1, ['['] = 2, ['{'] = 3, ['<'] = 4,
	[')'] = -1, [']'] = -2, ['}'] = -3, ['>'] = -4,
};

static int code_of(char c)
{
	return code[(unsigned char)c];
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
		if (code_of(stated.s[i]) != -code_of(stack[n - 1 - i]))
			return false;
	return true;
}

/* A stated stack: brackets, or "-" alone; then a blank or the end. */
static bool next_stated(struct str *rest, struct str *stated)
{
	size_t n = 0;

	while (n < rest->n && code_of(rest->s[n]))
		n++;
	if (n == 0 && rest->n && rest->s[0] == '-')
		n = 1;
	if (n == 0 || n > STATED_MAX || (n < rest->n && rest->s[n] != ' '))
		return false;
	*stated = str_sub(*rest, 0, n);
	*rest = str_from(*rest, n + 1);
	return true;
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

		if (code_of(c) > 0)
			stack[n++] = c;
		else if (!code_of(c) || n == 0 || code_of(stack[--n]) != -code_of(c))
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

const struct quarry_rule rule_dyck_language_reasoning_errors = { "dyck_language_reasoning_errors", 1, judge, NULL, .seeks_mistake = true };
