/*
 * emulated.h - the GPU's table of operations on a CPU that stands in for one.
 *
 *	model_open(dir, &(struct model_options){ .backend = emulated_backend() }, &err);
 */
#ifndef QUARRY_TESTS_EMULATED_H
#define QUARRY_TESTS_EMULATED_H

#include "engine/backend.h"

const struct backend *emulated_backend(void);
/* The same with dense products by cuBLAS, and without from then on. */
const struct backend *emulated_cublas(bool on);
/* Threads, warps and blocks take their turns the other way round, copies come late. */
void emulated_reverse(bool reverse);

struct emulated_counts {
	long launches, plays; /* of kernels, those in graphs included; of graphs */
	long gemms;           /* of the library that stands in for cuBLAS */
};
struct emulated_counts emulated_counts(void);
void emulated_room_left(size_t bytes); /* the most that an allocation may ask for */

#endif
