/* cmd_inspect.c - quarry inspect: what a run, a dataset or a file of rows holds. */
#include "base/hash.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/inspect.h"
#include "datasets/dataset.h"
#include "datasets/filter.h"
#include "datasets/stream.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct args {
	struct common common;
	bool json;
	const char *html, *why;
	int64_t samples;
};

static const struct option options[] = {
	{ .name = "json", .letter = 'j', .kind = OPT_FLAG, .at = offsetof(struct args, json), .what = "as one JSON object" },
	{ .name = "samples", .letter = 'n', .kind = OPT_INT, .arg = "N", .lo = 0, .hi = 1000000, .at = offsetof(struct args, samples),
	  .what = "show this many responses too, with their verdicts" },
	{ .name = "why", .letter = 'w', .kind = OPT_TEXT, .arg = "ID", .at = offsetof(struct args, why),
	  .what = "of one prompt of a run: its samples in order, what was known after each, the decision" },
	{ .name = "html", .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, html), .what = "copy the report page of a run that has ended to FILE" },
	{ 0 },
};

/* What is read into the view. */
struct reading {
	struct view v;
	int64_t show; /* responses still to be shown */
	int n;        /* samples of one model, where there are several */
	bool limited; /* the run tells its rule: */
	struct limits limits;
	double guess; /* of the last prompt, whose least this is */
	int64_t least;
};

static int tenths(struct json row)
{
	struct json v;
	double d;

	return json_get(row, "difficulty", &v) && json_f64(v, &d) && d >= 0 && d <= 10 ? (int)(d * 10 + 0.5) : -1;
}

/* The text of a member; empty where there is none. */
static struct str text_of(struct json row, const char *name)
{
	struct str s = STR("");
	struct json v;

	if (json_get(row, name, &v))
		json_plain(v, &s);
	return s;
}

static double number_of(struct json row, const char *name)
{
	struct json v;
	double d;

	return json_get(row, name, &v) && json_f64(v, &d) ? d : (double)NAN;
}

static uint64_t puzzle_of(struct json row)
{
	struct str canon = text_of(row, "canon");

	return hash64(canon.s, canon.n, 1);
}

static int on_sample(void *ctx, const struct stored_sample *s)
{
	struct reading *r = ctx;
	struct seen seen = { s->mark, s->finish, s->tokens, s->logprob, s->entropy, s->format_ok };
	int model = r->n > 0 ? (int)(s->idx / r->n) : 0;

	view_sample(&r->v, model < r->v.models ? model : 0, &seen);
	if (r->show > 0) {
		r->show--;
		printf("---- sample %lld: %.*s%s%.*s\n%.*s\n", (long long)s->idx, (int)s->mark.n, s->mark.s, s->why.n ? ", " : "",
		       (int)s->why.n, s->why.s, (int)s->response.n, s->response.s);
	}
	return 0;
}

/* All that was asked. */
static void show_prompt(struct str id, struct json messages)
{
	struct json m, role, content;
	struct buf b = BUF_INIT;

	printf("==== %.*s\n", (int)id.n, id.s);
	for (struct json_iter it = json_iter(messages); json_next(&it, NULL, &m);) {
		buf_reset(&b);
		if (json_get(m, "role", &role) && !json_is(role, "user") && json_str(role, &b))
			buf_addz(&b, ": ");
		if (json_get(m, "content", &content) && json_str(content, &b))
			printf("%s\n", buf_z(&b));
	}
	buf_release(&b);
}

/* How many samples a prompt has whatever comes, by the run's rule; all, where it tells none. */
static int64_t least_of(struct reading *r, double guess)
{
	if (!r->limited)
		return INT64_MAX;
	if (guess != r->guess)
		r->least = limits_least(guess, &r->limits);
	r->guess = guess;
	return r->least;
}

static void read_limits(struct reading *r, struct store *st)
{
	struct buf text = BUF_INIT;
	struct err ignored;
	struct json v;

	r->limited = store_get(st, "filter", &text, &ignored) > 0 && json_parse(&v, buf_str(&text), &ignored) && limits_read(&r->limits, v);
	r->guess = -1;
	r->v.early = r->limited && r->limits.stopping != STOPPING_NONE;
	buf_release(&text);
}

/* Several models: their names, and how many samples each has of a prompt. */
static void read_models(struct reading *r, struct store *st)
{
	struct buf text = BUF_INIT;
	struct json prov, list, m, who, name, sampling, n;
	struct err ignored;
	struct str s;
	int64_t each;

	if (store_get(st, "provenance", &text, &ignored) > 0 && json_parse(&prov, buf_str(&text), &ignored) && json_get(prov, "models", &list) &&
	    json_get(prov, "sampling", &sampling) && json_get(sampling, "n", &n) && json_i64(n, &each) && each > 0 && each <= 1 << 16) {
		r->n = (int)each;
		for (struct json_iter it = json_iter(list); json_next(&it, NULL, &m);)
			if (json_get(m, "model", &who) && json_get(who, "name", &name) && json_plain(name, &s))
				view_model(&r->v, s);
	}
	if (r->v.models == 0)
		view_model(&r->v, STR(""));
	buf_release(&text);
}

static int read_store(struct reading *r, struct store *st, struct err *err)
{
	int64_t prompts = store_prompts(st);

	if (prompts < 0)
		return err_set(err, "run.db: damaged");
	r->v.planned = true;
	read_models(r, st);
	read_limits(r, st);
	for (int64_t i = 0; i < prompts; i++) {
		struct stored_prompt p;
		struct json row, messages;
		int rc = store_prompt(st, i, &p, err);

		if (rc <= 0 || !json_parse(&row, p.instance, err))
			return err_at(err, "run.db: prompt %lld: ", (long long)i);
		view_prompt(&r->v, p.task, tenths(row), text_of(row, "shape"), puzzle_of(row), least_of(r, number_of(row, "guess")));
		if (r->show > 0 && json_get(row, "prompt", &messages))
			show_prompt(p.id, messages);
		if (store_each_sample(st, i, on_sample, r, err) < 0)
			return ERR_FAIL;
	}
	return 0;
}

/* A row's model is a JSON object, or one in a string. */
static int model_of(struct reading *r, struct json row)
{
	struct buf text = BUF_INIT;
	struct json v, name;
	struct err ignored;
	struct str s = STR("");
	int model;

	if (json_get(row, "model", &v) && v.kind == JSON_STRING && json_str(v, &text) && !json_parse(&v, buf_str(&text), &ignored))
		v = (struct json){ 0 };
	if (json_get(v, "name", &name))
		json_plain(name, &s);
	model = view_model(&r->v, s);
	buf_release(&text);
	return model;
}

static int64_t whole_of(struct json row, const char *name)
{
	struct json v;
	int64_t n;

	return json_get(row, name, &v) && json_i64(v, &n) ? n : 0;
}

/* Samples: rows of one prompt that follow each other are one prompt's. */
static void read_response(struct reading *r, struct json row, uint64_t *id)
{
	struct json v;
	uint64_t key = json_get(row, "id", &v) ? hash64(v.raw.s, v.raw.n, 0) : *id + 1;
	bool stats = !json_get(row, "has_stats", &v) || v.kind == JSON_TRUE;
	struct seen s = { .mark = text_of(row, "mark"), .finish = text_of(row, "finish"), .tokens = whole_of(row, "tokens"),
			  .logprob = stats ? number_of(row, "logprob_mean") : NAN, .entropy = stats ? number_of(row, "entropy_mean") : NAN,
			  .format_ok = json_get(row, "format_ok", &v) && v.kind == JSON_TRUE };
	int model = model_of(r, row);

	if (key != *id)
		view_prompt(&r->v, text_of(row, "task"), tenths(row), text_of(row, "shape"), puzzle_of(row), INT64_MAX);
	*id = key;
	view_sample(&r->v, model, &s);
}

/* A prompt: a row of the rl view knows how often it was answered rightly. */
static void read_prompt(struct reading *r, struct json row, struct json info)
{
	struct str task = text_of(row, "task");
	int difficulty = tenths(row), model = model_of(r, info);
	int64_t n = whole_of(info, "n"), k = whole_of(info, "k");

	if (task.n == 0)
		task = text_of(info, "task");
	view_prompt(&r->v, task.n ? task : STR("?"), difficulty < 0 ? tenths(info) : difficulty, text_of(info, "shape"), puzzle_of(info), INT64_MAX);
	if (n >= k && k >= 0)
		view_counts(&r->v, model, n, k);
}

static int read_rows(struct reading *r, const char *path, struct err *err)
{
	struct buf line = BUF_INIT;
	struct reader *in;
	uint64_t id = 0;
	int rc = reader_open(&in, path, err);

	if (rc < 0)
		return rc;
	while ((rc = reader_line(in, &line, err)) > 0) {
		struct json row, info, x;

		if (!json_parse(&row, buf_str(&line), err)) {
			rc = err_at(err, "%s:%llu: ", path, (unsigned long long)reader_number(in));
			break;
		}
		if (row.kind != JSON_OBJECT) {
			rc = err_set(err, "%s:%llu: a row must be a JSON object", path, (unsigned long long)reader_number(in));
			break;
		}
		json_get(row, "extra_info", &info);
		if (json_get(row, "response", &x))
			read_response(r, row, &id);
		else
			read_prompt(r, row, info);
	}
	reader_close(in);
	buf_release(&line);
	return rc;
}

static void meta(struct buf *b, struct store *st, bool json)
{
	static const char *const keys[] = { "name", "state", "content_sha256", "provenance" };
	struct buf v = BUF_INIT;
	struct json whole;
	struct err ignored;

	for (size_t i = 0; i < COUNT(keys); i++) {
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

	view_end(v);
	json_open(&b, '{');
	if (st)
		meta(&b, st, json);
	if (json) {
		view_json(v, &b);
		json_close(&b, '}');
		printf("%s\n", buf_z(&b));
	} else {
		view_print(v);
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

/* The run says that it is done: is what it wrote still there? */
static void tell_unwritten(struct store *st, const char *dir)
{
	struct buf state = BUF_INIT;
	struct err err;

	if (store_get(st, "state", &state, &err) > 0 && str_is(buf_str(&state), "done") && dataset_written(dir, &err) < 0)
		log_warn("%s; quarry build --resume writes it again", err.msg);
	buf_release(&state);
}

static int inspect_dir(struct reading *r, const struct args *a, const char *dir, struct err *err)
{
	struct buf path = BUF_INIT;
	struct store *st = NULL;
	int rc = 0;

	buf_addf(&path, "%s/run.db", dir);
	if (access(buf_z(&path), F_OK) < 0)
		rc = err_set(err, "%s holds no run.db: not a run or dataset of quarry", dir);
	if (rc == 0)
		rc = store_open(&st, buf_z(&path), STORE_READ, err);
	if (rc == 0 && a->why) {
		rc = inspect_why(st, dir, str_of(a->why), a->json, err);
	} else if (rc == 0) {
		rc = read_store(r, st, err);
		if (rc == 0 && a->html)
			rc = copy_report(dir, a->html, err);
		if (rc == 0)
			print(&r->v, st, a->json);
		if (rc == 0)
			tell_unwritten(st, dir);
	}
	store_close(st);
	buf_release(&path);
	return rc;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct reading *r = calloc(1, sizeof(*r));
	struct err err = ERR_INIT;
	struct stat sb;
	int rc;

	if (argc != 1) {
		free(r);
		err_set(&err, "inspect takes one path, not %d", argc);
		return fail_usage(&err);
	}
	if (!r)
		rc = err_set(&err, "out of memory");
	else if (stat(argv[0], &sb) == 0 && S_ISDIR(sb.st_mode)) {
		r->show = a->json ? 0 : a->samples;
		rc = inspect_dir(r, a, argv[0], &err);
	} else {
		rc = a->html || a->why ? err_set(&err, "inspect: --%s needs a run's directory", a->html ? "html" : "why") : read_rows(r, argv[0], &err);
		if (rc == 0)
			print(&r->v, NULL, a->json);
	}
	if (r)
		view_release(&r->v);
	free(r);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] = "A directory that build made, at any moment of the run, or a file of rows (.jsonl, .jsonl.zst). Pass rates come with\n"
			   "intervals of 95 %; pass@m is the chance that one of m samples is right. docs/filter.md tells how they are counted.\n"
			   "\n"
			   "    quarry inspect demo/quickstart --samples 3\n"
			   "    quarry inspect demo/quickstart --why sudoku-0123456789abcdef\n";

const struct command cmd_inspect = { "inspect", "PATH", "what a run, a dataset or a file holds", more, options, sizeof(struct args),
				     run };
