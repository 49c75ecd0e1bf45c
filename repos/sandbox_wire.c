/* sandbox_wire.c - what the processes of a sandbox need to be apart from each other and to speak with each other. */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>

int fault_at(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	f->error = errno;
	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
	errno = f->error;
	return -1;
}

void process_end(int code)
{
	for (;;)
		syscall(SYS_exit_group, code);
}

pid_t process_fork(void)
{
	return sys_clone3(&(struct clone_ask){ .exit_signal = SIGCHLD });
}

void fd_drop(int *fd)
{
	int kept = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = kept;
}

bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool whole = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	fd_drop(&fd);
	return whole;
}

bool users_map(unsigned inner, unsigned outer_uid, unsigned outer_gid)
{
	char line[64];

	/* who gave up rights owns its files in /proc no more, unless it may be looked into */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 || !file_write("/proc/self/setgroups", "deny"))
		return false;
	snprintf(line, sizeof(line), "%u %u 1", inner, outer_gid);
	if (!file_write("/proc/self/gid_map", line))
		return false;
	snprintf(line, sizeof(line), "%u %u 1", inner, outer_uid);
	return file_write("/proc/self/uid_map", line) && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

/* Closes all fds but 0, 1, 2 (which are /dev/null then) and those in keep, which it sorts. */
static void fds_keep(int *keep, size_t n)
{
	unsigned from = 3;

	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && keep[k] < keep[k - 1]; k--) {
			int swap = keep[k];

			keep[k] = keep[k - 1];
			keep[k - 1] = swap;
		}
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < (int)from)
			continue;
		if ((unsigned)keep[i] > from)
			sys_close_range(from, (unsigned)keep[i] - 1);
		from = (unsigned)keep[i] + 1;
	}
	sys_close_range(from, ~0u);
	for (int i = 0; i < 3; i++) {
		close(i);
		open("/dev/null", O_RDWR);
	}
}

void process_settle(const char *name, int *keep, size_t n)
{
	setsid(); /* a terminal's signals are the supervisor's */
	prctl(PR_SET_NAME, name);
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	signal(SIGCHLD, SIG_IGN); /* nobody waits: ends are seen through pidfds */
	sigprocmask(SIG_SETMASK, &(sigset_t){ 0 }, NULL);
	fds_keep(keep, n);
}

/* ---- parcels ---- */

struct letter {
	struct fault fault;
	uint64_t there[(PARCEL_FDS + 63) / 64];
};

union fds_room {
	struct cmsghdr head;
	char room[CMSG_SPACE(PARCEL_FDS * sizeof(int))];
};

bool parcel_send(int sock, const struct parcel *p)
{
	struct letter letter = { .fault = p->fault };
	struct iovec io = { &letter, sizeof(letter) };
	union fds_room control;
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
	size_t n = 0;
	ssize_t sent;

	memset(&control, 0, sizeof(control));
	for (int i = 0; i < PARCEL_FDS; i++)
		if (p->fd[i] >= 0) {
			memcpy(CMSG_DATA(&control.head) + n++ * sizeof(int), &p->fd[i], sizeof(int));
			letter.there[i / 64] |= 1ull << i % 64;
		}
	if (n) {
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
	}
	do
		sent = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == sizeof(letter);
}

bool parcel_read(int sock, struct parcel *p)
{
	struct letter letter = { 0 };
	struct iovec io = { &letter, sizeof(letter) };
	union fds_room control;
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	size_t n = 0, at = 0;
	ssize_t got;

	do
		got = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	memset(p->fd, -1, sizeof(p->fd));
	c = got > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c && c->cmsg_type == SCM_RIGHTS)
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	for (int i = 0; i < PARCEL_FDS && at < n; i++)
		if (letter.there[i / 64] >> i % 64 & 1)
			memcpy(&p->fd[i], CMSG_DATA(c) + at++ * sizeof(int), sizeof(int));
	p->fault = letter.fault;
	return got == sizeof(letter);
}

void parcel_drop(struct parcel *p)
{
	for (int i = 0; i < PARCEL_FDS; i++)
		fd_drop(&p->fd[i]);
}

/* ---- directories ---- */

struct entry {
	uint64_t inode, next;
	uint16_t size;
	uint8_t type;
	char name[];
};

bool entries_open(struct entries *e, int dir)
{
	e->dir = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	e->n = e->at = 0;
	return e->dir >= 0;
}

const char *entries_next(struct entries *e)
{
	for (;;) {
		const struct entry *d;

		if (e->at >= e->n) {
			e->n = (int)syscall(SYS_getdents64, e->dir, e->room, sizeof(e->room));
			e->at = 0;
			if (e->n <= 0) {
				fd_drop(&e->dir);
				return NULL;
			}
		}
		d = (const struct entry *)(e->room + e->at);
		e->at += d->size;
		if (strcmp(d->name, ".") && strcmp(d->name, ".."))
			return d->name;
	}
}
