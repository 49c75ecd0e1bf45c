/* rng.c - xoshiro256** and draws from it; see rng.h. */
#include "base/rng.h"
#include "base/hash.h"

#include <assert.h>
#include <string.h>

static uint64_t splitmix(uint64_t *x)
{
	uint64_t z = *x += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

uint64_t rng_mix(uint64_t a, uint64_t b)
{
	uint64_t x = a;

	x = splitmix(&x) ^ b;
	return splitmix(&x);
}

void rng_init(struct rng *r, uint64_t seed, const char *purpose)
{
	uint64_t x = rng_mix(seed, hash64(purpose, strlen(purpose), 0));

	for (int i = 0; i < 4; i++)
		r->s[i] = splitmix(&x);
}

static uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

uint64_t rng_u64(struct rng *r)
{
	uint64_t *s = r->s, out = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return out;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	uint64_t m;

	assert(n > 0);
	/* Lemire 2019: multiply-shift, rejecting the few low products that would be biased */
	m = (rng_u64(r) >> 32) * n;
	if ((uint32_t)m < n) {
		uint32_t least = (0u - n) % n;

		while ((uint32_t)m < least)
			m = (rng_u64(r) >> 32) * n;
	}
	return (uint32_t)(m >> 32);
}

int rng_range(struct rng *r, int lo, int hi)
{
	uint64_t n = (uint64_t)((int64_t)hi - lo + 1);

	assert(lo <= hi);
	return (int)(lo + (int64_t)(n > UINT32_MAX ? rng_u64(r) >> 32 : rng_below(r, (uint32_t)n)));
}

double rng_unit(struct rng *r)
{
	return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

bool rng_chance(struct rng *r, int percent)
{
	return (int)rng_below(r, 100) < percent;
}

/* Always with a constant size, but for the last resort: then the copies are moves between registers. */
static inline void shuffle(struct rng *r, char *p, size_t n, size_t size)
{
	char a[64], b[64];

	for (size_t i = n; i > 1; i--) {
		char *last = p + (i - 1) * size, *other = p + rng_below(r, (uint32_t)i) * size;

		memcpy(a, last, size);
		memcpy(b, other, size);
		memcpy(last, b, size);
		memcpy(other, a, size);
	}
}

void rng_shuffle(struct rng *r, void *items, size_t n, size_t size)
{
	assert(size <= 64);
	switch (size) {
	case 1: shuffle(r, items, n, 1); break;
	case 2: shuffle(r, items, n, 2); break;
	case 4: shuffle(r, items, n, 4); break;
	case 8: shuffle(r, items, n, 8); break;
	case 16: shuffle(r, items, n, 16); break;
	default: shuffle(r, items, n, size);
	}
}
