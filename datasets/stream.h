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
 *	writer_save(w, &err);					// stops: out.jsonl.part is there for writer_resume
 *
 * Compressed files are written in frames of about 4 MiB of text that end where a writer_add ended, and say their size.
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
/*
 * The lines of a file that begin in slice `index` (from 0) of `count` equal slices of its text: the slices, one after the
 * other, are the file. Not of a pipe. Costs a look at each frame's head where the file is compressed.
 */
int reader_open_slice(struct reader **ret, const char *path, int64_t index, int64_t count, struct err *err);
/* 1 and the next line, 0 at the end, negative on failure (which names the file and the line). A byte order mark before the first is passed over. */
int reader_line(struct reader *r, struct buf *line, struct err *err);
const char *reader_name(const struct reader *r); /* the path, or "standard input" */
uint64_t reader_number(const struct reader *r);  /* of the last line, from 1; of a slice's line, within the slice */
uint64_t reader_before(struct reader *r);        /* the lines before a slice; reads them all, so ask for messages only */
void reader_close(struct reader *r);             /* NULL is fine */

int writer_open(struct writer **ret, const char *path, struct err *err);
int writer_add(struct writer *w, struct str text, struct err *err);
bool writer_resumes(const struct writer *w); /* it writes a file, which writer_resume may go on with: no pipe, no device */
int writer_flush(struct writer *w, struct err *err); /* what was added reaches the file or pipe */
int writer_finish(struct writer *w, struct err *err); /* frees w, also on failure */
/*
 * Go on with what a saved, killed or failed writer left in PATH.part: its whole lines (whole frames of a compressed file)
 * are shown to each(). They stay where it gives 0; 1 takes this line and all behind it out of the file (of a compressed
 * one, with what else its frame holds: flush before such a line); negative, with err set, refuses the file and leaves it as
 * it is. Starts afresh where there is none. Where this writer fails, PATH.part stays.
 */
int writer_resume(struct writer **ret, const char *path, int (*each)(void *ctx, struct str line, struct err *err), void *ctx,
		  struct err *err);
/* What was added is on the disk, in PATH.part unless that would be empty; frees w, also on failure, of which the whole lines stay. */
int writer_save(struct writer *w, struct err *err);
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
/* How long the frame is that these bytes begin with, and the text in it. Negative: cut short or damaged. */
int codec_frame(struct str bytes, size_t *length, uint64_t *text);
bool codec_between_frames(const struct codec *c); /* a stream may end here */

#endif
