/*
 * foreign_tables.c - a statistic of two columns of a table, over the rows that meet some conditions; see foreign_worked.h.
 *
 * The question shows a table in which something went wrong and says what; the metadata has the table as it was. Tables whose fault is
 * that empty cells are left out are not read: there the question is about what is left.
 */
#include "cli/foreign_worked.h"

#include <math.h>

enum { COLUMNS = 32, ROWS = 256, CONDITIONS = 8, LONGEST = 1 << 14 /* bytes of what is asked */ };

enum statistic { MEAN, MEDIAN, STDEV, SUM, MAX, MIN, VARIANCE, STATISTICS };

struct condition {
	int column;
	char sign; /* > < g (>=) l (<=) = ! or b: from value to most */
	double value, most;
};

struct asked {
	int column[2], columns, conditions;
	struct condition condition[CONDITIONS];
	enum statistic statistic;
	bool told; /* which statistic */
};

struct table {
	int columns, rows;
	struct str name[COLUMNS];
	double cell[ROWS][COLUMNS]; /* NAN: no number */
};

static bool row_read(struct table *t, struct json row)
{
	struct json v;
	struct str key;
	int n = 0;

	for (struct json_iter it = json_iter(row); json_next(&it, &key, &v); n++) {
		struct str name = str_sub(key, 1, key.n - 1);

		if (n == COLUMNS || t->rows == ROWS || (t->rows && (n >= t->columns || !str_eq(name, t->name[n]))))
			return false;
		t->name[n] = name;
		if (!json_f64(v, &t->cell[t->rows][n]))
			t->cell[t->rows][n] = NAN;
	}
	if (t->rows && n != t->columns)
		return false;
	t->columns = n;
	t->rows++;
	return n > 1;
}

static bool table_read(struct table *t, struct json rows)
{
	struct json v;

	t->columns = t->rows = 0;
	for (struct json_iter it = json_iter(rows); json_next(&it, NULL, &v);)
		if (!row_read(t, v))
			return false;
	return t->rows > 0;
}

/* ---- what is asked ---- */

static bool name_sign(char c)
{
	return c == '_' || is_letter(c) || is_digit(c);
}

/* The next run of letters, digits and _; `before` is what stands between it and the one before. */
static bool next_name(struct str *rest, struct str *before, struct str *name)
{
	size_t from = 0, to;

	while (from < rest->n && !name_sign(rest->s[from]))
		from++;
	for (to = from; to < rest->n && name_sign(rest->s[to]); to++)
		;
	*before = str_sub(*rest, 0, from);
	*name = str_sub(*rest, from, to);
	*rest = str_from(*rest, to);
	return name->n > 0;
}

static int column_of(const struct table *t, struct str name)
{
	for (int i = 0; i < t->columns; i++)
		if (str_eq(t->name[i], name))
			return i;
	return -1;
}

/* A number with at most a sign and a point, stepped over. */
static bool number(struct str *s, double *ret)
{
	size_t n = s->n && s->s[0] == '-';

	while (n < s->n && ((s->s[n] >= '0' && s->s[n] <= '9') || (s->s[n] == '.' && n + 1 < s->n && s->s[n + 1] >= '0' && s->s[n + 1] <= '9')))
		n++;
	if (!str_f64(str_sub(*s, 0, n), ret))
		return false;
	*s = str_from(*s, n);
	return true;
}

/* ">= 3" or "between [3, 5]". */
static bool condition_read(struct condition *c, struct str *s)
{
	static const char *const signs[][2] = { { ">= ", "g" }, { "<= ", "l" }, { "== ", "=" }, { "!= ", "!" }, { "> ", ">" }, { "< ", "<" } };

	if (said(s, "between [")) {
		c->sign = 'b';
		return number(s, &c->value) && said(s, ", ") && number(s, &c->most) && said(s, "]");
	}
	for (size_t i = 0; i < COUNT(signs); i++)
		if (said(s, signs[i][0])) {
			c->sign = signs[i][1][0];
			return number(s, &c->value);
		}
	return false;
}

/* Names of columns, alone or in "the NAME was >= 3"; the first word that is a statistic. */
static bool asked_read(struct asked *a, const struct table *t, struct str text)
{
	static const char *const names[STATISTICS] = { "mean", "median", "stdev", "sum", "max", "min", "variance" };
	struct str rest = text, before, name, last = { "", 0 };

	*a = (struct asked){ .columns = 0 };
	for (; next_name(&rest, &before, &name); last = name) {
		int column = column_of(t, name);

		for (int i = 0; i < STATISTICS && !a->told; i++)
			if (str_is(name, names[i])) {
				a->statistic = (enum statistic)i;
				a->told = true;
			}
		if (column < 0)
			continue;
		if (str_is(last, "the") && said(&rest, " was ")) {
			if (a->conditions == CONDITIONS || !condition_read(&a->condition[a->conditions], &rest))
				return false;
			a->condition[a->conditions++].column = column;
		} else if (a->columns == 2) {
			return false;
		} else {
			a->column[a->columns++] = column;
		}
	}
	return a->told && a->columns == 2;
}

/* ---- the answer ---- */

static bool meets(const struct condition *c, double v)
{
	switch (c->sign) {
	case '>': return v > c->value;
	case '<': return v < c->value;
	case 'g': return v >= c->value;
	case 'l': return v <= c->value;
	case '=': return v == c->value;
	case '!': return v != c->value && !isnan(v);
	default: return v >= c->value && v <= c->most;
	}
}

static double median(double *v, int n)
{
	for (int i = 1; i < n; i++) {
		double x = v[i];
		int at = i;

		for (; at > 0 && v[at - 1] > x; at--)
			v[at] = v[at - 1];
		v[at] = x;
	}
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* False: there are too few values. */
static bool reckon(double *v, int n, enum statistic what, double *ret)
{
	double sum = 0, squares = 0, most = n ? v[0] : 0, least = most;

	if (n < (what == STDEV || what == VARIANCE ? 2 : 1))
		return false;
	for (int i = 0; i < n; i++) {
		sum += v[i];
		most = fmax(most, v[i]);
		least = fmin(least, v[i]);
	}
	for (int i = 0; i < n; i++)
		squares += (v[i] - sum / n) * (v[i] - sum / n);
	switch (what) {
	case MEAN: *ret = sum / n; break;
	case MEDIAN: *ret = median(v, n); break;
	case SUM: *ret = sum; break;
	case MAX: *ret = most; break;
	case MIN: *ret = least; break;
	case VARIANCE: *ret = squares / (n - 1); break;
	default: *ret = sqrt(squares / (n - 1)); break;
	}
	return true;
}

static double difference(const struct table *t, const struct asked *a)
{
	double value[2][ROWS], found[2];
	int n[2] = { 0, 0 };

	for (int y = 0; y < t->rows; y++) {
		int i = 0;

		while (i < a->conditions && meets(&a->condition[i], t->cell[y][a->condition[i].column]))
			i++;
		for (int k = 0; k < 2 && i == a->conditions; k++)
			if (!isnan(t->cell[y][a->column[k]]))
				value[k][n[k]++] = t->cell[y][a->column[k]];
	}
	for (int k = 0; k < 2; k++)
		if (!reckon(value[k], n[k], a->statistic, &found[k]))
			return 0;
	return fabs(found[0] - found[1]);
}

bool worked_table(double *answer, struct str question, struct json meta)
{
	struct json rows, queries, v;
	struct json_iter it;
	struct buf text = BUF_INIT;
	struct table t;
	struct asked a;
	bool ok;

	json_get(meta, "queries", &queries);
	it = json_iter(queries);
	ok = json_get(meta, "bug_type", &v) && !json_is(v, "null") && json_next(&it, NULL, &v) && json_str(v, &text) && text.n < LONGEST &&
	     str_find(question, buf_str(&text)) >= 0 && json_get(meta, "original_table", &rows) && table_read(&t, rows) &&
	     asked_read(&a, &t, buf_str(&text));
	if (ok)
		*answer = difference(&t, &a);
	buf_release(&text);
	return ok && isfinite(*answer);
}
