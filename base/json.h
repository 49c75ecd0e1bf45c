/*
 * json.h - JSON as slices of the text it came in: strict, nothing allocated, integers kept whole.
 *
 *	struct json row, v;
 *	if (!json_parse(&row, line, &err))		// RFC 8259, all of it, depth <= 64, valid UTF-8
 *		return ERR_FAIL;
 *	if (json_get(row, "seed", &v) && json_u64(v, &seed))
 *		...
 *	for (struct json_iter it = json_iter(row); json_next(&it, &key, &v);)	// key is JSON text: see json_key_is
 *		...
 *
 * A struct json that json_parse gave is well formed, so the getters below only fail on kind or range.
 * The writer adds to a buf and knows by its last byte whether a comma is due:
 *
 *	json_open(&b, '{'); json_key(&b, "n"); json_add_i64(&b, 8); json_close(&b, '}');
 *
 * It is canonical: no blanks, UTF-8 unescaped (bad bytes become U+FFFD), shortest doubles with ".0".
 */
#ifndef QUARRY_BASE_JSON_H
#define QUARRY_BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"

enum json_kind {
	JSON_NONE, /* no value: json_get found nothing */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_INT,   /* digits only, with or without a minus; may still not fit 64 bits */
	JSON_FLOAT, /* has a point or an exponent */
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json {
	enum json_kind kind;
	struct str raw; /* its own text, without blanks around */
};

struct json_iter {
	struct str rest;
	bool object;
};

/* The whole text is one value (blanks around it are fine); false sets err to what and where (byte offset). */
bool json_parse(struct json *v, struct str text, struct err *err);
/*
 * The same for what another's program wrote: if text is no JSON, halves of surrogate pairs among its escapes (\ud800), as Python writes
 * text that is none, become \ufffd in place, and it is parsed again.
 */
bool json_parse_mended(struct json *v, struct buf *text, struct err *err);
/* The value that text begins with (leading blanks skipped); *used is where it ends. No message: for hostile text. */
bool json_parse_head(struct json *v, struct str text, size_t *used);
/* Is text one string, but that control characters and backslashes that begin no escape may stand in it as they are? */
bool json_loose(struct str text);

struct json_iter json_iter(struct json v); /* over an array or object; anything else is empty */
/* The next member or element. key may be NULL for arrays; it is the key's JSON text, quotes included. */
bool json_next(struct json_iter *it, struct str *key, struct json *v);
bool json_key_is(struct str key, const char *name); /* unescapes where it must */
bool json_get(struct json obj, const char *name, struct json *ret); /* the first member of that name; else JSON_NONE */
/* The same for n names, which end in NUL, in one walk: ret[i] is the first member named name[i]. Gives the number of a name that is there twice, else n. */
size_t json_get_all(struct json obj, const struct str *name, size_t n, struct json *ret);
/*
 * What v holds if it is JSON in a string, as tables keep objects, parsed as by json_parse_mended: its text goes into room, which outlives it;
 * text that is no JSON gives JSON_NONE. Else v.
 */
struct json json_unwrap(struct json v, struct buf *room);
size_t json_count(struct json v); /* members or elements */

bool json_bool(struct json v, bool *ret);
bool json_i64(struct json v, int64_t *ret);
bool json_u64(struct json v, uint64_t *ret);
bool json_f64(struct json v, double *ret); /* any number */
/*
 * A string's text. json_str adds it to a buf; json_text borrows one without escapes, whatever its length, and else writes at most cap
 * bytes, false if it does not fit.
 */
bool json_str(struct json v, struct buf *out);
bool json_text(struct json v, char *room, size_t cap, struct str *ret);
/* A string as a C string in a room of cap bytes; false where it is none, does not fit or holds a NUL. */
bool json_z(struct json v, char *z, size_t cap);
/* Borrow it when it holds no escape, else false. */
bool json_plain(struct json v, struct str *ret);
bool json_is(struct json v, const char *text); /* a string equal to text */

void json_open(struct buf *b, char bracket);  /* '{' or '[' */
void json_close(struct buf *b, char bracket); /* '}' or ']' */
void json_key(struct buf *b, const char *name);
void json_key_str(struct buf *b, struct str name);
void json_add_str(struct buf *b, struct str s);
void json_add_z(struct buf *b, const char *z);
void json_add_i64(struct buf *b, int64_t v);
void json_add_u64(struct buf *b, uint64_t v);
void json_add_f64(struct buf *b, double v); /* not finite: null */
void json_add_bool(struct buf *b, bool v);
void json_add_null(struct buf *b);
void json_add_raw(struct buf *b, struct str json); /* text that is JSON already */

#endif
