/*
 * cryptarithm: an equation of words in which each letter stands for a digit.
 *
 * The desc is "SEND+MORE=MONEY": words of capital letters joined by + - *, then "=" and one word. Different letters
 * are different digits, a word of two or more letters does not begin with 0, products come before sums.
 *
 * Right is every assignment that makes the equation true. It may be told as the equation in digits (either side first),
 * letter by letter (S = 9, E = 5, ...), word by word (SEND = 9567, ...), or in several of these ways at once, if they
 * agree and leave no letter open. The letters' own equation may stand in front.
 *
 * One pass over the answer, statement by statement; nothing is kept but the digit of each letter.
 */
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum {
	WORDS_MAX = 12,   /* the result included */
	WORD_MAX = 17,    /* letters of a word, and of all factors of a product: values and their sums fit 64 bits */
	LETTERS_MAX = 10,
};

struct puzzle {
	struct str word[WORDS_MAX]; /* the last one is the result */
	char op[WORDS_MAX];         /* op[i] stands before word[i], from 1 on */
	int n;
	uint32_t letters; /* bit 0: A occurs */
};

static bool word_read(struct str *s, struct str *word)
{
	size_t n = 0;

	while (n < s->n && s->s[n] >= 'A' && s->s[n] <= 'Z')
		n++;
	*word = str_sub(*s, 0, n);
	*s = str_from(*s, n);
	return n >= 1 && n <= WORD_MAX;
}

static bool puzzle_read(struct puzzle *p, struct str desc)
{
	size_t product = 0; /* letters of the product so far */

	*p = (struct puzzle){ 0 };
	for (;;) {
		struct str word;

		if (p->n == WORDS_MAX || !word_read(&desc, &word))
			return false;
		product = p->n > 0 && p->op[p->n] == '*' ? product + word.n : word.n;
		if (product > WORD_MAX)
			return false;
		for (size_t i = 0; i < word.n; i++)
			p->letters |= UINT32_C(1) << (word.s[i] - 'A');
		p->word[p->n++] = word;
		if (p->op[p->n - 1] == '=')
			break;
		if (desc.n == 0 || !strchr("+-*=", desc.s[0]) || desc.s[0] == 0 || p->n == WORDS_MAX)
			return false;
		p->op[p->n] = desc.s[0];
		desc = str_from(desc, 1);
	}
	return desc.n == 0 && p->n >= 3 && __builtin_popcount(p->letters) <= LETTERS_MAX;
}

/* ---- reading the answer ---- */

enum token {
	T_END, T_WORD, T_NUMBER, T_OP, T_EQUALS,
	T_ARROW, /* : -> "is": joins a letter with its digit */
	T_BREAK, /* , ; brackets, a table's bar, a new line: ends a statement */
	T_JUNK,
};

struct reader {
	const struct puzzle *p;
	struct str rest;
	bool line; /* nothing but blanks since the line began */
	/* of the last token */
	struct str word;         /* T_WORD, as it stands */
	char digits[WORD_MAX];   /* T_NUMBER */
	int n_digits;            /* WORD_MAX + 1: too many */
	char op;                 /* T_OP */
	/* what was told */
	signed char digit[26]; /* of each letter, -1: not told */
	struct why *why;
	enum quarry_mark mark;
};

/* What is read as one sign. A row with T_END is a blank. */
static const struct sign {
	const char *text;
	enum token token;
	char op;
} signs[] = {
	{ "\xc3\x97", T_OP, '*' },     /* U+00D7 */
	{ "\xc2\xb7", T_OP, '*' },     /* U+00B7 */
	{ "\xe2\x8b\x85", T_OP, '*' }, /* U+22C5 */
	{ "\xe2\x88\x97", T_OP, '*' }, /* U+2217 */
	{ "\xe2\x88\x92", T_OP, '-' }, /* U+2212 */
	{ "\xe2\x80\x93", T_OP, '-' }, /* U+2013 */
	{ "\xe2\x86\x92", T_ARROW, 0 }, /* U+2192 */
	{ "\xe2\x87\x92", T_ARROW, 0 }, /* U+21D2 */
	{ "\xe2\x86\xa6", T_ARROW, 0 }, /* U+21A6 */
	{ "\xe3\x80\x81", T_BREAK, 0 }, /* U+3001 */
	{ "\xe3\x80\x82", T_BREAK, 0 }, /* U+3002 */
	{ "\xe2\x80\xa2", T_BREAK, 0 }, /* U+2022 */
	{ "\xc2\xa0", T_END, 0 }, { "\xe3\x80\x80", T_END, 0 }, { "\xe2\x80\x89", T_END, 0 },
	{ "\xe2\x80\xaf", T_END, 0 }, { "\xe2\x80\x8b", T_END, 0 },
	{ "\xe2\x80\x9c", T_END, 0 }, { "\xe2\x80\x9d", T_END, 0 }, /* quotes */
	{ "\xe5\x85\xb6\xe4\xb8\xad", T_BREAK, 0 }, /* qizhong, among which */
	{ "\xe6\x89\x80\xe4\xbb\xa5", T_BREAK, 0 }, /* suoyi, so */
	{ "\xe5\x9b\xa0\xe6\xad\xa4", T_BREAK, 0 }, /* yinci, hence */
	{ "\xe5\x8d\xb3", T_BREAK, 0 },             /* ji, that is */
	{ "\xe7\xad\x89\xe5\xbc\x8f", T_BREAK, 0 }, /* dengshi, equation */
	{ "\xe7\xad\x94\xe6\xa1\x88", T_BREAK, 0 }, /* da'an, answer */
	{ "\xe5\xad\x97\xe6\xaf\x8d", T_BREAK, 0 }, /* zimu, letter */
	{ "\xe6\x95\xb0\xe5\xad\x97", T_BREAK, 0 }, /* shuzi, digit */
	{ "\xe5\x92\x8c", T_BREAK, 0 },             /* he, and */
	{ "\xe4\xbb\xa3\xe8\xa1\xa8", T_ARROW, 0 }, /* daibiao, stands for */
	{ "\xe5\xaf\xb9\xe5\xba\x94", T_ARROW, 0 }, /* duiying, corresponds to */
	{ "\xe6\x98\xaf", T_ARROW, 0 },             /* shi, is */
	{ "\xe4\xb8\xba", T_ARROW, 0 },             /* wei, is */
	{ "\\times", T_OP, '*' }, { "\\cdot", T_OP, '*' }, { "\\ast", T_OP, '*' },
	{ "\\to", T_ARROW, 0 }, { "\\rightarrow", T_ARROW, 0 }, { "\\Rightarrow", T_ARROW, 0 }, { "\\mapsto", T_ARROW, 0 },
	{ "\\text", T_END, 0 }, { "\\mathrm", T_END, 0 }, { "\\mathbf", T_END, 0 }, { "\\textbf", T_END, 0 },
	{ "\\quad", T_END, 0 }, { "\\qquad", T_END, 0 }, { "\\left", T_END, 0 }, { "\\right", T_END, 0 },
	{ "\\,", T_END, 0 }, { "\\;", T_END, 0 }, { "\\:", T_END, 0 }, { "\\!", T_END, 0 }, { "\\ ", T_END, 0 },
	{ "\\n", T_BREAK, 0 }, { "\\\\", T_BREAK, 0 }, { "\\{", T_BREAK, 0 }, { "\\}", T_BREAK, 0 },
	{ "\\(", T_BREAK, 0 }, { "\\)", T_BREAK, 0 }, { "\\[", T_BREAK, 0 }, { "\\]", T_BREAK, 0 },
};

static const struct sign *sign_at(struct str s)
{
	if (s.s[0] != '\\' && (unsigned char)s.s[0] < 0x80)
		return NULL;
	for (size_t i = 0; i < COUNT(signs); i++) {
		struct str text;

		if (signs[i].text[0] != s.s[0] || (s.n > 1 && signs[i].text[1] != s.s[1]))
			continue;
		text = str_of(signs[i].text);
		if (!str_starts(s, text))
			continue;
		/* \to is not the beginning of \top, but \n and \\ are what they are */
		if (text.n > 2 && is_letter(text.s[text.n - 1]) && s.n > text.n && is_letter(s.s[text.n]))
			continue;
		return &signs[i];
	}
	return NULL;
}

/* The character at s, full-width ASCII (U+FF01 .. U+FF5E) made plain; 0 where it is not ASCII. */
static char plain_char(struct str s, size_t *len)
{
	uint32_t cp;

	*len = s.n > 0;
	if (s.n == 0 || (unsigned char)s.s[0] < 0x80)
		return s.n ? s.s[0] : 0;
	*len = utf8_next(s, &cp);
	if (cp >= 0xff01 && cp <= 0xff5e)
		cp -= 0xfee0;
	return cp < 0x80 ? (char)cp : 0;
}

/* "," or "{,}" with three digits and no fourth behind it: how many bytes the mark has, else 0. */
static size_t thousands(struct str s)
{
	size_t mark, len;

	if (str_starts(s, STR("{,}"))) {
		mark = 3;
	} else if (plain_char(s, &mark) != ',') {
		return 0;
	}
	s = str_from(s, mark);
	for (int i = 0; i < 3; i++) {
		if (!is_digit(plain_char(s, &len)))
			return 0;
		s = str_from(s, len);
	}
	return is_digit(plain_char(s, &len)) ? 0 : mark;
}

static void number_next(struct reader *r)
{
	int group = 0; /* digits since the last mark */
	bool marked = false;
	size_t len;
	char c;

	for (r->n_digits = 0;;) {
		c = plain_char(r->rest, &len);
		if (is_digit(c)) {
			if (r->n_digits < WORD_MAX)
				r->digits[r->n_digits] = (char)(c - '0');
			r->n_digits += r->n_digits <= WORD_MAX;
			group++;
		} else if ((marked ? group == 3 : group <= 3) && (len = thousands(r->rest)) > 0) {
			marked = true;
			group = 0;
		} else {
			return;
		}
		r->rest = str_from(r->rest, len);
	}
}

/* Words that say nothing beside an equation or a list of letters; "is" joins. */
static enum token filler(struct str word, enum token other)
{
	static const char *const quiet[] = {
		"where", "with", "and", "so", "thus", "hence", "therefore", "the", "answer", "solution", "equation", "letter",
		"letters", "digit", "digits", "mapping", "gives", "n", NULL,
	};

	if (word.n > 1 && word.s[0] >= 'A' && word.s[0] <= 'Z' && word.s[1] >= 'A' && word.s[1] <= 'Z')
		return other; /* capitals are the puzzle's */
	if (str_ieq(word, STR("is")))
		return T_ARROW;
	for (int i = 0; quiet[i]; i++)
		if (word.n > 1 && str_ieq(word, str_of(quiet[i])))
			return T_BREAK;
	return other;
}

static enum token token_next(struct reader *r)
{
	const struct sign *sign;
	bool line;
	size_t len;
	char c;

again:
	if (r->rest.n == 0)
		return T_END;
	line = r->line;
	sign = sign_at(r->rest);
	if (sign) {
		r->rest = str_from(r->rest, strlen(sign->text));
		r->op = sign->op;
		if (sign->token == T_END)
			goto again;
		r->line = false;
		return sign->token;
	}
	c = plain_char(r->rest, &len);
	if (c == ' ' || c == '\t' || c == '\r') {
		r->rest = str_from(r->rest, len);
		goto again;
	}
	r->line = c == '\n';
	if (is_digit(c)) {
		number_next(r);
		return T_NUMBER;
	}
	if (is_letter(c) && len == 1) {
		size_t n = 1;

		while (n < r->rest.n && is_letter(r->rest.s[n]))
			n++;
		r->word = str_sub(r->rest, 0, n);
		r->rest = str_from(r->rest, n);
		return filler(r->word, T_WORD);
	}
	r->rest = str_from(r->rest, len);
	r->op = c;
	switch (c) {
	case '$': case '`': case '"': case '\'': case '_': case '&': case '#':
		goto again;
	case '-': case '*':
		if (plain_char(r->rest, &len) == '>' && c == '-') {
			r->rest = str_from(r->rest, len);
			return T_ARROW;
		}
		if (plain_char(r->rest, &len) == c) { /* a rule, a table's line, bold */
			while (plain_char(r->rest, &len) == c)
				r->rest = str_from(r->rest, len);
			goto again;
		}
		if (line && plain_char(r->rest, &len) == ' ')
			return T_BREAK; /* a bullet */
		return T_OP;
	case '+':
		return T_OP;
	case '=':
		c = plain_char(r->rest, &len);
		if (c == '>' || c == '=')
			r->rest = str_from(r->rest, len);
		return c == '>' ? T_ARROW : T_EQUALS;
	case ':':
		return T_ARROW;
	case ',': case ';': case '\n': case '|': case '(': case ')': case '[': case ']': case '{': case '}':
		return T_BREAK;
	case '.':
		return is_digit(plain_char(r->rest, &len)) ? T_JUNK : T_BREAK;
	}
	return T_JUNK;
}

static bool amiss(struct reader *r, enum quarry_mark mark, const char *what)
{
	r->mark = mark == QUARRY_WRONG ? rule_wrong(r->why, "%s", what) : rule_unreadable(r->why, "%s", what);
	return false;
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool same_word(struct str a, struct str b)
{
	return str_ieq(a, b);
}

/* The number that was just read is what this word stands for. */
static bool tell(struct reader *r, struct str word, const char *digits, int n)
{
	if ((size_t)n != word.n)
		return amiss(r, QUARRY_WRONG, "a number has not as many digits as its word has letters");
	for (size_t i = 0; i < word.n; i++) {
		int l = upper(word.s[i]) - 'A';

		if (r->digit[l] >= 0 && r->digit[l] != digits[i]) {
			r->mark = rule_wrong(r->why, "%c is both %d and %d", 'A' + l, r->digit[l], digits[i]);
			return false;
		}
		r->digit[l] = digits[i];
	}
	return true;
}

/* Where the i-th thing of an equation that begins with the result stands in the puzzle. */
static int turned(const struct puzzle *p, int i, bool result_first)
{
	return !result_first ? i : i == 0 ? p->n - 1 : i - 1;
}

/*
 * An equation whose first number or word is the last token, up to the token *t behind it. Numbers must have the puzzle's
 * signs; words must be the puzzle itself.
 */
static bool equation(struct reader *r, enum token kind, enum token *t)
{
	const struct puzzle *p = r->p;
	char digits[WORDS_MAX][WORD_MAX], op[WORDS_MAX] = { 0 };
	int n_digits[WORDS_MAX], n = 0, equals = 0;
	struct str word[WORDS_MAX];
	struct reader from;
	enum token next;
	bool result_first;

	for (;;) {
		if (n == WORDS_MAX)
			return amiss(r, QUARRY_WRONG, "the equation has more numbers than the puzzle");
		if (kind == T_NUMBER) {
			memcpy(digits[n], r->digits, WORD_MAX);
			n_digits[n] = r->n_digits;
		} else {
			word[n] = r->word;
		}
		n++;
		*t = token_next(r);
		if (*t != T_OP && *t != T_EQUALS)
			break;
		if (n < WORDS_MAX)
			op[n] = *t == T_OP ? r->op : '=';
		from = *r;
		next = token_next(r);
		if (*t == T_EQUALS && kind == T_WORD && equals && next == T_NUMBER) { /* the puzzle = the equation in numbers */
			*r = from;
			*t = T_BREAK;
			break;
		}
		equals += *t == T_EQUALS;
		*t = next;
		if (*t != kind)
			return amiss(r, QUARRY_UNREADABLE, "an equation stops behind a sign");
	}
	if (equals != 1)
		return amiss(r, QUARRY_UNREADABLE, n == 1 ? "a number stands alone" : "what is given is no equation");
	result_first = op[1] == '=' && p->op[1] != '=';
	if (n != p->n || (!result_first && op[n - 1] != '='))
		return amiss(r, QUARRY_WRONG, "the equation is not built like the puzzle");
	for (int i = 1; i < n; i++)
		if (op[i] != p->op[turned(p, i, result_first)] && !(result_first && i == 1))
			return amiss(r, QUARRY_WRONG, "the equation has other signs than the puzzle");
	for (int i = 0; i < n; i++) {
		struct str of = p->word[turned(p, i, result_first)];

		if (kind == T_NUMBER ? !tell(r, of, digits[i], n_digits[i]) : !same_word(of, word[i]))
			return kind == T_NUMBER ? false : amiss(r, QUARRY_WRONG, "the equation in letters is not the puzzle");
	}
	return true;
}

/* "S = 9", "SEND: 9567", or the puzzle's own equation; the last token was its first word. */
static bool about_word(struct reader *r, enum token *t)
{
	struct reader from = *r;
	struct str word = r->word;
	bool known = word.n == 1 && r->p->letters >> (upper(word.s[0]) - 'A') & 1;

	*t = token_next(r);
	if (*t == T_ARROW || *t == T_EQUALS || *t == T_BREAK) {
		enum token next = token_next(r);

		if (next == T_NUMBER) {
			for (int i = 0; i < r->p->n && !known; i++)
				known = same_word(word, r->p->word[i]);
			if (!known)
				return amiss(r, QUARRY_WRONG, "a digit is given to a letter that is not in the puzzle");
			if (!tell(r, word, r->digits, r->n_digits))
				return false;
			*t = token_next(r);
			return true;
		}
		if (*t != T_EQUALS || next != T_WORD)
			return amiss(r, QUARRY_UNREADABLE, "a word has no digits");
	} else if (*t != T_OP) {
		return amiss(r, QUARRY_UNREADABLE, "there are other words than the puzzle's");
	}
	*r = from;
	return equation(r, T_WORD, t);
}

static bool answer_read(struct reader *r)
{
	enum token t = token_next(r);
	bool told = false;

	while (t != T_END) {
		switch (t) {
		case T_BREAK:
		case T_ARROW:
			t = token_next(r);
			continue;
		case T_NUMBER:
			if (!equation(r, T_NUMBER, &t))
				return false;
			break;
		case T_WORD:
			if (!about_word(r, &t))
				return false;
			break;
		default:
			return amiss(r, QUARRY_UNREADABLE, "it is neither an equation nor a digit for each letter");
		}
		/* what follows a statement is the end, a break, or (in a table or a line of pairs) the next one */
		if (t == T_OP || t == T_EQUALS || t == T_JUNK)
			return amiss(r, QUARRY_UNREADABLE, "something stands behind an equation or a digit");
		told = true;
	}
	return told || amiss(r, QUARRY_UNREADABLE, "there is no equation");
}

static int64_t value(struct str word, const signed char *digit)
{
	int64_t v = 0;

	for (size_t i = 0; i < word.n; i++)
		v = v * 10 + digit[word.s[i] - 'A'];
	return v;
}

/* Left side minus result; nothing here can grow beyond 64 bits, see WORD_MAX. */
static int64_t off(const struct puzzle *p, const signed char *digit)
{
	int64_t sum = 0;

	for (int i = 0; i < p->n;) {
		bool minus = i > 0 && p->op[i] != '+';
		int64_t term = value(p->word[i], digit);

		for (i++; i < p->n && p->op[i] == '*'; i++)
			term *= value(p->word[i], digit);
		sum += minus ? -term : term;
	}
	return sum;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	struct reader r = { .p = &p, .rest = text_strip(text_lead(text_strip(answer))), .line = true, .why = why };
	int who[10];

	if (!puzzle_read(&p, desc))
		return rule_bad_task(why, "the desc is no equation of words");
	memset(r.digit, -1, sizeof(r.digit));
	memset(who, -1, sizeof(who));
	if (!answer_read(&r))
		return r.mark;
	for (int l = 0; l < 26; l++) {
		if (!(p.letters >> l & 1))
			continue;
		if (r.digit[l] < 0)
			return rule_wrong(why, "%c has no digit", 'A' + l);
		if (who[r.digit[l]] >= 0)
			return rule_wrong(why, "%c and %c are both %d", 'A' + who[r.digit[l]], 'A' + l, r.digit[l]);
		who[r.digit[l]] = l;
	}
	for (int i = 0; i < p.n; i++)
		if (p.word[i].n > 1 && r.digit[p.word[i].s[0] - 'A'] == 0)
			return rule_wrong(why, "%.*s begins with 0", (int)p.word[i].n, p.word[i].s);
	if (off(&p, r.digit) != 0)
		return rule_wrong(why, "the equation is false");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_cryptarithm = { "cryptarithm", 1, judge, NULL };
