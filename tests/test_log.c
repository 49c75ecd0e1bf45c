/*
 * test_log.c - what log writes to stderr: lines by level, as text and as JSON, whole when threads talk at once.
 */
#include "base/json.h"
#include "base/log.h"
#include "tests/check.h"

#include <pthread.h>
#include <unistd.h>

static int was_stderr, pipe_out;

static void listen_begin(void)
{
	int ends[2];

	fflush(stderr);
	was_stderr = dup(STDERR_FILENO);
	if (pipe(ends) != 0)
		abort();
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	pipe_out = ends[0];
}

static struct str listen_end(char *room, size_t cap)
{
	size_t n = 0;
	ssize_t got;

	dup2(was_stderr, STDERR_FILENO);
	close(was_stderr);
	while (n < cap && (got = read(pipe_out, room + n, cap - n)) > 0)
		n += (size_t)got;
	close(pipe_out);
	return (struct str){ room, n };
}

static void text(void)
{
	char room[4096];
	struct str said, line;

	log_init(false, LOG_INFO);
	listen_begin();
	log_info("%d prompts", 240);
	log_warn("two\nlines");
	log_error("bad");
	log_event(LOG_INFO, STR("\"done\":3"), "sampling");
	said = listen_end(room, sizeof(room));
	CHECK(str_line(&said, &line) && str_ends(line, STR(" 240 prompts")) && line.s[2] == ':' && line.s[5] == ':');
	CHECK(str_line(&said, &line) && str_ends(line, STR(" warning: two?lines")));
	CHECK(str_line(&said, &line) && str_ends(line, STR(" error: bad")));
	CHECK(str_line(&said, &line) && str_ends(line, STR(" sampling")));
	CHECK_EQ(said.n, 0);
	log_init(false, LOG_SILENT);
	listen_begin();
	log_error("not shown");
	CHECK_EQ(listen_end(room, sizeof(room)).n, 0);
}

static void json(void)
{
	char room[4096];
	struct str said, line;
	struct json row = { 0 }, v;
	struct err err = ERR_INIT;
	int64_t done;

	log_init(true, LOG_INFO);
	listen_begin();
	log_info("a \"quoted\"\nline \xff");
	log_event(LOG_WARN, STR("\"done\":3,\"rate\":1.5"), "%s", "sampling");
	said = listen_end(room, sizeof(room));
	CHECK(str_line(&said, &line) && json_parse(&row, line, &err));
	CHECK(json_get(row, "level", &v) && json_is(v, "info"));
	CHECK(json_get(row, "msg", &v) && json_is(v, "a \"quoted\"\nline \xef\xbf\xbd"));
	CHECK(json_get(row, "ts", &v) && v.raw.n == strlen("\"2025-01-31T12:00:03.250Z\"") && v.raw.s[v.raw.n - 2] == 'Z');
	CHECK(str_line(&said, &line) && json_parse(&row, line, &err));
	CHECK(json_get(row, "level", &v) && json_is(v, "warning"));
	CHECK(json_get(row, "done", &v) && json_i64(v, &done) && done == 3);
	CHECK_EQ(said.n, 0);
}

enum { TALKERS = 4, LINES = 60 };

static void *talk(void *arg)
{
	for (int i = 0; i < LINES; i++)
		log_info("talker %d says the line with the number %d", *(int *)arg, i);
	return NULL;
}

static void threads(void)
{
	static char room[1 << 16]; /* as much as a pipe holds: nobody reads until all have spoken */
	pthread_t thread[TALKERS];
	int name[TALKERS], next[TALKERS] = { 0 };
	struct str said, line;

	log_init(false, LOG_INFO);
	listen_begin();
	for (int i = 0; i < TALKERS; i++) {
		name[i] = i;
		CHECK_EQ(pthread_create(&thread[i], NULL, talk, &name[i]), 0);
	}
	for (int i = 0; i < TALKERS; i++)
		pthread_join(thread[i], NULL);
	said = listen_end(room, sizeof(room));
	while (str_line(&said, &line)) {
		int who = -1, number = -1;
		char copy[100];

		snprintf(copy, sizeof(copy), "%.*s", (int)line.n, line.s);
		CHECK_EQ(sscanf(copy, "%*s talker %d says the line with the number %d", &who, &number), 2);
		CHECK(who >= 0 && who < TALKERS && number == next[who]);
		if (who >= 0 && who < TALKERS)
			next[who]++;
	}
	for (int i = 0; i < TALKERS; i++)
		CHECK_EQ(next[i], LINES);
}

int main(void)
{
	text();
	json();
	threads();
	return check_done();
}
