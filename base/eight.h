/*
 * eight.h - eight bytes of text at once, in one word, the first one lowest.
 *
 *	uint64_t w = zeros(load_eight(p) ^ EIGHT('<'));
 *	if (w)
 *		at = p + __builtin_ctzll(w) / 8;	// the first <
 */
#ifndef QUARRY_BASE_EIGHT_H
#define QUARRY_BASE_EIGHT_H

#include <stdint.h>

#define EIGHT(c) (0x0101010101010101u * (unsigned char)(c))

/* Of eight bytes; compilers know this for one load. */
static inline uint64_t load_eight(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
	       (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

/* The top bit of each byte of w that is 0, and no other. */
static inline uint64_t zeros(uint64_t w)
{
	return ~(((w & EIGHT(0x7F)) + EIGHT(0x7F)) | w | EIGHT(0x7F));
}

#endif
