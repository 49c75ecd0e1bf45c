/*
 * trace.h - what makes a right answer's text unfit to learn from.
 *
 *	struct buf room = BUF_INIT;
 *	bool fit = !trace_loops(response, &room) && !trace_tells(response, extracted, prompt, &room);
 *
 * A text loops when a block of words stands three times or more in immediate succession: blocks of 4 to 256 words with at
 * least three different ones among them, together 24 words or more; any other block ("( ( (", "no no no") only when the
 * repetition is 128 words long. Words end at blanks; a Chinese, Japanese or Korean character is a word. Steps that repeat
 * a form with other numbers, or a list said again after each change, do not loop.
 *
 * A text tells its answer when the first third of its bytes holds
 * - the answer behind words that hand it in: "<answer>", "\boxed{", "answer": (JSON), "answer is", "answer:", and the same
 *   in Chinese; ended there, so that "42" is not read out of "421". Or
 * - the answer as it stands, between characters that belong to no word, if it is 8 characters or longer, has two
 *   letters or digits, and does not stand in the prompt as well: a short or bracket-only answer is often part of the
 *   puzzle said again, which tells nothing.
 * Both are compared with blanks as one blank and ASCII capitals as small letters.
 *
 * Linear in the text (times 256 for loops). `room` is scratch. Out of memory counts as unfit.
 */
#ifndef QUARRY_DATASETS_TRACE_H
#define QUARRY_DATASETS_TRACE_H

#include "base/buf.h"

bool trace_loops(struct str text, struct buf *room);
bool trace_tells(struct str text, struct str answer, struct str prompt, struct buf *room);

#endif
