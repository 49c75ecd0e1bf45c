/*
 * boolean_expressions: which of the lettered expressions are true.
 *
 * The desc is "A: not True and False; B: 3 < 7". Arithmetic comes first (* before + and -), then comparisons, then
 * not, and, or; xor, nand, nor, implies and iff join two operands and nothing beside them without brackets. Brackets
 * stand only about what has an operator.
 *
 * Each letter's truth is drawn first and its expression grown downwards to have it, whatever the operators: so neither
 * the operator at the top nor the length tells anything, and with n letters a guess is right once in 2^n.
 *
 * The worked solution rewrites one letter a line, in each round everything whose operands are bare, and keeps the list
 * of the true ones at the end of the line:
 *
 *	A: not True or False = False or False = False []
 *	B: 3 < 7 = True [B]
 */
#include "base/cursor.h"
#include "generators/parts.h"
#include "generators/task.h"

enum {
	LETTERS = 20,
	NODES = 8192, /* in one desc */
	DEPTH = 40,   /* brackets and nots inside each other */
};

enum { COUNT, DEPTH_LO, DEPTH_HI, OPS, NOT, COMPARE, ARITH, NUMBER, BRACKETS };

static const struct knob knobs[] = {
	{ "letters", 1, LETTERS, "how many expressions" },
	{ "depth_lo", 0, 7, "least nesting of operators; 0 is a single comparison or not" },
	{ "depth_hi", 1, 7, "most nesting" },
	{ "ops", 1, 4, "1: and or; 2: xor too; 3: nand and nor too; 4: implies and iff too" },
	{ "not", 0, 60, "percent of operands that are negated" },
	{ "compare", 0, 100, "percent of the innermost operands that are comparisons" },
	{ "arith", 0, 3, "operations on either side of a comparison" },
	{ "number", 2, 999, "largest number in a comparison" },
	{ "brackets", 0, 1, "1: about every operand that has an operator; 0: where they are needed" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* letters depth  ops not compare arith number brackets */
	{ 2,       0, 1,  1,  25, 0,      0,    20,    1 },
	{ 3,       0, 1,  1,  25, 0,      0,    20,    1 },
	{ 4,       1, 1,  1,  25, 3,      0,    20,    1 },
	/* from here on counting words and their places finds no truth: nothing is less than two operators deep */
	{ 8,       2, 2,  1,  15, 5,      0,    20,    1 },
	{ 7,       2, 2,  2,  20, 10,     0,    20,    1 },
	{ 7,       3, 3,  2,  20, 15,     0,    50,    1 },
	{ 7,       3, 4,  2,  20, 20,     1,    50,    1 },
	{ 8,       3, 4,  3,  20, 30,     1,    50,    0 },
	{ 8,       4, 4,  3,  25, 30,     1,    99,    0 },
	{ 10,      4, 5,  4,  25, 40,     2,    99,    0 },
	{ 12,      5, 6,  4,  25, 50,     2,    99,    0 },
};

enum kind {
	K_FALSE, K_TRUE, K_NUMBER,
	K_PRODUCT, K_SUM, K_COMPARE,
	K_NOT,
	K_AND, K_OR,
	K_XOR, K_NAND, K_NOR, K_IMPLIES, K_IFF,
};

enum { LESS, MORE, LESS_EQ, MORE_EQ, EQUAL, NOT_EQUAL };

static const struct str compare_text[] = { { " < ", 3 }, { " > ", 3 }, { " <= ", 4 }, { " >= ", 4 }, { " == ", 4 }, { " != ", 4 } };
static const struct str op_text[] = {
	[K_AND] = { " and ", 5 }, [K_OR] = { " or ", 4 }, [K_XOR] = { " xor ", 5 }, [K_NAND] = { " nand ", 6 },
	[K_NOR] = { " nor ", 5 }, [K_IMPLIES] = { " implies ", 9 }, [K_IFF] = { " iff ", 5 },
};

/* Operands are a chain from `kid` over `next`; 0 ends it, node 0 is nobody's. */
struct node {
	unsigned char kind;
	bool bracket; /* stands in brackets */
	bool minus;   /* a term of a sum that is taken away */
	char compare;
	short kid, next;
	int64_t value; /* of a number */
};

struct forest {
	int n, letters;
	short root[LETTERS];
	struct node node[NODES];
};

static short node_new(struct forest *f, enum kind kind)
{
	if (f->n == NODES)
		return 0;
	f->node[f->n] = (struct node){ .kind = (unsigned char)kind };
	return (short)f->n++;
}

static bool is_atom(const struct node *n)
{
	return n->kind <= K_NUMBER;
}

/* ---- reading and writing ---- */

struct parser {
	struct forest *f;
	struct cursor c;
	int depth;
};

/* A node of that kind whose first operand is `kid`; both 0 when there is no room or no kid. */
static short over(struct parser *p, enum kind kind, short kid)
{
	short n = kid ? node_new(p->f, kind) : 0;

	if (n)
		p->f->node[n].kid = kid;
	return n;
}

static short parse_number(struct parser *p)
{
	int64_t v;
	short node;

	if (!cursor_number(&p->c, 999, &v))
		return 0;
	node = node_new(p->f, K_NUMBER);
	p->f->node[node].value = v;
	return node;
}

static short parse_product(struct parser *p)
{
	short first = parse_number(p), last = first, whole = 0;

	while (last && cursor_eat(&p->c, STR(" * "))) {
		if (!whole && !(whole = over(p, K_PRODUCT, first)))
			return 0;
		last = p->f->node[last].next = parse_number(p);
	}
	return last ? whole ? whole : first : 0;
}

static short parse_sum(struct parser *p)
{
	short first = parse_product(p), last = first, whole = 0;

	while (last) {
		bool minus = cursor_eat(&p->c, STR(" - "));

		if (!minus && !cursor_eat(&p->c, STR(" + ")))
			break;
		if (!whole && !(whole = over(p, K_SUM, first)))
			return 0;
		last = p->f->node[last].next = parse_product(p);
		p->f->node[last].minus = minus;
	}
	return last ? whole ? whole : first : 0;
}

static short parse_compare(struct parser *p)
{
	short left = parse_sum(p), whole = over(p, K_COMPARE, left), right = 0;

	for (int i = 0; whole && i < 6 && !right; i++)
		if (cursor_eat(&p->c, compare_text[i])) {
			p->f->node[whole].compare = (char)i;
			right = p->f->node[left].next = parse_sum(p);
		}
	return right ? whole : 0;
}

static short parse_expression(struct parser *p);

static short parse_operand(struct parser *p)
{
	short n;

	if (p->depth == DEPTH)
		return 0;
	p->depth++;
	if (cursor_eat(&p->c, STR("not "))) {
		n = over(p, K_NOT, parse_operand(p));
	} else if (cursor_eat(&p->c, STR("("))) {
		n = parse_expression(p);
		if (n && (is_atom(&p->f->node[n]) || p->f->node[n].bracket || !cursor_eat(&p->c, STR(")"))))
			n = 0;
		else
			p->f->node[n].bracket = true;
	} else if (cursor_eat(&p->c, STR("True"))) {
		n = node_new(p->f, K_TRUE);
	} else if (cursor_eat(&p->c, STR("False"))) {
		n = node_new(p->f, K_FALSE);
	} else {
		n = parse_compare(p);
	}
	p->depth--;
	return n;
}

/* first and second and ... : one node for the chain. */
static short parse_chain(struct parser *p, enum kind kind, short (*operand)(struct parser *), short first)
{
	short last = first, whole = 0;

	while (last && cursor_eat(&p->c, op_text[kind])) {
		if (!whole && !(whole = over(p, kind, first)))
			return 0;
		last = p->f->node[last].next = operand(p);
	}
	return last ? whole ? whole : first : 0;
}

static short parse_and(struct parser *p)
{
	return parse_chain(p, K_AND, parse_operand, parse_operand(p));
}

static short parse_expression(struct parser *p)
{
	short first = parse_operand(p), whole;

	if (cursor_peek(&p->c) != ' ')
		return first;
	for (int k = K_XOR; first && k <= K_IFF; k++)
		if (cursor_eat(&p->c, op_text[k])) {
			whole = over(p, (enum kind)k, first);
			return whole && (p->f->node[first].next = parse_operand(p)) ? whole : 0;
		}
	return parse_chain(p, K_OR, parse_and, parse_chain(p, K_AND, parse_operand, first));
}

static bool forest_read(struct forest *f, struct str desc)
{
	struct parser p = { f, { desc, 0 }, 0 };

	f->n = 1;
	f->letters = 0;
	do {
		char head[3] = { (char)('A' + f->letters), ':', ' ' };

		if (f->letters == LETTERS || !cursor_eat(&p.c, (struct str){ head, 3 }))
			return false;
		f->root[f->letters] = parse_expression(&p);
		if (!f->root[f->letters++])
			return false;
	} while (cursor_eat(&p.c, STR("; ")));
	return p.c.at == desc.n;
}

static void node_write(struct buf *out, const struct forest *f, short at)
{
	const struct node *n = &f->node[at];

	if (n->bracket)
		buf_addc(out, '(');
	switch (n->kind) {
	case K_FALSE:
		buf_add(out, STR("False"));
		break;
	case K_TRUE:
		buf_add(out, STR("True"));
		break;
	case K_NUMBER:
		buf_addi(out, n->value);
		break;
	case K_NOT:
		buf_add(out, STR("not "));
		node_write(out, f, n->kid);
		break;
	default:
		for (short k = n->kid; k; k = f->node[k].next) {
			if (k != n->kid)
				buf_add(out, n->kind == K_PRODUCT ? STR(" * ") : n->kind == K_SUM ?
					f->node[k].minus ? STR(" - ") : STR(" + ") : n->kind == K_COMPARE ?
					compare_text[(int)n->compare] : op_text[n->kind]);
			node_write(out, f, k);
		}
	}
	if (n->bracket)
		buf_addc(out, ')');
}

static void letter_write(struct buf *out, int letter)
{
	buf_addc(out, (char)('A' + letter));
	buf_add(out, STR(": "));
}

static void forest_write(struct buf *out, const struct forest *f)
{
	for (int i = 0; i < f->letters; i++) {
		buf_add(out, i ? STR("; ") : STR(""));
		letter_write(out, i);
		node_write(out, f, f->root[i]);
	}
}

/* ---- solver: rewriting ---- */

static bool compare_is(int how, int64_t a, int64_t b)
{
	switch (how) {
	case LESS:
		return a < b;
	case MORE:
		return a > b;
	case LESS_EQ:
		return a <= b;
	case MORE_EQ:
		return a >= b;
	case EQUAL:
		return a == b;
	}
	return a != b;
}

static bool logic_is(const struct forest *f, const struct node *n)
{
	const struct node *a = &f->node[n->kid];
	bool first = a->kind == K_TRUE, all = true, any = false;

	for (short k = n->kid; k; k = f->node[k].next) {
		all = all && f->node[k].kind == K_TRUE;
		any = any || f->node[k].kind == K_TRUE;
	}
	switch (n->kind) {
	case K_NOT:
		return !first;
	case K_AND:
		return all;
	case K_OR:
		return any;
	case K_XOR:
		return any && !all;
	case K_NAND:
		return !all;
	case K_NOR:
		return !any;
	case K_IMPLIES:
		return !first || f->node[a->next].kind == K_TRUE;
	}
	return all || !any; /* K_IFF */
}

static void become(struct node *n, enum kind kind, int64_t value)
{
	n->kind = (unsigned char)kind;
	n->value = value;
	n->kid = 0;
	n->bracket = false;
}

/* Join the first two terms of a sum or factors of a product that are bare; false when a number grows too large. */
static bool join_first(struct forest *f, struct node *n)
{
	struct node *a = &f->node[n->kid], *b = &f->node[a->next];
	bool over;

	if (n->kind == K_PRODUCT)
		over = __builtin_mul_overflow(a->value, b->value, &a->value);
	else if (b->minus)
		over = __builtin_sub_overflow(a->value, b->value, &a->value);
	else
		over = __builtin_add_overflow(a->value, b->value, &a->value);
	if (over)
		return false;
	a->next = b->next;
	if (!a->next)
		become(n, K_NUMBER, a->value);
	return true;
}

/* One operation whose operands are bare; false: numbers too large. */
static bool operate(struct forest *f, struct node *n)
{
	if (n->kind == K_PRODUCT || n->kind == K_SUM)
		return join_first(f, n);
	if (n->kind == K_COMPARE)
		become(n, compare_is(n->compare, f->node[n->kid].value, f->node[f->node[n->kid].next].value) ?
		       K_TRUE : K_FALSE, 0);
	else
		become(n, logic_is(f, n) ? K_TRUE : K_FALSE, 0);
	return true;
}

/* One round at `at`: everything whose operands are bare becomes its value. *done counts; false: numbers too large. */
static bool rewrite(struct forest *f, short at, int *done)
{
	struct node *n = &f->node[at];
	bool bare = true;

	if (is_atom(n))
		return true;
	for (short k = n->kid; k; k = f->node[k].next)
		bare = bare && is_atom(&f->node[k]);
	if (!bare) {
		for (short k = n->kid; k; k = f->node[k].next)
			if (!rewrite(f, k, done))
				return false;
		return true;
	}
	++*done;
	return operate(f, n);
}

/* All rounds at once, when nobody looks: as many as its operands need that need most, and one for each operation of its own. */
static bool rewrite_all(struct forest *f, short at, int *done, int *rounds)
{
	struct node *n = &f->node[at];

	*rounds = 0;
	for (short k = n->kid; k; k = f->node[k].next) {
		int needs;

		if (!rewrite_all(f, k, done, &needs))
			return false;
		*rounds = needs > *rounds ? needs : *rounds;
	}
	for (; !is_atom(n); ++*rounds, ++*done)
		if (!operate(f, n))
			return false;
	return true;
}

struct solution {
	unsigned truth; /* bit i: letter i is true */
	int rounds;     /* of the letter that needs most */
	int done;       /* operations */
};

static void set_write(struct buf *out, unsigned truth)
{
	bool any = false;

	for (int i = 0; i < LETTERS; i++)
		if (truth >> i & 1) {
			buf_add(out, any ? STR(", ") : STR(""));
			buf_addc(out, (char)('A' + i));
			any = true;
		}
}

static void answer_write(struct buf *answer, unsigned truth)
{
	if (truth)
		set_write(answer, truth);
	else
		buf_addz(answer, "none");
}

/* Rewrites the forest down to truth values; tells it to `out` unless that is NULL. */
static bool forest_solve(struct forest *f, struct solution *s, struct buf *out)
{
	*s = (struct solution){ 0 };
	for (int i = 0; i < f->letters; i++) {
		struct node *root = &f->node[f->root[i]];
		int rounds = 0;

		if (out) {
			buf_add(out, i ? STR("\n") : STR(""));
			letter_write(out, i);
			node_write(out, f, f->root[i]);
		} else if (!rewrite_all(f, f->root[i], &s->done, &rounds)) {
			return false;
		}
		for (; !is_atom(root); rounds++) {
			if (!rewrite(f, f->root[i], &s->done))
				return false;
			buf_addz(out, " = ");
			node_write(out, f, f->root[i]);
		}
		if (root->kind == K_TRUE)
			s->truth |= 1u << i;
		if (out) {
			buf_addz(out, " [");
			set_write(out, s->truth);
			buf_addc(out, ']');
		}
		if (rounds > s->rounds)
			s->rounds = rounds;
	}
	return true;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct forest f;
	struct solution s;

	if (!forest_read(&f, desc) || !forest_solve(&f, &s, NULL))
		return false;
	answer_write(answer, s.truth);
	return true;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	size_t from = steps->n;
	struct forest f;
	struct solution s;

	(void)lang; /* the expressions' own words only */
	if (forest_read(&f, desc) && !forest_solve(&f, &s, steps))
		buf_cut(steps, from);
}

static void grade(struct effort *e, struct str desc)
{
	struct forest f;
	struct solution s;

	*e = (struct effort){ .technique = "" };
	if (!forest_read(&f, desc) || !forest_solve(&f, &s, NULL))
		return;
	e->depth = s.rounds;
	e->steps = s.done;
	for (int i = 1; i < f.n && !e->technique[0]; i++)
		if (f.node[i].kind == K_NUMBER)
			e->technique = "comparison";
}

/* ---- generator ---- */

static const char *refuse(const int *k)
{
	if (k[DEPTH_LO] > k[DEPTH_HI])
		return "depth_lo is above depth_hi";
	/* mean number of innermost operands by depth, times the nodes of one of them */
	static const int leaves[] = { 1, 2, 4, 6, 9, 13, 19, 26 };

	if (k[COUNT] * leaves[k[DEPTH_HI]] * (300 + k[COMPARE] * 2 * (k[ARITH] + 2)) > NODES * 50)
		return "so many letters of such depth are too long: lower letters, depth_hi, compare or arith";
	return NULL;
}

struct grower {
	struct forest *f;
	const int *knob;
	struct rng *rng;
};

/* One side of a comparison: `ops` operations, sometimes one of them a product. */
static short grow_sum(struct grower *g, int ops)
{
	struct forest *f = g->f;
	short whole = ops ? node_new(f, K_SUM) : 0, last = 0;

	for (int i = 0; i <= ops; i++) {
		short term = node_new(f, K_NUMBER);

		f->node[term].value = rng_range(g->rng, 0, g->knob[NUMBER]);
		if (i < ops && rng_chance(g->rng, 35)) {
			short product = node_new(f, K_PRODUCT), second = node_new(f, K_NUMBER);

			f->node[product].kid = term;
			f->node[term].next = second;
			f->node[second].value = rng_range(g->rng, 2, 9);
			term = product;
			i++;
		}
		f->node[term].minus = last && rng_chance(g->rng, 50);
		if (last)
			f->node[last].next = term;
		else if (whole)
			f->node[whole].kid = term;
		if (!last && i >= ops)
			return term; /* one number or one product: no sum */
		last = term;
	}
	return whole;
}

static int64_t side_value(const struct forest *f, short at)
{
	const struct node *n = &f->node[at];
	int64_t v = n->kind == K_PRODUCT;

	if (n->kind == K_NUMBER)
		return n->value;
	for (short k = n->kid; k; k = f->node[k].next)
		v = n->kind == K_PRODUCT ? v * side_value(f, k) : f->node[k].minus ? v - side_value(f, k) :
			v + side_value(f, k);
	return v;
}

/* A comparison of that truth; == and != only where there is arithmetic. Bounded: 60 draws, then "<" or ">". */
static short grow_compare(struct grower *g, bool truth)
{
	struct forest *f = g->f;
	int arith = g->knob[ARITH], start = f->n;

	for (int draw = 0;; draw++) {
		short n, a, b;
		int how = (int)rng_below(g->rng, arith ? 6 : 2);
		int64_t x, y;

		f->n = start;
		n = node_new(f, K_COMPARE);
		a = grow_sum(g, arith);
		b = grow_sum(g, arith ? (int)rng_below(g->rng, (uint32_t)arith + 1) : 0);
		x = side_value(f, a);
		y = side_value(f, b);
		/* a right side of one number is put near the left side's value, where comparing is hardest */
		if (arith && f->node[b].kind == K_NUMBER && x >= 3 && x <= 990) {
			y = x + rng_range(g->rng, -3, 3);
			f->node[b].value = y;
		}
		if (draw >= 60)
			how = x < y ? truth ? LESS : MORE : truth ? MORE_EQ : LESS;
		if (compare_is(how, x, y) != truth || (!arith && x == y))
			continue;
		f->node[n].compare = (char)how;
		f->node[n].kid = a;
		f->node[a].next = b;
		return n;
	}
}

static short negated(struct grower *g, short n)
{
	short whole = node_new(g->f, K_NOT);

	g->f->node[whole].kid = n;
	if (!is_atom(&g->f->node[n]))
		g->f->node[n].bracket = true;
	return whole;
}

/* Must an operand of that kind stand in brackets under that operator? */
static bool bracket_needed(int over, int kid)
{
	return kid >= K_XOR || ((kid == K_AND || kid == K_OR) && over != kid && !(over == K_OR && kid == K_AND));
}

static bool join_is(enum kind kind, bool a, bool b)
{
	switch (kind) {
	case K_AND:
		return a && b;
	case K_OR:
		return a || b;
	case K_XOR:
		return a != b;
	case K_NAND:
		return !(a && b);
	case K_NOR:
		return !(a || b);
	case K_IMPLIES:
		return !a || b;
	default:
		return a == b;
	}
}

static short grow(struct grower *g, int depth, bool truth);

/* An operator whose operands are `depth` - 1 deep, one of them at least. */
static short grow_join(struct grower *g, int depth, bool truth)
{
	static const int kinds[] = { 2, 3, 5, 7 };
	struct forest *f = g->f;
	enum kind kind = K_AND + rng_below(g->rng, (uint32_t)kinds[g->knob[OPS] - 1]);
	int shallow = (int)rng_below(g->rng, (uint32_t)depth);
	bool first_deep = rng_chance(g->rng, 50), a, b;
	short n = node_new(f, kind), kid[2];
	int draw = 0;

	/* Operands' truths: uniform among those that give `truth`; each operator has such a pair, (1 1), (0 0) or (1 0). */
	do {
		a = draw < 60 ? rng_chance(g->rng, 50) : draw != 61;
		b = draw < 60 ? rng_chance(g->rng, 50) : draw == 60;
	} while (join_is(kind, a, b) != truth && ++draw);
	kid[0] = grow(g, first_deep ? depth - 1 : shallow, a);
	kid[1] = grow(g, first_deep ? shallow : depth - 1, b);
	for (int i = 0; i < 2; i++) {
		struct node *k = &f->node[kid[i]];
		k->bracket = bracket_needed(kind, k->kind) || (g->knob[BRACKETS] && !is_atom(k) && k->kind != K_NOT);
	}
	f->node[n].kid = kid[0];
	f->node[kid[0]].next = kid[1];
	return n;
}

static short grow(struct grower *g, int depth, bool truth)
{
	bool not = rng_chance(g->rng, g->knob[NOT]);
	short n;

	if (depth > 0)
		n = grow_join(g, depth, truth != not);
	else if (rng_chance(g->rng, g->knob[COMPARE]))
		n = grow_compare(g, truth != not);
	else
		n = node_new(g->f, truth != not ? K_TRUE : K_FALSE);
	return not ? negated(g, n) : n;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct forest f;
	struct grower g = { &f, knob, rng };
	unsigned truths = 0;

	f.n = 1;
	f.letters = knob[COUNT];
	for (int i = 0; i < f.letters; i++) {
		int depth = rng_range(rng, knob[DEPTH_LO], knob[DEPTH_HI]);
		bool truth = rng_chance(rng, 50);

		truths |= (unsigned)truth << i;
		f.root[i] = depth > 0 ? grow_join(&g, depth, truth) : grow_compare(&g, truth);
	}
	if (f.n == NODES)
		return false;
	forest_write(desc, &f);
	answer_write(answer, truths);
	return true;
}

/* ---- symmetries ---- */

/* Operands may change places; of nested ands (ors, sums, products) the brackets do not matter. */
static bool commutes(const struct node *n)
{
	return n->kind == K_COMPARE ? n->compare >= EQUAL : n->kind != K_IMPLIES && n->kind != K_NOT;
}

/* The canonical text as it grows. */
struct canon {
	struct buf *out;
	const struct forest *f;
	size_t end[NODES]; /* of the parts of all lists that are being written, each behind its sign */
	int n;             /* how many */
};

static void part_end(struct canon *c, char sign)
{
	buf_addc(c->out, sign);
	c->end[c->n++] = c->out->n;
}

/* The parts from number `first` on, whose text begins at `from`, are put in order; the last one's sign goes. */
static void list_end(struct canon *c, int first, size_t from)
{
	parts_sort(c->out, from, c->end + first, c->n - first, 1);
	buf_cut(c->out, c->out->n - 1);
	c->n = first;
}

static void canon_write(struct canon *c, short at);

static void canon_kids(struct canon *c, short at)
{
	const struct node *n = &c->f->node[at];

	for (short k = n->kid; k; k = c->f->node[k].next) {
		if (c->f->node[k].kind == n->kind && (n->kind == K_AND || n->kind == K_OR)) {
			canon_kids(c, k);
			continue;
		}
		if (n->kind == K_SUM)
			buf_addc(c->out, c->f->node[k].minus ? '-' : '+');
		canon_write(c, k);
		if (commutes(n))
			part_end(c, ',');
	}
}

/* The operator's sign and its operands, sorted where they may change places. */
static void canon_write(struct canon *c, short at)
{
	static const char compares[] = { [LESS] = '<', [MORE] = '<', [LESS_EQ] = 'L', [MORE_EQ] = 'L', [EQUAL] = '=', [NOT_EQUAL] = '#' };
	const struct node *n = &c->f->node[at];
	int first = c->n;
	size_t from;

	if (n->kind == K_NUMBER) {
		buf_addi(c->out, n->value);
		return;
	}
	if (is_atom(n)) {
		buf_addc(c->out, n->kind == K_TRUE ? 'T' : 'F');
		return;
	}
	buf_addc(c->out, n->kind == K_COMPARE ? compares[(int)n->compare] : (char)('a' + n->kind));
	buf_addc(c->out, '(');
	from = c->out->n;
	if (n->kind == K_COMPARE && (n->compare == MORE || n->compare == MORE_EQ)) {
		canon_write(c, c->f->node[n->kid].next);
		canon_write(c, n->kid);
	} else {
		canon_kids(c, at);
	}
	if (commutes(n))
		list_end(c, first, from);
	buf_addc(c->out, ')');
}

static void canon(struct buf *out, struct str desc)
{
	struct canon c;
	struct forest f;
	size_t from = out->n;

	if (!forest_read(&f, desc))
		return;
	c.out = out;
	c.f = &f;
	c.n = 0;
	for (int i = 0; i < f.letters; i++) {
		canon_write(&c, f.root[i]);
		part_end(&c, ';');
	}
	list_end(&c, 0, from);
}

/* Shuffle the operands of a node; a sum keeps a term in front that is added. */
static void twin_shuffle(struct forest *f, struct node *n, struct rng *rng)
{
	short kid[64];
	int count = 0, plus = 0;

	for (short k = n->kid; k; k = f->node[k].next)
		if (count < 64)
			kid[count++] = k;
		else
			return;
	rng_shuffle(rng, kid, (size_t)count, sizeof(kid[0]));
	while (f->node[kid[plus]].minus)
		plus++;
	n->kid = kid[plus];
	kid[plus] = kid[0];
	kid[0] = n->kid;
	for (int i = 0; i < count; i++)
		f->node[kid[i]].next = i + 1 < count ? kid[i + 1] : 0;
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	static const char turned[] = { MORE, LESS, MORE_EQ, LESS_EQ, EQUAL, NOT_EQUAL };
	struct forest f;

	if (!forest_read(&f, desc))
		return false;
	rng_shuffle(rng, f.root, (size_t)f.letters, sizeof(f.root[0]));
	for (short i = 1; i < f.n; i++) {
		struct node *n = &f.node[i];

		if (is_atom(n))
			continue;
		if (n->kind != K_COMPARE && commutes(n)) {
			twin_shuffle(&f, n, rng);
		} else if (n->kind == K_COMPARE && rng_chance(rng, 50)) {
			short a = n->kid, b = f.node[a].next;

			n->compare = turned[(int)n->compare];
			n->kid = b;
			f.node[b].next = a;
			f.node[a].next = 0;
		}
		for (short k = n->kid; k; k = f.node[k].next)
			if (f.node[k].bracket && n->kind >= K_AND && rng_chance(rng, 50))
				f.node[k].bracket = bracket_needed(n->kind, f.node[k].kind);
	}
	forest_write(out, &f);
	return true;
}

/* ---- prompt ---- */

static double answers_log2(struct str desc)
{
	struct forest f;

	return forest_read(&f, desc) ? f.letters : 0;
}

/* The order of operations and the meaning of the rarer operators, as far as they occur. */
static void order_write(struct buf *out, const struct forest *f, enum lang lang)
{
	static const char *const meaning[][LANGS] = {
		[K_XOR] = { " x xor y: exactly one of x and y is true.", "x xor y：x、y 中恰有一个为真。" },
		[K_NAND] = { " x nand y: x and y are not both true.", "x nand y：x、y 不同时为真。" },
		[K_NOR] = { " x nor y: neither x nor y is true.", "x nor y：x、y 都不为真。" },
		[K_IMPLIES] = { " x implies y: false only where x is true and y is false.",
				"x implies y：仅当 x 为真且 y 为假时为假。" },
		[K_IFF] = { " x iff y: x and y have the same truth value.", "x iff y：x、y 真假相同。" },
	};
	unsigned seen = 0; /* bit k: kind k occurs */

	for (int i = 1; i < f->n; i++)
		seen |= 1u << f->node[i].kind;
	if (lang == LANG_ZH)
		buf_addf(out, "运算顺序：%s%snot、and、or。", seen & (1u << K_SUM | 1u << K_PRODUCT) ? "算术（先 * 后 + -）、" : "",
			 seen & 1u << K_COMPARE ? "比较、" : "");
	else
		buf_addf(out, "Precedence: %s%snot, and, or.",
			 seen & (1u << K_SUM | 1u << K_PRODUCT) ? "arithmetic (* before + and -), " : "",
			 seen & 1u << K_COMPARE ? "comparisons, " : "");
	for (int k = K_XOR; k <= K_IFF; k++)
		if (seen & 1u << k)
			buf_addz(out, meaning[k][lang]);
	if (seen & (1u << K_NAND | 1u << K_NOR | 1u << K_IMPLIES)) /* not (x xor y) is (not x) xor y, and iff likewise: no need to tell */
		buf_addz(out, lang == LANG_ZH ? "not 的优先级高于这些运算符。" : " not binds more tightly than any of these.");
}

/* A letter a line. */
static void lines_write(struct buf *out, struct str desc)
{
	struct str letter;

	for (bool more = false; str_split(&desc, ';', &letter); more = true) {
		if (more)
			buf_addc(out, '\n');
		buf_add(out, str_from(letter, more)); /* a blank follows each ; */
	}
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct forest f;
	struct buf *b;

	if (!forest_read(&f, desc))
		return;
	b = hole_open(holes, "expressions");
	if (b)
		lines_write(b, desc);
	b = hole_open(holes, "order");
	if (b)
		order_write(b, &f, lang);
	hole_put(holes, "inline", desc);
	hole_puti(holes, "count", f.letters);
}

const struct task task_boolean_expressions = {
	.name = "boolean_expressions",
	.family = "logic",
	.what = "Name which of the lettered expressions of True, False, not, and, or, comparisons are true.",
	.revision = 2,
	.flags = TASK_MANY_ANSWERS, /* one set, but its letters may stand in any order */
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
