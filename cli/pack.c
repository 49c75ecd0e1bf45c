/* pack.c - an environment's archive: written, laid out as images, unpacked. See pack.h. */
#include "cli/pack.h"

#include "base/hash.h"
#include "base/json.h"
#include "datasets/stream.h"
#include "repos/checkout.h"
#include "repos/tar.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { DEPTH_MAX = 60, CHUNK = 1 << 16, OUT_MAX = 1 << 20, FILES_MAX = 2000000 };
#define BYTES_MAX (64ull << 30)

/* ---- what goes in */

struct entry {
	const char *name; /* in the archive */
	const char *host; /* of this machine; NULL: a directory, or `text` */
	const char *text;
};

struct entries {
	struct entry *at;
	size_t n, cap;
	struct arena text;
	bool failed;
};

static void add(struct entries *e, const char *name, const char *host, const char *text)
{
	if (e->n == e->cap) {
		size_t cap = e->cap ? 2 * e->cap : 4096;
		struct entry *at = realloc(e->at, cap * sizeof(*at));

		if (!at) {
			e->failed = true;
			return;
		}
		e->at = at;
		e->cap = cap;
	}
	e->at[e->n] = (struct entry){ arena_strdup(&e->text, str_of(name)), host ? arena_strdup(&e->text, str_of(host)) : NULL, text };
	e->failed |= !e->at[e->n].name || (host && !e->at[e->n].host);
	e->n++;
}

static void add_tree(struct entries *all, const char *name, const char *host, int depth)
{
	struct dirent *e;
	struct stat st;
	DIR *d;

	if (depth > DEPTH_MAX || lstat(host, &st) < 0 || all->n > FILES_MAX)
		return;
	if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		add(all, name, host, NULL);
	if (!S_ISDIR(st.st_mode))
		return;
	add(all, name, NULL, NULL);
	d = opendir(host);
	while (d && (e = readdir(d))) {
		char below[PATH_MAX], inside[PATH_MAX];

		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && (size_t)snprintf(below, sizeof(below), "%s/%s", host, e->d_name) < sizeof(below) &&
		    (size_t)snprintf(inside, sizeof(inside), "%s/%s", name, e->d_name) < sizeof(inside))
			add_tree(all, inside, below, depth + 1);
	}
	if (d)
		closedir(d);
}

/* The directories above a name. */
static void add_parents(struct entries *all, const char *name)
{
	char dir[PATH_MAX];

	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - name), name);
		add(all, dir, NULL, NULL);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x->host || x->text ? 1 : 0) - (y->host || y->text ? 1 : 0);
}

static void gather(struct entries *all, const struct pack *p)
{
	static const char *const dirs[] = { "dev", "proc", "sys", "tmp", "usr", "etc" };
	size_t n;

	for (size_t i = 0; i < COUNT(dirs); i++)
		add(all, dirs[i], NULL, NULL);
	add(all, "etc/passwd", NULL, "root:x:0:0:root:/tmp:/bin/sh\nnobody:x:65534:65534:nobody:/nowhere:/usr/sbin/nologin\n");
	add(all, "etc/group", NULL, "root:x:0:\nnogroup:x:65534:\n");
	for (size_t i = 0; i < p->packages->files.n; i++) {
		char host[PATH_MAX];

		snprintf(host, sizeof(host), "/%s", p->packages->files.at[i]);
		add(all, p->packages->files.at[i], host, NULL);
	}
	for (size_t i = 0; i < p->n_trees; i++)
		add_tree(all, p->trees[i].name, p->trees[i].from, 0);
	n = all->n;
	for (size_t i = 0; i < n && !all->failed; i++)
		add_parents(all, all->at[i].name);
	if (all->failed)
		return;
	qsort(all->at, all->n, sizeof(*all->at), by_name);
	n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (n == 0 || strcmp(all->at[i].name, all->at[n - 1].name) != 0)
			all->at[n++] = all->at[i];
	all->n = n;
}

/* ---- writing */

struct writing {
	FILE *f;
	struct codec *codec;
	struct sha256 of_file, of_archive;
	uint64_t bytes, text;
	struct buf out;
};

static bool drain(struct writing *w, struct str in, bool end)
{
	if (codec_run(w->codec, &in, &w->out, SIZE_MAX, end) < 0)
		return false;
	if (w->out.n < OUT_MAX && !end)
		return true;
	sha256_add(&w->of_file, w->out.s, w->out.n);
	w->bytes += w->out.n;
	if (fwrite(w->out.s, 1, w->out.n, w->f) != w->out.n)
		return false;
	buf_reset(&w->out);
	return true;
}

static bool put(void *ctx, const void *data, size_t n)
{
	struct writing *w = ctx;

	sha256_add(&w->of_archive, data, n);
	w->text += n;
	return drain(w, (struct str){ data, n }, false);
}

/*
 * Compiled Python says when its source was written. In the archive everything is from one moment, so that moment is put in, if it was of
 * this source: else Python would compile everything anew in each run.
 */
static void restamp(const char *host, char *text, size_t n)
{
	const char *name = strrchr(host, '/'), *dir = name ? memrchr(host, '/', (size_t)(name - host)) : NULL;
	unsigned char *at = (unsigned char *)text;
	char source[PATH_MAX];
	struct stat st;
	uint32_t stamp;

	if (!dir || n < 16 || at[4] || at[5] || at[6] || at[7] || strncmp(dir, "/__pycache__/", 13) != 0)
		return;
	snprintf(source, sizeof(source), "%.*s/%.*s.py", (int)(dir - host), host, (int)strcspn(name + 1, "."), name + 1);
	stamp = (uint32_t)at[8] | (uint32_t)at[9] << 8 | (uint32_t)at[10] << 16 | (uint32_t)at[11] << 24;
	if (stat(source, &st) < 0 || (uint32_t)st.st_mtime != stamp)
		return;
	for (int i = 0; i < 4; i++)
		at[8 + i] = (unsigned char)((uint32_t)TAR_TIME >> 8 * i);
}

static int write_file(struct tar_out *tar, const struct entry *e, const struct stat *st, struct err *err)
{
	struct tar_entry t = { .kind = TAR_FILE, .name = str_of(e->name), .program = st->st_mode & 0111 };
	int fd = open(e->host, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t n = (size_t)st->st_size;
	char *text = NULL;

	if (fd < 0)
		return err_sys(err, "%s", e->host);
	if (n)
		text = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	if (text == MAP_FAILED)
		return err_sys(err, "%s", e->host);
	if (str_ends(str_of(e->name), STR(".pyc")))
		restamp(e->host, text, n);
	t.text = (struct str){ text, n };
	tar_add(tar, &t);
	if (text)
		munmap(text, n);
	return 0;
}

static int write_entry(struct tar_out *tar, const struct entry *e, struct err *err)
{
	struct tar_entry t = { .kind = TAR_DIRECTORY, .name = str_of(e->name) };
	char to[PATH_MAX];
	struct stat st;
	ssize_t n;

	if (!e->host) {
		if (e->text) {
			t.kind = TAR_FILE;
			t.text = str_of(e->text);
		}
		tar_add(tar, &t);
		return 0;
	}
	if (lstat(e->host, &st) < 0)
		return err_sys(err, "%s", e->host);
	if (S_ISREG(st.st_mode))
		return write_file(tar, e, &st, err);
	n = readlink(e->host, to, sizeof(to));
	if (n < 0 || (size_t)n == sizeof(to))
		return err_sys(err, "%s", e->host);
	t.kind = TAR_LINK;
	t.to = (struct str){ to, (size_t)n };
	tar_add(tar, &t);
	return 0;
}

static int write_all(struct writing *w, const struct entries *all, struct err *err)
{
	struct tar_out tar = { .put = put, .ctx = w };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < all->n && !tar.failed; i++)
		rc = write_entry(&tar, &all->at[i], err);
	tar_end(&tar);
	if (rc == 0 && (tar.failed || !drain(w, (struct str){ "", 0 }, true)))
		rc = err_sys(err, "the archive");
	return rc;
}

int pack_write(struct pack *p, const char *path, struct err *err)
{
	struct entries all = { 0 };
	struct writing w = { .codec = codec_new(true) };
	char part[PATH_MAX];
	int rc = 0;

	snprintf(part, sizeof(part), "%s.part", path);
	gather(&all, p);
	w.f = fopen(part, "wb");
	sha256_init(&w.of_file);
	sha256_init(&w.of_archive);
	if (all.failed || !w.codec)
		rc = err_set(err, "out of memory");
	else if (!w.f)
		rc = err_sys(err, "%s", part);
	if (rc == 0)
		rc = write_all(&w, &all, err);
	if (w.f && fclose(w.f) != 0 && rc == 0)
		rc = err_sys(err, "%s", part);
	if (rc == 0 && rename(part, path) < 0)
		rc = err_sys(err, "%s", path);
	if (rc < 0)
		unlink(part);
	sha256_hex(&w.of_file, p->digest);
	sha256_hex(&w.of_archive, p->diff);
	p->bytes = w.bytes;
	p->text = w.text;
	p->files = all.n;
	codec_free(w.codec);
	buf_release(&w.out);
	free(all.at);
	arena_release(&all.text);
	return rc;
}

/* ---- images */

static int write_text(const char *path, struct str text, struct err *err)
{
	FILE *f = fopen(path, "wb");
	bool fine = f && fwrite(text.s, 1, text.n, f) == text.n;

	if (f && fclose(f) != 0)
		fine = false;
	return fine ? 0 : err_sys(err, "%s", path);
}

/* A blob, and "mediaType", "digest" and "size" of it as members of an open object. */
static int put_blob(const char *dir, const char *type, struct str text, struct buf *json, struct err *err)
{
	char path[PATH_MAX], hex[65];
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, text.s, text.n);
	sha256_hex(&s, hex);
	json_key(json, "mediaType");
	json_add_z(json, type);
	json_key(json, "digest");
	buf_addf(json, "\"sha256:%s\"", hex);
	json_key(json, "size");
	json_add_u64(json, text.n);
	snprintf(path, sizeof(path), "%s/blobs/sha256/%s", dir, hex);
	return write_text(path, text, err);
}

static const char *architecture(void)
{
	static struct utsname u;

	uname(&u);
	return strcmp(u.machine, "x86_64") == 0 ? "amd64" : strcmp(u.machine, "aarch64") == 0 ? "arm64" : u.machine;
}

static void config_json(struct buf *b, const struct pack *p)
{
	buf_addf(b, "{\"created\":\"2000-01-01T00:00:00Z\",\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{\"Env\":"
		"[\"PATH=/usr/local/bin:/usr/bin:/bin\",\"LANG=C.UTF-8\",\"TZ=UTC\"],\"Cmd\":[\"/bin/sh\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:%s\"]},"
		"\"history\":[{\"created\":\"2000-01-01T00:00:00Z\",\"created_by\":\"quarry pack\"}]}", architecture(), p->diff);
}

int pack_copy(const char *from, const char *to, struct err *err)
{
	char room[CHUNK];
	FILE *in, *out;
	size_t n;
	bool fine;

	unlink(to);
	if (link(from, to) == 0)
		return 0;
	in = fopen(from, "rb");
	out = fopen(to, "wb");
	fine = in && out;
	while (fine && (n = fread(room, 1, sizeof(room), in)) > 0)
		fine = fwrite(room, 1, n, out) == n;
	fine = fine && !ferror(in);
	if (in)
		fclose(in);
	if (out && fclose(out) != 0)
		fine = false;
	return fine ? 0 : err_sys(err, "%s", to);
}

static int put_layer(const char *dir, const struct image_part *part, struct err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/blobs/sha256/%s", dir, part->pack->digest);
	return pack_copy(part->file, path, err);
}

static int put_image(const char *dir, const struct image_part *part, struct buf *index, struct err *err)
{
	struct buf config = BUF_INIT, manifest = BUF_INIT;
	int rc;

	config_json(&config, part->pack);
	json_open(&manifest, '{');
	json_key(&manifest, "schemaVersion");
	json_add_u64(&manifest, 2);
	json_key(&manifest, "mediaType");
	json_add_z(&manifest, "application/vnd.oci.image.manifest.v1+json");
	json_key(&manifest, "config");
	json_open(&manifest, '{');
	rc = put_blob(dir, "application/vnd.oci.image.config.v1+json", buf_str(&config), &manifest, err);
	json_close(&manifest, '}');
	json_key(&manifest, "layers");
	buf_addf(&manifest, "[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+zstd\",\"digest\":\"sha256:%s\",\"size\":%llu}]", part->pack->digest,
		 (unsigned long long)part->pack->bytes);
	json_close(&manifest, '}');
	if (rc == 0)
		rc = put_layer(dir, part, err);
	json_open(index, '{');
	if (rc == 0)
		rc = put_blob(dir, "application/vnd.oci.image.manifest.v1+json", buf_str(&manifest), index, err);
	buf_addf(index, ",\"platform\":{\"architecture\":\"%s\",\"os\":\"linux\"},\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}", architecture(),
		 part->name);
	json_close(index, '}');
	buf_release(&config);
	buf_release(&manifest);
	return rc;
}

int pack_images(const char *dir, const struct image_part *parts, size_t n, struct err *err)
{
	static const char *const below[] = { "", "/blobs", "/blobs/sha256" };
	struct buf index = BUF_INIT;
	char path[PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", dir, below[i]);
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return err_sys(err, "%s", path);
	}
	snprintf(path, sizeof(path), "%s/oci-layout", dir);
	rc = write_text(path, STR("{\"imageLayoutVersion\":\"1.0.0\"}"), err);
	buf_addz(&index, "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[");
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (i)
			buf_addc(&index, ',');
		rc = put_image(dir, &parts[i], &index, err);
	}
	buf_addz(&index, "]}");
	snprintf(path, sizeof(path), "%s/index.json", dir);
	if (rc == 0)
		rc = write_text(path, buf_str(&index), err);
	buf_release(&index);
	return rc;
}

/* ---- unpacking */

struct root {
	struct checkouts *room; /* for its directory, which goes with it or after it was killed */
	char *path;
};

struct reading {
	FILE *f;
	struct codec *codec;
	char chunk[CHUNK];
	struct str in;
	struct buf out;
	size_t at; /* of out */
	bool bad;
};

static size_t get(void *ctx, void *data, size_t n)
{
	struct reading *r = ctx;
	size_t got = 0;

	while (got < n) {
		size_t part = r->out.n - r->at < n - got ? r->out.n - r->at : n - got;

		memcpy((char *)data + got, r->out.s ? r->out.s + r->at : "", part);
		r->at += part;
		got += part;
		if (got == n)
			break;
		buf_reset(&r->out);
		r->at = 0;
		if (!r->in.n) {
			r->in = (struct str){ r->chunk, fread(r->chunk, 1, sizeof(r->chunk), r->f) };
			if (!r->in.n)
				break;
		}
		if (codec_run(r->codec, &r->in, &r->out, CHUNK, false) < 0) {
			r->bad = true;
			break;
		}
	}
	return got;
}

static int unpack(const char *path, const char *to, struct err *err)
{
	struct reading *r = calloc(1, sizeof(*r));
	struct tar_in in = { .get = get, .ctx = r, .bytes_max = BYTES_MAX, .files_max = FILES_MAX };
	int dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;

	if (r) {
		r->f = fopen(path, "rb");
		r->codec = codec_new(false);
	}
	if (!r || !r->codec)
		rc = err_set(err, "out of memory");
	else if (!r->f || dir < 0)
		rc = err_sys(err, "%s", r->f ? to : path);
	else if (tar_unpack(&in, dir, err) < 0)
		rc = r->bad ? err_set(err, "%s: damaged zstd", path) : err_at(err, "%s: ", path);
	if (dir >= 0)
		close(dir);
	if (r) {
		if (r->f)
			fclose(r->f);
		codec_free(r->codec);
		buf_release(&r->out);
	}
	free(r);
	return rc;
}

int root_open(struct root **ret, const char *path, struct err *err)
{
	const char *temp = getenv("TMPDIR");
	struct root *r = calloc(1, sizeof(*r));
	struct buf dir = BUF_INIT;
	int rc = r ? checkouts_open(&r->room, temp && *temp == '/' ? temp : "/tmp", err) : err_set(err, "out of memory");

	if (rc == 0) {
		buf_addf(&dir, "%s/root", checkouts_path(r->room));
		r->path = dir.failed ? NULL : dir.s;
		rc = !r->path ? err_set(err, "out of memory") : mkdir(r->path, 0755) < 0 || chmod(r->path, 0755) < 0 ? err_sys(err, "%s", r->path) : unpack(path, r->path, err);
	}
	if (rc < 0) {
		root_close(r);
		return rc;
	}
	*ret = r;
	return 0;
}

const char *root_path(const struct root *r)
{
	return r->path;
}

void root_close(struct root *r)
{
	if (!r)
		return;
	if (r->room)
		checkouts_close(r->room);
	free(r->path);
	free(r);
}
