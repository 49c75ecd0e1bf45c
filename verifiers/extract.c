/* extract.c - find the answer in a response, and write one as it is asked for; see extract.h. */
#include "verifiers/extract.h"
#include "base/hash.h"
#include "base/json.h"
#include "verifiers/hunt.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

#include <stdio.h>

enum { STRIP_MAX = 4096 }; /* bytes; longer finds are compared as they stand */

/*
 * The thought
 */

/* Marks around a thought, by family of models, in lower case unless case matters. One that shuts ends a thought whatever opened it. */
static const struct {
	struct str text;
	bool shuts;
} thoughts[] = {
	{ STR("<think>"), false }, { STR("</think>"), true },               /* DeepSeek, Qwen, GLM, MiniMax, ... */
	{ STR("<thinking>"), false }, { STR("</thinking>"), true },         /* prompts that ask for it */
	{ STR("<seed:think>"), false }, { STR("</seed:think>"), true },     /* Seed-OSS */
	{ STR("<|start_thinking|>"), false }, { STR("<|end_thinking|>"), true }, /* Command A */
	{ STR("<|channel|>analysis"), false }, { STR("<|channel|>final<|message|>"), true }, /* gpt-oss */
	{ STR("[THINK]"), false }, { STR("[/THINK]"), true },               /* Magistral, in no other case */
	{ STR("\xE2\x97\x81think\xE2\x96\xB7"), false }, { STR("\xE2\x97\x81/think\xE2\x96\xB7"), true }, /* Kimi: U+25C1, U+25B7 */
};

/* The number of the mark that begins at s[i], where one may begin; COUNT(thoughts) for none. */
static size_t thought_at(struct str s, size_t i)
{
	/* Second and third bytes of the marks: nearly all that is none is passed over by these. */
	static const bool second[256] = { ['t'] = true, ['/'] = true, ['s'] = true, ['|'] = true, [0x97] = true };
	static const bool third[256] = {
		['h'] = true, ['t'] = true, ['e'] = true, ['s'] = true, ['c'] = true, [0x81] = true,
	};
	size_t k = COUNT(thoughts);

	if (s.n - i < 3 || !second[(unsigned char)to_lower(s.s[i + 1])] || !third[(unsigned char)to_lower(s.s[i + 2])])
		return k;
	for (k = 0; k < COUNT(thoughts); k++)
		if (s.s[i] == thoughts[k].text.s[0] &&
		    (s.s[i] == '[' ? str_starts(str_from(s, i), thoughts[k].text) : word_at(s, i, thoughts[k].text.s)))
			break;
	return k;
}

/* Might a mark begin in the BLOCK bytes at p? */
static bool block_begins(const char *p)
{
	unsigned char any = 0;

	for (size_t i = 0; i < BLOCK; i++)
		any |= (unsigned char)((p[i] == '<') | (p[i] == '[') | (p[i] == (char)0xE2));
	return any;
}

/* The same, of second bytes too; the byte behind the block is looked at. Dearer, so for blocks that the first one finds. */
static bool block_goes_on(const char *p)
{
	unsigned char any = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		char c = p[i + 1];

		any |= (unsigned char)(((p[i] == '<') | (p[i] == '[') | (p[i] == (char)0xE2)) &
				       (((c | 0x20) == 't') | (c == '/') | ((c | 0x20) == 's') | (c == '|') | (c == (char)0x97)));
	}
	return any;
}

/* Bits of those of sixteen bytes at which one might begin. */
static unsigned sixteen_begin(const char *p)
{
	sixteen v = load_sixteen(p);

	return sixteen_mask((v == '<') | (v == '[') | (v == (signed char)0xE2));
}

struct str extract_visible(struct str s, bool think_open)
{
	size_t hidden = s.n, k;

	for (size_t i = s.n; i > 0;) { /* all from i on has been looked at */
		size_t n = i < 16 ? i : 16;
		char room[16] = { 0 };
		unsigned begins;

		if (i >= BLOCK && i % BLOCK == s.n % BLOCK && i < s.n &&
		    !(block_begins(s.s + i - BLOCK) && block_goes_on(s.s + i - BLOCK))) {
			i -= BLOCK;
			continue;
		}
		i -= n;
		if (n < 16)
			memcpy(room, s.s + i, n);
		for (begins = sixteen_begin(n < 16 ? room : s.s + i); begins; begins ^= 1u << n) {
			n = (size_t)(31 - __builtin_clz(begins));
			k = thought_at(s, i + n);
			if (k < COUNT(thoughts) && thoughts[k].shuts)
				return str_sub(s, i + n + thoughts[k].text.n, hidden);
			if (k < COUNT(thoughts))
				hidden = i + n;
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
	/* the last but one byte of each; the last one is > or [ */
	static const bool before[256] = { ['s'] = true, ['|'] = true, ['n'] = true, ['~'] = true, [0x9C] = true };

	for (;;) {
		size_t k = 0;

		s = str_trim(s);
		if (s.n < 2 || (s.s[s.n - 1] != '>' && s.s[s.n - 1] != '[') || !before[(unsigned char)s.s[s.n - 2]])
			return s;
		while (k < COUNT(marks) && !str_ends(s, marks[k]))
			k++;
		if (k == COUNT(marks))
			return s;
		s.n -= marks[k].n;
	}
}

/*
 * Offers
 */

/* "...", "your answer", the "and" between two quoted tags: the prompt's own words, no answer. s is stripped. */
static bool placeholder(struct str s)
{
	static const struct str words[] = {
		STR("and"), STR("answer"), STR("answer here"), STR("the answer"), STR("final answer"), STR("the final answer"),
		STR("your answer"), STR("your answer here"), STR("your final answer"), STR("your final answer here"),
		STR("insert answer here"),
		STR("\xE5\x92\x8C"), STR("\xE4\xB8\x8E"),                             /* and */
		STR("\xE7\xAD\x94\xE6\xA1\x88"),                                   /* answer */
		STR("\xE4\xBD\xA0\xE7\x9A\x84\xE7\xAD\x94\xE6\xA1\x88"),           /* your answer */
		STR("\xE6\x9C\x80\xE7\xBB\x88\xE7\xAD\x94\xE6\xA1\x88"),           /* final answer */
		STR("\xE4\xBD\xA0\xE7\x9A\x84\xE6\x9C\x80\xE7\xBB\x88\xE7\xAD\x94\xE6\xA1\x88"), /* your final answer */
	};
	size_t dots = 0;

	if (s.n > 40 || (s.n && s.s[0] >= '0' && s.s[0] <= '9'))
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
		if (s.n == words[i].n && str_ieq(s, words[i]))
			return true;
	return false;
}

/* Is s an empty text in quotes, which may well be an answer? */
static bool quotes_only(struct str s)
{
	static const struct str pairs[] = {
		STR("\"\""), STR("''"), STR("\xE2\x80\x9C\xE2\x80\x9D"), STR("\xE2\x80\x98\xE2\x80\x99"),
	};

	s = str_trim(s);
	for (size_t i = 0; i < COUNT(pairs); i++)
		if (str_eq(s, pairs[i]))
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
	if (h->seen == SEEN_MAX)
		return;
	for (int i = 0; i < h->seen; i++)
		if (h->hash[i] == hash)
			return;
	h->hash[h->seen++] = hash;
}

/* Is this good one another than those before? With one alone, as is mostly so, there is nothing to compare. */
static void compare(struct hunt *h, int kind, struct str plain)
{
	struct find *f = &h->kind[kind];
	uint64_t hash;

	if (!h->seen) {
		h->seen = 1;
		h->first = plain;
		h->first_kind = kind;
		return;
	}
	if (h->first.s) {
		h->hash[0] = h->kind[h->first_kind].hash = fold(h->first);
		h->first.s = NULL;
	}
	hash = fold(plain);
	f->many |= f->have && f->hash != hash;
	f->hash = hash;
	count(h, hash);
}

/* An answer as it is compared with others: what says nothing is off. */
static struct str bared(int kind, struct str text)
{
	if (kind == QUARRY_JSON && text.n >= 2 && text.s[0] == '"')
		text = str_sub(text, 1, text.n - 1);
	return text.n <= STRIP_MAX ? text_strip(text) : str_trim(text);
}

/* "This answer is correct": no answer, and where one was given before, that one stands. */
static bool only_praises(struct str s)
{
	static const struct str words[] = {
		STR("correct"), STR("right"), STR("unique"), STR("consistent"), STR("verified"), STR("confirmed"), STR("the same"), STR("unchanged"),
		STR("正确"), STR("正确的"), STR("对的"), STR("唯一"), STR("唯一的"), STR("一致的"), STR("成立的"), STR("合理的"),
	};

	return text_among(s, words, COUNT(words));
}

static void look_at(struct hunt *h, int kind, struct str text)
{
	struct find *f = &h->kind[kind];
	struct str plain;
	struct json value;
	size_t used;

	if (text.n > ANSWER_MAX) { /* too long whatever it says */
		f->have = true;
		f->text = text;
		return;
	}
	plain = bared(kind, text);
	if (kind == SENTENCE && f->have && only_praises(plain))
		return;
	if (kind == QUARRY_JSON && !(json_parse_head(&value, text, &used) && used == text.n)) {
		if (!json_loose(text)) {
			f->broken = true;
			return;
		}
		value.kind = JSON_STRING;
	}
	if (placeholder(plain) || (kind == QUARRY_JSON && value.kind == JSON_NULL)) {
		f->empty = true;
		if (!f->have && quotes_only(text)) {
			f->quotes = true;
			f->text = text;
		}
		return;
	}
	compare(h, kind, plain);
	f->have = true;
	f->text = text;
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

/* Of those that were too many the last ones are looked at. */
void hunt_late(struct hunt *h, int kind)
{
	struct find *f = &h->kind[kind];

	for (size_t i = f->lates < OFFERS_LATE ? 0 : f->lates - OFFERS_LATE; i < f->lates; i++)
		look_at(h, kind, f->late[i % OFFERS_LATE]);
	f->lates = 0;
}

static void hunt(struct hunt *h, struct str text)
{
	h->v = text;
	h->first.s = NULL;
	h->offers = h->seen = h->doubts = 0;
	h->rows.n = 0;
	h->denied = false;
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

/* "The answer is correct", "is the same", "is unique": a sentence about an answer, which names none. */
static bool only_judges(struct str s)
{
	static const char *const words[] = {
		"correct", "right", "wrong", "incorrect", "valid", "invalid", "unique", "consistent", "verified", "confirmed", "still", "indeed", "the same",
		"unchanged", "as ", "above", "fine", "clear", "in ", "not", "given", "obtained", "found", "based",
	};

	s = str_trim(s);
	for (size_t i = 0; i < COUNT(words); i++)
		if (word_at(s, 0, words[i]))
			return true;
	return false;
}

/* Of the finds of other kinds the last one, if it begins behind this one; 0 for none. */
static int later_than(const struct hunt *h, int kind)
{
	struct str text = h->kind[kind].text;
	int last = 0;

	for (size_t i = 0; i < COUNT(order); i++) {
		const struct find *f = &h->kind[order[i]];

		if (!f->have || order[i] == kind || f->text.s < text.s + text.n || (last && f->text.s < h->kind[last].text.s))
			continue;
		if (order[i] != QUARRY_FENCE && !(order[i] == SENTENCE && only_judges(f->text))) /* a fence may show how it was found */
			last = order[i];
	}
	return last;
}

/*
 * The kind that stands, and one more that is read where the rule cannot read that; 0 for none. What corrects an answer goes before it; what comes
 * behind a fence goes after it, as a fence may hold mere code.
 */
static int choose_two(const struct hunt *h, enum quarry_format asked, int *second)
{
	int kind = choose(h, asked), later = kind ? later_than(h, kind) : 0;
	struct str text;

	*second = 0;
	if (!later)
		return kind;
	text = h->kind[kind].text;
	if (corrects((struct str){ text.s + text.n, (size_t)(h->kind[later].text.s - text.s) - text.n })) {
		*second = kind;
		return later;
	}
	*second = kind == QUARRY_FENCE ? later : 0;
	return kind;
}

/* A box's text with \{ and \} made plain, in the room, where there are any. Text that lies in the room already may be given. */
static struct str unescape_braces(struct extract *x, struct str s)
{
	size_t n = 0;

	if (next_byte(s, 0, '\\') == s.n)
		return s;
	for (size_t i = 0; i < s.n; i++)
		if (s.s[i] != '\\' || i + 1 >= s.n || (s.s[i + 1] != '{' && s.s[i + 1] != '}'))
			x->room[n++] = s.s[i];
	return (struct str){ x->room, n };
}

static bool four_hex(struct str s)
{
	for (size_t i = 0; i < 4; i++)
		if (i >= s.n || str_chr(STR("0123456789abcdefABCDEF"), s.s[i]) < 0)
			return false;
	return true;
}

/* Is the inside of a JSON string LaTeX whose backslashes were not doubled: "4 \cdot 6", "\frac{1}{2}" (which begins with a form feed else)? */
static bool latex_undoubled(struct str s)
{
	static const char *const commands[] = { "frac", "times", "text", "tfrac", "boxed", "begin", "right", "neq", "ne ", NULL };

	for (size_t i = next_byte(s, 0, '\\'); i + 1 < s.n; i = next_byte(s, i, '\\')) {
		struct str behind = str_from(s, i + 1);

		if (text_head(behind, commands) || (behind.s[0] == 'u' ? !four_hex(str_from(behind, 1)) : str_chr(STR("\"\\/bfnrt"), behind.s[0]) < 0))
			return true;
		i += 2;
	}
	return false;
}

/* Then no escapes are undone but \\, \" and line ends. */
static struct str latex_unescape(struct extract *x, struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char next = s.s[i] == '\\' && i + 1 < s.n ? s.s[i + 1] : 0;
		bool line = next == 'n' && !(i + 2 < s.n && is_letter(s.s[i + 2]));

		i += line || next == '\\' || next == '"';
		x->room[n++] = line ? '\n' : s.s[i];
	}
	return (struct str){ x->room, n };
}

/* Set x->answer to what a find of this kind holds; false where that is too long. */
static bool open_find(struct extract *x, const struct hunt *h, int kind)
{
	struct str text = h->kind[kind].text;

	if (text.n > ANSWER_MAX)
		return false;
	x->answer = text;
	if (kind == QUARRY_BOXED)
		x->answer = unescape_braces(x, text_strip(text)); /* \text{} goes first, for its braces are no part */
	else if (kind == QUARRY_JSON && text.s[0] == '"' && latex_undoubled(str_sub(text, 1, text.n - 1)))
		x->answer = latex_unescape(x, str_sub(text, 1, text.n - 1));
	else if (kind == QUARRY_JSON && text.s[0] == '"') /* look_at() has found it well-formed */
		return json_text((struct json){ JSON_STRING, text }, x->room, sizeof(x->room), &x->answer);
	return true;
}

/* Is a lies within the bytes of b? */
static bool within(struct str a, struct str b)
{
	return a.s >= b.s && a.s + a.n <= b.s + b.n;
}

/* Does one of the BLOCK bytes at p begin a wrapper? */
static bool block_wraps(const char *p)
{
	unsigned char any = 0;

	for (size_t i = 0; i < BLOCK; i++)
		any |= (unsigned char)((p[i] == '<') | (p[i] == '{') | (p[i] == '~'));
	for (size_t i = 0; i < BLOCK; i++) /* of all five at once gcc 12 makes no vector operations */
		any |= (unsigned char)((p[i] == '\\') | (p[i] == '`'));
	return any;
}

/* Might a wrapper, a label or a sentence stand in s? Hardly any answer holds a byte of those. */
static bool may_wrap(struct str s)
{
	static const bool marks[256] = { ['<'] = true, ['\\'] = true, ['{'] = true, ['`'] = true, ['~'] = true };
	size_t i = 0;

	for (; i + BLOCK <= s.n; i += BLOCK)
		if (block_wraps(s.s + i))
			return true;
	for (; i < s.n; i++)
		if (marks[(unsigned char)s.s[i]])
			return true;
	return next_answer(s, 0) < s.n;
}

/*
 * Take a find, and what is wrapped in it once more: <answer>The answer is \boxed{42}</answer>. Undoing escapes twice in the one room is
 * safe: text only gets shorter, so what is written never overtakes what is read.
 */
static void take(struct extract *x, const struct hunt *h, int kind)
{
	struct str unlabelled;
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
	if (may_wrap(x->answer)) {
		hunt(&in, x->answer);
		inner = choose(&in, QUARRY_ANY);
		if (inner) {
			if (within(in.kind[inner].text, x->raw))
				x->raw = in.kind[inner].text;
			open_find(x, &in, inner);
			return;
		}
		if (in.denied) {
			x->broken = true;
			return;
		}
	}
	unlabelled = behind_solution(x->answer);
	if (unlabelled.n == x->answer.n)
		return;
	x->answer = unlabelled;
	if (within(unlabelled, x->raw))
		x->raw = unlabelled;
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

/* The other reading of a find, with the lines below it; empty: there is none. */
static struct str lines_below(const struct hunt *h, int kind)
{
	return h->rows.n && h->kind[kind].text.s == h->row.s ? h->rows : (struct str){ NULL, 0 };
}

static void extract_init(struct extract *x)
{
	x->found = x->broken = x->mixed = x->faint = false;
	x->next = 0;
	x->format = QUARRY_ANY;
	x->answer = x->raw = x->other = (struct str){ NULL, 0 };
	x->seen = 0;
}

void extract_answer(struct extract *x, struct str response, const struct quarry_options *o)
{
	struct hunt h;
	bool several, broken = false;
	int kind, second, quotes = 0;

	extract_init(x);
	hunt(&h, drop_turn_end(extract_visible(response, o->think_open)));
	kind = choose_two(&h, o->format, &second);
	if (kind) {
		several = o->strict_format && mixed(x, &h, o->format);
		extract_init(x);
		take(x, &h, kind);
		x->mixed = several;
		x->seen = h.seen;
		x->other = lines_below(&h, kind);
		x->next = second;
		if (second) {
			x->next_text = h.kind[second].text;
			x->next_other = lines_below(&h, second);
		}
		return;
	}
	for (size_t i = COUNT(order); i-- > 0;) {
		const struct find *f = &h.kind[order[i]];

		broken |= f->broken || (f->empty && !f->quotes && order[i] != SENTENCE);
		quotes = f->quotes ? order[i] : quotes;
	}
	if (quotes && !broken) {
		x->found = true;
		x->format = quotes == SENTENCE ? QUARRY_ANY : (enum quarry_format)quotes;
		x->raw = h.kind[quotes].text;
		x->answer = (struct str){ x->raw.s, 0 };
		x->seen = 1;
	} else if (broken) {
		x->broken = true;
	} else if (h.denied) {
		return;
	} else if (bare_reply(str_trim(h.v))) {
		x->found = true;
		x->raw = x->answer = behind_solution(str_trim(h.v));
		x->seen = 1;
		find_last(&h);
		if (!h.kind[SENTENCE].have)
			find_bold(&h, true);
		if (h.kind[SENTENCE].have)
			x->other = h.kind[SENTENCE].text;
	} else {
		struct str solution;

		find_solutions(&h);
		solution = h.kind[SENTENCE].have ? h.kind[SENTENCE].text : STR("");
		h.kind[SENTENCE].have = false;
		find_last(&h);
		if (h.kind[SENTENCE].have)
			x->other = solution;
		else if (solution.n)
			h.kind[SENTENCE] = (struct find){ .have = true, .text = solution };
		else
			find_bold(&h, false);
		if (!h.kind[SENTENCE].have)
			return;
		take(x, &h, SENTENCE);
		x->faint = true;
		x->seen = h.seen;
	}
}

void extract_next(struct extract *x)
{
	struct str text = x->next_text, other = x->next_other;
	int kind = x->next, seen = x->seen;
	bool several = x->mixed;
	struct hunt h;

	h.kind[kind].text = text; /* take() asks for nothing else */
	extract_init(x);
	take(x, &h, kind);
	x->other = other;
	x->mixed = several;
	x->seen = seen;
}

/* Only blanks between the start of a line, or of all, and s[at]? */
static bool at_line_start(struct str s, size_t at)
{
	while (at > 0 && (s.s[at - 1] == ' ' || s.s[at - 1] == '\t'))
		at--;
	return at == 0 || s.s[at - 1] == '\n';
}

bool extract_unquote(struct extract *x, struct str response)
{
	struct str rest = x->answer, line;
	size_t n = 0;

	if (!within(x->answer, response) || x->answer.n > sizeof(x->room))
		return false;
	while (rest.n && is_blank(rest.s[0]))
		rest = str_from(rest, 1);
	if (!rest.n || rest.s[0] != '>' || !at_line_start(response, (size_t)(rest.s - response.s)))
		return false;
	while (str_line(&rest, &line)) {
		line = str_trim(line);
		if (!line.n)
			continue;
		if (line.s[0] != '>' || (line.n > 1 && line.s[1] != ' '))
			return false;
		line = str_from(line, 2);
		memcpy(x->room + n, line.s, line.n);
		n += line.n;
		x->room[n++] = '\n'; /* in the place of the mark */
	}
	x->answer = str_trim((struct str){ x->room, n });
	return x->answer.n > 0;
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
