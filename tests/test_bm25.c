/* test_bm25.c - ranks of a tree made in memory, scores against the formula said again, trees that come after one another. */
#include "repos/bm25.h"
#include "tests/check.h"
#include "tests/edits_tree.h"

#include <math.h>

static struct repo *repo;

struct file {
	const char *path, *text;
};

static struct oid tree_of(const struct file *files, size_t n)
{
	struct tree_change c[32];
	struct oid tree = { { 0 } };
	struct err err;

	for (size_t i = 0; i < n; i++) {
		c[i] = (struct tree_change){ .path = str_of(files[i].path), .mode = MODE_FILE };
		CHECK(repo_add_blob(repo, str_of(files[i].text), &c[i].id, &err) == 0);
	}
	CHECK(repo_tree_with(repo, &(struct oid){ { 0 } }, c, n, &tree, &err) == 0);
	return tree;
}

static const struct file files[] = {
	{ "src/parse_header.c", "int parse_header(void) { return parseHTTPHeader(0); }\nint length;\n" },
	{ "src/socket.c", "int socket_open(void);\nint socket_close(int socket);\n" },
	{ "src/empty.c", "" },
	{ "lib/words.py", "def header(x):\n    return x\n" },
	{ "README.md", "parse header header header\n" },
	{ "tests/test_header.c", "parse header header header\n" },
	{ "src/blob.c", NULL },
};

static void check_ranks(void)
{
	struct file with[7];
	struct bm25 *b = bm25_new();
	struct bm25_hit hits[10];
	struct err err = ERR_INIT;
	struct oid tree;
	size_t n;

	memcpy(with, files, sizeof(files));
	with[6].text = "a socket";
	tree = tree_of(with, 7);
	CHECK(bm25_rank(b, STR("anything"), hits, 10) == 0);
	CHECK_EQ(bm25_tree(b, repo, &tree, 0, &err), 0);
	CHECK_EQ(bm25_files(b), 5);
	n = bm25_rank(b, STR("The HEADER is parsed wrong: parse_header() gives 3"), hits, 10);
	if (CHECK(n == 2)) {
		CHECK_STR(hits[0].path, "src/parse_header.c");
		CHECK_STR(hits[1].path, "lib/words.py");
		CHECK(hits[0].score > hits[1].score && hits[1].score > 0);
		CHECK_EQ(hits[1].size, strlen(files[3].text));
	}
	CHECK_EQ(bm25_rank(b, STR("The HEADER is parsed wrong"), hits, 1), 1);
	CHECK_EQ(bm25_rank(b, STR("header"), hits, 0), 0);
	CHECK_EQ(bm25_rank(b, STR("12 34 ,, \xff"), hits, 10), 0);
	CHECK_EQ(bm25_rank(b, STR(""), hits, 10), 0);
	/* the path alone */
	n = bm25_rank(b, STR("empty"), hits, 10);
	if (CHECK(n == 1))
		CHECK_STR(hits[0].path, "src/empty.c");
	CHECK_EQ(bm25_tree(b, repo, &tree, 1u << 3, &err), 0); /* Python */
	CHECK_EQ(bm25_files(b), 1);
	bm25_free(b);
	bm25_free(NULL);
}

/* One term in one of three files: Okapi's formula, written out. */
static void check_formula(void)
{
	static const struct file three[] = { { "a.c", "alpha beta beta\n" }, { "b.c", "gamma\n" }, { "c.c", "delta delta\n" } };
	struct bm25 *b = bm25_new();
	struct bm25_hit hits[4];
	struct err err = ERR_INIT;
	struct oid tree = tree_of(three, 3);
	/* lengths: a path's parts count three times each; of "a.c" the names are a and c */
	double la = 3 + 6, lb = 1 + 6, lc = 2 + 6, mean = (la + lb + lc) / 3, want;

	CHECK_EQ(bm25_tree(b, repo, &tree, 0, &err), 0);
	if (CHECK(bm25_rank(b, STR("beta"), hits, 4) == 1)) {
		want = log(1 + (3 - 1 + 0.5) / 1.5) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * la / mean));
		CHECK(fabs(hits[0].score - want) < 1e-12);
	}
	/* a term that all files have, in their paths */
	if (CHECK(bm25_rank(b, STR("c"), hits, 4) == 3))
		CHECK_STR(hits[0].path, "c.c");
	bm25_free(b);
}

/* A second tree is as if it were the first, whatever was kept. */
static void check_history(void)
{
	static const struct file now[] = {
		{ "src/parse_header.c", "int parse_header(void) { return parseHTTPHeader(0); }\nint length;\n" }, { "src/moved.c", "int socket_open(void);\n" },
		{ "src/two.c", "int length, width;\n" },
	};
	struct bm25 *b = bm25_new(), *fresh = bm25_new();
	struct bm25_hit x[5], y[5];
	struct err err = ERR_INIT;
	struct oid first = tree_of(files, 6), second = tree_of(now, 3);
	static const char *const asks[] = { "length", "socket", "header parse", "width of moved" };

	CHECK_EQ(bm25_tree(b, repo, &first, 0, &err), 0);
	CHECK_EQ(bm25_tree(b, repo, &second, 0, &err), 0);
	CHECK_EQ(bm25_tree(fresh, repo, &second, 0, &err), 0);
	CHECK_EQ(bm25_files(b), 3);
	for (size_t i = 0; i < 4; i++) {
		size_t n = bm25_rank(b, str_of(asks[i]), x, 5);

		CHECK_EQ(n, bm25_rank(fresh, str_of(asks[i]), y, 5));
		for (size_t k = 0; k < n; k++) {
			CHECK_STR_EQ(x[k].path, y[k].path);
			CHECK(fabs(x[k].score - y[k].score) < 1e-12);
		}
	}
	bm25_free(b);
	bm25_free(fresh);
}

int main(void)
{
	repo = edits_repo();
	if (!CHECK(repo != NULL))
		return check_done();
	check_ranks();
	check_formula();
	check_history();
	repo_free(repo);
	return check_done();
}
