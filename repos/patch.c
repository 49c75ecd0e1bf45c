/* patch.c - one file's change as git writes it. Headers and names are ours, lines are found by libgit2's xdiff. See change.h. */
#include "repos/change.h"

#include <git2.h>
#include <string.h>

/* ---- names */

static void add_quoted(struct buf *text, unsigned char c)
{
	if (c >= '\a' && c <= '\r')
		buf_addf(text, "\\%c", "abtnvfr"[c - '\a']);
	else if (c == '"' || c == '\\')
		buf_addf(text, "\\%c", c);
	else if (c < ' ' || c >= 0x7f)
		buf_addf(text, "\\%03o", c);
	else
		buf_addc(text, (char)c);
}

void patch_add_name(struct buf *text, const char *prefix, struct str path)
{
	bool plain = true;

	for (size_t i = 0; i < path.n && plain; i++)
		plain = (unsigned char)path.s[i] >= ' ' && (unsigned char)path.s[i] < 0x7f && path.s[i] != '"' && path.s[i] != '\\';
	if (plain) {
		buf_addz(text, prefix);
		buf_add(text, path);
		return;
	}
	buf_addc(text, '"');
	buf_addz(text, prefix);
	for (size_t i = 0; i < path.n; i++)
		add_quoted(text, (unsigned char)path.s[i]);
	buf_addc(text, '"');
}

/* A name of a "---" or "+++" line: one with a blank is closed by a tab, so that its end is seen. */
static void add_name_line(struct buf *text, const char *head, const char *prefix, struct str path, bool there)
{
	buf_addz(text, head);
	if (there) {
		patch_add_name(text, prefix, path);
		if (str_chr(path, ' ') >= 0)
			buf_addc(text, '\t');
	} else {
		buf_addz(text, "/dev/null");
	}
	buf_addc(text, '\n');
}

static void add_header(struct buf *text, const struct change *c)
{
	char old[OID_HEX + 1], new[OID_HEX + 1];

	buf_addz(text, "diff --git ");
	patch_add_name(text, "a/", c->old_path);
	buf_addc(text, ' ');
	patch_add_name(text, "b/", c->path);
	buf_addc(text, '\n');
	if (!c->old_mode) {
		buf_addf(text, "new file mode %06o\n", (unsigned)c->mode);
	} else if (!c->mode) {
		buf_addf(text, "deleted file mode %06o\n", (unsigned)c->old_mode);
	} else if (c->old_mode != c->mode) {
		buf_addf(text, "old mode %06o\nnew mode %06o\n", (unsigned)c->old_mode, (unsigned)c->mode);
	}
	if (c->status == 'R') {
		buf_addf(text, "similarity index %d%%\nrename from ", c->similar);
		patch_add_name(text, "", c->old_path);
		buf_addz(text, "\nrename to ");
		patch_add_name(text, "", c->path);
		buf_addc(text, '\n');
	}
	if (!oid_eq(&c->old_id, &c->id)) {
		oid_hex(&c->old_id, old);
		oid_hex(&c->id, new);
		buf_addf(text, "index %s..%s", old, new);
		if (c->old_mode == c->mode)
			buf_addf(text, " %06o", (unsigned)c->mode);
		buf_addc(text, '\n');
	}
}

/* ---- lines */

enum {
	MARGIN = 40,      /* lines around what differs that are compared too: where a change may slide to */
	FUNCTION = 80,    /* bytes of a function's line in a hunk's header */
};

/* Two texts without most of what they share at both ends. libgit2 would hash all of it twice. */
struct middle {
	struct str old, new;
	size_t lines; /* cut off in front */
};

static size_t count_lines(struct str s)
{
	size_t n = 0;

	for (const char *p = s.s; s.n && (p = memchr(p, '\n', (size_t)(s.s + s.n - p))) != NULL; p++)
		n++;
	return n;
}

static struct middle middle_of(struct str old, struct str new)
{
	size_t most = old.n < new.n ? old.n : new.n, head = 0, tail = 0, n;

	while (most - head >= 64 && memcmp(old.s + head, new.s + head, 64) == 0)
		head += 64;
	while (head < most && old.s[head] == new.s[head])
		head++;
	for (n = 0; head && n <= MARGIN; n++)
		while (head && old.s[--head] != '\n')
			continue;
	head += head > 0; /* behind the line's end that was found, or at the start */
	most -= head;
	while (most - tail >= 64 && memcmp(old.s + old.n - tail - 64, new.s + new.n - tail - 64, 64) == 0)
		tail += 64;
	while (tail < most && old.s[old.n - 1 - tail] == new.s[new.n - 1 - tail])
		tail++;
	for (n = 0; tail && n <= MARGIN; n++)
		while (tail && old.s[old.n - tail--] != '\n')
			continue;
	return (struct middle){ str_sub(old, head, old.n - tail), str_sub(new, head, new.n - tail), count_lines(str_sub(old, 0, head)) };
}

/* Where functions begin, as git guesses: the last line above that begins with a letter, _ or $. */
struct functions {
	struct str rest; /* of the old text */
	size_t line;     /* lines read */
	struct str last;
};

static void functions_read(struct functions *f, size_t line)
{
	struct str s;

	while (f->line < line && f->rest.n && str_split(&f->rest, '\n', &s)) {
		f->line++;
		if (s.n && ((s.s[0] >= 'a' && s.s[0] <= 'z') || (s.s[0] >= 'A' && s.s[0] <= 'Z') || s.s[0] == '_' || s.s[0] == '$'))
			f->last = s;
	}
}

static void add_function(struct buf *text, struct str line)
{
	size_t n = line.n < FUNCTION ? line.n : FUNCTION;

	/* no character is cut in two */
	while (n < line.n && n && ((unsigned char)line.s[n] & 0xc0) == 0x80)
		n--;
	while (n && (line.s[n - 1] == ' ' || (line.s[n - 1] >= '\t' && line.s[n - 1] <= '\r')))
		n--;
	if (n)
		buf_addc(text, ' ');
	buf_add(text, str_sub(line, 0, n));
}

static void add_span(struct buf *text, char sign, size_t from, size_t n)
{
	buf_addf(text, "%c%zu", sign, from);
	if (n != 1)
		buf_addf(text, ",%zu", n);
	buf_addc(text, ' ');
}

static void add_lines(struct buf *text, git_patch *p, struct str old, size_t skipped)
{
	struct functions f = { .rest = old };
	const git_diff_hunk *h;
	const git_diff_line *l;
	size_t lines;

	for (size_t i = 0; i < git_patch_num_hunks(p) && git_patch_get_hunk(&h, &lines, p, i) == 0; i++) {
		size_t from = (size_t)h->old_start + skipped;

		/* a hunk that takes no lines names the one above */
		functions_read(&f, h->old_lines ? from - 1 : from);
		buf_addz(text, "@@ ");
		add_span(text, '-', from, (size_t)h->old_lines);
		add_span(text, '+', (size_t)h->new_start + skipped, (size_t)h->new_lines);
		buf_addz(text, "@@");
		add_function(text, f.last);
		buf_addc(text, '\n');
		for (size_t j = 0; j < lines && git_patch_get_line_in_hunk(&l, p, i, j) == 0; j++) {
			if (l->origin == ' ' || l->origin == '+' || l->origin == '-')
				buf_addc(text, l->origin);
			buf_add(text, (struct str){ l->content, l->content_len });
		}
	}
}

static git_patch *compare(struct str old, struct str new, unsigned flags)
{
	git_diff_options o = GIT_DIFF_OPTIONS_INIT;
	git_patch *p = NULL;

	o.flags = flags;
	if (git_patch_from_buffers(&p, old.s, old.n, "x", new.s, new.n, "x", &o) < 0)
		return NULL;
	return p;
}

/* Git's binary patch, forward and back, from libgit2's: its own header is cut off. */
static bool add_binary(struct buf *text, struct str old, struct str new)
{
	git_patch *p = compare(old, new, GIT_DIFF_SHOW_BINARY | GIT_DIFF_FORCE_BINARY);
	git_buf whole = { 0 };
	bool held = false;

	if (p && git_patch_to_buf(&whole, p) == 0) {
		struct str s = { whole.ptr, whole.size };
		ptrdiff_t at = str_find(s, STR("GIT binary patch\n"));

		held = at >= 0;
		if (held)
			buf_add(text, str_from(s, (size_t)at));
	}
	git_buf_dispose(&whole);
	git_patch_free(p);
	return held;
}

static enum patch_state add_contents(struct change *c, struct str old, struct str new, struct buf *text)
{
	size_t start = text ? text->n : 0, added = 0, deleted = 0;
	bool plain = !blob_is_binary(old) && !blob_is_binary(new);
	struct middle m;
	git_patch *p;

	if (plain) {
		m = middle_of(old, new);
		p = compare(m.old, m.new, GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC);
		if (!p)
			return PATCH_TOO_LARGE;
		git_patch_line_stats(NULL, &added, &deleted, p);
		c->added = (uint32_t)added;
		c->deleted = (uint32_t)deleted;
		c->hunks = (uint32_t)git_patch_num_hunks(p);
		if (text && c->hunks) {
			add_name_line(text, "--- ", "a/", c->old_path, c->old_mode);
			add_name_line(text, "+++ ", "b/", c->path, c->mode);
			add_lines(text, p, old, m.lines);
			plain = utf8_valid(str_from(buf_str(text), start));
		}
		git_patch_free(p);
	}
	c->binary = !plain;
	if (plain || !text)
		return PATCH_OK;
	if (old.n > PATCH_BINARY_MAX || new.n > PATCH_BINARY_MAX)
		return PATCH_TOO_LARGE;
	buf_cut(text, start);
	return add_binary(text, old, new) ? PATCH_OK : PATCH_TOO_LARGE;
}

static enum patch_state state_of(enum object_state s)
{
	return s == OBJECT_OK ? PATCH_OK : s == OBJECT_MISSING ? PATCH_MISSING : s == OBJECT_TOO_LARGE ? PATCH_TOO_LARGE : PATCH_CORRUPT;
}

enum patch_state patch_add(struct repo *r, struct change *c, struct buf *text)
{
	struct object old = OBJECT_INIT, new = OBJECT_INIT;
	enum patch_state s = PATCH_OK;
	size_t start = text ? text->n : 0;

	c->added = c->deleted = c->hunks = 0;
	c->binary = false;
	if (c->mode == MODE_MODULE || c->old_mode == MODE_MODULE)
		return PATCH_SUBMODULE;
	if (text)
		add_header(text, c);
	if (oid_eq(&c->old_id, &c->id))
		return PATCH_OK;
	if (c->old_mode)
		s = state_of(repo_blob(r, &c->old_id, PATCH_BLOB_MAX, &old));
	if (s == PATCH_OK && c->mode)
		s = state_of(repo_blob(r, &c->id, PATCH_BLOB_MAX, &new));
	if (s == PATCH_OK && (blob_is_lfs(object_str(&old)) || blob_is_lfs(object_str(&new))))
		s = PATCH_LFS;
	if (s == PATCH_OK)
		s = add_contents(c, object_str(&old), object_str(&new), text);
	object_release(&old);
	object_release(&new);
	if (text && s != PATCH_OK)
		buf_cut(text, start);
	return s;
}

/* ---- documents that no text can make */

static bool is_document(const struct change *c)
{
	return c->side == SIDE_DOC && side_of(c->old_path, NULL) == SIDE_DOC;
}

enum patch_state patch_add_text(struct repo *r, struct change *c, struct buf *text)
{
	size_t start = text->n;
	enum patch_state s = patch_add(r, c, text);

	c->aside = c->binary && (s == PATCH_OK || s == PATCH_TOO_LARGE) && is_document(c);
	if (!c->aside)
		return s;
	buf_cut(text, start);
	return PATCH_OK;
}

int tree_in_text(struct repo *r, const struct oid *old, const struct oid *new, struct oid *tree, struct err *err)
{
	struct changes c = CHANGES_INIT;
	struct tree_change *back = NULL;
	struct buf text = BUF_INIT;
	size_t n = 0;
	int rc = 0;

	*tree = *new;
	if (changes_find(r, old, new, &c, CHANGES_ALL) != OBJECT_OK) {
		rc = err_set(err, "%s: two trees cannot be compared", repo_path(r));
	} else {
		changes_pair(r, &c);
		back = arena_zalloc(&c.arena, 2 * c.n + 1, sizeof(*back));
		rc = back ? 0 : err_set(err, "out of memory");
	}
	for (size_t i = 0; rc == 0 && i < c.n; i++) {
		struct change *at = &c.at[i];

		buf_reset(&text);
		if (at->side != SIDE_DOC || patch_add_text(r, at, &text) != PATCH_OK || !at->aside)
			continue;
		if (at->mode && at->status != 'M')
			back[n++] = (struct tree_change){ .path = at->path };
		if (at->old_mode)
			back[n++] = (struct tree_change){ at->old_path, at->old_mode, at->old_id };
	}
	if (rc == 0 && n)
		rc = repo_tree_with(r, new, back, n, tree, err);
	buf_release(&text);
	changes_release(&c);
	return rc;
}
