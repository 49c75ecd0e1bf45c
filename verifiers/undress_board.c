/* undress_board.c - takes off what people write around the cells of a board: the head of a table, the names of rows, a note behind a row; see extract.h. */
#include "verifiers/extract.h"
#include "verifiers/hunt.h"
#include "verifiers/text.h"

/* The number that s begins with, which is taken; at most 9999. */
static int take_number(struct str *s)
{
	size_t n = 0;
	int v = 0;

	for (; n < s->n && is_digit(s->s[n]); n++)
		v = v < 1000 ? 10 * v + (s->s[n] - '0') : 9999;
	*s = str_from(*s, n);
	return v;
}

/* Is v what a row's numbers add up to, or the places of its 1s, or how many tents stand in it? */
static bool adds_up(struct str row, int v)
{
	int at = 0, sum = 0, places = 0, tents = 0;
	bool parted = false, letters = false;

	for (size_t i = 0; i < row.n; i++)
		parted |= is_blank(row.s[i]) || row.s[i] == ',' || row.s[i] == '|';
	while (row.n) {
		char c = row.s[0];
		int number = !is_digit(c) ? 0 : parted ? take_number(&row) : c - '0';

		if (!is_digit(c) || !parted)
			row = str_from(row, 1);
		if (is_blank(c) || memchr(",|[](){}\"'`", c, 11))
			continue;
		at++;
		sum = sum < 100000 ? sum + number : sum;
		places += number == 1 ? at : 0;
		letters |= is_letter(c);
		tents += c == 'C';
	}
	return v == sum || v == places || (letters && v == tents);
}

/* ---- tables ---- */

/* The number or, from 1 on, the letter that names the row or column `at` of a board: 2, **2**, R2, "Col 2", B. */
static bool names_line(struct str cell, int at)
{
	size_t i = 0;
	struct str rest;

	cell = text_strip(str_trim(cell));
	if (at && cell.n == 1 && cell.s[0] == 'A' + at - 1)
		return true;
	while (i < cell.n && !is_digit(cell.s[i]))
		i++;
	if (i > 8 || i == cell.n)
		return false;
	rest = str_from(cell, i);
	return take_number(&rest) == at && (!rest.n || str_is(rest, "行") || str_is(rest, "列"));
}

/* A line of a Markdown table without the bars at its ends; false: it is none. */
static bool table_line(struct str *line)
{
	*line = str_trim(*line);
	if (line->n < 3 || line->s[0] != '|' || line->s[line->n - 1] != '|')
		return false;
	*line = str_sub(*line, 1, line->n - 1);
	return true;
}

/* A line's number by its cell, all of which go on from the first one's, 0 or 1. */
static bool goes_on(struct str cell, int at, int *first)
{
	if (!at)
		*first = !names_line(cell, 0);
	return names_line(cell, at + *first);
}

/* Does a column hold what each row adds up to? */
static bool names_sums(struct str cell)
{
	static const struct str names[] = { STR("sum"), STR("total"), STR("row sum"), STR("tents"), STR("和"), STR("合计"), STR("行和") };

	cell = text_strip(str_trim(cell));
	for (size_t i = 0; i < COUNT(names); i++)
		if (str_ieq(cell, names[i]))
			return true;
	return false;
}

struct head {
	int cols;
	bool names, sums; /* beside them a first column names the rows, a last one sums them up */
};

/* The head numbers all columns but, where the rows have names, the one of these; then there may be one other column, of any name. */
static bool head_read(struct head *h, struct str line)
{
	struct str all = line, cell;
	int first = 0, named = 0;

	h->names = !str_split(&line, '|', &cell) || !goes_on(cell, 0, &first);
	h->sums = false;
	if (!h->names)
		line = all;
	for (h->cols = 0; !h->sums && str_split(&line, '|', &cell); h->cols += !h->sums) {
		h->sums = h->cols > 1 && !line.n && names_sums(cell);
		named += !h->sums && goes_on(cell, h->cols, &first);
	}
	return named == h->cols ? h->cols > !h->names : h->names && h->cols == 1;
}

static bool table(struct str s, char *room, struct str *ret)
{
	struct str line, cell, rest = s;
	struct head h;
	int first = 0, rows = 0;
	size_t n = 0;

	do /* a title may stand before it */
		if (!str_split(&rest, '\n', &line))
			return false;
	while (!table_line(&line));
	if (!head_read(&h, line) || !str_split(&rest, '\n', &line) || !row_frame(line))
		return false;
	while (str_split(&rest, '\n', &line)) {
		size_t from = n;
		int cells = 0;

		if (!str_trim(line).n)
			continue;
		if (!table_line(&line) || (h.names && (!str_split(&line, '|', &cell) || !goes_on(cell, rows, &first))))
			return false;
		for (rows++; cells < h.cols && str_split(&line, '|', &cell); cells++) {
			if (h.cols > 1)
				room[n++] = '|';
			memcpy(room + n, cell.s, cell.n);
			n += cell.n;
		}
		line = text_strip(line);
		if (cells < h.cols || (h.sums && (!line.n || !adds_up((struct str){ room + from, n - from }, take_number(&line)))) || line.n)
			return false;
		if (h.cols > 1)
			room[n++] = '|';
		room[n++] = '\n';
	}
	*ret = (struct str){ room, n };
	return rows > 1;
}

/* The next word of a line, bars between them; false: there is none. */
static bool word_read(struct str *line, struct str *word)
{
	while (line->n && (is_blank(line->s[0]) || line->s[0] == '|'))
		*line = str_from(*line, 1);
	*word = str_sub(*line, 0, 0);
	while (line->n && !is_blank(line->s[0]) && line->s[0] != '|') {
		word->n++;
		*line = str_from(*line, 1);
	}
	return word->n > 0;
}

/* The same drawn with blanks: a first line that numbers the columns, and rows that begin with their own numbers. */
static bool drawn(struct str s, char *room, struct str *ret)
{
	struct str line, word;
	int cols = 0, rows = 0, first = 0;
	size_t n = 0;

	while (!cols && str_split(&s, '\n', &line))
		for (; word_read(&line, &word); cols++)
			if (!goes_on(word, cols, &first))
				return false;
	while (cols > 1 && str_split(&s, '\n', &line)) {
		int cells = 0;

		if (!str_trim(line).n || row_frame(line))
			continue;
		if (!word_read(&line, &word) || !goes_on(word, rows++, &first))
			return false;
		for (; word_read(&line, &word); cells++) {
			memcpy(room + n, word.s, word.n);
			n += word.n;
			room[n++] = ' ';
		}
		if (cells != cols)
			return false;
		room[n - 1] = '\n';
	}
	*ret = (struct str){ room, n };
	return rows > 1;
}

/* ---- rows ---- */

enum {
	NOTE_MAX = 60, /* bytes of "(5 rows, 5 columns)" */
	BEHIND_MAX = 24, /* of "-> sum 10", "# row 1" */
	TOKENS = 16,
	NOTES = 4, /* behind one row */
};

enum token_kind { NUMBER, LETTER, EQUALS, ROW, SIDE, SUM, TENT, TREE, ONE, ZERO, FINE, FILLER };

struct token {
	enum token_kind kind;
	int value; /* of a number or a letter */
};

static const struct {
	struct str text;
	enum token_kind kind;
} known[] = {
	{ STR("row"), ROW }, { STR("line"), ROW }, { STR("第"), ROW },
	{ STR("rows"), SIDE }, { STR("columns"), SIDE }, { STR("cols"), SIDE }, { STR("x"), SIDE }, { STR("×"), SIDE }, { STR("行"), SIDE }, { STR("列"), SIDE },
	{ STR("sum"), SUM }, { STR("sums"), SUM }, { STR("total"), SUM }, { STR("和"), SUM }, { STR("合计"), SUM },
	{ STR("="), EQUALS }, { STR("＝"), EQUALS }, { STR("means"), EQUALS },
	{ STR("tent"), TENT }, { STR("tents"), TENT }, { STR("帐篷"), TENT },
	{ STR("tree"), TREE }, { STR("trees"), TREE }, { STR("树"), TREE },
	{ STR("covered"), ONE }, { STR("selected"), ONE }, { STR("chosen"), ONE }, { STR("filled"), ONE }, { STR("shaded"), ONE }, { STR("wall"), ONE },
	{ STR("empty"), ZERO }, { STR("blank"), ZERO }, { STR("uncovered"), ZERO }, { STR("unselected"), ZERO }, { STR("island"), ZERO },
	{ STR("✓"), FINE }, { STR("✔"), FINE }, { STR("✅"), FINE }, { STR("ok"), FINE }, { STR("correct"), FINE }, { STR("valid"), FINE },
	{ STR("where"), FILLER }, { STR("and"), FILLER }, { STR("is"), FILLER }, { STR("to"), FILLER }, { STR("grid"), FILLER }, { STR("board"), FILLER },
	{ STR(","), FILLER }, { STR(":"), FILLER }, { STR(";"), FILLER }, { STR("，"), FILLER }, { STR("："), FILLER }, { STR("、"), FILLER }, { STR("为"), FILLER },
};

/* The next word, number or sign of a note; false: it says something else. */
static bool token_read(struct str *s, struct token *t)
{
	size_t n = 0;

	if (is_digit(s->s[0])) {
		*t = (struct token){ NUMBER, take_number(s) };
		return true;
	}
	while (n < s->n && is_letter(s->s[n]))
		n++;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct str text = known[i].text;

		if (n ? (n == 1 ? s->s[0] == text.s[0] && text.n == 1 : str_ieq(str_sub(*s, 0, n), text)) : str_starts(*s, text)) {
			*t = (struct token){ known[i].kind, 0 };
			*s = str_from(*s, text.n);
			return true;
		}
	}
	*t = (struct token){ LETTER, s->s[0] };
	*s = str_from(*s, n);
	return n == 1;
}

/* Is a number or letter, which t[0] is, what the word behind its = says? X says something else on each board. */
static bool legend(const struct token *t, int n, bool tents)
{
	int i = 1;

	while (i < n && (t[i].kind == EQUALS || t[i].kind == FILLER))
		i++;
	if (i == n)
		return false;
	if (t->kind == NUMBER)
		return t->value <= 1 && t[i].kind == (t->value ? ONE : ZERO);
	return t->value == 'C' ? t[i].kind == TENT : t->value == 'T' ? t[i].kind == TREE : t->value == 'X' && tents && t[i].kind == ZERO;
}

/*
 * Does a note say of its row no more than is so: which one it is (*number), what it adds up to, how large the board is, what its signs mean? No
 * cells are told so. The row is empty where the note is of the whole board.
 */
static bool note(struct str s, struct str row, int *number)
{
	struct token t[TOKENS];
	int n = 0, numbers = 0, sums = 0;
	bool tents = false, fine = false;

	for (s = str_trim(s); s.n; s = str_trim(s), n++) {
		if (n == TOKENS || !token_read(&s, &t[n]))
			return false;
		tents |= t[n].kind == TENT;
		fine |= t[n].kind == FINE;
	}
	for (int i = 0; i < n; i++) {
		enum token_kind before = i ? t[i - 1].kind : FILLER, next = i + 1 < n ? t[i + 1].kind : FILLER;
		int v = t[i].value;

		if (t[i].kind == SIDE && before != NUMBER)
			return false;
		if (t[i].kind != NUMBER && t[i].kind != LETTER)
			continue;
		numbers++;
		if (t[i].kind == NUMBER && before == ROW)
			*number = v;
		else if (t[i].kind == NUMBER && (next == SIDE || before == SIDE) ? v < 2 :
			 t[i].kind == LETTER || next == EQUALS ? !legend(t + i, n - i, tents) : !adds_up(row, v) || sums++)
			return false;
	}
	return numbers || (fine && row.n);
}

/* "print('/'.join(grid))" behind the board that it prints. */
static bool prints(struct str line)
{
	if (!str_starts(line, STR("print(")) || !str_ends(line, STR(")")))
		return false;
	for (size_t i = 0, end; i < line.n; i++) {
		if (is_digit(line.s[i]))
			return false;
		if (line.s[i] != '"' && line.s[i] != '\'')
			continue;
		end = next_byte(line, i + 1, line.s[i]);
		if (end > i + 3) /* more than a sign between rows */
			return false;
		i = end;
	}
	return true;
}

/* Takes what is noted behind a row without brackets: "= 10", "-> sum 10", ", sum 10", "# row 1". */
static bool off_behind(struct str *row, int *number)
{
	static const struct str signs[] = {
		STR("→"), STR("←"), STR("->"), STR("=>"), STR("="), STR("—"), STR("–"), STR("#"), STR("//"), STR("|"), STR(","), STR("，"),
	};
	enum { ARROWS = 2, COMMAS = 10 };

	for (size_t at = row->n > BEHIND_MAX ? row->n - BEHIND_MAX : 1; at < row->n; at++)
		for (size_t i = 0; i < COUNT(signs); i++) {
			struct str left = str_sub(*row, 0, at), behind = str_from(*row, at);

			if (!str_eat(&behind, signs[i]) || (i < ARROWS && str_find(left, STR("\xE2\x86")) >= 0)) /* a row of arrows */
				continue;
			behind = str_trim(behind);
			if ((i >= COMMAS && behind.n && is_digit(behind.s[0])) || !note(behind, str_trim(left), number))
				continue;
			*row = left;
			return true;
		}
	return false;
}

/* Takes a note off the end of a row: a tick, the end of a line in HTML, what stands in round brackets or behind a sign. */
static bool off_note(struct str *row, int *number)
{
	static const struct str ends[] = {
		STR("✓"), STR("✔"), STR("✅"), STR("\xEF\xB8\x8F"), /* U+FE0F, which makes a picture of the sign before it */
		STR("<br>"), STR("<br/>"), STR("<br />"),
	};
	static const struct str brackets[][2] = { { STR("("), STR(")") }, { STR("（"), STR("）") } };
	struct str left;

	*row = left = str_trim(*row);
	for (size_t i = 0; i < COUNT(ends); i++)
		if (str_ends(left, ends[i])) {
			row->n -= ends[i].n;
			return true;
		}
	for (size_t k = 0; k < COUNT(brackets); k++) {
		size_t at = left.n;

		if (!str_ends(left, brackets[k][1]))
			continue;
		while (at > 0 && left.n - at < NOTE_MAX && !str_starts(str_from(left, at), brackets[k][0]))
			at--;
		if (!str_starts(str_from(left, at), brackets[k][0]) ||
		    !note(str_sub(left, at + brackets[k][0].n, left.n - brackets[k][1].n), str_trim(str_sub(left, 0, at)), number))
			return false;
		row->n = at;
		return true;
	}
	return off_behind(row, number);
}

/* Takes marks of code, bold letters or formulas off both ends of a row. */
static void off_marks(struct str *row)
{
	static const struct str marks[] = { STR("`"), STR("**"), STR("$") };

	*row = str_trim(*row);
	for (size_t i = 0; i < COUNT(marks); i++) {
		struct str in = *row;

		if (!str_eat(&in, marks[i]) || !str_ends(in, marks[i]))
			continue;
		in.n -= marks[i].n;
		if (in.n && str_chr(in, marks[i].s[0]) < 0)
			*row = str_trim(in);
	}
}

/* The number that a row's name has, which is taken: "Row 2", "R2", "Second row", "2nd row", 第二行; -1 for none. */
static int take_name(struct str *s)
{
	bool sign = str_starts(*s, STR("第"));
	size_t n;
	int number = text_ordinal(*s, &n);

	if (number) {
		*s = str_from(*s, n);
		n = sign ? strlen("行") : strlen(" row");
		if (!(sign ? str_starts(*s, STR("行")) : word_at(*s, 0, " row")))
			return -1;
		*s = str_from(*s, n);
		return number;
	}
	if (s->n && is_digit(s->s[0])) { /* 2nd row */
		number = take_number(s);
		*s = str_from(*s, 2);
		if (!word_at(*s, 0, " row"))
			return -1;
		*s = str_from(*s, strlen(" row"));
		return number < 100 ? number : -1;
	}
	if (!str_eat(s, STR("第"))) {
		n = word_at(*s, 0, "row") ? 3 : word_at(*s, 0, "line") ? 4 : word_at(*s, 0, "r");
		*s = str_trim(str_from(*s, n));
		if (!n)
			return -1;
	}
	str_eat(s, STR("#"));
	if (!s->n || !is_digit(s->s[0]))
		return -1;
	number = take_number(s);
	return number < 100 && (!sign || str_eat(s, STR("行"))) ? number : -1;
}

/* Takes the name off the beginning of a row, with what parts it from the cells: its number, -1 for none; *title is what is noted in it. */
static int off_name(struct str *row, struct str *title)
{
	static const struct str signs[] = {
		STR(":"), STR("："), STR("→"), STR("->"), STR("=>"), STR("="), STR("- "), STR("–"), STR("—"), STR("|"), STR(". "), STR(") "), STR("] "),
	};
	enum { SPACED = 10 }; /* of them may have blanks before them; a stop that has one is a cell */
	struct str s = *row;
	bool parted = false;
	size_t marks = 0;
	int number;

	*title = STR("");
	if (!str_eat(&s, STR("- ")) && !str_eat(&s, STR("* ")))
		str_eat(&s, STR("• "));
	for (s = str_trim(s); str_eat(&s, STR("*")) || str_eat(&s, STR("`")); marks++)
		;
	if (!str_eat(&s, STR("(")))
		str_eat(&s, STR("["));
	number = take_name(&s);
	if (number < 0)
		return -1;
	if (str_starts(s, STR(" (")) && next_byte(s, 0, ')') < NOTE_MAX && next_byte(s, 0, ')') < s.n) {
		*title = str_sub(s, 2, next_byte(s, 0, ')'));
		s = str_from(s, next_byte(s, 0, ')') + 1);
	}
	for (int round = 0; round < 2; round++) { /* **Row 1:** and **Row 1**: */
		for (; marks && (str_eat(&s, STR("*")) || str_eat(&s, STR("`"))); marks--)
			;
		for (size_t i = 0; i < COUNT(signs) && !parted; i++) {
			struct str behind = i < SPACED ? str_trim(s) : s;

			parted = str_eat(&behind, signs[i]);
			s = parted ? behind : s;
		}
	}
	if (marks || !s.n || (!parted && !is_blank(s.s[0])))
		return -1;
	*row = str_trim(s);
	return number;
}

struct names {
	int named, noted; /* rows whose names stand before them, and behind them */
	int first;
};

/* A line without its name, its notes and marks around it; false: the names are not in order. */
static bool row_bare(struct str *row, struct names *names)
{
	struct str title;
	int number, behind = -1;

	off_marks(row);
	number = off_name(row, &title);
	for (int k = 0; k < NOTES && off_note(row, &behind); k++)
		;
	off_marks(row);
	if (title.n && !note(title, *row, &behind))
		return false;
	if (behind >= 0) {
		if (!names->named && !names->noted)
			names->first = behind;
		if ((number >= 0 && number != behind) || behind != names->first + names->noted++)
			return false;
	}
	if (number >= 0) {
		if (!names->named)
			names->first = number;
		if (number != names->first + names->named++)
			return false;
	}
	return names->first <= 1 && (number >= 0 || !row->n || !names->named);
}

/* Rows in lines, or in one line parted by slashes, of which all have names in order before them or none has. */
static bool rows(struct str s, char *room, struct str *ret)
{
	char sep = str_chr(str_trim(s), '\n') < 0 && str_find(s, STR(" / ")) >= 0 ? '/' : '\n';
	bool any = false, many = str_chr(s, '/') >= 0 || str_chr(s, '[') >= 0;
	struct names names = { .named = 0 };
	struct str line, row;
	size_t n = 0;
	int lines = 0;

	while (str_split(&s, sep, &line)) {
		row = line = str_trim(line);
		if (lines && prints(line)) {
			any = true;
			continue;
		}
		if (!row_bare(&row, &names))
			return false;
		lines += row.n && !str_ends(row, STR(":")) && !str_ends(row, STR("：")); /* a heading */
		any |= row.n < line.n;
		if (n)
			room[n++] = '\n';
		memcpy(room + n, row.s, row.n);
		n += row.n;
	}
	*ret = (struct str){ room, n };
	return any && (names.named ? lines == names.named : lines > 1 || many);
}

bool undress_table(struct str s, char *room, struct str *ret)
{
	return s.n <= DRESSED_MAX && (table(s, room, ret) || drawn(s, room, ret) || rows(s, room, ret));
}
