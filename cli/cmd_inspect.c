/* cmd_inspect.c - quarry inspect: what a run, a dataset or a file of rows holds. */
#include "base/json.h"
#include "cli/command.h"
#include "datasets/store.h"
#include "datasets/stream.h"
#include "verifiers/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct args {
	struct common common;
	bool json;
	const char *html;
	int64_t samples;
};

static const struct option options[] = {
	{ .name = "json", .letter = 'j', .kind = OPT_FLAG, .at = offsetof(struct args, json), .what = "as one JSON object" },
	{ .name = "samples", .letter = 'n', .kind = OPT_INT, .arg = "N", .lo = 0, .hi = 1000000, .at = offsetof(struct args, samples),
	  .what = "show this many responses too, with their verdicts" },
	{ .name = "html", .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, html), .what = "copy the report page of a run that has ended to FILE" },
	{ 0 },
};

enum { MARKS = QUARRY_BAD_TASK + 1, CELLS_MAX = 1 << 16 };

/* One task at one difficulty. */
struct cell {
	char task[64];
	int difficulty; /* tenths; -1: rows that name none */
	uint64_t prompts, samples, tokens, mark[MARKS], cut; /* cut: ended by length */
};

struct view {
	struct cell *cell;
	int n;
	struct cell all;
	struct cell *now; /* of the prompt whose samples are read */
	int64_t show;     /* samples still to be shown */
	struct str prompt;
};

static struct cell *cell_of(struct view *v, struct str task, int difficulty)
{
	struct cell *c;

	for (int i = 0; i < v->n; i++)
		if (v->cell[i].difficulty == difficulty && str_is(task, v->cell[i].task))
			return &v->cell[i];
	if (v->n == CELLS_MAX)
		return &v->all;
	if ((v->n & (v->n - 1)) == 0) {
		c = realloc(v->cell, (size_t)(v->n ? 2 * v->n : 1) * sizeof(*c));
		if (!c)
			return &v->all;
		v->cell = c;
	}
	c = &v->cell[v->n++];
	*c = (struct cell){ .difficulty = difficulty };
	snprintf(c->task, sizeof(c->task), "%.*s", (int)(task.n > 60 ? 60 : task.n), task.s);
	return c;
}

static int by_task(const void *a, const void *b)
{
	const struct cell *x = a, *y = b;
	int c = strcmp(x->task, y->task);

	return c ? c : x->difficulty - y->difficulty;
}

static int tenths(struct json row)
{
	struct json v;
	double d;

	return json_get(row, "difficulty", &v) && json_f64(v, &d) && d >= 0 && d <= 10 ? (int)(d * 10 + 0.5) : -1;
}

static void add_mark(struct cell *c, struct str mark)
{
	for (int m = 0; m < MARKS; m++)
		if (str_is(mark, quarry_mark_name((enum quarry_mark)m)))
			c->mark[m]++;
}

static int on_sample(void *ctx, const struct stored_sample *s)
{
	struct view *v = ctx;

	v->now->samples++;
	v->now->tokens += s->tokens > 0 ? (uint64_t)s->tokens : 0;
	v->now->cut += str_is(s->finish, "length");
	add_mark(v->now, s->mark);
	if (v->show > 0) {
		v->show--;
		printf("---- sample %lld: %.*s%s%.*s\n%.*s\n", (long long)s->idx, (int)s->mark.n, s->mark.s, s->why.n ? ", " : "",
		       (int)s->why.n, s->why.s, (int)s->response.n, s->response.s);
	}
	return 0;
}

static int read_store(struct view *v, struct store *st, struct err *err)
{
	int64_t prompts = store_prompts(st);

	if (prompts < 0)
		return err_set(err, "run.db: damaged");
	for (int64_t i = 0; i < prompts; i++) {
		struct stored_prompt p;
		struct json row, content;
		int rc = store_prompt(st, i, &p, err);

		if (rc <= 0 || !json_parse(&row, p.instance, err))
			return err_at(err, "run.db: prompt %lld: ", (long long)i);
		v->now = cell_of(v, p.task, tenths(row));
		v->now->prompts++;
		if (v->show > 0 && json_get(row, "prompt", &content)) {
			struct json_iter it = json_iter(content);
			struct json first, text;
			struct buf b = BUF_INIT;

			if (json_next(&it, NULL, &first) && json_get(first, "content", &text) && json_str(text, &b))
				printf("==== %.*s\n%s\n", (int)p.id.n, p.id.s, buf_z(&b));
			buf_release(&b);
		}
		if (store_each_sample(st, i, on_sample, v, err) < 0)
			return ERR_FAIL;
	}
	return 0;
}

static int read_rows(struct view *v, const char *path, struct err *err)
{
	struct buf line = BUF_INIT;
	struct reader *in;
	int rc = reader_open(&in, path, err);

	if (rc < 0)
		return rc;
	while ((rc = reader_line(in, &line, err)) > 0) {
		struct json row, info, x;
		struct str task = STR("?"), mark;
		struct cell *c;
		int64_t n = 0, k;
		int difficulty;

		if (!json_parse(&row, buf_str(&line), err)) {
			rc = err_at(err, "%s:%llu: ", path, (unsigned long long)reader_number(in));
			break;
		}
		json_get(row, "extra_info", &info);
		if (json_get(row, "task", &x) || json_get(info, "task", &x))
			json_plain(x, &task);
		difficulty = tenths(row);
		c = cell_of(v, task, difficulty < 0 ? tenths(info) : difficulty);
		if (json_get(row, "response", &x)) {
			c->samples++;
			if (json_get(row, "tokens", &x) && json_i64(x, &n) && n > 0)
				c->tokens += (uint64_t)n;
			c->cut += json_get(row, "finish", &x) && json_is(x, "length");
			if (json_get(row, "mark", &x) && json_plain(x, &mark))
				add_mark(c, mark);
		} else {
			c->prompts++;
			/* a row of the rl view knows how often it was answered rightly */
			if (json_get(info, "n", &x) && json_i64(x, &n) && json_get(info, "k", &x) && json_i64(x, &k) && n >= k && k >= 0) {
				c->samples += (uint64_t)n;
				c->mark[QUARRY_CORRECT] += (uint64_t)k;
				c->mark[QUARRY_WRONG] += (uint64_t)(n - k);
			}
		}
	}
	reader_close(in);
	buf_release(&line);
	return rc;
}

static void total(struct view *v)
{
	for (int i = 0; i < v->n; i++) {
		v->all.prompts += v->cell[i].prompts;
		v->all.samples += v->cell[i].samples;
		v->all.tokens += v->cell[i].tokens;
		v->all.cut += v->cell[i].cut;
		for (int m = 0; m < MARKS; m++)
			v->all.mark[m] += v->cell[i].mark[m];
	}
}

static void print_cell(const struct cell *c)
{
	char level[16] = "";

	if (c->difficulty >= 0)
		snprintf(level, sizeof(level), "%.1f", c->difficulty / 10.0);
	printf("%-24s %5s %9llu %9llu", c->task, level, (unsigned long long)c->prompts, (unsigned long long)c->samples);
	if (c->samples)
		printf("  %6.3f %7.1f %5.1f%% %6.1f%% %6.1f%%", (double)c->mark[QUARRY_CORRECT] / (double)c->samples,
		       (double)c->tokens / (double)c->samples, 100.0 * (double)c->cut / (double)c->samples,
		       100.0 * (double)c->mark[QUARRY_NO_ANSWER] / (double)c->samples,
		       100.0 * (double)c->mark[QUARRY_UNREADABLE] / (double)c->samples);
	printf("\n");
}

static void cell_json(struct buf *b, const struct cell *c)
{
	json_open(b, '{');
	json_key(b, "task");
	json_add_z(b, c->task);
	json_key(b, "difficulty");
	c->difficulty >= 0 ? json_add_f64(b, c->difficulty / 10.0) : json_add_null(b);
	json_key(b, "prompts");
	json_add_u64(b, c->prompts);
	json_key(b, "samples");
	json_add_u64(b, c->samples);
	json_key(b, "pass_rate");
	json_add_f64(b, c->samples ? (double)c->mark[QUARRY_CORRECT] / (double)c->samples : 0);
	json_key(b, "tokens_mean");
	json_add_f64(b, c->samples ? (double)c->tokens / (double)c->samples : 0);
	json_key(b, "finish_length");
	json_add_u64(b, c->cut);
	for (int m = 0; m < MARKS; m++) {
		json_key(b, quarry_mark_name((enum quarry_mark)m));
		json_add_u64(b, c->mark[m]);
	}
	json_close(b, '}');
}

static void meta(struct buf *b, struct store *st, bool json)
{
	static const char *const keys[] = { "name", "state", "content_sha256", "provenance" };
	struct buf v = BUF_INIT;
	struct json whole;
	struct err ignored;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (store_get(st, keys[i], &v, &ignored) <= 0)
			continue;
		if (json) {
			json_key(b, keys[i]);
			if (i == 3 && json_parse(&whole, buf_str(&v), &ignored))
				json_add_raw(b, whole.raw);
			else
				json_add_str(b, buf_str(&v));
		} else {
			printf("%s: %s\n", keys[i], buf_z(&v));
		}
	}
	buf_release(&v);
}

static void print(struct view *v, struct store *st, bool json)
{
	struct buf b = BUF_INIT;

	if (v->n)
		qsort(v->cell, (size_t)v->n, sizeof(*v->cell), by_task);
	total(v);
	snprintf(v->all.task, sizeof(v->all.task), "all");
	v->all.difficulty = -1;
	json_open(&b, '{');
	if (st)
		meta(&b, st, json);
	if (json) {
		json_key(&b, "cells");
		json_open(&b, '[');
		for (int i = 0; i < v->n; i++)
			cell_json(&b, &v->cell[i]);
		json_close(&b, ']');
		json_key(&b, "all");
		cell_json(&b, &v->all);
		json_close(&b, '}');
		printf("%s\n", buf_z(&b));
	} else {
		printf("%-24s %5s %9s %9s  %6s %7s %6s %7s %7s\n", "task", "diff.", "prompts", "samples", "pass", "tokens", "cut", "none",
		       "unread.");
		for (int i = 0; i < v->n; i++)
			print_cell(&v->cell[i]);
		print_cell(&v->all);
	}
	buf_release(&b);
}

static int copy_lines(struct reader *in, struct writer *out, struct err *err)
{
	struct buf line = BUF_INIT;
	int rc;

	while ((rc = reader_line(in, &line, err)) > 0) {
		buf_addc(&line, '\n');
		if (writer_add(out, buf_str(&line), err) < 0) {
			rc = ERR_JOB;
			break;
		}
	}
	buf_release(&line);
	return rc;
}

/* The page that build wrote. */
static int copy_report(const char *dir, const char *to, struct err *err)
{
	struct buf path = BUF_INIT;
	struct reader *in = NULL;
	struct writer *out = NULL;
	int rc = 0;

	buf_addf(&path, "%s/report.html", dir);
	if (access(buf_z(&path), F_OK) < 0)
		rc = err_set(err, "%s has no report yet: its run has not ended", dir);
	if (rc == 0)
		rc = reader_open(&in, buf_z(&path), err);
	if (rc == 0)
		rc = writer_open(&out, to, err);
	if (rc == 0)
		rc = copy_lines(in, out, err);
	if (rc < 0)
		writer_drop(out);
	else if (writer_finish(out, err) < 0)
		rc = ERR_JOB;
	reader_close(in);
	buf_release(&path);
	return rc;
}

static int inspect_dir(struct view *v, const struct args *a, const char *dir, struct err *err)
{
	struct buf path = BUF_INIT;
	struct store *st = NULL;
	int rc = 0;

	buf_addf(&path, "%s/run.db", dir);
	if (access(buf_z(&path), F_OK) < 0)
		rc = err_set(err, "%s holds no run.db: not a run or dataset of quarry", dir);
	if (rc == 0)
		rc = store_open(&st, buf_z(&path), STORE_READ, err);
	if (rc == 0)
		rc = read_store(v, st, err);
	if (rc == 0 && a->html)
		rc = copy_report(dir, a->html, err);
	if (rc == 0)
		print(v, st, a->json);
	store_close(st);
	buf_release(&path);
	return rc;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct view v = { .show = a->json ? 0 : a->samples };
	struct err err = ERR_INIT;
	struct stat sb;
	int rc;

	if (argc != 1) {
		err_set(&err, "inspect takes one path, not %d", argc);
		return fail_usage(&err);
	}
	if (stat(argv[0], &sb) == 0 && S_ISDIR(sb.st_mode)) {
		rc = inspect_dir(&v, a, argv[0], &err);
	} else {
		rc = a->html ? err_set(&err, "inspect: --html needs a run's directory") : read_rows(&v, argv[0], &err);
		if (rc == 0)
			print(&v, NULL, a->json);
	}
	free(v.cell);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] = "A directory that build made, at any moment of the run, or a file of rows (.jsonl, .jsonl.zst).\n"
			   "\n"
			   "    quarry inspect demo/quickstart --samples 3\n";

const struct command cmd_inspect = { "inspect", "PATH", "what a run, a dataset or a file holds", more, options, sizeof(struct args),
				     run };
