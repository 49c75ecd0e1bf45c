/*
 * arc_agi_ops.c - the operations of which the hidden programs consist, and the desc of a puzzle.
 *
 * Every operation has its mirrored and turned kin among the operations, and no colour but 0 is special: so the picture of a puzzle
 * in a mirror, or in other colours, is a puzzle.
 */
#include "generators/arc_agi_ops.h"

const struct arc_form arc_forms[ARC_KINDS] = {
	[ARC_CROP] = { "crop", 0, { ARC_NO_ARG } },
	[ARC_LARGEST] = { "largest", 0, { ARC_NO_ARG } },
	[ARC_SMALLEST] = { "smallest", 0, { ARC_NO_ARG } },
	[ARC_KEEP] = { "keep", 0, { ARC_COLOUR } },
	[ARC_DROP] = { "drop", 0, { ARC_COLOUR } },
	[ARC_HALF] = { "half", 0, { ARC_DIR } },
	[ARC_CUTMAX] = { "cutmax", 0, { ARC_NO_ARG } },
	[ARC_CUTMIN] = { "cutmin", 0, { ARC_NO_ARG } },
	[ARC_COMMON] = { "common", 0, { ARC_NO_ARG } },
	[ARC_RARE] = { "rare", 0, { ARC_NO_ARG } },
	[ARC_AND] = { "and", 0, { ARC_AXIS, ARC_COLOUR } },
	[ARC_XOR] = { "xor", 0, { ARC_AXIS, ARC_COLOUR } },
	[ARC_FALL] = { "fall", 1, { ARC_DIR } },
	[ARC_SMEAR] = { "smear", 1, { ARC_DIR } },
	[ARC_SHIFT] = { "shift", 1, { ARC_DIR } },
	[ARC_FILL] = { "fill", 1, { ARC_COLOUR } },
	[ARC_LINK] = { "link", 1, { ARC_AXIS } },
	[ARC_COMPLETE] = { "complete", 1, { ARC_AXES } },
	[ARC_OUTLINE] = { "outline", 1, { ARC_COLOUR } },
	[ARC_HOLLOW] = { "hollow", 1, { ARC_NO_ARG } },
	[ARC_PAINTMAX] = { "paintmax", 1, { ARC_COLOUR } },
	[ARC_PAINTMIN] = { "paintmin", 1, { ARC_COLOUR } },
	[ARC_SWAP] = { "swap", 2, { ARC_COLOUR, ARC_COLOUR } },
	[ARC_MAP] = { "map", 2, { ARC_COLOUR, ARC_COLOUR } },
	[ARC_ALL] = { "all", 2, { ARC_COLOUR } },
	[ARC_INVERT] = { "invert", 2, { ARC_COLOUR } },
	[ARC_TURN] = { "turn", 3, { ARC_TURNS } },
	[ARC_TILE] = { "tile", 4, { ARC_TIMES, ARC_TIMES } },
	[ARC_SCALE] = { "scale", 4, { ARC_FACTOR } },
	[ARC_MIRROR] = { "mirror", 4, { ARC_DIR } },
	[ARC_QUAD] = { "quad", 4, { ARC_CORNER } },
	[ARC_FRAME] = { "frame", 4, { ARC_COLOUR } },
};

const int arc_arg_lo[] = { [ARC_NO_ARG] = 0, [ARC_COLOUR] = 1, [ARC_DIR] = 0, [ARC_AXIS] = 0, [ARC_AXES] = 0, [ARC_TURNS] = 0,
	[ARC_TIMES] = 1, [ARC_FACTOR] = 2, [ARC_CORNER] = 0 };
const int arc_arg_hi[] = { [ARC_NO_ARG] = 0, [ARC_COLOUR] = 9, [ARC_DIR] = 3, [ARC_AXIS] = 1, [ARC_AXES] = 2, [ARC_TURNS] = 6,
	[ARC_TIMES] = 3, [ARC_FACTOR] = 3, [ARC_CORNER] = 3 };

bool arc_op_valid(const struct arc_op *op)
{
	const struct arc_form *f = &arc_forms[op->kind];

	if (op->a < arc_arg_lo[f->arg[0]] || op->a > arc_arg_hi[f->arg[0]] || op->b < arc_arg_lo[f->arg[1]] ||
	    op->b > arc_arg_hi[f->arg[1]])
		return false;
	switch (op->kind) {
	case ARC_SWAP: return op->a < op->b;
	case ARC_MAP: return op->a != op->b;
	case ARC_TILE: return op->a * op->b > 1;
	default: return true;
	}
}

bool arc_same(const struct arc_grid *a, const struct arc_grid *b)
{
	return a->h == b->h && a->w == b->w && memcmp(a->at, b->at, (size_t)(a->h * a->w)) == 0;
}

static void copy(struct arc_grid *to, const struct arc_grid *from)
{
	to->h = from->h;
	to->w = from->w;
	memcpy(to->at, from->at, (size_t)(from->h * from->w));
}

/* ---- objects ---- */

struct objects {
	int16_t root[ARC_CELLS]; /* of coloured cells: another cell of the object, in the end the same for all; -1 */
	int16_t size[ARC_CELLS]; /* at the root */
};

static int root_of(struct objects *o, int i)
{
	while (o->root[i] != i) {
		o->root[i] = o->root[o->root[i]];
		i = o->root[i];
	}
	return i;
}

static void join(struct objects *o, int i, int k)
{
	i = root_of(o, i);
	k = root_of(o, k);
	if (i == k)
		return;
	o->root[k] = (int16_t)i;
	o->size[i] = (int16_t)(o->size[i] + o->size[k]);
}

/* Root cells hold themselves afterwards; how many objects have the extreme size, which comes back in *best. */
static int measure(struct objects *o, const struct arc_grid *g, bool largest, int *best)
{
	int n = g->h * g->w, ties = 0;

	for (int i = 0, x = 0; i < n; i++, x = x + 1 == g->w ? 0 : x + 1) {
		o->root[i] = g->at[i] ? (int16_t)i : -1;
		o->size[i] = 1;
		if (!g->at[i])
			continue;
		if (x && g->at[i - 1] == g->at[i])
			join(o, i - 1, i);
		if (i >= g->w && g->at[i - g->w] == g->at[i])
			join(o, i - g->w, i);
	}
	*best = largest ? 0 : ARC_CELLS + 1;
	for (int i = 0; i < n; i++)
		if (o->root[i] == i) {
			if (largest ? o->size[i] > *best : o->size[i] < *best) {
				*best = o->size[i];
				ties = 0;
			}
			ties += o->size[i] == *best;
		}
	return ties;
}

static bool by_size(struct arc_grid *to, const struct arc_grid *from, bool largest, int in, bool erase)
{
	struct objects o;
	int best, n = from->h * from->w;

	if (!measure(&o, from, largest, &best))
		return false;
	copy(to, from);
	for (int i = 0; i < n; i++) {
		bool is = o.root[i] >= 0 && o.size[root_of(&o, i)] == best;

		if (is && !erase)
			to->at[i] = (uint8_t)in;
		if (!is && erase)
			to->at[i] = 0;
	}
	return true;
}

static bool cut(struct arc_grid *to, const struct arc_grid *from, int y0, int y1, int x0, int x1)
{
	if (y0 > y1 || x0 > x1)
		return false;
	to->h = y1 - y0 + 1;
	to->w = x1 - x0 + 1;
	for (int y = y0; y <= y1; y++)
		memcpy(to->at + (y - y0) * to->w, from->at + y * from->w + x0, (size_t)to->w);
	return true;
}

/* Around all coloured cells, or those of the one object whose root is given. */
static bool cut_around(struct arc_grid *to, const struct arc_grid *from, struct objects *o, int root)
{
	int y0 = ARC_SIDE, y1 = -1, x0 = ARC_SIDE, x1 = -1;

	for (int y = 0, i = 0; y < from->h; y++)
		for (int x = 0; x < from->w; x++, i++) {
			if (!from->at[i] || (o && root_of(o, i) != root))
				continue;
			if (y0 > y)
				y0 = y;
			y1 = y;
			if (x0 > x)
				x0 = x;
			if (x1 < x)
				x1 = x;
		}
	return cut(to, from, y0, y1, x0, x1);
}

static bool cut_object(struct arc_grid *to, const struct arc_grid *from, bool largest)
{
	struct objects o;
	int best;

	if (measure(&o, from, largest, &best) != 1)
		return false;
	for (int i = 0; i < from->h * from->w; i++)
		if (o.root[i] == i && o.size[i] == best)
			return cut_around(to, from, &o, i);
	return false;
}

/* ---- colours ---- */

static bool recolour(struct arc_grid *to, const struct arc_grid *from, const uint8_t table[10])
{
	to->h = from->h;
	to->w = from->w;
	for (int i = 0, n = from->h * from->w; i < n; i++)
		to->at[i] = table[from->at[i]];
	return true;
}

static bool only(struct arc_grid *to, const struct arc_grid *from, int colour)
{
	uint8_t table[10] = { 0 };

	table[colour] = (uint8_t)colour;
	return recolour(to, from, table);
}

static bool by_number(struct arc_grid *to, const struct arc_grid *from, bool most)
{
	int count[10] = { 0 }, at = 0;
	bool tie = false;

	for (int i = 0, n = from->h * from->w; i < n; i++)
		count[from->at[i]]++;
	for (int c = 1; c < 10; c++) {
		if (!count[c])
			continue;
		if (!at || (most ? count[c] > count[at] : count[c] < count[at])) {
			at = c;
			tie = false;
		} else if (count[c] == count[at]) {
			tie = true;
		}
	}
	return at && !tie && only(to, from, at);
}

static bool colours(struct arc_grid *to, const struct arc_grid *from, const struct arc_op *op)
{
	uint8_t t[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	switch (op->kind) {
	case ARC_DROP: t[op->a] = 0; break;
	case ARC_SWAP:
		t[op->a] = (uint8_t)op->b;
		t[op->b] = (uint8_t)op->a;
		break;
	case ARC_MAP: t[op->a] = (uint8_t)op->b; break;
	case ARC_ALL: memset(t + 1, op->a, 9); break;
	default:
		memset(t, 0, sizeof(t));
		t[0] = (uint8_t)op->a;
	}
	return recolour(to, from, t);
}

/* ---- halves ---- */

static bool half(struct arc_grid *to, const struct arc_grid *from, int d)
{
	int h = from->h, w = from->w;

	switch (d) {
	case 0: return h % 2 == 0 && cut(to, from, 0, h / 2 - 1, 0, w - 1);
	case 1: return w % 2 == 0 && cut(to, from, 0, h - 1, w / 2, w - 1);
	case 2: return h % 2 == 0 && cut(to, from, h / 2, h - 1, 0, w - 1);
	default: return w % 2 == 0 && cut(to, from, 0, h - 1, 0, w / 2 - 1);
	}
}

static bool combine(struct arc_grid *to, const struct arc_grid *from, int axis, int colour, bool both)
{
	struct arc_grid other;

	if (!half(to, from, axis ? 0 : 3) || !half(&other, from, axis ? 2 : 1))
		return false;
	for (int i = 0, n = to->h * to->w; i < n; i++) {
		bool a = to->at[i] != 0, b = other.at[i] != 0;

		to->at[i] = (uint8_t)((both ? a && b : a != b) ? colour : 0);
	}
	return true;
}

/* ---- lines of cells ---- */

/* The lines that run towards side d: line l begins at first + l * across, its k-th cell is k * along further. */
struct lines {
	int n, length, first, across, along;
};

static struct lines lines_of(const struct arc_grid *g, int d)
{
	switch (d) {
	case 0: return (struct lines){ g->w, g->h, (g->h - 1) * g->w, 1, -g->w };
	case 1: return (struct lines){ g->h, g->w, 0, g->w, 1 };
	case 2: return (struct lines){ g->w, g->h, 0, 1, g->w };
	default: return (struct lines){ g->h, g->w, g->w - 1, g->w, -1 };
	}
}

static bool move_lines(struct arc_grid *to, const struct arc_grid *from, enum arc_kind kind, int d)
{
	struct lines m = lines_of(from, d);

	to->h = from->h;
	to->w = from->w;
	for (int l = 0; l < m.n; l++) {
		const uint8_t *in = from->at + m.first + l * m.across;
		uint8_t *out = to->at + m.first + l * m.across;
		int free = m.length - 1;
		uint8_t last = 0;

		if (kind == ARC_FALL) {
			for (int k = m.length - 1; k >= 0; k--)
				if (in[k * m.along])
					out[free-- * m.along] = in[k * m.along];
			for (; free >= 0; free--)
				out[free * m.along] = 0;
			continue;
		}
		for (int k = 0; k < m.length; k++) {
			uint8_t v = in[k * m.along];

			if (kind == ARC_SMEAR)
				out[k * m.along] = last = v ? v : last;
			else
				out[(k + 1 == m.length ? 0 : k + 1) * m.along] = v;
		}
	}
	return true;
}

static bool link(struct arc_grid *to, const struct arc_grid *from, int axis)
{
	struct lines m = lines_of(from, axis ? 2 : 1);

	copy(to, from);
	for (int l = 0; l < m.n; l++) {
		uint8_t *out = to->at + m.first + l * m.across;
		int before = -1;

		for (int k = 0; k < m.length; k++) {
			uint8_t v = out[k * m.along];

			if (!v)
				continue;
			if (before >= 0 && out[before * m.along] == v)
				while (++before < k)
					out[before * m.along] = v;
			before = k;
		}
	}
	return true;
}

/* ---- neighbourhoods ---- */

static bool fill(struct arc_grid *to, const struct arc_grid *from, int colour)
{
	int16_t stack[ARC_CELLS];
	int n = from->h * from->w, w = from->w, top = 0;

	copy(to, from);
	for (int i = 0; i < n; i++) { /* 10: empty and open to the edge */
		int x = i % w;

		if ((i < w || i >= n - w || x == 0 || x == w - 1) && !to->at[i]) {
			to->at[i] = 10;
			stack[top++] = (int16_t)i;
		}
	}
	while (top) {
		int i = stack[--top], x = i % w, next[4], k = 0;

		if (i >= w)
			next[k++] = i - w;
		if (i + w < n)
			next[k++] = i + w;
		if (x)
			next[k++] = i - 1;
		if (x < w - 1)
			next[k++] = i + 1;
		while (k--)
			if (!to->at[next[k]]) {
				to->at[next[k]] = 10;
				stack[top++] = (int16_t)next[k];
			}
	}
	for (int i = 0; i < n; i++)
		to->at[i] = to->at[i] == 10 ? 0 : to->at[i] ? to->at[i] : (uint8_t)colour;
	return true;
}

static bool complete(struct arc_grid *to, const struct arc_grid *from, int axes)
{
	copy(to, from);
	for (int y = 0, i = 0; y < from->h; y++)
		for (int x = 0; x < from->w; x++, i++)
			if (!from->at[i])
				to->at[i] = from->at[(axes ? from->h - 1 - y : y) * from->w + (axes == 1 ? x : from->w - 1 - x)];
	return true;
}

/* Bit x of row y + 1: a coloured cell; rows of nothing above and below. */
static bool outline(struct arc_grid *to, const struct arc_grid *from, int colour)
{
	uint32_t row[ARC_SIDE + 2] = { 0 };

	copy(to, from);
	for (int y = 0, i = 0; y < from->h; y++)
		for (int x = 0; x < from->w; x++, i++)
			row[y + 1] |= (uint32_t)(from->at[i] != 0) << x;
	for (int y = 0, i = 0; y < from->h; y++) {
		uint32_t near = row[y] | row[y + 1] | row[y + 2];

		near |= near << 1 | near >> 1;
		for (int x = 0; x < from->w; x++, i++)
			if (near >> x & 1 && !from->at[i])
				to->at[i] = (uint8_t)colour;
	}
	return true;
}

static bool hollow(struct arc_grid *to, const struct arc_grid *from)
{
	int w = from->w;

	copy(to, from);
	for (int y = 1; y < from->h - 1; y++)
		for (int i = y * w + 1; i < y * w + w - 1; i++) {
			uint8_t v = from->at[i];

			if (from->at[i - 1] == v && from->at[i + 1] == v && from->at[i - w] == v && from->at[i + w] == v)
				to->at[i] = 0;
		}
	return true;
}

/* ---- turns and assemblies ---- */

static bool turn(struct arc_grid *to, const struct arc_grid *from, int t)
{
	int h = from->h, w = from->w, start, down, right; /* where the result's first cell is read, and its neighbours */

	switch (t) {
	case 0: start = w - 1; down = w; right = -1; break;
	case 1: start = (h - 1) * w; down = -w; right = 1; break;
	case 2: start = h * w - 1; down = -w; right = -1; break;
	case 3: start = 0; down = 1; right = w; break;
	case 4: start = h * w - 1; down = -1; right = -w; break;
	case 5: start = (h - 1) * w; down = 1; right = -w; break;
	default: start = w - 1; down = -1; right = w;
	}
	to->h = t < 3 ? h : w;
	to->w = t < 3 ? w : h;
	for (int y = 0; y < to->h; y++)
		for (int x = 0; x < to->w; x++)
			to->at[y * to->w + x] = from->at[start + y * down + x * right];
	return true;
}

static bool roomy(struct arc_grid *to, int h, int w)
{
	to->h = h;
	to->w = w;
	return h <= ARC_SIDE && w <= ARC_SIDE;
}

static void paste(struct arc_grid *to, const struct arc_grid *from, int y, int x)
{
	for (int k = 0; k < from->h; k++)
		memcpy(to->at + (y + k) * to->w + x, from->at + k * from->w, (size_t)from->w);
}

static bool tile(struct arc_grid *to, const struct arc_grid *from, int down, int across)
{
	if (!roomy(to, from->h * down, from->w * across))
		return false;
	for (int y = 0; y < down; y++)
		for (int x = 0; x < across; x++)
			paste(to, from, y * from->h, x * from->w);
	return true;
}

static bool scale(struct arc_grid *to, const struct arc_grid *from, int k)
{
	uint8_t *out = to->at;

	if (!roomy(to, from->h * k, from->w * k))
		return false;
	for (int y = 0; y < from->h; y++)
		for (int r = 0; r < k; r++)
			for (int x = 0; x < from->w; x++)
				for (int c = 0; c < k; c++)
					*out++ = from->at[y * from->w + x];
	return true;
}

static bool mirror(struct arc_grid *to, const struct arc_grid *from, int d)
{
	bool tall = d == 0 || d == 2, first = d == 1 || d == 2; /* the grid itself comes first */
	struct arc_grid image;

	if (!roomy(to, from->h << tall, from->w << !tall))
		return false;
	turn(&image, from, tall);
	paste(to, first ? from : &image, 0, 0);
	paste(to, first ? &image : from, tall ? from->h : 0, tall ? 0 : from->w);
	return true;
}

static bool quad(struct arc_grid *to, const struct arc_grid *from, int corner)
{
	struct arc_grid row;

	return mirror(&row, from, corner == 0 || corner == 3 ? 1 : 3) && mirror(to, &row, corner < 2 ? 2 : 0);
}

static bool frame(struct arc_grid *to, const struct arc_grid *from, int colour)
{
	if (!roomy(to, from->h + 2, from->w + 2))
		return false;
	memset(to->at, colour, (size_t)(to->h * to->w));
	paste(to, from, 1, 1);
	return true;
}

bool arc_apply(struct arc_grid *to, const struct arc_grid *from, const struct arc_op *op)
{
	switch (op->kind) {
	case ARC_CROP: return cut_around(to, from, NULL, 0);
	case ARC_LARGEST: return by_size(to, from, true, 0, true);
	case ARC_SMALLEST: return by_size(to, from, false, 0, true);
	case ARC_KEEP: return only(to, from, op->a);
	case ARC_HALF: return half(to, from, op->a);
	case ARC_CUTMAX: return cut_object(to, from, true);
	case ARC_CUTMIN: return cut_object(to, from, false);
	case ARC_COMMON: return by_number(to, from, true);
	case ARC_RARE: return by_number(to, from, false);
	case ARC_AND: return combine(to, from, op->a, op->b, true);
	case ARC_XOR: return combine(to, from, op->a, op->b, false);
	case ARC_FALL: case ARC_SMEAR: case ARC_SHIFT: return move_lines(to, from, op->kind, op->a);
	case ARC_FILL: return fill(to, from, op->a);
	case ARC_LINK: return link(to, from, op->a);
	case ARC_COMPLETE: return complete(to, from, op->a);
	case ARC_OUTLINE: return outline(to, from, op->a);
	case ARC_HOLLOW: return hollow(to, from);
	case ARC_PAINTMAX: return by_size(to, from, true, op->a, false);
	case ARC_PAINTMIN: return by_size(to, from, false, op->a, false);
	case ARC_TURN: return turn(to, from, op->a);
	case ARC_TILE: return tile(to, from, op->a, op->b);
	case ARC_SCALE: return scale(to, from, op->a);
	case ARC_MIRROR: return mirror(to, from, op->a);
	case ARC_QUAD: return quad(to, from, op->a);
	case ARC_FRAME: return frame(to, from, op->a);
	default: return colours(to, from, op);
	}
}

bool arc_run(struct arc_grid *to, const struct arc_grid *from, const struct arc_op *op, int n)
{
	struct arc_grid room[2];
	const struct arc_grid *at = from;

	if (n == 0)
		copy(to, from);
	for (int i = 0; i < n; i++) {
		struct arc_grid *next = i + 1 == n ? to : &room[i % 2];

		if (!arc_apply(next, at, &op[i]))
			return false;
		at = next;
	}
	return true;
}

/* ---- the text ---- */

static bool parse_op(struct arc_op *op, struct str text)
{
	int kind = 0, *arg[2] = { &op->a, &op->b };
	struct str word, rest = text;

	*op = (struct arc_op){ 0 };
	if (!str_split(&rest, ' ', &word))
		return false;
	while (kind < ARC_KINDS && !str_is(word, arc_forms[kind].name))
		kind++;
	if (kind == ARC_KINDS)
		return false;
	op->kind = (enum arc_kind)kind;
	for (int i = 0; i < 2 && arc_forms[kind].arg[i]; i++) {
		if (!str_split(&rest, ' ', &word) || word.n != 1 || word.s[0] < '0' || word.s[0] > '9')
			return false;
		*arg[i] = word.s[0] - '0';
	}
	return rest.n == 0 && text.s[text.n - 1] != ' ' && arc_op_valid(op);
}

static bool parse_grid(struct arc_grid *g, struct str s)
{
	struct str row;

	g->h = g->w = 0;
	if (s.n == 0 || s.n >= ARC_CELLS + ARC_SIDE || s.s[s.n - 1] == '/')
		return false;
	while (str_split(&s, '/', &row)) {
		if (g->h == ARC_SIDE || row.n == 0 || row.n > ARC_SIDE || (g->h && row.n != (size_t)g->w))
			return false;
		g->w = (int)row.n;
		for (size_t x = 0; x < row.n; x++) {
			if (row.s[x] < '0' || row.s[x] > '9')
				return false;
			g->at[g->h * g->w + (int)x] = (uint8_t)(row.s[x] - '0');
		}
		g->h++;
	}
	return true;
}

bool arc_parse(struct arc_puzzle *p, struct str desc)
{
	ptrdiff_t colon = str_chr(desc, ':'), mark = str_chr(desc, '>');
	struct str program, grids, text;

	p->ops = p->demos = 0;
	if (colon < 1 || desc.s[colon - 1] == ',' || mark < colon + 4 || (size_t)mark + 2 >= desc.n || desc.s[colon + 1] != ' ' ||
	    desc.s[mark - 1] != ' ' || desc.s[mark + 1] != ' ')
		return false;
	program = str_sub(desc, 0, (size_t)colon);
	while (str_split(&program, ',', &text)) {
		struct arc_op *op = &p->op[p->ops];

		if (p->ops == ARC_OPS || !parse_op(op, text) ||
		    (p->ops && arc_forms[op->kind].class <= arc_forms[op[-1].kind].class))
			return false;
		p->ops++;
	}
	grids = str_sub(desc, (size_t)colon + 2, (size_t)mark - 1);
	if (grids.n == 0 || grids.s[grids.n - 1] == ' ')
		return false;
	while (str_split(&grids, ' ', &text))
		if (p->demos == ARC_DEMOS || !parse_grid(&p->in[p->demos++], text))
			return false;
	if (p->demos < 2 || !parse_grid(&p->in[p->demos], str_from(desc, (size_t)mark + 2)))
		return false;
	for (int i = 0; i <= p->demos; i++)
		if (!arc_run(&p->out[i], &p->in[i], p->op, p->ops))
			return false;
	return p->out[p->demos].h > 1 && p->out[p->demos].w > 1;
}

void arc_write_grid(struct buf *out, const struct arc_grid *g)
{
	char text[ARC_CELLS + ARC_SIDE];
	size_t n = 0;

	for (int y = 0; y < g->h; y++) {
		if (y)
			text[n++] = '/';
		for (int x = 0; x < g->w; x++)
			text[n++] = (char)('0' + g->at[y * g->w + x]);
	}
	buf_add(out, (struct str){ text, n });
}

void arc_write(struct buf *out, const struct arc_puzzle *p)
{
	for (int i = 0; i < p->ops; i++) {
		const struct arc_form *f = &arc_forms[p->op[i].kind];

		buf_addz(out, i ? "," : "");
		buf_addz(out, f->name);
		for (int k = 0; k < 2 && f->arg[k]; k++) {
			buf_addc(out, ' ');
			buf_addi(out, k ? p->op[i].b : p->op[i].a);
		}
	}
	for (int i = 0; i <= p->demos; i++) {
		buf_addz(out, i == 0 ? ": " : i == p->demos ? " > " : " ");
		arc_write_grid(out, &p->in[i]);
	}
}
