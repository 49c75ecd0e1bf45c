/*
 * test_walk.c - what a walk is made of, on trees in memory: making them, comparing them, patches and back again, commits and trees that make
 * no sense. Whole histories, against git: script_walk.
 */
#include "base/rng.h"
#include "repos/edits.h"
#include "repos/walk.h"
#include "tests/check.h"
#include "tests/edits_tree.h"

enum { PATHS = 14, ROUNDS = 300 };

static struct repo *repo;
static const struct oid none;

static const char *const paths[PATHS] = {
	"src/a.c", "src/a", "src/a/b.c", "src-x.c", "src.c", "lib/deep/er/z.py", "lib/deep.py", "caf\xc3\xa9.c", "odd \xff.c", "sp ace.c", "quo\"te\\.c",
	"tab\t.c", "z", "lib/deep/y.go",
};

struct world {
	int content[PATHS]; /* 0: not there; negative: executable */
};

/* Where a file stands no directory can. */
static bool fits(const struct world *w, int p)
{
	for (int i = 0; i < PATHS; i++) {
		size_t n = strlen(paths[i]), m = strlen(paths[p]);

		if (i == p || !w->content[i])
			continue;
		if ((m > n && strncmp(paths[p], paths[i], n) == 0 && paths[p][n] == '/') || (n > m && strncmp(paths[i], paths[p], m) == 0 && paths[i][m] == '/'))
			return false;
	}
	return true;
}

static void text_of(int content, struct buf *out)
{
	struct rng r;

	rng_init(&r, (uint64_t)(content < 0 ? -content : content) / 8, "text");
	for (uint32_t n = rng_below(&r, 30); n-- > 0;)
		buf_addf(out, "line %u\n", rng_below(&r, 20));
	/* of one eight the texts are alike: the rest is renames and small changes */
	buf_addf(out, "end %d%s", (content < 0 ? -content : content) % 8, rng_chance(&r, 80) ? "\n" : "");
}

static struct tree_change change_to(int p, int content)
{
	struct tree_change c = { .path = str_of(paths[p]), .mode = !content ? 0 : content < 0 ? MODE_EXEC : MODE_FILE };
	struct buf text = BUF_INIT;
	struct err err;

	if (content) {
		text_of(content, &text);
		CHECK(repo_add_blob(repo, buf_str(&text), &c.id, &err) == 0);
	}
	buf_release(&text);
	return c;
}

static void world_draw(struct world *w, struct rng *r)
{
	for (uint32_t n = 1 + rng_below(r, 5); n-- > 0;) {
		int p = (int)rng_below(r, PATHS);

		w->content[p] = 0;
		if (rng_chance(r, 75) && fits(w, p))
			w->content[p] = (int)(8 + rng_below(r, 64)) * (rng_chance(r, 20) ? -1 : 1);
	}
}

static struct oid world_tree(const struct world *w)
{
	struct tree_change c[PATHS];
	struct oid tree;
	struct err err = ERR_INIT;
	size_t n = 0;

	for (int p = 0; p < PATHS; p++)
		if (w->content[p])
			c[n++] = change_to(p, w->content[p]);
	if (!CHECK(repo_tree_with(repo, &none, c, n, &tree, &err) == 0))
		fprintf(stderr, "%s\n", err.msg);
	return tree;
}

/* The changes from one tree to the other make it, from that one as from nothing. */
static void check_made(const struct world *a, const struct world *b, const struct oid *from, const struct oid *to)
{
	struct tree_change c[PATHS];
	struct oid tree;
	struct err err = ERR_INIT;
	size_t n = 0;

	for (int p = PATHS - 1; p >= 0; p--)
		if (a->content[p] != b->content[p])
			c[n++] = change_to(p, b->content[p]);
	if (CHECK(repo_tree_with(repo, from, c, n, &tree, &err) == 0))
		CHECK(oid_eq(&tree, to));
	else
		fprintf(stderr, "%s\n", err.msg);
}

/* Every difference is found, and no other; n of them. */
static size_t check_found(const struct world *a, const struct world *b, const struct changes *c)
{
	size_t n = 0;

	for (int p = 0; p < PATHS; p++) {
		char want = !a->content[p] ? 'A' : !b->content[p] ? 'D' : 'M', is = 0;

		for (size_t i = 0; i < c->n; i++)
			if (str_is(c->at[i].path, paths[p]))
				is = c->at[i].status;
		if (a->content[p] == b->content[p])
			want = 0;
		/* two contents may still be the same text */
		if (want == 'M' && !is) {
			struct tree_change x = change_to(p, a->content[p]), y = change_to(p, b->content[p]);

			want = oid_eq(&x.id, &y.id) && x.mode == y.mode ? 0 : 'M';
		}
		CHECK_EQ(is, want);
		n += want != 0;
	}
	CHECK_EQ(c->n, n);
	return n;
}

/* All patches together, handed in as a response, give the other tree. */
static void check_patched(struct changes *c, const struct oid *from, const struct oid *to)
{
	struct edits_options o = EDITS_OPTIONS;
	const char *allow[2 * PATHS + 1] = { NULL };
	struct edits_result x;
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct oid once, again;
	size_t cut;

	for (int p = 0; p < PATHS; p++)
		allow[p] = paths[p];
	o.allow = allow;
	for (size_t i = 0; i < c->n; i++)
		CHECK_EQ(patch_add(repo, &c->at[i], &text), PATCH_OK);
	CHECK_EQ(edits_apply(repo, from, buf_str(&text), &o, &x, &err), 0);
	if (CHECK_STR(str_of(edits_status_name(x.status)), "ok"))
		CHECK(oid_eq(&x.tree, to));
	else
		fprintf(stderr, "%s\n%.*s\n", x.why, (int)text.n, buf_z(&text));
	edits_result_release(&x);
	/* a patch's name does not hang on blanks or on where its hunks stand */
	patch_id(buf_str(&text), &once);
	cut = text.n;
	for (size_t i = 0; i + 2 < cut; i++)
		if (text.s[i] == ' ' && text.s[i + 1] == 'l' && i > 0 && text.s[i - 1] != '\n')
			text.s[i] = '\t';
	patch_id(buf_str(&text), &again);
	CHECK(oid_eq(&once, &again));
	buf_addz(&text, "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n");
	patch_id(buf_str(&text), &again);
	CHECK(!oid_eq(&once, &again));
	buf_release(&text);
}

static void check_trees(void)
{
	struct world a = { { 0 } }, b;
	struct rng r;
	size_t renames = 0;

	rng_init(&r, 1, "walk");
	for (int round = 0; round < (CHECK_SLOW ? ROUNDS / 3 : ROUNDS); round++) {
		struct changes c = CHANGES_INIT;
		struct oid from = world_tree(&a), to;

		check_in("round %d", round);
		b = a;
		world_draw(&b, &r);
		to = world_tree(&b);
		check_made(&a, &b, &from, &to);
		CHECK_EQ(changes_find(repo, &from, &to, &c, 1000), OBJECT_OK);
		if (check_found(&a, &b, &c)) {
			changes_pair(repo, &c);
			for (size_t i = 0; i < c.n; i++)
				renames += c.at[i].status == 'R';
			check_patched(&c, &from, &to);
		}
		changes_release(&c);
		if (round % 16 == 15)
			repo_forget(repo);
		a = b;
	}
	CHECK(renames > 0);
	check_in("%s", "");
}

/* ---- what cannot be made, and what cannot be read */

static void check_refused(void)
{
	struct tree_change twice[] = { { .path = STR("a"), .mode = MODE_FILE }, { .path = STR("a"), .mode = MODE_FILE } };
	struct tree_change both[] = { { .path = STR("a"), .mode = MODE_FILE }, { .path = STR("a/b"), .mode = MODE_FILE } };
	struct tree_change empty[] = { { .path = STR("a//b"), .mode = MODE_FILE } };
	struct tree_change gone[] = { { .path = STR("a/b/c") } };
	struct err err = ERR_INIT;
	struct oid tree, other;
	struct buf deep = BUF_INIT;

	CHECK(repo_tree_with(repo, &none, twice, 2, &tree, &err) < 0 && str_find(str_of(err.msg), STR("twice")) >= 0);
	CHECK(repo_tree_with(repo, &none, both, 2, &tree, &err) < 0);
	CHECK(repo_tree_with(repo, &none, empty, 1, &tree, &err) < 0);
	for (int i = 0; i < 3000; i++)
		buf_addz(&deep, "a/");
	buf_addz(&deep, "b");
	empty[0].path = buf_str(&deep);
	CHECK(repo_tree_with(repo, &none, empty, 1, &tree, &err) < 0);
	buf_release(&deep);
	/* taking away what is not there */
	CHECK(repo_tree_with(repo, &none, gone, 1, &tree, &err) == 0);
	CHECK(repo_tree_with(repo, &none, NULL, 0, &other, &err) == 0);
	CHECK(oid_eq(&tree, &other));
	memset(&other, 9, sizeof(other));
	CHECK(repo_tree_with(repo, &other, gone, 1, &tree, &err) < 0);
}

static void check_raw_trees(void)
{
	static const struct {
		struct str raw;
		int entries; /* -1: damage after none */
	} cases[] = {
		{ STR(""), 0 },
		{ STR("100644 a\0aaaaaaaaaaaaaaaaaaaa"), 1 },
		{ STR("40000 a\0aaaaaaaaaaaaaaaaaaaa100755 b\0aaaaaaaaaaaaaaaaaaaa"), 2 },
		{ STR("100664 a\0aaaaaaaaaaaaaaaaaaaa"), 1 },
		{ STR("100644 a\0aaaaaaaaaaaaaaaaaaa"), -1 },
		{ STR("100644 a"), -1 },
		{ STR("100644 "), -1 },
		{ STR("100644"), -1 },
		{ STR("100644 \0aaaaaaaaaaaaaaaaaaaa"), -1 },
		{ STR("100644 a/b\0aaaaaaaaaaaaaaaaaaaa"), -1 },
		{ STR("100644 ..\0aaaaaaaaaaaaaaaaaaaa"), -1 },
		{ STR("100644 .\0aaaaaaaaaaaaaaaaaaaa"), -1 },
		{ STR("900644 a\0aaaaaaaaaaaaaaaaaaaa"), -1 },
		{ STR(" a\0aaaaaaaaaaaaaaaaaaaa"), -1 },
		{ STR("77777777777777 a\0aaaaaaaaaaaaaaaaaaaa"), -1 },
		{ STR("20000 a\0aaaaaaaaaaaaaaaaaaaa"), -1 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str raw = cases[i].raw;
		struct tree_entry e;
		int n = 0, more;

		check_in("tree %zu", i);
		while ((more = tree_next(&raw, &e)) > 0)
			n++;
		CHECK_EQ(more < 0 ? -1 : n, cases[i].entries);
	}
	check_in("%s", "");
}

static void check_commits(void)
{
	static const char good[] = "tree 0123456789012345678901234567890123456789\nparent abcdefabcdefabcdefabcdefabcdefabcdefabcd\n"
				   "author A <a@b> 1 +0000\ncommitter B <b@c> 1714557600 -0330\ngpgsig x\n tree y\n\nSubject\n\nBody\n";
	struct commit c = { 0 };
	struct buf text = BUF_INIT;
	char date[32];

	CHECK(commit_read(STR(good), &c));
	CHECK_EQ(c.parents, 1);
	CHECK_EQ(c.time, 1714557600);
	CHECK_EQ(c.zone, -210);
	CHECK_STR(c.message, "Subject\n\nBody\n");
	CHECK_STR(c.author, "A <a@b>");
	commit_date(&c, date);
	CHECK_STR(str_of(date), "2024-05-01T10:00:00Z");
	c.time = INT64_MAX;
	commit_date(&c, date);
	CHECK_STR(str_of(date), "9999-12-31T23:59:59Z");
	c.time = INT64_MIN;
	commit_date(&c, date);
	CHECK_STR(str_of(date), "0000-01-01T00:00:00Z");
	/* cut anywhere it is read or refused, and never more than there is */
	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		char *copy = malloc(n + 1);

		memcpy(copy, good, n);
		commit_read((struct str){ copy, n }, &c);
		free(copy);
	}
	CHECK(!commit_read(STR(""), &c));
	CHECK(!commit_read(STR("tree x\n\n"), &c));
	CHECK(!commit_read(STR("tree 0123456789012345678901234567890123456789\n\nno committer\n"), &c));
	CHECK(commit_read(STR("tree 0123456789012345678901234567890123456789\ncommitter nobody at all\n\n"), &c) && c.time == 0);
	buf_addz(&text, "tree 0123456789012345678901234567890123456789\n");
	for (int i = 0; i < PARENTS_MAX + 1; i++)
		buf_addz(&text, "parent 0123456789012345678901234567890123456789\n");
	buf_addz(&text, "committer B <b@c> 1 +0000\n\n");
	CHECK(!commit_read(buf_str(&text), &c));
	buf_release(&text);
}

static void check_names(void)
{
	static const struct {
		const char *path, *want;
	} cases[] = {
		{ "src/a.c", "a/src/a.c" }, { "sp ace", "a/sp ace" }, { "caf\xc3\xa9", "\"a/caf\\303\\251\"" }, { "a\"b\\c", "\"a/a\\\"b\\\\c\"" },
		{ "tab\there\n\x01\x7f", "\"a/tab\\there\\n\\001\\177\"" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out = BUF_INIT;

		patch_add_name(&out, "a/", str_of(cases[i].path));
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_release(&out);
	}
	for (int i = 0; i < WALK_REASONS; i++)
		CHECK(walk_reason_name((enum walk_reason)i) && walk_reason_name((enum walk_reason)i)[0]);
	for (int i = 0; i < WALK_KINDS; i++)
		CHECK(walk_kind_name((enum walk_kind)i)[0]);
}

int main(void)
{
	repo = edits_repo();
	if (!CHECK(repo != NULL))
		return check_done();
	check_trees();
	check_refused();
	check_raw_trees();
	check_commits();
	check_names();
	repo_free(repo);
	return check_done();
}
