/*
 * skyscraper_puzzle.c - Latin squares of heights with what is seen from the edge: one solution by proof, graded by the
 * technique it needs.
 *
 * desc: "N:TOP/BOTTOM/LEFT/RIGHT:ROW/ROW/..." with N clues a side and N cells a row, a digit or a dot each:
 * "3:2.1/.2./..3/...:.../.1./...". The answer is the filled rows: "231/312/123".
 *
 * The worked solution is written as latin.c says. The steps about clues name the line and its clues at its first and its last
 * cell, a dot for none:
 *
 *	-a 3 . ^ !45a1 !5a2		three are seen at the left of row a, of five: a1 is at most 3, a2 at most 4
 *	|2 1 . ^ !1234a2		one is seen from the top of column 2: the highest comes first
 *	-a 3 . 13254 12354 !5a2		so row a can be filled now, no other way: a2 is never 5
 *	-a 3 . *40 !5a2			the same where there are more ways, 40
 */
#include "generators/skyscraper_ways.h"

static const char *const techniques[] = {
	LATIN_TECHNIQUES("naked single", "far from the edge", "hidden single", "few ways to fill a line", "pairs",
			 "many ways to fill a line, triples or fish", "trial and error"),
};

enum { SIZE, CLUES_MIN, CLUES_MAX, GIVENS_MIN, GIVENS_MAX, TECHNIQUE_MIN, TECHNIQUE_MAX };

static const struct knob knobs[] = {
	{ "size", 3, LATIN_SIDE, "rows and columns" },
	{ "clues_min", 0, 36, "fewest clues at the edges" },
	{ "clues_max", 0, 36, "most clues at the edges; a board has four times its size" },
	{ "givens_min", 0, 80, "fewest cells that are given" },
	{ "givens_max", 0, 80, "most cells that are given" },
	{ "technique_min", LATIN_SINGLE, LATIN_GUESS, "the hardest technique needed is this one or a harder one" },
	{ "technique_max", LATIN_SINGLE, LATIN_GUESS,
	  "hardest technique that may be needed: 0 naked single, 1 what a clue says about cells near it, 2 hidden single, 3 the "
	  "ways to fill a line where they are few, 4 pairs, 5 any number of ways, triples or fish, 6 trial and error" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/*    clues   givens  technique */
	{ 4, 12, 16, 5, 7, LATIN_SINGLE, LATIN_RULE },
	{ 4, 10, 14, 3, 5, LATIN_RULE, LATIN_HIDDEN },
	{ 4, 9, 12, 0, 2, LATIN_HIDDEN, LATIN_DEEP },
	{ 5, 14, 18, 2, 4, LATIN_HIDDEN, LATIN_DEEP },
	{ 5, 10, 15, 0, 2, LATIN_DEEP, LATIN_DEEP },
	{ 6, 14, 20, 1, 4, LATIN_DEEP, LATIN_DEEP },
	{ 6, 12, 18, 0, 4, LATIN_DEEP, LATIN_PAIR },
	{ 7, 14, 20, 3, 9, LATIN_DEEP, LATIN_PAIR },
	{ 7, 14, 20, 2, 8, LATIN_HARD, LATIN_HARD },
	{ 8, 16, 23, 3, 12, LATIN_HARD, LATIN_HARD },
	{ 8, 16, 24, 2, 14, LATIN_GUESS, LATIN_GUESS },
};

/* ---- the board ---- */

enum { TOP, BOTTOM, LEFT, RIGHT, SIDES };

struct board {
	int n;
	uint8_t clue[SIDES][LATIN_SIDE]; /* 0: none */
	uint8_t cell[LATIN_CELLS];       /* 0: empty */
};

/* n signs, digits 1 .. n or dots. */
static bool digits_parse(uint8_t *to, int n, struct str s)
{
	if (s.n != (size_t)n)
		return false;
	for (int k = 0; k < n; k++) {
		if (s.s[k] != '.' && (s.s[k] < '1' || s.s[k] > '0' + n))
			return false;
		to[k] = (uint8_t)(s.s[k] == '.' ? 0 : s.s[k] - '0');
	}
	return true;
}

static bool parse(struct board *b, struct str s)
{
	struct str edges, word;
	int n;

	*b = (struct board){ 0 };
	if (s.n < 2 || s.s[0] < '2' || s.s[0] > '9' || s.s[1] != ':')
		return false;
	n = b->n = s.s[0] - '0';
	s = str_from(s, 2);
	if (!str_split(&s, ':', &edges) || s.n != (size_t)(n * (n + 1) - 1) || edges.n != (size_t)(SIDES * (n + 1) - 1))
		return false;
	for (int side = 0; side < SIDES; side++)
		if (!str_split(&edges, '/', &word) || !digits_parse(b->clue[side], n, word))
			return false;
	for (int y = 0; y < n; y++)
		if (!str_split(&s, '/', &word) || !digits_parse(b->cell + y * n, n, word))
			return false;
	return true;
}

static void digits_write(struct buf *out, const uint8_t *from, int n)
{
	for (int k = 0; k < n; k++)
		buf_addc(out, from[k] ? (char)('0' + from[k]) : '.');
}

static void write(struct buf *out, const struct board *b)
{
	buf_addf(out, "%d:", b->n);
	for (int side = 0; side < SIDES; side++) {
		digits_write(out, b->clue[side], b->n);
		buf_addc(out, side + 1 < SIDES ? '/' : ':');
	}
	latin_write(out, b->cell, b->n, GRID_SLASHES, ".");
}

/* ---- its rules: rule k is about line k ---- */

/* The clues at a line's first and last cell. */
static int first_clue(const struct board *b, int line)
{
	return line < b->n ? b->clue[LEFT][line] : b->clue[TOP][line - b->n];
}

static int last_clue(const struct board *b, int line)
{
	return line < b->n ? b->clue[RIGHT][line] : b->clue[BOTTOM][line - b->n];
}

/* Candidates and clues of a line. */
static void ways_of(struct ways *w, const struct latin *l, int line)
{
	const struct board *b = l->p->data;

	w->n = l->n;
	w->first = first_clue(b, line);
	w->last = last_clue(b, line);
	for (int k = 0; k < l->n; k++)
		w->cand[k] = l->cand[latin_member(l->n, line, k)];
	ways_find(w);
}

/* Few ways are at most FEW, out of at most TRIES that the cells have when each is taken for itself. */
enum { FEW = 12, TRIES = 4096, MANY = 1000 };

/* A clue c leaves room for c - 1 higher ones behind each cell before the c-th; a clue of 1 shows the highest. */
static void near_clue(struct latin *l, int line, int clue, bool last)
{
	int n = l->n;

	if (clue == 1)
		latin_strike(l, latin_member(n, line, last ? n - 1 : 0), (1u << (n - 1)) - 1);
	for (int k = 0; k < clue - 1; k++)
		latin_strike(l, latin_member(n, line, last ? n - 1 - k : k), ~((1u << (n - clue + 1 + k)) - 1));
}

static long tries(const struct latin *l, int line)
{
	long product = 1;

	for (int k = 0; k < l->n; k++)
		product *= latin_size(l->cand[latin_member(l->n, line, k)]);
	return product;
}

static void tighten(struct latin *l, int line, int rung)
{
	const struct board *b = l->p->data;
	struct ways w;
	unsigned gone = 0;

	if (!first_clue(b, line) && !last_clue(b, line))
		return;
	if (rung == LATIN_RULE) {
		near_clue(l, line, first_clue(b, line), false);
		near_clue(l, line, last_clue(b, line), true);
		return;
	}
	if (rung == LATIN_DEEP && tries(l, line) > TRIES)
		return;
	ways_of(&w, l, line);
	for (int k = 0; k < l->n; k++)
		gone |= w.cand[k] & ~(unsigned)w.some[k];
	if (!gone || (rung == LATIN_DEEP && ways_count(&w, FEW + 1, NULL) > FEW))
		return;
	for (int k = 0; k < l->n; k++)
		latin_strike(l, latin_member(l->n, line, k), ~(unsigned)w.some[k]);
}

static void say(const struct latin *l, int line, int rung)
{
	const struct board *b = l->p->data;
	int first = first_clue(b, line), last = last_clue(b, line), count;
	struct ways w;

	buf_addc(l->out, line < l->n ? '-' : '|');
	buf_addc(l->out, (char)(line < l->n ? 'a' + line : '1' + line - l->n));
	buf_addf(l->out, " %c %c", first ? '0' + first : '.', last ? '0' + last : '.');
	if (rung == LATIN_RULE) {
		buf_addz(l->out, " ^");
		return;
	}
	ways_of(&w, l, line);
	count = ways_count(&w, MANY, NULL);
	if (count > FEW)
		buf_addf(l->out, " *%d%s", count, count == MANY ? "+" : "");
	else
		ways_count(&w, MANY, l->out);
}

static void puzzle_init(struct latin_puzzle *p, struct board *b)
{
	unsigned rungs = 1u << LATIN_RULE | 1u << LATIN_DEEP | 1u << LATIN_HARD;

	*p = (struct latin_puzzle){ .n = b->n, .rungs = rungs, .by_line = rungs, .covered = { [LATIN_DEEP] = LATIN_HARD },
				    .exact = LATIN_DEEP, .data = b, .tighten = tighten, .say = say };
}

static void start(struct latin *l, const struct latin_puzzle *p, const struct board *b)
{
	latin_init(l, p, LATIN_GUESS);
	for (int i = 0; i < l->cells; i++)
		if (b->cell[i])
			latin_give(l, i, b->cell[i]);
}

/* ---- inventing ---- */

struct dig {
	struct latin_dig dig; /* first */
	struct board b;
	struct latin_puzzle p;
	uint8_t full[LATIN_CELLS];
	uint8_t clue[SIDES][LATIN_SIDE]; /* all of them */
	struct latin l;                  /* as far as it was solved when it was last tried */
};

static void flip_clue(struct latin_dig *dig, int item, bool there)
{
	struct dig *d = (struct dig *)dig;
	int side = item / LATIN_SIDE, k = item % LATIN_SIDE;

	d->b.clue[side][k] = there ? d->clue[side][k] : 0;
}

static void look_clue(struct latin_dig *dig, struct latin *l, int item)
{
	int side = item / LATIN_SIDE, k = item % LATIN_SIDE;

	(void)dig;
	latin_look_line(l, side < LEFT ? l->n + k : k);
}

static void flip_given(struct latin_dig *dig, int item, bool there)
{
	struct dig *d = (struct dig *)dig;

	d->b.cell[item] = there ? d->full[item] : 0;
}

static void look_given(struct latin_dig *dig, struct latin *l, int item)
{
	struct dig *d = (struct dig *)dig;

	if (!l->cell[item])
		latin_give(l, item, d->full[item]);
}

static void start_dig(struct latin_dig *dig, struct latin *l)
{
	struct dig *d = (struct dig *)dig;

	start(l, &d->p, &d->b);
}

/* Buildings seen along n cells, from cell `at` on in steps of `step`. */
static int seen(const uint8_t *cell, int n, int at, int step)
{
	int count = 0, highest = 0;

	for (int k = 0; k < n; k++, at += step) {
		if (cell[at] <= highest)
			continue;
		highest = cell[at];
		count++;
	}
	return count;
}

static void all_clues(struct dig *d)
{
	int n = d->b.n;

	for (int k = 0; k < n; k++) {
		d->clue[TOP][k] = (uint8_t)seen(d->full, n, k, n);
		d->clue[BOTTOM][k] = (uint8_t)seen(d->full, n, n * (n - 1) + k, -n);
		d->clue[LEFT][k] = (uint8_t)seen(d->full, n, k * n, 1);
		d->clue[RIGHT][k] = (uint8_t)seen(d->full, n, k * n + n - 1, -1);
	}
	memcpy(d->b.clue, d->clue, sizeof(d->clue));
}

/* The clues (or, with cells, the givens) that the board has, in random order. */
static int listed(const struct board *b, bool cells, uint8_t *order, struct rng *rng)
{
	int count = 0;

	for (int i = 0; i < b->n * b->n && cells; i++)
		if (b->cell[i])
			order[count++] = (uint8_t)i;
	for (int i = 0; i < SIDES * LATIN_SIDE && !cells; i++)
		if (b->clue[i / LATIN_SIDE][i % LATIN_SIDE])
			order[count++] = (uint8_t)i;
	rng_shuffle(rng, order, (size_t)count, 1);
	return count;
}

/* Take away clues (or givens) until `want` are left, or on to `least` until it is hard enough. How many are left. */
static int thin(struct dig *d, bool cells, int want, int least, struct rng *rng)
{
	uint8_t order[LATIN_CELLS];
	int count = listed(&d->b, cells, order, rng);

	d->dig.flip = cells ? flip_given : flip_clue;
	d->dig.look = cells ? look_given : look_clue;
	return count - latin_thin(&d->dig, order, count, count > want ? count - want : 0, count > least ? count - least : 0);
}

/* Give a cell that could not be filled. */
static void give_one(struct dig *d, struct rng *rng)
{
	int open[LATIN_CELLS], count = 0;

	for (int i = 0; i < d->l.cells; i++)
		if (!d->l.cell[i])
			open[count++] = i;
	if (count)
		flip_given(&d->dig, open[rng_below(rng, (uint32_t)count)], true);
}

/*
 * All clues and some cells, more where they do not do; then clues go, and cells where it is not hard enough. Trial and error comes
 * last, as it is slow to try.
 */
static bool dig_board(struct dig *d, const int *knob, struct rng *rng)
{
	int n = d->b.n, cells = n * n, most = knob[GIVENS_MAX] < cells ? knob[GIVENS_MAX] : cells - 1;
	int givens = rng_range(rng, knob[GIVENS_MIN], most);
	int clues = rng_range(rng, knob[CLUES_MIN], knob[CLUES_MAX] < SIDES * n ? knob[CLUES_MAX] : SIDES * n);
	uint8_t order[LATIN_CELLS];
	int left;

	all_clues(d);
	for (int i = 0; i < cells; i++)
		order[i] = (uint8_t)i;
	rng_shuffle(rng, order, (size_t)cells, 1);
	memset(d->b.cell, 0, sizeof(d->b.cell));
	for (int k = 0; k < givens; k++)
		flip_given(&d->dig, order[k], true);
	d->dig.goal = knob[TECHNIQUE_MIN];
	d->dig.max = knob[TECHNIQUE_MAX] < LATIN_HARD ? knob[TECHNIQUE_MAX] : LATIN_HARD;
	for (; !latin_fits(&d->dig, &d->l); givens++) {
		if (givens >= most)
			return false;
		give_one(d, rng);
	}
	left = thin(d, false, clues, knob[TECHNIQUE_MAX] == LATIN_GUESS ? clues : knob[CLUES_MIN], rng);
	if (knob[TECHNIQUE_MAX] == LATIN_GUESS && (left > clues || d->dig.hardest < d->dig.goal)) {
		d->dig.max = LATIN_GUESS;
		left = thin(d, false, clues, knob[CLUES_MIN], rng);
	}
	if (left > knob[CLUES_MAX])
		return false;
	if (d->dig.hardest < knob[TECHNIQUE_MIN])
		thin(d, true, givens, knob[GIVENS_MIN], rng);
	return d->dig.hardest >= knob[TECHNIQUE_MIN];
}

static const char *refuse(const int *knob)
{
	int n = knob[SIZE];

	if (knob[CLUES_MIN] > knob[CLUES_MAX])
		return "clues_min is above clues_max";
	if (knob[GIVENS_MIN] > knob[GIVENS_MAX])
		return "givens_min is above givens_max";
	if (knob[TECHNIQUE_MIN] > knob[TECHNIQUE_MAX])
		return "technique_min is above technique_max";
	if (knob[CLUES_MIN] > SIDES * n)
		return "a board of that size has not so many places for clues";
	if (knob[GIVENS_MIN] >= n * n)
		return "givens_min leaves no cell empty";
	return NULL;
}

enum { DRAWS = 12 };

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct dig d = { .dig.start = start_dig, .b.n = knob[SIZE] };

	puzzle_init(&d.p, &d.b);
	for (int draw = 0; draw < DRAWS; draw++) {
		latin_square(d.full, d.b.n, rng);
		if (!dig_board(&d, knob, rng))
			continue;
		write(desc, &d.b);
		latin_write(answer, d.full, d.b.n, GRID_SLASHES, NULL);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

/* A parsed puzzle, ready to be solved. */
struct posed {
	struct board b;
	struct latin_puzzle p;
	struct latin l;
};

static bool pose(struct posed *q, struct str desc)
{
	if (!parse(&q->b, desc))
		return false;
	puzzle_init(&q->p, &q->b);
	start(&q->l, &q->p, &q->b);
	return true;
}

LATIN_TASK(techniques)

/* ---- symmetry: the square's eight ---- */

/* The edge cell of a clue, and how far it is to the next cell inwards. */
static int edge_cell(int n, int side, int k)
{
	switch (side) {
	case TOP:
		return k;
	case BOTTOM:
		return n * (n - 1) + k;
	case LEFT:
		return k * n;
	default:
		return k * n + n - 1;
	}
}

static void image_clues(struct board *to, const struct board *b, int t)
{
	int n = b->n, inwards[SIDES] = { n, -n, 1, -1 };

	*to = (struct board){ .n = n };
	for (int side = 0; side < SIDES; side++) {
		int i = edge_cell(n, side, 0), first = latin_turned(n, i, t), at = 0,
		    step = latin_turned(n, i + inwards[side], t) - first, last = latin_turned(n, edge_cell(n, side, n - 1), t);

		while (inwards[at] != step)
			at++;
		for (int k = 0; k < n; k++)
			to->clue[at][first < last ? k : n - 1 - k] = b->clue[side][k];
	}
}

static void image_cells(struct board *to, const struct board *b, int t)
{
	for (int i = 0; i < b->n * b->n; i++)
		to->cell[latin_turned(b->n, i, t)] = b->cell[i];
}

/* The least desc: clues come before cells, and a dot before all digits. */
static void canon(struct buf *out, struct str desc)
{
	struct board b, best, to;

	if (!parse(&b, desc))
		return;
	best = b;
	for (int t = 1; t < 8; t++) {
		int cmp;

		image_clues(&to, &b, t);
		cmp = memcmp(to.clue, best.clue, sizeof(to.clue));
		if (cmp > 0)
			continue;
		image_cells(&to, &b, t);
		if (cmp < 0 || memcmp(to.cell, best.cell, sizeof(to.cell)) < 0)
			best = to;
	}
	write(out, &best);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b, to;
	int t;

	if (!parse(&b, desc))
		return false;
	t = (int)rng_below(rng, 8);
	image_clues(&to, &b, t);
	image_cells(&to, &b, t);
	write(out, &to);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	struct board b;

	return parse(&b, desc) ? latin_open_log2(b.cell, b.n) : 0.0;
}

static char sign(int v)
{
	return v ? (char)('0' + v) : '.';
}

static void edge_line(struct buf *out, const struct board *b, int side)
{
	buf_addz(out, "   ");
	for (int x = 0; x < b->n; x++) {
		buf_addc(out, ' ');
		buf_addc(out, sign(b->clue[side][x]));
	}
	buf_addc(out, '\n');
}

static void frame_line(struct buf *out, int n)
{
	buf_addz(out, "  +");
	for (int x = 0; x < 2 * n + 1; x++)
		buf_addc(out, '-');
	buf_addz(out, "+\n");
}

/* The board in a frame, its clues around it. */
static void picture(struct buf *out, const struct board *b)
{
	edge_line(out, b, TOP);
	frame_line(out, b->n);
	for (int y = 0; y < b->n; y++) {
		buf_addc(out, sign(b->clue[LEFT][y]));
		buf_addz(out, " |");
		for (int x = 0; x < b->n; x++) {
			buf_addc(out, ' ');
			buf_addc(out, sign(b->cell[y * b->n + x]));
		}
		buf_addz(out, " | ");
		buf_addc(out, sign(b->clue[RIGHT][y]));
		buf_addc(out, '\n');
	}
	frame_line(out, b->n);
	edge_line(out, b, BOTTOM);
	buf_cut(out, out->n - 1);
}

/* "3, 0, 2": a side's clues, 0 for none. */
static void put_side(struct holes *holes, const char *hole, const struct board *b, int side)
{
	struct buf *text = hole_open(holes, hole);

	for (int k = 0; k < b->n && text; k++) {
		if (k)
			buf_addz(text, ", ");
		buf_addc(text, (char)('0' + b->clue[side][k]));
	}
}

/* A line for each clue. */
static void put_views(struct holes *holes, const struct board *b, enum lang lang)
{
	static const char *const words[LANGS][SIDES] = {
		{ "column %d, from the top: %d", "column %d, from the bottom: %d", "row %d, from the left: %d",
		  "row %d, from the right: %d" },
		{ "第%d列，从上方看：%d", "第%d列，从下方看：%d", "第%d行，从左侧看：%d", "第%d行，从右侧看：%d" },
	};
	struct buf *text = hole_open(holes, "views");
	bool any = false;

	for (int side = 0; side < SIDES && text; side++) {
		for (int k = 0; k < b->n; k++) {
			if (!b->clue[side][k])
				continue;
			if (any)
				buf_addc(text, '\n');
			any = true;
			buf_addf(text, words[lang][side], k + 1, b->clue[side][k]);
		}
	}
	if (text && !any)
		buf_addz(text, lang == LANG_ZH ? "（无）" : "(none)");
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct board b;
	struct buf *text;

	if (!parse(&b, desc))
		return;
	text = hole_open(holes, "board");
	if (text)
		picture(text, &b);
	hole_puti(holes, "size", b.n);
	put_side(holes, "top", &b, TOP);
	put_side(holes, "bottom", &b, BOTTOM);
	put_side(holes, "left", &b, LEFT);
	put_side(holes, "right", &b, RIGHT);
	latin_put(holes, "json", b.cell, b.n, GRID_JSON, "0");
	latin_put(holes, "slashes", b.cell, b.n, GRID_SLASHES, ".");
	put_views(holes, &b, lang);
}

const struct task task_skyscraper_puzzle = {
	.name = "skyscraper_puzzle",
	.family = "grid",
	.what = "Fill a Latin square of heights so that the buildings seen from its edges are as many as the clues say.",
	.revision = 2,
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
