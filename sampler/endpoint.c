/* endpoint.c - samples from an OpenAI-compatible server, by libcurl; see endpoint.h. */
#include "sampler/endpoint.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/rng.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	REPLY_BASE = 1 << 20,   /* bytes of one reply, and for each token that it may hold: a longer one is refused */
	REPLY_TOKEN = 4 << 10,  /* llama.cpp tells of twenty others beside each token */
	REPLY_MAX = 64 << 20,
	HEAD_MAX = 256 << 10,   /* bytes of its header lines */
	RETRY_AFTER_MAX = 300,  /* seconds that a server may make us wait */
	PAUSE_MAX = 60,
	POLL_MS = 50,
	CONCURRENCY_MAX = 4096,
	MODEL_LEN = 128, /* as in struct sampler_identity */
	AHEAD = 64, /* for each request at once: so many prompts are begun at most behind one that is not done, since their rows are held */
};

struct endpoint {
	struct sampler head;
	struct sampler_endpoint_options o;
	char url[512], model[MODEL_LEN];
	CURLM *multi;
	struct curl_slist *headers;
	bool local;       /* the server is on this machine: no proxy stands between */
	bool no_logprobs; /* it does not know them */
	bool logprobs;    /* it does */
	long answers;     /* samples that it gave: with one it is the right server */
	long warned;
};

/* What comes back of one request. */
struct reply {
	struct buf text;
	size_t most;        /* bytes of text */
	size_t head;        /* bytes of header lines so far */
	double retry_after; /* seconds, as the server asks, or 0 */
};

/* A prompt under way; it goes with its last request. */
struct prompt {
	struct prompt *next;
	uint64_t index, key;
	uint64_t ordinal; /* among the run's */
	void *tag;
	struct buf messages;
	int refs;
};

enum call_state { CALL_IDLE, CALL_RUNNING, CALL_WAITING };

/* One request; there are as many as may run at once. */
struct call {
	enum call_state state;
	struct prompt *prompt;
	int sample, tries;
	double when;  /* of CALL_WAITING: it is made again then */
	long answers; /* the server's when it was first made */
	bool plain;   /* it was made with log-probabilities in vain */
	struct buf body;
	struct reply reply;
	CURL *easy;
};

struct run {
	struct endpoint *e;
	const struct sampling *how;
	const struct sample_job *job;
	struct call *calls;
	int ncalls, busy;
	struct prompt *now; /* whose samples are being asked for; NULL: the next one is to be had */
	unsigned char *have;
	uint64_t begun; /* prompts */
	int at;
	bool no_more;
};

/* ---- what is sent ---- */

static uint64_t seed_of(const struct run *r, const struct call *c)
{
	/* 31 bits: several servers keep no more */
	return rng_mix(rng_mix(r->how->seed, c->prompt->key), (uint64_t)c->sample) >> 33;
}

static void write_body(const struct run *r, struct call *c)
{
	const struct sampling *how = r->how;
	struct buf *b = &c->body;

	buf_reset(b);
	json_open(b, '{');
	json_key(b, "model");
	json_add_z(b, r->e->model);
	json_key(b, "messages");
	json_add_raw(b, buf_str(&c->prompt->messages));
	json_key(b, "temperature");
	json_add_f64(b, how->temperature);
	json_key(b, "top_p");
	json_add_f64(b, how->top_p);
	if (how->top_k) { /* not of OpenAI's own interface */
		json_key(b, "top_k");
		json_add_i64(b, how->top_k);
	}
	if (how->min_p > 0) {
		json_key(b, "min_p");
		json_add_f64(b, how->min_p);
	}
	json_key(b, "max_tokens");
	json_add_i64(b, how->max_tokens);
	json_key(b, "n");
	json_add_i64(b, 1);
	json_key(b, "seed");
	json_add_u64(b, seed_of(r, c));
	if (how->nstop) {
		json_key(b, "stop");
		json_open(b, '[');
		for (int i = 0; i < how->nstop; i++)
			json_add_z(b, how->stop[i]);
		json_close(b, ']');
	}
	if (!c->plain) {
		json_key(b, "logprobs");
		json_add_bool(b, true);
	}
	json_close(b, '}');
}

static size_t on_data(char *data, size_t size, size_t n, void *p)
{
	struct reply *r = p;

	if (size * n > r->most - r->text.n)
		return 0;
	buf_add(&r->text, (struct str){ data, size * n });
	return r->text.failed ? 0 : size * n;
}

/* "12", or a date. */
static double seconds_until(struct str s)
{
	char date[64];
	double after;
	time_t then;

	if (str_f64(s, &after))
		return after;
	snprintf(date, sizeof(date), "%.*s", s.n < sizeof(date) ? (int)s.n : 0, s.s);
	then = curl_getdate(date, NULL);
	return then < 0 ? 0 : difftime(then, time(NULL));
}

static size_t on_header(char *data, size_t size, size_t n, void *p)
{
	struct str s = { data, size * n };
	struct reply *r = p;

	r->head += s.n;
	if (s.n > 12 && strncasecmp(s.s, "Retry-After:", 12) == 0) {
		double after = seconds_until(str_trim(str_from(s, 12)));

		r->retry_after = after > 0 ? after < RETRY_AFTER_MAX ? after : RETRY_AFTER_MAX : 0;
	}
	return r->head > HEAD_MAX ? 0 : s.n;
}

static void reply_reset(struct reply *r, size_t most)
{
	if (r->text.cap > REPLY_BASE) /* one long reply does not stay */
		buf_release(&r->text);
	buf_reset(&r->text);
	r->most = most;
	r->head = 0;
	r->retry_after = 0;
}

static size_t reply_most(const struct run *r)
{
	int64_t n = REPLY_BASE + (int64_t)r->how->max_tokens * REPLY_TOKEN;

	return n < REPLY_MAX ? (size_t)n : REPLY_MAX;
}

static void settings(CURL *easy, const struct endpoint *e, double timeout, struct reply *reply)
{
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, e->headers);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* a bearer token goes where it was meant to */
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https"); /* of libcurl 7.85 */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(timeout < 30 ? timeout * 1000 : 30000));
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout * 1000));
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* what on_data counts is unpacked already */
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, reply);
	if (e->local)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static int begin(struct run *r, struct call *c, struct err *err)
{
	struct endpoint *e = r->e;
	char url[600];

	c->plain |= e->no_logprobs;
	write_body(r, c);
	reply_reset(&c->reply, reply_most(r));
	if (c->body.failed)
		return err_set(err, "out of memory");
	if (!c->easy && !(c->easy = curl_easy_init()))
		return err_set(err, "libcurl gives no handle");
	snprintf(url, sizeof(url), "%s/chat/completions", e->url);
	curl_easy_reset(c->easy);
	settings(c->easy, e, e->o.timeout, &c->reply);
	curl_easy_setopt(c->easy, CURLOPT_URL, url);
	curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, c->body.s);
	curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body.n);
	curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
	if (curl_multi_add_handle(e->multi, c->easy) != CURLM_OK)
		return err_set(err, "libcurl takes no more requests");
	c->state = CALL_RUNNING;
	return 0;
}

/* ---- which samples are asked for ---- */

static void unref(struct prompt *p)
{
	if (p && --p->refs == 0) {
		buf_release(&p->messages);
		free(p);
	}
}

static int next_prompt(struct run *r, struct err *err)
{
	struct sample_prompt sp = { 0 };
	int rc = r->job->next(r->job->ctx, &sp, err);
	struct prompt *p;

	if (rc <= 0) {
		r->no_more = rc == 0;
		return rc;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return err_set(err, "out of memory");
	p->index = sp.index;
	p->key = sp.key;
	p->tag = sp.tag;
	p->refs = 1;
	p->ordinal = r->begun++;
	buf_add(&p->messages, sp.messages);
	if (sp.have)
		memcpy(r->have, sp.have, (size_t)r->how->n);
	else
		memset(r->have, 0, (size_t)r->how->n);
	r->now = p;
	r->at = 0;
	return p->messages.failed ? err_set(err, "out of memory") : 1;
}

/* Nobody wants this sample any more. */
static bool unwanted(const struct run *r, const struct prompt *p, int sample)
{
	return r->job->stop && r->job->stop(r->job->ctx, p->index, p->tag, sample, STR(""));
}

/* Rows come out in order: what is done behind a prompt that is not is held by whoever asked, so that there is a bound to it. */
static bool too_far_ahead(const struct run *r)
{
	uint64_t oldest = r->begun;

	for (int i = 0; i < r->ncalls; i++)
		if (r->calls[i].prompt && r->calls[i].prompt->ordinal < oldest)
			oldest = r->calls[i].prompt->ordinal;
	return r->begun - oldest >= (uint64_t)r->ncalls * AHEAD;
}

/* Give the call something to do: 1, or 0 where there is nothing left, or nothing yet. */
static int feed(struct run *r, struct call *c, struct err *err)
{
	while (!r->no_more) {
		int rc;

		if (!r->now && too_far_ahead(r))
			break;
		rc = r->now ? 1 : next_prompt(r, err);
		if (rc < 0)
			return rc;
		if (rc == 0)
			break;
		while (r->at < r->how->n && (r->have[r->at] || unwanted(r, r->now, r->at)))
			r->at++;
		if (r->at == r->how->n) {
			unref(r->now);
			r->now = NULL;
			continue;
		}
		c->prompt = r->now;
		c->prompt->refs++;
		c->sample = r->at++;
		c->tries = 0;
		c->answers = r->e->answers;
		c->plain = false;
		r->busy++;
		return begin(r, c, err) < 0 ? ERR_FAIL : 1;
	}
	return 0;
}

static void end_call(struct run *r, struct call *c)
{
	unref(c->prompt);
	c->prompt = NULL;
	c->state = CALL_IDLE;
	r->busy--;
}

/* ---- what comes back ---- */

/* The mean of the log-probabilities of the tokens that were drawn, and how many they are. */
static bool logprobs(struct json choice, double *mean, int *count)
{
	struct json lp, content, item, v;
	double sum = 0, x;
	int n = 0;

	if (!json_get(choice, "logprobs", &lp) || !json_get(lp, "content", &content) || content.kind != JSON_ARRAY)
		return false;
	for (struct json_iter it = json_iter(content); json_next(&it, NULL, &item); n++) {
		if (!json_get(item, "logprob", &v) || !json_f64(v, &x) || !isfinite(x))
			return false;
		sum += x;
	}
	*mean = n ? sum / n : 0;
	*count = n;
	return n > 0;
}

/* The texts of a list of parts. */
static bool parts_text(struct buf *text, struct json parts)
{
	struct json part, v;

	for (struct json_iter it = json_iter(parts); json_next(&it, NULL, &part);)
		if (json_get(part, "text", &v) && !json_str(v, text))
			return false;
	return true;
}

/* The text of a reply: a thought that the server took apart is put back in front. A model may say nothing, but not leave out that it did. */
static bool reply_text(struct buf *text, struct json message)
{
	struct json content, v;

	if ((json_get(message, "reasoning_content", &v) || json_get(message, "reasoning", &v)) && v.kind == JSON_STRING && v.raw.n > 2) {
		buf_addz(text, "<think>");
		json_str(v, text);
		buf_addz(text, "</think>");
	}
	json_get(message, "content", &content);
	if (content.kind == JSON_STRING)
		return json_str(content, text);
	if (content.kind == JSON_ARRAY)
		return parts_text(text, content);
	if (json_get(message, "refusal", &v) && v.kind == JSON_STRING)
		return json_str(v, text);
	return content.kind == JSON_NULL || (content.kind == JSON_NONE && (text->n > 0 || json_get(message, "tool_calls", &v)));
}

static int usage(struct json row, const char *name, int otherwise)
{
	struct json u, v;
	int64_t n;

	return json_get(row, "usage", &u) && json_get(u, name, &v) && json_i64(v, &n) && n >= 0 && n <= SAMPLING_TOKENS_MAX * 16 ? (int)n : otherwise;
}

/* False: this is no sample. */
static bool read_reply(struct sample *s, struct buf *text, const struct call *c)
{
	struct json row, choices, choice, message, v;
	struct err err;
	int tokens = 0;

	if (!json_parse(&row, buf_str(&c->reply.text), &err) || !json_get(row, "choices", &choices))
		return false;
	{
		struct json_iter it = json_iter(choices);

		if (!json_next(&it, NULL, &choice) || !json_get(choice, "message", &message) || !reply_text(text, message))
			return false;
	}
	json_get(choice, "finish_reason", &v);
	if (json_is(v, "abort") || json_is(v, "error"))
		return false;
	s->finish = json_is(v, "length") ? SAMPLE_LENGTH : SAMPLE_STOP;
	s->has_stats = logprobs(choice, &s->logprob_mean, &tokens);
	s->entropy_mean = NAN;
	s->tokens = usage(row, "completion_tokens", tokens);
	s->prompt_tokens = usage(row, "prompt_tokens", 0);
	if (json_is(v, "content_filter")) { /* the rest is not the model's */
		*s = (struct sample){ .prompt = s->prompt, .tag = s->tag, .index = s->index, .finish = SAMPLE_ERROR, .why = "the server's content filter cut it" };
		buf_reset(text);
	}
	return !text->failed;
}

/* What the server says is wrong, in one line. */
static void complaint(char *out, size_t cap, const struct call *c, long status)
{
	char *elsewhere = NULL;
	struct json row, e, m;
	char room[300];
	struct str s = str_trim(buf_str(&c->reply.text));
	struct err err;

	if (json_parse(&row, s, &err) && (json_get(row, "error", &e) ? (e.kind == JSON_STRING ? (m = e, true) : json_get(e, "message", &m)) : json_get(row, "message", &m)) &&
	    m.kind == JSON_STRING) {
		struct buf b = BUF_INIT;

		json_str(m, &b);
		snprintf(room, sizeof(room), "%.*s", (int)(b.n < 280 ? b.n : 280), buf_z(&b));
		buf_release(&b);
	} else {
		snprintf(room, sizeof(room), "%.*s", (int)(s.n < 120 ? s.n : 120), s.s);
	}
	for (char *p = room; *p; p++)
		if ((unsigned char)*p < 0x20)
			*p = ' ';
	curl_easy_getinfo(c->easy, CURLINFO_REDIRECT_URL, &elsewhere);
	if (elsewhere)
		snprintf(out, cap, "status %ld: it sends us to %.280s; name that address instead", status, elsewhere);
	else
		snprintf(out, cap, "status %ld: %s", status, room);
}

static int deliver(struct run *r, struct call *c, const struct sample *s, struct err *err)
{
	struct prompt *p = c->prompt;
	int rc;

	p->refs++; /* through done(), which may free what the tag points to */
	end_call(r, c);
	rc = r->job->done(r->job->ctx, s, err);
	for (int i = 0; rc >= 0 && r->job->stop && i < r->ncalls; i++) {
		struct call *other = &r->calls[i];

		if (other->state == CALL_IDLE || other->prompt != p || !unwanted(r, p, other->sample))
			continue;
		if (other->state == CALL_RUNNING)
			curl_multi_remove_handle(r->e->multi, other->easy);
		end_call(r, other);
	}
	unref(p);
	return rc;
}

static int fail_sample(struct run *r, struct call *c, const char *why, struct err *err)
{
	struct sample s = { .prompt = c->prompt->index, .tag = c->prompt->tag, .index = c->sample, .text = STR(""), .finish = SAMPLE_ERROR, .why = why };

	return deliver(r, c, &s, err);
}

static void warn(struct endpoint *e, const char *why)
{
	char text[1000];

	if (!e->o.warn || e->warned++ >= 5)
		return;
	snprintf(text, sizeof(text), "%s: %s; trying again", e->url, why);
	e->o.warn(text);
}

/*
 * It may pass: again after a pause. When the tries are used up, a server that answered others meanwhile has this one sample in error
 * (mine: as far as the reply tells, the request may be at fault), and else the run ends.
 */
static int try_again(struct run *r, struct call *c, bool mine, const char *why, struct err *err)
{
	struct endpoint *e = r->e;
	double pause = e->o.pause * ldexp(1, c->tries < 20 ? c->tries : 20);
	struct rng rng;

	if (++c->tries >= e->o.tries)
		return mine && e->answers > c->answers ? fail_sample(r, c, why, err) : err_set(err, "%s: %d tries failed, the last one with: %s", e->url, c->tries, why);
	warn(e, why);
	/* spread out: what failed together does not come back together */
	rng_init(&rng, seed_of(r, c) + (uint64_t)c->tries, "pause");
	pause = (pause < PAUSE_MAX ? pause : PAUSE_MAX) * (0.5 + rng_unit(&rng));
	c->when = clock_s() + (c->reply.retry_after > pause ? c->reply.retry_after : pause);
	c->state = CALL_WAITING;
	return 0;
}

static bool may_pass(long status)
{
	return status == 408 || status == 409 || status == 425 || status == 429 || status >= 500;
}

/* The same request without log-probabilities, which cost many bytes and which some servers refuse. */
static int without_logprobs(struct run *r, struct call *c, struct err *err)
{
	c->plain = true;
	return begin(r, c, err);
}

static int broken_off(struct run *r, struct call *c, CURLcode code, struct err *err)
{
	char why[80];

	if (code != CURLE_WRITE_ERROR)
		return try_again(r, c, code != CURLE_COULDNT_CONNECT && code != CURLE_COULDNT_RESOLVE_HOST && code != CURLE_COULDNT_RESOLVE_PROXY,
				 curl_easy_strerror(code), err);
	if (c->reply.text.failed)
		return err_set(err, "out of memory");
	if (c->reply.head > HEAD_MAX)
		return try_again(r, c, true, "the reply's header lines are endless", err);
	if (!c->plain)
		return without_logprobs(r, c, err);
	snprintf(why, sizeof(why), "the reply is larger than %zu MiB", c->reply.most >> 20);
	return fail_sample(r, c, why, err);
}

static int refused(struct run *r, struct call *c, long status, struct err *err)
{
	struct endpoint *e = r->e;
	char why[400];

	complaint(why, sizeof(why), c, status);
	if (may_pass(status))
		return try_again(r, c, status == 500, why, err);
	if ((status == 400 || status == 422) && !c->plain && !e->logprobs)
		return without_logprobs(r, c, err);
	if (!e->answers && status != 400 && status != 413 && status != 422)
		return err_set(err, "%s: %s", e->url, why);
	return fail_sample(r, c, why, err);
}

static int finished(struct run *r, struct call *c, CURLcode code, struct err *err)
{
	struct endpoint *e = r->e;
	struct sample s = { .prompt = c->prompt->index, .tag = c->prompt->tag, .index = c->sample, .why = "" };
	struct buf text = BUF_INIT;
	long status = 0;
	int rc;

	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_multi_remove_handle(e->multi, c->easy);
	if (code != CURLE_OK)
		return broken_off(r, c, code, err);
	if (status != 200)
		return refused(r, c, status, err);
	if (!read_reply(&s, &text, c)) {
		buf_release(&text);
		c->plain |= c->tries > 0; /* some servers write NaN there */
		return try_again(r, c, true, "the reply is no chat completion", err);
	}
	e->answers++;
	e->logprobs |= !c->plain;
	e->no_logprobs |= c->plain && !e->logprobs;
	s.text = buf_str(&text);
	rc = deliver(r, c, &s, err);
	buf_release(&text);
	return rc;
}

/* ---- the run ---- */

/* How many requests came to an end. */
static int collect(struct run *r, struct err *err)
{
	CURLMsg *m;
	int left, n = 0;

	while ((m = curl_multi_info_read(r->e->multi, &left))) {
		CURLcode code = m->data.result;
		char *call;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &call);
		if (finished(r, (struct call *)(void *)call, code, err) < 0)
			return ERR_FAIL;
		n++;
	}
	return n;
}

static int refill(struct run *r, struct err *err)
{
	double now = clock_s();

	for (int i = 0; i < r->ncalls; i++) {
		struct call *c = &r->calls[i];
		int rc = 0;

		if (c->state == CALL_WAITING && now >= c->when)
			rc = begin(r, c, err);
		else if (c->state == CALL_IDLE)
			rc = feed(r, c, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int loop(struct run *r, struct err *err)
{
	int running, ended;

	for (;;) {
		if (r->job->quit && r->job->quit(r->job->ctx))
			return ERR_STOPPED;
		if (refill(r, err) < 0)
			return ERR_FAIL;
		if (r->busy == 0)
			return 0;
		curl_multi_perform(r->e->multi, &running);
		ended = collect(r, err);
		if (ended < 0)
			return ERR_FAIL;
		if (ended == 0) /* else there is something to begin */
			curl_multi_poll(r->e->multi, NULL, 0, POLL_MS, NULL);
	}
}

static int run(struct sampler *s, const struct sampling *how, const struct sample_job *job, struct err *err)
{
	struct endpoint *e = (struct endpoint *)s;
	struct run r = { .e = e, .how = how, .job = job, .ncalls = e->o.concurrency };
	int rc;

	r.calls = calloc((size_t)r.ncalls, sizeof(*r.calls));
	r.have = malloc((size_t)how->n);
	rc = r.calls && r.have ? loop(&r, err) : err_set(err, "out of memory");
	for (int i = 0; r.calls && i < r.ncalls; i++) {
		struct call *c = &r.calls[i];

		if (c->state == CALL_RUNNING)
			curl_multi_remove_handle(e->multi, c->easy);
		unref(c->prompt);
		curl_easy_cleanup(c->easy);
		buf_release(&c->body);
		buf_release(&c->reply.text);
	}
	unref(r.now);
	free(r.calls);
	free(r.have);
	return rc;
}

static void describe(const struct sampler *s, struct sampler_identity *who)
{
	const struct endpoint *e = (const struct endpoint *)s;

	*who = (struct sampler_identity){ .think_open = false };
	snprintf(who->name, sizeof(who->name), "%s", e->model);
}

static void release(struct sampler *s)
{
	struct endpoint *e = (struct endpoint *)s;

	if (e->multi)
		curl_multi_cleanup(e->multi);
	curl_slist_free_all(e->headers);
	free(e);
}

/* ---- opening ---- */

static int add_header(struct endpoint *e, const char *text, struct err *err)
{
	struct curl_slist *list = curl_slist_append(e->headers, text);

	if (!list)
		return err_set(err, "out of memory");
	e->headers = list;
	return 0;
}

static int headers(struct endpoint *e, struct err *err)
{
	const char *key = e->o.key ? e->o.key : getenv("QUARRY_API_KEY");
	char text[600];

	key = key && *key ? key : getenv("OPENAI_API_KEY");
	if (add_header(e, "Content-Type: application/json", err) < 0 || add_header(e, "Expect:", err) < 0)
		return ERR_FAIL;
	if (!key || !*key)
		return 0;
	if (strlen(key) > 500 || strpbrk(key, "\r\n"))
		return err_set(err, "the API key is no token of one line");
	snprintf(text, sizeof(text), "Authorization: Bearer %s", key);
	return add_header(e, text, err);
}

/* Ask which models there are: 200 and JSON, or an error; 1: it does not tell, and the model was named. */
static int ask_models(struct endpoint *e, struct reply *reply, struct err *err)
{
	double pause = e->o.pause;
	char url[600];

	snprintf(url, sizeof(url), "%s/models", e->url);
	for (int tries = 1;; tries++) {
		CURL *easy = curl_easy_init();
		long status = 0;
		CURLcode code;

		if (!easy)
			return err_set(err, "libcurl gives no handle");
		reply_reset(reply, REPLY_MAX);
		settings(easy, e, e->o.timeout < 30 ? e->o.timeout : 30, reply);
		curl_easy_setopt(easy, CURLOPT_URL, url);
		code = curl_easy_perform(easy);
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_cleanup(easy);
		if (code == CURLE_OK && status == 200)
			return 0;
		if (code == CURLE_OK && *e->model && (status == 404 || status == 405 || status == 501))
			return 1;
		if (code == CURLE_WRITE_ERROR)
			return err_set(err, "%s: the reply is too large for a list of models", url);
		if (tries >= e->o.tries || tries >= (code == CURLE_OK ? 4 : 2) || (code == CURLE_OK && !may_pass(status)))
			return code != CURLE_OK ? err_set(err, "%s: %s", url, curl_easy_strerror(code))
						: err_set(err, "%s: status %ld; does the address end in /v1, and is a key needed (QUARRY_API_KEY)?", url, status);
		nanosleep(&(struct timespec){ .tv_sec = (time_t)pause, .tv_nsec = (long)(fmod(pause, 1) * 1e9) }, NULL);
		pause *= 2;
	}
}

/* A name that fits and can be shown. */
static bool model_name(struct json item, char name[MODEL_LEN])
{
	struct json id;

	if (!json_get(item, "id", &id) || !json_z(id, name, MODEL_LEN) || !*name)
		return false;
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p < 0x20)
			return false;
	return true;
}

/* The model's name: the one that was asked for, if the server lists it, or the only one there is. */
static int choose_model(struct endpoint *e, struct err *err)
{
	struct json row, data, item;
	struct buf names = BUF_INIT;
	struct reply reply = { .text = BUF_INIT };
	int n = 0, rc = ask_models(e, &reply, err);
	char name[MODEL_LEN], only[MODEL_LEN] = "";
	bool found = rc > 0;

	if (rc == 0 && (!json_parse(&row, buf_str(&reply.text), err) || !json_get(row, "data", &data) || data.kind != JSON_ARRAY))
		rc = err_set(err, "%s/models: this is no list of models", e->url);
	for (struct json_iter it = json_iter(rc == 0 ? data : (struct json){ 0 }); json_next(&it, NULL, &item);) {
		if (!model_name(item, name))
			continue;
		found |= strcmp(name, e->model) == 0;
		memcpy(only, name, sizeof(only));
		if (n++ < 8)
			buf_addf(&names, "%s%s", n > 1 ? ", " : "", name);
	}
	if (rc == 0 && n == 0)
		rc = err_set(err, "%s lists no model by a name of at most %d bytes; does it take a shorter one (--alias, --served-model-name)?", e->url, MODEL_LEN - 1);
	else if (rc == 0 && *e->model && !found)
		rc = err_set(err, "%s has no model \"%s\"; it has %s", e->url, e->model, buf_z(&names));
	else if (rc == 0 && !*e->model && n > 1)
		rc = err_set(err, "%s has %d models (%s); name one behind the address: %s#NAME", e->url, n, buf_z(&names), e->url);
	else if (rc == 0 && !*e->model)
		memcpy(e->model, only, sizeof(only));
	buf_release(&reply.text);
	buf_release(&names);
	return rc < 0 ? rc : 0;
}

/* What is asked of this machine goes to no proxy, whatever the environment says. */
static bool is_local(const char *host)
{
	size_t n = strlen(host);

	return strcmp(host, "[::1]") == 0 || strcasecmp(host, "localhost") == 0 || (n > 10 && strcasecmp(host + n - 10, ".localhost") == 0) ||
	       (strncmp(host, "127.", 4) == 0 && host[strspn(host, "0123456789.")] == 0);
}

static bool url_read(struct endpoint *e)
{
	CURLU *u = curl_url();
	char *host = NULL;
	bool ok = u && curl_url_set(u, CURLUPART_URL, e->url, 0) == CURLUE_OK && curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK;

	e->local = ok && is_local(host);
	curl_free(host);
	curl_url_cleanup(u);
	return ok;
}

static int split_url(struct endpoint *e, const char *url, struct err *err)
{
	struct str s = str_of(url), name = STR("");
	ptrdiff_t hash = str_chr(s, '#');

	if (hash >= 0) {
		name = str_from(s, (size_t)hash + 1);
		s = str_sub(s, 0, (size_t)hash);
	}
	while (s.n && s.s[s.n - 1] == '/')
		s.n--;
	if (s.n < sizeof(e->url) && name.n < sizeof(e->model) && (str_starts(s, STR("http://")) || str_starts(s, STR("https://")))) {
		memcpy(e->url, s.s, s.n);
		memcpy(e->model, name.s, name.n);
		if (url_read(e))
			return 0;
	}
	return err_set(err, "model \"%.200s\" is no address like http://127.0.0.1:8080/v1 or http://127.0.0.1:8080/v1#NAME", url);
}

int sampler_endpoint_open(struct sampler **ret, const char *url, const struct sampler_endpoint_options *o, struct err *err)
{
	static const struct sampler_kind kind = { run, describe, NULL, release };
	struct endpoint *e = calloc(1, sizeof(*e));
	int rc;

	if (!e)
		return err_set(err, "out of memory");
	e->head.kind = &kind;
	if (o)
		e->o = *o;
	e->o.concurrency = e->o.concurrency > 0 ? e->o.concurrency < CONCURRENCY_MAX ? e->o.concurrency : CONCURRENCY_MAX : 64;
	e->o.tries = e->o.tries > 0 ? e->o.tries : 8;
	e->o.timeout = e->o.timeout > 0 ? e->o.timeout : 600;
	e->o.pause = e->o.pause > 0 ? e->o.pause : 0.5;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	e->multi = curl_multi_init();
	rc = e->multi ? split_url(e, url, err) : err_set(err, "libcurl cannot be started");
	if (rc == 0)
		rc = headers(e, err);
	if (rc == 0)
		rc = choose_model(e, err);
	if (rc < 0) {
		release(&e->head);
		return rc;
	}
	curl_multi_setopt(e->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)e->o.concurrency);
	*ret = &e->head;
	return 0;
}
