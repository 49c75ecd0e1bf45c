/*
 * math_path: an equation of single digits, some of them hidden, to be filled in.
 *
 * The desc is "?+3*(?-2)%?=7": digits and hidden ones, + - * / %, brackets, "=" and a value, which may be negative. Any
 * digits for the ? make a right answer if the equation is then true, with * / % before + - and each from left to right,
 * every division without a remainder, a % b = a - b * floor(a / b), and nothing divided by 0.
 *
 * "~?/2*2=7" is for puzzles of others, which say nothing against fractions: quotients are exact ones, a % b is reckoned with them all
 * the same, and nothing need be hidden. Nor do they say that the sides have to stay where they are.
 *
 * The answer is the whole equation. Nothing in it may differ from the desc but the ?; so it is compared sign by sign and then
 * reckoned by the same few lines that read the desc. 32 digits make no number above 9^32, which 128 bits hold: nothing can
 * overflow but fractions, which are looked after.
 */
#include "base/cursor.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum {
	DIGITS_MAX = 32,
	DEEP_MAX = 8,    /* brackets within brackets */
	VALUE_MAX = 18,  /* digits of the value */
	LEFT_MAX = 256,  /* bytes of a left side: 32 digits, 31 signs, brackets */
	SAID_MAX = 4096, /* bytes of an answer; whoever needs more has written something else */
};

typedef __int128 wide;

/* In lowest terms, over > 0; over is 1 where fractions are not allowed. */
struct value {
	wide n, over;
};

struct reader {
	struct cursor c;
	int digits, hidden, deep;
	bool fractions;
	const char *fault; /* of the arithmetic, the first one */
};

static bool read_sum(struct reader *r, struct value *v);

/* A ? counts as 1; what comes of it is never looked at. */
static bool read_atom(struct reader *r, struct value *v)
{
	char c = cursor_peek(&r->c);

	if (c == '(') {
		bool ok;
		size_t from = ++r->c.at;

		if (r->deep == DEEP_MAX)
			return false;
		r->deep++;
		ok = read_sum(r, v);
		r->deep--;
		if (!ok || cursor_peek(&r->c) != ')')
			return false;
		r->c.at++;
		/* brackets hold an operation of their own, not a digit or other brackets alone */
		for (int deep = 0; from + 1 < r->c.at; from++) {
			c = r->c.s.s[from];
			if (deep == 0 && strchr("+-*/%", c))
				return true;
			deep += c == '(' ? 1 : c == ')' ? -1 : 0;
		}
		return false;
	}
	if ((!is_digit(c) && c != '?') || r->digits == DIGITS_MAX)
		return false;
	r->c.at++;
	r->digits++;
	r->hidden += c == '?';
	*v = (struct value){ c == '?' ? 1 : c - '0', 1 };
	return true;
}

static void fault(struct reader *r, const char *what)
{
	if (!r->fault)
		r->fault = what;
}

static wide quotient(struct reader *r, wide a, char op, wide b)
{
	bool small = a <= INT64_MAX && a > INT64_MIN && b <= INT64_MAX && b > INT64_MIN; /* for speed alone */
	wide rest = small ? (int64_t)a % (int64_t)b : a % b;

	if (op == '/') {
		if (rest != 0)
			fault(r, "a division leaves a remainder");
		return small ? (int64_t)a / (int64_t)b : a / b;
	}
	return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static wide times(struct reader *r, wide a, wide b)
{
	wide v = 0;

	if (__builtin_mul_overflow(a, b, &v))
		fault(r, "its fractions grow too long");
	return r->fault ? 0 : v;
}

static struct value lowest(struct reader *r, wide n, wide over)
{
	wide a = n < 0 ? -n : n, b = over < 0 ? -over : over;

	if (r->fault)
		return (struct value){ 0, 1 };
	while (b) {
		wide rest = a % b;

		a = b;
		b = rest;
	}
	if (over < 0)
		a = -a;
	return (struct value){ n / a, over / a };
}

static struct value plus(struct reader *r, struct value a, struct value b)
{
	wide n = 0;

	if (a.over == 1 && b.over == 1)
		return (struct value){ a.n + b.n, 1 };
	if (__builtin_add_overflow(times(r, a.n, b.over), times(r, b.n, a.over), &n))
		fault(r, "its fractions grow too long");
	return lowest(r, n, times(r, a.over, b.over));
}

/* a % b is a less b as often as it fits, all the way down. */
static struct value fraction(struct reader *r, struct value a, char op, struct value b)
{
	struct value q;
	wide whole;

	if (op == '*')
		return lowest(r, times(r, a.n, b.n), times(r, a.over, b.over));
	q = lowest(r, times(r, a.n, b.over), times(r, a.over, b.n));
	if (op == '/')
		return q;
	whole = q.n / q.over - (q.n % q.over < 0);
	return plus(r, a, lowest(r, times(r, b.n, -whole), b.over));
}

static struct value apply(struct reader *r, struct value a, char op, struct value b)
{
	if (op != '*' && b.n == 0) {
		fault(r, op == '/' ? "it divides by 0" : "it takes a remainder by 0");
		return (struct value){ 0, 1 };
	}
	if (r->fractions)
		return fraction(r, a, op, b);
	return (struct value){ op == '*' ? a.n * b.n : quotient(r, a.n, op, b.n), 1 };
}

static bool read_product(struct reader *r, struct value *v)
{
	struct value x;
	char op;

	if (!read_atom(r, v))
		return false;
	while ((op = cursor_peek(&r->c)) == '*' || op == '/' || op == '%') {
		r->c.at++;
		if (!read_atom(r, &x))
			return false;
		*v = r->fault ? (struct value){ 0, 1 } : apply(r, *v, op, x);
	}
	return true;
}

static bool read_sum(struct reader *r, struct value *v)
{
	struct value x;
	char op;

	if (!read_product(r, v))
		return false;
	while ((op = cursor_peek(&r->c)) == '+' || op == '-') {
		r->c.at++;
		if (!read_product(r, &x))
			return false;
		if (op == '-')
			x.n = -x.n;
		*v = plus(r, *v, x);
	}
	return true;
}

/* "-12": no zero in front, no -0. */
static bool read_value(struct str s, int64_t *v)
{
	bool minus = s.n > 0 && s.s[0] == '-';
	struct str digits = str_from(s, minus);

	if (digits.n == 0 || digits.n > VALUE_MAX || !is_digit(digits.s[0]) || (digits.s[0] == '0' && s.n > 1))
		return false;
	return str_i64(s, v);
}

struct puzzle {
	struct str left;
	int64_t value;
	bool fractions;
};

static bool puzzle_read(struct puzzle *p, struct str desc)
{
	ptrdiff_t equals;
	struct reader r = { 0 };
	struct value v;

	p->fractions = str_starts(desc, STR("~"));
	desc = str_from(desc, p->fractions);
	equals = desc.n <= LEFT_MAX + VALUE_MAX + 2 ? str_chr(desc, '=') : -1;
	if (equals < 3 || equals > LEFT_MAX)
		return false;
	p->left = r.c.s = str_sub(desc, 0, (size_t)equals);
	if (!read_sum(&r, &v) || r.c.at != r.c.s.n || (r.hidden == 0 && !p->fractions) || r.digits < 2)
		return false;
	/* brackets around everything */
	if (p->left.s[0] == '(') {
		int deep = 0;
		size_t i = 0;

		do
			deep += p->left.s[i] == '(' ? 1 : p->left.s[i] == ')' ? -1 : 0;
		while (deep > 0 && ++i < p->left.n);
		if (i + 1 == p->left.n)
			return false;
	}
	return read_value(str_from(desc, (size_t)equals + 1), &p->value);
}

/* ---- the answer, made plain ---- */

/* Length of "mod", "\bmod", "\text{ mod }", as a word, else 0. */
static size_t modulo(struct str s)
{
	static const char *const words[] = { "mod", "MOD", "\\bmod", "\\mod", "\\text{ mod }", "\\text{mod}", "\\text{ mod}", "\\mathrm{mod}", "\\mathbin{\\%}" };

	for (size_t i = 0; i < COUNT(words); i++) {
		size_t n = strlen(words[i]);

		if (str_starts(s, str_of(words[i])) && (s.n == n || !is_letter(s.s[n])))
			return n;
	}
	return 0;
}

/* Between digits with exactly three digits behind it: thousands. */
static size_t thousands(struct str s, size_t at)
{
	size_t n = str_starts(str_from(s, at), STR("{,}")) ? 3 : s.s[at] == ',';

	if (!n || at == 0 || !is_digit(s.s[at - 1]))
		return 0;
	for (size_t i = at + n; i < at + n + 3; i++)
		if (i >= s.n || !is_digit(s.s[i]))
			return 0;
	return at + n + 3 < s.n && is_digit(s.s[at + n + 3]) ? 0 : n;
}

/* What stands for a blank, or for nothing: its length, else 0. */
static size_t quiet(struct str s)
{
	static const char *const table[] = { "\xe2\x80\x89", "\xe2\x80\xaf", "\xe2\x80\x8b", "\\text", "\\mathrm" };

	for (size_t i = 0; i < COUNT(table); i++)
		if (str_starts(s, str_of(table[i])))
			return strlen(table[i]);
	return 0;
}

/* Signs alone, without blanks: digits ? + - * / % ( ) =. False where there is anything else. */
static bool squeeze(struct str s, char *out, size_t cap, size_t *n)
{
	char before = 0; /* the last byte read, a blank or not */

	*n = 0;
	for (size_t i = 0; i < s.n;) {
		char c = s.s[i];
		size_t skip = 1;

		switch (c) {
		case ' ': case '\t': case '\r': case '\n': case '$': case '`':
			before = ' ';
			i++;
			continue;
		case ',': case '{':
			skip = thousands(s, i);
			if (!skip)
				return false;
			i += skip;
			continue;
		case 'm': case 'M':
			skip = modulo(str_from(s, i));
			c = skip ? '%' : 0;
			break;
		case 'x': case 'X': /* between two operands it is times */
			if (!*n || !(is_digit(out[*n - 1]) || out[*n - 1] == ')' || out[*n - 1] == '?'))
				return false;
			c = '*';
			break;
		case '\\':
			if (i + 1 < s.n && (s.s[i + 1] == '*' || s.s[i + 1] == '%')) {
				i++;
				continue;
			}
			skip = modulo(str_from(s, i));
			c = skip ? '%' : c;
			break;
		case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		case '?': case '+': case '-': case '*': case '/': case '%': case '(': case ')': case '=':
			break;
		default:
			c = (unsigned char)c >= 0x80 ? '\\' : 0;
			skip = 0;
		}
		if (c == '\\') {
			skip = quiet(str_from(s, i));
			if (!skip)
				return false;
			i += skip;
			continue;
		}
		/* two digits with a blank between are two numbers, and no equation; == is = */
		if (!c || *n == cap || (is_digit(c) && before == ' ' && *n && is_digit(out[*n - 1])))
			return false;
		if (!(c == '=' && before == '='))
			out[(*n)++] = c;
		before = c;
		i += skip;
	}
	return true;
}

/* [[1 + 2 = 3]], ["1 + 2 = 3"], {1 + 2 = 3}, {"equation": "1 + 2 = 3"} */
static struct str bare(struct str s)
{
	struct str in, name, value;

	s = text_strip(text_lead(text_strip(s)));
	for (int i = 0; i < 3 && s.n > 2; i++) {
		char open = s.s[0], close = s.s[s.n - 1];

		in = str_sub(s, 1, s.n - 1);
		if (open == '{' && close == '}' && text_member(&in, &name, &value) && !in.n && str_ieq(name, STR("equation"))) {
			s = value;
			continue;
		}

		if (!(open == '[' && close == ']') && !(open == '{' && close == '}'))
			break;
		s = text_strip(str_sub(s, 1, s.n - 1));
	}
	return s;
}

/* The value as it was said: -3, (-3). */
static bool value_is(struct str s, int64_t value)
{
	int64_t v;

	if (s.n > 3 && s.s[0] == '(' && s.s[s.n - 1] == ')')
		s = str_sub(s, 1, s.n - 1);
	return read_value(s, &v) && v == value;
}

static enum quarry_mark left_judge(struct why *why, const struct puzzle *p, struct str left)
{
	struct reader r = { .c = { left, 0 }, .fractions = p->fractions };
	struct value v;

	if (left.n != p->left.n)
		return rule_wrong(why, "the left side has more or fewer signs than the given one");
	for (size_t i = 0; i < left.n; i++) {
		if (left.s[i] == '?')
			return rule_wrong(why, "a ? is left");
		if (p->left.s[i] == '?' ? !is_digit(left.s[i]) : left.s[i] != p->left.s[i])
			return rule_wrong(why, "sign %zu of the left side is %c, where %c was given", i + 1, left.s[i], p->left.s[i]);
	}
	if (!read_sum(&r, &v))
		return rule_wrong(why, "the left side is not the given one");
	if (r.fault)
		return rule_wrong(why, "%s", r.fault);
	if (v.over != 1)
		return rule_wrong(why, "the left side is no whole number");
	if (v.n != p->value) {
		if (v.n > INT64_MAX || v.n < INT64_MIN)
			return rule_wrong(why, "the left side is far from %lld", (long long)p->value);
		return rule_wrong(why, "the left side is %lld, not %lld", (long long)v.n, (long long)p->value);
	}
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	char room[SAID_MAX], signs[LEFT_MAX + 64];
	struct str s = bare(answer), all, left, right;
	struct puzzle p;
	ptrdiff_t equals;
	size_t n;

	if (!puzzle_read(&p, desc))
		return rule_bad_task(why, "the desc is no equation with hidden digits");
	if (!text_plain(s, room, sizeof(room), &all) || !squeeze(all, signs, sizeof(signs), &n))
		return rule_unreadable(why, "it is not one equation");
	all = (struct str){ signs, n };
	equals = str_chr(all, '=');
	if (equals < 0 || str_rfind(all, STR("=")) != equals)
		return n == 0 ? rule_unreadable(why, "there is no equation") :
			rule_wrong(why, "it has not one = as the equation has");
	left = str_sub(all, 0, (size_t)equals);
	right = str_from(all, (size_t)equals + 1);
	if (value_is(right, p.value))
		return left_judge(why, &p, left);
	if (value_is(left, p.value))
		return p.fractions ? left_judge(why, &p, right) : rule_wrong(why, "the sides have changed places");
	return rule_wrong(why, "the right side is not %lld", (long long)p.value);
}

const struct quarry_rule rule_math_path = { "math_path", 2, judge, NULL };
