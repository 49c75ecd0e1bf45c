/* outfile.c - rows for -o FILE; see outfile.h. */
#include "cli/outfile.h"

#include <unistd.h>

static int refuse(void *ctx, struct str line, struct err *err)
{
	const char *path = ctx;

	(void)line;
	return err_set(err, "%s.part holds what a stopped run has done: go on with --resume, or remove it to begin afresh", path);
}

int outfile_open(struct writer **ret, const char *path, struct err *err)
{
	return writer_resume(ret, path, refuse, (void *)path, err);
}

static bool has_part(const char *path)
{
	struct buf part = BUF_INIT;
	bool there;

	if (strcmp(path, "-") == 0)
		return false;
	buf_addf(&part, "%s.part", path);
	there = !part.failed && access(buf_z(&part), F_OK) == 0;
	buf_release(&part);
	return there;
}

int outfile_end(struct writer *w, const char *path, int rc, struct err *err)
{
	struct err why = *err, lost;
	int saved;

	if (rc == 0) {
		if (writer_finish(w, &why) == 0)
			return 0;
		rc = ERR_JOB;
	} else {
		saved = writer_save(w, &lost);
		if (rc == ERR_STOPPED)
			err_set(&why, "%s: stopped by a signal", strcmp(path, "-") ? path : "standard output");
		if (rc == ERR_STOPPED && saved < 0) {
			why = lost;
			rc = ERR_JOB;
		}
	}
	if (has_part(path))
		err_set(err, "%s; what was done is in %s.part: go on with --resume", why.msg, path);
	else
		*err = why;
	return rc;
}
