/* fmt.c - printf into memory that is there; see fmt.h. */
#include "base/fmt.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct out {
	char *room;
	size_t cap, n; /* n may run beyond cap: what it would have become */
};

static void put(struct out *o, const char *s, size_t n)
{
	if (o->n < o->cap && n)
		memcpy(o->room + o->n, s, n < o->cap - o->n ? n : o->cap - o->n);
	o->n += n;
}

static void put_number(struct out *o, uint64_t v, bool negative)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	if (negative)
		digits[--at] = '-';
	put(o, digits + at, sizeof(digits) - at);
}

static void put_signed(struct out *o, long long v)
{
	put_number(o, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0);
}

/* Write fmt with its pieces; false at one that is not plain. */
static bool put_plain(struct out *o, const char *fmt, va_list ap)
{
	for (;;) {
		const char *at = strchr(fmt, '%'), *s;
		int most;
		char c;

		put(o, fmt, at ? (size_t)(at - fmt) : strlen(fmt));
		if (!at)
			return true;
		fmt = at + 2;
		switch (at[1]) {
		case 'd':
			put_signed(o, va_arg(ap, int));
			break;
		case 'u':
			put_number(o, va_arg(ap, unsigned), false);
			break;
		case 's':
			s = va_arg(ap, const char *);
			put(o, s, s ? strlen(s) : 0);
			break;
		case 'c':
			c = (char)va_arg(ap, int);
			put(o, &c, 1);
			break;
		case '%':
			put(o, "%", 1);
			break;
		case '.':
			if (at[2] != '*' || at[3] != 's')
				return false;
			most = va_arg(ap, int);
			s = va_arg(ap, const char *);
			put(o, s, !s ? 0 : most < 0 ? strlen(s) : strnlen(s, (size_t)most));
			fmt = at + 4;
			break;
		case 'l':
			if (at[2] != 'l' || at[3] != 'd')
				return false;
			put_signed(o, va_arg(ap, long long));
			fmt = at + 4;
			break;
		case 'z':
			if (at[2] != 'u')
				return false;
			put_number(o, va_arg(ap, size_t), false);
			fmt = at + 3;
			break;
		default:
			return false;
		}
	}
}

size_t fmt_vput(char *room, size_t cap, const char *fmt, va_list ap)
{
	struct out o = { room, cap, 0 };
	va_list again;
	int n;

	va_copy(again, ap);
	if (put_plain(&o, fmt, again)) {
		if (cap)
			room[o.n < cap ? o.n : cap - 1] = 0;
	} else {
		n = vsnprintf(room, cap, fmt, ap);
		o.n = n < 0 ? 0 : (size_t)n;
	}
	va_end(again);
	return o.n;
}
