/* stored_numbers.c - answers that are numbers; see stored_answer.h. */
#include "verifiers/stored_answer.h"
#include "verifiers/text.h"

#include <stdio.h>

enum {
	NUMBERS_MAX = 8,
	DIGITS_MAX = 40, /* of a number */
	POWER_MAX = 300, /* of ten */
};

struct number {
	bool negative;
	char whole[DIGITS_MAX + 1], part[DIGITS_MAX + 1]; /* digits, no zeros in front of the first or behind the second */
	double value;
};

/* Digits into room, at most DIGITS_MAX; *n counts them. */
static struct str eat_digits(struct str s, char *room, size_t *n)
{
	for (; s.n && is_digit(s.s[0]); s = str_from(s, 1)) {
		if (*n < DIGITS_MAX)
			room[*n] = s.s[0];
		++*n;
	}
	return s;
}

/* A mark between thousands, with three digits behind it: its bytes, or 0. */
static size_t thousands(struct str s)
{
	size_t n = str_starts(s, STR("{,}")) ? 3 : s.n && s.s[0] == ',' ? 1 : 0;

	if (!n || s.n < n + 3 || !is_digit(s.s[n]) || !is_digit(s.s[n + 1]) || !is_digit(s.s[n + 2]) || (s.n > n + 3 && is_digit(s.s[n + 3])))
		return 0;
	return n;
}

/* An unsigned number at the head of *s, which moves on; false: none, or one too long. */
static bool eat_number(struct str *s, struct number *x)
{
	size_t whole = 0, part = 0, n, lead = 0;
	struct str at = eat_digits(*s, x->whole, &whole);
	double tail = 0;

	if (whole <= 3 && whole > 0)
		while ((n = thousands(at)) > 0)
			at = eat_digits(str_from(at, n), x->whole, &whole);
	if (at.n > 1 && at.s[0] == '.' && is_digit(at.s[1]))
		at = eat_digits(str_from(at, 1), x->part, &part);
	if (whole + part == 0 || whole > DIGITS_MAX || part > DIGITS_MAX)
		return false;
	while (part && x->part[part - 1] == '0')
		part--;
	while (lead < whole && x->whole[lead] == '0')
		lead++;
	memmove(x->whole, x->whole + lead, whole - lead);
	x->whole[whole - lead] = 0;
	x->part[part] = 0;
	x->value = 0;
	for (size_t i = 0; x->whole[i]; i++)
		x->value = x->value * 10 + (x->whole[i] - '0');
	for (size_t i = part; i-- > 0;)
		tail = (tail + (x->part[i] - '0')) / 10;
	x->value += tail;
	*s = at;
	return true;
}

static bool same_number(const struct number *a, const struct number *b)
{
	bool zero = !a->whole[0] && !a->part[0];

	return strcmp(a->whole, b->whole) == 0 && strcmp(a->part, b->part) == 0 && (zero || a->negative == b->negative);
}

/* The gold: nothing but a number in its shortest spelling. */
static bool gold_number(struct str gold, struct number *x)
{
	char back[2 * DIGITS_MAX + 8];
	struct str s = gold;

	x->negative = s.n && s.s[0] == '-';
	if (x->negative)
		s = str_from(s, 1);
	if (!eat_number(&s, x) || s.n)
		return false;
	snprintf(back, sizeof(back), "%s%s%s%s", x->negative ? "-" : "", x->whole[0] ? x->whole : "0", x->part[0] ? "." : "", x->part);
	return str_is(gold, back);
}

/* Words that change the number they follow. */
static bool scales(struct str w)
{
	static const char *const words[] = {
		"hundred", "thousand", "million", "billion", "percent", "dozen", "plus", "minus", "times", "to", "and", "e", "more", "fewer",
		"less", "divided", "over", "squared", "half", "quarter", "through", "k", "m",
	};

	return ONE_OF(w, words) || stored_doubtful(w);
}

/* What follows the last = of "6 * 7 = 42"; false where there are several equations. */
static bool behind_equals(struct str *s)
{
	ptrdiff_t at = str_rfind(*s, STR("="));
	struct str before;

	if (at < 0)
		return true;
	before = str_sub(*s, 0, (size_t)at);
	if (at > 0 && strchr("!<>~", s->s[at - 1]))
		return false;
	if (str_find(before, STR(", ")) >= 0 || str_chr(before, ';') >= 0 || str_chr(before, '\n') >= 0 || stored_doubtful(before))
		return false;
	*s = str_from(*s, (size_t)at + 1);
	return true;
}

static bool wide_scales(struct str piece)
{
	static const char *const signs[] = { "\u4e07", "\u5343", "\u767e", "\u4ebf", "\u5341", "\u5230", "\u81f3", "\u4e4b", "\u5206", "\u500d", "\uff05" };

	for (size_t i = 0; i < COUNT(signs); i++)
		if (str_is(piece, signs[i]))
			return true;
	return false;
}

/* May this stand behind the number? A unit of a few words; nothing that counts or changes it. */
static bool tail_fine(struct str s)
{
	struct str piece;
	enum piece kind;
	int words = 0;

	if (s.n && (is_letter(s.s[0]) || s.s[0] == '%'))
		return false; /* "42x", "4th", "50%" */
	while ((kind = stored_piece(&s, &piece)) != END) {
		if (kind == NUMBER || (kind == WORD && scales(piece)) || (kind == WIDE && wide_scales(piece)))
			return false;
		if (kind == MARK && !strchr(".,;!*_`'\"){}]$\\", piece.s[0]))
			return false;
		words += kind == WORD ? 2 : kind == WIDE ? 1 : 0;
	}
	return words <= 12;
}

/* A sign before the number, at the head of *s. */
static bool eat_sign(struct str *s)
{
	bool negative = s->n && s->s[0] == '-';

	if (s->n && (s->s[0] == '-' || s->s[0] == '+'))
		*s = str_trim(str_from(*s, 1));
	return negative;
}

/* \frac{a}{b} at the head. */
static bool eat_frac(struct str *s, struct number *a, struct number *b)
{
	struct str at = *s;

	if (str_starts(at, STR("\\frac{")))
		at = str_from(at, 6);
	else if (str_starts(at, STR("\\dfrac{")) || str_starts(at, STR("\\tfrac{")))
		at = str_from(at, 7);
	else
		return false;
	a->negative = eat_sign(&at);
	if (!eat_number(&at, a) || !str_starts(at, STR("}{")))
		return false;
	at = str_from(at, 2);
	b->negative = eat_sign(&at);
	if (!eat_number(&at, b) || !str_starts(at, STR("}")))
		return false;
	*s = str_from(at, 1);
	return true;
}

/* "e-09" or "* 10^{-9}" at the head: the power of ten; false: none. */
static bool eat_power(struct str *s, int *ret)
{
	struct str at = *s;
	bool negative;
	char shut = 0;
	int n = 0;

	*ret = 0;
	if (at.n && (at.s[0] == 'e' || at.s[0] == 'E')) {
		at = str_from(at, 1);
	} else {
		at = str_trim(at);
		if (!str_starts(at, STR("*")) || !str_starts(str_trim(str_from(at, 1)), STR("10^")))
			return false;
		at = str_from(str_trim(str_from(at, 1)), 3);
		if (str_starts(at, STR("{")) || str_starts(at, STR("("))) {
			shut = at.s[0] == '{' ? '}' : ')';
			at = str_from(at, 1);
		}
	}
	negative = eat_sign(&at);
	for (; n < 4 && at.n && is_digit(at.s[0]); n++, at = str_from(at, 1))
		*ret = *ret * 10 + (at.s[0] - '0');
	if (n == 0 || *ret > POWER_MAX || (shut && (!at.n || at.s[0] != shut)))
		return false;
	*s = str_from(at, shut != 0);
	*ret = negative ? -*ret : *ret;
	return true;
}

static double ten_to(int power)
{
	double v = 1;

	for (int i = 0; i < power; i++)
		v *= 10;
	return v;
}

/* A number, one with a power of ten, or a fraction at the head; false: something else. *fraction: then the value alone counts. */
static bool eat_value(struct str *s, struct number *x, bool *fraction)
{
	bool negative = eat_sign(s);
	struct number b;
	struct str at;
	int power;

	*fraction = eat_frac(s, x, &b);
	if (*fraction) {
		negative ^= x->negative ^ b.negative;
	} else {
		if (!eat_number(s, x))
			return false;
		if (eat_power(s, &power)) {
			x->value = power < 0 ? x->value / ten_to(-power) : x->value * ten_to(power);
			b.value = 1;
			*fraction = true;
		}
		at = str_trim(*s);
		if (!*fraction && at.n > 1 && at.s[0] == '/') {
			at = str_trim(str_from(at, 1));
			if (!eat_number(&at, &b))
				return false;
			*fraction = true;
			*s = at;
		}
	}
	if (*fraction) {
		if (b.value == 0)
			return false;
		x->value /= b.value;
	}
	x->negative = negative;
	if (negative)
		x->value = -x->value;
	return true;
}

/* The one number that an answer says. */
static bool said_number(struct str answer, struct number *x, bool *fraction)
{
	char room[STORED_TEXT];
	struct str s, rest, piece;
	enum piece kind;

	if (!stored_plain(answer, room, &s) || !behind_equals(&s))
		return false;
	s = text_strip(s);
	for (;;) { /* words before it */
		rest = s;
		kind = stored_piece(&rest, &piece);
		if (kind == NUMBER || (kind == MARK && strchr("-+\\", piece.s[0])))
			break;
		if (kind == END || (kind == WORD && !stored_leads(piece)))
			return false;
		if (kind == MARK && !strchr(":*_`'\"([{$,#.", piece.s[0]))
			return false;
		if (kind == MARK && piece.s[0] == '.' && rest.n && is_digit(rest.s[0]))
			break;
		if (kind == WIDE && (stored_doubtful(piece) || wide_scales(piece)))
			return false;
		s = str_trim(rest);
	}
	s = str_trim(s);
	return eat_value(&s, x, fraction) && tail_fine(s);
}

static enum quarry_mark judge_exact(struct why *why, struct str gold, struct str answer, bool whole)
{
	struct number due, said;
	bool fraction;

	if (!gold_number(gold, &due) || (whole && due.part[0]))
		return QUARRY_BAD_TASK;
	if (!said_number(answer, &said, &fraction) || fraction)
		return rule_unreadable(why, "there is not one number in it");
	return same_number(&due, &said) ? QUARRY_CORRECT : stored_differs(why);
}

enum quarry_mark stored_integer(struct why *why, struct str gold, struct str answer)
{
	return judge_exact(why, gold, answer, true);
}

enum quarry_mark stored_decimal(struct why *why, struct str gold, struct str answer)
{
	return judge_exact(why, gold, answer, false);
}

enum quarry_mark stored_number(struct why *why, struct str gold, struct str answer)
{
	static const char *const about[] = { "\\approx", "\u2248" };
	struct number due, said;
	double apart, limit;
	bool fraction;

	if (!gold_number(gold, &due))
		return QUARRY_BAD_TASK;
	if (due.negative)
		due.value = -due.value;
	answer = text_strip(answer);
	for (size_t i = 0; i < COUNT(about); i++)
		if (str_starts(answer, str_of(about[i]))) /* within a millionth it is near enough */
			answer = str_from(answer, strlen(about[i]));
	if (!said_number(answer, &said, &fraction))
		return rule_unreadable(why, "there is not one number in it");
	apart = said.value > due.value ? said.value - due.value : due.value - said.value;
	limit = (due.value < 0 ? -due.value : due.value) * 1e-12;
	return apart <= (limit > 1e-6 ? limit : 1e-6) ? QUARRY_CORRECT : stored_differs(why);
}

enum quarry_mark stored_step(struct why *why, struct str gold, struct str answer)
{
	static const char *const none[] = { "no", "none", "null", "n/a", "no mistake", "no mistakes", "no error", "no errors", "\u5426", "\u65e0",
		"\u6ca1\u6709", "\u6ca1\u6709\u9519\u8bef", "\u65e0\u9519\u8bef", "there is no mistake", "there are no mistakes" };
	struct number due, said;
	bool fraction, is_none = str_is(gold, "no");

	if (!is_none && (!gold_number(gold, &due) || due.part[0] || due.negative))
		return QUARRY_BAD_TASK;
	if (ONE_OF(text_strip(answer), none))
		return is_none ? QUARRY_CORRECT : rule_wrong(why, "there is one");
	if (!said_number(answer, &said, &fraction) || fraction)
		return rule_unreadable(why, "it is neither a number nor \"No\"");
	if (is_none)
		return rule_wrong(why, "there is none");
	return same_number(&due, &said) ? QUARRY_CORRECT : stored_differs(why);
}

/* [50, 1]; "0" stands for zeros alone. */
enum quarry_mark stored_integers(struct why *why, struct str gold, struct str answer)
{
	int64_t due[NUMBERS_MAX], said;
	struct str piece, rest = gold;
	char back[NUMBERS_MAX * 24];
	size_t n = 0, k = 0, at = 0;
	bool zeros = true;

	while (str_split(&rest, ',', &piece)) {
		if (n == NUMBERS_MAX || !str_i64(piece, &due[n]))
			return QUARRY_BAD_TASK;
		at += (size_t)snprintf(back + at, sizeof(back) - at, "%s%lld", n ? "," : "", (long long)due[n]);
		zeros &= due[n++] == 0;
	}
	if (n < 2 || !str_is(gold, back))
		return QUARRY_BAD_TASK;
	if (zeros && text_int(answer, &said))
		return said == 0 ? QUARRY_CORRECT : stored_differs(why);
	for (rest = text_list(answer); text_item(&rest, &piece); k++) {
		if (!text_int(piece, &said))
			return rule_unreadable(why, "it is no list of numbers");
		if (k < n && said != due[k])
			return rule_wrong(why, "number %zu is another one", k + 1);
	}
	if (k == 0)
		return rule_unreadable(why, "it is no list of numbers");
	return k == n ? QUARRY_CORRECT : rule_wrong(why, "%zu numbers are due, not %zu", n, k);
}

/* 93.1,32.6,-3: equal as numbers, parted by commas, lines or blanks. */
enum quarry_mark stored_numbers(struct why *why, struct str gold, struct str answer)
{
	struct str rest = gold, item, word;
	struct number due, said;
	char room[STORED_TEXT];
	size_t n = 0, k = 0;
	bool right = true, more;

	while (str_split(&rest, ',', &item)) {
		if (!gold_number(item, &due))
			return QUARRY_BAD_TASK;
		n++;
	}
	if (n == 0 || gold.s[gold.n - 1] == ',')
		return QUARRY_BAD_TASK;
	if (!stored_plain(answer, room, &rest))
		return rule_unreadable(why, "that is too long for the list");
	for (rest = text_list(rest); text_item(&rest, &item);)
		while (str_word(&item, &word)) {
			word = text_strip(word);
			said.negative = eat_sign(&word);
			if (!eat_number(&word, &said) || word.n)
				return rule_unreadable(why, "it is no list of numbers");
			more = str_split(&gold, ',', &word) && gold_number(word, &due);
			right &= more && same_number(&due, &said);
			k++;
		}
	if (k == 0)
		return rule_unreadable(why, "it is no list of numbers");
	if (k != n)
		return rule_wrong(why, "%zu numbers are due, not %zu", n, k);
	return right ? QUARRY_CORRECT : stored_differs(why);
}
