/*
 * audit.h - can the answers of a task be had without solving it?
 *
 *	struct audit_report r;
 *	audit_group(&r, rows, train, test, threads);	// the first `train` rows are learned from, the rest are predicted
 *	if (r.best > guess + 0.02)
 *		...						// a shortcut: r.score[] says which
 *
 * Every way is fitted on the training rows alone: an answer that is always given, the first, last, longest or commonest
 * thing in the prompt that could be an answer, a line of the prompt handed back, and two logistic regressions: one that
 * reads the answer off a bag of words with counts and positions, and one that points at a place in the prompt.
 */
#ifndef QUARRY_CLI_AUDIT_H
#define QUARRY_CLI_AUDIT_H

#include "base/str.h"
#include "verifiers/verify.h"

#include <stdint.h>

struct audit_row {
	struct str prompt, answer;
	struct str desc;                /* with rule: predictions are judged by it, */
	const struct quarry_rule *rule; /* without one they are compared with the answer, ASCII case and blanks around it apart */
};

enum audit_way { AUDIT_CONSTANT, AUDIT_FIRST, AUDIT_LAST, AUDIT_LONGEST, AUDIT_COMMONEST, AUDIT_COPY, AUDIT_WORDS, AUDIT_POINT, AUDIT_WAYS };

struct audit_report {
	size_t train, test;
	double score[AUDIT_WAYS]; /* share of test rows that this way gets right; -1: it does not apply */
	char how[AUDIT_WAYS][48]; /* what it said, or what it looked at */
	enum audit_way best;
};

void audit_group(struct audit_report *r, const struct audit_row *row, size_t train, size_t test, int threads);
const char *audit_way_name(enum audit_way way);

/* ---- between audit.c and audit_learn.c ---- */

bool audit_right(const struct audit_row *row, struct str answer);

/* Words, numbers and signs of a text in order; at most `cap`. */
size_t audit_tokens(struct str text, struct str *token, size_t cap);

/* Things in a prompt that were an answer to some training row. */
struct vocabulary {
	uint64_t *hash;           /* sorted, each once */
	uint8_t *some;            /* a bit for each value of the hashes' VOCABULARY_BITS highest bits: most phrases are refused by it */
	size_t n, least, longest; /* bytes of the shortest and the longest */
};

struct candidate {
	struct str text;
	int first, last, count; /* tokens before its first and last place; how often it stands there */
};

enum { CANDIDATES = 64, TOKENS = 2048, VOCABULARY_BITS = 21 };

size_t audit_candidates(const struct vocabulary *v, struct str prompt, struct candidate *c);

/* Share of the test rows that each regression gets right; -1 where it does not apply. */
double audit_learn_words(const struct audit_row *row, size_t train, size_t test, char how[48], int threads);
double audit_learn_point(const struct audit_row *row, size_t train, size_t test, const struct vocabulary *v, char how[48]);

#endif
