/* run.c - a tree, an environment and a choice of tests, through sandboxes, to outcomes. See run.h. */
#include "repos/run.h"

#include "base/clock.h"
#include "base/embedded.h"
#include "repos/cases.h"
#include "repos/records.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct embedded runner_files[];

enum { LOG_HEAD = 8 << 10, LOG_TAIL = 24 << 10, MOUNTS_MAX = 16, SERVERS_MAX = 8 };

static const char *const names[RUN_STATUSES] = { "ok", "build_fail", "collect_fail", "cpu_timeout", "wall_timeout", "oom", "pids_limit", "disk_limit",
	"output_limit", "crashed", "tamper", "harness_error" };

const char *run_status_name(enum run_status s)
{
	return names[s];
}

void run_report_release(struct run_report *r)
{
	outcomes_release(&r->outcomes);
	buf_release(&r->why);
	buf_release(&r->log);
	*r = RUN_REPORT_INIT;
}

/* ---- the harness */

struct server {
	char *key;
	struct sandbox_server *server; /* NULL: it could not be started, and is not tried again */
};

struct harness {
	struct sandbox *box;
	struct checkouts *checkouts;
	char *environments;
	const char *root;
	bool network, cold;
	pthread_mutex_t lock; /* of the servers, and of what is being prepared */
	struct server servers[SERVERS_MAX];
	size_t n_servers;
};

int harness_open(struct harness **ret, const struct harness_options *options, struct err *err)
{
	struct harness *h = calloc(1, sizeof(*h));
	struct buf path = BUF_INIT;

	if (!h)
		return err_set(err, "out of memory");
	if (checkouts_open(&h->checkouts, options->dir, err) < 0) {
		free(h);
		return ERR_FAIL;
	}
	h->box = options->box;
	h->root = options->root;
	h->network = options->network;
	h->cold = options->cold;
	if (options->environments)
		buf_addz(&path, options->environments);
	else
		buf_addf(&path, "%s/environments", checkouts_path(h->checkouts));
	h->environments = path.failed ? NULL : path.s;
	pthread_mutex_init(&h->lock, NULL);
	if (!h->environments || (mkdir(h->environments, 0711) < 0 && errno != EEXIST)) {
		err_sys(err, "%s", h->environments ? h->environments : "environments");
		harness_close(h);
		return ERR_FAIL;
	}
	if (!options->environments)
		chmod(h->environments, 0711);
	*ret = h;
	return 0;
}

void harness_close(struct harness *h)
{
	char inside[4096];

	if (!h)
		return;
	for (size_t i = 0; i < h->n_servers; i++) {
		sandbox_server_close(h->servers[i].server);
		free(h->servers[i].key);
	}
	snprintf(inside, sizeof(inside), "%s/environments", checkouts_path(h->checkouts));
	if (h->environments && strcmp(inside, h->environments) == 0)
		remove_all(inside);
	checkouts_close(h->checkouts);
	pthread_mutex_destroy(&h->lock);
	free(h->environments);
	free(h);
}

/* ---- one process in a sandbox, as the environment wants it */

struct job {
	struct harness *h;
	const struct run_ask *ask;
	struct run_report *r;
	struct checkout *t;
	struct sandbox_mount mounts[MOUNTS_MAX];
	size_t n_mounts;
	struct arena text;
	struct sandbox_outcome ended;
	char prepared[4096]; /* the directory of what was prepared; "": nothing */
};

static void mount(struct job *j, enum sandbox_mount_kind kind, const char *from, const char *to)
{
	if (j->n_mounts < MOUNTS_MAX)
		j->mounts[j->n_mounts++] = (struct sandbox_mount){ .kind = kind, .from = from, .to = to };
}

/* The directory of a toolchain outside /usr. */
static bool tool_dir(const struct job *j, const char *name, char *dir, size_t cap)
{
	if (!j->h->root)
		return environment_tool(name, dir, cap);
	return (size_t)snprintf(dir, cap, "%s/tools/%s", j->h->root, name) < cap && access(dir, X_OK) == 0;
}

/* What every run of the environment sees beside the tree. */
static void mount_tools(struct job *j)
{
	const struct environment *e = j->ask->env;
	char dir[1024], to[256];

	if (j->prepared[0])
		mount(j, SANDBOX_RO, j->prepared, "/env");
	for (size_t i = 0; i < e->tools.n; i++)
		if (tool_dir(j, e->tools.at[i], dir, sizeof(dir))) {
			snprintf(to, sizeof(to), "/tools/%s", e->tools.at[i]);
			mount(j, SANDBOX_RO, arena_strdup(&j->text, str_of(dir)), arena_strdup(&j->text, str_of(to)));
		}
}

/* still: nothing of it need be written. */
static void mount_tree(struct job *j, bool still)
{
	const struct environment *e = j->ask->env;
	bool narrow = sandbox_tier(j->h->box) == SANDBOX_NARROW;

	j->n_mounts = 0;
	mount(j, e->writable ? SANDBOX_OVERLAY : SANDBOX_RO, j->t->path, "/repo");
	if (!e->in_tree && e->build.n)
		mount(j, narrow && still ? SANDBOX_RO : SANDBOX_OVERLAY, j->t->build, "/build");
	/* without mounts that is a copy at another place, and what was built may know where it was */
	if (!e->in_tree && e->build.n && narrow && !still)
		mount(j, SANDBOX_RO, j->t->build, "/built");
	mount_tools(j);
}

/* The environment's variables, those of the test, and PATH with what lies outside /usr. */
static const char *const *variables(struct job *j, const struct words *more)
{
	const struct environment *e = j->ask->env;
	size_t n = 0, cap = e->env.n + (more ? more->n : 0) + 8;
	const char **at = arena_zalloc(&j->text, cap, sizeof(*at));
	struct buf path = BUF_INIT;
	char dir[1024];

	if (!at)
		return NULL;
	buf_addz(&path, "PATH=");
	if (j->prepared[0])
		buf_addz(&path, "/env/bin:");
	for (size_t i = 0; i < e->tools.n; i++)
		if (tool_dir(j, e->tools.at[i], dir, sizeof(dir)))
			buf_addf(&path, "/tools/%s/bin:", e->tools.at[i]);
	buf_addz(&path, "/usr/local/bin:/usr/bin:/bin");
	at[n++] = arena_strdup(&j->text, buf_str(&path));
	buf_release(&path);
	for (size_t i = 0; i < e->env.n; i++)
		at[n++] = e->env.at[i];
	for (size_t i = 0; more && i < more->n; i++)
		at[n++] = more->at[i];
	if (j->ask->other_clock) {
		static const char *const libraries[] = { "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
			"/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1" };

		at[n++] = "TZ=XYZ-5:45"; /* far from UTC, and no whole hour */
		for (size_t i = 0; i < 3; i++)
			if (access(libraries[i], R_OK) == 0) {
				char preload[128];

				snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", libraries[i]);
				at[n++] = arena_strdup(&j->text, str_of(preload));
				at[n++] = "FAKETIME=+4000h"; /* another day, another month, another half of the year */
				at[n++] = "FAKETIME_DONT_FAKE_MONOTONIC=1";
				break;
			}
	}
	return at;
}

static int run_one(struct job *j, const char *const *argv, const char *cwd, const struct words *env, struct str input,
	const struct sandbox_limits *limits, struct sandbox_server *server, bool network, struct err *err)
{
	struct sandbox_run run = { .argv = argv, .env = variables(j, env), .cwd = cwd, .input = input, .mounts = j->mounts, .n_mounts = j->n_mounts,
		.limits = *limits, .server = server, .network_ask = network, .until = j->ask->until };

	if (!argv || !run.env || j->n_mounts == MOUNTS_MAX)
		return err_set(err, "out of memory");
	return sandbox_run(j->h->box, &run, &j->ended, err);
}

/* Shell lines, stopping at the first that fails; $@ are the words. */
static const char *const *shell(struct job *j, const struct words *lines, const struct words *args)
{
	const char **argv = arena_zalloc(&j->text, 6 + (args ? args->n : 0), sizeof(*argv));
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < lines->n; i++)
		buf_addf(&b, "%s\n", lines->at[i]);
	if (!argv || b.failed)
		return NULL;
	argv[0] = "/usr/bin/sh";
	argv[1] = "-ec";
	argv[2] = arena_strdup(&j->text, buf_str(&b));
	argv[3] = "sh";
	for (size_t i = 0; args && i < args->n; i++)
		argv[4 + i] = args->at[i];
	buf_release(&b);
	return argv[2] ? argv : NULL;
}

/* ---- what is kept of what was printed */

static void add_log(struct buf *log, struct str text)
{
	struct buf whole = BUF_INIT;

	buf_add(log, text);
	if (log->n <= LOG_HEAD + LOG_TAIL)
		return;
	buf_add(&whole, str_sub(buf_str(log), 0, LOG_HEAD));
	if (str_find(str_from(buf_str(log), LOG_HEAD), STR("\n[...]\n")) != 0)
		buf_addz(&whole, "\n[...]\n");
	buf_add(&whole, str_from(buf_str(log), log->n - LOG_TAIL));
	buf_release(log);
	*log = whole;
}

static struct str tail(const struct buf *b, size_t n)
{
	return str_trim(str_from(buf_str(b), b->n > n ? b->n - n : 0));
}

/* The word for an end that is no exit; RUN_OK when it is one. */
static enum run_status status_of(const struct sandbox_outcome *ended)
{
	switch (ended->end) {
	case SANDBOX_EXITED:
		return RUN_OK;
	case SANDBOX_SIGNALED:
		return RUN_CRASHED;
	case SANDBOX_CPU:
		return RUN_CPU_TIMEOUT;
	case SANDBOX_WALL:
		return RUN_WALL_TIMEOUT;
	case SANDBOX_OOM:
		return RUN_OOM;
	case SANDBOX_PIDS:
		return RUN_PIDS_LIMIT;
	case SANDBOX_DISK:
		return RUN_DISK_LIMIT;
	case SANDBOX_OUTPUT:
		return RUN_OUTPUT_LIMIT;
	}
	return RUN_HARNESS_ERROR;
}

/* What a run may use: as the environment says, and no more CPU than was asked. */
static struct sandbox_limits run_limits(const struct job *j)
{
	struct sandbox_limits l = j->ask->env->limits;

	if (j->ask->cpu_s > 0 && j->ask->cpu_s < l.cpu_s)
		l.cpu_s = j->ask->cpu_s;
	return l;
}

static void account_time(struct job *j)
{
	j->r->cpu_us += j->ended.cpu_us;
	j->r->wall_us += j->ended.wall_us;
}

static void account(struct job *j)
{
	add_log(&j->r->log, buf_str(&j->ended.out));
	account_time(j);
}

/* ---- preparing and building */

static int prepare(struct job *j, struct err *err)
{
	const struct environment *e = j->ask->env;
	char hash[ENVIRONMENT_HASH + 1], done[4200];
	int fd, rc = 0;

	if (!e->prepare.n)
		return 0;
	if (j->h->root && (size_t)snprintf(j->prepared, sizeof(j->prepared), "%s/env", j->h->root) < sizeof(j->prepared) && access(j->prepared, X_OK) == 0)
		return 0;
	environment_hash(e, hash);
	if ((size_t)snprintf(j->prepared, sizeof(j->prepared), "%s/%s", j->h->environments, hash) >= sizeof(j->prepared))
		return err_set(err, "%s: too long a path", j->h->environments);
	snprintf(done, sizeof(done), "%s.ready", j->prepared);
	pthread_mutex_lock(&j->h->lock);
	if (access(done, F_OK) == 0)
		goto out;
	if (!remove_all(j->prepared) || mkdir(j->prepared, 0755) < 0 || chmod(j->prepared, 0755) < 0) {
		rc = err_sys(err, "%s", j->prepared);
		goto out;
	}
	j->n_mounts = 0;
	mount_tools(j);
	j->mounts[0].kind = SANDBOX_RW;
	mount(j, SANDBOX_RO, j->t->path, "/repo");
	rc = run_one(j, shell(j, &e->prepare, NULL), "/repo", NULL, (struct str){ 0 }, &e->build_limits, NULL, e->network && j->h->network, err);
	if (rc < 0)
		goto out;
	add_log(&j->r->log, buf_str(&j->ended.out));
	if (j->ended.end != SANDBOX_EXITED || j->ended.code != 0) {
		j->r->status = RUN_HARNESS_ERROR;
		buf_addf(&j->r->why, "the environment could not be prepared%s: ", e->network && !j->h->network ? " (its recipe asks for the network)" : "");
		buf_add(&j->r->why, tail(&j->ended.out, 500));
		goto out;
	}
	fd = open(done, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		rc = err_sys(err, "%s", done);
	else
		close(fd);
out:
	pthread_mutex_unlock(&j->h->lock);
	return rc;
}

/* Whether the time that was given for all of it has gone. */
static bool is_over(const struct job *j)
{
	return j->ask->until && (int64_t)clock_us() >= *j->ask->until;
}

/* Builds the checkout, once, unless somebody else's build of it was cut short (built is -1). Sets the report's status where that fails. */
static int build(struct job *j, struct err *err)
{
	const struct environment *e = j->ask->env;
	int rc = 0;

	if (!e->build.n)
		return 0;
	pthread_mutex_lock(&j->t->lock);
	if (!j->t->built) {
		j->n_mounts = 0;
		mount(j, e->in_tree ? SANDBOX_RW : e->writable ? SANDBOX_OVERLAY : SANDBOX_RO, j->t->path, "/repo");
		if (!e->in_tree)
			mount(j, SANDBOX_RW, j->t->build, "/build");
		mount_tools(j);
		rc = run_one(j, shell(j, &e->build, NULL), "/repo", NULL, (struct str){ 0 }, &e->build_limits, NULL, false, err);
		if (rc == 0) {
			enum run_status s = status_of(&j->ended);

			if (s == RUN_CRASHED || (s == RUN_OK && j->ended.code != 0))
				s = RUN_BUILD_FAIL;
			j->r->build_cpu_us = j->ended.cpu_us;
			add_log(&j->t->log, buf_str(&j->ended.out));
			j->t->built = (int)s + 1;
			if (s == RUN_WALL_TIMEOUT && is_over(j)) { /* who asks for it next may have the time */
				j->t->built = -1;
				j->r->status = s;
				checkout_spoil(j->h->checkouts, j->t);
			}
		}
	}
	pthread_mutex_unlock(&j->t->lock);
	if (rc < 0 || j->t->built < 0 || j->t->built == (int)RUN_OK + 1)
		return rc;
	j->r->status = (enum run_status)(j->t->built - 1);
	j->r->cause = CAUSE_BUILD;
	add_log(&j->r->log, buf_str(&j->t->log));
	buf_add(&j->r->why, tail(&j->t->log, 1000));
	return 0;
}

/* ---- pytest */

/* A Python that has imported pytest, in this environment; NULL: runs start cold. */
static struct sandbox_server *server_of(struct job *j)
{
	const struct environment *e = j->ask->env;
	struct sandbox_server *found = NULL;
	struct buf key = BUF_INIT;
	struct err err = ERR_INIT;
	size_t i = 0;

	buf_addf(&key, "%s\n%s\n", e->python, j->prepared);
	for (size_t k = 0; k < e->env.n; k++)
		buf_addf(&key, "%s\n", e->env.at[k]);
	pthread_mutex_lock(&j->h->lock);
	while (i < j->h->n_servers && strcmp(j->h->servers[i].key, buf_z(&key)) != 0)
		i++;
	if (i == j->h->n_servers && i < SERVERS_MAX && !key.failed) {
		struct sandbox_server_options o = { .python = e->python, .module = { runner_files[0].text, runner_files[0].n }, .env = variables(j, NULL) };

		j->n_mounts = 0;
		mount_tools(j);
		o.mounts = j->mounts;
		o.n_mounts = j->n_mounts;
		j->h->servers[i].server = sandbox_server_open(j->h->box, &o, &err);
		j->h->servers[i].key = key.s;
		j->h->n_servers++;
		key = BUF_INIT;
	}
	if (i < j->h->n_servers)
		found = j->h->servers[i].server;
	pthread_mutex_unlock(&j->h->lock);
	buf_release(&key);
	return found;
}

/* Where modules are looked for: the recipe's paths, those that are there. */
static bool module_paths(struct job *j, struct words *paths)
{
	const struct environment *e = j->ask->env;

	paths->n = 0;
	paths->at = arena_zalloc(&j->text, e->paths.n + 1, sizeof(*paths->at));
	for (size_t i = 0; paths->at && i < e->paths.n; i++) {
		char host[4096], inside[4096];
		struct stat st;

		snprintf(host, sizeof(host), "%s/%s", j->t->path, e->paths.at[i]);
		snprintf(inside, sizeof(inside), strcmp(e->paths.at[i], ".") == 0 ? "/repo" : "/repo/%s", e->paths.at[i]);
		if (lstat(host, &st) == 0 && S_ISDIR(st.st_mode) && !(paths->at[paths->n++] = arena_strdup(&j->text, str_of(inside))))
			return false;
	}
	return paths->at != NULL;
}

/* The test modules that are there: one that this tree lacks is no error of pytest's, and it refuses everything where one file is no Python. */
static bool files_there(struct job *j, struct words *files)
{
	const struct run_ask *ask = j->ask;

	files->n = 0;
	files->at = arena_zalloc(&j->text, ask->files.n + 1, sizeof(*files->at));
	for (size_t i = 0; files->at && i < ask->files.n; i++) {
		char host[4096];
		struct stat st;

		snprintf(host, sizeof(host), "%s/%s", j->t->path, ask->files.at[i]);
		if (str_ends(str_of(ask->files.at[i]), STR(".py")) && lstat(host, &st) == 0)
			files->at[files->n++] = ask->files.at[i];
	}
	return files->at != NULL;
}

static int run_pytest(struct job *j, struct err *err)
{
	const struct environment *e = j->ask->env;
	const char *argv[] = { e->python, "-I", "-B", "-c", runner_files[0].text, NULL };
	struct record_ask a = { .env = e, .ids = j->ask->ids, .shuffle = j->ask->shuffle };
	struct sandbox_server *server = j->h->cold || j->ask->other_clock ? NULL : server_of(j);
	struct sandbox_limits limits = run_limits(j);
	struct buf json = BUF_INIT;
	enum run_status s;
	int rc;

	mount_tree(j, false);
	if (!module_paths(j, &a.paths) || !files_there(j, &a.files))
		return err_set(err, "out of memory");
	if (j->ask->files.n && !a.files.n) {
		j->r->status = RUN_COLLECT_FAIL;
		buf_addz(&j->r->why, "none of the test files is there");
		return 0;
	}
	record_ask_make(&a, &json);
	rc = json.failed ? err_set(err, "out of memory") : run_one(j, argv, "/repo", NULL, buf_str(&json), &limits, server, false, err);
	buf_release(&json);
	if (rc < 0)
		return rc;
	account(j);
	s = status_of(&j->ended);
	if (s == RUN_OK || s == RUN_CRASHED)
		records_read(&a, buf_str(&j->ended.channel), s == RUN_OK ? j->ended.code : -1, j->r);
	else
		j->r->status = s;
	if (s == RUN_CRASHED && j->r->status == RUN_OK)
		j->r->status = RUN_TAMPER; /* our runner exits */
	if (j->r->status != RUN_OK && !j->r->why.n)
		buf_addf(&j->r->why, "%s", sandbox_end_name(j->ended.end));
	return 0;
}

/* ---- tests that are processes of their own */

static int list_cases(struct job *j, struct cases *c, struct err *err)
{
	static const char *const ctest[] = { "/usr/bin/sh", "-ec", "ctest --test-dir /build --show-only=json-v1 >&3", NULL };
	static const char *const meson[] = { "/usr/bin/sh", "-ec", "meson introspect --tests /build >&3", NULL };
	const struct environment *e = j->ask->env;
	const char *const *argv = e->runner == RUNNER_CTEST ? ctest : e->runner == RUNNER_MESON ? meson : shell(j, &e->list, &j->ask->files);
	enum run_status s;

	if (run_one(j, argv, "/repo", NULL, (struct str){ 0 }, &e->limits, NULL, false, err) < 0)
		return ERR_FAIL;
	s = status_of(&j->ended);
	if (s == RUN_OK && j->ended.code == 0 && cases_read(c, e->runner, buf_str(&j->ended.channel), &j->r->why) && c->n)
		return 0;
	account(j);
	j->r->status = s == RUN_OK || s == RUN_CRASHED ? RUN_COLLECT_FAIL : s;
	if (!j->r->why.n)
		buf_addz(&j->r->why, "no tests are listed");
	return 0;
}

static const char *const *case_argv(struct job *j, const struct test_case *t)
{
	const char **argv = arena_zalloc(&j->text, t->argv.n + 2, sizeof(*argv));

	if (!argv)
		return NULL;
	argv[0] = "/usr/bin/env"; /* which looks for the program in PATH */
	for (size_t i = 0; i < t->argv.n; i++)
		argv[i + 1] = t->argv.at[i];
	return argv;
}

/* A suite may not use more than a run may, and a test not more than a test. */
static struct sandbox_limits case_limits(const struct job *j, const struct test_case *t)
{
	struct sandbox_limits l = run_limits(j);
	double most = t->timeout_s > 0 && t->timeout_s < j->ask->env->test_s ? t->timeout_s : j->ask->env->test_s;

	l.cpu_s = most < l.cpu_s ? most : l.cpu_s;
	l.wall_s = 2 * most < l.wall_s ? 2 * most : l.wall_s;
	return l;
}

static bool wanted(const struct words *ids, struct str id)
{
	bool found = ids->n == 0;

	for (size_t i = 0; i < ids->n && !found; i++) {
		struct str of = case_of(str_of(ids->at[i]));

		found = str_eq(of.s ? of : str_of(ids->at[i]), id);
	}
	return found;
}

static bool all_passed(const struct outcomes *o, size_t from)
{
	for (size_t i = from; i < o->n; i++)
		if (o->rows[i].is != OUTCOME_PASSED && o->rows[i].is != OUTCOME_SKIPPED)
			return false;
	return true;
}

/* What a test prints is kept where it, or a part of it, fails: else the many that pass would bury it. */
static int run_case(struct job *j, const struct test_case *t, struct err *err)
{
	struct sandbox_limits limits = case_limits(j, t);
	size_t had = j->r->outcomes.n;
	enum run_status s;

	if (!t->argv.n) { /* its program was not built */
		outcomes_add(&j->r->outcomes, t->id, OUTCOME_ERROR);
		return 0;
	}
	if (run_one(j, case_argv(j, t), t->cwd ? t->cwd : "/repo", &t->env, (struct str){ 0 }, &limits, NULL, false, err) < 0)
		return ERR_FAIL;
	account_time(j);
	case_outcome(t, &j->ended, &j->r->outcomes);
	if (!all_passed(&j->r->outcomes, had))
		add_log(&j->r->log, buf_str(&j->ended.out));
	s = status_of(&j->ended);
	if (s != RUN_OK && s != RUN_CRASHED && j->r->limit == RUN_OK)
		j->r->limit = s;
	if (j->r->cpu_us > (uint64_t)(run_limits(j).cpu_s * 1e6))
		j->r->status = RUN_CPU_TIMEOUT;
	else if (is_over(j))
		j->r->status = RUN_WALL_TIMEOUT;
	return 0;
}

/* The order does not matter to tests that share nothing, but it shows those that share the outside: there is none here. */
static int run_cases(struct job *j, struct err *err)
{
	struct cases c = { 0 };
	int rc;

	mount_tree(j, true);
	rc = list_cases(j, &c, err);
	mount_tree(j, false);
	for (size_t i = 0; rc == 0 && i < c.n && j->r->status == RUN_OK; i++)
		if (wanted(&j->ask->ids, c.at[i].id))
			rc = run_case(j, &c.at[i], err);
	cases_release(&c);
	return rc;
}

static int run_command(struct job *j, struct err *err)
{
	struct test_case t = { .id = str_of(j->ask->env->name), .skip_code = -1 };
	struct sandbox_limits limits = run_limits(j);
	enum run_status s;

	mount_tree(j, false);
	if (run_one(j, shell(j, &j->ask->env->test, &j->ask->files), "/repo", NULL, (struct str){ 0 }, &limits, NULL, false, err) < 0)
		return ERR_FAIL;
	account(j);
	s = status_of(&j->ended);
	if (s != RUN_OK && s != RUN_CRASHED)
		j->r->status = s;
	else if (s == RUN_OK && j->ended.code == 77)
		j->r->status = RUN_COLLECT_FAIL;
	else
		case_outcome(&t, &j->ended, &j->r->outcomes);
	if (j->r->status != RUN_OK && !j->r->why.n)
		buf_addf(&j->r->why, "%s", s == RUN_OK ? "there is no target for tests" : sandbox_end_name(j->ended.end));
	return 0;
}

/* ---- */

/* What is said of a run that brought nothing; the printed text where no record says why. */
static void find_cause(struct run_report *r)
{
	if (r->status == RUN_OK || r->cause != CAUSE_NONE || (r->status != RUN_COLLECT_FAIL && r->status != RUN_HARNESS_ERROR))
		return;
	r->cause = cause_of(buf_str(&r->why));
	if (r->cause == CAUSE_OTHER)
		r->cause = cause_of(buf_str(&r->log));
}

/* The tree, prepared and built. Sets the report's status where it cannot be. */
static int ready(struct job *j, struct err *err)
{
	int rc;

	do {
		checkout_put(j->h->checkouts, j->t);
		j->t = NULL;
		rc = checkout_get(j->h->checkouts, j->ask->repo, &j->ask->tree, j->ask->env, &j->t, err);
		if (rc < 0)
			return rc;
		if (rc == CHECKOUT_BAD) {
			j->r->status = RUN_HARNESS_ERROR;
			buf_addz(&j->r->why, err->msg);
			*err = ERR_INIT;
			return 0;
		}
		rc = prepare(j, err);
		if (rc == 0 && j->r->status == RUN_OK && !j->ask->prepare_only)
			rc = build(j, err);
	} while (rc == 0 && j->r->status == RUN_OK && j->t->built < 0);
	return rc;
}

int harness_run(struct harness *h, const struct run_ask *ask, struct run_report *r, struct err *err)
{
	struct job j = { .h = h, .ask = ask, .r = r, .ended = SANDBOX_OUTCOME_INIT };
	int rc;

	run_report_release(r);
	rc = ready(&j, err);
	if (rc == 0 && r->status == RUN_OK && !ask->prepare_only)
		rc = ask->env->runner == RUNNER_PYTEST ? run_pytest(&j, err) : ask->env->runner == RUNNER_COMMAND ? run_command(&j, err) : run_cases(&j, err);
	if (r->status == RUN_OK && r->outcomes.failed)
		rc = err_set(err, "out of memory");
	if (r->status != RUN_OK)
		outcomes_release(&r->outcomes);
	outcomes_sort(&r->outcomes);
	find_cause(r);
	checkout_put(h->checkouts, j.t);
	sandbox_outcome_release(&j.ended);
	arena_release(&j.text);
	return rc;
}
