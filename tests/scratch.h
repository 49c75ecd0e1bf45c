/*
 * scratch.h - files for tests: a directory of our own, whole files in and out.
 *
 *	if (!scratch_make("shard"))
 *		return 1;
 *	write_file(at_home("a.zst"), text);
 *	...
 *	scratch_remove();
 *
 * It stands in memory where that can be: what is synced to the disk often costs nothing there.
 */
#ifndef QUARRY_TESTS_SCRATCH_H
#define QUARRY_TESTS_SCRATCH_H

#include "base/buf.h"
#include "tests/check.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[100];

/* A path in it; good for the next seven calls. */
__attribute__((unused)) static const char *at_home(const char *name)
{
	static char room[8][200];
	static int i;

	i = (i + 1) % 8;
	snprintf(room[i], sizeof(room[i]), "%s/%s", home, name);
	return room[i];
}

static int scratch_remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

__attribute__((unused)) static void remove_all(const char *path)
{
	nftw(path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

__attribute__((unused)) static bool scratch_make(const char *name)
{
	snprintf(home, sizeof(home), "%s/test_%s.%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", name, (long)getpid());
	if (mkdir(home, 0700) == 0)
		return true;
	perror(home);
	return false;
}

__attribute__((unused)) static void scratch_remove(void)
{
	remove_all(home);
}

__attribute__((unused)) static void read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char room[4096];
	size_t n;

	buf_reset(b);
	while (f && (n = fread(room, 1, sizeof(room), f)) > 0)
		buf_add(b, (struct str){ room, n });
	if (f)
		fclose(f);
}

__attribute__((unused)) static void write_file(const char *path, struct str text)
{
	FILE *f = fopen(path, "wb");

	CHECK(f && fwrite(text.s, 1, text.n, f) == text.n && fclose(f) == 0);
}

#endif
