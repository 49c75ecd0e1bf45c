/*
 * attend.cu - attention over pages, the twin of attend() in cpu.c. Past positions are cut into splits of PLAN_SPLIT; for each the maximum, the sum
 * of exponents and the weighted values are kept, and then put together in order. What a row gets of a split is the same whether the block
 * that read it served that row alone or all samples that share it.
 */
#include "engine/cuda/kernels.h"

enum {
	ATTEND_WARPS = 4,
	SPLIT_PAGES = PLAN_SPLIT / ENGINE_PAGE,
	S_STRIDE = PLAN_SPLIT + 4, /* floats of a query's scores: no two of 8 queries in one bank */
};

struct attend_args {
	const float *qkv;
	float *parts;   /* (part, head) each: the maximum, the sum, then (pad) values */
	float *out;
	const unsigned char *pool;
	size_t page_bytes, head_bytes;
	const int32_t *pos, *pages, *part, *live, *live_items;
	const struct plan_item *items;
	int heads, kv_heads, group, pad, layer;
};

static __device__ __forceinline__ float *part_at(const struct attend_args &a, int row, int split, int head)
{
	return a.parts + ((size_t)(a.part[row] + split) * (size_t)a.heads + (size_t)head) * (size_t)(a.pad + 2);
}

/* Scores of one query, over positions of a split that its row may see, become what bf16 products take; the maximum and the sum are kept. */
static __device__ void softmax_part(float *scores, int seen, float *part)
{
	uint16_t *p = (uint16_t *)(void *)scores;
	float s[PLAN_SPLIT / WARP], most = -INFINITY, sum = 0;

#pragma unroll
	for (int i = 0; i < PLAN_SPLIT / WARP; i++) {
		int at = lane_id() + i * WARP;

		s[i] = at < seen ? scores[at] : -INFINITY;
		most = fmaxf(most, s[i]);
	}
	most = warp_max(most);
	for (int i = 0; i < PLAN_SPLIT / WARP; i++) {
		s[i] = lane_id() + i * WARP < seen ? expf(s[i] - most) : 0;
		sum += s[i];
	}
	sum = warp_sum(sum); /* all lanes have read their scores by now */
	for (int i = 0; i < PLAN_SPLIT / WARP; i++)
		p[lane_id() + i * WARP] = bf16_one(s[i]);
	if (part && lane_id() == 0) {
		part[0] = most;
		part[1] = sum;
	}
}

/*
 * An item (blockIdx.x) for one key-value head (blockIdx.y): queries are the rows' heads of that group, 8 COLUMNS of them at most. Keys, and
 * then values, are the operand of 16 rows, read from their pages as they lie there.
 */
template <int COLUMNS> static __global__ void __launch_bounds__(ATTEND_WARPS * WARP) attend_kernel(struct attend_args a)
{
	const struct plan_item *item = a.items + blockIdx.x;
	int q_stride = a.pad + 8, g = lane_id() / 4, t = lane_id() % 4, kv = (int)blockIdx.y, queries, columns, seen = 0, pages;
	float *scores = (float *)(void *)shared_room();
	uint16_t *q = (uint16_t *)(void *)(scores + 8 * COLUMNS * S_STRIDE);
	const unsigned char *base = a.pool + a.head_bytes * (size_t)(a.layer * a.kv_heads + kv);

	if ((int)blockIdx.x >= *a.live_items)
		return;
	queries = item->rows * a.group;
	columns = (queries + 7) / 8;
	for (int r = 0; r < item->rows; r++) {
		int n = a.pos[item->row + r] + 1 - item->split * PLAN_SPLIT;

		seen = n > seen ? n : seen;
	}
	seen = seen < PLAN_SPLIT ? seen : PLAN_SPLIT;
	pages = (seen + ENGINE_PAGE - 1) / ENGINE_PAGE;
	for (int i = (int)threadIdx.x; i < 8 * columns * (a.pad / 2); i += ATTEND_WARPS * WARP) {
		int query = i / (a.pad / 2), d = i % (a.pad / 2) * 2;
		uint32_t two = 0;

		if (query < queries) {
			const float *from = a.qkv + (size_t)(item->row + query / a.group) * (size_t)((a.heads + 2 * a.kv_heads) * a.pad) +
					    (size_t)((kv * a.group + query % a.group) * a.pad + d);

			two = bf16_pair(from[0], from[1]);
		}
		*(uint32_t *)(void *)(q + query * q_stride + d) = two;
	}
	__syncthreads();
	for (int page = warp_id(); page < pages; page += ATTEND_WARPS) {
		const uint16_t *k = (const uint16_t *)(const void *)(base + a.page_bytes * (size_t)a.pages[item->pages + page]);
		float s[COLUMNS][4] = {};

#pragma unroll 4
		for (int d = 0; d < a.pad; d += 16) {
			uint32_t kf[4];

			for (int i = 0; i < 4; i++)
				kf[i] = *(const uint32_t *)(const void *)(k + (g + (i & 1) * 8) * a.pad + d + 2 * t + (i / 2) * 8);
#pragma unroll
			for (int c = 0; c < COLUMNS; c++)
				if (c < columns) {
					const uint16_t *row = q + (8 * c + g) * q_stride + d + 2 * t;
					uint32_t qf[2] = { *(const uint32_t *)(const void *)row, *(const uint32_t *)(const void *)(row + 8) };

					mma_bf16(s[c], kf, qf);
				}
		}
#pragma unroll
		for (int c = 0; c < COLUMNS; c++)
			for (int i = 0; c < columns && i < 4; i++)
				scores[(8 * c + 2 * t + i % 2) * S_STRIDE + page * ENGINE_PAGE + g + i / 2 * 8] = s[c][i];
	}
	__syncthreads();
	for (int query = warp_id(); query < 8 * columns; query += ATTEND_WARPS) {
		int row = item->row + query / a.group, mine = 0;

		if (query < queries)
			mine = a.pos[row] + 1 - item->split * PLAN_SPLIT;
		softmax_part(scores + query * S_STRIDE, mine < PLAN_SPLIT ? mine : PLAN_SPLIT,
			     query < queries ? part_at(a, row, item->split, kv * a.group + query % a.group) : NULL);
	}
	__syncthreads();
	for (int d = warp_id() * 16; d < a.pad; d += ATTEND_WARPS * 16) {
		float o[COLUMNS][4] = {};

#pragma unroll 4
		for (int page = 0; page < pages; page++) {
			const uint16_t *v = (const uint16_t *)(const void *)(base + a.page_bytes * (size_t)a.pages[item->pages + page]) +
					    ENGINE_PAGE * a.pad;
			uint32_t vf[4];

			for (int i = 0; i < 4; i++) {
				int at = 2 * t + (i / 2) * 8, left = seen - page * ENGINE_PAGE - at;

				vf[i] = *(const uint32_t *)(const void *)(v + (d + g + (i & 1) * 8) * ENGINE_PAGE + at);
				if (left < 2) /* behind the last position lies anything */
					vf[i] = left < 1 ? 0 : vf[i] & 0xffff;
			}
#pragma unroll
			for (int c = 0; c < COLUMNS; c++)
				if (c < columns) {
					const uint16_t *p = (const uint16_t *)(const void *)(scores + (8 * c + g) * S_STRIDE) + page * ENGINE_PAGE + 2 * t;
					uint32_t pf[2] = { *(const uint32_t *)(const void *)p, *(const uint32_t *)(const void *)(p + 8) };

					mma_bf16(o[c], vf, pf);
				}
		}
#pragma unroll
		for (int c = 0; c < COLUMNS; c++)
			for (int i = 0; c < columns && i < 4; i++) {
				int query = 8 * c + 2 * t + i % 2;

				if (query < queries)
					part_at(a, item->row + query / a.group, item->split, kv * a.group + query % a.group)[2 + d + g + i / 2 * 8] = o[c][i];
			}
	}
}

/* The same in fp32, for fp32 pools: one row and one head a block, no shared reading. */
static __global__ void attend_exact_kernel(struct attend_args a, const int32_t *first)
{
	__shared__ float s[PLAN_SPLIT];
	int row = (int)blockIdx.x, head = (int)blockIdx.y, threads = (int)blockDim.x, pos;
	const float *q = a.qkv + (size_t)row * (size_t)((a.heads + 2 * a.kv_heads) * a.pad) + (size_t)(head * a.pad);
	const unsigned char *base = a.pool + a.head_bytes * (size_t)(a.layer * a.kv_heads + head / a.group);

	if (row >= *a.live)
		return;
	pos = a.pos[row];
	for (int split = 0; split * PLAN_SPLIT <= pos; split++) {
		const int32_t *page = a.pages + first[row] + split * SPLIT_PAGES;
		int seen = pos + 1 - split * PLAN_SPLIT < PLAN_SPLIT ? pos + 1 - split * PLAN_SPLIT : PLAN_SPLIT;
		float *part = part_at(a, row, split, head), most = -INFINITY, sum = 0;

		__syncthreads();
		for (int i = (int)threadIdx.x; i < seen; i += threads) {
			const float *k = (const float *)(const void *)(base + a.page_bytes * (size_t)page[i / ENGINE_PAGE]) + i % ENGINE_PAGE * a.pad;
			float score = 0;

			for (int d = 0; d < a.pad; d++)
				score = fmaf(q[d], k[d], score);
			s[i] = score;
		}
		__syncthreads();
		for (int i = 0; i < seen; i++)
			most = fmaxf(most, s[i]);
		for (int i = 0; i < seen; i++)
			sum += expf(s[i] - most);
		for (int d = (int)threadIdx.x; d < a.pad; d += threads) {
			float v = 0;

			for (int i = 0; i < seen; i++)
				v = fmaf(expf(s[i] - most),
					 ((const float *)(const void *)(base + a.page_bytes * (size_t)page[i / ENGINE_PAGE]))[(a.pad + d) * ENGINE_PAGE +
															      i % ENGINE_PAGE],
					 v);
			part[2 + d] = v;
		}
		if (threadIdx.x == 0) {
			part[0] = most;
			part[1] = sum;
		}
	}
}

/* The splits of a row and head in their order. */
static __global__ void merge_kernel(struct attend_args a)
{
	int row = (int)blockIdx.x, head = (int)blockIdx.y, splits;

	if (row >= *a.live)
		return;
	splits = a.pos[row] / PLAN_SPLIT + 1;
	for (int d = (int)threadIdx.x; d < a.pad; d += (int)blockDim.x) {
		float most = -INFINITY, sum = 0, v = 0;

		for (int s = 0; s < splits; s++) {
			const float *part = part_at(a, row, s, head);
			float top = fmaxf(most, part[0]), was = expf(most - top), now = expf(part[0] - top);

			sum = sum * was + part[1] * now;
			v = v * was + part[2 + d] * now;
			most = top;
		}
		a.out[(size_t)row * (size_t)(a.heads * a.pad) + (size_t)(head * a.pad + d)] = v / sum;
	}
}

template <int COLUMNS> static void attend_launch(const struct attend_args &a, int items)
{
	size_t shared = (size_t)(8 * COLUMNS) * (S_STRIDE * sizeof(float) + (size_t)(a.pad + 8) * sizeof(uint16_t));

	if (items)
		launch(attend_kernel<COLUMNS>, dim3((unsigned)items, (unsigned)a.kv_heads), ATTEND_WARPS * WARP, shared, a);
}

static void attend_items(struct attend_args a, const struct plan_item *items, const int32_t *live, int n, int queries)
{
	a.items = items;
	a.live_items = live;
	if (queries <= 8)
		attend_launch<1>(a, n);
	else if (queries <= 16)
		attend_launch<2>(a, n);
	else if (queries <= 32)
		attend_launch<4>(a, n);
	else if (queries <= 64)
		attend_launch<8>(a, n);
}

void cuda_attend(struct lane *lane, float *out, const float *qkv, const struct heads *h, const struct kv_pool *kv, int layer,
		 const struct batch *b)
{
	const struct plan_step *step = &lane->step;
	struct machine *m = lane->m;
	struct attend_args a = {};

	a.parts = (float *)m->parts.at; /* the pass saw to its size */
	a.qkv = qkv;
	a.out = out;
	a.pool = kv->data;
	a.page_bytes = kv->page_bytes;
	a.head_bytes = kv->head_bytes;
	a.pos = b->pos;
	a.pages = b->pages;
	a.part = step->part;
	a.live = step->live;
	a.heads = h->heads;
	a.kv_heads = h->kv_heads;
	a.group = h->heads / h->kv_heads;
	a.pad = h->head_pad;
	a.layer = layer;
	if (kv->fp32) {
		launch(attend_exact_kernel, dim3((unsigned)b->rows, (unsigned)h->heads), 64, 0, a, b->first);
	} else {
		attend_items(a, step->alone, step->live + PLAN_LIVE_ALONE, lane->key.alone, a.group);
		attend_items(a, step->shared, step->live + PLAN_LIVE_SHARED, lane->key.shared, plan_queries(a.pad));
	}
	launch(merge_kernel, dim3((unsigned)b->rows, (unsigned)h->heads), threads_for(h->head_pad), 0, a);
}
