/* test_text.c - the readers that all rules share: what is taken off, numbers, lists, truth values, plain notation. */
#include "tests/check.h"
#include "tests/hostile.h"
#include "verifiers/text.h"

#include <time.h>

static void test_strip(void)
{
	static const char *const cases[][2] = {
		{ "42", "42" }, { "", "" }, { "  42\n", "42" }, { "\xC2\xA0 42\xE3\x80\x80", "42" }, { "**42**", "42" }, { "***42***", "42" },
		{ "__42__", "42" }, { "*42*", "42" }, { "_42_", "42" }, { "`42`", "42" }, { "``42``", "42" }, { "```\n42\n```", "42" },
		{ "```python\n[1]\n```", "[1]" }, { "```42```", "42" }, { "~~~\n42\n~~~", "42" }, { "$42$", "42" }, { "$$42$$", "42" },
		{ "\\(42\\)", "42" }, { "\\[42\\]", "42" }, { "\\text{a b}", "a b" }, { "\\boxed{\\mathbf{42}}", "42" },
		{ "\\text {a}", "a" }, { "$\\boxed{42}$.", "42" }, { "\"a\"", "a" }, { "'a'", "a" }, { "\xE2\x80\x9C" "a\xE2\x80\x9D", "a" },
		{ "\xE3\x80\x8C" "a\xE3\x80\x8D", "a" }, { "42.", "42" }, { "42\xE3\x80\x82", "42" }, { "**42.**", "42" }, { "**42**.", "42" },
		/* what must stay */
		{ "[1, 2]", "[1, 2]" }, { "(1)", "(1)" }, { "{1}", "{1}" }, { "\"a\", \"b\"", "\"a\", \"b\"" }, { "$1$ and $2$", "$1$ and $2$" },
		{ "**1** **2**", "**1** **2**" }, { "\\text{a} \\text{b}", "\\text{a} \\text{b}" }, { "...", "..." }, { ".", "." }, { "*", "*" },
		{ "1*2*3*", "1*2*3*" }, { "'tis", "'tis" }, { "`", "`" }, { "```", "```" }, { "\\text{a", "\\text{a" }, { "\\frac{1}{2}", "\\frac{1}{2}" },
		{ "3.5", "3.5" }, { "* a *", "* a *" }, { "\\text{a\\}", "\\text{a\\}" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		check_in("%s", cases[i][0]);
		CHECK_STR(text_strip(str_of(cases[i][0])), cases[i][1]);
	}
	check_in("%s", "");
}

static void test_int(void)
{
	static const struct {
		const char *text;
		int64_t v;
	} good[] = {
		{ "42", 42 }, { "-42", -42 }, { "+42", 42 }, { "0", 0 }, { "007", 7 }, { " **42**. ", 42 }, { "$-42$", -42 },
		{ "\xE2\x88\x92" "5", -5 }, { "\xEF\xBC\x8D" "5", -5 }, { "- 5", -5 }, { "\xEF\xBC\x94\xEF\xBC\x92", 42 },
		{ "1,234", 1234 }, { "12,345,678", 12345678 }, { "1 234 567", 1234567 }, { "1{,}234", 1234 }, { "1\\,234", 1234 },
		{ "1\xC2\xA0" "234", 1234 }, { "1\xE2\x80\xAF" "234", 1234 }, { "1\xEF\xBC\x8C" "234", 1234 }, { "42.0", 42 }, { "42.000", 42 },
		{ "1,234.00", 1234 }, { "9223372036854775807", INT64_MAX }, { "-9223372036854775808", INT64_MIN }, { "\\boxed{42}", 42 },
		{ "-0", 0 },
	};
	static const char *const bad[] = {
		"", "-", "+", "4 2", "4,2", "12,34", "1234,567", "1,23", "1,2345", "1,234 567", "1,,234", ",234", "1,234,", "42.5", "42..", "42.0.0",
		".5", "4e2", "0x10", "forty", "42 apples", "42%", "--42", "9223372036854775808", "-9223372036854775809",
		"99999999999999999999999999", "1\n234", "4_2", "(42)", "[42]", "42, 43", "4\xC2", "42-", "$", "\xE2\x88\x92",
	};
	int64_t v;

	for (size_t i = 0; i < COUNT(good); i++) {
		check_in("%s", good[i].text);
		if (CHECK(text_int(str_of(good[i].text), &v)))
			CHECK_EQ(v, good[i].v);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		check_in("%s", bad[i]);
		CHECK(!text_int(str_of(bad[i]), &v));
	}
	check_in("%s", "");
}

/* A list as its items, each in <>. */
static void list(char *room, size_t cap, struct str text)
{
	struct str rest = text_list(text), item;
	size_t n = 0;

	room[0] = 0;
	while (text_item(&rest, &item))
		n += (size_t)snprintf(room + n, cap - n, "<%.*s>", (int)item.n, item.s);
}

static void test_list(void)
{
	static const char *const cases[][2] = {
		{ "a, b, c", "<a><b><c>" }, { "[a, b]", "<a><b>" }, { "(a; b)", "<a><b>" }, { "{a,b}", "<a><b>" }, { "\\{a, b\\}", "<a><b>" },
		{ "[\"a\", \"b\"]", "<a><b>" }, { "['a','b']", "<a><b>" }, { "\"a, b\", c", "<a, b><c>" }, { "'a', 'b'", "<a><b>" },
		{ "\"a\" , \"b\"", "<a><b>" }, { "\xE2\x80\x9C" "a\xE2\x80\x9D, \xE2\x80\x9C" "b\xE2\x80\x9D", "<a><b>" },
		{ "a\nb\nc", "<a><b><c>" }, { "a\r\n\r\nb\n", "<a><b>" }, { "- a\n- b", "<a><b>" }, { "* a\n* b", "<a><b>" },
		{ "1. a\n2. b\n10) c", "<a><b><c>" }, { "\xE2\x80\xA2 a\n\xE2\x80\xA2 b", "<a><b>" }, { "a,\nb,\nc", "<a><b><c>" },
		{ "a, b and c", "<a><b><c>" }, { "a, b, and c", "<a><b><c>" }, { "a & b", "<a><b>" }, { "a AND b", "<a><b>" },
		{ "a\xE3\x80\x81" "b\xEF\xBC\x8C" "c\xEF\xBC\x9B" "d", "<a><b><c><d>" }, { "a\xE5\x92\x8C" "b", "<a><b>" },
		{ "**a**, `b`, $c$", "<a><b><c>" }, { "a,, b", "<a><><b>" }, { ", a", "<><a>" }, { "a, b,", "<a><b>" }, { "", "" }, { "[]", "" },
		{ " , ", "<>" }, { "a", "<a>" }, { "a b, c", "<a b><c>" }, { "sand, band and land", "<sand><band><land>" }, { "(a), (b)", "<(a)><(b)>" },
		{ "[a], [b]", "<[a]><[b]>" }, { "\xEF\xBC\x88" "a, b\xEF\xBC\x89", "<a><b>" }, { "-1, -2", "<-1><-2>" }, { "1, 2, 3.", "<1><2><3>" },
		{ "\"a", "<\"a>" }, { "a\xE3\x80\x80\xE3\x80\x80,\xE3\x80\x80" "b", "<a><b>" }, { "a \t , \n b", "<a><b>" }, { "```\na\nb\n```", "<a><b>" },
		{ "it's, o'clock", "<it's><o'clock>" }, { "\"a\"b, c", "<\"a\"b><c>" }, { "\"a\"and b", "<\"a\"and b>" },
		{ "\"a\" and b", "<a><b>" },
	};
	char room[200];

	for (size_t i = 0; i < COUNT(cases); i++) {
		check_in("%s", cases[i][0]);
		list(room, sizeof(room), str_of(cases[i][0]));
		CHECK_STR(str_of(room), cases[i][1]);
	}
	check_in("%s", "");
}

static void test_bool(void)
{
	static const char *const yes[] = { "True", "true", "YES", "t", "T", "y", "1", "**True**.", "\xE7\x9C\x9F", "\xE6\x98\xAF", "\xE5\xAF\xB9" };
	static const char *const no[] = { "False", "no", "F", "n", "0", "`false`", "\xE5\x81\x87", "\xE5\x90\xA6", "\xE9\x94\x99", "\xE4\xB8\x8D\xE6\x98\xAF" };
	static const char *const neither[] = { "", "maybe", "true false", "not true", "yes!", "2", "10", "truee", "unknown", "\xE6" };
	bool b;

	for (size_t i = 0; i < COUNT(yes); i++)
		CHECK(text_bool(str_of(yes[i]), &b) && b);
	for (size_t i = 0; i < COUNT(no); i++)
		CHECK(text_bool(str_of(no[i]), &b) && !b);
	for (size_t i = 0; i < COUNT(neither); i++) {
		check_in("%s", neither[i]);
		CHECK(!text_bool(str_of(neither[i]), &b));
	}
	check_in("%s", "");
}

static void test_plain(void)
{
	static const char *const cases[][2] = {
		{ "1 + 2", "1 + 2" }, { "3 \xC3\x97 4", "3 * 4" }, { "8 \xC3\xB7 2", "8 / 2" }, { "8\xE2\x88\x92" "2", "8-2" }, { "3\\times4", "3*4" },
		{ "3 \\cdot 4 \\div 2", "3 * 4 / 2" }, { "\\left(1+2\\right)", "(1+2)" }, { "\\leftarrow", "\\leftarrow" }, { "\\timesx", "\\timesx" },
		{ "\xEF\xBC\x88\xEF\xBC\x91\xEF\xBC\x8B\xEF\xBC\x92\xEF\xBC\x89", "(1+2)" }, { "a\xE3\x80\x80" "b", "a b" }, { "1\\,2", "1 2" },
		{ "\xE4\xB8\xAD", "\xE4\xB8\xAD" }, { "\xFF\\", "\xFF\\" }, { "", "" },
	};
	char room[64];
	struct str s;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str want = str_of(cases[i][1]);

		check_in("%s", cases[i][0]);
		CHECK(text_plain(str_of(cases[i][0]), room, sizeof(room), &s));
		CHECK_STR_EQ(s, want);
		if (want.n) /* one byte less does not fit */
			CHECK(!text_plain(str_of(cases[i][0]), room, want.n - 1, &s));
	}
	check_in("%s", "");
}

/* Any bytes, any length: no crash, nothing outside, soon. */
static void test_hostile(void)
{
	enum { SIZE = 1 << 16 };
	char *room = malloc(SIZE + 17), *out = malloc(3 * SIZE);

	for (int i = 0; i < HOSTILE_ANSWERS; i++) {
		struct str whole = hostile_answer(i, room, SIZE), s = str_sub(whole, 8, whole.n - 9), rest, item;
		struct timespec a, b;
		size_t items = 0;
		int64_t v;
		bool t;

		check_in("answer %d", i);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
		text_int(s, &v);
		text_bool(s, &t);
		text_plain(s, out, 3 * SIZE, &item);
		for (rest = text_list(s); text_item(&rest, &item); items++)
			if (item.s < s.s || item.s + item.n > s.s + s.n)
				CHECK(!"an item lies inside");
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
		CHECK((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < 500);
		CHECK(items <= SIZE);
	}
	free(room);
	free(out);
	check_in("%s", "");
}

int main(void)
{
	test_strip();
	test_int();
	test_list();
	test_bool();
	test_plain();
	test_hostile();
	return check_done();
}
