/* wrappers.c - searches for <answer> tags, \boxed{} and JSON objects; see extract.h. */
#include "base/json.h"
#include "verifiers/hunt.h"

/*
 * <answer>...</answer>
 */

/* Length of the tag at s[i] == '<', 0 for none. Blanks in it are few, so the look ahead is bounded. */
static size_t tag_at(struct str s, size_t i, bool *shut)
{
	size_t at = i + 1, few = s.n < i + 24 ? s.n : i + 24;

	while (at < few && is_blank(s.s[at]))
		at++;
	*shut = at < few && s.s[at] == '/';
	at += *shut;
	while (at < few && is_blank(s.s[at]))
		at++;
	if (!word_at(s, at, "answer"))
		return 0;
	at += 6;
	while (at < few && is_blank(s.s[at]))
		at++;
	return at < s.n && s.s[at] == '>' ? at + 1 - i : 0;
}

void find_tags(struct hunt *h)
{
	struct str v = h->v;
	size_t open = SIZE_MAX;

	for (size_t i = next_byte(v, 0, '<'); i < v.n; i = next_byte(v, i + 1, '<')) {
		bool shut;
		size_t n = tag_at(v, i, &shut);

		if (!n)
			continue;
		if (!shut) {
			open = i + n;
		} else if (open != SIZE_MAX) {
			hunt_offer(h, QUARRY_TAGS, str_sub(v, open, i));
			open = SIZE_MAX;
		}
		i += n - 1;
	}
	hunt_end(h, QUARRY_TAGS);
	h->kind[QUARRY_TAGS].broken = open != SIZE_MAX;
}

/*
 * \boxed{...}
 */

/* Length of "\boxed{" at s[i] == '\\', 0 for none. */
static size_t box_at(struct str s, size_t i)
{
	size_t at;

	if (i + 6 >= s.n || (s.s[i + 1] != 'b' && s.s[i + 1] != 'f'))
		return 0;
	at = word_at(s, i, "\\boxed") ? i + 6 : word_at(s, i, "\\fbox") ? i + 5 : 0;
	if (at && at < s.n && s.s[at] == ' ')
		at++;
	return at && at < s.n && s.s[at] == '{' ? at + 1 - i : 0;
}

/*
 * Where the box ends whose inside is v[from..end) by the balance of braces. An answer may be made of brackets only, and then its
 * braces need not balance: "\boxed{] } )}" ends at the last brace of that run of brackets.
 */
static size_t box_end(struct str v, size_t from, size_t end)
{
	static const char brackets[] = "()[]{}<> \t,";

	for (size_t i = from; i < end; i++)
		if (!v.s[i] || !strchr(brackets, v.s[i]))
			return end;
	for (size_t at = end + 1; at < v.n && v.s[at] && strchr(brackets, v.s[at]); at++)
		if (v.s[at] == '}')
			end = at;
	return end;
}

/* Of boxes in boxes the innermost is offered: so offers lie apart, which keeps looking at them linear. */
void find_boxes(struct hunt *h)
{
	static const bool special[256] = { ['\\'] = true, ['{'] = true, ['}'] = true };
	struct str v = h->v;
	size_t start = 0;            /* of the last box's inside */
	int64_t depth = 0, least = 0; /* of braces; where the last box was opened */
	bool open = false;           /* the last box has not been closed yet */

	for (size_t i = 0; i < v.n; i++) {
		char c;
		size_t n;

		if (!open) { /* then braces are nobody's */
			i = next_byte(v, i, '\\');
			if (i == v.n)
				break;
		}
		c = v.s[i];
		if (!special[(unsigned char)c])
			continue;
		if (c == '\\') {
			n = box_at(v, i);
			if (!n) {
				/* \{ and \} are no braces; but "\\boxed{" is a box whose backslash was escaped once too often */
				i += !(i + 1 < v.n && v.s[i + 1] == '\\' && box_at(v, i + 1));
				continue;
			}
			i += n - 1;
			start = i + 1;
			least = depth++;
			open = true;
		} else if (c == '{') {
			depth++;
		} else if (--depth == least && open) {
			i = box_end(v, start, i);
			hunt_offer(h, QUARRY_BOXED, str_sub(v, start, i));
			open = false;
		}
	}
	hunt_end(h, QUARRY_BOXED);
	h->kind[QUARRY_BOXED].broken = open;
}

/*
 * {"answer": ...}
 */

enum { JSON_DEPTH = 64 };

/* Names of the member that holds the answer, the likeliest first. */
static const struct str keys[] = {
	{ "\"answer\"", 8 }, { "\"Answer\"", 8 }, { "\"ANSWER\"", 8 }, { "\"final_answer\"", 14 },
	{ "\"\xE7\xAD\x94\xE6\xA1\x88\"", 8 },
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

static size_t key_rank(struct str key)
{
	size_t i = KEYS;

	if (key.n == 8 || key.n == 14)
		for (i = 0; i < KEYS && !str_eq(key, keys[i]); i++)
			;
	return i;
}

/* Bytes by what they are outside of strings: a structural byte is itself, then blanks 'b', scalars 's'; 0 has no place. */
static const char place[256] = {
	['{'] = '{', ['}'] = '}', ['['] = '[', [']'] = ']', [':'] = ':', [','] = ',', ['"'] = '"',
	[' '] = 'b', ['\t'] = 'b', ['\n'] = 'b', ['\r'] = 'b',
	['0'] = 's', ['1'] = 's', ['2'] = 's', ['3'] = 's', ['4'] = 's', ['5'] = 's', ['6'] = 's', ['7'] = 's',
	['8'] = 's', ['9'] = 's', ['+'] = 's', ['-'] = 's', ['.'] = 's', ['E'] = 's', ['e'] = 's', ['t'] = 's',
	['r'] = 's', ['u'] = 's', ['f'] = 's', ['a'] = 's', ['l'] = 's', ['s'] = 's', ['n'] = 's',
};

struct object {
	size_t end;       /* behind it; where it went wrong, if it did */
	size_t brace;     /* the first brace inside one of its strings, 0 for none */
	bool whole, key;  /* well-formed; has the answer's member */
	struct str value; /* the answer's, if it is whole and has one */
};

/* Behind the string that starts at s[i] == '"'. Cut by a line end or the end of s it ends there, and *whole is false. */
static size_t string_scan(struct str s, size_t i, size_t *brace, bool *whole)
{
	for (i++; i < s.n; i++) {
		char c = s.s[i];

		if (c == '"') {
			*whole = true;
			return i + 1;
		}
		if (c == '\\')
			i++;
		else if (c == '{' && !*brace)
			*brace = i;
		else if (c == '\n')
			break;
	}
	*whole = false;
	return i < s.n ? i : s.n;
}

/* What the walk through an object has come to. */
struct walk {
	char stack[JSON_DEPTH]; /* closing brackets that are due */
	int depth;
	char prev;          /* what came last: a structural byte, 'k' a key, 'v' a value */
	size_t rank, best;  /* of the member we are in, of the value that is kept; KEYS is none */
	size_t start;       /* of the value we are in, at depth 1 */
};

/* A bracket, comma or colon at s[i]; false where it has no place. */
static bool structure(struct object *o, struct walk *w, struct str s, size_t i, char what, bool value_due)
{
	bool opens = what == '{' || what == '[', ends = what == ',' || what == '}' || what == ']';
	bool hollow = (w->prev == '{' && what == '}') || (w->prev == '[' && what == ']');

	if (opens && value_due && w->depth < JSON_DEPTH) {
		w->stack[w->depth++] = what == '{' ? '}' : ']';
	} else if (what == ':' && w->prev == 'k') {
		if (w->depth == 1)
			w->start = i + 1;
	} else if (ends && (w->prev == 'v' || hollow) && (what == ',' || what == w->stack[w->depth - 1])) {
		if (w->depth == 1 && w->rank < KEYS && w->rank <= w->best) {
			w->best = w->rank;
			o->value = str_trim(str_sub(s, w->start, i));
		}
		if (w->depth == 1)
			w->rank = KEYS;
		w->depth -= what != ',';
		if (what != ',')
			what = 'v';
	} else {
		return false;
	}
	w->prev = what;
	return true;
}

/*
 * Walk the object at s[from] == '{', once. Brackets, commas, colons and strings must stand rightly; what scalars and escapes look
 * like is asked of the answer's value only, later.
 */
static void object_scan(struct object *o, struct str s, size_t from)
{
	struct walk w;
	size_t i = from + 1;

	*o = (struct object){ 0 };
	w.stack[0] = '}';
	w.depth = 1;
	w.prev = '{';
	w.rank = w.best = KEYS;
	w.start = 0;
	while (i < s.n && w.depth > 0) {
		char what = place[(unsigned char)s.s[i]];
		bool object = w.stack[w.depth - 1] == '}';
		bool value_due = w.prev == ':' || (!object && (w.prev == '[' || w.prev == ','));

		if (what == 'b') {
			i++;
		} else if (what == '"') {
			bool whole, key_due = object && (w.prev == '{' || w.prev == ',');
			size_t end = string_scan(s, i, &o->brace, &whole);

			if (!whole || !(value_due || key_due)) {
				i = end;
				break;
			}
			if (key_due && w.depth == 1) {
				w.rank = key_rank(str_sub(s, i, end));
				o->key |= w.rank < KEYS;
			}
			w.prev = key_due ? 'k' : 'v';
			i = end;
		} else if (what == 's' && value_due) {
			while (i < s.n && place[(unsigned char)s.s[i]] == 's')
				i++;
			w.prev = 'v';
		} else if (what && structure(o, &w, s, i, what, value_due)) {
			i++;
		} else {
			break;
		}
	}
	o->whole = w.depth == 0;
	o->end = i;
}

bool json_object(struct str s)
{
	struct object o;

	if (!s.n || s.s[0] != '{')
		return false;
	object_scan(&o, s, 0);
	return o.whole && o.end == s.n && o.value.n > 0;
}

/*
 * Outermost objects. Where one goes wrong all that is open in it goes, and the search goes on right there. But a quote in prose
 * can make an object look like a string's inside: then it goes back to the first brace in such a string. All steps back
 * together are no longer than the text.
 */
void find_json(struct hunt *h)
{
	struct str v = h->v;
	size_t budget = v.n;
	struct object o;

	for (size_t i = 0; i < v.n;) {
		size_t key;

		i = next_byte(v, i, '{');
		if (i == v.n)
			break;
		key = i + 1;
		while (key < v.n && is_blank(v.s[key]))
			key++;
		if (key == v.n || v.s[key] != '"') {
			i = key;
			continue;
		}
		object_scan(&o, v, i);
		if (o.whole && o.value.n) {
			hunt_offer(h, QUARRY_JSON, o.value);
		} else if (!o.whole) {
			h->kind[QUARRY_JSON].broken |= o.key;
			if (o.brace && o.end - o.brace <= budget) {
				budget -= o.end - o.brace;
				o.end = o.brace;
			}
		}
		i = o.end > i ? o.end : i + 1;
	}
	hunt_end(h, QUARRY_JSON);
}
