/*
 * arc_agi.c - grids that one hidden rule turns into other grids: a few examples, and an input whose output is asked for.
 *
 * desc: "keep 3,fall 2,turn 5: 120/003 010/220 > 012/100": the program, the example inputs, the test input (the operations are
 * told in verifiers/arc_agi.c). Outputs are made by the program and not written down. A puzzle is only let out if every program of at
 * most as many operations that fits all examples gives the same for the test input.
 *
 * Our own puzzles throughout; nothing is taken from a published collection.
 */
#include "generators/arc_agi_ops.h"

#include <math.h>

enum { PROGRAMS = 400, INPUTS = 3, GRIDS = 30, PROMPT_CELLS = 6000 };

enum { DEPTH, LEAST, MOST, COLOURS, DEMOS };

static const struct knob knobs[] = {
	[DEPTH] = { "depth", 1, ARC_OPS, "operations of the hidden program" },
	[LEAST] = { "least", 2, ARC_SIDE, "shortest side of an input grid" },
	[MOST] = { "most", 3, ARC_SIDE, "longest side of an input grid" },
	[COLOURS] = { "colours", 2, 8, "colours in the inputs, besides 0" },
	[DEMOS] = { "demos", 2, ARC_DEMOS, "example pairs" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* depth least most colours demos */
	{ 1, 3, 4, 2, 3 },
	{ 1, 3, 5, 3, 3 },
	{ 1, 4, 6, 4, 3 },
	{ 2, 4, 6, 3, 4 },
	{ 2, 5, 8, 4, 4 },
	{ 2, 6, 9, 5, 3 },
	{ 3, 6, 9, 5, 4 },
	{ 3, 8, 11, 5, 3 },
	{ 3, 10, 14, 6, 3 },
	{ 4, 9, 12, 6, 3 },
	{ 4, 12, 15, 7, 3 },
};

static const char *refuse(const int *knob)
{
	if (knob[LEAST] > knob[MOST])
		return "least is more than most";
	if ((2 * knob[DEMOS] + 1) * knob[LEAST] * knob[LEAST] > PROMPT_CELLS)
		return "so many examples with grids of that size are more than 6000 cells";
	if (knob[DEPTH] > 3 && knob[MOST] < 6)
		return "grids of fewer than 6 cells a side are too small for programs of 4 operations";
	if (knob[DEPTH] > 1 && knob[MOST] < 4)
		return "grids of 3 cells a side are too small for programs of 2 operations";
	if (knob[DEPTH] == ARC_OPS && knob[LEAST] > 15)
		return "with 5 operations the grid grows: sides of more than 15 leave no room";
	if (knob[DEPTH] > 3 && knob[LEAST] > 20)
		return "with 4 operations the grid nearly always grows: sides of more than 20 leave no room";
	return NULL;
}

/* ---- programs ---- */

/* Colours 1 .. 9 in a random order: those of the inputs first. */
struct palette {
	int colour[9], n;
};

static int draw_arg(enum arc_arg arg, const struct palette *c, bool there, struct rng *rng)
{
	if (arg == ARC_COLOUR) /* one of the inputs', or one more */
		return c->colour[rng_below(rng, (uint32_t)(there ? c->n : c->n + 1))];
	return rng_range(rng, arc_arg_lo[arg], arc_arg_hi[arg]);
}

/* All kinds of a class are equally likely. */
static int draw_kind(int class, struct rng *rng)
{
	int kinds[ARC_KINDS], n = 0;

	for (int kind = 0; kind < ARC_KINDS; kind++)
		if (arc_forms[kind].class == class)
			kinds[n++] = kind;
	return kinds[rng_below(rng, (uint32_t)n)];
}

static bool draw_op(struct arc_op *op, int class, const struct palette *c, struct rng *rng)
{
	for (int draw = 0; draw < 20; draw++) {
		int kind = draw_kind(class, rng);
		bool there = kind == ARC_KEEP || kind == ARC_DROP || kind == ARC_MAP || kind == ARC_SWAP;

		op->kind = (enum arc_kind)kind;
		op->a = draw_arg(arc_forms[kind].arg[0], c, there, rng);
		op->b = draw_arg(arc_forms[kind].arg[1], c, false, rng);
		if (kind == ARC_SWAP && op->a > op->b) {
			int t = op->a;

			op->a = op->b;
			op->b = t;
		}
		if (arc_op_valid(op))
			return true;
	}
	return false;
}

static bool draw_program(struct arc_puzzle *p, int depth, const struct palette *c, struct rng *rng)
{
	int class[ARC_OPS] = { 0, 1, 2, 3, 4 };
	bool used[ARC_OPS] = { false };

	rng_shuffle(rng, class, ARC_OPS, sizeof(class[0]));
	for (int i = 0; i < depth; i++)
		used[class[i]] = true;
	p->ops = 0;
	for (int i = 0; i < ARC_OPS; i++)
		if (used[i] && !draw_op(&p->op[p->ops++], i, c, rng))
			return false;
	return true;
}

/* ---- inputs ---- */

enum style { NOISE, SPARSE, BLOCKS, WALLS, STYLES };

/* What kind of picture the operation needs to have something to do; STYLES: any. */
static enum style style_for(const struct arc_puzzle *p, struct rng *rng)
{
	for (int i = 0; i < p->ops; i++)
		switch (p->op[i].kind) {
		case ARC_FILL: return WALLS;
		case ARC_LINK: case ARC_COMPLETE: case ARC_CROP: return SPARSE;
		case ARC_HOLLOW: case ARC_CUTMAX: case ARC_CUTMIN: return BLOCKS;
		case ARC_LARGEST: case ARC_SMALLEST: case ARC_PAINTMAX: case ARC_PAINTMIN: case ARC_OUTLINE:
			return rng_chance(rng, 70) ? BLOCKS : SPARSE;
		case ARC_AND: case ARC_XOR: return NOISE;
		case ARC_FALL: case ARC_SMEAR: return rng_chance(rng, 50) ? NOISE : SPARSE;
		default: break;
		}
	return (enum style)rng_below(rng, STYLES);
}

static void draw_dots(struct arc_grid *g, int percent, const struct palette *c, struct rng *rng)
{
	for (int i = 0; i < g->h * g->w; i++)
		if (rng_chance(rng, percent))
			g->at[i] = (uint8_t)c->colour[rng_below(rng, (uint32_t)c->n)];
}

/* A rectangle, filled or only its edge, of sides of 2 (3) cells up to about half the grid's. */
static void draw_rectangle(struct arc_grid *g, bool walls, const struct palette *c, struct rng *rng)
{
	int least = walls ? 3 : 2, most_h = g->h / 2 + 1, most_w = g->w / 2 + 1, h, w, y0, x0, colour;

	most_h = most_h < least ? least : most_h;
	most_w = most_w < least ? least : most_w;
	if (most_h > g->h || most_w > g->w)
		return;
	h = rng_range(rng, least, most_h);
	w = rng_range(rng, least, most_w);
	y0 = rng_range(rng, 0, g->h - h);
	x0 = rng_range(rng, 0, g->w - w);
	colour = c->colour[rng_below(rng, (uint32_t)c->n)];
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			bool edge = y == 0 || x == 0 || y == h - 1 || x == w - 1;

			g->at[(y0 + y) * g->w + x0 + x] = (uint8_t)(edge || !walls ? colour : 0);
		}
}

static void draw_grid(struct arc_grid *g, const struct arc_puzzle *p, const int *knob, const struct palette *c, struct rng *rng)
{
	enum style style = style_for(p, rng);
	int first = p->op[0].kind, pieces;

	g->h = rng_range(rng, knob[LEAST], knob[MOST]);
	g->w = rng_range(rng, knob[LEAST], knob[MOST]);
	if (first == ARC_HALF || first == ARC_AND || first == ARC_XOR) { /* a half needs an even side */
		bool wide = first == ARC_HALF ? p->op[0].a % 2 : !p->op[0].a;
		int *side = wide ? &g->w : &g->h;

		if (*side % 2)
			*side += *side < knob[MOST] ? 1 : -1;
	}
	memset(g->at, 0, (size_t)(g->h * g->w));
	switch (style) {
	case NOISE: draw_dots(g, rng_range(rng, 35, 65), c, rng); break;
	case SPARSE: draw_dots(g, rng_range(rng, 10, 25), c, rng); break;
	default:
		pieces = 2 + (int)rng_below(rng, 3) + g->h * g->w / 40;
		for (int i = 0; i < pieces; i++)
			draw_rectangle(g, style == WALLS, c, rng);
		if (rng_chance(rng, 50))
			draw_dots(g, 4, c, rng);
	}
}

/* Is there something to see: two rows and columns at least, and two cells that are not of the commonest colour (0 counts)? */
static bool has_content(const struct arc_grid *g)
{
	int n = g->h * g->w, most = 0, count[10] = { 0 };

	for (int i = 0; i < n; i++) {
		count[g->at[i]]++;
		if (count[g->at[i]] > most)
			most = count[g->at[i]];
	}
	return g->h > 1 && g->w > 1 && n - most >= 2;
}

/* Every operation changes the grid, and what comes out is worth asking for. */
static bool works(struct arc_grid *out, const struct arc_grid *in, const struct arc_puzzle *p)
{
	struct arc_grid was = *in;

	for (int i = 0; i < p->ops; i++) {
		if (!arc_apply(out, &was, &p->op[i]) || arc_same(out, &was))
			return false;
		was.h = out->h;
		was.w = out->w;
		memcpy(was.at, out->at, (size_t)(out->h * out->w));
	}
	return has_content(in) && has_content(out) && !arc_same(in, out);
}

static bool draw_inputs(struct arc_puzzle *p, const int *knob, const struct palette *c, struct rng *rng)
{
	int cells = 0;

	p->demos = knob[DEMOS];
	for (int k = 0; k <= p->demos; k++) {
		int draw = 0;

		while (draw < GRIDS) {
			bool twice = false;

			draw_grid(&p->in[k], p, knob, c, rng);
			draw++;
			if (!works(&p->out[k], &p->in[k], p))
				continue;
			for (int i = 0; i < k; i++)
				twice |= arc_same(&p->in[i], &p->in[k]) || arc_same(&p->out[i], &p->out[k]);
			if (!twice)
				break;
		}
		if (draw == GRIDS)
			return false;
		cells += p->in[k].h * p->in[k].w + p->out[k].h * p->out[k].w;
	}
	return cells <= PROMPT_CELLS;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct palette c = { { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, knob[COLOURS] };
	struct arc_puzzle p;

	for (int program = 0; program < PROGRAMS; program++) {
		rng_shuffle(rng, c.colour, 9, sizeof(c.colour[0]));
		if (!draw_program(&p, knob[DEPTH], &c, rng))
			continue;
		for (int input = 0; input < INPUTS; input++) {
			if (!draw_inputs(&p, knob, &c, rng))
				break;
			if (!arc_unique(&p, NULL))
				continue;
			arc_write(desc, &p);
			arc_write_grid(answer, &p.out[p.demos]);
			return true;
		}
	}
	return false;
}

/* ---- the solver ---- */

static bool solve(struct buf *answer, struct str desc)
{
	struct arc_puzzle p;

	if (!arc_parse(&p, desc))
		return false;
	arc_write_grid(answer, &p.out[p.demos]);
	return true;
}

static bool prove(struct str desc)
{
	struct arc_puzzle p;

	return arc_parse(&p, desc) && arc_unique(&p, NULL);
}

/* The program step by step on the first example, its ends on the others, and on the test up to the last operation. */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct arc_puzzle p;
	struct arc_grid at[2];

	if (!arc_parse(&p, desc))
		return;
	for (int k = 0; k <= p.demos; k++) {
		bool test = k == p.demos, whole = k == 0 || test;

		buf_addf(steps, test ? "\n?" : k ? "\n%d" : "%d", k + 1);
		buf_addz(steps, ": ");
		arc_write_grid(steps, &p.in[k]);
		arc_run(&at[0], &p.in[k], NULL, 0);
		for (int i = 0; i < p.ops && whole; i++) {
			arc_apply(&at[(i + 1) % 2], &at[i % 2], &p.op[i]);
			buf_addf(steps, "\n%d) ", i + 1);
			arc_say(steps, &p.op[i], lang);
			if (test && i + 1 == p.ops)
				break;
			buf_addz(steps, lang == LANG_EN ? ": " : "：");
			arc_write_grid(steps, &at[(i + 1) % 2]);
		}
		if (!whole) {
			buf_addz(steps, " > ");
			arc_write_grid(steps, &p.out[k]);
		}
	}
}

/* ---- what else quarry asks ---- */

static const char *const techniques[] = { /* bit i: an operation of class i */
	"", "select", "draw", "select, draw", "recolour", "select, recolour", "draw, recolour", "select, draw, recolour",
	"turn", "select, turn", "draw, turn", "select, draw, turn", "recolour, turn", "select, recolour, turn", "draw, recolour, turn",
	"select, draw, recolour, turn",
	"assemble", "select, assemble", "draw, assemble", "select, draw, assemble", "recolour, assemble", "select, recolour, assemble",
	"draw, recolour, assemble", "select, draw, recolour, assemble", "turn, assemble", "select, turn, assemble",
	"draw, turn, assemble", "select, draw, turn, assemble", "recolour, turn, assemble", "select, recolour, turn, assemble",
	"draw, recolour, turn, assemble", "select, draw, recolour, turn, assemble",
};

/* How many programs of at most `ops` operations there are with this many colours. */
static int programs(int ops, int colours)
{
	double ways[ARC_OPS + 1] = { 1 }, sum = 0; /* by length */

	for (int class = 0; class < ARC_OPS; class++) {
		int n = 0;

		for (int kind = 0; kind < ARC_KINDS; kind++) {
			const struct arc_form *f = &arc_forms[kind];
			int own = 1;

			for (int i = 0; i < 2; i++)
				own *= f->arg[i] == ARC_COLOUR ? colours : arc_arg_hi[f->arg[i]] - arc_arg_lo[f->arg[i]] + 1;
			n += f->class == class ? own : 0;
		}
		for (int k = ARC_OPS; k > 0; k--)
			ways[k] += ways[k - 1] * n;
	}
	for (int k = 1; k <= ops; k++)
		sum += ways[k];
	return sum < 1e8 ? (int)sum : 100000000;
}

/* Guesses: the programs that the examples have to rule out. Steps: cells that the program goes over in the test. */
static void grade(struct effort *e, struct str desc)
{
	struct arc_puzzle p;
	unsigned met = 0, classes = 0;
	int colours = 0;

	memset(e, 0, sizeof(*e));
	e->technique = "";
	if (!arc_parse(&p, desc))
		return;
	for (int k = 0; k <= p.demos; k++)
		for (int i = 0; i < p.in[k].h * p.in[k].w; i++)
			met |= 1u << p.in[k].at[i];
	for (int c = 1; c < 10; c++)
		colours += met >> c & 1;
	for (int i = 0; i < p.ops; i++)
		classes |= 1u << arc_forms[p.op[i].kind].class;
	e->depth = p.ops;
	e->branch = programs(p.ops, colours);
	e->steps = p.ops * (p.in[p.demos].h * p.in[p.demos].w + p.out[p.demos].h * p.out[p.demos].w);
	e->technique = techniques[classes];
}

static double answers_log2(struct str desc)
{
	struct arc_puzzle p;

	return arc_parse(&p, desc) ? p.out[p.demos].h * p.out[p.demos].w * log2(10) : 0;
}

/* ---- twins ---- */

/* Left-right mirroring (0) or the main diagonal (3), of a grid in place. */
static void image(struct arc_grid *g, int t)
{
	struct arc_grid from = *g;

	arc_apply(g, &from, &(struct arc_op){ ARC_TURN, t, 0 });
}

/* The operation that does to images what op does to the grids themselves. */
static void image_op(struct arc_op *op, int t)
{
	static const int corner[2][4] = { { 1, 0, 3, 2 }, { 0, 3, 2, 1 } }, turned[2][7] = { { 0, 1, 2, 4, 3, 6, 5 },
		{ 1, 0, 2, 3, 4, 6, 5 } };
	int diagonal = t == 3;

	switch (arc_forms[op->kind].arg[0]) {
	case ARC_DIR: op->a = diagonal ? 3 - op->a : (4 - op->a) % 4; break;
	case ARC_AXIS: op->a ^= diagonal; break;
	case ARC_AXES: op->a = op->a < 2 ? op->a ^ diagonal : op->a; break;
	case ARC_TURNS: op->a = turned[diagonal][op->a]; break;
	case ARC_CORNER: op->a = corner[diagonal][op->a]; break;
	case ARC_TIMES:
		if (diagonal) {
			int a = op->a;

			op->a = op->b;
			op->b = a;
		}
		break;
	default: break;
	}
}

static void recolour_op(struct arc_op *op, const int table[10])
{
	const enum arc_arg *arg = arc_forms[op->kind].arg;

	if (arg[0] == ARC_COLOUR)
		op->a = table[op->a];
	if (arg[1] == ARC_COLOUR)
		op->b = table[op->b];
	if (op->kind == ARC_SWAP && op->a > op->b) {
		int a = op->a;

		op->a = op->b;
		op->b = a;
	}
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	int table[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct arc_puzzle p;

	if (!arc_parse(&p, desc))
		return false;
	for (int i = 0; i < 4; i++) { /* diagonal, mirror, diagonal, mirror: all eight images come */
		int t = i % 2 ? 0 : 3;

		if (rng_chance(rng, 50))
			continue;
		for (int k = 0; k <= p.demos; k++)
			image(&p.in[k], t);
		for (int k = 0; k < p.ops; k++)
			image_op(&p.op[k], t);
	}
	rng_shuffle(rng, table + 1, 9, sizeof(table[0]));
	for (int k = 0; k <= p.demos; k++)
		for (int i = 0; i < p.in[k].h * p.in[k].w; i++)
			p.in[k].at[i] = (uint8_t)table[p.in[k].at[i]];
	for (int k = 0; k < p.ops; k++)
		recolour_op(&p.op[k], table);
	for (int k = p.demos - 1; k > 0; k--) {
		int with = (int)rng_below(rng, (uint32_t)k + 1);
		struct arc_grid t = p.in[k];

		p.in[k] = p.in[with];
		p.in[with] = t;
	}
	arc_write(out, &p);
	return true;
}

enum { TEXT = ARC_CELLS + ARC_SIDE }; /* bytes of a grid */

/*
 * Colours named anew in the order in which they come; 0 stays. Those that table names already keep their names (the others are -1
 * there); new names begin at *next. Gives how many bytes of text that takes.
 */
static size_t relabel(char text[TEXT], const struct arc_grid *g, int8_t table[10], int *next)
{
	const uint8_t *cell = g->at;
	char *at = text;

	for (int y = 0; y < g->h; y++) {
		if (y)
			*at++ = '/';
		for (int x = 0; x < g->w; x++, cell++) {
			if (table[*cell] < 0)
				table[*cell] = (int8_t)(*next)++;
			*at++ = (char)('0' + table[*cell]);
		}
	}
	return (size_t)(at - text);
}

static size_t test_text(char text[TEXT], const struct arc_grid *test, int8_t table[10], int *next)
{
	memset(table, -1, 10);
	table[0] = 0;
	*next = 1;
	return relabel(text, test, table, next);
}

static void add_pair(struct buf *b, const struct arc_puzzle *p, int k, int8_t table[10], int *next)
{
	char text[2 * TEXT + 1];
	size_t n = relabel(text, &p->in[k], table, next);

	text[n++] = '>';
	n += relabel(text + n, &p->out[k], table, next);
	buf_add(b, (struct str){ text, n });
}

/* The puzzle in an image. A pair's key: how it looks after the test, whatever other pairs there are. */
struct view {
	const struct arc_puzzle *p;
	int8_t table[10]; /* the names that the test gives to colours, and the next */
	int next;
	struct buf key[ARC_DEMOS];
};

/* The least text that begins with the test's; behind it the pairs in the order of their keys, in all orders where keys are equal. */
static void add_orders(struct buf *best, struct view *v, struct str test, int order[ARC_DEMOS], unsigned used, int n)
{
	int least = -1, demos = v->p->demos;

	if (n == demos) {
		struct buf text = BUF_INIT;
		int next = v->next;
		int8_t table[10];

		memcpy(table, v->table, sizeof(table));
		buf_add(&text, test);
		for (int i = 0; i < demos; i++) {
			buf_addc(&text, ' ');
			add_pair(&text, v->p, order[i], table, &next);
		}
		buf_least(best, &text);
		buf_release(&text);
		return;
	}
	for (int k = 0; k < demos; k++)
		if (!(used >> k & 1) && (least < 0 || str_cmp(buf_str(&v->key[k]), buf_str(&v->key[least])) < 0))
			least = k;
	for (int k = least; k < demos; k++)
		if (!(used >> k & 1) && str_eq(buf_str(&v->key[k]), buf_str(&v->key[least]))) {
			order[n] = k;
			add_orders(best, v, test, order, used | 1u << k, n + 1);
		}
}

static void add_view(struct buf *best, const struct arc_puzzle *p)
{
	struct view v = { .p = p };
	char text[TEXT];
	size_t n = test_text(text, &p->in[p->demos], v.table, &v.next);
	int order[ARC_DEMOS];

	for (int k = 0; k < p->demos; k++) {
		int next = v.next;
		int8_t table[10];

		memcpy(table, v.table, sizeof(table));
		add_pair(&v.key[k], p, k, table, &next);
	}
	add_orders(best, &v, (struct str){ text, n }, order, 0, 0);
	for (int k = 0; k < p->demos; k++)
		buf_release(&v.key[k]);
}

/* What is seen of a puzzle, in its least image; the program is not seen and left out. The test's grid nearly always decides. */
static void canon(struct buf *out, struct str desc)
{
	struct buf best = BUF_INIT;
	struct arc_puzzle p, q;
	char text[2][TEXT];
	struct str least = { "", 0 };
	unsigned images = 0;

	if (!arc_parse(&p, desc))
		return;
	for (int t = 0; t < 8; t++) { /* 7: as it is */
		struct arc_op op = { ARC_TURN, t, 0 };
		struct str own = { text[least.s == text[0]], 0 };
		struct arc_grid g;
		int8_t table[10];
		int next, cmp;

		arc_run(&g, &p.in[p.demos], &op, t < 7);
		own.n = test_text(text[least.s == text[0]], &g, table, &next);
		cmp = images ? str_cmp(own, least) : -1;
		if (cmp < 0)
			least = own;
		if (cmp <= 0)
			images = (cmp ? 0 : images) | 1u << t;
	}
	q.demos = p.demos;
	for (int t = 0; t < 8; t++) {
		struct arc_op op = { ARC_TURN, t, 0 };

		if (!(images >> t & 1))
			continue;
		for (int k = 0; k <= p.demos; k++) {
			arc_run(&q.in[k], &p.in[k], &op, t < 7);
			arc_run(&q.out[k], &p.out[k], &op, t < 7);
		}
		add_view(&best, &q);
	}
	buf_add(out, buf_str(&best));
	buf_release(&best);
}

/* ---- the prompt ---- */

static void add_rows(struct buf *b, const struct arc_grid *g, bool spaced)
{
	char text[2 * ARC_CELLS], *at = text;

	for (int y = 0, i = 0; y < g->h; y++) {
		for (int x = 0; x < g->w; x++, i++) {
			*at++ = (char)('0' + g->at[i]);
			if (spaced)
				*at++ = ' ';
		}
		at[spaced ? -1 : 0] = '\n';
		at += !spaced;
	}
	buf_add(b, (struct str){ text, (size_t)(at - text) - 1 });
}

static void add_json(struct buf *b, const struct arc_grid *g)
{
	char text[3 * ARC_CELLS + 4 * ARC_SIDE], *at = text;

	for (int y = 0, i = 0; y < g->h; y++) {
		*at++ = y ? ' ' : '[';
		*at++ = '[';
		for (int x = 0; x < g->w; x++, i++) {
			*at++ = (char)('0' + g->at[i]);
			*at++ = x + 1 < g->w ? ',' : ']';
			*at++ = ' ';
		}
		at[-1] = y + 1 < g->h ? ',' : ']';
	}
	buf_add(b, (struct str){ text, (size_t)(at - text) });
}

enum look { SPACED, TIGHT, JSON };

static void add_look(struct buf *b, const struct arc_grid *g, enum look look)
{
	if (look == JSON)
		add_json(b, g);
	else
		add_rows(b, g, look == SPACED);
}

/* Example 1 / Input: / rows / Output: / rows; the test with its input alone. */
static void put_pairs(struct holes *holes, const char *hole, const struct arc_puzzle *p, enum look look, enum lang lang)
{
	static const char *const words[LANGS][4] = {
		[LANG_EN] = { "Example ", "\nInput:", "\nOutput:", "Test" },
		[LANG_ZH] = { "示例 ", "\n输入：", "\n输出：", "测试" },
	};
	const char *gap = look != JSON ? "\n" : lang == LANG_EN ? " " : "";
	struct buf *b = hole_open(holes, hole);

	for (int k = 0; b && k <= p->demos; k++) {
		buf_addz(b, k ? "\n\n" : "");
		buf_addz(b, words[lang][k == p->demos ? 3 : 0]);
		if (k < p->demos)
			buf_addi(b, k + 1);
		buf_addz(b, words[lang][1]);
		buf_addz(b, gap);
		add_look(b, &p->in[k], look);
		if (k == p->demos)
			break;
		buf_addz(b, words[lang][2]);
		buf_addz(b, gap);
		add_look(b, &p->out[k], look);
	}
}

/* 120/003 -> 021/300, a line each, the test with a question mark. */
static void put_arrows(struct holes *holes, const struct arc_puzzle *p)
{
	struct buf *b = hole_open(holes, "arrows");

	for (int k = 0; b && k <= p->demos; k++) {
		buf_addz(b, k ? "\n" : "");
		arc_write_grid(b, &p->in[k]);
		buf_addz(b, " -> ");
		if (k < p->demos)
			arc_write_grid(b, &p->out[k]);
		else
			buf_addc(b, '?');
	}
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct arc_puzzle p;
	struct buf *b;

	if (!arc_parse(&p, desc))
		return;
	put_pairs(holes, "spaced", &p, SPACED, lang);
	put_pairs(holes, "tight", &p, TIGHT, lang);
	put_pairs(holes, "json", &p, JSON, lang);
	put_arrows(holes, &p);
	hole_puti(holes, "depth", p.ops);
	b = hole_open(holes, "toolbox");
	if (b)
		arc_say_all(b, lang);
}

const struct task task_arc_agi = {
	.name = "arc_agi",
	.family = "grid",
	.what = "find the rule that turns grids into grids, and use it once more",
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
