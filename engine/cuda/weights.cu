/*
 * weights.cu - matrices as the kernels read them: rows of pad16(in) elements one after the other, scales behind them. Rows are put together
 * in the host's memory, by all its threads, and sent in one piece.
 */
#include "engine/cuda/kernels.h"

static size_t width_of(enum weights kind)
{
	return kind == WEIGHTS_FP32 ? 4 : kind == WEIGHTS_BF16 ? 2 : 1;
}

static size_t data_bytes(const struct matrix *w)
{
	return ((size_t)w->out * (size_t)row_stride(w->in) * width_of(w->kind) + 255) / 256 * 256;
}

static int scales_of(const struct matrix *w)
{
	return w->kind == WEIGHTS_F8 ? (w->in + w->block - 1) / w->block : w->kind == WEIGHTS_I8;
}

void cuda_matrix_free(struct matrix *w)
{
	free(w->staged);
	if (w->data)
		cudaFree(w->data);
	w->staged = w->data = NULL;
	w->scale = NULL;
}

/* Codes whose blocks of columns are not whole steps of a product are multiplied out when they are read: bf16 then. */
static void matrix_shape(struct matrix *w, int out, int in, enum weights kind, int block)
{
	*w = {};
	w->out = pad16(out);
	w->in = in;
	w->kind = kind == WEIGHTS_F8 && block % 16 ? WEIGHTS_BF16 : kind;
	w->block = w->kind == WEIGHTS_F8 ? block : 0;
	w->bytes = data_bytes(w) + (size_t)w->out * (size_t)scales_of(w) * sizeof(float);
}

int cuda_matrix_new(struct matrix *w, int out, int in, enum weights kind, int block, struct err *err)
{
	matrix_shape(w, out, in, kind, block);
	w->staged = calloc(1, w->bytes);
	if (!w->staged)
		return err_set(err, "out of memory: %zu bytes of weights", w->bytes);
	return 0;
}

static float *scale_at(const struct matrix *w, int row)
{
	return (float *)(void *)((char *)w->staged + data_bytes(w)) + (size_t)row * (size_t)scales_of(w);
}

static uint16_t bf16_near(float f)
{
	uint32_t u;

	memcpy(&u, &f, sizeof(u));
	if ((u & 0x7fffffff) > 0x7f800000)
		return (uint16_t)(u >> 16 | 0x40);
	return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

/* The largest becomes 127; a row of zeros, or with what is not finite, keeps a scale that says so. */
static void row_eight(const struct matrix *w, int row, const float *from)
{
	signed char *to = (signed char *)w->staged + (size_t)row * (size_t)row_stride(w->in);
	float most = 0;

	for (int i = 0; i < w->in; i++)
		most = fabsf(from[i]) > most || from[i] != from[i] ? fabsf(from[i]) : most;
	*scale_at(w, row) = most / 127;
	for (int i = 0; i < w->in && most > 0 && most <= 3.4e38f; i++)
		to[i] = (signed char)lrintf(from[i] / most * 127);
}

void cuda_matrix_rows(struct matrix *w, int first, const float *const rows[PAD])
{
	for (int r = 0; r < PAD; r++) {
		size_t at = (size_t)(first + r) * (size_t)row_stride(w->in);

		if (!rows[r])
			continue;
		if (w->kind == WEIGHTS_I8)
			row_eight(w, first + r, rows[r]);
		else if (w->kind == WEIGHTS_FP32)
			memcpy((float *)w->staged + at, rows[r], (size_t)w->in * sizeof(float));
		else
			for (int i = 0; i < w->in; i++)
				((uint16_t *)w->staged)[at + (size_t)i] = bf16_near(rows[r][i]);
	}
}

void cuda_matrix_codes(struct matrix *w, int first, const unsigned char *const codes[PAD], const float *const scales[PAD])
{
	for (int r = 0; r < PAD; r++)
		if (codes[r]) {
			memcpy((char *)w->staged + (size_t)(first + r) * (size_t)row_stride(w->in), codes[r], (size_t)w->in);
			memcpy(scale_at(w, first + r), scales[r], (size_t)scales_of(w) * sizeof(float));
		}
}

static int data_new(struct matrix *w, struct err *err)
{
	if (cudaMalloc(&w->data, w->bytes) != cudaSuccess) {
		cudaGetLastError();
		w->data = NULL;
		return err_set(err, "out of memory on the GPU: %zu bytes of weights", w->bytes);
	}
	if (scales_of(w))
		w->scale = (float *)(void *)((char *)w->data + data_bytes(w));
	return 0;
}

int cuda_matrix_done(struct matrix *w, struct err *err)
{
	if (data_new(w, err) < 0)
		return ERR_FAIL;
	cudaMemcpyAsync(w->data, w->staged, w->bytes, cudaMemcpyHostToDevice, cuda_stream);
	cudaStreamSynchronize(cuda_stream);
	free(w->staged);
	w->staged = NULL;
	return 0;
}

/* ---- random ones ---- */

/* splitmix64's finish */
static __device__ __forceinline__ uint64_t mixed(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

/* The sum of four uniform numbers, of deviation 1: near enough to normal, and the same on any machine. */
static __device__ __forceinline__ float bell(uint64_t bits)
{
	int sum = 0;

	for (int i = 0; i < 4; i++)
		sum += (int)(bits >> 16 * i & 0xffff);
	return (float)(sum - 2 * 65535) / (65536 * 0.57735f);
}

/* Codes: whole numbers, or E4M3 of three exponents around 1; their scale makes up for what that is at the mean. */
static __global__ void random_kernel(void *data, enum weights kind, int in, int stride, uint64_t seed, float deviation)
{
	for (int i = (int)threadIdx.x; i < in; i += (int)blockDim.x) {
		size_t at = (size_t)blockIdx.x * (size_t)stride + (size_t)i;
		uint64_t bits = mixed(seed + at * 0x9e3779b97f4a7c15ull);

		if (kind == WEIGHTS_FP32)
			((float *)data)[at] = deviation * bell(bits);
		else if (kind == WEIGHTS_BF16)
			((uint16_t *)data)[at] = bf16_one(deviation * bell(bits));
		else if (kind == WEIGHTS_I8)
			((signed char *)data)[at] = (signed char)((int)(bits % 255) - 127);
		else
			((unsigned char *)data)[at] = (unsigned char)((bits & 0x80) | (6 + bits % 3) << 3 | (bits >> 20 & 7));
	}
}

static __global__ void fill_kernel(float *to, size_t n, float v)
{
	size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		to[i] = v;
}

int cuda_matrix_random(struct matrix *w, int out, int in, enum weights kind, int block, uint64_t seed, float deviation, struct err *err)
{
	size_t scales;

	matrix_shape(w, out, in, kind, block);
	if (data_new(w, err) < 0)
		return ERR_FAIL;
	cudaMemsetAsync(w->data, 0, w->bytes, cuda_stream);
	launch(random_kernel, dim3((unsigned)out), threads_for(in), 0, w->data, w->kind, in, row_stride(in), seed, deviation);
	scales = (size_t)w->out * (size_t)scales_of(w);
	if (scales)
		launch(fill_kernel, dim3((unsigned)blocks_of((int64_t)scales, 256)), 256, 0, w->scale, scales,
		       w->kind == WEIGHTS_I8 ? deviation / 73.6f : deviation / 1.9f);
	return cuda_wait(err);
}
