/* cpu_avx512.c - 16 lanes as one register; compiled with -mavx512f -mavx512bw -mavx512dq -mavx512vl. */
#include "engine/cpu_avx512.h"

#include "engine/cpu_pairs.h"

INLINE pairs p_load(const unsigned short *p)
{
	__m512i both = _mm512_loadu_si512(p);

	return (pairs){ _mm512_castsi512_ps(_mm512_slli_epi32(both, 16)),
			_mm512_castsi512_ps(_mm512_and_si512(both, _mm512_set1_epi32((int)0xffff0000))) };
}

INLINE void half_put(half *to, v16 x)
{
	__m512i u = _mm512_castps_si512(x), odd = _mm512_and_si512(_mm512_srli_epi32(u, 16), _mm512_set1_epi32(1));

	u = _mm512_add_epi32(u, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
	_mm512_storeu_si512(to, _mm512_and_si512(u, _mm512_set1_epi32((int)0xffff0000)));
}

/* Subnormal numbers read and given as 0, as AVX512-BF16 does. */
#define EXACT_BEGIN const unsigned csr = _mm_getcsr(); _mm_setcsr(csr | 0x8040);
#define EXACT_END _mm_setcsr(csr);

#define KERNELS cpu_avx512
#define KERNELS_NAME "avx512"
#include "engine/cpu_body.h"
