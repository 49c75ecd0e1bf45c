/*
 * rng.h - chance that is the same on every machine, for ever.
 *
 *	struct rng r;
 *	rng_init(&r, seed, "sudoku");	// a stream of its own for each purpose
 *	cell = rng_below(&r, 81);
 *
 * xoshiro256** (Blackman and Vigna, 2018), its state filled by splitmix64 from the seed and a hash of the
 * purpose. tests/test_base.c holds golden draws: they may never change.
 */
#ifndef QUARRY_BASE_RNG_H
#define QUARRY_BASE_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

void rng_init(struct rng *r, uint64_t seed, const char *purpose);
uint64_t rng_u64(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n);        /* 0 .. n-1, unbiased; n > 0 */
int rng_range(struct rng *r, int lo, int hi);         /* lo .. hi, both included; lo <= hi */
double rng_unit(struct rng *r);                       /* [0, 1), 53 bits */
bool rng_chance(struct rng *r, int percent);          /* true in percent of 100 draws */
/* Fisher-Yates over n items of `size` bytes (size <= 64). */
void rng_shuffle(struct rng *r, void *items, size_t n, size_t size);

/* A 64-bit mix of two numbers (splitmix64 finaliser): seeds of seeds. */
uint64_t rng_mix(uint64_t a, uint64_t b);

#endif
