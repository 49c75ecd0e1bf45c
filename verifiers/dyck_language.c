/*
 * dyck_language.c - the rule: the closing brackets that complete a sequence, innermost first.
 *
 * desc: the sequence so far, brackets only: "([]{<". The answer is the shortest completion, ") ] >" in any spelling of
 * brackets. The whole completed sequence is taken too: it begins with an opening bracket and the answer proper never does,
 * so nothing is given away and nobody is refused for copying what was there.
 */
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum {
	GIVEN_MAX = 2048,         /* brackets in a desc */
	SAID_MAX = 2 * GIVEN_MAX, /* brackets in a right answer, at most */
	TEXT_MAX = 1 << 14,       /* bytes of an answer, words and all: each is looked up in a table */
};

/* The closing bracket of an opening one, else 0. */
static char closer_of(char c)
{
	switch (c) {
	case '(': return ')';
	case '[': return ']';
	case '{': return '}';
	case '<': return '>';
	default: return 0;
	}
}

/* Walk through the desc; due[] becomes the closers that are missing, innermost first. */
static bool missing(struct str desc, char due[GIVEN_MAX], size_t *n)
{
	size_t top = GIVEN_MAX; /* due[top..] is the stack, so that it lies innermost first */

	if (desc.n == 0 || desc.n > GIVEN_MAX)
		return false;
	for (size_t i = 0; i < desc.n; i++) {
		char c = closer_of(desc.s[i]);

		if (c)
			due[--top] = c;
		else if (top < GIVEN_MAX && due[top] == desc.s[i])
			top++;
		else
			return false;
	}
	*n = GIVEN_MAX - top;
	memmove(due, due + top, *n);
	return *n > 0;
}

/* Spellings of a bracket (or of nothing: what = 0) beyond the ASCII characters. */
static const struct {
	const char *text;
	char what;
} spellings[] = {
	{ "\\{", '{' }, { "\\}", '}' }, { "\\(", '(' }, { "\\)", ')' }, { "\\[", '[' }, { "\\]", ']' },
	{ "\\<", '<' }, { "\\>", '>' },
	{ "\\lbrace", '{' }, { "\\rbrace", '}' }, { "\\lbrack", '[' }, { "\\rbrack", ']' },
	{ "\\langle", '<' }, { "\\rangle", '>' }, { "\\lparen", '(' }, { "\\rparen", ')' },
	{ "\\lt", '<' }, { "\\gt", '>' },
	{ "&lt;", '<' }, { "&gt;", '>' },
	{ "\uff08", '(' }, { "\uff09", ')' }, { "\uff3b", '[' }, { "\uff3d", ']' }, { "\uff5b", '{' }, { "\uff5d", '}' },
	{ "\uff1c", '<' }, { "\uff1e", '>' },
	{ "\u3010", '[' }, { "\u3011", ']' },
	{ "\u300a", '<' }, { "\u300b", '>' }, { "\u3008", '<' }, { "\u3009", '>' }, { "\u27e8", '<' }, { "\u27e9", '>' },
	{ "\\left", 0 }, { "\\right", 0 }, { "\\quad", 0 }, { "\\ ", 0 }, { "\\,", 0 }, { "\\;", 0 }, { "\\n", 0 },
	{ "\u3000", 0 }, { "\u00a0", 0 }, { "\u2009", 0 }, { "\u202f", 0 }, { "\u200b", 0 }, { "\uff0c", 0 }, { "\u3001", 0 }, { "\uff1b", 0 }, { "\u3002", 0 }, { "\uff1a", ':' },
	{ "\u201c", 0 }, { "\u201d", 0 }, { "\u2018", 0 }, { "\u2019", 0 },
	{ "and", 0 }, { "then", 0 }, { "\u548c", 0 }, { "\u7136\u540e", 0 },
};

/* One sign at the head of s: its length. *what is the bracket it spells, 0 for what may stand between brackets, ':' or 'w' for words. */
static size_t sign_read(struct str s, char *what)
{
	unsigned char c = (unsigned char)s.s[0];
	uint32_t cp;

	switch (c) {
	case '(': case ')': case '[': case ']': case '{': case '}': case '<': case '>': case ':':
		*what = s.s[0];
		return 1;
	case ' ': case '\t': case '\r': case '\n': case '\v': case '\f':
	case ',': case ';': case '.': case '\'': case '"': case '`': case '*': case '$':
		*what = 0;
		return 1;
	default:
		*what = 'w';
	}
	if (c >= 0x80 || c == '\\' || c == '&' || c == 'a' || c == 't')
		for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
			const char *text = spellings[i].text;
			struct str t;

			/* two bytes tell most apart, and a flood of backslashes must stay cheap */
			if (text[0] != s.s[0] || s.n < 2 || text[1] != s.s[1])
				continue;
			t = str_of(text);
			if (str_starts(s, t)) {
				*what = spellings[i].what;
				return t.n;
			}
		}
	return utf8_next(s, &cp);
}

/* \text{} )}: its braces may not balance, for they are brackets too. */
static struct str untext(struct str s)
{
	static const char *const heads[] = { "\\text{", "\\texttt{", "\\mathrm{", "\\mathtt{" };

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_starts(s, str_of(heads[i])) && s.s[s.n - 1] == '}')
			return str_sub(s, strlen(heads[i]), s.n - 1);
	return s;
}

/* ["}", ")"]: a list of quoted brackets, whose own brackets are no answer. */
static struct str unlist(struct str s)
{
	static const char quotes[] = "\"'`";
	struct str in;

	if (s.n < 4 || !((s.s[0] == '[' && s.s[s.n - 1] == ']') || (s.s[0] == '(' && s.s[s.n - 1] == ')')))
		return s;
	in = str_trim(str_sub(s, 1, s.n - 1));
	if (in.n < 2 || !in.s[0] || !strchr(quotes, in.s[0]))
		return s;
	if (in.s[in.n - 1] == ',')
		in = str_trim(str_sub(in, 0, in.n - 1));
	return in.n >= 2 && in.s[in.n - 1] && strchr(quotes, in.s[in.n - 1]) ? in : s;
}

/* Behind the last colon that brackets follow; all of s where there is none. */
static struct str behind_colon(struct str s)
{
	size_t from = 0, colon = 0; /* ends of colons */
	char what;

	for (size_t i = 0; i < s.n;) {
		i += sign_read(str_from(s, i), &what);
		if (what == ':')
			colon = i;
		else if (what && what != 'w')
			from = colon;
	}
	return str_from(s, from);
}

/*
 * The brackets of an answer, which stand in one run; words may stand before it and behind it. *first: where it begins. False: there is no
 * such run.
 */
static bool said_read(struct str s, char said[SAID_MAX], size_t *n, const char **first)
{
	bool run = false;
	char what;

	*n = 0;
	for (size_t i = 0, at = 0; i < s.n; at = i) {
		i += sign_read(str_from(s, i), &what);
		if (what == 0)
			continue;
		if (what == 'w' || what == ':') {
			run = false;
			continue;
		}
		if (!run && *n > 0)
			return false;
		if (!run)
			*first = s.s + at;
		run = true;
		if (*n < SAID_MAX)
			said[*n] = what;
		++*n; /* may run past SAID_MAX: then it is too long in any case */
	}
	return *n > 0;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	char due[GIVEN_MAX], said[SAID_MAX];
	size_t n_due, n_said, from = 0;
	struct str label;
	const char *first;

	if (!missing(desc, due, &n_due))
		return rule_bad_task(why, "the desc is no sequence of brackets that can be completed");
	answer = unlist(text_strip(untext(str_trim(answer))));
	if (answer.n > TEXT_MAX)
		return rule_unreadable(why, "that is too long for a run of brackets");
	label = answer;
	answer = behind_colon(answer); /* in front of it "not closed yet" denies nothing, but "not:" does */
	label.n -= answer.n;
	if (!said_read(answer, said, &n_said, &first) || text_denies(str_sub(answer, 0, (size_t)(first - answer.s))) || text_label_denies(label))
		return rule_unreadable(why, "no single run of brackets could be read");
	if (n_said >= desc.n && memcmp(said, desc.s, desc.n) == 0)
		from = desc.n; /* the whole sequence was written */
	for (size_t i = 0; i < n_due && from + i < n_said; i++)
		if (said[from + i] != due[i])
			return rule_wrong(why, "closing bracket %zu must be %c, not %c", i + 1, due[i], said[from + i]);
	if (n_said - from < n_due)
		return rule_wrong(why, "%zu closing brackets are due and %zu were given", n_due, n_said - from);
	if (n_said - from > n_due)
		return rule_wrong(why, "there are brackets behind the last one that is due");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_dyck_language = { "dyck_language", 1, judge, NULL };
