/*
 * multistep_arithmetic.c - the rule: the value of an integer expression, some of its operators defined beside it.
 *
 * desc: definitions, each ended by ';', then the expression: "a@b=2*a+b;a#b=max(a@b,3)-1;(4#5)*2-7".
 *	sum     = product { ("+" or "-") product }, or atom SYMBOL atom and no more
 *	product = atom { "*" atom }
 *	atom    = number, "(-" number ")", "(" sum ")", "max(" sum "," sum ")", "min(" sum "," sum ")", "abs(" sum ")", in a definition a and b
 * No blanks, no parentheses that could be left out, no value above 10^9 on the way; an operator is used behind its
 * definition only. Everything is evaluated as it is read; a definition is read again with every use.
 */
#include "base/cursor.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"
#include "verifiers/tally.h"
#include "verifiers/text.h"

#define LIMIT INT64_C(1000000000) /* no value on the way is further from 0, so that products fit 64 bits */

enum {
	DEFS_MAX = 8,
	DEEP_MAX = 100,  /* parentheses and uses within each other */
	FUEL = 100000,   /* atoms read in all */
	SAID_MAX = 4096, /* bytes of an answer that are looked at for a number among words */
};

/* What an expression is at its top. */
enum top { ATOM, PRODUCT, SUM, DEFINED };

struct sheet {
	char symbol[DEFS_MAX];
	struct str body[DEFS_MAX];
	int n;
	int fuel;
};

struct reader {
	struct sheet *sheet;
	struct cursor c;
	bool vars; /* within a definition: a and b have values */
	int64_t a, b;
	int defs; /* how many of the definitions may be used */
	int deep;
};

static bool read_sum(struct reader *r, int64_t *v, enum top *top);

static bool is_symbol(char c)
{
	return c == '@' || c == '#' || c == '&' || c == '~' || c == '%';
}

static bool within(int64_t v)
{
	return v >= -LIMIT && v <= LIMIT;
}

/* Whether a group whose top is `top` needs its parentheses between the signs before and behind it; '(' and 0 are no signs. */
static bool needed(enum top top, char before, char behind)
{
	if (top == ATOM)
		return false;
	if (before == '*' || is_symbol(before) || is_symbol(behind))
		return true;
	if (behind == '*' || before == '+' || before == '-')
		return top != PRODUCT;
	return top == DEFINED && (behind == '+' || behind == '-');
}

static bool read_call(struct reader *r, bool two, int64_t *x, int64_t *y)
{
	enum top top;

	return read_sum(r, x, &top) && (!two || (cursor_eat(&r->c, STR(",")) && read_sum(r, y, &top))) && cursor_eat(&r->c, STR(")"));
}

static bool read_atom(struct reader *r, char before, int64_t *v)
{
	int64_t x = 0, y = 0;
	enum top top;

	if (r->sheet->fuel-- <= 0)
		return false;
	if (cursor_digit(&r->c))
		return cursor_number(&r->c, LIMIT, v);
	if (cursor_eat(&r->c, STR("(-"))) {
		if (!cursor_number(&r->c, LIMIT, &x) || x == 0 || !cursor_eat(&r->c, STR(")")))
			return false;
		*v = -x;
		return true;
	}
	if (cursor_eat(&r->c, STR("(")))
		return read_sum(r, v, &top) && cursor_eat(&r->c, STR(")")) && needed(top, before, cursor_peek(&r->c));
	if (cursor_eat(&r->c, STR("max("))) {
		if (!read_call(r, true, &x, &y))
			return false;
		*v = x > y ? x : y;
		return true;
	}
	if (cursor_eat(&r->c, STR("min("))) {
		if (!read_call(r, true, &x, &y))
			return false;
		*v = x < y ? x : y;
		return true;
	}
	if (cursor_eat(&r->c, STR("abs("))) {
		if (!read_call(r, false, &x, &y))
			return false;
		*v = x < 0 ? -x : x;
		return true;
	}
	if (r->vars && (cursor_eat(&r->c, STR("a")) || cursor_eat(&r->c, STR("b")))) {
		*v = r->c.s.s[r->c.at - 1] == 'a' ? r->a : r->b;
		return true;
	}
	return false;
}

static bool read_product(struct reader *r, char before, int64_t *v, enum top *top)
{
	int64_t x;

	*top = ATOM;
	if (!read_atom(r, before, v))
		return false;
	while (cursor_eat(&r->c, STR("*"))) {
		*top = PRODUCT;
		if (!read_atom(r, '*', &x))
			return false;
		*v *= x;
		if (!within(*v))
			return false;
	}
	return true;
}

/* x SYMBOL y by the definition of that symbol. */
static bool use(struct reader *r, char symbol, int64_t x, int64_t y, int64_t *v)
{
	enum top top;

	for (int k = 0; k < r->defs; k++)
		if (r->sheet->symbol[k] == symbol) {
			struct reader in = { r->sheet, { r->sheet->body[k], 0 }, true, x, y, k, r->deep };

			return read_sum(&in, v, &top) && in.c.at == in.c.s.n;
		}
	return false;
}

static bool read_sum_at(struct reader *r, int64_t *v, enum top *top)
{
	enum top part;
	int64_t x;
	char c;

	if (!read_product(r, '(', v, top))
		return false;
	c = cursor_peek(&r->c);
	if (is_symbol(c)) {
		r->c.at++;
		if (*top != ATOM || !read_atom(r, c, &x))
			return false;
		*top = DEFINED;
		return use(r, c, *v, x, v);
	}
	while ((c = cursor_peek(&r->c)) == '+' || c == '-') {
		r->c.at++;
		*top = SUM;
		if (!read_product(r, c, &x, &part))
			return false;
		*v += c == '+' ? x : -x;
		if (!within(*v))
			return false;
	}
	return true;
}

static bool read_sum(struct reader *r, int64_t *v, enum top *top)
{
	bool ok;

	if (r->deep >= DEEP_MAX)
		return false;
	r->deep++;
	ok = read_sum_at(r, v, top);
	r->deep--;
	return ok;
}

/* a@b=BODY; the body is tried once here, so that an unused one cannot be damaged. */
static bool read_definition(struct sheet *sheet, struct str text)
{
	struct reader r = { .sheet = sheet, .c = { text, 4 }, .vars = true, .defs = sheet->n };
	enum top top;
	int64_t v;

	if (sheet->n == DEFS_MAX || text.n < 5 || text.s[0] != 'a' || !is_symbol(text.s[1]) || text.s[2] != 'b' || text.s[3] != '=')
		return false;
	for (int k = 0; k < sheet->n; k++)
		if (sheet->symbol[k] == text.s[1])
			return false;
	if (!read_sum(&r, &v, &top) || r.c.at != text.n)
		return false;
	sheet->symbol[sheet->n] = text.s[1];
	sheet->body[sheet->n++] = str_from(text, 4);
	return true;
}

static bool value(struct str desc, int64_t *v)
{
	struct sheet sheet = { .fuel = FUEL };
	struct reader r = { .sheet = &sheet };
	ptrdiff_t end;
	enum top top;

	while ((end = str_chr(desc, ';')) >= 0) {
		if (!read_definition(&sheet, str_sub(desc, 0, (size_t)end)))
			return false;
		desc = str_from(desc, (size_t)end + 1);
	}
	r.c.s = desc;
	r.defs = sheet.n;
	return read_sum(&r, v, &top) && r.c.at == desc.n;
}

enum said { NOTHING, INTEGER, OTHER_NUMBER };

/* A number that is no integer of 64 bits: too long, or with a fraction. */
static bool other_number(struct str s)
{
	bool digit = false;

	if (s.n && (s.s[0] == '-' || s.s[0] == '+'))
		s = str_from(s, 1);
	for (size_t i = 0; i < s.n; i++) {
		digit |= is_digit(s.s[i]);
		if (!is_digit(s.s[i]) && !((s.s[i] == ',' || s.s[i] == '.') && i + 1 < s.n))
			return false;
	}
	return digit;
}

/* Words that may stand around the value. */
static const char *const quiet_words[] = {
	"a", "addition", "after", "all", "apples", "altogether", "an", "and", "answer", "applied", "applying", "are", "arithmetic", "arrive", "arrives", "as", "at",
	"be", "become", "becomes", "been", "being", "believe", "calculated", "calculating", "calculation", "carefully", "clearly", "come", "comes",
	"complete", "computation", "computed", "computing", "conclude", "concluding", "correct", "decimal", "defined", "definition", "definitions",
	"determine", "determined", "difference", "digits", "done", "end", "entire", "equal", "equals", "evaluate", "evaluated", "evaluates", "evaluating",
	"evaluation", "exactly", "expression", "final", "finally", "find", "following", "for", "found", "full", "gave", "get", "gets", "give", "given",
	"gives", "has", "have", "hence", "here", "i", "in", "indeed", "inside", "integer", "integers", "is", "items", "it", "just", "multiplication", "must", "my",
	"now", "number", "numbers", "numeric", "numerical", "obtain", "obtained", "objects", "of", "ok", "okay", "once", "operation", "operations", "operator",
	"operators", "order", "our", "out", "output", "overall", "parentheses", "performing", "pieces", "points", "precedence", "precisely", "problem", "product", "puzzle",
	"question", "reach", "reaches", "required", "result", "results", "right", "rules", "s", "should", "show", "shows", "simplified", "simplifies",
	"simplify", "simplifying", "simply", "so", "solution", "standard", "step", "steps", "subtraction", "sum", "that", "the", "then", "there",
	"therefore", "think", "this", "thus", "to", "together", "total", "units", "using", "usual", "value", "was", "we", "which", "whole", "will", "with",
	"work", "works", "x", "y", "yield", "yields", NULL
};

/* Chinese ones, longer before shorter. */
static const char *const quiet_signs[] = {
	"综上所述", "从左到右", "表达式", "运算符", "一步步", "结果", "答案", "算式", "式子", "原式", "该式", "整数", "数值", "数字", "计算", "运算", "得到", "得出", "求得", "算得", "等于", "最终", "最后", "所以", "因此", "那么",
	"可得", "一共", "总共", "总和", "整个", "出来", "经过", "正确", "化简", "这个", "综上", "可知", "由此", "于是", "加法", "乘法", "减法", "括号", "求值", "代入", "定义", "输出", "合计", "全部", "根据", "规则", "顺序",
	"个", "后", "故", "即", "就", "是", "为", "的", "值", "这", "该", "得", "共", "和", "有", "此", "题", "我", "们", "算", "出", "来", "。", "→", "⇒", "∴", "“", "”", "’", "、", "先", "再", "里", "答", "按", "可",
	"经", NULL
};

/* Words of a calculation, before its last sign of equality. */
static const char *const sum_words[] = {
	"abs", "add", "adding", "b", "brackets", "by", "compute", "first", "from", "inner", "left", "let", "max", "min", "minus", "multiply", "multiplying", "next",
	"outer", "plus", "replace", "second", "side", "substitute", "substituting", "subtract", "subtracting", "third", "times", "where", NULL
};

static const char *const sum_signs[] = { "首先", "然后", "接着", "乘以", "乘", "加上", "加", "减去", "减", "第", "步", NULL };

static size_t letters(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_letter(s.s[n]))
		n++;
	return n;
}

/* Bytes of the mark, LaTeX command or Chinese word that s begins with and that says nothing; 0 for none. */
static size_t quiet_mark(struct str s, bool sum)
{
	static const char *const commands[] = { "text", "textbf", "textrm", "mathrm", "mathbf", "mbox", "boxed", "qquad", "operatorname", "max", "min", NULL };
	size_t n;

	if (s.s[0] == '\\') {
		n = letters(str_from(s, 1));
		return n ? (text_listed(str_sub(s, 1, 1 + n), commands) ? 1 + n : 0) : s.n > 1 ? 2 : 1;
	}
	if ((unsigned char)s.s[0] < 0x80)
		return str_chr(STR(" \t\r\n.,:;!'\"`*_(){}[]$-"), s.s[0]) >= 0 || (sum && (is_digit(s.s[0]) || str_chr(STR("+/@#&~%=|"), s.s[0]) >= 0));
	n = text_head(s, quiet_signs);
	return n || !sum ? n : text_head(s, sum_signs);
}

/* Does s say nothing, or of a sum only which it is? */
static bool quiet(struct str s, bool sum)
{
	for (size_t i = 0, n; i < s.n; i += n) {
		struct str rest = str_from(s, i);

		n = letters(rest);
		if (!n && !(n = quiet_mark(rest, sum)))
			return false;
		if (!is_letter(rest.s[0]))
			continue;
		/* a name or a factor: "x1", "2x" */
		if ((i > 0 && is_digit(s.s[i - 1])) || (i + n < s.n && is_digit(s.s[i + n])))
			return false;
		if (!text_listed(str_sub(rest, 0, n), quiet_words) && !(sum && text_listed(str_sub(rest, 0, n), sum_words)))
			return false;
	}
	return true;
}

static bool stops_at(struct str s, size_t i)
{
	if ((s.s[i] == '.' || s.s[i] == '!' || s.s[i] == '?') && (i + 1 == s.n || str_chr(STR(" \t\r\n"), s.s[i + 1]) >= 0))
		return true;
	return str_starts(str_from(s, i), STR("。"));
}

/* The sentence that s ends in; of an equation the line. */
static struct str last_sentence(struct str s, bool line)
{
	for (size_t i = s.n; i-- > 0;)
		if (stops_at(s, i) || (line && s.s[i] == '\n'))
			return str_from(s, i + 1);
	return s;
}

/* Does the sentence that s begins with say nothing? What brackets at its end hold is for taken_back() to judge. */
static bool quiet_behind(struct str s)
{
	ptrdiff_t open;
	size_t n = 0;

	while (n < s.n && !stops_at(s, n) && s.s[n] != '\n')
		n++;
	s = str_trim(str_sub(s, 0, n));
	open = str_chr(s, '(');
	if (open >= 0) {
		if (s.s[s.n - 1] != ')' || text_hedges(str_from(s, (size_t)open + 1)))
			return false;
		s.n = (size_t)open;
	}
	return quiet(s, false);
}

/* Cut "negative" off the end of what stands before a number, and the LaTeX between. */
static bool cut_negative(struct str *s)
{
	static const struct str words[] = { STR("negative"), STR("minus"), STR("负") };
	struct str left = *s;

	while (left.n && str_chr(STR(" {}$*\\"), left.s[left.n - 1]) >= 0)
		left.n--;
	for (size_t i = 0; i < COUNT(words); i++) {
		size_t from = left.n - words[i].n;

		if (left.n >= words[i].n && str_ieq(str_from(left, from), words[i]) && (from == 0 || !is_letter(left.s[from - 1]) || i == 2)) {
			*s = str_sub(left, 0, from);
			return true;
		}
	}
	return false;
}

/* The one number among words that say nothing else, "The value is 42, an integer": its text, and whether "negative" stands before it. */
static bool lone_number(struct str s, struct str *ret, bool *negative)
{
	size_t from = 0, to;
	struct str before;

	while (from < s.n && !is_digit(s.s[from]))
		from++;
	for (to = from; to < s.n && (is_digit(s.s[to]) || ((s.s[to] == ',' || s.s[to] == '.') && to + 1 < s.n && is_digit(s.s[to + 1])));)
		to++;
	for (size_t i = to; i < s.n; i++)
		if (is_digit(s.s[i]))
			return false;
	if (from == to || (from > 0 && is_letter(s.s[from - 1])) || (to < s.n && (is_letter(s.s[to]) || s.s[to] == '-')))
		return false;
	/* "is -42", but not "result-42" */
	if (from > 0 && (s.s[from - 1] == '-' || s.s[from - 1] == '+') && (from == 1 || str_chr(STR(" \t\n:([{$"), s.s[from - 2]) >= 0))
		from--;
	*ret = str_sub(s, from, to);
	before = last_sentence(str_sub(s, 0, from), false);
	*negative = cut_negative(&before);
	if ((*negative && !is_digit(ret->s[0])) || str_ends(before, STR("- ")))
		return false;
	return quiet(before, false) && quiet_behind(str_from(s, to));
}

/* Where the last "=" or word for it stands in s, and how long it is: "17 + 5 is 22". *len is 0 for none that a number follows. */
static size_t last_equals(struct str s, size_t *len)
{
	static const struct str signs[] = { STR("="), STR(" equals "), STR(" is "), STR("等于"), STR("是"), STR("为") };
	size_t last = 0, to = s.n;

	while (to > 0 && !is_digit(s.s[to - 1]))
		to--;
	s.n = to;
	*len = 0;
	for (size_t i = 0; i < COUNT(signs); i++) {
		ptrdiff_t at = str_rfind(s, signs[i]);

		if (at >= 0 && (size_t)at + signs[i].n > last + *len) {
			last = (size_t)at;
			*len = signs[i].n;
		}
	}
	return last;
}

static enum said said_read(struct str answer, int64_t *v)
{
	char room[SAID_MAX];
	struct str s = text_strip(answer), plain, left, right, one;
	size_t equals, len;
	bool negative, parts;
	int64_t sum = 0;

	if (text_int(s, v))
		return INTEGER;
	undress_reason(&s);
	if (s.n > sizeof room)
		s = str_from(s, s.n - sizeof room);
	if (!text_plain(s, room, sizeof room, &plain))
		return NOTHING;
	parts = tally_breakdown(&plain, &sum);
	/* 3+4 = 7: what is behind the last sign of equality */
	equals = last_equals(plain, &len);
	left = str_sub(plain, 0, equals);
	right = text_strip(str_from(plain, equals + len));
	if (len && (!quiet(last_sentence(left, true), true) || str_ends(left, STR("!")) || str_ends(left, STR("~")) || !tally_sides(left, right)))
		return NOTHING;
	if (!text_int(right, v)) {
		if (other_number(right))
			return OTHER_NUMBER;
		if (!lone_number(right, &one, &negative) || !text_int(one, v))
			return NOTHING;
		*v = negative ? -*v : *v;
	}
	return parts && *v != sum ? NOTHING : INTEGER;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	int64_t due, said;

	if (!value(desc, &due))
		return rule_bad_task(why, "the desc is no expression that can be evaluated");
	switch (said_read(answer, &said)) {
	case NOTHING:
		return rule_unreadable(why, "no single integer could be read");
	case OTHER_NUMBER:
		return rule_wrong(why, "the number is no integer of 64 bits");
	case INTEGER:
		break;
	}
	if (said != due)
		return rule_wrong(why, "%lld is not the value of the expression", (long long)said);
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_multistep_arithmetic = { "multistep_arithmetic", 1, judge, NULL };
