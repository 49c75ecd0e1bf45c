/*
 * outfile.h - rows for -o FILE: what a run that did not end well has done stays in FILE.part, and --resume goes on with it.
 *
 *	rc = a->resume ? writer_resume(&w, path, note_row, me, err) : outfile_open(&w, path, err);
 *	...
 *	return outfile_end(w, path, rc, err);
 */
#ifndef QUARRY_CLI_OUTFILE_H
#define QUARRY_CLI_OUTFILE_H

#include "datasets/stream.h"

/* A first run: rows that another left in PATH.part are not written over, they refuse it. */
int outfile_open(struct writer **ret, const char *path, struct err *err);
/*
 * rc is how the work ended. 0: the file gets its name. Else what was done is kept, and err says where, behind why the work
 * ended (which err holds, but of a signal). Gives rc, or ERR_JOB where a file could not be written. Frees w.
 */
int outfile_end(struct writer *w, const char *path, int rc, struct err *err);

#endif
