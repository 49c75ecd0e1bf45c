/* bare.c - tells whether a whole reply is an answer with nothing around it, or prose; see extract.h. */
#include "verifiers/hunt.h"

enum { BARE_WORDS = 16 }; /* words in one of several lines; more is prose */

/* Does the line around s.s[at] hold no blank? So does a row of a board whose last cell, a stop, is empty. */
static bool one_word(struct str s, size_t at)
{
	for (size_t i = at; i > 0 && s.s[i - 1] != '\n'; i--)
		if (is_blank(s.s[i - 1]))
			return false;
	for (; at < s.n && s.s[at] != '\n'; at++)
		if (is_blank(s.s[at]))
			return false;
	return true;
}

/* Is there a place where one sentence ends and another begins? */
static bool has_sentences(struct str s)
{
	for (size_t i = 1; i + 2 < s.n; i++) {
		bool stop = s.s[i] == '.' || s.s[i] == '!' || s.s[i] == '?';

		if (stop && is_blank(s.s[i + 1]) && is_letter(s.s[i - 1]) && is_letter(s.s[i + 2]) &&
		    !(s.s[i + 1] == '\n' && one_word(s, i) && one_word(s, i + 2)))
			return true;
		if ((unsigned char)s.s[i] == 0xE3 && word_at(s, i, "\xE3\x80\x82") && i + 3 < s.n) /* U+3002 */
			return true;
	}
	return false;
}

/*
 * How much a word speaks for prose: 2 is enough for a reply, 1 is not. None of these is the answer to a puzzle, alone or in a
 * list of words.
 */
static int prose_weight(struct str word)
{
	static const struct str small[] = {
		STR("an"), STR("are"), STR("can't"), STR("cannot"), STR("don't"), STR("is"), STR("it"), STR("it's"), STR("my"),
		STR("of"), STR("so"), STR("the"), STR("to"), STR("was"), STR("we"), STR("you"),
	};

	if (word.s[0] == 'I' && (word.n == 1 || word.s[1] == '\''))
		return 2;
	if (str_starts(word, STR("\xE6\x88\x91"))) /* U+6211: I */
		return 2;
	if (word.n < 2 || word.n > 6)
		return 0;
	for (size_t i = 0; i < COUNT(small); i++)
		if (word.n == small[i].n && (word.s[0] | 0x20) == small[i].s[0] && str_ieq(word, small[i]))
			return 1;
	return 0;
}

bool bare_reply(struct str s)
{
	struct str rest = s, line, word;
	int prose = 0;

	if (s.n == 0 || s.n > BARE_MAX || has_sentences(s))
		return false;
	while (str_split(&rest, '\n', &line)) {
		int words = 0;

		while (str_word(&line, &word)) {
			words += word.n > 1 && is_letter(word.s[0]);
			prose += prose_weight(word);
		}
		if (prose > 1 || (words > BARE_WORDS && str_chr(s, '\n') >= 0))
			return false;
	}
	return true;
}
