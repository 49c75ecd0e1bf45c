/* edits.c - what edits may touch, and the tree that they make; see edits.h. */
#include "repos/edits.h"
#include "repos/edits_inside.h"
#include "repos/side.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_MOST = 4096, NAME_MOST = 255, PARTS_MOST = 64 };

const char *edits_status_name(enum edits_status s)
{
	static const char *const name[] = { "ok", "no_answer", "unreadable", "patch_fail", "tamper" };

	return name[s];
}

const char *edits_format_name(enum edits_format f)
{
	static const char *const name[] = { "", "diff", "search_replace", "files" };

	return name[f];
}

/* ---- paths */

/* The bytes of .git as file systems that fold case, drop characters or have short names would see it. */
static bool is_git(struct str name)
{
	char bare[16];
	size_t n = 0;

	for (size_t i = 0; i < name.n && n < sizeof(bare); i++) {
		uint32_t cp;
		size_t used = utf8_next(str_from(name, i), &cp);

		/* what HFS+ leaves out: ZWNJ to RLM, embeddings, U+206A to U+206F, U+FEFF */
		if ((cp >= 0x200c && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x206a && cp <= 0x206f) || cp == 0xfeff) {
			i += used - 1;
			continue;
		}
		bare[n++] = name.s[i];
	}
	for (size_t i = 0; i < n; i++)
		if (bare[i] == ':') /* a stream of NTFS */
			n = i;
	while (n && (bare[n - 1] == '.' || bare[n - 1] == ' '))
		n--;
	return str_ieq((struct str){ bare, n }, STR(".git")) || str_ieq((struct str){ bare, n }, STR("git~1"));
}

const char *edits_path_wrong(struct str path)
{
	struct str rest = path, name;
	int parts = 0;

	if (!path.n)
		return "is empty";
	if (path.n > PATH_MOST)
		return "is too long";
	if (path.s[0] == '/' || (path.n > 1 && path.s[1] == ':'))
		return "is absolute";
	if (path.s[path.n - 1] == '/')
		return "is a directory's";
	if (memchr(path.s, 0, path.n))
		return "holds a NUL";
	while (str_split(&rest, '/', &name)) {
		if (++parts > PARTS_MOST)
			return "is too deep";
		if (!name.n || str_is(name, ".") || str_is(name, ".."))
			return "has a part that is empty, . or ..";
		if (name.n > NAME_MOST)
			return "is too long";
		if (is_git(name))
			return "leads into .git";
	}
	return NULL;
}

/* ---- files on their way */

struct file {
	struct str path;
	bool was;              /* in the base */
	bool is;               /* now */
	bool gone;             /* another edit takes it away: its name is free */
	uint32_t was_mode, mode;
	struct oid id;         /* of the base's */
	struct str text;       /* now: in `old` or in `new` */
	struct object old;
	struct buf new;
	bool changed;
};

struct work {
	struct repo *r;
	const struct oid *base;
	const struct edits_options *o;
	struct edits_result *x;
	struct edits edits;
	struct file *file;
	size_t files, cap;
	size_t total;    /* bytes of all new texts */
	uint64_t lines;  /* see edits_hunks */
	struct err *err;
	bool ours;       /* err is set: our side failed */
};

__attribute__((format(printf, 3, 4))) static bool end(struct work *w, enum edits_status status, const char *fmt, ...)
{
	va_list ap;

	w->x->status = status;
	va_start(ap, fmt);
	vsnprintf(w->x->why, sizeof(w->x->why), fmt, ap);
	va_end(ap);
	for (char *c = w->x->why; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return false;
}

#define SHOWN(path) (int)((path).n < 150 ? (path).n : 150), (path).s

__attribute__((format(printf, 2, 3))) static bool our_fault(struct work *w, const char *fmt, ...)
{
	char what[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	err_set(w->err, "%s: %s", repo_path(w->r), what);
	w->ours = true;
	return false;
}

static bool allowed(const struct work *w, struct str path)
{
	for (const char *const *a = w->o->allow; a && *a; a++)
		if (str_is(path, *a))
			return true;
	return false;
}

/* Does the directory hold a name that differs from this one in case only? */
static enum object_state twin(struct repo *r, const struct oid *dir, struct str name, bool *found)
{
	struct tree_entry e;
	struct object o;
	struct str raw;
	enum object_state s = repo_tree(r, dir, &o);

	raw = object_str(&o);
	while (s == OBJECT_OK && tree_next(&raw, &e) > 0)
		*found |= str_ieq(e.name, name) && !str_eq(e.name, name);
	object_release(&o);
	return s;
}

/* Looks a path up in the base, a part at a time: f->was, its mode and object. Links on the way, and twins, are tampering. */
static bool look_up(struct work *w, struct file *f)
{
	struct str rest = f->path, name;
	struct tree_entry e = { .mode = MODE_TREE, .id = *w->base };
	struct oid dir = *w->base;

	while (str_split(&rest, '/', &name)) {
		enum object_state s;
		bool found = false;

		if (e.mode != MODE_TREE) {
			if (e.mode == MODE_LINK || e.mode == MODE_MODULE)
				return end(w, EDITS_TAMPER, "%.*s: stands behind a link or a submodule", SHOWN(f->path));
			return true; /* a file where a directory is wanted: nothing is there */
		}
		dir = e.id;
		s = repo_find(w->r, &dir, name, &e);
		if (s == OBJECT_MISSING) {
			s = twin(w->r, &dir, name, &found);
			if (s == OBJECT_OK)
				return !found || end(w, EDITS_TAMPER, "%.*s: differs from a name that is there in case only", SHOWN(f->path));
		}
		if (s != OBJECT_OK)
			return our_fault(w, "the base tree: %s", object_state_name(s));
	}
	if (e.mode == MODE_LINK || e.mode == MODE_MODULE)
		return end(w, EDITS_TAMPER, "%.*s: is a link or a submodule", SHOWN(f->path));
	if (e.mode != MODE_TREE) {
		f->was = f->is = true;
		f->was_mode = f->mode = e.mode;
		f->id = e.id;
	}
	return true;
}

/* A module of this name is in the base already, so that a new file of it shadows nothing more. */
static bool shadowed_before(struct work *w, struct str path)
{
	struct tree_entry e;
	struct buf p = BUF_INIT;
	ptrdiff_t slash = str_rfind(path, STR("/"));
	bool there = false;

	if (slash > 0 && !str_ends(path, STR(".h")) && !str_ends(path, STR(".hpp"))) {
		struct str dir = str_sub(path, 0, (size_t)slash);

		/* the nearest to the root that is a package */
		while (!there && dir.n) {
			buf_reset(&p);
			buf_add(&p, dir);
			buf_addz(&p, "/__init__.py");
			there = !p.failed && repo_find(w->r, w->base, buf_str(&p), &e) == OBJECT_OK;
			slash = str_rfind(dir, STR("/"));
			dir = str_sub(dir, 0, slash < 0 ? 0 : (size_t)slash);
		}
	}
	buf_release(&p);
	return there;
}

static bool may_touch(struct work *w, const struct file *f)
{
	enum side side = side_of(f->path, NULL);
	const char *shadows;

	if (allowed(w, f->path))
		return true;
	if ((side == SIDE_TEST || side == SIDE_DATA) && w->o->tests)
		return true;
	if (side_is_trusted(side) || side == SIDE_VENDORED || (side == SIDE_BUILD && !w->o->build))
		return end(w, EDITS_TAMPER, "%.*s: is of the %s side, which is ours", SHOWN(f->path), side_name(side));
	shadows = f->was ? NULL : side_shadows(f->path);
	if (shadows && !shadowed_before(w, f->path))
		return end(w, EDITS_TAMPER, "%.*s: would stand before %s", SHOWN(f->path), shadows);
	return true;
}

/* The file at a path, looked up when it is first named; NULL when the work has ended. */
static struct file *file_at(struct work *w, struct str path)
{
	const char *wrong = edits_path_wrong(path);
	struct file *f;

	for (size_t i = 0; i < w->files; i++) {
		if (str_eq(w->file[i].path, path))
			return &w->file[i];
		if (str_ieq(w->file[i].path, path)) {
			end(w, EDITS_TAMPER, "%.*s: two names that differ in case only", SHOWN(path));
			return NULL;
		}
	}
	if (wrong) {
		end(w, EDITS_TAMPER, "%.*s: the path %s", SHOWN(path), wrong);
		return NULL;
	}
	if (w->files == w->o->files) {
		end(w, EDITS_PATCH_FAIL, "more than %zu files", w->o->files);
		return NULL;
	}
	if (w->files == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 8;
		struct file *more = realloc(w->file, cap * sizeof(*more));

		if (!more) {
			our_fault(w, "out of memory");
			return NULL;
		}
		w->file = more;
		w->cap = cap;
	}
	f = &w->file[w->files++];
	*f = (struct file){ .path = path, .old = OBJECT_INIT, .new = BUF_INIT };
	return look_up(w, f) && may_touch(w, f) ? f : NULL;
}

/* The base's text of a file, read once. */
static bool read_old(struct work *w, struct file *f)
{
	enum object_state s;

	if (!f->was || f->old.own)
		return true;
	s = repo_blob(w->r, &f->id, w->o->file, &f->old);
	if (s == OBJECT_TOO_LARGE)
		return end(w, EDITS_PATCH_FAIL, "%.*s: is larger than %zu bytes", SHOWN(f->path), w->o->file);
	if (s != OBJECT_OK)
		return our_fault(w, "%.*s: %s", SHOWN(f->path), object_state_name(s));
	if (!f->changed)
		f->text = object_str(&f->old);
	return true;
}

/* f has a new text, which it takes over. */
static bool set_text(struct work *w, struct file *f, struct buf *text)
{
	if (text->failed || text->n > w->o->file) {
		buf_release(text);
		return end(w, EDITS_PATCH_FAIL, "%.*s: becomes larger than %zu bytes", SHOWN(f->path), w->o->file);
	}
	w->total += text->n;
	buf_release(&f->new);
	f->new = *text;
	f->text = buf_str(&f->new);
	f->is = f->changed = true;
	f->mode = f->mode ? f->mode : MODE_FILE;
	return w->total <= w->o->total || end(w, EDITS_PATCH_FAIL, "more than %zu bytes in all", w->o->total);
}

/* ---- the edits */

static bool mode_fits(struct work *w, const struct edit *e)
{
	uint32_t modes[2] = { e->old_mode, e->mode };

	for (int i = 0; i < 2; i++)
		if (modes[i] && modes[i] != MODE_FILE && modes[i] != MODE_EXEC)
			return end(w, EDITS_TAMPER, "%.*s: mode %o is no plain file's", SHOWN(e->path), (unsigned)modes[i]);
	return true;
}

static bool apply_hunks(struct work *w, const struct edit *e, struct str old, struct buf *new)
{
	size_t bad;
	int rc;

	new->max = w->o->file + 1;
	rc = edits_hunks(old, e, new, &bad, &w->lines);
	if (rc == 1)
		return true;
	buf_release(new);
	if (rc == 0)
		return end(w, EDITS_PATCH_FAIL, "%.*s: hunk %zu (line %zu) does not apply", SHOWN(e->path), bad + 1, e->hunks[bad].line);
	return end(w, EDITS_PATCH_FAIL, "%.*s: too much for one patch", SHOWN(e->path));
}

static bool apply_diff(struct work *w, const struct edit *e)
{
	struct file *from, *f;
	struct buf new = BUF_INIT;
	struct str old;
	size_t at;

	if (!mode_fits(w, e))
		return false;
	from = file_at(w, e->old_path);
	at = from ? (size_t)(from - w->file) : 0;
	f = from ? file_at(w, e->path) : NULL; /* may move w->file */
	if (!f)
		return false;
	from = &w->file[at];
	if (e->create && e->remove)
		return end(w, EDITS_UNREADABLE, "%.*s: is made and taken away", SHOWN(e->path));
	if ((e->create || f != from) && f->is && !f->gone)
		return end(w, EDITS_PATCH_FAIL, "%.*s: is there already", SHOWN(e->path));
	/* what a rename takes is the base's, as in git: two files may change names */
	if (e->create ? false : f != from ? !from->was : !f->is)
		return end(w, EDITS_PATCH_FAIL, "%.*s: is not there", SHOWN(e->old_path));
	if (!e->create && !read_old(w, from))
		return false;
	old = e->create ? STR("") : f != from ? object_str(&from->old) : f->text;
	if (!apply_hunks(w, e, old, &new))
		return false;
	if (e->remove) {
		bool empty = new.n == 0;

		buf_release(&new);
		f->is = false;
		f->changed = true;
		return empty || end(w, EDITS_PATCH_FAIL, "%.*s: taking it away leaves lines", SHOWN(e->path));
	}
	if (f != from) {
		f->mode = from->was_mode;
		if (e->rename && from->gone && !from->changed) {
			from->is = false;
			from->changed = true;
		}
	} else if (e->create) {
		f->mode = MODE_FILE;
	}
	f->gone = false;
	if (e->mode)
		f->mode = e->mode;
	return set_text(w, f, &new);
}

/* Every place where the search stands at a line's start, as SWE-RL's reward has it. */
static bool apply_search(struct work *w, const struct edit *e)
{
	struct file *f = file_at(w, e->path);
	struct buf whole = BUF_INIT, search = BUF_INIT, new = BUF_INIT;
	struct str rest;
	ptrdiff_t at;
	size_t hits = 0;

	if (!f || !read_old(w, f))
		return false;
	if (!f->is) {
		if (e->search.n)
			return end(w, EDITS_PATCH_FAIL, "%.*s: is not there (line %zu)", SHOWN(e->path), e->line);
		buf_add(&new, e->replace);
		if (e->replace.n && e->replace.s[e->replace.n - 1] != '\n')
			buf_addc(&new, '\n');
		return set_text(w, f, &new);
	}
	if (!e->search.n && f->text.n)
		return end(w, EDITS_PATCH_FAIL, "%.*s: an empty SEARCH, and the file is there (line %zu)", SHOWN(e->path), e->line);
	whole.max = f->text.n + 2;
	search.max = e->search.n + 2;
	new.max = w->o->file + 2;
	buf_addc(&whole, '\n');
	buf_add(&whole, f->text);
	buf_addc(&search, '\n');
	buf_add(&search, e->search);
	for (rest = buf_str(&whole); !new.failed && (at = str_find(rest, buf_str(&search))) >= 0; hits++) {
		buf_add(&new, str_sub(rest, 0, (size_t)at));
		buf_addc(&new, '\n');
		buf_add(&new, e->replace);
		rest = str_from(rest, (size_t)at + search.n);
	}
	buf_add(&new, rest);
	if (!new.failed && new.n) {
		memmove(new.s, new.s + 1, new.n - 1);
		buf_cut(&new, new.n - 1);
	}
	buf_release(&whole);
	buf_release(&search);
	if (!hits) {
		buf_release(&new);
		return end(w, EDITS_PATCH_FAIL, "%.*s: the SEARCH of line %zu is not there", SHOWN(e->path), e->line);
	}
	return set_text(w, f, &new);
}

static bool apply_whole(struct work *w, const struct edit *e)
{
	struct file *f = file_at(w, e->path);
	struct buf new = BUF_INIT;

	if (!f || !read_old(w, f))
		return false;
	new.max = w->o->file + 1;
	buf_add(&new, e->replace);
	return set_text(w, f, &new);
}

/* Names that become free, so that a file may be moved to where another is moved from. */
static bool free_names(struct work *w)
{
	for (size_t i = 0; i < w->edits.n; i++) {
		const struct edit *e = &w->edits.at[i];
		struct file *f;

		if (e->kind != EDIT_HUNKS || (!e->remove && !(e->rename && !str_eq(e->path, e->old_path))))
			continue;
		f = file_at(w, e->old_path);
		if (!f)
			return false;
		f->gone = true;
	}
	return true;
}

static bool apply_all(struct work *w)
{
	bool held = free_names(w);

	for (size_t i = 0; held && i < w->edits.n; i++) {
		const struct edit *e = &w->edits.at[i];

		held = e->kind == EDIT_HUNKS ? apply_diff(w, e) : e->kind == EDIT_SEARCH ? apply_search(w, e) : apply_whole(w, e);
	}
	return held;
}

/* ---- the tree */

static int touched_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct edits_touched *)a)->path, ((const struct edits_touched *)b)->path);
}

static bool differs(const struct file *f)
{
	return f->changed && (f->is != f->was || (f->is && (f->mode != f->was_mode || !str_eq(f->text, object_str(&f->old)))));
}

/* A file may not stand where a directory has other files, nor below one. */
static bool fits(struct work *w, const struct file *f)
{
	struct tree_entry e;
	struct str dir = f->path;
	ptrdiff_t slash;

	if (repo_find(w->r, w->base, f->path, &e) == OBJECT_OK && e.mode == MODE_TREE)
		return end(w, EDITS_PATCH_FAIL, "%.*s: is a directory", SHOWN(f->path));
	while ((slash = str_rfind(dir, STR("/"))) > 0) {
		dir = str_sub(dir, 0, (size_t)slash);
		for (size_t i = 0; i < w->files; i++)
			if (str_eq(w->file[i].path, dir) && w->file[i].is)
				return end(w, EDITS_PATCH_FAIL, "%.*s: %.*s is a file", SHOWN(f->path), SHOWN(dir));
		if (repo_find(w->r, w->base, dir, &e) == OBJECT_OK && e.mode != MODE_TREE) {
			bool gone = false;

			for (size_t i = 0; i < w->files; i++)
				gone |= str_eq(w->file[i].path, dir) && !w->file[i].is;
			if (!gone)
				return end(w, EDITS_PATCH_FAIL, "%.*s: %.*s is a file", SHOWN(f->path), SHOWN(dir));
		}
	}
	return true;
}

static void make_tree(struct work *w)
{
	struct edits_result *x = w->x;
	struct tree_change *changes = calloc(w->files + 1, sizeof(*changes));
	bool held;

	x->touched = arena_alloc(&x->arena, (w->files + 1) * sizeof(*x->touched));
	held = (changes && x->touched) || our_fault(w, "out of memory");
	for (size_t i = 0; held && !w->ours && i < w->files; i++) {
		struct file *f = &w->file[i];
		struct tree_change *c = &changes[x->n_touched];

		if (!differs(f))
			continue;
		held = !f->is || fits(w, f);
		*c = (struct tree_change){ .path = f->path, .mode = f->is ? f->mode : 0 };
		w->ours |= held && f->is && repo_add_blob(w->r, f->text, &c->id, w->err) < 0;
		x->touched[x->n_touched++] = (struct edits_touched){ arena_str(&x->arena, f->path), !f->was ? 'A' : f->is ? 'M' : 'D' };
	}
	if (held && !w->ours && !x->n_touched)
		held = end(w, EDITS_NO_ANSWER, "the edits change nothing");
	w->ours |= held && !w->ours && repo_tree_with(w->r, w->base, changes, x->n_touched, &x->tree, w->err) < 0;
	if (held && !w->ours)
		qsort(x->touched, x->n_touched, sizeof(*x->touched), touched_cmp);
	free(changes);
}

int edits_apply(struct repo *r, const struct oid *base, struct str response, const struct edits_options *o, struct edits_result *x, struct err *err)
{
	struct work w = { .r = r, .base = base, .o = o, .x = x, .edits = EDITS_INIT, .err = err };

	*x = (struct edits_result){ .arena = ARENA_INIT };
	if (response.n > o->response)
		end(&w, EDITS_UNREADABLE, "the response is larger than %zu bytes", o->response);
	else
		x->status = edits_read(&w.edits, response, o->think_open);
	x->format = w.edits.format;
	if (w.edits.why[0])
		end(&w, x->status, "%s", w.edits.why);
	if (x->status == EDITS_OK && apply_all(&w))
		make_tree(&w);
	for (size_t i = 0; i < w.files; i++) {
		object_release(&w.file[i].old);
		buf_release(&w.file[i].new);
	}
	free(w.file);
	edits_release(&w.edits);
	if (x->status != EDITS_OK)
		x->n_touched = 0;
	return w.ours ? ERR_FAIL : 0;
}

void edits_result_release(struct edits_result *x)
{
	arena_release(&x->arena);
	x->touched = NULL;
	x->n_touched = 0;
}
