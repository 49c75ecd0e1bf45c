/*
 * serve.h - the reward service: requests of several trainers in, verdicts out. cmd_serve.c opens and closes it, serve_http.c speaks
 * HTTP, serve_shapes.c knows what each trainer sends and wants back, serve_desk.c judges rows of task swe, serve_metrics.c counts.
 *
 * A reply never depends on an earlier request: a ground truth states the puzzle, so that any number of servers can share the work.
 * A bad sample gets status 200 and a mark; only a bad request gets 4xx.
 */
#ifndef QUARRY_CLI_SERVE_H
#define QUARRY_CLI_SERVE_H

#include "base/buf.h"
#include "base/err.h"
#include "cli/judge.h"

/* ---- serve_metrics.c ---- */

struct metrics; /* counters; any thread may add */

struct metrics *metrics_new(void);
void metrics_free(struct metrics *m);
/* A verdict. Of many different sources the later are "other". */
void metrics_verdict(struct metrics *m, const struct judged *j);
void metrics_request(struct metrics *m, const char *path, unsigned status, double seconds);
/* All of it in Prometheus' text format, 0.0.4. */
void metrics_text(struct buf *out, struct metrics *m, int queued, int active);
void metrics_head(struct buf *out, const char *name, const char *kind, const char *what); /* before the lines of one more */

/* ---- serve_shapes.c ---- */

struct service {
	struct metrics *metrics;
	bool strict;      /* another format than the asked one is unreadable */
	double deadline;  /* seconds from where scoring began, for one request; what is left then is bad_task */
	size_t budget;    /* bytes of a response; a longer one is unreadable */
	/* as in cli/judge.h */
	void (*swe_ask)(void *ctx, const struct swe_ask *ask, struct swe_verdict *v);
	void *swe_ctx;
	bool swe_alone;   /* rows of task swe are found, nothing is judged or counted */
};

struct reply {
	unsigned status;
	struct buf body;
	const char *type; /* static */
	int retry_s;      /* of 429 */
};

/* What is asked under a path. path: static, or NULL where the path is none; get: it is asked by GET, else by POST. */
struct route {
	const char *path;
	bool get;
	void (*answer)(struct reply *r, const struct service *s, struct buf *body, bool scalar); /* the body may be mended */
};

const struct route *route_find(const char *url); /* a prefix before NeMo-Gym's paths is passed over */
void reply_error(struct reply *r, unsigned status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ---- serve_desk.c: rows of task swe, whose tests take seconds and minutes, have a queue and threads of their own ---- */

struct desk_options {
	struct swe *swe;
	int threads;
	int queue;       /* rows that may wait */
	double deadline; /* seconds for a row, from where its judging begins; then it is a timeout */
};

struct desk;
int desk_open(struct desk **ret, const struct desk_options *o, struct err *err);
void desk_stop(struct desk *d);  /* what waits and what runs is bad_task at once; comes back when all were told */
void desk_close(struct desk *d); /* NULL is fine */
void desk_metrics(struct desk *d, struct buf *out);
void desk_ready(struct desk *d, struct reply *r);

/* The rows of one request: found in a first pass over it (service.swe_ask is desk_find), judged, told in a second one (desk_tell). */
struct desk_rows;
struct desk_rows *desk_rows_new(void);
void desk_rows_free(struct desk_rows *rows);
size_t desk_rows_count(const struct desk_rows *rows);
void desk_find(void *rows, const struct swe_ask *ask, struct swe_verdict *v);
void desk_tell(void *rows, const struct swe_ask *ask, struct swe_verdict *v);
bool desk_place(struct desk *d, const struct desk_rows *rows, struct reply *r); /* false: there is no room for all of them, and r says so */
/* What was given a place is judged, then done(ctx) is called by one of the threads. */
void desk_judge(struct desk *d, struct desk_rows *rows, void (*done)(void *ctx), void *ctx);

/* ---- serve_http.c ---- */

struct http_options {
	struct service service;
	struct desk *desk;  /* NULL: rows of task swe are bad_task */
	const char *listen; /* HOST:PORT, [HOST]:PORT, :PORT or unix:PATH */
	const char *token;  /* NULL: nobody is asked for one */
	bool open;          /* other than loopback addresses even without a token */
	int threads;        /* that score, beside those that read */
	int queue;          /* requests that may wait; more get 429 */
	int connections;    /* more get 503 */
	size_t body_max;    /* bytes of a request; more get 413 */
	double read_timeout; /* seconds for a whole request to arrive, and for an idle connection */
};

struct http;

int http_open(struct http **ret, const struct http_options *o, struct err *err);
const char *http_address(const struct http *h); /* where it listens: the port is the true one even where 0 was asked for */
/* No new connections; requests that are being read or scored end within `seconds`. False: not all did. */
bool http_drain(struct http *h, double seconds);
void http_close(struct http *h);

#endif
