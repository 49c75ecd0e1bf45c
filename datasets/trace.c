/* trace.c - loops and answers told early; see trace.h. */
#include "datasets/trace.h"
#include "base/hash.h"

enum {
	BLOCK_MAX = 256,   /* words of a repeated block */
	BLOCK_MIN = 4,     /* shorter blocks must go on for long */
	TIMES = 3,
	LOOP_WORDS = 24,   /* of the whole repetition */
	DRONE_WORDS = 128, /* the same where a block is short or holds only one or two different words */
	PLAIN_MIN = 8,     /* characters of an answer that is looked for as it stands */
	PLAIN_TRIES = 100, /* places looked at */
};

/* Part of a word: ASCII letters and digits, and any byte of a longer character. */
static bool wordy(char c)
{
	return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80;
}

/* A character that stands for a word. */
static bool is_word(uint32_t cp)
{
	return cp >= 0x2E80 && cp != 0xFFFD;
}

/* ---- loops */

static bool add_word(struct buf *words, struct str w)
{
	uint32_t h = (uint32_t)hash64(w.s, w.n, 0);

	if (w.n)
		buf_add(words, (struct str){ (const char *)&h, sizeof(h) });
	return !words->failed;
}

static bool split_words(struct str text, struct buf *words)
{
	size_t from = 0;

	buf_reset(words);
	for (size_t i = 0; i < text.n;) {
		uint32_t cp;
		size_t n = utf8_next(str_from(text, i), &cp);
		bool alone = is_word(cp);

		if (!alone && !is_blank(text.s[i])) {
			i += n;
			continue;
		}
		add_word(words, str_sub(text, from, i));
		if (alone)
			add_word(words, str_sub(text, i, i + n));
		i += n;
		from = i;
	}
	return add_word(words, str_from(text, from));
}

static bool three_different(const uint32_t *w, size_t n)
{
	uint32_t other = w[0];

	for (size_t i = 1; i < n; i++) {
		if (w[i] == w[0] || w[i] == other)
			continue;
		if (other != w[0])
			return true;
		other = w[i];
	}
	return false;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

bool trace_loops(struct str text, struct buf *room)
{
	const uint32_t *w;
	size_t n;

	if (!split_words(text, room))
		return true;
	/* a buf's memory comes from realloc, aligned for anything */
	w = (const uint32_t *)(const void *)buf_z(room);
	n = room->n / sizeof(*w);
	for (size_t p = 1; p <= BLOCK_MAX && p * TIMES <= n; p++) {
		size_t same = p; /* words that end here and repeat with period p, the first block included */

		for (size_t i = p; i < n; i++) {
			same = w[i] == w[i - p] ? same + 1 : p;
			if (same == larger(p * TIMES, DRONE_WORDS))
				return true;
			if (p >= BLOCK_MIN && same == larger(p * TIMES, LOOP_WORDS) && three_different(w + i + 1 - p, p))
				return true;
		}
	}
	return false;
}

/* ---- told early */

/* Blanks as one blank, none at the ends, ASCII capitals as small letters. */
static struct str plain(struct buf *b, struct str s)
{
	size_t from = b->n;

	s = str_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.s[i];

		if (!is_blank(c))
			buf_addc(b, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
		else if (!is_blank(s.s[i - 1]))
			buf_addc(b, ' ');
	}
	return (struct str){ NULL, b->n - from };
}

static struct str skip_marks(struct str s)
{
	for (;;) {
		if (s.n && strchr(" :*`\"'$=", s.s[0]) && s.s[0])
			s = str_from(s, 1);
		else if (str_starts(s, STR("\xEF\xBC\x9A"))) /* U+FF1A, a full-width colon */
			s = str_from(s, 3);
		else
			return s;
	}
}

/* Whether an answer that ends in `last` ends here, before `rest`. */
static bool ends_here(char last, struct str rest)
{
	if (wordy(last))
		return rest.n == 0 || !wordy(rest.s[0]) || (unsigned char)rest.s[0] >= 0x80;
	if (rest.n && rest.s[0] == '}') /* of a box or an object: a bracket of the answer stands apart */
		return true;
	if (rest.n && rest.s[0] == ' ')
		rest = str_from(rest, 1);
	return rest.n == 0 || wordy(rest.s[0]) || (rest.s[0] && strchr(".,;:!?<\"'*`$", rest.s[0]));
}

static bool handed_in(struct str head, struct str answer)
{
	static const char *const words[] = {
		"<answer>", "\\boxed{", "\"answer\":", "answer is", "answer:", "answer =", "answer**:",
		"\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF", /* da an shi */
		"\xE7\xAD\x94\xE6\xA1\x88\xE4\xB8\xBA", /* da an wei */
		"\xE7\xAD\x94\xE6\xA1\x88\xEF\xBC\x9A", /* da an, full-width colon */
		"\xE7\xAD\x94\xE6\xA1\x88:",
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		struct str rest = head, word = str_of(words[i]);
		ptrdiff_t at;

		while ((at = str_find(rest, word)) >= 0) {
			struct str said;

			rest = str_from(rest, (size_t)at + word.n);
			said = skip_marks(rest);
			if (str_starts(said, answer) && ends_here(answer.s[answer.n - 1], str_from(said, answer.n)))
				return true;
		}
	}
	return false;
}

/* The answer stands there, and no word goes on over its ends. */
static bool stands(struct str text, struct str answer)
{
	size_t from = 0;

	for (int tries = 0; tries < PLAIN_TRIES; tries++) {
		ptrdiff_t at = str_find(str_from(text, from), answer);
		size_t a, z;

		if (at < 0)
			return false;
		a = from + (size_t)at;
		z = a + answer.n;
		if ((a == 0 || !wordy(text.s[a - 1]) || !wordy(answer.s[0])) &&
		    (z == text.n || !wordy(text.s[z]) || !wordy(answer.s[answer.n - 1])))
			return true;
		from = a + 1;
	}
	return false;
}

/* Long and various enough not to stand somewhere by chance. */
static bool telling(struct str answer)
{
	int chars = 0, words = 0;

	for (size_t i = 0; i < answer.n; i++) {
		chars += ((unsigned char)answer.s[i] & 0xC0) != 0x80;
		words += wordy(answer.s[i]);
	}
	return chars >= PLAIN_MIN && words >= 2;
}

bool trace_tells(struct str text, struct str answer, struct str prompt, struct buf *room)
{
	struct str head, a, q;

	buf_reset(room);
	head = plain(room, str_sub(text, 0, text.n / 3));
	a = plain(room, answer);
	q = plain(room, prompt);
	if (room->failed)
		return true;
	head.s = buf_z(room);
	a.s = head.s + head.n;
	q.s = a.s + a.n;
	if (a.n == 0)
		return false;
	return handed_in(head, a) || (telling(a) && stands(head, a) && !stands(q, a));
}
