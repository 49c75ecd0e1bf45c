/* main.c - the table of commands; each is one file, cli/cmd_NAME.c. */
#include "base/log.h"
#include "cli/command.h"
#include "verifiers/verify.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

#ifdef _OPENMP
static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
#endif

/* Does it run models? */
static bool has_device(const struct command *c)
{
	for (const struct option *o = c->options; o->name; o++)
		if (strcmp(o->name, "device") == 0)
			return true;
	return false;
}

/*
 * Threads without work sleep until there is some: where cores are shared, and one is always late, libgomp's way of spinning first takes half of the
 * speed. It reads its settings before main, so the program begins once more, with them.
 */
static void wait_passively(char **argv)
{
#ifdef _OPENMP
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[n < 0 ? 0 : n] = 0;
	if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT") || strcmp(base_of(path), base_of(argv[0])) != 0) /* or a loader runs it */
		return;
	if (setenv("OMP_WAIT_POLICY", "passive", 0) == 0)
		execv(path, argv); /* where it fails, they spin */
#else
	(void)argv;
#endif
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
	if (!c)
		return fail_usage(&err);
	if (has_device(c))
		wait_passively(argv);
	return printed(run(c, argc - 2, argv + 2));
}
