/* generate.c - puzzles as JSON text for the bindings; see generate.h. */
#include "generators/generate.h"
#include "base/json.h"
#include "generators/describe.h"
#include "generators/wish.h"

#include <stdio.h>
#include <stdlib.h>

struct quarry_generator {
	struct wish wish;
	char form[256];
	bool bare;
};

/* A member as text: a string's own, a number's digits. */
static int text_of(char *room, size_t cap, struct json v, const char *name, struct err *err)
{
	if (json_z(v, room, cap))
		return 0;
	if ((v.kind != JSON_INT && v.kind != JSON_FLOAT) || v.raw.n >= cap)
		return err_set(err, "\"%s\" is not a short text", name);
	memcpy(room, v.raw.s, v.raw.n);
	room[v.raw.n] = 0;
	return 0;
}

static int read_knobs(struct wish *w, struct json knobs, struct err *err)
{
	struct json v;
	struct str key;

	if (knobs.kind != JSON_OBJECT)
		return err_set(err, "\"knobs\" is not an object of numbers");
	for (struct json_iter it = json_iter(knobs); json_next(&it, &key, &v);) {
		char room[64];
		struct str name = str_sub(key, 1, key.n - 1);
		int64_t n;

		if (!json_i64(v, &n)) {
			snprintf(room, sizeof(room), "%.*s", (int)(name.n < 60 ? name.n : 60), name.s);
			return err_set(err, "knob \"%s\" is not a whole number", room);
		}
		if (wish_knob(w, name, n, err) < 0)
			return ERR_FAIL;
	}
	return 0;
}

static int read_member(struct quarry_generator *g, struct str key, struct json v, struct err *err)
{
	struct wish *w = &g->wish;
	char room[256];

	if (v.kind == JSON_NULL || json_key_is(key, "task"))
		return 0;
	if (json_key_is(key, "knobs"))
		return read_knobs(w, v, err);
	if (json_key_is(key, "worked") || json_key_is(key, "bare"))
		return json_bool(v, json_key_is(key, "worked") ? &w->ask.worked : &g->bare) ? 0 : err_set(err, "%.*s is not true or false", (int)key.n, key.s);
	if (json_key_is(key, "difficulty"))
		return text_of(room, sizeof(room), v, "difficulty", err) < 0 ? ERR_FAIL : wish_difficulty(w, room, err);
	if (json_key_is(key, "lang"))
		return text_of(room, sizeof(room), v, "lang", err) < 0 ? ERR_FAIL : wish_langs(w, room, err);
	if (json_key_is(key, "format"))
		return text_of(room, sizeof(room), v, "format", err) < 0 ? ERR_FAIL : wish_formats(w, room, err);
	if (json_key_is(key, "canon"))
		return text_of(room, sizeof(room), v, "canon", err) < 0 ? ERR_FAIL : wish_canon(w, room, err);
	if (json_key_is(key, "form")) {
		if (text_of(g->form, sizeof(g->form), v, "form", err) < 0)
			return ERR_FAIL;
		w->ask.form = str_of(g->form);
		return 0;
	}
	return err_set(err, "unknown key %.*s; there are task, difficulty, knobs, lang, format, form, canon, worked and bare", (int)(key.n < 60 ? key.n : 60), key.s);
}

static int read_wish(struct quarry_generator *g, const char *text, struct err *err)
{
	struct json row, task, v;
	struct str key;
	char room[256];

	if (!json_parse(&row, str_of(text), err))
		return ERR_FAIL;
	if (row.kind != JSON_OBJECT || !json_get(row, "task", &task))
		return err_set(err, "the wish is not an object with a task");
	if (text_of(room, sizeof(room), task, "task", err) < 0 || wish_for(&g->wish, str_of(room), err) < 0)
		return ERR_FAIL;
	for (struct json_iter it = json_iter(row); json_next(&it, &key, &v);)
		if (read_member(g, key, v, err) < 0)
			return ERR_FAIL;
	if (g->bare && (g->wish.ask.canon_lo > 0 || g->wish.ask.canon_hi < 1))
		return err_set(err, "a part of the canon and bare do not go together");
	g->wish.ask.bare = g->bare;
	return wish_check(&g->wish, err);
}

static void say(char error[QUARRY_ERROR_MAX], const char *text)
{
	snprintf(error, QUARRY_ERROR_MAX, "%s", text);
}

struct quarry_generator *quarry_generator_new(const char *wish, char error[QUARRY_ERROR_MAX])
{
	struct quarry_generator *g = calloc(1, sizeof(*g));
	struct err err = ERR_INIT;

	if (!g) {
		say(error, "out of memory");
		return NULL;
	}
	if (read_wish(g, wish, &err) < 0) {
		say(error, err.msg);
		free(g);
		return NULL;
	}
	return g;
}

void quarry_generator_free(struct quarry_generator *g)
{
	free(g);
}

char *quarry_generator_line(const struct quarry_generator *g, uint64_t seed, uint64_t i, char error[QUARRY_ERROR_MAX])
{
	uint64_t own = instance_seed(seed, g->wish.ask.task->name, i);
	struct instance_ask ask = wish_ask(&g->wish, own);
	struct instance in = INSTANCE_INIT;
	struct err err = ERR_INIT;
	struct buf line = BUF_INIT;

	if (instance_make(&in, &ask, own, &err) == 0)
		instance_json(&line, &in);
	else
		say(error, err.msg);
	instance_release(&in);
	if (line.failed) {
		say(error, "out of memory");
		buf_release(&line);
	}
	return line.s;
}

char *quarry_tasks_json(void)
{
	struct buf b = BUF_INIT;

	tasks_json(&b, NULL, 0);
	if (b.failed)
		buf_release(&b);
	return b.s;
}

void quarry_text_free(char *text)
{
	free(text);
}
