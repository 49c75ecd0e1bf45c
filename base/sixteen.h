/*
 * sixteen.h - sixteen bytes of text at once, in a vector, the first one lowest.
 *
 *	unsigned m = sixteen_mask(load_sixteen(p) == '<');
 *	if (m)
 *		at = p + __builtin_ctz(m);	// the first <
 *
 * Bytes are signed here: of those, every machine compares sixteen in one instruction.
 */
#ifndef QUARRY_BASE_SIXTEEN_H
#define QUARRY_BASE_SIXTEEN_H

#include <stdint.h>
#include <string.h>

typedef signed char sixteen __attribute__((vector_size(16)));

static inline sixteen load_sixteen(const char *s)
{
	sixteen v;

	memcpy(&v, s, sizeof(v));
	return v;
}

/*
 * Sums wrap. To know the bytes of a range, add what brings its highest to 127: they are the ones that are then no less than its lowest. That
 * is one comparison.
 */
static inline sixteen sixteen_add(sixteen v, sixteen w)
{
	typedef unsigned char bytes __attribute__((vector_size(16)));

	return (sixteen)((bytes)v + (bytes)w);
}

static inline sixteen sixteen_of(int byte)
{
	signed char c = (signed char)byte;

	return (sixteen){ c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c };
}

/* Bit i is the highest bit of byte i: set where a comparison holds, or where a text has no ASCII character. */
static inline unsigned sixteen_mask(sixteen v)
{
#ifdef __SSE2__
	typedef char plain __attribute__((vector_size(16)));

	return (unsigned)__builtin_ia32_pmovmskb128((plain)v);
#else
	unsigned m = 0;

	for (int i = 0; i < 16; i++)
		m |= (unsigned)(v[i] < 0) << i;
	return m;
#endif
}

typedef short eight_shorts __attribute__((vector_size(16)));
typedef int four_ints __attribute__((vector_size(16)));

/* Of eight numbers in pairs, each times its own factor, the sum of each pair. */
static inline four_ints pair_sums(eight_shorts v, eight_shorts factor)
{
#ifdef __SSE2__
	return (four_ints)__builtin_ia32_pmaddwd128(v, factor);
#else
	four_ints sums;

	for (int i = 0; i < 4; i++)
		sums[i] = v[2 * i] * factor[2 * i] + v[2 * i + 1] * factor[2 * i + 1];
	return sums;
#endif
}

#endif
