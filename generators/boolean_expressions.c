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
#include "generators/boolean_expressions.h"
#include "generators/parts.h"
#include "generators/pen.h"
#include "generators/task.h"

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

/* One round at `at`: everything whose operands are bare becomes its value; false: numbers too large. */
static bool rewrite(struct forest *f, short at)
{
	struct node *n = &f->node[at];
	bool bare = true;

	if (is_atom(n))
		return true;
	for (short k = n->kid; k; k = f->node[k].next)
		bare = bare && is_atom(&f->node[k]);
	if (!bare) {
		for (short k = n->kid; k; k = f->node[k].next)
			if (!rewrite(f, k))
				return false;
		return true;
	}
	return operate(f, n);
}

/* All rounds at once, when nobody looks; false: numbers too large. */
static bool rewrite_all(struct forest *f, short at)
{
	struct node *n = &f->node[at];

	for (short k = n->kid; k; k = f->node[k].next)
		if (!rewrite_all(f, k))
			return false;
	while (!is_atom(n))
		if (!operate(f, n))
			return false;
	return true;
}

/* How many rounds that takes: as many as its operands need that need most, and one for each operation of its own. *done counts these. */
static int rounds_of(const struct forest *f, short at, int *done)
{
	const struct node *n = &f->node[at];
	int most = 0, kids = 0, own;

	if (is_atom(n))
		return 0;
	for (short k = n->kid; k; k = f->node[k].next) {
		int needs = rounds_of(f, k, done);

		most = needs > most ? needs : most;
		kids++;
	}
	own = n->kind == K_SUM || n->kind == K_PRODUCT ? kids - 1 : 1;
	*done += own;
	return most + own;
}

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

/* Rewrites the forest down to truth values, bit i: letter i is true; tells it to `out` unless that is NULL. */
static bool forest_solve(struct forest *f, unsigned *truth, struct buf *out)
{
	*truth = 0;
	for (int i = 0; i < f->letters; i++) {
		struct node *root = &f->node[f->root[i]];

		if (out) {
			buf_add(out, i ? STR("\n") : STR(""));
			forest_letter_write(out, i);
			forest_node_write(out, f, f->root[i]);
		} else if (!rewrite_all(f, f->root[i])) {
			return false;
		}
		while (!is_atom(root)) {
			if (!rewrite(f, f->root[i]))
				return false;
			buf_addz(out, " = ");
			forest_node_write(out, f, f->root[i]);
		}
		if (root->kind == K_TRUE)
			*truth |= 1u << i;
		if (out) {
			buf_addz(out, " [");
			set_write(out, *truth);
			buf_addc(out, ']');
		}
	}
	return true;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct forest f;
	unsigned truth;

	if (!forest_read(&f, desc) || !forest_solve(&f, &truth, NULL))
		return false;
	answer_write(answer, truth);
	return true;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	size_t from = steps->n;
	struct forest f;
	unsigned truth;

	(void)lang; /* the expressions' own words only */
	if (forest_read(&f, desc) && !forest_solve(&f, &truth, steps))
		buf_cut(steps, from);
}

static void grade(struct effort *e, struct str desc)
{
	struct forest f;

	*e = (struct effort){ .technique = "" };
	if (!forest_read(&f, desc))
		return;
	for (int i = 0; i < f.letters; i++) {
		int rounds = rounds_of(&f, f.root[i], &e->steps);

		e->depth = rounds > e->depth ? rounds : e->depth;
	}
	for (size_t i = 0; i < desc.n && !e->technique[0]; i++)
		if (desc.s[i] >= '0' && desc.s[i] <= '9')
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

/* The canonical text as it grows, in room for all of it. */
struct canon {
	struct buf *out;
	char *pen;
	const struct forest *f;
	size_t end[NODES]; /* of the parts of all lists that are being written, each behind its sign */
	int n;             /* how many */
};

enum { CANON_MAX = 8 }; /* bytes of a node: its sign or number, brackets, signs before and behind it */

static void part_end(struct canon *c, char sign)
{
	*c->pen++ = sign;
	c->end[c->n++] = (size_t)(c->pen - c->out->s);
}

/* The parts from number `first` on, whose text begins at `from`, are put in order; the last one's sign goes. */
static void list_end(struct canon *c, int first, size_t from)
{
	pen_up(c->out, c->pen);
	parts_sort(c->out, from, c->end + first, c->n - first, 1);
	c->pen--;
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
			*c->pen++ = c->f->node[k].minus ? '-' : '+';
		canon_write(c, k);
		if (commutes(n))
			part_end(c, ',');
	}
}

/* The sign that a truth value's text begins with. */
static char canon_head(const struct node *n)
{
	static const char compares[] = { [LESS] = '<', [MORE] = '<', [LESS_EQ] = 'L', [MORE_EQ] = 'L', [EQUAL] = '=', [NOT_EQUAL] = '#' };

	if (n->kind == K_COMPARE)
		return compares[(int)n->compare];
	return n->kind == K_TRUE ? 'T' : n->kind == K_FALSE ? 'F' : (char)('a' + n->kind);
}

/* Two operands whose first sign tells which text is the lesser, or that are alike: the usual case, where nothing need be sorted. */
static bool canon_pair(struct canon *c, const struct node *n)
{
	const struct node *node = c->f->node;
	short a = n->kid, b = node[a].next;
	char x, y;

	if (n->kind < K_AND || !commutes(n) || node[b].next)
		return false;
	x = canon_head(&node[a]);
	y = canon_head(&node[b]);
	if ((x == y && !is_atom(&node[a])) ||
	    (n->kind <= K_OR && (node[a].kind == n->kind || node[b].kind == n->kind)))
		return false;
	canon_write(c, x <= y ? a : b);
	*c->pen++ = ',';
	canon_write(c, x <= y ? b : a);
	*c->pen++ = ')';
	return true;
}

/* The operator's sign and its operands, sorted where they may change places. */
static void canon_write(struct canon *c, short at)
{
	const struct node *n = &c->f->node[at];
	int first = c->n;
	size_t from;

	if (n->kind == K_NUMBER) {
		c->pen = pen_int(c->pen, (int)n->value);
		return;
	}
	*c->pen++ = canon_head(n);
	if (is_atom(n))
		return;
	*c->pen++ = '(';
	if (canon_pair(c, n))
		return;
	from = (size_t)(c->pen - c->out->s);
	if (n->kind == K_COMPARE && (n->compare == MORE || n->compare == MORE_EQ)) {
		canon_write(c, c->f->node[n->kid].next);
		canon_write(c, n->kid);
	} else {
		canon_kids(c, at);
	}
	if (commutes(n))
		list_end(c, first, from);
	*c->pen++ = ')';
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
	c.pen = pen_down(out, (size_t)f.n * CANON_MAX);
	if (!c.pen)
		return;
	for (int i = 0; i < f.letters; i++) {
		canon_write(&c, f.root[i]);
		part_end(&c, ';');
	}
	list_end(&c, 0, from);
	pen_up(out, c.pen);
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

/* Of a sound desc: each ; stands between two. */
static int count_letters(struct str desc)
{
	int n = desc.n > 0;

	for (size_t i = 0; i < desc.n; i++)
		n += desc.s[i] == ';';
	return n;
}

static double answers_log2(struct str desc)
{
	return count_letters(desc);
}

/* Bit k: kind k occurs, of sums, comparisons and the rarer operators; by letters and signs that no other has. */
static unsigned kinds_seen(struct str desc)
{
	unsigned char sum = 0, compare = 0, xor = 0, implies = 0, iff = 0, nand = 0, nor = 0;

	for (size_t i = 2; i < desc.n; i++) { /* several at a time, as nothing branches */
		unsigned char c = (unsigned char)desc.s[i], before = (unsigned char)desc.s[i - 1], first = (unsigned char)desc.s[i - 2];

		sum |= (unsigned char)((c == '*') | (c == '+') | (c == '-'));
		compare |= (unsigned char)((c == '<') | (c == '>') | (c == '='));
		xor |= c == 'x';
		implies |= c == 'm';
		iff |= c == 'f';
		nand |= (unsigned char)((c == 'a') & (before == 'n'));
		nor |= (unsigned char)((c == 'r') & (first == 'n'));
	}
	return (unsigned)sum << K_SUM | (unsigned)compare << K_COMPARE | (unsigned)xor << K_XOR | (unsigned)nand << K_NAND |
	       (unsigned)nor << K_NOR | (unsigned)implies << K_IMPLIES | (unsigned)iff << K_IFF;
}

/* The order of operations and the meaning of the rarer operators, as far as they occur. */
static void order_write(struct buf *out, struct str desc, enum lang lang)
{
	static const char *const meaning[][LANGS] = {
		[K_XOR] = { " x xor y: exactly one of x and y is true.", "x xor y：x、y 中恰有一个为真。" },
		[K_NAND] = { " x nand y: x and y are not both true.", "x nand y：x、y 不同时为真。" },
		[K_NOR] = { " x nor y: neither x nor y is true.", "x nor y：x、y 都不为真。" },
		[K_IMPLIES] = { " x implies y: false only where x is true and y is false.",
				"x implies y：仅当 x 为真且 y 为假时为假。" },
		[K_IFF] = { " x iff y: x and y have the same truth value.", "x iff y：x、y 真假相同。" },
	};
	unsigned seen = kinds_seen(desc);

	if (lang == LANG_ZH)
		buf_addf(out, "运算顺序：%s%snot、and、or。", seen & 1u << K_SUM ? "算术（先 * 后 + -）、" : "",
			 seen & 1u << K_COMPARE ? "比较、" : "");
	else
		buf_addf(out, "Precedence: %s%snot, and, or.",
			 seen & 1u << K_SUM ? "arithmetic (* before + and -), " : "",
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
	struct buf *b;

	if (!desc.n)
		return;
	b = hole_open(holes, "expressions");
	if (b)
		lines_write(b, desc);
	b = hole_open(holes, "order");
	if (b)
		order_write(b, desc, lang);
	hole_put(holes, "inline", desc);
	hole_puti(holes, "count", count_letters(desc));
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
