/* check.c - dataset_check: read a dataset directory again and hold it against its manifest; see dataset.h. */
#include "base/hash.h"
#include "datasets/manifest.h"
#include "datasets/pages.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 20 };

struct checking {
	struct dataset_check *c;
	const char *dir;
	struct buf path, room;
};

__attribute__((format(printf, 2, 3))) static void problem(struct checking *k, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	k->c->problems++;
	if (k->c->problem)
		k->c->problem(k->c->ctx, buf_z(&b));
	buf_release(&b);
}

static const char *path_of(struct checking *k, struct str name)
{
	buf_reset(&k->path);
	buf_addf(&k->path, "%s/%.*s", k->dir, (int)name.n, name.s);
	return buf_z(&k->path);
}

/* Hash a file as it lies there, and no more of it than shows that it is too long. Negative with err set when it cannot be read. */
static int hash_file(struct checking *k, const char *path, int64_t size, char hex[65], int64_t *bytes, struct err *err)
{
	int fd = manifest_file(path, err), rc = 0;
	struct sha256 h;
	ssize_t n = 1;

	sha256_init(&h);
	*bytes = 0;
	buf_reset(&k->room);
	if (fd < 0)
		return fd;
	if (!buf_reserve(&k->room, CHUNK))
		rc = err_set(err, "out of memory");
	while (rc == 0 && n > 0 && *bytes <= size) {
		n = read(fd, k->room.s, CHUNK);
		if (n > 0) {
			sha256_add(&h, k->room.s, (size_t)n);
			*bytes += n;
		} else if (n < 0 && errno == EINTR) {
			n = 1;
		} else if (n < 0) {
			rc = err_sys(err, "%s", path);
		}
	}
	close(fd);
	sha256_hex(&h, hex);
	return rc;
}

static bool uid_is(struct str line, const char *uid)
{
	struct json row, v;
	struct err ignored;

	return json_parse(&row, line, &ignored) && json_get(row, "uid", &v) && json_is(v, uid);
}

/* The rows of one frame: told to the caller, and the first and last held against the manifest. */
static int check_rows(struct checking *k, const struct shard_entry *e, struct str text, int64_t *number)
{
	struct str line;

	while (str_line(&text, &line)) {
		int rc;

		if (*number == 0 && !uid_is(line, e->first))
			problem(k, "%s: its first row is not %s", e->path, e->first);
		if (*number == e->info.rows - 1 && !uid_is(line, e->last))
			problem(k, "%s: its last row is not %s", e->path, e->last);
		rc = k->c->row ? k->c->row(k->c->ctx, e->path, *number, e->view, line) : 0;
		if (rc < 0)
			return rc;
		k->c->rows++;
		++*number;
	}
	return 0;
}

static int64_t count_lines(struct str text)
{
	int64_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.s[i] == '\n';
	return n;
}

static int check_content(struct checking *k, const struct shard_entry *e, struct shard *s)
{
	int64_t number = 0, bytes = 0;
	struct sha256 h;
	char hex[65];

	sha256_init(&h);
	for (int64_t i = 0; i < shard_frames(s); i++) {
		struct str text;
		struct err err;
		int rc;

		if (shard_frame(s, i, &text, &err) < 0) {
			problem(k, "%s", err.msg);
			return 0;
		}
		sha256_add(&h, text.s, text.n);
		bytes += (int64_t)text.n;
		if (i < e->info.frames && count_lines(text) != e->info.frame_rows[i])
			problem(k, "%s: frame %lld holds %lld rows, not %lld", e->path, (long long)i, (long long)count_lines(text),
				(long long)e->info.frame_rows[i]);
		rc = check_rows(k, e, text, &number);
		if (rc < 0)
			return rc;
	}
	sha256_hex(&h, hex);
	if (shard_frames(s) != e->info.frames)
		problem(k, "%s: %lld frames, not %lld", e->path, (long long)shard_frames(s), (long long)e->info.frames);
	if (number != e->info.rows)
		problem(k, "%s: %lld rows, not %lld", e->path, (long long)number, (long long)e->info.rows);
	if (bytes != e->info.text_bytes)
		problem(k, "%s: %lld bytes of text, not %lld", e->path, (long long)bytes, (long long)e->info.text_bytes);
	if (strcmp(hex, e->info.content_sha256) != 0)
		problem(k, "%s: its text has another sha256 than the manifest says", e->path);
	return 0;
}

/* Whether it can be read at all. */
static bool check_file(struct checking *k, struct str name, const char *want, int64_t size)
{
	char hex[65];
	int64_t bytes;
	struct err err;

	if (hash_file(k, path_of(k, name), size, hex, &bytes, &err) < 0) {
		problem(k, "%s", err.msg);
		return false;
	}
	if (bytes > size)
		problem(k, "%.*s: more than %lld bytes", (int)name.n, name.s, (long long)size);
	else if (bytes < size)
		problem(k, "%.*s: %lld bytes, not %lld", (int)name.n, name.s, (long long)bytes, (long long)size);
	else if (strcmp(hex, want) != 0)
		problem(k, "%.*s: another sha256 than the manifest says", (int)name.n, name.s);
	return true;
}

static int check_shard(struct checking *k, const struct shard_entry *e)
{
	struct str name = str_of(e->path);
	struct shard *s;
	struct err err;
	bool there;
	int rc;

	k->c->files++;
	there = check_file(k, name, e->info.sha256, e->info.bytes);
	if (e->plain)
		check_file(k, str_sub(name, 0, name.n - 4), e->info.content_sha256, e->info.text_bytes);
	if (!there)
		return 0;
	if (shard_open(&s, path_of(k, name), &err) < 0) {
		problem(k, "%s", err.msg);
		return 0;
	}
	rc = check_content(k, e, s);
	shard_close(s);
	return rc;
}

static bool listed(const struct shards *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t n = strlen(s->at[i].path);

		if (strcmp(s->at[i].path, path) == 0 ||
		    (s->at[i].plain && strlen(path) == n - 4 && strncmp(s->at[i].path, path, n - 4) == 0))
			return true;
	}
	return false;
}

/* A file that the manifest does not know would be loaded all the same. */
static void check_strangers(struct checking *k, const struct shards *s)
{
	for (int v = 0; v < VIEWS; v++) {
		struct buf name = BUF_INIT;
		struct dirent *e;
		DIR *d;

		buf_addf(&name, "data/%s", view_name(v));
		d = opendir(path_of(k, buf_str(&name)));
		while (d && (e = readdir(d))) {
			buf_reset(&name);
			buf_addf(&name, "data/%s/%s", view_name(v), e->d_name);
			if (e->d_name[0] != '.' && !listed(s, buf_z(&name)))
				problem(k, "%s: is not in the manifest", buf_z(&name));
		}
		if (d)
			closedir(d);
		buf_release(&name);
	}
}

static int64_t plus(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b); /* claims may be of any size */
}

/* What the manifest claims of all shards is the sum of what it claims of each. */
static void check_totals(struct checking *k, const struct shards *s, const struct claims *claimed)
{
	struct claims sum = { .bytes = 0 };

	for (size_t i = 0; i < s->n; i++) {
		const struct shard_entry *e = &s->at[i];

		sum.bytes = plus(sum.bytes, e->info.bytes);
		sum.text_bytes = plus(sum.text_bytes, e->info.text_bytes);
		sum.rows[e->view] = plus(sum.rows[e->view], e->info.rows);
	}
	shards_content(s, sum.content);
	if (strcmp(claimed->content, sum.content) != 0)
		problem(k, "manifest.json: content_sha256 is not that of its shards");
	if (claimed->bytes != sum.bytes || claimed->text_bytes != sum.text_bytes)
		problem(k, "manifest.json: totals: its bytes are not those of its shards");
	for (int v = 0; v < VIEWS; v++)
		if (claimed->rows[v] != sum.rows[v])
			problem(k, "manifest.json: totals: %lld rows of %s; its shards hold %lld", (long long)claimed->rows[v], view_name(v),
				(long long)sum.rows[v]);
}

/* What the manifest has no hash of. */
static void check_there(struct checking *k, struct str name)
{
	struct err err;
	int fd = manifest_file(path_of(k, name), &err);

	if (fd < 0)
		problem(k, "%s", err.msg);
	else
		close(fd);
}

int dataset_written(const char *dir, struct err *err)
{
	struct shards s = { 0 };
	struct claims ignored;
	int rc = manifest_read(&s, &ignored, dir, err);

	shards_release(&s);
	return rc;
}

int dataset_check(struct dataset_check *c, const char *dir, struct err *err)
{
	struct checking k = { .c = c, .dir = dir };
	struct shards s = { 0 };
	struct claims claimed;
	int rc = manifest_read(&s, &claimed, dir, err);

	c->files = c->rows = c->problems = 0;
	c->limited = rc == 0 && claimed.limited;
	if (c->limited)
		c->limits = claimed.limits;
	if (rc == 0) {
		check_totals(&k, &s, &claimed);
		check_strangers(&k, &s);
		check_there(&k, STR("README.md"));
		check_there(&k, STR("report.html"));
		c->traces = claimed.rows[VIEW_TRACES];
		memcpy(c->content_sha256, claimed.content, sizeof(c->content_sha256));
	}
	for (size_t i = 0; rc == 0 && i < s.n; i++)
		rc = check_shard(&k, &s.at[i]);
	shards_release(&s);
	buf_release(&k.path);
	buf_release(&k.room);
	return rc;
}
