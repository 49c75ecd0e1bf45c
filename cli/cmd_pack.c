/* cmd_pack.c - quarry pack: the environments of tasks as root file systems, for judging them where this machine is not. */
#include "cli/command.h"
#include "cli/packing.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

struct args {
	struct common common;
	const char *out, *oci, *environments, *repos;
	struct opt_list packages;
	bool network;
};

static const struct option options[] = {
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, out),
	  .what = "where the archives go; env below a dataset when not given" },
	{ .name = "oci", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, oci), .what = "an OCI image layout of the same, beside them" },
	{ .name = "package", .letter = 'p', .kind = OPT_LIST, .arg = "NAME", .at = offsetof(struct args, packages),
	  .what = "a package of this machine that tests need and recipes do not name, zlib1g-dev say; many times" },
	{ .name = "environments", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, environments),
	  .what = "where recipes are that rows do not hold" },
	{ .name = "repos", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, repos),
	  .what = "the repositories, for recipes that prepare something (a venv): it is made now, and packed" },
	{ .name = "network", .kind = OPT_FLAG, .at = offsetof(struct args, network), .what = "recipes that ask for the network while they prepare get it" },
	{ 0 },
};

/* A dataset keeps its recipes below it; gives where the archives go. */
static int read_input(struct packing *p, const struct args *a, const char *path, char out[PATH_MAX], struct err *err)
{
	char below[PATH_MAX];
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return packing_add_file(p, path, err);
	if ((size_t)snprintf(below, sizeof(below), "%s/environments", path) >= sizeof(below) || stat(below, &st) < 0)
		return packing_add_dir(p, path, err);
	if (!a->out)
		snprintf(out, PATH_MAX, "%s/env", path);
	return packing_add_dir(p, below, err);
}

static int run(void *args, int argc, char **argv)
{
	struct args *a = args;
	struct packing_options o = { .environments = a->environments, .repos = a->repos, .network = a->network, .tell = true,
		.packages = { (const char **)a->packages.item, (size_t)a->packages.n } };
	struct packing *p = NULL;
	struct err err = ERR_INIT;
	const char *lacks = packing_lacks();
	char out[PATH_MAX] = "";
	int rc = packing_open(&p, &o, &err);

	if (a->out)
		snprintf(out, sizeof(out), "%s", a->out);
	if (rc == 0 && argc == 0)
		rc = err_set(&err, "pack: which tasks? Give a file of rows, a directory of environments or a dataset");
	for (int i = 0; rc == 0 && i < argc; i++)
		rc = read_input(p, a, argv[i], out, &err);
	if (rc == 0 && packing_count(p) == 0)
		rc = err_set(&err, "pack: %s holds no task of a repository, so there is no environment", argv[0]);
	if (rc == 0 && !out[0])
		rc = err_set(&err, "pack: where to? Give -o DIR");
	if (rc == 0 && lacks)
		rc = err_set(&err, "pack: %s", lacks);
	if (rc == 0)
		rc = packing_write(p, out, a->oci, &err);
	packing_free(p);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"For each environment HASH.json (its recipe) and HASH.tar.zst: a root file system with the packages of this machine that its programs\n"
	"need, and what its recipe prepared. `verify`, `check` and `serve` with --environments DIR run tests in it instead of in this\n"
	"machine's files. Same files, same bytes; environments that need the same share one. index.json names packages and checksums.\n"
	"Only where dpkg knows what is installed.\n"
	"\n"
	"    quarry pack tasks.jsonl.zst -o env --oci images\n"
	"    quarry check tasks.jsonl.zst --repos ~/src --environments env\n";

const struct command cmd_pack = { "pack", "FILE|DIR...", "environments of tasks as root file systems", more, options, sizeof(struct args), run };
