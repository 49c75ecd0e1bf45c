/* cmd_build.c - quarry build: a recipe becomes a dataset directory. */
#include "cli/command.h"
#include "cli/pipeline.h"

#include <stdio.h>

struct args {
	struct common common;
	const char *out, *part;
	bool resume, dry_run, plain, exhaust, mix;
};

static const struct option options[] = {
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, out),
	  .what = "the dataset directory; the recipe's name when not given" },
	{ .name = "resume", .letter = 'r', .kind = OPT_FLAG, .at = offsetof(struct args, resume),
	  .what = "go on with a run that was stopped; starts one where none is" },
	DEVICE_OPTION(struct args),
	{ .name = "dry-run", .kind = OPT_FLAG, .at = offsetof(struct args, dry_run), .what = "check the recipe, show the plan, make nothing" },
	{ .name = "plain", .kind = OPT_FLAG, .at = offsetof(struct args, plain),
	  .what = "write uncompressed .jsonl files too, for loaders that do not read zstd" },
	OPTION_PART(offsetof(struct args, part)),
	{ .name = "exhaust", .kind = OPT_FLAG, .at = offsetof(struct args, exhaust),
	  .what = "allow more than a tenth of a source's different puzzles" },
	{ .name = "mix", .kind = OPT_FLAG, .at = offsetof(struct args, mix),
	  .what = "go on though the model, the instruction set or quarry is another one" },
	{ 0 },
};

void build_tell(const struct build *b)
{
	const struct dataset_counts *c = &b->counts;

	if (b->part.count > 1) {
		printf("%s: part %lld of %lld: %lld prompts, %lld samples; when all parts are done: quarry merge %s\n", b->dir,
		       (long long)b->part.index + 1, (long long)b->part.count, (long long)c->prompts, (long long)c->samples, b->dir);
		return;
	}
	printf("%s: %lld of %lld prompts kept, %lld samples", b->dir, (long long)c->kept, (long long)c->prompts,
	       (long long)c->samples);
	for (int v = 0; v < VIEWS; v++)
		printf(", %s %lld", view_name(v), (long long)c->rows[v]);
	printf("\ncontent sha256 %s\n", c->content_sha256);
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct recipe r;
	struct build b = { .recipe = &r, .dir = a->out, .common = &a->common, .resume = a->resume || part_again(), .dry_run = a->dry_run,
			   .exhaust = a->exhaust, .mix = a->mix };
	struct err err = ERR_INIT;
	int rc;

	if (argc != 1) {
		err_set(&err, "build takes one recipe, not %d", argc);
		return fail_usage(&err);
	}
	if (part_read(&b.part, a->part, &err) < 0)
		return fail_usage(&err);
	part_tell(&b.part, &a->common);
	rc = recipe_read(&r, argv[0], &err);
	if (rc < 0) {
		recipe_release(&r);
		return fail_usage(&err);
	}
	if (a->common.seed_given)
		r.seed = (uint64_t)a->common.seed;
	r.plan.plain = a->plain;
	if (!b.dir)
		b.dir = r.plan.name;
	rc = build_run(&b, &err);
	if (rc == 0 && !a->dry_run)
		build_tell(&b);
	recipe_release(&r);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"A run keeps everything it has done in DIR/run.db. Stopped by a signal it saves and exits with 75; killed at any\n"
	"moment, the same command with --resume goes on and ends in the same bytes.\n"
	"\n"
	"    quarry build examples/quickstart.yaml -o demo/quickstart --dry-run\n"
	"    quarry build examples/quickstart.yaml -o demo/quickstart --resume\n"
	"\n"
	"Several machines that share a directory: each does a part, and quarry merge makes of them what one machine would have made.\n"
	"\n"
	"    quarry build examples/quickstart.yaml -o demo/quickstart --part 3/8 --resume\n";

const struct command cmd_build = { "build", "RECIPE.yaml", "the whole pipeline, from recipe to dataset directory", more, options,
				   sizeof(struct args), run };
