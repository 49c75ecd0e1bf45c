/* rows.c - tells whether lines are rows of one board or items of one list, for those that begin on their label's own line; see hunt.h. */
#include "verifiers/hunt.h"
#include "verifiers/text.h"

enum {
	LABEL_MAX = 24, /* bytes of "Row 1:" */
	BARRED_MAX = 8, /* bytes of a cell between bars, so that columns may have names */
};

/* What may stand around a cell: brackets, quotes, emphasis. */
static const bool around[256] = {
	['('] = true, [')'] = true, ['['] = true, [']'] = true, ['{'] = true, ['}'] = true, ['"'] = true, ['\''] = true, ['`'] = true,
	['*'] = true, ['$'] = true,
};

/* U+2500..257F, of which frames are drawn. */
static bool box_drawing(struct str s, size_t i)
{
	return i + 2 < s.n && (unsigned char)s.s[i] == 0xE2 && ((unsigned char)s.s[i + 1] == 0x94 || (unsigned char)s.s[i + 1] == 0x95);
}

static bool bar_at(struct str s, size_t i)
{
	return s.s[i] == '|' || s.s[i] == '&' || box_drawing(s, i);
}

/* Letters of languages that write words without blanks: such a line is prose rather than a row. */
static bool is_ideograph(uint32_t c)
{
	return (c >= 0x3000 && c < 0xe000) || (c >= 0xff00 && c < 0xfff0);
}

/* A number or one character, with what stands around it. Sums and equations are made of + / = and are no rows, nor are fences. */
static bool is_cell(struct str s)
{
	uint32_t c;
	size_t digits = 0, n;

	s = str_trim(s);
	if (s.n > 1 && s.s[s.n - 1] == '.') /* of a last cell, or "1." before a row */
		s.n--;
	else if (s.n > 3 && str_ends(s, STR("\xE3\x80\x82"))) /* U+3002 */
		s.n -= 3;
	while (s.n > 1 && around[(unsigned char)s.s[0]])
		s = str_from(s, 1);
	while (s.n > 1 && around[(unsigned char)s.s[s.n - 1]])
		s.n--;
	if (!s.n)
		return false;
	while (digits < s.n && s.s[digits] >= '0' && s.s[digits] <= '9')
		digits++;
	if (digits == s.n)
		return digits <= 4;
	n = utf8_next(s, &c);
	return (n == s.n || (c >= 0x80 && str_is(str_from(s, n), "\xEF\xB8\x8F"))) && c != '+' && c != '/' && c != '=' && c != '`';
}

/* Bytes of a Chinese numeral up to ten at s[i], 0 for none. */
static size_t numeral_at(struct str s, size_t i)
{
	size_t n = 0;
	int v = (unsigned char)s.s[i] < 0x80 ? -1 : text_numeral(str_from(s, i), &n);

	return v > 0 && v <= 10 ? n : 0;
}

/* "Row 2: 1 2 3" without its label, whose one number tells the row. */
static struct str unlabelled(struct str s, bool *labelled)
{
	int numbers = 0;

	*labelled = false;
	for (size_t i = 0; i < s.n && i < LABEL_MAX; i++) {
		bool digit = s.s[i] >= '0' && s.s[i] <= '9';
		size_t numeral = numeral_at(s, i);
		size_t colon = s.s[i] == ':' ? 1 : (unsigned char)s.s[i] == 0xEF && str_starts(str_from(s, i), STR("\xEF\xBC\x9A")) ? 3 : 0;

		if (colon && numbers == 1 && i + colon < s.n) {
			*labelled = true;
			return str_trim(str_from(s, i + colon));
		}
		if (colon || (!digit && s.s[i] != ' ' && s.s[i] != '*' && (unsigned char)s.s[i] < 0x80 && to_lower(s.s[i]) == s.s[i] &&
			      !(s.s[i] >= 'a' && s.s[i] <= 'z')))
			return s;
		numbers += digit && !(i && s.s[i - 1] >= '0' && s.s[i - 1] <= '9');
		for (bool first = true; numeral; first = false) { /* U+5341 U+4E8C: 12 */
			numbers += first;
			i += numeral - 1;
			numeral = i + 1 < s.n ? numeral_at(s, i + 1) : 0;
			i += numeral > 0;
		}
	}
	return s;
}

/* Cells between bars. */
static bool barred(struct row *r, struct str s)
{
	size_t width = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (!bar_at(s, i)) {
			if (!is_blank(s.s[i]) && ++width > BARRED_MAX)
				return false;
			continue;
		}
		r->cells++;
		width = 0;
		i += (unsigned char)s.s[i] < 0x80 ? 0 : 2;
	}
	return true;
}

/* Bytes of a comma at s[i], of whatever make: U+FF0C, U+3001; 0 for none. */
static size_t comma_at(struct str s, size_t i)
{
	return s.s[i] == ',' ? 1 : word_at(s, i, "，") || word_at(s, i, "、") ? 3 : 0;
}

/* Cells between commas, some of which may hold nothing. */
static bool between_commas(struct row *r, struct str s)
{
	size_t from = 0, n;

	if (s.s[s.n - 1] == ',') /* what parts this row from the next */
		s.n--;
	for (size_t i = 0; i <= s.n; i++) {
		struct str cell = str_sub(s, from, i);

		n = i < s.n ? comma_at(s, i) : 1;
		if (!n)
			continue;
		if (str_trim(cell).n && !is_cell(cell))
			return false;
		r->cells++;
		from = i + n;
		i = from - 1;
	}
	return r->cells > 1;
}

static bool between_blanks(struct row *r, struct str s)
{
	struct str cell;

	while (str_word(&s, &cell)) {
		if (!is_cell(cell))
			return false;
		r->cells++;
	}
	return r->cells > 1;
}

/* Cells of a character each, with nothing between them. */
static bool together(struct row *r, struct str s)
{
	size_t same = 0;

	for (size_t i = 0, n; i < s.n; i += n) {
		uint32_t c;

		n = utf8_next(str_from(s, i), &c);
		if (c < ' ' || (is_ideograph(c) && c != 0x3002) || c == '+' || c == '=' || c == '`')
			return false;
		same += n == 1 && s.s[i] == s.s[0];
		r->cells += c != 0xfe0f;
	}
	/* of one mark alone: a rule or a fence of Markdown */
	return r->cells > 1 && !(same == s.n && (s.s[0] == '-' || s.s[0] == '*' || s.s[0] == '_' || s.s[0] == '~' || s.s[0] == '#'));
}

/* Does a word stand first, with others behind it? Most lines that are no rows are such. */
static bool wordy(struct str s)
{
	size_t n = 0;

	while (n < s.n && (s.s[n] | 0x20) >= 'a' && (s.s[n] | 0x20) <= 'z')
		n++;
	return n > 1 && n + 1 < s.n && (s.s[n] == ',' || (s.s[n] == ' ' && !(s.s[n + 1] >= '0' && s.s[n + 1] <= '9')));
}

bool row_read(struct row *r, struct str line)
{
	bool bar = false, comma = false, blank = false;

	line = str_trim(line);
	if (wordy(line))
		return false;
	line = unlabelled(line, &r->labelled);
	if (line.n && (line.s[line.n - 1] == ';' || line.s[line.n - 1] == '/'))
		line = str_trim(str_sub(line, 0, line.n - 1));
	if (line.n < 2)
		return false;
	for (size_t i = 0; i < line.n; i++) {
		bar = bar || bar_at(line, i);
		comma = comma || comma_at(line, i) > 0;
		blank = blank || is_blank(line.s[i]);
	}
	r->cells = 0;
	r->between = bar ? '|' : comma ? ',' : blank ? ' ' : 0;
	return bar ? barred(r, line) : comma ? between_commas(r, line) : blank ? between_blanks(r, line) : together(r, line);
}

size_t row_stop(const struct row *top, const struct row *row, struct str line)
{
	if (str_ends(line, STR("\xE3\x80\x82"))) /* U+3002 */
		return 3;
	if (line.n < 2 || line.s[line.n - 1] != '.')
		return 0;
	return top->between ? line.s[line.n - 2] != '.' && !is_blank(line.s[line.n - 2]) : row->cells == top->cells + 1;
}

bool row_alike(const struct row *top, const struct row *row, struct str line)
{
	int more = !top->between && row_stop(top, row, line);

	return top->between == row->between && top->labelled == row->labelled && top->cells == row->cells - more;
}

bool row_frame(struct str line)
{
	bool frame = false;

	for (size_t i = 0; i < line.n; i++) {
		char c = line.s[i];

		if (box_drawing(line, i)) {
			i += 2;
			frame = true;
			continue;
		}
		if (c != '-' && c != '=' && c != '+' && c != ':' && c != '|' && !is_blank(c))
			return false;
		frame = frame || c == '+' || c == ':' || (i && (c == '-' || c == '=') && line.s[i - 1] == c);
	}
	return frame;
}

size_t item_bullet(struct str line, int at)
{
	int v = 0;
	size_t i = 0;

	if (line.n > 2 && (line.s[0] == '-' || line.s[0] == '*') && line.s[1] == ' ')
		return 2;
	if (line.n > 3 && str_starts(line, STR("\xE2\x80\xA2")))
		return 3;
	for (; i < line.n && i < 4 && line.s[i] >= '0' && line.s[i] <= '9'; i++)
		v = 10 * v + (line.s[i] - '0');
	if (!i || v != at || i + 2 >= line.n)
		return 0;
	if (word_at(line, i, "、") || word_at(line, i, "．")) /* U+3001 U+FF0E */
		return i + 3 < line.n ? i + 3 : 0;
	return (line.s[i] == '.' || line.s[i] == ')') && line.s[i + 1] == ' ' ? i + 2 : 0;
}
