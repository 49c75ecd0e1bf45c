/* tok_impl.h - a loaded tokenizer, as tok.c (which fills it) and tok_encode.c (which runs it) see it. */
#ifndef QUARRY_ENGINE_TOK_IMPL_H
#define QUARRY_ENGINE_TOK_IMPL_H

#include "base/buf.h"
#include "engine/tok.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
	TOK_STEPS = 16,         /* pre-tokenizer steps at most */
	TOK_FORMS = 8,          /* normaliser steps at most */
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

/* One step of the normaliser. Offsets are into pool. */
struct form {
	enum { FORM_C, FORM_PREPEND, FORM_REPLACE } how;
	uint32_t what, what_len; /* replaced */
	uint32_t with, with_len; /* put there, or in front */
};

/* Where normalised texts are kept: steps write to the two in turn. */
struct form_room {
	struct buf text[2], mask[2];
};

enum split_how { SPLIT_ISOLATED, SPLIT_REMOVED, SPLIT_CONTIGUOUS, SPLIT_PREVIOUS, SPLIT_NEXT };

/* One step of the pre-tokenizer: spell the blanks of each piece, then cut it by a regular expression. */
struct split {
	pcre2_code *re; /* NULL: no cut */
	enum split_how how;
	bool invert; /* what does not match is the delimiter */
	enum { PREFIX_NEVER, PREFIX_FIRST, PREFIX_ALWAYS } prefix; /* first: only the piece that the text begins with */
	uint32_t blank, blank_len; /* in pool: what each space becomes, and the prefix; length 0: it stays a space */
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
	int32_t unknown;   /* stands for what has no token, -1: nothing does */
	bool fuse_unknown; /* one for a run of them */
	bool byte_level;   /* words are bytes spelt in the alphabet below; else characters, and bytes where those have no token */
	bool byte_fallback;
	bool ignore_merges; /* a word that is a token whole is taken whole */

	struct form form[TOK_FORMS];
	int forms;
	struct form shown; /* decoding: replaced in every token's name; what_len 0: nothing is */
	bool byte_names;   /* decoding: <0x0A> stands for a byte */
	int strip;         /* decoding: blanks at the start of a text that go */
	struct split step[TOK_STEPS];
	int steps;
	struct added *added;
	size_t nadded;
	struct trie raw, normal; /* looked for before and after normalisation */
	pcre2_code *word_char;   /* one \w, for single_word tokens; NULL where there are none */
	struct tok_ids begin;
};

/* text (with its mask) as the normaliser makes it, in room if it changes. A byte of it is masked in if what it came from was. */
int tok_form(const struct tok *t, struct form_room *room, struct str *text, const char **mask, struct err *err);
void form_room_release(struct form_room *room);
/* s with every what replaced, its mask likewise; mask may be NULL. */
void form_replace(struct buf *out, struct buf *out_mask, struct str s, const char *mask, struct str what, struct str with);

/* The byte-level alphabet: how a vocabulary spells each byte, as a code point. */
uint32_t alphabet_of(unsigned char byte);
int alphabet_byte(uint32_t cp); /* -1: not a letter of it */

int32_t vocab_find(const struct tok *t, struct str name); /* -1: none */
const struct pair *pair_find(const struct tok *t, int32_t left, int32_t right); /* NULL: they do not merge */
uint32_t trie_step(const struct trie *t, uint32_t node, unsigned char byte); /* 0: no way on */

static inline struct str pool_str(const struct tok *t, uint32_t at, uint32_t n)
{
	return (struct str){ t->pool.s + at, n };
}

static inline struct str token_name(const struct tok *t, int32_t id)
{
	return pool_str(t, t->token[id].name, t->token[id].name_len);
}

#endif
