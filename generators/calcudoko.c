/*
 * calcudoko.c - Latin squares with cages whose numbers give a target: one solution by proof, graded by the technique it needs.
 *
 * desc: "N:ROW/ROW/...:CAGE,CAGE,...": a letter names the cage of each cell, a .. z, A .. Z in the order in which a reader
 * meets them, and their targets with + - * / (none for a cage of one cell) follow in that order: "3:aab/cdb/cdd:3+,5+,2/,6*".
 * The answer is the filled rows: "123/231/312". The numbers of a cage all differ.
 *
 * The worked solution is written as calcudoko_solve.c says.
 */
#include "generators/calcudoko_solve.h"

static const char *const techniques[] = {
	LATIN_TECHNIQUES("naked single", "few ways to fill a cage", "hidden single", "digits that a cage must hold", "pairs",
			 "sum of a line, triples or fish", "trial and error"),
};

enum { SIZE, CAGE_MAX, SINGLES_MIN, SINGLES_MAX, SIGNS, TECHNIQUE_MIN, TECHNIQUE_MAX };

enum { PLUS = 1, MINUS = 2, TIMES = 4, OVER = 8 };

static const struct knob knobs[] = {
	{ "size", 3, LATIN_SIDE, "rows and columns" },
	{ "cage_max", 2, 6, "cells of the largest cage" },
	{ "singles_min", 0, 30, "fewest cages of one cell" },
	{ "singles_max", 0, 30, "most cages of one cell" },
	{ "signs", 1, PLUS | MINUS | TIMES | OVER, "signs that cages may have: + is 1, - 2, * 4, / 8, added up" },
	{ "technique_min", LATIN_RULE, LATIN_GUESS, "the hardest technique needed is this one or a harder one" },
	{ "technique_max", LATIN_RULE, LATIN_GUESS,
	  "hardest technique that may be needed: 1 the ways to fill a cage where they are few, 2 hidden single, 3 digits that a "
	  "cage must hold, 4 pairs, 5 sum of a line, triples or fish, 6 trial and error" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* n cage singles signs technique */
	{ 3, 2, 0, 2, 15, LATIN_RULE, LATIN_RULE },
	{ 4, 2, 1, 4, 15, LATIN_RULE, LATIN_RULE },
	{ 4, 3, 0, 2, 15, LATIN_RULE, LATIN_HIDDEN },
	{ 5, 3, 0, 4, 15, LATIN_RULE, LATIN_HIDDEN },
	{ 5, 4, 0, 2, 15, LATIN_HIDDEN, LATIN_HIDDEN },
	{ 6, 4, 0, 4, 15, LATIN_HIDDEN, LATIN_HIDDEN },
	{ 7, 4, 0, 4, 15, LATIN_HIDDEN, LATIN_DEEP },
	{ 8, 4, 0, 4, 15, LATIN_HIDDEN, LATIN_PAIR },
	{ 8, 5, 0, 3, 15, LATIN_PAIR, LATIN_HARD },
	{ 9, 5, 0, 3, 15, LATIN_PAIR, LATIN_HARD },
	{ 9, 5, 0, 3, 15, LATIN_GUESS, LATIN_GUESS },
};

/* ---- inventing ---- */

static int set_sum(unsigned set)
{
	int sum = 0;

	for (; set; set &= set - 1)
		sum += latin_least(set);
	return sum;
}

static int set_product(unsigned set)
{
	int product = 1;

	for (; set; set &= set - 1)
		product *= latin_least(set);
	return product;
}

struct make {
	struct latin_dig dig; /* first */
	struct board b;
	struct cages r;
	struct latin_puzzle p;
	const int *knob;
	uint8_t full[LATIN_CELLS];
	struct latin l; /* as far as it was solved when it was last tried */
};

static void start_dig(struct latin_dig *dig, struct latin *l)
{
	struct make *m = (struct make *)dig;

	cages_pose(l, &m->p, &m->r, &m->b);
}

static unsigned digits_of(const struct make *m, const struct cage *c)
{
	unsigned set = 0;

	for (int k = 0; k < c->n; k++)
		set |= 1u << (m->full[c->cell[k]] - 1);
	return set;
}

/* A sign that the knobs allow and the numbers have, and its target; false: there is none. */
static bool draw_sign(const struct make *m, struct cage *c, struct rng *rng)
{
	unsigned set = digits_of(m, c);
	int most = latin_most(set), least = latin_least(set), fit = 0;
	char sign[4];

	if (c->n == 1) {
		c->sign = '=';
		c->target = most;
		return true;
	}
	if (m->knob[SIGNS] & PLUS)
		sign[fit++] = '+';
	if (m->knob[SIGNS] & TIMES)
		sign[fit++] = '*';
	if (m->knob[SIGNS] & MINUS && c->n == 2)
		sign[fit++] = '-';
	if (m->knob[SIGNS] & OVER && c->n == 2 && most % least == 0)
		sign[fit++] = '/';
	if (!fit)
		return false;
	c->sign = sign[rng_below(rng, (uint32_t)fit)];
	c->target = c->sign == '+' ? set_sum(set) : c->sign == '*' ? set_product(set) : c->sign == '-' ? most - least : most / least;
	return true;
}

/* Cells around the cage, not in it, whose number it does not have. */
static int around(const struct make *m, const struct cage *c, uint8_t *cells)
{
	int n = m->b.n, count = 0;
	unsigned set = digits_of(m, c);

	for (int i = 0; i < n * n; i++) {
		bool near = false;

		for (int k = 0; k < c->n; k++)
			near |= cells_touch(n, i, c->cell[k]);
		if (near && !(set >> (m->full[i] - 1) & 1))
			cells[count++] = (uint8_t)i;
	}
	return count;
}

/* Cells grow to cages in random order; what stays alone joins a neighbour where one has room. */
static void draw_cages(struct make *m, struct rng *rng)
{
	int n = m->b.n, cells = n * n, left = rng_range(rng, m->knob[SINGLES_MIN], m->knob[SINGLES_MAX]);
	uint8_t order[LATIN_CELLS], next[LATIN_CELLS];
	bool taken[LATIN_CELLS] = { false };

	for (int i = 0; i < cells; i++)
		order[i] = (uint8_t)i;
	rng_shuffle(rng, order, (size_t)cells, 1);
	m->b.cages = 0;
	for (int at = 0; at < cells; at++) {
		struct cage c = { .n = 1, .cell = { order[at] } };
		/* small cages are more common */
		int want = 1 + rng_range(rng, 1, rng_range(rng, 1, m->knob[CAGE_MAX] - 1));

		if (taken[order[at]])
			continue;
		if (left > 0) {
			left--;
			want = 1;
		}
		taken[order[at]] = true;
		while (c.n < want) {
			int count = around(m, &c, next), open = 0;

			for (int k = 0; k < count; k++)
				if (!taken[next[k]])
					next[open++] = next[k];
			if (!open)
				break;
			c.cell[c.n] = next[rng_below(rng, (uint32_t)open)];
			taken[c.cell[c.n++]] = true;
		}
		for (int k = 0; k < c.n; k++)
			m->b.cage_of[c.cell[k]] = (uint8_t)m->b.cages;
		m->b.cage[m->b.cages++] = c;
	}
	cages_gather(&m->b);
}

static int singles(const struct board *b)
{
	int count = 0;

	for (int k = 0; k < b->cages; k++)
		count += b->cage[k].n == 1;
	return count;
}

/* Make one cage of two, if it may be; the sign is new. */
static bool join(struct make *m, int a, int b, struct rng *rng)
{
	struct cage both = m->b.cage[a];
	const struct cage *with = &m->b.cage[b];

	if (both.n + with->n > m->knob[CAGE_MAX] || digits_of(m, &both) & digits_of(m, with))
		return false;
	for (int k = 0; k < with->n; k++)
		both.cell[both.n++] = with->cell[k];
	if (!draw_sign(m, &both, rng))
		return false;
	for (int k = 0; k < with->n; k++)
		m->b.cage_of[with->cell[k]] = (uint8_t)a;
	m->b.cage[a].sign = both.sign;
	m->b.cage[a].target = both.target;
	return cages_gather(&m->b);
}

/* The cage k joins one that touches it. */
static bool join_some(struct make *m, int k, struct rng *rng)
{
	uint8_t next[LATIN_CELLS];
	int count = around(m, &m->b.cage[k], next);

	rng_shuffle(rng, next, (size_t)count, 1);
	for (int i = 0; i < count; i++)
		if (m->b.cage_of[next[i]] != k && join(m, m->b.cage_of[next[i]], k, rng))
			return true;
	return false;
}

/* Too many cages of one: each may join a neighbour. */
static bool join_singles(struct make *m, struct rng *rng)
{
	for (int k = 0; k < m->b.cages && singles(&m->b) > m->knob[SINGLES_MAX];) {
		if (m->b.cage[k].n == 1 && join_some(m, k, rng))
			k = 0; /* they have new numbers */
		else
			k++;
	}
	return singles(&m->b) <= m->knob[SINGLES_MAX];
}

/* Cut a cell that could not be filled off its cage, and what hangs on it only. */
static bool split(struct make *m, struct rng *rng)
{
	uint8_t open[LATIN_CELLS];
	int count = 0, i, k;
	struct cage c;
	unsigned rest, first;

	for (i = 0; i < m->l.cells; i++)
		if (!m->l.cell[i] && m->b.cage[m->b.cage_of[i]].n > 1)
			open[count++] = (uint8_t)i;
	if (!count)
		return false;
	i = open[rng_below(rng, (uint32_t)count)];
	k = m->b.cage_of[i];
	c = m->b.cage[k];
	rest = (1u << c.n) - 1;
	for (int j = 0; j < c.n; j++)
		if (c.cell[j] == i)
			rest &= ~(1u << j);
	first = cage_piece(&c, m->b.n, rest);
	if (m->b.cages == LATIN_CELLS)
		return false;
	for (int j = 0; j < c.n; j++)
		if (!(first >> j & 1))
			m->b.cage_of[c.cell[j]] = (uint8_t)m->b.cages;
	m->b.cage[m->b.cages++] = (struct cage){ 0 };
	if (!cages_gather(&m->b))
		return false;
	for (int j = 0; j < c.n; j++)
		if (!draw_sign(m, &m->b.cage[m->b.cage_of[c.cell[j]]], rng))
			return false;
	return true;
}

enum { DRAWS = 16, SPLITS = 12, JOINS = 40 };

/* Cages that are there are cut until the board can be solved, then joined until it is hard enough. */
static bool make_board(struct make *m, struct rng *rng)
{
	draw_cages(m, rng);
	for (int k = 0; k < m->b.cages; k++)
		if (!draw_sign(m, &m->b.cage[k], rng))
			return false;
	if (!join_singles(m, rng))
		return false;
	for (int k = 0; !latin_fits(&m->dig, &m->l); k++)
		if (k == SPLITS || !split(m, rng) || singles(&m->b) > m->knob[SINGLES_MAX])
			return false;
	latin_fits_how(&m->dig);
	for (int k = 0; k < JOINS && m->dig.hardest < m->knob[TECHNIQUE_MIN]; k++) {
		struct board was = m->b;

		if (join_some(m, (int)rng_below(rng, (uint32_t)m->b.cages), rng) && latin_fits(&m->dig, &m->l))
			latin_fits_how(&m->dig);
		else
			m->b = was;
	}
	return m->dig.hardest >= m->knob[TECHNIQUE_MIN] && singles(&m->b) >= m->knob[SINGLES_MIN] && m->b.cages <= CAGES;
}

static const char *refuse(const int *knob)
{
	int n = knob[SIZE];

	if (knob[SINGLES_MIN] > knob[SINGLES_MAX])
		return "singles_min is above singles_max";
	if (knob[TECHNIQUE_MIN] > knob[TECHNIQUE_MAX])
		return "technique_min is above technique_max";
	if (knob[SINGLES_MIN] >= n * n)
		return "singles_min leaves no cage of several cells";
	if (knob[SIGNS] == OVER)
		return "not every pair of numbers has a quotient: signs needs another one beside /";
	return NULL;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct make m = { .dig = { .max = knob[TECHNIQUE_MAX], .start = start_dig }, .b.n = knob[SIZE], .knob = knob };

	for (int draw = 0; draw < DRAWS; draw++) {
		latin_square(m.full, m.b.n, rng);
		if (!make_board(&m, rng))
			continue;
		cages_write(desc, &m.b);
		latin_write(answer, m.full, m.b.n, GRID_SLASHES, NULL);
		return true;
	}
	return false;
}

/* ---- from the desc ---- */

/* A parsed puzzle, ready to be solved. */
struct posed {
	struct board b;
	struct cages r;
	struct latin_puzzle p;
	struct latin l;
};

static bool pose(struct posed *q, struct str desc)
{
	if (!cages_parse(&q->b, desc))
		return false;
	cages_pose(&q->l, &q->p, &q->r, &q->b);
	return true;
}

LATIN_TASK(techniques)

/* ---- symmetry: the square's eight ---- */

static void image(struct board *to, const struct board *b, int t)
{
	*to = *b;
	for (int i = 0; i < b->n * b->n; i++)
		to->cage_of[latin_turned(b->n, i, t)] = b->cage_of[i];
	cages_gather(to);
}

/* The names of the cages in an image, cell after cell. */
static void image_names(char *names, const struct board *b, int t)
{
	char name[LATIN_CELLS] = { 0 };
	int cages = 0;

	for (int i = 0; i < b->n * b->n; i++) {
		int k = b->cage_of[latin_source(b->n, i, t)];

		if (!name[k])
			name[k] = cage_name(cages++);
		names[i] = name[k];
	}
}

/* The least desc; targets count only where the cages are the same. */
static void canon(struct buf *out, struct str desc)
{
	char names[LATIN_CELLS] = { 0 }, least[LATIN_CELLS];
	struct buf mine = BUF_INIT, best = BUF_INIT;
	unsigned ties = 0;
	struct board b, to;

	if (!cages_parse(&b, desc))
		return;
	for (int t = 0; t < 8; t++) {
		int cmp;

		image_names(names, &b, t);
		cmp = ties ? memcmp(names, least, (size_t)(b.n * b.n)) : -1;
		if (cmp > 0)
			continue;
		ties = cmp < 0 ? 1u << t : ties | 1u << t;
		memcpy(least, names, sizeof(least));
	}
	for (; ties; ties &= ties - 1) {
		image(&to, &b, __builtin_ctz(ties));
		cages_write(&mine, &to);
		buf_least(&best, &mine);
	}
	buf_add(out, buf_str(&best));
	buf_release(&best);
	buf_release(&mine);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct board b, to;

	if (!cages_parse(&b, desc))
		return false;
	image(&to, &b, (int)rng_below(rng, 8));
	cages_write(out, &to);
	return true;
}

/* ---- what the prompt needs ---- */

static double answers_log2(struct str desc)
{
	uint8_t cell[LATIN_CELLS] = { 0 };
	struct board b;

	if (!cages_parse(&b, desc))
		return 0.0;
	for (int k = 0; k < b.cages; k++)
		if (b.cage[k].n == 1)
			cell[b.cage[k].cell[0]] = 1;
	return latin_open_log2(cell, b.n);
}

/* "a a b", a line each row. */
static void put_picture(struct holes *holes, const struct board *b)
{
	struct buf *out = hole_open(holes, "board");

	for (int i = 0; i < b->n * b->n && out; i++) {
		if (i)
			buf_addc(out, i % b->n ? ' ' : '\n');
		buf_addc(out, cage_name(b->cage_of[i]));
	}
}

/* "12+" and its like; times and divided by as × and ÷ where asked for. */
static void say_target(struct buf *out, const struct cage *c, bool pretty)
{
	buf_addi(out, c->target);
	if (c->sign == '=')
		return;
	if (pretty && c->sign == '*')
		buf_addz(out, "×");
	else if (pretty && c->sign == '/')
		buf_addz(out, "÷");
	else
		buf_addc(out, c->sign);
}

static void put_targets(struct holes *holes, const struct board *b, enum lang lang)
{
	struct buf *text = hole_open(holes, "targets");

	for (int k = 0; k < b->cages && text; k++) {
		if (k)
			buf_addz(text, lang == LANG_ZH ? "，" : ", ");
		buf_addc(text, cage_name(k));
		buf_addz(text, ": ");
		say_target(text, &b->cage[k], true);
	}
}

/* "12*: R1C1 R1C2", a line each cage. */
static void put_cages(struct holes *holes, const struct board *b)
{
	struct buf *text = hole_open(holes, "cages");

	for (int k = 0; k < b->cages && text; k++) {
		const struct cage *c = &b->cage[k];

		if (k)
			buf_addc(text, '\n');
		say_target(text, c, false);
		buf_addc(text, ':');
		for (int j = 0; j < c->n; j++) {
			buf_addz(text, " R");
			buf_addc(text, (char)('1' + c->cell[j] / b->n));
			buf_addc(text, 'C');
			buf_addc(text, (char)('1' + c->cell[j] % b->n));
		}
	}
}

/* "(1,1) (1,2) have the sum 7", a line each cage. */
static void put_words(struct holes *holes, const struct board *b, enum lang lang)
{
	static const char signs[] = "+-*/=";
	static const char *const words[LANGS][5] = {
		{ "sum %d", "difference %d", "product %d", "quotient %d", "number %d" },
		{ "和为%d", "差为%d", "积为%d", "商为%d", "数字为%d" },
	};
	struct buf *text = hole_open(holes, "words");

	for (int k = 0; k < b->cages && text; k++) {
		const struct cage *c = &b->cage[k];

		if (k)
			buf_addc(text, '\n');
		for (int j = 0; j < c->n; j++) {
			buf_addz(text, j ? " (" : "(");
			buf_addc(text, (char)('1' + c->cell[j] / b->n));
			buf_addc(text, ',');
			buf_addc(text, (char)('1' + c->cell[j] % b->n));
			buf_addc(text, ')');
		}
		buf_addz(text, lang == LANG_ZH ? "：" : ": ");
		buf_addf(text, words[lang][strchr(signs, c->sign) - signs], c->target);
	}
}

static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct board b;

	if (!cages_parse(&b, desc))
		return;
	put_picture(holes, &b);
	hole_puti(holes, "size", b.n);
	put_targets(holes, &b, lang);
	put_cages(holes, &b);
	put_words(holes, &b, lang);
}

const struct task task_calcudoko = {
	.name = "calcudoko",
	.family = "grid",
	.what = "Fill a Latin square so that the numbers of each cage give its target.",
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
