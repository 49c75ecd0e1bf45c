/*
 * stored_bbeh.c - answers compared as the matcher of BIG-Bench Extra Hard does it, step by step; see stored_answer.h. It reads
 * nothing into an answer: what it refuses ("1,000" for 1000, "50%" for 50) is refused here too.
 */
#include "verifiers/stored_answer.h"

#include <float.h>

/* What follows the last of each of these; they are looked for one after another, and as they are spelt. */
static struct str behind_prefix(struct str s)
{
	static const char *const heads[] = { "The answer is:", "The final answer is ", "The final answer is: ", "The answer is " };

	for (size_t i = 0; i < COUNT(heads); i++) {
		ptrdiff_t at = str_rfind(s, str_of(heads[i]));

		if (at >= 0)
			s = str_trim(str_from(s, (size_t)at + strlen(heads[i])));
	}
	return s;
}

static struct str without_stop(struct str s)
{
	if (s.n && s.s[s.n - 1] == '.')
		s.n--;
	return s;
}

/* "...NAME{A NAME{B}": A; where it ends with a brace. */
static struct str unwrap(struct str s, const char *name)
{
	ptrdiff_t at = str_find(s, str_of(name));

	if (at < 0 || s.s[s.n - 1] != '}')
		return s;
	s = str_sub(s, (size_t)at + strlen(name), s.n - 1);
	at = str_find(s, str_of(name));
	return at < 0 ? s : str_sub(s, 0, (size_t)at);
}

/* Lower case, ", " as ",", without ** where `stars` go: into room. False: it does not fit. */
static bool flatten(struct str s, bool stars, char *room, struct str *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (n == STORED_TEXT)
			return false;
		room[n++] = to_lower(s.s[i]);
		if (s.s[i] == ',' && i + 1 < s.n && s.s[i + 1] == ' ')
			i++;
	}
	*ret = (struct str){ room, n };
	if (!stars)
		return true;
	n = 0;
	for (size_t i = 0; i < ret->n; i++) {
		if (i + 1 < ret->n && room[i] == '*' && room[i + 1] == '*')
			i++;
		else
			room[n++] = room[i];
	}
	ret->n = n;
	return true;
}

static bool prepare(struct str response, char *room, struct str *ret)
{
	struct str s = without_stop(behind_prefix(str_trim(response)));

	if (s.n > 1 && s.s[0] == '$' && s.s[s.n - 1] == '$')
		s = str_sub(s, 1, s.n - 1);
	s = unwrap(unwrap(unwrap(s, "boxed{"), "text{"), "texttt{");
	if (str_chr(s, '\n') >= 0)
		s = str_sub(s, 0, (size_t)str_chr(s, '\n'));
	if (!flatten(s, true, room, &s))
		return false;
	*ret = without_stop(s);
	return true;
}

/* (x) */
static bool one_in_brackets(struct str s)
{
	uint32_t cp;

	return s.n >= 3 && s.s[0] == '(' && s.s[s.n - 1] == ')' && utf8_next(str_from(s, 1), &cp) == s.n - 2;
}

/* A number as Python reads one: 1e3, 1_000, .5, inf. nan equals nothing. */
static bool number(struct str s, double *ret)
{
	char room[64];
	size_t n = 0;
	struct str bare;

	s = str_trim(s);
	bare = s.n && (s.s[0] == '-' || s.s[0] == '+') ? str_from(s, 1) : s;
	if (str_is(bare, "inf") || str_is(bare, "infinity")) {
		*ret = s.s[0] == '-' ? -DBL_MAX : DBL_MAX;
		return true;
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] == '_' && i && i + 1 < s.n && is_digit(s.s[i - 1]) && is_digit(s.s[i + 1]))
			continue;
		if (n == sizeof(room))
			return false;
		room[n++] = s.s[i];
	}
	return str_f64((struct str){ room, n }, ret);
}

/* Equal but for every '. */
static bool same_unquoted(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	for (;; i++, j++) {
		while (i < a.n && a.s[i] == '\'')
			i++;
		while (j < b.n && b.s[j] == '\'')
			j++;
		if (i == a.n || j == b.n)
			return i == a.n && j == b.n;
		if (a.s[i] != b.s[j])
			return false;
	}
}

/* Is b a in [ ]? */
static bool in_list(struct str a, struct str b)
{
	return b.n >= 2 && b.s[0] == '[' && b.s[b.n - 1] == ']' && str_eq(a, str_sub(b, 1, b.n - 1));
}

static bool matches(struct str said, struct str gold)
{
	double a, b;

	if (str_eq(said, gold))
		return true;
	if (one_in_brackets(said))
		return str_eq(str_sub(said, 1, said.n - 1), gold);
	if (one_in_brackets(gold))
		return str_eq(str_sub(gold, 1, gold.n - 1), said);
	if (number(said, &a) && number(gold, &b) && !(a < b) && !(a > b))
		return true;
	if (same_unquoted(said, gold) || in_list(said, gold) || in_list(gold, said))
		return true;
	return said.n && said.s[said.n - 1] == '?' && str_eq(str_sub(said, 0, said.n - 1), gold);
}

enum quarry_mark stored_bbeh(struct why *why, struct str gold, struct str answer)
{
	char room[STORED_TEXT];
	struct str said, flat;

	if (gold.n == 0 || gold.n > STORED_TEXT || !flatten(gold, false, room, &flat) || !str_eq(flat, gold) || str_trim(gold).n != gold.n)
		return QUARRY_BAD_TASK;
	if (!prepare(answer, room, &said))
		return rule_unreadable(why, "that is too long");
	return matches(said, gold) ? QUARRY_CORRECT : stored_differs(why);
}
