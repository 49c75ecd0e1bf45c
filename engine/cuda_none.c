/* cuda_none.c - where no CUDA toolkit was there at build time: no GPU can be used; see backend.h. */
#include "engine/backend.h"

const struct backend *backend_cuda(struct err *err)
{
	err_set(err, "quarry was built without CUDA; configure with -Dcuda=enabled where nvcc is");
	return NULL;
}

bool backend_cuda_built(void)
{
	return false;
}
