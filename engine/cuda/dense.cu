/*
 * dense.cu - products with dense bf16 matrices by cuBLAS, for those who ask with QUARRY_CUDA_CUBLAS=1. The library is opened when a model is
 * to run; without it that is told and nothing else is done. It chooses its kernels by the number of rows: a sample then depends, in its last
 * bits, on how many others are under way. So this is not how quarry runs by itself.
 *
 * cuBLAS writes all rows that a launch covers, whoever is live, so its result goes to a room of the machine; live rows are taken from there.
 */
#include "engine/cuda/cublas.h"
#include "engine/cuda/kernels.h"

#ifndef QUARRY_EMULATED
#include <dlfcn.h>
#endif

enum { CUBLAS_WORKSPACE = 32 << 20 }; /* bytes; what cuBLAS itself takes on sm_90. Given, so that graphs may hold its launches */

static struct cublas cublas;
static cublas_handle cublas_open; /* NULL: products are our own */
static void *workspace;

#ifndef QUARRY_EMULATED
static int cublas_load(struct cublas *b, struct err *err)
{
	static const char *const names[] = { "libcublas.so.13", "libcublas.so.12", "libcublas.so" };
	void *lib = NULL;

	for (size_t i = 0; !lib && i < sizeof(names) / sizeof(names[0]); i++)
		lib = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		return err_set(err, "QUARRY_CUDA_CUBLAS: %s", dlerror());
	*(void **)&b->create = dlsym(lib, "cublasCreate_v2");
	*(void **)&b->set_stream = dlsym(lib, "cublasSetStream_v2");
	*(void **)&b->set_workspace = dlsym(lib, "cublasSetWorkspace_v2");
	*(void **)&b->set_math = dlsym(lib, "cublasSetMathMode");
	*(void **)&b->gemm = dlsym(lib, "cublasGemmEx");
	if (!b->create || !b->set_stream || !b->set_workspace || !b->set_math || !b->gemm)
		return err_set(err, "QUARRY_CUDA_CUBLAS: this libcublas lacks a function that is wanted of it");
	return 0;
}
#endif

int cuda_dense_open(struct err *err)
{
	int rc;

	if (cublas_open)
		return 0;
	if (cublas_load(&cublas, err) < 0)
		return ERR_FAIL;
	if (!workspace && cudaMalloc(&workspace, CUBLAS_WORKSPACE) != cudaSuccess)
		return err_set(err, "out of memory on the GPU");
	rc = cublas.create(&cublas_open);
	if (rc == CUBLAS_OK)
		rc = cublas.set_stream(cublas_open, cuda_stream);
	if (rc == CUBLAS_OK)
		rc = cublas.set_workspace(cublas_open, workspace, CUBLAS_WORKSPACE);
	if (rc == CUBLAS_OK)
		rc = cublas.set_math(cublas_open, CUBLAS_WHOLE_SUMS);
	if (rc == CUBLAS_OK)
		return 0;
	cublas_open = NULL;
	return err_set(err, "QUARRY_CUDA_CUBLAS: cuBLAS says status %d", rc);
}

bool cuda_dense_is_open()
{
	return cublas_open != NULL;
}

/* (rows, n) of what was multiplied, to the result. */
static __global__ void dense_end_kernel(float *result, const float *product, const float *bias, const int32_t *live, int n, int stride, bool add)
{
	int row = (int)blockIdx.x;

	if (row >= *live)
		return;
	for (int i = (int)threadIdx.x; i < n; i += (int)blockDim.x) {
		float *to = result + (size_t)row * (size_t)stride + (size_t)i;
		float sum = product[(size_t)row * (size_t)n + (size_t)i] + (bias ? bias[i] : 0);

		*to = add ? *to + sum : sum;
	}
}

bool cuda_dense(struct machine *m, const struct product *p)
{
	static const float one = 1, zero = 0;
	float *product;
	int rc;

	if (!cublas_open || p->w->kind != WEIGHTS_BF16 || p->tiles || p->act || p->pick)
		return false;
	product = (float *)room_at_least(m, &m->wide, (size_t)p->rows * (size_t)p->out * sizeof(*product));
	if (!product)
		return true; /* the machine has been told */
	rc = cublas.gemm(cublas_open, CUBLAS_TURNED, CUBLAS_PLAIN, p->out, p->rows, p->w->in, &one, p->w->data, CUBLAS_BF16, row_stride(p->w->in), p->x,
			 CUBLAS_BF16, p->x_stride, &zero, product, CUBLAS_FP32, p->out, CUBLAS_SUMS_FP32, CUBLAS_ANY_ALGORITHM);
	if (rc != CUBLAS_OK)
		m->failed = "cuBLAS refused a product";
	else
		launch(dense_end_kernel, dim3((unsigned)p->rows), threads_for(p->out), 0, p->result, (const float *)product, p->bias, p->live, p->out,
		       p->result_stride, p->add);
	return true;
}
