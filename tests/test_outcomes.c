/* test_outcomes.c - outcomes, what runs say together, ids, listings of tests, records of the channel, variants, descs: all without a sandbox. */
#include "repos/cases.h"
#include "repos/outcomes.h"
#include "repos/records.h"
#include "repos/task.h"
#include "repos/variants.h"
#include "tests/check.h"

/* "a passed, b failed" */
static struct outcomes outcomes(const char *text)
{
	struct outcomes o = OUTCOMES_INIT;
	struct str rest = str_of(text), item, id;

	while (str_split(&rest, ',', &item)) {
		enum outcome is = OUTCOME_ABSENT;

		item = str_trim(item);
		str_split(&item, ' ', &id);
		CHECK(outcome_read(item, &is));
		outcomes_add(&o, id, is);
	}
	outcomes_sort(&o);
	CHECK(!o.failed);
	return o;
}

static void test_ids(void)
{
	static const char *const pairs[][2] = {
		{ "a::b[<X object at 0x7f00aabbccdd>]", "a::b[<X object at 0xADDR>]" },
		{ "0x12345", "0x12345" },
		{ "0x123456", "0xADDR" },
		{ "0x", "0x" },
		{ "00x1234567", "00xADDR" },
		{ "a\tb\nc", "a b c" },
		{ "[11-22-2026 01:58:09]", "[11-22-2026 01:58:09]" },
		{ "", "" },
	};

	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct buf b = BUF_INIT;

		outcome_id(&b, str_of(pairs[i][0]));
		CHECK_STR(buf_str(&b), pairs[i][1]);
		buf_release(&b);
	}
}

static void test_one_run(void)
{
	struct outcomes o = outcomes("b passed, a failed, b error, c xpass, b passed, d skipped");

	CHECK_EQ(o.n, 4);
	CHECK_EQ(outcomes_of(&o, STR("a")), OUTCOME_FAILED);
	CHECK_EQ(outcomes_of(&o, STR("b")), OUTCOME_ERROR); /* the worst of three */
	CHECK(o.rows[1].twice && !o.rows[0].twice);
	CHECK_EQ(outcomes_of(&o, STR("e")), OUTCOME_ABSENT);
	CHECK_EQ(outcomes_of(&o, STR("")), OUTCOME_ABSENT);
	CHECK_EQ(outcomes_count(&o, OUTCOME_SKIPPED), 1);
	outcomes_release(&o);
	CHECK_EQ(outcomes_of(&o, STR("a")), OUTCOME_ABSENT);
}

static enum test_kind kind(const struct sorted_tests *s, const char *id)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_is(s->rows[i].id, id))
			return s->rows[i].kind;
	return TEST_KINDS;
}

static void test_runs(void)
{
	struct outcomes before = outcomes("p passed, f failed, e error, s skipped, x xfail, r passed, b failed, o failed, "
		"k failed, c failed, t1 passed, 2 passed, 2 passed");
	struct outcomes before2 = outcomes("p passed, f error, e absent, s skipped, x xfail, r passed, b failed, o failed, "
		"k failed, c failed, t2 passed, 2 passed, 2 passed");
	struct outcomes after = outcomes("p passed, f passed, e passed, n passed, s passed, x xfail, r failed, b failed, "
		"o passed, k passed, c passed, t3 passed, 2 passed, 2 passed");
	struct outcomes back = outcomes("p passed, f passed, e passed, n passed, s passed, x xfail, r failed, b failed, "
		"o failed, k passed, c passed, t4 passed, 2 passed, 2 passed");
	struct outcomes clock = outcomes("p passed, f passed, e passed, n passed, s passed, x xfail, r failed, b failed, "
		"o passed, k failed, c passed, t5 passed, 2 passed, 2 passed");
	struct outcomes again = outcomes("p passed, f passed, e passed, n passed, s passed, x xfail, r failed, b failed, "
		"o passed, k passed, c failed, t6 passed, 2 passed, 2 passed");
	struct observed runs[] = { { &after, true, RUN_PLAIN }, { &before, false, RUN_PLAIN }, { &before2, false, RUN_PLAIN }, { &back, true, RUN_SHUFFLED },
		{ &clock, true, RUN_CLOCK }, { &again, true, RUN_PLAIN } };
	struct sorted_tests s;

	CHECK(sorted_tests_make(&s, runs, 6));
	CHECK_EQ(kind(&s, "p"), TEST_PASS_TO_PASS);
	CHECK_EQ(kind(&s, "f"), TEST_FAIL_TO_PASS); /* failed and error are both no pass */
	CHECK_EQ(kind(&s, "e"), TEST_FAIL_TO_PASS);
	CHECK_EQ(kind(&s, "n"), TEST_FAIL_TO_PASS); /* absent before */
	CHECK_EQ(kind(&s, "s"), TEST_ASIDE);        /* skipped before is no failure */
	CHECK_EQ(kind(&s, "x"), TEST_ASIDE);
	CHECK_EQ(kind(&s, "r"), TEST_PASS_TO_FAIL);
	CHECK_EQ(kind(&s, "b"), TEST_FAIL_TO_FAIL);
	CHECK_EQ(kind(&s, "o"), TEST_ORDER);
	CHECK_EQ(kind(&s, "k"), TEST_CLOCK);
	CHECK_EQ(kind(&s, "c"), TEST_FLAKY);
	CHECK_EQ(kind(&s, "2"), TEST_TWICE);
	for (int i = 1; i <= 6; i++) {
		char id[4];

		snprintf(id, sizeof(id), "t%d", i);
		CHECK_EQ(kind(&s, id), TEST_UNSTABLE_ID);
	}
	CHECK_EQ(s.count[TEST_FAIL_TO_PASS], 3);
	CHECK_EQ(s.count[TEST_UNSTABLE_ID], 6);
	sorted_tests_release(&s);
	/* a suite that dies before the change at another place each time says nothing against its tests */
	CHECK(sorted_tests_make(&s, (struct observed[]){ { &after, true, RUN_PLAIN }, { &(struct outcomes){ 0 }, false, RUN_PLAIN } }, 2));
	CHECK_EQ(kind(&s, "p"), TEST_FAIL_TO_PASS);
	CHECK_EQ(kind(&s, "x"), TEST_ASIDE);
	sorted_tests_release(&s);
	outcomes_release(&before);
	outcomes_release(&before2);
	outcomes_release(&after);
	outcomes_release(&back);
	outcomes_release(&clock);
	outcomes_release(&again);
}

static void test_due(void)
{
	/*                 absent passed failed error skipped xfail xpass */
	static const bool f2p[] = { 0, 1, 0, 0, 0, 1, 0 }, p2p[] = { 0, 1, 0, 0, 0, 1, 1 };
	struct due f = { STR("f"), true, OUTCOME_PASSED }, p = { STR("p"), false, OUTCOME_PASSED }, s = { STR("s"), false, OUTCOME_SKIPPED };

	for (int i = OUTCOME_ABSENT; i <= OUTCOME_XPASS; i++) {
		check_in("%s", outcome_name((enum outcome)i));
		CHECK_EQ(due_met(&f, (enum outcome)i), f2p[i]);
		CHECK_EQ(due_met(&p, (enum outcome)i), p2p[i]);
		CHECK_EQ(due_met(&s, (enum outcome)i), p2p[i] || i == OUTCOME_SKIPPED);
	}
	check_in("%s", "");
}

/* ---- tests that are processes */

static void test_parts(void)
{
	struct test_case t = { .id = STR("suite"), .skip_code = 77 };
	struct sandbox_outcome ended = SANDBOX_OUTCOME_INIT;
	struct outcomes o = OUTCOMES_INIT;

	buf_addz(&ended.out, "1..5\nok 1 - one\nnot ok 2 - two # TODO later\nok 3 three # skip no net\n  ok 4 - nested (4)\nok\nokay 7\n"
		"tests/t.c:30:test_unity:PASS\ntests/t.c:31:test_bad:FAIL: Expected 1 Was 2\nx:y:z:PASS\n[       OK ] Suite.gtest (0 ms)\n"
		"PASS: suite\n--- FAIL: TestGo (0.01s)\n[ok]: redis like (12 ms)\nPASS: \n");
	case_outcome(&t, &ended, &o);
	outcomes_sort(&o);
	CHECK_EQ(outcomes_of(&o, STR("suite")), OUTCOME_PASSED);
	CHECK_EQ(outcomes_of(&o, STR("suite > one")), OUTCOME_PASSED);
	CHECK_EQ(outcomes_of(&o, STR("suite > two")), OUTCOME_XFAIL);
	CHECK_EQ(outcomes_of(&o, STR("suite > three")), OUTCOME_SKIPPED);
	CHECK_EQ(outcomes_of(&o, STR("suite > nested (4)")), OUTCOME_PASSED);
	CHECK_EQ(outcomes_of(&o, STR("suite > test_unity")), OUTCOME_PASSED);
	CHECK_EQ(outcomes_of(&o, STR("suite > test_bad")), OUTCOME_FAILED);
	CHECK_EQ(outcomes_of(&o, STR("suite > Suite.gtest")), OUTCOME_PASSED);
	CHECK_EQ(outcomes_of(&o, STR("suite > TestGo")), OUTCOME_FAILED);
	CHECK_EQ(outcomes_of(&o, STR("suite > redis like")), OUTCOME_PASSED);
	CHECK_EQ(o.n, 10);
	CHECK_STR(case_of(STR("suite > one > two")), "suite");
	CHECK(!case_of(STR("suite::one")).s);
	outcomes_release(&o);
	/* what is printed turns a success into a failure, never the other way round */
	buf_addz(&ended.out, "not ok 9 - nine\n");
	case_outcome(&t, &ended, &o);
	outcomes_sort(&o);
	CHECK_EQ(outcomes_of(&o, STR("suite")), OUTCOME_FAILED);
	outcomes_release(&o);
	buf_reset(&ended.out);
	buf_addz(&ended.out, "1..1\nok 1 - one\n");
	ended.code = 1;
	case_outcome(&t, &ended, &o);
	ended.code = 77;
	t.id = STR("skipped");
	case_outcome(&t, &ended, &o);
	ended = (struct sandbox_outcome){ .end = SANDBOX_SIGNALED, .out = ended.out, .code = 0 };
	t.id = STR("killed");
	case_outcome(&t, &ended, &o);
	ended.end = SANDBOX_EXITED;
	ended.code = 3;
	t.id = STR("wants_to_fail");
	t.will_fail = true;
	case_outcome(&t, &ended, &o);
	outcomes_sort(&o);
	CHECK_EQ(outcomes_of(&o, STR("suite")), OUTCOME_FAILED);
	CHECK_EQ(outcomes_of(&o, STR("skipped")), OUTCOME_SKIPPED);
	CHECK_EQ(outcomes_of(&o, STR("killed")), OUTCOME_FAILED);
	CHECK_EQ(outcomes_of(&o, STR("wants_to_fail")), OUTCOME_PASSED);
	outcomes_release(&o);
	sandbox_outcome_release(&ended);
}

static void test_listings(void)
{
	static const char ctest[] = "{\"kind\":\"ctestInfo\",\"tests\":[{\"name\":\"a\",\"command\":[\"/build/a\",\"-x\"],\"properties\":["
		"{\"name\":\"WORKING_DIRECTORY\",\"value\":\"/build/t\"},"
		"{\"name\":\"WILL_FAIL\",\"value\":true},{\"name\":\"TIMEOUT\",\"value\":3.5},{\"name\":\"ENVIRONMENT\",\"value\":[\"A=1\"]}]},"
		"{\"name\":\"b+c\",\"command\":[\"/build/b\"],\"properties\":[{\"name\":\"PASS_REGULAR_EXPRESSION\",\"value\":[\"ok\"]}]},{\"name\":\"unbuilt\"}]}";
	static const char meson[] = "[{\"name\":\"a\",\"suite\":[\"s\"],\"cmd\":[\"/build/a\"],\"workdir\":null,\"timeout\":30,\"env\":{\"K\":\"v\"}}]";
	static const char *const bad[] = { "", "{", "[]x", "{\"tests\":1}", "{\"tests\":[{}]}", "{\"tests\":[{\"name\":\"a\",\"properties\":[{}]}]}" };
	struct buf why = BUF_INIT;
	struct cases c;

	CHECK(cases_read(&c, RUNNER_CTEST, str_of(ctest), &why));
	if (CHECK_EQ(c.n, 3)) {
		CHECK_STR(c.at[0].id, "a");
		CHECK_EQ(c.at[0].argv.n, 2);
		CHECK_STR(str_of(c.at[0].cwd), "/build/t");
		CHECK(c.at[0].will_fail && c.at[0].timeout_s == 3.5 && c.at[0].env.n == 1);
		CHECK_STR(str_of(c.at[1].argv.at[0]), "ctest"); /* ctest alone knows how to look at output */
		CHECK_STR(str_of(c.at[1].argv.at[c.at[1].argv.n - 1]), "^b\\+c$");
		CHECK_EQ(c.at[2].argv.n, 0);
	}
	cases_release(&c);
	CHECK(cases_read(&c, RUNNER_MESON, str_of(meson), &why));
	if (CHECK_EQ(c.n, 1)) {
		CHECK_STR(c.at[0].id, "s/a");
		CHECK_STR(str_of(c.at[0].env.at[0]), "K=v");
	}
	cases_release(&c);
	CHECK(cases_read(&c, RUNNER_LINES, STR("a b\techo\tx; y\nc\ttrue\n"), &why));
	if (CHECK_EQ(c.n, 2)) {
		CHECK_STR(c.at[0].id, "a b");
		CHECK_STR(str_of(c.at[0].argv.at[1]), "x; y"); /* an argument, whatever is in it */
	}
	cases_release(&c);
	CHECK_EQ(why.n, 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		check_in("listing %zu", i);
		CHECK(!cases_read(&c, RUNNER_CTEST, str_of(bad[i]), &why) && why.n);
		cases_release(&c);
		buf_reset(&why);
	}
	check_in("%s", "");
	CHECK(!cases_read(&c, RUNNER_LINES, STR("only an id\n"), &why));
	cases_release(&c);
	CHECK(!cases_read(&c, RUNNER_LINES, STR("\ttrue\n"), &why));
	cases_release(&c);
	buf_release(&why);
}

/* ---- the channel of runner.py */

static struct environment env = { .name = "python" };
static struct record_ask ask;

/* Lines of JSON with the token and numbers put before them; %p and %f are the canaries. */
static void channel(struct buf *b, const char *lines)
{
	struct str rest = str_of(lines), line;
	int n = 0;

	while (str_line(&rest, &line)) {
		buf_addf(b, "%s %d ", ask.token, n++);
		for (size_t i = 0; i < line.n; i++) {
			if (line.s[i] == '%')
				buf_addz(b, ask.canary[line.s[++i] == 'f']);
			else
				buf_addc(b, line.s[i]);
		}
		buf_addc(b, '\n');
	}
}

#define START "{\"k\":\"start\"}\n"
#define PLAN "{\"k\":\"plan\",\"ids\":[\"%f\",\"a\",\"%p\",\"b\"]}\n"
#define FAIL(i) "{\"k\":\"test\",\"i\":" #i ",\"s\":\"failed\"}\n"
#define PASS(i) "{\"k\":\"test\",\"i\":" #i ",\"s\":\"passed\"}\n"
#define END(n) "{\"k\":\"end\",\"n\":" #n ",\"code\":1,\"wrong\":null}\n"

static enum run_status read_channel(const char *lines, const char *more, int code)
{
	struct run_report r = RUN_REPORT_INIT;
	struct buf b = BUF_INIT;
	enum run_status s;

	channel(&b, lines);
	buf_addz(&b, more);
	records_read(&ask, buf_str(&b), code, &r);
	s = r.status;
	/* whatever is not whole gives nothing */
	CHECK(s == RUN_OK ? r.outcomes.n == 2 && outcomes_of(&r.outcomes, STR("a")) == OUTCOME_PASSED : r.outcomes.n == 0 && r.why.n > 0);
	run_report_release(&r);
	buf_release(&b);
	return s;
}

static void test_records(void)
{
	static const struct {
		const char *lines, *more;
		int code;
		enum run_status want;
	} cases[] = {
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) END(4), "", 1, RUN_OK },
		{ START "{\"k\":\"skip\",\"id\":\"x\"}\n{\"k\":\"collect\",\"id\":\"y\",\"why\":\"z\"}\n"
			PLAN FAIL(0) PASS(1) PASS(2) FAIL(3) END(4), "", 1, RUN_OK },
		{ "", "", 0, RUN_COLLECT_FAIL },
		{ START, "", 0, RUN_COLLECT_FAIL },
		{ START "{\"k\":\"collect\",\"id\":\"y\",\"why\":\"z\"}\n" "{\"k\":\"plan\",\"ids\":[\"%f\",\"%p\"]}\n" FAIL(0) PASS(1) END(2), "", 1, RUN_COLLECT_FAIL },
		{ START PLAN FAIL(0) PASS(1), "", 0, RUN_CRASHED },
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3), "", 1, RUN_CRASHED },
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3), "abc", 1, RUN_CRASHED },
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) END(4), "abc", 1, RUN_TAMPER },      /* bytes behind the end */
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) END(4), "", 0, RUN_TAMPER },         /* another exit code */
		{ START PLAN PASS(0) PASS(1) PASS(2) PASS(3) END(4), "", 1, RUN_TAMPER },         /* the one that must fail passes */
		{ START PLAN FAIL(0) PASS(1) FAIL(2) PASS(3) END(4), "", 1, RUN_TAMPER },         /* the one that must pass fails */
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) END(3), "", 1, RUN_TAMPER },
		{ START PLAN FAIL(0) PASS(2) PASS(1) PASS(3) END(4), "", 1, RUN_TAMPER },         /* out of order */
		{ START PLAN FAIL(0) PASS(1) PASS(1) PASS(2) PASS(3) END(4), "", 1, RUN_TAMPER }, /* twice */
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) PASS(4) END(5), "", 1, RUN_TAMPER }, /* not of the plan */
		{ START PLAN PLAN FAIL(0) PASS(1) PASS(2) PASS(3) END(4), "", 1, RUN_TAMPER },
		{ PLAN FAIL(0) PASS(1) PASS(2) PASS(3) END(4), "", 1, RUN_TAMPER },
		{ START PASS(0) PLAN END(1), "", 1, RUN_TAMPER },
		{ START "{\"k\":\"plan\",\"ids\":[\"a\",\"b\"]}\n" PASS(0) PASS(1) END(2), "", 1, RUN_TAMPER }, /* no canaries */
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) "{\"k\":\"end\",\"n\":4,\"code\":1,\"wrong\":\"x was replaced\"}\n", "", 1, RUN_TAMPER },
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) "{\"k\":\"end\",\"n\":4,\"code\":0,\"wrong\":null}\n", "", 0, RUN_TAMPER },
		{ START PLAN FAIL(0) "{\"k\":\"end\",\"n\":1,\"code\":2,\"wrong\":null}\n", "", 2, RUN_CRASHED },
		{ START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) END(4) END(4), "", 1, RUN_TAMPER },
		{ START "{\"k\":\"what\"}\n", "", 1, RUN_TAMPER },
		{ START "[]\n", "", 1, RUN_TAMPER },
		{ START PLAN "{\"k\":\"test\",\"i\":0,\"s\":\"great\"}\n", "", 1, RUN_TAMPER },
		{ START PLAN "{\"k\":\"test\",\"i\":0,\"s\":\"absent\"}\n", "", 1, RUN_TAMPER },
		{ START "{\"k\":\"end\",\"n\":0,\"code\":4,\"wrong\":null}\n", "", 4, RUN_HARNESS_ERROR },
	};
	struct run_report r = RUN_REPORT_INIT;
	struct buf json = BUF_INIT, b = BUF_INIT;
	char token[33];

	ask.env = &env;
	record_ask_make(&ask, &json);
	memcpy(token, ask.token, sizeof(token));
	for (size_t i = 0; i < COUNT(cases); i++) {
		check_in("channel %zu", i);
		CHECK_STR(str_of(run_status_name(read_channel(cases[i].lines, cases[i].more, cases[i].code))), run_status_name(cases[i].want));
	}
	check_in("%s", "");
	/* another run's token is none */
	channel(&b, START PLAN FAIL(0) PASS(1) PASS(2) PASS(3) END(4));
	buf_reset(&json);
	record_ask_make(&ask, &json);
	CHECK(memcmp(token, ask.token, sizeof(token)) != 0 && strcmp(ask.canary[0], ask.canary[1]) != 0);
	records_read(&ask, buf_str(&b), 1, &r);
	CHECK_EQ(r.status, RUN_TAMPER);
	run_report_release(&r);
	buf_release(&json);
	buf_release(&b);
}

/* ---- variants */

static void test_variants(void)
{
	static const char python[] =
		"import x\n"
		"def test_a():\n"
		"    assert f(1) == 2  # 3\n"
		"    assert g('a') == 'b'\n"
		"def helper():\n"
		"    assert 1 == 2\n"
		"class TestB(Base):\n"
		"    def test_b(self):\n"
		"        self.assertEqual(f(2), \"x\\\"y\")\n"
		"    async def test_c(self):\n"
		"        assert f(3)\n"
		"def test_d():\n"
		"    with pytest.raises(ValueError, match='q'):\n"
		"        pass\n"
		"def test_e(): pass\n"
		"def test_g():\n"
		"    text = \"\"\"\n"
		"assert 1 == 2\n"
		"def test_inside():\n"
		"\"\"\"\n"
		"    assert g(text) == 7\n"
		"def test_f():\n"
		"    assert f(1.5) == 0x10\n"
		"    assert '''a\n";
	struct arena a = ARENA_INIT;
	struct variant_sites s = { 0 };
	static const struct { const char *test, *is, *text; bool weak; } want[] = {
		{ "test_a", "", "q", false }, { "TestB::test_b", "", "q", false }, { "TestB::test_c", "assert ", "assert not ", true },
		{ "test_d", "", "q", false }, { "test_g", "7", "8", false }, { "test_f", "assert ", "assert not ", true },
	};
	CHECK(variants_find(&s, "tests/t.py", str_of(python), true, &a));
	if (CHECK_EQ(s.n, 6))
		for (size_t i = 0; i < 6; i++) {
			check_in("site %zu", i);
			CHECK_STR(str_of(s.at[i].test), want[i].test);
			CHECK_STR(str_sub(str_of(python), s.at[i].at, s.at[i].at + s.at[i].n), want[i].is);
			CHECK_STR(str_of(s.at[i].text), want[i].text);
			CHECK_EQ(s.at[i].weak, want[i].weak);
		}
	check_in("%s", "");
	if (s.n == 6) {
		CHECK(variant_is_of(&s.at[1], STR("tests/t.py::TestB::test_b")));
		CHECK(variant_is_of(&s.at[1], STR("tests/t.py::TestB::test_b[1-2]")));
		CHECK(!variant_is_of(&s.at[1], STR("tests/t.py::TestB::test_bb")));
		CHECK(!variant_is_of(&s.at[1], STR("tests/t.py::test_b")));
		CHECK(!variant_is_of(&s.at[1], STR("tests/t.pyx::TestB::test_b")));
	}
	variant_sites_release(&s);
	CHECK(variants_find(&s, "t.c", STR("\tassert(f(7) == 42); // 9\n\tASSERT_EQ(\"abc\", s);\n\tint n = 3;\n\tCHECK(mul(3, 4), 12, \"mul\");\n"), false, &a));
	if (CHECK_EQ(s.n, 3)) {
		CHECK_STR(str_of(s.at[0].text), "43");
		CHECK_STR(str_of(s.at[1].text), "q");
		CHECK_STR(str_of(s.at[2].text), "13"); /* the value and not the message */
		CHECK(!s.at[0].test);
	}
	variant_sites_release(&s);
	arena_release(&a);
}

/* Choices of 64 seeds, six variants each, among n sites of which `asked` ask (a bit each) and `weak` are weak. */
static void check_draws(size_t n, unsigned asked, unsigned weak)
{
	struct variant_site s[8] = { 0 };
	unsigned asks = asked ? asked : (1u << n) - 1, single = __builtin_popcount(asks) == 1, alone = 0, ever = 0, never = 0;

	check_in("%zu sites, %#x asked, %#x weak", n, asked, weak);
	for (size_t i = 0; i < n; i++) {
		s[i].asked = asked >> i & 1;
		s[i].weak = weak >> i & 1;
	}
	for (uint64_t seed = 0; seed < 64; seed++) {
		bool chosen[8] = { false }, again[8] = { false };
		struct rng a, b;
		unsigned before = 0, on;

		rng_init(&a, seed, "variants");
		rng_init(&b, seed, "variants");
		for (unsigned v = 0; v < 6; v++) {
			variant_draw(chosen, s, n, v, &a);
			variant_draw(again, s, n, v, &b);
			CHECK(memcmp(chosen, again, sizeof(chosen)) == 0);
			on = 0;
			for (size_t i = 0; i < n; i++)
				on |= (unsigned)chosen[i] << i;
			CHECK(on & asks);
			CHECK(single || (on & asks) != asks);
			if (v % 2 == 0 && asks & ~weak)
				CHECK(on & asks & ~weak);
			if (v % 2 && !single)
				CHECK_EQ((on ^ before) & asks, asks);
			alone += !(on & ~asks);
			ever |= on;
			never |= ~on;
			before = on;
		}
	}
	CHECK_EQ(ever, (1u << n) - 1); /* nothing is always left */
	CHECK_EQ(never & ((1u << n) - 1), ((1u << n) - 1) & ~(single ? asks : 0)); /* nor always changed, but the one that must be */
	if (__builtin_popcount(asks) <= 2 && asks != (1u << n) - 1)
		CHECK(alone > 64 * 6 / 3 && alone < 64 * 6);
	check_in("%s", "");
}

static void test_draws(void)
{
	static const unsigned cases[][3] = { { 1, 0, 0 }, { 1, 1, 1 }, { 2, 0, 0 }, { 2, 1, 0 }, { 2, 3, 1 }, { 5, 0, 0 }, { 5, 0x12, 0 }, { 5, 4, 0 }, { 5, 7, 5 }, { 8, 0x81, 0x7f },
		{ 8, 0xff, 0xff } };

	for (size_t i = 0; i < COUNT(cases); i++)
		check_draws(cases[i][0], cases[i][1], cases[i][2]);
}

static void test_desc(void)
{
	static const char desc[] = "{\"repo\":\"o/n\",\"start\":\"0123456789012345678901234567890123456789\",\"environment\":\"0123456789abcdef\",\"tests\":{\"from\":"
		"\"abcdefabcdefabcdefabcdefabcdefabcdefabcd\",\"paths\":[\"tests/t.py\"],\"files\":[\"tests/t.py\"],\"fail_to_pass\":[\"a\",\"b\"],\"pass_to_pass\":[\"c\"],"
		"\"cpu_s\":10.0,\"variants\":[[\"tests/t.py\",3,1,\"4\",[\"a\"]]]}}";
	static const char *const damage[][2] = {
		{ "\"a\",\"b\"", "" }, { "tests/t.py\"],\"files", "../t.py\"],\"files" }, { "tests/t.py\"],\"fail", "/t.py\"],\"fail" }, { "cdef\"", "cdefg\"" },
		{ "0123456789012345678901234567890123456789", "01" }, { ",\"cpu_s\":10.0", ",\"cpu_s\":-1.0" }, { "[\"tests/t.py\",3", "[\"tests/..\",3" },
		{ ",3,1,", ",3," }, { "\"pass_to_pass\":[\"c\"]", "\"pass_to_pass\":3" }, { "{\"repo\"", "{\"rep\"" }, { "}}", "}" },
	};
	struct swe_task t;
	struct err err = ERR_INIT;
	struct buf b = BUF_INIT;

	if (CHECK(swe_task_read(&t, str_of(desc), &err))) {
		CHECK_EQ(t.n_due, 3);
		CHECK_EQ(t.n_fail_to_pass, 2);
		CHECK_EQ(t.n_sites, 1);
		swe_task_write(&t, &b);
		CHECK_STR(buf_str(&b), desc); /* one spelling */
		swe_task_release(&t);
	}
	for (size_t i = 0; i < COUNT(damage); i++) {
		ptrdiff_t at = str_find(str_of(desc), str_of(damage[i][0]));

		check_in("damage %zu", i);
		CHECK(at >= 0);
		buf_reset(&b);
		buf_add(&b, str_sub(str_of(desc), 0, (size_t)at));
		buf_addz(&b, damage[i][1]);
		buf_addz(&b, desc + at + strlen(damage[i][0]));
		err = ERR_INIT;
		CHECK(!swe_task_read(&t, buf_str(&b), &err) && err.msg[0]);
	}
	check_in("%s", "");
	buf_release(&b);
}

/* ---- environments */

static void test_environments(void)
{
	static const char *const bad[] = {
		"[]", "{}", "{\"name\":\"x\",\"colour\":1}", "{\"name\":\"x\",\"build\":3}", "{\"name\":\"x\",\"carry\":1}", "{\"name\":\"x\",\"runner\":\"nose\"}",
		"{\"name\":\"x\",\"paths\":[\"../x\"]}", "{\"name\":\"x\",\"files\":{\"/etc/x\":\"\"}}", "{\"name\":\"x\",\"limits\":{\"cpu_s\":0}}",
		"{\"name\":\"x\",\"limits\":{\"cpu\":1}}", "{\"name\":\"x\",\"env\":[\"A\"]}", "{\"name\":\"x\",\"python\":\"python3\"}",
		"{\"name\":\"x\",\"runner\":\"lines\"}",
		"{\"name\":\"x\",\"runner\":\"command\"}", "{\"name\":\"x\",\"test_s\":-1}", "{\"name\":\"a\\u0000b\"}",
	};
	static const char *const builtins[] = { "python", "meson", "cmake", "autotools", "make", "go", "rust", "node" };
	struct environment e, copy;
	struct err err = ERR_INIT;
	struct json v;
	char hash[ENVIRONMENT_HASH + 1], other[ENVIRONMENT_HASH + 1];

	for (size_t i = 0; i < COUNT(builtins); i++) {
		check_in("%s", builtins[i]);
		if (!CHECK(environment_builtin(&e, builtins[i])))
			continue;
		environment_hash(&e, hash);
		if (CHECK(environment_copy(&copy, &e))) {
			environment_hash(&copy, other);
			CHECK_STR(str_of(other), hash);
			copy.writable = !copy.writable;
			environment_hash(&copy, other);
			CHECK(strcmp(other, hash) != 0);
			environment_release(&copy);
		}
		environment_release(&e);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		check_in("recipe %s", bad[i]);
		err = ERR_INIT;
		CHECK(json_parse(&v, str_of(bad[i]), &err) && environment_read(&e, v, &err) < 0 && err.msg[0]);
	}
	check_in("%s", "");
	CHECK(!environment_builtin(&e, "nothing"));
	CHECK_EQ(cause_of(STR("E   ModuleNotFoundError: No module named 'coverage'")), CAUSE_MODULE);
	CHECK_EQ(cause_of(STR("No module named 'pkg._version'")), CAUSE_VERSION_FILE);
	CHECK_EQ(cause_of(STR("importlib.metadata.PackageNotFoundError: No package metadata was found for pkg")), CAUSE_DISTRIBUTION);
	CHECK_EQ(cause_of(STR("ImportError: cannot import name 'Mapping' from 'collections' (/usr/lib/python3.11/collections/__init__.py)")), CAUSE_DROPPED_API);
	CHECK_EQ(cause_of(STR("SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?")), CAUSE_PYTHON2);
	CHECK_EQ(cause_of(STR("OSError: [Errno 30] Read-only file system: '/repo/x'")), CAUSE_READ_ONLY);
	CHECK_EQ(cause_of(STR("")), CAUSE_OTHER);
}

int main(void)
{
	test_ids();
	test_one_run();
	test_runs();
	test_due();
	test_parts();
	test_listings();
	test_records();
	test_variants();
	test_draws();
	test_desc();
	test_environments();
	return check_done();
}
