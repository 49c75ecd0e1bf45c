/*
 * sandbox_copy.c - trees of files measured, copied and removed. No link is followed and nothing is allocated; who wrote the tree may have
 * meant harm, so what is too deep to be walked is refused, or brought up before it is removed.
 */
#include "repos/sandbox_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DEPTH_MAX = 100, PAGE = 4096 }; /* an fd and a struct entries on the stack for each level */

static int dir_open(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* ---- measuring ---- */

static uint64_t bytes_below(int dir, uint64_t *files, int depth)
{
	struct entries e;
	const char *name;
	uint64_t bytes = 0;
	struct stat st;

	if (depth == DEPTH_MAX || !entries_open(&e, dir))
		return 0;
	while ((name = entries_next(&e))) {
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		++*files;
		bytes += ((uint64_t)st.st_size + PAGE - 1) / PAGE * PAGE;
		if (S_ISDIR(st.st_mode)) {
			int below = dir_open(dir, name);

			if (below >= 0)
				bytes += bytes_below(below, files, depth + 1);
			fd_drop(&below);
		}
	}
	return bytes;
}

uint64_t tree_bytes(int dir, uint64_t *files)
{
	*files = 0;
	return bytes_below(dir, files, 0);
}

/* ---- copying ---- */

static int file_copy(int from, int to, const char *name, const struct stat *st, uid_t uid)
{
	int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int out = in < 0 ? -1 : openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), rc = -1;
	ssize_t n = 1;

	while (out >= 0 && (n = sendfile(out, in, NULL, 1 << 24)) > 0)
		;
	if (out >= 0 && n == 0 && (uid == (uid_t)-1 || fchown(out, uid, uid) == 0) && fchmod(out, st->st_mode & 0777) == 0
			&& futimens(out, (struct timespec[]){ st->st_mtim, st->st_mtim }) == 0)
		rc = 0;
	fd_drop(&in);
	fd_drop(&out);
	return rc;
}

static int link_copy(int from, int to, const char *name, uid_t uid)
{
	char target[4096];
	ssize_t n = readlinkat(from, name, target, sizeof(target) - 1);

	if (n < 0)
		return -1;
	target[n] = 0;
	if (symlinkat(target, to, name) < 0)
		return -1;
	return uid == (uid_t)-1 ? 0 : fchownat(to, name, uid, uid, AT_SYMLINK_NOFOLLOW);
}

static int copy_below(int from, int to, uid_t uid, int depth);

static int dir_copy(int from, int to, const char *name, const struct stat *st, uid_t uid, int depth)
{
	int in = dir_open(from, name), out = -1, rc = -1;

	if (in >= 0 && mkdirat(to, name, 0700) == 0)
		out = dir_open(to, name);
	if (out >= 0 && copy_below(in, out, uid, depth) == 0 && (uid == (uid_t)-1 || fchown(out, uid, uid) == 0)
			&& fchmod(out, st->st_mode & 0777) == 0 && futimens(out, (struct timespec[]){ st->st_mtim, st->st_mtim }) == 0)
		rc = 0;
	fd_drop(&in);
	fd_drop(&out);
	return rc;
}

static int one_copy(int from, int to, const char *name, uid_t uid, int depth)
{
	struct stat st;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	if (S_ISREG(st.st_mode))
		return file_copy(from, to, name, &st, uid);
	if (S_ISLNK(st.st_mode))
		return link_copy(from, to, name, uid);
	return S_ISDIR(st.st_mode) ? dir_copy(from, to, name, &st, uid, depth + 1) : 0;
}

static int copy_below(int from, int to, uid_t uid, int depth)
{
	struct entries e;
	const char *name;
	int rc = 0;

	if (depth == DEPTH_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (!entries_open(&e, from))
		return -1;
	while (rc == 0 && (name = entries_next(&e)))
		rc = one_copy(from, to, name, uid, depth);
	fd_drop(&e.dir);
	return rc;
}

int entry_copy(int from, int to, const char *name)
{
	return one_copy(from, to, name, (uid_t)-1, 0);
}

int tree_copy(int from, int to, uid_t uid)
{
	return copy_below(from, to, uid, 0);
}

/* ---- giving away ---- */

static bool give_below(int dir, uid_t uid, int depth);

static bool one_give(int dir, const char *name, uid_t uid, int depth)
{
	struct stat st;
	int below;
	bool held;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (!S_ISDIR(st.st_mode))
		return st.st_nlink > 1 || fchownat(dir, name, uid, uid, AT_SYMLINK_NOFOLLOW) == 0;
	below = dir_open(dir, name);
	held = below >= 0 && fchown(below, uid, uid) == 0 && give_below(below, uid, depth + 1);
	fd_drop(&below);
	return held;
}

static bool give_below(int dir, uid_t uid, int depth)
{
	struct entries e;
	const char *name;
	bool held = true;

	if (depth == DEPTH_MAX || !entries_open(&e, dir))
		return false;
	while (held && (name = entries_next(&e)))
		held = one_give(dir, name, uid, depth);
	fd_drop(&e.dir);
	return held;
}

bool tree_give(int dir, const char *name, uid_t uid)
{
	return one_give(dir, name, uid, 0);
}

/* ---- removing ---- */

/* What lies deeper than we walk is moved to `top`, whose own walk finds it later. */
static bool remove_below(int dir, int top, int depth, unsigned *moved)
{
	struct entries e;
	const char *name;
	char place[32];
	bool again = false;

	fchmod(dir, 0700);
	if (!entries_open(&e, dir))
		return false;
	while ((name = entries_next(&e))) {
		int below;

		if (unlinkat(dir, name, 0) == 0)
			continue;
		if (depth == DEPTH_MAX) {
			snprintf(place, sizeof(place), ".deep-%u", ++*moved);
			again |= renameat(dir, name, top, place) == 0;
			continue;
		}
		fchmodat(dir, name, 0700, 0); /* a directory: else it was unlinked */
		below = dir_open(dir, name);
		if (below >= 0)
			again |= remove_below(below, top, depth + 1, moved);
		fd_drop(&below);
		again |= unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno == ENOTEMPTY && depth > 0;
	}
	return again;
}

int tree_remove(int dir, const char *name)
{
	int top = dir_open(dir, name);
	unsigned moved = 0;

	if (top < 0)
		return unlinkat(dir, name, 0);
	for (int round = 0; round < 1000 && remove_below(top, top, 0, &moved); round++)
		;
	fd_drop(&top);
	return unlinkat(dir, name, AT_REMOVEDIR);
}
