/* sandbox_launcher.c - the process of a slot that every run is cloned from: it has rights over nothing but what it makes itself. */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/* A user and a process namespace. A host side that was no root has entered the first already. */
static int spaces_enter(struct station *s, struct fault *f)
{
	int keep = s->sock;

	process_settle("quarry-launch", &keep, 1);
	if (s->root && (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, s->uid, s->uid, s->uid) < 0
			|| syscall(SYS_setresuid, s->uid, s->uid, s->uid) < 0))
		return fault_at(f, "becoming user %u", s->uid);
	if (s->root && (unshare(CLONE_NEWUSER) < 0 || !users_map(0, s->uid, s->uid)))
		return fault_at(f, "a user namespace");
	return unshare(CLONE_NEWPID) < 0 ? fault_at(f, "a process namespace") : 0;
}

static int launcher_open(struct station *s, struct fault *f)
{
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (unshare(CLONE_NEWNS) < 0)
		return fault_at(f, "a mount namespace");
	for (int i = 0; i < SERVERS_MAX; i++)
		s->desk[i] = -1;
	return mounts_template(s, f);
}

/* Where requests for the server go that this run is. */
static int desk_open(struct station *s, struct parcel *p, struct fault *f)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_at(f, "socketpair");
	fd_drop(&s->desk[s->plan->server]);
	s->desk[s->plan->server] = pair[0];
	p->fd[RUN_INPUT] = pair[1];
	return 0;
}

static int launch(struct station *s, struct parcel *p, struct fault *f)
{
	int pidfd = -1, pid;
	struct clone_ask ask = {
		/* a server sees our processes: who forks into a process namespace must be in one above it */
		.flags = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_PID_FD | (s->plan->network ? 0 : CLONE_NEWNET)
			| (s->plan->serves ? 0 : CLONE_NEWPID),
		.pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};

	if (s->plan->serves && desk_open(s, p, f) < 0)
		return -1;
	pid = sys_clone3(&ask);
	if (pid == 0)
		init_main(s, s->plan, p);
	return pid < 0 ? fault_at(f, "clone3 of a run") : pidfd;
}

static _Noreturn void launcher_main(struct station *s)
{
	struct parcel p = { 0 };

	memset(p.fd, -1, sizeof(p.fd));
	launcher_open(s, &p.fault);
	if (!parcel_send(s->sock, &p) || p.fault.error)
		process_end(1);
	while (parcel_read(s->sock, &p)) {
		struct parcel answer = { 0 };

		memset(answer.fd, -1, sizeof(answer.fd));
		answer.fd[0] = launch(s, &p, &answer.fault);
		if (!parcel_send(s->sock, &answer))
			break;
		parcel_drop(&answer);
		parcel_drop(&p);
	}
	process_end(0);
}

/* The launcher is process 1 of its namespace: nothing that it started outlives it. */
void launcher_enter(struct station *s)
{
	struct parcel p = { 0 };

	memset(p.fd, -1, sizeof(p.fd));
	if (spaces_enter(s, &p.fault) == 0) {
		pid_t pid = process_fork();

		if (pid == 0)
			launcher_main(s);
		if (pid > 0)
			process_end(0);
		fault_at(&p.fault, "fork");
	}
	parcel_send(s->sock, &p);
	process_end(1);
}
