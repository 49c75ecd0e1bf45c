/* log.c - one line, one write(2): lines of different threads never mix (up to PIPE_BUF where stderr is a pipe). */
#include "base/log.h"

#include "base/buf.h"
#include "base/json.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1 << 16 };

static bool as_json;
static int lowest = LOG_INFO;

void log_init(bool json, int level)
{
	as_json = json;
	lowest = level;
}

static void put(struct str line)
{
	while (line.n) {
		ssize_t n = write(STDERR_FILENO, line.s, line.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* nobody to tell */
		line = str_from(line, (size_t)n);
	}
}

static void stamp(struct buf *b, bool full)
{
	struct timespec now;
	struct tm tm;
	char text[40];

	clock_gettime(CLOCK_REALTIME, &now);
	if (full) {
		gmtime_r(&now.tv_sec, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		buf_addf(b, "%s.%03ldZ", text, now.tv_nsec / 1000000);
	} else {
		localtime_r(&now.tv_sec, &tm);
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
		buf_addz(b, text);
	}
}

static void write_json(struct buf *line, int level, struct str msg, struct str members)
{
	static const char *const names[] = { "info", "warning", "error" };

	buf_addz(line, "{\"ts\":\"");
	stamp(line, true);
	buf_addf(line, "\",\"level\":\"%s\"", names[level]);
	json_key(line, "msg");
	json_add_str(line, msg);
	if (members.n) {
		buf_addc(line, ',');
		buf_add(line, members);
	}
	buf_addc(line, '}');
}

static void write_text(struct buf *line, int level, struct str msg)
{
	static const char *const marks[] = { "", "warning: ", "error: " };

	stamp(line, false);
	buf_addf(line, " %s", marks[level]);
	for (size_t i = 0; i < msg.n; i++)
		buf_addc(line, (unsigned char)msg.s[i] < ' ' || msg.s[i] == 127 ? '?' : msg.s[i]);
}

static void say(int level, struct str members, const char *fmt, va_list ap)
{
	struct buf msg = { .max = LINE_MAX_BYTES }, line = BUF_INIT;

	if (level < lowest)
		return;
	buf_vaddf(&msg, fmt, ap);
	if (as_json)
		write_json(&line, level, buf_str(&msg), members);
	else
		write_text(&line, level, buf_str(&msg));
	buf_addc(&line, '\n');
	put(buf_str(&line));
	buf_release(&msg);
	buf_release(&line);
}

#define SAY(level, members)                           \
	do {                                          \
		va_list ap;                           \
                                                      \
		va_start(ap, fmt);                    \
		say(level, members, fmt, ap);         \
		va_end(ap);                           \
	} while (0)

void log_info(const char *fmt, ...)
{
	SAY(LOG_INFO, STR(""));
}

void log_warn(const char *fmt, ...)
{
	SAY(LOG_WARN, STR(""));
}

void log_error(const char *fmt, ...)
{
	SAY(LOG_ERROR, STR(""));
}

void log_event(enum log_level level, struct str members, const char *fmt, ...)
{
	SAY((int)level, members);
}
