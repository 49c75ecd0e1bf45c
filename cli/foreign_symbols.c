/* foreign_symbols.c - see foreign_symbols.h. */
#include "cli/foreign_symbols.h"

#include <math.h>

enum {
	SYMBOLS = 8,
	DEPTH = 40,     /* brackets and definitions within one another */
	STEPS = 100000, /* numbers and signs read in all */
	TEXT = 256,     /* bytes of a definition */
	POWERS = 3,     /* the precedence of ** */
	TIGHTEST = 9,
};

struct symbol {
	char sign[8], condition[TEXT], when[TEXT], otherwise[TEXT];
	int precedence;
};

struct reader {
	const struct symbol *symbol;
	int symbols;
	bool from_right;
	int depth, steps;
	struct str s;
	double x, y;
	bool has_xy, bad;
};

static double value(struct reader *r, int lowest);

static struct str skip(struct str s)
{
	while (s.n && s.s[0] == ' ')
		s = str_from(s, 1);
	return s;
}

static bool whole(double v)
{
	return fabs(v) < 9e15 && floor(v) == v;
}

/* What is left of v when as many m as fit are taken off, never below 0. */
static double rest_of(double v, double m)
{
	return v - m * floor(v / m);
}

/* "is even", "is a multiple of 3"; a fraction is none of these. */
static bool fits(struct str condition, double v)
{
	bool multiple = str_find(condition, STR("\u500d\u6570")) >= 0 || str_find(condition, STR("multiple")) >= 0;
	bool odd = str_find(condition, STR("\u5947\u6570")) >= 0 || str_find(condition, STR("odd")) >= 0;
	int m = 2;

	if (multiple)
		for (size_t i = 0; i < condition.n; i++)
			if (condition.s[i] >= '2' && condition.s[i] <= '9')
				m = condition.s[i] - '0';
	return whole(v) && (rest_of(v, m) == 0) != odd;
}

static bool holds(struct str c, double x, double y)
{
	if (str_find(c, STR("\u5927\u4e8e")) >= 0 || str_find(c, STR("greater")) >= 0)
		return x > y;
	if (str_find(c, STR("\u5c0f\u4e8e")) >= 0 || str_find(c, STR("less")) >= 0)
		return x < y;
	if (str_find(c, STR("\u7b49\u4e8e")) >= 0 || str_find(c, STR("equal")) >= 0)
		return x == y;
	if (str_find(c, STR("\u7684\u548c")) >= 0 || str_find(c, STR("sum")) >= 0)
		return fits(c, x + y);
	if (str_find(c, STR("\u90fd")) >= 0 || str_find(c, STR("both")) >= 0)
		return fits(c, x) && fits(c, y);
	return fits(c, c.n && c.s[0] == 'y' ? y : x);
}

static double defined(struct reader *r, const struct symbol *symbol, double x, double y)
{
	struct reader in = *r;
	bool when = symbol->condition[0] && holds(str_of(symbol->condition), x, y);
	double v;

	in.s = str_of(when ? symbol->when : symbol->otherwise);
	in.x = x;
	in.y = y;
	in.has_xy = true;
	if (++in.depth > DEPTH)
		in.bad = true;
	v = value(&in, 1);
	r->steps = in.steps;
	r->bad |= in.bad || skip(in.s).n > 0;
	return v;
}

/* The sign at the head, its precedence and bytes; 0: none. *symbol: one of the puzzle's own, or NULL. */
static int sign_at(const struct reader *r, size_t *n, const struct symbol **symbol)
{
	*symbol = NULL;
	for (int i = 0; i < r->symbols; i++)
		if (str_starts(r->s, str_of(r->symbol[i].sign))) {
			*symbol = &r->symbol[i];
			*n = strlen(r->symbol[i].sign);
			return r->symbol[i].precedence;
		}
	*n = str_starts(r->s, STR("**")) ? 2 : 1;
	if (r->s.n == 0 || !strchr("+-*/%", r->s.s[0]))
		return 0;
	return *n == 2 ? POWERS : r->s.s[0] == '+' || r->s.s[0] == '-' ? 1 : 2;
}

static double apply(struct reader *r, const char *sign, double a, double b)
{
	switch (*sign) {
	case '+': return a + b;
	case '-': return a - b;
	case '*': return sign[1] == '*' ? pow(a, b) : a * b;
	}
	r->bad |= b == 0;
	return *sign == '/' ? a / b : rest_of(a, b);
}

static double bracketed(struct reader *r)
{
	double v = 0;

	r->s = str_from(r->s, 1);
	if (++r->depth > DEPTH)
		r->bad = true;
	else
		v = value(r, 1);
	r->depth--;
	r->s = skip(r->s);
	r->bad |= r->s.n == 0 || r->s.s[0] != ')';
	r->s = str_from(r->s, 1);
	return v;
}

/* A number, x, y, something in brackets, its amount; a minus before it binds weaker than ** and tighter than *. */
static double operand(struct reader *r)
{
	size_t n = 0;
	double v = 0;

	r->s = skip(r->s);
	if (r->bad || ++r->steps > STEPS || r->s.n == 0) {
		r->bad = true;
		return 0;
	}
	if (r->s.s[0] == '-') {
		r->s = str_from(r->s, 1);
		return -value(r, POWERS);
	}
	if (r->s.s[0] == '(')
		return bracketed(r);
	if (str_starts(r->s, STR("abs(")) || str_starts(r->s, STR("Abs("))) {
		r->s = str_from(r->s, 3);
		return fabs(bracketed(r));
	}
	if (r->has_xy && (r->s.s[0] == 'x' || r->s.s[0] == 'y')) {
		v = r->s.s[0] == 'x' ? r->x : r->y;
		r->s = str_from(r->s, 1);
		return v;
	}
	while (n < r->s.n && ((r->s.s[n] >= '0' && r->s.s[n] <= '9') || r->s.s[n] == '.'))
		n++;
	r->bad |= !str_f64(str_sub(r->s, 0, n), &v);
	r->s = str_from(r->s, n);
	return v;
}

static double value(struct reader *r, int lowest)
{
	double v = operand(r);

	while (!r->bad) {
		const struct symbol *symbol;
		const char *sign;
		size_t n;
		int precedence;
		double other;

		r->s = skip(r->s);
		precedence = sign_at(r, &n, &symbol);
		if (precedence < lowest)
			break;
		sign = r->s.s;
		r->s = str_from(r->s, n);
		other = value(r, precedence + !(r->from_right && !symbol && precedence == POWERS));
		if (!r->bad)
			v = symbol ? defined(r, symbol, v, other) : apply(r, sign, v, other);
		r->bad |= !isfinite(v) || fabs(v) > 1e15;
	}
	return v;
}

static bool symbol_read(struct symbol *symbol, struct str key, struct json def)
{
	struct json list, v, one;
	int64_t precedence;

	memset(symbol, 0, sizeof(*symbol));
	if (key.n < 3 || key.n - 2 >= sizeof(symbol->sign) || strchr("0123456789xy(). ", key.s[1]))
		return false;
	memcpy(symbol->sign, key.s + 1, key.n - 2);
	if (!json_get(def, "default_operation", &v) || !json_z(v, symbol->otherwise, TEXT) || !json_get(def, "precedence", &v) ||
	    !json_i64(v, &precedence) || precedence < 1 || precedence > TIGHTEST)
		return false;
	symbol->precedence = (int)precedence;
	json_get(def, "conditions", &list);
	if (json_count(list) > 1)
		return false;
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &one);)
		if (!json_get(one, "condition", &v) || !json_z(v, symbol->condition, TEXT) || !json_get(one, "operation", &v) ||
		    !json_z(v, symbol->when, TEXT))
			return false;
	return true;
}

bool symbols_value(struct json definitions, struct str expression, bool powers_from_right, double *ret)
{
	struct symbol symbol[SYMBOLS];
	struct reader r = { .symbol = symbol, .s = expression, .from_right = powers_from_right };
	struct json def;
	struct str key;

	for (struct json_iter it = json_iter(definitions); json_next(&it, &key, &def); r.symbols++)
		if (r.symbols == SYMBOLS || !symbol_read(&symbol[r.symbols], key, def))
			return false;
	*ret = value(&r, 1);
	return !r.bad && skip(r.s).n == 0 && isfinite(*ret);
}
