/*
 * cpu_body.h - the kernels themselves, over a type v16 of 16 floats. The file that includes this has defined
 * v16 and
 *
 *	v_zero v_set v_load v_load_bf16 v_load_f8 v_store v_add v_sub v_mul v_div
 *	v_fma(a, b, c)		a * b + c
 *	v_max(a, b)		a > b ? a : b, so that a NaN in b stays
 *	v_pick(x, y, a, b)	x < y ? a : b
 *	v_scale2(p, t)		p times 2 to the number in t's low mantissa bits
 *	v_hsum			lane i + lane i + 8, then 4, 2, 1: the same tree everywhere
 *	v_hmax
 *
 * and, for the matrix product, ROWS_MAX, PANELS_MAX and TILES: which (rows, panels) fit the registers.
 */
#include "engine/cpu_kernels.h"

#include <math.h>

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/*
 * e^x: x = n ln 2 + r, a polynomial of degree 6 in r (Cephes' expf coefficients, 2 ulp), the exponent put in by
 * integer addition. Adding MAGIC leaves n in the low bits of the mantissa.
 */
static inline __attribute__((always_inline)) v16 v_exp(v16 x)
{
	const v16 magic = v_set(12582912.f);
	v16 low = v_set(-87.f), y = v_max(low, x), t, n, r, p;

	t = v_fma(y, v_set(1.44269504088896341f), magic);
	n = v_sub(t, magic);
	r = v_fma(n, v_set(-0.693359375f), y);
	r = v_fma(n, v_set(2.12194440e-4f), r);
	p = v_set(1.9875691500e-4f);
	p = v_fma(p, r, v_set(1.3981999507e-3f));
	p = v_fma(p, r, v_set(8.3334519073e-3f));
	p = v_fma(p, r, v_set(4.1665795894e-2f));
	p = v_fma(p, r, v_set(1.6666665459e-1f));
	p = v_fma(p, r, v_set(5.0000001201e-1f));
	p = v_fma(p, v_mul(r, r), v_add(r, v_set(1.f)));
	return v_pick(x, low, v_zero(), v_scale2(p, t));
}

static inline __attribute__((always_inline)) v16 load_w(const void *p, size_t i, bool fp32)
{
	return fp32 ? v_load((const float *)p + i) : v_load_bf16((const uint16_t *)p + i);
}

/* R rows by P panels, all accumulators in registers. */
#define TILE(R, P) \
static inline __attribute__((always_inline)) void tile_##R##_##P##_of(const struct gemm *g, int row, int panel, bool fp32) \
{ \
	const size_t width = fp32 ? 4 : 2, step = (size_t)g->k * 16; \
	const unsigned char *w = (const unsigned char *)g->w + (size_t)panel * step * width; \
	const float *x[R]; \
	v16 acc[R][P]; \
	UNROLL for (int i = 0; i < R; i++) { \
		x[i] = g->x + g->x_stride * (size_t)(g->pick ? g->pick[row + i] : row + i); \
		UNROLL for (int j = 0; j < P; j++) \
			acc[i][j] = v_zero(); \
	} \
	for (int k = 0; k < g->k; k++) { \
		v16 b[P]; \
		UNROLL for (int j = 0; j < P; j++) \
			b[j] = load_w(w, (size_t)j * step + (size_t)k * 16, fp32); \
		UNROLL for (int i = 0; i < R; i++) { \
			v16 a = v_set(x[i][k]); \
			UNROLL for (int j = 0; j < P; j++) \
				acc[i][j] = v_fma(a, b[j], acc[i][j]); \
		} \
	} \
	UNROLL for (int i = 0; i < R; i++) \
		UNROLL for (int j = 0; j < P; j++) { \
			float *out = g->out + g->out_stride * (size_t)(row + i) + 16 * (size_t)(panel + j); \
			v_store(out, g->add ? v_add(v_load(out), acc[i][j]) : acc[i][j]); \
		} \
} \
static void tile_##R##_##P(const struct gemm *g, int row, int panel) \
{ \
	if (g->fp32) \
		tile_##R##_##P##_of(g, row, panel, true); \
	else \
		tile_##R##_##P##_of(g, row, panel, false); \
}
TILES(TILE)

/* The same over codes: decoded and scaled as they are met. */
#define TILE_F8(R, P) \
static void tile_f8_##R##_##P(const struct gemm *g, int row, int panel) \
{ \
	const size_t step = (size_t)g->k * 16, scales = (size_t)((g->k + g->block - 1) / g->block) * 16; \
	const uint8_t *w = (const uint8_t *)g->w + (size_t)panel * step; \
	const float *scale = g->scale + (size_t)panel * scales, *x[R]; \
	v16 acc[R][P]; \
	UNROLL for (int i = 0; i < R; i++) { \
		x[i] = g->x + g->x_stride * (size_t)(g->pick ? g->pick[row + i] : row + i); \
		UNROLL for (int j = 0; j < P; j++) \
			acc[i][j] = v_zero(); \
	} \
	for (int from = 0; from < g->k; from += g->block, scale += 16) { \
		int to = g->k - from < g->block ? g->k : from + g->block; \
		v16 s[P]; \
		UNROLL for (int j = 0; j < P; j++) \
			s[j] = v_load(scale + (size_t)j * scales); \
		for (int k = from; k < to; k++) { \
			v16 b[P]; \
			UNROLL for (int j = 0; j < P; j++) \
				b[j] = v_mul(v_load_f8(w + (size_t)j * step + (size_t)k * 16), s[j]); \
			UNROLL for (int i = 0; i < R; i++) { \
				v16 a = v_set(x[i][k]); \
				UNROLL for (int j = 0; j < P; j++) \
					acc[i][j] = v_fma(a, b[j], acc[i][j]); \
			} \
		} \
	} \
	UNROLL for (int i = 0; i < R; i++) \
		UNROLL for (int j = 0; j < P; j++) { \
			float *out = g->out + g->out_stride * (size_t)(row + i) + 16 * (size_t)(panel + j); \
			v_store(out, g->add ? v_add(v_load(out), acc[i][j]) : acc[i][j]); \
		} \
}
TILES(TILE_F8)

typedef void tile_fn(const struct gemm *g, int row, int panel);

/* tiles[rows]: the widest that fits, and the one for a last panel alone. */
#define TILE_ROW(R, P) [R][P] = tile_##R##_##P,
static tile_fn *const tiles_plain[ROWS_MAX + 1][PANELS_MAX + 1] = { TILES(TILE_ROW) };
#define TILE_ROW_F8(R, P) [R][P] = tile_f8_##R##_##P,
static tile_fn *const tiles_f8[ROWS_MAX + 1][PANELS_MAX + 1] = { TILES(TILE_ROW_F8) };

static void gemm(const struct gemm *g)
{
	tile_fn *const (*tiles)[PANELS_MAX + 1] = g->scale ? tiles_f8 : tiles_plain;
	int blocks = (g->rows + ROWS_MAX - 1) / ROWS_MAX;

	for (int panel = 0; panel < g->panels;) {
		int wide = 1;

		/* Rows are cut evenly: 8 are 4 + 4 rather than 6 + 2. The panels stay in the nearest cache. */
		for (int b = 0, row = 0; b < blocks; b++) {
			int n = (g->rows - row + blocks - b - 1) / (blocks - b);

			if (b == 0)
				for (wide = PANELS_MAX; wide > 1 && (!tiles[n][wide] || panel + wide > g->panels);)
					wide--;
			if (tiles[n][wide]) {
				tiles[n][wide](g, row, panel);
			} else {
				for (int j = 0; j < wide; j++)
					tiles[n][1](g, row, panel + j);
			}
			row += n;
		}
		panel += wide;
	}
}

static void rmsnorm(float *out, const float *x, const float *weight, int n16, int dim, float eps)
{
	v16 sum = v_zero(), scale;

	for (int i = 0; i < n16; i += 16) {
		v16 v = v_load(x + i);

		sum = v_fma(v, v, sum);
	}
	scale = v_set(1.f / sqrtf(v_hsum(sum) / (float)dim + eps));
	for (int i = 0; i < n16; i += 16)
		v_store(out + i, v_mul(v_mul(v_load(x + i), scale), v_load(weight + i)));
}

static void swiglu(float *out, const float *x, int pairs)
{
	const v16 one = v_set(1.f);

	for (int i = 0; i < pairs; i++) {
		v16 gate = v_load(x + 32 * i), up = v_load(x + 32 * i + 16);
		/* beyond 80 the quotient is 0 to fp32's last bit anyway, and e^80 is finite */
		v16 e = v_exp(v_sub(v_zero(), v_max(v_set(-80.f), gate)));

		v_store(out + 16 * i, v_mul(v_div(gate, v_add(one, e)), up));
	}
}

/* 1 / (1 + e^-x) */
static inline __attribute__((always_inline)) v16 v_sigmoid(v16 x)
{
	const v16 one = v_set(1.f);

	return v_div(one, v_add(one, v_exp(v_sub(v_zero(), v_max(v_set(-80.f), x)))));
}

static void sigmoid_mul(float *x, const float *gate, int n16)
{
	for (int i = 0; i < n16; i += 16)
		v_store(x + i, v_mul(v_load(x + i), v_sigmoid(v_load(gate + i))));
}

static void silu(float *x, int n16)
{
	for (int i = 0; i < n16; i += 16)
		v_store(x + i, v_mul(v_load(x + i), v_sigmoid(v_load(x + i))));
}

/* D times 16 columns of a state, one token on: the old decays, the new is added, the query reads. */
#define STATE(D) \
static inline __attribute__((always_inline)) void state_##D(float *out, float *state, const float *q, const float *k, const float *v, \
							    float decay, int dim) \
{ \
	v16 acc[D], value[D], was = v_set(decay); \
	UNROLL for (int j = 0; j < D; j++) { \
		acc[j] = v_zero(); \
		value[j] = v_load(v + 16 * j); \
	} \
	for (int i = 0; i < dim; i++) { \
		v16 key = v_set(k[i]), query = v_set(q[i]); \
		UNROLL for (int j = 0; j < D; j++) { \
			float *at = state + (size_t)i * (size_t)dim + 16 * j; \
			v16 s = v_fma(key, value[j], v_mul(was, v_load(at))); \
			v_store(at, s); \
			acc[j] = v_fma(query, s, acc[j]); \
		} \
	} \
	UNROLL for (int j = 0; j < D; j++) \
		v_store(out + 16 * j, acc[j]); \
}
STATE(1)
STATE(4)

static void lightning(const struct lightning *l)
{
	for (int r = 0; r < l->rows; r++) {
		float *out = l->out + (size_t)r * l->out_stride, *q = l->q + (size_t)r * l->stride;
		float *k = l->k + (size_t)r * l->stride, *v = l->v + (size_t)r * l->stride;

		silu(q, l->dim);
		silu(k, l->dim);
		silu(v, l->dim);
		for (int at = 0; at < l->dim; at += l->dim - at >= 64 ? 64 : 16)
			if (l->dim - at >= 64)
				state_4(out + at, l->state + at, q, k, v + at, l->decay, l->dim);
			else
				state_1(out + at, l->state + at, q, k, v + at, l->decay, l->dim);
	}
}

static void scale_add(float *y, const float *x, float a, int n16)
{
	const v16 s = v_set(a);

	for (int i = 0; i < n16; i += 16)
		v_store(y + i, v_fma(s, v_load(x + i), v_load(y + i)));
}

static void exp_all(float *out, const float *x, int n16)
{
	for (int i = 0; i < n16; i += 16)
		v_store(out + i, v_exp(v_load(x + i)));
}

/*
 * Attention walks the pages in blocks of 8 from the first, as many as the row may see: scores of a block, its
 * maximum, what was summed so far rescaled to it, then the values. The borders are absolute positions.
 */
enum { PAGE = 16, BLOCK = 8 };

static const float lane_number[16] __attribute__((aligned(64))) = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

/* s (G, 16) of one page: even and odd dimensions in chains of their own. */
#define SCORES(G) \
static inline __attribute__((always_inline)) void scores_##G(float *s, const struct attend *a, const float *q, const void *k, \
							     bool fp32) \
{ \
	v16 even[G], odd[G]; \
	UNROLL for (int g = 0; g < G; g++) \
		even[g] = odd[g] = v_zero(); \
	for (int d = 0; d < a->dim; d += 2) { \
		v16 k0 = load_w(k, (size_t)d * PAGE, fp32), k1 = load_w(k, (size_t)d * PAGE + PAGE, fp32); \
		UNROLL for (int g = 0; g < G; g++) { \
			even[g] = v_fma(v_set(q[g * a->dim + d]), k0, even[g]); \
			odd[g] = v_fma(v_set(q[g * a->dim + d + 1]), k1, odd[g]); \
		} \
	} \
	UNROLL for (int g = 0; g < G; g++) \
		v_store(s + g * BLOCK * PAGE, v_add(even[g], odd[g])); \
}

/* out (G, 16 D of dim) += p (G, tokens) v (tokens, 16 D of dim) over a block's pages */
#define VALUES(G, D) \
static inline __attribute__((always_inline)) void values_##G##_##D(float *out, const float *p, const struct attend *a, \
								   const int32_t *page, int at, int tokens, bool fp32) \
{ \
	v16 acc[G][D]; \
	UNROLL for (int g = 0; g < G; g++) \
		UNROLL for (int d = 0; d < D; d++) \
			acc[g][d] = v_load(out + g * a->dim + at + 16 * d); \
	for (int from = 0; from < tokens; from += PAGE) { \
		const unsigned char *base = a->kv + a->page_bytes * (size_t)page[from / PAGE]; \
		int n = tokens - from < PAGE ? tokens - from : PAGE; \
		for (int t = 0; t < n; t++) { \
			v16 v[D]; \
			UNROLL for (int d = 0; d < D; d++) \
				v[d] = load_w(base, (size_t)a->dim * (size_t)(PAGE + t) + (size_t)(at + 16 * d), fp32); \
			UNROLL for (int g = 0; g < G; g++) { \
				v16 w = v_set(p[g * BLOCK * PAGE + from + t]); \
				UNROLL for (int d = 0; d < D; d++) \
					acc[g][d] = v_fma(w, v[d], acc[g][d]); \
			} \
		} \
	} \
	UNROLL for (int g = 0; g < G; g++) \
		UNROLL for (int d = 0; d < D; d++) \
			v_store(out + g * a->dim + at + 16 * d, acc[g][d]); \
}

/* G of a row's query heads over all its past; D: registers a step through the values. */
#define ATTEND(G, D) \
SCORES(G) \
VALUES(G, 1) \
VALUES(G, D) \
static inline __attribute__((always_inline)) void attend_##G##_of(const struct attend *a, float *out, const float *q, bool fp32) \
{ \
	float s[G * BLOCK * PAGE] __attribute__((aligned(64))); \
	float top[G]; \
	v16 sum[G]; \
	for (int g = 0; g < G; g++) { \
		top[g] = -INFINITY; \
		sum[g] = v_zero(); \
	} \
	for (int i = 0; i < G * a->dim; i += 16) \
		v_store(out + i, v_zero()); \
	for (int from = 0; from < a->tokens; from += BLOCK * PAGE) { \
		const int32_t *page = a->page + from / PAGE; \
		int tokens = a->tokens - from < BLOCK * PAGE ? a->tokens - from : BLOCK * PAGE; \
		int pages = (tokens + PAGE - 1) / PAGE; \
		for (int i = 0; i < pages; i++) \
			scores_##G(s + i * PAGE, a, q, a->kv + a->page_bytes * (size_t)page[i], fp32); \
		for (int g = 0; g < G; g++) { \
			float *sg = s + g * BLOCK * PAGE, *last = sg + (pages - 1) * PAGE, before = top[g]; \
			v16 most = v_set(-INFINITY), shift, was; \
			/* lanes past the row's own token hold whatever the page held */ \
			v_store(last, v_pick(v_load(lane_number), v_set((float)(tokens - (pages - 1) * PAGE)), \
					     v_load(last), v_set(-INFINITY))); \
			for (int i = 0; i < pages; i++) \
				most = v_max(v_load(sg + i * PAGE), most); \
			top[g] = fmaxf(before, v_hmax(most)); \
			shift = v_set(top[g]); \
			was = v_exp(v_sub(v_set(before), shift)); \
			sum[g] = v_mul(sum[g], was); \
			for (int i = 0; i < pages; i++) { \
				v16 p = v_exp(v_sub(v_load(sg + i * PAGE), shift)); \
				sum[g] = v_add(sum[g], p); \
				v_store(sg + i * PAGE, p); \
			} \
			if (from > 0) \
				for (int d = 0; d < a->dim; d += 16) \
					v_store(out + g * a->dim + d, v_mul(v_load(out + g * a->dim + d), was)); \
		} \
		for (int d = 0; d < a->dim;) \
			if (d + 16 * D <= a->dim) { \
				values_##G##_##D(out, s, a, page, d, tokens, fp32); \
				d += 16 * D; \
			} else { \
				values_##G##_1(out, s, a, page, d, tokens, fp32); \
				d += 16; \
			} \
	} \
	for (int g = 0; g < G; g++) { \
		v16 whole = v_set(v_hsum(sum[g])); \
		for (int d = 0; d < a->dim; d += 16) \
			v_store(out + g * a->dim + d, v_div(v_load(out + g * a->dim + d), whole)); \
	} \
} \
static void attend_##G(const struct attend *a, float *out, const float *q) \
{ \
	if (a->fp32) \
		attend_##G##_of(a, out, q, true); \
	else \
		attend_##G##_of(a, out, q, false); \
}
ATTEND(1, 4)
ATTEND(2, 2)
ATTEND(3, 2)
ATTEND(4, 2)

static void attend(const struct attend *a)
{
	int g = 0;

	while (g < a->group) {
		int left = a->group - g;
		float *out = a->out + g * a->dim;
		const float *q = a->q + g * a->dim;

		if (left >= 4)
			attend_4(a, out, q);
		else if (left == 3)
			attend_3(a, out, q);
		else if (left == 2)
			attend_2(a, out, q);
		else
			attend_1(a, out, q);
		g += left < 4 ? left : 4;
	}
}

const struct cpu_kernels KERNELS = {
	.name = KERNELS_NAME,
	.gemm = gemm,
	.attend = attend,
	.rmsnorm = rmsnorm,
	.swiglu = swiglu,
	.lightning = lightning,
	.sigmoid_mul = sigmoid_mul,
	.scale_add = scale_add,
	.exp = exp_all,
};
