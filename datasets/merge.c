/* merge.c - parts of a run joined, prompt by prompt; see merge.h. */
#include "datasets/merge.h"

enum { COMMIT = 4096 }; /* prompts in one transaction */

int64_t merge_prompts(struct store *const *parts, int64_t n, int64_t *which)
{
	int64_t total = 0;

	for (int64_t i = 0; i < n; i++) {
		int64_t has = store_prompts(parts[i]);

		*which = i;
		if (has < 0)
			return -1;
		total += has;
	}
	for (int64_t i = 0; i < n; i++) {
		*which = i;
		if (store_prompts(parts[i]) != (total + n - 1 - i) / n)
			return -1;
	}
	return total;
}

struct copying {
	struct store *to;
	int64_t prompt;
	struct err *err;
};

static int copy_sample(void *ctx, const struct stored_sample *s)
{
	const struct copying *c = ctx;

	return store_add_sample(c->to, c->prompt, s, c->err);
}

static int copy_prompt(struct store *to, struct store *from, int64_t local, int64_t idx, struct err *err)
{
	struct copying c = { to, idx, err };
	struct stored_prompt p;
	int rc = store_prompt(from, local, &p, err);

	if (rc <= 0)
		return rc < 0 ? rc : err_set(err, "prompt %lld is missing", (long long)local);
	p.idx = idx;
	rc = store_add_prompt(to, &p, err);
	return rc < 0 ? rc : store_each_sample(from, local, copy_sample, &c, err);
}

static int copy_meta(void *ctx, const char *key, struct str value)
{
	const struct copying *c = ctx;

	if (strcmp(key, "part") == 0) /* which one it is */
		return 0;
	return store_set(c->to, key, value, c->err);
}

int merge_parts(struct store *to, struct store *const *parts, int64_t n, int (*told)(void *ctx, int64_t done, int64_t total), void *ctx,
		struct err *err)
{
	struct copying c = { to, 0, err };
	int64_t which, total = merge_prompts(parts, n, &which);
	int rc = total < 0 ? err_set(err, "part %lld does not hold its share", (long long)which + 1) : store_begin(to, err);

	if (rc == 0)
		rc = store_each_meta(parts[0], copy_meta, &c, err);
	for (int64_t i = 0; rc == 0 && i < total; i++) {
		rc = copy_prompt(to, parts[i % n], i / n, i, err);
		if (rc == 0 && (i + 1) % COMMIT == 0) {
			rc = store_commit(to, err);
			if (rc == 0)
				rc = store_begin(to, err);
			if (rc == 0 && told && told(ctx, i + 1, total))
				rc = ERR_STOPPED;
		}
	}
	if (rc == 0)
		rc = store_commit(to, err);
	else
		store_rollback(to);
	return rc;
}
