/*
 * engine_help.h - what the tests of the engine share: golden folders and damaged copies of them, and models run without ceremony.
 *
 *	help_begin();
 *	m = open_or_die(golden("qwen3"), true);
 *	logits = logits_of(m, token, n, n, 1);
 *	...
 *	return help_end();
 */
#ifndef QUARRY_TESTS_ENGINE_HELP_H
#define QUARRY_TESTS_ENGINE_HELP_H

#include "tests/check.h"
#include "tests/tiny_model.h"

#include "engine/engine.h"
#include "engine/safetensors.h"

#include <dirent.h>
#include <unistd.h>

#define HELP __attribute__((unused)) static

static char scratch[] = "/tmp/test_engine.XXXXXX";
static const char *source;

/* ---- folders ---- */

HELP const char *golden(const char *name)
{
	static char path[2][6000];
	static int turn;

	turn ^= 1;
	snprintf(path[turn], sizeof(path[turn]), "%s/tests/fixtures/golden/%s", source, name);
	return path[turn];
}

HELP struct buf file_bytes(const char *dir, const char *name)
{
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	char path[2000];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (file_read(&b, path, 64 << 20, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	return b;
}

HELP void file_put(const char *dir, const char *name, struct str text)
{
	if (tiny_file(dir, name, text, STR("")) < 0) {
		perror(name);
		exit(1);
	}
}

HELP void folder_clear(const char *dir)
{
	DIR *d = opendir(dir);
	char path[2000];

	if (!d)
		return;
	for (struct dirent *f; (f = readdir(d));) {
		snprintf(path, sizeof(path), "%s/%s", dir, f->d_name);
		if (f->d_name[0] != '.')
			unlink(path);
	}
	closedir(d);
	rmdir(dir);
}

/* A copy of a golden folder that a test may damage. */
HELP const char *folder_copy(const char *name)
{
	static char dir[200];
	DIR *d = opendir(golden(name));

	snprintf(dir, sizeof(dir), "%s/copy", scratch);
	folder_clear(dir);
	mkdir(dir, 0777);
	if (!d) {
		perror(golden(name));
		exit(1);
	}
	for (struct dirent *f; (f = readdir(d));)
		if (f->d_name[0] != '.') {
			struct buf b = file_bytes(golden(name), f->d_name);

			file_put(dir, f->d_name, buf_str(&b));
			buf_release(&b);
		}
	closedir(d);
	return dir;
}

/* Put `to` in place of the first `from`; both may hold any bytes. */
HELP void file_edit_bytes(const char *dir, const char *name, struct str from, struct str to)
{
	struct buf b = file_bytes(dir, name), out = BUF_INIT;
	ptrdiff_t at = str_find(buf_str(&b), from);

	if (at < 0) {
		fprintf(stderr, "%s/%s holds no %.*s\n", dir, name, (int)from.n, from.s);
		exit(1);
	}
	buf_add(&out, str_sub(buf_str(&b), 0, (size_t)at));
	buf_add(&out, to);
	buf_add(&out, str_from(buf_str(&b), (size_t)at + from.n));
	file_put(dir, name, buf_str(&out));
	buf_release(&b);
	buf_release(&out);
}

HELP void file_edit(const char *dir, const char *name, const char *from, const char *to)
{
	file_edit_bytes(dir, name, str_of(from), str_of(to));
}

HELP const char *tiny_dir(const struct tiny *t, const char *name)
{
	static char dir[4][200];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(dir[turn], sizeof(dir[turn]), "%s/%s", scratch, name);
	folder_clear(dir[turn]);
	if (tiny_write(dir[turn], t, 7) < 0) {
		perror(dir[turn]);
		exit(1);
	}
	return dir[turn];
}

/* ---- running ---- */

HELP struct model *open_or_die(const char *dir, bool fp32)
{
	struct err err = ERR_INIT;
	struct model *m = model_open(dir, &(struct model_options){ .fp32 = fp32, .threads = 2 }, &err);

	if (!m) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	return m;
}

HELP struct engine *engine_or_die(const struct model *m, int threads, size_t kv_tokens)
{
	struct err err = ERR_INIT;
	struct engine *e =
		engine_new(m, &(struct engine_options){ .threads = threads, .kv_tokens = kv_tokens, .max_rows = 600 }, &err);

	if (!e) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	return e;
}

HELP void step_or_die(struct engine *e, const struct engine_row *rows, int n)
{
	struct err err = ERR_INIT;

	if (engine_step(e, rows, n, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
}

/* Logits (n, vocab) after each of n tokens, fed `chunk` at a time. */
HELP float *logits_of(const struct model *m, const int32_t *token, int n, int chunk, int threads)
{
	size_t vocab = (size_t)model_info(m)->vocab;
	struct engine *e = engine_or_die(m, threads, 4096);
	float *out = malloc((size_t)n * vocab * sizeof(*out));
	int seq = engine_seq_new(e);
	struct engine_row row[600];

	for (int at = 0; at < n; at += chunk) {
		int now = n - at < chunk ? n - at : chunk;

		for (int i = 0; i < now; i++)
			row[i] = (struct engine_row){ token[at + i], seq, true };
		step_or_die(e, row, now);
		for (int i = 0; i < now; i++)
			memcpy(out + (size_t)(at + i) * vocab, engine_logits(e, i), vocab * sizeof(*out));
	}
	engine_free(e);
	return out;
}

HELP double distance(const float *a, const float *b, size_t n)
{
	double worst = 0;

	for (size_t i = 0; i < n; i++) {
		double d = fabs((double)a[i] - b[i]);

		if (!isfinite(d))
			return INFINITY;
		worst = d > worst ? d : worst;
	}
	return worst;
}

HELP void tokens_draw(int32_t *token, int n, int vocab, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "test_engine tokens");
	for (int i = 0; i < n; i++)
		token[i] = (int32_t)rng_below(&r, (uint32_t)vocab);
}

HELP void help_begin(void)
{
	source = getenv("QUARRY_SOURCE");
	if (!source)
		source = ".";
	if (!mkdtemp(scratch)) {
		perror(scratch);
		exit(1);
	}
}

/* The folders that a test made are gone. */
HELP int help_end(void)
{
	DIR *d = opendir(scratch);
	char path[2000];

	for (struct dirent *f; d && (f = readdir(d));) {
		snprintf(path, sizeof(path), "%s/%s", scratch, f->d_name);
		if (f->d_name[0] != '.')
			folder_clear(path);
	}
	if (d)
		closedir(d);
	rmdir(scratch);
	return check_done();
}

#endif
