/* calibration.c - difficulties that quarry tune found, for a recipe's sources; see calibration.h. */
#include "cli/calibration.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/model.h"
#include "datasets/stream.h"

#include <math.h>

enum { CALIBRATION_BYTES = 64 << 20 };

struct calibration {
	const struct recipe *r;
	const struct sampler_identity *who;
	struct buf text;
	struct json cells;
	bool loose;
};

/* One goal of a cell: a part of a source, and its difficulties in tenths. */
struct part {
	double share;
	int lo, hi;
};

static void add_shape(struct buf *b, const struct asked *a)
{
	json_open(b, '{');
	json_key(b, "name");
	json_add_str(b, a->name);
	if (a->has_lang) {
		json_key(b, "lang");
		json_add_z(b, lang_name(a->lang));
	}
	if (a->has_format) {
		json_key(b, "format");
		json_add_z(b, quarry_format_name(a->format));
	}
	if (a->has_system) {
		json_key(b, "system");
		json_add_str(b, a->system);
	}
	json_key(b, "form");
	json_add_str(b, a->form);
	json_key(b, "turn");
	json_add_i64(b, a->turn);
	json_close(b, '}');
}

void calibration_asked(struct buf *b, const struct source *s)
{
	const struct wish *w = &s->wish;

	json_open(b, '{');
	json_key(b, "lang");
	json_open(b, '[');
	for (int i = 0; i < w->nlangs; i++)
		json_add_z(b, lang_name(w->langs[i]));
	json_close(b, ']');
	json_key(b, "formats");
	json_open(b, '[');
	for (int i = 0; i < w->nformats; i++)
		json_add_z(b, quarry_format_name(w->formats[i]));
	json_close(b, ']');
	json_key(b, "forms");
	json_add_str(b, w->ask.form);
	json_key(b, "knobs");
	json_open(b, '{');
	for (int i = 0; w->ask.task->knobs[i].name; i++)
		if (w->ask.knob_set >> i & 1) {
			json_key(b, w->ask.task->knobs[i].name);
			json_add_i64(b, w->ask.knob[i]);
		}
	json_close(b, '}');
	json_key(b, "system");
	json_open(b, '[');
	for (int i = 0; i < s->nsystems; i++)
		json_add_str(b, s->system[i]);
	json_close(b, ']');
	json_key(b, "shapes");
	json_open(b, '[');
	for (int i = 0; i < s->nshapes; i++)
		add_shape(b, &s->shape[i]);
	json_close(b, ']');
	json_close(b, '}');
}

/* ---- reading */

int calibration_text(const char *path, struct buf *text, struct err *err)
{
	struct buf line = BUF_INIT;
	struct reader *in = NULL;
	int rc = reader_open(&in, path, err);

	text->max = CALIBRATION_BYTES;
	while (rc >= 0 && (rc = reader_line(in, &line, err)) > 0) {
		buf_add(text, buf_str(&line));
		buf_addc(text, '\n');
	}
	reader_close(in);
	buf_release(&line);
	return rc == 0 && text->failed ? err_set(err, "%s: over %d MiB", path, CALIBRATION_BYTES >> 20) : rc;
}

static int read_file(struct calibration *c, struct err *err)
{
	struct json top, v;
	int64_t version;

	if (calibration_text(c->r->calibration, &c->text, err) < 0)
		return ERR_FAIL;
	if (!json_parse(&top, buf_str(&c->text), err))
		return err_at(err, "%s: ", c->r->calibration);
	if (!json_get(top, "v", &v) || !json_i64(v, &version) || version != 1 || !json_get(top, "cells", &c->cells) ||
	    c->cells.kind != JSON_ARRAY)
		return err_set(err, "%s: not a calibration of quarry tune", c->r->calibration);
	return 0;
}

static bool member_is(struct json row, const char *key, const char *text)
{
	struct json v;

	return json_get(row, key, &v) && json_is(v, text);
}

static bool same_model(const struct calibration *c, struct json cell, bool by_name)
{
	struct json model;

	return json_get(cell, "model", &model) && member_is(model, "name", c->who->name) &&
	       (by_name || member_is(model, "weights", c->who->weights));
}

/* The cell for a source; JSON_NONE with the reason. */
static struct json find_cell(const struct calibration *c, const struct source *s, struct err *err)
{
	const char *task = s->wish.ask.task->name, *path = c->r->calibration;
	struct json cell, asked, none = { JSON_NONE, STR("") };
	struct buf ours = BUF_INIT;
	bool of_task = false, of_model = false, of_name = false;

	calibration_asked(&ours, s);
	for (struct json_iter it = json_iter(c->cells); json_next(&it, NULL, &cell);) {
		bool alike;

		if (!member_is(cell, "task", task))
			continue;
		of_task = true;
		of_name |= same_model(c, cell, true);
		if (!same_model(c, cell, c->loose))
			continue;
		of_model = true;
		alike = json_get(cell, "asked", &asked) && str_eq(asked.raw, buf_str(&ours));
		if (!alike)
			continue;
		buf_release(&ours);
		return cell;
	}
	buf_release(&ours);
	if (of_model)
		err_set(err, "%s tuned %s asked otherwise (lang, formats, forms, knobs, system or shapes) than this source does", path, task);
	else if (of_name)
		err_set(err, "%s tuned %s for other weights of %s; tune again, or give --mix", path, task, c->who->name);
	else if (of_task)
		err_set(err, "%s tuned %s for other models than %s", path, task, c->who->name);
	else
		err_set(err, "%s has no difficulty for %s; give the source one", path, task);
	return none;
}

static bool tenths_of(struct json row, const char *key, int *ret)
{
	struct json v;
	double d;

	if (!json_get(row, key, &v) || !json_f64(v, &d) || d < 0 || d > 10)
		return false;
	*ret = (int)(d * 10 + 0.5);
	return true;
}

/* The parts that a source falls into. */
static int read_goals(const struct calibration *c, struct json cell, const char *task, struct part part[TUNE_AIMS], struct err *err)
{
	struct json goals, goal, v;
	double sum = 0;
	int n = 0;

	if (!json_get(cell, "goals", &goals))
		goals = (struct json){ JSON_NONE, STR("") };
	for (struct json_iter it = json_iter(goals); json_next(&it, NULL, &goal); n++) {
		bool band = json_get(goal, "band", &v) && v.kind == JSON_TRUE;
		char why[200] = "";

		if (member_is(goal, "state", "unreachable")) {
			if (json_get(goal, "why", &v))
				json_z(v, why, sizeof(why));
			return err_set(err, "%s: %s is unreachable for %s: %s; give the source a difficulty", c->r->calibration, task, c->who->name,
				       why);
		}
		if (n == TUNE_AIMS || !json_get(goal, "share", &v) || !json_f64(v, &part[n].share) || part[n].share <= 0 ||
		    !tenths_of(goal, band ? "from" : "difficulty", &part[n].lo) || !tenths_of(goal, band ? "to" : "difficulty", &part[n].hi) ||
		    part[n].lo > part[n].hi)
			return err_set(err, "%s: the goals of %s are damaged", c->r->calibration, task);
		sum += part[n].share;
	}
	if (n == 0 || fabs(sum - 1) > 1e-6)
		return err_set(err, "%s: the goals of %s are damaged", c->r->calibration, task);
	return n;
}

/* Differences in how was sampled: told, since it is easily right (a longer budget of tokens) and easily wrong. */
static void compare_sampling(const struct calibration *c, struct json cell, const char *task, const struct sampling *now)
{
	static const char *const keys[] = { "temperature", "top_p", "top_k", "min_p", "max_tokens", "stop" };
	struct buf text = BUF_INIT;
	struct json then, ours, a, b;
	struct err ignored;

	sampling_json(&text, now);
	if (json_get(cell, "sampling", &then) && json_parse(&ours, buf_str(&text), &ignored))
		for (size_t i = 0; i < COUNT(keys); i++)
			if (json_get(ours, keys[i], &a) && json_get(then, keys[i], &b) && !str_eq(a.raw, b.raw))
				log_warn("%s tuned %s with %s %.*s, not %.*s", c->r->calibration, task, keys[i], (int)b.raw.n, b.raw.s, (int)a.raw.n,
					 a.raw.s);
	buf_release(&text);
}

/* ---- sources */

/* How many of count the first parts get, up to a share of `upto`. */
static int64_t first_of(int64_t count, double upto)
{
	return (int64_t)floor((double)count * upto + 0.5);
}

/* The sources that one becomes; all of them share its wordings. */
static int split(struct source *to, const struct source *from, const struct part *part, int n)
{
	int made = 0;
	double upto = 0;

	for (int i = 0; i < n; i++) {
		int64_t before = first_of(from->count, upto), after = i == n - 1 ? from->count : first_of(from->count, upto + part[i].share);

		upto += part[i].share;
		if (after <= before)
			continue;
		to[made] = *from;
		to[made].count = after - before;
		to[made].wish.lo = part[i].lo;
		to[made].wish.hi = part[i].hi;
		if (made++)
			to[made - 1].forms = BUF_INIT;
	}
	return made;
}

static int calibrate_source(struct calibration *c, const struct source *s, const struct sampling *sampling, struct part part[TUNE_AIMS],
			    struct err *err)
{
	struct json cell = find_cell(c, s, err);
	int n = cell.kind ? read_goals(c, cell, s->wish.ask.task->name, part, err) : ERR_FAIL;

	if (n > 0) {
		compare_sampling(c, cell, s->wish.ask.task->name, sampling);
		for (int i = 0; i < n; i++) {
			struct wish w = s->wish;

			w.lo = part[i].lo;
			w.hi = part[i].hi;
			if (wish_check(&w, err) < 0)
				n = ERR_FAIL;
		}
	}
	return n < 0 ? err_at(err, "%s:%d: ", c->r->path, s->line) : n;
}

static int calibrate_all(struct calibration *c, struct recipe *r, const struct sampling *sampling, struct err *err)
{
	struct source *all = arena_zalloc(&r->arena, (size_t)r->nsources * TUNE_AIMS, sizeof(*all));
	int n = 0;

	if (!all)
		return err_set(err, "out of memory");
	for (int i = 0; i < r->nsources; i++) {
		struct part part[TUNE_AIMS];
		int parts;

		if (r->sources[i].leveled) {
			all[n++] = r->sources[i];
			continue;
		}
		parts = calibrate_source(c, &r->sources[i], sampling, part, err);
		if (parts < 0)
			return ERR_FAIL; /* the sources stay as they are */
		n += split(&all[n], &r->sources[i], part, parts);
	}
	r->sources = all;
	r->nsources = n;
	return 0;
}

int calibrate(struct recipe *r, const struct sampler_identity *who, const struct sampling *sampling, bool loose, struct err *err)
{
	struct calibration c = { .r = r, .who = who, .loose = loose };
	int rc;

	if (!r->calibration) {
		for (int i = 0; i < r->nsources; i++)
			if (r->sources[i].tuned)
				return err_set(err, "%s:%d: the difficulty is tuned, but the recipe names no calibration", r->path, r->sources[i].line);
		return 0;
	}
	rc = read_file(&c, err);
	if (rc < 0)
		err_at(err, "%s:%d: calibration: ", r->path, r->calibration_line);
	if (rc == 0) {
		uint64_t was = hash64(r->hash, strlen(r->hash), 0);

		hash64_hex(hash64(buf_z(&c.text), c.text.n, was), r->hash);
		rc = calibrate_all(&c, r, sampling, err);
	}
	buf_release(&c.text);
	return rc;
}
