/* variants.c - places in tests where one change must make them fail. See variants.h. */
#include "repos/variants.h"

#include <stdio.h>
#include <stdlib.h>

void variant_sites_release(struct variant_sites *s)
{
	free(s->at);
	*s = (struct variant_sites){ 0 };
}

static struct variant_site *add_site(struct variant_sites *s)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		struct variant_site *at = realloc(s->at, cap * sizeof(*at));

		if (!at)
			return NULL;
		s->at = at;
		s->cap = cap;
	}
	s->at[s->n] = (struct variant_site){ 0 };
	return &s->at[s->n++];
}

static bool is_word(char c)
{
	return is_letter(c) || is_digit(c) || c == '_';
}

/* A change of a line: its bytes [at, at + n) become text. */
struct change {
	size_t at, n;
	char text[64];
};

/*
 * The last literal of the line: a number grows by one, a text by a letter. Comments, and numbers that are parts of others (1.5, 0x10,
 * x1), are passed over. Outside Python a number comes before a text, which may be no more than a message.
 */
static bool change_literal(struct str line, size_t from, bool python, struct change *c)
{
	bool found = false, number = false;
	size_t i = from;

	while (i < line.n) {
		char q = line.s[i];

		if (q == '"' || q == '\'') {
			size_t end = i + 1;
			bool triple = line.n - i >= 3 && line.s[i + 1] == q && line.s[i + 2] == q;

			while (end < line.n && line.s[end] != q)
				end += line.s[end] == '\\' ? 2 : 1;
			if (triple || end >= line.n)
				return found; /* a text that ends elsewhere */
			if (python || (q == '"' && !number)) {
				*c = (struct change){ end, 0, "q" };
				found = true;
			}
			i = end + 1;
		} else if ((python && q == '#') || (!python && q == '/' && i + 1 < line.n && (line.s[i + 1] == '/' || line.s[i + 1] == '*'))) {
			return found;
		} else if (is_digit(q) && (i == 0 || (!is_word(line.s[i - 1]) && line.s[i - 1] != '.'))) {
			size_t end = i;
			int64_t v;

			while (end < line.n && is_digit(line.s[end]))
				end++;
			if ((end == line.n || (!is_word(line.s[end]) && line.s[end] != '.')) && str_i64(str_sub(line, i, end), &v) && v < INT32_MAX &&
			    (end - i == 1 || q != '0')) {
				*c = (struct change){ i, end - i, "" };
				snprintf(c->text, sizeof(c->text), "%lld", (long long)v + 1);
				found = number = true;
			}
			while (end < line.n && (is_word(line.s[end]) || line.s[end] == '.'))
				end++;
			i = end;
		} else {
			i++;
		}
	}
	return found;
}

/* The question turned round. */
static bool change_question(struct str line, struct change *c)
{
	static const char *const turns[][2] = {
		{ "assertEqual(", "assertNotEqual(" }, { "assertTrue(", "assertFalse(" }, { "assertFalse(", "assertTrue(" }, { "assertIn(", "assertNotIn(" },
		{ "assertIsNone(", "assertIsNotNone(" }, { "assertIsInstance(", "assertNotIsInstance(" },
		{ "pytest.raises(", "pytest.raises(BlockingIOError if True else " }, { "assertRaises(", "assertRaises(BlockingIOError if True else " },
		{ "assert ", "assert not " },
	};

	for (size_t i = 0; i < COUNT(turns); i++) {
		ptrdiff_t at = str_find(line, str_of(turns[i][0]));

		if (at < 0 || (at > 0 && is_word(line.s[at - 1])))
			continue;
		*c = (struct change){ (size_t)at, strlen(turns[i][0]), "" };
		snprintf(c->text, sizeof(c->text), "%s", turns[i][1]);
		return true;
	}
	return false;
}

static bool has_any(struct str line, const char *const *words)
{
	for (; *words; words++)
		if (str_find(line, str_of(*words)) >= 0)
			return true;
	return false;
}

static bool is_question_python(struct str line)
{
	static const char *const words[] = { "assert ", ".assert", "pytest.raises(", NULL };

	return has_any(line, words);
}

static bool is_question(struct str line)
{
	static const char *const words[] = { "assert", "ASSERT", "EXPECT", "expect", "CHECK", "check", "REQUIRE", "ok(", "is(", "Equal", "equal", "_EQ",
		"_eq", "strictEqual", "t.Error", "cmp(", NULL };

	return has_any(line, words) && str_chr(line, '(') >= 0;
}

static size_t indent_of(struct str line)
{
	size_t n = 0;

	while (n < line.n && (line.s[n] == ' ' || line.s[n] == '\t'))
		n++;
	return n;
}

/* "def NAME(", "async def NAME(", "class NAME": its name. */
static bool definition(struct str line, struct str keyword, struct str *name)
{
	struct str s = str_trim(line);
	size_t n = 0;

	if (str_starts(s, STR("async ")))
		s = str_trim(str_from(s, 6));
	if (!str_starts(s, keyword))
		return false;
	s = str_from(s, keyword.n);
	while (n < s.n && is_word(s.s[n]))
		n++;
	*name = str_sub(s, 0, n);
	return n > 0;
}

struct finding {
	struct variant_sites *sites;
	struct arena *arena;
	const char *path;
	/* the function that is being read */
	struct str cls, test;
	size_t cls_indent, indent;
	struct change best;
	size_t best_line;  /* the offset of its line */
	bool have, weak;
};

/* The best change of the function that ends here becomes a site. */
static bool close_function(struct finding *f)
{
	struct variant_site *s;
	struct buf test = BUF_INIT;

	if (!f->have) {
		f->test = (struct str){ 0 };
		return true;
	}
	s = add_site(f->sites);
	if (!s)
		return false;
	if (f->cls.n) {
		buf_add(&test, f->cls);
		buf_addz(&test, "::");
	}
	buf_add(&test, f->test);
	*s = (struct variant_site){ .path = f->path, .at = f->best_line + f->best.at, .n = f->best.n, .text = arena_strdup(f->arena, str_of(f->best.text)),
		.test = f->test.n ? arena_strdup(f->arena, buf_str(&test)) : NULL, .weak = f->weak };
	f->have = false;
	f->test = (struct str){ 0 };
	buf_release(&test);
	return s->text && (!f->test.n || s->test);
}

/* A literal is an expected value only where something is compared: else it is what the question is about. */
static bool compares(struct str line)
{
	static const char *const words[] = { "==", "Equal(", "match=", " in ", " is ", "<", ">", NULL };

	return has_any(line, words);
}

static void consider(struct finding *f, struct str line, size_t offset, bool python)
{
	ptrdiff_t equal = str_find(line, STR("=="));
	struct change c;
	bool strong = (!python || compares(line)) && change_literal(line, equal >= 0 ? (size_t)equal : 0, python, &c);

	if (!strong && (!python || (f->have && !f->weak) || !change_question(line, &c)))
		return;
	f->best = c;
	f->best_line = offset;
	f->have = true;
	f->weak = !strong;
}

/* The quote of a text over several lines that is open behind this line, given the one before it; 0: none. */
static char open_text(struct str line, char open)
{
	size_t i = 0;

	while (i < line.n) {
		char c = line.s[i];
		bool three = line.n - i >= 3 && line.s[i + 1] == c && line.s[i + 2] == c;

		if (open) {
			if (c == open && three)
				open = 0, i += 2;
			i += c == '\\' ? 2 : 1;
		} else if (c == '#') {
			break;
		} else if (c == '"' || c == '\'') {
			if (three) {
				open = c;
				i += 3;
				continue;
			}
			for (i++; i < line.n && line.s[i] != c; i++)
				i += line.s[i] == '\\';
			i++;
		} else {
			i++;
		}
	}
	return open;
}

static bool find_python(struct finding *f, struct str text)
{
	struct str rest = text, line, name;
	char open = 0;

	while (str_line(&rest, &line)) {
		size_t offset = (size_t)(line.s - text.s), indent = indent_of(line);
		struct str bare = str_trim(line);
		bool inside = open != 0;

		open = open_text(line, open);
		if (inside || !bare.n || bare.s[0] == '#')
			continue;
		if (f->test.n && indent <= f->indent && bare.s[0] != ')' && bare.s[0] != ']' && !close_function(f))
			return false;
		if (f->cls.n && indent <= f->cls_indent && bare.s[0] != ')')
			f->cls = (struct str){ 0 };
		if (definition(line, STR("class "), &name) && indent == 0) {
			f->cls = name;
			f->cls_indent = indent;
		} else if (!f->test.n && definition(line, STR("def "), &name) && str_starts(name, STR("test"))) {
			f->test = name;
			f->indent = indent;
		} else if (f->test.n && is_question_python(line)) {
			consider(f, line, offset, true);
		}
	}
	return close_function(f);
}

/* Where functions are not told apart each line that asks is a site of its own; the few last ones will do. */
static bool find_lines(struct finding *f, struct str text)
{
	struct str rest = text, line;

	while (str_line(&rest, &line)) {
		struct str bare = str_trim(line);

		if (!is_question(line) || str_starts(bare, STR("#")) || str_starts(bare, STR("//")) || str_starts(bare, STR("*")))
			continue;
		consider(f, line, (size_t)(line.s - text.s), false);
		if (!close_function(f))
			return false;
	}
	return true;
}

bool variants_find(struct variant_sites *s, const char *path, struct str text, bool python, struct arena *arena)
{
	struct finding f = { .sites = s, .arena = arena, .path = arena_strdup(arena, str_of(path)) };

	return f.path && (python ? find_python(&f, text) : find_lines(&f, text));
}

bool variant_is_of(const struct variant_site *s, struct str id)
{
	struct str path = str_of(s->path), test = str_of(s->test);

	if (!s->test || !str_starts(id, path))
		return false;
	id = str_from(id, path.n);
	if (!str_starts(id, STR("::")))
		return false;
	id = str_from(id, 2);
	return str_starts(id, test) && (id.n == test.n || id.s[test.n] == '[');
}

bool variant_fails(const struct variant_site *sites, const bool *chosen, size_t n, struct str id)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; chosen[i] && k < sites[i].ids.n; k++)
			if (str_is(id, sites[i].ids.at[k]))
				return true;
	return false;
}

/* One file with its chosen sites changed; sites from `first` on that share its path. */
static int change_file(struct repo *r, const struct oid *tree, const struct variant_site *sites, const bool *chosen, size_t n, struct tree_change *c,
	struct err *err)
{
	struct buf text = BUF_INIT;
	struct tree_entry e;
	struct object o = OBJECT_INIT;
	struct str old;
	size_t done = 0;
	int rc = -1;

	switch (repo_find(r, tree, str_of(sites[0].path), &e)) {
	case OBJECT_OK:
		if (e.mode != MODE_TREE && repo_blob(r, &e.id, 64 << 20, &o) == OBJECT_OK)
			break;
		object_release(&o);
		return err_set(err, "%s: the file is not there", sites[0].path);
	case OBJECT_MISSING:
		e.mode = MODE_FILE;
		break;
	default:
		return err_set(err, "%s: the tree cannot be read", sites[0].path);
	}
	old = object_str(&o);
	for (size_t i = 0; i < n; i++) {
		if (!chosen[i] || strcmp(sites[i].path, sites[0].path) != 0)
			continue;
		if (sites[i].at < done || sites[i].n > old.n || sites[i].at > old.n - sites[i].n)
			goto out;
		buf_add(&text, str_sub(old, done, sites[i].at));
		buf_addz(&text, sites[i].text);
		done = sites[i].at + sites[i].n;
	}
	buf_add(&text, str_from(old, done));
	*c = (struct tree_change){ .path = str_of(sites[0].path), .mode = e.mode };
	rc = text.failed ? -1 : repo_add_blob(r, buf_str(&text), &c->id, err);
out:
	if (rc < 0 && !err->msg[0])
		err_set(err, "%s: the variants do not fit the file", sites[0].path);
	object_release(&o);
	buf_release(&text);
	return rc;
}

int variant_tree(struct repo *r, const struct oid *tree, const struct variant_site *sites, const bool *chosen, size_t n, struct oid *with, struct err *err)
{
	struct tree_change *changes = calloc(n ? n : 1, sizeof(*changes));
	size_t files = 0;
	int rc = changes ? 0 : err_set(err, "out of memory");

	for (size_t i = 0; rc == 0 && i < n; i++) {
		bool first = chosen[i];

		for (size_t k = 0; first && k < i; k++)
			first = !(chosen[k] && strcmp(sites[k].path, sites[i].path) == 0);
		if (first)
			rc = change_file(r, tree, sites + i, chosen + i, n - i, &changes[files++], err);
	}
	if (rc == 0)
		rc = repo_tree_with(r, tree, changes, files, with, err);
	free(changes);
	return rc;
}

bool variant_is_weak(const struct variant_site *s)
{
	return strcmp(s->text, "q") != 0 && !is_digit(s->text[0]);
}

/* How many sites ask; which of them is to be on: a value before a question. */
static size_t draw_must(const struct variant_site *s, size_t n, bool all, size_t *must, struct rng *rng)
{
	size_t asking = 0, strong = 0, at;

	for (size_t i = 0; i < n; i++) {
		asking += all || s[i].asked;
		strong += (all || s[i].asked) && !s[i].weak;
	}
	at = asking ? rng_below(rng, (uint32_t)(strong ? strong : asking)) : 0;
	for (size_t i = 0; i < n; i++)
		if ((all || s[i].asked) && (!strong || !s[i].weak) && at-- == 0)
			*must = i;
	return asking;
}

void variant_draw(bool *chosen, const struct variant_site *sites, size_t n, unsigned number, struct rng *rng)
{
	bool all = true, others;
	size_t must = 0, asking, on = 0;

	for (size_t i = 0; i < n; i++)
		all = all && !sites[i].asked;
	asking = draw_must(sites, n, all, &must, rng);
	others = asking > 2 || rng_chance(rng, 50);
	for (size_t i = 0; i < n; i++) {
		bool asks = all || sites[i].asked, drawn = rng_chance(rng, 50);

		chosen[i] = !asks ? others && drawn : asking == 1 || (number % 2 ? !chosen[i] : drawn || i == must);
		on += asks && chosen[i];
	}
	if (on == asking && asking > 1) { /* another one is off */
		size_t off = rng_below(rng, (uint32_t)(asking - 1));

		for (size_t i = 0; i < n; i++)
			if ((all || sites[i].asked) && i != must && off-- == 0)
				chosen[i] = false;
	}
}
