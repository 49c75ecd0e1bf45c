/* checkout.c - trees written out below a directory of our own, kept while there is room. See checkout.h. */
#include "repos/checkout.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define KEEP_BYTES (2ull << 30) /* of all checkouts that nobody uses */

struct checkouts {
	char *path;
	int held; /* the lock that says that somebody uses the directory */
	struct checkout *all;
	uint64_t bytes, clock;
	pthread_mutex_t lock;
};

/* ---- taking away */

static bool remove_below(int dir)
{
	DIR *d = fdopendir(dir);
	struct dirent *e;
	bool ok = d != NULL;

	if (!d)
		close(dir);
	while (d && (e = readdir(d))) {
		int fd;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0) == 0)
			continue;
		fd = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 && errno == EACCES && fchmodat(dirfd(d), e->d_name, 0700, 0) == 0)
			fd = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		ok &= fd >= 0 && remove_below(fd) && unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR) == 0;
	}
	if (d)
		closedir(d);
	return ok;
}

bool remove_all(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT;
	return remove_below(fd) && rmdir(path) == 0;
}

/* ---- the cache */

static uint64_t room_of(const char *path)
{
	struct statvfs s;

	return statvfs(path, &s) == 0 && access(path, W_OK) == 0 ? (uint64_t)s.f_bavail * s.f_frsize : 0;
}

static const char *choose_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (room_of("/dev/shm") >= 1ull << 30)
		return "/dev/shm";
	return tmp && tmp[0] == '/' ? tmp : "/tmp";
}

#define PREFIX "quarry-trees-"
#define LOCK ".held"

/* The lock of a directory of checkouts, or -1: somebody holds it. */
static int hold(const char *path)
{
	char lock[4200];
	int fd;

	snprintf(lock, sizeof(lock), "%s/" LOCK, path);
	fd = open(lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Takes away what killed processes of this user left: an hour old, and held by nobody. */
static void sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char path[4096];
		struct stat st;
		int fd;

		if (strncmp(e->d_name, PREFIX, sizeof(PREFIX) - 1) != 0 || (size_t)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name) >= sizeof(path) ||
		    lstat(path, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mtime > time(NULL) - 3600)
			continue;
		fd = hold(path);
		if (fd < 0)
			continue;
		remove_all(path);
		close(fd);
	}
	if (d)
		closedir(d);
}

int checkouts_open(struct checkouts **ret, const char *dir, struct err *err)
{
	struct checkouts *c = calloc(1, sizeof(*c));
	struct buf path = BUF_INIT;

	if (!dir)
		dir = choose_dir();
	sweep(dir);
	buf_addf(&path, "%s/" PREFIX "XXXXXX", dir);
	if (!c || path.failed) {
		free(c);
		buf_release(&path);
		return err_set(err, "out of memory");
	}
	c->path = path.s;
	if (!mkdtemp(c->path)) {
		err_sys(err, "%s", c->path);
		free(c->path);
		free(c);
		return ERR_FAIL;
	}
	chmod(c->path, 0711); /* a sandbox's user passes through, and lists nothing */
	c->held = hold(c->path);
	pthread_mutex_init(&c->lock, NULL);
	*ret = c;
	return 0;
}

const char *checkouts_path(const struct checkouts *c)
{
	return c->path;
}

static void checkout_free(struct checkout *t)
{
	char *slash = t->path ? strrchr(t->path, '/') : NULL;

	if (slash) {
		*slash = 0; /* the directory that holds both */
		remove_all(t->path);
	}
	pthread_mutex_destroy(&t->lock);
	buf_release(&t->log);
	free(t->path);
	free(t->build);
	free(t);
}

void checkouts_close(struct checkouts *c)
{
	if (!c)
		return;
	while (c->all) {
		struct checkout *t = c->all;

		c->all = t->next;
		checkout_free(t);
	}
	remove_all(c->path);
	if (c->held >= 0)
		close(c->held);
	pthread_mutex_destroy(&c->lock);
	free(c->path);
	free(c);
}

/* Takes away the ones unused for longest, until what is kept is little enough. Called with the lock held. */
static void make_room(struct checkouts *c)
{
	while (c->bytes > KEEP_BYTES) {
		struct checkout **oldest = NULL, *t;

		for (struct checkout **at = &c->all; *at; at = &(*at)->next)
			if (!(*at)->users && (!oldest || (*at)->used < (*oldest)->used))
				oldest = at;
		if (!oldest)
			return;
		t = *oldest;
		*oldest = t->next;
		c->bytes -= t->bytes;
		checkout_free(t);
	}
}

void checkout_spoil(struct checkouts *c, struct checkout *t)
{
	pthread_mutex_lock(&c->lock);
	t->environment[0] = 0;
	t->used = 0;
	pthread_mutex_unlock(&c->lock);
}

void checkout_put(struct checkouts *c, struct checkout *t)
{
	if (!t)
		return;
	pthread_mutex_lock(&c->lock);
	t->users--;
	make_room(c);
	pthread_mutex_unlock(&c->lock);
}

/* ---- writing a tree */

struct link {
	struct link *next;
	char *path, *to;
};

struct writing {
	struct repo *repo;
	struct checkout *t;
	int root;
	struct link *links;
	struct arena arena;
	struct err *err;
	bool ours; /* what failed is our side */
	char last[4096]; /* the directory that was opened last, and its descriptor */
	int last_fd;
};

static bool name_ok(struct str name)
{
	return name.n > 0 && name.n < 256 && !str_is(name, ".") && !str_is(name, "..") && !str_ieq(name, STR(".git")) && !memchr(name.s, 0, name.n);
}

/* The directory that holds path, made where it is not there; never through a link. -1: it cannot be. */
static int open_parent(struct writing *w, struct str path, char name[256])
{
	ptrdiff_t slash = str_rfind(path, STR("/"));
	struct str dir = slash < 0 ? STR("") : str_sub(path, 0, (size_t)slash), rest = dir, part;
	struct str leaf = str_from(path, (size_t)(slash + 1));
	int fd;

	if (!name_ok(leaf) || dir.n >= sizeof(w->last))
		return errno = EINVAL, -1;
	memcpy(name, leaf.s, leaf.n);
	name[leaf.n] = 0;
	if (w->last_fd >= 0 && str_is(dir, w->last))
		return w->last_fd;
	fd = fcntl(w->root, F_DUPFD_CLOEXEC, 3);
	while (fd >= 0 && str_split(&rest, '/', &part)) {
		char z[256];
		int next;

		if (!name_ok(part)) {
			close(fd);
			return errno = EINVAL, -1;
		}
		memcpy(z, part.s, part.n);
		z[part.n] = 0;
		if (mkdirat(fd, z, 0755) == 0)
			fchmodat(fd, z, 0755, 0); /* whatever the umask */
		next = openat(fd, z, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(fd);
		fd = next;
	}
	if (fd < 0)
		return -1;
	if (w->last_fd >= 0)
		close(w->last_fd);
	w->last_fd = fd;
	memcpy(w->last, dir.n ? dir.s : "", dir.n);
	w->last[dir.n] = 0;
	return fd;
}

static int bad(struct writing *w, struct str path, const char *what)
{
	return err_set(w->err, "%.*s: %s", (int)(path.n < 300 ? path.n : 300), path.s, what);
}

static int ours(struct writing *w, struct str path)
{
	w->ours = true;
	return err_sys(w->err, "%s/%.*s", w->t->path, (int)(path.n < 300 ? path.n : 300), path.s);
}

static int write_file(struct writing *w, struct str path, struct str text, bool exec)
{
	char name[256];
	int parent = open_parent(w, path, name), fd;
	ssize_t n = 0;

	if (parent < 0)
		return errno == EINVAL || errno == ENOTDIR || errno == ELOOP ? bad(w, path, "no name for a file") : ours(w, path);
	fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, exec ? 0755 : 0644);
	if (fd < 0)
		return errno == EEXIST ? bad(w, path, "twice in one tree") : ours(w, path);
	while (text.n && (n = write(fd, text.s, text.n)) > 0)
		text = str_from(text, (size_t)n);
	if (fchmod(fd, exec ? 0755 : 0644) < 0)
		n = -1;
	if (close(fd) < 0 || n < 0)
		return ours(w, path);
	return 0;
}

static int note_link(struct writing *w, struct str path, struct str to)
{
	struct link *l = arena_zalloc(&w->arena, 1, sizeof(*l));

	if (l) {
		l->path = arena_strdup(&w->arena, path);
		l->to = arena_strdup(&w->arena, to);
	}
	if (!l || !l->path || !l->to) {
		w->ours = true;
		return err_set(w->err, "out of memory");
	}
	l->next = w->links;
	w->links = l;
	return 0;
}

/* One entry of the tree. */
static int write_entry(void *ctx, struct str path, const struct tree_entry *e)
{
	struct writing *w = ctx;
	enum object_state state;
	struct object o;
	int rc = 0;

	if (e->mode == MODE_MODULE) {
		w->t->modules++;
		return 0;
	}
	if (++w->t->files > CHECKOUT_FILES)
		return bad(w, path, "more files than a tree may have");
	state = repo_blob(w->repo, &e->id, CHECKOUT_BYTES - w->t->bytes, &o);
	if (state != OBJECT_OK) {
		rc = bad(w, path, state == OBJECT_TOO_LARGE ? "the tree is too large" : object_state_name(state));
	} else if (e->mode == MODE_LINK) {
		rc = note_link(w, path, object_str(&o));
	} else {
		w->t->bytes += o.n;
		w->t->lfs += blob_is_lfs(object_str(&o));
		rc = write_file(w, path, object_str(&o), e->mode == MODE_EXEC);
	}
	object_release(&o);
	return rc;
}

/* Whether a link at path, followed by its text alone, stays below the root. */
static bool stays_inside(struct str path, struct str to)
{
	struct str rest = path, part;
	long depth = -1; /* of the directory that holds it */

	if (!to.n || to.s[0] == '/' || memchr(to.s, 0, to.n))
		return false;
	while (str_split(&rest, '/', &part))
		depth++;
	for (rest = to; str_split(&rest, '/', &part);) {
		if (str_is(part, "..") && --depth < 0)
			return false;
		depth += part.n && !str_is(part, ".") && !str_is(part, "..");
	}
	return true;
}

/*
 * Links come last. Each stays inside by its own text, but one that goes up through another could still leave: so one whose
 * text has ".." behind a name is left out too.
 */
static bool is_simple(struct str to)
{
	struct str part;
	bool named = false;

	while (str_split(&to, '/', &part)) {
		if (str_is(part, "..") && named)
			return false;
		named |= part.n && !str_is(part, ".") && !str_is(part, "..");
	}
	return true;
}

static void write_links(struct writing *w)
{
	for (struct link *l = w->links; l; l = l->next) {
		char name[256];
		struct str path = str_of(l->path), to = str_of(l->to);
		int parent = stays_inside(path, to) && is_simple(to) ? open_parent(w, path, name) : -1;

		if (parent < 0 || symlinkat(l->to, parent, name) < 0)
			w->t->links_left_out++;
	}
}

/* What the environment adds, where the tree has nothing of that name. */
static int write_extra(struct writing *w, const struct environment *env)
{
	for (size_t i = 0; i < env->n_files; i++) {
		struct str path = str_of(env->files[i].path);
		struct tree_entry e;

		if (repo_find(w->repo, &w->t->tree, path, &e) == OBJECT_OK)
			continue;
		if (write_file(w, path, str_of(env->files[i].text), false) < 0)
			return ERR_FAIL;
	}
	return 0;
}

static int write_tree(struct checkout *t, struct repo *r, const struct environment *env, struct err *err)
{
	struct writing w = { .repo = r, .t = t, .err = err, .last_fd = -1 };
	uint64_t unreadable = 0;
	int rc;

	w.root = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w.root < 0)
		return err_sys(err, "%s", t->path);
	rc = repo_each(r, &t->tree, write_entry, &w, &unreadable);
	if (rc == 0 && unreadable)
		rc = err_set(err, "%llu directories of the tree cannot be read", (unsigned long long)unreadable);
	if (rc == 0)
		rc = write_extra(&w, env);
	if (rc == 0)
		write_links(&w);
	if (w.last_fd >= 0)
		close(w.last_fd);
	close(w.root);
	arena_release(&w.arena);
	return rc == 0 ? CHECKOUT_OK : w.ours ? ERR_FAIL : CHECKOUT_BAD;
}

/* ---- */

static struct checkout *find(struct checkouts *c, const struct oid *tree, const char *hash)
{
	struct checkout *t = c->all;

	while (t && !(oid_eq(&t->tree, tree) && strcmp(t->environment, hash) == 0))
		t = t->next;
	return t;
}

static struct checkout *checkout_new(const struct checkouts *c, const struct oid *tree, const struct environment *env, struct err *err)
{
	struct checkout *t = calloc(1, sizeof(*t));
	struct buf path = BUF_INIT, build = BUF_INIT;
	char hex[OID_HEX + 1];

	if (!t)
		return err_set(err, "out of memory"), NULL;
	pthread_mutex_init(&t->lock, NULL);
	t->tree = *tree;
	oid_hex(tree, hex);
	environment_hash(env, t->environment);
	buf_addf(&path, "%s/%.16s-%.8s-XXXXXX", c->path, hex, t->environment);
	if (path.failed || !mkdtemp(path.s)) {
		err_sys(err, "%s", buf_z(&path));
		goto failed;
	}
	buf_addf(&build, "%s/build", path.s);
	buf_addz(&path, "/tree");
	t->path = path.failed ? NULL : path.s;
	t->build = build.failed ? NULL : build.s;
	if (!t->path || !t->build) {
		err_set(err, "out of memory");
		goto failed;
	}
	if (mkdir(t->path, 0755) < 0 || mkdir(t->build, 0755) < 0) {
		err_sys(err, "%s", t->path);
		checkout_free(t);
		return NULL;
	}
	chmod(t->path, 0755); /* whatever the umask */
	chmod(t->build, 0755);
	t->path[path.n - 5] = 0; /* what mkdtemp made, to be passed through */
	chmod(t->path, 0711);
	t->path[path.n - 5] = '/';
	return t;
failed:
	buf_release(&path);
	buf_release(&build);
	t->path = t->build = NULL;
	checkout_free(t);
	return NULL;
}

int checkout_get(struct checkouts *c, struct repo *r, const struct oid *tree, const struct environment *env, struct checkout **ret, struct err *err)
{
	char hash[ENVIRONMENT_HASH + 1];
	struct checkout *t;
	int rc = CHECKOUT_OK;

	environment_hash(env, hash);
	pthread_mutex_lock(&c->lock);
	t = find(c, tree, hash);
	if (t) {
		t->users++;
		t->used = ++c->clock;
		pthread_mutex_unlock(&c->lock);
		*ret = t;
		return CHECKOUT_OK;
	}
	pthread_mutex_unlock(&c->lock);
	t = checkout_new(c, tree, env, err);
	if (!t)
		return ERR_FAIL;
	rc = write_tree(t, r, env, err);
	if (rc != CHECKOUT_OK) {
		checkout_free(t);
		return rc;
	}
	pthread_mutex_lock(&c->lock); /* another thread may have made the same meanwhile: two do no harm */
	t->users = 1;
	t->used = ++c->clock;
	t->next = c->all;
	c->all = t;
	c->bytes += t->bytes;
	make_room(c);
	pthread_mutex_unlock(&c->lock);
	*ret = t;
	return CHECKOUT_OK;
}
