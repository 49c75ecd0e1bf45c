/*
 * sandbox_parts.h - what the files of the sandbox share: who does what, and the plan that goes from one to the other.
 *
 *	supervisor (sandbox.c)           any thread: writes the plan of a run into its slot's shared memory, watches pipes, clock and CPU
 *	  host side (sandbox_host.c)     one a slot, forked when the sandbox is opened: sees the host's files, makes mounts of them
 *	    launcher (sandbox_launcher.c)  root of a user namespace of its own, with a small tree of mounts; every run is cloned from it
 *	      init (sandbox_init.c)      process 1 of the run: furnishes it, gives up every right, starts the program, reaps, reports
 *	        program                  hostile
 *
 * When root supervises, only the host side stays root, and what is below it is a user without rights who never sees the host's tree. In the
 * narrow tier there is no launcher and no namespace: the host side starts init, which makes do (sandbox_narrow.c).
 *
 * Behind the first fork nothing is allocated and nothing is known about threads: it is a copy of a process that may have had many.
 */
#ifndef QUARRY_REPOS_SANDBOX_PARTS_H
#define QUARRY_REPOS_SANDBOX_PARTS_H

#include "repos/sandbox.h"
#include "repos/sandbox_cgroup.h"

#include <linux/filter.h>
#include <sys/types.h>

enum {
	SLOTS_MAX = 256,
	SLOT_UID = 60000,    /* the first of the users that programs run as when root supervises; each slot has one to itself */
	SLOT_UIDS = 4096,
	INNER_ID = 1000,     /* what the program sees as its user and group */
	AREA_SIZE = 8 << 20, /* bytes of a slot's shared memory: the plan and all its texts */
	MOUNTS_MAX = 64,
	SERVERS_MAX = 32,
	FILTER_MAX = 512,
};

/* What failed, told over a process border. */
struct fault {
	int error; /* errno */
	char what[200];
};

/* Sets both, gives back -1; errno is kept. */
int fault_at(struct fault *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

struct plan_mount {
	enum sandbox_mount_kind kind;
	const char *from, *to;
	uint64_t size, inodes;
	struct str text;
};

/* A run, in memory that supervisor, host side, launcher and init share at the same address. */
struct plan {
	const char **argv, **env;
	const char *cwd;
	struct plan_mount *mounts;
	size_t n_mounts;
	struct sandbox_limits limits;
	bool network;
	bool tally;         /* init counts time and memory itself, since no control group does */
	int server;         /* the run is forked from that one; -1: none */
	bool serves;        /* the run is that server */
	struct str request; /* what the server is told of the run */
	const char *room;   /* narrow: the directory that stands for / */
	struct fault start; /* why the program could not be executed; said by the process that was to be it */
};

enum report_kind {
	REPORT_FAULT, /* the run did not start */
	REPORT_TALLY, /* what it has used so far */
	REPORT_ENDED,
};

/* What init says over the leash: tallies, then one of the others. */
struct report {
	enum report_kind kind;
	int status; /* of the program, as wait tells it; -1: it was ended by us */
	bool disk;  /* what is writable is full */
	uint64_t cpu_us, memory;
	uint32_t processes;
	struct fault fault;
};

/* The fds that come with a run. The leash: init reports there, and ends the run when the other end closes. */
enum run_fd { RUN_LEASH, RUN_OUT, RUN_CHANNEL, RUN_INPUT, RUN_FDS };

/* A message between our processes: which fds come with it is told by a set bit each. */
enum { PARCEL_FDS = RUN_FDS + MOUNTS_MAX };

struct parcel {
	struct fault fault;
	int fd[PARCEL_FDS]; /* -1: none; those that arrive are ours to close */
};

/* The calls a program is refused; one for each kind of run. */
enum { FILTERS = 4 };

struct call_filter {
	size_t n;
	struct sock_filter code[FILTER_MAX];
};

enum { OWNERS_MAX = 32, TOPS_MAX = 8 };

/* What the processes of a slot know: filled before the first fork, a copy in each of them afterwards. */
struct station {
	int sock;  /* requests from above */
	bool root; /* the supervisor is root */
	bool narrow;
	unsigned slot;
	uid_t uid; /* what programs are outside */
	gid_t gid;
	int landlock; /* version */
	const struct call_filter *filter[FILTERS]; /* by filter_of */
	const struct groups *groups;
	struct plan *plan;
	const char *base; /* the host's directory that has usr and etc; "/": the host's own */

	/* the host side's own */
	int host; /* the host's root directory */
	int launcher; /* a socket to it */
	bool copies;  /* no overlays here: trees are copied */
	struct { uid_t uid; gid_t gid; int fd; } owner[OWNERS_MAX];
	size_t owners;

	/* the launcher's own */
	struct { char name[16], link[64]; } top[TOPS_MAX]; /* beside /usr: /bin, /lib, ... ; link "": a directory */
	size_t tops;
	int desk[SERVERS_MAX]; /* where requests for a server go; -1: it was not started */
};

/* sandbox_wire.c: small things that all the processes need */
pid_t process_fork(void);             /* as the kernel does it: no handler of any library, and none is to be needed in the child */
_Noreturn void process_end(int code); /* of a fork: no handlers, no flushing */
void process_settle(const char *name, int *keep, size_t n); /* away from terminal, signals and fds of whom it was forked from */
bool file_write(const char *path, const char *text); /* one write; false with errno */
bool users_map(unsigned inner, unsigned outer_uid, unsigned outer_gid); /* the maps of the user namespace that was just entered */
void fd_drop(int *fd); /* close it, unless it is -1; it is -1 then. errno is kept */
bool parcel_send(int sock, const struct parcel *p);
bool parcel_read(int sock, struct parcel *p); /* false: the other end is gone */
void parcel_drop(struct parcel *p); /* its fds */

/* The names in an open directory, without . and ..; at the end, or with entries_close, the fd that it holds is gone. */
enum { ENTRIES_ROOM = 2048 };

struct entries {
	int dir, n, at;
	_Alignas(8) char room[ENTRIES_ROOM];
};

bool entries_open(struct entries *e, int dir);
const char *entries_next(struct entries *e);

/* sandbox_host.c; when it is ready it may have this to say */
#define HOST_COPIES "copies"
_Noreturn void host_main(struct station *s);

/* sandbox_launcher.c */
_Noreturn void launcher_enter(struct station *s);

/* sandbox_trees.c: the host's files as mounts attached nowhere */
int trees_open(struct station *s, struct fault *f);
int trees_prepare(struct station *s, const struct plan *plan, int tree[MOUNTS_MAX], struct fault *f);

/* sandbox_copy.c */
int tree_copy(int from, int to, uid_t uid); /* directories; owned by uid, (uid_t)-1: by us. Links stay links, other things are left out */
int entry_copy(int from, int to, const char *name); /* one name of the directory; owned by us */
bool tree_give(int dir, const char *name, uid_t uid); /* it and all below it, but for files that have other names too */
int tree_remove(int dir, const char *name); /* whatever is in it; follows nothing */
uint64_t tree_bytes(int dir, uint64_t *files);

/* sandbox_mounts.c */
extern const char *const mounts_etc[]; /* what of the host's /etc is in sight; ends with NULL */
int mounts_climb(struct fault *f); /* out of a chroot: the same files are the root of a mount namespace */
int mounts_root(struct fault *f); /* a tmpfs is the root, the old one is at /.host */
int mounts_template(struct station *s, struct fault *f); /* the launcher's root: /usr, /etc, /dev */
int mounts_run(const struct station *s, const struct plan *plan, int tree[MOUNTS_MAX], struct fault *f);
bool mounts_full(const struct plan *plan); /* asked inside: is a writable tmpfs full? */
int mount_place(int root, const char *to, bool file); /* an fd; made where it is missing; through no link */
int mount_new(const char *type, const char *const (*option)[2], uint64_t attr); /* attached nowhere; value NULL: a flag; ends with a NULL name */
int mount_tmpfs(const struct station *s, uint64_t size, uint64_t inodes, const char *mode);
int mount_at(int tree, int at); /* closes both */

/* sandbox_init.c */
_Noreturn void init_main(const struct station *s, struct plan *plan, struct parcel *p);

/* sandbox_limits.c */
enum { LIMITS = 8 };

struct limit_row {
	int what;
	uint64_t soft, hard;
};

size_t limits_list(const struct station *s, const struct plan *plan, struct limit_row row[LIMITS]);

/* What a server's fork needs to enter a run, in this order, with the user namespace last. */
enum { SPACES = 6 };

/* sandbox_narrow.c */
int narrow_furnish(const struct station *s, const struct plan *plan, struct fault *f); /* the room, by init */
int narrow_drop(const struct station *s, struct fault *f);                             /* rights, by the program */
bool narrow_full(const struct plan *plan);                                             /* more is written than may be */
unsigned narrow_others(void); /* processes of the program's user that are none of the run */

/* sandbox_tally.c */
void tally_read(struct report *r, bool narrow); /* what the processes of the run use now; asked by init */
void tally_kill(void);                          /* narrow: ends all that is below us */
unsigned tally_users(uid_t uid);                /* processes of this user */

/* sandbox_seccomp.c */
struct call_world {
	bool counted;  /* a control group counts memory */
	bool own;      /* namespaces */
	bool own_user; /* nobody else is that user */
	bool wired;    /* there is a network, its own or the host's */
	bool keeps;    /* what it writes may stay */
};

int filter_of(const struct plan *plan);
bool seccomp_make(struct call_filter *f, const struct call_world *world);
int seccomp_apply(const struct call_filter *f);

/* sandbox_landlock.c */
enum { RULES_MAX = MOUNTS_MAX + 8 };

struct landlock_rule {
	const char *path;
	uint64_t rights;
};

int landlock_version(void); /* 0: the kernel has none */
uint64_t landlock_handled(int version); /* what is forbidden where no rule allows it */
size_t landlock_rules(const struct plan *plan, int version, struct landlock_rule rule[RULES_MAX]); /* the full tier's; 0: no fence */
int landlock_apply(const struct plan *plan, int version);
int landlock_narrow(const struct station *s, const struct plan *plan);

/* sandbox_plan.c */
/* Into s->plan. server: whose fork the run is, or -1. room: narrow's, or NULL. */
int plan_write(const struct station *s, const struct sandbox_run *run, int server, const char *room, struct err *err);

/* sandbox_watch.c */
struct watched {
	int pidfd, leash, out, channel, input; /* the supervisor's ends; closed as they come to their ends */
	const struct groups *groups;
	unsigned slot;
	bool narrow;
	uint64_t cpu_before, starved_before; /* of the slot's control group */
	/* what was learned */
	bool stopped, told;
	enum sandbox_end end; /* why it was stopped */
	struct report report; /* if told */
	bool crowded;         /* as many processes as may be */
	uint64_t cpu_seen;    /* by tallies: time of who was never waited for is there as long as it lives */
};

int64_t watch_now_us(void);
int watch_run(struct watched *w, const struct sandbox_run *run, struct sandbox_outcome *out, struct err *err);

#endif
