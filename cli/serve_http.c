/*
 * serve_http.c - HTTP by libmicrohttpd, and the queue behind it; see serve.h.
 *
 * Its threads read and answer. A request whose body is small is scored where it was read; a larger one waits, suspended, in a queue
 * for the scoring threads, and one that finds the queue full is told to come again. So a slow body or a large batch never holds
 * up anybody else's small one. One with rows of task swe waits, suspended too, until the desk (serve_desk.c) has judged them.
 *
 * libmicrohttpd (0.9.75, epoll) does not see a client go that says its last bytes and closes at once: the connection, and what it sent,
 * stay until they time out. A thread of ours looks after them each second. What it refuses itself before it asks us (a Content-Length that
 * is no number, cookies for which its memory is too small) it answers, up to 0.9.77, with its head twice, the second in the place of the body;
 * status and closing are right. Nothing of ours is called between those headers and that reply, so it is left as it is.
 */
#include "cli/serve.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	INLINE_MAX = 64 << 10, /* bytes of a body that is scored where it was read */
	RESERVE_MAX = 1 << 20, /* bytes of a body that room is made for before they come */
	READERS_MAX = 4,
	BACKLOG = 1024,
	HEADERS_MAX = 32 << 10, /* bytes a connection may use for its headers and buffers */
	TARGET_MAX = 8 << 10, /* bytes of a path and its query */
	PARAMETERS_MAX = 100, /* of a query; libmicrohttpd takes some 72 bytes of HEADERS_MAX for each */
	RETRY_S = 1,
	STALL_S = 1, /* a request of which nothing came for so long is not waited for at the end */
	EXTRA = 64,   /* connections above what was asked for, so that they can be told */
	EXTRA_S = 2,  /* how long such a one may say nothing */
	SWALLOW = 8, /* a body up to so many times too large is read and forgotten: few clients read a reply before they have sent all */
};

struct client { /* a connection */
	int fd;
	bool extra; /* one too many: what it asks is refused */
	bool asks_much; /* path and query of the request that comes are too long; the query is cut off */
	atomic_bool busy; /* a whole request of its is being scored or answered: it may have said all it will */
	struct client *before, *after;
};

struct request {
	struct http *h;
	struct client *client;
	struct MHD_Connection *connection;
	const struct route *route;
	struct buf body;
	struct reply reply;
	struct desk_rows *rows; /* those of task swe; NULL: none */
	bool scalar, too_large, done, closes; /* closes: nobody knows where its body ends */
	double began, whole; /* when it was seen first, and when its body was there */
	struct request *next;
};

struct http {
	struct http_options o;
	struct MHD_Daemon *daemon;
	char address[160], path[108]; /* path: of a Unix socket, to be removed */
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct request *first, *last;
	int waiting; /* in the queue; also those that have a place and are on their way there */
	atomic_int reading, scoring; /* requests */
	_Atomic double last_read;    /* when a piece of one came */
	atomic_bool draining;
	bool ends;
	int workers;
	pthread_t *worker;

	pthread_mutex_t clients_lock;
	pthread_cond_t sweep;
	struct client *clients;
	int connected; /* how many those are */
	bool sweeps, swept;
	pthread_t sweeper;
};

/* ---- scoring ---- */

/* One way through the request. ask: what rows of task swe are told by; NULL: nothing. */
static void pass(struct request *q, void (*ask)(void *ctx, const struct swe_ask *ask, struct swe_verdict *v), bool alone)
{
	struct service s = q->h->o.service;

	s.swe_ask = ask;
	s.swe_ctx = q->rows;
	s.swe_alone = alone;
	buf_reset(&q->reply.body);
	q->reply.status = 200;
	q->reply.type = "application/json";
	q->route->answer(&q->reply, &s, &q->body, q->scalar);
}

static void answer(struct request *q)
{
	struct http *h = q->h;
	struct reply *r = &q->reply;

	r->status = 200;
	r->type = "application/json";
	if (strcmp(q->route->path, "/metrics") == 0) {
		int waiting;

		pthread_mutex_lock(&h->lock);
		waiting = h->waiting;
		pthread_mutex_unlock(&h->lock);
		r->type = "text/plain; version=0.0.4";
		metrics_text(&r->body, h->o.service.metrics, waiting, atomic_load(&h->reading) + atomic_load(&h->scoring));
		if (h->o.desk)
			desk_metrics(h->o.desk, &r->body);
	} else if (strcmp(q->route->path, "/readyz") == 0 && atomic_load(&h->draining)) {
		reply_error(r, 503, "this server is about to stop");
	} else if (strcmp(q->route->path, "/readyz") == 0 && h->o.desk) {
		desk_ready(h->o.desk, r);
	} else {
		pass(q, q->rows ? desk_tell : NULL, false);
	}
	if (r->body.failed)
		reply_error(r, 503, "out of memory");
	q->done = true;
}

/* Whether a body may name the task: "swe", however deep in strings. */
static bool names_swe(struct str body)
{
	ptrdiff_t at;

	while ((at = str_find(body, STR("\"swe"))) >= 0) {
		body = str_from(body, (size_t)at + 4);
		if (body.n && (body.s[0] == '"' || body.s[0] == '\\'))
			return true;
	}
	return false;
}

/* Finds its rows of task swe; false: there are none. */
static bool find_rows(struct request *q)
{
	if (!q->h->o.desk || q->route->get || !names_swe(buf_str(&q->body)))
		return false;
	q->rows = desk_rows_new();
	if (!q->rows)
		return false;
	pass(q, desk_find, true);
	if (desk_rows_count(q->rows))
		return true;
	desk_rows_free(q->rows);
	q->rows = NULL;
	return false;
}

/* The desk's: all rows are judged. */
static void judged(void *ctx)
{
	struct request *q = ctx;

	answer(q);
	MHD_resume_connection(q->connection);
}

/* Answered here and now, or (true) by the desk, which resumes it. suspended: it is so already. */
static bool answer_or_ask(struct request *q, bool suspended)
{
	struct desk *desk = q->h->o.desk;

	if (!find_rows(q)) {
		answer(q);
		return false;
	}
	if (!desk_place(desk, q->rows, &q->reply)) {
		q->done = true;
		return false;
	}
	if (!suspended)
		MHD_suspend_connection(q->connection);
	desk_judge(desk, q->rows, judged, q);
	return true;
}

static void *work(void *arg)
{
	struct http *h = arg;

	pthread_mutex_lock(&h->lock);
	for (;;) {
		struct request *q = h->first;

		if (!q) {
			if (h->ends)
				break;
			pthread_cond_wait(&h->work, &h->lock);
			continue;
		}
		h->first = q->next;
		if (!h->first)
			h->last = NULL;
		h->waiting--;
		pthread_mutex_unlock(&h->lock);
		if (!answer_or_ask(q, true))
			MHD_resume_connection(q->connection);
		pthread_mutex_lock(&h->lock);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

/* A place in the queue; false: there is none. */
static bool place(struct http *h)
{
	bool got;

	pthread_mutex_lock(&h->lock);
	got = h->waiting < h->o.queue && !h->ends;
	h->waiting += got;
	pthread_mutex_unlock(&h->lock);
	return got;
}

static void enqueue(struct http *h, struct request *q)
{
	pthread_mutex_lock(&h->lock);
	q->next = NULL;
	if (h->last)
		h->last->next = q;
	else
		h->first = q;
	h->last = q;
	pthread_cond_signal(&h->work);
	pthread_mutex_unlock(&h->lock);
}

/* ---- clients that went away ---- */

static void sweep_once(struct http *h)
{
	char byte;

	for (struct client *c = h->clients; c; c = c->after)
		if (!atomic_load(&c->busy) && recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
			shutdown(c->fd, SHUT_RDWR); /* which epoll does tell */
}

static void *sweep(void *arg)
{
	struct http *h = arg;
	struct timespec next;

	pthread_mutex_lock(&h->clients_lock);
	while (!h->swept) {
		clock_gettime(CLOCK_REALTIME, &next);
		next.tv_sec++;
		pthread_cond_timedwait(&h->sweep, &h->clients_lock, &next);
		sweep_once(h);
	}
	pthread_mutex_unlock(&h->clients_lock);
	return NULL;
}

static void connected(void *cls, struct MHD_Connection *connection, void **ctx, enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct http *h = cls;
	struct client *c = *ctx;

	pthread_mutex_lock(&h->clients_lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		c = info ? calloc(1, sizeof(*c)) : NULL;
		*ctx = c;
		if (c) {
			c->fd = info->connect_fd;
			c->after = h->clients;
			if (c->after)
				c->after->before = c;
			h->clients = c;
			c->extra = ++h->connected > h->o.connections;
		}
	} else if (c) {
		h->connected--;
		if (c->before)
			c->before->after = c->after;
		else
			h->clients = c->after;
		if (c->after)
			c->after->before = c->before;
		free(c);
		*ctx = c = NULL;
	}
	pthread_mutex_unlock(&h->clients_lock);
	if (c && c->extra)
		MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, (unsigned)EXTRA_S);
}

/* ---- requests ---- */

/*
 * A request's first line, before it is parsed. Where libmicrohttpd (0.9.75) has no room for all parameters it never says anything more, so
 * those of a long one are taken away here: uri is the connection's own memory.
 */
static void *see_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *c = info ? info->socket_context : NULL;
	char *query = uri ? strchr((char *)uri, '?') : NULL;
	size_t parameters = 1;

	(void)cls;
	for (const char *at = query; at && *at; at++)
		parameters += *at == '&';
	if (!c)
		return NULL;
	c->asks_much = uri && (strlen(uri) > TARGET_MAX || parameters > PARAMETERS_MAX);
	if (c->asks_much && query)
		query[1] = 0;
	return NULL; /* what handle() finds first */
}

/* "%xx", but no NUL: it would end the text, and with it the path. */
static size_t unescape(void *cls, struct MHD_Connection *connection, char *text)
{
	(void)cls;
	(void)connection;
	for (char *at = text; (at = strstr(at, "%00")); at += 3)
		*at = '?'; /* which no path has */
	return MHD_http_unescape(text);
}

/* Equal, in a time that tells nothing of where they differ. */
static bool same_secret(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned differ = n != m;

	for (size_t i = 0; i < m; i++)
		differ |= (unsigned char)a[n ? i % n : 0] ^ (unsigned char)b[i];
	return !differ;
}

static const char *header(const struct request *q, const char *name)
{
	return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

static bool allowed(const struct request *q)
{
	const char *given;

	/* what a load balancer asks */
	if (!q->h->o.token || (q->route && (strcmp(q->route->path, "/healthz") == 0 || strcmp(q->route->path, "/readyz") == 0 || strcmp(q->route->path, "/") == 0)))
		return true;
	given = header(q, MHD_HTTP_HEADER_AUTHORIZATION);
	return given && strncasecmp(given, "Bearer ", 7) == 0 && same_secret(given + 7, q->h->o.token);
}

/* JSON, or what careless clients call it. */
static bool json_like(const char *type)
{
	static const char *const fine[] = { "application/json", "text/", "application/x-www-form-urlencoded", "application/octet-stream" };

	if (!type || strstr(type, "json"))
		return true;
	for (size_t i = 0; i < COUNT(fine); i++)
		if (strncasecmp(type, fine[i], strlen(fine[i])) == 0)
			return true;
	return false;
}

static bool get_like(const char *method)
{
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

struct framing {
	int lengths, codings; /* how often they are given */
	bool blank;           /* in a header's name, which one server takes off and another does not */
};

static enum MHD_Result see_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct framing *f = cls;

	(void)kind;
	(void)value;
	f->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
	f->codings += strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0;
	f->blank |= strpbrk(name, " \t") != NULL;
	return MHD_YES;
}

/* Whether a proxy before us sees the body end where we do: else it may hold a second request. */
static bool ends_surely(struct request *q)
{
	struct framing f = { 0 };

	MHD_get_connection_values(q->connection, MHD_HEADER_KIND, see_header, &f);
	return f.lengths + f.codings <= 1 && !f.blank;
}

/* What the headers ask for that is not done here; false: the reply is there. */
static bool plain_request(struct request *q)
{
	const char *encoding = header(q, MHD_HTTP_HEADER_CONTENT_ENCODING), *transfer = header(q, MHD_HTTP_HEADER_TRANSFER_ENCODING);
	const char *expect = header(q, MHD_HTTP_HEADER_EXPECT);

	q->closes = transfer && strcasecmp(transfer, "chunked") != 0;
	if (q->closes)
		reply_error(&q->reply, 501, "a body comes whole or chunked, not as \"%.40s\"", transfer);
	else if (encoding && strcasecmp(encoding, "identity") != 0)
		reply_error(&q->reply, 415, "the body must come as it is, not as \"%.40s\"", encoding);
	else if (expect && strcasecmp(expect, "100-continue") != 0)
		reply_error(&q->reply, 417, "only 100-continue can be expected, not \"%.40s\"", expect);
	else
		return true;
	return false;
}

/* What can be said of a request before its body is read; false: the reply is there. */
static bool accepted(struct request *q, const char *method)
{
	const char *length = header(q, MHD_HTTP_HEADER_CONTENT_LENGTH), *type = header(q, MHD_HTTP_HEADER_CONTENT_TYPE);
	const char *scalar = MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, "scalar");
	const char *expect = header(q, MHD_HTTP_HEADER_EXPECT); /* such a client waits, and reads a refusal */
	uint64_t n = 0;

	q->scalar = scalar && strcmp(scalar, "0") != 0;
	q->closes = !ends_surely(q);
	if (q->client->extra)
		reply_error(&q->reply, 503, "%d connections are open already; come again in %d s", q->h->o.connections, RETRY_S);
	else if (q->closes)
		reply_error(&q->reply, 400, "a body has one Content-Length or one Transfer-Encoding, and no header's name a blank");
	else if (q->client->asks_much)
		reply_error(&q->reply, 414, "a path and its query have at most %d bytes and %d parameters", TARGET_MAX, PARAMETERS_MAX);
	else if (!allowed(q))
		reply_error(&q->reply, 401, "this server wants a bearer token");
	else if (!q->route)
		reply_error(&q->reply, 404, "there is no such path; see docs/integrations.md");
	else if (q->route->get ? !get_like(method) : strcmp(method, "POST") != 0)
		reply_error(&q->reply, 405, "%s is asked by %s", q->route->path, q->route->get ? "GET" : "POST");
	else if (length && str_u64(str_of(length), &n) && (expect ? n : n / SWALLOW) > q->h->o.body_max)
		reply_error(&q->reply, 413, "the body is larger than %zu bytes", q->h->o.body_max);
	else if (!q->route->get && !json_like(type))
		reply_error(&q->reply, 415, "the body must be application/json");
	else if (plain_request(q)) {
		if (length && n > 0) /* a promise that may not be kept, so only so far */
			buf_reserve(&q->body, n < RESERVE_MAX ? n : RESERVE_MAX);
		return true;
	}
	q->done = true;
	return false;
}

static enum MHD_Result send_reply(struct request *q)
{
	struct reply *r = &q->reply;
	struct MHD_Response *response;
	enum MHD_Result ret;
	char retry[16];

	metrics_request(q->h->o.service.metrics, q->route ? q->route->path : "none", r->status, q->whole > 0 ? clock_s() - q->whole : 0);
	response = MHD_create_response_from_buffer(r->body.n, r->body.s, MHD_RESPMEM_MUST_FREE);
	if (!response)
		return MHD_NO;
	r->body = BUF_INIT; /* it is the response's now */
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, r->type);
	if (r->status == 401)
		MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	if (r->status == 405)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, q->route->get ? "GET, HEAD" : "POST");
	if (r->status == 429 || q->client->extra) {
		snprintf(retry, sizeof(retry), "%d", r->retry_s ? r->retry_s : RETRY_S);
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, retry);
	}
	if (atomic_load(&q->h->draining) || q->client->extra || q->closes)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	ret = MHD_queue_response(q->connection, r->status, response);
	MHD_destroy_response(response);
	return ret;
}

static enum MHD_Result read_more(struct request *q, const char *data, size_t *n)
{
	size_t got = *n;

	*n = 0;
	atomic_store(&q->h->last_read, clock_s());
	if (clock_s() - q->began > q->h->o.read_timeout)
		return MHD_NO; /* a drop at a time, for ever */
	if (q->too_large || q->body.n + got > q->h->o.body_max) {
		q->too_large = true;
		buf_release(&q->body);
		return MHD_YES;
	}
	buf_add(&q->body, (struct str){ data, got });
	return MHD_YES;
}

static enum MHD_Result whole(struct request *q)
{
	struct http *h = q->h;

	q->whole = clock_s();
	atomic_fetch_add(&h->scoring, 1);
	atomic_fetch_sub(&h->reading, 1);
	atomic_store(&q->client->busy, true);
	if (q->too_large) {
		reply_error(&q->reply, 413, "the body is larger than %zu bytes", h->o.body_max);
	} else if (q->body.failed) {
		reply_error(&q->reply, 503, "out of memory");
	} else if (q->body.n <= INLINE_MAX) {
		if (answer_or_ask(q, false))
			return MHD_YES;
	} else if (place(h)) {
		MHD_suspend_connection(q->connection);
		enqueue(h, q);
		return MHD_YES;
	} else {
		reply_error(&q->reply, 429, "%d requests wait already; come again in %d s", h->o.queue, RETRY_S);
	}
	q->done = true;
	return send_reply(q);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
			      const char *data, size_t *n, void **ctx)
{
	struct request *q = *ctx;
	struct http *h = cls;

	(void)version;
	if (!q) {
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

		q = info && info->socket_context ? calloc(1, sizeof(*q)) : NULL;
		if (!q)
			return MHD_NO;
		*ctx = q;
		q->client = info->socket_context;
		q->h = h;
		q->connection = connection;
		q->route = route_find(url);
		q->began = clock_s();
		atomic_fetch_add(&h->reading, 1);
		return accepted(q, method) ? MHD_YES : send_reply(q);
	}
	if (q->done)
		return send_reply(q);
	return *n ? read_more(q, data, n) : whole(q);
}

static void completed(void *cls, struct MHD_Connection *connection, void **ctx, enum MHD_RequestTerminationCode code)
{
	struct request *q = *ctx;

	(void)cls;
	(void)connection;
	(void)code;
	if (!q)
		return;
	if (q->whole > 0)
		atomic_store(&q->client->busy, false);
	atomic_fetch_sub(q->whole > 0 ? &q->h->scoring : &q->h->reading, 1);
	buf_release(&q->body);
	buf_release(&q->reply.body);
	desk_rows_free(q->rows);
	free(q);
	*ctx = NULL;
}

/* ---- where it listens ---- */

static int listen_unix(struct http *h, const char *path, struct err *err)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	if (strlen(path) == 0 || strlen(path) >= sizeof(at.sun_path))
		return err_set(err, "serve: a Unix socket's path has 1 to %zu bytes", sizeof(at.sun_path) - 1);
	strcpy(at.sun_path, path);
	if (stat(path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode))
			return err_set(err, "serve: %s is there already and is no socket", path);
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0) {
			close(fd);
			return err_set(err, "serve: somebody listens on %s already", path);
		}
		if (fd >= 0)
			close(fd);
		unlink(path); /* left by one that was killed */
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || chmod(path, 0600) < 0 || listen(fd, BACKLOG) < 0) {
		err_sys(err, "serve: cannot listen on %s", path);
		if (fd >= 0)
			close(fd);
		return ERR_FAIL;
	}
	h->fd = fd;
	strcpy(h->path, path);
	snprintf(h->address, sizeof(h->address), "unix:%s", path);
	return 0;
}

static bool loopback(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

/* "HOST:PORT", "[HOST]:PORT" or ":PORT", in two parts. */
static bool split_address(const char *text, char host[128], char port[8])
{
	struct str s = str_of(text), h, p;
	size_t colon = s.n;
	uint64_t number;

	while (colon > 0 && s.s[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return false;
	h = str_sub(s, 0, colon - 1);
	p = str_from(s, colon);
	if (h.n >= 2 && h.s[0] == '[' && h.s[h.n - 1] == ']')
		h = str_sub(h, 1, h.n - 1);
	if (h.n >= 128 || p.n == 0 || p.n > 5)
		return false;
	if (!str_u64(p, &number) || number > 65535)
		return false;
	memcpy(host, h.s, h.n);
	host[h.n] = 0;
	memcpy(port, p.s, p.n);
	port[p.n] = 0;
	return true;
}

static void say_address(struct http *h)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof(at);
	char host[128], port[8];

	if (getsockname(h->fd, (struct sockaddr *)&at, &n) == 0 &&
	    getnameinfo((struct sockaddr *)&at, n, host, sizeof(host), port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(h->address, sizeof(h->address), strchr(host, ':') ? "http://[%s]:%s" : "http://%s:%s", host, port);
}

static int listen_tcp(struct http *h, bool open, struct err *err)
{
	const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	char host[128], port[8];
	int rc, on = 1;

	if (!split_address(h->o.listen, host, port))
		return err_set(err, "serve: --listen takes HOST:PORT, [HOST]:PORT, :PORT or unix:PATH, not \"%.100s\"", h->o.listen);
	rc = getaddrinfo(*host ? host : NULL, port, &hints, &list);
	if (rc)
		return err_set(err, "serve: \"%.100s\": %s", h->o.listen, gai_strerror(rc));
	if (!open && !h->o.token && !loopback(list->ai_addr)) {
		freeaddrinfo(list);
		return err_set(err, "serve: %s can be reached from elsewhere, and there is no token; give --token-file, or --open if anybody may ask", h->o.listen);
	}
	h->fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (h->fd < 0 || setsockopt(h->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 || bind(h->fd, list->ai_addr, list->ai_addrlen) < 0 || listen(h->fd, BACKLOG) < 0) {
		err_sys(err, "serve: cannot listen on %s", h->o.listen);
		freeaddrinfo(list);
		if (h->fd >= 0)
			close(h->fd);
		h->fd = -1;
		return ERR_FAIL;
	}
	freeaddrinfo(list);
	say_address(h);
	return 0;
}

/* ---- opening and closing ---- */

static int start_workers(struct http *h, struct err *err)
{
	h->worker = calloc((size_t)h->o.threads, sizeof(*h->worker));
	if (!h->worker)
		return err_set(err, "out of memory");
	while (h->workers < h->o.threads && pthread_create(&h->worker[h->workers], NULL, work, h) == 0)
		h->workers++;
	h->sweeps = pthread_create(&h->sweeper, NULL, sweep, h) == 0;
	return h->workers && h->sweeps ? 0 : err_set(err, "serve: no thread can be started");
}

static int start_daemon(struct http *h, struct err *err)
{
	unsigned readers = (unsigned)(h->o.threads < READERS_MAX ? h->o.threads : READERS_MAX);
	const struct MHD_OptionItem pool[] = { { MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)readers, NULL }, { MHD_OPTION_END, 0, NULL } };
	const struct MHD_OptionItem single[] = { { MHD_OPTION_END, 0, NULL } };

	h->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL, handle, h,
				     MHD_OPTION_LISTEN_SOCKET, h->fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)h->o.connections + EXTRA,
				     MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)h->o.read_timeout, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
				     MHD_OPTION_URI_LOG_CALLBACK, see_uri, NULL, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
				     MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_NOTIFY_CONNECTION, connected, h, MHD_OPTION_ARRAY, readers > 1 ? pool : single, MHD_OPTION_END);
	return h->daemon ? 0 : err_set(err, "serve: the HTTP server cannot be started");
}

int http_open(struct http **ret, const struct http_options *o, struct err *err)
{
	struct http *h = calloc(1, sizeof(*h));
	bool open = o->open;
	int rc;

	if (!h)
		return err_set(err, "out of memory");
	h->o = *o;
	h->fd = -1;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->work, NULL);
	pthread_mutex_init(&h->clients_lock, NULL);
	pthread_cond_init(&h->sweep, NULL);
	rc = strncmp(o->listen, "unix:", 5) == 0 ? listen_unix(h, o->listen + 5, err) : listen_tcp(h, open, err);
	if (rc == 0)
		rc = start_workers(h, err);
	if (rc == 0)
		rc = start_daemon(h, err);
	if (rc < 0) {
		http_close(h);
		return rc;
	}
	*ret = h;
	return 0;
}

const char *http_address(const struct http *h)
{
	return h->address;
}

/* A request that is being read counts as long as something comes of it. */
static bool idle(const struct http *h)
{
	return atomic_load(&h->scoring) == 0 && (atomic_load(&h->reading) == 0 || clock_s() - atomic_load(&h->last_read) > STALL_S);
}

bool http_drain(struct http *h, double seconds)
{
	double end = clock_s() + seconds;
	int fd;

	atomic_store(&h->draining, true);
	atomic_store(&h->last_read, clock_s());
	fd = MHD_quiesce_daemon(h->daemon);
	if (fd >= 0)
		close(fd);
	h->fd = -1;
	while (!idle(h) && clock_s() < end)
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	return idle(h);
}

void http_close(struct http *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->ends = true; /* those that wait are still answered */
	pthread_cond_broadcast(&h->work);
	pthread_mutex_unlock(&h->lock);
	for (int i = 0; i < h->workers; i++)
		pthread_join(h->worker[i], NULL);
	if (h->daemon)
		MHD_stop_daemon(h->daemon);
	pthread_mutex_lock(&h->clients_lock);
	h->swept = true;
	pthread_cond_signal(&h->sweep);
	pthread_mutex_unlock(&h->clients_lock);
	if (h->sweeps)
		pthread_join(h->sweeper, NULL);
	if (h->fd >= 0 && !h->daemon)
		close(h->fd);
	if (*h->path)
		unlink(h->path);
	pthread_cond_destroy(&h->work);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->sweep);
	pthread_mutex_destroy(&h->clients_lock);
	free(h->worker);
	free(h);
}
