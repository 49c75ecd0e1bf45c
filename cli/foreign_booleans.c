/*
 * foreign_booleans.c - which of a question's expressions are true; see foreign_worked.h.
 *
 * "A. not ((3 - (6 / 4)) times (2 * 5)) or (the sum is less than (1 - 5))": not, and, or; True and False; reckoning, exactly, where a
 * number other than 0 is true; and facts, of which those that its generators know are looked up. What cannot be told is open, and an
 * option that hangs on it leaves the whole open.
 */
#include "cli/foreign_worked.h"

enum { DEEP = 64, OPTIONS = 26, LONGEST = 1 << 14 }; /* bytes of an option */

enum kind { NO, YES, OPEN, NUMBER };

struct value {
	enum kind is;
	int64_t n, d; /* NUMBER: n / d, d > 0 */
};

struct reader {
	struct str rest;
	int deep;
	bool failed;
};

/* Parts of sentences that are true (1), false (0), or, as people do not agree on it, neither (?). */
static const struct {
	const char *part;
	char truth;
} facts[] = {
	{ "France is Paris", '1' }, { "Japan is Tokyo", '1' }, { "Nigeria is Abuja", '1' }, { "boils at 100 degrees", '1' },
	{ "Earth rotates around the Sun", '1' }, { "for gold is Au", '1' }, { "Oxygen is necessary", '1' }, { "has 206 bones", '1' },
	{ "Everest is the tallest", '1' }, { "visible from space", '?' }, { "Sound cannot travel", '1' }, { "made of carbon", '1' },
	{ "Antarctica is the coldest", '1' }, { "day on Earth is 24", '1' }, { "five fingers", '1' },
	{ "India is Mumbai", '0' }, { "Brazil is Rio", '0' }, { "USA is New York", '0' }, { "Sun revolves around the Earth", '0' },
	{ "have three lungs", '0' }, { "Pi equals exactly 3", '0' }, { "Gold is a liquid", '0' }, { "built in one year", '0' },
	{ "Spiders are insects", '0' }, { "Mars is the closest", '0' }, { "Sharks are mammals", '0' }, { "Penguins can fly", '0' },
	{ "Sahara Desert is in Australia", '0' }, { "faster than light", '0' }, { "has 150 bones", '0' },
	{ "\u6cd5\u56fd\u7684\u9996\u90fd\u662f\u5df4\u9ece", '1' }, { "\u65e5\u672c\u7684\u9996\u90fd\u662f\u4e1c\u4eac", '1' },
	{ "\u9996\u90fd\u662f\u963f\u5e03\u8d3e", '1' }, { "\u6cb8\u70b9\u662f100", '1' }, { "\u5730\u7403\u7ed5\u592a\u9633", '1' },
	{ "\u9ec4\u91d1\u7684\u5316\u5b66\u7b26\u53f7\u662fAu", '1' }, { "\u6c27\u6c14", '1' }, { "206\u5757\u9aa8\u5934", '1' },
	{ "\u73e0\u7a46\u6717\u739b\u5cf0", '1' }, { "\u592a\u7a7a\u53ef\u89c1", '?' }, { "\u58f0\u97f3\u65e0\u6cd5", '1' },
	{ "\u94bb\u77f3\u7531\u78b3", '1' }, { "\u5357\u6781\u6d32\u662f\u6700\u51b7", '1' }, { "\u662f24\u5c0f\u65f6", '1' },
	{ "\u4e94\u4e2a\u624b\u6307", '1' }, { "\u9996\u90fd\u662f\u5b5f\u4e70", '0' }, { "\u9996\u90fd\u662f\u91cc\u7ea6", '0' },
	{ "\u9996\u90fd\u662f\u7ebd\u7ea6", '0' }, { "\u592a\u9633\u7ed5\u5730\u7403", '0' }, { "\u4e09\u4e2a\u80ba", '0' },
	{ "\u5706\u5468\u7387\u7b49\u4e8e3", '0' }, { "\u6db2\u6001", '0' }, { "\u4e00\u5e74\u5185\u5efa\u6210", '0' },
	{ "\u8718\u86db\u662f\u6606\u866b", '0' }, { "\u706b\u661f\u662f", '0' }, { "\u9ca8\u9c7c\u662f\u54fa\u4e73", '0' },
	{ "\u4f01\u9e45\u80fd\u98de", '0' }, { "\u6492\u54c8\u62c9\u6c99\u6f20\u5728\u6fb3", '0' }, { "\u6bd4\u5149\u901f\u66f4\u5feb", '0' },
	{ "150\u5757\u9aa8\u5934", '0' },
};

/* Signs and words; of two that begin alike the longer stands first. */
static const struct operator {
	const char *text;
	char sign;
} comparisons[] = {
	{ "is greater than or equal to", 'g' }, { "is less than or equal to", 'l' }, { "is greater than", '>' }, { "is less than", '<' },
	{ "is equal to", '=' }, { "equals", '=' }, { "is not equal to", '!' }, { "is not", '!' },
	{ "\u5927\u4e8e\u7b49\u4e8e", 'g' }, { "\u5c0f\u4e8e\u7b49\u4e8e", 'l' }, { "\u5927\u4e8e", '>' }, { "\u5c0f\u4e8e", '<' },
	{ "\u4e0d\u7b49\u4e8e", '!' }, { "\u7b49\u4e8e", '=' }, { NULL, 0 },
}, sums[] = {
	{ "+", '+' }, { "-", '-' }, { "plus", '+' }, { "minus", '-' }, { "\u52a0", '+' }, { "\u51cf", '-' }, { NULL, 0 },
}, products[] = {
	{ "*", '*' }, { "/", '/' }, { "multiplied by", '*' }, { "times", '*' }, { "divided by", '/' }, { "divided into", '/' },
	{ "\u4e58\u4ee5", '*' }, { "\u4e58", '*' }, { "\u9664\u4ee5", '/' }, { NULL, 0 },
};

static void blanks(struct reader *r)
{
	while (said(&r->rest, " "))
		;
}

static char operator_next(struct reader *r, const struct operator *of)
{
	blanks(r);
	for (; of->text; of++)
		if (said(&r->rest, of->text))
			return of->sign;
	return 0;
}

/* A word that no letter follows. */
static bool word(struct reader *r, const char *z)
{
	struct str rest;
	char next;

	blanks(r);
	rest = r->rest;
	if (!said(&rest, z))
		return false;
	next = rest.n ? rest.s[0] : ' ';
	if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'))
		return false;
	r->rest = rest;
	return true;
}

static struct value open(void)
{
	return (struct value){ .is = OPEN };
}

static struct value truth(bool v)
{
	return (struct value){ .is = v ? YES : NO };
}

static enum kind truth_of(struct value v)
{
	return v.is == NUMBER ? v.n ? YES : NO : v.is;
}

static int64_t gcd(int64_t a, int64_t b)
{
	while (b) {
		int64_t t = a % b;

		a = b;
		b = t;
	}
	return a < 0 ? -a : a;
}

/* Open where it does not fit, or d is 0. */
static struct value fraction(__int128 n, __int128 d)
{
	const __int128 most = INT64_C(1) << 31; /* so that no product of two of them is too large */
	int64_t by;

	if (d < 0) {
		n = -n;
		d = -d;
	}
	if (d == 0 || n > most * most || n < -most * most || d > most * most)
		return open();
	by = gcd((int64_t)n, (int64_t)d);
	n /= by;
	d /= by;
	return n > most || n < -most || d > most ? open() : (struct value){ NUMBER, (int64_t)n, (int64_t)d };
}

static struct value reckon(struct value a, char sign, struct value b)
{
	if (a.is != NUMBER || b.is != NUMBER)
		return open();
	switch (sign) {
	case '+': return fraction((__int128)a.n * b.d + (__int128)b.n * a.d, (__int128)a.d * b.d);
	case '-': return fraction((__int128)a.n * b.d - (__int128)b.n * a.d, (__int128)a.d * b.d);
	case '*': return fraction((__int128)a.n * b.n, (__int128)a.d * b.d);
	default: return fraction((__int128)a.n * b.d, (__int128)a.d * b.n);
	}
}

static struct value compare(struct value a, char sign, struct value b)
{
	int64_t x, y;

	if (a.is != NUMBER || b.is != NUMBER)
		return open();
	x = a.n * b.d;
	y = b.n * a.d;
	switch (sign) {
	case '>': return truth(x > y);
	case '<': return truth(x < y);
	case 'g': return truth(x >= y);
	case 'l': return truth(x <= y);
	case '=': return truth(x == y);
	default: return truth(x != y);
	}
}

static struct value read_or(struct reader *r);

/* A sentence with its stop. */
static struct value read_fact(struct reader *r)
{
	ptrdiff_t stop = str_find(r->rest, STR(".")), wide = str_find(r->rest, STR("\u3002"));
	struct str text;

	if (wide >= 0 && (stop < 0 || wide < stop))
		stop = wide + 2;
	if (stop < 0) {
		r->failed = true;
		return open();
	}
	text = str_sub(r->rest, 0, (size_t)stop + 1);
	r->rest = str_from(r->rest, (size_t)stop + 1);
	for (size_t i = 0; i < COUNT(facts); i++)
		if (str_find(text, str_of(facts[i].part)) >= 0)
			return facts[i].truth == '?' ? open() : truth(facts[i].truth == '1');
	return open();
}

static struct value read_atom(struct reader *r)
{
	struct value v;
	int64_t n = 0;
	size_t digits = 0;

	blanks(r);
	if (said(&r->rest, "(")) {
		v = read_or(r);
		blanks(r);
		if (!said(&r->rest, ")"))
			r->failed = true;
		return v;
	}
	if (word(r, "True"))
		return truth(true);
	if (word(r, "False"))
		return truth(false);
	while (digits < r->rest.n && r->rest.s[digits] >= '0' && r->rest.s[digits] <= '9' && digits < 9)
		n = n * 10 + (r->rest.s[digits++] - '0');
	if (!digits)
		return read_fact(r);
	r->rest = str_from(r->rest, digits);
	return fraction(n, 1);
}

static struct value read_signed(struct reader *r)
{
	int minus = 0;

	for (blanks(r); said(&r->rest, "-"); blanks(r))
		minus++;
	return minus % 2 ? reckon(fraction(0, 1), '-', read_atom(r)) : read_atom(r);
}

static struct value read_product(struct reader *r)
{
	struct value v = read_signed(r);

	for (char sign; (sign = operator_next(r, products)) != 0;)
		v = reckon(v, sign, read_signed(r));
	return v;
}

static struct value read_sum(struct reader *r)
{
	struct value v = read_product(r);

	for (char sign; (sign = operator_next(r, sums)) != 0;)
		v = reckon(v, sign, read_product(r));
	return v;
}

static struct value read_not(struct reader *r)
{
	struct value v;
	bool not = false;
	char sign;

	while (word(r, "not"))
		not = !not;
	v = read_sum(r);
	sign = operator_next(r, comparisons);
	if (sign)
		v = compare(v, sign, read_sum(r));
	if (!not)
		return v;
	return truth_of(v) == OPEN ? open() : truth(truth_of(v) == NO);
}

/* All of them, or one: what decides (NO of "and", YES of "or") does so whatever is open. */
static struct value join(struct value a, struct value b, enum kind decides)
{
	enum kind x = truth_of(a), y = truth_of(b);

	if (x == decides || y == decides)
		return (struct value){ .is = decides };
	return (struct value){ .is = x == OPEN || y == OPEN ? OPEN : x };
}

static struct value read_and(struct reader *r)
{
	struct value v = read_not(r);

	while (!r->failed && word(r, "and"))
		v = join(v, read_not(r), NO);
	return v;
}

static struct value read_or(struct reader *r)
{
	struct value v;

	if (++r->deep > DEEP)
		r->failed = true;
	v = r->failed ? open() : read_and(r);
	while (!r->failed && word(r, "or"))
		v = join(v, read_and(r), YES);
	r->deep--;
	return v;
}

bool worked_booleans(struct buf *answer, struct str question)
{
	struct str line;
	int n = 0, yes = 0;

	while (str_line(&question, &line)) {
		struct reader r = { .rest = str_trim(line) };
		char label[] = { (char)('A' + n), '.', ' ', 0 };
		enum kind is;

		if (n == OPTIONS || !said(&r.rest, label))
			continue;
		if (r.rest.n > LONGEST)
			return false;
		n++;
		is = truth_of(read_or(&r));
		blanks(&r);
		if (r.failed || r.rest.n || is == OPEN)
			return false;
		if (is == YES) {
			buf_addz(answer, yes++ ? "," : "");
			buf_addc(answer, label[0]);
		}
	}
	return yes > 0;
}
