/* test_statement.c - which texts are statements, which are refused and why; leaks, unknown names, issues, what a model is asked. */
#include "repos/statement.h"
#include "tests/check.h"
#include "tests/edits_tree.h"

static struct repo *repo;
static struct oid base;

static const char patch[] = "diff --git a/src/add.c b/src/add.c\n--- a/src/add.c\n+++ b/src/add.c\n@@ -3,4 +3,8 @@\n int add(int a, int b)\n {\n"
			    "-\treturn a - b;\n+\treturn saturating_sum(a, b, LIMIT_OF_SUM);\n }\n+int half(int a)\n+{\n+\treturn a / 2;\n+}\n";
static const char test_patch[] = "diff --git a/tests/test_add.c b/tests/test_add.c\n--- a/tests/test_add.c\n+++ b/tests/test_add.c\n@@ -1 +1,5 @@\n"
				 "+int local = 3;\n+int twice(int a);\n+assert(half(4) == 2);\n+assert(saturating_sum(1, 2, 3) == 3 && twice(local));\n";

static struct candidate candidate(const char *message)
{
	struct candidate c = { .patch = str_of(patch), .test_patch = str_of(test_patch), .message = str_of(message), .parent_tree = base };

	memset(c.commit.id, 0xab, sizeof(c.commit.id));
	return c;
}

/* ---- messages */

static const struct {
	const char *message, *flags; /* flags that must be raised, "" for none, NULL for a text that is taken */
} messages[] = {
	{ "Fix add(): large sums wrap around\n\nThe sum of two large numbers should stay at the largest one instead of becoming negative.\n", NULL },
	{ "Raise ValueError when the header is empty instead of returning None (#12)\n", NULL },
	{ "parse_header: accept blanks behind the colon\n\nSome servers send them, and then the value was lost.\n\nSigned-off-by: A <a@example.org>\n", NULL },
	{ "fix\n", "short vague" },
	{ "Fix tests", "short vague" },
	{ "Merge branch 'master' into feature/some-thing-with-a-name\n", "short vague" },
	{ "Merge pull request #12 from someone/some-branch\n", "short vague" },
	{ "Bump version to 1.2.3\n", "vague" },
	{ "Fixes #12\n", "short vague" },
	{ "minor changes and cleanup of the code\n", "vague" },
	{ "", "short vague" },
	{ "Use saturating_sum\n\n    return saturating_sum(a, b, LIMIT_OF_SUM);\n\nshould be what add() does with large numbers, it wraps around now.\n", "leak" },
	{ "Add a test for the tests of the test runner's test suite, when test fails\n", "tests" },
};

static bool flagged(const struct statement *s, struct str name)
{
	for (int i = 0; i < STATEMENT_FLAGS; i++)
		if (str_is(name, statement_flag_name(i)))
			return s->flags >> i & 1;
	return false;
}

static void check_messages(void)
{
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct candidate c = candidate(messages[i].message);
		const struct str ids[] = { STR("tests/test_add.c::test_half") };
		struct statement_ask ask = { .repo = repo, .c = &c, .fail_to_pass = ids, .n = 1, .output = STR("half: no such function\n") };
		struct statement s = STATEMENT_INIT;
		struct buf text = BUF_INIT;
		struct str rest, name;

		check_in("message %zu", i);
		CHECK_EQ(statement_best(&ask, &s), 0);
		CHECK_STR(str_of(statement_source_name(s.source)), messages[i].flags ? "template" : "message");
		CHECK(s.clarity >= 0 && s.clarity <= 1);
		message_clean(c.message, &text);
		if (messages[i].flags) {
			/* the template holds what failed, and nothing of a message that leaks or says nothing */
			CHECK(str_find(buf_str(&s.text), STR("half: no such function")) >= 0 && str_find(buf_str(&s.text), STR("- half")) >= 0);
			CHECK(!(s.flags & STATEMENT_LEAK));
			CHECK(s.clarity < STATEMENT_CLEAR);
			CHECK_EQ(statement_judge(&ask, buf_str(&text), &s), 0);
			for (rest = str_of(messages[i].flags); str_word(&rest, &name);)
				CHECK(flagged(&s, name));
		} else {
			CHECK_STR_EQ(buf_str(&s.text), buf_str(&text));
			CHECK(s.clarity >= STATEMENT_CLEAR && !(s.flags & STATEMENT_BARRED));
		}
		buf_release(&text);
		statement_release(&s);
	}
	check_in("%s", "");
}

static void check_clean(void)
{
	static const char *const pairs[][2] = {
		{ "A subject (#12)\r\n\r\nBody,\r\ntwo lines.\r\n\r\nCloses #3, #4\r\nReviewed-by: x\r\n", "A subject\n\nBody,\ntwo lines." },
		{ "Merge pull request #1 from a/b\n\nThe title of it\n\n* a list\n    code\n", "The title of it\n\n* a list\n    code" },
		{ "(cherry picked from commit abc)\nSubject\n\n\n\nBody\n", "Subject\n\nBody" },
		{ "\n\n", "" },
	};

	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct buf out = BUF_INIT;

		message_clean(str_of(pairs[i][0]), &out);
		CHECK_STR(buf_str(&out), pairs[i][1]);
		buf_release(&out);
	}
}

/* ---- names */

static void check_unknown(void)
{
	struct candidate c = candidate("");
	struct statement_ask ask = { .repo = repo, .c = &c };
	struct statement s = STATEMENT_INIT;

	CHECK_EQ(statement_judge(&ask, STR("add() wraps around where it should stay at the largest number."), &s), 0);
	if (CHECK(s.n_unknown == 2)) {
		CHECK_STR(s.unknown[0], "half");
		CHECK_STR(s.unknown[1], "saturating_sum");
	}
	CHECK_EQ(statement_judge(&ask, STR("add() should use saturating_sum(), and half(a) is half of a."), &s), 0);
	CHECK_EQ(s.n_unknown, 0);
	/* twice is of the base, local is the test's own, LIMIT_OF_SUM no test asks for */
	ask.repo = NULL;
	CHECK_EQ(statement_judge(&ask, STR("nothing"), &s), 0);
	CHECK(s.n_unknown >= 2);
	statement_release(&s);
}

static void check_leaks(void)
{
	struct candidate c = candidate("");
	struct statement_ask ask = { .c = &c };
	struct statement s = STATEMENT_INIT;

	CHECK_EQ(statement_judge(&ask, STR("It should\n  return   saturating_sum( a, b,\n LIMIT_OF_SUM );\n I think."), &s), 0);
	CHECK_EQ(s.leaked, 1);
	CHECK(s.flags & STATEMENT_LEAK);
	CHECK_EQ(statement_judge(&ask, STR("It should say return a - b; as before, or int half(int a)"), &s), 0);
	CHECK_EQ(s.leaked, 0);
	CHECK_EQ(statement_judge(&ask, STR("This helps:\n@@ -1,2 +1,3 @@ x\n+y\n"), &s), 0);
	CHECK(s.flags & STATEMENT_LEAK);
	CHECK_EQ(statement_judge(&ask, STR("See https://example.org/x, ![](a.png), deadbeef12 and the rest of the words."), &s), 0);
	CHECK((s.flags & (STATEMENT_LINK | STATEMENT_IMAGE | STATEMENT_SHA)) == (STATEMENT_LINK | STATEMENT_IMAGE | STATEMENT_SHA));
	statement_release(&s);
}

/* ---- issues */

static void check_issues(void)
{
	static const char text[] =
		"{\"commit\":\"abababababababababababababababababababab\",\"title\":\"Sums wrap around\",\"body\":\"<!-- a form -->\\nadd() gives a negative number "
		"when both are large, it should stay at the largest.\\n- [x] I have read it\\n\"}\n\n"
		"{\"pr\":7,\"title\":\"Seven\",\"body\":null,\"more\":1}\n"
		"{\"number\":8,\"commit\":\"cdcdcdc\",\"issues\":[{\"title\":\"One\",\"body\":\"first\"},{\"title\":\"Two\"}],\"title\":\"Eight\"}\n";
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "{\"pr\":1,\"title\":\"x\"", "issues:2: " }, { "[]", "no JSON object" }, { "{\"title\":\"x\"}", "neither \"commit\" nor \"pr\"" },
		{ "{\"pr\":\"x\",\"title\":\"x\"}", "is no number" }, { "{\"commit\":\"abc\",\"title\":\"x\"}", "7 to 40" },
		{ "{\"commit\":\"ABCDEFAB\",\"title\":\"x\"}", "small letters" }, { "{\"pr\":1}", "neither \"title\"" },
	};
	struct candidate c = candidate("fix (#7)\n");
	struct statement_ask ask = { .repo = repo, .c = &c };
	struct statement s = STATEMENT_INIT;
	struct buf found = BUF_INIT;
	const struct str fewer = str_sub(STR(text), 0, (size_t)str_find(STR(text), STR("{\"number\"")));
	struct issues *i, *other;
	struct err err = ERR_INIT;

	if (!CHECK(issues_read(&i, STR(text), "issues", &err) == 0))
		return;
	CHECK(issues_read(&other, STR(text), "issues", &err) == 0 && issues_hash(other) == issues_hash(i));
	issues_free(other);
	CHECK(issues_read(&other, fewer, "issues", &err) == 0 && issues_hash(other) != issues_hash(i) && issues_hash(other) != 0);
	issues_free(other);
	ask.issues = i;
	CHECK_EQ(statement_best(&ask, &s), 0);
	CHECK_STR(str_of(statement_source_name(s.source)), "issue");
	CHECK_STR(buf_str(&s.text), "Sums wrap around\n\n\nadd() gives a negative number when both are large, it should stay at the largest.");
	memset(c.commit.id, 1, sizeof(c.commit.id));
	CHECK(issues_find(i, &c.commit, STR("Some thing (#7)"), &found));
	CHECK_STR(buf_str(&found), "Seven\n\n");
	buf_reset(&found);
	CHECK(issues_find(i, &c.commit, STR("Merge pull request #8 from a/b\n"), &found));
	CHECK_STR(buf_str(&found), "One\n\nfirst\n\nTwo\n\n");
	buf_reset(&found);
	memset(c.commit.id, 0xcd, sizeof(c.commit.id));
	CHECK(issues_find(i, &c.commit, STR("no number"), &found));
	buf_reset(&found);
	CHECK(!issues_find(i, &(struct oid){ { 0 } }, STR("Some thing (#9)"), &found));
	CHECK(!issues_find(i, &(struct oid){ { 0 } }, STR(""), &found));
	issues_free(i);
	for (size_t k = 0; k < COUNT(bad); k++) {
		buf_reset(&found);
		buf_addf(&found, "{\"pr\":1,\"title\":\"x\"}\n%s\n", bad[k].line);
		check_in("%s", bad[k].line);
		CHECK(issues_read(&i, buf_str(&found), "issues", &err) < 0);
		CHECK(str_starts(str_of(err.msg), STR("issues:2: ")) && str_find(str_of(err.msg), str_of(bad[k].why)) >= 0);
	}
	check_in("%s", "");
	buf_release(&found);
	statement_release(&s);
}

/* ---- asking a model */

static void check_prompt(void)
{
	struct candidate c = candidate("fix");
	const struct str ids[] = { STR("tests/test_add.c::test_half[a-1]") };
	struct statement_ask ask = { .repo = repo, .c = &c, .fail_to_pass = ids, .n = 1, .output = STR("\x1b[31mhalf: \xff no such function\n") };
	struct statement s = STATEMENT_INIT;
	struct buf prompt = BUF_INIT, flood = BUF_INIT;

	statement_prompt(&ask, &prompt);
	CHECK(!prompt.failed && str_find(buf_str(&prompt), STR("{{")) < 0 && utf8_valid(buf_str(&prompt)));
	CHECK(str_find(buf_str(&prompt), str_of(patch)) >= 0 || str_find(buf_str(&prompt), STR("saturating_sum(a, b, LIMIT_OF_SUM)")) >= 0);
	CHECK(str_find(buf_str(&prompt), STR("[31mhalf:  no such function")) >= 0 && str_chr(buf_str(&prompt), 0x1b) < 0);
	/* what is not there takes its paragraph along */
	ask.output = STR("");
	buf_reset(&prompt);
	statement_prompt(&ask, &prompt);
	CHECK(str_find(buf_str(&prompt), STR("What they said")) < 0 && str_find(buf_str(&prompt), STR("test_half[a-1]")) >= 0);
	CHECK_EQ(statement_best(&ask, &s), 0);
	CHECK(str_find(buf_str(&s.text), STR("what is seen")) < 0 && str_find(buf_str(&s.text), STR("- half (a-1)")) >= 0);
	/* long ones are cut */
	for (int i = 0; i < 100000; i++)
		buf_addz(&flood, "a line of output\n");
	ask.output = buf_str(&flood);
	c.patch = buf_str(&flood);
	buf_reset(&prompt);
	statement_prompt(&ask, &prompt);
	CHECK(prompt.n < 60000 && str_find(buf_str(&prompt), STR("(cut)")) >= 0);
	c.patch = str_of(patch);
	/* replies */
	CHECK_EQ(statement_reply(&ask, STR("I will not."), &s), 0);
	CHECK_EQ(statement_reply(&ask, STR("[ISSUE]\nToo short\n[/ISSUE]"), &s), 0);
	CHECK_EQ(statement_reply(&ask, STR("[ISSUE]\nadd() should give the largest number\n\nIt must do: return saturating_sum(a, b, LIMIT_OF_SUM);\n[/ISSUE]"), &s), 0);
	CHECK_STR(str_of(statement_source_name(s.source)), "template");
	CHECK_EQ(statement_reply(&ask, STR("<think>[ISSUE]no[/ISSUE]</think>\n[ISSUE]\nadd() wraps around\n\nThe sum of two large numbers becomes negative; it "
					  "should stay at the largest number.\n[/ISSUE]"), &s), 1);
	CHECK_STR(str_of(statement_source_name(s.source)), "sampler");
	CHECK(str_starts(buf_str(&s.text), STR("add() wraps around\n")));
	statement_release(&s);
	buf_release(&prompt);
	buf_release(&flood);
}

int main(void)
{
	repo = edits_repo();
	if (!CHECK(repo != NULL) || !CHECK(edits_base(repo, &base)))
		return check_done();
	check_messages();
	check_clean();
	check_unknown();
	check_leaks();
	check_issues();
	check_prompt();
	repo_free(repo);
	return check_done();
}
