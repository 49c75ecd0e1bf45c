/*
 * minesweeper_solve.c - what is certain on a minesweeper board, the easiest way first, each step told.
 *
 * In the worked solution * is a mine and - a safe cell. A step is a line:
 *
 *	3@(1,2) 3-1=2 {(0,1) (0,2)} *(0,1) *(0,2)	one mine is known beside the 3, two cells are open: both are mines
 *	1@(4,4) 1-1=0 {(3,4)} -(3,4)			none is left: the open cell is safe
 *	3@(1,2) 2{(0,1) (0,2) (0,3)} 1@(1,4) 1{(0,3) (0,4)} *(0,1) *(0,2) -(0,4)
 *							2 of three cells, 1 of two; they share (0,3), so two must lie outside
 *	(0,1)-? *(0,2) -(1,1) x2@(1,2) *(0,1)		suppose (0,1) is safe: with what follows the 2 cannot be met
 *	#12-7=5 {2 3} {0-4} *(0,1) -(5,5)		5 mines are left; groups of open cells can have 2 or 3, cells far
 *							from numbers 0 to 4; so much for sure
 *	(0,1)-? x *(0,1)				a search over many positions found nothing
 *	... +120					120 steps more, not told
 */
#include "generators/minesweeper_solve.h"

#include <stdlib.h>

enum {
	SEARCH_STEPS = 4000,
	LIST_STEPS = 8000,
	GROUP = 40,
	RIM = 2, /* cells around the board that are none: nothing within two steps of a cell needs a test */
	STRIDE = SIDE + 2 * RIM,
	ROWS = STRIDE,
	PLACES = ROWS * STRIDE,
};

/* ---- the board as numbers and the hidden cells around them ---- */

/* The neighbours of a place, in reading order; the k-th has it as its own (7 - k)-th. */
static const int beside[AROUND] = { -STRIDE - 1, -STRIDE, -STRIDE + 1, -1, 1, STRIDE - 1, STRIDE, STRIDE + 1 };

/* How many bits are set. Not the compiler's, which is a call where the processor is not known to count them. */
static int count(unsigned set)
{
	set -= set >> 1 & 0x55;
	set = (set & 0x33) + (set >> 2 & 0x33);
	return (int)((set + (set >> 4)) & 0x0f);
}

/*
 * What is known of a board. Cells are places with a rim around them. A search needs no copy: it takes back what it tried.
 * like is an arrangement of the open cells; a number that it does not meet has a gap.
 */
struct state {
	const struct field *f;
	bool broken;
	int trails, shown, hidden;
	int clash;            /* where broken: a number that cannot be met */
	uint32_t gaps[ROWS];  /* bit x of gaps[y]: there is a number with a gap, RIM added to both */
	int8_t value[PLACES]; /* of hidden cells */
	uint8_t near[PLACES]; /* of hidden cells: bit k: the k-th neighbour is a number */
	int8_t like[PLACES];
	uint8_t met[PLACES];  /* bit v: the cell is v in some arrangement that was found */
	uint8_t open[PLACES]; /* of numbers: bit k: the k-th neighbour is hidden, and not known */
	uint8_t opens[PLACES]; /* how many those are */
	int8_t lack[PLACES];  /* mines not found among those */
	int8_t gap[PLACES];   /* of these, what like does not give */
	int8_t found[PLACES]; /* what a round found, OPEN where it found nothing: see below */
	int16_t weight[PLACES]; /* of numbers: grows when one cannot be met, so that searches go there first */
	int16_t trail[CELLS];   /* the cells that are known, in the order in which they became so */
	int16_t number[CELLS], cell[CELLS]; /* numbers with hidden cells around them; hidden cells */
};

static int row_of(int place)
{
	return place / STRIDE - RIM;
}

static int col_of(int place)
{
	return place % STRIDE - RIM;
}

static int index_of(const struct field *f, int place)
{
	return row_of(place) * f->w + col_of(place);
}

/* Arrangements are first sought near `mine`; NULL: near none at all. */
static void state_init(struct state *s, const struct field *f, const bool *mine)
{
	size_t used = (size_t)((f->h + 2 * RIM) * STRIDE);

	s->f = f;
	s->broken = false;
	s->trails = s->shown = s->hidden = 0;
	memset(s->gaps, 0, sizeof(s->gaps));
	memset(s->value, SAFE, used); /* of what is no hidden cell: not open */
	memset(s->near, 0, used);
	memset(s->open, 0, used);
	memset(s->found, OPEN, used);
	for (int y = 0, i = 0; y < f->h; y++)
		for (int x = 0; x < f->w; x++, i++) {
			int p = (y + RIM) * STRIDE + x + RIM;

			if (f->shown[i] >= 0)
				continue;
			s->value[p] = OPEN;
			s->like[p] = mine && mine[i];
			s->met[p] = (uint8_t)(mine ? 1 << mine[i] : 0);
			s->cell[s->hidden++] = (int16_t)p;
		}
	for (int y = 0, i = 0; y < f->h; y++)
		for (int x = 0; x < f->w; x++, i++) {
			int p = (y + RIM) * STRIDE + x + RIM, v = f->shown[i], like = 0;
			unsigned open = 0;

			if (v < 0)
				continue;
			for (int k = 0; k < AROUND; k++) {
				int q = p + beside[k];

				if (s->value[q] != OPEN)
					continue;
				open |= 1u << k;
				like += s->like[q];
				s->near[q] |= (uint8_t)(1u << (AROUND - 1 - k));
			}
			if (v > count(open)) {
				s->broken = true;
				s->clash = p;
			}
			if (!open)
				continue;
			s->open[p] = (uint8_t)open;
			s->opens[p] = (uint8_t)count(open);
			s->lack[p] = (int8_t)v;
			s->gap[p] = (int8_t)(v - like);
			s->gaps[p / STRIDE] |= (uint32_t)(v != like) << p % STRIDE;
			s->weight[p] = 1;
			s->number[s->shown++] = (int16_t)p;
		}
}

/* The numbers around p lack so many more than like gives. */
static void gap_around(struct state *s, int p, int more)
{
	for (unsigned rest = more ? s->near[p] : 0; rest; rest &= rest - 1) {
		int n = p + beside[__builtin_ctz(rest)];
		uint32_t *row = &s->gaps[n / STRIDE], bit = 1u << n % STRIDE;

		s->gap[n] = (int8_t)(s->gap[n] + more);
		*row = s->gap[n] ? *row | bit : *row & ~bit;
	}
}

static void set(struct state *s, int p, int v)
{
	if (s->value[p] != OPEN) {
		s->broken = s->broken || s->value[p] != v;
		return;
	}
	s->value[p] = (int8_t)v;
	s->trail[s->trails++] = (int16_t)p;
	for (unsigned rest = s->near[p]; rest; rest &= rest - 1) {
		int k = __builtin_ctz(rest), n = p + beside[k];

		s->lack[n] = (int8_t)(s->lack[n] - v);
		s->open[n] ^= (uint8_t)(1u << (AROUND - 1 - k));
		s->opens[n]--;
		if (s->lack[n] < 0 || s->lack[n] > s->opens[n]) {
			s->broken = true;
			s->clash = n;
			s->weight[n] += s->weight[n] < 1000;
		}
	}
	gap_around(s, p, s->like[p] - v);
}

/* Forget what became known after the first `trails` cells. */
static void undo(struct state *s, int trails)
{
	s->broken = false;
	while (s->trails > trails) {
		int p = s->trail[--s->trails], v = s->value[p];

		s->value[p] = OPEN;
		for (unsigned rest = s->near[p]; rest; rest &= rest - 1) {
			int k = __builtin_ctz(rest), n = p + beside[k];

			s->lack[n] = (int8_t)(s->lack[n] + v);
			s->open[n] ^= (uint8_t)(1u << (AROUND - 1 - k));
			s->opens[n]++;
		}
		gap_around(s, p, v - s->like[p]);
	}
}

/* A number that lacks none, or as many as are open, tells of all of these: v is what. */
static bool tells(const struct state *s, int n, int *v)
{
	*v = s->lack[n] > 0;
	return s->open[n] && (!s->lack[n] || s->lack[n] == s->opens[n]);
}

static void set_around(struct state *s, int n, int v)
{
	for (unsigned rest = s->open[n]; rest; rest &= rest - 1)
		set(s, n + beside[__builtin_ctz(rest)], v);
}

/* COUNT on and on, from the cells that became known after the first `from`. */
static bool settle(struct state *s, int from)
{
	int v;

	for (; from < s->trails && !s->broken; from++) {
		int p = s->trail[from];

		for (unsigned rest = s->near[p]; rest && !s->broken; rest &= rest - 1) {
			int n = p + beside[__builtin_ctz(rest)];

			if (tells(s, n, &v))
				set_around(s, n, v);
		}
	}
	return !s->broken;
}

/* ---- search ---- */

/* A number that is not met, with few open cells, that often could not be; -1: there is none. */
static int hardest_number(const struct state *s)
{
	int best = -1, weight = 0, open = 1;

	for (int y = RIM; y < RIM + s->f->h; y++)
		for (uint32_t rest = s->gaps[y]; rest; rest &= rest - 1) {
			int n = y * STRIDE + __builtin_ctz(rest);

			if (s->weight[n] * open > weight * s->opens[n]) {
				best = n;
				weight = s->weight[n];
				open = s->opens[n];
			}
		}
	return best;
}

/*
 * Can all numbers be met? What is on the trail then is such an arrangement, with like for cells that are still open. Each
 * dead end takes one of *steps; below 0: given up.
 */
static bool fits(struct state *s, int *steps)
{
	int n = hardest_number(s), from = s->trails, p = 0, v;

	if (n < 0)
		return true;
	v = s->gap[n] > 0;
	for (unsigned rest = s->open[n]; rest; rest &= rest - 1) {
		int q = n + beside[__builtin_ctz(rest)];

		if (s->like[q] != v && (!p || !(s->met[q] >> v & 1)))
			p = q;
	}
	set(s, p, v);
	if (settle(s, from) && fits(s, steps))
		return true;
	undo(s, from);
	if (*steps < 0 || --*steps < 0)
		return false;
	set(s, p, 1 - v);
	return settle(s, from) && fits(s, steps);
}

/* like becomes some arrangement, all of which is met. False: there is none. */
static bool arrange(struct state *s, int *steps)
{
	int from = s->trails;
	bool good = fits(s, steps);

	for (int k = 0; k < s->hidden && good; k++) {
		int p = s->cell[k];

		if (s->value[p] != OPEN)
			s->like[p] = s->value[p];
		s->met[p] |= (uint8_t)(1 << s->like[p]);
	}
	undo(s, from);
	return good;
}

/* Is cell p v in some arrangement? Then like, which was one, becomes that, and is met. */
static bool can_be(struct state *s, int p, int v, int *steps)
{
	int from = s->trails;
	bool good;

	set(s, p, v);
	good = settle(s, from) && fits(s, steps);
	/* gaps stay what they are, whether these cells are known or open */
	for (int k = from; good && k < s->trails; k++) {
		int q = s->trail[k];

		s->like[q] = s->value[q];
		s->met[q] |= (uint8_t)(1 << s->value[q]);
	}
	undo(s, from);
	return good;
}

/* ---- the number of mines ---- */

struct group {
	int16_t cell[GROUP];
	int n;
	uint64_t all;                         /* bit c: some arrangement has c mines */
	uint64_t with[GROUP], without[GROUP]; /* the same where that cell is a mine, or is not */
};

/* All arrangements of the group's cells from `at` on. */
static bool group_list(struct group *g, struct state *s, int at, int *steps)
{
	int mines = 0;

	while (at < g->n && s->value[g->cell[at]] != OPEN)
		at++;
	if (--*steps < 0)
		return false;
	if (at < g->n) {
		for (int v = SAFE; v <= MINE; v++) {
			int from = s->trails;
			bool listed;

			set(s, g->cell[at], v);
			listed = !settle(s, from) || group_list(g, s, at + 1, steps);
			undo(s, from);
			if (!listed)
				return false;
		}
		return true;
	}
	for (int k = 0; k < g->n; k++)
		mines += s->value[g->cell[k]];
	g->all |= UINT64_C(1) << mines;
	for (int k = 0; k < g->n; k++)
		*(s->value[g->cell[k]] == MINE ? &g->with[k] : &g->without[k]) |= UINT64_C(1) << mines;
	return true;
}

/* The open cells that numbers tie to cell i. False: too many. */
static bool group_find(struct group *g, const struct state *s, int i, bool *in)
{
	*g = (struct group){ .n = 1, .cell = { (int16_t)i } };
	in[i] = true;
	for (int at = 0; at < g->n; at++)
		for (unsigned near = s->near[g->cell[at]]; near; near &= near - 1) {
			int n = g->cell[at] + beside[__builtin_ctz(near)];

			for (unsigned open = s->open[n]; open; open &= open - 1) {
				int j = n + beside[__builtin_ctz(open)];

				if (in[j])
					continue;
				if (g->n == GROUP)
					return false;
				in[j] = true;
				g->cell[g->n++] = (int16_t)j;
			}
		}
	return true;
}

enum { GROUPS = 64 };

struct totals {
	struct group group[GROUPS];
	int n, far; /* cells that no number touches */
	int left;   /* mines not found */
};

/* False: too much of it. */
static bool totals_find(struct totals *t, struct state *s, int steps)
{
	bool in[PLACES] = { false };

	t->n = t->far = 0;
	t->left = s->f->mines;
	for (int k = 0; k < s->hidden; k++) {
		int i = s->cell[k];

		t->far += !s->near[i];
		t->left -= s->value[i] == MINE;
		if (!s->near[i] || s->value[i] != OPEN || in[i])
			continue;
		if (t->n == GROUPS || !group_find(&t->group[t->n], s, i, in) || !group_list(&t->group[t->n], s, 0, &steps))
			return false;
		t->n++;
	}
	return true;
}

/* Can the groups from `k` on, without group `but`, and the far cells have `left` mines together? sum[] is scratch. */
static bool rest_can(const struct totals *t, int but, int far_from, int far_to, int left)
{
	uint8_t can[CELLS + 1] = { 1 };

	if (left < 0)
		return false;
	for (int k = 0; k < t->n; k++) {
		uint8_t next[CELLS + 1] = { 0 };

		if (k == but)
			continue;
		for (int m = 0; m <= left; m++)
			for (int c = 0; can[m] && c <= t->group[k].n && m + c <= left; c++)
				next[m + c] |= t->group[k].all >> c & 1;
		memcpy(can, next, sizeof(can));
	}
	for (int c = far_from; c <= far_to; c++)
		if (c <= left && can[left - c])
			return true;
	return false;
}

/* What the number of mines settles, into value (OPEN where it settles nothing). False: nothing fits it. */
static bool totals_use(const struct totals *t, const struct state *s, int8_t *value)
{
	memset(value, OPEN, PLACES);
	if (!rest_can(t, -1, 0, t->far, t->left))
		return false;
	for (int k = 0; k < t->n; k++) {
		const struct group *g = &t->group[k];
		uint64_t good = 0;

		for (int c = 0; c <= g->n; c++)
			if (g->all >> c & 1 && rest_can(t, k, 0, t->far, t->left - c))
				good |= UINT64_C(1) << c;
		for (int j = 0; j < g->n; j++)
			if (!(g->with[j] & good))
				value[g->cell[j]] = SAFE;
			else if (!(g->without[j] & good))
				value[g->cell[j]] = MINE;
	}
	for (int k = 0; k < s->hidden && t->far; k++)
		if (!s->near[s->cell[k]]) {
			if (!rest_can(t, -1, 1, t->far, t->left))
				value[s->cell[k]] = SAFE;
			else if (!rest_can(t, -1, 0, t->far - 1, t->left))
				value[s->cell[k]] = MINE;
		}
	return true;
}

/* ---- words ---- */

static void say_cell(struct buf *b, int p)
{
	buf_addf(b, "(%d,%d)", row_of(p), col_of(p));
}

static void say_known(struct buf *b, int p, int v)
{
	buf_addz(b, v == MINE ? " *" : " -");
	say_cell(b, p);
}

static int number_at(const struct state *s, int n)
{
	return s->f->shown[index_of(s->f, n)];
}

static void say_number(struct buf *b, const struct state *s, int n)
{
	buf_addf(b, "%d@", number_at(s, n));
	say_cell(b, n);
}

static void say_open(struct buf *b, const struct state *s, int n)
{
	char before = '{';

	for (unsigned rest = s->open[n]; rest; rest &= rest - 1) {
		buf_addc(b, before);
		say_cell(b, n + beside[__builtin_ctz(rest)]);
		before = ' ';
	}
	buf_addc(b, '}');
}

/*
 * ---- rounds: what is found is told at once and done at the round's end; where steps are to be told, a round is one ----
 */

struct round {
	int n;
	int16_t cell[CELLS]; /* what it is stands in state.found */
};

static void found(struct round *r, struct state *s, int p, int v)
{
	if (s->value[p] != OPEN || s->found[p] != OPEN)
		return;
	s->found[p] = (int8_t)v;
	r->cell[r->n++] = (int16_t)p;
}

static void found_around(struct round *r, struct state *s, int n, unsigned cells, int v)
{
	for (; cells; cells &= cells - 1)
		found(r, s, n + beside[__builtin_ctz(cells)], v);
}

static void counts(struct state *s, struct round *r, struct trace *t)
{
	for (int k = 0; k < s->shown; k++) {
		int n = s->number[k], v, before = r->n;

		if (!tells(s, n, &v))
			continue;
		found_around(r, s, n, s->open[n], v);
		if (r->n == before)
			continue;
		t->steps++;
		if (t->out) {
			say_number(t->out, s, n);
			buf_addf(t->out, " %d-%d=%d ", number_at(s, n), number_at(s, n) - s->lack[n], s->lack[n]);
			say_open(t->out, s, n);
			for (int j = before; j < r->n; j++)
				say_known(t->out, r->cell[j], v);
			buf_addc(t->out, '\n');
		}
		if (t->serial)
			return;
	}
}

enum { NEAR = 2, ACROSS = 2 * NEAR + 1 /* numbers that share cells */ };

/* own[dy + NEAR][dx + NEAR]: of a number's neighbours those that are not beside the one dy below and dx to the right. */
static const uint8_t own[ACROSS][ACROSS] = {
	{ 0xfe, 0xfc, 0xf8, 0xf9, 0xfb },
	{ 0xf6, 0xf4, 0xe0, 0xe9, 0xeb },
	{ 0xd6, 0x94, 0x00, 0x29, 0x6b },
	{ 0xd7, 0x97, 0x07, 0x2f, 0x6f },
	{ 0xdf, 0x9f, 0x1f, 0x3f, 0x7f },
};

/* a lacks so many more than b that they fill all its own cells: then b has none in its own. Those of both, or no. */
static bool pair_tells(const struct state *s, int a, int b, unsigned only_a, unsigned only_b, unsigned *mines, unsigned *safe)
{
	*mines = s->open[a] & only_a;
	*safe = s->open[b] & only_b;
	return *mines != s->open[a] && s->lack[a] - s->lack[b] == count(*mines) && (*mines || *safe);
}

static void pair(struct state *s, struct round *r, struct trace *t, int a, int b, unsigned mines, unsigned safe)
{
	int before = r->n;

	found_around(r, s, a, mines, MINE);
	found_around(r, s, b, safe, SAFE);
	if (r->n == before)
		return;
	t->steps += 2;
	if (!t->out)
		return;
	for (int k = 0; k < 2; k++) {
		say_number(t->out, s, k ? b : a);
		buf_addf(t->out, " %d", s->lack[k ? b : a]);
		say_open(t->out, s, k ? b : a);
		if (!k)
			buf_addc(t->out, ' ');
	}
	for (int j = before; j < r->n; j++)
		say_known(t->out, r->cell[j], s->found[r->cell[j]]);
	buf_addc(t->out, '\n');
}

/* Bit x of rows[y]: there is a number with open cells, RIM added to both. */
static void open_rows(const struct state *s, uint32_t rows[ROWS])
{
	memset(rows, 0, sizeof(rows[0]) * ROWS);
	for (int k = 0; k < s->shown; k++)
		if (s->open[s->number[k]])
			rows[s->number[k] / STRIDE] |= 1u << s->number[k] % STRIDE;
}

/* The numbers near enough to a, as steps to the right from two to the left of it, in the row `dy` below. */
static unsigned near_in(const uint32_t *rows, int a, int dy)
{
	return rows[a / STRIDE + dy] >> (a % STRIDE - NEAR) & ((1u << ACROSS) - 1);
}

static void pairs(struct state *s, struct round *r, struct trace *t)
{
	uint32_t rows[ROWS];

	open_rows(s, rows);
	for (int k = 0; k < s->shown; k++) {
		int a = s->number[k];

		for (int dy = -NEAR; dy <= NEAR && s->open[a]; dy++)
			for (unsigned near = near_in(rows, a, dy); near; near &= near - 1) {
				int dx = __builtin_ctz(near) - NEAR, b = a + dy * STRIDE + dx;
				unsigned mines, safe;

				if (pair_tells(s, a, b, own[NEAR + dy][NEAR + dx], own[NEAR - dy][NEAR - dx], &mines, &safe))
					pair(s, r, t, a, b, mines, safe);
				if (t->serial && r->n)
					return;
			}
	}
}

/* One cell that cannot be what is supposed. */
static void one_case(struct state *s, struct round *r, struct trace *t)
{
	for (int j = 0; j < s->hidden; j++) {
		int p = s->cell[j], from = s->trails;

		if (!s->near[p] || s->value[p] != OPEN)
			continue;
		for (int v = SAFE; v <= MINE; v++) {
			set(s, p, v);
			if (settle(s, from)) {
				undo(s, from);
				continue;
			}
			t->steps += s->trails - from;
			if (t->out) {
				say_cell(t->out, p);
				buf_addz(t->out, v == MINE ? "*?" : "-?");
				for (int k = from + 1; k < s->trails; k++)
					say_known(t->out, s->trail[k], s->value[s->trail[k]]);
				buf_addz(t->out, " x");
				say_number(t->out, s, s->clash);
				say_known(t->out, p, 1 - v);
				buf_addc(t->out, '\n');
			}
			undo(s, from);
			found(r, s, p, 1 - v);
			return;
		}
	}
}

static void total(struct state *s, struct round *r, struct trace *t)
{
	int8_t value[PLACES];
	struct totals *g;

	if (s->f->mines < 0)
		return;
	g = malloc(sizeof(*g));
	if (!g)
		return;
	if (totals_find(g, s, LIST_STEPS) && totals_use(g, s, value)) {
		for (int k = 0; k < s->hidden; k++)
			if (value[s->cell[k]] != OPEN)
				found(r, s, s->cell[k], value[s->cell[k]]);
		t->steps += r->n ? g->n + r->n : 0;
	}
	if (t->out && r->n) {
		buf_addf(t->out, "#%d-%d=%d", s->f->mines, s->f->mines - g->left, g->left);
		for (int k = 0; k < g->n; k++) {
			char mark = '{';

			buf_addc(t->out, ' ');
			for (int c = 0; c <= g->group[k].n; c++)
				if (g->group[k].all >> c & 1) {
					buf_addf(t->out, "%c%d", mark, c);
					mark = ' ';
				}
			buf_addc(t->out, '}');
		}
		buf_addf(t->out, " {0-%d}", g->far);
		for (int k = 0; k < r->n; k++)
			say_known(t->out, r->cell[k], s->found[r->cell[k]]);
		buf_addc(t->out, '\n');
	}
	free(g);
}

/* One asked cell by a search. */
static void one_search(struct state *s, const struct certain *c, struct round *r, struct trace *t)
{
	for (int k = 0; k < s->hidden; k++) {
		int steps = SEARCH_STEPS, p = s->cell[k], v = c->value[index_of(s->f, p)];

		if (v == OPEN || !s->near[p] || s->value[p] != OPEN || can_be(s, p, 1 - v, &steps) || steps < 0)
			continue;
		t->branch += SEARCH_STEPS - steps;
		t->steps++;
		found(r, s, p, v);
		if (t->out) {
			say_cell(t->out, p);
			buf_addz(t->out, v == SAFE ? "*? x" : "-? x");
			say_known(t->out, p, v);
			buf_addc(t->out, '\n');
		}
		return;
	}
}

/* What a round found becomes known. */
static bool round_end(struct state *s, struct round *r)
{
	for (int k = 0; k < r->n; k++) {
		set(s, r->cell[k], s->found[r->cell[k]]);
		s->found[r->cell[k]] = OPEN;
	}
	return r->n && !s->broken;
}

static bool one_round(struct state *s, const struct certain *c, struct trace *t)
{
	struct round r;
	int technique = COUNT;

	r.n = 0;
	for (; technique <= t->max && !r.n; technique++) {
		switch (technique) {
		case COUNT: counts(s, &r, t); break;
		case PAIR: pairs(s, &r, t); break;
		case CASE: one_case(s, &r, t); break;
		case TOTAL: total(s, &r, t); break;
		default: one_search(s, c, &r, t); break;
		}
	}
	if (r.n) {
		t->used |= 1u << (technique - 1);
		t->rounds++;
	}
	return round_end(s, &r);
}

/* How many of the cells that became known after the first `from` are asked for. */
static int asked_for(const struct state *s, const struct certain *c, int from)
{
	int n = 0, v = s->f->safe ? SAFE : MINE;

	for (int k = from; k < s->trails; k++)
		n += c->value[index_of(s->f, s->trail[k])] == v;
	return n;
}

bool field_deduce(const struct field *f, const struct certain *c, struct trace *t)
{
	struct buf *out = t->out;
	struct state s;
	int told = 0, missing = c->asked;
	bool on = true;

	state_init(&s, f, NULL);
	while (on && missing > 0) {
		int from = s.trails;

		t->out = out && out->n < t->end ? out : NULL;
		on = one_round(&s, c, t);
		missing -= asked_for(&s, c, from);
		told = t->out ? t->steps : told;
	}
	if (out && t->steps > told)
		buf_addf(out, "... +%d\n", t->steps - told);
	t->out = out;
	return on;
}

/* ---- all that a technique finds, untold ---- */

static void count_on(struct state *s)
{
	int v;

	for (int k = 0; k < s->shown; k++)
		if (tells(s, s->number[k], &v))
			set_around(s, s->number[k], v);
	settle(s, 0);
}

/* With COUNT in between. */
static void pair_on(struct state *s)
{
	uint32_t rows[ROWS];

	for (bool news = true; news && !s->broken;) {
		news = false;
		open_rows(s, rows);
		for (int k = 0; k < s->shown && !s->broken; k++) {
			int a = s->number[k], from = s->trails;

			for (int dy = -NEAR; dy <= NEAR && s->open[a]; dy++)
				for (unsigned near = near_in(rows, a, dy); near; near &= near - 1) {
					int dx = __builtin_ctz(near) - NEAR, b = a + dy * STRIDE + dx;
					unsigned mines, safe;

					if (!s->open[b] ||
					    !pair_tells(s, a, b, own[NEAR + dy][NEAR + dx], own[NEAR - dy][NEAR - dx], &mines, &safe))
						continue;
					for (; mines; mines &= mines - 1)
						set(s, a + beside[__builtin_ctz(mines)], MINE);
					for (; safe; safe &= safe - 1)
						set(s, b + beside[__builtin_ctz(safe)], SAFE);
				}
			news |= s->trails > from;
			settle(s, from);
		}
	}
}

/* With COUNT and PAIR in between. What a cell is in `like`, an arrangement, needs no supposition. */
static void case_on(struct state *s)
{
	for (bool news = true; news && !s->broken;) {
		news = false;
		for (int j = 0; j < s->hidden && !s->broken; j++) {
			int p = s->cell[j], v = 1 - s->like[p], from = s->trails;
			bool can;

			if (!s->near[p] || s->value[p] != OPEN)
				continue;
			set(s, p, v);
			can = settle(s, from);
			undo(s, from);
			if (can)
				continue;
			set(s, p, 1 - v);
			settle(s, from);
			news = true;
		}
		if (news)
			pair_on(s);
	}
}

static int known(const struct state *s, int v)
{
	int n = 0;

	for (int k = 0; k < s->trails; k++)
		n += s->value[s->trail[k]] == v;
	return n;
}

static void certain_take(struct certain *c, const struct state *s)
{
	memset(c->value, OPEN, sizeof(c->value));
	for (int k = 0; k < s->trails; k++)
		c->value[index_of(s->f, s->trail[k])] = s->value[s->trail[k]];
	c->asked = known(s, s->f->safe ? SAFE : MINE);
}

bool field_suits(const struct field *f, const bool *mine, int technique, int least, struct certain *c)
{
	static void (*const on[])(struct state *) = { [COUNT] = count_on, [PAIR] = pair_on, [CASE] = case_on };
	int v = f->safe ? SAFE : MINE, before = 0, steps = FEW;
	struct state s;

	state_init(&s, f, mine);
	for (int t = COUNT; t <= technique; t++) {
		before = t ? known(&s, v) : -1;
		on[t](&s);
	}
	if (s.broken || known(&s, v) == before || known(&s, v) < least)
		return false;
	certain_take(c, &s);
	for (int k = 0; k < s.hidden; k++) {
		int p = s.cell[k];

		if (s.near[p] && s.value[p] == OPEN && !(s.met[p] >> (1 - v) & 1) && !can_be(&s, p, 1 - v, &steps))
			return false;
	}
	return true;
}

/* ---- the whole truth ---- */

/* Mines beside numbers that have no more hidden neighbours than mines. */
static void certain_by_one(struct certain *c, const struct state *s)
{
	memset(c->value, OPEN, sizeof(c->value));
	c->asked = 0;
	for (int k = 0; k < s->shown; k++) {
		int n = s->number[k];

		if (s->lack[n] != s->opens[n])
			continue;
		for (unsigned rest = s->open[n]; rest; rest &= rest - 1) {
			int i = index_of(s->f, n + beside[__builtin_ctz(rest)]);

			c->asked += c->value[i] == OPEN;
			c->value[i] = MINE;
		}
	}
}

bool field_certain(const struct field *f, struct certain *c, int steps)
{
	int list_steps = 2 * steps;
	struct state s;

	state_init(&s, f, NULL);
	if (s.broken)
		return false;
	if (f->one) {
		certain_by_one(c, &s);
		return true;
	}
	count_on(&s); /* what is plain first: it keeps the search short */
	pair_on(&s);
	if (s.broken || !arrange(&s, &steps))
		return false;
	for (int k = 0; k < s.hidden; k++) {
		int p = s.cell[k];

		for (int v = SAFE; v <= MINE; v++) {
			int from = s.trails;

			if (!s.near[p] || s.value[p] != OPEN || s.met[p] >> v & 1 || can_be(&s, p, v, &steps))
				continue;
			if (steps < 0)
				return false;
			set(&s, p, 1 - v);
			if (!settle(&s, from))
				return false;
		}
	}
	certain_take(c, &s);
	if (f->mines >= 0) {
		struct totals *t = malloc(sizeof(*t));
		int8_t more[PLACES];
		bool good = t && totals_find(t, &s, list_steps) && totals_use(t, &s, more);

		free(t);
		if (!good)
			return false;
		for (int k = 0; k < s.hidden; k++)
			if (more[s.cell[k]] != OPEN && s.value[s.cell[k]] == OPEN) {
				c->value[index_of(f, s.cell[k])] = more[s.cell[k]];
				c->asked += more[s.cell[k]] == (f->safe ? SAFE : MINE);
			}
	}
	return true;
}
