/* str.c - borrowed text; see str.h. */
#include "base/str.h"

#include <math.h>

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.s, b.s, n) : 0;

	if (c)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

bool str_ieq(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (to_lower(a.s[i]) != to_lower(b.s[i]))
			return false;
	return true;
}

bool str_ends(struct str s, struct str tail)
{
	return s.n >= tail.n && str_eq(str_from(s, s.n - tail.n), tail);
}

ptrdiff_t str_find(struct str s, struct str what)
{
	const char *p;

	if (what.n == 0)
		return 0;
	if (s.n < what.n)
		return -1;
	/* memmem is two-way search in glibc and musl: linear in the worst case */
	p = memmem(s.s, s.n, what.s, what.n);
	return p ? p - s.s : -1;
}

ptrdiff_t str_rfind(struct str s, struct str what)
{
	ptrdiff_t last = -1, at;
	size_t from = 0;

	if (what.n == 0)
		return (ptrdiff_t)s.n;
	while ((at = str_find(str_from(s, from), what)) >= 0) {
		last = (ptrdiff_t)from + at;
		/* step over the first byte only, so that overlapping matches count; needles here do not repeat */
		from = (size_t)last + 1;
	}
	return last;
}

ptrdiff_t str_chr(struct str s, char c)
{
	const char *p = s.n ? memchr(s.s, c, s.n) : NULL;

	return p ? p - s.s : -1;
}

struct str str_trim(struct str s)
{
	size_t from = 0;

	while (from < s.n && is_blank(s.s[from]))
		from++;
	s = str_from(s, from);
	while (s.n && is_blank(s.s[s.n - 1]))
		s.n--;
	return s;
}

bool str_split(struct str *rest, char sep, struct str *piece)
{
	size_t n = 0, near = rest->n < 12 ? rest->n : 12; /* most pieces are shorter than a call of memchr is worth */
	const char *s = rest->s, *end;

	if (!s)
		return false;
	while (n < near && s[n] != sep)
		n++;
	if (n == near) {
		end = near < rest->n ? memchr(s + near, sep, rest->n - near) : NULL;
		n = end ? (size_t)(end - s) : rest->n;
	}
	*piece = (struct str){ s, n };
	if (n == rest->n) {
		*rest = (struct str){ NULL, 0 };
		return n > 0;
	}
	*rest = (struct str){ s + n + 1, rest->n - n - 1 };
	return true;
}

bool str_line(struct str *rest, struct str *line)
{
	if (rest->n == 0)
		return false;
	if (!str_split(rest, '\n', line))
		return false;
	if (line->n && line->s[line->n - 1] == '\r')
		line->n--;
	return true;
}

bool str_word(struct str *rest, struct str *word)
{
	size_t i = 0;

	while (i < rest->n && is_blank(rest->s[i]))
		i++;
	*rest = str_from(*rest, i);
	for (i = 0; i < rest->n && !is_blank(rest->s[i]); i++)
		;
	*word = str_sub(*rest, 0, i);
	*rest = str_from(*rest, i);
	return word->n > 0;
}

bool str_u64(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.s[i] - (unsigned)'0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*ret = v;
	return true;
}

bool str_i64(struct str s, int64_t *ret)
{
	bool neg = s.n && s.s[0] == '-';
	uint64_t v;

	if (s.n && (s.s[0] == '-' || s.s[0] == '+'))
		s = str_from(s, 1);
	if (!str_u64(s, &v) || v > (uint64_t)INT64_MAX + neg)
		return false;
	*ret = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

/*
 * m * 2^e, the top bit of m set. Its lowest bit is also set for whatever was cut off below it, so that the conversion to a double, which
 * rounds, is right after one operation on exact numbers. Integers: the same bits on every machine, unlike long double.
 */
struct wide {
	uint64_t m;
	int e;
};

static struct wide wide_of(unsigned __int128 v, int e, bool cut) /* v > 0 */
{
	uint64_t high = (uint64_t)(v >> 64);
	int shift = high ? 64 - __builtin_clzll(high) : -__builtin_clzll((uint64_t)v);

	if (shift > 0) {
		cut |= (v & (((unsigned __int128)1 << shift) - 1)) != 0;
		v >>= shift;
	} else {
		v <<= -shift;
	}
	return (struct wide){ (uint64_t)v | cut, e + shift };
}

static struct wide wide_mul(struct wide a, struct wide b)
{
	return wide_of((unsigned __int128)a.m * b.m, a.e + b.e, false);
}

static struct wide wide_div(struct wide a, struct wide b)
{
	unsigned __int128 n = (unsigned __int128)a.m << 64;

	return wide_of(n / b.m, a.e - b.e - 64, n % b.m != 0);
}

/* 10^n; exact up to 10^27, since 5^27 has 63 bits. */
static struct wide wide_ten(int n)
{
	struct wide ret = wide_of(1, 0, false), p = wide_of(10, 0, false);

	for (; n > 0; n >>= 1) {
		if (n & 1)
			ret = wide_mul(ret, p);
		p = wide_mul(p, p);
	}
	return ret;
}

bool str_f64(struct str s, double *ret)
{
	static const double tens[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
				       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	uint64_t m = 0;
	int exp10 = 0, digits = 0;
	bool neg = false, seen = false;
	size_t i = 0;
	struct wide w;

	if (i < s.n && (s.s[i] == '-' || s.s[i] == '+'))
		neg = s.s[i++] == '-';
	for (bool dot = false; i < s.n; i++) {
		char c = s.s[i];

		if (c == '.' && !dot) {
			dot = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		seen = true;
		/* 19 digits fill 64 bits; the rest only move the point */
		if (digits < 19) {
			m = m * 10 + (uint64_t)(c - '0');
			digits += m > 0;
			exp10 -= dot;
		} else if (!dot && exp10 < 100000) {
			exp10++;
		}
	}
	if (!seen)
		return false;
	if (i < s.n && (s.s[i] == 'e' || s.s[i] == 'E')) {
		int e = 0;
		bool eneg = false;

		if (++i < s.n && (s.s[i] == '-' || s.s[i] == '+'))
			eneg = s.s[i++] == '-';
		if (i == s.n)
			return false;
		for (; i < s.n && s.s[i] >= '0' && s.s[i] <= '9'; i++)
			if (e < 100000)
				e = e * 10 + (s.s[i] - '0');
		exp10 += eneg ? -e : e;
	}
	if (i != s.n)
		return false;
	if (m <= 1ull << 53 && exp10 >= -22 && exp10 <= 22) {
		/* both numbers are exact, and one operation rounds once */
		*ret = exp10 < 0 ? (double)m / tens[-exp10] : (double)m * tens[exp10];
		*ret = neg ? -*ret : *ret;
		return true;
	}
	if (m == 0 || exp10 < -400 || exp10 > 400) {
		*ret = neg ? -0.0 : 0.0;
		return m == 0 || exp10 < 0;
	}
	w = exp10 < 0 ? wide_div(wide_of(m, 0, false), wide_ten(-exp10)) : wide_mul(wide_of(m, 0, false), wide_ten(exp10));
	*ret = ldexp((double)w.m, w.e);
	*ret = neg ? -*ret : *ret;
	return isfinite(*ret);
}

size_t utf8_next(struct str s, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s.s;
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = p[0];
	size_t n;

	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	*cp = 0xFFFD;
	if (c < 0xC2 || c > 0xF4 || n > s.n)
		return 1;
	c &= 0x7Fu >> n;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 1;
		c = c << 6 | (p[i] & 0x3F);
	}
	if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		return 1;
	*cp = c;
	return n;
}

size_t utf8_put(char out[4], uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

bool utf8_valid(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t n;

		if ((unsigned char)s.s[i] < 0x80) {
			i++;
			continue;
		}
		n = utf8_next(str_from(s, i), &cp);
		if (n == 1)
			return false;
		i += n;
	}
	return true;
}

/* Levenshtein distance of two names, both cut at 32 bytes. */
static int distance(struct str a, struct str b)
{
	int row[33];

	a = str_sub(a, 0, 32);
	b = str_sub(b, 0, 32);
	for (int j = 0; j <= (int)b.n; j++)
		row[j] = j;
	for (int i = 1; i <= (int)a.n; i++) {
		int diag = row[0];

		row[0] = i;
		for (int j = 1; j <= (int)b.n; j++) {
			int sub = diag + (to_lower(a.s[i - 1]) != to_lower(b.s[j - 1]));
			int best = row[j] + 1;

			diag = row[j];
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = sub < best ? sub : best;
		}
	}
	return row[b.n];
}

const char *str_nearest(struct str s, const char *const *names)
{
	const char *best = NULL;
	int least = (int)(s.n < 32 ? s.n : 32) / 3 + 2;

	for (; *names; names++) {
		int d = distance(s, str_of(*names));

		if (d < least) {
			least = d;
			best = *names;
		}
	}
	return best;
}
