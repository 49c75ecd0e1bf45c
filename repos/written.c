/* written.c - tests that a model is asked for. See written.h. */
#include "repos/written.h"

#include "base/embedded.h"
#include "repos/fill.h"
#include "repos/modules.h"

extern const struct embedded written_prompts[];

enum { PATCH_SHOWN = 24000, FILES_SHOWN = 48000, EXAMPLE_SHOWN = 12000, CODE_MAX = 64 << 10 };

/* ---- where */

static struct str base_of(struct str path)
{
	return str_from(path, (size_t)(str_rfind(path, STR("/")) + 1));
}

/* Whether a test module is named after a source file: tests/test_parse.py after pkg/parse.py. */
static bool is_named_after(struct str test, struct str source)
{
	struct str t = base_of(test), s = base_of(source);

	if (str_ends(t, STR(".py")))
		t.n -= 3;
	if (str_ends(s, STR(".py")))
		s.n -= 3;
	return s.n > 1 && str_find(t, s) >= 0;
}

int tests_place(struct tests_place *p, struct arena *arena, struct repo *r, const struct candidate *c, struct err *err)
{
	struct words tests;
	struct buf path = BUF_INIT;
	struct tree_entry e;
	char hex[OID_HEX + 1];
	const char *slash;

	*p = (struct tests_place){ 0 };
	if (c->lang != CODE_PYTHON)
		return 0;
	if (tests_of_tree(&tests, arena, r, &c->tree, c->lang, err) < 0)
		return ERR_FAIL;
	if (!tests.n)
		return 0;
	p->example = tests.at[0];
	for (size_t i = 0; i < tests.n; i++)
		for (size_t k = 0; k < c->changes.n; k++)
			if (c->changes.at[k].side == SIDE_SOURCE && is_named_after(str_of(tests.at[i]), c->changes.at[k].path)) {
				p->example = tests.at[i];
				i = tests.n - 1;
				break;
			}
	oid_hex(&c->commit, hex);
	slash = strrchr(p->example, '/');
	buf_add(&path, (struct str){ p->example, slash ? (size_t)(slash + 1 - p->example) : 0 });
	buf_addf(&path, "test_written_%.12s.py", hex);
	p->path = path.failed ? NULL : arena_strdup(arena, buf_str(&path));
	buf_release(&path);
	if (!p->path)
		return err_set(err, "out of memory");
	return side_of(str_of(p->path), NULL) == SIDE_TEST && repo_find(r, &c->tree, str_of(p->path), &e) == OBJECT_MISSING;
}

/* ---- what is asked */

static void add_cut(struct buf *out, struct str text, size_t most)
{
	ptrdiff_t line = text.n > most ? str_rfind(str_sub(text, 0, most), STR("\n")) : -1;

	buf_add(out, str_trim(str_sub(text, 0, text.n <= most ? text.n : line > 0 ? (size_t)line : most)));
	if (text.n > most)
		buf_addz(out, "\n(cut)");
}

/* A file in a fence, its name before it. */
static void add_file(struct buf *out, struct repo *r, struct str path, const struct oid *id, size_t most)
{
	struct object o = OBJECT_INIT;

	if (repo_blob(r, id, 4 << 20, &o) == OBJECT_OK && !blob_is_binary(object_str(&o)) && str_find(object_str(&o), STR("```")) < 0) {
		buf_addz(out, out->n ? "\n\n### " : "### ");
		buf_add(out, path);
		buf_addz(out, "\n```python\n");
		add_cut(out, object_str(&o), most);
		buf_addz(out, "\n```");
	}
	object_release(&o);
}

int tests_prompt(struct buf *prompt, struct repo *r, const struct candidate *c, const struct tests_place *p, struct err *err)
{
	struct buf message = BUF_INIT, patch = BUF_INIT, files = BUF_INIT, example = BUF_INIT;
	struct tree_entry e;

	add_cut(&message, c->message, 4000);
	add_cut(&patch, c->patch, PATCH_SHOWN);
	for (size_t i = 0; i < c->changes.n && files.n < FILES_SHOWN; i++)
		if (c->changes.at[i].side == SIDE_SOURCE && c->changes.at[i].mode)
			add_file(&files, r, c->changes.at[i].path, &c->changes.at[i].id, FILES_SHOWN - files.n);
	if (p->example && repo_find(r, &c->tree, str_of(p->example), &e) == OBJECT_OK)
		add_file(&example, r, str_of(p->example), &e.id, EXAMPLE_SHOWN);
	{
		const struct hole holes[] = {
			{ "message", buf_str(&message) }, { "patch", buf_str(&patch) }, { "files", buf_str(&files) },
			{ "example", buf_str(&example) }, { "path", str_of(p->path) },  { NULL, { NULL, 0 } },
		};

		fill(prompt, (struct str){ written_prompts[0].text, written_prompts[0].n }, holes);
	}
	if (message.failed || patch.failed || files.failed || example.failed)
		prompt->failed = true;
	buf_release(&message);
	buf_release(&patch);
	buf_release(&files);
	buf_release(&example);
	return prompt->failed ? err_set(err, "out of memory") : 0;
}

/* ---- what it said */

bool tests_reply(struct str reply, struct buf *code)
{
	ptrdiff_t thought = str_rfind(reply, STR("</think>"));
	struct str rest = thought < 0 ? reply : str_from(reply, (size_t)thought + 8), line, last = { 0 };
	const char *from = NULL;
	size_t fence = 0;

	while (str_line(&rest, &line)) {
		size_t n = 0;

		while (n < line.n && line.s[n] == '`')
			n++;
		if (!from && n >= 3) {
			from = rest.n ? rest.s : line.s + line.n;
			fence = n;
		} else if (from && n >= fence && str_trim(str_from(line, n)).n == 0) {
			last = (struct str){ from, line.s > from ? (size_t)(line.s - from) : 0 };
			from = NULL;
		}
	}
	last = str_trim(last);
	if (!last.n || last.n > CODE_MAX || memchr(last.s, 0, last.n) || !utf8_valid(last))
		return false;
	buf_add(code, last);
	buf_addc(code, '\n');
	return !code->failed;
}
