/*
 * arrow_maze.c - the rule: every blank cell holds one of eight arrows; from each number, rays of arrows that point away
 * from it are as long together as it says; every arrow lies on such a ray; what is given stays.
 *
 * desc: "HxW:ROW/ROW/..." with H rows of W cells (2 .. 16) parted by commas: a number 1 .. 24, . for a blank cell, or a
 * given arrow as its compass point: n ne e se s sw w nw. "2x3:3,.,./.,sw,2".
 *
 * Answers come with arrows of every make, as names of directions or as ^ > v <; they are turned into signs of one byte,
 * and grid_read() does the rest.
 */
#include "base/grid.h"
#include "verifiers/rule.h"

enum {
	SIDE = 16,
	CELLS = SIDE * SIDE,
	NUMBER_MAX = 24,
	ROOM = 1 << 14, /* bytes of an answer once it is plain; a board of 256 cells with all its decoration needs half */
};

enum way { N, NE, E, SE, S, SW, W, NW, WAYS };

static const int step_y[WAYS] = { -1, -1, 0, 1, 1, 1, 0, -1 }, step_x[WAYS] = { 0, 1, 1, 1, 0, -1, -1, -1 };
static const char *const compass[WAYS] = { "n", "ne", "e", "se", "s", "sw", "w", "nw" };

struct maze {
	int h, w;
	bool wide;        /* a number above 9 */
	int given[CELLS]; /* 0: blank; 1 .. 24: a number; -1 - way: an arrow */
};

/* ---- the desc ---- */

/* An arrow by its whole name; 0: none. */
static int arrow_read(struct str *s)
{
	struct str name = *s;

	for (name.n = 0; name.n < s->n && is_lower(s->s[name.n]);)
		name.n++;
	for (int way = 0; way < WAYS && name.n; way++)
		if (name.s[0] == compass[way][0] && str_is(name, compass[way])) {
			*s = str_from(*s, name.n);
			return -1 - way;
		}
	return 0;
}

static bool maze_read(struct maze *m, struct str s)
{
	int *v = m->given;

	m->wide = false;
	m->h = str_eat_number(&s, SIDE);
	if (m->h < 2 || !str_eatc(&s, 'x'))
		return false;
	m->w = str_eat_number(&s, SIDE);
	if (m->w < 2)
		return false;
	for (int y = 0; y < m->h; y++)
		for (int x = 0; x < m->w; x++, v++) {
			if (!str_eatc(&s, x ? ',' : y ? '/' : ':'))
				return false;
			*v = 0;
			if (!str_eatc(&s, '.') && !(*v = arrow_read(&s)) && (*v = str_eat_number(&s, NUMBER_MAX)) < 1)
				return false;
			m->wide |= *v > 9;
		}
	return s.n == 0;
}

/* ---- the answer in signs of one byte: arrows 1 .. 8, numbers from 10 on 14 .. 28 ---- */

static const char symbols[] = "\1\2\3\4\5\6\7\10" "123456789" "\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34";

enum { WIDE = 14 };

/* The way that an arrow points, of all makes; -1: no arrow. */
static int glyph_way(uint32_t c)
{
	static const uint16_t sets[][WAYS] = {
		{ 0x21d1, 0x21d7, 0x21d2, 0x21d8, 0x21d3, 0x21d9, 0x21d0, 0x21d6 },
		{ 0x2b06, 0x2b08, 0x27a1, 0x2b0a, 0x2b07, 0x2b0b, 0x2b05, 0x2b09 },
		{ 0x2b61, 0x2b67, 0x2b62, 0x2b68, 0x2b63, 0x2b69, 0x2b60, 0x2b66 },
		{ 0x27f0, 0, 0x27f6, 0, 0x27f1, 0, 0x27f5, 0 },
	};

	if (c >= 0x2190 && c <= 0x2199) /* nearly all are these */
		return (int8_t[]){ W, N, E, S, -1, -1, NW, NE, SE, SW }[c - 0x2190];
	for (size_t k = 0; k < COUNT(sets) && c >= 0x2190; k++)
		for (int way = 0; way < WAYS; way++)
			if (sets[k][way] == c)
				return way;
	if (c >= 0x1f850 && c <= 0x1f857) { /* four sides first, then the corners */
		static const uint8_t ways[] = { W, N, E, S, NW, NE, SE, SW };

		return ways[c - 0x1f850];
	}
	return c == 0x2794 || c == 0x279c || c == 0x2799 || c == 0x2b95 ? E : -1;
}

/* \nearrow, \Uparrow, \longrightarrow ...: the name without its backslash. */
static int latex_way(struct str name)
{
	static const char *const names[][2] = {
		[N] = { "uparrow", "Uparrow" },       [NE] = { "nearrow", "Nearrow" },
		[E] = { "rightarrow", "Rightarrow" }, [SE] = { "searrow", "Searrow" },
		[S] = { "downarrow", "Downarrow" },   [SW] = { "swarrow", "Swarrow" },
		[W] = { "leftarrow", "Leftarrow" },   [NW] = { "nwarrow", "Nwarrow" },
	};

	if (str_starts(name, STR("long")) || str_starts(name, STR("Long")))
		name = str_from(name, 4);
	for (int way = 0; way < WAYS; way++)
		if (str_is(name, names[way][0]) || str_is(name, names[way][1]))
			return way;
	return str_is(name, "to") ? E : str_is(name, "gets") ? W : -1;
}

/* A direction by its name; the letters are small and without hyphens. */
static int word_way(const char *word)
{
	static const char *const words[WAYS][11] = {
		[N] = { "up", "north", "n", "u" },
		[NE] = { "upright", "rightup", "northeast", "ne", "ur", "ru", "topright", "righttop", "upperright", "rightupper" },
		[E] = { "right", "east", "e", "r" },
		[SE] = { "downright", "rightdown", "southeast", "se", "dr", "rd", "bottomright", "rightbottom", "lowerright",
			 "rightlower" },
		[S] = { "down", "south", "s", "d", "v" },
		[SW] = { "downleft", "leftdown", "southwest", "sw", "dl", "ld", "bottomleft", "leftbottom", "lowerleft",
			 "leftlower" },
		[W] = { "left", "west", "w", "l" },
		[NW] = { "upleft", "leftup", "northwest", "nw", "ul", "lu", "topleft", "lefttop", "upperleft", "leftupper" },
	};

	for (int way = 0; way < WAYS; way++)
		for (int k = 0; k < 11 && words[way][k]; k++)
			if (strcmp(word, words[way][k]) == 0)
				return way;
	return -1;
}

/* Signs for up or north, down or south, right or east, left or west, as one bit each; 0: no direction. */
static int sign_side(uint32_t c)
{
	switch (c) {
	case 0x4e0a: case 0x5317: return 1;
	case 0x4e0b: case 0x5357: return 2;
	case 0x53f3: case 0x4e1c: case 0x6771: return 4;
	case 0x5de6: case 0x897f: return 8;
	default: return 0;
	}
}

static int side_way(int sides)
{
	static const int8_t ways[16] = { -1, N, S, -1, E, NE, SE, -1, W, NW, SW, -1, -1, -1, -1, -1 };

	return ways[sides];
}

struct plain {
	char s[ROOM];
	size_t n;
	bool wide, words;
};

static bool put(struct plain *p, char c)
{
	if (p->n == ROOM)
		return false;
	p->s[p->n++] = c;
	return true;
}

static bool put_text(struct plain *p, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!put(p, s.s[i]))
			return false;
	return true;
}

/* Hexadecimal digits behind \u, four of them. */
static bool hex_read(struct str s, uint32_t *ret)
{
	*ret = 0;
	if (s.n < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		char c = s.s[i];
		int v = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;

		if (v < 0)
			return false;
		*ret = *ret * 16 + (uint32_t)v;
	}
	return true;
}

/* s begins with a backslash; the bytes used, 0 where nothing more fits. */
static size_t put_latex(struct plain *p, struct str s)
{
	size_t n = 1;
	uint32_t c;
	int way;

	if (s.n > 1 && s.s[1] == 'u' && hex_read(str_from(s, 2), &c)) {
		way = glyph_way(c);
		if (way >= 0 || c == 0xfe0f || c == 0xfe0e)
			return way < 0 || put(p, (char)(1 + way)) ? 6 : 0;
	}
	while (n < s.n && is_letter(s.s[n]))
		n++;
	way = latex_way(str_sub(s, 1, n));
	if (way >= 0)
		return put(p, (char)(1 + way)) ? n : 0;
	if (n == 1 && s.n > 1 && s.s[1] == '\\')
		n = 2;
	return put_text(p, str_sub(s, 0, n)) ? n : 0;
}

/* A run of letters, digits and, between letters, hyphens. */
static size_t put_word(struct plain *p, struct str s)
{
	char word[16];
	size_t n = 0, letters = 0, digits = 0, v = 0;
	int way;

	while (n < s.n && (is_letter(s.s[n]) || is_digit(s.s[n]) ||
			   ((s.s[n] == '-' || s.s[n] == '_') && n && is_letter(s.s[n - 1]) && n + 1 < s.n && is_letter(s.s[n + 1])))) {
		if (is_digit(s.s[n])) {
			digits++;
			v = v < 1000 ? v * 10 + (size_t)(s.s[n] - '0') : v;
		} else if (is_letter(s.s[n])) {
			if (letters < sizeof(word) - 1)
				word[letters] = (char)(s.s[n] | 0x20);
			letters++;
		}
		n++;
	}
	if (p->words && !digits && letters < sizeof(word)) {
		word[letters] = '\0';
		way = word_way(word);
		if (way >= 0)
			return put(p, (char)(1 + way)) ? n : 0;
	}
	if (p->wide && !letters && digits == 2 && v >= 10 && v <= NUMBER_MAX)
		return put(p, (char)(WIDE + v - 10)) ? n : 0;
	if (p->wide && !letters && digits > 1)
		return 0; /* no number of this board; digit by digit it would be another answer */
	return put_text(p, str_sub(s, 0, n)) ? n : 0;
}

/* One or two signs that name a direction, and no third. */
static size_t put_sides(struct plain *p, struct str s)
{
	int sides = 0, count = 0, way;
	size_t n = 0;
	uint32_t c;

	while (n < s.n) {
		size_t len = utf8_next(str_from(s, n), &c);

		if (!sign_side(c))
			break;
		sides |= sign_side(c);
		count++;
		n += len;
	}
	way = count <= 2 ? side_way(sides) : -1;
	if (way >= 0 && count == 1 + way % 2)
		return put(p, (char)(1 + way)) ? n : 0;
	return put_text(p, str_sub(s, 0, n)) ? n : 0;
}

/* ^ > v < and -> <-; v is a word. */
static size_t put_ascii(struct plain *p, struct str s)
{
	if (str_starts(s, STR("->")))
		return put(p, 1 + E) ? 2 : 0;
	if (str_starts(s, STR("<-")))
		return put(p, 1 + W) ? 2 : 0;
	return put(p, (char)(s.s[0] == '^' ? 1 + N : s.s[0] == '>' ? 1 + E : s.s[0] == '<' ? 1 + W : s.s[0])) ? 1 : 0;
}

static bool make_plain(struct plain *p, struct str s)
{
	p->n = 0;
	while (s.n) {
		char b = s.s[0];
		size_t used;
		uint32_t c;
		int way;

		if (b == '\\') {
			used = put_latex(p, s);
		} else if (is_letter(b) || is_digit(b)) {
			used = put_word(p, s);
		} else if ((unsigned char)b < 0x80) {
			if (((unsigned char)b < 0x20 && b != '\n' && b != '\r' && b != '\t') || b == 0x7f)
				return false;
			used = p->words ? put_ascii(p, s) : put(p, b);
		} else {
			used = utf8_next(s, &c);
			way = glyph_way(c);
			if (c >= 0xff10 && c <= 0xff19) {
				if (!put(p, (char)('0' + c - 0xff10)))
					return false;
			} else if (way >= 0) {
				if (!put(p, (char)(1 + way)))
					return false;
			} else if (p->words && sign_side(c)) {
				used = put_sides(p, s);
			} else if (c != 0xfe0f && c != 0xfe0e && !put_text(p, str_sub(s, 0, used))) {
				return false;
			}
		}
		if (!used)
			return false;
		s = str_from(s, used);
	}
	return true;
}

enum reading { READ_NOTHING, READ_HOLES, READ_ALL };

/* One cell, an arrow of the plainest make or a number of this board; -1: neither. */
static int cell_read(struct str *s, bool wide)
{
	const unsigned char *c = (const unsigned char *)s->s;
	int v;

	if (s->n >= 3 && c[0] == 0xe2 && c[1] == 0x86 && (c[2] & 0xc0) == 0x80 && (v = glyph_way(0x2180u | (c[2] & 0x3f))) >= 0) {
		*s = str_from(*s, 3);
		return v;
	}
	v = str_eat_number(s, wide ? NUMBER_MAX : 9);
	return v > 0 ? WAYS + v - 1 : -1;
}

/* The board as we write it, each cell behind one blank or a row's end: most answers come so. False: it is written otherwise. */
static bool plain_read(struct grid *g, const struct maze *m, struct str s)
{
	int16_t *cell = g->cell;
	char row_end = str_chr(s, '\n') >= 0 ? '\n' : '/'; /* of all rows the same */

	g->rows = m->h;
	g->cols = m->w;
	for (int y = 0; y < m->h; y++)
		for (int x = 0; x < m->w; x++) {
			int v;

			if ((x || y) && !str_eatc(&s, x ? ' ' : row_end))
				return false;
			v = cell_read(&s, m->wide);
			if (v < 0)
				return false;
			*cell++ = (int16_t)v;
		}
	return s.n == 0;
}

/* Arrows first as signs, then by their names as well: in "here is the right answer" no arrow is meant. */
static enum reading maze_answer(struct grid *g, const struct maze *m, struct str answer)
{
	struct plain p; /* large: nothing of it is cleared */
	struct grid_ask ask = { .rows = m->h, .cols = m->w, .symbols = symbols, .words = true };
	enum reading read = READ_NOTHING;

	if (plain_read(g, m, answer))
		return READ_ALL;
	p.wide = m->wide;
	for (int words = 0; words < 2; words++) {
		p.words = words;
		if (!make_plain(&p, answer))
			continue;
		ask.words = true;
		ask.empty = false;
		if (grid_read(g, (struct str){ p.s, p.n }, &ask))
			return READ_ALL;
		ask.words = false;
		ask.empty = true;
		if (grid_read(g, (struct str){ p.s, p.n }, &ask))
			read = READ_HOLES;
	}
	return read;
}

/* ---- the rules ---- */

/* What a symbol stands for, as in maze.given. */
static int meaning(int symbol)
{
	return symbol < WAYS ? -1 - symbol : symbol - WAYS + 1;
}

/* How many cells from i on, i left out, hold the arrow `way` in an unbroken row; each is marked in `on`. */
static int ray(const struct maze *m, const struct grid *g, int i, int way, bool *on)
{
	int y = i / m->w + step_y[way], x = i % m->w + step_x[way], n = 0;

	for (; y >= 0 && y < m->h && x >= 0 && x < m->w && g->cell[y * m->w + x] == way; n++) {
		on[y * m->w + x] = true;
		y += step_y[way];
		x += step_x[way];
	}
	return n;
}

static enum quarry_mark check(struct why *why, const struct maze *m, const struct grid *g)
{
	bool on[CELLS] = { false };

	for (int i = 0; i < m->h * m->w; i++) {
		int is = meaning(g->cell[i]);

		if (m->given[i] ? is != m->given[i] : is > 0)
			return rule_wrong(why, m->given[i] ? "row %d, column %d: what is given was changed"
							   : "row %d, column %d: a number where an arrow belongs",
					  i / m->w + 1, i % m->w + 1);
	}
	for (int i = 0; i < m->h * m->w; i++) {
		int sum = 0;

		if (m->given[i] <= 0)
			continue;
		for (int way = 0; way < WAYS; way++)
			sum += ray(m, g, i, way, on);
		if (sum != m->given[i])
			return rule_wrong(why, "row %d, column %d: the rays from %d have length %d", i / m->w + 1, i % m->w + 1,
					  m->given[i], sum);
	}
	for (int i = 0; i < m->h * m->w; i++)
		if (m->given[i] <= 0 && !on[i])
			return rule_wrong(why, "row %d, column %d: the arrow is on no number's ray", i / m->w + 1, i % m->w + 1);
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct maze m;
	struct grid g;

	if (!maze_read(&m, desc))
		return rule_bad_task(why, "the desc is no arrow maze");
	switch (maze_answer(&g, &m, answer)) {
	case READ_ALL: return check(why, &m, &g);
	case READ_HOLES: return rule_wrong(why, "the board is not filled");
	default: return rule_unreadable(why, "no board of %d rows with %d arrows or numbers each could be read", m.h, m.w);
	}
}

const struct quarry_rule rule_arrow_maze = { "arrow_maze", 1, judge, NULL };
