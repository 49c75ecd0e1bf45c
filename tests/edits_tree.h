/* edits_tree.h - the tree that the cases of tests/edits/ are about, made in memory: shared by test_edits.c and fuzz_edits.c. */
#ifndef QUARRY_TESTS_EDITS_TREE_H
#define QUARRY_TESTS_EDITS_TREE_H

#include "base/buf.h"
#include "repos/edits.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *path;
	uint32_t mode;
	const char *text;
} edits_files[] = {
	{ "README.md", MODE_FILE, "# A thing\n\nIt adds.\n" },
	{ "Makefile", MODE_FILE, "all: add\n" },
	{ "setup.cfg", MODE_FILE, "[tool:pytest]\n" },
	{ "src/add.c", MODE_FILE, "#include \"add.h\"\n\nint add(int a, int b)\n{\n\treturn a - b;\n}\n\nint twice(int a)\n{\n\treturn a - b;\n}\n" },
	{ "src/add.h", MODE_FILE, "int add(int a, int b);\nint twice(int a);\n" },
	{ "src/empty.c", MODE_FILE, "" },
	{ "src/cut.c", MODE_FILE, "one\ntwo\nthree" },
	{ "src/dos.c", MODE_FILE, "one\r\ntwo\r\nthree\r\n" },
	{ "src/run.sh", MODE_EXEC, "#!/bin/sh\necho 1\n" },
	{ "src/sp ace.c", MODE_FILE, "a\nb\nc\n" },
	{ "src/caf\xc3\xa9.c", MODE_FILE, "a\nb\nc\n" },
	{ "src/same.c", MODE_FILE, "x\nx\nx\nx\nx\nx\nx\nx\nx\nx\n" },
	{ "pkg/__init__.py", MODE_FILE, "" },
	{ "pkg/mod.py", MODE_FILE, "def f(x):\n    return x\n\n\ndef g(x):\n    return x\n" },
	{ "json/__init__.py", MODE_FILE, "" },
	{ "tests/test_add.c", MODE_FILE, "int main(void) { return add(1, 1) != 2; }\n" },
	{ "tests/data.txt", MODE_FILE, "1 1 2\n" },
	{ "vendor/z.c", MODE_FILE, "int z;\n" },
	{ "link", MODE_LINK, "src" },
	{ "src/link.c", MODE_LINK, "/etc/passwd" },
	{ "sub", MODE_MODULE, NULL },
};

/* A bare repository with nothing in it, below TMPDIR; its files are taken away again as soon as it is open. */
static struct repo *edits_repo(void)
{
	static const char *const dirs[] = { "objects", "refs" };
	const char *tmp = getenv("TMPDIR");
	char dir[500], path[600];
	struct err err = ERR_INIT;
	struct repo *r = NULL;
	FILE *f;

	snprintf(dir, sizeof(dir), "%s/quarry-edits-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		return NULL;
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, dirs[i]);
		mkdir(path, 0700);
	}
	snprintf(path, sizeof(path), "%s/HEAD", dir);
	f = fopen(path, "w");
	if (f) {
		fputs("ref: refs/heads/main\n", f);
		fclose(f);
	}
	if (repo_open(&r, dir, &err) < 0)
		fprintf(stderr, "%s\n", err.msg);
	unlink(path);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, dirs[i]);
		rmdir(path);
	}
	rmdir(dir);
	return r;
}

__attribute__((unused)) static bool edits_base(struct repo *r, struct oid *tree)
{
	enum { N = COUNT(edits_files) };
	struct tree_change c[N];
	struct err err;

	for (int i = 0; i < N; i++) {
		c[i] = (struct tree_change){ .path = str_of(edits_files[i].path), .mode = edits_files[i].mode };
		if (!edits_files[i].text)
			memset(&c[i].id, 7, sizeof(c[i].id));
		else if (repo_add_blob(r, str_of(edits_files[i].text), &c[i].id, &err) < 0)
			return false;
	}
	return repo_tree_with(r, &(struct oid){ { 0 } }, c, N, tree, &err) == 0;
}

/* "tests build think allow=PATH": what a case's task allows. */
struct edits_case_options {
	struct edits_options o;
	const char *allow[8];
	char names[8][100];
};

__attribute__((unused)) static void edits_case_read(struct edits_case_options *c, struct str desc)
{
	struct str rest = desc, word;
	int n = 0;

	*c = (struct edits_case_options){ .o = EDITS_OPTIONS };
	while (str_word(&rest, &word)) {
		if (str_is(word, "tests")) {
			c->o.tests = true;
		} else if (str_is(word, "build")) {
			c->o.build = true;
		} else if (str_is(word, "think")) {
			c->o.think_open = true;
		} else if (str_starts(word, STR("allow=")) && n < 7) {
			snprintf(c->names[n], sizeof(c->names[n]), "%.*s", (int)(word.n - 6 < 99 ? word.n - 6 : 99), word.s + 6);
			c->allow[n] = c->names[n];
			n++;
		}
	}
	c->o.allow = c->allow;
}

#endif
