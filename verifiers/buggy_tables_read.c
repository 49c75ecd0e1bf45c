/* buggy_tables_read.c - a table's text taken apart; see buggy_tables.h. Nothing is judged or worked out here. */
#include "verifiers/buggy_tables.h"
#include "base/eight.h"
#include "base/sixteen.h"

const struct bt_column bt_columns[] = {
#define X(en, zh, kind, decimals, lo, hi) { en, zh, BT_##kind, decimals, lo, hi },
	BT_COLUMNS(X)
#undef X
};

const int bt_column_count = COUNT(bt_columns);

const char *const bt_stats[BT_STATS] = {
	[BT_MEAN] = "mean", [BT_MEDIAN] = "median", [BT_SUM] = "sum", [BT_MIN] = "min", [BT_MAX] = "max", [BT_RANGE] = "range",
	[BT_VAR] = "var", [BT_PVAR] = "pvar", [BT_STDEV] = "stdev", [BT_PSTDEV] = "pstdev", [BT_COUNT] = "count",
};

/* What of the text is left to read. */
struct rest {
	const char *at, *end;
};

static inline bool next(struct rest *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* No plus, no zero in front, no -0; up to seven digits. */
static inline bool number(struct rest *s, int32_t lo, int32_t hi, int32_t *ret)
{
	bool minus = s->at < s->end && *s->at == '-';
	const char *from = s->at + minus, *at = from, *end = s->end;
	unsigned v, digit;

	if (at == end || (v = (unsigned)(*at++ - '0')) > 9)
		return false;
	for (; at < end && (digit = (unsigned)(*at - '0')) < 10; at++)
		v = v * 10 + digit; /* it may wrap: a number that long is none */
	if (at - from > 1 && (*from == '0' || at - from > 7))
		return false;
	s->at = at;
	*ret = minus ? -(int32_t)v : (int32_t)v;
	return *ret >= lo && *ret <= hi && (v || !minus);
}

/* A position, counted from 1 in the text and from 0 here. */
static inline bool place(struct rest *s, int most, int *ret)
{
	int32_t v;

	if (!number(s, 1, most, &v))
		return false;
	*ret = (int)v - 1;
	return true;
}

static inline bool value(struct rest *s, int column, int32_t *ret)
{
	return number(s, bt_columns[column].lo, bt_columns[column].hi, ret);
}

/* ---- rows: all numbers of a table at once, eight cells together; where one cannot be read so, it is read alone ---- */

enum {
	BLOCK = 64,   /* bytes that are looked at together */
	AT_ONCE = 8,  /* cells */
	CELL_MAX = 5, /* bytes */
};

/* A number in two parts, thousands above, the rest below: so they stand in the same order. A negative one is less than any. */
#define PARTS(v) ((v) < 0 ? -(1 << 28) : (v) / 1000 << 16 | (v) % 1000)

/* What may stand in each kind of column, in parts. One that may hold something negative is not plain. */
static const struct {
	int32_t least, most;
	bool plain;
} reach[] = {
#define X(en, zh, kind, decimals, lo, hi) { PARTS(lo), (lo) < 0 ? 1 << 28 : PARTS(hi), (lo) >= 0 },
	BT_COLUMNS(X)
#undef X
};

/* The same of a table's columns, and what stands behind each, highest. Behind the last column stand seven of the next row. */
struct bounds {
	int32_t least[BT_COLS + AT_ONCE - 1], most[BT_COLS + AT_ONCE - 1];
	uint32_t behind[BT_COLS + AT_ONCE - 1];
	bool plain[BT_COLS];
};

static bool columns(struct bt *t, struct bounds *b, struct rest *s)
{
	uint32_t seen = 0;
	int cols = 0;

	do {
		int32_t c;

		if (cols == BT_COLS || !number(s, 0, bt_column_count - 1, &c) || seen >> c & 1)
			return false;
		seen |= 1u << c;
		b->plain[cols] = reach[c].plain;
		b->least[cols] = reach[c].least;
		b->most[cols] = reach[c].most;
		b->behind[cols] = (uint32_t)',' << 24;
		t->col[cols++] = (uint8_t)c;
	} while (next(s, ','));
	b->behind[cols - 1] = (uint32_t)'/' << 24;
	for (int x = cols; x < cols + AT_ONCE - 1; x++) {
		b->least[x] = b->least[x - cols];
		b->most[x] = b->most[x - cols];
		b->behind[x] = b->behind[x - cols];
	}
	t->cols = cols;
	return cols >= 2 && next(s, ';');
}

/*
 * The cells of all rows as they are written: eight bytes, the first one lowest, zeros before a short one, what stands behind it highest. 0: there
 * is nothing, or too much.
 */
struct cells {
	int n, minuses;
	uint64_t text[BT_ROWS * BT_COLS + BLOCK];
};

/* Bits of a block's bytes. */
struct seen {
	uint64_t ends, digits, zeros, minuses; /* ends: what can be in no number */
};

static inline struct seen seen_in(const char *block)
{
	struct seen seen = { 0, 0, 0, 0 };

	for (int i = 0; i < BLOCK / 16; i++) {
		sixteen v = load_sixteen(block + 16 * i);

		seen.digits |= (uint64_t)sixteen_mask(sixteen_add(v, sixteen_of(127 - '9')) > 127 - 10) << 16 * i;
		seen.zeros |= (uint64_t)sixteen_mask(v == '0') << 16 * i;
		seen.minuses |= (uint64_t)sixteen_mask(v == '-') << 16 * i;
	}
	seen.ends = ~(seen.digits | seen.minuses);
	return seen;
}

/*
 * Those of the text from s on, whose byte s[stop] is the first semicolon, which becomes a slash. False: there are too many, or a zero stands in front
 * of one.
 */
static bool cells_find(struct cells *c, struct str text, size_t s, size_t stop)
{
	enum { FAR = 2 * BLOCK };
	/* What is kept of eight bytes, by the last end's place less this one's, and FAR. There is an end in every block, so that is no less than 0. */
	static const uint64_t kept[FAR + 1] = {
		[FAR - 2] = UINT64_MAX << 48, [FAR - 3] = UINT64_MAX << 40, [FAR - 4] = UINT64_MAX << 32, [FAR - 5] = UINT64_MAX << 24,
		[FAR - 1 - CELL_MAX] = UINT64_MAX << 16,
	};
	uint64_t front = 1, zero_before = 0; /* a bit: the next block's first byte is in front; the one before it was a zero there */
	ptrdiff_t before = -1;               /* the last end, from the block's start */
	uint64_t *to = c->text, *const all = to + BT_ROWS * BT_COLS;
	char room[8 + BLOCK];

	c->minuses = 0;
	for (size_t from = s; from <= stop; from += BLOCK) {
		const char *block = text.s + from;
		uint64_t within = stop - from < BLOCK ? (UINT64_C(2) << (stop - from)) - 1 : UINT64_MAX, zeros;
		struct seen seen;

		if (from < 8 || text.n - from < BLOCK) {
			size_t head = from < 8 ? from : 8, n = text.n - from < BLOCK ? text.n - from : BLOCK;

			memset(room, 0, sizeof(room));
			memcpy(room + 8 - head, block - head, head + n);
			block = room + 8;
		}
		seen = seen_in(block);
		seen.ends &= within;
		zeros = (seen.ends << 1 | front) & seen.zeros & within;
		if ((zeros << 1 | zero_before) & seen.digits || !seen.ends || to > all)
			return false;
		front = seen.ends >> 63;
		zero_before = zeros >> 63;
		for (seen.minuses &= within; seen.minuses; seen.minuses &= seen.minuses - 1)
			c->minuses++;
		do {
			ptrdiff_t at = (ptrdiff_t)(unsigned)__builtin_ctzll(seen.ends);

			before -= at;
			*to++ = load_eight(block + at - 7) & kept[FAR + before];
			before = at;
			seen.ends &= seen.ends - 1;
		} while (seen.ends);
		before -= BLOCK;
	}
	to[-1] ^= to[-1] ? (uint64_t)(';' ^ '/') << 56 : 0;
	c->n = (int)(to - c->text);
	return to <= all;
}

/*
 * Four cells of columns that are plain. *bad becomes negative where one is not within its bounds, the highest byte of four in *behind not zero where
 * something else stands behind it.
 */
static inline four_ints four_cells(const uint64_t *text, const struct bounds *b, int x, four_ints *bad, four_ints *behind)
{
	typedef unsigned short bare __attribute__((vector_size(16)));
	four_ints first, second, low, high, least, most, due, parts;

	memcpy(&first, text, sizeof(first));
	memcpy(&second, text + 2, sizeof(second));
	memcpy(&least, b->least + x, sizeof(least));
	memcpy(&most, b->most + x, sizeof(most));
	memcpy(&due, b->behind + x, sizeof(due));
	high = __builtin_shufflevector(first, second, 0, 2, 4, 6); /* two zeros, digits of thousands */
	low = __builtin_shufflevector(first, second, 1, 3, 5, 7);  /* three digits, what stands behind */
	*behind |= low ^ due;
	low = (four_ints)((bare)(low & 0x000F0F0F) * (bare){ 10 * 256 + 1, 256, 10 * 256 + 1, 256, 10 * 256 + 1, 256, 10 * 256 + 1, 256 } >> 8);
	high = (four_ints)((bare)(high & 0x0F0F0F0F) * (bare){ 0, 10 * 256 + 1, 0, 10 * 256 + 1, 0, 10 * 256 + 1, 0, 10 * 256 + 1 } >> 8);
	parts = high | pair_sums((eight_shorts)low, (eight_shorts){ 10, 1, 10, 1, 10, 1, 10, 1 });
	*bad |= (parts - least) | (most - parts);
	return pair_sums((eight_shorts)parts, (eight_shorts){ 1, 1000, 1, 1000, 1, 1000, 1, 1000 });
}

static inline void eight_cells(struct bt *t, const struct bounds *b, const struct cells *c, int k, int x, four_ints *bad, four_ints *behind)
{
	for (int i = 0; i < AT_ONCE; i += 4) {
		four_ints v = four_cells(c->text + k + i, b, x + i, bad, behind);

		memcpy(t->cell + k + i, &v, sizeof(v));
	}
}

/* All of them, rightly in columns that are plain; the last eight may be read twice. There are eight or more. */
static bool plain_cells(struct bt *t, const struct bounds *b, const struct cells *c)
{
	int n = c->n, cols = t->cols, step = AT_ONCE % cols, x = 0;
	four_ints bad = { 0 }, behind = { 0 };

	for (int k = 0; k + AT_ONCE <= n; k += AT_ONCE) {
		eight_cells(t, b, c, k, x, &bad, &behind);
		x += step;
		x = x < cols ? x : x - cols;
	}
	if (n % AT_ONCE)
		eight_cells(t, b, c, n - AT_ONCE, step ? cols - step : 0, &bad, &behind);
	return sixteen_mask((sixteen)((bad < 0) | (behind & (int)0xFF000000)) != 0) == 0;
}

/* Those of one column, whatever its values; how many have a minus, -1 where one is no number. */
static int column_cells(struct bt *t, const struct bounds *b, const struct cells *c, int x)
{
	int minuses = 0;

	for (int k = x; k < c->n; k += t->cols) {
		uint64_t w = c->text[k];
		char text[8];
		struct rest s;

		if (w >> 56 != b->behind[x] >> 24)
			return -1;
		for (int i = 0; i < 8; i++)
			text[i] = (char)(w >> 8 * i);
		s = (struct rest){ text + __builtin_ctzll(w) / 8, text + 7 };
		if (!value(&s, t->col[x], &t->cell[k]) || s.at < s.end)
			return -1;
		minuses += t->cell[k] < 0;
	}
	return minuses;
}

static bool rows(struct bt *t, const struct bounds *b, struct str text, struct rest *s)
{
	const bool wide = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	size_t from = (size_t)(s->at - text.s);
	ptrdiff_t stop = str_chr(str_from(text, from), ';');
	struct cells c;
	bool at_once, ok;

	if (stop < 0 || !cells_find(&c, text, from, from + (size_t)stop) || c.n % t->cols || c.n < 2 * t->cols)
		return false;
	t->rows = c.n / t->cols;
	at_once = wide && c.n >= AT_ONCE;
	ok = t->rows <= BT_ROWS && (!at_once || plain_cells(t, b, &c));
	for (int x = 0; ok && x < t->cols; x++) {
		int minuses = at_once && b->plain[x] ? 0 : column_cells(t, b, &c, x);

		ok = minuses >= 0;
		c.minuses -= minuses;
	}
	s->at += stop + 1;
	return ok && !c.minuses;
}

/* The table as it is while the damages happen. */
struct state {
	int rows, cols;
	uint8_t col[BT_WIDE];
	bool mixed; /* rows were rotated: a column has no one kind any more */
	unsigned seen;
};

static bool spots(struct bt *t, struct bt_bug *b, const struct state *now, struct rest *s)
{
	int last = -1;

	b->first = t->spots;
	do {
		struct bt_spot *p = &t->spot[t->spots];
		int row, col;

		if (t->spots == BT_SPOTS || !place(s, now->rows, &row) || !next(s, '.') || !place(s, now->cols, &col) ||
		    row * now->cols + col <= last)
			return false;
		last = row * now->cols + col;
		*p = (struct bt_spot){ (uint8_t)row, (uint8_t)col, 0 };
		if (b->kind == 'e' && (!next(s, '.') || !value(s, now->col[col], &p->shown)))
			return false;
		t->spots++;
	} while (next(s, ','));
	b->n = t->spots - b->first;
	return true;
}

static bool shift(struct bt_bug *b, char forth, char back, int most, struct rest *s)
{
	int32_t by;

	b->back = next(s, back);
	if ((!b->back && !next(s, forth)) || !number(s, 1, most, &by))
		return false;
	b->by = (int)by;
	return true;
}

static bool false_rows(struct bt *t, struct bt_bug *b, struct state *now, struct rest *s)
{
	b->first = t->extras;
	do {
		if (b->by == BT_FALSE_ROWS)
			return false;
		for (int x = 0; x < now->cols; x++)
			if ((x && !next(s, ',')) || !value(s, now->col[x], &t->extra[t->extras++]))
				return false;
		b->by++;
	} while (next(s, '/'));
	b->n = t->extras - b->first;
	now->rows += b->by;
	return true;
}

static bool false_column(struct bt *t, struct bt_bug *b, struct state *now, struct rest *s)
{
	int32_t c;

	if (!number(s, 0, bt_column_count - 1, &c))
		return false;
	b->by = (int)c;
	b->first = t->extras;
	b->n = now->rows;
	for (int y = 0; y < now->rows; y++)
		if (!next(s, y ? ',' : ':') || !value(s, c, &t->extra[t->extras++]))
			return false;
	now->col[now->cols++] = (uint8_t)c;
	return true;
}

static bool bug(struct bt *t, struct state *now, struct rest *s)
{
	struct bt_bug *b = &t->bug[t->bugs];
	int32_t mark;

	if (t->bugs == BT_BUGS || s->at == s->end || *s->at < 'a' || *s->at > 'z' || now->seen >> (*s->at - 'a') & 1 ||
	    now->seen >> ('m' - 'a') & 1)
		return false;
	*b = (struct bt_bug){ .kind = *s->at++ };
	now->seen |= 1u << (b->kind - 'a');
	t->bugs++;
	switch (b->kind) {
	case 'n':
		return t->bugs == 1 && spots(t, b, now, s);
	case 'e':
		return !now->mixed && spots(t, b, now, s);
	case 's':
		if (!number(s, 1, BT_MARKS, &mark) || !next(s, ':'))
			return false;
		b->by = (int)mark;
		return spots(t, b, now, s);
	case 'c':
		return shift(b, 'd', 'u', BT_SHIFT, s);
	case 'r':
		now->mixed = true;
		return shift(b, 'r', 'l', BT_SHIFT, s);
	case 'h':
		return shift(b, 'r', 'l', now->cols - 1, s);
	case 'b':
		return false_rows(t, b, now, s);
	case 'x':
		return false_column(t, b, now, s);
	default:
		return b->kind == 'm';
	}
}

static bool bugs(struct bt *t, struct rest *s)
{
	struct state now = { .rows = t->rows, .cols = t->cols };

	memcpy(now.col, t->col, sizeof(t->col));
	do
		if (!bug(t, &now, s))
			return false;
	while (next(s, '|'));
	return next(s, ';');
}

static bool condition(struct bt *t, struct rest *s)
{
	struct bt_condition *c = &t->condition[t->conditions];
	const struct bt_column *k;

	if (t->conditions == BT_CONDITIONS || !place(s, t->cols, &c->col) || s->at == s->end)
		return false;
	k = &bt_columns[t->col[c->col]];
	c->op = *s->at++;
	if (!c->op || !strchr(k->kind == BT_NUMBER ? "><][:" : "=!", c->op) || k->kind == BT_DATE)
		return false;
	for (int i = 0; i < t->conditions; i++)
		if (t->condition[i].col >= c->col)
			return false;
	if (!value(s, t->col[c->col], &c->lo))
		return false;
	c->hi = c->lo;
	t->conditions++;
	return c->op != ':' || (next(s, ',') && value(s, t->col[c->col], &c->hi) && c->hi > c->lo);
}

static bool question(struct bt *t, struct rest *s)
{
	struct str text = { s->at, (size_t)(s->end - s->at) }, name = str_sub(text, 0, 0);
	int stat = 0;

	while (name.n < text.n && text.s[name.n] != ' ')
		name.n++;
	while (stat < BT_STATS && !str_is(name, bt_stats[stat]))
		stat++;
	if (stat == BT_STATS || name.n == text.n)
		return false;
	s->at += name.n + 1;
	t->stat = (enum bt_stat)stat;
	t->b = -1;
	if (!place(s, t->cols, &t->a) || bt_columns[t->col[t->a]].kind != BT_NUMBER)
		return false;
	if (next(s, '~') && (!place(s, t->cols, &t->b) || bt_columns[t->col[t->b]].kind != BT_NUMBER || t->a == t->b))
		return false;
	if (!next(s, '?'))
		return false;
	do
		if (!condition(t, s))
			return false;
	while (next(s, '&'));
	return s->at == s->end;
}

bool bt_read(struct bt *t, struct str desc)
{
	struct rest rest = { desc.s, desc.s + desc.n };
	struct bounds bounds;

	t->cols = t->rows = t->bugs = t->spots = t->extras = t->conditions = 0;
	return columns(t, &bounds, &rest) && rows(t, &bounds, desc, &rest) && bugs(t, &rest) && question(t, &rest);
}
