/* cpu_avx512bf16.c - the same with a product of bf16 pairs in hardware; compiled with -mavx512bf16 besides. */
#include "engine/cpu_avx512bf16.h"

#define KERNELS cpu_avx512bf16
#define KERNELS_NAME "avx512bf16"
#include "engine/cpu_body.h"
