/*
 * operation.c - operators of the puzzle's own, defined by formulas: knobs, levels, solver, generator. Reading, printing and
 * reckoning with them is in operation_tree.c.
 *
 * desc: "A3l=[x>y]2*x-y|x+y;7A3+4"; the grammar stands in verifiers/operation.c. Twins have other symbols, their definitions
 * in another order, terms and factors in another order.
 */
#include "generators/operation_tree.h"
#include "generators/task.h"

#include <math.h>

enum { SYMBOLS, OPERANDS, LARGEST, FORM, CONDITION, BRACKET, ABS, LINKED, RIGHT, FRACTIONS, DIGITS };

static const struct knob knobs[] = {
	{ "num_symbols", 1, 6, "operators that are defined" },
	{ "operands", 2, 24, "numbers in the expression" },
	{ "largest", 3, 999, "largest number in the expression" },
	{ "definition_num_symbols_max", 2, 8, "most numbers and variables in a formula" },
	{ "condition_rate", 0, 100, "percent of definitions with a condition and two formulas" },
	{ "bracket_rate", 0, 100, "percent of formulas with brackets, and of places for brackets in the expression" },
	{ "abs_rate", 0, 100, "percent of a formula's brackets that are absolute values" },
	{ "linked_rate", 0, 100, "percent of formulas that use an operator defined before" },
	{ "right_rate", 0, 100, "percent of operators that go from right to left" },
	{ "fractions", 0, 1, "1: values on the way need not be integers" },
	{ "digits", 2, 9, "most digits of any numerator or denominator on the way" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* symbols operands largest form cond brackets abs linked right fractions digits */
	{ 1,       2,       15,     2,   0,   0,       0,  0,     0,    0,        3 },
	{ 1,       2,       20,     3,   0,   20,      0,  0,     0,    0,        3 },
	{ 1,       3,       15,     3,   0,   20,      0,  0,     0,    0,        3 },
	{ 2,       3,       20,     3,   20,  20,      20, 0,     0,    0,        3 },
	{ 2,       4,       20,     3,   40,  30,      30, 0,     0,    0,        4 },
	{ 2,       5,       20,     4,   50,  30,      40, 20,    20,   0,        4 },
	{ 3,       6,       20,     4,   50,  30,      40, 30,    30,   1,        4 },
	{ 3,       8,       20,     4,   60,  30,      40, 30,    30,   1,        5 },
	{ 4,       10,      20,     5,   60,  30,      40, 40,    40,   1,        6 },
	{ 5,       14,      20,     5,   70,  30,      40, 50,    40,   1,        6 },
	{ 6,       20,      20,     5,   80,  30,      40, 60,    50,   1,        7 },
};

enum {
	DRAWS = 400,     /* sets of definitions drawn before generate() gives up */
	TRIES = 12,      /* expressions for each of them */
};

/* Strictly: as op_print_desc() writes it. What only looks at a desc that is known to be sound reads it with op_read(). */
static bool puzzle_read(struct op_puzzle *p, struct str desc)
{
	struct buf again = BUF_INIT;
	bool ok = op_read(p, desc);

	if (ok) {
		buf_reserve(&again, desc.n);
		op_print_desc(&again, p);
		ok = str_eq(buf_str(&again), desc);
	}
	buf_release(&again);
	return ok;
}

/* ---- the answer ---- */

static bool solve(struct buf *answer, struct str desc)
{
	struct op_puzzle p;
	struct op_work w = { .limit = OP_LIMIT };
	struct op_ratio v;

	if (!puzzle_read(&p, desc) || !op_value(&w, &p, &v))
		return false;
	op_print_ratio(answer, v);
	return true;
}

static bool prove(struct str desc)
{
	struct op_puzzle p;
	struct op_work w = { .limit = OP_LIMIT };
	struct op_ratio v;

	return puzzle_read(&p, desc) && op_value(&w, &p, &v); /* an expression has one value */
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct op_work w = { .limit = OP_LIMIT, .out = steps, .lang = lang };
	size_t from = steps->n;
	struct op_puzzle p;
	struct op_ratio v;

	if (!puzzle_read(&p, desc))
		return;
	if (!op_value(&w, &p, &v))
		buf_cut(steps, from);
	else if (steps->n > from && steps->s[steps->n - 1] == '\n')
		buf_cut(steps, steps->n - 1);
}

static void grade(struct effort *e, struct str desc)
{
	struct op_work w = { .limit = OP_LIMIT };
	struct op_puzzle p;
	struct op_ratio v;

	*e = (struct effort){ .technique = "" };
	if (!op_read(&p, desc) || !op_value(&w, &p, &v))
		return;
	e->depth = w.depth;
	e->branch = w.conditions;
	e->steps = w.steps > 0 ? w.steps : 1;
	if (w.conditions)
		e->technique = w.fractions ? "substitution, cases, fractions" : "substitution, cases";
	else
		e->technique = w.fractions ? "substitution, fractions" : "substitution";
}

/* Integers of so many digits, and fractions of them. */
static double answers_log2(struct str desc)
{
	struct op_puzzle p;
	struct op_work w = { .limit = OP_LIMIT };
	struct op_ratio v;
	double all = 2, most = 10;

	if (!op_read(&p, desc) || !op_value(&w, &p, &v))
		return 0;
	for (int64_t n = v.num < 0 ? -v.num : v.num; n >= 10; n /= 10)
		most *= 10;
	all *= most;
	for (most = 1; v.den > 1; v.den /= 10)
		most *= 10;
	return log2(all * most);
}

/* ---- symmetry ---- */

/* An order in which no definition stands before one that it uses. */
static bool order_holds(const struct op_puzzle *p, const int *order)
{
	unsigned there = 0;

	for (int i = 0; i < p->defs; i++) {
		if (p->def[order[i]].uses & ~there)
			return false;
		there |= 1u << order[i];
	}
	return true;
}

static void swap(int *a, int *b)
{
	int t = *a;

	*a = *b;
	*b = t;
}

/* The next order in the order of orders. */
static bool next_order(int *order, int n)
{
	int i = n - 2, j = n - 1;

	while (i >= 0 && order[i] > order[i + 1])
		i--;
	if (i < 0)
		return false;
	while (order[j] < order[i])
		j--;
	swap(&order[i], &order[j]);
	for (int a = i + 1, b = n - 1; a < b; a++, b--)
		swap(&order[a], &order[b]);
	return true;
}

/* The least text over all orders of definitions; symbols are named by their place, terms and factors sorted. */
static void canon(struct buf *out, struct str desc)
{
	int order[OP_DEFS] = { 0, 1, 2, 3, 4, 5 };
	struct buf text = BUF_INIT, best = BUF_INIT;
	struct op_puzzle p;

	if (!puzzle_read(&p, desc))
		return;
	do {
		if (!order_holds(&p, order))
			continue;
		buf_reset(&text);
		op_print_sorted(&text, &p, order);
		if (best.n == 0 || str_cmp(buf_str(&text), buf_str(&best)) < 0) {
			struct buf t = best;

			best = text;
			text = t;
		}
	} while (next_order(order, p.defs));
	buf_add(out, buf_str(&best));
	buf_release(&text);
	buf_release(&best);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	int order[OP_DEFS] = { 0, 1, 2, 3, 4, 5 };
	char symbol[OP_SYMBOLS];
	struct op_puzzle p, q;
	struct op_work w = { .limit = OP_LIMIT };
	struct op_ratio v;

	if (!puzzle_read(&p, desc) || !op_value(&w, &p, &v))
		return false;
	for (int i = 0; i < OP_SYMBOLS; i++)
		symbol[i] = (char)('A' + i);
	/* in another order a value on the way may grow too large: then the puzzle is its own twin */
	for (int i = 0; i < 8; i++) {
		q = p;
		do
			rng_shuffle(rng, order, (size_t)p.defs, sizeof(order[0]));
		while (!order_holds(&p, order));
		rng_shuffle(rng, symbol, OP_SYMBOLS, 1);
		for (int k = 0; k < p.defs; k++)
			q.order[k] = order[k];
		for (int k = 0; k < p.defs; k++)
			q.def[k].symbol = symbol[k];
		op_shuffle(&q, rng);
		if (op_value(&w, &q, &v)) {
			op_print_desc(out, &q);
			return true;
		}
	}
	buf_add(out, desc);
	return true;
}

/* ---- generator ---- */

static const char *refuse(const int *k)
{
	if (k[OPERANDS] <= k[SYMBOLS])
		return "an expression has one sign less than numbers, and every operator is used";
	if (k[LINKED] > 0 && k[SYMBOLS] > 1 && k[FORM] > 4 && k[DIGITS] < 4 && k[OPERANDS] > 6)
		return "values of so few digits are not enough for formulas within formulas";
	if (k[DIGITS] < 3 && (k[OPERANDS] > 6 || k[FORM] > 4))
		return "values of two digits are not enough for so many operations";
	if (k[DIGITS] < 4 && k[OPERANDS] > 12)
		return "values of three digits are not enough for so many operations";
	if (k[LARGEST] > 99 && k[DIGITS] < 4)
		return "numbers of three digits need values of four";
	if (k[LARGEST] > 9 && k[DIGITS] == 2 && k[OPERANDS] > 3)
		return "numbers and values of two digits are not enough for so many operations";
	return NULL;
}

/* One formula in x and y, as text; brackets may stand where they are not needed. */
static void formula_draw(struct buf *b, const int *knob, const char *earlier, int n_earlier, struct rng *rng)
{
	int n = rng_range(rng, 2, knob[FORM]), vars = rng_range(rng, 2, n), linked = -1, open = -1, close = -1;
	char element[8];
	bool abs = false;

	for (int i = 0; i < n; i++)
		element[i] = i == 0 ? 'x' : i == 1 ? 'y' : i < vars ? "xy"[rng_below(rng, 2)] : (char)('1' + rng_below(rng, 5));
	rng_shuffle(rng, element, (size_t)n, 1);
	if (n_earlier > 0 && rng_chance(rng, knob[LINKED]))
		linked = 1 + (int)rng_below(rng, (uint32_t)n - 1);
	if (n > 2 && rng_chance(rng, knob[BRACKET])) {
		open = (int)rng_below(rng, (uint32_t)n - 1);
		close = rng_range(rng, open + 1, n - 1);
		abs = rng_chance(rng, knob[ABS]);
		if (open == 0 && close == n - 1 && !abs)
			close--;
		if (open == close)
			open = close = -1;
	}
	for (int i = 0; i < n; i++) {
		if (i > 0) {
			int kind = (int)rng_below(rng, 100);

			if (i == linked)
				buf_addc(b, earlier[rng_below(rng, (uint32_t)n_earlier)]);
			else
				buf_addc(b, kind < 35 ? '+' : kind < 65 ? '-' : kind < 90 || !knob[FRACTIONS] ? '*' : '/');
		}
		if (i == open)
			buf_add(b, abs ? STR("abs(") : STR("("));
		buf_addc(b, element[i]);
		if (element[i] > '9' && rng_chance(rng, 6))
			buf_addz(b, knob[DIGITS] > 4 && rng_chance(rng, 30) ? "^3" : "^2");
		if (i == close)
			buf_addc(b, ')');
	}
}

/* Symbols, precedences, formulas; each as text, then read. */
static void definitions_draw(struct buf *b, const int *knob, const char symbol[OP_SYMBOLS], struct rng *rng)
{
	static const char *const conditions[] = {
		"x>y", "x<y", "x=y", "ex", "ox", "ey", "oy", "exy", "oxy", "es", "os", "3x", "3y", "5x", "5y",
	};
	signed char right[OP_LEVELS + 1]; /* -1: no symbol yet */

	memset(right, -1, sizeof(right));
	for (int i = 0; i < knob[SYMBOLS]; i++) {
		int level = rng_range(rng, 1, OP_LEVELS);
		bool r = rng_chance(rng, knob[RIGHT]);

		/* going right to left needs a level of its own kind */
		if (r && level < 3)
			level = rng_range(rng, 3, OP_LEVELS);
		if (right[level] >= 0)
			r = right[level];
		right[level] = r && level >= 3;
		buf_addc(b, symbol[i]);
		buf_addc(b, (char)('0' + level));
		buf_add(b, right[level] ? STR("r=") : STR("l="));
		if (rng_chance(rng, knob[CONDITION])) {
			buf_addc(b, '[');
			buf_addz(b, conditions[rng_below(rng, 15)]);
			buf_addc(b, ']');
			formula_draw(b, knob, symbol, i, rng);
			buf_addc(b, '|');
		}
		formula_draw(b, knob, symbol, i, rng);
		buf_addc(b, ';');
	}
}

static void expression_draw(struct buf *b, const int *knob, const char symbol[OP_SYMBOLS], struct rng *rng)
{
	int n = knob[OPERANDS], depth = 0, open_at[24];
	char op[24];

	for (int i = 0; i < n - 1; i++)
		op[i] = i < knob[SYMBOLS]	  ? symbol[i] :
			rng_chance(rng, 55) ? symbol[rng_below(rng, (uint32_t)knob[SYMBOLS])] :
					      "+-+-*/"[rng_below(rng, knob[FRACTIONS] ? 6 : 5)];
	rng_shuffle(rng, op, (size_t)n - 1, 1);
	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, op[i - 1]);
		while (i < n - 1 && depth < 3 && rng_chance(rng, knob[BRACKET] / 2)) {
			buf_addc(b, '(');
			open_at[depth++] = i;
		}
		buf_addi(b, rng_range(rng, 1, knob[LARGEST]));
		while (depth > 0 && open_at[depth - 1] < i && (i == n - 1 || rng_chance(rng, 50))) {
			buf_addc(b, ')');
			depth--;
		}
	}
}

/* Every operator counts, no value on the way is too large, and the answer is none that one would guess. */
static bool suits(const struct op_puzzle *p, const int *knob, struct op_ratio *v)
{
	struct op_work w = { .limit = 1, .integers = !knob[FRACTIONS] };

	for (int i = 0; i < knob[DIGITS]; i++)
		w.limit *= 10;
	w.limit--;
	if (!op_value(&w, p, v))
		return false;
	return knob[DIGITS] < 3 || v->num >= 10 || v->num <= -10 || v->den > 1;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct buf defs = BUF_INIT, text = BUF_INIT;
	bool ok = false;

	for (int draw = 0; draw < DRAWS && !ok; draw++) {
		char symbol[OP_SYMBOLS];
		struct op_puzzle p;

		for (int i = 0; i < OP_SYMBOLS; i++)
			symbol[i] = (char)('A' + i);
		rng_shuffle(rng, symbol, OP_SYMBOLS, 1);
		buf_reset(&defs);
		definitions_draw(&defs, knob, symbol, rng);
		buf_reset(&text);
		buf_add(&text, buf_str(&defs));
		buf_addc(&text, '1');
		if (!op_read(&p, buf_str(&text)) || !op_formulas_differ(&p))
			continue;
		for (int i = 0; i < TRIES && !ok; i++) {
			struct op_ratio v;

			buf_reset(&text);
			buf_add(&text, buf_str(&defs));
			expression_draw(&text, knob, symbol, rng);
			ok = op_read(&p, buf_str(&text)) && suits(&p, knob, &v);
			if (ok) {
				op_print_desc(desc, &p);
				op_print_ratio(answer, v);
			}
		}
	}
	buf_release(&defs);
	buf_release(&text);
	return ok;
}

/* ---- wording ---- */

static void put_definitions(struct holes *holes, const struct op_puzzle *p, enum lang lang, int style)
{
	struct buf *b = hole_open(holes, style ? "cases" : "definitions");

	for (int i = 0; b && i < p->defs; i++) {
		if (i > 0)
			buf_addc(b, '\n');
		op_print_definition(b, p, p->order[i], lang, style);
	}
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct op_puzzle p;
	struct buf *b;

	if (!op_read(&p, desc))
		return;
	put_definitions(holes, &p, lang, 0);
	put_definitions(holes, &p, lang, 1);
	b = hole_open(holes, "expression");
	if (b)
		op_print_shown(b, &p, p.root);
	b = hole_open(holes, "order");
	if (b)
		op_print_order(b, &p);
	b = hole_open(holes, "sides");
	if (b)
		op_print_sides(b, &p, lang);
}

const struct task task_operation = {
	.name = "operation",
	.family = "arithmetic",
	.what = "The value of an expression with operators that are defined beside it.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
