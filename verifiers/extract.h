/*
 * extract.h - find the answer in a response, and say how one is to be handed in.
 *
 *	extract_answer(&x, response, &options);
 *	if (x.found && !x.broken)
 *		mark = judge(why, desc, x.answer);
 *
 * One extractor for all tasks. It allocates nothing and is linear, whatever the bytes.
 *
 * What stands before the last </think>, or in a thought that never closes, is no answer; nor is anything where the
 * template opened the thought and it never closed. Then the asked format is looked for first, then tags, boxed, JSON, fence,
 * line, a sentence ("... so the answer is 42."), the bare reply. But an answer of whatever kind behind words that take back the one before it ("Wait, I
 * made a mistake.") goes first, and what comes behind a fence, which may hold mere code, is read where the rule cannot read the fence. Within one kind the last whole one wins:
 *
 * - <final_answer> is <answer>, as are <Answer> and < answer >.
 * - A wrapper that is cut (<answer>42, \boxed{42, {"answer": 42, a fence never closed) is none. If there is no other answer,
 *   x.broken is set: a cut number must not pass for a number.
 * - A wrapper that holds nothing, "...", "your answer", or the "and" of "between <answer> and </answer>" is the prompt's echo: it
 *   never stands in the way of another. Alone it sets x.broken; but alone and "" in quotes it is an answer, the empty text.
 * - Boxes: of one in another the inner one. JSON: the outermost object with a member "answer" (also "Answer", "ANSWER", "final_answer", U+7B54
 *   U+6848), well-formed but for line ends in its strings and backslashes of LaTeX that were not doubled, in a fence or not; of equal members the last. A fence that holds such an object is no
 *   block. Fences: ``` and ~~~ with or without a language word, and ```42``` on one line.
 * - Lines: "Answer: 42", "**Final answer:** 42", "The answer: 42", U+7B54 U+6848 U+FF1A ... at a line's start. Where the line holds no
 *   more ("Answer:", "The answer is as follows:", "The final answers are:"), or is a heading ("## Final Answer"), the lines below it up to a blank one, behind a title of their own
 *   ("The grid:" and a blank line), and behind a blank line too if it parts "House 1" from "House 2", or one row of a board from the next (then what
 *   stands before the first blank line is another reading); where the first item of a list stands in it ("1. cat", "- cat"), the items right below it; where a list begins in it and it
 *   ends in a bracket or comma, or a LaTeX array that it does not end, the lines up to the list's or array's end, without which it is cut; and where the first
 *   row of a board stands in it, the lines right below it that are rows of that board: as many cells, parted alike, each a number or one
 *   character. Two such rows with bars, labels or a comma between them, or three of whatever kind that are not all the same, are a board;
 *   else the label's line alone is the answer, and two such rows are another reading of it, and so are lines of words:
 *   of these the first must not be right and the other a wrong answer, but for a remark. Prose below a board is no part of it. Boards are sought behind the first 500 labels.
 * - A label that is denied is none: "I don't think the answer is 42", "a wrong answer: 42". Where nothing else is found, there is no answer then. The
 *   first 500 are looked at so.
 * - Sentences end at their stop. They and the bare reply are nobody's format: x.format is QUARRY_ANY.
 * - Solutions: where nothing of all this is found and the reply is not bare, lines that begin with "Solution:", "The result:", "Final grid:", "## Solution",
 *   U+89E3 U+FF1A, U+7ED3 U+679C U+FF1A ... are read as sentences are, and so is a last line "The solution is 42". "Ans:" and U+7B54 U+FF1A lead
 *   a bare reply alone. What a rule cannot read there
 *   only mentioned a solution, and is no answer. "Solution:" before a bare reply or what stands in a wrapper is taken off.
 * - The last line: where nothing of all this is found, one that tells it in other words ("The answer must be 42", "the answer comes out to 42", "42 is
 *   my final answer"), or ends with it in bold letters ("So there are **42**."), is read as a sentence. Of a bare reply it is another reading, for a rule that finds nothing right in the whole.
 * - A wrapper in a wrapper is taken off too: <answer>The answer is \boxed{42}</answer> holds 42.
 * - A bare reply counts where no wrapper of any kind stands in it, it is at most 4 KiB, and it is no prose: no sentence ends
 *   inside it, no "I" and no two of the small words (the, is, of, ...) stand in it, and of several lines none has more than
 *   16 words. So a board or a list of words is an answer, and thinking aloud or refusing is none. Marks that end a turn
 *   (<|im_end|>, </s>) are dropped first.
 */
#ifndef QUARRY_VERIFIERS_EXTRACT_H
#define QUARRY_VERIFIERS_EXTRACT_H

#include "base/str.h"
#include "verifiers/verify.h"

struct extract {
	bool found;                /* an answer was handed in, in whatever format (a bare reply counts) */
	bool broken;               /* a wrapper was found whose content cannot be an answer: the mark is unreadable */
	bool mixed;                /* two answers differ that are both final: see strict_format */
	int next;                  /* not 0: extract_next() gives another answer, for a rule that cannot read this one */
	bool faint;                /* it is one only if the task's rule can read it: see solutions */
	enum quarry_format format; /* how it came; QUARRY_ANY for a sentence or a bare reply */
	struct str answer;         /* its text: inside the response, or in `room` when escapes had to be undone */
	struct str raw;            /* its text inside the response */
	struct str other;          /* another way to read the response, where the rule finds nothing right in answer; or empty */
	int seen;                  /* different answers handed in, all formats, at most 99; of a flood the first 2,000 count */
	struct str next_text, next_other;
	char room[1 << 16];
};

void extract_answer(struct extract *x, struct str response, const struct quarry_options *o);
/* Only where x->next is set, as long as the response is there. */
void extract_next(struct extract *x);

/*
 * Take the marks of a Markdown quote off an answer that no rule can read with them: each of its lines begins with "> ". False, and nothing
 * is changed, where it is no quote that stands at the start of a line of the response. A > may be the answer itself, so ask the rule first.
 */
bool extract_unquote(struct extract *x, struct str response);

enum { DRESSED_MAX = 4096 }; /* bytes; what is longer is no answer with something around it */

/*
 * An answer without what people put around one and no puzzle asks for: ticks, tags of HTML, "(as computed above)", a reason ("..., because the
 * rows fit"). Where it could not be read with them, arrows and "so" before it go too, and , ; : ! behind it. It may be all of s; ask the rule first,
 * for what stands there may be the answer itself.
 */
struct str undress(struct str s, bool unread);
/* Do lines below an answer only say something about it? */
bool is_remark(struct str s);
/* Take off the reason alone, "42, because 6 * 7 = 42": false where there is none, or where what it says may be another answer. */
bool undress_reason(struct str *s);

/*
 * A board without what says nothing of its cells, into room, DRESSED_MAX bytes; false where there is none of that. Of a Markdown table the head
 * goes, which numbers the columns (one column beside those that name the rows may have any head), the first column, if it numbers the rows, and a
 * last one of right sums; of a board drawn with blanks the numbers above and beside it. Of rows in lines go "Row 1:", "R1 ->", U+7B2C 1 U+884C, marks of
 * code, a tick, what only says the same: "(row 1)", "# row 1", "(5 rows, 5 columns)", "(1 = covered)", "= 10" where a row's numbers, or the places of its
 * 1s, add up to 10; and a print() behind them.
 */
bool undress_table(struct str s, char *room, struct str *ret);

/* The same for a list: its items in lines of their own, without tags of HTML, \item, circled numbers, bullets and numbers. */
bool undress_list(struct str s, char *room, struct str *ret);

/* Is it taken back: struck out in HTML or Markdown, or with a cross behind it? Linear; a text above 4 KiB is none. */
bool struck_out(struct str s);

/*
 * Does s say of what stands in it that it is not meant: "42 (wrong)", "42 or something else", "maybe 42"? *left: the answer without that. Such words
 * may be the answer themselves, so it is taken back only where the rule finds what is left right, too. At most DRESSED_MAX bytes; linear.
 */
bool taken_back(struct str s, struct str *left);

/* Does what stands between two answers say that the first one was a mistake? */
bool corrects(struct str between);

/* Does all that follows an answer in a response say no more than that this was none: "That is not my final answer."? */
bool disowned(struct str behind);

/* "No, it should be 43"; "or 43"; "wait, 43": what is merely offered, or said without a word about it, may be prose. */
enum correction_how { CORRECTION_NAMED, CORRECTION_OFFERED, CORRECTION_BARE };

/* What follows an answer, read line by line for another answer that is named in its place. */
struct correction {
	struct str instead; /* the other one, to the end of its line */
	struct str below;   /* and to the end of all */
	enum correction_how how;
	bool begun;
	struct str behind, rest;
};

/*
 *	struct correction c = correction_begin(behind);
 *	while (corrected(&c))
 *		... c.instead
 *
 * Lines that begin "Correction: 43", "No, it should be 43.", "It could also be 43", "or 43". Ask the rule, for it may be the same once more. Linear.
 */
struct correction correction_begin(struct str behind);
bool corrected(struct correction *c);

/* Does "or" lead up to an answer from another in a wrapper, "\boxed{42} or \boxed{43}"? before: all before it; *other: the other one. */
bool offered_before(struct str before, struct str *other);

/* Does s, which stands behind an answer, say no more than what takes it back: "ruled out"? */
bool takes_back(struct str s);

/* What the reader is shown: all behind the last mark that shuts a thought, up to one that opens another. */
struct str extract_visible(struct str response, bool think_open);

/* The answer as it is asked for: "<answer>42</answer>", "\boxed{42}", ... into room; the length, 0 when it does not fit. */
size_t answer_wrap(enum quarry_format format, struct str answer, char *room, size_t cap);

#endif
