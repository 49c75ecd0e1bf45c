/*
 * bench_sandbox.c - what a run costs: `bench_sandbox [RUNS]` prints CPU and wall milliseconds of a trivial program in our sandbox and in
 * bubblewrap's, and of a trivial pytest run, cold and as a judge runs it. The CPU is that of all processes that take part, the supervisor's
 * too, as a control group counts it: we step into one, and what is started lives in it or below.
 */
#include "repos/sandbox.h"

#include "base/clock.h"
#include "base/embedded.h"
#include "repos/environment.h"
#include "repos/records.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
extern const struct embedded runner_files[];

static char group[512]; /* its directory */

static double cpu_seconds(void)
{
	char path[600];
	double us = -1;
	FILE *f;

	snprintf(path, sizeof(path), "%s/cpu.stat", group);
	f = fopen(path, "r");
	if (!f || fscanf(f, "usage_usec %lf", &us) != 1)
		us = -1;
	if (f)
		fclose(f);
	return us / 1e6;
}

/* Below the group that we are in, on whichever mount of version 2 there is. */
static bool group_enter(void)
{
	static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	char ours[256] = "", line[300], path[600];
	FILE *f = fopen("/proc/self/cgroup", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "0::%255s", ours) == 1)
			break;
	if (f)
		fclose(f);
	for (int i = 0; i < 2; i++) {
		snprintf(group, sizeof(group), "%s%s/quarry-bench-%d", mounts[i], strcmp(ours, "/") ? ours : "", (int)getpid());
		if (mkdir(group, 0755) < 0)
			continue;
		snprintf(path, sizeof(path), "%s/cgroup.procs", group);
		f = fopen(path, "w");
		if (f && fputs("0", f) >= 0 && fclose(f) == 0 && cpu_seconds() >= 0)
			return true;
		rmdir(group);
	}
	return false;
}

static struct sandbox *box;
static struct sandbox_server *server;
static struct sandbox_mount mounts[2];
static struct err err;

static bool plain(const char *const *argv)
{
	pid_t pid;
	int status;
	posix_spawn_file_actions_t quiet;

	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
	status = posix_spawnp(&pid, argv[0], &quiet, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&quiet);
	return status == 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool boxed_in(const char *const *argv, size_t n_mounts)
{
	struct sandbox_run run = { .argv = argv, .mounts = mounts, .n_mounts = n_mounts, .limits = SANDBOX_LIMITS };
	struct sandbox_outcome out = SANDBOX_OUTCOME_INIT;
	bool held = sandbox_run(box, &run, &out, &err) == 0 && out.end == SANDBOX_EXITED && out.code == 0;

	if (!held)
		fprintf(stderr, "bench_sandbox: %s%.*s\n", err.msg, (int)out.out.n, buf_z(&out.out));
	sandbox_outcome_release(&out);
	return held;
}

static bool boxed(const char *const *argv)
{
	return boxed_in(argv, 0);
}

static bool mounted(const char *const *argv)
{
	return boxed_in(argv, 2);
}

/* As a judge runs it: by the runner, with its canaries and its watch over pytest; the records are read, and the one test has passed. */
static bool warm(const char *const *argv)
{
	struct environment env = { .runner = RUNNER_PYTEST, .test_s = 10, .limits = SANDBOX_LIMITS };
	struct record_ask ask = { .env = &env, .paths = { (const char *[]){ "/repo" }, 1 }, .files = { (const char *[]){ "test_one.py" }, 1 } };
	struct sandbox_run run = { .argv = argv, .cwd = "/repo", .mounts = mounts, .n_mounts = 1, .limits = SANDBOX_LIMITS, .server = server };
	struct sandbox_outcome out = SANDBOX_OUTCOME_INIT;
	struct run_report r = RUN_REPORT_INIT;
	struct buf json = BUF_INIT;
	bool held;

	record_ask_make(&ask, &json);
	run.input = buf_str(&json);
	held = sandbox_run(box, &run, &out, &err) == 0 && out.end == SANDBOX_EXITED;
	if (held) {
		records_read(&ask, buf_str(&out.channel), out.code, &r);
		held = r.status == RUN_OK && r.outcomes.n == 1;
	}
	if (!held)
		fprintf(stderr, "bench_sandbox: %s%.*s\n", err.msg, (int)out.out.n, buf_z(&out.out));
	run_report_release(&r);
	sandbox_outcome_release(&out);
	buf_release(&json);
	return held;
}

/* The best of three rounds: what else runs on the machine only adds. */
static double row(const char *name, int runs, bool (*run)(const char *const *argv), const char *const *argv)
{
	double cpu = 1e9, wall = 1e9;

	if (!run(argv)) {
		printf("%-58s %9s\n", name, "-");
		return 0;
	}
	for (int round = 0; round < 3; round++) {
		double c = cpu_seconds(), w = clock_s();

		for (int i = 0; i < runs; i++)
			if (!run(argv))
				exit(1);
		c = (cpu_seconds() - c) * 1000 / runs;
		w = (clock_s() - w) * 1000 / runs;
		cpu = c < cpu ? c : cpu;
		wall = w < wall ? w : wall;
	}
	printf("%-58s %9.2f %9.2f\n", name, cpu, wall);
	fflush(stdout);
	return cpu;
}

#define BWRAP "bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", \
	"--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--clearenv", "--new-session", \
	"--die-with-parent"

int main(int argc, char **argv)
{
	static const char *const yes[] = { "/usr/bin/true", NULL }, *const bwrap[] = { BWRAP, "/usr/bin/true", NULL };
	char dir[] = "/tmp/quarry-bench-XXXXXX", file[64];
	const char *const pytest[] = { "/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", dir, file, NULL };
	const char *const inside[] = { "/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", "/repo", "/repo/test_one.py", NULL };
	struct sandbox_server_options o = { .python = "/usr/bin/python3", .module = { runner_files[0].text, runner_files[0].n },
		.env = (const char *const[]){ "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1", NULL } };
	int runs = argc > 1 ? atoi(argv[1]) : 200, few = runs / 20 + 1;
	double ours, theirs, cold;
	FILE *f;

	if (!group_enter()) {
		fprintf(stderr, "bench_sandbox: no control group of version 2 to count with; start it as root\n");
		return 77;
	}
	box = sandbox_open(&(struct sandbox_options){ .slots = 1 }, &err);
	snprintf(file, sizeof(file), "%s/test_one.py", mkdtemp(dir) ? dir : "");
	f = fopen(file, "w");
	if (!box || !f) {
		fprintf(stderr, "bench_sandbox: %s\n", err.msg);
		return 1;
	}
	fputs("def test_one():\n    assert 1 + 1 == 2\n", f);
	fclose(f);
	chmod(dir, 0755);
	mounts[0] = (struct sandbox_mount){ SANDBOX_OVERLAY, dir, "/repo" };
	mounts[1] = (struct sandbox_mount){ SANDBOX_RO, dir, "/tests" };
	setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1", 1);
	printf("tier %s, %d runs a round, the best of three\n%-58s %9s %9s\n", sandbox_tier_name(sandbox_tier(box)), runs, "", "CPU ms", "wall ms");
	row("true", runs, plain, yes);
	ours = row("true in the sandbox", runs, boxed, yes);
	row("true in the sandbox, with an overlay and a read-only tree", runs, mounted, yes);
	theirs = row("true in bubblewrap", runs, plain, bwrap);
	cold = row("pytest, one test", few, plain, pytest);
	row("pytest in the sandbox, cold", few, mounted, inside);
	server = sandbox_server_open(box, &o, &err);
	if (server)
		printf("warm pytest takes %.0f %% of a cold one\n", 100 * row("pytest as a judge runs it, forked from a server", few * 3, warm, inside) / cold);
	else
		printf("no warm pytest: %s\n", err.msg);
	if (theirs > 0)
		printf("a sandbox of ours takes %.0f %% of bubblewrap's\n", 100 * ours / theirs);
	sandbox_server_close(server);
	sandbox_close(box);
	unlink(file);
	rmdir(dir);
	return 0;
}
