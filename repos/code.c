/* code.c - comments, strings and names of six languages, by a few rules each; see code.h. */
#include "repos/code.h"

#include <stdlib.h>

static bool name_start(char c)
{
	return is_letter(c) || c == '_' || (unsigned char)c >= 0x80;
}

enum kind { SPACE, NEWLINE, COMMENT, STRING, NAME, NUMBER, MARK };

/* Up to and with the quote that closes; a plain string ends with its line too. */
static size_t string_end(struct str s, size_t at, struct str quote, bool lines)
{
	while (at < s.n && (lines || s.s[at] != '\n')) {
		if (s.s[at] == '\\' && at + 1 < s.n)
			at += 2;
		else if (str_starts(str_from(s, at), quote))
			return at + quote.n;
		else
			at++;
	}
	return at < s.n ? at : s.n;
}

static size_t past(struct str s, size_t from, struct str what)
{
	ptrdiff_t at = str_find(str_from(s, from), what);

	return at < 0 ? s.n : from + (size_t)at + what.n;
}

/* Raw strings: r"..." and r#"..."# of Rust, R"x(...)x" of C++. 0 where none begins at s. */
static size_t raw_end(enum code_lang lang, struct str s)
{
	char close[40];
	size_t n = 1, mark;

	if (lang == CODE_RUST && s.s[0] == 'r') {
		while (n < s.n && n < 20 && s.s[n] == '#')
			n++;
		if (n >= s.n || s.s[n] != '"')
			return 0;
		close[0] = '"';
		memset(close + 1, '#', n - 1);
		return past(s, n + 1, (struct str){ close, n });
	}
	if (lang == CODE_CPP && str_starts(s, STR("R\""))) {
		for (mark = 2; mark < s.n && mark < 20 && s.s[mark] != '('; mark++)
			continue;
		if (mark >= s.n || s.s[mark] != '(')
			return 0;
		close[0] = ')';
		memcpy(close + 1, s.s + 2, mark - 2);
		close[mark - 1] = '"';
		return past(s, mark + 1, (struct str){ close, mark });
	}
	return 0;
}

static size_t quoted_end(enum code_lang lang, struct str s, size_t at)
{
	char c = s.s[at];
	struct str quote = { &s.s[at], 1 };

	if (lang == CODE_PYTHON && s.n - at >= 3 && s.s[at + 1] == c && s.s[at + 2] == c)
		return string_end(s, at + 3, (struct str){ &s.s[at], 3 }, true);
	if (c == '`')
		return lang == CODE_GO ? past(s, at + 1, quote) : string_end(s, at + 1, quote, true);
	/* a lifetime of Rust is a mark and a name */
	if (lang == CODE_RUST && c == '\'' && s.n - at > 2 && s.s[at + 1] != '\\' && (unsigned char)s.s[at + 1] < 0x80 && s.s[at + 2] != '\'')
		return at + 1;
	return string_end(s, at + 1, quote, lang == CODE_RUST && c == '"');
}

static bool quotes(enum code_lang lang, char c)
{
	return c == '"' || c == '\'' || (c == '`' && (lang == CODE_GO || lang == CODE_JS));
}

/* What begins at s, which is not empty, and how long it is. */
static enum kind token(enum code_lang lang, struct str s, size_t *n)
{
	char c = s.s[0];
	size_t raw;

	*n = 1;
	if (c == '\n')
		return NEWLINE;
	if (is_blank(c))
		return SPACE;
	if (lang == CODE_PYTHON ? c == '#' : str_starts(s, STR("//"))) {
		ptrdiff_t end = str_chr(s, '\n');

		*n = end < 0 ? s.n : (size_t)end;
		return COMMENT;
	}
	if (lang != CODE_PYTHON && str_starts(s, STR("/*"))) {
		*n = past(s, 2, STR("*/"));
		return COMMENT;
	}
	raw = raw_end(lang, s);
	if (raw) {
		*n = raw;
		return STRING;
	}
	if (quotes(lang, c)) {
		*n = quoted_end(lang, s, 0);
		return *n > 1 ? STRING : MARK;
	}
	if (name_start(c) || (c == '$' && lang == CODE_JS)) {
		while (*n < s.n && (name_start(s.s[*n]) || is_digit(s.s[*n]) || (s.s[*n] == '$' && lang == CODE_JS)))
			++*n;
		/* r"", b'', f""": a prefix is part of the string */
		if (*n <= 2 && *n < s.n && lang == CODE_PYTHON && quotes(lang, s.s[*n])) {
			*n = quoted_end(lang, s, *n);
			return STRING;
		}
		return NAME;
	}
	if (is_digit(c)) {
		while (*n < s.n && (name_start(s.s[*n]) || is_digit(s.s[*n]) || s.s[*n] == '.'))
			++*n;
		return NUMBER;
	}
	return MARK;
}

static bool wordy(enum kind k)
{
	return k == NAME || k == NUMBER;
}

/* A string that is a statement by itself. */
static bool docstring(struct str rest, int depth, bool first)
{
	size_t i = 0;

	while (i < rest.n && (rest.s[i] == ' ' || rest.s[i] == '\t' || rest.s[i] == '\r'))
		i++;
	return first && depth == 0 && (i == rest.n || rest.s[i] == '\n' || rest.s[i] == '#' || rest.s[i] == ';');
}

/* A text on its way to being bare. */
struct strip {
	enum code_lang lang;
	struct str rest;
	struct str indent; /* blanks that the line began with */
	bool first;        /* nothing of the line but blanks yet */
	enum kind last;    /* of what was given */
	int depth;         /* of brackets: inside them a line of Python goes on */
	struct str part[2]; /* what the last token is to give: blanks, itself */
};

static struct strip strip_begin(enum code_lang lang, struct str text)
{
	return (struct strip){ .lang = lang, .rest = text, .indent = { text.s, 0 }, .first = true, .last = MARK };
}

/* One token further; part holds what stays of it, which may be nothing. False at the end. */
static bool strip_next(struct strip *w)
{
	bool python = w->lang == CODE_PYTHON;
	enum kind k;
	struct str it;
	size_t n;

	w->part[0] = w->part[1] = STR("");
	if (!w->rest.n)
		return false;
	k = token(w->lang, w->rest, &n);
	it = str_sub(w->rest, 0, n);
	w->rest = str_from(w->rest, n);
	if (k == NEWLINE) {
		if (python && !w->first && w->depth == 0)
			w->part[1] = STR("\n");
		w->first = w->first || w->depth == 0;
		w->indent = (struct str){ w->rest.s, 0 };
	} else if (k == SPACE) {
		w->indent.n += w->first;
	} else if (k != COMMENT && !(python && k == STRING && docstring(w->rest, w->depth, w->first))) {
		w->part[0] = python && w->first && w->depth == 0 ? w->indent : wordy(k) && wordy(w->last) ? STR(" ") : STR("");
		w->part[1] = it;
		if (k == MARK)
			w->depth += (it.s[0] == '(' || it.s[0] == '[' || it.s[0] == '{') - (it.s[0] == ')' || it.s[0] == ']' || it.s[0] == '}');
		w->depth = w->depth < 0 ? 0 : w->depth;
		w->first = false;
		w->last = k;
	}
	return true;
}

void code_strip(enum code_lang lang, struct str text, struct buf *out)
{
	struct strip w = strip_begin(lang, text);

	while (strip_next(&w)) {
		buf_add(out, w.part[0]);
		buf_add(out, w.part[1]);
	}
}

/* What of the bare text is to come next, up to where a token ends; "" at the end. */
static struct str strip_ahead(struct strip *w)
{
	while (!w->part[0].n && !w->part[1].n && strip_next(w))
		continue;
	return w->part[0].n ? w->part[0] : w->part[1];
}

static void strip_skip(struct strip *w, size_t n)
{
	struct str *part = &w->part[!w->part[0].n];

	*part = str_from(*part, n);
}

bool code_same(enum code_lang lang, struct str a, struct str b)
{
	struct strip x = strip_begin(lang, a), y, at = x;
	size_t common = 0, most = a.n < b.n ? a.n : b.n, n;
	struct str p, q;

	while (most - common >= 64 && memcmp(a.s + common, b.s + common, 64) == 0)
		common += 64;
	while (common < most && a.s[common] == b.s[common])
		common++;
	/* what both begin with is read once, up to a token that ends two lines before they part: to see what it is, one may be looked into */
	while (common && a.s[common - 1] != '\n')
		common--;
	while (common > 1 && a.s[common - 2] != '\n')
		common--;
	while ((size_t)(x.rest.s - a.s) < common && strip_next(&x))
		if ((size_t)(x.rest.s - a.s) < common)
			at = x;
	at.part[0] = at.part[1] = STR("");
	x = y = at;
	y.rest = str_from(b, (size_t)(at.rest.s - a.s));
	y.indent.s = b.s + (at.indent.s - a.s);
	while ((p = strip_ahead(&x)).n && (q = strip_ahead(&y)).n) {
		n = p.n < q.n ? p.n : q.n;
		if (memcmp(p.s, q.s, n) != 0)
			return false;
		strip_skip(&x, n);
		strip_skip(&y, n);
	}
	return !strip_ahead(&x).n && !strip_ahead(&y).n;
}

/* ---- names */

static const char *const words_c[] = {
	"NULL", "alignof", "assert", "auto", "bool", "break", "case", "char", "const", "continue", "default", "define", "defined", "do", "double",
	"else", "endif", "enum", "extern", "false", "float", "for", "free", "goto", "if", "ifdef", "ifndef", "include", "inline", "int", "int16_t",
	"int32_t", "int64_t", "int8_t", "long", "main", "malloc", "memcmp", "memcpy", "memset", "pragma", "printf", "register", "restrict", "return",
	"short", "signed", "size_t", "sizeof", "static", "strcmp", "strlen", "struct", "switch", "true", "typedef", "uint16_t", "uint32_t", "uint64_t",
	"uint8_t", "undef", "union", "unsigned", "void", "volatile", "while",
};
static const char *const words_cpp[] = {
	"auto", "bool", "break", "case", "catch", "char", "class", "const", "constexpr", "continue", "default", "define", "delete", "do", "double",
	"else", "endif", "enum", "explicit", "extern", "false", "float", "for", "friend", "if", "ifdef", "ifndef", "include", "inline", "int", "long",
	"namespace", "new", "noexcept", "nullptr", "operator", "override", "private", "protected", "public", "return", "short", "signed", "size_t",
	"sizeof", "static", "std", "string", "struct", "switch", "template", "this", "throw", "true", "try", "typedef", "typename", "union", "unsigned",
	"using", "vector", "virtual", "void", "volatile", "while",
};
static const char *const words_python[] = {
	"Exception", "False", "KeyError", "None", "True", "TypeError", "ValueError", "and", "as", "assert", "async", "await", "bool", "break", "bytes",
	"class", "cls", "continue", "def", "del", "dict", "elif", "else", "except", "finally", "float", "for", "from", "getattr", "global", "hasattr",
	"if", "import", "in", "int", "is", "isinstance", "lambda", "len", "list", "next", "nonlocal", "not", "object", "open", "or", "pass", "print",
	"property", "raise", "range", "repr", "return", "self", "set", "sorted", "str", "sum", "super", "try", "tuple", "type", "while", "with", "yield",
	"zip",
};
static const char *const words_go[] = {
	"append", "bool", "break", "byte", "case", "chan", "const", "continue", "default", "defer", "else", "err", "error", "fallthrough", "false",
	"float64", "for", "func", "go", "goto", "if", "import", "int", "int64", "interface", "len", "make", "map", "new", "nil", "package", "panic",
	"range", "return", "select", "string", "struct", "switch", "true", "type", "uint64", "var",
};
static const char *const words_rust[] = {
	"Err", "None", "Ok", "Option", "Result", "Self", "Some", "String", "Vec", "as", "async", "await", "bool", "break", "const", "continue", "crate",
	"else", "enum", "extern", "false", "fn", "for", "i32", "i64", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
	"return", "self", "static", "str", "struct", "super", "trait", "true", "type", "u32", "u64", "u8", "unsafe", "unwrap", "use", "usize", "where",
	"while",
};
static const char *const words_js[] = {
	"Array", "Object", "Promise", "async", "await", "boolean", "break", "case", "catch", "class", "const", "continue", "default", "delete", "do",
	"else", "export", "extends", "false", "finally", "for", "from", "function", "if", "import", "in", "instanceof", "interface", "let", "module",
	"new", "null", "number", "of", "require", "return", "static", "string", "super", "switch", "this", "throw", "true", "try", "type", "typeof",
	"undefined", "var", "void", "while", "yield",
};

static const struct {
	const char *const *at;
	size_t n;
} keywords[CODE_LANGS] = {
#define WORDS(lang, list) [lang] = { list, COUNT(list) }
	WORDS(CODE_C, words_c), WORDS(CODE_CPP, words_cpp), WORDS(CODE_PYTHON, words_python), WORDS(CODE_GO, words_go), WORDS(CODE_RUST, words_rust),
	WORDS(CODE_JS, words_js),
#undef WORDS
};

static int word_cmp(const void *key, const void *at)
{
	return str_cmp(*(const struct str *)key, str_of(*(const char *const *)at));
}

bool code_is_keyword(enum code_lang lang, struct str name)
{
	return keywords[lang].n && bsearch(&name, keywords[lang].at, keywords[lang].n, sizeof(char *), word_cmp);
}

struct code_names code_names(enum code_lang lang, struct str text)
{
	return (struct code_names){ .lang = lang, .rest = text };
}

bool code_name(struct code_names *it, struct str *name)
{
	char before = 0;
	size_t n;

	while (it->rest.n) {
		enum kind k = token(it->lang, it->rest, &n);
		struct str s = str_sub(it->rest, 0, n);

		it->rest = str_from(it->rest, n);
		if (k == NAME && (it->keywords || !code_is_keyword(it->lang, s))) {
			it->before = before;
			*name = s;
			return true;
		}
		if (k != SPACE && k != NEWLINE && k != COMMENT)
			before = s.s[n - 1];
	}
	return false;
}

static int class_of(char c)
{
	return c >= 'a' && c <= 'z' ? 1 : c >= 'A' && c <= 'Z' ? 2 : is_digit(c) ? 3 : (unsigned char)c >= 0x80 ? 1 : 0;
}

bool code_word(struct str *name, struct str *word)
{
	size_t from = 0, to;

	while (from < name->n && class_of(name->s[from]) == 0)
		from++;
	if (from == name->n)
		return false;
	for (to = from + 1; to < name->n; to++) {
		int a = class_of(name->s[to - 1]), b = class_of(name->s[to]);

		/* fooBar parts before B, HTTPHeader before the H of Header */
		if (a != b && !(a == 2 && b == 1 && to == from + 1))
			break;
		if (a == 2 && b == 2 && to + 1 < name->n && class_of(name->s[to + 1]) == 1)
			break;
	}
	*word = str_sub(*name, from, to);
	*name = str_from(*name, to);
	return true;
}
