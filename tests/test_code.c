/* test_code.c - comments, layout and names of six languages; a flood of each kind. */
#include "repos/code.h"
#include "tests/check.h"

#include <time.h>

static const struct {
	enum code_lang lang;
	const char *a, *b;
	bool same;
} pairs[] = {
	{ CODE_C, "int a; /* one */\n", "int a; // two\n", true },
	{ CODE_C, "int a;\n", "int  a ;\n\n", true },
	{ CODE_C, "inta;", "int a;", false },
	{ CODE_C, "x = \"/* no */\";", "x = \"\";", false },
	{ CODE_C, "x = '\"'; /* a */ y", "x = '\"'; y", true },
	{ CODE_C, "a /* open", "a", true },
	{ CODE_C, "a + b", "a+b", true },
	{ CODE_C, "x = \"a\\\"//b\"; y", "x = \"a\\\"//c\"; y", false },
	{ CODE_C, "f(\"unclosed\n); // x", "f(\"unclosed\n);", true },
	{ CODE_CPP, "R\"x(// a)x\" // b", "R\"x(// a)x\"", true },
	{ CODE_CPP, "R\"(a)\"", "R\"(b)\"", false },
	{ CODE_PYTHON, "def f():\n    \"\"\"doc\"\"\"\n    return 1\n", "def f():\n    '''other\n    lines'''\n    return 1\n", true },
	{ CODE_PYTHON, "def f():\n    return 1\n", "def f():\n    return 1  # why\n\n\n", true },
	{ CODE_PYTHON, "if a:\n    b\nc\n", "if a:\n    b\n    c\n", false },
	{ CODE_PYTHON, "if a:\n \n  \tb\n", "if a:\n \n   b\n", false },
	{ CODE_PYTHON, "x = \"\"\"doc\"\"\"\n", "x = \"\"\"other\"\"\"\n", false },
	{ CODE_PYTHON, "f(\n  'a',\n)\n", "f(\n    'a',  # b\n)\n", true },
	{ CODE_PYTHON, "f(\n  'a',\n)\n", "f(\n  'b',\n)\n", false },
	{ CODE_PYTHON, "r'\\d' # x", "r'\\d'", true },
	{ CODE_PYTHON, "'a' 'b'\n", "'a'\n", false },
	{ CODE_PYTHON, "a\n", "a\n\"\"\"at the end\"\"\"", true },
	{ CODE_GO, "x := `a // b`\n", "x := `a // c`\n", false },
	{ CODE_GO, "x := `a\\` // b\n", "x := `a\\`\n", true },
	{ CODE_RUST, "fn f<'a>(x: &'a str) {} // \"", "fn f<'a>(x: &'a str) {}", true },
	{ CODE_RUST, "r#\"a\" // b\"# // c", "r#\"a\" // b\"#", true },
	{ CODE_RUST, "let c = '\"'; // x", "let c = '\"';", true },
	{ CODE_JS, "let $a = `x ${y} // z`", "let $a = `x ${y} // q`", false },
	{ CODE_JS, "a; // b\nc", "a;\nc", true },
};

/* code_same is the quick way: what it says is what stripping both says, and cuts of texts do not trip it. */
static void check_pairs(void)
{
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct str a = str_of(pairs[i].a), b = str_of(pairs[i].b);
		enum code_lang lang = pairs[i].lang;

		check_in("pair %zu", i);
		CHECK_EQ(code_same(lang, a, b), pairs[i].same);
		CHECK_EQ(code_same(lang, b, a), pairs[i].same);
		for (size_t n = 0; n <= a.n; n++)
			for (size_t m = 0; m <= b.n; m++) {
				struct buf x = BUF_INIT, y = BUF_INIT;

				code_strip(lang, str_sub(a, 0, n), &x);
				code_strip(lang, str_sub(b, 0, m), &y);
				CHECK_EQ(code_same(lang, str_sub(a, 0, n), str_sub(b, 0, m)), str_eq(buf_str(&x), buf_str(&y)));
				buf_release(&x);
				buf_release(&y);
			}
	}
	check_in("%s", "");
}

static void check_names(void)
{
	struct code_names it = code_names(CODE_PYTHON, STR("def parse(text):  # comment\n    return self.lines('quoted', text) + caf\xc3\xa9\n"));
	static const char *const want[] = { "parse", "text", "lines", "text", "caf\xc3\xa9" };
	static const char *const words[] = { "parse", "HTTP", "Header", "v", "2", "x" };
	struct str name, word, rest;
	size_t n = 0;

	for (size_t i = 0; i < 5; i++) {
		if (CHECK(code_name(&it, &name)))
			CHECK_STR(name, want[i]);
		if (i == 2)
			CHECK_EQ(it.before, '.');
	}
	CHECK(!code_name(&it, &name));
	CHECK(code_is_keyword(CODE_C, STR("while")) && !code_is_keyword(CODE_C, STR("whilst")) && !code_is_keyword(CODE_NONE, STR("while")));
	for (int lang = CODE_C; lang < CODE_LANGS; lang++)
		CHECK(code_is_keyword((enum code_lang)lang, STR("if")) && code_is_keyword((enum code_lang)lang, STR("return")));
	for (rest = STR("parseHTTPHeader_v2__x_"); code_word(&rest, &word); n++)
		if (CHECK(n < 6))
			CHECK_STR(word, words[n]);
	CHECK_EQ(n, 6);
	rest = STR("__");
	CHECK(!code_word(&rest, &word));
}

static void check_floods(void)
{
	static const char *const floods[] = { "/*", "\"", "'''", "r#\"", "R\"x(", "(", "\n", "a", "`", "//", "#", "\\", "'", "\xff", "0" };
	static char text[400000], other[sizeof(text)];
	struct timespec a, b;

	for (size_t i = 0; i < COUNT(floods); i++) {
		size_t n = strlen(floods[i]);

		for (size_t k = 0; k < sizeof(text); k++)
			text[k] = floods[i][k % n];
		memcpy(other, text, sizeof(text));
		other[sizeof(text) / 2] = 'z';
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
		for (int lang = CODE_C; lang < CODE_LANGS; lang++) {
			struct buf out = BUF_INIT;

			code_strip((enum code_lang)lang, (struct str){ text, sizeof(text) }, &out);
			CHECK(!out.failed);
			buf_release(&out);
			code_same((enum code_lang)lang, (struct str){ text, sizeof(text) }, (struct str){ other, sizeof(other) });
		}
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
		check_in("%s", floods[i]);
		CHECK((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < (CHECK_SLOW ? 5000 : 1000));
	}
	check_in("%s", "");
}

int main(void)
{
	check_pairs();
	check_names();
	check_floods();
	return check_done();
}
