/* text.c - how people and models write an answer, undone; see text.h. */
#include "verifiers/text.h"

/* Length of the blank in p[0..n) that stands at its start; beside the ASCII ones these are one code point each. 0 for none. */
static size_t wide_blank(const unsigned char *p, size_t n)
{
	if (n >= 2 && p[0] == 0xC2)
		return p[1] == 0xA0 ? 2 : 0; /* U+00A0 no-break space */
	if (n < 3)
		return 0;
	if (p[0] == 0xE2 && p[1] == 0x80) /* U+2009 thin, U+202F narrow no-break, U+200B zero-width space */
		return p[2] == 0x89 || p[2] == 0xAF || p[2] == 0x8B ? 3 : 0;
	if (p[0] == 0xE3 && p[1] == 0x80) /* U+3000 ideographic space */
		return p[2] == 0x80 ? 3 : 0;
	return p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF ? 3 : 0; /* U+FEFF byte order mark */
}

size_t text_wide_blank(struct str s)
{
	return wide_blank((const unsigned char *)s.s, s.n);
}

static size_t blank_tail(struct str s)
{
	const unsigned char *end;

	if (!s.n)
		return 0;
	end = (const unsigned char *)s.s + s.n;
	if (end[-1] < 0x80)
		return is_blank(s.s[s.n - 1]);
	if (s.n >= 2 && wide_blank(end - 2, 2) == 2)
		return 2;
	return s.n >= 3 && wide_blank(end - 3, 3) == 3 ? 3 : 0;
}

struct str text_past_blanks(struct str s)
{
	size_t n;

	while ((n = text_blank(s)) > 0)
		s = str_from(s, n);
	return s;
}

static struct str trim(struct str s)
{
	size_t n;

	s = text_past_blanks(s);
	while ((n = blank_tail(s)) > 0)
		s.n -= n;
	return s;
}

static bool alnum(char c)
{
	return is_digit(c) || is_letter(c);
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
	static const struct str commands[] = {
		STR("\\text"), STR("\\textbf"), STR("\\textit"), STR("\\texttt"), STR("\\textrm"), STR("\\mathrm"),
		STR("\\mathbf"), STR("\\mathtt"), STR("\\mathit"), STR("\\mathsf"), STR("\\operatorname"), STR("\\boxed"),
		STR("\\fbox"), STR("\\mbox"),
	};

	if (s->n < 2 || s->s[s->n - 1] != '}' || s->s[0] != '\\')
		return false;
	for (size_t i = 0; i < COUNT(commands); i++) {
		size_t at = commands[i].n;

		if (!str_starts(*s, commands[i]))
			continue;
		while (at < s->n && is_blank(s->s[at]))
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
	struct str open, close;
} pairs[] = {
	{ STR("***"), STR("***") }, { STR("**"), STR("**") }, { STR("__"), STR("__") }, { STR("$$"), STR("$$") },
	{ STR("\\("), STR("\\)") }, { STR("\\["), STR("\\]") }, { STR("``"), STR("``") }, { STR("`"), STR("`") },
	{ STR("$"), STR("$") }, { STR("\""), STR("\"") }, { STR("'"), STR("'") },
	{ STR("\xE2\x80\x9C"), STR("\xE2\x80\x9D") }, /* U+201C U+201D */
	{ STR("\xE2\x80\x98"), STR("\xE2\x80\x99") }, /* U+2018 U+2019 */
	{ STR("\xE3\x80\x8C"), STR("\xE3\x80\x8D") }, /* U+300C U+300D */
	{ STR("\xE3\x80\x8E"), STR("\xE3\x80\x8F") }, /* U+300E U+300F */
	{ STR("\xE3\x80\x8A"), STR("\xE3\x80\x8B") }, /* U+300A U+300B */
	{ STR("\xE3\x80\x90"), STR("\xE3\x80\x91") }, /* U+3010 U+3011 */
};

static bool strip_pair(struct str *s)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct str open = pairs[i].open, close = pairs[i].close, in;

		if (s->s[0] != open.s[0] || s->n < open.n + close.n || !str_starts(*s, open) || !str_ends(*s, close))
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
	if (str_chr(in, s->s[0]) >= 0 || is_blank(in.s[0]) || is_blank(in.s[in.n - 1]))
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
	/* First bytes of what is taken off as a pair; a stop is the one thing that is taken off the end alone. */
	static const bool wraps[256] = {
		['`'] = true, ['~'] = true, ['*'] = true, ['_'] = true, ['$'] = true, ['\\'] = true, ['"'] = true, ['\''] = true,
		[0xE2] = true, [0xE3] = true,
	};

	if (s.n && alnum(s.s[0]) && alnum(s.s[s.n - 1])) /* mostly */
		return s;
	/* Each layer may look at the whole text, so their number is bounded to keep this linear. */
	for (int layer = 0; layer < 12; layer++) {
		s = trim(s);
		if (s.n == 0)
			return s;
		if (!(wraps[(unsigned char)s.s[0]] && (strip_fence(&s) || strip_pair(&s) || strip_stars(&s) || strip_command(&s))) &&
		    !strip_stop(&s))
			return s;
	}
	return trim(s);
}

size_t text_wide_digit(struct str s, int *digit)
{
	uint32_t cp;
	size_t n = s.n ? utf8_next(s, &cp) : 0;

	if (n == 0 || cp < 0xFF10 || cp > 0xFF19)
		return 0;
	*digit = (int)(cp - 0xFF10);
	return n;
}

static size_t sign_head(struct str s, bool *neg)
{
	static const struct {
		struct str text;
		bool neg;
	} signs[] = {
		{ STR("+"), false }, { STR("\xEF\xBC\x8B"), false }, /* U+FF0B */
		{ STR("-"), true }, { STR("\xE2\x88\x92"), true }, { STR("\xEF\xBC\x8D"), true }, /* U+2212 U+FF0D */
		{ STR("\xE2\x80\x93"), true }, { STR("\xEF\xB9\xA3"), true }, /* U+2013 U+FE63 */
	};

	if (s.n && alnum(s.s[0]))
		return 0;
	for (size_t i = 0; i < COUNT(signs); i++)
		if (str_starts(s, signs[i].text)) {
			*neg = signs[i].neg;
			return signs[i].text.n;
		}
	return 0;
}

/* What may stand between thousands. */
static size_t thousands_head(struct str s)
{
	static const struct str marks[] = {
		STR("{,}"), STR("\\,"), STR("\\ "), STR(","), STR("\xEF\xBC\x8C"), /* U+FF0C */
	};

	if (s.n == 0 || s.s[0] == '\n')
		return 0;
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(s, marks[i]))
			return marks[i].n;
	return text_blank(s);
}

/* Digits up to something else; their number, or -1 when they overflow. */
static int digits(struct str *s, uint64_t *v)
{
	int count = 0, d;
	size_t n;

	while ((n = text_digit(*s, &d)) > 0) {
		if (*v > (UINT64_MAX - (unsigned)d) / 10)
			return -1;
		*v = *v * 10 + (unsigned)d;
		count += count < 1000;
		*s = str_from(*s, n);
	}
	return count;
}

/* A sign or none and at most 18 digits, as most numbers are written. */
static bool plain_int(struct str s, int64_t *ret)
{
	size_t i = s.n && (s.s[0] == '-' || s.s[0] == '+');
	int64_t v = 0;

	if (i == s.n || s.n > 18)
		return false;
	for (; i < s.n; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		v = v * 10 + (s.s[i] - '0');
	}
	*ret = s.s[0] == '-' ? -v : v;
	return true;
}

bool text_int(struct str s, int64_t *ret)
{
	uint64_t v = 0, zero = 0;
	struct str mark = { NULL, 0 };
	bool neg = false;
	size_t n;
	int count;

	if (plain_int(s, ret))
		return true;
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
	static const struct str marks[] = { STR("\xE3\x80\x81"), STR("\xEF\xBC\x8C"), STR("\xEF\xBC\x9B") }; /* U+3001 U+FF0C U+FF1B */

	if (s.n == 0)
		return 0;
	if ((unsigned char)s.s[0] < 0x80)
		return s.s[0] == ',' || s.s[0] == ';';
	for (size_t i = 0; i < COUNT(marks); i++)
		if (str_starts(s, marks[i]))
			return marks[i].n;
	return 0;
}

/* "and " "& " U+548C, as they stand before the last item. */
static size_t and_head(struct str s)
{
	struct str cjk = STR("\xE5\x92\x8C");

	if (s.n > 4 && (s.s[0] | 0x20) == 'a' && (s.s[1] | 0x20) == 'n' && (s.s[2] | 0x20) == 'd' && is_blank(s.s[3]))
		return 4;
	if (s.n > 2 && s.s[0] == '&' && is_blank(s.s[1]))
		return 2;
	return str_starts(s, cjk) ? cjk.n : 0;
}

/* "- ", "* ", U+2022, "1. ", "1) " at the start of a line. */
static size_t bullet_head(struct str s)
{
	size_t i = 0;

	if (s.n > 1 && (s.s[0] == '-' || s.s[0] == '*' || s.s[0] == '+') && is_blank(s.s[1]))
		return 2;
	if (str_starts(s, STR("\xE2\x80\xA2")))
		return 3;
	while (i < s.n && i < 4 && s.s[i] >= '0' && s.s[i] <= '9')
		i++;
	if (i && i + 1 < s.n && (s.s[i] == '.' || s.s[i] == ')') && is_blank(s.s[i + 1]))
		return i + 2;
	return 0;
}

static struct str drop_bullet(struct str s)
{
	s = text_past_blanks(s);
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
		if ((n = text_blank(at)) > 0)
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
	ptrdiff_t next;

	if (!s.n || (s.s[0] != '"' && s.s[0] != '\'' && s.s[0] != '\xE2' && s.s[0] != '\xE3'))
		return 0;
	for (size_t i = 0; i < COUNT(pairs); i++)
		if (s.s[0] == pairs[i].open.s[0] && str_starts(s, pairs[i].open)) {
			open = pairs[i].open;
			close = pairs[i].close;
			break;
		}
	if (!open.n)
		return 0;
	if (open.n == 1) {
		next = str_chr(str_from(s, 1), close.s[0]);
		at = next < 0 ? s.n : 1 + (size_t)next;
	} else {
		for (at = open.n; at < s.n && !str_starts(str_from(s, at), close); at++)
			if (str_starts(str_from(s, at), open))
				return 0;
	}
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
		struct str open, close;
	} brackets[] = {
		{ STR("["), STR("]") }, { STR("("), STR(")") }, { STR("\\{"), STR("\\}") }, { STR("{"), STR("}") },
		{ STR("\xEF\xBC\x88"), STR("\xEF\xBC\x89") }, /* U+FF08 U+FF09 */
		{ STR("\xE3\x80\x90"), STR("\xE3\x80\x91") }, /* U+3010 U+3011 */
	};

	if (s.n == 0 || alnum(s.s[0]))
		return s;

	for (size_t i = 0; i < COUNT(brackets); i++) {
		struct str open = brackets[i].open, close = brackets[i].close;
		size_t at = 0;
		int depth = 0;

		if (s.n < open.n + close.n || !str_starts(s, open) || !str_ends(s, close))
			continue;
		/* "(a), (b)" keeps its brackets: the first must close at the end */
		while (at < s.n) {
			if (s.s[at] != open.s[0] && s.s[at] != close.s[0]) {
				at++;
			} else if (str_starts(str_from(s, at), open)) {
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

/* Most items are a word with a comma behind it, or the end. False where it is to be read otherwise. */
static bool word_item(struct str s, struct str *rest, struct str *item)
{
	size_t n = 0, next;

	while (n < s.n && alnum(s.s[n]))
		n++;
	if (n < s.n) {
		next = n + 1 + (n + 1 < s.n && s.s[n + 1] == ' ');
		if (!n || s.s[n] != ',' || next == s.n || !alnum(s.s[next]) || and_head(str_from(s, next)))
			return false;
	} else {
		next = n;
	}
	*item = str_sub(s, 0, n);
	*rest = str_from(s, next);
	return true;
}

bool text_item(struct str *rest, struct str *item)
{
	/* Beside the bytes above 0x7F these can begin a separator. */
	static const bool begins[128] = { [','] = true, [';'] = true, ['\n'] = true, [' '] = true };
	struct str s = text_past_blanks(*rest);
	size_t i, n = 0, blanks;

	if (s.n == 0)
		return false;
	if (word_item(s, rest, item))
		return true;
	for (i = quoted_end(s); i < s.n; i += blanks > 1 ? blanks : 1) {
		while (i < s.n && (unsigned char)s.s[i] < 0x80 && !begins[(unsigned char)s.s[i]])
			i++;
		n = separator(str_from(s, i), &blanks);
		if (n)
			break;
	}
	i = i < s.n ? i : s.n;
	*item = text_strip(str_sub(s, 0, i));
	*rest = str_from(s, i + n);
	return true;
}

bool text_bool(struct str s, bool *ret)
{
	static const struct {
		struct str text;
		bool says;
	} words[] = {
		{ STR("true"), true }, { STR("false"), false }, { STR("yes"), true }, { STR("no"), false },
		{ STR("t"), true }, { STR("f"), false }, { STR("y"), true }, { STR("n"), false }, { STR("1"), true }, { STR("0"), false },
		{ STR("\xE7\x9C\x9F"), true }, { STR("\xE5\x81\x87"), false },  /* zhen, jia */
		{ STR("\xE6\x98\xAF"), true }, { STR("\xE5\x90\xA6"), false },  /* shi, fou */
		{ STR("\xE5\xAF\xB9"), true }, { STR("\xE9\x94\x99"), false },  /* dui, cuo */
		{ STR("\xE6\xAD\xA3\xE7\xA1\xAE"), true },                      /* zhengque */
		{ STR("\xE9\x94\x99\xE8\xAF\xAF"), false },                     /* cuowu */
		{ STR("\xE4\xB8\x8D\xE6\x98\xAF"), false },                     /* bushi */
	};

	s = text_strip(s);
	for (size_t i = 0; i < COUNT(words); i++)
		if (s.n == words[i].text.n && str_ieq(s, words[i].text)) {
			*ret = words[i].says;
			return true;
		}
	return false;
}

/* Where the last sentence of s begins. */
static size_t sentence_start(struct str s)
{
	static const struct str cjk = STR("\xE3\x80\x82"); /* U+3002 */

	for (size_t i = s.n; i > 0; i--) {
		char c = s.s[i - 1];

		if (c == '\n' || c == ';' || ((c == '.' || c == '!' || c == '?') && i < s.n && is_blank(s.s[i])))
			return i;
		if (i >= cjk.n && str_starts(str_from(s, i - cjk.n), cjk))
			return i;
	}
	return 0;
}

bool text_denies(struct str s)
{
	static const struct str words[] = {
		STR("not"), STR("never"), STR("neither"), STR("nor"), STR("cannot"), STR("except"), STR("without"), STR("wrong"),
		STR("incorrect"), STR("false"), STR("impossible"), STR("unlikely"), STR("anything"), STR("differs"), STR("doubt"), STR("hardly"),
	};
	static const struct str signs[] = {
		STR("n't"), STR("n\xE2\x80\x99t"),
		STR("\xE4\xB8\x8D"), STR("\xE9\x9D\x9E"), STR("\xE6\xB2\xA1"), STR("\xE9\x94\x99"), STR("\xE6\x9C\xAA"), /* bu fei mei cuo wei */
	};

	s = str_from(s, sentence_start(s));
	for (size_t i = 0; i < COUNT(signs); i++)
		if (str_find(s, signs[i]) >= 0)
			return true;
	for (size_t i = 0, n; i < s.n; i += n + 1) {
		for (n = 0; i + n < s.n && is_letter(s.s[i + n]);)
			n++;
		for (size_t k = 0; k < COUNT(words); k++)
			if (n && str_ieq(str_sub(s, i, i + n), words[k]))
				return true;
	}
	return false;
}

bool text_hedges(struct str s)
{
	static const struct str words[] = {
		STR("no"), STR("if"), STR("unless"), STR("or"), STR("either"), STR("maybe"), STR("perhaps"), STR("about"), STR("around"), STR("approximately"),
		STR("roughly"), STR("nearly"), STR("almost"), STR("least"), STR("most"), STR("than"),
	};
	static const struct str signs[] = {
		STR("\xE7\xBA\xA6"), STR("\xE6\x88\x96"), STR("\xE8\x8B\xA5"), STR("\xE5\xA6\x82\xE6\x9E\x9C"), /* about, or, if twice */
	};
	struct str word;

	for (size_t i = 0; i < COUNT(signs); i++)
		if (str_find(s, signs[i]) >= 0)
			return true;
	while (str_word(&s, &word))
		for (size_t i = 0; i < COUNT(words); i++)
			if (str_ieq(word, words[i]))
				return true;
	return false;
}

int text_number_word(struct str word)
{
	static const char *const words[] = {
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",
		"forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred",
	};

	if (word.n < 3 || word.n > 9)
		return -1;
	for (int i = 0; i < (int)COUNT(words); i++)
		if ((word.s[0] | 0x20) == words[i][0] && str_ieq(word, str_of(words[i])))
			return i <= 20 ? i : 10 * (i - 18);
	return -1;
}

int text_numeral(struct str s, size_t *n)
{
	static const struct {
		char sign[4];
		int counts;
	} numerals[] = {
		{ "零", 0 }, { "一", 1 }, { "二", 2 }, { "两", 2 }, { "三", 3 }, { "四", 4 }, { "五", 5 }, { "六", 6 }, { "七", 7 }, { "八", 8 }, { "九", 9 },
		{ "十", 10 }, { "百", 100 },
	};

	*n = 3;
	if (s.n < 3 || (unsigned char)s.s[0] < 0xE4)
		return -1;
	for (size_t i = 0; i < COUNT(numerals); i++)
		if (memcmp(s.s, numerals[i].sign, 3) == 0)
			return numerals[i].counts;
	return -1;
}

int text_ordinal(struct str s, size_t *n)
{
	static const struct str words[] = {
		STR("first"), STR("second"), STR("third"), STR("fourth"), STR("fifth"), STR("sixth"), STR("seventh"), STR("eighth"), STR("ninth"), STR("tenth"),
	};
	int counts;

	if (str_eat(&s, STR("第"))) {
		counts = str_starts(s, STR("两")) ? 0 : text_numeral(s, n); /* of two things, not the second */
		*n = 2 * strlen("第");
		return counts > 0 && counts <= 10 ? counts : 0;
	}
	for (*n = 0; *n < s.n && is_letter(s.s[*n]) && *n < 8; ++*n)
		;
	if (*n < 5 || *n > 7)
		return 0;
	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].n == *n && str_ieq(str_sub(s, 0, *n), words[i]))
			return (int)i + 1;
	return 0;
}

bool text_among(struct str word, const struct str *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(word, words[i]))
			return true;
	return false;
}

bool text_one_of(struct str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(word, str_of(words[i])))
			return true;
	return false;
}

bool text_listed(struct str word, const char *const *words)
{
	for (; *words; words++)
		if (str_ieq(word, str_of(*words)))
			return true;
	return false;
}

size_t text_head(struct str s, const char *const *heads)
{
	for (; *heads; heads++) {
		size_t n = 0;

		while ((*heads)[n] && n < s.n && (*heads)[n] == s.s[n])
			n++;
		if (!(*heads)[n])
			return n;
	}
	return 0;
}

bool text_has_digit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_digit((unsigned char)s.s[i]))
			return true;
	return false;
}

bool text_rule(struct str line)
{
	if (line.n == 0 || (line.s[0] != '-' && !is_blank((unsigned char)line.s[0]))) /* as most are */
		return false;
	line = str_trim(line);
	for (size_t i = 0; i < line.n; i++)
		if (line.s[i] != '-')
			return false;
	return line.n > 2;
}

size_t text_frame(struct str s)
{
	static const struct str heads[] = { STR("\\begin{"), STR("\\end{") };
	static const struct str names[] = { STR("array}"), STR("aligned}"), STR("align}"), STR("align*}"), STR("cases}"), STR("gathered}"), STR("tabular}") };

	for (size_t i = 0; i < COUNT(heads); i++)
		for (size_t k = 0; str_starts(s, heads[i]) && k < COUNT(names); k++) {
			size_t end = heads[i].n + names[k].n;

			if (!str_starts(str_from(s, heads[i].n), names[k]))
				continue;
			if (i == 0 && end < s.n && s.s[end] == '{') /* its columns */
				while (end < s.n && str_chr(STR("{lrc|}"), s.s[end]) >= 0)
					end++;
			return end;
		}
	return 0;
}

/* The same in Chinese: "（共6格）", "，共 6 个". */
static int counted_in_chinese(struct str *s)
{
	static const struct str opens[] = { STR("（"), STR("("), STR("，"), STR(","), STR("、"), STR("；"), STR("\n") };
	static const struct str alls[] = { STR("总共"), STR("一共"), STR("合计"), STR("共计"), STR("共有"), STR("共") };
	enum { UNIT_MAX = 15 }; /* bytes */
	struct str in = text_strip(*s), unit;
	bool bracket = str_ends(in, STR("）")) || str_ends(in, STR(")")), all = false;
	size_t open = in.n, end = bracket ? in.n - (in.s[in.n - 1] == ')' ? 1 : 3) : in.n, n = 0;
	int v = 0;

	if (!end || (unsigned char)in.s[end - 1] < 0x80)
		return -1;
	while (open > 0 && in.n - open < 40 && !n) {
		open--;
		for (size_t i = 0; i < COUNT(opens) && !n; i++)
			n = (i < 2) == bracket && str_starts(str_from(in, open), opens[i]) ? opens[i].n : 0;
	}
	if (!n)
		return -1;
	unit = trim(str_sub(in, open + n, end));
	for (size_t i = 0; i < COUNT(alls) && !all; i++)
		if ((all = str_starts(unit, alls[i])))
			unit = trim(str_from(unit, alls[i].n));
	for (n = 0; n < unit.n && n < 4 && unit.s[n] >= '0' && unit.s[n] <= '9'; n++)
		v = 10 * v + (unit.s[n] - '0');
	unit = trim(str_from(unit, n));
	for (size_t i = 0; i < unit.n; i++)
		if ((unsigned char)unit.s[i] < 0x80)
			return -1;
	if (!n || !(all || bracket) || !unit.n || unit.n > UNIT_MAX || text_hedges(unit) || text_denies(unit))
		return -1;
	*s = trim(str_sub(in, 0, open));
	return v;
}

int text_counted(struct str *s)
{
	struct str in = trim(*s);
	size_t open = in.n, at;
	bool words = false;
	int n = 0;

	if (in.n && ((unsigned char)in.s[in.n - 1] >= 0x80 || (in.n > 1 && (unsigned char)in.s[in.n - 2] >= 0x80)))
		return counted_in_chinese(s);
	if (!in.n || in.s[in.n - 1] != ')')
		return -1;
	while (open > 0 && in.n - open < 40 && in.s[open - 1] != '(')
		open--;
	if (!open || in.s[open - 1] != '(')
		return -1;
	for (at = open; in.s[at] >= '0' && in.s[at] <= '9' && at < open + 4; at++)
		n = 10 * n + (in.s[at] - '0');
	if (at == open)
		return -1;
	for (; at + 1 < in.n; at++) {
		if (!is_letter(in.s[at]) && in.s[at] != ' ')
			return -1;
		words |= is_letter(in.s[at]);
	}
	if (!words || text_hedges(str_sub(in, open, in.n - 1)) || text_denies(str_sub(in, open, in.n - 1)))
		return -1;
	*s = trim(str_sub(in, 0, open - 1));
	return n;
}

bool text_label_denies(struct str s)
{
	size_t from;

	s = str_trim(s);
	if (s.n && s.s[s.n - 1] == ':')
		s = str_trim(str_sub(s, 0, s.n - 1));
	else if (str_ends(s, STR("\xEF\xBC\x9A"))) /* U+FF1A */
		s = str_trim(str_sub(s, 0, s.n - 3));
	for (from = s.n; from > 0 && s.s[from - 1] != ' ' && s.s[from - 1] != '\n'; from--)
		;
	/* of languages without blanks the last two signs: U+4E0D U+662F */
	if (s.n >= 6 && (unsigned char)s.s[s.n - 1] >= 0x80 && from < s.n - 6)
		from = s.n - 6;
	return text_denies(str_from(s, from));
}

/* Notations that text_plain makes plain. A command ends where a letter does not follow. */
static const struct {
	struct str from, to;
} plain[] = {
	{ STR("\\times"), STR("*") }, { STR("\\cdot"), STR("*") }, { STR("\\ast"), STR("*") }, { STR("\\div"), STR("/") },
	{ STR("\\left"), STR("") }, { STR("\\right"), STR("") },
	{ STR("\\quad"), STR(" ") }, { STR("\\,"), STR(" ") }, { STR("\\;"), STR(" ") }, { STR("\\!"), STR("") }, { STR("\\ "), STR(" ") },
	{ STR("\xC3\x97"), STR("*") },     /* U+00D7 times */
	{ STR("\xC2\xB7"), STR("*") },     /* U+00B7 middle dot */
	{ STR("\xE2\x8B\x85"), STR("*") }, /* U+22C5 dot operator */
	{ STR("\xE2\x88\x97"), STR("*") }, /* U+2217 asterisk operator */
	{ STR("\xC3\xB7"), STR("/") },     /* U+00F7 division */
	{ STR("\xE2\x88\x95"), STR("/") }, /* U+2215 division slash */
	{ STR("\xE2\x81\x84"), STR("/") }, /* U+2044 fraction slash */
	{ STR("\xE2\x88\x92"), STR("-") }, /* U+2212 minus */
	{ STR("\xE2\x80\x93"), STR("-") }, /* U+2013 en dash */
	{ STR("\xE3\x80\x80"), STR(" ") }, /* U+3000 */
	{ STR("\xC2\xA0"), STR(" ") },     /* U+00A0 */
	{ STR("\xE2\x80\x8B"), STR("") },  /* U+200B, of no width */
	{ STR("\xEF\xBB\xBF"), STR("") },  /* U+FEFF, a byte order mark */
};

bool text_plain(struct str s, char *room, size_t cap, struct str *ret)
{
	size_t at = 0;

	while (s.n) {
		struct str to = s;
		size_t used = 0;
		char wide[4];
		uint32_t cp;

		while (used < s.n && (unsigned char)s.s[used] < 0x80 && s.s[used] != '\\')
			used++;
		if (!used && s.s[0] == '\\')
			used = 1;
		to.n = used;
		if (!used) {
			used = utf8_next(s, &cp);
			to = str_sub(s, 0, used);
			if (cp >= 0xFF01 && cp <= 0xFF5E) {
				wide[0] = (char)(cp - 0xFF01 + '!');
				to = (struct str){ wide, 1 };
			}
		}
		if ((unsigned char)s.s[0] >= 0x80 || s.s[0] == '\\')
			for (size_t i = 0; i < COUNT(plain); i++) {
				struct str from = plain[i].from;

				if (!str_starts(s, from))
					continue;
				if (is_letter(from.s[from.n - 1]) && s.n > from.n && is_letter(s.s[from.n]))
					continue;
				used = from.n;
				to = plain[i].to;
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

struct str text_lead(struct str s)
{
	static const struct str nouns[] = {
		STR("equation"), STR("expression"), STR("solution"), STR("answer"), STR("result"), STR("formula"), STR("calculation"),
	};
	static const struct str verbs[] = { STR("is"), STR("reads"), STR("becomes") };
	static const struct str fillers[] = {
		STR("the"), STR("a"), STR("an"), STR("one"), STR("complete"), STR("completed"), STR("full"), STR("whole"), STR("final"), STR("correct"), STR("valid"),
		STR("possible"), STR("filled"), STR("in"), STR("resulting"), STR("required"), STR("as"), STR("follows"), STR("so"), STR("thus"), STR("therefore"),
	};
	/* Chinese ones in the same order, which is what the numbers count: 8 nouns, 2 verbs and U+FF1A, fillers */
	static const char *const signs[] = {
		"等式", "算式", "表达式", "方程", "式子", "答案", "结果", "解", "为", "是", "：", "完整", "的", "最终", "正确", "可行", "一个", "所求", "如下", "填好", "补全", "后", NULL
	};
	enum { NOUNS = 8, VERBS = 11 };
	struct str rest = s;
	bool named = false, ready = false;

	for (size_t n; rest.n; rest = str_from(rest, n)) {
		struct str word;
		int sign = 0;

		for (n = 0; n < rest.n && is_letter(rest.s[n]);)
			n++;
		word = str_sub(rest, 0, n);
		if (n) {
			bool verb = text_among(word, verbs, COUNT(verbs)), noun = text_among(word, nouns, COUNT(nouns));

			if (!verb && !noun && !text_among(word, fillers, COUNT(fillers)))
				break;
			named |= noun;
			ready = verb && named;
			continue;
		}
		n = text_blank(rest);
		if (n)
			continue;
		if (rest.s[0] == ':' || rest.s[0] == '*' || rest.s[0] == '_') {
			ready |= rest.s[0] == ':' && named;
			n = 1;
			continue;
		}
		while (signs[sign] && !str_starts(rest, str_of(signs[sign])))
			sign++;
		if (!signs[sign])
			break;
		named |= sign < NOUNS;
		ready = sign >= NOUNS && sign < VERBS && named;
		n = strlen(signs[sign]);
	}
	return ready ? rest : s;
}

/* A text in quotes at the head of s, without escapes; s goes on behind it. */
static bool quoted(struct str *s, struct str *ret)
{
	struct str in = trim(*s);
	ptrdiff_t end;

	if (!in.n || in.s[0] != '"')
		return false;
	in = str_from(in, 1);
	end = str_chr(in, '"');
	if (end < 0)
		return false;
	*ret = str_sub(in, 0, (size_t)end);
	*s = trim(str_from(in, (size_t)end + 1));
	return str_chr(*ret, '\\') < 0;
}

bool text_member(struct str *s, struct str *name, struct str *value)
{
	struct str rest = *s;

	if (!quoted(&rest, name) || !rest.n || rest.s[0] != ':')
		return false;
	rest = trim(str_from(rest, 1));
	if (!quoted(&rest, value)) {
		ptrdiff_t end = str_chr(rest, ',');

		*value = trim(str_sub(rest, 0, end < 0 ? rest.n : (size_t)end));
		rest = str_from(rest, end < 0 ? rest.n : (size_t)end);
	}
	if (rest.n && rest.s[0] != ',')
		return false;
	*s = trim(str_from(rest, rest.n > 0));
	return value->n > 0;
}
