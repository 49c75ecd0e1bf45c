/* prompt.c - the grammar of wordings; see prompt.h. */
#include "generators/prompt.h"
#include "base/embedded.h"
#include "generators/holes.h"
#include "generators/instance.h"

#include <assert.h>
#include <pthread.h>

extern const struct embedded prompt_files[]; /* made from *.prompt */

/* ---- all wordings, found once ---- */

enum { ENTRIES = 1024, FAMILY_WEIGHT = 64, FORMS_MAX = 0x7fffffff };

struct entry {
	const char *file;
	int from, to; /* the entries of its file */
	enum lang lang;
	struct str name, tag, text;
	bool slot; /* name is without its "slot:" */
	bool held; /* by its tag */
	int from_piece, to_piece;
	uint32_t forms, weight; /* weight: of a family among those of its file */
	const struct entry *next; /* family of its file and language */
};

static struct entry entries[ENTRIES];
static int entry_count;

struct file {
	const char *name;
	const struct entry *first;         /* of all its entries */
	const struct entry *family[LANGS]; /* the first one in the language, NULL where there is none */
};

enum { FILES = 128 };

static struct file files[FILES];
static int file_count;
static const struct entry *answers, *slots; /* the first of those two files */
static const struct entry *how[LANGS][QUARRY_FORMATS]; /* the answer clause */
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
	e->held = str_is(e->tag, "held");
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

/* The wording of that name in the same file as `of`. */
static const struct entry *entry_find(const struct entry *of, enum lang lang, struct str name, bool slot)
{
	for (int i = of->from; i < of->to; i++)
		if (entries[i].lang == lang && entries[i].slot == slot && str_eq(entries[i].name, name))
			return &entries[i];
	return NULL;
}

static void cut(struct entry *e);
static uint32_t count_forms(const struct entry *e);

static void add_file(const struct embedded *file)
{
	struct file *f = &files[file_count++];
	int from = entry_count;

	assert(file_count <= FILES);
	split_file(file);
	*f = (struct file){ .name = file->name, .first = &entries[from] };
	for (int i = entry_count; i-- > from;) {
		struct entry *e = &entries[i];

		e->from = from;
		e->to = entry_count;
		if (!e->slot) {
			e->next = f->family[e->lang];
			f->family[e->lang] = e;
		}
	}
}

static void read_all(void)
{
	for (const struct embedded *e = prompt_files; e->name; e++) {
		add_file(e);
		if (strcmp(e->name, "answers") == 0)
			answers = files[file_count - 1].first;
		else if (strcmp(e->name, "slots") == 0)
			slots = files[file_count - 1].first;
	}
	assert(answers && slots);
	for (int lang = 0; lang < LANGS; lang++)
		for (int f = 0; f < QUARRY_FORMATS; f++)
			how[lang][f] = entry_find(answers, (enum lang)lang, str_of(quarry_format_name((enum quarry_format)f)), false);
	for (int i = 0; i < entry_count; i++)
		cut(&entries[i]);
	for (int i = 0; i < entry_count; i++) {
		entries[i].forms = count_forms(&entries[i]);
		entries[i].weight = entries[i].forms < FAMILY_WEIGHT ? entries[i].forms : FAMILY_WEIGHT;
	}
}

/* The first family of a file in a language, NULL where there is none; the others are behind its `next`. */
static const struct entry *family_first(const char *file, enum lang lang)
{
	pthread_once(&once, read_all);
	for (int i = 0; i < file_count; i++)
		if (files[i].name[0] == file[0] && strcmp(files[i].name, file) == 0)
			return files[i].family[lang];
	return NULL;
}

/* ---- wordings as pieces, made once ---- */

enum { PIECES = 1 << 16, RULES = 10, DEPTH = 4 };

enum piece_kind {
	PIECE_TEXT,
	PIECE_HOLE,
	PIECE_CHOICE, /* n texts or holes follow, one of which is taken */
	PIECE_SLOT,   /* the pieces of another entry */
	PIECE_HOW,    /* the answer clause of the format, in the first of its ways */
	PIECE_HANDIN, /* the same in one of its ways */
	PIECE_LINE,   /* a line begins */
	PIECE_BREAK,  /* it ends, and more follow; n: 1, it is left out where nothing came of it */
	PIECE_RULES,  /* n rules follow, each a PIECE_RULE, in an order and a list style of the form's choosing */
	PIECE_RULE,   /* n pieces follow that are its text */
};

struct piece {
	enum piece_kind kind;
	int n;
	struct str text; /* of a text, the name of a hole */
	const struct entry *slot;
};

static struct piece pieces[PIECES];
static int piece_count;

static struct piece *piece_add(enum piece_kind kind, struct str text)
{
	struct piece *p = &pieces[piece_count++];

	assert(piece_count <= PIECES);
	*p = (struct piece){ .kind = kind, .text = text };
	return p;
}

/* The inside of {{...}}: a choice, or a name. */
static void cut_hole(const struct entry *e, struct str inside)
{
	struct piece *p;

	if (str_chr(inside, '|') >= 0) {
		p = piece_add(PIECE_CHOICE, inside);
		for (bool more = true; more; p->n++) {
			ptrdiff_t bar = str_chr(inside, '|');
			struct str one = str_sub(inside, 0, bar < 0 ? inside.n : (size_t)bar);

			if (str_starts(one, STR("=")))
				piece_add(PIECE_HOLE, str_from(one, 1));
			else
				piece_add(PIECE_TEXT, one);
			more = bar >= 0;
			inside = more ? str_from(inside, (size_t)bar + 1) : inside;
		}
	} else if (str_is(inside, "how") || str_is(inside, "handin")) {
		piece_add(str_is(inside, "how") ? PIECE_HOW : PIECE_HANDIN, inside);
	} else {
		const struct entry *slot = entry_find(e, e->lang, inside, true);

		slot = slot ? slot : entry_find(slots, e->lang, inside, false);
		piece_add(slot ? PIECE_SLOT : PIECE_HOLE, inside)->slot = slot;
	}
}

static void cut_inline(const struct entry *e, struct str text)
{
	while (text.n) {
		ptrdiff_t open = str_find(text, STR("{{")), close;

		if (open < 0) {
			piece_add(PIECE_TEXT, text);
			return;
		}
		close = str_find(str_from(text, (size_t)open), STR("}}"));
		assert(close > 0);
		if (open > 0)
			piece_add(PIECE_TEXT, str_sub(text, 0, (size_t)open));
		cut_hole(e, str_sub(text, (size_t)open + 2, (size_t)(open + close)));
		text = str_from(text, (size_t)(open + close) + 2);
	}
}

static void cut_rules(const struct entry *e, const struct str *rule, int n)
{
	piece_add(PIECE_RULES, STR(""))->n = n;
	for (int i = 0; i < n; i++) {
		struct piece *p = piece_add(PIECE_RULE, STR(""));
		int from = piece_count;

		cut_inline(e, rule[i]);
		p->n = piece_count - from;
	}
}

static void cut(struct entry *e)
{
	struct str text = e->text, line, rules[RULES];
	int n = 0;

	e->from_piece = piece_count;
	while (str_line(&text, &line)) {
		bool rule = str_starts(line, STR("~ "));

		if (rule) {
			assert(n < RULES);
			rules[n++] = str_from(line, 2);
			if (str_starts(text, STR("~ ")))
				continue;
		}
		piece_add(PIECE_LINE, line);
		if (rule)
			cut_rules(e, rules, n);
		else
			cut_inline(e, line);
		n = 0;
		if (text.n)
			piece_add(PIECE_BREAK, line)->n = line.n > 0;
	}
	e->to_piece = piece_count;
}

/* ---- one walk through a wording: counting its forms, or choosing the pieces of one ---- */

enum { CHOSEN = 512, LINES = 128, HOLES_TEXT = 2048 };

/* What a form consists of, in order: the piece, and for a hole its number. */
struct chosen {
	enum { CHOSE_TEXT, CHOSE_HOLE, CHOSE_LINE, CHOSE_BREAK } kind;
	int at; /* a hole's number; the number of a line */
	bool always; /* the break stands even after an empty line */
	struct str text;
};

struct walk {
	const struct entry *family;
	enum quarry_format format;
	struct chosen *chosen; /* NULL: only count */
	int n, lines;
	struct holes *holes;   /* with chosen */
	uint64_t forms;        /* counted so far */
	uint32_t left;         /* what is left of the form's number */
	int turn;              /* rules begin with the one so many places on */
	bool plain;            /* the first of each choice, which counts for nothing */
	bool failed;           /* too many pieces */
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

static void choose(struct walk *w, struct chosen c)
{
	if (!w->chosen)
		return;
	if (w->n == CHOSEN) {
		w->failed = true;
		return;
	}
	w->chosen[w->n++] = c;
}

static void choose_text(struct walk *w, struct str text)
{
	if (text.n)
		choose(w, (struct chosen){ .kind = CHOSE_TEXT, .text = text });
}

static void walk_entry(struct walk *w, const struct entry *e, int depth);

static void walk_how(struct walk *w, bool plain, int depth)
{
	bool was = w->plain;

	if (w->chosen && w->format == QUARRY_ANY)
		return;
	w->plain |= plain;
	walk_entry(w, how[w->family->lang][w->chosen ? w->format : QUARRY_TAGS], depth + 1);
	w->plain = was;
}

static const struct piece *walk_piece(struct walk *w, const struct piece *p, int depth);

static void walk_pieces(struct walk *w, const struct piece *p, const struct piece *end, int depth)
{
	while (p < end)
		p = walk_piece(w, p, depth);
}

/* The rules whose texts are chosen[from[i] .. from[i + 1]) become a list, each on a line behind its mark. */
static void list_rules(struct walk *w, const int from[], int n, const struct str *mark, int step)
{
	struct chosen text[CHOSEN];
	int all = from[n] - from[0];

	memcpy(text, w->chosen + from[0], (size_t)all * sizeof(*text));
	w->n = from[0];
	for (int i = 0; i < n; i++) {
		int at = (i + w->turn) % n;

		choose_text(w, mark[i * step]);
		for (int k = from[at] - from[0]; k < from[at + 1] - from[0]; k++)
			choose(w, text[k]);
		if (i + 1 < n)
			choose_text(w, STR("\n"));
	}
}

static const struct piece *walk_rules(struct walk *w, const struct piece *p, int depth)
{
	static const struct str bullets[] = { { "- ", 2 }, { "* ", 2 } };
	static const struct str numbers[] = { { "1. ", 3 }, { "2. ", 3 }, { "3. ", 3 }, { "4. ", 3 }, { "5. ", 3 },
					      { "6. ", 3 }, { "7. ", 3 }, { "8. ", 3 }, { "9. ", 3 }, { "10. ", 4 } };
	const struct piece *rule[RULES], *end = p + 1;
	uint32_t bullet = pick(w, 3), n = (uint32_t)p->n;
	bool used[RULES] = { false };
	int from[RULES + 1] = { w->n }; /* where each rule's text begins among the chosen */

	for (uint32_t i = 0; i < n; i++) {
		rule[i] = end;
		end += 1 + end->n;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = pick(w, n - i), j = 0;

		while (used[j] || at--)
			j++;
		used[j] = true;
		walk_pieces(w, rule[j] + 1, rule[j] + 1 + rule[j]->n, depth);
		from[i + 1] = w->n;
	}
	if (w->chosen && !w->failed)
		list_rules(w, from, (int)n, bullet < 2 ? &bullets[bullet] : numbers, bullet < 2 ? 0 : 1);
	return end;
}

/* Returns the piece after it. */
static const struct piece *walk_piece(struct walk *w, const struct piece *p, int depth)
{
	switch (p->kind) {
	case PIECE_TEXT:
		choose_text(w, p->text);
		break;
	case PIECE_HOLE:
		if (w->chosen)
			choose(w, (struct chosen){ .kind = CHOSE_HOLE, .at = holes_want(w->holes, p->text), .text = p->text });
		break;
	case PIECE_CHOICE:
		walk_piece(w, p + 1 + pick(w, (uint32_t)p->n), depth);
		return p + 1 + p->n;
	case PIECE_SLOT:
		walk_entry(w, p->slot, depth + 1);
		break;
	case PIECE_HOW:
	case PIECE_HANDIN:
		walk_how(w, p->kind == PIECE_HOW, depth);
		break;
	case PIECE_RULES:
		return walk_rules(w, p, depth);
	case PIECE_LINE:
	case PIECE_BREAK:
	case PIECE_RULE: /* those of walk_entry() and walk_rules() */
		break;
	}
	return p + 1;
}

static void walk_entry(struct walk *w, const struct entry *e, int depth)
{
	const struct piece *p = pieces + e->from_piece, *end = pieces + e->to_piece;
	int line = 0;

	assert(depth < DEPTH); /* slots that hold each other */
	while (p < end)
		if (p->kind == PIECE_LINE) {
			line = w->lines++;
			choose(w, (struct chosen){ .kind = CHOSE_LINE, .at = line });
			p++;
		} else if (p->kind == PIECE_BREAK) {
			choose(w, (struct chosen){ .kind = CHOSE_BREAK, .at = line, .always = !p->n });
			p++;
		} else {
			p = walk_piece(w, p, depth);
		}
}

static uint32_t count_forms(const struct entry *e)
{
	struct walk w = { .family = e, .forms = 1 };

	if (e->from == answers->from || e->from == slots->from)
		return 0;
	walk_entry(&w, e, 0);
	return (uint32_t)w.forms;
}

/* The chosen pieces as text; the name of a hole that nobody filled goes to *unfilled. */
static void write_chosen(struct buf *out, const struct walk *w, struct str *unfilled)
{
	size_t began[LINES];

	for (const struct chosen *c = w->chosen; c < w->chosen + w->n; c++) {
		struct str text = c->text;

		switch (c->kind) {
		case CHOSE_HOLE:
			if (!holes_nth(w->holes, c->at, &text)) {
				if (!unfilled->n)
					*unfilled = c->text;
				break;
			}
			/* fall through */
		case CHOSE_TEXT:
			buf_add(out, text);
			break;
		case CHOSE_LINE:
			began[c->at] = out->n;
			break;
		case CHOSE_BREAK:
			if (c->always || out->n > began[c->at])
				buf_addc(out, '\n');
			break;
		}
	}
}

/* ---- families, and drawing from them ---- */

int prompt_families(const char *task, enum lang lang)
{
	int n = 0;

	for (const struct entry *e = family_first(task, lang); e; e = e->next)
		n++;
	return n;
}

struct prompt_family prompt_family(const char *task, enum lang lang, int i)
{
	const struct entry *e = family_first(task, lang);

	for (; e && i > 0; i--)
		e = e->next;
	return e ? (struct prompt_family){ e->name, e->tag, e->forms } : (struct prompt_family){ { "", 0 }, { "", 0 }, 0 };
}

/* "plain.17~2" without its turn, which is from 1 to 9; 0 where there is none. */
static int form_turn(struct str *form)
{
	int turn = 0;

	if (form->n > 2 && form->s[form->n - 2] == '~' && form->s[form->n - 1] >= '1' && form->s[form->n - 1] <= '9') {
		turn = form->s[form->n - 1] - '0';
		*form = str_sub(*form, 0, form->n - 2);
	}
	return turn;
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
		return !e->held;
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

/* "plain.17" */
static void form_name(char form[PROMPT_FORM_MAX], const struct entry *e, int64_t number)
{
	char digits[24];
	size_t n = e->name.n, d = sizeof(digits);

	assert(n + 14 < PROMPT_FORM_MAX); /* with ten digits and a turn */
	memcpy(form, e->name.s, n);
	if (e->forms > 1) {
		form[n++] = '.';
		do {
			digits[--d] = (char)('0' + number % 10);
		} while ((number /= 10) > 0);
		memcpy(form + n, digits + d, sizeof(digits) - d);
		n += sizeof(digits) - d;
	}
	form[n] = 0;
}

int prompt_draw(char form[PROMPT_FORM_MAX], const char *task, enum lang lang, struct str wish, struct rng *rng,
		struct err *err)
{
	const struct entry *first = family_first(task, lang), *e;
	uint32_t weight = 0, at;
	int64_t number = -1;

	if (!first)
		return err_set(err, "%s has no wording in %s", task, lang_name(lang));
	for (e = first; e; e = e->next)
		if (wished(e, wish, &number))
			weight += e->weight;
	if (weight == 0)
		return err_set(err, "%s has no wording \"%.*s\" in %s", task, (int)wish.n, wish.s, lang_name(lang));
	at = rng_below(rng, weight);
	for (e = first; e; e = e->next) {
		number = -1;
		if (!wished(e, wish, &number))
			continue;
		if (at < e->weight)
			break;
		at -= e->weight;
	}
	if (number < 0)
		number = e->forms > 1 ? (int64_t)rng_below(rng, e->forms) : 0;
	form_name(form, e, number);
	return 0;
}

int prompt_write(struct buf *out, const struct task *t, struct str desc, enum lang lang, enum quarry_format format,
		 struct str form, struct err *err)
{
	struct holes h;
	struct chosen chosen[CHOSEN];
	struct walk w = { .format = format, .chosen = chosen, .holes = &h, .forms = 1 };
	struct str name, unfilled = STR(""), asked = form;
	int64_t number = 0;
	int rc = 0;

	holes_init(&h);
	w.turn = form_turn(&asked);
	if (form_split(asked, &name, &number))
		w.family = family_first(t->name, lang);
	while (w.family && !str_eq(w.family->name, name))
		w.family = w.family->next;
	if (!w.family || number >= (int64_t)w.family->forms)
		return err_set(err, "%s has no wording \"%.*s\" in %s", t->name, (int)form.n, form.s, lang_name(lang));
	w.left = (uint32_t)number;
	walk_entry(&w, w.family, 0);
	assert(w.lines <= LINES);
	buf_reserve(&h.text, HOLES_TEXT); /* a usual one: so it seldom grows */
	t->fields(&h, desc, lang);
	holes_end(&h);
	write_chosen(out, &w, &unfilled);
	if (unfilled.n)
		rc = err_set(err, "%s: nothing fills the hole {{%.*s}}", t->name, (int)unfilled.n, unfilled.s);
	else if (w.failed || out->failed || h.text.failed)
		rc = err_set(err, "%s: the prompt is too long", t->name);
	holes_release(&h);
	/* {{how}} is empty where nothing in particular is asked for */
	while (out->n && (out->s[out->n - 1] == '\n' || out->s[out->n - 1] == ' '))
		buf_cut(out, out->n - 1);
	return rc;
}
