/* cpu_avx512.h - 16 lanes as one register, for both files that have AVX-512. */
#ifndef QUARRY_ENGINE_CPU_AVX512_H
#define QUARRY_ENGINE_CPU_AVX512_H

#include <immintrin.h>

typedef __m512 v16;

#define INLINE static inline __attribute__((always_inline))

INLINE v16 v_zero(void)
{
	return _mm512_setzero_ps();
}

INLINE v16 v_set(float x)
{
	return _mm512_set1_ps(x);
}

INLINE v16 v_load(const float *p)
{
	return _mm512_loadu_ps(p);
}

/* E4M3: the exponent is moved to where fp32 has its own, 120 less; the product is exact. */
INLINE v16 v_load_f8(const unsigned char *p)
{
	__m512i b = _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
	__m512 size = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_and_si512(b, _mm512_set1_epi32(0x7f)), 20));
	__m512i sign = _mm512_slli_epi32(_mm512_and_si512(b, _mm512_set1_epi32(0x80)), 24);

	size = _mm512_mul_ps(size, _mm512_set1_ps(0x1p120f));
	return _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(size), sign));
}

INLINE void v_store(float *p, v16 v)
{
	_mm512_storeu_ps(p, v);
}

INLINE v16 v_add(v16 a, v16 b)
{
	return _mm512_add_ps(a, b);
}

INLINE v16 v_sub(v16 a, v16 b)
{
	return _mm512_sub_ps(a, b);
}

INLINE v16 v_mul(v16 a, v16 b)
{
	return _mm512_mul_ps(a, b);
}

INLINE v16 v_div(v16 a, v16 b)
{
	return _mm512_div_ps(a, b);
}

INLINE v16 v_fma(v16 a, v16 b, v16 c)
{
	return _mm512_fmadd_ps(a, b, c);
}

INLINE v16 v_max(v16 a, v16 b)
{
	return _mm512_max_ps(a, b);
}

INLINE v16 v_pick(v16 x, v16 y, v16 a, v16 b)
{
	return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(x, y, _CMP_LT_OQ), b, a);
}

INLINE v16 v_scale2(v16 p, v16 t)
{
	return _mm512_castsi512_ps(
		_mm512_add_epi32(_mm512_castps_si512(p), _mm512_slli_epi32(_mm512_castps_si512(t), 23)));
}

INLINE float v_hsum(v16 v)
{
	__m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
	__m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));

	b = _mm_add_ps(b, _mm_movehl_ps(b, b));
	return _mm_cvtss_f32(_mm_add_ss(b, _mm_shuffle_ps(b, b, 1)));
}

INLINE float v_hmax(v16 v)
{
	__m256 a = _mm256_max_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
	__m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));

	b = _mm_max_ps(b, _mm_movehl_ps(b, b));
	return _mm_cvtss_f32(_mm_max_ss(b, _mm_shuffle_ps(b, b, 1)));
}

/* At most 24 of 32 registers accumulate. */
#define ROWS_MAX 6
#define PANELS_MAX 4
#define TILES(X) \
	X(1, 1) X(1, 2) X(1, 4) X(2, 1) X(2, 2) X(2, 4) X(3, 1) X(3, 2) X(3, 4) \
	X(4, 1) X(4, 2) X(4, 4) X(5, 1) X(5, 2) X(5, 4) X(6, 1) X(6, 2) X(6, 4)
#define WIDTHS(X) X(1, 4, 4) X(2, 2, 4) X(4, 1, 2)

#endif
