/* main.c - the table of commands; each is one file, cli/cmd_NAME.c. */
#include "base/log.h"
#include "cli/command.h"
#include "cli/list.h"
#include "verifiers/verify.h"

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

static const struct command *find(const char *name)
{
	for (const struct command *const *c = commands; *c; c++)
		if (strcmp(name, (*c)->name) == 0)
			return *c;
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
	/* what printf still holds must reach its file for the exit code to be true */
	if (fflush(stdout) != 0 && rc == EXIT_DONE) {
		err_sys(&err, "standard output");
		rc = fail_job(ERR_FAIL, &err);
	}
	return rc;
}

int main(int argc, char **argv)
{
	const struct command *c;
	const char *names[32], *near;
	struct err err = ERR_INIT;
	int n = 0;

	signal(SIGPIPE, SIG_IGN); /* a closed pipe is a failed write, told in one line */
	if (argc < 2) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("quarry %s\n", quarry_version());
		return EXIT_DONE;
	}
	c = find(argv[1]);
	if (c)
		return run(c, argc - 2, argv + 2);
	for (; commands[n] && n < 31; n++)
		names[n] = commands[n]->name;
	names[n] = NULL;
	near = str_nearest(str_of(argv[1]), names);
	if (near)
		err_set(&err, "unknown command \"%s\"; did you mean \"%s\"?", argv[1], near);
	else
		err_set(&err, "unknown command \"%s\"; quarry --help lists them", argv[1]);
	return fail_usage(&err);
}
