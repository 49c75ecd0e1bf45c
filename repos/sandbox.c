/* sandbox.c - the supervisor's side: what this machine gives, the slots with their processes, and a run from the asking to the outcome. */
#include "repos/sandbox.h"
#include "repos/sandbox_box.h"
#include "repos/sandbox_system.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#define ROOM_NAME "quarry-room-"
enum { ROOM_MAX = 256, ROOM_AGE_S = 60 };

enum { ERR_AGAIN = -100 }; /* the server that was to be forked is gone: another can be started */

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

/* ---- processes ---- */

static void parcel_clear(struct parcel *p)
{
	memset(p, 0, sizeof(*p));
	memset(p->fd, -1, sizeof(p->fd));
}

static void slot_stop(struct slot *s)
{
	for (int i = 0; i < SERVERS_MAX; i++)
		server_detach(s, i);
	fd_drop(&s->sock);
	while (s->pid > 0 && waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	s->pid = 0;
}

/* The host side of a slot, and what it starts. False with f set: this machine refuses it. */
static bool slot_start(struct slot *s, struct fault *f)
{
	int pair[2];
	struct parcel p;

	*f = (struct fault){ 0 };
	s->limited.memory = 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return fault_at(f, "socketpair") == 0;
	s->station.sock = pair[1];
	s->sock = pair[0];
	s->pid = process_fork();
	if (s->pid == 0)
		host_main(&s->station);
	close(pair[1]);
	if (s->pid > 0 && parcel_read(s->sock, &p)) {
		*f = p.fault;
		if (!f->error)
			return true;
	} else {
		errno = s->pid < 0 ? errno : ECHILD;
		fault_at(f, s->pid < 0 ? "fork" : "a process of the sandbox ended");
	}
	slot_stop(s);
	return false;
}

/* A user that no other supervisor of this machine runs programs as: whoever binds its name has it. */
static bool user_take(struct slot *s, unsigned *next)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	s->user = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	for (; s->user >= 0 && *next < SLOT_UIDS; ++*next) {
		int n = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "quarry-sandbox-%u", SLOT_UID + *next);

		if (bind(s->user, (struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n)) == 0) {
			s->station.uid = s->station.gid = SLOT_UID + (*next)++;
			return true;
		}
	}
	return false;
}

static int slots_make(struct sandbox *box, const struct sandbox_options *options, struct err *err)
{
	bool root = geteuid() == 0;
	unsigned next = 0;

	box->slot = calloc(box->slots, sizeof(*box->slot));
	if (!box->slot)
		return err_set(err, "out of memory");
	for (unsigned i = 0; i < box->slots; i++)
		box->slot[i] = (struct slot){ .sock = -1, .user = -1 };
	for (unsigned i = 0; i < box->slots; i++) {
		struct slot *s = &box->slot[i];
		void *area = mmap(NULL, AREA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

		if (area == MAP_FAILED)
			return err_sys(err, "sandbox: shared memory");
		s->station = (struct station){ .root = root, .slot = i, .uid = geteuid(), .gid = getegid(), .plan = area, .groups = &box->groups,
			.filter = { &box->filter[0], &box->filter[1], &box->filter[2], &box->filter[3] }, .landlock = landlock_version(), .copies = options->no_overlays,
			.base = box->root ? box->root : "/" };
		if (root && !user_take(s, &next))
			return err_set(err, "sandbox: all users from %d to %d are taken", SLOT_UID, SLOT_UID + SLOT_UIDS - 1);
	}
	return 0;
}

/* ---- rooms ---- */

/* A new directory that a narrow run lives in, locked as long as the fd is open; -1. */
static int room_make(const struct sandbox *box, char room[ROOM_MAX], struct err *err)
{
	int fd = -1;

	snprintf(room, ROOM_MAX, "%s/" ROOM_NAME "XXXXXX", box->temp);
	if (mkdtemp(room))
		fd = open(room, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
		err_sys(err, "sandbox: %s", room);
		fd_drop(&fd);
	}
	return fd;
}

/* Rooms of supervisors that were killed: ours, not new, and locked by nobody. */
static void rooms_sweep(const struct sandbox *box)
{
	int temp = open(box->temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	struct entries e;
	const char *name;
	struct stat st;

	if (temp < 0 || !entries_open(&e, temp))
		return;
	while ((name = entries_next(&e))) {
		if (strncmp(name, ROOM_NAME, sizeof(ROOM_NAME) - 1) != 0)
			continue;
		fd = openat(temp, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() && st.st_mtime + ROOM_AGE_S < time(NULL) && flock(fd, LOCK_EX | LOCK_NB) == 0)
			tree_remove(temp, name);
		fd_drop(&fd);
	}
	fd_drop(&temp);
}

/* ---- tiers ---- */

/* Starts all slots in this tier and tries it. False: it is refused here, with the reason. */
static bool tier_start(struct sandbox *box, enum sandbox_tier tier, struct fault *f)
{
	const char *const argv[] = { "/usr/bin/true", NULL };
	struct sandbox_run run = { .argv = argv, .limits = SANDBOX_LIMITS };
	struct sandbox_outcome out = SANDBOX_OUTCOME_INIT;
	struct err err = ERR_INIT;
	bool root = box->slot[0].station.root, narrow = tier == SANDBOX_NARROW, held = true;

	*f = (struct fault){ 0 };
	if (narrow && (box->slot[0].station.landlock < 3 || (!root && box->slot[0].station.landlock < 6))) {
		*f = (struct fault){ ENOSYS, "Landlock of version 3 with root as supervisor, or of version 6" };
		return false;
	}
	for (int k = 0; k < FILTERS; k++) {
		struct call_world world = { groups_have(&box->groups, GROUP_MEMORY), !narrow, root || !narrow, (k & 1) || !narrow, k >> 1 };

		if (!seccomp_make(&box->filter[k], &world)) {
			*f = (struct fault){ ENOSYS, "a filter of kernel calls for this processor" };
			return false;
		}
	}
	box->tier = tier;
	for (unsigned i = 0; i < box->slots && held; i++) {
		box->slot[i].station.narrow = narrow;
		held = slot_start(&box->slot[i], f);
		box->copies |= held && strcmp(f->what, HOST_COPIES) == 0;
	}
	if (held && sandbox_run(box, &run, &out, &err) < 0) {
		snprintf(f->what, sizeof(f->what), "%s", err.msg);
		f->error = EPERM;
		held = false;
	}
	sandbox_outcome_release(&out);
	for (unsigned i = 0; i < box->slots && !held; i++)
		slot_stop(&box->slot[i]);
	return held;
}

struct sandbox *sandbox_open(const struct sandbox_options *options, struct err *err)
{
	struct sandbox *box = calloc(1, sizeof(*box));
	const char *temp = getenv("TMPDIR");
	struct fault f;

	if (!box) {
		err_set(err, "out of memory");
		return NULL;
	}
	box->slots = options->slots ? options->slots : 1;
	box->root = options->root ? realpath(options->root, NULL) : NULL;
	pthread_mutex_init(&box->lock, NULL);
	pthread_cond_init(&box->freed, NULL);
	snprintf(box->temp, sizeof(box->temp), "%s", temp && *temp == '/' ? temp : "/tmp");
	if (options->root && !box->root ? err_sys(err, "sandbox: %s", options->root) < 0 : box->slots > SLOTS_MAX ? err_set(err, "sandbox: at most %d runs at a time", SLOTS_MAX) < 0 : slots_make(box, options, err) < 0) {
		sandbox_close(box);
		return NULL;
	}
	groups_open(&box->groups, box->slots);
	if (options->at_most <= SANDBOX_FULL && tier_start(box, SANDBOX_FULL, &box->refused))
		return box;
	if (box->root) {
		err_set(err, "sandbox: another root than this machine's needs namespaces: %s: %s", box->refused.what, strerror(box->refused.error));
		sandbox_close(box);
		return NULL;
	}
	if (options->at_most <= SANDBOX_NARROW && tier_start(box, SANDBOX_NARROW, &f)) {
		rooms_sweep(box);
		return box;
	}
	if (options->at_most <= SANDBOX_NARROW)
		box->refused = f;
	box->tier = SANDBOX_NONE;
	return box;
}

void sandbox_close(struct sandbox *box)
{
	if (!box)
		return;
	for (unsigned i = 0; box->slot && i < box->slots; i++) {
		slot_stop(&box->slot[i]);
		fd_drop(&box->slot[i].user);
		if (box->slot[i].station.plan)
			munmap(box->slot[i].station.plan, AREA_SIZE);
	}
	groups_close(&box->groups);
	free(box->slot);
	free(box->root);
	pthread_cond_destroy(&box->freed);
	pthread_mutex_destroy(&box->lock);
	free(box);
}

enum sandbox_tier sandbox_tier(const struct sandbox *box)
{
	return box->tier;
}

static const char *const tier_names[] = { "full", "narrow", "none" };

const char *sandbox_tier_name(enum sandbox_tier tier)
{
	return tier_names[tier];
}

static void doctor_groups(const struct sandbox *box, struct buf *b)
{
	static const char *const without[GROUP_KINDS] = {
		"summed from /proc; lost is what a process does whose parent never asks after it", "a limit of data for each process, and sums from /proc",
		"the kernel's limit for a user" };

	for (int k = 0; k < GROUP_KINDS; k++) {
		buf_addf(b, "%s: ", group_kind_name(k));
		if (groups_have(&box->groups, k))
			buf_addf(b, "control group, version %d\n", groups_two(&box->groups, k) ? 2 : 1);
		else
			buf_addf(b, "%s (no control group: %s)\n", without[k], box->groups.why[k]);
	}
}

static void doctor_tier(const struct sandbox *box, struct buf *b)
{
	const struct station *s = &box->slot[0].station;
	bool full = box->tier == SANDBOX_FULL;

	buf_addf(b, "namespaces: %s\n", full ? "user, process, mount, network, ipc, name, control group" : "none");
	if (s->root)
		buf_addf(b, "user: %u and following, since root supervises\n", s->uid);
	else
		buf_addf(b, "user: the supervisor's own (%u)%s\n", s->uid, full ? ", without rights" : ", fenced in");
	if (full)
		buf_addf(b, "files: %s\n", box->copies ? "tmpfs and copies; overlays do not work over tmpfs here" : "tmpfs and overlays");
	else
		buf_addf(b, "files: copies in a directory of the host, below %s; quotas by looking\n", box->temp);
	buf_addf(b, "network: %s\n", full ? "a loopback of its own" : "no sockets but pairs");
	doctor_groups(box, b);
	buf_addf(b, "kernel calls: a filter of %zu instructions\n", box->filter[0].n);
	if (s->landlock < 2)
		buf_addf(b, "Landlock: %s\n", s->landlock ? "version 1, too old to be used" : "not in this kernel");
	else
		buf_addf(b, "Landlock: version %d\n", s->landlock);
	buf_addf(b, "servers: %s\n", full ? "forked into runs" : "none; runs start cold");
}

void sandbox_doctor(const struct sandbox *box, struct buf *report)
{
	buf_addf(report, "tier: %s\n", tier_names[box->tier]);
	if (box->refused.error)
		buf_addf(report, "refused: %s: %s\n", box->refused.what, strerror(box->refused.error));
	if (box->tier != SANDBOX_NONE)
		doctor_tier(box, report);
}

void sandbox_lacks(const struct sandbox *box, struct buf *report)
{
	if (box->refused.error)
		buf_addf(report, "%s: %s: %s\n", box->tier == SANDBOX_NONE ? "sandbox" : "namespaces", box->refused.what, strerror(box->refused.error));
	if (box->tier == SANDBOX_NONE)
		return;
	if (box->copies)
		buf_addz(report, "overlays: they do not work over tmpfs\n");
	for (int k = 0; k < GROUP_KINDS; k++)
		if (!groups_have(&box->groups, k))
			buf_addf(report, "control group of %s: %s\n", group_kind_name(k), box->groups.why[k]);
	if (box->slot[0].station.landlock < 2)
		buf_addz(report, "Landlock: none, or too old\n");
}

/* ---- a run ---- */

unsigned slot_take(struct sandbox *box)
{
	unsigned slot;

	pthread_mutex_lock(&box->lock);
	for (;;) {
		for (slot = 0; slot < box->slots && box->slot[slot].busy; slot++)
			;
		if (slot < box->slots)
			break;
		pthread_cond_wait(&box->freed, &box->lock);
	}
	box->slot[slot].busy = true;
	pthread_mutex_unlock(&box->lock);
	return slot;
}

void slot_give(struct sandbox *box, unsigned slot)
{
	pthread_mutex_lock(&box->lock);
	box->slot[slot].busy = false;
	pthread_cond_signal(&box->freed);
	pthread_mutex_unlock(&box->lock);
}

void ends_drop(int fd[RUN_FDS])
{
	for (int i = 0; i < RUN_FDS; i++)
		fd_drop(&fd[i]);
}

int ends_open(int ours[RUN_FDS], int theirs[RUN_FDS], bool input, struct err *err)
{
	int pair[2];

	for (int i = 0; i < RUN_FDS; i++)
		ours[i] = theirs[i] = -1;
	for (int i = 0; i < RUN_FDS; i++) {
		bool pipe = i == RUN_OUT; /* the channel is none: a pipe of our own user's can be opened from its other end, through /proc */

		if (i == RUN_INPUT && !input)
			continue;
		if (pipe ? pipe2(pair, O_CLOEXEC) < 0 : socketpair(AF_UNIX, (i == RUN_LEASH ? SOCK_SEQPACKET : SOCK_STREAM) | SOCK_CLOEXEC, 0, pair) < 0) {
			ends_drop(ours);
			ends_drop(theirs);
			return err_sys(err, "sandbox: pipes");
		}
		ours[i] = pair[0];
		theirs[i] = pair[1];
		if (pipe || i == RUN_CHANNEL)
			fcntl(pair[0], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

/* What lives in the slot beside its run may be another number of processes after a server has come or gone: these then begin anew. */
void slot_limit(struct sandbox *box, struct slot *s, const struct sandbox_limits *limits)
{
	uint64_t kept = groups_settle(&box->groups, s->station.slot, s->held, s->kept);

	if (s->kept != kept || s->limited.memory != limits->memory || s->limited.processes != limits->processes)
		groups_limit(&box->groups, s->station.slot, limits, s->held + kept);
	groups_peak(&box->groups, s->station.slot);
	s->limited = *limits;
	s->kept = kept;
}

/* Init of the run as a pidfd. A host side that was killed is replaced once. */
int slot_launch(struct slot *s, const int theirs[RUN_FDS], struct err *err)
{
	struct parcel ask, answer;

	parcel_clear(&ask);
	memcpy(ask.fd, theirs, RUN_FDS * sizeof(int));
	for (int attempt = 0; attempt < 2; attempt++) {
		if (s->sock < 0 && !slot_start(s, &answer.fault))
			break;
		if (parcel_send(s->sock, &ask) && parcel_read(s->sock, &answer) && answer.fault.error != ECHILD)
			break;
		slot_stop(s);
		answer.fault = (struct fault){ ECHILD, "a process of the sandbox ended" };
	}
	if (answer.fault.error) {
		errno = answer.fault.error;
		return err_sys(err, "sandbox: %s", answer.fault.what);
	}
	return answer.fd[0];
}

/* Itself, or a shell's child. */
static bool died_of(const struct sandbox_outcome *out, int signal)
{
	return out->code == (out->end == SANDBOX_SIGNALED ? signal : 128 + signal);
}

/* What the report and the counters say of the end; `held` of the memory is not the run's. */
static int outcome_read(const struct watched *w, const struct sandbox_run *run, const struct group_count *before, const struct group_count *after,
	uint64_t held, struct sandbox_outcome *out, struct err *err)
{
	const struct report *r = &w->report;
	bool failed, oom = after->oom_kills > before->oom_kills;

	if (w->told && r->kind == REPORT_FAULT) {
		errno = r->fault.error;
		err_sys(err, "sandbox: %s", r->fault.what);
		return r->fault.error == ESRCH && run->server ? ERR_AGAIN : ERR_FAIL;
	}
	if (!w->told && !w->stopped && !oom)
		return err_set(err, "sandbox: process 1 of the run was killed");
	out->cpu_us = w->told && r->cpu_us > w->cpu_seen ? r->cpu_us : w->cpu_seen;
	if (after->cpu_us > before->cpu_us)
		out->cpu_us = after->cpu_us - before->cpu_us;
	out->memory_peak = after->memory_peak > held ? after->memory_peak - held : 0;
	if (w->stopped || oom || !w->told) {
		out->end = w->stopped && !oom ? w->end : SANDBOX_OOM;
		return 0;
	}
	out->code = WIFEXITED(r->status) ? WEXITSTATUS(r->status) : WTERMSIG(r->status);
	out->end = WIFEXITED(r->status) ? SANDBOX_EXITED : SANDBOX_SIGNALED;
	failed = out->end == SANDBOX_SIGNALED || out->code != 0;
	if (died_of(out, SIGXCPU) || out->cpu_us >= (uint64_t)(run->limits.cpu_s * 1e6))
		out->end = SANDBOX_CPU;
	else if (failed && (w->crowded || after->process_stops > before->process_stops))
		out->end = SANDBOX_PIDS;
	else if (failed && (r->disk || died_of(out, SIGXFSZ)))
		out->end = SANDBOX_DISK;
	return 0;
}

static int run_watched(struct sandbox *box, struct slot *s, const struct sandbox_run *run, struct sandbox_outcome *out, struct err *err)
{
	struct group_count before, after;
	struct watched w = { .groups = &box->groups, .slot = s->station.slot, .narrow = s->station.narrow, .pidfd = -1 };
	int64_t began = watch_now_us();
	int ours[RUN_FDS], theirs[RUN_FDS], rc;

	if (ends_open(ours, theirs, run->input.n > 0, err) < 0)
		return ERR_FAIL;
	slot_limit(box, s, &run->limits);
	groups_count(&box->groups, s->station.slot, &before); /* not what was counted last: what is killed for memory may be so a moment after its run */
	w.cpu_before = before.cpu_us;
	w.starved_before = groups_starved_us(&box->groups, s->station.slot);
	w.pidfd = slot_launch(s, theirs, err);
	ends_drop(theirs);
	w.leash = ours[RUN_LEASH];
	w.out = ours[RUN_OUT];
	w.channel = ours[RUN_CHANNEL];
	w.input = ours[RUN_INPUT];
	rc = w.pidfd < 0 ? ERR_FAIL : watch_run(&w, run, out, err);
	if (w.narrow && w.pidfd >= 0 && !w.told)
		slot_stop(s); /* init was lost: the host side ends what it left */
	out->wall_us = (uint64_t)(watch_now_us() - began);
	groups_count(&box->groups, s->station.slot, &after);
	if (rc == 0)
		rc = outcome_read(&w, run, &before, &after, s->held + s->kept, out, err);
	fd_drop(&w.pidfd);
	fd_drop(&w.leash);
	fd_drop(&w.out);
	fd_drop(&w.channel);
	fd_drop(&w.input);
	return rc;
}

/* A run that is to be forked from a server, or started cold where there is none to be forked. */
static int plan_run(struct sandbox *box, struct slot *s, const struct sandbox_run *run, const char *room, struct err *err)
{
	struct sandbox_run cold = *run;
	bool warm = run->server && box->tier == SANDBOX_FULL && !run->network_ask;
	const char **argv = run->server && !warm ? server_cold(run->server, run->argv) : NULL;
	int rc;

	if (run->server && !warm && !argv)
		return err_set(err, "out of memory");
	if (argv)
		cold.argv = argv;
	rc = warm ? server_attach(run->server, s, err) : 0;
	if (rc == 0)
		rc = plan_write(&s->station, argv ? &cold : run, warm ? server_id(run->server) : -1, room, err);
	free(argv);
	return rc;
}

static int run_in(struct sandbox *box, struct slot *s, const struct sandbox_run *run, struct sandbox_outcome *out, struct err *err)
{
	char room[ROOM_MAX];
	int rc = ERR_AGAIN, lock = s->station.narrow ? room_make(box, room, err) : -1;

	if (s->station.narrow && lock < 0)
		return ERR_FAIL;
	for (int attempt = 0; rc == ERR_AGAIN && attempt < 2; attempt++) {
		rc = plan_run(box, s, run, s->station.narrow ? room : NULL, err);
		if (rc == 0)
			rc = run_watched(box, s, run, out, err);
		if (rc == ERR_AGAIN)
			server_detach(s, server_id(run->server));
	}
	if (lock >= 0 && tree_remove(AT_FDCWD, room) < 0 && rc == 0)
		rc = err_sys(err, "sandbox: removing %s", room);
	fd_drop(&lock);
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
	rc = run_in(box, &box->slot[slot], run, out, err);
	slot_give(box, slot);
	return rc < 0 ? rc : out->out.failed || out->channel.failed ? err_set(err, "out of memory") : 0;
}
