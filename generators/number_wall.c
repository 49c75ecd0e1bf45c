/*
 * number_wall.c - walls that leave islands of given sizes (Nurikabe and its kin): one solution by proof, graded by the
 * reasoning it needs.
 *
 * desc: "ct:..3/1../..." - c: all walls hang together, f: they need not; t: islands may touch at a corner, a: they may
 * not; then the rows, a dot or a number for each cell (a is 10, b is 11, ...). Classic Nurikabe is ct; ft is what
 * SynLogic's question states, fa what its program checks.
 * The answer is the rows with 1 for a wall and 0 for a cell of an island: "110/011".
 *
 * The reasoning, easiest first:
 *
 *	basic	full islands are walled in; a cell between two islands is wall; no square of walls
 *	exits	what has to grow and can do so in one cell only
 *	reach	a cell that no island reaches is wall
 *	needs	a cell without which an island or the walls could not be
 *	trial	a cell cannot be wall (or land) because all this then leads to a contradiction
 *	search	nothing of this helps
 *
 * The worked solution has one find a line: "3@r1c2 full -> 1: r1c3 r2c2", the island of the 3 at row 1, column 2, why, and
 * the cells that become walls (1) or land (0).
 */
#include "generators/number_wall_solve.h"

static const char *const technique_names[] = {
	"basic rules",
	"basic rules, single exits",
	"basic rules, single exits, reach",
	"basic rules, single exits, reach, needed cells",
	"basic rules, single exits, reach, needed cells, trial",
	"basic rules, single exits, reach, needed cells, trial, search",
};

enum { ROWS, COLS, ISLANDS_MIN, ISLANDS_MAX, SIZE_MAX_, CONNECTED, CORNERS, TECHNIQUE, ROUNDS, TRIALS };

enum { EITHER = 2 };

static const struct knob knobs[] = {
	{ "rows", NW_SIDE_MIN, 11, "rows" },
	{ "cols", NW_SIDE_MIN, 11, "columns" },
	{ "islands_min", 1, 40, "fewest islands" },
	{ "islands_max", 1, 40, "most islands" },
	{ "size_max", 1, 20, "cells of the largest island, at most" },
	{ "connected", 0, EITHER, "1: all walls hang together; 0: they need not; 2: drawn" },
	{ "corners", 0, EITHER, "1: islands may touch at a corner; 0: they may not; 2: drawn" },
	{ "technique", BASIC, SEARCH,
	  "hardest reasoning needed: 0 basic rules, 1 single exits, 2 reach, 3 needed cells, 4 trial, 5 whatever comes" },
	{ "rounds", 1, 40, "how often the whole board has to be looked at, at least" },
	{ "trials", 0, 20, "how many cells have to be tried, at least" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* rows cols islands size connected corners technique rounds trials */
	{ 5, 5, 5, 7, 3, EITHER, EITHER, EXITS, 1, 0 },
	{ 5, 6, 5, 8, 5, EITHER, EITHER, EXITS, 4, 0 },
	{ 5, 6, 5, 8, 6, EITHER, EITHER, REACH, 8, 0 },
	{ 6, 6, 6, 10, 6, EITHER, EITHER, REACH, 8, 0 },
	{ 6, 7, 7, 12, 6, EITHER, EITHER, REACH, 10, 0 },
	{ 7, 7, 7, 12, 7, EITHER, EITHER, NEEDS, 10, 0 },
	{ 8, 8, 9, 16, 8, EITHER, EITHER, NEEDS, 12, 0 },
	{ 9, 9, 12, 20, 9, EITHER, EITHER, NEEDS, 14, 0 },
	{ 8, 8, 9, 16, 8, EITHER, EITHER, TRIAL, 15, 2 },
	{ 9, 9, 11, 20, 9, EITHER, EITHER, TRIAL, 17, 4 },
	{ 10, 10, 12, 24, 10, EITHER, EITHER, TRIAL, 19, 6 },
};

/* ---- text ---- */

void nw_shape(struct nw_board *b, int rows, int cols)
{
	b->rows = rows;
	b->cols = cols;
	b->stride = cols + 1;
	b->small = rows * b->stride <= NW_BITS / 2;
	b->n = 0;
	b->full = 0;
	for (int y = 0; y < rows; y++)
		b->full |= (nw_bit(cols) - 1) << y * b->stride;
}

static int number_of(char c)
{
	return c >= '1' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : 0;
}

bool nw_read(struct nw_board *b, struct str desc)
{
	ptrdiff_t slash;
	int rows, cols;

	if (desc.n < 4 || (desc.s[0] != 'c' && desc.s[0] != 'f') || (desc.s[1] != 't' && desc.s[1] != 'a') || desc.s[2] != ':')
		return false;
	slash = str_chr(str_from(desc, 3), '/');
	if (slash < NW_SIDE_MIN || slash > NW_BITS || (desc.n - 2) % (size_t)(slash + 1))
		return false;
	cols = (int)slash;
	rows = (int)((desc.n - 2) / (size_t)(cols + 1));
	if (rows < NW_SIDE_MIN || rows * (cols + 1) > NW_BITS)
		return false;
	nw_shape(b, rows, cols);
	b->connected = desc.s[0] == 'c';
	b->touch = desc.s[1] == 't';
	for (int i = 0; i < rows * (cols + 1) - 1; i++) {
		char c = desc.s[3 + i];

		if (i % (cols + 1) == cols) {
			if (c != '/')
				return false;
			continue;
		}
		if (c == '.')
			continue;
		if (!number_of(c) || b->n == NW_NUMBERS)
			return false;
		b->at[b->n] = (uint8_t)i;
		b->size[b->n++] = (uint8_t)number_of(c);
	}
	return b->n > 0;
}

/* The number in each cell, 0 for none. */
static void numbers_of(const struct nw_board *b, uint8_t number[NW_BITS])
{
	memset(number, 0, NW_BITS);
	for (int i = 0; i < b->n; i++)
		number[b->at[i]] = b->size[i];
}

static char sign_of(int number)
{
	return (char)(!number ? '.' : number < 10 ? '0' + number : 'a' + number - 10);
}

void nw_write(struct buf *out, const struct nw_board *b)
{
	char text[3 + NW_BITS] = { b->connected ? 'c' : 'f', b->touch ? 't' : 'a', ':' }, *cell = text + 3;
	int n = b->rows * b->stride - 1;

	memset(cell, '.', (size_t)n);
	for (int i = b->cols; i < n; i += b->stride)
		cell[i] = '/';
	for (int i = 0; i < b->n; i++)
		cell[b->at[i]] = sign_of(b->size[i]);
	buf_add(out, (struct str){ text, (size_t)n + 3 });
}

void nw_answer(struct buf *out, const struct nw_board *b, cells land)
{
	char text[NW_BITS];
	int n = b->rows * b->stride - 1;

	for (int i = 0; i < n; i++)
		text[i] = land >> i & 1 ? '0' : '1';
	for (int i = b->cols; i < n; i += b->stride)
		text[i] = '/';
	buf_add(out, (struct str){ text, (size_t)n });
}

/* ---- inventing ---- */

enum { WORK = 4000, DRAFT_NODES = 60, DRAFT_TRIALS = 200, OPEN = 70, SHARPEN = 3 };

struct draft {
	struct nw_board b;
	cells land, seeds; /* cells of islands; those of the numbers */
	int work;          /* boards looked at */
};

/* May x become land, of an island no larger than `most` (of its own, or joined to one)? */
static bool can_be_land(const struct nw_board *b, cells land, cells x, int most)
{
	cells with = nw_flood(b, x, land | x), own = with & ~x, wall = b->full & ~land & ~x;

	if (nw_count(with) > most)
		return false;
	/* not two islands joined: what is beside x is one island */
	if (own && nw_flood(b, own & -own, land) != own)
		return false;
	if (!b->touch && nw_around(b, x) & land & ~own)
		return false;
	return !b->connected || !wall || nw_flood(b, wall & -wall, wall) == wall;
}

static cells squares(const struct nw_board *b, cells wall)
{
	return wall & wall >> 1 & nw_above(b, wall & wall >> 1);
}

static int pick(cells set, struct rng *rng)
{
	for (uint32_t n = rng_below(rng, (uint32_t)nw_count(set)); n > 0; n--)
		set &= set - 1;
	return nw_first(set);
}

static int island_count(const struct nw_board *b, cells land)
{
	int n = 0;

	for (; land; n++)
		land &= ~nw_flood(b, land & -land, land);
	return n;
}

/*
 * Break squares of walls until there are none; the first cells begin islands, up to `islands` of them, the others are
 * joined to those as long as that goes.
 */
static bool draw_land(struct draft *d, int islands, int most, struct rng *rng)
{
	const struct nw_board *b = &d->b;
	int begun = 0;
	cells bad;

	d->land = d->seeds = 0;
	while ((bad = squares(b, b->full & ~d->land))) {
		int corner = pick(bad, rng);
		cells four = nw_bit(corner) | nw_bit(corner + 1) | nw_bit(corner + b->stride) | nw_bit(corner + b->stride + 1);

		for (bool done = false; !done;) {
			cells joined = four & nw_beside(b, d->land), x;

			if (!four)
				return false;
			x = nw_bit(pick(begun < islands || !joined ? four : joined, rng));
			four &= ~x;
			done = can_be_land(b, d->land, x, most);
			if (!done)
				continue;
			begun += !(nw_beside(b, x) & d->land);
			d->land |= x;
		}
	}
	return true;
}

/* More cells at random, where they are allowed: new islands as long as there are too few, else to old ones. */
static void more_land(struct draft *d, int islands, int most, struct rng *rng)
{
	const struct nw_board *b = &d->b;
	int tries = nw_count(b->full) / 4, begun = island_count(b, d->land);

	for (tries = (int)rng_below(rng, (uint32_t)tries) + islands; tries > 0; tries--) {
		cells wall = b->full & ~d->land, beside = wall & nw_beside(b, d->land), set = begun < islands ? wall & ~beside : beside;
		cells x = set ? nw_bit(pick(set, rng)) : 0;

		if (!x || !can_be_land(b, d->land, x, most))
			continue;
		d->land |= x;
		begun += begun < islands;
	}
}

/* The numbers: each island's size, in its cell of d->seeds; an island without one gets one. */
static void number_islands(struct draft *d, struct rng *rng)
{
	struct nw_board *b = &d->b;
	uint8_t number[NW_BITS] = { 0 };
	cells seeds = 0;

	for (cells rest = d->land; rest;) {
		cells island = nw_flood(b, rest & -rest, d->land);
		int at = island & d->seeds ? nw_first(island & d->seeds) : pick(island, rng);

		rest &= ~island;
		seeds |= nw_bit(at);
		number[at] = (uint8_t)nw_count(island);
	}
	d->seeds = seeds;
	b->n = 0;
	for (cells rest = seeds; rest; rest &= rest - 1) {
		b->at[b->n] = (uint8_t)nw_first(rest);
		b->size[b->n++] = number[nw_first(rest)];
	}
}

/* The number of a random island goes to another of its cells. */
static bool move_number(struct draft *d, struct rng *rng)
{
	cells seed = nw_bit(pick(d->seeds, rng)), island = nw_flood(&d->b, seed, d->land);

	if (island == seed)
		return false;
	d->seeds = (d->seeds & ~seed) | nw_bit(pick(island & ~seed, rng));
	return true;
}

/* May land x become wall? */
static bool can_be_wall(const struct nw_board *b, cells land, cells x)
{
	cells beside = nw_beside(b, x), own = beside & land, wall = b->full & ~land;

	if (!own || squares(b, wall | x))
		return false; /* an island of its own stays */
	if (b->connected && wall && !(beside & wall))
		return false;
	own = nw_flood(b, own & -own, land & ~x);
	return !(beside & land & ~own);
}

/* A cell changes sides. */
static bool turn_cell(struct draft *d, cells x, const int *knob, struct rng *rng)
{
	const struct nw_board *b = &d->b;

	(void)rng;
	if (d->land & x) {
		if (!can_be_wall(b, d->land, x))
			return false;
		d->land &= ~x;
		d->seeds &= ~x;
		return true;
	}
	if (!can_be_land(b, d->land, x, knob[SIZE_MAX_]) ||
	    (b->n >= knob[ISLANDS_MAX] && !(nw_beside(b, x) & d->land)))
		return false;
	d->land |= x;
	return true;
}

/* Cells that reasoning up to `how` leaves open. */
static cells stuck(struct draft *d, enum nw_technique how)
{
	struct nw_state s;

	d->work++;
	nw_start(&s, &d->b);
	nw_settle(&s, &d->b, how);
	return d->b.full & ~s.wall & ~s.land;
}

/* Small changes, kept as long as no more cells stay open for it, until at most `most` do. */
static bool improve(struct draft *d, enum nw_technique how, int most, const int *knob, struct rng *rng)
{
	cells open = stuck(d, how);
	int moves = nw_count(d->b.full);

	for (int i = 0; i < moves && nw_count(open) > most && d->work < WORK; i++) {
		struct draft was = *d;
		bool done = rng_below(rng, 2) ? move_number(d, rng) : turn_cell(d, nw_bit(pick(open, rng)), knob, rng);
		cells now;

		if (!done)
			continue;
		number_islands(d, rng);
		now = stuck(d, how);
		if (nw_count(now) > nw_count(open)) {
			was.work = d->work;
			*d = was;
		} else {
			open = now;
		}
	}
	return nw_count(open) <= most;
}

static bool drawn_mode(int knob, struct rng *rng)
{
	return knob == EITHER ? rng_below(rng, 2) == 1 : knob == 1;
}

static bool draw(struct draft *d, const int *knob, struct rng *rng)
{
	int n;

	d->work++;
	n = rng_range(rng, knob[ISLANDS_MIN], knob[ISLANDS_MAX]);
	if (!draw_land(d, n, knob[SIZE_MAX_], rng))
		return false;
	more_land(d, n, knob[SIZE_MAX_], rng);
	n = island_count(&d->b, d->land);
	if (n < knob[ISLANDS_MIN] || n > knob[ISLANDS_MAX] || n > NW_NUMBERS)
		return false;
	number_islands(d, rng);
	return true;
}

/* As long as there is another solution, a number goes to a cell that is wall there. */
static bool sharpen(struct draft *d, struct rng *rng)
{
	for (int i = 0; i < SHARPEN; i++) {
		struct nw_search f;
		int found = nw_solutions(&f, &d->b, 2, DRAFT_NODES);
		cells other = f.first.land == d->land ? f.last.land : f.first.land, x, island;

		d->work += f.nodes;
		if (found == 1)
			return true;
		if (found < 0 || d->work >= WORK)
			return false;
		x = nw_bit(pick(d->land & ~other, rng));
		island = nw_flood(&d->b, x, d->land);
		d->seeds = (d->seeds & ~island) | x;
		number_islands(d, rng);
	}
	return false;
}

/* Does it need what is asked for, no more and no less? */
static bool fits(struct nw_logic *l, const struct nw_board *b, const int *knob)
{
	enum nw_technique goal = (enum nw_technique)knob[TECHNIQUE];

	if (goal == SEARCH && knob[ROUNDS] == 1 && !knob[TRIALS])
		return true;
	nw_logic_start(l, b, goal);
	l->limit = DRAFT_TRIALS;
	return nw_logic_solve(l) && (goal == SEARCH || l->hardest == goal) && l->rounds >= knob[ROUNDS] && l->guesses >= knob[TRIALS];
}

/* Bounds within which nearly every draw that was tried gave a puzzle. */
static const struct {
	int least;                 /* islands for a hundred cells, fewest */
	int rounds, cells_a_round; /* rounds at most: so many and one more for so many cells */
} bounds[] = {
	[BASIC] = { 14, 4, 128 }, [EXITS] = { 17, 4, 20 }, [REACH] = { 13, 6, 10 },
	[NEEDS] = { 11, 6, 9 }, [TRIAL] = { 10, 8, 8 }, [SEARCH] = { 10, 8, 8 },
};

static const char *refuse(const int *knob)
{
	int area = knob[ROWS] * knob[COLS], technique = knob[TECHNIQUE];
	int crowd = knob[CORNERS] == 0 || technique == BASIC ? 24 : knob[CONNECTED] == 1 ? 27 : 34;

	if (knob[ISLANDS_MIN] > knob[ISLANDS_MAX])
		return "islands_min is above islands_max";
	if (knob[ROWS] * (knob[COLS] + 1) > NW_BITS)
		return "rows x (columns + 1) is more than 128";
	if (knob[ISLANDS_MIN] * 100 > area * crowd)
		return "there is no room for so many islands";
	if (knob[ISLANDS_MAX] * 100 < area * bounds[technique].least || knob[ISLANDS_MAX] * knob[SIZE_MAX_] * 5 < area * 2)
		return "with so few or so small islands hardly any such board has one solution";
	if (technique == BASIC && knob[CORNERS] != 0)
		return "where islands may touch at a corner the basic rules alone hardly ever suffice (technique 0)";
	if (technique == EXITS && knob[CORNERS] == 1 && knob[CONNECTED] == 0)
		return "where neither islands nor walls are bound, single exits hardly ever suffice (technique 1)";
	if (technique == TRIAL && (area < 24 || (knob[CORNERS] == 1 && knob[CONNECTED] == 0 && area > 42)))
		return "on such a board trials hardly ever give the one solution";
	if (knob[ROUNDS] > bounds[technique].rounds + area / bounds[technique].cells_a_round)
		return "a board of that size is solved in fewer rounds";
	if (knob[TRIALS] > 0 && (technique < TRIAL || knob[TRIALS] > (area - 20) / 12))
		return "so many trials are needed only where technique allows them, and on larger boards";
	return NULL;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	enum nw_technique goal = (enum nw_technique)knob[TECHNIQUE];
	struct draft d;

	nw_shape(&d.b, knob[ROWS], knob[COLS]);
	d.b.connected = drawn_mode(knob[CONNECTED], rng);
	d.b.touch = drawn_mode(knob[CORNERS], rng);
	/* where neither rule binds the walls, hard boards hardly ever have one solution */
	if (knob[CONNECTED] == EITHER && goal >= NEEDS && d.b.touch)
		d.b.connected = true;
	d.work = 0;
	while (d.work < WORK) {
		struct nw_logic l = { .work = 0 };
		bool hard = goal == TRIAL || knob[TRIALS] > 0;
		int most = hard ? knob[ROWS] * knob[COLS] * OPEN / 100 : 0;
		bool good;

		if (!draw(&d, knob, rng) || !improve(&d, goal < TRIAL ? goal : NEEDS, most, knob, rng))
			continue;
		if (d.b.n < knob[ISLANDS_MIN] || d.b.n > knob[ISLANDS_MAX] || (hard && !sharpen(&d, rng)))
			continue;
		good = fits(&l, &d.b, knob);
		d.work += l.work;
		if (!good)
			continue;
		nw_write(desc, &d.b);
		nw_answer(answer, &d.b, d.land);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

static bool prove(struct str desc)
{
	struct nw_board b;
	struct nw_search f;

	return nw_read(&b, desc) && nw_solutions(&f, &b, 2, NW_NODES) == 1;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct nw_board b;
	struct nw_search f;

	if (!nw_read(&b, desc) || nw_solutions(&f, &b, 1, NW_NODES) != 1)
		return false;
	nw_answer(answer, &b, f.first.land);
	return true;
}

static int count(struct buf *answer, struct str desc, int limit)
{
	struct nw_board b;
	struct nw_search f;
	int found = nw_read(&b, desc) ? nw_solutions(&f, &b, limit, NW_NODES) : -1;

	if (found > 0)
		nw_answer(answer, &b, f.first.land);
	return found;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct nw_board b;
	struct nw_search f;
	struct nw_logic l;

	if (!nw_read(&b, desc) || nw_solutions(&f, &b, 2, NW_NODES) != 1)
		return;
	nw_logic_start(&l, &b, SEARCH);
	l.out = steps;
	l.lang = lang;
	nw_logic_solve(&l);
	for (int y = 0; y < b.rows; y++) {
		buf_addf(steps, y ? ", R%d " : "R%d ", y + 1);
		for (int x = 0; x < b.cols; x++)
			buf_addc(steps, f.first.land >> (y * b.stride + x) & 1 ? '0' : '1');
	}
}

/* Reasoning without a search that comes to the end proves the solution, too. */
static bool measure(struct nw_logic *l, const struct nw_board *b)
{
	struct nw_search f;

	nw_logic_start(l, b, TRIAL);
	if (nw_logic_solve(l))
		return true;
	if (nw_solutions(&f, b, 2, NW_NODES) != 1)
		return false;
	nw_logic_start(l, b, SEARCH);
	nw_logic_solve(l);
	return true;
}

static void grade(struct effort *e, struct str desc)
{
	struct nw_board b;
	struct nw_logic l;

	*e = (struct effort){ .technique = "" };
	if (!nw_read(&b, desc) || !measure(&l, &b))
		return;
	e->depth = l.rounds;
	e->branch = l.guesses;
	e->steps = l.steps;
	e->technique = technique_names[l.hardest];
}

/* ---- twins: turned and mirrored ---- */

/* how: bit 0 over the diagonal, bit 1 upside down, bit 2 left to right. Of a shape that was turned so before. */
static void turn_numbers(struct nw_board *to, const struct nw_board *b, int how)
{
	to->n = 0;
	for (int i = 0; i < b->n; i++) {
		int y = b->at[i] / b->stride, x = b->at[i] % b->stride, at, k = to->n++;

		y = how & 2 ? b->rows - 1 - y : y;
		x = how & 4 ? b->cols - 1 - x : x;
		at = how & 1 ? x * to->stride + y : y * to->stride + x;
		for (; k > 0 && to->at[k - 1] > at; k--) {
			to->at[k] = to->at[k - 1];
			to->size[k] = to->size[k - 1];
		}
		to->at[k] = (uint8_t)at;
		to->size[k] = b->size[i];
	}
}

static void turn(struct nw_board *to, const struct nw_board *b, int how)
{
	nw_shape(to, how & 1 ? b->cols : b->rows, how & 1 ? b->rows : b->cols);
	to->connected = b->connected;
	to->touch = b->touch;
	turn_numbers(to, b, how);
}

static bool fits_turned(const struct nw_board *b, int how)
{
	return !(how & 1) || b->cols * (b->rows + 1) <= NW_BITS;
}

static int board_cmp(const struct nw_board *a, const struct nw_board *b)
{
	int c = a->rows - b->rows;

	if (!c)
		c = memcmp(a->at, b->at, (size_t)a->n);
	return c ? c : memcmp(a->size, b->size, (size_t)a->n);
}

static void canon(struct buf *out, struct str desc)
{
	struct nw_board b, t, best;

	if (!nw_read(&b, desc))
		return;
	best = b;
	for (int how = 1; how < 8; how++) {
		/* the fewer rows, the less */
		if (!fits_turned(&b, how) || (how & 1 ? b.cols > b.rows : b.rows > b.cols && fits_turned(&b, 1)))
			continue;
		turn(&t, &b, how);
		if (board_cmp(&t, &best) < 0)
			best = t;
	}
	nw_write(out, &best);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct nw_board b, t;
	int how = (int)rng_below(rng, 8);

	if (!nw_read(&b, desc))
		return false;
	turn(&t, &b, fits_turned(&b, how) ? how : how & ~1);
	nw_write(out, &t);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	struct nw_board b;

	return nw_read(&b, desc) ? b.rows * b.cols - b.n : 0.0;
}

enum look { SPACED, TABLE, LIST };

static void put_board(struct holes *holes, const char *hole, const struct nw_board *b, enum look look, char empty)
{
	static const char *const heads[] = { "", "| ", "[[" }, *const betweens[] = { " ", " | ", ", " };
	static const char *const row_ends[] = { "\n", " |\n| ", "],\n [" }, *const tails[] = { "", " |", "]]" };
	struct buf *text = hole_open(holes, hole);
	uint8_t number[NW_BITS];
	bool wide = false;

	if (!text)
		return;
	numbers_of(b, number);
	for (int i = 0; i < b->n; i++)
		wide |= look == SPACED && b->size[i] > 9;
	for (int x = 0; look == TABLE && x < b->cols; x++) {
		buf_addz(text, "| ");
		buf_addi(text, x + 1);
		buf_addc(text, ' ');
	}
	for (int x = 0; look == TABLE && x < b->cols; x++)
		buf_addz(text, x ? "---|" : "|\n|---|");
	buf_addz(text, look == TABLE ? "\n" : "");
	buf_addz(text, heads[look]);
	for (int y = 0; y < b->rows; y++) {
		if (y)
			buf_addz(text, row_ends[look]);
		for (int x = 0; x < b->cols; x++) {
			int v = number[y * b->stride + x];

			buf_addz(text, x ? betweens[look] : "");
			if (wide && v < 10)
				buf_addc(text, ' ');
			if (v)
				buf_addi(text, v);
			else
				buf_addc(text, empty);
		}
	}
	buf_addz(text, tails[look]);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	static const char *const walls[2][LANGS] = {
		{ "The walls need not be connected with each other", "墙不必彼此相连" },
		{ "All walls are connected with each other through their sides", "所有的墙通过边彼此相连" },
	};
	static const char *const corners[2][LANGS] = {
		{ "Different islands must not touch, not even at a corner", "不同的岛不能相接，连角也不能相碰" },
		{ "Different islands must not share a side, but they may touch at a corner", "不同的岛不能有公共边，但角可以相碰" },
	};
	struct nw_board b;

	if (!nw_read(&b, desc))
		return;
	hole_puti(holes, "rows", b.rows);
	hole_puti(holes, "cols", b.cols);
	hole_put(holes, "walls", str_of(walls[b.connected][lang]));
	hole_put(holes, "corners", str_of(corners[b.touch][lang]));
	put_board(holes, "board", &b, SPACED, '.');
	put_board(holes, "marks", &b, SPACED, '_');
	put_board(holes, "table", &b, TABLE, '.');
	put_board(holes, "list", &b, LIST, '0');
}

const struct task task_number_wall = {
	.name = "number_wall",
	.family = "grid",
	.what = "Build walls that leave islands of given sizes.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.count = count,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
