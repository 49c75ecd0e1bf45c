/*
 * emulated_cublas.h - stands in for libcublas where dense.cu is compiled for the CPU: products as the manual defines cublasGemmEx, of what dense.cu
 * asks for and nothing else.
 */
#ifndef QUARRY_TESTS_EMULATED_CUBLAS_H
#define QUARRY_TESTS_EMULATED_CUBLAS_H

#include "engine/cuda/cublas.h"

static long emu_gemms;

static float emu_bf16(const void *at, size_t i)
{
	return float_of_bits((uint32_t)((const uint16_t *)at)[i] << 16);
}

/* c (m, n) by columns = a' b, where a is (k, m) and b (k, n), both by columns. */
static int emu_gemm(cublas_handle h, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a, int type_a, int lda, const void *b,
		    int type_b, int ldb, const void *beta, void *c, int type_c, int ldc, int sums, int)
{
	assert(h && op_a == CUBLAS_TURNED && op_b == CUBLAS_PLAIN && *(const float *)alpha == 1 && *(const float *)beta == 0);
	assert(type_a == CUBLAS_BF16 && type_b == CUBLAS_BF16 && type_c == CUBLAS_FP32 && sums == CUBLAS_SUMS_FP32);
	assert(m > 0 && n > 0 && k > 0 && lda >= k && ldb >= k && ldc >= m);
	emu_do([=] {
		emu_gemms++;
		for (int j = 0; j < n; j++)
			for (int i = 0; i < m; i++) {
				float sum = 0;

				for (int l = 0; l < k; l++)
					sum += emu_bf16(a, (size_t)i * (size_t)lda + (size_t)l) * emu_bf16(b, (size_t)j * (size_t)ldb + (size_t)l);
				((float *)c)[(size_t)j * (size_t)ldc + (size_t)i] = sum;
			}
	});
	return CUBLAS_OK;
}

static int emu_create(cublas_handle *h)
{
	static char one;

	*h = (cublas_handle)(void *)&one;
	return CUBLAS_OK;
}

static int cublas_load(struct cublas *b, struct err *)
{
	b->create = emu_create;
	b->set_stream = [](cublas_handle, cudaStream_t) { return (int)CUBLAS_OK; };
	b->set_workspace = [](cublas_handle, void *, size_t) { return (int)CUBLAS_OK; };
	b->set_math = [](cublas_handle, int) { return (int)CUBLAS_OK; };
	b->gemm = emu_gemm;
	return 0;
}

#endif
