/*
 * cpu_body.h - the kernels themselves, over a type v16 of 16 floats. The file that includes this has defined
 * v16 and
 *
 *	v_zero v_set v_load v_load_f8 v_store v_add v_sub v_mul v_div
 *	v_fma(a, b, c)		a * b + c
 *	v_max(a, b)		a > b ? a : b, so that a NaN in b stays
 *	v_pick(x, y, a, b)	x < y ? a : b
 *	v_scale2(p, t)		p times 2 to the number in t's low mantissa bits
 *	v_hsum			lane i + lane i + 8, then 4, 2, 1: the same tree everywhere
 *	v_hmax
 *
 * and, for the matrix product, ROWS_MAX, PANELS_MAX and TILES: which (rows, panels) fit the registers; for attention
 * WIDTHS: so many queries at once, over so many pages, over so many times 16 dimensions of the values.
 *
 * What is bf16 is multiplied in pairs of neighbours, the other factor rounded to bf16 too: first the second of a pair, then the
 * first, each fused, subnormal numbers taken as 0, as AVX512-BF16 has it in one instruction. For that
 *
 *	half		what a number rounded to bf16 is kept as: bf16 itself, or a float
 *	pairs		16 pairs
 *	p_load(p)	of 32 bf16
 *	p_set(h)	the same pair, of two halves, 16 times
 *	p_first(p)	second ones to 0
 *	v_dot(c, a, b)	c + a * b
 *	half_put(h, x)	16 floats as halves
 *	EXACT_BEGIN, EXACT_END	around: subnormal numbers are 0 from here to there
 *
 * With GEMM_PAIRS that file has a gemm_pairs() of its own behind this one, for products of bf16.
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

/* R rows by P panels, all accumulators in registers. */
#define TILE(R, P) \
static void tile_##R##_##P(const struct gemm *g, int row, int panel) \
{ \
	const size_t step = (size_t)g->k * 16; \
	const float *w = (const float *)g->w + (size_t)panel * step, *x[R]; \
	v16 acc[R][P]; \
	UNROLL for (int i = 0; i < R; i++) { \
		x[i] = g->x + g->x_stride * (size_t)(g->pick ? g->pick[row + i] : row + i); \
		UNROLL for (int j = 0; j < P; j++) \
			acc[i][j] = v_zero(); \
	} \
	for (int k = 0; k < g->k; k++) { \
		v16 b[P]; \
		UNROLL for (int j = 0; j < P; j++) \
			b[j] = v_load(w + (size_t)j * step + (size_t)k * 16); \
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
static tile_fn *const tiles_fp32[ROWS_MAX + 1][PANELS_MAX + 1] = { TILES(TILE_ROW) };
#define TILE_ROW_F8(R, P) [R][P] = tile_f8_##R##_##P,
static tile_fn *const tiles_f8[ROWS_MAX + 1][PANELS_MAX + 1] = { TILES(TILE_ROW_F8) };

/* Rows of the next block when `rows` are left: cut evenly, 8 are 4 + 4 rather than 6 + 2. */
static int block_rows(int rows)
{
	int blocks = (rows + ROWS_MAX - 1) / ROWS_MAX;

	return (rows + blocks - 1) / blocks;
}

/* Panels of the next block: as many as there are tiles for. */
static int block_panels(int rows, int panels)
{
	int across = PANELS_MAX;

	while (across > 1 && (!tiles_fp32[rows][across] || across > panels))
		across--;
	return across;
}

/* So many bytes of what is wanted next, of which some is left; what is left then begins behind them. */
static inline __attribute__((always_inline)) const unsigned char *ahead_take(struct ahead *a, size_t bytes)
{
	const unsigned char *at = *a->from + a->at;

	a->at += bytes;
	if (a->at >= a->bytes) {
		a->at = 0;
		a->from++;
		a->n--;
	}
	return at;
}

#ifdef GEMM_PAIRS
static void gemm_pairs(const struct gemm *g);
#else
/*
 * R rows by P panels of bf16, over a stretch of k: what was summed so far waits in out. Of x the halves come in rows of `stride`;
 * w is the first panel's, at the stretch. From each of P places in `next` a line is fetched with every pair.
 */
#define TILE_PAIRS(R, P) \
static void tile_pairs_##R##_##P(float *out, size_t out_stride, const half *x, size_t stride, const uint16_t *w, size_t step, int k, bool fresh, \
				const unsigned char *const *next) \
{ \
	const unsigned char *soon[P]; \
	v16 acc[R][P]; \
	UNROLL for (int j = 0; j < P; j++) \
		soon[j] = next[j]; \
	UNROLL for (int i = 0; i < R; i++) \
		UNROLL for (int j = 0; j < P; j++) \
			acc[i][j] = fresh ? v_zero() : v_load(out + out_stride * (size_t)i + 16 * j); \
	for (int at = 0; at < k; at += 2) { \
		pairs b[P]; \
		UNROLL for (int j = 0; j < P; j++) { \
			b[j] = p_load(w + (size_t)j * step + (size_t)at * 16); \
			__builtin_prefetch(soon[j] + (size_t)at * 32, 0, 2); \
		} \
		UNROLL for (int i = 0; i < R; i++) { \
			pairs a = p_set(x + stride * (size_t)i + at); \
			UNROLL for (int j = 0; j < P; j++) \
				acc[i][j] = v_dot(acc[i][j], a, b[j]); \
		} \
	} \
	UNROLL for (int i = 0; i < R; i++) \
		UNROLL for (int j = 0; j < P; j++) \
			v_store(out + out_stride * (size_t)i + 16 * j, acc[i][j]); \
}
TILES(TILE_PAIRS)

typedef void tile_pairs_fn(float *out, size_t out_stride, const half *x, size_t stride, const uint16_t *w, size_t step, int k, bool fresh,
			   const unsigned char *const *next);

#define TILE_ROW_PAIRS(R, P) [R][P] = tile_pairs_##R##_##P,
static tile_pairs_fn *const tiles_pairs[ROWS_MAX + 1][PANELS_MAX + 1] = { TILES(TILE_ROW_PAIRS) };

/* Halves of x at once: a stretch of k for a few rows, or all of k if that is not more. */
enum { HALVES = 24576, HALVES_ROWS = 48 };

/*
 * What a tile fetches by the way, the block-th of `blocks` that meet its panels: its part of the panels behind, and one line a pair of what is
 * wanted after the product. Evenly, since memory is slower than the arithmetic would have it in bursts.
 */
static void next_set(const unsigned char *next[PANELS_MAX], const struct gemm *g, const uint16_t *w, size_t step, int across, int k, int block, int blocks)
{
	bool more = g->ahead && g->ahead->n > 0;

	for (int j = 0; j < across; j++) {
		bool behind = j % blocks == block;

		next[j] = (const unsigned char *)(w + (size_t)(behind ? j + across : j) * step);
		if (behind || !more)
			continue;
		next[j] = ahead_take(g->ahead, (size_t)k * 32);
		more = false;
	}
}

static void gemm_pairs(const struct gemm *g)
{
	half x[HALVES] __attribute__((aligned(64)));
	const size_t depth = (size_t)(g->k + 1) / 2 * 2, step = depth * 16;

	EXACT_BEGIN
	for (int row = 0, rows; row < g->rows; row += rows) {
		int blocks = (g->rows - row + HALVES_ROWS - 1) / HALVES_ROWS, stretch;

		rows = (g->rows - row + blocks - 1) / blocks;
		stretch = HALVES / rows / 16 * 16;
		for (int k = 0; k < g->k; k += stretch) {
			int n = g->k - k < stretch ? g->k - k : stretch;
			size_t stride = ((size_t)n + 15) / 16 * 16;

			for (int i = 0; i < rows; i++) {
				const float *from = g->x + g->x_stride * (size_t)(g->pick ? g->pick[row + i] : row + i) + k;

				for (int d = 0; d < n; d += 16)
					half_put(x + stride * (size_t)i + d, v_load(from + d));
			}
			for (int panel = 0, across; panel < g->panels; panel += across) {
				const uint16_t *w = (const uint16_t *)g->w + (size_t)panel * step + (size_t)k * 16;

				across = block_panels(block_rows(rows), g->panels - panel);
				/* the panels stay in the nearest cache */
				for (int i = 0, some, block = 0; i < rows; i += some, block++) {
					float *out = g->out + g->out_stride * (size_t)(row + i) + 16 * (size_t)panel;
					const unsigned char *next[PANELS_MAX];

					next_set(next, g, w, step, across, n, block, (rows + ROWS_MAX - 1) / ROWS_MAX);
					some = block_rows(rows - i);
					if (tiles_pairs[some][across])
						tiles_pairs[some][across](out, g->out_stride, x + stride * (size_t)i, stride, w, step, n, k == 0 && !g->add, next);
					else
						for (int j = 0; j < across; j++)
							tiles_pairs[some][1](out + 16 * j, g->out_stride, x + stride * (size_t)i, stride,
									     w + (size_t)j * step, step, n, k == 0 && !g->add, next + j);
				}
			}
		}
	}
	EXACT_END
}
#endif

static void gemm(const struct gemm *g)
{
	tile_fn *const (*tiles)[PANELS_MAX + 1] = g->scale ? tiles_f8 : tiles_fp32;

	if (!g->fp32 && !g->scale) {
		gemm_pairs(g);
		return;
	}
	for (int panel = 0, across; panel < g->panels; panel += across) {
		across = block_panels(block_rows(g->rows), g->panels - panel);
		for (int row = 0, some; row < g->rows; row += some) {
			some = block_rows(g->rows - row);
			if (tiles[some][across])
				tiles[some][across](g, row, panel);
			else
				for (int j = 0; j < across; j++)
					tiles[some][1](g, row, panel + j);
		}
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

static void swiglu(float *out, const float *x, int n)
{
	const v16 one = v_set(1.f);

	for (int i = 0; i < n; i++) {
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
 * Attention walks the pages in blocks of 8 from the first, as many as a query may see: scores of a block, its
 * maximum, what was summed so far rescaled to it, then the values. The borders are absolute positions. Two sums run beside each
 * other, over pairs of dimensions (of tokens, for the values) by turns. Whoever else is looked at beside a query changes nothing.
 *
 * Keys and values are `pairs` in bf16; in fp32 two registers, `wide`, and the other factor is not rounded.
 */
enum { PAGE = 16, BLOCK = 8 };

static const float lane_number[16] __attribute__((aligned(64))) = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

typedef struct {
	v16 first, second;
} wide;

struct query {
	const struct attend_query *of;
	const half *x;     /* of->q rounded */
	float *acc;        /* (2, dim) the block's values so far */
	float top;
	v16 sum;
	float s[BLOCK * PAGE]; /* scores of the block, then weights */
	half h[BLOCK * PAGE];  /* the weights rounded */
};

#define KERNEL static inline __attribute__((always_inline))

/* Of a page: 16 tokens' keys, dimensions d and d + 1; 16 dimensions of the values of tokens t and t + 1, or of t and nothing. */
KERNEL wide key_wide(const void *p, int d)
{
	const float *k = (const float *)p + d * PAGE;

	return (wide){ v_load(k), v_load(k + PAGE) };
}

/* The values will be wanted soon: as far into them as d is into the keys. */
KERNEL void ahead_wide(const void *p, int d, int dim)
{
	for (int i = 0; i < 4; i++)
		__builtin_prefetch((const float *)p + (dim + d + i) * PAGE, 0, 2);
}

KERNEL void ahead_pairs(const void *p, int d, int dim)
{
	for (int i = 0; i < 4; i += 2)
		__builtin_prefetch((const uint16_t *)p + (dim + d + i) * PAGE, 0, 2);
}

KERNEL wide value_wide(const void *p, int t, int d, int dim)
{
	const float *v = (const float *)p + (PAGE + t) * dim + d;

	return (wide){ v_load(v), v_load(v + dim) };
}

KERNEL wide value_last_wide(const void *p, int t, int d, int dim)
{
	return (wide){ v_load((const float *)p + (PAGE + t) * dim + d), v_zero() };
}

KERNEL wide set_wide(const float *x)
{
	return (wide){ v_set(x[0]), v_set(x[1]) };
}

KERNEL v16 dot_wide(v16 c, wide a, wide b)
{
	return v_fma(a.first, b.first, v_fma(a.second, b.second, c));
}

KERNEL const float *query_wide(const struct query *q)
{
	return q->of->q;
}

KERNEL const float *weight_wide(const struct query *q)
{
	return q->s;
}

KERNEL pairs key_pairs(const void *p, int d)
{
	return p_load((const uint16_t *)p + d * PAGE);
}

KERNEL pairs value_pairs(const void *p, int t, int d, int dim)
{
	return p_load((const uint16_t *)p + (PAGE + t) * dim + 2 * d);
}

KERNEL pairs value_last_pairs(const void *p, int t, int d, int dim)
{
	return p_first(value_pairs(p, t, d, dim));
}

KERNEL pairs set_pairs(const half *x)
{
	return p_set(x);
}

KERNEL v16 dot_pairs(v16 c, pairs a, pairs b)
{
	return v_dot(c, a, b);
}

KERNEL const half *query_pairs(const struct query *q)
{
	return q->x;
}

KERNEL const half *weight_pairs(const struct query *q)
{
	return q->h;
}

/* G queries' scores of N pages, the block's from `at` on. */
#define SCORES(K, G, N, MANY) \
KERNEL void scores_##K##_##G##_##MANY(struct query *q, const unsigned char *const *page, int at, int dim) \
{ \
	v16 even[G][N], odd[G][N]; \
	UNROLL for (int g = 0; g < G; g++) \
		UNROLL for (int n = 0; n < N; n++) \
			even[g][n] = odd[g][n] = v_zero(); \
	for (int d = 0; d < dim; d += 4) { \
		K k0[N], k1[N]; \
		UNROLL for (int n = 0; n < N; n++) { \
			k0[n] = key_##K(page[n], d); \
			k1[n] = key_##K(page[n], d + 2); \
			ahead_##K(page[n], d, dim); \
		} \
		UNROLL for (int g = 0; g < G; g++) { \
			K q0 = set_##K(query_##K(&q[g]) + d), q1 = set_##K(query_##K(&q[g]) + d + 2); \
			UNROLL for (int n = 0; n < N; n++) { \
				even[g][n] = dot_##K(even[g][n], q0, k0[n]); \
				odd[g][n] = dot_##K(odd[g][n], q1, k1[n]); \
			} \
		} \
	} \
	UNROLL for (int g = 0; g < G; g++) \
		UNROLL for (int n = 0; n < N; n++) \
			v_store(q[g].s + (at + n) * PAGE, v_add(even[g][n], odd[g][n])); \
}

/* One pair of tokens, t and t + 1 of page p, on G queries' sums. */
#define VALUE_PAIR(K, G, D, acc, value, t) \
	{ \
		K v[D]; \
		UNROLL for (int d = 0; d < D; d++) \
			v[d] = value(p, t, from + 16 * d, dim); \
		UNROLL for (int g = 0; g < G; g++) { \
			K w = set_##K(weight_##K(&q[g]) + (at + n) * PAGE + (t)); \
			UNROLL for (int d = 0; d < D; d++) \
				acc[g][d] = dot_##K(acc[g][d], w, v[d]); \
		} \
	}

/* 16 D dimensions from `from` on of `tokens` in pages that G queries see alike; what is behind the last token may be anything. */
#define VALUES(K, G, D, MANY) \
KERNEL void values_##K##_##G##_##MANY(struct query *q, const unsigned char *const *page, int at, int tokens, int from, int dim) \
{ \
	v16 even[G][D], odd[G][D]; \
	UNROLL for (int g = 0; g < G; g++) \
		UNROLL for (int d = 0; d < D; d++) { \
			even[g][d] = v_load(q[g].acc + from + 16 * d); \
			odd[g][d] = v_load(q[g].acc + dim + from + 16 * d); \
		} \
	for (int n = 0; n * PAGE < tokens; n++) { \
		const unsigned char *p = page[n]; \
		int left = tokens - n * PAGE < PAGE ? tokens - n * PAGE : PAGE, t = 0; \
		for (; t + 4 <= left; t += 4) { \
			VALUE_PAIR(K, G, D, even, value_##K, t) \
			VALUE_PAIR(K, G, D, odd, value_##K, t + 2) \
		} \
		if (left - t == 1) \
			VALUE_PAIR(K, G, D, even, value_last_##K, t) \
		else if (left - t >= 2) \
			VALUE_PAIR(K, G, D, even, value_##K, t) \
		if (left - t == 3) \
			VALUE_PAIR(K, G, D, odd, value_last_##K, t + 2) \
	} \
	UNROLL for (int g = 0; g < G; g++) \
		UNROLL for (int d = 0; d < D; d++) { \
			v_store(q[g].acc + from + 16 * d, even[g][d]); \
			v_store(q[g].acc + dim + from + 16 * d, odd[g][d]); \
		} \
}

/* G queries over `tokens` in the same pages, the block's from `at` on: their scores, or their values. */
#define ALIKE(K, G, N, D) \
SCORES(K, G, 1, one) \
SCORES(K, G, N, many) \
VALUES(K, G, 1, one) \
VALUES(K, G, D, many) \
static void alike_##K##_##G(struct query *q, const unsigned char *const *page, int at, int tokens, int dim, bool values) \
{ \
	int pages = (tokens + PAGE - 1) / PAGE, n = 0, d = 0; \
	if (!values) { \
		for (; n + N <= pages; n += N) \
			scores_##K##_##G##_many(q, page + n, at + n, dim); \
		for (; n < pages; n++) \
			scores_##K##_##G##_one(q, page + n, at + n, dim); \
		return; \
	} \
	for (; d + 16 * D <= dim; d += 16 * D) \
		values_##K##_##G##_many(q, page, at, tokens, d, dim); \
	for (; d < dim; d += 16) \
		values_##K##_##G##_one(q, page, at, tokens, d, dim); \
}
#define ALIKE_BOTH(G, N, D) ALIKE(pairs, G, N, D) ALIKE(wide, G, N, D)
WIDTHS(ALIKE_BOTH)

typedef void alike_fn(struct query *q, const unsigned char *const *page, int at, int tokens, int dim, bool values);

#define ALIKE_ROW(G, N, D) [G] = { alike_pairs_##G, alike_wide_##G },
static alike_fn *const alike[][2] = { WIDTHS(ALIKE_ROW) };

enum { ALIKE_MAX = (int)(sizeof(alike) / sizeof(alike[0])) - 1 };

/* A block of pages: its first, and what is to be done with it. */
struct block {
	const struct attend *a;
	int page;
	bool values;
};

/* How many of the tokens in pages from..to of the block a query sees. */
static int seen(const struct block *b, const struct query *q, int from, int to)
{
	int n = q->of->tokens - (b->page + from) * PAGE, all = (to - from) * PAGE;

	return n < 0 ? 0 : n < all ? n : all;
}

/* Pages from..to of the block, which the queries have in common: several queries at once as far as they see them alike. */
static void block_part(const struct block *b, struct query *q, int n, int from, int to)
{
	for (int i = 0, some; i < n; i += some) {
		int most = 0, fewest = BLOCK * PAGE, common;
		const unsigned char *page[BLOCK];

		for (some = ALIKE_MAX; some > n - i || !alike[some][0];)
			some--;
		for (int k = i; k < i + some; k++) {
			int tokens = seen(b, &q[k], from, to);

			most = tokens > most ? tokens : most;
			fewest = tokens < fewest ? tokens : fewest;
		}
		for (int k = 0; k * PAGE < most; k++)
			page[k] = b->a->kv + b->a->page_bytes * (size_t)q[i].of->page[b->page + from + k];
		common = most == fewest ? most : fewest / PAGE * PAGE;
		if (common)
			alike[some][b->a->fp32](q + i, page, from, common, b->a->dim, b->values);
		for (int k = i; k < i + some && most > fewest; k++) {
			int tokens = seen(b, &q[k], from, to) - common;

			if (tokens > 0)
				alike[1][b->a->fp32](q + k, page + common / PAGE, from + common / PAGE, tokens, b->a->dim, b->values);
		}
	}
}

/* The next sequence's keys will be wanted soon; pages lie anywhere. */
static void keys_ahead(const struct block *b, const struct query *q, int from)
{
	int pages = (seen(b, q, from, BLOCK) + PAGE - 1) / PAGE, bytes = PAGE * b->a->dim * (b->a->fp32 ? 4 : 2);

	for (int k = 0; k < pages; k++) {
		const unsigned char *p = b->a->kv + b->a->page_bytes * (size_t)q->of->page[b->page + from + k];

		for (int i = 0; i < bytes; i += 64)
			__builtin_prefetch(p + i, 0, 2);
	}
}

/* Pages that all have in common first, then those of each sequence. */
static void block_look(const struct block *b, struct query *q)
{
	int n = b->a->n, shared = b->a->shared - b->page;

	shared = shared < 0 ? 0 : shared < BLOCK ? shared : BLOCK;
	if (shared)
		block_part(b, q, n, 0, shared);
	for (int i = 0, same; i < n && shared < BLOCK; i += same) {
		for (same = 1; i + same < n && q[i + same].of->page == q[i].of->page;)
			same++;
		if (i + same < n && !b->values)
			keys_ahead(b, &q[i + same], shared);
		block_part(b, q + i, same, shared, BLOCK);
	}
}

/* The block's scores become weights relative to the largest so far; what the sums were until then shrinks to that, by *was. */
static void soften(struct query *q, int tokens, v16 *was, int dim)
{
	int pages = (tokens + PAGE - 1) / PAGE;
	float *last = q->s + (pages - 1) * PAGE, before = q->top;
	v16 most = v_set(-INFINITY), shift;

	/* lanes past the query's own token hold whatever the page held */
	v_store(last, v_pick(v_load(lane_number), v_set((float)(tokens - (pages - 1) * PAGE)), v_load(last), v_set(-INFINITY)));
	for (int i = 0; i < pages; i++)
		most = v_max(v_load(q->s + i * PAGE), most);
	q->top = fmaxf(before, v_hmax(most));
	shift = v_set(q->top);
	*was = v_exp(v_sub(v_set(before), shift));
	q->sum = v_mul(q->sum, *was);
	for (int i = 0; i < pages; i++) {
		v16 p = v_exp(v_sub(v_load(q->s + i * PAGE), shift));

		q->sum = v_add(q->sum, p);
		v_store(q->s + i * PAGE, p);
		half_put(q->h + i * PAGE, p);
	}
	for (int d = 0; d < 2 * dim; d += 16)
		v_store(q->acc + d, v_zero());
}

static void attend(const struct attend *a)
{
	struct query q[ATTEND_QUERIES];
	half x[ATTEND_QUERIES * ATTEND_DIM_MAX] __attribute__((aligned(64)));
	float acc[ATTEND_QUERIES * 2 * ATTEND_DIM_MAX] __attribute__((aligned(64)));
	v16 was[ATTEND_QUERIES];
	int longest = 0;

	EXACT_BEGIN
	for (int i = 0; i < a->n; i++) {
		q[i].of = &a->query[i];
		q[i].x = x + i * a->dim;
		q[i].acc = acc + 2 * i * a->dim;
		q[i].top = -INFINITY;
		q[i].sum = v_zero();
		for (int d = 0; d < a->dim; d += 16) {
			half_put(x + i * a->dim + d, v_load(a->query[i].q + d));
			v_store(a->query[i].out + d, v_zero());
		}
		longest = a->query[i].tokens > longest ? a->query[i].tokens : longest;
	}
	for (struct block b = { a, 0, false }; b.page * PAGE < longest; b.page += BLOCK) {
		b.values = false;
		block_look(&b, q);
		for (int i = 0; i < a->n; i++)
			if (seen(&b, &q[i], 0, BLOCK))
				soften(&q[i], seen(&b, &q[i], 0, BLOCK), &was[i], a->dim);
		b.values = true;
		block_look(&b, q);
		for (int i = 0; i < a->n; i++)
			for (int d = 0; d < a->dim && seen(&b, &q[i], 0, BLOCK); d += 16)
				v_store(a->query[i].out + d, v_fma(v_load(a->query[i].out + d), was[i],
								   v_add(v_load(q[i].acc + d), v_load(q[i].acc + a->dim + d))));
	}
	for (int i = 0; i < a->n; i++) {
		v16 whole = v_set(v_hsum(q[i].sum));

		for (int d = 0; d < a->dim; d += 16)
			v_store(a->query[i].out + d, v_div(v_load(a->query[i].out + d), whole));
	}
	EXACT_END
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
