/*
 * command.h - a command is a table row: name, sentence, options, function. One file each: cli/cmd_NAME.c.
 *
 *	struct args { struct common common; int64_t count; const char *out; };
 *	static const struct option options[] = {
 *		{ .name = "count", .letter = 'n', .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e9,
 *		  .at = offsetof(struct args, count), .what = "how many of each task" },
 *		{ 0 },
 *	};
 *	static int run(void *args, int argc, char **argv);	// argv: what is left, no options
 *	const struct command cmd_generate = { "generate", "TASK...", "puzzles as JSON lines", more, options,
 *					      sizeof(struct args), run };
 *
 * The same tables make --help, the man page (quarry help --man) and the shell completion (quarry help --completion).
 * Exit codes are the contract's: 0 done, 1 a check failed, 2 usage or input, 75 stopped and saved.
 */
#ifndef QUARRY_CLI_COMMAND_H
#define QUARRY_CLI_COMMAND_H

#include "base/err.h"

#include <stddef.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_AGAIN = 75 };

enum opt_kind {
	OPT_FLAG, /* bool */
	OPT_INT,  /* int64_t, within lo..hi */
	OPT_REAL, /* double, within lo..hi */
	OPT_TEXT, /* const char * */
	OPT_LIST, /* struct opt_list: may be given many times */
};

enum { OPT_LIST_MAX = 64 };

struct opt_list {
	int n;
	const char *item[OPT_LIST_MAX];
};

struct option {
	const char *name; /* without the dashes */
	char letter;      /* 0: none */
	enum opt_kind kind;
	const char *arg;  /* what stands for its value in --help */
	const char *what;
	size_t at;        /* offset in the args struct */
	double lo, hi;    /* OPT_INT, OPT_REAL */
	size_t given;     /* offset of a bool that is set when the option is given; 0: none */
};

/* What every command has; the first member of its args struct. */
struct common {
	int64_t threads; /* at least 1; default: all cores */
	bool threads_given;
	int64_t seed;    /* 0 .. 2^63 - 1; default 0 */
	bool seed_given;
	bool quiet;      /* no progress */
	bool log_json;
	bool help;
	const char *device; /* auto, cpu, cuda or cuda-int8, of commands that run models (DEVICE_OPTION); NULL: auto */
};

#define DEVICE_OPTION(args) \
	{ .name = "device", .kind = OPT_TEXT, .arg = "DEVICE", .at = offsetof(args, common.device), \
	  .what = "auto (when not given: a GPU if there is one), cpu, cuda or cuda-int8" }

struct command {
	const char *name, *args, *what;
	const char *more; /* paragraphs for --help and the man page; examples start with four spaces and "quarry" */
	const struct option *options; /* ends with a NULL name */
	size_t size;                  /* of the args struct */
	int (*run)(void *args, int argc, char **argv);
};

extern const struct command *const commands[]; /* ends with NULL */
const struct command *command_find(const char *name, struct err *err); /* NULL with "did you mean" */

/*
 * Parse argv (after the command's name) into args, which the caller has cleared and filled with defaults by hand where
 * they are not zero. Options may stand anywhere; "--" ends them. Gives how many other arguments are left in argv,
 * or -1 with err set.
 */
int options_parse(const struct command *c, void *args, int argc, char **argv, struct err *err);
const struct option *options_common(void); /* the options of struct common */
void command_help(const struct command *c);     /* to stdout */
void commands_man(void);                        /* the whole man page, roff */
void commands_completion(void);                 /* for bash */

/*
 * Say why on stderr and give the exit code: EXIT_AGAIN for ERR_STOPPED, EXIT_FAILED for ERR_JOB, else EXIT_USAGE: what
 * we were given is at fault.
 */
int fail(int rc, const struct err *err);
int fail_usage(const struct err *err); /* fail(ERR_FAIL, err) */

#endif
