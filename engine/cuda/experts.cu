/*
 * experts.cu - mixtures of experts, the twin of mlp() in cpu.c: choose, sort slots by expert, two grouped products, and each row's sum of what
 * its experts said, best first. Nothing comes back to the host in between.
 */
#include "engine/cuda/kernels.h"

enum { SORT_THREADS = 512, EXPERTS_MOST = 1024 };

/* ---- choosing ---- */

/* Is a score at `a` to be taken before one at `b`? Equal ones by number; what is not a number last. */
static __device__ __forceinline__ bool before(float score_a, int a, float score_b, int b)
{
	bool nan_a = score_a != score_a, nan_b = score_b != score_b;

	if (nan_a != nan_b)
		return nan_b;
	return score_a > score_b || ((nan_a || score_a == score_b) && a < b);
}

struct choose_args {
	float *score;
	const float *bias;
	int32_t *expert;
	float *weight;
	const int32_t *live;
	int experts, pad, top_k;
	bool sigmoid, renorm;
	float scale;
};

/* A warp to each row. */
static __global__ void choose_kernel(struct choose_args a)
{
	float *mark = (float *)(void *)shared_room(); /* (experts) what is chosen by; -inf once chosen is told by `taken` */
	unsigned char *taken = (unsigned char *)(mark + a.pad);
	int row = (int)blockIdx.x, lane = lane_id();
	float *score = a.score + (size_t)row * (size_t)a.pad, sum = 0, top = 0;

	if (row >= *a.live)
		return;
	for (int e = lane; e < a.experts; e += WARP) {
		if (a.sigmoid)
			score[e] = 1.f / (1.f + expf(score[e] < -80.f ? 80.f : -score[e]));
		mark[e] = a.bias ? score[e] + a.bias[e] : score[e];
		taken[e] = 0;
	}
	__syncwarp();
	for (int k = 0; k < a.top_k; k++) {
		int best = -1;
		float best_mark = 0;

		for (int e = lane; e < a.experts; e += WARP)
			if (!taken[e] && (best < 0 || before(mark[e], e, best_mark, best))) {
				best = e;
				best_mark = mark[e];
			}
		for (int i = WARP / 2; i; i /= 2) {
			int other = __shfl_xor_sync(EVERY_LANE, best, i);
			float other_mark = __shfl_xor_sync(EVERY_LANE, best_mark, i);

			if (other >= 0 && (best < 0 || before(other_mark, other, best_mark, best))) {
				best = other;
				best_mark = other_mark;
			}
		}
		if (lane == 0) {
			a.expert[(size_t)row * (size_t)a.top_k + (size_t)k] = best;
			taken[best] = 1;
		}
		if (k == 0)
			top = score[best];
		if (a.sigmoid)
			sum += score[best];
		else
			sum += expf(score[best] - top);
		__syncwarp();
	}
	if (!a.renorm && a.sigmoid)
		sum = 1;
	if (!a.renorm && !a.sigmoid) {
		sum = 0;
		for (int e = lane; e < a.experts; e += WARP)
			sum += expf(score[e] - top);
		sum = warp_sum(sum);
	}
	for (int k = lane; k < a.top_k; k += WARP) {
		float s = score[a.expert[(size_t)row * (size_t)a.top_k + (size_t)k]];

		a.weight[(size_t)row * (size_t)a.top_k + (size_t)k] = (a.sigmoid ? s : expf(s - top)) / sum * a.scale;
	}
}

/* One expert for all: a dense MLP. */
static __global__ void dense_kernel(int32_t *expert, float *weight, float scale, const int32_t *live)
{
	int row = (int)(blockIdx.x * blockDim.x + threadIdx.x);

	if (row >= *live)
		return;
	expert[row] = 0;
	weight[row] = scale;
}

/* ---- sorting ---- */

struct sort_args {
	const int32_t *expert, *live;
	int32_t *slot, *row, *start, *tiles; /* tiles: how many, then {expert, first slot, slots} each */
	int experts, top_k, tile_rows;
};

/*
 * Slots by expert, within one by row: a counting sort by one block. The list is cut into `pieces`, an expert's count in each is one thread's, and
 * nothing depends on who comes first.
 */
static __global__ void sort_kernel(struct sort_args a)
{
	__shared__ int32_t count[EXPERTS_MOST + SORT_THREADS], start[EXPERTS_MOST + 1], tile[EXPERTS_MOST + 1];
	int n = *a.live * a.top_k, pieces = a.experts < SORT_THREADS ? SORT_THREADS / a.experts : 1, each = (n + pieces - 1) / pieces;

	for (int i = (int)threadIdx.x; i < a.experts * pieces; i += SORT_THREADS) {
		int e = i / pieces, from = i % pieces * each, to = from + each < n ? from + each : n, c = 0;

		for (int k = from; k < to; k++)
			c += a.expert[k] == e;
		count[i] = c; /* by expert, then piece */
	}
	__syncthreads();
	if (threadIdx.x < WARP) {
		int share = (a.experts + WARP - 1) / WARP, from = lane_id() * share, to = from + share < a.experts ? from + share : a.experts;
		int slots = 0, tiles = 0, slots_before, tiles_before;

		for (int e = from; e < to; e++) {
			int c = 0;

			for (int p = 0; p < pieces; p++)
				c += count[e * pieces + p];
			start[e] = c;
			slots += c;
			tiles += (c + a.tile_rows - 1) / a.tile_rows;
		}
		slots_before = slots;
		tiles_before = tiles;
		for (int i = 1; i < WARP; i *= 2) {
			int s = __shfl_up_sync(EVERY_LANE, slots_before, (unsigned)i), t = __shfl_up_sync(EVERY_LANE, tiles_before, (unsigned)i);

			if (lane_id() >= i) {
				slots_before += s;
				tiles_before += t;
			}
		}
		slots_before -= slots;
		tiles_before -= tiles;
		for (int e = from; e < to; e++) {
			int c = start[e];

			start[e] = slots_before;
			tile[e] = tiles_before;
			slots_before += c;
			tiles_before += (c + a.tile_rows - 1) / a.tile_rows;
		}
		if (lane_id() == WARP - 1) {
			start[a.experts] = n;
			tile[a.experts] = tiles_before;
			a.tiles[0] = tiles_before;
		}
	}
	__syncthreads();
	for (int i = (int)threadIdx.x; i < a.experts * pieces; i += SORT_THREADS) {
		int e = i / pieces, from = i % pieces * each, to = from + each < n ? from + each : n, at = start[e];

		for (int p = 0; p < i % pieces; p++)
			at += count[e * pieces + p];
		for (int k = from; k < to; k++)
			if (a.expert[k] == e) {
				a.slot[k] = at;
				a.row[at] = k / a.top_k;
				at++;
			}
	}
	for (int e = (int)threadIdx.x; e <= a.experts; e += SORT_THREADS) {
		int32_t *t = a.tiles + 1 + 3 * tile[e];

		a.start[e] = start[e];
		for (int from = start[e]; e < a.experts && from < start[e + 1]; from += a.tile_rows, t += 3) {
			t[0] = e;
			t[1] = from;
			t[2] = start[e + 1] - from < a.tile_rows ? start[e + 1] - from : a.tile_rows;
		}
	}
}

/* ---- around the products ---- */

/* act (slots, inner) of fp32 models: SwiGLU of wide (slots, 2 inner), 16 gates and their 16 ups by turns. */
static __global__ void swiglu_kernel(float *act, const float *wide, int inner, int top_k, const int32_t *live)
{
	int slot = (int)blockIdx.x;

	if (slot >= *live * top_k)
		return;
	for (int i = (int)threadIdx.x; i < inner; i += (int)blockDim.x) {
		const float *pair = wide + (size_t)slot * (size_t)(2 * inner) + i / PAD * 2 * PAD + i % PAD;
		float gate = pair[0];

		act[(size_t)slot * (size_t)inner + (size_t)i] = gate / (1.f + expf(-fmaxf(gate, -80.f))) * pair[PAD];
	}
}

static __global__ void gather_kernel(float *h, const float *y, const float *weight, const int32_t *slot, int top_k, int dim, const int32_t *live)
{
	int row = (int)blockIdx.x;

	if (row >= *live)
		return;
	for (int d = (int)threadIdx.x; d < dim; d += (int)blockDim.x) {
		float sum = h[(size_t)row * (size_t)dim + (size_t)d];

		for (int k = 0; k < top_k; k++) {
			int at = row * top_k + k;

			sum = fmaf(weight[at], y[(size_t)slot[at] * (size_t)dim + (size_t)d], sum);
		}
		h[(size_t)row * (size_t)dim + (size_t)d] = sum;
	}
}

static void route(struct lane *lane, const float *x, const struct mlp *w, struct routing *r, int rows, int dim)
{
	struct choose_args a = {};
	struct product p = {};

	if (!w->router.data) {
		launch(dense_kernel, dim3((unsigned)blocks_of(rows, 128)), 128, 0, r->expert, r->weight, w->scale,
		       (const int32_t *)lane->step.live);
		return;
	}
	p.w = &w->router;
	p.out = w->router.out;
	p.x = x;
	p.x_stride = dim;
	p.rows = rows;
	p.live = lane->step.live;
	p.live_times = 1;
	p.tile_rows = cuda_tile_rows(p.w, rows);
	p.result = r->score;
	p.result_stride = p.out;
	cuda_product(lane->m, &p);
	a.score = r->score;
	a.bias = w->bias;
	a.expert = r->expert;
	a.weight = r->weight;
	a.live = lane->step.live;
	a.experts = w->experts;
	a.pad = pad16(w->experts);
	a.top_k = w->top_k;
	a.sigmoid = w->sigmoid;
	a.renorm = w->renorm;
	a.scale = w->scale;
	launch(choose_kernel, dim3((unsigned)rows), WARP, (size_t)a.pad * (sizeof(float) + 1), a);
}

/* The rows of tiles: few for each expert where tokens are few, so that none is padded much. */
static int tile_rows_of(const struct mlp *w, int rows)
{
	return cuda_tile_rows(&w->gate_up, (rows * w->top_k + w->experts - 1) / w->experts);
}

static void mixture(struct lane *lane, float *h, const float *x, const struct mlp *w, struct routing *r, int rows)
{
	int dim = w->down.out / w->experts, slots = rows * w->top_k, tile_rows = tile_rows_of(w, rows), n = row_stride(w->gate_up.in);
	int tiles_most = slots / tile_rows + (slots < w->experts ? slots : w->experts);
	bool exact = w->gate_up.kind == WEIGHTS_FP32;
	struct machine *m = lane->m;
	const int32_t *live = lane->step.live;
	int32_t *tiles = (int32_t *)room_at_least(m, &m->tiles, (size_t)(1 + 3 * tiles_most) * sizeof(*tiles));
	uint16_t *narrow = exact ? NULL : (uint16_t *)room_at_least(m, &m->narrow, (size_t)rows * (size_t)n * sizeof(*narrow));
	float *wide = exact ? (float *)room_at_least(m, &m->wide, (size_t)slots * (size_t)(2 * w->inner) * sizeof(*wide)) : NULL;
	struct sort_args s = {};
	struct product p = {};

	if (!tiles || (!narrow && !wide))
		return;
	route(lane, x, w, r, rows, dim);
	s.expert = r->expert;
	s.live = live;
	s.slot = r->slot;
	s.row = r->row;
	s.start = r->start;
	s.tiles = tiles;
	s.experts = w->experts;
	s.top_k = w->top_k;
	s.tile_rows = tile_rows;
	launch(sort_kernel, dim3(1), SORT_THREADS, 0, s);
	p.live = live;
	p.live_times = w->top_k;
	p.tiles = tiles + 1;
	p.live_tiles = tiles;
	p.tile_rows = tile_rows;
	p.tiles_most = tiles_most;
	p.rows = slots;
	p.w = &w->gate_up;
	p.out = 2 * w->inner;
	p.pick = r->row;
	if (exact) {
		p.x = x;
		p.x_stride = dim;
		p.result = wide;
		p.result_stride = p.out;
		cuda_product(m, &p);
		launch(swiglu_kernel, dim3((unsigned)slots), threads_for(w->inner), 0, r->act, (const float *)wide, w->inner, w->top_k, live);
	} else {
		cuda_narrow(lane, narrow, x, dim, NULL, rows, live, n);
		p.x = narrow;
		p.x_stride = n;
		p.act = (uint16_t *)(void *)r->act;
		p.act_stride = w->inner;
		cuda_product(m, &p);
		p.act = NULL;
	}
	p.w = &w->down;
	p.out = dim;
	p.pick = NULL;
	p.x = r->act;
	p.x_stride = w->inner;
	p.result = r->y;
	p.result_stride = dim;
	cuda_product(m, &p);
	launch(gather_kernel, dim3((unsigned)rows), threads_for(dim), 0, h, (const float *)r->y, (const float *)r->weight, (const int32_t *)r->slot,
	       w->top_k, dim, live);
}

void cuda_mlp(struct lane *lane, float *h, const float *x, const struct mlp *w, struct routing *r, int rows)
{
	mixture(lane, h, x, w, r, rows);
	if (w->shared)
		mixture(lane, h, x, w->shared, r, rows);
}
