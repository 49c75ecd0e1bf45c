/*
 * repos_probe.c - repos/ as a program, for scripts that compare it with git and Python. Not a test by itself.
 *
 *	repos_probe walk REPO [threads=N] [since=T] [max=N] [langs=c,python] [untested=1] [all_merges=1] [from=REV] [files=N] [lines=N]
 *		a line of JSON a candidate, then one with the counts
 *	repos_probe apply REPO REV [allow=PATH]... [tests=1] [build=1] <RESPONSE
 *		the status; with "ok" what was touched and the tree, which is listed whole
 *	repos_probe state REPO [issues=FILE] [walk's options]
 *		of each candidate the statement that it would have, and where a localiser puts the files that it changes
 *	repos_probe similarity <LINES
 *		of each {"old", "predicted", "oracle"} both diffs and their ratio; null where there is none
 */
#include "base/json.h"
#include "repos/bm25.h"
#include "repos/edits.h"
#include "repos/similarity.h"
#include "repos/statement.h"
#include "repos/walk.h"

#include <stdio.h>
#include <stdlib.h>

static struct buf out = BUF_INIT;

static int fail(const char *what)
{
	fprintf(stderr, "repos_probe: %s\n", what);
	return 2;
}

static void put_line(void)
{
	buf_addc(&out, '\n');
	fwrite(out.s, 1, out.n, stdout);
	buf_reset(&out);
}

static void key_str(const char *key, struct str s)
{
	json_key(&out, key);
	json_add_str(&out, s);
}

static void key_oid(const char *key, const struct oid *id)
{
	char hex[OID_HEX + 1];

	oid_hex(id, hex);
	key_str(key, str_of(hex));
}

static void key_n(const char *key, uint64_t n)
{
	json_key(&out, key);
	json_add_u64(&out, n);
}

static const char *option(int argc, char **argv, const char *name)
{
	size_t n = strlen(name);

	for (int i = 0; i < argc; i++)
		if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
			return argv[i] + n + 1;
	return NULL;
}

static uint64_t number(int argc, char **argv, const char *name, uint64_t other)
{
	const char *v = option(argc, argv, name);

	return v ? strtoull(v, NULL, 10) : other;
}

struct stating {
	struct repo *r;
	struct bm25 *b;
	struct issues *issues;
	struct err *err;
};

static int put_candidate(void *ctx, const struct candidate *c)
{
	const struct stating *x = ctx;
	struct oid told;

	if (tree_in_text(x->r, &c->parent_tree, &c->tree, &told, x->err) < 0)
		return ERR_FAIL;
	json_open(&out, '{');
	key_str("kind", str_of(walk_kind_name(c->kind)));
	key_oid("commit", &c->commit);
	key_oid("parent", &c->parent);
	key_oid("tree", &c->tree);
	key_oid("told", &told);
	key_n("aside", c->aside);
	key_oid("parent_tree", &c->parent_tree);
	key_oid("patch_id", &c->patch_id);
	key_str("date", str_of(c->date));
	key_str("lang", str_of(code_lang_name(c->lang)));
	key_str("message", c->message);
	key_str("patch", c->patch);
	key_str("test_patch", c->test_patch);
	key_n("source_files", c->source_files);
	key_n("source_lines", c->source_lines);
	key_n("test_files", c->test_files);
	json_key(&out, "files");
	json_open(&out, '[');
	for (size_t i = 0; i < c->changes.n; i++) {
		const struct change *at = &c->changes.at[i];
		struct buf name = BUF_INIT;

		patch_add_name(&name, "", at->path);
		json_open(&out, '{');
		key_str("path", buf_str(&name));
		key_str("status", (struct str){ &at->status, 1 });
		key_str("side", str_of(side_name(at->side)));
		key_n("added", at->added);
		key_n("deleted", at->deleted);
		key_n("binary", at->binary);
		json_close(&out, '}');
		buf_release(&name);
	}
	json_close(&out, ']');
	json_close(&out, '}');
	put_line();
	return 0;
}

static unsigned langs(const char *list)
{
	struct str rest = str_of(list), name;
	enum code_lang lang;
	unsigned bits = 0;

	while (list && str_split(&rest, ',', &name))
		if (code_lang_read(name, &lang))
			bits |= 1u << lang;
	return bits;
}

/* The rank of each source file that the candidate changes and that is there before; 0: not among the first fifty. */
static void put_ranks(const struct stating *x, const struct candidate *c, struct str text)
{
	struct bm25_hit hits[50];
	size_t n = bm25_rank(x->b, text, hits, 50);

	json_key(&out, "ranks");
	json_open(&out, '[');
	for (size_t i = 0; i < c->changes.n; i++) {
		uint64_t rank = 0;

		if (c->changes.at[i].side != SIDE_SOURCE || !c->changes.at[i].old_mode)
			continue;
		for (size_t k = 0; k < n; k++)
			if (str_eq(hits[k].path, c->changes.at[i].old_path))
				rank = k + 1;
		json_add_u64(&out, rank);
	}
	json_close(&out, ']');
	key_n("files", bm25_files(x->b));
}

static int put_statement(void *ctx, const struct candidate *c)
{
	const struct stating *x = ctx;
	const struct str ids[] = { STR("tests/test_x.py::TestX::test_some_thing[a-1]"), STR("tests/test_y.py::test_other") };
	struct statement_ask ask = { .repo = x->r, .c = c, .issues = x->issues, .fail_to_pass = ids, .n = 2, .output = STR("E   assert 1 == 2\n") };
	struct statement s = STATEMENT_INIT;

	if (statement_best(&ask, &s) < 0 || bm25_tree(x->b, x->r, &c->parent_tree, 0, x->err) < 0)
		return err_set(x->err, "out of memory");
	json_open(&out, '{');
	key_oid("commit", &c->commit);
	key_str("text", buf_str(&s.text));
	key_str("source", str_of(statement_source_name(s.source)));
	json_key(&out, "clarity");
	json_add_f64(&out, s.clarity);
	json_key(&out, "flags");
	json_open(&out, '[');
	for (int i = 0; i < STATEMENT_FLAGS; i++)
		if (s.flags >> i & 1)
			json_add_z(&out, statement_flag_name(i));
	json_close(&out, ']');
	json_key(&out, "unknown");
	json_open(&out, '[');
	for (size_t i = 0; i < s.n_unknown; i++)
		json_add_str(&out, s.unknown[i]);
	json_close(&out, ']');
	put_ranks(x, c, buf_str(&s.text));
	json_close(&out, '}');
	put_line();
	statement_release(&s);
	return 0;
}

static int cmd_walk(struct repo *r, int argc, char **argv, struct err *err, bool state)
{
	struct stating x = { .r = r, .err = err };
	const char *issues = option(argc, argv, "issues");
	struct walk_options o = WALK_OPTIONS;
	struct buf text = BUF_INIT;
	struct walk_counts n;

	o.from = option(argc, argv, "from");
	o.since = (int64_t)number(argc, argv, "since", 0);
	o.max = number(argc, argv, "max", 0);
	o.threads = (unsigned)number(argc, argv, "threads", 1);
	o.untested = number(argc, argv, "untested", 0);
	o.all_merges = number(argc, argv, "all_merges", 0);
	o.files = (uint32_t)number(argc, argv, "files", o.files);
	o.lines = (uint32_t)number(argc, argv, "lines", o.lines);
	o.langs = langs(option(argc, argv, "langs"));
	if (issues) {
		FILE *f = fopen(issues, "r");
		char room[4096];
		size_t got;

		while (f && (got = fread(room, 1, sizeof(room), f)) > 0)
			buf_add(&text, (struct str){ room, got });
		if (!f || issues_read(&x.issues, buf_str(&text), "issues", err) < 0)
			return fail(f ? err->msg : "no such file");
		fclose(f);
	}
	x.b = bm25_new();
	if (walk(r, &o, &n, state ? put_statement : put_candidate, &x, err) < 0)
		return fail(err->msg);
	bm25_free(x.b);
	issues_free(x.issues);
	buf_release(&text);
	json_open(&out, '{');
	key_n("walked", n.walked);
	for (int i = 0; i < WALK_KINDS; i++)
		key_n(walk_kind_name((enum walk_kind)i), n.found[i]);
	for (int i = 0; i < WALK_REASONS; i++)
		if (n.left_out[i])
			key_n(walk_reason_name((enum walk_reason)i), n.left_out[i]);
	json_close(&out, '}');
	put_line();
	return 0;
}

static int put_entry(void *ctx, struct str path, const struct tree_entry *e)
{
	struct buf name = BUF_INIT;
	char mode[16], hex[OID_HEX + 1];

	(void)ctx;
	patch_add_name(&name, "", path);
	snprintf(mode, sizeof(mode), "%06o", (unsigned)e->mode);
	oid_hex(&e->id, hex);
	json_open(&out, '[');
	json_add_z(&out, mode);
	json_add_z(&out, hex);
	json_add_str(&out, buf_str(&name));
	json_close(&out, ']');
	buf_release(&name);
	return 0;
}

static int cmd_apply(struct repo *r, int argc, char **argv, struct err *err)
{
	struct edits_options o = EDITS_OPTIONS;
	const char *allow[100] = { NULL };
	struct buf text = BUF_INIT;
	struct edits_result x;
	struct commit c;
	struct oid id;
	char room[4096];
	uint64_t unread;
	size_t n;

	for (int i = 1, k = 0; i < argc && k < 99; i++)
		if (strncmp(argv[i], "allow=", 6) == 0)
			allow[k++] = argv[i] + 6;
	while ((n = fread(room, 1, sizeof(room), stdin)) > 0)
		buf_add(&text, (struct str){ room, n });
	o.allow = allow;
	o.tests = number(argc, argv, "tests", 0);
	o.build = number(argc, argv, "build", 0);
	if (argc < 1 || repo_resolve(r, argv[0], &id, err) < 0 || repo_commit(r, &id, &c) != OBJECT_OK)
		return fail(err->msg);
	if (edits_apply(r, &c.tree, buf_str(&text), &o, &x, err) < 0)
		return fail(err->msg);
	json_open(&out, '{');
	key_str("status", str_of(edits_status_name(x.status)));
	key_str("format", str_of(edits_format_name(x.format)));
	key_str("why", str_of(x.why));
	if (x.status == EDITS_OK) {
		key_oid("tree", &x.tree);
		json_key(&out, "entries");
		json_open(&out, '[');
		repo_each(r, &x.tree, put_entry, NULL, &unread);
		json_close(&out, ']');
	}
	json_close(&out, '}');
	put_line();
	object_release(&c.object);
	edits_result_release(&x);
	buf_release(&text);
	return 0;
}

static void similarity(struct json row)
{
	struct buf text[3] = { BUF_INIT, BUF_INIT, BUF_INIT }, diff[2] = { BUF_INIT, BUF_INIT };
	static const char *const keys[] = { "old", "predicted", "oracle" };
	enum similarity_state s = SIMILARITY_OK;
	uint64_t work = 0;
	double ratio = 0;
	struct json v;

	for (int i = 0; i < 3; i++)
		if (json_get(row, keys[i], &v))
			json_str(v, &text[i]);
	if (json_get(row, "work", &v))
		json_u64(v, &work);
	for (int i = 0; i < 2 && s == SIMILARITY_OK; i++)
		s = similarity_diff(buf_str(&text[0]), buf_str(&text[i + 1]), &work, &diff[i]);
	if (s == SIMILARITY_OK)
		s = similarity_ratio(buf_str(&diff[0]), buf_str(&diff[1]), &work, &ratio);
	json_open(&out, '{');
	key_str("predicted", buf_str(&diff[0]));
	key_str("oracle", buf_str(&diff[1]));
	json_key(&out, "ratio");
	if (s == SIMILARITY_OK)
		json_add_f64(&out, ratio);
	else
		json_add_null(&out);
	json_close(&out, '}');
	put_line();
	for (int i = 0; i < 3; i++)
		buf_release(&text[i]);
	buf_release(&diff[0]);
	buf_release(&diff[1]);
}

static int cmd_similarity(struct err *err)
{
	struct buf text = BUF_INIT;
	struct str rest, line;
	char room[4096];
	struct json row;
	size_t n;

	while ((n = fread(room, 1, sizeof(room), stdin)) > 0)
		buf_add(&text, (struct str){ room, n });
	rest = buf_str(&text);
	while (rest.n && str_split(&rest, '\n', &line)) {
		if (!json_parse(&row, line, err))
			return fail(err->msg);
		similarity(row);
	}
	buf_release(&text);
	buf_release(&out);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct repo *r;
	int rc;

	if (argc > 1 && strcmp(argv[1], "similarity") == 0)
		return cmd_similarity(&err);
	if (argc < 3)
		return fail("usage: repos_probe walk|state|apply REPO ...");
	if (repo_open(&r, argv[2], &err) < 0)
		return fail(err.msg);
	if (strcmp(argv[1], "apply") == 0)
		rc = cmd_apply(r, argc - 3, argv + 3, &err);
	else
		rc = cmd_walk(r, argc - 3, argv + 3, &err, strcmp(argv[1], "state") == 0);
	repo_free(r);
	buf_release(&out);
	return rc;
}
