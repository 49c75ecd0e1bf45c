/*
 * hash.h - XXH64 for ids and frames, SHA-256 for files.
 *
 *	uint64_t id = hash64(text.s, text.n, 0);
 *
 * XXH64: Collet, the xxHash specification, version 0.1.1. SHA-256: FIPS 180-4.
 */
#ifndef QUARRY_BASE_HASH_H
#define QUARRY_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t hash64(const void *data, size_t n, uint64_t seed);

/* Of two uint64_t, for qsort and bsearch: the smaller first. */
static inline int hash64_cmp(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct sha256 {
	uint32_t h[8];
	uint64_t bytes;
	unsigned char block[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t n);
void sha256_done(struct sha256 *s, unsigned char out[32]);
void sha256_hex(struct sha256 *s, char out[65]); /* done, as lower-case hex with its NUL */
void hash64_hex(uint64_t h, char out[17]);       /* 16 lower-case hex digits and a NUL */

#endif
