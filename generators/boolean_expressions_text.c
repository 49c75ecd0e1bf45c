/* boolean_expressions_text.c - the text of lettered expressions, read and written. */
#include "generators/boolean_expressions.h"
#include "base/cursor.h"
#include "generators/pen.h"

enum { DEPTH = 40 }; /* brackets and nots inside each other */

static const struct pen_text compare_text[] = { PEN_TEXT(" < "), PEN_TEXT(" > "), PEN_TEXT(" <= "), PEN_TEXT(" >= "), PEN_TEXT(" == "), PEN_TEXT(" != ") };
static const struct pen_text op_text[] = {
	[K_AND] = PEN_TEXT(" and "), [K_OR] = PEN_TEXT(" or "), [K_XOR] = PEN_TEXT(" xor "), [K_NAND] = PEN_TEXT(" nand "),
	[K_NOR] = PEN_TEXT(" nor "), [K_IMPLIES] = PEN_TEXT(" implies "), [K_IFF] = PEN_TEXT(" iff "),
};

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
		if (cursor_eat(&p->c, (struct str){ compare_text[i].s, compare_text[i].n })) {
			p->f->node[whole].compare = (char)i;
			right = p->f->node[left].next = parse_sum(p);
		}
	return right ? whole : 0;
}

static short parse_expression(struct parser *p);

/* True or False, without a branch on which of them: nobody could foresee it. */
static short parse_truth(struct parser *p)
{
	const char *s = p->c.s.s + p->c.at;
	bool no = cursor_peek(&p->c) == 'F';
	size_t n = no ? 5 : 4;

	if (p->c.s.n - p->c.at < n || memcmp(s, no ? "Fals" : "True", 4) != 0 || s[n - 1] != 'e')
		return 0;
	p->c.at += n;
	return node_new(p->f, K_FALSE + !no);
}

static short parse_operand(struct parser *p)
{
	short n;

	if (p->depth == DEPTH)
		return 0;
	p->depth++;
	n = parse_truth(p);
	if (n) {
		/* that is it */
	} else if (cursor_eat(&p->c, STR("not "))) {
		n = over(p, K_NOT, parse_operand(p));
	} else if (cursor_eat(&p->c, STR("("))) {
		n = parse_expression(p);
		if (n && (is_atom(&p->f->node[n]) || p->f->node[n].bracket || !cursor_eat(&p->c, STR(")"))))
			n = 0;
		else
			p->f->node[n].bracket = true;
	} else {
		n = parse_compare(p);
	}
	p->depth--;
	return n;
}

/* Is this the operator that stands next? Then it is stepped over. */
static inline bool op_eat(struct parser *p, enum kind kind)
{
	switch (kind) {
	case K_AND:
		return cursor_eat(&p->c, STR(" and "));
	case K_OR:
		return cursor_eat(&p->c, STR(" or "));
	case K_XOR:
		return cursor_eat(&p->c, STR(" xor "));
	case K_NAND:
		return cursor_eat(&p->c, STR(" nand "));
	case K_NOR:
		return cursor_eat(&p->c, STR(" nor "));
	case K_IMPLIES:
		return cursor_eat(&p->c, STR(" implies "));
	default:
		return cursor_eat(&p->c, STR(" iff "));
	}
}

/* first and second and ... : one node for the chain. */
static inline short parse_chain(struct parser *p, enum kind kind, short (*operand)(struct parser *), short first)
{
	short last = first, whole = 0;

	while (last && op_eat(p, kind)) {
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

/* The operator that stands next, by letters that no other has there; K_FALSE: none does. */
static enum kind op_peek(const struct parser *p)
{
	static const unsigned char kinds[32] = { ['a' & 31] = K_AND, ['o' & 31] = K_OR, ['x' & 31] = K_XOR, ['n' & 31] = K_NAND, ['i' & 31] = K_IMPLIES };
	const char *s = p->c.s.s + p->c.at;

	if (p->c.s.n - p->c.at < 4 || s[0] != ' ')
		return K_FALSE;
	return kinds[s[1] & 31] + (((s[1] == 'n') & (s[2] == 'o')) | ((s[1] == 'i') & (s[2] == 'f'))); /* K_NOR, K_IFF */
}

static short parse_expression(struct parser *p)
{
	short first = parse_operand(p), whole;
	enum kind kind = op_peek(p);

	if (kind == K_FALSE || !first)
		return first;
	if (kind >= K_XOR) {
		whole = op_eat(p, kind) ? over(p, kind, first) : 0;
		return whole && (p->f->node[first].next = parse_operand(p)) ? whole : 0;
	}
	return parse_chain(p, K_OR, parse_and, parse_chain(p, K_AND, parse_operand, first));
}

bool forest_read(struct forest *f, struct str desc)
{
	struct parser p = { f, { desc, 0 }, 0 };

	f->n = 1;
	f->letters = 0;
	do {
		if (f->letters == LETTERS || cursor_peek(&p.c) != 'A' + f->letters)
			return false;
		p.c.at++;
		if (!cursor_eat(&p.c, STR(": ")))
			return false;
		f->root[f->letters] = parse_expression(&p);
		if (!f->root[f->letters++])
			return false;
	} while (cursor_eat(&p.c, STR("; ")));
	return p.c.at == desc.n;
}

/* Beyond an int only while the steps are told. */
static char *number_pen(char *pen, int64_t v)
{
	char digits[24];
	int at = sizeof(digits);
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	if (v >= 0 && v <= 999)
		return pen_int(pen, (int)v);
	for (; u; u /= 10)
		digits[--at] = (char)('0' + u % 10);
	if (v < 0)
		digits[--at] = '-';
	return pen_str(pen, (struct str){ digits + at, sizeof(digits) - (size_t)at });
}

enum { NODE_MAX = 2 * PEN_SLACK }; /* bytes that a node takes, at most: a number or a word, a sign before it, brackets */

static char *node_pen(char *pen, const struct forest *f, short at)
{
	static const struct pen_text no = PEN_TEXT("False"), yes = PEN_TEXT("True"), not = PEN_TEXT("not ");
	static const struct pen_text times = PEN_TEXT(" * "), plus = PEN_TEXT(" + "), minus = PEN_TEXT(" - ");
	const struct node *n = &f->node[at];

	if (n->bracket)
		*pen++ = '(';
	switch (n->kind) {
	case K_FALSE:
	case K_TRUE:
		pen = pen_text(pen, n->kind == K_TRUE ? &yes : &no);
		break;
	case K_NUMBER:
		pen = number_pen(pen, n->value);
		break;
	case K_NOT:
		pen = node_pen(pen_text(pen, &not), f, n->kid);
		break;
	default:
		for (short k = n->kid; k; k = f->node[k].next) {
			if (k != n->kid)
				pen = pen_text(pen, n->kind == K_PRODUCT ? &times : n->kind == K_SUM ?
					f->node[k].minus ? &minus : &plus : n->kind == K_COMPARE ?
					&compare_text[(int)n->compare] : &op_text[n->kind]);
			pen = node_pen(pen, f, k);
		}
	}
	if (n->bracket)
		*pen++ = ')';
	return pen;
}

void forest_node_write(struct buf *out, const struct forest *f, short at)
{
	char *pen = pen_down(out, (size_t)f->n * NODE_MAX);

	if (pen)
		pen_up(out, node_pen(pen, f, at));
}

void forest_letter_write(struct buf *out, int letter)
{
	buf_addc(out, (char)('A' + letter));
	buf_add(out, STR(": "));
}

void forest_write(struct buf *out, const struct forest *f)
{
	char *pen = pen_down(out, (size_t)f->n * NODE_MAX + (size_t)f->letters * 8);

	if (!pen)
		return;
	for (int i = 0; i < f->letters; i++) {
		pen = pen_str(pen, i ? STR("; ") : STR(""));
		*pen++ = (char)('A' + i);
		pen = node_pen(pen_str(pen, STR(": ")), f, f->root[i]);
	}
	pen_up(out, pen);
}
