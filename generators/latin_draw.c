/* latin_draw.c - Latin squares drawn, thinned to puzzles, turned and written. */
#include "generators/latin.h"

#include <assert.h>

/* ---- squares ---- */

enum { SIDE = LATIN_SIDE };

/* The square as its n^2 ones (row, column, digit) in a cube; a walk may pass through squares with one -1. */
struct cube {
	int8_t at[SIDE][SIDE][SIDE];
	int n;
};

/* The ones on the line through (r, c, s) along an axis; which of them is chosen by `skip`. */
static int one_on(const struct cube *q, const int *p, int axis, int skip)
{
	int at[3] = { p[0], p[1], p[2] };

	for (at[axis] = 0; at[axis] < q->n; at[axis]++)
		if (q->at[at[0]][at[1]][at[2]] == 1 && skip-- == 0)
			return at[axis];
	assert(!"every line of the cube sums to one");
	return 0;
}

static bool improper(const struct cube *q, const int *p)
{
	return q->at[p[0]][p[1]][p[2]] < 0;
}

/* One move from the square (at a random 0) or from where it has a -1 (at that): p is there before and after. */
static void walk(struct cube *q, int *p, struct rng *rng)
{
	bool bad = improper(q, p);
	int o[3];

	while (!bad) {
		for (int a = 0; a < 3; a++)
			p[a] = (int)rng_below(rng, (uint32_t)q->n);
		if (q->at[p[0]][p[1]][p[2]] == 0)
			break;
	}
	for (int a = 0; a < 3; a++)
		o[a] = one_on(q, p, a, bad ? (int)rng_below(rng, 2) : 0);
	for (int corner = 0; corner < 8; corner++) {
		int x = corner & 1 ? o[0] : p[0], y = corner & 2 ? o[1] : p[1], z = corner & 4 ? o[2] : p[2];

		q->at[x][y][z] = (int8_t)(q->at[x][y][z] + (latin_size((unsigned)corner) % 2 ? -1 : 1));
	}
	memcpy(p, o, sizeof(o));
}

void latin_square(uint8_t *cell, int n, struct rng *rng)
{
	struct cube q = { .n = n };
	int p[3] = { 0, 0, 0 };

	for (int y = 0; y < n; y++)
		for (int x = 0; x < n; x++)
			q.at[y][x][(x + y) % n] = 1;
	for (int moves = 0; moves < n * n * n || improper(&q, p); moves++)
		walk(&q, p, rng);
	for (int i = 0; i < n * n; i++)
		cell[i] = (uint8_t)(1 + one_on(&q, (int[3]){ i / n, i % n, 0 }, 2, 0));
}

/* ---- inventing ---- */

bool latin_fits(struct latin_dig *d, struct latin *l)
{
	d->start(d, l);
	l->sweep = l->lean = true;
	l->max = d->max < LATIN_GUESS ? d->max : LATIN_HARD;
	return latin_solve(l) || (d->max == LATIN_GUESS && latin_solutions(l, 2, LATIN_FEW, NULL) == 1);
}

void latin_fits_how(struct latin_dig *d)
{
	struct latin l;

	d->start(d, &l);
	l.sweep = true;
	l.max = d->max < LATIN_GUESS ? d->max : LATIN_HARD;
	d->hardest = latin_solve(&l) ? latin_hardest(&l) : LATIN_GUESS;
}

int latin_thin(struct latin_dig *d, const uint8_t *order, int count, int least, int most)
{
	int gone = 0, run = least / 3 + 1;
	bool graded = false;
	struct latin l;

	for (int at = 0; at < count && gone < most;) {
		int end = at + run;

		if (gone >= least && !graded)
			latin_fits_how(d);
		graded = gone >= least;
		if (graded && d->hardest >= d->goal)
			return gone;
		if (end > count)
			end = count;
		if (end > at + most - gone)
			end = at + most - gone;
		for (int k = at; k < end; k++)
			d->flip(d, order[k], false);
		if (latin_fits(d, &l)) {
			gone += end - at;
			at = end;
			graded = false;
			continue;
		}
		for (int k = at; k < end; k++)
			d->flip(d, order[k], true);
		if (end == at + 1)
			at++;
		else
			run = (end - at + 1) / 2;
	}
	if (!graded)
		latin_fits_how(d);
	return gone;
}

/* ---- symmetry ---- */

int latin_turned(int n, int i, int t)
{
	int y = i / n, x = i % n;

	if (t & 1)
		x = n - 1 - x;
	if (t & 2)
		y = n - 1 - y;
	return t & 4 ? x * n + y : y * n + x;
}

int latin_source(int n, int i, int t)
{
	int y = t & 4 ? i % n : i / n, x = t & 4 ? i / n : i % n;

	if (t & 1)
		x = n - 1 - x;
	if (t & 2)
		y = n - 1 - y;
	return y * n + x;
}

/* ---- for the prompt ---- */

void latin_write(struct buf *out, const uint8_t *cell, int n, enum grid_style style, const char *empty)
{
	struct grid g = { .rows = n, .cols = n };

	for (int i = 0; i < n * n; i++)
		g.cell[i] = cell[i] ? (int16_t)cell[i] : GRID_EMPTY;
	grid_write(out, &g, &(struct grid_look){ .style = style, .empty = empty });
}

void latin_put(struct holes *holes, const char *hole, const uint8_t *cell, int n, enum grid_style style, const char *empty)
{
	struct buf text = BUF_INIT;

	latin_write(&text, cell, n, style, empty);
	hole_put(holes, hole, buf_str(&text));
	buf_release(&text);
}

double latin_open_log2(const uint8_t *cell, int n)
{
	static const double log2_of[LATIN_SIDE + 1] = { 0, 0, 1.0, 1.584962500721156, 2.0, 2.321928094887362, 2.584962500721156,
							2.807354922057604, 3.0, 3.169925001442312 };
	int open = 0;

	for (int i = 0; i < n * n; i++)
		open += cell[i] == 0;
	return open * log2_of[n];
}
