/*
 * serve_desk.c - rows of task swe behind the reward service; see serve.h.
 *
 * A request with such rows is gone through twice. The first time they are found and copied; each is then judged by one of the desk's
 * threads, and the one that ends the last of a request has it answered, from the verdicts, by going through it once more. So rows of one
 * request run side by side, and none of them holds a thread that puzzles need.
 */
#include "cli/serve.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { RETRY_MAX_S = 60, WAITS = 10, FORMAT = 32, STATUSES = 32, STATUS = 24 };

/* Upper ends, in seconds. */
static const double ends[WAITS] = { 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600 };

struct row {
	struct buf desc, response;
	struct json recipe; /* of the request's body, which stays */
	char format[FORMAT];
	bool think_open;
	struct swe_verdict v;
	double since; /* when it began to wait */
	struct desk_rows *of;
	struct row *next;
};

struct desk_rows {
	struct row **at; /* each where it is, since threads hold them */
	size_t n, cap, told;
	size_t left; /* to be judged; under the desk's lock */
	bool failed; /* out of memory */
	void (*done)(void *ctx);
	void *ctx;
};

struct running {
	_Atomic int64_t until;
};

struct desk {
	struct desk_options o;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct row *first, *last;
	int waiting, active;
	bool ends;
	int threads;
	pthread_t *thread;
	struct running *running; /* one a thread */
	/* counts, under the lock */
	uint64_t refused, verdicts, waited[WAITS];
	double wait_s, judge_s;
	struct { char name[STATUS]; uint64_t n; } status[STATUSES];
	int statuses;
};

/* ---- rows of a request */

struct desk_rows *desk_rows_new(void)
{
	return calloc(1, sizeof(struct desk_rows));
}

void desk_rows_free(struct desk_rows *rows)
{
	for (size_t i = 0; rows && i < rows->n; i++) {
		buf_release(&rows->at[i]->desc);
		buf_release(&rows->at[i]->response);
		free(rows->at[i]);
	}
	if (rows)
		free(rows->at);
	free(rows);
}

size_t desk_rows_count(const struct desk_rows *rows)
{
	return rows->n;
}

static void no_verdict(struct swe_verdict *v, const char *why)
{
	*v = (struct swe_verdict){ .v = { .mark = QUARRY_BAD_TASK }, .status = "harness_error", .similarity = -1 };
	snprintf(v->v.why, sizeof(v->v.why), "%s", why);
}

static struct row *row_add(struct desk_rows *rows)
{
	struct row *row;

	if (rows->n == rows->cap) {
		size_t cap = rows->cap ? 2 * rows->cap : 16;
		struct row **at = realloc(rows->at, cap * sizeof(*at));

		if (!at)
			return NULL;
		rows->at = at;
		rows->cap = cap;
	}
	row = calloc(1, sizeof(*row));
	if (row)
		rows->at[rows->n++] = row;
	return row;
}

void desk_find(void *ctx, const struct swe_ask *ask, struct swe_verdict *v)
{
	struct desk_rows *rows = ctx;
	struct row *row = row_add(rows);

	no_verdict(v, "not judged yet");
	if (!row) {
		rows->failed = true;
		return;
	}
	row->of = rows;
	row->recipe = ask->recipe;
	row->think_open = ask->think_open;
	snprintf(row->format, sizeof(row->format), "%.*s", (int)ask->format.n, ask->format.n ? ask->format.s : "");
	buf_add(&row->desc, ask->desc);
	buf_add(&row->response, ask->response);
	rows->failed |= row->desc.failed || row->response.failed;
}

void desk_tell(void *ctx, const struct swe_ask *ask, struct swe_verdict *v)
{
	struct desk_rows *rows = ctx;

	(void)ask;
	if (rows->told < rows->n)
		*v = rows->at[rows->told++]->v;
	else
		no_verdict(v, "the time for this request was over before this item's turn");
}

/* ---- judging */

static void count(struct desk *d, const struct row *row, double waited)
{
	int i = 0;

	d->verdicts++;
	d->wait_s += waited;
	d->judge_s += row->v.us / 1e6;
	for (int k = 0; k < WAITS; k++)
		d->waited[k] += waited <= ends[k];
	while (i < d->statuses && strcmp(d->status[i].name, row->v.status) != 0)
		i++;
	if (i == d->statuses && i < STATUSES)
		snprintf(d->status[d->statuses++].name, STATUS, "%s", row->v.status);
	if (i < STATUSES)
		d->status[i].n++;
}

static void judge(struct desk *d, struct row *row, _Atomic int64_t *until)
{
	const struct swe_ask ask = { .desc = buf_str(&row->desc), .response = buf_str(&row->response), .format = str_of(row->format),
		.recipe = row->recipe, .think_open = row->think_open, .similar = true, .until = until };

	swe_judge(d->o.swe, &ask, &row->v);
}

static void *work(void *arg)
{
	struct desk *d = arg;
	struct running *mine;

	pthread_mutex_lock(&d->lock);
	mine = &d->running[d->threads++];
	for (;;) {
		struct row *row = d->first;
		double began;

		if (!row) {
			if (d->ends)
				break;
			pthread_cond_wait(&d->work, &d->lock);
			continue;
		}
		d->first = row->next;
		if (!d->first)
			d->last = NULL;
		d->waiting--;
		d->active++;
		began = clock_s();
		atomic_store(&mine->until, (int64_t)((began + d->o.deadline) * 1e6));
		if (!d->ends) {
			pthread_mutex_unlock(&d->lock);
			judge(d, row, &mine->until);
			pthread_mutex_lock(&d->lock);
		}
		if (d->ends && (!row->v.status || strcmp(row->v.status, "timeout") == 0))
			no_verdict(&row->v, "the server stopped before this was judged");
		d->active--;
		count(d, row, began - row->since);
		if (--row->of->left == 0) {
			struct desk_rows *rows = row->of;

			pthread_mutex_unlock(&d->lock);
			rows->done(rows->ctx); /* which may free them */
			pthread_mutex_lock(&d->lock);
		}
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

/* Seconds until there is room again, as far as one can tell. */
static int retry_s(const struct desk *d)
{
	double each = d->verdicts ? d->judge_s / (double)d->verdicts : 1, s = each / d->o.threads + 1;

	return s < RETRY_MAX_S ? (int)s : RETRY_MAX_S;
}

bool desk_place(struct desk *d, const struct desk_rows *rows, struct reply *r)
{
	int n = rows->n < 1 << 30 ? (int)rows->n : 1 << 30;
	bool got = false;

	pthread_mutex_lock(&d->lock);
	if (rows->failed) {
		reply_error(r, 503, "out of memory");
	} else if (d->ends) {
		reply_error(r, 503, "this server is about to stop");
	} else if (n > d->o.queue) {
		reply_error(r, 413, "a request holds at most %d rows of task swe here, not %d", d->o.queue, n);
	} else if (d->waiting + n > d->o.queue) {
		d->refused += rows->n;
		r->retry_s = retry_s(d);
		reply_error(r, 429, "%d rows of task swe wait already; come again in %d s", d->waiting, r->retry_s);
	} else {
		d->waiting += n;
		got = true;
	}
	pthread_mutex_unlock(&d->lock);
	return got;
}

void desk_judge(struct desk *d, struct desk_rows *rows, void (*done)(void *ctx), void *ctx)
{
	double now = clock_s();

	rows->done = done;
	rows->ctx = ctx;
	rows->left = rows->n;
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < rows->n; i++) {
		struct row *row = rows->at[i];

		row->since = now;
		row->next = NULL;
		if (d->last)
			d->last->next = row;
		else
			d->first = row;
		d->last = row;
	}
	pthread_cond_broadcast(&d->work);
	pthread_mutex_unlock(&d->lock);
}

/* ---- what is told of it */

void desk_metrics(struct desk *d, struct buf *out)
{
	struct desk now;

	pthread_mutex_lock(&d->lock);
	now = *d;
	pthread_mutex_unlock(&d->lock);
	metrics_head(out, "quarry_swe_queue_depth", "gauge", "Rows of task swe that wait to be judged.");
	buf_addf(out, "quarry_swe_queue_depth %d\n", now.waiting);
	metrics_head(out, "quarry_swe_queue_limit", "gauge", "How many may wait.");
	buf_addf(out, "quarry_swe_queue_limit %d\n", now.o.queue);
	metrics_head(out, "quarry_swe_active", "gauge", "Rows of task swe that are being judged.");
	buf_addf(out, "quarry_swe_active %d\n", now.active);
	metrics_head(out, "quarry_swe_threads", "gauge", "How many are judged at a time.");
	buf_addf(out, "quarry_swe_threads %d\n", now.o.threads);
	metrics_head(out, "quarry_swe_refused_total", "counter", "Rows of task swe for which there was no room.");
	buf_addf(out, "quarry_swe_refused_total %llu\n", (unsigned long long)now.refused);
	metrics_head(out, "quarry_swe_status_total", "counter", "Verdicts on rows of task swe by the judge's own word.");
	for (int i = 0; i < now.statuses; i++)
		buf_addf(out, "quarry_swe_status_total{status=\"%s\"} %llu\n", now.status[i].name, (unsigned long long)now.status[i].n);
	metrics_head(out, "quarry_swe_wait_seconds", "histogram", "Time that rows of task swe wait before they are judged.");
	for (int i = 0; i < WAITS; i++)
		buf_addf(out, "quarry_swe_wait_seconds_bucket{le=\"%g\"} %llu\n", ends[i], (unsigned long long)now.waited[i]);
	buf_addf(out, "quarry_swe_wait_seconds_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)now.verdicts);
	buf_addf(out, "quarry_swe_wait_seconds_sum %.9g\nquarry_swe_wait_seconds_count %llu\n", now.wait_s, (unsigned long long)now.verdicts);
}

void desk_ready(struct desk *d, struct reply *r)
{
	struct buf swe = BUF_INIT;

	json_open(&swe, '{');
	if (!swe_ready(d->o.swe, &swe))
		r->status = 503;
	json_close(&swe, '}');
	json_open(&r->body, '{');
	json_key(&r->body, "status");
	json_add_z(&r->body, r->status == 200 ? "ok" : "no sandbox for rows of task swe");
	json_key(&r->body, "swe");
	json_add_raw(&r->body, buf_str(&swe));
	json_close(&r->body, '}');
	r->body.failed |= swe.failed;
	buf_release(&swe);
}

/* ---- */

int desk_open(struct desk **ret, const struct desk_options *o, struct err *err)
{
	struct desk *d = calloc(1, sizeof(*d));
	int n = 0;

	if (!d)
		return err_set(err, "out of memory");
	d->o = *o;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->work, NULL);
	d->thread = calloc((size_t)o->threads, sizeof(*d->thread));
	d->running = calloc((size_t)o->threads, sizeof(*d->running));
	while (d->thread && d->running && n < o->threads && pthread_create(&d->thread[n], NULL, work, d) == 0)
		n++;
	d->o.threads = n;
	if (n == 0) {
		desk_close(d);
		return err_set(err, "serve: no thread can be started");
	}
	*ret = d;
	return 0;
}

void desk_stop(struct desk *d)
{
	pthread_mutex_lock(&d->lock);
	d->ends = true;
	for (int i = 0; i < d->threads; i++)
		atomic_store(&d->running[i].until, 0);
	pthread_cond_broadcast(&d->work);
	pthread_mutex_unlock(&d->lock);
	for (int i = 0; i < d->o.threads; i++)
		pthread_join(d->thread[i], NULL);
	d->o.threads = 0;
}

void desk_close(struct desk *d)
{
	if (!d)
		return;
	desk_stop(d);
	pthread_cond_destroy(&d->work);
	pthread_mutex_destroy(&d->lock);
	free(d->running);
	free(d->thread);
	free(d);
}
