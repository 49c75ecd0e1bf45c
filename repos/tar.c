/* tar.c - tar archives, written and unpacked. See tar.h. */
#include "repos/tar.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 512, NAME = 100, PREFIX = 155, PAX_MAX = 1 << 16, CHUNK = 1 << 16 };

struct header { /* as POSIX has it */
	char name[NAME], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[NAME], magic[6], version[2], uname[32], gname[32], major[8],
		minor[8], prefix[PREFIX], pad[12];
};

static const char types[] = { [TAR_FILE] = '0', [TAR_DIRECTORY] = '5', [TAR_LINK] = '2' };

/* ---- writing */

static void put(struct tar_out *out, const void *data, size_t n)
{
	if (!out->failed && n && !out->put(out->ctx, data, n))
		out->failed = true;
}

static void pad(struct tar_out *out, size_t n)
{
	static const char zeros[BLOCK];

	put(out, zeros, (BLOCK - n % BLOCK) % BLOCK);
}

static void put_header(struct tar_out *out, struct header *h, char type, unsigned mode, size_t size)
{
	unsigned sum = 0;

	snprintf(h->mode, sizeof(h->mode), "%07o", mode);
	snprintf(h->uid, sizeof(h->uid), "%07o", 0);
	snprintf(h->gid, sizeof(h->gid), "%07o", 0);
	snprintf(h->size, sizeof(h->size), "%011llo", (unsigned long long)size);
	snprintf(h->mtime, sizeof(h->mtime), "%011o", TAR_TIME);
	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	h->type = type;
	memset(h->sum, ' ', sizeof(h->sum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += ((const unsigned char *)h)[i];
	snprintf(h->sum, sizeof(h->sum), "%06o", sum); /* and a space */
	put(out, h, sizeof(*h));
}

/* "27 path=...\n", whose length counts itself. */
static void pax_add(struct buf *b, const char *key, struct str value)
{
	size_t n = strlen(key) + value.n + 3, digits = 1;

	for (size_t k = n + digits; k >= 10; k /= 10)
		digits++;
	if (snprintf(NULL, 0, "%zu", n + digits) != (int)digits)
		digits++;
	buf_addf(b, "%zu %s=", n + digits, key);
	buf_add(b, value);
	buf_addc(b, '\n');
}

/* Into name, or prefix and name; false: it does not fit. */
static bool name_fits(struct header *h, struct str name)
{
	size_t cut = 0;

	if (name.n <= NAME) {
		memcpy(h->name, name.s, name.n);
		return true;
	}
	for (size_t i = 1; i < name.n && i <= PREFIX; i++)
		if (name.s[i] == '/' && name.n - i - 1 <= NAME && name.n - i > 1)
			cut = i;
	if (!cut)
		return false;
	memcpy(h->prefix, name.s, cut);
	memcpy(h->name, name.s + cut + 1, name.n - cut - 1);
	return true;
}

void tar_add(struct tar_out *out, const struct tar_entry *e)
{
	unsigned mode = e->kind == TAR_LINK ? 0777 : e->kind == TAR_DIRECTORY || e->program ? 0755 : 0644;
	size_t size = e->kind == TAR_FILE ? e->text.n : 0;
	struct header h = { .name = "" }, more = { .name = "pax" };
	struct buf pax = BUF_INIT, name = BUF_INIT;

	buf_add(&name, e->name);
	if (e->kind == TAR_DIRECTORY)
		buf_addc(&name, '/');
	if (!name_fits(&h, buf_str(&name)))
		pax_add(&pax, "path", buf_str(&name));
	if (e->kind == TAR_LINK && e->to.n <= NAME)
		memcpy(h.link, e->to.s, e->to.n);
	else if (e->kind == TAR_LINK)
		pax_add(&pax, "linkpath", e->to);
	if (name.failed || pax.failed)
		out->failed = true;
	if (pax.n) {
		put_header(out, &more, 'x', 0644, pax.n);
		put(out, pax.s, pax.n);
		pad(out, pax.n);
	}
	put_header(out, &h, types[e->kind], mode, size);
	put(out, e->text.s, size);
	pad(out, size);
	buf_release(&pax);
	buf_release(&name);
}

void tar_end(struct tar_out *out)
{
	static const char zeros[2 * BLOCK];

	put(out, zeros, sizeof(zeros));
}

/* ---- unpacking */

struct unpacking {
	const struct tar_in *in;
	int dir;
	uint64_t bytes, files;
	char name[PATH_MAX], link[PATH_MAX];
	char chunk[CHUNK];
};

static bool get(struct unpacking *u, void *data, size_t n)
{
	return u->in->get(u->in->ctx, data, n) == n;
}

static bool skip(struct unpacking *u, uint64_t n)
{
	while (n) {
		size_t part = n < CHUNK ? (size_t)n : CHUNK;

		if (!get(u, u->chunk, part))
			return false;
		n -= part;
	}
	return true;
}

static bool octal(const char *s, size_t n, uint64_t *v)
{
	size_t i = 0;

	for (*v = 0; i < n && s[i] >= '0' && s[i] <= '7'; i++)
		*v = *v << 3 | (uint64_t)(s[i] - '0');
	return i > 0 && (i == n || s[i] == 0 || s[i] == ' ');
}

static bool sum_holds(const struct header *h)
{
	uint64_t want, sum = 0;

	for (size_t i = 0; i < sizeof(*h); i++)
		sum += i >= offsetof(struct header, sum) && i < offsetof(struct header, type) ? ' ' : ((const unsigned char *)h)[i];
	return octal(h->sum, sizeof(h->sum), &want) && want == sum;
}

static bool keep(char to[PATH_MAX], struct str s)
{
	if (s.n >= PATH_MAX || memchr(s.s, 0, s.n))
		return false;
	memcpy(to, s.s, s.n);
	to[s.n] = 0;
	return true;
}

/* The records of a pax header: path and linkpath count. */
static bool pax_read(struct unpacking *u, size_t n)
{
	char *text = n < PAX_MAX ? malloc(n + 1) : NULL;
	struct str rest, name;
	bool fine = text && get(u, text, n) && skip(u, (BLOCK - n % BLOCK) % BLOCK);

	for (rest = (struct str){ text, fine ? n : 0 }; fine && rest.n;) {
		ptrdiff_t space = str_chr(rest, ' ');
		uint64_t length;

		fine = space > 0 && str_u64(str_sub(rest, 0, (size_t)space), &length) && length > (uint64_t)space + 1 && length <= rest.n &&
			rest.s[length - 1] == '\n';
		if (!fine)
			break;
		name = str_sub(rest, (size_t)space + 1, (size_t)length - 1);
		if (str_starts(name, STR("path=")))
			fine = keep(u->name, str_from(name, 5));
		else if (str_starts(name, STR("linkpath=")))
			fine = keep(u->link, str_from(name, 9));
		rest = str_from(rest, (size_t)length);
	}
	free(text);
	return fine;
}

static struct str field(const char *s, size_t n)
{
	const char *end = memchr(s, 0, n);

	return (struct str){ s, end ? (size_t)(end - s) : n };
}

static void header_names(struct unpacking *u, const struct header *h)
{
	struct str name = field(h->name, NAME), prefix = field(h->prefix, PREFIX);

	if (!u->name[0])
		snprintf(u->name, sizeof(u->name), "%.*s%s%.*s", (int)prefix.n, prefix.s, prefix.n ? "/" : "", (int)name.n, name.s);
	if (!u->link[0])
		snprintf(u->link, sizeof(u->link), "%.*s", (int)field(h->link, NAME).n, h->link);
}

/* The directory that the name lies in, through no link, and where its last part begins; negative: no such place. */
static int parent(const struct unpacking *u, const char **last)
{
	const char *at = u->name;
	int dir = fcntl(u->dir, F_DUPFD_CLOEXEC, 0), next;

	for (;;) {
		size_t n = strcspn(at, "/");
		char part[NAME_MAX + 1];

		if (dir < 0 || n == 0 || n > NAME_MAX || (at[0] == '.' && (n == 1 || (n == 2 && at[1] == '.')))) {
			if (dir >= 0)
				close(dir);
			errno = EINVAL;
			return -1;
		}
		if (!at[n]) {
			*last = at;
			return dir;
		}
		memcpy(part, at, n);
		part[n] = 0;
		next = openat(dir, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(dir);
		if (next < 0)
			return -1;
		dir = next;
		at += n + 1;
	}
}

static const struct timespec times[2] = { { .tv_sec = TAR_TIME }, { .tv_sec = TAR_TIME } };

static bool write_file(struct unpacking *u, int dir, const char *name, uint64_t size, bool program)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool fine = fd >= 0;

	for (uint64_t left = size; fine && left;) {
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		fine = get(u, u->chunk, n);
		for (size_t at = 0; fine && at < n;) {
			ssize_t put = write(fd, u->chunk + at, n - at);

			fine = put > 0;
			at += fine ? (size_t)put : 0;
		}
		left -= n;
	}
	fine = fine && fchmod(fd, program ? 0755 : 0644) == 0 && futimens(fd, times) == 0;
	if (fd >= 0)
		close(fd);
	return fine && skip(u, (BLOCK - size % BLOCK) % BLOCK);
}

static bool make(struct unpacking *u, const struct header *h, uint64_t size)
{
	const char *last;
	uint64_t mode;
	size_t n = strlen(u->name);
	int dir;
	bool fine = false;

	if (h->type == '5' && n && u->name[n - 1] == '/')
		u->name[n - 1] = 0;
	dir = parent(u, &last);
	if (dir < 0)
		return false;
	errno = 0;
	if (h->type == '0' || h->type == 0)
		fine = octal(h->mode, sizeof(h->mode), &mode) && write_file(u, dir, last, size, mode & 0100);
	else if (h->type == '5' && size == 0)
		fine = mkdirat(dir, last, 0755) == 0 && fchmodat(dir, last, 0755, 0) == 0;
	else if (h->type == '2' && size == 0)
		fine = symlinkat(u->link, dir, last) == 0 && utimensat(dir, last, times, AT_SYMLINK_NOFOLLOW) == 0;
	close(dir);
	return fine;
}

int tar_unpack(const struct tar_in *in, int dir, struct err *err)
{
	struct unpacking *u = calloc(1, sizeof(*u));
	int rc = u ? 0 : err_set(err, "out of memory");

	if (u)
		*u = (struct unpacking){ .in = in, .dir = dir };
	while (rc == 0) {
		struct header h;
		uint64_t size;

		if (!get(u, &h, sizeof(h))) {
			rc = err_set(err, "the archive is cut short");
			break;
		}
		if (!h.name[0] && !h.prefix[0] && !h.sum[0]) /* the end */
			break;
		if (!sum_holds(&h) || memcmp(h.magic, "ustar", 5) != 0 || !octal(h.size, sizeof(h.size), &size)) {
			rc = err_set(err, "this is no tar archive, or it is damaged");
		} else if (h.type == 'x') {
			if (size > PAX_MAX || !pax_read(u, (size_t)size))
				rc = err_set(err, "a damaged pax header");
		} else if (size > in->bytes_max - u->bytes || ++u->files > in->files_max) {
			rc = err_set(err, "more than %llu bytes or %llu files", (unsigned long long)in->bytes_max, (unsigned long long)in->files_max);
		} else {
			u->bytes += size;
			header_names(u, &h);
			if (!make(u, &h, size))
				rc = errno && errno != EINVAL ? err_sys(err, "\"%.200s\"", u->name) : err_set(err, "\"%.200s\" has no place in a tree, or is cut short", u->name);
			u->name[0] = u->link[0] = 0;
		}
	}
	free(u);
	return rc;
}
