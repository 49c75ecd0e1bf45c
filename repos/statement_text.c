/* statement_text.c - prompts with holes: what a model is asked, and the statement of last resort. The words are in prompts/. */
#include "base/embedded.h"
#include "repos/fill.h"
#include "repos/statement_inside.h"

#include <assert.h>

extern const struct embedded statement_prompts[];

enum {
	OUTPUT_TAIL = 2500,   /* bytes of what the tests said */
	PATCH_SHOWN = 24000,
	TESTS_SHOWN = 20,
};

static struct str prompt_text(const char *name)
{
	const struct embedded *p = statement_prompts;

	while (p->name && strcmp(p->name, name) != 0)
		p++;
	assert(p->name);
	return (struct str){ p->text, p->n };
}

/* The last of a text, from a line's begin; control bytes are dropped, bytes that are no UTF-8 too. */
static void add_tail(struct buf *out, struct str text, size_t most)
{
	struct str tail = str_trim(text);

	if (tail.n > most) {
		ptrdiff_t line;

		tail = str_from(tail, tail.n - most);
		line = str_chr(tail, '\n');
		tail = str_from(tail, (size_t)(line + 1));
	}
	while (tail.n) {
		uint32_t cp;
		size_t n = utf8_next(tail, &cp);

		if ((cp >= ' ' || cp == '\n' || cp == '\t') && cp != 0x7f && cp != 0xfffd)
			buf_add(out, str_sub(tail, 0, n));
		tail = str_from(tail, n);
	}
}

static void add_cut(struct buf *out, struct str text, size_t most)
{
	ptrdiff_t line = text.n > most ? str_rfind(str_sub(text, 0, most), STR("\n")) : -1;

	buf_add(out, str_trim(str_sub(text, 0, text.n <= most ? text.n : line > 0 ? (size_t)line : most)));
	if (text.n > most)
		buf_addz(out, "\n(cut)");
}

void statement_prompt(const struct statement_ask *ask, struct buf *prompt)
{
	struct buf message = BUF_INIT, patch = BUF_INIT, tests = BUF_INIT, ids = BUF_INIT, output = BUF_INIT;

	add_cut(&message, ask->c->message, 4000);
	add_cut(&patch, ask->c->patch, PATCH_SHOWN);
	add_cut(&tests, ask->c->test_patch, PATCH_SHOWN);
	for (size_t i = 0; i < ask->n && i < TESTS_SHOWN; i++) {
		buf_addz(&ids, i ? "\n- " : "- ");
		buf_add(&ids, ask->fail_to_pass[i]);
	}
	add_tail(&output, ask->output, OUTPUT_TAIL);
	{
		const struct hole holes[] = {
			{ "message", buf_str(&message) }, { "patch", buf_str(&patch) },   { "test_patch", buf_str(&tests) },
			{ "tests", buf_str(&ids) },       { "output", buf_str(&output) }, { NULL, { NULL, 0 } },
		};

		fill(prompt, prompt_text("back_translation"), holes);
	}
	buf_release(&message);
	buf_release(&patch);
	buf_release(&tests);
	buf_release(&ids);
	buf_release(&output);
}

/* "tests/test_parse.py::TestX::test_empty_string[a-1]" as "x: empty string (a-1)". */
static void add_behaviour(struct buf *out, struct str id)
{
	ptrdiff_t open = str_chr(id, '['), colon;
	struct str what = str_sub(id, 0, open < 0 ? id.n : (size_t)open), with = str_from(id, what.n), w;

	colon = str_rfind(what, STR(":"));
	what = str_from(what, (size_t)(colon + 1));
	colon = str_rfind(what, STR("/"));
	what = str_from(what, (size_t)(colon + 1));
	if (str_starts(what, STR("test_")) || str_starts(what, STR("Test_")))
		what = str_from(what, 5);
	else if (str_starts(what, STR("test")) && what.n > 4)
		what = str_from(what, 4);
	for (bool first = true; str_split(&what, '_', &w); first = false) {
		if (!first)
			buf_addc(out, ' ');
		buf_add(out, w);
	}
	if (with.n > 2 && str_ends(with, STR("]"))) {
		buf_addz(out, " (");
		buf_add(out, str_sub(with, 1, with.n - 1));
		buf_addc(out, ')');
	}
}

void statement_template(const struct statement_ask *ask, struct str subject, struct buf *text)
{
	struct buf list = BUF_INIT, output = BUF_INIT;

	for (size_t i = 0; i < ask->n && i < TESTS_SHOWN; i++) {
		buf_addz(&list, i ? "\n- " : "- ");
		add_behaviour(&list, ask->fail_to_pass[i]);
	}
	if (ask->n > TESTS_SHOWN)
		buf_addf(&list, "\n- and %zu more", ask->n - TESTS_SHOWN);
	add_tail(&output, ask->output, OUTPUT_TAIL);
	{
		const struct hole holes[] = {
			{ "subject", subject }, { "behaviours", buf_str(&list) }, { "output", buf_str(&output) },
			{ NULL, { NULL, 0 } },
		};

		fill(text, prompt_text("template"), holes);
	}
	buf_release(&list);
	buf_release(&output);
}
