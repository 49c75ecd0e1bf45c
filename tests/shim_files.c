/*
 * shim_files.c - a machine that is not kind, for LD_PRELOAD. SHIM names what it does, words with blanks between:
 *	locks	no file can be locked: ENOLCK, as on a network file system without its lock daemon
 *	shm	SQLite's shared memory cannot be mapped
 *	clock	the time of day jumps by years, back and forth
 * tests/script_parts loads it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#undef _FILE_OFFSET_BITS /* fcntl and fcntl64 both, by their own names */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#pragma GCC visibility push(default) /* what stands in for the C library's must be seen */

static int does(const char *what)
{
	const char *shim = getenv("SHIM");

	return shim && strstr(shim, what);
}

static void *real(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static int no_lock(int op)
{
	return (op == F_SETLK || op == F_SETLKW || op == F_OFD_SETLK || op == F_GETLK) && does("locks");
}

int flock(int fd, int op)
{
	int (*next)(int, int) = (int (*)(int, int))(uintptr_t)real("flock");

	if (!does("locks"))
		return next(fd, op);
	errno = ENOLCK;
	return -1;
}

static int control(const char *name, int fd, int op, void *arg)
{
	int (*next)(int, int, ...) = (int (*)(int, int, ...))(uintptr_t)real(name);

	if (!no_lock(op))
		return next(fd, op, arg);
	errno = ENOLCK;
	return -1;
}

int fcntl(int fd, int op, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, op);
	arg = va_arg(ap, void *);
	va_end(ap);
	return control("fcntl", fd, op, arg);
}

int fcntl64(int fd, int op, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, op);
	arg = va_arg(ap, void *);
	va_end(ap);
	return control("fcntl64", fd, op, arg);
}

static int shared_memory(int fd)
{
	char link[64], path[4096];
	ssize_t n;

	if (fd < 0 || !does("shm"))
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	return n > 4 && memcmp(path + n - 4, "-shm", 4) == 0;
}

void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t from)
{
	void *(*next)(void *, size_t, int, int, int, off_t) = (void *(*)(void *, size_t, int, int, int, off_t))(uintptr_t)real("mmap");

	if (!shared_memory(fd))
		return next(at, n, prot, flags, fd, from);
	errno = ENODEV;
	return MAP_FAILED;
}

void *mmap64(void *at, size_t n, int prot, int flags, int fd, off64_t from)
{
	return mmap(at, n, prot, flags, fd, (off_t)from);
}

static time_t jump(void)
{
	static unsigned calls;

	/* years forward, years back, and now and then right */
	return ((time_t)(__atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) * 2654435761u >> 28) - 8) * 31557600 / 2;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	int (*next)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))(uintptr_t)real("clock_gettime");
	int rc = next(id, t);

	if (rc == 0 && id == CLOCK_REALTIME && does("clock"))
		t->tv_sec += jump();
	return rc;
}

time_t time(time_t *to)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (to)
		*to = t.tv_sec;
	return t.tv_sec;
}
