/* climb.c - why nothing ran, and what to change in an environment so that it may: the rungs of environment_climb. See environment.h. */
#include "repos/environment.h"

#include <stdio.h>

static const char *const names[] = {
	"none", "read_only", "missing_distribution", "missing_version_file", "dropped_api", "python2", "missing_module", "options", "build", "other",
};

const char *cause_name(enum cause c)
{
	return names[c];
}

/* What stands between head and the next of `stop`, at the first place where both are. */
static bool between(struct str s, const char *head, const char *stop, struct str *ret)
{
	ptrdiff_t at = str_find(s, str_of(head));
	struct str rest;
	size_t n = 0;

	if (at < 0)
		return false;
	rest = str_from(s, (size_t)at + strlen(head));
	while (n < rest.n && !strchr(stop, rest.s[n]))
		n++;
	*ret = str_sub(rest, 0, n);
	return n > 0;
}

static bool missing_module(struct str why, struct str *name)
{
	return between(why, "No module named '", "'", name);
}

/* "pkg._version", "pkg.version", "pkg.sub.__version__": what a packaging step writes. */
static bool is_version_file(struct str module)
{
	ptrdiff_t dot = str_rfind(module, STR("."));

	return dot > 0 && str_find(str_from(module, (size_t)dot + 1), STR("version")) >= 0;
}

static bool missing_distribution(struct str why, struct str *name)
{
	return between(why, "No package metadata was found for ", "\n'\" ", name) || between(why, "PackageNotFoundError: ", "\n'\" ", name) ||
	       between(why, "DistributionNotFound: The '", "'><=!~;[ \n", name);
}

enum cause cause_of(struct str why)
{
	static const struct {
		const char *text;
		enum cause cause;
	} signs[] = {
		{ "Read-only file system", CAUSE_READ_ONLY },
		{ "from 'collections' (", CAUSE_DROPPED_API },
		{ "module 'collections' has no attribute", CAUSE_DROPPED_API },
		{ "module 'inspect' has no attribute 'getargspec'", CAUSE_DROPPED_API },
		{ "module 'asyncio' has no attribute 'coroutine'", CAUSE_DROPPED_API },
		{ "module 'fractions' has no attribute 'gcd'", CAUSE_DROPPED_API },
		{ "cannot import name 'gcd' from 'fractions'", CAUSE_DROPPED_API },
		{ "cannot import name 'getargspec' from 'inspect'", CAUSE_DROPPED_API },
		{ "module 'time' has no attribute 'clock'", CAUSE_DROPPED_API },
		{ "Missing parentheses in call to 'print'", CAUSE_PYTHON2 },
		{ "No module named 'urllib2'", CAUSE_PYTHON2 },
		{ "No module named 'StringIO'", CAUSE_PYTHON2 },
		{ "No module named 'cStringIO'", CAUSE_PYTHON2 },
		{ "name 'unicode' is not defined", CAUSE_PYTHON2 },
		{ "name 'xrange' is not defined", CAUSE_PYTHON2 },
		{ "multiple exception types must be parenthesized", CAUSE_PYTHON2 },
		{ "UsageError", CAUSE_OPTIONS },
		{ "unrecognized arguments", CAUSE_OPTIONS },
		{ "error: argument", CAUSE_OPTIONS },
	};
	struct str name;

	if (missing_distribution(why, &name))
		return CAUSE_DISTRIBUTION;
	for (size_t i = 0; i < COUNT(signs); i++)
		if (str_find(why, str_of(signs[i].text)) >= 0)
			return signs[i].cause;
	if (missing_module(why, &name))
		return is_version_file(name) ? CAUSE_VERSION_FILE : CAUSE_MODULE;
	return CAUSE_OTHER;
}

/* ---- rungs */

#define STAND_INS ".stand-ins"

static bool has_file(const struct environment *e, const char *path)
{
	for (size_t i = 0; i < e->n_files; i++)
		if (strcmp(e->files[i].path, path) == 0)
			return true;
	return false;
}

static bool add_file(struct environment *e, const char *path, const struct buf *text)
{
	struct environment_file *files;

	if (has_file(e, path))
		return false;
	files = arena_zalloc(&e->text, e->n_files + 1, sizeof(*files));
	if (!files)
		return false;
	for (size_t i = 0; i < e->n_files; i++)
		files[i] = e->files[i];
	files[e->n_files].path = arena_strdup(&e->text, str_of(path));
	files[e->n_files].text = arena_strdup(&e->text, buf_str(text));
	if (!files[e->n_files].path || !files[e->n_files].text)
		return false;
	e->files = files;
	e->n_files++;
	return true;
}

static bool add_path(struct environment *e, const char *path)
{
	const char **at = arena_zalloc(&e->text, e->paths.n + 1, sizeof(*at));

	if (!at)
		return false;
	for (size_t i = 0; i < e->paths.n; i++) {
		if (strcmp(e->paths.at[i], path) == 0)
			return true;
		at[i] = e->paths.at[i];
	}
	at[e->paths.n] = path;
	e->paths = (struct words){ at, e->paths.n + 1 };
	return true;
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-", s.s[i]))
			return false;
	return s.n > 0 && s.n < 100 && s.s[0] != '.' && s.s[0] != '-';
}

/* What an installation of the project would have left: NAME-VERSION.dist-info, with a name and a version. */
static bool add_distribution(struct environment *e, struct str why, const char *version)
{
	struct buf text = BUF_INIT;
	struct str name;
	char path[300], plain[128];
	bool ok;

	if (!missing_distribution(why, &name) || !is_name(name))
		return false;
	snprintf(plain, sizeof(plain), "%.*s", (int)name.n, name.s);
	for (char *c = plain; *c; c++)
		if (*c == '-')
			*c = '_';
	snprintf(path, sizeof(path), STAND_INS "/%s-%s.dist-info/METADATA", plain, version);
	buf_addf(&text, "Metadata-Version: 2.1\nName: %.*s\nVersion: %s\n", (int)name.n, name.s, version);
	ok = !text.failed && add_file(e, path, &text) && add_path(e, STAND_INS);
	buf_release(&text);
	return ok;
}

/* The directory of a package, below one of the paths where modules are looked for. */
static bool package_dir(const struct environment *e, struct repo *r, const struct oid *tree, struct str package, char *dir, size_t cap)
{
	for (size_t i = 0; i < e->paths.n; i++) {
		struct tree_entry entry;
		int n = strcmp(e->paths.at[i], ".") == 0 ? 0 : snprintf(dir, cap, "%s/", e->paths.at[i]);

		if (n < 0 || (size_t)n + package.n + 1 > cap)
			return false;
		memcpy(dir + n, package.s, package.n);
		dir[(size_t)n + package.n] = 0;
		for (char *c = dir + n; *c; c++)
			if (*c == '.')
				*c = '/';
		if (repo_find(r, tree, str_of(dir), &entry) == OBJECT_OK && entry.mode == MODE_TREE)
			return true;
	}
	return false;
}

static bool add_version_file(struct environment *e, struct str why, struct repo *r, const struct oid *tree, const char *version)
{
	struct buf text = BUF_INIT;
	struct str module, rest = str_of(version), part;
	char dir[400], path[600];
	ptrdiff_t dot;
	bool ok;

	if (!missing_module(why, &module) || !is_name(module) || !is_version_file(module))
		return false;
	dot = str_rfind(module, STR("."));
	if (!package_dir(e, r, tree, str_sub(module, 0, (size_t)dot), dir, sizeof(dir)))
		return false;
	snprintf(path, sizeof(path), "%s/%.*s.py", dir, (int)(module.n - (size_t)dot - 1), module.s + dot + 1);
	buf_addf(&text, "version = __version__ = '%s'\nversion_tuple = __version_tuple__ = (", version);
	while (str_split(&rest, '.', &part))
		buf_addf(&text, "%.*s, ", (int)part.n, part.s);
	buf_addz(&text, ")\n");
	ok = !text.failed && add_file(e, path, &text);
	buf_release(&text);
	return ok;
}

/* Digits and dots, as every reader of versions takes. */
static const char *clean_version(struct environment *e, const char *version)
{
	struct buf b = BUF_INIT;
	const char *kept = NULL;
	const char *c = version;

	while (c && *c && (*c < '0' || *c > '9'))
		c++;
	for (bool digit = false; c && ((*c >= '0' && *c <= '9') || (*c == '.' && digit && c[1] >= '0' && c[1] <= '9')) && b.n < 30; c++) {
		if (*c == '0' && !digit && c[1] >= '0' && c[1] <= '9')
			continue; /* Python's numbers do not begin with 0 */
		buf_addc(&b, *c);
		digit = *c != '.';
	}
	if (b.n)
		kept = arena_strdup(&e->text, buf_str(&b));
	buf_release(&b);
	return kept ? kept : "1.0.0";
}

static bool turn(bool *flag, bool to)
{
	bool was = *flag;

	*flag = to;
	return was != to;
}

bool environment_climb(struct environment *e, enum cause cause, struct str why, struct repo *r, const struct oid *tree, const char *version)
{
	const char *clean = clean_version(e, version);

	switch (cause) {
	case CAUSE_READ_ONLY:
		return turn(&e->writable, true);
	case CAUSE_DISTRIBUTION:
		return e->runner == RUNNER_PYTEST && add_distribution(e, why, clean);
	case CAUSE_VERSION_FILE:
		return e->runner == RUNNER_PYTEST && add_version_file(e, why, r, tree, clean);
	case CAUSE_DROPPED_API:
		return e->runner == RUNNER_PYTEST && turn(&e->compat, true);
	case CAUSE_OPTIONS:
	case CAUSE_OTHER:
		return e->runner == RUNNER_PYTEST && turn(&e->carry, false);
	case CAUSE_NONE:
	case CAUSE_PYTHON2:
	case CAUSE_MODULE:
	case CAUSE_BUILD:
		return false;
	}
	return false;
}
