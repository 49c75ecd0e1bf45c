/*
 * loose.c - loose objects, read by ourselves. libgit2 1.5 never comes back from one that was cut short (its inflate loop waits for
 * output that zlib cannot give), so that this backend stands before its own: whole, or damaged, but soon.
 */
#include "repos/git_inside.h"

#include <fcntl.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
	FOLDERS = 8,              /* objects/, and others that objects/info/alternates names */
	HEAD_MAX = 64,            /* bytes of "blob 123" and its NUL */
	LOOSE_MAX = 1 << 30,      /* bytes of an object */
};

struct loose {
	git_odb_backend parent;
	char *folder[FOLDERS];
	int folders;
};

/* A file being inflated. */
struct flow {
	int fd;
	z_stream z;
	unsigned char in[16384];
};

static int damaged(const char *what)
{
	git_error_set_str(GIT_ERROR_ODB, what);
	return GIT_ERROR;
}

static int flow_open(struct flow *f, const struct loose *l, const git_oid *id)
{
	char hex[OID_HEX + 1], path[4400];
	struct stat st;

	oid_hex((const struct oid *)id, hex);
	f->fd = -1;
	for (int i = 0; i < l->folders && f->fd < 0; i++) {
		snprintf(path, sizeof(path), "%s/%.2s/%s", l->folder[i], hex, hex + 2);
		f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	}
	if (f->fd < 0)
		return GIT_ENOTFOUND;
	f->z = (z_stream){ 0 };
	if (fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode) || inflateInit(&f->z) != Z_OK) {
		close(f->fd);
		return damaged("a loose object cannot be read");
	}
	return 0;
}

static void flow_close(struct flow *f)
{
	inflateEnd(&f->z);
	close(f->fd);
}

/* Fills out as far as there is something; the bytes that came, and whether the stream ended. Negative: damaged. */
static ptrdiff_t flow_read(struct flow *f, void *out, size_t n, bool *end)
{
	int rc = Z_OK;

	f->z.next_out = out;
	f->z.avail_out = (uInt)n;
	while (f->z.avail_out && rc == Z_OK) {
		if (!f->z.avail_in) {
			ssize_t got = read(f->fd, f->in, sizeof(f->in));

			if (got <= 0)
				break;
			f->z.next_in = f->in;
			f->z.avail_in = (uInt)got;
		}
		rc = inflate(&f->z, Z_NO_FLUSH);
	}
	*end = rc == Z_STREAM_END;
	return rc == Z_OK || rc == Z_STREAM_END ? (ptrdiff_t)(n - f->z.avail_out) : -1;
}

/* "blob 123\0" at the stream's begin; *used is where the content begins in head. */
static int read_head(struct flow *f, char head[HEAD_MAX], size_t *there, size_t *used, git_object_t *type, size_t *size, bool *end)
{
	ptrdiff_t n = flow_read(f, head, HEAD_MAX, end);
	const char *nul = n > 0 ? memchr(head, 0, (size_t)n) : NULL;
	struct str s = { head, nul ? (size_t)(nul - head) : 0 };
	ptrdiff_t blank = str_chr(s, ' ');
	char name[16] = "";
	uint64_t v;

	if (blank <= 0 || blank >= (ptrdiff_t)sizeof(name) || !str_u64(str_from(s, (size_t)blank + 1), &v) || v > LOOSE_MAX)
		return damaged("a loose object has no head");
	memcpy(name, head, (size_t)blank);
	*type = git_object_string2type(name);
	*size = v;
	*there = (size_t)n;
	*used = s.n + 1;
	return *type < 0 ? damaged("a loose object of no kind") : 0;
}

static int loose_header(size_t *size, git_object_t *type, git_odb_backend *b, const git_oid *id)
{
	struct flow f;
	char head[HEAD_MAX];
	size_t there, used;
	bool end;
	int rc = flow_open(&f, (const struct loose *)b, id);

	if (rc < 0)
		return rc;
	rc = read_head(&f, head, &there, &used, type, size, &end);
	flow_close(&f);
	return rc;
}

static int loose_read(void **data, size_t *size, git_object_t *type, git_odb_backend *b, const git_oid *id)
{
	struct flow f;
	char head[HEAD_MAX], more;
	size_t there, used;
	ptrdiff_t n;
	bool end;
	int rc = flow_open(&f, (const struct loose *)b, id);

	if (rc < 0)
		return rc;
	*data = NULL;
	rc = read_head(&f, head, &there, &used, type, size, &end);
	if (rc == 0 && there - used > *size)
		rc = damaged("a loose object is longer than it says");
	if (rc == 0) {
		*data = git_odb_backend_data_alloc(b, *size + 1);
		rc = *data ? 0 : GIT_ERROR;
	}
	if (rc == 0) {
		char *out = *data;

		memcpy(out, head + used, there - used);
		n = end ? 0 : flow_read(&f, out + (there - used), *size - (there - used), &end);
		if (n == (ptrdiff_t)(*size - (there - used)) && !end)
			n += flow_read(&f, &more, 1, &end); /* its checksum */
		if (n != (ptrdiff_t)(*size - (there - used)) || !end)
			rc = damaged("a loose object is cut or damaged");
		out[*size] = 0;
	}
	if (rc < 0 && *data)
		git_odb_backend_data_free(b, *data);
	flow_close(&f);
	return rc;
}

static void loose_free(git_odb_backend *b)
{
	struct loose *l = (struct loose *)b;

	for (int i = 0; i < l->folders; i++)
		free(l->folder[i]);
	free(l);
}

static void folder_add(struct loose *l, const char *path)
{
	if (l->folders < FOLDERS && (l->folder[l->folders] = strdup(path)) != NULL)
		l->folders++;
}

int loose_add(git_odb *odb, const char *objects)
{
	struct loose *l = calloc(1, sizeof(*l));
	char path[4400], text[16384];
	struct str rest, line;

	if (!l)
		return GIT_ERROR;
	git_odb_init_backend(&l->parent, GIT_ODB_BACKEND_VERSION);
	l->parent.read = loose_read;
	l->parent.read_header = loose_header;
	l->parent.free = loose_free;
	folder_add(l, objects);
	snprintf(path, sizeof(path), "%s/info/alternates", objects);
	rest = file_head(path, text, sizeof(text)) ? str_of(text) : STR("");
	while (str_line(&rest, &line)) {
		if (line.n && line.s[0] != '#' && line.n < 4000) {
			snprintf(path, sizeof(path), "%s%s%.*s", line.s[0] == '/' ? "" : objects, line.s[0] == '/' ? "" : "/", (int)line.n, line.s);
			folder_add(l, path);
		}
	}
	/* behind its packs, which have 2, since it was added later; before its loose objects, which have 1 */
	return git_odb_add_backend(odb, &l->parent, 2);
}
