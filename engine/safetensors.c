/* safetensors.c - see safetensors.h. The format: 8 bytes little-endian header length, JSON header, data. */
#include "engine/safetensors.h"

#include "base/buf.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* For "%.*s". */
#define LABEL(text) (int)((text).n < 200 ? (text).n : 200), (text).s

static const struct {
	const char *name;
	size_t bytes;
	enum dtype dtype;
} types[] = {
	{ "F32", 4, DTYPE_F32 }, { "F16", 2, DTYPE_F16 }, { "BF16", 2, DTYPE_BF16 },
	{ "F64", 8, DTYPE_OTHER }, { "I64", 8, DTYPE_OTHER }, { "I32", 4, DTYPE_OTHER },
	{ "I16", 2, DTYPE_OTHER }, { "I8", 1, DTYPE_OTHER }, { "U64", 8, DTYPE_OTHER },
	{ "U32", 4, DTYPE_OTHER }, { "U16", 2, DTYPE_OTHER }, { "U8", 1, DTYPE_OTHER },
	{ "BOOL", 1, DTYPE_OTHER }, { "F8_E4M3", 1, DTYPE_F8_E4M3 }, { "F8_E5M2", 1, DTYPE_OTHER },
	{ "F8_E8M0", 1, DTYPE_OTHER },
};

int file_read(struct buf *out, const char *path, size_t max, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc = ERR_FAIL;

	if (fd < 0)
		return err_sys(err, "%s", path);
	if (fstat(fd, &st) < 0)
		err_sys(err, "%s", path);
	else if (!S_ISREG(st.st_mode))
		err_set(err, "%s: not a file", path);
	else if ((uint64_t)st.st_size > max)
		err_set(err, "%s: larger than %zu bytes", path, max);
	else if (!buf_reserve(out, (size_t)st.st_size + 1))
		err_set(err, "%s: out of memory", path);
	else
		rc = 0;
	while (rc == 0 && out->n < max) {
		char piece[16384];
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			rc = err_sys(err, "%s", path);
		if (got <= 0)
			break;
		buf_add(out, (struct str){ piece, (size_t)got });
	}
	close(fd);
	if (rc == 0 && (out->failed || out->n > max))
		rc = err_set(err, "%s: cannot be held in memory", path);
	return rc;
}

static struct tensor *tensor_new(struct tensors *t)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 64;
		struct tensor *all = realloc(t->all, cap * sizeof(*all));

		if (!all)
			return NULL;
		t->all = all;
		t->cap = cap;
	}
	memset(&t->all[t->n], 0, sizeof(t->all[0]));
	return &t->all[t->n++];
}

/* JSON text of a string, unescaped into the arena when it must be. */
static bool text_keep(struct tensors *t, struct json v, struct str *ret)
{
	char *room;

	if (json_plain(v, ret))
		return true;
	if (v.kind != JSON_STRING)
		return false;
	room = arena_alloc(&t->arena, v.raw.n);
	return room && json_text(v, room, v.raw.n, ret);
}

/* The numbers of a shape or of data_offsets. */
static bool numbers(struct json v, uint64_t *out, int cap, int *n)
{
	struct json x;

	*n = 0;
	if (v.kind != JSON_ARRAY)
		return false;
	for (struct json_iter it = json_iter(v); json_next(&it, NULL, &x);) {
		if (*n == cap || !json_u64(x, &out[*n]))
			return false;
		++*n;
	}
	return true;
}

static int tensor_read(struct tensors *t, struct str label, struct str key, struct json v, struct str data,
		       struct err *err)
{
	struct json type = { 0 }, shape = { 0 }, offsets = { 0 };
	uint64_t dim[TENSOR_RANK], at[2], want = 0;
	struct tensor *w = tensor_new(t);
	size_t i;
	int n;

	if (!w || !text_keep(t, (struct json){ JSON_STRING, key }, &w->name))
		return err_set(err, "%.*s: out of memory", LABEL(label));
	json_get(v, "dtype", &type);
	json_get(v, "shape", &shape);
	json_get(v, "data_offsets", &offsets);
	if (!json_plain(type, &w->type) || !numbers(shape, dim, TENSOR_RANK, &w->rank) ||
	    !numbers(offsets, at, 2, &n) || n != 2)
		return err_set(err, "%.*s: tensor %.*s: dtype, shape or data_offsets is missing or malformed",
			       LABEL(label), LABEL(w->name));
	for (i = 0; i < COUNT(types) && !str_is(w->type, types[i].name);)
		i++;
	if (i == COUNT(types))
		return err_set(err, "%.*s: tensor %.*s: unknown dtype \"%.*s\"", LABEL(label), LABEL(w->name),
			       LABEL(w->type));
	w->dtype = types[i].dtype;
	want = types[i].bytes;
	for (n = 0; n < w->rank; n++) {
		if (dim[n] > INT64_MAX || __builtin_mul_overflow(want, dim[n], &want))
			return err_set(err, "%.*s: tensor %.*s: shape overflows", LABEL(label), LABEL(w->name));
		w->shape[n] = (int64_t)dim[n];
	}
	if (at[0] > at[1] || at[1] > data.n)
		return err_set(err, "%.*s: tensor %.*s: its data lies past the end of the file (truncated? copy it again)",
			       LABEL(label), LABEL(w->name));
	if (at[1] - at[0] != want)
		return err_set(err, "%.*s: tensor %.*s: %llu bytes, its shape and dtype need %llu", LABEL(label),
			       LABEL(w->name), (unsigned long long)(at[1] - at[0]), (unsigned long long)want);
	w->begin = (size_t)at[0];
	w->bytes = (size_t)want;
	w->data = (const unsigned char *)data.s + w->begin;
	w->file = t->files;
	return 0;
}

static int by_begin(const void *pa, const void *pb)
{
	const struct tensor *a = pa, *b = pb;

	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	if (a->bytes != b->bytes)
		return a->bytes < b->bytes ? -1 : 1;
	return str_cmp(a->name, b->name);
}

static int by_name(const void *pa, const void *pb)
{
	const struct tensor *a = pa, *b = pb;

	return str_cmp(a->name, b->name);
}

/* The tensors from..n must cover data from 0 to its end, each byte once. */
static int tiling_check(struct tensors *t, size_t from, struct str label, size_t size, struct err *err)
{
	size_t end = 0;

	if (t->n > from)
		qsort(t->all + from, t->n - from, sizeof(t->all[0]), by_begin);
	for (size_t i = from; i < t->n; i++) {
		if (t->all[i].begin != end)
			return err_set(err, "%.*s: tensor %.*s: %s", LABEL(label), LABEL(t->all[i].name),
				       t->all[i].begin < end ? "overlaps another" : "bytes before it belong to none");
		end += t->all[i].bytes;
	}
	if (end != size)
		return err_set(err, "%.*s: %zu bytes after the last tensor", LABEL(label), size - end);
	return 0;
}

int tensors_add(struct tensors *t, struct str label, struct str bytes, struct err *err)
{
	size_t from = t->n;
	uint64_t len = 0;
	struct err why = ERR_INIT;
	struct json head, v;
	struct str key, data;

	if (bytes.n < 8)
		return err_set(err, "%.*s: too short for a safetensors file", LABEL(label));
	for (int i = 7; i >= 0; i--)
		len = len << 8 | (unsigned char)bytes.s[i];
	if (str_starts(bytes, STR("version https://git-lfs")))
		return err_set(err, "%.*s: not a safetensors file but what Git LFS leaves in its place: run `git lfs pull` there", LABEL(label));
	if (len > TENSORS_HEADER_MAX || len > bytes.n - 8)
		return err_set(err, "%.*s: not a safetensors file, or truncated (copy it again): header of %llu bytes in a file of %zu",
			       LABEL(label), (unsigned long long)len, bytes.n);
	data = str_from(bytes, 8 + (size_t)len);
	if (!json_parse(&head, str_sub(bytes, 8, 8 + (size_t)len), &why))
		return err_set(err, "%.*s: header: %s", LABEL(label), why.msg);
	if (head.kind != JSON_OBJECT)
		return err_set(err, "%.*s: header is not an object", LABEL(label));
	for (struct json_iter it = json_iter(head); json_next(&it, &key, &v);)
		if (!json_key_is(key, "__metadata__") && tensor_read(t, label, key, v, data, err) < 0)
			return ERR_FAIL;
	return tiling_check(t, from, label, data.n, err);
}

int tensors_sort(struct tensors *t, struct err *err)
{
	if (t->n)
		qsort(t->all, t->n, sizeof(t->all[0]), by_name);
	for (size_t i = 1; i < t->n; i++)
		if (str_eq(t->all[i - 1].name, t->all[i].name))
			return err_set(err, "tensor %.*s is there twice", LABEL(t->all[i].name));
	return 0;
}

const struct tensor *tensors_find(const struct tensors *t, const char *name)
{
	struct tensor key = { .name = str_of(name) };

	return t->n ? bsearch(&key, t->all, t->n, sizeof(t->all[0]), by_name) : NULL;
}

static int file_map(struct tensors *t, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct tensors_file *f;
	struct stat st;
	void *map;

	if (fd < 0)
		return err_sys(err, "%s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 8) {
		close(fd);
		return err_set(err, "%s: not a safetensors file", path);
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return err_sys(err, "%s", path);
	f = &t->file[t->files];
	*f = (struct tensors_file){ arena_str(&t->arena, str_of(path)), map, (size_t)st.st_size };
	if (!f->label.s)
		f->label = STR("model.safetensors");
	/* counted only after the add, whose tensors bear its number; mapped pages are released by the count */
	if (tensors_add(t, f->label, (struct str){ map, f->size }, err) < 0) {
		munmap(map, f->size);
		return ERR_FAIL;
	}
	t->files++;
	return 0;
}

struct shard {
	struct str name;
	int file;
};

static bool shard_name_fine(struct str s)
{
	return s.n > 0 && s.n < 200 && str_chr(s, '/') < 0 && str_chr(s, '\0') < 0 && !str_is(s, ".") &&
	       !str_is(s, "..");
}

/* Every file that weight_map names, each once, in the map's order. */
static int index_files(struct tensors *t, const char *dir, const char *path, struct json map, struct shard *shard,
		       int *n, struct err *err)
{
	char file[4096];
	struct str name;
	struct json v;

	for (struct json_iter it = json_iter(map); json_next(&it, NULL, &v);) {
		int i = 0;

		if (!text_keep(t, v, &name) || !shard_name_fine(name))
			return err_set(err, "%s: weight_map holds something that is not a file name", path);
		while (i < *n && !str_eq(shard[i].name, name))
			i++;
		if (i < *n)
			continue;
		if (*n == TENSORS_FILES_MAX)
			return err_set(err, "%s: more than %d shards", path, TENSORS_FILES_MAX);
		if ((size_t)snprintf(file, sizeof(file), "%s/%.*s", dir, (int)name.n, name.s) >= sizeof(file))
			return err_set(err, "%s: path too long", path);
		shard[*n] = (struct shard){ name, t->files };
		if (file_map(t, file, err) < 0)
			return ERR_FAIL;
		++*n;
	}
	return 0;
}

/* What weight_map promises of each tensor is so. */
static int index_check(struct tensors *t, const char *path, struct json map, const struct shard *shard, int n,
		       struct err *err)
{
	struct str key, name, file;
	struct json v;

	for (struct json_iter it = json_iter(map); json_next(&it, &key, &v);) {
		struct tensor probe = { 0 };
		const struct tensor *w;
		int i = 0;

		if (!text_keep(t, (struct json){ JSON_STRING, key }, &name) || !text_keep(t, v, &file))
			return err_set(err, "%s: out of memory", path);
		while (i < n && !str_eq(shard[i].name, file))
			i++;
		probe.name = name;
		w = t->n ? bsearch(&probe, t->all, t->n, sizeof(t->all[0]), by_name) : NULL;
		if (!w || i == n || w->file != shard[i].file)
			return err_set(err, "%s: tensor %.*s is not in %.*s", path, LABEL(name), LABEL(file));
	}
	return 0;
}

static int index_open(struct tensors *t, const char *dir, const char *path, struct err *err)
{
	struct buf text = BUF_INIT;
	struct shard *shard = calloc(TENSORS_FILES_MAX, sizeof(*shard));
	struct json top, map = { 0 };
	struct err why = ERR_INIT;
	int n = 0, rc = ERR_FAIL;

	t->file = calloc(TENSORS_FILES_MAX, sizeof(*t->file));
	if (!shard || !t->file)
		err_set(err, "%s: out of memory", path);
	else if (file_read(&text, path, TENSORS_HEADER_MAX, err) < 0)
		;
	else if (!json_parse(&top, buf_str(&text), &why))
		err_set(err, "%s: %s", path, why.msg);
	else if (!json_get(top, "weight_map", &map) || map.kind != JSON_OBJECT)
		err_set(err, "%s: no weight_map", path);
	else if (index_files(t, dir, path, map, shard, &n, err) == 0 && tensors_sort(t, err) == 0)
		rc = index_check(t, path, map, shard, n, err);
	free(shard);
	buf_release(&text);
	return rc;
}

int tensors_open(struct tensors *t, const char *dir, struct err *err)
{
	char path[4096], index[4096];
	int rc;

	if ((size_t)snprintf(path, sizeof(path), "%s/model.safetensors", dir) >= sizeof(path) ||
	    (size_t)snprintf(index, sizeof(index), "%s/model.safetensors.index.json", dir) >= sizeof(index))
		return err_set(err, "%.200s...: path too long", dir);
	if (access(path, F_OK) == 0) {
		t->file = calloc(1, sizeof(*t->file));
		rc = t->file ? file_map(t, path, err) : err_set(err, "%s: out of memory", path);
		if (rc == 0 && tensors_sort(t, err) < 0)
			rc = err_at(err, "%s: ", path);
	} else if (access(index, F_OK) == 0) {
		rc = index_open(t, dir, index, err);
	} else {
		rc = err_set(err, "%s: neither model.safetensors nor model.safetensors.index.json", dir);
	}
	if (rc < 0)
		tensors_release(t);
	return rc;
}

void tensors_release(struct tensors *t)
{
	for (int i = 0; i < t->files; i++)
		munmap(t->file[i].map, t->file[i].size);
	free(t->file);
	free(t->all);
	arena_release(&t->arena);
	*t = TENSORS_INIT;
}

void tensor_shape_text(const struct tensor *w, char out[128])
{
	int n = snprintf(out, 128, "[");

	for (int i = 0; i < w->rank && n < 100; i++)
		n += snprintf(out + n, 128 - (size_t)n, "%s%lld", i ? ", " : "", (long long)w->shape[i]);
	snprintf(out + n, 128 - (size_t)n, "]");
}

static float half_float(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16, exp = h >> 10 & 31, man = h & 0x3ff, bits;
	float f;

	if (exp == 31) {
		bits = sign | 0x7f800000 | man << 13;
	} else if (exp) {
		bits = sign | (exp + 112) << 23 | man << 13;
	} else { /* subnormal: man * 2^-24, exact in fp32 */
		f = (float)man * 0x1p-24f;
		memcpy(&bits, &f, 4);
		bits |= sign;
	}
	memcpy(&f, &bits, 4);
	return f;
}

/* 4 bits of exponent, 3 of mantissa, no infinity: all ones are not a number. */
static float f8_float(unsigned char b)
{
	int exp = b >> 3 & 15, man = b & 7;
	float f = exp ? ldexpf((float)(8 + man), exp - 10) : (float)man * 0x1p-9f;

	if ((b & 0x7f) == 0x7f)
		return NAN;
	return b & 0x80 ? -f : f;
}

void tensor_floats(const struct tensor *w, size_t from, size_t n, float *out)
{
	const unsigned char *p = w->data;

	if (w->dtype == DTYPE_F32) {
		memcpy(out, p + 4 * from, 4 * n);
		return;
	}
	if (w->dtype == DTYPE_F8_E4M3) {
		for (size_t i = 0; i < n; i++)
			out[i] = f8_float(p[from + i]);
		return;
	}
	p += 2 * from;
	for (size_t i = 0; i < n; i++, p += 2) {
		uint16_t h = (uint16_t)(p[0] | p[1] << 8);
		uint32_t bits = (uint32_t)h << 16;

		if (w->dtype == DTYPE_BF16)
			memcpy(&out[i], &bits, 4);
		else
			out[i] = half_float(h);
	}
}
