/*
 * sandbox_trees.c - the host's files as mounts that are attached nowhere, made by who may see them and handed to who may not.
 *
 * When root supervises, a tree's files change owners on the way: a mount shows what belongs to the owner of `from` as the slot's own, so
 * that no tree need be given away for a run. Where the file system cannot do that, overlays become copies.
 */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define LOWER "/.lower"
#define UPPER "/.upper"

/* ---- whose files ---- */

/* A user namespace in which `uid` is the slot's user. */
static int owner_make(const struct station *s, uid_t uid, gid_t gid)
{
	struct clone_ask ask = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	char path[64], line[64];
	int pid = sys_clone3(&ask), fd = -1;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (pid < 0)
		return -1;
	snprintf(path, sizeof(path), "/.host/proc/%d/uid_map", pid);
	snprintf(line, sizeof(line), "%u %u 1", uid, s->uid);
	if (file_write(path, line)) {
		snprintf(path, sizeof(path), "/.host/proc/%d/gid_map", pid);
		snprintf(line, sizeof(line), "%u %u 1", gid, s->uid);
		if (file_write(path, line)) {
			snprintf(path, sizeof(path), "/.host/proc/%d/ns/user", pid);
			fd = open(path, O_RDONLY | O_CLOEXEC);
		}
	}
	kill(pid, SIGKILL);
	return fd;
}

static int owner_find(struct station *s, uid_t uid, gid_t gid)
{
	int fd;

	for (size_t i = 0; i < s->owners; i++)
		if (s->owner[i].uid == uid && s->owner[i].gid == gid)
			return s->owner[i].fd;
	if (s->owners == OWNERS_MAX) { /* the oldest goes */
		close(s->owner[0].fd);
		memmove(s->owner, s->owner + 1, (OWNERS_MAX - 1) * sizeof(s->owner[0]));
		s->owners--;
	}
	fd = owner_make(s, uid, gid);
	if (fd >= 0) {
		s->owner[s->owners].uid = uid;
		s->owner[s->owners].gid = gid;
		s->owner[s->owners++].fd = fd;
	}
	return fd;
}

/* ---- trees ---- */

static int host_find(const struct station *s, const char *path)
{
	return sys_openat2(s->host, path[1] ? path + 1 : ".", O_PATH | O_CLOEXEC, RESOLVE_IN_TREE | RESOLVE_NO_MAGIC);
}

/* The mounts at m->from; *owned: its files are the slot's user's inside. */
static int tree_make(struct station *s, const struct plan_mount *m, bool *owned)
{
	int fd = host_find(s, m->from), tree = fd < 0 ? -1 : sys_tree(fd), owner;
	struct stat st;

	if (tree < 0 || fstat(fd, &st) < 0
			|| sys_mount_attr(tree, ATTR_NOSUID | ATTR_NODEV | (m->kind == SANDBOX_RW ? 0 : ATTR_RDONLY), true, -1) < 0) {
		fd_drop(&tree);
		fd_drop(&fd);
		return -1;
	}
	*owned = !s->root || st.st_uid == s->uid;
	if (!*owned) {
		owner = owner_find(s, st.st_uid, st.st_gid);
		*owned = owner >= 0 && sys_mount_attr(tree, ATTR_IDMAP, false, owner) == 0;
	}
	if (m->kind == SANDBOX_RW && !*owned && fchownat(fd, "", s->uid, s->uid, AT_EMPTY_PATH) < 0)
		fd_drop(&tree); /* else the directory at least is the program's */
	fd_drop(&fd);
	return tree;
}

/* Attach for a moment; the last one attached at a path is what the path shows. */
static int show(int tree, const char *path)
{
	int at = open(path, O_PATH | O_CLOEXEC), rc = at < 0 ? -1 : sys_attach(tree, at);

	fd_drop(&at);
	return rc;
}

static int overlay_over(const struct station *s, int upper)
{
	const char *const user[][2] = { { "lowerdir", LOWER }, { "upperdir", UPPER "/u" }, { "workdir", UPPER "/w" }, { "userxattr", NULL }, { NULL } };
	const char *const root[][2] = { { "lowerdir", LOWER }, { "upperdir", UPPER "/u" }, { "workdir", UPPER "/w" }, { NULL } };
	int tree;

	if (mkdirat(upper, "u", 0755) < 0 || mkdirat(upper, "w", 0700) < 0 || (s->root && fchownat(upper, "u", s->uid, s->uid, 0) < 0)
			|| show(upper, UPPER) < 0)
		return -1;
	tree = mount_new("overlay", s->root ? root : user, ATTR_NOSUID | ATTR_NODEV);
	umount2(UPPER, MNT_DETACH);
	return tree;
}

/* The tree at /.lower copied into a tmpfs, which has room for what may be written beside. */
static int copy_over(const struct station *s, const struct plan_mount *m)
{
	int from = open(LOWER, O_RDONLY | O_DIRECTORY | O_CLOEXEC), upper = -1, to;
	uint64_t files = 0, bytes = from < 0 ? 0 : tree_bytes(from, &files);

	if (from >= 0)
		upper = mount_tmpfs(s, m->size + bytes, m->inodes + files, "0755");
	to = upper < 0 ? -1 : openat(upper, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0 || tree_copy(from, to, s->root ? s->uid : (uid_t)-1) < 0)
		fd_drop(&upper);
	fd_drop(&to);
	fd_drop(&from);
	return upper;
}

static int overlay_make(const struct station *s, const struct plan_mount *m, int lower, bool owned)
{
	int upper, tree = -1;

	if (show(lower, LOWER) < 0)
		return -1;
	if (owned && !s->copies) {
		upper = mount_tmpfs(s, m->size, m->inodes, "0755");
		tree = upper < 0 ? -1 : overlay_over(s, upper);
		fd_drop(&upper);
	}
	if (tree < 0)
		tree = copy_over(s, m);
	if (umount2(LOWER, MNT_DETACH) < 0)
		fd_drop(&tree);
	return tree;
}

int trees_prepare(struct station *s, const struct plan *plan, int tree[MOUNTS_MAX], struct fault *f)
{
	static const struct plan_mount names = { .kind = SANDBOX_RO, .from = "/etc/resolv.conf" };
	bool owned;

	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct plan_mount *m = &plan->mounts[i];
		int lower;

		if (m->kind == SANDBOX_TEXT)
			continue;
		if (m->kind == SANDBOX_TMPFS) {
			tree[i] = mount_tmpfs(s, m->size, m->inodes, "0755");
		} else {
			tree[i] = tree_make(s, m, &owned);
			if (tree[i] >= 0 && m->kind == SANDBOX_OVERLAY) {
				lower = tree[i];
				tree[i] = overlay_make(s, m, lower, owned);
				fd_drop(&lower);
			}
		}
		if (tree[i] < 0)
			return fault_at(f, "%s for %s", m->from ? m->from : "a tmpfs", m->to);
	}
	if (plan->network && plan->n_mounts < MOUNTS_MAX) /* who is to use names has the host's */
		tree[plan->n_mounts] = tree_make(s, &names, &owned);
	return 0;
}

/* Does an overlay work over a tmpfs here, with a directory that covers one below? Kernels before 6.6 lack the attributes for users. */
static bool overlay_works(const struct station *s)
{
	int lower = mount_tmpfs(s, 1 << 16, 16, "0755"), upper = mount_tmpfs(s, 1 << 16, 16, "0755"), tree = -1;
	bool works = false;

	if (lower >= 0 && upper >= 0 && mkdirat(lower, "d", 0755) == 0 && show(lower, LOWER) == 0) {
		tree = overlay_over(s, upper);
		works = tree >= 0 && unlinkat(tree, "d", AT_REMOVEDIR) == 0 && mkdirat(tree, "d", 0755) == 0;
		umount2(LOWER, MNT_DETACH);
	}
	fd_drop(&tree);
	fd_drop(&upper);
	fd_drop(&lower);
	return works;
}

int trees_open(struct station *s, struct fault *f)
{
	if (unshare(CLONE_NEWNS) < 0)
		return fault_at(f, "a mount namespace");
	if (mounts_root(f) < 0)
		return -1;
	s->host = open("/.host", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->host < 0 || mkdir(LOWER, 0755) < 0 || mkdir(UPPER, 0755) < 0)
		return fault_at(f, "a root of its own");
	s->copies |= !overlay_works(s);
	return 0;
}
