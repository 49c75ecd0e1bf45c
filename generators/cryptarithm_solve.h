/*
 * cryptarithm_solve.h - a letter equation as its generator and its solver see it. Private to generators/cryptarithm*.c.
 *
 *	if (crypt_read(&c, desc) && crypt_count(&c, 2, digit) == 1)
 *		crypt_reason(&c, &r, NULL, NULL);	// what a patient person has to do
 */
#ifndef QUARRY_GENERATORS_CRYPTARITHM_SOLVE_H
#define QUARRY_GENERATORS_CRYPTARITHM_SOLVE_H

#include "base/buf.h"

enum {
	CRYPT_WORDS = 12,   /* the result included */
	CRYPT_LETTERS = 10,
	CRYPT_LEN = 17,     /* letters of a word, and of all factors of a product: values and their sums fit 64 bits */
};

struct crypt {
	int n; /* words; the last one is the result */
	int len[CRYPT_WORDS];
	signed char at[CRYPT_WORDS][CRYPT_LEN]; /* at[w][0] is the letter of word w that counts ones */
	char op[CRYPT_WORDS];                   /* before word w; '+' before the first, '=' before the result */
	int letters;
	char name[CRYPT_LETTERS]; /* letters are numbered as they first occur */
	bool lead[CRYPT_LETTERS]; /* begins a word of two or more */
	int columns;              /* of the longest word */
	bool product;             /* there is a * */
};

bool crypt_read(struct crypt *c, struct str desc);

/* Up to `most` solutions are counted, among what forced steps leave; the first one's digits by letter. */
int crypt_count(const struct crypt *c, int most, signed char digit[CRYPT_LETTERS]);

/* Exact: left side minus result. */
int64_t crypt_off(const struct crypt *c, const signed char digit[CRYPT_LETTERS]);
int64_t crypt_value(const struct crypt *c, int word, const signed char digit[CRYPT_LETTERS]);

struct crypt_effort {
	int depth;  /* longest chain of steps, each from what the last one found */
	int branch; /* values tried where nothing was forced, over the whole search */
	int steps;  /* steps that found something, those of tries included */
	bool sizes, tails, last_digit; /* used: how large a side can be; last digits of products; the one letter left for a digit */
	bool solved; /* else it gave up: after CRYPT_TRIES */
};

enum { CRYPT_TRIES = 1000 };

/*
 * What forced steps alone leave: the digits of each letter (bit d), the carry into each column. False: nothing, so that there is no
 * solution. With products the carries mean nothing.
 */
struct crypt_left {
	uint16_t set[CRYPT_LETTERS];
	signed char lo[CRYPT_LEN + 2], hi[CRYPT_LEN + 2];
};

bool crypt_force(const struct crypt *c, struct crypt_left *left);

/*
 * Solve by forced steps, and by trying where there are none, until every other value is refuted; with at most `tries` tries.
 * steps: told up to the solution (whose digits must then be given), or NULL.
 */
void crypt_reason(const struct crypt *c, int tries, struct crypt_effort *e, struct buf *steps, const signed char *solution);

#endif
