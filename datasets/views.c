/* views.c - rows of the views; see views.h. */
#include "datasets/views.h"

#include <assert.h>
#include <math.h>

const char *view_name(int view)
{
	static const char *const names[VIEWS] = {
		[VIEW_RL] = "rl", [VIEW_SFT] = "sft", [VIEW_PAIRS] = "pairs", [VIEW_TRACES] = "traces", [VIEW_DEFERRED] = "deferred",
	};

	return names[view];
}

bool view_from(struct str name, int *ret)
{
	for (int v = 0; v < VIEWS; v++)
		if (str_is(name, view_name(v))) {
			*ret = v;
			return true;
		}
	return false;
}

const char *split_name(enum split s)
{
	return s == SPLIT_TRAIN ? "train" : "validation";
}

/* ---- the columns */

#define ABOUT_PROMPT                                                                                                  \
	{ "split", COL_TEXT }, { "index", COL_INT }, { "task", COL_TEXT }, { "revision", COL_INT }, { "seed", COL_INT },      \
	{ "difficulty", COL_REAL }, { "knobs", COL_TEXT }, { "lang", COL_TEXT }, { "format", COL_TEXT },                      \
	{ "form", COL_TEXT }, { "shape", COL_TEXT }, { "think", COL_TEXT }, { "canon", COL_TEXT }, { "guess", COL_REAL }, { "effort", COL_TEXT },    \
	{ "n", COL_INT }, { "k", COL_INT }, { "pass_rate", COL_REAL }, { "pass_rate_mean", COL_REAL },                        \
	{ "pass_rate_corrected", COL_REAL }, { "in_band", COL_REAL }, { "guess_p", COL_REAL }, { "tokens_mean", COL_REAL },   \
	{ "cut_rate", COL_REAL }, { "format_ok_rate", COL_REAL }, { "has_stats", COL_BOOL }, { "logprob_mean", COL_REAL },    \
	{ "entropy_mean", COL_REAL }, { "model", COL_TEXT }, { "models", COL_TEXT }, { "filter", COL_TEXT }, { "swe", COL_TEXT }

static const struct column rl_columns[] = {
	{ "uid", COL_TEXT },
	{ "data_source", COL_TEXT },
	{ "prompt", COL_MESSAGES },
	{ "ability", COL_TEXT },
	{ "reward_model", COL_OBJECT },
	{ "style", COL_TEXT },
	{ "ground_truth", COL_TEXT },
	{ NULL, COL_END },
	{ "label", COL_TEXT },
	{ "extra_info", COL_OBJECT },
	ABOUT_PROMPT,
	{ NULL, COL_END },
	{ NULL, COL_END },
};

static const struct column sft_columns[] = {
	{ "uid", COL_TEXT },
	{ "messages", COL_MESSAGES },
	{ "extra_info", COL_OBJECT },
	ABOUT_PROMPT,
	{ "ground_truth", COL_TEXT },
	{ "sample", COL_INT },
	{ "tokens", COL_INT },
	{ NULL, COL_END },
	{ NULL, COL_END },
};

static const struct column pairs_columns[] = {
	{ "uid", COL_TEXT },
	{ "prompt", COL_MESSAGES },
	{ "chosen", COL_MESSAGES },
	{ "rejected", COL_MESSAGES },
	{ "extra_info", COL_OBJECT },
	ABOUT_PROMPT,
	{ "ground_truth", COL_TEXT },
	{ "chosen_sample", COL_INT },
	{ "chosen_tokens", COL_INT },
	{ "rejected_sample", COL_INT },
	{ "rejected_tokens", COL_INT },
	{ "rejected_mark", COL_TEXT },
	{ NULL, COL_END },
	{ NULL, COL_END },
};

/* A sample row and its verdict, flat, so that `quarry verify` reads it as it is. */
static const struct column traces_columns[] = {
	{ "uid", COL_TEXT },
	{ "id", COL_TEXT },
	{ "split", COL_TEXT },
	{ "fate", COL_TEXT },
	{ "task", COL_TEXT },
	{ "revision", COL_INT },
	{ "difficulty", COL_REAL },
	{ "knobs", COL_TEXT },
	{ "seed", COL_INT },
	{ "lang", COL_TEXT },
	{ "format", COL_TEXT },
	{ "form", COL_TEXT },
	{ "shape", COL_TEXT },
	{ "think", COL_TEXT },
	{ "prompt", COL_MESSAGES },
	{ "desc", COL_TEXT },
	{ "answer", COL_TEXT },
	{ "canon", COL_TEXT },
	{ "guess", COL_REAL },
	{ "effort", COL_TEXT },
	{ "sample", COL_INT },
	{ "response", COL_TEXT },
	{ "finish", COL_TEXT },
	{ "tokens", COL_INT },
	{ "has_stats", COL_BOOL },
	{ "logprob_mean", COL_REAL },
	{ "entropy_mean", COL_REAL },
	{ "model", COL_TEXT },
	{ "sampling", COL_TEXT },
	{ "score", COL_REAL },
	{ "mark", COL_TEXT },
	{ "why", COL_TEXT },
	{ "extracted", COL_TEXT },
	{ "format_ok", COL_BOOL },
	{ "answers_seen", COL_INT },
	{ "swe", COL_TEXT },
	{ NULL, COL_END },
};

const struct column *view_columns(int view)
{
	static const struct column *const of[VIEWS] = {
		[VIEW_RL] = rl_columns, [VIEW_SFT] = sft_columns, [VIEW_PAIRS] = pairs_columns, [VIEW_TRACES] = traces_columns,
		[VIEW_DEFERRED] = rl_columns,
	};

	return of[view];
}

/* ---- the puzzle */

static const struct {
	const char *name;
	enum json_kind kind;
} parts[PARTS] = {
	[PART_ID] = { "id", JSON_STRING },
	[PART_TASK] = { "task", JSON_STRING },
	[PART_REVISION] = { "revision", JSON_INT },
	[PART_DIFFICULTY] = { "difficulty", JSON_FLOAT },
	[PART_KNOBS] = { "knobs", JSON_OBJECT },
	[PART_SEED] = { "seed", JSON_INT },
	[PART_LANG] = { "lang", JSON_STRING },
	[PART_FORMAT] = { "format", JSON_STRING },
	[PART_FORM] = { "form", JSON_STRING },
	[PART_SHAPE] = { "shape", JSON_STRING },
	[PART_PROMPT] = { "prompt", JSON_ARRAY },
	[PART_DESC] = { "desc", JSON_STRING },
	[PART_ANSWER] = { "answer", JSON_STRING },
	[PART_CANON] = { "canon", JSON_STRING },
	[PART_GUESS] = { "guess", JSON_FLOAT },
	[PART_EFFORT] = { "effort", JSON_OBJECT },
	[PART_THINK] = { "think", JSON_STRING },
	[PART_SWE] = { "swe", JSON_OBJECT },
};

/* 16 hex digits, as the top 53 bits' fraction of the whole range; negative: something else. */
static double canon_place(struct str hex)
{
	uint64_t v = 0;

	if (hex.n != 16)
		return -1;
	for (size_t i = 0; i < hex.n; i++) {
		const char *digits = "0123456789abcdef", *d = hex.s[i] ? strchr(digits, hex.s[i]) : NULL;

		if (!d)
			return -1;
		v = v << 4 | (uint64_t)(d - digits);
	}
	return (double)(v >> 11) * 0x1p-53;
}

/* Names go into pages and tables as they are. */
static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.s[i] >= 'a' && s.s[i] <= 'z') && !(s.s[i] >= 'A' && s.s[i] <= 'Z') && !(s.s[i] >= '0' && s.s[i] <= '9') &&
		    !(s.s[i] && strchr("_-.:/", s.s[i])))
			return false;
	return s.n > 0 && s.n < 256;
}

static bool messages_fit(struct json list)
{
	struct json m, role, content;

	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &m);)
		if (!json_get(m, "role", &role) || role.kind != JSON_STRING || !json_get(m, "content", &content) ||
		    content.kind != JSON_STRING)
			return false;
	return json_count(list) > 0;
}

bool puzzle_read(struct puzzle *p, struct str instance, double validation, struct err *err)
{
	struct json row;
	struct str canon;
	double place;
	int64_t whole;

	if (!json_parse(&row, instance, err))
		return false;
	for (int i = 0; i < PARTS; i++) {
		json_get(row, parts[i].name, &p->part[i]);
		if (p->part[i].kind != parts[i].kind && !((i == PART_THINK || i == PART_SHAPE || i == PART_SWE) && p->part[i].kind == JSON_NONE)) {
			err_set(err, "\"%s\" is missing or of another type", parts[i].name);
			return false;
		}
	}
	place = json_plain(p->part[PART_CANON], &canon) ? canon_place(canon) : -1;
	if (place < 0 || !json_plain(p->part[PART_ID], &p->id) || !json_plain(p->part[PART_TASK], &p->task) ||
	    !json_plain(p->part[PART_LANG], &p->lang) || !is_name(p->id) || !is_name(p->task) || !is_name(p->lang) ||
	    !messages_fit(p->part[PART_PROMPT]) ||
	    !json_f64(p->part[PART_DIFFICULTY], &p->difficulty) || !json_f64(p->part[PART_GUESS], &p->guess) ||
	    !json_i64(p->part[PART_REVISION], &whole) || !json_i64(p->part[PART_SEED], &whole)) {
		err_set(err, "its id, task, lang, canon, numbers or prompt are not as an instance has them");
		return false;
	}
	p->split = place >= 1 - validation ? SPLIT_VALIDATION : SPLIT_TRAIN;
	return true;
}

/* ---- writing: each put names the column that is due */

struct row {
	struct buf *b;
	const struct column *due;
};

static struct row row_begin(struct buf *b, int view)
{
	json_open(b, '{');
	return (struct row){ b, view_columns(view) };
}

static void due(struct row *r, const char *name, enum column_type type)
{
	assert(r->due->type == type && (type == COL_END || strcmp(r->due->name, name) == 0));
	r->due++;
	if (type != COL_END)
		json_key(r->b, name);
}

static void put_text(struct row *r, const char *name, struct str s)
{
	due(r, name, COL_TEXT);
	json_add_str(r->b, s);
}

static void put_int(struct row *r, const char *name, int64_t v)
{
	due(r, name, COL_INT);
	json_add_i64(r->b, v);
}

static void put_real(struct row *r, const char *name, double v)
{
	due(r, name, COL_REAL);
	json_add_f64(r->b, isfinite(v) ? v : 0);
}

static void put_bool(struct row *r, const char *name, bool v)
{
	due(r, name, COL_BOOL);
	json_add_bool(r->b, v);
}

/* Text that is a JSON string already. */
static void put_string(struct row *r, const char *name, struct json v)
{
	due(r, name, COL_TEXT);
	json_add_raw(r->b, v.kind == JSON_STRING ? v.raw : STR("\"\""));
}

static void put_number(struct row *r, const char *name, struct json v)
{
	int64_t n = 0;

	json_i64(v, &n);
	put_int(r, name, n);
}

/* Both kinds of object end with the table's next COL_END. */
static void put_open(struct row *r, const char *name)
{
	due(r, name, COL_OBJECT);
	json_open(r->b, '{');
}

static void put_close(struct row *r)
{
	due(r, NULL, COL_END);
	json_close(r->b, '}');
}

static void add_message(struct buf *b, struct str role, struct str content)
{
	json_open(b, '{');
	json_key(b, "role");
	json_add_raw(b, role);
	json_key(b, "content");
	json_add_raw(b, content);
	json_close(b, '}');
}

/* The prompt's messages and a reply, each where wanted. */
static void put_messages(struct row *r, const char *name, const struct puzzle *p, const struct str *reply)
{
	struct json m, role, content;

	due(r, name, COL_MESSAGES);
	json_open(r->b, '[');
	for (struct json_iter it = json_iter(p ? p->part[PART_PROMPT] : (struct json){ 0 }); json_next(&it, NULL, &m);) {
		json_get(m, "role", &role);
		json_get(m, "content", &content);
		add_message(r->b, role.raw, content.raw);
	}
	if (reply) {
		json_open(r->b, '{');
		json_key(r->b, "role");
		json_add_z(r->b, "assistant");
		json_key(r->b, "content");
		json_add_str(r->b, *reply);
		json_close(r->b, '}');
	}
	json_close(r->b, ']');
}

/* {"v":1,"task":...,"revision":...,"desc":...}, in a string: any verifier process can judge by it. */
static void put_truth(struct row *r, const char *name, const struct puzzle *p)
{
	struct buf t = BUF_INIT;

	json_open(&t, '{');
	json_key(&t, "v");
	json_add_i64(&t, 1);
	json_key(&t, "task");
	json_add_raw(&t, p->part[PART_TASK].raw);
	json_key(&t, "revision");
	json_add_raw(&t, p->part[PART_REVISION].raw);
	json_key(&t, "desc");
	json_add_raw(&t, p->part[PART_DESC].raw);
	json_close(&t, '}');
	put_text(r, name, buf_str(&t));
	r->b->failed = r->b->failed || t.failed;
	buf_release(&t);
}

/* How often each of them was right, and who it is. */
static void put_models(struct row *r, const struct group *g, const struct about *a)
{
	struct buf t = BUF_INIT;

	json_open(&t, '{');
	for (int m = 0; m < a->limits.models; m++) {
		json_key_str(&t, a->by[m].name);
		json_open(&t, '{');
		json_key(&t, "n");
		json_add_i64(&t, g->of[m].samples - g->of[m].errors);
		json_key(&t, "k");
		json_add_i64(&t, g->of[m].right);
		json_key(&t, "weights");
		json_add_str(&t, a->by[m].weights);
		json_close(&t, '}');
	}
	json_close(&t, '}');
	put_text(r, "models", buf_str(&t));
	r->b->failed = r->b->failed || t.failed;
	buf_release(&t);
}

void figures_add(struct figures *f, int64_t tokens, bool cut, bool format_ok, double logprob, double entropy)
{
	f->n++;
	f->tokens += tokens;
	f->cut += cut;
	f->format_ok += format_ok;
	if (isfinite(logprob) && isfinite(entropy)) {
		f->stats++;
		f->logprob += logprob;
		f->entropy += entropy;
	}
}

bool figures_settle(const struct figures *f, double ret[FIGURES])
{
	bool stats = f->n && f->stats == f->n;
	double n = f->n ? (double)f->n : 1;

	ret[0] = (double)f->tokens / n;
	ret[1] = (double)f->cut / n;
	ret[2] = (double)f->format_ok / n;
	ret[3] = stats ? f->logprob / n : 0;
	ret[4] = stats ? f->entropy / n : 0;
	return stats;
}

/* What only a task of a repository has; a puzzle has nothing there. */
static struct str swe_text(const struct puzzle *p)
{
	return p->part[PART_SWE].kind == JSON_OBJECT ? p->part[PART_SWE].raw : STR("");
}

/* n: samples that were judged. */
static void put_about(struct row *r, const struct group *g, const struct about *a, int64_t number)
{
	const struct puzzle *p = &g->puzzle;
	const struct limits *l = &a->limits;
	int n = g->outcome.samples - g->outcome.errors, k = g->outcome.right;
	struct figures f = { 0 };
	double figure[FIGURES];
	bool stats;

	for (int i = 0; i < g->samples; i++) {
		const struct stored_sample *s = &g->sample[i];

		if (!str_is(s->finish, "error"))
			figures_add(&f, s->tokens, str_is(s->finish, "length"), s->format_ok, s->logprob, s->entropy);
	}
	stats = figures_settle(&f, figure);
	put_open(r, "extra_info");
	put_text(r, "split", str_of(split_name(p->split)));
	put_int(r, "index", number);
	put_string(r, "task", p->part[PART_TASK]);
	put_number(r, "revision", p->part[PART_REVISION]);
	put_number(r, "seed", p->part[PART_SEED]);
	put_real(r, "difficulty", p->difficulty);
	put_text(r, "knobs", p->part[PART_KNOBS].raw);
	put_string(r, "lang", p->part[PART_LANG]);
	put_string(r, "format", p->part[PART_FORMAT]);
	put_string(r, "form", p->part[PART_FORM]);
	put_string(r, "shape", p->part[PART_SHAPE]);
	put_string(r, "think", p->part[PART_THINK]);
	put_string(r, "canon", p->part[PART_CANON]);
	put_real(r, "guess", p->guess);
	put_text(r, "effort", p->part[PART_EFFORT].raw);
	put_int(r, "n", n);
	put_int(r, "k", k);
	put_real(r, "pass_rate", n ? (double)k / n : 0);
	put_real(r, "pass_rate_mean", rate_mean(n, k, l->prior));
	put_real(r, "pass_rate_corrected", corrected_rate(n, k, p->guess));
	put_real(r, "in_band", rate_within(n, k, l->prior, l->lo, l->hi));
	put_real(r, "guess_p", binomial_tail(n, k, p->guess));
	put_real(r, "tokens_mean", figure[0]);
	put_real(r, "cut_rate", figure[1]);
	put_real(r, "format_ok_rate", figure[2]);
	put_bool(r, "has_stats", stats);
	put_real(r, "logprob_mean", figure[3]);
	put_real(r, "entropy_mean", figure[4]);
	put_text(r, "model", a->by[l->model].model);
	put_models(r, g, a);
	put_text(r, "filter", a->filter);
	put_text(r, "swe", swe_text(p));
}

static void put_uid(struct row *r, const struct puzzle *p, int sample, int other)
{
	struct buf t = BUF_INIT;

	buf_add(&t, p->id);
	if (sample >= 0)
		buf_addf(&t, "/%d", sample);
	if (other >= 0)
		buf_addf(&t, "-%d", other);
	put_text(r, "uid", buf_str(&t));
	r->b->failed = r->b->failed || t.failed;
	buf_release(&t);
}

static void put_source(struct row *r, const struct puzzle *p)
{
	struct buf t = BUF_INIT;

	buf_addz(&t, "quarry/");
	buf_add(&t, p->task);
	put_text(r, "data_source", buf_str(&t));
	r->b->failed = r->b->failed || t.failed;
	buf_release(&t);
}

static void row_end(const struct row *r)
{
	assert(r->due->type == COL_END);
	json_close(r->b, '}');
	(void)r;
}

void row_rl(struct buf *b, const struct group *g, const struct about *a, int64_t number)
{
	const struct puzzle *p = &g->puzzle;
	struct row r = row_begin(b, VIEW_RL);

	put_uid(&r, p, -1, -1);
	put_source(&r, p);
	put_messages(&r, "prompt", p, NULL);
	put_text(&r, "ability", str_is(p->task, "swe") ? STR("code") : STR("logic"));
	put_open(&r, "reward_model");
	put_text(&r, "style", STR("rule"));
	put_truth(&r, "ground_truth", p);
	put_close(&r);
	put_truth(&r, "label", p);
	put_about(&r, g, a, number);
	put_close(&r);
	row_end(&r);
}

void row_sft(struct buf *b, const struct group *g, const struct about *a, int64_t number, int sample)
{
	const struct stored_sample *s = &g->sample[sample];
	struct row r = row_begin(b, VIEW_SFT);

	put_uid(&r, &g->puzzle, (int)s->idx, -1);
	put_messages(&r, "messages", &g->puzzle, &s->response);
	put_about(&r, g, a, number);
	put_truth(&r, "ground_truth", &g->puzzle);
	put_int(&r, "sample", s->idx);
	put_int(&r, "tokens", s->tokens);
	put_close(&r);
	row_end(&r);
}

void row_pair(struct buf *b, const struct group *g, const struct about *a, int64_t number, int chosen, int rejected)
{
	const struct stored_sample *good = &g->sample[chosen], *bad = &g->sample[rejected];
	struct row r = row_begin(b, VIEW_PAIRS);

	put_uid(&r, &g->puzzle, (int)good->idx, (int)bad->idx);
	put_messages(&r, "prompt", &g->puzzle, NULL);
	put_messages(&r, "chosen", NULL, &good->response);
	put_messages(&r, "rejected", NULL, &bad->response);
	put_about(&r, g, a, number);
	put_truth(&r, "ground_truth", &g->puzzle);
	put_int(&r, "chosen_sample", good->idx);
	put_int(&r, "chosen_tokens", good->tokens);
	put_int(&r, "rejected_sample", bad->idx);
	put_int(&r, "rejected_tokens", bad->tokens);
	put_text(&r, "rejected_mark", bad->mark);
	put_close(&r);
	row_end(&r);
}

void row_trace(struct buf *b, const struct group *g, const struct about *a, int sample)
{
	const struct stored_sample *s = &g->all[sample];
	const struct puzzle *p = &g->puzzle;
	struct row r = row_begin(b, VIEW_TRACES);
	int64_t model = a->limits.models > 1 ? s->idx / a->limits.n : 0;
	const struct answerer *by = &a->by[model < a->limits.models ? model : 0];
	bool stats = isfinite(s->logprob) && isfinite(s->entropy);

	put_uid(&r, p, (int)s->idx, -1);
	put_string(&r, "id", p->part[PART_ID]);
	put_text(&r, "split", str_of(split_name(p->split)));
	put_text(&r, "fate", str_of(fate_name(g->fate)));
	put_string(&r, "task", p->part[PART_TASK]);
	put_number(&r, "revision", p->part[PART_REVISION]);
	put_real(&r, "difficulty", p->difficulty);
	put_text(&r, "knobs", p->part[PART_KNOBS].raw);
	put_number(&r, "seed", p->part[PART_SEED]);
	put_string(&r, "lang", p->part[PART_LANG]);
	put_string(&r, "format", p->part[PART_FORMAT]);
	put_string(&r, "form", p->part[PART_FORM]);
	put_string(&r, "shape", p->part[PART_SHAPE]);
	if (a->limits.models > 1)
		put_text(&r, "think", by->think_open ? STR("open") : STR(""));
	else
		put_string(&r, "think", p->part[PART_THINK]);
	put_messages(&r, "prompt", p, NULL);
	put_string(&r, "desc", p->part[PART_DESC]);
	put_string(&r, "answer", p->part[PART_ANSWER]);
	put_string(&r, "canon", p->part[PART_CANON]);
	put_real(&r, "guess", p->guess);
	put_text(&r, "effort", p->part[PART_EFFORT].raw);
	put_int(&r, "sample", s->idx);
	put_text(&r, "response", s->response);
	put_text(&r, "finish", s->finish);
	put_int(&r, "tokens", s->tokens);
	put_bool(&r, "has_stats", stats);
	put_real(&r, "logprob_mean", stats ? s->logprob : 0);
	put_real(&r, "entropy_mean", stats ? s->entropy : 0);
	put_text(&r, "model", by->model);
	put_text(&r, "sampling", by->sampling);
	put_real(&r, "score", s->score);
	put_text(&r, "mark", s->mark);
	put_text(&r, "why", s->why);
	put_text(&r, "extracted", s->extracted);
	put_bool(&r, "format_ok", s->format_ok);
	put_int(&r, "answers_seen", s->answers_seen);
	put_text(&r, "swe", swe_text(p));
	row_end(&r);
}
