/* cmd_audit.c - quarry audit: can a task's answers be had without reasoning? */
#include "cli/audit.h"
#include "cli/command.h"
#include "cli/foreign.h"
#include "cli/judge.h"
#include "cli/progress.h"
#include "generators/wish.h"
#include "datasets/stream.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct args {
	struct common common;
	const char *difficulty, *lang;
	struct opt_list knobs;
	int64_t train, test;
	bool json;
	bool headed; /* the table has its head; without a line it has none */
};

static const struct option options[] = {
	{ .name = "difficulty", .letter = 'd', .kind = OPT_TEXT, .arg = "D", .at = offsetof(struct args, difficulty),
	  .what = "of a task: each whole level of a range A..B; 3..10 when not given" },
	{ .name = "knob", .letter = 'k', .kind = OPT_LIST, .arg = "NAME=N", .at = offsetof(struct args, knobs),
	  .what = "set a knob instead of what the difficulty says" },
	{ .name = "lang", .letter = 'l', .kind = OPT_TEXT, .arg = "LANG", .at = offsetof(struct args, lang),
	  .what = "of a task: en or zh; en when not given" },
	{ .name = "train", .kind = OPT_INT, .arg = "N", .lo = 10, .hi = 1e7, .at = offsetof(struct args, train),
	  .what = "rows to learn from; 100000 when not given" },
	{ .name = "test", .kind = OPT_INT, .arg = "N", .lo = 10, .hi = 1e7, .at = offsetof(struct args, test),
	  .what = "rows to predict; 10000 when not given, a tenth of a file" },
	{ .name = "json", .kind = OPT_FLAG, .at = offsetof(struct args, json), .what = "a JSON line for each group" },
	{ 0 },
};

/* Above this much more than guessing, plus what chance explains, a way is a shortcut. */
static const double MARGIN = 0.02;

enum { GROUPS = 512 };

struct group {
	char name[64];
	int difficulty; /* tenths; -1: none is known */
	struct audit_row *row;
	size_t n, cap;
	double guess; /* sum over the rows that tell it */
	size_t guesses;
};

static const char *text_or(const char *given, const char *otherwise)
{
	return given ? given : otherwise;
}

/* ---- the report ---- */

static double guess_of(const struct group *g, size_t train)
{
	size_t different = 0;

	if (g->guesses)
		return g->guess / (double)g->guesses;
	/* nobody says: blind among the answers that were seen */
	for (size_t i = 0; i < train && different < 1000; i++) {
		size_t k = 0;

		while (k < i && !str_eq(g->row[k].answer, g->row[i].answer))
			k++;
		different += k == i;
	}
	return different ? 1.0 / (double)different : 0;
}

static void heading(void)
{
	printf("%-32s %5s %7s %6s %7s", "task", "diff.", "train", "test", "guess");
	for (enum audit_way way = 0; way < AUDIT_WAYS; way++)
		printf(" %9s", audit_way_name(way));
	printf("  shortcut\n");
}

static void print_json(const struct group *g, const struct audit_report *r, double guess, bool shortcut)
{
	struct buf b = BUF_INIT;

	json_open(&b, '{');
	json_key(&b, "task");
	json_add_z(&b, g->name);
	json_key(&b, "difficulty");
	if (g->difficulty < 0)
		json_add_null(&b);
	else
		json_add_f64(&b, g->difficulty / 10.0);
	json_key(&b, "train");
	json_add_u64(&b, r->train);
	json_key(&b, "test");
	json_add_u64(&b, r->test);
	json_key(&b, "guess");
	json_add_f64(&b, guess);
	json_key(&b, "score");
	json_open(&b, '{');
	for (enum audit_way way = 0; way < AUDIT_WAYS; way++) {
		json_key(&b, audit_way_name(way));
		if (r->score[way] < 0)
			json_add_null(&b);
		else
			json_add_f64(&b, r->score[way]);
	}
	json_close(&b, '}');
	json_key(&b, "how");
	json_open(&b, '{');
	for (enum audit_way way = 0; way < AUDIT_WAYS; way++)
		if (r->how[way][0]) {
			json_key(&b, audit_way_name(way));
			json_add_z(&b, r->how[way]);
		}
	json_close(&b, '}');
	json_key(&b, "best");
	json_add_z(&b, audit_way_name(r->best));
	json_key(&b, "shortcut");
	json_add_bool(&b, shortcut);
	json_close(&b, '}');
	printf("%s\n", buf_z(&b));
	buf_release(&b);
}

/* One group's line; true where a way beats guessing. */
static bool report(const struct group *g, size_t train, size_t test, struct args *a)
{
	struct audit_report r;
	double guess = guess_of(g, train), limit = guess + MARGIN;
	bool shortcut;

	audit_group(&r, g->row, train, test, (int)a->common.threads);
	limit += 3 * sqrt(limit * (1 - limit) / (double)test); /* chance, three standard deviations */
	shortcut = r.score[r.best] > limit;
	if (a->json) {
		print_json(g, &r, guess, shortcut);
		fflush(stdout);
		return shortcut;
	}
	if (!a->headed)
		heading();
	a->headed = true;
	printf("%-32s ", g->name);
	if (g->difficulty < 0)
		printf("%5s", "-");
	else
		printf("%5.1f", g->difficulty / 10.0);
	printf(" %7zu %6zu %7.4f", train, test, guess);
	for (enum audit_way way = 0; way < AUDIT_WAYS; way++)
		if (r.score[way] < 0)
			printf(" %9s", "-");
		else
			printf(" %9.4f", r.score[way]);
	if (shortcut)
		printf("  %s (%s)\n", audit_way_name(r.best), r.how[r.best]);
	else
		printf("  no\n");
	fflush(stdout);
	return shortcut;
}

/* ---- rows of a task ---- */

static char *copy(struct str s)
{
	char *z = malloc(s.n + 1);

	if (z) {
		memcpy(z, s.s, s.n);
		z[s.n] = 0;
	}
	return z;
}

static void row_release(struct audit_row *row)
{
	free((char *)row->prompt.s);
	free((char *)row->answer.s);
	free((char *)row->desc.s);
}

static bool row_set(struct audit_row *row, struct str prompt, struct str answer, struct str desc)
{
	row->prompt = (struct str){ copy(prompt), prompt.n };
	row->answer = (struct str){ copy(answer), answer.n };
	row->desc = (struct str){ copy(desc), desc.n };
	return row->prompt.s && row->answer.s && row->desc.s;
}

static void group_release(struct group *g)
{
	for (size_t i = 0; i < g->n; i++)
		row_release(&g->row[i]);
	free(g->row);
	*g = (struct group){ 0 };
}

/* Rows of one task at one level, all in one wording: what a shortcut would live on is not hidden by many. */
static int make_rows(struct group *g, const struct wish *w, size_t n, const struct args *a, struct progress *progress, struct err *err)
{
	const struct task *t = w->ask.task;
	int failed = 0;

	g->row = calloc(n, sizeof(*g->row));
	if (!g->row)
		return err_set(err, "out of memory");
	g->n = n;
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 64) num_threads((int)a->common.threads)
#endif
	for (size_t i = 0; i < n; i++) {
		struct instance_ask ask = wish_ask(w, instance_seed((uint64_t)a->common.seed, t->name, i));
		struct instance in = INSTANCE_INIT;
		struct err own = ERR_INIT;
		bool ok = instance_make(&in, &ask, instance_seed((uint64_t)a->common.seed, t->name, i), &own) == 0 &&
			  row_set(&g->row[i], buf_str(&in.prompt), buf_str(&in.answer), buf_str(&in.desc));

		g->row[i].rule = quarry_rule(t->name);
		if (!ok)
#ifdef _OPENMP
#pragma omp critical
#endif
		{
			failed++;
			*err = own;
		}
		if (i == 0)
			g->guess = in.guess;
		instance_release(&in);
#ifdef _OPENMP
#pragma omp critical
#endif
		progress_add(progress, 1);
	}
	g->guesses = 1;
	return failed ? ERR_FAIL : 0;
}

static int audit_task(struct args *a, const char *name, bool *shortcut, struct err *err)
{
	size_t train = (size_t)(a->train ? a->train : 100000), test = (size_t)(a->test ? a->test : 10000);
	struct wish w;
	char form[PROMPT_FORM_MAX];
	struct prompt_family family;
	struct progress progress;
	int rc = 0;

	if (wish_for(&w, str_of(name), err) < 0 || wish_difficulty(&w, text_or(a->difficulty, "3..10"), err) < 0 ||
	    wish_langs(&w, text_or(a->lang, "en"), err) < 0)
		return ERR_FAIL;
	for (int i = 0; i < a->knobs.n; i++)
		if (wish_knob_text(&w, a->knobs.item[i], err) < 0)
			return ERR_FAIL;
	if (wish_check(&w, err) < 0)
		return ERR_FAIL;
	family = prompt_family(w.ask.task->name, w.langs[0], 0);
	snprintf(form, sizeof(form), family.forms > 1 ? "%.*s.0" : "%.*s", (int)family.name.n, family.name.s);
	w.ask.form = str_of(form);
	for (int level = w.lo, to = w.hi; rc == 0 && level <= to; level += 10) {
		struct group g = { .difficulty = level };

		w.lo = w.hi = level;
		snprintf(g.name, sizeof(g.name), "%s", w.ask.task->name);
		progress_start(&progress, g.name, "puzzles", train + test, &a->common);
		rc = make_rows(&g, &w, train + test, a, &progress, err);
		progress_end(&progress);
		if (rc == 0)
			*shortcut |= report(&g, train, test, a) && level >= 30;
		group_release(&g);
	}
	return rc;
}

/* ---- rows of a file ---- */

/* A prompt is a text or a list of messages. */
static bool prompt_text(struct json v, struct buf *out)
{
	struct json message, content;
	struct json_iter it = json_iter(v);
	bool any = false;

	if (v.kind == JSON_STRING)
		return json_str(v, out);
	if (v.kind != JSON_ARRAY)
		return false;
	while (json_next(&it, NULL, &message))
		if (json_get(message, "content", &content) && content.kind == JSON_STRING) {
			if (any)
				buf_addc(out, '\n');
			any = json_str(content, out);
		}
	return any;
}

/* A string as it is, anything else as its JSON. */
static void answer_text(struct json v, struct buf *out)
{
	if (v.kind == JSON_STRING)
		json_str(v, out);
	else
		buf_add(out, v.raw);
}

struct read {
	struct buf prompt, answer, desc, text, extra;
	const struct quarry_rule *rule; /* with desc; NULL: answers are compared as texts */
	char task[64];
	int difficulty;
	double guess; /* negative: not told */
};

/* The task and desc of a ground truth, and an answer from them. */
static bool read_truth(struct read *r, struct json truth)
{
	struct json inner, v;
	struct err err = ERR_INIT;
	const struct task *t;

	buf_reset(&r->text);
	if (!json_str(truth, &r->text) || !json_parse(&inner, buf_str(&r->text), &err) || !json_get(inner, "task", &v) ||
	    !json_z(v, r->task, sizeof(r->task)) || !json_get(inner, "desc", &v) || !json_str(v, &r->desc))
		return false;
	r->rule = quarry_rule(r->task);
	t = task_find(str_of(r->task));
	return t && t->solve(&r->answer, buf_str(&r->desc));
}

/* The question and the stored answer of another house's row, as they stand. */
static bool read_foreign(struct read *r, struct json row, enum foreign_kind kind)
{
	struct foreign f = FOREIGN_INIT;
	struct err err = ERR_INIT;
	bool ok = foreign_read(&f, row, kind, &err) == 0;

	if (ok) {
		buf_add(&r->prompt, buf_str(&f.question));
		buf_add(&r->answer, buf_str(&f.gold));
		if (f.task) { /* the row states the puzzle: its rule judges, and where no answer is stored its solver has one */
			r->rule = f.rule;
			buf_add(&r->desc, buf_str(&f.desc));
			if (!r->answer.n && !f.task->solve(&r->answer, buf_str(&f.desc)))
				buf_reset(&r->answer);
		}
		snprintf(r->task, sizeof(r->task), "%s", f.name);
	}
	foreign_release(&f);
	return ok;
}

/* What an object says of difficulty and guess; what it does not say stays. */
static void read_figures(struct read *r, struct json of)
{
	struct json v;
	double d;

	if (json_get(of, "difficulty", &v) && json_f64(v, &d) && d >= 0 && d <= 10)
		r->difficulty = (int)(d * 10 + 0.5);
	if (json_get(of, "guess", &v) && json_f64(v, &d))
		r->guess = d;
}

/* quarry's instances and rl rows, SynLogic's rows, reasoning-gym's: told apart by their members. */
static bool read_row(struct read *r, struct json row)
{
	struct json v, extra, model, truth;

	buf_reset(&r->prompt);
	buf_reset(&r->answer);
	buf_reset(&r->desc);
	r->task[0] = 0;
	r->rule = NULL;
	r->difficulty = -1;
	r->guess = -1;
	json_get(row, "extra_info", &extra);
	extra = json_unwrap(extra, &r->extra);
	read_figures(r, extra);
	if (json_get(row, "game_data_str", &v) || json_get(extra, "game_data_str", &v)) {
		r->difficulty = -1; /* theirs is another scale */
		return read_foreign(r, row, FOREIGN_SYNLOGIC);
	}
	json_get(row, "metadata", &extra);
	extra = json_unwrap(extra, &r->extra);
	if (json_get(row, "question", &v) && json_get(extra, "source_dataset", &truth))
		return read_foreign(r, row, FOREIGN_GYM);
	if (json_get(row, "question", &v) && v.kind == JSON_STRING) { /* nobody's */
		snprintf(r->task, sizeof(r->task), "-");
		json_str(v, &r->prompt);
		if (!json_get(row, "answer", &v))
			return false;
		answer_text(v, &r->answer);
		return true;
	}
	if (!json_get(row, "prompt", &v) || !prompt_text(v, &r->prompt))
		return false;
	json_get(row, "reward_model", &model);
	if (json_get(json_unwrap(model, &r->extra), "ground_truth", &truth))
		return read_truth(r, truth);
	read_figures(r, row);
	if (json_get(row, "desc", &v) && v.kind == JSON_STRING)
		json_str(v, &r->desc);
	if (!json_get(row, "answer", &v))
		return false;
	answer_text(v, &r->answer);
	if (!json_get(row, "task", &v) || !json_z(v, r->task, sizeof(r->task)))
		return false;
	r->rule = r->desc.n ? quarry_rule(r->task) : NULL;
	return true;
}

static int group_add(struct group *groups, int *n, const struct read *r, struct err *err)
{
	struct group *g = groups, *end = groups + *n;
	struct audit_row *grown;

	while (g < end && (strcmp(g->name, r->task) || g->difficulty != r->difficulty))
		g++;
	if (g == end) {
		if (*n == GROUPS)
			return err_set(err, "more than %d tasks and difficulties in one file", GROUPS);
		++*n;
		snprintf(g->name, sizeof(g->name), "%s", r->task);
		g->difficulty = r->difficulty;
	}
	if (g->n == g->cap) {
		grown = realloc(g->row, (g->cap * 2 + 64) * sizeof(*grown));
		if (!grown)
			return err_set(err, "out of memory");
		g->row = grown;
		g->cap = g->cap * 2 + 64;
	}
	g->row[g->n].rule = r->rule;
	if (!row_set(&g->row[g->n++], buf_str(&r->prompt), buf_str(&r->answer), buf_str(&r->desc)))
		return err_set(err, "out of memory");
	if (r->guess >= 0) {
		g->guess += r->guess;
		g->guesses++;
	}
	return 0;
}

static int audit_file(struct args *a, const char *path, bool *shortcut, struct err *err)
{
	struct group *groups = calloc(GROUPS, sizeof(*groups));
	struct read r = { .difficulty = -1 };
	struct buf line = BUF_INIT;
	struct reader *in = NULL;
	int n = 0, rc = groups ? reader_open(&in, path, err) : err_set(err, "out of memory");

	while (rc == 0 && (rc = reader_line(in, &line, err)) > 0) {
		struct json row;

		rc = 0;
		if (!json_parse(&row, buf_str(&line), err))
			rc = err_at(err, "%s:%llu: ", reader_name(in), (unsigned long long)reader_number(in));
		else if (!read_row(&r, row))
			rc = err_set(err, "%s:%llu: a row needs a prompt, a task and an answer: an instance of quarry's, a row of its rl "
				     "view, of SynLogic or of reasoning-gym", reader_name(in), (unsigned long long)reader_number(in));
		else
			rc = group_add(groups, &n, &r, err);
	}
	if (rc == 0 && n == 0)
		rc = err_set(err, "%s: there are no rows to audit", reader_name(in));
	for (int i = 0; rc == 0 && i < n; i++) {
		size_t test = a->test ? (size_t)a->test : (groups[i].n + 9) / 10, train;

		if (groups[i].n < 20) {
			fprintf(stderr, "audit: %s: %zu rows at this difficulty are too few to learn from\n", groups[i].name, groups[i].n);
			continue;
		}
		test = test < groups[i].n / 2 ? test : groups[i].n / 2;
		train = groups[i].n - test;
		if (a->train && (size_t)a->train < train)
			train = (size_t)a->train;
		*shortcut |= report(&groups[i], train, test, a) && (groups[i].difficulty < 0 || groups[i].difficulty >= 30);
	}
	for (int i = 0; groups && i < n; i++)
		group_release(&groups[i]);
	free(groups);
	buf_release(&r.prompt);
	buf_release(&r.answer);
	buf_release(&r.desc);
	buf_release(&r.text);
	buf_release(&r.extra);
	buf_release(&line);
	reader_close(in);
	return rc;
}

static bool is_file(const char *name)
{
	return strcmp(name, "-") == 0 || strchr(name, '/') || strstr(name, ".jsonl");
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct err err = ERR_INIT;
	bool shortcut = false, every = argc == 1 && strcmp(argv[0], "all") == 0;
	int rc = 0;

	if (argc == 0) {
		err_set(&err, "audit: name a task, all, or a file of rows");
		return fail_usage(&err);
	}
	for (int i = 0; rc == 0 && !every && i < argc; i++)
		rc = is_file(argv[i]) ? audit_file(a, argv[i], &shortcut, &err) : audit_task(a, argv[i], &shortcut, &err);
	for (size_t i = 0; rc == 0 && every && task_at(i); i++)
		rc = audit_task(a, task_at(i)->name, &shortcut, &err);
	if (rc < 0)
		return fail(rc, &err);
	return shortcut ? EXIT_FAILED : EXIT_DONE;
}

static const char more[] =
	"Shares of answers that are right without solving anything: one answer for all; the first, last, longest or\n"
	"commonest thing in the prompt that could be an answer; a line of the prompt handed back; and two logistic\n"
	"regressions on the prompt (words with counts and places; a place that is pointed at). Exit 1 where one of them\n"
	"beats guess + 0.02 by more than chance, from difficulty 3 on.\n"
	"\n"
	"    quarry audit word_sorting --difficulty 3..5 --train 20000 --test 2000\n";

const struct command cmd_audit = { "audit", "TASK or FILE...", "can the answers be had without reasoning?", more, options, sizeof(struct args),
				   run };
