/*
 * word_sorting_mistake.h - words and what was thought while they were sorted, as the desc tells it.
 *
 *	for (struct str rest = p.thoughts; rest.n;) {	// of a puzzle that was read
 *		thought_next(&t, &rest, &p);
 *		thought_signs(out, &p, &t);
 *	}
 */
#ifndef QUARRY_GENERATORS_WORD_SORTING_MISTAKE_H
#define QUARRY_GENERATORS_WORD_SORTING_MISTAKE_H

#include "generators/task.h"

enum { WORDS_MAX = 40, WORD_MAX = 16 };

struct puzzle {
	bool down, merging;
	struct str front; /* "" for none */
	unsigned char rank[26]; /* from 1 */
	struct str word[WORDS_MAX];
	char text[WORDS_MAX][WORD_MAX]; /* of parse(): the words again, filled up with zeros */
	int n;
	struct str thoughts; /* tokens */
	int count;           /* how many */
};

/* A token, read. */
struct thought {
	char kind;                     /* L O F M C R */
	int word[WORDS_MAX], n;        /* the words it names; L: one, C: two */
	bool tied[WORDS_MAX];          /* O: with the word before it */
	int mid;                       /* M: where the second run begins */
	int at, number;                /* L: which letter, from 1, and its number */
	char letter;                   /* L: or '-' */
	bool second;                   /* C: the second comes first */
};

/* Letter `at` (from 0) of word w: '-' where it has ended. */
static inline char letter_of(const struct puzzle *p, int w, int at)
{
	return (size_t)at < p->word[w].n ? p->word[w].s[at] : '-';
}

static inline int number_of(const struct puzzle *p, char c)
{
	return c == '-' ? 0 : p->rank[c - 'a'];
}

/* The token at the head of `rest`, which is not empty, cut off with the blank behind it; false where it is no thought of the puzzle's. */
bool thought_next(struct thought *t, struct str *rest, const struct puzzle *p);
/* In signs: "ant 2 n 14", "(ant art) bat", "(ant) (bat)", "ant/art n 14 r 18 ant", "ant bat". */
void thought_signs(struct buf *out, const struct puzzle *p, const struct thought *t);
void thoughts_fields(struct holes *holes, const struct puzzle *p, enum lang lang);

#endif
