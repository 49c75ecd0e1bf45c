/*
 * device.h - what the kernels need beyond the language: launches, products of tiles, asynchronous copies, sums over threads. Compiled by nvcc
 * it is the GPU's own; with QUARRY_EMULATED it is emulate.h's.
 *
 * Sums are taken in an order that the shape alone decides. bf16 values are held as their bits (uint16_t).
 */
#ifndef QUARRY_ENGINE_CUDA_DEVICE_H
#define QUARRY_ENGINE_CUDA_DEVICE_H

#ifdef QUARRY_EMULATED
#include "engine/cuda/emulate.h"
#else
#include <assert.h>
#include <cuda_runtime.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#endif

extern "C" {
#include "engine/backend.h"
}

enum { WARP = 32 };
static constexpr unsigned EVERY_LANE = 0xffffffffu;

extern cudaStream_t cuda_stream; /* the only one */

static __device__ __forceinline__ int lane_id()
{
	return (int)(threadIdx.x % WARP);
}

static __device__ __forceinline__ int warp_id()
{
	return (int)(threadIdx.x / WARP);
}

/* ---- bf16 ---- */

/* Two to a register, `low` in the lower half; rounded to nearest even. */
static __device__ __forceinline__ uint32_t bf16_pair(float low, float high)
{
#ifdef QUARRY_EMULATED
	uint32_t both[2];

	for (int i = 0; i < 2; i++) {
		float f = i ? high : low;
		uint32_t u;

		memcpy(&u, &f, sizeof(u));
		both[i] = (u & 0x7fffffff) > 0x7f800000 ? u >> 16 | 0x40 : (u + 0x7fff + (u >> 16 & 1)) >> 16;
	}
	return both[0] | both[1] << 16;
#else
	uint32_t d;

	asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(d) : "f"(high), "f"(low));
	return d;
#endif
}

static __device__ __forceinline__ uint16_t bf16_one(float f)
{
	return (uint16_t)bf16_pair(f, 0);
}

static __device__ __forceinline__ float float_of_bits(uint32_t bits)
{
#ifdef QUARRY_EMULATED
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
#else
	return __uint_as_float(bits);
#endif
}

static __device__ __forceinline__ uint32_t bits_of_float(float f)
{
#ifdef QUARRY_EMULATED
	uint32_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return bits;
#else
	return __float_as_uint(f);
#endif
}

static __device__ __forceinline__ float bf16_value(uint16_t half)
{
	return float_of_bits((uint32_t)half << 16);
}

/* ---- products of tiles ---- */

/* c (16, 8) += a (16, 16) b (16, 8), each lane holding its fragments: mma.m16n8k16 of the PTX manual. */
static __device__ __forceinline__ void mma_bf16(float c[4], const uint32_t a[4], const uint32_t b[2])
{
#ifdef QUARRY_EMULATED
	emu_mma(c, a, b);
#else
	asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
		     : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
		     : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}

/* ---- copies to shared memory that go on beside the work; 16 bytes, zeros when it is not there ---- */

static __device__ __forceinline__ void copy_async(void *shared, const void *from, bool there)
{
#ifdef QUARRY_EMULATED
	emu_copy_async(shared, from, there ? 16 : 0);
#else
	asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"((uint32_t)__cvta_generic_to_shared(shared)), "l"(from),
		     "r"(there ? 16 : 0)
		     : "memory");
#endif
}

static __device__ __forceinline__ void copy_commit()
{
#ifdef QUARRY_EMULATED
	emu_copy_commit();
#else
	asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/* This thread's groups are there, all but the last N. */
template <int N> static __device__ __forceinline__ void copy_wait()
{
#ifdef QUARRY_EMULATED
	emu_copy_wait(N);
#else
	asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory");
#endif
}

/* The memory that a launch asked for. */
static __device__ __forceinline__ unsigned char *shared_room()
{
#ifdef QUARRY_EMULATED
	return emu_shared;
#else
	extern __shared__ __align__(16) unsigned char room[];

	return room;
#endif
}

/* ---- over threads ---- */

template <class T> static __device__ __forceinline__ T warp_sum(T v)
{
	for (int i = WARP / 2; i; i /= 2)
		v += __shfl_xor_sync(EVERY_LANE, v, i);
	return v;
}

static __device__ __forceinline__ float warp_max(float v)
{
	for (int i = WARP / 2; i; i /= 2)
		v = fmaxf(v, __shfl_xor_sync(EVERY_LANE, v, i));
	return v;
}

/* Sums of all threads' values; room for as many as there are warps. Every thread of the block calls it. */
template <class T> static __device__ __forceinline__ T block_sum(T v, T *room)
{
	T sum = 0;

	v = warp_sum(v);
	__syncthreads(); /* room may be in use from before */
	if (lane_id() == 0)
		room[warp_id()] = v;
	__syncthreads();
	for (unsigned i = 0; i < blockDim.x / WARP; i++)
		sum += room[i];
	return sum;
}

/* ---- from the host ---- */

template <class... P, class... A> static void launch(void (*kernel)(P...), dim3 grid, unsigned block, size_t shared, A... args)
{
#ifdef QUARRY_EMULATED
	emu_do([=] { emu_grid_run(grid, dim3(block), shared, [&] { kernel(args...); }); });
#else
	if (shared > 48 << 10)
		cudaFuncSetAttribute((const void *)kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared);
	kernel<<<grid, dim3(block), shared, cuda_stream>>>(args...);
#endif
}

static inline int blocks_of(int64_t n, int each)
{
	return (int)((n + each - 1) / each);
}

/* Threads for a block that walks over n values: enough, not idle. */
static inline unsigned threads_for(int n)
{
	return n >= 1024 ? 256 : n >= 256 ? 128 : n >= 64 ? 64 : 32;
}

#endif
