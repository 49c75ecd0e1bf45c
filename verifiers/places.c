/* places.c - answers that point at numbered places; see places.h. */
#include "verifiers/places.h"
#include "verifiers/text.h"

enum {
	TEXT_MAX = 1 << 14, /* bytes of an answer that is read at all */
	FAR = 1000000000,   /* numbers are held within this */
	REASON_MAX = 200,   /* bytes of a line from a number on in which a reason for it is sought */
};

/* Where the reader stands. */
struct reader {
	struct str s; /* what is left */
	struct places *p;
	bool line;      /* only blanks and marks so far in this line */
	bool named;     /* the last word calls a number by a name, "thought 7" */
	bool counted;   /* a number without such a name was the last but blanks and "wrong" */
	bool measure;   /* and a Chinese measure word behind it */
	bool no;        /* the last word was "no" */
	bool number_of; /* the last words were "number of the wrong" */
	bool are;       /* a word was "are": of one number it says how many */
	bool words_say; /* a word or an empty pair of brackets says "none" */
	size_t bullets; /* lines numbered 1, 2, .. so far */
};

static void add(struct reader *r, int64_t v)
{
	struct places *p = r->p;

	if (p->n < PLACES_MAX)
		p->at[p->n] = v > FAR ? FAR : v < -FAR ? -FAR : v;
	p->n++;
	r->line = r->measure = r->no = false;
	r->counted = !r->named;
	r->named = false;
}

/* A minus sign at the head of s: its bytes, or 0. */
static size_t minus(struct str s)
{
	static const char *const signs[] = { "-", "\u2212", "\uff0d" };

	for (size_t i = 0; i < COUNT(signs); i++)
		if (str_starts(s, str_of(signs[i])))
			return strlen(signs[i]);
	return 0;
}

/* Digits at the head of s become *v; what is left. */
static struct str digits(struct str s, int64_t *v)
{
	size_t n;
	int d;

	for (*v = 0; (n = text_digit(s, &d)) > 0; s = str_from(s, n))
		if (*v <= FAR)
			*v = *v * 10 + d;
	return s;
}

/* Is what follows a number fit to stand there? "7th", "7.0"; no letter, no fraction, no range. */
static bool number_ends(struct str *s)
{
	static const char *const ends[] = { "st", "nd", "rd", "th" };
	struct str after;
	int64_t fraction;
	int d;

	if (s->n > 1 && s->s[0] == '.' && text_digit(str_from(*s, 1), &d)) {
		*s = digits(str_from(*s, 1), &fraction);
		if (fraction)
			return false;
	}
	for (size_t i = 0; i < COUNT(ends); i++)
		if (s->n >= 2 && str_ieq(str_sub(*s, 0, 2), str_of(ends[i]))) {
			*s = str_from(*s, 2);
			break;
		}
	if ((s->n && is_letter(s->s[0])) || str_starts(*s, STR("..")))
		return false;
	after = text_past_blanks(*s);
	if (!minus(after) || str_chr(str_sub(*s, 0, s->n - after.n), '\n') >= 0) /* "- 7" may begin the next line */
		return true;
	after = str_from(after, minus(after));
	return after.n > 1 && after.s[0] == ' ' && is_letter(after.s[1]); /* "7 - the stack": a reason */
}

/* Does another number follow in this line of s? */
static bool number_in_line(struct str s)
{
	uint32_t cp;
	int d;

	for (; s.n && s.s[0] != '\n'; s = str_from(s, utf8_next(s, &cp)))
		if (text_digit(s, &d))
			return true;
	return false;
}

/* "2. " or "2) " at the head of a line, numbered on from the one before, with a number behind it. */
static bool bullet(struct reader *r, struct str after, int64_t v)
{
	if (!r->line || v != (int64_t)r->bullets + 1 || after.n < 2 || (after.s[0] != '.' && after.s[0] != ')') ||
	    !text_blank(str_from(after, 1)) || !number_in_line(str_from(after, 1)))
		return false;
	r->bullets++;
	r->s = str_from(after, 1);
	return true;
}

static struct str word_head(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_letter(s.s[n]))
		n++;
	return str_sub(s, 0, n);
}

/* Do words behind a number only give the reason for it: no number, nothing that takes it back or offers another? */
static bool is_reason(struct str s)
{
	static const struct str others[] = {
		STR("but"), STR("not"), STR("never"), STR("possibly"), STR("unsure"), STR("unlikely"), STR("doubtful"), STR("correct"), STR("right"), STR("fine"),
		STR("ok"), STR("okay"), STR("valid"), STR("matches"), STR("consistent"), STR("except"), STR("actually"), STR("instead"), STR("rather"),
		STR("wait"), STR("and"),
	};
	/* bu, mei, huo, dui, zhengque, dan, fei, wu, ye, ling, you, he, ji, U+3001, U+FF1F */
	static const struct str signs_other[] = {
		STR("不"), STR("没"), STR("或"), STR("对"), STR("正确"), STR("但"), STR("非"), STR("无"), STR("也"), STR("另"), STR("又"), STR("和"), STR("及"),
		STR("、"), STR("？"),
	};
	static const struct str bases[] = { STR("1-indexed"), STR("1-based"), STR("counting from 1"), STR("counted from 1"), STR("从1开始") };
	struct str word, rest;
	bool quoted = false;
	uint32_t cp;
	size_t n;
	int d;

	for (size_t i = 0; i < COUNT(bases); i++)
		if (str_ieq(s, bases[i]))
			return true;
	for (rest = s; rest.n; rest = str_from(rest, utf8_next(rest, &cp))) {
		if (str_starts(rest, STR("不匹配")) || str_starts(rest, STR("不对")) || str_starts(rest, STR("不符"))) {
			rest = str_from(rest, strlen("不")); /* what does not match may be said, and no more of the kind */
			continue;
		}
		for (size_t i = 0; i < COUNT(signs_other); i++)
			if (str_starts(rest, signs_other[i]))
				return false;
		quoted ^= rest.s[0] == '"';
		if ((text_digit(rest, &d) && !quoted) || text_numeral(rest, &n) >= 0 || rest.s[0] == '?')
			return false;
	}
	if (text_hedges(s))
		return false;
	for (quoted = false; s.n; s = str_from(s, word.n + !word.n)) {
		word = word_head(s);
		rest = str_from(s, word.n);
		quoted ^= s.s[0] == '"';
		if (quoted)
			continue;
		for (size_t i = 0; i < COUNT(others); i++)
			if (str_ieq(word, others[i]) && !(str_is(word, "not") && str_starts(rest, STR(" match")))) /* the one thing that may be denied */
				return false;
		if (text_number_word(word) >= 0 || (str_starts(rest, STR("'t ")) && !str_starts(rest, STR("'t match"))))
			return false;
	}
	return true;
}

/* Step over a reason behind a number: in brackets, or behind a colon, bar or dash up to the line's end. */
static void skip_reason(struct reader *r)
{
	static const struct {
		struct str text;
		const char *end; /* NULL: the line's */
	} heads[] = {
		{ STR("("), ")" }, { STR("（"), "）" }, { STR(":"), NULL }, { STR("|"), NULL }, { STR("- "), NULL }, { STR("– "), NULL }, { STR("—"), NULL }, { STR("："), NULL },
	};
	struct str s = str_sub(r->s, 0, r->s.n < REASON_MAX ? r->s.n : REASON_MAX), line;
	size_t n = 0;
	bool code = false;

	while (s.n && (s.s[0] == ' ' || s.s[0] == '*'))
		s = str_from(s, 1);
	if (!str_split(&s, '\n', &line) || !line.n || (!s.n && r->s.n > REASON_MAX))
		return;
	for (size_t i = 0; i < COUNT(heads); i++) {
		const char *end = heads[i].end;

		if (!str_starts(line, heads[i].text))
			continue;
		for (n = heads[i].text.n; n < line.n && (!end || code || !str_starts(str_from(line, n), str_of(end))); n++)
			code ^= line.s[n] == '`';
		if ((!end || n < line.n) && is_reason(str_sub(line, heads[i].text.n, n)))
			r->s = str_from(r->s, (size_t)(line.s + n + (end ? strlen(end) : 0) - r->s.s));
		return;
	}
}

/* A number in digits stands at the head. */
static bool read_digits(struct reader *r, bool negative)
{
	struct str s;
	bool ordinal;
	int64_t v;

	s = digits(r->s, &v);
	if (!negative && bullet(r, s, v))
		return true;
	ordinal = s.n && is_letter(s.s[0]);
	if (!number_ends(&s))
		return false;
	r->named |= ordinal;
	add(r, negative ? -v : v);
	r->s = s;
	skip_reason(r);
	return true;
}

/* The word that goes on with a number in words: after one blank or hyphen, and after "and" behind a hundred. */
static struct str next_part(struct str s, bool hundred, struct str *word)
{
	struct str after = s;

	if (after.n && (after.s[0] == ' ' || after.s[0] == '-'))
		after = str_from(after, 1);
	*word = word_head(after);
	if (hundred && str_ieq(*word, STR("and")) && after.n > 4 && after.s[3] == ' ') {
		after = str_from(after, 4);
		*word = word_head(after);
	}
	return str_from(after, word->n);
}

/* "seven", "twenty-one", "one hundred and five" at the head; false where its first word is no number. */
static bool read_number_words(struct reader *r)
{
	struct str word = word_head(r->s), s = str_from(r->s, word.n), after;
	int v = text_number_word(word), last = v;
	int64_t sum = v;

	if (v < 0 || v == 100)
		return false;
	for (;;) {
		after = next_part(s, last == 100, &word);
		v = text_number_word(word);
		if (v == 100 && last < 10 && last > 0 && sum < 10)
			sum *= 100;
		else if (v > 0 && v < 100 && (last == 100 || (last >= 20 && v < 10)))
			sum += v;
		else
			break;
		last = v;
		s = after;
	}
	add(r, sum);
	r->s = s;
	return true;
}

/* A word at the head: a label is passed over, "none" is noted, a number is added; false for any other. */
static bool read_word(struct reader *r)
{
	static const char *const labels[] = {
		"thought", "thoughts", "step", "steps", "position", "positions", "pos", "index", "character", "char", "bracket",
		"line", "lines", "number", "numbers", "at", "the", "in", "is", "are", "was", "answer", "wrong", "mistake", "mistakes",
		"error", "errors", "incorrect", "first", "final", "and", "mistaken", "erroneous", "faulty", "occurs", "appears",
		"of", "reasoning", "only", "list", "set", "there", "here", "thus", "so", "it", "my", "were", "python", "json", "why", "reason",
		"a", "has", "contains", "that", "which",
	};
	static const char *const things[] = {
		"thought", "thoughts", "step", "steps", "mistake", "mistakes", "error", "errors", "line", "lines", "position", "positions", "number", "numbers",
		"index", "character", "bracket",
	};
	static const char *const many[] = { "thoughts", "steps", "mistakes", "errors" };
	static const char *const wrong[] = { "wrong", "incorrect", "mistaken", "erroneous", "faulty" };
	static const char *const none[] = { "no", "none", "null", "nothing", "empty" };
	struct str word = word_head(r->s), after = str_from(r->s, word.n);
	int d;

	if (read_number_words(r))
		return true;
	if (r->no && str_ieq(word, STR("answer"))) /* which is no answer */
		return false;
	r->no = str_ieq(word, STR("no")) || (r->no && str_ieq(word, STR("final")));
	r->named = ONE_OF(word, things);
	r->p->counts |= (r->named && r->counted) || (r->number_of && ONE_OF(word, many));
	r->number_of = str_ieq(word, STR("number")) || (r->number_of && (str_ieq(word, STR("of")) || str_ieq(word, STR("the")) || ONE_OF(word, wrong)));
	r->are |= str_ieq(word, STR("are"));
	r->counted &= ONE_OF(word, wrong);
	if (r->no && after.n > 1 && after.s[0] == '.' && text_digit(text_past_blanks(str_from(after, 1)), &d))
		r->named = true; /* "No. 7" is number 7 */
	else if (ONE_OF(word, none))
		r->words_say = true;
	else if (!ONE_OF(word, labels))
		return false;
	if (after.n && (text_digit(after, &d) || after.s[0] == '\''))
		return false; /* "x7", "isn't" */
	r->s = after;
	r->line = false;
	return true;
}

/* A Chinese numeral below 1000 at the head: ten units, hundreds before tens. */
static bool read_numeral(struct reader *r)
{
	int64_t sum = 0;
	int d, pending = -1, unit = 1000;
	struct str s = r->s;
	size_t n;

	if (text_numeral(s, &n) < 0)
		return false;
	for (; (d = text_numeral(s, &n)) >= 0; s = str_from(s, n)) {
		if (d >= 10) {
			if (d >= unit || pending == 0 || (pending < 0 && (d == 100 || sum)))
				return false;
			sum += d * (pending < 0 ? 1 : pending);
			unit = d;
			pending = -1;
		} else if (d == 0 && sum) {
			if (pending >= 0)
				return false;
		} else {
			if (pending >= 0)
				return false;
			pending = d;
		}
	}
	add(r, sum + (pending > 0 ? pending : 0));
	r->s = s;
	return true;
}

/* What may stand in an answer beyond ASCII, longer ones first; `none` says that there is nothing to point at. */
static const struct {
	const char *text;
	bool none;
} signs[] = {
	{ "第一个错误", false }, { "第一处错误", false }, { "第一个出错", false }, { "第一处出错", false }, { "第一次出错", false },
	{ "第一条错误的思考", false }, { "第一条有错误的思考", false }, { "第一条出错的思考", false }, { "第一条有误的思考", false }, { "第一条错误思考", false }, { "出现", false },
	{ "没有", true }, { "不存在", true }, { "空集", true }, { "无", true }, { "空", true }, { "否", true }, { "\u2205", true },
	{ "思考", false }, { "步骤", false }, { "位置", false }, { "错误", false }, { "出错", false }, { "有误", false }, { "答案", false },
	{ "字符", false }, { "括号", false }, { "编号", false }, { "序号", false }, { "首个", false }, { "最终", false }, { "以及", false },
	{ "任何", false }, { "第", false }, { "步", false }, { "个", false }, { "位", false }, { "处", false }, { "条", false }, { "项", false },
	{ "是", false }, { "为", false }, { "的", false }, { "在", false }, { "中", false }, { "有", false }, { "错", false }, { "和", false },
	{ "与", false }, { "及", false }, { "号", false }, { "了", false },
	{ "\uff0c", false }, { "\u3001", false }, { "\uff1b", false }, { "\u3002", false }, { "\uff1a", false }, { "\u2022", false },
	{ "\u201c", false }, { "\u201d", false }, { "\u2018", false }, { "\u2019", false }, { "\uff08", false }, { "\uff09", false },
	{ "\uff3b", false }, { "\uff3d", false }, { "\u3010", false }, { "\u3011", false }, { "\uff5b", false }, { "\uff5d", false },
	{ "\uff1d", false }, { "\uff0e", false }, { "\uff5c", false },
};

/* What a sign makes of the number before it or behind it: di makes it an ordinal; ge and chu count; tiao, bu, xiang count where more follows. */
static void note_sign(struct reader *r, struct str sign)
{
	bool measure = str_is(sign, "条") || str_is(sign, "步") || str_is(sign, "项");

	r->named = str_is(sign, "第") || str_is(sign, "思考") || str_is(sign, "步骤") || str_is(sign, "位置") || str_is(sign, "编号");
	r->p->counts |= r->counted && (r->measure || str_is(sign, "个") || str_is(sign, "处"));
	r->counted &= measure;
	r->measure = measure;
}

static bool read_sign(struct reader *r)
{
	for (size_t i = 0; i < COUNT(signs); i++)
		if (r->s.s[0] == signs[i].text[0] && str_starts(r->s, str_of(signs[i].text))) {
			r->words_say |= signs[i].none;
			note_sign(r, str_of(signs[i].text));
			r->s = str_from(r->s, strlen(signs[i].text));
			return true;
		}
	return false;
}

static bool read_tex(struct reader *r)
{
	static const char *const silent[] = {
		"text", "textbf", "textit", "texttt", "textrm", "mathrm", "mathbf", "mathtt", "boxed", "left", "right", "quad", "n",
	};
	struct str word = word_head(str_from(r->s, 1));

	if (word.n == 0) {
		if (r->s.n < 2 || !r->s.s[1] || !strchr(" ,;:!{}()[]_#\\", r->s.s[1]))
			return false;
		r->s = str_from(r->s, r->s.s[1] == '{' ? 1 : 2); /* the brace may open an empty pair */
		return true;
	}
	if (str_is(word, "emptyset") || str_is(word, "varnothing"))
		r->words_say = true;
	else if (!ONE_OF(word, silent))
		return false;
	r->s = str_from(r->s, 1 + word.n);
	return true;
}

/* An empty list or text at the head: "[]", "{ }", "\{\}", "\"\"". Its bytes, or 0. */
static size_t empty_pair(struct str s)
{
	static const char opens[] = "[{(\"'", closes[] = "]})\"'";
	const char *open = s.n && s.s[0] ? strchr(opens, s.s[0]) : NULL;
	struct str in;

	if (!open)
		return 0;
	in = text_past_blanks(str_from(s, 1));
	if (in.n > 1 && in.s[0] == '\\' && *open == '{')
		in = str_from(in, 1);
	return in.n && in.s[0] == closes[open - opens] ? s.n - in.n + 1 : 0;
}

/* Marks that part, quote or bracket. */
static bool read_mark(struct reader *r)
{
	size_t n = empty_pair(r->s), dashes = 0;

	if (n) {
		r->words_say = true;
		r->s = str_from(r->s, n);
		return true;
	}
	while (dashes < r->s.n && r->s.s[dashes] == '-')
		dashes++;
	if (dashes >= 3 || (dashes == 1 && r->line && text_blank(str_from(r->s, 1)))) { /* a table's rule, a bullet */
		r->s = str_from(r->s, dashes);
		return true;
	}
	if (!r->s.s[0] || !strchr(",;.:=\"'`*_$[](){}|#", r->s.s[0]))
		return false;
	r->named |= r->s.s[0] == '#';
	r->counted &= strchr("*_`\"'", r->s.s[0]) != NULL;
	r->s = str_from(r->s, 1);
	return true;
}

/* The next piece; false where the text turns out to be something else. */
static bool read_piece(struct reader *r)
{
	size_t n = text_blank(r->s), sign;
	int d;

	if (n) {
		r->line |= r->s.s[0] == '\n';
		r->s = str_from(r->s, n);
		return true;
	}
	if (text_digit(r->s, &d))
		return read_digits(r, false);
	sign = minus(r->s);
	if (sign && text_digit(str_from(r->s, sign), &d)) {
		r->s = str_from(r->s, sign);
		return read_digits(r, true);
	}
	if (is_letter(r->s.s[0]))
		return read_word(r);
	if (r->s.s[0] == '\\')
		return read_tex(r);
	if ((unsigned char)r->s.s[0] < 0x80)
		return read_mark(r);
	return read_sign(r) || read_numeral(r);
}

bool places_read(struct places *p, struct str answer)
{
	struct reader r = { .p = p, .line = true };
	int counted = text_counted(&answer);

	p->n = 0;
	p->none = p->counts = false;
	if (answer.n > TEXT_MAX)
		return false;
	r.s = answer;
	while (r.s.n)
		if (!read_piece(&r))
			return false;
	p->counts |= r.are && p->n == 1;
	if (counted >= 0 && (size_t)counted != p->n) /* "3, 7 (2 thoughts)" */
		return false;
	p->none = r.words_say && p->n == 0;
	return p->none || (p->n > 0 && (!r.words_say || (p->n == 1 && p->at[0] <= 0))); /* "-1 (no error)" */
}

bool place_read(struct str answer, int64_t *ret)
{
	struct places p;

	if (text_int(answer, ret))
		return true;
	if (!places_read(&p, answer) || p.n != 1)
		return false;
	*ret = p.at[0];
	return true;
}
