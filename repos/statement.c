/* statement.c - what a text is worth as a statement, by rules, and which of a task's texts is taken. See statement.h. */
#include "repos/statement.h"
#include "repos/statement_inside.h"

#include <stdlib.h>

const char *statement_source_name(enum statement_source s)
{
	static const char *const name[] = { "", "issue", "message", "sampler", "template" };

	return name[s];
}

const char *statement_flag_name(int bit)
{
	static const char *const name[STATEMENT_FLAGS] = { "short", "vague", "reference", "leak", "tests", "link", "image", "sha", "long" };

	return name[bit];
}

void statement_release(struct statement *s)
{
	buf_release(&s->text);
	arena_release(&s->arena);
	*s = STATEMENT_INIT;
}

/* ---- words, small letters */

static bool word_char(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || (unsigned char)c >= 0x80;
}

bool statement_word(struct str *rest, struct str *word)
{
	size_t from = 0, to;

	while (from < rest->n && !word_char(rest->s[from]))
		from++;
	for (to = from; to < rest->n && word_char(rest->s[to]); to++)
		continue;
	*word = str_sub(*rest, from, to);
	*rest = str_from(*rest, to);
	return word->n > 0;
}

static bool one_of(struct str word, const char *const *list)
{
	for (; *list; list++)
		if (str_ieq(word, str_of(*list)))
			return true;
	return false;
}

/* ---- what the rules look at */

static const char *const symptoms[] = {
	"fail", "fails", "failed", "failing", "failure", "error", "errors", "wrong", "wrongly", "incorrect", "incorrectly", "crash", "crashes", "crashed",
	"raise", "raises", "raised", "raising", "throws", "throw", "exception", "broken", "breaks", "bug", "unexpected", "unexpectedly", "missing",
	"ignored", "ignores", "loses", "lost", "leak", "leaks", "overflow", "hang", "hangs", "invalid", "segfault", "corrupt", "corrupts", "cannot",
	"can't", "doesn", "don", "isn", "regression", "traceback", "never", "undefined", "infinite", "twice", "returned", "instead", "however", "fault", NULL,
};
static const char *const wishes[] = {
	"should", "expected", "expect", "must", "instead", "allow", "allows", "support", "supports", "add", "adds", "now", "make", "makes", "ensure",
	"accept", "accepts", "handle", "handles", "return", "returns", "want", "would", "new", "when", "if", "so", "able", "option", "instead", NULL,
};
/* Messages that say nothing of a problem, when that is about all they say. */
static const char *const vague[] = {
	"wip", "fix", "fixes", "fixed", "fixing", "update", "updates", "updated", "merge", "merged", "branch", "typo", "typos", "cleanup", "clean",
	"refactor", "refactoring", "lint", "linting", "pep8", "flake8", "black", "format", "formatting", "style", "bump", "version", "release", "prepare",
	"revert", "test", "tests", "testing", "more", "minor", "misc", "some", "changes", "change", "changelog", "docs", "doc", "review", "comments",
	"address", "feedback", "stuff", "things", "work", "works", "code", "coverage", "ci", "build", "tweak", "tweaks", "improve", "improvements",
	"initial", "commit", "first", "a", "an", "the", "and", "of", "for", "in", "to", "on", "with", "up", "from", "into", "it", "this", "that", "bug",
	"bugs", "issue", "issues", "all", "small", "little", "tidy", "bit", "final", "again", "warnings", "warning", "failing", "broken", NULL,
};

struct counts {
	uint32_t words, symptoms, wishes, plain, names, tests; /* plain: words that vague has not */
	bool code, link, image, sha, reference, diff;
};

static bool is_number(struct str w)
{
	for (size_t i = 0; i < w.n; i++)
		if (w.s[i] < '0' || w.s[i] > '9')
			return false;
	return w.n > 0;
}

/* Of the program: an underscore or a capital in the middle, with small letters beside it. */
static bool is_name(struct str w)
{
	bool lower = false;

	for (size_t i = 0; i < w.n; i++) {
		if (i && i + 1 < w.n && w.s[i] == '_')
			return true;
		if (lower && w.s[i] >= 'A' && w.s[i] <= 'Z')
			return true;
		lower = w.s[i] >= 'a' && w.s[i] <= 'z';
	}
	return false;
}

static bool is_sha(struct str w)
{
	bool digit = false, letter = false;

	for (size_t i = 0; i < w.n; i++) {
		if (!memchr("0123456789abcdef", w.s[i], 16))
			return false;
		digit |= w.s[i] <= '9';
		letter |= w.s[i] >= 'a';
	}
	return w.n >= 7 && w.n <= OID_HEX && digit && letter;
}

static void count_words(struct str text, struct counts *n)
{
	struct str rest = text, w;
	const char *end = text.s + text.n;

	while (statement_word(&rest, &w)) {
		n->words++;
		n->symptoms += one_of(w, symptoms);
		n->wishes += one_of(w, wishes);
		n->plain += !one_of(w, vague) && !is_number(w) && w.n > 1;
		n->names += is_name(w) || (w.s + w.n + 1 < end && w.s[w.n] == '(' && w.s[w.n + 1] == ')') || (w.s > text.s && w.s[-1] == '`');
		n->tests += str_ieq(w, STR("test")) || str_ieq(w, STR("tests")) || str_ieq(w, STR("testing"));
		n->sha |= is_sha(w);
		n->reference |= is_number(w) && w.s > text.s && w.s[-1] == '#';
	}
}

static void count_lines(struct str text, struct counts *n)
{
	struct str rest = text, line;
	int indented = 0;

	while (str_line(&rest, &line)) {
		indented = line.n > 4 && (str_starts(line, STR("    ")) || line.s[0] == '\t') ? indented + 1 : 0;
		n->code |= indented > 1 || str_starts(line, STR("```")) || str_starts(line, STR(">>> ")) || str_starts(line, STR("Traceback"));
		n->diff |= str_starts(line, STR("diff --git ")) || (str_starts(line, STR("@@ -")) && str_find(line, STR(" @@")) > 0) ||
			   (str_starts(line, STR("--- a/"))) || str_starts(line, STR("+++ b/"));
	}
	n->link |= str_find(text, STR("http://")) >= 0 || str_find(text, STR("https://")) >= 0;
	n->image |= str_find(text, STR("![")) >= 0 || str_find(text, STR("<img")) >= 0;
}

/* ---- the rules: each a sentence about the text, and what it is worth */

struct rule {
	const char *what;
	bool (*holds)(const struct counts *n);
	double weight;
};

static bool some_words(const struct counts *n) { return n->words >= 8; }
static bool enough_words(const struct counts *n) { return n->words >= 20; }
static bool many_words(const struct counts *n) { return n->words >= 40; }
static bool says_symptom(const struct counts *n) { return n->symptoms > 0; }
static bool says_wish(const struct counts *n) { return n->wishes > 0; }
static bool says_name(const struct counts *n) { return n->names > 0; }
static bool shows_code(const struct counts *n) { return n->code; }
static bool mostly_tests(const struct counts *n) { return n->tests * 8 > n->words; }
static bool mostly_vague(const struct counts *n) { return n->plain * 3 < n->words; }

static const struct rule rules[] = {
	{ "eight words", some_words, 0.2 },
	{ "twenty words", enough_words, 0.15 },
	{ "forty words", many_words, 0.1 },
	{ "says what goes wrong", says_symptom, 0.2 },
	{ "says what should be", says_wish, 0.15 },
	{ "names something of the program", says_name, 0.15 },
	{ "shows code or output", shows_code, 0.1 },
	{ "speaks of tests", mostly_tests, -0.2 },
	{ "is made of words that every commit has", mostly_vague, -0.2 },
};

int statement_judge(const struct statement_ask *ask, struct str text, struct statement *s)
{
	struct counts n = { 0 };
	struct str told;

	statement_release(s);
	text = str_trim(text);
	s->flags = text.n > STATEMENT_MAX ? STATEMENT_LONG : 0;
	told = str_sub(text, 0, STATEMENT_MAX);
	while (told.n < text.n && told.n && ((unsigned char)text.s[told.n] & 0xc0) == 0x80)
		told.n--;
	buf_add(&s->text, told);
	count_words(told, &n);
	count_lines(told, &n);
	s->words = n.words;
	s->leaked = leak_lines(ask->c->patch, told);
	s->flags |= n.words < 4 ? STATEMENT_SHORT : 0;
	s->flags |= n.plain < 3 ? STATEMENT_VAGUE : 0;
	s->flags |= n.reference && n.plain < 3 ? STATEMENT_REFERENCE : 0;
	s->flags |= n.diff || s->leaked ? STATEMENT_LEAK : 0;
	s->flags |= mostly_tests(&n) ? STATEMENT_TESTS : 0;
	s->flags |= n.link ? STATEMENT_LINK : 0;
	s->flags |= n.image ? STATEMENT_IMAGE : 0;
	s->flags |= n.sha ? STATEMENT_SHA : 0;
	for (size_t i = 0; i < COUNT(rules); i++)
		s->clarity += rules[i].holds(&n) ? rules[i].weight : 0;
	s->clarity = s->clarity < 0 ? 0 : s->clarity > 1 ? 1 : s->clarity;
	if (s->text.failed || unknown_names(ask, told, s) < 0)
		return ERR_FAIL;
	return 0;
}

static bool good(const struct statement *s)
{
	return !(s->flags & STATEMENT_BARRED) && s->clarity >= STATEMENT_CLEAR;
}

/* ---- messages */

static bool is_trailer(struct str line)
{
	static const char *const heads[] = {
		"signed-off-by:", "co-authored-by:", "reviewed-by:", "acked-by:", "tested-by:", "reported-by:", "suggested-by:", "helped-by:", "change-id:",
		"reviewed-on:", "git-svn-id:", "cc:", "pull-request:", "pr-url:", "(cherry picked from commit", "differential revision:", "refs:", NULL,
	};

	for (const char *const *h = heads; *h; h++)
		if (line.n >= strlen(*h) && str_ieq(str_sub(line, 0, strlen(*h)), str_of(*h)))
			return true;
	return false;
}

/* "Fixes #12", "close #3, #4", "See https://...": a line without a word of its own. */
static bool is_reference(struct str line)
{
	static const char *const verbs[] = { "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved", "see", "also", "ref",
					     "refs", "issue", "issues", "pr", "pull", "request", "and", "gh", "related", "to", "for", "bug", NULL };
	struct str rest = line, w;
	bool number = false;

	while (statement_word(&rest, &w)) {
		if (is_number(w))
			number = true;
		else if (!one_of(w, verbs))
			return false;
	}
	return number;
}

static bool is_merge(struct str line)
{
	return str_starts(line, STR("Merge pull request #")) || str_starts(line, STR("Merge branch ")) || str_starts(line, STR("Merge remote-tracking ")) ||
	       str_starts(line, STR("Merge commit ")) || str_starts(line, STR("Merge tag ")) || str_starts(line, STR("Merge: "));
}

/* The subject's "(#12)" goes too. */
static struct str cut_number(struct str line)
{
	ptrdiff_t at = str_rfind(line, STR("(#"));

	return at > 0 && str_ends(line, STR(")")) ? str_trim(str_sub(line, 0, (size_t)at)) : line;
}

void message_clean(struct str message, struct buf *out)
{
	struct str rest = message, line;
	size_t blanks = 0;
	bool first = true;

	while (str_line(&rest, &line)) {
		struct str bare = str_trim(line);

		if (!bare.n) {
			blanks++;
			continue;
		}
		if (is_trailer(bare) || is_merge(bare) || is_reference(bare))
			continue;
		if (out->n)
			buf_addz(out, blanks ? "\n\n" : "\n");
		buf_add(out, first ? cut_number(bare) : str_sub(line, 0, (size_t)(bare.s + bare.n - line.s)));
		blanks = 0;
		first = false;
	}
}

/* An issue without what its form brings along: comments of HTML, boxes that were ticked. */
static void issue_clean(struct str text, struct buf *out)
{
	struct buf bare = BUF_INIT;
	struct str rest = text, line;

	while (rest.n) {
		ptrdiff_t from = str_find(rest, STR("<!--")), to = from < 0 ? -1 : str_find(str_from(rest, (size_t)from), STR("-->"));

		buf_add(&bare, str_sub(rest, 0, from < 0 ? rest.n : (size_t)from));
		rest = from < 0 || to < 0 ? STR("") : str_from(rest, (size_t)(from + to) + 3);
	}
	rest = buf_str(&bare);
	while (str_line(&rest, &line)) {
		struct str b = str_trim(line);

		if (str_starts(b, STR("- [ ]")) || str_starts(b, STR("- [x]")) || str_starts(b, STR("- [X]")) || is_reference(b))
			continue;
		buf_add(out, line);
		buf_addc(out, '\n');
	}
	out->failed |= bare.failed;
	buf_release(&bare);
}

/* ---- which one */

/* 1: s holds a text that is good enough; 0: not. */
static int try_text(const struct statement_ask *ask, const struct buf *text, enum statement_source source, struct statement *s)
{
	if (text->failed || statement_judge(ask, buf_str(text), s) < 0)
		return ERR_FAIL;
	s->source = source;
	/* the last resort is never clear, however much it says */
	if (source == STATEMENT_TEMPLATE && s->clarity > STATEMENT_CLEAR / 2)
		s->clarity = STATEMENT_CLEAR / 2;
	return good(s);
}

int statement_best(const struct statement_ask *ask, struct statement *s)
{
	struct buf raw = BUF_INIT, text = BUF_INIT;
	int rc = 0;

	if (ask->issues && issues_find(ask->issues, &ask->c->commit, ask->c->message, &raw)) {
		issue_clean(buf_str(&raw), &text);
		rc = raw.failed ? ERR_FAIL : try_text(ask, &text, STATEMENT_ISSUE, s);
	}
	if (rc == 0) {
		buf_reset(&text);
		message_clean(ask->c->message, &text);
		rc = try_text(ask, &text, STATEMENT_MESSAGE, s);
	}
	if (rc == 0) {
		bool leaks = s->flags & STATEMENT_LEAK;

		/* of a message that is not enough the first line may still help */
		buf_reset(&raw);
		buf_add(&raw, leaks || s->flags & STATEMENT_VAGUE ? STR("") : buf_str(&text));
		buf_reset(&text);
		statement_template(ask, buf_str(&raw), &text);
		rc = try_text(ask, &text, STATEMENT_TEMPLATE, s);
	}
	buf_release(&raw);
	buf_release(&text);
	return rc < 0 ? rc : 0;
}

int statement_reply(const struct statement_ask *ask, struct str reply, struct statement *s)
{
	ptrdiff_t end = str_rfind(reply, STR("[/ISSUE]")), from = end < 0 ? -1 : str_rfind(str_sub(reply, 0, (size_t)end), STR("[ISSUE]"));
	struct statement got = STATEMENT_INIT;
	struct buf text = BUF_INIT;
	int rc;

	if (from < 0)
		return 0;
	buf_add(&text, str_sub(reply, (size_t)from + 7, (size_t)end));
	rc = try_text(ask, &text, STATEMENT_SAMPLER, &got);
	if (rc == 1) {
		statement_release(s);
		*s = got;
	} else {
		statement_release(&got);
	}
	buf_release(&text);
	return rc;
}
