/* latin_draw.c - Latin squares drawn, thinned to puzzles, turned and written. */
#include "generators/latin.h"

/* ---- squares ---- */

enum { SIDE = LATIN_SIDE };

/*
 * The square as its n^2 ones (row, column, digit) in a cube, where each line holds one. A walk may pass through cubes that have
 * a -1, and two ones in the lines through it. A line's one, by its two other coordinates:
 */
struct cube {
	uint8_t row[SIDE][SIDE], col[SIDE][SIDE], digit[SIDE][SIDE]; /* of column and digit, row and digit, row and column */
	bool improper;
	int p[3];        /* where the -1 is */
	uint8_t also[3]; /* the other ones of the lines through it, along each axis */
};

/* One of the two ones of a line through the -1, the first (0) or the second; the other one stays. */
static int either(uint8_t *one, int also, uint32_t which)
{
	int lo = *one < also ? *one : also, hi = *one < also ? also : *one;

	*one = (uint8_t)(which ? lo : hi);
	return which ? hi : lo;
}

/* One move, from a zero or from the -1: there +1, at o -1, and alternately so at the corners of the box between them. */
static void walk(struct cube *q, int n, struct rng *rng)
{
	int *p = q->p, o[3];

	while (!q->improper) {
		for (int a = 0; a < 3; a++)
			p[a] = (int)rng_below(rng, (uint32_t)n);
		if (q->digit[p[0]][p[1]] != p[2])
			break;
	}
	if (q->improper) {
		o[0] = either(&q->row[p[1]][p[2]], q->also[0], rng_below(rng, 2));
		o[1] = either(&q->col[p[0]][p[2]], q->also[1], rng_below(rng, 2));
		o[2] = either(&q->digit[p[0]][p[1]], q->also[2], rng_below(rng, 2));
	} else {
		o[0] = q->row[p[1]][p[2]];
		o[1] = q->col[p[0]][p[2]];
		o[2] = q->digit[p[0]][p[1]];
		q->row[p[1]][p[2]] = (uint8_t)p[0];
		q->col[p[0]][p[2]] = (uint8_t)p[1];
		q->digit[p[0]][p[1]] = (uint8_t)p[2];
	}
	q->row[o[1]][p[2]] = q->row[p[1]][o[2]] = (uint8_t)o[0];
	q->col[o[0]][p[2]] = q->col[p[0]][o[2]] = (uint8_t)o[1];
	q->digit[o[0]][p[1]] = q->digit[p[0]][o[1]] = (uint8_t)o[2];
	q->improper = q->digit[o[0]][o[1]] != o[2];
	for (int a = 0; a < 3 && q->improper; a++)
		q->also[a] = (uint8_t)p[a];
	if (!q->improper) {
		q->row[o[1]][o[2]] = (uint8_t)p[0];
		q->col[o[0]][o[2]] = (uint8_t)p[1];
		q->digit[o[0]][o[1]] = (uint8_t)p[2];
	}
	memcpy(p, o, sizeof(o));
}

void latin_square(uint8_t *cell, int n, struct rng *rng)
{
	struct cube q = { .improper = false };

	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			int v = (x + y) % n;

			q.digit[y][x] = (uint8_t)v;
			q.col[y][v] = (uint8_t)x;
			q.row[x][v] = (uint8_t)y;
		}
	}
	for (int moves = 0; moves < n * n * n || q.improper; moves++)
		walk(&q, n, rng);
	for (int i = 0; i < n * n; i++)
		cell[i] = (uint8_t)(1 + q.digit[i / n][i % n]);
}

/* ---- inventing ---- */

/* As far as techniques come; then, where that is allowed and wanted, is there one solution? */
static bool solves(const struct latin_dig *d, struct latin *l, bool guess)
{
	l->sweep = l->lean = true;
	l->max = d->max < LATIN_GUESS ? d->max : LATIN_HARD;
	return latin_solve(l) || (guess && d->max == LATIN_GUESS && latin_solutions(l, 2, LATIN_FEW, NULL) == 1);
}

bool latin_fits(struct latin_dig *d, struct latin *l)
{
	d->start(d, l);
	return solves(d, l, true);
}

void latin_fits_how(struct latin_dig *d)
{
	struct latin l;

	d->start(d, &l);
	l.sweep = true;
	l.max = d->max < LATIN_GUESS ? d->max : LATIN_HARD;
	d->hardest = latin_solve(&l) ? latin_hardest(&l) : LATIN_GUESS;
}

struct thin {
	struct latin_dig *d;
	const uint8_t *order;
	bool *gone; /* of order[] */
	int least, most; /* to take away: before it need be hard, at all */
	bool graded, done;     /* d->hardest is of the board as it is; no more is to go */
};

/* Items of order[from .. to-1] that are not gone leave the board, or come back: to l, too, if that is not NULL. */
static void flip(struct thin *t, int from, int to, bool there, struct latin *l)
{
	for (int k = from; k < to; k++) {
		if (t->gone[k])
			continue;
		t->d->flip(t->d, t->order[k], there);
		if (l)
			t->d->look(t->d, l, t->order[k]);
	}
}

/* All of these may go, and are gone but for those that shall stay. */
static void take(struct thin *t, int from, int to)
{
	flip(t, from, to, true, NULL);
	for (int k = from; k < to && !t->done; k++) {
		if (t->least <= 0 && !t->graded) {
			latin_fits_how(t->d);
			t->graded = true;
		}
		t->done = t->most == 0 || (t->least <= 0 && t->d->hardest >= t->d->goal);
		if (t->done)
			return;
		t->d->flip(t->d, t->order[k], false);
		t->gone[k] = true;
		t->graded = false;
		t->least--;
		t->most--;
	}
}

/*
 * base: what follows from all that is on the board, without order[from .. to-1]. An item may go if the board can be solved without
 * it; halves share what follows from the rest, so that all of it takes a few times as long as to solve the board once.
 */
static void thin_on(struct thin *t, struct latin *base, int from, int to)
{
	int mid = (from + to) / 2;

	if (!t->done && solves(t->d, base, to == from + 1)) {
		take(t, from, to);
	} else if (t->done || to == from + 1) {
		flip(t, from, to, true, NULL);
	} else {
		struct latin l = *base;

		flip(t, mid, to, true, &l);
		thin_on(t, &l, from, mid);
		flip(t, mid, to, false, NULL);
		l = *base;
		flip(t, from, mid, true, &l);
		thin_on(t, &l, mid, to);
	}
}

int latin_thin(struct latin_dig *d, const uint8_t *order, int count, int least, int most)
{
	bool gone[2 * LATIN_CELLS] = { false };
	struct thin t = { .d = d, .order = order, .gone = gone, .least = least, .most = most };
	struct latin l;

	if (count > 0) {
		flip(&t, 0, count, false, NULL);
		d->start(d, &l);
		thin_on(&t, &l, 0, count);
	}
	if (!t.graded)
		latin_fits_how(d);
	return most - t.most;
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
	struct grid g; /* most of it stays as it is */

	g.rows = g.cols = n;
	for (int i = 0; i < n * n; i++)
		g.cell[i] = cell[i] ? (int16_t)cell[i] : GRID_EMPTY;
	grid_write(out, &g, &(struct grid_look){ .style = style, .empty = empty });
}

void latin_put(struct holes *holes, const char *hole, const uint8_t *cell, int n, enum grid_style style, const char *empty)
{
	struct buf *text = hole_open(holes, hole);

	if (text)
		latin_write(text, cell, n, style, empty);
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
