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
int cuda_matrix_new(struct matrix *w, int out, int in, enum weights kind, int block, struct err *err)
{
	*w = {};
	w->out = pad16(out);
	w->in = in;
	w->kind = kind == WEIGHTS_F8 && block % 16 ? WEIGHTS_BF16 : kind;
	w->block = w->kind == WEIGHTS_F8 ? block : 0;
	w->bytes = data_bytes(w) + (size_t)w->out * (size_t)scales_of(w) * sizeof(float);
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

int cuda_matrix_done(struct matrix *w, struct err *err)
{
	if (cudaMalloc(&w->data, w->bytes) != cudaSuccess) {
		cudaGetLastError();
		w->data = NULL;
		return err_set(err, "out of memory on the GPU: %zu bytes of weights", w->bytes);
	}
	cudaMemcpyAsync(w->data, w->staged, w->bytes, cudaMemcpyHostToDevice, cuda_stream);
	cudaStreamSynchronize(cuda_stream);
	if (scales_of(w))
		w->scale = (float *)(void *)((char *)w->data + data_bytes(w));
	free(w->staged);
	w->staged = NULL;
	return 0;
}
