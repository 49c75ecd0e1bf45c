/*
 * game_of_24: reach a target with the given numbers, each used once.
 *
 * The desc is "24: 8 8 3 3": the target, then 2 to 6 numbers, largest first as we write it, in any order as we read it.
 *
 * Every solution can be written without negative numbers on the way (take the absolute value of each part), so the
 * solver only ever takes the smaller from the larger. It looks for whole numbers on the way first, for fractions then.
 *
 * The worked solution goes down to three numbers one operation at a time. Those three are a table: for each number
 * that could come last, what the other two would have to make, then what they can make, until the two lists meet:
 *
 *	8 5 3 -> 23
 *	8: 15 31, 5 3: 8 2 15 = 15		15 + 8 and 31 - 8 are 23; 5 + 3, 5 - 3, 5 * 3; 15 is in both
 *	5 * 3 = 15, 15 + 8 = 23
 */
#include "base/hash.h"
#include "generators/task.h"

#include <assert.h>
#include <stdio.h>

enum {
	COUNT_MAX = 6,
	NUMBER_MAX = 9999,
	TARGET_MAX = 1000000,
	DRAWS = 4000, /* hands drawn before generate() gives up */
	EXPR_MAX = 96, /* 6 numbers of 4 digits, 5 operators with blanks, 4 pairs of brackets */
};

enum { COUNT, NUMBER_LO, NUMBER_HI, TARGET_LO, TARGET_HI, OPS, WAYS, FRACTIONS };

static const struct knob knobs[] = {
	{ "count", 2, COUNT_MAX, "how many numbers are given" },
	{ "number_lo", 1, 999, "smallest number that may be given" },
	{ "number_hi", 1, 999, "largest number that may be given" },
	{ "target_lo", 1, 9999, "smallest target" },
	{ "target_hi", 1, 9999, "largest target" },
	{ "ops", 1, 3, "what a solution needs: 1 only + and -, 2 also *, 3 also /" },
	{ "ways", 1, 10000, "of 10000 expressions at most so many are right (counted up to 4 numbers)" },
	{ "fractions", 0, 1, "1: no solution has whole numbers all the way" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* count number  target     ops ways   fractions */
	{ 2,     2, 60,  1, 120,    2,  10000, 0 },
	{ 3,     1, 15,  1, 40,     1,  10000, 0 },
	{ 3,     1, 12,  1, 100,    2,  400,   0 },
	{ 3,     1, 20,  1, 200,    3,  200,   0 },
	{ 4,     1, 10,  1, 50,     3,  200,   0 },
	{ 4,     1, 25,  10, 100,   3,  100,   0 },
	{ 4,     1, 50,  10, 200,   3,  30,    0 },
	{ 5,     1, 25,  100, 300,  3,  10000, 0 },
	{ 5,     1, 100, 100, 999,  3,  10000, 0 },
	{ 6,     1, 50,  100, 999,  3,  10000, 0 },
	{ 6,     1, 100, 1000, 9999, 3, 10000, 0 },
};

struct hand {
	int64_t target;
	int n;
	int64_t num[COUNT_MAX];
};

/* num / den in lowest terms, num >= 0, den > 0. */
struct frac {
	int64_t num, den;
};

struct step {
	struct frac a, b, is;
	char op;
};

static bool number_read(struct str *s, int64_t lo, int64_t hi, int64_t *ret)
{
	size_t n = 0;

	while (n < s->n && n < 8 && s->s[n] >= '0' && s->s[n] <= '9')
		n++;
	if (n == 0 || (n > 1 && s->s[0] == '0') || !str_i64(str_sub(*s, 0, n), ret))
		return false;
	*s = str_from(*s, n);
	return *ret >= lo && *ret <= hi;
}

static void sort_down(int64_t *v, int n)
{
	for (int i = 1; i < n; i++)
		for (int j = i; j > 0 && v[j] > v[j - 1]; j--) {
			int64_t t = v[j];

			v[j] = v[j - 1];
			v[j - 1] = t;
		}
}

static bool hand_read(struct hand *h, struct str desc)
{
	struct str colon = STR(":"), blank = STR(" ");

	h->n = 0;
	if (!number_read(&desc, 0, TARGET_MAX, &h->target) || !str_starts(desc, colon))
		return false;
	for (desc = str_from(desc, 1); desc.n > 0; h->n++) {
		if (h->n == COUNT_MAX || !str_starts(desc, blank))
			return false;
		desc = str_from(desc, 1);
		if (!number_read(&desc, 1, NUMBER_MAX, &h->num[h->n]))
			return false;
	}
	sort_down(h->num, h->n);
	return h->n >= 2;
}

static void hand_write(struct buf *out, const struct hand *h)
{
	buf_addi(out, h->target);
	buf_addc(out, ':');
	for (int i = 0; i < h->n; i++) {
		buf_addc(out, ' ');
		buf_addi(out, h->num[i]);
	}
}

/* ---- exact arithmetic ---- */

static struct frac whole(int64_t v)
{
	return (struct frac){ v, 1 };
}

static bool same(struct frac a, struct frac b)
{
	return a.num == b.num && a.den == b.den;
}

static void lowest(struct frac *ret, int64_t num, int64_t den)
{
	int64_t a = num, b = den;

	while (b != 0) {
		int64_t c = a % b;

		a = b;
		b = c;
	}
	*ret = (struct frac){ num / a, den / a };
}

/* a op b; false where it is negative, undefined or too large for 64 bits. */
static bool apply(struct frac a, char op, struct frac b, struct frac *ret)
{
	int64_t x, y, d;

	if (op == '/') {
		if (b.num == 0)
			return false;
		b = (struct frac){ b.den, b.num };
		op = '*';
	}
	if (__builtin_mul_overflow(a.den, b.den, &d))
		return false;
	if (op == '*') {
		if (__builtin_mul_overflow(a.num, b.num, &x))
			return false;
	} else if (__builtin_mul_overflow(a.num, b.den, &x) || __builtin_mul_overflow(b.num, a.den, &y)) {
		return false;
	} else if (op == '+' ? __builtin_add_overflow(x, y, &x) : x < y) {
		return false;
	} else if (op == '-') {
		x -= y;
	}
	if (d == 1)
		*ret = whole(x);
	else
		lowest(ret, x, d);
	return true;
}

static int compare(struct frac a, struct frac b)
{
	__int128 x = (__int128)a.num * b.den, y = (__int128)b.num * a.den;

	return x < y ? -1 : x > y;
}

/* ---- solver ---- */

static const char ops[] = "+-*/";

struct search {
	struct frac target;
	bool fractions; /* divisions need not be whole */
	int64_t tried;  /* dead ends met */
};

/* The k-th way to join two parts (a >= b): a+b, a-b, a*b, a/b, b/a. */
enum { JOINS = 5 };

static bool join(struct frac a, struct frac b, int k, bool fractions, struct step *s)
{
	if (k == 4) {
		struct frac t = a;

		if (same(a, b)) /* as a/b */
			return false;
		a = b;
		b = t;
	}
	s->a = a;
	s->b = b;
	s->op = ops[k < 4 ? k : 3];
	return apply(a, s->op, b, &s->is) && (k < 3 || fractions || s->is.den == 1);
}

/* Take parts i and j out, put v in, order kept (largest first). */
static int replace(struct frac *out, const struct frac *part, int n, int i, int j, struct frac v)
{
	int m = 0;
	bool put = false;

	for (int k = 0; k < n; k++) {
		if (k == i || k == j)
			continue;
		if (!put && compare(v, part[k]) >= 0) {
			out[m++] = v;
			put = true;
		}
		out[m++] = part[k];
	}
	if (!put)
		out[m++] = v;
	return m;
}

/* Could a and b, joined to r, reach t with c (whole numbers all the way)? */
static bool last_reaches(__int128 r, int64_t c, int64_t t)
{
	return r + c == t || r - c == t || c - r == t || (r <= t && r * c == t) || r == (__int128)t * c ||
		(r <= c && c == t * r);
}

/* The same for three parts, without the steps: most searches end here. */
static bool three_reach(const struct frac part[3], int64_t t)
{
	for (int i = 0; i < 3; i++) {
		int64_t c = part[i].num, a = part[i == 0].num, b = part[i == 2 ? 1 : 2].num; /* a >= b */

		if (last_reaches((__int128)a + b, c, t) || last_reaches(a - b, c, t) ||
		    last_reaches((__int128)a * b, c, t) || (b != 0 && a % b == 0 && last_reaches(a / b, c, t)))
			return true;
	}
	return false;
}

static bool search_on(struct search *s, const struct frac *part, int n, struct step *step)
{
	struct frac left[COUNT_MAX];

	if (n == 3 && !s->fractions && !three_reach(part, s->target.num)) {
		s->tried++;
		return false;
	}
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++) {
			if ((i > 0 && same(part[i], part[i - 1])) || (j > i + 1 && same(part[j], part[j - 1])))
				continue; /* the same pair was tried */
			for (int k = 0; k < JOINS; k++) {
				if (!join(part[i], part[j], k, s->fractions, step))
					continue;
				if (n == 2 ? same(step->is, s->target) :
				    search_on(s, left, replace(left, part, n, i, j, step->is), step + 1))
					return true;
				s->tried += n == 2;
			}
		}
	return false;
}

/* First solution in our order, n - 1 steps; whole numbers are tried before fractions. *tried may be NULL. */
static bool hand_solve(const struct hand *h, bool fractions, struct step step[COUNT_MAX], int64_t *tried)
{
	struct search s = { .target = whole(h->target) };
	struct frac part[COUNT_MAX];
	bool found;

	for (int i = 0; i < h->n; i++)
		part[i] = whole(h->num[i]);
	found = search_on(&s, part, h->n, step);
	if (!found && fractions) {
		s.fractions = true;
		found = search_on(&s, part, h->n, step);
	}
	if (tried)
		*tried = s.tried;
	return found;
}

/* ---- how many expressions are right ---- */

/* Values of all expressions over two or three numbers, as they come; den 0 marks an undefined one. */
struct values {
	int n;
	struct frac v[192];
};

static struct frac value_of(struct frac a, char op, struct frac b)
{
	if (a.den == 0 || b.den == 0)
		return (struct frac){ 0, 0 };
	switch (op) {
	case '+':
		return (struct frac){ a.num * b.den + b.num * a.den, a.den * b.den };
	case '-':
		return (struct frac){ a.num * b.den - b.num * a.den, a.den * b.den };
	case '*':
		return (struct frac){ a.num * b.num, a.den * b.den };
	}
	return (struct frac){ a.num * b.den, a.den * b.num };
}

static void values_join(struct values *out, const struct values *a, const struct values *b)
{
	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
			for (int k = 0; k < 4; k++)
				out->v[out->n++] = value_of(a->v[i], ops[k], b->v[j]);
}

static int64_t hits(const struct values *a, const struct values *b, int64_t target)
{
	int64_t n = 0;

	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
			for (int k = 0; k < 4; k++) {
				struct frac v = value_of(a->v[i], ops[k], b->v[j]);

				n += v.den != 0 && v.num == (__int128)target * v.den;
			}
	return n;
}

/* Of all 8, 192 or 7,680 fully bracketed expressions over 2, 3 or 4 numbers, those that are right. *total: all. */
static int64_t count_right(const struct hand *h, int64_t *total)
{
	struct values set[16] = { 0 }; /* by the mask of the numbers used */
	int full = (1 << h->n) - 1;
	int64_t right = 0;

	assert(h->n <= 4);
	for (int m = 1; m < full; m++) {
		if ((m & (m - 1)) == 0) {
			set[m].v[set[m].n++] = whole(h->num[__builtin_ctz((unsigned)m)]);
			continue;
		}
		for (int a = (m - 1) & m; a > 0; a = (a - 1) & m)
			values_join(&set[m], &set[a], &set[m ^ a]);
	}
	*total = 0;
	for (int a = (full - 1) & full; a > 0; a = (a - 1) & full) {
		right += hits(&set[a], &set[full ^ a], h->target);
		*total += 4 * set[a].n * set[full ^ a].n;
	}
	return right;
}

/* The value of a random expression over these numbers in this order: uniform over the shapes and the operators. */
static double random_value(const int64_t *num, int n, struct rng *rng)
{
	static const unsigned shapes[] = { 1, 1, 2, 5, 14, 42 }; /* of n + 1 numbers */
	unsigned pick = rng_below(rng, shapes[n - 1]);
	double a, b;
	int left = 1; /* numbers on the left of the last operation */

	if (n == 1)
		return (double)num[0];
	for (; pick >= shapes[left - 1] * shapes[n - left - 1]; left++)
		pick -= shapes[left - 1] * shapes[n - left - 1];
	a = random_value(num, left, rng);
	b = random_value(num + left, n - left, rng);
	switch (rng_below(rng, 4)) {
	case 0:
		return a + b;
	case 1:
		return a - b;
	case 2:
		return a * b;
	}
	return a / b;
}

/* Where there are too many to count: how many of so many drawn are right. The same for the same hand, always. */
static int64_t sample_right(struct hand h, int64_t total)
{
	double near = 1e-9 * (double)(h.target + 1);
	struct buf text = BUF_INIT;
	int64_t right = 0;
	struct rng rng;

	hand_write(&text, &h);
	rng_init(&rng, hash64(text.s, text.n, 0), "game_of_24 guess");
	buf_release(&text);
	for (int64_t i = 0; i < total; i++) {
		double off;

		rng_shuffle(&rng, h.num, (size_t)h.n, sizeof(h.num[0]));
		off = random_value(h.num, h.n, &rng) - (double)h.target;
		right += off < near && off > -near;
	}
	return right;
}

/* Can + and - alone do it? */
static bool sums_reach(const struct hand *h)
{
	for (int m = 0; m < 1 << h->n; m++) {
		int64_t v = 0;

		for (int i = 0; i < h->n; i++)
			v += m >> i & 1 ? h->num[i] : -h->num[i];
		if (v == h->target)
			return true;
	}
	return false;
}

static bool product_is(const struct hand *h)
{
	int64_t v = 1;

	for (int i = 0; i < h->n && v <= TARGET_MAX; i++)
		v *= h->num[i];
	return v == h->target;
}

/* ---- generator ---- */

static const char *refuse(const int *k)
{
	if (k[NUMBER_LO] > k[NUMBER_HI])
		return "number_lo is above number_hi";
	if (k[TARGET_LO] > k[TARGET_HI])
		return "target_lo is above target_hi";
	if (k[OPS] == 1 && k[COUNT] * k[NUMBER_HI] < k[TARGET_LO])
		return "sums of such numbers never reach target_lo";
	if (k[FRACTIONS] && (k[OPS] < 3 || k[COUNT] < 3))
		return "fractions need ops 3 and at least 3 numbers";
	return NULL;
}

/* Join random parts in random ways down to one: a target that can be reached. */
static bool target_draw(struct hand *h, const int *knob, struct rng *rng)
{
	struct frac part[COUNT_MAX], left[COUNT_MAX];
	struct step s;
	int n = h->n, joins = knob[OPS] == 3 ? JOINS : knob[OPS] + 1;

	for (int i = 0; i < n; i++)
		part[i] = whole(h->num[i]);
	while (n > 1) {
		int i = (int)rng_below(rng, (uint32_t)n), j = (int)rng_below(rng, (uint32_t)n - 1);

		j += j >= i;
		if (i > j) {
			int t = i;

			i = j;
			j = t;
		}
		if (!join(part[i], part[j], (int)rng_below(rng, (uint32_t)joins), knob[FRACTIONS], &s))
			return false;
		n = replace(left, part, n, i, j, s.is);
		memcpy(part, left, sizeof(part[0]) * (size_t)n);
	}
	h->target = part[0].num;
	return part[0].den == 1 && h->target >= knob[TARGET_LO] && h->target <= knob[TARGET_HI];
}

/* Is the hand as hard as the knobs ask? */
static bool hand_suits(const struct hand *h, const int *knob)
{
	struct step step[COUNT_MAX];
	int64_t right, total;

	if (h->n > 2 && knob[OPS] > 1 && (sums_reach(h) || product_is(h)))
		return false;
	if (h->n <= 4 && knob[WAYS] < 10000) {
		right = count_right(h, &total);
		if (right * 10000 > total * knob[WAYS])
			return false;
	}
	return !knob[FRACTIONS] || !hand_solve(h, false, step, NULL);
}

static bool solve(struct buf *answer, struct str desc);

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	for (int draw = 0; draw < DRAWS; draw++) {
		struct hand h = { .n = knob[COUNT] };

		for (int i = 0; i < h.n; i++)
			h.num[i] = rng_range(rng, knob[NUMBER_LO], knob[NUMBER_HI]);
		sort_down(h.num, h.n);
		if (!target_draw(&h, knob, rng) || !hand_suits(&h, knob))
			continue;
		hand_write(desc, &h);
		return solve(answer, buf_str(desc));
	}
	return false;
}

/* ---- worked solution ---- */

struct plan {
	struct step step[COUNT_MAX];
	int n;         /* steps */
	int results;   /* numbers in the table */
	int64_t tried; /* dead ends of the search */
};

static void frac_write(struct buf *out, struct frac v)
{
	buf_addi(out, v.num);
	if (v.den != 1) {
		buf_addc(out, '/');
		buf_addi(out, v.den);
	}
}

static void step_write(struct buf *out, const struct step *s)
{
	frac_write(out, s->a);
	buf_addf(out, " %c ", s->op);
	frac_write(out, s->b);
	buf_addz(out, " = ");
	frac_write(out, s->is);
}

static void parts_write(struct buf *out, const struct frac *part, int n, struct frac target)
{
	for (int i = 0; i < n; i++) {
		frac_write(out, part[i]);
		buf_addc(out, ' ');
	}
	buf_addz(out, "-> ");
	frac_write(out, target);
	buf_addc(out, '\n');
}

/* The k-th thing that x, joined with c, would have to be to make t, and that join: false where there is none. */
static bool need(struct frac t, struct frac c, int k, bool fractions, struct step *last)
{
	struct frac x = t;
	bool ok = false;

	switch (k) {
	case 0:
		if (compare(t, c) >= 0) {
			ok = apply(t, '-', c, &x);
			*last = (struct step){ x, c, t, '+' };
		} else {
			ok = apply(c, '-', t, &x);
			*last = (struct step){ c, x, t, '-' };
		}
		break;
	case 1:
		ok = apply(t, '+', c, &x);
		*last = (struct step){ x, c, t, '-' };
		break;
	case 2:
		ok = apply(t, '/', c, &x) && (fractions || x.den == 1);
		*last = (struct step){ x, c, t, '*' };
		break;
	case 3:
		ok = fractions && c.num != 0 && apply(t, '*', c, &x);
		*last = (struct step){ x, c, t, '/' };
		break;
	case 4:
		ok = fractions && c.num != 0 && apply(c, '/', t, &x);
		*last = (struct step){ c, x, t, '/' };
		break;
	}
	return ok;
}

enum { NEEDS = 5 };

/* What the other two parts have to make for this last step. */
static struct frac needed(const struct step *last, struct frac c, int k)
{
	return k == 4 || (k == 0 && last->op == '-') ? (assert(same(last->a, c)), last->b) : last->a;
}

/* One row of the table: c comes last. True when the two lists meet: then two steps are added to the plan. */
static bool row(struct plan *p, struct buf *out, struct frac t, struct frac c, const struct frac pair[2], bool fractions)
{
	struct step first[JOINS], last[NEEDS];
	bool have_first[JOINS], have_last[NEEDS];

	frac_write(out, c);
	buf_addc(out, ':');
	for (int k = 0; k < NEEDS; k++) {
		have_last[k] = need(t, c, k, fractions, &last[k]);
		if (!have_last[k])
			continue;
		p->results++;
		buf_addc(out, ' ');
		frac_write(out, needed(&last[k], c, k));
	}
	buf_addz(out, ", ");
	frac_write(out, pair[0]);
	buf_addc(out, ' ');
	frac_write(out, pair[1]);
	buf_addc(out, ':');
	for (int k = 0; k < JOINS; k++) {
		have_first[k] = (k < 4 || fractions) && join(pair[0], pair[1], k, fractions, &first[k]);
		if (!have_first[k])
			continue;
		p->results++;
		buf_addc(out, ' ');
		frac_write(out, first[k].is);
	}
	for (int k = 0; k < NEEDS; k++)
		for (int i = 0; i < JOINS; i++)
			if (have_last[k] && have_first[i] && same(needed(&last[k], c, k), first[i].is)) {
				buf_addz(out, " = ");
				frac_write(out, first[i].is);
				buf_addc(out, '\n');
				p->step[p->n++] = first[i];
				p->step[p->n++] = last[k];
				return true;
			}
	buf_addz(out, " no\n");
	return false;
}

/* Three parts: each that differs may come last; whole quotients first, then all. */
static bool table(struct plan *p, struct buf *out, struct frac t, const struct frac part[3])
{
	for (int fractions = 0; fractions < 2; fractions++)
		for (int i = 0; i < 3; i++) {
			struct frac pair[2] = { part[i == 0], part[i == 2 ? 1 : 2] };

			if (i > 0 && same(part[i], part[i - 1]))
				continue;
			if (row(p, out, t, part[i], pair, fractions))
				return true;
		}
	return false;
}

/* The way to the target, told to `out`; what solve() answers is where it ends. */
static bool plan_make(struct plan *p, const struct hand *h, struct buf *out)
{
	struct frac part[COUNT_MAX], left[COUNT_MAX], t = whole(h->target);
	struct step step[COUNT_MAX];
	int n = h->n;

	*p = (struct plan){ 0 };
	for (int i = 0; i < n; i++)
		part[i] = whole(h->num[i]);
	parts_write(out, part, n, t);
	if (!hand_solve(h, true, step, &p->tried))
		return false;
	while (n > 3) {
		const struct step *s = &step[p->n];
		int i = 0, j;

		while (!same(part[i], s->a) && !same(part[i], s->b))
			i++;
		for (j = i + 1; !same(part[j], same(part[i], s->a) ? s->b : s->a); j++)
			;
		p->step[p->n++] = *s;
		step_write(out, s);
		buf_addz(out, ": ");
		n = replace(left, part, n, i, j, s->is);
		memcpy(part, left, sizeof(part[0]) * (size_t)n);
		parts_write(out, part, n, t);
	}
	if (n == 2)
		p->step[p->n++] = step[0];
	else if (!table(p, out, t, part))
		return false;
	step_write(out, &p->step[p->n - (n == 3 ? 2 : 1)]);
	if (n == 3) {
		buf_addz(out, ", ");
		step_write(out, &p->step[p->n - 1]);
	}
	return true;
}

/* A part of the expression: its value and how it is written. */
struct piece {
	struct frac v;
	bool lone;
	char text[EXPR_MAX];
};

/* Take the piece of that value out; a number before a bracket of the same value. */
static struct piece piece_take(struct piece *piece, int *n, struct frac v)
{
	struct piece got;
	int at = -1;

	for (int i = 0; i < *n; i++)
		if (same(piece[i].v, v) && (at < 0 || (piece[i].lone && !piece[at].lone)))
			at = i;
	assert(at >= 0);
	got = piece[at];
	piece[at] = piece[--*n];
	return got;
}

static void expression_write(struct buf *out, const struct hand *h, const struct plan *p)
{
	struct piece piece[COUNT_MAX];
	int n = 0;

	for (; n < h->n; n++) {
		piece[n].v = whole(h->num[n]);
		piece[n].lone = true;
		snprintf(piece[n].text, EXPR_MAX, "%d", (int)h->num[n]);
	}
	for (int i = 0; i < p->n; i++) {
		struct piece a = piece_take(piece, &n, p->step[i].a), b = piece_take(piece, &n, p->step[i].b);
		struct piece *is = &piece[n++];
		int len = snprintf(is->text, EXPR_MAX, "%s%s%s %c %s%s%s", a.lone ? "" : "(", a.text, a.lone ? "" : ")",
				   p->step[i].op, b.lone ? "" : "(", b.text, b.lone ? "" : ")");

		assert(len < EXPR_MAX);
		(void)len;
		is->v = p->step[i].is;
		is->lone = false;
	}
	buf_addz(out, piece[0].text);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct buf told = BUF_INIT;
	struct hand h;
	struct plan p;
	bool ok = hand_read(&h, desc) && plan_make(&p, &h, &told);

	if (ok)
		expression_write(answer, &h, &p);
	buf_release(&told);
	return ok;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	size_t from = steps->n;
	struct hand h;
	struct plan p;

	(void)lang; /* signs only */
	if (hand_read(&h, desc) && !plan_make(&p, &h, steps))
		buf_cut(steps, from);
}

static void grade(struct effort *e, struct str desc)
{
	struct buf told = BUF_INIT;
	struct hand h;
	struct plan p;

	*e = (struct effort){ .technique = "" };
	if (!hand_read(&h, desc))
		return;
	if (plan_make(&p, &h, &told)) {
		e->depth = h.n - 1;
		e->branch = p.tried < INT32_MAX ? (int)p.tried : INT32_MAX;
		e->steps = p.n + p.results;
		for (int i = 0; i < p.n; i++)
			if (p.step[i].is.den != 1)
				e->technique = "fractions";
	}
	buf_release(&told);
}

static void canon(struct buf *out, struct str desc)
{
	struct hand h;

	if (hand_read(&h, desc))
		hand_write(out, &h);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct hand h;

	if (!hand_read(&h, desc))
		return false;
	rng_shuffle(rng, h.num, (size_t)h.n, sizeof(h.num[0]));
	hand_write(out, &h);
	return true;
}

/* log2 by squaring: the same bits on every machine. x >= 1. */
static double log2_of(double x)
{
	double bits = 0, worth = 1;

	for (; x >= 2; x /= 2)
		bits++;
	for (int i = 0; i < 30; i++) {
		x *= x;
		worth /= 2;
		if (x >= 2) {
			x /= 2;
			bits += worth;
		}
	}
	return bits;
}

/* Any right expression is accepted, so what counts is how many well-formed ones there are for each right one. */
static double answers_log2(struct str desc)
{
	int64_t right, total;
	struct hand h;

	if (!hand_read(&h, desc))
		return 0;
	if (h.n > 4) {
		total = 2048;
		right = sample_right(h, total) + 1; /* and one, as none in 2048 is not never */
	} else {
		right = count_right(&h, &total);
	}
	return log2_of((double)total / (double)(right > 0 ? right : 1));
}

static void list_put(struct holes *holes, const char *hole, const struct hand *h, const char *between)
{
	char text[COUNT_MAX * 8];
	int n = 0;

	for (int i = 0; i < h->n; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%d", i ? between : "", (int)h->num[i]);
	hole_put(holes, hole, (struct str){ text, (size_t)n });
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct hand h;
	char text[24];

	if (!hand_read(&h, desc))
		return;
	list_put(holes, "numbers", &h, lang == LANG_ZH ? "、" : ", ");
	list_put(holes, "spaced", &h, " ");
	snprintf(text, sizeof(text), "%d", (int)h.target);
	hole_put(holes, "target", str_of(text));
	snprintf(text, sizeof(text), "%d", h.n);
	hole_put(holes, "count", str_of(text));
}

const struct task task_game_of_24 = {
	.name = "game_of_24",
	.family = "arithmetic",
	.what = "Reach a target with the given numbers, each used once, by + - * / and brackets.",
	.revision = 1,
	.flags = TASK_MANY_ANSWERS,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
