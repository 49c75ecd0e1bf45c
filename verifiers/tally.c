/* tally.c - equations and breakdowns that explain a number; see tally.h. */
#include "verifiers/tally.h"
#include "verifiers/text.h"

enum { BREAKDOWN_MAX = 400 }; /* bytes of a breakdown */

/* The number that s ends in, where it is all of a side: "13", "x = 13", "The total is 13". */
static bool lone_end(struct str s, int64_t *ret)
{
	size_t from;

	s = text_strip(s);
	for (from = s.n; from > 0 && (is_digit(s.s[from - 1]) || s.s[from - 1] == ','); from--)
		;
	if (from > 0 && s.s[from - 1] == '-')
		from--;
	if (!text_int(str_from(s, from), ret))
		return false;
	s = str_trim(str_sub(s, 0, from));
	return !s.n || s.s[s.n - 1] == '=' || s.s[s.n - 1] == ':' || str_ends(s, STR(" is"));
}

/* Does s end in a bracket that a number stands before? */
static bool number_before_bracket(struct str s)
{
	int shut = 0;
	size_t i = s.n;

	for (; i > 0 && !(s.s[i - 1] == '(' && shut == 0); i--)
		shut += s.s[i - 1] == ')' ? 1 : s.s[i - 1] == '(' ? -1 : 0;
	s = i > 0 ? str_trim(str_sub(s, 0, i - 1)) : STR("");
	return s.n && is_digit(s.s[s.n - 1]);
}

bool tally_sides(struct str left, struct str right)
{
	int64_t a, b;

	if (lone_end(left, &a) && text_int(right, &b) && a != b)
		return false;
	return str_chr(right, ')') < 0 || str_chr(right, '(') >= 0 || !number_before_bracket(left);
}

/* All numbers in s added up; false where there is none, or something that is neither a number nor words around one. */
static bool add_up(struct str s, int64_t *sum)
{
	bool any = false;
	size_t n;

	for (*sum = 0; s.n; s = str_from(s, n)) {
		uint32_t cp;
		int64_t v;

		for (n = 0; n < s.n && is_digit(s.s[n]);)
			n++;
		if (n) {
			if (n > 9 || !text_int(str_sub(s, 0, n), &v) || (n + 1 < s.n && (s.s[n] == '.' || s.s[n] == ',') && is_digit(s.s[n + 1])))
				return false;
			*sum += v;
			any = true;
			continue;
		}
		n = utf8_next(s, &cp);
		if (cp < 0x80 && !((cp | 32) >= 'a' && (cp | 32) <= 'z') && str_chr(STR(" +,;:.&"), (char)cp) < 0)
			return false;
	}
	return any;
}

bool tally_breakdown(struct str *s, int64_t *sum)
{
	struct str wide_open = STR("\xEF\xBC\x88"), wide_shut = STR("\xEF\xBC\x89"), in; /* U+FF08 U+FF09 */
	bool wide = str_ends(*s, wide_shut);
	ptrdiff_t open = str_rfind(*s, wide ? wide_open : STR("(")), equals;

	if (open <= 0 || !(wide || str_ends(*s, STR(")"))))
		return false;
	in = str_sub(*s, (size_t)open + (wide ? wide_open.n : 1), s->n - (wide ? wide_shut.n : 1));
	if (in.n > BREAKDOWN_MAX || text_denies(in) || text_hedges(in))
		return false;
	equals = str_rfind(in, STR("="));
	if (equals >= 0 ? !tally_sides(str_sub(in, 0, (size_t)equals), str_from(in, (size_t)equals + 1)) ||
				  !text_int(str_from(in, (size_t)equals + 1), sum)
			: !add_up(in, sum))
		return false;
	*s = str_trim(str_sub(*s, 0, (size_t)open));
	return true;
}
