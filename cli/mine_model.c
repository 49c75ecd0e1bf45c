/* mine_model.c - a model that writes what a history lacks. See mine_model.h. */
#include "cli/mine_model.h"

#include "base/hash.h"
#include "base/json.h"
#include "cli/model.h"
#include "cli/stop.h"

#include <pthread.h>
#include <stdlib.h>

enum { CLIENTS = 64 };

struct mine_model {
	char *name;
	const struct common *common;
	struct sampling how;
	struct sampler_identity who;
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	struct sampler *idle[CLIENTS];
	int n_idle, n_open, most; /* most: clients at one time */
};

static int set_how(struct mine_model *m, const struct mine_model_options *o, struct err *err)
{
	sampler_defaults(m->idle[0], &m->how);
	m->how.n = o->samples;
	m->how.max_tokens = o->max_tokens ? o->max_tokens : 4096;
	m->how.seed = o->seed;
	if (o->temperature_given)
		m->how.temperature = o->temperature;
	return sampling_check(&m->how, err);
}

int mine_model_open(struct mine_model **ret, const char *model, const struct common *common, const struct mine_model_options *o, struct err *err)
{
	struct mine_model *m = calloc(1, sizeof(*m));
	bool server = strstr(model, "://");
	int rc;

	*ret = NULL;
	if (!m || !(m->name = strdup(model))) {
		free(m);
		return err_set(err, "out of memory");
	}
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->given_back, NULL);
	m->common = common;
	m->most = !server ? 1 : common->threads < CLIENTS ? (int)common->threads : CLIENTS;
	rc = model_sampler(&m->idle[0], model, common, err);
	if (rc == 0) {
		m->n_idle = m->n_open = 1;
		sampler_describe(m->idle[0], &m->who);
		rc = set_how(m, o, err);
	}
	if (rc < 0) {
		mine_model_close(m);
		return rc;
	}
	*ret = m;
	return 0;
}

void mine_model_close(struct mine_model *m)
{
	if (!m)
		return;
	for (int i = 0; i < m->n_idle; i++)
		sampler_free(m->idle[i]);
	pthread_cond_destroy(&m->given_back);
	pthread_mutex_destroy(&m->lock);
	free(m->name);
	free(m);
}

const char *mine_model_name(const struct mine_model *m)
{
	return m->who.name;
}

int mine_model_samples(const struct mine_model *m)
{
	return m->how.n;
}

static struct sampler *take(struct mine_model *m, struct err *err)
{
	struct sampler *s = NULL;
	bool more;

	pthread_mutex_lock(&m->lock);
	while (!m->n_idle && m->n_open == m->most)
		pthread_cond_wait(&m->given_back, &m->lock);
	more = !m->n_idle;
	if (more)
		m->n_open++;
	else
		s = m->idle[--m->n_idle];
	pthread_mutex_unlock(&m->lock);
	if (more && model_sampler(&s, m->name, m->common, err) < 0) {
		pthread_mutex_lock(&m->lock);
		m->n_open--;
		pthread_cond_signal(&m->given_back);
		pthread_mutex_unlock(&m->lock);
		return NULL;
	}
	return s;
}

static void give(struct mine_model *m, struct sampler *s)
{
	pthread_mutex_lock(&m->lock);
	m->idle[m->n_idle++] = s;
	pthread_cond_signal(&m->given_back);
	pthread_mutex_unlock(&m->lock);
}

struct question {
	struct sample_prompt prompt;
	struct buf *reply;
	bool asked;
};

static int next(void *ctx, struct sample_prompt *p, struct err *err)
{
	struct question *q = ctx;

	(void)err;
	if (q->asked)
		return 0;
	q->asked = true;
	*p = q->prompt;
	return 1;
}

static int done(void *ctx, const struct sample *s, struct err *err)
{
	struct question *q = ctx;

	if (s->finish != SAMPLE_ERROR)
		buf_add(&q->reply[s->index], s->text);
	return q->reply[s->index].failed ? err_set(err, "out of memory") : 0;
}

int mine_model_ask(struct mine_model *m, struct str prompt, struct buf *reply, struct err *err)
{
	struct question q = { .reply = reply };
	struct sample_job job = { .next = next, .done = done, .quit = stop_quit, .ctx = &q };
	struct buf messages = BUF_INIT;
	struct sampler *s = take(m, err);
	int rc;

	if (!s)
		return ERR_FAIL;
	json_open(&messages, '[');
	json_open(&messages, '{');
	json_key(&messages, "role");
	json_add_z(&messages, "user");
	json_key(&messages, "content");
	json_add_str(&messages, prompt);
	json_close(&messages, '}');
	json_close(&messages, ']');
	for (int i = 0; i < m->how.n; i++)
		buf_reset(&reply[i]);
	q.prompt = (struct sample_prompt){ .key = hash64(prompt.s, prompt.n, 0), .messages = buf_str(&messages), .row = STR("{}") };
	rc = messages.failed ? err_set(err, "out of memory") : sampler_run(s, &m->how, &job, err);
	buf_release(&messages);
	give(m, s);
	return rc;
}
