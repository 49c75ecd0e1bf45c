/*
 * sandbox_system.h - kernel calls that a C library may be too old for, spelled once.
 */
#ifndef QUARRY_REPOS_SANDBOX_SYSTEM_H
#define QUARRY_REPOS_SANDBOX_SYSTEM_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same numbers on every machine since they were added. */
enum {
	NR_pidfd_send_signal = 424, NR_io_uring_setup, NR_io_uring_enter, NR_io_uring_register, NR_open_tree, NR_move_mount, NR_fsopen, NR_fsconfig,
	NR_fsmount, NR_fspick, NR_pidfd_open, NR_clone3, NR_close_range, NR_openat2, NR_pidfd_getfd, NR_process_madvise = 440, NR_mount_setattr = 442,
	NR_quotactl_fd, NR_landlock_create_ruleset, NR_landlock_add_rule, NR_landlock_restrict_self, NR_memfd_secret, NR_fchmodat2 = 452,
	NR_setxattrat = 463, NR_removexattrat = 466, NR_open_tree_attr,
};

enum {
	TREE_CLONE = 1, TREE_CLOEXEC = O_CLOEXEC, TREE_RECURSIVE = 0x8000, FROM_EMPTY = 0x4, TO_EMPTY = 0x40, PATH_EMPTY = 0x1000,
	ATTR_RDONLY = 1, ATTR_NOSUID = 2, ATTR_NODEV = 4, ATTR_NOEXEC = 8, ATTR_IDMAP = 0x100000,
	CONFIG_STRING = 1, CONFIG_FLAG = 0, CONFIG_CREATE = 6,
	RESOLVE_IN_TREE = 0x10, RESOLVE_INSIDE = 0x08, RESOLVE_NO_LINKS = 0x04, RESOLVE_NO_MAGIC = 0x02,
};

#define CLONE_PID_FD 0x1000ull

struct clone_ask {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

struct mount_ask {
	uint64_t set, clear, propagation, userns;
};

struct open_ask {
	uint64_t flags, mode, resolve;
};

static inline int sys_clone3(const struct clone_ask *ask)
{
	int pid = (int)syscall(NR_clone3, ask, sizeof(*ask));

	/* containers say so where they cannot look at what is asked; the older call tells the same, the pidfd's place first */
	if (pid < 0 && errno == ENOSYS)
		pid = (int)syscall(SYS_clone, (unsigned long)(ask->flags | ask->exit_signal), 0ul, (unsigned long)ask->pidfd, 0ul, 0ul);
	return pid;
}

static inline int sys_openat2(int dir, const char *path, int flags, uint64_t resolve)
{
	struct open_ask ask = { .flags = (uint64_t)flags, .resolve = resolve };

	return (int)syscall(NR_openat2, dir, path, &ask, sizeof(ask));
}

static inline int sys_close_range(unsigned from, unsigned to)
{
	return (int)syscall(NR_close_range, from, to, 0);
}

static inline int sys_pidfd_kill(int pidfd, int sig)
{
	return (int)syscall(NR_pidfd_send_signal, pidfd, sig, NULL, 0);
}

/* A copy of the mounts at the open directory or file `fd`, attached nowhere. */
static inline int sys_tree(int fd)
{
	return (int)syscall(NR_open_tree, fd, "", PATH_EMPTY | TREE_CLONE | TREE_CLOEXEC | TREE_RECURSIVE);
}

/* Attach the mounts of `tree` at the open directory or file `to`. */
static inline int sys_attach(int tree, int to)
{
	return (int)syscall(NR_move_mount, tree, "", to, "", FROM_EMPTY | TO_EMPTY);
}

/* `set` for these mounts, all (with those below them) or the top one; with userns >= 0 its files change owners (ATTR_IDMAP). */
static inline int sys_mount_attr(int tree, uint64_t set, bool all, int userns)
{
	struct mount_ask ask = { .set = set, .userns = userns < 0 ? 0 : (uint64_t)userns };

	return (int)syscall(NR_mount_setattr, tree, "", PATH_EMPTY | (all ? TREE_RECURSIVE : 0), &ask, sizeof(ask));
}

#endif
