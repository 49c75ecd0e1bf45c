/* sandbox_host.c - the process of a slot that sees the host's files: makes mounts of what a run asks for and hands them to the launcher. */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>

static int launcher_start(struct station *s, struct fault *f)
{
	int pair[2];
	struct parcel p;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_at(f, "socketpair");
	pid = process_fork();
	if (pid == 0) {
		s->sock = pair[1];
		launcher_enter(s);
	}
	close(pair[1]);
	s->launcher = pair[0];
	if (pid < 0)
		return fault_at(f, "fork");
	if (!parcel_read(s->launcher, &p)) {
		errno = ECHILD;
		return fault_at(f, "the launcher ended");
	}
	*f = p.fault;
	return f->error ? -1 : 0;
}

static int host_open(struct station *s, struct fault *f)
{
	int keep = s->sock;

	if (!groups_join(s->groups, s->slot))
		return fault_at(f, "joining a control group");
	process_settle("quarry-host", &keep, 1);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fault_at(f, "subreaper");
	if (s->narrow)
		return 0;
	if (!s->root && (unshare(CLONE_NEWUSER) < 0 || !users_map(0, s->uid, s->gid)))
		return fault_at(f, "a user namespace");
	if (launcher_start(s, f) < 0) {
		struct fault first = *f;

		if (!s->root || first.error != EPERM)
			return -1;
		*f = (struct fault){ 0 }; /* we may live in a chroot */
		fd_drop(&s->launcher);
		if (mounts_climb(f) < 0 || launcher_start(s, f) < 0) {
			*f = first;
			return -1;
		}
	}
	return trees_open(s, f);
}

/* Without a launcher: init is cloned right here. */
static int narrow_launch(const struct station *s, struct parcel *p, struct fault *f)
{
	int pidfd = -1, pid;
	struct clone_ask ask = { .flags = CLONE_PID_FD, .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD };

	pid = sys_clone3(&ask);
	if (pid == 0)
		init_main(s, s->plan, p);
	return pid < 0 ? fault_at(f, "clone3 of a run") : pidfd;
}

/* The answer: a pidfd of init, or a fault. */
static void serve(struct station *s, struct parcel *p, struct parcel *answer)
{
	memset(answer, 0, sizeof(*answer));
	memset(answer->fd, -1, sizeof(answer->fd));
	if (s->narrow) {
		answer->fd[0] = narrow_launch(s, p, &answer->fault);
		return;
	}
	if (trees_prepare(s, s->plan, p->fd + RUN_FDS, &answer->fault) < 0)
		return;
	if (!parcel_send(s->launcher, p) || !parcel_read(s->launcher, answer)) {
		errno = ECHILD;
		fault_at(&answer->fault, "the launcher ended");
	}
}

void host_main(struct station *s)
{
	struct parcel p = { 0 }, answer;

	memset(p.fd, -1, sizeof(p.fd));
	s->launcher = -1;
	if (host_open(s, &p.fault) == 0)
		snprintf(p.fault.what, sizeof(p.fault.what), "%s", s->copies ? HOST_COPIES : "");
	if (!parcel_send(s->sock, &p) || p.fault.error)
		process_end(1);
	while (parcel_read(s->sock, &p)) {
		serve(s, &p, &answer);
		if (!parcel_send(s->sock, &answer))
			break;
		parcel_drop(&answer);
		parcel_drop(&p);
	}
	if (s->narrow)
		tally_kill(); /* what an init left that was killed itself, as for memory */
	process_end(0);
}
