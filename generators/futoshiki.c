/*
 * futoshiki.c - Latin squares with signs between neighbours: one solution by proof, graded by the technique it needs.
 *
 * desc: "N:LINE/LINE/...", 2N - 1 lines, rows and what stands between them in turn: "3:.-.<./--v/1-.-./^--/.-.-." (< > - in
 * a row; ^ the upper cell is the smaller one, v the lower one, - no sign). The answer is the filled rows: "123/312/231".
 *
 * The worked solution is written as latin.c says; futoshiki's own steps are
 *
 *	a2 24 <b2 >a1 !12b2 !4a1	a2 is 2 or 4, b2 is larger: not 1 or 2; a1 is smaller: not 4
 *	a1 12 a3 123 <b4 !12b4		by signs a1 and a3 are below b4, and in one row they differ: b4 is not 1 or 2
 */
#include "generators/latin.h"

#include <assert.h>

static const char *const techniques[] = {
	LATIN_TECHNIQUES("naked single", "inequality", "hidden single", "crowd", "pairs", "triples or fish", "trial and error"),
};

enum { SIZE, SIGNS_MIN, SIGNS_MAX, GIVENS_MIN, GIVENS_MAX, TECHNIQUE_MIN, TECHNIQUE_MAX };

static const struct knob knobs[] = {
	{ "size", 4, LATIN_SIDE, "rows and columns" },
	{ "signs_min", 0, 144, "fewest inequality signs" },
	{ "signs_max", 0, 144, "most inequality signs" },
	{ "givens_min", 0, 80, "fewest cells that are given" },
	{ "givens_max", 0, 80, "most cells that are given" },
	{ "technique_min", LATIN_SINGLE, LATIN_GUESS, "the hardest technique needed is this one or a harder one" },
	{ "technique_max", LATIN_SINGLE, LATIN_GUESS,
	  "hardest technique that may be needed: 0 naked single, 1 inequality, 2 hidden single, 3 crowd (cells of one line "
	  "below or above the same cell), 4 pairs, 5 triples or fish, 6 trial and error" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/*    signs   givens  technique */
	{ 4, 4, 6, 9, 10, LATIN_SINGLE, LATIN_SINGLE },
	{ 4, 4, 7, 5, 8, LATIN_RULE, LATIN_RULE },
	{ 4, 5, 8, 2, 4, LATIN_RULE, LATIN_HIDDEN },
	{ 5, 8, 12, 4, 8, LATIN_RULE, LATIN_HIDDEN },
	{ 5, 8, 14, 1, 4, LATIN_HIDDEN, LATIN_DEEP },
	{ 6, 12, 20, 3, 8, LATIN_HIDDEN, LATIN_DEEP },
	{ 7, 16, 24, 6, 14, LATIN_HIDDEN, LATIN_DEEP },
	{ 7, 12, 20, 3, 10, LATIN_HIDDEN, LATIN_PAIR },
	{ 8, 18, 34, 4, 20, LATIN_PAIR, LATIN_HARD },
	{ 9, 24, 40, 6, 26, LATIN_PAIR, LATIN_HARD },
	{ 9, 28, 44, 12, 24, LATIN_GUESS, LATIN_GUESS },
};

/* ---- the board ---- */

enum { UP, DOWN, LEFT, RIGHT, DIRS };

struct board {
	int n;
	uint8_t cell[LATIN_CELLS];     /* 0: empty */
	int8_t sign[LATIN_CELLS][DIRS]; /* of a cell to its neighbour: -1 smaller, 1 larger, 0 not said */
};

static int neighbour(int n, int i, int dir)
{
	static const int dy[DIRS] = { -1, 1, 0, 0 }, dx[DIRS] = { 0, 0, -1, 1 };
	int y = i / n + dy[dir], x = i % n + dx[dir];

	return y < 0 || y >= n || x < 0 || x >= n ? -1 : y * n + x;
}

static void sign_set(struct board *b, int i, int dir, int sign)
{
	int j = neighbour(b->n, i, dir);

	assert(j >= 0);
	b->sign[i][dir] = (int8_t)sign;
	b->sign[j][dir ^ 1] = (int8_t)-sign;
}

static bool sign_parse(struct board *b, int i, int dir, char c)
{
	const char *of = dir == DOWN ? "^-v" : "<->", *at = c ? strchr(of, c) : NULL;

	if (!at)
		return false;
	sign_set(b, i, dir, (int)(at - of) - 1);
	return true;
}

static bool parse(struct board *b, struct str s)
{
	int n;

	*b = (struct board){ 0 };
	if (s.n < 2 || s.s[0] < '2' || s.s[0] > '9' || s.s[1] != ':')
		return false;
	n = b->n = s.s[0] - '0';
	s = str_from(s, 2);
	for (int line = 0; line < 2 * n - 1; line++) {
		struct str word;
		int y = line / 2;

		if (!str_split(&s, '/', &word) || word.n != (size_t)(line % 2 ? n : 2 * n - 1))
			return false;
		for (int x = 0; x < n; x++) {
			char c = word.s[line % 2 ? x : 2 * x];

			if (line % 2) {
				if (!sign_parse(b, y * n + x, DOWN, c))
					return false;
				continue;
			}
			if (c != '.' && (c < '1' || c > '0' + n))
				return false;
			b->cell[y * n + x] = (uint8_t)(c == '.' ? 0 : c - '0');
			if (x + 1 < n && !sign_parse(b, y * n + x, RIGHT, word.s[2 * x + 1]))
				return false;
		}
		if (line == 2 * n - 2 && s.n)
			return false;
	}
	return true;
}

static void write(struct buf *out, const struct board *b)
{
	int n = b->n;

	buf_addf(out, "%d:", n);
	for (int y = 0; y < n; y++) {
		for (int x = 0; x < n; x++) {
			int i = y * n + x;

			buf_addc(out, b->cell[i] ? (char)('0' + b->cell[i]) : '.');
			if (x + 1 < n)
				buf_addc(out, "<->"[b->sign[i][RIGHT] + 1]);
		}
		if (y + 1 == n)
			break;
		buf_addc(out, '/');
		for (int x = 0; x < n; x++)
			buf_addc(out, "^-v"[b->sign[y * n + x][DOWN] + 1]);
		buf_addc(out, '/');
	}
}

/* ---- its rules: rule k is about the signs at cell k, and about all cells below and above it ---- */

struct rules {
	const struct board *b;
	bool known; /* what follows, for these signs */
	/* Bit k of [0] / [1]: the k-th cell of the line is below / above the cell by a chain of signs. */
	uint16_t chain[2][LATIN_CELLS][2 * LATIN_SIDE];
	uint32_t crowds[2][LATIN_CELLS];   /* bit line: several are */
	uint64_t crowd_of[LATIN_CELLS][2]; /* the cells that have this one in such a crowd */
};

static void chains(struct rules *r)
{
	const struct board *b = r->b;
	int n = b->n, cells = n * n;
	uint64_t below[LATIN_CELLS][2] = { { 0 } };
	bool more = true;

	while (more) { /* as often as the longest chain has cells; sets only grow, so a circle ends too */
		more = false;
		for (int i = 0; i < cells; i++) {
			for (int dir = 0; dir < DIRS; dir++) {
				int j = neighbour(n, i, dir);
				uint64_t was[2] = { below[i][0], below[i][1] };

				if (b->sign[i][dir] <= 0)
					continue;
				below[i][j >> 6] |= 1ull << (j & 63);
				below[i][0] |= below[j][0];
				below[i][1] |= below[j][1];
				more |= was[0] != below[i][0] || was[1] != below[i][1];
			}
		}
	}
	r->known = true;
	memset(r->chain, 0, sizeof(r->chain));
	for (int i = 0; i < cells; i++) {
		for (int w = 0; w < 2; w++) {
			for (uint64_t set = below[i][w]; set; set &= set - 1) {
				int j = w * 64 + __builtin_ctzll(set);

				r->chain[0][i][j / n] |= (uint16_t)(1u << j % n);
				r->chain[0][i][n + j % n] |= (uint16_t)(1u << j / n);
				r->chain[1][j][i / n] |= (uint16_t)(1u << i % n);
				r->chain[1][j][n + i % n] |= (uint16_t)(1u << i / n);
			}
		}
	}
	memset(r->crowds, 0, sizeof(r->crowds));
	memset(r->crowd_of, 0, sizeof(r->crowd_of));
	for (int side = 0; side < 2; side++) {
		for (int i = 0; i < cells; i++) {
			for (int line = 0; line < 2 * n; line++) {
				unsigned set = r->chain[side][i][line];

				if (!(set & (set - 1)))
					continue;
				r->crowds[side][i] |= 1u << line;
				for (; set; set &= set - 1)
					r->crowd_of[latin_member(n, line, __builtin_ctz(set))][i >> 6] |= 1ull << (i & 63);
			}
		}
	}
}

/* Crowds that these cells are in. */
static void wake(struct latin *l, const uint64_t *cells, uint64_t *rules)
{
	struct rules *r = l->p->data;

	if (!r->known)
		chains(r);
	for (int w = 0; w < 2; w++) {
		for (uint64_t set = cells[w]; set; set &= set - 1) {
			const uint64_t *of = r->crowd_of[w * 64 + __builtin_ctzll(set)];

			rules[0] |= of[0];
			rules[1] |= of[1];
		}
	}
}

static void inequality(struct latin *l, int i)
{
	const struct board *b = ((const struct rules *)l->p->data)->b;
	const int step[DIRS] = { -l->n, l->n, -1, 1 };
	unsigned c = l->cand[i];

	l->aux = 0;
	for (int dir = 0; dir < DIRS && c; dir++) {
		int sign = b->sign[i][dir];
		unsigned no = sign < 0 ? (1u << latin_least(c)) - 1 : ~((1u << (latin_most(c) - 1)) - 1);

		if (!sign || !(l->cand[i + step[dir]] & no))
			continue;
		latin_strike(l, i + step[dir], no);
		l->aux |= 1 << dir;
	}
}

/* The least that the largest of these cells of a line can be, as they differ. side 1: from above, by n + 1 - v. */
static int crowded(const struct latin *l, int line, unsigned set, int side)
{
	int many[LATIN_SIDE + 2] = { 0 }, at = 0;

	for (; set; set &= set - 1) {
		unsigned c = l->cand[latin_member(l->n, line, __builtin_ctz(set))];

		if (!c)
			return 0;
		many[side ? l->n + 1 - latin_most(c) : latin_least(c)]++;
	}
	for (int v = 1; v <= l->n; v++)
		if (many[v])
			at = (at + 1 > v ? at + 1 : v) + many[v] - 1;
	return at;
}

static void crowd(struct latin *l, int i)
{
	const struct rules *r = l->p->data;
	unsigned all = (1u << l->n) - 1;

	for (int side = 0; side < 2; side++) {
		for (uint32_t lines = r->crowds[side][i]; lines; lines &= lines - 1) {
			int line = __builtin_ctz(lines), least = crowded(l, line, r->chain[side][i][line], side);

			if (least >= l->n)
				latin_strike(l, i, all);
			else
				latin_strike(l, i, side ? all & ~((1u << (l->n - least)) - 1) : (1u << least) - 1);
			l->aux = line * 2 + side;
			if (l->struck)
				return;
		}
	}
}

static void tighten(struct latin *l, int k, int rung)
{
	if (rung == LATIN_RULE)
		inequality(l, k);
	else
		crowd(l, k);
}

static void say(const struct latin *l, int k, int rung)
{
	const struct rules *r = l->p->data;
	int line = l->aux / 2, side = l->aux % 2;

	if (rung == LATIN_RULE) {
		latin_say_cell(l->out, l->n, k);
		buf_addc(l->out, ' ');
		latin_say_digits(l->out, l->cand[k]);
		for (int dir = 0; dir < DIRS; dir++) {
			if (!(l->aux >> dir & 1))
				continue;
			buf_addz(l->out, r->b->sign[k][dir] < 0 ? " <" : " >");
			latin_say_cell(l->out, l->n, neighbour(l->n, k, dir));
		}
		return;
	}
	for (unsigned set = r->chain[side][k][line]; set; set &= set - 1) {
		int j = latin_member(l->n, line, __builtin_ctz(set));

		latin_say_cell(l->out, l->n, j);
		buf_addc(l->out, ' ');
		latin_say_digits(l->out, l->cand[j]);
		buf_addc(l->out, ' ');
	}
	buf_addc(l->out, side ? '>' : '<');
	latin_say_cell(l->out, l->n, k);
}

static void puzzle_init(struct latin_puzzle *p, struct rules *r, const struct board *b)
{
	*p = (struct latin_puzzle){ .n = b->n, .rungs = 1u << LATIN_RULE | 1u << LATIN_DEEP, .wide = LATIN_DEEP, .wake = wake,
				    .exact = LATIN_RULE, .data = r, .tighten = tighten, .say = say };
	for (int i = 0; i < b->n * b->n; i++)
		p->rule_of[i] = (uint8_t)i;
	r->b = b;
	r->known = false;
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
	struct rules r;
	struct latin_puzzle p;
	uint8_t full[LATIN_CELLS];
};

/* Sign 2i is the one right of cell i, 2i + 1 the one below it. */
static void flip_sign(struct latin_dig *dig, int item, bool there)
{
	struct dig *d = (struct dig *)dig;
	int i = item / 2, dir = item % 2 ? DOWN : RIGHT, j = neighbour(d->b.n, i, dir);

	assert(j >= 0);
	d->r.known = false;
	sign_set(&d->b, i, dir, !there ? 0 : d->full[i] < d->full[j] ? -1 : 1);
}

static void look_sign(struct latin_dig *dig, struct latin *l, int item)
{
	struct dig *d = (struct dig *)dig;
	int i = item / 2;

	latin_look_cell(l, i);
	latin_look_cell(l, neighbour(d->b.n, i, item % 2 ? DOWN : RIGHT));
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

	d->r.known = false;
	start(l, &d->p, &d->b);
}

/* A given says that many bits, and a sign, well chosen, so many; one of all Latin squares is to be told (OEIS A002860). */
static const double log2_of_sign[LATIN_SIDE + 1] = { 0, 0, 0, 0, 2.6, 2.0, 1.8, 1.6, 1.5, 1.5 };
static const double log2_of_size[LATIN_SIDE + 1] = { 0, 0, 1, 1.58, 2, 2.32, 2.58, 2.81, 3, 3.17 };
static const double log2_of_squares[LATIN_SIDE + 1] = { 0, 0, 1, 3.58, 9.17, 17.3, 29.6, 45.8, 66.6, 92.2 };

static const char *refuse(const int *knob)
{
	int n = knob[SIZE];

	if (knob[SIGNS_MIN] > knob[SIGNS_MAX])
		return "signs_min is above signs_max";
	if (knob[GIVENS_MIN] > knob[GIVENS_MAX])
		return "givens_min is above givens_max";
	if (knob[TECHNIQUE_MIN] > knob[TECHNIQUE_MAX])
		return "technique_min is above technique_max";
	if (knob[SIGNS_MIN] > 2 * n * (n - 1))
		return "a board of that size has not so many neighbours";
	if (knob[GIVENS_MIN] >= n * n)
		return "givens_min leaves no cell empty";
	if (knob[SIGNS_MAX] * log2_of_sign[n] + knob[GIVENS_MAX] * log2_of_size[n] < log2_of_squares[n])
		return "so few signs and givens do not tell one square of that size from all the others";
	if (knob[TECHNIQUE_MAX] == LATIN_SINGLE && knob[GIVENS_MAX] < n * n / 2)
		return "naked singles alone (technique_max 0) need half of the cells given at least";
	return NULL;
}

enum { DRAWS = 12 };

/* The signs (or, with cells, the givens) that the board has, in random order. */
static int listed(const struct board *b, bool cells, uint8_t *order, struct rng *rng)
{
	int count = 0;

	for (int i = 0; i < b->n * b->n; i++) {
		if (cells && b->cell[i])
			order[count++] = (uint8_t)i;
		if (!cells && b->sign[i][RIGHT])
			order[count++] = (uint8_t)(2 * i);
		if (!cells && b->sign[i][DOWN])
			order[count++] = (uint8_t)(2 * i + 1);
	}
	rng_shuffle(rng, order, (size_t)count, 1);
	return count;
}

/* Take away signs (or givens) until `want` are left, or on to `least` until it is hard enough. */
static int thin(struct dig *d, bool cells, int want, int least, struct rng *rng)
{
	uint8_t order[2 * LATIN_CELLS];
	int count = listed(&d->b, cells, order, rng);

	d->dig.flip = cells ? flip_given : flip_sign;
	d->dig.look = cells ? look_given : look_sign;
	return count - latin_thin(&d->dig, order, count, count > want ? count - want : 0, count > least ? count - least : 0);
}

/* Some cells and all signs. */
static void full_board(struct dig *d, int givens, struct rng *rng)
{
	int n = d->b.n;
	uint8_t order[LATIN_CELLS];

	for (int i = 0; i < n * n; i++)
		order[i] = (uint8_t)i;
	rng_shuffle(rng, order, (size_t)(n * n), 1);
	memset(d->b.cell, 0, sizeof(d->b.cell));
	for (int k = 0; k < givens; k++)
		flip_given(&d->dig, order[k], true);
	for (int i = 0; i < n * n; i++) {
		if (i % n + 1 < n)
			flip_sign(&d->dig, 2 * i, true);
		if (i / n + 1 < n)
			flip_sign(&d->dig, 2 * i + 1, true);
	}
}

/*
 * Some cells and all signs at first; then signs go while the board can be solved, so that those that say much stay. Easy techniques
 * come first, as they are quick to try. Where the board is not hard enough then, more signs go, and cells too.
 */
static bool dig_board(struct dig *d, const int *knob, struct rng *rng)
{
	int n = d->b.n, cells = n * n, all = 2 * n * (n - 1), most = knob[GIVENS_MAX] < cells ? knob[GIVENS_MAX] : cells - 1;
	int givens = rng_range(rng, knob[GIVENS_MIN], most);
	int signs = rng_range(rng, knob[SIGNS_MIN], knob[SIGNS_MAX] < all ? knob[SIGNS_MAX] : all);

	struct latin l;

	full_board(d, givens, rng);
	d->dig.goal = knob[TECHNIQUE_MIN];
	d->dig.max = knob[TECHNIQUE_MAX] < LATIN_HIDDEN ? knob[TECHNIQUE_MAX] : LATIN_HIDDEN;
	if (latin_fits(&d->dig, &l))
		all = thin(d, false, signs, knob[TECHNIQUE_MIN] > LATIN_HIDDEN ? signs : knob[SIGNS_MIN], rng);
	d->dig.max = knob[TECHNIQUE_MAX];
	if (all > signs || knob[TECHNIQUE_MIN] > LATIN_HIDDEN) {
		if (!latin_fits(&d->dig, &l) || thin(d, false, knob[SIGNS_MAX], knob[SIGNS_MIN], rng) > knob[SIGNS_MAX])
			return false;
	}
	if (d->dig.hardest < knob[TECHNIQUE_MIN])
		thin(d, true, givens, knob[GIVENS_MIN], rng);
	return d->dig.hardest >= knob[TECHNIQUE_MIN];
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct dig d = { .dig.start = start_dig, .b.n = knob[SIZE] };

	puzzle_init(&d.p, &d.r, &d.b);
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
	struct rules r;
	struct latin_puzzle p;
	struct latin l;
};

static bool pose(struct posed *q, struct str desc)
{
	if (!parse(&q->b, desc))
		return false;
	puzzle_init(&q->p, &q->r, &q->b);
	start(&q->l, &q->p, &q->b);
	return true;
}

LATIN_TASK(techniques)

/* ---- symmetry: the square's eight, and every digit v made n + 1 - v ---- */

static void image(struct board *to, const struct board *b, int t)
{
	int n = b->n;

	*to = (struct board){ .n = n };
	for (int i = 0; i < n * n; i++) {
		int j = latin_turned(n, i, t);

		to->cell[j] = (uint8_t)(b->cell[i] && t & 8 ? n + 1 - b->cell[i] : b->cell[i]);
		for (int dir = 0; dir < DIRS; dir++) {
			int o = neighbour(n, i, dir), at = 0;

			if (!b->sign[i][dir])
				continue;
			while (neighbour(n, j, at) != latin_turned(n, o, t))
				at++;
			to->sign[j][at] = (int8_t)(t & 8 ? -b->sign[i][dir] : b->sign[i][dir]);
		}
	}
}

/* The sign between two neighbours of image t, and its cells, straight from the board. */
static int image_sign(const struct board *b, int t, int j, int dir)
{
	int n = b->n, i = latin_source(n, j, t), step = latin_source(n, neighbour(n, j, dir), t) - i;
	int sign = b->sign[i][step == n ? DOWN : step == -n ? UP : step == 1 ? RIGHT : LEFT];

	return t & 8 ? -sign : sign;
}

static char image_cell(const struct board *b, int t, int j)
{
	int v = b->cell[latin_source(b->n, j, t)];

	return (char)(!v ? '.' : '0' + (t & 8 ? b->n + 1 - v : v));
}

/* As strcmp() of the two images' descs, which mostly differ early. */
static int image_cmp(const struct board *b, int t, int u)
{
	int n = b->n;

	for (int y = 0; y < n; y++) {
		for (int j = y * n; j < y * n + n; j++) {
			int diff = image_cell(b, t, j) - image_cell(b, u, j);

			if (!diff && j + 1 < y * n + n)
				diff = "<->"[image_sign(b, t, j, RIGHT) + 1] - "<->"[image_sign(b, u, j, RIGHT) + 1];
			if (diff)
				return diff;
		}
		for (int j = y * n; j < y * n + n && y + 1 < n; j++) {
			int diff = "^-v"[image_sign(b, t, j, DOWN) + 1] - "^-v"[image_sign(b, u, j, DOWN) + 1];

			if (diff)
				return diff;
		}
	}
	return 0;
}

static void canon(struct buf *out, struct str desc)
{
	struct board b, to;
	int best = 0;

	if (!parse(&b, desc))
		return;
	for (int t = 1; t < 16; t++)
		if (image_cmp(&b, t, best) < 0)
			best = t;
	image(&to, &b, best);
	write(out, &to);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b, to;

	if (!parse(&b, desc))
		return false;
	image(&to, &b, (int)rng_below(rng, 16));
	write(out, &to);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	struct board b;

	return parse(&b, desc) ? latin_open_log2(b.cell, b.n) : 0.0;
}

/* Cells with their signs, two columns of text a cell; a line of text between two rows. */
static void put_picture(struct holes *holes, const char *hole, const struct board *b, char empty)
{
	struct buf *out = hole_open(holes, hole);
	int n = b->n;

	for (int y = 0; y < n && out; y++) {
		size_t ink; /* blanks at a line's end are cut */

		if (y)
			buf_addc(out, '\n');
		for (int x = 0; x < n; x++) {
			int i = y * n + x;

			buf_addc(out, b->cell[i] ? (char)('0' + b->cell[i]) : empty);
			if (x + 1 == n)
				break;
			buf_addc(out, ' ');
			buf_addc(out, "< >"[b->sign[i][RIGHT] + 1]);
			buf_addc(out, ' ');
		}
		if (y + 1 == n)
			break;
		buf_addc(out, '\n');
		ink = out->n;
		for (int x = 0; x < n; x++) {
			char c = "^ v"[b->sign[y * n + x][DOWN] + 1];

			buf_addc(out, c);
			if (c != ' ')
				ink = out->n;
			buf_addz(out, "   ");
		}
		buf_cut(out, ink);
	}
}

/* A cell's row and column in these words: "R", "C", "" gives "R1C2". */
static void say_place(struct buf *out, int n, int i, const char *const words[3])
{
	buf_addz(out, words[0]);
	buf_addc(out, (char)('1' + i / n));
	buf_addz(out, words[1]);
	buf_addc(out, (char)('1' + i % n));
	buf_addz(out, words[2]);
}

/* Every sign as "A < B", the smaller cell first. */
static void put_signs(struct holes *holes, const char *hole, const struct board *b, const char *const words[3], const char *between,
		      const char *none)
{
	struct buf *out = hole_open(holes, hole);
	int n = b->n;
	bool any = false;

	for (int i = 0; i < n * n && out; i++) {
		for (int dir = DOWN; dir <= RIGHT; dir += 2) {
			int sign = b->sign[i][dir], j = dir == DOWN ? i + n : i + 1;

			if (!sign)
				continue;
			if (any)
				buf_addz(out, between);
			any = true;
			say_place(out, n, sign < 0 ? i : j, words);
			buf_addz(out, " < ");
			say_place(out, n, sign < 0 ? j : i, words);
		}
	}
	if (out && !any)
		buf_addz(out, none);
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	static const char *const named[] = { "R", "C", "" }, *const pair[] = { "(", ",", ")" };
	const char *none = lang == LANG_ZH ? "（无）" : "(none)";
	struct board b;

	if (!parse(&b, desc))
		return;
	put_picture(holes, "board", &b, '.');
	put_picture(holes, "underscores", &b, '_');
	hole_puti(holes, "size", b.n);
	latin_put(holes, "rows", b.cell, b.n, GRID_SPACED, ".");
	latin_put(holes, "json", b.cell, b.n, GRID_JSON, "0");
	latin_put(holes, "slashes", b.cell, b.n, GRID_SLASHES, ".");
	put_signs(holes, "signs", &b, named, lang == LANG_ZH ? "，" : ", ", none);
	put_signs(holes, "sign_lines", &b, pair, "\n", none);
}

const struct task task_futoshiki = {
	.name = "futoshiki",
	.family = "grid",
	.what = "Fill a Latin square so that the inequality signs between neighbours hold.",
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
