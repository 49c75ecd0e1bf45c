/* manifest.c - manifest.json; see manifest.h. */
#include "datasets/manifest.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum { MANIFEST_VERSION = 1, MANIFEST_MAX = 256 << 20, CHUNK = 1 << 20 };

/* ---- the list of shards */

static void entry_release(struct shard_entry *e)
{
	free(e->first);
	free(e->last);
	shard_info_release(&e->info);
}

bool shards_add(struct shards *s, const struct shard_entry *e)
{
	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 16;
		struct shard_entry *more = realloc(s->at, room * sizeof(*more));

		if (!more) {
			struct shard_entry gone = *e;

			entry_release(&gone);
			return false;
		}
		s->at = more;
		s->room = room;
	}
	s->at[s->n++] = *e;
	return true;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct shard_entry *)a)->path, ((const struct shard_entry *)b)->path);
}

void shards_sort(struct shards *s)
{
	int count[VIEWS][SPLITS] = { 0 };

	for (size_t i = 0; i < s->n; i++)
		count[s->at[i].view][s->at[i].split]++;
	for (size_t i = 0; i < s->n; i++) {
		struct shard_entry *e = &s->at[i];

		snprintf(e->path, sizeof(e->path), "data/%s/%s-%05d-of-%05d.jsonl.zst", view_name(e->view), split_name(e->split),
			 e->number, count[e->view][e->split]);
	}
	if (s->n)
		qsort(s->at, s->n, sizeof(*s->at), by_path);
}

void shards_release(struct shards *s)
{
	for (size_t i = 0; i < s->n; i++)
		entry_release(&s->at[i]);
	free(s->at);
	*s = (struct shards){ 0 };
}

void shards_content(const struct shards *s, char hex[65])
{
	struct sha256 h;

	sha256_init(&h);
	for (size_t i = 0; i < s->n; i++) {
		sha256_add(&h, s->at[i].info.content_sha256, 64);
		sha256_add(&h, "\n", 1);
	}
	sha256_hex(&h, hex);
}

/* ---- writing */

static void add_int(struct buf *b, const char *name, int64_t v)
{
	json_key(b, name);
	json_add_i64(b, v);
}

static void add_text(struct buf *b, const char *name, const char *v)
{
	json_key(b, name);
	json_add_z(b, v);
}

static void add_shard(struct buf *b, const struct shard_entry *e)
{
	json_open(b, '{');
	add_text(b, "path", e->path);
	add_text(b, "view", view_name(e->view));
	add_text(b, "split", split_name(e->split));
	add_text(b, "sha256", e->info.sha256);
	add_text(b, "content_sha256", e->info.content_sha256);
	add_int(b, "bytes", e->info.bytes);
	add_int(b, "text_bytes", e->info.text_bytes);
	add_int(b, "rows", e->info.rows);
	add_int(b, "frames", e->info.frames);
	json_key(b, "rows_per_frame");
	json_open(b, '[');
	for (int64_t i = 0; i < e->info.frames; i++)
		json_add_i64(b, e->info.frame_rows[i]);
	json_close(b, ']');
	add_text(b, "first", e->first);
	add_text(b, "last", e->last);
	json_key(b, "plain");
	json_add_bool(b, e->plain);
	json_close(b, '}');
}

static void add_totals(struct buf *b, const struct shards *s, const struct stats *stats)
{
	int64_t bytes = 0, text = 0;

	for (size_t i = 0; i < s->n; i++) {
		bytes += s->at[i].info.bytes;
		text += s->at[i].info.text_bytes;
	}
	json_key(b, "totals");
	json_open(b, '{');
	add_int(b, "prompts", stats->all.prompts);
	add_int(b, "samples", stats->all.samples);
	add_int(b, "right", stats->all.right);
	add_int(b, "kept", stats->all.fate[FATE_KEPT]);
	add_int(b, "bytes", bytes);
	add_int(b, "text_bytes", text);
	json_key(b, "rows");
	json_open(b, '{');
	for (int v = 0; v < VIEWS; v++)
		add_int(b, view_name(v), stats->rows[v][SPLIT_TRAIN] + stats->rows[v][SPLIT_VALIDATION]);
	json_close(b, '}');
	json_close(b, '}');
}

static void add_filter(struct buf *b, const struct dataset_plan *plan)
{
	json_key(b, "filter");
	json_open(b, '{');
	limits_members(b, &plan->limits);
	json_key(b, "validation");
	json_add_f64(b, plan->validation);
	add_int(b, "sft_per_prompt", plan->sft_per_prompt);
	add_text(b, "sft_by", plan->sft_by == SFT_SHORTEST ? "shortest" : "first");
	add_int(b, "pairs_per_prompt", plan->pairs_per_prompt);
	add_text(b, "pairs_by", plan->pairs_by == PAIRS_SHORTEST ? "shortest" : "length");
	json_close(b, '}');
}

static void add_task(struct buf *b, const struct task_stats *t)
{
	json_key(b, t->name);
	json_open(b, '{');
	add_int(b, "prompts", t->prompts);
	add_int(b, "samples", t->samples);
	add_int(b, "right", t->right);
	for (int f = 0; f < FATES; f++)
		add_int(b, fate_name((enum fate)f), t->fate[f]);
	json_close(b, '}');
}

/* In the order of the provenance's models, whose names say more than numbers. */
static void add_models(struct buf *b, const struct stats *stats)
{
	json_key(b, "models");
	json_open(b, '[');
	for (int m = 0; m < stats->limits.models; m++) {
		json_open(b, '{');
		add_int(b, "samples", stats->model[m].samples);
		add_int(b, "right", stats->model[m].right);
		add_int(b, "errors", stats->model[m].errors);
		json_close(b, '}');
	}
	json_close(b, ']');
}

void manifest_json(struct buf *b, const struct shards *s, const struct dataset_plan *plan, const struct stats *stats)
{
	char content[65];

	shards_content(s, content);
	json_open(b, '{');
	add_text(b, "kind", "quarry dataset");
	add_int(b, "version", MANIFEST_VERSION);
	add_text(b, "name", plan->name);
	json_key(b, "demonstration");
	json_add_bool(b, plan->demonstration);
	add_text(b, "content_sha256", content);
	add_totals(b, s, stats);
	json_key(b, "zstd");
	json_open(b, '{');
	add_text(b, "version", ZSTD_versionString());
	add_int(b, "level", plan->level);
	add_int(b, "frame_bytes", plan->frame_bytes);
	add_int(b, "shard_bytes", plan->shard_bytes);
	json_close(b, '}');
	add_filter(b, plan);
	json_key(b, "tasks");
	json_open(b, '{');
	for (int i = 0; i < stats->tasks; i++)
		add_task(b, &stats->task[i]);
	json_close(b, '}');
	if (stats->limits.models > 1)
		add_models(b, stats);
	json_key(b, "traces_of_kept_prompts");
	json_open(b, '{');
	for (int t = 0; t < TRAITS; t++)
		add_int(b, trait_name((enum trait)t), stats->trait[t]);
	json_close(b, '}');
	json_key(b, "provenance");
	json_add_raw(b, plan->provenance.n ? plan->provenance : STR("{}"));
	json_key(b, "shards");
	json_open(b, '[');
	for (size_t i = 0; i < s->n; i++)
		add_shard(b, &s->at[i]);
	json_close(b, ']');
	json_close(b, '}');
	buf_addc(b, '\n');
}

/* ---- reading */

static bool get_hash(struct json o, const char *name, char hex[65])
{
	struct json v;
	struct str s;

	if (!json_get(o, name, &v) || !json_plain(v, &s) || s.n != 64)
		return false;
	memcpy(hex, s.s, 64);
	hex[64] = 0;
	return true;
}

static bool get_count(struct json o, const char *name, int64_t *ret)
{
	struct json v;

	return json_get(o, name, &v) && json_i64(v, ret) && *ret >= 0;
}

static char *get_text(struct json o, const char *name)
{
	struct buf b = BUF_INIT;
	struct json v;

	if (!json_get(o, name, &v) || !json_str(v, &b))
		return NULL;
	return b.n ? b.s : strdup("");
}

static bool get_frames(struct json o, struct shard_info *info)
{
	struct json list, v;
	int64_t i = 0;

	if (!json_get(o, "rows_per_frame", &list) || (int64_t)json_count(list) != info->frames)
		return false;
	info->frame_rows = calloc((size_t)info->frames + 1, sizeof(*info->frame_rows));
	for (struct json_iter it = json_iter(list); info->frame_rows && json_next(&it, NULL, &v); i++)
		if (!json_i64(v, &info->frame_rows[i]))
			return false;
	return info->frame_rows != NULL;
}

static bool is_digits(struct str s, int *ret)
{
	int64_t v;

	if (s.n != 5 || !str_i64(s, &v) || v < 0 || s.s[0] == '+')
		return false;
	*ret = (int)v;
	return true;
}

/* The path is what it must be for its view, split and number: nothing else is ever opened. */
static bool get_path(struct json o, struct shard_entry *e)
{
	struct json v;
	struct str s, name;
	char head[64];
	int of;

	if (!json_get(o, "view", &v) || !json_plain(v, &s) || !view_from(s, &e->view) || !json_get(o, "split", &v))
		return false;
	if (json_is(v, "train"))
		e->split = SPLIT_TRAIN;
	else if (json_is(v, "validation"))
		e->split = SPLIT_VALIDATION;
	else
		return false;
	snprintf(head, sizeof(head), "data/%s/%s-", view_name(e->view), split_name(e->split));
	if (!json_get(o, "path", &v) || !json_plain(v, &s) || s.n >= sizeof(e->path) || !str_starts(s, str_of(head)))
		return false;
	name = str_from(s, strlen(head));
	if (name.n != 24 || !is_digits(str_sub(name, 0, 5), &e->number) || !str_eq(str_sub(name, 5, 9), STR("-of-")) ||
	    !is_digits(str_sub(name, 9, 14), &of) || !str_is(str_from(name, 14), ".jsonl.zst"))
		return false;
	snprintf(e->path, sizeof(e->path), "%.*s", (int)s.n, s.s);
	return true;
}

static bool get_shard(struct json o, struct shard_entry *e)
{
	struct json v;

	*e = (struct shard_entry){ 0 };
	return get_path(o, e) && get_hash(o, "sha256", e->info.sha256) && get_hash(o, "content_sha256", e->info.content_sha256) &&
	       get_count(o, "bytes", &e->info.bytes) && get_count(o, "text_bytes", &e->info.text_bytes) &&
	       get_count(o, "rows", &e->info.rows) && get_count(o, "frames", &e->info.frames) && get_frames(o, &e->info) &&
	       (e->first = get_text(o, "first")) != NULL && (e->last = get_text(o, "last")) != NULL && json_get(o, "plain", &v) &&
	       json_bool(v, &e->plain);
}

static bool get_totals(struct json top, struct claims *c)
{
	struct json totals, rows;

	if (!json_get(top, "totals", &totals) || !get_count(totals, "bytes", &c->bytes) ||
	    !get_count(totals, "text_bytes", &c->text_bytes) || !json_get(totals, "rows", &rows))
		return false;
	for (int v = 0; v < VIEWS; v++)
		if (!get_count(rows, view_name(v), &c->rows[v]))
			return false;
	return true;
}

static bool read_text(struct shards *s, struct claims *c, struct str text, struct err *err)
{
	struct json top, v, o;
	int64_t version;

	if (!json_parse(&top, text, err))
		return false;
	if (!json_get(top, "kind", &v) || !json_is(v, "quarry dataset") || !get_count(top, "version", &version)) {
		err_set(err, "is no manifest of a dataset");
		return false;
	}
	if (version != MANIFEST_VERSION) {
		err_set(err, "is of version %lld; this quarry reads %d", (long long)version, MANIFEST_VERSION);
		return false;
	}
	/* older ones do not say their rule */
	c->limited = json_get(top, "filter", &o) && json_get(o, "rule", &v);
	if (c->limited && !limits_read(&c->limits, o)) {
		err_set(err, "tells a filter that there cannot be");
		return false;
	}
	if (!get_hash(top, "content_sha256", c->content) || !get_totals(top, c) || !json_get(top, "shards", &v) ||
	    v.kind != JSON_ARRAY) {
		err_set(err, "lacks its content_sha256, its totals or its shards");
		return false;
	}
	for (struct json_iter it = json_iter(v); json_next(&it, NULL, &o);) {
		struct shard_entry e;

		if (!get_shard(o, &e)) {
			entry_release(&e);
			err_set(err, "shard %zu of the list is damaged", s->n + 1);
			return false;
		}
		if (!shards_add(s, &e)) {
			err_set(err, "out of memory");
			return false;
		}
	}
	return true;
}

int manifest_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_sys(err, "%s", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, "%s: is no file", path);
}

static int read_all(const char *path, struct buf *text, struct err *err)
{
	int fd = manifest_file(path, err), rc = 0;
	ssize_t n = 1;

	if (fd < 0)
		return fd;
	text->max = MANIFEST_MAX;
	while (rc == 0 && n > 0) {
		if (!buf_reserve(text, CHUNK)) {
			rc = err_set(err, "%s: larger than %d MiB", path, MANIFEST_MAX >> 20);
			break;
		}
		n = read(fd, text->s + text->n, CHUNK);
		if (n > 0)
			text->n += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			rc = err_sys(err, "%s", path);
	}
	close(fd);
	return rc;
}

int manifest_read(struct shards *s, struct claims *c, const char *dir, struct err *err)
{
	struct buf path = BUF_INIT, text = BUF_INIT;
	int rc;

	buf_addf(&path, "%s/manifest.json", dir);
	rc = read_all(buf_z(&path), &text, err);
	if (rc == 0 && !read_text(s, c, buf_str(&text), err))
		rc = err_at(err, "%s: ", buf_z(&path));
	buf_release(&path);
	buf_release(&text);
	return rc;
}
