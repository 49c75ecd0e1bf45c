/* text.c - how people and models write an answer, undone; see text.h. */
#include "verifiers/text.h"

/* What one code point of white space looks like in UTF-8, beside the ASCII ones. */
static const char *const wide_blanks[] = {
	"\xC2\xA0",     /* U+00A0 no-break space */
	"\xE3\x80\x80", /* U+3000 ideographic space */
	"\xE2\x80\x89", /* U+2009 thin space */
	"\xE2\x80\xAF", /* U+202F narrow no-break space */
	"\xE2\x80\x8B", /* U+200B zero-width space */
	"\xEF\xBB\xBF", /* U+FEFF byte order mark */
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool ascii_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Length of the blank that s begins with, 0 for none. */
static size_t blank_head(struct str s)
{
	if (s.n && ascii_blank(s.s[0]))
		return 1;
	if (s.n >= 2 && (unsigned char)s.s[0] >= 0xC2)
		for (size_t i = 0; i < COUNT(wide_blanks); i++)
			if (str_starts(s, str_of(wide_blanks[i])))
				return strlen(wide_blanks[i]);
	return 0;
}

static size_t blank_tail(struct str s)
{
	if (s.n && ascii_blank(s.s[s.n - 1]))
		return 1;
	if (s.n >= 2 && (unsigned char)s.s[s.n - 1] >= 0x80)
		for (size_t i = 0; i < COUNT(wide_blanks); i++)
			if (str_ends(s, str_of(wide_blanks[i])))
				return strlen(wide_blanks[i]);
	return 0;
}

static struct str skip_blanks(struct str s)
{
	size_t n;

	while ((n = blank_head(s)) > 0)
		s = str_from(s, n);
	return s;
}

static struct str trim(struct str s)
{
	size_t n;

	s = skip_blanks(s);
	while ((n = blank_tail(s)) > 0)
		s.n -= n;
	return s;
}

static bool alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Index of the brace that closes the one at s[open], or s.n. A backslash guards the byte behind it. */
static size_t brace_end(struct str s, size_t open)
{
	int depth = 0;

	for (size_t i = open; i < s.n; i++) {
		if (s.s[i] == '\\')
			i++;
		else if (s.s[i] == '{')
			depth++;
		else if (s.s[i] == '}' && --depth == 0)
			return i;
	}
	return s.n;
}

/* \text{...} and its kind, where the brace runs to the end of s. */
static bool strip_command(struct str *s)
{
	static const char *const commands[] = {
		"\\text", "\\textbf", "\\textit", "\\texttt", "\\textrm", "\\mathrm", "\\mathbf", "\\mathtt",
		"\\mathit", "\\mathsf", "\\operatorname", "\\boxed", "\\fbox", "\\mbox",
	};

	if (s->n < 2 || s->s[s->n - 1] != '}' || s->s[0] != '\\')
		return false;
	for (size_t i = 0; i < COUNT(commands); i++) {
		size_t at = strlen(commands[i]);

		if (!str_starts(*s, str_of(commands[i])))
			continue;
		while (at < s->n && ascii_blank(s->s[at]))
			at++;
		if (s->s[at] != '{' || brace_end(*s, at) != s->n - 1)
			continue; /* there is a byte at `at`: the last one is a brace */
		*s = str_sub(*s, at + 1, s->n - 1);
		return true;
	}
	return false;
}

/* A fenced block that is all of s: its inside, without the fence line's language word. */
static bool strip_fence(struct str *s)
{
	struct str line, rest = *s;
	char c = s->n ? s->s[0] : 0;
	size_t n = 0, tail = 0;

	if (c != '`' && c != '~')
		return false;
	while (n < s->n && s->s[n] == c)
		n++;
	while (tail < s->n && s->s[s->n - 1 - tail] == c)
		tail++;
	if (n < 3 || tail < n || s->n < n + tail)
		return false;
	if (str_chr(*s, '\n') < 0) {
		*s = str_sub(*s, n, s->n - n);
		return true;
	}
	str_line(&rest, &line);
	if (str_chr(str_from(line, n), c) >= 0 || rest.n < n)
		return false;
	*s = str_sub(rest, 0, rest.n - tail);
	return true;
}

/* Marks that stand in pairs around an answer. Longer ones first. */
static const struct {
	const char *open, *close;
} pairs[] = {
	{ "***", "***" }, { "**", "**" }, { "__", "__" }, { "$$", "$$" }, { "\\(", "\\)" }, { "\\[", "\\]" },
	{ "``", "``" }, { "`", "`" }, { "$", "$" }, { "\"", "\"" }, { "'", "'" },
	{ "\xE2\x80\x9C", "\xE2\x80\x9D" }, /* U+201C U+201D */
	{ "\xE2\x80\x98", "\xE2\x80\x99" }, /* U+2018 U+2019 */
	{ "\xE3\x80\x8C", "\xE3\x80\x8D" }, /* U+300C U+300D */
	{ "\xE3\x80\x8E", "\xE3\x80\x8F" }, /* U+300E U+300F */
	{ "\xE3\x80\x8A", "\xE3\x80\x8B" }, /* U+300A U+300B */
};

static bool strip_pair(struct str *s)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct str open = str_of(pairs[i].open), close = str_of(pairs[i].close), in;

		if (s->n < open.n + close.n || !str_starts(*s, open) || !str_ends(*s, close))
			continue;
		in = str_sub(*s, open.n, s->n - close.n);
		/* "a", "b" is a list of two, not a text in quotes; $x$ and $y$ likewise */
		if (str_find(in, open) >= 0 || str_find(in, close) >= 0)
			return false;
		*s = in;
		return true;
	}
	return false;
}

/* "*a*" is emphasis, but a star alone may be an operator or a cell. */
static bool strip_stars(struct str *s)
{
	struct str in;

	if (s->n < 3 || (s->s[0] != '*' && s->s[0] != '_') || s->s[s->n - 1] != s->s[0])
		return false;
	in = str_sub(*s, 1, s->n - 1);
	if (str_chr(in, s->s[0]) >= 0 || ascii_blank(in.s[0]) || ascii_blank(in.s[in.n - 1]))
		return false;
	*s = in;
	return true;
}

static bool strip_stop(struct str *s)
{
	struct str cjk = STR("\xE3\x80\x82"); /* U+3002 */

	if (s->n > cjk.n && str_ends(*s, cjk)) {
		s->n -= cjk.n;
		return true;
	}
	/* one stop only: "..." is no sentence */
	if (s->n > 1 && s->s[s->n - 1] == '.' && s->s[s->n - 2] != '.') {
		s->n--;
		return true;
	}
	return false;
}

struct str text_strip(struct str s)
{
	/* Each layer may look at the whole text, so their number is bounded to keep this linear. */
	for (int layer = 0; layer < 12; layer++) {
		s = trim(s);
		if (s.n == 0 || (alnum(s.s[0]) && alnum(s.s[s.n - 1])))
			break;
		if (!strip_fence(&s) && !strip_pair(&s) && !strip_stars(&s) && !strip_command(&s) && !strip_stop(&s))
			break;
	}
	return trim(s);
}

/* The digit that s begins with, plain or full-width; its length, 0 for none. */
static size_t digit_head(struct str s, int *digit)
{
	uint32_t cp;
	size_t n;

	if (s.n == 0)
		return 0;
	n = utf8_next(s, &cp);
	if (cp >= 0xFF10 && cp <= 0xFF19)
		cp = cp - 0xFF10 + '0';
	if (cp < '0' || cp > '9')
		return 0;
	*digit = (int)(cp - '0');
	return n;
}

static size_t sign_head(struct str s, bool *neg)
{
	static const struct {
		const char *text;
		bool neg;
	} signs[] = {
		{ "+", false }, { "\xEF\xBC\x8B", false }, /* U+FF0B */
		{ "-", true }, { "\xE2\x88\x92", true }, { "\xEF\xBC\x8D", true }, /* U+2212 U+FF0D */
		{ "\xE2\x80\x93", true }, { "\xEF\xB9\xA3", true }, /* U+2013 U+FE63 */
	};

	for (size_t i = 0; i < COUNT(signs); i++)
		if (str_starts(s, str_of(signs[i].text))) {
			*neg = signs[i].neg;
			return strlen(signs[i].text);
		}
	return 0;
}

/* What may stand between thousands. */
static size_t thousands_head(struct str s)
{
	static const char *const marks[] = {
		"{,}", "\\,", "\\ ", ",", "\xEF\xBC\x8C", /* U+FF0C */
	};

	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(s, str_of(marks[i])))
			return strlen(marks[i]);
	return s.n && s.s[0] == '\n' ? 0 : blank_head(s);
}

/* Digits up to something else; their number, or -1 when they overflow. */
static int digits(struct str *s, uint64_t *v)
{
	int count = 0, d;
	size_t n;

	while ((n = digit_head(*s, &d)) > 0) {
		if (*v > (UINT64_MAX - (unsigned)d) / 10)
			return -1;
		*v = *v * 10 + (unsigned)d;
		count += count < 1000;
		*s = str_from(*s, n);
	}
	return count;
}

bool text_int(struct str s, int64_t *ret)
{
	uint64_t v = 0, zero = 0;
	struct str mark = { NULL, 0 };
	bool neg = false;
	size_t n;
	int count;

	s = text_strip(s);
	s = trim(str_from(s, sign_head(s, &neg)));
	count = digits(&s, &v);
	if (count <= 0)
		return false;
	while ((n = thousands_head(s)) > 0) {
		/* 1,234,567: at most three digits before the first mark, three behind each, one kind of mark */
		if (mark.n ? !str_eq(mark, str_sub(s, 0, n)) : count > 3)
			return false;
		mark = str_sub(s, 0, n);
		s = str_from(s, n);
		if (digits(&s, &v) != 3)
			return false;
	}
	if (s.n && (s.s[0] == '.' || str_starts(s, STR("\xEF\xBC\x8E")))) {
		s = str_from(s, s.s[0] == '.' ? 1 : 3);
		if (digits(&s, &zero) <= 0 || zero)
			return false;
	}
	if (s.n || v > (uint64_t)INT64_MAX + neg)
		return false;
	*ret = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

/* A separator that is not a blank. */
static size_t mark_head(struct str s)
{
	static const char *const marks[] = {
		",", ";", "\xE3\x80\x81", "\xEF\xBC\x8C", "\xEF\xBC\x9B", /* U+3001 U+FF0C U+FF1B */
	};

	if (s.n == 0 || ((unsigned char)s.s[0] < 0x80 && s.s[0] != ',' && s.s[0] != ';'))
		return 0;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(s, str_of(marks[i])))
			return strlen(marks[i]);
	return 0;
}

/* "and " "& " U+548C, as they stand before the last item. */
static size_t and_head(struct str s)
{
	struct str cjk = STR("\xE5\x92\x8C");

	if (s.n > 4 && str_ieq(str_sub(s, 0, 3), STR("and")) && ascii_blank(s.s[3]))
		return 4;
	if (s.n > 2 && s.s[0] == '&' && ascii_blank(s.s[1]))
		return 2;
	return str_starts(s, cjk) ? cjk.n : 0;
}

/* "- ", "* ", U+2022, "1. ", "1) " at the start of a line. */
static size_t bullet_head(struct str s)
{
	size_t i = 0;

	if (s.n > 1 && (s.s[0] == '-' || s.s[0] == '*' || s.s[0] == '+') && ascii_blank(s.s[1]))
		return 2;
	if (str_starts(s, STR("\xE2\x80\xA2")))
		return 3;
	while (i < s.n && i < 4 && s.s[i] >= '0' && s.s[i] <= '9')
		i++;
	if (i && i + 1 < s.n && (s.s[i] == '.' || s.s[i] == ')') && ascii_blank(s.s[i + 1]))
		return i + 2;
	return 0;
}

static struct str drop_bullet(struct str s)
{
	s = skip_blanks(s);
	return str_from(s, bullet_head(s));
}

/*
 * The separator that s begins with: blanks, at most one mark, blanks, an "and"; or a line end. Bullets behind a line end go too.
 * 0 where s begins with none; *blanks is then how many bytes of blanks it does begin with.
 */
static size_t separator(struct str s, size_t *blanks)
{
	bool line = false, mark = false;
	struct str at = s;
	size_t n;

	for (;;) {
		if ((n = blank_head(at)) > 0)
			line |= at.s[0] == '\n';
		else if (!mark && (n = mark_head(at)) > 0)
			mark = true;
		else
			break;
		at = str_from(at, n);
	}
	*blanks = s.n - at.n;
	n = and_head(at);
	if (n) {
		mark = true;
		at = str_from(at, n);
	}
	if (!line && !mark)
		return 0;
	if (line)
		at = drop_bullet(at);
	return s.n - at.n;
}

/* Where an item in quotes ends, if a separator or the end follows; else 0. Never looks past the next mark of its kind. */
static size_t quoted_end(struct str s)
{
	struct str open = { NULL, 0 }, close = { NULL, 0 };
	size_t at, blanks;

	if (!s.n || (s.s[0] != '"' && s.s[0] != '\'' && s.s[0] != '\xE2' && s.s[0] != '\xE3'))
		return 0;
	for (size_t i = 0; i < COUNT(pairs); i++)
		if (str_starts(s, str_of(pairs[i].open))) {
			open = str_of(pairs[i].open);
			close = str_of(pairs[i].close);
			break;
		}
	if (!open.n)
		return 0;
	for (at = open.n; at < s.n && !str_starts(str_from(s, at), close); at++)
		if (str_starts(str_from(s, at), open))
			return 0;
	if (at == s.n)
		return 0;
	at += close.n;
	if (at == s.n || separator(str_from(s, at), &blanks) || blanks == s.n - at)
		return at;
	return 0;
}

static struct str unbracket(struct str s)
{
	static const struct {
		const char *open, *close;
	} brackets[] = {
		{ "[", "]" }, { "(", ")" }, { "\\{", "\\}" }, { "{", "}" },
		{ "\xEF\xBC\x88", "\xEF\xBC\x89" }, /* U+FF08 U+FF09 */
		{ "\xE3\x80\x90", "\xE3\x80\x91" }, /* U+3010 U+3011 */
	};

	for (size_t i = 0; i < COUNT(brackets); i++) {
		struct str open = str_of(brackets[i].open), close = str_of(brackets[i].close);
		size_t at = 0;
		int depth = 0;

		if (s.n < open.n + close.n || !str_starts(s, open) || !str_ends(s, close))
			continue;
		/* "(a), (b)" keeps its brackets: the first must close at the end */
		while (at < s.n) {
			if (str_starts(str_from(s, at), open)) {
				depth++;
				at += open.n;
			} else if (str_starts(str_from(s, at), close)) {
				at += close.n;
				if (--depth == 0)
					break;
			} else {
				at++;
			}
		}
		if (at == s.n)
			return str_sub(s, open.n, s.n - close.n);
		return s;
	}
	return s;
}

struct str text_list(struct str s)
{
	s = unbracket(text_strip(s));
	return trim(drop_bullet(s));
}

bool text_item(struct str *rest, struct str *item)
{
	struct str s = skip_blanks(*rest);
	size_t i, n = 0, blanks;

	if (s.n == 0)
		return false;
	for (i = quoted_end(s); i < s.n; i += blanks > 1 ? blanks : 1) {
		unsigned char c = (unsigned char)s.s[i];

		blanks = 0;
		/* only these bytes can begin a separator */
		if (c != ',' && c != ';' && c != '\n' && c != ' ' && c < 0x80)
			continue;
		n = separator(str_from(s, i), &blanks);
		if (n)
			break;
	}
	*item = text_strip(str_sub(s, 0, i));
	*rest = str_from(s, i + n);
	return true;
}

bool text_bool(struct str s, bool *ret)
{
	static const char *const yes[] = { "true", "yes", "t", "y", "1", "\xE7\x9C\x9F", "\xE6\x98\xAF", "\xE5\xAF\xB9",
					   "\xE6\xAD\xA3\xE7\xA1\xAE" }; /* zhen, shi, dui, zhengque */
	static const char *const no[] = { "false", "no", "f", "n", "0", "\xE5\x81\x87", "\xE5\x90\xA6", "\xE9\x94\x99",
					  "\xE9\x94\x99\xE8\xAF\xAF", "\xE4\xB8\x8D\xE6\x98\xAF" }; /* jia, fou, cuo, cuowu, bushi */

	s = text_strip(s);
	for (size_t i = 0; i < COUNT(yes); i++)
		if (str_ieq(s, str_of(yes[i]))) {
			*ret = true;
			return true;
		}
	for (size_t i = 0; i < COUNT(no); i++)
		if (str_ieq(s, str_of(no[i]))) {
			*ret = false;
			return true;
		}
	return false;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Notations that text_plain makes plain. A command ends where a letter does not follow. */
static const struct {
	const char *from, *to;
} plain[] = {
	{ "\\times", "*" }, { "\\cdot", "*" }, { "\\ast", "*" }, { "\\div", "/" }, { "\\left", "" }, { "\\right", "" },
	{ "\\quad", " " }, { "\\,", " " }, { "\\;", " " }, { "\\!", "" }, { "\\ ", " " },
	{ "\xC3\x97", "*" },     /* U+00D7 times */
	{ "\xC2\xB7", "*" },     /* U+00B7 middle dot */
	{ "\xE2\x8B\x85", "*" }, /* U+22C5 dot operator */
	{ "\xE2\x88\x97", "*" }, /* U+2217 asterisk operator */
	{ "\xC3\xB7", "/" },     /* U+00F7 division */
	{ "\xE2\x88\x95", "/" }, /* U+2215 division slash */
	{ "\xE2\x81\x84", "/" }, /* U+2044 fraction slash */
	{ "\xE2\x88\x92", "-" }, /* U+2212 minus */
	{ "\xE2\x80\x93", "-" }, /* U+2013 en dash */
	{ "\xE3\x80\x80", " " }, /* U+3000 */
	{ "\xC2\xA0", " " },     /* U+00A0 */
};

bool text_plain(struct str s, char *room, size_t cap, struct str *ret)
{
	size_t at = 0;

	while (s.n) {
		struct str to = str_sub(s, 0, 1);
		size_t used = 1;
		char wide[4];
		uint32_t cp;

		if ((unsigned char)s.s[0] >= 0x80) {
			used = utf8_next(s, &cp);
			to = str_sub(s, 0, used);
			if (cp >= 0xFF01 && cp <= 0xFF5E) {
				wide[0] = (char)(cp - 0xFF01 + '!');
				to = (struct str){ wide, 1 };
			}
		}
		if ((unsigned char)s.s[0] >= 0x80 || s.s[0] == '\\')
			for (size_t i = 0; i < COUNT(plain); i++) {
				struct str from = str_of(plain[i].from);

				if (!str_starts(s, from))
					continue;
				if (letter(from.s[from.n - 1]) && s.n > from.n && letter(s.s[from.n]))
					continue;
				used = from.n;
				to = str_of(plain[i].to);
				break;
			}
		if (to.n > cap - at)
			return false;
		memcpy(room + at, to.s, to.n);
		at += to.n;
		s = str_from(s, used);
	}
	*ret = (struct str){ room, at };
	return true;
}
