/* cmd_sandbox.c - quarry sandbox: what of the sandbox this machine lets us have, and a program run in it. */
#include "base/json.h"
#include "cli/command.h"
#include "repos/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct args {
	struct common common;
	bool json, network;
	const char *tier, *cwd;
	struct opt_list ro, overlay, rw, env;
	double wall_s, cpu_s;
	int64_t memory_mib, tmp_mib, processes;
};

static const struct option options[] = {
	{ .name = "json", .letter = 'j', .kind = OPT_FLAG, .at = offsetof(struct args, json), .what = "as one JSON object; of a run, on stderr" },
	{ .name = "tier", .kind = OPT_TEXT, .arg = "T", .at = offsetof(struct args, tier), .what = "full or narrow: no better one than this" },
	{ .name = "ro", .kind = OPT_LIST, .arg = "PATH[:TO]", .at = offsetof(struct args, ro),
	  .what = "run: a directory or file that can be read; repeatable, as the next three" },
	{ .name = "overlay", .kind = OPT_LIST, .arg = "PATH[:TO]", .at = offsetof(struct args, overlay),
	  .what = "run: a directory that can be written, into memory" },
	{ .name = "rw", .kind = OPT_LIST, .arg = "PATH[:TO]", .at = offsetof(struct args, rw), .what = "run: a directory that is written for good" },
	{ .name = "env", .letter = 'e', .kind = OPT_LIST, .arg = "NAME=VALUE", .at = offsetof(struct args, env), .what = "run: a variable" },
	{ .name = "cwd", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, cwd), .what = "run: the directory inside; / when not given" },
	{ .name = "wall", .kind = OPT_REAL, .arg = "S", .lo = 0.01, .hi = 1e6, .at = offsetof(struct args, wall_s), .what = "run: seconds; 120 when not given" },
	{ .name = "cpu", .kind = OPT_REAL, .arg = "S", .lo = 0.01, .hi = 1e6, .at = offsetof(struct args, cpu_s),
	  .what = "run: seconds of CPU, of all its processes; 100 when not given" },
	{ .name = "memory", .letter = 'm', .kind = OPT_INT, .arg = "MIB", .lo = 8, .hi = 1 << 24, .at = offsetof(struct args, memory_mib),
	  .what = "run: 2048 when not given" },
	{ .name = "tmp", .kind = OPT_INT, .arg = "MIB", .lo = 1, .hi = 1 << 24, .at = offsetof(struct args, tmp_mib),
	  .what = "run: what can be written, in each place; 512 when not given" },
	{ .name = "processes", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 100000, .at = offsetof(struct args, processes),
	  .what = "run: at a time; 256 when not given" },
	{ .name = "network", .kind = OPT_FLAG, .at = offsetof(struct args, network), .what = "run: with the host's network" },
	{ 0 },
};

static struct sandbox *box_open(const struct args *a, struct err *err)
{
	struct sandbox_options o = { .slots = 1 };

	if (a->tier) {
		while (o.at_most < SANDBOX_NONE && strcmp(a->tier, sandbox_tier_name(o.at_most)) != 0)
			o.at_most++;
		if (o.at_most == SANDBOX_NONE) {
			err_set(err, "--tier takes full or narrow, not \"%s\"", a->tier);
			return NULL;
		}
	}
	return sandbox_open(&o, err);
}

/* ---- doctor ---- */

static void print_json(struct str report)
{
	struct buf b = BUF_INIT;
	struct str line;

	json_open(&b, '{');
	while (str_line(&report, &line)) {
		size_t colon = str_find(line, STR(": "));

		json_key_str(&b, str_sub(line, 0, colon));
		json_add_str(&b, str_from(line, colon + 2));
	}
	json_close(&b, '}');
	printf("%s\n", buf_z(&b));
	buf_release(&b);
}

/* Exit 1: nothing can be run here. */
static int doctor(const struct args *a)
{
	struct err err = ERR_INIT;
	struct sandbox *box = box_open(a, &err);
	struct buf report = BUF_INIT;
	bool some;

	if (!box)
		return fail_usage(&err);
	sandbox_doctor(box, &report);
	if (a->json)
		print_json(buf_str(&report));
	else
		printf("%s", buf_z(&report));
	some = sandbox_tier(box) != SANDBOX_NONE;
	buf_release(&report);
	sandbox_close(box);
	return some ? EXIT_DONE : EXIT_FAILED;
}

/* ---- run ---- */

enum { MOUNTS = 3 * OPT_LIST_MAX };

/* PATH[:TO]; TO is what PATH is on the host when it is not given. The text is taken apart where it stands. */
static void mounts_add(struct sandbox_mount *mounts, size_t *n, const struct opt_list *list, enum sandbox_mount_kind kind)
{
	for (int i = 0; i < list->n; i++) {
		char *from = (char *)list->item[i], *colon = strrchr(from, ':');

		if (colon)
			*colon = 0;
		mounts[(*n)++] = (struct sandbox_mount){ .kind = kind, .from = from, .to = colon ? colon + 1 : from };
	}
}

/* A name is looked up as a shell inside would: those directories are the host's. */
static const char *program_find(const char *name, char *room, size_t cap)
{
	static const char *const dirs[] = { "/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/usr/sbin" };

	for (size_t i = 0; !strchr(name, '/') && i < COUNT(dirs); i++) {
		snprintf(room, cap, "%s/%s", dirs[i], name);
		if (access(room, X_OK) == 0)
			return room;
	}
	return name;
}

static void print_end(const struct args *a, const struct sandbox_outcome *out, enum sandbox_tier tier)
{
	struct buf b = BUF_INIT;
	const char *end = sandbox_end_name(out->end);
	bool coded = out->end == SANDBOX_EXITED || out->end == SANDBOX_SIGNALED;

	if (a->json) {
		json_open(&b, '{');
		json_key(&b, "end");
		json_add_z(&b, end);
		json_key(&b, "code");
		json_add_i64(&b, out->code);
		json_key(&b, "cpu_s");
		json_add_f64(&b, (double)out->cpu_us / 1e6);
		json_key(&b, "wall_s");
		json_add_f64(&b, (double)out->wall_us / 1e6);
		json_key(&b, "memory_peak");
		json_add_u64(&b, out->memory_peak);
		json_key(&b, "tier");
		json_add_z(&b, sandbox_tier_name(tier));
		json_key(&b, "channel");
		json_add_str(&b, buf_str(&out->channel));
		json_close(&b, '}');
	} else {
		buf_addf(&b, coded ? "sandbox: %s %d" : "sandbox: %s", end, out->code);
		buf_addf(&b, ", %.3f s of CPU, %.3f s", (double)out->cpu_us / 1e6, (double)out->wall_us / 1e6);
		if (out->memory_peak)
			buf_addf(&b, ", %.1f MiB", (double)out->memory_peak / 1048576);
	}
	fprintf(stderr, "%s\n", buf_z(&b));
	buf_release(&b);
}

static int run_program(const struct args *a, const char **argv)
{
	struct sandbox_mount mounts[MOUNTS];
	struct sandbox_run run = { .argv = argv, .cwd = a->cwd, .mounts = mounts, .limits = SANDBOX_LIMITS, .network_ask = a->network };
	struct sandbox_outcome out = SANDBOX_OUTCOME_INIT;
	const char *env[OPT_LIST_MAX + 1] = { NULL };
	struct err err = ERR_INIT;
	struct sandbox *box;
	char path[256];
	int rc;

	for (int i = 0; i < a->env.n; i++) {
		const char *equals = strchr(a->env.item[i], '=');

		env[i] = a->env.item[i];
		if (equals && equals > env[i])
			continue;
		err_set(&err, "sandbox run: --env %s is not NAME=VALUE", env[i]);
		return fail_usage(&err);
	}
	run.env = env;
	mounts_add(mounts, &run.n_mounts, &a->ro, SANDBOX_RO);
	mounts_add(mounts, &run.n_mounts, &a->overlay, SANDBOX_OVERLAY);
	mounts_add(mounts, &run.n_mounts, &a->rw, SANDBOX_RW);
	run.limits.wall_s = a->wall_s ? a->wall_s : run.limits.wall_s;
	run.limits.cpu_s = a->cpu_s ? a->cpu_s : run.limits.cpu_s;
	run.limits.memory = a->memory_mib ? (uint64_t)a->memory_mib << 20 : run.limits.memory;
	run.limits.tmp = a->tmp_mib ? (uint64_t)a->tmp_mib << 20 : run.limits.tmp;
	run.limits.file = run.limits.tmp > run.limits.file ? run.limits.tmp : run.limits.file;
	run.limits.processes = a->processes ? (uint32_t)a->processes : run.limits.processes;
	argv[0] = program_find(argv[0], path, sizeof(path));
	if (argv[0][0] != '/') {
		err_set(&err, "%s: no such program in /usr/bin; others are named by their path inside, as /repo/run", argv[0]);
		return fail_usage(&err);
	}
	box = box_open(a, &err);
	if (!box)
		return fail_usage(&err);
	rc = sandbox_run(box, &run, &out, &err);
	if (rc == 0) {
		fwrite(buf_z(&out.out), 1, out.out.n, stdout);
		fflush(stdout);
		if (!a->common.quiet)
			print_end(a, &out, sandbox_tier(box));
		rc = out.end == SANDBOX_EXITED ? out.code : EXIT_FAILED;
	} else {
		rc = fail_usage(&err);
	}
	sandbox_outcome_release(&out);
	sandbox_close(box);
	return rc;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct err err = ERR_INIT;

	if (argc == 1 && strcmp(argv[0], "doctor") == 0)
		return doctor(a);
	if (argc > 1 && strcmp(argv[0], "run") == 0)
		return run_program(a, (const char **)argv + 1);
	if (argc == 1 && strcmp(argv[0], "run") == 0)
		err_set(&err, "sandbox run takes a program: sandbox run -- CMD ARG...");
	else
		err_set(&err, "sandbox takes doctor, or run -- CMD ARG...");
	return fail_usage(&err);
}

const struct command cmd_sandbox = {
	"sandbox", "doctor | run -- CMD ARG...", "what of the sandbox can be had here; a program in it",
	"Tests of mined repositories run in a sandbox: no network, no process or file of the host but /usr and what is named, limits of\n"
	"time, memory, processes, files and output for the whole tree of processes, and nothing left at the end. It needs no root and no\n"
	"other program; doctor says what this machine gives. Where it gives no namespaces (as in a container's default profile) there is\n"
	"a narrower one, and where it gives neither, nothing is run.\n"
	"\n"
	"A run's stdout and stderr come out on stdout when it has ended; how it ended goes to stderr. The exit code is the program's, or\n"
	"1 when it did not exit by itself; 2 when it was not run.\n"
	"\n"
	"    quarry sandbox doctor\n"
	"    quarry sandbox run --overlay .:/repo --cwd /repo --wall 60 -- make check",
	options, sizeof(struct args), run,
};
