/*
 * test_kernels.c - the CPU's inner loops, each instruction set that this machine has, against plain sums in double.
 * A sum of n terms may be off by about n roundings of its terms' size; the bounds below say so.
 */
#include "tests/check.h"

#include "base/rng.h"
#include "engine/backend.h"
#include "engine/cpu_kernels.h"

#include <math.h>

enum { ROOM = 1 << 18 };

static float x[ROOM], y[ROOM], out[ROOM], wide[ROOM];
static uint16_t narrow[ROOM];

static void draw(float *to, int n, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "test_kernels");
	for (int i = 0; i < n; i++)
		to[i] = (float)(rng_unit(&r) * 2 - 1);
}

/* Every number of rows that is cut differently, panels that do and do not fill the widest tile, picked rows, adding. */
static void test_gemm(const struct cpu_kernels *k)
{
	static const int ks[] = { 1, 2, 7, 32, 100 }, many[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 31, 32, 33, 40 };
	int32_t pick[40];
	long bad = 0, differ = 0;

	draw(x, 40 * 128, 1);
	draw(wide, 7 * 16 * 100, 2);
	for (int i = 0; i < 7 * 16 * 100; i++)
		wide[i] = bf16_float(bf16_of(wide[i]));
	for (int i = 0; i < 40; i++)
		pick[i] = (i * 7 + 3) % 40;
	for (size_t rr = 0; rr < COUNT(many); rr++)
		for (int panels = 1; panels <= 7; panels++)
			for (size_t kk = 0; kk < 5; kk++)
				for (int how = 0; how < 8; how++) {
					int rows = many[rr];
					struct gemm g = { .out = out, .out_stride = 120, .x = x, .x_stride = 128, .rows = rows,
							  .pick = how & 1 ? pick : NULL, .w = how & 2 ? (void *)wide : (void *)narrow,
							  .panels = panels, .k = ks[kk], .fp32 = how & 2, .add = how & 4 };

					int depth = (g.k + 1) / 2 * 2;

					for (int i = 0; i < panels * 16 * depth; i++) { /* panel, pair of k, output, which of the pair */
						int c = i / 16 / depth * 16 + i / 2 % 16, at = i % (16 * depth) / 32 * 2 + i % 2;

						narrow[i] = at < g.k ? bf16_of(wide[(c / 16 * g.k + at) * 16 + c % 16]) : 0;
					}
					draw(out, rows * 120, 3);
					memcpy(y, out, (size_t)(rows * 120) * sizeof(float));
					k->gemm(&g);
					for (int r = 0; r < rows; r++)
						for (int c = 0; c < 120; c++) {
							const float *row = x + 128 * (how & 1 ? pick[r] : r);
							double sum = how & 4 || c >= panels * 16 ? y[r * 120 + c] : 0;

							for (int i = 0; c < panels * 16 && i < g.k; i++)
								sum += (double)(g.fp32 ? row[i] : bf16_float(bf16_of(row[i]))) *
								       wide[(c / 16 * g.k + i) * 16 + c % 16];
							bad += !(fabs(sum - out[r * 120 + c]) < 2e-6 * (1 + sqrt(g.k)));
						}
					/* a row alone is the same to the bit */
					memcpy(wide + 16000, y, 120 * sizeof(float));
					g.out = wide + 16000;
					g.rows = 1;
					k->gemm(&g);
					differ += memcmp(wide + 16000, out, (size_t)panels * 16 * sizeof(float)) != 0;
				}
	CHECK_EQ(bad, 0);
	CHECK_EQ(differ, 0);
}

/* x (k) times the c-th column of panels of pairs, as AMX has it: 32 terms at a time, the first and the second of pairs each in a chain from 0. */
static float tiles_sum(const float *row, const uint16_t *w, int c, int k)
{
	int depth = (k + 1) / 2 * 2;
	float sum = 0;

	for (int from = 0; from < k; from += 32) {
		float part[2] = { 0, 0 };

		for (int i = from; i < k && i < from + 32; i++)
			part[i % 2] = fmaf(bf16_float(bf16_of(row[i])), bf16_float(w[c / 16 * 16 * depth + i / 2 * 32 + c % 16 * 2 + i % 2]), part[i % 2]);
		sum += part[0] + part[1];
	}
	return sum;
}

/*
 * Products so long that they are made in stretches: near the sum in double, and a row alone the same to the bit. "amx" in the
 * order that its processors' maker promises.
 */
static void test_gemm_long(const struct cpu_kernels *k)
{
	enum { ROWS = 40, K = 2090, PANELS = 3 };
	struct gemm g = { .out = out, .out_stride = 48, .x = x, .x_stride = 2096, .rows = ROWS, .w = narrow, .panels = PANELS, .k = K };
	long bad = 0, differ = 0, order = 0;

	memset(x, 0, sizeof(x));
	for (int r = 0; r < ROWS; r++)
		draw(x + r * 2096, K, 20 + (uint64_t)r);
	draw(wide, PANELS * 16 * K, 6);
	for (int i = 0; i < PANELS * 16 * K; i++)
		narrow[i] = bf16_of(wide[i]);
	k->gemm(&g);
	for (int r = 0; r < ROWS; r++)
		for (int c = 0; c < PANELS * 16; c++) {
			double sum = 0;
			float got = out[r * 48 + c], told = tiles_sum(x + r * 2096, narrow, c, K);

			for (int i = 0; i < K; i++)
				sum += (double)bf16_float(bf16_of(x[r * 2096 + i])) * bf16_float(narrow[c / 16 * 16 * K + i / 2 * 32 + c % 16 * 2 + i % 2]);
			bad += !(fabs(sum - got) < 1e-4);
			order += memcmp(&told, &got, sizeof(got)) != 0;
		}
	CHECK_EQ(bad, 0);
	if (strcmp(k->name, "amx") == 0)
		CHECK_EQ(order, 0);
	memcpy(y, out, ROWS * 48 * sizeof(float));
	for (g.rows = 1; g.x < x + ROWS * 2096; g.x += 2096, g.out += 48)
		k->gemm(&g);
	differ += memcmp(y, out, ROWS * 48 * sizeof(float)) != 0;
	CHECK_EQ(differ, 0);
}

/* Codes: all 254 of them, blocks that are whole, cut, of one and wider than the row; a row alone is the same to the bit. */
static void test_gemm_codes(const struct cpu_kernels *k)
{
	static const int ks[] = { 1, 7, 64, 100 }, blocks[] = { 1, 16, 30, 200 };
	static unsigned char code[7 * 16 * 100];
	float *scale = wide, *alone = wide + 16 * 7 * 100;
	long bad = 0, differ = 0;

	draw(x, 14 * 128, 1);
	draw(scale, 16 * 7 * 100, 2);
	for (int i = 0; i < 7 * 16 * 100; i++)
		code[i] = (unsigned char)(i % 127 | (i / 127 & 1) << 7);
	for (int rows = 1; rows <= 14; rows++)
		for (int panels = 1; panels <= 7; panels++)
			for (int how = 0; how < 16; how++) {
				struct gemm g = { .out = out, .out_stride = 120, .x = x, .x_stride = 128, .rows = rows, .w = code, .scale = scale,
						  .block = blocks[how / 4], .panels = panels, .k = ks[how % 4] };
				int each = (g.k + g.block - 1) / g.block;

				k->gemm(&g);
				for (int r = 0; r < rows; r++)
					for (int c = 0; c < panels * 16; c++) {
						double sum = 0, size = 0;

						for (int i = 0; i < g.k; i++) {
							int b = code[(c / 16 * g.k + i) * 16 + c % 16], exponent = b >> 3 & 15;
							double v = exponent ? (8 + (b & 7)) * exp2(exponent - 10) : (b & 7) * exp2(-9);
							double term = x[r * 128 + i] * (b & 128 ? -v : v) * scale[(c / 16 * each + i / g.block) * 16 + c % 16];

							sum += term;
							size += fabs(term);
						}
						bad += !(fabs(sum - out[r * 120 + c]) <= 1e-6 * size);
					}
				g.x += 128 * (rows - 1);
				g.rows = 1;
				g.out = alone;
				k->gemm(&g);
				differ += memcmp(alone, out + 120 * (rows - 1), (size_t)panels * 16 * sizeof(float)) != 0;
			}
	CHECK_EQ(bad, 0);
	CHECK_EQ(differ, 0);
}

/* What a product fetches by the way changes nothing in it; the list is walked, stretch by stretch, and not left. */
static void test_ahead(const struct cpu_kernels *k)
{
	const unsigned char *from[3] = { (unsigned char *)wide, (unsigned char *)wide + 3000, (unsigned char *)wide + 9000 };
	struct ahead ahead = { .from = from, .n = 3, .bytes = 3000 };
	struct gemm g = { .out = out, .out_stride = 64, .x = x, .x_stride = 128, .rows = 13, .w = narrow, .panels = 4, .k = 64 };
	int was = 3;

	draw(x, 13 * 128, 4);
	draw(wide, 4 * 16 * 64, 5);
	for (int i = 0; i < 4 * 16 * 64; i++)
		narrow[i] = bf16_of(wide[i]);
	k->gemm(&g);
	memcpy(y, out, 13 * 64 * sizeof(float));
	g.ahead = &ahead;
	for (int i = 0; i < 20; i++) {
		memset(out, 0, 13 * 64 * sizeof(float));
		k->gemm(&g);
		CHECK(memcmp(y, out, 13 * 64 * sizeof(float)) == 0);
		CHECK(ahead.n <= was && ahead.n >= 0 && ahead.from == from + 3 - ahead.n && ahead.at < ahead.bytes);
		was = ahead.n;
	}
	CHECK(ahead.n == 0);
}

/* A state after many tokens, against sums over all the past in double; the same in one call as in many. */
static void test_lightning(const struct cpu_kernels *k)
{
	enum { TOKENS = 37, DIM = 80 };
	static float state[2][DIM * DIM], in[TOKENS * 3 * DIM], kept[TOKENS * 3 * DIM];
	struct lightning l = { .out = out, .out_stride = DIM, .q = in, .k = in + DIM, .v = in + 2 * DIM, .stride = 3 * DIM, .state = state[0],
			       .decay = 0.83f, .rows = TOKENS, .dim = DIM };
	long bad = 0;

	draw(in, TOKENS * 3 * DIM, 4);
	memcpy(kept, in, sizeof(in));
	memset(state, 0, sizeof(state));
	k->lightning(&l);
	for (int t = 0; t < TOKENS; t++)
		for (int d = 0; d < DIM; d++) {
			double sum = 0;

			for (int p = 0; p <= t; p++) {
				double qk = 0;

				for (int i = 0; i < DIM; i++) {
					double a = kept[t * 3 * DIM + i], b = kept[p * 3 * DIM + DIM + i];

					qk += a / (1 + exp(-a)) * b / (1 + exp(-b));
				}
				sum += qk * pow(0.83, t - p) * kept[p * 3 * DIM + 2 * DIM + d] / (1 + exp(-kept[p * 3 * DIM + 2 * DIM + d]));
			}
			bad += !(fabs(sum - out[t * DIM + d]) < 1e-5);
		}
	CHECK_EQ(bad, 0);
	l.rows = 1;
	l.state = state[1];
	l.out = out + TOKENS * DIM;
	memcpy(in, kept, sizeof(in));
	for (int t = 0; t < TOKENS; t++, l.q += l.stride, l.k += l.stride, l.v += l.stride, l.out += DIM)
		k->lightning(&l);
	CHECK(memcmp(out, out + TOKENS * DIM, TOKENS * DIM * sizeof(float)) == 0);
	CHECK(memcmp(state[0], state[1], sizeof(state[0])) == 0);
}

static void test_exp(const struct cpu_kernels *k)
{
	long bad = 0;
	int n = 0;

	for (double v = -86.9; v < 88; v += 0.0173)
		x[n++] = (float)v;
	while (n % 16)
		x[n++] = 0;
	k->exp(out, x, n);
	for (int i = 0; i < n; i++)
		bad += !(fabs(out[i] / exp(x[i]) - 1) < 4e-7);
	CHECK_EQ(bad, 0);
	for (int i = 0; i < 16; i++)
		x[i] = 0;
	x[0] = -INFINITY;
	x[1] = -1e30f;
	x[2] = -87.5f;
	x[3] = NAN;
	x[4] = 0;
	k->exp(out, x, 16);
	CHECK(out[0] == 0 && out[1] == 0 && out[2] == 0 && isnan(out[3]) && out[4] == 1);
}

static void test_swiglu(const struct cpu_kernels *k)
{
	long bad = 0;

	for (int i = 0; i < 3 * 32; i++)
		x[i] = (float)(i % 32 < 16 ? (i - 48) * 0.37 : i * 0.1 - 4);
	x[0] = -1000;
	x[1] = 1000;
	x[2] = -90;
	x[3] = NAN;
	x[4] = -INFINITY;
	k->swiglu(out, x, 3);
	for (int i = 0; i < 48; i++) {
		double gate = x[i / 16 * 32 + i % 16], up = x[i / 16 * 32 + 16 + i % 16], want = gate / (1 + exp(-gate)) * up;

		if (i > 4)
			bad += !(fabs(out[i] - want) < 1e-6 * (1 + fabs(want)));
	}
	CHECK_EQ(bad, 0);
	CHECK(fabsf(out[0]) < 1e-25f);
	CHECK_F64(out[1], 1000 * x[17]);
	CHECK(fabsf(out[2]) < 1e-25f);
	CHECK(isnan(out[3]));
}

static void test_rmsnorm(const struct cpu_kernels *k)
{
	static const int dims[] = { 1, 15, 16, 24, 100, 2048 };

	for (size_t d = 0; d < COUNT(dims); d++) {
		int dim = dims[d], pad = pad16(dim);
		double sum = 0;
		long bad = 0;

		draw(x, pad, 5);
		draw(y, pad, 6);
		for (int i = 0; i < pad; i++) {
			x[i] = i < dim ? x[i] : 0;
			sum += (double)x[i] * x[i];
		}
		k->rmsnorm(out, x, y, pad, dim, 1e-5f);
		for (int i = 0; i < pad; i++)
			bad += !(fabs(out[i] - x[i] * y[i] / sqrt(sum / dim + 1e-5f)) < 2e-6);
		CHECK_EQ(bad, 0);
	}
}

/*
 * Several blocks of pages, pages in no order, a pool whose unused part holds NaN: softmax(q k) v in double from the
 * values as stored.
 */
static void attend_check(const struct cpu_kernels *k, int group, int dim, int tokens, bool fp32)
{
	int pages = (tokens + 15) / 16, each = dim * 32;
	int32_t page[32];
	long bad = 0;
	struct attend_query query[ATTEND_QUERIES];
	struct attend a = { .query = query, .n = group, .kv = fp32 ? (unsigned char *)wide : (unsigned char *)narrow,
			    .page_bytes = (size_t)each * (fp32 ? 4 : 2), .dim = dim, .fp32 = fp32 };

	for (int i = 0; i < group; i++)
		query[i] = (struct attend_query){ out + i * dim, x + i * dim, page, tokens };

	for (int i = 0; i < each * pages; i++) {
		wide[i] = fp32 ? NAN : 0;
		narrow[i] = bf16_of(NAN);
	}
	for (int i = 0; i < pages; i++)
		page[i] = pages - 1 - i;
	draw(x, group * dim, 7);
	draw(y, tokens * dim * 2, 8);
	for (int i = 0; i < group * dim; i++)
		x[i] = bf16_float(bf16_of(3 * x[i]));
	for (int t = 0; t < tokens; t++)
		for (int d = 0; d < dim; d++) {
			float *key = &y[t * dim * 2 + d], *value = key + dim;
			int at = page[t / 16] * each;

			if (fp32) {
				wide[at + d * 16 + t % 16] = *key;
				wide[at + dim * 16 + t % 16 * dim + d] = *value;
			} else {
				narrow[at + d / 2 * 32 + t % 16 * 2 + d % 2] = bf16_of(*key);
				narrow[at + dim * 16 + t % 16 / 2 * 2 * dim + 2 * d + t % 2] = bf16_of(*value);
				*key = bf16_float(bf16_of(*key));
				*value = bf16_float(bf16_of(*value));
			}
		}
	k->attend(&a);
	for (int g = 0; g < group; g++) {
		double p[512], top = -1e300, sum = 0;

		for (int t = 0; t < tokens; t++) {
			p[t] = 0;
			for (int d = 0; d < dim; d++)
				p[t] += (double)x[g * dim + d] * y[t * dim * 2 + d];
			top = p[t] > top ? p[t] : top;
		}
		for (int t = 0; t < tokens; t++)
			sum += p[t] = exp(p[t] - top);
		for (int d = 0; d < dim; d++) {
			double want = 0;

			for (int t = 0; t < tokens; t++)
				want += p[t] / sum * y[t * dim * 2 + dim + d];
			/* the weights are rounded to 8 bits where the values are */
			bad += !(fabs(want - out[g * dim + d]) < (fp32 ? 1e-5 : 3e-3));
		}
	}
	CHECK_EQ(bad, 0);
}

/*
 * Queries of several sequences, which have so many pages in common, some with several heads, and of different lengths: to the bit what
 * each gets by itself. Unused places hold NaN.
 */
static void companions_check(const struct cpu_kernels *k, int shared, int heads, int dim, bool fp32, uint64_t seed)
{
	enum { PAGES = 24 };
	int each = dim * 32, sequences = ATTEND_QUERIES / heads;
	int32_t page[ATTEND_QUERIES][PAGES];
	struct attend_query query[ATTEND_QUERIES];
	struct attend a = { .query = query, .n = sequences * heads, .shared = shared, .dim = dim, .fp32 = fp32,
			    .kv = fp32 ? (unsigned char *)wide : (unsigned char *)narrow, .page_bytes = (size_t)each * (fp32 ? 4 : 2) };
	struct rng r;
	long differ = 0;

	rng_init(&r, seed, "companions");
	draw(wide, each * PAGES, 9);
	draw(x, a.n * dim, 10);
	for (int i = 0; i < each * PAGES; i++)
		narrow[i] = bf16_of(wide[i]);
	for (int s = 0; s < sequences; s++) {
		/* neighbours may be rows of one sequence, which see different parts of it */
		bool again = s > 0 && rng_chance(&r, 40);
		int tokens = shared * 16 + 1 + (int)rng_below(&r, (uint32_t)((PAGES - shared) * 16 - 1));

		for (int i = 0; i < PAGES; i++)
			page[s][i] = i < shared ? i : shared + (int)rng_below(&r, (uint32_t)(PAGES - shared));
		for (int h = 0; h < heads; h++) {
			int i = s * heads + h;

			query[i] = (struct attend_query){ out + i * dim, x + i * dim, again ? query[i - heads].page : page[s], tokens };
		}
	}
	k->attend(&a);
	memcpy(y, out, (size_t)(a.n * dim) * sizeof(float));
	a.n = 1;
	a.shared = 0;
	for (; a.query < query + sequences * heads; a.query++)
		k->attend(&a);
	for (int i = 0; i < sequences * heads * dim; i++)
		differ += memcmp(&y[i], &out[i], sizeof(float)) != 0 || !isfinite(y[i]);
	CHECK_EQ(differ, 0);
}

static void test_companions(const struct cpu_kernels *k)
{
	static const int heads[] = { 1, 2, 3, 5, 16 };
	uint64_t seed = 0;

	for (int shared = 0; shared <= 18; shared += 3)
		for (size_t h = 0; h < COUNT(heads); h++)
			for (int fp32 = 0; fp32 < 2; fp32++)
				companions_check(k, shared, heads[h], 16 + 16 * (int)(seed % 5), fp32, seed), seed++;
}

static void test_attend(const struct cpu_kernels *k)
{
	static const int tokens[] = { 1, 2, 15, 16, 17, 127, 128, 129, 144, 256, 300 };

	for (int group = 1; group <= 7; group++)
		for (int dim = 16; dim <= 80; dim += 16)
			for (size_t i = 0; i < COUNT(tokens); i++)
				if ((group * dim + tokens[i]) % 3 == 0 || group < 4)
					for (int fp32 = 0; fp32 < 2; fp32++)
						attend_check(k, group, dim, tokens[i], fp32);
}

static void test_bf16(void)
{
	struct rng r;
	long bad = 0;

	rng_init(&r, 9, "test_kernels");
	for (int i = 0; i < 100000; i++) {
		uint32_t bits = (uint32_t)rng_u64(&r), low, high;
		float f, a, b, got;

		memcpy(&f, &bits, 4);
		if (!isfinite(f) || fabsf(f) > 3e38f)
			continue;
		low = bits & 0xffff0000;
		high = low + 0x10000;
		memcpy(&a, &low, 4);
		memcpy(&b, &high, 4);
		got = bf16_float(bf16_of(f));
		/* the nearer neighbour; of two the one whose last bit is 0 */
		if (fabs((double)f - a) < fabs((double)b - f))
			bad += got != a;
		else if (fabs((double)f - a) > fabs((double)b - f))
			bad += got != b;
		else
			bad += bf16_of(f) & 1;
	}
	CHECK_EQ(bad, 0);
	CHECK(isnan(bf16_float(bf16_of(NAN))));
	CHECK(bf16_float(bf16_of(INFINITY)) == INFINITY);
}

int main(void)
{
	static const char *const isa[] = { "amx", "avx512bf16", "avx512", "avx2", "plain" };
	int ran = 0;

	test_bf16();
	for (int i = 0; i < 5; i++) {
		const struct backend *be = backend_cpu(isa[i]);

		if (!be)
			continue;
		check_in("%s", isa[i]);
		ran++;
		test_gemm(be->own);
		test_gemm_long(be->own);
		test_gemm_codes(be->own);
		test_ahead(be->own);
		test_lightning(be->own);
		test_exp(be->own);
		test_swiglu(be->own);
		test_rmsnorm(be->own);
		test_attend(be->own);
		test_companions(be->own);
	}
	check_in("%s", "");
	CHECK(ran >= 1);
	return check_done();
}
