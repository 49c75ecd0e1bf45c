/* cmd_merge.c - quarry merge: the parts of a build become the dataset that one machine would have made. */
#include "base/log.h"
#include "cli/command.h"
#include "cli/home.h"
#include "cli/pipeline.h"
#include "cli/progress.h"
#include "cli/provenance.h"
#include "cli/stop.h"
#include "cli/tune.h"
#include "datasets/merge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct args {
	struct common common;
	bool plain, mix, wait;
};

static const struct option options[] = {
	{ .name = "plain", .kind = OPT_FLAG, .at = offsetof(struct args, plain),
	  .what = "write uncompressed .jsonl files too, for loaders that do not read zstd" },
	{ .name = "mix", .kind = OPT_FLAG, .at = offsetof(struct args, mix),
	  .what = "join the parts though their models, instruction sets or quarries differ" },
	{ .name = "wait", .kind = OPT_FLAG, .at = offsetof(struct args, wait),
	  .what = "until every part is done, however long that takes" },
	{ 0 },
};

enum { LOOK_EVERY = 5 }; /* seconds, while it waits */

struct merging {
	struct args *a;
	const char *top;
	struct parts parts;
	struct store **part; /* open, of parts.count */
	struct buf path, provenance, mixed_with;
	struct buf records; /* of a tuning */
	bool tuning;
};

/* Is part i done? 1; 0 and in err what it is instead. */
static int part_done(struct merging *m, int64_t i, struct err *err)
{
	long long number = i + 1, count = m->parts.count;
	struct heard h = { .pid = 0 };
	int done = 0;

	parts_path(&m->path, m->top, i, m->parts.count);
	if (!m->parts.there[i])
		err_set(err, "%s: part %lld of %lld is missing: it never began; run it with quarry build --part %lld/%lld", buf_z(&m->path),
			number, count, number, count);
	else if (!beat_hear(&h, buf_z(&m->path)))
		err_set(err, "%s: part %lld of %lld has no part.json: it never began, or was removed", buf_z(&m->path), number, count);
	else if (h.part != number || h.parts != count)
		err_set(err, "%s holds part %lld of %lld; remove it and run quarry build --part %lld/%lld", buf_z(&m->path), (long long)h.part,
			(long long)h.parts, number, count);
	else if (heard_works(&h))
		err_set(err, "%s: part %lld of %lld is not done: at work on %s, or killed there, with %lld of %lld samples", buf_z(&m->path), number,
			count, h.host, (long long)h.done, (long long)h.wanted);
	else if (strcmp(h.state, "done"))
		err_set(err, "%s: part %lld of %lld is not done: %s with %lld of %lld samples; go on with --part %lld/%lld --resume",
			buf_z(&m->path), number, count, h.state, (long long)h.done, (long long)h.wanted, number, count);
	else
		done = 1;
	heard_release(&h);
	return done;
}

static int all_done(struct merging *m, struct err *err)
{
	for (bool told = false;; told = true) {
		int64_t i = 0;
		int rc = parts_find(&m->parts, m->top, err);

		if (rc == 0 && m->parts.count == 0)
			rc = err_set(err, "%s holds no parts of a run", m->top);
		if (rc < 0 && !(m->a->wait && m->parts.count == 0))
			return rc;
		while (i < m->parts.count && part_done(m, i, err))
			i++;
		if (m->parts.count && i == m->parts.count)
			return 0;
		if (!m->a->wait)
			return ERR_FAIL;
		if (!told)
			log_info("waiting: %s", err->msg);
		for (int s = 0; s < LOOK_EVERY; s++) {
			if (stop_asked())
				return ERR_STOPPED;
			sleep(1);
		}
	}
}

/* A file for each part, and some more. */
static void allow_files(int64_t n)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < (rlim_t)n + 64) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

/* run.db is of this part, and has what part.json says: a file may be copied, or changed. */
static int same_part(struct merging *m, int64_t i, struct err *err)
{
	struct buf is = BUF_INIT, due = BUF_INIT, dir = BUF_INIT;
	struct heard h = { .pid = 0 };
	int64_t has = store_samples(m->part[i]);
	int rc = store_get(m->part[i], "part", &is, err);

	part_name(&due, &(struct part){ .index = i, .count = m->parts.count });
	parts_path(&dir, m->top, i, m->parts.count);
	if (rc > 0 && !str_eq(buf_str(&is), buf_str(&due))) /* one of an older quarry does not say it */
		rc = err_set(err, "%s is of part %s; remove the part and run quarry build --part %lld/%lld", buf_z(&m->path), buf_z(&is), (long long)i + 1,
			     (long long)m->parts.count);
	else if (rc >= 0 && !m->tuning && beat_hear(&h, buf_z(&dir)) && has != h.done)
		rc = err_set(err, "%s: part %lld of %lld holds %lld samples, and its part.json says %lld: damaged; run it again with --part %lld/%lld --resume",
			     buf_z(&m->path), (long long)i + 1, (long long)m->parts.count, (long long)has, (long long)h.done, (long long)i + 1,
			     (long long)m->parts.count);
	heard_release(&h);
	buf_release(&is);
	buf_release(&due);
	buf_release(&dir);
	return rc < 0 ? rc : 0;
}

/* Open part i and see that it is of the same run as the first. */
static int open_part(struct merging *m, int64_t i, struct err *err)
{
	struct buf state = BUF_INIT, prov = BUF_INIT, mixed = BUF_INIT;
	const char *what = NULL;
	bool may_mix = false;
	int rc;

	parts_path(&m->path, m->top, i, m->parts.count);
	buf_addz(&m->path, "/run.db");
	rc = store_open(&m->part[i], buf_z(&m->path), STORE_READ, err);
	if (rc == 0 && (store_get(m->part[i], "state", &state, err) < 0 || store_get(m->part[i], "provenance", &prov, err) < 0 ||
			store_get(m->part[i], "mixed_with", &mixed, err) < 0))
		rc = ERR_FAIL;
	if (rc == 0 && !str_is(buf_str(&state), "sampled"))
		rc = err_set(err, "%s: part %lld of %lld is not whole; run it again with --part %lld/%lld --resume", buf_z(&m->path),
			     (long long)i + 1, (long long)m->parts.count, (long long)i + 1, (long long)m->parts.count);
	if (rc == 0)
		rc = same_part(m, i, err);
	if (rc == 0 && i == 0)
		buf_add(&m->provenance, buf_str(&prov));
	else if (rc == 0)
		what = provenance_differs(buf_str(&prov), buf_str(&m->provenance), &may_mix);
	if (what && !(may_mix && m->a->mix))
		rc = err_set(err, "%s: part %lld of %lld is %s, unlike part 1%s", buf_z(&m->path), (long long)i + 1, (long long)m->parts.count, what,
			     may_mix ? "; --mix joins them all the same" : "");
	if (rc == 0 && m->mixed_with.n == 0 && (what || mixed.n))
		buf_add(&m->mixed_with, what ? buf_str(&prov) : buf_str(&mixed));
	buf_release(&state);
	buf_release(&prov);
	buf_release(&mixed);
	return rc;
}

static int open_parts(struct merging *m, struct err *err)
{
	int64_t which = 0;
	int rc = 0;

	allow_files(m->parts.count);
	m->part = calloc((size_t)m->parts.count, sizeof(*m->part));
	if (!m->part)
		return err_set(err, "out of memory");
	for (int64_t i = 0; rc == 0 && i < m->parts.count; i++)
		rc = open_part(m, i, err);
	if (rc == 0 && merge_prompts(m->part, m->parts.count, &which) < 0) {
		parts_path(&m->path, m->top, which, m->parts.count);
		rc = err_set(err, "%s: part %lld of %lld does not hold its share of the prompts: damaged", buf_z(&m->path), (long long)which + 1,
			     (long long)m->parts.count);
	}
	return rc;
}

static void close_parts(struct merging *m)
{
	for (int64_t i = 0; m->part && i < m->parts.count; i++)
		store_close(m->part[i]);
	free(m->part);
	m->part = NULL;
}

static int told(void *ctx, int64_t done, int64_t total)
{
	struct progress *p = ctx;

	p->total = (uint64_t)total;
	progress_add(p, (uint64_t)done - p->done);
	return stop_asked();
}

/* What the dataset's manifest will say: the first part's provenance, and what it was mixed with. */
static int tell_origin(struct merging *m, struct store *to, struct err *err)
{
	struct buf text = BUF_INIT;
	char count[24];
	int rc = store_begin(to, err);

	snprintf(count, sizeof(count), "%lld", (long long)m->parts.count);
	buf_add(&text, str_sub(buf_str(&m->provenance), 0, m->provenance.n - 1));
	if (m->mixed_with.n)
		buf_addf(&text, ",\"mixed_with\":%s", buf_z(&m->mixed_with));
	buf_addc(&text, '}');
	if (rc == 0)
		rc = store_set(to, "provenance", buf_str(&text), err);
	if (rc == 0)
		rc = store_set(to, "merged", str_of(count), err);
	if (rc == 0)
		rc = store_commit(to, err);
	buf_release(&text);
	return rc;
}

/* What a merge that ended early left of run.db.part. */
static int drop_stale(const char *path, struct err *err)
{
	static const char *const tail[] = { "", "-journal" };
	struct buf part = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < COUNT(tail); i++) {
		buf_reset(&part);
		buf_addf(&part, "%s.part%s", path, tail[i]);
		if (unlink(buf_z(&part)) < 0 && errno != ENOENT)
			rc = err_sys(err, "%s", buf_z(&part));
	}
	buf_release(&part);
	return rc;
}

/* run.db is made under another name, so that it is whole when it is there: a merge that was killed begins again. */
static int join(struct merging *m, const char *path, struct err *err)
{
	struct buf part = BUF_INIT;
	struct store *to = NULL;
	struct progress progress;
	struct err ignored;
	int rc = open_parts(m, err);

	if (rc == 0)
		rc = drop_stale(path, err);
	buf_addf(&part, "%s.part", path);
	if (rc == 0)
		rc = store_open(&to, buf_z(&part), STORE_PART, err);
	if (rc == 0) {
		progress_start(&progress, "merge", "prompts", 0, &m->a->common);
		rc = merge_parts(to, m->part, m->parts.count, told, &progress, err);
		progress_end(&progress);
		if (rc == 0)
			rc = tell_origin(m, to, err);
		rc = rc == ERR_FAIL ? ERR_JOB : rc;
	}
	store_close(to);
	if (rc == 0 && rename(buf_z(&part), path) < 0)
		rc = err_sys(err, "%s", path);
	if (to)
		drop_stale(path, rc < 0 ? &ignored : err);
	close_parts(m);
	buf_release(&part);
	return rc;
}

/* run.db there already: of an earlier merge, whose dataset is written once more. */
static int merged_before(struct store *st, const char *top, struct err *err)
{
	struct buf merged = BUF_INIT;
	int rc = store_get(st, "merged", &merged, err);

	buf_release(&merged);
	return rc == 0 ? err_set(err, "%s holds a whole run, not parts of one", top) : rc < 0 ? rc : 0;
}

static int write_out(struct merging *m, struct build *b, struct store *st, struct err *err)
{
	struct buf text = BUF_INIT, prov = BUF_INIT, name = BUF_INIT;
	struct recipe r = { .path = NULL };
	struct json all, seed;
	int rc = store_get(st, "recipe", &text, err);

	if (rc > 0)
		rc = store_get(st, "provenance", &prov, err);
	if (rc == 0)
		rc = err_set(err, "%s/run.db: damaged: it holds no recipe", m->top);
	buf_addf(&name, "%s/run.db: recipe", m->top);
	if (rc > 0)
		rc = recipe_again(&r, buf_z(&name), buf_str(&text), err);
	if (rc == 0 && (!json_parse(&all, buf_str(&prov), err) || !json_get(all, "seed", &seed) || !json_u64(seed, &r.seed)))
		rc = err_set(err, "%s/run.db: damaged: its provenance has no seed", m->top);
	if (rc == 0) {
		r.plan.plain = m->a->plain;
		b->recipe = &r;
		rc = build_write(b, st, buf_str(&prov), err);
		rc = rc == ERR_FAIL ? ERR_JOB : rc;
	}
	recipe_release(&r);
	buf_release(&text);
	buf_release(&prov);
	buf_release(&name);
	return rc;
}

/* 1: the parts are of a tuning; 0: of a build. */
static int of_tuning(struct merging *m, struct err *err)
{
	struct buf kind = BUF_INIT;
	struct store *st = NULL;
	int rc;

	parts_path(&m->path, m->top, 0, m->parts.count);
	buf_addz(&m->path, "/run.db");
	rc = store_open(&st, buf_z(&m->path), STORE_READ, err);
	if (rc == 0)
		rc = store_get(st, "kind", &kind, err);
	if (rc > 0)
		rc = str_is(buf_str(&kind), "tune");
	store_close(st);
	buf_release(&kind);
	return rc;
}

/* Parts of a tuning hold whole sources: all are of one run, then their files are joined. */
static int join_tuning(struct merging *m, struct err *err)
{
	int rc = 0;

	m->part = calloc((size_t)m->parts.count, sizeof(*m->part));
	if (!m->part)
		return err_set(err, "out of memory");
	allow_files(m->parts.count);
	for (int64_t i = 0; rc == 0 && i < m->parts.count; i++)
		rc = open_part(m, i, err);
	close_parts(m);
	if (rc == 0)
		rc = tune_merge(m->top, m->parts.count, &m->records, err);
	return rc;
}

static int merge(struct merging *m, struct build *b, int *lock, struct err *err)
{
	struct buf path = BUF_INIT;
	struct store *st = NULL;
	struct stat there;
	int rc;

	stop_watch();
	buf_addf(&path, "%s/run.db", m->top);
	rc = stat(buf_z(&path), &there) == 0 ? 0 : all_done(m, err);
	if (rc == 0)
		rc = lock_directory(lock, m->top, err);
	if (rc >= 0 && stat(buf_z(&path), &there) < 0) {
		rc = of_tuning(m, err);
		if (rc > 0) {
			m->tuning = true;
			buf_release(&path);
			return join_tuning(m, err);
		}
		if (rc == 0)
			rc = join(m, buf_z(&path), err);
	}
	if (rc >= 0)
		rc = store_open(&st, buf_z(&path), STORE_WRITE, err);
	if (rc == 0)
		rc = merged_before(st, m->top, err);
	if (rc == 0)
		rc = write_out(m, b, st, err);
	store_close(st);
	buf_release(&path);
	return rc;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct merging *m;
	struct build b = { .common = &a->common };
	struct err err = ERR_INIT;
	int lock = -1, rc;

	if (argc != 1) {
		err_set(&err, "merge takes one directory, not %d", argc);
		return fail_usage(&err);
	}
	m = calloc(1, sizeof(*m));
	if (!m) {
		err_set(&err, "out of memory");
		return fail_usage(&err);
	}
	m->a = a;
	m->top = b.dir = argv[0];
	rc = merge(m, &b, &lock, &err);
	if (rc == ERR_STOPPED)
		err_set(&err, "%s: stopped by a signal; the parts are as they were: merge again", b.dir);
	if (rc == 0 && m->tuning)
		fwrite(buf_z(&m->records), 1, m->records.n, stdout);
	else if (rc == 0)
		build_tell(&b);
	if (lock >= 0)
		close(lock);
	buf_release(&m->path);
	buf_release(&m->provenance);
	buf_release(&m->mixed_with);
	buf_release(&m->records);
	free(m);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"DIR is what quarry build -o DIR --part I/N was given. The parts must be whole, and of one recipe, seed, model and quarry; they\n"
	"are left as they are, and DIR holds afterwards what one machine would have made of the recipe, run.db included. Parts of quarry\n"
	"tune are joined in the same way, all but their run.db.\n"
	"\n"
	"    quarry merge out\n"
	"    quarry merge out --wait\n";

const struct command cmd_merge = { "merge", "DIR", "make one dataset of the parts of a build", more, options, sizeof(struct args), run };
