/* serve_metrics.c - what the service counts, by task and source; see serve.h. */
#include "cli/serve.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { SERIES = 512, SOURCES = 64, MARKS = 5, PATHS = 24, BUCKETS = 12, NAME = 64 };

/* Upper ends, in seconds. */
static const double ends[BUCKETS] = { 1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10 };

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

struct metrics {
	pthread_mutex_t lock;
	struct series series[SERIES];
	struct path path[PATHS];
	int nseries, npaths, sources;
};

struct metrics *metrics_new(void)
{
	struct metrics *m = calloc(1, sizeof(*m));

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

static bool source_known(const struct metrics *m, const char *source)
{
	for (int i = 0; i < m->nseries; i++)
		if (strcmp(m->series[i].source, source) == 0)
			return true;
	return false;
}

static struct series *find(struct metrics *m, const char *task, const char *source)
{
	for (int i = 0; i < m->nseries; i++)
		if (strcmp(m->series[i].task, task) == 0 && strcmp(m->series[i].source, source) == 0)
			return &m->series[i];
	if (!source_known(m, source)) {
		if (m->sources >= SOURCES && strcmp(source, "other"))
			return find(m, task, "other");
		m->sources++;
	}
	if (m->nseries == SERIES)
		return &m->series[SERIES - 1];
	snprintf(m->series[m->nseries].task, NAME, "%s", task);
	snprintf(m->series[m->nseries].source, NAME, "%s", source);
	return &m->series[m->nseries++];
}

void metrics_verdict(struct metrics *m, const struct judged *j, struct str source)
{
	char name[NAME];
	struct series *s;

	label(name, source);
	pthread_mutex_lock(&m->lock);
	s = find(m, j->rule ? quarry_rule_name(j->rule) : "unknown", name);
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
	int i = 0;

	pthread_mutex_lock(&m->lock);
	while (i < m->npaths && (m->path[i].path != path || m->path[i].status != status))
		i++;
	if (i == m->npaths && i < PATHS)
		m->path[m->npaths++] = (struct path){ .path = path, .status = status };
	if (i < PATHS)
		count(&m->path[i].took, seconds);
	pthread_mutex_unlock(&m->lock);
}

static void head(struct buf *b, const char *name, const char *kind, const char *what)
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

void metrics_text(struct buf *out, struct metrics *m, int queued, int active)
{
	char room[3 * NAME];

	pthread_mutex_lock(&m->lock);
	head(out, "quarry_verdicts_total", "counter", "Verdicts by mark.");
	for (int i = 0; i < m->nseries; i++)
		for (int k = 0; k < MARKS; k++)
			buf_addf(out, "quarry_verdicts_total{%s,mark=\"%s\"} %llu\n", labels_of(room, &m->series[i]),
				 quarry_mark_name((enum quarry_mark)k), (unsigned long long)m->series[i].mark[k]);
	head(out, "quarry_score_sum", "counter", "Sum of scores.");
	for (int i = 0; i < m->nseries; i++)
		buf_addf(out, "quarry_score_sum{%s} %.9g\n", labels_of(room, &m->series[i]), m->series[i].score);
	head(out, "quarry_format_ok_total", "counter", "Answers that came as they were asked for.");
	for (int i = 0; i < m->nseries; i++)
		buf_addf(out, "quarry_format_ok_total{%s} %llu\n", labels_of(room, &m->series[i]), (unsigned long long)m->series[i].format_ok);
	head(out, "quarry_response_bytes_total", "counter", "Bytes of responses that were right, and of those that were not.");
	for (int i = 0; i < m->nseries; i++) {
		labels_of(room, &m->series[i]);
		buf_addf(out, "quarry_response_bytes_total{%s,right=\"yes\"} %llu\n", room, (unsigned long long)m->series[i].bytes_right);
		buf_addf(out, "quarry_response_bytes_total{%s,right=\"no\"} %llu\n", room, (unsigned long long)m->series[i].bytes_wrong);
	}
	head(out, "quarry_verdict_seconds", "histogram", "Time of a verdict.");
	for (int i = 0; i < m->nseries; i++)
		histogram(out, "quarry_verdict_seconds", labels_of(room, &m->series[i]), &m->series[i].took);
	head(out, "quarry_request_seconds", "histogram", "Time from a whole request to its reply.");
	for (int i = 0; i < m->npaths; i++) {
		snprintf(room, sizeof(room), "path=\"%s\",status=\"%u\"", m->path[i].path, m->path[i].status);
		histogram(out, "quarry_request_seconds", room, &m->path[i].took);
	}
	pthread_mutex_unlock(&m->lock);
	head(out, "quarry_queue_depth", "gauge", "Requests that wait to be scored.");
	buf_addf(out, "quarry_queue_depth %d\n", queued);
	head(out, "quarry_requests_active", "gauge", "Requests that are being read, scored or answered.");
	buf_addf(out, "quarry_requests_active %d\n", active);
}
