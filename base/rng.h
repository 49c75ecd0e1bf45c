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

static inline uint64_t rng_u64(struct rng *r)
{
	uint64_t *s = r->s, five = s[1] * 5, out = (five << 7 | five >> 57) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = s[3] << 45 | s[3] >> 19;
	return out;
}

/* For rng_below(): of products whose low half is below n, the few lowest would be biased, and are drawn again. */
uint64_t rng_below_again(struct rng *r, uint32_t n, uint64_t product);

/* 0 .. n-1, unbiased; n > 0. Lemire 2019: multiply and shift. */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	uint64_t product = (rng_u64(r) >> 32) * n;

	if ((uint32_t)product <= n) /* seldom, and where n is 0 */
		product = rng_below_again(r, n, product);
	return (uint32_t)(product >> 32);
}

int rng_range(struct rng *r, int lo, int hi);         /* lo .. hi, both included; lo <= hi */
double rng_unit(struct rng *r);                       /* [0, 1), 53 bits */

static inline bool rng_chance(struct rng *r, int percent) /* true in percent of 100 draws */
{
	return (int)rng_below(r, 100) < percent;
}

/* Fisher-Yates over n items of `size` bytes (size <= 64). */
void rng_shuffle(struct rng *r, void *items, size_t n, size_t size);

/* The next number of splitmix64. */
static inline uint64_t rng_splitmix(uint64_t *x)
{
	uint64_t z = *x += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* A 64-bit mix of two numbers (splitmix64 finaliser): seeds of seeds. */
static inline uint64_t rng_mix(uint64_t a, uint64_t b)
{
	a = rng_splitmix(&a) ^ b;
	return rng_splitmix(&a);
}

#endif
