/*
 * survo_twins.c - survo as text, and its twins: rows and columns in any order, and the board turned over its diagonal.
 *
 * The canonical form is the least of all orders of rows and columns that a refinement leaves: lines are told apart by
 * their sum and cells, then by the lines they cross, over and over; where some stay alike each is tried as the first.
 */
#include "generators/pen.h"
#include "generators/survo_solve.h"

/* ---- text ---- */

/* Numbers parted by single blanks; how many, 0 for damage. */
static int numbers(struct str *s, int most, int *list, int cap)
{
	int n = 0;

	do
		if (n == cap || (list[n++] = str_eat_number(s, most)) == SURVO_BLANK)
			return 0;
	while (str_eatc(s, ' '));
	return n;
}

static bool row_read(struct survo_board *b, struct str *s)
{
	int *cell = b->cell + b->rows * b->cols, n = 0;

	do {
		if (n == SURVO_SIDE)
			return false;
		cell[n] = SURVO_BLANK;
		if (str_eatc(s, '.'))
			b->blanks++;
		else if ((cell[n] = str_eat_number(s, SURVO_VALUE)) == SURVO_BLANK)
			return false;
		n++;
	} while (str_eatc(s, ' '));
	if (n < 2 || (b->rows && n != b->cols) || !str_eatc(s, '='))
		return false;
	b->cols = n;
	b->sum[b->rows] = str_eat_number(s, SURVO_SUM);
	return b->sum[b->rows++] != SURVO_BLANK;
}

bool survo_read(struct survo_board *b, struct str desc)
{
	b->rows = b->cols = b->blanks = 0;
	do
		if (b->rows == SURVO_SIDE || !row_read(b, &desc))
			return false;
	while (str_eatc(&desc, '/'));
	if (b->rows < 2 || !b->blanks || b->blanks > SURVO_BLANKS || !str_eatc(&desc, '|') ||
	    numbers(&desc, SURVO_SUM, b->sum + b->rows, b->cols) != b->cols || !str_eatc(&desc, '|') ||
	    numbers(&desc, SURVO_VALUE, b->pool, b->blanks) != b->blanks || desc.n)
		return false;
	for (int i = 1; i < b->blanks; i++)
		if (b->pool[i] < b->pool[i - 1])
			return false;
	return true;
}

static char *put(char *to, char before, int v)
{
	return pen_int(pen_char(to, before), v);
}

enum { NUMBER_LONG = 5, /* with what stands before it */ LONGEST = NUMBER_LONG * (SURVO_CELLS + SURVO_LINES + SURVO_BLANKS) + PEN_SLACK };

void survo_write(struct buf *out, const struct survo_board *b)
{
	char text[LONGEST], *to = text;

	for (int y = 0; y < b->rows; y++) {
		const int *cell = b->cell + y * b->cols;

		for (int x = 0; x < b->cols; x++)
			if (cell[x] == SURVO_BLANK) {
				*to++ = x ? ' ' : '/';
				*to++ = '.';
			} else {
				to = put(to, x ? ' ' : '/', cell[x]);
			}
		to = put(to, '=', b->sum[y]);
	}
	for (int x = 0; x < b->cols; x++)
		to = put(to, x ? ' ' : '|', b->sum[b->rows + x]);
	for (int i = 0; i < b->blanks; i++)
		to = put(to, i ? ' ' : '|', b->pool[i]);
	buf_add(out, (struct str){ text + 1, (size_t)(to - text - 1) });
}

void survo_answer(struct buf *out, const int *full, int rows, int cols)
{
	char text[LONGEST], *to = text;

	for (int y = 0; y < rows; y++)
		for (int x = 0; x < cols; x++)
			to = put(to, x ? ' ' : '/', full[y * cols + x]);
	buf_add(out, (struct str){ text + 1, (size_t)(to - text - 1) });
}

/* ---- twins ---- */

static void turn(struct survo_board *b)
{
	struct survo_board t = *b;

	t.rows = b->cols;
	t.cols = b->rows;
	for (int y = 0; y < b->rows; y++)
		for (int x = 0; x < b->cols; x++)
			t.cell[x * t.cols + y] = b->cell[y * b->cols + x];
	memcpy(t.sum, b->sum + b->rows, sizeof(int) * (size_t)b->cols);
	memcpy(t.sum + t.rows, b->sum, sizeof(int) * (size_t)b->rows);
	*b = t;
}

/* order[i]: which line of b stands at place i; rows, then columns (their numbers begin at b->rows). */
static void reorder(struct survo_board *to, const struct survo_board *b, const uint8_t *order)
{
	*to = *b;
	for (int i = 0; i < b->rows + b->cols; i++)
		to->sum[i] = b->sum[order[i]];
	for (int y = 0; y < b->rows; y++)
		for (int x = 0; x < b->cols; x++)
			to->cell[y * b->cols + x] = b->cell[order[y] * b->cols + order[b->rows + x] - b->rows];
}

bool survo_twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct survo_board b, t;
	uint8_t order[SURVO_LINES];

	if (!survo_read(&b, desc))
		return false;
	if (rng_below(rng, 2))
		turn(&b);
	for (int i = 0; i < b.rows + b.cols; i++)
		order[i] = (uint8_t)i;
	rng_shuffle(rng, order, (size_t)b.rows, 1);
	rng_shuffle(rng, order + b.rows, (size_t)b.cols, 1);
	reorder(&t, &b, order);
	survo_write(out, &t);
	return true;
}

static int compare(const struct survo_board *a, const struct survo_board *b)
{
	if (a->rows != b->rows)
		return a->rows - b->rows;
	for (int i = 0; i < a->rows + a->cols; i++)
		if (a->sum[i] != b->sum[i])
			return a->sum[i] - b->sum[i];
	for (int i = 0; i < a->rows * a->cols; i++)
		if (a->cell[i] != b->cell[i])
			return a->cell[i] - b->cell[i];
	return 0;
}

enum { TRIES = 3000 /* orders tried; only a board made for it has so many lines that stay alike */ };

struct finder {
	const struct survo_board *b;
	struct survo_board best;
	bool any;
	int tries;
};

/* What tells a line from others: its class so far, then (class of the crossing line, cell) in rising order. */
struct key {
	int32_t part[SURVO_SIDE + 1];
};

static int key_cmp(const struct key *a, const struct key *b)
{
	for (int i = 0; i <= SURVO_SIDE; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}

static int at(const struct survo_board *b, int line, int k)
{
	return line < b->rows ? b->cell[line * b->cols + k] : b->cell[k * b->cols + line - b->rows];
}

static void key_of(struct key *key, const struct survo_board *b, const uint8_t *class, int line)
{
	int n = line < b->rows ? b->cols : b->rows, crossing = line < b->rows ? b->rows : 0;

	memset(key, 0, sizeof(*key));
	key->part[0] = class[line];
	for (int k = 0; k < n; k++) {
		int32_t v = class[crossing + k] * 1024 + at(b, line, k) + 1;
		int i = k;

		for (; i > 0 && key->part[i] > v; i--)
			key->part[i + 1] = key->part[i];
		key->part[i + 1] = v;
	}
}

/* A class is the number of lines of its kind (row, column) that come before: equal ones share it. True: all differ. */
static bool refine(const struct survo_board *b, uint8_t *class)
{
	struct key key[SURVO_LINES];
	int lines = b->rows + b->cols;
	bool changed = true, apart = false;

	while (changed) {
		changed = false;
		apart = true;
		for (int i = 0; i < lines; i++)
			key_of(&key[i], b, class, i);
		for (int i = 0; i < lines; i++) {
			int from = i < b->rows ? 0 : b->rows, to = i < b->rows ? b->rows : lines, before = 0;

			for (int j = from; j < to; j++) {
				int c = j == i ? 0 : key_cmp(&key[j], &key[i]);

				before += c < 0;
				apart = apart && (c || j == i);
			}
			changed = changed || class[i] != before;
			class[i] = (uint8_t)before;
		}
	}
	return apart;
}

/* Do no two lines share a class? */
static bool all_apart(const struct survo_board *b, const uint8_t *class)
{
	uint32_t seen = 0;

	for (int i = 0; i < b->rows + b->cols; i++) {
		uint32_t bit = 1u << (class[i] + (i < b->rows ? 0 : b->rows));

		if (seen & bit)
			return false;
		seen |= bit;
	}
	return true;
}

static bool alike(const struct survo_board *b, int i, int j)
{
	int n = i < b->rows ? b->cols : b->rows;

	for (int k = 0; k < n; k++)
		if (at(b, i, k) != at(b, j, k))
			return false;
	return true;
}

/* The first class of several lines; how many lines. */
static int first_class(const struct survo_board *b, const uint8_t *class, uint8_t *member)
{
	int lines = b->rows + b->cols;

	for (int i = 0; i < lines; i++) {
		int to = i < b->rows ? b->rows : lines, n = 0;

		for (int j = i; j < to; j++)
			if (class[j] == class[i])
				member[n++] = (uint8_t)j;
		if (n > 1)
			return n;
	}
	return 0;
}

static void find(struct finder *f, const uint8_t *from)
{
	const struct survo_board *b = f->b;
	uint8_t class[SURVO_LINES], member[SURVO_SIDE];
	int n;

	memcpy(class, from, sizeof(class));
	if (all_apart(b, class) || refine(b, class)) {
		struct survo_board t;
		uint8_t order[SURVO_LINES];

		for (int i = 0; i < b->rows + b->cols; i++)
			order[class[i] + (i < b->rows ? 0 : b->rows)] = (uint8_t)i;
		reorder(&t, b, order);
		if (!f->any || compare(&t, &f->best) < 0)
			f->best = t;
		f->any = true;
		return;
	}
	n = first_class(b, class, member);
	for (int i = 0; i < n && f->tries < TRIES; i++) {
		bool seen = false;

		for (int j = 0; j < i && !seen; j++)
			seen = alike(b, member[i], member[j]); /* changing the two places changes nothing */
		if (seen)
			continue;
		f->tries++;
		for (int j = 0; j < n; j++)
			class[member[j]] += j != i;
		find(f, class);
		for (int j = 0; j < n; j++)
			class[member[j]] -= j != i;
	}
}

/* Classes to begin with: by the sums. */
static void start(const struct survo_board *b, uint8_t *class)
{
	for (int i = 0; i < b->rows + b->cols; i++) {
		int from = i < b->rows ? 0 : b->rows, to = i < b->rows ? b->rows : b->rows + b->cols;

		class[i] = 0;
		for (int j = from; j < to; j++)
			class[i] += b->sum[j] < b->sum[i];
	}
}

void survo_canon(struct buf *out, struct str desc)
{
	struct survo_board b;
	struct finder f = { .b = &b };
	uint8_t class[SURVO_LINES] = { 0 };
	int sides;

	if (!survo_read(&b, desc))
		return;
	if (b.rows > b.cols)
		turn(&b);
	sides = b.rows == b.cols ? 2 : 1;
	for (int i = 0; i < sides; i++) {
		if (i)
			turn(&b);
		start(&b, class);
		find(&f, class);
	}
	survo_write(out, &f.best);
}
