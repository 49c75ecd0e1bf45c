/* sudoku_board.c - boards from and to text, and how many solutions they have. */
#include "generators/sudoku_list.h"

void sudoku_shape(struct shape *s, int w, int h)
{
	int fill[HOUSES] = { 0 };

	*s = (struct shape){ .w = w, .h = h, .n = w * h, .cells = w * h * w * h };
	for (int i = 0; i < s->cells; i++) {
		int y = i / s->n, x = i % s->n;
		int of[3] = { y, s->n + x, 2 * s->n + y / h * h + x / w };

		for (int k = 0; k < 3; k++) {
			s->of[i][k] = (uint8_t)of[k];
			s->house[of[k]][fill[of[k]]++] = (uint8_t)i;
		}
	}
}

bool sudoku_parse(struct board *b, struct str s)
{
	struct str row;

	*b = (struct board){ 0 };
	if (s.n < 5 || s.s[1] != 'x' || s.s[3] != ':')
		return false;
	b->w = s.s[0] - '0';
	b->h = s.s[2] - '0';
	if (b->w < 2 || b->w > 4 || b->h < 2 || b->h > 4 || b->w * b->h > SIDE)
		return false;
	b->n = b->w * b->h;
	s = str_from(s, 4);
	if (s.n != (size_t)(b->n * (b->n + 1) - 1))
		return false;
	for (int y = 0; y < b->n; y++) {
		if (!str_split(&s, '/', &row) || row.n != (size_t)b->n)
			return false;
		for (int x = 0; x < b->n; x++) {
			int v = row.s[x] == '.' ? 0 : row.s[x] - '0';

			if (v < 0 || v > b->n || row.s[x] == '0')
				return false;
			b->cell[y * b->n + x] = (uint8_t)v;
		}
	}
	return true;
}

void sudoku_write(struct buf *out, const struct board *b, enum grid_style style, const char *empty)
{
	struct grid g; /* most of it stays as it is */

	g.rows = g.cols = b->n;
	for (int i = 0; i < b->n * b->n; i++)
		g.cell[i] = b->cell[i] ? (int16_t)b->cell[i] : GRID_EMPTY;
	grid_write(out, &g, &(struct grid_look){ .style = style, .box_w = b->w, .box_h = b->h, .empty = empty });
}

void sudoku_desc(struct buf *out, const struct board *b)
{
	buf_addf(out, "%dx%d:", b->w, b->h);
	sudoku_write(out, b, GRID_SLASHES, ".");
}

/* ---- counting solutions ---- */

enum { SEARCH_NODES = 100000 }; /* the hardest boards known need some thousands; a hostile desc gets here in 0.1 s */

static int pick_bit(struct search *f, unsigned bits)
{
	int skip = f->rng ? (int)rng_below(f->rng, (uint32_t)sudoku_count(bits)) : 0;

	while (skip--)
		bits &= bits - 1;
	return __builtin_ctz(bits);
}

/* A digit that has one place left in some house: the cell, and the digit; no place at all gives the digit 0. open[]: of empty cells. */
static bool only_place(const struct search *f, const uint16_t *open, int *cell, unsigned *digit)
{
	const struct shape *s = f->s;

	for (int h = 0; h < 3 * s->n; h++) {
		unsigned once = 0, more = 0, single;
		bool whole;

		for (int k = 0; k < s->n; k++) {
			unsigned o = open[s->house[h][k]];

			more |= once & o;
			once |= o;
		}
		single = once & ~more;
		whole = (once | f->has[h]) == (2u << s->n) - 2;
		if (!single && whole)
			continue;
		*digit = whole ? single & -single : 0;
		for (int k = 0; k < s->n && *digit; k++)
			if (open[s->house[h][k]] & *digit)
				*cell = s->house[h][k];
		return true;
	}
	return false;
}

/* The empty cell to fill next moves to the end of the list; the digits to try there. */
static unsigned tightest(struct search *f)
{
	int best = SIDE + 1, at = 0, cell;
	uint16_t open[CELLS] = { 0 };
	unsigned digits = 0;
	uint8_t t;

	for (int k = 0; k < f->left && best > 1; k++) {
		unsigned o = sudoku_open(f->s, f->has, f->todo[k]);
		int n = sudoku_count(o);

		open[f->todo[k]] = (uint16_t)o;
		if (n < best) {
			best = n;
			at = k;
			digits = o;
		}
	}
	cell = f->todo[best > 1 ? 0 : at];
	if (best > 1 && only_place(f, open, &cell, &digits))
		for (at = 0; f->todo[at] != cell;)
			at++;
	t = f->todo[at];
	f->todo[at] = f->todo[f->left - 1];
	f->todo[f->left - 1] = t;
	return digits;
}

static void search(struct search *f)
{
	unsigned open;
	int i;

	if (!f->left) {
		if (f->found++ == 0)
			memcpy(f->first, f->cell, sizeof(f->cell));
		return;
	}
	open = tightest(f);
	i = f->todo[--f->left];
	while (open && f->found < f->limit && f->nodes++ < SEARCH_NODES) {
		int v = pick_bit(f, open);

		open &= ~(1u << v);
		f->cell[i] = (uint8_t)v;
		sudoku_flip(f->s, f->has, i, v);
		search(f);
		sudoku_flip(f->s, f->has, i, v);
	}
	f->cell[i] = 0;
	f->todo[f->left++] = (uint8_t)i;
}

/* A 9 x 9 board whose solutions may come in any order. */
static void search_fast(struct search *f)
{
	struct sudoku_list l;

	f->found = sudoku_list(&l, f->cell, f->limit);
	f->nodes = f->found < 0 ? SEARCH_NODES : l.nodes;
	if (f->found > 0)
		sudoku_list_first(&l, f->first);
}

int sudoku_solutions(struct search *f, const struct shape *s, const uint8_t *cell, int limit, struct rng *rng)
{
	*f = (struct search){ .s = s, .limit = limit, .rng = rng };
	for (int i = 0; i < s->cells; i++) {
		int v = cell[i];

		f->cell[i] = (uint8_t)v;
		if (!v) {
			f->todo[f->left++] = (uint8_t)i;
			continue;
		}
		if (!(sudoku_open(s, f->has, i) >> v & 1))
			return -1;
		sudoku_flip(s, f->has, i, v);
	}
	if (s->n == SIDE && !rng)
		search_fast(f);
	else
		search(f);
	return f->nodes >= SEARCH_NODES ? -1 : f->found;
}

bool sudoku_well_posed(struct board *b, struct shape *s, struct search *f, struct str desc)
{
	if (!sudoku_parse(b, desc))
		return false;
	sudoku_shape(s, b->w, b->h);
	return sudoku_solutions(f, s, b->cell, 2, NULL) == 1;
}
