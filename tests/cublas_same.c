/* cublas_same.c - engine/cuda/cublas.h held against the real header, at compile time, where a toolkit with cuBLAS is. */
#include <cublas_v2.h>

#include "engine/cuda/cublas.h"

_Static_assert(CUBLAS_OK == (int)CUBLAS_STATUS_SUCCESS, "status");
_Static_assert(CUBLAS_PLAIN == (int)CUBLAS_OP_N && CUBLAS_TURNED == (int)CUBLAS_OP_T, "operations");
_Static_assert(CUBLAS_FP32 == (int)CUDA_R_32F && CUBLAS_BF16 == (int)CUDA_R_16BF, "types");
_Static_assert(CUBLAS_SUMS_FP32 == (int)CUBLAS_COMPUTE_32F, "sums");
_Static_assert(CUBLAS_ANY_ALGORITHM == (int)CUBLAS_GEMM_DEFAULT, "algorithms");
_Static_assert(CUBLAS_WHOLE_SUMS == (int)CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION, "math");
_Static_assert(sizeof(cublasStatus_t) == sizeof(int) && sizeof(cublasOperation_t) == sizeof(int) && sizeof(cudaDataType) == sizeof(int) &&
		       sizeof(cublasComputeType_t) == sizeof(int) && sizeof(cublasGemmAlgo_t) == sizeof(int) && sizeof(cublasMath_t) == sizeof(int),
	       "enumerations are ints");

/* The real functions take what cublas.h says, in that order. */
static cublasStatus_t gemm(cublas_handle h, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a, int type_a, int lda, const void *b,
			   int type_b, int ldb, const void *beta, void *c, int type_c, int ldc, int sums, int algorithm)
{
	return cublasGemmEx(h, (cublasOperation_t)op_a, (cublasOperation_t)op_b, m, n, k, alpha, a, (cudaDataType)type_a, lda, b, (cudaDataType)type_b,
			    ldb, beta, c, (cudaDataType)type_c, ldc, (cublasComputeType_t)sums, (cublasGemmAlgo_t)algorithm);
}

extern cublasStatus_t (*const cublas_gemm_same)(cublas_handle, int, int, int, int, int, const void *, const void *, int, int, const void *, int, int,
						const void *, void *, int, int, int, int);
cublasStatus_t (*const cublas_gemm_same)(cublas_handle, int, int, int, int, int, const void *, const void *, int, int, const void *, int, int, const void *,
					 void *, int, int, int, int) = gemm;
extern cublasStatus_t (*const cublas_create_same)(cublas_handle *);
cublasStatus_t (*const cublas_create_same)(cublas_handle *) = cublasCreate_v2;
extern cublasStatus_t (*const cublas_set_stream_same)(cublas_handle, cudaStream_t);
cublasStatus_t (*const cublas_set_stream_same)(cublas_handle, cudaStream_t) = cublasSetStream_v2;
extern cublasStatus_t (*const cublas_set_workspace_same)(cublas_handle, void *, size_t);
cublasStatus_t (*const cublas_set_workspace_same)(cublas_handle, void *, size_t) = cublasSetWorkspace_v2;
