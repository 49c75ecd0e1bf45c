/* made.c - a candidate that is no commit as it stands. See made.h. */
#include "repos/made.h"

void made_release(struct made *m)
{
	changes_release(&m->c.changes);
	buf_release(&m->patch);
	buf_release(&m->test_patch);
	*m = (struct made){ 0 };
}

static void name_patch(struct candidate *c)
{
	struct buf both = BUF_INIT;

	buf_add(&both, c->patch);
	buf_add(&both, c->test_patch);
	patch_id(buf_str(&both), &c->patch_id);
	buf_release(&both);
}

int made_candidate(struct made *m, struct repo *r, const struct candidate *base, const struct oid *start, const struct oid *fixed, struct err *err)
{
	struct candidate *c = &m->c;
	bool whole;

	*m = (struct made){ .c = *base };
	c->changes = CHANGES_INIT;
	c->parent_tree = *start;
	c->tree = *fixed;
	c->source_files = c->source_lines = c->source_hunks = c->test_files = 0;
	whole = changes_find(r, start, fixed, &c->changes, 1000) == OBJECT_OK && !c->changes.cut;
	if (whole)
		changes_pair(r, &c->changes);
	for (size_t i = 0; whole && i < c->changes.n; i++) {
		struct change *at = &c->changes.at[i];

		whole = patch_add(r, at, side_is_trusted(at->side) ? &m->test_patch : &m->patch) == PATCH_OK;
		c->test_files += at->side == SIDE_TEST && at->mode;
		if (at->side == SIDE_SOURCE) {
			c->source_files++;
			c->source_lines += at->added + at->deleted;
			c->source_hunks += at->hunks;
		}
	}
	c->patch = m->patch.n ? buf_str(&m->patch) : STR("");
	c->test_patch = m->test_patch.n ? buf_str(&m->test_patch) : STR("");
	name_patch(c);
	if (!whole || m->patch.failed || m->test_patch.failed) {
		made_release(m);
		return err_set(err, whole ? "out of memory" : "what lies between two trees cannot be told as a patch");
	}
	return 0;
}
