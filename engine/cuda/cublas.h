/*
 * cublas.h - the part of cuBLAS that dense.cu calls, so that the module is built without it and finds it where it runs. From NVIDIA's cuBLAS
 * manual; names of the same ABI since version 11. tests/cublas_same.c holds it against cublas_v2.h where that is.
 */
#ifndef QUARRY_ENGINE_CUDA_CUBLAS_H
#define QUARRY_ENGINE_CUDA_CUBLAS_H

typedef struct cublasContext *cublas_handle;

enum { CUBLAS_OK = 0 };                   /* CUBLAS_STATUS_SUCCESS */
enum { CUBLAS_PLAIN = 0, CUBLAS_TURNED }; /* CUBLAS_OP_N, CUBLAS_OP_T */
enum { CUBLAS_FP32 = 0, CUBLAS_BF16 = 14 }; /* cudaDataType: CUDA_R_32F, CUDA_R_16BF */
enum { CUBLAS_SUMS_FP32 = 68 };           /* CUBLAS_COMPUTE_32F */
enum { CUBLAS_ANY_ALGORITHM = -1 };       /* CUBLAS_GEMM_DEFAULT */
enum { CUBLAS_WHOLE_SUMS = 16 };          /* CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION */

/* Each returns CUBLAS_OK, or what went wrong. */
struct cublas {
	int (*create)(cublas_handle *);                                   /* cublasCreate_v2 */
	int (*set_stream)(cublas_handle, cudaStream_t);                   /* cublasSetStream_v2 */
	int (*set_workspace)(cublas_handle, void *, size_t);              /* cublasSetWorkspace_v2 */
	int (*set_math)(cublas_handle, int);                              /* cublasSetMathMode */
	/* c = alpha * op(a) * op(b) + beta * c, all stored by columns: (m, n) of (m, k) and (k, n). cublasGemmEx */
	int (*gemm)(cublas_handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a, int type_a, int lda, const void *b,
		    int type_b, int ldb, const void *beta, void *c, int type_c, int ldc, int sums, int algorithm);
};

#endif
