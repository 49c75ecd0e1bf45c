/* foreign_trace.c - see foreign_trace.h. */
#include "cli/foreign_trace.h"

#include <stdio.h>

/* Where a sorting stands: its groups, from the left, as runs of word numbers. */
struct sorting {
	const struct str *word;
	int n;
	int at[TRACE_WORDS];   /* word numbers, group after group */
	int size[TRACE_WORDS]; /* of each group */
	int groups;
	int place, group, start; /* the letter looked at (from 0); the group that is due for it, and where it begins in at[] */
};

/* 1 .. 26, 0 behind the word's end. */
static int letter_of(struct str word, int place)
{
	return (size_t)place < word.n ? to_lower(word.s[place]) - 'a' + 1 : 0;
}

/* Go on to the next group of several; false: there is none, all is sorted. */
static bool next_due(struct sorting *s)
{
	for (;;) {
		while (s->group < s->groups && s->size[s->group] == 1)
			s->start += s->size[s->group++];
		if (s->group < s->groups)
			return true;
		if (s->groups == s->n)
			return false;
		s->group = s->start = 0;
		s->place++;
	}
}

/* The due group falls into groups by its letter; then the one behind it is due. */
static void split(struct sorting *s)
{
	int old[TRACE_WORDS], n = s->size[s->group], k = 0, made = 0, sizes[27];

	memcpy(old, s->at + s->start, sizeof(*old) * (size_t)n);
	for (int letter = 0; letter <= 26; letter++) {
		int before = k;

		for (int i = 0; i < n; i++)
			if (letter_of(s->word[old[i]], s->place) == letter)
				s->at[s->start + k++] = old[i];
		if (k > before)
			sizes[made++] = k - before;
	}
	memmove(s->size + s->group + made, s->size + s->group + 1, sizeof(*s->size) * (size_t)(s->groups - s->group - 1));
	memcpy(s->size + s->group, sizes, sizeof(*sizes) * (size_t)made);
	s->groups += made - 1;
	s->group += made;
	s->start += n;
}

/* The next text in quotes, behind what stands before it. */
static bool quoted(struct str *rest, struct str *before, struct str *text)
{
	ptrdiff_t open = str_chr(*rest, '"'), close;

	if (open < 0)
		return false;
	*before = str_sub(*rest, 0, (size_t)open);
	close = str_chr(str_from(*rest, (size_t)open + 1), '"');
	if (close < 0)
		return false;
	*text = str_sub(*rest, (size_t)open + 1, (size_t)(open + 1 + close));
	*rest = str_from(*rest, (size_t)(open + 2 + close));
	return true;
}

/* Is this word in the group, and not taken yet? */
static bool take(const struct sorting *s, int from, int n, struct str word, bool *taken)
{
	for (int i = from; i < from + n; i++)
		if (!taken[i] && str_ieq(s->word[s->at[i]], word)) {
			taken[i] = true;
			return true;
		}
	return false;
}

/* "cat": "a" (1). for each word of the due group. */
static bool letters_right(const struct sorting *s, struct str thought)
{
	bool taken[TRACE_WORDS] = { false };
	struct str before, word, letter, digits;
	int said = 0, n = s->size[s->group];

	while (quoted(&thought, &before, &word)) {
		int due = letter_of(word, s->place);
		uint64_t number;

		if (!str_starts(thought, STR(":"))) /* the group's own list in front */
			continue;
		if (!quoted(&thought, &before, &letter) || !str_starts(thought, STR(" (")) || str_chr(thought, ')') < 0)
			return false;
		digits = str_sub(thought, 2, (size_t)str_chr(thought, ')'));
		if (!take(s, s->start, n, word, taken) || !str_u64(digits, &number) || (int64_t)number != due || letter.n != (due > 0) ||
		    (due && to_lower(letter.s[0]) != 'a' + due - 1))
			return false;
		said++;
	}
	return said == n;
}

/* "ant" < ["cat" ? "cow"]: the groups as they are now; what follows the whole list is not looked at. */
static bool groups_right(const struct sorting *s, struct str thought)
{
	bool taken[TRACE_WORDS] = { false };
	struct str before, word;
	int from = 0;

	for (int g = 0; g < s->groups; from += s->size[g++])
		for (int i = 0; i < s->size[g]; i++) {
			bool joined;

			if (!quoted(&thought, &before, &word) || !take(s, from, s->size[g], word, taken))
				return false;
			joined = str_chr(before, '?') >= 0;
			if (joined != (i > 0) || (g + i > 0 && !joined && str_chr(before, '<') < 0))
				return false;
		}
	return !quoted(&thought, &before, &word) || (str_chr(before, '?') < 0 && !str_is(str_trim(before), "<"));
}

/* The text of thought k, up to the next one's head; false: it has none. */
static bool thought_at(struct str text, int k, struct str *ret)
{
	static const char *const heads[] = { "Thought %d:", "\u601d\u8003 %d:" };
	ptrdiff_t at = -1, end = -1;
	char head[32];

	for (size_t i = 0; i < 2 && at < 0; i++) {
		snprintf(head, sizeof(head), heads[i], k);
		at = str_find(text, str_of(head));
		if (at < 0)
			continue;
		*ret = str_from(text, (size_t)at + strlen(head));
		snprintf(head, sizeof(head), heads[i], k + 1);
		end = str_find(*ret, str_of(head));
		if (end >= 0)
			*ret = str_sub(*ret, 0, (size_t)end);
	}
	return at >= 0;
}

bool trace_first_wrong(const struct str *words, int n, struct str text, int *first)
{
	struct sorting s = { .word = words, .n = n, .size = { n }, .groups = 1 };
	struct str thought;
	int k = 1;

	for (int i = 0; i < n; i++) {
		s.at[i] = i;
		for (size_t c = 0; c < words[i].n; c++)
			if (to_lower(words[i].s[c]) < 'a' || to_lower(words[i].s[c]) > 'z')
				return false;
		for (int j = 0; j < i; j++)
			if (str_ieq(words[i], words[j]))
				return false; /* they would never part */
	}
	*first = 0;
	for (; next_due(&s); k += 2) {
		if (!thought_at(text, k, &thought))
			return false;
		if (!letters_right(&s, thought)) {
			*first = k;
			return true;
		}
		split(&s);
		if (!thought_at(text, k + 1, &thought))
			return false;
		if (!groups_right(&s, thought)) {
			*first = k + 1;
			return true;
		}
	}
	return !thought_at(text, k, &thought);
}
