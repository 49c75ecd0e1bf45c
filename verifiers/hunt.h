/*
 * hunt.h - what the searches for an answer share. Private to extract.c, wrappers.c, lines.c, below.c, solutions.c, rows.c, bare.c, undress.c, undress_board.c, parts.c, taken_back.c and corrected.c.
 *
 * Each search is one forward pass over the visible text (what follows the thought). It offers what it finds; of each kind
 * the last good one stands. A flood of offers costs nothing: the first OFFERS are looked at when they come, of the rest
 * only the last OFFERS_LATE of each kind, at the search's end.
 */
#ifndef QUARRY_VERIFIERS_HUNT_H
#define QUARRY_VERIFIERS_HUNT_H

#include "base/eight.h"
#include "base/sixteen.h"
#include "base/str.h"
#include "verifiers/verify.h"

/* Kinds of find: the formats by their own numbers, and one more. */
enum {
	SENTENCE = QUARRY_FORMATS, /* "... so the answer is 42." */
	KINDS,
};

enum {
	OFFERS = 1000,
	OFFERS_LATE = 16,
	SEEN_MAX = 99,
};

struct find {
	bool have;    /* a good one: text */
	bool broken;  /* one that is cut or damaged */
	bool empty;   /* one that holds nothing, or the prompt's own words */
	bool quotes;  /* such a one was "", a text without a letter; and text is that one unless there is a good one */
	bool many;    /* two good ones that differ */
	struct str text; /* of JSON the value */
	uint64_t hash;   /* of the text as it is compared */
	size_t lates;
	struct str late[OFFERS_LATE]; /* a ring: late[(lates - 1) % OFFERS_LATE] is the newest; never cleared */
};

struct hunt {
	struct str v; /* the visible text */
	int offers, seen;
	int doubts;               /* labels that were looked at for one */
	bool denied;              /* a label was, "I don't think the answer is": what follows is nobody's answer */
	struct str row, rows;     /* the last label's line that was offered without the like lines below it, and with them; rows is empty: none */
	struct find kind[KINDS];
	struct str first;         /* the first good one as it is compared, whose hash is not made before a second one comes; or NULL */
	int first_kind;
	uint64_t hash[SEEN_MAX];  /* of the different answers seen; never cleared */
};

/* A whole wrapper's inside; of a JSON object the answer's value. */
void hunt_offer(struct hunt *h, int kind, struct str text);
void hunt_late(struct hunt *h, int kind);
/* The search for this kind is over. */
static inline void hunt_end(struct hunt *h, int kind)
{
	if (h->kind[kind].lates)
		hunt_late(h, kind);
}

/* Length of the tag at s[i] == '<', <answer> or <final_answer>; *shut: it is one that ends an answer. 0: there is none. */
size_t tag_at(struct str s, size_t i, bool *shut);
/* The same of one that s ends with. */
size_t tag_back(struct str s, bool *shut);
void find_tags(struct hunt *h);
void find_boxes(struct hunt *h);
void find_json(struct hunt *h);
void find_lines(struct hunt *h); /* fences, lines, sentences */
/* Lines that begin "Solution:", "The result is" and so on, as sentences: for texts in which nothing else was found. */
void find_solutions(struct hunt *h);
/* A last line "The answer must be 42" or "42 is the answer", as a sentence: where nothing else was found. */
void find_last(struct hunt *h);
/* What the last line says in bold letters and ends with, "So there are **42**.", as a sentence: where nothing but that was found. led: only behind a word that leads up to it. */
void find_bold(struct hunt *h, bool led);
/* An answer or bare reply without the "Solution:" that it begins with; s itself where it does not. */
struct str behind_solution(struct str s);

/* Is the whole of s a JSON object with an answer in it? */
bool json_object(struct str s);
/* The next place, from i on, where "answer" stands, in either language; s.n: there is none. */
size_t next_answer(struct str s, size_t i);

/* What makes a line the row of a board. */
struct row {
	char between;  /* what parts its cells: | , blanks, or 0 for nothing */
	bool labelled; /* "Row 1: ..." */
	int cells;
};

/* Is the line cells alone: numbers and single characters, or what stands between bars? Then of which shape. */
bool row_read(struct row *r, struct str line);
/* Is the row that was read from this line (trimmed) one of the board that top is of? */
bool row_alike(const struct row *top, const struct row *row, struct str line);
/* How many bytes at its end are a full stop that is no cell. */
size_t row_stop(const struct row *top, const struct row *row, struct str line);
/* Does the line only frame a board or part its rows: |---|---|, +---+? */
bool row_frame(struct str line);

/* Length of the mark that a list's item begins with, the at-th from 1: "- ", "* ", U+2022, "2. ", "2) ", "2、"; 0 for none. The line is trimmed. */
size_t item_bullet(struct str line, int at);

/* What follows an answer in a response, without the marks and the tag that shut its wrapper. */
struct str behind_wrapper(struct str behind);

enum { BARE_MAX = 4096 }; /* bytes of a bare reply */

/* Does the whole reply look like an answer, nothing around it? s is trimmed. */
bool bare_reply(struct str s);

/* Does s hold "answer" at i, whatever its case? i is at most s.n. */
static inline bool answer_word(struct str s, size_t i)
{
	const char *p = s.s + i;

	return s.n - i >= 6 && (p[0] | 0x20) == 'a' && (p[1] | 0x20) == 'n' && (p[2] | 0x20) == 's' && (p[3] | 0x20) == 'w' &&
	       (p[4] | 0x20) == 'e' && (p[5] | 0x20) == 'r';
}

/* Does s hold `word` (lower case) at i, whatever its case? */
static inline bool word_at(struct str s, size_t i, const char *word)
{
	for (; *word; word++, i++)
		if (i >= s.n || to_lower(s.s[i]) != *word)
			return false;
	return true;
}

/* Bytes looked at together: without branches, so that compilers make vector operations of it. */
enum { BLOCK = 64 };

/* Where the byte comes next, from i on; s.n: nowhere. */
static inline size_t next_byte(struct str s, size_t i, char c)
{
	size_t near = i + 3 < s.n ? i + 3 : s.n; /* floods are dense, and a call takes longer than a look around */
	const char *p;

	for (; i < near; i++)
		if (s.s[i] == c)
			return i;
	for (int k = 0; k < 2 && i + 16 <= s.n; k++, i += 16) {
		unsigned m = sixteen_mask(load_sixteen(s.s + i) == (signed char)c);

		if (m)
			return i + (size_t)__builtin_ctz(m);
	}
	p = i < s.n ? memchr(s.s + i, c, s.n - i) : NULL;
	return p ? (size_t)(p - s.s) : s.n;
}

#endif
