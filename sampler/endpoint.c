/* endpoint.c - samples from an OpenAI-compatible server, by libcurl; see endpoint.h. */
#include "sampler/endpoint.h"
#include "base/json.h"
#include "base/rng.h"

#include <curl/curl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
	REPLY_MAX = 64 << 20,   /* bytes of one reply; a longer one is refused */
	RETRY_AFTER_MAX = 300,  /* seconds that a server may make us wait */
	PAUSE_MAX = 60,
	POLL_MS = 50,
	CONCURRENCY_MAX = 4096,
};

struct endpoint {
	struct sampler head;
	struct sampler_endpoint_options o;
	char url[512], model[128];
	CURLM *multi;
	struct curl_slist *headers;
	bool no_logprobs; /* the server does not know them */
	bool answered;    /* it gave at least one sample: it is the right server */
	long warned;
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A prompt under way; it goes with its last request. */
struct prompt {
	struct prompt *next;
	uint64_t index, key;
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
	double when;        /* of CALL_WAITING: it is made again then */
	double retry_after; /* as the server's last reply asked, or 0 */
	bool with_logprobs;
	struct buf body, reply;
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
	c->with_logprobs = !r->e->no_logprobs;
	if (c->with_logprobs) {
		json_key(b, "logprobs");
		json_add_bool(b, true);
	}
	json_close(b, '}');
}

static size_t on_data(char *data, size_t size, size_t n, void *p)
{
	struct buf *b = p;

	if (b->n + size * n > REPLY_MAX)
		return 0;
	buf_add(b, (struct str){ data, size * n });
	return b->failed ? 0 : size * n;
}

static size_t on_header(char *data, size_t size, size_t n, void *p)
{
	struct str s = { data, size * n };
	struct call *c = p;
	double after;

	if (s.n > 12 && strncasecmp(s.s, "Retry-After:", 12) == 0 && str_f64(str_trim(str_from(s, 12)), &after) && after > 0)
		c->retry_after = after < RETRY_AFTER_MAX ? after : RETRY_AFTER_MAX;
	return size * n;
}

static void settings(CURL *easy, const struct endpoint *e, double timeout)
{
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, e->headers);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L); /* a bearer token goes where it was meant to */
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https"); /* of libcurl 7.85 */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(timeout < 30 ? timeout * 1000 : 30000));
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(timeout * 1000));
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
}

static int begin(struct run *r, struct call *c, struct err *err)
{
	struct endpoint *e = r->e;
	char url[600];

	write_body(r, c);
	buf_reset(&c->reply);
	c->retry_after = 0;
	if (c->body.failed)
		return err_set(err, "out of memory");
	if (!c->easy && !(c->easy = curl_easy_init()))
		return err_set(err, "libcurl gives no handle");
	snprintf(url, sizeof(url), "%s/chat/completions", e->url);
	curl_easy_reset(c->easy);
	settings(c->easy, e, e->o.timeout);
	curl_easy_setopt(c->easy, CURLOPT_URL, url);
	curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, c->body.s);
	curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body.n);
	curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, &c->reply);
	curl_easy_setopt(c->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c->easy, CURLOPT_HEADERDATA, c);
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

/* Give the call something to do: 1, or 0 where there is nothing left. */
static int feed(struct run *r, struct call *c, struct err *err)
{
	while (!r->no_more) {
		int rc = r->now ? 1 : next_prompt(r, err);

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

/* The mean of the log-probabilities of the tokens that were drawn. */
static bool logprobs(struct json choice, double *mean)
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
	return n > 0;
}

/* The text of a reply: a thought that the server took apart is put back in front. */
static bool reply_text(struct buf *text, struct json message)
{
	struct json content, thought;

	if ((json_get(message, "reasoning_content", &thought) || json_get(message, "reasoning", &thought)) && thought.kind == JSON_STRING &&
	    thought.raw.n > 2) {
		buf_addz(text, "<think>");
		json_str(thought, text);
		buf_addz(text, "</think>");
	}
	if (!json_get(message, "content", &content) || content.kind == JSON_NULL)
		return text->n > 0;
	return json_str(content, text);
}

static int usage(struct json row, const char *name)
{
	struct json u, v;
	int64_t n;

	return json_get(row, "usage", &u) && json_get(u, name, &v) && json_i64(v, &n) && n >= 0 && n <= SAMPLING_TOKENS_MAX * 16 ? (int)n : 0;
}

/* False: this is no sample. */
static bool read_reply(struct sample *s, struct buf *text, const struct call *c)
{
	struct json row, choices, choice, message, v;
	struct err err;

	if (!json_parse(&row, buf_str(&c->reply), &err) || !json_get(row, "choices", &choices))
		return false;
	{
		struct json_iter it = json_iter(choices);

		if (!json_next(&it, NULL, &choice) || !json_get(choice, "message", &message) || !reply_text(text, message))
			return false;
	}
	s->finish = json_get(choice, "finish_reason", &v) && json_is(v, "length") ? SAMPLE_LENGTH : SAMPLE_STOP;
	s->tokens = usage(row, "completion_tokens");
	s->prompt_tokens = usage(row, "prompt_tokens");
	s->has_stats = logprobs(choice, &s->logprob_mean);
	s->entropy_mean = NAN;
	return !text->failed;
}

/* What the server says is wrong, in one line. */
static void complaint(char *out, size_t cap, const struct call *c, long status)
{
	struct json row, e, m;
	char room[300];
	struct str s = str_trim(buf_str(&c->reply));
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

/* It may pass: again after a pause, or the end of the run. */
static int try_again(struct run *r, struct call *c, const char *why, struct err *err)
{
	struct endpoint *e = r->e;
	double pause = e->o.pause * ldexp(1, c->tries < 20 ? c->tries : 20);
	struct rng rng;

	if (++c->tries >= e->o.tries)
		return err_set(err, "%s: %d tries failed, the last one with: %s", e->url, c->tries, why);
	warn(e, why);
	/* spread out: what failed together does not come back together */
	rng_init(&rng, seed_of(r, c) + (uint64_t)c->tries, "pause");
	pause = (pause < PAUSE_MAX ? pause : PAUSE_MAX) * (0.5 + rng_unit(&rng));
	c->when = now_s() + (c->retry_after > pause ? c->retry_after : pause);
	c->state = CALL_WAITING;
	return 0;
}

static bool may_pass(long status)
{
	return status == 408 || status == 409 || status == 425 || status == 429 || status >= 500;
}

static int finished(struct run *r, struct call *c, CURLcode code, struct err *err)
{
	struct endpoint *e = r->e;
	struct sample s = { .prompt = c->prompt->index, .tag = c->prompt->tag, .index = c->sample, .why = "" };
	struct buf text = BUF_INIT;
	char why[400];
	long status = 0;
	int rc;

	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_multi_remove_handle(e->multi, c->easy);
	if (code == CURLE_WRITE_ERROR)
		return fail_sample(r, c, "the reply is larger than 64 MiB", err);
	if (code != CURLE_OK)
		return try_again(r, c, curl_easy_strerror(code), err);
	if (status != 200) {
		complaint(why, sizeof(why), c, status);
		if (may_pass(status))
			return try_again(r, c, why, err);
		if (status == 400 && c->with_logprobs && !e->answered) { /* some servers refuse what they cannot give */
			e->no_logprobs = true;
			return begin(r, c, err);
		}
		if (!e->answered && status != 400 && status != 413 && status != 422)
			return err_set(err, "%s: %s", e->url, why);
		return fail_sample(r, c, why, err);
	}
	if (!read_reply(&s, &text, c)) {
		buf_release(&text);
		return try_again(r, c, "the reply is no chat completion", err);
	}
	e->answered = true;
	s.text = buf_str(&text);
	rc = deliver(r, c, &s, err);
	buf_release(&text);
	return rc;
}

/* ---- the run ---- */

static int collect(struct run *r, struct err *err)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(r->e->multi, &left))) {
		CURLcode code = m->data.result;
		char *call;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &call);
		if (finished(r, (struct call *)(void *)call, code, err) < 0)
			return ERR_FAIL;
	}
	return 0;
}

static int refill(struct run *r, struct err *err)
{
	double now = now_s();

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
	int running;

	for (;;) {
		if (r->job->quit && r->job->quit(r->job->ctx))
			return ERR_STOPPED;
		if (refill(r, err) < 0)
			return ERR_FAIL;
		if (r->busy == 0)
			return 0;
		curl_multi_perform(r->e->multi, &running);
		if (collect(r, err) < 0)
			return ERR_FAIL;
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
		buf_release(&c->reply);
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

/* Ask which models there are: 200 and JSON, or an error. */
static int ask_models(struct endpoint *e, struct buf *reply, struct err *err)
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
		buf_reset(reply);
		settings(easy, e, e->o.timeout < 30 ? e->o.timeout : 30);
		curl_easy_setopt(easy, CURLOPT_URL, url);
		curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
		curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply);
		code = curl_easy_perform(easy);
		curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_cleanup(easy);
		if (code == CURLE_OK && status == 200)
			return 0;
		if (tries >= e->o.tries || tries >= (code == CURLE_OK ? 4 : 2) || (code == CURLE_OK && !may_pass(status)))
			return code != CURLE_OK ? err_set(err, "%s: %s", url, curl_easy_strerror(code))
						: err_set(err, "%s: status %ld; does the address end in /v1, and is a key needed (QUARRY_API_KEY)?", url, status);
		nanosleep(&(struct timespec){ .tv_sec = (time_t)pause, .tv_nsec = (long)(fmod(pause, 1) * 1e9) }, NULL);
		pause *= 2;
	}
}

/* The model's name: the one that was asked for, if the server lists it, or the only one there is. */
static int choose_model(struct endpoint *e, struct err *err)
{
	struct json row, data, item, id;
	struct buf reply = BUF_INIT, names = BUF_INIT;
	int n = 0, rc = ask_models(e, &reply, err);
	bool found = false;
	char name[128] = "";

	if (rc == 0 && (!json_parse(&row, buf_str(&reply), err) || !json_get(row, "data", &data) || data.kind != JSON_ARRAY))
		rc = err_set(err, "%s/models: this is no list of models", e->url);
	for (struct json_iter it = json_iter(rc == 0 ? data : (struct json){ 0 }); json_next(&it, NULL, &item);) {
		if (!json_get(item, "id", &id) || !json_z(id, name, sizeof(name)))
			continue;
		found |= strcmp(name, e->model) == 0;
		if (n++ < 8)
			buf_addf(&names, "%s%s", n > 1 ? ", " : "", name);
	}
	if (rc == 0 && *e->model && !found)
		rc = err_set(err, "%s has no model \"%s\"; it has %s", e->url, e->model, n ? buf_z(&names) : "none");
	else if (rc == 0 && !*e->model && n != 1)
		rc = err_set(err, "%s has %d models (%s); name one behind the address: %s#NAME", e->url, n, buf_z(&names), e->url);
	else if (rc == 0 && !*e->model)
		snprintf(e->model, sizeof(e->model), "%s", name);
	buf_release(&reply);
	buf_release(&names);
	return rc;
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
	if (s.n >= sizeof(e->url) || name.n >= sizeof(e->model) || (!str_starts(s, STR("http://")) && !str_starts(s, STR("https://"))))
		return err_set(err, "model \"%.200s\" is no address like http://127.0.0.1:8080/v1 or http://127.0.0.1:8080/v1#NAME", url);
	memcpy(e->url, s.s, s.n);
	memcpy(e->model, name.s, name.n);
	return 0;
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
