/*
 * extract.c - find the answer in a response; see extract.h.
 *
 * Every search below is one forward pass over the visible text (what follows the thought). Each offers what it
 * finds, the last one of a kind stands, and at the end the kinds are asked in order.
 */
#include "verifiers/extract.h"
#include "base/hash.h"
#include "base/json.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

#include <stdio.h>

/* Kinds of find: the formats by their own numbers, and one more. */
enum {
	SENTENCE = QUARRY_FORMATS, /* "... so the answer is 42." */
	KINDS,
};

enum {
	SEEN_MAX = 99,
	SEEN_SLOTS = 256,    /* a power of two well above SEEN_MAX */
	OFFERS_COUNTED = 2000, /* so many finds are compared with each other; a flood past them is not worth the time */
	STRIP_MAX = 4096,    /* bytes; longer finds are compared as they stand */
	BARE_MAX = 4096,     /* bytes of a bare reply */
	BARE_WORDS = 16,     /* words in one of several lines; more is prose */
	LABEL_MAX = 60,      /* bytes before "answer" in a label */
	JSON_MAX = 2 * ANSWER_MAX, /* bytes of a whole JSON object */
};

struct find {
	bool have, empty, broken; /* a good one; one that holds nothing; one that is cut or damaged */
	bool many;                /* two good ones that differ */
	struct str text;
	struct json json;         /* kind JSON: the value, else JSON_NONE */
	uint64_t hash;
};

struct hunt {
	struct str v; /* the visible text */
	struct find kind[KINDS];
	uint64_t slot[SEEN_SLOTS]; /* 0 is free */
	int seen, offers;
};

static bool blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Does s hold `word` (lower case) at i, whatever its case? */
static bool word_at(struct str s, size_t i, const char *word)
{
	for (; *word; word++, i++)
		if (i >= s.n || lower(s.s[i]) != *word)
			return false;
	return true;
}

/*
 * The thought
 */

/* Marks around a thought, by family of models. `shut` ends it, whatever opened it. */
static const struct {
	const char *open, *shut;
} thoughts[] = {
	{ "<think>", "</think>" },                               /* DeepSeek, Qwen, GLM, MiniMax, ... */
	{ "<thinking>", "</thinking>" },                         /* prompts that ask for it */
	{ "<seed:think>", "</seed:think>" },                     /* Seed-OSS */
	{ "[think]", "[/think]" },                               /* Magistral */
	{ "<|start_thinking|>", "<|end_thinking|>" },            /* Command A */
	{ "\xE2\x97\x81think\xE2\x96\xB7", "\xE2\x97\x81/think\xE2\x96\xB7" }, /* Kimi: U+25C1 think U+25B7 */
	{ "<|channel|>analysis", "<|channel|>final<|message|>" }, /* gpt-oss */
};

/* What the reader is shown: all behind the last shut mark, up to a mark that opens another thought. */
static struct str visible(struct str s, bool think_open)
{
	size_t hidden = s.n;

	for (size_t i = s.n; i-- > 0;) {
		char c = s.s[i];

		if (c != '<' && c != '[' && c != '\xE2')
			continue;
		for (size_t k = 0; k < sizeof(thoughts) / sizeof(thoughts[0]); k++) {
			if (word_at(s, i, thoughts[k].shut))
				return str_sub(s, i + strlen(thoughts[k].shut), hidden);
			if (word_at(s, i, thoughts[k].open))
				hidden = i;
		}
	}
	return str_sub(s, 0, think_open ? 0 : hidden);
}

/* Marks that end a turn, where a sampler left them in. */
static struct str drop_turn_end(struct str s)
{
	for (int i = 0; i < 4; i++) {
		s = str_trim(s);
		if (str_ends(s, STR("</s>"))) {
			s.n -= 4;
		} else if (str_ends(s, STR("|>"))) {
			ptrdiff_t at = str_rfind(str_from(s, s.n < 32 ? 0 : s.n - 32), STR("<|"));

			if (at < 0)
				break;
			s.n = (s.n < 32 ? 0 : s.n - 32) + (size_t)at;
		} else {
			break;
		}
	}
	return s;
}

/*
 * Finds
 */

/* "...", "your answer", the "and" between two quoted tags: the prompt's own words, no answer. s is stripped. */
static bool placeholder(struct str s)
{
	static const char *const words[] = {
		"and", "answer", "answer here", "the answer", "final answer", "your answer", "your answer here",
		"your final answer", "your final answer here", "insert answer here", "the final answer", "...",
		"\xE5\x92\x8C", "\xE4\xB8\x8E",             /* and */
		"\xE7\xAD\x94\xE6\xA1\x88",                 /* answer */
		"\xE4\xBD\xA0\xE7\x9A\x84\xE7\xAD\x94\xE6\xA1\x88", /* your answer */
		"\xE6\x9C\x80\xE7\xBB\x88\xE7\xAD\x94\xE6\xA1\x88", /* final answer */
		"\xE4\xBD\xA0\xE7\x9A\x84\xE6\x9C\x80\xE7\xBB\x88\xE7\xAD\x94\xE6\xA1\x88", /* your final answer */
	};
	size_t dots = 0;

	if (s.n > 40)
		return false;
	if (s.n > 2 && strchr("[{(<", s.s[0]) && strchr("]})>", s.s[s.n - 1]))
		s = str_trim(str_sub(s, 1, s.n - 1));
	while (dots < s.n) {
		if (s.s[dots] == '.' || s.s[dots] == '_')
			dots++;
		else if (str_starts(str_from(s, dots), STR("\xE2\x80\xA6"))) /* U+2026 */
			dots += 3;
		else
			break;
	}
	if (dots == s.n)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_ieq(s, str_of(words[i])))
			return true;
	return false;
}

/* Hash of the text with its blanks left out, never 0. */
static uint64_t fold(struct str s)
{
	uint64_t h = 0;
	char room[256];
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (blank(s.s[i]))
			continue;
		room[n++] = s.s[i];
		if (n == sizeof(room)) {
			h = hash64(room, n, h);
			n = 0;
		}
	}
	h = hash64(room, n, h);
	return h ? h : 1;
}

static void count(struct hunt *h, uint64_t hash)
{
	size_t at = hash % SEEN_SLOTS;

	if (h->seen == SEEN_MAX)
		return;
	for (; h->slot[at]; at = (at + 1) % SEEN_SLOTS)
		if (h->slot[at] == hash)
			return;
	h->slot[at] = hash;
	h->seen++;
}

static void offer(struct hunt *h, int kind, struct str text, struct json json)
{
	struct find *f = &h->kind[kind];
	struct str plain = text;
	uint64_t hash;

	if (json.kind == JSON_STRING)
		plain = str_sub(json.raw, 1, json.raw.n - 1);
	if (h->offers < OFFERS_COUNTED && plain.n <= STRIP_MAX)
		plain = text_strip(plain);
	else
		plain = str_trim(plain);
	if (json.kind == JSON_NULL || placeholder(plain)) {
		f->empty = true;
		return;
	}
	if (h->offers++ < OFFERS_COUNTED) {
		hash = fold(plain);
		f->many |= f->have && f->hash != hash;
		f->hash = hash;
		count(h, hash);
	}
	f->have = true;
	f->text = text;
	f->json = json;
}

/*
 * <answer>...</answer>
 */

/* Length of the tag at s[i] == '<', 0 for none. Blanks in it are few, so the look ahead is bounded. */
static size_t tag_at(struct str s, size_t i, bool *shut)
{
	size_t at = i + 1, few = i + 24;

	while (at < s.n && at < few && blank(s.s[at]))
		at++;
	*shut = at < s.n && s.s[at] == '/';
	at += *shut;
	while (at < s.n && at < few && blank(s.s[at]))
		at++;
	if (!word_at(s, at, "answer"))
		return 0;
	at += 6;
	while (at < s.n && at < few && blank(s.s[at]))
		at++;
	return at < s.n && s.s[at] == '>' ? at + 1 - i : 0;
}

static void find_tags(struct hunt *h)
{
	struct str v = h->v;
	size_t open = SIZE_MAX, n;

	for (size_t i = 0; i < v.n; i++) {
		bool shut;

		if (v.s[i] != '<')
			continue;
		n = tag_at(v, i, &shut);
		if (!n)
			continue;
		if (!shut) {
			open = i + n;
		} else if (open != SIZE_MAX) {
			offer(h, QUARRY_TAGS, str_sub(v, open, i), (struct json){ 0 });
			open = SIZE_MAX;
		}
		i += n - 1;
	}
	h->kind[QUARRY_TAGS].broken = open != SIZE_MAX;
}

/*
 * \boxed{...}
 */

enum { BOXES = 64 };

static size_t box_at(struct str s, size_t i)
{
	size_t at = word_at(s, i, "\\boxed") ? i + 6 : word_at(s, i, "\\fbox") ? i + 5 : 0;

	if (at && at < s.n && s.s[at] == ' ')
		at++;
	return at && at < s.n && s.s[at] == '{' ? at + 1 - i : 0;
}

/*
 * Boxes that are open, the innermost last: a ring of the last BOXES, so a flood of them only loses the outermost.
 * Only a box that holds no other is compared with the rest: those lie apart, which keeps the comparing linear.
 */
static void find_boxes(struct hunt *h)
{
	struct {
		size_t start;
		int64_t depth;
		bool leaf;
	} box[BOXES], *b;
	struct str v = h->v;
	size_t top = 0, least = 0, n;
	int64_t depth = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.s[i];

		if (c == '\\') {
			n = box_at(v, i);
			if (n) {
				if (top)
					box[(top - 1) % BOXES].leaf = false;
				box[top % BOXES].start = i + n;
				box[top % BOXES].depth = depth++;
				box[top++ % BOXES].leaf = true;
				if (top - least > BOXES)
					least++;
				i += n - 1;
			} else {
				i++;
			}
		} else if (c == '{') {
			depth++;
		} else if (c == '}') {
			depth--;
			b = &box[(top - 1) % BOXES];
			if (top == least || b->depth < depth)
				continue;
			top--;
			if (b->depth == depth && b->leaf) {
				offer(h, QUARRY_BOXED, str_sub(v, b->start, i), (struct json){ 0 });
			} else if (b->depth == depth && h->kind[QUARRY_BOXED].have) {
				h->kind[QUARRY_BOXED].text = str_sub(v, b->start, i);
			}
		}
	}
	h->kind[QUARRY_BOXED].broken = top > least;
}

/*
 * The box of an answer that is made of brackets only: "\boxed{] } )}" ends at its line's last brace, not at the first
 * that balances.
 */
static struct str widen_box(struct str v, struct str text)
{
	static const char brackets[] = "()[]{}<> \t,";
	size_t from = (size_t)(text.s - v.s), at, end;

	for (size_t i = 0; i < text.n; i++)
		if (!text.s[i] || !strchr(brackets, text.s[i]))
			return text;
	end = from + text.n;
	for (at = end + 1; at < v.n && v.s[at] && strchr(brackets, v.s[at]); at++)
		if (v.s[at] == '}')
			end = at;
	return str_sub(v, from, end);
}

/*
 * {"answer": ...}
 */

static const char *const keys[] = { "answer", "Answer", "ANSWER", "final_answer", "\xE7\xAD\x94\xE6\xA1\x88" };

static bool is_key(struct str key)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_key_is(key, keys[i]))
			return true;
	return false;
}

/* The member that holds the answer: of equal keys the last, as JSON readers do; of different ones the first in `keys`. */
static bool answer_member(struct json object, struct json *ret)
{
	struct json v;
	struct str key;
	size_t best = sizeof(keys) / sizeof(keys[0]);

	for (struct json_iter it = json_iter(object); json_next(&it, &key, &v);)
		for (size_t i = 0; i <= best && i < sizeof(keys) / sizeof(keys[0]); i++)
			if (json_key_is(key, keys[i])) {
				best = i;
				*ret = v;
			}
	return best < sizeof(keys) / sizeof(keys[0]);
}

/* Past the string that starts at s[i] == '"'; a raw line end or the end of s cuts it: then *cut. */
static size_t string_at(struct str s, size_t i, bool *cut)
{
	for (i++; i < s.n && s.s[i] != '"' && s.s[i] != '\n'; i++)
		i += s.s[i] == '\\';
	*cut = i >= s.n || s.s[i] != '"';
	return *cut ? i : i + 1;
}

static void offer_object(struct hunt *h, struct str text)
{
	struct json object, value;
	size_t used;

	if (text.n <= JSON_MAX && json_parse_head(&object, text, &used) && used == text.n &&
	    answer_member(object, &value))
		offer(h, QUARRY_JSON, value.raw, value);
	else
		h->kind[QUARRY_JSON].broken = true;
}

/*
 * Objects, outermost only. Brackets are matched with a stack; a byte that JSON has no place for ends the attempt with all
 * that is open, and the search goes on right there. A quote in prose can make an object look like a string's inside: then the
 * search goes back to the first brace in such a string, but all steps back together are no longer than the text.
 */
static void find_json(struct hunt *h)
{
	static const char place[] = ":,-+.0123456789truefalsnE \t\r\n";
	struct str v = h->v;
	char stack[64];
	size_t root = 0, again = 0, budget = v.n;
	int depth = 0;
	bool has_key = false, cut;

	for (size_t i = 0; i < v.n || depth; i++) {
		char c = i < v.n ? v.s[i] : 0;

		if (c == '{' && depth < 64) {
			if (!depth) {
				root = i;
				again = 0;
				has_key = false;
			}
			stack[depth++] = '}';
			while (i + 1 < v.n && blank(v.s[i + 1]))
				i++;
			if (i + 1 < v.n && (v.s[i + 1] == '"' || v.s[i + 1] == '}'))
				continue;
		} else if (!depth) {
			continue;
		} else if (c == '[' && depth < 64) {
			stack[depth++] = ']';
			continue;
		} else if (c == '"') {
			size_t end = string_at(v, i, &cut);
			const char *brace = again ? NULL : memchr(v.s + i, '{', (end < v.n ? end : v.n) - i);

			if (brace)
				again = (size_t)(brace - v.s);
			if (!cut) {
				has_key |= depth == 1 && is_key(str_sub(v, i, end));
				i = end - 1;
				continue;
			}
		} else if ((c == '}' || c == ']') && c == stack[depth - 1]) {
			if (--depth == 0 && has_key)
				offer_object(h, str_sub(v, root, i + 1));
			continue;
		} else if (c && strchr(place, c)) {
			continue;
		}
		/* the attempt failed at i */
		depth = 0;
		h->kind[QUARRY_JSON].broken |= has_key;
		if (again && i - again <= budget) {
			budget -= i - again;
			i = again - 1;
		} else if (i < v.n && c == '{' && i > root) {
			i--;
		}
	}
}

/*
 * Fenced blocks and labelled lines
 */

/* How many marks of a fence a line begins with (three or more), 0 for none. */
static size_t fence_head(struct str line)
{
	size_t n = 0;

	if (!line.n || (line.s[0] != '`' && line.s[0] != '~'))
		return 0;
	while (n < line.n && line.s[n] == line.s[0])
		n++;
	return n >= 3 ? n : 0;
}

/* What may stand around a label and says nothing. */
static bool decoration(char c)
{
	return blank(c) || (c && strchr("*_#>`\"'$-+", c));
}

static size_t skip_decoration(struct str s, size_t i)
{
	while (i < s.n && s.s[i] != '\n' && decoration(s.s[i]))
		i++;
	return i;
}

/* Length of "answer" or its Chinese, 0 for none. */
static size_t answer_at(struct str s, size_t i)
{
	if (word_at(s, i, "answer"))
		return 6;
	return word_at(s, i, "\xE7\xAD\x94\xE6\xA1\x88") ? 6 : 0;
}

enum label { LABEL_NONE, LABEL_LINE, LABEL_SENTENCE, LABEL_HEADING };

/* Do only words that lead up to a label stand in s ("So the final")? */
static bool leads_up(struct str s)
{
	static const char *const words[] = {
		"the", "final", "my", "our", "correct", "so", "therefore", "thus", "hence", "and", "here", "is",
		"\xE6\x9C\x80\xE7\xBB\x88", "\xE6\xAD\xA3\xE7\xA1\xAE", /* final, correct */
		"\xE6\x89\x80\xE4\xBB\xA5", "\xE5\x9B\xA0\xE6\xAD\xA4", /* so, therefore */
		"\xE6\x95\x85", "\xE6\x9C\xAC\xE9\xA2\x98",             /* hence, of this question */
		"\xE7\x9A\x84", "\xEF\xBC\x8C",                         /* of, comma */
	};

	if (s.n > LABEL_MAX)
		return false;
	for (size_t i = 0; i < s.n;) {
		size_t k, n = 0;

		if (decoration(s.s[i]) || s.s[i] == ',') {
			i++;
			continue;
		}
		for (k = 0; k < sizeof(words) / sizeof(words[0]); k++)
			if (word_at(s, i, words[k]) && strlen(words[k]) > n)
				n = strlen(words[k]);
		if (!n)
			return false;
		i += n;
	}
	return true;
}

/* What the "answer" at line[at] (len bytes) says; *text is where the answer begins. */
static enum label label_at(struct str line, size_t at, size_t len, size_t *text)
{
	size_t i = skip_decoration(line, at + len), is;
	bool colon;

	if (i < line.n && lower(line.s[i]) == 's' && i == at + len && line.s[at] > 0)
		i = skip_decoration(line, i + 1);
	*text = i;
	if (i == line.n)
		return LABEL_HEADING;
	/* is: U+662F, U+4E3A */
	is = word_at(line, i, "is ") || word_at(line, i, "is:") ? 2 :
	     word_at(line, i, "\xE6\x98\xAF") || word_at(line, i, "\xE4\xB8\xBA") ? 3 : 0;
	i = skip_decoration(line, i + is);
	colon = i < line.n && (line.s[i] == ':' || line.s[i] == '=');
	if (colon)
		i++;
	else if (word_at(line, i, "\xEF\xBC\x9A")) { /* U+FF1A */
		colon = true;
		i += 3;
	}
	if (!is && !colon)
		return LABEL_NONE;
	*text = i;
	return is ? LABEL_SENTENCE : LABEL_LINE;
}

/* "42. I checked it." ends at the stop. */
static struct str first_sentence(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		if ((s.s[i] == '.' || s.s[i] == '!') && s.s[i + 1] == ' ')
			return str_sub(s, 0, i);
		if (word_at(s, i, "\xE3\x80\x82"))
			return str_sub(s, 0, i);
	}
	return s;
}

/* The label of a line, if it has one: at its start, or else the last sentence in it that names the answer. */
static enum label label_of(struct str line, struct str *text)
{
	enum label label = LABEL_NONE, l;
	size_t at;

	for (size_t i = 0; i < line.n; i++) {
		size_t n = lower(line.s[i]) == 'a' || line.s[i] == '\xE7' ? answer_at(line, i) : 0;

		if (!n)
			continue;
		l = label_at(line, i, n, &at);
		if (l == LABEL_NONE)
			continue;
		if ((l == LABEL_LINE || l == LABEL_HEADING) && leads_up(str_sub(line, 0, i))) {
			*text = str_from(line, at);
			return l;
		}
		if (l != LABEL_HEADING) {
			label = LABEL_SENTENCE;
			*text = str_from(line, at);
		}
	}
	if (label == LABEL_SENTENCE)
		*text = first_sentence(*text);
	return label;
}

/* A label whose line holds nothing more: the lines below it, up to a blank one. */
struct below {
	bool on, begun;
	size_t start, end;
};

static void below_end(struct hunt *h, struct below *b)
{
	if (b->on && b->begun)
		offer(h, QUARRY_LINE, str_sub(h->v, b->start, b->end), (struct json){ 0 });
	else if (b->on)
		h->kind[QUARRY_LINE].empty = true;
	b->on = b->begun = false;
}

static void below_line(struct hunt *h, struct below *b, struct str line, size_t start)
{
	if (!b->on)
		return;
	if (str_trim(line).n == 0) {
		if (b->begun)
			below_end(h, b);
		return;
	}
	if (!b->begun)
		b->start = start;
	b->begun = true;
	b->end = start + line.n;
}

struct fence {
	size_t marks; /* 0: none is open */
	char mark;
	size_t start;
	struct str info;
};

/* A block's inside. A JSON object with the answer in it was found as such and is no block. */
static void fence_offer(struct hunt *h, struct fence *f, size_t end)
{
	struct str text = str_sub(h->v, f->start, end < f->start ? f->start : end), in = str_trim(text);
	struct json object, value;
	size_t used;

	if (!in.n)
		text = f->info; /* "```42" and a closing fence */
	f->marks = 0;
	if (in.n && in.s[0] == '{' && in.n <= JSON_MAX && json_parse_head(&object, in, &used) && used == in.n &&
	    answer_member(object, &value))
		return;
	offer(h, QUARRY_FENCE, text, (struct json){ 0 });
}

static void fence_line(struct hunt *h, struct fence *f, struct str line, size_t start)
{
	struct str t = str_trim(line), tail;
	size_t n = fence_head(t);

	if (f->marks) {
		bool same = n >= f->marks && t.s[0] == f->mark && n == t.n;

		if (same) {
			fence_offer(h, f, start);
			return;
		}
		/* "42```": the fence hangs on the last line */
		tail = str_from(t, t.n < f->marks ? t.n : t.n - f->marks);
		if (!n && f->mark == '`' && fence_head(tail) == f->marks)
			fence_offer(h, f, (size_t)(tail.s - h->v.s));
		return;
	}
	if (!n)
		return;
	*f = (struct fence){ n, t.s[0], start + line.n + 1, str_from(t, n) };
	if (f->mark == '`' && str_chr(f->info, '`') >= 0) {
		/* one line: "```42```", or just code in a sentence */
		size_t k = 0;

		while (k < f->info.n && f->info.s[f->info.n - 1 - k] == '`')
			k++;
		if (k == n && str_chr(str_sub(f->info, 0, f->info.n - k), '`') < 0)
			offer(h, QUARRY_FENCE, str_sub(f->info, 0, f->info.n - k), (struct json){ 0 });
		f->marks = 0;
	}
}

static void find_lines(struct hunt *h)
{
	struct str rest = h->v, line;
	struct fence fence = { 0 };
	struct below below = { 0 };

	while (str_line(&rest, &line)) {
		size_t start = (size_t)(line.s - h->v.s);
		struct str text;
		enum label label = label_of(line, &text);

		fence_line(h, &fence, line, start);
		if (label == LABEL_NONE || label == LABEL_SENTENCE) {
			below_line(h, &below, line, start);
		} else {
			below_end(h, &below);
			text = str_from(text, skip_decoration(text, 0) == text.n ? text.n : 0);
			if (text.n)
				offer(h, QUARRY_LINE, text, (struct json){ 0 });
			else
				below.on = true;
		}
		if (label == LABEL_SENTENCE)
			offer(h, SENTENCE, text, (struct json){ 0 });
		if (!rest.s)
			break;
	}
	below_end(h, &below);
	h->kind[QUARRY_FENCE].broken = fence.marks > 0;
}

/*
 * The bare reply
 */

/* Is there a place where one sentence ends and another begins? */
static bool has_sentences(struct str s)
{
	for (size_t i = 1; i + 2 < s.n; i++) {
		char before = s.s[i - 1], behind = s.s[i + 2];

		if (strchr(".!?:", s.s[i]) && s.s[i] && blank(s.s[i + 1]) && lower(before) >= 'a' && lower(before) <= 'z' &&
		    ((lower(behind) >= 'a' && lower(behind) <= 'z')))
			return true;
		if (word_at(s, i, "\xE3\x80\x82") && i + 3 < s.n)
			return true;
	}
	return false;
}

static bool bare(struct str s)
{
	struct str rest = s, line, word;
	bool one = str_chr(s, '\n') < 0;

	if (s.n == 0 || s.n > BARE_MAX || has_sentences(s))
		return false;
	while (str_line(&rest, &line)) {
		int words = 0;

		while (str_word(&line, &word))
			words += word.n > 1 && lower(word.s[0]) >= 'a' && lower(word.s[0]) <= 'z';
		if (!one && words > BARE_WORDS)
			return false;
		if (!rest.s)
			break;
	}
	return true;
}

/*
 * The choice
 */

/* Copy a box's text with \{ and \} made plain, where there are any. */
static struct str unescape_braces(struct extract *x, struct str s)
{
	size_t n = 0;

	if (str_find(s, STR("\\{")) < 0 && str_find(s, STR("\\}")) < 0)
		return s;
	for (size_t i = 0; i < s.n && n < sizeof(x->room); i++)
		if (s.s[i] != '\\' || i + 1 >= s.n || (s.s[i + 1] != '{' && s.s[i + 1] != '}'))
			x->room[n++] = s.s[i];
	return (struct str){ x->room, n };
}

static bool json_answer(struct extract *x, struct json value)
{
	x->raw = x->answer = value.raw;
	if (value.kind != JSON_STRING)
		return true;
	x->raw = str_sub(value.raw, 1, value.raw.n - 1);
	return json_text(value, x->room, sizeof(x->room), &x->answer);
}

static void take(struct extract *x, struct hunt *h, int kind)
{
	struct find *f = &h->kind[kind];

	x->found = true;
	x->format = kind == SENTENCE ? QUARRY_ANY : (enum quarry_format)kind;
	x->raw = x->answer = f->text;
	if (f->text.n > ANSWER_MAX) {
		x->broken = true;
		return;
	}
	if (kind == QUARRY_JSON) {
		x->broken = !json_answer(x, f->json);
	} else if (kind == QUARRY_BOXED) {
		x->raw = widen_box(h->v, f->text);
		x->answer = unescape_braces(x, x->raw);
	}
}

void extract_answer(struct extract *x, struct str response, const struct quarry_options *o)
{
	static const int order[] = { QUARRY_TAGS, QUARRY_BOXED, QUARRY_JSON, QUARRY_FENCE, QUARRY_LINE, SENTENCE };
	struct hunt h = { .seen = 0 };
	bool broken = false;

	x->found = x->broken = false;
	x->format = QUARRY_ANY;
	x->answer = x->raw = (struct str){ NULL, 0 };
	x->seen = 0;
	h.v = drop_turn_end(visible(response, o->think_open));
	find_tags(&h);
	find_boxes(&h);
	find_json(&h);
	find_lines(&h);
	x->seen = h.seen;
	if (o->format > QUARRY_ANY && o->format < QUARRY_FORMATS && h.kind[o->format].have) {
		take(x, &h, (int)o->format);
		return;
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct find *f = &h.kind[order[i]];

		if (f->have) {
			take(x, &h, order[i]);
			return;
		}
		broken |= f->broken || (f->empty && order[i] != SENTENCE);
	}
	if (broken) {
		x->broken = true;
	} else if (bare(str_trim(h.v))) {
		x->found = true;
		x->raw = x->answer = str_trim(h.v);
		x->seen = 1;
	}
}

static bool put(char *room, size_t cap, size_t *at, struct str s)
{
	if (s.n > cap - *at)
		return false;
	memcpy(room + *at, s.s, s.n);
	*at += s.n;
	return true;
}

static bool put_json(char *room, size_t cap, size_t *at, struct str s)
{
	int64_t number;
	bool fits;

	/* numbers within a double's 53 bits, and nothing else, stand without quotes */
	if (s.n < 16 && str_i64(s, &number) && s.s[0] != '+' && (s.s[0] != '0' || s.n == 1) &&
	    !str_starts(s, STR("-0")))
		return put(room, cap, at, s);
	fits = put(room, cap, at, STR("\""));
	for (size_t i = 0; i < s.n && fits; i++) {
		unsigned char c = (unsigned char)s.s[i];
		char u[8];

		if (c == '"' || c == '\\')
			snprintf(u, sizeof(u), "\\%c", c);
		else if (c == '\n')
			snprintf(u, sizeof(u), "\\n");
		else if (c < 0x20)
			snprintf(u, sizeof(u), "\\u%04x", c);
		else
			snprintf(u, sizeof(u), "%c", c);
		fits = put(room, cap, at, str_of(u));
	}
	return fits && put(room, cap, at, STR("\""));
}

/* Braces that do not balance are escaped: else they would close the box. */
static bool put_boxed(char *room, size_t cap, size_t *at, struct str s)
{
	int depth = 0;
	bool fits = true, even = true;

	for (size_t i = 0; i < s.n; i++) {
		depth += (s.s[i] == '{') - (s.s[i] == '}');
		even &= depth >= 0;
	}
	even &= depth == 0;
	for (size_t i = 0; i < s.n && fits; i++) {
		if (!even && (s.s[i] == '{' || s.s[i] == '}'))
			fits = put(room, cap, at, STR("\\"));
		fits = fits && put(room, cap, at, str_sub(s, i, i + 1));
	}
	return fits;
}

size_t answer_wrap(enum quarry_format format, struct str answer, char *room, size_t cap)
{
	static const struct {
		const char *head, *tail;
	} around[QUARRY_FORMATS] = {
		[QUARRY_ANY] = { "", "" },
		[QUARRY_TAGS] = { "<answer>", "</answer>" },
		[QUARRY_BOXED] = { "\\boxed{", "}" },
		[QUARRY_JSON] = { "{\"answer\": ", "}" },
		[QUARRY_FENCE] = { "```\n", "\n```" },
		[QUARRY_LINE] = { "Answer: ", "" },
	};
	size_t at = 0;
	bool fits = put(room, cap, &at, str_of(around[format].head));

	if (format == QUARRY_JSON)
		fits = fits && put_json(room, cap, &at, answer);
	else if (format == QUARRY_BOXED)
		fits = fits && put_boxed(room, cap, &at, answer);
	else
		fits = fits && put(room, cap, &at, answer);
	fits = fits && put(room, cap, &at, str_of(around[format].tail));
	return fits ? at : 0;
}
