/* test_verify.c - from a response to a verdict: marks, formats, damage on our side, many threads, bounded time. */
#include "generators/instance.h"
#include "tests/check.h"
#include "tests/hostile.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"

#include <pthread.h>
#include <time.h>

/* A small stack must do; a sanitizer's frames are larger. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { STACK = 8 << 20 };
#else
enum { STACK = 256 << 10 };
#endif

static enum quarry_mark echo_judge(struct why *why, struct str desc, struct str answer)
{
	if (!answer.s || answer.n > ANSWER_MAX) /* a promise of rule.h */
		return rule_bad_task(why, "the answer is out of bounds");
	if (str_is(desc, "damaged"))
		return rule_bad_task(why, "the desc is damaged");
	if (str_is(str_trim(answer), "?"))
		return rule_unreadable(why, "%s", "no answer could be read");
	return str_eq(str_trim(answer), desc) ? QUARRY_CORRECT : rule_wrong(why, "it is not %.*s", (int)desc.n, desc.s);
}

/* A rule that wants the desc said back. */
static const struct quarry_rule echo = { "echo", 3, echo_judge, NULL };

static const struct {
	const char *desc, *said;
	struct quarry_options o;
	enum quarry_mark mark;
	bool format_ok;
	const char *why; /* a part of it */
} cases[] = {
	{ "42", "<answer>42</answer>", { QUARRY_TAGS, false, false }, QUARRY_CORRECT, true, "every rule holds" },
	{ "42", "<answer>42</answer>", { QUARRY_ANY, false, false }, QUARRY_CORRECT, true, "" },
	{ "42", "<answer>41</answer>", { QUARRY_TAGS, false, false }, QUARRY_WRONG, true, "it is not 42" },
	{ "42", "\\boxed{42}", { QUARRY_TAGS, false, false }, QUARRY_CORRECT, false, "" },
	{ "42", "\\boxed{42}", { QUARRY_TAGS, false, true }, QUARRY_UNREADABLE, false, "format" },
	{ "42", "42", { QUARRY_ANY, false, false }, QUARRY_CORRECT, false, "" },
	{ "42", "42", { QUARRY_ANY, false, true }, QUARRY_CORRECT, false, "" },
	{ "42", "42", { QUARRY_LINE, false, true }, QUARRY_UNREADABLE, false, "" },
	{ "42", "The answer is 42.", { QUARRY_LINE, false, false }, QUARRY_CORRECT, false, "" },
	{ "42", "<answer>?</answer>", { QUARRY_TAGS, false, false }, QUARRY_UNREADABLE, true, "could be read" },
	{ "42", "<answer>42", { QUARRY_TAGS, false, false }, QUARRY_UNREADABLE, false, "begun" },
	{ "42", "", { QUARRY_TAGS, false, false }, QUARRY_NO_ANSWER, false, "no answer" },
	{ "42", "I do not know.", { QUARRY_TAGS, false, false }, QUARRY_NO_ANSWER, false, "" },
	{ "42", "<answer>42</answer>", { QUARRY_TAGS, true, false }, QUARRY_NO_ANSWER, false, "" },
	{ "42", "x</think><answer>42</answer>", { QUARRY_TAGS, true, false }, QUARRY_CORRECT, true, "" },
	{ "42", "<answer>41</answer> <answer>42</answer>", { QUARRY_TAGS, false, false }, QUARRY_CORRECT, true, "" },
	{ "42", "<answer>41</answer> <answer>42</answer>", { QUARRY_TAGS, false, true }, QUARRY_UNREADABLE, true, "differ" },
	{ "42", "<answer>42</answer> <answer>42 </answer>", { QUARRY_TAGS, false, true }, QUARRY_CORRECT, true, "" },
	/* our damage is our damage, whatever is said */
	{ "damaged", "<answer>42</answer>", { QUARRY_TAGS, false, false }, QUARRY_BAD_TASK, true, "damaged" },
	{ "damaged", "<answer>42", { QUARRY_TAGS, false, false }, QUARRY_BAD_TASK, false, "damaged" },
	{ "damaged", "", { QUARRY_TAGS, false, false }, QUARRY_BAD_TASK, false, "damaged" },
	{ "damaged", "\\boxed{42}", { QUARRY_TAGS, false, true }, QUARRY_BAD_TASK, false, "damaged" },
};

static void test_verdicts(void)
{
	struct quarry_verdict v;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str d = str_of(cases[i].desc), s = str_of(cases[i].said);

		check_in("%s: %s", cases[i].desc, cases[i].said);
		quarry_verify_n(&echo, d.s, d.n, s.s, s.n, &cases[i].o, &v);
		CHECK_EQ(v.mark, cases[i].mark);
		CHECK_F64(v.score, v.mark == QUARRY_CORRECT ? 1.0 : 0.0);
		CHECK_EQ(v.format_ok, cases[i].format_ok);
		CHECK(v.why[0] && str_find(str_of(v.why), str_of(cases[i].why)) >= 0);
		CHECK((v.answer == NULL) == (v.answer_len == 0 && !v.answer));
	}
	check_in("%s", "");
}

static void test_edges(void)
{
	struct quarry_verdict v;
	char *big = malloc(DESC_MAX + 2);

	quarry_verify(NULL, "42", "42", &v);
	CHECK(v.mark == QUARRY_BAD_TASK && v.score == 0.0 && v.why[0] && !v.answer);
	quarry_verify(&echo, NULL, "42", &v);
	CHECK_EQ(v.mark, QUARRY_BAD_TASK);
	quarry_verify(&echo, "42", NULL, &v);
	CHECK_EQ(v.mark, QUARRY_NO_ANSWER);
	quarry_verify(&echo, "42", "<answer>42</answer>", &v);
	CHECK(v.mark == QUARRY_CORRECT && v.answer_len == 2 && memcmp(v.answer, "42", 2) == 0 && v.answers_seen == 1);
	memset(big, 'x', DESC_MAX + 1);
	big[DESC_MAX + 1] = 0;
	quarry_verify_n(&echo, big, DESC_MAX + 1, "42", 2, NULL, &v);
	CHECK_EQ(v.mark, QUARRY_BAD_TASK);
	quarry_verify_n(&echo, big, DESC_MAX, "42", 2, NULL, &v);
	CHECK(v.mark == QUARRY_WRONG && strlen(v.why) == sizeof(v.why) - 1);
	memcpy(big, "<answer>", 8); /* and no end, or one that is too far off */
	quarry_verify_n(&echo, "42", 2, big, DESC_MAX, NULL, &v);
	CHECK_EQ(v.mark, QUARRY_UNREADABLE);
	big = realloc(big, DESC_MAX + 100);
	memset(big + DESC_MAX, 'x', 91);
	memcpy(big + DESC_MAX + 91, "</answer>", 9);
	quarry_verify_n(&echo, "42", 2, big, DESC_MAX + 100, NULL, &v);
	CHECK(v.mark == QUARRY_UNREADABLE && v.answer_len == DESC_MAX + 83);
	quarry_verify_n(&echo, "a\0b", 3, "<answer>a\0b</answer>", 20, NULL, &v);
	CHECK_EQ(v.mark, QUARRY_CORRECT);
	free(big);
}

static void test_names(void)
{
	enum quarry_format f;
	const char *last = "";
	size_t n = 0;

	for (const struct quarry_rule *r; (r = quarry_rule_at(n)); n++) {
		CHECK(strcmp(last, quarry_rule_name(r)) < 0); /* in order, so that the search finds them */
		last = quarry_rule_name(r);
		CHECK(quarry_rule(last) == r && quarry_rule_revision(r) >= 1);
	}
	CHECK(n > 0 && !quarry_rule_at(n) && !quarry_rule_at(SIZE_MAX));
	CHECK(!quarry_rule("") && !quarry_rule(NULL) && !quarry_rule("swe") && !quarry_rule("~") && !quarry_rule("sudok"));
	CHECK(quarry_rule("mathador") && quarry_rule("mathador") == quarry_rule("game_of_24"));
	CHECK(!quarry_rule_name(NULL) && quarry_rule_revision(NULL) == 0);
	for (int i = 0; i < QUARRY_FORMATS; i++)
		CHECK(quarry_format_from(quarry_format_name((enum quarry_format)i), &f) && (int)f == i);
	CHECK(!quarry_format_from("xml", &f) && !quarry_format_from(NULL, &f) && !quarry_format_name(QUARRY_FORMATS));
	CHECK_STR(str_of(quarry_mark_name(QUARRY_CORRECT)), "correct");
	CHECK_STR(str_of(quarry_mark_name(QUARRY_BAD_TASK)), "bad_task");
	CHECK(!quarry_mark_name((enum quarry_mark)5) && !quarry_mark_name((enum quarry_mark)-1));
	CHECK_STR(str_of(quarry_version()), QUARRY_VERSION);
}

/* Does this bare answer count, and no other? The rule's own puzzle, its answer in every format, cut short, in a thought. */
static void rule_basics(const struct quarry_rule *rule, const struct instance *in)
{
	struct str desc = buf_str(&in->desc), answer = buf_str(&in->answer);
	size_t cap = answer.n * 6 + 100, n;
	char *room = malloc(cap);
	struct quarry_verdict v;

	for (int f = QUARRY_TAGS; f < QUARRY_FORMATS; f++) {
		struct quarry_options o = { (enum quarry_format)f, false, true };

		check_in("%s as %s", quarry_rule_name(rule), quarry_format_name(o.format));
		n = answer_wrap(o.format, answer, room, cap);
		CHECK(n > 0);
		quarry_verify_n(rule, desc.s, desc.n, room, n, &o, &v);
		CHECK_EQ(v.mark, QUARRY_CORRECT);
		CHECK(v.format_ok && v.answers_seen == 1);
		o.think_open = true;
		quarry_verify_n(rule, desc.s, desc.n, room, n, &o, &v);
		CHECK_EQ(v.mark, QUARRY_NO_ANSWER);
	}
	check_in("%s", quarry_rule_name(rule));
	quarry_verify(rule, buf_z(&in->desc), "", &v);
	CHECK_EQ(v.mark, QUARRY_NO_ANSWER);
	quarry_verify(rule, buf_z(&in->desc), "<answer>$%&</answer>", &v);
	CHECK(v.mark == QUARRY_UNREADABLE || v.mark == QUARRY_WRONG);
	quarry_verify(rule, "", buf_z(&in->answer), &v);
	CHECK_EQ(v.mark, QUARRY_BAD_TASK);
	free(room);
}

/* Nothing hostile is right, blamed on us, or slow. The bound is loose, for sanitizers; bench_verify has the figures. */
static void rule_hostile(const struct quarry_rule *rule, const struct instance *in, char *room)
{
	struct str desc = buf_str(&in->desc);
	struct quarry_verdict v;

	for (int i = 0; i < HOSTILE_ANSWERS; i++) {
		struct str said = hostile_answer(i, room, ANSWER_MAX);
		struct timespec a, b;

		check_in("%s, hostile answer %d", quarry_rule_name(rule), i);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
		quarry_verify_n(rule, desc.s, desc.n, said.s, said.n, NULL, &v);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
		CHECK((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < 200);
		CHECK(v.mark == QUARRY_WRONG || v.mark == QUARRY_UNREADABLE);
		/* the same bytes as a desc must be refused or judged, without harm */
		said = str_sub(said, 8, said.n - 9);
		quarry_verify_n(rule, said.s, said.n, "<answer>1</answer>", 18, NULL, &v);
		CHECK(v.mark != QUARRY_CORRECT && v.mark != QUARRY_NO_ANSWER);
	}
}

/* A right answer of each rule, for the threads below. */
static struct {
	const struct quarry_rule *rule;
	char *desc, *said;
} known[64];
static int judged;

static void remember(const struct quarry_rule *rule, const struct instance *in)
{
	size_t cap = in->answer.n + 40, n;

	if (judged == 64)
		return;
	known[judged].rule = rule;
	known[judged].desc = strdup(buf_z(&in->desc));
	known[judged].said = malloc(cap + 1);
	n = answer_wrap(QUARRY_TAGS, buf_str(&in->answer), known[judged].said, cap);
	known[judged++].said[n] = 0;
}

static void test_rules(void)
{
	char *room = malloc(ANSWER_MAX + 17);
	const struct quarry_rule *rule;

	for (size_t i = 0; (rule = quarry_rule_at(i)); i++) {
		const struct task *t = task_find(str_of(quarry_rule_name(rule)));
		struct instance in = INSTANCE_INIT;
		struct instance_ask ask = INSTANCE_ASK(t);
		struct err err = ERR_INIT;

		check_in("%s", quarry_rule_name(rule));
		if (!t) /* a rule may have no generator */
			continue;
		for (int d = 0; d <= 100; d += 50) {
			ask.difficulty = d;
			if (!CHECK(instance_make(&in, &ask, 7, &err) == 0)) {
				fprintf(stderr, "  %s\n", err.msg);
				continue;
			}
			rule_basics(rule, &in);
		}
		rule_hostile(rule, &in, room);
		remember(rule, &in);
		instance_release(&in);
	}
	free(room);
	check_in("%s", "");
}

/* Many at once, each on a small stack: the verdicts of every thread are those of one. */
static void *worker(void *arg)
{
	long *wrong = arg;

	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < judged; i++) {
			struct quarry_verdict v;

			quarry_verify(known[i].rule, known[i].desc, known[i].said, &v);
			*wrong += v.mark != QUARRY_CORRECT;
		}
		for (size_t i = 0; i < COUNT(cases); i++) {
			struct str d = str_of(cases[i].desc), s = str_of(cases[i].said);
			struct quarry_verdict v;

			quarry_verify_n(&echo, d.s, d.n, s.s, s.n, &cases[i].o, &v);
			*wrong += v.mark != cases[i].mark || v.format_ok != cases[i].format_ok;
		}
	}
	return NULL;
}

static void test_threads(void)
{
	pthread_t thread[4];
	long wrong[4] = { 0 };
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	CHECK_EQ(pthread_attr_setstacksize(&attr, STACK), 0);
	for (int i = 0; i < 4; i++)
		CHECK_EQ(pthread_create(&thread[i], &attr, worker, &wrong[i]), 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(thread[i], NULL);
		CHECK_EQ(wrong[i], 0);
	}
	while (judged > 0) {
		free(known[--judged].desc);
		free(known[judged].said);
	}
	pthread_attr_destroy(&attr);
}

int main(void)
{
	test_verdicts();
	test_edges();
	test_names();
	test_rules();
	test_threads();
	return check_done();
}
