/* wrappers.c - searches for <answer> tags, \boxed{} and JSON objects; see extract.h. */
#include "base/json.h"
#include "verifiers/hunt.h"

/*
 * <answer>...</answer>
 */

enum { TAG_MAX = 24 }; /* bytes of a tag: blanks in it are few */

size_t tag_at(struct str s, size_t i, bool *shut)
{
	size_t at = i + 1, few = s.n < i + TAG_MAX ? s.n : i + TAG_MAX;

	while (at < few && is_blank(s.s[at]))
		at++;
	*shut = at < few && s.s[at] == '/';
	at += *shut;
	while (at < few && is_blank(s.s[at]))
		at++;
	if (word_at(s, at, "final"))
		at += at + 5 < few && str_chr(STR("_- "), s.s[at + 5]) >= 0 ? 6 : 5;
	if (!answer_word(s, at))
		return 0;
	at += 6;
	while (at < few && is_blank(s.s[at]))
		at++;
	return at < s.n && s.s[at] == '>' ? at + 1 - i : 0;
}

size_t tag_back(struct str s, bool *shut)
{
	struct str end = str_from(s, s.n > TAG_MAX ? s.n - TAG_MAX : 0);
	ptrdiff_t at = str_rfind(end, STR("<"));

	return at >= 0 && tag_at(end, (size_t)at, shut) == end.n - (size_t)at ? end.n - (size_t)at : 0;
}

void find_tags(struct hunt *h)
{
	static const bool follows[256] = {
		['/'] = true, ['a'] = true, ['A'] = true, ['f'] = true, ['F'] = true, [' '] = true, ['\t'] = true, ['\n'] = true, ['\v'] = true, ['\f'] = true,
		['\r'] = true,
	};
	struct str v = h->v;
	size_t open = SIZE_MAX;

	for (size_t i = next_byte(v, 0, '<'); i < v.n; i = next_byte(v, i + 1, '<')) {
		bool shut;
		size_t n;

		if (i + 1 == v.n || !follows[(unsigned char)v.s[i + 1]])
			continue;
		n = tag_at(v, i, &shut);
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
 * braces need not balance: "\boxed{] } )}" ends at the last brace of that run of brackets. So may a part of "\boxed{#1: } ] #2: 42}", behind
 * which others may follow.
 */
static size_t box_end(struct str v, size_t from, size_t end)
{
	static const bool brackets[256] = {
		['('] = true, [')'] = true, ['['] = true, [']'] = true, ['{'] = true, ['}'] = true, ['<'] = true, ['>'] = true,
		[' '] = true, ['\t'] = true, [','] = true,
	};
	bool parts = from < end && v.s[from] == '#', more = false; /* one more part has begun */

	for (size_t i = from; parts && i < end; i++)
		if (v.s[i] == ':')
			from = i + 1;
	for (size_t i = from; i < end; i++)
		if (!brackets[(unsigned char)v.s[i]])
			return end;
	for (size_t at = end + 1; at < v.n && (brackets[(unsigned char)v.s[at]] || more || (parts && v.s[at] == '#')); at++) {
		if (v.s[at] == '\n' || v.s[at] == '\\' || v.s[at] == '$')
			break;
		more |= v.s[at] == '#';
		if (v.s[at] == '}')
			end = at;
	}
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

enum {
	JSON_DEPTH = 64,
	LOOK = 64, /* bytes that beginning a second look at an object counts for */
};

/* Names of the member that holds the answer, the likeliest first. */
static const struct str keys[] = {
	STR("\"answer\""), STR("\"Answer\""), STR("\"ANSWER\""), STR("\"final_answer\""), STR("\"\xE7\xAD\x94\xE6\xA1\x88\""), STR("\"最终答案\""),
};

enum { KEYS = COUNT(keys) };

static size_t key_rank(struct str key)
{
	if (key.n != 8 && key.n != 14)
		return KEYS;
	for (size_t i = 0; i < KEYS; i++) /* of eight bytes or more the first eight are one load */
		if (memcmp(key.s, keys[i].s, 8) == 0 && str_eq(key, keys[i]))
			return i;
	return KEYS;
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
	bool lines;       /* its strings may hold line ends as they are, as models write them */
	bool cut;         /* one did, where they may not */
	struct str value; /* the answer's, if it is whole and has one */
};

/* Behind the string that starts at s[i] == '"'. Cut by a line end or the end of s it ends there, and o->whole is false. */
static size_t string_scan(struct object *o, struct str s, size_t i)
{
	static const bool special[256] = { ['"'] = true, ['\\'] = true, ['{'] = true, ['\n'] = true };

	for (i++; i < s.n; i++) {
		char c = s.s[i];

		if (!special[(unsigned char)c])
			continue;
		if (c == '"') {
			o->whole = true;
			return i + 1;
		}
		if (c == '\\') {
			i++;
		} else if (c == '{') {
			o->brace = o->brace ? o->brace : i;
		} else if (!o->lines) {
			o->cut = true;
			break;
		}
	}
	o->whole = false;
	return i < s.n ? i : s.n;
}

/* What may stand next in an object. */
enum due { KEY, KEY_OR_END, COLON, VALUE, VALUE_OR_END, COMMA_OR_END };

/* What the walk through an object has come to. */
struct walk {
	enum due due;
	int depth;
	uint64_t objects;  /* bit 0: the innermost bracket is an object's, bit 1: the one around it, ... */
	size_t rank, best; /* of the member we are in, of the value that is kept; KEYS is none */
	size_t start;      /* of the value we are in, at depth 1 */
};

/* A comma or a closing bracket at s[i]; false where it has no place. */
static bool value_ends(struct object *o, struct walk *w, struct str s, size_t i, char what)
{
	bool object = w->objects & 1;
	bool hollow = w->due == KEY_OR_END || w->due == VALUE_OR_END;

	if (what == ',' ? w->due != COMMA_OR_END : what != (object ? '}' : ']') || !(hollow || w->due == COMMA_OR_END))
		return false;
	if (w->depth == 1) {
		if (w->rank <= w->best && w->rank < KEYS) {
			w->best = w->rank;
			o->value = str_trim(str_sub(s, w->start, i));
		}
		w->rank = KEYS;
	}
	if (what == ',') {
		w->due = object ? KEY : VALUE;
	} else {
		w->due = COMMA_OR_END;
		w->objects >>= 1;
		w->depth--;
	}
	return true;
}

/*
 * Walk an object from its first key on, s[i] == '"', once. Brackets, commas, colons and strings must stand rightly; what scalars and
 * escapes look like is asked of the answer's value only, later.
 */
static void object_scan(struct object *o, struct str s, size_t i, bool lines)
{
	struct walk w;
	size_t start = i;

	o->brace = 0;
	o->value.n = 0;
	o->lines = lines;
	o->cut = false;
	i = string_scan(o, s, i);
	w.rank = o->whole ? key_rank((struct str){ s.s + start, i - start }) : KEYS;
	o->key = w.rank < KEYS;
	o->end = i;
	if (!o->whole || i == s.n || (s.s[i] != ':' && place[(unsigned char)s.s[i]] != 'b')) { /* as in a flood */
		o->whole = false;
		return;
	}
	w.due = COLON;
	w.depth = 1;
	w.objects = 1;
	w.best = KEYS;
	w.start = 0;
	while (i < s.n && w.depth > 0) {
		char what = place[(unsigned char)s.s[i]];
		bool value_due = w.due == VALUE || w.due == VALUE_OR_END;

		if (what == '"') {
			bool key_due = w.due == KEY || w.due == KEY_OR_END;

			start = i;
			i = string_scan(o, s, i);
			if (!o->whole || !(value_due || key_due))
				break;
			if (key_due && w.depth == 1) {
				w.rank = key_rank(str_sub(s, start, i));
				o->key |= w.rank < KEYS;
			}
			w.due = key_due ? COLON : COMMA_OR_END;
			continue;
		}
		if (what == 's' && value_due) {
			while (i < s.n && place[(unsigned char)s.s[i]] == 's')
				i++;
			w.due = COMMA_OR_END;
			continue;
		}
		if (what == ':' && w.due == COLON) {
			w.due = VALUE;
			if (w.depth == 1)
				w.start = i + 1;
		} else if ((what == '{' || what == '[') && value_due && w.depth < JSON_DEPTH) {
			w.objects = w.objects << 1 | (what == '{');
			w.due = what == '{' ? KEY_OR_END : VALUE_OR_END;
			w.depth++;
		} else if (what == ',' || what == '}' || what == ']') {
			if (!value_ends(o, &w, s, i, what))
				break;
		} else if (what != 'b') {
			break;
		}
		i++;
	}
	o->whole = w.depth == 0;
	o->end = i;
}

/* Where the first key's quote stands of the object at s[i] == '{'; s.n where it has none. */
static size_t first_key(struct str s, size_t i)
{
	for (i++; i < s.n && is_blank(s.s[i]); i++)
		;
	return i < s.n && s.s[i] == '"' ? i : s.n;
}

bool json_object(struct str s)
{
	struct object o;
	size_t key;

	if (!s.n || s.s[0] != '{' || s.s[s.n - 1] != '}')
		return false;
	key = first_key(s, 0);
	if (key == s.n)
		return false;
	object_scan(&o, s, key, true);
	return o.whole && o.end == s.n && o.value.n > 0;
}

/*
 * Outermost objects. Where one goes wrong all that is open in it goes, and the search goes on right there. But a quote in prose
 * can make an object look like a string's inside: then it goes back to the first brace in such a string. All steps back
 * together are no longer than the text. Nor are all second looks at objects with line ends in their strings, which count if they hold an answer.
 */
void find_json(struct hunt *h)
{
	struct str v = h->v;
	size_t budget = v.n, second = v.n;
	struct object o, lined;

	for (size_t i = 0; i < v.n;) {
		size_t key, n;

		i = next_byte(v, i, '{');
		if (i == v.n)
			break;
		key = first_key(v, i);
		if (key == v.n) {
			i++;
			continue;
		}
		object_scan(&o, v, key, false);
		if (o.cut && second) {
			object_scan(&lined, v, key, true);
			n = lined.end - i + LOOK;
			second -= n < second ? n : second;
			if (lined.whole && lined.value.n)
				o = lined;
			h->kind[QUARRY_JSON].broken |= lined.key && !lined.whole;
		}
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
