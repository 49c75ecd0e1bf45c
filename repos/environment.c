/* environment.c - recipes: read, written, hashed, found for a tree, and changed where a tree needs more. See environment.h. */
#include "repos/environment.h"

#include "base/embedded.h"
#include "base/hash.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern const struct embedded recipe_files[];

static const char *const runners[] = { "pytest", "ctest", "meson", "lines", "command" };

/* ---- members */

enum member_kind { MEMBER_TEXT, MEMBER_WORDS, MEMBER_BOOL };

struct member {
	const char *name;
	enum member_kind kind;
	size_t at;
};

/* Sorted: this is also the order in which they are written. */
static const struct member members[] = {
#define MEMBER(kind, name) { #name, kind, offsetof(struct environment, name) }
	MEMBER(MEMBER_WORDS, build),
	MEMBER(MEMBER_BOOL, carry),
	MEMBER(MEMBER_TEXT, code_lang),
	MEMBER(MEMBER_BOOL, compat),
	MEMBER(MEMBER_WORDS, env),
	MEMBER(MEMBER_BOOL, in_tree),
	MEMBER(MEMBER_WORDS, list),
	MEMBER(MEMBER_TEXT, name),
	MEMBER(MEMBER_WORDS, needs),
	MEMBER(MEMBER_BOOL, network),
	MEMBER(MEMBER_WORDS, paths),
	MEMBER(MEMBER_WORDS, plugins),
	MEMBER(MEMBER_WORDS, prepare),
	MEMBER(MEMBER_TEXT, python),
	MEMBER(MEMBER_WORDS, test),
	MEMBER(MEMBER_BOOL, test_files),
	MEMBER(MEMBER_WORDS, tools),
	MEMBER(MEMBER_WORDS, when),
	MEMBER(MEMBER_BOOL, writable),
#undef MEMBER
};

enum { N_MEMBERS = COUNT(members), WORDS_MAX = 1000, TEXT_MAX = 1 << 20 };

static void *member_of(struct environment *e, const struct member *m)
{
	return (char *)e + m->at;
}

struct limit {
	const char *name;
	size_t at;
	bool seconds;
	uint64_t unit;
	double lo, hi;
};

static const struct limit limits[] = {
	{ "cpu_s", offsetof(struct sandbox_limits, cpu_s), true, 1, 0.1, 86400 },
	{ "file_mb", offsetof(struct sandbox_limits, file), false, 1 << 20, 1, 1 << 20 },
	{ "files", offsetof(struct sandbox_limits, inodes), false, 1, 16, 1e8 },
	{ "memory_mb", offsetof(struct sandbox_limits, memory), false, 1 << 20, 16, 1 << 20 },
	{ "output_mb", offsetof(struct sandbox_limits, output), false, 1 << 20, 1, 256 },
	{ "processes", offsetof(struct sandbox_limits, processes), false, 1, 1, 65536 },
	{ "tmp_mb", offsetof(struct sandbox_limits, tmp), false, 1 << 20, 1, 1 << 16 },
	{ "wall_s", offsetof(struct sandbox_limits, wall_s), true, 1, 0.1, 86400 },
};

enum { N_LIMITS = COUNT(limits) };

static double limit_get(const struct sandbox_limits *l, const struct limit *m)
{
	const char *at = (const char *)l + m->at;

	if (m->seconds)
		return *(const double *)at;
	return m->at == offsetof(struct sandbox_limits, processes) ? *(const uint32_t *)at : (double)(*(const uint64_t *)at / m->unit);
}

static void limit_set(struct sandbox_limits *l, const struct limit *m, double v)
{
	char *at = (char *)l + m->at;

	if (m->seconds)
		*(double *)at = v;
	else if (m->at == offsetof(struct sandbox_limits, processes))
		*(uint32_t *)at = (uint32_t)v;
	else
		*(uint64_t *)at = (uint64_t)v * m->unit;
}

/* ---- reading */

static void defaults(struct environment *e)
{
	*e = (struct environment){ .name = "", .code_lang = "", .python = "/usr/bin/python3", .test_s = 60 };
	e->limits = SANDBOX_LIMITS;
	e->build_limits = SANDBOX_LIMITS;
	e->build_limits.cpu_s = 600;
	e->build_limits.wall_s = 600;
	e->build_limits.tmp = 2ull << 30;
}

void environment_release(struct environment *e)
{
	arena_release(&e->text);
	*e = (struct environment){ 0 };
}

static int get_text(struct environment *e, struct json v, const char *what, const char **ret, struct err *err)
{
	struct buf b = { .max = TEXT_MAX };
	bool ok = json_str(v, &b) && !b.failed && !memchr(buf_z(&b), 0, b.n);
	char *kept = ok ? arena_strdup(&e->text, buf_str(&b)) : NULL;

	buf_release(&b);
	if (!kept)
		return err_set(err, "%s is no text", what);
	*ret = kept;
	return 0;
}

void words_write(const struct words *w, struct buf *b, const char *key)
{
	json_key(b, key);
	json_open(b, '[');
	for (size_t i = 0; i < w->n; i++)
		json_add_z(b, w->at[i]);
	json_close(b, ']');
}

static int get_words(struct environment *e, struct json v, const char *what, struct words *w, struct err *err)
{
	size_t n = v.kind == JSON_ARRAY ? json_count(v) : 1;
	struct json item;

	if (v.kind != JSON_ARRAY && v.kind != JSON_STRING)
		return err_set(err, "%s is no list of texts", what);
	if (n > WORDS_MAX)
		return err_set(err, "%s has more than %d texts", what, WORDS_MAX);
	w->n = 0;
	w->at = arena_zalloc(&e->text, n + 1, sizeof(*w->at));
	if (!w->at)
		return err_set(err, "out of memory");
	if (v.kind == JSON_STRING)
		return w->n = 1, get_text(e, v, what, &w->at[0], err);
	for (struct json_iter it = json_iter(v); json_next(&it, NULL, &item);)
		if (get_text(e, item, what, &w->at[w->n++], err) < 0)
			return ERR_FAIL;
	return 0;
}

/* A path below a directory: not absolute, no "..", no empty part. */
static bool is_inside(const char *path)
{
	struct str rest = str_of(path), part;

	while (str_split(&rest, '/', &part))
		if (!part.n || str_is(part, "..") || (str_is(part, ".") && !str_is(str_of(path), ".")))
			return false;
	return path[0] != 0;
}

static int get_files(struct environment *e, struct json v, struct err *err)
{
	struct str key;
	struct json text;

	if (v.kind != JSON_OBJECT || json_count(v) > WORDS_MAX)
		return err_set(err, "\"files\" is no object of texts");
	e->files = arena_zalloc(&e->text, json_count(v) + 1, sizeof(*e->files));
	e->n_files = 0;
	if (!e->files)
		return err_set(err, "out of memory");
	for (struct json_iter it = json_iter(v); json_next(&it, &key, &text);) {
		struct environment_file *f = &e->files[e->n_files++];

		if (get_text(e, (struct json){ JSON_STRING, key }, "a file's path", &f->path, err) < 0 ||
		    get_text(e, text, f->path, &f->text, err) < 0)
			return ERR_FAIL;
		if (!is_inside(f->path))
			return err_set(err, "\"%s\" leads out of the tree", f->path);
	}
	return 0;
}

static int get_limits(struct json v, struct sandbox_limits *l, struct err *err)
{
	struct str key;
	struct json item;

	if (v.kind != JSON_OBJECT)
		return err_set(err, "limits are no object");
	for (struct json_iter it = json_iter(v); json_next(&it, &key, &item);) {
		size_t i = 0;
		double f;

		while (i < N_LIMITS && !json_key_is(key, limits[i].name))
			i++;
		if (i == N_LIMITS)
			return err_set(err, "unknown limit %.*s", (int)(key.n < 60 ? key.n : 60), key.s);
		if (!json_f64(item, &f) || !(f >= limits[i].lo && f <= limits[i].hi))
			return err_set(err, "%s is not between %g and %g", limits[i].name, limits[i].lo, limits[i].hi);
		limit_set(l, &limits[i], f);
	}
	return 0;
}

static int get_member(struct environment *e, struct str key, struct json v, struct err *err)
{
	char text[32];
	struct str name;

	for (size_t i = 0; i < N_MEMBERS; i++) {
		const struct member *m = &members[i];

		if (!json_key_is(key, m->name))
			continue;
		if (m->kind == MEMBER_WORDS)
			return get_words(e, v, m->name, member_of(e, m), err);
		if (m->kind == MEMBER_TEXT)
			return get_text(e, v, m->name, member_of(e, m), err);
		return json_bool(v, member_of(e, m)) ? 0 : err_set(err, "%s is neither true nor false", m->name);
	}
	if (json_key_is(key, "files"))
		return get_files(e, v, err);
	if (json_key_is(key, "limits"))
		return get_limits(v, &e->limits, err);
	if (json_key_is(key, "build_limits"))
		return get_limits(v, &e->build_limits, err);
	if (json_key_is(key, "test_s"))
		return json_f64(v, &e->test_s) && e->test_s >= 0.1 && e->test_s <= 86400 ? 0 : err_set(err, "test_s is not between 0.1 and 86400");
	if (json_key_is(key, "runner")) {
		if (json_text(v, text, sizeof(text), &name))
			for (size_t i = 0; i < COUNT(runners); i++)
				if (str_is(name, runners[i]))
					return e->runner = (enum runner)i, 0;
		return err_set(err, "runner is none of pytest, ctest, meson, lines, command");
	}
	return err_set(err, "unknown member %.*s", (int)(key.n < 60 ? key.n : 60), key.s);
}

static int check(const struct environment *e, struct err *err)
{
	if (!e->name[0])
		return err_set(err, "a recipe has a name");
	for (size_t i = 0; i < e->paths.n; i++)
		if (!is_inside(e->paths.at[i]))
			return err_set(err, "the path \"%s\" leads out of the tree", e->paths.at[i]);
	for (size_t i = 0; i < e->env.n; i++)
		if (!strchr(e->env.at[i], '=') || e->env.at[i][0] == '=')
			return err_set(err, "env: \"%s\" is not NAME=VALUE", e->env.at[i]);
	if (e->python[0] != '/')
		return err_set(err, "python is no absolute path");
	if (e->runner == RUNNER_LINES && !e->list.n)
		return err_set(err, "the runner \"lines\" needs a list");
	if (e->runner == RUNNER_COMMAND && !e->test.n)
		return err_set(err, "the runner \"command\" needs a test");
	return 0;
}

int environment_read(struct environment *e, struct json recipe, struct err *err)
{
	struct str key;
	struct json v;

	defaults(e);
	if (recipe.kind != JSON_OBJECT)
		return err_set(err, "a recipe is an object");
	for (struct json_iter it = json_iter(recipe); json_next(&it, &key, &v);)
		if (get_member(e, key, v, err) < 0)
			goto failed;
	if (check(e, err) == 0)
		return 0;
failed:
	environment_release(e);
	return ERR_FAIL;
}

/* ---- writing */

static void add_limits(struct buf *b, const char *name, const struct sandbox_limits *l)
{
	json_key(b, name);
	json_open(b, '{');
	for (size_t i = 0; i < N_LIMITS; i++) {
		json_key(b, limits[i].name);
		if (limits[i].seconds)
			json_add_f64(b, limit_get(l, &limits[i]));
		else
			json_add_u64(b, (uint64_t)limit_get(l, &limits[i]));
	}
	json_close(b, '}');
}

void environment_write(const struct environment *e, struct buf *b)
{
	json_open(b, '{');
	for (size_t i = 0; i < N_MEMBERS; i++) {
		const void *at = (const char *)e + members[i].at;

		if (members[i].kind == MEMBER_TEXT) {
			json_key(b, members[i].name);
			json_add_z(b, *(const char *const *)at);
		} else if (members[i].kind == MEMBER_BOOL) {
			json_key(b, members[i].name);
			json_add_bool(b, *(const bool *)at);
		} else {
			words_write(at, b, members[i].name);
		}
	}
	json_key(b, "files");
	json_open(b, '{');
	for (size_t i = 0; i < e->n_files; i++) {
		json_key(b, e->files[i].path);
		json_add_z(b, e->files[i].text);
	}
	json_close(b, '}');
	json_key(b, "runner");
	json_add_z(b, runners[e->runner]);
	json_key(b, "test_s");
	json_add_f64(b, e->test_s);
	add_limits(b, "limits", &e->limits);
	add_limits(b, "build_limits", &e->build_limits);
	json_close(b, '}');
}

void environment_hash(const struct environment *e, char hash[ENVIRONMENT_HASH + 1])
{
	struct buf b = BUF_INIT;
	struct sha256 s;
	char hex[65];

	environment_write(e, &b);
	sha256_init(&s);
	sha256_add(&s, buf_z(&b), b.n);
	sha256_hex(&s, hex);
	memcpy(hash, hex, ENVIRONMENT_HASH);
	hash[ENVIRONMENT_HASH] = 0;
	buf_release(&b);
}

static bool read_text(struct environment *e, struct str text)
{
	struct err err = ERR_INIT;
	struct json v;

	return json_parse(&v, text, &err) && environment_read(e, v, &err) == 0;
}

bool environment_copy(struct environment *to, const struct environment *from)
{
	struct buf b = BUF_INIT;
	bool ok;

	environment_write(from, &b);
	ok = !b.failed && read_text(to, buf_str(&b));
	buf_release(&b);
	return ok;
}

/* ---- finding one for a tree */

bool environment_builtin(struct environment *e, const char *name)
{
	for (const struct embedded *f = recipe_files; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return read_text(e, (struct str){ f->text, f->n });
	return false;
}

static bool in_usr(const char *program)
{
	char path[256];

	snprintf(path, sizeof(path), "/usr/bin/%s", program);
	return program[0] == '/' ? access(program, X_OK) == 0 : access(path, X_OK) == 0;
}

/* A Rust that rustup installed: the stable toolchain, else the first there is. */
static bool find_rust(char *dir, size_t cap)
{
	const char *home = getenv("RUSTUP_HOME"), *user = getenv("HOME");
	char at[512];
	struct dirent *entry;
	DIR *d;
	bool found = false, stable = false;

	if (home)
		snprintf(at, sizeof(at), "%s/toolchains", home);
	else
		snprintf(at, sizeof(at), "%s/.rustup/toolchains", user ? user : "");
	d = opendir(at);
	while (d && !stable && (entry = readdir(d))) {
		char path[1024];

		snprintf(path, sizeof(path), "%s/%s/bin/cargo", at, entry->d_name);
		if (entry->d_name[0] == '.' || access(path, X_OK) < 0)
			continue;
		stable = strncmp(entry->d_name, "stable", 6) == 0;
		if (!found || stable)
			snprintf(dir, cap, "%s/%s", at, entry->d_name);
		found = true;
	}
	if (d)
		closedir(d);
	return found;
}

bool environment_tool(const char *name, char *dir, size_t cap)
{
	return strcmp(name, "rust") == 0 && !in_usr("cargo") && find_rust(dir, cap);
}

const char *environment_missing(const struct environment *e)
{
	char dir[1024];

	for (size_t i = 0; i < e->needs.n; i++) {
		bool found = in_usr(e->needs.at[i]);

		for (size_t k = 0; k < e->tools.n && !found; k++) {
			char path[1200];

			if (!environment_tool(e->tools.at[k], dir, sizeof(dir)))
				continue;
			snprintf(path, sizeof(path), "%s/bin/%s", dir, e->needs.at[i]);
			found = access(path, X_OK) == 0;
		}
		if (!found)
			return e->needs.at[i];
	}
	return NULL;
}

/* A file at the top that is called so but for what `*` stands for. */
static bool holds_like(struct repo *r, const struct oid *tree, struct str head, struct str tail)
{
	struct tree_entry entry;
	struct object o;
	struct str raw;
	bool found = false;

	if (repo_tree(r, tree, &o) == OBJECT_OK)
		for (raw = object_str(&o); !found && tree_next(&raw, &entry) > 0;)
			found = entry.mode != MODE_TREE && entry.name.n >= head.n + tail.n && str_starts(entry.name, head) && str_ends(entry.name, tail);
	object_release(&o);
	return found;
}

/* "setup.py", "test_*.py", or "Makefile: test:" for a line that begins so. */
static bool holds(struct repo *r, const struct oid *tree, const char *when)
{
	struct str path = str_of(when), head = { 0 }, rest, line;
	ptrdiff_t colon = str_find(path, STR(": ")), star = str_chr(path, '*');
	struct tree_entry entry;
	struct object o;
	bool found = false;

	if (star >= 0)
		return holds_like(r, tree, str_sub(path, 0, (size_t)star), str_from(path, (size_t)star + 1));
	if (colon >= 0) {
		head = str_from(path, (size_t)colon + 2);
		path = str_sub(path, 0, (size_t)colon);
	}
	if (repo_find(r, tree, path, &entry) != OBJECT_OK)
		return false;
	if (!head.n)
		return true;
	if (repo_blob(r, &entry.id, TEXT_MAX, &o) == OBJECT_OK)
		for (rest = object_str(&o); !found && str_line(&rest, &line);)
			found = str_starts(line, head);
	object_release(&o);
	return found;
}

/* C and C++ are built by the same recipes. */
static bool fits_lang(const char *asked, const char *is)
{
	return !asked || strcmp(asked, is) == 0 || (strcmp(asked, "cpp") == 0 && strcmp(is, "c") == 0);
}

int environment_detect(struct environment *e, struct repo *r, const struct oid *tree, const char *code_lang, struct buf *why)
{
	for (const struct embedded *f = recipe_files; f->name; f++) {
		const char *missing;
		bool fits = false;

		if (!read_text(e, (struct str){ f->text, f->n })) {
			buf_addf(why, "the recipe %s cannot be read; ", f->name);
			continue;
		}
		for (size_t i = 0; i < e->when.n && !fits && fits_lang(code_lang, e->code_lang); i++)
			fits = holds(r, tree, e->when.at[i]);
		missing = fits ? environment_missing(e) : NULL;
		if (fits && !missing)
			return 0;
		if (missing)
			buf_addf(why, "%s: no %s here; ", e->name, missing);
		environment_release(e);
	}
	if (!why->n)
		buf_addz(why, "no recipe fits the tree");
	return ERR_FAIL;
}
