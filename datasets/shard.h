/*
 * shard.h - one shard: rows as JSON lines in independent zstd frames, with a seek table at the end.
 *
 *	struct shard_writer *w;
 *	if (shard_create(&w, "train-00000.jsonl.zst", &(struct shard_how){ 4 << 20, 3, false }, &err) < 0)
 *		...
 *	shard_add(w, row, &err);		// without the newline
 *	shard_finish(w, &info, &err);		// fsynced, and only now under its name
 *
 *	struct shard *s;
 *	if (shard_open(&s, "train-00000.jsonl.zst", &err) < 0)
 *		...
 *	shard_rows(s, info.frame_rows, info.frames, &err);	// or shard_count(s, &err)
 *	shard_row(s, 41, &line, &err);				// decompresses one frame
 *	shard_close(s);
 *
 * Any zstd reader reads the file whole. Frames end on a newline, carry their content's size and checksum, and hold about
 * frame_bytes of text: fewer unless one row alone is longer. The table is that of the zstd seekable format 0.1.0, with
 * checksums, in a skippable frame; none stands at the front, where some readers would stop.
 */
#ifndef QUARRY_DATASETS_SHARD_H
#define QUARRY_DATASETS_SHARD_H

#include "base/buf.h"
#include "base/err.h"

enum {
	SHARD_FRAME_MAX = 1 << 30, /* text bytes of one frame; a table that claims more is refused */
	SHARD_ROW_MAX = 256 << 20, /* bytes of one row */
};

struct shard_how {
	int64_t frame_bytes; /* of text */
	int level;           /* zstd's */
	bool plain;          /* write the same text uncompressed beside it: the path without ".zst" */
};

struct shard_info {
	char sha256[65];         /* of the file */
	char content_sha256[65]; /* of the text in it; of the plain file too */
	int64_t bytes, text_bytes, rows;
	int64_t *frame_rows; /* rows in each frame; shard_info_release frees it */
	int64_t frames;
};

struct shard_writer;
struct shard;

int shard_create(struct shard_writer **ret, const char *path, const struct shard_how *how, struct err *err);
int shard_add(struct shard_writer *w, struct str row, struct err *err);
int64_t shard_text_bytes(const struct shard_writer *w); /* added so far */
int shard_finish(struct shard_writer *w, struct shard_info *ret, struct err *err); /* frees w, also on failure */
void shard_drop(struct shard_writer *w); /* gives up, nothing is left behind; NULL is fine */
void shard_info_release(struct shard_info *info);

/* Read the seek table. Everything in it is checked against the file's size before memory is spent. */
int shard_open(struct shard **ret, const char *path, struct err *err);
void shard_close(struct shard *s); /* NULL is fine */
int64_t shard_frames(const struct shard *s);
/* The text of one frame, checked against its checksums. It lives until the next call on s. */
int shard_frame(struct shard *s, int64_t frame, struct str *text, struct err *err);
/* How many rows each frame holds: as a manifest tells, or by reading the whole shard once. */
int shard_rows(struct shard *s, const int64_t *frame_rows, int64_t frames, struct err *err);
int shard_count(struct shard *s, struct err *err);
int64_t shard_row_count(const struct shard *s); /* after one of these */
/* Row 0, 1, ...; it lives until the next call on s. */
int shard_row(struct shard *s, int64_t number, struct str *row, struct err *err);

#endif
