/* shard.c - rows in zstd frames with a seek table; see shard.h. */
#include "datasets/shard.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum {
	TABLE_FRAME = 0x184D2A5E, /* the skippable frame that holds the table */
	TABLE_HEAD = 8,           /* bytes: magic, size */
	TABLE_FOOT = 9,           /* bytes: frames, descriptor, magic */
	TABLE_SUMS = 0x80,        /* descriptor bit: entries have checksums */
	FRAMES_MAX = 1 << 27,     /* of the format */
};

static const uint32_t table_magic = 0x8F92EAB1; /* the file's last four bytes */

/* ---- little-endian numbers */

static void put32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_addc(b, (char)(v >> 8 * i));
}

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* ---- writing */

/* A file under a temporary name. */
struct half {
	int fd;
	char *part, *path;
};

struct shard_writer {
	struct half zst, plain;
	struct shard_how how;
	ZSTD_CCtx *zstd;
	struct buf text, packed, table; /* the frame under way; its compressed form; the table's entries */
	struct sha256 file, content;
	struct shard_info info;
	int64_t rows; /* of the frame under way */
	size_t room;  /* of info.frame_rows */
};

static int half_open(struct half *h, struct str path, struct err *err)
{
	struct buf part = BUF_INIT;

	buf_add(&part, path);
	buf_addz(&part, ".part");
	h->path = strndup(path.s, path.n);
	h->part = part.failed ? NULL : part.s;
	if (!h->path || !h->part)
		return err_set(err, "out of memory");
	h->fd = open(h->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return h->fd < 0 ? err_sys(err, "%s", h->part) : 0;
}

static int half_write(struct half *h, struct str text, struct err *err)
{
	while (text.n) {
		ssize_t n = write(h->fd, text.s, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, "%s", h->path);
		text = str_from(text, (size_t)n);
	}
	return 0;
}

/* On the disk, then under its name. */
static int half_close(struct half *h, struct err *err)
{
	int fd = h->fd, rc = 0;

	if (fd < 0)
		return 0;
	h->fd = -1;
	if (fsync(fd) < 0)
		rc = err_sys(err, "%s", h->path);
	if (close(fd) < 0 && rc == 0)
		rc = err_sys(err, "%s", h->path);
	if (rc == 0 && rename(h->part, h->path) < 0)
		rc = err_sys(err, "%s", h->path);
	if (rc < 0)
		unlink(h->part);
	return rc;
}

static void half_drop(struct half *h)
{
	if (h->fd >= 0) {
		close(h->fd);
		unlink(h->part);
	}
	free(h->part);
	free(h->path);
}

int shard_create(struct shard_writer **ret, const char *path, const struct shard_how *how, struct err *err)
{
	struct shard_writer *w = calloc(1, sizeof(*w));
	struct str name = str_of(path);
	int rc = 0;

	if (!w)
		return err_set(err, "out of memory");
	w->how = *how;
	w->zst.fd = w->plain.fd = -1;
	w->text.max = (size_t)SHARD_FRAME_MAX + 2;
	w->packed.max = 2 * (size_t)SHARD_FRAME_MAX;
	sha256_init(&w->file);
	sha256_init(&w->content);
	w->zstd = ZSTD_createCCtx();
	if (!w->zstd)
		rc = err_set(err, "out of memory");
	else if (ZSTD_isError(ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, how->level)) ||
		 ZSTD_isError(ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_checksumFlag, 1)))
		rc = err_set(err, "%s: zstd has no level %d", path, how->level);
	if (rc == 0)
		rc = half_open(&w->zst, name, err);
	if (rc == 0 && how->plain && str_ends(name, STR(".zst")))
		rc = half_open(&w->plain, str_sub(name, 0, name.n - 4), err);
	if (rc < 0) {
		shard_drop(w);
		return rc;
	}
	*ret = w;
	return 0;
}

static int note_frame(struct shard_writer *w, struct err *err)
{
	if ((size_t)w->info.frames == w->room) {
		size_t room = w->room ? 2 * w->room : 16;
		int64_t *more = realloc(w->info.frame_rows, room * sizeof(*more));

		if (!more)
			return err_set(err, "out of memory");
		w->info.frame_rows = more;
		w->room = room;
	}
	if (w->info.frames == FRAMES_MAX)
		return err_set(err, "%s: more than %d frames", w->zst.path, FRAMES_MAX);
	w->info.frame_rows[w->info.frames++] = w->rows;
	put32(&w->table, (uint32_t)w->packed.n);
	put32(&w->table, (uint32_t)w->text.n);
	put32(&w->table, (uint32_t)hash64(w->text.s, w->text.n, 0));
	return 0;
}

static int end_frame(struct shard_writer *w, struct err *err)
{
	size_t bound, n;

	if (w->text.n == 0)
		return 0;
	bound = ZSTD_compressBound(w->text.n);
	buf_reset(&w->packed);
	if (w->text.failed || !buf_reserve(&w->packed, bound))
		return err_set(err, "%s: out of memory", w->zst.path);
	/* in one go: the frame's head then holds the content's size */
	n = ZSTD_compress2(w->zstd, w->packed.s, bound, w->text.s, w->text.n);
	if (ZSTD_isError(n))
		return err_set(err, "%s: %s", w->zst.path, ZSTD_getErrorName(n));
	w->packed.n = n;
	if (note_frame(w, err) < 0 || half_write(&w->zst, buf_str(&w->packed), err) < 0 ||
	    (w->plain.fd >= 0 && half_write(&w->plain, buf_str(&w->text), err) < 0))
		return ERR_FAIL;
	sha256_add(&w->file, w->packed.s, w->packed.n);
	sha256_add(&w->content, w->text.s, w->text.n);
	w->info.bytes += (int64_t)w->packed.n;
	buf_reset(&w->text);
	w->rows = 0;
	return 0;
}

int shard_add(struct shard_writer *w, struct str row, struct err *err)
{
	if (row.n > SHARD_ROW_MAX)
		return err_set(err, "%s: a row of over %d MiB", w->zst.path, SHARD_ROW_MAX >> 20);
	if (w->text.n && (int64_t)(w->text.n + row.n + 1) > w->how.frame_bytes && end_frame(w, err) < 0)
		return ERR_FAIL;
	buf_add(&w->text, row);
	buf_addc(&w->text, '\n');
	if (w->text.failed)
		return err_set(err, "%s: out of memory", w->zst.path);
	w->rows++;
	w->info.rows++;
	w->info.text_bytes += (int64_t)row.n + 1;
	return 0;
}

int64_t shard_text_bytes(const struct shard_writer *w)
{
	return w->info.text_bytes;
}

static int end_table(struct shard_writer *w, struct err *err)
{
	struct buf *b = &w->packed;

	buf_reset(b);
	put32(b, TABLE_FRAME);
	put32(b, (uint32_t)(w->table.n + TABLE_FOOT));
	buf_add(b, buf_str(&w->table));
	put32(b, (uint32_t)w->info.frames);
	buf_addc(b, (char)TABLE_SUMS);
	put32(b, table_magic);
	if (b->failed || w->table.failed)
		return err_set(err, "%s: out of memory", w->zst.path);
	sha256_add(&w->file, b->s, b->n);
	w->info.bytes += (int64_t)b->n;
	return half_write(&w->zst, buf_str(b), err);
}

int shard_finish(struct shard_writer *w, struct shard_info *ret, struct err *err)
{
	int rc = end_frame(w, err);

	if (rc == 0)
		rc = end_table(w, err);
	if (rc == 0)
		rc = half_close(&w->plain, err);
	if (rc == 0)
		rc = half_close(&w->zst, err);
	if (rc == 0) {
		sha256_hex(&w->file, w->info.sha256);
		sha256_hex(&w->content, w->info.content_sha256);
		*ret = w->info;
		w->info.frame_rows = NULL;
	}
	shard_drop(w);
	return rc;
}

void shard_drop(struct shard_writer *w)
{
	if (!w)
		return;
	half_drop(&w->zst);
	half_drop(&w->plain);
	ZSTD_freeCCtx(w->zstd);
	buf_release(&w->text);
	buf_release(&w->packed);
	buf_release(&w->table);
	free(w->info.frame_rows);
	free(w);
}

void shard_info_release(struct shard_info *info)
{
	free(info->frame_rows);
	*info = (struct shard_info){ 0 };
}

/* ---- reading */

struct frame {
	int64_t at;            /* in the file */
	uint32_t packed, text; /* bytes */
	uint32_t sum;          /* low half of the text's XXH64 */
	int64_t row;           /* the first one's number */
};

struct shard {
	char *path;
	int fd;
	struct frame *frame;
	int64_t frames, rows; /* rows: -1 until they are known */
	bool sums;
	ZSTD_DCtx *zstd;
	struct buf packed, text;
	int64_t held; /* the frame that text holds, or -1 */
};

static int read_at(struct shard *s, void *room, size_t n, int64_t at, struct err *err)
{
	for (char *p = room; n;) {
		ssize_t got = pread(s->fd, p, n, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, "%s", s->path);
		if (got == 0)
			return err_set(err, "%s: the file is cut short", s->path);
		p += got;
		at += got;
		n -= (size_t)got;
	}
	return 0;
}

static int no_table(const struct shard *s, const char *why, struct err *err)
{
	return err_set(err, "%s: no shard: %s", s->path, why);
}

static int read_entries(struct shard *s, int64_t at, size_t size, struct err *err)
{
	struct buf b = BUF_INIT;
	int64_t end = at;
	int rc;

	if (!buf_reserve(&b, (size_t)s->frames * size + 1))
		return err_set(err, "out of memory");
	rc = read_at(s, b.s, (size_t)s->frames * size, at + TABLE_HEAD, err);
	at = 0;
	for (int64_t i = 0; rc == 0 && i < s->frames; i++) {
		const unsigned char *p = (const unsigned char *)b.s + (size_t)i * size;
		struct frame *f = &s->frame[i];

		*f = (struct frame){ .at = at, .packed = get32(p), .text = get32(p + 4), .sum = s->sums ? get32(p + 8) : 0 };
		at += f->packed;
		if (f->text > SHARD_FRAME_MAX || f->packed > ZSTD_COMPRESSBOUND((size_t)SHARD_FRAME_MAX) || at > end)
			rc = no_table(s, "its seek table claims more than the file holds", err);
	}
	if (rc == 0 && at != end)
		rc = no_table(s, "its frames do not fill the file", err);
	buf_release(&b);
	return rc;
}

static int read_table(struct shard *s, struct err *err)
{
	unsigned char foot[TABLE_FOOT], head[TABLE_HEAD];
	struct stat st;
	int64_t at;
	size_t size;

	if (fstat(s->fd, &st) < 0)
		return err_sys(err, "%s", s->path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s: is no file", s->path);
	if (st.st_size < TABLE_HEAD + TABLE_FOOT)
		return no_table(s, "it is too short to end in a seek table", err);
	if (read_at(s, foot, sizeof(foot), st.st_size - TABLE_FOOT, err) < 0)
		return ERR_FAIL;
	if (get32(foot + 5) != table_magic || (foot[4] & 0x7C)) /* the reserved bits */
		return no_table(s, "it does not end in a seek table", err);
	s->frames = get32(foot);
	s->sums = foot[4] & TABLE_SUMS;
	size = s->sums ? 12 : 8;
	at = st.st_size - TABLE_FOOT - s->frames * (int64_t)size - TABLE_HEAD;
	if (s->frames > FRAMES_MAX || at < 0)
		return no_table(s, "its seek table is longer than the file", err);
	if (read_at(s, head, sizeof(head), at, err) < 0)
		return ERR_FAIL;
	if (get32(head) != TABLE_FRAME || get32(head + 4) != (uint64_t)s->frames * size + TABLE_FOOT)
		return no_table(s, "its seek table is damaged", err);
	s->frame = calloc((size_t)s->frames + 1, sizeof(*s->frame));
	if (!s->frame)
		return err_set(err, "out of memory");
	return read_entries(s, at, size, err);
}

int shard_open(struct shard **ret, const char *path, struct err *err)
{
	struct shard *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_set(err, "out of memory");
	s->rows = s->held = -1;
	s->packed.max = s->text.max = 2 * (size_t)SHARD_FRAME_MAX;
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	s->path = strdup(path);
	s->zstd = ZSTD_createDCtx();
	if (s->fd < 0)
		rc = err_sys(err, "%s", path);
	else if (!s->path || !s->zstd)
		rc = err_set(err, "out of memory");
	else
		rc = read_table(s, err);
	if (rc < 0) {
		shard_close(s);
		return rc;
	}
	*ret = s;
	return 0;
}

void shard_close(struct shard *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	ZSTD_freeDCtx(s->zstd);
	buf_release(&s->packed);
	buf_release(&s->text);
	free(s->frame);
	free(s->path);
	free(s);
}

int64_t shard_frames(const struct shard *s)
{
	return s->frames;
}

static int bad_frame(struct shard *s, int64_t i, const char *why, struct err *err)
{
	return err_set(err, "%s: frame %lld: %s", s->path, (long long)i, why);
}

static int unpack(struct shard *s, int64_t i, struct err *err)
{
	const struct frame *f = &s->frame[i];
	size_t n;

	s->held = -1;
	buf_reset(&s->packed);
	buf_reset(&s->text);
	if (!buf_reserve(&s->packed, f->packed + 1))
		return err_set(err, "%s: out of memory", s->path);
	if (read_at(s, s->packed.s, f->packed, f->at, err) < 0)
		return ERR_FAIL;
	s->packed.n = f->packed;
	/* the frame's own head must agree with the table before the text's memory is spent; skippable frames hold none */
	if (ZSTD_findFrameCompressedSize(s->packed.s, f->packed) != f->packed ||
	    ZSTD_getFrameContentSize(s->packed.s, f->packed) != f->text)
		return bad_frame(s, i, "is not what the seek table says", err);
	if (!buf_reserve(&s->text, (size_t)f->text + 1))
		return err_set(err, "%s: out of memory", s->path);
	n = ZSTD_decompressDCtx(s->zstd, s->text.s, f->text, s->packed.s, f->packed);
	if (ZSTD_isError(n) || n != f->text)
		return bad_frame(s, i, ZSTD_isError(n) ? ZSTD_getErrorName(n) : "is short", err);
	s->text.n = n;
	s->text.s[n] = 0;
	if (s->sums && (uint32_t)hash64(s->text.s, n, 0) != f->sum)
		return bad_frame(s, i, "differs from its checksum in the seek table", err);
	if (n && s->text.s[n - 1] != '\n')
		return bad_frame(s, i, "does not end on a newline", err);
	s->held = i;
	return 0;
}

int shard_frame(struct shard *s, int64_t i, struct str *text, struct err *err)
{
	if (i < 0 || i >= s->frames)
		return err_set(err, "%s: there is no frame %lld", s->path, (long long)i);
	if (s->held != i && unpack(s, i, err) < 0)
		return ERR_FAIL;
	*text = buf_str(&s->text);
	return 0;
}

int shard_rows(struct shard *s, const int64_t *frame_rows, int64_t frames, struct err *err)
{
	int64_t sum = 0;

	if (frames != s->frames)
		return err_set(err, "%s: %lld frames, not %lld", s->path, (long long)s->frames, (long long)frames);
	for (int64_t i = 0; i < frames; i++) {
		if (frame_rows[i] < 0 || frame_rows[i] > s->frame[i].text)
			return bad_frame(s, i, "cannot hold that many rows", err);
		s->frame[i].row = sum;
		sum += frame_rows[i];
	}
	s->rows = sum;
	return 0;
}

static int64_t lines(struct str text)
{
	int64_t n = 0;

	for (const char *p = text.s, *end = text.s + text.n; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
		n++;
	return n;
}

int shard_count(struct shard *s, struct err *err)
{
	int64_t sum = 0;

	for (int64_t i = 0; i < s->frames; i++) {
		struct str text;

		if (shard_frame(s, i, &text, err) < 0)
			return ERR_FAIL;
		s->frame[i].row = sum;
		sum += lines(text);
	}
	s->rows = sum;
	return 0;
}

int64_t shard_row_count(const struct shard *s)
{
	return s->rows;
}

int shard_row(struct shard *s, int64_t number, struct str *row, struct err *err)
{
	int64_t lo = 0, hi = s->frames;
	struct str text;

	if (number < 0 || number >= s->rows)
		return err_set(err, "%s: there is no row %lld", s->path, (long long)number);
	/* the last frame that begins at or before it; of empty frames, the one behind them */
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;

		if (s->frame[mid].row <= number)
			lo = mid;
		else
			hi = mid;
	}
	if (shard_frame(s, lo, &text, err) < 0)
		return ERR_FAIL;
	for (int64_t left = number - s->frame[lo].row; str_line(&text, row); left--)
		if (left == 0)
			return 0;
	return bad_frame(s, lo, "holds fewer rows than it should", err);
}
