/* prompt.c - wordings with their holes filled; see prompt.h. */
#include "generators/prompt.h"
#include "base/embedded.h"
#include "generators/instance.h"

extern const struct embedded prompt_files[]; /* made from *.prompt */

static struct str file_of(const char *task)
{
	for (const struct embedded *e = prompt_files; e->name; e++)
		if (strcmp(e->name, task) == 0)
			return (struct str){ e->text, e->n };
	return (struct str){ "", 0 };
}

/* The next wording of `lang` in the rest of a file: its name and its text without blank lines at the ends. */
static bool next(struct str *rest, enum lang lang, struct str *name, struct str *text)
{
	struct str line, word;
	bool ours = false;
	const char *from = NULL;

	for (;;) {
		struct str here = *rest;

		if (!str_line(rest, &line)) {
			if (!ours)
				return false;
			*text = str_trim((struct str){ from, (size_t)(here.s ? here.s - from : 0) });
			return true;
		}
		if (str_starts(line, STR("== "))) {
			if (ours) {
				*text = str_trim((struct str){ from, (size_t)(here.s - from) });
				*rest = here;
				return true;
			}
			line = str_from(line, 3);
			ours = str_word(&line, &word) && str_is(word, lang_name(lang)) && str_word(&line, name);
			from = rest->s;
		}
		if (ours && !rest->s) { /* the last line ended the file */
			*text = str_trim((struct str){ from, (size_t)(line.s + line.n - from) });
			rest->n = 0;
			return true;
		}
	}
}

int prompt_forms(const char *task, enum lang lang)
{
	struct str rest = file_of(task), name, text;
	int n = 0;

	while (next(&rest, lang, &name, &text))
		n++;
	return n;
}

struct str prompt_form(const char *task, enum lang lang, int i)
{
	struct str rest = file_of(task), name, text;

	while (next(&rest, lang, &name, &text))
		if (i-- == 0)
			return name;
	return (struct str){ "", 0 };
}

static bool find(const char *file, enum lang lang, struct str form, struct str *text)
{
	struct str rest = file_of(file), name;

	while (next(&rest, lang, &name, text))
		if (str_eq(name, form))
			return true;
	return false;
}

enum { HOLES = 32 };

struct holes {
	struct buf text; /* all values, one after another */
	struct {
		char name[32];
		size_t from, n;
	} hole[HOLES];
	int n;
};

static void put(void *ctx, const char *name, struct str text)
{
	struct holes *h = ctx;

	if (h->n == HOLES || strlen(name) >= sizeof(h->hole[0].name)) {
		h->text.failed = true;
		return;
	}
	strcpy(h->hole[h->n].name, name);
	h->hole[h->n].from = h->text.n;
	h->hole[h->n++].n = text.n;
	buf_add(&h->text, text);
}

static bool fill(struct buf *out, const struct holes *h, struct str name)
{
	for (int i = 0; i < h->n; i++)
		if (str_is(name, h->hole[i].name)) {
			buf_add(out, str_sub(buf_str(&h->text), h->hole[i].from, h->hole[i].from + h->hole[i].n));
			return true;
		}
	return false;
}

int prompt_write(struct buf *out, const struct task *t, struct str desc, enum lang lang, enum quarry_format format,
		 struct str form, struct err *err)
{
	struct holes h = { 0 };
	struct str text, how;
	int rc = 0;

	if (!find(t->name, lang, form, &text))
		return err_set(err, "%s has no wording \"%.*s\" in %s", t->name, (int)form.n, form.s, lang_name(lang));
	t->fields(put, &h, desc, lang);
	if (format == QUARRY_ANY)
		put(&h, "how", STR(""));
	else if (find("answers", lang, str_of(quarry_format_name(format)), &how))
		put(&h, "how", how);
	while (text.n) {
		ptrdiff_t open = str_find(text, STR("{{")), close;
		struct str name;

		if (open < 0) {
			buf_add(out, text);
			break;
		}
		close = str_find(str_from(text, (size_t)open), STR("}}"));
		if (close < 0) {
			rc = err_set(err, "%s: the wording \"%.*s\" has a hole without an end", t->name, (int)form.n, form.s);
			break;
		}
		buf_add(out, str_sub(text, 0, (size_t)open));
		name = str_sub(text, (size_t)open + 2, (size_t)(open + close));
		if (!fill(out, &h, name)) {
			rc = err_set(err, "%s: nothing fills the hole {{%.*s}}", t->name, (int)name.n, name.s);
			break;
		}
		text = str_from(text, (size_t)(open + close) + 2);
	}
	if (rc == 0 && (out->failed || h.text.failed))
		rc = err_set(err, "%s: the prompt is too long", t->name);
	buf_release(&h.text);
	/* {{how}} is empty where nothing in particular is asked for */
	while (out->n && (out->s[out->n - 1] == '\n' || out->s[out->n - 1] == ' '))
		buf_cut(out, out->n - 1);
	return rc;
}
