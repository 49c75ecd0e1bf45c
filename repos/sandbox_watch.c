/* sandbox_watch.c - a run as the supervisor sees it: two pipes, a clock, a counter of CPU time, and how it ended. */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>

enum {
	GRACE_MS = 2000,   /* for init to end a run that was told to, before its own end does it */
	NARROW_MS = 60000, /* the same where no end but init's work does it */
	CORPSE_MS = 20000, /* for the kernel to take down what was killed */
	LOOK_MS = 10,      /* between two looks at the CPU's counter, at least */
	UNTIL_MS = 50,     /* between two looks at an end that may be brought forward */
};

struct watch {
	struct watched *w;
	const struct sandbox_limits *limits;
	const _Atomic int64_t *until;
	struct sandbox_outcome *out;
	struct str input;  /* still to be fed */
	int64_t began, wall_end; /* microseconds, as the next two */
	int64_t cpu_look;  /* when the CPU limit may be reached at the earliest */
	int64_t patience;  /* when waiting for an end is over */
	bool killed;
	int cores;
};

int64_t watch_now_us(void)
{
	return (int64_t)clock_us();
}

/* Init ends the run, and reports; when it does not, its end takes everything down. */
static void stop(struct watch *v, enum sandbox_end end)
{
	if (v->w->stopped)
		return;
	v->w->stopped = true;
	v->w->end = end;
	v->patience = watch_now_us() + (int64_t)(v->w->narrow ? NARROW_MS : GRACE_MS) * 1000;
	shutdown(v->w->leash, SHUT_WR);
}

/* Takes what a pipe holds, up to `cap` bytes in all. */
static void take(struct watch *v, int *fd, struct buf *to, uint64_t cap)
{
	char chunk[1 << 16];
	ssize_t n;

	while (*fd >= 0) {
		n = read(*fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			fd_drop(fd);
			return;
		}
		if ((uint64_t)n > cap - to->n) {
			buf_add(to, (struct str){ chunk, (size_t)(cap - to->n) });
			stop(v, SANDBOX_OUTPUT);
			fd_drop(fd);
			return;
		}
		buf_add(to, (struct str){ chunk, (size_t)n });
		if ((size_t)n < sizeof(chunk))
			return; /* most likely all; poll asks again */
	}
}

static void feed(struct watch *v)
{
	ssize_t n = send(v->w->input, v->input.s, v->input.n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	v->input = n < 0 ? (struct str){ NULL, 0 } : str_from(v->input, (size_t)n);
	if (v->input.n == 0)
		fd_drop(&v->w->input);
}

static void cpu_used(struct watch *v, uint64_t used_us)
{
	int64_t left = (int64_t)(v->limits->cpu_s * 1e6) - (int64_t)used_us;

	if (left <= 0)
		stop(v, SANDBOX_CPU);
	if (left < (int64_t)LOOK_MS * 1000 * v->cores)
		left = (int64_t)LOOK_MS * 1000 * v->cores;
	v->cpu_look = watch_now_us() + left / v->cores; /* not even all cores reach it before */
}

/* What is counted a moment after a fork was refused may be a few less. */
static bool crowded(const struct watch *v, const struct report *r)
{
	return r->processes + r->processes / 16 + 1 >= v->limits->processes;
}

static void hear(struct watch *v)
{
	struct watched *w = v->w;
	struct report r;

	while (!w->told && recv(w->leash, &r, sizeof(r), MSG_DONTWAIT) == sizeof(r)) {
		if (r.kind != REPORT_TALLY) {
			w->report = r;
			w->told = true;
			w->crowded |= crowded(v, &r);
			break;
		}
		if (r.cpu_us > w->cpu_seen)
			w->cpu_seen = r.cpu_us;
		if (!groups_have(w->groups, GROUP_CPU))
			cpu_used(v, w->cpu_seen);
		w->crowded |= crowded(v, &r);
		if (r.memory > v->limits->memory)
			stop(v, SANDBOX_OOM);
		if (r.disk)
			stop(v, SANDBOX_DISK);
	}
}

/* The wall clock is over. The time that others had all cores does not count, up to nine times the limit: a busy machine fails no tests. */
static bool wall_over(struct watch *v, int64_t now)
{
	int64_t limit = (int64_t)(v->limits->wall_s * 1e6), starved = (int64_t)(groups_starved_us(v->w->groups, v->w->slot) - v->w->starved_before);
	int64_t end = v->began + limit + (starved < 9 * limit ? starved : 9 * limit);

	if (now < end)
		v->wall_end = end;
	return now >= end;
}

static void look_at_clocks(struct watch *v)
{
	int64_t now = watch_now_us();

	if ((v->until && now >= *v->until) || (now >= v->wall_end && !v->w->stopped && wall_over(v, now)))
		stop(v, SANDBOX_WALL);
	if (!v->w->stopped && now >= v->cpu_look && groups_have(v->w->groups, GROUP_CPU))
		cpu_used(v, groups_cpu_us(v->w->groups, v->w->slot) - v->w->cpu_before);
	if (v->w->stopped && !v->killed && now >= v->patience) {
		sys_pidfd_kill(v->w->pidfd, SIGKILL);
		v->killed = true;
		v->patience = now + (int64_t)CORPSE_MS * 1000;
	}
}

/* Milliseconds until something is due. */
static int timeout(const struct watch *v)
{
	int64_t due = v->w->stopped ? v->patience : v->wall_end, ms;

	if (!v->w->stopped && groups_have(v->w->groups, GROUP_CPU) && v->cpu_look < due)
		due = v->cpu_look;
	ms = (due - watch_now_us() + 999) / 1000;
	if (v->until && !v->w->stopped && ms > UNTIL_MS)
		ms = UNTIL_MS;
	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

int watch_run(struct watched *w, const struct sandbox_run *run, struct sandbox_outcome *out, struct err *err)
{
	struct watch v = { .w = w, .limits = &run->limits, .until = run->until, .out = out, .input = run->input, .cores = (int)sysconf(_SC_NPROCESSORS_ONLN) };

	if (v.cores < 1)
		v.cores = 1;
	v.began = watch_now_us();
	v.wall_end = v.began + (int64_t)(run->limits.wall_s * 1e6);
	cpu_used(&v, 0);
	for (bool gone = false; !gone;) {
		struct pollfd at[] = { { w->pidfd, POLLIN, 0 }, { w->told ? -1 : w->leash, POLLIN, 0 }, { w->out, POLLIN, 0 },
			{ w->channel, POLLIN, 0 }, { w->input, POLLOUT, 0 } };

		if (poll(at, 5, timeout(&v)) < 0 && errno != EINTR)
			return err_sys(err, "sandbox: poll");
		if (at[1].revents)
			hear(&v);
		if (at[2].revents)
			take(&v, &w->out, &out->out, run->limits.output);
		if (at[3].revents)
			take(&v, &w->channel, &out->channel, run->limits.channel);
		if (at[4].revents)
			feed(&v);
		gone = at[0].revents;
		if (!gone)
			look_at_clocks(&v);
		if (!gone && v.killed && watch_now_us() > v.patience)
			return err_set(err, "sandbox: a killed run does not go away");
	}
	hear(&v);
	/* what is in the pipes is all that will come, whoever still holds their other ends */
	take(&v, &w->out, &out->out, run->limits.output);
	take(&v, &w->channel, &out->channel, run->limits.channel);
	return 0;
}
