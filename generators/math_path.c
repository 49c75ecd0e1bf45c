/*
 * math_path.c - an equation of single digits, some hidden: knobs, levels, solver, generator.
 *
 * desc: "?+3*(?-2)%?=7"; the rules are in verifiers/math_path.c. Any digits that make it true are right, so what makes it
 * hard is how few fillings are: the knob `rare`.
 *
 * The solver is in math_path_rows.c.
 */
#include "base/cursor.h"
#include "generators/math_path_rows.h"
#include "generators/task.h"

#include <math.h>

enum { OPS, HIDE, KIND, BRACKETS, RARE };

static const struct knob knobs[] = {
	{ "n", 1, 30, "operations" },
	{ "x_prob", 1, 100, "percent of digits that are hidden; one at least" },
	{ "operator_level", 1, 4, "1: + -, 2: + - *, 3: + - * /, 4: + - * / %" },
	{ "brackets", 0, 6, "pairs of brackets, as far as there is room" },
	{ "rare", 0, 40, "of 2^rare ways to fill in the digits at most one is right" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* n x_prob kind brackets rare */
	{ 2,  50,  1,  0,  0 },
	{ 3,  50,  2,  0,  2 },
	{ 4,  60,  2,  0,  5 },
	{ 4,  100, 4,  0,  6 },
	{ 5,  90,  4,  1,  7 },
	{ 6,  80,  4,  1,  9 },
	{ 8,  80,  4,  2,  11 },
	{ 10, 80,  4,  2,  13 },
	{ 13, 80,  4,  3,  15 },
	{ 17, 80,  4,  4,  18 },
	{ 22, 80,  4,  5,  21 },
};

enum {
	DEEP_MAX = 8,
	VALUE_MAX = 18, /* digits of the value */
	DRAWS = 1000,   /* signs drawn before generate() gives up */
	LISTED = 12,    /* values told one by one */
};

/* ---- the desc ---- */

struct reader {
	struct equation *p;
	struct cursor c;
	int deep;
};

static int read_sum(struct reader *r);

static int node_add(struct equation *p, char op, int l, int r)
{
	if (l < 0 || r < 0)
		return -1;
	p->node[p->n] = (struct equation_node){ .op = op, .l = (signed char)l, .r = (signed char)r };
	return p->n++;
}

static int read_atom(struct reader *r)
{
	struct equation *p = r->p;
	char c = cursor_peek(&r->c);

	r->c.at++;
	if (c == '(') {
		int i;

		if (r->deep == DEEP_MAX)
			return -1;
		r->deep++;
		i = read_sum(r);
		r->deep--;
		if (i < 0 || cursor_peek(&r->c) != ')' || p->node[i].op == 0 || p->node[i].group)
			return -1;
		r->c.at++;
		p->node[i].group = true;
		return i;
	}
	if ((c != '?' && (c < '0' || c > '9')) || p->digits == DIGITS_MAX)
		return -1;
	p->node[p->n] = (struct equation_node){ .digit = (signed char)(c == '?' ? -1 : c - '0') };
	p->digits++;
	p->hidden += c == '?';
	return p->n++;
}

static int read_product(struct reader *r)
{
	int x = read_atom(r);
	char op;

	while (x >= 0 && ((op = cursor_peek(&r->c)) == '*' || op == '/' || op == '%')) {
		r->c.at++;
		x = node_add(r->p, op, x, read_atom(r));
	}
	return x;
}

static int read_sum(struct reader *r)
{
	int x = read_product(r);
	char op;

	while (x >= 0 && ((op = cursor_peek(&r->c)) == '+' || op == '-')) {
		r->c.at++;
		x = node_add(r->p, op, x, read_product(r));
	}
	return x;
}

static bool value_read(struct str s, int64_t *v)
{
	bool minus = str_starts(s, STR("-"));
	struct str d = str_from(s, minus);

	return d.n > 0 && d.n <= VALUE_MAX && d.s[0] >= '0' && d.s[0] <= '9' && (d.s[0] != '0' || s.n == 1) && str_i64(s, v);
}

static bool puzzle_read(struct equation *p, struct str desc)
{
	struct reader r = { .p = p, .c = { desc, 0 } };

	p->n = p->digits = p->hidden = 0;
	p->root = read_sum(&r);
	return p->root >= 0 && p->node[p->root].op && !p->node[p->root].group && p->hidden > 0 && cursor_peek(&r.c) == '=' &&
	       value_read(str_from(desc, r.c.at + 1), &p->value);
}

/* With digits for the hidden ones, where they are given in order of reading; else as it stands. */
struct style {
	const signed char *digit;
	bool spaced;
};

static void print(struct buf *b, const struct equation *p, int i, const struct style *how)
{
	const struct equation_node *x = &p->node[i];

	if (!x->op) {
		signed char d = how->digit ? how->digit[i] : x->digit;

		buf_addc(b, d < 0 ? '?' : (char)('0' + d));
		return;
	}
	if (x->group)
		buf_addc(b, '(');
	print(b, p, x->l, how);
	if (how->spaced)
		buf_addc(b, ' ');
	buf_addc(b, x->op);
	if (how->spaced)
		buf_addc(b, ' ');
	print(b, p, x->r, how);
	if (x->group)
		buf_addc(b, ')');
}

static void equation_print(struct buf *b, const struct equation *p, const signed char *digit, bool spaced)
{
	print(b, p, p->root, &(struct style){ digit, spaced });
	buf_add(b, spaced ? STR(" = ") : STR("="));
	buf_addi(b, p->value);
}

/* ---- the solver ---- */

/* a op b; false where it is not allowed. */
static bool apply(int64_t a, char op, int64_t b, int64_t *v)
{
	switch (op) {
	case '+':
		*v = a + b;
		return true;
	case '-':
		*v = a - b;
		return true;
	case '*':
		*v = a * b;
		return true;
	}
	if (b == 0 || (op == '/' && a % b != 0))
		return false;
	*v = op == '/' ? a / b : a % b;
	if (op == '%' && *v != 0 && (*v < 0) != (b < 0))
		*v += b;
	return true;
}

static void answer_print(struct buf *b, const struct equation *p, const int64_t value[NODES_MAX])
{
	signed char digit[NODES_MAX];

	for (int i = 0; i < p->n; i++)
		digit[i] = p->node[i].op ? 0 : (signed char)value[i];
	equation_print(b, p, digit, true);
}

/* The digits in order of reading. */
static void filled_print(struct buf *b, const struct equation *p, const signed char digits[DIGITS_MAX])
{
	signed char digit[NODES_MAX];

	for (int i = 0, k = 0; i < p->n; i++)
		if (!p->node[i].op)
			digit[i] = digits[k++];
	equation_print(b, p, digit, true);
}

static bool solve_values(struct rows *s, const struct equation *p, int64_t value[NODES_MAX])
{
	return !rows_far(p) && rows_make(s, p, p->root) && rows_pick(s, value);
}

/* What others made, "~...", may have answers with fractions too; those without are right all the same. */
static bool solve(struct buf *answer, struct str desc)
{
	int64_t value[NODES_MAX];
	struct rows s = { 0 };
	struct equation p;
	bool ok = puzzle_read(&p, str_from(desc, str_starts(desc, STR("~")))) && solve_values(&s, &p, value);

	if (ok)
		answer_print(answer, &p, value);
	rows_release(&s);
	return ok;
}

static int count(struct buf *answer, struct str desc, int limit)
{
	struct rows s = { 0 };
	struct equation p;
	double right = puzzle_read(&p, str_from(desc, str_starts(desc, STR("~")))) ? rows_right(&s, &p) : -1;

	rows_release(&s);
	if (right > 0 && !solve(answer, desc))
		return -1;
	return right < limit ? (int)right : limit;
}

static double fillings(const struct equation *p)
{
	double all = 1;

	for (int i = 0; i < p->hidden; i++)
		all *= 10;
	return all;
}

/* How many fillings there are for each right one; 1 where that is not known. */
static double rarity(const struct equation *p, double right)
{
	return right > 0 && right < fillings(p) ? fillings(p) / right : 1;
}

static double answers_log2(struct str desc)
{
	struct rows s = { 0 };
	struct equation p;
	double bits = puzzle_read(&p, desc) ? log2(rarity(&p, rows_right(&s, &p))) : 0;

	rows_release(&s);
	return bits;
}

/* ---- grading and telling ---- */

static int height(const struct equation *p, int i)
{
	const struct equation_node *x = &p->node[i];
	int l, r;

	if (!x->op)
		return 0;
	l = height(p, x->l);
	r = height(p, x->r);
	return 1 + (l > r ? l : r);
}

/* depth: operations one upon the other; branch: fillings for each right one; steps: values that the parts can take. */
static void grade(struct effort *e, struct str desc)
{
	struct rows s = { 0 };
	struct equation p;
	double right, rate;
	bool divides = false, rests = false;

	*e = (struct effort){ .technique = "" };
	if (!puzzle_read(&p, desc))
		return;
	right = rows_right(&s, &p);
	e->depth = height(&p, p.root);
	e->steps = 1;
	for (int i = 0; i < p.n; i++) {
		if (p.node[i].op && i != p.root && right >= 0)
			e->steps += s.row[i].values;
		divides = divides || p.node[i].op == '/';
		rests = rests || p.node[i].op == '%';
	}
	rate = rarity(&p, right);
	e->branch = rate < 1e9 ? (int)rate - 1 : 1000000000;
	e->technique = divides && rests ? "sums and products, divisors, remainders" : divides ? "sums and products, divisors" :
		       rests ? "sums and products, remainders" : "sums and products";
	rows_release(&s);
}

static void tell_part(struct buf *b, const struct equation *p, const int *name, int i)
{
	if (p->node[i].op)
		buf_addf(b, "P%d", name[i]);
	else
		buf_addc(b, p->node[i].digit < 0 ? '?' : (char)('0' + p->node[i].digit));
}

static void tell_row(struct buf *b, const struct rows *s, const struct row *row)
{
	const double *v = row_counts(s, row);
	int first = 0, last = row->n - 1;

	while (v[first] == 0)
		first++;
	while (v[last] == 0)
		last--;
	if (row->values > LISTED) {
		buf_addf(b, " %lld..%lld (%d)\n", (long long)row->lo + first, (long long)row->lo + last, row->values);
		return;
	}
	for (int i = first; i <= last; i++)
		if (v[i] > 0)
			buf_addf(b, " %lld", (long long)row->lo + i);
	buf_addc(b, '\n');
}

/*
 * P1 = ?*3: 0 3 6 9 ..., what each part can be (least..largest, how many); then from the whole back to the digits:
 * P5 = 7: P4 = 7, ? = 0.
 */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	int64_t value[NODES_MAX];
	int name[NODES_MAX], names = 0;
	struct rows s = { 0 };
	struct equation p;

	(void)lang; /* signs only */
	if (!puzzle_read(&p, desc) || !solve_values(&s, &p, value)) {
		rows_release(&s);
		return;
	}
	for (int i = 0; i < p.n; i++) {
		const struct equation_node *x = &p.node[i];

		if (!x->op)
			continue;
		name[i] = ++names;
		buf_addf(steps, "P%d = ", name[i]);
		tell_part(steps, &p, name, x->l);
		buf_addf(steps, " %c ", x->op);
		tell_part(steps, &p, name, x->r);
		if (i == p.root)
			buf_addf(steps, " = %lld\n", (long long)p.value);
		else
			buf_addc(steps, ':');
		if (i != p.root)
			tell_row(steps, &s, &s.row[i]);
	}
	for (int i = p.root; i >= 0; i--) {
		const struct equation_node *x = &p.node[i];

		if (!x->op)
			continue;
		buf_addf(steps, "%sP%d = %lld: %lld %c ", i == p.root ? "" : "\n", name[i], (long long)value[i],
			 (long long)value[x->l], x->op);
		buf_addf(steps, value[x->r] < 0 ? "(%lld)" : "%lld", (long long)value[x->r]);
		if (p.node[x->l].op) {
			buf_addf(steps, ", P%d = %lld", name[x->l], (long long)value[x->l]);
		}
		if (p.node[x->r].op)
			buf_addf(steps, ", P%d = %lld", name[x->r], (long long)value[x->r]);
	}
	rows_release(&s);
}

/* ---- twins: terms of a sum and factors of a product in another order ---- */

struct piece {
	char op; /* before it */
	int node;
	struct buf text;
};

/* The pieces of a sum ('+') or product ('*') that ends at node i, first to last. */
static int pieces_of(const struct equation *p, int i, bool sum, struct piece *piece)
{
	int n = 0, top = i;

	for (int at = i;;) {
		const struct equation_node *x = &p->node[at];
		bool ours = x->op && (at == top || !x->group) && (sum ? x->op == '+' || x->op == '-' : strchr("*/%", x->op) != NULL);

		piece[n++] = (struct piece){ .op = ours ? x->op : sum ? '+' : '*', .node = ours ? x->r : at };
		if (!ours)
			break;
		at = x->l;
	}
	for (int a = 0, b = n - 1; a < b; a++, b--) {
		struct piece t = piece[a];

		piece[a] = piece[b];
		piece[b] = t;
	}
	return n;
}

static int piece_cmp(const struct piece *a, const struct piece *b)
{
	return a->op != b->op ? (a->op < b->op ? -1 : 1) : str_cmp(buf_str(&a->text), buf_str(&b->text));
}

/* With an rng the order is drawn, without it is the least. */
static void ordered(struct buf *out, const struct equation *p, int i, struct rng *rng)
{
	const struct equation_node *x = &p->node[i];
	bool sum = x->op == '+' || x->op == '-';
	struct piece piece[DIGITS_MAX];
	int n;

	if (!x->op) {
		print(out, p, i, &(struct style){ 0 });
		return;
	}
	n = pieces_of(p, i, sum, piece);
	for (int k = 0; k < n; k++) {
		piece[k].text = BUF_INIT;
		if (p->node[piece[k].node].group)
			buf_addc(&piece[k].text, '(');
		ordered(&piece[k].text, p, piece[k].node, rng);
		if (p->node[piece[k].node].group)
			buf_addc(&piece[k].text, ')');
	}
	/* terms change places as they like, factors only with what stands in the same run of * */
	for (int from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && (sum || (piece[from].op == '*' && piece[to].op == '*')); to++)
			;
		if (rng)
			rng_shuffle(rng, piece + from, (size_t)(to - from), sizeof(piece[0]));
		for (int a = from; a < to && !rng; a++)
			for (int b = a; b > from && piece_cmp(&piece[b], &piece[b - 1]) < 0; b--) {
				struct piece t = piece[b];

				piece[b] = piece[b - 1];
				piece[b - 1] = t;
			}
	}
	/* the first term of a sum has no sign */
	for (int k = 0; k < n && piece[0].op == '-'; k++)
		if (piece[k].op == '+') {
			struct piece t = piece[0];

			piece[0] = piece[k];
			piece[k] = t;
		}
	for (int k = 0; k < n; k++) {
		if (k > 0)
			buf_addc(out, piece[k].op);
		buf_add(out, buf_str(&piece[k].text));
		buf_release(&piece[k].text);
	}
}

static void canon(struct buf *out, struct str desc)
{
	struct equation p;

	if (!puzzle_read(&p, desc))
		return;
	ordered(out, &p, p.root, NULL);
	buf_addf(out, "=%lld", (long long)p.value);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct equation p;

	if (!puzzle_read(&p, desc))
		return false;
	ordered(out, &p, p.root, rng);
	buf_addf(out, "=%lld", (long long)p.value);
	return true;
}

/* ---- generator ---- */

static const char *refuse(const int *k)
{
	/* all digits hidden there are 2^(3.32 (n + 1)) fillings; and one in ten of the hidden ones has to be left free */
	if (k[RARE] > 3 * (k[OPS] + 1) * k[HIDE] / 100)
		return "so few hidden digits are not filled in as many ways as rare asks for";
	if (k[RARE] > 2 && k[KIND] == 1 && k[RARE] > 3 + k[OPS] / 4)
		return "sums of single digits come out alike too often for such a rare";
	if (k[RARE] > 18 + k[OPS])
		return "so few operations have not enough different values for such a rare";
	return NULL;
}

/* An equation in the making: the signs are drawn first, then the digits from left to right, so that divisions come out. */
struct plan {
	int n;                          /* digits */
	char op[DIGITS_MAX];            /* before digit i, from 1 on */
	int open[DIGITS_MAX], close[DIGITS_MAX]; /* brackets before and behind digit i */
	struct rng *rng;
	int at;
	signed char digit[DIGITS_MAX];
	bool failed;
};

static int64_t fill_sum(struct plan *p);

/* A digit; where it divides `by`, one that goes into it. */
static int64_t fill_atom(struct plan *p, char op, int64_t a)
{
	int d;

	if (p->open[p->at] > 0) {
		p->open[p->at]--;
		return fill_sum(p);
	}
	d = (int)rng_below(p->rng, 10);
	if (op == '/' || op == '%')
		for (int i = 0; i < 10 && (d == 0 || (op == '/' && a % d != 0)); i++)
			d = d < 9 ? d + 1 : 1;
	p->digit[p->at] = (signed char)d;
	return d;
}

static int64_t fill_product(struct plan *p)
{
	int64_t v = fill_atom(p, '+', 0);

	while (!p->failed && p->close[p->at] == 0 && p->at + 1 < p->n && strchr("*/%", p->op[p->at + 1])) {
		char op = p->op[++p->at];
		int64_t b = fill_atom(p, op, v);

		if (p->failed || !apply(v, op, b, &v) || v > ROWS_FAR / 100 || v < -ROWS_FAR / 100) {
			p->failed = true;
			return 0;
		}
	}
	return v;
}

static int64_t fill_sum(struct plan *p)
{
	int64_t v = fill_product(p);

	while (!p->failed && p->close[p->at] == 0 && p->at + 1 < p->n) {
		char op = p->op[++p->at];
		int64_t b = fill_product(p);

		v += op == '+' ? b : -b;
	}
	/* the bracket that this sum is in ends here */
	if (p->close[p->at] > 0)
		p->close[p->at]--;
	return v;
}

/* A bracket around digits i .. j: nested with the others or apart, around a sum, next to what makes it matter. */
static void bracket_draw(struct plan *p, const int *knob, struct rng *rng, int (*span)[2], int *spans)
{
	static const char outer[] = "-*/%";
	int len = rng_range(rng, 2, p->n - 1 < 4 ? p->n - 1 : 4), i = (int)rng_below(rng, (uint32_t)(p->n - len + 1)), j = i + len - 1;
	char inner = "+-"[rng_below(rng, 2)], out = outer[rng_below(rng, (uint32_t)knob[KIND])];
	bool front = i > 0 && (j + 1 == p->n || out == '-' || rng_chance(rng, 50));

	if (out == '-' && i == 0)
		return;
	for (int k = 0; k < *spans; k++) {
		int a = span[k][0], b = span[k][1];

		/* no crossing, no shared end: so every bracket has an operation of its own */
		if ((i <= b && a <= j && !(i < a && b < j) && !(a < i && j < b)) || i == a || j == b || i - 1 == b || j + 1 == a)
			return;
		if (i < a && b < j && j - i < b - a + 2)
			return;
	}
	span[*spans][0] = i;
	span[(*spans)++][1] = j;
	p->open[i]++;
	p->close[j]++;
	p->op[i + 1 + (int)rng_below(rng, (uint32_t)(len - 1))] = inner;
	p->op[front ? i : j + 1] = out;
}

static void plan_draw(struct plan *p, const int *knob, struct rng *rng)
{
	static const char signs[] = "+-*/%";
	int span[8][2], spans = 0, run = 0;

	*p = (struct plan){ .n = knob[OPS] + 1, .rng = rng };
	for (int i = 1; i < p->n; i++) {
		char op = signs[rng_below(rng, (uint32_t)knob[KIND] + 1)];

		/* four factors are enough: rows grow with them */
		run = op == '*' ? run + 1 : strchr("+-", op) ? 0 : run;
		p->op[i] = run > 3 ? '+' : op;
		run = run > 3 ? 0 : run;
	}
	for (int k = 0; k < 4 * knob[BRACKETS] && spans < knob[BRACKETS] && p->n > 2; k++)
		bracket_draw(p, knob, rng, span, &spans);
}

/* The left side, with a value that is yet to be chosen. */
static void plan_write(struct buf *b, const struct plan *p, unsigned hidden)
{
	for (int i = 0; i < p->n; i++) {
		if (i > 0)
			buf_addc(b, p->op[i]);
		for (int k = 0; k < p->open[i]; k++)
			buf_addc(b, '(');
		buf_addc(b, hidden >> i & 1 ? '?' : (char)('0' + p->digit[i]));
		for (int k = 0; k < p->close[i]; k++)
			buf_addc(b, ')');
	}
	buf_addz(b, "=0");
}

/* Digits that can be filled in, what they come to, and which of them are hidden. */
static bool plan_fill(struct plan *p, const int *knob, struct rng *rng, unsigned *hidden, int64_t *value)
{
	struct plan filled = *p;

	*value = fill_sum(&filled);
	memcpy(p->digit, filled.digit, sizeof(p->digit));
	*hidden = 0;
	for (int i = 0; i < p->n; i++)
		if (rng_chance(rng, knob[HIDE]))
			*hidden |= 1u << i;
	if (!*hidden)
		*hidden = 1u << rng_below(rng, (uint32_t)p->n);
	return !filled.failed;
}

/* A value that few enough fillings have: each as likely as it is often. */
static bool value_draw(struct rows *s, struct equation *p, int rare, struct rng *rng)
{
	const struct row *row = &s->row[p->root];
	double most = fillings(p) / (double)(UINT64_C(1) << rare), sum = 0, at;
	const double *v;

	if (!rows_make(s, p, p->n))
		return false;
	v = row_counts(s, row);
	for (int i = 0; i < row->n; i++)
		sum += v[i] <= most ? v[i] : 0;
	at = rng_unit(rng) * sum;
	for (int i = 0; i < row->n; i++) {
		at -= v[i] <= most ? v[i] : 0;
		if (at < 0) {
			p->value = row->lo + i;
			return true;
		}
	}
	return false;
}

/* A value for the equation, and one filling that has it. */
static bool finish(struct buf *desc, struct buf *answer, struct equation *p, int rare, struct rng *rng, int64_t *work)
{
	int64_t value[NODES_MAX];
	struct rows s = { 0 };
	bool ok;

	ok = value_draw(&s, p, rare, rng) && rows_pick(&s, value);
	if (ok) {
		equation_print(desc, p, NULL, false);
		answer_print(answer, p, value);
	}
	*work += s.work;
	rows_release(&s);
	return ok;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct buf text = BUF_INIT;
	int64_t work = 0;
	bool ok = false;

	for (int draw = 0; draw < DRAWS && work < ROWS_WORK_MAX && !ok; draw++) {
		struct equation p;
		struct plan plan;
		unsigned hidden;
		int64_t value;

		plan_draw(&plan, knob, rng);
		if (!plan_fill(&plan, knob, rng, &hidden, &value))
			continue;
		buf_reset(&text);
		plan_write(&text, &plan, hidden);
		ok = puzzle_read(&p, buf_str(&text));
		if (ok && knob[RARE] == 0 && rows_light(&p)) { /* any value will do: the one that is there */
			p.value = value;
			equation_print(desc, &p, NULL, false);
			filled_print(answer, &p, plan.digit);
		} else if (ok) {
			ok = finish(desc, answer, &p, knob[RARE], rng, &work);
		}
	}
	buf_release(&text);
	return ok;
}

/* ---- wording ---- */

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct equation p;
	struct buf *b;

	(void)lang;
	if (!puzzle_read(&p, desc))
		return;
	b = hole_open(holes, "equation");
	if (b)
		equation_print(b, &p, NULL, true);
	b = hole_open(holes, "tight");
	if (b)
		equation_print(b, &p, NULL, false);
	hole_puti(holes, "count", p.hidden);
}

const struct task task_math_path = {
	.name = "math_path",
	.family = "arithmetic",
	.what = "An equation of single digits, some of them hidden, to be filled in so that it is true.",
	.revision = 2,
	.flags = TASK_MANY_ANSWERS,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.count = count,
	.explain = explain,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
