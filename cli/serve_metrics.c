/* serve_metrics.c - what the service counts, by task and source; see serve.h. */
#include "cli/serve.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SERIES = 1024, /* a task's verdicts by one source; */
	SPARE = 128,   /* the last of them are for sources that came too late: one a task, "other" */
	SLOTS = 2048,  /* of the hash table over them, a power of 2 */
	SOURCES = 64,
	MARKS = QUARRY_BAD_TASK + 1,
	PATHS = 128,
	BUCKETS = 13,
	NAME = 64,
};

/* Upper ends, in seconds. */
static const double ends[BUCKETS] = { 1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100 };

struct histogram {
	uint64_t count[BUCKETS], all;
	double sum;
};

struct series {
	char task[NAME], source[NAME];
	uint64_t mark[MARKS], format_ok, bytes_right, bytes_wrong;
	double score;
	struct histogram took;
};

struct path {
	const char *path;
	unsigned status;
	struct histogram took;
};

struct counts {
	struct series series[SERIES];
	struct path path[PATHS];
	int nseries, npaths;
};

struct metrics {
	pthread_mutex_t lock;
	struct counts c;
	uint16_t slot[SLOTS]; /* 1 + the number of a series; 0: free */
	char source[SOURCES][NAME];
	int sources;
};

struct metrics *metrics_new(void)
{
	struct metrics *m = calloc(1, sizeof(*m));

	assert(!quarry_rule_at(SPARE - 3)); /* two of the spare are for swe, and for tasks that we do not know */
	if (m)
		pthread_mutex_init(&m->lock, NULL);
	return m;
}

void metrics_free(struct metrics *m)
{
	if (m)
		pthread_mutex_destroy(&m->lock);
	free(m);
}

static void count(struct histogram *h, double seconds)
{
	for (int i = 0; i < BUCKETS; i++)
		h->count[i] += seconds <= ends[i];
	h->all++;
	h->sum += seconds;
}

/* A label's value: what Prometheus would need escaped, and what is no text, becomes '_'. */
static void label(char out[NAME], struct str s)
{
	size_t n = s.n < NAME - 1 ? s.n : NAME - 1;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s.s[i];

		out[i] = c < 0x20 || c >= 0x7f || c == '"' || c == '\\' ? '_' : (char)c;
	}
	out[n] = 0;
}

static uint32_t hash(uint32_t h, const char *z)
{
	while (*z)
		h = (h ^ (unsigned char)*z++) * 16777619u;
	return (h ^ 0xff) * 16777619u;
}

/* Where the series is, or the free slot that it would get. */
static uint16_t *slot_of(struct metrics *m, const char *task, const char *source)
{
	uint32_t at = hash(hash(2166136261u, task), source);

	for (;; at++) {
		uint16_t *slot = &m->slot[at % SLOTS];
		const struct series *s = *slot ? &m->c.series[*slot - 1] : NULL;

		if (!s || (strcmp(s->task, task) == 0 && strcmp(s->source, source) == 0))
			return slot;
	}
}

/* One of the first so many. */
static bool source_counts(struct metrics *m, const char *source)
{
	for (int i = 0; i < m->sources; i++)
		if (strcmp(m->source[i], source) == 0)
			return true;
	if (m->sources == SOURCES)
		return false;
	snprintf(m->source[m->sources++], NAME, "%s", source);
	return true;
}

static struct series *find(struct metrics *m, const char *task, const char *source)
{
	uint16_t *slot = slot_of(m, task, source);
	struct series *s;

	if (*slot)
		return &m->c.series[*slot - 1];
	if (strcmp(source, "other") && (m->c.nseries >= SERIES - SPARE || !source_counts(m, source)))
		return find(m, task, "other");
	assert(m->c.nseries < SERIES);
	s = &m->c.series[m->c.nseries++];
	*slot = (uint16_t)m->c.nseries;
	snprintf(s->task, NAME, "%s", task);
	snprintf(s->source, NAME, "%s", source);
	return s;
}

void metrics_verdict(struct metrics *m, const struct judged *j)
{
	char name[NAME];
	struct series *s;

	label(name, j->source);
	pthread_mutex_lock(&m->lock);
	s = find(m, j->rule ? quarry_rule_name(j->rule) : j->is_swe ? "swe" : "unknown", name);
	s->mark[j->v.mark]++;
	s->score += j->v.score;
	s->format_ok += j->v.format_ok;
	if (j->v.mark == QUARRY_CORRECT)
		s->bytes_right += j->response.n;
	else if (j->v.mark != QUARRY_BAD_TASK)
		s->bytes_wrong += j->response.n;
	count(&s->took, j->us / 1e6);
	pthread_mutex_unlock(&m->lock);
}

void metrics_request(struct metrics *m, const char *path, unsigned status, double seconds)
{
	struct counts *c = &m->c;
	int i = 0;

	pthread_mutex_lock(&m->lock);
	while (i < c->npaths && (c->path[i].path != path || c->path[i].status != status))
		i++;
	if (i == c->npaths && i < PATHS)
		c->path[c->npaths++] = (struct path){ .path = path, .status = status };
	if (i < PATHS)
		count(&c->path[i].took, seconds);
	pthread_mutex_unlock(&m->lock);
}

void metrics_head(struct buf *b, const char *name, const char *kind, const char *what)
{
	buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n", name, what, name, kind);
}

static void histogram(struct buf *b, const char *name, const char *labels, const struct histogram *h)
{
	for (int i = 0; i < BUCKETS; i++)
		buf_addf(b, "%s_bucket{%s,le=\"%g\"} %llu\n", name, labels, ends[i], (unsigned long long)h->count[i]);
	buf_addf(b, "%s_bucket{%s,le=\"+Inf\"} %llu\n", name, labels, (unsigned long long)h->all);
	buf_addf(b, "%s_sum{%s} %.9g\n%s_count{%s} %llu\n", name, labels, h->sum, name, labels, (unsigned long long)h->all);
}

static const char *labels_of(char room[3 * NAME], const struct series *s)
{
	snprintf(room, 3 * NAME, "task=\"%s\",source=\"%s\"", s->task, s->source);
	return room;
}

static void counts_text(struct buf *out, const struct counts *m)
{
	char room[3 * NAME];

	metrics_head(out, "quarry_verdicts_total", "counter", "Verdicts by mark.");
	for (int i = 0; i < m->nseries; i++)
		for (int k = 0; k < MARKS; k++)
			buf_addf(out, "quarry_verdicts_total{%s,mark=\"%s\"} %llu\n", labels_of(room, &m->series[i]),
				 quarry_mark_name((enum quarry_mark)k), (unsigned long long)m->series[i].mark[k]);
	metrics_head(out, "quarry_score_sum", "counter", "Sum of scores.");
	for (int i = 0; i < m->nseries; i++)
		buf_addf(out, "quarry_score_sum{%s} %.9g\n", labels_of(room, &m->series[i]), m->series[i].score);
	metrics_head(out, "quarry_format_ok_total", "counter", "Answers that came as they were asked for.");
	for (int i = 0; i < m->nseries; i++)
		buf_addf(out, "quarry_format_ok_total{%s} %llu\n", labels_of(room, &m->series[i]), (unsigned long long)m->series[i].format_ok);
	metrics_head(out, "quarry_response_bytes_total", "counter", "Bytes of responses that were right, and of those that were not.");
	for (int i = 0; i < m->nseries; i++) {
		labels_of(room, &m->series[i]);
		buf_addf(out, "quarry_response_bytes_total{%s,right=\"yes\"} %llu\n", room, (unsigned long long)m->series[i].bytes_right);
		buf_addf(out, "quarry_response_bytes_total{%s,right=\"no\"} %llu\n", room, (unsigned long long)m->series[i].bytes_wrong);
	}
	metrics_head(out, "quarry_verdict_seconds", "histogram", "Time of a verdict.");
	for (int i = 0; i < m->nseries; i++)
		histogram(out, "quarry_verdict_seconds", labels_of(room, &m->series[i]), &m->series[i].took);
	metrics_head(out, "quarry_request_seconds", "histogram", "Time from a whole request to its reply.");
	for (int i = 0; i < m->npaths; i++) {
		snprintf(room, sizeof(room), "path=\"%s\",status=\"%u\"", m->path[i].path, m->path[i].status);
		histogram(out, "quarry_request_seconds", room, &m->path[i].took);
	}
}

void metrics_text(struct buf *out, struct metrics *m, int queued, int active)
{
	struct counts *c = malloc(sizeof(*c)); /* a copy: nobody waits while it is written out */

	if (!c) {
		out->failed = true;
		return;
	}
	pthread_mutex_lock(&m->lock);
	*c = m->c;
	pthread_mutex_unlock(&m->lock);
	counts_text(out, c);
	free(c);
	metrics_head(out, "quarry_queue_depth", "gauge", "Requests that wait to be scored.");
	buf_addf(out, "quarry_queue_depth %d\n", queued);
	metrics_head(out, "quarry_requests_active", "gauge", "Requests that are being read, scored or answered.");
	buf_addf(out, "quarry_requests_active %d\n", active);
}
