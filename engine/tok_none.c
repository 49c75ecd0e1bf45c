/* tok_none.c - where PCRE2 was not there at build time: no tokenizer can be read; see tok.h. */
#include "engine/tok.h"

#include <stdlib.h>

static int none(const char *name, struct err *err)
{
	return err_set(err, "%s: quarry was built without PCRE2, which tokenizers need", name);
}

int tok_open(struct tok **ret, const char *path, struct err *err)
{
	(void)ret;
	return none(path, err);
}

int tok_parse(struct tok **ret, struct str json, const char *name, struct err *err)
{
	(void)ret;
	(void)json;
	return none(name, err);
}

int tok_encode(const struct tok *t, const struct tok_part *parts, size_t count, struct tok_ids *out, struct err *err)
{
	(void)t;
	(void)parts;
	(void)count;
	(void)out;
	return none("text", err);
}

/* Nobody can hold a struct tok, so what follows is never called. */

void tok_free(struct tok *t)
{
	(void)t;
}

void tok_ids_release(struct tok_ids *ids)
{
	free(ids->v);
	*ids = (struct tok_ids){ 0 };
}

bool tok_ids_add(struct tok_ids *ids, int32_t id)
{
	(void)ids;
	(void)id;
	return false;
}

int tok_size(const struct tok *t)
{
	(void)t;
	return 0;
}

bool tok_has(const struct tok *t, int32_t id)
{
	(void)t;
	(void)id;
	return false;
}

struct str tok_bytes(const struct tok *t, int32_t id)
{
	(void)t;
	(void)id;
	return STR("");
}

struct str tok_whole(const struct tok *t, struct str text)
{
	(void)t;
	return text;
}

void tok_text(const struct tok *t, struct str text, struct buf *out)
{
	(void)t;
	(void)text;
	(void)out;
}

bool tok_special(const struct tok *t, int32_t id)
{
	(void)t;
	(void)id;
	return false;
}

int32_t tok_find(const struct tok *t, struct str name)
{
	(void)t;
	(void)name;
	return -1;
}

struct tok_ids tok_begin(const struct tok *t)
{
	(void)t;
	return (struct tok_ids){ 0 };
}
