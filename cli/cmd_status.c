/* cmd_status.c - quarry status: how far a build is, whole or in parts, while it runs. */
#include "base/json.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/home.h"
#include "datasets/dataset.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct args {
	struct common common;
	bool json;
};

static const struct option options[] = {
	{ .name = "json", .kind = OPT_FLAG, .at = offsetof(struct args, json), .what = "one JSON object instead of a table" },
	{ 0 },
};

enum { LOST_AFTER = 60 }; /* seconds of silence after which a part that said that it works is lost */

enum state { DONE, RUNNING, STOPPED, FAILED, LOST, WAITING, STATES };

static const char *const states[STATES] = { "done", "running", "stopped", "failed", "lost", "waiting" };

struct view {
	enum state state;
	struct heard h;
};

struct whole {
	const char *dir, *finished; /* finished: "", "merged" or "written" */
	int64_t parts, n[STATES], prompts, done, wanted;
	double rate;
};

static enum state state_of(const struct heard *h)
{
	if (heard_works(h))
		return h->silent > LOST_AFTER ? LOST : RUNNING;
	return strcmp(h->state, "done") == 0 ? DONE : strcmp(h->state, "stopped") == 0 ? STOPPED : FAILED;
}

/* "1:05", "2:03:09", "3 d 04:00" */
static void time_text(char *to, size_t cap, double left, double rate)
{
	double s = rate > 0 ? left / rate : -1;

	if (s < 0 || s > 1e9)
		snprintf(to, cap, "?");
	else if (s >= 86400)
		snprintf(to, cap, "%d d %02d:%02d", (int)(s / 86400), (int)(s / 3600) % 24, (int)(s / 60) % 60);
	else if (s >= 3600)
		snprintf(to, cap, "%d:%02d:%02d", (int)s / 3600, (int)s / 60 % 60, (int)s % 60);
	else
		snprintf(to, cap, "%d:%02d", (int)s / 60, (int)s % 60);
}

static void where_text(char *to, size_t cap, const struct heard *h)
{
	snprintf(to, cap, "%s%s%s%s", h->host, *h->job ? ", job " : "", h->job, h->restarts ? ", again" : "");
}

static void show_part(const struct view *v, int64_t number)
{
	char where[160] = "", eta[32] = "", rate[32] = "";
	const struct heard *h = &v->h;

	if (v->state == WAITING) {
		printf("%5lld  %-8s\n", (long long)number, states[v->state]);
		return;
	}
	if (v->state == RUNNING) {
		snprintf(rate, sizeof(rate), "%.1f/s", h->rate);
		time_text(eta, sizeof(eta), (double)(h->wanted - h->done), h->rate);
	}
	where_text(where, sizeof(where), h);
	printf("%5lld  %-8s %12lld of %-12lld %10s %9s  %s", (long long)number, states[v->state], (long long)h->done, (long long)h->wanted, rate,
	       eta, where);
	if (v->state == LOST)
		printf(": silent for %.0f s", h->silent);
	else if (v->state == FAILED && *h->why)
		printf(": %s", h->why);
	printf("\n");
}

static void show_whole(const struct whole *w)
{
	char eta[32];
	bool any = false;

	time_text(eta, sizeof(eta), (double)(w->wanted - w->done), w->rate);
	printf("%s: ", w->dir);
	if (w->parts)
		printf("%lld parts: ", (long long)w->parts);
	for (int s = 0; s < STATES; s++) {
		if (w->n[s])
			printf("%s%lld %s", any ? ", " : "", (long long)w->n[s], states[s]);
		any = any || w->n[s];
	}
	printf("%s%s\n", *w->finished ? "; " : "", w->finished);
	printf("%lld of %lld samples (%.1f %%)", (long long)w->done, (long long)w->wanted, w->wanted ? 100.0 * (double)w->done / (double)w->wanted : 0);
	if (w->n[RUNNING])
		printf(", %.1f/s, ETA %s", w->rate, eta);
	printf("\n");
}

static void part_json(struct buf *b, const struct view *v, int64_t number)
{
	const struct heard *h = &v->h;
	bool begun = v->state != WAITING;

	json_open(b, '{');
	json_key(b, "part");
	json_add_i64(b, number);
	json_key(b, "state");
	json_add_z(b, states[v->state]);
	json_key(b, "phase");
	json_add_z(b, v->state == RUNNING ? h->state : "");
	json_key(b, "prompts");
	json_add_i64(b, begun ? h->prompts : 0);
	json_key(b, "samples");
	json_add_i64(b, begun ? h->done : 0);
	json_key(b, "wanted");
	json_add_i64(b, begun ? h->wanted : 0);
	json_key(b, "rate");
	json_add_f64(b, v->state == RUNNING ? h->rate : 0);
	json_key(b, "silent_s");
	json_add_f64(b, begun ? h->silent : 0);
	json_key(b, "host");
	json_add_z(b, begun ? h->host : "");
	json_key(b, "job");
	json_add_z(b, begun ? h->job : "");
	json_key(b, "restarts");
	json_add_i64(b, begun ? h->restarts : 0);
	json_key(b, "why");
	json_add_z(b, begun ? h->why : "");
	json_close(b, '}');
}

static void whole_json(struct buf *b, const struct whole *w)
{
	json_key(b, "dir");
	json_add_z(b, w->dir);
	json_key(b, "parts");
	json_add_i64(b, w->parts);
	for (int s = 0; s < STATES; s++) {
		json_key(b, states[s]);
		json_add_i64(b, w->n[s]);
	}
	json_key(b, "finished");
	json_add_z(b, w->finished);
	json_key(b, "samples");
	json_add_i64(b, w->done);
	json_key(b, "wanted");
	json_add_i64(b, w->wanted);
	json_key(b, "rate");
	json_add_f64(b, w->rate);
	json_key(b, "eta_s");
	if (w->rate > 0 || w->wanted == w->done)
		json_add_f64(b, w->rate > 0 ? (double)(w->wanted - w->done) / w->rate : 0);
	else /* nobody knows */
		json_add_null(b);
}

/* ---- a whole run: of run.db, which lets us read beside it */

static bool locked_by_another(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;

	if (fd >= 0)
		close(fd);
	return locked;
}

/* A build's are all of its prompts' samples; how many a tuning may take, it says. */
static int64_t wanted_of(struct str said, struct str provenance, int64_t prompts)
{
	struct json all, sampling, n, models;
	struct err ignored;
	int64_t each;

	if (str_i64(said, &each))
		return each;
	if (!json_parse(&all, provenance, &ignored) || !json_get(all, "sampling", &sampling) || !json_get(sampling, "n", &n) || !json_i64(n, &each) ||
	    each < 1 || each > 1 << 20)
		return 0;
	return prompts * each * (json_get(all, "models", &models) ? (int64_t)json_count(models) : 1);
}

static int read_whole(struct whole *w, const char *path, struct err *err)
{
	struct buf state = BUF_INIT, prov = BUF_INIT, merged = BUF_INIT, said = BUF_INIT;
	bool runs = locked_by_another(w->dir);
	struct store *st;
	int rc = store_open(&st, path, STORE_READ, err);

	for (int i = 0; rc < 0 && runs && i < 50; i++) { /* a run that has just begun makes its tables */
		usleep(100000);
		runs = locked_by_another(w->dir);
		rc = store_open(&st, path, STORE_READ, err);
	}
	if (rc < 0)
		return rc;
	if (store_get(st, "state", &state, err) < 0 || store_get(st, "provenance", &prov, err) < 0 || store_get(st, "merged", &merged, err) < 0 ||
	    store_get(st, "wanted", &said, err) < 0)
		rc = ERR_FAIL;
	w->prompts = store_prompts(st);
	w->done = store_samples(st);
	if (rc == 0 && (w->prompts < 0 || w->done < 0))
		rc = err_set(err, "%s: damaged", path);
	w->wanted = wanted_of(buf_str(&said), buf_str(&prov), w->prompts);
	/* a tuning writes its files before it says that all is sampled */
	if (rc == 0 && str_is(buf_str(&state), "done") && !runs && dataset_written(w->dir, err) < 0) {
		log_warn("%s; quarry %s writes it again", err->msg, merged.n ? "merge" : "build --resume");
	} else if (rc == 0 && (str_is(buf_str(&state), "done") || (said.n && str_is(buf_str(&state), "sampled")))) {
		w->finished = merged.n ? "merged" : "written";
		w->wanted = w->done; /* all that were to be had: sampling may stop early */
	}
	if (rc == 0 && runs && !*w->finished) { /* how fast, nobody has written down: look twice */
		int64_t before = w->done;

		sleep(2);
		w->done = store_samples(st);
		w->rate = (double)(w->done - before) / 2;
	}
	w->n[*w->finished ? DONE : runs ? RUNNING : STOPPED] = 1;
	store_close(st);
	buf_release(&state);
	buf_release(&prov);
	buf_release(&merged);
	buf_release(&said);
	return rc;
}

/* ---- parts: of their signs of life */

static int hear_parts(struct whole *w, struct view *v, const struct parts *p, struct err *err)
{
	struct buf dir = BUF_INIT;
	int64_t most = 0;
	int rc = 0;

	for (int64_t i = 0; i < p->count; i++) {
		v[i].state = WAITING;
		parts_path(&dir, w->dir, i, p->count);
		if (dir.failed)
			rc = err_set(err, "out of memory");
		if (rc == 0 && p->there[i] && beat_hear(&v[i].h, buf_z(&dir)))
			v[i].state = state_of(&v[i].h);
		w->n[v[i].state]++;
		if (v[i].state == WAITING)
			continue;
		w->prompts += v[i].h.prompts;
		w->done += v[i].h.done;
		w->wanted += v[i].state == DONE ? v[i].h.done : v[i].h.wanted;
		w->rate += v[i].state == RUNNING ? v[i].h.rate : 0;
		most = v[i].h.wanted > most ? v[i].h.wanted : most;
	}
	/* those that have not begun are as large as the others */
	w->wanted += w->n[WAITING] * most;
	buf_release(&dir);
	return rc;
}

static int show_parts(struct whole *w, const struct parts *p, bool as_json, struct buf *out, struct err *err)
{
	struct view *v = calloc((size_t)p->count, sizeof(*v));
	int rc = v ? hear_parts(w, v, p, err) : err_set(err, "out of memory");

	if (rc == 0 && as_json) {
		whole_json(out, w);
		json_key(out, "part");
		json_open(out, '[');
	} else if (rc == 0) {
		printf(" part  state            samples                       rate       ETA  where\n");
	}
	for (int64_t i = 0; rc == 0 && i < p->count; i++) {
		if (as_json)
			part_json(out, &v[i], i + 1);
		else
			show_part(&v[i], i + 1);
	}
	if (rc == 0 && as_json)
		json_close(out, ']');
	else if (rc == 0)
		show_whole(w);
	for (int64_t i = 0; v && i < p->count; i++)
		heard_release(&v[i].h);
	free(v);
	return rc;
}

static int status(struct whole *w, bool as_json, struct err *err)
{
	struct buf path = BUF_INIT, out = BUF_INIT;
	struct parts *p = calloc(1, sizeof(*p));
	struct stat st;
	int rc = p ? parts_find(p, w->dir, err) : err_set(err, "out of memory");

	buf_addf(&path, "%s/run.db", w->dir);
	json_open(&out, '{');
	if (rc == 0 && stat(buf_z(&path), &st) == 0) {
		w->parts = p->count;
		rc = read_whole(w, buf_z(&path), err);
		if (rc == 0 && as_json)
			whole_json(&out, w);
		else if (rc == 0)
			show_whole(w);
	} else if (rc == 0 && p->count) {
		w->parts = p->count;
		rc = show_parts(w, p, as_json, &out, err);
	} else if (rc == 0) {
		rc = err_set(err, "%s holds no run, and no parts of one", w->dir);
	}
	json_close(&out, '}');
	if (rc == 0 && as_json)
		printf("%s\n", buf_z(&out));
	buf_release(&path);
	buf_release(&out);
	free(p);
	return rc;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct whole w = { .finished = "" };
	struct err err = ERR_INIT;

	if (argc != 1) {
		err_set(&err, "status takes one directory, not %d", argc);
		return fail_usage(&err);
	}
	w.dir = argv[0];
	if (status(&w, a->json, &err) < 0)
		return fail_usage(&err);
	return w.n[FAILED] || w.n[LOST] ? EXIT_FAILED : EXIT_DONE;
}

static const char more[] =
	"A part that runs is heard of every two seconds; one that says it runs and was not heard of for a minute is lost: killed, or its\n"
	"machine is gone. A stopped one has saved its work and waits to be run again. Exit 1 where a part has failed or is lost.\n"
	"\n"
	"    quarry status out\n"
	"    quarry status out --json\n";

const struct command cmd_status = { "status", "DIR", "how far a build is, and each of its parts", more, options, sizeof(struct args), run };
