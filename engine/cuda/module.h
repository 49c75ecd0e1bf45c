/*
 * module.h - what quarry-cuda.so offers to the engine: one function, the way in to its table.
 */
#ifndef QUARRY_ENGINE_CUDA_MODULE_H
#define QUARRY_ENGINE_CUDA_MODULE_H

#include "engine/backend.h"

#define CUDA_MODULE "quarry-cuda.so"
#define CUDA_MODULE_OPEN "quarry_cuda_open"

/* The GPU's table; NULL and why there is none: no driver, no device, one that is too old. */
typedef const struct backend *cuda_module_open(struct err *err);

#endif
