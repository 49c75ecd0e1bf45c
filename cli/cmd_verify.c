/* cmd_verify.c - quarry verify: rows with a response in, the same rows with a verdict out. */
#include "base/clock.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/diff.h"
#include "cli/foreign.h"
#include "cli/foreign_unknown.h"
#include "cli/judge.h"
#include "cli/outfile.h"
#include "cli/part.h"
#include "cli/progress.h"
#include "cli/stop.h"
#include "datasets/stream.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

struct args {
	struct common common;
	const char *out, *dataset, *part;
	bool summary, strict, recheck, diff, resume;
	struct swe_args swe;
	bool other; /* the rows are of another house: */
	enum foreign_kind kind;
};

static const struct option options[] = {
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, out),
	  .what = "where the rows go; standard output when not given" },
	{ .name = "dataset", .kind = OPT_TEXT, .arg = "KIND", .at = offsetof(struct args, dataset),
	  .what = "the schema of the rows: quarry, synlogic or reasoning-gym" },
	{ .name = "summary", .kind = OPT_FLAG, .at = offsetof(struct args, summary),
	  .what = "a table of marks per task instead of the rows" },
	{ .name = "strict-format", .kind = OPT_FLAG, .at = offsetof(struct args, strict),
	  .what = "an answer in another format than asked, or two different ones, is unreadable" },
	{ .name = "recheck", .kind = OPT_FLAG, .at = offsetof(struct args, recheck),
	  .what = "rows hold a mark already: exit 1 where the verdict differs" },
	{ .name = "diff", .kind = OPT_FLAG, .at = offsetof(struct args, diff),
	  .what = "rows hold another judge's verdict (upstream, acc or reward): say where ours differs, and why" },
	OPTIONS_SWE(struct args, swe),
	OPTION_PART(offsetof(struct args, part)),
	{ .name = "resume", .letter = 'r', .kind = OPT_FLAG, .at = offsetof(struct args, resume),
	  .what = "go on with FILE.part, which a stopped run of the same command left" },
	{ 0 },
};

enum {
	BATCH = 512,            /* rows judged at once; one thread needs no more than keep what it reads in its own cache, */
	BATCH_ALONE = 32,
	BATCH_BYTES = 32 << 20, /* or as many as hold this much */
	SLOT_BYTES = 1 << 20,   /* a buffer that one huge row made larger is given back */
	MARKS = QUARRY_BAD_TASK + 1,
	TASKS = 256,
};

struct tally {
	char task[64];
	uint64_t n[MARKS];
};

struct work {
	struct args *a;
	struct reader *in;
	struct writer *out; /* NULL: summary only */
	struct buf line[BATCH], judged_line[BATCH];
	struct json row[BATCH]; /* of line; JSON_NONE when it is no object, then err says why */
	struct judged judged[BATCH];
	struct foreign foreign[BATCH];
	struct err err[BATCH];
	struct swe *swe;
	struct tally tally[TASKS];
	int tallies;
	struct unknown unknown;
	struct diff diff;
	uint64_t rows, bad, differ;
	const char *path; /* of out */
	struct buf last;  /* row that a stopped run left */
};

/* False: the row is not of that schema, or has no response. */
static bool judge_other(struct work *w, int i)
{
	struct foreign *f = &w->foreign[i];
	struct judged *j = &w->judged[i];
	double t0;

	if (foreign_read(f, w->row[i], w->a->kind, &w->err[i]) < 0)
		return false;
	j->rule = f->rule;
	if (!foreign_response(f, w->row[i], &j->response)) {
		err_set(&w->err[i], "the row has no text in \"response\"");
		return false;
	}
	t0 = clock_us();
	foreign_judge(f, buf_str(&j->response), w->a->strict, &j->scratch, &j->v);
	j->us = clock_us() - t0;
	return true;
}

/* Under its own name: what the row calls its task. */
static const char *task_name(const struct work *w, int i)
{
	if (w->a->other)
		return w->foreign[i].name;
	return judged_task(&w->judged[i]);
}

static bool swe_verdict_key(struct str key)
{
	return verdict_key(key) || json_key_is(key, "status") || json_key_is(key, "similarity");
}

/* The row as it came, with the verdict's members at its end; older ones go. */
static void one(struct work *w, int i)
{
	struct buf *b = &w->judged_line[i];
	struct judged *j = &w->judged[i];

	json_parse_mended(&w->row[i], &w->line[i], &w->err[i]);
	if (w->row[i].kind != JSON_NONE && w->row[i].kind != JSON_OBJECT) {
		err_set(&w->err[i], "a row must be a JSON object");
		w->row[i].kind = JSON_NONE;
	}
	if (w->row[i].kind == JSON_NONE)
		return;
	if (!w->a->other) {
		j->strict = w->a->strict;
		j->swe = w->swe;
		judge_row(j, w->row[i]);
	} else if (!judge_other(w, i)) {
		w->row[i].kind = JSON_NONE;
		return;
	}
	buf_reset(b);
	json_open(b, '{');
	row_copy(b, w->row[i], j->is_swe ? swe_verdict_key : verdict_key);
	judged_json(b, j);
	json_key(b, "verify_us");
	json_add_f64(b, (double)(int64_t)(j->us * 10) / 10);
	json_close(b, '}');
	buf_addc(b, '\n');
	if (b->failed) {
		err_set(&w->err[i], "out of memory");
		w->row[i].kind = JSON_NONE;
	}
}

/* Tasks that we do not know are one line of the table. */
static void count(struct work *w, const char *name, enum quarry_mark mark)
{
	struct tally *t = w->tally, *end = w->tally + w->tallies;

	while (t < end && strcmp(t->task, name))
		t++;
	if (t == end) {
		assert(w->tallies < TASKS);
		w->tallies++;
		*t = (struct tally){ .n = { 0 } };
		snprintf(t->task, sizeof(t->task), "%s", name);
	}
	t->n[mark]++;
	w->rows++;
	w->bad += mark == QUARRY_BAD_TASK;
}

/* The line of the file that row n (from 1) of ours is. */
static unsigned long long line_number(const struct work *w, uint64_t n)
{
	return reader_before(w->in) + n;
}

static void differ(struct work *w, int i, uint64_t number)
{
	const struct quarry_verdict *v = &w->judged[i].v;
	bool theirs = false, stored = diff_stored(w->row[i], &theirs);

	if (diff_add(&w->diff, task_name(w, i), stored, theirs, v->mark) && !w->a->summary)
		printf("%s:%llu: %s: theirs %s, ours %s: %s\n", reader_name(w->in), line_number(w, number), task_name(w, i), theirs ? "right" : "wrong",
		       quarry_mark_name(v->mark), v->why);
}

/* Judge n lines on all threads, then hand them on in order; the first of them is line `first` of the file. */
static int batch(struct work *w, int n, uint64_t first, struct err *err)
{
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 8) num_threads((int)w->a->common.threads)
#endif
	for (int i = 0; i < n; i++)
		one(w, i);
	for (int i = 0; i < n; i++) {
		uint64_t number = first + (uint64_t)i;
		const char *mark = quarry_mark_name(w->judged[i].v.mark);
		struct json stored;

		if (w->row[i].kind == JSON_NONE) {
			*err = w->err[i];
			return err_at(err, "%s:%llu: ", reader_name(w->in), line_number(w, number));
		}
		if (w->a->recheck && json_get(w->row[i], "mark", &stored) && !json_is(stored, mark) && w->differ++ < 10)
			log_warn("%s:%llu: the stored mark is %.*s, the verdict is %s", reader_name(w->in), line_number(w, number),
				 (int)stored.raw.n, stored.raw.s, mark);
		count(w, w->judged[i].rule || w->judged[i].is_swe ? task_name(w, i) : "?", w->judged[i].v.mark);
		unknown_add(&w->unknown, &w->foreign[i]);
		if (w->a->diff)
			differ(w, i, number);
		if (w->out && writer_add(w->out, buf_str(&w->judged_line[i]), err) < 0)
			return ERR_JOB;
	}
	return 0;
}

static void print_summary(const struct work *w)
{
	uint64_t all[MARKS] = { 0 };

	printf("%-32s %9s %9s %9s %9s %9s %9s\n", "task", "rows", "correct", "wrong", "unread.", "no answer", "bad task");
	for (int i = 0; i <= w->tallies; i++) {
		const uint64_t *n = i < w->tallies ? w->tally[i].n : all;
		uint64_t sum = 0;

		for (int m = 0; m < MARKS; m++) {
			sum += n[m];
			if (i < w->tallies)
				all[m] += n[m];
		}
		printf("%-32s %9llu", i < w->tallies ? w->tally[i].task : "all", (unsigned long long)sum);
		for (int m = 0; m < MARKS; m++)
			printf(" %9llu", (unsigned long long)n[m]);
		printf("\n");
	}
}

static void slim(struct buf *b)
{
	if (b->cap > SLOT_BYTES)
		buf_release(b);
}

static void slim_all(struct work *w, int n)
{
	for (int i = 0; i < n; i++) {
		slim(&w->line[i]);
		slim(&w->judged_line[i]);
		slim(&w->judged[i].desc);
		slim(&w->judged[i].response);
		slim(&w->judged[i].scratch);
		slim(&w->judged[i].room_extra);
		slim(&w->judged[i].room_model);
		slim(&w->foreign[i].text);
		slim(&w->foreign[i].question);
		slim(&w->foreign[i].gold);
		slim(&w->foreign[i].desc);
	}
}

/*
 * What stands before an unreadable line is judged and handed on before that line is told. first: the number of the row
 * that comes next, from 1.
 */
static int work_through(struct work *w, uint64_t first, struct progress *p, struct err *err)
{
	int n = 0, most = w->a->common.threads > 1 ? BATCH : BATCH_ALONE, rc, read;
	size_t bytes = 0;

	do {
		read = reader_line(w->in, &w->line[n], err);
		if (read > 0)
			bytes += w->line[n++].n;
		if (n && (n == most || bytes > BATCH_BYTES || read <= 0)) {
			struct err before;

			rc = batch(w, n, first, &before);
			if (rc < 0) {
				*err = before;
				return rc;
			}
			progress_add(p, (uint64_t)n);
			first += (uint64_t)n;
			slim_all(w, n);
			bytes = 0;
			n = 0;
			if (read > 0 && stop_asked())
				return ERR_STOPPED;
		}
	} while (read > 0);
	return read;
}

/* The name under which a row of another house counts. */
static void other_name(struct work *w, struct json row, char *name, size_t cap)
{
	struct foreign *f = &w->foreign[0];
	struct err ignored;

	if (foreign_read(f, row, w->a->kind, &ignored) < 0)
		return;
	unknown_add(&w->unknown, f);
	if (f->rule)
		snprintf(name, cap, "%s", f->name);
}

/* A row that a stopped run left: it counts as if it were judged now. */
static int note_row(void *ctx, struct str line, struct err *err)
{
	struct work *w = ctx;
	struct json row, mark, task;
	char name[sizeof(w->tally->task)] = "?";
	int m = 0;

	if (json_parse(&row, line, err) && json_get(row, "mark", &mark))
		while (m < MARKS && !json_is(mark, quarry_mark_name((enum quarry_mark)m)))
			m++;
	else
		m = MARKS;
	if (m == MARKS)
		return err_set(err, "%s.part holds rows without a verdict; remove it to begin afresh", w->path);
	if (w->a->other)
		other_name(w, row, name, sizeof(name));
	else if (json_get(row, "task", &task) && json_z(task, name, sizeof(name)) && !quarry_rule(name))
		snprintf(name, sizeof(name), "?");
	count(w, name, (enum quarry_mark)m);
	buf_reset(&w->last);
	buf_add(&w->last, line);
	return w->last.failed ? err_set(err, "out of memory") : 0;
}

/* A verdict's row but for the time that it took. */
static struct str timeless(struct str row)
{
	ptrdiff_t at = str_rfind(row, STR(",\"verify_us\":"));

	return at < 0 ? row : str_sub(row, 0, (size_t)at);
}

/* Leave out the rows that FILE.part has a verdict for, if the last of them is the one that we would have given. */
static int pass_over(struct work *w, struct err *err)
{
	int read = 1;

	for (uint64_t i = 0; read > 0 && i < w->rows; i++)
		read = reader_line(w->in, &w->line[0], err);
	if (read > 0 && w->rows)
		one(w, 0);
	if (read < 0)
		return read;
	if (w->rows && (read == 0 || w->row[0].kind == JSON_NONE ||
			!str_eq(timeless(buf_str(&w->judged_line[0])), timeless(buf_str(&w->last)))))
		return err_set(err, "%s.part holds the rows of another command; remove it to begin afresh", w->path);
	return 0;
}

static int go_on(struct work *w, struct err *err)
{
	struct err ignored;
	int rc = writer_resume(&w->out, w->path, note_row, w, err);

	if (rc == 0)
		rc = pass_over(w, err);
	if (rc < 0 && w->out) {
		writer_save(w->out, &ignored);
		w->out = NULL;
	}
	return rc;
}

/* With --diff or --recheck nothing goes on with the rows, since what else they tell is of all rows: they go. */
static int end_file(struct work *w, int rc, struct err *err)
{
	struct err ignored;

	if (!w->out)
		return rc;
	if (rc == 0 || (!w->a->diff && !w->a->recheck))
		return outfile_end(w->out, w->path, rc, err);
	if (!w->a->out)
		writer_flush(w->out, &ignored); /* what was judged before the bad line is not lost */
	writer_drop(w->out);
	if (rc == ERR_STOPPED)
		err_set(err, "%s: stopped by a signal; run it again", w->path);
	return rc;
}

static int judge_all(struct work *w, const char *from, struct err *err)
{
	const struct args *a = w->a;
	bool resume = a->resume || (a->out && !a->diff && !a->recheck && part_again());
	struct buf path = BUF_INIT;
	struct progress progress;
	struct part part;
	int rc = part_read(&part, a->part, err);

	if (rc == 0 && a->resume && !a->out)
		rc = err_set(err, "verify: --resume goes on with the file of -o FILE");
	if (rc == 0 && resume && (a->diff || a->recheck))
		rc = err_set(err, "verify: --diff and --recheck do not go on; leave --resume away");
	if (rc < 0)
		return rc;
	if (a->out && strcmp(from, "-")) /* a pipe that brings nothing would hold us up */
		stop_watch();
	part_tell(&part, &a->common);
	part_path(&path, &part, a->out ? a->out : "-");
	w->path = buf_z(&path);
	rc = path.failed ? err_set(err, "out of memory") : 0;
	if (rc == 0)
		rc = part.count > 1 ? reader_open_slice(&w->in, from, part.index, part.count, err) : reader_open(&w->in, from, err);
	if (rc == 0 && ((!a->summary && !a->diff) || a->out))
		rc = resume ? go_on(w, err) : outfile_open(&w->out, w->path, err);
	if (rc == 0) {
		progress_start(&progress, "verify", "rows", 0, &a->common);
		progress_resume(&progress, w->rows);
		rc = work_through(w, w->rows + 1, &progress, err);
		progress_end(&progress);
	}
	rc = end_file(w, rc, err);
	buf_release(&path);
	return rc;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct work *w;
	struct err err = ERR_INIT;
	int rc;

	if (argc > 1) {
		err_set(&err, "verify takes one file, not %d", argc);
		return fail_usage(&err);
	}
	a->other = a->dataset && strcmp(a->dataset, "quarry");
	if (a->other && !foreign_kind_from(a->dataset, &a->kind)) {
		err_set(&err, "verify: unknown dataset kind \"%s\"; there are quarry, synlogic and reasoning-gym", a->dataset);
		return fail_usage(&err);
	}
	w = calloc(1, sizeof(*w));
	if (!w) {
		err_set(&err, "out of memory");
		return fail_usage(&err);
	}
	w->a = a;
	a->swe.rows = argc ? argv[0] : NULL;
	rc = swe_open_args(&w->swe, &a->swe, &a->common, &err);
	if (rc == 0)
		rc = judge_all(w, argc ? argv[0] : "-", &err);
	if (rc < 0) {
		rc = fail(rc, &err);
	} else {
		if (a->diff)
			diff_print(&w->diff, a->summary ? stdout : stderr);
		else if (a->summary)
			print_summary(w);
		unknown_tell(&w->unknown, reader_name(w->in));
		rc = w->bad || w->differ ? EXIT_FAILED : EXIT_DONE;
	}
	if (rc == EXIT_FAILED && (w->bad || w->differ))
		log_warn("%llu of %llu rows are bad_task, %llu stored marks differ", (unsigned long long)w->bad,
			 (unsigned long long)w->rows, (unsigned long long)w->differ);
	reader_close(w->in);
	for (int i = 0; i < BATCH; i++) {
		buf_release(&w->line[i]);
		buf_release(&w->judged_line[i]);
		judged_release(&w->judged[i]);
		foreign_release(&w->foreign[i]);
	}
	buf_release(&w->last);
	swe_close(w->swe);
	free(w);
	return rc;
}

static const char more[] =
	"A row holds task and desc (or a ground_truth, or is a whole instance) and a response. The verdict's members are\n"
	"added at its end: score, mark, why, extracted, format_ok, answers_seen, verify_us. Exit 1 if any row is bad_task.\n"
	"\n"
	"    quarry verify samples.jsonl --summary\n"
	"    quarry sample --model tiny puzzles.jsonl | quarry verify > judged.jsonl\n"
	"\n"
	"With --dataset synlogic or reasoning-gym the rows are those houses' own, with a response beside; each is judged by the rules as\n"
	"its question states them. --diff lists on standard output where the verdict that a row brings along differs from ours, and counts\n"
	"both on standard error; \"paid\" was right to them alone, \"refused\" to us alone.\n"
	"\n"
	"    quarry verify --dataset synlogic --diff responses.jsonl\n"
	"\n"
	"Several machines: each judges a part of the file, and the parts' files, one behind the other, are the whole. A signal ends\n"
	"the file in a whole row, and the exit code is 75: the same command with --resume goes on. So it does after a full disk or a bad\n"
	"row, once that is mended; what comes by a pipe must come once more. Where FILE.part is there, a run without --resume is refused.\n"
	"\n"
	"    quarry verify samples.jsonl.zst --part 3/8 -o judged.jsonl.zst --resume\n";

const struct command cmd_verify = { "verify", "[FILE]", "judge rows that hold a response", more, options, sizeof(struct args), run };
