/* serve_shapes.c - what each trainer sends and wants back; see serve.h and docs/integrations.md. */
#include "cli/serve.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>

void reply_error(struct reply *r, unsigned status, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->status = status;
	r->type = "application/json";
	buf_reset(&r->body);
	json_open(&r->body, '{');
	json_key(&r->body, "error");
	json_add_z(&r->body, text);
	json_close(&r->body, '}');
}

/* ---- one verdict ---- */

struct scoring {
	const struct service *s;
	struct judged j;
	struct buf text; /* a response as it was put together or cut out */
	double due;      /* when the request's time is over */
};

static struct scoring scoring_start(const struct service *s)
{
	return (struct scoring){
		.s = s,
		.j = { .strict = s->strict, .budget = s->budget, .swe_ask = s->swe_ask, .swe_ctx = s->swe_ctx, .swe_alone = s->swe_alone },
		.due = clock_s() + s->deadline,
	};
}

static void scoring_end(struct scoring *x)
{
	judged_release(&x->j);
	buf_release(&x->text);
}

/* Whether the request's time is over, and with it the verdict on this row. */
static bool too_late(struct scoring *x, struct json row)
{
	if (clock_s() < x->due)
		return false;
	judge_source(&x->j, row);
	x->j.v = (struct quarry_verdict){ .mark = QUARRY_BAD_TASK };
	snprintf(x->j.v.why, sizeof(x->j.v.why), "the time for this request was over before this item's turn");
	x->j.us = 0;
	x->j.rule = NULL;
	x->j.is_swe = false;
	x->j.status = NULL;
	return true;
}

/* The verdict on a row that says puzzle and response, into x->j. */
static void score(struct scoring *x, struct json row)
{
	if (!too_late(x, row))
		judge_row(&x->j, row);
	if (!x->s->swe_alone)
		metrics_verdict(x->s->metrics, &x->j);
}

/* The same where the response is x->text; or is none at all, as where a row has no response. */
static void score_text(struct scoring *x, struct json row, bool is_text, bool think_open)
{
	if (too_late(x, row))
		;
	else if (is_text)
		judge_text(&x->j, row, buf_str(&x->text), think_open);
	else
		judge_response(&x->j, row, (struct json){ 0 });
	if (!x->s->swe_alone)
		metrics_verdict(x->s->metrics, &x->j);
}

static double acc(const struct quarry_verdict *v)
{
	return v->mark == QUARRY_CORRECT ? 1.0 : 0.0;
}

static bool is_error(const struct quarry_verdict *v)
{
	return v->mark == QUARRY_BAD_TASK;
}

/* µs, to a tenth. */
static double took(const struct scoring *x)
{
	return (double)(int64_t)(x->j.us * 10) / 10;
}

static void key_f64(struct buf *b, const char *name, double v)
{
	json_key(b, name);
	json_add_f64(b, v);
}

/* What slime and NeMo-Gym are told beside the score. */
static void add_marks(struct buf *b, const struct scoring *x)
{
	key_f64(b, "acc", acc(&x->j.v));
	key_f64(b, "format", x->j.v.format_ok ? 1.0 : 0.0);
	key_f64(b, "error", is_error(&x->j.v) ? 1.0 : 0.0);
	key_f64(b, "verify_us", took(x));
	json_key(b, "mark");
	json_add_z(b, quarry_mark_name(x->j.v.mark));
	json_key(b, "why");
	json_add_z(b, x->j.v.why);
	if (x->j.status) {
		json_key(b, "status");
		json_add_z(b, x->j.status);
	}
}

/* A bad text in one sample is no reason to refuse a request. */
static bool body_read(struct json *v, struct reply *r, struct buf *body)
{
	struct err err = ERR_INIT;

	if (str_past_bom(buf_str(body)).n < body->n)
		memset(body->s, ' ', 3); /* so that messages count bytes from the body's first */
	if (json_parse_mended(v, body, &err))
		return true;
	reply_error(r, 400, "the body is %s", err.msg);
	return false;
}

static bool body_object(struct json *row, struct reply *r, struct buf *body)
{
	if (!body_read(row, r, body))
		return false;
	if (row->kind != JSON_OBJECT) {
		reply_error(r, 400, "the body is not a JSON object");
		return false;
	}
	return true;
}

/* The same, and its members of n names; one that is there twice would be another for who reads the last of them. */
static bool body_members(struct json *row, struct json *of, const struct str *name, size_t n, struct reply *r, struct buf *body)
{
	size_t twice;

	if (!body_object(row, r, body))
		return false;
	twice = json_get_all(*row, name, n, of);
	if (twice < n)
		reply_error(r, 400, "the body has two members \"%s\"", name[twice].s);
	return twice == n;
}

/* ---- POST /v1/verify: {"items":[...]} gives {"results":[...]}, one each, in order ---- */

static void answer_items(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	static const struct str name = { "items", 5 };
	struct scoring x = scoring_start(s);
	struct json row, items, item;

	(void)scalar;
	if (!body_members(&row, &items, &name, 1, r, body))
		return;
	if (items.kind != JSON_ARRAY) {
		reply_error(r, 400, "the body has no list \"items\"");
		return;
	}
	json_open(&r->body, '{');
	json_key(&r->body, "results");
	json_open(&r->body, '[');
	for (struct json_iter it = json_iter(items); json_next(&it, NULL, &item);) {
		score(&x, item);
		json_open(&r->body, '{');
		judged_json(&r->body, &x.j);
		key_f64(&r->body, "verify_us", took(&x));
		json_close(&r->body, '}');
	}
	json_close(&r->body, ']');
	json_close(&r->body, '}');
	scoring_end(&x);
}

/* ---- POST /get_reward: OpenRLHF ---- */

/* What chat templates put at the end of a turn. */
static const char *const ends[] = { "<|im_end|>", "<|endoftext|>", "</s>", "<|eot_id|>", "<|end_of_text|>", "<|end|>", "<|return|>",
				    ("<\xef\xbd\x9c" "end\xe2\x96\x81of\xe2\x96\x81sentence\xef\xbd\x9c>"), "<end_of_turn>", "<|eom_id|>", "[e~[", "<pad>", "<|pad|>", "[PAD]" };
/* And where the assistant's begins. */
static const char *const begins[] = { "<|im_start|>assistant\n", "<|start_header_id|>assistant<|end_header_id|>\n\n", "[/INST]", "<|assistant|>\n",
				      ("<\xef\xbd\x9c" "Assistant\xef\xbd\x9c>"), "<start_of_turn>model\n", "]~b]ai\n" };

static struct str cut_ends(struct str s)
{
	for (bool cut = true; cut;) {
		s = str_trim(s);
		cut = false;
		for (size_t i = 0; i < COUNT(ends); i++)
			if (str_ends(s, str_of(ends[i]))) {
				s.n -= strlen(ends[i]);
				cut = true;
			}
	}
	return s;
}

/* Where `what` ends that begins last; 0: it is nowhere. */
static size_t after_last(struct str s, struct str what)
{
	size_t at = 0;
	ptrdiff_t next;

	while ((next = str_find(str_from(s, at), what)) >= 0)
		at += (size_t)next + what.n;
	return at;
}

/* The response within a query, which is prompt and response with all special tokens. */
static struct str response_of(struct str query, struct str prompt, bool *think_open)
{
	struct str said = query, tail = str_trim(prompt);
	size_t at = 0;

	if (prompt.n && str_starts(query, prompt)) {
		said = str_from(query, prompt.n);
		*think_open = str_ends(tail, STR("<think>"));
		return cut_ends(said);
	}
	for (size_t i = 0; i < COUNT(begins); i++) {
		size_t end = after_last(query, str_of(begins[i]));

		at = end > at ? end : at;
	}
	*think_open = false;
	return cut_ends(str_from(query, at));
}

static void answer_openrlhf(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	static const char *const names[] = { "acc", "format", "error", "verify_us" };
	static const struct str lists[3] = { { "query", 5 }, { "prompts", 7 }, { "labels", 6 } };
	struct scoring x = scoring_start(s);
	struct json row, of[3], query, prompt, label;
	struct buf numbers[6] = { BUF_INIT }, q = BUF_INIT, p = BUF_INIT;
	struct json_iter qi, pi, li;

	(void)scalar;
	if (!body_members(&row, of, lists, 3, r, body))
		return;
	if (of[0].kind != JSON_ARRAY || of[2].kind != JSON_ARRAY || json_count(of[0]) != json_count(of[2]) ||
	    (of[1].kind == JSON_ARRAY && json_count(of[1]) != json_count(of[0]))) {
		reply_error(r, 400, "\"query\" and \"labels\" (and \"prompts\") are not lists of one length");
		return;
	}
	for (int i = 0; i < 6; i++)
		json_open(&numbers[i], '[');
	qi = json_iter(of[0]);
	pi = json_iter(of[1]);
	li = json_iter(of[2]);
	while (json_next(&qi, NULL, &query) && json_next(&li, NULL, &label)) {
		bool think_open = false;

		buf_reset(&q);
		buf_reset(&p);
		buf_reset(&x.text);
		json_str(query, &q);
		if (json_next(&pi, NULL, &prompt))
			json_str(prompt, &p);
		buf_add(&x.text, response_of(buf_str(&q), buf_str(&p), &think_open));
		score_text(&x, label, query.kind == JSON_STRING, think_open);
		json_add_f64(&numbers[0], x.j.v.score);
		json_add_f64(&numbers[1], x.j.v.score);
		json_add_f64(&numbers[2], acc(&x.j.v));
		json_add_f64(&numbers[3], x.j.v.format_ok ? 1.0 : 0.0);
		json_add_f64(&numbers[4], is_error(&x.j.v) ? 1.0 : 0.0);
		json_add_f64(&numbers[5], took(&x));
	}
	for (int i = 0; i < 6; i++)
		json_close(&numbers[i], ']');
	json_open(&r->body, '{');
	json_key(&r->body, "rewards");
	json_add_raw(&r->body, buf_str(&numbers[0]));
	json_key(&r->body, "scores");
	json_add_raw(&r->body, buf_str(&numbers[1]));
	json_key(&r->body, "extra_logs");
	json_open(&r->body, '{');
	for (int i = 0; i < 4; i++) {
		json_key(&r->body, names[i]);
		json_add_raw(&r->body, buf_str(&numbers[i + 2]));
	}
	json_close(&r->body, '}');
	json_close(&r->body, '}');
	for (int i = 0; i < 6; i++)
		r->body.failed |= numbers[i].failed;
	for (int i = 0; i < 6; i++)
		buf_release(&numbers[i]);
	buf_release(&q);
	buf_release(&p);
	scoring_end(&x);
}

/* ---- POST /remote_rm: slime ---- */

static void answer_slime(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	struct scoring x = scoring_start(s);
	struct json row;

	if (!body_object(&row, r, body))
		return;
	score(&x, row);
	if (scalar) {
		json_add_f64(&r->body, x.j.v.score);
	} else {
		json_open(&r->body, '{');
		key_f64(&r->body, "score", x.j.v.score);
		add_marks(&r->body, &x);
		json_close(&r->body, '}');
	}
	scoring_end(&x);
}

/* ---- NeMo-Gym: POST /verify, /seed_session, /aggregate_metrics, GET /reverify_mode ---- */

/* The assistant's text in an OpenAI Responses object; false: it has no output at all. */
static bool output_text(struct buf *out, struct json response)
{
	struct json output, item, v, content, part;

	if (!json_get(response, "output", &output) || output.kind != JSON_ARRAY)
		return false;
	for (struct json_iter it = json_iter(output); json_next(&it, NULL, &item);) {
		if (!json_get(item, "type", &v) || !json_is(v, "message") || (json_get(item, "role", &v) && !json_is(v, "assistant")))
			continue;
		if (json_get(item, "content", &content) && content.kind == JSON_STRING)
			json_str(content, out);
		for (struct json_iter parts = json_iter(content); content.kind == JSON_ARRAY && json_next(&parts, NULL, &part);)
			if (json_get(part, "type", &v) && json_is(v, "output_text") && json_get(part, "text", &v))
				json_str(v, out);
	}
	return true;
}

static bool nemo_key(struct str key)
{
	static const char *const names[] = { "reward", "acc", "format", "error", "verify_us", "mark", "why", "extracted", "mask_sample" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (json_key_is(key, names[i]))
			return true;
	return false;
}

static bool nemo_swe_key(struct str key)
{
	return json_key_is(key, "status") || nemo_key(key);
}

static void answer_nemo(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	struct scoring x = scoring_start(s);
	static const struct str names[2] = { { "response", 8 }, { "verifier_metadata", 17 } };
	struct json row, of[2];
	bool is_text;

	(void)scalar;
	if (!body_members(&row, of, names, 2, r, body))
		return;
	if (of[0].kind != JSON_OBJECT) {
		reply_error(r, 400, "the body has no object \"response\"");
		return;
	}
	is_text = output_text(&x.text, of[0]);
	score_text(&x, of[1].kind == JSON_OBJECT ? of[1] : row, is_text, false);
	json_open(&r->body, '{');
	row_copy(&r->body, row, x.j.status ? nemo_swe_key : nemo_key);
	key_f64(&r->body, "reward", x.j.v.score);
	add_marks(&r->body, &x);
	json_key(&r->body, "extracted");
	json_add_str(&r->body, (struct str){ x.j.v.answer ? x.j.v.answer : "", x.j.v.answer ? x.j.v.answer_len : 0 });
	json_key(&r->body, "mask_sample"); /* Gym leaves such a sample out of its scores */
	json_add_bool(&r->body, is_error(&x.j.v));
	json_close(&r->body, '}');
	scoring_end(&x);
}

static void answer_empty(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	struct json row;

	(void)s;
	(void)scalar;
	if (body->n && !body_object(&row, r, body))
		return;
	buf_addz(&r->body, "{}");
}

static const char *const nemo_numbers[] = { "reward", "acc", "format", "error", "verify_us" };

enum { NEMO_NUMBERS = COUNT(nemo_numbers) };

static void key_means(struct buf *b, const double *sum, const size_t *n)
{
	for (int k = 0; k < NEMO_NUMBERS; k++) {
		char name[32];

		snprintf(name, sizeof(name), "mean/%s", nemo_numbers[k]);
		key_f64(b, name, n[k] ? sum[k] / (double)n[k] : 0);
	}
}

/* The mean of each number that verify replies hold, as Gym's AggregateMetrics. */
static void answer_aggregate(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	double sum[NEMO_NUMBERS] = { 0 }, v;
	size_t n[NEMO_NUMBERS] = { 0 };
	struct json row, list, item, number;

	(void)s;
	(void)scalar;
	if (!body_read(&row, r, body))
		return;
	list = row;
	if (row.kind == JSON_OBJECT && !json_get(row, "verify_responses", &list) && !json_get(row, "responses", &list))
		json_get(row, "items", &list);
	if (list.kind != JSON_ARRAY) {
		reply_error(r, 400, "the body is not a list of verify replies");
		return;
	}
	for (struct json_iter it = json_iter(list); json_next(&it, NULL, &item);)
		for (int k = 0; k < NEMO_NUMBERS; k++)
			if (json_get(item, nemo_numbers[k], &number) && json_f64(number, &v)) {
				sum[k] += v;
				n[k]++;
			}
	json_open(&r->body, '{');
	json_key(&r->body, "group_level_metrics");
	json_open(&r->body, '[');
	json_close(&r->body, ']');
	json_key(&r->body, "agent_metrics");
	json_open(&r->body, '{');
	json_key(&r->body, "count");
	json_add_u64(&r->body, json_count(list));
	key_means(&r->body, sum, n);
	json_close(&r->body, '}');
	json_key(&r->body, "key_metrics");
	json_open(&r->body, '{');
	key_means(&r->body, sum, n);
	json_close(&r->body, '}');
	json_close(&r->body, '}');
}

static void answer_stateless(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	(void)s;
	(void)body;
	(void)scalar;
	buf_addz(&r->body, "\"stateless\"");
}

/* ---- POST /judge: V-Triune ---- */

static double ratio(struct json row, const char *name, double otherwise)
{
	struct json v;
	double d;

	return json_get(row, name, &v) && json_f64(v, &d) && d >= 0 && d <= 1e6 ? d : otherwise;
}

static void answer_judge(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	double of_format, of_answer, sum;
	struct scoring x = scoring_start(s);
	struct json row;

	(void)scalar;
	if (!body_object(&row, r, body))
		return;
	score(&x, row);
	of_answer = ratio(row, "accuracy_ratio", 1.0);
	of_format = ratio(row, "format_ratio", 0.1);
	sum = of_answer + of_format > 0 ? of_answer + of_format : 1;
	json_open(&r->body, '{');
	json_key(&r->body, "rewards");
	json_open(&r->body, '{');
	key_f64(&r->body, "format_reward", x.j.v.format_ok ? 1.0 : 0.0);
	key_f64(&r->body, "accuracy_reward", x.j.v.score);
	key_f64(&r->body, "reflection_reward", 0.0);
	key_f64(&r->body, "final_reward", (x.j.v.score * of_answer + (x.j.v.format_ok ? of_format : 0)) / sum);
	key_f64(&r->body, "error_reward", is_error(&x.j.v) ? 1.0 : 0.0);
	json_close(&r->body, '}');
	json_key(&r->body, "mark");
	json_add_z(&r->body, quarry_mark_name(x.j.v.mark));
	json_key(&r->body, "why");
	json_add_z(&r->body, x.j.v.why);
	json_close(&r->body, '}');
	scoring_end(&x);
}

/* ---- what is asked without a body ---- */

static void answer_root(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	(void)s;
	(void)body;
	(void)scalar;
	buf_addz(&r->body, "{\"message\":\"Reward Judge Server\",\"status\":\"ok\"}"); /* the words that V-Triune's client waits for */
}

static void answer_version(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	const struct quarry_rule *rule;

	(void)s;
	(void)body;
	(void)scalar;
	json_open(&r->body, '{');
	json_key(&r->body, "version");
	json_add_z(&r->body, quarry_version());
	json_key(&r->body, "rules");
	json_open(&r->body, '{');
	for (size_t i = 0; (rule = quarry_rule_at(i)); i++) {
		json_key(&r->body, quarry_rule_name(rule));
		json_add_i64(&r->body, quarry_rule_revision(rule));
	}
	json_close(&r->body, '}');
	json_close(&r->body, '}');
}

/* Those of /readyz and /metrics depend on the server's state: serve_http.c fills them. */
static void answer_ok(struct reply *r, const struct service *s, struct buf *body, bool scalar)
{
	(void)s;
	(void)body;
	(void)scalar;
	buf_addz(&r->body, "{\"status\":\"ok\"}");
}

static const struct route routes[] = {
	{ "/v1/verify", false, answer_items },
	{ "/get_reward", false, answer_openrlhf },
	{ "/remote_rm", false, answer_slime },
	{ "/judge", false, answer_judge },
	{ "/", true, answer_root },
	{ "/healthz", true, answer_ok },
	{ "/readyz", true, answer_ok },
	{ "/version", true, answer_version },
	{ "/metrics", true, answer_ok },
};

/* NeMo-Gym may put a prefix such as /ng-rollout/ID before these. */
static const struct route prefixed[] = {
	{ "/verify", false, answer_nemo },
	{ "/seed_session", false, answer_empty },
	{ "/aggregate_metrics", false, answer_aggregate },
	{ "/reverify_mode", true, answer_stateless },
};

const struct route *route_find(const char *url)
{
	struct str s;

	while (url[0] == '/' && url[1] == '/') /* an address that ended in one was joined with a path that begins with one */
		url++;
	s = str_of(url);

	for (size_t i = 0; i < COUNT(routes); i++)
		if (strcmp(url, routes[i].path) == 0)
			return &routes[i];
	for (size_t i = 0; i < COUNT(prefixed); i++)
		if (str_ends(s, str_of(prefixed[i].path)))
			return &prefixed[i];
	return NULL;
}
