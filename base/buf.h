/*
 * buf.h - text that grows, knows its ceiling and is asked once whether it failed.
 *
 *	struct buf b = BUF_INIT;
 *	buf_addf(&b, "%d cells", n);
 *	if (b.failed)			// one question at the end; until then adds are no-ops
 *		return err_set(err, "out of memory");
 *	use(buf_str(&b));
 *	buf_release(&b);
 *
 * b.s is NUL-terminated whenever b.n > 0; buf_z() is a C string always.
 */
#ifndef QUARRY_BASE_BUF_H
#define QUARRY_BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>

struct buf {
	char *s;
	size_t n, cap; /* bytes */
	size_t max;    /* most bytes it may hold; 0 is 1 GiB */
	bool failed;   /* something did not fit; what is there is a prefix */
};

#define BUF_INIT ((struct buf){ 0 })

void buf_release(struct buf *b); /* frees and makes it BUF_INIT again (max is kept) */
void buf_reset(struct buf *b);   /* empties, keeps the memory, forgets the failure */
bool buf_reserve(struct buf *b, size_t more);

void buf_add_grown(struct buf *b, struct str s); /* buf_add() where it may not fit as it stands */

static inline void buf_add(struct buf *b, struct str s)
{
	if (s.n == 0 || s.n >= b->cap - b->n || b->failed || b->max) { /* a NUL is to follow */
		buf_add_grown(b, s);
		return;
	}
	memcpy(b->s + b->n, s.s, s.n);
	b->n += s.n;
	b->s[b->n] = 0;
}

static inline void buf_addz(struct buf *b, const char *z)
{
	buf_add(b, str_of(z));
}

static inline void buf_addc(struct buf *b, char c)
{
	if (b->failed || b->cap - b->n < 2 || b->max) { /* a NUL is to follow */
		buf_add(b, (struct str){ &c, 1 });
		return;
	}
	b->s[b->n++] = c;
	b->s[b->n] = 0;
}

void buf_addcp(struct buf *b, uint32_t cp); /* as UTF-8 */
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap);
void buf_addi(struct buf *b, int64_t v);
void buf_cut(struct buf *b, size_t n); /* keep the first n bytes */
void buf_least(struct buf *least, struct buf *text); /* text moves to least if that is empty or comes after it; text is then empty */

static inline struct str buf_str(const struct buf *b)
{
	return (struct str){ b->n ? b->s : "", b->n };
}

static inline const char *buf_z(const struct buf *b)
{
	return b->n ? b->s : "";
}

#endif
