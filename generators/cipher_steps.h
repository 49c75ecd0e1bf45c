/* cipher_steps.h - the steps of a cipher, as the generator and its solver see them; see cipher.c. */
#ifndef QUARRY_GENERATORS_CIPHER_STEPS_H
#define QUARRY_GENERATORS_CIPHER_STEPS_H

#include "generators/task.h"

enum { CIPHER_LETTERS = 512, CIPHER_STEPS = 8, CIPHER_KEY = 25 };

enum cipher_kind {
	CIPHER_CAESAR, CIPHER_ATBASH, CIPHER_AFFINE, CIPHER_KEYWORD, CIPHER_VIGENERE, CIPHER_BEAUFORT, CIPHER_AUTOKEY,
	CIPHER_CHAIN, CIPHER_XOR, CIPHER_PROGRESS, CIPHER_SQUARE, CIPHER_PLAYFAIR, CIPHER_BIFID, CIPHER_VOWELS, CIPHER_RAIL,
	CIPHER_COLUMNS, CIPHER_SNAKE, CIPHER_SWAP, CIPHER_REVERSE, CIPHER_WORDS, CIPHER_BLOCKS, CIPHER_FLIP, CIPHER_ROTATE,
	CIPHER_JOSEPHUS, CIPHER_KINDS
};

enum cipher_keys { CIPHER_NO_KEY, CIPHER_ANY_KEY, CIPHER_DISTINCT_KEY };

/* What a kind is given: a key of letters, numbers a <= .. <= b (b at most 0: counted from the alphabet's size). */
struct cipher_form {
	const char *name;
	enum cipher_keys key;
	int numbers;
	int lo[2], hi[2];
	int tier;  /* 1 .. 3, easiest first */
	int work;  /* steps of thought for each letter */
};

extern const struct cipher_form cipher_forms[CIPHER_KINDS];

struct cipher_step {
	enum cipher_kind kind;
	int a, b;
	int keys;
	unsigned char key[CIPHER_KEY]; /* numbers of letters */
};

struct cipher {
	bool decrypt;
	int size; /* of the alphabet: 25, 26, 32 */
	int steps;
	struct cipher_step step[CIPHER_STEPS]; /* of the encryption, in order */
	int n;
	unsigned char text[CIPHER_LETTERS]; /* numbers of letters */
	bool gap[CIPHER_LETTERS];           /* a space stands before this letter; never before the first */
};

bool cipher_fits(enum cipher_kind kind, int size); /* does it work on this alphabet? */
int cipher_high(enum cipher_kind kind, int i, int size); /* the largest value of its i-th number */
char cipher_letter(int v, int size);

/* One step on the n letters of c->text, forwards or undone. steps may be NULL; where not, it is told there. */
void cipher_run(struct cipher *c, const struct cipher_step *s, bool undo, struct buf *steps);

/* The step in words, one sentence or a few. */
void cipher_say(struct buf *out, const struct cipher_step *s, int size, enum lang lang);

#endif
