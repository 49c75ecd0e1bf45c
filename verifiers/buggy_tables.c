/*
 * buggy_tables.c - the rule: the statistic of the clean table, worked out afresh from the desc, rounded to hundredths,
 * half away from zero. Lost values meet no condition and count nowhere; nothing else that was done to the table matters,
 * since it is undone.
 *
 * The due number is never written down: a number that is said is held against it, in whole numbers. A square root is
 * taken to eight more digits; a table whose answer hangs on more than that is no task.
 */
#include "verifiers/buggy_tables.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

#include <math.h>

__extension__ typedef __int128 wide;

enum { ROOM = 512 };

static const int64_t SAID_MAX = INT64_C(1000000000000000); /* hundredths; the largest variance is 10^10 */
static const int64_t ROOT_SCALE = 100000000;

struct column {
	int64_t v[BT_ROWS]; /* hundredths; smallest first where the statistic hangs on it */
	int n;
};

/* num / den hundredths, or the square root of it */
struct amount {
	int64_t num, den;
};

/* A bit for each cell whose value is lost. */
struct lost {
	bool any;
	uint64_t bits[(BT_ROWS * BT_COLS + 63) / 64]; /* set only if there are any */
};

static void lost_find(struct lost *l, const struct bt *t)
{
	const struct bt_bug *b = &t->bug[0]; /* it can be no other */

	l->any = b->kind == 'n';
	if (!l->any)
		return;
	memset(l->bits, 0, sizeof(l->bits));
	for (int i = b->first; i < b->first + b->n; i++) {
		int k = t->spot[i].row * t->cols + t->spot[i].col;

		l->bits[k / 64] |= UINT64_C(1) << k % 64;
	}
}

static bool lost(const struct lost *l, int cell)
{
	return l->bits[cell / 64] >> cell % 64 & 1;
}

/* What a condition says of a value: that it is from the first to the last, counted on from INT32_MAX to INT32_MIN. */
struct range {
	int col;
	uint32_t first, wide; /* wide: how far the last is from the first */
};

static struct range range_of(const struct bt_condition *c)
{
	uint32_t lo = (uint32_t)c->lo, least = (uint32_t)INT32_MIN;

	switch (c->op) {
	case '>': return (struct range){ c->col, lo + 1, INT32_MAX - (lo + 1) };
	case ']': return (struct range){ c->col, lo, INT32_MAX - lo };
	case '<': return (struct range){ c->col, least, lo - 1 - least };
	case '[': return (struct range){ c->col, least, lo - least };
	case '!': return (struct range){ c->col, lo + 1, UINT32_MAX - 1 };
	default: return (struct range){ c->col, lo, (uint32_t)c->hi - lo };
	}
}

/* The first cells of the rows that count, in order: they meet every condition, with a value that is not lost. */
static int rows_that_count(const struct bt *t, const struct lost *l, uint16_t row[BT_ROWS])
{
	struct range range[BT_CONDITIONS];
	int n = 0, of_all, conditions = t->conditions, cols = t->cols, end = t->rows * cols;

	for (int i = 0; i < conditions; i++)
		range[i] = range_of(&t->condition[i]);
	for (int k = 0; k < end; k += cols) {
		bool counts = true;

		for (int i = 0; i < conditions; i++)
			counts &= (uint32_t)t->cell[k + range[i].col] - range[i].first <= range[i].wide;
		row[n] = (uint16_t)k;
		n += counts;
	}
	if (!l->any)
		return n;
	of_all = n;
	n = 0;
	for (int y = 0; y < of_all; y++) {
		bool counts = true;

		for (int i = 0; i < conditions; i++)
			counts &= !lost(l, row[y] + range[i].col);
		row[n] = row[y];
		n += counts;
	}
	return n;
}

static void gather(struct column *c, const struct bt *t, const struct lost *l, int col, const uint16_t *row, int rows)
{
	static const int unit[] = { 100, 10, 1 };
	int scale = unit[bt_columns[t->col[col]].decimals];
	bool ordered = t->stat == BT_MEDIAN || t->stat == BT_MIN || t->stat == BT_MAX || t->stat == BT_RANGE;
	int n = 0;

	for (int i = 0; i < rows; i++) {
		int64_t v = (int64_t)t->cell[row[i] + col] * scale;
		int k = n;

		if (l->any && lost(l, row[i] + col))
			continue;
		for (; ordered && k > 0 && c->v[k - 1] > v; k--)
			c->v[k] = c->v[k - 1];
		c->v[k] = v;
		n++;
	}
	c->n = n;
}

static bool measure(struct amount *a, enum bt_stat stat, const struct column *c)
{
	int64_t sum = 0, squares = 0, n = c->n;
	bool sample = stat == BT_VAR || stat == BT_STDEV;

	if (n < (sample ? 2 : 1))
		return false;
	for (int i = 0; i < c->n; i++) {
		sum += c->v[i];
		squares += c->v[i] * c->v[i]; /* 80 * (2 * 10^6)^2 at most */
	}
	switch (stat) {
	case BT_MEAN: *a = (struct amount){ sum, n }; break;
	case BT_MEDIAN: *a = (struct amount){ c->v[(n - 1) / 2] + c->v[n / 2], 2 }; break;
	case BT_SUM: *a = (struct amount){ sum, 1 }; break;
	case BT_MIN: *a = (struct amount){ c->v[0], 1 }; break;
	case BT_MAX: *a = (struct amount){ c->v[n - 1], 1 }; break;
	case BT_RANGE: *a = (struct amount){ c->v[n - 1] - c->v[0], 1 }; break;
	case BT_COUNT: *a = (struct amount){ n * 100, 1 }; break;
	default: /* squares of hundredths; a hundred of these are a hundredth */
		*a = (struct amount){ n * squares - sum * sum, n * (sample ? n - 1 : n) };
		if (stat == BT_VAR || stat == BT_PVAR)
			a->den *= 100;
	}
	return true;
}

/* Is `said` a / b rounded half away from zero? b > 0 */
static bool is_rounded(wide a, wide b, int64_t said)
{
	if (a < 0)
		return is_rounded(-a, b, -said);
	return 2 * said * b <= 2 * a + b && 2 * a + b < 2 * (said + 1) * b;
}

/* The largest r with (r / ROOT_SCALE)^2 <= num / den; whether it is met. */
static int64_t root(struct amount a, bool *exact)
{
	wide goal = (wide)a.num * ROOT_SCALE * ROOT_SCALE; /* below 2^108 */
	int64_t r = (int64_t)(sqrt((double)a.num / (double)a.den) * (double)ROOT_SCALE); /* below 2^50, so at most one off */

	while ((wide)r * r * a.den > goal)
		r--;
	while ((wide)(r + 1) * (r + 1) * a.den <= goal)
		r++;
	*exact = (wide)r * r * a.den == goal;
	return r;
}

/* How far the roots are apart, rounded to hundredths; -1: too near the middle between two numbers. */
static int64_t root_due(struct amount a, struct amount b)
{
	bool whole_a, whole_b;
	int64_t ra = root(a, &whole_a), rb = root(b, &whole_b), d = ra - rb, low, high;

	if (d < 0) {
		bool t = whole_a;

		d = -d;
		whole_a = whole_b;
		whole_b = t;
	}
	low = (2 * (d - !whole_b) + ROOT_SCALE) / (2 * ROOT_SCALE);
	high = (2 * (d + !whole_a) + ROOT_SCALE) / (2 * ROOT_SCALE);
	return low == high ? low : -1;
}

/* What is asked for: num / den hundredths, to be rounded. False: too few rows, or a root that cannot be rounded surely. */
static bool due_of(const struct bt *t, wide *num, wide *den)
{
	struct amount a, b = { 0, 1 };
	uint16_t row[BT_ROWS];
	struct column c;
	struct lost l;
	int rows;

	lost_find(&l, t);
	rows = rows_that_count(t, &l, row);
	gather(&c, t, &l, t->a, row, rows);
	if (!measure(&a, t->stat, &c))
		return false;
	if (t->b >= 0) {
		gather(&c, t, &l, t->b, row, rows);
		if (!measure(&b, t->stat, &c))
			return false;
	}
	if (t->stat == BT_STDEV || t->stat == BT_PSTDEV) {
		*num = root_due(a, b);
		*den = 1;
		return *num >= 0;
	}
	*num = (wide)a.num * b.den - (wide)b.num * a.den;
	*den = (wide)a.den * b.den;
	if (t->b >= 0 && *num < 0)
		*num = -*num;
	return true;
}

/* ---- the answer ---- */

/* 12 or 1,234 or 1 234: a comma or a blank before each three digits, or nowhere. */
static bool whole(struct str *s, int64_t *ret)
{
	size_t run = 0;
	char sep = 0;
	int64_t v = 0;

	for (; s->n; *s = str_from(*s, 1)) {
		char c = s->s[0];

		if (is_digit(c)) {
			if (sep && run == 3)
				return false;
			v = v * 10 + (c - '0');
			if (v > SAID_MAX)
				return false;
			run++;
			continue;
		}
		if ((c != ',' && c != ' ') || !run || run > 3 || (sep && (c != sep || run != 3)))
			break;
		sep = c;
		run = 0;
	}
	*ret = v;
	return run > 0 && (!sep || run == 3);
}

/* Hundredths; more decimals only if they are zeros, or else it is another number: *odd then. */
static bool decimal(struct str s, int64_t *ret, bool *odd)
{
	bool minus = s.n && s.s[0] == '-';
	size_t n = 0;
	int64_t v;

	*odd = false;
	if (s.n && (s.s[0] == '-' || s.s[0] == '+'))
		s = str_trim(str_from(s, 1));
	if (!whole(&s, &v))
		return false;
	v *= 100;
	if (s.n) {
		if (s.s[0] != '.')
			return false;
		s = str_from(s, 1);
		for (; n < s.n && is_digit(s.s[n]); n++)
			if (n < 2)
				v += (s.s[n] - '0') * (n ? 1 : 10);
			else
				*odd |= s.s[n] != '0';
		if (n == 0 || n < s.n)
			return false;
	}
	*ret = minus ? -v : v;
	return true;
}

static struct str after(struct str s, const char *sign)
{
	ptrdiff_t at = str_rfind(s, str_of(sign));

	return at < 0 ? s : str_from(s, (size_t)at + strlen(sign));
}

/* A label ("answer:", 'result', 答案：) and brackets around one number are taken off: {"result":[{"answer": 42.5}]}. */
static struct str bare(struct str s)
{
	static const char *const labels[] = {
		"the answer is", "the result is", "the final answer is", "answer", "final answer", "result", "the answer", "value", "output",
		"答案", "结果", "答案是", "结果是", "答案为", "结果为", "最终答案",
	};
	size_t before;

	do {
		before = s.n;
		s = text_strip(s);
		if (s.n > 1 && ((s.s[0] == '[' && s.s[s.n - 1] == ']') || (s.s[0] == '(' && s.s[s.n - 1] == ')') ||
				(s.s[0] == '{' && s.s[s.n - 1] == '}')))
			s = str_sub(s, 1, s.n - 1);
		for (size_t i = 0; i < COUNT(labels); i++) {
			struct str l = str_of(labels[i]), rest = s;
			bool quoted = rest.n && (rest.s[0] == '"' || rest.s[0] == '\'');
			char quote = quoted ? rest.s[0] : 0;

			if (quoted)
				rest = str_from(rest, 1);
			if (!str_ieq(str_sub(rest, 0, l.n), l))
				continue;
			rest = str_from(rest, l.n);
			if (quoted && (!rest.n || rest.s[0] != quote))
				continue;
			rest = str_trim(str_from(rest, quoted));
			if (rest.n && (rest.s[0] == ':' || rest.s[0] == '='))
				rest = str_from(rest, 1);
			else if (quoted || (rest.n && !is_digit(rest.s[0]) && rest.s[0] != '-' && rest.s[0] != '+'))
				continue;
			s = rest;
			break;
		}
	} while (s.n != before);
	return s;
}

/* Bytes of "\\text{" and its like at the head of s, 0 for none. */
static size_t command(struct str s)
{
	static const char *const commands[] = { "\\text{", "\\mathrm{", "\\textrm{", "\\mbox{", NULL };

	return text_head(s, commands);
}

static struct str drop_tex(struct str s, char *room)
{
	size_t n = 0;
	int open = 0;

	for (size_t i = 0; i < s.n; i++) {
		struct str rest = str_from(s, i);

		if (command(rest)) {
			open++;
			i += command(rest) - 1;
			continue;
		}
		if (open && s.s[i] == '}') {
			open--;
			continue;
		}
		if (str_starts(rest, STR("{,}"))) {
			room[n++] = ',';
			i += 2;
		} else if (str_starts(rest, STR("\\,")) || str_starts(rest, STR("\\;"))) {
			room[n++] = i > 0 && is_digit(s.s[i - 1]) ? ',' : ' ';
			i++;
		} else if (str_starts(rest, STR("\xef\xbc\x8e"))) { /* full-width point */
			room[n++] = '.';
			i += 2;
		} else {
			room[n++] = s.s[i];
		}
	}
	return (struct str){ room, n };
}

/* "The sum of steps is 42.00": what stands behind, if there is one verb and no other number. */
static struct str sentence(struct str s)
{
	static const char *const verbs[] = { " is ", " is: ", " equals ", " be ", ": ", "为", "是", ":" };
	size_t most = 0, len = 0;

	for (size_t i = 0; i < COUNT(verbs); i++) {
		ptrdiff_t at = str_rfind(s, str_of(verbs[i]));

		if (at > 0 && (size_t)at + strlen(verbs[i]) > most + len) {
			most = (size_t)at;
			len = strlen(verbs[i]);
		}
	}
	for (size_t i = 0; i < most; i++)
		if (is_digit(s.s[i]) || strchr("{}[]()<>=/\n", s.s[i]))
			return s;
	return !most || text_denies(str_sub(s, 0, most)) || text_hedges(str_sub(s, 0, most)) ? s : str_from(s, most + len);
}

/* Most answers: 42 or -42.5 or 42.50 and nothing else, of at most 15 bytes. */
static bool plain_decimal(struct str s, int64_t *ret)
{
	size_t i = s.n && s.s[0] == '-', from = i, decimals = 0;
	int64_t v = 0;

	if (s.n > 15)
		return false;
	for (; i < s.n && is_digit(s.s[i]); i++)
		v = v * 10 + (s.s[i] - '0');
	if (i == from)
		return false;
	if (i < s.n && s.s[i] == '.')
		for (i++; i < s.n && is_digit(s.s[i]) && decimals < 2; i++, decimals++)
			v = v * 10 + (s.s[i] - '0');
	if (i < s.n || s.s[i - 1] == '.')
		return false;
	v *= decimals == 0 ? 100 : decimals == 1 ? 10 : 1;
	*ret = s.s[0] == '-' ? -v : v;
	return true;
}

/* "42.": the asked decimals got lost, and nobody knows which. A full stop behind decimals ("42.50.") is just that. */
static bool point_alone(struct str s)
{
	return s.n > 1 && s.s[s.n - 1] == '.' && is_digit(s.s[s.n - 2]) && str_chr(s, '.') == (ptrdiff_t)s.n - 1;
}

/* Units that a column's values may be told in; of money the ones that stand before a number, too. */
static const struct {
	const char *column, *units[6];
} units[] = {
	{ "steps", { "steps", "步" } },
	{ "sleep_minutes", { "minutes", "min", "分钟" } },
	{ "screen_minutes", { "minutes", "min", "分钟" } },
	{ "music_minutes", { "minutes", "min", "分钟" } },
	{ "coffee_cups", { "cups", "杯" } },
	{ "pages_read", { "pages", "页" } },
	{ "distance_km", { "km", "kilometers", "kilometres", "公里", "千米" } },
	{ "weight_kg", { "kg", "kilograms", "公斤", "千克" } },
	{ "water_ml", { "ml", "milliliters", "millilitres", "毫升" } },
	{ "temperature", { "°C", "℃", "degrees", "度" } },
	{ "rain_mm", { "mm", "millimeters", "millimetres", "毫米" } },
	{ "pulse", { "bpm" } },
	{ "spending", { "dollars", "元", "\\$", "$", "¥" } },
	{ "income", { "dollars", "元", "\\$", "$", "¥" } },
};

/* s without the unit of the column that is asked. */
static struct str without_unit(struct str s, const struct bt *t)
{
	const char *column = bt_columns[t->col[t->a]].en;

	for (size_t i = 0; i < COUNT(units); i++)
		for (const char *const *u = units[i].units; *u && strcmp(units[i].column, column) == 0; u++) {
			struct str unit = str_of(*u);

			if (s.n > unit.n && str_ieq(str_from(s, s.n - unit.n), unit))
				return str_trim(str_sub(s, 0, s.n - unit.n));
			if (s.n > unit.n && (unit.s[unit.n - 1] == '$' || str_is(unit, "¥")) && str_starts(s, unit))
				return str_trim(str_from(s, unit.n));
		}
	return s;
}

/* Does an equation say that another number of two decimals is this one: "41.00 = 42.00"? */
static bool unequal(struct str left, int64_t right)
{
	int64_t v;
	bool odd;

	return decimal(bare(after(left, "=")), &v, &odd) && !odd && v != right;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	static const char *const rounded[] = {
		"(rounded)", "(rounded to 2 decimal places)", "(rounded to 2 decimals)", "(to 2 decimal places)", "(2 decimal places)", "（保留2位小数）", "(保留2位小数)",
	};
	char room[ROOM], second[ROOM];
	ptrdiff_t equals;
	int64_t said;
	wide num, den;
	struct bt t;
	struct str s, all;
	bool odd;

	if (!bt_read(&t, desc))
		return rule_bad_task(why, "the desc is no damaged table with a question");
	if (!due_of(&t, &num, &den))
		return rule_bad_task(why, "too few rows meet the conditions, or the answer cannot be rounded surely");
	answer = str_trim(answer);
	if (plain_decimal(answer, &said)) {
		odd = false;
	} else {
		undress_reason(&answer);
		for (size_t i = 0; i < COUNT(rounded); i++)
			if (str_ends(answer, str_of(rounded[i])))
				answer = str_trim(str_sub(answer, 0, answer.n - strlen(rounded[i])));
		if (point_alone(answer))
			return rule_unreadable(why, "a decimal point without decimals");
		if (answer.n > ROOM || !text_plain(bare(answer), room, sizeof(room), &s))
			return rule_unreadable(why, "there is not one number in it");
		all = drop_tex(bare(s), second);
		equals = str_rfind(all, STR("="));
		s = bare(without_unit(bare(sentence(bare(after(after(all, "="), "\xe2\x89\x88")))), &t));
		if (!decimal(s, &said, &odd) || (equals > 0 && unequal(str_sub(all, 0, (size_t)equals), said)))
			return rule_unreadable(why, "there is not one number in it");
	}
	if (odd)
		return rule_wrong(why, "it is not rounded to two decimals");
	if (!is_rounded(num, den, said))
		return rule_wrong(why, "%s%lld.%02d is not the number", said < 0 ? "-" : "", (long long)((said < 0 ? -said : said) / 100),
				  (int)((said < 0 ? -said : said) % 100));
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_buggy_tables = { "buggy_tables", 1, judge, NULL };
