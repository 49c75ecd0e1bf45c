/* statement_names.c - what a statement gives away, and what it keeps from who is to solve it. See statement.h. */
#include "base/hash.h"
#include "repos/code.h"
#include "repos/statement_inside.h"

#include <stdlib.h>

enum {
	LEAK_BYTES = 20,       /* of a line without its blanks: shorter ones stand in any text */
	LEAK_WORDS = 3,
	NAMES_MAX = 4000,      /* of one patch */
	BASE_BLOB_MAX = 2 << 20,
};

/* ---- leaks */

static void add_bare(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.s[i] == ' ' || (s.s[i] >= '\t' && s.s[i] <= '\r')))
			buf_addc(out, s.s[i]);
}

static bool tells(struct str line)
{
	struct str rest = line, w;
	int words = 0;

	line = str_trim(line);
	if (str_starts(line, STR("#")) || str_starts(line, STR("//")) || str_starts(line, STR("/*")) || str_starts(line, STR("*")))
		return false; /* comments and directives are prose */
	while (words < LEAK_WORDS && statement_word(&rest, &w))
		words++;
	return words >= LEAK_WORDS;
}

uint32_t leak_lines(struct str patch, struct str text)
{
	struct buf bare = BUF_INIT, line = BUF_INIT;
	struct str rest = patch, l;
	uint32_t n = 0;

	add_bare(&bare, text);
	while (str_line(&rest, &l)) {
		if (l.n < LEAK_BYTES || l.s[0] != '+' || str_starts(l, STR("+++ ")) || !tells(str_from(l, 1)))
			continue;
		buf_reset(&line);
		add_bare(&line, str_from(l, 1));
		n += line.n >= LEAK_BYTES && str_find(buf_str(&bare), buf_str(&line)) >= 0;
	}
	buf_release(&bare);
	buf_release(&line);
	return n;
}

/* ---- names */

enum { USED = 1, MADE = 2, BROUGHT = 4, KNOWN = 8 }; /* by the tests; by the tests; by the patch; in the base or the text */

struct names {
	struct name {
		struct str s; /* .n == 0: free */
		unsigned is;
	} *at;
	uint32_t mask, n;
};

static struct name *name_at(const struct names *t, struct str s)
{
	uint32_t i = (uint32_t)hash64(s.s, s.n, 0) & t->mask;

	while (t->at[i].s.n && !str_eq(t->at[i].s, s))
		i = (i + 1) & t->mask;
	return &t->at[i];
}

static void mark(struct names *t, struct str s, unsigned is)
{
	struct name *x = name_at(t, s);

	if (!x->s.n && t->n == NAMES_MAX)
		return;
	t->n += !x->s.n;
	x->s = s;
	x->is |= is;
}

/* Is a name made here rather than used: behind def, class, for, as or a word of C's types, or before "="? */
static bool is_made(struct str line, struct str name, struct str before)
{
	static const char *const makers[] = { "def", "class", "for", "as", "int", "char", "bool", "long", "struct", "enum", "void", "double", "float", "size_t",
					      "unsigned", "uint8_t", "uint32_t", "uint64_t", "let", "const", "var", "fn", "func", "function", "type", "mut",
					      "lambda", "global", NULL };
	size_t from = (size_t)(name.s - line.s), to = from + name.n;

	for (const char *const *m = makers; *m; m++)
		if (str_is(before, *m))
			return true;
	while (to < line.n && line.s[to] == ' ')
		to++;
	return str_trim(str_sub(line, 0, from)).n == 0 && to < line.n &&
	       ((line.s[to] == '=' && (to + 1 == line.n || line.s[to + 1] != '=')) || str_starts(str_from(line, to), STR(":=")));
}

static void mark_line(struct names *t, enum code_lang lang, struct str line, bool tests)
{
	struct code_names it = code_names(lang, line);
	struct str name, before = STR("");

	it.keywords = true;
	while (code_name(&it, &name)) {
		if (name.n > 1 && !code_is_keyword(lang, name))
			mark(t, name, !tests ? BROUGHT : is_made(line, name, before) ? MADE : USED);
		before = name;
	}
}

/* The lines that a patch adds, file by file: each in its language. */
static void mark_patch(struct names *t, struct str patch, bool tests)
{
	struct str rest = patch, line;
	enum code_lang lang = CODE_NONE;

	while (str_line(&rest, &line)) {
		if (str_starts(line, STR("+++ "))) {
			struct str path = str_from(line, 4);

			if (path.n && path.s[path.n - 1] == '"')
				path.n--;
			if (path.n && path.s[path.n - 1] == '\t')
				path.n--;
			side_of(path, &lang);
		} else if (line.n && line.s[0] == '+' && lang != CODE_NONE) {
			mark_line(t, lang, str_from(line, 1), tests);
		}
	}
}

/* Every word of a text that is a name of the table is known. */
static void mark_known(struct names *t, struct str text)
{
	struct str rest = text, w;

	while (statement_word(&rest, &w)) {
		struct name *x = name_at(t, w);

		x->is |= x->s.n ? KNOWN : 0;
	}
}

struct base {
	struct repo *r;
	struct names *t;
};

static int mark_file(void *ctx, struct str path, const struct tree_entry *e)
{
	struct base *b = ctx;
	struct object o;
	struct str text;

	mark_known(b->t, path);
	if ((e->mode == MODE_FILE || e->mode == MODE_EXEC) && repo_blob(b->r, &e->id, BASE_BLOB_MAX, &o) == OBJECT_OK) {
		text = object_str(&o);
		if (!blob_is_binary(text))
			mark_known(b->t, text);
		object_release(&o);
	} else if (e->mode == MODE_FILE || e->mode == MODE_EXEC) {
		object_release(&o);
	}
	return 0;
}

static bool asked(const struct name *x)
{
	return x->s.n && (x->is & (USED | MADE | BROUGHT | KNOWN)) == (USED | BROUGHT);
}

static size_t count_asked(const struct names *t)
{
	size_t n = 0;

	for (uint32_t i = 0; i <= t->mask; i++)
		n += asked(&t->at[i]);
	return n;
}

static int str_sort(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

int unknown_names(const struct statement_ask *ask, struct str text, struct statement *s)
{
	struct names t = { .mask = 4 * NAMES_MAX / 2 };
	struct base base = { ask->repo, &t };
	uint64_t unreadable;
	size_t n;

	while (t.mask & (t.mask + 1)) /* one less than a power of two */
		t.mask |= t.mask >> 1;
	t.at = calloc((size_t)t.mask + 1, sizeof(*t.at));
	if (!t.at)
		return ERR_FAIL;
	mark_patch(&t, ask->c->test_patch, true);
	mark_patch(&t, ask->c->patch, false);
	mark_known(&t, text);
	/* the base is read only where a name is in question */
	if (ask->repo && count_asked(&t))
		repo_each(ask->repo, &ask->c->parent_tree, mark_file, &base, &unreadable);
	n = count_asked(&t);
	s->unknown = arena_alloc(&s->arena, (n + 1) * sizeof(*s->unknown));
	for (uint32_t i = 0; s->unknown && i <= t.mask; i++)
		if (asked(&t.at[i]))
			s->unknown[s->n_unknown++] = arena_str(&s->arena, t.at[i].s);
	if (s->n_unknown)
		qsort(s->unknown, s->n_unknown, sizeof(*s->unknown), str_sort);
	free(t.at);
	return s->unknown ? 0 : ERR_FAIL;
}
