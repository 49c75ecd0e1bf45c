/*
 * grid.c - boards in and out.
 *
 * The reader walks the text once. It notes each cell, and for each cell what kinds of separator stood before it
 * (gap bits). Only at the end it asks whether some kind of separator stands exactly before each row: then rows are
 * what they seem, whatever else decorates them. Cells are always in reading order, so the one thing left to doubt is
 * their number, and a wrong number is refused.
 */
#include "base/grid.h"

enum {
	GAP_BLANK = 1,
	GAP_COMMA = 2,
	GAP_BAR = 4,      /* | & */
	GAP_LINE = 8,     /* a line end */
	GAP_SLASH = 16,   /* / ; */
	GAP_BRACKET = 32, /* any of ()[]{} */
	GAP_ROW = 64,     /* LaTeX \\ */
	GAP_OTHER = 128,  /* quotes, emphasis, words, frames */
};

enum { END = 0, LABELS = GRID_SIDE + 1, SHORT = GRID_SIDE };

struct label {
	int at;     /* cells before it */
	int number; /* what it says */
};

struct reader {
	const struct grid_ask *ask;
	struct grid *g;
	struct str rest;
	uint32_t prev; /* the character before rest, folded; '\n' at the start */
	int n;         /* cells so far */
	int depth;     /* of brackets, never below 0 */
	unsigned gap;  /* separators since the last cell */
	/* Since the last boundary (line end, comma, slash, bar, bracket): */
	int since;     /* cells before it: a colon takes the later ones back */
	int numbers;   /* runs of digits met */
	int number;    /* the last one's value */
	bool prose;    /* a word that names no row */
	bool row_word; /* "row", "R", ... */
	bool col_word;
	bool labelled;
	bool awaiting; /* the last word was "row": a number that follows is its number */
	int labels;
	/* What stands from here on is written before it is read, and never cleared. */
	uint8_t gaps[GRID_CELLS];
	struct label label[LABELS];
	int8_t symbol[128]; /* ASCII: its index in ask->symbols, -1 for none; only where there are symbols */
};

/* What an ASCII character may be: one that a number ends at, one of a frame. */
enum { EDGE = 1, FRAME = 2 };

static const uint8_t roles[128] = {
	[END] = EDGE, ['\n'] = EDGE, [','] = EDGE, ['/'] = EDGE, [';'] = EDGE, ['('] = EDGE, [')'] = EDGE, ['['] = EDGE,
	[']'] = EDGE, ['{'] = EDGE, ['}'] = EDGE, ['&'] = EDGE, ['"'] = EDGE, ['\''] = EDGE, ['`'] = EDGE,
	[' '] = EDGE | FRAME, ['|'] = EDGE | FRAME, ['-'] = FRAME, ['+'] = FRAME, ['='] = FRAME, [':'] = FRAME,
};

/* One spelling for what looks alike: full-width forms, box drawing, dashes, dots, circled and bold digits. */
static uint32_t fold(uint32_t c)
{
	if (c < 0x80)
		return c == '\t' || c == '\v' || c == '\f' ? ' ' : c == '\r' ? '\n' : c;
	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xfee0;
	if (c >= 0x2460 && c <= 0x2468)
		return '1' + (c - 0x2460);
	if (c >= 0x1d7ce && c <= 0x1d7ff)
		return '0' + (c - 0x1d7ce) % 10;
	if (c >= 0x2500 && c <= 0x257f) {
		switch (c) {
		case 0x2500: case 0x2501: case 0x2504: case 0x2505: case 0x2508: case 0x2509: case 0x2550:
		case 0x254c: case 0x254d:
			return '-';
		case 0x2502: case 0x2503: case 0x2506: case 0x2507: case 0x250a: case 0x250b: case 0x2551:
		case 0x254e: case 0x254f:
			return '|';
		default:
			return '+';
		}
	}
	if ((c >= 0x2000 && c <= 0x200d) || c == 0xa0 || c == 0x3000 || c == 0x202f || c == 0x205f || c == 0xfeff ||
	    c == 0xfe0f || c == 0x20e3)
		return ' ';
	switch (c) {
	case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015: case 0x2212:
		return '-';
	case 0xd7:
		return 'x';
	case 0xb7: case 0x2219: case 0x22c5: case 0x3002:
		return '.';
	case 0x25a1: case 0x25a2: case 0x2b1c: case 0x2423:
		return '_';
	case 0x2022:
		return '*';
	case 0x3001:
		return ',';
	case 0x2018: case 0x2019: case 0x201c: case 0x201d: case 0x300c: case 0x300d: case 0x300e: case 0x300f:
		return '"';
	case 0x3010:
		return '[';
	case 0x3011:
		return ']';
	default:
		return c;
	}
}

static uint32_t peek(struct str s, size_t *len)
{
	uint32_t c;

	if (!s.n) {
		*len = 0;
		return END;
	}
	c = (unsigned char)s.s[0];
	*len = 1;
	if (c >= ' ' && c < 0x80) /* nearly all */
		return c;
	*len = utf8_next(s, &c);
	c = fold(c);
	return c ? c : 1; /* a NUL in the text is no end */
}

static uint32_t next(struct reader *r)
{
	size_t len;
	uint32_t c = peek(r->rest, &len);

	r->rest.s += len;
	r->rest.n -= len;
	r->prev = c;
	return c;
}

static uint32_t ahead(const struct reader *r)
{
	size_t len;

	return peek(r->rest, &len);
}

static bool is_any_letter(uint32_t c)
{
	return (c | 0x20) - 'a' < 26 || (c >= 0xc0 && c < 0x2000);
}

/* Letters that do not glue to what follows: Chinese, Japanese, emoji. */
static bool is_sign(uint32_t c)
{
	return c >= 0x2000;
}

static bool is_edge(uint32_t c)
{
	return c < 0x80 && (roles[c] & EDGE);
}

static bool opens(uint32_t c)
{
	return c == '[' || c == '(' || c == '{';
}

static bool closes(uint32_t c)
{
	return c == ']' || c == ')' || c == '}';
}

static void boundary(struct reader *r, unsigned gap)
{
	r->gap |= gap;
	r->since = r->n;
	r->numbers = r->number = 0;
	r->prose = r->row_word = r->col_word = r->labelled = r->awaiting = false;
}

static bool cell(struct reader *r, int v)
{
	if (r->n == GRID_CELLS)
		return false;
	r->gaps[r->n] = (uint8_t)r->gap;
	r->g->cell[r->n++] = (int16_t)v;
	r->gap = 0;
	r->awaiting = false;
	return true;
}

static bool mark_empty(struct reader *r)
{
	return r->ask->empty && cell(r, GRID_EMPTY);
}

static bool put_label(struct reader *r, int number)
{
	if (r->labels == LABELS)
		return false;
	r->label[r->labels++] = (struct label){ r->n, number };
	r->labelled = true;
	r->awaiting = false;
	return true;
}

static bool number(struct reader *r, struct str digits)
{
	const struct grid_ask *ask = r->ask;
	int v = 0;

	for (size_t i = 0; i < digits.n && v <= 9999; i++)
		v = v * 10 + (digits.s[i] - '0');
	r->numbers++;
	r->number = v;
	if (r->awaiting && digits.n <= 2)
		return put_label(r, v);
	if (ask->symbols || ask->hi > 9) {
		if (ask->empty && v == 0 && (ask->symbols || ask->lo > 0))
			return cell(r, GRID_EMPTY);
		return !ask->symbols && digits.n <= 4 && v >= ask->lo && v <= ask->hi && cell(r, v);
	}
	for (size_t i = 0; i < digits.n; i++) {
		v = digits.s[i] - '0';
		if (ask->empty && v == 0 && ask->lo > 0)
			v = GRID_EMPTY;
		else if (v < ask->lo || v > ask->hi)
			return false;
		if (!cell(r, v))
			return false;
	}
	return true;
}

/* "1. " or "1) " at the start of a line is the number of a row. */
static bool numbering(struct reader *r, uint32_t before, struct str digits, bool *ok)
{
	struct str s = r->rest;
	size_t len;
	uint32_t c = peek(s, &len);
	uint64_t v;

	if (before != '\n' || digits.n > 2 || r->depth || !r->ask->words || (c != '.' && c != ')'))
		return false;
	s = str_from(s, len);
	if (peek(s, &len) != ' ' || is_edge(peek(str_from(s, len), &len)))
		return false;
	next(r);
	next(r);
	*ok = str_u64(digits, &v) && put_label(r, (int)v);
	return true;
}

static void symbols_init(struct reader *r)
{
	const char *symbols = r->ask->symbols;

	if (!symbols)
		return;
	memset(r->symbol, -1, sizeof(r->symbol));
	for (int i = 0; i < 128 && symbols[i]; i++)
		if ((unsigned char)symbols[i] < 0x80 && r->symbol[(int)symbols[i]] < 0)
			r->symbol[(int)symbols[i]] = (int8_t)i;
}

/* Symbols: every character of the word is a cell. */
static bool symbol_index(const struct reader *r, uint32_t c, int *ret)
{
	if (!r->ask->symbols || c >= 0x80 || r->symbol[c] < 0)
		return false;
	*ret = r->symbol[c];
	return true;
}

/* Most words are told apart by their first byte. */
static bool same(const char *a, const char *b)
{
	return a[0] == b[0] && strcmp(a, b) == 0;
}

/* A board that is said not to be the one is none. */
static bool denies(const char *letters)
{
	static const char *const words[] = {
		"not", "isn", "never", "neither", "nor", "cannot", "except", "without", "wrong", "incorrect", "invalid", "false",
		"impossible", "unlikely", "anything", "differs", "doubt", "maybe", "perhaps", "hardly",
		"\xe4\xb8\x8d", "\xe9\x9d\x9e", "\xe6\xb2\xa1", "\xe9\x94\x99", "\xe5\x90\xa6",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (same(letters, words[i]))
			return true;
	return false;
}

/* Behind cells such a word makes another board of them: "1234 ... Wait, the first two rows are swapped." Where the size is to be found out, it may tell how they were found. */
static bool changes(const char *letters)
{
	static const char *const words[] = {
		"wait", "actually", "instead", "alternatively", "alternative", "swap", "swapped", "exchanged", "transposed", "mirrored", "mirror", "reversed",
		"inverted", "flipped", "rotated", "upside", "unsure",
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (same(letters, words[i]))
			return true;
	return false;
}

/* What a word says about rows: "row", "R1", "第", "col". */
static bool name_word(struct reader *r, const char *letters, int numbers, int v)
{
	static const char *const rows[] = { "row", "r", "line", "\xe7\xac\xac", "\xe8\xa1\x8c" };
	static const char *const cols[] = { "column", "col", "c", "\xe5\x88\x97" };

	if (denies(letters) || (r->n && r->ask->rows && changes(letters)))
		return false;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (same(letters, rows[i])) {
			r->row_word = true;
			r->awaiting = numbers == 0 && !r->labelled;
			return numbers == 0 || (numbers == 1 && put_label(r, v));
		}
	}
	for (size_t i = 0; i < COUNT(cols); i++) {
		if (same(letters, cols[i])) {
			r->col_word = true;
			return true;
		}
	}
	if (numbers > 1 && (letters[0] == 'r' || letters[0] == 'c'))
		r->col_word = true; /* r1c2: cells by their names are not read */
	r->prose = true;
	return true;
}

/* Does a colon follow, behind what closes quotes? */
static bool colon_ahead(struct str s)
{
	size_t len;
	uint32_t c = peek(s, &len);

	while (len && (c == ' ' || c == '"' || c == '\'')) {
		s = str_from(s, len);
		c = peek(s, &len);
	}
	return c == ':';
}

/* A run of digits and nothing else: cells, a label, or the number of a row. What stands alone before a colon need be no cell. */
static bool digits(struct reader *r, uint32_t before, struct str text)
{
	bool ok;

	if (numbering(r, before, text, &ok))
		return ok;
	if (r->ask->words && text.n <= 2 && r->n == r->since && !r->numbers && !r->prose && !r->labelled && !r->awaiting && colon_ahead(r->rest))
		r->awaiting = true;
	return number(r, text);
}

/* A run of letters and digits that begins with `first`: cells, or a word. */
static bool run(struct reader *r, uint32_t before, uint32_t first)
{
	char text[64], letters[16];
	size_t n = 0, nletters = 0, ndigits = 0, total = 0;
	bool all_symbols = true, all_marks = true, in_number = false;
	int numbers = 0, v = 0, index = 0;

	for (uint32_t c = first;; c = next(r)) {
		total++;
		if (n < sizeof(text) - 1 && c < 0x80)
			text[n++] = (char)c;
		if (is_digit(c)) {
			ndigits++;
			if (!in_number) {
				numbers++;
				v = 0;
			}
			in_number = true;
			if (v <= 9999)
				v = v * 10 + (int)(c - '0');
		} else {
			in_number = false;
			all_marks = all_marks && (c == 'x' || c == 'X');
			if (nletters < sizeof(letters) - 1)
				letters[nletters++] = c < 0x80 ? to_lower((char)c) : '?';
		}
		all_symbols = all_symbols && symbol_index(r, c, &index);
		c = ahead(r);
		if (!is_digit(c) && !is_any_letter(c) && !(c == '_' && !r->ask->empty && total > ndigits))
			break;
		if (total == ndigits && is_digit(c) && n == sizeof(text) - 1) {
			/* a long run of digits goes in pieces */
			if (r->ask->hi > 9 || !number(r, (struct str){ text, n }))
				return false;
			n = total = ndigits = 0;
			numbers = 0;
			in_number = false;
		}
	}
	letters[nletters] = '\0';
	if (all_symbols && total == n) {
		for (size_t i = 0; i < n; i++) {
			symbol_index(r, (uint32_t)text[i], &index);
			if (!cell(r, index))
				return false;
		}
		return true;
	}
	if (total == ndigits)
		return digits(r, before, (struct str){ text, n });
	if (r->ask->empty && all_marks && r->ask->hi <= 9 && total == n) {
		for (size_t i = 0; i < n; i++)
			if (!(is_digit((uint32_t)text[i]) ? number(r, (struct str){ text + i, 1 }) : mark_empty(r)))
				return false;
		return true;
	}
	if (!r->ask->words || (total == 1 && all_marks))
		return false;
	r->gap |= GAP_OTHER;
	r->awaiting = false;
	r->numbers += numbers;
	r->number = v;
	return name_word(r, letters, numbers, v);
}

static bool sign(struct reader *r, uint32_t c)
{
	char letters[5] = "";

	if (!r->ask->words)
		return false;
	letters[utf8_put(letters, c)] = '\0';
	r->gap |= GAP_OTHER;
	if (c == 0x884c || c == 0x5217) { /* the unit after a number: 第1行 */
		r->row_word = r->row_word || c == 0x884c;
		r->col_word = r->col_word || c == 0x5217;
		r->awaiting = c == 0x884c && !r->labelled;
		return true;
	}
	r->awaiting = false;
	return name_word(r, letters, 0, 0);
}

/* What stands before a colon is a label: its cells are taken back. A key "row" has the label for its value. */
static bool colon(struct reader *r, uint32_t before)
{
	bool key = r->awaiting && (before == '"' || before == '\'');

	if (!r->ask->words || r->col_word)
		return false;
	if (r->row_word && r->numbers > 1)
		return false;
	if (r->n > r->since) {
		r->gap |= r->gaps[r->since];
		r->n = r->since;
	}
	if (!r->labelled && r->numbers == 1 && !r->prose && !put_label(r, r->number))
		return false;
	r->gap |= GAP_OTHER;
	r->numbers = 0;
	r->awaiting = key;
	return true;
}

/* Skip {...} with what it nests. */
static void skip_group(struct reader *r)
{
	int depth = 0;

	if (ahead(r) != '{')
		return;
	for (uint32_t c; (c = next(r)) != END;) {
		depth += c == '{';
		depth -= c == '}';
		if (!depth)
			return;
	}
}

static bool latex(struct reader *r)
{
	uint32_t c = ahead(r);
	char name[16];
	size_t n = 0;

	if (c == '\\') {
		next(r);
		boundary(r, GAP_ROW);
		return true;
	}
	if (!is_any_letter(c)) {
		if (strchr(",;:!()[] ", c < 0x80 ? (int)c : 'a'))
			next(r); /* thin blanks, \( and \[ */
		r->gap |= GAP_OTHER;
		return true;
	}
	while (c < 0x80 && is_any_letter(c)) {
		if (n < sizeof(name) - 1)
			name[n++] = (char)c;
		next(r);
		c = ahead(r);
	}
	name[n] = '\0';
	r->gap |= GAP_OTHER;
	if (strcmp(name, "n") == 0) { /* a line end that was escaped once too often */
		boundary(r, GAP_LINE);
		r->prev = '\n';
	} else if (strcmp(name, "begin") == 0) {
		bool columns = str_starts(r->rest, STR("{array}")) || str_starts(r->rest, STR("{tabular}"));

		skip_group(r);
		if (columns)
			skip_group(r);
	} else if (strcmp(name, "end") == 0 || strcmp(name, "cline") == 0) {
		skip_group(r);
	}
	return true;
}

/* Tags of HTML tables. */
static bool tag(struct reader *r)
{
	size_t end = 0;
	struct str name;

	while (end < r->rest.n && end < 64 && r->rest.s[end] != '>')
		end++;
	if (!r->ask->words || end == r->rest.n || r->rest.s[end] != '>')
		return false;
	name = str_sub(r->rest, 0, end);
	r->rest = str_from(r->rest, end + 1);
	r->prev = ' ';
	if (str_starts(name, STR("br")) || str_starts(name, STR("tr")) || str_starts(name, STR("/tr")))
		boundary(r, GAP_LINE);
	else
		boundary(r, GAP_OTHER);
	return true;
}

/* A line, or a piece between slashes, that is nothing but a frame: +---+, |---|:-:|, ======. It is skipped. */
static bool frame(struct reader *r)
{
	struct str s = r->rest;
	int in_row = 0;
	bool is_frame = false;

	for (;;) {
		size_t len;
		uint32_t c = peek(s, &len);

		if (c == END || c == '\n' || c == '/' || c == ';')
			break;
		if (c >= 0x80 || !(roles[c] & FRAME))
			return false;
		in_row = c == '-' || c == '=' ? in_row + 1 : 0;
		is_frame = is_frame || in_row == 2 || c == '+' || c == ':';
		s = str_from(s, len);
	}
	if (!is_frame)
		return false;
	r->rest = s;
	r->gap |= GAP_OTHER;
	return true;
}

/*
 * Most runs are a few plain digits, or symbols where there are symbols. They are counted here, and the other ones are left to run().
 * The first character has been read already.
 */
static bool short_run(struct reader *r, uint32_t before, uint32_t first)
{
	bool symbols = r->ask->symbols;
	struct str text = { r->rest.s - 1, 0 };
	size_t most = r->rest.n < SHORT ? r->rest.n : SHORT;
	uint32_t c = first;
	int index;

	if (text.s[0] != (char)first) /* it is another one's fold */
		return run(r, before, first);
	while (symbols ? symbol_index(r, c, &index) && (is_any_letter(c) || is_digit(c)) : is_digit(c)) {
		text.n++;
		c = text.n <= most ? (unsigned char)text.s[text.n] : ' ';
	}
	if (!text.n || text.n > SHORT || c >= 0x80 || c == '_' || is_any_letter(c) || is_digit(c))
		return run(r, before, first);
	r->prev = (unsigned char)text.s[text.n - 1];
	r->rest = str_from(r->rest, text.n - 1);
	if (!symbols || (r->awaiting && text.n <= 2 && is_digit((unsigned char)text.s[0]) && is_digit((unsigned char)text.s[text.n - 1])))
		return digits(r, before, text);
	for (size_t i = 0; i < text.n; i++)
		if (!symbol_index(r, (unsigned char)text.s[i], &index) || !cell(r, index))
			return false;
	return true;
}

/* Marks that are an empty cell on one board and decoration on another. */
static bool mark(struct reader *r, uint32_t before, uint32_t c)
{
	bool alone, glued_digit = is_digit(before) || is_digit(ahead(r));
	int len = 1;

	if (r->ask->empty)
		return mark_empty(r);
	if (c != '.')
		for (; ahead(r) == c; len++)
			next(r);
	alone = is_edge(before) && is_edge(ahead(r));
	r->gap |= GAP_OTHER;
	switch (c) {
	case '*': /* a bullet, or emphasis around a list: **[[1, 2], [2, 1]]** */
		return !alone || (len == 1 ? before == '\n' : opens(ahead(r)) || closes(before));
	case '_':
		return !alone && len > 1;
	case '-':
		if (len > 1 || (before == '\n' && ahead(r) == ' ') || (alone && r->prose))
			return true;
		return !alone && !(is_edge(before) && is_digit(ahead(r)));
	case '.': /* a stop, or a name in a module: np.array([[1, 2], [2, 1]]) */
		return is_edge(ahead(r)) ? !is_edge(before) || closes(before) : is_any_letter(before) && is_any_letter(ahead(r));
	default: /* ? */
		return !alone && !glued_digit;
	}
}

static bool step(struct reader *r)
{
	uint32_t before = r->prev, c = next(r);
	int index;

	if (is_any_letter(c) || is_digit(c))
		return short_run(r, before, c);
	if (c == '.' && r->ask->words && is_any_letter(before) && is_any_letter(ahead(r)) && !symbol_index(r, before, &index)) {
		r->gap |= GAP_OTHER; /* of a name such as np.array, whose letters are no cells */
		return true;
	}
	if (symbol_index(r, c, &index))
		return cell(r, index);
	if (c == 0xfffd)
		return false;
	if (c == 0x2717 || c == 0x2718 || c == 0x274c || c == 0x274e) /* crosses: what stands before them is struck out */
		return false;
	if (is_sign(c))
		return c >= 0x2190 && c < 0x2200 ? false : sign(r, c); /* arrows: "old -> new" is not read */
	switch (c) {
	case ' ':
		r->gap |= GAP_BLANK;
		if (before == '\n')
			r->prev = '\n'; /* indents do not end the start of a line */
		return true;
	case '\n':
		boundary(r, GAP_LINE);
		frame(r);
		return true;
	case ',':
		boundary(r, GAP_COMMA);
		return true;
	case '|': case '&':
		boundary(r, GAP_BAR);
		return true;
	case '/': case ';':
		boundary(r, GAP_SLASH);
		frame(r);
		return true;
	case '[': case '(': case '{':
		boundary(r, GAP_BRACKET);
		r->depth++;
		return true;
	case ']': case ')': case '}':
		boundary(r, GAP_BRACKET);
		r->depth -= r->depth > 0;
		return true;
	case '"': case '\'': case '`': case '$': case '!':
		r->gap |= GAP_OTHER;
		return true;
	case '~': /* two strike out what follows, more are a fence */
		for (index = 1; ahead(r) == '~'; index++)
			next(r);
		r->gap |= GAP_OTHER;
		return index != 2;
	case '#': case '>':
		r->gap |= GAP_OTHER;
		return before == '\n' || before == c;
	case '=':
		if (ahead(r) != '=')
			return colon(r, before);
		while (ahead(r) == '=')
			next(r);
		r->gap |= GAP_OTHER;
		return true;
	case '+':
		while (ahead(r) == '+' || ahead(r) == '-' || ahead(r) == '=')
			next(r);
		r->gap |= GAP_OTHER;
		return r->prev != '+' || before == '-';
	case ':':
		return colon(r, before);
	case '\\':
		return latex(r);
	case '<':
		return tag(r);
	case '.': case '_': case '?': case '*': case '-':
		return mark(r, before, c);
	default:
		return false;
	}
}

/* Separators that have one meaning each. */
static const uint8_t gap_of[256] = {
	[' '] = GAP_BLANK, ['\t'] = GAP_BLANK, [','] = GAP_COMMA, ['|'] = GAP_BAR, ['&'] = GAP_BAR, ['\n'] = GAP_LINE, ['\r'] = GAP_LINE,
	['/'] = GAP_SLASH, [';'] = GAP_SLASH, ['['] = GAP_BRACKET, [']'] = GAP_BRACKET, ['('] = GAP_BRACKET, [')'] = GAP_BRACKET,
	['{'] = GAP_BRACKET, ['}'] = GAP_BRACKET, ['"'] = GAP_OTHER, ['\''] = GAP_OTHER, ['`'] = GAP_OTHER,
};

/* How deep in brackets a text is behind c, from 0 up; -1 for "1)", the number of a row. */
static int plain_depth(int depth, unsigned c)
{
	if (c == '[' || c == '(' || c == '{')
		return depth + 1;
	return depth ? depth - 1 : c == ')' ? -1 : 0;
}

/* Marks that are an empty cell where there are such: of dashes frames are made. */
static bool plain_empty(unsigned c)
{
	return c == '.' || c == '_' || c == '?' || c == '*' || c == 'x' || c == 'X';
}

static bool plain_numbers(struct reader *r)
{
	const unsigned char *s = (const unsigned char *)r->rest.s, *end = s + r->rest.n;
	bool wide = r->ask->hi > 9, marks = r->ask->empty && !wide, zero_empty = r->ask->empty && r->ask->lo > 0;
	int lo = r->ask->lo, hi = r->ask->hi, depth = 0, n = 0, run = 0;
	unsigned gap = 0;

	while (s < end) {
		unsigned more = gap_of[*s];
		int v;

		if (more) {
			gap |= more;
			if (more == GAP_BRACKET && (depth = plain_depth(depth, *s)) < 0)
				return false;
			s++;
			continue;
		}
		v = *s++ - '0';
		if (v >= 0 && v <= 9) {
			for (int n_digits = 1; wide && s < end && is_digit(*s); s++) {
				if (n_digits++ == 4)
					return false;
				v = v * 10 + (*s - '0');
			}
			if (zero_empty && v == 0)
				v = GRID_EMPTY;
			else if (v < lo || v > hi)
				return false;
		} else if (marks && plain_empty(s[-1])) {
			v = GRID_EMPTY;
		} else {
			return false;
		}
		run = gap ? 0 : run + 1;
		if (n == GRID_CELLS || (marks && run > SHORT))
			return false;
		r->gaps[n] = (uint8_t)gap;
		r->g->cell[n++] = (int16_t)v;
		gap = 0;
	}
	r->n = n;
	return true;
}

static bool plain_symbols(struct reader *r)
{
	const unsigned char *s = (const unsigned char *)r->rest.s, *end = s + r->rest.n;
	int depth = 0, run = 0, index;

	for (; s < end; s++) {
		if (symbol_index(r, *s, &index)) {
			run = is_any_letter(*s) || is_digit(*s) ? run + 1 : 0;
			if (run > SHORT || (roles[*s] & FRAME) || !cell(r, index))
				return false;
		} else {
			run = 0;
			r->gap |= gap_of[*s];
			if (!gap_of[*s] || (gap_of[*s] == GAP_BRACKET && (depth = plain_depth(depth, *s)) < 0))
				return false;
		}
	}
	return true;
}

/*
 * The whole text at once, where it is nothing but cells and such separators, as most boards are: no words, labels, marks or frames.
 * False: it must be read step by step, which would come to the same where this succeeds.
 */
static bool plain(struct reader *r)
{
	return r->ask->symbols ? plain_symbols(r) : plain_numbers(r);
}

/* The kinds of separator that stand before the first cell of each row but the top one, and nowhere else. */
static unsigned row_gaps(const struct reader *r, int cols)
{
	unsigned firsts = 0xff, others = 0;

	for (int i = 1, x = 1; i < r->n; i++, x++) {
		if (x == cols) {
			firsts &= r->gaps[i];
			x = 0;
		} else {
			others |= r->gaps[i];
		}
	}
	return firsts & ~others;
}

static bool flat(const struct reader *r)
{
	for (int i = 2; i < r->n; i++)
		if (r->gaps[i] != r->gaps[1])
			return false;
	return true;
}

/* The number of columns that the strongest regular separator gives; 0 if none. */
static int find_cols(const struct reader *r)
{
	static const uint8_t kinds[] = { GAP_BRACKET, GAP_ROW, GAP_LINE, GAP_SLASH, GAP_BAR, GAP_COMMA, GAP_BLANK, GAP_OTHER };

	for (size_t k = 0; k < sizeof(kinds); k++) {
		int cols = 1;

		while (cols < r->n && !(r->gaps[cols] & kinds[k]))
			cols++;
		if (cols > 1 && cols < r->n && r->n % cols == 0 && (row_gaps(r, cols) & kinds[k]))
			return cols;
	}
	return flat(r) ? r->n : 0;
}

static bool labels_fit(const struct reader *r, int rows, int cols)
{
	if (r->labels && (r->labels != rows || r->label[0].number > 1))
		return false;
	for (int i = 0; i < r->labels; i++)
		if (r->label[i].at != i * cols || r->label[i].number != r->label[0].number + i)
			return false;
	return true;
}

static bool shape(struct reader *r)
{
	int rows = r->ask->rows, cols = r->ask->cols;

	if (!r->n)
		return false;
	if (!cols)
		cols = rows ? r->n / rows : find_cols(r);
	if (!cols)
		return false;
	if (!rows)
		rows = r->n / cols;
	if (rows > GRID_SIDE || cols > GRID_SIDE || rows * cols != r->n)
		return false;
	r->g->rows = rows;
	r->g->cols = cols;
	return (row_gaps(r, cols) || flat(r)) && labels_fit(r, rows, cols);
}

static void start(struct reader *r, struct grid *g, struct str text, const struct grid_ask *ask)
{
	memset(r, 0, offsetof(struct reader, gaps));
	r->ask = ask;
	r->g = g;
	r->rest = text;
	r->prev = '\n';
}

bool grid_read(struct grid *g, struct str text, const struct grid_ask *ask)
{
	struct reader r;

	/* An ask that no board can meet. No assert: the rules' library never ends the program that called it. */
	if (ask->rows < 0 || ask->rows > GRID_SIDE || ask->cols < 0 || ask->cols > GRID_SIDE || (ask->empty && ask->words) ||
	    ask->hi > 9999)
		return false;
	start(&r, g, text, ask);
	symbols_init(&r);
	if (plain(&r))
		return shape(&r);
	start(&r, g, text, ask);
	frame(&r);
	while (r.rest.n)
		if (!step(&r))
			return false;
	return shape(&r);
}

static void put_cell(struct buf *b, const struct grid_look *look, const char *empty, int v)
{
	if (v == GRID_EMPTY)
		buf_addz(b, empty);
	else if (look->symbols)
		buf_addc(b, look->symbols[v]);
	else
		buf_addi(b, v);
}

static void put_json(struct buf *b, const struct grid *g, const struct grid_look *look)
{
	const char *empty = look->empty ? look->empty : look->symbols ? "" : "0";

	for (int y = 0; y < g->rows; y++) {
		buf_addz(b, y ? ",[" : "[[");
		for (int x = 0; x < g->cols; x++) {
			if (x)
				buf_addc(b, ',');
			if (look->symbols)
				buf_addc(b, '"');
			put_cell(b, look, empty, g->cell[y * g->cols + x]);
			if (look->symbols)
				buf_addc(b, '"');
		}
		buf_addc(b, ']');
	}
	buf_addc(b, ']');
}

static void put_markdown(struct buf *b, const struct grid *g, const struct grid_look *look, const char *empty)
{
	for (int x = 0; x < g->cols; x++)
		buf_addz(b, "|   ");
	buf_addz(b, "|\n");
	for (int x = 0; x < g->cols; x++)
		buf_addz(b, "|---");
	buf_addc(b, '|');
	for (int y = 0; y < g->rows; y++) {
		buf_addz(b, "\n|");
		for (int x = 0; x < g->cols; x++) {
			buf_addc(b, ' ');
			put_cell(b, look, empty, g->cell[y * g->cols + x]);
			buf_addz(b, " |");
		}
	}
}

static bool has_wide(const struct grid *g, const struct grid_look *look)
{
	for (int i = 0; i < g->rows * g->cols && !look->symbols; i++)
		if (g->cell[i] > 9)
			return true;
	return false;
}

/* The rule between two bands: as wide as the cells and bars above it. */
static void put_rule(struct buf *b, const struct grid *g, int box_w)
{
	for (int x = 0; x < g->cols; x++) {
		if (x && x % box_w == 0)
			buf_addz(b, "+-");
		buf_addz(b, x + 1 < g->cols || !x ? "--" : "-"); /* a single dash would be an empty cell */
	}
	buf_addc(b, '\n');
}

void grid_write(struct buf *b, const struct grid *g, const struct grid_look *look)
{
	const char *empty = look->empty ? look->empty : ".";
	bool bars = look->style == GRID_BARS && look->box_w > 0 && look->box_h > 0;
	bool spaced = look->style == GRID_SPACED || look->style == GRID_BARS || has_wide(g, look);

	if (look->style == GRID_JSON) {
		put_json(b, g, look);
		return;
	}
	if (look->style == GRID_MARKDOWN) {
		put_markdown(b, g, look, empty);
		return;
	}
	for (int y = 0; y < g->rows; y++) {
		if (y)
			buf_addc(b, look->style == GRID_SLASHES ? '/' : '\n');
		if (bars && y && y % look->box_h == 0)
			put_rule(b, g, look->box_w);
		for (int x = 0; x < g->cols; x++) {
			if (x && spaced)
				buf_addc(b, ' ');
			if (bars && x && x % look->box_w == 0)
				buf_addz(b, "| ");
			put_cell(b, look, empty, g->cell[y * g->cols + x]);
		}
	}
}
