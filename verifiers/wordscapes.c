/*
 * wordscapes.c - the rule: the filled cells are those of the mask, one letter in each; every run of two or more cells, left to
 * right or top to bottom, reads as a word of its list; and each word of a list is used exactly once.
 *
 * desc: "XXX./X..X/XXXX|cat,acts|cow,tis": rows of the mask, X a cell for a letter, then the words across and those down, each
 * list in the order of the alphabet. "~XXX/..." is for puzzles of others, whose mask does not tell where words begin and end:
 * each word stands somewhere in a line of its direction, and each letter belongs to a word. Lines of the mask may be empty then.
 */
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum { SIDE = 20, WORDS = 48, LETTERS = 20, ROOM = 16384 };

struct list {
	int n;
	struct str word[WORDS];
	bool used[WORDS];
};

struct puzzle {
	int rows, cols;
	bool loose; /* words are parts of runs */
	uint32_t open[2][SIDE];  /* bit x of row y, bit y of column x: a letter goes there */
	struct list list[2]; /* across, down */
};

struct filled {
	int rows;
	int width[SIDE]; /* cells that were written in a row */
	char cell[SIDE][SIDE]; /* a letter, or 0 for a blank */
};

/* ---- the puzzle ---- */

static bool mask_read(struct puzzle *p, struct str mask)
{
	struct str row;
	uint32_t columns = 0;

	if (!mask.n || mask.s[mask.n - 1] == '/')
		return false;
	for (p->rows = 0; str_split(&mask, '/', &row); p->rows++) {
		uint32_t open = 0;

		if (p->rows == SIDE || row.n < 2 || row.n > SIDE || (p->rows && row.n != (size_t)p->cols))
			return false;
		p->cols = (int)row.n;
		for (size_t x = 0; x < row.n; x++) {
			if (row.s[x] != 'X' && row.s[x] != '.')
				return false;
			open |= (uint32_t)(row.s[x] == 'X') << x;
		}
		p->open[0][p->rows] = open;
		columns |= open;
		if (!open && !p->loose) /* so that a line without a letter is never a row of an answer */
			return false;
	}
	for (int x = 0; x < p->cols; x++) {
		p->open[1][x] = 0;
		for (int y = 0; y < p->rows; y++)
			p->open[1][x] |= (p->open[0][y] >> x & 1) << y;
	}
	return p->rows >= 2 && (p->loose || columns == (1u << p->cols) - 1);
}

static bool list_read(struct list *l, struct str s)
{
	struct str word;

	l->n = 0;
	if (s.n && s.s[s.n - 1] == ',')
		return false;
	while (str_split(&s, ',', &word)) {
		if (l->n == WORDS || word.n < 2 || word.n > LETTERS || (l->n && str_cmp(l->word[l->n - 1], word) >= 0))
			return false;
		for (size_t i = 0; i < word.n; i++)
			if (word.s[i] < 'a' || word.s[i] > 'z')
				return false;
		l->used[l->n] = false;
		l->word[l->n++] = word;
	}
	return true;
}

static bool is_open(const struct puzzle *p, bool down, int line, int at)
{
	return p->open[down][line] >> at & 1;
}

/* The next run of two or more cells on a line, from *at on; its length or 0. */
static int run_next(const struct puzzle *p, bool down, int line, int *at)
{
	for (;;) {
		uint32_t open = p->open[down][line] >> *at;
		int n;

		if (!open)
			return 0;
		*at += __builtin_ctz(open);
		n = __builtin_ctz(~(p->open[down][line] >> *at));
		if (n >= 2)
			return n;
		*at += n;
	}
}

/* Runs and words of a length are equally many, and every cell is in a run. */
static bool fits(const struct puzzle *p)
{
	for (int down = 0; down < 2; down++) {
		int balance[SIDE + 1] = { 0 };

		for (int line = 0; line < (down ? p->cols : p->rows); line++)
			for (int at = 0, n; (n = run_next(p, down, line, &at)) > 0; at += n)
				balance[n]++;
		for (int i = 0; i < p->list[down].n; i++)
			balance[p->list[down].word[i].n]--;
		for (int n = 0; n <= SIDE; n++)
			if (balance[n])
				return false;
	}
	for (int y = 0; y < p->rows; y++) {
		uint32_t open = p->open[0][y], above = y ? p->open[0][y - 1] : 0, below = y + 1 < p->rows ? p->open[0][y + 1] : 0;

		if (open & ~(open << 1 | open >> 1 | above | below))
			return false;
	}
	return true;
}

static bool puzzle_read(struct puzzle *p, struct str desc)
{
	ptrdiff_t a, b;

	p->loose = str_starts(desc, STR("~"));
	desc = str_from(desc, p->loose);
	a = str_chr(desc, '|');
	b = str_find(str_from(desc, (size_t)(a + 1)), STR("|"));
	if (a < 0 || b < 0)
		return false;
	return mask_read(p, str_sub(desc, 0, (size_t)a)) && list_read(&p->list[0], str_sub(desc, (size_t)a + 1, (size_t)(a + 1 + b))) &&
		list_read(&p->list[1], str_from(desc, (size_t)(a + b) + 2)) && (p->loose || fits(p));
}

/* ---- the answer ---- */

static bool blank_sign(char c)
{
	switch (c) {
	case '.': case '#': case '0': case '_': case '-': case '*': case '~': case ' ':
		return true;
	default:
		return false;
	}
}

/* One sign that is a letter or says that there is none. */
static bool cell_put(struct filled *f, int cols, char c)
{
	int *w = &f->width[f->rows];

	if (f->rows == SIDE || *w == cols || (!is_letter(c) && !blank_sign(c)))
		return false;
	f->cell[f->rows][(*w)++] = (char)(is_letter(c) ? c | 0x20 : 0);
	return true;
}

static bool row_end(struct filled *f)
{
	if (f->rows == SIDE)
		return false;
	f->rows++;
	if (f->rows < SIDE)
		f->width[f->rows] = 0;
	return true;
}

/* Text of one cell: nothing, one sign, or a word for nothing. */
static bool cell_text(struct filled *f, int cols, struct str s)
{
	s = str_trim(s);
	if (s.n >= 2 && (s.s[0] == '"' || s.s[0] == '\'') && s.s[s.n - 1] == s.s[0])
		s = str_trim(str_sub(s, 1, s.n - 1));
	if (s.n >= 2 && s.s[0] == '`' && s.s[s.n - 1] == '`')
		s = str_trim(str_sub(s, 1, s.n - 1));
	if (str_is(s, "null") || str_is(s, "None"))
		s.n = 0;
	if (s.n > 1)
		return false;
	return cell_put(f, cols, s.n ? s.s[0] : ' ');
}

static bool row_raw(struct filled *f, int cols, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!cell_put(f, cols, s.s[i]))
			return false;
	return true;
}

/* Cells parted by a sign. */
static bool row_parted(struct filled *f, int cols, struct str s, char sep)
{
	struct str cell;
	int parts = 1;

	for (size_t i = 0; i < s.n; i++)
		parts += s.s[i] == sep;
	for (int i = 0; i < parts; i++) {
		cell = (struct str){ "", 0 };
		str_split(&s, sep, &cell);
		/* a row's number in front of its cells */
		if (i == 0 && parts == cols + 1 && str_trim(cell).n && str_trim(cell).s[0] >= '0' && str_trim(cell).s[0] <= '9')
			continue;
		if (!cell_text(f, cols, cell))
			return false;
	}
	return true;
}

/* Cells with blanks between them; `all`: as many as there are columns, else none may be lacking but at the end. */
static bool row_spaced(struct filled *f, int cols, struct str s, bool all)
{
	struct str rest = s, word;
	int n = 0;

	for (; str_word(&rest, &word); n++)
		if (word.n != 1)
			return false;
	if (all ? n != cols : n < 2 || n > cols)
		return false;
	while (str_word(&s, &word))
		if (!cell_put(f, cols, word.s[0]))
			return false;
	return true;
}

static bool has(struct str s, char c)
{
	return str_chr(s, c) >= 0;
}

/* The number that a key or a row's name holds, at most SIDE: "row1", "Row 2", "3"; -1 for none. */
static int key_number(struct str key)
{
	int number = -1;

	for (size_t i = 0; i < key.n; i++) {
		bool digit = key.s[i] >= '0' && key.s[i] <= '9';

		if (digit && (number < 0 || (key.s[i - 1] >= '0' && key.s[i - 1] <= '9')))
			number = (number < 0 ? 0 : number * 10) + key.s[i] - '0';
		else if (digit)
			return -1;
		if (number > SIDE)
			return -1;
	}
	return number;
}

/* "Row 2: cat.", "2: cat." */
static struct str unlabelled(struct str s)
{
	ptrdiff_t colon = str_chr(s, ':');
	struct str head = str_trim(str_sub(s, 0, colon < 0 ? 0 : (size_t)colon));
	uint64_t v;

	if (colon < 0 || (!str_ieq(str_sub(head, 0, 3), STR("row")) && !str_starts(head, STR("第")) && !str_u64(head, &v)))
		return s;
	return str_trim(str_from(s, (size_t)colon + 1));
}

/* A line of an answer as a row, if it can be one. `inner`: blanks at its ends are only around it. */
static bool row_read(struct filled *f, int cols, struct str line, bool inner)
{
	struct str bare = str_trim(line), said = unlabelled(bare);

	f->width[f->rows] = 0;
	if (said.n != bare.n)
		line = bare = said;
	if (has(bare, '|')) {
		if (bare.s[0] == '|')
			bare = str_from(bare, 1);
		if (bare.n && bare.s[bare.n - 1] == '|')
			bare.n--;
		return row_parted(f, cols, bare, '|');
	}
	if (has(bare, ','))
		return row_parted(f, cols, bare, ',');
	if (row_spaced(f, cols, bare, true))
		return true;
	f->width[f->rows] = 0;
	if (!inner && row_raw(f, cols, line))
		return true;
	f->width[f->rows] = 0;
	if (row_raw(f, cols, bare))
		return true;
	f->width[f->rows] = 0;
	return row_spaced(f, cols, bare, false);
}

/* The last row with a full stop behind it. */
static bool row_stopped(struct filled *f, int cols, struct str line, bool inner)
{
	size_t n = line.n;

	while (n && (line.s[n - 1] == ' ' || line.s[n - 1] == '\r'))
		n--;
	return n && line.s[n - 1] == '.' && row_read(f, cols, str_sub(line, 0, n - 1), inner);
}

static bool any_letter(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_letter(s.s[i]))
			return true;
	return false;
}

/* Is there no row among these lines, nor a list, but only what is said about the rows before them? */
static bool no_more_rows(int cols, struct str s)
{
	struct filled f = { .rows = 0 };
	struct str line, piece;

	while (str_line(&s, &line)) {
		if (str_find(line, STR("[\"")) >= 0 || str_find(line, STR("['")) >= 0)
			return false;
		if (has(line, '/')) /* "Or: bar/u../sat" */
			line = str_from(line, (size_t)(str_chr(line, ':') + 1));
		while (str_split(&line, '/', &piece))
			if (any_letter(piece) && row_read(&f, cols, piece, false) && f.width[0] == cols)
				return false;
	}
	return true;
}

/* Rows in lines, or parted by / or ; : each row of a puzzle has a letter, so a line without one is a frame or a rule. */
static bool lines_read(struct filled *f, int rows, int cols, struct str s)
{
	struct str line, piece;
	int first = -1; /* the number of the top row, -1 for none */

	while (str_line(&s, &line)) {
		bool parted = has(line, '/') || has(line, ';');

		if (f->rows == rows && !str_trim(line).n)
			return no_more_rows(cols, s);
		if (str_starts(str_trim(line), STR("```")))
			continue;
		while (line.n) {
			size_t n = 0;

			while (n < line.n && line.s[n] != '/' && line.s[n] != ';')
				n++;
			piece = str_sub(line, 0, n);
			line = str_from(line, n + 1);
			if (!any_letter(piece))
				continue;
			if (f->rows == SIDE)
				return false;
			if (row_read(f, cols, piece, parted) || (!str_trim(line).n && !str_trim(s).n && row_stopped(f, cols, piece, parted))) {
				struct str bare = str_trim(piece), said = unlabelled(bare);
				int number = key_number(str_sub(bare, 0, bare.n - said.n));

				first = f->rows ? first : number;
				if (number >= 0 && (first < 0 || first > 1 || number != first + f->rows))
					return false;
				row_end(f);
				continue;
			}
			f->width[f->rows] = 0;
			/* a heading */
			piece = str_trim(piece);
			if (f->rows || parted || (!has(piece, '|') && piece.s[piece.n - 1] != ':'))
				return false;
		}
	}
	return true;
}

/* [["c", "a", ""], ...] or ["ca.", ...], tuples too. */
static bool lists_read(struct filled *f, int cols, struct str s)
{
	int depth = 0;
	bool item = false, closed = false;

	while (s.n) {
		char c = s.s[0];
		size_t n = 1;

		if (closed) { /* what may stand behind: the end of an object, a fence, and below a blank line what has no list */
			if (str_starts(s, STR("\n\n")) && !has(s, '[') && !has(s, '('))
				return true;
			if (!strchr("}]) \t\r\n.`\"'", c) || !c)
				return false;
		} else if (c == '[' || c == '(') {
			if (++depth > 2 || item)
				return false;
		} else if (c == ']' || c == ')') {
			if (depth == 2 && (!row_end(f)))
				return false;
			item = depth == 2;
			closed = --depth == 0;
		} else if (c == ',') {
			if (!item && (depth != 2 || !cell_text(f, cols, STR(""))))
				return false;
			item = false;
			/* [c, ] has a second, empty cell only if more commas follow: a comma before a bracket is none */
		} else if (c == '"' || c == '\'') {
			struct str inside;

			while (n < s.n && s.s[n] != c)
				n++;
			if (n == s.n || item)
				return false;
			inside = str_sub(s, 1, n);
			n++;
			item = true;
			if (depth == 2 ? !cell_text(f, cols, inside) : depth != 1 || f->rows == SIDE || !row_read(f, cols, inside, false) || !row_end(f))
				return false;
		} else if (!strchr(" \t\r\n", c)) {
			while (n < s.n && !strchr(" \t\r\n,[]()\"'", s.s[n]))
				n++;
			if (depth != 2 || !cell_text(f, cols, str_sub(s, 0, n)))
				return false;
			item = true;
		}
		s = str_from(s, n);
	}
	return closed;
}

/* Squares that stand for blanks become dots, and so does a Chinese full stop. */
static struct str squares(struct str s, char *room)
{
	static const char *const signs[] = { "□", "■", "⬛", "⬜", "█", "·", "▢", "◻", "◼", "。" };
	size_t n = 0;

	while (n < s.n && (unsigned char)s.s[n] < 0x80)
		n++;
	if (n == s.n)
		return s;
	n = 0;
	for (size_t i = 0, used; i < s.n; i += used) {
		used = 1;
		room[n] = s.s[i];
		for (size_t k = 0; k < COUNT(signs) && (unsigned char)s.s[i] >= 0x80; k++)
			if (str_starts(str_from(s, i), str_of(signs[k]))) {
				used = strlen(signs[k]);
				room[n] = '.';
				break;
			}
		n++;
	}
	return (struct str){ room, n };
}

/* Where a list begins: at the very start, or behind a label such as {"answer": or grid = */
static struct str list_start(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.s[i] != '[' && s.s[i] != '(') {
		if (!is_letter(s.s[i]) && !strchr(" \t\r\n{\"':=`_", s.s[i]))
			return (struct str){ s.s, 0 };
		i++;
	}
	return text_denies(str_sub(s, 0, i)) ? (struct str){ s.s, 0 } : str_from(s, i);
}

static bool grid_of(struct filled *f, int rows, int cols, struct str s)
{
	struct str list = list_start(s);

	f->rows = 0;
	f->width[0] = 0;
	if (list.n)
		return lists_read(f, cols, list);
	if (s.n && strchr("`$\"'*\\", s.s[0]) && s.s[0] != '*')
		s = text_strip(s); /* a full stop that goes with it is a blank at the end of a row */
	return lines_read(f, rows, cols, s);
}

/* Nothing but marks and LaTeX commands? */
static bool silent(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] == '\\')
			while (i + 1 < s.n && is_letter(s.s[i + 1]))
				i++;
		else if (is_letter(s.s[i]) || (unsigned char)s.s[i] >= 0x80)
			return false;
	}
	return true;
}

/* Behind {...} at s[i], or i where there is none. */
static size_t behind_group(struct str s, size_t i)
{
	ptrdiff_t end = i < s.n && s.s[i] == '{' ? str_chr(str_from(s, i), '}') : -1;

	return end < 0 ? i : i + (size_t)end + 1;
}

/* LaTeX's names for a blank. */
static bool blank_name(struct str s)
{
	static const char *const names[] = { "cdot", "ast", "square", "Box", "blacksquare" };

	for (size_t i = 0; i < COUNT(names); i++)
		if (str_is(s, names[i]))
			return true;
	return false;
}

/* A LaTeX array as lines with bars, which are no longer than it is. */
static bool array_lines(struct str s, char *room, struct str *ret)
{
	ptrdiff_t begin = str_find(s, STR("\\begin{"));
	bool bars = has(s, '&');
	size_t i, n = 0, name;

	if (begin < 0 || !silent(str_sub(s, 0, (size_t)begin)))
		return false;
	name = (size_t)begin + 6;
	i = behind_group(s, name);
	if (str_starts(str_from(s, name), STR("{array}")) || str_starts(str_from(s, name), STR("{tabular}")))
		i = behind_group(s, i); /* how its columns are set */
	if (bars)
		room[n++] = '|';
	while (i < s.n) {
		char c = s.s[i++];

		if (c != '\\') {
			if (c != '{' && c != '}' && c != '$')
				room[n++] = (char)(c == '&' ? '|' : c == '\n' ? ' ' : c);
		} else if (str_starts(str_from(s, i), STR("end{"))) {
			*ret = (struct str){ room, n };
			return silent(str_from(s, behind_group(s, i + 3)));
		} else if (i < s.n && s.s[i] == '\\') {
			room[n++] = '\n';
			if (bars)
				room[n++] = '|';
			i++;
		} else { /* \hline, \text{c}, \cdot, \, */
			for (name = i; i < s.n && is_letter(s.s[i]);)
				i++;
			if (blank_name(str_sub(s, name, i)))
				room[n++] = '.';
			i += i == name;
		}
	}
	return false;
}

/* Rows that LaTeX's \\ parts, no array around them, as lines, without its commands and braces. */
static bool broken_lines(struct str s, char *room, struct str *ret)
{
	bool broken = false;
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool command = s.s[i] == '\\', end = command && i + 1 < s.n && s.s[i + 1] == '\\';

		if (end)
			room[n++] = '\n';
		else if (!command && !memchr("{}$", s.s[i], 3))
			room[n++] = s.s[i];
		broken |= end;
		i += end;
		while (command && !end && i + 1 < s.n && is_letter(s.s[i + 1]))
			i++;
	}
	*ret = (struct str){ room, n };
	return broken;
}

/* Behind the list or string that begins at s[i]; 0 where none does, or it does not end. */
static size_t behind_value(struct str s, size_t i)
{
	int depth = 0;

	for (; i < s.n; i++) {
		if (s.s[i] == '"' || s.s[i] == '\'') {
			ptrdiff_t end = str_chr(str_from(s, i + 1), s.s[i]);

			if (end < 0)
				return 0;
			i += (size_t)end + 1;
		} else {
			depth += (s.s[i] == '[' || s.s[i] == '(') - (s.s[i] == ']' || s.s[i] == ')');
		}
		if (depth <= 0)
			return s.s[i] == '"' || s.s[i] == '\'' || s.s[i] == ']' || s.s[i] == ')' ? i + 1 : 0;
	}
	return 0;
}

/*
 * A list of the rows that stand one by one: ["c", "a"] on a line each, or {"row1": ["c", "a"], ...} in order. No rows are
 * more than SIDE, so the list is not much longer than what it is of.
 */
static bool rows_list(struct str s, char *room, struct str *ret)
{
	bool object;
	int rows = 0, first = 0;
	size_t n = 0;

	s = str_trim(s);
	object = s.n > 1 && s.s[0] == '{' && s.s[s.n - 1] == '}';
	if (object)
		s = str_sub(s, 1, s.n - 1);
	if (s.n + SIDE + 2 > ROOM)
		return false;
	while (s.n) {
		size_t end;

		if (strchr(" \t\r\n,", s.s[0]) && s.s[0]) {
			s = str_from(s, 1);
			continue;
		}
		if (object) {
			ptrdiff_t colon = str_chr(s, ':');
			int number = key_number(str_sub(s, 0, colon < 0 ? 0 : (size_t)colon));

			if ((s.s[0] != '"' && s.s[0] != '\'' && (s.s[0] < '0' || s.s[0] > '9')) || number < 0 || (rows ? number != first + rows : number > 1))
				return false;
			first = rows ? first : number;
			s = str_trim(str_from(s, (size_t)colon + 1));
		}
		end = behind_value(s, 0);
		if (!end || rows == SIDE)
			return false;
		room[n++] = (char)(rows++ ? ',' : '[');
		memcpy(room + n, s.s, end);
		n += end;
		s = str_from(s, end);
	}
	room[n++] = ']';
	*ret = (struct str){ room, n };
	return rows > 1;
}

/* What a call such as np.array(...) is given, to its end; nothing where it is none. */
static struct str call_start(struct str s)
{
	size_t i = 0;

	while (i < s.n && (is_letter(s.s[i]) || (s.s[i] && strchr(" \t=._`", s.s[i]))))
		i++;
	if (i == 0 || i >= s.n || s.s[i] != '(' || !is_letter(s.s[i - 1]) || text_denies(str_sub(s, 0, i)))
		return (struct str){ s.s, 0 };
	return str_trim(str_from(s, i + 1));
}

static bool lists_of(struct filled *f, int cols, struct str s)
{
	f->rows = 0;
	f->width[0] = 0;
	return s.n && (s.s[0] == '[' || s.s[0] == '(') && lists_read(f, cols, s);
}

static bool filled_read(struct filled *f, int rows, int cols, struct str answer, char *room, char *second)
{
	struct str s, t;

	if (answer.n > ROOM || !text_plain(answer, room, ROOM, &s))
		return false;
	s = squares(s, second);
	/* stars may be blanks; only where they are not, they may be emphasis */
	if ((grid_of(f, rows, cols, s) && f->rows == rows) ||
	    (str_starts(s, STR("**")) && grid_of(f, rows, cols, text_strip(s)) && f->rows == rows))
		return true;
	t = text_strip(s);
	if ((lists_of(f, cols, call_start(t)) || (rows_list(t, s.s == second ? room : second, &t) && lists_of(f, cols, t))) && f->rows == rows)
		return true;
	f->rows = 0;
	f->width[0] = 0;
	return (array_lines(answer, room, &s) || broken_lines(answer, room, &s)) && lines_read(f, rows, cols, squares(s, second)) && f->rows == rows;
}

/* ---- judged ---- */

/* Marks the cells of the word wherever it stands in a line; false: nowhere. */
static bool word_find(const struct puzzle *p, const struct filled *f, bool down, struct str word, bool on[SIDE][SIDE])
{
	int lines = down ? p->cols : p->rows, most = (down ? p->rows : p->cols) - (int)word.n;
	bool found = false;

	for (int line = 0; line < lines; line++)
		for (int at = 0; at <= most; at++) {
			int n = 0;

			while (n < (int)word.n && is_open(p, down, line, at + n) &&
			       (down ? f->cell[at + n][line] : f->cell[line][at + n]) == word.s[n])
				n++;
			if (n < (int)word.n)
				continue;
			for (int k = 0; k < n; k++)
				*(down ? &on[at + k][line] : &on[line][at + k]) = true;
			found = true;
		}
	return found;
}

static enum quarry_mark check_loose(struct why *why, const struct puzzle *p, const struct filled *f)
{
	bool on[SIDE][SIDE] = { { false } };

	for (int down = 0; down < 2; down++)
		for (int i = 0; i < p->list[down].n; i++) {
			struct str w = p->list[down].word[i];

			if (!word_find(p, f, down, w, on))
				return rule_wrong(why, "%.*s does not stand %s", (int)w.n, w.s, down ? "in a column" : "in a row");
		}
	for (int y = 0; y < p->rows; y++)
		for (int x = 0; x < p->cols; x++)
			if (is_open(p, false, y, x) && !on[y][x])
				return rule_wrong(why, "the letter in row %d, column %d belongs to no word", y + 1, x + 1);
	return QUARRY_CORRECT;
}

static enum quarry_mark check(struct why *why, struct puzzle *p, const struct filled *f)
{
	for (int y = 0; y < p->rows; y++)
		for (int x = 0; x < p->cols; x++) {
			bool there = x < f->width[y] && f->cell[y][x]; /* what a row lacks at its end is blank */

			if (there != is_open(p, false, y, x))
				return rule_wrong(why, "row %d, column %d %s", y + 1, x + 1, there ? "is to stay blank" : "has no letter");
		}
	if (p->loose)
		return check_loose(why, p, f);
	for (int down = 0; down < 2; down++)
		for (int line = 0; line < (down ? p->cols : p->rows); line++)
			for (int at = 0, n; (n = run_next(p, down, line, &at)) > 0; at += n) {
				struct list *l = &p->list[down];
				char text[SIDE];
				int i = 0;

				for (int k = 0; k < n; k++)
					text[k] = down ? f->cell[at + k][line] : f->cell[line][at + k];
				while (i < l->n && !str_eq(l->word[i], (struct str){ text, (size_t)n }))
					i++;
				if (i == l->n || l->used[i])
					return rule_wrong(why, "%.*s %s", n, text, i == l->n ? (down ? "is no word of the list down" : "is no word of the list across") :
							  "is used twice");
				l->used[i] = true;
			}
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	char room[ROOM], second[ROOM];
	struct puzzle p;
	struct filled f;

	if (!puzzle_read(&p, desc))
		return rule_bad_task(why, "the desc is no mask with words that fit its runs");
	if (!filled_read(&f, p.rows, p.cols, answer, room, second))
		return rule_unreadable(why, "no grid of %d rows and %d columns with one letter or blank in each cell could be read", p.rows, p.cols);
	return check(why, &p, &f);
}

const struct quarry_rule rule_wordscapes = { "wordscapes", 1, judge, NULL };
