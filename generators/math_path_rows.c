/* math_path_rows.c - how many ways of filling in an equation's digits give each value; see math_path_rows.h. */
#include "generators/math_path_rows.h"

#include <stdlib.h>
#include <string.h>

void rows_release(struct rows *s)
{
	free(s->pool);
}

static bool row_new(struct rows *s, struct row *row, int64_t lo, int64_t hi)
{
	size_t n = (size_t)(hi - lo + 1), need = n + (n + 3) / 4;

	if (hi - lo >= ROWS_WIDE)
		return false;
	*row = (struct row){ .lo = lo, .n = (int)n, .at = s->used };
	if (s->used + need > s->cap) {
		size_t cap = s->cap ? s->cap : 4096;
		double *pool;

		while (cap < s->used + need)
			cap *= 2;
		pool = realloc(s->pool, cap * sizeof(double));
		if (!pool)
			return false;
		s->pool = pool;
		s->cap = cap;
	}
	memset(s->pool + s->used, 0, sizeof(double) * n);
	s->used += need;
	return true;
}

/* Between which values a op b can lie; false: beyond all that is followed. */
static bool bounds(const struct row *a, char op, const struct row *b, int64_t *lo, int64_t *hi)
{
	int64_t al = a->lo, ah = a->lo + a->n - 1, bl = b->lo, bh = b->lo + b->n - 1, corner[4];

	switch (op) {
	case '+':
		*lo = al + bl;
		*hi = ah + bh;
		break;
	case '-':
		*lo = al - bh;
		*hi = ah - bl;
		break;
	case '*':
		if (__builtin_mul_overflow(al, bl, &corner[0]) || __builtin_mul_overflow(al, bh, &corner[1]) ||
		    __builtin_mul_overflow(ah, bl, &corner[2]) || __builtin_mul_overflow(ah, bh, &corner[3]))
			return false;
		*lo = *hi = corner[0];
		for (int i = 1; i < 4; i++) {
			*lo = corner[i] < *lo ? corner[i] : *lo;
			*hi = corner[i] > *hi ? corner[i] : *hi;
		}
		break;
	case '/':
		*hi = ah > -al ? ah : -al;
		*lo = al < 0 || bl < 0 ? -*hi : 0;
		break;
	default:
		*lo = bl < 0 ? bl + 1 : 0;
		*hi = bh > 0 ? bh - 1 : 0;
	}
	return *lo >= -ROWS_FAR && *hi <= ROWS_FAR && *hi - *lo < ROWS_WIDE;
}

static void row_close(struct rows *s, struct row *row)
{
	const double *v = row_counts(s, row);
	uint16_t *list = row_list(s, row);

	for (int i = 0; i < row->n; i++) {
		list[row->values] = (uint16_t)i;
		row->values += v[i] > 0;
	}
}

static double row_get(const struct rows *s, const struct row *row, int64_t v)
{
	return v >= row->lo && v < row->lo + row->n ? s->pool[row->at + (size_t)(v - row->lo)] : 0;
}

/* So few values of a row occur that going from one to the next beats going through all. */
static bool row_thin(const struct row *row)
{
	return 4 * row->values < row->n;
}

/* The sum of two rows: one is laid over itself, moved by each value of the other. */
static void row_add(struct rows *s, struct row *to, const struct row *a, const struct row *b, bool minus)
{
	const double *x = row_counts(s, a), *y = row_counts(s, b);
	const uint16_t *xs = row_list(s, a), *ys = row_list(s, b);
	double *v = row_counts(s, to);

	for (int k = 0; k < b->values; k++) {
		double times = y[ys[k]];
		double *at = v + (minus ? b->n - 1 - ys[k] : ys[k]);

		if (row_thin(a))
			for (int i = 0; i < a->values; i++)
				at[xs[i]] += times * x[xs[i]];
		else
			for (int i = 0; i < a->n; i++)
				at[i] += times * x[i];
	}
}

static void row_times(struct rows *s, struct row *to, const struct row *a, const struct row *b)
{
	const double *x = row_counts(s, a), *y = row_counts(s, b);
	const uint16_t *xs = row_list(s, a), *ys = row_list(s, b);
	double *v = row_counts(s, to);

	for (int k = 0; k < b->values; k++)
		for (int i = 0; i < a->values; i++)
			v[(a->lo + xs[i]) * (b->lo + ys[k]) - to->lo] += x[xs[i]] * y[ys[k]];
}

static int64_t floor_mod(int64_t a, int64_t m)
{
	a %= m;
	return a < 0 ? a + m : a;
}

/* Of each divisor its multiples only. */
static void row_divide(struct rows *s, struct row *to, const struct row *a, const struct row *b)
{
	const double *x = row_counts(s, a), *y = row_counts(s, b);
	const uint16_t *ys = row_list(s, b);
	double *v = row_counts(s, to);

	for (int k = 0; k < b->values; k++) {
		int64_t d = b->lo + ys[k], m = d < 0 ? -d : d, i, q;

		if (d == 0)
			continue;
		i = floor_mod(-a->lo, m);
		q = (a->lo + i) / d - to->lo;
		for (; i < a->n; i += m, q += d < 0 ? -1 : 1)
			v[q] += x[i] * y[ys[k]];
	}
}

/* The remainders of neighbours are neighbours: they are counted through. */
static void row_rest(struct rows *s, struct row *to, const struct row *a, const struct row *b)
{
	const double *x = row_counts(s, a), *y = row_counts(s, b);
	const uint16_t *ys = row_list(s, b);
	double *v = row_counts(s, to);

	for (int k = 0; k < b->values; k++) {
		int64_t d = b->lo + ys[k], m = d < 0 ? -d : d, rest;

		if (d == 0)
			continue;
		rest = floor_mod(a->lo, m);
		for (int i = 0; i < a->n; i++) {
			v[(d < 0 && rest ? rest - m : rest) - to->lo] += x[i] * y[ys[k]];
			rest = rest + 1 < m ? rest + 1 : 0;
		}
	}
}

/* A single value that is certain: the other row is the same, elsewhere. */
static bool row_fixed(const struct rows *s, const struct row *row)
{
	return row->n == 1 && *row_counts(s, row) == 1;
}

static bool row_combine(struct rows *s, struct row *row, const struct row *a, char op, const struct row *b)
{
	const struct row *t = a;
	int64_t lo, hi;

	if (!bounds(a, op, b, &lo, &hi))
		return false;
	if (op == '+' && a->values < b->values) {
		a = b;
		b = t;
	}
	if ((op == '+' || op == '-') && row_fixed(s, b)) {
		*row = *a;
		row->lo = lo;
		return true;
	}
	s->work += (int64_t)b->values * (op == '*' || (row_thin(a) && (op == '+' || op == '-')) ? a->values : a->n);
	if (s->work > ROWS_WORK_MAX || !row_new(s, row, lo, hi))
		return false;
	if (op == '+' || op == '-')
		row_add(s, row, a, b, op == '-');
	else if (op == '*')
		row_times(s, row, a, b);
	else if (op == '/')
		row_divide(s, row, a, b);
	else
		row_rest(s, row, a, b);
	row_close(s, row);
	return row->values > 0;
}

static bool row_digit(struct rows *s, struct row *row, int digit)
{
	if (!row_new(s, row, digit < 0 ? 0 : digit, digit < 0 ? 9 : digit))
		return false;
	for (int k = 0; k < row->n; k++)
		row_counts(s, row)[k] = 1;
	row_close(s, row);
	return true;
}

bool rows_make(struct rows *s, const struct equation *p, int n)
{
	s->p = p;
	for (int i = 0; i < n; i++) {
		const struct equation_node *x = &p->node[i];

		if (!(x->op ? row_combine(s, &s->row[i], &s->row[x->l], x->op, &s->row[x->r]) : row_digit(s, &s->row[i], x->digit)))
			return false;
	}
	return true;
}

bool rows_light(const struct equation *p)
{
	struct row row[NODES_MAX];
	int64_t work = 0;

	for (int i = 0; i < p->root; i++) {
		const struct equation_node *x = &p->node[i];
		const struct row *a = &row[x->l], *b = &row[x->r];
		int64_t lo = x->digit < 0 ? 0 : x->digit, hi = x->digit < 0 ? 9 : x->digit;

		if (x->op) {
			work += (int64_t)a->n * b->n;
			if (work > ROWS_WORK_MAX || !bounds(a, x->op, b, &lo, &hi))
				return false;
		}
		row[i] = (struct row){ .lo = lo, .n = (int)(hi - lo + 1) };
	}
	return true;
}

/* One of the ways to make a value: values of the two parts. They come by the right one, for % then by the left one. */
struct way {
	int64_t l, r;
	int j;     /* the right one's number, or the next one's */
	bool more; /* %: l was one for this r */
};

/* The next left value from which r leaves v: each r-th may. */
static bool way_rest(const struct rows *s, const struct row *a, int64_t v, int64_t r, struct way *w)
{
	int64_t m = r < 0 ? -r : r;

	if (r >= 0 ? v < 0 || v >= r : v > 0 || v <= r)
		return false;
	w->l = w->more ? w->l + m : a->lo + floor_mod(v - a->lo, m);
	while (w->l < a->lo + a->n && row_get(s, a, w->l) == 0)
		w->l += m;
	w->more = w->l < a->lo + a->n;
	return w->more;
}

/* The left value that makes v with r; of 0 times anything the largest that occurs. */
static bool way_left(const struct rows *s, const struct row *a, int64_t v, char op, int64_t r, int64_t *l)
{
	switch (op) {
	case '+':
		*l = v - r;
		break;
	case '-':
		*l = v + r;
		break;
	case '*':
		if (r == 0) {
			*l = a->lo + row_list(s, a)[a->values - 1];
			return v == 0;
		}
		if (v % r != 0)
			return false;
		*l = v / r;
		break;
	default:
		if (r == 0 || __builtin_mul_overflow(v, r, l))
			return false;
	}
	return row_get(s, a, *l) > 0;
}

/* From { 0 } on to the next; false: there are no more. */
static bool way_next(const struct rows *s, const struct equation_node *x, int64_t v, struct way *w)
{
	const struct row *a = &s->row[x->l], *b = &s->row[x->r];

	for (; w->j < b->values; w->j++) {
		w->r = b->lo + row_list(s, b)[w->j];
		if (x->op == '%') {
			if (way_rest(s, a, v, w->r, w))
				return true;
		} else if (way_left(s, a, v, x->op, w->r, &w->l)) {
			w->j++;
			return true;
		}
	}
	return false;
}

bool rows_far(const struct equation *p)
{
	return p->value > ROWS_FAR || p->value < -ROWS_FAR;
}

static double row_total(const struct rows *s, const struct row *row)
{
	double sum = 0;

	for (int i = 0; i < row->n; i++)
		sum += row_counts(s, row)[i];
	return sum;
}

double rows_right(struct rows *s, const struct equation *p)
{
	const struct equation_node *x = &p->node[p->root];
	const struct row *a = &s->row[x->l], *b = &s->row[x->r];
	double right = 0;
	struct way w = { 0 };

	if (!rows_make(s, p, p->root))
		return -1;
	if (rows_far(p))
		return 0;
	while (way_next(s, x, p->value, &w))
		right += row_get(s, b, w.r) * (x->op == '*' && w.r == 0 ? row_total(s, a) : row_get(s, a, w.l));
	return right;
}

bool rows_pick(const struct rows *s, int64_t value[NODES_MAX])
{
	const struct equation *p = s->p;

	value[p->root] = p->value;
	for (int i = p->root; i >= 0; i--) {
		const struct equation_node *x = &p->node[i];
		struct way w = { 0 };

		if (!x->op)
			continue;
		if (!way_next(s, x, value[i], &w))
			return false;
		value[x->l] = w.l;
		value[x->r] = w.r;
	}
	return true;
}
