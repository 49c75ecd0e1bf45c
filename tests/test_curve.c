/* test_curve.c - datasets/curve.h: known curves are found, hopeless ones are told, the same answers give the same bits. */
#include "tests/check.h"
#include "tests/tuning.h"

enum { BUDGET = 256 };

/* A ladder of rates, asked until the goal is settled or the budget is spent. */
static struct goal_found settle(const double rate[CURVE_LEVELS], double guess, struct goal g, int lo, int hi, uint64_t seed, int *asked)
{
	struct curve *c = curve_new(lo, hi);
	struct goal_found f;
	int ask[CURVE_LEVELS], left = BUDGET;
	struct rng r;

	rng_init(&r, seed, "settle");
	while (curve_goal(c, &g, left == 0, &f), f.state == GOAL_OPEN && left > 0) {
		curve_ask(c, &g, 1, 16, left, ask);
		for (int level = 0; level < CURVE_LEVELS; level++) {
			CHECK(ask[level] == 0 || (level >= lo / 10 && level <= (hi + 9) / 10));
			for (int i = 0; i < ask[level]; i++, left--)
				curve_add(c, level, guess, rng_unit(&r) < rate[level]);
		}
	}
	*asked = BUDGET - left;
	curve_free(c);
	return f;
}

static void test_verdicts(void)
{
	static const struct {
		const char *what;
		double rate[CURVE_LEVELS], guess;
		enum goal_state want;
	} cases[] = {
		{ "always wrong", { 0 }, 0, GOAL_TOO_HARD },
		{ "always right", { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, 0, GOAL_TOO_EASY },
		{ "easy to guess", { 0.9, 0.9, 0.85, 0.85, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8 }, 0.8, GOAL_GUESSED },
		{ "rising", { 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95 }, 0, GOAL_NOT_MONOTONE },
		{ "a valley", { 0.9, 0.8, 0.6, 0.3, 0.1, 0.05, 0.1, 0.3, 0.6, 0.9, 0.95 }, 0, GOAL_NOT_MONOTONE },
		{ "a hill", { 0, 0.1, 0.4, 0.9, 1, 1, 1, 0.9, 0.4, 0.1, 0 }, 0, GOAL_NOT_MONOTONE },
		{ "steps that are no curve", { 0.91, 0.84, 0.96, 0.87, 0.67, 0.07 }, 0, GOAL_TUNED },
		{ "one step", { 0.91, 0.43, 0.23, 0.15, 0.02 }, 0, GOAL_TUNED },
		{ "a cliff", { 1, 1, 1, 1, 1 }, 0, GOAL_TUNED },
	};
	struct goal g = { 0.5, 0.4, 0.6 };

	for (size_t i = 0; i < COUNT(cases); i++)
		for (uint64_t seed = 0; seed < (CHECK_SLOW ? 1 : 5); seed++) {
			int asked;
			struct goal_found f = settle(cases[i].rate, cases[i].guess, g, 0, 100, seed, &asked);

			check_in("%s, seed %d", cases[i].what, (int)seed);
			CHECK_EQ(f.state, cases[i].want);
			CHECK(asked <= BUDGET && f.tenths >= 0 && f.tenths <= 100 && f.at.lo <= f.at.hi && f.from <= f.tenths && f.to >= f.tenths);
			if (cases[i].want == GOAL_TOO_HARD)
				CHECK(f.tenths == 0 && f.at.hi < 0.4 && asked < 64);
			if (cases[i].want == GOAL_TOO_EASY || cases[i].want == GOAL_GUESSED)
				CHECK(f.tenths == 100 && f.at.lo > 0.6);
			if (cases[i].want == GOAL_NOT_MONOTONE)
				CHECK(f.easy < f.hard && cases[i].rate[f.easy] < cases[i].rate[f.hard]);
			if (cases[i].want == GOAL_TUNED) {
				int at = f.tenths / 10;
				double part = f.tenths % 10 / 10.0, is = cases[i].rate[at] * (1 - part) + (part > 0 ? part * cases[i].rate[at + 1] : 0);

				CHECK(fabs(is - 0.5) <= 0.15 && f.at.lo >= 0.4 && f.at.hi <= 0.6);
			}
		}
	check_in("%s", "");
}

/* A part of the ladder is all that may be chosen, and a single level is one. */
static void test_ranges(void)
{
	static const double rate[CURVE_LEVELS] = { 0.95, 0.9, 0.8, 0.6, 0.4, 0.2, 0.1, 0.05, 0.02, 0.01, 0 };
	int asked;
	struct goal_found f = settle(rate, 0, (struct goal){ 0.5, 0.4, 0.6 }, 25, 60, 1, &asked);

	CHECK(f.state == GOAL_TUNED && f.tenths >= 30 && f.tenths <= 40);
	f = settle(rate, 0, (struct goal){ 0.5, 0.4, 0.6 }, 70, 100, 1, &asked);
	CHECK(f.state == GOAL_TOO_HARD && f.tenths == 70);
	f = settle(rate, 0, (struct goal){ 0.5, 0.4, 0.6 }, 0, 15, 1, &asked);
	CHECK(f.state == GOAL_TOO_EASY && f.tenths == 15);
	f = settle(rate, 0, (struct goal){ 0.6, 0.5, 0.7 }, 30, 30, 1, &asked);
	CHECK(f.state == GOAL_TUNED && f.tenths == 30 && f.from == 30 && f.to == 30);
	/* a band: the whole stretch within it */
	f = settle(rate, 0, (struct goal){ 0.5, 0.2, 0.8 }, 0, 100, 1, &asked);
	check_in("a band: %d, %d to %d", f.tenths, f.from, f.to);
	CHECK(f.state == GOAL_TUNED && f.from >= 5 && f.from <= 38 && f.to >= 38 && f.to <= 65 && f.from < f.tenths && f.to > f.tenths);
	check_in("%s", "");
}

static void test_ask(void)
{
	struct curve *c = curve_new(0, 100);
	struct goal g = { 0.5, 0.4, 0.6 };
	int ask[CURVE_LEVELS], sum = 0;

	curve_ask(c, &g, 1, 4, 1000, ask);
	for (int i = 0; i < CURVE_LEVELS; i++)
		CHECK_EQ(ask[i], 2); /* every level is seen at first */
	curve_ask(c, &g, 1, 4, 7, ask);
	for (int i = 0; i < CURVE_LEVELS; i++)
		sum += ask[i];
	CHECK_EQ(sum, 7);
	for (int i = 0; i < CURVE_LEVELS; i++)
		for (int k = 0; k < 4; k++)
			curve_add(c, i, 0, i < 5 || (i == 5 && k < 2));
	curve_ask(c, &g, 1, 16, 1000, ask);
	sum = 0;
	for (int i = 0; i < CURVE_LEVELS; i++) {
		sum += ask[i];
		CHECK(ask[i] == 0 || (i >= 3 && i <= 7)); /* then those near what is wanted */
	}
	CHECK_EQ(sum, 16);
	/* a goal that is settled asks for nothing */
	curve_ask(c, &(struct goal){ 0.5, 0, 1 }, 1, 16, 1000, ask);
	for (int i = 0; i < CURVE_LEVELS; i++)
		CHECK_EQ(ask[i], 0);
	curve_free(c);
}

static void test_same_bits(void)
{
	struct goal g = { 0.4, 0.4, 0.4 };
	struct goal_found a, b;
	struct curve_rate x[CURVE_TENTHS], y[CURVE_TENTHS];
	struct curve *c = curve_new(0, 100), *d = curve_new(0, 100);
	struct rng r;

	rng_init(&r, 4, "answers");
	for (int i = 0; i < 100; i++) {
		int level = (int)rng_below(&r, CURVE_LEVELS);
		bool pass = rng_unit(&r) < 0.08 * (11 - level);

		curve_add(c, level, 0.1, pass);
		curve_add(d, level, 0.1, pass);
	}
	curve_goal(c, &g, false, &a);
	curve_goal(d, &g, false, &b);
	CHECK(a.tenths == b.tenths);
	CHECK_F64(a.at.lo, b.at.lo);
	curve_rates(c, x);
	curve_rates(d, y);
	CHECK(memcmp(x, y, sizeof(x)) == 0);
	for (int i = 0; i < CURVE_TENTHS; i++)
		CHECK(x[i].lo >= 0 && x[i].lo < x[i].mean && x[i].mean < x[i].hi && x[i].hi <= 1);
	CHECK(curve_level(c, 3).n > 0 && fabs(curve_level(c, 3).guess - 0.1) < 1e-12);
	CHECK(curve_shape(c).mid > 0 && curve_shape(c).mid < 10 && curve_shape(c).slope > 0.12);
	curve_free(c);
	curve_free(d);
}

/* A short form of bench_tune: fixed seeds, so that it comes out the same each time. */
static void test_accuracy(void)
{
	static const double slopes[] = { 0.35, 0.7, 1.0, 1.5 };
	int seeds = CHECK_SLOW ? 2 : 16;
	double error = 0, stair_error = 0;

	for (int sigma = 0; sigma < 2; sigma++)
		for (int budget = 128; budget <= 256; budget *= 2) {
			struct tally y = { 0 };
			int all = 4 * seeds;

			for (int s = 0; s < 4; s++)
				for (int i = 0; i < seeds; i++)
					tally_add(&y, (uint64_t)(1000 * s + i), slopes[s], sigma, 0.5, budget, false);
			check_in("sigma %d, %d answers: %d and %d of %d within 0.10 and 0.07, %d held, error %.4f, staircase's %.4f", sigma, budget,
				 y.within[0], y.within[1], all, y.covered, y.error / all, y.stair_error / all);
			if (CHECK_SLOW)
				continue;
			CHECK(y.within[budget == 256] >= 0.9 * all);
			CHECK(y.covered >= (sigma ? 0.85 : 0.9) * all);
			CHECK(y.covered <= (sigma ? 1 : 0.99) * all);
			error += y.error;
			stair_error += y.stair_error;
		}
	check_in("mean error %.4f, the staircase's %.4f", error, stair_error);
	CHECK(CHECK_SLOW || error < 0.9 * stair_error);
	check_in("%s", "");
}

int main(void)
{
	test_verdicts();
	test_ranges();
	test_ask();
	test_same_bits();
	test_accuracy();
	return check_done();
}
