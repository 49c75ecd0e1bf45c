/*
 * arc_agi_search.c - all programs up to a length that turn one demonstration into its output, to see that they agree.
 *
 * The last two classes (turns, assemblies) are undone from the output's side, the recolourings are read off cell by cell, so that
 * only the first two classes have to be run: a few hundred to two thousand small grids. Programs found are then run in full on the
 * other demonstrations and on the test.
 *
 * Colours that stand nowhere in the puzzle are alike: one of them is tried for all. No more than one of them can matter, for they
 * must be gone from the output, and only one operation, a recolouring, can take them away.
 */
#include "generators/arc_agi_ops.h"

#include <assert.h>

enum {
	ASSEMBLIES = 27, /* of the fifth class: 8 tilings, 2 scales, 4 mirrors, 4 quarters, 9 frames */
	TARGETS = 8 * (1 + ASSEMBLIES),
	OPS_MAX = 130,
	WORDS = (ARC_CELLS + 63) / 64,
};

/* Which cells of a grid are not 0. */
struct shape {
	uint64_t bit[WORDS];
	int n; /* -1: not read yet */
	int words;
};

/* What a grid must be after the recolouring, so that op 0 .. 2 of the fourth and fifth class finish it. */
struct target {
	struct arc_grid g;
	struct shape shape;
	struct arc_op op[2];
	int ops;
};

struct search {
	const struct arc_puzzle *p;
	int pick; /* the demonstration that is searched: the smallest */
	int colours, colour[9];
	struct arc_op class[3][OPS_MAX]; /* all of the first three classes that may matter */
	int n[3];
	int targets;
	uint16_t size[TARGETS]; /* size_of() each target's grid */
	struct target target[TARGETS];
	int tried;
};

/* ---- what there is ---- */

static void list_colours(struct search *s)
{
	const struct arc_puzzle *p = s->p;
	unsigned met = 1;
	bool fresh = false;

	for (int k = 0; k <= p->demos; k++) {
		for (int i = 0; i < p->in[k].h * p->in[k].w; i++)
			met |= 1u << p->in[k].at[i];
		for (int i = 0; i < p->out[k].h * p->out[k].w; i++)
			met |= 1u << p->out[k].at[i];
	}
	for (int c = 1; c < 10; c++)
		if (met >> c & 1 || !fresh) {
			fresh |= !(met >> c & 1);
			s->colour[s->colours++] = c;
		}
}

static int list_args(const struct search *s, enum arc_arg arg, int out[9])
{
	int n = 0;

	if (arg == ARC_COLOUR) {
		memcpy(out, s->colour, sizeof(s->colour));
		return s->colours;
	}
	for (int v = arc_arg_lo[arg]; v <= arc_arg_hi[arg]; v++)
		out[n++] = v;
	return n;
}

static int list_ops(const struct search *s, int class, struct arc_op *out)
{
	int n = 0;

	for (int kind = 0; kind < ARC_KINDS; kind++) {
		const enum arc_arg *arg = arc_forms[kind].arg;
		int a[9], b[9] = { 0 }, as, bs;

		if (arc_forms[kind].class != class)
			continue;
		as = list_args(s, arg[0], a);
		bs = arg[1] ? list_args(s, arg[1], b) : 1;
		for (int i = 0; i < as; i++)
			for (int k = 0; k < bs; k++) {
				out[n] = (struct arc_op){ (enum arc_kind)kind, a[i], b[k] };
				n += bs == 1 || arc_op_valid(&out[n]); /* one argument is never wrong by itself */
			}
	}
	return n;
}

/* ---- from the output back ---- */

static void read_shape(struct shape *s, const struct arc_grid *g)
{
	int cells = g->h * g->w;

	s->n = 0;
	s->words = (cells + 63) / 64;
	for (int w = 0, i = 0; w < s->words; w++) {
		int end = i + 64 < cells ? i + 64 : cells, k = 0;
		uint64_t bits = 0;

		for (; i < end; i++, k++) {
			bits |= (uint64_t)(g->at[i] != 0) << k;
			s->n += g->at[i] != 0;
		}
		s->bit[w] = bits;
	}
}

static uint16_t size_of(int h, int w)
{
	return (uint16_t)(h * 256 + w);
}

/* The next target's grid, to be made there; add_target() takes it in. */
static struct arc_grid *next_target(struct search *s)
{
	assert(s->targets < TARGETS);
	return &s->target[s->targets].g;
}

static void add_target(struct search *s, const struct arc_op *turn, const struct arc_op *last)
{
	struct target *t = &s->target[s->targets];

	s->size[s->targets++] = size_of(t->g.h, t->g.w);
	t->shape.n = -1;
	t->ops = 0;
	if (turn)
		t->op[t->ops++] = *turn;
	if (last)
		t->op[t->ops++] = *last;
}

/* The only grid from which op can make g; it has still to be tried. */
static bool assemble_back(struct arc_grid *to, const struct arc_grid *g, const struct arc_op *op)
{
	int down = 1, across = 1, y0 = 0, x0 = 0, step = 1, edge = 0;

	switch (op->kind) {
	case ARC_TILE: down = op->a; across = op->b; break;
	case ARC_SCALE: down = across = step = op->a; break;
	case ARC_MIRROR:
		down = op->a % 2 ? 1 : 2;
		across = op->a % 2 ? 2 : 1;
		y0 = op->a == 0 ? g->h / 2 : 0;
		x0 = op->a == 3 ? g->w / 2 : 0;
		break;
	case ARC_QUAD:
		down = across = 2;
		y0 = op->a >= 2 ? g->h / 2 : 0;
		x0 = op->a == 1 || op->a == 2 ? g->w / 2 : 0;
		break;
	default: edge = 1;
	}
	if (g->h % down || g->w % across || g->h <= 2 * edge || g->w <= 2 * edge)
		return false;
	to->h = g->h / down - 2 * edge;
	to->w = g->w / across - 2 * edge;
	for (int y = 0; y < to->h; y++)
		for (int x = 0; x < to->w; x++)
			to->at[y * to->w + x] = g->at[(y0 + edge + y * step) * g->w + x0 + edge + x * step];
	return true;
}

/* g, which `last` finishes (NULL: nothing), and the grids from which a turn makes it. */
static void add_turned(struct search *s, const struct arc_grid *g, const struct arc_op *last, int most)
{
	arc_run(next_target(s), g, NULL, 0); /* a copy */
	add_target(s, NULL, last);
	for (int t = 0; t < 7 && (last != NULL) < most; t++) {
		struct arc_op turn = { ARC_TURN, t, 0 }, back = { ARC_TURN, t == 5 ? 6 : t == 6 ? 5 : t, 0 };

		arc_apply(next_target(s), g, &back);
		add_target(s, &turn, last);
	}
}

/* The output itself and its turns; the same of each grid from which an assembly makes it. */
static void list_targets(struct search *s)
{
	const struct arc_grid *out = &s->p->out[s->pick];
	struct arc_op ops[OPS_MAX];
	int n = list_ops(s, 4, ops);

	add_turned(s, out, NULL, s->p->ops);
	for (int i = 0; i < n && s->p->ops; i++) {
		struct arc_grid back, again;

		if (assemble_back(&back, out, &ops[i]) && arc_apply(&again, &back, &ops[i]) && arc_same(&again, out))
			add_turned(s, &back, &ops[i], s->p->ops);
	}
}

/* ---- programs that fit ---- */

static bool fits(struct search *s, const struct arc_op *op, int n, bool *agrees)
{
	const struct arc_puzzle *p = s->p;
	struct arc_grid g;

	s->tried++;
	for (int k = 0; k < p->demos; k++)
		if (!arc_run(&g, &p->in[k], op, n) || !arc_same(&g, &p->out[k]))
			return false;
	*agrees = !arc_run(&g, &p->in[p->demos], op, n) || arc_same(&g, &p->out[p->demos]);
	return true;
}

/* The colour that each colour of g has become in want, -1 for colours that g has not; false if one became two. */
static bool read_table(int8_t table[10], const struct arc_grid *g, const struct arc_grid *want)
{
	for (int c = 0; c < 10; c++)
		table[c] = -1;
	for (int i = 0, n = g->h * g->w; i < n; i++) {
		int8_t *to = &table[g->at[i]];

		if (*to != (int8_t)want->at[i]) {
			if (*to >= 0)
				return false;
			*to = (int8_t)want->at[i];
		}
	}
	return true;
}

static int recoloured(const struct arc_op *op, int c)
{
	switch (op->kind) {
	case ARC_SWAP: return c == op->a ? op->b : c == op->b ? op->a : c;
	case ARC_MAP: return c == op->a ? op->b : c;
	case ARC_ALL: return c ? op->a : 0;
	default: return c ? 0 : op->a;
	}
}

static bool table_is(const int8_t table[10], const struct arc_op *op)
{
	for (int c = 0; c < 10; c++)
		if (table[c] >= 0 && table[c] != (op ? recoloured(op, c) : c))
			return false;
	return true;
}

/* g came from op[0 .. n-1]; finish it in all ways. False once a program that fits makes something else of the test. */
static bool finish(struct search *s, const struct arc_grid *g, struct arc_op op[ARC_OPS], int n)
{
	uint16_t size = size_of(g->h, g->w);

	for (int t = 0; t < s->targets; t++) {
		const struct target *to = &s->target[t];
		bool agrees = true;
		int8_t table[10];
		int room;

		if (s->size[t] != size)
			continue;
		room = s->p->ops - n - to->ops;
		if (room < 0 || !read_table(table, g, &to->g))
			continue;
		for (int c = -1; c < (room ? s->n[2] : 0); c++) {
			const struct arc_op *colour = c < 0 ? NULL : &s->class[2][c];
			int m = n;

			if (!table_is(table, colour))
				continue;
			if (colour)
				op[m++] = *colour;
			memcpy(&op[m], to->op, (size_t)to->ops * sizeof(op[0]));
			m += to->ops;
			if (m && fits(s, op, m, &agrees) && !agrees)
				return false;
		}
	}
	return true;
}

static bool has_size(const struct search *s, int h, int w)
{
	for (int t = 0; t < s->targets; t++)
		if (s->size[t] == size_of(h, w))
			return true;
	return false;
}

/* What an operation of the second class does to the cells that are not 0. */
enum { ADDS = 1, KEEPS = 2, MOVES = 4, TAKES = 8 };

static unsigned effect(enum arc_kind kind)
{
	switch (kind) {
	case ARC_FALL: case ARC_SHIFT: return MOVES;
	case ARC_PAINTMAX: case ARC_PAINTMIN: return KEEPS;
	case ARC_HOLLOW: return TAKES;
	default: return ADDS;
	}
}

/* Which effects on g can still lead to a target. Where there is room for a recolouring, 0 and the rest may change places. */
static unsigned effects(struct search *s, const struct arc_grid *g, int n)
{
	unsigned can = 0;
	struct shape own;

	read_shape(&own, g);
	for (int t = 0; t < s->targets; t++) {
		struct target *to = &s->target[t];
		int room = s->p->ops - n - 1 - to->ops;

		if (room < 0 || s->size[t] != size_of(g->h, g->w))
			continue;
		if (to->shape.n < 0)
			read_shape(&to->shape, &to->g);
		for (int inverted = 0; inverted <= (room > 0); inverted++) {
			int want = inverted ? g->h * g->w - to->shape.n : to->shape.n;
			uint64_t more = 0, less = 0;

			for (int w = 0; w < own.words; w++) {
				uint64_t bits = inverted ? ~to->shape.bit[w] : to->shape.bit[w];

				less |= own.bit[w] & ~bits;
				more |= ~own.bit[w] & bits & (w + 1 < own.words || g->h * g->w % 64 == 0 ? UINT64_MAX
							     : (UINT64_C(1) << g->h * g->w % 64) - 1);
			}
			can |= (less ? 0 : ADDS) | (more ? 0 : TAKES) | (less || more ? 0 : KEEPS) | (own.n == want ? MOVES : 0);
		}
	}
	return can;
}

/* Operations that give certain cells their colour, whatever colour that is: these cells are found once for all colours. */
static bool gives_colour(enum arc_kind kind)
{
	return kind == ARC_FILL || kind == ARC_OUTLINE || kind == ARC_PAINTMAX || kind == ARC_PAINTMIN;
}

/* Does op, whose kind gives_colour(), to g in all colours of the puzzle. */
static bool search_coloured(struct search *s, const struct arc_grid *g, struct arc_op op[ARC_OPS], int n)
{
	enum { MARK = 11 }; /* no colour, nor what fill() marks cells with */
	int16_t at[ARC_CELLS];
	struct arc_grid next;
	int cells = 0;

	s->tried++;
	op[n - 1].a = MARK;
	if (!arc_apply(&next, g, &op[n - 1]))
		return true;
	for (int i = 0; i < next.h * next.w; i++)
		if (next.at[i] == MARK)
			at[cells++] = (int16_t)i;
	for (int c = 0; c < s->colours; c++) {
		op[n - 1].a = s->colour[c];
		for (int i = 0; i < cells; i++)
			next.at[at[i]] = (uint8_t)s->colour[c];
		if (!finish(s, &next, op, n))
			return false;
	}
	return true;
}

static bool search_second(struct search *s, const struct arc_grid *g, struct arc_op op[ARC_OPS], int n)
{
	struct arc_grid next;
	unsigned can;

	if (!has_size(s, g->h, g->w))
		return true;
	if (!finish(s, g, op, n))
		return false;
	can = n < s->p->ops ? effects(s, g, n) : 0;
	for (int i = 0; i < s->n[1] && can; i++) {
		enum arc_kind kind = s->class[1][i].kind;

		if (!(effect(kind) & can))
			continue;
		op[n] = s->class[1][i];
		if (gives_colour(kind)) {
			if (!search_coloured(s, g, op, n + 1))
				return false;
			i += s->colours - 1;
			continue;
		}
		s->tried++;
		if (arc_apply(&next, g, &op[n]) && !finish(s, &next, op, n + 1))
			return false;
	}
	return true;
}

/* Can what op makes of g have the size of a target? */
static bool sized(const struct search *s, const struct arc_grid *g, const struct arc_op *op)
{
	switch (op->kind) {
	case ARC_CROP: case ARC_CUTMAX: case ARC_CUTMIN: return true;
	case ARC_HALF: return op->a % 2 ? has_size(s, g->h, g->w / 2) : has_size(s, g->h / 2, g->w);
	case ARC_AND: case ARC_XOR: return op->a ? has_size(s, g->h / 2, g->w) : has_size(s, g->h, g->w / 2);
	default: return has_size(s, g->h, g->w);
	}
}

static bool search_first(struct search *s)
{
	const struct arc_grid *in = &s->p->in[s->pick];
	struct arc_op op[ARC_OPS];
	struct arc_grid next;

	if (!search_second(s, in, op, 0))
		return false;
	for (int i = 0; i < s->n[0] && s->p->ops; i++) {
		op[0] = s->class[0][i];
		if (!sized(s, in, &op[0]))
			continue;
		s->tried++;
		if (arc_apply(&next, in, &op[0]) && !search_second(s, &next, op, 1))
			return false;
	}
	return true;
}

bool arc_unique(const struct arc_puzzle *p, int *tried)
{
	struct search s;
	bool unique;

	s.p = p;
	s.pick = s.colours = s.targets = s.tried = 0;
	for (int k = 1; k < p->demos; k++)
		if (p->in[k].h * p->in[k].w < p->in[s.pick].h * p->in[s.pick].w)
			s.pick = k;
	list_colours(&s);
	for (int class = 0; class < 3; class++)
		s.n[class] = list_ops(&s, class, s.class[class]);
	list_targets(&s);
	unique = search_first(&s);
	if (tried)
		*tried = s.tried;
	return unique;
}
