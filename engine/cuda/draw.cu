/*
 * draw.cu - tokens from logits where these are: the twin of sampler/pick.c, to the id. The same exponents and logarithms (this file is compiled
 * without contraction), the same numbers by (key, position, id), so the same race. Sums over the vocabulary are taken in an order of
 * their own, and the mass that top-p counts in whole numbers, so that nobody's order shows: logprob and entropy may differ in the last digits.
 */
#include "engine/cuda/kernels.h"

#define PHILOX_CALL static __host__ __device__ __forceinline__
#define LN_CALL static __device__
#include "base/ln.h"
extern "C" {
#include "base/philox.h"
}

enum { DRAW_THREADS = 512, BINS = 256 };

struct draw_args {
	float *logits;
	size_t stride;
	struct draw_one *draw;
	const int32_t *hole;
	double temperature, top_p, min_p;
	int top_k, size, holes;
};

/* pick.c's exp4, one at a time: x <= 0, 0 below -87. */
static __device__ float exp_pick(float x)
{
	const float magic = 12582912.f;
	bool live = x > -87.f;
	float n, r, y;

	x = live ? x : 0;
	n = (x * 1.44269504f + magic) - magic;
	r = x - n * 0.693359375f + n * 2.12194440e-4f;
	y = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r + 1.6666665459e-1f) * r + 5.0000001201e-1f;
	y = y * r * r + r + 1.f;
	return live ? y * float_of_bits((uint32_t)((int)n + 127) << 23) : 0;
}

struct row {
	const float *logit;
	int size;
	float max, temperature; /* 0: weights are not needed */
};

static __device__ __forceinline__ float weight_of(const struct row &r, int id)
{
	return exp_pick((r.logit[id] - r.max) / r.temperature);
}

/* Whole numbers stand for masses, so that sums do not hang on their order: weights are in (0, 1], rows below 2^23 long. */
static __device__ __forceinline__ unsigned long long mass_of(float weight)
{
	return (unsigned long long)((double)weight * 0x1p40 + 0.5);
}

/* What is found of a row's weights by descending from the upper bits: floats in (0, 1] sort like their bits. */
struct cut {
	uint32_t bits;                /* of the weight where the count, or the mass, is reached */
	unsigned long long above, equal; /* those above it, those of it: counted, or their mass */
};

struct cut_room {
	unsigned long long bin[BINS];
	struct cut cut;
};

/* The largest weight w such that those of w and more are `want`, counted or by mass; only those of `floor` and more are looked at. */
static __device__ struct cut cut_find(const struct row &r, uint32_t floor, bool by_mass, double want, struct cut_room *room)
{
	struct cut c = { 0, 0, 0 };

	for (int shift = 24; shift >= 0; shift -= 8) {
		for (int i = (int)threadIdx.x; i < BINS; i += DRAW_THREADS)
			room->bin[i] = 0;
		__syncthreads();
		for (int id = (int)threadIdx.x; id < r.size; id += DRAW_THREADS) {
			float w = weight_of(r, id);
			uint32_t bits = bits_of_float(w);

			if (bits >= floor && bits > 0 && (shift == 24 || bits >> (shift + 8) == c.bits >> (shift + 8)))
				atomicAdd(&room->bin[bits >> shift & 0xff], by_mass ? mass_of(w) : 1ull);
		}
		__syncthreads();
		if (threadIdx.x == 0) {
			unsigned long long above = c.above;
			int b = BINS - 1;

			/* the last bin that holds any, if all together are not enough */
			for (int last = -1;; b--) {
				if (b < 0) {
					b = last < 0 ? 0 : last;
					above -= room->bin[b];
					break;
				}
				if (room->bin[b])
					last = b;
				if (room->bin[b] && (double)(above + room->bin[b]) >= want)
					break;
				above += room->bin[b];
			}
			room->cut.bits = c.bits | (uint32_t)b << shift;
			room->cut.above = above;
			room->cut.equal = room->bin[b];
		}
		__syncthreads();
		c = room->cut;
		__syncthreads();
	}
	return c;
}

/* The id of the n-th, from 1, that weighs exactly so; there are more than n. */
static __device__ int nth_equal(const struct row &r, uint32_t bits, unsigned long long n, unsigned *room)
{
	unsigned long long before = 0;

	for (int base = 0; base < r.size; base += DRAW_THREADS) {
		int id = base + (int)threadIdx.x;
		unsigned mine = __ballot_sync(EVERY_LANE, id < r.size && bits_of_float(weight_of(r, id)) == bits);
		unsigned long long seen = before;

		__syncthreads();
		if (lane_id() == 0)
			room[warp_id()] = mine;
		__syncthreads();
		for (int w = 0; w < DRAW_THREADS / WARP; w++) {
			unsigned many = (unsigned)__popc(room[w]);

			if (seen + many >= n) {
				unsigned left = room[w];

				for (; seen + 1 < n; seen++)
					left &= left - 1;
				return base + w * WARP + __popc((left & (0u - left)) - 1u);
			}
			seen += many;
		}
		before = seen;
	}
	return r.size;
}

/* Who may run: weights from `bits` on; of those of `tie` exactly, ids up to `last`. */
struct field {
	uint32_t bits, tie;
	int last;
};

static __device__ struct field field_of(const struct row &r, const struct draw_args &a, struct cut_room *room, unsigned *ballots)
{
	struct field f = { 1, 0, 0 };
	struct cut c;

	if (a.top_k)
		f.bits = cut_find(r, 1, false, (double)a.top_k, room).bits;
	if (a.top_p < 1) {
		unsigned long long sum = 0, share, taken;

		for (int id = (int)threadIdx.x; id < r.size; id += DRAW_THREADS) {
			float w = weight_of(r, id);

			sum += bits_of_float(w) >= f.bits ? mass_of(w) : 0;
		}
		sum = block_sum(sum, room->bin);
		__syncthreads();
		c = cut_find(r, f.bits, true, a.top_p * (double)sum, room);
		share = mass_of(float_of_bits(c.bits));
		taken = c.above;
		f.bits = c.bits;
		if (share && c.equal > share) { /* several weigh the same: as few of them as are needed */
			unsigned long long n = 0;

			while (n < c.equal / share && (n == 0 || (double)taken < a.top_p * (double)sum)) {
				taken += share;
				n++;
			}
			if (n < c.equal / share) {
				f.tie = c.bits;
				f.last = nth_equal(r, c.bits, n, ballots);
			}
		}
	}
	return f;
}

/* pick.c's race: the first to arrive; of equal times the lower id. */
struct race {
	double time;
	int leader;
};

static __device__ __forceinline__ void arrive(struct race *r, uint32_t random, float weight, int id)
{
	double v = ((double)random + 0.5) * 0x1p-32, time;

	if (weight <= 0 || v > r->time * (double)weight)
		return;
	time = -ln(1 - v) / (double)weight;
	if (time < r->time || (time == r->time && id < r->leader)) {
		r->time = time;
		r->leader = id;
	}
}

static __device__ struct race race_run(const struct row &r, const struct draw_args &a, const struct draw_one &d, const struct field &f)
{
	struct race race = { INFINITY, r.size };

	for (int id = 4 * (int)threadIdx.x; id < r.size; id += 4 * DRAW_THREADS) {
		uint32_t random[4];
		float w[4], most = 0;

		for (int k = 0; k < 4; k++) {
			uint32_t bits;

			w[k] = id + k < r.size ? weight_of(r, id + k) : 0;
			bits = bits_of_float(w[k]);
			if (bits < f.bits || (f.tie && bits == f.tie && id + k > f.last) || (double)w[k] < a.min_p)
				w[k] = 0;
			most = fmaxf(most, w[k]);
		}
		if (most <= 0 || race.time * (double)most < 0x1p-33) /* the least v */
			continue;
		philox(random, d.key, (uint64_t)d.position << 32 | (uint64_t)id / 4, 0);
		for (int k = 0; k < 4; k++)
			arrive(&race, random[k], w[k], id + k);
	}
	return race;
}

static __device__ struct race race_end(struct race race, struct race *room)
{
	for (int i = WARP / 2; i; i /= 2) {
		double time = __shfl_xor_sync(EVERY_LANE, race.time, i);
		int leader = __shfl_xor_sync(EVERY_LANE, race.leader, i);

		if (time < race.time || (time == race.time && leader < race.leader)) {
			race.time = time;
			race.leader = leader;
		}
	}
	__syncthreads();
	if (lane_id() == 0)
		room[warp_id()] = race;
	__syncthreads();
	for (int i = 0; i < DRAW_THREADS / WARP; i++)
		if (room[i].time < race.time || (room[i].time == race.time && room[i].leader < race.leader))
			race = room[i];
	return race;
}

/* The row's largest logit; NaN when one is, or when none is finite. */
static __device__ float row_max(const struct row &r, float *room)
{
	float most = -INFINITY, bad = 0;

	for (int id = (int)threadIdx.x; id < r.size; id += DRAW_THREADS) {
		float l = r.logit[id];

		bad += l != l;
		most = fmaxf(most, l);
	}
	bad = block_sum(bad, room);
	__syncthreads();
	most = warp_max(most);
	if (lane_id() == 0)
		room[warp_id()] = most;
	__syncthreads();
	for (int i = 0; i < DRAW_THREADS / WARP; i++)
		most = fmaxf(most, room[i]);
	return bad > 0 || !(most > -INFINITY && most < INFINITY) ? NAN : most;
}

/* A block to each draw. */
static __global__ void __launch_bounds__(DRAW_THREADS) draw_kernel(struct draw_args a)
{
	__shared__ float floats[WARP];
	__shared__ double doubles[WARP];
	__shared__ struct race races[WARP];
	__shared__ struct cut_room cuts;
	__shared__ unsigned ballots[WARP];
	struct draw_one *d = a.draw + blockIdx.x;
	float *logit = a.logits + (size_t)d->row * a.stride;
	struct row r = { logit, a.size, 0, 1 };
	struct race race = { INFINITY, a.size };
	double sum = 0, dot = 0;

	for (int i = (int)threadIdx.x; i < a.holes; i += DRAW_THREADS)
		logit[a.hole[i]] = -INFINITY;
	__syncthreads();
	r.max = row_max(r, floats);
	if (r.max != r.max) {
		if (threadIdx.x == 0)
			d->id = -1;
		return;
	}
	for (int id = (int)threadIdx.x; id < a.size; id += DRAW_THREADS) {
		float y = r.logit[id] - r.max, w = exp_pick(y);

		sum += (double)w;
		dot += y > -87.f ? (double)(w * y) : 0;
		if (a.temperature <= 0 && r.logit[id] == r.max && id < race.leader) /* the lowest of the largest */
			race.leader = id;
	}
	sum = block_sum(sum, doubles);
	dot = block_sum(dot, doubles);
	if (a.temperature > 0) {
		r.temperature = (float)a.temperature;
		race = race_run(r, a, *d, field_of(r, a, &cuts, ballots));
	}
	race = race_end(race, races);
	if (threadIdx.x == 0) {
		double log_sum = ln(sum);

		d->id = race.leader;
		d->logprob = ((double)r.logit[race.leader] - (double)r.max) - log_sum;
		d->entropy = log_sum - dot / sum;
	}
}

int cuda_draw(struct machine *m, const float *logits, size_t stride, const struct draw_how *how, struct draw_one *draw, int n, struct err *err)
{
	size_t bytes = (size_t)n * sizeof(*draw), holes = (size_t)how->holes * sizeof(*how->hole);
	struct draw_args a = {};

	if (n == 0)
		return 0;
	a.logits = (float *)logits;
	a.stride = stride;
	a.draw = (struct draw_one *)room_at_least(m, &m->draws, bytes);
	a.hole = (const int32_t *)room_at_least(m, &m->holes, holes + 1);
	if (!a.draw || !a.hole)
		return err_set(err, "%s", m->failed);
	a.temperature = how->temperature;
	a.top_p = how->top_p;
	a.min_p = how->min_p;
	a.top_k = how->top_k;
	a.size = how->size;
	a.holes = how->holes;
	cudaMemcpyAsync(a.draw, draw, bytes, cudaMemcpyHostToDevice, cuda_stream);
	if (holes)
		cudaMemcpyAsync((void *)a.hole, how->hole, holes, cudaMemcpyHostToDevice, cuda_stream);
	launch(draw_kernel, dim3((unsigned)n), DRAW_THREADS, 0, a);
	cudaMemcpyAsync(draw, a.draw, bytes, cudaMemcpyDeviceToHost, cuda_stream);
	return cuda_wait(err);
}
