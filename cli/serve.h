/*
 * serve.h - the reward service: requests of several trainers in, verdicts out. cmd_serve.c opens and closes it, serve_http.c speaks
 * HTTP, serve_shapes.c knows what each trainer sends and wants back, serve_metrics.c counts.
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

/* ---- serve_shapes.c ---- */

struct service {
	struct metrics *metrics;
	bool strict;      /* another format than the asked one is unreadable */
	double deadline;  /* seconds from where scoring began, for one request; what is left then is bad_task */
	size_t budget;    /* bytes of a response; a longer one is unreadable */
};

struct reply {
	unsigned status;
	struct buf body;
	const char *type; /* static */
};

/* What is asked under a path. path: static, or NULL where the path is none; get: it is asked by GET, else by POST. */
struct route {
	const char *path;
	bool get;
	void (*answer)(struct reply *r, const struct service *s, struct buf *body, bool scalar); /* the body may be mended */
};

const struct route *route_find(const char *url); /* a prefix before NeMo-Gym's paths is passed over */
void reply_error(struct reply *r, unsigned status, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ---- serve_http.c ---- */

struct http_options {
	struct service service;
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
