/* inject.c - bugs put into a tree on purpose. See inject.h. */
#include "repos/inject.h"

#include "base/embedded.h"
#include "base/json.h"
#include "base/rng.h"

#include <stdlib.h>

extern const struct embedded operator_files[];

enum {
	FILE_MAX = 1 << 20,     /* bytes of a file that is read */
	ASK_MAX = 4 << 20,      /* bytes of files that go into one sandbox */
	FILES_MAX = 5000,
	PLACES_MAX = 1 << 20,
	OPERATORS_MAX = 32,
	TRIES = 64,             /* for a further edit of the same bug */
};

void bugs_release(struct bugs *b)
{
	object_release(&b->commit.object);
	arena_release(&b->text);
	free(b->at);
	*b = BUGS_INIT;
}

const char *bug_operator(const struct bug *b)
{
	return b->n_edits == 1 ? b->edits[0].operator : "combined";
}

/* ---- the source files of a tree */

struct source {
	const char *path;
	struct oid id;
	enum code_lang lang;
};

struct place {
	uint32_t file, operator;
	struct bug_edit edit;
	bool drawn;
};

struct places {
	struct source *files;
	size_t n_files;
	struct place *at;
	size_t n, cap;
	const char *operators[OPERATORS_MAX];
	size_t n_operators;
	struct bugs *bugs;
	unsigned langs;
	bool failed;
};

static int add_file(void *ctx, struct str path, const struct tree_entry *e)
{
	struct places *p = ctx;
	enum code_lang lang;

	if (side_of(path, &lang) != SIDE_SOURCE || (lang != CODE_PYTHON && lang != CODE_C && lang != CODE_CPP) || (p->langs && !(p->langs >> lang & 1)) ||
	    (e->mode != MODE_FILE && e->mode != MODE_EXEC) || memchr(path.s, 0, path.n) || p->n_files == FILES_MAX)
		return 0;
	p->files[p->n_files] = (struct source){ arena_strdup(&p->bugs->text, path), e->id, lang };
	p->failed |= !p->files[p->n_files++].path;
	return 0;
}

static int add_lang(void *ctx, struct str path, const struct tree_entry *e)
{
	unsigned *langs = ctx;
	enum code_lang lang;

	(void)e;
	if (side_of(path, &lang) == SIDE_SOURCE && (lang == CODE_PYTHON || lang == CODE_C || lang == CODE_CPP))
		*langs |= 1u << lang;
	return 0;
}

unsigned bugs_langs(struct repo *r, const struct oid *tree)
{
	unsigned langs = 0;
	uint64_t unreadable;

	repo_each(r, tree, add_lang, &langs, &unreadable);
	return langs;
}

/* ---- the places in them */

static const char *kept_text(struct places *p, struct json v)
{
	struct buf b = { .max = FILE_MAX };
	char *kept = json_str(v, &b) && !b.failed && !memchr(buf_z(&b), 0, b.n) ? arena_strdup(&p->bugs->text, buf_str(&b)) : NULL;

	buf_release(&b);
	return kept;
}

static int operator_of(struct places *p, const char *name)
{
	size_t i = 0;

	while (i < p->n_operators && strcmp(p->operators[i], name) != 0)
		i++;
	if (i == OPERATORS_MAX)
		return -1;
	p->operators[i] = name;
	p->n_operators += i == p->n_operators;
	return (int)i;
}

/* [number of the file, at, n, text, operator, function, line]; what makes no sense is passed over: the reader of a hostile tree may say anything. */
static void add_place(struct places *p, struct json line, size_t first, size_t files)
{
	struct json part[7];
	uint64_t n[4];
	struct place *more, new;
	size_t k = 0;
	int operator;

	for (struct json_iter it = json_iter(line); k < 7 && json_next(&it, NULL, &part[k]);)
		k++;
	if (k != 7 || !json_u64(part[0], &n[0]) || !json_u64(part[1], &n[1]) || !json_u64(part[2], &n[2]) || !json_u64(part[6], &n[3]) || n[0] >= files ||
	    n[1] > FILE_MAX || n[2] > FILE_MAX || n[3] > FILE_MAX || p->n == PLACES_MAX)
		return;
	new = (struct place){ .file = (uint32_t)(first + n[0]), .edit = { .at = n[1], .n = n[2], .line = (uint32_t)n[3] } };
	new.edit.text = kept_text(p, part[3]);
	new.edit.operator = kept_text(p, part[4]);
	new.edit.function = kept_text(p, part[5]);
	operator = new.edit.operator ? operator_of(p, new.edit.operator) : -1;
	if (!new.edit.text || !new.edit.function || operator < 0)
		return;
	new.operator = (uint32_t)operator;
	if (p->n == p->cap) {
		more = realloc(p->at, (p->cap ? 2 * p->cap : 1024) * sizeof(*more));
		if (!more) {
			p->failed = true;
			return;
		}
		p->at = more;
		p->cap = p->cap ? 2 * p->cap : 1024;
	}
	p->at[p->n++] = new;
}

static int look(struct places *p, struct sandbox *box, struct str ask, size_t first, size_t files, struct err *err)
{
	const char *argv[] = { "/usr/bin/python3", "-I", "-B", "-c", operator_files[0].text, NULL };
	struct sandbox_run run = { .argv = argv, .cwd = "/", .input = ask, .limits = SANDBOX_LIMITS };
	struct sandbox_outcome out = SANDBOX_OUTCOME_INIT;
	struct str rest, line;
	struct json j, v;
	struct err bad;
	bool whole = false;
	int rc = sandbox_run(box, &run, &out, err);

	rest = buf_str(&out.channel);
	while (rc == 0 && str_line(&rest, &line)) {
		if (!json_parse(&j, line, &bad))
			continue;
		if (j.kind == JSON_ARRAY)
			add_place(p, j, first, files);
		else if (json_get(j, "unread", &v)) {
			p->bugs->unread += json_count(v);
			whole = true;
		}
	}
	if (!whole) /* these files are passed over, as one that cannot be read is */
		p->bugs->unread += files;
	sandbox_outcome_release(&out);
	return rc;
}

static bool add_text(struct places *p, struct repo *r, const struct source *s, struct buf *ask)
{
	struct object o = OBJECT_INIT;
	struct str text, rest;
	bool good = repo_blob(r, &s->id, FILE_MAX, &o) == OBJECT_OK && !blob_is_binary(object_str(&o)) && !side_text_is_generated(object_str(&o));
	uint32_t cp;

	text = object_str(&o);
	for (rest = text; good && rest.n;) { /* bytes that are no UTF-8 have other places in JSON */
		size_t n = utf8_next(rest, &cp);

		good = cp != 0xfffd || (n == 3 && (unsigned char)rest.s[0] == 0xef);
		rest = str_from(rest, n);
	}
	json_open(ask, '[');
	json_add_z(ask, s->path);
	json_add_str(ask, good ? text : STR(""));
	json_close(ask, ']');
	p->bugs->unread += !good;
	object_release(&o);
	return !ask->failed;
}

/* All files of a kind of language, as many at a time as fit. */
static int look_at_all(struct places *p, struct sandbox *box, struct repo *r, bool python, struct err *err)
{
	struct buf ask = BUF_INIT;
	size_t first = 0;
	int rc = 0;

	while (rc == 0 && first < p->n_files) {
		size_t i = first, n = 0;

		while (i < p->n_files && (p->files[i].lang == CODE_PYTHON) != python)
			i++;
		first = i;
		buf_reset(&ask);
		json_open(&ask, '{');
		json_key(&ask, "lang");
		json_add_z(&ask, python ? "python" : "c");
		json_key(&ask, "files");
		json_open(&ask, '[');
		for (; i < p->n_files && (p->files[i].lang == CODE_PYTHON) == python && ask.n < ASK_MAX; i++, n++)
			if (!add_text(p, r, &p->files[i], &ask))
				return err_set(err, "out of memory");
		json_close(&ask, ']');
		json_close(&ask, '}');
		if (n)
			rc = look(p, box, buf_str(&ask), first, n, err);
		first = i;
	}
	buf_release(&ask);
	return rc;
}

/* ---- the choice */

/* One operator in one function is one bug at most: its other places are passed over. */
static bool is_near(const struct places *p, const struct place *a)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct place *b = &p->at[i];

		if (b->drawn && b->file == a->file && b->operator == a->operator && strcmp(b->edit.function, a->edit.function) == 0)
			return true;
	}
	return false;
}

static bool meets(const struct bug *b, const struct bug_edit *e)
{
	for (size_t i = 0; i < b->n_edits; i++) /* not side by side either: two insertions at one place have no order */
		if (e->at <= b->edits[i].at + b->edits[i].n && b->edits[i].at <= e->at + e->n)
			return true;
	return false;
}

static void put_edit(struct bug *b, const struct bug_edit *e)
{
	size_t k = b->n_edits++;

	for (; k > 0 && b->edits[k - 1].at > e->at; k--)
		b->edits[k] = b->edits[k - 1];
	b->edits[k] = *e;
}

static int by_operator(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->operator != y->operator)
		return x->operator < y->operator ? -1 : 1;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->edit.at != y->edit.at)
		return x->edit.at < y->edit.at ? -1 : 1;
	if (x->edit.n != y->edit.n)
		return x->edit.n < y->edit.n ? -1 : 1;
	return strcmp(x->edit.text, y->edit.text);
}

/* Of each operator a run of places in a drawn order; every operator has the same chance to be next, as long as it has places left. */
struct deck {
	size_t from, n;
};

static struct place *draw_place(struct places *p, struct deck *decks, struct rng *rng)
{
	for (;;) {
		size_t left = 0, which;
		struct place *at;

		for (size_t i = 0; i < p->n_operators; i++)
			left += decks[i].n > 0;
		if (!left)
			return NULL;
		which = rng_below(rng, (uint32_t)left);
		for (size_t i = 0; i < p->n_operators; i++)
			if (decks[i].n && which-- == 0) {
				at = &p->at[decks[i].from++];
				decks[i].n--;
				if (at->drawn || is_near(p, at))
					break;
				at->drawn = true;
				return at;
			}
	}
}

/* Further edits of the same file, other functions than those that have one. */
static void draw_more(struct places *p, struct bug *b, uint32_t file, unsigned together, struct rng *rng)
{
	for (int i = 0; i < TRIES && b->n_edits < together; i++) {
		struct place *at = &p->at[rng_below(rng, (uint32_t)p->n)];
		bool same = false;

		for (size_t k = 0; k < b->n_edits; k++)
			same |= strcmp(b->edits[k].function, at->edit.function) == 0;
		if (at->file != file || at->drawn || same || meets(b, &at->edit))
			continue;
		at->drawn = true;
		put_edit(b, &at->edit);
	}
}

struct variant_site *bug_sites(const struct bug *b, struct arena *arena)
{
	struct variant_site *s = arena_zalloc(arena, b->n_edits, sizeof(*s));

	for (size_t i = 0; s && i < b->n_edits; i++)
		s[i] = (struct variant_site){ .path = b->path, .at = b->edits[i].at, .n = b->edits[i].n, .text = b->edits[i].text };
	return s;
}

static int make_tree(struct bug *b, struct repo *r, const struct oid *tree, struct err *err)
{
	struct arena text = ARENA_INIT;
	struct variant_site *s = bug_sites(b, &text);
	bool all[BUG_EDITS];
	int rc;

	memset(all, true, sizeof(all));
	rc = s ? variant_tree(r, tree, s, all, b->n_edits, &b->tree, err) : err_set(err, "out of memory");
	arena_release(&text);
	return rc;
}

static int keep_bug(struct bugs *b, const struct bug *bug, struct err *err)
{
	struct bug *more;

	for (size_t i = 0; i < b->n; i++)
		if (oid_eq(&b->at[i].tree, &bug->tree))
			return 0;
	if (b->n == b->cap) {
		more = realloc(b->at, (b->cap ? 2 * b->cap : 64) * sizeof(*more));
		if (!more)
			return err_set(err, "out of memory");
		b->at = more;
		b->cap = b->cap ? 2 * b->cap : 64;
	}
	b->at[b->n++] = *bug;
	return 0;
}

static int draw(struct bugs *b, struct places *p, struct repo *r, const struct bugs_options *o, struct err *err)
{
	struct deck decks[OPERATORS_MAX] = { 0 };
	struct place *at;
	struct rng rng;
	int rc = 0;

	rng_init(&rng, o->seed, "bugs");
	if (p->n)
		qsort(p->at, p->n, sizeof(*p->at), by_operator);
	for (size_t i = 0; i < p->n; i++) {
		struct deck *d = &decks[p->at[i].operator];

		d->from = d->n ? d->from : i;
		d->n++;
	}
	for (size_t i = 0; i < p->n_operators; i++)
		rng_shuffle(&rng, p->at + decks[i].from, decks[i].n, sizeof(*p->at));
	while (rc == 0 && b->n < o->most && (at = draw_place(p, decks, &rng))) {
		struct bug bug = { .path = p->files[at->file].path, .lang = p->files[at->file].lang };

		put_edit(&bug, &at->edit);
		if (o->together > 1)
			draw_more(p, &bug, at->file, o->together < BUG_EDITS ? o->together : BUG_EDITS, &rng);
		rc = make_tree(&bug, r, &b->commit.tree, err);
		if (rc == 0)
			rc = keep_bug(b, &bug, err);
	}
	return rc;
}

int bugs_draw(struct bugs *b, struct sandbox *box, struct repo *r, const struct oid *commit, const struct bugs_options *o, struct err *err)
{
	struct places p = { .bugs = b, .langs = o->langs };
	uint64_t unreadable = 0;
	int rc = 0;

	*b = BUGS_INIT;
	b->id = *commit;
	p.files = calloc(FILES_MAX, sizeof(*p.files));
	if (!p.files)
		rc = err_set(err, "out of memory");
	else if (repo_commit(r, commit, &b->commit) != OBJECT_OK)
		rc = err_set(err, "%s: the commit that bugs are put into cannot be read", repo_path(r));
	if (rc == 0)
		repo_each(r, &b->commit.tree, add_file, &p, &unreadable);
	if (rc == 0 && p.failed)
		rc = err_set(err, "out of memory");
	for (int python = 1; rc == 0 && python >= 0; python--)
		rc = look_at_all(&p, box, r, python, err);
	if (rc == 0 && p.failed)
		rc = err_set(err, "out of memory");
	b->files = p.n_files;
	b->places = p.n;
	if (rc == 0)
		rc = draw(b, &p, r, o, err);
	repo_forget(r);
	free(p.files);
	free(p.at);
	if (rc < 0)
		bugs_release(b);
	return rc;
}

/* ---- a bug as a change */

int bug_candidate(struct made *m, struct repo *r, const struct bugs *b, const struct bug *bug, struct err *err)
{
	struct candidate base = { .commit = b->id, .parent = b->id, .time = b->commit.time, .lang = bug->lang, .author = STR(""),
		.message = STR("Something that worked before is broken.\n") };
	struct bug made = *bug;

	commit_date(&b->commit, base.date);
	return make_tree(&made, r, &b->commit.tree, err) < 0 ? ERR_FAIL : made_candidate(m, r, &base, &made.tree, &b->commit.tree, err);
}

int bug_patch(struct buf *patch, struct repo *r, const struct bugs *b, const struct bug *bug, struct err *err)
{
	struct made m;
	int rc = made_candidate(&m, r, &(struct candidate){ 0 }, &b->commit.tree, &bug->tree, err);

	if (rc < 0)
		return rc;
	buf_add(patch, buf_str(&m.patch));
	made_release(&m);
	return patch->failed ? err_set(err, "out of memory") : 0;
}
