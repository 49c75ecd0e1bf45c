/* stream.c - lines in and out; see stream.h. */
#include "datasets/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1 << 18 };

struct reader {
	char *name;
	int fd;
	struct codec *codec; /* NULL: plain */
	struct buf raw;      /* compressed bytes read */
	struct str left;     /* of raw, not yet decompressed */
	struct buf text;     /* decompressed or plain */
	size_t at;           /* of text, given out */
	uint64_t number;
	bool eof;
};

struct writer {
	char *path, *part; /* NULL path: stdout */
	int fd;
	struct codec *codec;
	struct buf out;
};

static ssize_t read_some(int fd, char *room, size_t cap)
{
	ssize_t n;

	do
		n = read(fd, room, cap);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Read the next bytes of the file onto the end of b. 0 at the end of the file. */
static int more_bytes(struct reader *r, struct buf *b, struct err *err)
{
	ssize_t n;

	if (!buf_reserve(b, CHUNK))
		return err_set(err, "%s: out of memory", r->name);
	n = read_some(r->fd, b->s + b->n, CHUNK);
	if (n < 0)
		return err_sys(err, "%s", r->name);
	b->n += (size_t)n;
	b->s[b->n] = 0;
	if (n == 0)
		r->eof = true;
	return n > 0;
}

/* A zstd frame, or one that a zstd reader skips: pzstd and the like put such a one in front. */
static bool is_zstd(struct str head)
{
	return head.n >= 4 && (memcmp(head.s, "\x28\xB5\x2F\xFD", 4) == 0 ||
			       ((head.s[0] & 0xF0) == 0x50 && memcmp(head.s + 1, "\x2A\x4D\x18", 3) == 0));
}

int reader_open(struct reader **ret, const char *path, struct err *err)
{
	struct reader *r = calloc(1, sizeof(*r));
	struct stat st;
	int rc;

	if (!r)
		return err_set(err, "out of memory");
	if (strcmp(path, "-") == 0) {
		r->fd = dup(STDIN_FILENO);
		r->name = strdup("standard input");
	} else {
		r->fd = open(path, O_RDONLY | O_CLOEXEC);
		r->name = strdup(path);
	}
	r->raw.max = r->text.max = (size_t)STREAM_LINE_MAX + 4 * CHUNK;
	rc = r->fd < 0 ? err_sys(err, "%s", path) : 0;
	if (rc == 0 && fstat(r->fd, &st) == 0 && S_ISDIR(st.st_mode))
		rc = err_set(err, "%s: is a directory", path);
	while (rc == 0 && !r->eof && r->raw.n < 4) {
		rc = more_bytes(r, &r->raw, err);
		rc = rc < 0 ? rc : 0;
	}
	if (rc == 0 && is_zstd(buf_str(&r->raw))) {
		r->codec = codec_there() ? codec_new(false) : NULL;
		r->left = buf_str(&r->raw);
		if (!r->codec)
			rc = err_set(err, "%s: is compressed, and this quarry was built without zstd", path);
	} else if (rc == 0) {
		struct buf t = r->text;

		r->text = r->raw;
		r->raw = t;
	}
	if (rc < 0) {
		reader_close(r);
		return rc;
	}
	*ret = r;
	return 0;
}

/* More text; 0 at the end. */
static int more_text(struct reader *r, struct err *err)
{
	size_t before;
	int rc;

	if (r->at) { /* make room: what was given out goes */
		memmove(r->text.s, r->text.s + r->at, r->text.n - r->at);
		r->text.n -= r->at;
		r->at = 0;
	}
	if (!r->codec)
		return r->eof ? 0 : more_bytes(r, &r->text, err);
	for (before = r->text.n; r->text.n == before;) {
		if (r->left.n == 0) {
			if (r->eof) {
				if (codec_between_frames(r->codec))
					return 0;
				return err_set(err, "%s: the compressed data is cut short", r->name);
			}
			buf_reset(&r->raw);
			rc = more_bytes(r, &r->raw, err);
			if (rc < 0)
				return rc;
			r->left = buf_str(&r->raw);
			continue;
		}
		if (codec_run(r->codec, &r->left, &r->text, r->text.n + CHUNK, false) < 0)
			return err_set(err, "%s: damaged compressed data after line %llu", r->name,
				       (unsigned long long)r->number);
	}
	return 1;
}

int reader_line(struct reader *r, struct buf *line, struct err *err)
{
	size_t seen = r->at; /* no newline up to here */

	buf_reset(line);
	for (;;) {
		struct str rest = str_from(buf_str(&r->text), seen);
		ptrdiff_t nl = str_chr(rest, '\n');
		size_t from = r->at, end;
		int rc;

		if (nl >= 0) {
			end = seen + (size_t)nl;
			r->at = end + 1;
			if (end > from && r->text.s[end - 1] == '\r')
				end--;
			r->number++;
			buf_add(line, str_sub(buf_str(&r->text), from, end));
			return line->failed ? err_set(err, "out of memory") : 1;
		}
		if (r->text.n - r->at > STREAM_LINE_MAX)
			return err_set(err, "%s:%llu: a line of over %d MiB", r->name,
				       (unsigned long long)r->number + 1, STREAM_LINE_MAX >> 20);
		seen = r->text.n - r->at; /* more_text moves the text to the front */
		rc = more_text(r, err);
		if (rc < 0)
			return rc;
		if (rc == 0) {
			if (r->text.n == r->at)
				return 0;
			r->number++;
			buf_add(line, str_from(buf_str(&r->text), r->at));
			r->at = r->text.n;
			return line->failed ? err_set(err, "out of memory") : 1;
		}
	}
}

const char *reader_name(const struct reader *r)
{
	return r->name;
}

uint64_t reader_number(const struct reader *r)
{
	return r->number;
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	codec_free(r->codec);
	buf_release(&r->raw);
	buf_release(&r->text);
	free(r->name);
	free(r);
}

/* The file is written under PATH.part and gets its name when it is whole. */
int writer_open(struct writer **ret, const char *path, struct err *err)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct stat st;
	bool file = strcmp(path, "-") != 0;

	if (!w)
		return err_set(err, "out of memory");
	w->fd = -1;
	if (str_ends((struct str){ path, strlen(path) }, STR(".zst"))) {
		w->codec = codec_there() ? codec_new(true) : NULL;
		if (!w->codec) {
			free(w);
			return err_set(err, "%s: this quarry was built without zstd", path);
		}
	}
	if (!file) {
		w->fd = STDOUT_FILENO;
	} else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		/* a device or a named pipe is written as it is */
		w->path = strdup(path);
		w->fd = open(path, O_WRONLY | O_CLOEXEC);
	} else {
		struct buf part = BUF_INIT;

		buf_addf(&part, "%s.part", path);
		w->path = strdup(path);
		w->part = part.s;
		w->fd = open(w->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	}
	if (w->fd < 0) {
		err_sys(err, "%s", path);
		writer_drop(w);
		return ERR_FAIL;
	}
	*ret = w;
	return 0;
}

static const char *writer_name(const struct writer *w)
{
	return w->path ? w->path : "standard output";
}

int writer_flush(struct writer *w, struct err *err)
{
	for (size_t at = 0; at < w->out.n;) {
		ssize_t n = write(w->fd, w->out.s + at, w->out.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "%s", writer_name(w));
		at += (size_t)n;
	}
	buf_reset(&w->out);
	return 0;
}

int writer_add(struct writer *w, struct str text, struct err *err)
{
	if (!w->codec)
		buf_add(&w->out, text);
	else if (codec_run(w->codec, &text, &w->out, SIZE_MAX, false) < 0)
		return err_set(err, "%s: out of memory", writer_name(w));
	if (w->out.failed)
		return err_set(err, "%s: out of memory", writer_name(w));
	return w->out.n >= CHUNK ? writer_flush(w, err) : 0;
}

int writer_finish(struct writer *w, struct err *err)
{
	struct str none = { "", 0 };
	int rc = 0;

	if (w->codec && codec_run(w->codec, &none, &w->out, SIZE_MAX, true) < 0)
		rc = err_set(err, "%s: out of memory", writer_name(w));
	if (rc == 0)
		rc = writer_flush(w, err);
	if (rc == 0 && w->part) {
		int fd = w->fd;

		w->fd = -1;
		if (fsync(fd) < 0 && errno != EINVAL)
			rc = err_sys(err, "%s", w->path);
		if (close(fd) < 0 && rc == 0)
			rc = err_sys(err, "%s", w->path);
		if (rc == 0 && rename(w->part, w->path) < 0)
			rc = err_sys(err, "%s", w->path);
		if (rc == 0) {
			free(w->part);
			w->part = NULL;
		}
	}
	writer_drop(w);
	return rc;
}

void writer_drop(struct writer *w)
{
	if (!w)
		return;
	if (w->path && w->fd >= 0)
		close(w->fd);
	if (w->part)
		unlink(w->part);
	codec_free(w->codec);
	buf_release(&w->out);
	free(w->path);
	free(w->part);
	free(w);
}
