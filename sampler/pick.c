/* pick.c - see pick.h. */
#include "sampler/pick.h"

#include "base/ln.h"
#include "base/rng.h"
#include "base/philox.h"

#include <math.h>
#include <stdlib.h>

/* Four lanes at a time; gcc and clang make SSE or NEON of it, with the same results as one by one. */
typedef float v4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));

enum { LANES = 4, FLUSH = 16 /* vectors summed in single precision before they go to a double */ };

struct candidate {
	float weight; /* exp of the scaled logit, the best one's being 1 */
	int32_t id;
};

struct picker {
	struct sampling how;
	int size;       /* ids 0 .. size-1 are the tokenizer's */
	int padded;     /* size rounded up to LANES */
	int vocab;
	int32_t *hole;  /* ids below size that are no token */
	int holes;
	float *logit;   /* (padded) a row, holes and padding at -inf */
	float *weight;  /* (padded) */
	struct candidate *heap; /* (size) */
};

uint64_t pick_key(uint64_t seed, uint64_t prompt_key, int sample)
{
	return rng_mix(rng_mix(seed, prompt_key), (uint64_t)sample);
}

struct picker *picker_new(const struct tok *t, int vocab, const struct sampling *how)
{
	struct picker *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->how = *how;
	p->vocab = vocab;
	p->size = tok_size(t) < vocab ? tok_size(t) : vocab;
	p->padded = (p->size + LANES - 1) / LANES * LANES;
	p->logit = aligned_alloc(64, ((size_t)p->padded * sizeof(float) + 64) / 64 * 64);
	p->weight = aligned_alloc(64, ((size_t)p->padded * sizeof(float) + 64) / 64 * 64);
	p->heap = malloc(((size_t)p->size + 1) * sizeof(*p->heap));
	p->hole = malloc(((size_t)p->size + 1) * sizeof(*p->hole));
	if (!p->logit || !p->weight || !p->heap || !p->hole) {
		picker_free(p);
		return NULL;
	}
	for (int32_t id = 0; id < p->size; id++)
		if (!tok_has(t, id))
			p->hole[p->holes++] = id;
	return p;
}

void picker_free(struct picker *p)
{
	if (!p)
		return;
	free(p->logit);
	free(p->weight);
	free(p->heap);
	free(p->hole);
	free(p);
}

struct draw_how picker_how(const struct picker *p)
{
	return (struct draw_how){
		.temperature = p->how.temperature, .top_p = p->how.top_p, .min_p = p->how.min_p, .top_k = p->how.top_k,
		.size = p->size, .hole = p->hole, .holes = p->holes,
	};
}

/* exp(x) for x <= 0, 0 below -87; relative error below 2e-7. Cephes' expf: x = n ln 2 + r, a polynomial in r. */
static inline v4 exp4(v4 x)
{
	const v4 magic = { 12582912.f, 12582912.f, 12582912.f, 12582912.f }; /* 1.5 * 2^23: rounds what it is added to */
	i4 live = x > -87.f;
	v4 n, r, y;
	i4 scale;

	x = (v4)((i4)x & live);
	n = (x * 1.44269504f + magic) - magic;
	r = x - n * 0.693359375f + n * 2.12194440e-4f;
	y = ((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r + 4.1665795894e-2f) * r + 1.6666665459e-1f) * r +
	    5.0000001201e-1f;
	y = y * r * r + r + 1.f;
	scale = (__builtin_convertvector(n, i4) + 127) << 23;
	return (v4)((i4)(y * (v4)scale) & live);
}

/* The row with what may not be drawn at -inf; gives its largest logit in *max. False: not finite. */
static bool row_take(struct picker *p, const float *logits, float *max)
{
	const v4 *x = (const v4 *)p->logit;
	i4 nan = { 0 };
	v4 m;

	memcpy(p->logit, logits, (size_t)p->size * sizeof(float));
	for (int i = 0; i < p->holes; i++)
		p->logit[p->hole[i]] = -INFINITY;
	for (int i = p->size; i < p->padded; i++)
		p->logit[i] = -INFINITY;
	m = x[0];
	for (int i = 0; i < p->padded / LANES; i++) {
		i4 more = x[i] > m;

		nan |= x[i] != x[i];
		m = (v4)(((i4)x[i] & more) | ((i4)m & ~more));
	}
	*max = m[0];
	for (int k = 1; k < LANES; k++)
		*max = m[k] > *max ? m[k] : *max;
	return !(nan[0] | nan[1] | nan[2] | nan[3]) && isfinite(*max);
}

/*
 * weight = exp((logit - max) / t). Gives the sum of the weights and, for the entropy, of weight * (logit - max) / t.
 */
static void weigh(struct picker *p, float max, float t, double *sum, double *dot)
{
	const v4 *x = (const v4 *)p->logit;
	v4 *w = (v4 *)p->weight;
	int n = p->padded / LANES;

	*sum = *dot = 0;
	for (int i = 0; i < n;) {
		v4 s = { 0 }, d = { 0 };

		for (int end = i + FLUSH < n ? i + FLUSH : n; i < end; i++) {
			v4 y = (x[i] - max) / t;

			w[i] = exp4(y);
			s += w[i];
			d += (v4)((i4)(w[i] * y) & (i4)(y > -87.f)); /* 0 * -inf is 0 here */
		}
		*sum += ((double)s[0] + (double)s[1]) + ((double)s[2] + (double)s[3]);
		*dot += ((double)d[0] + (double)d[1]) + ((double)d[2] + (double)d[3]);
	}
}

static int32_t argmax(const struct picker *p, float max)
{
	int32_t id = 0;

	while (p->logit[id] < max)
		id++;
	return id;
}

/* ---- the race ---- */

struct race {
	uint64_t key;
	uint32_t position;
	double time; /* of the leader's arrival */
	int32_t leader;
};

/*
 * E = -ln(1 - v), v = (r + 1/2) 2^-32. E is never below v, so who would be late even at time v / weight needs no
 * logarithm: about ten are taken in a row of thousands.
 */
static inline void arrive(struct race *r, uint32_t random, float weight, int32_t id)
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

static void arrive_one(struct race *r, float weight, int32_t id)
{
	uint32_t random[4];

	philox(random, r->key, (uint64_t)r->position << 32 | (uint32_t)id / 4, 0);
	arrive(r, random[id % 4], weight, id);
}

/* Everybody runs. The favourite goes first: it sets a time that spares most others their numbers. */
static void race_all(const struct picker *p, struct race *r, int32_t favourite)
{
	uint32_t random[4];

	arrive_one(r, p->weight[favourite], favourite);
	for (int32_t i = 0; i < p->padded; i += 4) {
		const float *w = p->weight + i;
		float a = w[0] > w[1] ? w[0] : w[1], b = w[2] > w[3] ? w[2] : w[3];

		/* 2^-33 is the least v */
		if (r->time * (double)(a > b ? a : b) < 0x1p-33)
			continue;
		philox(random, r->key, (uint64_t)r->position << 32 | (uint32_t)i / 4, 0);
		for (int k = 0; k < 4; k++)
			arrive(r, random[k], w[k], i + k);
	}
}

/* ---- filters ---- */

static bool heavier(struct candidate a, struct candidate b)
{
	return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
}

static void sink(struct candidate *heap, int n, int i)
{
	struct candidate c = heap[i];
	int k;

	while ((k = 2 * i + 1) < n) {
		if (k + 1 < n && heavier(heap[k + 1], heap[k]))
			k++;
		if (!heavier(heap[k], c))
			break;
		heap[i] = heap[k];
		i = k;
	}
	heap[i] = c;
}

/* The heaviest of n, taken off the heap; it stays right behind what is left of it. */
static struct candidate pop(struct candidate *heap, int *n)
{
	struct candidate c = heap[0];

	heap[0] = heap[--*n];
	sink(heap, *n, 0);
	heap[*n] = c;
	return c;
}

/* The candidate runs if min_p lets it; false: it was the last one to be asked. */
static bool runs(struct race *r, const struct sampling *how, struct candidate c, double *taken, double mass)
{
	if ((double)c.weight < how->min_p)
		return false;
	arrive_one(r, c.weight, c.id);
	*taken += (double)c.weight;
	return how->top_p >= 1 || *taken < how->top_p * mass;
}

/*
 * A weight that at least k candidates reach and not many more: weights are in (0, 1], where floats sort like their bits,
 * so the upper 12 bits make 1,017 classes.
 */
static double kth_floor(const struct picker *p, int k)
{
	enum { CLASSES = (0x3F800000 >> 20) + 1 };
	int count[CLASSES] = { 0 }, seen = 0, c = CLASSES;
	uint32_t bits;
	float floor;

	for (int32_t id = 0; id < p->size; id++) {
		memcpy(&bits, &p->weight[id], sizeof(bits));
		count[bits >> 20]++;
	}
	while (c > 1 && seen < k)
		seen += count[--c];
	bits = (uint32_t)c << 20;
	memcpy(&floor, &bits, sizeof(floor));
	return (double)floor;
}

/*
 * Those the filters leave run. top_k keeps all that weigh as much as the k-th; top_p of what top_k left the fewest that
 * reach p together, equals by lowest id; min_p those at least min_p times the heaviest.
 */
static void race_filtered(struct picker *p, struct race *r, double sum)
{
	const struct sampling *how = &p->how;
	double floor, taken = 0, mass = sum;
	float last = 0;
	int n = 0, left;

	/* Of top_p: all that weigh less than this have less than 1 - p together, the others reach p without them. */
	floor = (1 - how->top_p) * sum / p->size;
	if (how->top_k)
		floor = kth_floor(p, how->top_k);
	else if (floor < how->min_p)
		floor = how->min_p;
	for (int32_t id = 0; id < p->size; id++) {
		/* without a branch, which would be guessed wrong too often; heap has room for one more than size */
		p->heap[n] = (struct candidate){ p->weight[id], id };
		n += p->weight[id] > 0 && (double)p->weight[id] >= floor;
	}
	if (!how->top_k && how->top_p >= 1) {
		for (int i = 0; i < n; i++)
			arrive_one(r, p->heap[i].weight, p->heap[i].id);
		return;
	}
	for (int i = n / 2 - 1; i >= 0; i--)
		sink(p->heap, n, i);
	left = n;
	if (!how->top_k) {
		while (left > 0 && runs(r, how, pop(p->heap, &left), &taken, mass))
			;
		return;
	}
	mass = 0;
	while (left > 0 && (n - left < how->top_k || p->heap[0].weight >= last)) {
		last = pop(p->heap, &left).weight;
		mass += (double)last;
	}
	for (int i = n - 1; i >= left && runs(r, how, p->heap[i], &taken, mass); i--)
		;
}

bool pick(struct picker *p, const float *logits, uint64_t key, uint32_t position, struct pick *ret)
{
	const struct sampling *how = &p->how;
	struct race race = { key, position, INFINITY, 0 };
	double sum, dot, log_sum;
	float max;
	int32_t best;

	if (!row_take(p, logits, &max))
		return false;
	weigh(p, max, 1, &sum, &dot);
	log_sum = ln(sum);
	ret->entropy = log_sum - dot / sum;
	best = argmax(p, max);
	race.leader = best;
	if (how->temperature > 0) {
		if (how->temperature != 1)
			weigh(p, max, (float)how->temperature, &sum, &dot);
		if (how->top_k || how->top_p < 1 || how->min_p > 0)
			race_filtered(p, &race, sum);
		else
			race_all(p, &race, best);
	}
	ret->id = race.leader;
	ret->logprob = ((double)p->logit[race.leader] - (double)max) - log_sum;
	return true;
}
