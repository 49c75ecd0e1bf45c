/*
 * web_of_lies.h - the puzzle's text as both sides read it: people, facts and what each of them says.
 *
 *	struct lies l;
 *	if (lies_read(&l, desc))
 *		... l.items[i].speaker says l.items[i].kind about l.items[i].who[] ...
 *
 * A desc is the numbers of the people's names, then facts and statements in the order in which they are told:
 *
 *	12,5,40,7 A+ B:-A C:=AB D:|+A-C
 *
 * The first name is A, the next B, and so on. Claims, each with its people in rising order (those of `?` as they are said):
 *
 *	A+     (no speaker) A is known to tell the truth, A- to lie
 *	+A     A tells the truth          -A     A lies
 *	=AB    both are of one kind       !AB    they are of different kinds
 *	&+A-B  A tells the truth and B lies
 *	|+A-B  A tells the truth or B lies, or both
 *	?+A-B  if A tells the truth then B lies (false only when the first holds and the second does not)
 *	#2ABC  exactly two of them tell the truth; >2ABC at least, <2ABC at most two
 */
#ifndef QUARRY_VERIFIERS_WEB_OF_LIES_H
#define QUARRY_VERIFIERS_WEB_OF_LIES_H

#include "base/str.h"

enum {
	LIES_PEOPLE = 24,
	LIES_ITEMS = 64,
	LIES_NAMES = 60,
	LIES_SCOPE = 5, /* people in one claim */
};

enum lies_kind {
	LIES_FACT, /* who[0] is holds[0]; nobody says it */
	LIES_ONE,
	LIES_SAME,
	LIES_DIFFER,
	LIES_AND,
	LIES_OR,
	LIES_IF,
	LIES_EXACTLY,
	LIES_ATLEAST,
	LIES_ATMOST,
};

struct lies_item {
	uint8_t kind;   /* enum lies_kind */
	int8_t speaker; /* never one of who[]; -1 for a fact */
	uint8_t count;  /* of LIES_EXACTLY and its neighbours */
	uint8_t scope;  /* how many of who[] */
	uint8_t who[LIES_SCOPE];
	bool holds[LIES_SCOPE]; /* FACT, ONE, AND, OR, IF: who[i] is said to tell the truth */
};

struct lies {
	int people; /* 2 .. LIES_PEOPLE */
	uint8_t name[LIES_PEOPLE];
	int items;
	struct lies_item item[LIES_ITEMS];
};

/* Strict: one spelling only. */
bool lies_read(struct lies *l, struct str desc);

/* [0] English, [1] Chinese; one number is one person in both. No name holds a word for yes, no, truth or lie. */
extern const char *const lies_names[2][LIES_NAMES];

#endif
