/* err.c - one-line errors; see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static void tidy(struct err *e)
{
	for (char *p = e->msg; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			*p = '?';
}

int err_set(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	tidy(e);
	return ERR_FAIL;
}

int err_sys(struct err *e, const char *fmt, ...)
{
	int no = errno;
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	/* strerror_r: the GNU form gives back the text, wherever it lies */
	{
		char room[128];

		snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", strerror_r(no, room, sizeof(room)));
	}
	tidy(e);
	return ERR_FAIL;
}

int err_at(struct err *e, const char *fmt, ...)
{
	struct err old = *e;
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, "%s", old.msg);
	tidy(e);
	return ERR_FAIL;
}
