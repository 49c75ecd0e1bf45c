/* edits_read.c - the edits that stand in a response, in three formats; see edits.h. */
#include "repos/edits_inside.h"
#include "verifiers/extract.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	EDITS_MAX = 2000,     /* files or blocks of one response */
	HUNKS_MAX = 5000,     /* of one file */
	LINE_MOST = 1 << 28,  /* line numbers */
};

void edits_release(struct edits *e)
{
	free(e->at);
	arena_release(&e->arena);
	*e = EDITS_INIT;
}

__attribute__((format(printf, 2, 3))) static enum edits_status unreadable(struct edits *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->why, sizeof(e->why), fmt, ap);
	va_end(ap);
	return EDITS_UNREADABLE;
}

static struct edit *edit_add(struct edits *e)
{
	if (e->n == EDITS_MAX)
		return NULL;
	if (e->n == e->cap) {
		size_t cap = e->cap ? 2 * e->cap : 8;
		struct edit *more = realloc(e->at, cap * sizeof(*more));

		if (!more)
			return NULL;
		e->at = more;
		e->cap = cap;
	}
	e->at[e->n] = (struct edit){ 0 };
	return &e->at[e->n++];
}

/* ---- lines, numbered */

struct reader {
	struct str rest, line; /* line: the one that is looked at, with its end ("\n") */
	size_t number;         /* from 1; 0 before the first */
	bool more;
};

static bool next(struct reader *r)
{
	ptrdiff_t end = str_chr(r->rest, '\n');

	r->more = r->rest.n > 0;
	r->line = str_sub(r->rest, 0, end < 0 ? r->rest.n : (size_t)end + 1);
	r->rest = str_from(r->rest, r->line.n);
	r->number += r->more;
	return r->more;
}

static struct str bare(struct str line)
{
	if (line.n && line.s[line.n - 1] == '\n')
		line.n--;
	if (line.n && line.s[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* From where a slice of the answer begins up to a line that is looked at. */
static struct str between(const char *from, struct str line)
{
	return (struct str){ from, (size_t)(line.s - from) };
}

/* ---- names of files */

static int octal(struct str s, size_t at)
{
	int v = 0;

	for (size_t i = at; i < at + 3; i++) {
		if (i >= s.n || s.s[i] < '0' || s.s[i] > '7')
			return -1;
		v = v * 8 + (s.s[i] - '0');
	}
	return v < 256 ? v : -1;
}

/* A name in quotes as C has them; *used is behind the quote that closes. */
static bool unquote(struct edits *e, struct str s, struct str *name, size_t *used)
{
	static const char plain[] = "a\ab\bt\tn\nv\vf\fr\r\"\"\\\\";
	char *out = arena_alloc(&e->arena, s.n + 1);
	size_t n = 0, i = 1;

	if (!out)
		return false;
	for (; i < s.n && s.s[i] != '"' && s.s[i] != '\n'; i++) {
		if (s.s[i] != '\\') {
			out[n++] = s.s[i];
		} else if (octal(s, i + 1) >= 0) {
			out[n++] = (char)octal(s, i + 1);
			i += 3;
		} else {
			const char *at = NULL;

			for (size_t k = 0; i + 1 < s.n && k + 1 < sizeof(plain) && !at; k += 2)
				at = plain[k] == s.s[i + 1] ? &plain[k + 1] : NULL;
			if (!at)
				return false;
			out[n++] = *at;
			i++;
		}
	}
	*name = (struct str){ out, n };
	*used = i + 1;
	return i < s.n && s.s[i] == '"';
}

/* The name on the rest of a line, quoted or up to a tab, where a date may follow. */
static bool name_read(struct edits *e, struct str rest, struct str *name)
{
	size_t used;
	ptrdiff_t tab;

	rest = bare(rest);
	if (rest.n && rest.s[0] == '"')
		return unquote(e, rest, name, &used);
	tab = str_chr(rest, '\t');
	*name = str_sub(rest, 0, tab < 0 ? rest.n : (size_t)tab);
	return name->n > 0;
}

static struct str cut_prefix(struct str name, const char *prefix)
{
	return str_starts(name, str_of(prefix)) ? str_from(name, strlen(prefix)) : name;
}

static bool is_null(struct str name)
{
	return str_is(name, "/dev/null");
}

/* ---- unified diffs */

/* "-12,3" or "-12", then a blank. */
static bool read_span(struct str *s, char sign, uint32_t *start, uint32_t *n)
{
	uint64_t v[2] = { 0, 1 };
	int parts = 0;

	if (!s->n || s->s[0] != sign)
		return false;
	do {
		size_t digits = 0;

		*s = str_from(*s, 1);
		for (v[parts] = 0; digits < s->n && s->s[digits] >= '0' && s->s[digits] <= '9' && v[parts] < LINE_MOST; digits++)
			v[parts] = v[parts] * 10 + (uint64_t)(s->s[digits] - '0');
		if (!digits || v[parts] >= LINE_MOST)
			return false;
		*s = str_from(*s, digits);
	} while (++parts < 2 && s->n && s->s[0] == ',');
	*start = (uint32_t)v[0];
	*n = (uint32_t)v[1];
	if (!s->n || s->s[0] != ' ')
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool read_hunk_header(struct str line, struct hunk *h)
{
	struct str s = str_from(line, 3);

	return str_starts(line, STR("@@ ")) && read_span(&s, '-', &h->old_start, &h->old_n) && read_span(&s, '+', &h->new_start, &h->new_n) &&
	       str_starts(s, STR("@@"));
}

/* The lines of a hunk as its header counts them. The line looked at is the header; then the one behind the hunk. */
static bool read_hunk(struct edits *e, struct reader *r, struct hunk *h)
{
	uint32_t old = h->old_n, new = h->new_n;
	const char *from;

	h->line = r->number;
	from = r->rest.s;
	next(r);
	while (old || new) {
		char c = r->more ? r->line.s[0] : 0;

		if (c == ' ' || c == '\n' || (c == '\r' && str_is(r->line, "\r\n"))) {
			if (!old || !new)
				break;
			old--;
			new--;
		} else if (c == '-' && old) {
			old--;
		} else if (c == '+' && new) {
			new--;
		} else if (c != '\\') {
			break;
		}
		next(r);
	}
	if (old || new) {
		unreadable(e, "line %zu: the hunk ends before the lines that its header (line %zu) counts", r->number, h->line);
		return false;
	}
	if (r->more && r->line.s[0] == '\\')
		next(r);
	h->body = r->more ? between(from, r->line) : (struct str){ from, (size_t)(r->rest.s - from) };
	return true;
}

static enum edits_status read_hunks(struct edits *e, struct reader *r, struct edit *edit)
{
	size_t cap = 0;
	struct hunk h;

	while (r->more && str_starts(r->line, STR("@@ -"))) {
		if (!read_hunk_header(bare(r->line), &h))
			return unreadable(e, "line %zu: a hunk's header that cannot be read", r->number);
		if (!read_hunk(e, r, &h))
			return EDITS_UNREADABLE;
		if (edit->n_hunks == HUNKS_MAX)
			return unreadable(e, "line %zu: more than %d hunks in one file", r->number, HUNKS_MAX);
		if (edit->n_hunks == cap) {
			struct hunk *more = arena_alloc(&e->arena, (cap ? 2 * cap : 4) * sizeof(*more));

			if (!more)
				return unreadable(e, "out of memory");
			if (cap)
				memcpy(more, edit->hunks, cap * sizeof(*more));
			edit->hunks = more;
			cap = cap ? 2 * cap : 4;
		}
		edit->hunks[edit->n_hunks++] = h;
	}
	return EDITS_OK;
}

/* What "--- " and "+++ " say of names. Without a rename both must name the same file, with a/ and b/ or without. */
static bool set_names(struct edit *edit, struct str old, struct str new)
{
	edit->create |= is_null(old);
	edit->remove |= is_null(new);
	if (is_null(old) && is_null(new))
		return false;
	if (is_null(old) || is_null(new)) {
		edit->path = is_null(old) ? cut_prefix(new, "b/") : cut_prefix(old, "a/");
	} else if (str_eq(cut_prefix(old, "a/"), cut_prefix(new, "b/"))) {
		edit->path = cut_prefix(new, "b/");
	} else if (str_eq(old, new)) {
		edit->path = new;
	} else {
		return false;
	}
	edit->old_path = edit->path;
	return true;
}

/* "a/x b/x": the only line that names a file whose mode alone changes. */
static bool git_line_name(struct edits *e, struct str rest, struct str *name)
{
	struct str old, new;
	size_t used;

	rest = bare(rest);
	if (rest.n && rest.s[0] == '"') {
		if (!unquote(e, rest, &old, &used) || used >= rest.n || rest.s[used] != ' ')
			return false;
		rest = str_from(rest, used + 1);
		if (!rest.n || rest.s[0] != '"')
			new = rest;
		else if (!unquote(e, rest, &new, &used))
			return false;
	} else {
		if (rest.n % 2 == 0 || rest.s[rest.n / 2] != ' ')
			return false;
		old = str_sub(rest, 0, rest.n / 2);
		new = str_from(rest, rest.n / 2 + 1);
	}
	*name = cut_prefix(new, "b/");
	return str_eq(cut_prefix(old, "a/"), *name) || str_eq(old, new);
}

static bool read_mode(struct str rest, uint32_t *mode)
{
	*mode = 0;
	for (rest = bare(rest); rest.n && rest.s[0] >= '0' && rest.s[0] <= '7' && *mode < 01000000; rest = str_from(rest, 1))
		*mode = *mode * 8 + (uint32_t)(rest.s[0] - '0');
	return rest.n == 0 && *mode;
}

enum { OLD_MODE, NEW_MODE, NEW_FILE, DELETED, COPY_FROM, COPY_TO, RENAME_FROM, RENAME_TO, SIMILARITY, DISSIMILARITY, INDEX, EXTENDED };

static const char *const extended[EXTENDED] = {
	"old mode ", "new mode ", "new file mode ", "deleted file mode ", "copy from ", "copy to ", "rename from ", "rename to ", "similarity index ",
	"dissimilarity index ", "index ",
};

static bool read_extended(struct edits *e, struct edit *edit, int which, struct str rest)
{
	switch (which) {
	case OLD_MODE:
		return read_mode(rest, &edit->old_mode);
	case NEW_MODE:
		return read_mode(rest, &edit->mode);
	case NEW_FILE:
		edit->create = true;
		return read_mode(rest, &edit->mode);
	case DELETED:
		edit->remove = true;
		return read_mode(rest, &edit->old_mode);
	case COPY_FROM:
	case RENAME_FROM:
		return name_read(e, rest, &edit->old_path);
	case COPY_TO:
		edit->copy = true;
		return name_read(e, rest, &edit->path);
	case RENAME_TO:
		edit->rename = true;
		return name_read(e, rest, &edit->path);
	}
	return true;
}

/* The line looked at begins with "--- "; the next must be "+++ ". The reader ends behind both. */
static enum edits_status read_names(struct edits *e, struct reader *r, struct edit *edit)
{
	struct str old, new;

	if (!name_read(e, str_from(r->line, 4), &old))
		return unreadable(e, "line %zu: a file's name that cannot be read", r->number);
	next(r);
	if (!r->more || !str_starts(r->line, STR("+++ ")) || !name_read(e, str_from(r->line, 4), &new))
		return unreadable(e, "line %zu: after \"---\" comes \"+++\" and a file's name", r->number);
	if (!edit->rename && !edit->copy && !set_names(edit, old, new))
		return unreadable(e, "line %zu: \"---\" and \"+++\" name two files", r->number);
	next(r);
	return EDITS_OK;
}

/* From the line that begins with "--- " on. */
static enum edits_status read_text(struct edits *e, struct reader *r, struct edit *edit)
{
	enum edits_status s = read_names(e, r, edit);

	if (s == EDITS_OK)
		s = read_hunks(e, r, edit);
	if (s == EDITS_OK && !edit->n_hunks)
		s = unreadable(e, "line %zu: a file without a hunk", r->number);
	return s;
}

/* The line looked at begins with "diff --git ". */
static enum edits_status read_git_diff(struct edits *e, struct reader *r)
{
	struct edit *edit = edit_add(e), blank = { 0 };
	size_t began = r->number;
	bool said = false, more = true;

	if (!edit)
		return unreadable(e, "more than %d files", EDITS_MAX);
	edit->line = began;
	git_line_name(e, str_from(r->line, 11), &edit->path);
	edit->old_path = edit->path;
	next(r);
	while (r->more && more) {
		int which = 0;

		while (which < EXTENDED && !str_starts(r->line, str_of(extended[which])))
			which++;
		more = which < EXTENDED;
		if (more && !read_extended(e, edit, which, str_from(r->line, strlen(extended[which]))))
			return unreadable(e, "line %zu: a header that cannot be read", r->number);
		said |= more;
		if (more)
			next(r);
	}
	if (r->more && (str_starts(r->line, STR("GIT binary patch")) || str_starts(r->line, STR("Binary files "))))
		return unreadable(e, "line %zu: binary patches are not taken", r->number);
	if (r->more && str_starts(r->line, STR("--- ")))
		return read_text(e, r, edit);
	if (!said) {
		*edit = blank; /* a line in passing, as git has it */
		e->n--;
		return EDITS_OK;
	}
	return edit->path.n ? EDITS_OK : unreadable(e, "line %zu: names that cannot be read", began);
}

static enum edits_status read_plain_diff(struct edits *e, struct reader *r)
{
	struct edit *edit = edit_add(e);

	if (!edit)
		return unreadable(e, "more than %d files", EDITS_MAX);
	edit->line = r->number;
	return read_text(e, r, edit);
}

/* Text between diffs is passed over, as git does; a hunk that belongs to no file is not. */
static enum edits_status read_diff(struct edits *e, struct str text)
{
	struct reader r = { .rest = text };
	enum edits_status s = EDITS_OK;

	next(&r);
	while (s == EDITS_OK && r.more) {
		if (str_starts(r.line, STR("diff --git ")))
			s = read_git_diff(e, &r);
		else if (str_starts(r.line, STR("--- ")) && str_starts(r.rest, STR("+++ ")))
			s = read_plain_diff(e, &r);
		else if (str_starts(r.line, STR("@@ -")))
			s = unreadable(e, "line %zu: a hunk of no file", r.number);
		else
			next(&r);
	}
	return s;
}

/* ---- blocks */

static bool is_fence(struct str line)
{
	return str_starts(line, STR("```"));
}

/* "### path", or the path alone; blanks and back quotes around it are dropped. */
static struct str heading(struct str line)
{
	struct str s = bare(line);

	while (s.n && s.s[0] == '#')
		s = str_from(s, 1);
	s = str_trim(s);
	if (s.n > 2 && s.s[0] == '`' && s.s[s.n - 1] == '`')
		s = str_sub(s, 1, s.n - 1);
	return s;
}

/* Lines up to one that is `mark`, without the end of the last: "" for none and for one that is empty. False: no such line. */
static bool lines_to(struct reader *r, const char *mark, struct str *lines)
{
	const char *from = r->rest.s;

	while (next(r)) {
		if (!str_is(bare(r->line), mark))
			continue;
		*lines = between(from, r->line);
		if (lines->n)
			lines->n--;
		return true;
	}
	return false;
}

static enum edits_status read_block(struct edits *e, struct reader *r, struct str path)
{
	struct edit *edit = edit_add(e);

	if (!edit)
		return unreadable(e, "more than %d blocks", EDITS_MAX);
	*edit = (struct edit){ .kind = EDIT_SEARCH, .path = path, .old_path = path, .line = r->number };
	if (!path.n)
		return unreadable(e, "line %zu: no file is named before SEARCH", r->number);
	if (!lines_to(r, "=======", &edit->search))
		return unreadable(e, "line %zu: a SEARCH without =======", edit->line);
	if (!lines_to(r, ">>>>>>> REPLACE", &edit->replace))
		return unreadable(e, "line %zu: a SEARCH without >>>>>>> REPLACE", edit->line);
	return EDITS_OK;
}

static enum edits_status read_blocks(struct edits *e, struct str text)
{
	struct reader r = { .rest = text };
	struct str path = STR("");
	enum edits_status s = EDITS_OK;

	while (s == EDITS_OK && next(&r)) {
		if (str_is(bare(r.line), "<<<<<<< SEARCH"))
			s = read_block(e, &r, path);
		else if (!is_fence(r.line) && bare(r.line).n) /* of several blocks on end the first names the file */
			path = heading(r.line);
	}
	return s;
}

/* ---- whole files */

static size_t fence_length(struct str line)
{
	size_t n = 0;

	while (n < line.n && line.s[n] == '`')
		n++;
	return n;
}

/* Up to a fence as long as the one looked at, with nothing behind it. */
static bool fenced(struct reader *r, struct str *lines)
{
	size_t n = fence_length(r->line);
	const char *from = r->rest.s;

	while (next(r)) {
		if (fence_length(r->line) >= n && bare(r->line).n == fence_length(r->line)) {
			*lines = between(from, r->line);
			return true;
		}
	}
	return false;
}

static enum edits_status read_files(struct edits *e, struct str text)
{
	struct reader r = { .rest = text };
	struct str path = STR("");

	while (next(&r)) {
		if (is_fence(r.line)) {
			struct edit *edit = path.n ? edit_add(e) : NULL;
			struct str lines;
			size_t began = r.number;

			if (path.n && !edit)
				return unreadable(e, "more than %d files", EDITS_MAX);
			if (!fenced(&r, &lines))
				return path.n ? unreadable(e, "line %zu: a fence that is never closed", began) : EDITS_OK;
			if (edit)
				*edit = (struct edit){ .kind = EDIT_WHOLE, .path = path, .old_path = path, .replace = lines, .line = began };
			path = STR("");
		} else if (str_starts(r.line, STR("### "))) {
			path = heading(r.line);
		} else if (str_trim(r.line).n) {
			path = STR(""); /* the heading of something else */
		}
	}
	return EDITS_OK;
}

/* ---- which of them */

/* The part between tags that begin a line: the first that opens, the last that closes. 1 found, 0 none, -1 never closed. */
static int between_tags(struct str text, struct str open, struct str close, struct str *inner)
{
	struct str rest = text, line;
	ptrdiff_t end;

	while (rest.n) {
		line = rest;
		if (str_starts(rest, open)) {
			*inner = str_from(rest, open.n);
			end = str_rfind(*inner, close);
			*inner = str_sub(*inner, 0, end < 0 ? inner->n : (size_t)end);
			return end < 0 ? -1 : 1;
		}
		str_split(&rest, '\n', &line);
	}
	return 0;
}

static bool has_line(struct str text, struct str head, struct str then)
{
	struct reader r = { .rest = text };

	while (next(&r))
		if (str_starts(r.line, head) && str_starts(r.rest, then))
			return true;
	return false;
}

enum edits_status edits_read(struct edits *e, struct str response, bool think_open)
{
	struct str text = extract_visible(response, think_open), inner;
	int tags = between_tags(text, STR("<answer>"), STR("</answer>"), &inner);
	enum edits_status s = EDITS_OK;

	if (!tags)
		tags = between_tags(text, STR("<solution>"), STR("</solution>"), &inner);
	if (tags)
		text = inner;
	if (tags < 0)
		return unreadable(e, "the answer's tag is never closed");
	if (has_line(text, STR("<<<<<<< SEARCH"), STR(""))) {
		e->format = EDITS_BLOCKS;
		s = read_blocks(e, text);
	} else if (has_line(text, STR("diff --git "), STR("")) || has_line(text, STR("--- "), STR("+++ ")) || has_line(text, STR("@@ -"), STR(""))) {
		e->format = EDITS_DIFF;
		s = read_diff(e, text);
	} else {
		s = read_files(e, text);
		e->format = e->n || s != EDITS_OK ? EDITS_FILES : EDITS_NONE;
	}
	if (s != EDITS_OK || e->n)
		return s;
	if (tags && str_trim(text).n)
		return unreadable(e, "the answer holds no edit");
	snprintf(e->why, sizeof(e->why), "no edit was handed in");
	return EDITS_NO_ANSWER;
}
