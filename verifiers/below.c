/* below.c - what a label's answer is: the rest of its line, a list or an array that goes on, a board's rows, the lines below it; see extract.h. */
#include "verifiers/extract.h"
#include "verifiers/lines.h"
#include "verifiers/text.h"

enum {
	ROWS_MAX = 64,    /* rows of a board, more than any has */
	WORDS_MAX = 60,   /* bytes of a line of a list of words */
	KEYED_MAX = 200,  /* of one "name: value" */
	NAME_MAX = 30,    /* bytes before a part's number, "**House 2**" */
	BLANKS_MAX = 3,   /* lines between two parts */
	TITLE_MORE = 6,   /* bytes behind the name in a part's title: "2:**" */
	ROW_LEAST = 3,    /* cells of a board's row that a blank line may follow */
};

/* Is there only decoration behind a label? A > may be the answer itself, to a puzzle of brackets. */
static bool says_nothing(struct str s)
{
	return skip_decoration(s, 0) == s.n && str_chr(s, '>') < 0;
}

/* Where the list ends whose brackets, as many as *depth, are open before s: behind the last one, or at the end of s. */
static size_t list_end(struct str s, int *depth)
{
	for (size_t i = 0; i < s.n; i++) {
		*depth += s.s[i] == '[' || s.s[i] == '(' || s.s[i] == '{';
		*depth -= s.s[i] == ']' || s.s[i] == ')' || s.s[i] == '}';
		if (*depth <= 0)
			return i + 1;
	}
	return s.n;
}

static bool opens(char c)
{
	return c == '[' || c == '(' || c == '{';
}

/* The start of what s holds: a list in brackets, or that in a call such as np.array([1, */
static size_t list_start(struct str s)
{
	size_t i = skip_decoration(s, 0), name = i;

	while (i < s.n && (is_letter(s.s[i]) || s.s[i] == '.' || s.s[i] == '_'))
		i++;
	return i < s.n && opens(s.s[i]) && (i == name || s.s[i] == '(') ? i : s.n;
}

/* Does s begin a LaTeX array that it does not end, in whatever mathematics it stands: $$, \[, \left[? */
static bool array_begins(struct str s)
{
	static const struct str before[] = { STR("\\["), STR("\\("), STR("\\left"), STR("["), STR("(") };

	if (!s.n || !(s.s[0] == '\\' || decoration[(unsigned char)s.s[0]]))
		return false;
	s = str_from(s, skip_decoration(s, 0));
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		if (str_starts(s, before[i]))
			s = str_from(s, skip_decoration(s, before[i].n));
	return str_starts(s, STR("\\begin{")) && str_find(s, STR("\\end{")) < 0;
}

static void below_begin(struct below *b, int kind, struct str v, struct str s)
{
	b->kind = kind;
	b->begun = true;
	b->number = 0;
	b->start = (size_t)(s.s - v.s);
	b->end = b->start + s.n;
}

/* Does what stands behind a label begin a list or an array that goes on in the next line? Then *b is open for it. */
static bool list_begins(struct below *b, int kind, struct str v, struct str text)
{
	struct str s = str_trim(text);
	char last = s.n ? s.s[s.n - 1] : 0;
	size_t from;

	if (array_begins(s)) {
		b->array = true;
		below_begin(b, kind, v, str_from(s, skip_decoration(s, 0)));
		return true;
	}
	if (!opens(last) && last != ',')
		return false;
	from = list_start(s);
	if (from == s.n)
		return false;
	list_end(str_from(s, from), &b->depth);
	if (b->depth <= 0) {
		b->depth = 0;
		return false;
	}
	below_begin(b, kind, v, str_from(s, skip_decoration(s, 0)));
	return true;
}

/* Is s at its end what it is about to say: a mark closed, or a stop behind its last cell? */
static bool complete(struct str s)
{
	char last = s.n ? s.s[s.n - 1] : 0;

	return (last == '.' && s.n > 1 && s.s[s.n - 2] != ' ' && str_chr(s, ' ') >= 0) || str_ends(s, STR("\xE3\x80\x82")) || /* U+3002 */
	       ((last == '`' || last == '"' || last == '\'' || last == '*' || last == '$') && s.n > 1 && s.s[0] == last);
}

/* Does the line, which is not the last, hold behind its label the first row of a board? What it says alone is said. */
static bool rows_begin(struct below *b, int kind, struct str v, struct str line, struct str text, struct str said)
{
	struct str top = text, before;

	if (line.s[line.n + 1] == '\n' || b->boards == BOARDS_MAX)
		return false;
	b->boards++;
	while (top.n && top.s[0] == '*')
		top = str_from(top, 1);
	before = str_sub(line, 0, (size_t)(top.s - line.s));
	top = str_trim(top);
	if (complete(top) || row_frame(top) || !row_read(&b->row, top))
		return false;
	below_begin(b, kind, v, top);
	b->top = top;
	b->said = said;
	b->rows = 1;
	b->differ = b->bold = false;
	for (size_t i = 0; i + 1 < before.n; i++)
		if (before.s[i] == '*' && before.s[i + 1] == '*') {
			b->bold = !b->bold;
			i++;
		}
	return true;
}

/*
 * Three rows that are not all the same make a board: two may be an answer and one that it was weighed against. But two with bars, with
 * labels or with a comma between them have no other reading. Of two others the label's line is the answer, and both the other reading.
 */
static bool rows_suffice(const struct below *b)
{
	bool plain = b->row.between != '|' && !b->row.labelled && b->top.s[b->top.n - 1] != ',';

	return b->rows > 1 + plain && b->differ;
}

/* Is it a line of words, as a list has them: without a digit or a sign of equality, and no prose? */
static bool words_line(struct str line)
{
	if (!line.n || line.n > WORDS_MAX)
		return false;
	for (size_t i = 0; i < line.n; i++)
		if ((line.s[i] >= '0' && line.s[i] <= '9') || line.s[i] == '=' || line.s[i] == '.' || line.s[i] == '!' || line.s[i] == '?')
			return false;
	return true;
}

/* Is it a line "name: what it is" of a list of such? */
static bool keyed_line(struct str line)
{
	ptrdiff_t colon = str_chr(line, ':'), wide = str_find(line, STR("："));

	return line.n <= KEYED_MAX && (colon > 0 || wide > 0) && !str_ends(line, STR(":")) && !str_ends(line, STR("："));
}

/* The number in "House 2: ..." or "**Row 2**", which is below 100; *name: what stands before it. 0: the line begins otherwise. */
static int numbered(struct str line, struct str *name)
{
	size_t i = 0;
	int number;

	line = str_trim(line);
	while (i < line.n && i < NAME_MAX && !(line.s[i] >= '0' && line.s[i] <= '9'))
		i++;
	*name = str_sub(line, 0, i);
	if (skip_decoration(*name, 0) == i || i == line.n || !(line.s[i] >= '0' && line.s[i] <= '9'))
		return 0;
	number = line.s[i++] - '0';
	if (i < line.n && line.s[i] >= '0' && line.s[i] <= '9')
		number = 10 * number + line.s[i++] - '0';
	return i < line.n && line.s[i] >= '0' && line.s[i] <= '9' ? 0 : number;
}

/*
 * Another reading of a label's line of words, of one "name: value" or of "row 1 ...": with the lines of the same kind right below it, where nothing
 * else stands before the next blank one.
 */
static void with_words(struct hunt *h, struct below *b, struct str said)
{
	struct str rest = str_from(h->v, (size_t)(said.s + said.n - h->v.s)), line, all = said, name, other;
	bool words, keyed, parts;

	if (b->boards == BOARDS_MAX || !rest.n || rest.s[0] != '\n')
		return;
	words = words_line(said);
	keyed = keyed_line(said);
	parts = said.n <= KEYED_MAX && numbered(said, &name);
	if (!words && !keyed && !parts)
		return;
	b->boards++;
	rest = str_from(rest, 1);
	for (int lines = 0; lines < ROWS_MAX && str_split(&rest, '\n', &line); lines++) {
		line = str_trim(line);
		if (!line.n)
			break;
		if (!(words && words_line(line)) && !(keyed && keyed_line(line)) && !(parts && numbered(line, &other) && str_eq(name, other)))
			return;
		all.n = (size_t)(line.s + line.n - all.s);
	}
	if (all.n > said.n) {
		h->row = said;
		h->rows = all;
	}
}

void below_end(struct hunt *h, struct below *b)
{
	if (b->depth > 0 || b->array) {
		h->kind[b->kind].broken = true; /* cut: "[4, 1" may have been going to be [4, 12] */
	} else if (b->rows && !rows_suffice(b)) {
		h->row = b->said;
		h->rows = b->rows > 1 ? str_sub(h->v, b->start, b->end) : STR("");
		with_words(h, b, b->said);
		hunt_offer(h, b->kind, b->said);
	} else if (b->begun) {
		if (b->first_end) { /* whatever follows a blank line may be no part of it */
			h->row = str_sub(h->v, b->start, b->end);
			h->rows = str_sub(h->v, b->start, b->first_end);
		}
		hunt_offer(h, b->kind, str_sub(h->v, b->start, b->end));
	} else {
		h->kind[b->kind].empty = true;
	}
	below_init(b);
}

/* The line below a board's row. */
static void below_row(struct hunt *h, struct below *b, struct str line)
{
	struct row row;
	bool last;

	if (row_frame(line))
		return;
	line = str_trim(line);
	if (b->bold && str_ends(line, STR("**")))
		line.n -= 2;
	last = !row_read(&row, line) || !row_alike(&b->row, &row, line);
	if (last) {
		line = undress(line, false); /* "4321 (checked)" */
		if (!row_read(&row, line) || !row_alike(&b->row, &row, line)) {
			below_end(h, b);
			return;
		}
	}
	b->rows++;
	b->differ |= !str_eq(line, b->top);
	b->end = (size_t)(line.s - h->v.s) + line.n - row_stop(&b->row, &row, line);
	if (last || b->rows > ROWS_MAX)
		below_end(h, b);
}

/* "The grid:" alone between two blank lines: the answer comes below it. */
static bool is_title(struct str s)
{
	char last;

	while (s.n && is_blank(s.s[s.n - 1]))
		s.n--;
	last = s.n ? s.s[s.n - 1] : 0;
	if (last != ':' && last != '*' && (unsigned char)last < 0x80)
		return false;
	return str_chr(s, '\n') < 0 && (str_ends(s, STR(":")) || str_ends(s, STR(":**")) || str_ends(s, STR("\xEF\xBC\x9A"))); /* U+FF1A */
}

/* The first line behind this blank one that is not blank, among the next few. */
static struct str line_behind(const struct hunt *h, struct str blank)
{
	struct str rest = str_from(h->v, (size_t)(blank.s + blank.n - h->v.s)), next = STR("");

	for (int i = 0; i < BLANKS_MAX && rest.n && !next.n; i++) {
		rest = str_from(rest, 1);
		next = str_sub(rest, 0, next_byte(rest, 0, '\n'));
		rest = str_from(rest, next.n);
		next = str_trim(next);
	}
	return next;
}

/* Does the answer go on behind this blank line: with "House 2" where it has come to "House 1", or with another row of the board that it is? */
static bool parted(const struct hunt *h, const struct below *b, struct str blank)
{
	struct str first = str_sub(h->v, b->start, b->end), next, last, name;
	struct row row, more;

	if (!b->number) {
		if (first.n < ROW_LEAST)
			return false;
		first = str_trim(str_sub(first, 0, next_byte(first, 0, '\n')));
		if (!row_read(&row, first) || row.cells < ROW_LEAST)
			return false;
		next = line_behind(h, blank);
		return row_read(&more, next) && row_alike(&row, &more, next);
	}
	next = line_behind(h, blank);
	last = str_sub(h->v, line_start(h->v, b->start, b->end), b->end);
	return (numbered(next, &name) == b->number + 1 && str_eq(name, b->name)) ||
	       (next.n && str_chr(STR("-*+"), next.s[0]) >= 0 && item_bullet(next, 1) && numbered(last, &name) &&
		str_trim(last).n < name.n + TITLE_MORE); /* "House 2" alone, and what is in it */
}

void below_line(struct hunt *h, struct below *b, struct str line)
{
	size_t start = (size_t)(line.s - h->v.s);
	struct str name;
	int number;

	if (b->rows) {
		below_row(h, b, line);
		return;
	}
	if (!line.n || (is_blank((unsigned char)line.s[0]) && str_trim(line).n == 0)) {
		if (b->begun && !b->depth && !b->array) {
			if (is_title(str_sub(h->v, b->start, b->end)) && !numbered(str_sub(h->v, b->start, b->end), &name))
				b->begun = false;
			else if (b->parts == ROWS_MAX || !parted(h, b, line))
				below_end(h, b);
			else if (!b->parts++ && !b->number)
				b->first_end = b->end;
		}
		return;
	}
	if (!b->begun && text_rule(line))
		return;
	if (!b->begun) {
		b->start = start;
		b->number = numbered(line, &b->name);
	} else if (b->number && (number = numbered(line, &name)) && str_eq(name, b->name)) {
		b->number = number;
	}
	b->begun = true;
	if (!b->depth) {
		b->end = start + line.n;
		if (b->array && str_find(line, STR("\\end{")) >= 0) {
			b->array = false;
			below_end(h, b);
		}
		return;
	}
	b->end = start + list_end(line, &b->depth);
	if (b->depth <= 0)
		below_end(h, b);
}

/* What a label's line says, with the lines below it where it begins a list and they go on with it: "Answer: 1. cat" and "2. dog". */
static struct str with_items(struct hunt *h, struct below *b, struct str said)
{
	struct str rest = str_from(h->v, (size_t)(said.s + said.n - h->v.s)), line;
	char first = said.n ? said.s[0] : 0;
	int at = 1;

	if (!item_bullet(said, 1) || b->boards == BOARDS_MAX || !rest.n || rest.s[0] != '\n')
		return said;
	b->boards++;
	rest = str_from(rest, 1);
	while (at < ROWS_MAX && str_split(&rest, '\n', &line)) {
		line = str_trim(line);
		if (!item_bullet(line, ++at) || (line.s[0] >= '0' && line.s[0] <= '9') != (first >= '0' && first <= '9'))
			break;
		said.n = (size_t)(line.s + line.n - said.s);
	}
	return said;
}

/* "as follows:", "the following grid:": the answer comes below. */
static bool leads_on(struct str said)
{
	if (said.n > LEAD_MAX || !is_title(said) || text_denies(said) || text_hedges(said))
		return false;
	for (size_t i = 0; i < said.n; i++)
		if (!is_letter(said.s[i]) && said.s[i] != ' ' && !decoration[(unsigned char)said.s[i]] && said.s[i] != ':' && (unsigned char)said.s[i] < 0x80)
			return false;
	return true;
}

void label_line(struct hunt *h, struct below *b, struct str line, int kind, struct str text)
{
	struct str said;

	if (b->kind)
		below_end(h, b);
	if (list_begins(b, kind, h->v, text))
		return;
	said = label_text(kind == SENTENCE ? first_sentence(text) : text);
	if (str_is(said, "<ol>") || str_is(said, "<ul>") || str_is(said, "<table>")) {
		b->kind = kind;
		return;
	}
	if (line.s + line.n + 1 < h->v.s + h->v.n && rows_begin(b, kind, h->v, line, text, said))
		return;
	if (says_nothing(said) || row_frame(said) || leads_on(said)) {
		b->kind = kind;
		return;
	}
	with_words(h, b, said);
	hunt_offer(h, kind, with_items(h, b, said));
}
