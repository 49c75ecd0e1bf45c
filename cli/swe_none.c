/* swe_none.c - this quarry was built without libgit2: rows of task "swe" are bad_task. See swe.h. */
#include "cli/swe.h"

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

void swe_close(struct swe *s)
{
	(void)s;
}

void swe_judge(struct swe *s, const struct swe_ask *ask, struct swe_verdict *v)
{
	(void)s;
	(void)ask;
	*v = (struct swe_verdict){ .v = { .mark = QUARRY_BAD_TASK }, .status = "no_store" };
	snprintf(v->v.why, sizeof(v->v.why), "a row of task swe needs a quarry with libgit2, and a store of repositories");
}
