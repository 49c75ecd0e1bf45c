/* git.c - repositories through libgit2, as far as nothing of them is obeyed; see git.h. Making trees: tree.c. */
#include "repos/git.h"
#include "repos/git_inside.h"

#include <fcntl.h>
#include <git2.h>
#include <git2/describe.h>
#include <git2/sys/mempack.h>
#include <git2/sys/repository.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct oid) == sizeof(git_oid), "an oid is libgit2's");

enum {
	KEPT = 512,                   /* objects, by the first bits of their names: hashes are even */
	KEPT_SIZE = 128 << 10,        /* bytes of one that is kept */
	TREE_MAX = 64 << 20,          /* bytes of a tree that is read */
	COMMIT_MAX = 8 << 20,
};

struct repo {
	git_repository *git;
	git_odb *odb;
	git_odb_backend *made; /* objects in memory */
	char *path;
	git_odb_object *kept[KEPT];
};

static void library_start(void)
{
	git_libgit2_init();
	for (int level = GIT_CONFIG_LEVEL_PROGRAMDATA; level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
	/* nothing is ever run, so that whose files they are does not matter */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
	/* half of a walk's time; git does not hash what it reads from packs either */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
}

static const char *git_said(void)
{
	const git_error *e = git_error_last();

	return e && e->message ? e->message : "unknown failure";
}

/* ---- names of objects */

static int oid_cmp(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct oid));
}

bool oid_among(const struct oid *o, const struct oid *sorted, size_t n)
{
	return n && bsearch(o, sorted, n, sizeof(*o), oid_cmp);
}

bool oid_none(const struct oid *o)
{
	return oid_eq(o, &(struct oid){ { 0 } });
}

void oid_hex(const struct oid *o, char hex[OID_HEX + 1])
{
	for (size_t i = 0; i < sizeof(o->id); i++) {
		hex[2 * i] = "0123456789abcdef"[o->id[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[o->id[i] & 15];
	}
	hex[OID_HEX] = 0;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool oid_read(struct oid *o, struct str hex)
{
	if (hex.n != OID_HEX)
		return false;
	for (size_t i = 0; i < sizeof(o->id); i++) {
		int hi = digit(hex.s[2 * i]), lo = digit(hex.s[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		o->id[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

/* ---- opening */

/* The first bytes of a regular file; false where there is none. Never waits, whatever stands there. */
bool file_head(const char *path, char *room, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		n = read(fd, room, cap - 1);
	if (fd >= 0)
		close(fd);
	room[n > 0 ? n : 0] = 0;
	return n > 0;
}

/*
 * git_repository_open would read the configuration with all that it includes. A bare opening does not, and a work tree's .git is a
 * bare repository, or a file that names one.
 */
static int open_bare(git_repository **git, const char *path)
{
	char inner[4200], head[4096];
	struct str to;

	if (git_repository_open_bare(git, path) == 0)
		return 0;
	snprintf(inner, sizeof(inner), "%s/.git", path);
	if (git_repository_open_bare(git, inner) == 0)
		return 0;
	if (!file_head(inner, head, sizeof(head)) && !file_head(path, head, sizeof(head)))
		return -1;
	to = str_of(head);
	if (!str_starts(to, STR("gitdir:")))
		return -1;
	to = str_trim(str_from(to, 7));
	snprintf(inner, sizeof(inner), "%s%s%.*s", to.n && to.s[0] == '/' ? "" : path, to.n && to.s[0] == '/' ? "" : "/", (int)to.n, to.s);
	return git_repository_open_bare(git, inner);
}

/* Formats of the repository that this library would misread. */
static const char *format_unread(git_repository *git)
{
	char path[4200], text[16384];

	snprintf(path, sizeof(path), "%s/config", git_repository_commondir(git));
	if (!file_head(path, text, sizeof(text)))
		return NULL;
	for (char *c = text; *c; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c == ' ' || *c == '\t' ? '=' : *c);
	if (strstr(text, "objectformat=") && strstr(text, "sha256"))
		return "its objects are named by SHA-256, which is not read";
	if (strstr(text, "refstorage=") && strstr(text, "reftable"))
		return "its references are a reftable, which is not read";
	return NULL;
}

static const char *objects_of(git_repository *git, char *path, size_t cap)
{
	snprintf(path, cap, "%sobjects", git_repository_commondir(git));
	return path;
}

int repo_open(struct repo **ret, const char *path, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct repo *r = calloc(1, sizeof(*r));
	git_config *config = NULL;
	const char *unread;
	char objects[4200];
	int rc = 0;

	pthread_once(&once, library_start);
	if (r)
		r->path = strdup(path);
	if (!r || !r->path) {
		free(r);
		return err_set(err, "out of memory");
	}
	if (open_bare(&r->git, path) < 0)
		rc = access(path, F_OK) < 0 ? err_sys(err, "%s", path) : err_set(err, "%s: not a git repository", path);
	else if ((unread = format_unread(r->git)) != NULL)
		rc = err_set(err, "%s: %s", path, unread);
	/* an empty configuration, before anything looks for the repository's own */
	else if (git_config_new(&config) < 0 || git_repository_set_config(r->git, config) < 0 || git_repository_odb(&r->odb, r->git) < 0 ||
		 loose_add(r->odb, objects_of(r->git, objects, sizeof(objects))) < 0 || git_mempack_new(&r->made) < 0 ||
		 git_odb_add_backend(r->odb, r->made, 1000) < 0)
		rc = err_set(err, "%s: %s", path, git_said());
	git_config_free(config);
	if (rc < 0) {
		repo_free(r);
		return rc;
	}
	*ret = r;
	return 0;
}

void repo_free(struct repo *r)
{
	if (!r)
		return;
	for (int i = 0; i < KEPT; i++)
		git_odb_object_free(r->kept[i]);
	git_odb_free(r->odb);
	git_repository_free(r->git);
	free(r->path);
	free(r);
}

const char *repo_path(const struct repo *r)
{
	return r->path;
}

bool repo_is_shallow(const struct repo *r)
{
	return git_repository_is_shallow(r->git) == 1;
}

int repo_resolve(struct repo *r, const char *name, struct oid *commit, struct err *err)
{
	git_object *found = NULL, *peeled = NULL;
	int rc = git_revparse_single(&found, r->git, name);

	if (rc == 0)
		rc = git_object_peel(&peeled, found, GIT_OBJECT_COMMIT);
	if (rc == 0)
		memcpy(commit->id, git_object_id(peeled)->id, sizeof(commit->id));
	else if (strcmp(name, "HEAD") == 0 && (rc == GIT_ENOTFOUND || rc == GIT_EUNBORNBRANCH))
		err_set(err, "%s: no commit there yet", r->path);
	else
		err_set(err, "%s: %s names no commit: %s", r->path, name, git_said());
	git_object_free(peeled);
	git_object_free(found);
	return rc == 0 ? 0 : ERR_FAIL;
}

/* ---- objects */

const char *object_state_name(enum object_state s)
{
	static const char *const name[] = { "ok", "missing", "corrupt", "too large", "of another kind" };

	return name[s];
}

void object_release(struct object *o)
{
	git_odb_object_free(o->own);
	*o = OBJECT_INIT;
}

static enum object_state state_of(int rc)
{
	return rc == 0 ? OBJECT_OK : rc == GIT_ENOTFOUND ? OBJECT_MISSING : OBJECT_CORRUPT;
}

static void object_set(struct object *o, git_odb_object *own)
{
	o->own = own;
	o->data = git_odb_object_data(own);
	o->n = git_odb_object_size(own);
}

/* Those read last are kept: a tree is the next commit's parent's, a blob is asked for its lines and again for its words. */
static enum object_state read_object(struct repo *r, const struct oid *id, git_object_t kind, uint64_t most, struct object *o)
{
	git_odb_object **kept = &r->kept[(id->id[0] << 8 | id->id[1]) % KEPT], *got = NULL;
	git_object_t is;
	size_t n;
	int rc;

	*o = OBJECT_INIT;
	if (*kept && memcmp(git_odb_object_id(*kept)->id, id->id, sizeof(id->id)) == 0) {
		rc = git_odb_object_dup(&got, *kept);
	} else {
		/* a blob of 2 GB must cost nothing: its size is asked first. Trees and commits of that size no git writes */
		rc = kind == GIT_OBJECT_BLOB ? git_odb_read_header(&n, &is, r->odb, (const git_oid *)id) : 0;
		if (rc == 0 && kind == GIT_OBJECT_BLOB && is == kind && n > most)
			return OBJECT_TOO_LARGE;
		if (rc == 0)
			rc = git_odb_read(&got, r->odb, (const git_oid *)id);
	}
	if (rc < 0)
		return state_of(rc);
	object_set(o, got);
	if (kind != GIT_OBJECT_COMMIT && got != *kept && o->n <= KEPT_SIZE) {
		git_odb_object_free(*kept);
		*kept = NULL;
		if (git_odb_object_dup(kept, got) < 0)
			*kept = NULL;
	}
	return git_odb_object_type(got) != kind ? OBJECT_OTHER : o->n > most ? OBJECT_TOO_LARGE : OBJECT_OK;
}

enum object_state repo_blob(struct repo *r, const struct oid *id, uint64_t most, struct object *o)
{
	return read_object(r, id, GIT_OBJECT_BLOB, most, o);
}

bool blob_is_lfs(struct str blob)
{
	return blob.n < 1024 && str_starts(blob, STR("version https://git-lfs.github.com/spec/"));
}

bool blob_is_binary(struct str blob)
{
	return blob.n && memchr(blob.s, 0, blob.n < 8000 ? blob.n : 8000) != NULL;
}

enum object_state repo_tree(struct repo *r, const struct oid *id, struct object *o)
{
	return read_object(r, id, GIT_OBJECT_TREE, TREE_MAX, o);
}

/* ---- commits */

/* "name <mail> seconds zone" */
static bool read_person(struct str line, struct str *who, int64_t *time, int *zone)
{
	ptrdiff_t end = str_rfind(line, STR(">"));
	struct str rest, word;
	int64_t z = 0;

	*time = 0;
	*zone = 0;
	if (end < 0)
		return false;
	*who = str_sub(line, 0, (size_t)end + 1);
	rest = str_from(line, (size_t)end + 1);
	if (!str_word(&rest, &word) || !str_i64(word, time))
		return false;
	if (str_word(&rest, &word) && str_i64(word, &z) && z > -10000 && z < 10000)
		*zone = (int)(z / 100 * 60 + z % 100);
	return true;
}

bool commit_read(struct str raw, struct commit *c)
{
	struct str rest = raw, line, who;
	bool tree = false, committed = false;
	int zone;

	c->parents = 0;
	c->time = c->author_time = 0;
	c->zone = 0;
	c->author = STR("");
	while (str_split(&rest, '\n', &line) && line.n) {
		if (str_starts(line, STR("tree "))) {
			if (tree || !oid_read(&c->tree, str_from(line, 5)))
				return false;
			tree = true;
		} else if (str_starts(line, STR("parent "))) {
			if (c->parents == PARENTS_MAX || !oid_read(&c->parent[c->parents++], str_from(line, 7)))
				return false;
		} else if (str_starts(line, STR("author "))) {
			read_person(str_from(line, 7), &c->author, &c->author_time, &zone);
		} else if (str_starts(line, STR("committer "))) {
			committed = true;
			read_person(str_from(line, 10), &who, &c->time, &c->zone);
		}
	}
	c->message = rest;
	return tree && committed;
}

enum object_state repo_commit(struct repo *r, const struct oid *id, struct commit *c)
{
	enum object_state s = read_object(r, id, GIT_OBJECT_COMMIT, COMMIT_MAX, &c->object);

	if (s == OBJECT_OK && !commit_read(object_str(&c->object), c))
		s = OBJECT_CORRUPT;
	return s;
}

bool repo_version(struct repo *r, const struct oid *commit, struct buf *tag)
{
	git_describe_options how = GIT_DESCRIBE_OPTIONS_INIT;
	git_describe_format_options form = GIT_DESCRIBE_FORMAT_OPTIONS_INIT;
	git_describe_result *found = NULL;
	git_object *at = NULL;
	git_buf name = { 0 };
	bool is;

	how.describe_strategy = GIT_DESCRIBE_TAGS;
	form.abbreviated_size = 0;
	is = git_object_lookup(&at, r->git, (const git_oid *)commit, GIT_OBJECT_COMMIT) == 0 && git_describe_commit(&found, at, &how) == 0 &&
	     git_describe_format(&name, found, &form) == 0;
	if (is)
		buf_addz(tag, name.ptr);
	git_buf_dispose(&name);
	git_describe_result_free(found);
	git_object_free(at);
	return is;
}

void commit_date(const struct commit *c, char rfc3339[32])
{
	/* years 0 to 9999: what a hostile commit says beyond them is not a date */
	int64_t at = c->time < -62167219200 ? -62167219200 : c->time > 253402300799 ? 253402300799 : c->time;
	time_t t = (time_t)at;
	struct tm tm;

	gmtime_r(&t, &tm);
	snprintf(rfc3339, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", (tm.tm_year + 1900) % 10000, (tm.tm_mon + 1) % 100, tm.tm_mday % 100, tm.tm_hour % 100,
		 tm.tm_min % 100, tm.tm_sec % 100);
}

/* ---- what tree.c makes */

int repo_write(struct repo *r, enum made_kind kind, struct str data, struct oid *id, struct err *err)
{
	git_oid made;

	if (git_odb_write(&made, r->odb, data.n ? data.s : "", data.n, kind == MADE_BLOB ? GIT_OBJECT_BLOB : GIT_OBJECT_TREE) < 0)
		return err_set(err, "%s: %s", r->path, git_said());
	memcpy(id->id, made.id, sizeof(id->id));
	return 0;
}

void repo_forget(struct repo *r)
{
	git_mempack_reset(r->made);
	for (int i = 0; i < KEPT; i++) {
		git_odb_object_free(r->kept[i]);
		r->kept[i] = NULL;
	}
}
