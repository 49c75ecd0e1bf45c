/*
 * sandbox_mounts.c - what a program sees as its files.
 *
 * The launcher's root is a template: read-only /usr, /etc and /dev. A run copies them into a tmpfs of its own, adds the mounts that the host
 * side made for it, makes that its root and lets go of the rest. Paths of a run are walked a component at a time and through no symbolic
 * link, so that a tree with links in it cannot move a mount elsewhere.
 */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define NEW_ROOT "/.new"

/* ---- the template ---- */

/* Something of the root that programs are to have; no link in it leads out of it. `path` is absolute. */
static int root_open(const struct station *s, const char *path, int flags)
{
	char top[PATH_MAX];
	int root, fd;

	snprintf(top, sizeof(top), "/.host%s", s->base);
	root = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = root < 0 ? -1 : sys_openat2(root, path[1] ? path + 1 : ".", flags | O_CLOEXEC, RESOLVE_IN_TREE | RESOLVE_NO_MAGIC);
	fd_drop(&root);
	return fd;
}

/* The host's device, or what the root has, at the same path of the template, read-only; nothing when there is none. */
static int template_bind(const struct station *s, const char *path, bool device, struct fault *f)
{
	const struct station host = { .base = "/" };
	int tree, to, rc = -1, from = root_open(device ? &host : s, path, O_PATH);
	struct stat st;

	if (from < 0)
		return errno == ENOENT ? 0 : fault_at(f, "%s of %s", path, device ? "the host" : s->base);
	tree = sys_tree(from);
	if (tree < 0 || fstat(from, &st) < 0) {
		fd_drop(&from);
		return fault_at(f, "a copy of the mounts of %s", path);
	}
	if (S_ISDIR(st.st_mode))
		mkdir(path, 0755);
	else
		close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	to = open(path, O_PATH | O_CLOEXEC);
	if (sys_mount_attr(tree, ATTR_NOSUID | (device ? ATTR_NOEXEC : ATTR_RDONLY | ATTR_NODEV), true, -1) < 0 || to < 0 || sys_attach(tree, to) < 0)
		fault_at(f, "bind of %s", path);
	else
		rc = 0;
	fd_drop(&from);
	fd_drop(&tree);
	fd_drop(&to);
	return rc;
}

/* All of a text into a new file, which is closed. */
static int text_put(int fd, const char *text, size_t n)
{
	size_t at = 0;
	ssize_t put;

	while (at < n && (put = write(fd, text + at, n - at)) > 0)
		at += (size_t)put;
	fd_drop(&fd);
	return at == n ? 0 : -1;
}

static int text_at(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0444);

	return fd < 0 ? -1 : text_put(fd, text, n);
}

/* /bin, /lib and so on: links into /usr on a merged system, else directories. */
static int template_tops(struct station *s, struct fault *f)
{
	static const char *const names[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32" };
	int host = root_open(s, "/", O_PATH | O_DIRECTORY);
	char path[32];
	ssize_t n;

	for (size_t i = 0; i < COUNT(names); i++) {
		struct stat st;

		if (fstatat(host, names[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		snprintf(s->top[s->tops].name, sizeof(s->top[0].name), "%s", names[i]);
		n = readlinkat(host, names[i], s->top[s->tops].link, sizeof(s->top[0].link) - 1);
		s->top[s->tops].link[n > 0 ? n : 0] = 0;
		snprintf(path, sizeof(path), "/%s", names[i]);
		s->tops++;
		if (n <= 0 && template_bind(s, path, false, f) < 0)
			break;
	}
	fd_drop(&host);
	return f->error ? -1 : 0;
}

const char *const mounts_etc[] = {
	"/etc/alternatives", "/etc/ca-certificates", "/etc/fonts", "/etc/java-17-openjdk", "/etc/ld.so.cache", "/etc/ld.so.conf",
	"/etc/ld.so.conf.d", "/etc/magic", "/etc/mime.types", "/etc/perl", "/etc/protocols", "/etc/python3", "/etc/python3.11",
	"/etc/services", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/terminfo", NULL,
};

/* The root's `path`, a file or a directory, if it is there. */
static int template_copy(const struct station *s, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char to[64];
	struct stat st;
	int in, out, rc = -1;

	snprintf(to, sizeof(to), "%.*s", (int)(name - path), path);
	in = root_open(s, to, O_RDONLY | O_DIRECTORY);
	out = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in < 0 || fstatat(in, name, &st, 0) < 0)
		rc = errno == ENOENT ? 0 : -1;
	else if (out >= 0)
		rc = entry_copy(in, out, name);
	fd_drop(&in);
	fd_drop(&out);
	return rc;
}

/* Of the root's /etc only what programs need to run at all: no names, no addresses, no secrets. */
static int template_etc(const struct station *s, struct fault *f)
{
	static const struct { const char *path, *text; } texts[] = {
		{ "/etc/group", "root:x:0:\nsandbox:x:1000:\nnogroup:x:65534:\n" },
		{ "/etc/hostname", "sandbox\n" },
		{ "/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n" },
		{ "/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n" },
		{ "/etc/passwd", "root:x:0:0:root:/nowhere:/usr/sbin/nologin\nsandbox:x:1000:1000::/tmp/home:/bin/sh\n"
			"nobody:x:65534:65534:nobody:/nowhere:/usr/sbin/nologin\n" },
		{ "/etc/resolv.conf", "" },
		{ "/etc/timezone", "UTC\n" },
	};
	mkdir("/etc", 0755);
	mkdir("/etc/ssl", 0755);
	/* copies: each mount would be another one for every run to copy and to take down */
	for (size_t i = 0; mounts_etc[i]; i++)
		if (template_copy(s, mounts_etc[i]) < 0)
			return fault_at(f, "a copy of %s", mounts_etc[i]);
	for (size_t i = 0; i < COUNT(texts); i++)
		if (text_at(texts[i].path, texts[i].text, strlen(texts[i].text)) < 0)
			return fault_at(f, "%s", texts[i].path);
	return symlink("/usr/share/zoneinfo/UTC", "/etc/localtime") < 0 ? fault_at(f, "/etc/localtime") : 0;
}

static int template_dev(struct fault *f)
{
	static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom" };
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" }, { "/proc/self/fd/0", "/dev/stdin" }, { "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" }, { "pts/ptmx", "/dev/ptmx" },
	};

	if (mkdir("/dev", 0755) < 0 || mkdir("/dev/pts", 0755) < 0 || mkdir("/dev/shm", 0755) < 0)
		return fault_at(f, "/dev");
	for (size_t i = 0; i < COUNT(devices); i++)
		if (template_bind(NULL, devices[i], true, f) < 0)
			return -1;
	for (size_t i = 0; i < COUNT(links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return fault_at(f, "%s", links[i][1]);
	return 0;
}

/*
 * Who lives in a chroot may make no user namespace. Root may leave it: with another root below, the working directory is outside of both and
 * leads up to the true root, over which the chroot's tree is laid. Nothing of the host changes; the mount namespace is ours.
 */
int mounts_climb(struct fault *f)
{
	int here, tree, top;

	if (unshare(CLONE_NEWNS) < 0)
		return fault_at(f, "a mount namespace");
	here = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (here < 0 || (chroot("/usr") < 0 && chroot("/dev") < 0) || fchdir(here) < 0)
		return fault_at(f, "leaving a chroot");
	for (int i = 0; i < PATH_MAX / 2; i++)
		if (chdir("..") < 0)
			return fault_at(f, "leaving a chroot");
	if (mount(NULL, ".", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return fault_at(f, "mount propagation");
	top = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	tree = sys_tree(here);
	if (top < 0 || tree < 0 || sys_attach(tree, top) < 0 || fchdir(tree) < 0 || chroot(".") < 0)
		return fault_at(f, "a chroot's files as the root");
	fd_drop(&here);
	fd_drop(&top);
	fd_drop(&tree);
	return 0;
}

/* A tmpfs becomes the root, with the old one at /.host. */
int mounts_root(struct fault *f)
{
	umask(022);
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 && errno != EINVAL)
		return fault_at(f, "mount propagation");
	if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=32m,nr_inodes=16k") < 0)
		return fault_at(f, "mount of a tmpfs");
	if (chdir("/tmp") < 0 || mkdir(".host", 0755) < 0)
		return fault_at(f, "a root of its own");
	if (syscall(SYS_pivot_root, ".", ".host") < 0 || chdir("/") < 0)
		return fault_at(f, "pivot_root");
	return 0;
}

/* The host's /proc stays in sight of the launcher: a user may only mount another where one is in full view. */
static int template_proc(struct fault *f)
{
	int from = open("/.host/proc", O_PATH | O_CLOEXEC), tree = from < 0 ? -1 : sys_tree(from), rc = -1;

	if (tree >= 0 && mkdir("/proc", 0755) == 0)
		rc = mount_at(tree, open("/proc", O_PATH | O_CLOEXEC));
	fd_drop(&from);
	return rc < 0 ? fault_at(f, "/proc of the host") : 0;
}

int mounts_template(struct station *s, struct fault *f)
{
	if (mounts_root(f) < 0)
		return -1;
	if (mkdir(NEW_ROOT, 0755) < 0)
		return fault_at(f, "%s", NEW_ROOT);
	if (template_bind(s, "/usr", false, f) < 0 || template_tops(s, f) < 0 || template_etc(s, f) < 0 || template_dev(f) < 0 || template_proc(f) < 0)
		return -1;
	if (umount2("/.host", MNT_DETACH) < 0)
		return fault_at(f, "letting go of the host's files");
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
		return fault_at(f, "a read-only template");
	return 0;
}

/* ---- a run ---- */

/* The place of `to` below the new root: its directories are made, and itself, as a directory or (file) an empty file. */
int mount_place(int root, const char *to, bool file)
{
	char part[NAME_MAX + 1];
	int at = fcntl(root, F_DUPFD_CLOEXEC, 0), next;

	while (at >= 0 && *to) {
		size_t n = strcspn(to, "/");
		bool last = !to[n];

		if (n == 0 || n > NAME_MAX) {
			to += n + !last;
			continue;
		}
		memcpy(part, to, n);
		part[n] = 0;
		next = sys_openat2(at, part, O_PATH | O_CLOEXEC, RESOLVE_INSIDE | RESOLVE_NO_LINKS);
		if (next < 0 && errno == ENOENT) {
			if (last && file)
				close(openat(at, part, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0444));
			else
				mkdirat(at, part, 0755);
			next = sys_openat2(at, part, O_PATH | O_CLOEXEC, RESOLVE_INSIDE | RESOLVE_NO_LINKS);
		}
		fd_drop(&at);
		at = next;
		to += n + !last;
	}
	return at;
}

int mount_at(int tree, int at)
{
	int rc = at < 0 ? -1 : sys_attach(tree, at);

	fd_drop(&at);
	fd_drop(&tree);
	return rc;
}

int mount_new(const char *type, const char *const (*option)[2], uint64_t attr)
{
	int fs = (int)syscall(NR_fsopen, type, 1 /* close on exec */), fd = -1;
	bool held = fs >= 0;

	for (; held && (*option)[0]; option++)
		held = syscall(NR_fsconfig, fs, (*option)[1] ? CONFIG_STRING : CONFIG_FLAG, (*option)[0], (*option)[1], 0) == 0;
	if (held && syscall(NR_fsconfig, fs, CONFIG_CREATE, NULL, NULL, 0) == 0)
		fd = (int)syscall(NR_fsmount, fs, 1 /* close on exec */, attr);
	fd_drop(&fs);
	return fd;
}

/* uid: who owns it; NULL: who makes it. */
static int tmpfs(uint64_t size, uint64_t inodes, const char *mode, const char *uid)
{
	char bytes[24], files[24];
	const char *const o[][2] = { { "size", bytes }, { "nr_inodes", files }, { "mode", mode }, { uid ? "uid" : NULL, uid }, { "gid", uid }, { NULL } };

	snprintf(bytes, sizeof(bytes), "%llu", (unsigned long long)size);
	snprintf(files, sizeof(files), "%llu", (unsigned long long)inodes);
	return mount_new("tmpfs", o, ATTR_NOSUID | ATTR_NODEV);
}

int mount_tmpfs(const struct station *s, uint64_t size, uint64_t inodes, const char *mode)
{
	char user[24];

	snprintf(user, sizeof(user), "%u", s->uid);
	return tmpfs(size, inodes, mode, s->root ? user : NULL);
}

static int tmpfs_inside(uint64_t size, uint64_t inodes, const char *mode)
{
	return tmpfs(size, inodes, mode, NULL);
}

static int text_write(int root, const struct plan_mount *m)
{
	const char *name = strrchr(m->to, '/') + 1;
	char dir[PATH_MAX];
	int at, fd, rc;

	snprintf(dir, sizeof(dir), "%.*s", (int)(name - m->to), m->to);
	at = mount_place(root, dir, false);
	fd = at < 0 ? -1 : openat(at, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0444);
	rc = fd < 0 ? -1 : text_put(fd, m->text.s, m->text.n);
	fd_drop(&at);
	return rc;
}

/* Some of what is below /proc/sys belongs to the run's namespaces, which its user made. */
static int proc_guard(int root)
{
	int at = mount_place(root, "proc/sys", false), tree = at < 0 ? -1 : sys_tree(at);

	if (tree < 0 || sys_mount_attr(tree, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC, false, -1) < 0) {
		fd_drop(&tree);
		fd_drop(&at);
		return -1;
	}
	return mount_at(tree, at);
}

/* What every run has. */
static int mounts_common(const struct station *s, const struct plan *plan, int root, struct fault *f)
{
	static const char *const shared[] = { "usr", "etc", "dev" };
	const char *const pts[][2] = { { "ptmxmode", "0666" }, { "mode", "0620" }, { "max", "64" }, { NULL } }, *const none[][2] = { { NULL } };
	int tree;

	for (size_t i = 0; i < 3 + s->tops; i++) {
		const char *name = i < 3 ? shared[i] : s->top[i - 3].name;
		int from, rc;

		if (i >= 3 && *s->top[i - 3].link) {
			rc = symlinkat(s->top[i - 3].link, root, name);
		} else {
			from = open(name, O_PATH | O_CLOEXEC); /* the launcher's directory is its root */
			tree = from < 0 ? -1 : sys_tree(from);
			rc = tree < 0 ? -1 : mount_at(tree, mount_place(root, name, false));
			fd_drop(&from);
		}
		if (rc < 0)
			return fault_at(f, "/%s", name);
	}
	tree = mount_new("proc", none, ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
	if (tree < 0 || mount_at(tree, mount_place(root, "proc", false)) < 0)
		return fault_at(f, "mount of /proc");
	if (proc_guard(root) < 0)
		return fault_at(f, "/proc/sys");
	tree = mount_new("devpts", pts, ATTR_NOSUID | ATTR_NOEXEC);
	if (tree < 0 || mount_at(tree, mount_place(root, "dev/pts", false)) < 0)
		return fault_at(f, "mount of /dev/pts");
	tree = tmpfs_inside(plan->limits.tmp, plan->limits.inodes, "1777");
	if (tree < 0 || mount_at(tree, mount_place(root, "dev/shm", false)) < 0)
		return fault_at(f, "mount of /dev/shm");
	tree = tmpfs_inside(plan->limits.tmp, plan->limits.inodes, "1777");
	if (tree < 0 || mount_at(tree, mount_place(root, "tmp", false)) < 0)
		return fault_at(f, "mount of /tmp");
	return mkdirat(root, "tmp/home", 0755) < 0 ? fault_at(f, "/tmp/home") : 0;
}

static int mounts_asked(const struct plan *plan, int tree[MOUNTS_MAX], int root, struct fault *f)
{
	struct stat st;

	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct plan_mount *m = &plan->mounts[i];
		int rc;

		if (m->kind == SANDBOX_TEXT)
			rc = text_write(root, m);
		else
			rc = fstat(tree[i], &st) < 0 ? -1 : mount_at(tree[i], mount_place(root, m->to, !S_ISDIR(st.st_mode)));
		if (rc < 0)
			return fault_at(f, "mount of %s%s%s", m->from ? m->from : "", m->from ? " at " : "", m->to);
	}
	if (plan->network && plan->n_mounts < MOUNTS_MAX && tree[plan->n_mounts] >= 0
			&& mount_at(tree[plan->n_mounts], mount_place(root, "etc/resolv.conf", true)) < 0)
		return fault_at(f, "/etc/resolv.conf");
	return 0;
}

int mounts_run(const struct station *s, const struct plan *plan, int tree[MOUNTS_MAX], struct fault *f)
{
	int root = tmpfs_inside(32 << 20, 4096, "0755");

	umask(022);
	if (root < 0 || mount_at(root, open(NEW_ROOT, O_PATH | O_CLOEXEC)) < 0)
		return fault_at(f, "mount of the root");
	root = open(NEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fault_at(f, "the root");
	if (mounts_common(s, plan, root, f) < 0 || mounts_asked(plan, tree, root, f) < 0)
		return -1;
	if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return fault_at(f, "pivot_root");
	fd_drop(&root);
	root = open("/", O_PATH | O_CLOEXEC);
	if (root < 0 || sys_mount_attr(root, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV, false, -1) < 0)
		return fault_at(f, "a read-only root");
	fd_drop(&root);
	return 0;
}

static bool is_full(const char *path)
{
	struct statvfs s;

	return statvfs(path, &s) == 0 && (s.f_bavail <= s.f_blocks / 1024 || s.f_ffree <= s.f_files / 1024);
}

bool mounts_full(const struct plan *plan)
{
	bool full = is_full("/tmp") || is_full("/dev/shm");

	for (size_t i = 0; i < plan->n_mounts && !full; i++)
		full = (plan->mounts[i].kind == SANDBOX_TMPFS || plan->mounts[i].kind == SANDBOX_OVERLAY) && is_full(plan->mounts[i].to);
	return full;
}
