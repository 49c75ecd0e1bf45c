/*
 * cuda.c - opens the module that runs models on a GPU (engine/cuda/, quarry-cuda.so), so that quarry itself starts where no CUDA is.
 * $QUARRY_CUDA names it; else it is beside the build or where meson installs it.
 */
#include "engine/backend.h"

#include "engine/cuda/module.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const struct backend *found;
static struct err why = ERR_INIT;

/* NULL and, where there is one that cannot be opened, why. */
static void *module_at(const char *path)
{
	void *module = access(path, R_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;

	if (!module && access(path, R_OK) == 0)
		err_set(&why, "no GPU can be used: %s", dlerror());
	return module;
}

static void *module_find(void)
{
	static const char *const beside[] = { "engine/cuda/", "../engine/cuda/", "../lib/quarry/" };
	const char *env = getenv("QUARRY_CUDA");
	char exe[4096], path[4200];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	void *module = NULL;
	char *slash;

	if (env)
		return module_at(env);
	exe[n > 0 ? n : 0] = 0;
	slash = strrchr(exe, '/');
	for (size_t i = 0; slash && !module && i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(path, sizeof(path), "%.*s/%s%s", (int)(slash - exe), exe, beside[i], CUDA_MODULE);
		module = module_at(path);
	}
	return module ? module : module_at(QUARRY_CUDA_DIR "/" CUDA_MODULE);
}

static void find(void)
{
	void *module = module_find();
	cuda_module_open *open = NULL;

	if (module)
		*(void **)&open = dlsym(module, CUDA_MODULE_OPEN);
	if (open)
		found = open(&why);
	else if (!why.msg[0])
		err_set(&why, "no GPU can be used: the module %s is not there (QUARRY_CUDA names it)", CUDA_MODULE);
}

const struct backend *backend_cuda(struct err *err)
{
	pthread_once(&once, find);
	if (!found)
		err_set(err, "%s", why.msg);
	return found;
}

bool backend_cuda_built(void)
{
	return true;
}
