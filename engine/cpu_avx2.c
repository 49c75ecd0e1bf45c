/* cpu_avx2.c - 16 lanes as two registers of 8; compiled with -mavx2 -mfma. */
#include <immintrin.h>

typedef struct {
	__m256 lo, hi;
} v16;

#define INLINE static inline __attribute__((always_inline))

INLINE v16 v_zero(void)
{
	return (v16){ _mm256_setzero_ps(), _mm256_setzero_ps() };
}

INLINE v16 v_set(float x)
{
	__m256 v = _mm256_set1_ps(x);

	return (v16){ v, v };
}

INLINE v16 v_load(const float *p)
{
	return (v16){ _mm256_loadu_ps(p), _mm256_loadu_ps(p + 8) };
}

/* E4M3: the exponent is moved to where fp32 has its own, 120 less; the product is exact. */
INLINE __m256 f8(const unsigned char *p)
{
	__m256i b = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
	__m256 size = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_and_si256(b, _mm256_set1_epi32(0x7f)), 20));
	__m256 sign = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_and_si256(b, _mm256_set1_epi32(0x80)), 24));

	return _mm256_or_ps(_mm256_mul_ps(size, _mm256_set1_ps(0x1p120f)), sign);
}

INLINE v16 v_load_f8(const unsigned char *p)
{
	return (v16){ f8(p), f8(p + 8) };
}

INLINE void v_store(float *p, v16 v)
{
	_mm256_storeu_ps(p, v.lo);
	_mm256_storeu_ps(p + 8, v.hi);
}

INLINE v16 v_add(v16 a, v16 b)
{
	return (v16){ _mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi) };
}

INLINE v16 v_sub(v16 a, v16 b)
{
	return (v16){ _mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi) };
}

INLINE v16 v_mul(v16 a, v16 b)
{
	return (v16){ _mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi) };
}

INLINE v16 v_div(v16 a, v16 b)
{
	return (v16){ _mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi) };
}

INLINE v16 v_fma(v16 a, v16 b, v16 c)
{
	return (v16){ _mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi) };
}

INLINE v16 v_max(v16 a, v16 b)
{
	return (v16){ _mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi) };
}

INLINE v16 v_pick(v16 x, v16 y, v16 a, v16 b)
{
	return (v16){ _mm256_blendv_ps(b.lo, a.lo, _mm256_cmp_ps(x.lo, y.lo, _CMP_LT_OQ)),
		      _mm256_blendv_ps(b.hi, a.hi, _mm256_cmp_ps(x.hi, y.hi, _CMP_LT_OQ)) };
}

INLINE __m256 scale2(__m256 p, __m256 t)
{
	return _mm256_castsi256_ps(
		_mm256_add_epi32(_mm256_castps_si256(p), _mm256_slli_epi32(_mm256_castps_si256(t), 23)));
}

INLINE v16 v_scale2(v16 p, v16 t)
{
	return (v16){ scale2(p.lo, t.lo), scale2(p.hi, t.hi) };
}

INLINE float v_hsum(v16 v)
{
	__m256 a = _mm256_add_ps(v.lo, v.hi);
	__m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));

	b = _mm_add_ps(b, _mm_movehl_ps(b, b));
	return _mm_cvtss_f32(_mm_add_ss(b, _mm_shuffle_ps(b, b, 1)));
}

INLINE float v_hmax(v16 v)
{
	__m256 a = _mm256_max_ps(v.lo, v.hi);
	__m128 b = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));

	b = _mm_max_ps(b, _mm_movehl_ps(b, b));
	return _mm_cvtss_f32(_mm_max_ss(b, _mm_shuffle_ps(b, b, 1)));
}

#include "engine/cpu_pairs.h"

INLINE pairs p_load(const unsigned short *p)
{
	const __m256i top = _mm256_set1_epi32((int)0xffff0000);
	__m256i lo = _mm256_loadu_si256((const __m256i *)(const void *)p), hi = _mm256_loadu_si256((const __m256i *)(const void *)(p + 16));

	return (pairs){ { _mm256_castsi256_ps(_mm256_slli_epi32(lo, 16)), _mm256_castsi256_ps(_mm256_slli_epi32(hi, 16)) },
			{ _mm256_castsi256_ps(_mm256_and_si256(lo, top)), _mm256_castsi256_ps(_mm256_and_si256(hi, top)) } };
}

INLINE __m256 rounded(__m256 x)
{
	__m256i u = _mm256_castps_si256(x), odd = _mm256_and_si256(_mm256_srli_epi32(u, 16), _mm256_set1_epi32(1));

	u = _mm256_add_epi32(u, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
	return _mm256_castsi256_ps(_mm256_and_si256(u, _mm256_set1_epi32((int)0xffff0000)));
}

INLINE void half_put(half *to, v16 x)
{
	v_store(to, (v16){ rounded(x.lo), rounded(x.hi) });
}

/* Subnormal numbers read and given as 0, as AVX512-BF16 does. */
#define EXACT_BEGIN const unsigned csr = _mm_getcsr(); _mm_setcsr(csr | 0x8040);
#define EXACT_END _mm_setcsr(csr);

/* 12 of 16 registers accumulate. */
#define ROWS_MAX 6
#define PANELS_MAX 4
#define TILES(X) X(1, 1) X(1, 2) X(1, 4) X(2, 1) X(2, 2) X(3, 1) X(3, 2) X(4, 1) X(5, 1) X(6, 1)
#define WIDTHS(X) X(1, 2, 2) X(2, 1, 1)
#define KERNELS cpu_avx2
#define KERNELS_NAME "avx2"
#include "engine/cpu_body.h"
