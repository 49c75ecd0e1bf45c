/*
 * test_dyck_language.c - brackets, against a judge that knows nothing but "()" and its like vanish.
 *
 * A sequence is balanced when striking out adjacent pairs leaves nothing; every string of closers up to the length due
 * is tried, so the rule's one completion is seen to be the only shortest one.
 */
#include "generators/task.h"
#include "tests/check.h"
#include "tests/task.h"
#include "verifiers/extract.h"

extern const struct task task_dyck_language;

static const struct task *const task = &task_dyck_language;

/* Strike out pairs until nothing changes; what is left. */
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

static bool balanced(struct str a, struct str b)
{
	char room[256];

	memcpy(room, a.s, a.n);
	memcpy(room + a.n, b.s, b.n);
	return strike(room, a.n + b.n) == 0;
}

static enum quarry_mark ask(struct str desc, struct str said)
{
	struct quarry_verdict v;

	quarry_verify_n(quarry_rule("dyck_language"), desc.s, desc.n, said.s, said.n, NULL, &v);
	return v.mark;
}

static enum quarry_mark ask_tagged(struct str desc, struct str answer)
{
	char room[2048];
	int n = snprintf(room, sizeof(room), "<answer>%.*s</answer>", (int)answer.n, answer.s);

	return ask(desc, (struct str){ room, (size_t)n });
}

/* The number written in `base` with n digits, as brackets of `alphabet`. */
static struct str spell(char *room, unsigned number, int n, const char *alphabet)
{
	unsigned base = (unsigned)strlen(alphabet);

	for (int i = 0; i < n; i++, number /= base)
		room[i] = alphabet[number % base];
	return (struct str){ room, (size_t)n };
}

/* All 8^n strings of n brackets as descs, all closers up to n as answers. */
static void every_short_one(int n, unsigned step)
{
	unsigned all = 1;

	for (int i = 0; i < n; i++)
		all *= 8;
	for (unsigned number = 0; number < all; number += step) {
		char text[8], left[8], closers[8];
		struct str desc = spell(text, number, n, "()[]{}<>"), end;
		size_t open;
		bool good = true;
		int right = 0;
		unsigned tries = 1;
		struct buf answer = BUF_INIT;

		memcpy(left, desc.s, desc.n);
		open = strike(left, desc.n);
		for (size_t i = 0; i < open; i++)
			good &= strchr("([{<", left[i]) != NULL;
		good &= open > 0;
		check_in("%.*s", n, text);
		CHECK_EQ(task->solve(&answer, desc), good);
		CHECK_EQ(task->prove(desc), good);
		CHECK_EQ(ask_tagged(desc, STR(")")) == QUARRY_BAD_TASK, !good);
		for (int len = 1; good && len <= (int)open && len <= 4; len++) {
			tries *= 4;
			for (unsigned k = 0; k < tries; k++) {
				enum quarry_mark mark;

				end = spell(closers, k, len, ")]}>");
				mark = ask_tagged(desc, end);
				right += mark == QUARRY_CORRECT;
				CHECK_EQ(mark, balanced(desc, end) ? QUARRY_CORRECT : QUARRY_WRONG);
			}
		}
		if (good && open <= 4)
			CHECK_EQ(right, 1);
		if (good)
			CHECK_EQ(ask_tagged(desc, buf_str(&answer)), QUARRY_CORRECT);
		buf_release(&answer);
	}
}

/* Every run of up to three closers comes back from every format, whatever its brackets mean there. */
static void every_format(void)
{
	unsigned tries = 1;

	for (int len = 1; len <= 3; len++) {
		tries *= 4;
		for (unsigned k = 0; k < tries; k++)
			for (int format = QUARRY_ANY; format < QUARRY_FORMATS; format++) {
				char closers[8], desc[8], spaced[16], said[200];
				struct quarry_options o = { .format = (enum quarry_format)format };
				struct quarry_verdict v;
				size_t n = 0;

				spell(closers, k, len, ")]}>");
				for (int i = 0; i < len; i++) {
					desc[len - 1 - i] = "([{<"[strchr(")]}>", closers[i]) - ")]}>"];
					spaced[n++] = closers[i];
					spaced[n++] = ' ';
				}
				n = answer_wrap(o.format, (struct str){ spaced, n - 1 }, said, sizeof(said));
				quarry_verify_n(quarry_rule("dyck_language"), desc, (size_t)len, said, n, &o, &v);
				check_in("%.*s", (int)n, said);
				CHECK_EQ(v.mark, QUARRY_CORRECT);
				if (format != QUARRY_ANY)
					CHECK(v.format_ok);
			}
	}
}

/* canon is one text for all renamings of kinds, and for nothing else: counted over all sequences of five brackets. */
static void symmetries(void)
{
	static const int perms[24][4] = {
		{ 0, 1, 2, 3 }, { 0, 1, 3, 2 }, { 0, 2, 1, 3 }, { 0, 2, 3, 1 }, { 0, 3, 1, 2 }, { 0, 3, 2, 1 },
		{ 1, 0, 2, 3 }, { 1, 0, 3, 2 }, { 1, 2, 0, 3 }, { 1, 2, 3, 0 }, { 1, 3, 0, 2 }, { 1, 3, 2, 0 },
		{ 2, 0, 1, 3 }, { 2, 0, 3, 1 }, { 2, 1, 0, 3 }, { 2, 1, 3, 0 }, { 2, 3, 0, 1 }, { 2, 3, 1, 0 },
		{ 3, 0, 1, 2 }, { 3, 0, 2, 1 }, { 3, 1, 0, 2 }, { 3, 1, 2, 0 }, { 3, 2, 0, 1 }, { 3, 2, 1, 0 },
	};
	const char *const brackets = "()[]{}<>";
	int classes = 0, orbits = 0;

	for (unsigned number = 0; number < 8 * 8 * 8 * 8 * 8; number++) {
		char text[8], other[8];
		struct str desc = spell(text, number, 5, brackets);
		struct buf canon = BUF_INIT, again = BUF_INIT;
		bool least = true;

		task->canon(&canon, desc);
		if (canon.n) {
			/* the canonical text is a fixed point, so each class is counted once, at its canonical member */
			classes += str_eq(buf_str(&canon), desc);
			for (int p = 0; p < 24; p++) {
				for (int i = 0; i < 5; i++) {
					int at = (int)(strchr(brackets, text[i]) - brackets);

					other[i] = brackets[2 * perms[p][at / 2] + at % 2];
				}
				buf_reset(&again);
				task->canon(&again, (struct str){ other, 5 });
				if (p % 5 == 0 || !str_eq(buf_str(&again), buf_str(&canon)))
					CHECK_STR_EQ(buf_str(&again), buf_str(&canon));
				least &= memcmp(text, other, 5) <= 0;
			}
			orbits += least;
		}
		buf_release(&canon);
		buf_release(&again);
	}
	check_in("symmetries");
	CHECK_EQ(classes, orbits);
}

/* With one pair and one open bracket of two kinds there are 3 places x 2 x 2 puzzles, wanted alike often. */
static void drawn_evenly(void)
{
	const int knob[TASK_KNOBS] = { 2, 1, 1, 1, 1 };
	char seen[12][4];
	int count[12] = { 0 }, kinds = 0;

	for (int i = 0; i < 12000; i++) {
		struct buf desc = BUF_INIT, answer = BUF_INIT;
		struct rng rng;
		int k = 0;

		rng_init(&rng, (uint64_t)i, "even");
		CHECK(task->generate(&desc, &answer, knob, &rng) && desc.n == 3);
		while (k < kinds && memcmp(seen[k], desc.s, 3) != 0)
			k++;
		if (k == kinds && CHECK(kinds < 12))
			memcpy(seen[kinds++], desc.s, 3);
		if (k < 12)
			count[k]++;
		buf_release(&desc);
		buf_release(&answer);
	}
	/* "(()" "()(" with their kinds: 2 walks, 4 ways to draw the kinds of two brackets */
	CHECK_EQ(kinds, 8);
	for (int k = 0; k < kinds; k++) {
		check_in("%.3s", seen[k]);
		CHECK(count[k] > 1350 && count[k] < 1650); /* 1500, and 36 is one deviation */
	}
}

/* The steps strike out pairs line by line; the last line, closed backwards, is the answer. */
static void worked_steps(struct str desc, struct str answer)
{
	struct buf steps = BUF_INIT;
	struct str rest, line, last = { NULL, 0 };
	size_t n;

	task->explain(&steps, desc, LANG_EN);
	rest = buf_str(&steps);
	CHECK(rest.n > 0);
	while (str_split(&rest, '\n', &line)) {
		CHECK(last.s == NULL || line.n < last.n);
		last = line;
	}
	CHECK_EQ(last.n, answer.n);
	n = last.n;
	for (size_t i = 0; i < n && i < answer.n; i += 2) {
		const char *open = strchr("([{<", last.s[n - 1 - i]);

		CHECK(open && answer.s[i] == ")]}>"[open - "([{<"]);
	}
	buf_release(&steps);
}

static void levels(void)
{
	for (int level = 0; level < TASK_LEVELS; level++)
		for (uint64_t seed = 0; seed < 100; seed++) {
			struct buf desc = BUF_INIT, answer = BUF_INIT, whole = BUF_INIT;
			struct rng rng;

			rng_init(&rng, seed, "levels");
			check_in("level %d seed %d", level, (int)seed);
			if (CHECK(task->generate(&desc, &answer, task->levels[level], &rng))) {
				CHECK(level < 3 || task->answers_log2(buf_str(&desc)) > 5.7); /* a guess below 0.02 */
				worked_steps(buf_str(&desc), buf_str(&answer));
				buf_add(&whole, buf_str(&desc));
				buf_add(&whole, buf_str(&answer));
				CHECK_EQ(ask_tagged(buf_str(&desc), buf_str(&whole)), QUARRY_CORRECT);
				buf_addc(&whole, ')');
				CHECK_EQ(ask_tagged(buf_str(&desc), buf_str(&whole)), QUARRY_WRONG);
				buf_addz(&answer, " ( )");
				CHECK_EQ(ask_tagged(buf_str(&desc), buf_str(&answer)), QUARRY_WRONG);
			}
			buf_release(&desc);
			buf_release(&answer);
			buf_release(&whole);
		}
}

/* The same puzzles for ever, whatever the compiler: a hash of many, with knobs of our own. */
static void golden(void)
{
	static const int knob[TASK_KNOBS] = { 4, 1, 9, 0, 12 };

	task_golden_hash(task, knob, 200, INT64_C(-8051906576900623099));
}

static void hostile(void)
{
	struct buf b = BUF_INIT, out = BUF_INIT;
	struct rng rng;

	check_in("hostile");
	for (int i = 0; i < 60000; i++)
		buf_addc(&b, '(');
	CHECK(!task->prove(buf_str(&b)));
	CHECK(!task->solve(&out, buf_str(&b)));
	task->canon(&out, buf_str(&b));
	task->explain(&out, buf_str(&b), LANG_ZH);
	rng_init(&rng, 1, "hostile");
	CHECK(!task->twin(&out, buf_str(&b), &rng));
	CHECK_EQ(out.n, 0);
	CHECK_EQ(ask(buf_str(&b), STR("<answer>)</answer>")), QUARRY_BAD_TASK);
	CHECK_EQ(ask_tagged(STR("(["), STR("")), QUARRY_UNREADABLE);
	/* more brackets than any sequence has, and more text than they need */
	for (int n = 2000; n <= 7000; n += 5000) {
		buf_reset(&b);
		buf_addz(&b, "<answer>");
		for (int i = 0; i < n; i++)
			buf_addz(&b, "\\rangle");
		buf_addz(&b, "</answer>");
		CHECK_EQ(ask(STR("<<"), buf_str(&b)), n == 2000 ? QUARRY_WRONG : QUARRY_UNREADABLE);
	}
	CHECK_EQ(ask(STR("(\0["), STR("<answer>]</answer>")), QUARRY_BAD_TASK);
	CHECK(!task->prove((struct str){ "(\0[", 3 }));
	buf_release(&b);
	buf_release(&out);
}

int main(void)
{
	for (int n = 1; n <= 4; n++)
		every_short_one(n, 1);
	every_short_one(6, 101);
	every_format();
	symmetries();
	drawn_evenly();
	levels();
	golden();
	hostile();
	return check_done();
}
