/* cmd_check.c - quarry check: a dataset, a shard or an instance file, looked at again from the ground up. */
#include "base/hash.h"
#include "base/log.h"
#include "cli/check_foreign.h"
#include "cli/command.h"
#include "cli/judge.h"
#include "cli/progress.h"
#include "datasets/dataset.h"
#include "datasets/store.h"
#include "datasets/stream.h"
#include "datasets/views.h"
#include "generators/task.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct args {
	struct common common;
	const char *out, *dataset;
	struct swe_args swe;
	bool prove;
};

static const struct option options[] = {
	{ .name = "dataset", .kind = OPT_TEXT, .arg = "KIND", .at = offsetof(struct args, dataset),
	  .what = "the rows are another house's: synlogic or reasoning-gym (else: quarry)" },
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, out),
	  .what = "with --dataset: the file repaired, wrong answers replaced and what nobody can solve left out" },
	{ .name = "prove", .kind = OPT_FLAG, .at = offsetof(struct args, prove),
	  .what = "prove again that puzzles with one answer have one" },
	OPTIONS_SWE(struct args, swe),
	{ 0 },
};

enum { SAMPLES_MAX = 1 << 13 }; /* of one prompt; where more are claimed the traces will not bear it out */

/* A prompt as the rl or deferred view tells it, and as its traces do: open addressing, key 0 is empty. */
struct told {
	uint64_t key; /* hash of its id */
	int64_t n, k, traces, right; /* traces: samples that did not end in an error */
	uint64_t figures[2]; /* of the samples, as its row tells them and as its traces do; 0: not told */
	int64_t number; /* of its row, from 1 */
	int file;       /* in struct check: which file's row */
	bool row, told; /* there is one; its traces have begun */
};

struct check {
	const struct args *a;
	struct told *told;
	size_t ntold, room;
	struct buf files;       /* names of files, each with its NUL */
	size_t file_at;         /* where the present one's stands */
	struct dataset_check *set;
	struct traced {         /* the prompt whose traces are read */
		uint64_t key;
		int64_t sample, number; /* of the last of them; the row of its first, */
		size_t file;            /* and the file, in files */
		char fate[16];  /* what they say became of it */
		double guess;
		struct outcome seen[LIMITS_MODELS]; /* each model's */
		struct figures figures; /* of the one that decides */
		bool late;      /* samples stand behind the one that decided */
	} traced;
	int64_t place;          /* due to the next row of the rl or deferred view, within its split */
	struct judged judged;
	struct buf desc, said;
	struct progress progress;
	uint64_t rows, verdicts, proved, problems, run, unrun; /* rows of task swe whose tests were run, and were not */
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
	if (c->judged.is_swe && !c->judged.swe) {
		c->unrun++;
		return;
	}
	c->run += c->judged.is_swe;
	c->verdicts++;
	if (v->mark == QUARRY_BAD_TASK)
		problem(c, "%s:%lld: bad_task: %s", file, (long long)number, v->why);
	else if (want.n && !str_is(want, quarry_mark_name(v->mark)))
		problem(c, "%s:%lld: the stored mark is %.*s, the verdict is %s: %s", file, (long long)number, (int)want.n, want.s,
			quarry_mark_name(v->mark), v->why);
}

/* ---- what the views say of one another ---- */

static struct told *told_of(struct check *c, uint64_t key)
{
	size_t i;

	key += key == 0;
	if (2 * (c->ntold + 1) > c->room) {
		size_t room = c->room ? 2 * c->room : 4096;
		struct told *grown = calloc(room, sizeof(*grown));

		if (!grown) {
			problem(c, "out of memory: not every pass rate is counted again");
			return NULL;
		}
		for (size_t k = 0; k < c->room; k++) {
			if (!c->told[k].key)
				continue;
			for (i = c->told[k].key & (room - 1); grown[i].key; i = (i + 1) & (room - 1))
				;
			grown[i] = c->told[k];
		}
		free(c->told);
		c->told = grown;
		c->room = room;
	}
	for (i = key & (c->room - 1); c->told[i].key && c->told[i].key != key; i = (i + 1) & (c->room - 1))
		;
	c->ntold += !c->told[i].key;
	c->told[i].key = key;
	return &c->told[i];
}

static uint64_t key_of(struct json row, const char *name)
{
	struct json v;

	return json_get(row, name, &v) ? hash64(v.raw.s, v.raw.n, 0) : 0;
}

static bool int_of(struct json row, const char *name, int64_t *ret)
{
	struct json v;

	return json_get(row, name, &v) && json_i64(v, ret);
}

/* What follows from n and k. */
static void check_rates(struct check *c, const char *file, int64_t number, struct json info, int n, int k)
{
	struct json v;
	double guess, x;

	if (!json_get(info, "guess", &v) || !json_f64(v, &guess) || guess < 0 || guess > 1) {
		problem(c, "%s:%lld: guess is no part of 1", file, (long long)number);
		return;
	}
	for (int i = 0; i < (c->set->limited ? 4 : 3); i++) {
		static const char *const name[] = { "pass_rate_mean", "pass_rate_corrected", "guess_p", "in_band" };
		const struct limits *l = c->set->limited ? &c->set->limits : &LIMITS;
		double want = i == 0 ? rate_mean(n, k, l->prior) : i == 1 ? corrected_rate(n, k, guess) :
			      i == 2 ? binomial_tail(n, k, guess) : rate_within(n, k, l->prior, l->lo, l->hi);

		if (!json_get(info, name[i], &v) || !json_f64(v, &x) || fabs(x - want) > 1e-9 * want + (i == 3 ? 1e-11 : 0))
			problem(c, "%s:%lld: %s is %.*s; of %d right of %d it is %g", file, (long long)number, name[i],
				(int)(v.raw.n < 40 ? v.raw.n : 40), v.raw.s, k, n, want);
	}
}

/* One number for the figures of a prompt's samples and for each model's n and k; 0 where they are not told. */
static uint64_t figures_key(const double figure[FIGURES], bool stats, const int64_t counts[2 * LIMITS_MODELS])
{
	uint64_t h = hash64(figure, FIGURES * sizeof(*figure), stats);

	h = hash64(counts, 2 * LIMITS_MODELS * sizeof(*counts), h);
	return h + (h == 0);
}

/* n and k of each model, in order. */
static void counts_told(struct json info, int64_t counts[2 * LIMITS_MODELS])
{
	struct buf text = BUF_INIT;
	struct json v, models, m;
	struct err ignored;
	int n = 0;

	memset(counts, 0, 2 * LIMITS_MODELS * sizeof(*counts));
	if (json_get(info, "models", &v) && json_str(v, &text) && json_parse(&models, buf_str(&text), &ignored))
		for (struct json_iter it = json_iter(models); n < LIMITS_MODELS && json_next(&it, NULL, &m); n++) {
			int_of(m, "n", &counts[2 * n]);
			int_of(m, "k", &counts[2 * n + 1]);
		}
	buf_release(&text);
}

static uint64_t figures_told(struct json info)
{
	static const char *const name[FIGURES] = { "tokens_mean", "cut_rate", "format_ok_rate", "logprob_mean", "entropy_mean" };
	int64_t counts[2 * LIMITS_MODELS];
	double figure[FIGURES];
	struct json v;
	bool stats;

	counts_told(info, counts);
	for (int i = 0; i < FIGURES; i++)
		if (!json_get(info, name[i], &v) || !json_f64(v, &figure[i]))
			return 0;
	return json_get(info, "has_stats", &v) && json_bool(v, &stats) ? figures_key(figure, stats, counts) : 0;
}

/* A row's filter is the manifest's. */
static void check_filter(struct check *c, const char *file, int64_t number, struct json info)
{
	struct buf want = BUF_INIT, is = BUF_INIT;
	struct json v;

	json_open(&want, '{');
	limits_members(&want, &c->set->limits);
	json_close(&want, '}');
	if (!json_get(info, "filter", &v) || !json_str(v, &is) || !str_eq(buf_str(&is), buf_str(&want)))
		problem(c, "%s:%lld: its filter is not the manifest's", file, (long long)number);
	buf_release(&want);
	buf_release(&is);
}

/* A row of the rl or deferred view: its place, and the figures that its traces must bear out. */
static void hear_prompt(struct check *c, const char *file, int64_t number, struct json row)
{
	struct json info, v;
	int64_t index, n, k;
	struct told *t;
	double rate;

	json_get(row, "extra_info", &info);
	if (!int_of(info, "index", &index) || !int_of(info, "n", &n) || !int_of(info, "k", &k) || !json_get(info, "pass_rate", &v) || !json_f64(v, &rate)) {
		problem(c, "%s:%lld: no index, n, k or pass_rate", file, (long long)number);
		return;
	}
	if (n < 1 || k < 0 || k > n || fabs(rate - (double)k / (double)n) > 1e-9)
		problem(c, "%s:%lld: pass_rate %g is not k/n = %lld/%lld", file, (long long)number, rate, (long long)k, (long long)n);
	else if (n <= SAMPLES_MAX)
		check_rates(c, file, number, info, (int)n, (int)k);
	if (index != c->place)
		problem(c, "%s:%lld: out of its place: row %lld of its split, where %lld is due", file, (long long)number, (long long)index, (long long)c->place);
	c->place = index + 1;
	if (c->set->limited)
		check_filter(c, file, number, info);
	t = told_of(c, key_of(row, "uid"));
	if (!t)
		return;
	t->figures[0] = figures_told(info);
	if (t->row)
		problem(c, "%s:%lld: the prompt stands in the dataset twice", file, (long long)number);
	t->row = true;
	t->n = n;
	t->k = k;
	t->number = number;
	t->file = (int)c->file_at;
}

/* A prompt's traces are all read: its decision is made again, and its figures. */
static void traces_end(struct check *c)
{
	const struct limits *l = &c->set->limits;
	struct traced *r = &c->traced;
	const char *file = c->files.s + r->file;
	const struct outcome *o = &r->seen[l->model];
	int64_t counts[2 * LIMITS_MODELS] = { 0 };
	double figure[FIGURES];
	struct told *t = r->key ? told_of(c, r->key) : NULL;
	enum fate fate;
	bool stats;

	if (!t)
		return;
	stats = figures_settle(&r->figures, figure);
	for (int m = 0; m < LIMITS_MODELS; m++) {
		counts[2 * m] = r->seen[m].samples - r->seen[m].errors;
		counts[2 * m + 1] = r->seen[m].right;
	}
	t->figures[1] = figures_key(figure, stats, counts);
	if (!c->set->limited)
		return;
	fate = prompt_fate(o, r->guess, l);
	if (strcmp(r->fate, fate_name(fate)) != 0)
		problem(c, "%s:%lld: its fate is said to be \"%s\"; by %d right of %d samples it is \"%s\"", file, (long long)r->number, r->fate, o->right,
			o->samples, fate_name(fate));
	if (r->late)
		problem(c, "%s:%lld: samples stand behind the one that decided", file, (long long)r->number);
}

/* Rows of one prompt follow each other, by sample. */
static void hear_trace(struct check *c, const char *file, int64_t number, struct json row)
{
	uint64_t key = key_of(row, "id");
	struct traced *r = &c->traced;
	bool first = key != r->key;
	struct told *t;
	struct json finish, mark, v;
	bool failed, right, cut, format_ok = false;
	double logprob = NAN, entropy = NAN;
	const struct limits *l = &c->set->limits; /* of one model where the manifest says nothing */
	int64_t sample = 0, tokens = 0;
	struct outcome *seen;
	int model;

	if (first)
		traces_end(c);
	t = told_of(c, key);
	if (!int_of(row, "sample", &sample))
		problem(c, "%s:%lld: no sample number", file, (long long)number);
	else if (first ? sample != 0 || (t && t->told) : sample != r->sample + 1 && !(l->models > 1 && sample > r->sample && sample % l->n == 0))
		problem(c, "%s:%lld: out of its place: sample %lld of its prompt", file, (long long)number, (long long)sample);
	if (first) {
		*r = (struct traced){ .key = key, .number = number, .file = c->file_at };
		if (json_get(row, "guess", &v))
			json_f64(v, &r->guess);
		if (json_get(row, "fate", &v))
			json_z(v, r->fate, sizeof(r->fate));
	}
	r->sample = sample;
	json_get(row, "finish", &finish);
	json_get(row, "mark", &mark);
	failed = json_is(finish, "error");
	cut = json_is(finish, "length");
	right = json_is(mark, "correct");
	if (json_get(row, "fate", &v) && !json_is(v, r->fate))
		problem(c, "%s:%lld: another fate than the prompt's samples before it have", file, (long long)number);
	model = l->models > 1 && sample >= 0 && sample / l->n < l->models ? (int)(sample / l->n) : 0;
	seen = &r->seen[model];
	r->late |= c->set->limited && seen->samples && limits_enough(seen, r->guess, l);
	seen->samples++;
	seen->errors += failed;
	seen->right += right && !failed;
	seen->broken += !failed && json_is(mark, "bad_task");
	int_of(row, "tokens", &tokens);
	if (json_get(row, "format_ok", &v))
		json_bool(v, &format_ok);
	if (json_get(row, "has_stats", &v) && v.kind == JSON_TRUE) {
		json_get(row, "logprob_mean", &v);
		json_f64(v, &logprob);
		json_get(row, "entropy_mean", &v);
		json_f64(v, &entropy);
	}
	if (!failed && model == l->model)
		figures_add(&r->figures, tokens, cut, format_ok, logprob, entropy);
	if (t) {
		t->told = true;
		t->traces += !failed && model == l->model;
		t->right += right && model == l->model;
	}
}

/* The pass rates of all prompts, recomputed. */
static void check_told(struct check *c)
{
	for (size_t i = 0; i < c->room; i++) {
		const struct told *t = &c->told[i];

		if (t->key && t->row && (t->traces != t->n || t->right != t->k))
			problem(c, "%s:%lld: it says %lld of %lld right, its traces say %lld of %lld", c->files.s + t->file, (long long)t->number, (long long)t->k,
				(long long)t->n, (long long)t->right, (long long)t->traces);
		else if (t->key && t->row && t->figures[0] && t->figures[0] != t->figures[1])
			problem(c, "%s:%lld: the lengths, formats, probabilities or other models' counts that it tells are not those of its traces", c->files.s + t->file,
				(long long)t->number);
	}
}

/* The text of the last message of a list: what the model said. */
static struct json last_content(struct json messages)
{
	struct json m, content = { JSON_NONE, { "", 0 } };

	for (struct json_iter it = json_iter(messages); json_next(&it, NULL, &m);)
		json_get(m, "content", &content);
	return content;
}

static void must_be(struct check *c, const char *file, int64_t number, const char *what, bool held)
{
	const struct quarry_verdict *v = &c->judged.v;

	c->verdicts++;
	if (!held)
		problem(c, "%s:%lld: %s is %s (%s): %s", file, (long long)number, what, quarry_mark_name(v->mark), c->judged.status ? c->judged.status : "", v->why);
}

/* A file that changes nothing, so that the tests run over the tree as it is. */
static const char nothing[] = "<answer>\n### quarry_nothing/nothing.py\n```\n# nothing\n```\n</answer>";

/* A task of a repository: its own patch passes the tests, no patch is no answer, and without one the tests fail. */
static void check_swe(struct check *c, const char *file, int64_t number, struct json row)
{
	const struct quarry_verdict *v = &c->judged.v;
	struct json answer;

	if (!c->judged.swe) {
		c->unrun++;
		return;
	}
	c->run++;
	if (json_get(row, "answer", &answer)) {
		buf_reset(&c->said);
		buf_addz(&c->said, "<answer>\n");
		json_str(answer, &c->said);
		buf_addz(&c->said, "\n</answer>");
		judge_text(&c->judged, row, buf_str(&c->said), false);
		must_be(c, file, number, "its own patch", v->mark == QUARRY_CORRECT);
	}
	judge_text(&c->judged, row, STR("<answer></answer>"), false);
	must_be(c, file, number, "an empty answer", v->mark == QUARRY_NO_ANSWER);
	judge_text(&c->judged, row, STR(nothing), false);
	must_be(c, file, number, "a change of nothing", v->mark == QUARRY_WRONG);
}

/* A puzzle: its own answer is right, and it has no other where it says so. */
static void check_puzzle(struct check *c, const char *file, int64_t number, struct json row)
{
	struct json task, desc, answer;
	const struct task *t;
	struct quarry_verdict v;
	struct str name;

	if (json_get(row, "task", &task) && json_is(task, "swe")) {
		check_swe(c, file, number, row);
		return;
	}
	t = json_plain(task, &name) ? task_find(name) : NULL;
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
		if (json_get(row, "reward_model", &info) && (!json_get(info, "ground_truth", &mark) || !str_eq(mark.raw, v.raw)))
			problem(c, "%s:%lld: its reward_model has another ground truth than its label", file, (long long)number);
	} else {
		check_puzzle(c, file, number, row);
	}
}

static int on_row(void *ctx, const char *file, int64_t number, int view, struct str line)
{
	struct check *c = ctx;
	struct err ignored;
	struct json row;

	if (number == 0) {
		if (strstr(file, "-00000-of-"))
			c->place = 0;
		c->file_at = c->files.n;
		buf_addz(&c->files, file);
		buf_addc(&c->files, 0);
	}
	check_row(c, file, number + 1, line);
	if (!json_parse(&row, line, &ignored))
		return 0;
	if (view == VIEW_RL || view == VIEW_DEFERRED)
		hear_prompt(c, file, number + 1, row);
	else if (view == VIEW_TRACES)
		hear_trace(c, file, number + 1, row);
	return 0;
}

/* run.db is the run that the dataset was written from. Who copied the rows may have left it away. */
static void check_run(struct check *c, const char *dir)
{
	struct buf path = BUF_INIT, state = BUF_INIT, content = BUF_INIT;
	const struct dataset_check *d = c->set;
	struct store *st = NULL;
	struct err err;
	struct stat sb;

	buf_addf(&path, "%s/run.db", dir);
	if (lstat(buf_z(&path), &sb) < 0)
		log_warn("%s is not there: the rows are held against manifest.json alone", buf_z(&path));
	else if (stat(buf_z(&path), &sb) < 0 || !S_ISREG(sb.st_mode))
		problem(c, "%s: is no file", buf_z(&path));
	else if (store_open(&st, buf_z(&path), STORE_READ, &err) < 0 || store_check(st, &err) < 0 || store_get(st, "state", &state, &err) < 0 ||
		 store_get(st, "content_sha256", &content, &err) < 0)
		problem(c, "%s", err.msg);
	else if (!str_is(buf_str(&state), "done"))
		problem(c, "%s: its run has not ended; go on with quarry build --resume", buf_z(&path));
	else if (!str_is(buf_str(&content), d->content_sha256))
		problem(c, "%s: is of another content_sha256 than manifest.json", buf_z(&path));
	else if (store_samples(st) != d->traces)
		problem(c, "%s: %lld samples; manifest.json has %lld traces", buf_z(&path), (long long)store_samples(st), (long long)d->traces);
	store_close(st);
	buf_release(&path);
	buf_release(&state);
	buf_release(&content);
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
	a->swe.rows = argv[0];
	if (swe_open_args(&c.judged.swe, &a->swe, &a->common, &err) < 0)
		return fail_usage(&err);
	progress_start(&c.progress, "check", "rows", 0, &a->common);
	if (stat(argv[0], &st) == 0 && S_ISDIR(st.st_mode)) {
		struct dataset_check d = { .row = on_row, .problem = on_problem, .ctx = &c, .limits = LIMITS };

		c.set = &d;
		rc = dataset_check(&d, argv[0], &err);
		if (rc == 0) {
			traces_end(&c);
			check_told(&c);
			check_run(&c, argv[0]);
		}
	} else {
		rc = check_file(&c, argv[0], &err);
	}
	progress_end(&c.progress);
	swe_close(c.judged.swe);
	judged_release(&c.judged);
	buf_release(&c.desc);
	buf_release(&c.said);
	buf_release(&c.files);
	free(c.told);
	if (rc < 0)
		return fail_usage(&err);
	printf("%s: %llu rows, %llu verdicts given again, %llu puzzles proved again, ", argv[0], (unsigned long long)c.rows,
	       (unsigned long long)c.verdicts, (unsigned long long)c.proved);
	if (c.run)
		printf("%llu rows' tests run again, ", (unsigned long long)c.run);
	printf("%llu problems\n", (unsigned long long)c.problems);
	if (c.unrun)
		log_warn("%llu rows of task swe were not looked at: their tests run with --repos DIR alone", (unsigned long long)c.unrun);
	return c.problems ? EXIT_FAILED : EXIT_DONE;
}

static const char more[] = "A dataset directory: every checksum, count and id against manifest.json, every row's verdict given again, every pass rate counted\n"
			   "again from the traces; README.md and report.html are there; run.db, unless it was left away, is sound and of this dataset.\n"
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
