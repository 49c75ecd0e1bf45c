/* cmd_pack.c - quarry pack: the environments of tasks as root file systems, for judging them where this machine is not. */
#include "cli/command.h"
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

struct args {
	struct common common;
	const char *out, *oci, *environments, *repos;
	struct opt_list packages;
	bool network;
};

static const struct option options[] = {
	{ .name = "out", .letter = 'o', .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, out),
	  .what = "where the archives go; env below a dataset when not given" },
	{ .name = "oci", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, oci), .what = "an OCI image layout of the same, beside them" },
	{ .name = "package", .letter = 'p', .kind = OPT_LIST, .arg = "NAME", .at = offsetof(struct args, packages),
	  .what = "a package of this machine that tests need and recipes do not name, zlib1g-dev say; many times" },
	{ .name = "environments", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, environments),
	  .what = "where recipes are that rows do not hold" },
	{ .name = "repos", .kind = OPT_TEXT, .arg = "DIR", .at = offsetof(struct args, repos),
	  .what = "the repositories, for recipes that prepare something (a venv): it is made now, and packed" },
	{ .name = "network", .kind = OPT_FLAG, .at = offsetof(struct args, network), .what = "recipes that ask for the network while they prepare get it" },
	{ 0 },
};

struct item {
	char hash[ENVIRONMENT_HASH + 1];
	struct environment env;
	char repo[200]; /* of a task that has it; "": none is known */
	struct oid start;
	/* */
	struct buf key; /* those with one key have one archive */
	size_t like;    /* the first of them */
	struct packages packages;
	struct pack pack;
	char path[PATH_MAX];
};

struct packing {
	const struct args *a;
	struct item *at;
	size_t n, cap;
	const char *environments;
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
			: p->environments ? environment_load(&env, p->environments, task.environment, err)
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

static int from_file(struct packing *p, const char *path, struct err *err)
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
static int from_dir(struct packing *p, const char *dir, struct err *err)
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
	struct harness_options o = { .network = p->a->network };
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
	if (!p->a->repos || !i->repo[0])
		return err_set(err, "the environment %s (%s) prepares something: give --repos DIR, and the rows of its tasks", i->hash, i->env.name);
	ask.repo = swe_find(p->a->repos, i->repo, &i->start);
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
	const struct words more = { (const char **)p->a->packages.item, (size_t)p->a->packages.n };
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
	if (packages_find(&i->packages, &i->env, 1, &more, err) < 0)
		return err_at(err, "environment %s: ", i->hash);
	return pack_write(&i->pack, i->path, err);
}

static int pack_all(struct packing *p, const char *out, struct err *err)
{
	int rc = mkdir(out, 0755) < 0 && errno != EEXIST ? err_sys(err, "%s", out) : 0;

	for (size_t i = 0; rc == 0 && i < p->n; i++) {
		struct item *it = &p->at[i];

		key_of(it);
		snprintf(it->path, sizeof(it->path), "%s/%s.tar.zst", out, it->hash);
		it->like = 0;
		while (it->like < i && !str_eq(buf_str(&p->at[it->like].key), buf_str(&it->key)))
			it->like++;
		rc = environment_save(&it->env, out, err);
		if (rc == 0 && it->like == i) {
			rc = pack_one(p, it, err);
		} else if (rc == 0) {
			unlink(it->path);
			it->pack = p->at[it->like].pack;
			rc = link(p->at[it->like].path, it->path) < 0 ? err_sys(err, "%s", it->path) : 0;
		}
		if (rc == 0)
			printf("%s  %s  %llu bytes, %llu unpacked\n", it->pack.digest, it->path, (unsigned long long)it->pack.bytes, (unsigned long long)it->pack.text);
	}
	return rc;
}

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

static int write_images(const struct packing *p, struct err *err)
{
	struct image_part *parts = calloc(p->n, sizeof(*parts));
	int rc = parts ? 0 : err_set(err, "out of memory");

	for (size_t i = 0; parts && i < p->n; i++)
		parts[i] = (struct image_part){ p->at[i].hash, p->at[i].path, &p->at[i].pack };
	if (rc == 0)
		rc = pack_images(p->a->oci, parts, p->n, err);
	free(parts);
	return rc;
}

/* ---- */

static void packing_end(struct packing *p)
{
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
}

/* A dataset keeps its recipes below it; gives where the archives go. */
static int read_input(struct packing *p, const char *path, char out[PATH_MAX], struct err *err)
{
	char below[PATH_MAX];
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return from_file(p, path, err);
	if ((size_t)snprintf(below, sizeof(below), "%s/environments", path) >= sizeof(below) || stat(below, &st) < 0)
		return from_dir(p, path, err);
	if (!p->a->out)
		snprintf(out, PATH_MAX, "%s/env", path);
	return from_dir(p, below, err);
}

static int run(void *args, int argc, char **argv)
{
	struct args *a = args;
	struct packing p = { .a = a, .environments = a->environments };
	struct err err = ERR_INIT;
	char out[PATH_MAX] = "";
	int rc = 0;

	if (a->out)
		snprintf(out, sizeof(out), "%s", a->out);
	if (argc == 0)
		rc = err_set(&err, "pack: which tasks? Give a file of rows, a directory of environments or a dataset");
	for (int i = 0; rc == 0 && i < argc; i++)
		rc = read_input(&p, argv[i], out, &err);
	if (rc == 0 && p.n == 0)
		rc = err_set(&err, "pack: %s holds no task of a repository, so there is no environment", argv[0]);
	if (rc == 0 && !out[0])
		rc = err_set(&err, "pack: where to? Give -o DIR");
	if (rc == 0 && !codec_there())
		rc = err_set(&err, "pack: this quarry was built without zstd");
	if (rc == 0) {
		qsort(p.at, p.n, sizeof(*p.at), by_hash);
		rc = pack_all(&p, out, &err);
	}
	if (rc == 0)
		rc = write_index(&p, out, &err);
	if (rc == 0 && a->oci)
		rc = write_images(&p, &err);
	packing_end(&p);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"For each environment HASH.json (its recipe) and HASH.tar.zst: a root file system with the packages of this machine that its programs\n"
	"need, and what its recipe prepared. `verify`, `check` and `serve` with --environments DIR run tests in it instead of in this\n"
	"machine's files. Same files, same bytes; environments that need the same share one. index.json names packages and checksums.\n"
	"Only where dpkg knows what is installed.\n"
	"\n"
	"    quarry pack tasks.jsonl.zst -o env --oci images\n"
	"    quarry check tasks.jsonl.zst --repos ~/src --environments env\n";

const struct command cmd_pack = { "pack", "FILE|DIR...", "environments of tasks as root file systems", more, options, sizeof(struct args), run };
