/*
 * cmd_export.c - quarry export: rows in the shape and file type that a trainer's loader opens.
 *
 * Every file holds rows of one shape: the same keys in the same order with values of one type, no nulls and no empty lists, so that a
 * loader which guesses types from a first chunk guesses right. Files are plain .jsonl: several loaders refuse .jsonl.zst by its name.
 */
#include "base/json.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/export_swe.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "datasets/dataset.h"
#include "datasets/manifest.h"
#include "datasets/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct args {
	struct common common;
	const char *to, *out, *repos;
};

/* ---- shapes: from a row of a view to a row of a trainer's ---- */

/* A member of a row, or of one of its objects ("reward_model.ground_truth"); every view's row has all of them. */
static int take(struct json row, const char *path, struct json *ret, struct err *err)
{
	struct str rest = str_of(path), part;
	char name[64];

	*ret = row;
	while (str_split(&rest, '.', &part)) {
		snprintf(name, sizeof(name), "%.*s", (int)part.n, part.s);
		if (!json_get(*ret, name, ret))
			return err_set(err, "the row has no \"%s\": is it of this view?", path);
	}
	return 0;
}

/* Where a new row's members come from. */
struct member {
	const char *name; /* NULL: the end; "{NAME": an object opens, "}": it closes */
	const char *from; /* a path; or "=TEXT": that text */
};

static int write_members(struct buf *b, struct json row, const struct member *m, struct err *err)
{
	struct json v;

	json_open(b, '{');
	for (; m->name; m++) {
		if (m->name[0] == '}') {
			json_close(b, '}');
			continue;
		}
		json_key(b, m->name + (m->name[0] == '{'));
		if (m->name[0] == '{') {
			json_open(b, '{');
		} else if (m->from[0] == '=') {
			json_add_z(b, m->from + 1);
		} else {
			if (take(row, m->from, &v, err) < 0)
				return ERR_FAIL;
			json_add_raw(b, v.raw);
		}
	}
	json_close(b, '}');
	return 0;
}

static const struct member verl_rl[] = { { "data_source", "data_source" }, { "prompt", "prompt" }, { "ability", "ability" },
					 { "reward_model", "reward_model" }, { "extra_info", "extra_info" }, { NULL, NULL } };
static const struct member verl_sft[] = { { "messages", "messages" }, { "data_source", "extra_info.task" }, { NULL, NULL } };
static const struct member trl_rl[] = { { "prompt", "prompt" }, { "ground_truth", "label" }, { "data_source", "data_source" },
					{ "format", "extra_info.format" }, { "uid", "uid" }, { "extra_info", "extra_info" }, { NULL, NULL } };
static const struct member trl_sft[] = { { "messages", "messages" }, { NULL, NULL } };
static const struct member openrlhf_rl[] = { { "input", "prompt" }, { "label", "label" }, { "datasource", "data_source" }, { "uid", "uid" }, { NULL, NULL } };
static const struct member slime_rl[] = { { "input", "prompt" }, { "label", "label" }, { "metadata", "extra_info" }, { NULL, NULL } };
static const struct member slime_sft[] = { { "messages", "messages" }, { "metadata", "extra_info" }, { NULL, NULL } };
static const struct member nemo_rl[] = { { "{responses_create_params", NULL }, { "input", "prompt" }, { "}", NULL }, { "ground_truth", "label" },
					 { "data_source", "data_source" }, { "format", "extra_info.format" }, { "uid", "uid" }, { "messages", "prompt" },
					 { "extra_info", "extra_info" }, { NULL, NULL } };
static const struct member skyrl_rl[] = { { "data_source", "data_source" }, { "prompt", "prompt" }, { "env_class", "=quarry" }, { "{reward_spec", NULL },
					  { "method", "=rule" }, { "ground_truth", "label" }, { "}", NULL }, { "extra_info", "extra_info" }, { NULL, NULL } };
static const struct member areal_rl[] = { { "messages", "prompt" }, { "ground_truth", "label" }, { "data_source", "data_source" },
					  { "format", "extra_info.format" }, { "uid", "uid" }, { NULL, NULL } };
static const struct member plain_pairs[] = { { "prompt", "prompt" }, { "chosen", "chosen" }, { "rejected", "rejected" }, { NULL, NULL } };

/* OpenRLHF's SFT takes what was asked and what was said apart. */
static int openrlhf_sft(void *ctx, struct buf *b, struct json row, struct err *err)
{
	struct json messages, m, said = { 0 };
	size_t n, i = 0;

	(void)ctx;
	if (take(row, "messages", &messages, err) < 0)
		return ERR_FAIL;
	n = json_count(messages);
	json_open(b, '{');
	json_key(b, "input");
	json_open(b, '[');
	for (struct json_iter it = json_iter(messages); json_next(&it, NULL, &m); i++)
		if (i + 1 < n)
			json_add_raw(b, m.raw);
		else if (take(m, "content", &said, err) < 0)
			return ERR_FAIL;
	json_close(b, ']');
	json_key(b, "output");
	json_add_raw(b, said.raw);
	json_close(b, '}');
	return n > 1 ? 0 : err_set(err, "the row's messages are fewer than two");
}

static int whole_row(void *ctx, struct buf *b, struct json row, struct err *err)
{
	(void)ctx, (void)err;
	buf_add(b, row.raw);
	return 0;
}

static int swebench(void *ctx, struct buf *b, struct json row, struct err *err)
{
	(void)ctx;
	return swebench_row(b, row, err);
}

static int harbor(void *ctx, struct buf *b, struct json row, struct err *err)
{
	return harbor_row(ctx, b, row, err);
}

struct shape {
	int view;
	const struct member *members;
	/* where members are not enough; a row that leaves b empty is passed over */
	int (*write)(void *ctx, struct buf *b, struct json row, struct err *err);
};

enum { SHAPES = 6 };

static const struct target {
	const char *name, *what;
	struct shape shape[SHAPES];
	int n;
} targets[] = {
	{ "verl", "verl: rl as .jsonl; its SFT reader wants Parquet: python -m quarry.parquet DIR", { { VIEW_RL, verl_rl, NULL }, { VIEW_SFT, verl_sft, NULL } }, 2 },
	{ "trl", "TRL: GRPO, SFT, DPO", { { VIEW_RL, trl_rl, NULL }, { VIEW_SFT, trl_sft, NULL }, { VIEW_PAIRS, plain_pairs, NULL } }, 3 },
	{ "openrlhf", "OpenRLHF: --data.input_key input --data.label_key label", { { VIEW_RL, openrlhf_rl, NULL }, { VIEW_SFT, NULL, openrlhf_sft }, { VIEW_PAIRS, plain_pairs, NULL } }, 3 },
	{ "slime", "slime: --input-key input --label-key label", { { VIEW_RL, slime_rl, NULL }, { VIEW_SFT, slime_sft, NULL } }, 2 },
	{ "nemo", "NeMo-Gym and NeMo-RL", { { VIEW_RL, nemo_rl, NULL }, { VIEW_SFT, trl_sft, NULL }, { VIEW_PAIRS, plain_pairs, NULL } }, 3 },
	{ "skyrl", "SkyRL: env_class quarry", { { VIEW_RL, skyrl_rl, NULL } }, 1 },
	{ "areal", "AReaL", { { VIEW_RL, areal_rl, NULL } }, 1 },
	{ "sft", "the accepted traces alone, as messages", { { VIEW_SFT, trl_sft, NULL } }, 1 },
	{ "pairs", "right and wrong traces of one prompt", { { VIEW_PAIRS, plain_pairs, NULL } }, 1 },
	{ "swebench", "tasks of repositories as SWE-bench has them", { { VIEW_RL, NULL, swebench } }, 1 },
	{ "harbor", "tasks of repositories as trees that Harbor runs, and a list of them; needs --repos", { { VIEW_RL, NULL, harbor } }, 1 },
	{ "jsonl", "every view as it is, uncompressed",
	  { { VIEW_RL, NULL, whole_row }, { VIEW_SFT, NULL, whole_row }, { VIEW_PAIRS, NULL, whole_row }, { VIEW_TRACES, NULL, whole_row }, { VIEW_DEFERRED, NULL, whole_row } }, 5 },
};

enum { TARGETS = COUNT(targets) };

static const struct target *target_find(const char *name, struct err *err)
{
	const char *names[TARGETS + 1], *near;

	for (size_t i = 0; i < TARGETS; i++) {
		if (strcmp(targets[i].name, name) == 0)
			return &targets[i];
		names[i] = targets[i].name;
	}
	names[TARGETS] = NULL;
	near = str_nearest(str_of(name), names);
	if (near)
		err_set(err, "export: unknown trainer \"%.60s\"; did you mean \"%s\"?", name, near);
	else
		err_set(err, "export: unknown trainer \"%.60s\"; there are verl, trl, openrlhf, slime, nemo, skyrl, areal, sft, pairs, swebench, harbor, jsonl", name);
	return NULL;
}

/* ---- the job ---- */

/* A file on its way: it gets its name when all are whole. */
struct out {
	struct buf path;
	struct writer *writer;
	uint64_t rows;
};

enum { SPLITS_OUT = 2, OUTS = SHAPES * SPLITS_OUT };

struct job {
	const struct shape *shape;
	struct out out[OUTS];
	int outs;
	uint64_t read; /* lines */
	struct harbor harbor;
	struct progress progress;
};

static int export_line(struct job *j, struct out *o, struct str line, struct buf *b, struct err *err)
{
	struct json row;

	buf_reset(b);
	if (!json_parse(&row, line, err))
		return ERR_FAIL;
	j->read++;
	if ((j->shape->write ? j->shape->write(&j->harbor, b, row, err) : write_members(b, row, j->shape->members, err)) < 0)
		return ERR_FAIL;
	if (b->n == 0)
		return 0;
	buf_addc(b, '\n');
	if (b->failed)
		return err_set(err, "out of memory");
	if (writer_add(o->writer, buf_str(b), err) < 0)
		return ERR_JOB;
	o->rows++;
	progress_add(&j->progress, 1);
	return 0;
}

/* rows: so many must be there; negative: any number. */
static int export_file(struct job *j, struct out *o, const char *path, int64_t rows, struct err *err)
{
	struct buf line = BUF_INIT, b = BUF_INIT;
	uint64_t before = j->read;
	struct reader *in;
	int rc = reader_open(&in, path, err);

	if (rc < 0)
		return rc;
	while ((rc = reader_line(in, &line, err)) > 0) {
		rc = stop_asked() ? ERR_STOPPED : export_line(j, o, buf_str(&line), &b, err);
		if (rc == ERR_FAIL)
			err_at(err, "%s:%llu: ", path, (unsigned long long)reader_number(in));
		if (rc < 0)
			break;
	}
	if (rc == 0 && rows >= 0 && j->read - before != (uint64_t)rows)
		rc = err_set(err, "%s: %llu rows where the manifest says %lld; see quarry check", path, (unsigned long long)(j->read - before), (long long)rows);
	reader_close(in);
	buf_release(&line);
	buf_release(&b);
	return rc;
}

/* What a file of this view and split is called: rl is what a trainer trains on. */
static struct out *out_new(struct job *j, const char *dir, int view, const char *split)
{
	struct out *o = &j->out[j->outs++];

	if (view == VIEW_RL)
		buf_addf(&o->path, "%s/%s.jsonl", dir, split);
	else
		buf_addf(&o->path, "%s/%s-%s.jsonl", dir, view_name(view), split);
	return o;
}

static bool is_of(const struct shard_entry *e, int view, int split)
{
	return e->view == view && e->split == (split == 0 ? SPLIT_TRAIN : SPLIT_VALIDATION);
}

/* The shards of one view and split, as the manifest lists them, as one file; none is written where there are no rows. */
static int export_shards(struct job *j, const struct shards *s, const char *dir, int view, int split, struct out *o, struct err *err)
{
	struct buf path = BUF_INIT;
	struct stat st;
	int64_t rows = 0;
	int rc = 0;

	for (size_t i = 0; i < s->n; i++)
		rows |= is_of(&s->at[i], view, split) ? s->at[i].info.rows : 0;
	if (rows == 0) /* of another dataset, it would be taken for one of this */
		return stat(buf_z(&o->path), &st) < 0 ? 0 : err_set(err, "%s is there, and %s has no rows for it: remove it", buf_z(&o->path), dir);
	rc = writer_open(&o->writer, buf_z(&o->path), err);
	for (size_t i = 0; rc == 0 && i < s->n; i++) {
		if (!is_of(&s->at[i], view, split))
			continue;
		buf_reset(&path);
		buf_addf(&path, "%s/%s", dir, s->at[i].path);
		rc = export_file(j, o, buf_z(&path), s->at[i].info.rows, err);
	}
	buf_release(&path);
	return rc;
}

static int export_dataset(struct job *j, const struct target *t, const char *dir, const char *out, struct err *err)
{
	static const char *const splits[SPLITS_OUT] = { "train", "validation" };
	struct shards s = { 0 };
	struct claims claimed;
	int rc = manifest_read(&s, &claimed, dir, err);

	for (int v = 0; rc == 0 && v < t->n; v++)
		for (int k = 0; rc == 0 && k < SPLITS_OUT; k++) {
			j->shape = &t->shape[v];
			rc = export_shards(j, &s, dir, j->shape->view, k, out_new(j, out, j->shape->view, splits[k]), err);
		}
	shards_release(&s);
	return rc;
}

static bool same_file(const struct stat *a, const char *path)
{
	struct stat b;

	return stat(path, &b) == 0 && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

static int export_one(struct job *j, const struct target *t, const char *path, const struct stat *st, const char *dir, struct err *err)
{
	struct out *o = out_new(j, dir, t->shape[0].view, "train");

	j->shape = &t->shape[0];
	if (same_file(st, buf_z(&o->path)))
		return err_set(err, "%s would be written over: choose another folder with -o", path);
	if (writer_open(&o->writer, buf_z(&o->path), err) < 0)
		return ERR_FAIL;
	return export_file(j, o, path, -1, err);
}

/* All files get their names, or none does. */
static int finish(struct job *j, int rc, struct err *err)
{
	for (int i = 0; i < j->outs; i++) {
		struct out *o = &j->out[i];
		struct writer *w = o->writer;

		o->writer = NULL;
		if (rc == 0 && o->rows) {
			rc = writer_finish(w, err) < 0 ? ERR_JOB : 0;
			if (rc == 0)
				log_info("%s: %llu rows", buf_z(&o->path), (unsigned long long)o->rows);
		} else {
			writer_drop(w);
		}
		buf_release(&o->path);
	}
	return rc;
}

static int export_all(struct job *j, const struct target *t, const struct args *a, const char *path, struct err *err)
{
	struct stat st, folder;
	uint64_t rows = 0;
	bool made;
	int rc;

	if (stat(path, &st) < 0)
		return err_sys(err, "%s", path);
	if (same_file(&st, a->out))
		return err_set(err, "%s is the dataset itself: choose another folder with -o", a->out);
	made = mkdir(a->out, 0777) == 0;
	if (!made && errno != EEXIST)
		return err_sys(err, "%s", a->out);
	if (stat(a->out, &folder) == 0 && !S_ISDIR(folder.st_mode))
		return err_set(err, "%s is a file: choose a folder with -o", a->out);
	stop_watch();
	progress_start(&j->progress, "export", "rows", 0, &a->common);
	rc = S_ISDIR(st.st_mode) ? export_dataset(j, t, path, a->out, err) : export_one(j, t, path, &st, a->out, err);
	for (int i = 0; i < j->outs; i++)
		rows += j->out[i].rows;
	if (rc == 0 && rows == 0)
		rc = err_set(err, "%s has no rows for %s", path, t->name);
	rc = finish(j, rc, err);
	progress_end(&j->progress);
	if (rc < 0 && made)
		rmdir(a->out);
	if (rc == ERR_STOPPED)
		err_set(err, "stopped by a signal");
	return rc;
}

static const struct option options[] = {
	{ .name = "to", .kind = OPT_TEXT, .arg = "TRAINER", .at = offsetof(struct args, to),
	  .what = "verl, trl, openrlhf, slime, nemo, skyrl, areal; sft or pairs alone; swebench, harbor; or jsonl" },
	{ .name = "repos", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, repos),
	  .what = "harbor: the repositories that the tasks are of; several with ':' between them" },
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, out), .what = "where to" },
	{ 0 },
};

static int run(void *p, int argc, char **argv)
{
	const struct args *a = p;
	struct job j = { 0 };
	const struct target *t;
	struct err err = ERR_INIT;
	int rc;

	if (argc != 1 || !a->to || !a->out) {
		err_set(&err, "export: give PATH, --to TRAINER and -o DIR; see quarry export --help");
		return fail_usage(&err);
	}
	t = target_find(a->to, &err);
	if (!t)
		return fail_usage(&err);
	if (strcmp(t->name, "harbor") == 0 && !a->repos) {
		err_set(&err, "export: --to harbor needs the repositories: --repos DIR");
		return fail_usage(&err);
	}
	j.harbor = (struct harbor){ .out = a->out, .repos = a->repos };
	rc = export_all(&j, t, a, argv[0], &err);
	if (rc == 0 && j.harbor.left_out)
		log_warn("%llu tasks are left out: their tests are not run by pytest or by one command", (unsigned long long)j.harbor.left_out);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"PATH is a dataset directory, or one file of its rl rows or of what quarry mine wrote. Written are train.jsonl and\n"
	"validation.jsonl with the prompts, and sft-train.jsonl, pairs-train.jsonl, ... where the trainer takes them, uncompressed.\n"
	"docs/integrations.md tells how each is read.\n"
	"\n"
	"    quarry export demo/quickstart --to verl -o verl\n"
	"    quarry export demo/quickstart --to trl -o trl\n";

const struct command cmd_export = { "export", "PATH", "rows as a trainer reads them", more, options, sizeof(struct args), run };
