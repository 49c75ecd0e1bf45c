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
	if (s >= 0)
		close(s);
	return rc;
}

/* The user becomes one that owns nothing outside and holds no capability in here. A server keeps what lets its forks enter their runs. */
static int rights_drop(struct fault *f)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };

	if (unshare(CLONE_NEWUSER) < 0 || !users_map(INNER_ID, 0, 0))
		return fault_at(f, "a user namespace of the program");
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return fault_at(f, "dropping capability %d", cap);
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

static int limit_set(int what, uint64_t soft, uint64_t hard)
{
	return setrlimit(what, &(struct rlimit){ soft, hard });
}

static int limits_set(const struct station *s, const struct sandbox_limits *limit)
{
	/* a control group's limit is to be met first: it tells */
	uint64_t cpu = (uint64_t)limit->cpu_s + 1, processes = limit->processes + (groups_have(s->groups, GROUP_PROCESSES) ? 16 : 1)
		+ (s->narrow ? narrow_others() : 0);

	return limit_set(RLIMIT_CPU, cpu, cpu + 1) < 0 || limit_set(RLIMIT_FSIZE, limit->file, limit->file) < 0
		|| limit_set(RLIMIT_NPROC, processes, processes) < 0 || limit_set(RLIMIT_NOFILE, 1024, 1024) < 0
		|| limit_set(RLIMIT_CORE, 0, 0) < 0 || limit_set(RLIMIT_MEMLOCK, 1 << 20, 1 << 20) < 0 || limit_set(RLIMIT_STACK, 8 << 20, 64 << 20) < 0 ? -1 : 0;
}

static int fence(const struct station *s, const struct plan *plan, struct fault *f)
{
	if (!groups_have(s->groups, GROUP_MEMORY) && limit_set(RLIMIT_DATA, plan->limits.memory, plan->limits.memory) < 0)
		return fault_at(f, "resource limits");
	if (limits_set(s, &plan->limits) < 0)
		return fault_at(f, "resource limits");
	if ((s->narrow ? landlock_narrow(s, plan) : landlock_apply(plan, s->landlock)) < 0)
		return fault_at(f, "Landlock");
	if (seccomp_apply(s->filter[plan->network]) < 0)
		return fault_at(f, "seccomp");
	return 0;
}

/* In a vfork: memory is init's. Comes back only with a fault. */
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

static pid_t program_start(const struct station *s, const struct plan *plan, const int fd[RUN_FDS], struct fault *f)
{
	pid_t pid = vfork();

	if (pid == 0) {
		program_exec(s, plan, fd, f);
		process_end(127);
	}
	if (pid < 0)
		return fault_at(f, "vfork of the program");
	return f->error ? -1 : pid;
}

static void on_child(int number)
{
	(void)number; /* only to wake ppoll */
}

/* Waits until the program ends (its status) or the leash is let go (-1). */
static int program_watch(const struct station *s, const struct plan *plan, pid_t program, int leash)
{
	const struct timespec tick = { 0, TICK_NS };
	struct pollfd at = { leash, POLLIN, 0 };
	int status;

	for (;;) {
		for (pid_t pid; (pid = wait4(-1, &status, WNOHANG, NULL)) > 0;)
			if (pid == program)
				return status;
		if (ppoll(&at, 1, plan->tally ? &tick : NULL, &(sigset_t){ 0 }) > 0)
			return -1;
		if (plan->tally) {
			struct report r = { .kind = REPORT_TALLY };

			tally_read(&r, s->narrow);
			r.disk = s->narrow && narrow_full(plan);
			send(leash, &r, sizeof(r), MSG_NOSIGNAL | MSG_DONTWAIT);
		}
	}
}

/* All others are ours to kill, and theirs to inherit from. */
static uint64_t rest_kill(const struct station *s)
{
	struct rusage used;

	if (s->narrow)
		tally_kill(s);
	else
		kill(-1, SIGKILL);
	while (wait4(-1, NULL, 0, NULL) > 0 || errno == EINTR)
		;
	getrusage(RUSAGE_CHILDREN, &used);
	return ((uint64_t)used.ru_utime.tv_sec + (uint64_t)used.ru_stime.tv_sec) * 1000000 + (uint64_t)used.ru_utime.tv_usec
		+ (uint64_t)used.ru_stime.tv_usec;
}

void init_main(const struct station *s, const struct plan *plan, struct parcel *p)
{
	struct report r = { .kind = REPORT_FAULT };
	int fd[RUN_FDS];
	sigset_t child;
	pid_t program;

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
	program = program_start(s, plan, fd, &r.fault);
	if (program < 0)
		report_send(fd[RUN_LEASH], &r);
	/* the pipes' other ends are the program's alone */
	for (int i = 0; i < RUN_FDS; i++)
		if (i != RUN_LEASH)
			fd_drop(&fd[i]);
	r.kind = REPORT_ENDED;
	r.status = program_watch(s, plan, program, fd[RUN_LEASH]);
	r.disk = s->narrow ? narrow_full(plan) : mounts_full(plan);
	r.cpu_us = rest_kill(s);
	report_send(fd[RUN_LEASH], &r);
}
