/*
 * err.h - the world failing, said once in one line where the facts are.
 *
 *	fd = open(path, O_RDONLY | O_CLOEXEC);
 *	if (fd < 0)
 *		return err_sys(err, "%s", path);	// "data.jsonl: No such file or directory", returns -1
 *
 * Functions that can fail take a struct err * last (never NULL) and return a negative code.
 */
#ifndef QUARRY_BASE_ERR_H
#define QUARRY_BASE_ERR_H

#include "base/str.h"

struct err {
	char msg[600]; /* one line, no newline, always NUL-terminated; "" is no error */
};

#define ERR_INIT ((struct err){ .msg = "" })

enum {
	ERR_FAIL = -1,    /* unusable input, full disk, ...: exit 2 or 1, as the command decides */
	ERR_STOPPED = -2, /* a signal or a closed pipe asked us to stop */
	ERR_JOB = -3,     /* what was asked for is right, and it went wrong (a full disk, a closed pipe): exit 1 */
};

/* Set the message, give back ERR_FAIL. Control characters in it become '?'. */
int err_set(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, then ": " and strerror(errno). */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Put a place in front of the message that is there: "recipe.yaml:12: " + msg. Gives back ERR_FAIL. */
int err_at(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
