/* judge.c - a verdict for a JSON row; see judge.h. */
#include "cli/judge.h"

#include <stdio.h>
#include <time.h>

static void bad(struct judged *j, const char *why)
{
	j->v = (struct quarry_verdict){ .mark = QUARRY_BAD_TASK };
	snprintf(j->v.why, sizeof(j->v.why), "%s", why);
}

/* task and desc of what may be a ground truth: JSON in a string, or an object. */
static bool read_truth(struct judged *j, struct json truth, struct json *task, struct json *desc)
{
	struct err err;

	if (truth.kind == JSON_STRING) {
		buf_reset(&j->scratch);
		json_str(truth, &j->scratch);
		if (!json_parse(&truth, buf_str(&j->scratch), &err))
			return false;
	}
	return json_get(truth, "task", task) && json_get(truth, "desc", desc);
}

/* The same from wherever a row of ours or of a trainer holds it. */
static bool from_truth(struct judged *j, struct json row, struct json *task, struct json *desc)
{
	static const char *const places[] = { "ground_truth", "label", "solution", "answer" };
	struct json model, extra, truth;

	if (row.kind == JSON_STRING)
		return read_truth(j, row, task, desc);
	json_get(row, "reward_model", &model);
	json_get(row, "extra_info", &extra);
	if ((json_get(model, "ground_truth", &truth) || json_get(extra, "ground_truth", &truth)) && read_truth(j, truth, task, desc))
		return true;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (json_get(row, places[i], &truth) && read_truth(j, truth, task, desc))
			return true;
	return false;
}

bool json_z(struct json v, char *z, size_t cap)
{
	struct str s;

	if (!json_text(v, z, cap - 1, &s) || s.n >= cap || memchr(s.s, 0, s.n))
		return false;
	memmove(z, s.s, s.n);
	z[s.n] = 0;
	return true;
}

enum quarry_format row_format(struct json row, enum quarry_format otherwise)
{
	enum quarry_format f;
	struct json v;
	char z[16];

	return json_get(row, "format", &v) && json_z(v, z, sizeof(z)) && quarry_format_from(z, &f) ? f : otherwise;
}

/* How the row says that it was asked: of its own, or in the extra_info of a dataset's row. */
static struct quarry_options asked(const struct judged *j, struct json row)
{
	struct json think, extra;

	json_get(row, "extra_info", &extra);
	return (struct quarry_options){
		.format = row_format(row, row_format(extra, QUARRY_ANY)),
		.think_open = (json_get(row, "think", &think) || json_get(extra, "think", &think)) && json_is(think, "open"),
		.strict_format = j->strict,
		.budget = j->budget,
	};
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

void judge_row(struct judged *j, struct json row)
{
	struct json response;

	json_get(row, "response", &response);
	judge_response(j, row, response);
}

/* The rule and the desc of a row; false: the verdict says why not. */
static bool read_task(struct judged *j, struct json row)
{
	struct json task, desc;
	char z[64];

	j->us = 0;
	j->rule = NULL;
	if (!(json_get(row, "task", &task) && json_get(row, "desc", &desc)) && !from_truth(j, row, &task, &desc)) {
		bad(j, "the row has neither task and desc nor a ground_truth");
		return false;
	}
	if (desc.kind != JSON_STRING || task.kind != JSON_STRING) {
		bad(j, "the row's task, desc and response must be strings");
		return false;
	}
	j->rule = json_z(task, z, sizeof(z)) ? quarry_rule(z) : NULL;
	buf_reset(&j->desc);
	json_str(desc, &j->desc);
	return true;
}

static void judge(struct judged *j, struct str response, const struct quarry_options *o)
{
	double t0;

	if (j->desc.failed || j->response.failed) {
		bad(j, "out of memory");
		return;
	}
	t0 = now_us();
	quarry_verify_n(j->rule, buf_z(&j->desc), j->desc.n, response.s, response.n, o, &j->v);
	j->us = now_us() - t0;
}

void judge_response(struct judged *j, struct json row, struct json response)
{
	struct quarry_options o = asked(j, row);

	buf_reset(&j->response);
	if (!read_task(j, row))
		return;
	if (response.kind != JSON_STRING) {
		bad(j, "the row's task, desc and response must be strings");
		return;
	}
	json_str(response, &j->response);
	judge(j, (struct str){ buf_z(&j->response), j->response.n }, &o);
}

void judge_text(struct judged *j, struct json row, struct str response, bool think_open)
{
	struct quarry_options o = asked(j, row);

	o.think_open |= think_open;
	buf_reset(&j->response);
	if (!read_task(j, row))
		return;
	buf_add(&j->response, response);
	judge(j, (struct str){ buf_z(&j->response), j->response.n }, &o);
}

void judged_release(struct judged *j)
{
	buf_release(&j->desc);
	buf_release(&j->response);
	buf_release(&j->scratch);
}

void verdict_json(struct buf *b, const struct quarry_verdict *v)
{
	json_key(b, "score");
	json_add_f64(b, v->score);
	json_key(b, "mark");
	json_add_z(b, quarry_mark_name(v->mark));
	json_key(b, "why");
	json_add_z(b, v->why);
	json_key(b, "extracted");
	json_add_str(b, (struct str){ v->answer, v->answer ? v->answer_len : 0 });
	json_key(b, "format_ok");
	json_add_bool(b, v->format_ok);
	json_key(b, "answers_seen");
	json_add_i64(b, v->answers_seen);
}

bool verdict_key(struct str key)
{
	static const char *const names[] = { "score", "mark", "why", "extracted", "format_ok", "answers_seen", "verify_us" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_key_is(key, names[i]))
			return true;
	return false;
}

void row_copy(struct buf *b, struct json row, bool (*drop)(struct str key))
{
	struct json v;
	struct str key;

	for (struct json_iter it = json_iter(row); json_next(&it, &key, &v);) {
		if (drop(key))
			continue;
		json_add_raw(b, key);
		buf_addc(b, ':');
		json_add_raw(b, v.raw);
	}
}
