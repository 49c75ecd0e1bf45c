/*
 * picks.c - which cells an answer picks; see picks.h.
 *
 * The list reader is one pass over folded characters. Brackets are kept on a small stack; the innermost pair of
 * brackets around two numbers is a place. Outside of pairs a number must be told what it is: "row 1", "r1c3", the third
 * column after "row 1:". Anything that is not known to be harmless makes the whole no list.
 */
#include "verifiers/picks.h"
#include "verifiers/text.h"

/* ---- boards ---- */

static const struct {
	uint32_t cp;
	char sign;
} signs[] = {
	{ 0x2605, '*' }, { 0x2b50, '*' }, { 0x1f31f, '*' }, { 0x2731, '*' }, { 0x2b51, '*' }, { 0x22c6, '*' },
	{ 0x25a0, '#' }, { 0x2b1b, '#' }, { 0x2588, '#' }, { 0x1f7e5, '#' }, { 0x1f7e6, '#' }, { 0x25cf, '#' },
	{ 0x1f7e9, '.' }, { 0x2591, '.' }, { 0x2b1a, '.' }, { 0x25ab, '.' },
	{ 0x1f332, 'T' }, { 0x1f333, 'T' }, { 0x1f334, 'T' }, { 0x26fa, 'C' }, { 0x1f3d5, 'C' },
	{ 0x2713, 'X' }, { 0x2714, 'X' },
};

static char sign_of(uint32_t cp)
{
	for (size_t i = 0; i < COUNT(signs); i++)
		if (signs[i].cp == cp)
			return signs[i].sign;
	return 0;
}

struct str picks_signs(struct str text, char room[PICKS_ROOM])
{
	size_t n = 0;

	while (n < text.n && (unsigned char)text.s[n] < 0x80)
		n++;
	if (n == text.n || text.n > PICKS_ROOM)
		return text;
	memcpy(room, text.s, n);
	for (struct str rest = str_from(text, n); rest.n;) {
		uint32_t cp;
		size_t len = utf8_next(rest, &cp);
		char sign = cp < 0x2000 ? 0 : sign_of(cp);

		if (sign)
			room[n++] = sign;
		else
			memcpy(room + n, rest.s, len);
		n += sign ? 0 : len;
		rest = str_from(rest, len);
	}
	return (struct str){ room, n };
}

bool picks_grid(struct grid *g, struct str text, const struct grid_ask *ask)
{
	struct str end = STR("\xe3\x80\x82"); /* U+3002 */

	if (grid_read(g, text, ask))
		return true;
	text = str_trim(text);
	if (str_ends(text, STR(".")))
		text.n--;
	else if (str_ends(text, end))
		text.n -= end.n;
	else
		return false;
	return grid_read(g, text, ask);
}

bool picks_board(struct grid *g, struct str text, int rows, int cols, const char *marks)
{
	static const char blanks[] = "._-";
	char room[PICKS_ROOM], symbols[32] = "._-*#Xx@";

	if (grid_read(g, text, &(struct grid_ask){ .rows = rows, .cols = cols, .hi = 1, .words = true }))
		return true;
	if (strlen(symbols) + strlen(marks) >= sizeof(symbols))
		return false;
	strcat(symbols, marks);
	if (!picks_grid(g, picks_signs(text, room), &(struct grid_ask){ .rows = rows, .cols = cols, .symbols = symbols, .words = true }))
		return false;
	for (int i = 0; i < rows * cols; i++)
		g->cell[i] = g->cell[i] >= (int)sizeof(blanks) - 1;
	return true;
}

/* ---- lists ---- */

enum {
	DEPTH = 12,
	NOWHERE = 10000, /* 0 was told: a number, but none of a row */
};

struct frame {
	char close;    /* the bracket that ends it */
	char label;    /* that held outside */
	int list;      /* its number */
	int row, col;  /* as far as told; 0: not yet */
	bool columns;  /* its numbers are columns of the row told before it */
	bool full;     /* holds places */
	char region;   /* told behind its row and column, 0: none */
};

enum want { ANY, ROW, COL, INDEX };

struct lister {
	struct picks *p;
	struct str rest;
	uint32_t prev; /* folded; '\n' at the start */
	bool links;
	struct frame stack[DEPTH];
	int depth, lists;
	enum want want; /* what the last word says of the next number */
	int row;        /* "row 3": columns follow; 0: none */
	bool row_used;  /* some did */
	char label;
	bool first; /* a label stood before its place: so do the others */
	bool comma; /* since the last thing */
	bool link;  /* a dash since the last place */
	bool after; /* a place stands before, and no letter between */
};

static uint32_t fold(uint32_t c)
{
	if (c < 0x80)
		return c == '\t' || c == '\v' || c == '\f' ? ' ' : c == '\r' ? '\n' : c ? c : 1;
	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xfee0;
	if ((c >= 0x2000 && c <= 0x200d) || c == 0xa0 || c == 0x3000 || c == 0x202f || c == 0x205f || c == 0xfeff || c == 0xfe0f)
		return ' ';
	if (c == 0x2605 || c == 0x2b50 || c == 0x1f31f)
		return ' '; /* stars behind places */
	if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2192 || c == 0x2194)
		return '-';
	switch (c) {
	case 0x3001: return ',';
	case 0x3002: return '.';
	case 0x3010: return '[';
	case 0x3011: return ']';
	case 0x2022: return '*';
	case 0x2018: case 0x2019: case 0x201c: case 0x201d: case 0x300c: case 0x300d: case 0x300e: case 0x300f:
		return '"';
	default: return c;
	}
}

static uint32_t peek_other(struct str s, size_t *len)
{
	uint32_t c;

	*len = 0;
	if (!s.n)
		return 0;
	*len = utf8_next(s, &c);
	return fold(c);
}

static inline uint32_t peek(struct str s, size_t *len)
{
	if (!s.n || s.s[0] < ' ' || (unsigned char)s.s[0] >= 0x80)
		return peek_other(s, len);
	*len = 1; /* nearly all */
	return (unsigned char)s.s[0];
}

static uint32_t next(struct lister *r)
{
	size_t len;
	uint32_t c = peek(r->rest, &len);

	r->rest.s += len;
	r->rest.n -= len;
	return c;
}

/* The next character that says something; quotes, stars and blanks say nothing. At most a few are looked past. */
static uint32_t ahead(const struct lister *r)
{
	struct str s = r->rest;
	size_t len;
	uint32_t c = peek(s, &len);

	for (int i = 0; i < 8 && len && (c == ' ' || c == '"' || c == '\'' || c == '*' || c == '`'); i++) {
		s = str_from(s, len);
		c = peek(s, &len);
	}
	return c;
}

/* Is the word one of the list's n? */
static bool listed(const char *const *list, size_t n, const char *w)
{
	for (size_t i = 0; i < n; i++)
		if (list[i][0] == w[0] && strcmp(list[i], w) == 0)
			return true;
	return false;
}

static struct frame *inner(struct lister *r)
{
	return r->depth ? &r->stack[r->depth - 1] : NULL;
}

static bool emit(struct lister *r, int row, int col, int list)
{
	struct picks *p = r->p;

	if (r->link && r->after && !r->links)
		return false; /* a range, or whatever it is */
	if (p->n == PICKS_MAX)
		p->more = true;
	else
		p->at[p->n++] = (struct pick){ (int16_t)row, (int16_t)col, (int16_t)list, r->label, r->link && r->after };
	r->link = r->comma = false;
	r->after = true;
	return true;
}

/* "Row 3:" must be followed by something. */
static bool end_row(struct lister *r)
{
	bool fine = !r->row || r->row_used;

	r->row = 0;
	r->row_used = false;
	return fine;
}

static bool open(struct lister *r, char close)
{
	struct frame *f = inner(r);
	bool columns = r->row && !r->row_used && close != ')';

	if (r->depth == DEPTH || (f && (f->row || f->col || f->columns)))
		return false;
	if (r->lists < 32000)
		r->lists++;
	r->stack[r->depth++] = (struct frame){ .close = close, .label = r->label, .list = r->lists, .columns = columns };
	r->comma = false;
	r->want = ANY;
	return true;
}

static bool shut(struct lister *r, char close)
{
	struct frame f, *out;
	bool emitted;

	if (!r->depth || inner(r)->close != close)
		return false;
	f = *inner(r);
	r->depth--;
	r->label = f.label;
	r->comma = false;
	r->want = ANY;
	out = inner(r);
	if (f.columns)
		return r->row_used && end_row(r);
	if (!f.row && !f.col) {
		if (out)
			out->full = out->full || f.full;
		return true;
	}
	if (!f.row || !f.col || (r->row && r->row != f.row))
		return false;
	r->row_used = true;
	if (out)
		out->full = true;
	r->label = f.region ? f.region : f.label;
	emitted = emit(r, f.row, f.col, out ? out->list : 0);
	r->label = f.label;
	return emitted;
}

/* What a number is, it was told before, or its place between brackets says it. */
static bool number(struct lister *r, int v)
{
	struct frame *f = inner(r);
	uint32_t c = ahead(r);
	enum want want = c == 0x884c ? ROW : c == 0x5217 ? COL : r->want; /* 1 hang, 3 lie */

	r->want = ANY;
	r->comma = false;
	if (want == INDEX)
		return c == ':' || c == '.' || c == '(' || c == '[' || c == '-' || c == '=' || is_letter(c) || c >= 0x2e80;
	v = v ? v : NOWHERE;
	if (f && !f->columns && !f->full && (f->close != '}' || want != ANY)) {
		int *slot = want == COL || (want == ANY && f->row) ? &f->col : &f->row;

		if (*slot)
			return false;
		*slot = v;
		return true;
	}
	if (want == ROW) {
		if (!end_row(r))
			return false;
		r->row = v;
		return true;
	}
	if (!r->row)
		return false;
	r->row_used = true;
	return emit(r, r->row, v, 0);
}

/* "1. " or "1) " at the start of a line numbers an item. */
static bool numbering(struct lister *r, bool line_start)
{
	struct str s = r->rest;
	size_t len;
	uint32_t c = peek(s, &len);

	if (!line_start || r->depth || (c != '.' && c != ')'))
		return false;
	s = str_from(s, len);
	if (peek(s, &len) != ' ')
		return false;
	next(r);
	return true;
}

static bool digits(struct lister *r, uint32_t first, bool line_start)
{
	struct str s;
	int v = (int)(first - '0'), n = 1;
	size_t len;

	for (; is_digit(peek(r->rest, &len)); n++) {
		if (n == 4)
			return false;
		v = v * 10 + (int)(next(r) - '0');
	}
	s = r->rest;
	if (peek(s, &len) == '.' && is_digit(peek(str_from(s, len), &len)))
		return false; /* 1.5 */
	return numbering(r, line_start) || number(r, v);
}

/* A region's letter, before its places or behind each: "A: (1,2)", "(1,2) in region A". */
static bool region(struct lister *r, char letter)
{
	struct frame *f = inner(r);
	uint32_t c = ahead(r);

	r->link = r->comma = false; /* "A - (1,2)" */
	if (f && (f->row || f->col)) { /* "row": 1, "col": 2, "region": "A" */
		if (!f->row || !f->col || f->region)
			return false;
		f->region = letter;
		return true;
	}
	if (!r->first && r->after && !f && c != ':' && c != '=') {
		r->p->at[r->p->n - 1].label = letter;
		r->after = false;
		return end_row(r);
	}
	r->first = r->first || !f;
	r->label = letter;
	r->after = false;
	return end_row(r);
}

static bool word(struct lister *r, uint32_t first)
{
	static const char *const rows[] = { "row", "rows", "r" }, *const cols[] = { "column", "columns", "col", "cols", "c" };
	static const char *const counted[] = { "star", "tent", "domino", "cell" };
	static const char *const known[] = {
		"stars", "tents", "dominoes", "dominos", "cells", "square", "squares", "region", "regions", "at", "and", "in",
		"is", "are", "on", "the", "of", "answer", "answers", "solution", "final", "my", "placed", "place", "put", "goes",
		"coordinates", "coordinate", "positions", "position", "locations", "location", "covered", "cover", "covers",
		"marked", "has", "have",
	};
	char text[16];
	size_t n = 0, len;

	for (uint32_t c = first;; c = next(r)) {
		if (n == sizeof(text) - 1)
			return false;
		text[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		if (!is_letter(peek(r->rest, &len)))
			break;
	}
	text[n] = '\0';
	if (n == 1 && !((text[0] == 'r' || text[0] == 'c') && (is_digit(ahead(r)) || r->want != ANY)))
		return region(r, (char)first);
	if (listed(rows, COUNT(rows), text)) {
		if (r->want == COL)
			return false; /* "(column, row)": places are told in that order */
		r->want = ROW;
	} else if (listed(cols, COUNT(cols), text)) {
		r->want = COL;
		r->link = r->link && (!r->row || r->row_used); /* "row 1 -> column 2" is no range */
	}
	else if (listed(counted, COUNT(counted), text))
		r->want = INDEX;
	else
		return listed(known, COUNT(known), text);
	return true;
}

/* Chinese signs that only name things on a board: hang lie di he quyu xing zhangpeng zai weiyu daan ... */
static bool sign(struct lister *r, uint32_t c)
{
	static const uint32_t known[] = {
		0x884c, 0x5217, 0x7b2c, 0x548c, 0x533a, 0x57df, 0x661f, 0x661f, 0x9897, 0x5e10, 0x7bf7, 0x5728, 0x4f4d, 0x4e8e,
		0x7b54, 0x6848, 0x662f, 0x4e3a, 0x5750, 0x6807, 0x591a, 0x7c73, 0x8bfa, 0x9aa8, 0x724c, 0x683c, 0x5b50, 0x4e2a,
		0x7684, 0x653e, 0x7f6e, 0x8986, 0x76d6, 0x6700, 0x7ec8, 0x7f6e, 0x89e3,
	};
	size_t len;

	if (c == 0x5217 && peek(r->rest, &len) == ',' && str_starts(str_trim(str_from(r->rest, len)), STR("行")))
		return false; /* as "(column, row)" */
	if (c == 0x661f || c == 0x7bf7 || c == 0x724c) /* a star, a tent, a domino: its number may follow */
		r->want = INDEX;
	for (size_t i = 0; i < COUNT(known); i++)
		if (known[i] == c)
			return true;
	return false;
}

static bool latex(struct lister *r)
{
	static const char *const harmless[] = {
		"left", "right", "text", "mathrm", "mathbf", "textbf", "texttt", "boxed", "quad", "qquad", "big", "Big", "n",
	};
	char name[12];
	size_t n = 0, len;
	uint32_t c = peek(r->rest, &len);

	if (!is_letter(c)) {
		next(r);
		if (c == '{')
			return open(r, '}');
		if (c == '}')
			return shut(r, '}');
		return c == ',' || c == ';' || c == '!' || c == ' ' || c == '\\' || c == '(' || c == ')' || c == '[' || c == ']';
	}
	for (; is_letter(peek(r->rest, &len)); n++) {
		if (n == sizeof(name) - 1)
			return false;
		name[n] = (char)next(r);
	}
	name[n] = '\0';
	return listed(harmless, COUNT(harmless), name);
}

static bool dash(struct lister *r, bool line_start)
{
	struct frame *f = inner(r);
	size_t len;

	if (is_digit(peek(r->rest, &len)) || (f && (f->row || f->col)))
		return false; /* a sign, a range */
	r->link = r->link || !line_start;
	return true;
}

static bool line_end(struct lister *r)
{
	r->link = false;
	if (r->row_used)
		return end_row(r);
	return true;
}

static bool step(struct lister *r)
{
	bool line_start = r->prev == '\n';
	uint32_t c = next(r);
	size_t len;

	if (c == ' ')
		return true; /* prev stays: an indent does not end the start of a line */
	r->prev = c;
	if (is_digit(c))
		return digits(r, c, line_start);
	if (is_letter(c))
		return word(r, c);
	if (c >= 0x2e80)
		return sign(r, c);
	switch (c) {
	case '(':
		return open(r, ')');
	case '[':
		return open(r, ']');
	case '{':
		return open(r, '}');
	case ')': case ']': case '}':
		return shut(r, (char)c);
	case ',': case ';':
		if (r->comma)
			return false; /* an item is missing */
		r->comma = true;
		return true;
	case '\n':
		return line_end(r);
	case '-': case '~':
		return dash(r, line_start);
	case '.':
		return peek(r->rest, &len) != '.' && !is_digit(peek(r->rest, &len));
	case ':': case '=': case '|': case '/': case '&': case '"': case '\'': case '`': case '*': case '$': case '!': case '#':
	case '>':
		return true;
	case '\\':
		return latex(r);
	default:
		return false;
	}
}

/* ---- tables ---- */

enum { COLUMNS = 6 };

enum head { HEAD_NONE, HEAD_NUMBER, HEAD_ROW, HEAD_COLUMN, HEAD_REGION };

static enum head head_of(struct str cell)
{
	static const struct {
		const char *text;
		enum head head;
	} heads[] = {
		{ "row", HEAD_ROW }, { "行", HEAD_ROW }, { "column", HEAD_COLUMN }, { "col", HEAD_COLUMN }, { "star column", HEAD_COLUMN }, { "列", HEAD_COLUMN },
		{ "region", HEAD_REGION }, { "区域", HEAD_REGION }, { "#", HEAD_NUMBER }, { "no.", HEAD_NUMBER }, { "no", HEAD_NUMBER },
		{ "star", HEAD_NUMBER }, { "tent", HEAD_NUMBER }, { "cell", HEAD_NUMBER }, { "序号", HEAD_NUMBER }, { "编号", HEAD_NUMBER },
	};

	cell = text_strip(cell);
	for (size_t i = 0; i < COUNT(heads); i++)
		if (str_ieq(cell, str_of(heads[i].text)))
			return heads[i].head;
	return HEAD_NONE;
}

/* The cells of "| a | b |" or "a, b"; 0: it is no such line. */
static int cells_of(struct str line, struct str cell[COLUMNS])
{
	char bar = '|';
	int n = 0;

	line = str_trim(line);
	if (line.n > 2 && line.s[0] == bar && line.s[line.n - 1] == bar)
		line = str_sub(line, 1, line.n - 1);
	else
		bar = ',';
	while (n < COLUMNS && str_split(&line, bar, &cell[n]))
		n++;
	return line.n ? 0 : n;
}

/* "| Row | Column |" and a place in each line below, its numbers in the order of the heads; or two numbers in each line. False: it is no such table. */
static bool table(struct picks *p, struct str text)
{
	struct str line, cell[COLUMNS];
	enum head head[COLUMNS];
	struct str rest = str_trim(text);
	int n, has[HEAD_REGION + 1] = { 0 };
	int64_t v;

	p->n = 0;
	p->more = false;
	if (!str_split(&rest, '\n', &line))
		return false;
	n = cells_of(line, cell);
	for (int i = 0; i < n; i++)
		has[head[i] = head_of(cell[i])]++;
	if (n == 2 && text_int(cell[0], &v) && text_int(cell[1], &v)) {
		head[0] = HEAD_ROW;
		head[1] = HEAD_COLUMN;
		rest = text;
	} else if (has[HEAD_ROW] != 1 || has[HEAD_COLUMN] != 1 || has[HEAD_NONE] || has[HEAD_REGION] > 1) {
		return false;
	}
	while (str_split(&rest, '\n', &line)) {
		struct pick at = { 0 };

		if (cells_of(line, cell) != n)
			return false;
		if (str_starts(str_trim(cell[0]), STR("-")) || str_starts(str_trim(cell[0]), STR(":")))
			continue;
		for (int i = 0; i < n; i++) {
			cell[i] = text_strip(cell[i]);
			if (head[i] == HEAD_REGION && cell[i].n != 1)
				return false;
			if (head[i] == HEAD_REGION)
				at.label = cell[i].s[0];
			else if ((head[i] == HEAD_ROW || head[i] == HEAD_COLUMN) && (!text_int(cell[i], &v) || v < 1 || v > NOWHERE))
				return false;
			if (head[i] == HEAD_ROW)
				at.row = (int16_t)v;
			if (head[i] == HEAD_COLUMN)
				at.col = (int16_t)v;
		}
		if (p->n == PICKS_MAX)
			p->more = true;
		else
			p->at[p->n++] = at;
	}
	return p->n > 0;
}

bool picks_list(struct picks *p, struct str text, bool links)
{
	int counted = text_counted(&text);
	struct lister r = { .p = p, .rest = text, .prev = '\n', .links = links };

	if (!links && table(p, text))
		return true;
	p->n = 0;
	p->more = false;
	while (r.rest.n && !p->more)
		if (!step(&r))
			return false;
	if (p->more)
		return true;
	return !r.depth && end_row(&r) && p->n > 0 && (counted < 0 || counted == p->n || (links && counted == 2 * p->n));
}

enum quarry_mark picks_place(struct why *why, struct grid *g, const struct picks *p, int rows, int cols, const char *region, int stride)
{
	g->rows = rows;
	g->cols = cols;
	memset(g->cell, 0, sizeof(g->cell));
	for (int i = 0; i < p->n; i++) {
		const struct pick *at = &p->at[i];
		int16_t *cell;
		char in;

		if (at->row > rows || at->col > cols)
			return rule_wrong(why, "place %d of the list lies outside the board", i + 1);
		cell = &g->cell[(at->row - 1) * cols + at->col - 1];
		in = region[(at->row - 1) * stride + at->col - 1];
		if (*cell)
			return rule_wrong(why, "row %d, column %d is listed twice", at->row, at->col);
		if (at->label && at->label != in)
			return rule_wrong(why, "row %d, column %d lies in region %c, not %c", at->row, at->col, in, at->label);
		*cell = 1;
	}
	return p->more ? rule_wrong(why, "too many places are listed") : QUARRY_CORRECT;
}
