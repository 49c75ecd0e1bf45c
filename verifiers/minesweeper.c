/*
 * minesweeper.c - the rule: exactly the hidden cells that hold a mine (or, where safe cells are asked for, that hold none)
 * in every arrangement of mines that fits the numbers shown and, where it is told, the number of mines.
 *
 * desc: "HxW:MINES:ASK:ROW/ROW/..." with H rows of W cells (2 .. 16), a digit for a number shown and . for a hidden cell;
 * MINES is the number of mines or ?, ASK is m for certain mines and s for cells that are certainly safe. With ? it may be o, as some
 * puzzles of others have it: mines that one number tells alone, because it has no more hidden neighbours than mines.
 * "4x4:?:m:..10/.210/..10/1110".
 *
 * Which cells are certain is worked out here: for each cell beside a number an arrangement is looked for in which it is
 * the other way round than in those met so far. Where the number of mines is told, what is not settled by then falls
 * into groups; of each all arrangements are listed by how many mines they have. Both are cut off after a fixed number of
 * steps: such a desc is no task.
 *
 * The answer is a list of (row, column) from 0, in any usual notation.
 */
#include "base/sixteen.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum {
	SIDE = 16,
	CELLS = SIDE * SIDE,
	AROUND = 8,
	SEARCH_STEPS = 12000, /* dead ends over all searches of a verdict; hard boards of 16 x 16 have some tens, rarely 2,000 */
	LIST_STEPS = 40000,   /* choices while arrangements of the groups are listed */
	GROUP = 60,           /* most cells of a group */
	PROBE_STEPS = 100,    /* dead ends after which it is worth to settle first what is easy */
	STRIDE = SIDE + 2,    /* with a rim, so that no neighbour needs a test */
	PLACES = STRIDE * STRIDE,
	RIM = -2,
};

/* The neighbours of a place, in reading order; the k-th has it as its own (7 - k)-th. */
static const int side[AROUND] = { -STRIDE - 1, -STRIDE, -STRIDE + 1, -1, 1, STRIDE - 1, STRIDE, STRIDE + 1 };

struct field {
	int h, w, cells;
	int mines; /* -1: not told */
	bool safe; /* safe cells are asked for */
	bool one;  /* only what one number tells */
	int8_t shown[PLACES]; /* -1: hidden; RIM */
	/* of each row, rims too: bit 1 + x: the cell is hidden, shows a number, one above 0 */
	uint32_t hides[SIDE + 2], shows[SIDE + 2], counts[SIDE + 2];
	int16_t hidden[CELLS], number[CELLS]; /* the hidden cells, and the numbers that have some around them */
	int hiddens, numbers;
	uint8_t beside[PLACES]; /* of hidden cells: bit k: a number is there; not where one number tells */
	/* What is known: value 1 mine, 0 safe, -1 open; for each number its open cells, and how many mines it lacks among them. */
	int8_t value[PLACES], lack[PLACES];
	uint8_t open[PLACES], opens[PLACES]; /* which, as a bit each, and how many */
	int16_t trail[CELLS];
	int trails;
	/* model: what the open cells might be; gap: how many mines a number lacks in it; gaps: how many numbers have a gap. */
	int8_t model[PLACES], gap[PLACES];
	int gaps;
	int16_t weight[PLACES]; /* of each number: grows when it cannot be met */
	uint8_t met[PLACES];    /* bit v: the cell was v in some arrangement */
	int steps;
	bool probed;
};

static int row_of(int place)
{
	return place / STRIDE - 1;
}

static int col_of(int place)
{
	return place % STRIDE - 1;
}

/* ---- the desc ---- */

/* Which neighbours of the cell with bit x of the middle row are in, as a bit each, in the order of side[]. */
static unsigned around(uint32_t above, uint32_t row, uint32_t below, int x)
{
	uint32_t nine = (above >> (x - 1) & 7) | (row >> (x - 1) & 7) << 3 | (below >> (x - 1) & 7) << 6;

	return (nine & 0x0F) | (nine >> 1 & 0xF0);
}

/* False: a number is larger than what it has around it. */
static bool field_link(struct field *f)
{
	static const uint8_t bits[16] = { 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4 };
	size_t used = (size_t)((f->h + 2) * STRIDE);
	bool fits = true;

	f->numbers = f->hiddens = f->gaps = f->trails = 0;
	memset(f->open, 0, used);
	memset(f->value, -1, used);
	if (!f->one) {
		memset(f->beside, 0, used);
		memset(f->model, 0, used);
		memset(f->met, 0, used);
	}
	for (int y = 1; y <= f->h; y++) {
		const uint32_t *hides = &f->hides[y], *shows = &f->shows[y];
		uint32_t near = hides[-1] | hides[0] | hides[1];

		near |= near << 1 | near >> 1;
		fits = fits && !(f->counts[y] & ~near);
		for (uint32_t rest = hides[0]; rest; rest &= rest - 1) {
			int x = __builtin_ctz(rest), p = y * STRIDE + x;

			f->hidden[f->hiddens++] = (int16_t)p;
			if (!f->one)
				f->beside[p] = (uint8_t)around(shows[-1], shows[0], shows[1], x);
		}
		for (uint32_t rest = shows[0] & near; rest; rest &= rest - 1) {
			int x = __builtin_ctz(rest), p = y * STRIDE + x;
			unsigned open = around(hides[-1], hides[0], hides[1], x);
			int opens = bits[open & 15] + bits[open >> 4];

			fits = fits && f->shown[p] <= opens;
			f->open[p] = (uint8_t)open;
			f->opens[p] = (uint8_t)opens;
			f->lack[p] = f->gap[p] = f->shown[p];
			f->gaps += f->gap[p] != 0;
			f->weight[p] = 1;
			f->number[f->numbers++] = (int16_t)p;
		}
	}
	return fits;
}

/* A row of f->w cells at c, of which so many bytes may be read. */
static bool row_read(struct field *f, int y, const char *c, size_t readable)
{
	const sixteen column = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	sixteen v, in = column < (signed char)f->w, hide, number;
	char room[16] = { 0 };

	if (readable < sizeof(room))
		c = memcpy(room, c, (size_t)f->w);
	v = load_sixteen(c);
	hide = (v == '.') & in;
	number = (sixteen_add(v, sixteen_of(127 - '8')) > 127 - 9) & in;
	if (sixteen_mask((hide | number) != in))
		return false;
	f->hides[y] = sixteen_mask(hide) << 1;
	f->shows[y] = sixteen_mask(number) << 1;
	f->counts[y] = sixteen_mask(number & (v != '0')) << 1;
	v = ((sixteen_add(v, sixteen_of(-'0')) | hide) & in) | (~in & RIM);
	memcpy(&f->shown[y * STRIDE + 1], &v, sizeof(v));
	return true;
}

static bool field_read(struct field *f, struct str s)
{
	int hidden = 0;

	f->h = str_eat_number(&s, SIDE);
	if (f->h < 2 || !str_eatc(&s, 'x'))
		return false;
	f->w = str_eat_number(&s, SIDE);
	if (f->w < 2 || !str_eatc(&s, ':'))
		return false;
	f->cells = f->h * f->w;
	f->mines = str_eat_number(&s, f->cells);
	if ((f->mines < 0 && !str_eatc(&s, '?')) || !str_eatc(&s, ':'))
		return false;
	f->safe = str_eatc(&s, 's');
	f->one = !f->safe && f->mines < 0 && str_eatc(&s, 'o');
	if ((!f->safe && !f->one && !str_eatc(&s, 'm')) || !str_eatc(&s, ':') || s.n != (size_t)(f->cells + f->h - 1))
		return false;
	memset(f->shown, RIM, (size_t)((f->h + 2) * STRIDE));
	f->hides[0] = f->shows[0] = f->hides[f->h + 1] = f->shows[f->h + 1] = 0;
	for (int y = 1; y <= f->h; y++) {
		if (y > 1 && !str_eatc(&s, '/'))
			return false;
		if (!row_read(f, y, s.s, s.n))
			return false;
		s = str_from(s, (size_t)f->w);
		if (f->mines >= 0)
			hidden += __builtin_popcount(f->hides[y]);
	}
	return f->mines <= hidden;
}

/* ---- which cells are certain ---- */

/* Numbers around p lack so many more than the model gives. */
static void gap_around(struct field *f, int p, int more)
{
	for (unsigned rest = more ? f->beside[p] : 0; rest; rest &= rest - 1) {
		int n = p + side[__builtin_ctz(rest)], gap = f->gap[n] + more;

		f->gaps += (gap != 0) - (f->gap[n] != 0);
		f->gap[n] = (int8_t)gap;
	}
}

/* False: a number cannot be met any more. The cell is on the trail all the same. */
static bool assign(struct field *f, int p, int v)
{
	bool fits = true;

	f->value[p] = (int8_t)v;
	f->trail[f->trails++] = (int16_t)p;
	for (unsigned rest = f->beside[p]; rest; rest &= rest - 1) {
		int k = __builtin_ctz(rest), n = p + side[k];

		f->lack[n] = (int8_t)(f->lack[n] - v);
		f->open[n] ^= (uint8_t)(1u << (AROUND - 1 - k));
		f->opens[n]--;
		if (f->lack[n] < 0 || f->lack[n] > f->opens[n]) {
			f->weight[n] += f->weight[n] < 1000;
			fits = false;
		}
	}
	gap_around(f, p, f->model[p] - v);
	return fits;
}

static void undo(struct field *f, int trails)
{
	while (f->trails > trails) {
		int p = f->trail[--f->trails], v = f->value[p];

		for (unsigned rest = f->beside[p]; rest; rest &= rest - 1) {
			int k = __builtin_ctz(rest), n = p + side[k];

			f->lack[n] = (int8_t)(f->lack[n] + v);
			f->open[n] ^= (uint8_t)(1u << (AROUND - 1 - k));
			f->opens[n]++;
		}
		gap_around(f, p, v - f->model[p]);
		f->value[p] = -1;
	}
}

/* A number that lacks none, or as many as are open, settles its open cells. */
static bool settle_number(struct field *f, int n)
{
	int open = f->opens[n], v = f->lack[n] > 0;

	if (f->lack[n] < 0 || f->lack[n] > open)
		return false;
	if (v && f->lack[n] < open)
		return true;
	for (unsigned rest = f->open[n]; rest; rest &= rest - 1)
		if (!assign(f, n + side[__builtin_ctz(rest)], v))
			return false;
	return true;
}

/* The consequences of what is on the trail from `from` on. */
static bool settle(struct field *f, int from)
{
	for (; from < f->trails; from++) {
		int p = f->trail[from];

		for (unsigned rest = f->beside[p]; rest; rest &= rest - 1)
			if (!settle_number(f, p + side[__builtin_ctz(rest)]))
				return false;
	}
	return true;
}

static bool suppose(struct field *f, int p, int v)
{
	int from = f->trails;

	return assign(f, p, v) && settle(f, from);
}

/*
 * Where the model does not meet all numbers: an open cell that is to be the other way round, beside a number with few open
 * cells that often could not be met, so that a hopeless corner is seen at once, whatever is tried elsewhere. -1: it meets
 * them all.
 */
static int missed(const struct field *f)
{
	int best = -1, cell = -1, weight = 0, open = 1;

	for (int k = 0; k < f->numbers && f->gaps; k++) {
		int n = f->number[k];

		if (f->gap[n] && f->weight[n] * open > weight * f->opens[n]) {
			best = n;
			weight = f->weight[n];
			open = f->opens[n];
		}
	}
	for (unsigned rest = best < 0 ? 0 : f->open[best]; rest; rest &= rest - 1) {
		int p = best + side[__builtin_ctz(rest)];

		if (f->model[p] == (f->gap[best] < 0))
			cell = p;
	}
	return cell;
}

/*
 * An arrangement in which what is on the trail holds; it becomes the model. The trail is as before. False: there is none,
 * or f->steps is used up (then it is below 0).
 */
static bool search(struct field *f)
{
	struct {
		int16_t trails, cell;
		bool second;
	} choice[CELLS];
	int n = 0, base = f->trails;

	for (int p; (p = missed(f)) >= 0;) {
		bool fits;

		choice[n].trails = (int16_t)f->trails;
		choice[n].cell = (int16_t)p;
		choice[n++].second = false;
		fits = suppose(f, p, 1 - f->model[p]);
		while (!fits) {
			undo(f, choice[n - 1].trails);
			if (choice[n - 1].second) {
				if (--n == 0)
					return false;
				continue;
			}
			if (--f->steps < 0) {
				undo(f, base);
				return false;
			}
			choice[n - 1].second = true;
			fits = suppose(f, choice[n - 1].cell, f->model[choice[n - 1].cell]);
		}
	}
	/* gaps stay what they are, whether these cells are known or open */
	for (int k = 0; k < f->trails; k++) {
		int p = f->trail[k];

		f->model[p] = f->value[p];
		f->met[p] |= (uint8_t)(1 << f->value[p]);
	}
	undo(f, base);
	return true;
}

/* What a single supposition contradicts is settled: on boards that are hard this spares the searches most of their dead ends. */
static bool probe(struct field *f)
{
	f->probed = true;
	for (int before = -1; before != f->trails;) {
		before = f->trails;
		for (int k = 0; k < f->hiddens; k++)
			for (int p = f->hidden[k], v = 0; v < 2 && f->beside[p] && f->value[p] < 0; v++) {
				int from = f->trails;
				bool fits = suppose(f, p, v);

				undo(f, from);
				if (!fits && !suppose(f, p, 1 - v))
					return false;
			}
	}
	return true;
}

/* Can cell p, which is open, be v? It is settled otherwise. False: nothing fits, or it takes too long to see. */
static bool can_be(struct field *f, int p, int v)
{
	int from = f->trails;
	bool fits = suppose(f, p, v) && search(f);

	undo(f, from);
	return f->steps >= 0 && (fits || suppose(f, p, 1 - v));
}

/*
 * What the numbers alone make certain is on the trail then; where the number of mines is not told only cells that are
 * asked for. False: nothing fits them, or it takes too long to see.
 */
static bool certain_by_numbers(struct field *f)
{
	unsigned enough = f->mines >= 0 ? 3 : f->safe ? 2 : 1; /* met so, a cell is of no concern */

	f->steps = SEARCH_STEPS;
	f->probed = false;
	for (int k = 0; k < f->numbers; k++)
		if (!settle_number(f, f->number[k]))
			return false;
	if (!settle(f, 0) || !search(f))
		return false;
	for (int k = 0; k < f->hiddens; k++)
		f->met[f->hidden[k]] = (uint8_t)(1 << f->model[f->hidden[k]]);
	for (int k = 0; k < f->hiddens; k++) {
		int p = f->hidden[k];

		if (!f->probed && f->steps < SEARCH_STEPS - PROBE_STEPS && !probe(f))
			return false;
		if (f->beside[p] && f->value[p] < 0 && (f->met[p] & enough) != enough && !can_be(f, p, f->met[p] == 1))
			return false;
	}
	return true;
}

/* What single numbers tell. */
static void certain_by_one(struct field *f)
{
	for (int k = 0; k < f->numbers; k++) {
		int n = f->number[k];

		for (unsigned rest = f->lack[n] == f->opens[n] ? f->open[n] : 0; rest; rest &= rest - 1)
			f->value[n + side[__builtin_ctz(rest)]] = 1;
	}
}

/* ---- and with the number of mines ---- */

enum { SUMS = CELLS / 64 + 1 };

/* Bit n: n mines are possible. */
struct sums {
	uint64_t w[SUMS];
};

static bool sums_have(const struct sums *s, int n)
{
	return n >= 0 && n < SUMS * 64 && s->w[n / 64] >> n % 64 & 1;
}

/* a plus any of the counts in b. */
static struct sums sums_add(const struct sums *a, uint64_t b)
{
	struct sums r = { { 0 } };

	for (; b; b &= b - 1) {
		int n = __builtin_ctzll(b); /* below 64 */

		for (int k = SUMS - 1; k >= 0; k--)
			r.w[k] |= a->w[k] << n | (n && k ? a->w[k - 1] >> (64 - n) : 0);
	}
	return r;
}

/* Open cells that numbers tie together. */
struct group {
	int from, n;  /* its cells are cell[from .. from + n - 1] */
	uint64_t all; /* bit n: some arrangement of it has n mines */
};

struct groups {
	int n;
	struct group group[CELLS / 2];
	int16_t cell[CELLS];
	uint64_t with[CELLS]; /* for each cell of the list: the counts of arrangements in which it is a mine */
	uint64_t without[CELLS];
};

/* False: a group is too large. */
static bool groups_find(struct groups *g, const struct field *f)
{
	bool in[PLACES] = { false };
	int n = 0;

	g->n = 0;
	for (int h = 0; h < f->hiddens; h++) {
		struct group *p = &g->group[g->n];
		int first = f->hidden[h];

		if (!f->beside[first] || f->value[first] >= 0 || in[first])
			continue;
		*p = (struct group){ .from = n };
		g->cell[n++] = (int16_t)first;
		in[first] = true;
		for (int at = p->from; at < n; at++)
			for (unsigned rest = f->beside[g->cell[at]]; rest; rest &= rest - 1) {
				int number = g->cell[at] + side[__builtin_ctz(rest)];

				for (unsigned open = f->open[number]; open; open &= open - 1) {
					int j = number + side[__builtin_ctz(open)];

					if (in[j])
						continue;
					in[j] = true;
					g->cell[n++] = (int16_t)j;
				}
			}
		p->n = n - p->from;
		if (p->n > GROUP)
			return false;
		g->n++;
	}
	return true;
}

/* All arrangements of one group. False: out of steps. */
static bool group_list(struct groups *g, struct group *p, struct field *f)
{
	struct {
		int16_t trails, at;
		bool second;
	} choice[GROUP];
	int n = 0, at = 0, base = f->trails;
	bool fits = true;

	for (int k = p->from; k < p->from + p->n; k++)
		g->with[k] = g->without[k] = 0;
	for (;;) {
		while (fits && at < p->n && f->value[g->cell[p->from + at]] >= 0)
			at++;
		if (fits && at < p->n) {
			if (--f->steps < 0)
				return false;
			choice[n].trails = (int16_t)f->trails;
			choice[n].at = (int16_t)at;
			choice[n++].second = false;
			fits = suppose(f, g->cell[p->from + at], 1);
			continue;
		}
		if (fits) {
			int mines = 0;

			for (int k = p->from; k < p->from + p->n; k++)
				mines += f->value[g->cell[k]];
			p->all |= UINT64_C(1) << mines;
			for (int k = p->from; k < p->from + p->n; k++)
				*(f->value[g->cell[k]] ? &g->with[k] : &g->without[k]) |= UINT64_C(1) << mines;
		}
		while (n > 0 && choice[n - 1].second)
			n--;
		if (n == 0)
			break;
		undo(f, choice[n - 1].trails);
		choice[n - 1].second = true;
		at = choice[n - 1].at;
		fits = suppose(f, g->cell[p->from + at], 0);
	}
	undo(f, base);
	return true;
}

/* Sets value where the number of mines makes a cell certain. False: no arrangement has that many, or out of steps. */
static bool certain_by_total(struct field *f)
{
	struct groups g;
	struct sums before[CELLS / 2 + 1], behind = { { 1 } };
	int far = 0, left = f->mines, far_least = -1, far_most = -1;

	for (int k = 0; k < f->hiddens; k++) {
		far += !f->beside[f->hidden[k]];
		left -= f->value[f->hidden[k]] == 1;
	}
	f->steps = LIST_STEPS;
	if (left < 0 || !groups_find(&g, f))
		return false;
	before[0] = (struct sums){ { 1 } };
	for (int k = 0; k < g.n; k++) {
		if (!group_list(&g, &g.group[k], f))
			return false;
		before[k + 1] = sums_add(&before[k], g.group[k].all);
	}
	/* Cells far from all numbers may hold any number of mines. */
	for (int n = 0; n <= far; n++)
		if (sums_have(&before[g.n], left - n)) {
			far_least = far_least < 0 ? n : far_least;
			far_most = n;
		}
	if (far_most < 0)
		return false;
	for (int n = 0; n <= far; n++)
		behind.w[n / 64] |= UINT64_C(1) << n % 64;
	for (int k = g.n - 1; k >= 0; k--) {
		const struct group *p = &g.group[k];

		uint64_t fit = 0; /* bit n: with n mines here, some before and the rest behind */

		for (int n = 0; n <= p->n; n++)
			for (int m = 0; m <= left - n && (p->all >> n & 1) && !(fit >> n & 1); m++)
				if (sums_have(&before[k], m) && sums_have(&behind, left - n - m))
					fit |= UINT64_C(1) << n;
		for (int c = p->from; c < p->from + p->n; c++)
			if (!(g.with[c] & fit) != !(g.without[c] & fit))
				f->value[g.cell[c]] = (g.with[c] & fit) != 0;
		behind = sums_add(&behind, p->all);
	}
	for (int k = 0; k < f->hiddens; k++)
		if (!f->beside[f->hidden[k]] && (far_least == far || far_most == 0))
			f->value[f->hidden[k]] = far_least == far;
	return true;
}

/* ---- the answer ---- */

struct list {
	bool said[PLACES];
	int pairs;
	bool none;    /* a word that says there are none, or empty brackets */
	bool outside; /* a cell that is not on the board */
	bool shown;   /* a cell that is not hidden */
};

enum label { NO_LABEL, ROW, COLUMN };

/* Reads (0, 1), [2, 3] / 0,1; 2,3 / r0c1, row 2 column 3 / {"row": 0, "col": 1} / 0 行 1 列 ... */
struct reader {
	const struct field *f;
	struct list *list;
	char open[8]; /* brackets, the innermost last */
	int inside[8]; /* pairs in each */
	int depth;
	int numbers;   /* since the last pair, bracket or break */
	int64_t number[2];
	enum label labels[2], next; /* of those numbers, and of the number to come */
	int64_t row;   /* "Row 3:": of the cells behind it in the line; -1: none */
	bool columns;  /* these are told by their columns alone: "Row 3: columns 1, 2" */
	bool swapped;  /* a head says that columns come before rows */
	bool line_start;
};

static bool pair_end(struct reader *r)
{
	int64_t y = r->number[0], x = r->number[1];

	if (r->numbers != 2 || r->next != NO_LABEL)
		return false;
	if (r->labels[0] != NO_LABEL || r->labels[1] != NO_LABEL) {
		if (r->labels[0] == COLUMN && r->labels[1] == ROW) {
			y = r->number[1];
			x = r->number[0];
		} else if (r->labels[0] != ROW || r->labels[1] != COLUMN) {
			return false;
		}
	} else if (r->swapped) {
		y = r->number[1];
		x = r->number[0];
	}
	if (r->row >= 0 && y != r->row)
		return false;
	if (y >= r->f->h || x >= r->f->w) {
		r->list->outside = true;
	} else {
		r->list->said[(y + 1) * STRIDE + x + 1] = true;
		r->list->shown |= r->f->shown[(y + 1) * STRIDE + x + 1] >= 0;
	}
	r->list->pairs++;
	if (r->depth)
		r->inside[r->depth - 1]++;
	r->numbers = 0;
	r->labels[0] = r->labels[1] = NO_LABEL;
	return true;
}

/* A break between pairs that stand without brackets. */
static bool pair_break(struct reader *r)
{
	return r->numbers == 0 || pair_end(r);
}

static void row_end(struct reader *r)
{
	r->row = -1;
	r->columns = false;
}

static bool number_add(struct reader *r, int64_t v)
{
	if (r->columns && !r->depth) {
		r->number[0] = r->row;
		r->number[1] = v;
		r->numbers = 2;
		r->labels[0] = ROW;
		r->labels[1] = COLUMN;
		return pair_end(r);
	}
	if (r->numbers == 2 && !(r->labels[0] != NO_LABEL && pair_end(r)))
		return false;
	r->number[r->numbers] = v;
	r->labels[r->numbers++] = r->next;
	r->next = NO_LABEL;
	return true;
}

/* "0 行": the label comes behind. */
static bool label_behind(struct reader *r, enum label label)
{
	if (r->numbers && r->labels[r->numbers - 1] == NO_LABEL) {
		r->labels[r->numbers - 1] = label;
		return true;
	}
	return false;
}

static bool bracket_open(struct reader *r, char close)
{
	if (close == ')' && !r->depth && r->numbers == 1 && r->labels[0] == ROW && r->row < 0) {
		r->row = r->number[0];
		r->numbers = 0;
		r->labels[0] = NO_LABEL;
	}
	if (r->depth == 8 || r->numbers || r->next != NO_LABEL)
		return false;
	r->inside[r->depth] = 0;
	r->open[r->depth++] = close;
	return true;
}

static bool bracket_close(struct reader *r, char close)
{
	int inside;

	if (!r->depth || r->open[r->depth - 1] != close)
		return false;
	inside = r->inside[--r->depth];
	if (!inside && !r->numbers && r->next != NO_LABEL) { /* "(row, column)" */
		r->next = NO_LABEL;
		return true;
	}
	r->list->none |= !inside && !r->numbers;
	if (r->numbers && inside)
		return false; /* pairs with brackets and without */
	if (r->numbers)
		return pair_end(r);
	if (r->depth)
		r->inside[r->depth - 1] += inside;
	return true;
}

static bool word_read(struct reader *r, const char *word)
{
	static const char *const idle[] = { "and", "at", "cell", "cells", "the", "are", "forced", "certain", "certainly",
					    "definite", "definitely", "coordinates", "positions", "list", "all", "so", "python",
					    "json", "text", "of", "that", "is", "a" };

	if (strcmp(word, "columns") == 0 && !r->depth && r->numbers == 1 && r->labels[0] == ROW) {
		r->row = r->number[0];
		r->columns = true;
		r->numbers = 0;
		r->labels[0] = NO_LABEL;
		return true;
	}
	if (strcmp(word, "r") == 0 || strcmp(word, "row") == 0 || strcmp(word, "rows") == 0 || strcmp(word, "c") == 0 ||
	    strcmp(word, "col") == 0 || strcmp(word, "column") == 0 || strcmp(word, "columns") == 0) {
		if (r->numbers == 2 && !pair_end(r))
			return false;
		if (word[0] == 'r' && r->columns)
			row_end(r);
		r->swapped |= word[0] == 'r' && r->next == COLUMN; /* "(column, row)" */
		r->next = word[0] == 'r' ? ROW : COLUMN;
		return true;
	}
	if (strcmp(word, "none") == 0) {
		r->list->none = true;
		return true;
	}
	if (strcmp(word, r->f->safe ? "safe" : "mines") == 0 || strcmp(word, r->f->safe ? "safe" : "mine") == 0)
		return true;
	for (size_t i = 0; i < COUNT(idle); i++)
		if (strcmp(word, idle[i]) == 0)
			return true;
	return false;
}

/* Chinese signs that may stand around the pairs. */
static bool sign_word(struct reader *r, uint32_t c)
{
	switch (c) {
	case 0x884c: /* row */
		return label_behind(r, ROW) || r->numbers == 0;
	case 0x5217: /* column */
		return label_behind(r, COLUMN) || r->numbers == 0;
	case 0x65e0: /* none */
		r->list->none = true;
		return true;
	case 0x5730: case 0x96f7: case 0x1f4a3: case 0x1f6a9: /* mine; a bomb, a flag */
		return !r->f->safe;
	case 0x5b89: case 0x5168: /* safe */
		return r->f->safe;
	case 0x548c: case 0x4e0e: /* and */
	case 0x7b2c: case 0x5728: case 0x683c: case 0x5b50: case 0x5750: case 0x6807: case 0x4f4d: case 0x7f6e:
		return true;
	default:
		return false;
	}
}

static uint32_t plain(uint32_t c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		return c - 0xfee0;
	switch (c) {
	case 0x3001: return ',';
	case 0x3002: return '.';
	case 0x3010: return '[';
	case 0x3011: return ']';
	case 0xa0: case 0x3000: case 0x200b: case 0xfeff: return ' '; /* the last two of no width */
	case 0x2018: case 0x2019: case 0x201c: case 0x201d: return '"';
	case 0x2022: return '*';
	default: return c;
	}
}

static bool blank_or_end(struct str s)
{
	return !s.n || s.s[0] == ' ' || s.s[0] == '\n' || s.s[0] == '\r' || s.s[0] == '\t';
}

static bool digits_read(struct reader *r, struct str *s, uint32_t first)
{
	int64_t v = first - '0';
	bool bullet = r->line_start && !r->depth;
	size_t len;
	uint32_t c;

	while (s->n && (len = utf8_next(*s, &c)) > 0 && plain(c) >= '0' && plain(c) <= '9') {
		v = v * 10 + (plain(c) - '0');
		if (v > 9999)
			return false;
		*s = str_from(*s, len);
	}
	if (bullet && s->n > 1 && (s->s[0] == '.' || s->s[0] == ')') && s->s[1] == ' ') {
		*s = str_from(*s, 1);
		return true;
	}
	return number_add(r, v);
}

static bool letters_read(struct reader *r, struct str *s, uint32_t first)
{
	char word[12] = { (char)(first | 0x20) };
	size_t n = 1;

	while (s->n && ((s->s[0] >= 'a' && s->s[0] <= 'z') || (s->s[0] >= 'A' && s->s[0] <= 'Z'))) {
		if (n == sizeof(word) - 1)
			return false;
		word[n++] = (char)(s->s[0] | 0x20);
		*s = str_from(*s, 1);
	}
	return word_read(r, word);
}

/* LaTeX: what only decorates is skipped, \{ \} are brackets. */
static bool latex_read(struct reader *r, struct str *s)
{
	static const char *const idle[] = { "left", "right", "text", "mathrm", "quad", "ldots" };
	size_t n = text_frame((struct str){ s->s - 1, s->n + 1 }); /* the backslash is behind us */

	if (n) {
		*s = str_from(*s, n - 1);
		return true;
	}
	if (!s->n)
		return false;
	if (s->s[0] == '{' || s->s[0] == '}') {
		bool open = s->s[0] == '{';

		*s = str_from(*s, 1);
		return open ? bracket_open(r, '}') : bracket_close(r, '}');
	}
	while (n < s->n && s->s[n] >= 'a' && s->s[n] <= 'z')
		n++;
	if (n == 0) {
		bool skip = strchr("()[],;:! \\", s->s[0]) && s->s[0];

		*s = str_from(*s, 1);
		return skip;
	}
	for (size_t i = 0; i + 1 < COUNT(idle); i++)
		if (str_is(str_sub(*s, 0, n), idle[i])) {
			*s = str_from(*s, n);
			return true;
		}
	return false;
}

static bool sign_step(struct reader *r, struct str *s, uint32_t c)
{
	switch (c) {
	case ' ': case '\t': case '"': case '\'': case '`': case '$': case ':': case '=': case '|': case '#': case '_': case '&':
		return true;
	case '\r': case '\n':
		r->line_start = true;
		if (r->depth)
			return true;
		if (!r->numbers)
			r->next = NO_LABEL; /* the heading of a table */
		row_end(r);
		return pair_break(r);
	case ',':
		return true;
	case ';':
		return r->depth ? r->numbers == 0 : pair_break(r);
	case '(': return bracket_open(r, ')');
	case '[': return bracket_open(r, ']');
	case '{': return bracket_open(r, '}');
	case ')': case ']': case '}':
		return bracket_close(r, (char)c);
	case '*':
		return true; /* bullets and emphasis */
	case '-':
		/* a bullet or a table's line, no minus */
		return blank_or_end(*s) || s->s[0] == '-' || s->s[0] == '|' || s->s[0] == ':';
	case '.':
		return blank_or_end(*s);
	case '\\':
		return latex_read(r, s);
	default:
		return c >= 0x2000 && sign_word(r, c);
	}
}

static bool list_read(struct list *list, const struct field *f, struct str s)
{
	struct reader r = { .f = f, .list = list, .line_start = true, .row = -1 };
	int counted = text_counted(&s);

	*list = (struct list){ .pairs = 0 };
	while (s.n) {
		uint32_t c;
		bool good;

		s = str_from(s, utf8_next(s, &c));
		c = plain(c);
		if (is_digit(c))
			good = digits_read(&r, &s, c);
		else if (is_letter(c))
			good = letters_read(&r, &s, c);
		else
			good = sign_step(&r, &s, c);
		if (!good)
			return false;
		if (c != ' ' && c != '\n' && c != '\r' && c != '*' && c != '\t')
			r.line_start = false;
	}
	if (r.depth || !pair_break(&r) || r.next != NO_LABEL || (counted >= 0 && counted != list->pairs))
		return false;
	return list->pairs ? !list->none : list->none;
}

/* ---- both together ---- */

static enum quarry_mark check(struct why *why, struct field *f, const struct list *list)
{
	const char *what = f->safe ? "safe" : "a mine";
	int wanted = f->safe ? 0 : 1;

	if (list->outside)
		return rule_wrong(why, "a cell is not on the board");
	for (int p = STRIDE; list->shown && p < (f->h + 1) * STRIDE; p++)
		if (list->said[p] && f->shown[p] >= 0)
			return rule_wrong(why, "(%d, %d) is not hidden", row_of(p), col_of(p));
	for (int k = 0; k < f->hiddens; k++) {
		int p = f->hidden[k], is = f->value[p];

		if (list->said[p] && is < 0 && !f->one && f->mines < 0 && f->beside[p] && !(f->met[p] >> wanted & 1)) {
			can_be(f, p, wanted);
			is = f->value[p];
		}
		if (list->said[p] && is != wanted)
			return rule_wrong(why, f->one ? "no number tells alone that (%d, %d) is %s" :
					  is < 0 ? "(%d, %d) is not certainly %s" : "(%d, %d) is certainly not %s",
					  row_of(p), col_of(p), what);
		if (!list->said[p] && is == wanted)
			return rule_wrong(why, "(%d, %d) is certainly %s and is missing", row_of(p), col_of(p), what);
	}
	return QUARRY_CORRECT;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct field f;
	struct list list;
	bool told;

	if (!field_read(&f, desc))
		return rule_bad_task(why, "the desc is no minesweeper board");
	told = field_link(&f);
	if (told && f.one)
		certain_by_one(&f);
	else
		told = told && certain_by_numbers(&f) && (f.mines < 0 || certain_by_total(&f));
	if (!told)
		return rule_bad_task(why, "no arrangement fits the board, or it is too large to tell");
	if (!list_read(&list, &f, answer))
		return rule_unreadable(why, "no list of cells could be read");
	return check(why, &f, &list);
}

const struct quarry_rule rule_minesweeper = { "minesweeper", 1, judge, NULL };
