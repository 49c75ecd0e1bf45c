/*
 * text.h - how people and models write an answer, undone: the one reader of numbers, lists and marks for all rules.
 *
 * Nothing allocates; everything is linear.
 */
#ifndef QUARRY_VERIFIERS_TEXT_H
#define QUARRY_VERIFIERS_TEXT_H

#include "base/str.h"

/*
 * Take off what stands around an answer and says nothing: blanks (U+00A0, U+3000 too), Markdown ** __ ` ```,
 * LaTeX $ $$ \( \) \[ \] \text{} \mathrm{} \mathbf{} \boxed{}, quotes " ' and curly or CJK quotes, a full stop at
 * the end (. and U+3002). Repeats until nothing is left to take off. Brackets () [] {} stay.
 */
struct str text_strip(struct str s);

/*
 * The whole of s (stripped first) as an integer: + - and U+2212 U+FF0D signs, full-width digits, thousands separators
 * where they stand rightly (1,234 and 1 234 and LaTeX 1{,}234), a zero fraction (42.0). No units, no words.
 */
bool text_int(struct str s, int64_t *ret);

/*
 * The items of a list: [a, b], (a, b), {a, b}, "a", 'b'; separators , ; newline, U+3001 U+FF0C U+FF1B, " and ", " & ",
 * U+548C; bullets "- ", "* ", "1. ", "1) " at line starts are dropped. Outer brackets are taken off once by text_list.
 *
 *	struct str rest = text_list(answer), item;
 *	while (text_item(&rest, &item))		// each stripped; empty ones between two separators are given as ""
 *		...
 */
struct str text_list(struct str s);
bool text_item(struct str *rest, struct str *item);

/* true / false as English or Chinese words or marks (True, yes, T, 1, 真, 是, 对 / False, no, F, 0, 假, 否, 错); whole s, case-free. */
bool text_bool(struct str s, bool *ret);

/* Does the last sentence of s, which leads up to an answer, say that it is none: "The answer is not ", "It can't be ", U+4E0D U+662F? */
bool text_denies(struct str s);

/* Does s hold a word that makes another statement of a number behind it: about, at least, more than, or, if, maybe? */
bool text_hedges(struct str s);

/* Bytes of the blank at the head of s, 0 for none: ASCII's, and U+00A0 U+2009 U+200B U+202F U+3000 U+FEFF. */
size_t text_wide_blank(struct str s);

static inline size_t text_blank(struct str s)
{
	return s.n == 0 ? 0 : (unsigned char)s.s[0] < 0x80 ? is_blank((unsigned char)s.s[0]) : text_wide_blank(s);
}

/* s without the blanks it begins with. */
struct str text_past_blanks(struct str s);

/* Bytes of the digit at the head of s, plain or full-width, 0 for none. */
size_t text_wide_digit(struct str s, int *digit);

static inline size_t text_digit(struct str s, int *digit)
{
	if (s.n == 0 || (unsigned char)s.s[0] >= 0x80)
		return text_wide_digit(s, digit);
	*digit = s.s[0] - '0';
	return is_digit((unsigned char)s.s[0]);
}

/* Does one of ASCII's digits stand in s? */
bool text_has_digit(struct str s);

/* What a word of English counts: 0 .. 20, 30, 40 .. 90, 100; -1 for any other. */
int text_number_word(struct str word);
/* What the Chinese numeral at the head of s counts: 0 .. 10, 100, and its bytes; -1 for any other. */
int text_numeral(struct str s, size_t *n);
/* "first" .. "tenth", the whole word, or U+7B2C and such a numeral at the head of s: 1 .. 10, and its bytes; 0 for any other. */
int text_ordinal(struct str s, size_t *n);

/* Is word one of these, whatever its case? */
bool text_among(struct str word, const struct str *words, size_t n);
bool text_one_of(struct str word, const char *const *words, size_t n);
#define ONE_OF(word, words) text_one_of(word, words, COUNT(words))
/* The same of a list that ends with NULL. */
bool text_listed(struct str word, const char *const *words);
/* Is it a line that Markdown draws, ---? */
bool text_rule(struct str line);
/* Bytes of the first of these texts that s begins with, 0 for none; the list ends with NULL. */
size_t text_head(struct str s, const char *const *heads);

/* Bytes of "\begin{array}{ll}", "\end{cases}" and the like at the head of s, 0 for anything else. */
size_t text_frame(struct str s);

/* Take "(4 cells)", "（共 4 格）" or "，共 4 个" off the end of s: the number, -1 where there is none. Trimmed behind. */
int text_counted(struct str *s);

/* s without what leads up to a formula: "The complete equation is: ", U+7B97 U+5F0F U+4E3A; all of s where it does not begin so. */
struct str text_lead(struct str s);

/* Cut a member off the head of what an object's braces hold, "name": "text" or "name": 42, and the comma behind it. False for any other thing. */
bool text_member(struct str *s, struct str *name, struct str *value);

/* Does the last word of a label, before whose colon s ends, deny what stands behind it: "The answer is not: "? */
bool text_label_denies(struct str s);

/* Copy s to room with full-width ASCII (U+FF01..FF5E, U+3000) made plain and LaTeX \times \div \cdot \left \right,
 * U+00D7 U+00F7 U+2212 U+2013 U+22C5 made * / * - ..., and U+200B and U+FEFF left out; false when it does not fit. */
bool text_plain(struct str s, char *room, size_t cap, struct str *ret);

#endif
