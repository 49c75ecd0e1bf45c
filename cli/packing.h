/*
 * packing.h - a directory of environments: recipes, archives, and an index of them.
 *
 *	struct packing *p;
 *
 *	packing_open(&p, &(struct packing_options){ .repos = "/src" }, &err);
 *	packing_add_file(p, "tasks.jsonl.zst", &err);	// of each row
 *	packing_write(p, "env", NULL, &err);		// env/HASH.json, env/HASH.tar.zst, env/index.json
 *	packing_free(p);
 *
 * What else the directory's index knows stays in it.
 */
#ifndef QUARRY_CLI_PACKING_H
#define QUARRY_CLI_PACKING_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "repos/environment.h"

#include <stdbool.h>
#include <stddef.h>

struct packing_options {
	const char *environments; /* where recipes are that rows do not hold, or NULL */
	const char *repos;        /* for recipes that prepare something: DIR:DIR..., or NULL */
	const char *from;         /* archives that are taken over as they are, where there are any; or NULL */
	struct words packages;    /* beside those that recipes name */
	bool network, keep;       /* keep: an archive that is there is not made anew */
	bool tell;                /* a line on standard output for each that was made */
};

struct packing;

int packing_open(struct packing **ret, const struct packing_options *o, struct err *err);
int packing_add_file(struct packing *p, const char *path, struct err *err); /* of rows; those of other tasks are passed over */
int packing_add_dir(struct packing *p, const char *dir, struct err *err);   /* each HASH.json */
size_t packing_count(const struct packing *p);
int packing_write(struct packing *p, const char *out, const char *oci /* or NULL */, struct err *err);
void packing_free(struct packing *p); /* NULL is fine */

/* The environments of a file of rows, all of the above; nothing is written where it holds no task of a repository. */
int packing_rows(const struct packing_options *o, const char *rows, const char *out, struct err *err);
/* Adds where the archives of a file of rows are: `env` beside it. */
void packing_beside(struct buf *dir, const char *rows);

/* The packages of an environment's archive ("NAME VERSION"), as an index.json tells; in the arena. */
int packing_packages(const char *index, const char *hash, struct words *names, struct arena *text, struct err *err);

/* Why there can be no archives here, or NULL. */
const char *packing_lacks(void);

#endif
