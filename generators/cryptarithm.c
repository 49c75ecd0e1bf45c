/*
 * cryptarithm.c - letter equations: knobs, levels, generator, the proof that there is one solution. How a person solves
 * them is in cryptarithm_logic.c.
 *
 * desc: "SEND+MORE=MONEY". An equation of sums is made column by column from the right, so that every digit of the result
 * is one of the digits in use; one with products is drawn until that is so. Twins have other letters, their words in
 * another order, or moved to the other side: A-B=C, C+B=A and B+C=A are the same puzzle.
 */
#include "generators/cryptarithm_solve.h"
#include "generators/task.h"

#include <math.h>

enum { LETTERS, OPS, LEVEL, WORD_LO, WORD_HI, TRY_LO, TRY_HI };

static const struct knob knobs[] = {
	{ "num_letter", 2, 10, "different letters" },
	{ "operator_num", 1, 5, "signs on the left side" },
	{ "operator_level", 1, 3, "1: only +, 2: + and -, 3: + - * with at least one *" },
	{ "word_lo", 1, 9, "letters of the shortest word on the left" },
	{ "word_hi", 1, 9, "letters of the longest word on the left" },
	{ "try_lo", 0, 500, "the solver has to try at least so many values" },
	{ "try_hi", 0, CRYPT_TRIES, "and at most so many; 0: forced steps alone solve it" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* letters ops level word  tries */
	{ 4,      1,  1,    2, 4,  0, 0 },
	{ 4,      1,  1,    3, 5,  0, 0 },
	{ 5,      1,  2,    3, 5,  0, 0 },
	{ 6,      1,  2,    4, 5,  0, 0 },
	{ 6,      1,  2,    4, 7,  0, 0 },
	{ 7,      1,  2,    4, 7,  0, 0 },
	{ 8,      1,  2,    4, 7,  1, 12 },
	{ 8,      2,  2,    4, 6,  1, 40 },
	{ 9,      1,  3,    3, 4,  20, 400 },
	{ 10,     2,  2,    4, 6,  25, 400 },
	{ 10,     2,  3,    2, 4,  100, 1000 },
};

enum {
	DRAWS = 4000,       /* equations drawn before generate() gives up */
	COLUMN_DRAWS = 40,  /* for one column */
	NODES_MAX = 3000000, /* digits tried by the proofs of one generate(); a try of the solver counts as TRY_NODES */
	TRY_NODES = 100,
};

/* ---- the desc ---- */

bool crypt_read(struct crypt *c, struct str desc)
{
	int number[26], product = 0;
	size_t i = 0;

	*c = (struct crypt){ 0 };
	memset(number, -1, sizeof(number));
	for (char op = '+';; i++) {
		size_t from = i;
		int w = c->n, len;

		while (i < desc.n && desc.s[i] >= 'A' && desc.s[i] <= 'Z')
			i++;
		if (w == CRYPT_WORDS || i == from || i - from > CRYPT_LEN)
			return false;
		c->len[w] = len = (int)(i - from);
		c->op[w] = op;
		product = op == '*' ? product + len : len;
		if (product > CRYPT_LEN)
			return false;
		for (int k = 0; k < len; k++) {
			int *l = &number[desc.s[from + (size_t)k] - 'A'];

			if (*l < 0) {
				if (c->letters == CRYPT_LETTERS)
					return false;
				*l = c->letters++;
				c->name[*l] = desc.s[from + (size_t)k];
			}
			c->at[w][len - 1 - k] = (signed char)*l;
			c->lead[*l] = c->lead[*l] || (k == 0 && len > 1);
		}
		c->product = c->product || op == '*';
		c->columns = len > c->columns ? len : c->columns;
		c->n++;
		if (op == '=')
			return i == desc.n && c->n >= 3;
		if (i == desc.n)
			return false;
		op = desc.s[i];
		if (op != '+' && op != '-' && op != '*' && op != '=')
			return false;
	}
}

static void word_write(struct buf *b, const struct crypt *c, int w)
{
	for (int k = c->len[w] - 1; k >= 0; k--)
		buf_addc(b, c->name[c->at[w][k]]);
}

/* With blanks around the signs, letters or (where they are given) digits. */
static void equation_write(struct buf *b, const struct crypt *c, const signed char *digit, bool spaced)
{
	for (int w = 0; w < c->n; w++) {
		if (w > 0)
			buf_addf(b, spaced ? " %c " : "%c", c->op[w]);
		if (digit)
			buf_addi(b, crypt_value(c, w, digit));
		else
			word_write(b, c, w);
	}
}

/* ---- all solutions ---- */

int64_t crypt_value(const struct crypt *c, int word, const signed char digit[CRYPT_LETTERS])
{
	int64_t v = 0;

	for (int k = c->len[word] - 1; k >= 0; k--)
		v = v * 10 + digit[c->at[word][k]];
	return v;
}

int64_t crypt_off(const struct crypt *c, const signed char digit[CRYPT_LETTERS])
{
	int64_t sum = 0;

	for (int w = 0; w < c->n;) {
		bool minus = c->op[w] != '+';
		int64_t term = 1;

		do
			term *= crypt_value(c, w, digit);
		while (++w < c->n && c->op[w] == '*');
		sum += minus ? -term : term;
	}
	return sum;
}

/* Digits are given from the last column on; of each column the result's letter follows from the others. */
struct search {
	const struct crypt *c;
	struct crypt_left left;
	signed char digit[CRYPT_LETTERS]; /* -1: none yet */
	unsigned used;                    /* bit d */
	int free;                         /* letters without a digit */
	int fresh[CRYPT_LEN][CRYPT_WORDS], n_fresh[CRYPT_LEN]; /* letters of the left side that are new in a column */
	int left_n[CRYPT_LEN];                                 /* letters of the left side in a column, */
	signed char left_at[CRYPT_LEN][CRYPT_WORDS], left_sign[CRYPT_LEN][CRYPT_WORDS];
	int most, found;
	int64_t nodes;
	signed char *first;
};

static void search_column(struct search *s, int k, int carry);

static void search_found(struct search *s)
{
	if (crypt_off(s->c, s->digit) != 0)
		return;
	if (s->found++ == 0)
		memcpy(s->first, s->digit, sizeof(s->digit));
}

/* Both sides' last k + 1 digits, left minus result; a number of k + 1 digits, of which all but the first are 0. */
static int tail_digit(const struct search *s, int k)
{
	const struct crypt *c = s->c;
	uint64_t ten = 1, sum = 0;

	for (int i = 0; i <= k; i++)
		ten *= 10;
	for (int w = 0; w < c->n;) {
		bool minus = c->op[w] != '+';
		uint64_t term = 1;

		do {
			uint64_t v = 0;
			int i = c->len[w] - 1;

			/* the result's digit in this column is what is asked for */
			for (i = i > (c->op[w] == '=' ? k - 1 : k) ? (c->op[w] == '=' ? k - 1 : k) : i; i >= 0; i--)
				v = v * 10 + (uint64_t)s->digit[c->at[w][i]];
			term = k < 9 ? term * v % ten : (uint64_t)((unsigned __int128)term * v % ten);
		} while (++w < c->n && c->op[w] == '*');
		sum += minus ? ten - term : term;
	}
	return (int)(sum % ten / (ten / 10));
}

static void column_end(struct search *s, int k, int carry)
{
	const struct crypt *c = s->c;
	int r = c->n - 1, digit, l;

	if (c->product) {
		digit = tail_digit(s, k);
	} else {
		int sum = carry;

		for (int i = 0; i < s->left_n[k]; i++)
			sum += s->left_sign[k][i] * s->digit[(int)s->left_at[k][i]];
		digit = (sum % 10 + 10) % 10;
		carry = (sum - digit) / 10;
		if (carry < s->left.lo[k + 1] || carry > s->left.hi[k + 1])
			return;
	}
	if (k >= c->len[r]) {
		if (digit == 0)
			search_column(s, k + 1, carry);
		return;
	}
	l = c->at[r][k];
	if (s->digit[l] >= 0) {
		if (s->digit[l] == digit)
			search_column(s, k + 1, carry);
		return;
	}
	if (s->used >> digit & 1 || !(s->left.set[l] >> digit & 1))
		return;
	s->digit[l] = (signed char)digit;
	s->used |= 1u << digit;
	s->free--;
	search_column(s, k + 1, carry);
	s->digit[l] = -1;
	s->used &= ~(1u << digit);
	s->free++;
}

static void search_letter(struct search *s, int k, int i, int carry)
{
	int l;

	if (i == s->n_fresh[k]) {
		column_end(s, k, carry);
		return;
	}
	l = s->fresh[k][i];
	if (s->digit[l] >= 0) { /* the result's letter of an earlier column */
		search_letter(s, k, i + 1, carry);
		return;
	}
	for (unsigned set = s->left.set[l] & ~s->used; set && s->found < s->most; set &= set - 1) {
		int d = __builtin_ctz(set);

		s->nodes++;
		s->digit[l] = (signed char)d;
		s->used |= 1u << d;
		s->free--;
		search_letter(s, k, i + 1, carry);
		s->used &= ~(1u << d);
		s->free++;
	}
	s->digit[l] = -1;
}

static void search_column(struct search *s, int k, int carry)
{
	if (s->free == 0 || k == s->c->columns)
		search_found(s);
	else if (s->found < s->most)
		search_letter(s, k, 0, carry);
}

static int count_nodes(const struct crypt *c, int most, signed char digit[CRYPT_LETTERS], int64_t *nodes)
{
	struct search s = { .c = c, .free = c->letters, .most = most, .first = digit };
	unsigned seen = 0;

	if (!crypt_force(c, &s.left))
		return 0;
	memset(s.digit, -1, sizeof(s.digit));
	for (int k = 0; k < c->columns; k++)
		for (int w = 0; w + 1 < c->n; w++) {
			if (k >= c->len[w])
				continue;
			s.left_at[k][s.left_n[k]] = c->at[w][k];
			s.left_sign[k][s.left_n[k]++] = c->op[w] == '+' ? 1 : -1;
			if (!(seen >> c->at[w][k] & 1)) {
				seen |= 1u << c->at[w][k];
				s.fresh[k][s.n_fresh[k]++] = c->at[w][k];
			}
		}
	search_column(&s, 0, 0);
	*nodes += s.nodes + 1;
	return s.found;
}

int crypt_count(const struct crypt *c, int most, signed char digit[CRYPT_LETTERS])
{
	int64_t nodes = 0;

	return count_nodes(c, most, digit, &nodes);
}

/* ---- generator ---- */

static const char *refuse(const int *k)
{
	/* as many tries as puzzles of so many letters are still found to take */
	static const int try_most[CRYPT_LETTERS + 1] = { 0, 0, 1, 3, 6, 12, 25, 60, 150, 300, 500 };
	int most = (k[OPS] + 1) * k[WORD_HI] + (k[LEVEL] == 3 ? 2 * k[WORD_HI] : k[WORD_HI] + 1);
	double choices = 1, columns = 30, closed = DRAWS;

	for (int i = 0; i < k[LETTERS]; i++)
		choices *= 10 - i;
	for (int i = 0; i < k[WORD_HI] * (k[LEVEL] == 3 ? 2 : 1) + 1; i++)
		columns *= 10;
	for (int i = 0; i < 2 * k[WORD_LO]; i++)
		closed *= k[LETTERS] / 10.0;
	if (k[WORD_LO] > k[WORD_HI])
		return "word_lo is above word_hi";
	if (k[TRY_LO] > k[TRY_HI])
		return "try_lo is above try_hi";
	if (k[TRY_LO] > try_most[k[LETTERS]])
		return "so few letters never take as many tries as try_lo asks for";
	if (k[TRY_LO] > 2 && k[TRY_HI] < 2 * k[TRY_LO])
		return "try_hi has to be at least twice try_lo";
	if (most < k[LETTERS])
		return "such words have fewer letters in all than there are to be different ones";
	if (choices > columns)
		return "so many letters are not settled by words as short as word_hi allows";
	if (k[LETTERS] == 2 && k[WORD_HI] < 3)
		return "two letters need words of three";
	if (k[LEVEL] == 3 && closed < 4)
		return "a product of words as long as word_lo has too many digits for so few letters";
	if (k[LEVEL] == 3 && 2 * k[WORD_LO] > CRYPT_LEN - 1)
		return "a product of words as long as word_lo has too many digits";
	return NULL;
}

/* An equation in digits, before it gets letters. */
struct sum {
	int n, len[CRYPT_WORDS], digits; /* digits: how many different ones it may use */
	char op[CRYPT_WORDS];
	signed char at[CRYPT_WORDS][CRYPT_LEN]; /* digits */
	signed char pool[10];
	unsigned pool_set, used;
};

static int pool_draw(struct sum *s, struct rng *rng)
{
	int d = s->pool[rng_below(rng, (uint32_t)s->digits)];

	/* sooner one that is still missing */
	if (s->used >> d & 1)
		d = s->pool[rng_below(rng, (uint32_t)s->digits)];
	return d;
}

static bool column_draw(struct sum *s, int k, int *carry, struct rng *rng)
{
	int r = s->n - 1;

	for (int draw = 0; draw < COLUMN_DRAWS; draw++) {
		int sum = *carry, digit;
		unsigned used = 0;
		bool ok = true;

		for (int w = 0; w < r; w++) {
			int d;

			if (k >= s->len[w])
				continue;
			d = pool_draw(s, rng);
			ok = ok && (d > 0 || k + 1 < s->len[w] || s->len[w] == 1);
			s->at[w][k] = (signed char)d;
			used |= 1u << d;
			sum += s->op[w] == '+' ? d : -d;
		}
		digit = (sum % 10 + 10) % 10;
		if (!ok || !(s->pool_set >> digit & 1))
			continue;
		s->at[r][k] = (signed char)digit;
		s->used |= used | 1u << digit;
		*carry = (sum - digit) / 10;
		return true;
	}
	return false;
}

static bool sum_draw(struct sum *s, int columns, struct rng *rng)
{
	int r = s->n - 1, carry = 0;

	for (int k = 0; k < columns; k++)
		if (!column_draw(s, k, &carry, rng))
			return false;
	if (carry < 0)
		return false;
	s->len[r] = columns;
	if (carry > 0) {
		if (!(s->pool_set >> carry & 1))
			return false;
		s->used |= 1u << carry;
		s->at[r][s->len[r]++] = (signed char)carry;
		return true;
	}
	while (s->len[r] > 0 && s->at[r][s->len[r] - 1] == 0)
		s->len[r]--;
	return s->len[r] > 0;
}

static bool product_draw(struct sum *s, struct rng *rng)
{
	int64_t value[CRYPT_WORDS], sum = 0;
	int r = s->n - 1;

	for (int w = 0; w < r; w++) {
		value[w] = 0;
		for (int k = s->len[w] - 1; k >= 0; k--) {
			int d = pool_draw(s, rng);

			if (d == 0 && k + 1 == s->len[w] && k > 0)
				return false;
			s->at[w][k] = (signed char)d;
			s->used |= 1u << d;
			value[w] = value[w] * 10 + d;
		}
	}
	for (int w = 0; w < r;) {
		bool minus = s->op[w] == '-';
		int64_t term = value[w];

		for (w++; w < r && s->op[w] == '*'; w++)
			term *= value[w];
		sum += minus ? -term : term;
	}
	if (sum <= 0)
		return false;
	for (s->len[r] = 0; sum > 0; sum /= 10) {
		if (s->len[r] == CRYPT_LEN || !(s->pool_set >> (sum % 10) & 1))
			return false;
		s->used |= 1u << (sum % 10);
		s->at[r][s->len[r]++] = (signed char)(sum % 10);
	}
	return true;
}

/* Signs and lengths; false where a product is too long. `shorter`: words as short as may be. */
static bool shape_draw(struct sum *s, const int *knob, bool shorter, struct rng *rng, int *columns, bool *product)
{
	int run = 0;

	s->n = knob[OPS] + 2;
	*product = false;
	*columns = 0;
	for (int w = 0; w + 1 < s->n; w++) {
		s->op[w] = w == 0 || knob[LEVEL] == 1 ? '+' : "+-*"[rng_below(rng, (uint32_t)knob[LEVEL])];
		*product = *product || s->op[w] == '*';
		s->len[w] = rng_range(rng, knob[WORD_LO], shorter ? knob[WORD_LO] : knob[WORD_HI]);
	}
	if (knob[LEVEL] == 3 && !*product) {
		s->op[1 + rng_below(rng, (uint32_t)knob[OPS])] = '*';
		*product = true;
	}
	for (int w = 0; w + 1 < s->n; w++) {
		*columns = s->len[w] > *columns ? s->len[w] : *columns;
		run = s->op[w] == '*' ? run + s->len[w] : s->len[w];
		if (run > CRYPT_LEN - 1)
			return false;
	}
	s->op[s->n - 1] = '=';
	return true;
}

/* One candidate. */
static bool equation_draw(struct sum *s, const int *knob, bool shorter, struct rng *rng)
{
	signed char all[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	int columns;
	bool product;

	*s = (struct sum){ .digits = knob[LETTERS] };
	rng_shuffle(rng, all, 10, 1);
	memcpy(s->pool, all, sizeof(all));
	for (int i = 0; i < s->digits; i++)
		s->pool_set |= 1u << s->pool[i];
	if (!shape_draw(s, knob, shorter, rng, &columns, &product))
		return false;
	if (!(product ? product_draw(s, rng) : sum_draw(s, columns, rng)))
		return false;
	return __builtin_popcount(s->used) == s->digits;
}

/* Give each digit a letter. */
static void letters_give(struct buf *b, const struct sum *s, struct rng *rng)
{
	char abc[26];

	for (int i = 0; i < 26; i++)
		abc[i] = (char)('A' + i);
	rng_shuffle(rng, abc, 26, 1);
	for (int w = 0; w < s->n; w++) {
		if (w > 0)
			buf_addc(b, s->op[w]);
		for (int k = s->len[w] - 1; k >= 0; k--)
			buf_addc(b, abc[(int)s->at[w][k]]);
	}
}

/* One solution, and as hard as asked? What forced steps alone solve has one. */
static bool suits(const struct crypt *c, const int *knob, int64_t *nodes)
{
	struct crypt_effort e;
	signed char digit[CRYPT_LETTERS];

	if (knob[TRY_HI] > 0 && count_nodes(c, 2, digit, nodes) != 1)
		return false;
	if (knob[TRY_LO] == 0 && knob[TRY_HI] == CRYPT_TRIES)
		return true;
	crypt_reason(c, knob[TRY_HI], &e, NULL, NULL);
	*nodes += e.branch * TRY_NODES;
	return e.solved && e.branch >= knob[TRY_LO];
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	size_t from = desc->n;
	int64_t nodes = 0;

	for (int draw = 0; draw < DRAWS && nodes < NODES_MAX; draw++) {
		signed char digit[CRYPT_LETTERS];
		struct sum s;
		struct crypt c;

		if (!equation_draw(&s, knob, draw > DRAWS / 2, rng))
			continue;
		buf_cut(desc, from);
		letters_give(desc, &s, rng);
		if (!crypt_read(&c, str_from(buf_str(desc), from)) || !suits(&c, knob, &nodes))
			continue;
		for (int w = 0; w < s.n; w++)
			for (int k = 0; k < s.len[w]; k++)
				digit[c.at[w][k]] = s.at[w][k];
		equation_write(answer, &c, digit, true);
		return true;
	}
	buf_cut(desc, from);
	return false;
}

/* ---- answers ---- */

static bool solve(struct buf *answer, struct str desc)
{
	signed char digit[CRYPT_LETTERS];
	struct crypt c;

	if (!crypt_read(&c, desc) || crypt_count(&c, 1, digit) == 0)
		return false;
	equation_write(answer, &c, digit, true);
	return true;
}

static int count(struct buf *answer, struct str desc, int limit)
{
	signed char digit[CRYPT_LETTERS];
	struct crypt c;
	int found = crypt_read(&c, desc) ? crypt_count(&c, limit, digit) : -1;

	if (found > 0)
		equation_write(answer, &c, digit, true);
	return found;
}

static bool prove(struct str desc)
{
	signed char digit[CRYPT_LETTERS];
	struct crypt c;

	return crypt_read(&c, desc) && crypt_count(&c, 2, digit) == 1;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	signed char digit[CRYPT_LETTERS];
	struct crypt_effort e;
	struct crypt c;

	(void)lang; /* signs only */
	if (!crypt_read(&c, desc) || crypt_count(&c, 1, digit) == 0)
		return;
	crypt_reason(&c, CRYPT_TRIES, &e, steps, digit);
	for (int l = 0; l < c.letters; l++)
		buf_addf(steps, "%s%c=%d", l ? " " : "", c.name[l], digit[l]);
	for (int w = 0; w < c.n; w++) {
		buf_addc(steps, w ? ' ' : '\n');
		word_write(steps, &c, w);
		buf_addc(steps, '=');
		buf_addi(steps, crypt_value(&c, w, digit));
	}
}

static void grade(struct effort *e, struct str desc)
{
	struct crypt_effort is;
	struct crypt c;

	*e = (struct effort){ .technique = "" };
	if (!crypt_read(&c, desc))
		return;
	crypt_reason(&c, CRYPT_TRIES, &is, NULL, NULL);
	e->depth = is.depth;
	e->branch = is.branch;
	e->steps = is.steps;
	if (c.product)
		e->technique = is.branch ? "sizes, last digits, trying" : is.tails ? "sizes, last digits" : "sizes";
	else if (is.last_digit)
		e->technique = is.branch ? "columns, last letter for a digit, trying" : "columns, last letter for a digit";
	else
		e->technique = is.branch ? "columns, trying" : "columns";
}

/* How many ways there are to give the letters digits. */
static double answers_log2(struct str desc)
{
	struct crypt c;
	int lead = 0, first;
	double ways = 1;

	if (!crypt_read(&c, desc))
		return 0;
	for (int l = 0; l < c.letters; l++)
		lead += c.lead[l];
	/* letters that cannot be 0 first; then the others, for whom 0 is left */
	for (first = 0; first < lead; first++)
		ways *= first < 9 ? 9 - first : 1;
	for (; first < c.letters; first++)
		ways *= 10 - first;
	return ways > 1 ? log2(ways) : 0;
}

/* ---- twins ---- */

/* Terms with a sign; the result is one, with a minus. */
struct terms {
	int n, factors[CRYPT_WORDS], word[CRYPT_WORDS][CRYPT_WORDS];
	bool minus[CRYPT_WORDS];
};

static void terms_of(struct terms *t, const struct crypt *c)
{
	t->n = 0;
	for (int w = 0; w < c->n; t->n++) {
		t->minus[t->n] = c->op[w] != '+';
		t->factors[t->n] = 0;
		do
			t->word[t->n][t->factors[t->n]++] = w;
		while (++w < c->n && c->op[w] == '*');
	}
}

enum { CANON_MAX = CRYPT_WORDS * (CRYPT_LEN + 1) + 1 };

/* The least text over all orders: at each place the least word is taken, and where several are equal, each is followed. */
struct canon {
	const struct crypt *c;
	struct terms t;
	bool turned;              /* all signs the other way */
	unsigned term_done, word_done;
	char label[CRYPT_LETTERS]; /* 0: none yet */
	int labels;
	char text[CANON_MAX], best[CANON_MAX];
	size_t best_n;            /* 0: none */
};

/* How the word would be written next, new letters getting new labels. */
static int spell(const struct canon *n, int w, char head, char *out)
{
	char label[CRYPT_LETTERS];
	int labels = n->labels, at = 0;

	memcpy(label, n->label, sizeof(label));
	out[at++] = head;
	for (int k = n->c->len[w] - 1; k >= 0; k--) {
		char *l = &label[n->c->at[w][k]];

		if (!*l)
			*l = (char)('A' + labels++);
		out[at++] = *l;
	}
	out[at] = 0;
	return at;
}

static void canon_on(struct canon *n, size_t at, int open, int left)
{
	char least[CRYPT_LEN + 2] = { 0 }, text[CRYPT_LEN + 2];
	int len = 0;

	if (left == 0) {
		if (n->best_n == 0 || strcmp(n->text, n->best) < 0) {
			memcpy(n->best, n->text, at + 1);
			n->best_n = at;
		}
		return;
	}
	/* twice over the words that may come next: the least, then all that are like it */
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < n->t.n; i++) {
			if (open >= 0 ? i != open : n->term_done >> i & 1)
				continue;
			for (int f = 0; f < n->t.factors[i]; f++) {
				int w = n->t.word[i][f], m;
				/* a term's sign, + before -, and the more factors the sooner, so that an open one is closed first */
				char head = open >= 0 ? '*' : n->t.minus[i] != n->turned ? '-' : '+';

				if (n->word_done >> w & 1)
					continue;
				m = spell(n, w, head, text);
				if (pass == 0) {
					if (len == 0 || strcmp(text, least) < 0) {
						memcpy(least, text, (size_t)m + 1);
						len = m;
					}
				} else if (strcmp(text, least) == 0) {
					struct canon was = *n;
					int undone = 0;

					for (int k = n->c->len[w] - 1; k >= 0; k--)
						if (!n->label[n->c->at[w][k]])
							n->label[n->c->at[w][k]] = (char)('A' + n->labels++);
					n->word_done |= 1u << w;
					n->term_done |= 1u << i;
					for (int g = 0; g < n->t.factors[i]; g++)
						undone += !(n->word_done >> n->t.word[i][g] & 1);
					memcpy(n->text + at, text, (size_t)m + 1);
					canon_on(n, at + (size_t)m, undone ? i : -1, left - 1);
					memcpy(was.best, n->best, sizeof(n->best));
					was.best_n = n->best_n;
					*n = was;
				}
			}
		}
}

static void canon(struct buf *out, struct str desc)
{
	struct canon n = { 0 };
	struct crypt c;

	if (!crypt_read(&c, desc))
		return;
	n.c = &c;
	terms_of(&n.t, &c);
	canon_on(&n, 0, -1, c.n);
	n.turned = true;
	canon_on(&n, 0, -1, c.n);
	buf_add(out, (struct str){ n.best, n.best_n });
}

/* The words of the left side in another order, another word for the result if it may be, other letters. */
static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	int order[CRYPT_WORDS], may[CRYPT_WORDS], n_may = 0, result, first;
	struct crypt c;
	struct terms t;
	bool turned;
	char abc[26];

	if (!crypt_read(&c, desc))
		return false;
	terms_of(&t, &c);
	for (int i = 0; i < t.n; i++) {
		int plus = 0;

		/* one word can be the result if there is one to begin the left side with */
		for (int j = 0; j < t.n; j++)
			plus += j != i && t.minus[j] != t.minus[i];
		if (t.factors[i] == 1 && plus > 0)
			may[n_may++] = i;
		order[i] = i;
		rng_shuffle(rng, t.word[i], (size_t)t.factors[i], sizeof(int));
	}
	result = may[rng_below(rng, (uint32_t)n_may)];
	turned = !t.minus[result];
	rng_shuffle(rng, order, (size_t)t.n, sizeof(int));
	for (first = 0; order[first] == result || t.minus[order[first]] != turned; first++)
		;
	for (int i = 0; i < 26; i++)
		abc[i] = (char)('A' + i);
	rng_shuffle(rng, abc, 26, 1);
	memcpy(c.name, abc, sizeof(c.name));
	for (int i = -1; i < t.n; i++) {
		int at = i < 0 ? order[first] : order[i];

		if (i == first || (i >= 0 && at == result))
			continue;
		if (i >= 0)
			buf_addc(out, t.minus[at] != turned ? '-' : '+');
		for (int f = 0; f < t.factors[at]; f++) {
			if (f > 0)
				buf_addc(out, '*');
			word_write(out, &c, t.word[at][f]);
		}
	}
	buf_addc(out, '=');
	word_write(out, &c, t.word[result][0]);
	return true;
}

/* ---- wording ---- */

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct buf b = BUF_INIT;
	struct crypt c;

	if (!crypt_read(&c, desc))
		return;
	equation_write(&b, &c, NULL, true);
	hole_put(holes, "equation", buf_str(&b));
	buf_reset(&b);
	equation_write(&b, &c, NULL, false);
	hole_put(holes, "tight", buf_str(&b));
	buf_reset(&b);
	for (int l = 0; l < c.letters; l++)
		buf_addf(&b, "%s%c", l == 0 ? "" : lang == LANG_ZH ? "、" : ", ", c.name[l]);
	hole_put(holes, "letters", buf_str(&b));
	buf_reset(&b);
	buf_addi(&b, c.letters);
	hole_put(holes, "count", buf_str(&b));
	buf_release(&b);
}

const struct task task_cryptarithm = {
	.name = "cryptarithm",
	.family = "arithmetic",
	.what = "An equation of words in which each letter stands for a digit.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.count = count,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
