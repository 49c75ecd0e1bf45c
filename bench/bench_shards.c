/*
 * bench_shards.c - what shards cost: bytes and time by zstd level and frame size, and one row taken from the middle.
 *
 *	bench_shards [FILE.jsonl]	the rows of a file, 256 MiB at most; without one, rows like a run's traces
 *
 * Times are of the processor, not the clock. Samplers make kilobytes a second: the slowest line here is fast enough. Of the
 * writing most is SHA-256, over the text and over the file.
 */
#include "datasets/shard.h"
#include "datasets/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES = 8, PROMPTS = 4000, MOST = 256 << 20, PICKS = 200 };

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t chance(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return state >> 33;
}

/* Eight answers to each of some thousand sums: the prompt said again, steps that share their words. */
static void invent(struct buf *rows)
{
	for (int p = 0; p < PROMPTS; p++) {
		unsigned a = (unsigned)(chance() % 10000), b = (unsigned)(chance() % 10000);

		for (int i = 0; i < SAMPLES; i++) {
			buf_addf(rows, "{\"uid\":\"sum-%08x/%d\",\"prompt\":[{\"role\":\"user\",\"content\":\"Work out %u * %u and put the answer between <answer> and </answer>.\"}],\"response\":\"",
				 (unsigned)p * 2654435761u, i, a, b);
			for (int k = (int)(chance() % 40); k >= 0; k--)
				buf_addf(rows, "%u times %u gives %u, carry %u; ", (unsigned)(chance() % 10), a, (unsigned)(chance() % 100000), (unsigned)(chance() % 10));
			buf_addf(rows, "<answer>%u</answer>\"}\n", a * b);
		}
	}
}

static int read_rows(struct buf *rows, const char *path, struct err *err)
{
	struct reader *r;
	struct buf line = BUF_INIT;
	int rc = reader_open(&r, path, err);

	if (rc < 0)
		return rc;
	while (rows->n < MOST && (rc = reader_line(r, &line, err)) > 0) {
		buf_add(rows, buf_str(&line));
		buf_addc(rows, '\n');
	}
	reader_close(r);
	buf_release(&line);
	return rc < 0 ? rc : rows->failed ? err_set(err, "out of memory") : 0;
}

static int one(struct str rows, const char *path, int level, int64_t frame_bytes, struct err *err)
{
	struct shard_info info;
	struct shard_writer *w;
	struct shard *s;
	struct str line, rest = rows;
	double start = cpu_seconds(), packed, unpacked, picked;
	int rc = shard_create(&w, path, &(struct shard_how){ frame_bytes, level, false }, err);

	if (rc < 0)
		return rc;
	while (rc == 0 && str_line(&rest, &line))
		rc = shard_add(w, line, err);
	if (rc < 0) {
		shard_drop(w);
		return rc;
	}
	if (shard_finish(w, &info, err) < 0)
		return ERR_FAIL;
	packed = cpu_seconds() - start;
	rc = shard_open(&s, path, err);
	start = cpu_seconds();
	if (rc == 0)
		rc = shard_count(s, err);
	unpacked = cpu_seconds() - start;
	start = cpu_seconds();
	for (int i = 0; rc == 0 && i < PICKS; i++)
		rc = shard_row(s, (int64_t)(chance() % (uint64_t)info.rows), &line, err);
	picked = cpu_seconds() - start;
	if (rc == 0)
		printf("%5d %10lld %8lld %12lld %7.2f %10.0f %10.0f %10.2f\n", level, (long long)frame_bytes >> 10, (long long)info.frames,
		       (long long)info.bytes, (double)info.text_bytes / (double)info.bytes, (double)info.text_bytes / 1e6 / packed,
		       (double)info.text_bytes / 1e6 / unpacked, 1e3 * picked / PICKS);
	shard_close(s);
	shard_info_release(&info);
	return rc;
}

int main(int argc, char **argv)
{
	static const int levels[] = { 1, 3, 6, 9 };
	static const int64_t frames[] = { 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20 };
	struct buf rows = BUF_INIT;
	struct err err = ERR_INIT;
	char path[64];
	int rc = 0;

	snprintf(path, sizeof(path), "/tmp/bench_shards.%ld.zst", (long)getpid());
	if (argc > 1)
		rc = read_rows(&rows, argv[1], &err);
	else
		invent(&rows);
	if (rc == 0 && rows.n == 0)
		rc = err_set(&err, "%s: no rows", argv[1]);
	if (rc == 0)
		printf("%.1f MB of text, hashes and checksums included\nlevel frame KiB   frames        bytes   ratio write MB/s  read MB/s ms per row\n",
		       (double)rows.n / 1e6);
	for (size_t l = 0; rc == 0 && l < COUNT(levels); l++)
		for (size_t f = 0; rc == 0 && f < COUNT(frames); f++)
			rc = one(buf_str(&rows), path, levels[l], frames[f], &err);
	remove(path);
	buf_release(&rows);
	if (rc < 0)
		fprintf(stderr, "%s\n", err.msg);
	return rc < 0;
}
