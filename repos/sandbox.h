/*
 * sandbox.h - run a program that may be hostile, and learn how it ended.
 *
 *	struct sandbox *box = sandbox_open(&(struct sandbox_options){ .slots = 2 }, &err);
 *	struct sandbox_run run = { .argv = argv, .cwd = "/repo", .mounts = mounts, .n_mounts = 2, .limits = SANDBOX_LIMITS };
 *	struct sandbox_outcome out = SANDBOX_OUTCOME_INIT;
 *
 *	if (sandbox_run(box, &run, &out, &err) < 0)	// our side failed; nothing is known about the program
 *		return err_at(&err, "%s", name);
 *	if (out.end == SANDBOX_EXITED && out.code == 0) ...
 *
 * A program sees a file system of its own (read-only /usr and what `mounts` names), no network, no process and no environment of the
 * host, and ends with everything it started. What it prints is evidence; `channel`, fd 3 inside, is where a trusted runner inside
 * writes its records (any process inside can write there too: see run.h for what makes them believable).
 */
#ifndef QUARRY_REPOS_SANDBOX_H
#define QUARRY_REPOS_SANDBOX_H

#include "base/buf.h"
#include "base/err.h"

/* What this machine lets us have; sandbox_open finds out, `quarry sandbox doctor` prints it. */
enum sandbox_tier {
	SANDBOX_FULL,       /* namespaces, mounts of its own, seccomp; limits as far as cgroups are there */
	SANDBOX_NARROW,     /* no namespaces (a container's default profile): Landlock, seccomp without sockets, rlimits, subreaper */
	SANDBOX_NONE,       /* none of these: nothing is run */
};

enum sandbox_mount_kind {
	SANDBOX_RO,       /* the host's directory or file `from`, read-only. Inside a writable mount only directly below its top, else refused */
	SANDBOX_OVERLAY,  /* `from` below, a tmpfs above: writable, and gone after the run */
	SANDBOX_TMPFS,    /* empty and writable */
	SANDBOX_RW,       /* the host's directory `from`, writable: for builds whose product is kept (a directory made for it) */
	SANDBOX_TEXT,     /* a read-only file that holds `text` */
};

struct sandbox_mount {
	enum sandbox_mount_kind kind;
	const char *from; /* a path of the host; NULL for SANDBOX_TMPFS and SANDBOX_TEXT */
	const char *to;   /* absolute path inside, not below /usr, /etc, /dev or /proc; parents are made */
	uint64_t size, inodes; /* caps of what can be written; 0: those of `limits` */
	struct str text;
};

struct sandbox_limits {
	double wall_s, cpu_s;     /* of the whole tree of processes */
	uint64_t memory;          /* bytes, tmpfs pages included where cgroups count them */
	uint64_t tmp, inodes;     /* bytes and files of each writable tmpfs */
	uint64_t file;            /* bytes of one file */
	uint64_t output, channel; /* bytes kept of stdout+stderr and of the channel; more ends the run */
	uint32_t processes;
};

#define SANDBOX_LIMITS ((struct sandbox_limits){ .wall_s = 120, .cpu_s = 100, .memory = 2ull << 30, .tmp = 512ull << 20, \
	.inodes = 100000, .file = 256ull << 20, .output = 8ull << 20, .channel = 32ull << 20, .processes = 256 })

enum sandbox_end {
	SANDBOX_EXITED,    /* `code` */
	SANDBOX_SIGNALED,  /* `code` is the signal */
	SANDBOX_CPU,       /* the tree's CPU seconds */
	SANDBOX_WALL,
	SANDBOX_OOM,
	SANDBOX_PIDS,      /* the program failed and the cap of processes was hit */
	SANDBOX_DISK,      /* the program failed and a tmpfs or RLIMIT_FSIZE was hit */
	SANDBOX_OUTPUT,    /* too much on stdout/stderr or the channel */
};

const char *sandbox_end_name(enum sandbox_end end); /* "exited", "signaled", "cpu", ... */

struct sandbox_run {
	const char *const *argv;   /* NULL at the end; argv[0] is an absolute path inside */
	const char *const *env;    /* NAME=VALUE, NULL at the end; beside the fixed ones (HOME, PATH, TZ=UTC, LANG=C.UTF-8, ...). Same name: wins */
	const char *cwd;           /* absolute, inside; "/" when NULL */
	struct str input;          /* what fd 4 inside reads, to its end: the ask for the runner. Nothing: fd 4 is not there */
	const struct sandbox_mount *mounts;
	size_t n_mounts;
	struct sandbox_limits limits;
	bool network_ask;          /* a prepare step whose recipe asks for the network; the host's is then shared */
	struct sandbox_server *server; /* fork this one instead of executing argv[0]; NULL: none. See sandbox_server_open */
	const _Atomic int64_t *until; /* when it ends with SANDBOX_WALL in any case, in microseconds of CLOCK_MONOTONIC; may be brought forward. NULL: never */
};

struct sandbox_outcome {
	enum sandbox_end end;
	int code;
	struct buf out;       /* stdout and stderr as they came, capped */
	struct buf channel;   /* what came on fd 3, capped */
	uint64_t cpu_us, wall_us, memory_peak; /* of the whole tree; memory_peak 0 where nothing counts it */
};

#define SANDBOX_OUTCOME_INIT ((struct sandbox_outcome){ .out = BUF_INIT, .channel = BUF_INIT })
void sandbox_outcome_release(struct sandbox_outcome *out);

struct sandbox_options {
	unsigned slots;            /* runs at one time (threads that call sandbox_run): 1 when 0 */
	enum sandbox_tier at_most; /* FULL: the best there is; tests force a lower one */
	const char *root;          /* a directory of the host that has the usr and etc of programs; NULL: the host's own. Only in the full tier */
	bool no_overlays;          /* for tests: as where the kernel has none for us, trees are copied */
};

struct sandbox;
struct sandbox *sandbox_open(const struct sandbox_options *options, struct err *err);
void sandbox_close(struct sandbox *box);
enum sandbox_tier sandbox_tier(const struct sandbox *box);
const char *sandbox_tier_name(enum sandbox_tier tier); /* "full", "narrow", "none" */
void sandbox_doctor(const struct sandbox *box, struct buf *report); /* lines "facility: what was got, or not and why" */
void sandbox_lacks(const struct sandbox *box, struct buf *report);  /* of these the ones that could be better elsewhere */

/* Thread-safe. 0, or negative when our side failed. `out` is emptied first. */
int sandbox_run(struct sandbox *box, const struct sandbox_run *run, struct sandbox_outcome *out, struct err *err);

/*
 * A Python that has imported what its runs need (0.2 s of CPU for pytest) and is forked for each of them into the run's own namespaces.
 * `module` is the text of a Python module: it is executed once, when the server starts, in a sandbox of its own without repository and
 * secrets, and defines main(argv) -> exit code, which each fork calls with the run's argv, in the run's directory and environment, with
 * fd 3 and 4 as in any run. The same text, run by `python -I -c`, is the cold way.
 */
struct sandbox_server_options {
	const char *python;       /* absolute path inside */
	struct str module;
	const char *const *env;   /* as for a run: what Python itself reads at its start (PYTHONHASHSEED, ...) cannot change later */
	const struct sandbox_mount *mounts; /* read-only ones that the imports need; runs that use the server have them too */
	size_t n_mounts;
};

struct sandbox_server *sandbox_server_open(struct sandbox *box, const struct sandbox_server_options *options, struct err *err);
void sandbox_server_close(struct sandbox_server *server); /* before sandbox_close */

#endif
