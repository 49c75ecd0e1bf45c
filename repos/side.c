/* side.c - what a path is, by its names; see side.h. */
#include "repos/side.h"

const char *const code_lang_names[] = { "c", "cpp", "python", "go", "rust", "javascript", NULL };

const char *code_lang_name(enum code_lang lang)
{
	return lang > CODE_NONE && lang < CODE_LANGS ? code_lang_names[lang - 1] : "";
}

bool code_lang_read(struct str name, enum code_lang *lang)
{
	static const struct {
		const char *name;
		enum code_lang lang;
	} also[] = {
		{ "c++", CODE_CPP }, { "py", CODE_PYTHON }, { "golang", CODE_GO }, { "js", CODE_JS }, { "ts", CODE_JS }, { "typescript", CODE_JS },
	};

	for (int i = CODE_C; i < CODE_LANGS; i++)
		if (str_is(name, code_lang_names[i - 1])) {
			*lang = (enum code_lang)i;
			return true;
		}
	for (size_t i = 0; i < COUNT(also); i++)
		if (str_is(name, also[i].name)) {
			*lang = also[i].lang;
			return true;
		}
	return false;
}

const char *side_name(enum side side)
{
	static const char *const name[SIDES] = { "source", "test", "test_data", "runner", "build", "doc", "generated", "vendored", "other" };

	return name[side];
}

/* ---- endings */

static const struct {
	const char *end; /* behind the last dot */
	enum code_lang lang;
} endings[] = {
	{ "c", CODE_C }, { "h", CODE_C }, { "cc", CODE_CPP }, { "cpp", CODE_CPP }, { "cxx", CODE_CPP }, { "c++", CODE_CPP }, { "hpp", CODE_CPP },
	{ "hh", CODE_CPP }, { "hxx", CODE_CPP }, { "h++", CODE_CPP }, { "ipp", CODE_CPP }, { "inl", CODE_CPP }, { "tcc", CODE_CPP },
	{ "py", CODE_PYTHON }, { "pyx", CODE_PYTHON }, { "pxd", CODE_PYTHON }, { "pyi", CODE_PYTHON }, { "go", CODE_GO }, { "rs", CODE_RUST },
	{ "js", CODE_JS }, { "mjs", CODE_JS }, { "cjs", CODE_JS }, { "jsx", CODE_JS }, { "ts", CODE_JS }, { "tsx", CODE_JS }, { "mts", CODE_JS },
	{ "cts", CODE_JS },
};

/* Tests of a C program are often written in these. */
static const char *const scripts[] = { "sh", "bash", "bats", "tcl", "exp", "t", "pl", "pm", "rb", "lua", "php", "java", "kt", "cs", "swift", "ps1", "sql" };

static bool is_script(struct str base)
{
	ptrdiff_t dot = str_rfind(base, STR("."));

	for (size_t i = 0; dot > 0 && i < COUNT(scripts); i++)
		if (str_is(str_from(base, (size_t)dot + 1), scripts[i]))
			return true;
	return false;
}

static enum code_lang lang_of(struct str base)
{
	ptrdiff_t dot = str_rfind(base, STR("."));

	for (size_t i = 0; dot > 0 && i < COUNT(endings); i++)
		if (str_is(str_from(base, (size_t)dot + 1), endings[i].end))
			return endings[i].lang;
	return CODE_NONE;
}

/* ---- the table */

enum where {
	DIR,      /* a directory of the path has this name */
	TOP,      /* the first one has */
	DIR_HEAD, /* a directory's name begins so */
	DIR_TAIL, /* ends so */
	BASE,     /* the file's name, all of it */
	HEAD,     /* begins so */
	TAIL,     /* ends so */
	STEM,     /* without its ending */
	STEM_HEAD,
	STEM_TAIL,
};

enum {
	C = 1 << CODE_C | 1 << CODE_CPP,
	CPP = 1 << CODE_CPP,
	PY = 1 << CODE_PYTHON,
	GO = 1 << CODE_GO,
	RS = 1 << CODE_RUST,
	JS = 1 << CODE_JS,
	NOT_GO = C | PY | RS | JS, /* Go knows tests by one name only */
	CODE = NOT_GO | GO,
	TEXT = 1 << CODE_NONE, /* files of no language */
	ANY = 0,
};

/* SIDE_TEST of a file that is neither code nor a script is SIDE_DATA. */
static const struct rule {
	enum side side;
	enum where where;
	unsigned langs; /* files of these only */
	const char *name;
} rules[] = {
	{ SIDE_VENDORED, DIR, ANY, "vendor" },
	{ SIDE_VENDORED, DIR, ANY, "vendored" },
	{ SIDE_VENDORED, DIR, ANY, "_vendor" },
	{ SIDE_VENDORED, DIR, ANY, "_vendored" },
	{ SIDE_VENDORED, DIR, ANY, "third_party" },
	{ SIDE_VENDORED, DIR, ANY, "third-party" },
	{ SIDE_VENDORED, DIR, ANY, "thirdparty" },
	{ SIDE_VENDORED, DIR, ANY, "3rdparty" },
	{ SIDE_VENDORED, DIR, ANY, "3rd_party" },
	{ SIDE_VENDORED, DIR, ANY, "node_modules" },
	{ SIDE_VENDORED, DIR, ANY, "bower_components" },
	{ SIDE_VENDORED, DIR, ANY, "Godeps" },
	{ SIDE_VENDORED, DIR, ANY, "site-packages" },
	{ SIDE_VENDORED, TOP, ANY, "deps" },
	{ SIDE_VENDORED, TOP, ANY, "external" },
	{ SIDE_VENDORED, TOP, ANY, "extern" },
	{ SIDE_VENDORED, TOP, ANY, "subprojects" },

	{ SIDE_RUNNER, BASE, ANY, "conftest.py" },
	{ SIDE_RUNNER, BASE, ANY, "sitecustomize.py" },
	{ SIDE_RUNNER, BASE, ANY, "usercustomize.py" },
	{ SIDE_RUNNER, TAIL, ANY, ".pth" },
	{ SIDE_RUNNER, DIR_TAIL, ANY, ".dist-info" },
	{ SIDE_RUNNER, DIR_TAIL, ANY, ".egg-info" },
	{ SIDE_RUNNER, TAIL, ANY, ".egg-link" },
	{ SIDE_RUNNER, BASE, ANY, "pytest.ini" },
	{ SIDE_RUNNER, BASE, ANY, ".pytest.ini" },
	{ SIDE_RUNNER, BASE, ANY, "pytest.toml" },
	{ SIDE_RUNNER, BASE, ANY, "tox.ini" },
	{ SIDE_RUNNER, BASE, ANY, "tox.toml" },
	{ SIDE_RUNNER, BASE, ANY, "setup.cfg" },
	{ SIDE_RUNNER, BASE, ANY, "noxfile.py" },
	{ SIDE_RUNNER, BASE, ANY, "nose.cfg" },
	{ SIDE_RUNNER, BASE, ANY, ".noserc" },
	{ SIDE_RUNNER, BASE, ANY, ".coveragerc" },
	{ SIDE_RUNNER, BASE, ANY, "runtests.py" },
	{ SIDE_RUNNER, BASE, ANY, "run_tests.py" },
	{ SIDE_RUNNER, BASE, ANY, "runtests.sh" },
	{ SIDE_RUNNER, BASE, ANY, "run_tests.sh" },
	{ SIDE_RUNNER, BASE, ANY, "runtest" },
	{ SIDE_RUNNER, HEAD, ANY, "jest.config." },
	{ SIDE_RUNNER, HEAD, ANY, "jest.setup." },
	{ SIDE_RUNNER, HEAD, ANY, "vitest.config." },
	{ SIDE_RUNNER, HEAD, ANY, "vitest.workspace." },
	{ SIDE_RUNNER, HEAD, ANY, "karma.conf." },
	{ SIDE_RUNNER, HEAD, ANY, "ava.config." },
	{ SIDE_RUNNER, HEAD, ANY, "playwright.config." },
	{ SIDE_RUNNER, HEAD, ANY, "cypress.config." },
	{ SIDE_RUNNER, HEAD, ANY, ".mocharc" },
	{ SIDE_RUNNER, HEAD, ANY, ".nycrc" },
	{ SIDE_RUNNER, HEAD, ANY, ".taprc" },
	{ SIDE_RUNNER, BASE, ANY, ".npmrc" },
	{ SIDE_RUNNER, BASE, ANY, "CTestConfig.cmake" },
	{ SIDE_RUNNER, BASE, ANY, "CTestTestfile.cmake" },
	{ SIDE_RUNNER, BASE, ANY, "CTestCustom.cmake" },
	{ SIDE_RUNNER, DIR, ANY, ".cargo" },
	{ SIDE_RUNNER, DIR, ANY, ".config" },
	{ SIDE_RUNNER, TOP, ANY, ".github" },
	{ SIDE_RUNNER, TOP, ANY, ".circleci" },
	{ SIDE_RUNNER, TOP, ANY, ".azure-pipelines" },
	{ SIDE_RUNNER, HEAD, ANY, ".travis" },
	{ SIDE_RUNNER, HEAD, ANY, ".gitlab-ci" },
	{ SIDE_RUNNER, HEAD, ANY, ".cirrus" },
	{ SIDE_RUNNER, HEAD, ANY, "azure-pipelines" },
	{ SIDE_RUNNER, HEAD, ANY, "appveyor." },
	{ SIDE_RUNNER, HEAD, ANY, ".appveyor." },
	{ SIDE_RUNNER, BASE, ANY, "Jenkinsfile" },

	{ SIDE_GENERATED, TAIL, ANY, ".min.js" },
	{ SIDE_GENERATED, TAIL, ANY, ".min.css" },
	{ SIDE_GENERATED, TAIL, ANY, ".bundle.js" },
	{ SIDE_GENERATED, TAIL, ANY, ".map" },
	{ SIDE_GENERATED, TAIL, ANY, "_pb2.py" },
	{ SIDE_GENERATED, TAIL, ANY, "_pb2.pyi" },
	{ SIDE_GENERATED, TAIL, ANY, "_pb2_grpc.py" },
	{ SIDE_GENERATED, TAIL, ANY, ".pb.go" },
	{ SIDE_GENERATED, TAIL, ANY, ".pb.cc" },
	{ SIDE_GENERATED, TAIL, ANY, ".pb.h" },
	{ SIDE_GENERATED, TAIL, ANY, ".pb-c.c" },
	{ SIDE_GENERATED, TAIL, ANY, ".pb-c.h" },
	{ SIDE_GENERATED, HEAD, GO, "zz_generated" },
	{ SIDE_GENERATED, STEM_TAIL, GO, "_generated" },
	{ SIDE_GENERATED, STEM_TAIL, CODE, ".generated" },
	{ SIDE_GENERATED, TAIL, ANY, ".tab.c" },
	{ SIDE_GENERATED, TAIL, ANY, ".tab.h" },
	{ SIDE_GENERATED, BASE, ANY, "lex.yy.c" },
	{ SIDE_GENERATED, HEAD, C, "moc_" },
	{ SIDE_GENERATED, HEAD, C, "qrc_" },
	{ SIDE_GENERATED, BASE, ANY, "configure" },
	{ SIDE_GENERATED, BASE, ANY, "aclocal.m4" },
	{ SIDE_GENERATED, BASE, ANY, "Makefile.in" },
	{ SIDE_GENERATED, BASE, ANY, "config.guess" },
	{ SIDE_GENERATED, BASE, ANY, "config.sub" },
	{ SIDE_GENERATED, BASE, ANY, "ltmain.sh" },
	{ SIDE_GENERATED, TOP, JS, "dist" },
	{ SIDE_GENERATED, TOP, JS, "build" },

	{ SIDE_TEST, DIR, ANY, "test" },
	{ SIDE_TEST, DIR, ANY, "tests" },
	{ SIDE_TEST, DIR, ANY, "Test" },
	{ SIDE_TEST, DIR, ANY, "Tests" },
	{ SIDE_TEST, DIR, ANY, "spec" },
	{ SIDE_TEST, DIR, ANY, "specs" },
	{ SIDE_TEST, DIR, ANY, "e2e" },
	{ SIDE_TEST, DIR, ANY, "__tests__" },
	{ SIDE_TEST, DIR, ANY, "__mocks__" },
	{ SIDE_TEST, DIR, ANY, "__snapshots__" },
	{ SIDE_TEST, DIR, ANY, "testdata" },
	{ SIDE_TEST, DIR, ANY, "testsuite" },
	{ SIDE_TEST, DIR, ANY, "testsuites" },
	{ SIDE_TEST, DIR, ANY, "unittest" },
	{ SIDE_TEST, DIR, ANY, "unittests" },
	{ SIDE_TEST, DIR_HEAD, ANY, "test_" },
	{ SIDE_TEST, DIR_HEAD, ANY, "test-" },
	{ SIDE_TEST, DIR_HEAD, ANY, "tests_" },
	{ SIDE_TEST, DIR_TAIL, ANY, "_tests" },
	{ SIDE_TEST, DIR_TAIL, ANY, "-tests" },
	{ SIDE_TEST, DIR_TAIL, ANY, "_test" },
	/* deeper it is often a product: numpy/testing */
	{ SIDE_TEST, TOP, ANY, "testing" },
	{ SIDE_TEST, TOP, ANY, "t" },
	{ SIDE_TEST, STEM, NOT_GO, "test" },
	{ SIDE_TEST, STEM, NOT_GO, "tests" },
	{ SIDE_TEST, STEM, NOT_GO, "unittest" },
	{ SIDE_TEST, STEM, NOT_GO, "unittests" },
	{ SIDE_TEST, STEM_HEAD, NOT_GO, "test_" },
	{ SIDE_TEST, STEM_HEAD, C | JS, "test-" },
	{ SIDE_TEST, STEM_TAIL, CODE, "_test" },
	{ SIDE_TEST, STEM_TAIL, NOT_GO, "_tests" },
	{ SIDE_TEST, STEM_TAIL, C | JS, "-test" },
	{ SIDE_TEST, STEM_TAIL, C | JS, "-tests" },
	{ SIDE_TEST, STEM_TAIL, C, "_unittest" },
	{ SIDE_TEST, STEM_TAIL, CPP, "Test" },
	{ SIDE_TEST, STEM_TAIL, CPP, "Tests" },
	{ SIDE_TEST, STEM_TAIL, JS, ".test" },
	{ SIDE_TEST, STEM_TAIL, JS, ".spec" },
	{ SIDE_TEST, STEM_TAIL, JS, ".test-d" },
	{ SIDE_TEST, STEM_TAIL, JS, "_spec" },
	{ SIDE_TEST, TAIL, ANY, ".snap" },

	{ SIDE_BUILD, BASE, ANY, "Makefile" },
	{ SIDE_BUILD, BASE, ANY, "makefile" },
	{ SIDE_BUILD, BASE, ANY, "GNUmakefile" },
	{ SIDE_BUILD, BASE, ANY, "Makefile.am" },
	{ SIDE_BUILD, TAIL, ANY, ".mk" },
	{ SIDE_BUILD, TAIL, ANY, ".cmake" },
	{ SIDE_BUILD, TAIL, ANY, ".cmake.in" },
	{ SIDE_BUILD, BASE, ANY, "CMakeLists.txt" },
	{ SIDE_BUILD, BASE, ANY, "CMakePresets.json" },
	{ SIDE_BUILD, BASE, ANY, "meson.build" },
	{ SIDE_BUILD, BASE, ANY, "meson_options.txt" },
	{ SIDE_BUILD, BASE, ANY, "meson.options" },
	{ SIDE_BUILD, BASE, ANY, "configure.ac" },
	{ SIDE_BUILD, BASE, ANY, "configure.in" },
	{ SIDE_BUILD, TAIL, ANY, ".m4" },
	{ SIDE_BUILD, BASE, ANY, "autogen.sh" },
	{ SIDE_BUILD, BASE, ANY, "BUILD" },
	{ SIDE_BUILD, BASE, ANY, "BUILD.bazel" },
	{ SIDE_BUILD, BASE, ANY, "WORKSPACE" },
	{ SIDE_BUILD, BASE, ANY, "SConstruct" },
	{ SIDE_BUILD, BASE, ANY, "setup.py" },
	{ SIDE_BUILD, BASE, ANY, "pyproject.toml" },
	{ SIDE_BUILD, BASE, ANY, "MANIFEST.in" },
	{ SIDE_BUILD, BASE, ANY, "Pipfile" },
	{ SIDE_BUILD, BASE, ANY, "Pipfile.lock" },
	{ SIDE_BUILD, BASE, ANY, "poetry.lock" },
	{ SIDE_BUILD, BASE, ANY, "pdm.lock" },
	{ SIDE_BUILD, BASE, ANY, "uv.lock" },
	{ SIDE_BUILD, BASE, ANY, "environment.yml" },
	{ SIDE_BUILD, HEAD, TEXT, "requirements" },
	{ SIDE_BUILD, BASE, ANY, "Cargo.toml" },
	{ SIDE_BUILD, BASE, ANY, "Cargo.lock" },
	{ SIDE_BUILD, BASE, ANY, "build.rs" },
	{ SIDE_BUILD, BASE, ANY, "rust-toolchain" },
	{ SIDE_BUILD, BASE, ANY, "rust-toolchain.toml" },
	{ SIDE_BUILD, BASE, ANY, "go.mod" },
	{ SIDE_BUILD, BASE, ANY, "go.sum" },
	{ SIDE_BUILD, BASE, ANY, "go.work" },
	{ SIDE_BUILD, BASE, ANY, "package.json" },
	{ SIDE_BUILD, BASE, ANY, "package-lock.json" },
	{ SIDE_BUILD, BASE, ANY, "npm-shrinkwrap.json" },
	{ SIDE_BUILD, BASE, ANY, "yarn.lock" },
	{ SIDE_BUILD, BASE, ANY, "pnpm-lock.yaml" },
	{ SIDE_BUILD, BASE, ANY, "tsconfig.json" },
	{ SIDE_BUILD, HEAD, ANY, "webpack.config." },
	{ SIDE_BUILD, HEAD, ANY, "rollup.config." },
	{ SIDE_BUILD, HEAD, ANY, "vite.config." },
	{ SIDE_BUILD, HEAD, ANY, "babel.config." },
	{ SIDE_BUILD, BASE, ANY, ".babelrc" },
	{ SIDE_BUILD, BASE, ANY, "Dockerfile" },

	{ SIDE_DOC, DIR, ANY, "doc" },
	{ SIDE_DOC, DIR, ANY, "docs" },
	{ SIDE_DOC, DIR, ANY, "Doc" },
	{ SIDE_DOC, DIR, ANY, "Docs" },
	{ SIDE_DOC, DIR, ANY, "Documentation" },
	{ SIDE_DOC, TOP, ANY, "man" },
	{ SIDE_DOC, TOP, ANY, "changelog" },
	{ SIDE_DOC, TOP, ANY, "changelog.d" },
	{ SIDE_DOC, TOP, ANY, "newsfragments" },
	{ SIDE_DOC, TOP, ANY, "LICENSES" },
	{ SIDE_DOC, TAIL, ANY, ".md" },
	{ SIDE_DOC, TAIL, ANY, ".rst" },
	{ SIDE_DOC, TAIL, ANY, ".adoc" },
	{ SIDE_DOC, TAIL, ANY, ".markdown" },
	{ SIDE_DOC, TAIL, ANY, ".texi" },
	{ SIDE_DOC, TAIL, ANY, ".tex" },
	{ SIDE_DOC, TAIL, ANY, ".1" },
	{ SIDE_DOC, TAIL, ANY, ".3" },
	{ SIDE_DOC, HEAD, TEXT, "README" },
	{ SIDE_DOC, HEAD, TEXT, "CHANGES" },
	{ SIDE_DOC, HEAD, TEXT, "CHANGELOG" },
	{ SIDE_DOC, HEAD, TEXT, "ChangeLog" },
	{ SIDE_DOC, HEAD, TEXT, "Changelog" },
	{ SIDE_DOC, HEAD, TEXT, "HISTORY" },
	{ SIDE_DOC, HEAD, TEXT, "NEWS" },
	{ SIDE_DOC, HEAD, TEXT, "AUTHORS" },
	{ SIDE_DOC, HEAD, TEXT, "CONTRIBUTORS" },
	{ SIDE_DOC, HEAD, TEXT, "LICENSE" },
	{ SIDE_DOC, HEAD, TEXT, "LICENCE" },
	{ SIDE_DOC, HEAD, TEXT, "COPYING" },
	{ SIDE_DOC, HEAD, TEXT, "NOTICE" },
	{ SIDE_DOC, BASE, ANY, "TODO" },

	{ SIDE_OTHER, DIR, ANY, "example" },
	{ SIDE_OTHER, DIR, ANY, "examples" },
	{ SIDE_OTHER, DIR, ANY, "sample" },
	{ SIDE_OTHER, DIR, ANY, "samples" },
	{ SIDE_OTHER, DIR, ANY, "demo" },
	{ SIDE_OTHER, DIR, ANY, "demos" },
	{ SIDE_OTHER, DIR, ANY, "tutorial" },
	{ SIDE_OTHER, DIR, ANY, "tutorials" },
	{ SIDE_OTHER, DIR, ANY, "bench" },
	{ SIDE_OTHER, DIR, ANY, "benches" },
	{ SIDE_OTHER, DIR, ANY, "benchmark" },
	{ SIDE_OTHER, DIR, ANY, "benchmarks" },
	{ SIDE_OTHER, DIR, ANY, "asv_bench" },
	{ SIDE_OTHER, DIR, ANY, "fuzz" },
	{ SIDE_OTHER, DIR, ANY, "fuzzing" },
	{ SIDE_OTHER, STEM_HEAD, CODE, "bench_" },
	{ SIDE_OTHER, STEM_TAIL, CODE, "_benchmark" },
};

static bool name_meets(struct str name, enum where where, struct str want)
{
	switch (where) {
	case DIR_HEAD:
	case HEAD:
	case STEM_HEAD:
		return str_starts(name, want);
	case DIR_TAIL:
	case TAIL:
	case STEM_TAIL:
		return name.n > want.n && str_ends(name, want);
	default:
		return str_eq(name, want);
	}
}

/* The path's directories: the first one, and of the others the last, in no order. Those at the end say enough. */
enum { DIRS = 32 };

struct parts {
	struct str dir[DIRS], base, stem;
	size_t dirs;
	enum code_lang lang;
};

static void parts_read(struct parts *p, struct str path)
{
	struct str rest = path, name;
	ptrdiff_t dot;
	size_t n = 0;

	p->base = STR("");
	while (str_split(&rest, '/', &name)) {
		if (rest.n)
			p->dir[n < DIRS ? n : 1 + n % (DIRS - 1)] = name;
		else
			p->base = name;
		n += rest.n > 0;
	}
	p->dirs = n < DIRS ? n : DIRS;
	p->lang = lang_of(p->base);
	dot = str_rfind(p->base, STR("."));
	p->stem = dot > 0 ? str_sub(p->base, 0, (size_t)dot) : p->base;
}

static bool rule_meets(const struct rule *rule, struct str want, const struct parts *p)
{
	if (rule->langs && !(rule->langs >> p->lang & 1))
		return false;
	switch (rule->where) {
	case TOP:
		return p->dirs && str_eq(p->dir[0], want);
	case DIR:
	case DIR_HEAD:
	case DIR_TAIL:
		for (size_t i = 0; i < p->dirs; i++)
			if (name_meets(p->dir[i], rule->where, want))
				return true;
		return false;
	case BASE:
	case HEAD:
	case TAIL:
		return name_meets(p->base, rule->where, want);
	default:
		return name_meets(p->stem, rule->where, want);
	}
}

enum side side_of(struct str path, enum code_lang *lang)
{
	struct parts p;

	parts_read(&p, path);
	if (lang)
		*lang = p.lang;
	for (size_t i = 0; i < COUNT(rules); i++)
		if (rule_meets(&rules[i], str_of(rules[i].name), &p))
			return rules[i].side == SIDE_TEST && p.lang == CODE_NONE && !is_script(p.base) ? SIDE_DATA : rules[i].side;
	return p.lang != CODE_NONE ? SIDE_SOURCE : SIDE_OTHER;
}

/* ---- contents */

bool side_text_is_generated(struct str text)
{
	static const struct str said[] = {
		STR("DO NOT EDIT"), STR("Do not edit"), STR("do not edit"), STR("@generated"), STR("Generated by Cython"), STR("A Bison parser, made by"),
		STR("A lexical scanner generated by flex"),
	};
	struct str head = str_sub(text, 0, 1000);

	for (size_t i = 0; i < COUNT(said); i++)
		if (str_find(head, said[i]) >= 0)
			return i > 2 || str_find(head, STR("enerated")) >= 0;
	return false;
}
