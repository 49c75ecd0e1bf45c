/*
 * gemm.cu - products of rows with matrices and with the experts of one, twins of linear() and of what cpu.c's mlp is made of.
 *
 * Weights are the operand of 16 rows, activations that of 8 columns: the few tokens of a decoding step, or of one expert, are not padded to
 * more than 8. A block takes 64 outputs (or 64 gates with their 64 ups) for up to TOKENS rows of x; both come through shared memory in steps
 * of STEP, a few ahead. Every value is one chain of multiplications over ascending k, so it does not matter who is beside it.
 */
#include "engine/cuda/kernels.h"

enum {
	WARPS = 4,
	STEP = 64,              /* of k, each turn */
	X_STRIDE = STEP + 8,    /* bf16 of a row in shared memory: 16-byte steps, and no two of 8 rows in one bank */
	BYTES_STRIDE = STEP + 16,
};

/* Turns in shared memory at once: 99 KiB is what every GPU has. */
static constexpr __host__ __device__ int turns_of(int bytes_each)
{
	return bytes_each <= 24 << 10 ? 4 : 3;
}

struct product_args {
	const void *w;
	const float *scale;
	int w_stride, k, block, scales, out;
	const uint16_t *x;
	int x_stride;
	const int32_t *pick, *live, *tiles, *live_tiles;
	int live_times;
	float *result;
	int result_stride;
	const float *bias;
	bool add;
	uint16_t *act;
	int act_stride;
};

/* Which rows of the result and which of the weights a block has. */
struct part {
	int first, rows, w_row, out; /* slots; row of w; outputs that there are */
};

template <int TOKENS, int OUTS> static __device__ __forceinline__ bool part_find(struct part *p, const struct product_args &a)
{
	int rows, at = (int)blockIdx.y * OUTS;

	p->out = a.out - at < OUTS ? a.out - at : OUTS;
	if (a.tiles) {
		const int32_t *t = a.tiles + 3 * blockIdx.x;

		if ((int)blockIdx.x >= *a.live_tiles)
			return false;
		p->first = t[1];
		p->rows = t[2];
		p->w_row = t[0] * a.out + at;
		return true;
	}
	rows = *a.live * a.live_times;
	p->first = (int)blockIdx.x * TOKENS;
	p->rows = rows - p->first < TOKENS ? rows - p->first : TOKENS;
	p->w_row = at;
	return p->rows > 0;
}

/* One step of k to shared memory: OUTS rows of weights of `width` bytes each element, TOKENS rows of x. */
template <int TOKENS, int OUTS, int WIDTH>
static __device__ __forceinline__ void turn_load(unsigned char *ws, uint16_t *xs, const struct product_args &a, const struct part &p, int k0)
{
	const int pieces = STEP * WIDTH / 16, stride = WIDTH == 1 ? BYTES_STRIDE : X_STRIDE * WIDTH;

	for (int i = (int)threadIdx.x; i < OUTS * pieces; i += WARPS * WARP) {
		int row = i / pieces, piece = i % pieces, k = k0 + piece * 16 / WIDTH;
		bool there = row < p.out && k < a.w_stride;
		const unsigned char *from = (const unsigned char *)a.w +
					    ((size_t)(p.w_row + (there ? row : 0)) * (size_t)a.w_stride + (size_t)(there ? k : 0)) * WIDTH;

		copy_async(ws + row * stride + piece * 16, from, there);
	}
	for (int i = (int)threadIdx.x; i < TOKENS * (STEP / 8); i += WARPS * WARP) {
		int row = i / (STEP / 8), piece = i % (STEP / 8), k = k0 + piece * 8;
		bool there = row < p.rows && k < a.x_stride && k < a.w_stride;
		int from = there ? p.first + row : 0;

		if (there && a.pick)
			from = a.pick[from];
		copy_async(xs + row * X_STRIDE + piece * 8, a.x + (size_t)from * (size_t)a.x_stride + (there ? k : 0), there);
	}
}

/* Two codes to two bf16, exactly; without their scale. */
template <enum weights KIND> static __device__ __forceinline__ uint32_t pair_of_codes(uint32_t two)
{
	float v[2];

	for (int i = 0; i < 2; i++) {
		uint32_t code = two >> 8 * i & 0xff;

		if (KIND == WEIGHTS_F8) /* exponent and fraction to where fp32 has them; 2^120 makes up for the biases, of small ones too */
			v[i] = float_of_bits((code & 0x80) << 24 | (code & 0x7f) << 20) * 0x1p120f;
		else /* 2^23 + code + 128, less that */
			v[i] = float_of_bits(0x4b000000u | (code ^ 0x80)) - 8388736.f;
	}
	return bf16_pair(v[0], v[1]);
}

/* The fragment of 16 rows by 16 k that begins at ws: see mma_bf16. */
template <enum weights KIND> static __device__ __forceinline__ void weights_fragment(uint32_t f[4], const unsigned char *ws, int row, int k)
{
	int g = lane_id() / 4, t = lane_id() % 4;

	for (int i = 0; i < 4; i++) {
		int r = row + g + (i & 1) * 8, at = k + 2 * t + (i / 2) * 8;

		if (KIND == WEIGHTS_BF16)
			f[i] = *(const uint32_t *)(const void *)(ws + (r * X_STRIDE + at) * 2);
		else
			f[i] = pair_of_codes<KIND>(*(const uint16_t *)(const void *)(ws + r * BYTES_STRIDE + at));
	}
}

/*
 * MT tiles of 16 outputs to each warp: one, or where ACT one of gates and one of ups. Codes are summed without their scale up to the end of a block
 * of k, then with it.
 */
template <enum weights KIND, int TOKENS, bool ACT> static __global__ void __launch_bounds__(WARPS * WARP) product_kernel(struct product_args a)
{
	const int MT = ACT ? 2 : 1, OUTS = 16 * MT * WARPS, COLUMNS = TOKENS / 8, WIDTH = KIND == WEIGHTS_BF16 ? 2 : 1;
	const int w_bytes = OUTS * (WIDTH == 1 ? BYTES_STRIDE : X_STRIDE * WIDTH), x_bytes = TOKENS * X_STRIDE * 2;
	const int TURNS = turns_of(w_bytes + x_bytes);
	unsigned char *ws = shared_room(), *xs = ws + TURNS * w_bytes;
	int g = lane_id() / 4, t = lane_id() % 4, base = warp_id() * 16 * MT, turns = (a.k + STEP - 1) / STEP;
	float sum[MT][COLUMNS][4] = {}, part[KIND == WEIGHTS_BF16 ? 1 : MT][COLUMNS][4] = {};
	struct part p;

	if (!part_find<TOKENS, OUTS>(&p, a))
		return;
	for (int i = 0; i < TURNS - 1; i++) {
		if (i < turns)
			turn_load<TOKENS, OUTS, WIDTH>(ws + i * w_bytes, (uint16_t *)(void *)(xs + i * x_bytes), a, p, i * STEP);
		copy_commit();
	}
	for (int turn = 0; turn < turns; turn++) {
		const unsigned char *w = ws + turn % TURNS * w_bytes;
		const uint16_t *x = (const uint16_t *)(const void *)(xs + turn % TURNS * x_bytes);
		int ahead = turn + TURNS - 1;

		copy_wait<TURNS - 2>();
		__syncthreads(); /* this turn is there for all, and the one before is done with */
		if (ahead < turns)
			turn_load<TOKENS, OUTS, WIDTH>(ws + ahead % TURNS * w_bytes, (uint16_t *)(void *)(xs + ahead % TURNS * x_bytes), a, p,
						       ahead * STEP);
		copy_commit();
#pragma unroll
		for (int k = 0; k < STEP; k += 16) {
			uint32_t wf[MT][4];
			int done = turn * STEP + k + 16;

#pragma unroll
			for (int m = 0; m < MT; m++)
				weights_fragment<KIND>(wf[m], w, base + 16 * m, k);
#pragma unroll
			for (int c = 0; c < COLUMNS; c++) {
				const uint16_t *row = x + (8 * c + g) * X_STRIDE + k + 2 * t;
				uint32_t xf[2] = { *(const uint32_t *)(const void *)row, *(const uint32_t *)(const void *)(row + 8) };

#pragma unroll
				for (int m = 0; m < MT; m++)
					mma_bf16(KIND == WEIGHTS_BF16 ? sum[m][c] : part[m % (KIND == WEIGHTS_BF16 ? 1 : MT)][c], wf[m], xf);
			}
			if (KIND != WEIGHTS_BF16 && (done % a.block == 0 || (k + 16 == STEP && turn == turns - 1))) {
				int block = (done - 1) / a.block;

				for (int m = 0; m < MT && block < a.scales; m++) {
					int row = base + 16 * m + g;
					float low = row < p.out ? a.scale[(size_t)(p.w_row + row) * (size_t)a.scales + (size_t)block] : 0;
					float high = row + 8 < p.out ? a.scale[(size_t)(p.w_row + row + 8) * (size_t)a.scales + (size_t)block] : 0;

#pragma unroll
					for (int c = 0; c < COLUMNS; c++)
						for (int i = 0; i < 4; i++) {
							float *from = &part[m % (KIND == WEIGHTS_BF16 ? 1 : MT)][c][i];

							sum[m][c][i] = fmaf(*from, i < 2 ? low : high, sum[m][c][i]);
							*from = 0;
						}
				}
			}
		}
	}
	copy_wait<0>();
#pragma unroll
	for (int c = 0; c < COLUMNS; c++)
#pragma unroll
		for (int i = 0; i < 4; i++) {
			int token = 8 * c + 2 * t + i % 2, row = base + g + i / 2 * 8;

			if (token >= p.rows)
				continue;
			if constexpr (ACT) { /* 16 gates, their 16 ups */
				float gate = sum[0][c][i], up = sum[MT - 1][c][i];

				if (row + 16 < p.out)
					a.act[(size_t)(p.first + token) * (size_t)a.act_stride +
					      (size_t)((blockIdx.y * OUTS + (unsigned)base) / 2 + (unsigned)(row - base))] =
						bf16_one(gate / (1.f + expf(-fmaxf(gate, -80.f))) * up);
			} else if (row < p.out) {
				unsigned out = blockIdx.y * OUTS + (unsigned)row;
				float *to = a.result + (size_t)(p.first + token) * (size_t)a.result_stride + out;

				*to = (a.add ? *to : 0) + sum[0][c][i] + (a.bias ? a.bias[out] : 0);
			}
		}
}

template <enum weights KIND, int TOKENS, bool ACT> static void product_launch(const struct product *p, const struct product_args &a)
{
	const int width = KIND == WEIGHTS_BF16 ? 2 : 1, outs = 16 * (ACT ? 2 : 1) * WARPS;
	const int each = outs * (width == 1 ? BYTES_STRIDE : X_STRIDE * width) + TOKENS * X_STRIDE * 2;
	size_t shared = (size_t)turns_of(each) * (size_t)each;
	int parts = p->tiles ? p->tiles_most : blocks_of(p->rows, TOKENS);

	launch(product_kernel<KIND, TOKENS, ACT>, dim3((unsigned)parts, (unsigned)blocks_of(p->out, outs)), WARPS * WARP, shared, a);
}

template <enum weights KIND, int TOKENS> static void product_act(const struct product *p, const struct product_args &a)
{
	if (p->act)
		product_launch<KIND, TOKENS, true>(p, a);
	else
		product_launch<KIND, TOKENS, false>(p, a);
}

template <enum weights KIND> static void product_tokens(const struct product *p, const struct product_args &a)
{
	switch (p->tile_rows) {
	case 8: product_act<KIND, 8>(p, a); break;
	case 16: product_act<KIND, 16>(p, a); break;
	case 32: product_act<KIND, 32>(p, a); break;
	default: product_act<KIND, KIND == WEIGHTS_BF16 ? 64 : 32>(p, a);
	}
}

/* ---- fp32 ---- */

enum { EXACT_TILE = 16, EXACT_WARPS = 8 };

/*
 * 16 rows by 16 outputs. Each warp takes an eighth of k, each lane of it 2 rows by 4 outputs; the eighths are added in their order. For
 * routers, whose scores must not turn on rounding, and for fp32 models, which are there to be compared with.
 */
static __global__ void exact_kernel(struct product_args a)
{
	__shared__ float sums[EXACT_WARPS][EXACT_TILE][EXACT_TILE];
	int each = ((a.w_stride + EXACT_WARPS - 1) / EXACT_WARPS + 3) / 4 * 4, from = warp_id() * each;
	int to = from + each < a.w_stride ? from + each : a.w_stride, r0 = lane_id() / 4 * 2, o0 = lane_id() % 4 * 4;
	const float *x[2], *w[4];
	float sum[2][4] = {};
	struct part p;

	if (!part_find<EXACT_TILE, EXACT_TILE>(&p, a))
		return;
	for (int i = 0; i < 2; i++) {
		int row = p.first + (r0 + i < p.rows ? r0 + i : 0);

		x[i] = (const float *)(const void *)a.x + (size_t)(a.pick ? a.pick[row] : row) * (size_t)a.x_stride;
	}
	for (int i = 0; i < 4; i++)
		w[i] = (const float *)a.w + (size_t)(p.w_row + (o0 + i < p.out ? o0 + i : 0)) * (size_t)a.w_stride;
	for (int k = from; k < to; k += 4) {
		float4 xv[2], wv[4];

		for (int i = 0; i < 2; i++)
			xv[i] = *(const float4 *)(const void *)(x[i] + k);
		for (int i = 0; i < 4; i++)
			wv[i] = *(const float4 *)(const void *)(w[i] + k);
		for (int i = 0; i < 2; i++)
			for (int j = 0; j < 4; j++) {
				sum[i][j] = fmaf(xv[i].x, wv[j].x, sum[i][j]);
				sum[i][j] = fmaf(xv[i].y, wv[j].y, sum[i][j]);
				sum[i][j] = fmaf(xv[i].z, wv[j].z, sum[i][j]);
				sum[i][j] = fmaf(xv[i].w, wv[j].w, sum[i][j]);
			}
	}
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 4; j++)
			sums[warp_id()][r0 + i][o0 + j] = sum[i][j];
	__syncthreads();
	for (int i = (int)threadIdx.x; i < EXACT_TILE * EXACT_TILE; i += (int)blockDim.x) {
		int row = i / EXACT_TILE, out = i % EXACT_TILE, at = (int)blockIdx.y * EXACT_TILE + out;
		float *result = a.result + (size_t)(p.first + row) * (size_t)a.result_stride + at, all = 0;

		if (row >= p.rows || out >= p.out)
			continue;
		for (int s = 0; s < EXACT_WARPS; s++)
			all += sums[s][row][out];
		*result = (a.add ? *result : 0) + all + (a.bias ? a.bias[at] : 0);
	}
}

/* ---- launching ---- */

int cuda_tile_rows(const struct matrix *w, int rows)
{
	if (w->kind == WEIGHTS_FP32)
		return EXACT_TILE;
	return rows <= 8 ? 8 : rows <= 16 ? 16 : rows <= 32 || w->kind != WEIGHTS_BF16 ? 32 : 64;
}

void cuda_product(struct machine *, const struct product *p)
{
	struct product_args a = {};

	a.w = p->w->data;
	a.scale = p->w->scale;
	a.w_stride = row_stride(p->w->in);
	a.k = p->w->in;
	a.block = p->w->kind == WEIGHTS_F8 ? p->w->block : a.w_stride;
	a.scales = p->w->kind == WEIGHTS_F8 ? (a.k + a.block - 1) / a.block : 1;
	a.out = p->out;
	a.x = (const uint16_t *)p->x;
	a.x_stride = p->x_stride;
	a.pick = p->pick;
	a.live = p->live;
	a.live_times = p->live_times;
	a.tiles = p->tiles;
	a.live_tiles = p->live_tiles;
	a.result = p->result;
	a.result_stride = p->result_stride;
	a.bias = p->bias;
	a.add = p->add;
	a.act = p->act;
	a.act_stride = p->act_stride;
	switch (p->w->kind) {
	case WEIGHTS_BF16: product_tokens<WEIGHTS_BF16>(p, a); break;
	case WEIGHTS_F8: product_tokens<WEIGHTS_F8>(p, a); break;
	case WEIGHTS_I8: product_tokens<WEIGHTS_I8>(p, a); break;
	case WEIGHTS_FP32:
		launch(exact_kernel, dim3((unsigned)(p->tiles ? p->tiles_most : blocks_of(p->rows, EXACT_TILE)), (unsigned)blocks_of(p->out, EXACT_TILE)),
		       EXACT_WARPS * WARP, 0, a);
	}
}

static __global__ void narrow_kernel(uint32_t *out, const float *x, int x_stride, const int32_t *pick, const int32_t *live, int n)
{
	int row = (int)blockIdx.x;
	const float *from;

	if (row >= *live)
		return;
	from = x + (size_t)(pick ? pick[row] : row) * (size_t)x_stride;
	for (int i = (int)threadIdx.x; i < n / 2; i += (int)blockDim.x)
		out[(size_t)row * (size_t)(n / 2) + (size_t)i] = bf16_pair(from[2 * i], from[2 * i + 1]);
}

void cuda_narrow(struct lane *, uint16_t *out, const float *x, int x_stride, const int32_t *pick, int rows, const int32_t *live, int n)
{
	launch(narrow_kernel, dim3((unsigned)rows), threads_for(n / 2), 0, (uint32_t *)(void *)out, x, x_stride, pick, live, n);
}

void cuda_linear(struct lane *lane, float *out, const struct matrix *w, const float *x, int x_stride, const int32_t *pick, int rows,
		 const float *bias, bool add)
{
	int n = row_stride(w->in);
	struct product p = {};

	if (rows == 0)
		return;
	p.w = w;
	p.out = w->out;
	p.rows = rows;
	p.live = lane->step.live + (pick ? PLAN_LIVE_LOGITS : PLAN_LIVE_ROWS);
	p.live_times = 1;
	p.tile_rows = cuda_tile_rows(w, rows);
	p.result = out;
	p.result_stride = w->out;
	p.bias = bias;
	p.add = add;
	if (w->kind == WEIGHTS_FP32) {
		p.x = x;
		p.x_stride = x_stride;
		p.pick = pick;
	} else {
		uint16_t *narrow = (uint16_t *)room_at_least(lane->m, &lane->m->narrow, (size_t)rows * (size_t)n * sizeof(*narrow));

		if (!narrow)
			return;
		cuda_narrow(lane, narrow, x, x_stride, pick, rows, p.live, n);
		p.x = narrow;
		p.x_stride = n;
	}
	if (!cuda_dense(lane->m, &p))
		cuda_product(lane->m, &p);
}
