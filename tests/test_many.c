/*
 * test_many.c - many puzzles of a task at difficulty 5: each is made, has an answer that its rule accepts, and two neighbouring
 * seeds share no more puzzles than chance has it.
 *
 *	test_many sudoku		MANY (10,000; under a sanitizer 200) puzzles, half under each of two seeds
 */
#include "base/hash.h"
#include "generators/instance.h"
#include "tests/check.h"
#include "verifiers/verify.h"

#include <math.h>

enum { MANY = CHECK_SLOW ? 200 : 10000 };

/* Canonical hashes of n puzzles under a run's seed, sorted. */
static void make(const struct task *t, uint64_t run_seed, long n, uint64_t *canon)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;
	struct buf said = BUF_INIT;

	for (long i = 0; i < n; i++) {
		struct err err = ERR_INIT;
		struct quarry_verdict v;

		check_in("%s, seed %d, puzzle %ld", t->name, (int)run_seed, i);
		ask.lang = i % 2 ? LANG_ZH : LANG_EN;
		if (!CHECK_EQ(instance_make(&in, &ask, instance_seed(run_seed, t->name, (uint64_t)i), &err), 0)) {
			fprintf(stderr, "\t%s\n", err.msg);
			continue;
		}
		buf_reset(&said);
		instance_wrap(&said, ask.format, ask.lang, buf_str(&in.answer));
		quarry_verify_n(quarry_rule(t->name), buf_z(&in.desc), in.desc.n, buf_z(&said), said.n, NULL, &v);
		if (!CHECK_EQ(v.mark, QUARRY_CORRECT))
			fprintf(stderr, "\tdesc \"%s\", answer \"%s\": %s\n", buf_z(&in.desc), buf_z(&in.answer), v.why);
		canon[i] = in.canon;
	}
	qsort(canon, (size_t)n, sizeof(*canon), hash64_cmp);
	instance_release(&in);
	buf_release(&said);
}

/* Pairs of equal values in one sorted list, or across two. */
static double pairs_within(const uint64_t *a, long n)
{
	double pairs = 0;

	for (long i = 0, j; i < n; i = j) {
		for (j = i; j < n && a[j] == a[i]; j++)
			;
		pairs += (double)(j - i) * (double)(j - i - 1) / 2;
	}
	return pairs;
}

static double pairs_across(const uint64_t *a, const uint64_t *b, long n)
{
	double pairs = 0;

	for (long i = 0, k = 0; i < n; i++) {
		long j;

		while (k < n && b[k] < a[i])
			k++;
		for (j = k; j < n && b[j] == a[i]; j++)
			pairs++;
	}
	return pairs;
}

int main(int argc, char **argv)
{
	const char *many = getenv("MANY");
	long n = (many ? atol(many) : MANY) / 2;
	uint64_t *a = calloc((size_t)n + 1, sizeof(*a)), *b = calloc((size_t)n + 1, sizeof(*b));
	const struct task *t = argc > 1 ? task_find(str_of(argv[1])) : NULL;
	double within, across;

	if (!a || !b || !t) {
		fprintf(stderr, "test_many TASK\n");
		return 2;
	}
	make(t, 42, n, a);
	make(t, 43, n, b);
	within = pairs_within(a, n) + pairs_within(b, n);
	across = pairs_across(a, b, n);
	printf("%s: %.0f pairs of the same canonical form among %ld puzzles of each of two seeds, %.0f across them\n", t->name, within, n,
	       across);
	/* across two lists there are as many pairs as within both, when draws are independent; six standard deviations */
	check_in("%s: overlap of neighbouring seeds", t->name);
	CHECK(across <= within + 6 * sqrt(2 * within + 1) + 6);
	/* at least 2^17 canonical forms: n^2 / 2^17 pairs within both at most */
	check_in("%s: support", t->name);
	CHECK(within <= (double)n * (double)n / 131072 + 6 * sqrt((double)n * (double)n / 131072 + 1) + 6);
	free(a);
	free(b);
	return check_done();
}
