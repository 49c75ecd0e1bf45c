/*
 * buggy_tables.c - a table is shown after something was done to it; undo that and answer a question about some rows.
 *
 * desc: see verifiers/buggy_tables.h: the clean table, the damages in order, the question. The shown table is made from it.
 *
 * Every damage can be undone from what the prompt tells, but for lost values, which are left out. The shown table keeps
 * for each cell where it came from, so that the worked solution can say where each value that is needed stands:
 *
 *	row 3: weekday Mon (5,1), steps 9000 (7,2): yes
 *
 * and then the values, their number, sum and so on, up to the last step. Numbers are exact; a standard deviation that is
 * too near the middle between two hundredths is not asked for.
 */
#include "generators/buggy_tables.h"
#include "generators/pen.h"

#include <math.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

enum { ROWS_MIN, ROWS_MAX, COLS, KINDS, BUGS, RATE_MIN, RATE_MAX, CONDITIONS_MIN, CONDITIONS_MAX, STATS, COLUMNS };

/* In the order of the bits of the knob "kinds". */
static const char kind_letters[] = "esmcrbxnh";

enum { ALL_KINDS = 511, LOST = 128, EASY_STATS = 1 << BT_MEAN | 1 << BT_SUM, BASIC = EASY_STATS | 1 << BT_MEDIAN | 1 << BT_MAX | 1 << BT_MIN | 1 << BT_RANGE, ALL_STATS = (1 << BT_COUNT) - 1 };

static const struct knob knobs[] = {
	{ "rows_min", 3, BT_ROWS, "fewest rows of the clean table" },
	{ "rows_max", 3, BT_ROWS, "most rows of the clean table" },
	{ "cols", 3, BT_COLS, "columns of the clean table, the date included" },
	{ "kinds", 1, ALL_KINDS,
	  "damages drawn from, added up: 1 wrong values, 2 marks behind values, 4 rows joined, 8 columns rotated, 16 rows rotated, 32 false "
	  "rows at the end, 64 a false column at the end, 128 lost values, 256 headings moved" },
	{ "bugs", 1, BT_BUGS, "damages, one after the other" },
	{ "rate_min", 1, 40, "least share of cells with wrong, marked or lost values, in percent" },
	{ "rate_max", 1, 40, "largest share" },
	{ "conditions_min", 1, BT_CONDITIONS, "fewest conditions on the rows that count" },
	{ "conditions_max", 1, BT_CONDITIONS, "most conditions" },
	{ "stats", 1, (1 << BT_STATS) - 1,
	  "statistics drawn from, added up: 1 mean, 2 median, 4 sum, 8 smallest, 16 largest, 32 range, 64 and 128 variance of sample and "
	  "population, 256 and 512 standard deviation of these, 1024 count" },
	{ "columns", 1, 2, "columns asked about: 2 asks how far their statistics are apart" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* rows cols kinds bugs rate conditions stats columns */
	{ 5, 5, 4, 1 | 2 | 32 | 64, 1, 10, 10, 1, 1, EASY_STATS, 1 },
	{ 6, 6, 4, 1 | 2 | 4 | 32 | 64 | 128, 1, 10, 10, 1, 1, EASY_STATS, 1 },
	{ 7, 8, 5, ALL_KINDS, 1, 10, 10, 1, 1, BASIC, 1 },
	{ 9, 10, 6, ALL_KINDS, 1, 8, 10, 1, 2, BASIC, 1 },
	{ 11, 13, 7, ALL_KINDS, 1, 8, 10, 2, 2, BASIC | 1 << BT_PVAR, 1 },
	{ 14, 16, 8, ALL_KINDS, 1, 7, 10, 2, 2, ALL_STATS, 2 },
	{ 18, 21, 9, ALL_KINDS, 1, 7, 10, 2, 3, ALL_STATS, 2 },
	{ 22, 26, 11, ALL_KINDS, 1, 5, 8, 2, 3, ALL_STATS, 2 },
	{ 26, 30, 13, ALL_KINDS - 64, 2, 5, 8, 2, 3, ALL_STATS, 2 },
	{ 32, 38, 15, ALL_KINDS - 96, 2, 4, 6, 2, 3, ALL_STATS, 2 },
	{ 40, 48, 18, ALL_KINDS - 98, 2, 4, 6, 3, 3, ALL_STATS & ~EASY_STATS, 2 },
};

/* ---- the question ---- */

static bool is_lost(const struct bt *t, int row, int col)
{
	const struct bt_bug *b = &t->bug[0];
	int lo = b->first, hi = b->first + b->n, at = row * t->cols + col;

	if (!t->bugs || b->kind != 'n')
		return false;
	while (lo < hi) { /* in order */
		int mid = (lo + hi) / 2, here = t->spot[mid].row * t->cols + t->spot[mid].col;

		if (here == at)
			return true;
		if (here < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static bool condition_met(const struct bt_condition *c, int32_t v)
{
	switch (c->op) {
	case '>': return v > c->lo;
	case '<': return v < c->lo;
	case ']': return v >= c->lo;
	case '[': return v <= c->lo;
	case '!': return v != c->lo;
	default: return v >= c->lo && v <= c->hi;
	}
}

/* Rows that count, in order. */
static int choose(const struct bt *t, uint8_t *row)
{
	int n = 0;

	for (int y = 0; y < t->rows && n < BT_ROWS; y++) {
		bool all = true;

		for (int i = 0; all && i < t->conditions; i++)
			all = condition_met(&t->condition[i], t->cell[y * t->cols + t->condition[i].col]) &&
				!is_lost(t, y, t->condition[i].col);
		if (all)
			row[n++] = (uint8_t)y;
	}
	return n;
}

/* A statistic in hundredths, num / den, or the root of that. */
struct stat {
	int n, decimals;
	int64_t v[BT_ROWS]; /* in the order of the rows, in the column's unit */
	int64_t sorted[BT_ROWS];
	int64_t sum, squares, num, den; /* sum and squares in the column's unit */
};

static bool stat_take(struct stat *s, const struct bt *t, int col, const uint8_t *row, int rows)
{
	bool sample = t->stat == BT_VAR || t->stat == BT_STDEV;
	int64_t unit = 1;

	s->n = 0;
	s->sum = s->squares = 0;
	s->decimals = bt_columns[t->col[col]].decimals;
	for (int i = s->decimals; i < 2; i++)
		unit *= 10;
	for (int i = 0; i < rows; i++) {
		int64_t v = t->cell[row[i] * t->cols + col];
		int k = s->n;

		if (is_lost(t, row[i], col))
			continue;
		s->sum += v;
		s->squares += v * v;
		for (; k > 0 && s->sorted[k - 1] > v; k--)
			s->sorted[k] = s->sorted[k - 1];
		s->sorted[k] = v;
		s->v[s->n++] = v;
	}
	if (s->n < (sample ? 2 : 1))
		return false;
	s->den = 1;
	switch (t->stat) {
	case BT_MEAN: s->num = s->sum; s->den = s->n; break;
	case BT_MEDIAN: s->num = s->sorted[s->n / 2] + s->sorted[(s->n - 1) / 2]; s->den = 2; break;
	case BT_SUM: s->num = s->sum; break;
	case BT_MIN: s->num = s->sorted[0]; break;
	case BT_MAX: s->num = s->sorted[s->n - 1]; break;
	case BT_RANGE: s->num = s->sorted[s->n - 1] - s->sorted[0]; break;
	case BT_COUNT: s->num = s->n; unit = 100; break;
	default:
		s->num = (s->n * s->squares - s->sum * s->sum) * unit;
		s->den = (int64_t)s->n * (sample ? s->n - 1 : s->n);
		s->den *= t->stat == BT_VAR || t->stat == BT_PVAR ? 100 : 1;
	}
	s->num *= unit;
	return true;
}

enum { ROOT_BITS = 30 };

/* floor(2^30 sqrt(num / den)), by Newton's steps from a little above; whether that is all of it. */
static int64_t root(int64_t num, int64_t den, bool *whole)
{
	uwide z = ((uwide)num << 2 * ROOT_BITS) / (uwide)den, x = (uwide)(sqrt((double)z) * (1 + 0x1p-50)) + 1;

	*whole = true;
	if (!num) /* the steps would go to zero and divide by it */
		return 0;
	for (uwide y = (x + z / x) / 2; y < x; y = (x + z / x) / 2)
		x = y;
	*whole = x * x == z && z * (uwide)den == (uwide)num << 2 * ROOT_BITS;
	return (int64_t)x;
}

static bool rooted(const struct bt *t)
{
	return t->stat == BT_STDEV || t->stat == BT_PSTDEV;
}

/* Hundredths, rounded half away from zero; false where too few rows count or a root cannot be rounded surely. */
static bool work_out(const struct bt *t, int64_t *ret)
{
	struct stat a, b = { .den = 1 };
	uint8_t row[BT_ROWS];
	int rows = choose(t, row);
	wide num, den;

	if (!stat_take(&a, t, t->a, row, rows) || (t->b >= 0 && !stat_take(&b, t, t->b, row, rows)))
		return false;
	if (rooted(t)) {
		bool wa, wb;
		int64_t ra = root(a.num, a.den, &wa), rb = root(b.num, b.den, &wb);
		int64_t half = INT64_C(1) << (ROOT_BITS - 1);
		/* wider than need be: the rule takes roots to fewer digits */
		int64_t slack = wa && wb ? 0 : 32, d = ra > rb ? ra - rb : rb - ra, least = d - slack, most = d + slack;

		*ret = (most + half) >> ROOT_BITS;
		return (least + half) >> ROOT_BITS == *ret;
	}
	num = (wide)a.num * b.den - (wide)b.num * a.den;
	den = (wide)a.den * b.den;
	if (num >= 0)
		*ret = (int64_t)((2 * num + den) / (2 * den));
	else
		*ret = (int64_t)((-2 * num + den) / (2 * den)) * (t->b >= 0 ? 1 : -1);
	return true;
}

/* ---- the desc ---- */

static char *number_put(char *pen, int32_t v)
{
	if (v < 0)
		*pen++ = '-';
	return pen_int(pen, v < 0 ? -v : v);
}

static char *values_put_all(char *pen, const int32_t *v, int n, int cols)
{
	for (int i = 0, x = 0; i < n; i++, x = x + 1 == cols ? 0 : x + 1) {
		if (i)
			*pen++ = x ? ',' : '/';
		pen = number_put(pen, v[i]);
	}
	return pen;
}

static char *spots_write(char *pen, const struct bt *t, const struct bt_bug *b)
{
	for (int i = b->first; i < b->first + b->n; i++) {
		if (i > b->first)
			*pen++ = ',';
		pen = pen_int(pen, t->spot[i].row + 1);
		pen = pen_int(pen_char(pen, '.'), t->spot[i].col + 1);
		if (b->kind == 'e')
			pen = number_put(pen_char(pen, '.'), t->spot[i].shown);
	}
	return pen;
}

static char *bug_write(char *pen, const struct bt *t, const struct bt_bug *b, int cols)
{
	*pen++ = b->kind;
	switch (b->kind) {
	case 'c':
		return pen_int(pen_char(pen, b->back ? 'u' : 'd'), b->by);
	case 'r':
	case 'h':
		return pen_int(pen_char(pen, b->back ? 'l' : 'r'), b->by);
	case 's':
		return spots_write(pen_char(pen_int(pen, b->by), ':'), t, b);
	case 'n':
	case 'e':
		return spots_write(pen, t, b);
	case 'b':
		return values_put_all(pen, t->extra + b->first, b->n, cols);
	case 'x':
		return values_put_all(pen_char(pen_int(pen, b->by), ':'), t->extra + b->first, b->n, BT_EXTRA);
	default:
		return pen;
	}
}

static void bt_write(struct buf *out, const struct bt *t)
{
	int cols = t->cols;
	/* values have five digits at most */
	char *pen = pen_down(out, 8 * (size_t)(t->rows * cols + t->extras) + 16 * (size_t)t->spots + 512);

	if (!pen)
		return;
	for (int i = 0; i < cols; i++)
		pen = pen_int(i ? pen_char(pen, ',') : pen, t->col[i]);
	pen = values_put_all(pen_char(pen, ';'), t->cell, t->rows * cols, cols);
	for (int i = 0; i < t->bugs; i++) {
		pen = bug_write(pen_char(pen, i ? '|' : ';'), t, &t->bug[i], cols);
		cols += t->bug[i].kind == 'x';
	}
	pen = pen_char(pen_str(pen_char(pen, ';'), str_of(bt_stats[t->stat])), ' ');
	pen = pen_int(pen, t->a + 1);
	if (t->b >= 0)
		pen = pen_int(pen_char(pen, '~'), t->b + 1);
	for (int i = 0; i < t->conditions; i++) {
		const struct bt_condition *c = &t->condition[i];

		pen = pen_char(pen_int(pen_char(pen, i ? '&' : '?'), c->col + 1), c->op);
		pen = number_put(pen, c->lo);
		if (c->op == ':')
			pen = number_put(pen_char(pen, ','), c->hi);
	}
	pen_up(out, pen);
}

static void answer_write(struct buf *out, int64_t hundredths)
{
	bt_number_put(out, hundredths, 2);
}

/* ---- inventing ---- */

enum { TABLES = 8, QUESTIONS = 24, WIDE_SPAN = 60 /* values a column that is asked about can take */ };

static int32_t value_draw(int column, struct rng *rng)
{
	return rng_range(rng, bt_columns[column].lo, bt_columns[column].hi);
}

static bool wide_column(int column)
{
	return bt_columns[column].kind == BT_NUMBER && bt_columns[column].hi - bt_columns[column].lo >= WIDE_SPAN;
}

/* The date first, two columns that can be asked about, then any. */
static void columns_draw(struct bt *t, int cols, struct rng *rng)
{
	uint8_t pool[64];
	int n = 0, asked = 0;

	for (int i = 1; i < bt_column_count; i++)
		pool[n++] = (uint8_t)i;
	rng_shuffle(rng, pool, (size_t)n, 1);
	for (int i = 0; i < n && asked < 2; i++)
		if (wide_column(pool[i])) {
			uint8_t c = pool[i];

			pool[i] = pool[asked];
			pool[asked++] = c;
		}
	rng_shuffle(rng, pool, (size_t)cols - 1, 1);
	t->cols = cols;
	t->col[0] = 0;
	memcpy(t->col + 1, pool, (size_t)cols - 1);
}

static void cells_draw(struct bt *t, struct rng *rng)
{
	int day = rng_range(rng, 0, 364 - t->rows);

	for (int y = 0; y < t->rows; y++)
		for (int x = 0; x < t->cols; x++) {
			const struct bt_column *c = &bt_columns[t->col[x]];
			int32_t v = c->kind == BT_DATE ? day + y : c->kind == BT_WEEKDAY ? (day + y + 1) % 7 : value_draw(t->col[x], rng);

			t->cell[y * t->cols + x] = v;
		}
}

/* A cell that is what it was; marks go behind numbers only. */
static bool untouched(const struct bt_cell *c, const struct bt_bug *b)
{
	return c->from >= 0 && !c->lost && !c->marked && (b->kind != 's' || bt_columns[c->column].kind == BT_NUMBER);
}

static void spots_draw(struct bt *t, struct bt_bug *b, const struct bt_shown *s, int rate, struct rng *rng)
{
	int cells = s->rows * s->cols, want = (cells * rate + 50) / 100, room = BT_SPOTS / BT_BUGS, left = 0;

	b->first = t->spots;
	for (int i = 0; i < cells; i++)
		left += untouched(&s->cell[i / s->cols][i % s->cols], b);
	want = want < 1 ? 1 : want > room ? room : want;
	want = want > left ? left : want;
	for (int i = 0; i < cells && want; i++) {
		int y = i / s->cols, x = i % s->cols;
		const struct bt_cell *c = &s->cell[y][x];
		struct bt_spot *p = &t->spot[t->spots];

		if (!untouched(c, b) || (int)rng_below(rng, (uint32_t)left--) >= want)
			continue;
		want--;
		*p = (struct bt_spot){ (uint8_t)y, (uint8_t)x, c->v };
		while (b->kind == 'e' && p->shown == c->v)
			p->shown = value_draw(c->column, rng);
		t->spots++;
	}
	b->n = t->spots - b->first;
}

static void bug_draw(struct bt *t, char kind, const struct bt_shown *s, int rate, struct rng *rng)
{
	struct bt_bug *b = &t->bug[t->bugs];

	*b = (struct bt_bug){ .kind = kind };
	b->back = strchr("crh", kind) && rng_chance(rng, 50);
	switch (kind) {
	case 'n': case 'e': case 's':
		b->by = kind == 's' ? rng_range(rng, 1, BT_MARKS) : 0;
		spots_draw(t, b, s, rate, rng);
		break;
	case 'c': case 'r':
		b->by = rng_range(rng, 1, 4);
		break;
	case 'h':
		b->by = rng_range(rng, 1, s->cols - 1);
		break;
	case 'b':
		b->by = rng_range(rng, 1, 3);
		b->first = t->extras;
		for (int i = 0; i < b->by * s->cols; i++)
			t->extra[t->extras++] = value_draw(bt_column_of(t, i % s->cols), rng);
		b->n = t->extras - b->first;
		break;
	case 'x':
		b->by = rng_range(rng, 4, bt_column_count - 1);
		b->first = t->extras;
		b->n = s->rows;
		for (int y = 0; y < s->rows; y++)
			t->extra[t->extras++] = value_draw(b->by, rng);
		break;
	}
	t->bugs++;
}

/* Which damages, in an order that can be: lost values first, joined rows last, wrong values before rows are rotated. */
static void kinds_draw(char *kind, int mask, int bugs, struct rng *rng)
{
	char pool[sizeof(kind_letters)];
	int n = 0, wrong = -1, turned = -1;

	for (int i = 0; kind_letters[i]; i++)
		if (mask >> i & 1)
			pool[n++] = kind_letters[i];
	rng_shuffle(rng, pool, (size_t)n, 1);
	for (int i = 0; i < bugs; i++)
		if (pool[i] == 'n') {
			pool[i] = pool[0];
			pool[0] = 'n';
		}
	for (int i = 0; i < bugs - 1; i++)
		if (pool[i] == 'm') {
			pool[i] = pool[bugs - 1];
			pool[bugs - 1] = 'm';
		}
	for (int i = 0; i < bugs; i++) {
		wrong = pool[i] == 'e' ? i : wrong;
		turned = pool[i] == 'r' ? i : turned;
	}
	if (turned >= 0 && wrong > turned) {
		pool[turned] = 'e';
		pool[wrong] = 'r';
	}
	memcpy(kind, pool, (size_t)bugs);
}

/* A condition that these rows meet. */
static bool condition_draw(struct bt_condition *c, const struct bt *t, const uint8_t *row, int rows, struct rng *rng)
{
	const struct bt_column *k = &bt_columns[t->col[c->col]];
	int32_t lo = k->hi, hi = k->lo, other;
	int slack, how = (int)rng_below(rng, 5);

	for (int i = 0; i < rows; i++) {
		int32_t v = t->cell[row[i] * t->cols + c->col];

		lo = v < lo ? v : lo;
		hi = v > hi ? v : hi;
	}
	if (k->kind != BT_NUMBER) {
		other = value_draw(t->col[c->col], rng);
		c->op = lo == hi ? '=' : '!';
		c->lo = c->hi = lo == hi ? lo : other;
		for (int i = 0; i < rows; i++)
			if (!condition_met(c, t->cell[row[i] * t->cols + c->col]))
				return false;
		return true;
	}
	slack = (k->hi - k->lo) / 12 + 1;
	lo -= rng_range(rng, 0, slack);
	hi += rng_range(rng, 0, slack);
	lo = lo < k->lo ? k->lo : lo;
	hi = hi > k->hi ? k->hi : hi;
	c->op = ">]<[:"[how];
	if (c->op == '>' && lo > k->lo)
		lo--;
	else if (c->op == '>')
		c->op = ']';
	if (c->op == '<' && hi < k->hi)
		hi++;
	else if (c->op == '<')
		c->op = '[';
	if (c->op == ':' && lo == hi)
		return false;
	c->lo = c->op == '<' || c->op == '[' ? hi : lo;
	c->hi = c->op == ':' ? hi : c->lo;
	return true;
}

/* Conditions on columns that are not asked about, as far as there are others; kept in order of the columns. */
static bool question_draw(struct bt *t, const int *knob, struct rng *rng)
{
	uint8_t pool[BT_COLS], row[BT_ROWS];
	int asked = 0, n, rows = 0, want, targets, stat;

	for (int x = 1; x < t->cols; x++)
		if (wide_column(t->col[x]))
			pool[asked++] = (uint8_t)x;
	rng_shuffle(rng, pool, (size_t)asked, 1);
	t->a = pool[0];
	t->b = knob[COLUMNS] == 2 ? pool[1] : -1;
	do
		stat = (int)rng_below(rng, BT_STATS);
	while (!(knob[STATS] >> stat & 1));
	t->stat = (enum bt_stat)stat;
	n = 0;
	for (int x = 1; x < t->cols; x++)
		if (x != t->a && x != t->b)
			pool[n++] = (uint8_t)x;
	rng_shuffle(rng, pool, (size_t)n, 1);
	pool[n++] = (uint8_t)t->a;
	if (t->b >= 0)
		pool[n++] = (uint8_t)t->b;
	want = knob[CONDITIONS_MAX] < n ? knob[CONDITIONS_MAX] : n;
	want = rng_range(rng, knob[CONDITIONS_MIN], want);
	/* in order */
	for (int i = 0; i < want; i++)
		for (int k = i; k > 0 && pool[k - 1] > pool[k]; k--) {
			uint8_t c = pool[k];

			pool[k] = pool[k - 1];
			pool[k - 1] = c;
		}
	for (int y = 0; y < t->rows && rows < BT_ROWS; y++) {
		bool whole = !is_lost(t, y, t->a) && (t->b < 0 || !is_lost(t, y, t->b));

		for (int i = 0; whole && i < want; i++)
			whole = !is_lost(t, y, pool[i]);
		if (whole)
			row[rows++] = (uint8_t)y;
	}
	targets = 2 + (int)rng_below(rng, (uint32_t)t->rows / 7 + 1);
	if (rows < targets)
		return false;
	rng_shuffle(rng, row, (size_t)rows, 1);
	t->conditions = 0;
	for (int i = 0; i < want; i++) {
		struct bt_condition *c = &t->condition[t->conditions++];

		c->col = pool[i];
		if (!condition_draw(c, t, row, targets, rng))
			return false;
	}
	/* conditions that nearly all rows meet ask little */
	return choose(t, row) * 4 <= t->rows * 3 + 2;
}

static const char *refuse(const int *knob)
{
	int kinds = __builtin_popcount((unsigned)knob[KINDS]);

	if (knob[ROWS_MIN] > knob[ROWS_MAX])
		return "rows_min is above rows_max";
	if (knob[RATE_MIN] > knob[RATE_MAX])
		return "rate_min is above rate_max";
	if (knob[CONDITIONS_MIN] > knob[CONDITIONS_MAX])
		return "conditions_min is above conditions_max";
	if (knob[CONDITIONS_MIN] > knob[COLS] - 1)
		return "there are fewer columns beside the date than conditions_min";
	if (kinds < knob[BUGS])
		return "there are fewer kinds of damage than bugs, and each comes once at most";
	if (knob[COLUMNS] == 2 && knob[STATS] == 1 << BT_COUNT)
		return "a count is not compared between columns: give other stats or columns=1";
	if (knob[KINDS] & LOST && knob[RATE_MAX] > 20 && knob[ROWS_MAX] < 12)
		return "with so many lost values in so few rows hardly any row is whole: fewer lost (rate_max) or more rows (rows_max)";
	return NULL;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct bt_shown s;
	struct bt t;

	for (int i = 0; i < TABLES; i++) {
		char kind[BT_BUGS];
		int64_t due;

		t.rows = rng_range(rng, knob[ROWS_MIN], knob[ROWS_MAX]);
		t.bugs = t.spots = t.extras = 0;
		columns_draw(&t, knob[COLS], rng);
		cells_draw(&t, rng);
		kinds_draw(kind, knob[KINDS], knob[BUGS], rng);
		bt_show(&s, &t);
		for (int k = 0; k < knob[BUGS]; k++) {
			bug_draw(&t, kind[k], &s, rng_range(rng, knob[RATE_MIN], knob[RATE_MAX]), rng);
			bt_damage(&s, &t, &t.bug[k]);
		}
		for (int q = 0; q < QUESTIONS; q++) {
			/* no answer below 1: zero would be the one to guess */
			if (!question_draw(&t, knob, rng) || (t.b >= 0 && t.stat == BT_COUNT) || !work_out(&t, &due) ||
			    (due < 100 && due > -100))
				continue;
			bt_write(desc, &t);
			answer_write(answer, due);
			return true;
		}
	}
	return false;
}

/* ---- from the desc ---- */

static bool solve(struct buf *answer, struct str desc)
{
	int64_t due;
	struct bt t;

	if (!bt_read(&t, desc) || !work_out(&t, &due))
		return false;
	answer_write(answer, due);
	return true;
}

static void canon(struct buf *out, struct str desc)
{
	buf_add(out, desc);
}

static bool statistic_spread(enum bt_stat stat)
{
	return stat >= BT_VAR && stat <= BT_PSTDEV;
}

static void grade(struct effort *e, struct str desc)
{
	static const char *const techniques[] = {
		"cells put right", "cells put right, moves undone", "moves undone", "cells put right, damages undone in reverse",
		"damages undone in reverse",
	};
	bool cells = false, moves = false;
	uint8_t row[BT_ROWS];
	struct bt t;
	int rows;

	*e = (struct effort){ .technique = "" };
	if (!bt_read(&t, desc))
		return;
	rows = choose(&t, row);
	for (int i = 0; i < t.bugs; i++) {
		bool listed = strchr("nes", t.bug[i].kind) != NULL;

		cells |= listed;
		moves |= !listed;
		e->steps += listed ? t.bug[i].n : strchr("bxh", t.bug[i].kind) ? t.rows : t.rows * t.cols;
	}
	e->steps += t.rows * (t.conditions + 1) + rows * (t.b >= 0 ? 2 : 1) * (statistic_spread(t.stat) ? 3 : 1);
	e->depth = 2 * t.bugs + t.conditions + (t.b >= 0) + (statistic_spread(t.stat) ? 2 : 0) + rooted(&t);
	e->technique = techniques[t.bugs > 1 ? (cells ? 3 : 4) : moves ? (cells ? 1 : 2) : 0];
}

/* ---- worked steps ---- */

/* Where the shown table holds each cell of the clean one; the right value, were it shown wrong. */
struct where {
	uint8_t row, col;
};

static void find_all(struct where *at, const struct bt_shown *s)
{
	for (int y = 0; y < s->rows; y++)
		for (int x = 0; x < s->cols; x++)
			if (s->cell[y][x].from >= 0)
				at[s->cell[y][x].from] = (struct where){ (uint8_t)y, (uint8_t)x };
}

static void needed_put(struct buf *out, const struct bt *t, const struct bt_shown *s, const struct where *at, int i, enum lang lang)
{
	static const char *const half[LANGS][2] = { { " upper", " lower" }, { "上", "下" } };
	int y = at[i].row, x = at[i].col;
	bool paired = s->merged && (y % 2 || y + 1 < s->rows);

	buf_addf(out, "%s ", bt_heading(t->col[i % t->cols], lang));
	if (s->cell[y][x].lost)
		buf_addz(out, "null");
	else
		bt_value_put(out, t->col[i % t->cols], t->cell[i], lang);
	buf_addf(out, " (%d, %d%s)", (s->merged ? y / 2 : y) + 1, x + 1, paired ? half[lang][y % 2] : "");
}

static void values_put(struct buf *out, const struct bt *t, const struct stat *s)
{
	bool sorted = t->stat == BT_MEDIAN || t->stat == BT_MIN || t->stat == BT_MAX || t->stat == BT_RANGE;

	for (int i = 0; i < s->n; i++) {
		buf_addz(out, i ? ", " : "");
		bt_number_put(out, sorted ? s->sorted[i] : s->v[i], s->decimals);
	}
}

/* Four decimals of num / den hundredths, cut off. */
static void ratio_put(struct buf *out, int64_t num, int64_t den)
{
	int64_t v = (int64_t)((wide)(num < 0 ? -num : num) * 100 / den);

	bt_number_put(out, num < 0 ? -v : v, 4);
	if ((wide)(num < 0 ? -num : num) * 100 % den)
		buf_addz(out, "…");
}

static void squares_put(struct buf *out, int64_t v, int decimals)
{
	for (int i = decimals; i < 2; i++)
		v *= 100;
	bt_number_put(out, v, 4);
}

static void stat_put(struct buf *out, const struct bt *t, const struct stat *s, int col, enum lang lang)
{
	bool sample = t->stat == BT_VAR || t->stat == BT_STDEV, whole;

	buf_addf(out, "%s: ", bt_heading(t->col[col], lang));
	values_put(out, t, s);
	buf_addf(out, "; n=%d", s->n);
	if (t->stat == BT_MEAN || t->stat == BT_SUM || statistic_spread(t->stat)) {
		buf_addz(out, "; S=");
		bt_number_put(out, s->sum, s->decimals);
	}
	if (t->stat == BT_MEAN || t->stat == BT_MEDIAN) {
		buf_addf(out, "; %s=", bt_stats[t->stat]);
		ratio_put(out, s->num, s->den);
	} else if (t->stat == BT_MIN || t->stat == BT_MAX || t->stat == BT_RANGE) {
		buf_addf(out, "; %s=", bt_stats[t->stat]);
		bt_number_put(out, s->num, 2);
	} else if (statistic_spread(t->stat)) {
		buf_addz(out, "; Q=");
		squares_put(out, s->squares, s->decimals);
		buf_addf(out, "; (n*Q-S*S)/(n*%s)=", sample ? "(n-1)" : "n");
		/* squares of hundredths: a hundred of them are a hundredth */
		ratio_put(out, s->num, s->den * (rooted(t) ? 100 : 1));
		if (rooted(t)) {
			buf_addz(out, "; sqrt=");
			bt_number_put(out, (int64_t)(((wide)root(s->num, s->den, &whole) * 100) >> ROOT_BITS), 4);
			buf_addz(out, "…");
		}
	}
	buf_addc(out, '\n');
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	static const char *const verdict[LANGS][2] = { { "no", "yes" }, { "否", "是" } };
	struct where at[BT_ROWS * BT_COLS];
	uint8_t row[BT_ROWS];
	struct bt_shown s;
	struct stat a, b;
	int64_t due;
	struct bt t;
	int rows, next = 0;

	if (!bt_read(&t, desc) || !work_out(&t, &due))
		return;
	bt_show(&s, &t);
	find_all(at, &s);
	rows = choose(&t, row);
	for (int y = 0; y < t.rows; y++) {
		bool in = next < rows && row[next] == y;

		next += in;
		buf_addf(steps, lang == LANG_ZH ? "第%d行：" : "row %d: ", y + 1);
		for (int i = 0; i < t.conditions; i++) {
			buf_addz(steps, i ? ", " : "");
			needed_put(steps, &t, &s, at, y * t.cols + t.condition[i].col, lang);
		}
		buf_addf(steps, " -> %s", verdict[lang][in]);
		for (int i = 0; in && t.stat != BT_COUNT && i < (t.b < 0 ? 1 : 2); i++) {
			buf_addz(steps, i ? ", " : ": ");
			needed_put(steps, &t, &s, at, y * t.cols + (i ? t.b : t.a), lang);
		}
		buf_addc(steps, '\n');
	}
	if (!stat_take(&a, &t, t.a, row, rows))
		return;
	stat_put(steps, &t, &a, t.a, lang);
	if (t.b >= 0 && stat_take(&b, &t, t.b, row, rows)) {
		stat_put(steps, &t, &b, t.b, lang);
		buf_addf(steps, "round(|%s-%s|, 2)", bt_stats[t.stat], bt_stats[t.stat]);
	} else {
		buf_addf(steps, "round(%s, 2)", bt_stats[t.stat]);
	}
}

/* ---- what the prompt needs ---- */

/* Numbers of two decimals up to about the size of the answer. */
static double answers_log2(struct str desc)
{
	int64_t due;
	struct bt t;

	if (!bt_read(&t, desc) || !work_out(&t, &due))
		return 0;
	return log2((double)(due < 0 ? -due : due) + 100);
}

const struct task task_buggy_tables = {
	.name = "buggy_tables",
	.family = "arithmetic",
	.what = "Undo what was done to a table, then work out a statistic of some of its rows.",
	.revision = 1,
	.flags = 0,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.grade = grade,
	.canon = canon,
	.answers_log2 = answers_log2,
	.fields = bt_fields,
};
