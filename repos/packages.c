/* packages.c - an environment's programs, to their packages, to all files. See packages.h. */
#include "repos/packages.h"

#include <dirent.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DPKG "/var/lib/dpkg"

enum { LINKS_MAX = 16, DEPTH_MAX = 40, STATUS_MAX = 256 << 20 };

struct package {
	struct str name, arch, version, depends, pre_depends, recommends, provides;
	bool essential, in, seed;
};

struct list {
	const char **at;
	size_t n, cap;
};

struct search {
	struct packages *p;
	struct buf status;
	struct package *all;
	size_t n, cap;
	size_t *todo; /* packages whose dependencies are still to be looked at */
	size_t n_todo;
	struct list files, wanted; /* wanted: paths whose owners are needed */
	bool dist_packages;        /* and whoever has Python modules */
	bool failed;               /* out of memory */
};

static void list_add(struct search *s, struct list *l, struct str path)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 1024;
		const char **at = realloc(l->at, cap * sizeof(*at));

		if (!at) {
			s->failed = true;
			return;
		}
		l->at = at;
		l->cap = cap;
	}
	l->at[l->n] = arena_strdup(&s->p->text, path);
	if (l->at[l->n])
		l->n++;
	else
		s->failed = true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_sort(struct list *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->at, l->n, sizeof(*l->at), by_text);
	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || strcmp(l->at[i], l->at[n - 1]) != 0)
			l->at[n++] = l->at[i];
	l->n = n;
}

static bool list_has(const struct list *l, const char *path)
{
	return l->n && bsearch(&path, l->at, l->n, sizeof(*l->at), by_text);
}

static bool read_all(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "r");
	char room[1 << 16];
	size_t n;

	if (!f)
		return false;
	b->max = STATUS_MAX;
	while ((n = fread(room, 1, sizeof(room), f)) > 0)
		buf_add(b, (struct str){ room, n });
	fclose(f);
	return !b->failed;
}

/* ---- what is installed */

static bool value(struct str line, struct str key, struct str *v)
{
	if (!str_starts(line, key))
		return false;
	*v = str_trim(str_from(line, key.n));
	return true;
}

static int by_name(const void *a, const void *b)
{
	struct str x = ((const struct package *)a)->name, y = ((const struct package *)b)->name;
	int c = memcmp(x.s, y.s, x.n < y.n ? x.n : y.n);

	return c ? c : x.n < y.n ? -1 : x.n > y.n;
}

static bool package_add(struct search *s, const struct package *p)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 1024;
		struct package *all = realloc(s->all, cap * sizeof(*all));

		if (!all)
			return false;
		s->all = all;
		s->cap = cap;
	}
	s->all[s->n++] = *p;
	return true;
}

static int read_status(struct search *s, struct err *err)
{
	struct package p = { 0 };
	struct str rest, line, v;
	bool installed = false;

	if (!read_all(DPKG "/status", &s->status))
		return err_sys(err, "the packages of this machine: %s", DPKG "/status");
	buf_addz(&s->status, "\n\n");
	for (rest = buf_str(&s->status); str_line(&rest, &line);) {
		if (!line.n) {
			if (installed && p.name.n && !package_add(s, &p))
				return err_set(err, "out of memory");
			p = (struct package){ 0 };
			installed = false;
		} else if (value(line, STR("Status:"), &v)) {
			installed = str_ends(v, STR(" installed"));
		} else if (value(line, STR("Essential:"), &v)) {
			p.essential = str_is(v, "yes");
		} else if (!value(line, STR("Package:"), &p.name) && !value(line, STR("Architecture:"), &p.arch) && !value(line, STR("Version:"), &p.version) &&
			   !value(line, STR("Depends:"), &p.depends) && !value(line, STR("Pre-Depends:"), &p.pre_depends) &&
			   !value(line, STR("Recommends:"), &p.recommends)) {
			value(line, STR("Provides:"), &p.provides);
		}
	}
	if (!s->n)
		return err_set(err, "no package is installed here, as %s has it", DPKG "/status");
	qsort(s->all, s->n, sizeof(*s->all), by_name);
	s->todo = calloc(2 * s->n, sizeof(*s->todo)); /* once as a dependency, once as a seed */
	return s->todo ? 0 : err_set(err, "out of memory");
}

/* The name in "libc6 (>= 2.34)", "python3:any", "a [amd64]". */
static struct str bare(struct str s)
{
	size_t n = 0;

	s = str_trim(s);
	while (n < s.n && !strchr(" (:[", s.s[n]))
		n++;
	return str_sub(s, 0, n);
}

static struct package *find(struct search *s, struct str name)
{
	struct package key = { .name = name };

	return bsearch(&key, s->all, s->n, sizeof(*s->all), by_name);
}

/* By its own name, or as what another provides. */
static struct package *provider(struct search *s, struct str name)
{
	struct package *p = find(s, name);

	for (size_t i = 0; !p && i < s->n; i++) {
		struct str rest = s->all[i].provides, one;

		while (!p && str_split(&rest, ',', &one))
			if (str_eq(bare(one), name))
				p = &s->all[i];
	}
	return p;
}

static void take(struct search *s, struct package *p, bool seed)
{
	if (p->in && (p->seed || !seed))
		return;
	p->seed |= seed;
	s->todo[s->n_todo++] = (size_t)(p - s->all);
	p->in = true;
}

/* Of each "a | b" the first that is there. */
static void take_all(struct search *s, struct str list)
{
	struct str all, one;

	while (str_split(&list, ',', &all)) {
		struct package *p = NULL;

		while (!p && str_split(&all, '|', &one))
			p = bare(one).n ? provider(s, bare(one)) : NULL;
		if (p)
			take(s, p, false);
	}
}

static void take_dependencies(struct search *s)
{
	while (s->n_todo) {
		const struct package *p = &s->all[s->todo[--s->n_todo]];

		take_all(s, p->depends);
		take_all(s, p->pre_depends);
		if (p->seed) /* a compiler only recommends the headers of the C library */
			take_all(s, p->recommends);
	}
}

/* ---- paths */

/* /bin/sh is /usr/bin/sh where /bin is a link; gives what stands behind the first '/'. */
static struct str canonical(struct str path, char room[PATH_MAX])
{
	static const char *const tops[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32" };
	struct str s = str_from(path, 1);
	ptrdiff_t slash = str_chr(s, '/');
	char top[16];
	struct stat st;

	for (size_t i = 0; slash > 0 && i < COUNT(tops); i++) {
		if (!str_is(str_sub(s, 0, (size_t)slash), tops[i]))
			continue;
		snprintf(top, sizeof(top), "/%s", tops[i]);
		if (lstat(top, &st) < 0 || !S_ISLNK(st.st_mode))
			break;
		snprintf(room, PATH_MAX, "usr/%.*s", (int)s.n, s.s);
		return str_of(room);
	}
	return s;
}

static bool of_programs(struct str path)
{
	static const char *const not[] = { "usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/lintian/", "usr/share/bug/",
		"usr/share/gtk-doc/", "usr/share/icons/", "usr/share/applications/", "usr/share/doc-base/", "usr/share/menu/", "usr/share/pixmaps/",
		"usr/share/bash-completion/", "usr/share/zsh/", "usr/share/fish/", "usr/share/vim/", "usr/lib/debug/", "usr/lib/systemd/", "usr/lib/udev/" };

	if (!str_starts(path, STR("usr/")) && !str_starts(path, STR("lib")))
		return false;
	for (size_t i = 0; i < COUNT(not); i++)
		if (str_starts(path, str_of(not[i])))
			return false;
	return true;
}

static void add_file(struct search *s, struct str path)
{
	char host[PATH_MAX];
	struct stat st;

	if ((size_t)snprintf(host, sizeof(host), "/%.*s", (int)path.n, path.s) < sizeof(host) && lstat(host, &st) == 0 &&
	    (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode)))
		list_add(s, &s->files, path);
}

static void walk(struct search *s, struct str path, int depth)
{
	char host[PATH_MAX];
	struct dirent *e;
	struct stat st;
	DIR *d;

	if ((size_t)snprintf(host, sizeof(host), "/%.*s", (int)path.n, path.s) >= sizeof(host) || depth > DEPTH_MAX || lstat(host, &st) < 0)
		return;
	if (!S_ISDIR(st.st_mode)) {
		add_file(s, path);
		return;
	}
	d = opendir(host);
	while (d && (e = readdir(d))) {
		char below[PATH_MAX];

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    (size_t)snprintf(below, sizeof(below), "%.*s/%s", (int)path.n, path.s, e->d_name) >= sizeof(below))
			continue;
		walk(s, str_of(below), depth + 1);
	}
	if (d)
		closedir(d);
}

/* ---- whose files are needed */

/* A program and each link that leads to it. */
static bool want_program(struct search *s, const char *name)
{
	char path[PATH_MAX], to[PATH_MAX], dir[PATH_MAX];
	ssize_t n = 0;

	snprintf(path, sizeof(path), name[0] == '/' ? "%s" : "/usr/bin/%s", name);
	if (access(path, X_OK) < 0)
		return false;
	for (int i = 0; i < LINKS_MAX && n >= 0; i++) {
		char room[PATH_MAX];

		list_add(s, &s->wanted, canonical(str_of(path), room));
		n = readlink(path, to, sizeof(to) - 1);
		if (n <= 0)
			break;
		to[n] = 0;
		snprintf(dir, sizeof(dir), "%s", path);
		*strrchr(dir, '/') = 0;
		if ((size_t)snprintf(path, sizeof(path), to[0] == '/' ? "%s%s" : "%s/%s", to[0] == '/' ? "" : dir, to) >= sizeof(path))
			return false;
	}
	return true;
}

static int want(struct search *s, const struct environment *e, struct err *err)
{
	/* what a C project may look for beside what its recipe names */
	static const char *const of_c[] = { "c++", "ld", "ar", "make", "pkg-config" };
	char dir[1024];

	for (size_t i = 0; i < e->needs.n; i++) {
		bool tool = false;

		for (size_t k = 0; k < e->tools.n; k++)
			tool |= environment_tool(e->tools.at[k], dir, sizeof(dir));
		if (!tool && !want_program(s, e->needs.at[i]))
			return err_set(err, "the environment \"%s\" needs %s, which is not here", e->name, e->needs.at[i]);
	}
	if (e->runner == RUNNER_PYTEST) {
		s->dist_packages = true;
		if (!want_program(s, e->python) && strncmp(e->python, "/env/", 5) != 0)
			return err_set(err, "the environment \"%s\" needs %s, which is not here", e->name, e->python);
	}
	for (size_t i = 0; strcmp(e->code_lang, "c") == 0 && i < COUNT(of_c); i++)
		want_program(s, of_c[i]);
	return 0;
}

static bool list_path(const struct package *p, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, DPKG "/info/%.*s.list", (int)p->name.n, p->name.s);
	if (access(path, R_OK) == 0)
		return true;
	snprintf(path, PATH_MAX, DPKG "/info/%.*s:%.*s.list", (int)p->name.n, p->name.s, (int)p->arch.n, p->arch.s);
	return access(path, R_OK) == 0;
}

/* Calls f with each path of the package. */
static void each_path(struct search *s, struct package *p, void (*f)(struct search *s, struct package *p, struct str path))
{
	struct buf b = BUF_INIT;
	struct str rest, line;
	char path[PATH_MAX], room[PATH_MAX];

	if (list_path(p, path) && read_all(path, &b))
		for (rest = buf_str(&b); str_line(&rest, &line);)
			if (line.n > 1 && line.s[0] == '/')
				f(s, p, canonical(line, room));
	buf_release(&b);
}

static void own(struct search *s, struct package *p, struct str path)
{
	char z[PATH_MAX];

	if (p->seed)
		return;
	snprintf(z, sizeof(z), "%.*s", (int)(path.n < PATH_MAX ? path.n : PATH_MAX - 1), path.s);
	if (list_has(&s->wanted, z))
		take(s, p, true);
	else if (s->dist_packages && str_starts(path, STR("usr/lib/python3/dist-packages/")))
		take(s, p, false);
}

static void collect(struct search *s, struct package *p, struct str path)
{
	(void)p;
	if (of_programs(path))
		add_file(s, path);
}

/* ---- what no package lists */

/* Links to /etc/alternatives whose ends are there. The files are sorted. */
static void add_alternatives(struct search *s, const char *dir)
{
	char link[PATH_MAX], to[PATH_MAX], end[PATH_MAX];
	struct list found = { 0 };
	struct dirent *e;
	DIR *d = opendir(dir);
	ssize_t n;

	while (d && (e = readdir(d))) {
		if ((size_t)snprintf(link, sizeof(link), "%s/%s", dir, e->d_name) >= sizeof(link))
			continue;
		n = readlink(link, to, sizeof(to) - 1);
		if (n <= 0)
			continue;
		to[n] = 0;
		if (strncmp(to, "/etc/alternatives/", 18) != 0 || !realpath(link, end) || !list_has(&s->files, end + 1))
			continue;
		list_add(s, &found, str_of(link + 1));
		list_add(s, &found, str_of(to + 1));
	}
	if (d)
		closedir(d);
	for (size_t i = 0; i < found.n; i++)
		add_file(s, str_of(found.at[i]));
	free(found.at);
}

/* Compiled forms of the Python files that are there. The files are sorted. */
static void add_compiled(struct search *s)
{
	size_t n = s->files.n;
	char dir[PATH_MAX], last[PATH_MAX] = "", path[PATH_MAX];

	for (size_t i = 0; i < n; i++) {
		struct str f = str_of(s->files.at[i]);
		struct dirent *e;
		DIR *d;

		if (!str_ends(f, STR(".py")))
			continue;
		snprintf(dir, sizeof(dir), "/%s", s->files.at[i]);
		*strrchr(dir, '/') = 0;
		if (strcmp(dir, last) == 0)
			continue;
		snprintf(last, sizeof(last), "%s", dir);
		if ((size_t)snprintf(path, sizeof(path), "%s/__pycache__", dir) >= sizeof(path))
			continue;
		d = opendir(path);
		while (d && (e = readdir(d))) {
			struct list before = { s->files.at, n, 0 };

			if (!str_ends(str_of(e->d_name), STR(".pyc")) ||
			    (size_t)snprintf(path, sizeof(path), "%s/%.*s.py", dir + 1, (int)strcspn(e->d_name, "."), e->d_name) >= sizeof(path) || !list_has(&before, path))
				continue;
			if ((size_t)snprintf(path, sizeof(path), "%s/__pycache__/%s", dir + 1, e->d_name) < sizeof(path))
				add_file(s, str_of(path));
		}
		if (d)
			closedir(d);
	}
}

/* The loader's cache is none of it: it names every library of this machine, and where packages put theirs is looked at without. */
static void add_system(struct search *s)
{
	static const char *const etc[] = { "etc/ld.so.conf", "etc/ld.so.conf.d", "etc/magic", "etc/mime.types", "etc/perl", "etc/protocols",
		"etc/python3", "etc/services", "etc/ssl/openssl.cnf", "etc/terminfo" };
	static const char *const tops[] = { "bin", "sbin", "lib", "lib32", "lib64", "libx32" };

	for (size_t i = 0; i < COUNT(etc); i++)
		walk(s, str_of(etc[i]), 0);
	for (size_t i = 0; i < COUNT(tops); i++)
		add_file(s, str_of(tops[i])); /* a link, or nothing */
}

/* f of each path that fits. */
static void each_place(struct search *s, const char *pattern, void (*f)(struct search *s, const char *path))
{
	glob_t g;

	if (glob(pattern, 0, NULL, &g) != 0)
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		f(s, g.gl_pathv[i]);
	globfree(&g);
}

static void add_below(struct search *s, const char *path)
{
	walk(s, str_of(path + 1), 0);
}

static void collect_all(struct search *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].in)
			each_path(s, &s->all[i], collect);
	add_system(s);
	if (s->dist_packages)
		each_place(s, "/usr/local/lib/python3*/dist-packages", add_below);
	list_sort(&s->files);
	each_place(s, "/usr/bin", add_alternatives);
	each_place(s, "/usr/lib", add_alternatives);
	each_place(s, "/usr/lib/*-linux-gnu*", add_alternatives);
	list_sort(&s->files);
	add_compiled(s);
	list_sort(&s->files);
}

static void name_all(struct search *s)
{
	struct packages *p = s->p;

	p->names.at = arena_zalloc(&p->text, s->n, sizeof(*p->names.at));
	for (size_t i = 0; p->names.at && i < s->n; i++) {
		char both[512];

		if (!s->all[i].in)
			continue;
		snprintf(both, sizeof(both), "%.*s %.*s", (int)s->all[i].name.n, s->all[i].name.s, (int)s->all[i].version.n, s->all[i].version.s);
		p->names.at[p->names.n] = arena_strdup(&p->text, str_of(both));
		s->failed |= !p->names.at[p->names.n++];
	}
	s->failed |= !p->names.at;
}

static int seeds(struct search *s, const struct environment *envs, size_t n, const struct words *more, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (want(s, &envs[i], err) < 0)
			return ERR_FAIL;
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].essential || str_is(s->all[i].name, "tzdata"))
			take(s, &s->all[i], false);
	for (size_t i = 0; i < more->n; i++) {
		struct package *p = find(s, str_of(more->at[i]));

		if (!p)
			return err_set(err, "no package \"%s\" is installed here", more->at[i]);
		take(s, p, false);
	}
	list_sort(&s->wanted);
	for (size_t i = 0; i < s->n; i++)
		each_path(s, &s->all[i], own);
	return 0;
}

int packages_find(struct packages *p, const struct environment *envs, size_t n, const struct words *more, struct err *err)
{
	struct search s = { .p = p };
	int rc = read_status(&s, err);

	*p = (struct packages){ 0 };
	if (rc == 0)
		rc = seeds(&s, envs, n, more, err);
	if (rc == 0) {
		take_dependencies(&s);
		collect_all(&s);
		name_all(&s);
		p->files.at = s.files.n ? arena_alloc(&p->text, s.files.n * sizeof(*p->files.at)) : NULL;
		if (s.failed || !p->files.at)
			rc = err_set(err, "out of memory");
	}
	if (rc == 0) {
		memcpy(p->files.at, s.files.at, s.files.n * sizeof(*p->files.at));
		p->files.n = s.files.n;
	}
	free(s.files.at);
	free(s.wanted.at);
	free(s.todo);
	free(s.all);
	buf_release(&s.status);
	if (rc < 0)
		packages_release(p);
	return rc;
}

bool packages_known(void)
{
	return access(DPKG "/status", R_OK) == 0;
}

int packages_here(const struct words *names, struct err *err)
{
	struct search s = { 0 };
	int rc = read_status(&s, err);

	for (size_t i = 0; rc == 0 && i < names->n; i++) {
		struct str version = str_of(names->at[i]), name;
		bool is = false;

		str_split(&version, ' ', &name);
		for (size_t k = 0; !is && k < s.n; k++) /* of several architectures, maybe */
			is = str_eq(s.all[k].name, name) && str_eq(s.all[k].version, version);
		if (!is)
			rc = err_set(err, "%s is not installed", names->at[i]);
	}
	free(s.todo);
	free(s.all);
	buf_release(&s.status);
	return rc;
}

void packages_release(struct packages *p)
{
	arena_release(&p->text);
	*p = (struct packages){ 0 };
}
