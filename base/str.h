/*
 * str.h - borrowed text: a pointer and a length, never an owner.
 *
 *	struct str line, rest = STR("a=1\nb=2");
 *	while (str_line(&rest, &line))
 *		...
 *
 * Nothing here allocates; every function is safe on any bytes and in any thread.
 */
#ifndef QUARRY_BASE_STR_H
#define QUARRY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *s;
	size_t n; /* bytes */
};

#define STR(lit) ((struct str){ (lit), sizeof(lit) - 1 })

/* Elements of an array. */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Of ASCII, whatever the locale; a byte or a code point. Nothing above 0x7F is any of them. */
static inline bool is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_lower(uint32_t c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool is_letter(uint32_t c)
{
	return is_lower(c | 0x20);
}

static inline char to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline struct str str_of(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}

static inline struct str str_sub(struct str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct str){ from ? s.s + from : s.s, to - from }; /* an empty string may have no bytes to point at */
}

static inline struct str str_from(struct str s, size_t from)
{
	return str_sub(s, from, s.n);
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || (a.s[0] == b.s[0] && memcmp(a.s, b.s, a.n) == 0));
}

static inline bool str_is(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

static inline bool str_starts(struct str s, struct str head)
{
	return s.n >= head.n && str_eq((struct str){ s.s, head.n }, head);
}

/* Take `head`, or one byte, off the front of s, if it stands there. */
static inline bool str_eat(struct str *s, struct str head)
{
	bool there = str_starts(*s, head);

	if (there)
		*s = str_from(*s, head.n);
	return there;
}

static inline bool str_eatc(struct str *s, char c)
{
	bool there = s->n && s->s[0] == c;

	if (there)
		*s = str_from(*s, 1);
	return there;
}

/* Take a number, digits without a zero in front, off the front of s: 0 .. most, below 200,000,000; -1: no such one, and s stays. */
static inline int str_eat_number(struct str *s, int most)
{
	size_t n = 0;
	int v = 0;

	for (; n < s->n && is_digit((unsigned char)s->s[n]) && v <= most; n++)
		v = v * 10 + (s->s[n] - '0');
	if (n == 0 || v > most || (n > 1 && s->s[0] == '0'))
		return -1;
	*s = str_from(*s, n);
	return v;
}

int str_cmp(struct str a, struct str b); /* bytewise, the shorter first */
bool str_ieq(struct str a, struct str b); /* ASCII letters only are folded */
bool str_ends(struct str s, struct str tail);

/* Index of the first / last `what` in s, or -1. Linear: O(s.n + what.n). */
ptrdiff_t str_find(struct str s, struct str what);
ptrdiff_t str_rfind(struct str s, struct str what);
ptrdiff_t str_chr(struct str s, char c);

/* What follows the byte order mark (U+FEFF) that some editors put in front. */
static inline struct str str_past_bom(struct str s)
{
	return str_starts(s, STR("\xEF\xBB\xBF")) ? str_from(s, 3) : s;
}

/* Cut ASCII blanks (space, \t, \r, \n, \v, \f) off both ends. */
struct str str_trim(struct str s);

/* The next piece up to `sep` or the end; false once nothing is left. "a,,b" has three pieces, "" none. */
bool str_split(struct str *rest, char sep, struct str *piece);
/* The next line without its \n or \r\n. */
bool str_line(struct str *rest, struct str *line);
/* The next run of non-blank bytes. */
bool str_word(struct str *rest, struct str *word);

/* The whole of s as a decimal number: optional sign, digits, nothing else, no overflow. */
bool str_i64(struct str s, int64_t *ret);
bool str_u64(struct str s, uint64_t *ret);
/* The same as a double, whatever the locale; decimal and exponent forms, finite only. */
bool str_f64(struct str s, double *ret);

/*
 * Decode one code point at s.s, returning its length in bytes and the code in *cp.
 * A byte that is not UTF-8 (overlong forms, surrogates and > U+10FFFF included) gives length 1 and
 * U+FFFD. s.n must be above 0.
 */
size_t utf8_next(struct str s, uint32_t *cp);
size_t utf8_put(char out[4], uint32_t cp);
bool utf8_valid(struct str s);

/*
 * The nearest of `names` by edit distance, for "did you mean"; NULL when none is near.
 * names ends with NULL.
 */
const char *str_nearest(struct str s, const char *const *names);

#endif
