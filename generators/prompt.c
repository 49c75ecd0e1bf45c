/* prompt.c - the grammar of wordings; see prompt.h. */
#include "generators/prompt.h"
#include "base/embedded.h"
#include "generators/instance.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>

extern const struct embedded prompt_files[]; /* made from *.prompt */

/* ---- all wordings, found once ---- */

enum { ENTRIES = 1024, FAMILY_WEIGHT = 64, FORMS_MAX = 0x7fffffff };

struct entry {
	const char *file;
	int from, to; /* the entries of its file */
	enum lang lang;
	struct str name, tag, text;
	bool slot; /* name is without its "slot:" */
	uint32_t forms;
};

static struct entry entries[ENTRIES];
static int entry_count;
static const struct entry *answers, *slots; /* the first of those two files */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void entry_open(const char *file, struct str head)
{
	struct entry *e = &entries[entry_count++];
	struct str lang;

	assert(entry_count <= ENTRIES);
	*e = (struct entry){ .file = file };
	if (!str_word(&head, &lang) || !lang_from(lang, &e->lang) || !str_word(&head, &e->name))
		assert(!"a wording's head is == LANG NAME");
	str_word(&head, &e->tag);
	if (str_starts(e->name, STR("slot:"))) {
		e->name = str_from(e->name, 5);
		e->slot = true;
	}
}

static void split_file(const struct embedded *file)
{
	struct str rest = { file->text, file->n }, line;
	const char *from = NULL;

	for (;;) {
		const char *here = rest.s;
		bool more = str_line(&rest, &line), head = more && str_starts(line, STR("== "));

		if (from && (head || !more)) /* the wording so far is whole */
			entries[entry_count - 1].text = str_trim((struct str){ from, (size_t)((more ? here : file->text + file->n) - from) });
		if (!more)
			return;
		if (head) {
			entry_open(file->name, str_from(line, 3));
			from = line.s + line.n;
		}
	}
}

static uint32_t count_forms(const struct entry *e);

static void read_all(void)
{
	for (const struct embedded *e = prompt_files; e->name; e++) {
		int from = entry_count;

		split_file(e);
		for (int i = from; i < entry_count; i++) {
			entries[i].from = from;
			entries[i].to = entry_count;
		}
		if (strcmp(e->name, "answers") == 0)
			answers = &entries[from];
		else if (strcmp(e->name, "slots") == 0)
			slots = &entries[from];
	}
	assert(answers && slots);
	for (int i = 0; i < entry_count; i++)
		entries[i].forms = count_forms(&entries[i]);
}

/* The wording of that name in the same file as `of`. */
static const struct entry *entry_find(const struct entry *of, enum lang lang, struct str name, bool slot)
{
	for (int i = of->from; i < of->to; i++)
		if (entries[i].lang == lang && entries[i].slot == slot && str_eq(entries[i].name, name))
			return &entries[i];
	return NULL;
}

/* The first entry of a file, NULL where there is none. */
static const struct entry *file_find(const char *name)
{
	pthread_once(&once, read_all);
	for (int i = 0; i < entry_count; i = entries[i].to)
		if (strcmp(entries[i].file, name) == 0)
			return &entries[i];
	return NULL;
}

/* ---- what fields() put ---- */

enum { HOLES = 48 };

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

/* ---- one walk through a wording: counting its forms, or writing one ---- */

struct walk {
	const struct entry *family;
	enum quarry_format format;
	struct buf *out;     /* NULL: only count */
	struct holes *holes; /* with out */
	uint64_t forms;      /* counted so far */
	uint32_t left;       /* what is left of the form's number */
	struct str unfilled; /* the first hole without a value */
	bool plain;          /* the first of each choice, which counts for nothing */
};

/* Which of n: the next digit of the form's number. */
static uint32_t pick(struct walk *w, uint32_t n)
{
	uint32_t at = w->left % n;

	if (w->plain)
		return 0;
	w->forms = w->forms * n > FORMS_MAX ? FORMS_MAX : w->forms * n;
	w->left /= n;
	return at;
}

static void add(struct walk *w, struct str text)
{
	if (w->out)
		buf_add(w->out, text);
}

static void fill(struct walk *w, struct str name)
{
	if (!w->out)
		return;
	for (int i = 0; i < w->holes->n; i++)
		if (str_is(name, w->holes->hole[i].name)) {
			size_t from = w->holes->hole[i].from;

			buf_add(w->out, str_sub(buf_str(&w->holes->text), from, from + w->holes->hole[i].n));
			return;
		}
	if (!w->unfilled.n)
		w->unfilled = name;
}

static void write_text(struct walk *w, struct str text, int depth);

static void write_how(struct walk *w, bool plain, int depth)
{
	struct str format = str_of(quarry_format_name(w->out ? w->format : QUARRY_TAGS));
	const struct entry *e = entry_find(answers, w->family->lang, format, false);
	bool was = w->plain;

	if (w->out && w->format == QUARRY_ANY)
		return;
	assert(e);
	w->plain |= plain;
	write_text(w, e->text, depth + 1);
	w->plain = was;
}

/* The inside of {{...}}: a choice, or a name. */
static void write_hole(struct walk *w, struct str inside, int depth)
{
	const struct entry *slot;
	struct str piece;
	uint32_t n = 1;

	assert(depth < 4); /* slots that hold each other */
	if (str_chr(inside, '|') >= 0) {
		for (size_t i = 0; i < inside.n; i++)
			n += inside.s[i] == '|';
		for (uint32_t at = pick(w, n); at > 0; at--)
			inside = str_from(inside, (size_t)str_chr(inside, '|') + 1);
		piece = str_chr(inside, '|') >= 0 ? str_sub(inside, 0, (size_t)str_chr(inside, '|')) : inside;
		if (str_starts(piece, STR("=")))
			fill(w, str_from(piece, 1));
		else
			add(w, piece);
	} else if (str_is(inside, "how") || str_is(inside, "handin")) {
		write_how(w, str_is(inside, "how"), depth);
	} else if ((slot = entry_find(w->family, w->family->lang, inside, true)) ||
		   (slot = entry_find(slots, w->family->lang, inside, false))) {
		write_text(w, slot->text, depth + 1);
	} else {
		fill(w, inside);
	}
}

static void write_inline(struct walk *w, struct str text, int depth)
{
	while (text.n) {
		ptrdiff_t open = str_find(text, STR("{{")), close;

		if (open < 0) {
			add(w, text);
			return;
		}
		close = str_find(str_from(text, (size_t)open), STR("}}"));
		assert(close > 0);
		add(w, str_sub(text, 0, (size_t)open));
		write_hole(w, str_sub(text, (size_t)open + 2, (size_t)(open + close)), depth);
		text = str_from(text, (size_t)(open + close) + 2);
	}
}

enum { RULES = 10 };

/* Rules in an order and a list style of the form's choosing. */
static void write_rules(struct walk *w, const struct str *rule, uint32_t n, int depth)
{
	static const char *const bullets[] = { "- ", "* ", NULL };
	const char *bullet = bullets[pick(w, 3)];
	bool used[RULES] = { false };

	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = pick(w, n - i), j = 0;

		while (used[j] || at--)
			j++;
		used[j] = true;
		if (w->out && bullet)
			buf_addz(w->out, bullet);
		else if (w->out)
			buf_addf(w->out, "%u. ", i + 1);
		write_inline(w, rule[j], depth);
		if (i + 1 < n)
			add(w, STR("\n"));
	}
}

static void write_text(struct walk *w, struct str text, int depth)
{
	struct str line, rules[RULES];
	uint32_t n = 0;

	while (str_line(&text, &line)) {
		size_t before = w->out ? w->out->n : 0;
		bool rule = str_starts(line, STR("~ "));

		if (rule) {
			assert(n < RULES);
			rules[n++] = str_from(line, 2);
			if (text.n && str_starts(text, STR("~ ")))
				continue;
			write_rules(w, rules, n, depth);
			n = 0;
		} else {
			write_inline(w, line, depth);
		}
		if (text.n && !(w->out && w->out->n == before && line.n))
			add(w, STR("\n"));
	}
}

static uint32_t count_forms(const struct entry *e)
{
	struct walk w = { .family = e, .forms = 1 };

	if (e->from == answers->from || e->from == slots->from)
		return 0;
	write_text(&w, e->text, 0);
	return (uint32_t)w.forms;
}

/* ---- families, and drawing from them ---- */

/* The next family of a file after `e`, which is NULL at first; NULL: there is none. */
static const struct entry *family_next(const struct entry *first, const struct entry *e, enum lang lang)
{
	if (!first)
		return NULL;
	for (e = e ? e + 1 : first; e < entries + first->to; e++)
		if (e->lang == lang && !e->slot)
			return e;
	return NULL;
}

int prompt_families(const char *task, enum lang lang)
{
	const struct entry *first = file_find(task), *e = NULL;
	int n = 0;

	while ((e = family_next(first, e, lang)))
		n++;
	return n;
}

struct prompt_family prompt_family(const char *task, enum lang lang, int i)
{
	const struct entry *first = file_find(task), *e = NULL;

	while ((e = family_next(first, e, lang)) && i > 0)
		i--;
	return e ? (struct prompt_family){ e->name, e->tag, e->forms } : (struct prompt_family){ { "", 0 }, { "", 0 }, 0 };
}

/* "plain.17": the family's name and the number; "plain" leaves number as it is. False: the number is none. */
static bool form_split(struct str form, struct str *family, int64_t *number)
{
	ptrdiff_t dot = str_chr(form, '.');

	*family = dot < 0 ? form : str_sub(form, 0, (size_t)dot);
	if (dot < 0)
		return true;
	form = str_from(form, (size_t)dot + 1);
	return form.n > 0 && (form.n == 1 || form.s[0] != '0') && form.s[0] >= '0' && form.s[0] <= '9' &&
	       str_i64(form, number);
}

/* Is this family wished for? *number is set where a single form of it is. */
static bool wished(const struct entry *e, struct str wish, int64_t *number)
{
	struct str item, family;

	if (wish.n == 0)
		return !str_is(e->tag, "held");
	while (str_split(&wish, ',', &item)) {
		item = str_trim(item);
		*number = -1;
		if (str_is(item, "all") || (item.n && str_eq(item, e->tag)))
			return true;
		if (form_split(item, &family, number) && str_eq(family, e->name) && *number < (int64_t)e->forms)
			return true;
	}
	return false;
}

static uint32_t weight_of(const struct entry *e)
{
	return e->forms < FAMILY_WEIGHT ? e->forms : FAMILY_WEIGHT;
}

int prompt_draw(char form[PROMPT_FORM_MAX], const char *task, enum lang lang, struct str wish, struct rng *rng,
		struct err *err)
{
	const struct entry *first = file_find(task), *e = NULL;
	uint32_t weight = 0, at;
	int64_t number = -1;

	if (!family_next(first, NULL, lang))
		return err_set(err, "%s has no wording in %s", task, lang_name(lang));
	while ((e = family_next(first, e, lang)))
		if (wished(e, wish, &number))
			weight += weight_of(e);
	if (weight == 0)
		return err_set(err, "%s has no wording \"%.*s\" in %s", task, (int)wish.n, wish.s, lang_name(lang));
	at = rng_below(rng, weight);
	while ((e = family_next(first, e, lang))) {
		number = -1;
		if (!wished(e, wish, &number))
			continue;
		if (at < weight_of(e))
			break;
		at -= weight_of(e);
	}
	if (number < 0)
		number = e->forms > 1 ? (int64_t)rng_below(rng, e->forms) : 0;
	if (e->forms > 1)
		snprintf(form, PROMPT_FORM_MAX, "%.*s.%lld", (int)e->name.n, e->name.s, (long long)number);
	else
		snprintf(form, PROMPT_FORM_MAX, "%.*s", (int)e->name.n, e->name.s);
	return 0;
}

int prompt_write(struct buf *out, const struct task *t, struct str desc, enum lang lang, enum quarry_format format,
		 struct str form, struct err *err)
{
	struct holes h = { 0 };
	struct walk w = { .format = format, .out = out, .holes = &h, .forms = 1 };
	const struct entry *first = file_find(t->name);
	struct str name;
	int64_t number = 0;
	int rc = 0;

	if (first && form_split(form, &name, &number))
		w.family = entry_find(first, lang, name, false);
	if (!w.family || number >= (int64_t)w.family->forms)
		return err_set(err, "%s has no wording \"%.*s\" in %s", t->name, (int)form.n, form.s, lang_name(lang));
	w.left = (uint32_t)number;
	t->fields(put, &h, desc, lang);
	write_text(&w, w.family->text, 0);
	if (w.unfilled.n)
		rc = err_set(err, "%s: nothing fills the hole {{%.*s}}", t->name, (int)w.unfilled.n, w.unfilled.s);
	else if (out->failed || h.text.failed)
		rc = err_set(err, "%s: the prompt is too long", t->name);
	buf_release(&h.text);
	/* {{how}} is empty where nothing in particular is asked for */
	while (out->n && (out->s[out->n - 1] == '\n' || out->s[out->n - 1] == ' '))
		buf_cut(out, out->n - 1);
	return rc;
}
