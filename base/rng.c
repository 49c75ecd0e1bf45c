/* rng.c - xoshiro256** and draws from it; see rng.h. */
#include "base/rng.h"
#include "base/hash.h"

#include <assert.h>
#include <string.h>

void rng_init(struct rng *r, uint64_t seed, const char *purpose)
{
	uint64_t x = rng_mix(seed, hash64(purpose, strlen(purpose), 0));

	for (int i = 0; i < 4; i++)
		r->s[i] = rng_splitmix(&x);
}

uint64_t rng_below_again(struct rng *r, uint32_t n, uint64_t product)
{
	uint32_t least;

	assert(n > 0);
	least = (0u - n) % n;
	while ((uint32_t)product < least)
		product = (rng_u64(r) >> 32) * n;
	return product;
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
