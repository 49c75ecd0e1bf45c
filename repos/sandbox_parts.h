/*
 * sandbox_parts.h - what the files of the sandbox share: who does what, and the plan that goes from one to the other.
 *
 *	supervisor (sandbox.c)             any thread: writes the plan of a run into shared memory, watches pipes, clock and CPU
 *	  launcher (sandbox_launcher.c)    one small process, forked when the sandbox is opened; root of a mount tree of its own
 *	    init (sandbox_init.c)          process 1 of the run: mounts, gives up all rights, starts the program, reaps, reports
 *	      program                      hostile
 *
 * Behind the launcher's fork nothing is allocated and nothing is known about threads: it is a copy of a process that may have had many.
 */
#ifndef QUARRY_REPOS_SANDBOX_PARTS_H
#define QUARRY_REPOS_SANDBOX_PARTS_H

#include "repos/sandbox.h"

#include <sys/types.h>

enum {
	SLOTS_MAX = 256,
	SLOT_UID = 60000,    /* the outer user of slot 0 when root supervises; the next ones follow */
	INNER_ID = 1000,     /* what the program sees as its user and group */
	AREA_SIZE = 8 << 20, /* bytes of a slot's shared memory: the plan and all its texts */
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
	int owner; /* an fd of a user namespace that gives the files of `from` to the slot's user; -1: none is needed or had */
};

/* A run, in memory that supervisor, launcher and init share at the same address. */
struct plan {
	const char **argv, **env;
	const char *cwd;
	struct plan_mount *mounts;
	size_t n_mounts;
	struct sandbox_limits limits;
	bool network, input;
	uid_t uid; /* outer */
};

enum report_kind {
	REPORT_FAULT, /* the run did not start */
	REPORT_ENDED,
};

/* What init says over the leash, once. */
struct report {
	enum report_kind kind;
	int status; /* of the program, as wait tells it; -1: it was ended by us */
	bool disk;  /* a writable tmpfs is full */
	uint64_t cpu_us;
	struct fault fault;
};

/* The fds that come with a run. The leash: init reports there, and ends the run when the other end closes. */
enum run_fd { RUN_LEASH, RUN_OUT, RUN_CHANNEL, RUN_INPUT, RUN_FDS };

enum { OWNERS_MAX = 32, TOPS_MAX = 8 };

/* What the launcher knows; filled before the fork, a copy in each process. */
struct launcher {
	int sock;  /* the supervisor's requests */
	bool root; /* real root: mounts as root, programs as SLOT_UID + slot */
	bool users; /* the program gets a user namespace of its own */
	unsigned slots;
	struct plan *plan[SLOTS_MAX];

	/* its own */
	uid_t uid;
	gid_t gid;
	int host; /* the host's root directory */
	struct { char name[16], link[64]; } top[TOPS_MAX]; /* beside /usr: /bin, /lib, ... ; link "": a directory */
	size_t tops;
	struct { uid_t uid, to; gid_t gid; int fd; } owner[OWNERS_MAX];
	size_t owners;
};

/* sandbox_launcher.c */
_Noreturn void launcher_main(struct launcher *l);
_Noreturn void process_end(int code); /* of a fork: no handlers, no flushing */
bool file_write(const char *path, const char *text); /* one write; false with errno */
void fds_keep(int *keep, size_t n);                  /* closes all others above 2; sorts keep */
bool users_map(unsigned inner, unsigned outer_uid, unsigned outer_gid); /* the maps of the user namespace that was just entered */

/* sandbox_mounts.c */
int mounts_template(struct launcher *l, struct fault *f); /* the launcher's root: /usr, /etc, /dev, and the host at /.host */
int mounts_owner(struct launcher *l, const struct plan *plan, struct plan_mount *m, struct fault *f);
int mounts_run(struct launcher *l, const struct plan *plan, struct fault *f);
bool mounts_full(const struct plan *plan); /* asked inside: is a writable tmpfs full? */

/* sandbox_init.c */
_Noreturn void init_main(struct launcher *l, struct plan *plan, const int fd[RUN_FDS]);

#endif
