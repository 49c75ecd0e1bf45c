/*
 * sandbox_tally.c - what a run's processes use, summed from /proc, where no control group counts it; and how they are ended where no
 * namespace does. Time of a process that its parent neither waited for nor let init inherit is lost here: limits of wall time bound it.
 */
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { PEOPLE_MAX = 8192, ROUNDS = 200 };

struct person {
	int pid, parent;
	bool ours;
	uint64_t ticks, since; /* CPU; when it was started */
};

/* A static: asked by init alone, which is one thread. */
static struct person people[PEOPLE_MAX];

static ssize_t file_read(int dir, const char *pid, const char *name, char *text, size_t cap)
{
	char path[64];
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", pid, name);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, cap - 1);
	fd_drop(&fd);
	text[n > 0 ? n : 0] = 0;
	return n;
}

static bool person_read(int proc, const char *pid, struct person *p)
{
	char text[1024];
	const char *at;
	unsigned long long user, system, children_user, children_system, since;

	if (*pid < '0' || *pid > '9' || file_read(proc, pid, "stat", text, sizeof(text)) <= 0)
		return false;
	at = strrchr(text, ')'); /* a name may hold anything */
	p->pid = atoi(pid);
	p->ours = false;
	if (!at || sscanf(at, ") %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %llu %llu %*d %*d %*d %*d %llu", &p->parent, &user, &system,
			&children_user, &children_system, &since) != 6)
		return false;
	p->ticks = user + system + children_user + children_system;
	p->since = since;
	return true;
}

/* Everybody, with a mark at those below process `root`; of 1, all others are: some were born outside and came in. */
static size_t people_read(int proc, int root)
{
	struct entries e;
	const char *name;
	size_t n = 0;
	bool more = true;

	if (!entries_open(&e, proc))
		return 0;
	while ((name = entries_next(&e)))
		n += n < PEOPLE_MAX && person_read(proc, name, &people[n]);
	while (more) {
		more = false;
		for (size_t i = 0; i < n; i++) {
			if (people[i].ours)
				continue;
			people[i].ours = people[i].parent == root || (root == 1 && people[i].pid != 1);
			for (size_t k = 0; k < n && !people[i].ours; k++)
				people[i].ours = people[k].ours && people[k].pid == people[i].parent;
			more |= people[i].ours;
		}
	}
	return n;
}

static uint64_t memory_of(int proc, int pid)
{
	char text[4096], name[16];
	uint64_t sum = 0;

	snprintf(name, sizeof(name), "%d", pid);
	file_read(proc, name, "status", text, sizeof(text));
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		unsigned long long kib;

		if (sscanf(line, "RssAnon: %llu", &kib) == 1 || sscanf(line, "RssShmem: %llu", &kib) == 1 || sscanf(line, "VmSwap: %llu", &kib) == 1)
			sum += kib << 10;
	}
	return sum;
}

void tally_read(struct report *r, bool narrow)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t tick = 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
	size_t n = proc < 0 ? 0 : people_read(proc, narrow ? getpid() : 1);
	struct rusage gone;

	getrusage(RUSAGE_CHILDREN, &gone);
	r->cpu_us = ((uint64_t)gone.ru_utime.tv_sec + (uint64_t)gone.ru_stime.tv_sec) * 1000000 + (uint64_t)gone.ru_utime.tv_usec
		+ (uint64_t)gone.ru_stime.tv_usec;
	r->memory = 0;
	r->processes = 0;
	for (size_t i = 0; i < n; i++) {
		if (!people[i].ours)
			continue;
		r->cpu_us += people[i].ticks * tick;
		r->memory += memory_of(proc, people[i].pid);
		r->processes++;
	}
	fd_drop(&proc);
}

unsigned tally_users(uid_t uid)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct entries e;
	const char *name;
	struct stat st;
	unsigned n = 0;

	if (proc < 0 || !entries_open(&e, proc))
		return 0;
	while ((name = entries_next(&e)))
		n += *name >= '0' && *name <= '9' && fstatat(proc, name, &st, 0) == 0 && st.st_uid == uid;
	fd_drop(&proc);
	return n;
}

/* ---- ending ---- */

/* To the very process that was seen, though its number may be another's by now. */
static void signal_send(int proc, const struct person *p, int signal)
{
	char name[16];
	struct person now;
	int fd = (int)syscall(NR_pidfd_open, p->pid, 0);

	snprintf(name, sizeof(name), "%d", p->pid);
	if (fd >= 0 && person_read(proc, name, &now) && now.since == p->since)
		sys_pidfd_kill(fd, signal);
	fd_drop(&fd);
}

/* As many as are running are stopped, round by round, until none is found that could make others; then all are killed. */
static void all_signal(int proc)
{
	size_t before = 0, n;

	for (int signal = SIGSTOP, round = 0; round < ROUNDS; round++) {
		size_t ours = 0;

		n = people_read(proc, getpid());
		for (size_t i = 0; i < n; i++)
			if (people[i].ours) {
				signal_send(proc, &people[i], signal);
				ours++;
			}
		if (signal == SIGKILL)
			return;
		if (ours == before)
			signal = SIGKILL;
		before = ours;
	}
}

/*
 * Comes back when there is nobody left. Never by kill(-1): outside a process namespace of our own that is everybody whom our real user may
 * signal, whatever the effective one is.
 */
void tally_kill(void)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (proc >= 0) {
		pid_t pid;

		all_signal(proc);
		do
			pid = wait4(-1, NULL, WNOHANG, NULL);
		while (pid > 0);
		if (pid < 0 && errno == ECHILD)
			break;
		usleep(1000);
	}
	fd_drop(&proc);
}
