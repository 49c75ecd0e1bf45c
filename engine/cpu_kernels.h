/*
 * cpu_kernels.h - the inner loops of the CPU backend: one table for each instruction set, one source for all.
 *
 * engine/cpu_body.h is compiled once for each set over a type of 16 lanes, so that all of them add in the same order.
 * "avx2", "avx512" and "avx512bf16" fuse multiply and add and agree to the bit; "plain" rounds in between, and "amx"
 * (engine/cpu_amx.c) adds a product's terms by 32.
 * A table's functions are pure: no state, no memory of their own.
 */
#ifndef QUARRY_ENGINE_CPU_KERNELS_H
#define QUARRY_ENGINE_CPU_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory that is wanted soon: so many stretches of `bytes` each, fetched by the way. */
struct ahead {
	const unsigned char *const *from;
	int n;
	size_t bytes, at; /* of the first, those that are on their way */
};

/*
 * out (rows, 16 * panels) = [out +] x (rows, k) * w^T. A panel holds 16 outputs: in fp32 as (k, 16); in bf16 as pairs of k,
 * (k / 2, 16, 2), an odd k filled up with 0; or, where there are scales, as E4M3 codes (k, 16), none a NaN: each is multiplied by its
 * output's scale for the block of k that it is in, and rounded. Where w is bf16, x is rounded to it too.
 * Every output is one chain of multiply-adds over k, whatever else is computed beside it. Rows of x are zero up to a multiple of 16.
 */
struct gemm {
	float *out;
	size_t out_stride; /* floats */
	const float *x;
	size_t x_stride;     /* floats */
	const int32_t *pick; /* row i of the output is made of x's row pick[i]; NULL: of row i */
	int rows;
	const void *w;
	const float *scale; /* of a panel (blocks, 16); NULL: none */
	int block;          /* of k, the last may be cut */
	int panels, k;
	bool fp32, add;
	struct ahead *ahead; /* what the caller wants next: a bf16 product fetches of it what it finds time for; may be NULL */
};

/* A query head of a row. */
struct attend_query {
	float *out;     /* (dim) */
	const float *q; /* (dim), scaled */
	const int32_t *page;
	int tokens; /* to look at, from the first */
};

enum { ATTEND_QUERIES = 16, ATTEND_DIM_MAX = 1024 };

/*
 * Queries that look at one key-value head. Those of one sequence are neighbours, and have the same `page`. In a pool of bf16 keys
 * are (dim / 2, 16 tokens, 2) and values (8, dim, 2 tokens); queries and weights are then rounded to bf16 too.
 */
struct attend {
	const struct attend_query *query;
	int n;
	int shared; /* first pages that all have in common and see whole */
	const unsigned char *kv; /* this layer and head in page 0 */
	size_t page_bytes;
	int dim; /* padded */
	bool fp32;
};

/* One head of one sequence: rows one after the other. */
struct lightning {
	float *out; /* (rows, dim) */
	size_t out_stride;
	float *q, *k, *v; /* (rows, dim), silu still to come: put in place */
	size_t stride;
	float *state; /* (dim, dim) */
	float decay;
	int rows, dim;
};

struct cpu_kernels {
	const char *name;
	void (*gemm)(const struct gemm *);
	void (*attend)(const struct attend *);
	/* out (n16) = x * weight / sqrt(sum x^2 / dim + eps); n16 a multiple of 16, dim <= n16 values that count */
	void (*rmsnorm)(float *out, const float *x, const float *weight, int n16, int dim, float eps);
	/* out (16 * pairs) = silu(gate) * up; x is pairs of 16 gates and their 16 ups */
	void (*swiglu)(float *out, const float *x, int pairs);
	void (*lightning)(const struct lightning *);
	void (*sigmoid_mul)(float *x, const float *gate, int n16); /* x *= sigmoid(gate) */
	void (*scale_add)(float *y, const float *x, float a, int n16); /* y += a * x */
	void (*exp)(float *out, const float *x, int n16);              /* x <= 88; below -87 it is 0 */
};

extern const struct cpu_kernels cpu_plain, cpu_avx2, cpu_avx512, cpu_avx512bf16, cpu_amx;

static inline uint16_t bf16_of(float f)
{
	uint32_t u;

	__builtin_memcpy(&u, &f, 4);
	if ((u & 0x7fffffff) > 0x7f800000) /* NaN stays one */
		return (uint16_t)(u >> 16 | 0x40);
	return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

static inline float bf16_float(uint16_t h)
{
	uint32_t u = (uint32_t)h << 16;
	float f;

	__builtin_memcpy(&f, &u, 4);
	return f;
}

#endif
