/*
 * game_of_24: one expression over the given numbers, each used once, that makes the target.
 *
 * The desc is "24: 8 8 3 3": the target, then 2 to 12 numbers. Any expression of the numbers with + - * / and brackets
 * is right when it uses each number exactly as often as it is given and its exact value is the target. What is
 * written may end in "= 24" (or begin with "24 ="), which must be true. "24 +*: 8 8 3 3" is for puzzles of others that allow only
 * some of + - * /, told in this order.
 *
 * Decided: a product may be written without its sign next to a bracket, 2(3 + 4) or (1 + 2)(3 + 4), but a/b(c) can be
 * read in two ways and is unreadable; so is a mixed number. A sign in front, -3 + 27, is read: it reaches nothing that
 * could not be reached without. Powers, whole divisions, remainders, factorials, joined digits and other numbers are
 * wrong. 8.0 is 8.
 *
 * One pass over the answer with two fixed stacks (shunting-yard); no recursion, so brackets may nest to STACK.
 */
#include "verifiers/rule.h"
#include "verifiers/text.h"

#include <stdarg.h>
#include <stdio.h>

enum {
	GIVEN_MAX = 12,
	VALUES = 64,  /* numbers in an answer; more than GIVEN_MAX are wrong, so this only bounds the work */
	STACK = 4096, /* operators and open brackets waiting */
};

struct puzzle {
	int64_t target, given[GIVEN_MAX];
	int n;
	unsigned signs; /* allowed: bit i for sign i */
};

static const char signs[] = "+-*/";

/* Exact value num / den, den > 0, in lowest terms. */
struct ratio {
	int64_t num, den;
};

enum token {
	T_END, T_NUMBER, T_OP, T_OPEN, T_CLOSE, T_FRAC, T_EQUALS,
	T_FORBIDDEN, /* an operation that is not one of the four */
	T_JUNK,
};

/*
 * What waits on the operator stack: + - * /, a sign as 's', an open bracket as its closing one, or a fraction's numerator 'n' and
 * denominator 'd', which lie on a bracket of their own kind 'f' that groups the whole fraction.
 */
struct reader {
	struct str rest;
	char op;        /* of T_OP, T_OPEN, T_CLOSE (brackets as their closing one) */
	struct ratio number;
	struct ratio value[VALUES];
	char stack[STACK];
	int values, height;
	bool lone;      /* the side just read was one number */
	bool overflow, zero;
	unsigned signs; /* that were met */
	struct why *why;
	enum quarry_mark mark; /* of the first thing found amiss */
};

/* " +*", some signs and not all; nothing is all of them. */
static bool read_signs(struct str *s, unsigned *ret)
{
	*ret = 0;
	if (!str_starts(*s, STR(" "))) {
		*ret = 15;
		return true;
	}
	*s = str_from(*s, 1);
	for (int i = 0; i < 4; i++)
		if (s->n && s->s[0] == signs[i]) {
			*ret |= 1u << i;
			*s = str_from(*s, 1);
		}
	return *ret > 0 && *ret < 15;
}

static bool puzzle_read(struct puzzle *p, struct str desc)
{
	p->n = 0;
	p->target = str_eat_number(&desc, 1000000);
	if (p->target < 0 || !read_signs(&desc, &p->signs) || !str_eatc(&desc, ':'))
		return false;
	while (desc.n > 0) {
		if (p->n == GIVEN_MAX || !str_eatc(&desc, ' '))
			return false;
		p->given[p->n] = str_eat_number(&desc, 9999);
		if (p->given[p->n] < 1)
			return false;
		p->n++;
	}
	return p->n >= 2;
}

static int64_t gcd(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t c = a % b;

		a = b;
		b = c;
	}
	return a < 0 ? -a : a;
}

/* a op b; false when a 64-bit number does not hold it or b is a zero divisor. */
static bool ratio_apply(struct ratio *a, char op, struct ratio b, bool *zero)
{
	int64_t x, y, n, d, g;

	if (op == '/') {
		if (b.num == 0) {
			*zero = true;
			return false;
		}
		b = (struct ratio){ b.num < 0 ? -b.den : b.den, b.num < 0 ? -b.num : b.num };
		op = '*';
	}
	if (op == '*') {
		if (__builtin_mul_overflow(a->num, b.num, &n))
			return false;
	} else if (__builtin_mul_overflow(a->num, b.den, &x) || __builtin_mul_overflow(b.num, a->den, &y)) {
		return false;
	} else if (op == '+' ? __builtin_add_overflow(x, y, &n) : __builtin_sub_overflow(x, y, &n)) {
		return false;
	}
	if (__builtin_mul_overflow(a->den, b.den, &d) || n == INT64_MIN) /* so that -n always exists */
		return false;
	g = gcd(n, d);
	*a = (struct ratio){ n / g, d / g };
	return true;
}

/* The other spellings: what they are made to. A row's token is T_END where it is only a blank. */
static const struct spelling {
	const char *text;
	enum token token;
	char op;
} spellings[] = {
	{ "\xc3\x97", T_OP, '*' },     /* U+00D7 times */
	{ "\xc3\xb7", T_OP, '/' },     /* U+00F7 division */
	{ "\xc2\xb7", T_OP, '*' },     /* U+00B7 middle dot */
	{ "\xe2\x8b\x85", T_OP, '*' }, /* U+22C5 dot operator */
	{ "\xe2\x88\x99", T_OP, '*' }, /* U+2219 bullet operator */
	{ "\xe2\x88\x97", T_OP, '*' }, /* U+2217 asterisk operator */
	{ "\xe2\x9c\x95", T_OP, '*' }, /* U+2715 multiplication x */
	{ "\xe2\x88\x92", T_OP, '-' }, /* U+2212 minus */
	{ "\xe2\x80\x93", T_OP, '-' }, /* U+2013 en dash */
	{ "\xe2\x80\x90", T_OP, '-' }, /* U+2010 hyphen */
	{ "\xe2\x88\x95", T_OP, '/' }, /* U+2215 division slash */
	{ "\xe2\x81\x84", T_OP, '/' }, /* U+2044 fraction slash */
	{ "\xe3\x80\x90", T_OPEN, ']' },  /* U+3010 lenticular */
	{ "\xe3\x80\x91", T_CLOSE, ']' }, /* U+3011 */
	{ "\xc2\xa0", T_END, 0 },      /* no-break space */
	{ "\xe2\x80\x89", T_END, 0 },  /* thin space */
	{ "\xe2\x80\x8b", T_END, 0 },  /* zero-width space */
	{ "\xe3\x80\x80", T_END, 0 },  /* ideographic space */
	{ "\xe2\x86\x92", T_EQUALS, 0 }, { "\xe2\x87\x92", T_EQUALS, 0 }, { "\\rightarrow", T_EQUALS, 0 }, { "\\to", T_EQUALS, 0 }, /* U+2192 U+21D2 */
	{ "\\*", T_OP, '*' }, { "\\times", T_OP, '*' }, { "\\cdot", T_OP, '*' }, { "\\ast", T_OP, '*' },
	{ "\\div", T_OP, '/' }, { "\\frac", T_FRAC, 0 }, { "\\dfrac", T_FRAC, 0 }, { "\\tfrac", T_FRAC, 0 },
	{ "\\left", T_END, 0 }, { "\\right", T_END, 0 }, { "\\bigl", T_END, 0 }, { "\\bigr", T_END, 0 },
	{ "\\big", T_END, 0 }, { "\\quad", T_END, 0 }, { "\\,", T_END, 0 }, { "\\;", T_END, 0 }, { "\\!", T_END, 0 },
	{ "\\:", T_END, 0 }, { "\\ ", T_END, 0 }, { "\\{", T_OPEN, '}' }, { "\\}", T_CLOSE, '}' },
	{ "\\(", T_END, 0 }, { "\\)", T_END, 0 }, { "\\bmod", T_FORBIDDEN, 0 }, { "\\sqrt", T_FORBIDDEN, 0 },
	{ "\\lfloor", T_FORBIDDEN, 0 }, { "\\lceil", T_FORBIDDEN, 0 },
	{ "\xe2\x88\x9a", T_FORBIDDEN, 0 }, /* U+221A root */
};

/* The character at s, full-width ASCII (U+FF01 .. U+FF5E) made plain; 0 where it is not ASCII. */
static char plain_char(struct str s, size_t *len)
{
	uint32_t cp;

	*len = 0;
	if (s.n == 0)
		return 0;
	*len = utf8_next(s, &cp);
	if (cp >= 0xff01 && cp <= 0xff5e)
		cp -= 0xfee0;
	return cp < 0x80 ? (char)cp : 0;
}

/* Digits with commas between thousands where they stand rightly, and a fraction; anything but zeros behind the point,
 * or a number too big to be given, is -1: a number that was not given. */
static struct ratio number_next(struct str *s)
{
	struct ratio r = { 0, 1 };
	size_t len, i, ahead;
	int digits = 0;
	char c;

	for (;;) {
		c = plain_char(*s, &len);
		if (c == ',' && digits >= 1 && digits <= 3) {
			struct str t = str_from(*s, len);

			for (i = 0; i < 3 && (c = plain_char(t, &ahead)) >= '0' && c <= '9'; i++)
				t = str_from(t, ahead);
			c = plain_char(t, &ahead);
			if (i < 3 || (c >= '0' && c <= '9'))
				return r;
			digits = 0;
			*s = str_from(*s, len);
			continue;
		}
		if (c < '0' || c > '9')
			break;
		if (r.num >= 0)
			r.num = r.num * 10 + (c - '0');
		if (r.num > 1000000)
			r.num = -1;
		if (digits < 4)
			digits++;
		*s = str_from(*s, len);
	}
	if (c == '.') {
		struct str t = str_from(*s, len);

		if ((c = plain_char(t, &len)) < '0' || c > '9')
			return r;
		for (; (c = plain_char(t, &len)) >= '0' && c <= '9'; t = str_from(t, len))
			if (c != '0')
				r.num = -1;
		*s = t;
	}
	return r;
}

static const struct spelling *spelling_at(struct str s)
{
	if (s.s[0] != '\\' && (unsigned char)s.s[0] < 0x80)
		return NULL;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		if (spellings[i].text[0] == s.s[0] && str_starts(s, str_of(spellings[i].text)))
			return &spellings[i];
	return NULL;
}

static enum token token_next(struct reader *r)
{
	static const char open[] = "([{", closing[] = ")]}";
	const struct spelling *sp;
	size_t len;
	char c;

again:
	if (r->rest.n == 0)
		return T_END;
	sp = spelling_at(r->rest);
	if (sp) {
		r->rest = str_from(r->rest, strlen(sp->text));
		r->op = sp->op;
		if (sp->token == T_END)
			goto again;
		return sp->token;
	}
	c = plain_char(r->rest, &len);
	if (c >= '0' && c <= '9') {
		r->number = number_next(&r->rest);
		return T_NUMBER;
	}
	r->rest = str_from(r->rest, len);
	r->op = c;
	switch (c) {
	case ' ': case '\t': case '\r': case '\n': case '$': case '~':
		goto again;
	case '-':
		if (plain_char(r->rest, &len) == '>') { /* an arrow */
			r->rest = str_from(r->rest, len);
			return T_EQUALS;
		}
		return T_OP;
	case '+':
		return T_OP;
	case '*': case '/':
		if (plain_char(r->rest, &len) == c) /* ** and // */
			return T_FORBIDDEN;
		return T_OP;
	case 'x': case 'X':
		r->op = '*';
		return T_OP;
	case '=':
		c = plain_char(r->rest, &len);
		if (c == '=' || c == '>') /* == and => */
			r->rest = str_from(r->rest, len);
		return T_EQUALS;
	case '^': case '%': case '!':
		return T_FORBIDDEN;
	case 0:
		return T_JUNK;
	}
	for (int i = 0; i < 3; i++)
		if (c == open[i] || c == closing[i]) {
			r->op = closing[i];
			return c == open[i] ? T_OPEN : T_CLOSE;
		}
	return T_JUNK;
}

/* Each of these ends the reading. */
static bool amiss(struct reader *r, enum quarry_mark mark, const char *what)
{
	r->mark = mark == QUARRY_WRONG ? rule_wrong(r->why, "%s", what) : rule_unreadable(r->why, "%s", what);
	return false;
}

static bool push(struct reader *r, char what)
{
	if (r->height == STACK)
		return amiss(r, QUARRY_UNREADABLE, "the brackets are nested too deep");
	r->stack[r->height++] = what;
	return true;
}

static int strength(char op)
{
	return op == '+' || op == '-' ? 1 : op == '*' || op == '/' ? 2 : op == 's' ? 3 : 0;
}

/* Do what waits above the nearest bracket and binds at least as strongly. Values that overflow stay wrong for good. */
static void reduce(struct reader *r, int least)
{
	while (r->height > 0 && strength(r->stack[r->height - 1]) >= least) {
		char op = r->stack[--r->height];
		struct ratio b = r->value[r->values - 1];

		r->signs |= 1u << (op == 's' ? 1 : strchr(signs, op) - signs);
		if (op == 's') {
			r->value[r->values - 1].num = -b.num; /* never INT64_MIN */
			continue;
		}
		r->values--;
		if (!r->zero && !r->overflow && !ratio_apply(&r->value[r->values - 1], op, b, &r->zero))
			r->overflow = true;
	}
}

/* A closing bracket was met. *operand: it ends an operand (a numerator does not: its denominator is opened). */
static bool close_bracket(struct reader *r, bool *operand)
{
	char top;

	reduce(r, 1);
	top = r->height > 0 ? r->stack[r->height - 1] : 0;
	if ((top == 'n' || top == 'd' ? '}' : top) != r->op)
		return amiss(r, QUARRY_UNREADABLE, "the brackets do not match");
	r->height--;
	*operand = top != 'n';
	if (top == 'd') {
		reduce(r, 1); /* the fraction's own division, down to its 'f' */
		r->height--;
	} else if (top == 'n') {
		if (token_next(r) != T_OPEN || r->op != '}')
			return amiss(r, QUARRY_UNREADABLE, "a fraction has no denominator");
		return push(r, '/') && push(r, 'd');
	}
	return true;
}

/* One side of an equation, up to "=" or the end: its numbers go to used[], its value to value[0]. */
static bool side_read(struct reader *r, int64_t used[VALUES], int *n_used, enum token *end)
{
	bool operand = false; /* an operand stands before the next token */
	bool closed = false;  /* and it ends in a bracket */
	enum token t;

	r->values = r->height = 0;
	*n_used = 0;
	for (;;) {
		t = token_next(r);
		if (t == T_END || t == T_EQUALS)
			break;
		if (t == T_JUNK)
			return amiss(r, QUARRY_UNREADABLE, "the answer is not one expression of numbers, + - * / and brackets");
		if (t == T_FORBIDDEN)
			return amiss(r, QUARRY_WRONG, "only + - * / and brackets may be used");
		if (operand && (t == T_NUMBER || t == T_OPEN || t == T_FRAC)) {
			if (t != T_OPEN && !closed)
				return amiss(r, QUARRY_UNREADABLE, "two numbers stand side by side");
			reduce(r, 3);
			if (r->height > 0 && r->stack[r->height - 1] == '/')
				return amiss(r, QUARRY_UNREADABLE, "a/b(c) can be read in two ways");
			reduce(r, 2);
			if (!push(r, '*'))
				return false;
			operand = false;
		}
		switch (t) {
		case T_NUMBER:
			if (r->values == VALUES || *n_used == VALUES)
				return amiss(r, QUARRY_WRONG, "it uses more numbers than are given");
			r->value[r->values++] = r->number;
			used[(*n_used)++] = r->number.num;
			operand = true;
			closed = false;
			break;
		case T_OP:
			if (operand)
				reduce(r, strength(r->op));
			else if (r->op == '*' || r->op == '/')
				return amiss(r, QUARRY_UNREADABLE, "an operator has nothing on its left");
			if (operand || r->op == '-')
				if (!push(r, operand ? r->op : 's'))
					return false;
			operand = false;
			break;
		case T_OPEN:
			if (!push(r, r->op))
				return false;
			break;
		case T_FRAC:
			if (token_next(r) != T_OPEN || r->op != '}')
				return amiss(r, QUARRY_UNREADABLE, "a fraction has no numerator");
			if (!push(r, 'f') || !push(r, 'n'))
				return false;
			break;
		default: /* T_CLOSE */
			if (!operand)
				return amiss(r, QUARRY_UNREADABLE, "a bracket closes where a number is due");
			if (!close_bracket(r, &operand))
				return false;
			closed = true;
			break;
		}
	}
	*end = t;
	if (!operand)
		return amiss(r, QUARRY_UNREADABLE, *n_used ? "the expression stops in the middle" : "there is no expression");
	reduce(r, 1);
	if (r->height > 0)
		return amiss(r, QUARRY_UNREADABLE, "a bracket is never closed");
	r->lone = *n_used == 1;
	return true;
}

static bool uses_all(struct why *why, const struct puzzle *p, const int64_t *used, int n)
{
	unsigned taken = 0; /* bit i: given[i] was met */

	for (int i = 0; i < n; i++) {
		int k = 0;

		while (k < p->n && (p->given[k] != used[i] || (taken >> k & 1)))
			k++;
		if (k == p->n) {
			rule_wrong(why, "it uses %lld, which is not given or is used already", (long long)used[i]);
			return false;
		}
		taken |= 1u << k;
	}
	for (int k = 0; k < p->n; k++)
		if (!(taken >> k & 1)) {
			rule_wrong(why, "it does not use %lld", (long long)p->given[k]);
			return false;
		}
	return true;
}

/* {"expression": "(1 + 2) * 8", "value": 24}: the expression; false where another value is told, or more. */
static bool object_open(struct str *s, int64_t target)
{
	struct str in, name, expression, value;
	int64_t v;

	if (s->n < 2 || s->s[0] != '{' || s->s[s->n - 1] != '}')
		return true;
	in = str_sub(*s, 1, s->n - 1);
	if (!text_member(&in, &name, &expression) || !str_ieq(name, STR("expression")))
		return true;
	if (in.n && (!text_member(&in, &name, &value) || in.n || !text_int(value, &v) || v != target))
		return false;
	*s = expression;
	return true;
}

/* A line of Python without its remark: "8 * 3  # = 24". */
static struct str without_remark(struct str s)
{
	ptrdiff_t hash = str_chr(s, '#');

	if (hash > 0 && str_chr(s, '\n') < 0 && s.s[hash - 1] == ' ' && !text_denies(str_from(s, (size_t)hash)) && !text_hedges(str_from(s, (size_t)hash)))
		s = str_trim(str_sub(s, 0, (size_t)hash));
	return text_strip(s);
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct reader r; /* its stacks are large: what each side needs is set by side_read() */
	struct puzzle p;
	int64_t used[VALUES];
	enum token end;
	int n, sides = 0;
	bool found = false;

	if (!puzzle_read(&p, desc))
		return rule_bad_task(why, "the desc is not a target and 2 to 12 numbers");
	answer = without_remark(text_strip(answer));
	if (!object_open(&answer, p.target))
		return rule_unreadable(why, "another value stands beside the expression");
	r.rest = text_strip(text_lead(answer));
	r.why = why;
	r.overflow = r.zero = false;
	r.signs = 0;
	do {
		if (!side_read(&r, used, &n, &end))
			return r.mark;
		for (int i = 0; i < n; i++)
			if (used[i] < 0)
				return rule_wrong(why, "it uses a number that is not given");
		if (r.zero)
			return rule_wrong(why, "it divides by zero");
		if (r.overflow)
			return rule_wrong(why, "a number in it grows too large");
		if (r.value[0].den != 1 || r.value[0].num != p.target)
			return r.value[0].den == 1 ?
				rule_wrong(why, r.lone ? "it is said to make %lld, not %lld" : "its value is %lld, not %lld", (long long)r.value[0].num, (long long)p.target) :
				rule_wrong(why, "its value is %lld/%lld, not %lld", (long long)r.value[0].num,
					   (long long)r.value[0].den, (long long)p.target);
		if (r.signs & ~p.signs)
			return rule_wrong(why, "it uses a sign that is not allowed");
		if (!r.lone) {
			if (found)
				return rule_wrong(why, "it gives two expressions");
			if (!uses_all(why, &p, used, n))
				return QUARRY_WRONG;
			found = true;
		}
		if (++sides > 3)
			return rule_unreadable(why, "the answer is a chain of equations");
	} while (end == T_EQUALS);
	if (!found)
		return rule_wrong(why, "it does not use the numbers");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_game_of_24 = { "game_of_24", 1, judge, "mathador" };
