/*
 * test_dyck_language_errors.c - the first error, against a judge that knows nothing but "()" and its like vanish.
 *
 * A prefix is sound when striking out adjacent pairs leaves only opening brackets: then it can be completed. The first error is where
 * the shortest unsound prefix ends. Shares no stack with rule or solver.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "verifiers/verify.h"

extern const struct task task_dyck_language_errors;

static const struct task *const task = &task_dyck_language_errors;

static bool is_pair(char a, char b)
{
	static const char *const pairs[] = { "()", "[]", "{}", "<>" };

	for (int k = 0; k < 4; k++)
		if (a == pairs[k][0] && b == pairs[k][1])
			return true;
	return false;
}

/* Strike out pairs until none is left; how much is. */
static size_t strike(char *s, size_t n)
{
	for (size_t i = 0; i + 1 < n;) {
		if (!is_pair(s[i], s[i + 1])) {
			i++;
			continue;
		}
		memmove(s + i, s + i + 2, n - i - 2);
		n -= 2;
		i = i ? i - 1 : 0;
	}
	return n;
}

static int oracle(struct str s)
{
	char left[1024];
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		left[n++] = s.s[i];
		n = strike(left, n);
		for (size_t k = 0; k < n; k++)
			if (strchr(")]}>", left[k]))
				return (int)i + 1;
	}
	return n ? (int)s.n + 1 : -1;
}

static enum quarry_mark ask(struct str desc, int said)
{
	struct quarry_verdict v;
	char room[64];
	int n = snprintf(room, sizeof(room), "<answer>%d</answer>", said);

	quarry_verify_n(quarry_rule("dyck_language_errors"), desc.s, desc.n, room, (size_t)n, NULL, &v);
	return v.mark;
}

/* Every answer there is: right exactly where the oracle says. */
static void every_answer(struct str desc)
{
	int due = oracle(desc);
	struct buf answer = BUF_INIT;
	char room[16];

	check_in("%.*s", (int)(desc.n < 100 ? desc.n : 100), desc.s);
	for (int said = -3; said <= (int)desc.n + 3; said++)
		CHECK_EQ(ask(desc, said), said == due ? QUARRY_CORRECT : QUARRY_WRONG);
	snprintf(room, sizeof(room), "%d", due);
	if (CHECK(task->solve(&answer, desc)))
		CHECK_STR(buf_str(&answer), room);
	CHECK(task->prove(desc));
	buf_release(&answer);
}

static void short_ones(void)
{
	char text[8];

	for (int n = 1; n <= 6; n++) {
		unsigned all = 1, step = n < 5 ? 1 : n == 5 ? 5 : 37;

		for (int i = 0; i < n; i++)
			all *= 8;
		for (unsigned number = 0; number < all; number += step) {
			unsigned left = number;

			for (int i = 0; i < n; i++, left /= 8)
				text[i] = "()[]{}<>"[left % 8];
			every_answer((struct str){ text, (size_t)n });
		}
	}
}

/* Where a bracket stands behind one that it does not close: what the eye finds first. */
static int eye(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (strchr("([{<", s.s[i]) && strchr(")]}>", s.s[i + 1]) && !is_pair(s.s[i], s.s[i + 1]))
			return (int)i + 2;
	return -1;
}

/* Where a kind is closed more often than it was opened: what counting finds. */
static int counted(struct str s)
{
	int open[128] = { 0 };

	for (size_t i = 0; i < s.n; i++) {
		const char *end = strchr(")]}>", s.s[i]);

		if (!end)
			open[(int)s.s[i]]++;
		else if (open[(int)"([{<"[end - ")]}>"]]-- == 0)
			return (int)i + 1;
	}
	return -1;
}

/* The generator: answers as the oracle says, even, and not to be had by looking at neighbours. */
static void generated(int level)
{
	enum { MADE = 600 };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int knob[TASK_KNOBS], seen = 0, sums = 0, early = 0, made = 0;
	struct rng rng;

	task_level(task, level, knob);
	rng_init(&rng, (uint64_t)level, "test_dyck_language_errors");
	while (made < MADE) {
		int due;

		buf_reset(&desc);
		buf_reset(&answer);
		if (!task->generate(&desc, &answer, knob, &rng))
			continue;
		due = oracle(buf_str(&desc));
		check_in("level %d: %s", level, buf_z(&desc));
		CHECK_EQ(strtol(buf_z(&answer), NULL, 10), due);
		CHECK(due == -1 || due >= knob[3]);
		if (made < 3)
			every_answer(buf_str(&desc));
		seen += eye(buf_str(&desc)) == due;
		sums += counted(buf_str(&desc)) == due;
		early += due > 0 && due <= ((int)desc.n + knob[3]) / 2;
		made++;
	}
	check_in("level %d", level);
	if (level >= 3) {
		CHECK(seen <= MADE * 4 / 100); /* there is none at all in the few clean ones, and that is then right */
		CHECK(sums <= MADE * 6 / 100);
		CHECK(early > MADE * 4 / 10 && early < MADE * 6 / 10);
	}
	buf_release(&desc);
	buf_release(&answer);
}

/* SynLogic's settings, 1 to 4 kinds, lengths fixed: each gives puzzles, of each sort in its share. */
static void upstream_settings(void)
{
	static const int settings[][2] = { { 1, 10 }, { 2, 10 }, { 3, 10 }, { 3, 15 }, { 3, 20 }, { 4, 20 }, { 4, 30 } };
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (size_t i = 0; i < COUNT(settings); i++) {
		int knob[TASK_KNOBS] = { settings[i][0], settings[i][1], settings[i][1], 1, 0, 0, 10, 10 };
		int made = 0, clean = 0, open = 0, tries = 0;
		struct rng rng;

		check_in("kinds %d length %d", knob[0], knob[1]);
		CHECK(!task->refuse(knob));
		rng_init(&rng, i, "upstream");
		for (; made < 400 && tries < 4000; tries++) {
			buf_reset(&desc);
			buf_reset(&answer);
			if (!task->generate(&desc, &answer, knob, &rng))
				continue;
			made++;
			CHECK_EQ(desc.n, knob[1]);
			clean += oracle(buf_str(&desc)) == -1;
			open += oracle(buf_str(&desc)) == (int)desc.n + 1;
		}
		CHECK_EQ(made, 400);
		CHECK(tries < 1000);
		CHECK(open > 10 && (clean > 10) == (knob[1] % 2 == 0));
	}
	buf_release(&desc);
	buf_release(&answer);
}

int main(void)
{
	short_ones();
	for (int level = 0; level < TASK_LEVELS; level++)
		generated(level);
	upstream_settings();
	return check_done();
}
