/* buf.c - growing text; see buf.h. */
#include "base/buf.h"

#include <stdio.h>
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

void buf_add(struct buf *b, struct str s)
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

/* The %-pieces that are written here: nearly all formats hold no other, and libc's machinery takes longer than the text. */
enum piece { OTHER, PERCENT, CHAR, TEXT, TEXT_N, INT, UNSIGNED, LONG_LONG };

/* The piece that begins at a %, and its length. */
static enum piece piece_at(const char *s, size_t *n)
{
	*n = 2;
	switch (s[1]) {
	case '%':
		return PERCENT;
	case 'c':
		return CHAR;
	case 's':
		return TEXT;
	case 'd':
		return INT;
	case 'u':
		return UNSIGNED;
	case '.':
		*n = 4;
		return s[2] == '*' && s[3] == 's' ? TEXT_N : OTHER;
	case 'l':
		*n = 4;
		return s[2] == 'l' && s[3] == 'd' ? LONG_LONG : OTHER;
	default:
		return OTHER;
	}
}

static bool all_known(const char *fmt)
{
	size_t n;

	for (; (fmt = strchr(fmt, '%')); fmt += n)
		if (piece_at(fmt, &n) == OTHER)
			return false;
	return true;
}

static void add_known(struct buf *b, const char *fmt, va_list ap)
{
	for (;;) {
		const char *at = strchr(fmt, '%'), *text;
		size_t n = 0;
		int most;

		buf_add(b, at ? (struct str){ fmt, (size_t)(at - fmt) } : str_of(fmt));
		if (!at)
			return;
		switch (piece_at(at, &n)) {
		case CHAR:
			buf_addc(b, (char)va_arg(ap, int));
			break;
		case TEXT:
			buf_addz(b, va_arg(ap, const char *));
			break;
		case TEXT_N:
			most = va_arg(ap, int);
			text = va_arg(ap, const char *);
			buf_add(b, (struct str){ text, most < 0 ? strlen(text) : strnlen(text, (size_t)most) });
			break;
		case INT:
			buf_addi(b, va_arg(ap, int));
			break;
		case UNSIGNED:
			buf_addi(b, va_arg(ap, unsigned));
			break;
		case LONG_LONG:
			buf_addi(b, va_arg(ap, long long));
			break;
		default:
			buf_addc(b, '%');
			break;
		}
		fmt = at + n;
	}
}

void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	if (all_known(fmt)) {
		add_known(b, fmt, ap);
		return;
	}
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n <= 0 || !buf_reserve(b, (size_t)n))
		return;
	vsnprintf(b->s + b->n, (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
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
