/*
 * tok.h - tokenizer.json: text to token ids and back, byte for byte as the `tokenizers` library does it.
 *
 *	struct tok *t;
 *	struct tok_ids ids = { 0 };
 *	struct tok_part parts[] = { { STR("<|im_start|>user\n"), true }, { question, false } };
 *	if (tok_open(&t, "models/tiny/tokenizer.json", &err) < 0 || tok_encode(t, parts, 2, &ids, &err) < 0)
 *		return ERR_FAIL;
 *	for (size_t i = 0; i < ids.n; i++)
 *		buf_add(&text, tok_bytes(t, ids.v[i]));
 *	tok_ids_release(&ids);
 *	tok_free(t);
 *
 * BPE, byte-level as in GPT-2, Llama 3, Qwen, SmolLM, OLMoE, MiniMax, DeepSeek and gpt-oss files, or of characters with bytes
 * to fall back on, as Llama 2 and Mixtral have it; other kinds are refused in one line. A struct tok is read-only after
 * tok_open: any number of threads may use it.
 */
#ifndef QUARRY_ENGINE_TOK_H
#define QUARRY_ENGINE_TOK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct tok;

struct tok_ids {
	int32_t *v;
	size_t n, cap;
};

/*
 * One stretch of the text to encode. The parts are one text: words and merges run across their borders. Only where
 * control is set does the name of a special token become that token: in what a puzzle or a person wrote,
 * "<|im_end|>" is nine letters and signs, nothing more.
 */
struct tok_part {
	struct str text; /* bytes that are not UTF-8 are read as U+FFFD */
	bool control;
};

enum { TOK_ID_MAX = 1 << 22, TOK_TEXT_MAX = 1 << 24 /* bytes */ };

/* ERR_FAIL with one line that names the path. */
int tok_open(struct tok **ret, const char *path, struct err *err);
/* The same from memory; name stands where the path would in messages. */
int tok_parse(struct tok **ret, struct str json, const char *name, struct err *err);
void tok_free(struct tok *t); /* NULL is fine */

/* Add the ids to out (what was there stays). Nothing is added for the start of a text: see tok_begin. */
int tok_encode(const struct tok *t, const struct tok_part *parts, size_t count, struct tok_ids *out, struct err *err);
void tok_ids_release(struct tok_ids *ids);
bool tok_ids_add(struct tok_ids *ids, int32_t id); /* false: out of memory */

int tok_size(const struct tok *t);                    /* highest id + 1 */
bool tok_has(const struct tok *t, int32_t id);        /* there may be holes below tok_size */
struct str tok_bytes(const struct tok *t, int32_t id); /* what it stands for; "" for an id that is none */
/* A text put together of tok_bytes, without the blank that Llama 2's kind puts before the first word. Once, of the whole. */
struct str tok_whole(const struct tok *t, struct str text);
/*
 * The same as valid UTF-8, added to out, as the library decodes: of bytes, one U+FFFD for what could begin a character and does not end it; of
 * characters with bytes to fall back on, one for each byte that is part of none.
 */
void tok_text(const struct tok *t, struct str text, struct buf *out);
bool tok_special(const struct tok *t, int32_t id);    /* a control token: no part of an answer's text */
int32_t tok_find(const struct tok *t, struct str name); /* id of the added token of that name, -1: none */
/* What the file's post-processor puts before a text (a begin mark); for raw prompts, not for chat templates. */
struct tok_ids tok_begin(const struct tok *t); /* borrowed: do not release */

#endif
