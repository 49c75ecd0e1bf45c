/* test_batch.c - ground truths, budgets and pools: a batch gives the verdicts that its items get one by one. */
#include "generators/instance.h"
#include "tests/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ITEMS = CHECK_SLOW ? 600 : 4000, ROOM = 200 };

static struct quarry_verdict truth(const char *text, const char *said)
{
	struct quarry_verdict v;

	quarry_verify_truth(text, strlen(text), said, strlen(said), NULL, &v);
	return v;
}

static void test_truth(void)
{
	static const char good[] = "{\"v\":1,\"task\":\"game_of_24\",\"revision\":1,\"desc\":\"24: 8 8 3 3\"}";
	static const struct {
		const char *text, *why; /* a part of it */
	} bad[] = {
		{ "", "not one JSON object" },
		{ "8 8 3 3", "not one JSON object" },
		{ "{\"v\":1,\"task\":\"game_of_24\",\"desc\":\"24: 8 8 3 3\"} {}", "not one JSON object" },
		{ "{\"v\":2,\"task\":\"game_of_24\",\"desc\":\"24: 8 8 3 3\"}", "another version" },
		{ "{\"v\":\"1\",\"task\":\"game_of_24\",\"desc\":\"24: 8 8 3 3\"}", "another version" },
		{ "[\"game_of_24\"]", "no task and desc" },
		{ "{\"v\":1,\"task\":\"game_of_24\"}", "no task and desc" },
		{ "{\"v\":1,\"task\":7,\"desc\":\"24: 8 8 3 3\"}", "no task and desc" },
		{ "{\"v\":1,\"task\":\"game_of_42\",\"desc\":\"24: 8 8 3 3\"}", "no such task" },
		{ "{\"v\":1,\"task\":\"game_of_24\\u0000x\",\"desc\":\"24: 8 8 3 3\"}", "no such task" },
		{ "{\"v\":1,\"task\":\"game_of_24\",\"desc\":\"24; 8 8 3 3\"}", "" },
	};
	struct quarry_verdict v = truth(good, "<answer>8/(3-8/3)</answer>");

	CHECK_EQ(v.mark, QUARRY_CORRECT);
	CHECK(v.answer_len == 9 && memcmp(v.answer, "8/(3-8/3)", 9) == 0);
	CHECK_EQ(truth(good, "<answer>8+8+3+3</answer>").mark, QUARRY_WRONG);
	CHECK_EQ(truth(good, "").mark, QUARRY_NO_ANSWER);
	/* an alias, no version, blanks, and a desc with escapes */
	CHECK_EQ(truth(" { \"desc\": \"24: \\u0038 8 3 3\", \"task\": \"mathador\" } ", "<answer>8/(3-8/3)</answer>").mark, QUARRY_CORRECT);
	for (size_t i = 0; i < COUNT(bad); i++) {
		v = truth(bad[i].text, "<answer>8/(3-8/3)</answer>");
		check_in("%s", bad[i].text);
		CHECK_EQ(v.mark, QUARRY_BAD_TASK);
		if (!CHECK(strstr(v.why, bad[i].why) != NULL))
			fprintf(stderr, "\tit says: %s\n", v.why);
	}
	quarry_verify_truth(NULL, 0, NULL, 0, NULL, &v);
	CHECK_EQ(v.mark, QUARRY_BAD_TASK);
	check_in("%s", "");
}

/* A ground truth of any length is a ground truth or is not: nothing is cut. */
static void test_long_truth(void)
{
	struct buf b = BUF_INIT;
	struct quarry_verdict v;

	for (int escaped = 0; escaped < 2; escaped++)
		for (size_t n = 65530; n < 65545; n++) {
			buf_reset(&b);
			buf_addz(&b, "{\"task\":\"game_of_24\",\"desc\":\"24: 8 8 3 3");
			buf_addz(&b, escaped ? "\\n" : "");
			for (size_t i = 0; i < n; i++)
				buf_addc(&b, ' ');
			buf_addz(&b, "\"}");
			quarry_verify_truth(b.s, b.n, "x", 1, NULL, &v);
			CHECK_EQ(v.mark, QUARRY_BAD_TASK);
		}
	for (size_t n = 1; n < 5000; n += n < 100 ? 1 : 97) {
		buf_reset(&b);
		buf_addz(&b, "{\"task\":\"");
		for (size_t i = 0; i < n; i++)
			buf_addc(&b, 'n');
		buf_addz(&b, "\",\"desc\":\"24: 8 8 3 3\"}");
		quarry_verify_truth(b.s, b.n, "x", 1, NULL, &v);
		CHECK(v.mark == QUARRY_BAD_TASK && strcmp(v.why, "no such task") == 0);
	}
	buf_release(&b);
}

static void test_budget(void)
{
	static const char said[] = "<answer>8/(3-8/3)</answer>";
	const struct quarry_rule *rule = quarry_rule("game_of_24");
	struct quarry_options o = { .budget = strlen(said) };
	struct quarry_verdict v;

	quarry_verify_n(rule, "24: 8 8 3 3", 11, said, strlen(said), &o, &v);
	CHECK_EQ(v.mark, QUARRY_CORRECT);
	o.budget--;
	quarry_verify_n(rule, "24: 8 8 3 3", 11, said, strlen(said), &o, &v);
	CHECK_EQ(v.mark, QUARRY_UNREADABLE);
	CHECK(strstr(v.why, "budget") && !v.answer && !v.format_ok && v.score == 0);
	quarry_verify_n(rule, "24; 8", 5, said, strlen(said), &o, &v);
	CHECK_EQ(v.mark, QUARRY_BAD_TASK);
}

/* ---- batches ---- */

static struct quarry_item items[ITEMS];
static struct quarry_verdict alone[ITEMS];
static char said[ITEMS][ROOM];
static struct buf truths[ITEMS];

/* Puzzles of several tasks with answers right, wrong, missing and unreadable, told by ground truth and by rule and desc. */
static void make_items(void)
{
	static const char *const tasks[] = { "game_of_24", "sudoku", "word_sorting", "web_of_lies" };

	for (int i = 0; i < ITEMS; i++) {
		struct instance_ask ask = INSTANCE_ASK(task_find(str_of(tasks[i % 4])));
		struct instance in = INSTANCE_INIT;
		struct err err = ERR_INIT;

		ask.difficulty = 10;
		CHECK_EQ(instance_make(&in, &ask, (uint64_t)i % 40, &err), 0);
		instance_ground_truth(&truths[i], in.task->name, in.task->revision, buf_str(&in.desc));
		snprintf(said[i], ROOM, i % 5 == 0 ? "<answer>%s</answer> or so" : i % 5 == 1 ? "<answer>%s" : i % 5 == 2 ? "%.0s" : "<answer>x%s</answer>",
			 buf_z(&in.answer));
		items[i] = (struct quarry_item){ .response = said[i], .response_len = strlen(said[i]), .truth = truths[i].s, .truth_len = truths[i].n };
		quarry_verify_truth(truths[i].s, truths[i].n, said[i], strlen(said[i]), NULL, &alone[i]);
		instance_release(&in);
	}
}

static bool same(const struct quarry_verdict *a, const struct quarry_verdict *b)
{
	return a->mark == b->mark && a->score == b->score && a->format_ok == b->format_ok && a->answers_seen == b->answers_seen &&
	       a->answer == b->answer && a->answer_len == b->answer_len && strcmp(a->why, b->why) == 0;
}

static long batch_differs(struct quarry_pool *pool, size_t n)
{
	struct quarry_verdict *v = malloc((n + 1) * sizeof(*v));
	long differ = 0;

	if (!v)
		return -1;
	memset(v, 0xaa, (n + 1) * sizeof(*v));
	v[n].mark = QUARRY_BAD_TASK;
	quarry_verify_batch(pool, items, n, v);
	for (size_t i = 0; i < n; i++)
		differ += !same(&v[i], &alone[i]);
	differ += v[n].mark != QUARRY_BAD_TASK;
	free(v);
	return differ;
}

static void test_pools(void)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 100, ITEMS };
	int marks[5] = { 0 };

	for (int i = 0; i < ITEMS; i++)
		marks[alone[i].mark]++;
	CHECK(marks[QUARRY_CORRECT] && marks[QUARRY_WRONG] && marks[QUARRY_UNREADABLE] && marks[QUARRY_NO_ANSWER] && !marks[QUARRY_BAD_TASK]);
	for (int threads = 0; threads <= 5; threads++) {
		struct quarry_pool *pool = threads ? quarry_pool_new(threads) : NULL;

		CHECK_EQ(quarry_pool_threads(pool), threads ? threads : 1);
		for (size_t i = 0; i < COUNT(sizes); i++)
			CHECK_EQ(batch_differs(pool, sizes[i]), 0);
		quarry_pool_free(pool);
	}
	CHECK(!quarry_pool_new(0) && !quarry_pool_new(-1) && !quarry_pool_new(257));
}

static void *ask_batches(void *arg)
{
	long differ = 0;

	for (int i = 0; i < 20; i++)
		differ += batch_differs(arg, ITEMS / 10);
	return (void *)(intptr_t)differ;
}

/* Several threads ask one pool at once. */
static void test_shared(void)
{
	struct quarry_pool *pool = quarry_pool_new(3);
	pthread_t thread[6];

	for (int i = 0; i < 6; i++)
		CHECK_EQ(pthread_create(&thread[i], NULL, ask_batches, pool), 0);
	for (int i = 0; i < 6; i++) {
		void *differ;

		pthread_join(thread[i], &differ);
		CHECK_EQ((intptr_t)differ, 0);
	}
	quarry_pool_free(pool);
}

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
static void test_fork(void)
{
	/* forking beside threads is no business of this sanitizer's */
}
#else
static void *keep_asking(void *arg)
{
	struct quarry_pool *pool = ((void **)arg)[0];
	const atomic_bool *ends = ((void **)arg)[1];
	long differ = 0;

	while (!atomic_load(ends))
		differ += batch_differs(pool, 200);
	return (void *)(intptr_t)differ;
}

/* A child forked while batches run can use the pool, free it and make its own. */
static void test_fork(void)
{
	struct quarry_pool *pool = quarry_pool_new(3);
	atomic_bool ends = false;
	void *arg[] = { pool, &ends }, *differ;
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, keep_asking, arg), 0);
	for (int i = 0; i < 10; i++) {
		pid_t child = fork();
		int status;

		if (child == 0) {
			struct quarry_pool *own;
			long bad = quarry_pool_threads(pool) != 1;

			alarm(60); /* a child that hangs fails */
			bad += batch_differs(pool, 100);
			own = quarry_pool_new(2);
			bad += batch_differs(own, 100) + (quarry_pool_threads(own) != 2);
			quarry_pool_free(own);
			quarry_pool_free(pool);
			_exit(bad ? 1 : 0);
		}
		CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	atomic_store(&ends, true);
	pthread_join(thread, &differ);
	CHECK_EQ((intptr_t)differ, 0);
	quarry_pool_free(pool);
}
#endif

int main(void)
{
	test_truth();
	test_long_truth();
	test_budget();
	make_items();
	test_pools();
	test_shared();
	test_fork();
	for (int i = 0; i < ITEMS; i++)
		buf_release(&truths[i]);
	return check_done();
}
