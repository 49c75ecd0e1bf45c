/*
 * tar.h - tar archives whose bytes depend on nothing but names, modes and contents, and their unpacking, which trusts none of them.
 *
 *	struct tar_out out = { .put = put, .ctx = file };
 *	tar_add(&out, &(struct tar_entry){ .kind = TAR_DIRECTORY, .name = STR("usr") });	// in the order of their names: see tar_order
 *	tar_add(&out, &(struct tar_entry){ .kind = TAR_FILE, .name = STR("usr/a"), .text = text, .program = true });
 *	tar_end(&out);
 *
 * POSIX's format (ustar, and pax headers for names that do not fit). Everything belongs to user 0 and is from one moment; a file is 0644 or 0755.
 */
#ifndef QUARRY_REPOS_TAR_H
#define QUARRY_REPOS_TAR_H

#include "base/err.h"
#include "base/str.h"

enum { TAR_TIME = 946684800 }; /* 2000-01-01: what SOURCE_DATE_EPOCH says in a sandbox */

enum tar_kind { TAR_FILE, TAR_DIRECTORY, TAR_LINK };

struct tar_entry {
	enum tar_kind kind;
	struct str name; /* no '/' at its ends, no "." or ".." in it */
	struct str to;   /* TAR_LINK */
	struct str text; /* TAR_FILE */
	bool program;    /* TAR_FILE: may be executed */
};

struct tar_out {
	bool (*put)(void *ctx, const void *data, size_t n);
	void *ctx;
	bool failed; /* put said no; what follows does nothing */
};

void tar_add(struct tar_out *out, const struct tar_entry *e);
void tar_end(struct tar_out *out);

struct tar_in {
	size_t (*get)(void *ctx, void *data, size_t n); /* as many bytes as asked for, or the end was there */
	void *ctx;
	uint64_t bytes_max, files_max;
};

/*
 * All of it into an empty directory. Names that lead out of it or through a link, other kinds of files, and archives that are cut short or larger
 * than allowed are refused.
 */
int tar_unpack(const struct tar_in *in, int dir, struct err *err);

#endif
