/* cases.c - listings of tests, and outcomes of processes. See cases.h. */
#include "repos/cases.h"

#include "base/json.h"

#include <stdlib.h>

void cases_release(struct cases *c)
{
	free(c->at);
	arena_release(&c->text);
	*c = (struct cases){ 0 };
}

static struct test_case *add_case(struct cases *c)
{
	if (c->n == CASES_MAX)
		return NULL;
	if (c->n == c->cap) {
		size_t cap = c->cap ? c->cap * 2 : 32;
		struct test_case *at = realloc(c->at, cap * sizeof(*at));

		if (!at)
			return NULL;
		c->at = at;
		c->cap = cap;
	}
	c->at[c->n] = (struct test_case){ .skip_code = 77 };
	return &c->at[c->n++];
}

static const char *text_of(struct cases *c, struct json v)
{
	struct buf b = { .max = 1 << 20 };
	char *kept = json_str(v, &b) && !b.failed ? arena_strdup(&c->text, buf_str(&b)) : NULL;

	buf_release(&b);
	return kept;
}

static bool words_of(struct cases *c, struct json list, struct words *w)
{
	struct json v;

	w->n = 0;
	w->at = arena_zalloc(&c->text, json_count(list) + 1, sizeof(*w->at));
	for (struct json_iter it = json_iter(list); w->at && json_next(&it, NULL, &v);) {
		w->at[w->n] = text_of(c, v);
		if (!w->at[w->n++])
			return false;
	}
	return w->at != NULL;
}

static bool fixed(struct cases *c, struct words *w, size_t n, const char *const *at)
{
	w->at = arena_zalloc(&c->text, n + 1, sizeof(*w->at));
	w->n = n;
	for (size_t i = 0; w->at && i < n; i++)
		w->at[i] = at[i];
	return w->at != NULL;
}

/* A name as a regular expression that matches it alone. */
static const char *literal(struct cases *c, const char *name)
{
	struct buf b = BUF_INIT;
	const char *kept;

	buf_addc(&b, '^');
	for (; *name; name++) {
		if (strchr(".^$*+?()[]{}|\\", *name))
			buf_addc(&b, '\\');
		buf_addc(&b, *name);
	}
	buf_addc(&b, '$');
	kept = arena_strdup(&c->text, buf_str(&b));
	buf_release(&b);
	return kept;
}

/* What only ctest itself can do (expected output, fixtures, ...) is left to it, one test at a time. */
static bool leave_to_ctest(struct cases *c, struct test_case *t, const char *name)
{
	const char *argv[] = { "ctest", "--test-dir", "/build", "--output-on-failure", "-R", literal(c, name) };

	t->will_fail = false;
	t->skip_code = -1;
	t->cwd = NULL;
	return argv[5] && fixed(c, &t->argv, 6, argv);
}

static bool read_property(struct cases *c, struct test_case *t, struct json p, bool *ours)
{
	struct json name, value;
	int64_t code;
	bool flag;

	if (!json_get(p, "name", &name) || !json_get(p, "value", &value))
		return false;
	if (json_is(name, "WORKING_DIRECTORY"))
		return (t->cwd = text_of(c, value)) != NULL;
	if (json_is(name, "ENVIRONMENT"))
		return words_of(c, value, &t->env);
	if (json_is(name, "TIMEOUT"))
		return json_f64(value, &t->timeout_s);
	if (json_is(name, "WILL_FAIL")) {
		t->will_fail = json_bool(value, &flag) && flag;
		return true;
	}
	if (json_is(name, "SKIP_RETURN_CODE")) {
		if (json_i64(value, &code))
			t->skip_code = (int)code;
		return true;
	}
	if (json_is(name, "DISABLED"))
		return true;
	*ours &= json_is(name, "LABELS") || json_is(name, "COST") || json_is(name, "PROCESSORS") || json_is(name, "RUN_SERIAL");
	return true;
}

static bool read_ctest(struct cases *c, struct json listing)
{
	struct json tests, v, name, list, p;

	if (!json_get(listing, "tests", &tests) || tests.kind != JSON_ARRAY)
		return false;
	for (struct json_iter it = json_iter(tests); json_next(&it, NULL, &v);) {
		struct test_case *t = add_case(c);
		bool ours = true;
		const char *z;

		if (!t || !json_get(v, "name", &name) || !(z = text_of(c, name)))
			return false;
		t->id = str_of(z);
		t->skip_code = -1;
		t->cwd = "/build";
		if (json_get(v, "properties", &list))
			for (struct json_iter i = json_iter(list); json_next(&i, NULL, &p);)
				if (!read_property(c, t, p, &ours))
					return false;
		if (!json_get(v, "command", &list)) /* its program was not built: there is nothing to run */
			list = (struct json){ JSON_ARRAY, STR("[]") };
		if (!words_of(c, list, &t->argv) || (!ours && !leave_to_ctest(c, t, z)))
			return false;
	}
	return true;
}

static bool read_env(struct cases *c, struct json env, struct words *w)
{
	struct str key;
	struct json v;

	w->at = arena_zalloc(&c->text, json_count(env) + 1, sizeof(*w->at));
	for (struct json_iter it = json_iter(env); w->at && json_next(&it, &key, &v);) {
		struct buf b = { .max = 1 << 20 };

		json_str((struct json){ JSON_STRING, key }, &b);
		buf_addc(&b, '=');
		if (!json_str(v, &b) || b.failed || !(w->at[w->n++] = arena_strdup(&c->text, buf_str(&b)))) {
			buf_release(&b);
			return false;
		}
		buf_release(&b);
	}
	return w->at != NULL;
}

static bool read_meson(struct cases *c, struct json listing)
{
	struct json v, name, suite, cmd, at;

	if (listing.kind != JSON_ARRAY)
		return false;
	for (struct json_iter it = json_iter(listing); json_next(&it, NULL, &v);) {
		struct test_case *t = add_case(c);
		const char *z;

		if (!t || !json_get(v, "name", &name) || !(z = text_of(c, name)) || !json_get(v, "cmd", &cmd) || !words_of(c, cmd, &t->argv))
			return false;
		t->id = str_of(z);
		if (json_get(v, "suite", &suite) && json_count(suite)) { /* two suites may have a test of one name */
			struct json_iter i = json_iter(suite);
			struct buf b = BUF_INIT;

			json_next(&i, NULL, &at);
			if (json_str(at, &b))
				buf_addf(&b, "/%s", z);
			t->id = arena_str(&c->text, buf_str(&b));
			buf_release(&b);
			if (!t->id.s)
				return false;
		}
		t->cwd = "/build";
		if (json_get(v, "workdir", &at) && at.kind == JSON_STRING && !(t->cwd = text_of(c, at)))
			return false;
		if (json_get(v, "timeout", &at))
			json_f64(at, &t->timeout_s);
		if (json_get(v, "env", &at) && at.kind == JSON_OBJECT && !read_env(c, at, &t->env))
			return false;
	}
	return true;
}

static bool read_lines(struct cases *c, struct str listing)
{
	struct str line;

	while (str_line(&listing, &line)) {
		struct str id, rest = line, part;
		struct test_case *t;
		size_t n = 0;

		if (!str_split(&rest, '\t', &id) || !id.n)
			return false;
		t = add_case(c);
		if (!t)
			return false;
		t->id = arena_str(&c->text, id);
		t->argv.at = arena_zalloc(&c->text, line.n + 1, sizeof(*t->argv.at)); /* more than parts there are */
		if (!t->id.s || !t->argv.at)
			return false;
		while (str_split(&rest, '\t', &part))
			if (!(t->argv.at[n++] = arena_strdup(&c->text, part)))
				return false;
		t->argv.n = n;
		if (!n)
			return false;
	}
	return true;
}

bool cases_read(struct cases *c, enum runner kind, struct str listing, struct buf *why)
{
	struct err err = ERR_INIT;
	struct json v;
	bool ok;

	*c = (struct cases){ 0 };
	if (kind == RUNNER_LINES)
		ok = read_lines(c, listing);
	else if (!json_parse(&v, listing, &err))
		ok = false;
	else
		ok = kind == RUNNER_CTEST ? read_ctest(c, v) : read_meson(c, v);
	if (!ok)
		buf_addf(why, "the listing of tests cannot be read%s%s", err.msg[0] ? ": " : "", err.msg);
	return ok;
}

/* ---- what a process printed, as tests below it */

static const char part_mark[] = " > ";

struct str case_of(struct str id)
{
	ptrdiff_t at = str_find(id, str_of(part_mark));

	return at < 0 ? (struct str){ NULL, 0 } : str_sub(id, 0, (size_t)at);
}

/* "ok 3 - name # SKIP why" */
static bool read_tap(struct str line, struct str *name, enum outcome *is)
{
	bool not = str_starts(line, STR("not ok"));
	struct str rest = not ? str_from(line, 6) : str_starts(line, STR("ok")) ? str_from(line, 2) : (struct str){ 0 };
	ptrdiff_t hash;
	size_t digits = 1;

	if (!rest.n || rest.s[0] != ' ')
		return false;
	while (digits < rest.n && rest.s[digits] >= '0' && rest.s[digits] <= '9')
		digits++;
	rest = str_trim(str_from(rest, digits));
	*is = not ? OUTCOME_FAILED : OUTCOME_PASSED;
	hash = str_find(rest, STR("# "));
	if (hash >= 0) {
		struct str directive = str_trim(str_from(rest, (size_t)hash + 2));

		if (directive.n >= 4 && str_ieq(str_sub(directive, 0, 4), STR("skip")))
			*is = OUTCOME_SKIPPED;
		else if (directive.n >= 4 && str_ieq(str_sub(directive, 0, 4), STR("todo")))
			*is = not ? OUTCOME_XFAIL : OUTCOME_XPASS;
		rest = str_trim(str_sub(rest, 0, (size_t)hash));
	}
	if (str_starts(rest, STR("- ")))
		rest = str_trim(str_from(rest, 2));
	*name = rest;
	return rest.n > 0;
}

/* "tests/test_x.c:30:test_name:PASS", as Unity prints it. */
static bool read_unity(struct str line, struct str *name, enum outcome *is)
{
	static const struct {
		const char *word;
		enum outcome is;
	} words[] = { { ":PASS", OUTCOME_PASSED }, { ":FAIL", OUTCOME_FAILED }, { ":IGNORE", OUTCOME_SKIPPED } };

	for (size_t i = 0; i < COUNT(words); i++) {
		ptrdiff_t at = str_find(line, str_of(words[i].word)), colon;
		size_t end = (size_t)at + strlen(words[i].word);
		struct str head, number;

		if (at <= 0 || (end < line.n && line.s[end] != ':'))
			continue;
		head = str_sub(line, 0, (size_t)at);
		colon = str_rfind(head, STR(":"));
		if (colon <= 0)
			continue;
		*name = str_from(head, (size_t)colon + 1);
		head = str_sub(head, 0, (size_t)colon);
		colon = str_rfind(head, STR(":"));
		number = colon < 0 ? STR("") : str_from(head, (size_t)colon + 1);
		if (!number.n || number.s[0] < '0' || number.s[0] > '9')
			continue;
		*is = words[i].is;
		return name->n > 0;
	}
	return false;
}

/* A word at the head of the line, the name behind it, as many suites print. */
static bool read_word(struct str line, struct str *name, enum outcome *is)
{
	static const struct {
		const char *word;
		enum outcome is;
	} words[] = {
		{ "PASS: ", OUTCOME_PASSED }, { "FAIL: ", OUTCOME_FAILED }, { "XFAIL: ", OUTCOME_XFAIL }, { "XPASS: ", OUTCOME_XPASS },
		{ "SKIP: ", OUTCOME_SKIPPED }, { "ERROR: ", OUTCOME_ERROR }, { "[ok]: ", OUTCOME_PASSED }, { "[err]: ", OUTCOME_FAILED },
		{ "[       OK ] ", OUTCOME_PASSED }, { "[  FAILED  ] ", OUTCOME_FAILED }, { "[  SKIPPED ] ", OUTCOME_SKIPPED },
		{ "--- PASS: ", OUTCOME_PASSED }, { "--- FAIL: ", OUTCOME_FAILED }, { "--- SKIP: ", OUTCOME_SKIPPED },
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		ptrdiff_t time;

		if (!str_starts(line, str_of(words[i].word)))
			continue;
		*name = str_trim(str_from(line, strlen(words[i].word)));
		time = str_rfind(*name, STR(" ("));
		if (time > 0 && (str_ends(*name, STR("ms)")) || str_ends(*name, STR("s)")))) /* "TestX (0.02s)" */
			*name = str_sub(*name, 0, (size_t)time);
		*is = words[i].is;
		return name->n > 0;
	}
	return false;
}

static void add_parts(const struct test_case *t, struct str printed, struct outcomes *o, bool *tap_failed)
{
	struct buf id = BUF_INIT;
	struct str line, name;
	enum outcome is;
	bool plan = false, failed = false;
	size_t n = 0;

	while (n < CASE_PARTS && str_line(&printed, &line)) {
		bool tap;

		line = str_trim(line);
		plan |= line.n > 3 && str_starts(line, STR("1.."));
		tap = read_tap(line, &name, &is);
		if (!(tap || read_word(line, &name, &is) || read_unity(line, &name, &is)) || name.n > 300 || str_ends(t->id, name))
			continue;
		failed |= tap && is == OUTCOME_FAILED;
		buf_reset(&id);
		buf_add(&id, t->id);
		buf_addz(&id, part_mark);
		buf_add(&id, name);
		outcomes_add(o, buf_str(&id), is);
		n++;
	}
	*tap_failed = plan && failed;
	buf_release(&id);
}

void case_outcome(const struct test_case *t, const struct sandbox_outcome *ended, struct outcomes *o)
{
	enum outcome is = OUTCOME_FAILED;
	bool tap_failed = false;

	add_parts(t, buf_str(&ended->out), o, &tap_failed);
	if (ended->end == SANDBOX_EXITED && ended->code == t->skip_code)
		is = OUTCOME_SKIPPED;
	else if (ended->end == SANDBOX_EXITED)
		is = (ended->code == 0 && !tap_failed) != t->will_fail ? OUTCOME_PASSED : OUTCOME_FAILED;
	outcomes_add(o, t->id, is);
}
