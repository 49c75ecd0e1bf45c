/* judge.c - a verdict for a JSON row; see judge.h. */
#include "cli/judge.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 2, 3))) static void bad(struct judged *j, const char *why, ...)
{
	va_list ap;

	va_start(ap, why);
	j->v = (struct quarry_verdict){ .mark = QUARRY_BAD_TASK };
	vsnprintf(j->v.why, sizeof(j->v.why), why, ap);
	va_end(ap);
}

/* What is looked for in a row, in one walk. */
enum member { TASK, DESC, FORMAT, THINK, ENVIRONMENT, RESPONSE, DATA_SOURCE, SOURCE, MODEL, EXTRA, TRUTH, LABEL, SOLUTION, ANSWER, MEMBERS };

static const struct str member_names[MEMBERS] = {
	[TASK] = { "task", 4 }, [DESC] = { "desc", 4 }, [FORMAT] = { "format", 6 }, [THINK] = { "think", 5 }, [ENVIRONMENT] = { "environment", 11 }, [RESPONSE] = { "response", 8 },
	[DATA_SOURCE] = { "data_source", 11 }, [SOURCE] = { "source", 6 }, [MODEL] = { "reward_model", 12 }, [EXTRA] = { "extra_info", 10 },
	[TRUTH] = { "ground_truth", 12 }, [LABEL] = { "label", 5 }, [SOLUTION] = { "solution", 8 }, [ANSWER] = { "answer", 6 },
};

enum { SHOWN = 40 }; /* bytes of a member in a sentence */

struct members {
	struct json of[MEMBERS], extra[MEMBERS]; /* of the row, and of its extra_info */
	size_t twice;                            /* one that stands there twice; MEMBERS: none does */
};

static void members_read(struct judged *j, struct members *m, struct json row)
{
	size_t twice;

	m->twice = json_get_all(row, member_names, MEMBERS, m->of);
	m->of[EXTRA] = json_unwrap(m->of[EXTRA], &j->room_extra);
	m->of[MODEL] = json_unwrap(m->of[MODEL], &j->room_model);
	twice = json_get_all(m->of[EXTRA], member_names, MEMBERS, m->extra);
	if (m->twice == MEMBERS)
		m->twice = twice;
}

/*
 * What the row says, or else its extra_info; null and "" say nothing, nor does a number as format: in a reply to a trainer, which may come back
 * as a row, it is that of the verdict. JSON_NONE: neither says anything.
 */
static struct json said(const struct members *m, enum member which)
{
	const struct json at[2] = { m->of[which], m->extra[which] };

	for (int i = 0; i < 2; i++) {
		bool number = at[i].kind == JSON_INT || at[i].kind == JSON_FLOAT;

		if (at[i].kind > JSON_NULL && !json_is(at[i], "") && !(number && which == FORMAT))
			return at[i];
	}
	return (struct json){ 0 };
}

static void source_set(struct judged *j, const struct members *m)
{
	j->source = STR("");
	if (!json_text(m->of[DATA_SOURCE], j->room, sizeof(j->room), &j->source))
		json_text(m->of[SOURCE], j->room, sizeof(j->room), &j->source);
}

void judge_source(struct judged *j, struct json row)
{
	struct members m;

	members_read(j, &m, row);
	source_set(j, &m);
}

/* What a ground truth says. */
struct truth {
	struct json version, task, desc;
};

/* Of what may be one: JSON in a string, or an object. False: it is none. */
static bool read_truth(struct judged *j, struct json v, struct truth *truth)
{
	static const struct str names[3] = { { "v", 1 }, { "task", 4 }, { "desc", 4 } };
	struct json of[3];
	struct err err;

	if (v.kind == JSON_STRING) {
		buf_reset(&j->scratch);
		json_str(v, &j->scratch);
		if (!json_parse(&v, buf_str(&j->scratch), &err))
			return false;
	}
	json_get_all(v, names, 3, of);
	*truth = (struct truth){ of[0], of[1], of[2] };
	return truth->task.kind && truth->desc.kind;
}

/* The same from wherever a row of ours or of a trainer holds it. */
static bool from_truth(struct judged *j, struct json row, const struct members *m, struct truth *truth)
{
	struct json v;

	if (row.kind == JSON_STRING)
		return read_truth(j, row, truth);
	if ((json_get(m->of[MODEL], "ground_truth", &v) || (v = m->extra[TRUTH]).kind) && read_truth(j, v, truth))
		return true;
	for (int i = TRUTH; i <= ANSWER; i++)
		if (m->of[i].kind && read_truth(j, m->of[i], truth))
			return true;
	return false;
}

static bool format_of(struct json v, enum quarry_format *ret)
{
	char z[16];

	return json_z(v, z, sizeof(z)) && quarry_format_from(z, ret);
}

enum quarry_format row_format(struct json row, enum quarry_format otherwise)
{
	enum quarry_format f = otherwise;
	struct json v;

	json_get(row, "format", &v);
	return format_of(v, &f) ? f : otherwise;
}

/*
 * How the row says that it was asked: of its own, or in the extra_info of a dataset's row. What is misspelt would judge less strictly, or
 * another text, than the row means; false: the verdict says so.
 */
static bool read_asked(struct judged *j, const struct members *m, struct quarry_options *o)
{
	struct json format = said(m, FORMAT), think = said(m, THINK);

	*o = (struct quarry_options){ .format = QUARRY_ANY, .strict_format = j->strict, .budget = j->budget };
	o->think_open = json_is(think, "open");
	if (think.kind && !o->think_open) {
		bad(j, "the row's think, %.*s, is not \"open\"", (int)(think.raw.n < SHOWN ? think.raw.n : SHOWN), think.raw.s);
		return false;
	}
	if (!format.kind || format_of(format, &o->format) || j->is_swe) /* tasks of swe have formats of their own */
		return true;
	bad(j, "the row's format, %.*s, is none of any, tags, boxed, json, fence, line", (int)(format.raw.n < SHOWN ? format.raw.n : SHOWN), format.raw.s);
	return false;
}

/* The rule and the desc of a row; false: the verdict says why not. */
static bool read_task(struct judged *j, struct json row, const struct members *m)
{
	struct truth t = { .task = m->of[TASK], .desc = m->of[DESC] };
	int64_t version = 1;
	char z[64];

	j->us = 0;
	j->rule = NULL;
	j->is_swe = false;
	j->status = NULL;
	if (m->twice < MEMBERS) {
		bad(j, "the row has two members \"%s\"", member_names[m->twice].s);
		return false;
	}
	if (!(t.task.kind && t.desc.kind) && !from_truth(j, row, m, &t)) {
		bad(j, "the row has neither task and desc nor a ground_truth");
		return false;
	}
	if (t.version.kind && (!json_i64(t.version, &version) || version != 1)) {
		bad(j, "the ground truth is of another version");
		return false;
	}
	if (t.desc.kind != JSON_STRING || t.task.kind != JSON_STRING) {
		bad(j, "the row's task and desc must be strings");
		return false;
	}
	j->rule = json_z(t.task, z, sizeof(z)) ? quarry_rule(z) : NULL;
	j->is_swe = !j->rule && json_is(t.task, "swe");
	buf_reset(&j->desc);
	json_str(t.desc, &j->desc);
	return true;
}

/* Of a row of task swe, whose tests are run. */
static void judge_swe(struct judged *j, const struct members *m, struct str response, const struct quarry_options *o)
{
	struct swe_ask ask = { .desc = buf_str(&j->desc), .response = response, .think_open = o->think_open, .similar = true };
	struct swe_verdict v;
	char format[32];

	json_text(said(m, FORMAT), format, sizeof(format), &ask.format);
	json_get(m->of[ENVIRONMENT], "recipe", &ask.recipe);
	if (j->swe_ask)
		j->swe_ask(j->swe_ctx, &ask, &v);
	else
		swe_judge(j->swe, &ask, &v);
	j->v = v.v;
	j->us = v.us;
	j->status = v.status;
	j->similarity = v.similarity;
	if (j->strict && v.v.mark == QUARRY_CORRECT && !v.v.format_ok)
		j->v = (struct quarry_verdict){ .mark = QUARRY_UNREADABLE, .why = "the edits are not in the format that was asked for", .answers_seen = 1 };
}

static void judge(struct judged *j, const struct members *m, struct str response, const struct quarry_options *o)
{
	double t0;

	if (j->desc.failed || j->response.failed) {
		bad(j, "out of memory");
		return;
	}
	if (j->is_swe) {
		judge_swe(j, m, response, o);
		return;
	}
	if (j->swe_alone) {
		bad(j, "passed by");
		return;
	}
	t0 = clock_us();
	quarry_verify_n(j->rule, buf_z(&j->desc), j->desc.n, response.s, response.n, o, &j->v);
	j->us = clock_us() - t0;
}

static void judge_members(struct judged *j, struct json row, const struct members *m, struct json response)
{
	struct quarry_options o;

	source_set(j, m);
	buf_reset(&j->response);
	if (!read_task(j, row, m))
		return;
	if (response.kind != JSON_STRING) {
		bad(j, "the response is missing, or no text");
		return;
	}
	if (!read_asked(j, m, &o))
		return;
	json_str(response, &j->response);
	judge(j, m, (struct str){ buf_z(&j->response), j->response.n }, &o);
}

void judge_row(struct judged *j, struct json row)
{
	struct members m;

	members_read(j, &m, row);
	judge_members(j, row, &m, m.of[RESPONSE]);
}

void judge_response(struct judged *j, struct json row, struct json response)
{
	struct members m;

	members_read(j, &m, row);
	judge_members(j, row, &m, response);
}

void judge_text(struct judged *j, struct json row, struct str response, bool think_open)
{
	struct quarry_options o;
	struct members m;

	members_read(j, &m, row);
	source_set(j, &m);
	buf_reset(&j->response);
	if (!read_task(j, row, &m) || !read_asked(j, &m, &o))
		return;
	o.think_open |= think_open;
	buf_add(&j->response, response);
	judge(j, &m, (struct str){ buf_z(&j->response), j->response.n }, &o);
}

void judged_release(struct judged *j)
{
	buf_release(&j->desc);
	buf_release(&j->response);
	buf_release(&j->scratch);
	buf_release(&j->room_extra);
	buf_release(&j->room_model);
}

const char *judged_task(const struct judged *j)
{
	return j->rule ? quarry_rule_name(j->rule) : j->is_swe ? "swe" : "?";
}

void judged_json(struct buf *b, const struct judged *j)
{
	verdict_json(b, &j->v);
	if (j->status) {
		json_key(b, "status");
		json_add_z(b, j->status);
		json_key(b, "similarity");
		if (j->similarity < 0)
			json_add_null(b);
		else
			json_add_f64(b, j->similarity);
	}
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
	json_add_str(b, (struct str){ v->answer ? v->answer : "", v->answer ? v->answer_len : 0 });
	json_key(b, "format_ok");
	json_add_bool(b, v->format_ok);
	json_key(b, "answers_seen");
	json_add_i64(b, v->answers_seen);
}

bool verdict_key(struct str key)
{
	static const char *const names[] = { "score", "mark", "why", "extracted", "format_ok", "answers_seen", "verify_us" };

	for (size_t i = 0; i < COUNT(names); i++)
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
