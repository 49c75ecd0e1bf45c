/*
 * test_dyck_language_reasoning_errors.c - wrong thoughts about a stack, against a judge that keeps none.
 *
 * The stack after k brackets is what is left of them when adjacent pairs are struck out again and again. Of small puzzles every set of
 * thoughts is tried, of large ones sets near the right one.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "verifiers/verify.h"

extern const struct task task_dyck_language_reasoning_errors;

static const struct task *const task = &task_dyck_language_reasoning_errors;

enum { MOST = 300 };

struct truth {
	bool wrong[MOST]; /* by number, from 1 */
	int thoughts;
};

static size_t strike(char *s, size_t n)
{
	static const char *const pairs[] = { "()", "[]", "{}", "<>" };

	for (size_t i = 0; i + 1 < n;) {
		bool hit = false;

		for (int k = 0; k < 4; k++)
			hit |= s[i] == pairs[k][0] && s[i + 1] == pairs[k][1];
		if (!hit) {
			i++;
			continue;
		}
		memmove(s + i, s + i + 2, n - i - 2);
		n -= 2;
		i = i ? i - 1 : 0;
	}
	return n;
}

/* Does b close a: nothing is left of both together? */
static bool closes(struct str a, struct str b)
{
	char room[2 * MOST];

	memcpy(room, a.s, a.n);
	memcpy(room + a.n, b.s, b.n);
	return a.n == b.n && strike(room, a.n + b.n) == 0;
}

static struct truth find_truth(struct str desc)
{
	struct truth t = { .thoughts = 2 };
	struct str rest = desc, sequence, said, left = STR("");
	char room[MOST];

	str_word(&rest, &sequence);
	for (size_t k = 1; str_word(&rest, &said); k++) {
		if (str_is(said, "-"))
			said.n = 0;
		if (k <= sequence.n + 1) {
			size_t n = k <= sequence.n ? k : sequence.n;

			memcpy(room, sequence.s, n);
			left = (struct str){ room, strike(room, n) };
			t.wrong[++t.thoughts] = !str_eq(left, said);
		} else {
			t.wrong[++t.thoughts] = !closes(left, said);
		}
	}
	return t;
}

static enum quarry_mark ask_set(struct str desc, const bool *in, int n)
{
	struct buf b = BUF_INIT;
	struct quarry_verdict v;
	int said = 0;

	buf_addz(&b, "<answer>");
	for (int k = 1; k <= n; k++)
		if (in[k])
			buf_addf(&b, "%s%d", said++ ? ", " : "", k);
	buf_addz(&b, said ? "</answer>" : "0</answer>");
	quarry_verify_n(quarry_rule(task->name), desc.s, desc.n, b.s, b.n, NULL, &v);
	buf_release(&b);
	return v.mark;
}

static void check_set(struct str desc, const struct truth *t, const bool *in, int n)
{
	bool same = n == t->thoughts || !in[n];

	for (int k = 1; k <= t->thoughts; k++)
		same &= in[k] == t->wrong[k];
	CHECK_EQ(ask_set(desc, in, n), same ? QUARRY_CORRECT : QUARRY_WRONG);
}

static void every_set(struct str desc)
{
	struct truth t = find_truth(desc);
	bool in[MOST] = { false };

	for (unsigned set = 0; set < 2u << t.thoughts; set++) { /* one thought more than there are */
		for (int k = 1; k <= t.thoughts + 1; k++)
			in[k] = set >> (k - 1) & 1;
		check_set(desc, &t, in, t.thoughts + 1);
	}
}

/* The right set with one thought more or less, or moved by one. */
static void near_sets(struct str desc)
{
	struct truth t = find_truth(desc);
	bool in[MOST];

	for (int k = 1; k <= t.thoughts; k++) {
		memcpy(in, t.wrong, sizeof(in));
		in[k] = !in[k];
		check_set(desc, &t, in, t.thoughts);
	}
	memset(in, 0, sizeof(in));
	memcpy(in + 1, t.wrong, (MOST - 1) * sizeof(in[0]));
	check_set(desc, &t, in, t.thoughts + 1);
	check_set(desc, &t, t.wrong, t.thoughts);
}

static void check_puzzle(struct str desc, struct str answer, const int *knob)
{
	struct truth t = find_truth(desc);
	struct buf want = BUF_INIT;
	int wrong = 0;

	for (int k = 1; k <= t.thoughts; k++)
		if (t.wrong[k])
			buf_addf(&want, "%s%d", wrong++ ? ", " : "", k);
	if (!wrong)
		buf_addz(&want, "0");
	CHECK_STR_EQ(answer, buf_str(&want));
	CHECK(task->prove(desc));
	CHECK(wrong <= knob[5] * (1 + knob[6]) && (wrong == 0 || wrong >= knob[4]));
	CHECK(!t.wrong[1] && !t.wrong[2]);
	buf_release(&want);
}

/* Would it do to compare how high the stacks are? */
static bool heights_tell(struct str desc)
{
	struct truth t = find_truth(desc);
	struct str rest = desc, sequence, said;
	int k = 2, height = 0, at = 0;

	str_word(&rest, &sequence);
	while (str_word(&rest, &said)) {
		int stated = str_is(said, "-") ? 0 : (int)said.n;

		if (at < (int)sequence.n)
			height += strchr("([{<", sequence.s[at++]) ? 1 : -1;
		if ((stated != height) != t.wrong[++k])
			return false;
	}
	return true;
}

static void generated(int level)
{
	enum { MADE = 200 };
	struct buf desc = BUF_INIT, answer = BUF_INIT;
	int knob[TASK_KNOBS], clean = 0, high = 0, made = 0;
	struct rng rng;

	task_level(task, level, knob);
	rng_init(&rng, (uint64_t)level, "test_dyck_language_reasoning_errors");
	while (made < MADE) {
		buf_reset(&desc);
		buf_reset(&answer);
		if (!task->generate(&desc, &answer, knob, &rng))
			continue;
		check_in("level %d: %s", level, buf_z(&desc));
		check_puzzle(buf_str(&desc), buf_str(&answer), knob);
		clean += str_is(buf_str(&answer), "0");
		high += heights_tell(buf_str(&desc));
		if (made < 20 && find_truth(buf_str(&desc)).thoughts <= 9)
			every_set(buf_str(&desc));
		else if (made < 20)
			near_sets(buf_str(&desc));
		made++;
	}
	check_in("level %d", level);
	CHECK(level < 3 || (clean <= MADE * 4 / 100 && high <= MADE * 4 / 100));
	buf_release(&desc);
	buf_release(&answer);
}

/* SynLogic's settings: 1 to 4 kinds, a length that may be odd, up to ten mistakes that are not carried on, none as well. */
static void upstream_settings(void)
{
	static const int settings[][3] = { { 1, 10, 1 }, { 2, 10, 1 }, { 3, 10, 1 }, { 2, 16, 1 }, { 3, 20, 5 }, { 4, 20, 10 }, { 3, 20, 0 } };
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (size_t i = 0; i < COUNT(settings); i++) {
		int errors = settings[i][2];
		int knob[TASK_KNOBS] = { settings[i][0], settings[i][1], settings[i][1], 0, errors, errors, 0, 50, 0 };
		struct rng rng;

		check_in("kinds %d length %d errors %d", knob[0], knob[1], errors);
		CHECK(!task->refuse(knob));
		rng_init(&rng, i, "upstream");
		for (int made = 0; made < 100; made++) {
			int wrong = 0;
			struct truth t;

			buf_reset(&desc);
			buf_reset(&answer);
			if (!CHECK(task->generate(&desc, &answer, knob, &rng)))
				break;
			t = find_truth(buf_str(&desc));
			for (int k = 1; k <= t.thoughts; k++)
				wrong += t.wrong[k];
			CHECK_EQ(wrong, errors);
			CHECK_EQ(t.thoughts, knob[1] + 3);
		}
	}
	buf_release(&desc);
	buf_release(&answer);
}

int main(void)
{
	for (int level = 0; level < TASK_LEVELS; level++)
		generated(level);
	upstream_settings();
	return check_done();
}
