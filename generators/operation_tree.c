/* operation_tree.c - expressions with operators of their own: read, print, reckon, reorder; see operation_tree.h. */
#include "generators/operation_tree.h"

#include "base/cursor.h"
#include "generators/parts.h"

typedef __int128 wide;

/* How each symbol is shown, A to L. */
static const char *const shown[OP_SYMBOLS] = {
	"⊗", "⊙", "⊞", "⊠", "△", "▽", "◆", "★", "■", "●", "♠", "♣",
};

enum cond_kind { MORE, LESS, SAME, EVEN, ODD, BOTH_EVEN, BOTH_ODD, TIMES };

/* x and y in the texts stand for the operands. */
static const struct cond {
	const char *code;
	enum cond_kind kind;
	char of; /* x, y, s: their sum */
	int times;
	const char *text[LANGS];
} conds[] = {
	{ "x>y", MORE, 0, 0, { "x > y", "x > y" } },
	{ "x<y", LESS, 0, 0, { "x < y", "x < y" } },
	{ "x=y", SAME, 0, 0, { "x = y", "x = y" } },
	{ "ex", EVEN, 'x', 0, { "x is even", "x 是偶数" } },
	{ "ox", ODD, 'x', 0, { "x is odd", "x 是奇数" } },
	{ "ey", EVEN, 'y', 0, { "y is even", "y 是偶数" } },
	{ "oy", ODD, 'y', 0, { "y is odd", "y 是奇数" } },
	{ "exy", BOTH_EVEN, 0, 0, { "x and y are both even", "x 和 y 都是偶数" } },
	{ "oxy", BOTH_ODD, 0, 0, { "x and y are both odd", "x 和 y 都是奇数" } },
	{ "es", EVEN, 's', 0, { "x + y is even", "x + y 是偶数" } },
	{ "os", ODD, 's', 0, { "x + y is odd", "x + y 是奇数" } },
	{ "3x", TIMES, 'x', 3, { "x is a multiple of 3", "x 是 3 的倍数" } },
	{ "3y", TIMES, 'y', 3, { "y is a multiple of 3", "y 是 3 的倍数" } },
	{ "5x", TIMES, 'x', 5, { "x is a multiple of 5", "x 是 5 的倍数" } },
	{ "5y", TIMES, 'y', 5, { "y is a multiple of 5", "y 是 5 的倍数" } },
};

enum { CONDS = COUNT(conds) };

/* ---- reading ---- */

struct reader {
	struct op_puzzle *p;
	struct cursor c;
	bool vars;
	int deep;
};

static int read_expr(struct reader *r, int level);

static int node_add(struct op_puzzle *p, enum op_kind kind, int l, int r, int v)
{
	if (l < 0 || r < 0 || p->n == OP_NODES)
		return -1;
	p->node[p->n] = (struct op_node){ .kind = (unsigned char)kind, .l = (short)l, .r = (short)r, .v = (short)v };
	return p->n++;
}

static int read_atom(struct reader *r)
{
	int64_t v;
	bool abs;
	int i;

	if (cursor_digit(&r->c))
		return cursor_number(&r->c, 9999, &v) && v > 0 ? node_add(r->p, OP_NUM, 0, 0, (int)v) : -1;
	if (r->vars && cursor_eat(&r->c, STR("x")))
		return node_add(r->p, OP_X, 0, 0, 0);
	if (r->vars && cursor_eat(&r->c, STR("y")))
		return node_add(r->p, OP_Y, 0, 0, 0);
	abs = cursor_eat(&r->c, STR("abs("));
	if (!abs && !cursor_eat(&r->c, STR("(")))
		return -1;
	i = read_expr(r, 1);
	if (i < 0 || !cursor_eat(&r->c, STR(")")))
		return -1;
	return abs ? node_add(r->p, OP_ABS, i, 0, 0) : i;
}

static int read_power(struct reader *r)
{
	int i = read_atom(r);

	if (i >= 0 && cursor_eat(&r->c, STR("^2")))
		i = node_add(r->p, OP_POW, i, 0, 2);
	else if (i >= 0 && cursor_eat(&r->c, STR("^3")))
		i = node_add(r->p, OP_POW, i, 0, 3);
	return i;
}

/* The operator that stands next, if it binds at least so tightly: its kind, level and side. */
static bool operator_next(struct reader *r, int level, enum op_kind *kind, int *def, int *is, bool *right)
{
	char c = cursor_peek(&r->c);

	*right = false;
	*def = 0;
	if (c == '+' || c == '-' || c == '*' || c == '/') {
		*kind = c == '+' ? OP_ADD : c == '-' ? OP_SUB : c == '*' ? OP_MUL : OP_DIV;
		*is = *kind >= OP_MUL ? 2 : 1;
		return *is >= level;
	}
	for (int d = 0; d < r->p->defs; d++)
		if (c == r->p->def[d].symbol) {
			*kind = OP_USE;
			*def = d;
			*is = r->p->def[d].level;
			*right = r->p->def[d].right;
			return *is >= level;
		}
	return false;
}

static int read_expr(struct reader *r, int level)
{
	enum op_kind kind;
	int x, y, def, is;
	bool right;

	if (r->deep >= (r->vars ? OP_DEEP_FORMULA : OP_DEEP))
		return -1;
	r->deep++;
	x = read_power(r);
	while (x >= 0 && operator_next(r, level, &kind, &def, &is, &right)) {
		r->c.at++;
		y = read_expr(r, right ? is : is + 1);
		x = node_add(r->p, kind, x, y, 0);
		if (x >= 0)
			r->p->node[x].def = (unsigned char)def;
	}
	r->deep--;
	return x;
}

static int read_formula(struct op_puzzle *p, struct str s, unsigned *uses)
{
	struct reader r = { .p = p, .c = { s, 0 }, .vars = true };
	int from = p->n, i = read_expr(&r, 1);

	if (i < 0 || r.c.at != s.n)
		return -1;
	for (int k = from; k < p->n; k++)
		if (p->node[k].kind == OP_USE)
			*uses |= 1u << p->node[k].def;
	return i;
}

/* -1: there is no such condition. */
static int cond_of(struct str code)
{
	for (int i = 0; i < CONDS; i++)
		if (code.n > 1 && code.s[0] == conds[i].code[0] && code.s[1] == conds[i].code[1] && str_is(code, conds[i].code))
			return i;
	return -1;
}

static bool read_definition(struct op_puzzle *p, struct str s)
{
	struct op_def d = { .cond = -1 };
	struct str rule;
	int yes = 0, no;

	if (p->defs == OP_DEFS || s.n < 5 || s.s[0] < 'A' || s.s[0] >= 'A' + OP_SYMBOLS || s.s[1] < '1' || s.s[1] > '0' + OP_LEVELS ||
	    (s.s[2] != 'l' && s.s[2] != 'r') || s.s[3] != '=')
		return false;
	d.symbol = s.s[0];
	d.level = s.s[1] - '0';
	d.right = s.s[2] == 'r';
	if (d.right && d.level < 3)
		return false;
	for (int i = 0; i < p->defs; i++)
		if (p->def[i].symbol == d.symbol || (p->def[i].level == d.level && p->def[i].right != d.right))
			return false;
	rule = str_from(s, 4);
	if (rule.s[0] == '[') {
		ptrdiff_t end = str_chr(rule, ']'), bar = str_chr(rule, '|');

		if (end < 0 || bar < end)
			return false;
		d.cond = cond_of(str_sub(rule, 1, (size_t)end));
		yes = read_formula(p, str_sub(rule, (size_t)end + 1, (size_t)bar), &d.uses);
		if (d.cond < 0 || yes < 0)
			return false;
		rule = str_from(rule, (size_t)bar + 1);
	}
	no = read_formula(p, rule, &d.uses);
	if (no < 0)
		return false;
	d.yes = (short)yes;
	d.no = (short)no;
	p->order[p->defs] = p->defs;
	p->def[p->defs++] = d;
	return true;
}

bool op_read(struct op_puzzle *p, struct str desc)
{
	struct reader r = { .p = p };
	ptrdiff_t end;

	p->n = p->defs = 0;
	while ((end = str_chr(desc, ';')) >= 0) {
		if (!read_definition(p, str_sub(desc, 0, (size_t)end)))
			return false;
		desc = str_from(desc, (size_t)end + 1);
	}
	r.c.s = desc;
	p->root = read_expr(&r, 1);
	return p->root >= 0 && r.c.at == desc.n;
}

/* ---- printing ---- */

struct style {
	bool nice;                      /* blanks, and symbols as they are shown */
	const struct op_ratio *x, *y;   /* values for x and y, or NULL */
};

static int level_of(const struct op_puzzle *p, const struct op_node *x)
{
	switch ((enum op_kind)x->kind) {
	case OP_ADD:
	case OP_SUB:
		return 1;
	case OP_MUL:
	case OP_DIV:
		return 2;
	case OP_USE:
		return p->def[x->def].level;
	case OP_POW:
		return OP_LEVELS + 1;
	default:
		return OP_LEVELS + 2;
	}
}

void op_print_ratio(struct buf *b, struct op_ratio v)
{
	buf_addi(b, v.num);
	if (v.den != 1) {
		buf_addc(b, '/');
		buf_addi(b, v.den);
	}
}

/* As part of a formula: what is not a plain number stands in brackets. */
static void print_value(struct buf *b, struct op_ratio v)
{
	bool plain = v.num >= 0 && v.den == 1;

	if (!plain)
		buf_addc(b, '(');
	op_print_ratio(b, v);
	if (!plain)
		buf_addc(b, ')');
}

static void print_number(struct buf *b, int v)
{
	if (v < 10)
		buf_addc(b, (char)('0' + v));
	else
		buf_addi(b, v);
}

static void print_sign(struct buf *b, const struct op_puzzle *p, const struct op_node *x, bool nice)
{
	if (nice)
		buf_addc(b, ' ');
	if (x->kind != OP_USE)
		buf_addc(b, "+-*/"[x->kind - OP_ADD]);
	else if (nice)
		buf_addz(b, shown[p->def[x->def].symbol - 'A']);
	else
		buf_addc(b, p->def[x->def].symbol);
	if (nice)
		buf_addc(b, ' ');
}

static void print(struct buf *b, const struct op_puzzle *p, int i, const struct style *how);

static void print_in(struct buf *b, const struct op_puzzle *p, int i, bool brackets, const struct style *how)
{
	if (brackets)
		buf_addc(b, '(');
	print(b, p, i, how);
	if (brackets)
		buf_addc(b, ')');
}

static void print(struct buf *b, const struct op_puzzle *p, int i, const struct style *how)
{
	const struct op_node *x = &p->node[i];
	int level = level_of(p, x), l, r;
	bool right = x->kind == OP_USE && p->def[x->def].right;

	switch ((enum op_kind)x->kind) {
	case OP_NUM:
		print_number(b, x->v);
		return;
	case OP_X:
	case OP_Y:
		if (how->x)
			print_value(b, x->kind == OP_X ? *how->x : *how->y);
		else
			buf_addc(b, x->kind == OP_X ? 'x' : 'y');
		return;
	case OP_ABS:
		buf_add(b, STR("abs"));
		print_in(b, p, x->l, true, how);
		return;
	case OP_POW:
		print_in(b, p, x->l, level_of(p, &p->node[x->l]) <= OP_LEVELS + 1, how);
		buf_addc(b, '^');
		buf_addc(b, (char)('0' + x->v));
		return;
	default:
		break;
	}
	l = level_of(p, &p->node[x->l]);
	r = level_of(p, &p->node[x->r]);
	print_in(b, p, x->l, l < level || (l == level && right), how);
	print_sign(b, p, x, how->nice);
	print_in(b, p, x->r, r < level || (r == level && !right), how);
}

/* "[x>y]" */
static void print_code(struct buf *b, int cond)
{
	buf_addc(b, '[');
	buf_addz(b, conds[cond].code);
	buf_addc(b, ']');
}

void op_print_desc(struct buf *b, const struct op_puzzle *p)
{
	struct style plain = { 0 };

	for (int k = 0; k < p->defs; k++) {
		const struct op_def *d = &p->def[p->order[k]];

		buf_addc(b, d->symbol);
		buf_addc(b, (char)('0' + d->level));
		buf_addc(b, d->right ? 'r' : 'l');
		buf_addc(b, '=');
		if (d->cond >= 0) {
			print_code(b, d->cond);
			print(b, p, d->yes, &plain);
			buf_addc(b, '|');
		}
		print(b, p, d->no, &plain);
		buf_addc(b, ';');
	}
	print(b, p, p->root, &plain);
}

void op_print_shown(struct buf *b, const struct op_puzzle *p, int node)
{
	print(b, p, node, &(struct style){ .nice = true });
}

/* A condition, x and y as they are or as values. */
static void print_cond(struct buf *b, const struct cond *c, enum lang lang, const struct style *how)
{
	for (const char *s = c->text[lang]; *s; s++)
		if (how->x && (*s == 'x' || *s == 'y'))
			print_value(b, *s == 'x' ? *how->x : *how->y);
		else
			buf_addc(b, *s);
}

void op_print_definition(struct buf *b, const struct op_puzzle *p, int def, enum lang lang, int style)
{
	const struct op_def *d = &p->def[def];
	const char *sign = shown[d->symbol - 'A'];
	struct style nice = { .nice = true };

	if (d->cond < 0) {
		buf_addf(b, "x %s y = ", sign);
		print(b, p, d->no, &nice);
		return;
	}
	if (style == 0 && lang == LANG_EN) {
		buf_addf(b, "x %s y = ", sign);
		print(b, p, d->yes, &nice);
		buf_addz(b, " if ");
		print_cond(b, &conds[d->cond], lang, &nice);
		buf_addf(b, ", otherwise x %s y = ", sign);
	} else if (style == 0) {
		buf_addz(b, "当 ");
		print_cond(b, &conds[d->cond], lang, &nice);
		/* a blank parts Chinese from Latin only */
		buf_addf(b, "%s时，x %s y = ", conds[d->cond].kind <= SAME ? " " : "", sign);
		print(b, p, d->yes, &nice);
		buf_addf(b, "；否则 x %s y = ", sign);
	} else {
		buf_addf(b, lang == LANG_EN ? "x %s y: if " : "x %s y：若 ", sign);
		print_cond(b, &conds[d->cond], lang, &nice);
		buf_addz(b, lang == LANG_EN ? ", then " : "，则为 ");
		print(b, p, d->yes, &nice);
		buf_addz(b, lang == LANG_EN ? "; else " : "；否则为 ");
	}
	print(b, p, d->no, &nice);
}

void op_print_order(struct buf *b, const struct op_puzzle *p)
{
	static const char *const usual[OP_LEVELS + 1] = { "", "+ -", "* /", "", "", "" };
	bool first = true;

	for (int i = 0; i < p->n; i++)
		if (p->node[i].kind == OP_POW) {
			buf_addc(b, '^');
			first = false;
			break;
		}
	for (int level = OP_LEVELS; level > 0; level--) {
		bool any = usual[level][0] != 0;

		for (int d = 0; d < p->defs; d++)
			any = any || p->def[d].level == level;
		if (!any)
			continue;
		if (!first)
			buf_addz(b, " > ");
		first = false;
		buf_addz(b, usual[level]);
		any = usual[level][0] != 0;
		for (int d = 0; d < p->defs; d++)
			if (p->def[p->order[d]].level == level) {
				buf_addf(b, "%s%s", any ? " " : "", shown[p->def[p->order[d]].symbol - 'A']);
				any = true;
			}
	}
}

void op_print_sides(struct buf *b, const struct op_puzzle *p, enum lang lang)
{
	const char *sign = NULL;

	for (int k = 0; k < p->defs; k++) {
		const struct op_def *d = &p->def[p->order[k]];

		if (!d->right)
			continue;
		if (sign)
			buf_addz(b, lang == LANG_EN ? ", " : "、");
		else
			buf_addz(b, lang == LANG_EN ? "Operators of equal precedence are worked out from left to right, only these from right to left: " :
						     "同级运算从左到右依次计算，只有以下运算从右到左：");
		sign = shown[d->symbol - 'A'];
		buf_addz(b, sign);
	}
	if (!sign)
		buf_addz(b, lang == LANG_EN ? "Operators of equal precedence are worked out from left to right." : "同级运算从左到右依次计算。");
	else
		buf_addf(b, lang == LANG_EN ? " (a %s b %s c is a %s (b %s c))." : "（a %s b %s c 就是 a %s (b %s c)）。", sign, sign, sign, sign);
}

/* ---- reckoning ---- */

static bool ratio_set(const struct op_work *w, struct op_ratio *v, wide num, wide den)
{
	wide a = num < 0 ? -num : num, b = den < 0 ? -den : den;

	if (den == 0)
		return false;
	if (den == 1) {
		a = 1;
	} else if (a <= INT64_MAX && b <= INT64_MAX) {
		int64_t x = (int64_t)a, y = (int64_t)b;

		while (y != 0) {
			int64_t z = x % y;

			x = y;
			y = z;
		}
		a = x;
	} else {
		while (b != 0) {
			wide c = a % b;

			a = b;
			b = c;
		}
	}
	if (den < 0 || a != 1) {
		a = den < 0 ? -a : a;
		num /= a;
		den /= a;
	}
	if (num > w->limit || num < -w->limit || den > w->limit || (w->integers && den != 1))
		return false;
	*v = (struct op_ratio){ (int64_t)num, (int64_t)den };
	return true;
}

/* Integers, as nearly all are: nothing to reduce. */
static bool whole_apply(const struct op_work *w, struct op_ratio *v, int64_t a, enum op_kind op, int64_t b)
{
	int64_t n;

	if (op == OP_ADD ? __builtin_add_overflow(a, b, &n) : op == OP_SUB ? __builtin_sub_overflow(a, b, &n) : __builtin_mul_overflow(a, b, &n))
		return false; /* beyond any limit */
	*v = (struct op_ratio){ n, 1 };
	return n <= w->limit && n >= -w->limit;
}

static bool ratio_apply(const struct op_work *w, struct op_ratio *v, struct op_ratio a, enum op_kind op, struct op_ratio b)
{
	if (a.den == 1 && b.den == 1 && op != OP_DIV)
		return whole_apply(w, v, a.num, op, b.num);
	switch (op) {
	case OP_ADD:
		return ratio_set(w, v, (wide)a.num * b.den + (wide)b.num * a.den, (wide)a.den * b.den);
	case OP_SUB:
		return ratio_set(w, v, (wide)a.num * b.den - (wide)b.num * a.den, (wide)a.den * b.den);
	case OP_MUL:
		return ratio_set(w, v, (wide)a.num * b.num, (wide)a.den * b.den);
	default:
		return ratio_set(w, v, (wide)a.num * b.den, (wide)a.den * b.num);
	}
}

/* What x and y are within a formula, and how long the chain was that led to them. */
struct env {
	struct op_ratio x, y;
	int deep;
};

struct eval {
	struct op_work *w;
	const struct op_puzzle *p;
};

static bool eval(struct eval *e, int i, const struct env *env, struct op_ratio *v, int *deep);

static bool met(struct eval *e, const struct cond *c, const struct env *env, bool *yes)
{
	struct op_ratio x = env->x, y = env->y, of = c->of == 'y' ? y : x;
	wide d = (wide)x.num * y.den - (wide)y.num * x.den;

	if (c->of == 's' && !ratio_apply(&(struct op_work){ .limit = OP_LIMIT }, &of, x, OP_ADD, y))
		return false;
	switch (c->kind) {
	case MORE:
		*yes = d > 0;
		break;
	case LESS:
		*yes = d < 0;
		break;
	case SAME:
		*yes = d == 0;
		break;
	case EVEN:
		*yes = of.den == 1 && of.num % 2 == 0;
		break;
	case ODD:
		*yes = of.den == 1 && of.num % 2 != 0;
		break;
	case BOTH_EVEN:
		*yes = x.den == 1 && y.den == 1 && x.num % 2 == 0 && y.num % 2 == 0;
		break;
	case BOTH_ODD:
		*yes = x.den == 1 && y.den == 1 && x.num % 2 != 0 && y.num % 2 != 0;
		break;
	case TIMES:
		*yes = of.den == 1 && of.num % c->times == 0;
		break;
	}
	e->w->conditions++;
	e->w->steps++;
	return true;
}

/* a + b = c, told and counted. */
static void did(struct eval *e, const struct op_node *x, struct op_ratio a, struct op_ratio b, struct op_ratio v, int deep)
{
	struct op_work *w = e->w;

	w->steps++;
	w->depth = deep > w->depth ? deep : w->depth;
	w->fractions = w->fractions || v.den != 1;
	if (!w->out)
		return;
	if (x->kind == OP_ABS) {
		buf_addz(w->out, "abs(");
		op_print_ratio(w->out, a);
		buf_addc(w->out, ')');
	} else {
		print_value(w->out, a);
		if (x->kind == OP_POW)
			buf_addf(w->out, "^%d", x->v);
		else {
			print_sign(w->out, e->p, x, true);
			print_value(w->out, b);
		}
	}
	buf_addz(w->out, " = ");
	op_print_ratio(w->out, v);
	buf_addc(w->out, '\n');
}

static bool use(struct eval *e, const struct op_node *x, struct op_ratio a, struct op_ratio b, struct op_ratio *v, int *deep)
{
	const struct op_def *d = &e->p->def[x->def];
	struct env env = { a, b, *deep + (d->cond >= 0) };
	struct style values = { .nice = true, .x = &env.x, .y = &env.y };
	struct buf *out = e->w->out;
	bool yes = false;
	int formula;

	if (d->cond >= 0 && !met(e, &conds[d->cond], &env, &yes))
		return false;
	formula = yes ? d->yes : d->no;
	if (out) {
		print_value(out, a);
		print_sign(out, e->p, x, true);
		print_value(out, b);
		buf_addz(out, ": ");
		if (d->cond >= 0) {
			print_cond(out, &conds[d->cond], e->w->lang, &values);
			buf_addz(out, e->w->lang == LANG_EN ? (yes ? "? yes: " : "? no: ") : (yes ? "？是：" : "？否："));
		}
		print(out, e->p, formula, &values);
		buf_addc(out, '\n');
	}
	return eval(e, formula, &env, v, deep);
}

static bool eval(struct eval *e, int i, const struct env *env, struct op_ratio *v, int *deep)
{
	const struct op_node *x = &e->p->node[i];
	struct op_ratio a, b = { 0, 1 };
	int l, r = 0;

	*deep = 0;
	if (e->w->fuel++ >= OP_FUEL)
		return false;
	switch ((enum op_kind)x->kind) {
	case OP_NUM:
		*v = (struct op_ratio){ x->v, 1 };
		return true;
	case OP_X:
	case OP_Y:
		*v = x->kind == OP_X ? env->x : env->y;
		*deep = env->deep;
		return true;
	default:
		break;
	}
	if (!eval(e, x->l, env, &a, &l) || (x->kind != OP_ABS && x->kind != OP_POW && !eval(e, x->r, env, &b, &r)))
		return false;
	*deep = l > r ? l : r;
	if (x->kind == OP_USE) {
		if (!use(e, x, a, b, v, deep))
			return false;
		/* what it came to, beside what was asked */
		if (e->w->out) {
			print_value(e->w->out, a);
			print_sign(e->w->out, e->p, x, true);
			print_value(e->w->out, b);
			buf_addz(e->w->out, " = ");
			op_print_ratio(e->w->out, *v);
			buf_addc(e->w->out, '\n');
		}
		return true;
	}
	++*deep;
	if (x->kind == OP_ABS) {
		*v = (struct op_ratio){ a.num < 0 ? -a.num : a.num, a.den };
	} else if (x->kind == OP_POW) {
		if (!ratio_apply(e->w, v, a, OP_MUL, a) || (x->v == 3 && !ratio_apply(e->w, v, *v, OP_MUL, a)))
			return false;
	} else if (!ratio_apply(e->w, v, a, (enum op_kind)x->kind, b)) {
		return false;
	}
	did(e, x, a, b, *v, *deep);
	return true;
}

bool op_value(struct op_work *w, const struct op_puzzle *p, struct op_ratio *v)
{
	struct eval e = { w, p };
	struct env none = { { 0, 1 }, { 0, 1 }, 0 };
	int deep;

	w->steps = w->conditions = w->depth = w->fuel = 0;
	w->fractions = false;
	return eval(&e, p->root, &none, v, &deep);
}

/* ---- are formulas worth having ---- */

enum { PROBES = 3 };

/* Values of a formula at 3 x 3 points, as far as they were asked for; den 0 where there is none. */
struct probe {
	const struct op_puzzle *p;
	int formula;
	struct op_ratio v[PROBES][PROBES];
	bool known[PROBES][PROBES];
};

static struct op_ratio probe(struct probe *q, int i, int j)
{
	static const int64_t at[PROBES] = { 2, 3, 7 };
	struct op_work w = { .limit = OP_LIMIT };
	struct eval e = { &w, q->p };
	struct env env = { { at[i], 1 }, { at[j], 1 }, 0 };
	int deep;

	if (!q->known[i][j] && !eval(&e, q->formula, &env, &q->v[i][j], &deep))
		q->v[i][j] = (struct op_ratio){ 0, 0 };
	q->known[i][j] = true;
	return q->v[i][j];
}

static bool same(struct op_ratio a, struct op_ratio b)
{
	return a.num == b.num && a.den == b.den;
}

static bool moves(struct probe *q)
{
	bool x = false, y = false;

	for (int i = 0; i < PROBES; i++)
		for (int j = 1; j < PROBES && !(x && y); j++) {
			x = x || !same(probe(q, j, i), probe(q, 0, i));
			y = y || !same(probe(q, i, j), probe(q, i, 0));
		}
	return x && y;
}

bool op_formulas_differ(const struct op_puzzle *p)
{
	for (int d = 0; d < p->defs; d++) {
		struct probe no = { .p = p, .formula = p->def[d].no }, yes = { .p = p, .formula = p->def[d].yes };
		bool differ = p->def[d].cond < 0;

		if (!moves(&no))
			return false;
		if (differ)
			continue;
		for (int i = 0; i < PROBES * PROBES && !differ; i++)
			differ = !same(probe(&yes, i / PROBES, i % PROBES), probe(&no, i / PROBES, i % PROBES));
		if (!differ || !moves(&yes))
			return false;
	}
	return true;
}

/* ---- other orders ---- */

/* A term of a sum or a factor of a product, with its sign. */
struct piece {
	unsigned char kind; /* OP_ADD or OP_SUB, OP_MUL or OP_DIV */
	short node;
};

enum { PIECES = 64 };

struct pieces {
	struct piece piece[PIECES]; /* the first one has no sign that shows: OP_ADD or OP_MUL */
	short spine[PIECES];        /* the operations that join them; the last one is the whole */
	int n, joins;
};

/* Sums that are added to a sum are part of it, brackets or not; so with products. false: too many pieces. */
static bool pieces_add(struct pieces *list, const struct op_puzzle *p, int i, enum op_kind kind)
{
	const struct op_node *x = &p->node[i];
	bool same_kind = kind == OP_ADD ? x->kind == OP_ADD || x->kind == OP_SUB : x->kind == OP_MUL || x->kind == OP_DIV;

	if ((kind == OP_ADD || kind == OP_MUL) && same_kind) {
		if (!pieces_add(list, p, x->l, kind) || !pieces_add(list, p, x->r, (enum op_kind)x->kind))
			return false;
		list->spine[list->joins++] = (short)i;
		return true;
	}
	if (list->n == PIECES)
		return false;
	list->piece[list->n++] = (struct piece){ .kind = (unsigned char)kind, .node = (short)i };
	return true;
}

static bool pieces_of(struct pieces *list, const struct op_puzzle *p, int i)
{
	unsigned char kind = p->node[i].kind;

	list->n = list->joins = 0;
	return kind >= OP_ADD && kind <= OP_DIV && pieces_add(list, p, i, kind <= OP_SUB ? OP_ADD : OP_MUL);
}

static void shuffle(struct op_puzzle *p, int i, struct rng *rng)
{
	struct op_node *x = &p->node[i];
	struct pieces list;
	int first = 0;

	if (x->kind <= OP_Y)
		return;
	if (!pieces_of(&list, p, i)) {
		shuffle(p, x->l, rng);
		if (x->kind != OP_ABS && x->kind != OP_POW)
			shuffle(p, x->r, rng);
		return;
	}
	for (int k = 0; k < list.n; k++)
		shuffle(p, list.piece[k].node, rng);
	rng_shuffle(rng, list.piece, (size_t)list.n, sizeof(list.piece[0]));
	while (list.piece[first].kind != OP_ADD && list.piece[first].kind != OP_MUL)
		first++;
	if (first > 0) {
		struct piece t = list.piece[0];

		list.piece[0] = list.piece[first];
		list.piece[first] = t;
	}
	for (int k = 1; k < list.n; k++) {
		struct op_node *join = &p->node[list.spine[k - 1]];

		join->kind = list.piece[k].kind;
		join->l = k == 1 ? list.piece[0].node : list.spine[k - 2];
		join->r = list.piece[k].node;
	}
}

void op_shuffle(struct op_puzzle *p, struct rng *rng)
{
	for (int d = 0; d < p->defs; d++) {
		if (p->def[d].cond >= 0)
			shuffle(p, p->def[d].yes, rng);
		shuffle(p, p->def[d].no, rng);
	}
	shuffle(p, p->root, rng);
}

static void sorted(struct buf *b, const struct op_puzzle *p, int i, const char *label)
{
	static const char signs[] = "+-*/";
	const struct op_node *x = &p->node[i];
	size_t from, end[PIECES];
	struct pieces list;

	switch ((enum op_kind)x->kind) {
	case OP_NUM:
		print_number(b, x->v);
		return;
	case OP_X:
	case OP_Y:
		buf_addc(b, x->kind == OP_X ? 'x' : 'y');
		return;
	case OP_ABS:
	case OP_POW:
		buf_addc(b, x->kind == OP_ABS ? '|' : (char)('0' + x->v));
		buf_addc(b, '(');
		sorted(b, p, x->l, label);
		buf_addc(b, ')');
		return;
	default:
		break;
	}
	buf_addc(b, '(');
	if (!pieces_of(&list, p, i)) {
		sorted(b, p, x->l, label);
		buf_addc(b, x->kind == OP_USE ? label[x->def] : signs[x->kind - OP_ADD]);
		sorted(b, p, x->r, label);
		buf_addc(b, ')');
		return;
	}
	from = b->n;
	for (int k = 0; k < list.n; k++) {
		buf_addc(b, signs[list.piece[k].kind - OP_ADD]); /* + comes before -, * before / */
		sorted(b, p, list.piece[k].node, label);
		end[k] = b->n;
	}
	parts_sort(b, from, end, list.n, 0);
	buf_addc(b, ')');
}

void op_print_sorted(struct buf *b, const struct op_puzzle *p, const int *order)
{
	char label[OP_DEFS] = { 0 };

	for (int k = 0; k < p->defs; k++)
		label[order[k]] = (char)('A' + k);
	for (int k = 0; k < p->defs; k++) {
		const struct op_def *d = &p->def[order[k]];

		buf_addc(b, (char)('0' + d->level));
		buf_addc(b, d->right ? 'r' : 'l');
		if (d->cond >= 0) {
			print_code(b, d->cond);
			sorted(b, p, d->yes, label);
			buf_addc(b, '|');
		}
		sorted(b, p, d->no, label);
		buf_addc(b, ';');
	}
	sorted(b, p, p->root, label);
}
