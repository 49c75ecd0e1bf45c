/* cpu_avx512bf16.h - bf16 pairs that an instruction multiplies, for both files that have AVX512-BF16. */
#ifndef QUARRY_ENGINE_CPU_AVX512BF16_H
#define QUARRY_ENGINE_CPU_AVX512BF16_H

#include "engine/cpu_avx512.h"

typedef unsigned short half;
typedef __m512i pairs;

INLINE pairs p_load(const unsigned short *p)
{
	return _mm512_loadu_si512(p);
}

INLINE pairs p_set(const half *h)
{
	int both;

	__builtin_memcpy(&both, h, 4);
	return _mm512_set1_epi32(both);
}

INLINE pairs p_first(pairs p)
{
	return _mm512_and_si512(p, _mm512_set1_epi32(0xffff));
}

INLINE v16 v_dot(v16 c, pairs a, pairs b)
{
	return _mm512_dpbf16_ps(c, (__m512bh)a, (__m512bh)b);
}

INLINE void half_put(half *to, v16 x)
{
	_mm256_storeu_si256((__m256i *)(void *)to, (__m256i)_mm512_cvtneps_pbh(x));
}

#define EXACT_BEGIN
#define EXACT_END

#endif
