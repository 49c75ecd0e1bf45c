/*
 * arrow_maze.c - numbers from which rays of arrows go out: one solution by proof, graded by the technique it needs.
 *
 * desc: "HxW:ROW/ROW/...", H rows of W cells parted by commas: a number, . for a blank cell, or a given arrow as its
 * compass point ("2x3:3,.,./.,sw,2"). The answer is the filled rows, cells parted by blanks: "3 → →/↓ ↙ 2".
 *
 * The worked solution is written as arrow_maze_solve.c says.
 */
#include "generators/arrow_maze_solve.h"
#include "generators/task.h"

/* All sets of techniques, the easiest in the highest bit; each text begins with ", ". */
#define T4(s) s, s ", search"
#define T3(s) T4(s), T4(s ", supposition")
#define T2(s) T3(s), T3(s ", bounds of a sum")
#define T1(s) T2(s), T2(s ", whole sum")
#define T0(s) T1(s), T1(s ", only ray")

static const char *const technique_names[1 << TECHNIQUES] = { T0("") };

enum { WIDTH, HEIGHT, FILL_MIN, FILL_MAX, LARGEST, TECHNIQUE, MINIMAL };

static const struct knob knobs[] = {
	{ "width", 3, 14, "columns" },
	{ "height", 3, 14, "rows" },
	{ "arrow_fill_min", 0, 90, "least share of arrows that are given, in percent" },
	{ "arrow_fill_max", 0, 90, "largest share of arrows that are given, in percent" },
	{ "largest", 3, NUMBER_MAX, "largest number; large ones make few numbers with long rays" },
	{ "technique", ONE_RAY, BOUNDS,
	  "hardest technique needed: 0 only one ray reaches a cell, 1 a number needs all its rays or has them, 2 bounds of a "
	  "ray's length; boards with one solution that need more are too rare" },
	{ "minimal", 0, 1, "1: no given arrow can be taken away without making a harder technique needed" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* w  h  fill  largest technique minimal */
	{ 4, 4, 20, 45, 6, ALL_OR_DONE, 0 },
	{ 4, 4, 0, 25, 7, ALL_OR_DONE, 0 },
	{ 5, 5, 0, 25, 9, ALL_OR_DONE, 0 },
	{ 5, 5, 0, 15, 9, BOUNDS, 0 },
	{ 6, 6, 0, 15, 9, BOUNDS, 0 },
	{ 7, 7, 0, 8, 9, BOUNDS, 0 },
	{ 8, 8, 0, 6, 9, BOUNDS, 0 },
	{ 9, 9, 0, 5, 10, BOUNDS, 0 },
	{ 10, 10, 0, 4, 12, BOUNDS, 0 },
	{ 11, 11, 0, 3, 12, BOUNDS, 0 },
	{ 12, 12, 0, 3, 14, BOUNDS, 0 },
};

/* ---- inventing ---- */

static const int step_y[WAYS] = { -1, -1, 0, 1, 1, 1, 0, -1 }, step_x[WAYS] = { 0, 1, 1, 1, 0, -1, -1, -1 };

/* A maze that is being drawn, and of each cell those beside it, -1 past the edge. */
struct sheet {
	struct maze m;
	const int16_t (*beside)[WAYS];
};

static void sides_find(int16_t beside[CELLS][WAYS], int h, int w)
{
	for (int i = 0; i < h * w; i++)
		for (int way = 0; way < WAYS; way++) {
			int y = i / w + step_y[way], x = i % w + step_x[way];

			beside[i][way] = (int16_t)(y >= 0 && y < h && x >= 0 && x < w ? y * w + x : -1);
		}
}

static bool is_arrow(const struct maze *m, int i, int way)
{
	return i >= 0 && m->cell[i] == -1 - way;
}

/* The number that an arrow's ray comes from. */
static int source(const struct sheet *s, int i)
{
	int back = (-1 - s->m.cell[i] + 4) % WAYS;

	while (s->m.cell[i] < 0)
		i = s->beside[i][back];
	return i;
}

enum { MOVES = 30 }; /* for each cell */

enum { FREE = 0, WAITING = 127 }; /* a number that found no room, until something is done about it */

/* A number at i with rays into what is free. */
static void put_number(struct sheet *s, int i, int largest, struct rng *rng)
{
	uint8_t ways[WAYS] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	int want = rng_range(rng, 2, largest), have = 0;

	s->m.cell[i] = WAITING;
	rng_shuffle(rng, ways, WAYS, 1);
	for (int k = 0; k < WAYS && have < want; k++) {
		int most = want - have, at = s->beside[i][ways[k]];

		for (; most > 0 && at >= 0 && s->m.cell[at] == FREE; most--, have++) {
			s->m.cell[at] = (int8_t)(-1 - ways[k]);
			at = s->beside[at][ways[k]];
		}
	}
	if (have)
		s->m.cell[i] = (int8_t)have;
}

/* A cell that no ray could leave: the end of one that comes near takes it in, or it takes such an end for its own. */
static bool settle_in(struct sheet *s, int i, int largest, struct rng *rng)
{
	int first = (int)rng_below(rng, WAYS);

	for (int k = 0; k < WAYS; k++) {
		int way = (first + k) % WAYS, back = s->beside[i][(way + 4) % WAYS], from;

		if (back < 0 || s->m.cell[back] == WAITING || (s->m.cell[back] < 0 && !is_arrow(&s->m, back, way)))
			continue;
		from = s->m.cell[back] > 0 ? back : source(s, back);
		if (s->m.cell[from] >= largest)
			continue;
		s->m.cell[from]++;
		s->m.cell[i] = (int8_t)(-1 - way);
		return true;
	}
	for (int k = 0; k < WAYS; k++) {
		int way = (first + k) % WAYS, to = s->beside[i][way], its, from;

		if (to < 0 || s->m.cell[to] >= 0)
			continue;
		its = -1 - s->m.cell[to];
		from = source(s, to);
		if (its == way || is_arrow(&s->m, s->beside[to][its], its) || s->m.cell[from] < 2)
			continue;
		s->m.cell[from]--;
		s->m.cell[to] = (int8_t)(-1 - way);
		s->m.cell[i] = 1;
		return true;
	}
	return false;
}

/* A number goes, and its rays with it. */
static void lift(struct sheet *s, int i)
{
	s->m.cell[i] = FREE;
	for (int way = 0; way < WAYS; way++)
		for (int at = s->beside[i][way]; is_arrow(&s->m, at, way); at = s->beside[at][way])
			s->m.cell[at] = FREE;
}

/* What is free is filled anew. False: some cell found no place. */
static bool refill(struct sheet *s, int largest, struct rng *rng)
{
	int16_t open[CELLS];
	int n = 0;

	for (int i = 0; i < s->m.h * s->m.w; i++)
		if (s->m.cell[i] == FREE)
			open[n++] = (int16_t)i;
	rng_shuffle(rng, open, (size_t)n, sizeof(open[0]));
	for (int k = 0; k < n; k++)
		if (s->m.cell[open[k]] == FREE)
			put_number(s, open[k], largest, rng);
	for (int k = 0; k < n; k++)
		if (s->m.cell[open[k]] == WAITING && !settle_in(s, open[k], largest, rng))
			return false;
	return true;
}

static void bare(struct maze *m, const struct maze *full)
{
	m->h = full->h;
	m->w = full->w;
	for (int i = 0; i < m->h * m->w; i++)
		m->cell[i] = full->cell[i] < 0 ? 0 : full->cell[i];
}

/* The cells whose arrow stays unknown, and the ways it may point. */
struct doubt {
	int n;
	int16_t cell[CELLS];
	uint8_t ways[CELLS];
};

static void doubts(struct doubt *d, const struct maze *full, int technique, long *work)
{
	struct maze m;
	struct rays r;
	struct logic l;

	d->n = 0;
	bare(&m, full);
	maze_rays(&r, &m);
	maze_logic(&l, &r, technique);
	l.work = work;
	if (maze_settle(&l, technique))
		return;
	for (int i = 0; i < r.cells; i++)
		if (l.mask[i] & (l.mask[i] - 1)) {
			d->cell[d->n] = (int16_t)i;
			d->ways[d->n++] = l.mask[i];
		}
}

/* Numbers go that quarrel about a doubtful cell: its own, one more that might send a ray there, perhaps a neighbour. */
static void make_room(struct sheet *s, const struct doubt *d, struct rng *rng)
{
	int k = (int)rng_below(rng, (uint32_t)d->n), i = d->cell[k], way = (int)rng_below(rng, WAYS), own = source(s, i), at;

	while (!(d->ways[k] >> way & 1))
		way = (way + 1) % WAYS;
	lift(s, own);
	for (at = i; at >= 0 && s->m.cell[at] <= 0;)
		at = s->beside[at][(way + 4) % WAYS];
	if (at >= 0)
		lift(s, at);
	at = rng_below(rng, 3) ? -1 : s->beside[i][rng_below(rng, WAYS)];
	if (at >= 0 && s->m.cell[at] != FREE)
		lift(s, s->m.cell[at] > 0 ? at : source(s, at));
}

/*
 * Random mazes hardly ever have one solution. Where the solver is stuck some numbers are taken away and the place is
 * filled anew; what leaves more arrows unknown is taken back, but not always: that frees it from dead ends. Done when at
 * most `enough` are unknown.
 */
static void climb(struct sheet *s, int technique, int enough, int largest, long *work, struct rng *rng)
{
	struct doubt d, next_d;

	doubts(&d, &s->m, technique, work);
	for (int move = 0; move < MOVES * s->m.h * s->m.w && d.n > enough; move++) {
		struct sheet next = *s;
		int slack = rng_below(rng, 8) ? 0 : 2;

		make_room(&next, &d, rng);
		if (!refill(&next, largest, rng))
			continue;
		doubts(&next_d, &next.m, technique, work);
		if (next_d.n > d.n + slack)
			continue;
		*s = next;
		d = next_d;
	}
}

enum {
	DRAWS = 2000,
	WORK = 1000000, /* when no further draw is begun: some 10 ms */
};

struct dig {
	const struct maze *full;
	struct maze m;
	int arrows, given;
	int technique; /* hardest that may be needed */
	long work;
};

/* Is it solved so? */
static bool solvable(struct dig *d, int technique)
{
	struct rays r;
	struct logic l;

	maze_rays(&r, &d->m);
	maze_logic(&l, &r, technique);
	l.work = &d->work;
	return maze_settle(&l, technique);
}

/* Of a maze that is solvable: does it need its technique? */
static bool needs_it(struct dig *d)
{
	return d->technique == ONE_RAY || !solvable(d, d->technique - 1);
}

static void give(struct dig *d, int i)
{
	d->m.cell[i] = d->full->cell[i];
	d->given++;
}

/* Arrows are given where the solver is stuck, `most` of them, until it is no more. */
static bool give_enough(struct dig *d, int most, struct rng *rng)
{
	struct rays r;
	struct logic l;

	maze_rays(&r, &d->m);
	maze_logic(&l, &r, d->technique);
	l.work = &d->work;
	while (!maze_settle(&l, d->technique)) {
		int open = 0, stuck = 0;

		for (int i = 0; i < r.cells; i++)
			if (l.mask[i] & (l.mask[i] - 1) && rng_below(rng, (uint32_t)++open) == 0)
				stuck = i;
		if (d->given == most)
			return false;
		give(d, stuck);
		maze_give(&l, stuck, -1 - d->full->cell[stuck]);
	}
	return true;
}

/* Give arrows where the solver is stuck, then more until there are enough; or take away what can go. */
static bool dress(struct dig *d, const int *knob, struct rng *rng)
{
	int cells = d->m.h * d->m.w;
	int least = (d->arrows * knob[FILL_MIN] + 99) / 100, most = d->arrows * knob[FILL_MAX] / 100;
	int want = least < most ? rng_range(rng, least, most) : least;

	if (!give_enough(d, most, rng))
		return false;
	for (int i = 0; i < cells && d->given > 0 && knob[MINIMAL]; i++) {
		if (d->m.cell[i] >= 0)
			continue;
		d->m.cell[i] = 0;
		if (solvable(d, d->technique))
			d->given--;
		else
			d->m.cell[i] = d->full->cell[i];
	}
	if (!needs_it(d))
		return false;
	for (int tries = 0; !knob[MINIMAL] && d->given < want && tries < 8 * cells; tries++) {
		int i = (int)rng_below(rng, (uint32_t)cells);

		if (!d->m.cell[i])
			give(d, i);
	}
	return d->given >= least && needs_it(d);
}

static const char *refuse(const int *knob)
{
	if (knob[FILL_MIN] > knob[FILL_MAX])
		return "arrow_fill_min is above arrow_fill_max";
	if (knob[TECHNIQUE] == ONE_RAY && knob[FILL_MAX] < 40)
		return "technique 0 alone needs many given arrows: arrow_fill_max is at least 40 then";
	if (knob[MINIMAL] && knob[FILL_MIN] > 0)
		return "where no given arrow can be taken away hardly any is needed: arrow_fill_min is 0 then";
	return NULL;
}

static void cell_write(struct buf *out, int c)
{
	static const char *const arrows[WAYS] = { "↑", "↗", "→", "↘", "↓", "↙", "←", "↖" };

	if (c > 0)
		buf_addi(out, c);
	else
		buf_add(out, (struct str){ arrows[-1 - c], 3 });
}

static void answer_write(struct buf *out, const struct maze *m)
{
	for (int y = 0, i = 0; y < m->h; y++)
		for (int x = 0; x < m->w; x++, i++) {
			if (i)
				buf_addc(out, x ? ' ' : '/');
			cell_write(out, m->cell[i]);
		}
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	int cells = knob[HEIGHT] * knob[WIDTH];
	int16_t beside[CELLS][WAYS];
	long work = 0;

	sides_find(beside, knob[HEIGHT], knob[WIDTH]);
	for (int draw = 0; draw < DRAWS && work < WORK; draw++) {
		struct sheet full = { .m = { .h = knob[HEIGHT], .w = knob[WIDTH] }, .beside = (const int16_t (*)[WAYS])beside };
		struct dig d = { .full = &full.m, .technique = knob[TECHNIQUE] };
		bool dressed;

		if (!refill(&full, knob[LARGEST], rng))
			continue;
		/* a given arrow makes two or three more known */
		if (d.technique > ONE_RAY) /* which alone never ends without many given arrows */
			climb(&full, d.technique, cells * knob[FILL_MAX] / 50, knob[LARGEST], &work, rng);
		bare(&d.m, &full.m);
		for (int i = 0; i < cells; i++)
			d.arrows += d.m.cell[i] == 0;
		dressed = dress(&d, knob, rng);
		work += d.work;
		if (!dressed)
			continue;
		answer_write(answer, &full.m);
		maze_desc(desc, &d.m);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

/* A puzzle with one solution. */
static bool read_posed(struct maze *m, struct rays *r, struct maze *full, struct str desc)
{
	if (!maze_parse(m, desc))
		return false;
	maze_rays(r, m);
	return maze_unique(r, full);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct maze m, full;
	struct rays r;

	if (!read_posed(&m, &r, &full, desc))
		return false;
	answer_write(answer, &full);
	return true;
}

enum { COUNT_NODES = 20000 };

static int count(struct buf *answer, struct str desc, int limit)
{
	struct maze m, full;
	struct rays r;
	int found;

	if (!maze_parse(&m, desc))
		return -1;
	maze_rays(&r, &m);
	found = maze_count(&r, limit, COUNT_NODES, &full, NULL);
	if (found > 0)
		answer_write(answer, &full);
	return found;
}

static bool prove(struct str desc)
{
	struct maze m, full;
	struct rays r;

	return read_posed(&m, &r, &full, desc);
}

static void grade(struct effort *e, struct str desc)
{
	struct maze m, full;
	struct rays r;
	struct logic l;
	unsigned set = 0;

	*e = (struct effort){ .technique = "" };
	if (!read_posed(&m, &r, &full, desc))
		return;
	maze_logic(&l, &r, SEARCH);
	maze_solve_on(&l);
	e->depth = l.rounds;
	maze_logic(&l, &r, SEARCH);
	l.serial = true;
	maze_solve_on(&l);
	e->branch = l.branch;
	e->steps = l.steps;
	for (int t = 0; t < TECHNIQUES; t++)
		set = set << 1 | (l.used >> t & 1);
	if (set)
		e->technique = technique_names[set] + 2;
}

enum { TOLD = 5000 }; /* bytes of worked steps; the rest is only counted */

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct maze m, full;
	struct rays r;
	struct logic l;

	(void)lang; /* signs only */
	if (!read_posed(&m, &r, &full, desc))
		return;
	for (int i = 0; i < r.cells; i++) {
		if (i % m.w == 0)
			buf_addf(steps, "%s%c:", i ? "\n" : "", 'a' + i / m.w);
		buf_addc(steps, ' ');
		if (m.cell[i])
			cell_write(steps, m.cell[i]);
		else
			buf_addc(steps, '.');
	}
	buf_addc(steps, '\n');
	maze_logic(&l, &r, SEARCH);
	maze_explain(&l, steps, TOLD);
	buf_cut(steps, steps->n - 1); /* the last line's end */
}

/* ---- symmetry: eight turns and mirrors, arrows turning along ---- */

static int turned(int way, int k)
{
	int dy = k & 1 ? -step_y[way] : step_y[way], dx = k & 2 ? -step_x[way] : step_x[way];

	for (int t = 0; t < WAYS; t++)
		if (k & 4 ? step_y[t] == dx && step_x[t] == dy : step_y[t] == dy && step_x[t] == dx)
			return t;
	return way;
}

static void image(struct maze *to, const struct maze *from, int k)
{
	int8_t ways[WAYS];

	for (int way = 0; way < WAYS; way++)
		ways[way] = (int8_t)(-1 - turned(way, k));
	to->h = k & 4 ? from->w : from->h;
	to->w = k & 4 ? from->h : from->w;
	for (int i = 0; i < to->h * to->w; i++) {
		int y = k & 4 ? i % to->w : i / to->w, x = k & 4 ? i / to->w : i % to->w, c;

		c = from->cell[(k & 1 ? from->h - 1 - y : y) * from->w + (k & 2 ? from->w - 1 - x : x)];
		to->cell[i] = c < 0 ? ways[-1 - c] : (int8_t)c;
	}
}

static bool less(const struct maze *a, const struct maze *b)
{
	if (a->h != b->h)
		return a->h < b->h;
	for (int i = 0; i < a->h * a->w; i++)
		if (a->cell[i] != b->cell[i])
			return a->cell[i] < b->cell[i];
	return false;
}

static void canon(struct buf *out, struct str desc)
{
	struct maze m, best, other;

	if (!maze_parse(&m, desc))
		return;
	best = m;
	for (int k = 1; k < 8; k++) {
		image(&other, &m, k);
		if (less(&other, &best))
			best = other;
	}
	maze_desc(out, &best);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct maze m, other;

	if (!maze_parse(&m, desc))
		return false;
	image(&other, &m, (int)rng_below(rng, 8));
	maze_desc(out, &other);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	struct maze m;
	int open = 0;

	if (!maze_parse(&m, desc))
		return 0;
	for (int i = 0; i < m.h * m.w; i++)
		open += m.cell[i] == 0;
	return 3.0 * open;
}

/* Cells with what stands before the first, between two, between rows and behind the last; x stands for a blank one. */
static void put_cells(struct buf *b, const struct maze *m, char x, const char *const around[4])
{
	if (!b)
		return;
	buf_addz(b, around[0]);
	for (int i = 0; i < m->h * m->w; i++) {
		if (i)
			buf_addz(b, around[i % m->w ? 1 : 2]);
		if (m->cell[i])
			cell_write(b, m->cell[i]);
		else
			buf_addc(b, x);
	}
	buf_addz(b, around[3]);
}

static void put_table(struct buf *b, const struct maze *m)
{
	static const char *const around[4] = { "|\n| ", " | ", " |\n| ", " |" };

	if (!b)
		return;
	for (int x = 0; x < m->w; x++)
		buf_addz(b, "|   ");
	buf_addz(b, "|\n");
	for (int x = 0; x < m->w; x++)
		buf_addz(b, "|---");
	put_cells(b, m, '?', around);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	static const char *const spaced[4] = { "", " ", "\n", "" }, *const json[4] = { "[[\"", "\",\"", "\"],\n [\"", "\"]]" };
	struct maze m;

	(void)lang;
	if (!maze_parse(&m, desc))
		return;
	put_cells(hole_open(holes, "dots"), &m, '.', spaced);
	put_cells(hole_open(holes, "underscores"), &m, '_', spaced);
	put_cells(hole_open(holes, "crosses"), &m, 'X', spaced);
	put_cells(hole_open(holes, "json"), &m, 'X', json);
	put_table(hole_open(holes, "table"), &m);
	hole_puti(holes, "rows", m.h);
	hole_puti(holes, "cols", m.w);
}

const struct task task_arrow_maze = {
	.name = "arrow_maze",
	.family = "grid",
	.what = "Fill a board with arrows so that the rays from each number are as long as it says.",
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
