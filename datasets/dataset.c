/* dataset.c - from run.db to a dataset directory; see dataset.h. */
#include "datasets/dataset.h"
#include "datasets/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHARDS_MAX = 100000 }; /* of one view and split: names have five digits */

/* The shard under way of one view and split. */
struct output {
	struct shard_writer *w;
	int number;
	int64_t rows; /* of all its shards */
	char *first, *last;
};

struct work {
	struct store *st;
	const struct dataset_plan *plan;
	int (*told)(void *ctx, int64_t done, int64_t total);
	void *ctx;
	const char *dir;
	struct buf part; /* DIR/.part */
	int64_t prompts, done;
	struct arena arena; /* the group's texts */
	struct group group;
	int room; /* of group.sample */
	struct lengths lengths;
	struct chooser chooser;
	struct stats stats;
	struct shards shards;
	struct about about;
	struct buf filter; /* of about */
	struct output out[VIEWS][SPLITS];
	struct buf row;
};

/* ---- one prompt and its samples */

struct loading {
	struct work *w;
	bool full;
};

static int load_sample(void *ctx, const struct stored_sample *s)
{
	struct loading *l = ctx;
	struct group *g = &l->w->group;
	int64_t model = l->w->plan->limits.models > 1 ? s->idx / l->w->plan->limits.n : 0;
	struct stored_sample *t;
	struct outcome *o;
	struct str *texts[5];

	if (g->nall == l->w->room) {
		int room = l->w->room ? 2 * l->w->room : 64;
		struct stored_sample *more = realloc(g->all, (size_t)room * sizeof(*more));

		if (!more) {
			l->full = true;
			return ERR_FAIL;
		}
		g->all = more;
		l->w->room = room;
	}
	t = &g->all[g->nall++];
	*t = *s;
	texts[0] = &t->response;
	texts[1] = &t->finish;
	texts[2] = &t->mark;
	texts[3] = &t->why;
	texts[4] = &t->extracted;
	for (int i = 0; i < 5; i++) {
		*texts[i] = arena_str(&l->w->arena, *texts[i]);
		if (!texts[i]->s) {
			l->full = true;
			return ERR_FAIL;
		}
	}
	o = &g->of[model < l->w->plan->limits.models ? model : 0];
	o->samples++;
	if (str_is(t->finish, "error"))
		o->errors++;
	else if (str_is(t->mark, "bad_task"))
		o->broken++;
	else
		o->right += str_is(t->mark, "correct");
	return 0;
}

/* The samples of the model that decides stand together: by index, model after model. */
static void share_samples(struct group *g, const struct limits *l)
{
	int before = 0;

	for (int m = 0; m < l->model; m++)
		before += g->of[m].samples;
	g->outcome = g->of[l->model];
	g->sample = g->all ? g->all + before : NULL; /* no samples, no room */
	g->samples = g->outcome.samples;
}

static int load(struct work *w, int64_t idx, struct err *err)
{
	struct loading l = { w, false };
	struct stored_prompt p;
	struct str instance;
	int rc = store_prompt(w->st, idx, &p, err);

	if (rc <= 0)
		return rc < 0 ? rc : err_set(err, "%s/run.db: prompt %lld is missing", w->dir, (long long)idx);
	arena_reset(&w->arena);
	instance = arena_str(&w->arena, p.instance);
	if (!instance.s)
		return err_set(err, "out of memory");
	if (!puzzle_read(&w->group.puzzle, instance, w->plan->validation, err))
		return err_at(err, "%s/run.db: prompt %lld is damaged: ", w->dir, (long long)idx);
	w->group.nall = 0;
	memset(w->group.of, 0, sizeof(w->group.of));
	rc = store_each_sample(w->st, idx, load_sample, &l, err);
	if (rc < 0)
		return l.full ? err_set(err, "out of memory") : rc;
	share_samples(&w->group, &w->plan->limits);
	w->group.fate = prompt_fate(&w->group.outcome, w->group.puzzle.guess, &w->plan->limits);
	return 0;
}

static int tell(struct work *w, struct err *err)
{
	w->done++;
	if (w->told && w->told(w->ctx, w->done, 2 * w->prompts)) {
		err_set(err, "%s: stopped", w->dir);
		return ERR_STOPPED;
	}
	return 0;
}

/* First pass: what becomes of each prompt, and how long right traces are. */
static int decide(struct work *w, struct err *err)
{
	int rc = store_begin(w->st, err);

	if (rc == 0)
		rc = store_undrop_all(w->st, err);
	for (int64_t i = 0; rc == 0 && i < w->prompts; i++) {
		rc = load(w, i, err);
		if (rc == 0 && w->group.fate != FATE_KEPT)
			rc = store_drop(w->st, i, fate_name(w->group.fate), err);
		if (rc == 0 && (!stats_add(&w->stats, &w->group) || !lengths_add(&w->lengths, &w->group)))
			rc = err_set(err, "out of memory");
		if (rc == 0)
			rc = tell(w, err);
	}
	if (rc == 0)
		rc = store_commit(w->st, err);
	else
		store_rollback(w->st);
	stats_settle(&w->stats);
	lengths_settle(&w->lengths);
	return rc;
}

/* ---- shards under way */

/* The name while the number of shards is not known yet. */
static void part_name(struct buf *b, const struct work *w, int view, enum split split, int number)
{
	buf_reset(b);
	buf_addf(b, "%s/data/%s/%s-%05d.jsonl.zst", buf_z(&w->part), view_name(view), split_name(split), number);
}

static int output_end(struct work *w, int view, enum split split, struct err *err)
{
	struct output *o = &w->out[view][split];
	struct shard_entry e = { .view = view, .split = split, .number = o->number, .first = o->first, .last = o->last,
				 .plain = w->plan->plain };
	struct shard_writer *done = o->w;

	if (!done)
		return 0;
	o->w = NULL;
	if (shard_finish(done, &e.info, err) < 0)
		return ERR_FAIL;
	o->first = o->last = NULL;
	o->number++;
	return shards_add(&w->shards, &e) ? 0 : err_set(err, "out of memory");
}

static int output_begin(struct work *w, int view, enum split split, struct err *err)
{
	const struct shard_how how = { w->plan->frame_bytes, w->plan->level, w->plan->plain };
	struct output *o = &w->out[view][split];
	struct buf path = BUF_INIT;
	int rc;

	if (o->number == SHARDS_MAX)
		return err_set(err, "%s: more than %d shards of %s; make them larger", w->dir, SHARDS_MAX, view_name(view));
	part_name(&path, w, view, split, o->number);
	rc = path.failed ? err_set(err, "out of memory") : shard_create(&o->w, buf_z(&path), &how, err);
	buf_release(&path);
	return rc;
}

/* The row's first member is its uid. */
static char *uid_of(struct str row)
{
	struct json v;
	struct str uid;
	size_t used;

	if (!json_parse_head(&v, str_from(row, sizeof("{\"uid\":") - 1), &used) || !json_plain(v, &uid))
		return NULL;
	return strndup(uid.s, uid.n);
}

/* Write w->row to its view; a shard ends where the next row would make it too long. */
static int output_row(struct work *w, int view, struct err *err)
{
	enum split split = w->group.puzzle.split;
	struct output *o = &w->out[view][split];
	struct str row = buf_str(&w->row);

	if (w->row.failed)
		return err_set(err, "out of memory");
	if (o->w && shard_text_bytes(o->w) + (int64_t)row.n + 1 > w->plan->shard_bytes && output_end(w, view, split, err) < 0)
		return ERR_FAIL;
	if (!o->w && output_begin(w, view, split, err) < 0)
		return ERR_FAIL;
	free(o->last);
	o->last = uid_of(row);
	if (!o->first)
		o->first = o->last ? strdup(o->last) : NULL;
	if (!o->first || !o->last)
		return err_set(err, "out of memory");
	o->rows++;
	w->stats.rows[view][split]++;
	return shard_add(o->w, row, err);
}

static bool wanted(const struct work *w, int view)
{
	return view == VIEW_TRACES || w->plan->views >> view & 1;
}

static int64_t next_number(const struct work *w, int view)
{
	return w->out[view][w->group.puzzle.split].rows;
}

static int write_rl(struct work *w, int view, struct err *err)
{
	buf_reset(&w->row);
	row_rl(&w->row, &w->group, &w->about, next_number(w, view));
	return output_row(w, view, err);
}

static int write_sft_and_pairs(struct work *w, struct err *err)
{
	struct chooser *c = &w->chooser;
	int n = choose_sft(c, &w->group, &w->lengths, w->plan->sft_per_prompt, w->plan->sft_by, w->stats.trait, err), rc = n < 0 ? n : 0;

	for (int i = 0; rc == 0 && wanted(w, VIEW_SFT) && i < n; i++) {
		buf_reset(&w->row);
		row_sft(&w->row, &w->group, &w->about, next_number(w, VIEW_SFT), c->picked[i]);
		rc = output_row(w, VIEW_SFT, err);
	}
	if (rc == 0 && wanted(w, VIEW_PAIRS))
		n = choose_pairs(c, &w->group, w->plan->pairs_per_prompt, w->plan->pairs_by);
	for (int i = 0; rc == 0 && wanted(w, VIEW_PAIRS) && i < n; i++) {
		buf_reset(&w->row);
		row_pair(&w->row, &w->group, &w->about, next_number(w, VIEW_PAIRS), c->picked[i], c->against[i]);
		rc = output_row(w, VIEW_PAIRS, err);
	}
	return rc;
}

static int write_traces(struct work *w, struct err *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < w->group.nall; i++) {
		buf_reset(&w->row);
		row_trace(&w->row, &w->group, &w->about, i);
		rc = output_row(w, VIEW_TRACES, err);
	}
	return rc;
}

/* Second pass: the rows. */
static int write_rows(struct work *w, struct err *err)
{
	int rc = 0;

	for (int64_t i = 0; rc == 0 && i < w->prompts; i++) {
		rc = load(w, i, err);
		if (rc == 0)
			rc = write_traces(w, err);
		if (rc == 0 && w->group.fate == FATE_NONE_RIGHT && wanted(w, VIEW_DEFERRED))
			rc = write_rl(w, VIEW_DEFERRED, err);
		if (rc == 0 && w->group.fate == FATE_KEPT && wanted(w, VIEW_RL))
			rc = write_rl(w, VIEW_RL, err);
		if (rc == 0 && w->group.fate == FATE_KEPT)
			rc = write_sft_and_pairs(w, err);
		if (rc == 0)
			rc = tell(w, err);
	}
	for (int v = 0; rc == 0 && v < VIEWS; v++)
		for (int s = 0; rc == 0 && s < SPLITS; s++)
			rc = output_end(w, v, (enum split)s, err);
	return rc;
}

/* ---- files */

static int make_dir(const char *path, struct err *err)
{
	return mkdir(path, 0777) < 0 && errno != EEXIST ? err_sys(err, "%s", path) : 0;
}

/* What was renamed in a directory survives a power cut only after this. */
static int sync_dir(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;

	if (fd < 0)
		return err_sys(err, "%s", path);
	if (fsync(fd) < 0 && errno != EINVAL)
		rc = err_sys(err, "%s", path);
	close(fd);
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static int remove_part(const struct work *w, struct err *err)
{
	if (nftw(buf_z(&w->part), remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0 && errno != ENOENT)
		return err_sys(err, "%s", buf_z(&w->part));
	return 0;
}

static int make_part(const struct work *w, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = remove_part(w, err);

	if (rc == 0)
		rc = make_dir(buf_z(&w->part), err);
	buf_addf(&path, "%s/data", buf_z(&w->part));
	if (rc == 0)
		rc = make_dir(buf_z(&path), err);
	for (int v = 0; rc == 0 && v < VIEWS; v++) {
		buf_reset(&path);
		buf_addf(&path, "%s/data/%s", buf_z(&w->part), view_name(v));
		rc = path.failed ? err_set(err, "out of memory") : make_dir(buf_z(&path), err);
	}
	buf_release(&path);
	return rc;
}

/* A page under .part, on the disk. */
static int write_page(const struct work *w, const char *name, const struct buf *text, struct err *err)
{
	struct buf path = BUF_INIT;
	size_t at = 0;
	int fd, rc = 0;

	buf_addf(&path, "%s/%s", buf_z(&w->part), name);
	fd = open(buf_z(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (text->failed)
		rc = err_set(err, "out of memory");
	else if (fd < 0)
		rc = err_sys(err, "%s", buf_z(&path));
	while (rc == 0 && at < text->n) {
		ssize_t n = write(fd, text->s + at, text->n - at);

		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			rc = err_sys(err, "%s", buf_z(&path));
	}
	if (rc == 0 && fsync(fd) < 0)
		rc = err_sys(err, "%s", buf_z(&path));
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = err_sys(err, "%s", buf_z(&path));
	buf_release(&path);
	return rc;
}

static int move(const struct work *w, const char *name, const char *to, struct err *err)
{
	struct buf from = BUF_INIT, target = BUF_INIT;
	int rc = 0;

	buf_addf(&from, "%s/%s", buf_z(&w->part), name);
	buf_addf(&target, "%s/%s", w->dir, to);
	if (rename(buf_z(&from), buf_z(&target)) < 0)
		rc = err_sys(err, "%s", buf_z(&target));
	buf_release(&from);
	buf_release(&target);
	return rc;
}

/* A shard's name as we give it: train-00000-of-00001.jsonl.zst, or without .zst. */
static bool shard_like(struct str name)
{
	for (int s = 0; s < SPLITS; s++) {
		struct str head = str_of(split_name((enum split)s));

		if (str_starts(name, head) && name.n > head.n && name.s[head.n] == '-' && str_find(name, STR("-of-")) > 0)
			return str_ends(name, STR(".jsonl.zst")) || str_ends(name, STR(".jsonl"));
	}
	return false;
}

/* Shards of an earlier writing go; files that are not named like ours stay. */
static int clear_view(const char *path, struct err *err)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int rc = 0;

	if (!d)
		return err_sys(err, "%s", path);
	while (rc == 0 && (e = readdir(d)))
		if (shard_like(str_of(e->d_name)) && unlinkat(dirfd(d), e->d_name, 0) < 0)
			rc = err_sys(err, "%s/%s", path, e->d_name);
	closedir(d);
	return rc;
}

static int move_shard(const struct work *w, const struct shard_entry *e, struct err *err)
{
	struct buf from = BUF_INIT, to = BUF_INIT;
	int rc = 0;

	for (int plain = 0; rc == 0 && plain <= e->plain; plain++) {
		buf_reset(&from);
		buf_reset(&to);
		buf_addf(&from, "data/%s/%s-%05d.jsonl%s", view_name(e->view), split_name(e->split), e->number, plain ? "" : ".zst");
		buf_addf(&to, "%.*s", (int)strlen(e->path) - (plain ? 4 : 0), e->path);
		rc = move(w, buf_z(&from), buf_z(&to), err);
	}
	buf_release(&from);
	buf_release(&to);
	return rc;
}

/*
 * All is whole and on the disk: give the files their names. The manifest goes first and comes back last, so that a
 * directory that has one is complete.
 */
static int publish(const struct work *w, struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	buf_addf(&path, "%s/manifest.json", w->dir);
	if (unlink(buf_z(&path)) < 0 && errno != ENOENT)
		rc = err_sys(err, "%s", buf_z(&path));
	if (rc == 0)
		rc = sync_dir(w->dir, err);
	buf_reset(&path);
	buf_addf(&path, "%s/data", w->dir);
	if (rc == 0)
		rc = make_dir(buf_z(&path), err);
	for (int v = 0; rc == 0 && v < VIEWS; v++) {
		buf_reset(&path);
		buf_addf(&path, "%s/data/%s", w->dir, view_name(v));
		rc = make_dir(buf_z(&path), err);
		if (rc == 0)
			rc = clear_view(buf_z(&path), err);
	}
	for (size_t i = 0; rc == 0 && i < w->shards.n; i++)
		rc = move_shard(w, &w->shards.at[i], err);
	for (int v = 0; rc == 0 && v < VIEWS; v++) {
		buf_reset(&path);
		buf_addf(&path, "%s/data/%s", w->dir, view_name(v));
		if (rmdir(buf_z(&path)) < 0 && (errno == ENOTEMPTY || errno == EEXIST))
			rc = sync_dir(buf_z(&path), err);
	}
	buf_reset(&path);
	buf_addf(&path, "%s/data", w->dir);
	if (rc == 0)
		rc = sync_dir(buf_z(&path), err);
	if (rc == 0)
		rc = move(w, "README.md", "README.md", err);
	if (rc == 0)
		rc = move(w, "report.html", "report.html", err);
	if (rc == 0)
		rc = sync_dir(w->dir, err);
	if (rc == 0)
		rc = move(w, "manifest.json", "manifest.json", err);
	if (rc == 0)
		rc = sync_dir(w->dir, err);
	buf_release(&path);
	return rc;
}

static int write_pages(struct work *w, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	card_write(&text, w->plan, &w->shards, &w->stats, &w->about);
	rc = write_page(w, "README.md", &text, err);
	buf_reset(&text);
	report_write(&text, w->plan, &w->shards, &w->stats, &w->about);
	if (rc == 0)
		rc = write_page(w, "report.html", &text, err);
	buf_reset(&text);
	manifest_json(&text, &w->shards, w->plan, &w->stats);
	if (rc == 0)
		rc = write_page(w, "manifest.json", &text, err);
	buf_release(&text);
	return rc;
}

/* ---- the whole */

static struct answerer answerer_of(struct json who, struct json sampling)
{
	struct answerer a = { .model = who.kind == JSON_OBJECT ? who.raw : STR("{}"), .name = STR(""), .weights = STR(""),
			      .sampling = sampling.kind == JSON_OBJECT ? sampling.raw : STR("{}") };
	struct json v;

	if (json_get(who, "name", &v))
		json_plain(v, &a.name);
	if (json_get(who, "weights", &v))
		json_plain(v, &a.weights);
	return a;
}

/* Of several models the provenance tells, in the recipe's order. */
static int read_models(struct work *w, struct json prov, struct err *err)
{
	struct json list, m, who, sampling, think;
	int n = 0;

	json_get(prov, "models", &list);
	for (struct json_iter it = json_iter(list); n < LIMITS_MODELS && json_next(&it, NULL, &m); n++) {
		json_get(m, "model", &who);
		json_get(m, "sampling", &sampling);
		w->about.by[n] = answerer_of(who, sampling);
		if (json_get(m, "think_open", &think))
			json_bool(think, &w->about.by[n].think_open);
	}
	return n == w->plan->limits.models ? 0 : err_set(err, "the provenance tells of %d models, the recipe of %d", n, w->plan->limits.models);
}

static int read_about(struct work *w, struct err *err)
{
	struct json who = { 0 }, prov = { 0 }, sampling;
	const struct dataset_plan *p = w->plan;
	int rc = 0;

	if (p->sampler.n && !json_parse(&who, p->sampler, err))
		return err_at(err, "the sampler's identity: ");
	if (p->provenance.n && !json_parse(&prov, p->provenance, err))
		return err_at(err, "the provenance: ");
	json_open(&w->filter, '{');
	limits_members(&w->filter, &p->limits);
	json_close(&w->filter, '}');
	json_get(prov, "sampling", &sampling);
	w->about = (struct about){ .limits = p->limits, .filter = buf_str(&w->filter), .by = { answerer_of(who, sampling) } };
	if (p->limits.models > 1)
		rc = read_models(w, prov, err);
	w->about.model_name = w->about.by[p->limits.model].name;
	return rc;
}

static void work_release(struct work *w)
{
	for (int v = 0; v < VIEWS; v++)
		for (int s = 0; s < SPLITS; s++) {
			shard_drop(w->out[v][s].w);
			free(w->out[v][s].first);
			free(w->out[v][s].last);
		}
	arena_release(&w->arena);
	free(w->group.all);
	lengths_release(&w->lengths);
	chooser_release(&w->chooser);
	stats_release(&w->stats);
	shards_release(&w->shards);
	buf_release(&w->part);
	buf_release(&w->filter);
	buf_release(&w->row);
}

static void count(const struct work *w, struct dataset_counts *c)
{
	*c = (struct dataset_counts){ .prompts = w->stats.all.prompts, .samples = w->stats.all.samples,
				      .kept = w->stats.all.fate[FATE_KEPT] };
	for (int v = 0; v < VIEWS; v++)
		c->rows[v] = w->stats.rows[v][SPLIT_TRAIN] + w->stats.rows[v][SPLIT_VALIDATION];
	for (size_t i = 0; i < w->shards.n; i++)
		c->bytes += w->shards.at[i].info.bytes;
	shards_content(&w->shards, c->content_sha256);
}

int dataset_write(struct store *st, const char *dir, const struct dataset_plan *plan,
		  int (*told)(void *ctx, int64_t done, int64_t total), void *ctx, struct dataset_counts *counts, struct err *err)
{
	struct work w = { .st = st, .plan = plan, .told = told, .ctx = ctx, .dir = dir, .prompts = store_prompts(st) };
	struct err ignored;
	int rc = 0;

	stats_init(&w.stats, &plan->limits);
	buf_addf(&w.part, "%s/.part", dir);
	if (w.prompts < 0)
		rc = err_set(err, "%s/run.db: damaged: its prompts are not numbered 0, 1, ...", dir);
	if (rc == 0)
		rc = read_about(&w, err);
	if (rc == 0)
		rc = decide(&w, err);
	if (rc == 0)
		rc = make_part(&w, err);
	if (rc == 0)
		rc = write_rows(&w, err);
	if (rc == 0) {
		shards_sort(&w.shards);
		rc = write_pages(&w, err);
	}
	if (rc == 0)
		rc = publish(&w, err);
	if (rc == 0)
		count(&w, counts);
	remove_part(&w, rc == 0 ? err : &ignored);
	work_release(&w);
	return rc;
}
