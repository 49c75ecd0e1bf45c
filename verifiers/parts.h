/*
 * parts.h - the answers to several puzzles, told apart. For compose.c and verify.c.
 *
 *	struct str part[COMPOSE_PARTS];
 *
 *	if (parts_split(answer, part, n, room, sizeof(room)))
 *		... part[i] answers puzzle #i+1; parts_bare(part[i]) without the comma behind it
 */
#ifndef QUARRY_VERIFIERS_PARTS_H
#define QUARRY_VERIFIERS_PARTS_H

#include "verifiers/extract.h"

enum {
	PARTS_ROOM = 1 << 14,   /* bytes for what had to be written anew */
	PARTS_WITHIN = 1 << 16, /* bytes at the end of a response in which answers that came one by one are looked for */
};

/*
 * The n (2..COMPOSE_PARTS) parts of an answer, each once and in order: behind numbers at the start of lines, behind "#1:", "Puzzle 1:", "(1)" wherever
 * they stand, or in JSON. False: they cannot be told apart, or are not as many. They lie in the answer, or in room.
 */
bool parts_split(struct str answer, struct str *part, int n, char *room, size_t cap);

/* A part without what parts two answers in one line, or in an array of LaTeX's. */
struct str parts_bare(struct str s);

/*
 * An answer that was handed in part by part, "#1: \boxed{42}" and "#2: \boxed{A}" with what led to them, or a section "Puzzle 1" and one "Puzzle 2": as
 * one, "#1: 42 #2: A", in room. x holds what was found in the response, which is the last part's alone, and is then about all of them. False: the response
 * is no such one, x is as it was but for its room, and its answer may lie there.
 */
bool parts_gather(struct extract *x, struct str response, const struct quarry_options *o, char *room, size_t cap, struct str *ret);

#endif
