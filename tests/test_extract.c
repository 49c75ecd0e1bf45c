/* test_extract.c - what counts as the answer in a response: order of formats, thoughts, damage, floods. */
#include "tests/check.h"
#include "tests/hostile.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"

#include <time.h>

#define ZH_ANSWER "\xE7\xAD\x94\xE6\xA1\x88"         /* U+7B54 U+6848 */
#define ZH_FINAL "\xE6\x9C\x80\xE7\xBB\x88"          /* U+6700 U+7EC8 */
#define ZH_COLON "\xEF\xBC\x9A"                      /* U+FF1A */
#define ZH_STOP "\xE3\x80\x82"                       /* U+3002 */
#define KIMI(x) "\xE2\x97\x81" x "\xE2\x96\xB7"      /* U+25C1 x U+25B7 */

enum { ANY = QUARRY_ANY, TAGS, BOXED, JSON, FENCE, LINE, OPEN = 16, STRICT = 32 };
enum { NONE = -1, BROKEN = -2 };

static const struct {
	int ask;          /* format, and OPEN where the template opened the thought */
	const char *said;
	int came;         /* format, NONE or BROKEN */
	const char *answer;
	int seen;
} cases[] = {
	/* tags */
	{ ANY, "<answer>42</answer>", TAGS, "42", 1 },
	{ TAGS, "so <ANSWER> 42 </Answer>.", TAGS, " 42 ", 1 },
	{ TAGS, "< answer >42</ answer >", TAGS, "42", 1 },
	{ TAGS, "<answer>1</answer> no, <answer>2</answer>", TAGS, "2", 2 },
	{ TAGS, "<answer>1</answer> and <answer> 1</answer>", TAGS, " 1", 1 },
	{ TAGS, "<answer>1</answer> Let me redo: <answer>2", TAGS, "1", 1 },
	{ TAGS, "<answer><answer>3</answer></answer>", TAGS, "3", 1 },
	{ TAGS, "<answer>unfinished <answer>4</answer>", TAGS, "4", 1 },
	{ TAGS, "<answer>42", BROKEN, NULL, 0 },
	{ TAGS, "42</answer>", ANY, "42</answer>", 1 },
	{ TAGS, "<answer></answer>", BROKEN, NULL, 0 },
	{ TAGS, "<answer>...</answer>", BROKEN, NULL, 0 },
	{ TAGS, "<answer>7</answer> as asked in <answer>...</answer>", TAGS, "7", 1 },
	{ TAGS, "<answer>7</answer> as asked in <answer></answer>", TAGS, "7", 1 },
	{ TAGS, "<answer>\"\"</answer>", TAGS, "", 1 },
	{ JSON, "<answer> '' </answer>", TAGS, "", 1 },
	{ TAGS, "<answer>\xE2\x80\x9C\xE2\x80\x9D</answer>", TAGS, "", 1 },
	{ TAGS, "<answer>\"</answer>", TAGS, "\"", 1 },
	{ TAGS, "<answer>\"\"</answer> or rather <answer>", BROKEN, NULL, 0 },
	{ TAGS, "<answer>7</answer> as asked in <answer>\"\"</answer>", TAGS, "7", 1 },
	{ TAGS, "\\boxed{7}, not <answer>\"\"</answer>", BOXED, "7", 1 },
	{ TAGS, "<answer>\"\"</answer> <answer>7</answer>", TAGS, "7", 1 },
	{ TAGS, "<answer>\"\"</answer> <answer>...</answer>", TAGS, "", 1 },
	{ TAGS, "<answer>7</answer>, put between <answer> and </answer>", TAGS, "7", 1 },
	{ TAGS, "<answer>7</answer>, put between `<answer>` and `</answer>`", TAGS, "7", 1 },
	{ TAGS, "<answer>7</answer> (format: <answer>[your answer]</answer>)", TAGS, "7", 1 },
	{ TAGS, "<answerer>7</answerer>", ANY, "<answerer>7</answerer>", 1 },
	{ TAGS, "<answer>\n1 2\n3 4\n</answer>", TAGS, "\n1 2\n3 4\n", 1 },
	{ TAGS, "<answer>The answer is \\boxed{42}.</answer>", TAGS, "42", 2 },
	{ TAGS, "<answer>The answer is 42.</answer>", TAGS, "42", 2 },
	{ TAGS, "<answer>Answer: 42</answer>", TAGS, "42", 2 },
	{ TAGS, "<answer>\n```\n1 2\n```\n</answer>", TAGS, "1 2\n", 1 },
	{ TAGS, "<answer>{\"answer\": \"4\\u0032\"}</answer>", TAGS, "42", 2 },
	{ TAGS, "<answer>answer\napple\nbanana</answer>", TAGS, "answer\napple\nbanana", 1 },

	/* boxes */
	{ BOXED, "\\boxed{42}", BOXED, "42", 1 },
	{ BOXED, "$$\\boxed {42}$$ and \\fbox{43}", BOXED, "43", 2 },
	{ BOXED, "\\boxed{\\frac{8}{3-\\frac{8}{3}}}", BOXED, "\\frac{8}{3-\\frac{8}{3}}", 1 },
	{ BOXED, "\\boxed{\\text{yes, no}}", BOXED, "yes, no", 1 },
	{ BOXED, "\\boxed{\\{1, 2\\}}", BOXED, "{1, 2}", 1 },
	{ BOXED, "\\boxed{\\boxed{42}}", BOXED, "42", 1 },
	{ BOXED, "\\boxed{x = \\boxed{42}, so}", BOXED, "42", 1 },
	{ BOXED, "\\boxed{\\boxed{\\boxed{4{2}}", BOXED, "4{2}", 1 },
	{ BOXED, "\\boxed{1} then \\boxed{2", BOXED, "1", 1 },
	{ BOXED, "\\boxed{1 then \\boxed{2}", BOXED, "2", 1 },
	{ BOXED, "\\boxed{42", BROKEN, NULL, 0 },
	{ BOXED, "\\boxed{}", BROKEN, NULL, 0 },
	{ BOXED, "\\boxed{\"\"}", BOXED, "", 1 },
	{ BOXED, "\\boxed{42} in \\boxed{}", BOXED, "42", 1 },
	{ BOXED, "\\boxed{] } )}", BOXED, "] } )", 1 },
	{ BOXED, "$\\boxed{} ]}$.", BOXED, "} ]", 1 },
	{ BOXED, "\\boxed{] \\} )}", BOXED, "] } )", 1 },
	{ BOXED, "\\boxed{(1+2)*3}}", BOXED, "(1+2)*3", 1 },
	{ BOXED, "} } { \\boxed{5} { {", BOXED, "5", 1 },
	{ BOXED, "\\\\boxed{42}", BOXED, "42", 1 },
	{ BOXED, "1 \\\\ \\boxed{4\\\\2}", BOXED, "4\\\\2", 1 },
	{ BOXED, "\\boxed 42", ANY, "\\boxed 42", 1 },

	/* JSON */
	{ JSON, "{\"answer\": 42}", JSON, "42", 1 },
	{ JSON, "{\"answer\": -1.5e3}", JSON, "-1.5e3", 1 },
	{ JSON, "{\"answer\": true}", JSON, "true", 1 },
	{ JSON, "{\"answer\": null}", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\": \"\"}", JSON, "", 1 },
	{ JSON, "{\"answer\": \"a\\n\\\"b\\\"\\u4e2d\"}", JSON, "a\n\"b\"\xE4\xB8\xAD", 1 },
	{ JSON, "{\"answer\": [[1, 2], [3, 4]]}", JSON, "[[1, 2], [3, 4]]", 1 },
	{ JSON, "{\"answer\": {\"x\": 1}}", JSON, "{\"x\": 1}", 1 },
	{ JSON, "{\"steps\": [{\"answer\": 1}, \"}\"], \"answer\": 2, \"sure\": true}", JSON, "2", 1 },
	{ JSON, "{\"answer\": 5, \"check\": {\"answer\": 6}}", JSON, "5", 1 },
	{ JSON, "{\"answer\": 5, \"answer\": 6}", JSON, "6", 1 },
	{ JSON, "{\"final_answer\": 5, \"answer\": 6, \"Answer\": 7}", JSON, "6", 1 },
	{ JSON, "{\"final_answer\": 5}", JSON, "5", 1 },
	{ JSON, "{\"" ZH_ANSWER "\": 5}", JSON, "5", 1 },
	{ JSON, "{\"answer\": 1}\n{\"answer\": 2}", JSON, "2", 2 },
	{ JSON, "{\"answer\": 1}\n{\"other\": 2}", JSON, "1", 1 },
	{ JSON, "{\"answer\": 1}\n{\"answer\": 2", JSON, "1", 1 },
	{ JSON, "{\"answer\": 1}\n{\"answer\": \"...\"}", JSON, "1", 1 },
	{ JSON, "{\"answer\": 42", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\": [1}}", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\": 1, \"b\": [2}}", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\": {\"a\": 1]}", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\" 1}", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\": }", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\": \"{\\\"answer\\\": \\\"a\\\\nb\\\"}\"}", JSON, "a\nb", 1 },
	{ JSON, "{\"answer\": 042}", BROKEN, NULL, 0 },
	/* models break lines in strings, whatever the standard says, and do not double the backslashes of LaTeX */
	{ JSON, "{\"answer\": \"(6 - 4) \\times 12\"}", JSON, "(6 - 4) \\times 12", 1 },
	{ JSON, "{\"answer\": \"\\frac{1}{2} \\cdot \\\"x\\\" \\\\ \\n3 \\unit\"}", JSON, "\\frac{1}{2} \\cdot \"x\" \\ \n3 \\unit", 1 },
	{ JSON, "{\"answer\": \"1\\t2\\n3\\u0034\"}", JSON, "1\t2\n34", 1 },
	{ JSON, "{\"answer\": \"\\ud800\"}", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\": \"a\nb\"}", JSON, "a\nb", 1 },
	{ JSON, "```json\n{\n  \"reasoning\": \"1. {two}\n2. \\(x\\) four\n\",\n  \"answer\": \"7\"\n}\n```", JSON, "7", 1 },
	{ JSON, "{\"answer\": \"6\"} {\"reasoning\": \"a\nb\", \"answer\": \"7\"}", JSON, "7", 2 },
	{ JSON, "{\"reasoning\": \"a\nb\", \"answer\": \"7\"", BROKEN, NULL, 0 },
	{ JSON, "{\"say \"hm\nthen {\"answer\": \"7\"}", JSON, "7", 1 },
	{ JSON, "{\"answer\": 42,}", BROKEN, NULL, 0 },
	{ JSON, "{\"answer\": \"\\ud800\"}", BROKEN, NULL, 0 },
	{ JSON, "```json\n{\"answer\": 42}\n```", JSON, "42", 1 },
	{ JSON, "so {x, {\"a\"} and } it is {\n  \"answer\" : 42\n}.", JSON, "42", 1 },
	{ JSON, "He said {\"not closed: {\"answer\": 3} fine", JSON, "3", 1 },
	{ JSON, "The set {\"a\", \"b\"} gives {\"answer\": 3}", JSON, "3", 1 },
	{ JSON, "[{\"answer\": 3}]", JSON, "3", 1 },
	{ JSON, "{\"answer\": \"The result is \\\\boxed{9}\"}", JSON, "9", 2 },
	{ ANY, "{\"result\": 3}", ANY, "{\"result\": 3}", 1 },

	/* fences */
	{ FENCE, "```\n42\n```", FENCE, "42\n", 1 },
	{ FENCE, "text\n```python\n[1, 2]\n```\ntext", FENCE, "[1, 2]\n", 1 },
	{ FENCE, "~~~\n42\n~~~", FENCE, "42\n", 1 },
	{ FENCE, "````\n```\n42\n```\n````", FENCE, "42\n", 1 },
	{ FENCE, "```\n1\n```\n```\n2\n```", FENCE, "2\n", 2 },
	{ FENCE, "```\n1\n```\nand\n```\n2", FENCE, "1\n", 1 },
	{ FENCE, "```\n42", BROKEN, NULL, 0 },
	{ FENCE, "```\n```", BROKEN, NULL, 0 },
	{ FENCE, "```42```", FENCE, "42", 1 },
	{ FENCE, "```42\n```", FENCE, "42", 1 },
	{ FENCE, "```\n1 2\n3 4```", FENCE, "1 2\n3 4", 1 },
	{ FENCE, "  ```\r\n  42\r\n  ```\r\n", FENCE, "  42\r\n", 1 },
	{ FENCE, "```\n~~~\n```", FENCE, "~~~\n", 1 },
	{ FENCE, "Use ```x``` here and ```y``` there", ANY, "Use ```x``` here and ```y``` there", 1 },

	/* lines */
	{ LINE, "Answer: 42", LINE, "42", 1 },
	{ LINE, "blah.\nanswer: 42\nblah.", LINE, "42", 1 },
	{ LINE, "**Answer:** 42", LINE, "42", 1 },
	{ LINE, "**Answer**: 42", LINE, "42", 1 },
	{ LINE, "**Answer: 42**", LINE, "42", 1 },
	{ LINE, "**Final Answer:** **42**", LINE, "**42**", 1 },
	{ LINE, "### Final answer: 42", LINE, "42", 1 },
	{ LINE, "So, the final answer: 42", LINE, "42", 1 },
	{ LINE, "> Answer = 42", LINE, "42", 1 },
	{ LINE, "Answers: 4, 2", LINE, "4, 2", 1 },
	{ LINE, "Answer: 1\nAnswer: 2", LINE, "2", 2 },
	{ LINE, "Answer: 1\nAnswer: ...", LINE, "1", 1 },
	{ LINE, "Answer: 1\nAnswer:", LINE, "1", 1 },
	{ LINE, ZH_ANSWER ZH_COLON "42", LINE, "42", 1 },
	{ LINE, "**" ZH_FINAL ZH_ANSWER ZH_COLON "**42", LINE, "42", 1 },
	{ LINE, ZH_ANSWER ZH_COLON "**42**", LINE, "42", 1 },
	{ LINE, "## Final Answer\n\n1 2\n3 4\n\nGood.", LINE, "1 2\n3 4", 1 },
	{ LINE, "Answer:\n1 2\n3 4", LINE, "1 2\n3 4", 1 },
	{ LINE, "**Answer:**\n42", LINE, "42", 1 },
	{ LINE, "Answer: [\n[1, 2],\n\n[3, 4]\n]. So be it.\nGood.", LINE, "[\n[1, 2],\n\n[3, 4]\n]", 1 },
	{ LINE, "**Answer:** ((1, 2),\n(3, 4))\nGood.", LINE, "((1, 2),\n(3, 4))", 1 },
	{ LINE, "Answer: [1, 2]\n[3, 4]", LINE, "[1, 2]", 1 },
	{ LINE, "Answer: [1, 2],\n[3, 4]\nGood.", LINE, "[1, 2],\n[3, 4]", 1 },
	{ LINE, "Answer: [1, 2]\n[3, 4]\n[5, 6]", LINE, "[1, 2]\n[3, 4]\n[5, 6]", 1 },
	{ LINE, "Answer: 1 2\n3 4\n5 6\nGood.", LINE, "1 2\n3 4\n5 6", 1 },
	{ LINE, "Answer: 1 2\r\n3 4\r\n5 6\r\n", LINE, "1 2\r\n3 4\r\n5 6", 1 },
	{ LINE, "**Answer: 1 2\n3 4\n5 6**", LINE, "1 2\n3 4\n5 6", 1 },
	{ LINE, "Answer: 1 2\n3 4\n5 6.\n7 8", LINE, "1 2\n3 4\n5 6.\n7 8", 1 },
	{ LINE, "Answer: 1 2\n3 4\n5 6.", LINE, "1 2\n3 4\n5 6", 1 },
	{ LINE, "Answer: 12\n34\n56" ZH_STOP, LINE, "12\n34\n56", 1 },
	{ LINE, "Answer: ..X\n.X.\nX..\n", LINE, "..X\n.X.\nX..", 1 },
	{ LINE, "Answer: . X .\nX . X\n. X .\nSo it goes.", LINE, ". X .\nX . X\n. X .", 1 },
	{ LINE, "Answer: | 1 | 2 |\n|---|---|\n| 3 | 4 |\nGood | Bad\n", LINE, "| 1 | 2 |\n|---|---|\n| 3 | 4 |", 1 },
	{ LINE, "Answer: Row 1: 1 2\nRow 2: 3 4\nRows differ.", LINE, "Row 1: 1 2\nRow 2: 3 4", 1 },
	{ LINE, "Answer: +---+---+\n| 1 | 2 |\n+---+---+\n\nGood.", LINE, "| 1 | 2 |\n+---+---+", 1 },
	{ LINE, "The answer is: 1 2\n3 4\n5 6\n\nThe rest is clear.", ANY, "1 2\n3 4\n5 6", 1 },
	{ LINE, "Answer: 1 2\n3 4\n5 6\nAnswer: 1 2\n3 4\n5 7", LINE, "1 2\n3 4\n5 7", 2 },
	{ LINE, "Answer: $$\\begin{array}{cc}\n1 & 2 \\\\\n3 & 4\n\\end{array}$$\nGood.", LINE, "\\begin{array}{cc}\n1 & 2 \\\\\n3 & 4\n\\end{array}$$", 1 },
	{ LINE, "Answer: \\begin{array}{cc}\n1 & 2", BROKEN, NULL, 0 },
	{ LINE, "Answer: np.array([[1, 2],\n[3, 4]])\nGood.", LINE, "np.array([[1, 2],\n[3, 4]])", 1 },
	/* one line, and no board below it */
	{ LINE, "Answer: 1 2\n3 4", LINE, "1 2", 1 },
	{ LINE, "Answer: 1 2\n1 2\n1 2", LINE, "1 2", 1 },
	{ LINE, "Answer: 42\n42\n42", LINE, "42", 1 },
	{ LINE, "Answer: 42\n43", LINE, "42", 1 },
	{ LINE, "Answer: 1 2\n\n3 4\n5 6", LINE, "1 2", 1 },
	{ LINE, "Answer: 1 2\n3 4 5\n6 7", LINE, "1 2", 1 },
	{ LINE, "Answer: 1 2\n3, 4\n5 6", LINE, "1 2", 1 },
	{ LINE, "Answer: 1 2.\n3 4\n5 6", LINE, "1 2.", 1 },
	{ LINE, "Answer: `1 2`\n3 4\n5 6", LINE, "`1 2`", 1 },
	{ LINE, "Answer: A, B\nC is false.\nD is.", LINE, "A, B", 1 },
	{ LINE, "Answer: yes, no\nyes, so\nno, yes", LINE, "yes, no", 1 },
	{ LINE, "Answer: 6 * 4\n= 2 4\n= 2 4", LINE, "6 * 4", 1 },
	{ LINE, "Answer: not 1 2\n3 4\n5 6", LINE, "not 1 2", 1 },
	{ LINE, "The answer is . b / a . t. It fits.", ANY, ". b / a . t", 1 },
	{ LINE, "The answer is 42 . It fits.", ANY, "42", 1 },
	{ LINE, "The answer is 42 .", ANY, "42", 1 },
	{ LINE, "```\nAnswer: 123\n```\n---\n", LINE, "123", 2 },
	{ LINE, ZH_ANSWER ZH_COLON "123\n\xE5\x9B\xA0\xE4\xB8\xBA\xE4\xBB\x96\n\xE6\x89\x80\xE4\xBB\xA5\xE4\xBB\x96", LINE, "123", 1 },
	{ LINE, "Answer: [1,\nAnswer: [2,\n3]", LINE, "[2,\n3]", 1 },
	{ LINE, "Answer: [1,\n2", BROKEN, NULL, 0 },
	{ LINE, "Answer: 42 (so\nsays the sum)", LINE, "42 (so", 1 },
	{ LINE, "Answer:\n```\n42\n```", LINE, "42\n", 1 },
	{ LINE, "Final Answer: The final answer is $42$. I hope it is correct.", LINE, "$42$", 1 },
	{ LINE, "Answer:", BROKEN, NULL, 0 },
	{ LINE, "Answer: > >", LINE, "> >", 1 },
	{ LINE, "answer\nbanana\ncherry", ANY, "answer\nbanana\ncherry", 1 },
	{ LINE, "It would answer: nothing", ANY, "nothing", 1 },
	{ LINE, "{\"answer\": 42", BROKEN, NULL, 0 },

	/* sentences and bare replies */
	{ ANY, "So I think the answer is 42.", ANY, "42", 1 },
	{ ANY, "The answer is **42**. I checked it twice.", ANY, "**42**", 1 },
	{ ANY, "The correct answer is: 3.5", ANY, "3.5", 1 },
	{ ANY, "The answer is 1. No, the answer is 2.", ANY, "2", 1 },
	{ ANY, "\xE6\x89\x80\xE4\xBB\xA5" ZH_ANSWER "\xE6\x98\xAF 42" ZH_STOP "OK", ANY, "42", 1 },
	{ ANY, ZH_ANSWER "\xE4\xB8\xBA**42**" ZH_STOP, ANY, "42", 1 },
	{ ANY, "The answer is:\n1 2\n3 4", ANY, "1 2\n3 4", 1 },
	{ ANY, "42", ANY, "42", 1 },
	{ ANY, "  42.\n<|im_end|>\n", ANY, "42.", 1 },
	{ ANY, "42</s>", ANY, "42", 1 },
	{ ANY, "1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1\n", ANY, "1 2 3 4\n3 4 1 2\n2 1 4 3\n4 3 2 1", 1 },
	{ ANY, "123456789\n\n123456789\n123456789\n123456789\n123456789\n123456789\n123456789\n123456789\n123456789", ANY,
	  "123456789\n\n123456789\n123456789\n123456789\n123456789\n123456789\n123456789\n123456789\n123456789", 1 },
	{ ANY, "[[1, 2], [2, 1]]", ANY, "[[1, 2], [2, 1]]", 1 },
	{ ANY, "apple banana cherry date elder fig grape honey iris jam kiwi lemon mango nut olive pear quince rose", ANY,
	  "apple banana cherry date elder fig grape honey iris jam kiwi lemon mango nut olive pear quince rose", 1 },
	{ ANY, "Alice: knight, Bob: liar", ANY, "Alice: knight, Bob: liar", 1 },
	{ ANY, "(8 - 4) * (7 - 1)", ANY, "(8 - 4) * (7 - 1)", 1 },
	{ ANY, "", NONE, NULL, 0 },
	{ ANY, " \n\t ", NONE, NULL, 0 },
	{ ANY, "I cannot say.", NONE, NULL, 0 },
	{ ANY, "I'd rather not.", NONE, NULL, 0 },
	{ ANY, "It is 42. Because six times seven is so.", NONE, NULL, 0 },
	{ ANY, "Six times seven gives forty two. Hence forty two", NONE, NULL, 0 },
	{ ANY, "First take 3 and 4\nthen we get 7 which is the sum of both\n7 * 2 = 14", NONE, NULL, 0 },
	{ ANY, "one two three four five six seven eight nine ten red blue green black white pink gray\n42", NONE, NULL, 0 },
	{ ANY, "\xE6\x88\x91\xE4\xB8\x8D\xE7\x9F\xA5\xE9\x81\x93", NONE, NULL, 0 }, /* I do not know */

	/* the asked format first, then the order */
	{ ANY, "<answer>1</answer> \\boxed{2} {\"answer\": 3}\n```\n4\n```\nAnswer: 5", TAGS, "1", 5 },
	{ BOXED, "<answer>1</answer> \\boxed{2} {\"answer\": 3}\n```\n4\n```\nAnswer: 5", BOXED, "2", 5 },
	{ JSON, "<answer>1</answer> \\boxed{2} {\"answer\": 3}\n```\n4\n```\nAnswer: 5", JSON, "3", 5 },
	{ FENCE, "<answer>1</answer> \\boxed{2} {\"answer\": 3}\n```\n4\n```\nAnswer: 5", FENCE, "4\n", 5 },
	{ LINE, "<answer>1</answer> \\boxed{2} {\"answer\": 3}\n```\n4\n```\nAnswer: 5", LINE, "5", 5 },
	{ TAGS, "\\boxed{2} {\"answer\": 3}\n```\n4\n```\nAnswer: 5", BOXED, "2", 4 },
	{ TAGS, "{\"answer\": 3}\n```\n4\n```\nAnswer: 5", JSON, "3", 3 },
	{ TAGS, "```\n4\n```\nAnswer: 5", FENCE, "4\n", 2 },
	/* a box of numbered parts, one of which is made of brackets */
	{ BOXED, "\\boxed{#1: word #2: } ] )} and {so} on.", BOXED, "#1: word #2: } ] )", 1 },
	{ BOXED, "\\boxed{#1: 42 #2: 7} and \\boxed{#1: 4 #2: } }}", BOXED, "#1: 4 #2: } }", 2 },
	{ TAGS, "The answer is 6.\nAnswer: 5", LINE, "5", 2 },
	/* what corrects an answer goes first, of whatever kind it is */
	{ TAGS, "<answer>1</answer>\n\nWait, I made a mistake. The answer is 2.", ANY, "2", 2 },
	{ ANY, "\\boxed{1}\n\nI have to correct it.\n\nAnswer: 2", LINE, "2", 2 },
	{ ANY, "Answer: 1\n\nWait, that's wrong. Answer: 2", ANY, "2", 2 },
	{ ANY, "\xE7\xAD\x94\xE6\xA1\x88\xEF\xBC\x9A" "1\n\n\xE6\x88\x91\xE7\xAE\x97\xE9\x94\x99\xE4\xBA\x86\xE3\x80\x82\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF" "2", ANY, "2", 2 }, /* suan cuo le */
	{ ANY, "<answer>1</answer>\n\nI awaited more. The answer is 2.", TAGS, "1", 2 },
	{ ANY, "<answer>1</answer>\n\nWait, let me look. The answer is correct.", TAGS, "1", 2 },
	{ ANY, "<answer>1</answer>\n\nThe wrong order gives no answer: 2", TAGS, "1", 2 },
	{ ANY, "<answer>1</answer>\n\nWait, here is the program:\n```\n2\n```", TAGS, "1", 2 },
	{ ANY, "Wait, that's wrong. The answer is 2.\n\nAnswer: 1", LINE, "1", 2 },
	{ TAGS, "<answer>1 Answer: 5", ANY, "5", 1 },
	{ TAGS, "<answer></answer>\nAnswer: 5", LINE, "5", 1 },
	{ BOXED, "\\boxed{} or <answer>2</answer>", TAGS, "2", 1 },

	/* thoughts */
	{ TAGS, "<think><answer>1</answer></think>", NONE, NULL, 0 },
	{ TAGS, "<think><answer>1</answer></think><answer>2</answer>", TAGS, "2", 1 },
	{ TAGS, "<answer>1</answer></think><answer>2</answer>", TAGS, "2", 1 },
	{ TAGS, "<think>a</think><answer>1</answer><think>b</think><answer>2</answer>", TAGS, "2", 1 },
	{ TAGS, "<think>a</think><answer>1</answer><think>b</think>", NONE, NULL, 0 },
	{ TAGS, "<answer>1</answer><think>but <answer>2</answer>", TAGS, "1", 1 },
	{ TAGS, "<think>so <answer>2</answer>", NONE, NULL, 0 },
	{ TAGS, "</think><think><answer>2</answer>", NONE, NULL, 0 },
	{ TAGS | OPEN, "so <answer>1</answer>", NONE, NULL, 0 },
	{ TAGS | OPEN, "so </think><answer>1</answer>", TAGS, "1", 1 },
	{ BOXED | OPEN, "\\boxed{1}", NONE, NULL, 0 },
	{ TAGS | OPEN, "", NONE, NULL, 0 },
	{ TAGS, "<THINK><answer>1</answer></Think>2", ANY, "2", 1 },
	{ TAGS, "[THINK]<answer>1</answer>[/THINK]2", ANY, "2", 1 },
	{ TAGS, "I had to [think] about it. <answer>1</answer>", TAGS, "1", 1 },
	{ TAGS, "<answer>[\"sink\", \"think\"]</answer> comes of [sink] [/think]", TAGS, "[\"sink\", \"think\"]", 1 },
	{ TAGS, "[THINK]<answer>1</answer>[/think]2", NONE, NULL, 0 },
	{ TAGS, KIMI("think") "<answer>1</answer>" KIMI("/think") "2", ANY, "2", 1 },
	{ TAGS, "<seed:think><answer>1</answer></seed:think>2", ANY, "2", 1 },
	{ TAGS, "<|START_THINKING|><answer>1</answer><|END_THINKING|>2", ANY, "2", 1 },
	{ TAGS, "<|channel|>analysis<|message|><answer>1</answer><|end|><|start|>assistant<|channel|>final<|message|>2", ANY, "2", 1 },
	{ TAGS, "<|channel|>analysis<|message|><answer>1</answer>", NONE, NULL, 0 },
	{ TAGS, "<thinking><answer>1</answer></thinking>2", ANY, "2", 1 },
	/* solutions and results, where nothing else is found */
	{ ANY, "The solution is:\n\n1 2\n3 4\n\nEach row of it is right.", ANY, "1 2\n3 4", 1 },
	{ LINE, "I tried it. It went well.\n\n## Solution\n\n42\n\nThat is all. It is so.", ANY, "42", 1 },
	{ ANY, "I tried it. It went well. So there are **42**.", ANY, "42", 1 },
	{ ANY, "I tried it. It went well.\n\n**42**", ANY, "42", 1 },
	{ ANY, "I tried it. It went well. So it is not **42**.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well. So it is **41** or **42**.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well. So **42** it is.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well. So **", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well. So ****.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well.\nThe final result: **42**", ANY, "**42**", 1 },
	{ ANY, "I tried it. It went well.\nThe result is 42.", ANY, "42", 1 },
	{ ANY, "I tried it. It went well.\nResult: 41\nResult: 42\nDone. It is so.", ANY, "42", 2 },
	{ ANY, "I tried it. It went well.\nThe result is 42.\nThen it is 43. So be it.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well.\nOne solution is 42.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well.\nSolution 1: 42\nSolution 2: 43", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well.\nResults: 42", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well.\nIn the solution: 42", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well.\nSolution: 42\nSo the answer is 43.", ANY, "43", 1 },
	{ ANY, "I tried it. It went well.\nAnswer: 43\nSolution: 42", LINE, "43", 1 },
	{ ANY, "\xE6\x88\x91\xE6\x83\xB3\xE3\x80\x82" "\xE5\xA5\xBD\n\xE6\x89\x80\xE4\xBB\xA5\xE7\xBB\x93\xE6\x9E\x9C\xE6\x98\xAF" "42" ZH_STOP, ANY, "42", 1 },
	{ ANY, "<think>Solution: 42", NONE, NULL, 0 },
	{ ANY, "Solution: 42", ANY, "42", 1 },
	{ ANY, "**Solution: 42**", ANY, "42", 1 },
	{ ANY, "**Solution**\n1 2\n\n3 4", ANY, "1 2\n\n3 4", 1 },
	{ ANY, "\xE8\xA7\xA3" ZH_COLON "42", ANY, "42", 1 },
	{ ANY, "solution\nresult\ntable", ANY, "solution\nresult\ntable", 1 },
	{ ANY, "Result:", ANY, "Result:", 1 },
	{ TAGS, "<answer>The solution is: 42</answer>", TAGS, "42", 1 },
	{ TAGS, "<answer>Solution: 1 2\n3 4</answer>", TAGS, "1 2\n3 4", 1 },
	{ TAGS, "<answer>solution, table</answer>", TAGS, "solution, table", 1 },
	{ TAGS, "<answer>the result is near</answer>", TAGS, "the result is near", 1 },
	{ JSON, "{\"answer\": \"Result: 4\\u0032\"}", JSON, "42", 1 },
	{ ANY, "I tried it. It went well.\nThe answer must be 42.", ANY, "42", 1 },
	{ ANY, "I tried it. It went well. The answer, then, is **42**.", ANY, "42", 1 },
	{ ANY, "I tried it. It went well. The answer turns out to be 42", ANY, "42", 1 },
	{ ANY, "I tried it. It went well. The answer must be found.\nI give up.", NONE, NULL, 0 },
	{ ANY, "I tried it. The answer is 42. That is my final answer.", ANY, "42", 1 },
	{ ANY, "I tried it. It went well. Therefore, **42** is the correct answer!", ANY, "42", 1 },
	{ ANY, "I tried it. It went well. This is the answer.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well. is the answer.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well. 42 is an answer.", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well. 42 is right, answer", NONE, NULL, 0 },
	{ ANY, "I tried it. It went well.\nTherefore the result is 42.", ANY, "42", 1 },
	{ ANY, "I tried it. It went well.\nTherefore the answer: 42", LINE, "42", 1 },
	{ ANY, "Answer => 42", LINE, "42", 1 },
	{ ANY, "Ans: 42", ANY, "42", 1 },
	{ ANY, "\xE7\xAD\x94" ZH_COLON "42", ANY, "42", 1 },
	{ ANY, "Answer:\n\nThe rows:\n\n1 2\n3 4\n\nWell.", LINE, "1 2\n3 4", 1 },
	{ ANY, "## Answer\n**The rows:**\n\n1 2\n3 4", LINE, "1 2\n3 4", 1 },
	{ ANY, "Answer:\nThe rows:\n1 2\n3 4", LINE, "The rows:\n1 2\n3 4", 1 },
	{ ANY, "Answer: 1. cat\n2. dog\n3) cow\n4. pig\n\nWell.", LINE, "1. cat\n2. dog\n3) cow\n4. pig", 1 },
	{ ANY, "Answer: - cat\n- dog\nWell.", LINE, "- cat\n- dog", 1 },
	{ ANY, "Answer: 1. cat\n3. dog", LINE, "1. cat", 1 },
	{ ANY, "Answer: cat\n- dog", LINE, "cat", 1 },
	{ ANY, "Answer: <ol>\n<li>cat</li>\n</ol>\n\nWell.", LINE, "<li>cat</li>\n</ol>", 1 },
	{ ANY, "I don't think the answer is 42", NONE, NULL, 0 },
	{ ANY, "I don\xE2\x80\x99t think that the answer is 42", NONE, NULL, 0 },
	{ ANY, "It cannot be that the answer is 42", NONE, NULL, 0 },
	{ ANY, "Nobody knows whether the answer is 42", NONE, NULL, 0 },
	{ ANY, "A wrong answer: 42", NONE, NULL, 0 },
	{ ANY, "Not the answer: 42", NONE, NULL, 0 },
	{ ANY, "\xE6\x88\x91\xE4\xB8\x8D\xE8\xAE\xA4\xE4\xB8\xBA\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF" "42", NONE, NULL, 0 },
	{ ANY, "I don't think the answer is 41. The answer is 42", ANY, "42", 1 },
	{ ANY, "I'm not sure, but I think the answer is 42", ANY, "42", 1 },
	{ ANY, "It is not hard to see that the answer is 42", ANY, "42", 1 },
	{ ANY, "No, the answer is 42", ANY, "42", 1 },
	{ ANY, "You don't need more to know the answer is 42", ANY, "42", 1 },
	{ ANY, "I tried it. Well.\nSome say 42 is the answer.", NONE, NULL, 0 },
	{ TAGS, "</think", ANY, "</think", 1 },
	{ TAGS, "[thin]<answer>1</answer>", TAGS, "1", 1 },
};

static void ask(struct extract *x, int ask, struct str said)
{
	struct quarry_options o = { (enum quarry_format)(ask & 15), ask & OPEN, ask & STRICT };

	memset(x->room, '#', sizeof(x->room));
	extract_answer(x, said, &o);
}

static void test_cases(void)
{
	static struct extract x;

	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t n = strlen(cases[i].said);
		char *said = malloc(n + !n); /* not a byte to spare: the sanitizers watch */

		memcpy(said, cases[i].said, n);
		check_in("asked %d, said \"%s\"", cases[i].ask, cases[i].said);
		ask(&x, cases[i].ask, (struct str){ said, n });
		CHECK_EQ(x.found, cases[i].came >= 0);
		CHECK_EQ(x.broken, cases[i].came == BROKEN);
		if (cases[i].came >= 0 && x.found) {
			CHECK_EQ(x.format, cases[i].came);
			CHECK_STR(x.answer, cases[i].answer);
			CHECK(x.raw.s >= said && x.raw.s + x.raw.n <= said + n);
		}
		CHECK_EQ(x.seen, cases[i].seen);
		free(said);
	}
	check_in("%s", "");
}

/* What is shown as the answer is shorter than what was found where a label was taken off, and only there. */
static void test_raw(void)
{
	static const struct {
		const char *said, *raw;
	} raws[] = {
		{ "{\"answer\": \"bat\"}", "\"bat\"" },
		{ "{\"answer\": \"sink\"}", "\"sink\"" },
		{ "{\"answer\": \"Result: sink\"}", "sink" },
		{ "<answer>sink</answer>", "sink" },
		{ "Result: sink", "sink" },
	};
	static struct extract x;

	for (size_t i = 0; i < COUNT(raws); i++) {
		ask(&x, ANY, str_of(raws[i].said));
		CHECK_STR(x.raw, raws[i].raw);
	}
}

/* Two final answers that differ; asked for in strict format only. */
static void test_mixed(void)
{
	static const struct {
		int ask;
		const char *said;
		bool mixed;
	} said[] = {
		{ TAGS, "<answer>1</answer>", false },
		{ TAGS, "<answer>1</answer> <answer> 1 </answer>", false },
		{ TAGS, "<answer>1</answer> <answer>2</answer>", true },
		{ TAGS, "\\boxed{3} so <answer>1</answer>", true },
		{ TAGS, "\\boxed{3} then \\boxed{1} so <answer>1</answer>", false },
		{ TAGS, "<answer>\\boxed{1}</answer>", false },
		{ TAGS, "<answer>The answer is \\boxed{1}.</answer>", false },
		{ TAGS, "<answer>1</answer> {\"answer\": \"1\"} \\boxed{\\text{1}}\nAnswer: **1**", false },
		{ TAGS, "<answer>1</answer>\nAnswer: 2", true },
		{ TAGS, "```\ncode\n```\n<answer>1</answer>", false },
		{ FENCE, "```\ncode\n```\n```\n1\n```", true },
		{ FENCE, "```\n1\n```\n<answer>1</answer>", false },
		{ FENCE, "```\n1\n```\n<answer>2</answer>", true },
		{ TAGS, "The answer is 2. <answer>1</answer>", false },
	};
	static struct extract x;

	for (size_t i = 0; i < COUNT(said); i++) {
		check_in("%s", said[i].said);
		ask(&x, said[i].ask | STRICT, str_of(said[i].said));
		CHECK(x.found && !x.broken);
		CHECK_EQ(x.mixed, said[i].mixed);
		ask(&x, said[i].ask, str_of(said[i].said));
		CHECK(!x.mixed);
	}
	check_in("%s", "");
}

/* Every cut of a response is read without reading past it, and no cut number passes for one. */
static void test_cuts(void)
{
	static struct extract x;
	struct str whole = STR("<think>a</think> so **{\"answer\": \"x\\n\\u4e2d\", \"b\": [1]}**\n```json\n{\"answer\": 12345}\n```\n"
			       "$$\\boxed{\\text{12345}}$$ ~~~\n" ZH_ANSWER ZH_COLON "12345\n<answer>12345</answer>");

	for (size_t n = 0; n <= whole.n; n++) {
		char *said = malloc(n + !n);

		memcpy(said, whole.s, n);
		check_in("the first %zu bytes", n);
		for (int f = 0; f < QUARRY_FORMATS; f++) {
			ask(&x, f | STRICT, (struct str){ said, n });
			if (x.found && !x.broken)
				CHECK(x.raw.s >= said && x.raw.s + x.raw.n <= said + n);
		}
		ask(&x, TAGS, (struct str){ said, n });
		if (x.found && x.format != QUARRY_ANY && x.format != QUARRY_LINE)
			CHECK(str_find(x.answer, STR("1")) < 0 || str_find(x.answer, STR("12345")) >= 0);
		free(said);
	}
	check_in("%s", "");
}

static void test_long(void)
{
	static struct extract x;
	static char room[8 * ANSWER_MAX];
	static const struct {
		const char *head, *unit, *tail;
		size_t units;
		bool broken;
	} said[] = {
		{ "<answer>", "1", "</answer>", ANSWER_MAX, false },
		{ "<answer>", "1", "</answer>", ANSWER_MAX + 1, true },
		{ "\\boxed{", "1", "}", ANSWER_MAX + 1, true },
		{ "```\n", "1", "\n```", ANSWER_MAX + 1, true },
		{ "Answer: ", "1", "", ANSWER_MAX + 1, true },
		{ "{\"answer\": \"", "1", "\"}", ANSWER_MAX - 2, false },
		{ "{\"answer\": \"", "1", "\"}", ANSWER_MAX + 1, true },
		{ "{\"answer\": \"", "\\n", "1\"}", ANSWER_MAX / 2 - 2, false },
	};

	for (size_t i = 0; i < COUNT(said); i++) {
		size_t unit = strlen(said[i].unit);
		struct str s = hostile_fill(room, strlen(said[i].head) + said[i].units * unit + strlen(said[i].tail),
					    str_of(said[i].head), str_of(said[i].unit), str_of(said[i].tail));

		check_in("%s and %zu times %s", said[i].head, said[i].units, said[i].unit);
		ask(&x, ANY, s);
		CHECK(x.found);
		CHECK_EQ(x.broken, said[i].broken);
		if (!x.broken)
			CHECK(x.answer.n <= ANSWER_MAX);
	}
	check_in("%s", "");
}

/* A bare reply of up to 4 KiB. */
static void test_bare_length(void)
{
	static struct extract x;
	char room[4097];

	memset(room, '7', sizeof(room));
	ask(&x, ANY, (struct str){ room, 4096 });
	CHECK(x.found && x.answer.n == 4096);
	ask(&x, ANY, (struct str){ room, 4097 });
	CHECK(!x.found && !x.broken);
}

static void test_seen(void)
{
	static struct extract x;
	static char room[200000];
	size_t n = 0;

	for (int i = 0; i < 99; i++)
		n += (size_t)snprintf(room + n, sizeof(room) - n, "<answer>%d</answer> ", i % 98);
	ask(&x, ANY, (struct str){ room, n });
	CHECK_EQ(x.seen, 98);
	n += (size_t)snprintf(room + n, sizeof(room) - n, "<answer>a</answer><answer>b</answer><answer>c</answer>");
	ask(&x, ANY, (struct str){ room, n });
	CHECK_EQ(x.seen, 99);
	CHECK_STR(x.answer, "c");
	/* past the flood's limit the last one still stands, and an echo behind it does not matter */
	for (int i = 0; i < 3000; i++)
		n += (size_t)snprintf(room + n, sizeof(room) - n, "<answer>%d</answer>", i);
	n += (size_t)snprintf(room + n, sizeof(room) - n, "<answer>...</answer>");
	ask(&x, ANY, (struct str){ room, n });
	CHECK_STR(x.answer, "2999");
}

static void test_wrap(void)
{
	static const char *const answers[] = {
		"42", "-7", "0", "007", "+5", "-0", "1.50", "12345678901234567890", "T, L, T", "1 2 3 4 / 3 4 1 2", "] } )", "} ]",
		"{1, 2}", "(8 - 4) * (7 - 1)", "say \"hi\"", "a\\b", "1 2\n3 4", "caf\xC3\xA9 \xE4\xB8\xAD", "yes", "> >", "}", "true", "} {", "}a{",
	};
	static struct extract x;
	char room[200];

	for (size_t i = 0; i < COUNT(answers); i++)
		for (int f = QUARRY_ANY; f < QUARRY_FORMATS; f++) {
			size_t n = answer_wrap((enum quarry_format)f, str_of(answers[i]), room, sizeof(room));

			if (f == QUARRY_LINE && strchr(answers[i], '\n'))
				continue; /* a line holds one line */
			check_in("%s as %s", answers[i], quarry_format_name((enum quarry_format)f));
			CHECK(n > 0);
			ask(&x, f, (struct str){ room, n });
			CHECK(x.found && !x.broken);
			CHECK_EQ(x.format, f);
			CHECK_STR(str_trim(x.answer), answers[i]);
			CHECK_EQ(x.seen, 1);
			for (size_t cap = 0; cap < n; cap++)
				CHECK_EQ(answer_wrap((enum quarry_format)f, str_of(answers[i]), room, cap), 0);
		}
	check_in("%s", "");
}

/* Floods end soon. The bound is loose, for sanitizers and busy machines; bench_verify has the figures. */
static void test_floods(void)
{
	static struct extract x;
	char *room = malloc(1000000);

	for (int i = 0; i < HOSTILES; i++)
		for (int f = 0; f < 2; f++) {
			struct timespec a, b;

			hostile_make(i, room, 1000000);
			clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
			ask(&x, f ? TAGS | STRICT : ANY, (struct str){ room, 1000000 });
			clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
			check_in("a megabyte of %s", hostiles[i].name);
			CHECK((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < 500);
			CHECK(x.seen <= 99 && (!x.found || x.raw.s >= room));
		}
	free(room);
	check_in("%s", "");
}

int main(void)
{
	test_cases();
	test_raw();
	test_mixed();
	test_cuts();
	test_long();
	test_bare_length();
	test_seen();
	test_wrap();
	test_floods();
	return check_done();
}
