/* row.c - a mined task as a record. See row.h. */
#include "repos/row.h"

#include "base/hash.h"
#include "base/json.h"

#include <math.h>
#include <stdio.h>

void row_instance_id(struct buf *out, const struct row_ask *ask)
{
	char hex[OID_HEX + 1], tree[OID_HEX + 1];

	for (const char *name = ask->name; *name; name++) {
		bool plain = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9') || strchr("_.-", *name);

		if (*name == '/')
			buf_addz(out, "__");
		else
			buf_addc(out, plain ? *name : '-');
	}
	oid_hex(&ask->c->commit, hex);
	oid_hex(&ask->c->parent_tree, tree);
	if (ask->bug)
		buf_addf(out, ".%.8s.%s__%.8s", hex, bug_operator(ask->bug), tree);
	else
		buf_addf(out, "-%.12s", hex);
}

static void put_text(struct buf *b, const char *key, struct str text)
{
	json_key(b, key);
	json_add_str(b, text);
}

static void put_z(struct buf *b, const char *key, const char *text)
{
	put_text(b, key, str_of(text));
}

static void put_n(struct buf *b, const char *key, uint64_t n)
{
	json_key(b, key);
	json_add_u64(b, n);
}

static void put_bool(struct buf *b, const char *key, bool is)
{
	json_key(b, key);
	json_add_bool(b, is);
}

static void put_oid(struct buf *b, const char *key, const struct oid *o)
{
	char hex[OID_HEX + 1];

	oid_hex(o, hex);
	put_z(b, key, hex);
}

/* From the size of the change alone: nobody has tried it yet. One line in one file is 1, 500 lines in 15 files are 10; tenths. */
static int difficulty_of(const struct candidate *c)
{
	double d = 1 + log2(c->source_lines ? c->source_lines : 1) * 0.8 + log2(c->source_files ? c->source_files : 1) * 0.6;

	return d >= 10 ? 100 : (int)(d * 10 + 0.5);
}

static void put_files(struct buf *b, const struct candidate *c)
{
	json_key(b, "files");
	json_open(b, '[');
	for (size_t i = 0; i < c->changes.n; i++) {
		const struct change *f = &c->changes.at[i];
		char status[2] = { f->status, 0 };

		json_open(b, '{');
		put_text(b, "path", f->path);
		put_z(b, "side", side_name(f->side));
		put_z(b, "status", status);
		put_n(b, "added", f->added);
		put_n(b, "deleted", f->deleted);
		json_close(b, '}');
	}
	json_close(b, ']');
}

/* The rules of SWE-bench Lite that can be told from the task: one file, at most three hunks, none made or taken away, a text that stands alone. */
static bool is_lite(const struct row_ask *ask)
{
	const struct candidate *c = ask->c;

	for (size_t i = 0; i < c->changes.n; i++)
		if (!side_is_trusted(c->changes.at[i].side) && c->changes.at[i].status != 'M')
			return false;
	return c->source_files == 1 && c->source_hunks <= 3 && ask->s->words > 40 &&
	       !(ask->s->flags & (STATEMENT_LINK | STATEMENT_IMAGE | STATEMENT_SHA | STATEMENT_REFERENCE));
}

static void put_quality(struct buf *b, const struct row_ask *ask)
{
	const struct candidate *c = ask->c;
	const struct validation *v = ask->v;

	json_key(b, "quality");
	json_open(b, '{');
	put_n(b, "f2p_n", v->task.n_fail_to_pass);
	put_n(b, "p2p_n", v->task.n_due - v->task.n_fail_to_pass);
	put_n(b, "variants", v->task.n_sites); /* expected values whose change the tests notice */
	put_n(b, "source_lines", c->source_lines);
	put_n(b, "source_files", c->source_files);
	put_n(b, "source_hunks", c->source_hunks);
	put_bool(b, "touches_runner", c->runner);
	put_bool(b, "touches_build", c->build);
	put_bool(b, "lite", is_lite(ask));
	put_z(b, "statement_source", statement_source_name(ask->s->source));
	json_key(b, "clarity");
	json_add_f64(b, round(ask->s->clarity * 100) / 100);
	json_key(b, "statement_flags");
	json_open(b, '[');
	for (int i = 0; i < STATEMENT_FLAGS; i++)
		if (ask->s->flags >> i & 1)
			json_add_z(b, statement_flag_name(i));
	json_close(b, ']');
	json_close(b, '}');
}

static void put_runs(struct buf *b, const struct validation *v)
{
	json_key(b, "runs");
	json_open(b, '{');
	put_n(b, "n", v->runs);
	put_z(b, "before", before_state_name(v->before));
	json_key(b, "kinds");
	json_open(b, '{');
	for (int i = 0; i < TEST_KINDS; i++)
		put_n(b, test_kind_name(i), v->count[i]);
	json_close(b, '}');
	json_key(b, "left_aside");
	json_open(b, '{');
	for (size_t i = 0; i < v->n_unstable; i++)
		put_z(b, v->unstable[i].id, test_kind_name(v->unstable[i].kind));
	json_close(b, '}');
	json_close(b, '}');
}

/* What was put in, where something was. */
static void put_bug(struct buf *b, const struct row_ask *ask)
{
	put_text(b, "bug_patch", ask->bug_patch.s ? ask->bug_patch : STR(""));
	json_key(b, "bug_ops");
	json_open(b, '[');
	for (size_t i = 0; ask->bug && i < ask->bug->n_edits; i++) {
		const struct bug_edit *e = &ask->bug->edits[i];

		json_open(b, '{');
		put_z(b, "operator", e->operator);
		put_z(b, "path", ask->bug->path);
		put_n(b, "line", e->line);
		put_z(b, "function", e->function);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void put_written(struct buf *b, const struct row_ask *ask)
{
	json_key(b, "written");
	json_open(b, '[');
	for (size_t i = 0; i < ask->n_written; i++) {
		json_open(b, '{');
		put_z(b, "what", ask->written[i].what);
		put_text(b, "model", ask->written[i].model);
		put_text(b, "prompt", ask->written[i].prompt);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static uint64_t chars_of(struct str s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.s[i] & 0xc0) != 0x80;
	return n;
}

static void put_effort(struct buf *b, const struct row_ask *ask, size_t prompt)
{
	json_key(b, "effort");
	json_open(b, '{');
	put_n(b, "depth", ask->c->source_hunks);
	put_n(b, "branch", ask->c->source_files);
	put_n(b, "steps", ask->c->source_lines);
	json_key(b, "techniques");
	json_open(b, '[');
	json_close(b, ']');
	put_n(b, "prompt_chars", prompt);
	put_n(b, "answer_chars", chars_of(ask->c->patch));
	json_close(b, '}');
}

static uint64_t id_of(struct str desc, const char *format, const char *form)
{
	struct buf b = BUF_INIT;
	uint64_t h;

	buf_addf(&b, "swe\n%d\n", SWE_REVISION);
	buf_add(&b, desc);
	buf_addf(&b, "\nen\n%s\n%s", format, form);
	h = hash64(buf_z(&b), b.n, 0);
	buf_release(&b);
	return h;
}

/* What makes two tasks one: the tests that tell whether it is solved. */
static uint64_t canon_of(const struct row_ask *ask)
{
	uint64_t h = hash64(ask->name, strlen(ask->name), 0);

	for (size_t i = 0; i < ask->v->task.n_fail_to_pass; i++)
		h = hash64(ask->v->task.due[i].id.s, ask->v->task.due[i].id.n, h);
	return h;
}

static void put_instance(struct buf *b, const struct row_ask *ask, struct str desc, struct str prompt)
{
	const char *format = edits_format_name(ask->format), *form = row_shows_name(ask->shows);
	char hex[17], id[24];

	hash64_hex(id_of(desc, format, form), hex);
	snprintf(id, sizeof(id), "swe-%s", hex);
	put_z(b, "id", id);
	put_z(b, "task", "swe");
	put_n(b, "revision", SWE_REVISION);
	json_key(b, "difficulty");
	json_add_f64(b, difficulty_of(ask->c) / 10.0);
	json_key(b, "knobs");
	json_open(b, '{');
	json_close(b, '}');
	put_n(b, "seed", ask->seed);
	put_z(b, "lang", "en");
	put_z(b, "format", format);
	put_z(b, "form", form);
	json_key(b, "prompt");
	json_open(b, '[');
	json_open(b, '{');
	put_z(b, "role", "user");
	put_text(b, "content", prompt);
	json_close(b, '}');
	json_close(b, ']');
	put_text(b, "desc", desc);
	put_text(b, "answer", ask->c->patch);
	hash64_hex(canon_of(ask), hex);
	put_z(b, "canon", hex);
	json_key(b, "guess");
	json_add_f64(b, 0);
	put_effort(b, ask, chars_of(prompt));
}

static void put_environment(struct buf *b, const struct environment *e, bool archive)
{
	char hash[ENVIRONMENT_HASH + 1], path[64] = "";

	environment_hash(e, hash);
	json_key(b, "environment");
	json_open(b, '{');
	json_key(b, "recipe");
	environment_write(e, b);
	put_z(b, "hash", hash);
	if (archive)
		snprintf(path, sizeof(path), "env/%s.tar.zst", hash);
	put_z(b, "archive", path);
	json_close(b, '}');
}

int row_write(struct buf *line, const struct row_ask *ask, struct err *err)
{
	const struct candidate *c = ask->c;
	struct buf desc = BUF_INIT, prompt = BUF_INIT, id = BUF_INIT, version = BUF_INIT;
	int rc = row_prompt(&prompt, ask, err);

	if (rc == 0) {
		swe_task_write(&ask->v->task, &desc);
		row_instance_id(&id, ask);
		json_open(line, '{');
		put_instance(line, ask, buf_str(&desc), buf_str(&prompt));
		put_text(line, "instance_id", buf_str(&id));
		put_z(line, "repo", ask->name);
		put_oid(line, "base_commit", &c->parent);
		put_oid(line, "fix_commit", &c->commit);
		put_z(line, "kind", ask->kind ? ask->kind : walk_kind_name(c->kind));
		put_z(line, "code_lang", code_lang_name(c->lang));
		put_text(line, "problem_statement", buf_str(&ask->s->text));
		put_z(line, "hints_text", "");
		put_text(line, "patch", c->patch);
		put_text(line, "test_patch", c->test_patch);
		swe_task_due(&ask->v->task, line, "FAIL_TO_PASS", true);
		swe_task_due(&ask->v->task, line, "PASS_TO_PASS", false);
		put_environment(line, &ask->v->env, ask->archive);
		put_z(line, "created_at", c->date);
		repo_version(ask->repo, &c->parent, &version);
		put_text(line, "version", buf_str(&version));
		put_oid(line, "environment_setup_commit", &c->parent);
		put_z(line, "license", ask->license);
		put_oid(line, "patch_id", &c->patch_id);
		put_files(line, c);
		put_quality(line, ask);
		put_runs(line, ask->v);
		put_bug(line, ask);
		put_written(line, ask);
		json_key(line, "underspecified");
		json_open(line, '[');
		for (size_t i = 0; i < ask->s->n_unknown; i++)
			json_add_str(line, ask->s->unknown[i]);
		json_close(line, ']');
		json_close(line, '}');
	}
	if (rc == 0 && (line->failed || desc.failed || prompt.failed || id.failed || version.failed))
		rc = err_set(err, "out of memory");
	buf_release(&desc);
	buf_release(&prompt);
	buf_release(&id);
	buf_release(&version);
	return rc;
}
