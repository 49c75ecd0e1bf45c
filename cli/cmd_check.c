/* cmd_check.c - quarry check: a dataset, a shard or an instance file, looked at again from the ground up. */
#include "base/log.h"
#include "cli/check_foreign.h"
#include "cli/command.h"
#include "cli/judge.h"
#include "cli/progress.h"
#include "datasets/dataset.h"
#include "datasets/stream.h"
#include "generators/task.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

struct args {
	struct common common;
	const char *out, *dataset;
	bool prove;
};

static const struct option options[] = {
	{ .name = "dataset", .kind = OPT_TEXT, .arg = "KIND", .at = offsetof(struct args, dataset),
	  .what = "the rows are another house's: synlogic or reasoning-gym (else: quarry)" },
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, out),
	  .what = "with --dataset: the file repaired, wrong answers replaced and what nobody can solve left out" },
	{ .name = "prove", .kind = OPT_FLAG, .at = offsetof(struct args, prove),
	  .what = "prove again that puzzles with one answer have one" },
	{ 0 },
};

struct check {
	const struct args *a;
	struct judged judged;
	struct buf desc, said;
	struct progress progress;
	uint64_t rows, verdicts, proved, problems;
};

__attribute__((format(printf, 2, 3))) static void problem(struct check *c, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (c->problems++ < 50)
		log_error("%s", text);
}

static void on_problem(void *ctx, const char *what)
{
	problem(ctx, "%s", what);
}

/* A response and the mark that it is said to have; empty: nothing is said. */
static void check_response(struct check *c, const char *file, int64_t number, struct json row, struct json response, struct str want)
{
	const struct quarry_verdict *v = &c->judged.v;

	judge_response(&c->judged, row, response);
	c->verdicts++;
	if (v->mark == QUARRY_BAD_TASK)
		problem(c, "%s:%lld: bad_task: %s", file, (long long)number, v->why);
	else if (want.n && !str_is(want, quarry_mark_name(v->mark)))
		problem(c, "%s:%lld: the stored mark is %.*s, the verdict is %s: %s", file, (long long)number, (int)want.n, want.s,
			quarry_mark_name(v->mark), v->why);
}

/* The text of the last message of a list: what the model said. */
static struct json last_content(struct json messages)
{
	struct json m, content = { JSON_NONE, { "", 0 } };

	for (struct json_iter it = json_iter(messages); json_next(&it, NULL, &m);)
		json_get(m, "content", &content);
	return content;
}

/* A puzzle: its own answer is right, and it has no other where it says so. */
static void check_puzzle(struct check *c, const char *file, int64_t number, struct json row)
{
	struct json task, desc, answer;
	const struct task *t;
	struct quarry_verdict v;
	struct str name;

	t = json_get(row, "task", &task) && json_plain(task, &name) ? task_find(name) : NULL;
	buf_reset(&c->desc);
	if (!t || !json_get(row, "desc", &desc) || !json_str(desc, &c->desc)) {
		problem(c, "%s:%lld: an unknown task, or no desc", file, (long long)number);
		return;
	}
	if (json_get(row, "answer", &answer)) {
		buf_reset(&c->said);
		buf_addz(&c->said, "<answer>");
		json_str(answer, &c->said);
		buf_addz(&c->said, "</answer>");
		quarry_verify_n(quarry_rule(t->name), buf_z(&c->desc), c->desc.n, buf_z(&c->said), c->said.n, NULL, &v);
		c->verdicts++;
		if (v.mark != QUARRY_CORRECT)
			problem(c, "%s:%lld: its own answer is %s: %s", file, (long long)number, quarry_mark_name(v.mark), v.why);
	}
	if (c->a->prove && (t->flags & TASK_UNIQUE) && t->prove) {
		c->proved++;
		if (!t->prove(buf_str(&c->desc)))
			problem(c, "%s:%lld: the puzzle does not have exactly one answer", file, (long long)number);
	}
}

/* A row of the rl view: the puzzle is in its ground truth. */
static void check_truth(struct check *c, const char *file, int64_t number, struct json truth)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct json row;

	json_str(truth, &text);
	if (json_parse(&row, buf_str(&text), &err))
		check_puzzle(c, file, number, row);
	else
		problem(c, "%s:%lld: its ground truth: %s", file, (long long)number, err.msg);
	buf_release(&text);
}

/* What a row claims is known by what it holds, in a dataset and in a file alike. */
static void check_row(struct check *c, const char *file, int64_t number, struct str line)
{
	struct json row, info, v, mark;
	struct err err = ERR_INIT;
	struct str want = { "", 0 };

	c->rows++;
	progress_add(&c->progress, 1);
	if (!json_parse(&row, line, &err)) {
		problem(c, "%s:%lld: %s", file, (long long)number, err.msg);
		return;
	}
	json_get(row, "extra_info", &info);
	if (json_get(row, "response", &v)) {
		if (json_get(row, "mark", &mark))
			json_plain(mark, &want);
		check_response(c, file, number, row, v, want);
		if (json_get(row, "answer", &v))
			check_puzzle(c, file, number, row);
	} else if (json_get(row, "chosen", &v)) {
		check_response(c, file, number, row, last_content(v), STR("correct"));
		json_get(row, "rejected", &v);
		if (json_get(info, "rejected_mark", &mark))
			json_plain(mark, &want);
		check_response(c, file, number, row, last_content(v), want);
	} else if (json_get(row, "messages", &v)) {
		check_response(c, file, number, row, last_content(v), STR("correct"));
	} else if (json_get(row, "label", &v)) {
		check_truth(c, file, number, v);
	} else {
		check_puzzle(c, file, number, row);
	}
}

static int on_row(void *ctx, const char *file, int64_t number, int view, struct str line)
{
	(void)view;
	check_row(ctx, file, number + 1, line);
	return 0;
}

static int check_file(struct check *c, const char *path, struct err *err)
{
	struct buf line = BUF_INIT;
	struct reader *in;
	int rc = reader_open(&in, path, err);

	if (rc < 0)
		return rc;
	while ((rc = reader_line(in, &line, err)) > 0)
		check_row(c, path, (int64_t)reader_number(in), buf_str(&line));
	reader_close(in);
	buf_release(&line);
	return rc;
}

static int run_foreign(const struct args *a, const char *path)
{
	struct check_foreign c = { .path = path, .out = a->out, .common = &a->common };
	struct err err = ERR_INIT;
	int rc;

	if (!foreign_kind_from(a->dataset, &c.kind)) {
		err_set(&err, "check: unknown dataset kind \"%s\"; there are quarry, synlogic and reasoning-gym", a->dataset);
		return fail_usage(&err);
	}
	rc = check_foreign(&c, &err);
	if (rc < 0)
		return fail(rc, &err);
	return c.bad ? EXIT_FAILED : EXIT_DONE;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct check c = { .a = a, .judged = JUDGED_INIT };
	struct err err = ERR_INIT;
	struct stat st;
	int rc;

	if (argc != 1) {
		err_set(&err, "check takes one path, not %d", argc);
		return fail_usage(&err);
	}
	if (a->dataset && strcmp(a->dataset, "quarry"))
		return run_foreign(a, argv[0]);
	if (a->out) {
		err_set(&err, "check: --out goes with --dataset synlogic or reasoning-gym");
		return fail_usage(&err);
	}
	progress_start(&c.progress, "check", "rows", 0, &a->common);
	if (stat(argv[0], &st) == 0 && S_ISDIR(st.st_mode)) {
		struct dataset_check d = { .row = on_row, .problem = on_problem, .ctx = &c };

		rc = dataset_check(&d, argv[0], &err);
	} else {
		rc = check_file(&c, argv[0], &err);
	}
	progress_end(&c.progress);
	judged_release(&c.judged);
	buf_release(&c.desc);
	buf_release(&c.said);
	if (rc < 0)
		return fail_usage(&err);
	printf("%s: %llu rows, %llu verdicts given again, %llu puzzles proved again, %llu problems\n", argv[0],
	       (unsigned long long)c.rows, (unsigned long long)c.verdicts, (unsigned long long)c.proved,
	       (unsigned long long)c.problems);
	return c.problems ? EXIT_FAILED : EXIT_DONE;
}

static const char more[] = "A dataset directory: every checksum, count and id against manifest.json, and every row's verdict given again.\n"
			   "A shard or a file of rows: the verdicts and the puzzles.\n"
			   "\n"
			   "    quarry check demo/quickstart --prove\n"
			   "\n"
			   "With --dataset synlogic or reasoning-gym a file of that house's rows: each puzzle is solved, and its stored answer judged.\n"
			   "A row is ok, or has several answers; it is unsolvable, its gold is wrong, or it is damaged: then the exit code is 1.\n"
			   "\n"
			   "    quarry check --dataset synlogic rows.jsonl -o repaired.jsonl\n";

const struct command cmd_check = { "check", "PATH", "check a dataset, shard or file from the ground up", more, options,
				   sizeof(struct args), run };
