/* undress.c - takes off what people put around an answer and what no puzzle asks for: ticks, tags of HTML, a reason; see extract.h. */
#include "verifiers/extract.h"
#include "verifiers/hunt.h"
#include "verifiers/lines.h"
#include "verifiers/text.h"

enum {
	ASIDE_MAX = 80, /* bytes of "(as computed above)" */
	LAYERS = 8,
};

/* Signs that are no part of any answer. */
static const struct str signs[] = {
	STR("\xE2\x9C\x93"), STR("\xE2\x9C\x94"), STR("\xE2\x9C\x85"), STR("\xE2\x98\x91"), /* ticks: U+2713 U+2714 U+2705 U+2611 */
	STR("\xF0\x9F\x8E\x89"), STR("\xF0\x9F\x91\x8D"), STR("\xF0\x9F\x98\x8A"), STR("\xF0\x9F\x8E\xAF"), /* U+1F389 U+1F44D U+1F60A U+1F3AF */
	STR("\xEF\xB8\x8F"),  /* U+FE0F, which makes a picture of the sign before it */
	STR("\xE2\x80\xA6"),  /* U+2026 */
	STR("\\."), STR("\\"), STR("[answer]"), STR("[/answer]"), STR("[/ANSWER]"),
	STR("exactly "), STR("simply "), STR("therefore "),
};

/* What points at an answer, where the answer cannot be read with it. */
static const struct str heads[] = {
	STR("-->"), STR("->"), STR("==>"), STR("=>"), STR(">>>"), STR("="), STR(":"), STR("\xEF\xBC\x9A"),
	STR("\xE2\x86\x92"), STR("\xE2\x87\x92"), STR("\xE2\x9F\xB9"), STR("\xE2\x88\xB4"), /* U+2192 U+21D2 U+27F9 U+2234 */
	STR("#### "), STR("### "), STR("## "), STR("# "), STR("equal to "), STR("clearly "), STR("indeed "), STR("just "),
	STR("so "), STR("So "), STR("so, "), STR("So, "), STR("thus "), STR("Thus "), STR("thus, "), STR("Thus, "), STR("then "), STR("Then "), STR("then, "),
	STR("hence "), STR("Hence "), STR("hence, "), STR("Hence, "), STR("Therefore "), STR("therefore, "), STR("Therefore, "),
	STR("So:"), STR("Thus:"), STR("Hence:"), STR("Therefore:"), STR("Final:"),
};

static const struct str tails[] = {
	STR(","), STR(";"), STR(":"), STR(":)"), STR(":-)"), STR("\xEF\xBC\x8C"), STR("\xEF\xBC\x9B"), STR("\xEF\xBC\x81"), /* U+FF0C U+FF1B U+FF01 */
};

/* A sentence's end that gives the reason: what the answer is stands before it. */
static const struct str reasons[] = {
	STR(" because "), STR(", because "), STR(" since "), STR(", since "),
	STR("\xEF\xBC\x8C\xE5\x9B\xA0\xE4\xB8\xBA"), STR("\xEF\xBC\x8C\xE7\x94\xB1\xE4\xBA\x8E"), /* U+FF0C, yinwei, youyu */
};

/* Ends of a sentence that say nothing about the answer. */
static const struct str partings[] = {
	STR(", hope that helps"), STR(", hope this helps"), STR(", I hope it is correct"), STR(", as required"), STR(", as desired"),
	STR(" as required"), STR(" as desired"), STR(", done"), STR(" \xE2\x80\x94 done"), STR(" - done"), STR(" :)"), STR(" :-)"),
};

/* Length of the tag of HTML that s begins with, 0 for none; one that is made for looks alone. */
static size_t tag_head(struct str s)
{
	static const char *const names[] = { "p", "b", "i", "u", "em", "strong", "br", "span", "div", "code", "pre", "center", "font", "h1", "h2", "h3", "big", "mark" };
	size_t i = 1 + (s.n > 1 && s.s[1] == '/'), n = 0, end;

	if (s.n < 3 || s.s[0] != '<')
		return 0;
	while (i + n < s.n && n < 8 && ((to_lower(s.s[i + n]) >= 'a' && to_lower(s.s[i + n]) <= 'z') || (n && s.s[i + n] >= '0' && s.s[i + n] <= '9')))
		n++;
	for (size_t k = 0; k < COUNT(names); k++)
		if (strlen(names[k]) == n && word_at(s, i, names[k])) {
			end = next_byte(str_sub(s, 0, s.n < 200 ? s.n : 200), i + n, '>');
			return end < s.n && s.s[end] == '>' && (end == i + n || s.s[i + n] == ' ' || s.s[i + n] == '/') ? end + 1 : 0;
		}
	return 0;
}

static bool off_head(struct str *s, struct str head)
{
	if (s->n <= head.n || !(head.s[0] == '[' ? word_at(*s, 0, head.s) : str_starts(*s, head)))
		return false;
	*s = str_from(*s, head.n);
	return true;
}

static bool off_tail(struct str *s, struct str tail)
{
	if (s->n <= tail.n || !str_ends(*s, tail))
		return false;
	s->n -= tail.n;
	return true;
}

static bool off_signs(struct str *s)
{
	size_t n = tag_head(*s), open;

	if (n && n < s->n) {
		*s = str_from(*s, n);
		return true;
	}
	if (s->n && s->s[s->n - 1] == '>') {
		for (open = s->n - 1; open > 0 && s->s[open] != '<' && s->n - open < 200; open--)
			;
		if (open && tag_head(str_from(*s, open)) == s->n - open) {
			s->n = open;
			return true;
		}
	}
	for (size_t i = 0; i < COUNT(signs); i++)
		if (off_tail(s, signs[i]) || (signs[i].n > 2 && off_head(s, signs[i])))
			return true;
	return false;
}

/* {"result": 42}: an object of one member, whose name is another word for an answer. */
static bool off_object(struct str *s)
{
	static const struct str names[] = {
		STR("result"), STR("solution"), STR("output"), STR("value"), STR("final_answer"), STR("final answer"), STR("finalAnswer"),
		STR("answer"), STR("Answer"), STR("Result"), STR("Solution"), STR("Final Answer"), STR("answers"), STR("list"), STR("items"), STR("words"),
		STR("sorted"), STR("sorted_words"), STR("order"),
	};
	struct str in = str_trim(str_sub(*s, 1, s->n ? s->n - 1 : 0)), name;
	ptrdiff_t end;

	if (s->n < 8 || s->s[0] != '{' || s->s[s->n - 1] != '}' || !in.n || (in.s[0] != '"' && in.s[0] != '\''))
		return false;
	end = str_chr(str_from(in, 1), in.s[0]);
	if (end < 0)
		return false;
	name = str_sub(in, 1, (size_t)end + 1);
	in = str_trim(str_from(in, (size_t)end + 2));
	if (!in.n || in.s[0] != ':')
		return false;
	in = str_trim(str_from(in, 1));
	if (in.n > 1 && (in.s[0] == '"' || in.s[0] == '\'') && str_chr(str_from(in, 1), in.s[0]) == (ptrdiff_t)in.n - 2 && str_chr(in, '\\') < 0)
		in = str_sub(in, 1, in.n - 1);
	for (size_t i = 0; i < COUNT(names); i++)
		if (in.n && str_eq(name, names[i])) {
			*s = in;
			return true;
		}
	return false;
}

/* "The words in order are: ": few words, the last of which leads up to what comes. */
static bool off_title(struct str *s)
{
	static const struct str lasts[] = {
		STR("is"), STR("are"), STR("list"), STR("order"), STR("follows"), STR("be"), STR("answer"), STR("solution"), STR("result"), STR("answers"),
	};
	ptrdiff_t colon = str_chr(*s, ':');
	struct str head, word, last = STR("");
	int words = 0;

	if (colon <= 0 || colon > ASIDE_MAX || (size_t)colon + 1 >= s->n)
		return false;
	head = str_sub(*s, 0, (size_t)colon);
	if (text_denies(head) || text_hedges(head))
		return false;
	for (; str_word(&head, &word); words++) {
		for (size_t i = 0; i < word.n; i++)
			if (to_lower(word.s[i]) < 'a' || to_lower(word.s[i]) > 'z')
				return false;
		last = word;
	}
	for (size_t i = 0; i < COUNT(lasts); i++)
		if (words > 1 && str_ieq(last, lasts[i])) {
			*s = str_from(*s, (size_t)colon + 1);
			return true;
		}
	return false;
}

/* Does a Chinese text say that the answer was checked? Then what its commas part is no list. */
static bool says_checked(struct str s)
{
	static const struct str checks[] = { STR("检验"), STR("验证"), STR("验算"), STR("核对"), STR("检查"), STR("满足"), STR("符合") };

	for (size_t i = 0; i < COUNT(checks); i++)
		if (str_find(s, checks[i]) >= 0)
			return true;
	return false;
}

/* Is it an ordinary word, rather than a name in capitals, a letter that stands for something, a cell of a board? */
static bool is_plain_word(struct str word)
{
	int capitals = 0;

	for (size_t i = 0; i < word.n; i++) {
		if (!is_letter(word.s[i]) && word.s[i] != '\'' && word.s[i] != '-' && (unsigned char)word.s[i] < 0x80)
			return false;
		capitals += word.s[i] >= 'A' && word.s[i] <= 'Z';
	}
	return capitals < 2 && (capitals < 1 || word.n > 1 || word.s[0] == 'I');
}

/*
 * Does s only say words, two at least, and neither deny what stands before it, nor offer another or more, nor say how else it is to be read?
 * plain: it stands in brackets, holds no signs or numbers, and small words tell it from a list of answers; else it is a reason.
 */
static bool aside(struct str s, bool plain)
{
	static const struct str others[] = {
		STR("or"), STR("but"), STR("rather"), STR("instead"), STR("maybe"), STR("actually"), STR("answer"), STR("perhaps"), STR("possibly"),
		STR("too"), STR("also"), STR("alternatively"), STR("swapped"), STR("well"),
	};
	static const struct str ways[] = { STR("reverse"), STR("reversed"), STR("backwards"), STR("left"), STR("bottom"), STR("zero") };
	static const struct str more[] = { STR("and"), STR("plus"), STR("with"), STR("including"), STR("except"), STR("without") };
	static const struct str small[] = {
		STR("a"), STR("above"), STR("all"), STR("are"), STR("as"), STR("at"), STR("been"), STR("by"), STR("each"), STR("every"), STR("exactly"), STR("for"),
		STR("from"), STR("has"), STR("have"), STR("here"), STR("in"), STR("is"), STR("it"), STR("of"), STR("on"), STR("only"), STR("see"),
		STR("so"), STR("that"), STR("the"), STR("then"), STR("there"), STR("they"), STR("this"), STR("to"), STR("was"), STR("we"), STR("were"), STR("which"),
	};
	/* he, yu, huo, ji, jia, hai, ye, ling, U+3001, U+FF0C, fan, dao, lie, hang */
	static const struct str signs_more[] = {
		STR("\xE5\x92\x8C"), STR("\xE4\xB8\x8E"), STR("\xE6\x88\x96"), STR("\xE5\x8F\x8A"), STR("\xE5\x8A\xA0"), STR("\xE8\xBF\x98"), STR("\xE4\xB9\x9F"),
		STR("\xE5\x8F\xA6"), STR("\xE3\x80\x81"), STR("\xEF\xBC\x8C"), STR("\xE5\x8F\x8D"), STR("\xE5\x80\x92"), STR("\xE5\x88\x97"), STR("\xE8\xA1\x8C"),
	};
	struct str rest = s, word;
	int words = 0, smalls = 0;

	if (text_denies(s) || takes_back(s))
		return false;
	while (str_word(&rest, &word)) {
		while (word.n && str_chr(STR(",.;:!"), word.s[word.n - 1]) >= 0) {
			if (plain && word.s[word.n - 1] == ':')
				return false;
			word.n--;
		}
		if (text_among(word, others, COUNT(others)) || (!words++ && text_among(word, more, COUNT(more))) ||
		    (plain && (!is_plain_word(word) || text_among(word, ways, COUNT(ways)))))
			return false;
		smalls += text_among(word, small, COUNT(small)) || (word.n > 4 && (str_ends(word, STR("ed")) || str_ends(word, STR("ly"))));
		if (plain && str_ieq(word, STR("order")) && str_trim(rest).n) /* "in the order Ann, Bob" */
			return false;
	}
	if (s.n && (unsigned char)s.s[0] >= 0x80) {
		for (size_t i = 0; i < COUNT(signs_more); i++)
			if (str_find(s, signs_more[i]) >= 0 && !(str_is(signs_more[i], "，") && says_checked(s)))
				return false;
		return true;
	}
	return plain ? words > 1 && smalls : words > 1 || str_chr(s, '=') >= 0;
}

bool is_remark(struct str s)
{
	static const struct str words[] = {
		STR("done"), STR("verified"), STR("checked"), STR("correct"), STR("ok"), STR("qed"), STR("finished"), STR("explanation"), STR("reasoning"), STR("note"),
	};

	s = text_strip(s);
	while (s.n && str_chr(STR(":.!"), s.s[s.n - 1]) >= 0)
		s.n--;
	return !s.n || text_among(s, words, COUNT(words)) || aside(s, true);
}

/* "42 (as computed above)": words without a number. */
static bool off_aside(struct str *s)
{
	static const struct str wide[] = { STR("\xEF\xBC\x88"), STR("\xEF\xBC\x89") }; /* U+FF08 U+FF09 */
	struct str open = str_ends(*s, wide[1]) ? wide[0] : str_ends(*s, STR(")")) ? STR(" (") : STR("");
	size_t shut = open.n == wide[0].n ? wide[1].n : 1, at;

	if (!open.n || s->n < open.n + shut + 1)
		return false;
	for (at = s->n - shut - open.n; at > 0 && !str_starts(str_from(*s, at), open); at--)
		if (s->n - at > ASIDE_MAX)
			return false;
	if (!at || !aside(str_sub(*s, at + open.n, s->n - shut), true))
		return false;
	s->n = at;
	return true;
}

/* The stop of a sentence; behind a digit it might be a decimal point or a factorial, which is for the rule to tell. */
static bool off_stop(struct str *s)
{
	static const struct str stops[] = { STR("."), STR("!"), STR("\xE3\x80\x82"), STR("\xEF\xBC\x81") }; /* U+3002 U+FF01 */

	for (size_t i = 0; i < COUNT(stops); i++) {
		struct str left = *s;

		if (off_tail(&left, stops[i]) && str_chr(stops[i].s[0] == '!' ? STR("0123456789.)") : STR("0123456789."), left.s[left.n - 1]) < 0) {
			*s = left;
			return true;
		}
	}
	return false;
}

/* Does a list go on below the line that s begins in? Then a reason in it is one item's. */
static bool list_below(struct str s)
{
	struct str line;
	int at = 0;

	str_split(&s, '\n', &line);
	line = str_trim(str_sub(s, 0, next_byte(s, 0, '\n')));
	for (size_t i = 0; i < line.n && i < 3 && is_digit((unsigned char)line.s[i]); i++)
		at = 10 * at + (line.s[i] - '0');
	return item_bullet(line, at) > 0;
}

bool undress_reason(struct str *s)
{
	ptrdiff_t first = -1;

	if (s->n > DRESSED_MAX)
		return false;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		ptrdiff_t at = str_find(*s, reasons[i]);

		if (at > 0 && (first < 0 || at < first) && aside(str_from(*s, (size_t)at + reasons[i].n), false))
			first = at;
	}
	if (first < 0 || list_below(str_from(*s, (size_t)first)))
		return false;
	s->n = (size_t)first;
	return true;
}

/* "42, which was checked" in Chinese: a last clause that says so, and no number. */
static bool off_checked(struct str *s)
{
	ptrdiff_t at = !s->n || (unsigned char)s->s[s->n - 1] < 0x80 ? -1 : str_rfind(*s, STR("，"));
	struct str tail;

	if (at <= 0)
		return false;
	tail = str_from(*s, (size_t)at + 3);
	if (tail.n > ASIDE_MAX || !says_checked(tail) || !aside(tail, true))
		return false;
	for (size_t i = 0; i < tail.n; i++)
		if (tail.s[i] >= '0' && tail.s[i] <= '9')
			return false;
	s->n = (size_t)at;
	return true;
}

/* The quotation marks of a Chinese text. */
static bool off_quotes(struct str *s)
{
	struct str in = *s;

	if (s->n < 7 || ((unsigned char)s->s[0] != 0xE3 && (unsigned char)s->s[0] != 0xE2))
		return false;
	in = text_strip(*s);
	if (in.n == s->n || in.s == s->s)
		return false;
	*s = in;
	return true;
}

struct str undress(struct str s, bool unread)
{
	bool more = s.n <= DRESSED_MAX;

	for (int layer = 0; layer < LAYERS && more; layer++) {
		s = str_trim(s);
		more = off_stop(&s) || off_signs(&s) || off_quotes(&s) || off_object(&s) || off_aside(&s) || off_checked(&s) || undress_reason(&s);
		for (size_t i = 0; i < COUNT(partings) && !more; i++)
			more = off_tail(&s, partings[i]);
		more = more || (unread && off_title(&s));
		for (size_t i = 0; i < COUNT(heads) && unread && !more; i++)
			more = off_head(&s, heads[i]);
		for (size_t i = 0; i < COUNT(tails) && unread && !more; i++)
			more = off_tail(&s, tails[i]);
	}
	return s;
}

/* Length of what begins an item, in whose place a line may end: tags of lists, \item, circled numbers, 1 in a key; 0 for none. */
static size_t item_mark(struct str s)
{
	static const struct str marks[] = {
		STR("<br>"), STR("<br/>"), STR("<br />"), STR("<li>"), STR("</li>"), STR("<ol>"), STR("</ol>"), STR("<ul>"), STR("</ul>"), STR("\\item"),
		STR("\\begin{enumerate}"), STR("\\end{enumerate}"), STR("\\begin{itemize}"), STR("\\end{itemize}"),
	};

	if (s.s[0] == '<' || s.s[0] == '\\') {
		for (size_t i = 0; i < COUNT(marks); i++)
			if (str_starts(s, marks[i]))
				return marks[i].n;
	} else if ((unsigned char)s.s[0] == 0xE2) { /* U+2460 .. U+2473 */
		return s.n > 2 && (unsigned char)s.s[1] == 0x91 && (unsigned char)s.s[2] >= 0xA0 && (unsigned char)s.s[2] <= 0xB3 ? 3 : 0;
	} else if (s.s[0] >= '0' && s.s[0] <= '9') {
		return str_starts(str_from(s, 1), STR("\xEF\xB8\x8F\xE2\x83\xA3")) ? 7 : 0; /* U+FE0F U+20E3 */
	}
	return 0;
}

/* Do all lines, two at least, begin with a list's bullets? */
static bool bulleted(struct str s)
{
	struct str line;
	int lines = 0;

	while (str_split(&s, '\n', &line))
		if ((line = str_trim(line)).n && !item_bullet(line, ++lines))
			return false;
	return lines > 1;
}

/* Bytes of "(0, 3)" at the start of s; 0: it begins otherwise. */
static size_t cell_head(struct str s)
{
	struct str rest = s;

	if (!str_eat(&rest, STR("(")) || str_eat_number(&rest, 999) < 0 || !str_eat(&rest, STR(",")))
		return 0;
	str_eat(&rest, STR(" "));
	return str_eat_number(&rest, 999) >= 0 && str_eat(&rest, STR(")")) ? (size_t)(rest.s - s.s) : 0;
}

/* Bytes of the cell that a line begins with, and behind which it says no more than why: "(0, 3): the 1 at (0, 2) needs it"; 0: it is no such line. */
static size_t reasoned_cell(struct str line)
{
	static const struct str links[] = { STR(":"), STR(" -"), STR(" –"), STR(" —"), STR(" because "), STR(", because "), STR(" since "), STR(", since "), STR(" must be ") };
	static const char *const points[] = { "at", "of", "by", "near", "from", "in", "touching", "cell", "number", "clue" };
	static const char *const otherwise[] = { "safe", "clear", "empty", "free", "also", "other", "another" };
	size_t n = cell_head(line), i = 0;
	struct str why = str_from(line, n), word;

	if (!n || n == line.n)
		return n;
	while (i < COUNT(links) && !str_starts(why, links[i]))
		i++;
	if (i == COUNT(links) || text_denies(why) || text_hedges(why) || takes_back(why))
		return 0;
	for (i = 0; i < why.n; i++) {
		struct str before = str_sub(why, 0, i);

		if (!is_letter(why.s[i]) && i && is_letter(why.s[i - 1]) && (word = last_word(&before), ONE_OF(word, otherwise)))
			return 0;
		before = str_sub(why, 0, i);
		if (cell_head(str_from(why, i)) && (word = last_word(&before), !ONE_OF(word, points)))
			return 0;
	}
	word = last_word(&why);
	return ONE_OF(word, otherwise) ? 0 : n;
}

/* Does a reason stand behind a cell in some lines, and nothing else in any? */
static bool with_reasons(struct str s)
{
	struct str line;
	bool any = false;
	int lines = 0;

	while (str_split(&s, '\n', &line)) {
		size_t n;

		if (!(line = str_trim(line)).n)
			continue;
		line = str_from(line, item_bullet(line, ++lines));
		n = reasoned_cell(line);
		if (!n)
			return false;
		any |= n < line.n;
	}
	return any;
}

bool undress_list(struct str s, char *room, struct str *ret)
{
	struct str rest, line;
	bool marks = false, told;
	size_t n = 0;
	int lines = 0;

	if (s.n > DRESSED_MAX)
		return false;
	for (size_t i = 0, mark; i < s.n; i += mark ? mark : 1) {
		mark = item_mark(str_from(s, i));
		marks |= mark > 0;
		room[n++] = mark ? '\n' : s.s[i];
	}
	*ret = str_trim((struct str){ room, n });
	if (!bulleted(*ret))
		return marks;
	rest = *ret;
	told = with_reasons(rest);
	for (n = 0; str_split(&rest, '\n', &line);) {
		line = str_trim(line);
		if (!line.n)
			continue;
		line = str_from(line, item_bullet(line, ++lines));
		line.n = told ? reasoned_cell(line) : line.n;
		memmove(room + n, line.s, line.n); /* what is written never overtakes what is read */
		n += line.n;
		room[n++] = '\n';
	}
	*ret = (struct str){ room, n - 1 };
	return true;
}

/* How often a cross stands in s, and whether it ends in one. A board may be made of crosses, but not of one that ends it. */
static int crosses(struct str s, bool *last)
{
	static const struct str marks[] = { STR("\xE2\x9C\x97"), STR("\xE2\x9C\x98"), STR("\xE2\x9D\x8C"), STR("\xE2\x9D\x8E") }; /* U+2717 U+2718 U+274C U+274E */
	int n = 0;

	*last = false;
	for (size_t k = 0; k < COUNT(marks); k++) {
		*last |= str_ends(s, marks[k]);
		for (ptrdiff_t at; (at = str_find(s, marks[k])) >= 0; n++)
			s = str_from(s, (size_t)at + marks[k].n);
	}
	return n;
}

bool struck_out(struct str s)
{
	static const char *const tags[] = { "<s>", "<del>", "<strike>" };
	bool last;

	if (s.n < 3 || s.n > DRESSED_MAX)
		return false;
	s = str_trim(s);
	for (size_t i = next_byte(s, 0, '<'); i < s.n; i = next_byte(s, i + 1, '<'))
		for (size_t k = 0; k < COUNT(tags); k++)
			if (word_at(s, i, tags[k]))
				return true;
	if (s.n > 4 && s.s[0] == '~' && s.s[1] == '~' && s.s[2] != '~' && s.s[s.n - 3] != '~' && str_ends(s, STR("~~")))
		return true;
	if ((unsigned char)s.s[s.n - 1] < 0x80)
		return false;
	return crosses(s, &last) == 1 && last && str_find(s, signs[0]) < 0 && str_find(s, signs[1]) < 0;
}
