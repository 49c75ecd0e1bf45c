/* buggy_tables_read.c - a table's text taken apart; see buggy_tables.h. Nothing is judged or worked out here. */
#include "verifiers/buggy_tables.h"
#include "base/marks.h"

const struct bt_column bt_columns[] = {
#define X(en, zh, kind, decimals, lo, hi) { en, zh, BT_##kind, decimals, lo, hi },
	BT_COLUMNS(X)
#undef X
};

const int bt_column_count = sizeof(bt_columns) / sizeof(bt_columns[0]);

const char *const bt_stats[BT_STATS] = {
	[BT_MEAN] = "mean", [BT_MEDIAN] = "median", [BT_SUM] = "sum", [BT_MIN] = "min", [BT_MAX] = "max", [BT_RANGE] = "range",
	[BT_VAR] = "var", [BT_PVAR] = "pvar", [BT_STDEV] = "stdev", [BT_PSTDEV] = "pstdev", [BT_COUNT] = "count",
};

static inline bool next(struct str *s, char c)
{
	if (!s->n || s->s[0] != c)
		return false;
	s->s++;
	s->n--;
	return true;
}

static bool number_any(struct str *s, int32_t lo, int32_t hi, int32_t *ret)
{
	const char *at = s->s, *end = s->s + s->n;
	bool minus = at < end && *at == '-';
	unsigned v, digit;

	at += minus;
	if (at == end || (v = (unsigned)(*at++ - '0')) > 9)
		return false;
	for (; at < end && (digit = (unsigned)(*at - '0')) < 10; at++) {
		if (v == 0 || v > 999999)
			return false;
		v = v * 10 + digit;
	}
	*s = (struct str){ at, (size_t)(end - at) };
	*ret = minus ? -(int32_t)v : (int32_t)v;
	return *ret >= lo && *ret <= hi && (v || !minus);
}

/* No plus, no zero in front, no -0; up to seven digits. */
static inline bool number(struct str *s, int32_t lo, int32_t hi, int32_t *ret)
{
	unsigned v = s->n > 1 ? (unsigned)(s->s[0] - '0') : 10;

	if (v > 9 || (unsigned)(s->s[1] - '0') < 10)
		return number_any(s, lo, hi, ret);
	*s = (struct str){ s->s + 1, s->n - 1 }; /* one digit, mostly */
	*ret = (int32_t)v;
	return *ret >= lo && *ret <= hi;
}

/* A position, counted from 1 in the text and from 0 here. */
static bool place(struct str *s, int most, int *ret)
{
	int32_t v;

	if (!number(s, 1, most, &v))
		return false;
	*ret = (int)v - 1;
	return true;
}

static bool value(struct str *s, int column, int32_t *ret)
{
	return number(s, bt_columns[column].lo, bt_columns[column].hi, ret);
}

/* What may stand in each column: from the least value to one that is so much more. */
struct bounds {
	int32_t least[BT_COLS];
	uint32_t wide[BT_COLS];
};

static bool columns(struct bt *t, struct bounds *b, struct str *s)
{
	uint32_t seen = 0;

	do {
		int32_t c;

		if (t->cols == BT_COLS || !number(s, 0, bt_column_count - 1, &c) || seen >> c & 1)
			return false;
		seen |= 1u << c;
		b->least[t->cols] = bt_columns[c].lo;
		b->wide[t->cols] = (uint32_t)(bt_columns[c].hi - bt_columns[c].lo);
		t->col[t->cols++] = (uint8_t)c;
	} while (next(s, ','));
	return t->cols >= 2 && next(s, ';');
}

static __attribute__((noinline)) uint64_t look(const char *block, const char *end)
{
	return marks_bits(block, end, marks_no_digit);
}

/* The four bytes before the text are read. */
static bool rows(struct bt *t, const struct bounds *b, struct str *s)
{
	struct marks marks = marks_of(*s, look);
	const char *at = s->s, *end = at + s->n, *stop = at;
	int cols = t->cols, rows = 0;

	do {
		int32_t *cell = t->cell + rows * cols;

		if (rows++ == BT_ROWS)
			return false;
		for (int x = 0; x < cols; x++) {
			uint32_t v;

			if (x && *stop != ',')
				return false;
			stop = marks_next(&marks, look);
			if (stop && marks_number(stop, (size_t)(stop - at), &v) && v - (uint32_t)b->least[x] <= b->wide[x]) { /* mostly */
				cell[x] = (int32_t)v;
			} else {
				struct str rest = { at, (size_t)(end - at) };

				if (!number_any(&rest, b->least[x], b->least[x] + (int32_t)b->wide[x], &cell[x]) || !rest.n)
					return false;
				if (stop && stop < rest.s) /* it was the minus */
					stop = marks_next(&marks, look);
				stop = rest.s;
			}
			at = stop + 1;
		}
	} while (*stop == '/');
	t->rows = rows;
	*s = (struct str){ at, (size_t)(end - at) };
	return rows >= 2 && *stop == ';';
}

/* The table as it is while the damages happen. */
struct state {
	int rows, cols;
	uint8_t col[BT_WIDE];
	bool mixed; /* rows were rotated: a column has no one kind any more */
	unsigned seen;
};

static bool spots(struct bt *t, struct bt_bug *b, const struct state *now, struct str *s)
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

static bool shift(struct bt_bug *b, char forth, char back, int most, struct str *s)
{
	int32_t by;

	b->back = next(s, back);
	if ((!b->back && !next(s, forth)) || !number(s, 1, most, &by))
		return false;
	b->by = (int)by;
	return true;
}

static bool false_rows(struct bt *t, struct bt_bug *b, struct state *now, struct str *s)
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

static bool false_column(struct bt *t, struct bt_bug *b, struct state *now, struct str *s)
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

static bool bug(struct bt *t, struct state *now, struct str *s)
{
	struct bt_bug *b = &t->bug[t->bugs];
	int32_t mark;

	if (t->bugs == BT_BUGS || !s->n || s->s[0] < 'a' || s->s[0] > 'z' || now->seen >> (s->s[0] - 'a') & 1 ||
	    now->seen >> ('m' - 'a') & 1)
		return false;
	*b = (struct bt_bug){ .kind = s->s[0] };
	*s = str_from(*s, 1);
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

static bool bugs(struct bt *t, struct str *s)
{
	struct state now = { .rows = t->rows, .cols = t->cols };

	memcpy(now.col, t->col, sizeof(t->col));
	do
		if (!bug(t, &now, s))
			return false;
	while (next(s, '|'));
	return next(s, ';');
}

static bool condition(struct bt *t, struct str *s)
{
	struct bt_condition *c = &t->condition[t->conditions];
	const struct bt_column *k;

	if (t->conditions == BT_CONDITIONS || !place(s, t->cols, &c->col) || !s->n)
		return false;
	k = &bt_columns[t->col[c->col]];
	c->op = s->s[0];
	if (!c->op || !strchr(k->kind == BT_NUMBER ? "><][:" : "=!", c->op) || k->kind == BT_DATE)
		return false;
	for (int i = 0; i < t->conditions; i++)
		if (t->condition[i].col >= c->col)
			return false;
	*s = str_from(*s, 1);
	if (!value(s, t->col[c->col], &c->lo))
		return false;
	c->hi = c->lo;
	t->conditions++;
	return c->op != ':' || (next(s, ',') && value(s, t->col[c->col], &c->hi) && c->hi > c->lo);
}

static bool question(struct bt *t, struct str *s)
{
	ptrdiff_t gap = str_chr(*s, ' ');
	struct str name = str_sub(*s, 0, gap < 0 ? 0 : (size_t)gap);
	int stat = 0;

	while (stat < BT_STATS && !str_is(name, bt_stats[stat]))
		stat++;
	if (stat == BT_STATS)
		return false;
	*s = str_from(*s, (size_t)gap + 1);
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
	return s->n == 0;
}

bool bt_read(struct bt *t, struct str desc)
{
	struct bounds bounds;

	t->cols = t->rows = t->bugs = t->spots = t->extras = t->conditions = 0;
	return columns(t, &bounds, &desc) && rows(t, &bounds, &desc) && bugs(t, &desc) && question(t, &desc);
}
