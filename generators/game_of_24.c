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

enum {
	COUNT_MAX = 6,
	NUMBER_MAX = 9999,
	TARGET_MAX = 1000000,
	DRAWS = 4000, /* hands drawn before generate() gives up */
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
	h->n = 0;
	h->target = str_eat_number(&desc, TARGET_MAX);
	if (h->target < 0 || !str_eatc(&desc, ':'))
		return false;
	for (; desc.n > 0; h->n++) {
		if (h->n == COUNT_MAX || !str_eatc(&desc, ' '))
			return false;
		h->num[h->n] = str_eat_number(&desc, NUMBER_MAX);
		if (h->num[h->n] < 1)
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

/* ---- by whole numbers all the way ---- */

/* The same as replace(). */
static void whole_replace(int64_t *out, const int64_t *part, int n, int i, int j, int64_t v)
{
	int m = 0, k = 0;

	for (; k < n && (k == i || k == j || part[k] > v); k++)
		if (k != i && k != j)
			out[m++] = part[k];
	out[m++] = v;
	for (; k < n; k++)
		if (k != i && k != j)
			out[m++] = part[k];
}

/* The same as join(), a >= b. */
static bool whole_join(int64_t a, int64_t b, int k, int64_t *ret)
{
	switch (k) {
	case 0:
		return !__builtin_add_overflow(a, b, ret);
	case 1:
		*ret = a - b;
		return true;
	case 2:
		return !__builtin_mul_overflow(a, b, ret);
	case 3:
		*ret = b ? a / b : 0;
		return b && *ret * b == a;
	}
	*ret = 0;
	return b == 0 && a > 0;
}

/* Could a and b, joined to r, reach t with c? */
static bool last_reaches(__int128 r, int64_t c, int64_t t)
{
	return r + c == t || r - c == t || c - r == t || (r <= t && r * c == t) || r == (__int128)t * c ||
		(r <= c && c == t * r);
}

/* No, if r = x / y cannot be joined with c to t: by products modulo 2^64, so that it may say yes wrongly. */
static int last_may_reach(uint64_t x, uint64_t y, uint64_t c, uint64_t t)
{
	return (x == (t - c) * y) | (x == (t + c) * y) | (x == (c - t) * y) | (x * c == t * y) | (x == t * c * y) | (c * y == t * x);
}

/* Do three parts reach t? Most searches end here. */
static bool three_reach(const int64_t part[3], int64_t t)
{
	for (int i = 0; i < 3; i++) {
		int64_t c = part[i], a = part[i == 0], b = part[i == 2 ? 1 : 2]; /* a >= b */
		uint64_t uc = (uint64_t)c, ua = (uint64_t)a, ub = (uint64_t)b, ut = (uint64_t)t;

		if (!(last_may_reach(ua + ub, 1, uc, ut) | last_may_reach(ua - ub, 1, uc, ut) | last_may_reach(ua * ub, 1, uc, ut) |
		      last_may_reach(ua, ub, uc, ut)))
			continue;
		if (last_reaches((__int128)a + b, c, t) || last_reaches(a - b, c, t) ||
		    last_reaches((__int128)a * b, c, t) || (b != 0 && a % b == 0 && last_reaches(a / b, c, t)))
			return true;
	}
	return false;
}

static bool whole_search(struct search *s, const int64_t *part, int n, struct step *step)
{
	int64_t left[COUNT_MAX], is;

	if (n == 3 && !three_reach(part, s->target.num)) {
		s->tried++;
		return false;
	}
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++) {
			if ((i > 0 && part[i] == part[i - 1]) || (j > i + 1 && part[j] == part[j - 1]))
				continue; /* the same pair was tried */
			for (int k = 0; k < JOINS; k++) {
				if (!whole_join(part[i], part[j], k, &is))
					continue;
				if (n > 2)
					whole_replace(left, part, n, i, j, is);
				if (n == 2 ? is == s->target.num : whole_search(s, left, n - 1, step + 1))
					return join(whole(part[i]), whole(part[j]), k, false, step);
				s->tried += n == 2;
			}
		}
	return false;
}

/* ---- by fractions ---- */

/*
 * May three parts reach t? Products modulo 2^64 again. Where they do not, *ends is the number of dead ends that a search would
 * meet, which are the joins of two parts.
 */
static bool three_may_reach(const struct frac part[3], uint64_t t, int64_t *ends)
{
	bool may = false;

	*ends = 0;
	for (int i = 0; i < 3 && !may; i++) { /* which comes last */
		struct frac a = part[i == 0], b = part[i == 2 ? 1 : 2]; /* a >= b */
		uint64_t an = (uint64_t)a.num, ad = (uint64_t)a.den, bn = (uint64_t)b.num, bd = (uint64_t)b.den;
		uint64_t x[JOINS] = { an * bd + bn * ad, an * bd - bn * ad, an * bn, an * bd, bn * ad };
		uint64_t y[JOINS] = { ad * bd, ad * bd, ad * bd, ad * bn, an * bd };
		uint64_t cn = (uint64_t)part[i].num, cd = (uint64_t)part[i].den;

		if (i > 0 && same(part[i], part[i - 1]))
			continue;
		for (int k = 0; k < JOINS; k++) {
			uint64_t xd = x[k] * cd, yn = y[k] * cn, all = t * y[k] * cd;

			if (!y[k] || (k == JOINS - 1 && same(a, b)))
				continue;
			may |= (xd + yn == all) | (xd - yn == all) | (yn - xd == all) | (x[k] * cn == all) | (xd == t * yn) | (yn == t * xd);
			*ends += 3 + (x[k] && cn) + (xd != yn);
		}
	}
	return may;
}

static bool search_on(struct search *s, const struct frac *part, int n, struct step *step)
{
	struct frac left[COUNT_MAX];
	int64_t ends;

	if (n == 3 && !three_may_reach(part, (uint64_t)s->target.num, &ends)) {
		s->tried += ends;
		return false;
	}
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++) {
			if ((i > 0 && same(part[i], part[i - 1])) || (j > i + 1 && same(part[j], part[j - 1])))
				continue; /* the same pair was tried */
			for (int k = 0; k < JOINS; k++) {
				if (!join(part[i], part[j], k, true, step))
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
	bool found = whole_search(&s, h->num, h->n, step);

	assert(h->n >= 2);
	for (int i = 0; i < h->n; i++)
		part[i] = whole(h->num[i]);
	if (!found && fractions)
		found = search_on(&s, part, h->n, step);
	if (tried)
		*tried = s.tried;
	return found;
}

/* ---- how many expressions are right ---- */

/* A value num / den, not in lowest terms, den other than 0; as many expressions have it, or need it, as it weighs. */
struct value {
	int64_t num, den;
	int weight;
};

/* What has to be joined with number c, in either order, to make v: 5 values or 6. */
static int needs(struct value need[6], struct value v, int64_t c)
{
	int64_t x = c * v.den;

	need[0] = (struct value){ v.num - x, v.den, 2 * v.weight };
	need[1] = (struct value){ v.num + x, v.den, v.weight };
	need[2] = (struct value){ x - v.num, v.den, v.weight };
	need[3] = (struct value){ v.num, x, 2 * v.weight };
	need[4] = (struct value){ v.num * c, v.den, v.weight };
	need[5] = (struct value){ x, v.num, v.weight };
	return v.num ? 6 : 5;
}

/* The number of expressions over a and b that are v. */
static int two_make(struct value v, int64_t a, int64_t b)
{
	int64_t y = (a - b) * v.den;
	bool sum = v.num == (a + b) * v.den, product = v.num == a * b * v.den, ab = v.num * b == a * v.den, ba = v.num * a == b * v.den;

	return v.weight * (2 * (sum + product) + (v.num == y) + (v.num == -y) + ab + ba);
}

/* The number of expressions over three numbers that are v. */
static int three_make(struct value v, int64_t a, int64_t b, int64_t c)
{
	const int64_t num[] = { a, b, c, a, b };
	struct value need[6];
	int right = 0;

	for (int last = 0; last < 3; last++)
		for (int i = needs(need, v, num[last]); i-- > 0;)
			right += two_make(need[i], num[last + 1], num[last + 2]);
	return right;
}

/* The number of expressions that join one of a and b with one of c and d to make t. */
static int pairs_make(int64_t t, int64_t a, int64_t b, int64_t c, int64_t d)
{
	const struct value left[] = { { a + b, 1, 2 }, { a - b, 1, 1 }, { b - a, 1, 1 }, { a * b, 1, 2 }, { a, b, 1 }, { b, a, 1 } };
	const struct value right[] = { { c + d, 1, 2 }, { c - d, 1, 1 }, { d - c, 1, 1 }, { c * d, 1, 2 }, { c, d, 1 }, { d, c, 1 } };
	int n = 0;

	for (int i = 0; i < 6; i++)
		for (int k = 0; k < 6; k++) {
			struct value u = left[i], v = right[k];
			int64_t x = u.num * v.den, y = v.num * u.den, all = t * (u.den * v.den);

			n += u.weight * v.weight * (2 * ((x + y == all) + (u.num * v.num == all)) + (x - y == all) + (y - x == all) +
						    (y && x == t * y) + (x && y == t * x));
		}
	return n;
}

/*
 * Of all 8, 192 or 7,680 fully bracketed expressions over 2, 3 or 4 numbers, those that are right. *total: all. No product on
 * the way is above 10^18 for numbers up to 9,999 and targets up to 1,000,000.
 */
static int64_t count_right(const struct hand *h, int64_t *total)
{
	static const int all[] = { 1, 1, 8, 192, 7680 };
	const int64_t *v = h->num;
	struct value need[6], target = { h->target, 1, 1 };
	int64_t right = 0;

	assert(h->n >= 2 && h->n <= 4);
	*total = all[h->n];
	if (h->n == 2)
		return two_make(target, v[0], v[1]);
	if (h->n == 3)
		return three_make(target, v[0], v[1], v[2]);
	for (int last = 0; last < 4; last++)
		for (int i = needs(need, target, v[last]); i-- > 0;)
			right += three_make(need[i], v[last == 0], v[last < 2 ? 2 : 1], v[last < 3 ? 3 : 2]);
	return right + pairs_make(h->target, v[0], v[1], v[2], v[3]) + pairs_make(h->target, v[0], v[2], v[1], v[3]) +
		pairs_make(h->target, v[0], v[3], v[1], v[2]);
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

static void pair_draw(int n, int *i, int *j, struct rng *rng)
{
	int a = (int)rng_below(rng, (uint32_t)n), b = (int)rng_below(rng, (uint32_t)n - 1);

	b += b >= a;
	*i = a < b ? a : b;
	*j = a < b ? b : a;
}

/* Join random parts in random ways down to one, by whole numbers or by fractions; false where that is no whole number. */
static bool whole_draw(struct hand *h, int joins, struct rng *rng)
{
	int64_t part[COUNT_MAX], left[COUNT_MAX], is;

	memcpy(part, h->num, sizeof(part));
	for (int n = h->n, i, j; n > 1; n--) {
		pair_draw(n, &i, &j, rng);
		if (!whole_join(part[i], part[j], (int)rng_below(rng, (uint32_t)joins), &is))
			return false;
		whole_replace(left, part, n, i, j, is);
		memcpy(part, left, sizeof(part));
	}
	h->target = part[0];
	return true;
}

static bool fraction_draw(struct hand *h, int joins, struct rng *rng)
{
	struct frac part[COUNT_MAX], left[COUNT_MAX];
	struct step s;

	for (int i = 0; i < h->n; i++)
		part[i] = whole(h->num[i]);
	for (int n = h->n, i, j; n > 1; n--) {
		pair_draw(n, &i, &j, rng);
		if (!join(part[i], part[j], (int)rng_below(rng, (uint32_t)joins), true, &s))
			return false;
		replace(left, part, n, i, j, s.is);
		memcpy(part, left, sizeof(part));
	}
	h->target = part[0].num;
	return part[0].den == 1;
}

/* A target that can be reached. */
static bool target_draw(struct hand *h, const int *knob, struct rng *rng)
{
	int joins = knob[OPS] == 3 ? JOINS : knob[OPS] + 1;
	bool drawn = knob[FRACTIONS] ? fraction_draw(h, joins, rng) : whole_draw(h, joins, rng);

	return drawn && h->target >= knob[TARGET_LO] && h->target <= knob[TARGET_HI];
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

/* Whoever writes the plan down may have no buf for it: then only the plan is made. */
static void text_write(struct buf *out, const char *text)
{
	if (out)
		buf_addz(out, text);
}

static void frac_write(struct buf *out, struct frac v)
{
	if (!out)
		return;
	buf_addi(out, v.num);
	if (v.den != 1) {
		buf_addc(out, '/');
		buf_addi(out, v.den);
	}
}

static void step_write(struct buf *out, const struct step *s)
{
	const char sign[] = { ' ', s->op, ' ', 0 };

	frac_write(out, s->a);
	text_write(out, sign);
	frac_write(out, s->b);
	text_write(out, " = ");
	frac_write(out, s->is);
}

static void parts_write(struct buf *out, const struct frac *part, int n, struct frac target)
{
	for (int i = 0; i < n; i++) {
		frac_write(out, part[i]);
		text_write(out, " ");
	}
	text_write(out, "-> ");
	frac_write(out, target);
	text_write(out, "\n");
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
	text_write(out, ":");
	for (int k = 0; k < NEEDS; k++) {
		have_last[k] = need(t, c, k, fractions, &last[k]);
		if (!have_last[k])
			continue;
		p->results++;
		text_write(out, " ");
		frac_write(out, needed(&last[k], c, k));
	}
	text_write(out, ", ");
	frac_write(out, pair[0]);
	text_write(out, " ");
	frac_write(out, pair[1]);
	text_write(out, ":");
	for (int k = 0; k < JOINS; k++) {
		have_first[k] = (k < 4 || fractions) && join(pair[0], pair[1], k, fractions, &first[k]);
		if (!have_first[k])
			continue;
		p->results++;
		text_write(out, " ");
		frac_write(out, first[k].is);
	}
	for (int k = 0; k < NEEDS; k++)
		for (int i = 0; i < JOINS; i++)
			if (have_last[k] && have_first[i] && same(needed(&last[k], c, k), first[i].is)) {
				text_write(out, " = ");
				frac_write(out, first[i].is);
				text_write(out, "\n");
				p->step[p->n++] = first[i];
				p->step[p->n++] = last[k];
				return true;
			}
	text_write(out, " no\n");
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

/* The way to the target, told to `out` if there is one; what solve() answers is where it ends. */
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
		text_write(out, ": ");
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
		text_write(out, ", ");
		step_write(out, &p->step[p->n - 1]);
	}
	return true;
}

/* A part of the expression: a number, or what a step made of two others. */
struct piece {
	struct frac v;
	const struct step *step; /* NULL: a number */
	int a, b;                /* pieces; of a step */
};

/* Take the piece of that value off the list; a number before a step's of the same value. */
static int piece_take(const struct piece *piece, int *list, int *n, struct frac v)
{
	int at = -1, got;

	for (int i = 0; i < *n; i++)
		if (same(piece[list[i]].v, v) && (at < 0 || (!piece[list[i]].step && piece[list[at]].step)))
			at = i;
	assert(at >= 0);
	got = list[at];
	list[at] = list[--*n];
	return got;
}

static void piece_write(struct buf *out, const struct piece *piece, int at);

static void operand_write(struct buf *out, const struct piece *piece, int at)
{
	if (piece[at].step)
		buf_addc(out, '(');
	piece_write(out, piece, at);
	if (piece[at].step)
		buf_addc(out, ')');
}

static void piece_write(struct buf *out, const struct piece *piece, int at)
{
	const struct piece *p = &piece[at];

	if (!p->step) {
		buf_addi(out, p->v.num);
		return;
	}
	operand_write(out, piece, p->a);
	buf_addc(out, ' ');
	buf_addc(out, p->step->op);
	buf_addc(out, ' ');
	operand_write(out, piece, p->b);
}

static void expression_write(struct buf *out, const struct hand *h, const struct plan *p)
{
	struct piece piece[2 * COUNT_MAX];
	int list[COUNT_MAX], n = 0; /* pieces that no step took yet */

	for (; n < h->n; n++) {
		piece[n] = (struct piece){ .v = whole(h->num[n]) };
		list[n] = n;
	}
	for (int i = 0; i < p->n; i++) {
		struct piece *is = &piece[h->n + i];

		*is = (struct piece){ .v = p->step[i].is, .step = &p->step[i] };
		is->a = piece_take(piece, list, &n, p->step[i].a);
		is->b = piece_take(piece, list, &n, p->step[i].b);
		list[n++] = h->n + i;
	}
	piece_write(out, piece, list[0]);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct hand h;
	struct plan p;
	bool ok = hand_read(&h, desc) && plan_make(&p, &h, NULL);

	if (ok)
		expression_write(answer, &h, &p);
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
	struct hand h;
	struct plan p;

	*e = (struct effort){ .technique = "" };
	if (!hand_read(&h, desc))
		return;
	if (plan_make(&p, &h, NULL)) {
		e->depth = h.n - 1;
		e->branch = p.tried < INT32_MAX ? (int)p.tried : INT32_MAX;
		e->steps = p.n + p.results;
		for (int i = 0; i < p.n; i++)
			if (p.step[i].is.den != 1)
				e->technique = "fractions";
	}
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
	struct buf *b = hole_open(holes, hole);

	for (int i = 0; b && i < h->n; i++) {
		buf_addz(b, i ? between : "");
		buf_addi(b, h->num[i]);
	}
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct hand h;

	if (!hand_read(&h, desc))
		return;
	list_put(holes, "numbers", &h, lang == LANG_ZH ? "、" : ", ");
	list_put(holes, "spaced", &h, " ");
	hole_puti(holes, "target", h.target);
	hole_puti(holes, "count", h.n);
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
