/* sudoku_twins.c - symmetry: digits, rows in a band, bands, columns in a stack, stacks, and the diagonal. */
#include "generators/sudoku_solve.h"

/* ---- symmetry: digits, rows in a band, bands, columns in a stack, stacks, and the diagonal ---- */

static void transpose(struct board *b, uint8_t *solution)
{
	struct board t = { .w = b->h, .h = b->w, .n = b->n };
	uint8_t full[CELLS] = { 0 };

	for (int y = 0; y < b->n; y++) {
		for (int x = 0; x < b->n; x++) {
			t.cell[x * b->n + y] = b->cell[y * b->n + x];
			full[x * b->n + y] = solution[y * b->n + x];
		}
	}
	*b = t;
	memcpy(solution, full, sizeof(full));
}

enum { OPEN = 0xff, STACKS = SIDE / 3 };

/* Columns in a new order, as far as it is known; OPEN: not yet. */
struct columns {
	uint8_t at[SIDE], place[SIDE]; /* the column at a place, the place of a column */
	uint8_t stack_at[STACKS], stack_place[STACKS];
};

/*
 * The least image so far: the solution first, then the givens (0 for empty). Its first row reads 1 .. n, as the digits can always
 * be renamed so; the other rows are sorted. So an image is told by its first row and the order of columns. Its second row is of
 * the same band: for each such pair of rows we read the second one from the left and settle the order as we go. A
 * digit there is a place of the first row, and the column that has it goes to the least place that is left to it.
 */
struct least {
	const struct board *b;
	const uint8_t *solution;
	int top;                     /* the row that is the first */
	const uint8_t *second;       /* and the second */
	uint8_t column_of[SIDE + 1]; /* where the first has a digit */
	int known;                   /* digits of the least second row, from the left */
	bool any;                    /* an image with that second row */
	uint8_t row[SIDE], full[CELLS], given[CELLS];
};

/* Rows in a band by their first digit, bands by their least row; row `top` starts with 1, so its band is first. */
static void sort_rows(uint8_t *rows, const struct board *b, const uint8_t *first)
{
	int n = b->n, h = b->h;
	uint8_t bands[SIDE];

	for (int y = 0; y < n; y++) {
		int at = y;

		for (; at % h > 0 && first[rows[at - 1]] > first[y]; at--)
			rows[at] = rows[at - 1];
		rows[at] = (uint8_t)y;
	}
	for (int g = 0; g < n; g += h) {
		int at = g;

		for (; at > 0 && first[bands[at - h]] > first[rows[g]]; at -= h)
			memcpy(bands + at, bands + at - h, (size_t)h);
		memcpy(bands + at, rows + g, (size_t)h);
	}
	memcpy(rows, bands, (size_t)n);
}

/* All columns have their places. */
static void image(struct least *best, const uint8_t *order)
{
	const struct board *b = best->b;
	int n = b->n, cmp = best->any ? 0 : -1; /* of this image against the best, as far as it is known */
	uint8_t digit[SIDE + 1], first[SIDE], rows[SIDE], given[CELLS];

	for (int x = 0; x < n; x++)
		digit[best->solution[best->top * n + order[x]]] = (uint8_t)(x + 1);
	for (int y = 0; y < n; y++)
		first[y] = digit[best->solution[y * n + order[0]]];
	sort_rows(rows, b, first);
	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			int v = digit[best->solution[rows[y] * n + order[x]]];

			if (cmp == 0)
				cmp = v - best->full[y * n + x];
			if (cmp > 0)
				return;
			best->full[y * n + x] = (uint8_t)v; /* equal so far, or less */
		}
	}
	for (int i = 0; i < n * n; i++)
		given[i] = b->cell[rows[i / n] * n + order[i % n]] ? best->full[i] : 0;
	if (cmp < 0 || memcmp(given, best->given, (size_t)(n * n)) < 0)
		memcpy(best->given, given, (size_t)(n * n));
	best->any = true;
}

static void column_put(struct columns *c, int w, int place, int col)
{
	c->at[place] = (uint8_t)col;
	c->place[col] = (uint8_t)place;
	c->stack_at[place / w] = (uint8_t)(col / w);
	c->stack_place[col / w] = (uint8_t)(place / w);
}

/* A column's place: if it has none, the least that it can have. */
static int column_seat(struct columns *c, int w, int col)
{
	int stack = c->stack_place[col / w], place;

	if (c->place[col] != OPEN)
		return c->place[col];
	if (stack == OPEN)
		for (stack = 0; c->stack_at[stack] != OPEN;)
			stack++;
	for (place = stack * w; c->at[place] != OPEN;)
		place++;
	column_put(c, w, place, col);
	return place;
}

/* The second row from place x on; its digits so far are those of the least. */
static void second_row(struct least *best, const struct columns *order, int x)
{
	int n = best->b->n, w = best->b->w, stack, from, to;

	if (x == n) {
		image(best, order->at);
		return;
	}
	stack = order->stack_at[x / w];
	from = order->at[x] != OPEN ? order->at[x] : stack != OPEN ? stack * w : 0;
	to = order->at[x] != OPEN ? from + 1 : stack != OPEN ? from + w : n;
	for (int col = from; col < to; col++) {
		struct columns next;
		int digit;

		if (order->at[x] == OPEN && (order->place[col] != OPEN || (stack == OPEN && order->stack_place[col / w] != OPEN)))
			continue;
		next = *order;
		column_put(&next, w, x, col);
		digit = column_seat(&next, w, best->column_of[best->second[col]]);
		if (x < best->known && digit > best->row[x])
			continue;
		if (x == best->known || digit < best->row[x]) {
			best->row[x] = (uint8_t)digit;
			best->known = x + 1;
			best->any = false;
		}
		second_row(best, &next, x + 1);
	}
}

static void images_from(struct least *best, const struct board *b, const uint8_t *solution, int top)
{
	struct columns open;
	int n = b->n;

	memset(&open, OPEN, sizeof(open));
	best->b = b;
	best->solution = solution;
	best->top = top;
	for (int x = 0; x < n; x++)
		best->column_of[solution[top * n + x]] = (uint8_t)x;
	for (int y = top / b->h * b->h, k = 0; k < b->h; k++, y++) {
		best->second = solution + y * n;
		if (y != top)
			second_row(best, &open, 0);
	}
}

void sudoku_canon(struct buf *out, struct str desc)
{
	struct least best = { 0 };
	struct board b;
	struct shape s;
	struct search f;

	if (!sudoku_parse(&b, desc))
		return;
	if (!sudoku_well_posed(&b, &s, &f, desc)) {
		buf_add(out, desc);
		return;
	}
	if (b.w < b.h)
		transpose(&b, f.first);
	for (int flip = 0; flip < (b.w == b.h ? 2 : 1); flip++) {
		if (flip)
			transpose(&b, f.first);
		for (int top = 0; top < b.n; top++)
			images_from(&best, &b, f.first, top);
	}
	memcpy(b.cell, best.given, sizeof(b.cell));
	sudoku_desc(out, &b);
}

/* A random order of `count` groups of `size` neighbours. */
static void shuffle_order(uint8_t *order, int count, int size, struct rng *rng)
{
	uint8_t group[SIDE], member[SIDE];

	for (int i = 0; i < SIDE; i++)
		group[i] = (uint8_t)i;
	rng_shuffle(rng, group, (size_t)count, 1);
	for (int g = 0; g < count; g++) {
		for (int i = 0; i < size; i++)
			member[i] = (uint8_t)i;
		rng_shuffle(rng, member, (size_t)size, 1);
		for (int i = 0; i < size; i++)
			order[g * size + i] = (uint8_t)(group[g] * size + member[i]);
	}
}

void sudoku_shuffle(struct board *b, bool turn, struct rng *rng)
{
	struct board t;
	uint8_t rows[SIDE], cols[SIDE], digit[SIDE + 1] = { 0 }, unused[CELLS] = { 0 };

	if ((turn || b->w == b->h) && rng_below(rng, 2))
		transpose(b, unused);
	t = *b;
	for (int v = 1; v <= SIDE; v++)
		digit[v] = (uint8_t)v;
	rng_shuffle(rng, digit + 1, (size_t)b->n, 1);
	shuffle_order(rows, b->n / b->h, b->h, rng);
	shuffle_order(cols, b->n / b->w, b->w, rng);
	for (int y = 0; y < b->n; y++)
		for (int x = 0; x < b->n; x++)
			b->cell[y * b->n + x] = digit[t.cell[rows[y] * b->n + cols[x]]];
}

bool sudoku_twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b;

	if (!sudoku_parse(&b, desc))
		return false;
	sudoku_shuffle(&b, true, rng);
	sudoku_desc(out, &b);
	return true;
}
