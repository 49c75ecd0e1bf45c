/* modules.c - the test modules of a tree. See modules.h. */
#include "repos/modules.h"

struct test_list {
	struct words *files;
	size_t cap;
	struct arena *arena;
	enum code_lang lang;
	bool named;  /* only those that are named as pytest looks for them */
	bool failed;
};

static bool is_module(struct str path)
{
	struct str name = str_from(path, (size_t)(str_rfind(path, STR("/")) + 1));

	return str_ends(name, STR(".py")) && (str_starts(name, STR("test")) || str_ends(name, STR("_test.py")) || str_ends(name, STR("_tests.py")));
}

static int add_test(void *ctx, struct str path, const struct tree_entry *e)
{
	struct test_list *t = ctx;
	enum code_lang lang;

	if (side_of(path, &lang) != SIDE_TEST || (e->mode != MODE_FILE && e->mode != MODE_EXEC) || memchr(path.s, 0, path.n) ||
	    (t->lang == CODE_PYTHON) != (lang == CODE_PYTHON) || (t->named && !is_module(path)))
		return 0;
	if (t->files->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 64;
		const char **more = arena_zalloc(t->arena, cap, sizeof(*more));

		if (!more) {
			t->failed = true;
			return 0;
		}
		if (t->cap)
			memcpy(more, t->files->at, t->cap * sizeof(*more));
		t->files->at = more;
		t->cap = cap;
	}
	t->files->at[t->files->n] = arena_strdup(t->arena, path);
	t->failed |= !t->files->at[t->files->n++];
	return 0;
}

int tests_of_tree(struct words *files, struct arena *arena, struct repo *r, const struct oid *tree, enum code_lang lang, struct err *err)
{
	struct test_list t = { .files = files, .arena = arena, .lang = lang, .named = lang == CODE_PYTHON };
	uint64_t unreadable;

	files->n = 0;
	repo_each(r, tree, add_test, &t, &unreadable);
	return t.failed ? err_set(err, "out of memory") : 0;
}

static struct str above(struct str path)
{
	ptrdiff_t slash = str_rfind(path, STR("/"));

	return str_sub(path, 0, slash < 0 ? 0 : (size_t)slash);
}

static bool is_below(struct str path, struct str dir)
{
	return !dir.n || (str_starts(path, dir) && path.n > dir.n && path.s[dir.n] == '/');
}

/* Marks those below a directory; false: there are none. */
static bool mark_below(const struct words *files, bool *near, struct str dir)
{
	bool any = false;

	for (size_t i = 0; i < files->n; i++)
		if (is_below(str_of(files->at[i]), dir))
			any = near[i] = true;
	return any;
}

int tests_near(struct words *files, struct arena *arena, struct repo *r, const struct oid *tree, enum code_lang lang, const struct changes *c, struct err *err)
{
	bool *near;
	size_t kept = 0;

	files->n = 0;
	if (lang == CODE_JS)
		return 0;
	if (tests_of_tree(files, arena, r, tree, lang, err) < 0)
		return ERR_FAIL;
	near = arena_zalloc(arena, files->n + 1, sizeof(*near));
	if (!near)
		return err_set(err, "out of memory");
	for (size_t i = 0; i < c->n; i++) {
		struct str dir = above(c->at[i].path);

		if (c->at[i].side != SIDE_DATA || (i && str_eq(dir, above(c->at[i - 1].path)) && c->at[i - 1].side == SIDE_DATA))
			continue;
		while (!mark_below(files, near, dir) && dir.n)
			dir = above(dir);
	}
	for (size_t i = 0; i < files->n; i++)
		if (near[i])
			files->at[kept++] = files->at[i];
	files->n = kept;
	return 0;
}
