/*
 * test_compose.c - what only compositions owe us: parts by name, chains that hide a number, answers judged part by part.
 */
#include "generators/compose.h"
#include "generators/instance.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/rule.h"

static enum quarry_mark judge(struct str desc, struct str answer)
{
	return task_ask("compose", desc, answer);
}

static void ask_for(struct instance_ask *ask, const char *const *names, int n, bool chain)
{
	const struct task *part[6];

	*ask = (struct instance_ask)INSTANCE_ASK(task_find(STR("compose")));
	for (int i = 0; i < n; i++)
		part[i] = task_find(str_of(names[i]));
	CHECK(compose_choose(ask->knob, &ask->knob_set, part, n));
	ask->knob[1] = 3;
	ask->knob[2] = chain;
	ask->knob_set |= 6;
}

/* Right only where every part is: all combinations of own and other answers. */
static void check_all(void)
{
	static const char *const names[] = { "word_sorting", "multistep_arithmetic", "dyck_language" };
	struct instance in = INSTANCE_INIT, other = INSTANCE_INIT;
	struct instance_ask ask;
	struct err err = ERR_INIT;

	ask_for(&ask, names, 3, false);
	for (uint64_t seed = 1; seed <= 40; seed++) {
		check_in("all, seed %d", (int)seed);
		if (!CHECK_EQ(instance_make(&in, &ask, seed, &err), 0) || !CHECK_EQ(instance_make(&other, &ask, seed + 1000, &err), 0))
			continue;
		for (int mask = 0; mask < 8; mask++) {
			struct buf answer = BUF_INIT, own = BUF_INIT;
			const struct task *t;
			struct str part, desc;
			bool same = true;

			for (int i = 0; i < 3; i++) {
				desc = buf_str(mask >> i & 1 ? &other.desc : &in.desc);
				CHECK(compose_part(desc, i, &t, &part));
				CHECK(strcmp(t->name, names[i]) == 0);
				buf_reset(&own);
				CHECK(t->solve(&own, part));
				compose_answer(&answer, i, buf_str(&own));
				/* another puzzle may happen to have the same answer */
				if (mask >> i & 1) {
					struct buf mine = BUF_INIT;

					compose_part(buf_str(&in.desc), i, &t, &part);
					t->solve(&mine, part);
					same &= str_eq(buf_str(&mine), buf_str(&own));
					buf_release(&mine);
				}
			}
			CHECK_EQ(judge(buf_str(&in.desc), buf_str(&answer)), same ? QUARRY_CORRECT : QUARRY_WRONG);
			buf_reset(&own);
			buf_addf(&own, "`%s`", answer.s);
			CHECK_EQ(judge(buf_str(&in.desc), buf_str(&own)), same ? QUARRY_CORRECT : QUARRY_WRONG);
			buf_release(&answer);
			buf_release(&own);
		}
	}
	instance_release(&in);
	instance_release(&other);
}

/* The hidden number is gone from the prompt, and what stands for it gives it back. */
static void check_chain(void)
{
	static const char *const names[] = { "object_counting", "multistep_arithmetic", "multistep_arithmetic" };
	struct instance in = INSTANCE_INIT;
	struct instance_ask ask;
	struct err err = ERR_INIT;

	ask_for(&ask, names, 3, true);
	for (uint64_t seed = 1; seed <= 40; seed++) {
		int64_t before = 0;

		check_in("chain, seed %d", (int)seed);
		ask.lang = seed % 2 ? LANG_EN : LANG_ZH;
		if (!CHECK_EQ(instance_make(&in, &ask, seed, &err), 0))
			continue;
		for (int i = 0; i < 3; i++) {
			struct buf own = BUF_INIT;
			const struct task *t;
			struct str part, prompt = buf_str(&in.prompt);
			char sign, mark[24];
			long long shift = 0;
			ptrdiff_t at;

			CHECK(compose_part(buf_str(&in.desc), i, &t, &part));
			if (i) {
				char z[24];

				/* the first one under the puzzle's heading */
				snprintf(mark, sizeof(mark), ask.lang == LANG_ZH ? "谜题 #%d" : "Puzzle #%d", i + 1);
				at = str_find(prompt, str_of(mark));
				CHECK(at > 0);
				prompt = str_from(prompt, (size_t)at);
				snprintf(mark, sizeof(mark), "[#%d", i);
				at = str_find(prompt, str_of(mark));
				CHECK(at > 0);
				snprintf(z, sizeof(z), "%.*s", 20, prompt.s + at + strlen(mark));
				if (sscanf(z, " %c %lld]", &sign, &shift) == 2)
					shift = sign == '-' ? -shift : shift;
				snprintf(z, sizeof(z), "%lld", (long long)(before + shift));
				CHECK(str_find(part, str_of(z)) >= 0);
			}
			CHECK(t->solve(&own, part) && str_i64(buf_str(&own), &before));
			buf_release(&own);
		}
		CHECK(str_i64(buf_str(&in.answer), &before));
		CHECK_EQ(judge(buf_str(&in.desc), buf_str(&in.answer)), QUARRY_CORRECT);
		CHECK_EQ(judge(buf_str(&in.desc), STR("123456789")), QUARRY_WRONG);
	}
	instance_release(&in);
}

static void add_thought(struct buf *out, size_t n)
{
	for (size_t end = out->n + n; out->n < end;)
		buf_addz(out, "Then x = 4 * 7, and the answer to 1. is not seen yet.\n");
}

/* Answers handed in one by one are found behind any length of thought, and with much of it between them. */
static void check_sections(void)
{
	static const char *const names[] = { "multistep_arithmetic", "multistep_arithmetic" };
	static const size_t before[] = { 0, 100, 200000, 100000 }, between[] = { 0, 100, 100, 25000 };
	struct instance in = INSTANCE_INIT;
	struct instance_ask ask;
	struct err err = ERR_INIT;

	ask_for(&ask, names, 2, false);
	for (int i = 0; i < 8 && CHECK_EQ(instance_make(&in, &ask, (uint64_t)i, &err), 0); i++) {
		struct buf response = BUF_INIT, own = BUF_INIT;
		struct quarry_verdict v;
		struct str part;
		bool wrong = i % 2;

		check_in("sections, seed %d", i);
		add_thought(&response, before[i / 2]);
		for (int k = 0; k < 2; k++) {
			const struct task *t;

			buf_reset(&own);
			CHECK(compose_part(buf_str(&in.desc), k, &t, &part) && t->solve(&own, part));
			buf_addf(&response, "\n## Puzzle %d\n", k + 1);
			add_thought(&response, between[i / 2]);
			buf_addf(&response, "\\boxed{%s%s}\n", own.s, wrong && k == 0 ? "7" : "");
		}
		quarry_verify_n(quarry_rule("compose"), in.desc.s, in.desc.n, response.s, response.n, NULL, &v);
		CHECK_EQ(v.mark, wrong ? QUARRY_WRONG : QUARRY_CORRECT);
		buf_release(&response);
		buf_release(&own);
	}
	instance_release(&in);
}

int main(void)
{
	const struct task *self[2] = { task_find(STR("compose")), task_find(STR("sudoku")) };
	int knob[TASK_KNOBS] = { 0 };
	unsigned set = 0;

	check_all();
	check_chain();
	check_sections();
	CHECK(!compose_choose(knob, &set, self, 2));
	CHECK(!compose_choose(knob, &set, self + 1, 1));
	return check_done();
}
