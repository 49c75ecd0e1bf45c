/* stream.c - lines in and out; see stream.h. */
#include "datasets/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CHUNK = 1 << 18,
	FRAME = 4 << 20, /* text bytes of a compressed frame that we write */
	AHEAD = 8 << 20, /* bytes written before the disk is asked to begin with them */
};

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
	bool slice;          /* only lines that begin in start .. end - 1 of the text */
	uint64_t start, end, before; /* before: lines before the slice, once they are counted */
	uint64_t pos;        /* of the text, where the next line begins */
};

struct writer {
	char *path, *part; /* NULL path: stdout */
	int fd;
	struct codec *codec;
	struct buf frame; /* text of the frame under way */
	bool begun;       /* there is a frame; an empty file would be no zstd file */
	bool filled;      /* there is text in it, or was */
	bool keeps;       /* of writer_resume: PATH.part outlives a failure */
	bool worth;       /* PATH.part holds whole lines, or a whole frame of some */
	struct buf out;
	size_t unsent; /* bytes written that the disk was not asked for */
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

/* What people give where lines of JSON are due; NULL: it may be these. */
static const char *other_kind(struct str head)
{
	static const struct {
		struct str magic;
		const char *what;
	} kinds[] = { { STR("PAR1"), "is a parquet file" }, { STR("\x1F\x8B"), "is compressed with gzip" }, { STR("PK\x03\x04"), "is a zip file" } };

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (str_starts(head, kinds[i].magic))
			return kinds[i].what;
	return NULL;
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
	if (rc == 0 && other_kind(buf_str(&r->raw)))
		rc = err_set(err, "%s: %s; lines of JSON are read, plain or compressed with zstd", r->name, other_kind(buf_str(&r->raw)));
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
				       (unsigned long long)(reader_before(r) + r->number));
	}
	return 1;
}

/* The next line, and how many bytes of text it took. */
static int next_line(struct reader *r, struct buf *line, size_t *took, struct err *err)
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
			*took = r->at - from;
			if (end > from && r->text.s[end - 1] == '\r')
				end--;
			r->number++;
			buf_add(line, str_sub(buf_str(&r->text), from, end));
			return line->failed ? err_set(err, "out of memory") : 1;
		}
		if (r->text.n - r->at > STREAM_LINE_MAX)
			return err_set(err, "%s:%llu: a line of over %d MiB", r->name,
				       (unsigned long long)(reader_before(r) + r->number + 1), STREAM_LINE_MAX >> 20);
		seen = r->text.n - r->at; /* more_text moves the text to the front */
		rc = more_text(r, err);
		if (rc < 0)
			return rc;
		if (rc == 0) {
			if (r->text.n == r->at)
				return 0;
			r->number++;
			buf_add(line, str_from(buf_str(&r->text), r->at));
			*took = r->text.n - r->at;
			r->at = r->text.n;
			return line->failed ? err_set(err, "out of memory") : 1;
		}
	}
}

int reader_line(struct reader *r, struct buf *line, struct err *err)
{
	size_t took;
	int rc;

	if (r->slice && r->pos >= r->end) {
		buf_reset(line);
		return 0;
	}
	rc = next_line(r, line, &took, err);
	if (rc <= 0)
		return rc;
	if (r->pos == 0 && str_past_bom(buf_str(line)).n < line->n) { /* the file's first */
		memmove(line->s, line->s + 3, line->n - 3);
		buf_cut(line, line->n - 3);
	}
	r->pos += took;
	return rc;
}

const char *reader_name(const struct reader *r)
{
	return r->name;
}

uint64_t reader_number(const struct reader *r)
{
	return r->number;
}

uint64_t reader_before(struct reader *r)
{
	struct buf line = BUF_INIT;
	struct reader *all = NULL;
	struct err ignored;

	if (r->start && !r->before && reader_open(&all, r->name, &ignored) == 0) {
		while (all->pos < r->start && reader_line(all, &line, &ignored) > 0)
			;
		r->before = all->number;
	}
	reader_close(all);
	buf_release(&line);
	return r->before;
}

/* ---- slices */

/* A whole file as bytes; empty where there are none. */
static int map_file(int fd, const char *name, struct str *ret, struct err *err)
{
	struct stat st;
	void *at;

	if (fstat(fd, &st) < 0)
		return err_sys(err, "%s", name);
	*ret = (struct str){ "", (size_t)st.st_size };
	if (st.st_size == 0)
		return 0;
	at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return err_sys(err, "%s", name);
	ret->s = at;
	return 0;
}

static void unmap_file(struct str file)
{
	if (file.n)
		munmap((void *)file.s, file.n);
}

/* The text's size, and the frame that holds its byte `at`: where that frame is in the file, and in the text. */
struct spot {
	uint64_t text, frame_text;
	size_t frame;
};

static int find_spot(const struct reader *r, struct str file, uint64_t at, struct spot *ret, struct err *err)
{
	*ret = (struct spot){ 0 };
	for (size_t from = 0, length; from < file.n; from += length) {
		uint64_t text;

		if (codec_frame(str_from(file, from), &length, &text) < 0)
			return err_set(err, "%s: damaged or cut short after %zu bytes of compressed data", r->name, from);
		if (ret->text <= at) {
			ret->frame = from;
			ret->frame_text = ret->text;
		}
		ret->text += text;
	}
	return 0;
}

static uint64_t slice_begin(uint64_t size, int64_t index, int64_t count)
{
	uint64_t i = (uint64_t)index, n = (uint64_t)count;

	return size / n * i + size % n * i / n;
}

/* Stand before the text's byte `to`, reading from its byte `from` on, which begins at byte `at` of the file. */
static int stand_at(struct reader *r, size_t at, uint64_t from, uint64_t to, struct err *err)
{
	if (lseek(r->fd, (off_t)at, SEEK_SET) < 0)
		return err_sys(err, "%s", r->name);
	buf_reset(&r->raw);
	buf_reset(&r->text);
	r->left = (struct str){ "", 0 };
	r->at = 0;
	r->eof = false;
	while (from < to) {
		int rc;

		r->at = r->text.n; /* what was read goes */
		rc = more_text(r, err);
		if (rc <= 0)
			return rc;
		from += r->text.n;
	}
	r->at = r->text.n - (size_t)(from - to);
	r->pos = to;
	return 0;
}

/* Lines of the text from byte `begin` on; one that begins before it is another slice's, up to its newline. */
static int begin_at(struct reader *r, struct str file, uint64_t begin, struct err *err)
{
	struct buf line = BUF_INIT;
	struct spot spot = { .frame = begin - 1, .frame_text = begin - 1 };
	size_t took = 0;
	int rc = r->codec ? find_spot(r, file, begin - 1, &spot, err) : 0;

	if (rc == 0)
		rc = stand_at(r, spot.frame, spot.frame_text, begin - 1, err);
	if (rc == 0)
		rc = next_line(r, &line, &took, err);
	r->pos += took;
	r->start = r->pos;
	r->number = 0;
	buf_release(&line);
	return rc < 0 ? rc : 0;
}

int reader_open_slice(struct reader **ret, const char *path, int64_t index, int64_t count, struct err *err)
{
	struct str file = { "", 0 };
	struct spot all = { 0 };
	struct reader *r = NULL;
	struct stat st;
	uint64_t begin = 0;
	int rc = reader_open(&r, path, err);

	if (rc < 0)
		return rc;
	if (strcmp(path, "-") == 0 || fstat(r->fd, &st) < 0 || !S_ISREG(st.st_mode))
		rc = err_set(err, "%s: a part is read from a file, not from a pipe", r->name);
	if (rc == 0 && r->codec)
		rc = map_file(r->fd, r->name, &file, err);
	if (rc == 0 && r->codec)
		rc = find_spot(r, file, 0, &all, err);
	if (rc == 0) {
		uint64_t size = r->codec ? all.text : (uint64_t)st.st_size;

		r->slice = true;
		r->end = slice_begin(size, index + 1, count);
		begin = slice_begin(size, index, count);
	}
	if (rc == 0 && begin > 0)
		rc = begin_at(r, file, begin, err);
	unmap_file(file);
	if (rc < 0) {
		reader_close(r);
		return rc;
	}
	*ret = r;
	return 0;
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

static void forget_part(struct writer *w)
{
	free(w->part);
	w->part = NULL;
}

/* Two at once would tear it. Where there are no locks, its owner must see to that. */
static bool alone_with(const struct writer *w)
{
	struct stat ours, named;

	if (flock(w->fd, LOCK_EX | LOCK_NB) < 0)
		return errno != EWOULDBLOCK;
	/* one that finished meanwhile has given the file its name */
	return fstat(w->fd, &ours) == 0 && stat(w->part, &named) == 0 && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

/* What is there is another's and stays. */
static int refuse_writer(struct writer *w, int rc)
{
	forget_part(w);
	writer_drop(w);
	return rc;
}

/* The file is written under PATH.part and gets its name when it is whole. keep: what is there already stays. */
static int open_writer(struct writer **ret, const char *path, bool keep, struct err *err)
{
	struct writer *w = calloc(1, sizeof(*w));
	struct stat st;
	bool file = strcmp(path, "-") != 0;

	if (!w)
		return err_set(err, "out of memory");
	w->fd = -1;
	if (!*path) {
		free(w);
		return err_set(err, "the file to write has an empty name");
	}
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
		w->fd = open(w->part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
		if (w->fd >= 0 && !alone_with(w))
			return refuse_writer(w, err_set(err, "%s: another process is writing it", w->part));
		if (w->fd >= 0 && !keep && ftruncate(w->fd, 0) < 0)
			return refuse_writer(w, err_sys(err, "%s", w->part));
	}
	if (w->fd < 0) {
		err_sys(err, "%s", path);
		writer_drop(w);
		return ERR_FAIL;
	}
	*ret = w;
	return 0;
}

int writer_open(struct writer **ret, const char *path, struct err *err)
{
	return open_writer(ret, path, false, err);
}

bool writer_resumes(const struct writer *w)
{
	return w->part != NULL;
}

static const char *writer_name(const struct writer *w)
{
	return w->path ? w->path : "standard output";
}

/* The frame's text becomes a frame, in one go: its head then tells the text's size. */
static int end_frame(struct writer *w, struct err *err)
{
	struct str text = buf_str(&w->frame);

	if (!text.n && w->begun)
		return 0;
	w->begun = true;
	w->filled = w->filled || text.n;
	if (w->frame.failed || codec_run(w->codec, &text, &w->out, SIZE_MAX, true) < 0)
		return err_set(err, "%s: out of memory", writer_name(w));
	buf_reset(&w->frame);
	return 0;
}

/* What could not be written stays in `out`: it may be tried once more. */
static int write_out(struct writer *w, struct err *err)
{
	size_t at = 0;
	int rc = 0;

	while (rc == 0 && at < w->out.n) {
		ssize_t n = write(w->fd, w->out.s + at, w->out.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_sys(err, "%s", writer_name(w));
		else
			at += (size_t)n;
	}
	w->unsent += at;
	w->worth = w->worth || (w->codec ? rc == 0 && w->filled : memchr(w->out.s ? w->out.s : "", '\n', at) != NULL);
	if (at)
		memmove(w->out.s, w->out.s + at, w->out.n - at);
	w->out.n -= at;
#ifdef __linux__
	/* the disk works while we do, and fsync at the end finds little left; a file system that cannot does so then */
	if (w->part && w->unsent >= AHEAD) {
		(void)sync_file_range(w->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		w->unsent = 0;
	}
#endif
	return rc;
}

int writer_flush(struct writer *w, struct err *err)
{
	int rc = w->codec && w->frame.n ? end_frame(w, err) : 0;

	return rc < 0 ? rc : write_out(w, err);
}

int writer_add(struct writer *w, struct str text, struct err *err)
{
	struct buf *to = w->codec ? &w->frame : &w->out;

	buf_add(to, text);
	if (to->failed)
		return err_set(err, "%s: out of memory", writer_name(w));
	return to->n >= (w->codec ? FRAME : CHUNK) ? writer_flush(w, err) : 0;
}

/* All is written, and on the disk. */
static int settle(struct writer *w, struct err *err)
{
	int rc = w->codec ? end_frame(w, err) : 0;

	if (rc == 0)
		rc = write_out(w, err);
	if (rc == 0 && w->part && fsync(w->fd) < 0 && errno != EINVAL)
		rc = err_sys(err, "%s", w->path);
	return rc;
}

/* Not of a file that holds nothing: that one goes. */
static void keep_part(struct writer *w)
{
	if (w->part && w->worth)
		forget_part(w);
}

int writer_finish(struct writer *w, struct err *err)
{
	int rc = settle(w, err);

	/* renamed before it is closed: the lock goes with the descriptor */
	if (rc == 0 && w->part) {
		if (rename(w->part, w->path) < 0)
			rc = err_sys(err, "%s", w->path);
		else
			forget_part(w);
	}
	if (rc < 0 && w->keeps)
		keep_part(w);
	if (w->path) {
		int fd = w->fd;

		w->fd = -1;
		if (close(fd) < 0 && rc == 0)
			rc = err_sys(err, "%s", w->path);
	}
	writer_drop(w);
	return rc;
}

int writer_save(struct writer *w, struct err *err)
{
	int rc = settle(w, err);

	keep_part(w); /* also of a full disk: its whole lines are good */
	writer_drop(w);
	return rc;
}

/* ---- going on */

/* Lines of PATH.part on their way to each(). */
struct showing {
	int (*each)(void *ctx, struct str line, struct err *err);
	void *ctx;
	bool cut;    /* this line and those behind it do not stay in the file */
	size_t good; /* bytes that stay */
};

/* *stay: the bytes of lines that stay. */
static int show_lines(struct showing *s, struct str text, size_t *stay, struct err *err)
{
	*stay = 0;
	for (ptrdiff_t nl; (nl = str_chr(text, '\n')) >= 0; text = str_from(text, (size_t)nl + 1)) {
		int rc = s->each(s->ctx, str_sub(text, 0, (size_t)nl), err);

		if (rc < 0)
			return rc;
		s->cut = s->cut || rc > 0;
		*stay += s->cut ? 0 : (size_t)nl + 1;
	}
	return 0;
}

/* Whole frames, each of whole lines. */
static int show_frames(struct showing *s, struct str file, struct err *err)
{
	struct buf text = { .max = STREAM_LINE_MAX };
	size_t length, stay;
	uint64_t size;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < file.n && codec_frame(str_from(file, at), &length, &size) == 0; at += length) {
		struct str frame = str_sub(file, at, at + length);
		struct codec *k = codec_new(false);
		bool whole;

		buf_reset(&text);
		whole = k && codec_run(k, &frame, &text, SIZE_MAX, false) == 0 && text.n && text.s[text.n - 1] == '\n';
		codec_free(k);
		if (!whole) /* torn by a power cut: its checksum tells */
			break;
		rc = show_lines(s, buf_str(&text), &stay, err);
		s->good += s->cut ? 0 : length;
	}
	buf_release(&text);
	return rc;
}

int writer_resume(struct writer **ret, const char *path, int (*each)(void *ctx, struct str line, struct err *err), void *ctx,
		  struct err *err)
{
	struct showing s = { .each = each, .ctx = ctx };
	struct str file = { "", 0 };
	struct writer *w = NULL;
	int rc = open_writer(&w, path, true, err);

	if (rc < 0)
		return rc;
	w->keeps = true;
	if (w->part) {
		rc = map_file(w->fd, w->part, &file, err);
		if (rc == 0)
			rc = w->codec ? show_frames(&s, file, err) : show_lines(&s, file, &s.good, err);
		unmap_file(file);
		w->begun = w->worth = s.good > 0;
		if (rc == 0 && (ftruncate(w->fd, (off_t)s.good) < 0 || lseek(w->fd, 0, SEEK_END) < 0))
			rc = err_sys(err, "%s", w->part);
	}
	if (rc < 0) {
		if (w->part) /* it is somebody's work, though not ours */
			forget_part(w);
		writer_drop(w);
		return rc;
	}
	*ret = w;
	return 0;
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
	buf_release(&w->frame);
	buf_release(&w->out);
	free(w->path);
	free(w->part);
	free(w);
}
