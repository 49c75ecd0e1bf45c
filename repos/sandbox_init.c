/* sandbox_init.c - process 1 of a run: furnishes it, gives up every right, starts the program, reaps what dies and reports how it ended. */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <linux/securebits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { TICK_NS = 50000000 };
enum { FD_PROGRAM = 5, FD_OURS = 32 }; /* fds below the one are the program's, from the other on init's */

static _Noreturn void report_send(int leash, const struct report *r)
{
	while (send(leash, r, sizeof(*r), MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
	process_end(0);
}

/* ---- before the program ---- */

/* A network of one: 127.0.0.1 and ::1. */
static int loopback_up(struct fault *f)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;
	struct ifreq ask = { .ifr_flags = IFF_UP | IFF_RUNNING };

	memcpy(ask.ifr_name, "lo", 3);
	rc = s < 0 ? -1 : ioctl(s, SIOCSIFFLAGS, &ask);
	if (rc < 0)
		fault_at(f, "loopback");
	fd_drop(&s);
	return rc;
}

/* The user becomes one that owns nothing outside and holds no capability in here. A server keeps what lets its forks enter their runs. */
static int rights_drop(struct fault *f)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	if (unshare(CLONE_NEWUSER) < 0 || !users_map(INNER_ID, 0, 0))
		return fault_at(f, "a user namespace of the program");
	for (int cap = 0; prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0; cap++)
		;
	if (errno != EINVAL) /* after the last there is */
		return fault_at(f, "dropping capabilities");
	if (prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED
			| SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED, 0, 0, 0) < 0)
		return fault_at(f, "secure bits");
	if (syscall(SYS_capset, &head, none) < 0)
		return fault_at(f, "dropping capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return fault_at(f, "no new privileges");
	return 0;
}

static int furnish(const struct station *s, const struct plan *plan, int tree[MOUNTS_MAX], struct fault *f)
{
	if (s->narrow)
		return narrow_furnish(s, plan, f);
	if (!plan->network && loopback_up(f) < 0)
		return -1;
	if (sethostname("sandbox", 7) < 0)
		return fault_at(f, "host name");
	if (mounts_run(s, plan, tree, f) < 0)
		return -1;
	return plan->serves ? 0 : rights_drop(f);
}

/* ---- the program ---- */

static int fence(const struct station *s, const struct plan *plan, struct fault *f)
{
	struct limit_row row[LIMITS];
	size_t n = limits_list(s, plan, row);

	for (size_t k = 0; k < n; k++)
		if (setrlimit(row[k].what, &(struct rlimit){ row[k].soft, row[k].hard }) < 0)
			return fault_at(f, "resource limit %d", row[k].what);
	if ((s->narrow ? landlock_narrow(s, plan) : landlock_apply(plan, s->landlock)) < 0)
		return fault_at(f, "Landlock");
	return seccomp_apply(s->filter[filter_of(plan)]) < 0 ? fault_at(f, "seccomp") : 0;
}

/* Comes back only with a fault. */
static void program_exec(const struct station *s, const struct plan *plan, const int fd[RUN_FDS], struct fault *f)
{
	const int from[FD_PROGRAM] = { -1, fd[RUN_OUT], fd[RUN_OUT], fd[RUN_CHANNEL], fd[RUN_INPUT] };

	for (int i = 0; i < FD_PROGRAM; i++) {
		close(i);
		if (i == 0 ? open("/dev/null", O_RDWR) != 0 : from[i] >= 0 && dup2(from[i], i) < 0) {
			fault_at(f, "fd %d of the program", i);
			return;
		}
	}
	sys_close_range(FD_PROGRAM, ~0u);
	setsid();
	for (int n = 1; n < NSIG; n++)
		signal(n, SIG_DFL);
	sigprocmask(SIG_SETMASK, &(sigset_t){ 0 }, NULL);
	file_write("/proc/self/oom_score_adj", "1000"); /* memory's first victims are programs */
	if (s->narrow && narrow_drop(s, f) < 0)
		return;
	if (chdir(plan->cwd) < 0) {
		fault_at(f, "%s", plan->cwd);
		return;
	}
	if (!plan->serves && fence(s, plan, f) < 0)
		return;
	execve(plan->argv[0], (char *const *)plan->argv, (char *const *)plan->env);
	fault_at(f, "%s", plan->argv[0]);
}

/*
 * Memory is shared with the child, which is waited for until there is another program in it. If it is not (a sanitizer's vfork is a fork), a
 * fault is found in the plan, later.
 */
static pid_t program_start(const struct station *s, struct plan *plan, const int fd[RUN_FDS], struct fault *f)
{
	pid_t pid = vfork();

	if (pid == 0) {
		if (plan->serves)
			prctl(PR_SET_PDEATHSIG, SIGKILL);
		program_exec(s, plan, fd, &plan->start);
		process_end(127);
	}
	if (pid < 0)
		return fault_at(f, "vfork of the program");
	*f = plan->start;
	return f->error ? -1 : pid;
}

/* ---- the fork of a server ---- */

/* The request, with the fds that the fork needs. True when the server has them all. */
static bool desk_send(int desk, struct str request, const int *fd, size_t n)
{
	uint32_t length = (uint32_t)request.n;
	struct iovec io[2] = { { &length, sizeof(length) }, { (void *)request.s, request.n } };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(16 * sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = io, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = CMSG_SPACE(n * sizeof(int)) };
	ssize_t sent;

	memset(&control, 0, sizeof(control));
	control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), fd, n * sizeof(int));
	sent = sendmsg(desk, &m, MSG_NOSIGNAL);
	if (sent < (ssize_t)sizeof(length))
		return false;
	for (size_t at = (size_t)sent - sizeof(length); at < request.n; at += (size_t)sent) {
		sent = send(desk, request.s + at, request.n - at, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
	}
	return true;
}

/* Asks for a fork; gives the socket on which it is told how that ended. */
static int fork_ask(const struct station *s, const struct plan *plan, const int fd[RUN_FDS], struct fault *f)
{
	static const char *const names[SPACES] = { "pid", "net", "ipc", "uts", "mnt", "user" };
	int sent[3 + SPACES + 1], pair[2];
	size_t n = 0;
	char path[32];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_at(f, "socketpair");
	sent[n++] = fd[RUN_OUT];
	sent[n++] = fd[RUN_CHANNEL];
	sent[n++] = pair[1];
	for (int k = 0; k < SPACES; k++) {
		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[k]);
		sent[n] = open(path, O_RDONLY | O_CLOEXEC);
		if (sent[n++] < 0)
			return fault_at(f, "%s", path);
	}
	if (fd[RUN_INPUT] >= 0)
		sent[n++] = fd[RUN_INPUT];
	if (!desk_send(s->desk[plan->server], plan->request, sent, n)) {
		errno = ESRCH;
		fault_at(f, "the server ended");
	}
	for (int k = 0; k < SPACES; k++)
		close(sent[3 + k]);
	close(pair[1]);
	return f->error ? -1 : pair[0];
}

/* What a server says of its fork: S, its status and its CPU time; E, why there was none; nothing any more when it is gone. */
static bool fork_hear(int answer, struct report *r)
{
	struct { char kind; char rest[sizeof(r->fault.what) - 1]; } said = { 0 };
	ssize_t n = recv(answer, &said, sizeof(said) - 1, 0);

	if (said.kind == 'S' && n == 13) {
		memcpy(&r->status, said.rest, 4);
		memcpy(&r->cpu_us, said.rest + 4, 8);
		return true;
	}
	r->kind = REPORT_FAULT;
	errno = n > 0 ? EPROTO : ESRCH;
	fault_at(&r->fault, "%s", n > 0 ? said.rest : "the server ended");
	return false;
}

/* ---- while it runs ---- */

static void on_child(int number)
{
	(void)number; /* only to wake ppoll */
}

/*
 * Waits until the program ends (its status is in r, as is what a server tells) or the leash is let go (-1). answer: a server's, or -1. tally:
 * what is to be told meanwhile, NULL: nothing.
 */
static void program_watch(const struct station *s, const struct plan *tally, pid_t program, int answer, int leash, struct report *r)
{
	const struct timespec tick = { 0, TICK_NS };
	struct pollfd at[] = { { leash, POLLIN, 0 }, { answer, POLLIN, 0 } };

	r->status = -1;
	for (;;) {
		int status;

		for (pid_t pid; (pid = wait4(-1, &status, WNOHANG, NULL)) > 0;)
			if (pid == program) {
				r->status = status;
				return;
			}
		if (ppoll(at, 2, tally ? &tick : NULL, &(sigset_t){ 0 }) > 0) {
			if (at[1].revents)
				fork_hear(answer, r);
			return;
		}
		if (tally) {
			struct report now = { .kind = REPORT_TALLY };

			tally_read(&now, s->narrow);
			now.disk = s->narrow && narrow_full(tally);
			send(leash, &now, sizeof(now), MSG_NOSIGNAL | MSG_DONTWAIT);
		}
	}
}

/* All others are ours to kill, and theirs to inherit from. A server's namespace is the launcher's: there it is that process alone. */
static uint64_t rest_kill(const struct station *s, pid_t server)
{
	struct rusage used;

	if (s->narrow)
		tally_kill();
	else if (server > 0)
		kill(server, SIGKILL);
	else if (getpid() == 1) /* anywhere else this is everybody */
		kill(-1, SIGKILL);
	while (wait4(-1, NULL, 0, NULL) > 0 || errno == EINTR)
		;
	getrusage(RUSAGE_CHILDREN, &used);
	return ((uint64_t)used.ru_utime.tv_sec + (uint64_t)used.ru_stime.tv_sec) * 1000000 + (uint64_t)used.ru_utime.tv_usec
		+ (uint64_t)used.ru_stime.tv_usec;
}

void init_main(const struct station *s, struct plan *plan, struct parcel *p)
{
	struct report r = { .kind = REPORT_FAULT };
	int fd[RUN_FDS];
	const bool serves = plan->serves, tally = plan->tally && !serves; /* under a server the plan becomes that of its slot's next run */
	sigset_t child;
	pid_t program = -1;
	int answer = -1;
	uint64_t used;

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NAME, "init");
	setsid();
	for (int i = 0; i < RUN_FDS; i++)
		fd[i] = p->fd[i] < 0 ? -1 : fcntl(p->fd[i], F_DUPFD_CLOEXEC, FD_OURS);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = on_child }, NULL);
	if (furnish(s, plan, p->fd + RUN_FDS, &r.fault) < 0)
		report_send(fd[RUN_LEASH], &r);
	parcel_drop(p);
	if (plan->server >= 0 && !serves)
		answer = fork_ask(s, plan, fd, &r.fault);
	else
		program = program_start(s, plan, fd, &r.fault);
	if (r.fault.error)
		report_send(fd[RUN_LEASH], &r);
	/* the pipes' other ends are the program's alone */
	for (int i = 0; i < RUN_FDS; i++)
		if (i != RUN_LEASH)
			fd_drop(&fd[i]);
	r.kind = REPORT_ENDED;
	program_watch(s, tally ? plan : NULL, program, answer, fd[RUN_LEASH], &r);
	if (tally) { /* with who is still there, and the program itself */
		struct report last = { .kind = REPORT_TALLY };

		tally_read(&last, s->narrow);
		r.processes = last.processes + 1;
	}
	if (!serves && plan->start.error) {
		r.kind = REPORT_FAULT;
		r.fault = plan->start;
	}
	r.disk = serves ? false : s->narrow ? narrow_full(plan) : mounts_full(plan);
	used = rest_kill(s, serves ? program : -1);
	if (answer >= 0 && r.status == -1 && r.kind == REPORT_ENDED) { /* it was ended: what it had used is told now */
		fork_hear(answer, &r);
		r.kind = REPORT_ENDED;
		r.status = -1;
	}
	r.cpu_us += used;
	report_send(fd[RUN_LEASH], &r);
}
