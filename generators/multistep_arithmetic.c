/*
 * multistep_arithmetic.c - the value of a nested expression, some operators defined beside it: knobs, levels, solver, generator.
 *
 * desc: definitions, each ended by ';', then the expression, without blanks and without a needless parenthesis:
 * "a@b=2*a+b;a#b=max(a@b,3)-1;(4#5)*2-7". A defined operator has no precedence: around its use there are always parentheses,
 * unless it is all there is. The grammar stands in verifiers/multistep_arithmetic.c.
 *
 * A desc is read into a tree and printed again; only what prints as it was is a desc, so each puzzle has one spelling. Twins
 * have other symbols, another order of definitions, swapped operands of + * max min.
 */
#include "generators/task.h"
#include "base/cursor.h"
#include "base/hash.h"

enum { OPS, NEST, LITERAL, TIMES, NEGATIVE, DEFS, USES, FORM, LINKED, DIGITS };

static const struct knob knobs[] = {
	{ "operations", 1, 60, "operations in the expression" },
	{ "nesting", 0, 2, "0: from left to right, 1: parentheses on either side, 2: any tree" },
	{ "literal", 5, 999, "largest number written" },
	{ "times", 0, 60, "percent of operations that multiply" },
	{ "negative", 0, 2, "0: no value below 0 on the way, 1: there may be, 2: negative numbers are written too" },
	{ "definitions", 0, 5, "operators defined beside the expression" },
	{ "uses", 0, 60, "operations that use a defined operator" },
	{ "form", 1, 3, "how hard the definitions are" },
	{ "linked", 0, 1, "1: definitions use earlier ones" },
	{ "digits", 2, 9, "most digits of any value on the way" },
	{ NULL, 0, 0, NULL },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* ops nest literal times neg defs uses form linked digits */
	{ 2,   0,   15,     0,    0,  0,   0,   1,   0,     2 },
	{ 2,   1,   30,     0,    0,  0,   0,   1,   0,     2 },
	{ 3,   1,   30,     0,    0,  0,   0,   1,   0,     2 },
	{ 3,   1,   30,     10,   0,  1,   1,   1,   0,     3 },
	{ 4,   2,   50,     15,   1,  1,   1,   1,   0,     3 },
	{ 5,   2,   60,     25,   1,  2,   2,   2,   0,     4 },
	{ 7,   2,   80,     25,   1,  2,   3,   2,   0,     4 },
	{ 9,   2,   99,     25,   2,  3,   4,   3,   0,     5 },
	{ 13,  2,   99,     25,   2,  3,   6,   3,   1,     6 },
	{ 18,  2,   99,     25,   2,  4,   9,   3,   1,     6 },
	{ 26,  2,   99,     25,   2,  5,   13,  3,   1,     7 },
};

enum {
	NODES_MAX = 1024,
	DEFS_MAX = 5,
	BODY_MAX = 40,  /* nodes of a definition */
	DEEP_MAX = 100, /* trees within trees */
	FUEL = 20000,   /* operations that an evaluation may take, those of definitions included */
};

#define LIMIT INT64_C(1000000000) /* no value on the way is larger; products fit 64 bits */

static const char symbols[] = "@#&~%";

enum kind { NUM, VAR_A, VAR_B, ADD, SUB, MUL, MAX, MIN, ABS, USE };

struct node {
	unsigned char kind, def; /* def: which definition a USE means */
	short l, r;              /* children */
	int64_t v;               /* NUM */
};

struct puzzle {
	struct node node[NODES_MAX];
	int n; /* nodes */
	int root;
	int defs;
	char symbol[DEFS_MAX];
	short body[DEFS_MAX];
};

static int node_new(struct puzzle *p, enum kind kind, int l, int r)
{
	if (p->n == NODES_MAX)
		return -1;
	p->node[p->n] = (struct node){ .kind = (unsigned char)kind, .l = (short)l, .r = (short)r };
	return p->n++;
}

/* ---- reading ---- */

struct reader {
	struct puzzle *p;
	struct cursor c;
	bool vars;
	int deep;
};

static int read_expr(struct reader *r);

static int read_number(struct reader *r, int sign)
{
	int64_t v;
	int i;

	if (!cursor_number(&r->c, LIMIT, &v))
		return -1;
	i = node_new(r->p, NUM, 0, 0);
	if (i >= 0)
		r->p->node[i].v = sign * v;
	return i;
}

static int read_call(struct reader *r, enum kind kind)
{
	int x = read_expr(r), y = 0;

	if (x < 0 || (kind != ABS && (!cursor_eat(&r->c, STR(",")) || (y = read_expr(r)) < 0)) || !cursor_eat(&r->c, STR(")")))
		return -1;
	return node_new(r->p, kind, x, y);
}

static int read_atom(struct reader *r)
{
	int i;

	if (cursor_eat(&r->c, STR("(-"))) {
		i = read_number(r, -1);
		return cursor_eat(&r->c, STR(")")) ? i : -1;
	}
	if (cursor_eat(&r->c, STR("("))) {
		i = read_expr(r);
		return cursor_eat(&r->c, STR(")")) ? i : -1;
	}
	if (cursor_eat(&r->c, STR("max(")))
		return read_call(r, MAX);
	if (cursor_eat(&r->c, STR("min(")))
		return read_call(r, MIN);
	if (cursor_eat(&r->c, STR("abs(")))
		return read_call(r, ABS);
	if (r->vars && cursor_eat(&r->c, STR("a")))
		return node_new(r->p, VAR_A, 0, 0);
	if (r->vars && cursor_eat(&r->c, STR("b")))
		return node_new(r->p, VAR_B, 0, 0);
	return read_number(r, 1);
}

static int read_term(struct reader *r)
{
	int x = read_atom(r), y;

	while (x >= 0 && cursor_eat(&r->c, STR("*"))) {
		y = read_atom(r);
		x = y < 0 ? -1 : node_new(r->p, MUL, x, y);
	}
	return x;
}

static int read_sum(struct reader *r)
{
	int x = read_term(r), y;
	char c = cursor_peek(&r->c);

	for (int k = 0; x >= 0 && k < r->p->defs; k++)
		if (c == r->p->symbol[k]) {
			r->c.at++;
			y = read_atom(r);
			x = y < 0 ? -1 : node_new(r->p, USE, x, y);
			if (x >= 0)
				r->p->node[x].def = (unsigned char)k;
			return x;
		}
	while (x >= 0 && ((c = cursor_peek(&r->c)) == '+' || c == '-')) {
		r->c.at++;
		y = read_term(r);
		x = y < 0 ? -1 : node_new(r->p, c == '+' ? ADD : SUB, x, y);
	}
	return x;
}

static int read_expr(struct reader *r)
{
	int x;

	if (r->deep >= DEEP_MAX)
		return -1;
	r->deep++;
	x = read_sum(r);
	r->deep--;
	return x;
}

/* "a@b=BODY", at the end of the definitions that are there. */
static bool read_definition(struct puzzle *p, struct str text)
{
	struct reader r = { .p = p, .c = { text, 4 }, .vars = true };
	int from = p->n, body;

	if (p->defs == DEFS_MAX || text.n < 5 || text.s[0] != 'a' || text.s[2] != 'b' || text.s[3] != '=')
		return false;
	if (text.s[1] == 0 || !strchr(symbols, text.s[1]) || memchr(p->symbol, text.s[1], (size_t)p->defs))
		return false;
	body = read_expr(&r);
	if (body < 0 || r.c.at != text.n || p->n - from > BODY_MAX)
		return false;
	p->symbol[p->defs] = text.s[1];
	p->body[p->defs++] = (short)body;
	return true;
}

/* ---- printing ---- */

struct style {
	const char *symbol; /* of each definition */
	bool spaced;        /* blanks around operators */
	bool loose;         /* a negative number that comes first needs no parentheses */
};

/* Whether a child of this kind stands in parentheses under a parent. */
static bool wrapped(enum kind child, enum kind parent, bool right)
{
	bool sum = child == ADD || child == SUB;

	if (!sum && child != MUL && child != USE)
		return false;
	if (child == USE || parent == USE)
		return true;
	if (parent == MUL)
		return sum || right;
	return sum && right;
}

static void print(struct buf *b, const struct node *node, int i, const struct style *how);

static void print_number(struct buf *b, int64_t v, bool bare)
{
	bool wrap = v < 0 && !bare;

	if (wrap)
		buf_addc(b, '(');
	if (v >= 0 && v < 10)
		buf_addc(b, (char)('0' + v));
	else
		buf_addi(b, v);
	if (wrap)
		buf_addc(b, ')');
}

static void print_child(struct buf *b, const struct node *node, const struct node *parent, bool right,
			const struct style *how)
{
	int i = right ? parent->r : parent->l;
	bool wrap = wrapped(node[i].kind, parent->kind, right);

	if (node[i].kind == NUM && parent->kind == USE) {
		print_number(b, node[i].v, false);
		return;
	}
	if (wrap)
		buf_addc(b, '(');
	print(b, node, i, how);
	if (wrap)
		buf_addc(b, ')');
}

static void print(struct buf *b, const struct node *node, int i, const struct style *how)
{
	const struct node *x = &node[i];
	char sign = 0;

	switch ((enum kind)x->kind) {
	case NUM:
		print_number(b, x->v, x->v >= 0 || (how->loose && (b->n == 0 || strchr("\n=(,", b->s[b->n - 1]))));
		return;
	case VAR_A:
	case VAR_B:
		buf_addc(b, x->kind == VAR_A ? 'a' : 'b');
		return;
	case MAX:
	case MIN:
	case ABS:
		buf_add(b, x->kind == MAX ? STR("max(") : x->kind == MIN ? STR("min(") : STR("abs("));
		print(b, node, x->l, how);
		if (x->kind != ABS) {
			buf_addc(b, ',');
			if (how->spaced)
				buf_addc(b, ' ');
			print(b, node, x->r, how);
		}
		buf_addc(b, ')');
		return;
	case ADD:
		sign = '+';
		break;
	case SUB:
		sign = '-';
		break;
	case MUL:
		sign = '*';
		break;
	case USE:
		sign = how->symbol[x->def];
		break;
	}
	print_child(b, node, x, false, how);
	if (how->spaced)
		buf_addc(b, ' ');
	buf_addc(b, sign);
	if (how->spaced)
		buf_addc(b, ' ');
	print_child(b, node, x, true, how);
}

/* The whole desc, definitions in the order given. */
static void print_desc(struct buf *b, const struct puzzle *p, const char *symbol, const int *order)
{
	struct style how = { .symbol = symbol };

	for (int i = 0; i < p->defs; i++) {
		buf_addc(b, 'a');
		buf_addc(b, symbol[order[i]]);
		buf_add(b, STR("b="));
		print(b, p->node, p->body[order[i]], &how);
		buf_addc(b, ';');
	}
	print(b, p->node, p->root, &how);
}

static const int as_given[DEFS_MAX] = { 0, 1, 2, 3, 4 };

static bool puzzle_read(struct puzzle *p, struct str desc)
{
	struct str rest = desc;
	struct reader r = { .p = p };
	struct buf again = BUF_INIT;
	ptrdiff_t end;
	bool same;

	p->n = p->defs = 0;
	while ((end = str_chr(rest, ';')) >= 0) {
		if (!read_definition(p, str_sub(rest, 0, (size_t)end)))
			return false;
		rest = str_from(rest, (size_t)end + 1);
	}
	r.c.s = rest;
	p->root = read_expr(&r);
	if (p->root < 0 || r.c.at != rest.n)
		return false;
	buf_reserve(&again, desc.n);
	print_desc(&again, p, p->symbol, as_given);
	same = str_eq(buf_str(&again), desc);
	buf_release(&again);
	return same;
}

/* ---- evaluating ---- */

struct run {
	const struct puzzle *p;
	int64_t lo, hi; /* no value on the way may be outside */
	int fuel;       /* operations left */
	int deepest;    /* longest chain of operations that wait for each other */
};

static bool apply(enum kind kind, int64_t x, int64_t y, int64_t *v)
{
	switch (kind) {
	case ADD:
		*v = x + y;
		return true;
	case SUB:
		*v = x - y;
		return true;
	case MUL:
		*v = x * y;
		return true;
	case MAX:
		*v = x > y ? x : y;
		return true;
	case MIN:
		*v = x < y ? x : y;
		return true;
	case ABS:
		*v = x < 0 ? -x : x;
		return true;
	default:
		return false;
	}
}

/* The value of a tree where a and b are known, and how many operations long its longest chain is, a's and b's chains first. */
static bool eval(struct run *run, int i, int64_t a, int64_t b, int chain, int64_t *v, int *long_chain)
{
	const struct node *x = &run->p->node[i];
	int64_t l, r = 0;
	int cl, cr = 0, c;

	if (x->kind == NUM || x->kind == VAR_A || x->kind == VAR_B) {
		*v = x->kind == NUM ? x->v : x->kind == VAR_A ? a : b;
		*long_chain = x->kind == NUM ? 0 : chain;
		return *v >= run->lo && *v <= run->hi;
	}
	if (run->fuel-- <= 0)
		return false;
	if (!eval(run, x->l, a, b, chain, &l, &cl) || (x->kind != ABS && !eval(run, x->r, a, b, chain, &r, &cr)))
		return false;
	c = cl > cr ? cl : cr;
	if (x->kind == USE)
		return eval(run, run->p->body[x->def], l, r, c, v, long_chain);
	*long_chain = c + 1;
	return apply(x->kind, l, r, v) && *v >= run->lo && *v <= run->hi;
}

static bool value(const struct puzzle *p, int64_t *v, int *depth, int *operations)
{
	struct run run = { .p = p, .lo = -LIMIT, .hi = LIMIT, .fuel = FUEL };

	if (!eval(&run, p->root, 0, 0, 0, v, depth))
		return false;
	*operations = FUEL - run.fuel;
	return true;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct puzzle p;
	int64_t v;
	int depth, operations;

	if (!puzzle_read(&p, desc) || !value(&p, &v, &depth, &operations))
		return false;
	buf_addi(answer, v);
	return !answer->failed;
}

/* An expression has one value. */
static bool prove(struct str desc)
{
	struct puzzle p;
	int64_t v;
	int depth, operations;

	return puzzle_read(&p, desc) && value(&p, &v, &depth, &operations);
}

/* ---- worked steps ---- */

static bool holds_use(const struct node *node, int i)
{
	const struct node *x = &node[i];

	if (x->kind < ADD)
		return false;
	return x->kind == USE || holds_use(node, x->l) || (x->kind != ABS && holds_use(node, x->r));
}

/* A definition with numbers for a and b, and a line that shows its use. */
struct line {
	struct node node[BODY_MAX + 3];
	int n;
};

static int line_add(struct line *line, struct node x)
{
	line->node[line->n] = x;
	return line->n++;
}

static int line_fill(struct line *line, const struct puzzle *p, int i, int64_t a, int64_t b)
{
	struct node x = p->node[i];

	if (x.kind == VAR_A || x.kind == VAR_B)
		x = (struct node){ .kind = NUM, .v = x.kind == VAR_A ? a : b };
	if (x.kind >= ADD)
		x.l = (short)line_fill(line, p, x.l, a, b);
	if (x.kind >= ADD && x.kind != ABS)
		x.r = (short)line_fill(line, p, x.r, a, b);
	return line_add(line, x);
}

/* Work out the first operation whose operands are numbers: it becomes a number itself. */
static bool reduce_one(struct node *node, int i)
{
	struct node *x = &node[i];
	int64_t v;

	if (x->kind == NUM)
		return false;
	if (reduce_one(node, x->l) || (x->kind != ABS && reduce_one(node, x->r)))
		return true;
	if (!apply(x->kind, node[x->l].v, node[x->r].v, &v))
		return false;
	*x = (struct node){ .kind = NUM, .v = v };
	return true;
}

/*
 * One line an operation, the left operand's lines first; what a definition needs stands behind it:
 *	3+4=7
 *	7@5=2*7+5=14+5=19
 */
static int64_t tell(struct buf *b, const struct puzzle *p, int i, int64_t va, int64_t vb)
{
	const struct node *x = &p->node[i];
	const struct style how = { .symbol = p->symbol, .loose = true };
	struct line line = { .n = 0 };
	int64_t l, r = 0;
	int root;

	if (x->kind == NUM || x->kind == VAR_A || x->kind == VAR_B)
		return x->kind == NUM ? x->v : x->kind == VAR_A ? va : vb;
	l = tell(b, p, x->l, va, vb);
	if (x->kind != ABS)
		r = tell(b, p, x->r, va, vb);
	if (b->n)
		buf_addc(b, '\n');
	line_add(&line, (struct node){ .kind = NUM, .v = l });
	line_add(&line, (struct node){ .kind = NUM, .v = r });
	root = line_add(&line, (struct node){ .kind = x->kind, .def = x->def, .l = 0, .r = 1 });
	print(b, line.node, root, &how);
	if (x->kind == USE) {
		root = line_fill(&line, p, p->body[x->def], l, r);
		buf_addc(b, '=');
		print(b, line.node, root, &how);
		if (holds_use(line.node, root))
			return tell(b, p, p->body[x->def], l, r);
	}
	while (reduce_one(line.node, root)) {
		buf_addc(b, '=');
		print(b, line.node, root, &how);
	}
	return line.node[root].v;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct puzzle p;
	int64_t v;
	int depth, operations;

	(void)lang; /* numbers are the same in every language */
	if (!puzzle_read(&p, desc) || !value(&p, &v, &depth, &operations))
		return;
	if (p.node[p.root].kind == NUM)
		buf_addi(steps, v);
	else
		tell(steps, &p, p.root, 0, 0);
}

static void grade(struct effort *e, struct str desc)
{
	struct puzzle p;
	int64_t v;

	*e = (struct effort){ .technique = "" };
	if (!puzzle_read(&p, desc) || !value(&p, &v, &e->depth, &e->steps))
		return;
	e->technique = "arithmetic";
	for (int k = 0; k < p.defs; k++)
		if (e->technique[0] == 'a' || holds_use(p.node, p.body[k]))
			e->technique = holds_use(p.node, p.body[k]) ? "nested definitions" : "definitions";
}

/* ---- symmetries ---- */

static bool commutes(enum kind kind)
{
	return kind == ADD || kind == MUL || kind == MAX || kind == MIN;
}

static void swap(struct node *x)
{
	short l = x->l;

	x->l = x->r;
	x->r = l;
}

/* Put operands that may be swapped in the order of their hashes; the hash knows no symbols. */
static uint64_t settle(struct puzzle *p, int i, const uint64_t *body_hash)
{
	struct node *x = &p->node[i];
	uint64_t l, r = 0, kind = rng_mix(x->kind, 0x6172697468);

	if (x->kind < ADD)
		return rng_mix(kind, (uint64_t)x->v);
	l = settle(p, x->l, body_hash);
	if (x->kind != ABS)
		r = settle(p, x->r, body_hash);
	if (commutes(x->kind) && l > r) {
		uint64_t t = l;

		l = r;
		r = t;
		swap(x);
	}
	if (x->kind == USE)
		kind = rng_mix(kind, body_hash[x->def]);
	return rng_mix(rng_mix(kind, l), r);
}

static void settle_all(struct puzzle *p, uint64_t body_hash[DEFS_MAX])
{
	for (int k = 0; k < p->defs; k++)
		body_hash[k] = settle(p, p->body[k], body_hash);
	settle(p, p->root, body_hash);
}

struct naming {
	char symbol[DEFS_MAX]; /* of each definition, 0: not met yet */
	int order[DEFS_MAX], n;
};

/* Name the definitions as they are met; one that another needs comes before it. */
static void meet(struct naming *names, const struct puzzle *p, int i)
{
	const struct node *x = &p->node[i];

	if (x->kind < ADD)
		return;
	if (x->kind == USE && !names->symbol[x->def]) {
		meet(names, p, p->body[x->def]);
		names->symbol[x->def] = symbols[names->n];
		names->order[names->n++] = x->def;
	}
	meet(names, p, x->l);
	if (x->kind != ABS)
		meet(names, p, x->r);
}

static void canon(struct buf *out, struct str desc)
{
	struct puzzle p;
	struct naming names = { .n = 0 };
	uint64_t body_hash[DEFS_MAX];

	if (!puzzle_read(&p, desc))
		return;
	settle_all(&p, body_hash);
	meet(&names, &p, p.root);
	while (names.n < p.defs) { /* those that nobody uses: by hash */
		int best = -1;

		for (int k = 0; k < p.defs; k++)
			if (!names.symbol[k] && (best < 0 || body_hash[k] < body_hash[best]))
				best = k;
		meet(&names, &p, p.body[best]);
		names.symbol[best] = symbols[names.n];
		names.order[names.n++] = best;
	}
	print_desc(out, &p, names.symbol, names.order);
}

static bool needs(const struct puzzle *p, int i, int def)
{
	const struct node *x = &p->node[i];

	if (x->kind < ADD)
		return false;
	return (x->kind == USE && x->def == def) || needs(p, x->l, def) || (x->kind != ABS && needs(p, x->r, def));
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct puzzle p;
	char symbol[sizeof symbols];
	int order[DEFS_MAX] = { 0, 1, 2, 3, 4 };

	if (!puzzle_read(&p, desc))
		return false;
	for (int i = 0; i < p.n; i++)
		if (commutes(p.node[i].kind) && rng_chance(rng, 50))
			swap(&p.node[i]);
	memcpy(symbol, symbols, sizeof symbol);
	rng_shuffle(rng, symbol, sizeof symbols - 1, 1);
	for (int round = 0; round < 20; round++) { /* neighbours change places where neither needs the other */
		int k = p.defs < 2 ? 0 : (int)rng_below(rng, (uint32_t)(p.defs - 1)), t = order[k];

		if (p.defs < 2 || needs(&p, p.body[order[k + 1]], t))
			continue;
		order[k] = order[k + 1];
		order[k + 1] = t;
	}
	print_desc(out, &p, symbol, order);
	return !out->failed;
}

/* ---- inventing ---- */

/* c, d: 2..5, k: 1..9, each letter the same digit throughout; @ an earlier operator. */
static const char *const forms[][14] = {
	{ "c*a+b", "a+c*b", "a+b+k", "a-b+k", "a+b-k", "c*a-b", "c*b-a", "a+k-b", NULL },
	{ "c*a+d*b", "c*a-d*b", "c*(a+b)", "c*(a-b)", "c*(b-a)", "max(a,b)+k", "max(a,b)-k", "min(a,b)+k", "c*a+b-k", "a+k-c*b",
	  "abs(a-b)+k", "c*(a-k)+b", NULL },
	{ "c*max(a,b)-d*min(a,b)", "max(a,c*b)-k", "abs(a-c*b)+k", "c*min(a,b)+d*a", "a*b-k", "a*b-c*a", "a*b+c*b-k", "(a+k)*(b-d)",
	  "max(a*k,b*d)-a*b", "abs(c*a-d*b)-k", "c*(max(a,b)-k)+b", "a*(b-k)+c", NULL },
	{ "c*(a@b)-b", "(a@b)+(b@a)", "(a@k)-b", "max(a@b,b@a)-k", "(b@a)+c*a", "abs(a@b)-d*b", "(a@b)*c-a*b", "((a@b)@k)-a", NULL },
};

/* Write a body into text (room for 64); earlier: the symbols to draw @ from, "" for none. */
static void invent_body(char *text, int form, const char *earlier, struct rng *rng)
{
	const char *const *list = forms[earlier[0] ? 3 : form - 1];
	int n = 0, c = rng_range(rng, 2, 5), d = rng_range(rng, 2, 5), k = rng_range(rng, 1, 9);
	const char *from;
	char symbol = 0;

	while (list[n])
		n++;
	from = list[rng_below(rng, (uint32_t)n)];
	if (earlier[0])
		symbol = earlier[rng_below(rng, (uint32_t)strlen(earlier))];
	for (; *from; from++)
		*text++ = *from == '@' ? symbol : *from == 'c' ? (char)('0' + c) : *from == 'd' ? (char)('0' + d) :
			  *from == 'k' ? (char)('0' + k) : *from;
	*text = 0;
}

static bool invent_definitions(struct puzzle *p, const int *knob, struct rng *rng)
{
	char pool[sizeof symbols], earlier[DEFS_MAX + 1] = "";
	uint64_t body_hash[DEFS_MAX];

	memcpy(pool, symbols, sizeof pool);
	rng_shuffle(rng, pool, sizeof symbols - 1, 1);
	for (int i = 0; i < knob[DEFS]; i++) {
		char text[80] = { 'a', pool[i], 'b', '=' };
		bool plain = i > 0 && rng_chance(rng, 30), links = i == 1 || rng_chance(rng, 60);
		int form = plain ? rng_range(rng, 1, knob[FORM]) : knob[FORM];

		if (knob[LINKED] && i > 0) {
			earlier[i - 1] = pool[i - 1];
			earlier[i] = 0;
		}
		invent_body(text + 4, form, links ? earlier : "", rng);
		if (!read_definition(p, str_of(text)))
			return false;
		body_hash[i] = settle(p, p->body[i], body_hash);
		for (int j = 0; j < i; j++)
			if (body_hash[j] == body_hash[i])
				return false;
	}
	return true;
}

struct draft {
	struct puzzle *p;
	const int *knob;
	struct rng *rng;
	int64_t lo, hi;
	/* What each operation will be, in the order they are built; USE entries carry the definition in use[]. */
	enum kind kind[64];
	int use[64], next;
};

static int draft_leaf(struct draft *d, bool factor, int64_t *v)
{
	int i = node_new(d->p, NUM, 0, 0);

	*v = factor ? rng_range(d->rng, 2, 9) : rng_range(d->rng, 1, d->knob[LITERAL]);
	if (d->knob[NEGATIVE] == 2 && rng_chance(d->rng, 15))
		*v = -*v;
	if (i >= 0)
		d->p->node[i].v = *v;
	return i;
}

/* A tree of n operations; its value. -1 where a value on the way is 0 or out of bounds. */
static int draft_tree(struct draft *d, int n, bool factor, int64_t *v)
{
	enum kind kind;
	int left = 0, l, r, i, at;
	int64_t x, y;

	if (n == 0)
		return draft_leaf(d, factor, v);
	at = d->next++;
	kind = d->kind[at];
	if (d->knob[NEST] == 0 || (d->knob[NEST] == 1 && rng_chance(d->rng, 50)))
		left = n - 1;
	else if (d->knob[NEST] == 2)
		left = (int)rng_below(d->rng, (uint32_t)n);
	l = draft_tree(d, left, kind == MUL, &x);
	r = l < 0 ? -1 : draft_tree(d, n - 1 - left, kind == MUL, &y);
	i = r < 0 ? -1 : node_new(d->p, kind, l, r);
	if (i < 0)
		return -1;
	if (kind == USE) {
		struct run run = { .p = d->p, .lo = d->lo, .hi = d->hi, .fuel = FUEL };
		int chain;

		d->p->node[i].def = (unsigned char)d->use[at];
		if (!eval(&run, d->p->body[d->use[at]], x, y, 0, v, &chain))
			return -1;
	} else if (!apply(kind, x, y, v)) {
		return -1;
	}
	return *v == 0 || *v < d->lo || *v > d->hi ? -1 : i;
}

/* Which operations there will be: the uses, each definition at least once, then * + - as the knobs say. */
static void draft_plan(struct draft *d)
{
	const int *knob = d->knob;
	int n = 0, uses = knob[USES] > knob[OPS] ? knob[OPS] : knob[USES];

	for (; n < uses && knob[DEFS] > 0; n++) {
		d->kind[n] = USE;
		/* the last definitions are the richest, and use the others */
		d->use[n] = n < knob[DEFS] ? knob[DEFS] - 1 - n : (int)rng_below(d->rng, (uint32_t)knob[DEFS]);
	}
	for (; n < knob[OPS]; n++) {
		d->kind[n] = rng_chance(d->rng, knob[TIMES]) ? MUL : rng_chance(d->rng, 50) ? ADD : SUB;
		d->use[n] = 0;
	}
	for (int i = n - 1; i > 0; i--) { /* both arrays in one shuffle */
		int j = (int)rng_below(d->rng, (uint32_t)i + 1), use = d->use[i];
		enum kind kind = d->kind[i];

		d->kind[i] = d->kind[j];
		d->use[i] = d->use[j];
		d->kind[j] = kind;
		d->use[j] = use;
	}
	d->next = 0;
}

/* Whether a number of the text, taken as people see it, is v. */
static bool shows(struct str text, int64_t v)
{
	size_t i = 0;

	while (i < text.n) {
		size_t from = i;
		int64_t w;

		while (i < text.n && text.s[i] >= '0' && text.s[i] <= '9')
			i++;
		if (i == from) {
			i++;
			continue;
		}
		if (str_i64(str_sub(text, from, i), &w) && w == (v < 0 ? -v : v))
			return true;
	}
	return false;
}

/* The answer stands neither in the expression nor in the first third of the steps: it cannot be copied, and is not told early. */
static bool well_hidden(const struct puzzle *p, int64_t v)
{
	struct buf text = BUF_INIT;
	bool shown;

	print(&text, p->node, p->root, &(struct style){ .symbol = p->symbol });
	shown = shows(buf_str(&text), v);
	buf_reset(&text);
	tell(&text, p, p->root, 0, 0);
	shown |= shows(str_sub(buf_str(&text), 0, text.n / 3), v);
	buf_release(&text);
	return !shown;
}

static const char *refuse(const int *knob)
{
	if (knob[DEFS] > knob[USES])
		return "definitions is above uses: each is used at least once";
	if (knob[USES] > knob[OPS])
		return "uses is above operations";
	if (knob[USES] > 0 && knob[DEFS] == 0)
		return "uses is above 0 where there are no definitions";
	if (knob[LITERAL] >= 100 && knob[DIGITS] < 3)
		return "literal has more digits than digits allows";
	return NULL;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	int64_t hi = 1;

	for (int i = 0; i < knob[DIGITS]; i++)
		hi *= 10;
	for (int draw = 0; draw < 400; draw++) {
		struct puzzle p;
		struct draft d = { .p = &p, .knob = knob, .rng = rng, .lo = knob[NEGATIVE] ? 1 - hi : 0, .hi = hi - 1 };
		int64_t v;

		p.n = p.defs = 0;
		if (!invent_definitions(&p, knob, rng))
			continue;
		draft_plan(&d);
		p.root = draft_tree(&d, knob[OPS], false, &v);
		if (p.root < 0 || !well_hidden(&p, v))
			continue;
		print_desc(desc, &p, p.symbol, as_given);
		buf_addi(answer, v);
		return !desc->failed && !answer->failed;
	}
	return false;
}

/* ---- what the prompt says ---- */

/* The value with every minus a plus: no answer that one could arrive at is further from 0. */
static int64_t reach(const struct puzzle *p, int i, int64_t a, int64_t b)
{
	const struct node *x = &p->node[i];
	int64_t l, r = 0, v;

	if (x->kind == NUM)
		return x->v < 0 ? -x->v : x->v;
	if (x->kind == VAR_A || x->kind == VAR_B)
		return x->kind == VAR_A ? a : b;
	l = reach(p, x->l, a, b);
	if (x->kind != ABS)
		r = reach(p, x->r, a, b);
	if (x->kind == USE)
		return reach(p, p->body[x->def], l, r);
	v = x->kind == MUL ? l * r : x->kind == MAX || x->kind == MIN ? (l > r ? l : r) : l + r;
	return v > LIMIT ? LIMIT : v;
}

/* Without reckoning one sees at most how many digits the answer may have, and never that it is a single one. */
static double answers_log2(struct str desc)
{
	struct puzzle p;
	int64_t v, far, ten = 100;
	int depth, operations, bits = 0;

	if (!puzzle_read(&p, desc) || !value(&p, &v, &depth, &operations))
		return 0;
	far = reach(&p, p.root, 0, 0);
	while (ten <= far)
		ten *= 10;
	for (int64_t n = 2 * ten - 1; n > 1; n /= 2)
		bits++;
	return bits;
}

/* ", where a@b = 2*a+b and a#b = max(a,b)-1", or nothing. */
static void put_where(struct buf *b, const struct puzzle *p, enum lang lang)
{
	const struct style how = { .symbol = p->symbol };

	for (int k = 0; k < p->defs; k++) {
		if (k == 0)
			buf_addz(b, lang == LANG_ZH ? "，其中 " : ", where ");
		else if (lang == LANG_ZH)
			buf_addz(b, "，");
		else
			buf_addz(b, k + 1 < p->defs ? ", " : " and ");
		buf_addf(b, "a%cb = ", p->symbol[k]);
		print(b, p->node, p->body[k], &how);
	}
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct puzzle p;
	struct buf *b;

	if (!puzzle_read(&p, desc))
		return;
	b = hole_open(holes, "expression");
	if (b)
		print(b, p.node, p.root, &(struct style){ .symbol = p.symbol });
	b = hole_open(holes, "spaced");
	if (b)
		print(b, p.node, p.root, &(struct style){ .symbol = p.symbol, .spaced = true });
	b = hole_open(holes, "where");
	if (b)
		put_where(b, &p, lang);
}

const struct task task_multistep_arithmetic = {
	.name = "multistep_arithmetic",
	.family = "arithmetic",
	.what = "Work out a nested integer expression, some of its operators defined beside it.",
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
