/* tok_impl.h - a loaded tokenizer, as tok.c (which fills it) and tok_encode.c (which runs it) see it. */
#ifndef QUARRY_ENGINE_TOK_IMPL_H
#define QUARRY_ENGINE_TOK_IMPL_H

#include "base/buf.h"
#include "engine/tok.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	TOK_STEPS = 16,         /* pre-tokenizer steps at most */
	TOK_ADDED_LEN = 1024,   /* bytes of an added token at most: bounds the work at each place of a text */
};

struct token {
	uint32_t name, name_len; /* in pool: as the vocabulary spells it */
	uint32_t text, text_len; /* in pool: the bytes it stands for */
	bool used, special;
};

/* A merge: left and right become id. Lower ranks first. */
struct pair {
	int32_t left, right; /* left -1: an empty slot */
	uint32_t rank;
	int32_t id;
};

/* An added token, found in a text before words are cut. */
struct added {
	int32_t id;
	uint32_t form, form_len; /* in pool: the text it is found by */
	bool special, single_word, lstrip, rstrip, normalized;
};

/* A node is reached from its parent by one byte; nodes live in a hash table, the root is number 0. */
struct trie_slot {
	uint32_t parent, node; /* node 0: an empty slot */
	unsigned char byte;
};

struct trie {
	struct trie_slot *slot;
	size_t cap;       /* a power of two, or 0: no tokens */
	uint32_t nodes;   /* root included */
	int32_t *at;      /* node -> index into added, -1: none */
	unsigned char first[256]; /* not 0: some token begins so */
};

enum split_how { SPLIT_ISOLATED, SPLIT_REMOVED, SPLIT_CONTIGUOUS, SPLIT_PREVIOUS, SPLIT_NEXT };

/* One step of the pre-tokenizer: cut each piece by a regular expression. */
struct split {
	pcre2_code *re; /* NULL: no cut, only the prefix space */
	enum split_how how;
	bool invert;       /* what does not match is the delimiter */
	bool prefix_space; /* first give the piece a space in front, if it begins with none */
};

struct tok {
	struct buf pool; /* all names and texts */
	struct token *token;
	int size; /* highest id + 1 */

	int32_t *vocab; /* hash table of ids by name, -1: empty; names of the model's own vocabulary only */
	size_t vocab_cap;
	struct pair *pair;
	size_t pair_cap;
	int32_t byte[256]; /* id of each byte's token, -1: none */
	bool ignore_merges; /* a word that is a token whole is taken whole */

	bool nfc;
	struct split step[TOK_STEPS];
	int steps;
	struct added *added;
	size_t nadded;
	struct trie raw, normal; /* looked for before and after normalisation */
	pcre2_code *word_char;   /* one \w, for single_word tokens; NULL where there are none */
	struct tok_ids begin;
};

/* The byte-level alphabet: how a vocabulary spells each byte, as a code point. */
uint32_t alphabet_of(unsigned char byte);
int alphabet_byte(uint32_t cp); /* -1: not a letter of it */

int32_t vocab_find(const struct tok *t, struct str name); /* -1: none */
const struct pair *pair_find(const struct tok *t, int32_t left, int32_t right); /* NULL: they do not merge */
uint32_t trie_step(const struct trie *t, uint32_t node, unsigned char byte); /* 0: no way on */

static inline struct str token_name(const struct tok *t, int32_t id)
{
	return (struct str){ t->pool.s + t->token[id].name, t->token[id].name_len };
}

#endif
