/* swe.c - verdicts on rows of task "swe". See swe.h. */
#include "cli/swe.h"

#include "base/clock.h"
#include "cli/pack.h"
#include "cli/packing.h"
#include "repos/judge.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT = 32 /* repositories that stay open */, PLACES = 16 };

/* Where tests run: in this machine's files, or in those of an environment's archive. */
struct place {
	dev_t dev; /* of the archive */
	ino_t ino;
	struct root *root; /* NULL: this machine's files are the same */
	struct sandbox *box;
	struct harness *harness;
};

struct open_repo {
	char name[200];
	struct repo *r;
};

struct swe {
	struct swe_options o;
	char *repos;
	struct buf environments[2]; /* where they are looked for, in this order; the second may be empty */
	struct place here;
	pthread_mutex_t places_lock;
	struct place places[PLACES]; /* those of archives, opened when they are first needed */
	size_t n_places;
	pthread_mutex_t lock;
	struct open_repo kept[KEPT]; /* those that nobody uses; r is NULL where there is none */
	unsigned next;
};

static void say(struct swe_verdict *v, enum quarry_mark mark, const char *status, const char *why)
{
	v->v = (struct quarry_verdict){ .mark = mark, .score = mark == QUARRY_CORRECT ? 1.0 : 0.0 };
	v->status = status;
	v->similarity = -1;
	snprintf(v->v.why, sizeof(v->v.why), "%.*s", (int)sizeof(v->v.why) - 1, why);
}

/* ---- the store */

static bool has_tree(struct repo *r, const struct oid *tree)
{
	struct object o = OBJECT_INIT;
	bool there = repo_tree(r, tree, &o) == OBJECT_OK;

	object_release(&o);
	return there;
}

/* Opens the first place below a directory that has the tree. */
static struct repo *look_below(struct str dir, const char *name, const struct oid *tree)
{
	static const char *const places[] = { "%.*s/%s/%s", "%.*s/%s/%s.git", "%.*s/%s__%s", "%.*s/%s__%s.git" };
	const char *slash = strchr(name, '/');
	char owner[200], path[PATH_MAX];
	struct err ignored;
	struct repo *r;

	snprintf(owner, sizeof(owner), "%.*s", slash ? (int)(slash - name) : 0, name);
	name = slash ? slash + 1 : name;
	for (int i = 0; i < 7; i++) {
		if (i < 4)
			snprintf(path, sizeof(path), places[i], (int)dir.n, dir.s, owner, name);
		else
			snprintf(path, sizeof(path), i == 4 ? "%.*s/%s" : i == 5 ? "%.*s/%s.git" : "%.*s", (int)dir.n, dir.s, name);
		if (repo_open(&r, path, &ignored) < 0)
			continue;
		if (has_tree(r, tree))
			return r;
		repo_free(r);
	}
	return NULL;
}

/* A name that cannot lead out of the store. */
static bool is_name(const char *name)
{
	size_t n = strlen(name), slashes = 0;

	for (size_t i = 0; i < n; i++)
		slashes += name[i] == '/';
	return n > 0 && n < 180 && slashes <= 1 && name[0] != '/' && name[0] != '.' && !strstr(name, "..") && !strstr(name, "/.") && name[n - 1] != '/';
}

struct repo *swe_find(const char *repos, const char *name, const struct oid *tree)
{
	struct str rest = str_of(repos), dir;
	struct repo *r = NULL;

	while (!r && is_name(name) && str_split(&rest, ':', &dir))
		r = look_below(dir, name, tree);
	return r;
}

static struct repo *take_repo(struct swe *s, const char *name, const struct oid *tree)
{
	struct repo *r = NULL;

	if (!is_name(name))
		return NULL;
	pthread_mutex_lock(&s->lock);
	for (int i = 0; !r && i < KEPT; i++)
		if (s->kept[i].r && strcmp(s->kept[i].name, name) == 0) {
			r = s->kept[i].r;
			s->kept[i].r = NULL;
		}
	pthread_mutex_unlock(&s->lock);
	if (r && !has_tree(r, tree)) {
		repo_free(r);
		r = NULL;
	}
	return r ? r : swe_find(s->repos, name, tree);
}

static void give_repo(struct swe *s, const char *name, struct repo *r)
{
	struct repo *old;

	repo_forget(r);
	pthread_mutex_lock(&s->lock);
	old = s->kept[s->next].r;
	s->kept[s->next].r = r;
	snprintf(s->kept[s->next].name, sizeof(s->kept[0].name), "%s", name);
	s->next = (s->next + 1) % KEPT;
	pthread_mutex_unlock(&s->lock);
	repo_free(old);
}

/* ---- a verdict */

/* A file of an environment: which of the places for it has it first, or -1. */
static int find_file(const struct swe *s, const char *hash, const char *suffix, char path[PATH_MAX])
{
	for (int i = 0; i < 2; i++)
		if (s->environments[i].n && snprintf(path, PATH_MAX, "%s/%s%s", s->environments[i].s, hash, suffix) < PATH_MAX && access(path, F_OK) == 0)
			return i;
	return -1;
}

/* The row's recipe if it is the one that the desc names, else the store's. */
static int environment_of(const struct swe *s, const struct swe_ask *ask, const char *want, struct environment *e, struct err *err)
{
	char hash[ENVIRONMENT_HASH + 1], path[PATH_MAX];
	int place;

	if (ask->recipe.kind == JSON_OBJECT && environment_read(e, ask->recipe, err) == 0) {
		environment_hash(e, hash);
		if (strcmp(hash, want) == 0)
			return 0;
		environment_release(e);
	}
	place = find_file(s, want, ".json", path);
	return environment_load(e, buf_z(&s->environments[place < 0 ? s->environments[1].n > 0 : place]), want, err);
}

static void place_close(struct place *p)
{
	harness_close(p->harness);
	sandbox_close(p->box);
	root_close(p->root);
	*p = (struct place){ 0 };
}

static int place_open(struct place *p, const struct swe_options *o, const char *archive, struct err *err)
{
	struct sandbox_options box = { .slots = o->slots };
	struct harness_options h = { 0 };

	if (archive && root_open(&p->root, archive, err) < 0)
		return ERR_FAIL;
	box.root = h.root = p->root ? root_path(p->root) : NULL;
	p->box = h.box = sandbox_open(&box, err);
	if (p->box && harness_open(&p->harness, &h, err) == 0)
		return 0;
	place_close(p);
	return ERR_FAIL;
}

/* An archive where namespaces are refused: what it holds may be what this machine has anyway, which its index tells. */
static int same_here(const char *dir, const char *hash, struct err *err)
{
	char path[PATH_MAX];
	struct packages there = { 0 };
	struct err why = ERR_INIT;
	int rc;

	snprintf(path, sizeof(path), "%s/index.json", dir);
	rc = packing_packages(path, hash, &there.names, &there.text, &why);
	if (rc == 0)
		rc = packages_here(&there.names, &why);
	packages_release(&there);
	/* a verdict has room for a short line */
	return rc < 0 ? err_set(err, "its archive takes namespaces, which are refused here, and this machine is another: %s", why.msg) : 0;
}

/* NULL: there is an archive, and it cannot be used. */
static struct harness *harness_for(struct swe *s, const char *hash, struct err *err)
{
	char path[PATH_MAX];
	int place = find_file(s, hash, ".tar.zst", path);
	struct harness *found = NULL;
	struct stat st;
	struct place *p;
	size_t i = 0;

	if (place < 0 || stat(path, &st) < 0)
		return s->here.harness;
	pthread_mutex_lock(&s->places_lock);
	while (i < s->n_places && (s->places[i].dev != st.st_dev || s->places[i].ino != st.st_ino))
		i++;
	p = &s->places[i < PLACES ? i : 0];
	if (i == PLACES) {
		err_set(err, "more than %d archives of environments", PLACES);
	} else if (i < s->n_places || (sandbox_tier(s->here.box) == SANDBOX_NARROW ? same_here(s->environments[place].s, hash, err) : place_open(p, &s->o, path, err)) == 0) {
		found = p->harness ? p->harness : s->here.harness;
		if (i == s->n_places)
			s->n_places++;
		p->dev = st.st_dev;
		p->ino = st.st_ino;
	}
	pthread_mutex_unlock(&s->places_lock);
	return found;
}

static void take_judgement(struct swe_verdict *v, const struct judgement *j, const struct swe_ask *ask)
{
	char why[400];

	if (j->status == JUDGE_RESOLVED)
		snprintf(why, sizeof(why), "all %zu tests are met, in %u altered runs too", j->fail_to_pass + j->pass_to_pass, j->variants);
	else
		snprintf(why, sizeof(why), "%.*s", (int)(j->why.n < 399 ? j->why.n : 399), buf_z(&j->why));
	say(v, j->mark, judge_status_name(j->status), why);
	v->similarity = j->similarity;
	v->v.answers_seen = j->mark != QUARRY_NO_ANSWER;
	v->v.format_ok = v->v.answers_seen && j->status != JUDGE_UNREADABLE && (!ask->format.n || str_is(ask->format, edits_format_name(j->format)));
}

static void judge(struct swe *s, const struct swe_ask *ask, struct swe_verdict *v)
{
	struct environment env = { 0 };
	struct judge_ask judge = { .variants = s ? s->o.variants : 0, .env = &env, .similar = ask->similar, .until = ask->until };
	struct harness *harness;
	struct swe_task task;
	struct judgement j = { 0 };
	struct err err = ERR_INIT;

	if (!s) {
		say(v, QUARRY_BAD_TASK, "no_store", "a row of task swe is judged with a store of repositories: --repos DIR");
		return;
	}
	if (!swe_task_read(&task, ask->desc, &err)) {
		say(v, QUARRY_BAD_TASK, "bad_desc", err.msg);
		return;
	}
	judge.task = &task;
	judge.repo = take_repo(s, task.repo, swe_task_root(&task));
	if (!judge.repo) {
		snprintf(err.msg, sizeof(err.msg), "no repository %s with the tree it starts from is in the store", task.repo);
		say(v, QUARRY_BAD_TASK, "no_repository", err.msg);
	} else if (swe_task_make(&task, judge.repo, &err) < 0) {
		say(v, QUARRY_BAD_TASK, "bad_desc", err.msg);
	} else if (environment_of(s, ask, task.environment, &env, &err) < 0) {
		say(v, QUARRY_BAD_TASK, judge_status_name(JUDGE_NO_ENVIRONMENT), err.msg);
	} else if (!(harness = harness_for(s, task.environment, &err))) {
		say(v, QUARRY_BAD_TASK, judge_status_name(JUDGE_NO_ENVIRONMENT), err.msg);
	} else if (judge_answer(harness, &judge, ask->response, ask->think_open, &j, &err) < 0) {
		say(v, QUARRY_BAD_TASK, judge_status_name(JUDGE_HARNESS_ERROR), err.msg);
	} else {
		take_judgement(v, &j, ask);
		judgement_release(&j);
	}
	if (judge.repo)
		give_repo(s, task.repo, judge.repo);
	environment_release(&env);
	swe_task_release(&task);
}

void swe_judge(struct swe *s, const struct swe_ask *ask, struct swe_verdict *v)
{
	double began = clock_us();

	judge(s, ask, v);
	v->us = clock_us() - began;
}

/* ---- */

bool swe_ready(const struct swe *s, struct buf *json)
{
	struct buf lines = BUF_INIT;
	struct str rest, line;

	sandbox_lacks(s->here.box, &lines);
	json_key(json, "tier");
	json_add_z(json, sandbox_tier_name(sandbox_tier(s->here.box)));
	json_key(json, "lacks");
	json_open(json, '[');
	for (rest = buf_str(&lines); str_line(&rest, &line);)
		json_add_str(json, line);
	json_close(json, ']');
	buf_release(&lines);
	return sandbox_tier(s->here.box) != SANDBOX_NONE;
}

/* `env` beside a file of rows; `env` or `environments` in a dataset. What is not there is left empty. */
static void env_of(struct buf *dir, const char *rows)
{
	struct stat st;
	bool set = stat(rows, &st) == 0 && S_ISDIR(st.st_mode);

	if (set)
		buf_addf(dir, "%s/env", rows);
	else
		packing_beside(dir, rows);
	if (set && access(buf_z(dir), F_OK) < 0)
		buf_addz(dir, "ironments");
	if (stat(buf_z(dir), &st) < 0 || !S_ISDIR(st.st_mode))
		buf_reset(dir);
}

static void place_environments(struct swe *s, const struct swe_options *o)
{
	struct buf *first = &s->environments[0];

	if (o->environments) {
		buf_addz(first, o->environments);
		return;
	}
	if (o->rows)
		env_of(first, o->rows);
	buf_addf(&s->environments[first->n > 0], "%.*s/environments", (int)strcspn(o->repos, ":"), o->repos);
}

int swe_open(struct swe **ret, const struct swe_options *o, struct err *err)
{
	struct swe *s = calloc(1, sizeof(*s));

	*ret = NULL;
	if (!s)
		return err_set(err, "out of memory");
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->places_lock, NULL);
	s->o = *o;
	s->repos = strdup(o->repos);
	place_environments(s, o);
	if (!s->repos || s->environments[0].failed || s->environments[1].failed) {
		swe_close(s);
		return err_set(err, "out of memory");
	}
	if (place_open(&s->here, o, NULL, err) < 0) {
		swe_close(s);
		return ERR_FAIL;
	}
	*ret = s;
	return 0;
}

int swe_open_args(struct swe **ret, const struct swe_args *a, const struct common *c, struct err *err)
{
	*ret = NULL;
	if (!a->repos)
		return 0;
	return swe_open(ret, &(struct swe_options){ a->repos, a->environments, (unsigned)c->threads, a->variants_given ? (unsigned)a->variants : 1, a->rows }, err);
}

void swe_close(struct swe *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_places; i++)
		place_close(&s->places[i]);
	place_close(&s->here);
	for (int i = 0; i < KEPT; i++)
		repo_free(s->kept[i].r);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->places_lock);
	free(s->repos);
	buf_release(&s->environments[0]);
	buf_release(&s->environments[1]);
	free(s);
}
