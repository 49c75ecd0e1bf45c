/* candidate.c - one commit: by its names, then by its lines, what may become a task or why it cannot. See walk.h. */
#include "repos/code.h"
#include "repos/walk_inside.h"

enum {
	CHANGES_MAX = 3000,          /* files of a commit that are looked at; more is no task */
	PATCH_MAX = 256 << 10,       /* bytes of the source's patch */
	TEST_PATCH_MAX = 1 << 20,
	BUFFER_KEPT = 64 << 10,
};

static void buf_empty(struct buf *b)
{
	if (b->cap > BUFFER_KEPT)
		buf_release(b);
	else
		buf_reset(b);
}

void job_reset(struct job *j)
{
	struct job kept = { .patch = j->patch, .test_patch = j->test_patch, .c.changes = j->c.changes };

	object_release(&j->message);
	buf_empty(&kept.patch);
	buf_empty(&kept.test_patch);
	changes_reset(&kept.c.changes);
	*j = kept;
}

void job_release(struct job *j)
{
	object_release(&j->message);
	buf_release(&j->patch);
	buf_release(&j->test_patch);
	changes_release(&j->c.changes);
}

static enum walk_reason of_object(enum object_state s)
{
	return s == OBJECT_MISSING ? WALK_MISSING : s == OBJECT_TOO_LARGE ? WALK_TOO_LARGE : WALK_CORRUPT;
}

static enum walk_reason of_patch(enum patch_state s)
{
	switch (s) {
	case PATCH_MISSING:
		return WALK_MISSING;
	case PATCH_SUBMODULE:
		return WALK_SUBMODULE;
	case PATCH_LFS:
		return WALK_LFS;
	case PATCH_TOO_LARGE:
		return WALK_TOO_LARGE;
	default:
		return WALK_CORRUPT;
	}
}

static bool out(struct job *j, enum walk_reason reason)
{
	j->kept = false;
	j->reason = reason;
	return false;
}

/* ---- by names: nothing is read but trees */

static bool names_meet(struct job *j, const struct walk_options *o)
{
	const struct changes *c = &j->c.changes;
	uint32_t sides[SIDES] = { 0 }, sources = 0, asked = 0, tests = 0, data = 0;
	bool link = false, module = false, tested;

	for (size_t i = 0; i < c->n; i++) {
		const struct change *at = &c->at[i];

		sides[at->side]++;
		sources += at->side == SIDE_SOURCE;
		asked += at->side == SIDE_SOURCE && (!o->langs || o->langs >> at->lang & 1);
		tests += at->side == SIDE_TEST && at->mode;
		data += at->side == SIDE_DATA && at->mode;
		module |= at->mode == MODE_MODULE || at->old_mode == MODE_MODULE;
		link |= !side_is_trusted(at->side) && (at->mode == MODE_LINK || at->old_mode == MODE_LINK);
	}
	if (c->n == 0)
		return out(j, WALK_EMPTY);
	if (!sources)
		return out(j, WALK_NO_SOURCE);
	if (!asked)
		return out(j, WALK_OTHER_LANG);
	tested = tests || (data && !sides[SIDE_TEST]);
	if (!tested && (!o->untested || sides[SIDE_TEST] || sides[SIDE_DATA]))
		return out(j, sides[SIDE_TEST] || sides[SIDE_DATA] ? WALK_TESTS_GONE : WALK_NO_TESTS);
	if (sources > o->files || c->cut)
		return out(j, WALK_MANY_FILES);
	if (sides[SIDE_VENDORED])
		return out(j, WALK_VENDORED);
	if (sides[SIDE_GENERATED])
		return out(j, WALK_GENERATED);
	if (module)
		return out(j, WALK_SUBMODULE);
	if (link)
		return out(j, WALK_LINK);
	j->c.kind = tested ? j->c.kind : WALK_UNTESTED;
	j->c.source_files = sources;
	j->c.test_files = tests;
	j->c.runner = sides[SIDE_RUNNER];
	j->c.build = sides[SIDE_BUILD];
	return true;
}

/* ---- by lines */

static bool add_side(struct job *j, struct repo *r, bool trusted, struct buf *text, size_t most)
{
	text->max = 0;
	for (size_t i = 0; i < j->c.changes.n; i++) {
		struct change *at = &j->c.changes.at[i];
		enum patch_state s;

		if (side_is_trusted(at->side) != trusted)
			continue;
		s = patch_add_text(r, at, text);
		if (s != PATCH_OK)
			return out(j, of_patch(s));
		if (at->binary && !trusted && !at->aside)
			return out(j, WALK_BINARY);
		j->c.aside += at->aside;
		if (text->failed || text->n > most)
			return out(j, WALK_TOO_LARGE);
	}
	return true;
}

static bool count_lines(struct job *j, const struct walk_options *o)
{
	uint32_t of[CODE_LANGS] = { 0 };

	for (size_t i = 0; i < j->c.changes.n; i++) {
		const struct change *at = &j->c.changes.at[i];

		if (at->side == SIDE_SOURCE) {
			j->c.source_lines += at->added + at->deleted;
			j->c.source_hunks += at->hunks;
			of[at->lang] += 1 + at->added + at->deleted;
		}
	}
	for (int i = CODE_C; i < CODE_LANGS; i++)
		if (of[i] > of[j->c.lang] && (!o->langs || o->langs >> i & 1))
			j->c.lang = (enum code_lang)i;
	return j->c.source_lines <= o->lines || out(j, WALK_MANY_LINES);
}

/* The source's contents: made by a program, or the same but for comments? */
static bool contents_meet(struct job *j, struct repo *r)
{
	struct object old = OBJECT_INIT, new = OBJECT_INIT;
	bool same = true, made = false;

	for (size_t i = 0; i < j->c.changes.n && !made; i++) {
		const struct change *at = &j->c.changes.at[i];

		if (at->side != SIDE_SOURCE)
			continue;
		if (at->status != 'M' || at->binary)
			same = false;
		if (at->old_mode)
			repo_blob(r, &at->old_id, PATCH_BLOB_MAX, &old);
		if (at->mode)
			repo_blob(r, &at->id, PATCH_BLOB_MAX, &new);
		made = side_text_is_generated(object_str(at->mode ? &new : &old));
		same = same && code_same(at->lang, object_str(&old), object_str(&new));
		object_release(&old);
		object_release(&new);
	}
	if (made)
		return out(j, WALK_GENERATED);
	return !same || out(j, WALK_COMMENTS);
}

/* ---- a merge of one commit is that commit, which comes by itself */

static bool same_files(const struct changes *a, const struct changes *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->at[i].path, b->at[i].path) || a->at[i].status != b->at[i].status)
			return false;
	return true;
}

static bool same_patch(const struct job *j, struct repo *r, struct changes *c)
{
	struct buf text = BUF_INIT;
	struct oid id;
	bool held = true;

	for (size_t i = 0; i < c->n && held; i++)
		held = patch_add_text(r, &c->at[i], &text) == PATCH_OK && text.n <= PATCH_MAX + TEST_PATCH_MAX;
	patch_id(buf_str(&text), &id);
	held = held && !text.failed && oid_eq(&id, &j->c.patch_id);
	buf_release(&text);
	return held;
}

static bool one_commit(const struct job *j, struct repo *r)
{
	struct changes c = CHANGES_INIT;
	struct commit tip, parent;
	bool same = false;

	if (j->c.kind != WALK_MERGE || oid_none(&j->other))
		return false;
	if (repo_commit(r, &j->other, &tip) == OBJECT_OK && tip.parents == 1) {
		if (repo_commit(r, &tip.parent[0], &parent) == OBJECT_OK &&
		    changes_find(r, &parent.tree, &tip.tree, &c, CHANGES_MAX) == OBJECT_OK && !c.cut) {
			changes_pair(r, &c);
			same = same_files(&c, &j->c.changes) && same_patch(j, r, &c);
		}
		object_release(&parent.object);
	}
	object_release(&tip.object);
	changes_release(&c);
	return same;
}

static void drop_aside(struct changes *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++)
		if (!c->at[i].aside)
			c->at[kept++] = c->at[i];
	c->n = kept;
}

static void name_patch(struct job *j)
{
	struct buf both = BUF_INIT;

	j->c.patch = buf_str(&j->patch);
	j->c.test_patch = buf_str(&j->test_patch);
	buf_add(&both, j->c.patch);
	buf_add(&both, j->c.test_patch);
	patch_id(buf_str(&both), &j->c.patch_id);
	buf_release(&both);
}

void job_run(struct job *j, struct repo *r, const struct walk_options *o)
{
	enum object_state s = changes_find(r, &j->c.parent_tree, &j->c.tree, &j->c.changes, CHANGES_MAX);
	struct commit c;

	if (s != OBJECT_OK) {
		out(j, of_object(s));
		return;
	}
	if (!names_meet(j, o))
		return;
	changes_pair(r, &j->c.changes);
	if (!add_side(j, r, false, &j->patch, PATCH_MAX) || !count_lines(j, o) || !add_side(j, r, true, &j->test_patch, TEST_PATCH_MAX) ||
	    !contents_meet(j, r))
		return;
	name_patch(j);
	if (one_commit(j, r)) {
		out(j, WALK_DUPLICATE);
		return;
	}
	drop_aside(&j->c.changes);
	s = repo_commit(r, &j->c.commit, &c);
	j->message = c.object;
	if (s != OBJECT_OK) {
		out(j, of_object(s));
		return;
	}
	j->c.author = c.author;
	j->c.message = c.message;
	commit_date(&c, j->c.date);
	j->kept = true;
}
