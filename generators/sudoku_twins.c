/* sudoku_twins.c - symmetry: digits, rows in a band, bands, columns in a stack, stacks, and the diagonal. */
#include "generators/sudoku_solve.h"

#include <assert.h>

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

enum { ORDERS = 1296 }; /* the most orders of columns: 3! * 3!^3 of 9 x 9; 8 x 8 has 2! * 4!^2 */

/* Every order of `count` groups of `size` neighbours, and of the neighbours in each. */
static int orders(uint8_t order[ORDERS][SIDE], int count, int size)
{
	int n = count * size, found = 0;
	uint8_t perm[SIDE];
	bool used[SIDE] = { false };
	int at = 0;

	memset(perm, 0, sizeof(perm));
	perm[0] = 0xff;
	while (at >= 0) { /* depth first, without recursion: perm[at] is the choice made at depth `at` */
		int c = perm[at] == 0xff ? 0 : perm[at] + 1;

		if (perm[at] != 0xff)
			used[perm[at]] = false;
		for (; c < n; c++) {
			bool fits = !used[c];

			if (fits && at % size)
				fits = c / size == perm[at - 1] / size;
			for (int k = 0; k < at && fits && at % size == 0; k += size)
				fits = c / size != perm[k] / size;
			if (fits)
				break;
		}
		if (c == n) {
			at--;
			continue;
		}
		perm[at] = (uint8_t)c;
		used[c] = true;
		if (at + 1 == n) {
			assert(found < ORDERS);
			memcpy(order[found++], perm, SIDE);
		} else {
			perm[++at] = 0xff;
		}
	}
	return found;
}

/* The least image so far: the solution first, then the givens (0 for empty). */
struct least {
	bool any;
	uint8_t full[CELLS], given[CELLS];
};

/* The row after the first, of those in its band, against the best's: most images end here. */
static bool second_row_is_more(const struct least *best, const uint8_t *band, int h, int n, const uint8_t *order,
			       const int *digit)
{
	const uint8_t *row = band;
	int least = SIDE + 1;

	for (int k = 0; k < h; k++) {
		int v = digit[band[k * n + order[0]]];

		if (v > 1 && v < least) {
			least = v;
			row = band + k * n;
		}
	}
	for (int x = 0; x < n; x++) {
		int v = digit[row[order[x]]];

		if (v != best->full[n + x])
			return v > best->full[n + x];
	}
	return false;
}

/* One image: row `top` reads 1 .. n under this order of columns; the other rows are sorted. False: it is not less. */
static void image(struct least *best, const struct board *b, const uint8_t *solution, int top, const uint8_t *order)
{
	int n = b->n, w_rows = b->h, bands = b->n / b->h, digit[SIDE + 1];
	uint8_t rows[SIDE], first[SIDE];
	int cmp = best->any ? 0 : -1; /* of this image against the best, as far as it is known */
	struct least mine = { .any = true };

	for (int x = 0; x < n; x++)
		digit[solution[top * n + order[x]]] = x + 1;
	if (best->any && second_row_is_more(best, solution + top / b->h * b->h * n, b->h, n, order, digit))
		return;
	/* Rows in a band by their first digit, bands by their least row; row `top` starts with 1, so its band is first. */
	for (int y = 0; y < n; y++)
		first[y] = (uint8_t)digit[solution[y * n + order[0]]];
	for (int g = 0; g < bands; g++) {
		uint8_t *r = rows + g * w_rows;

		for (int k = 0; k < w_rows; k++) {
			int y = g * w_rows + k, at = k;

			for (; at > 0 && first[r[at - 1]] > first[y]; at--)
				r[at] = r[at - 1];
			r[at] = (uint8_t)y;
		}
		for (int at = g; at > 0 && first[rows[at * w_rows]] < first[rows[(at - 1) * w_rows]]; at--) {
			for (int k = 0; k < w_rows; k++) {
				uint8_t t = rows[at * w_rows + k];

				rows[at * w_rows + k] = rows[(at - 1) * w_rows + k];
				rows[(at - 1) * w_rows + k] = t;
			}
		}
	}
	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			int v = digit[solution[rows[y] * n + order[x]]];

			if (cmp == 0 && v != best->full[y * n + x]) {
				if (v > best->full[y * n + x])
					return;
				cmp = -1;
			}
			mine.full[y * n + x] = (uint8_t)v;
		}
	}
	for (int i = 0; i < n * n; i++) {
		int y = i / n, from = rows[y] * n + order[i % n];

		mine.given[i] = b->cell[from] ? mine.full[i] : 0;
		if (cmp == 0)
			cmp = mine.given[i] - best->given[i];
		if (cmp > 0)
			return;
	}
	*best = mine;
}

void sudoku_canon(struct buf *out, struct str desc)
{
	uint8_t order[ORDERS][SIDE];
	struct least best = { 0 };
	struct board b;
	struct shape s;
	struct search f;
	int n_orders;

	if (!sudoku_parse(&b, desc))
		return;
	if (!sudoku_well_posed(&b, &s, &f, desc)) {
		buf_add(out, desc);
		return;
	}
	if (b.w < b.h)
		transpose(&b, f.first);
	n_orders = orders(order, b.n / b.w, b.w);
	for (int flip = 0; flip < (b.w == b.h ? 2 : 1); flip++) {
		if (flip)
			transpose(&b, f.first);
		for (int top = 0; top < b.n; top++)
			for (int k = 0; k < n_orders; k++)
				image(&best, &b, f.first, top, order[k]);
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
