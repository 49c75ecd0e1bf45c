/*
 * sandbox_mounts.c - what a program sees as its files.
 *
 * The launcher's root is a template: read-only /usr, /etc and /dev, and the host's tree at /.host. A run copies the first three into a
 * tmpfs of its own, adds what it asks for, makes that its root and lets go of the rest. Paths of a run are walked a component at a time
 * and through no symbolic link, so that a tree with links in it cannot move a mount elsewhere.
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
#define LOWER "/.lower"
#define UPPER "/.upper"

static int host_open(const struct launcher *l, const char *path)
{
	return sys_openat2(l->host, path[1] ? path + 1 : ".", O_PATH | O_CLOEXEC, RESOLVE_IN_TREE | RESOLVE_NO_MAGIC);
}

/* ---- the template ---- */

/* The host's `path` at the same path of the template, read-only; nothing when the host has none. */
static int template_bind(const struct launcher *l, const char *path, bool device, struct fault *f)
{
	int from = host_open(l, path), tree, to, rc = -1;
	struct stat st;

	if (from < 0)
		return errno == ENOENT ? 0 : fault_at(f, "%s of the host", path);
	tree = sys_tree(from);
	if (tree < 0 || fstat(from, &st) < 0) {
		close(from);
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
	close(from);
	close(tree);
	if (to >= 0)
		close(to);
	return rc;
}

/* All of a text into a new file, which is closed. */
static int text_put(int fd, const char *text, size_t n)
{
	size_t at = 0;
	ssize_t put;
	int kept;

	while (at < n && (put = write(fd, text + at, n - at)) > 0)
		at += (size_t)put;
	kept = errno;
	close(fd);
	errno = kept;
	return at == n ? 0 : -1;
}

static int text_at(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0444);

	return fd < 0 ? -1 : text_put(fd, text, n);
}

/* /bin, /lib and so on: links into /usr on a merged system, else directories. */
static int template_tops(struct launcher *l, struct fault *f)
{
	static const char *const names[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32" };
	char path[32];
	ssize_t n;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct stat st;

		if (fstatat(l->host, names[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		snprintf(l->top[l->tops].name, sizeof(l->top[0].name), "%s", names[i]);
		n = readlinkat(l->host, names[i], l->top[l->tops].link, sizeof(l->top[0].link) - 1);
		l->top[l->tops].link[n > 0 ? n : 0] = 0;
		snprintf(path, sizeof(path), "/%s", names[i]);
		if (n <= 0 && template_bind(l, path, false, f) < 0)
			return -1;
		l->tops++;
	}
	return 0;
}

/* Of the host's /etc only what programs need to run at all: no names, no addresses, no secrets. */
static int template_etc(const struct launcher *l, struct fault *f)
{
	static const char *const binds[] = {
		"/etc/alternatives", "/etc/ca-certificates", "/etc/fonts", "/etc/java-17-openjdk", "/etc/ld.so.cache", "/etc/ld.so.conf",
		"/etc/ld.so.conf.d", "/etc/magic", "/etc/mime.types", "/etc/perl", "/etc/protocols", "/etc/python3", "/etc/python3.11",
		"/etc/services", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/terminfo",
	};
	static const struct { const char *path, *text; } texts[] = {
		{ "/etc/group", "root:x:0:\nsandbox:x:1000:\nnogroup:x:65534:\n" },
		{ "/etc/hostname", "sandbox\n" },
		{ "/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n" },
		{ "/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n" },
		{ "/etc/resolv.conf", "" },
		{ "/etc/timezone", "UTC\n" },
	};
	char passwd[SLOTS_MAX * 48 + 256];
	int n = snprintf(passwd, sizeof(passwd), "root:x:0:0:root:/nowhere:/usr/sbin/nologin\nsandbox:x:%d:%d::/tmp/home:/bin/sh\n"
		"nobody:x:65534:65534:nobody:/nowhere:/usr/sbin/nologin\n", INNER_ID, INNER_ID);

	if (!l->users) /* then the program sees itself as its outer user */
		for (unsigned i = 0; i < l->slots; i++)
			n += snprintf(passwd + n, sizeof(passwd) - (size_t)n, "sandbox%u:x:%u:%u::/tmp/home:/bin/sh\n", i, SLOT_UID + i, SLOT_UID + i);
	mkdir("/etc", 0755);
	mkdir("/etc/ssl", 0755);
	for (size_t i = 0; i < sizeof(binds) / sizeof(*binds); i++)
		if (template_bind(l, binds[i], false, f) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (text_at(texts[i].path, texts[i].text, strlen(texts[i].text)) < 0)
			return fault_at(f, "%s", texts[i].path);
	if (text_at("/etc/passwd", passwd, (size_t)n) < 0 || symlink("/usr/share/zoneinfo/UTC", "/etc/localtime") < 0)
		return fault_at(f, "/etc/passwd");
	return 0;
}

static int template_dev(const struct launcher *l, struct fault *f)
{
	static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom" };
	static const char *const links[][2] = {
		{ "/proc/self/fd", "/dev/fd" }, { "/proc/self/fd/0", "/dev/stdin" }, { "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" }, { "pts/ptmx", "/dev/ptmx" },
	};

	if (mkdir("/dev", 0755) < 0 || mkdir("/dev/pts", 0755) < 0 || mkdir("/dev/shm", 0755) < 0)
		return fault_at(f, "/dev");
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++)
		if (template_bind(l, devices[i], true, f) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			return fault_at(f, "%s", links[i][1]);
	return 0;
}

/* A tmpfs becomes the root, with the old one at /.host. In a chroot, whose root is no mount, the host's tree is a copy below it. */
static int template_root(struct fault *f)
{
	int here = open("/", O_PATH | O_CLOEXEC), tree, to, rc;

	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 && errno != EINVAL)
		return fault_at(f, "mount propagation");
	tree = here < 0 ? -1 : sys_tree(here);
	if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=16m,nr_inodes=4k") < 0)
		return fault_at(f, "mount of a tmpfs");
	if (chdir("/tmp") < 0 || mkdir(".host", 0755) < 0)
		return fault_at(f, "a root of its own");
	rc = (int)syscall(SYS_pivot_root, ".", ".host");
	if (rc < 0 && errno == EINVAL && tree >= 0) {
		to = open(".host", O_PATH | O_CLOEXEC);
		rc = to >= 0 && sys_attach(tree, to) == 0 && chroot(".") == 0 ? 0 : -1;
		close(to);
	}
	if (rc < 0 || chdir("/") < 0)
		return fault_at(f, "pivot_root");
	close(here);
	close(tree);
	return 0;
}

int mounts_template(struct launcher *l, struct fault *f)
{
	static const char *const rooms[] = { NEW_ROOT, LOWER, UPPER };

	umask(022);
	if (template_root(f) < 0)
		return -1;
	l->host = open("/.host", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (l->host < 0)
		return fault_at(f, "/.host");
	for (size_t i = 0; i < sizeof(rooms) / sizeof(*rooms); i++)
		if (mkdir(rooms[i], 0755) < 0)
			return fault_at(f, "%s", rooms[i]);
	if (template_bind(l, "/usr", false, f) < 0 || template_tops(l, f) < 0 || template_etc(l, f) < 0 || template_dev(l, f) < 0)
		return -1;
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
		return fault_at(f, "a read-only template");
	return 0;
}

/* ---- whose files ---- */

/* A user namespace in which `uid` is `to`: given to a mount, it shows files of the one as files of the other. */
static int owner_make(uid_t uid, gid_t gid, uid_t to)
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
	snprintf(line, sizeof(line), "%u %u 1", uid, to);
	if (file_write(path, line)) {
		snprintf(path, sizeof(path), "/.host/proc/%d/gid_map", pid);
		snprintf(line, sizeof(line), "%u %u 1", gid, to);
		if (file_write(path, line)) {
			snprintf(path, sizeof(path), "/.host/proc/%d/ns/user", pid);
			fd = open(path, O_RDONLY | O_CLOEXEC);
		}
	}
	kill(pid, SIGKILL);
	return fd;
}

int mounts_owner(struct launcher *l, const struct plan *plan, struct plan_mount *m, struct fault *f)
{
	struct stat st;
	int fd;

	m->owner = -1;
	if (!m->from)
		return 0;
	fd = host_open(l, m->from);
	if (fd < 0 || fstat(fd, &st) < 0) {
		fault_at(f, "%s", m->from);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	if (!l->root || st.st_uid == plan->uid)
		return 0;
	for (size_t i = 0; i < l->owners; i++)
		if (l->owner[i].uid == st.st_uid && l->owner[i].gid == st.st_gid && l->owner[i].to == plan->uid) {
			m->owner = l->owner[i].fd;
			return 0;
		}
	if (l->owners == OWNERS_MAX) { /* the oldest goes */
		close(l->owner[0].fd);
		memmove(l->owner, l->owner + 1, (OWNERS_MAX - 1) * sizeof(l->owner[0]));
		l->owners--;
	}
	m->owner = owner_make(st.st_uid, st.st_gid, plan->uid);
	if (m->owner >= 0) {
		l->owner[l->owners].uid = st.st_uid;
		l->owner[l->owners].gid = st.st_gid;
		l->owner[l->owners].to = plan->uid;
		l->owner[l->owners++].fd = m->owner;
	}
	return 0;
}

/* ---- a run ---- */

/* The place of `to` below the new root: its directories are made, and itself, as a directory or (file) an empty file. */
static int place(int root, const char *to, bool file)
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
		int kept = errno;
		close(at);
		errno = kept;
		at = next;
		to += n + !last;
	}
	return at;
}

/* The detached mounts `tree` at `to`. */
static int attach(int tree, int root, const char *to, bool file)
{
	int at = place(root, to, file), rc = at < 0 ? -1 : sys_attach(tree, at), kept = errno;

	if (at >= 0)
		close(at);
	close(tree);
	errno = kept;
	return rc;
}

struct fs_option {
	const char *key;
	char value[24]; /* "": a flag */
};

static struct fs_option option_number(const char *key, uint64_t value)
{
	struct fs_option o = { .key = key };

	snprintf(o.value, sizeof(o.value), "%llu", (unsigned long long)value);
	return o;
}

/* A new file system, attached nowhere. The options end with a NULL key. */
static int fs_make(const char *type, const struct fs_option *o, uint64_t attr)
{
	int fs = (int)syscall(NR_fsopen, type, 1 /* close on exec */), fd = -1, kept;
	bool held = fs >= 0;

	for (; held && o->key; o++)
		held = syscall(NR_fsconfig, fs, *o->value ? CONFIG_STRING : CONFIG_FLAG, o->key, *o->value ? o->value : NULL, 0) == 0;
	if (held && syscall(NR_fsconfig, fs, CONFIG_CREATE, NULL, NULL, 0) == 0)
		fd = (int)syscall(NR_fsmount, fs, 1 /* close on exec */, attr);
	kept = errno;
	if (fs >= 0)
		close(fs);
	errno = kept;
	return fd;
}

/* Writable for the program, of so many bytes and files. */
static int tmpfs_make(const struct launcher *l, const struct plan *plan, uint64_t size, uint64_t inodes, const char *mode)
{
	struct fs_option o[6] = { option_number("size", size), option_number("nr_inodes", inodes), { "mode", "" } };

	snprintf(o[2].value, sizeof(o[2].value), "%s", mode);
	if (l->root) {
		o[3] = option_number("uid", plan->uid);
		o[4] = option_number("gid", plan->uid);
	}
	return fs_make("tmpfs", o, ATTR_NOSUID | ATTR_NODEV);
}

/* A copy of the host's mounts at m->from, with the slot's user as owner; *file: it is none of a directory. */
static int host_tree(const struct launcher *l, const struct plan_mount *m, bool *file)
{
	int fd = host_open(l, m->from), tree = fd < 0 ? -1 : sys_tree(fd), kept;
	struct stat st;

	if (tree >= 0 && (fstat(fd, &st) < 0 || sys_mount_attr(tree, ATTR_NOSUID | ATTR_NODEV | (m->kind == SANDBOX_RW ? 0 : ATTR_RDONLY), true, -1) < 0)) {
		kept = errno;
		close(tree);
		errno = kept;
		tree = -1;
	}
	/* where the file system cannot, its files keep their owners, and what the program may do with them is as it is */
	if (tree >= 0 && m->owner >= 0)
		sys_mount_attr(tree, ATTR_IDMAP, false, m->owner);
	kept = errno;
	*file = tree >= 0 && !S_ISDIR(st.st_mode);
	if (fd >= 0)
		close(fd);
	errno = kept;
	return tree;
}

/* Mount points outside the new root, which the run loses with the old one; a later mount there covers an earlier one. */
static int attach_outside(int tree, const char *path)
{
	int at = open(path, O_PATH | O_CLOEXEC), rc = at < 0 ? -1 : sys_attach(tree, at), kept = errno;

	if (at >= 0)
		close(at);
	close(tree);
	errno = kept;
	return rc;
}

static int overlay_make(const struct launcher *l, const struct plan *plan, const struct plan_mount *m)
{
	const struct fs_option o[] = {
		{ "lowerdir", LOWER }, { "upperdir", UPPER "/u" }, { "workdir", UPPER "/w" }, { l->root ? NULL : "userxattr", "" }, { NULL, "" },
	};
	bool file;
	int lower = host_tree(l, m, &file), upper;

	if (lower < 0 || attach_outside(lower, LOWER) < 0)
		return -1;
	upper = tmpfs_make(l, plan, m->size, m->inodes, "0755");
	if (upper < 0 || attach_outside(upper, UPPER) < 0 || mkdir(UPPER "/u", 0755) < 0 || mkdir(UPPER "/w", 0700) < 0)
		return -1;
	if (l->root && chown(UPPER "/u", plan->uid, plan->uid) < 0)
		return -1;
	return fs_make("overlay", o, ATTR_NOSUID | ATTR_NODEV);
}

static int text_write(int root, const struct plan_mount *m)
{
	const char *name = strrchr(m->to, '/') + 1;
	char dir[PATH_MAX];
	int at, fd, rc;

	snprintf(dir, sizeof(dir), "%.*s", (int)(name - m->to), m->to);
	at = place(root, dir, false);
	fd = at < 0 ? -1 : openat(at, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0444);
	rc = fd < 0 ? -1 : text_put(fd, m->text.s, m->text.n);
	if (at >= 0)
		close(at);
	return rc;
}

static int mount_run(const struct launcher *l, const struct plan *plan, const struct plan_mount *m, int root)
{
	bool file = false;
	int tree;

	switch (m->kind) {
	case SANDBOX_TEXT:
		return text_write(root, m);
	case SANDBOX_TMPFS:
		tree = tmpfs_make(l, plan, m->size, m->inodes, "0755");
		break;
	case SANDBOX_OVERLAY:
		tree = overlay_make(l, plan, m);
		break;
	default:
		tree = host_tree(l, m, &file);
	}
	return tree < 0 ? -1 : attach(tree, root, m->to, file);
}

/* What every run has. */
static int mounts_common(const struct launcher *l, const struct plan *plan, int root, struct fault *f)
{
	static const char *const shared[] = { "/usr", "/etc", "/dev" };
	const struct fs_option pts[] = { { "ptmxmode", "0666" }, { "mode", "0620" }, { "max", "64" }, { NULL, "" } };
	const struct fs_option none[] = { { NULL, "" } };
	int tree, rc = 0;

	for (size_t i = 0; i < 3 + l->tops; i++) {
		const char *name = i < 3 ? shared[i] + 1 : l->top[i - 3].name;
		int from;

		if (i >= 3 && *l->top[i - 3].link) {
			rc = symlinkat(l->top[i - 3].link, root, name);
		} else {
			from = openat(AT_FDCWD, name, O_PATH | O_CLOEXEC); /* the launcher's directory is its root */
			tree = from < 0 ? -1 : sys_tree(from);
			rc = tree < 0 ? -1 : attach(tree, root, name, false);
			close(from);
		}
		if (rc < 0)
			return fault_at(f, "/%s", name);
	}
	tree = fs_make("proc", none, ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC);
	if (tree < 0 || attach(tree, root, "proc", false) < 0)
		return fault_at(f, "mount of /proc");
	tree = fs_make("devpts", pts, ATTR_NOSUID | ATTR_NOEXEC);
	if (tree < 0 || attach(tree, root, "dev/pts", false) < 0)
		return fault_at(f, "mount of /dev/pts");
	tree = tmpfs_make(l, plan, plan->limits.tmp, plan->limits.inodes, "1777");
	if (tree < 0 || attach(tree, root, "dev/shm", false) < 0)
		return fault_at(f, "mount of /dev/shm");
	tree = tmpfs_make(l, plan, plan->limits.tmp, plan->limits.inodes, "1777");
	if (tree < 0 || attach(tree, root, "tmp", false) < 0)
		return fault_at(f, "mount of /tmp");
	if (mkdirat(root, "tmp/home", 0755) < 0 || (l->root && fchownat(root, "tmp/home", plan->uid, plan->uid, 0) < 0))
		return fault_at(f, "/tmp/home");
	if (plan->network) {
		struct plan_mount names = { .from = "/etc/resolv.conf", .owner = -1 };
		bool file;

		tree = host_tree(l, &names, &file);
		if (tree >= 0 && attach(tree, root, "etc/resolv.conf", true) < 0)
			return fault_at(f, "/etc/resolv.conf");
	}
	return 0;
}

int mounts_run(struct launcher *l, const struct plan *plan, struct fault *f)
{
	const struct fs_option o[] = { { "mode", "0755" }, { "size", "32m" }, { "nr_inodes", "4k" }, { NULL, "" } };
	int tree, root;

	umask(022);
	l->host = open("/.host", O_PATH | O_DIRECTORY | O_CLOEXEC); /* of this mount namespace; the other is the launcher's */
	if (l->host < 0)
		return fault_at(f, "/.host");
	tree = fs_make("tmpfs", o, ATTR_NOSUID | ATTR_NODEV);
	if (tree < 0 || attach_outside(tree, NEW_ROOT) < 0)
		return fault_at(f, "mount of the root");
	root = open(NEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return fault_at(f, "the root");
	if (mounts_common(l, plan, root, f) < 0)
		return -1;
	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct plan_mount *m = &plan->mounts[i];

		if (mount_run(l, plan, m, root) < 0)
			return fault_at(f, "mount of %s%s%s", m->from ? m->from : "", m->from ? " at " : "", m->to);
	}
	if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return fault_at(f, "pivot_root");
	close(root);
	root = open("/", O_PATH | O_CLOEXEC);
	if (root < 0 || sys_mount_attr(root, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV, false, -1) < 0)
		return fault_at(f, "a read-only root");
	close(root);
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
