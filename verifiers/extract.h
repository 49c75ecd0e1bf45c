/*
 * extract.h - find the answer in a response, and say how one is to be handed in.
 *
 * One extractor for all tasks. What stands before the last </think>, or in a thought that never closes, is no answer.
 * Then the asked format, then tags, boxed, JSON, fence, line, bare reply; within one kind the last wins.
 */
#ifndef QUARRY_VERIFIERS_EXTRACT_H
#define QUARRY_VERIFIERS_EXTRACT_H

#include "base/str.h"
#include "verifiers/verify.h"

struct extract {
	bool found;                /* an answer was handed in, in whatever format (a bare reply counts) */
	bool broken;               /* a wrapper was found whose content cannot be an answer: the mark is unreadable */
	enum quarry_format format; /* how it came; QUARRY_ANY for a bare reply */
	struct str answer;         /* its text: inside the response, or in `room` when JSON escapes had to be undone */
	struct str raw;            /* its text inside the response */
	int seen;                  /* different answers handed in, all formats, at most 99 */
	char room[1 << 16];
};

void extract_answer(struct extract *x, struct str response, const struct quarry_options *o);

/* The answer as it is asked for: "<answer>42</answer>", "\boxed{42}", ... into room; the length, 0 when it does not fit. */
size_t answer_wrap(enum quarry_format format, struct str answer, char *room, size_t cap);

#endif
