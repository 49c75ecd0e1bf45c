/*
 * operation: the value of an expression in which operators of the puzzle's own stand beside + - * /.
 *
 * The desc is definitions, each ended by ';', then the expression: "A3l=[x>y]2*x-y|x+y;B1l=abs(x-y)^2/3;7A(3B2)+4".
 *	definition = SYMBOL PRECEDENCE ("l" or "r") "=" rule
 *	rule       = expression in x and y, or "[" CONDITION "]" expression "|" expression
 * Symbols are A to L. Precedence 1 is that of + and -, 2 that of * and /, 3 to 5 bind tighter, ^2 and ^3 tightest; 1 and 2 go from
 * left to right ("l"), and all symbols of one precedence go the same way. A definition may use symbols defined before it.
 *
 * All numbers are exact fractions. An answer is right when it is the value: as an integer, a fraction (in lowest terms or not), or
 * a decimal that is exactly it. Everything is evaluated as it is read; a definition is read again with every use.
 */
#include "base/cursor.h"
#include "verifiers/rule.h"
#include "verifiers/tally.h"
#include "verifiers/text.h"

typedef __int128 wide;

#define LIMIT INT64_C(1000000000000000000) /* numerators and denominators on the way; their products fit 128 bits */

enum {
	DEFS_MAX = 6,
	SYMBOLS = 12,
	LEVELS = 5,
	DEEP_MAX = 120,  /* brackets, definitions and right operands within each other */
	FUEL = 20000,    /* numbers and variables read in all */
	SAID_MAX = 2048, /* bytes of an answer that are looked at */
};

struct ratio {
	int64_t num, den; /* lowest terms, den > 0 */
};

enum cond { NO_COND, MORE, LESS, SAME, EVEN_X, ODD_X, EVEN_Y, ODD_Y, EVEN_XY, ODD_XY, EVEN_SUM, ODD_SUM, X_BY_3, Y_BY_3, X_BY_5, Y_BY_5 };

struct def {
	int level;
	bool right;
	enum cond cond;
	struct str yes, no; /* without a condition no is the whole rule */
};

struct sheet {
	struct def def[SYMBOLS]; /* level 0: not defined */
	int fuel;
};

struct reader {
	struct sheet *sheet;
	struct cursor c;
	bool vars;
	bool dry; /* only read: values mean nothing */
	struct ratio x, y;
	int deep;
};

static bool read_expr(struct reader *r, int level, struct ratio *v);

static int64_t gcd(int64_t a, int64_t b)
{
	while (b != 0) {
		int64_t c = a % b;

		a = b;
		b = c;
	}
	return a < 0 ? -a : a;
}

static bool ratio_set(struct ratio *v, wide num, wide den)
{
	wide a = num < 0 ? -num : num, b = den < 0 ? -den : den;

	if (den == 0)
		return false;
	if (den == 1)
		a = 1;
	else if (a <= INT64_MAX && b <= INT64_MAX) {
		a = gcd((int64_t)a, (int64_t)b);
	} else {
		while (b != 0) {
			wide c = a % b;

			a = b;
			b = c;
		}
	}
	if (den < 0 || a != 1) {
		a = den < 0 ? -a : a;
		num /= a;
		den /= a;
	}
	if (num > LIMIT || num < -LIMIT || den > LIMIT)
		return false;
	*v = (struct ratio){ (int64_t)num, (int64_t)den };
	return true;
}

static bool ratio_apply(struct ratio *a, char op, struct ratio b)
{
	switch (op) {
	case '+':
		return ratio_set(a, (wide)a->num * b.den + (wide)b.num * a->den, (wide)a->den * b.den);
	case '-':
		return ratio_set(a, (wide)a->num * b.den - (wide)b.num * a->den, (wide)a->den * b.den);
	case '*':
		return ratio_set(a, (wide)a->num * b.num, (wide)a->den * b.den);
	}
	return ratio_set(a, (wide)a->num * b.den, (wide)a->den * b.num);
}

/* 1 to 9999, no zero in front. */
static bool read_number(struct reader *r, struct ratio *v)
{
	*v = (struct ratio){ 0, 1 };
	return cursor_number(&r->c, 9999, &v->num) && v->num > 0;
}

/* Brackets hold an operation, never a number, a variable or brackets alone; what they hold ends at `to`. */
static bool worth_brackets(struct reader *r, size_t from, size_t to)
{
	int deep = 0;

	for (size_t i = from; i < to; i++) {
		char c = r->c.s.s[i];

		if (deep == 0 && (c == '+' || c == '-' || c == '*' || c == '/' || c == '^' || (c >= 'A' && c <= 'L')))
			return true;
		deep += c == '(' ? 1 : c == ')' ? -1 : 0;
	}
	return false;
}

static bool read_atom(struct reader *r, struct ratio *v)
{
	bool abs;

	if (r->sheet->fuel-- <= 0)
		return false;
	if (cursor_digit(&r->c))
		return read_number(r, v);
	if (r->vars && cursor_eat(&r->c, STR("x"))) {
		*v = r->x;
		return true;
	}
	if (r->vars && cursor_eat(&r->c, STR("y"))) {
		*v = r->y;
		return true;
	}
	abs = cursor_eat(&r->c, STR("abs("));
	if (abs || cursor_eat(&r->c, STR("("))) {
		size_t from = r->c.at;

		if (!read_expr(r, 1, v) || !cursor_eat(&r->c, STR(")")) || (!abs && !worth_brackets(r, from, r->c.at - 1)))
			return false;
		if (abs && v->num < 0)
			v->num = -v->num;
		return true;
	}
	return false;
}

static bool read_power(struct reader *r, struct ratio *v)
{
	struct ratio base;

	if (!read_atom(r, v))
		return false;
	base = *v;
	if (cursor_eat(&r->c, STR("^2")))
		return r->dry || ratio_apply(v, '*', base);
	if (cursor_eat(&r->c, STR("^3")))
		return r->dry || (ratio_apply(v, '*', base) && ratio_apply(v, '*', base));
	return true;
}

static bool whole_times(struct ratio v, int64_t m)
{
	return v.den == 1 && v.num % m == 0;
}

static bool odd(struct ratio v)
{
	return v.den == 1 && v.num % 2 != 0;
}

static enum cond cond_read(struct str s)
{
	static const char *const names[] = {
		[MORE] = "x>y", [LESS] = "x<y", [SAME] = "x=y", [EVEN_X] = "ex", [ODD_X] = "ox", [EVEN_Y] = "ey", [ODD_Y] = "oy",
		[EVEN_XY] = "exy", [ODD_XY] = "oxy", [EVEN_SUM] = "es", [ODD_SUM] = "os", [X_BY_3] = "3x", [Y_BY_3] = "3y",
		[X_BY_5] = "5x", [Y_BY_5] = "5y",
	};

	for (int i = MORE; i <= Y_BY_5; i++)
		if (str_is(s, names[i]))
			return (enum cond)i;
	return NO_COND;
}

/* Do x, y meet the condition? False as the result: x + y grows too large. */
static bool met(enum cond cond, struct ratio x, struct ratio y, bool *yes)
{
	struct ratio sum = x;
	wide less = (wide)x.num * y.den - (wide)y.num * x.den;

	if (!ratio_apply(&sum, '+', y))
		return false;
	switch (cond) {
	case NO_COND: return false;
	case MORE: *yes = less > 0; break;
	case LESS: *yes = less < 0; break;
	case SAME: *yes = less == 0; break;
	case EVEN_X: *yes = whole_times(x, 2); break;
	case ODD_X: *yes = odd(x); break;
	case EVEN_Y: *yes = whole_times(y, 2); break;
	case ODD_Y: *yes = odd(y); break;
	case EVEN_XY: *yes = whole_times(x, 2) && whole_times(y, 2); break;
	case ODD_XY: *yes = odd(x) && odd(y); break;
	case EVEN_SUM: *yes = whole_times(sum, 2); break;
	case ODD_SUM: *yes = odd(sum); break;
	case X_BY_3: *yes = whole_times(x, 3); break;
	case Y_BY_3: *yes = whole_times(y, 3); break;
	case X_BY_5: *yes = whole_times(x, 5); break;
	case Y_BY_5: *yes = whole_times(y, 5); break;
	}
	return true;
}

/* x SYMBOL y */
static bool use(struct reader *r, const struct def *def, struct ratio x, struct ratio y, struct ratio *v)
{
	struct reader in = { .sheet = r->sheet, .c = { def->no, 0 }, .vars = true, .x = x, .y = y, .deep = r->deep };
	bool yes = false;

	if (r->dry)
		return true;
	if (def->cond && !met(def->cond, x, y, &yes))
		return false;
	if (yes)
		in.c.s = def->yes;
	return read_expr(&in, 1, v);
}

/* How tightly an operator binds; 0 for what is none. */
static int binds(const struct reader *r, char c)
{
	if (c == '+' || c == '-')
		return 1;
	if (c == '*' || c == '/')
		return 2;
	return c >= 'A' && c <= 'L' ? r->sheet->def[c - 'A'].level : 0;
}

static bool join(struct reader *r, struct ratio *v, char op, struct ratio b)
{
	if (op >= 'A')
		return use(r, &r->sheet->def[op - 'A'], *v, b, v);
	return r->dry || ratio_apply(v, op, b);
}

/* An operand and what follows it, as far as it binds at least as tightly as `level`. */
static bool read_operands(struct reader *r, int level, struct ratio *v)
{
	if (!read_power(r, v))
		return false;
	for (;;) {
		char op = cursor_peek(&r->c);
		int is = binds(r, op);
		struct ratio b;

		if (is < level)
			return true;
		r->c.at++;
		/* the right operand takes what binds tighter, from right to left also what binds as tightly */
		if (!read_expr(r, op >= 'A' && r->sheet->def[op - 'A'].right ? is : is + 1, &b) || !join(r, v, op, b))
			return false;
	}
}

static bool read_expr(struct reader *r, int level, struct ratio *v)
{
	bool ok;

	if (r->deep >= DEEP_MAX)
		return false;
	r->deep++;
	ok = read_operands(r, level, v);
	r->deep--;
	return ok;
}

static bool body_reads(struct sheet *sheet, struct str body)
{
	struct reader r = { .sheet = sheet, .c = { body, 0 }, .vars = true, .dry = true, .x = { 1, 1 }, .y = { 1, 1 } };
	struct ratio v;

	return read_expr(&r, 1, &v) && r.c.at == body.n;
}

/* "A3l=[x>y]2*x-y|x+y" */
static bool read_def(struct sheet *sheet, struct str s)
{
	struct def def = { 0 };

	if (s.n < 5 || s.s[0] < 'A' || s.s[0] >= 'A' + SYMBOLS || s.s[1] < '1' || s.s[1] > '0' + LEVELS || s.s[3] != '=' ||
	    (s.s[2] != 'l' && s.s[2] != 'r') || sheet->def[s.s[0] - 'A'].level)
		return false;
	def.level = s.s[1] - '0';
	def.right = s.s[2] == 'r';
	if (def.right && def.level < 3)
		return false;
	for (int i = 0; i < SYMBOLS; i++)
		if (sheet->def[i].level == def.level && sheet->def[i].right != def.right)
			return false;
	def.no = str_from(s, 4);
	if (def.no.s[0] == '[') {
		ptrdiff_t end = str_chr(def.no, ']'), bar = str_chr(def.no, '|');

		if (end < 0 || bar < end)
			return false;
		def.cond = cond_read(str_sub(def.no, 1, (size_t)end));
		def.yes = str_sub(def.no, (size_t)end + 1, (size_t)bar);
		def.no = str_from(def.no, (size_t)bar + 1);
		if (!def.cond || !body_reads(sheet, def.yes))
			return false;
	}
	if (!body_reads(sheet, def.no))
		return false;
	sheet->def[s.s[0] - 'A'] = def;
	return true;
}

static bool value(struct str desc, struct ratio *v)
{
	struct sheet sheet = { .fuel = FUEL };
	struct reader r = { .sheet = &sheet };
	ptrdiff_t end;
	int defs = 0;

	while ((end = str_chr(desc, ';')) >= 0) {
		if (++defs > DEFS_MAX || !read_def(&sheet, str_sub(desc, 0, (size_t)end)))
			return false;
		desc = str_from(desc, (size_t)end + 1);
	}
	r.c.s = desc;
	return read_expr(&r, 1, v) && r.c.at == desc.n;
}

/* ---- the answer ---- */

/* Words that may stand in front of the number, or on the left of "=". */
static bool quiet(struct str word)
{
	static const char *const words[] = {
		"the", "value", "result", "answer", "final", "is", "of", "expression", "equals", "x", "y", "abs", "left", "right", "frac",
		"dfrac", "tfrac", "times", "cdot", "div", "text", "oplus", "otimes", "odot", "so", "therefore", "integer",
		/* LaTeX for the operators */
		"boxplus", "boxtimes", "triangle", "bigtriangleup", "vartriangle", "triangledown", "bigtriangledown", "blacklozenge", "lozenge",
		"diamond", "bigstar", "star", "blacksquare", "square", "bullet", "spadesuit", "clubsuit", NULL,
	};

	for (int i = 0; words[i]; i++)
		if (str_ieq(word, str_of(words[i])))
			return true;
	return false;
}

/* Nothing in s but quiet words, numbers and signs: no "not", no "or", no list. */
static bool harmless(struct str s)
{
	static const char *const bad[] = { ",", ";", "\n", "\xef\xbc\x8c", "\xe3\x80\x81", "\xe4\xb8\x8d", "\xe6\x88\x96", "\xe9\x9d\x9e",
					   "\xe2\x89\xa0", "!", "<", ">", "\xc2\xb1" };

	for (size_t i = 0; i < s.n; i++) {
		size_t n = 0;

		while (i + n < s.n && ((s.s[i + n] | 32) >= 'a' && (s.s[i + n] | 32) <= 'z'))
			n++;
		if (n > 0 && !quiet(str_sub(s, i, i + n)))
			return false;
		i += n;
		for (size_t k = 0; k < COUNT(bad) && i < s.n; k++)
			if (str_starts(str_from(s, i), str_of(bad[k])))
				return false;
	}
	return true;
}

static const char *const about[] = { "\xe2\x89\x88", "\\approx", "~=", "\xe2\x89\x83" };

/* "12", "-1,234", "2.50", ".5" as num / den; false where it is none or has more digits than any value. */
static bool decimal(struct str s, wide *num, wide *den)
{
	bool minus = false, point = false;
	int digits = 0;
	size_t i = 0;
	int64_t v;

	*den = 1;
	if (text_int(s, &v)) {
		*num = v;
		return true;
	}
	if (s.n > 0 && (s.s[0] == '-' || s.s[0] == '+'))
		minus = s.s[i++] == '-';
	for (*num = 0; i < s.n; i++) {
		if (s.s[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (!is_digit(s.s[i]) || ++digits > 18)
			return false;
		*num = *num * 10 + (s.s[i] - '0');
		*den *= point ? 10 : 1;
	}
	*num = minus ? -*num : *num;
	return digits > 0;
}

/* A number too long to be any value of ours is one all the same, and wrong. */
static bool long_number(struct str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.n; i++) {
		digits += is_digit(s.s[i]);
		if (!is_digit(s.s[i]) && s.s[i] != ',' && s.s[i] != '.' && !(i == 0 && (s.s[i] == '-' || s.s[i] == '+')))
			return false;
	}
	return digits > 18;
}

static struct str braced(struct str *s)
{
	struct str in = { "", 0 };
	ptrdiff_t end = str_chr(*s, '}');

	if (s->n && s->s[0] == '{' && end > 0) {
		in = str_sub(*s, 1, (size_t)end);
		*s = str_from(*s, (size_t)end + 1);
	} else if (s->n && is_digit(s->s[0])) { /* \frac73 */
		in = str_sub(*s, 0, 1);
		*s = str_from(*s, 1);
	}
	return in;
}

enum said { NOTHING, NUMBER, TOO_LONG };

/* -\frac{7}{3}, 7/3, (-7)/3, 2.5 */
static enum said number_read(struct str s, wide *num, wide *den)
{
	static const char *const fracs[] = { "\\frac", "\\dfrac", "\\tfrac" };
	wide n1, d1, n2, d2;
	bool minus = false;
	struct str a = s, b = { "1", 1 };
	ptrdiff_t slash = str_chr(s, '/');

	if (decimal(s, num, den))
		return NUMBER;
	if (long_number(s))
		return TOO_LONG;
	if (s.n && s.s[0] == '-' && str_chr(s, '\\') > 0) {
		minus = true;
		s = str_trim(str_from(s, 1));
	}
	for (size_t i = 0; i < COUNT(fracs); i++)
		if (str_starts(s, str_of(fracs[i]))) {
			s = str_trim(str_from(s, strlen(fracs[i])));
			a = braced(&s);
			s = str_trim(s);
			b = braced(&s);
			if (str_trim(s).n || !a.n || !b.n)
				return NOTHING;
			slash = -1;
		}
	if (slash >= 0) {
		a = str_sub(s, 0, (size_t)slash);
		b = str_from(s, (size_t)slash + 1);
	}
	a = str_trim(a);
	b = str_trim(b);
	if (a.n > 2 && a.s[0] == '(' && a.s[a.n - 1] == ')')
		a = str_sub(a, 1, a.n - 1);
	if (b.n > 2 && b.s[0] == '(' && b.s[b.n - 1] == ')')
		b = str_sub(b, 1, b.n - 1);
	if (!decimal(a, &n1, &d1) || !decimal(b, &n2, &d2) || d1 != 1 || d2 != 1)
		return long_number(a) || long_number(b) ? TOO_LONG : NOTHING;
	if (n2 == 0)
		return NOTHING;
	*num = minus ? -n1 : n1;
	*den = n2;
	return NUMBER;
}

static enum said said_read(struct str answer, wide *num, wide *den)
{
	static const char *const heads[] = {
		"\xe7\xad\x94\xe6\xa1\x88", "\xe7\xbb\x93\xe6\x9e\x9c", "\xe5\x80\xbc", "\xe6\x98\xaf", "\xe4\xb8\xba", "\xe7\xad\x89\xe4\xba\x8e",
		":", "整数", "\xe8\xa1\xa8\xe8\xbe\xbe\xe5\xbc\x8f", "\xe7\x9a\x84", /* daan jieguo zhi shi wei dengyu ... biaodashi de */
	};
	static const char *const kinds[] = { "(integer)", "(an integer)", "(exact)", "(exactly)", "(整数)" };
	char room[SAID_MAX];
	struct str s = text_strip(answer);
	ptrdiff_t equals;
	bool more = true, parts;
	int64_t whole, sum = 0;
	enum said is;

	if (text_int(s, &whole)) { /* as most are */
		*num = whole;
		*den = 1;
		return NUMBER;
	}
	if (s.n > 2 && s.s[0] == '[' && s.s[s.n - 1] == ']') /* a list of one */
		s = text_strip(str_sub(s, 1, s.n - 1));
	if (!text_plain(s, room, sizeof(room), &s))
		return long_number(s) ? TOO_LONG : NOTHING;
	for (size_t i = 0; i < COUNT(about); i++) {
		ptrdiff_t at = str_find(s, str_of(about[i]));

		if (at > 0)
			s = str_sub(s, 0, (size_t)at);
	}
	s = text_strip(s);
	if (s.n > 1 && s.s[s.n - 1] == '(') /* 7/3 (about 2.33) */
		s = text_strip(str_sub(s, 0, s.n - 1));
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_ends(s, str_of(kinds[i])))
			s = text_strip(str_sub(s, 0, s.n - strlen(kinds[i])));
	equals = str_rfind(s, STR("="));
	parts = equals > str_rfind(s, STR("(")) && tally_breakdown(&s, &sum);
	equals = str_rfind(s, STR("="));
	if (equals >= 0) {
		struct str left = str_sub(s, 0, (size_t)equals);

		s = text_strip(str_from(s, (size_t)equals + 1));
		if (!harmless(left) || !tally_sides(left, s))
			return NOTHING;
	}
	while (more) {
		size_t n = 0;

		more = false;
		while (n < s.n && ((s.s[n] | 32) >= 'a' && (s.s[n] | 32) <= 'z'))
			n++;
		if (n > 1 && quiet(str_sub(s, 0, n)))
			more = true;
		else
			n = 0;
		for (size_t i = 0; i < COUNT(heads) && !more; i++)
			if (str_starts(s, str_of(heads[i]))) {
				n = strlen(heads[i]);
				more = true;
			}
		s = text_strip(str_from(s, n));
	}
	is = number_read(s, num, den);
	return is == NUMBER && parts && *num != sum * *den ? NOTHING : is;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct ratio due;
	wide num, den;

	if (!value(desc, &due))
		return rule_bad_task(why, "the desc is no expression that can be evaluated");
	switch (said_read(answer, &num, &den)) {
	case NOTHING:
		return rule_unreadable(why, "no single number could be read");
	case TOO_LONG:
		return rule_wrong(why, "the number has more digits than the value");
	case NUMBER:
		break;
	}
	if (num * due.den != due.num * den)
		return rule_wrong(why, "it is not the value of the expression");
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_operation = { "operation", 1, judge, NULL };
