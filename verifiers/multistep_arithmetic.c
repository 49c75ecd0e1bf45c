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

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

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

/* The one number among words, "The value is 42, an integer": its text. False where there are several or none. */
static bool lone_number(struct str s, struct str *ret)
{
	bool found = false;

	for (size_t i = 0; i < s.n;) {
		size_t from = i;

		if (!is_digit(s.s[i])) {
			i++;
			continue;
		}
		/* "x1" is a name, "abs(1)" a call, and "not 1" another statement */
		while (from > 0 && strchr("([{\"'", s.s[from - 1]))
			from--;
		if (found || (from > 0 && ((s.s[from - 1] | 32) >= 'a' && (s.s[from - 1] | 32) <= 'z')) || text_denies(str_sub(s, 0, i)) ||
		    text_hedges(str_sub(s, 0, i)))
			return false;
		from = i;
		while (i < s.n && (is_digit(s.s[i]) || ((s.s[i] == ',' || s.s[i] == '.') && i + 1 < s.n && is_digit(s.s[i + 1]))))
			i++;
		/* "is -42", but not "result-42" */
		if (from > 0 && s.s[from - 1] == '-' && (from == 1 || strchr(" \t\n:([{$", s.s[from - 2])))
			from--;
		*ret = str_sub(s, from, i);
		found = true;
	}
	return found;
}

static enum said said_read(struct str answer, int64_t *v)
{
	char room[SAID_MAX];
	struct str s = text_strip(answer), plain, one;
	ptrdiff_t equals;

	if (text_int(s, v))
		return INTEGER;
	undress_reason(&s);
	/* 3+4 = 7: what is behind the last sign of equality */
	if (s.n > sizeof room)
		s = str_from(s, s.n - sizeof room);
	if (!text_plain(s, room, sizeof room, &plain))
		return NOTHING;
	for (equals = (ptrdiff_t)plain.n - 1; equals >= 0 && plain.s[equals] != '='; equals--)
		;
	if (equals > 0 && strchr("!<>", plain.s[equals - 1]))
		return NOTHING;
	plain = text_strip(str_from(plain, (size_t)(equals + 1)));
	if (text_int(plain, v))
		return INTEGER;
	if (other_number(plain))
		return OTHER_NUMBER;
	if (!lone_number(plain, &one))
		return NOTHING;
	return text_int(one, v) ? INTEGER : OTHER_NUMBER;
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
