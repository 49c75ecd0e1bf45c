/*
 * philox.h - random numbers by place, not by order: number i of stream k is the same whoever asks, whenever.
 *
 *	uint32_t r[4];
 *	philox(r, key, 7, 0);		// four numbers of block 7 of stream `key`
 *
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 * tests/test_sampler.c holds the authors' known answers.
 */
#ifndef QUARRY_BASE_PHILOX_H
#define QUARRY_BASE_PHILOX_H

#include <stdint.h>

/* What a compiler for GPUs wants in front of a function. */
#ifndef PHILOX_CALL
#define PHILOX_CALL static inline
#endif

/* lo and hi are the two 64-bit halves of the counter. */
PHILOX_CALL void philox(uint32_t out[4], uint64_t key, uint64_t lo, uint64_t hi)
{
	uint32_t c0 = (uint32_t)lo, c1 = (uint32_t)(lo >> 32), c2 = (uint32_t)hi, c3 = (uint32_t)(hi >> 32);
	uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);

	for (int round = 0; round < 10; round++) {
		uint64_t a = (uint64_t)c0 * 0xD2511F53u, b = (uint64_t)c2 * 0xCD9E8D57u;

		c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
		c1 = (uint32_t)b;
		c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
		c3 = (uint32_t)a;
		k0 += 0x9E3779B9u;
		k1 += 0xBB67AE85u;
	}
	out[0] = c0;
	out[1] = c1;
	out[2] = c2;
	out[3] = c3;
}

#endif
