/* fuzz_edits.c - any bytes as a response: what is taken touches what it may, as plain files, and nothing else. Seeds: tests/edits/. */
#include "repos/change.h"
#include "repos/edits_inside.h"
#include "tests/edits_tree.h"
#include "tests/fuzz.h"

extern const char fuzz_cases[];
const char fuzz_cases[] = "edits";

static struct repo *repo;
static struct oid base;

static bool named(const struct edits_case_options *c, struct str path)
{
	for (int i = 0; c->allow[i]; i++)
		if (str_is(path, c->allow[i]))
			return true;
	return false;
}

static void check_tree(const struct edits_case_options *o, const struct edits_result *x)
{
	struct changes c = CHANGES_INIT;

	FUZZ_CHECK(changes_find(repo, &base, &x->tree, &c, 10000) == OBJECT_OK && !c.cut);
	FUZZ_CHECK(c.n == x->n_touched && c.n > 0);
	for (size_t i = 0; i < c.n; i++) {
		const struct change *at = &c.at[i];
		bool told = false;

		for (size_t k = 0; k < x->n_touched; k++)
			told |= str_eq(x->touched[k].path, at->path) && x->touched[k].status == at->status;
		FUZZ_CHECK(told);
		FUZZ_CHECK(at->mode == 0 || at->mode == MODE_FILE || at->mode == MODE_EXEC);
		FUZZ_CHECK(at->old_mode == 0 || at->old_mode == MODE_FILE || at->old_mode == MODE_EXEC);
		FUZZ_CHECK(!edits_path_wrong(at->path));
		if (named(o, at->path))
			continue;
		FUZZ_CHECK(at->side != SIDE_RUNNER && at->side != SIDE_VENDORED);
		FUZZ_CHECK(o->o.build || at->side != SIDE_BUILD);
		FUZZ_CHECK(o->o.tests || (at->side != SIDE_TEST && at->side != SIDE_DATA));
	}
	changes_release(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in;
	struct edits_case_options o;
	struct edits_result x;
	struct err err = ERR_INIT;

	if (!repo) {
		repo = edits_repo();
		FUZZ_CHECK(repo);
	}
	FUZZ_CHECK(edits_base(repo, &base));
	fuzz_read(&in, data, size);
	edits_case_read(&o, (struct str){ in.desc, in.desc_n });
	FUZZ_CHECK(edits_apply(repo, &base, (struct str){ in.response, in.response_n }, &o.o, &x, &err) == 0);
	FUZZ_CHECK((x.status == EDITS_OK) == !x.why[0]);
	if (x.status == EDITS_OK)
		check_tree(&o, &x);
	else
		FUZZ_CHECK(x.n_touched == 0);
	edits_result_release(&x);
	repo_forget(repo);
	fuzz_free(&in);
	return 0;
}
