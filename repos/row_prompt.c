/* row_prompt.c - what a task asks: the problem, files of the tree, and how edits are to be written. */
#include "base/embedded.h"
#include "repos/bm25.h"
#include "repos/fill.h"
#include "repos/row.h"

#include <assert.h>

extern const struct embedded solve_prompts[];

enum { PATHS_SHOWN = 200, HITS = 20, FILE_SHOWN = 1 << 20 };

static const char *const shows[] = { "oracle", "bm25", "none" };

const char *row_shows_name(enum row_shows s)
{
	return shows[s];
}

bool row_shows_read(struct str name, enum row_shows *s)
{
	for (int i = 0; i < 3; i++)
		if (str_is(name, shows[i])) {
			*s = (enum row_shows)i;
			return true;
		}
	return false;
}

static struct str text_of(const char *name)
{
	const struct embedded *p = solve_prompts;

	while (p->name && strcmp(p->name, name) != 0)
		p++;
	assert(p->name);
	return (struct str){ p->text, p->n };
}

/* A fence that no line of the text can close. */
static size_t fence_of(struct str text)
{
	size_t most = 2, run = 0;

	for (size_t i = 0; i < text.n; i++) {
		run = text.s[i] == '`' ? run + 1 : 0;
		if (run > most)
			most = run;
	}
	return most + 1;
}

static void add_fence(struct buf *out, size_t n)
{
	while (n--)
		buf_addc(out, '`');
}

/* Adds the file, if it is text and there is room left. */
static void show_file(struct buf *out, const struct row_ask *ask, struct str path, const struct oid *id, size_t *left)
{
	struct object o = OBJECT_INIT;
	struct str text;
	size_t fence;

	if (repo_blob(ask->repo, id, FILE_SHOWN, &o) == OBJECT_OK && !blob_is_binary(object_str(&o)) && o.n <= *left) {
		text = object_str(&o);
		fence = fence_of(text);
		if (out->n)
			buf_addz(out, "\n\n");
		buf_addz(out, "### ");
		buf_add(out, path);
		buf_addc(out, '\n');
		add_fence(out, fence);
		buf_addc(out, '\n');
		buf_add(out, text);
		if (text.n && text.s[text.n - 1] != '\n')
			buf_addc(out, '\n');
		add_fence(out, fence);
		*left -= text.n;
	}
	object_release(&o);
}

static void show_oracle(struct buf *out, const struct row_ask *ask, size_t left)
{
	for (size_t i = 0; i < ask->c->changes.n; i++) {
		const struct change *f = &ask->c->changes.at[i];

		if (f->status != 'A' && (f->side == SIDE_SOURCE || f->side == SIDE_BUILD))
			show_file(out, ask, f->old_path.n ? f->old_path : f->path, &f->old_id, &left);
	}
}

static int show_likely(struct buf *out, const struct row_ask *ask, size_t left, struct err *err)
{
	struct bm25_hit hits[HITS];
	struct bm25 *b = bm25_new();
	int rc = b ? bm25_tree(b, ask->repo, &ask->c->parent_tree, 0, err) : err_set(err, "out of memory");

	if (rc >= 0) {
		size_t n = bm25_rank(b, buf_str(&ask->s->text), hits, HITS);

		for (size_t i = 0; i < n; i++)
			show_file(out, ask, hits[i].path, &hits[i].id, &left);
		rc = 0;
	}
	bm25_free(b);
	return rc;
}

struct paths {
	struct buf *out;
	size_t n;
};

static int add_path(void *ctx, struct str path, const struct tree_entry *e)
{
	struct paths *p = ctx;

	(void)e;
	if (side_of(path, NULL) != SIDE_SOURCE)
		return 0;
	if (p->n++ < PATHS_SHOWN) {
		if (p->out->n)
			buf_addc(p->out, '\n');
		buf_add(p->out, path);
	}
	return 0;
}

int row_prompt(struct buf *out, const struct row_ask *ask, struct err *err)
{
	struct buf files = BUF_INIT, paths = BUF_INIT;
	struct paths listed = { &paths, 0 };
	uint64_t unreadable = 0;
	int rc = 0;

	if (ask->shows == SHOWS_ORACLE)
		show_oracle(&files, ask, ask->shown);
	else if (ask->shows == SHOWS_BM25)
		rc = show_likely(&files, ask, ask->shown, err);
	repo_each(ask->repo, &ask->c->parent_tree, add_path, &listed, &unreadable);
	if (listed.n > PATHS_SHOWN)
		buf_addf(&paths, "\nand %zu more", listed.n - PATHS_SHOWN);
	if (rc == 0) {
		const struct hole holes[] = {
			{ "repo", str_of(ask->name) }, { "problem", str_trim(buf_str(&ask->s->text)) }, { "files", buf_str(&files) },
			{ "paths", buf_str(&paths) },  { "how", str_trim(text_of(edits_format_name(ask->format))) }, { NULL, { NULL, 0 } },
		};

		fill(out, text_of("solve"), holes);
	}
	if (rc == 0 && (files.failed || paths.failed || out->failed))
		rc = err_set(err, "out of memory");
	buf_release(&files);
	buf_release(&paths);
	return rc;
}
