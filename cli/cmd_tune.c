/* cmd_tune.c - quarry tune: which difficulty gives the pass rate that a recipe asks for. */
#include "cli/command.h"
#include "cli/tune.h"

#include <stdio.h>

struct args {
	struct common common;
	const char *out, *part;
	struct opt_list model;
	bool resume, dry_run, mix;
};

static const struct option options[] = {
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, out),
	  .what = "the directory to make; the recipe's name and -tune when not given" },
	{ .name = "model", .letter = 'm', .kind = OPT_LIST, .arg = "MODEL", .at = offsetof(struct args, model),
	  .what = "for whom, in place of the recipe's models; several side by side when given again" },
	{ .name = "resume", .letter = 'r', .kind = OPT_FLAG, .at = offsetof(struct args, resume),
	  .what = "go on with a run that was stopped; starts one where none is" },
	DEVICE_OPTION(struct args),
	{ .name = "dry-run", .kind = OPT_FLAG, .at = offsetof(struct args, dry_run), .what = "check the recipe, show the plan, make nothing" },
	OPTION_PART(offsetof(struct args, part)),
	{ .name = "mix", .kind = OPT_FLAG, .at = offsetof(struct args, mix),
	  .what = "go on though the model or the instruction set is another one" },
	{ 0 },
};

static int read_models(struct tune *t, const struct args *a, struct err *err)
{
	if (a->model.n > LIMITS_MODELS)
		return err_set(err, "tune: more than %d models", LIMITS_MODELS);
	for (int i = 0; i < a->model.n; i++)
		t->models[t->nmodels++] = a->model.item[i];
	return 0;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct recipe r;
	struct tune t = { .recipe = &r, .dir = a->out, .common = &a->common, .resume = a->resume || part_again(), .dry_run = a->dry_run, .mix = a->mix };
	struct buf dir = BUF_INIT;
	struct err err = ERR_INIT;
	int rc;

	if (argc != 1) {
		err_set(&err, "tune takes one recipe, not %d", argc);
		return fail_usage(&err);
	}
	if (part_read(&t.part, a->part, &err) < 0)
		return fail_usage(&err);
	part_tell(&t.part, &a->common);
	rc = recipe_read(&r, argv[0], &err);
	for (int i = 0; rc == 0 && i < r.nsources; i++)
		if (r.sources[i].swe.repo)
			rc = err_set(&err, "%s:%d: tasks of a repository have no difficulty that could be tuned", r.path, r.sources[i].line);
	if (rc == 0)
		rc = read_models(&t, a, &err);
	if (rc < 0) {
		recipe_release(&r);
		return fail_usage(&err);
	}
	if (a->common.seed_given)
		r.seed = (uint64_t)a->common.seed;
	if (!t.dir) {
		buf_addf(&dir, "%s-tune", r.plan.name);
		t.dir = buf_z(&dir);
	}
	rc = tune_run(&t, &err);
	if (rc == 0)
		fwrite(buf_z(&t.records), 1, t.records.n, stdout);
	tune_release(&t);
	recipe_release(&r);
	buf_release(&dir);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"The recipe's \"tune\" says which pass rate, which band [lo, hi] or which mixture of them (docs/tuning.md); its sources say of which\n"
	"tasks, within 0 to 10 or the difficulty that they name. Each sample is of a fresh puzzle; the next ones are chosen by what is known,\n"
	"until the 95 % interval of the rate at the returned difficulty lies within the tolerance, the rate proves unreachable, or the budget\n"
	"is spent. Standard output gets a JSON line for each task and model; DIR a calibration.json that \"calibration\" of a recipe names, a\n"
	"curve of each task and all samples. Killed at any moment, the same command with --resume goes on and ends in the same bytes.\n"
	"\n"
	"    quarry tune examples/tune.yaml --dry-run\n"
	"    quarry tune examples/tune.yaml --model oracle:3 -o tuned\n";

const struct command cmd_tune = { "tune", "RECIPE.yaml", "the difficulty that gives a pass rate, for a model", more, options, sizeof(struct args),
				  run };
