/* sandbox.c - the supervisor's side: writes plans, asks the launcher, watches runs. */
#include "repos/sandbox.h"
#include "repos/sandbox_parts.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

enum {
	GRACE_MS = 2000,  /* for init to end a run that was told to */
	CORPSE_MS = 20000, /* for the kernel to take down what was killed */
};

struct sandbox {
	enum sandbox_tier tier;
	struct launcher l;
	int sock; /* to the launcher */
	pid_t launcher;
	struct fault refused; /* why the tier is no better */
	pthread_mutex_t lock; /* slots */
	pthread_cond_t freed;
	pthread_mutex_t asking; /* one request and its answer at a time */
	bool busy[SLOTS_MAX];
};

static const char *const end_names[] = { "exited", "signaled", "cpu", "wall", "oom", "pids", "disk", "output" };

const char *sandbox_end_name(enum sandbox_end end)
{
	return end_names[end];
}

void sandbox_outcome_release(struct sandbox_outcome *out)
{
	buf_release(&out->out);
	buf_release(&out->channel);
}

/* ---- opening ---- */

/* The launcher's answer and the pidfd that came with it, or -1. False: it is gone. */
static bool answer_read(const struct sandbox *box, struct fault *f, int *pidfd)
{
	struct iovec io = { f, sizeof(*f) };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t n;

	*pidfd = -1;
	do
		n = recvmsg(box->sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(pidfd, CMSG_DATA(c), sizeof(int));
	return n == sizeof(*f);
}

static int launcher_start(struct sandbox *box, struct err *err)
{
	int pair[2], none;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "sandbox: socketpair");
	box->l.sock = pair[1];
	box->sock = pair[0];
	box->launcher = fork();
	if (box->launcher == 0)
		launcher_main(&box->l);
	close(pair[1]);
	if (box->launcher < 0) {
		close(pair[0]);
		return err_sys(err, "sandbox: fork");
	}
	if (!answer_read(box, &box->refused, &none))
		box->refused = (struct fault){ ECHILD, "the launcher ended" };
	return 0;
}

static void launcher_stop(struct sandbox *box)
{
	if (box->launcher <= 0)
		return;
	close(box->sock);
	while (waitpid(box->launcher, NULL, 0) < 0 && errno == EINTR)
		;
	box->launcher = 0;
}

struct sandbox *sandbox_open(const struct sandbox_options *options, struct err *err)
{
	struct sandbox *box = calloc(1, sizeof(*box));
	unsigned slots = options->slots ? options->slots : 1;

	if (!box || slots > SLOTS_MAX) {
		free(box);
		err_set(err, slots > SLOTS_MAX ? "sandbox: at most %d runs at a time" : "out of memory", SLOTS_MAX);
		return NULL;
	}
	pthread_mutex_init(&box->lock, NULL);
	pthread_mutex_init(&box->asking, NULL);
	pthread_cond_init(&box->freed, NULL);
	box->l.root = geteuid() == 0;
	box->l.users = true;
	box->tier = SANDBOX_FULL;
	for (; box->l.slots < slots; box->l.slots++) {
		void *area = mmap(NULL, AREA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (area == MAP_FAILED) {
			err_sys(err, "sandbox: shared memory");
			sandbox_close(box);
			return NULL;
		}
		box->l.plan[box->l.slots] = area;
	}
	if (launcher_start(box, err) < 0) {
		sandbox_close(box);
		return NULL;
	}
	if (box->refused.error) {
		launcher_stop(box);
		box->tier = SANDBOX_NONE;
	}
	return box;
}

void sandbox_close(struct sandbox *box)
{
	if (!box)
		return;
	launcher_stop(box);
	for (unsigned i = 0; i < box->l.slots; i++)
		munmap(box->l.plan[i], AREA_SIZE);
	pthread_cond_destroy(&box->freed);
	pthread_mutex_destroy(&box->asking);
	pthread_mutex_destroy(&box->lock);
	free(box);
}

enum sandbox_tier sandbox_tier(const struct sandbox *box)
{
	return box->tier;
}

void sandbox_doctor(const struct sandbox *box, struct buf *report)
{
	if (box->refused.error)
		buf_addf(report, "namespaces: no: %s: %s\n", box->refused.what, strerror(box->refused.error));
	else
		buf_addz(report, "namespaces: yes\n");
}

static unsigned slot_take(struct sandbox *box)
{
	unsigned slot;

	pthread_mutex_lock(&box->lock);
	for (;;) {
		for (slot = 0; slot < box->l.slots && box->busy[slot]; slot++)
			;
		if (slot < box->l.slots)
			break;
		pthread_cond_wait(&box->freed, &box->lock);
	}
	box->busy[slot] = true;
	pthread_mutex_unlock(&box->lock);
	return slot;
}

static void slot_give(struct sandbox *box, unsigned slot)
{
	pthread_mutex_lock(&box->lock);
	box->busy[slot] = false;
	pthread_cond_signal(&box->freed);
	pthread_mutex_unlock(&box->lock);
}

/* ---- the plan ---- */

/* A slot's shared memory, filled from its start. */
struct area {
	char *at;
	size_t left;
	bool failed;
};

static void *area_take(struct area *a, size_t n)
{
	void *got = a->at;

	n = (n + 15) & ~(size_t)15;
	if (n > a->left) {
		a->failed = true;
		return NULL;
	}
	a->at += n;
	a->left -= n;
	return got;
}

static const char *area_text(struct area *a, const char *s, size_t n)
{
	char *got = area_take(a, n + 1);

	if (!got)
		return NULL;
	memcpy(got, s, n);
	got[n] = 0;
	return got;
}

static size_t list_count(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

/* Copies of the texts of `list` behind those that are there; the room is for all. */
static size_t list_add(struct area *a, const char **to, size_t n, const char *const *list)
{
	for (size_t i = 0; list && list[i]; i++)
		to[n++] = area_text(a, list[i], strlen(list[i]));
	to[n] = NULL;
	return n;
}

static const char *const env_fixed[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp/home", "TMPDIR=/tmp", "USER=sandbox", "LOGNAME=sandbox", "SHELL=/bin/sh", "TERM=dumb",
	"TZ=UTC", "LANG=C.UTF-8", "SOURCE_DATE_EPOCH=946684800", "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", NULL,
};

static bool env_has(const char *const *env, const char *line)
{
	size_t n = strcspn(line, "=") + 1;

	for (; env && *env; env++)
		if (strncmp(*env, line, n) == 0)
			return true;
	return false;
}

static void plan_env(struct area *a, struct plan *plan, const char *const *env)
{
	size_t fixed = list_count(env_fixed), n = 0;

	plan->env = area_take(a, (fixed + list_count(env) + 1) * sizeof(char *));
	if (!plan->env)
		return;
	for (size_t i = 0; i < fixed; i++)
		if (!env_has(env, env_fixed[i]))
			plan->env[n++] = env_fixed[i]; /* the same address in a fork */
	list_add(a, plan->env, n, env);
}

/* Absolute, without empty, . or .. parts: the same place whoever reads it. */
static bool path_plain(const char *path)
{
	if (!path || path[0] != '/' || strlen(path) >= PATH_MAX)
		return false;
	for (const char *p = path; *p; p += strcspn(p, "/")) {
		size_t n = strcspn(++p, "/");

		if (n == 0 || n > NAME_MAX || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
	}
	return path[1];
}

static bool path_kept(const char *path)
{
	static const char *const ours[] = { "/usr", "/etc", "/dev", "/proc", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		size_t n = strlen(ours[i]);

		if (strncmp(path, ours[i], n) == 0 && (!path[n] || path[n] == '/'))
			return true;
	}
	return false;
}

static int plan_mount(struct area *a, struct plan *plan, struct plan_mount *to, const struct sandbox_mount *m, struct err *err)
{
	bool host = m->kind != SANDBOX_TMPFS && m->kind != SANDBOX_TEXT;
	char *real;

	*to = (struct plan_mount){ .kind = m->kind, .owner = -1 };
	if (!path_plain(m->to) || path_kept(m->to))
		return err_set(err, "sandbox: \"%s\" is no place for a mount", m->to ? m->to : "");
	to->to = area_text(a, m->to, strlen(m->to));
	to->size = m->size ? m->size : plan->limits.tmp;
	to->inodes = m->inodes ? m->inodes : plan->limits.inodes;
	if (m->kind == SANDBOX_TEXT)
		to->text = (struct str){ area_text(a, m->text.s, m->text.n), m->text.n };
	if (!host)
		return 0;
	real = realpath(m->from, NULL);
	if (!real)
		return err_sys(err, "sandbox: %s", m->from);
	to->from = area_text(a, real, strlen(real));
	free(real);
	return 0;
}

static int plan_write(struct sandbox *box, unsigned slot, const struct sandbox_run *run, struct err *err)
{
	struct plan *plan = box->l.plan[slot];
	struct area a = { (char *)plan, AREA_SIZE, false };
	size_t args = list_count(run->argv);

	area_take(&a, sizeof(*plan));
	*plan = (struct plan){ .limits = run->limits, .network = run->network_ask, .input = run->input.n > 0,
		.uid = box->l.root ? SLOT_UID + slot : geteuid() };
	if (!args || run->argv[0][0] != '/')
		return err_set(err, "sandbox: argv[0] is no absolute path");
	plan->cwd = area_text(&a, run->cwd ? run->cwd : "/", run->cwd ? strlen(run->cwd) : 1);
	plan->argv = area_take(&a, (args + 1) * sizeof(char *));
	if (plan->argv)
		list_add(&a, plan->argv, 0, run->argv);
	plan_env(&a, plan, run->env);
	plan->mounts = area_take(&a, run->n_mounts * sizeof(*plan->mounts));
	for (size_t i = 0; plan->mounts && i < run->n_mounts; i++, plan->n_mounts++)
		if (plan_mount(&a, plan, &plan->mounts[i], &run->mounts[i], err) < 0)
			return ERR_FAIL;
	return a.failed ? err_set(err, "sandbox: arguments, environment and texts of more than %d MiB", AREA_SIZE >> 20) : 0;
}

/* ---- watching ---- */

struct watch {
	const struct sandbox_run *run;
	struct sandbox_outcome *out;
	int pidfd, leash, out_fd, channel_fd, input_fd;
	struct str input; /* still to be fed */
	bool stopped;     /* told to end, for `end` */
	enum sandbox_end end;
	int64_t began, killed_at; /* microseconds; killed_at: when waiting for init ends */
	bool killed;
	bool told; /* report is there */
	struct report report;
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Init ends the run, and reports; when it does not, its end takes everything down. */
static void watch_stop(struct watch *w, enum sandbox_end end)
{
	if (w->stopped)
		return;
	w->stopped = true;
	w->end = end;
	w->killed_at = now_us() + (int64_t)GRACE_MS * 1000;
	shutdown(w->leash, SHUT_WR);
}

/* Takes what a pipe holds, up to `cap` bytes in all. */
static void watch_take(struct watch *w, int *fd, struct buf *to, uint64_t cap)
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
			fd_close(fd);
			return;
		}
		if ((uint64_t)n > cap - to->n) {
			buf_add(to, (struct str){ chunk, (size_t)(cap - to->n) });
			watch_stop(w, SANDBOX_OUTPUT);
			fd_close(fd);
			return;
		}
		buf_add(to, (struct str){ chunk, (size_t)n });
		if ((size_t)n < sizeof(chunk))
			return; /* most likely all; poll asks again */
	}
}

static void watch_feed(struct watch *w)
{
	ssize_t n = send(w->input_fd, w->input.s, w->input.n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	w->input = n < 0 ? (struct str){ NULL, 0 } : str_from(w->input, (size_t)n);
	if (w->input.n == 0)
		fd_close(&w->input_fd);
}

static void watch_clock(struct watch *w)
{
	int64_t now = now_us();

	if (!w->stopped && now - w->began >= (int64_t)(w->run->limits.wall_s * 1e6))
		watch_stop(w, SANDBOX_WALL);
	if (w->stopped && !w->killed && now >= w->killed_at) {
		sys_pidfd_kill(w->pidfd, SIGKILL);
		w->killed = true;
		w->killed_at = now + (int64_t)CORPSE_MS * 1000;
	}
}

/* Milliseconds until something is due. */
static int watch_timeout(const struct watch *w)
{
	int64_t due = w->stopped ? w->killed_at : w->began + (int64_t)(w->run->limits.wall_s * 1e6);
	int64_t ms = (due - now_us() + 999) / 1000;

	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Until the last process of the run is gone. */
static int watch(struct watch *w, struct err *err)
{
	for (bool gone = false; !gone;) {
		struct pollfd at[] = { { w->pidfd, POLLIN, 0 }, { w->told ? -1 : w->leash, POLLIN, 0 }, { w->out_fd, POLLIN, 0 },
			{ w->channel_fd, POLLIN, 0 }, { w->input_fd, POLLOUT, 0 } };

		if (poll(at, 5, watch_timeout(w)) < 0 && errno != EINTR)
			return err_sys(err, "sandbox: poll");
		if (at[1].revents)
			w->told = recv(w->leash, &w->report, sizeof(w->report), MSG_DONTWAIT) == sizeof(w->report) || w->told;
		if (at[2].revents)
			watch_take(w, &w->out_fd, &w->out->out, w->run->limits.output);
		if (at[3].revents)
			watch_take(w, &w->channel_fd, &w->out->channel, w->run->limits.channel);
		if (at[4].revents)
			watch_feed(w);
		gone = at[0].revents;
		if (!gone)
			watch_clock(w);
		if (!gone && w->killed && now_us() > w->killed_at)
			return err_set(err, "sandbox: a killed run does not go away");
	}
	/* what is in the pipes is all that will come, whoever still holds their other ends */
	watch_take(w, &w->out_fd, &w->out->out, w->run->limits.output);
	watch_take(w, &w->channel_fd, &w->out->channel, w->run->limits.channel);
	return 0;
}

/* ---- a run ---- */

struct ends {
	int ours[RUN_FDS], theirs[RUN_FDS];
};

static void ends_close(int fd[RUN_FDS])
{
	for (int i = 0; i < RUN_FDS; i++)
		fd_close(&fd[i]);
}

static int ends_open(struct ends *e, bool input, struct err *err)
{
	int pair[2];

	for (int i = 0; i < RUN_FDS; i++)
		e->ours[i] = e->theirs[i] = -1;
	for (int i = 0; i < RUN_FDS; i++) {
		int rc = i == RUN_OUT || i == RUN_CHANNEL ? pipe2(pair, O_CLOEXEC)
			: socketpair(AF_UNIX, (i == RUN_LEASH ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0, pair);

		if (rc < 0) {
			ends_close(e->ours);
			ends_close(e->theirs);
			return err_sys(err, "sandbox: pipes");
		}
		e->ours[i] = pair[0];
		e->theirs[i] = pair[1];
		if (i == RUN_OUT || i == RUN_CHANNEL)
			fcntl(pair[0], F_SETFL, O_NONBLOCK);
		if (i == RUN_INPUT - 1 && !input)
			break;
	}
	return 0;
}

/* The run's init as a pidfd. */
static int launch(struct sandbox *box, unsigned slot, const int fd[RUN_FDS], bool input, struct err *err)
{
	size_t n = (input ? RUN_FDS : RUN_FDS - 1) * sizeof(int);
	uint32_t number = slot;
	struct iovec io = { &number, sizeof(number) };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(RUN_FDS * sizeof(int))];
	} control = { 0 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(n) };
	struct fault f = { 0 };
	int pidfd = -1;
	bool held;

	control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), fd, n);
	pthread_mutex_lock(&box->asking);
	held = sendmsg(box->sock, &m, MSG_NOSIGNAL) == sizeof(number) && answer_read(box, &f, &pidfd);
	pthread_mutex_unlock(&box->asking);
	if (!held)
		return err_set(err, "sandbox: the launcher has ended");
	if (pidfd < 0) {
		errno = f.error;
		return err_sys(err, "sandbox: %s", f.what);
	}
	return pidfd;
}

/* What the report and the counters say of the end. */
static int outcome_read(const struct watch *w, struct err *err)
{
	struct sandbox_outcome *out = w->out;
	const struct report *r = &w->report;
	bool failed;

	out->wall_us = (uint64_t)(now_us() - w->began);
	if (w->told && r->kind == REPORT_FAULT) {
		errno = r->fault.error;
		return err_sys(err, "sandbox: %s", r->fault.what);
	}
	out->cpu_us = w->told ? r->cpu_us : 0;
	if (w->stopped) {
		out->end = w->end;
		return 0;
	}
	if (!w->told)
		return err_set(err, "sandbox: process 1 of the run was killed");
	out->code = WIFEXITED(r->status) ? WEXITSTATUS(r->status) : WTERMSIG(r->status);
	out->end = WIFEXITED(r->status) ? SANDBOX_EXITED : SANDBOX_SIGNALED;
	failed = out->end == SANDBOX_SIGNALED || out->code != 0;
	if ((out->end == SANDBOX_SIGNALED && out->code == SIGXCPU) || out->cpu_us >= (uint64_t)(w->run->limits.cpu_s * 1e6))
		out->end = SANDBOX_CPU;
	else if (failed && (r->disk || (out->end == SANDBOX_SIGNALED && out->code == SIGXFSZ)))
		out->end = SANDBOX_DISK;
	return 0;
}

static int run_in(struct sandbox *box, unsigned slot, const struct sandbox_run *run, struct sandbox_outcome *out, struct err *err)
{
	struct watch w = { .run = run, .out = out, .input = run->input };
	struct ends e;
	int rc = plan_write(box, slot, run, err);

	if (rc < 0 || ends_open(&e, run->input.n > 0, err) < 0)
		return ERR_FAIL;
	w.began = now_us();
	w.pidfd = launch(box, slot, e.theirs, run->input.n > 0, err);
	ends_close(e.theirs);
	w.leash = e.ours[RUN_LEASH];
	w.out_fd = e.ours[RUN_OUT];
	w.channel_fd = e.ours[RUN_CHANNEL];
	w.input_fd = e.ours[RUN_INPUT];
	rc = w.pidfd < 0 ? ERR_FAIL : watch(&w, err);
	if (rc == 0)
		rc = outcome_read(&w, err);
	fd_close(&w.pidfd);
	fd_close(&w.leash);
	fd_close(&w.out_fd);
	fd_close(&w.channel_fd);
	fd_close(&w.input_fd);
	return rc;
}

int sandbox_run(struct sandbox *box, const struct sandbox_run *run, struct sandbox_outcome *out, struct err *err)
{
	unsigned slot;
	int rc;

	buf_reset(&out->out);
	buf_reset(&out->channel);
	out->end = SANDBOX_EXITED;
	out->code = 0;
	out->cpu_us = out->wall_us = out->memory_peak = 0;
	if (box->tier == SANDBOX_NONE) {
		errno = box->refused.error;
		return err_sys(err, "sandbox: nothing is run here: %s", box->refused.what);
	}
	slot = slot_take(box);
	rc = run_in(box, slot, run, out, err);
	slot_give(box, slot);
	return rc < 0 ? rc : out->out.failed || out->channel.failed ? err_set(err, "out of memory") : 0;
}
