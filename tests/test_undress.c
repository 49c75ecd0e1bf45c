/* test_undress.c - what stands around an answer and says nothing goes; what denies, hedges or might be the answer itself stays. */
#include "tests/check.h"
#include "verifiers/extract.h"

#define TICK "\xE2\x9C\x85"

static void test_gone(void)
{
	/* whether it could be read with them or not */
	static const char *const cases[][2] = {
		{ "42 " TICK, "42" }, { "\xE2\x9C\x94\xEF\xB8\x8F 42", "42" }, { "42\xE2\x80\xA6", "42" }, { "42\\.", "42" }, { "spade " TICK ".", "spade" },
		{ "42<br>", "42" }, { "42<br />", "42" }, { "<p>42</p>", "42" }, { "<b><i>42</i></b> " TICK, "42" }, { "<span class=\"x\">42</span>", "42" },
		{ "[ANSWER]42[/ANSWER]", "42" }, { "42 (as computed above)", "42" }, { "spade (see above).", "spade" },
		{ "a, b (in alphabetical order)", "a, b" }, { "a, b (sorted alphabetically)", "a, b" }, { "a, b (I checked all of it)", "a, b" },
		{ "42\xEF\xBC\x88\xE8\xA7\x81\xE4\xB8\x8A\xEF\xBC\x89", "42" }, /* jian shang in wide brackets */
		{ "42, because 15 + 7 = 22", "42" }, { "42 since the rows fit", "42" }, { "a, b, because no other order does.", "a, b" },
		{ "42\xEF\xBC\x8C\xE5\x9B\xA0\xE4\xB8\xBA\xE5\x8F\xAA\xE5\x89\xA9\xE8\xBF\x99\xE4\xB8\xAA", "42" },
		{ "spade, hope that helps!", "spade" }, { "exactly spade", "spade" }, { "therefore spade", "spade" }, { "42 :)", "42" },
		{ "{\"result\": \"spade\"}", "spade" }, { "{'final_answer': '42'}", "42" }, { "{\"output\": [1, 2]}", "[1, 2]" }, { "{\"value\": 4.5}", "4.5" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		for (int unread = 0; unread < 2; unread++) {
			check_in("%s", cases[i][0]);
			CHECK_STR(undress(str_of(cases[i][0]), unread), cases[i][1]);
		}
	check_in("%s", "");
}

static void test_unread(void)
{
	/* only where nothing could be read */
	static const char *const cases[][2] = {
		{ "-> 42", "42" }, { "=> 42", "42" }, { "\xE2\x86\x92 42", "42" }, { "\xE2\x88\xB4 42", "42" }, { ">>> 42", "42" }, { "= 42", "42" }, { "#### 42", "42" },
		{ "So, 42", "42" }, { "Therefore 42", "42" }, { "42,", "42" }, { "42;", "42" }, { "42:)", "42" }, { "42\xEF\xBC\x81", "42" }, { "thus, => 42,", "42" },
		{ "The words in order are: a, b", "a, b" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		check_in("%s", cases[i][0]);
		CHECK_STR(undress(str_of(cases[i][0]), true), cases[i][1]);
		CHECK(undress(str_of(cases[i][0]), false).n > strlen(cases[i][1]));
	}
	check_in("%s", "");
}

static void test_stays(void)
{
	static const char *const cases[] = {
		"42", "", " ", ".", ",", "()", "{}", "{\"result\"", "{\"result\": }", "{\"results\": 42}", "{'result\": 42}",
		"> 9",                                           /* more than nine */
		"30*40!", "(3)!",                                /* a factorial */
		"42.", "sat...", "sat..",                        /* decimals that got lost; blank cells */
		"<s>42</s>", "<del>42</del>", "<42>", "< 42", "<b", "42 <b",  /* struck out; brackets */
		"42 (or 43)", "42 (or so they say)", "42 (not sure)", "42 (no)", "(10 * 6) - 6", "f(a b)", "42 (it is 43)",
		"a, b (and c)", "a, b (plus the c)", "a, b (the c too)", "a, b (c, d)", "a, b (A, B is it)", "a, b (a: the c)", "a, b (IS THE c)", /* more */
		") ] ([ ] is all)", "a, b (in reverse order)", "a, b (in the order Ann, Bob)", "T, L (the T = L)",
		"a\xEF\xBC\x88\xE5\x92\x8C" "b\xEF\xBC\x89", "a (\xE6\x8C\x89 a\xE3\x80\x81" "b)", /* he: and; U+3001 */
		"42, because", "a, because, b", "because it fits", /* a list of words */
		"42 because it is not 43", "42, since nothing else is wrong", "42 because I guess, or 43", "42, since I had it before, but 43 fits",
		"42, so it is 43", "42 or 43", "42\nbecause",
		"\\", "\xE2\x9C\x85", "<p>", "[ANSWER]",
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str s = str_of(cases[i]);

		check_in("%s", cases[i]);
		CHECK_STR(undress(s, false), str_trim(s).s == s.s && str_trim(s).n == s.n ? cases[i] : "");
		if (s.n && s.s[s.n - 1] != ',')
			CHECK_STR(undress(s, true), str_trim(s).n == s.n ? cases[i] : "");
	}
	check_in("%s", "");
}

/* What each text is read as; NULL: as nothing of the kind. */
static void readings(bool (*read)(struct str s, char *room, struct str *ret), const char *const cases[][2], size_t n)
{
	static char room[DRESSED_MAX];
	struct str got;

	for (size_t i = 0; i < n; i++) {
		check_in("%s", cases[i][0]);
		if (CHECK_EQ(read(str_of(cases[i][0]), room, &got), cases[i][1] != NULL) && cases[i][1])
			CHECK_STR(got, cases[i][1]);
	}
	check_in("%s", "");
}

static void test_table(void)
{
	static const char *const cases[][2] = {
		{ "|  | 1 | 2 |\n|--|--|--|\n| 1 | a | b |\n| 2 | c | d |", "| a | b |\n| c | d |\n" },
		{ "The table:\n\n| # | C1 | C2 |\n|:-|:-:|-:|\n| **R1** | a | b |\n\n| R2 | c | d |\n", "| a | b |\n| c | d |\n" },
		{ "| No. | Word |\n|---|---|\n| 1 | cat |\n| 2 | dog |", " cat \n dog \n" },
		{ "|  | A | B |\n|--|--|--|\n| A | a | b |\n| B | c | d |", "| a | b |\n| c | d |\n" },
		{ "| 1 | 2 |\n|--|--|\n| 1 | 2 |\n| 2 | 1 |", "| 1 | 2 |\n| 2 | 1 |\n" }, { "| 0 | 1 |\n|--|--|\n| a | b |\n| c | d |", "| a | b |\n| c | d |\n" },
		{ "|  | 第1列 | 第2列 |\n|--|--|--|\n| 第1行 | a | b |\n| 第2行 | c | d |", "| a | b |\n| c | d |\n" },
		{ "  1 2\n1 a b\n2 c d", "a b\nc d\n" }, { "  | A B\n--+----\n1 | a b\n2 | c d", "a b\nc d\n" }, { "|  | 1 | 2 |\n| 1 | a | b |\n| 2 | c | d |", "a b\nc d\n" },
		{ "|  | 1 | 2 | Sum |\n|--|--|--|--|\n| 1 | 3 | 4 | 7 |\n| 2 | 5 | 6 | **11** |", "| 3 | 4 |\n| 5 | 6 |\n" },
		{ "|  | 0 | 1 |\n|--|--|--|\n| 0 | a | b |\n| 1 | c | d |", "| a | b |\n| c | d |\n" },
		/* none */
		{ "| 1 | 2 |\n| 1 | 2 |\n| 2 | 1 |", NULL }, { "| 1 |\n|--|\n| 1 |\n| 2 |", NULL }, { "| 1 | 3 |\n|--|--|\n| a | b |\n| c | d |", NULL }, { "|  | 2 | 1 |\n|--|--|--|\n| 1 | a | b |\n| 2 | c | d |", NULL },
		{ "|  | 1 | 2 |\n|--|--|--|\n| 2 | a | b |\n| 1 | c | d |", NULL }, { "|  | 1 | 2 |\n| 1 | a | b |\n| 2 | c |", NULL },
		{ "|  | 1 | 2 | Sum |\n|--|--|--|--|\n| 1 | 3 | 4 | 8 |\n| 2 | 5 | 6 | 11 |", NULL }, { "  1 2\n1 a b\n1 c d", NULL }, { "1 2\na b\nc d", NULL }, { "  1 2\n1 a b c\n2 c d", NULL },
		{ "|  | 1 | 2 |\n|--|--|--|\n| 1 | a | b | c |\n| 2 | c | d |", NULL }, { "|  | 1 | 2 |\n|--|--|--|\n| 1 | a | b |", NULL },
		{ "|  | 1 | 2 |\n|--|--|--|\n| 1 | a | b |\n| 2 | c | d |\nOr another.", NULL }, { "", NULL }, { "|||", NULL }, { "|a|\n|-|\n|1|", NULL },
	};

	readings(undress_table, cases, COUNT(cases));
}

static void test_rows(void)
{
	static const char *const cases[][2] = {
		{ "Row 1 \xE2\x86\x92 12\nRow 2 \xE2\x86\x92 21", "12\n21" }, { "- **R1:** 12 " TICK "\n- **R2:** 21 " TICK, "12\n21" }, { "**Row 0** -> 12\n**Row 1** -> 21", "12\n21" },
		{ "The board:\nFirst row: `ab`\nSecond row: `c.`", "The board:\nab\nc." }, { "1st row: ab\n2nd row: c.", "ab\nc." }, { "Row 1\t. . a\nRow 2\t. b .", ". . a\n. b ." }, { "第一行 = 12\n第2行 = 21", "12\n21" }, { "`12`\n`21`", "12\n21" },
		{ "12 (row 1)\n21 (row 2)", "12\n21" }, { "1 2 = 3\n2 1 = 3", "1 2\n2 1" }, { "0101 -> 6 " TICK "\n1000 -> 1 " TICK, "0101\n1000" },
		{ "Row 1: 3 4 (sum 7)\nRow 2: 5 4 (sum = 9)", "3 4\n5 4" }, { "TC (1 tent)\nXX (0 tents)", "TC\nXX" },
		{ "12/21 (2 rows, 2 columns)", "12/21" }, { "12\n21\n(2x2 grid)", "12\n21\n" }, { "01/10 (1 = covered, 0 = empty)", "01/10" },
		{ "TC/XX\xEF\xBC\x88T = tree, C = tent, X = empty\xEF\xBC\x89", "TC/XX" }, { "grid = [\"12\", \"21\"]\nprint('/'.join(grid))", "grid = [\"12\", \"21\"]" },
		{ "Row 1 (sum 7): 3 4\nRow 2 (sum 9): 5 4", "3 4\n5 4" }, { "Row #1: **ab**\nRow #2: **c.**", "ab\nc." }, { "- `R1`: `ab`\n- `R2`: `c.`", "ab\nc." },
		{ "[\n  [1, 2],  # row 1\n  [2, 1],  # row 2\n]", "[\n[1, 2],\n[2, 1],\n]" }, { "1, 2, sum = 3\n2, 1, sum = 3", "1, 2\n2, 1" }, { "01 (sum 2 \xE2\x9C\x93) / 10 (sum 1 \xE2\x9C\x93)", "01\n10" },
		/* none: not all rows have a name, or not in order; what stands there is not so, or may be cells */
		{ "12\n21", NULL }, { "12", NULL }, { "Row 1: 12\n21", NULL }, { "12\nRow 1: 21", NULL }, { "Row 2: 12\nRow 1: 21", NULL }, { "Row 2: 12\nRow 3: 21", NULL },
		{ "Row 1: 12 (row 2)\nRow 2: 21 (row 1)", NULL }, { "12 (row 2)\n21 (row 1)", NULL }, { "1 2 = 4\n2 1 = 5", NULL }, { "12/21 (1 2)", NULL }, { "12/21\n(2 1)", NULL },
		{ "01/10 (0 = covered)", NULL }, { "01/10 (1 x 1 x)", NULL }, { "TC/XX (X X)", NULL }, { "TC/XX (C)", NULL }, { "12/21 (not row 1)", NULL }, { "12/21 (or 1 = covered)", NULL },
		{ "Row 1 (sum 8): 3 4\nRow 2 (sum 9): 5 4", NULL }, { "12 # row 2\n21 # row 1", NULL }, { "1, 2, 3\n2, 1, 3", NULL }, { "12 # 21\n21 # 12", NULL }, { "12 = ok", NULL }, { "ab/c.\n(row)", NULL }, { "12/21\nprint(\"21/12\")", NULL }, { "12/21\nprint(2)", NULL }, { "", NULL }, { "Row 1", NULL },
	};

	readings(undress_table, cases, COUNT(cases));
}

static void test_list(void)
{
	static const char *const cases[][2] = {
		{ "<ol>\n<li>cat</li>\n<li>dog</li>\n</ol>", "cat\n\n\ndog" }, { "cat<br>dog", "cat\ndog" }, { "1. cat\n2. dog", "cat\ndog" }, { "1) cat\n\n2) dog", "cat\ndog" },
		{ "- cat\n- dog", "cat\ndog" }, { "\\begin{enumerate}\n\\item cat\n\\item dog\n\\end{enumerate}", "cat\n\n dog" },
		{ "\xE2\x91\xA0" "cat \xE2\x91\xA1" "dog", "cat \ndog" }, { "1\xEF\xB8\x8F\xE2\x83\xA3 cat\n2\xEF\xB8\x8F\xE2\x83\xA3 dog", "cat\n\n dog" },
		/* none */
		{ "cat\ndog", NULL }, { "- 42", NULL }, { "1. cat", NULL }, { "2. cat\n1. dog", NULL }, { "- cat\ndog", NULL }, { "", NULL }, { "1.5\n2.5", NULL },
	};

	readings(undress_list, cases, COUNT(cases));
}

/* What `is` says of each text. */
static void all(bool (*is)(struct str), bool want, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_in("%s", texts[i]);
		CHECK(is(str_of(texts[i])) == want);
	}
	check_in("%s", "");
}

static void test_struck(void)
{
	static const char *const struck[] = {
		"<s>42</s>", "a <del>42</del>", "<STRIKE>42</STRIKE>", "~~42~~", " ~~a, b~~ ", "42 \xE2\x9C\x97", "1 2 / 3 4 \xE2\x9D\x8C",
	};
	static const char *const stand[] = {
		"42", "", "~", "~~", "~~~~", "~~~\n42\n~~~", "~~42", "42~~", "<b>42</b>", "< s>", "<span>42</span>", "\xE2\x9C\x97 \xE2\x9C\x93 \xE2\x9C\x97",
		"\xE2\x9C\x97 \xE2\x9C\x97", "\xE2\x9C\x93 \xE2\x9C\x97", "\xE2\x9C\x97 42", "> <",
	};

	all(struck_out, true, struck, COUNT(struck));
	all(struck_out, false, stand, COUNT(stand));
}

/* What is left of an answer that is taken back, NULL where it is not. */
static void test_back(void)
{
	static const char *const cases[][2] = {
		{ "42 (wrong)", "42" }, { "42 is wrong", "42" }, { "42, but that is wrong.", "42" }, { "42. No wait, that's incorrect!", "42." },
		{ "42 (this cannot be right)", "42" }, { "42, since it isn\xE2\x80\x99t the answer", "42" }, { "1 2\n3 4 or something else", "1 2\n3 4" },
		{ "T C or so", "T C" }, { "42 or not", "42" }, { "42, etc.", "42" }, { " maybe 42 ", "42" }, { "Perhaps 42", "42" }, { "\\neq 42", "42" },
		{ "\xE2\x89\x88 42", "42" }, { "\xE2\x89\x88 4.2", NULL }, { "\\approx 4.2", NULL }, { "42 \xE6\x88\x96\xE5\x85\xB6\xE4\xBB\x96\xE3\x80\x82", "42" }, /* U+2248; huo qita */
		{ "42\xEF\xBC\x88\xE9\x94\x99\xE8\xAF\xAF\xEF\xBC\x89", "42" },                     /* cuowu in wide brackets */
		{ "42（已排除）", "42" }, { "42（作废）", "42" }, { "大概是 42", "42" }, { "除了 42", "42" }, { "42 左右", "42" }, { "42吗？", "42" }, { "probably 42", "42" },
		{ "42 (ruled out)", "42" }, { "42 (void)", "42" }, { "可能是↑ ↓", "↑ ↓" }, { "约 4.2", NULL }, { "42（核对无误）", NULL }, { "42（其他已排除）", NULL }, { "42（不会错）", NULL },
		{ "42?", "42" }, { "} ]\xEF\xBC\x9F", "} ]" }, { "42. Shall I explain?", NULL }, { "42, \xE5\xAF\xB9\xE5\x90\x97?", NULL }, { "?", NULL },
		{ "42 or not " TICK, "42" }, { "42 " TICK, NULL }, { "wrong", "" }, { "right or wrong", "" },
		{ "42", NULL }, { "", NULL }, { " 42 ", NULL }, { "42 (right)", NULL }, { "42, all others are wrong", NULL }, { "42, anything else is wrong", NULL },
		{ "42, but I might be wrong", NULL }, { "42, not 43", NULL }, { "42, and not one of these is wrong", NULL }, { "42 is right", NULL }, { "42, and it is not wrong", NULL },
		{ "\\newline 42", NULL }, { "maybes", NULL }, { "for 42", NULL }, { "42 (wrong is 43)", NULL }, { "wrong 42", NULL }, { "the color", NULL },
		{ "\xE6\xB2\xA1\xE6\x9C\x89\xE9\x94\x99\xE8\xAF\xAF", NULL }, /* mei you cuowu: no mistake */
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str left;

		check_in("%s", cases[i][0]);
		CHECK(taken_back(str_of(cases[i][0]), &left) == (cases[i][1] != NULL));
		if (cases[i][1])
			CHECK_STR(left, cases[i][1]);
	}
	check_in("%s", "");
}

static void test_disowned(void)
{
	static const char *const disowns[] = {
		"</answer>\n\nThis answer is wrong.", "}$. That is not my final answer.", "\nWait, that's wrong.", "\n\nScratch that.",
		"\n\n抱歉，上面的答案有误。", "\n以上答案是错误的。", "。我算错了。", "\n\n请忽略以上答案。", "\n\n我收回这个答案。", "\n\nPlease ignore the answer above.", "\n\nSorry, the answer above is wrong.",
		"\n\xE8\xBF\x99\xE4\xB8\xAA\xE7\xAD\x94\xE6\xA1\x88\xE6\x98\xAF\xE9\x94\x99\xE7\x9A\x84\xE3\x80\x82", /* zhege daan shi cuo de */
	};
	static const char *const stands[] = {
		"", "</answer>", "}$.", "\n", "</answer>\nThis is right.", "</answer> or so", "\nThe other options are wrong.", "</answer> is what I found; a wrong start cost me time.",
		"\nAny other answer is wrong.", "\nI hope this is not wrong.",
	};

	all(disowned, true, disowns, COUNT(disowns));
	all(disowned, false, stands, COUNT(stands));
}

/* What a line behind an answer says it is instead, NULL where it says nothing of the kind. */
static void test_corrected(void)
{
	static const char *const cases[][2] = {
		{ "\n\nCorrection: 43", "43" }, { "\nCorrected answer: 43", "43" }, { ". No, it should be 43.", "43." }, { "</answer>\nActually, it should be 43", "43" },
		{ "\nWait, after a second look the correct answer should be 43", "43" }, { "\n更正：43", "43" }, { "\n\n修正后的答案：43", "43" }, { "。不对，应该是 43。", "43。" },
		{ "\n\n其实应该是43", "43" }, { "}$\n\n等等，我看错了。答案应为 43", "43" }, { "\nor\n43", "43" }, { "\n或者 43", "43" },
		{ "</answer> or 43", "43" }, { "\n\n也可能是43", "43" }, { "\n\nIt could also be 43", "43" }, { "\n\n以上答案作废，应为43", "43" }, { "\n改为：43", "43" },
		{ "", NULL }, { "\n\nActually, it should be noted that 43 fails.", NULL }, { "\n\nOr in words: forty-two", NULL }, { "\nNo correction is needed.", NULL },
		{ "\n\n验证：若为 43 则不对，应该是 42。", NULL }, { "\n\nCheck: it should be 42, and it is.", NULL }, { "\n不应该是 43", NULL }, { "\n更正：无", NULL }, { "\nWait.", NULL },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct correction c = correction_begin(str_of(cases[i][0]));

		check_in("%s", cases[i][0]);
		CHECK(corrected(&c) == (cases[i][1] != NULL));
		if (cases[i][1])
			CHECK_STR(c.instead, cases[i][1]);
	}
	check_in("%s", "");
}

/* A text too long to be an answer with something around it is left as it is, however much stands around it. */
static void test_long(void)
{
	static char room[1 << 16];
	struct str s = { room, sizeof(room) };

	for (size_t i = 0; i + 3 < sizeof(room); i += 3)
		memcpy(room + i, "<p>", 3);
	CHECK_EQ(undress(s, true).n, s.n);
	s.n = 4095;
	CHECK(undress(s, true).n >= s.n - 3 * 8);
	memset(room, '(', sizeof(room));
	CHECK_EQ(undress(s, true).n, s.n);
	CHECK(!taken_back(s, &s) && !disowned(s));
}

int main(void)
{
	test_gone();
	test_unread();
	test_stays();
	test_table();
	test_rows();
	test_list();
	test_struck();
	test_back();
	test_disowned();
	test_corrected();
	test_long();
	return check_done();
}
