/* records.c - the channel of runner.py, read as if an enemy had written it. See records.h. */
#include "repos/records.h"

#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

/* Names that could be a person's, for tests that nobody can know beforehand. */
static void canary_name(char name[24], uint64_t chance)
{
	static const char *const words[] = { "empty", "nested", "simple", "default", "values", "order", "basic", "copy", "round", "types", "merge", "large",
		"single", "append", "update", "limits" };

	snprintf(name, 24, "test_%s_%s_%u", words[chance & 15], words[chance >> 4 & 15], (unsigned)(chance >> 8 & 1023));
}

static void draw(void *to, size_t n)
{
	if (getrandom(to, n, 0) != (ssize_t)n)
		memset(to, 0x5a, n); /* not before Linux 3.17; the run is then no safer than its tripwires */
}

void record_ask_make(struct record_ask *a, struct buf *json)
{
	uint64_t chance[6];

	draw(chance, sizeof(chance));
	snprintf(a->token, sizeof(a->token), "%016llx%016llx", (unsigned long long)chance[0], (unsigned long long)chance[1]);
	canary_name(a->canary[0], chance[2]);
	canary_name(a->canary[1], chance[3]);
	if (strcmp(a->canary[0], a->canary[1]) == 0)
		memcpy(a->canary[1], "more", 4);
	json_open(json, '{');
	json_key(json, "token");
	json_add_z(json, a->token);
	json_key(json, "root");
	json_add_z(json, "/repo");
	words_write(&a->paths, json, "paths");
	words_write(&a->files, json, "files");
	json_key(json, "ids");
	if (a->ids.n) {
		json_open(json, '[');
		for (size_t i = 0; i < a->ids.n; i++)
			json_add_z(json, a->ids.at[i]);
		json_close(json, ']');
	} else {
		json_add_null(json);
	}
	json_key(json, "seed");
	json_add_u64(json, a->shuffle & 0xffffffff);
	words_write(&a->env->plugins, json, "plugins");
	json_key(json, "carry");
	json_add_bool(json, a->env->carry);
	json_key(json, "compat");
	json_add_bool(json, a->env->compat);
	json_key(json, "test_s");
	json_add_f64(json, a->env->test_s);
	json_key(json, "memory");
	json_add_u64(json, a->env->limits.memory / 4 * 3);
	json_key(json, "canaries");
	json_open(json, '[');
	for (int i = 0; i < 2; i++) {
		json_open(json, '[');
		json_add_z(json, a->canary[i]);
		json_add_bool(json, i == 0);
		json_add_f64(json, (double)(chance[4 + i] >> 11) * 0x1p-53);
		json_close(json, ']');
	}
	json_close(json, ']');
	json_close(json, '}');
}

/* ---- reading */

struct reading {
	const struct record_ask *ask;
	struct run_report *r;
	uint64_t number;
	struct str *plan; /* ids, in text */
	size_t n_plan, told;
	struct arena text;
	bool started, planned, ended, canary_seen[2];
	int64_t end_code;
	const char *wrong; /* why it is no honest channel */
};

static bool say(struct reading *g, const char *what)
{
	g->wrong = what;
	return false;
}

static bool read_plan(struct reading *g, struct json ids)
{
	struct json id;
	size_t n = json_count(ids);

	if (ids.kind != JSON_ARRAY || g->planned || !g->started)
		return say(g, "a plan out of place");
	g->planned = true;
	g->plan = malloc((n + 1) * sizeof(*g->plan));
	if (!g->plan)
		return say(g, "out of memory");
	for (struct json_iter it = json_iter(ids); json_next(&it, NULL, &id);) {
		struct buf b = { .max = 1 << 16 };
		bool ok = json_str(id, &b) && !b.failed;

		g->plan[g->n_plan] = ok ? arena_str(&g->text, buf_str(&b)) : (struct str){ 0 };
		buf_release(&b);
		if (!ok || !g->plan[g->n_plan++].s)
			return say(g, "a plan of something else than names");
	}
	return true;
}

static bool read_test(struct reading *g, struct json record)
{
	struct json v;
	uint64_t i;
	char room[16];
	struct str name, id;
	enum outcome is;

	if (!g->planned || !json_get(record, "i", &v) || !json_u64(v, &i) || i != g->told || i >= g->n_plan)
		return say(g, "a test that is not the next one");
	if (!json_get(record, "s", &v) || !json_text(v, room, sizeof(room), &name) || !outcome_read(name, &is) || is == OUTCOME_ABSENT)
		return say(g, "a test without an outcome");
	id = g->plan[g->told++];
	for (int c = 0; c < 2; c++)
		if (str_is(id, g->ask->canary[c])) {
			if (g->canary_seen[c] || is != (c == 0 ? OUTCOME_PASSED : OUTCOME_FAILED))
				return say(g, "a test that must pass or fail did not");
			g->canary_seen[c] = true;
			return true;
		}
	outcomes_add(&g->r->outcomes, id, is);
	return true;
}

static bool read_end(struct reading *g, struct json record)
{
	struct json n, code, wrong;
	uint64_t told;

	g->ended = true;
	if (!json_get(record, "n", &n) || !json_u64(n, &told) || told != g->told || !json_get(record, "code", &code) || !json_i64(code, &g->end_code))
		return say(g, "an end that does not fit");
	if (!json_get(record, "wrong", &wrong) || wrong.kind != JSON_NULL) {
		buf_addz(&g->r->why, "tripwire: ");
		json_str(wrong, &g->r->why);
		return say(g, "tripwire");
	}
	return true;
}

static void read_collect(struct reading *g, struct json record)
{
	struct json v;

	g->r->collect_errors++;
	if (g->r->why.n > 20000)
		return;
	if (g->r->why.n)
		buf_addc(&g->r->why, '\n');
	if (json_get(record, "id", &v))
		json_str(v, &g->r->why);
	buf_addz(&g->r->why, ": ");
	if (json_get(record, "why", &v))
		json_str(v, &g->r->why);
}

static bool read_record(struct reading *g, struct json record)
{
	struct json kind, ids;

	json_get(record, "k", &kind);
	if (!g->started) {
		g->started = json_is(kind, "start");
		return g->started || say(g, "no start");
	}
	if (g->ended)
		return say(g, "records behind the end");
	if (json_is(kind, "test"))
		return read_test(g, record);
	if (json_is(kind, "plan"))
		return json_get(record, "ids", &ids) ? read_plan(g, ids) : say(g, "an empty plan");
	if (json_is(kind, "end"))
		return read_end(g, record);
	if (json_is(kind, "collect") && !g->planned)
		return read_collect(g, record), true;
	return (json_is(kind, "skip") && !g->planned) || say(g, "an unknown record");
}

/* TOKEN NUMBER JSON */
static bool read_line(struct reading *g, struct str line)
{
	struct str token, number;
	struct json record;
	struct err err = ERR_INIT;
	uint64_t n;

	if (!str_split(&line, ' ', &token) || !str_is(token, g->ask->token))
		return say(g, "a line without the token");
	if (!str_split(&line, ' ', &number) || !str_u64(number, &n) || n != g->number++)
		return say(g, "a line out of order");
	if (!json_parse(&record, line, &err) || record.kind != JSON_OBJECT)
		return say(g, "a line that is no record");
	return read_record(g, record);
}

static void fail(struct run_report *r, enum run_status status, const char *what)
{
	outcomes_release(&r->outcomes);
	r->status = status;
	if (!r->why.n)
		buf_addz(&r->why, what);
}

/* How a whole, honest channel ends. pytest's 1: tests failed, as one canary always does; 5: nothing was collected, which two canaries prevent. */
static void conclude(struct reading *g, int code)
{
	struct run_report *r = g->r;

	if (code >= 0 && code != g->end_code) {
		fail(r, RUN_TAMPER, "the exit code is another than the one that was told");
	} else if (g->end_code == 4) {
		r->cause = CAUSE_OPTIONS;
		fail(r, RUN_HARNESS_ERROR, "pytest refused its arguments");
	} else if (!g->planned || g->end_code == 3) {
		fail(r, RUN_COLLECT_FAIL, "nothing could be collected");
	} else if (g->told < g->n_plan || g->end_code == 2) {
		fail(r, RUN_CRASHED, "the run was broken off from inside");
	} else if (!g->canary_seen[0] || !g->canary_seen[1]) {
		fail(r, RUN_TAMPER, "tests that were to run did not");
	} else if (g->end_code != 1) {
		fail(r, RUN_TAMPER, "a success although one test must fail");
	} else if (!r->outcomes.n && r->collect_errors) {
		fail(r, RUN_COLLECT_FAIL, "");
	} else if (!r->outcomes.n) {
		fail(r, RUN_COLLECT_FAIL, "there are no tests");
	} else {
		r->status = RUN_OK;
	}
}

void records_read(const struct record_ask *a, struct str channel, int code, struct run_report *r)
{
	struct reading g = { .ask = a, .r = r };
	bool whole = true;

	while (!g.wrong && channel.n) {
		ptrdiff_t end = str_chr(channel, '\n');

		if (end < 0) {
			whole = false; /* cut off while it was written */
			break;
		}
		read_line(&g, str_sub(channel, 0, (size_t)end));
		channel = str_from(channel, (size_t)end + 1);
	}
	if (g.wrong)
		fail(r, RUN_TAMPER, g.wrong);
	else if (g.ended && whole)
		conclude(&g, code);
	else if (g.ended)
		fail(r, RUN_TAMPER, "bytes behind the end");
	else if (!g.planned && !g.r->why.n)
		fail(r, RUN_COLLECT_FAIL, "the runner ended before there was a plan");
	else
		fail(r, g.planned ? RUN_CRASHED : RUN_COLLECT_FAIL, "the run ended before its end");
	if (r->outcomes.failed)
		fail(r, RUN_HARNESS_ERROR, "out of memory");
	outcomes_sort(&r->outcomes);
	free(g.plan);
	arena_release(&g.text);
}
