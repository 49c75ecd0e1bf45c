/*
 * chat.h - messages as the tokens a model was trained to see them in.
 *
 *	struct chat c;
 *	if (chat_open(&c, "models/tiny", NULL, tok, &err) < 0 || chat_encode(&c, tok, messages, &ids, &err) < 0)
 *		return ERR_FAIL;
 *
 * Templates are built in, by name. Which one a model wants is seen in its chat_template (chat_template.jinja or
 * tokenizer_config.json); one that we do not know is an error, never a guess. Message text is text: nothing in it
 * becomes a control token.
 */
#ifndef QUARRY_ENGINE_CHAT_H
#define QUARRY_ENGINE_CHAT_H

#include "engine/tok.h"

struct chat_kind;

enum { CHAT_TOKEN = 64 /* bytes of a token's name, with its NUL */ };

struct chat {
	const struct chat_kind *kind;
	char bos[CHAT_TOKEN], eos[CHAT_TOKEN]; /* as tokenizer_config.json names them; "": it does not */
	char system[1024];  /* system text where the messages bring none */
	bool has_system;    /* there is one */
	bool think_open;    /* the response begins inside a thought that the template has opened */
	bool drops_thought; /* earlier answers are shown without their thought */
	bool trims;         /* blanks around contents go */
	bool dated;         /* Llama 3.1: the first turn is the system's and begins with two lines of dates */
	bool document;      /* MiniMax-M1: a token of its own before everything */
	int32_t end;        /* token that ends a turn, to stop at; -1: none */
};

/* name: one of chat_names ("none" is the messages' bare text); NULL: what the model's files say, "none" if nothing. */
int chat_open(struct chat *c, const char *dir, const char *name, const struct tok *t, struct err *err);
/* The same from the template's text, "" if there is none. c is zero, or has its tokens' names. */
int chat_parse(struct chat *c, struct str template, const char *name, const struct tok *t, struct err *err);
const char *chat_name(const struct chat *c);
const char *chat_names(void); /* "chatml, llama3, ..., none", for messages */

/* Add the tokens of [{"role": ..., "content": ...}, ...] to out, and what opens the model's turn: so the last must not be the model's. */
int chat_encode(const struct chat *c, const struct tok *t, struct str messages, struct tok_ids *out, struct err *err);

#endif
