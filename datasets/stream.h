/*
 * stream.h - lines in and out, plain or zstd, so that every command reads and writes .jsonl and .jsonl.zst alike.
 *
 *	struct reader *r;
 *	if (reader_open(&r, "rows.jsonl.zst", &err) < 0)	// "-" is stdin; zstd is known by its magic
 *		...
 *	while ((rc = reader_line(r, &line, &err)) > 0)		// without the newline
 *		...
 *	reader_close(r);
 *
 *	struct writer *w;
 *	writer_open(&w, "out.jsonl", &err);			// "-" is stdout; ".zst" at the end compresses
 *	writer_add(w, text, &err);
 *	writer_finish(w, &err);					// only now the file has its name
 *	writer_drop(w);						// gives up: nothing is left behind
 *
 * One thread at a time. Without zstd (stream_plain.c) a compressed file is refused with one line.
 */
#ifndef QUARRY_DATASETS_STREAM_H
#define QUARRY_DATASETS_STREAM_H

#include "base/buf.h"
#include "base/err.h"

enum { STREAM_LINE_MAX = 256 << 20 }; /* bytes; a longer line is an error */

struct reader;
struct writer;

int reader_open(struct reader **ret, const char *path, struct err *err);
/* 1 and the next line, 0 at the end, negative on failure (which names the file and the line). */
int reader_line(struct reader *r, struct buf *line, struct err *err);
const char *reader_name(const struct reader *r); /* the path, or "standard input" */
uint64_t reader_number(const struct reader *r);  /* of the last line, from 1 */
void reader_close(struct reader *r);             /* NULL is fine */

int writer_open(struct writer **ret, const char *path, struct err *err);
int writer_add(struct writer *w, struct str text, struct err *err);
int writer_flush(struct writer *w, struct err *err); /* what was added reaches the file or pipe */
int writer_finish(struct writer *w, struct err *err); /* frees w, also on failure */
void writer_drop(struct writer *w);                   /* NULL is fine */

/* The codec, one of stream_zstd.c and stream_plain.c. */
struct codec;
bool codec_there(void); /* whether zstd is built in */
struct codec *codec_new(bool compress);
void codec_free(struct codec *c);
/*
 * Feed `in` (all of it is used) and add what comes out to `out`; `end` closes the frame when compressing.
 * Decompressing stops early once `out` holds `enough` bytes; *in is moved behind what was used.
 * Negative: damaged input, or out of memory.
 */
int codec_run(struct codec *c, struct str *in, struct buf *out, size_t enough, bool end);
bool codec_between_frames(const struct codec *c); /* a stream may end here */

#endif
