/* cmd_serve.c - quarry serve: verdicts over HTTP, in the shapes that trainers ask in. */
#include "base/log.h"
#include "cli/command.h"
#include "cli/serve.h"
#include "cli/stop.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

struct args {
	struct common common;
	const char *listen, *token, *token_file, *config;
	int64_t queue, connections, body_mb, budget_mb;
	double deadline, timeout, drain;
	bool strict, open, strict_given, open_given, drain_given;
	struct swe_args swe;
	int64_t swe_threads, swe_queue;
	double swe_deadline;
};

static const struct option options[] = {
	{ .name = "listen", .letter = 'l', .kind = OPT_TEXT, .arg = "ADDR", .at = offsetof(struct args, listen),
	  .what = "HOST:PORT, [HOST]:PORT or unix:PATH; 127.0.0.1:8000 when not given; port 0: any free one" },
	{ .name = "token-file", .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, token_file),
	  .what = "its first line is the bearer token that clients must send" },
	{ .name = "token", .kind = OPT_TEXT, .arg = "TEXT", .at = offsetof(struct args, token),
	  .what = "the same in the open; QUARRY_SERVE_TOKEN in the environment is seen by fewer" },
	{ .name = "open", .kind = OPT_FLAG, .at = offsetof(struct args, open), .given = offsetof(struct args, open_given),
	  .what = "listen on other than loopback addresses without a token" },
	{ .name = "config", .letter = 'c', .kind = OPT_TEXT, .arg = "FILE", .at = offsetof(struct args, config),
	  .what = "lines of \"option: value\" for what neither flag nor environment says" },
	{ .name = "queue", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e6, .at = offsetof(struct args, queue),
	  .what = "large requests that may wait; more get 429; 1024 when not given" },
	{ .name = "connections", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e6, .at = offsetof(struct args, connections),
	  .what = "connections at once; more get 503; 4096 when not given" },
	{ .name = "max-body", .kind = OPT_INT, .arg = "MIB", .lo = 1, .hi = 1023, .at = offsetof(struct args, body_mb),
	  .what = "MiB of a request; a larger one gets 413; 64 when not given" },
	{ .name = "budget", .kind = OPT_INT, .arg = "MIB", .lo = 1, .hi = 1023, .at = offsetof(struct args, budget_mb),
	  .what = "MiB of a response; a longer one is unreadable; 16 when not given" },
	{ .name = "deadline", .kind = OPT_REAL, .arg = "S", .lo = 0.001, .hi = 86400, .at = offsetof(struct args, deadline),
	  .what = "seconds to score one request, from its start; what is left is bad_task; 60 when not given" },
	{ .name = "timeout", .kind = OPT_REAL, .arg = "S", .lo = 1, .hi = 86400, .at = offsetof(struct args, timeout),
	  .what = "seconds for a request to arrive, and for an idle connection; 75 when not given" },
	{ .name = "drain", .kind = OPT_REAL, .arg = "S", .lo = 0, .hi = 86400, .at = offsetof(struct args, drain),
	  .given = offsetof(struct args, drain_given), .what = "seconds that running requests get after SIGTERM; 30 when not given" },
	OPTIONS_SWE(struct args, swe),
	{ .name = "swe-threads", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 256, .at = offsetof(struct args, swe_threads),
	  .what = "rows of task swe judged at a time; --threads when not given" },
	{ .name = "swe-queue", .kind = OPT_INT, .arg = "N", .lo = 1, .hi = 1e6, .at = offsetof(struct args, swe_queue),
	  .what = "such rows that may wait; more get 429; 256 when not given" },
	{ .name = "swe-deadline", .kind = OPT_REAL, .arg = "S", .lo = 0.001, .hi = 86400, .at = offsetof(struct args, swe_deadline),
	  .what = "seconds to judge one, from its start; then it is a timeout; 600 when not given" },
	{ .name = "strict-format", .kind = OPT_FLAG, .at = offsetof(struct args, strict), .given = offsetof(struct args, strict_given),
	  .what = "an answer in another format than the asked one is unreadable" },
	{ 0 },
};

/* ---- environment and file: what no flag said ---- */

static bool unset(const struct option *o, const struct args *a)
{
	const char *at = (const char *)a + o->at;

	if (o->given)
		return !*((const bool *)a + o->given);
	switch (o->kind) {
	case OPT_INT:
		return *(const int64_t *)at == 0;
	case OPT_REAL:
		return *(const double *)at == 0;
	case OPT_TEXT:
		return !*(const char *const *)at;
	case OPT_FLAG: /* says that it was given: a no is an answer too */
	case OPT_LIST: /* there is none */
		break;
	}
	assert(false);
	return false;
}

extern const struct command cmd_serve;

static int set_flag(struct args *a, const struct option *o, const char *value, struct err *err)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1" };

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_ieq(str_trim(str_of(value)), str_of(words[i]))) {
			*(bool *)((char *)a + o->at) = i % 2;
			*((bool *)a + o->given) = true;
			return 0;
		}
	return err_set(err, "%s takes yes or no, not \"%.40s\"", o->name, value);
}

static int set_option(struct args *a, const struct option *o, const char *value, struct err *err)
{
	char *text, *argv[1];
	int rc;

	if (!unset(o, a))
		return 0;
	if (o->kind == OPT_FLAG)
		return set_flag(a, o, value, err);
	text = malloc(strlen(o->name) + strlen(value) + 4); /* what a text option points to lives as long as the program */
	if (!text)
		return err_set(err, "out of memory");
	sprintf(text, "--%s=%s", o->name, value);
	argv[0] = text;
	rc = options_parse(&cmd_serve, a, 1, argv, err);
	if (o->kind != OPT_TEXT)
		free(text);
	return rc < 0 ? ERR_FAIL : 0;
}

static int from_variable(struct args *a, const struct option *o, struct err *err)
{
	char name[64];
	const char *value;
	int n = snprintf(name, sizeof(name), "QUARRY_SERVE_%s", o->name);

	for (int i = 0; i < n; i++)
		name[i] = name[i] == '-' ? '_' : name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 32) : name[i];
	value = getenv(name);
	return value && *value && set_option(a, o, value, err) < 0 ? err_at(err, "%s: ", name) : 0;
}

/* The one of every command's options that may stand there too. */
static const struct option *threads_option(void)
{
	const struct option *o = options_common();

	while (strcmp(o->name, "threads") != 0)
		o++;
	return o;
}

/* QUARRY_SERVE_MAX_BODY=8 is --max-body 8. */
static int from_environment(struct args *a, struct err *err)
{
	int rc = from_variable(a, threads_option(), err);

	for (const struct option *o = options; rc == 0 && o->name; o++)
		rc = from_variable(a, o, err);
	return rc;
}

static const struct option *option_named(struct str name)
{
	for (const struct option *o = options; o->name; o++)
		if (str_is(name, o->name) && strcmp(o->name, "config") != 0)
			return o;
	return str_is(name, "threads") ? threads_option() : NULL;
}

static int config_line(struct args *a, struct str line, struct err *err)
{
	ptrdiff_t colon = str_chr(line, ':');
	const struct option *o;
	char value[1024];
	struct str v;

	line = str_trim(line);
	if (line.n == 0 || line.s[0] == '#')
		return 0;
	colon = str_chr(line, ':');
	if (colon < 0)
		return err_set(err, "this is not \"option: value\"");
	o = option_named(str_trim(str_sub(line, 0, (size_t)colon)));
	if (!o)
		return err_set(err, "unknown option \"%.*s\"; quarry serve --help lists them", (int)(colon < 60 ? colon : 60), line.s);
	v = str_trim(str_from(line, (size_t)colon + 1));
	if (v.n >= 2 && (v.s[0] == '"' || v.s[0] == '\'') && v.s[v.n - 1] == v.s[0])
		v = str_sub(v, 1, v.n - 1);
	if (v.n == 0 || v.n >= sizeof(value) || memchr(v.s, 0, v.n))
		return err_set(err, "\"%s\" has no value", o->name);
	memcpy(value, v.s, v.n);
	value[v.n] = 0;
	return set_option(a, o, value, err);
}

static int from_file(struct args *a, const char *path, struct err *err)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int rc = 0, number = 0;

	if (!f)
		return err_sys(err, "%s: cannot be read", path);
	while (rc == 0 && (n = getline(&line, &cap, f)) >= 0) {
		struct str s = { line, (size_t)n };

		rc = config_line(a, number++ ? s : str_past_bom(s), err);
		if (rc < 0)
			err_at(err, "%s:%d: ", path, number);
	}
	if (rc == 0 && ferror(f))
		rc = err_sys(err, "%s: cannot be read", path);
	free(line);
	fclose(f);
	return rc;
}

static int read_token(struct args *a, struct err *err)
{
	static char token[1024];
	FILE *f;

	if (!a->token_file)
		return a->token && !*a->token ? err_set(err, "serve: the token is empty") : 0;
	f = fopen(a->token_file, "r");
	if (!f)
		return err_sys(err, "%s: cannot be read", a->token_file);
	if (!fgets(token, sizeof(token), f))
		token[0] = 0;
	fclose(f);
	if (strlen(token) == sizeof(token) - 1)
		return err_set(err, "%s: its first line is longer than the %zu bytes that a token may have", a->token_file, sizeof(token) - 2);
	token[strcspn(token, "\r\n")] = 0;
	if (!token[0])
		return err_set(err, "%s: its first line is empty; there must be a token", a->token_file);
	a->token = str_past_bom(str_of(token)).s;
	return 0;
}

static int settle(struct args *a, struct err *err)
{
	if (from_environment(a, err) < 0 || (a->config && from_file(a, a->config, err) < 0) || read_token(a, err) < 0)
		return ERR_FAIL;
	a->listen = a->listen ? a->listen : "127.0.0.1:8000";
	a->queue = a->queue ? a->queue : 1024;
	a->connections = a->connections ? a->connections : 4096;
	a->body_mb = a->body_mb ? a->body_mb : 64;
	a->budget_mb = a->budget_mb ? a->budget_mb : 16;
	a->deadline = a->deadline > 0 ? a->deadline : 60;
	a->timeout = a->timeout > 0 ? a->timeout : 75;
	a->drain = a->drain_given ? a->drain : 30;
	a->swe_queue = a->swe_queue ? a->swe_queue : 256;
	a->swe_deadline = a->swe_deadline > 0 ? a->swe_deadline : 600;
	if (!a->swe_threads)
		a->swe_threads = a->common.threads < 256 ? a->common.threads : 256;
	return 0;
}

enum { LATE_S = 1 };

/* Each connection takes a file; as many are allowed as the system lets us. */
static int connections_max(int wanted)
{
	enum { OURS = 128 }; /* files that are none, and connections that are refused */
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 || files.rlim_cur == RLIM_INFINITY)
		return wanted;
	if (files.rlim_cur < files.rlim_max) {
		rlim_t was = files.rlim_cur;

		files.rlim_cur = files.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &files) < 0)
			files.rlim_cur = was;
	}
	if (files.rlim_cur == RLIM_INFINITY || files.rlim_cur >= (rlim_t)wanted + OURS)
		return wanted;
	wanted = files.rlim_cur > 2 * OURS ? (int)files.rlim_cur - OURS : OURS;
	log_warn("%llu files may be open at once (ulimit -n), so there are at most %d connections", (unsigned long long)files.rlim_cur, wanted);
	return wanted;
}

/* Bodies of some hundred kilobytes come and go all the time: their pages are kept rather than given back and asked for each time. */
static void keep_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TRIM_THRESHOLD, 4 << 20); /* of each thread */
#endif
}

static int serve(const struct args *a, struct metrics *m, struct desk *desk, struct err *err)
{
	struct http_options o = {
		.service = { .metrics = m, .strict = a->strict, .deadline = a->deadline, .budget = (size_t)a->budget_mb << 20 },
		.desk = desk,
		.listen = a->listen,
		.token = a->token,
		.open = a->open,
		.threads = (int)(a->common.threads < 256 ? a->common.threads : 256),
		.queue = (int)a->queue,
		.connections = connections_max((int)a->connections),
		.body_max = (size_t)a->body_mb << 20,
		.read_timeout = a->timeout,
	};
	struct http *h;
	bool all;

	stop_watch();
	keep_memory();
	if (http_open(&h, &o, err) < 0)
		return ERR_FAIL;
	log_info("listening on %s%s", http_address(h), a->token ? "" : ", for anybody who can reach it");
	while (!stop_asked())
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	log_info("stopping: no new connections, up to %.0f s for what runs", a->drain);
	all = http_drain(h, a->drain);
	if (desk)
		desk_stop(desk);
	if (!all)
		http_drain(h, LATE_S); /* those that the desk has just told */
	http_close(h);
	log_info(all ? "stopped; every request was answered" : "stopped; some requests were still running");
	return 0;
}

/* What judges rows of task swe, if there is a store. */
static int open_desk(const struct args *a, struct swe **swe, struct desk **desk, struct err *err)
{
	struct common common = a->common;
	struct desk_options o = { .threads = (int)a->swe_threads, .queue = (int)a->swe_queue, .deadline = a->swe_deadline };

	common.threads = a->swe_threads;
	*swe = NULL;
	for (struct str rest = str_of(a->swe.repos ? a->swe.repos : ""), dir; str_split(&rest, ':', &dir);) {
		char path[4096];
		struct stat st;

		snprintf(path, sizeof(path), "%.*s", (int)dir.n, dir.s);
		if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
			return err_set(err, "serve: --repos %s: no such directory", path);
	}
	if (swe_open_args(swe, &a->swe, &common, err) < 0)
		return ERR_FAIL;
	o.swe = *swe;
	return o.swe ? desk_open(desk, &o, err) : 0;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct err err = ERR_INIT;
	struct metrics *m;
	struct desk *desk = NULL;
	struct swe *swe;
	int rc;

	if (argc) {
		err_set(&err, "serve takes no argument, not \"%s\"", argv[0]);
		return fail_usage(&err);
	}
	if (settle(a, &err) < 0)
		return fail_usage(&err);
	m = metrics_new();
	if (!m) {
		err_set(&err, "out of memory");
		return fail_usage(&err);
	}
	rc = open_desk(a, &swe, &desk, &err);
	if (rc == 0)
		rc = serve(a, m, desk, &err);
	desk_close(desk);
	swe_close(swe);
	metrics_free(m);
	return rc < 0 ? fail(rc, &err) : EXIT_DONE;
}

static const char more[] =
	"POST /v1/verify {\"items\":[{\"task\",\"desc\" or \"ground_truth\",\"response\"}]} gives {\"results\":[...]}, one each, in order.\n"
	"Trainers' own shapes: /get_reward (OpenRLHF), /remote_rm (slime), /verify (NeMo-Gym), /judge (V-Triune); see\n"
	"docs/integrations.md. GET /healthz, /readyz, /version, /metrics (Prometheus).\n"
	"\n"
	"With --repos, rows of task swe are judged too, beside the puzzles, which never wait for them: /readyz tells what the sandbox lacks.\n"
	"\n"
	"A bad sample gets 200 and a mark; 4xx is about the request. Every option, --threads too, may also stand in the environment, as in\n"
	"QUARRY_SERVE_MAX_BODY, or in the --config file; one that takes no value is yes or no there. SIGTERM ends what runs and stops.\n"
	"\n"
	"    quarry serve --listen 127.0.0.1:8000 --threads 8\n"
	"    quarry serve --listen :8000 --token-file token --queue 4096\n"
	"    quarry serve --repos ~/src --swe-threads 4 --swe-deadline 300\n";

const struct command cmd_serve = { "serve", "", "verdicts over HTTP, for trainers", more, options, sizeof(struct args), run };
