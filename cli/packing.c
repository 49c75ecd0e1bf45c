/* packing.c - the environments of rows, one archive for those that need the same files. See packing.h. */
#include "cli/packing.h"

#include "cli/pack.h"
#include "cli/swe.h"
#include "datasets/stream.h"
#include "repos/judge.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

struct item {
	char hash[ENVIRONMENT_HASH + 1];
	struct environment env;
	char repo[200]; /* of a task that has it; "": none is known */
	struct oid start;
	/* once it is packed, or known from an index */
	struct buf key; /* those with one key have one archive */
	size_t like;    /* the first of them */
	struct packages packages;
	struct pack pack;
	char path[PATH_MAX];
	bool there; /* its archive was there before, as the index knows */
};

struct packing {
	struct packing_options o;
	struct item *at;
	size_t n, cap;
	struct sandbox *box;
	struct harness *harness;
	struct buf room; /* where environments are prepared */
};

/* ---- which environments */

static struct item *find(struct packing *p, const char *hash)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->at[i].hash, hash) == 0)
			return &p->at[i];
	return NULL;
}

static struct item *item_add(struct packing *p, const char *hash, struct environment *env, struct err *err)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 16;
		struct item *at = realloc(p->at, cap * sizeof(*at));

		if (!at) {
			err_set(err, "out of memory");
			return NULL;
		}
		p->at = at;
		p->cap = cap;
	}
	p->at[p->n] = (struct item){ .env = *env };
	snprintf(p->at[p->n].hash, sizeof(p->at[0].hash), "%s", hash);
	return &p->at[p->n++];
}

static int from_row(struct packing *p, struct json row, struct err *err)
{
	struct json v, recipe, desc;
	struct environment env;
	struct swe_task task;
	struct buf text = BUF_INIT;
	struct item *i;
	int rc = 0;

	if (!json_get(row, "task", &v) || !json_is(v, "swe") || !json_get(row, "desc", &desc))
		return 0;
	json_str(desc, &text);
	if (!swe_task_read(&task, buf_str(&text), err)) {
		buf_release(&text);
		return ERR_FAIL;
	}
	buf_release(&text);
	i = find(p, task.environment);
	if (!i) {
		json_get(row, "environment", &v);
		rc = json_get(v, "recipe", &recipe) && recipe.kind == JSON_OBJECT ? environment_read(&env, recipe, err)
			: p->o.environments ? environment_load(&env, p->o.environments, task.environment, err)
			: err_set(err, "the row has no recipe of its environment; give --environments DIR");
		i = rc == 0 ? item_add(p, task.environment, &env, err) : NULL;
	}
	if (i && !i->repo[0]) {
		snprintf(i->repo, sizeof(i->repo), "%s", task.repo);
		i->start = task.start;
	}
	swe_task_release(&task);
	return i ? 0 : ERR_FAIL;
}

int packing_add_file(struct packing *p, const char *path, struct err *err)
{
	struct buf line = BUF_INIT;
	struct reader *in;
	struct json row;
	int rc = reader_open(&in, path, err), more = 0;

	if (rc < 0)
		return rc;
	while (rc == 0 && (more = reader_line(in, &line, err)) > 0) {
		rc = json_parse(&row, buf_str(&line), err) ? from_row(p, row, err) : ERR_FAIL;
		if (rc < 0)
			err_at(err, "%s:%llu: ", reader_name(in), (unsigned long long)reader_number(in));
	}
	reader_close(in);
	buf_release(&line);
	return rc < 0 ? rc : more;
}

static int by_hash(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->hash, ((const struct item *)b)->hash);
}

/* Each HASH.json. */
int packing_add_dir(struct packing *p, const char *dir, struct err *err)
{
	struct environment env;
	struct dirent *e;
	DIR *d = opendir(dir);
	int rc = d ? 0 : err_sys(err, "%s", dir);

	while (rc == 0 && (e = readdir(d))) {
		char hash[ENVIRONMENT_HASH + 1];

		if (strlen(e->d_name) != ENVIRONMENT_HASH + 5 || strspn(e->d_name, "0123456789abcdef") != ENVIRONMENT_HASH || strcmp(e->d_name + ENVIRONMENT_HASH, ".json"))
			continue;
		snprintf(hash, sizeof(hash), "%.*s", ENVIRONMENT_HASH, e->d_name);
		if (find(p, hash))
			continue;
		rc = environment_load(&env, dir, hash, err);
		if (rc == 0 && !item_add(p, hash, &env, err))
			rc = ERR_FAIL;
	}
	if (d)
		closedir(d);
	return rc;
}

/* ---- one archive */

static int open_harness(struct packing *p, struct err *err)
{
	struct harness_options o = { .network = p->o.network };
	const char *temp = getenv("TMPDIR");

	if (p->harness)
		return 0;
	p->box = sandbox_open(&(struct sandbox_options){ .slots = 1 }, err);
	buf_addf(&p->room, "%s/quarry-pack-XXXXXX", temp && *temp == '/' ? temp : "/tmp");
	if (!p->box || p->room.failed)
		return ERR_FAIL;
	if (!mkdtemp(p->room.s))
		return err_sys(err, "%s", p->room.s);
	o.box = p->box;
	o.environments = p->room.s;
	return chmod(p->room.s, 0711) < 0 ? err_sys(err, "%s", p->room.s) : harness_open(&p->harness, &o, err);
}

/* What the recipe prepares, into a directory; "": nothing. */
static int prepare(struct packing *p, const struct item *i, char dir[PATH_MAX], struct err *err)
{
	struct run_report r = RUN_REPORT_INIT;
	struct run_ask ask = { .env = &i->env, .tree = i->start, .prepare_only = true };
	int rc;

	dir[0] = 0;
	if (!i->env.prepare.n)
		return 0;
	if (!p->o.repos || !i->repo[0])
		return err_set(err, "the environment %s (%s) prepares something: give --repos DIR, and the rows of its tasks", i->hash, i->env.name);
	ask.repo = swe_find(p->o.repos, i->repo, &i->start);
	if (!ask.repo)
		return err_set(err, "no repository %s with the tree it starts from is in the store", i->repo);
	rc = open_harness(p, err);
	if (rc == 0)
		rc = harness_run(p->harness, &ask, &r, err);
	if (rc == 0 && r.status != RUN_OK)
		rc = err_set(err, "%.*s", (int)(r.why.n < 400 ? r.why.n : 400), buf_z(&r.why));
	snprintf(dir, PATH_MAX, "%s/%s", p->room.s, i->hash);
	run_report_release(&r);
	repo_free(ask.repo);
	return rc;
}

/* What decides which files there are. */
static void key_of(struct item *i)
{
	const struct environment *e = &i->env;

	for (size_t k = 0; k < e->needs.n; k++)
		buf_addf(&i->key, "%s\n", e->needs.at[k]);
	buf_addf(&i->key, "\n%d %s %s\n", e->runner == RUNNER_PYTEST, e->python, e->code_lang);
	for (size_t k = 0; k < e->tools.n; k++)
		buf_addf(&i->key, "%s\n", e->tools.at[k]);
	if (e->prepare.n)
		buf_addz(&i->key, i->hash); /* its own */
}

static int pack_one(struct packing *p, struct item *i, struct err *err)
{
	struct pack_tree trees[2 + 8];
	char env[PATH_MAX], tool[8][1024], name[8][64];

	i->pack = (struct pack){ .packages = &i->packages, .trees = trees };
	if (prepare(p, i, env, err) < 0)
		return ERR_FAIL;
	if (env[0])
		trees[i->pack.n_trees++] = (struct pack_tree){ env, "env" };
	for (size_t k = 0; k < i->env.tools.n && k < 8; k++)
		if (environment_tool(i->env.tools.at[k], tool[k], sizeof(tool[k]))) {
			snprintf(name[k], sizeof(name[k]), "tools/%s", i->env.tools.at[k]);
			trees[i->pack.n_trees++] = (struct pack_tree){ tool[k], name[k] };
		}
	if (packages_find(&i->packages, &i->env, 1, &p->o.packages, err) < 0)
		return err_at(err, "environment %s: ", i->hash);
	return pack_write(&i->pack, i->path, err);
}

/* The first item with the same archive: of those that were there by what they are, of the new by what decides it. */
static size_t like_of(const struct packing *p, size_t i)
{
	const struct item *it = &p->at[i];
	size_t k = 0;

	while (k < i && (p->at[k].there != it->there || (it->there ? strcmp(p->at[k].pack.digest, it->pack.digest) != 0 : !str_eq(buf_str(&p->at[k].key), buf_str(&it->key)))))
		k++;
	return k;
}

static int pack_new(struct packing *p, const char *out, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		struct item *it = &p->at[i];

		snprintf(it->path, sizeof(it->path), "%s/%s.tar.zst", out, it->hash);
		it->like = like_of(p, i);
		if (it->there)
			continue;
		rc = environment_save(&it->env, out, err);
		if (rc == 0 && it->like == i) {
			rc = pack_one(p, it, err);
		} else if (rc == 0) {
			unlink(it->path);
			it->pack = p->at[it->like].pack;
			rc = link(p->at[it->like].path, it->path) < 0 ? err_sys(err, "%s", it->path) : 0;
		}
		if (rc == 0 && p->o.tell)
			printf("%s  %s  %llu bytes, %llu unpacked\n", it->pack.digest, it->path, (unsigned long long)it->pack.bytes, (unsigned long long)it->pack.text);
	}
	return rc;
}

/* ---- what is there already */

static bool read_names(struct json list, struct words *names, struct arena *text)
{
	struct json one;
	struct buf b = BUF_INIT;
	bool ok;

	*names = (struct words){ .at = arena_zalloc(text, json_count(list) + 1, sizeof(*names->at)) };
	ok = names->at && list.kind == JSON_ARRAY;
	for (struct json_iter it = json_iter(list); ok && json_next(&it, NULL, &one);) {
		buf_reset(&b);
		ok = json_str(one, &b) && (names->at[names->n++] = arena_strdup(text, buf_str(&b)));
	}
	buf_release(&b);
	return ok;
}

/* What an index says of an archive. */
static bool take_known(struct item *i, struct json archive)
{
	struct json v;

	packages_release(&i->packages);
	i->there = json_get(archive, "sha256", &v) && json_z(v, i->pack.digest, sizeof(i->pack.digest)) && json_get(archive, "diff_id", &v) &&
		   json_z(v, i->pack.diff, sizeof(i->pack.diff)) && json_get(archive, "bytes", &v) && json_u64(v, &i->pack.bytes) &&
		   json_get(archive, "unpacked_bytes", &v) && json_u64(v, &i->pack.text) && json_get(archive, "entries", &v) && json_u64(v, &i->pack.files) &&
		   json_get(archive, "packages", &v) && read_names(v, &i->packages.names, &i->packages.text);
	return i->there;
}

/* Calls f for each environment of an index, which is one line. */
static int each_known(const char *path, int (*f)(void *ctx, const char *hash, struct json archive, struct err *err), void *ctx, struct err *err)
{
	char hash[ENVIRONMENT_HASH + 1];
	struct json top, archives, archive, v, one;
	struct reader *in;
	struct buf line = BUF_INIT;
	int rc = reader_open(&in, path, err);

	if (rc < 0)
		return rc;
	rc = reader_line(in, &line, err);
	rc = rc > 0 ? json_parse(&top, buf_str(&line), err) ? 0 : ERR_FAIL : rc == 0 ? err_set(err, "it is empty") : rc;
	if (rc == 0 && (!json_get(top, "archives", &archives) || archives.kind != JSON_ARRAY))
		rc = err_set(err, "it is no index of archives");
	if (rc == 0)
		for (struct json_iter a = json_iter(archives); rc == 0 && json_next(&a, NULL, &archive);)
			if (json_get(archive, "environments", &v))
				for (struct json_iter e = json_iter(v); rc == 0 && json_next(&e, NULL, &one);)
					if (json_z(one, hash, sizeof(hash)) && strspn(hash, "0123456789abcdef") == ENVIRONMENT_HASH)
						rc = f(ctx, hash, archive, err);
	reader_close(in);
	buf_release(&line);
	return rc < 0 && !strstr(err->msg, path) ? err_at(err, "%s: ", path) : rc;
}

struct known {
	struct packing *p;
	const char *dir, *out; /* where it is, and where it is to be */
};

static int known_one(void *ctx, const char *hash, struct json archive, struct err *err)
{
	const struct known *k = ctx;
	struct packing *p = k->p;
	struct item *i = find(p, hash);
	bool here = strcmp(k->dir, k->out) == 0;
	char from[PATH_MAX], to[PATH_MAX];

	snprintf(from, sizeof(from), "%s/%s.tar.zst", k->dir, hash);
	snprintf(to, sizeof(to), "%s/%s.tar.zst", k->out, hash);
	if (access(from, F_OK) < 0 || (i ? !p->o.keep || i->there : !here))
		return 0;
	if (!i)
		i = item_add(p, hash, &(struct environment){ 0 }, err);
	if (!i)
		return ERR_FAIL;
	if (!take_known(i, archive))
		return err_set(err, "the entry of %s is damaged", hash);
	return here ? 0 : environment_save(&i->env, k->out, err) < 0 ? ERR_FAIL : pack_copy(from, to, err);
}

static int read_index(struct packing *p, const char *dir, const char *out, struct err *err)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/index.json", dir);
	return access(path, F_OK) < 0 ? 0 : each_known(path, known_one, &(struct known){ p, dir, out }, err);
}

struct asked {
	const char *hash;
	struct words *names;
	struct arena *text;
};

static int names_of(void *ctx, const char *hash, struct json archive, struct err *err)
{
	const struct asked *a = ctx;
	struct json v;

	if (strcmp(hash, a->hash) != 0 || a->names->at)
		return 0;
	return json_get(archive, "packages", &v) && read_names(v, a->names, a->text) ? 0 : err_set(err, "the entry of %s is damaged", hash);
}

int packing_packages(const char *index, const char *hash, struct words *names, struct arena *text, struct err *err)
{
	int rc;

	*names = (struct words){ 0 };
	rc = each_known(index, names_of, &(struct asked){ hash, names, text }, err);
	return rc < 0 || names->at ? rc : err_set(err, "%s: it does not know %s", index, hash);
}

/* ---- the index */

static void add_archive(struct buf *b, const struct packing *p, size_t like)
{
	const struct item *first = &p->at[like];

	json_open(b, '{');
	json_key(b, "sha256");
	json_add_z(b, first->pack.digest);
	json_key(b, "bytes");
	json_add_u64(b, first->pack.bytes);
	json_key(b, "diff_id");
	json_add_z(b, first->pack.diff);
	json_key(b, "unpacked_bytes");
	json_add_u64(b, first->pack.text);
	json_key(b, "entries");
	json_add_u64(b, first->pack.files);
	json_key(b, "environments");
	json_open(b, '[');
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].like == like)
			json_add_z(b, p->at[i].hash);
	json_close(b, ']');
	json_key(b, "packages");
	json_open(b, '[');
	for (size_t i = 0; i < first->packages.names.n; i++)
		json_add_z(b, first->packages.names.at[i]);
	json_close(b, ']');
	json_close(b, '}');
}

static int write_index(const struct packing *p, const char *out, struct err *err)
{
	char path[PATH_MAX];
	struct buf b = BUF_INIT;
	struct utsname u;
	struct writer *w;
	int rc;

	uname(&u);
	json_open(&b, '{');
	json_key(&b, "v");
	json_add_u64(&b, 1);
	json_key(&b, "machine");
	json_add_z(&b, u.machine);
	json_key(&b, "archives");
	json_open(&b, '[');
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].like == i)
			add_archive(&b, p, i);
	json_close(&b, ']');
	json_close(&b, '}');
	buf_addc(&b, '\n');
	snprintf(path, sizeof(path), "%s/index.json", out);
	rc = writer_open(&w, path, err);
	if (rc == 0) {
		rc = writer_add(w, buf_str(&b), err);
		if (rc == 0)
			rc = writer_finish(w, err);
		else
			writer_drop(w);
	}
	buf_release(&b);
	return rc;
}

static int write_images(const struct packing *p, const char *oci, struct err *err)
{
	struct image_part *parts = calloc(p->n, sizeof(*parts));
	int rc = parts ? 0 : err_set(err, "out of memory");

	for (size_t i = 0; parts && i < p->n; i++)
		parts[i] = (struct image_part){ p->at[i].hash, p->at[i].path, &p->at[i].pack };
	if (rc == 0)
		rc = pack_images(oci, parts, p->n, err);
	free(parts);
	return rc;
}

/* ---- */

int packing_open(struct packing **ret, const struct packing_options *o, struct err *err)
{
	*ret = calloc(1, sizeof(**ret));
	if (!*ret)
		return err_set(err, "out of memory");
	(*ret)->o = *o;
	return 0;
}

const char *packing_lacks(void)
{
	return !codec_there() ? "this quarry was built without zstd" : !packages_known() ? "dpkg knows of no packages here" : NULL;
}

size_t packing_count(const struct packing *p)
{
	return p->n;
}

int packing_write(struct packing *p, const char *out, const char *oci, struct err *err)
{
	int rc = mkdir(out, 0755) < 0 && errno != EEXIST ? err_sys(err, "%s", out) : 0;

	if (rc == 0 && p->o.from)
		rc = read_index(p, p->o.from, out, err);
	if (rc == 0)
		rc = read_index(p, out, out, err);
	for (size_t i = 0; i < p->n; i++)
		key_of(&p->at[i]);
	if (p->n)
		qsort(p->at, p->n, sizeof(*p->at), by_hash);
	if (rc == 0)
		rc = pack_new(p, out, err);
	if (rc == 0)
		rc = write_index(p, out, err);
	return rc == 0 && oci ? write_images(p, oci, err) : rc;
}

int packing_rows(const struct packing_options *o, const char *rows, const char *out, struct err *err)
{
	struct packing *p;
	int rc = packing_open(&p, o, err);

	if (rc == 0)
		rc = packing_add_file(p, rows, err);
	if (rc == 0 && packing_count(p))
		rc = packing_write(p, out, NULL, err);
	packing_free(p);
	return rc;
}

void packing_beside(struct buf *dir, const char *rows)
{
	const char *slash = strrchr(rows, '/');

	buf_addf(dir, "%.*senv", slash ? (int)(slash + 1 - rows) : 0, rows);
}

void packing_free(struct packing *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++) {
		environment_release(&p->at[i].env);
		packages_release(&p->at[i].packages);
		buf_release(&p->at[i].key);
	}
	free(p->at);
	harness_close(p->harness);
	sandbox_close(p->box);
	if (p->room.n)
		remove_all(p->room.s);
	buf_release(&p->room);
	free(p);
}
