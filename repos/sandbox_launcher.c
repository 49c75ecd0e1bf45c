/* sandbox_launcher.c - the small process that every run is cloned from, with a mount tree of its own. */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool whole = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	int kept = errno;

	if (fd >= 0)
		close(fd);
	errno = kept;
	return whole;
}

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void fds_keep(int *keep, size_t n)
{
	unsigned from = 3;

	qsort(keep, n, sizeof(*keep), by_value);
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < (int)from)
			continue;
		if ((unsigned)keep[i] > from)
			sys_close_range(from, (unsigned)keep[i] - 1);
		from = (unsigned)keep[i] + 1;
	}
	sys_close_range(from, ~0u);
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

/* Who is not root becomes it, in a user namespace. */
static int enter(struct launcher *l, struct fault *f)
{
	l->uid = geteuid();
	l->gid = getegid();
	if (unshare(l->root ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) < 0)
		return fault_at(f, l->root ? "unshare(mount namespace)" : "unshare(user and mount namespace)");
	if (!l->root && !users_map(0, l->uid, l->gid))
		return fault_at(f, "user namespace: writing its maps");
	return mounts_template(l, f);
}

/* ---- requests ---- */

union fds_room {
	struct cmsghdr head;
	char room[CMSG_SPACE(RUN_FDS * sizeof(int))];
};

/* The slot that a run waits in, its fds in fd (-1: none); -1 at the end. */
static int ask_read(const struct launcher *l, int fd[RUN_FDS])
{
	uint32_t slot;
	struct iovec io = { &slot, sizeof(slot) };
	union fds_room control;
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t n;

	for (int i = 0; i < RUN_FDS; i++)
		fd[i] = -1;
	do
		n = recvmsg(l->sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = CMSG_FIRSTHDR(&m);
	if (n != sizeof(slot) || slot >= l->slots || !c || c->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(fd, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	return (int)slot;
}

static void answer(const struct launcher *l, const struct fault *f, int pidfd)
{
	struct iovec io = { (void *)f, sizeof(*f) };
	union fds_room control = { 0 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };

	if (pidfd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(sizeof(int));
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
		memcpy(CMSG_DATA(&control.head), &pidfd, sizeof(int));
	}
	while (sendmsg(l->sock, &m, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static int launch(struct launcher *l, struct plan *plan, const int fd[RUN_FDS], struct fault *f)
{
	int pidfd = -1;
	struct clone_ask ask = {
		.flags = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PID_FD
			| (plan->network ? 0 : CLONE_NEWNET),
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	int pid;

	for (size_t i = 0; i < plan->n_mounts; i++)
		if (mounts_owner(l, plan, &plan->mounts[i], f) < 0)
			return -1;
	pid = sys_clone3(&ask);
	if (pid == 0)
		init_main(l, plan, fd);
	return pid < 0 ? fault_at(f, "clone3 of a run") : pidfd;
}

void launcher_main(struct launcher *l)
{
	struct fault f = { 0 };
	int fd[RUN_FDS], slot, pidfd;

	setsid(); /* a terminal's signals are the supervisor's */
	prctl(PR_SET_NAME, "quarry-sandbox");
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	signal(SIGCHLD, SIG_IGN); /* nobody waits: ends are seen through pidfds */
	sigprocmask(SIG_SETMASK, &(sigset_t){ 0 }, NULL);
	fds_keep(&(int){ l->sock }, 1);
	for (int i = 0; i < 3; i++) {
		close(i);
		open("/dev/null", O_RDWR);
	}
	if (enter(l, &f) < 0) {
		answer(l, &f, -1);
		process_end(1);
	}
	answer(l, &f, -1);
	while ((slot = ask_read(l, fd)) >= 0) {
		f = (struct fault){ 0 };
		pidfd = launch(l, l->plan[slot], fd, &f);
		answer(l, &f, pidfd);
		if (pidfd >= 0)
			close(pidfd);
		for (int i = 0; i < RUN_FDS; i++)
			if (fd[i] >= 0)
				close(fd[i]);
	}
	process_end(0);
}
