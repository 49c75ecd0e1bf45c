/* main.c - the table of commands; each is one file, cli/cmd_NAME.c. */
#include "base/log.h"
#include "cli/command.h"
#include "verifiers/verify.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void usage(FILE *to)
{
	fprintf(to, "usage: quarry COMMAND [options]\n\nTraining data whose answers can be checked.\n\n");
	for (const struct command *const *c = commands; *c; c++)
		fprintf(to, "  %-10s %s\n", (*c)->name, (*c)->what);
	fprintf(to, "\nquarry COMMAND --help tells more. quarry --version names this build.\n");
}

const struct command *command_find(const char *name, struct err *err)
{
	const char *names[64], *near;
	int n = 0;

	for (; commands[n]; n++) {
		if (strcmp(name, commands[n]->name) == 0)
			return commands[n];
		assert(n < 63);
		names[n] = commands[n]->name;
	}
	names[n] = NULL;
	near = str_nearest(str_of(name), names);
	if (near)
		err_set(err, "unknown command \"%.60s\"; did you mean \"%s\"?", name, near);
	else
		err_set(err, "unknown command \"%.60s\"; quarry --help lists them", name);
	return NULL;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct common *common = calloc(1, c->size);
	int left, rc;

	if (!common) {
		err_set(&err, "out of memory");
		return fail_usage(&err);
	}
	common->threads = sysconf(_SC_NPROCESSORS_ONLN);
	left = options_parse(c, common, argc, argv, &err);
	log_init(common->log_json, LOG_INFO);
	if (left < 0) {
		rc = fail_usage(&err);
	} else if (common->help) {
		command_help(c);
		rc = EXIT_DONE;
	} else {
		argv[left] = NULL;
		rc = c->run(common, left, argv);
	}
	free(common);
	return rc;
}

/* What was printed must have reached its file for the exit code to be true. */
static int printed(int rc)
{
	struct err err = ERR_INIT;

	if ((fflush(stdout) == 0 && !ferror(stdout)) || rc != EXIT_DONE)
		return rc;
	err_set(&err, "standard output: not all of it could be written");
	return fail(ERR_JOB, &err);
}

int main(int argc, char **argv)
{
	const struct command *c;
	struct err err = ERR_INIT;

	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, told in one line */
	signal(SIGXFSZ, SIG_IGN); /* and so is a file beyond the limit */
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return printed(EXIT_DONE);
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("quarry %s\n", quarry_version());
		return printed(EXIT_DONE);
	}
	c = command_find(argv[1], &err);
	return c ? printed(run(c, argc - 2, argv + 2)) : fail_usage(&err);
}
