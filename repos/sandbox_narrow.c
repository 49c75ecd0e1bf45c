/*
 * sandbox_narrow.c - runs where the kernel gives no namespaces, as in a container's default profile.
 *
 * What stands for the mounts is a directory of the host, the run's room: trees are copied into it or linked from it, Landlock lets the
 * program read them and a few places of the system, and write below the room. There is no network (seccomp) and no way to signal what is
 * not of the run: by a user of its own where root supervises, else by Landlock.
 */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/* ---- the room ---- */

static int parent_of(int room, const char *to, const char **name)
{
	char dir[4096];

	*name = strrchr(to, '/') + 1;
	snprintf(dir, sizeof(dir), "%.*s", (int)(*name - to), to);
	return mount_place(room, dir, false);
}

static int given(const struct station *s, int dir, const char *name)
{
	return s->root ? fchownat(dir, name, s->uid, s->uid, AT_SYMLINK_NOFOLLOW) : 0;
}

static int copy_in(const struct station *s, const char *from, int dir, const char *name)
{
	int in = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC), out = -1, rc = -1;

	if (in >= 0 && (mkdirat(dir, name, 0755) == 0 || errno == EEXIST))
		out = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (out >= 0)
		rc = tree_copy(in, out, s->root ? s->uid : (uid_t)-1);
	fd_drop(&in);
	fd_drop(&out);
	return rc < 0 ? -1 : given(s, dir, name);
}

static bool below(const char *path, const char *top)
{
	size_t n = strlen(top);

	return strncmp(path, top, n) == 0 && path[n] == '/';
}

/* A link is as good as a mount only where the program cannot put another in its place. */
static bool in_reach(const struct plan *plan, const struct plan_mount *m)
{
	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct plan_mount *other = &plan->mounts[i];

		if (other->kind != SANDBOX_RO && other->kind != SANDBOX_TEXT && below(m->to, other->to))
			return true;
	}
	return below(m->to, "/tmp");
}

static int furnish_one(const struct station *s, const struct plan *plan, const struct plan_mount *m, int room)
{
	const char *name;
	int dir = parent_of(room, m->to, &name), rc = -1, fd;

	if (dir < 0)
		return -1;
	errno = EROFS;
	switch (m->kind) {
	case SANDBOX_RW:
		if (!in_reach(plan, m) && (!s->root || tree_give(AT_FDCWD, m->from, s->uid)))
			rc = symlinkat(m->from, dir, name);
		break;
	case SANDBOX_RO:
		if (!in_reach(plan, m))
			rc = symlinkat(m->from, dir, name);
		break;
	case SANDBOX_OVERLAY:
		rc = copy_in(s, m->from, dir, name);
		break;
	case SANDBOX_TMPFS:
		rc = mkdirat(dir, name, 0755) < 0 && errno != EEXIST ? -1 : given(s, dir, name);
		break;
	case SANDBOX_TEXT:
		fd = in_reach(plan, m) ? -1 : openat(dir, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0444);
		rc = fd >= 0 && write(fd, m->text.s, m->text.n) == (ssize_t)m->text.n ? 0 : -1;
		fd_drop(&fd);
	}
	fd_drop(&dir);
	return rc;
}

static unsigned others; /* set by init before the program starts, which is a thread of its own until then */

int narrow_furnish(const struct station *s, const struct plan *plan, struct fault *f)
{
	static const char *const own[] = { "/tmp", "/tmp/home", "/dev/shm" };
	int room = open(plan->room, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	umask(022);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fault_at(f, "subreaper");
	if (room < 0 || fchmod(room, 0755) < 0)
		return fault_at(f, "%s", plan->room);
	for (size_t i = 0; i < COUNT(own); i++) {
		const char *name;
		int dir = parent_of(room, own[i], &name);

		if (dir < 0 || mkdirat(dir, name, 0755) < 0 || given(s, dir, name) < 0)
			fault_at(f, "%s of the room", own[i]);
		fd_drop(&dir);
		if (f->error)
			return -1;
	}
	for (size_t i = 0; i < plan->n_mounts; i++)
		if (furnish_one(s, plan, &plan->mounts[i], room) < 0)
			return fault_at(f, "%s for %s", plan->mounts[i].from ? plan->mounts[i].from : "the room", plan->mounts[i].to);
	fd_drop(&room);
	others = s->root ? 0 : tally_users(s->uid);
	return 0;
}

unsigned narrow_others(void)
{
	return others;
}

bool narrow_full(const struct plan *plan)
{
	uint64_t bytes = 2 * plan->limits.tmp, inodes = 2 * plan->limits.inodes, files = 0, used;
	int room = open(plan->room, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	for (size_t i = 0; i < plan->n_mounts; i++)
		if (plan->mounts[i].kind == SANDBOX_OVERLAY || plan->mounts[i].kind == SANDBOX_TMPFS) {
			bytes += plan->mounts[i].size;
			inodes += plan->mounts[i].inodes;
		}
	used = room < 0 ? 0 : tree_bytes(room, &files);
	fd_drop(&room);
	return used > bytes || files > inodes;
}

/* ---- rights ---- */

int narrow_drop(const struct station *s, struct fault *f)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	if (s->root)
		for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0); /* a container may not have the right to drop rights */
	if (s->root && (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, s->uid, s->uid, s->uid) < 0
			|| syscall(SYS_setresuid, s->uid, s->uid, s->uid) < 0))
		return fault_at(f, "becoming user %u", s->uid);
	if (syscall(SYS_capset, &head, none) < 0)
		return fault_at(f, "dropping capabilities");
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? fault_at(f, "no new privileges") : 0;
}
