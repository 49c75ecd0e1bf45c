/* extract.c - find the answer in a response, and write one as it is asked for; see extract.h. */
#include "verifiers/extract.h"
#include "base/hash.h"
#include "base/json.h"
#include "verifiers/hunt.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { STRIP_MAX = 4096 }; /* bytes; longer finds are compared as they stand */

/*
 * The thought
 */

/* Marks around a thought, by family of models, in lower case. One that shuts ends a thought whatever opened it. */
static const struct {
	const char *text;
	bool shuts;
} thoughts[] = {
	{ "<think>", false }, { "</think>", true },                                /* DeepSeek, Qwen, GLM, MiniMax, ... */
	{ "<thinking>", false }, { "</thinking>", true },                          /* prompts that ask for it */
	{ "<seed:think>", false }, { "</seed:think>", true },                      /* Seed-OSS */
	{ "<|start_thinking|>", false }, { "<|end_thinking|>", true },             /* Command A */
	{ "<|channel|>analysis", false }, { "<|channel|>final<|message|>", true }, /* gpt-oss */
	{ "[think]", false }, { "[/think]", true },                                /* Magistral */
	{ "\xE2\x97\x81think\xE2\x96\xB7", false }, { "\xE2\x97\x81/think\xE2\x96\xB7", true }, /* Kimi: U+25C1, U+25B7 */
};

/* Might a mark begin in the BLOCK bytes at p? */
static bool block_begins(const char *p)
{
	unsigned char any = 0;

	for (size_t i = 0; i < BLOCK; i++)
		any |= (unsigned char)((p[i] == '<') | (p[i] == '[') | (p[i] == (char)0xE2));
	return any;
}

struct str extract_visible(struct str s, bool think_open)
{
	/* First, second and third bytes of the marks: nearly all that is none is passed over by these. */
	static const bool begins[256] = { ['<'] = true, ['['] = true, [0xE2] = true };
	static const bool follows[256] = { ['t'] = true, ['/'] = true, ['s'] = true, ['|'] = true, [0x97] = true };
	static const bool third[256] = {
		['h'] = true, ['t'] = true, ['e'] = true, ['s'] = true, ['c'] = true, [0x81] = true,
	};
	size_t hidden = s.n, busy = s.n; /* busy: where the block begins that must be looked at byte by byte */

	for (size_t i = s.n; i-- > 0;) {
		if (i < busy) {
			while (i >= BLOCK && !block_begins(s.s + i + 1 - BLOCK))
				i -= BLOCK;
			busy = i < BLOCK ? 0 : i + 1 - BLOCK;
		}
		if (!begins[(unsigned char)s.s[i]] || s.n - i < 3 || !follows[(unsigned char)to_lower(s.s[i + 1])] ||
		    !third[(unsigned char)to_lower(s.s[i + 2])])
			continue;
		for (size_t k = 0; k < COUNT(thoughts); k++) {
			if (to_lower(s.s[i + 1]) != thoughts[k].text[1] || !word_at(s, i, thoughts[k].text))
				continue;
			if (thoughts[k].shuts)
				return str_sub(s, i + strlen(thoughts[k].text), hidden);
			hidden = i;
		}
	}
	return str_sub(s, 0, think_open ? 0 : hidden);
}

/* Cut the marks that end a turn, where a sampler left them in. */
static struct str drop_turn_end(struct str s)
{
	static const struct str marks[] = {
		{ "</s>", 4 }, { "<|im_end|>", 10 }, { "<|endoftext|>", 13 }, { "<|eot_id|>", 10 }, { "<|end|>", 7 },
		{ "<|return|>", 10 }, { "<|endofassistant|>", 18 }, { "<end_of_turn>", 13 }, { "[e~[", 4 },
		{ "<\xEF\xBD\x9C" "end\xE2\x96\x81of\xE2\x96\x81sentence\xEF\xBD\x9C>", 27 }, /* DeepSeek: U+FF5C, U+2581 */
	};
	size_t k;

	do {
		s = str_trim(s);
		for (k = 0; k < COUNT(marks) && !str_ends(s, marks[k]); k++)
			;
		if (k < COUNT(marks))
			s.n -= marks[k].n;
	} while (k < COUNT(marks));
	return s;
}

/*
 * Offers
 */

/* "...", "your answer", the "and" between two quoted tags: the prompt's own words, no answer. s is stripped. */
static bool placeholder(struct str s)
{
	static const char *const words[] = {
		"and", "answer", "answer here", "the answer", "final answer", "the final answer", "your answer",
		"your answer here", "your final answer", "your final answer here", "insert answer here",
		"\xE5\x92\x8C", "\xE4\xB8\x8E",                         /* and */
		"\xE7\xAD\x94\xE6\xA1\x88",                             /* answer */
		"\xE4\xBD\xA0\xE7\x9A\x84\xE7\xAD\x94\xE6\xA1\x88",     /* your answer */
		"\xE6\x9C\x80\xE7\xBB\x88\xE7\xAD\x94\xE6\xA1\x88",     /* final answer */
		"\xE4\xBD\xA0\xE7\x9A\x84\xE6\x9C\x80\xE7\xBB\x88\xE7\xAD\x94\xE6\xA1\x88", /* your final answer */
	};
	size_t dots = 0;

	if (s.n > 40)
		return false;
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
	if (s.n > 2 && (s.s[0] == '[' || s.s[0] == '{' || s.s[0] == '(' || s.s[0] == '<'))
		s = str_trim(str_sub(s, 1, s.n - 1));
	for (size_t i = 0; i < COUNT(words); i++)
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
		if (is_blank(s.s[i]))
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

/* An answer as it is compared with others: what says nothing is off. */
static struct str bared(int kind, struct str text)
{
	if (kind == QUARRY_JSON && text.n >= 2 && text.s[0] == '"')
		text = str_sub(text, 1, text.n - 1);
	return text.n <= STRIP_MAX ? text_strip(text) : str_trim(text);
}

static void look_at(struct hunt *h, int kind, struct str text)
{
	struct find *f = &h->kind[kind];
	struct str plain;
	struct json value;
	size_t used;
	uint64_t hash;

	if (text.n > ANSWER_MAX) { /* too long whatever it says */
		f->have = true;
		f->text = text;
		return;
	}
	plain = bared(kind, text);
	if (kind == QUARRY_JSON && !(json_parse_head(&value, text, &used) && used == text.n)) {
		f->broken = true;
		return;
	}
	if (placeholder(plain) || (kind == QUARRY_JSON && value.kind == JSON_NULL)) {
		f->empty = true;
		return;
	}
	hash = fold(plain);
	f->many |= f->have && f->hash != hash;
	f->hash = hash;
	f->have = true;
	f->text = text;
	count(h, hash);
}

void hunt_offer(struct hunt *h, int kind, struct str text)
{
	if (h->offers < OFFERS) {
		h->offers++;
		look_at(h, kind, text);
	} else {
		h->kind[kind].late[h->kind[kind].lates++ % OFFERS_LATE] = text;
	}
}

void hunt_end(struct hunt *h, int kind)
{
	struct find *f = &h->kind[kind];

	for (size_t i = f->lates < OFFERS_LATE ? 0 : f->lates - OFFERS_LATE; i < f->lates; i++)
		look_at(h, kind, f->late[i % OFFERS_LATE]);
	f->lates = 0;
}

static void hunt(struct hunt *h, struct str text)
{
	h->v = text;
	h->offers = h->seen = 0;
	memset(h->slot, 0, sizeof(h->slot));
	for (int k = 0; k < KINDS; k++)
		memset(&h->kind[k], 0, offsetof(struct find, late));
	find_tags(h);
	find_boxes(h);
	find_json(h);
	find_lines(h);
}

/*
 * The choice
 */

static const int order[] = { QUARRY_TAGS, QUARRY_BOXED, QUARRY_JSON, QUARRY_FENCE, QUARRY_LINE, SENTENCE };

/* The kind that stands, the asked one first; 0 for none. */
static int choose(const struct hunt *h, enum quarry_format asked)
{
	if (asked > QUARRY_ANY && asked < QUARRY_FORMATS && h->kind[asked].have)
		return (int)asked;
	for (size_t i = 0; i < COUNT(order); i++)
		if (h->kind[order[i]].have)
			return order[i];
	return 0;
}

/* A box's text with \{ and \} made plain, in the room, where there are any. Text that lies in the room already may be given. */
static struct str unescape_braces(struct extract *x, struct str s)
{
	size_t n = 0;

	if (str_find(s, STR("\\{")) < 0 && str_find(s, STR("\\}")) < 0)
		return s;
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] != '\\' || i + 1 >= s.n || (s.s[i + 1] != '{' && s.s[i + 1] != '}'))
			x->room[n++] = s.s[i];
	return (struct str){ x->room, n };
}

/* Set x->answer to what a find of this kind holds; false where that is too long. */
static bool open_find(struct extract *x, const struct hunt *h, int kind)
{
	struct str text = h->kind[kind].text;
	struct json value;
	size_t used;

	if (text.n > ANSWER_MAX)
		return false;
	x->answer = text;
	if (kind == QUARRY_BOXED)
		x->answer = unescape_braces(x, text_strip(text)); /* \text{} goes first, for its braces are no part */
	else if (kind == QUARRY_JSON && json_parse_head(&value, text, &used) && value.kind == JSON_STRING)
		return json_text(value, x->room, sizeof(x->room), &x->answer);
	return true;
}

/* Is a lies within the bytes of b? */
static bool within(struct str a, struct str b)
{
	return a.s >= b.s && a.s + a.n <= b.s + b.n;
}

/*
 * Take a find, and what is wrapped in it once more: <answer>The answer is \boxed{42}</answer>. Undoing escapes twice in the one room is
 * safe: text only gets shorter, so what is written never overtakes what is read.
 */
static void take(struct extract *x, const struct hunt *h, int kind)
{
	struct hunt in;
	int inner;

	x->found = true;
	x->format = kind == SENTENCE ? QUARRY_ANY : (enum quarry_format)kind;
	x->raw = h->kind[kind].text;
	if (!open_find(x, h, kind)) {
		x->broken = true;
		return;
	}
	if (kind == QUARRY_BOXED)
		return;
	hunt(&in, x->answer);
	inner = choose(&in, QUARRY_ANY);
	if (!inner)
		return;
	if (within(in.kind[inner].text, x->raw))
		x->raw = in.kind[inner].text;
	open_find(x, &in, inner);
}

/*
 * Do two answers differ that are both final? All of the asked format count, and of tags, boxes, JSON and lines the last of each:
 * a model may well box what it finds on its way, and show code.
 */
static bool mixed(struct extract *x, const struct hunt *h, enum quarry_format asked)
{
	uint64_t first = 0;

	if (h->kind[asked].many)
		return true;
	for (size_t i = 0; i < COUNT(order); i++) {
		uint64_t hash;

		if (!h->kind[order[i]].have || order[i] == SENTENCE ||
		    (order[i] == QUARRY_FENCE && asked != QUARRY_FENCE))
			continue;
		take(x, h, order[i]);
		hash = fold(text_strip(x->answer));
		if (first && hash != first)
			return true;
		first = hash;
	}
	return false;
}

static void extract_init(struct extract *x)
{
	x->found = x->broken = x->mixed = false;
	x->format = QUARRY_ANY;
	x->answer = x->raw = (struct str){ NULL, 0 };
	x->seen = 0;
}

void extract_answer(struct extract *x, struct str response, const struct quarry_options *o)
{
	struct hunt h;
	bool several, broken = false;
	int kind;

	extract_init(x);
	hunt(&h, drop_turn_end(extract_visible(response, o->think_open)));
	kind = choose(&h, o->format);
	if (kind) {
		several = o->strict_format && mixed(x, &h, o->format);
		extract_init(x);
		take(x, &h, kind);
		x->mixed = several;
		x->seen = h.seen;
		return;
	}
	for (size_t i = 0; i < COUNT(order); i++)
		broken |= h.kind[order[i]].broken || (h.kind[order[i]].empty && order[i] != SENTENCE);
	if (broken) {
		x->broken = true;
	} else if (bare_reply(str_trim(h.v))) {
		x->found = true;
		x->raw = x->answer = str_trim(h.v);
		x->seen = 1;
	}
}

/*
 * The other way
 */

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
