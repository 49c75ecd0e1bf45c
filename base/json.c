/* json.c - strict JSON over borrowed text; see json.h. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>

enum { DEPTH = 64 };

static size_t skip_blank(struct str s, size_t i)
{
	while (i < s.n && (s.s[i] == ' ' || s.s[i] == '\t' || s.s[i] == '\n' || s.s[i] == '\r'))
		i++;
	return i;
}

static int hex4(struct str s, size_t i)
{
	int v = 0;

	if (s.n < i + 4)
		return -1;
	for (size_t k = i; k < i + 4; k++) {
		char c = s.s[k];
		int d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

static bool plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Over bytes of a string that mean themselves, eight at a time. */
static size_t skip_plain(struct str s, size_t i)
{
	const uint64_t ones = UINT64_MAX / 255, tops = ones * 0x80;

	for (uint64_t x, quote, slash; s.n - i >= sizeof(x); i += sizeof(x)) {
		memcpy(&x, s.s + i, sizeof(x));
		quote = x ^ ones * '"';
		slash = x ^ ones * '\\';
		/* a byte above 0x7f, below 0x20, or one of the two */
		if ((x | (x - ones * 0x20) | (quote - ones) | (slash - ones)) & tops)
			break;
	}
	while (i < s.n && plain(s.s[i]))
		i++;
	return i;
}

/* The end of the string that starts at s[i] == '"', or 0 with *why set. Escapes and UTF-8 are checked; loose: control characters and other backslashes may stand. */
static size_t string_end(struct str s, size_t i, bool loose, const char **why)
{
	for (i++; i < s.n;) {
		unsigned char c;

		i = skip_plain(s, i);
		if (i == s.n)
			break;
		c = (unsigned char)s.s[i];
		if (c == '"')
			return i + 1;
		if (c < 0x20 && !loose) {
			*why = "raw control character in a string";
			return 0;
		}
		if (c == '\\') {
			char e = i + 1 < s.n ? s.s[i + 1] : 0;

			if (e == 'u') {
				int u = hex4(s, i + 2);

				if (u < 0 && loose) {
					i += 2;
					continue;
				}
				if (u < 0) {
					*why = "bad \\u escape";
					return 0;
				}
				i += 6;
				if (u >= 0xD800 && u < 0xDC00) {
					int v = i + 1 < s.n && s.s[i] == '\\' && s.s[i + 1] == 'u' ? hex4(s, i + 2) : -1;

					if (v < 0xDC00 || v > 0xDFFF) {
						*why = "half a surrogate pair";
						return 0;
					}
					i += 6;
				} else if (u >= 0xDC00 && u < 0xE000) {
					*why = "half a surrogate pair";
					return 0;
				}
				continue;
			}
			switch (e) {
			case '"':
			case '\\':
			case '/':
			case 'b':
			case 'f':
			case 'n':
			case 'r':
			case 't':
				i += 2;
				continue;
			}
			if (!loose || i + 1 >= s.n) {
				*why = "bad escape";
				return 0;
			}
			i++; /* what follows is looked at by itself */
			continue;
		}
		if (c < 0x80) {
			i++;
		} else {
			uint32_t cp;
			size_t n = utf8_next(str_from(s, i), &cp);

			if (n == 1) {
				*why = "not UTF-8";
				return 0;
			}
			i += n;
		}
	}
	*why = "string without an end";
	return 0;
}

static size_t number_end(struct str s, size_t i, enum json_kind *kind)
{
	size_t from;

#define DIGIT(k) ((k) < s.n && s.s[k] >= '0' && s.s[k] <= '9')
	*kind = JSON_INT;
	if (i < s.n && s.s[i] == '-')
		i++;
	if (!DIGIT(i))
		return 0;
	if (s.s[i] == '0')
		i++;
	else
		while (DIGIT(i))
			i++;
	if (i < s.n && s.s[i] == '.') {
		*kind = JSON_FLOAT;
		for (from = ++i; DIGIT(i);)
			i++;
		if (i == from)
			return 0;
	}
	if (i < s.n && (s.s[i] == 'e' || s.s[i] == 'E')) {
		*kind = JSON_FLOAT;
		i++;
		if (i < s.n && (s.s[i] == '+' || s.s[i] == '-'))
			i++;
		for (from = i; DIGIT(i);)
			i++;
		if (i == from)
			return 0;
	}
#undef DIGIT
	return i;
}

/*
 * Check one value from s[i] (blanks skipped) and give its kind and slice; 0 with *why and *where on a fault.
 * A stack of brackets instead of recursion: hostile nesting costs 64 bytes.
 */
static size_t scan(struct str s, size_t i, struct json *v, const char **why, size_t *where)
{
	char stack[DEPTH];
	int depth = 0;
	size_t start = 0;
	bool begun = false;

	for (;;) {
		enum json_kind kind = JSON_NONE;
		size_t end = 0;

		i = skip_blank(s, i);
		*where = i;
		*why = "a value is missing";
		if (i >= s.n)
			return 0;
		if (!begun)
			start = i;
		switch (s.s[i]) {
		case '{':
		case '[':
			if (depth == DEPTH) {
				*why = "nested too deep";
				return 0;
			}
			kind = s.s[i] == '{' ? JSON_OBJECT : JSON_ARRAY;
			stack[depth++] = s.s[i];
			end = i + 1;
			break;
		case '"':
			kind = JSON_STRING;
			end = string_end(s, i, false, why);
			break;
		case 't':
			kind = JSON_TRUE;
			end = str_starts(str_from(s, i), STR("true")) ? i + 4 : 0;
			break;
		case 'f':
			kind = JSON_FALSE;
			end = str_starts(str_from(s, i), STR("false")) ? i + 5 : 0;
			break;
		case 'n':
			kind = JSON_NULL;
			end = str_starts(str_from(s, i), STR("null")) ? i + 4 : 0;
			break;
		default:
			end = number_end(s, i, &kind);
			break;
		}
		if (!end && (s.s[i] == 'N' || s.s[i] == 'I' || str_starts(str_from(s, i), STR("-I"))))
			*why = "NaN and Infinity are no values";
		if (!end)
			return 0;
		if (!begun) {
			v->kind = kind;
			begun = true;
		}
		i = end;
		if (kind == JSON_OBJECT || kind == JSON_ARRAY) {
			i = skip_blank(s, i);
			if (i < s.n && s.s[i] == (kind == JSON_OBJECT ? '}' : ']')) {
				i++;
				depth--;
			} else if (kind == JSON_OBJECT) {
				goto key;
			} else {
				continue;
			}
		}
		/* a value has ended: close what closes, or go to the next one */
		for (;;) {
			if (depth == 0) {
				v->raw = str_sub(s, start, i);
				return i;
			}
			i = skip_blank(s, i);
			*where = i;
			*why = "a comma or a closing bracket is missing";
			if (i >= s.n)
				return 0;
			if (s.s[i] == (stack[depth - 1] == '{' ? '}' : ']')) {
				i++;
				depth--;
				continue;
			}
			if (s.s[i] != ',')
				return 0;
			i++;
			break;
		}
		if (stack[depth - 1] == '[')
			continue;
key:
		i = skip_blank(s, i);
		*where = i;
		*why = "a key is missing";
		if (i >= s.n || s.s[i] != '"')
			return 0;
		i = string_end(s, i, false, why);
		if (!i)
			return 0;
		i = skip_blank(s, i);
		*where = i;
		*why = "a colon is missing";
		if (i >= s.n || s.s[i] != ':')
			return 0;
		i++;
	}
}

bool json_parse(struct json *v, struct str text, struct err *err)
{
	const char *why = "";
	size_t where = 0, end = scan(text, 0, v, &why, &where);

	if (end) {
		where = skip_blank(text, end);
		if (where == text.n)
			return true;
		why = "more text after the value";
	}
	*v = (struct json){ 0 };
	err_set(err, "not JSON: %s at byte %zu", why, where + 1);
	return false;
}

/* Where escapes stand is known without parsing: a backslash begins one wherever it is none's second byte. */
static bool mend(struct buf *text)
{
	struct str s = buf_str(text);
	bool mended = false;

	for (size_t i = 0; i + 1 < s.n;) {
		ptrdiff_t slash = str_chr(str_from(s, i), '\\');
		int u, low;

		if (slash < 0)
			break;
		i += (size_t)slash;
		u = i + 1 < s.n && s.s[i + 1] == 'u' ? hex4(s, i + 2) : -1;
		low = u >= 0xD800 && u < 0xDC00 && str_starts(str_from(s, i + 6), STR("\\u")) ? hex4(s, i + 8) : -1;
		if (u >= 0xD800 && u < 0xE000 && !(low >= 0xDC00 && low < 0xE000)) {
			memcpy(text->s + i + 2, "fffd", 4);
			mended = true;
			low = -1;
		}
		i += u < 0 ? 2 : low < 0xDC00 ? 6 : 12;
	}
	return mended;
}

bool json_parse_mended(struct json *v, struct buf *text, struct err *err)
{
	return json_parse(v, buf_str(text), err) || (mend(text) && json_parse(v, buf_str(text), err));
}

bool json_parse_head(struct json *v, struct str text, size_t *used)
{
	const char *why = "";
	size_t where = 0, end = scan(text, 0, v, &why, &where);

	*used = end;
	return end > 0;
}

bool json_loose(struct str text)
{
	const char *why;

	return text.n > 1 && text.s[0] == '"' && string_end(text, 0, true, &why) == text.n;
}

/* The closing quote of the well-formed string at s[i]. Quotes are sought; only those behind an odd number of backslashes do not close. */
static size_t string_close(struct str s, size_t i)
{
	for (size_t at = i + 1;; at++) {
		const char *quote = memchr(s.s + at, '"', s.n - at);
		size_t slashes = 0;

		at = (size_t)(quote - s.s);
		while (s.s[at - 1 - slashes] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return at;
	}
}

/* The end of the well-formed value at s[i]. */
static size_t skip_value(struct str s, size_t i)
{
	int depth = 0;

	for (; i < s.n; i++) {
		char c = s.s[i];

		if (c == '"') {
			i = string_close(s, i);
		} else if (c == '{' || c == '[') {
			depth++;
			continue;
		} else if (c == '}' || c == ']') {
			if (depth == 0)
				return i;
			depth--;
		} else if (c == ',' && depth == 0) {
			return i;
		} else {
			continue;
		}
		if (depth == 0 && (c == '"' || c == '}' || c == ']'))
			return i + 1;
	}
	return i;
}

static enum json_kind kind_of(struct str raw)
{
	switch (raw.n ? raw.s[0] : 0) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		for (size_t i = 0; i < raw.n; i++)
			if (raw.s[i] == '.' || raw.s[i] == 'e' || raw.s[i] == 'E')
				return JSON_FLOAT;
		return JSON_INT;
	}
}

struct json_iter json_iter(struct json v)
{
	if (v.kind != JSON_OBJECT && v.kind != JSON_ARRAY)
		return (struct json_iter){ { NULL, 0 }, false };
	return (struct json_iter){ str_sub(v.raw, 1, v.raw.n - 1), v.kind == JSON_OBJECT };
}

bool json_next(struct json_iter *it, struct str *key, struct json *v)
{
	struct str s = it->rest;
	size_t i = skip_blank(s, 0), end;

	if (i < s.n && s.s[i] == ',')
		i = skip_blank(s, i + 1);
	if (i >= s.n)
		return false;
	if (it->object) {
		end = skip_value(s, i);
		if (key)
			*key = str_sub(s, i, end);
		i = skip_blank(s, end) + 1; /* over the colon */
		i = skip_blank(s, i);
	} else if (key) {
		*key = (struct str){ NULL, 0 };
	}
	end = skip_value(s, i);
	v->raw = str_trim(str_sub(s, i, end));
	v->kind = kind_of(v->raw);
	it->rest = str_from(s, end);
	return true;
}

bool json_key_is(struct str key, const char *name)
{
	struct str want = str_of(name);

	if (key.n == want.n + 2 && memcmp(key.s + 1, name, want.n) == 0)
		return true;
	if (key.n && memchr(key.s, '\\', key.n))
		return json_is((struct json){ JSON_STRING, key }, name);
	return false;
}

struct json json_unwrap(struct json v, struct buf *room)
{
	struct err err;

	if (v.kind != JSON_STRING)
		return v;
	buf_reset(room);
	json_str(v, room);
	return json_parse_mended(&v, room, &err) ? v : (struct json){ 0 };
}

bool json_get(struct json obj, const char *name, struct json *ret)
{
	struct str key;

	*ret = (struct json){ 0 };
	if (obj.kind != JSON_OBJECT)
		return false;
	for (struct json_iter it = json_iter(obj); json_next(&it, &key, ret);)
		if (json_key_is(key, name))
			return true;
	*ret = (struct json){ 0 };
	return false;
}

size_t json_get_all(struct json obj, const struct str *name, size_t n, struct json *ret)
{
	struct str key, text;
	size_t twice = n;
	struct json v;

	memset(ret, 0, n * sizeof(*ret));
	if (obj.kind != JSON_OBJECT)
		return n;
	for (struct json_iter it = json_iter(obj); json_next(&it, &key, &v);) {
		const struct json k = { JSON_STRING, key };
		bool plain = json_plain(k, &text);
		size_t i = 0;

		while (i < n && (plain ? !str_eq(text, name[i]) : !json_is(k, name[i].s)))
			i++;
		if (i < n && ret[i].kind == JSON_NONE)
			ret[i] = v;
		else if (i < n)
			twice = i;
	}
	return twice;
}

size_t json_count(struct json v)
{
	size_t n = 0;
	struct json x;

	for (struct json_iter it = json_iter(v); json_next(&it, NULL, &x);)
		n++;
	return n;
}

bool json_bool(struct json v, bool *ret)
{
	if (v.kind != JSON_TRUE && v.kind != JSON_FALSE)
		return false;
	*ret = v.kind == JSON_TRUE;
	return true;
}

bool json_i64(struct json v, int64_t *ret)
{
	return v.kind == JSON_INT && str_i64(v.raw, ret);
}

bool json_u64(struct json v, uint64_t *ret)
{
	return v.kind == JSON_INT && str_u64(v.raw, ret);
}

bool json_f64(struct json v, double *ret)
{
	return (v.kind == JSON_INT || v.kind == JSON_FLOAT) && str_f64(v.raw, ret);
}

/* Decode the piece of string text at s[*i] into out, at most 4 bytes; *i moves behind it. */
static size_t piece(struct str s, size_t *i, char out[4])
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	uint32_t cp;
	char e;

	if (s.s[*i] != '\\') {
		out[0] = s.s[(*i)++];
		return 1;
	}
	e = s.s[*i + 1];
	if (e != 'u') {
		out[0] = to[strchr(from, e) - from];
		*i += 2;
		return 1;
	}
	cp = (uint32_t)hex4(s, *i + 2);
	*i += 6;
	if (cp >= 0xD800 && cp < 0xDC00) {
		cp = 0x10000 + ((cp - 0xD800) << 10) + ((uint32_t)hex4(s, *i + 2) - 0xDC00);
		*i += 6;
	}
	return utf8_put(out, cp);
}

bool json_plain(struct json v, struct str *ret)
{
	if (v.kind != JSON_STRING)
		return false;
	*ret = str_sub(v.raw, 1, v.raw.n - 1);
	return str_chr(*ret, '\\') < 0;
}

/* Decode string text into a room of cap bytes; *n are used. What has no escape is copied in runs. */
static bool decode(struct str s, char *room, size_t cap, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < s.n;) {
		ptrdiff_t slash = s.s[i] == '\\' ? 0 : str_chr(str_from(s, i), '\\');
		struct str run = slash < 0 ? str_from(s, i) : str_sub(s, i, i + (size_t)slash);
		char u[4];

		if (slash == 0)
			run = (struct str){ u, piece(s, &i, u) };
		else
			i += run.n;
		if (run.n > cap - *n)
			return false;
		memcpy(room + *n, run.s, run.n);
		*n += run.n;
	}
	return true;
}

bool json_str(struct json v, struct buf *out)
{
	struct str s;
	size_t n;

	if (v.kind != JSON_STRING)
		return false;
	if (json_plain(v, &s)) {
		buf_add(out, s);
	} else if (buf_reserve(out, s.n)) { /* an escape is longer than what it stands for */
		decode(s, out->s + out->n, s.n, &n);
		out->n += n;
		out->s[out->n] = 0;
	}
	return true;
}

bool json_text(struct json v, char *room, size_t cap, struct str *ret)
{
	struct str s;
	size_t n;

	if (v.kind != JSON_STRING)
		return false;
	if (json_plain(v, ret))
		return true;
	s = *ret;
	if (!decode(s, room, cap, &n))
		return false;
	*ret = (struct str){ room, n };
	return true;
}

bool json_z(struct json v, char *z, size_t cap)
{
	struct str s;

	if (!json_text(v, z, cap - 1, &s) || s.n >= cap || memchr(s.s, 0, s.n))
		return false;
	memmove(z, s.s, s.n);
	z[s.n] = 0;
	return true;
}

bool json_is(struct json v, const char *text)
{
	struct str s, want = str_of(text);
	size_t at = 0;

	if (v.kind != JSON_STRING)
		return false;
	if (json_plain(v, &s))
		return str_eq(s, want);
	for (size_t i = 0; i < s.n;) {
		char u[4];
		size_t n = piece(s, &i, u);

		if (n > want.n - at || memcmp(want.s + at, u, n))
			return false;
		at += n;
	}
	return at == want.n;
}

static void comma(struct buf *b)
{
	char last = b->n ? b->s[b->n - 1] : '\n';

	if (last != '{' && last != '[' && last != ':' && last != ',' && last != '\n' && last)
		buf_addc(b, ',');
}

void json_open(struct buf *b, char bracket)
{
	comma(b);
	buf_addc(b, bracket);
}

void json_close(struct buf *b, char bracket)
{
	buf_addc(b, bracket);
}

void json_key_str(struct buf *b, struct str name)
{
	json_add_str(b, name);
	buf_addc(b, ':');
}

void json_key(struct buf *b, const char *name)
{
	json_key_str(b, str_of(name));
}

static void add_escaped(struct buf *b, unsigned char c)
{
	static const char letters[] = { ['"'] = '"', ['\\'] = '\\', ['\n'] = 'n', ['\t'] = 't', ['\r'] = 'r' };

	if (c >= sizeof(letters) || !letters[c]) {
		buf_addf(b, "\\u%04x", c);
		return;
	}
	buf_addc(b, '\\');
	buf_addc(b, letters[c]);
}

void json_add_str(struct buf *b, struct str s)
{
	size_t from = 0;

	comma(b);
	buf_addc(b, '"');
	for (size_t i = skip_plain(s, 0); i < s.n; i = skip_plain(s, i)) {
		unsigned char c = (unsigned char)s.s[i];
		uint32_t cp;
		size_t n = c < 0x80 ? 1 : utf8_next(str_from(s, i), &cp);

		if (n > 1 || c == 0x7f) {
			i += n;
			continue;
		}
		buf_add(b, str_sub(s, from, i));
		if (c >= 0x80)
			buf_addz(b, "\xEF\xBF\xBD");
		else
			add_escaped(b, c);
		from = ++i;
	}
	buf_add(b, str_from(s, from));
	buf_addc(b, '"');
}

void json_add_z(struct buf *b, const char *z)
{
	json_add_str(b, str_of(z));
}

void json_add_i64(struct buf *b, int64_t v)
{
	comma(b);
	buf_addi(b, v);
}

void json_add_u64(struct buf *b, uint64_t v)
{
	comma(b);
	if (v <= INT64_MAX)
		buf_addi(b, (int64_t)v);
	else
		buf_addf(b, "%llu", (unsigned long long)v);
}

/* A value below 1 that is a whole number over a power of ten, both exact: as %.15g has it, without its toil. */
static bool add_decimals(struct buf *b, double v)
{
	char digits[24]; /* behind the point, from digits[1] on */
	double ten = 1;

	for (size_t n = 1; n <= 22 && v > 0 && v < 1; n++) {
		double many = v * (ten *= 10);
		int64_t whole = many < 1e15 ? (int64_t)(many + 0.5) : 0; /* no more than fifteen digits */
		size_t first = n + 1;

		if ((double)whole / ten != v)
			continue;
		memset(digits, '0', sizeof(digits));
		for (; whole; whole /= 10)
			digits[--first] = (char)('0' + whole % 10);
		if (first <= 4) {
			json_add_raw(b, STR("0."));
			buf_add(b, (struct str){ digits + 1, n });
			return true;
		}
		json_add_raw(b, (struct str){ digits + first, 1 });
		buf_addz(b, n > first ? "." : "");
		buf_add(b, (struct str){ digits + first + 1, n - first });
		buf_addz(b, first < 10 ? "e-0" : "e-");
		buf_addi(b, (int64_t)first);
		return true;
	}
	return false;
}

void json_add_f64(struct buf *b, double v)
{
	char t[40];

	if (!isfinite(v)) {
		json_add_null(b);
		return;
	}
	if (fabs(v) < 1e15 && v == (double)(int64_t)v && (v != 0 || !signbit(v))) { /* as %.15g has it */
		json_add_i64(b, (int64_t)v);
		buf_addz(b, ".0");
		return;
	}
	if (add_decimals(b, v))
		return;
	for (int digits = 15; digits <= 17; digits++) {
		double back;

		snprintf(t, sizeof(t), "%.*g", digits, v);
		if (str_f64(str_of(t), &back) && back == v)
			break;
	}
	comma(b);
	buf_addz(b, t);
	if (!strpbrk(t, ".e"))
		buf_addz(b, ".0");
}

void json_add_bool(struct buf *b, bool v)
{
	json_add_raw(b, v ? STR("true") : STR("false"));
}

void json_add_null(struct buf *b)
{
	json_add_raw(b, STR("null"));
}

void json_add_raw(struct buf *b, struct str json)
{
	comma(b);
	buf_add(b, json);
}
