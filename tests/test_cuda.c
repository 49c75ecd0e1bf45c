/*
 * test_cuda.c - the kernels for GPUs where there is none: compiled for the CPU (emulated.h), each operation beside its twin, and whole models against
 * the same golden logits as on the CPU. QUARRY_LONG=1 asks every prompt in fp32 too, which takes three times as long.
 */
#include "tests/cuda_models.h"
#include "tests/cuda_ops.h"
#include "tests/emulated.h"

static long plays(void)
{
	return emulated_counts().plays;
}

static void test_too_large(void)
{
	struct err err = ERR_INIT;

	emulated_room_left(10000);
	CHECK(model_open(golden("mixtral"), &(struct model_options){ .backend = emulated_backend() }, &err) == NULL);
	CHECK(strstr(err.msg, "GB of weights do not fit") != NULL);
	emulated_room_left((size_t)1 << 30);
}

/* Dense products by what stands in for cuBLAS: within the same bounds, and only where it was asked for. */
static void test_cublas(void)
{
	const struct backend *be = emulated_cublas(true);
	long gemms = emulated_counts().gemms;

	CHECK_STR(str_of(be->device->name()), "cuda-sm90-cublas");
	ops_linears_check(be);
	CHECK(emulated_counts().gemms > gemms);
	models_dense(be);
	gemms = emulated_counts().gemms;
	be = emulated_cublas(false);
	CHECK_STR(str_of(be->device->name()), "cuda-sm90");
	ops_linears_check(be);
	CHECK(emulated_counts().gemms == gemms);
}

int main(void)
{
	help_begin();
	fixtures_find();
	ops_check(emulated_backend());
	emulated_reverse(true);
	ops_check(emulated_backend());
	emulated_reverse(false);
	models_golden(emulated_backend(), 2e-5);
	models_same_bits(emulated_backend(), emulated_reverse, plays);
	models_eight_bits(emulated_backend());
	test_too_large();
	test_cublas();
	return help_end();
}
