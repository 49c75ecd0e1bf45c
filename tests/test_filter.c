/* test_filter.c - which prompts and traces are worth training on: exact values, texts that loop or tell early, floods. */
#include "base/rng.h"
#include "datasets/choose.h"
#include "datasets/filter.h"
#include "datasets/trace.h"
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

/* ---- prompts */

static enum fate fate(int samples, int right, int errors, int broken, double guess, struct limits l)
{
	return prompt_fate(&(struct outcome){ samples, right, errors, broken }, guess, &l);
}

static void test_fates(void)
{
	const struct limits l = { 8, 0.2, 0.8, 0.05, .fill = true }, wide = { 8, 0, 1, 0.05, .fill = true };

	CHECK_EQ(fate(8, 0, 0, 0, 0, l), FATE_NONE_RIGHT);
	CHECK_EQ(fate(8, 1, 0, 0, 0, l), FATE_TOO_HARD);
	CHECK_EQ(fate(8, 2, 0, 0, 0, l), FATE_KEPT);
	CHECK_EQ(fate(8, 6, 0, 0, 0, l), FATE_KEPT);
	CHECK_EQ(fate(8, 7, 0, 0, 0, l), FATE_TOO_EASY);
	/* P(2 or more of 8 at 0.05) is 0.0572, of 3 or more 0.0058 */
	CHECK_EQ(fate(8, 2, 0, 0, 0.05, l), FATE_GUESSING);
	CHECK_EQ(fate(8, 3, 0, 0, 0.05, l), FATE_KEPT);
	CHECK_EQ(fate(8, 2, 0, 0, 1, l), FATE_GUESSING);
	CHECK_EQ(fate(8, 2, 0, 0, 1, (struct limits){ 8, 0.2, 0.8, 1, .fill = true }), FATE_KEPT);
	/* 0 of n is never kept; n of n is where the recipe says so */
	CHECK_EQ(fate(8, 0, 0, 0, 0, wide), FATE_NONE_RIGHT);
	CHECK_EQ(fate(8, 8, 0, 0, 0, wide), FATE_KEPT);
	/* the ends belong to the range, also where k/n is no binary fraction */
	for (int k = 1; k < 10; k++) {
		CHECK_EQ(fate(10, k, 0, 0, 0, (struct limits){ 10, k / 10.0, 0.95, 0.05 }), FATE_KEPT);
		CHECK_EQ(fate(10, k, 0, 0, 0, (struct limits){ 10, 0.05, k / 10.0, 0.05 }), FATE_KEPT);
	}
	/* our damage */
	CHECK_EQ(fate(8, 3, 0, 1, 0, l), FATE_BAD_TASK);
	CHECK_EQ(fate(8, 3, 2, 0, 0, l), FATE_KEPT);         /* 3 or 5 of 8: kept all the same */
	CHECK_EQ(fate(8, 1, 1, 0, 0, l), FATE_SAMPLER_ERROR); /* 1 or 2 of 8 */
	CHECK_EQ(fate(8, 6, 1, 0, 0, l), FATE_SAMPLER_ERROR);
	CHECK_EQ(fate(8, 0, 8, 0, 0, l), FATE_SAMPLER_ERROR);
	CHECK_EQ(fate(8, 7, 1, 0, 0, l), FATE_TOO_EASY);
	/* stopped early, since the decision had fallen */
	CHECK_EQ(fate(7, 7, 0, 0, 0, l), FATE_TOO_EASY);
	CHECK_EQ(fate(7, 0, 0, 0, 0, l), FATE_NONE_RIGHT); /* 1 of 8 at best */
	CHECK_EQ(fate(7, 1, 0, 0, 0, (struct limits){ 8, 0.5, 0.8, 0.05 }), FATE_TOO_HARD);
	CHECK_EQ(fate(6, 0, 0, 0, 0, l), FATE_INCOMPLETE); /* 2 of 8 could still come */
	CHECK_EQ(fate(7, 3, 0, 0, 0, l), FATE_INCOMPLETE);
	CHECK_EQ(fate(0, 0, 0, 0, 0, l), FATE_INCOMPLETE);
	for (int f = 0; f < FATES; f++)
		CHECK(fate_name((enum fate)f) != NULL);
}

/* ---- traces */

static bool loops(const char *text)
{
	struct buf room = BUF_INIT;
	bool is = trace_loops(str_of(text), &room);

	buf_release(&room);
	return is;
}

static bool loops_of(const char *block, int times, const char *front, const char *back)
{
	struct buf b = BUF_INIT;
	bool is;

	buf_addz(&b, front);
	for (int i = 0; i < times; i++)
		buf_addz(&b, block);
	buf_addz(&b, back);
	is = loops(buf_z(&b));
	buf_release(&b);
	return is;
}

static void test_loops(void)
{
	struct buf b = BUF_INIT;

	CHECK(!loops(""));
	CHECK(!loops("one"));
	CHECK(loops_of("so we try the next number again. ", 4, "First: ", " <answer>4</answer>"));
	CHECK(loops_of("so we try the next number again, now. ", 3, "First: ", " <answer>4</answer>"));
	CHECK(!loops_of("so we try the next number again. ", 2, "First: ", " <answer>4</answer>"));
	CHECK(!loops_of("so we try the ", 5, "First: ", ""));
	CHECK(loops_of("so we try the ", 6, "First: ", ""));
	/* sequences of brackets and truth values repeat by nature */
	CHECK(!loops_of("( ", 100, "restated: ", "done"));
	CHECK(!loops_of("( [ ", 50, "restated: ", "done"));
	CHECK(!loops_of("not ( not ( ", 25, "restated: ", "True"));
	CHECK(loops_of("no ", 128, "", ""));
	CHECK(!loops_of("no ", 127, "", ""));
	CHECK(loops_of("( [ ", 64, "", ""));
	/* Chinese has no blanks */
	CHECK(loops_of("\xE6\x88\x91\xE4\xBB\xAC\xE5\x86\x8D\xE8\xAF\x95\xE4\xB8\x80\xE6\xAC\xA1\xE3\x80\x82", 4, "", ""));
	CHECK(!loops_of("\xE6\x88\x91\xE4\xBB\xAC\xE5\x86\x8D\xE8\xAF\x95\xE4\xB8\x80\xE6\xAC\xA1\xE3\x80\x82", 2, "", ""));
	/* steps of one form with other numbers are work */
	for (int i = 0; i < 200; i++)
		buf_addf(&b, "row %d plus column %d gives %d\n", i, i * 7 % 13, i + i * 7 % 13);
	CHECK(!loops(buf_z(&b)));
	/* a long block, thrice */
	buf_reset(&b);
	for (int i = 0; i < 3 * 256; i++)
		buf_addf(&b, "w%d ", i % 256);
	CHECK(loops(buf_z(&b)));
	buf_reset(&b);
	for (int i = 0; i < 3 * 257; i++)
		buf_addf(&b, "w%d ", i % 257);
	CHECK(!loops(buf_z(&b)));
	buf_release(&b);
}

static bool tells(const char *text, const char *answer, const char *prompt)
{
	struct buf room = BUF_INIT;
	bool is = trace_tells(str_of(text), str_of(answer), str_of(prompt), &room);

	buf_release(&room);
	return is;
}

static void test_tells(void)
{
	static const char rest[] = " Let us see why. Seven and five are twelve, twelve and thirty are forty-two, and there is no more to add, so we are done.";
	static const struct {
		const char *text, *answer, *prompt;
		bool want;
	} cases[] = {
		{ "The answer is 42.", "42", "", true },
		{ "the ANSWER is: **42**,", "42", "", true },
		{ "<answer>42</answer>", "42", "", true },
		{ "<answer> 42 </answer>", "42", "", true },
		{ "\\boxed{42}", "42", "", true },
		{ "{\"answer\": \"42\"}", "42", "", true },
		{ "Answer: 42\n", "42", "", true },
		{ "\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF\xEF\xBC\x9A" "42\xE3\x80\x82", "42", "", true },
		{ "\xE7\xAD\x94\xE6\xA1\x88\xEF\xBC\x9A" "42", "42", "", true },
		/* another number, or none handed in */
		{ "The answer is 421.", "42", "", false },
		{ "The answer is 4.", "42", "", false },
		{ "We have 42 and 7 here.", "42", "", false },
		{ "42 stands in the puzzle.", "42", "42?", false },
		{ "Put it between <answer> and </answer>.", "42", "", false },
		/* brackets: only where they are handed in */
		{ "The sequence is [ ( { } ) ] [ ] ) ]", ") ]", "", false },
		{ "The answer is ) ].", ") ]", "", true },
		{ "The answer is ) ] }", ") ]", "", false },
		{ "<answer>) ]</answer>", ") ]", "", true },
		{ "open: ( ( ( ( ( ( ( (, closed: ) ) ) ) ) ) ) )", ") ) ) ) ) ) ) )", "", false },
		/* a long answer told as it is, unless the prompt holds it too */
		{ "It is apple, banana, cherry.", "apple, banana, cherry", "sort cherry, apple, banana", true },
		{ "It is apple,\n  banana,  Cherry.", "apple, banana, cherry", "sort cherry, apple, banana", true },
		{ "Given: apple, banana, cherry.", "apple, banana, cherry", "sort apple, banana, cherry", false },
		{ "Given: pineapple, banana, cherry.", "apple, banana, cherry", "", false },
		{ "Given: apple, banana, cherrystone.", "apple, banana, cherry", "", false },
		{ "", "42", "", false },
		{ "The answer is .", "", "", false },
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(cases); i++) {
		check_in("case %zu: %s", i, cases[i].text);
		buf_reset(&b);
		buf_addz(&b, cases[i].text);
		buf_addz(&b, rest);
		buf_addz(&b, rest);
		CHECK_EQ(tells(buf_z(&b), cases[i].answer, cases[i].prompt), cases[i].want);
		/* the same at the end is how it should be */
		buf_reset(&b);
		buf_addz(&b, rest);
		buf_addz(&b, rest);
		buf_addz(&b, cases[i].text);
		CHECK(!tells(buf_z(&b), cases[i].answer, cases[i].prompt));
	}
	check_in("%s", "");
	/* a reply that is nothing but its answer has no third that could hold it */
	CHECK(!tells("<answer>42</answer>", "42", ""));
	CHECK(!tells("True", "True", ""));
	buf_release(&b);
}

/* Hostile texts come to an end soon. */
static void test_trace_floods(void)
{
	static const char *const blocks[] = { "<answer>", "answer is ", "( ", "a", " ", "\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF", "a b c d " };
	struct buf room = BUF_INIT, text = BUF_INIT, answer = BUF_INIT;

	for (size_t i = 0; i < COUNT(blocks); i++) {
		struct timespec a, z;

		buf_reset(&text);
		buf_reset(&answer);
		while (text.n < 1 << 20)
			buf_addz(&text, blocks[i]);
		while (answer.n < 1 << 16)
			buf_addz(&answer, blocks[i]);
		buf_addz(&answer, "!");
		check_in("flood of %s", blocks[i]);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		CHECK(!trace_tells(buf_str(&text), buf_str(&answer), STR(""), &room));
		trace_loops(buf_str(&text), &room);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &z);
		CHECK(z.tv_sec - a.tv_sec < 20); /* sanitizers included */
	}
	check_in("%s", "");
	buf_release(&room);
	buf_release(&text);
	buf_release(&answer);
}

/* ---- choosing ---- */

enum { TEXTS = 12 };

/* A sample of so many tokens, whose text no other has. */
static struct stored_sample sample(int64_t idx, const char *mark, int64_t tokens, char room[64])
{
	snprintf(room, 64, "word%c of answer number %d <answer>%d</answer>", 'a' + (int)idx, (int)idx, (int)idx);
	return (struct stored_sample){ .idx = idx, .response = str_of(room), .finish = STR("stop"), .mark = str_of(mark), .why = STR(""),
				       .extracted = STR("no part of it"), .tokens = tokens, .format_ok = true };
}

static void test_choosing(void)
{
	static const struct {
		const char *mark;
		int tokens;
	} came[TEXTS] = {
		{ "correct", 50 }, { "wrong", 48 },   { "correct", 20 }, { "unreadable", 20 }, { "correct", 35 }, { "wrong", 90 },
		{ "wrong", 34 },   { "correct", 80 }, { "wrong", 100 },	 { "no_answer", 1 },	{ "wrong", 10 },   { "correct", 36 },
	};
	struct stored_sample all[TEXTS];
	char room[TEXTS][64];
	struct group g = { .all = all, .nall = TEXTS, .sample = all, .samples = TEXTS };
	struct lengths l = { 0 };
	struct chooser c = { 0 };
	int64_t tally[TRAITS] = { 0 };
	struct err err = ERR_INIT;

	for (int i = 0; i < TEXTS; i++)
		all[i] = sample(i, came[i].mark, came[i].tokens, room[i]);
	g.puzzle.task = g.puzzle.lang = STR("x");
	lengths_settle(&l);
	/* the shortest right ones: 20, 35, 36 tokens */
	CHECK_EQ(choose_sft(&c, &g, &l, 3, SFT_SHORTEST, tally, &err), 3);
	CHECK(c.picked[0] == 2 && c.picked[1] == 4 && c.picked[2] == 11);
	CHECK_EQ(tally[TRAIT_TAKEN], 3);
	CHECK_EQ(tally[TRAIT_SURPLUS], 2);
	/* each against the wrong one (not the unreadable one of the same length) that is nearest and not taken */
	CHECK_EQ(choose_pairs(&c, &g, 3, PAIRS_SHORTEST), 3);
	CHECK(c.picked[0] == 2 && c.against[0] == 10 && c.picked[1] == 4 && c.against[1] == 6 && c.picked[2] == 11 && c.against[2] == 1);
	/* the nearest pairs of all: 35 and 34, 50 and 48, 80 and 90 */
	CHECK_EQ(choose_sft(&c, &g, &l, 3, SFT_SHORTEST, tally, &err), 3);
	CHECK_EQ(choose_pairs(&c, &g, 3, PAIRS_LENGTH), 3);
	CHECK(c.picked[0] == 4 && c.against[0] == 6 && c.picked[1] == 0 && c.against[1] == 1);
	CHECK((c.picked[2] == 7 && c.against[2] == 5) || (c.picked[2] == 2 && c.against[2] == 10));
	/* the first right ones, however long */
	CHECK_EQ(choose_sft(&c, &g, &l, 3, SFT_FIRST, tally, &err), 3);
	CHECK(c.picked[0] == 0 && c.picked[1] == 2 && c.picked[2] == 4);
	CHECK_EQ(choose_pairs(&c, &g, 1, PAIRS_SHORTEST), 1);
	CHECK(c.picked[0] == 0 && c.against[0] == 1);
	/* no pair is made of one trace twice, and none without a right or a wrong one */
	CHECK_EQ(choose_pairs(&c, &g, 100, PAIRS_LENGTH), 5);
	for (int i = 0; i < 5; i++)
		for (int k = 0; k < i; k++)
			CHECK(c.picked[i] != c.picked[k] && c.against[i] != c.against[k]);
	for (int i = 0; i < TEXTS; i++)
		all[i].mark = STR("wrong");
	CHECK_EQ(choose_sft(&c, &g, &l, 3, SFT_FIRST, tally, &err), 0);
	CHECK_EQ(choose_pairs(&c, &g, 3, PAIRS_LENGTH), 0);
	lengths_release(&l);
	chooser_release(&c);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The tenth percentile by nearest rank, as a sorted list of all lengths gives it; room for as many as there are different ones. */
static void test_floors(void)
{
	enum { MOST = 20000 };
	static const struct { int n, different; } kinds[] = {
		{ 1, 1 }, { 9, 9 }, { 10, 10 }, { 11, 11 }, { 64, 64 }, { 65, 40 }, { 200, 1 }, { 1000, 1000 }, { MOST, 90 }, { MOST, MOST }
	};
	static struct stored_sample all[MOST];
	static uint32_t sorted[MOST];
	struct rng r;

	rng_init(&r, 1, "lengths");
	for (size_t k = 0; k < COUNT(kinds); k++) {
		struct lengths l = { 0 };
		int n = kinds[k].n;

		check_in("%d traces of %d lengths", n, kinds[k].different);
		for (int i = 0; i < n; i++) {
			sorted[i] = 1 + 7 * rng_below(&r, (uint32_t)kinds[k].different);
			all[i] = (struct stored_sample){ .mark = STR("correct"), .finish = STR("stop"), .tokens = sorted[i] };
		}
		for (int i = 0; i < n; i += 16) /* prompts of sixteen */
			CHECK(lengths_add(&l, &(struct group){ .sample = all + i, .samples = n - i < 16 ? n - i : 16 }));
		CHECK_EQ(l.n, 1);
		CHECK(l.cell[0].room <= (size_t)(4 * kinds[k].different + 64));
		lengths_settle(&l);
		qsort(sorted, (size_t)n, sizeof(*sorted), by_number);
		CHECK_EQ(l.cell[0].floor, sorted[(n + 9) / 10 - 1]);
		lengths_release(&l);
	}
	check_in("%s", "");
}

int main(void)
{
	test_fates();
	test_choosing();
	test_floors();
	test_loops();
	test_tells();
	test_trace_floods();
	return check_done();
}
