/*
 * emulate.h - a CPU that stands in for a GPU, so that the kernels of this folder are compiled as C++ and run where no GPU is. Slow, and
 * meant to be strict; tests/emulated.cc includes this and then the .cu files as they are.
 *
 * Blocks run one after the other. The threads of a block are fibers that run in turn, each up to the next point where threads wait for each
 * other; a warp (or block) whose threads do not all come to the same kind of point fails an assertion. What is not waited for rightly shows
 * by running twice, with emu_reverse off and on: threads, warps and blocks then take their turns the other way round, and an asynchronous
 * copy happens as late as it may instead of as soon. Results must be the same to the bit. Out of bounds, in either memory, is
 * AddressSanitizer's to see: each room and each launch's shared memory is an allocation of its own, and the latter holds NaNs at first.
 *
 * The runtime's functions are those that the folder uses; a stream does everything at once, or while it is captured into a graph keeps it.
 */
#ifndef QUARRY_ENGINE_CUDA_EMULATE_H
#define QUARRY_ENGINE_CUDA_EMULATE_H

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define EMU_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EMU_ASAN 1
#endif
#endif
#ifndef __x86_64__
#include <ucontext.h>
#endif

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __shared__ static

struct dim3 {
	unsigned x, y, z;
	dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

struct float4 { float x, y, z, w; };
struct uint4 { unsigned x, y, z, w; };

static dim3 threadIdx, blockIdx, blockDim, gridDim;
static unsigned char *emu_shared;
static bool emu_reverse;
static long emu_launches, emu_plays;

/* ---- fibers ---- */

enum emu_wait { EMU_RUNS, EMU_AT_WARP, EMU_AT_BLOCK, EMU_DONE };
enum { EMU_THREADS = 1024, EMU_STACK = 128 << 10, EMU_COPIES = 256 };

struct emu_copy {
	void *to;
	const void *from;
	unsigned bytes, group;
};

struct emu_fiber {
	void *sp, *fake;
	unsigned char *stack;
	emu_wait wait;
	unsigned ops;                    /* of the warp so far */
	unsigned group, copies;          /* of asynchronous copies */
	emu_copy copy[EMU_COPIES];
#ifndef __x86_64__
	ucontext_t context;
#endif
};

static emu_fiber *emu_fibers, *emu_now;
static void *emu_main_sp, *emu_main_fake;
static const void *emu_main_stack;
static size_t emu_main_size;
static void (*emu_body)(void *);
static void *emu_arg;
#ifndef __x86_64__
static ucontext_t emu_main_context;
#endif

#ifdef EMU_ASAN
extern "C" void __sanitizer_start_switch_fiber(void **fake, const void *bottom, size_t size);
extern "C" void __sanitizer_finish_switch_fiber(void *fake, const void **bottom, size_t *size);
#else
static inline void __sanitizer_start_switch_fiber(void **, const void *, size_t) {}
static inline void __sanitizer_finish_switch_fiber(void *, const void **, size_t *) {}
#endif

#ifdef __x86_64__
extern "C" void emu_switch(void **save, void *to);
__asm__(".text\n.globl emu_switch\n.type emu_switch,@function\nemu_switch:\n"
	"\tpushq %rbp\n\tpushq %rbx\n\tpushq %r12\n\tpushq %r13\n\tpushq %r14\n\tpushq %r15\n"
	"\tmovq %rsp, (%rdi)\n\tmovq %rsi, %rsp\n"
	"\tpopq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rbx\n\tpopq %rbp\n\tret\n"
	".size emu_switch,.-emu_switch\n");
#endif

static void emu_leave(emu_wait wait)
{
	emu_fiber *f = emu_now;

	f->wait = wait;
	__sanitizer_start_switch_fiber(wait == EMU_DONE ? NULL : &f->fake, emu_main_stack, emu_main_size);
#ifdef __x86_64__
	emu_switch(&f->sp, emu_main_sp);
#else
	swapcontext(&f->context, &emu_main_context);
#endif
	__sanitizer_finish_switch_fiber(f->fake, &emu_main_stack, &emu_main_size);
}

static void emu_start()
{
	__sanitizer_finish_switch_fiber(NULL, &emu_main_stack, &emu_main_size);
	emu_body(emu_arg);
	assert(emu_now->copies == 0 && "asynchronous copies that nobody waited for");
	emu_leave(EMU_DONE);
}

static void emu_fiber_reset(emu_fiber *f)
{
	if (!f->stack)
		f->stack = (unsigned char *)aligned_alloc(4096, EMU_STACK);
	f->wait = EMU_RUNS;
	f->ops = f->group = f->copies = 0;
	f->fake = NULL;
#ifdef __x86_64__
	void **top = (void **)(void *)(f->stack + EMU_STACK);

	top[-2] = (void *)emu_start; /* where emu_switch returns to; the stack is then as after a call */
	f->sp = top - 8;
	memset(f->sp, 0, 6 * sizeof(void *));
#else
	getcontext(&f->context);
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = EMU_STACK;
	f->context.uc_link = NULL;
	makecontext(&f->context, emu_start, 0);
#endif
}

static void emu_resume(unsigned thread)
{
	emu_fiber *f = &emu_fibers[thread];

	emu_now = f;
	threadIdx = dim3(thread % blockDim.x, thread / blockDim.x % blockDim.y, thread / (blockDim.x * blockDim.y));
	__sanitizer_start_switch_fiber(&emu_main_fake, f->stack, EMU_STACK);
#ifdef __x86_64__
	emu_switch(&emu_main_sp, f->sp);
#else
	swapcontext(&emu_main_context, &f->context);
#endif
	__sanitizer_finish_switch_fiber(emu_main_fake, NULL, NULL);
}

/* All lanes up to a point where they wait for other warps, or to their end. */
static emu_wait emu_warp_run(unsigned first, unsigned lanes)
{
	for (;;) {
		for (unsigned i = 0; i < lanes; i++)
			emu_resume(first + (emu_reverse ? lanes - 1 - i : i));
		for (unsigned i = 1; i < lanes; i++)
			assert(emu_fibers[first + i].wait == emu_fibers[first].wait && emu_fibers[first + i].ops == emu_fibers[first].ops &&
			       "threads of a warp wait at different places");
		if (emu_fibers[first].wait != EMU_AT_WARP)
			return emu_fibers[first].wait;
	}
}

static void emu_block_run()
{
	unsigned threads = blockDim.x * blockDim.y * blockDim.z, warps = threads / 32;
	emu_wait all = EMU_RUNS;

	assert(threads % 32 == 0 && threads <= EMU_THREADS);
	for (unsigned i = 0; i < threads; i++)
		emu_fiber_reset(&emu_fibers[i]);
	while (all != EMU_DONE)
		for (unsigned i = 0; i < warps; i++) {
			emu_wait now = emu_warp_run(32 * (emu_reverse ? warps - 1 - i : i), 32);

			assert((i == 0 || now == all) && "warps of a block wait at different places");
			all = now;
		}
}

template <class F> static void emu_call(void *f)
{
	(*(const F *)f)();
}

template <class F> static void emu_grid_run(dim3 grid, dim3 block, size_t shared, const F &body)
{
	unsigned blocks = grid.x * grid.y * grid.z;

	assert(blocks > 0 && grid.y <= 65535 && grid.z <= 65535 && shared <= 99 << 10);
	if (!emu_fibers)
		emu_fibers = (emu_fiber *)calloc(EMU_THREADS, sizeof(*emu_fibers));
	gridDim = grid;
	blockDim = block;
	emu_body = emu_call<F>;
	emu_arg = (void *)&body;
	emu_shared = shared ? (unsigned char *)malloc(shared) : NULL;
	for (unsigned i = 0; i < blocks; i++) {
		unsigned b = emu_reverse ? blocks - 1 - i : i;

		blockIdx = dim3(b % grid.x, b / grid.x % grid.y, b / (grid.x * grid.y));
		if (shared)
			memset(emu_shared, 0xff, shared);
		emu_block_run();
	}
	free(emu_shared);
	emu_launches++;
}

/* ---- what threads do together ---- */

static uint64_t emu_slot[2][32];

static inline unsigned emu_lane()
{
	return (unsigned)(emu_now - emu_fibers) % 32;
}

static inline void __syncthreads()
{
	emu_leave(EMU_AT_BLOCK);
}

static inline void __syncwarp()
{
	emu_now->ops++;
	emu_leave(EMU_AT_WARP);
}

/* Every lane hands in a value; then any lane's may be read until the op after the next. */
static inline const uint64_t *emu_exchange(uint64_t v)
{
	uint64_t *slot = emu_slot[emu_now->ops & 1];

	slot[emu_lane()] = v;
	__syncwarp();
	return slot;
}

template <class T> static inline T __shfl_sync(unsigned mask, T v, int lane)
{
	uint64_t bits = 0;

	assert(mask == 0xffffffffu);
	memcpy(&bits, &v, sizeof(v));
	bits = emu_exchange(bits)[lane & 31];
	memcpy(&v, &bits, sizeof(v));
	return v;
}

template <class T> static inline T __shfl_xor_sync(unsigned mask, T v, int lanes)
{
	return __shfl_sync(mask, v, (int)emu_lane() ^ lanes);
}

template <class T> static inline T __shfl_up_sync(unsigned mask, T v, unsigned n)
{
	return __shfl_sync(mask, v, (int)(emu_lane() < n ? emu_lane() : emu_lane() - n));
}

static inline unsigned __ballot_sync(unsigned mask, int yes)
{
	const uint64_t *slot = (assert(mask == 0xffffffffu), emu_exchange(yes != 0));
	unsigned all = 0;

	for (int i = 0; i < 32; i++)
		all |= (unsigned)slot[i] << i;
	return all;
}

static inline int __popc(unsigned v)
{
	return __builtin_popcount(v);
}

template <class T> static inline T atomicAdd(T *to, T v)
{
	T old = *to;

	*to += v;
	return old;
}

static inline float emu_bf16(uint32_t half)
{
	uint32_t bits = half << 16;
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

/* mma.sync.m16n8k16 on the fragments as PTX lays them out over lanes: g = lane / 4, t = lane % 4. */
static inline void emu_mma(float c[4], const uint32_t a[4], const uint32_t b[2])
{
	static uint32_t kept[2][32][6];
	static float wide_a[16][16], wide_b[8][16];
	static unsigned built = ~0u;
	static const emu_fiber *built_for;
	unsigned turn = emu_now->ops & 1, lane = emu_lane(), g = lane / 4, t = lane % 4;

	memcpy(kept[turn][lane], a, 16);
	memcpy(kept[turn][lane] + 4, b, 8);
	__syncwarp();
	if (built != emu_now->ops || built_for != emu_now - lane || lane == (emu_reverse ? 31 : 0)) {
		for (unsigned l = 0; l < 32; l++)
			for (unsigned half = 0; half < 2; half++) {
				const uint32_t *r = kept[turn][l];
				unsigned k = l % 4 * 2 + half, shift = 16 * half;

				wide_a[l / 4][k] = emu_bf16(r[0] >> shift & 0xffff);
				wide_a[l / 4 + 8][k] = emu_bf16(r[1] >> shift & 0xffff);
				wide_a[l / 4][k + 8] = emu_bf16(r[2] >> shift & 0xffff);
				wide_a[l / 4 + 8][k + 8] = emu_bf16(r[3] >> shift & 0xffff);
				wide_b[l / 4][k] = emu_bf16(r[4] >> shift & 0xffff);
				wide_b[l / 4][k + 8] = emu_bf16(r[5] >> shift & 0xffff);
			}
		built = emu_now->ops;
		built_for = emu_now - lane;
	}
	for (int i = 0; i < 4; i++) {
		const float *row = wide_a[g + (i / 2) * 8], *column = wide_b[t * 2 + (unsigned)i % 2];
		float sum = 0;

		for (int k = 0; k < 16; k++)
			sum += row[k] * column[k];
		c[i] += sum;
	}
}

/* ---- asynchronous copies to shared memory ---- */

static inline void emu_copy_do(const emu_copy *c)
{
	memcpy(c->to, c->from, c->bytes);
	memset((char *)c->to + c->bytes, 0, 16 - c->bytes);
}

static inline void emu_copy_async(void *to, const void *from, unsigned bytes)
{
	emu_copy c = { to, from, bytes, emu_now->group };

	assert((uintptr_t)to % 16 == 0 && (bytes == 0 || (uintptr_t)from % 16 == 0) && (bytes == 0 || bytes == 16));
	assert(emu_now->copies < EMU_COPIES);
	if (!emu_reverse)
		emu_copy_do(&c);
	emu_now->copy[emu_now->copies++] = c;
}

static inline void emu_copy_commit()
{
	emu_now->group++;
}

/* All groups but the last n are there. */
static inline void emu_copy_wait(unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < emu_now->copies; i++)
		if (emu_now->copy[i].group + n < emu_now->group) {
			if (emu_reverse)
				emu_copy_do(&emu_now->copy[i]);
		} else {
			emu_now->copy[kept++] = emu_now->copy[i];
		}
	emu_now->copies = kept;
}

/* ---- the runtime ---- */

typedef int cudaError_t;
typedef struct emu_stream *cudaStream_t;
enum { cudaSuccess = 0, cudaErrorMemoryAllocation = 2, cudaMemcpyHostToDevice = 1, cudaMemcpyDeviceToHost = 2, cudaMemcpyDeviceToDevice = 3 };
enum cudaStreamCaptureMode { cudaStreamCaptureModeRelaxed };
enum cudaDeviceAttr { cudaDevAttrComputeCapabilityMajor, cudaDevAttrComputeCapabilityMinor, cudaDevAttrMultiProcessorCount };

struct emu_node {
	emu_node *next = NULL;
	virtual void play() = 0;
	virtual ~emu_node() {}
};

template <class F> struct emu_recorded : emu_node {
	F f;
	explicit emu_recorded(const F &f_) : f(f_) {}
	void play() override { f(); }
};

struct emu_graph {
	emu_node *first = NULL, **last = &first;
};
typedef emu_graph *cudaGraph_t, *cudaGraphExec_t;

static emu_graph *emu_capture;
static size_t emu_room_left = (size_t)1 << 30;

/* Now, or when the graph in hand is played. */
template <class F> static void emu_do(const F &f)
{
	if (!emu_capture) {
		f();
		return;
	}
	*emu_capture->last = new emu_recorded<F>(f);
	emu_capture->last = &(*emu_capture->last)->next;
}

static inline const char *cudaGetErrorString(cudaError_t e) { return e == cudaErrorMemoryAllocation ? "out of memory" : "emulated"; }
static inline cudaError_t cudaGetLastError() { return cudaSuccess; }
static inline cudaError_t cudaGetDeviceCount(int *n) { return *n = 1, cudaSuccess; }
static inline cudaError_t cudaSetDevice(int) { return cudaSuccess; }
static inline cudaError_t cudaDeviceGetAttribute(int *v, cudaDeviceAttr a, int)
{
	return *v = a == cudaDevAttrComputeCapabilityMajor ? 9 : a == cudaDevAttrMultiProcessorCount ? 4 : 0, cudaSuccess;
}
static inline cudaError_t cudaStreamCreate(cudaStream_t *s) { return *s = NULL, cudaSuccess; }
static inline cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }
static inline cudaError_t cudaMemGetInfo(size_t *left, size_t *all) { return *left = *all = emu_room_left, cudaSuccess; }

static inline cudaError_t cudaMalloc(void **p, size_t n)
{
	if (n > emu_room_left || posix_memalign(p, 256, n ? n : 1))
		return *p = NULL, cudaErrorMemoryAllocation;
	memset(*p, 0xff, n);
	return cudaSuccess;
}
static inline cudaError_t cudaFree(void *p) { return free(p), cudaSuccess; }
static inline cudaError_t cudaMallocHost(void **p, size_t n) { return cudaMalloc(p, n); }
static inline cudaError_t cudaFreeHost(void *p) { return cudaFree(p); }

static inline cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t n, int, cudaStream_t)
{
	emu_do([=] { memcpy(to, from, n); });
	return cudaSuccess;
}
static inline cudaError_t cudaMemsetAsync(void *to, int v, size_t n, cudaStream_t)
{
	emu_do([=] { memset(to, v, n); });
	return cudaSuccess;
}
static inline cudaError_t cudaStreamBeginCapture(cudaStream_t, cudaStreamCaptureMode)
{
	emu_capture = new emu_graph;
	return cudaSuccess;
}
static inline cudaError_t cudaStreamEndCapture(cudaStream_t, cudaGraph_t *g)
{
	*g = emu_capture;
	emu_capture = NULL;
	return cudaSuccess;
}
static inline cudaError_t cudaGraphInstantiate(cudaGraphExec_t *e, cudaGraph_t g, unsigned long long)
{
	*e = new emu_graph(*g);
	g->first = NULL;
	return cudaSuccess;
}
static inline cudaError_t cudaGraphLaunch(cudaGraphExec_t e, cudaStream_t)
{
	emu_plays++;
	for (emu_node *n = e->first; n; n = n->next)
		n->play();
	return cudaSuccess;
}
typedef int cudaEvent_t;
enum { cudaEventDisableTiming = 2 };
static inline cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned) { return *e = 1, cudaSuccess; }
static inline cudaError_t cudaEventRecord(cudaEvent_t, cudaStream_t) { return cudaSuccess; }
static inline cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }
static inline cudaError_t cudaEventDestroy(cudaEvent_t) { return cudaSuccess; }
static inline cudaError_t cudaGraphDestroy(cudaGraph_t g)
{
	while (g->first) {
		emu_node *n = g->first;

		g->first = n->next;
		delete n;
	}
	delete g;
	return cudaSuccess;
}
static inline cudaError_t cudaGraphExecDestroy(cudaGraphExec_t e) { return cudaGraphDestroy(e); }

#endif
