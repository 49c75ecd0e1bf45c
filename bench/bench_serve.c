/*
 * bench_serve.c - asks an HTTP server on the loopback as many clients at once would, and tells what a request cost it.
 *
 *	bench_serve PORT PID PATH BODY REQUESTS BUSY IDLE
 *
 * BUSY connections each send the file BODY to PATH, wait for the reply and send it again, REQUESTS times in all; IDLE further ones only
 * stay open. Prints requests a second, the CPU time of the process PID for one request (µs), the 50th and 99th percentile and the
 * longest of their latency (µs), and this program's own CPU time for one request. Any other status than 200 ends it with 1.
 */
#include "base/buf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUSY_MAX = 4096, REPLY_MAX = 1 << 20, PATIENCE_MS = 20000 };

struct client {
	int fd;
	size_t sent;        /* bytes of the request */
	size_t got, whole;  /* bytes of the reply; whole: 0 until its head is there */
	double began;
	char *reply;
};

static struct buf request;
static struct client busy[BUSY_MAX];
static double *took;
static long asked, answered, wanted;

static double seconds(clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) < 0)
		return 0;
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "bench_serve: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int dial(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die("cannot connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void make_request(const char *path, const char *file)
{
	struct buf body = BUF_INIT;
	FILE *f = fopen(file, "rb");
	char room[65536];
	size_t n;

	if (!f)
		die(file);
	while ((n = fread(room, 1, sizeof(room), f)) > 0)
		buf_add(&body, (struct str){ room, n });
	fclose(f);
	buf_addf(&request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", path, body.n);
	buf_add(&request, buf_str(&body));
	buf_release(&body);
	if (request.failed)
		die("out of memory");
}

/* Sends what still fits; false: the socket is full. */
static bool push(struct client *c)
{
	while (c->sent < request.n) {
		ssize_t n = send(c->fd, request.s + c->sent, request.n - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			return false;
		if (n < 0)
			die("send");
		c->sent += (size_t)n;
	}
	return true;
}

static void ask(struct client *c, int poll)
{
	struct epoll_event e = { .events = EPOLLIN, .data = { .ptr = c } };

	if (asked == wanted)
		return;
	asked++;
	c->sent = c->got = c->whole = 0;
	c->began = seconds(CLOCK_MONOTONIC);
	if (!push(c))
		e.events |= EPOLLOUT;
	epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &e);
}

/* Bytes of head and body; 0: the head is not all there. */
static size_t reply_size(const struct client *c)
{
	const struct str s = { c->reply, c->got }, name = STR("ontent-length: ");
	ptrdiff_t end = str_find(s, STR("\r\n\r\n")), at;

	if (end < 0)
		return 0;
	if (!str_starts(s, STR("HTTP/1.1 200"))) {
		fprintf(stderr, "bench_serve: %.*s\n", (int)(c->got < 400 ? c->got : 400), c->reply);
		exit(1);
	}
	for (at = 0; at < end && !str_ieq(str_sub(s, (size_t)at, (size_t)at + name.n), name);)
		at++;
	return (size_t)end + 4 + strtoul(c->reply + at + name.n, NULL, 10);
}

static void take(struct client *c, int poll)
{
	ssize_t n = recv(c->fd, c->reply + c->got, REPLY_MAX - 1 - c->got, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0)
		die("the server hung up");
	c->got += (size_t)n;
	c->reply[c->got] = 0;
	if (!c->whole)
		c->whole = reply_size(c);
	if (!c->whole || c->got < c->whole)
		return;
	took[answered++] = seconds(CLOCK_MONOTONIC) - c->began;
	ask(c, poll);
}

static void run(int poll)
{
	struct epoll_event ready[256];

	while (answered < wanted) {
		int n = epoll_wait(poll, ready, 256, PATIENCE_MS);

		if (n == 0) {
			errno = ETIMEDOUT;
			die("no reply");
		}
		for (int i = 0; i < n; i++) {
			struct client *c = ready[i].data.ptr;
			struct epoll_event e = { .events = EPOLLIN, .data = { .ptr = c } };

			if (ready[i].events & EPOLLOUT && push(c))
				epoll_ctl(poll, EPOLL_CTL_MOD, c->fd, &e);
			if (ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
				take(c, poll);
		}
	}
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct rlimit files;
	double cpu, own, wall;
	clockid_t server;
	int port, nbusy, nidle, poll;

	if (argc != 8) {
		fprintf(stderr, "bench_serve PORT PID PATH BODY REQUESTS BUSY IDLE\n");
		return 2;
	}
	port = atoi(argv[1]);
	make_request(argv[3], argv[4]);
	wanted = atol(argv[5]);
	nbusy = atoi(argv[6]);
	nidle = atoi(argv[7]);
	took = calloc((size_t)wanted, sizeof(*took));
	poll = epoll_create1(EPOLL_CLOEXEC);
	if (nbusy < 1 || nbusy > BUSY_MAX || wanted < nbusy || !took || poll < 0 || clock_getcpuclockid(atoi(argv[2]), &server))
		die("bad arguments");
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	for (int i = 0; i < nidle; i++)
		dial(port);
	for (int i = 0; i < nbusy; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data = { .ptr = &busy[i] } };

		busy[i] = (struct client){ .fd = dial(port), .reply = malloc(REPLY_MAX) };
		if (!busy[i].reply || epoll_ctl(poll, EPOLL_CTL_ADD, busy[i].fd, &e) < 0)
			die("epoll");
	}
	cpu = seconds(server);
	own = seconds(CLOCK_PROCESS_CPUTIME_ID);
	wall = seconds(CLOCK_MONOTONIC);
	for (int i = 0; i < nbusy; i++)
		ask(&busy[i], poll);
	run(poll);
	wall = seconds(CLOCK_MONOTONIC) - wall;
	own = seconds(CLOCK_PROCESS_CPUTIME_ID) - own;
	cpu = seconds(server) - cpu;
	qsort(took, (size_t)wanted, sizeof(*took), by_size);
	printf("%.0f %.3f %.1f %.1f %.1f %.3f\n", (double)wanted / wall, cpu / (double)wanted * 1e6, took[wanted / 2] * 1e6,
	       took[wanted - 1 - wanted / 100] * 1e6, took[wanted - 1] * 1e6, own / (double)wanted * 1e6);
	return 0;
}
