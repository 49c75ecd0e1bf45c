/*
 * zebra_puzzle.c - who lives in which house: every value of every attribute gets a house, and all clues must hold.
 *
 * The answer asked for has the values house by house, in the order of the attributes: "Alma, tea, cat / Boris, milk, dog".
 * Each value is a word of its own, in English or Chinese, so also read are tables with the houses as rows or columns, with
 * a heading in another order, "House 1: Alma, tea, cat", JSON {"House 1": {"name": "Alma", ...}}, the same under
 * "solution", and "Alma: 2, Boris: 1, ...". Where one attribute is asked for: its values from the first house to the last.
 */
#include "verifiers/zebra_puzzle.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

/* ---- the desc ---- */

static bool read_theme(struct zebra *z, struct str s)
{
	int a = z->attributes++;
	uint32_t seen = 0;

	if (a == ZEBRA_SIDE || s.n < 3 || s.n > 1 + ZEBRA_SIDE || (a && s.n != 1 + (size_t)z->houses))
		return false;
	z->houses = (int)s.n - 1;
	if (s.s[0] < 'a' || s.s[0] >= 'a' + ZEBRA_THEMES)
		return false;
	z->theme[a] = (uint8_t)(s.s[0] - 'a');
	for (int i = 0; i < a; i++)
		if (z->theme[i] == z->theme[a])
			return false;
	for (int v = 0; v < z->houses; v++) {
		char c = s.s[1 + v];

		if (c < 'a' || c >= 'a' + ZEBRA_VALUES || seen >> (c - 'a') & 1)
			return false;
		seen |= 1u << (c - 'a');
		z->value[a][v] = (uint8_t)(c - 'a');
	}
	return true;
}

static bool read_item(const struct zebra *z, struct str *s, uint8_t *item)
{
	if (s->n < 2 || s->s[0] < 'A' || s->s[0] >= 'A' + z->attributes || s->s[1] < '1' || s->s[1] > '0' + z->houses)
		return false;
	*item = (uint8_t)((s->s[0] - 'A') * ZEBRA_SIDE + s->s[1] - '1');
	*s = str_from(*s, 2);
	return true;
}

static bool read_clue(const struct zebra *z, struct zebra_clue *c, struct str s)
{
	static const char marks[] = "@!=#lrnLRijkebx";
	const char *mark;

	if (!read_item(z, &s, &c->x) || !s.n || !(mark = memchr(marks, s.s[0], sizeof(marks) - 1)))
		return false;
	c->kind = (uint8_t)(mark - marks);
	s = str_from(s, 1);
	if (c->kind == ZEBRA_END)
		return s.n == 0;
	if (c->kind <= ZEBRA_NOT_AT) {
		c->y = (uint8_t)(s.n ? s.s[0] - '1' : 0);
		return s.n == 1 && s.s[0] >= '1' && s.s[0] <= '0' + z->houses;
	}
	if (!read_item(z, &s, &c->y) || c->y == c->x)
		return false;
	if (c->kind < ZEBRA_BETWEEN)
		return s.n == 0 && (c->kind > ZEBRA_APART || zebra_attribute(c->x) != zebra_attribute(c->y));
	if (!read_item(z, &s, &c->z) || s.n || c->z == c->x || c->z == c->y)
		return false;
	return c->kind == ZEBRA_BETWEEN || (zebra_attribute(c->x) != zebra_attribute(c->y) &&
					    zebra_attribute(c->x) != zebra_attribute(c->z));
}

bool zebra_read(struct zebra *z, struct str desc)
{
	struct str themes, theme, clue;

	z->houses = z->attributes = z->clues = 0;
	z->ask = -1;
	if (desc.n == 0 || desc.s[desc.n - 1] == ' ' || desc.s[0] == ' ' || !str_split(&desc, ' ', &themes) ||
	    str_ends(themes, STR("/")))
		return false;
	while (str_split(&themes, '/', &theme))
		if (!read_theme(z, theme))
			return false;
	if (z->attributes < 2)
		return false;
	while (str_split(&desc, ' ', &clue)) {
		if (clue.n == 2 && clue.s[0] == '?') { /* the last word */
			z->ask = clue.s[1] - 'A';
			return desc.n == 0 && z->clues > 0 && z->ask >= 0 && z->ask < z->attributes;
		}
		if (z->clues == ZEBRA_CLUES)
			return false;
		z->clue[z->clues] = (struct zebra_clue){ 0 };
		if (!read_clue(z, &z->clue[z->clues++], clue))
			return false;
	}
	return z->clues > 0;
}

/* ---- the clues ---- */

static int far(int p, int q)
{
	return p < q ? q - p : p - q;
}

/* house[item] is where it is, from 0. */
static bool holds(const struct zebra_clue *c, const int *house, int houses)
{
	int x = house[c->x], y = house[c->y], z = house[c->z];

	switch (c->kind) {
	case ZEBRA_AT: return x == c->y;
	case ZEBRA_NOT_AT: return x != c->y;
	case ZEBRA_SAME: return x == y;
	case ZEBRA_APART: return x != y;
	case ZEBRA_LEFT1: return x + 1 == y;
	case ZEBRA_RIGHT1: return x == y + 1;
	case ZEBRA_NEXT: return far(x, y) == 1;
	case ZEBRA_LEFT: return x < y;
	case ZEBRA_RIGHT: return x > y;
	case ZEBRA_GAP1: return far(x, y) == 2;
	case ZEBRA_GAP2: return far(x, y) == 3;
	case ZEBRA_GAP3: return far(x, y) == 4;
	case ZEBRA_END: return x == 0 || x == houses - 1;
	case ZEBRA_BETWEEN: return (y < x && x < z) || (z < x && x < y);
	default: return (x == y) != (x == z);
	}
}

/* ---- where one attribute is asked for: is there a place for all the others? ---- */

/* Steps of the search below; what we invent needs a tenth. */
enum { WORK = 150000 };

struct places {
	uint8_t may[ZEBRA_ITEMS]; /* bit h: the item may be in house h */
};

struct filling {
	const struct zebra *z;
	uint8_t with[ZEBRA_KINDS][ZEBRA_SIDE][2]; /* houses that a kind allows y with x in a house, x with y in one */
	int work;
};

static void filling_start(struct filling *f, const struct zebra *z)
{
	memset(f->with, 0, sizeof(f->with));
	f->z = z;
	f->work = WORK;
	for (int kind = ZEBRA_SAME; kind < ZEBRA_END; kind++)
		for (int p = 0; p < z->houses; p++)
			for (int q = 0; q < z->houses; q++) {
				struct zebra_clue c = { .kind = (uint8_t)kind, .x = 0, .y = 1 };
				int house[2] = { p, q };

				if (holds(&c, house, z->houses)) {
					f->with[kind][p][0] |= (uint8_t)(1u << q);
					f->with[kind][q][1] |= (uint8_t)(1u << p);
				}
			}
}

static bool keep(struct places *w, int item, unsigned houses, bool *changed)
{
	houses &= w->may[item];
	*changed |= houses != w->may[item];
	w->may[item] = (uint8_t)houses;
	return houses != 0;
}

/* Cut what a clue of three items leaves no combination for. */
static bool cut_three(struct filling *f, struct places *w, const struct zebra_clue *c, bool *changed)
{
	unsigned x = 0, y = 0, z = 0;

	f->work -= 20;
	for (int p = 0; p < f->z->houses; p++)
		for (int q = 0; w->may[c->x] >> p & 1 && q < f->z->houses; q++)
			for (int r = 0; w->may[c->y] >> q & 1 && r < f->z->houses; r++) {
				int house[3] = { p, q, r };
				struct zebra_clue d = { c->kind, 0, 1, 2 };

				if (!(w->may[c->z] >> r & 1) || !holds(&d, house, f->z->houses))
					continue;
				x |= 1u << p;
				y |= 1u << q;
				z |= 1u << r;
			}
	return keep(w, c->x, x, changed) && keep(w, c->y, y, changed) && keep(w, c->z, z, changed);
}

static bool cut_clue(struct filling *f, struct places *w, const struct zebra_clue *c, bool *changed)
{
	unsigned x = 0, y = 0;

	f->work--;
	if (c->kind >= ZEBRA_BETWEEN)
		return cut_three(f, w, c, changed);
	if (c->kind == ZEBRA_AT || c->kind == ZEBRA_NOT_AT)
		return keep(w, c->x, c->kind == ZEBRA_AT ? 1u << c->y : ~(1u << c->y), changed);
	if (c->kind == ZEBRA_END)
		return keep(w, c->x, 1u | 1u << (f->z->houses - 1), changed);
	for (int h = 0; h < f->z->houses; h++) {
		y |= w->may[c->x] >> h & 1 ? f->with[c->kind][h][0] : 0;
		x |= w->may[c->y] >> h & 1 ? f->with[c->kind][h][1] : 0;
	}
	return keep(w, c->x, x, changed) && keep(w, c->y, y, changed);
}

/* A house taken is nobody else's of the attribute. */
static bool cut_taken(struct filling *f, struct places *w, int a, bool *changed)
{
	int first = a * ZEBRA_SIDE, n = f->z->houses;

	f->work--;
	for (int i = first; i < first + n; i++)
		for (int j = first; !(w->may[i] & (w->may[i] - 1)) && j < first + n; j++)
			if (j != i && !keep(w, j, ~(unsigned)w->may[i], changed))
				return false;
	return true;
}

static bool cut_all(struct filling *f, struct places *w)
{
	bool changed = true;

	while (changed && f->work > 0) {
		changed = false;
		for (int a = 0; a < f->z->attributes; a++)
			if (!cut_taken(f, w, a, &changed))
				return false;
		for (int i = 0; i < f->z->clues; i++)
			if (!cut_clue(f, w, &f->z->clue[i], &changed))
				return false;
	}
	return true;
}

/* True when everything finds its house. f->work is gone where that was not found out. At most 49 calls deep. */
static bool fill(struct filling *f, struct places w)
{
	int best = -1, least = ZEBRA_SIDE + 1;

	if (!cut_all(f, &w))
		return false;
	for (int a = 0; a < f->z->attributes; a++)
		for (int i = a * ZEBRA_SIDE; i < a * ZEBRA_SIDE + f->z->houses; i++) {
			int n = 0;

			for (unsigned m = w.may[i]; m; m &= m - 1)
				n++;
			if (n > 1 && n < least) {
				best = i;
				least = n;
			}
		}
	if (best < 0)
		return f->work > 0;
	for (unsigned m = w.may[best]; m && f->work > 0; m &= m - 1) {
		struct places next = w;

		next.may[best] = (uint8_t)(m & -m);
		if (fill(f, next))
			return true;
	}
	return false;
}

static enum quarry_mark check_asked(struct why *why, const struct zebra *z, const int *house)
{
	struct filling f;
	struct places w = { { 0 } };
	unsigned seen = 0;

	for (int a = 0; a < z->attributes; a++)
		for (int v = 0; v < z->houses; v++) {
			int i = a * ZEBRA_SIDE + v;

			w.may[i] = (uint8_t)(a == z->ask ? 1u << house[i] : (1u << z->houses) - 1);
			seen |= a == z->ask ? 1u << house[i] : 0;
		}
	if (seen != (1u << z->houses) - 1)
		return rule_wrong(why, "a house has two of the values");
	filling_start(&f, z);
	if (fill(&f, w))
		return QUARRY_CORRECT;
	if (f.work <= 0)
		return rule_bad_task(why, "the clues are too hard to follow");
	return rule_wrong(why, "the clues leave no place for the others");
}

/* ---- where all are asked for ---- */

static enum quarry_mark check(struct why *why, const struct zebra *z, const int *house)
{
	if (z->ask >= 0)
		return check_asked(why, z, house);
	for (int a = 0; a < z->attributes; a++) {
		unsigned seen = 0;

		for (int v = 0; v < z->houses; v++) {
			int h = house[a * ZEBRA_SIDE + v];

			if (seen >> h & 1)
				return rule_wrong(why, "attribute %d has two values in house %d", a + 1, h + 1);
			seen |= 1u << h;
		}
	}
	for (int i = 0; i < z->clues; i++)
		if (!holds(&z->clue[i], house, z->houses))
			return rule_wrong(why, "clue %d does not hold", i + 1);
	return QUARRY_CORRECT;
}

/* ---- the answer, as tokens ---- */

enum token_kind {
	TOK_END,
	TOK_BAD, /* nothing that belongs in an answer */
	TOK_GAP,
	TOK_FILL, /* a word that says nothing: "house" */
	TOK_NUMBER,
	TOK_ATTRIBUTE,
	TOK_VALUE,
};

struct token {
	uint8_t kind;
	uint8_t what;  /* TOK_ATTRIBUTE, TOK_VALUE: which */
	bool labelled; /* TOK_VALUE: right behind TOK_ATTRIBUTE and a colon */
	struct str text; /* TOK_NUMBER: its digits */
};

enum { TOKENS = 200 }; /* 49 values, 49 houses and 49 names of attributes fit */

struct reader {
	const struct zebra *z;
	struct str rest;
	char last; /* the byte before rest, or 0 */
	bool colon, line; /* since the last token that says something: a colon, a line's end */
	int tokens, values, numbers;
	uint64_t values_by[32]; /* items whose English word begins with this letter, by its last five bits */
	uint8_t names_by[32];   /* attributes likewise */
	struct token token[TOKENS];
};

static const char *value_said(const struct zebra *z, int item, int lang)
{
	int a = zebra_attribute(item);

	return zebra_themes[z->theme[a]].value[z->value[a][item % ZEBRA_SIDE]].said[lang];
}

static void index_words(struct reader *r)
{
	const struct zebra *z = r->z;

	for (int a = 0; a < z->attributes; a++) {
		r->names_by[zebra_themes[z->theme[a]].name.said[0][0] & 31] |= (uint8_t)(1u << a);
		for (int v = 0; v < z->houses; v++)
			r->values_by[value_said(z, a * ZEBRA_SIDE + v, 0)[0] & 31] |= (uint64_t)1 << (a * ZEBRA_SIDE + v);
	}
}

static struct str eat(struct reader *r, size_t n)
{
	struct str s = str_sub(r->rest, 0, n);

	r->rest = str_from(r->rest, n);
	r->last = s.s[n - 1];
	return s;
}

/* Length of the mark at the head of the rest that only parts, 0 for anything else. */
static size_t gap(const struct reader *r)
{
	static const char *const wide[] = { "，", "、", "；", "：", "。", "／", "｜", "（", "）", "【", "】", "「", "」", "“", "”", "‘",
					    "’", "→", "—", "–", "•", "·", "│", "┃", "\xc2\xa0", "\xe3\x80\x80" };
	static const bool marks[256] = {
		[' '] = 1, ['\t'] = 1, ['\r'] = 1, ['\n'] = 1, ['\v'] = 1, ['\f'] = 1, [','] = 1, [';'] = 1, [':'] = 1, ['='] = 1, ['|'] = 1,
		['/'] = 1, ['('] = 1, [')'] = 1, ['['] = 1, [']'] = 1, ['{'] = 1, ['}'] = 1, ['"'] = 1, ['\''] = 1, ['`'] = 1, ['*'] = 1,
		['_'] = 1, ['-'] = 1, ['&'] = 1, ['<'] = 1, ['>'] = 1, ['#'] = 1, ['.'] = 1, ['$'] = 1,
	};
	struct str s = r->rest;
	char next = s.n > 1 ? s.s[1] : 0;

	if (s.s[0] == '-' && is_digit(next) && (r->last == 0 || strchr(" \t\n[({,:", r->last)))
		return 0; /* a sign */
	if (s.s[0] == '.' && is_digit(next) && is_digit(r->last))
		return 0;
	if (marks[(unsigned char)s.s[0]])
		return 1;
	if ((unsigned char)s.s[0] >= 0xc2)
		for (size_t i = 0; i < COUNT(wide); i++)
			if (str_starts(s, str_of(wide[i])))
				return strlen(wide[i]);
	return 0;
}

static struct token number(struct str text)
{
	return (struct token){ .kind = TOK_NUMBER, .text = text };
}

/* A word, or a word and an s behind it. */
static bool is_word(struct str word, const char *name)
{
	size_t n = strlen(name);

	if (word.n != n && !(word.n == n + 1 && (word.s[n] | 0x20) == 's'))
		return false;
	return str_ieq(str_sub(word, 0, n), (struct str){ name, n });
}

static struct token token_english(struct reader *r)
{
	static const char *const fill[] = { "house", "h", "position", "the", "in", "is", "at", "and", "of", "has", "solution",
					    "answer", "final", "header", "table", "row", "attribute", "category", "person", "who",
					    "a", "an", "as", "to", "from", "with", "live", "own", "keep", "drink", "like", "love", "eat", "play",
					    "work", "grow", "study", "studies", "listen", "drive", "use", "come", "tr", "td", "th", "thead",
					    "tbody" };
	static const char digits[] = "1234567";
	const struct zebra *z = r->z;
	struct str word;
	size_t n = 1;
	int count;

	while (n < r->rest.n && is_letter(r->rest.s[n]))
		n++;
	word = eat(r, n);
	for (int exact = 1; exact >= 0; exact--) /* "physics" before "physic" and an s */
		for (uint64_t rest = r->values_by[word.s[0] & 31]; rest; rest &= rest - 1) {
			int item = __builtin_ctzll(rest);
			const char *said = value_said(z, item, 0);

			if (is_word(word, said) && (!exact || word.n == strlen(said)))
				return (struct token){ .kind = TOK_VALUE, .what = (uint8_t)item };
		}
	for (unsigned rest = r->names_by[word.s[0] & 31]; rest; rest &= rest - 1) {
		int a = __builtin_ctz(rest);
		const char *said = zebra_themes[z->theme[a]].name.said[0];

		if (is_word(word, said) || (is_word(word, "color") && str_is(str_of(said), "colour")))
			return (struct token){ .kind = TOK_ATTRIBUTE, .what = (uint8_t)a };
	}
	for (size_t i = 0; i < COUNT(fill); i++)
		if (is_word(word, fill[i]))
			return (struct token){ .kind = TOK_FILL };
	count = text_ordinal(word, &n);
	if (!count)
		count = text_number_word(word);
	if (count >= 1 && count < (int)sizeof(digits))
		return number((struct str){ &digits[count - 1], 1 });
	return (struct token){ .kind = TOK_BAD };
}

/* The longest of the puzzle's words at the head of the rest: one may begin another. */
static struct token token_chinese(struct reader *r)
{
	static const char *const fill[] = { "号房", "号", "房子", "房屋", "房", "间", "第", "位置", "住", "在", "行", "是", "和", "的", "答案", "解", "座",
					    "属性", "编号" };
	static const char *const counts[] = { "一", "二", "三", "四", "五", "六", "七", "１", "２", "３", "４", "５", "６", "７" };
	static const char digits[] = "12345671234567";
	const struct zebra *z = r->z;
	struct token t = { .kind = TOK_BAD };
	size_t best = 0;

	for (int a = 0; a < z->attributes; a++) {
		const struct zebra_theme *theme = &zebra_themes[z->theme[a]];

		for (int v = -1; v < z->houses; v++) {
			struct str said = str_of(v < 0 ? theme->name.said[1] : theme->value[z->value[a][v]].said[1]);

			if (said.n <= best || said.s[0] != r->rest.s[0] || !str_starts(r->rest, said))
				continue;
			best = said.n;
			t = v < 0 ? (struct token){ .kind = TOK_ATTRIBUTE, .what = (uint8_t)a }
				  : (struct token){ .kind = TOK_VALUE, .what = (uint8_t)(a * ZEBRA_SIDE + v) };
		}
	}
	if (best) {
		eat(r, best);
		return t;
	}
	for (size_t i = 0; i < COUNT(fill); i++)
		if (str_starts(r->rest, str_of(fill[i]))) {
			eat(r, strlen(fill[i]));
			return (struct token){ .kind = TOK_FILL };
		}
	for (size_t i = 0; i < COUNT(counts); i++)
		if (str_starts(r->rest, str_of(counts[i]))) {
			eat(r, strlen(counts[i]));
			return number((struct str){ &digits[i], 1 });
		}
	eat(r, 1);
	return t;
}

/* \text, \\, \hline, \begin{array}{cc} and the like are gaps; other commands are not for an answer. */
static struct token token_latex(struct reader *r)
{
	static const char *const plain[] = { "text", "textbf", "mathrm", "mathbf", "quad", "qquad", "hline", "begin", "end", "to",
					     "rightarrow", "left", "right" };
	struct str word;
	size_t n = 1;

	while (n < r->rest.n && is_letter(r->rest.s[n]))
		n++;
	word = str_from(eat(r, n), 1);
	if (word.n == 0) {
		if (r->rest.n && (r->rest.s[0] == '\\' || gap(r)))
			eat(r, 1);
		return (struct token){ .kind = TOK_GAP };
	}
	for (size_t i = 0; i < COUNT(plain); i++) {
		if (!str_is(word, plain[i]))
			continue;
		while ((str_is(word, "begin") || str_is(word, "end")) && r->rest.n && r->rest.s[0] == '{') {
			ptrdiff_t close = str_chr(r->rest, '}');

			if (close < 0 || close > 40)
				return (struct token){ .kind = TOK_BAD };
			eat(r, (size_t)close + 1);
		}
		return (struct token){ .kind = TOK_GAP };
	}
	return (struct token){ .kind = TOK_BAD };
}

static struct token token_next(struct reader *r)
{
	size_t n;

	if (!r->rest.n)
		return (struct token){ .kind = TOK_END };
	if ((n = gap(r)) != 0) {
		r->colon |= r->rest.s[0] == ':' || r->rest.s[0] == '=' || str_starts(r->rest, STR("："));
		r->line |= r->rest.s[0] == '\n';
		eat(r, n);
		return (struct token){ .kind = TOK_GAP };
	}
	if (r->rest.s[0] == '\\')
		return token_latex(r);
	if (is_letter(r->rest.s[0]))
		return token_english(r);
	if (is_digit(r->rest.s[0])) {
		for (n = 1; n < r->rest.n && is_digit(r->rest.s[n]); n++)
			;
		return number(eat(r, n));
	}
	return token_chinese(r);
}

/* False at something that is no part of an answer, or too much of it. */
static bool tokens_read(struct reader *r)
{
	int fill = 0;

	for (struct token t = token_next(r); t.kind != TOK_END; t = token_next(r)) {
		if (t.kind == TOK_BAD || r->tokens == TOKENS || (t.kind == TOK_FILL && ++fill > 3 * TOKENS))
			return false;
		if (t.kind == TOK_GAP || t.kind == TOK_FILL)
			continue;
		t.labelled = t.kind == TOK_VALUE && r->tokens && r->token[r->tokens - 1].kind == TOK_ATTRIBUTE && r->colon && !r->line;
		r->colon = r->line = false;
		r->values += t.kind == TOK_VALUE;
		r->numbers += t.kind == TOK_NUMBER;
		r->token[r->tokens++] = t;
	}
	return true;
}

/* ---- from tokens to houses ---- */

enum layout {
	BY_HOUSE,     /* house after house, its values in the order of the attributes */
	BY_ATTRIBUTE, /* attribute after attribute, its values from the first house to the last */
	NUMBER_FIRST, /* a house, then its values */
	NUMBER_LAST,  /* values, then their house */
};

/* The order of attributes in a row: that of the desc, or of a heading that names them all. */
static void order_read(const struct reader *r, int *order)
{
	int m = r->z->attributes, named = 0, heading[TOKENS];
	unsigned seen = 0;

	for (int a = 0; a < m; a++)
		order[a] = a;
	for (int i = 0; i < r->tokens && r->token[i].kind != TOK_VALUE; i++)
		if (r->token[i].kind == TOK_ATTRIBUTE) {
			heading[named++] = r->token[i].what;
			seen |= 1u << r->token[i].what;
		}
	if (named == m && seen == (1u << m) - 1)
		memcpy(order, heading, sizeof(*order) * (size_t)m);
}

/* Is the k-th value of its row, token i, of the attribute that is due? Its own label says so, or the order. */
static bool in_order(const struct reader *r, int i, int k, const int *order)
{
	int a = zebra_attribute(r->token[i].what);

	return r->token[i].labelled ? r->token[i - 1].what == a : order[k] == a;
}

/* A number goes with `per` values: "1: Alma, tea", "Alma, tea: 1", "Alma: 1". */
static bool read_numbered(const struct reader *r, enum layout how, int per, const int *order, int *house)
{
	int at = -1, values = 0, waiting[ZEBRA_ITEMS];

	for (int i = 0; i < r->tokens; i++) {
		const struct token *t = &r->token[i];

		if (t->kind == TOK_NUMBER) {
			if (t->text.n != 1 || t->text.s[0] < '1' || t->text.s[0] > '0' + r->z->houses ||
			    ((how == NUMBER_LAST || at >= 0) && values != per))
				return false;
			at = t->text.s[0] - '1';
			for (int j = 0; how == NUMBER_LAST && j < values; j++)
				house[waiting[j]] = at;
			values = 0;
		} else if (t->kind == TOK_VALUE) {
			if (values == per || (how == NUMBER_FIRST && at < 0) || (per > 1 && !in_order(r, i, values, order)))
				return false;
			waiting[values++] = t->what;
			if (how == NUMBER_FIRST)
				house[t->what] = at;
		}
	}
	return values == (how == NUMBER_LAST ? 0 : per);
}

/* Only their order says which house the values are of. */
static bool read_rows(const struct reader *r, enum layout how, const int *order, int *house)
{
	int seen = 0, m = r->z->attributes, n = r->z->houses, row = 0;

	for (int i = 0; i < r->tokens; i++) {
		const struct token *t = &r->token[i];

		if (t->kind != TOK_VALUE)
			continue;
		house[t->what] = how == BY_HOUSE ? seen / m : seen % n;
		if (how == BY_HOUSE ? !in_order(r, i, seen % m, order) : seen % n && zebra_attribute(t->what) != row)
			return false;
		row = zebra_attribute(t->what);
		seen++;
	}
	return true;
}

/* "| | House 1 | House 2 |": all houses in order before the first value. */
static bool heading(const struct reader *r)
{
	int next = 0;

	for (int i = 0; i < r->tokens && r->token[i].kind != TOK_VALUE; i++)
		if (r->token[i].kind == TOK_NUMBER && (r->token[i].text.n != 1 || r->token[i].text.s[0] != '1' + next++))
			return false;
	return next == r->z->houses;
}

static bool number_first(const struct reader *r)
{
	int i = 0;

	while (i < r->tokens && r->token[i].kind == TOK_ATTRIBUTE)
		i++;
	return i < r->tokens && r->token[i].kind == TOK_NUMBER;
}

/* Each value once, and where it has a label the right one. */
static enum quarry_mark read_values(struct why *why, const struct reader *r)
{
	int due = r->z->houses * (r->z->ask < 0 ? r->z->attributes : 1);
	uint64_t seen = 0;

	for (int i = 0; i < r->tokens; i++) {
		const struct token *t = &r->token[i];

		if (t->kind != TOK_VALUE)
			continue;
		if (r->z->ask >= 0 && zebra_attribute(t->what) != r->z->ask)
			return rule_wrong(why, "more is told than was asked for");
		if (seen >> t->what & 1)
			return rule_wrong(why, "a value is named twice");
		seen |= (uint64_t)1 << t->what;
		if (t->labelled && r->token[i - 1].what != zebra_attribute(t->what))
			return rule_wrong(why, "a value stands under another attribute");
	}
	if (r->values != due)
		return rule_wrong(why, "%d of %d values are placed", r->values, due);
	return QUARRY_CORRECT;
}

static enum quarry_mark read_houses(struct why *why, const struct reader *r, int *house)
{
	int order[ZEBRA_SIDE], all = r->values;

	order_read(r, order);
	if (r->numbers == 0 || (r->numbers == r->z->houses && heading(r))) {
		bool columns = r->numbers > 0 || r->z->ask >= 0;

		if ((columns || !read_rows(r, BY_HOUSE, order, house)) && !read_rows(r, BY_ATTRIBUTE, order, house))
			return rule_wrong(why, "the values are not in the order asked for");
		return QUARRY_CORRECT;
	}
	if (r->numbers != r->z->houses && r->numbers != all)
		return rule_unreadable(why, "%d numbers stand among the values", r->numbers);
	if (!read_numbered(r, number_first(r) ? NUMBER_FIRST : NUMBER_LAST, all / r->numbers, order, house))
		return rule_unreadable(why, "it is not clear which value belongs to which house");
	return QUARRY_CORRECT;
}

/* {"reasoning": "...", "solution": {...}}: only the last. */
static struct str solution(struct str s)
{
	static const char key[] = "\"solution\"";
	ptrdiff_t at = str_rfind(s, STR(key));
	struct str rest;
	int depth = 0;

	if (at < 0)
		return s;
	rest = str_trim(str_from(s, (size_t)at + sizeof(key) - 1));
	if (!str_starts(rest, STR(":")))
		return s;
	rest = str_trim(str_from(rest, 1));
	for (size_t i = 0; i < rest.n; i++) {
		depth += (rest.s[i] == '{' || rest.s[i] == '[') - (rest.s[i] == '}' || rest.s[i] == ']');
		if (depth <= 0)
			return str_sub(rest, 0, i + 1);
	}
	return rest;
}

static bool is_value(const struct zebra *z, int item, const char *word, size_t n)
{
	const char *said = value_said(z, item, 0);

	return said[0] == word[0] && strncmp(said, word, n) == 0 && said[n] == 0;
}

/* "Alma, tea, cat / Boris, milk, dog" to the letter, as nearly all right answers are: read without tokens, to the same verdicts. */
static bool read_spelled(const struct zebra *z, struct str s, int *house)
{
	int first = z->ask < 0 ? 0 : z->ask, last = z->ask < 0 ? z->attributes - 1 : z->ask;
	uint64_t seen = 0;
	size_t at = 0;

	for (int h = 0; h < z->houses; h++)
		for (int a = first; a <= last; a++) {
			struct str parted = h + a == first ? STR("") : a == first && z->ask < 0 ? STR(" / ") : STR(", ");
			int item = a * ZEBRA_SIDE, end = item + z->houses;
			size_t n = 0;

			if (!str_starts(str_from(s, at), parted))
				return false;
			at += parted.n;
			while (at + n < s.n && is_letter(s.s[at + n]))
				n++;
			while (item < end && !is_value(z, item, s.s + at, n))
				item++;
			if (n == 0 || item == end || seen >> item & 1)
				return false;
			seen |= (uint64_t)1 << item;
			house[item] = h;
			at += n;
		}
	return at == s.n;
}

static enum quarry_mark read_answer(struct why *why, const struct zebra *z, struct str answer, int *house)
{
	struct reader r = { .z = z };
	enum quarry_mark mark;

	index_words(&r);
	r.rest = solution(text_strip(answer));
	if (!tokens_read(&r))
		return rule_unreadable(why, "there is more in the answer than values and houses");
	if (!r.values)
		return rule_unreadable(why, "the answer names none of the values");
	mark = read_values(why, &r);
	return mark == QUARRY_CORRECT ? read_houses(why, &r, house) : mark;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct zebra z;
	int house[ZEBRA_ITEMS] = { 0 };
	enum quarry_mark mark = QUARRY_CORRECT;

	if (!zebra_read(&z, desc))
		return rule_bad_task(why, "the desc is no puzzle of houses");
	if (!read_spelled(&z, answer, house))
		mark = read_answer(why, &z, answer, house);
	return mark == QUARRY_CORRECT ? check(why, &z, house) : mark;
}

const struct quarry_rule rule_zebra_puzzle = { "zebra_puzzle", 1, judge, NULL };
