/*
 * tokens.c - the tokenizer and the chat templates, for tests in other languages. Lines of standard input, one answer each:
 *
 *	tokens TOKENIZER.json plain	JSON strings in, ids out; names of control tokens are text
 *	tokens TOKENIZER.json control	the same, where they are tokens
 *	tokens TOKENIZER.json decode	ids in, what they say as a JSON string out, control tokens included
 *	tokens MODEL_DIR chat [NAME]	lists of messages in, ids out
 *
 * An answer that cannot be given is a line "! why".
 */
#include "base/json.h"
#include "engine/chat.h"

#include <stdio.h>
#include <stdlib.h>

static int said(const char *what)
{
	fprintf(stderr, "tokens: %s\n", what);
	return 2;
}

static void ids_out(const struct tok_ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		printf("%s%d", i ? " " : "", ids->v[i]);
	putchar('\n');
}

static void decode(const struct tok *t, const char *line, struct buf *text)
{
	struct buf said = BUF_INIT, plain = BUF_INIT;
	char *end;

	for (const char *p = line;; p = end) {
		long id = strtol(p, &end, 10);

		if (end == p)
			break;
		buf_add(&said, tok_bytes(t, (int32_t)id));
	}
	tok_text(t, buf_str(&said), &plain);
	json_add_str(text, buf_str(&plain));
	printf("%s\n", buf_z(text));
	buf_release(&said);
	buf_release(&plain);
}

static int answer(const struct tok *t, const struct chat *c, bool control, char *line, struct buf *text, struct tok_ids *ids, struct err *err)
{
	struct json v;

	if (c)
		return chat_encode(c, t, str_of(line), ids, err);
	if (!json_parse(&v, str_of(line), err) || !json_str(v, text))
		return ERR_FAIL;
	return tok_encode(t, &(struct tok_part){ buf_str(text), control }, 1, ids, err);
}

int main(int argc, char **argv)
{
	bool chatting = argc > 2 && strcmp(argv[2], "chat") == 0;
	struct err err = ERR_INIT;
	struct tok_ids ids = { 0 };
	struct buf path = BUF_INIT, text = BUF_INIT;
	struct chat c;
	struct tok *t;
	char *line = NULL;
	size_t room = 0;

	if (argc < 3)
		return said("see the file's first lines");
	buf_addf(&path, chatting ? "%s/tokenizer.json" : "%s", argv[1]);
	if (tok_open(&t, buf_z(&path), &err) < 0 || (chatting && chat_open(&c, argv[1], argc > 3 ? argv[3] : NULL, t, &err) < 0))
		return said(err.msg);
	while (getline(&line, &room, stdin) > 0) {
		ids.n = 0;
		buf_reset(&text);
		if (strcmp(argv[2], "decode") == 0)
			decode(t, line, &text);
		else if (answer(t, chatting ? &c : NULL, strcmp(argv[2], "control") == 0, line, &text, &ids, &err) < 0)
			printf("! %s\n", err.msg);
		else
			ids_out(&ids);
	}
	free(line);
	tok_ids_release(&ids);
	buf_release(&path);
	buf_release(&text);
	tok_free(t);
	return fflush(stdout) ? said("standard output") : 0;
}
