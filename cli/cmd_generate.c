/* cmd_generate.c - quarry generate: puzzles as JSON lines; same seed, same bytes, whatever the threads. */
#include "cli/command.h"
#include "cli/list.h"
#include "cli/progress.h"
#include "datasets/stream.h"

#include <stdlib.h>

struct args {
	struct common common;
	int64_t count;
	const char *difficulty, *lang, *format, *form, *canon, *out;
	struct opt_list knobs;
	bool worked;
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
	  .what = "one wording only; drawn when not given" },
	{ .name = "canon", .kind = OPT_TEXT, .arg = "A..B", .at = offsetof(struct args, canon),
	  .what = "only puzzles whose canonical hash lies in this part of 0..1: splits are such parts" },
	{ .name = "worked", .letter = 'w', .kind = OPT_FLAG, .at = offsetof(struct args, worked),
	  .what = "with the worked solution" },
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, out),
	  .what = "where to; standard output when not given" },
	{ 0 },
};

enum { BATCH = 256 };

struct plan {
	struct instance_ask ask;
	uint64_t seed, count;
	int lo, hi; /* tenths of difficulty */
	enum lang langs[LANGS];
	enum quarry_format formats[QUARRY_FORMATS];
	int nlangs, nformats, threads;
};

struct batch {
	struct instance in[BATCH];
	struct buf line[BATCH];
	struct err err[BATCH];
	int rc[BATCH];
};

static void one(const struct plan *p, struct batch *b, int slot, uint64_t i)
{
	struct instance_ask ask = p->ask;
	uint64_t seed = instance_seed(p->seed, ask.task->name, i);
	struct rng r;

	rng_init(&r, seed, "ask");
	ask.lang = p->langs[rng_below(&r, (uint32_t)p->nlangs)];
	ask.format = p->formats[rng_below(&r, (uint32_t)p->nformats)];
	ask.difficulty = draw_difficulty(p->lo, p->hi, seed);
	b->rc[slot] = instance_make(&b->in[slot], &ask, seed, &b->err[slot]);
	buf_reset(&b->line[slot]);
	if (b->rc[slot] == 0) {
		instance_json(&b->line[slot], &b->in[slot]);
		buf_addc(&b->line[slot], '\n');
	}
}

static int generate(const struct plan *p, struct batch *b, struct writer *w, struct progress *progress, struct err *err)
{
	for (uint64_t from = 0; from < p->count; from += BATCH) {
		int n = p->count - from < BATCH ? (int)(p->count - from) : BATCH;

#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 4) num_threads(p->threads)
#endif
		for (int i = 0; i < n; i++)
			one(p, b, i, from + (uint64_t)i);
		for (int i = 0; i < n; i++) {
			if (b->rc[i] < 0) {
				*err = b->err[i];
				return ERR_FAIL;
			}
			if (b->line[i].failed)
				return err_set(err, "out of memory");
			if (writer_add(w, buf_str(&b->line[i]), err) < 0)
				return ERR_STOPPED; /* the output failed, not the puzzle */
		}
		progress_add(progress, (uint64_t)n);
	}
	return 0;
}

static bool canon_parse(const char *text, struct instance_ask *ask, struct err *err)
{
	struct str s = str_of(text);
	ptrdiff_t dots = str_find(s, STR(".."));

	if (dots > 0 && str_f64(str_sub(s, 0, (size_t)dots), &ask->canon_lo) &&
	    str_f64(str_from(s, (size_t)dots + 2), &ask->canon_hi) && ask->canon_lo >= 0 && ask->canon_lo < ask->canon_hi &&
	    ask->canon_hi <= 1)
		return true;
	err_set(err, "--canon takes a part of 0..1 such as 0.5..1, not \"%s\"", text);
	return false;
}

/* All that can be wrong is found before the first puzzle is made. */
static int plan_for(struct plan *p, const struct args *a, const char *name, struct err *err)
{
	*p = (struct plan){ .seed = (uint64_t)a->common.seed, .count = a->count ? (uint64_t)a->count : 1,
			    .threads = (int)a->common.threads };
	const struct task *t = find_task(str_of(name), err);

	if (!t)
		return ERR_FAIL;
	p->ask = INSTANCE_ASK(t);
	p->ask.worked = a->worked;
	if (!difficulty_parse(a->difficulty ? a->difficulty : "5", &p->lo, &p->hi, err))
		return ERR_FAIL;
	p->nlangs = parse_langs(a->lang ? a->lang : "en", p->langs, err);
	p->nformats = p->nlangs < 0 ? -1 : parse_formats(a->format ? a->format : "tags", p->formats, err);
	if (p->nformats < 0 || (a->canon && !canon_parse(a->canon, &p->ask, err)))
		return ERR_FAIL;
	if (a->form)
		p->ask.form = str_of(a->form);
	for (int i = 0; i < a->knobs.n; i++)
		if (!ask_knob_text(&p->ask, a->knobs.item[i], err))
			return ERR_FAIL;
	return 0;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct plan *plans = calloc((size_t)argc + 1, sizeof(*plans));
	struct batch *b = calloc(1, sizeof(*b));
	struct writer *w = NULL;
	struct progress progress;
	struct err err = ERR_INIT;
	int rc = plans && b ? 0 : err_set(&err, "out of memory");

	if (rc == 0 && argc == 0)
		rc = err_set(&err, "generate: name at least one task, or all; quarry tasks lists them");
	if (rc == 0 && argc == 1 && strcmp(argv[0], "all") == 0) {
		for (argc = 0; task_at((size_t)argc); argc++)
			;
		free(plans);
		plans = calloc((size_t)argc + 1, sizeof(*plans));
		rc = plans ? 0 : err_set(&err, "out of memory");
		for (int i = 0; rc == 0 && i < argc; i++)
			rc = plan_for(&plans[i], a, task_at((size_t)i)->name, &err);
	} else {
		for (int i = 0; rc == 0 && i < argc; i++)
			rc = plan_for(&plans[i], a, argv[i], &err);
	}
	if (rc == 0)
		rc = writer_open(&w, a->out ? a->out : "-", &err);
	if (rc == 0) {
		progress_start(&progress, "generate", "puzzles", (uint64_t)argc * plans[0].count, &a->common);
		for (int i = 0; rc == 0 && i < argc; i++)
			rc = generate(&plans[i], b, w, &progress, &err);
		progress_end(&progress);
	}
	if (rc == 0)
		rc = writer_finish(w, &err) < 0 ? ERR_STOPPED : 0;
	else
		writer_drop(w);
	for (int i = 0; b && i < BATCH; i++) {
		instance_release(&b->in[i]);
		buf_release(&b->line[i]);
	}
	free(b);
	free(plans);
	if (rc == ERR_STOPPED)
		return fail_job(ERR_FAIL, &err);
	return rc < 0 ? fail_usage(&err) : EXIT_DONE;
}

static const char more[] =
	"The i-th puzzle of a task depends on the seed, the task and i alone. Each row carries its own seed.\n"
	"\n"
	"    quarry generate sudoku game_of_24 --count 100 --difficulty 1..4 --worked -o puzzles.jsonl.zst\n"
	"    quarry generate all --lang en,zh --format all --seed 7\n";

const struct command cmd_generate = { "generate", "TASK...", "invent puzzles, as JSON lines", more, options, sizeof(struct args),
				      run };
