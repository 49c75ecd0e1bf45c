/* rows.cu - what is done to each row by itself: twins of embed, rmsnorm, store, scale, gate and lightning in cpu.c. */
#include "engine/cuda/kernels.h"

/* ---- embed ---- */

static __global__ void embed_kernel(float *h, const void *table, bool fp32, int stride, int dim, int pad, const int32_t *token, const int32_t *live)
{
	int row = (int)blockIdx.x;

	if (row >= *live)
		return;
	for (int d = (int)threadIdx.x; d < pad; d += (int)blockDim.x) {
		size_t at = (size_t)token[row] * (size_t)stride + (size_t)d;
		float v = 0;

		if (d < dim)
			v = fp32 ? ((const float *)table)[at] : bf16_value(((const uint16_t *)table)[at]);
		h[(size_t)row * (size_t)pad + (size_t)d] = v;
	}
}

void cuda_embed(struct lane *lane, float *h, const struct matrix *table, const struct batch *b)
{
	int pad = pad16(table->in);

	launch(embed_kernel, dim3((unsigned)b->rows), threads_for(pad), 0, h, (const void *)table->data, table->kind == WEIGHTS_FP32,
	       row_stride(table->in), table->in, pad, b->token, lane->step.live);
}

/* ---- rmsnorm ---- */

/* 1 / the root of the mean square of n values, dim of which count; every thread gets it. */
static __device__ float rms_inverse(const float *x, int n, int dim, float eps, float *room)
{
	float sum = 0;

	for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x)
		sum = fmaf(x[i], x[i], sum);
	return 1.f / sqrtf(block_sum(sum, room) / (float)dim + eps);
}

static __global__ void rmsnorm_kernel(float *out, const float *x, const float *weight, int pad, int dim, float eps, const int32_t *live)
{
	__shared__ float room[WARP];
	size_t at = (size_t)blockIdx.x * (size_t)pad;
	float scale;

	if ((int)blockIdx.x >= *live)
		return;
	scale = rms_inverse(x + at, pad, dim, eps, room);
	for (int i = (int)threadIdx.x; i < pad; i += (int)blockDim.x)
		out[at + (size_t)i] = x[at + (size_t)i] * scale * weight[i];
}

void cuda_rmsnorm(struct lane *lane, float *out, const float *x, const float *weight, int rows, int dim, float eps)
{
	launch(rmsnorm_kernel, dim3((unsigned)rows), threads_for(pad16(dim)), 0, out, x, weight, pad16(dim), dim, eps, lane->step.live);
}

/* ---- store ---- */

struct store_args {
	float *qkv;
	const float *q_norm, *k_norm, *turn;
	unsigned char *pool;
	size_t page_bytes, head_bytes;
	const int32_t *pos, *first, *pages, *live;
	int heads, kv_heads, dim, pad, half, layer;
	float scale, eps, clip;
	bool whole, fp32;
};

/* One head by one warp: normalised (`inverse` already, if whole), clipped, turned, scaled. */
static __device__ void head_turn(float *x, const float *norm, const struct store_args a, const float *turn, float inverse, float scale)
{
	int lane = lane_id();

	if (norm && !a.whole) {
		float sum = 0;

		for (int d = lane; d < a.pad; d += WARP)
			sum = fmaf(x[d], x[d], sum);
		inverse = 1.f / sqrtf(warp_sum(sum) / (float)a.dim + a.eps);
	}
	for (int d = lane; d < a.pad; d += WARP) {
		float v = x[d];

		if (norm)
			v = v * inverse * norm[d];
		if (a.clip > 0)
			v = v > a.clip ? a.clip : v < -a.clip ? -a.clip : v;
		x[d] = v;
	}
	__syncwarp();
	for (int d = lane; d < a.half; d += WARP) {
		float c = turn[2 * d], s = turn[2 * d + 1], u = x[d], v = x[d + a.half];

		x[d] = (u * c - v * s) * scale;
		x[d + a.half] = (v * c + u * s) * scale;
	}
	for (int d = 2 * a.half + lane; d < a.pad; d += WARP)
		x[d] *= scale;
	__syncwarp();
}

/* K of a page and head lies as (ENGINE_PAGE, pad), V as (pad, ENGINE_PAGE): rows of what products multiply. */
static __device__ void head_put(unsigned char *head, const float *x, bool value, int at, const struct store_args a)
{
	for (int d = lane_id(); d < a.pad; d += WARP) {
		size_t to = value ? (size_t)(a.pad * ENGINE_PAGE + d * ENGINE_PAGE + at) : (size_t)(at * a.pad + d);

		if (a.fp32)
			((float *)head)[to] = x[d];
		else
			((uint16_t *)head)[to] = bf16_one(x[d]);
	}
}

static __global__ void store_kernel(struct store_args a)
{
	__shared__ float room[WARP];
	int row = (int)blockIdx.x, all = a.heads + 2 * a.kv_heads, warps = (int)blockDim.x / WARP, pos;
	float *x = a.qkv + (size_t)row * (size_t)(all * a.pad), q_inverse = 1, k_inverse = 1;
	unsigned char *page;
	const float *turn;

	if (row >= *a.live)
		return;
	pos = a.pos[row];
	turn = a.turn + (size_t)pos * (size_t)(2 * a.half);
	page = a.pool + a.page_bytes * (size_t)a.pages[a.first[row] + pos / ENGINE_PAGE];
	if (a.whole && a.q_norm) {
		q_inverse = rms_inverse(x, a.heads * a.pad, a.heads * a.dim, a.eps, room);
		k_inverse = rms_inverse(x + a.heads * a.pad, a.kv_heads * a.pad, a.kv_heads * a.dim, a.eps, room);
		__syncthreads();
	}
	for (int h = warp_id(); h < all; h += warps) {
		float *head = x + h * a.pad;
		bool query = h < a.heads, value = h >= a.heads + a.kv_heads;
		int kv = value ? h - a.heads - a.kv_heads : h - a.heads;

		if (query)
			head_turn(head, a.q_norm ? a.q_norm + (a.whole ? h * a.pad : 0) : NULL, a, turn, q_inverse, a.scale);
		else if (!value)
			head_turn(head, a.k_norm ? a.k_norm + (a.whole ? kv * a.pad : 0) : NULL, a, turn, k_inverse, 1);
		else if (a.clip > 0)
			for (int d = lane_id(); d < a.pad; d += WARP)
				head[d] = head[d] > a.clip ? a.clip : head[d] < -a.clip ? -a.clip : head[d];
		if (!query)
			head_put(page + a.head_bytes * (size_t)(a.layer * a.kv_heads + kv), head, value, pos % ENGINE_PAGE, a);
	}
}

void cuda_store(struct lane *lane, float *qkv, const struct heads *h, const float *q_norm, const float *k_norm, const struct kv_pool *kv,
		int layer, const struct batch *b)
{
	struct store_args a = {};

	a.qkv = qkv;
	a.q_norm = q_norm;
	a.k_norm = k_norm;
	a.turn = b->turn;
	a.pool = kv->data;
	a.page_bytes = kv->page_bytes;
	a.head_bytes = kv->head_bytes;
	a.pos = b->pos;
	a.first = b->first;
	a.pages = b->pages;
	a.live = lane->step.live;
	a.heads = h->heads;
	a.kv_heads = h->kv_heads;
	a.dim = h->head_dim;
	a.pad = h->head_pad;
	a.half = h->rotary_dim / 2;
	a.layer = layer;
	a.scale = h->scale;
	a.eps = h->eps;
	a.clip = h->clip;
	a.whole = h->norm_whole;
	a.fp32 = kv->fp32;
	launch(store_kernel, dim3((unsigned)b->rows), threads_for(8 * (h->heads + 2 * h->kv_heads)), 0, a);
}

/* ---- scale ---- */

static __global__ void scale_kernel(float *out, const float *x, float by, int n, const int32_t *live)
{
	size_t at = (size_t)blockIdx.x * (size_t)n;

	if ((int)blockIdx.x >= *live)
		return;
	for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x)
		out[at + (size_t)i] = by * x[at + (size_t)i];
}

void cuda_scale(struct lane *lane, float *out, const float *x, float by, int rows, int n)
{
	launch(scale_kernel, dim3((unsigned)rows), threads_for(n), 0, out, x, by, n, lane->step.live);
}

/* ---- gate ---- */

static __device__ __forceinline__ float sigmoid(float x)
{
	return 1.f / (1.f + expf(-fmaxf(x, -80.f)));
}

static __global__ void gate_kernel(float *x, const float *by, const float *weight, int n, int dim, float eps, const int32_t *live)
{
	__shared__ float room[WARP];
	size_t at = (size_t)blockIdx.x * (size_t)n;
	float scale;

	if ((int)blockIdx.x >= *live)
		return;
	scale = rms_inverse(x + at, n, dim, eps, room);
	__syncthreads();
	for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x)
		x[at + (size_t)i] = x[at + (size_t)i] * scale * weight[i] * sigmoid(by[at + (size_t)i]);
}

void cuda_gate(struct lane *lane, float *x, const float *by, const float *weight, const struct heads *h, int rows)
{
	int n = h->heads * h->head_pad;

	launch(gate_kernel, dim3((unsigned)rows), threads_for(n), 0, x, by, weight, n, h->heads * h->head_dim, h->eps, lane->step.live);
}

/* ---- lightning ---- */

struct lightning_args {
	float *out;
	const float *qkv, *decay;
	unsigned char *pool;
	size_t page_bytes;
	const int32_t *state, *pages, *live;
	int heads, pad, layer, states_each;
};

/*
 * One head of one sequence, its rows one after the other; the block of a sequence's first row does all. Thread d holds column d of the state:
 * what a column becomes depends on no other. As the CPU's: S = decay S + k v, out = q S, after silu.
 */
static __global__ void lightning_kernel(struct lightning_args a)
{
	float *q = (float *)(void *)shared_room(), *k = q + a.pad;
	int head = (int)blockIdx.y, place = a.layer * a.heads + head, d = (int)threadIdx.x, row = (int)blockIdx.x, live = *a.live;
	size_t all = (size_t)(a.heads * a.pad);
	int32_t seq;
	float *state, decay;

	if (row >= live || (row > 0 && a.state[row - 1] == a.state[row]))
		return;
	seq = a.state[row];
	state = (float *)(void *)(a.pool + a.page_bytes * (size_t)a.pages[seq + place / a.states_each]) +
		(size_t)(place % a.states_each) * (size_t)(a.pad * a.pad);
	decay = a.decay[head];
	for (; row < live && a.state[row] == seq; row++) {
		const float *x = a.qkv + (size_t)row * 3 * all + (size_t)(head * a.pad);
		float sum = 0, v = 0;

		__syncthreads();
		if (d < a.pad) {
			q[d] = x[d] * sigmoid(x[d]);
			k[d] = x[all + (size_t)d] * sigmoid(x[all + (size_t)d]);
			v = x[2 * all + (size_t)d] * sigmoid(x[2 * all + (size_t)d]);
		}
		__syncthreads();
		for (int i = 0; d < a.pad && i < a.pad; i++) {
			float s = fmaf(k[i], v, decay * state[i * a.pad + d]);

			state[i * a.pad + d] = s;
			sum = fmaf(q[i], s, sum);
		}
		if (d < a.pad)
			a.out[(size_t)row * all + (size_t)(head * a.pad + d)] = sum;
	}
}

void cuda_lightning(struct lane *lane, float *out, float *qkv, const struct heads *h, const float *decay, const struct kv_pool *kv, int layer,
		    const struct batch *b)
{
	struct lightning_args a = {};

	a.out = out;
	a.qkv = qkv;
	a.decay = decay;
	a.pool = kv->data;
	a.page_bytes = kv->page_bytes;
	a.state = b->state;
	a.pages = b->pages;
	a.live = lane->step.live;
	a.heads = h->heads;
	a.pad = h->head_pad;
	a.layer = layer;
	a.states_each = kv->states_each;
	launch(lightning_kernel, dim3((unsigned)b->rows, (unsigned)h->heads), (unsigned)((h->head_pad + WARP - 1) / WARP * WARP),
	       2 * (size_t)h->head_pad * sizeof(float), a);
}
