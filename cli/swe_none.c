/* swe_none.c - this quarry was built without libgit2: rows of task "swe" are bad_task. See swe.h. */
#include "cli/swe.h"

#include "cli/export_swe.h"
#include "cli/swe_source.h"

#include <stdio.h>

int swe_open(struct swe **ret, const struct swe_options *o, struct err *err)
{
	(void)o;
	*ret = NULL;
	return err_set(err, "this quarry was built without libgit2, which repositories are read with");
}

int swe_open_args(struct swe **ret, const struct swe_args *a, const struct common *c, struct err *err)
{
	(void)c;
	*ret = NULL;
	return a->repos ? swe_open(ret, NULL, err) : 0;
}

bool swe_source_here(void)
{
	return false;
}

bool swe_day(const char *text, int64_t *seconds)
{
	(void)text, (void)seconds;
	return true; /* what follows says that there are no repositories */
}

int swe_langs(const char *text, unsigned *langs, struct err *err)
{
	(void)text, (void)langs, (void)err;
	return 0;
}

bool swe_repo_name(const char *name)
{
	(void)name;
	return true;
}

int harbor_row(struct harbor *h, struct buf *line, struct json row, struct err *err)
{
	(void)h, (void)line, (void)row;
	return swe_open(&(struct swe *){ NULL }, NULL, err);
}

int swe_source_check(const struct swe_source *s, struct err *err)
{
	(void)s;
	return swe_open(&(struct swe *){ NULL }, NULL, err);
}

int swe_source_mine(const struct swe_source *s, int number, const char *dir, const struct common *common, struct err *err)
{
	(void)s, (void)number, (void)dir, (void)common;
	return swe_open(&(struct swe *){ NULL }, NULL, err);
}

int swe_source_each(const struct swe_source *s, int number, const char *dir, int (*add)(void *ctx, const struct swe_source_row *row), void *ctx,
		    struct swe_source_counts *n, struct err *err)
{
	(void)s, (void)number, (void)dir, (void)add, (void)ctx, (void)n;
	return swe_open(&(struct swe *){ NULL }, NULL, err);
}

void swe_close(struct swe *s)
{
	(void)s;
}

bool swe_ready(const struct swe *s, struct buf *json)
{
	(void)s, (void)json;
	return false;
}

void swe_judge(struct swe *s, const struct swe_ask *ask, struct swe_verdict *v)
{
	(void)s;
	(void)ask;
	*v = (struct swe_verdict){ .v = { .mark = QUARRY_BAD_TASK }, .status = "no_store", .similarity = -1 };
	snprintf(v->v.why, sizeof(v->v.why), "a row of task swe needs a quarry with libgit2, and a store of repositories");
}
