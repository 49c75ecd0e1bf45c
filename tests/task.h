/*
 * task.h - what the tests of single tasks ask in the same words: is this answer right, does a seed still give the same puzzle, and
 * do both sides notice the same damage?
 *
 *	CHECK_EQ(task_ask("sudoku", desc, STR("1234/3412/2143/4321")), QUARRY_CORRECT);
 *	task_golden(task, want, 5);			// levels 0, 5, 10
 *	task_canon(task, "asc - dog cat", "asc - cat dog", true);
 */
#ifndef QUARRY_TESTS_TASK_H
#define QUARRY_TESTS_TASK_H

#include "base/hash.h"
#include "generators/task.h"
#include "tests/check.h"
#include "verifiers/verify.h"

/* A bare answer between tags. */
__attribute__((unused)) static enum quarry_mark task_ask(const char *task, struct str desc, struct str answer)
{
	struct quarry_verdict v;
	struct buf b = BUF_INIT;

	buf_addz(&b, "<answer>");
	buf_add(&b, answer);
	buf_addz(&b, "</answer>");
	quarry_verify_n(quarry_rule(task), desc.s, desc.n, b.s, b.n, NULL, &v);
	buf_release(&b);
	return v.mark;
}

/* The same seed gives the same puzzle on every machine and compiler: the desc at every `step`-th level. A change here raises the
 * task's revision. */
__attribute__((unused)) static void task_golden(const struct task *t, const char *const *want, int step)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (int level = 0; level < TASK_LEVELS; level += step) {
		struct rng rng;

		check_in("golden, level %d", level);
		buf_reset(&desc);
		buf_reset(&answer);
		rng_init(&rng, 42, "golden");
		CHECK(t->generate(&desc, &answer, t->levels[level], &rng));
		CHECK_STR(buf_str(&desc), want[level / step]);
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* The same of `count` puzzles with these knobs, as one hash of their descs. */
__attribute__((unused)) static void task_golden_hash(const struct task *t, const int knob[TASK_KNOBS], int count, int64_t want)
{
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	uint64_t hash = 0;
	struct rng rng;

	check_in("golden");
	rng_init(&rng, 2024, "golden");
	for (int i = 0; i < count; i++) {
		buf_reset(&desc);
		CHECK(t->generate(&desc, &answer, knob, &rng));
		hash = hash64(desc.s, desc.n, hash);
	}
	CHECK_EQ(hash, want);
	buf_release(&desc);
	buf_release(&answer);
}

/* The same of ten puzzles at levels 0, 5 and 10, their answers included. */
__attribute__((unused)) static void task_golden_tens(const struct task *t, const uint64_t want[3])
{
	for (int level = 0; level < TASK_LEVELS; level += 5) {
		struct buf desc = BUF_INIT, answer = BUF_INIT;
		struct rng rng;

		check_in("golden, level %d", level);
		rng_init(&rng, 42, "golden");
		for (int i = 0; i < 10; i++)
			CHECK(t->generate(&desc, &answer, t->levels[level], &rng));
		CHECK_EQ(rng_mix(hash64(desc.s, desc.n, 0), hash64(answer.s, answer.n, 0)), want[level / 5]);
		buf_release(&desc);
		buf_release(&answer);
	}
}

/* Are two descs twins for canon()? */
__attribute__((unused)) static void task_canon(const struct task *t, const char *a, const char *b, bool same)
{
	struct buf x = BUF_INIT, y = BUF_INIT;

	check_in("%s / %s", a, b);
	t->canon(&x, str_of(a));
	t->canon(&y, str_of(b));
	CHECK(x.n && y.n);
	CHECK_EQ(str_eq(buf_str(&x), buf_str(&y)), same);
	check_in("%s", "");
	buf_release(&x);
	buf_release(&y);
}

struct task_damage {
	struct str good, marks, answer; /* a desc, signs that are put into it, an answer that can be read */
	int rounds, most;               /* how many descs, of how many signs each at most */
	int least;                      /* so many of them stay puzzles, and so many do not, at least */
};

/* What the generator's side takes for a puzzle the rule does, too, and of anything else nothing is made. */
__attribute__((unused)) static void task_damaged(const struct task *t, const struct task_damage *d)
{
	struct rng rng;
	int fine = 0, broken = 0;

	rng_init(&rng, 7, "test");
	for (int i = 0; i < d->rounds; i++) {
		char room[64];
		size_t n = d->good.n;
		struct buf out = BUF_INIT;
		struct holes holes = HOLES_ALL;
		struct effort e;
		struct str desc;
		bool ours;

		memcpy(room, d->good.s, n + 1);
		for (uint32_t k = rng_below(&rng, (uint32_t)d->most + 1); k > 0; k--)
			room[rng_below(&rng, (uint32_t)n)] = d->marks.s[rng_below(&rng, (uint32_t)d->marks.n)];
		if (rng_below(&rng, 8) == 0)
			n = rng_below(&rng, (uint32_t)n + 1);
		desc = (struct str){ room, n };
		ours = t->twin(&out, desc, &rng);
		check_in("%.*s", (int)n, room);
		CHECK_EQ(ours, task_ask(t->name, desc, d->answer) != QUARRY_BAD_TASK);
		t->canon(&out, desc);
		t->explain(&out, desc, LANG_ZH);
		t->solve(&out, desc);
		t->grade(&e, desc);
		t->fields(&holes, desc, LANG_ZH);
		holes_end(&holes);
		CHECK_EQ(holes.text.n > 0, ours);
		holes_release(&holes);
		CHECK(ours || (t->answers_log2(desc) == 0 && !out.n && !t->prove(desc)));
		fine += ours;
		broken += !ours;
		buf_release(&out);
	}
	CHECK(fine > d->least && broken > d->least);
}

#endif
