/* cmd_generate.c - quarry generate: puzzles as JSON lines; same seed, same bytes, whatever the threads. */
#include "cli/command.h"
#include "cli/outfile.h"
#include "cli/part.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "generators/wish.h"
#include "datasets/stream.h"

#include <stdlib.h>

struct args {
	struct common common;
	int64_t count;
	const char *difficulty, *lang, *format, *form, *canon, *out, *part;
	struct opt_list knobs;
	bool worked, resume;
};

static const struct option options[] = {
	{ .name = "count", .letter = 'n', .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e12, .at = offsetof(struct args, count),
	  .what = "how many of each task; 1 when not given" },
	{ .name = "difficulty", .letter = 'd', .kind = OPT_TEXT, .arg = "D", .at = offsetof(struct args, difficulty),
	  .what = "0 to 10, or a range A..B drawn from evenly; 5 when not given" },
	{ .name = "knob", .letter = 'k', .kind = OPT_LIST, .arg = "NAME=N", .at = offsetof(struct args, knobs),
	  .what = "set a knob instead of what the difficulty says; may be repeated" },
	{ .name = "lang", .letter = 'l', .kind = OPT_TEXT, .arg = "LANGS", .at = offsetof(struct args, lang),
	  .what = "en, zh or en,zh (drawn evenly); en when not given" },
	{ .name = "format", .letter = 'f', .kind = OPT_TEXT, .arg = "FORMATS", .at = offsetof(struct args, format),
	  .what = "how the answer is asked for: tags, boxed, json, fence, line, any; several, or all, are drawn from" },
	{ .name = "form", .kind = OPT_TEXT, .arg = "NAME", .at = offsetof(struct args, form),
	  .what = "wordings: families, forms (rules.17), tiny, held or all; any but the held when not given" },
	{ .name = "canon", .kind = OPT_TEXT, .arg = "A..B", .at = offsetof(struct args, canon),
	  .what = "only puzzles whose canonical hash lies in this part of 0..1: splits are such parts" },
	{ .name = "worked", .letter = 'w', .kind = OPT_FLAG, .at = offsetof(struct args, worked),
	  .what = "with the worked solution" },
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, out),
	  .what = "where to; standard output when not given" },
	OPTION_PART(offsetof(struct args, part)),
	{ .name = "resume", .letter = 'r', .kind = OPT_FLAG, .at = offsetof(struct args, resume),
	  .what = "go on with FILE.part, which a stopped run of the same command left" },
	{ 0 },
};

enum { BATCH = 256 };

struct plan {
	struct wish wish;
	uint64_t seed, count;
	int threads;
};

struct batch {
	struct instance in[BATCH];
	struct buf line[BATCH];
	struct err err[BATCH];
	int rc[BATCH];
};

static void one(const struct plan *p, struct batch *b, int slot, uint64_t i)
{
	uint64_t seed = instance_seed(p->seed, p->wish.ask.task->name, i);
	struct instance_ask ask = wish_ask(&p->wish, seed);

	b->rc[slot] = instance_make(&b->in[slot], &ask, seed, &b->err[slot]);
	buf_reset(&b->line[slot]);
	if (b->rc[slot] == 0) {
		instance_json(&b->line[slot], &b->in[slot]);
		buf_addc(&b->line[slot], '\n');
	}
}

/* Rows from .. to - 1 of all: the i-th task's count rows stand behind those of the tasks before it. */
struct rows {
	const struct plan *plans;
	uint64_t from, to;
};

/* The row alone, into the batch's first slot. */
static int one_row(const struct rows *r, struct batch *b, uint64_t row, struct err *err)
{
	uint64_t count = r->plans[0].count;

	one(&r->plans[row / count], b, 0, row % count);
	if (b->rc[0] < 0)
		*err = b->err[0];
	return b->rc[0];
}

static int generate(const struct rows *r, struct batch *b, struct writer *w, struct progress *progress, struct err *err)
{
	uint64_t count = r->plans[0].count;
	int n;

	for (uint64_t row = r->from; row < r->to; row += (uint64_t)n) {
		const struct plan *p = &r->plans[row / count];
		uint64_t first = row % count, left = count - first < r->to - row ? count - first : r->to - row;

		if (stop_asked())
			return ERR_STOPPED;
		n = left < BATCH ? (int)left : BATCH;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 4) num_threads(p->threads)
#endif
		for (int i = 0; i < n; i++)
			one(p, b, i, first + (uint64_t)i);
		for (int i = 0; i < n; i++) {
			if (b->rc[i] < 0) {
				*err = b->err[i];
				return ERR_FAIL;
			}
			if (b->line[i].failed)
				return err_set(err, "out of memory");
			if (writer_add(w, buf_str(&b->line[i]), err) < 0)
				return ERR_JOB;
		}
		progress_add(progress, (uint64_t)n);
	}
	return 0;
}

static int plan_for(struct plan *p, const struct args *a, const char *task, struct err *err)
{
	struct wish *w = &p->wish;

	p->seed = (uint64_t)a->common.seed;
	p->count = a->count ? (uint64_t)a->count : 1;
	p->threads = (int)a->common.threads;
	if (wish_for(w, str_of(task), err) < 0 || wish_difficulty(w, a->difficulty ? a->difficulty : "5", err) < 0 ||
	    wish_langs(w, a->lang ? a->lang : "en", err) < 0 || wish_formats(w, a->format ? a->format : "tags", err) < 0 ||
	    (a->canon && wish_canon(w, a->canon, err) < 0))
		return ERR_FAIL;
	if (a->form && !*a->form)
		return err_set(err, "generate: --form \"\" names no wording; quarry tasks --json lists them");
	w->ask.form = str_of(a->form);
	w->ask.worked = a->worked;
	for (int i = 0; i < a->knobs.n; i++)
		if (wish_knob_text(w, a->knobs.item[i], err) < 0)
			return ERR_FAIL;
	return wish_check(w, err);
}

/* A plan for each named task, or for every task there is. */
static int plan_all(struct plan **ret, int *n, const struct args *a, int argc, char **argv, struct err *err)
{
	bool every = argc == 1 && strcmp(argv[0], "all") == 0;
	struct plan *plans;
	int rc = 0;

	*n = argc;
	if (argc == 0)
		return err_set(err, "generate: name at least one task, or all; quarry tasks lists them");
	for (int i = 0; i < argc && argc > 1; i++)
		if (strcmp(argv[i], "all") == 0)
			return err_set(err, "generate: all is every task: name it alone");
	if (every)
		for (*n = 0; task_at((size_t)*n); ++*n)
			;
	*ret = plans = calloc((size_t)*n, sizeof(*plans));
	if (!plans)
		return err_set(err, "out of memory");
	for (int i = 0; rc == 0 && i < *n; i++) {
		rc = plan_for(&plans[i], a, every ? task_at((size_t)i)->name : argv[i], err);
		for (int k = 0; rc == 0 && k < i; k++)
			if (plans[k].wish.ask.task == plans[i].wish.ask.task) /* its rows would be the same rows */
				rc = err_set(err, "generate: task %s is named twice; --count N makes more of it", plans[i].wish.ask.task->name);
	}
	return rc;
}

/* What a stopped run left. */
struct left {
	uint64_t rows;
	struct buf last;
};

static int note_row(void *ctx, struct str line, struct err *err)
{
	struct left *l = ctx;

	l->rows++;
	buf_reset(&l->last);
	buf_add(&l->last, line);
	buf_addc(&l->last, '\n');
	return l->last.failed ? err_set(err, "out of memory") : 0;
}

/* Go on where FILE.part ends, if its last row is the one that we would have written. */
static int go_on(struct writer **w, struct rows *r, struct batch *b, const char *path, struct err *err)
{
	struct left left = { 0 };
	struct err ignored;
	int rc = writer_resume(w, path, note_row, &left, err);

	if (rc == 0 && left.rows && left.rows <= r->to - r->from)
		rc = one_row(r, b, r->from + left.rows - 1, err);
	if (rc == 0 && left.rows && (left.rows > r->to - r->from || !str_eq(buf_str(&b->line[0]), buf_str(&left.last))))
		rc = err_set(err, "%s.part holds the rows of another command; remove it to begin afresh", path);
	if (rc < 0 && *w)
		writer_save(*w, &ignored);
	r->from += left.rows;
	buf_release(&left.last);
	return rc;
}

static int write_rows(const struct args *a, struct rows *r, const char *path, bool resume, struct batch *b, struct err *err)
{
	uint64_t first = r->from;
	struct writer *w = NULL;
	struct progress progress;
	int rc = resume ? go_on(&w, r, b, path, err) : outfile_open(&w, path, err);

	if (rc < 0)
		return rc;
	progress_start(&progress, "generate", "puzzles", r->to - first, &a->common);
	progress_resume(&progress, r->from - first);
	rc = generate(r, b, w, &progress, err);
	progress_end(&progress);
	return outfile_end(w, path, rc, err);
}

static int write_all(const struct args *a, const struct plan *plans, int n, struct err *err)
{
	struct rows r = { .plans = plans };
	struct buf path = BUF_INIT;
	struct batch *b = NULL;
	struct part part;
	int rc = part_read(&part, a->part, err);

	if (rc < 0)
		return rc;
	if (a->resume && !a->out)
		return err_set(err, "generate: --resume goes on with the file of -o FILE");
	if (a->out)
		stop_watch();
	b = calloc(1, sizeof(*b));
	part_tell(&part, &a->common);
	part_range(&part, (uint64_t)n * plans[0].count, &r.from, &r.to);
	part_path(&path, &part, a->out ? a->out : "-");
	if (!b || path.failed)
		rc = err_set(err, "out of memory");
	else
		rc = write_rows(a, &r, buf_z(&path), a->resume || (a->out && part_again()), b, err);
	for (int i = 0; b && i < BATCH; i++) {
		instance_release(&b->in[i]);
		buf_release(&b->line[i]);
	}
	free(b);
	buf_release(&path);
	return rc;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct plan *plans = NULL;
	struct err err = ERR_INIT;
	int n, rc = plan_all(&plans, &n, a, argc, argv, &err);

	if (rc == 0)
		rc = write_all(a, plans, n, &err);
	free(plans);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"The i-th puzzle of a task depends on the seed, the task and i alone. Each row carries its own seed.\n"
	"\n"
	"    quarry generate sudoku game_of_24 --count 100 --difficulty 1..4 --worked -o puzzles.jsonl.zst\n"
	"    quarry generate all --lang en,zh --format all --seed 7\n"
	"\n"
	"Several machines: each does a part, and the parts' files (rows.0003-of-0008.jsonl), one behind the other, are the whole.\n"
	"A signal ends the file in a whole row, and the exit code is 75: the same command with --resume goes on. So it does after a full\n"
	"disk. Where FILE.part is there, a run without --resume is refused.\n"
	"\n"
	"    quarry generate sudoku --count 1000000 --part 3/8 -o rows.jsonl.zst --resume\n";

const struct command cmd_generate = { "generate", "TASK...", "invent puzzles, as JSON lines", more, options, sizeof(struct args),
				      run };
