/* test_edits.c - the cases of tests/edits/, and responses that want to cost time or memory. */
#include "repos/edits.h"
#include "tests/check.h"
#include "tests/edits_tree.h"

#include <dirent.h>

static struct repo *repo;
static struct oid base;

struct cut {
	struct str desc, said, want, gives;
};

/* The text of `path` in a tree is as wanted; "\$" at the end of a line stands for no newline. */
static void check_file(const struct oid *tree, struct str path, struct str want)
{
	struct tree_entry e;
	struct object o = OBJECT_INIT;

	if (want.n > 3 && str_ends(want, STR("\\$\n")))
		want.n -= 3;
	if (CHECK(repo_find(repo, tree, path, &e) == OBJECT_OK && repo_blob(repo, &e.id, 1 << 20, &o) == OBJECT_OK))
		CHECK_STR_EQ(object_str(&o), want);
	object_release(&o);
}

static void check_gives(const struct edits_result *x, struct str rest)
{
	struct str line, path, text;
	size_t files = 0;

	while (rest.n && str_split(&rest, '\n', &line)) {
		ptrdiff_t end = str_find(rest, STR("\ngives: "));

		path = str_from(line, 7);
		text = str_starts(rest, STR("gives: ")) ? STR("") : str_sub(rest, 0, end < 0 ? rest.n : (size_t)end + 1);
		rest = str_from(rest, text.n);
		check_file(&x->tree, path, text);
		files++;
	}
	if (files)
		CHECK(x->n_touched >= files);
}

static void check_case(struct str name, const struct cut *c)
{
	struct edits_case_options o;
	struct edits_result x;
	struct err err = ERR_INIT;
	struct str rest = c->want, status;

	check_in("%.*s", (int)name.n, name.s);
	edits_case_read(&o, c->desc);
	CHECK_EQ(edits_apply(repo, &base, c->said, &o.o, &x, &err), 0);
	str_word(&rest, &status);
	rest = str_trim(rest);
	if (!CHECK_STR(status, edits_status_name(x.status)) || (rest.n && str_find(str_of(x.why), rest) < 0))
		CHECK_STR(rest, x.why);
	CHECK((x.status == EDITS_OK) == !x.why[0]);
	if (x.status == EDITS_OK)
		check_gives(&x, c->gives);
	for (size_t i = 0; i < x.n_touched; i++) {
		struct tree_entry e;
		bool was = repo_find(repo, &base, x.touched[i].path, &e) == OBJECT_OK && e.mode != MODE_TREE;
		bool is = repo_find(repo, &x.tree, x.touched[i].path, &e) == OBJECT_OK && e.mode != MODE_TREE;

		CHECK_EQ(x.touched[i].status, !was ? 'A' : is ? 'M' : 'D');
	}
	edits_result_release(&x);
}

/* One file of cases: "== name", desc:, said:, want:, gives:; each goes on up to the next. */
static int check_cases(struct str text)
{
	static const char *const keys[] = { "desc:", "said:", "want:", "gives:" };
	struct str rest = text, line, name = STR("");
	struct cut c = { 0 };
	int at = -1, cases = 0;

	while (rest.n) {
		const char *from = rest.s;
		int key = 0;

		str_split(&rest, '\n', &line);
		while (key < 4 && !(str_starts(line, str_of(keys[key])) && (key == at + 1 || (key == 3 && at == 3))))
			key++;
		if (str_starts(line, STR("== "))) {
			if (name.n)
				check_case(name, &c);
			cases += name.n > 0;
			name = str_from(line, 3);
			c = (struct cut){ 0 };
			at = -1;
			continue;
		}
		if (!name.n)
			continue;
		if (key < 4 && !(key == 3 && at == 3)) {
			size_t skip = key == 3 ? 0 : strlen(keys[key]);

			at = key;
			*(&c.desc + at) = (struct str){ from + skip, 0 };
		}
		(&c.desc + at)->n = (size_t)(rest.s - (&c.desc + at)->s);
	}
	if (name.n)
		check_case(name, &c);
	return cases + (name.n > 0);
}

static int check_files(void)
{
	static const char *const names[] = { "blocks", "diffs", "tamper" };
	const char *root = getenv("QUARRY_SOURCE");
	int cases = 0;

	for (int i = 0; i < 3; i++) {
		char path[1000], room[4096];
		struct buf text = BUF_INIT;
		FILE *f;
		size_t n;

		snprintf(path, sizeof(path), "%s/tests/edits/%s.txt", root ? root : ".", names[i]);
		f = fopen(path, "r");
		if (!CHECK(f != NULL))
			continue;
		while ((n = fread(room, 1, sizeof(room), f)) > 0)
			buf_add(&text, (struct str){ room, n });
		fclose(f);
		cases += check_cases(buf_str(&text));
		buf_release(&text);
	}
	check_in("%s", "");
	return cases;
}

/* ---- floods */

static void repeat(struct buf *b, const char *text, size_t n)
{
	struct str s = str_of(text);

	while (n--)
		buf_add(b, s);
}

/* One that took more than linear time would meet the time that a test has. */
static void check_flood(const char *name, const struct buf *said, enum edits_status want)
{
	struct edits_options o = EDITS_OPTIONS;
	struct edits_result x;
	struct err err = ERR_INIT;

	check_in("%s", name);
	CHECK_EQ(edits_apply(repo, &base, buf_str(said), &o, &x, &err), 0);
	CHECK_STR(str_of(edits_status_name(x.status)), edits_status_name(want));
	edits_result_release(&x);
	check_in("%s", "");
}

static void check_floods(void)
{
	struct buf b = BUF_INIT;

	/* one hunk whose lines are all equal but the last, on a file of such lines: the product of both must not be paid */
	buf_addz(&b, "### src/flood.c\n```\n");
	repeat(&b, "x\n", 400000);
	buf_addz(&b, "```\n");
	check_flood("a large file", &b, EDITS_OK);
	buf_reset(&b);
	buf_addz(&b, "--- /dev/null\n+++ b/src/flood.c\n@@ -0,0 +1,200000 @@\n");
	repeat(&b, "+x\n", 200000);
	buf_addz(&b, "--- a/src/flood.c\n+++ b/src/flood.c\n@@ -5,50001 +5,50001 @@\n");
	repeat(&b, " x\n", 49999);
	buf_addz(&b, "-y\n+z\n x\n");
	check_flood("equal lines", &b, EDITS_PATCH_FAIL);
	/* many hunks on a long file */
	buf_reset(&b);
	buf_addz(&b, "--- /dev/null\n+++ b/src/flood.c\n@@ -0,0 +1,100000 @@\n");
	repeat(&b, "+x\n", 100000);
	buf_addz(&b, "--- a/src/flood.c\n+++ b/src/flood.c\n");
	for (int i = 0; i < 4000; i++)
		buf_addf(&b, "@@ -%d,3 +%d,3 @@\n x\n-x\n+y\n x\n", 5 * i + 2, 5 * i + 2);
	check_flood("many hunks", &b, EDITS_PATCH_FAIL);
	buf_reset(&b);
	repeat(&b, "--- a/src/same.c\n+++ b/src/same.c\n@@ -2 +2 @@\n", 10000);
	check_flood("headers", &b, EDITS_UNREADABLE);
	/* a short search, replaced by much at many places */
	buf_reset(&b);
	buf_addz(&b, "### src/same.c\n<<<<<<< SEARCH\nx\n=======\n");
	repeat(&b, "0123456789abcdef", 50000);
	buf_addz(&b, "\n>>>>>>> REPLACE\n");
	check_flood("a search that grows", &b, EDITS_PATCH_FAIL);
	buf_reset(&b);
	for (int i = 0; i < 1500; i++)
		buf_addz(&b, "### src/same.c\n<<<<<<< SEARCH\nx\n=======\nx\nx\n>>>>>>> REPLACE\n");
	check_flood("doubling", &b, EDITS_PATCH_FAIL);
	buf_reset(&b);
	repeat(&b, "<<<<<<< SEARCH\n", 100000);
	check_flood("SEARCH", &b, EDITS_UNREADABLE);
	buf_reset(&b);
	repeat(&b, "```\n", 500000);
	check_flood("fences", &b, EDITS_NO_ANSWER);
	buf_reset(&b);
	repeat(&b, "### x\n```\n", 200000);
	check_flood("headings and fences", &b, EDITS_UNREADABLE);
	buf_reset(&b);
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "### src/n%d.c\n```\nx\n```\n", i);
	check_flood("many files", &b, EDITS_PATCH_FAIL);
	buf_reset(&b);
	repeat(&b, "<answer>\n", 100000);
	repeat(&b, "</answer>\n", 100000);
	check_flood("tags", &b, EDITS_UNREADABLE);
	buf_reset(&b);
	buf_addz(&b, "--- /dev/null\n+++ b/");
	repeat(&b, "a/", 2000);
	buf_addz(&b, "x.c\n@@ -0,0 +1 @@\n+x\n");
	check_flood("a deep path", &b, EDITS_TAMPER);
	buf_reset(&b);
	buf_addz(&b, "--- \"a/");
	repeat(&b, "\\303", 500000);
	buf_addz(&b, "\"\n+++ b/x\n");
	check_flood("a quoted name", &b, EDITS_UNREADABLE);
	buf_reset(&b);
	repeat(&b, "diff --git a/x b/x\n", 200000);
	check_flood("git's lines", &b, EDITS_NO_ANSWER);
	buf_reset(&b);
	repeat(&b, "x", 5 << 20);
	check_flood("too large", &b, EDITS_UNREADABLE);
	buf_release(&b);
}

int main(void)
{
	repo = edits_repo();
	if (!CHECK(repo != NULL) || !CHECK(edits_base(repo, &base)))
		return check_done();
	CHECK(check_files() > 90);
	check_floods();
	repo_free(repo);
	return check_done();
}
