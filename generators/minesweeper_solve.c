/*
 * minesweeper_solve.c - what is certain on a minesweeper board, the easiest way first, each step told.
 *
 * In the worked solution * is a mine and - a safe cell. A step is a line:
 *
 *	3@(1,2) 3-1=2 {(0,1) (0,2)} *(0,1) *(0,2)	one mine is known beside the 3, two cells are open: both are mines
 *	1@(4,4) 1-1=0 {(3,4)} -(3,4)			none is left: the open cell is safe
 *	3@(1,2) 2{(0,1) (0,2) (0,3)} 1@(1,4) 1{(0,3) (0,4)} *(0,1) *(0,2) -(0,4)
 *							2 of three cells, 1 of two; they share (0,3), so two must lie outside
 *	(0,1)-? *(0,2) -(1,1) x2@(1,2) *(0,1)		suppose (0,1) is safe: with what follows the 2 cannot be met
 *	#12-7=5 {2 3} {0-4} *(0,1) -(5,5)		5 mines are left; groups of open cells can have 2 or 3, cells far
 *							from numbers 0 to 4; so much for sure
 *	(0,1)-? x *(0,1)				a search over many positions found nothing
 *	... +120					120 steps more, not told
 */
#include "generators/minesweeper_solve.h"

#include <stdlib.h>

enum {
	SEARCH_STEPS = 4000,
	LIST_STEPS = 8000,
	GROUP = 40,
	WEIGHT = 840, /* divided by 1 .. 8 */
};

/* ---- the desc ---- */

static bool number_read(struct str *s, int hi, int *ret)
{
	size_t i = 0;
	int v = 0;

	for (; i < s->n && s->s[i] >= '0' && s->s[i] <= '9' && v <= hi; i++)
		v = v * 10 + (s->s[i] - '0');
	if (!i || v > hi || (i > 1 && s->s[0] == '0'))
		return false;
	*s = str_from(*s, i);
	*ret = v;
	return true;
}

static bool skip(struct str *s, struct str what)
{
	if (!str_starts(*s, what))
		return false;
	*s = str_from(*s, what.n);
	return true;
}

bool field_parse(struct field *f, struct str s)
{
	int hidden = 0;

	if (!number_read(&s, SIDE, &f->h) || f->h < 2 || !skip(&s, STR("x")) || !number_read(&s, SIDE, &f->w) || f->w < 2 ||
	    !skip(&s, STR(":")))
		return false;
	f->cells = f->h * f->w;
	f->mines = -1;
	if (!skip(&s, STR("?")) && !number_read(&s, f->cells, &f->mines))
		return false;
	f->safe = str_starts(s, STR(":s:"));
	f->one = f->mines < 0 && str_starts(s, STR(":o:"));
	if (!skip(&s, STR(":s:")) && !skip(&s, STR(":m:")) && !(f->one && skip(&s, STR(":o:"))))
		return false;
	for (int i = 0; i < f->cells; i++) {
		if (i && i % f->w == 0 && !skip(&s, STR("/")))
			return false;
		if (!s.n || (s.s[0] != '.' && (s.s[0] < '0' || s.s[0] > '8')))
			return false;
		f->shown[i] = (int8_t)(s.s[0] == '.' ? -1 : s.s[0] - '0');
		hidden += f->shown[i] < 0;
		s = str_from(s, 1);
	}
	return s.n == 0 && f->mines <= hidden;
}

void field_desc(struct buf *out, const struct field *f)
{
	buf_addf(out, "%dx%d:", f->h, f->w);
	if (f->mines < 0)
		buf_addc(out, '?');
	else
		buf_addi(out, f->mines);
	buf_addz(out, f->safe ? ":s:" : f->one ? ":o:" : ":m:");
	for (int i = 0; i < f->cells; i++) {
		if (i && i % f->w == 0)
			buf_addc(out, '/');
		buf_addc(out, f->shown[i] < 0 ? '.' : (char)('0' + f->shown[i]));
	}
}

/* ---- the board as numbers and the hidden cells around them ---- */

struct links {
	const struct field *f;
	int16_t around[CELLS][AROUND]; /* of a shown cell its hidden neighbours, of a hidden one its shown ones */
	uint8_t n[CELLS];
	int shown;
	int16_t number[CELLS]; /* the shown cells that have hidden neighbours */
	int weight[CELLS];     /* of shown cells: grows when one cannot be met, so that searches go there first */
	int8_t like[CELLS];    /* of hidden cells: the last arrangement that was found, which searches try first */
};

static void links_make(struct links *k, const struct field *f)
{
	k->f = f;
	k->shown = 0;
	for (int i = 0; i < f->cells; i++) {
		k->n[i] = 0;
		k->weight[i] = WEIGHT;
		k->like[i] = SAFE;
		for (int dy = -1; dy <= 1; dy++)
			for (int dx = -1; dx <= 1; dx++) {
				int y = i / f->w + dy, x = i % f->w + dx;

				if ((dy || dx) && y >= 0 && y < f->h && x >= 0 && x < f->w &&
				    (f->shown[i] < 0) != (f->shown[y * f->w + x] < 0))
					k->around[i][k->n[i]++] = (int16_t)(y * f->w + x);
			}
		if (f->shown[i] >= 0 && k->n[i])
			k->number[k->shown++] = (int16_t)i;
	}
}

struct state {
	struct links *k;
	bool broken;
	int trails;
	int8_t value[CELLS];             /* of hidden cells */
	int8_t lack[CELLS], open[CELLS]; /* of shown cells: mines not found among so many open cells */
	int16_t trail[CELLS];            /* the cells that are known, in the order in which they became so */
	int clash;                       /* where broken: a number that cannot be met */
};

static void state_init(struct state *s, struct links *k)
{
	s->k = k;
	s->broken = false;
	s->trails = 0;
	for (int i = 0; i < k->f->cells; i++) {
		s->value[i] = OPEN;
		s->lack[i] = k->f->shown[i];
		s->open[i] = (int8_t)k->n[i];
		if (k->f->shown[i] > k->n[i]) {
			s->broken = true;
			s->clash = i;
		}
	}
}

static void set(struct state *s, int i, int v)
{
	if (s->value[i] != OPEN) {
		s->broken = s->broken || s->value[i] != v;
		return;
	}
	s->value[i] = (int8_t)v;
	s->trail[s->trails++] = (int16_t)i;
	for (int a = 0; a < s->k->n[i]; a++) {
		int n = s->k->around[i][a];

		s->lack[n] = (int8_t)(s->lack[n] - v);
		s->open[n]--;
		if (s->lack[n] < 0 || s->lack[n] > s->open[n]) {
			s->broken = true;
			s->clash = n;
			s->k->weight[n] += WEIGHT;
		}
	}
}

/* COUNT on and on, from the cells that became known after the first `from`. */
static bool settle(struct state *s, int from)
{
	for (; from < s->trails && !s->broken; from++) {
		int i = s->trail[from];

		for (int a = 0; a < s->k->n[i] && !s->broken; a++) {
			int n = s->k->around[i][a];

			if (!s->open[n] || (s->lack[n] && s->lack[n] != s->open[n]))
				continue;
			for (int b = 0, v = s->lack[n] > 0; b < s->k->n[n]; b++)
				if (s->value[s->k->around[n][b]] == OPEN)
					set(s, s->k->around[n][b], v);
		}
	}
	return !s->broken;
}

/* ---- search ---- */

/* A number with few open cells that often could not be met; -1: none has any open. */
static int hardest_number(const struct state *s)
{
	int best = -1, most = 0;

	for (int k = 0; k < s->k->shown; k++) {
		int n = s->k->number[k];

		if (s->open[n] && s->k->weight[n] / s->open[n] > most) {
			best = n;
			most = s->k->weight[n] / s->open[n];
		}
	}
	return best;
}

/*
 * Can all numbers be met? s becomes such an arrangement, or is used up. Each dead end takes one of *steps; below 0: given
 * up.
 */
static bool fits(struct state *s, int *steps)
{
	struct state other;
	int n = s->broken ? -1 : hardest_number(s), i = 0, v;

	if (n < 0 || s->broken)
		return !s->broken;
	for (int a = 0; a < s->k->n[n]; a++)
		if (s->value[s->k->around[n][a]] == OPEN)
			i = s->k->around[n][a];
	v = s->k->like[i];
	other = *s;
	set(&other, i, v);
	if (settle(&other, s->trails) && fits(&other, steps)) {
		*s = other;
		return true;
	}
	if (*steps < 0 || --*steps < 0)
		return false;
	n = s->trails;
	set(s, i, 1 - v);
	return settle(s, n) && fits(s, steps);
}

/* Is cell i v in some arrangement? It is noted in met what its cells are. */
static bool can_be(const struct state *s, int i, int v, uint8_t *met, int *steps)
{
	struct state t = *s;

	set(&t, i, v);
	if (!settle(&t, s->trails) || !fits(&t, steps))
		return false;
	for (int j = 0; j < s->k->f->cells; j++) {
		if (t.value[j] == OPEN)
			continue;
		s->k->like[j] = t.value[j];
		if (met)
			met[j] |= (uint8_t)(1 << t.value[j]);
	}
	return true;
}

/* ---- the number of mines ---- */

struct group {
	int16_t cell[GROUP];
	int n;
	uint64_t all;                         /* bit c: some arrangement has c mines */
	uint64_t with[GROUP], without[GROUP]; /* the same where that cell is a mine, or is not */
};

/* All arrangements of the group's cells from `at` on. */
static bool group_list(struct group *g, const struct state *s, int at, int *steps)
{
	int mines = 0;

	while (at < g->n && s->value[g->cell[at]] != OPEN)
		at++;
	if (--*steps < 0)
		return false;
	if (at < g->n) {
		for (int v = SAFE; v <= MINE; v++) {
			struct state t = *s;

			set(&t, g->cell[at], v);
			if (settle(&t, s->trails) && !group_list(g, &t, at + 1, steps))
				return false;
		}
		return true;
	}
	for (int k = 0; k < g->n; k++)
		mines += s->value[g->cell[k]];
	g->all |= UINT64_C(1) << mines;
	for (int k = 0; k < g->n; k++)
		*(s->value[g->cell[k]] == MINE ? &g->with[k] : &g->without[k]) |= UINT64_C(1) << mines;
	return true;
}

/* The open cells that numbers tie to cell i. False: too many. */
static bool group_find(struct group *g, const struct state *s, int i, bool *in)
{
	*g = (struct group){ .n = 1, .cell = { (int16_t)i } };
	in[i] = true;
	for (int at = 0; at < g->n; at++)
		for (int a = 0; a < s->k->n[g->cell[at]]; a++) {
			int n = s->k->around[g->cell[at]][a];

			for (int b = 0; b < s->k->n[n]; b++) {
				int j = s->k->around[n][b];

				if (s->value[j] != OPEN || in[j])
					continue;
				if (g->n == GROUP)
					return false;
				in[j] = true;
				g->cell[g->n++] = (int16_t)j;
			}
		}
	return true;
}

enum { GROUPS = 64 };

struct totals {
	struct group group[GROUPS];
	int n, far; /* cells that no number touches */
	int left;   /* mines not found */
};

/* False: too much of it. */
static bool totals_find(struct totals *t, const struct state *s, int steps)
{
	bool in[CELLS] = { false };

	t->n = t->far = 0;
	t->left = s->k->f->mines;
	for (int i = 0; i < s->k->f->cells; i++) {
		if (s->k->f->shown[i] >= 0)
			continue;
		t->far += !s->k->n[i];
		t->left -= s->value[i] == MINE;
		if (!s->k->n[i] || s->value[i] != OPEN || in[i])
			continue;
		if (t->n == GROUPS || !group_find(&t->group[t->n], s, i, in) || !group_list(&t->group[t->n], s, 0, &steps))
			return false;
		t->n++;
	}
	return true;
}

/* Can the groups from `k` on, without group `but`, and the far cells have `left` mines together? sum[] is scratch. */
static bool rest_can(const struct totals *t, int but, int far_from, int far_to, int left)
{
	uint8_t can[CELLS + 1] = { 1 };

	if (left < 0)
		return false;
	for (int k = 0; k < t->n; k++) {
		uint8_t next[CELLS + 1] = { 0 };

		if (k == but)
			continue;
		for (int m = 0; m <= left; m++)
			for (int c = 0; can[m] && c <= t->group[k].n && m + c <= left; c++)
				next[m + c] |= t->group[k].all >> c & 1;
		memcpy(can, next, sizeof(can));
	}
	for (int c = far_from; c <= far_to; c++)
		if (c <= left && can[left - c])
			return true;
	return false;
}

/* What the number of mines settles, into value (OPEN where it settles nothing). False: nothing fits it. */
static bool totals_use(const struct totals *t, const struct state *s, int8_t *value)
{
	memset(value, OPEN, (size_t)s->k->f->cells);
	if (!rest_can(t, -1, 0, t->far, t->left))
		return false;
	for (int k = 0; k < t->n; k++) {
		const struct group *g = &t->group[k];
		uint64_t good = 0;

		for (int c = 0; c <= g->n; c++)
			if (g->all >> c & 1 && rest_can(t, k, 0, t->far, t->left - c))
				good |= UINT64_C(1) << c;
		for (int j = 0; j < g->n; j++)
			if (!(g->with[j] & good))
				value[g->cell[j]] = SAFE;
			else if (!(g->without[j] & good))
				value[g->cell[j]] = MINE;
	}
	for (int i = 0; i < s->k->f->cells && t->far; i++)
		if (s->k->f->shown[i] < 0 && !s->k->n[i]) {
			if (!rest_can(t, -1, 1, t->far, t->left))
				value[i] = SAFE;
			else if (!rest_can(t, -1, 0, t->far - 1, t->left))
				value[i] = MINE;
		}
	return true;
}

/* ---- words ---- */

static void say_cell(struct buf *b, const struct state *s, int i)
{
	buf_addf(b, "(%d,%d)", i / s->k->f->w, i % s->k->f->w);
}

static void say_known(struct buf *b, const struct state *s, int i, int v)
{
	buf_addz(b, v == MINE ? " *" : " -");
	say_cell(b, s, i);
}

static void say_number(struct buf *b, const struct state *s, int n)
{
	buf_addf(b, "%d@", s->k->f->shown[n]);
	say_cell(b, s, n);
}

static void say_open(struct buf *b, const struct state *s, int n)
{
	bool first = true;

	buf_addc(b, '{');
	for (int a = 0; a < s->k->n[n]; a++) {
		if (s->value[s->k->around[n][a]] != OPEN)
			continue;
		if (!first)
			buf_addc(b, ' ');
		first = false;
		say_cell(b, s, s->k->around[n][a]);
	}
	buf_addc(b, '}');
}

/*
 * ---- rounds: what is found is told at once and done at the round's end; where steps are to be told, a round is one ----
 */

struct round {
	int n;
	int16_t cell[CELLS];
	int8_t value[CELLS]; /* of every cell; OPEN where nothing was found */
};

/* False: it was found already. */
static bool found(struct round *r, const struct state *s, int i, int v)
{
	if (s->value[i] != OPEN || r->value[i] != OPEN)
		return false;
	r->value[i] = (int8_t)v;
	r->cell[r->n++] = (int16_t)i;
	return true;
}

static void counts(const struct state *s, struct round *r, struct trace *t)
{
	for (int k = 0; k < s->k->shown; k++) {
		int n = s->k->number[k], v = s->lack[n] > 0, before = r->n;

		if (!s->open[n] || (s->lack[n] && s->lack[n] != s->open[n]))
			continue;
		for (int a = 0; a < s->k->n[n]; a++)
			found(r, s, s->k->around[n][a], v);
		if (r->n == before)
			continue;
		t->steps++;
		if (t->out) {
			say_number(t->out, s, n);
			buf_addf(t->out, " %d-%d=%d ", s->k->f->shown[n], s->k->f->shown[n] - s->lack[n], s->lack[n]);
			say_open(t->out, s, n);
			for (int j = before; j < r->n; j++)
				say_known(t->out, s, r->cell[j], v);
			buf_addc(t->out, '\n');
		}
		if (t->serial)
			return;
	}
}

static bool beside(const struct state *s, int n, int i)
{
	return abs(n / s->k->f->w - i / s->k->f->w) <= 1 && abs(n % s->k->f->w - i % s->k->f->w) <= 1;
}

/* a lacks so many more than b that they fill all its own cells: then b has none in its own. */
static void pair(const struct state *s, struct round *r, struct trace *t, int a, int b)
{
	int own = 0, before = r->n;

	for (int k = 0; k < s->k->n[a]; k++)
		own += s->value[s->k->around[a][k]] == OPEN && !beside(s, b, s->k->around[a][k]);
	if (own == s->open[a] || s->lack[a] - s->lack[b] != own)
		return;
	for (int k = 0; k < s->k->n[a]; k++)
		if (!beside(s, b, s->k->around[a][k]))
			found(r, s, s->k->around[a][k], MINE);
	for (int k = 0; k < s->k->n[b]; k++)
		if (!beside(s, a, s->k->around[b][k]))
			found(r, s, s->k->around[b][k], SAFE);
	if (r->n == before)
		return;
	t->steps += 2;
	if (!t->out)
		return;
	for (int k = 0; k < 2; k++) {
		say_number(t->out, s, k ? b : a);
		buf_addf(t->out, " %d", s->lack[k ? b : a]);
		say_open(t->out, s, k ? b : a);
		if (!k)
			buf_addc(t->out, ' ');
	}
	for (int j = before; j < r->n; j++)
		say_known(t->out, s, r->cell[j], r->value[r->cell[j]]);
	buf_addc(t->out, '\n');
}

static void pairs(const struct state *s, struct round *r, struct trace *t)
{
	int w = s->k->f->w;

	for (int j = 0; j < s->k->shown; j++)
		for (int k = 0; k < s->k->shown; k++) {
			int a = s->k->number[j], b = s->k->number[k];

			if (j != k && s->open[a] && s->open[b] && abs(a / w - b / w) <= 2 && abs(a % w - b % w) <= 2)
				pair(s, r, t, a, b);
			if (t->serial && r->n)
				return;
		}
}

/* One cell that cannot be what is supposed. */
static void one_case(const struct state *s, struct round *r, struct trace *t)
{
	for (int i = 0; i < s->k->f->cells; i++) {
		if (s->k->f->shown[i] >= 0 || !s->k->n[i] || s->value[i] != OPEN)
			continue;
		for (int v = SAFE; v <= MINE; v++) {
			struct state u = *s;

			set(&u, i, v);
			if (settle(&u, s->trails))
				continue;
			found(r, s, i, 1 - v);
			t->steps += u.trails - s->trails;
			if (!t->out)
				return;
			say_cell(t->out, s, i);
			buf_addz(t->out, v == MINE ? "*?" : "-?");
			for (int k = s->trails + 1; k < u.trails; k++)
				say_known(t->out, s, u.trail[k], u.value[u.trail[k]]);
			buf_addz(t->out, " x");
			say_number(t->out, s, u.clash);
			say_known(t->out, s, i, 1 - v);
			buf_addc(t->out, '\n');
			return;
		}
	}
}

static void total(const struct state *s, struct round *r, struct trace *t)
{
	int8_t value[CELLS];
	struct totals *g;

	if (s->k->f->mines < 0)
		return;
	g = malloc(sizeof(*g));
	if (!g)
		return;
	if (totals_find(g, s, LIST_STEPS) && totals_use(g, s, value)) {
		for (int i = 0; i < s->k->f->cells; i++)
			if (value[i] != OPEN)
				found(r, s, i, value[i]);
		t->steps += r->n ? g->n + r->n : 0;
	}
	if (t->out && r->n) {
		buf_addf(t->out, "#%d-%d=%d", s->k->f->mines, s->k->f->mines - g->left, g->left);
		for (int k = 0; k < g->n; k++) {
			char mark = '{';

			buf_addc(t->out, ' ');
			for (int c = 0; c <= g->group[k].n; c++)
				if (g->group[k].all >> c & 1) {
					buf_addf(t->out, "%c%d", mark, c);
					mark = ' ';
				}
			buf_addc(t->out, '}');
		}
		buf_addf(t->out, " {0-%d}", g->far);
		for (int k = 0; k < r->n; k++)
			say_known(t->out, s, r->cell[k], r->value[r->cell[k]]);
		buf_addc(t->out, '\n');
	}
	free(g);
}

/* One asked cell by a search. */
static void one_search(const struct state *s, const struct certain *c, struct round *r, struct trace *t)
{
	for (int i = 0; i < s->k->f->cells; i++) {
		int steps = SEARCH_STEPS, v = c->value[i];

		if (v == OPEN || !s->k->n[i] || s->k->f->shown[i] >= 0 || s->value[i] != OPEN || can_be(s, i, 1 - v, NULL, &steps) ||
		    steps < 0)
			continue;
		t->branch += SEARCH_STEPS - steps;
		t->steps++;
		found(r, s, i, v);
		if (t->out) {
			say_cell(t->out, s, i);
			buf_addz(t->out, v == SAFE ? "*? x" : "-? x");
			say_known(t->out, s, i, v);
			buf_addc(t->out, '\n');
		}
		return;
	}
}

static bool one_round(struct state *s, const struct certain *c, struct trace *t)
{
	struct round r = { .n = 0 };
	int technique = COUNT;

	memset(r.value, OPEN, sizeof(r.value));
	for (; technique <= t->max && !r.n; technique++) {
		switch (technique) {
		case COUNT: counts(s, &r, t); break;
		case PAIR: pairs(s, &r, t); break;
		case CASE: one_case(s, &r, t); break;
		case TOTAL: total(s, &r, t); break;
		default: one_search(s, c, &r, t); break;
		}
	}
	if (!r.n)
		return false;
	t->used |= 1u << (technique - 1);
	t->rounds++;
	for (int k = 0; k < r.n; k++)
		set(s, r.cell[k], r.value[r.cell[k]]);
	return !s->broken;
}

static int missing(const struct state *s, const struct certain *c)
{
	int n = 0, v = s->k->f->safe ? SAFE : MINE;

	for (int i = 0; i < s->k->f->cells; i++)
		n += s->k->f->shown[i] < 0 && c->value[i] == v && s->value[i] == OPEN;
	return n;
}

bool field_deduce(const struct field *f, const struct certain *c, struct trace *t)
{
	struct buf *out = t->out;
	struct links k;
	struct state s;
	bool on = true;
	int told = 0;

	links_make(&k, f);
	state_init(&s, &k);
	while (on && missing(&s, c)) {
		t->out = out && out->n < t->end ? out : NULL;
		on = one_round(&s, c, t);
		told = t->out ? t->steps : told;
	}
	if (out && t->steps > told)
		buf_addf(out, "... +%d\n", t->steps - told);
	t->out = out;
	return on;
}

bool field_suits(const struct field *f, int technique)
{
	static const struct certain nothing;
	struct trace t = { .max = CASE };
	struct links k;
	struct state s;
	int needed = -1;

	if (technique > CASE)
		return true;
	links_make(&k, f);
	state_init(&s, &k);
	for (int from = 0; one_round(&s, &nothing, &t); from = s.trails)
		for (int j = from; j < s.trails; j++)
			if (s.value[s.trail[j]] == (f->safe ? SAFE : MINE)) {
				needed = 31 - __builtin_clz(t.used);
				if (needed > technique)
					return false;
			}
	return needed == technique;
}

/* ---- the whole truth ---- */

/* Mines beside numbers that have no more hidden neighbours than mines. */
static bool certain_by_one(const struct links *k, struct certain *c)
{
	const struct field *f = k->f;

	memset(c->value, OPEN, sizeof(c->value));
	c->asked = 0;
	for (int i = 0; i < f->cells; i++) {
		if (f->shown[i] < 0)
			continue;
		if (f->shown[i] > k->n[i])
			return false;
		for (int a = 0; f->shown[i] == k->n[i] && a < k->n[i]; a++) {
			int j = k->around[i][a];

			c->asked += c->value[j] == OPEN;
			c->value[j] = MINE;
		}
	}
	return true;
}

bool field_certain(const struct field *f, struct certain *c, int steps)
{
	uint8_t met[CELLS] = { 0 }; /* bit v: the cell is v in some arrangement */
	int list_steps = 2 * steps;
	struct links k;
	struct state s;
	struct round r;

	links_make(&k, f);
	if (f->one)
		return certain_by_one(&k, c);
	state_init(&s, &k);
	do { /* what is plain first: it keeps the search short */
		struct trace t = { .max = PAIR };

		r.n = 0;
		memset(r.value, OPEN, sizeof(r.value));
		counts(&s, &r, &t);
		if (!r.n)
			pairs(&s, &r, &t);
		for (int j = 0; j < r.n; j++)
			set(&s, r.cell[j], r.value[r.cell[j]]);
	} while (r.n && !s.broken);
	if (s.broken)
		return false;
	for (int i = 0; i < f->cells; i++)
		for (int v = SAFE; v <= MINE; v++) {
			int from = s.trails;

			if (f->shown[i] >= 0 || !k.n[i] || s.value[i] != OPEN || met[i] >> v & 1 || can_be(&s, i, v, met, &steps))
				continue;
			if (steps < 0)
				return false;
			set(&s, i, 1 - v);
			if (!settle(&s, from))
				return false;
		}
	memcpy(c->value, s.value, sizeof(c->value));
	if (f->mines >= 0) {
		struct totals *t = malloc(sizeof(*t));
		int8_t more[CELLS];
		bool good = t && totals_find(t, &s, list_steps) && totals_use(t, &s, more);

		free(t);
		if (!good)
			return false;
		for (int i = 0; i < f->cells; i++)
			if (more[i] != OPEN)
				c->value[i] = more[i];
	}
	c->asked = 0;
	for (int i = 0; i < f->cells; i++)
		c->asked += f->shown[i] < 0 && c->value[i] == (f->safe ? SAFE : MINE);
	return true;
}
