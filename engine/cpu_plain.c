/*
 * cpu_plain.c - 16 lanes as four vectors of 4 in the compiler's own notation: for any machine. Here v_fma rounds
 * twice, as machines without a fused operation would take a library call for each.
 */
#include <stdint.h>
#include <string.h>

typedef float v4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));
typedef uint32_t u4 __attribute__((vector_size(16)));

typedef struct {
	v4 v[4];
} v16;

#define INLINE static inline __attribute__((always_inline))
#define EACH(expr) \
	v16 r; \
	for (int i = 0; i < 4; i++) \
		r.v[i] = (expr); \
	return r

INLINE v16 v_zero(void)
{
	return (v16){ { { 0 }, { 0 }, { 0 }, { 0 } } };
}

INLINE v16 v_set(float x)
{
	EACH(((v4){ x, x, x, x }));
}

INLINE v16 v_load(const float *p)
{
	v16 r;

	memcpy(&r, p, sizeof(r));
	return r;
}

/* E4M3: the exponent is moved to where fp32 has its own, 120 less; the product is exact. */
INLINE v4 f8(const uint8_t *p)
{
	u4 b = { p[0], p[1], p[2], p[3] };
	v4 size = (v4)((b & 0x7f) << 20) * (v4){ 0x1p120f, 0x1p120f, 0x1p120f, 0x1p120f };

	return (v4)((u4)size | (b & 0x80) << 24);
}

INLINE v16 v_load_f8(const uint8_t *p)
{
	EACH(f8(p + 4 * i));
}

INLINE void v_store(float *p, v16 v)
{
	memcpy(p, &v, sizeof(v));
}

INLINE v16 v_add(v16 a, v16 b)
{
	EACH(a.v[i] + b.v[i]);
}

INLINE v16 v_sub(v16 a, v16 b)
{
	EACH(a.v[i] - b.v[i]);
}

INLINE v16 v_mul(v16 a, v16 b)
{
	EACH(a.v[i] * b.v[i]);
}

INLINE v16 v_div(v16 a, v16 b)
{
	EACH(a.v[i] / b.v[i]);
}

INLINE v16 v_fma(v16 a, v16 b, v16 c)
{
	EACH(a.v[i] * b.v[i] + c.v[i]);
}

INLINE v4 choose(i4 mask, v4 a, v4 b)
{
	return (v4)(((i4)a & mask) | ((i4)b & ~mask));
}

INLINE v16 v_max(v16 a, v16 b)
{
	EACH(choose(a.v[i] > b.v[i], a.v[i], b.v[i]));
}

INLINE v16 v_pick(v16 x, v16 y, v16 a, v16 b)
{
	EACH(choose(x.v[i] < y.v[i], a.v[i], b.v[i]));
}

INLINE v16 v_scale2(v16 p, v16 t)
{
	EACH((v4)((u4)p.v[i] + ((u4)t.v[i] << 23)));
}

INLINE float v_hsum(v16 v)
{
	v4 a = (v.v[0] + v.v[2]) + (v.v[1] + v.v[3]);

	return (a[0] + a[2]) + (a[1] + a[3]);
}

INLINE float v_hmax(v16 v)
{
	v4 a = choose(v.v[0] > v.v[2], v.v[0], v.v[2]), b = choose(v.v[1] > v.v[3], v.v[1], v.v[3]);
	float m;

	a = choose(a > b, a, b);
	m = a[0];
	for (int i = 1; i < 4; i++)
		m = a[i] > m ? a[i] : m;
	return m;
}

#include "engine/cpu_pairs.h"

INLINE pairs p_load(const uint16_t *p)
{
	pairs r;

	for (int i = 0; i < 4; i++) {
		u4 both;

		memcpy(&both, p + 8 * i, sizeof(both));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		r.first.v[i] = (v4)(both << 16);
		r.second.v[i] = (v4)(both & 0xffff0000);
#else
		r.first.v[i] = (v4)(both & 0xffff0000);
		r.second.v[i] = (v4)(both << 16);
#endif
	}
	return r;
}

INLINE void half_put(half *to, v16 x)
{
	for (int i = 0; i < 4; i++) {
		u4 u = (u4)x.v[i];

		x.v[i] = (v4)((u + 0x7fff + (u >> 16 & 1)) & 0xffff0000);
	}
	v_store(to, x);
}

#define EXACT_BEGIN
#define EXACT_END

/* 8 of 16 SSE registers accumulate, 4 hold the panel. */
#define ROWS_MAX 2
#define PANELS_MAX 2
#define TILES(X) X(1, 1) X(1, 2) X(2, 1)
#define WIDTHS(X) X(1, 2, 2) X(2, 1, 1)
#define KERNELS cpu_plain
#define KERNELS_NAME "plain"
#include "engine/cpu_body.h"
