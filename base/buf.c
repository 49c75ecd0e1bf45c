/* buf.c - growing text; see buf.h. */
#include "base/buf.h"
#include "base/fmt.h"

#include <stdlib.h>

void buf_release(struct buf *b)
{
	free(b->s);
	*b = (struct buf){ .max = b->max };
}

void buf_reset(struct buf *b)
{
	b->n = 0;
	b->failed = false;
}

bool buf_reserve(struct buf *b, size_t more)
{
	size_t max = b->max ? b->max : (size_t)1 << 30, cap = b->cap;
	char *s;

	if (b->failed)
		return false;
	if (more > max || b->n > max - more) {
		b->failed = true;
		return false;
	}
	if (more < cap - b->n && cap) /* strictly: one byte is for the NUL */
		return true;
	if (cap < 64)
		cap = 64;
	while (cap <= b->n + more)
		cap += cap / 2;
	s = realloc(b->s, cap);
	if (!s) {
		b->failed = true;
		return false;
	}
	b->s = s;
	b->cap = cap;
	return true;
}

void buf_add_grown(struct buf *b, struct str s)
{
	if (s.n == 0 || !buf_reserve(b, s.n))
		return;
	memcpy(b->s + b->n, s.s, s.n);
	b->n += s.n;
	b->s[b->n] = 0;
}

void buf_addcp(struct buf *b, uint32_t cp)
{
	char u[4];

	buf_add(b, (struct str){ u, utf8_put(u, cp) });
}

void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	size_t left = b->failed || b->max ? 0 : b->cap - b->n, n; /* most fit as they stand; a ceiling is buf_reserve's to keep */
	va_list again;

	va_copy(again, ap);
	n = fmt_vput(left ? b->s + b->n : NULL, left, fmt, again);
	va_end(again);
	if (n >= left) {
		if (left)
			b->s[b->n] = 0;
		if (!n || !buf_reserve(b, n))
			return;
		fmt_vput(b->s + b->n, n + 1, fmt, ap);
	}
	b->n += n;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void buf_addi(struct buf *b, int64_t v)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do {
		digits[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		digits[--at] = '-';
	buf_add(b, (struct str){ digits + at, sizeof(digits) - at });
}

void buf_cut(struct buf *b, size_t n)
{
	if (n < b->n) {
		b->n = n;
		b->s[n] = 0;
	}
}

void buf_least(struct buf *least, struct buf *text)
{
	if (!least->n || str_cmp(buf_str(text), buf_str(least)) < 0) {
		struct buf was = *least;

		*least = *text;
		*text = was;
	}
	buf_reset(text);
}
