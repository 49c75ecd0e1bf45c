/* emulated.cc - the kernels of engine/cuda/ as C++ for the CPU (engine/cuda/emulate.h), behind the same table; see emulated.h. */
#define QUARRY_EMULATED
#include "engine/cuda/kernels.h"

#include "engine/cuda/attend.cu"
#include "tests/emulated_cublas.h"
#include "engine/cuda/dense.cu"
#include "engine/cuda/draw.cu"
#include "engine/cuda/experts.cu"
#include "engine/cuda/gemm.cu"
#include "engine/cuda/module.cu"
#include "engine/cuda/rows.cu"
#include "engine/cuda/weights.cu"

extern "C" {
#include "tests/emulated.h"
}

const struct backend *emulated_backend(void)
{
	struct err err = {};

	return table.device ? &table : quarry_cuda_open(&err);
}

const struct backend *emulated_cublas(bool on)
{
	struct err err = {};

	cublas_open = NULL;
	if (on)
		setenv("QUARRY_CUDA_CUBLAS", "1", 1);
	else
		unsetenv("QUARRY_CUDA_CUBLAS");
	return quarry_cuda_open(&err);
}

void emulated_reverse(bool reverse)
{
	emu_reverse = reverse;
}

struct emulated_counts emulated_counts(void)
{
	return { emu_launches, emu_plays, emu_gemms };
}

void emulated_room_left(size_t bytes)
{
	emu_room_left = bytes;
}
