/* cmd_verify.c - quarry verify: rows with a response in, the same rows with a verdict out. */
#include "base/log.h"
#include "cli/command.h"
#include "cli/judge.h"
#include "cli/progress.h"
#include "datasets/stream.h"

#include <stdio.h>
#include <stdlib.h>

struct args {
	struct common common;
	const char *out, *dataset;
	bool summary, strict, recheck;
};

static const struct option options[] = {
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, out),
	  .what = "where the rows go; standard output when not given" },
	{ .name = "dataset", .kind = OPT_TEXT, .arg = "KIND", .at = offsetof(struct args, dataset),
	  .what = "the schema of the rows: quarry" },
	{ .name = "summary", .kind = OPT_FLAG, .at = offsetof(struct args, summary),
	  .what = "a table of marks per task instead of the rows" },
	{ .name = "strict-format", .kind = OPT_FLAG, .at = offsetof(struct args, strict),
	  .what = "an answer in another format than asked, or two different ones, is unreadable" },
	{ .name = "recheck", .kind = OPT_FLAG, .at = offsetof(struct args, recheck),
	  .what = "rows hold a mark already: exit 1 where the verdict differs" },
	{ 0 },
};

enum { BATCH = 512, MARKS = QUARRY_BAD_TASK + 1, TASKS = 256 };

struct tally {
	char task[64];
	uint64_t n[MARKS];
};

struct work {
	struct args *a;
	struct reader *in;
	struct writer *out; /* NULL: summary only */
	struct buf line[BATCH], row[BATCH];
	struct judged judged[BATCH];
	bool failed[BATCH]; /* not a JSON object */
	struct err err[BATCH];
	struct tally tally[TASKS];
	int tallies;
	uint64_t rows, bad, differ;
};

/* The row as it came, with the verdict's members at its end; older ones go. */
static void one(struct work *w, int i)
{
	struct buf *b = &w->row[i];
	struct judged *j = &w->judged[i];
	struct json row, v;
	struct str key;

	w->failed[i] = !json_parse(&row, buf_str(&w->line[i]), &w->err[i]);
	if (!w->failed[i] && row.kind != JSON_OBJECT) {
		err_set(&w->err[i], "a row must be a JSON object");
		w->failed[i] = true;
	}
	if (w->failed[i])
		return;
	judge_row(j, row, w->a->strict);
	buf_reset(b);
	json_open(b, '{');
	for (struct json_iter it = json_iter(row); json_next(&it, &key, &v);)
		if (!verdict_key(key)) {
			json_add_raw(b, key);
			buf_addc(b, ':');
			json_add_raw(b, v.raw);
		}
	verdict_json(b, &j->v);
	json_key(b, "verify_us");
	json_add_f64(b, (double)(int64_t)(j->us * 10) / 10);
	json_close(b, '}');
	buf_addc(b, '\n');
	if (b->failed) {
		err_set(&w->err[i], "out of memory");
		w->failed[i] = true;
	}
}

static void count(struct work *w, struct json row, enum quarry_mark mark)
{
	struct tally *t = w->tally, *end = w->tally + w->tallies;
	struct json task, truth;
	struct str name = STR("?");
	const struct quarry_rule *rule;
	char z[64];

	if (json_get(row, "task", &task) || (json_get(row, "data_source", &truth) && (task = truth, true)))
		json_plain(task, &name);
	snprintf(z, sizeof(z), "%.*s", (int)(name.n > 60 ? 60 : name.n), name.s);
	rule = quarry_rule(z);
	if (rule)
		snprintf(z, sizeof(z), "%s", quarry_rule_name(rule));
	for (; t < end && strcmp(t->task, z); t++)
		;
	if (t == end) {
		if (w->tallies == TASKS)
			return;
		w->tallies++;
		*t = (struct tally){ 0 };
		snprintf(t->task, sizeof(t->task), "%s", z);
	}
	t->n[mark]++;
}

/* Judge n lines on all threads, then hand them on in order. */
static int batch(struct work *w, int n, struct err *err)
{
	uint64_t first = reader_number(w->in) - (uint64_t)n + 1;

#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 8) num_threads((int)w->a->common.threads)
#endif
	for (int i = 0; i < n; i++)
		one(w, i);
	for (int i = 0; i < n; i++) {
		struct json row, mark;

		if (w->failed[i]) {
			*err = w->err[i];
			return err_at(err, "%s:%llu: ", reader_name(w->in), (unsigned long long)(first + (uint64_t)i));
		}
		json_parse(&row, buf_str(&w->line[i]), err);
		w->rows++;
		w->bad += w->judged[i].v.mark == QUARRY_BAD_TASK;
		if (w->a->recheck && json_get(row, "mark", &mark) && !json_is(mark, quarry_mark_name(w->judged[i].v.mark))) {
			if (w->differ++ < 10)
				log_warn("%s:%llu: the stored mark is %.*s, the verdict is %s", reader_name(w->in),
					 (unsigned long long)(first + (uint64_t)i), (int)mark.raw.n, mark.raw.s,
					 quarry_mark_name(w->judged[i].v.mark));
		}
		count(w, row, w->judged[i].v.mark);
		if (w->out && writer_add(w->out, buf_str(&w->row[i]), err) < 0)
			return ERR_FAIL;
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

static int work_through(struct work *w, struct progress *p, struct err *err)
{
	int n = 0, rc;

	for (;;) {
		rc = reader_line(w->in, &w->line[n], err);
		if (rc < 0)
			return rc;
		if (rc > 0 && str_trim(buf_str(&w->line[n])).n == 0)
			return err_set(err, "%s:%llu: an empty line", reader_name(w->in),
				       (unsigned long long)reader_number(w->in));
		n += rc > 0;
		if (n == BATCH || (rc == 0 && n)) {
			if (batch(w, n, err) < 0)
				return ERR_FAIL;
			progress_add(p, (uint64_t)n);
			n = 0;
		}
		if (rc == 0)
			return 0;
	}
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct work *w;
	struct progress progress;
	struct err err = ERR_INIT;
	const char *path = argc ? argv[0] : "-";
	int rc;

	if (argc > 1) {
		err_set(&err, "verify takes one file, not %d", argc);
		return fail_usage(&err);
	}
	if (a->dataset && strcmp(a->dataset, "quarry")) {
		err_set(&err, "verify: unknown dataset kind \"%s\"; there is quarry", a->dataset);
		return fail_usage(&err);
	}
	w = calloc(1, sizeof(*w));
	if (!w) {
		err_set(&err, "out of memory");
		return fail_usage(&err);
	}
	w->a = a;
	rc = reader_open(&w->in, path, &err);
	if (rc == 0 && (!a->summary || a->out))
		rc = writer_open(&w->out, a->out ? a->out : "-", &err);
	if (rc == 0) {
		progress_start(&progress, "verify", "rows", 0, &a->common);
		rc = work_through(w, &progress, &err);
		progress_end(&progress);
	}
	if (rc == 0 && w->out) {
		rc = writer_finish(w->out, &err);
		w->out = NULL;
	} else if (w->out) {
		struct err ignored;

		if (!a->out)
			writer_flush(w->out, &ignored); /* what was judged before the bad line is not lost */
		writer_drop(w->out);
	}
	if (rc == 0 && a->summary)
		print_summary(w);
	if (rc < 0)
		rc = fail_usage(&err);
	else
		rc = w->bad || w->differ ? EXIT_FAILED : EXIT_DONE;
	if (rc == EXIT_FAILED)
		log_warn("%llu of %llu rows are bad_task, %llu stored marks differ", (unsigned long long)w->bad,
			 (unsigned long long)w->rows, (unsigned long long)w->differ);
	reader_close(w->in);
	for (int i = 0; i < BATCH; i++) {
		buf_release(&w->line[i]);
		buf_release(&w->row[i]);
		judged_release(&w->judged[i]);
	}
	free(w);
	return rc;
}

static const char more[] =
	"A row holds task and desc (or a ground_truth, or is a whole instance) and a response. The verdict's members are\n"
	"added at its end: score, mark, why, extracted, format_ok, answers_seen, verify_us. Exit 1 if any row is bad_task.\n"
	"\n"
	"    quarry verify samples.jsonl --summary\n"
	"    quarry sample --model tiny puzzles.jsonl | quarry verify > judged.jsonl\n";

const struct command cmd_verify = { "verify", "[FILE]", "judge rows that hold a response", more, options, sizeof(struct args), run };
