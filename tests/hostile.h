/*
 * hostile.h - responses that were made to hurt: floods of marks, nesting, bytes that are no text.
 *
 *	for (int i = 0; i < HOSTILES; i++) {
 *		struct str text = hostile_make(i, room, size);	// fills room, exactly size bytes
 *
 * Each is head, then a unit over and over, then tail. Those whose head is a wrapper are repeated for a rule's own reader too.
 */
#ifndef QUARRY_TESTS_HOSTILE_H
#define QUARRY_TESTS_HOSTILE_H

#include "base/str.h"

#define U(lit) { lit, sizeof(lit) - 1 }

static const struct hostile {
	const char *name;
	struct str head, unit, tail;
} hostiles[] = {
	{ "NULs", U(""), U("\0"), U("") },
	{ "bytes FF", U(""), U("\xFF"), U("") },
	{ "bytes E7", U(""), U("\xE7"), U("") },
	{ "half characters", U(""), U("\xE2\x97"), U("") },
	{ "blanks", U(""), U(" "), U("x") },
	{ "no-break spaces", U(""), U("\xC2\xA0"), U("x") },
	{ "line ends", U(""), U("\n"), U("") },
	{ "digits", U(""), U("7"), U("") },
	{ "words", U(""), U("word "), U("") },
	{ "think", U(""), U("<think>"), U("") },
	{ "/think", U(""), U("</think>"), U("") },
	{ "think pairs", U(""), U("<think></think>"), U("1") },
	{ "<", U(""), U("<"), U("") },
	{ "[", U(""), U("["), U("") },
	{ "[think", U(""), U("[think"), U("") },
	{ "<answer>", U(""), U("<answer>"), U("") },
	{ "</answer>", U("<answer>"), U("</answer>"), U("") },
	{ "<      answer", U(""), U("<        answer"), U("") },
	{ "empty answers", U(""), U("<answer></answer>"), U("") },
	{ "same answers", U(""), U("<answer>1</answer>"), U("") },
	{ "starred answers", U(""), U("<answer>**1**</answer>"), U("") },
	{ "rising answers", U(""), U("<answer>1</answer><answer>2</answer><answer>**$3$**</answer>"), U("") },
	{ "boxed{", U(""), U("\\boxed{"), U("") },
	{ "boxed{ closed", U(""), U("\\boxed{"), U("}}}}}}}}") },
	{ "boxes", U(""), U("\\boxed{1}"), U("") },
	{ "boxes of brackets", U(""), U("\\boxed{}"), U("") },
	{ "nested boxes", U(""), U("\\boxed{\\boxed{\\boxed{\\boxed{}}}}"), U("") },
	{ "box, then }", U("\\boxed{"), U("}"), U("") },
	{ "{", U(""), U("{"), U("") },
	{ "{ }", U(""), U("{ "), U("}") },
	{ "{}", U(""), U("{}"), U("") },
	{ "{\"", U(""), U("{\""), U("") },
	{ "{\"\":", U(""), U("{\"\":"), U("") },
	{ "{\"answer\":", U(""), U("{\"answer\":"), U("") },
	{ "{\"answer\":[", U(""), U("{\"answer\":["), U("") },
	{ "{\"answer\":1}", U(""), U("{\"answer\":1}"), U("") },
	{ "{\"answer\":\"\\n\"}", U(""), U("{\"answer\":\"\\n\"}"), U("") },
	{ "object of braces in strings", U("{\"a\":["), U("\"{\\\"\","), U("") },
	{ "braces in strings", U("{\"a\":["), U("\"{ \","), U("") },
	{ "long object", U("{\"answer\":[0"), U(",1"), U("]}") },
	{ "long string", U("{\"answer\":\""), U("\\u4e2d"), U("\"}") },
	{ "members", U("{\"a\":0"), U(",\"answer\":1"), U("}") },
	{ "objects in objects", U(""), U("{\"a\":{\"a\":{\"answer\":1}}}"), U("") },
	{ "strings cut by lines", U(""), U("{\"a\n"), U("") },
	{ "lines in strings", U(""), U("{\"a\":\"\n\"}"), U("") },
	{ "lines in a string, and braces", U(""), U("{\"a\":\"\n{ \n"), U("") },
	{ "lined answers", U(""), U("{\"b\":\"\n\",\"answer\":1}"), U("") },
	{ "quotes", U("{"), U("\""), U("") },
	{ "backslashes", U("{\"answer\":\""), U("\\"), U("") },
	{ "backticks", U(""), U("`"), U("") },
	{ "fence lines", U(""), U("```\n"), U("") },
	{ "fenced ones", U(""), U("```\n1\n```\n"), U("") },
	{ "fenced objects", U(""), U("```json\n{\"answer\": 1}\n```\n"), U("") },
	{ "one-line fences", U(""), U("```1```\n"), U("") },
	{ "growing fences", U("```\n"), U("~~~\n`````\n"), U("") },
	{ "Answer: lines", U(""), U("Answer: 1\n"), U("") },
	{ "Answer: rows", U(""), U("Answer: 1 2\n3 4\n5 6\n"), U("") },
	{ "Answer: a board", U("Answer: 1 2\n"), U("3 4\n5 6\n"), U("") },
	{ "Solution: lines", U(""), U("Solution: 1 2\nSo my result\n"), U("") },
	{ "Answer: alone", U(""), U("Answer:\n"), U("") },
	{ "Answer: below", U(""), U("Answer:\n\n1\n\n"), U("") },
	{ "answer: in one line", U(""), U("answer: "), U("") },
	{ "the answer is", U(""), U("the answer is "), U("") },
	{ "the the the answer", U(""), U("the final the final the final the final the final answer: "), U("") },
	{ "answeranswer", U(""), U("answer"), U("") },
	{ "answer *", U("answer"), U("* "), U("") },
	{ "zh answer", U(""), U("\xE7\xAD\x94\xE6\xA1\x88"), U("") },
	{ "zh answer lines", U(""), U("\xE7\xAD\x94\xE6\xA1\x88\xEF\xBC\x9A" "1\n"), U("") },
	{ "stops", U(""), U("a. a"), U("") },
	{ "<|", U(""), U("<|"), U("|>") },
	{ "<|im_end|>", U("1"), U("<|im_end|>"), U("") },
};

/* What an answer is filled with, between tags: for the readers of the rules. */
static const struct str hostile_fills[] = {
	U("("), U(")"), U("["), U("[["), U("{"), U("}"), U("()"), U("[1,"), U("1,"), U("1 "), U("1\n"), U("9"), U("-"), U("+"), U("- "),
	U("-1"), U("1+"), U("1*"), U("(1+"), U("1/0+"), U(","), U(", "), U(",\n"), U("\n"), U("\n "), U(" "), U("\xC2\xA0"), U("\xE3\x80\x80"), U("\""), U("'"), U("\"a\","),
	U("\"a"), U("`"), U("*"), U("**"), U("$"), U("$$"), U("_"), U("."), U(". "), U("and "), U(" and"), U(", and "), U("& "), U("\\"), U("\\text{"),
	U("\\boxed{"), U("\\frac{"), U("\\frac{1}{"), U("\\left("), U("\\times "), U("{,}"), U("\\,"), U("\\{"), U("|"), U("|1|2|\n"), U("+---+\n"), U("/"), U("a"), U("ab "),
	U("True "), U("yes, "), U("not "), U("T,"), U("T, L, "), U("<"), U("<<"), U("\0"), U("\xFF"), U("\xEF\xBC\x91"), U("\xEF\xBC\x8C"), U("\xE5\x92\x8C"), U("\xE7\x9C\x9F"),
	U("\xE2\x80\x9C"), U("\xE2\x80\x9D"), U("\xE2\x88\x92"), U("\xC3\x97"), U(":"), U("1: "), U("1. "), U("1) a\n"), U("=24"), U("24="), U("A: "), U("Row 1: "),
};

#undef U

enum {
	HOSTILE_SHAPES = 3,
	HOSTILES = COUNT(hostiles),
	HOSTILE_ANSWERS = HOSTILE_SHAPES * (int)COUNT(hostile_fills),
};

__attribute__((unused)) static struct str hostile_fill(char *room, size_t size, struct str head, struct str unit,
							struct str tail)
{
	size_t end = size - tail.n;

	memcpy(room, head.n ? head.s : "", head.n);
	for (size_t at = head.n; at < end; at += unit.n)
		memcpy(room + at, unit.s, unit.n < end - at ? unit.n : end - at);
	memcpy(room + end, tail.n ? tail.s : "", tail.n);
	return (struct str){ room, size };
}

__attribute__((unused)) static struct str hostile_make(int i, char *room, size_t size)
{
	return hostile_fill(room, size, hostiles[i].head, hostiles[i].unit, hostiles[i].tail);
}

/*
 * An answer between tags: size bytes of the i-th unit alone; as the middle of something else; as what follows a thousand ones.
 * room holds size + 17.
 */
__attribute__((unused)) static struct str hostile_answer(int i, char *room, size_t size)
{
	static const struct str heads[HOSTILE_SHAPES] = { { "<answer>", 8 }, { "<answer>a", 9 }, { "<answer>[1,", 11 } };
	static const struct str tails[HOSTILE_SHAPES] = { { "</answer>", 9 }, { "b</answer>", 10 }, { "2]</answer>", 11 } };
	int shape = i % HOSTILE_SHAPES;
	struct str s = hostile_fill(room, size + 17, heads[shape], hostile_fills[i / HOSTILE_SHAPES], tails[shape]);

	for (size_t at = 10; shape == 2 && at + 1 < size / 2; at += 2)
		memcpy(room + at, ",1", 2);
	return s;
}

#endif
