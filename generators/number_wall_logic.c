/*
 * number_wall_logic.c - number_wall's reasoning about islands and walls, and the search that proves.
 *
 * One set of rules serves all: a pass looks at a board as it is and says what follows; the search takes that silently, the
 * worked solution has each of them written.
 */
#include "generators/number_wall_solve.h"

/* ---- one pass ---- */

struct pass {
	const struct nw_board *b;
	struct nw_state was; /* what the pass looks at */
	struct nw_state *now;
	cells open;             /* neither wall nor land in `was` */
	cells island[NW_NUMBERS]; /* what surely belongs to each number */
	cells near[NW_NUMBERS];   /* open cells that only that island may take */
	cells reach[NW_NUMBERS];  /* open cells and stray land that it could still take */
	cells stray;              /* land that no number holds yet */
	int missing[NW_NUMBERS];  /* of each number, cells */
	cells seeds;              /* the numbers' cells */
	struct buf *out;
	enum lang lang;
	int news;
};

enum said { FULL, BETWEEN, SQUARE, EXIT, WALL_EXIT, STRAY_EXIT, FAR, NEED, WALL_NEED, LAST_CELL, SAIDS };

static const char *const said[SAIDS][LANGS] = {
	[FULL] = { "full", "已满" },
	[BETWEEN] = { "between two islands", "夹在两岛之间" },
	[SQUARE] = { "square", "方块" },
	[EXIT] = { "one exit", "唯一出口" },
	[WALL_EXIT] = { "wall, one exit", "墙，唯一出口" },
	[STRAY_EXIT] = { "no number yet, one exit", "尚无数字，唯一出口" },
	[FAR] = { "out of reach", "够不到" },
	[NEED] = { "not enough without", "少了它就不够" },
	[WALL_NEED] = { "walls would be cut", "否则墙被隔断" },
	[LAST_CELL] = { "one more, either way beside", "只差一格，必定相邻" },
};

static void say_cells(struct buf *out, const struct nw_board *b, cells c)
{
	for (; c; c &= c - 1)
		buf_addf(out, " r%dc%d", nw_first(c) / b->stride + 1, nw_first(c) % b->stride + 1);
}

static void say_take(struct pass *p, enum said why, int number, cells wall, cells land)
{
	if (number >= 0)
		buf_addf(p->out, "%d@r%dc%d ", p->b->size[number], p->b->at[number] / p->b->stride + 1,
			 p->b->at[number] % p->b->stride + 1);
	buf_addz(p->out, said[why][p->lang]);
	if (wall) {
		buf_addz(p->out, " -> 1:");
		say_cells(p->out, p->b, wall);
	}
	if (land) {
		buf_addz(p->out, " -> 0:");
		say_cells(p->out, p->b, land);
	}
	buf_addc(p->out, '\n');
}

/* Take what a rule found; number: the island it is about, or -1. */
static inline void take(struct pass *p, enum said why, int number, cells wall, cells land)
{
	wall &= p->open & ~p->now->wall;
	land &= p->open & ~p->now->land;
	if (!(wall | land))
		return;
	p->now->wall |= wall;
	p->now->land |= land;
	p->news++;
	if (p->out)
		say_take(p, why, number, wall, land);
}

/* An island with all the land that hangs on it; false: two numbers in one, or more cells than the number. */
static bool island_grow(struct pass *p, int i)
{
	const struct nw_board *b = p->b;

	p->island[i] = nw_flood(b, p->island[i], p->was.land);
	p->missing[i] = b->size[i] - nw_count(p->island[i]);
	p->near[i] = b->touch ? nw_beside(b, p->island[i]) : nw_around(b, p->island[i]);
	return p->missing[i] >= 0 && (p->island[i] & p->seeds) == nw_bit(b->at[i]);
}

/* The islands as far as they stand, from what of them stood before; false: they cannot stand so, or are too near. */
static bool survey(struct pass *p)
{
	cells held = 0, near = 0;

	p->open = p->b->full & ~p->was.wall & ~p->was.land;
	for (int i = 0; i < p->b->n; i++) {
		if (p->near[i] & p->was.land && !island_grow(p, i))
			return false;
		held |= p->island[i];
		near |= p->near[i];
	}
	p->stray = p->was.land & ~held;
	return !(near & held);
}

/* Cells near two islands; squares; what lies around full islands. */
static bool basic(struct pass *p)
{
	const struct nw_board *b = p->b;
	cells seen = 0, twice = 0, w = p->was.wall, r = w >> 1, d = nw_above(b, w), rd = d >> 1;
	cells squares = b->full & b->full >> 1 & nw_above(b, b->full & b->full >> 1); /* their upper left cells */

	for (int i = 0; i < b->n; i++) {
		if (!p->missing[i] && p->near[i] & p->open)
			take(p, FULL, i, p->near[i], 0);
		twice |= seen & p->near[i];
		seen |= p->near[i];
	}
	take(p, BETWEEN, -1, twice, 0);
	if (w & r & d & rd)
		return false;
	take(p, SQUARE, -1, 0, (r & d & rd & squares) | (w & d & rd & squares) << 1 |
		nw_below(b, (w & r & rd & squares) | (w & r & d & squares) << 1));
	return true;
}

/* The only open cell beside something that has to grow. */
static bool exits(struct pass *p)
{
	const struct nw_board *b = p->b;
	cells rest, walls = p->was.wall;

	for (int i = 0; i < b->n; i++) {
		cells out;

		if (!p->missing[i])
			continue;
		out = (b->touch ? p->near[i] : nw_beside(b, p->island[i])) & p->open;
		if (!out)
			return false;
		if (!(out & (out - 1)))
			take(p, EXIT, i, 0, out);
	}
	for (rest = p->stray; rest;) {
		cells part = nw_flood(b, rest & -rest, p->stray), out = nw_beside(b, part) & p->open;

		rest &= ~part;
		if (!out)
			return false;
		if (!(out & (out - 1)))
			take(p, STRAY_EXIT, -1, 0, out);
	}
	for (rest = b->connected ? walls : 0; rest;) {
		cells part = nw_flood(b, rest & -rest, walls), out = nw_beside(b, part) & p->open;

		rest &= ~part;
		if (part == walls)
			break;
		if (!out)
			return false;
		if (!(out & (out - 1)))
			take(p, WALL_EXIT, -1, out, 0);
	}
	return true;
}

/* Cells that can be had from `from` in so many steps. */
static cells grow(const struct nw_board *b, cells from, int steps, cells in)
{
	return nw_grow(b, from, in, steps) & ~from;
}

/* Where island i may grow: not beside another one. */
static cells ground(const struct pass *p, int i, cells once, cells twice)
{
	return (p->open | p->stray) & ~(twice | (once & ~p->near[i]));
}

static bool reaches(struct pass *p, cells ground_of[NW_NUMBERS])
{
	const struct nw_board *b = p->b;
	cells once = 0, twice = 0;

	for (int i = 0; i < b->n; i++) {
		twice |= once & p->near[i];
		once |= p->near[i];
	}
	for (int i = 0; i < b->n; i++) {
		int n = p->missing[i];

		ground_of[i] = ground(p, i, once, twice);
		p->reach[i] = n ? grow(b, p->island[i], n, ground_of[i]) : 0;
		if (nw_count(p->reach[i]) < n)
			return false;
	}
	return true;
}

/* Cells that no island reaches. */
static bool reach(struct pass *p)
{
	cells ground_of[NW_NUMBERS], all = 0;

	if (!reaches(p, ground_of))
		return false;
	for (int i = 0; i < p->b->n; i++)
		all |= p->reach[i];
	if (p->stray & ~all)
		return false;
	take(p, FAR, -1, p->open & ~all, 0);
	return true;
}

/* Cells without which an island cannot have its size, or cannot reach the stray land that only it can hold. */
static void need(struct pass *p, int i, cells ground, cells own)
{
	const struct nw_board *b = p->b;
	int n = p->missing[i], spare = nw_count(p->reach[i]) - n;
	cells found = 0;

	if (!n)
		return;
	for (cells rest = p->reach[i] & p->open; rest; rest &= rest - 1) {
		cells x = rest & -rest, without;

		/* a cell that is no way to others matters by itself alone */
		if (spare > 0 && !own && nw_count(nw_beside(b, x) & (p->reach[i] | p->island[i])) < 2)
			continue;
		without = grow(b, p->island[i], n, ground & ~x);
		if (nw_count(without) < n || own & ~without)
			found |= x;
	}
	take(p, NEED, i, 0, found);
}

/* One cell is missing, and each that it can be has this one beside it: it becomes wall. */
static void last_cell(struct pass *p, int i)
{
	const struct nw_board *b = p->b;
	cells common = b->full;

	if (p->missing[i] != 1 || !p->reach[i] || p->reach[i] & p->stray)
		return;
	for (cells rest = p->reach[i]; rest; rest &= rest - 1) {
		cells x = rest & -rest;

		common &= b->touch ? nw_beside(b, x) : nw_around(b, x);
	}
	/* a cell that could be the missing one itself is not beside itself, so that it stays out */
	take(p, LAST_CELL, i, common, 0);
}

/* Open cells without which the walls would fall apart; false: they do. */
static bool wall_needs(struct pass *p)
{
	const struct nw_board *b = p->b;
	cells walls = p->was.wall, may = walls | p->open, found = 0;

	if (!b->connected || !walls)
		return true;
	if (walls & ~nw_flood(b, walls & -walls, may))
		return false;
	for (cells rest = p->open; rest; rest &= rest - 1) {
		cells x = rest & -rest;

		if (nw_count(nw_beside(b, x) & may) < 2)
			continue;
		if (walls & ~nw_flood(b, walls & -walls, may & ~x))
			found |= x;
	}
	take(p, WALL_NEED, -1, found, 0);
	return true;
}

static bool needs(struct pass *p)
{
	const struct nw_board *b = p->b;
	cells ground_of[NW_NUMBERS], once = 0, twice = 0;

	if (!reaches(p, ground_of))
		return false;
	for (int i = 0; i < b->n; i++) {
		twice |= once & p->reach[i];
		once |= p->reach[i];
	}
	for (int i = 0; i < b->n; i++) {
		need(p, i, ground_of[i], p->stray & p->reach[i] & ~twice);
		last_cell(p, i);
	}
	return wall_needs(p);
}

typedef bool rule_fn(struct pass *);

static rule_fn *const rules[] = { [BASIC] = basic, [EXITS] = exits, [REACH] = reach, [NEEDS] = needs };

static void pass_start(struct pass *p, struct nw_state *s, const struct nw_board *b)
{
	p->b = b;
	p->now = s;
	p->out = NULL;
	p->seeds = 0;
	for (int i = 0; i < b->n; i++) {
		p->island[i] = nw_bit(b->at[i]);
		p->near[i] = p->island[i]; /* so that it is looked at */
		p->seeds |= p->island[i];
	}
}

/* Look at the board as it is now. */
static bool look_on(struct pass *p)
{
	p->was = *p->now;
	p->news = 0;
	return survey(p);
}

/* What one kind of reasoning finds: how many finds, -1 for a contradiction. */
static int look(struct nw_state *s, const struct nw_board *b, enum nw_technique how, struct buf *out, enum lang lang)
{
	struct pass p;

	pass_start(&p, s, b);
	p.out = out;
	p.lang = lang;
	if (!look_on(&p) || !rules[how](&p) || s->wall & s->land)
		return -1;
	return p.news;
}

bool nw_settle(struct nw_state *s, const struct nw_board *b, enum nw_technique how)
{
	struct pass p;

	pass_start(&p, s, b);
	do {
		if (!look_on(&p))
			return false;
		for (int t = BASIC; t <= (int)how && t <= NEEDS && !p.news; t++)
			if (!rules[t](&p) || s->wall & s->land)
				return false;
	} while (p.news);
	return true;
}

void nw_start(struct nw_state *s, const struct nw_board *b)
{
	*s = (struct nw_state){ 0, 0 };
	for (int i = 0; i < b->n; i++)
		s->land |= nw_bit(b->at[i]);
}

static cells open_cells(const struct nw_state *s, const struct nw_board *b)
{
	return b->full & ~s->wall & ~s->land;
}

/* ---- search: the proof ---- */

/* A board without open cells: is it a solution? */
static bool complete(const struct nw_state *s, const struct nw_board *b)
{
	cells held = 0, w = s->wall;

	if (w & w >> 1 & nw_above(b, w & w >> 1))
		return false;
	for (int i = 0; i < b->n; i++) {
		cells island = nw_flood(b, nw_bit(b->at[i]), s->land);

		if (nw_count(island) != b->size[i] || held & island)
			return false;
		if (!b->touch && nw_around(b, island) & s->land)
			return false;
		held |= island;
	}
	if (held != s->land)
		return false;
	return !b->connected || !s->wall || nw_flood(b, s->wall & -s->wall, s->wall) == s->wall;
}

/* The open cell with most decided ones around it. */
static cells choose(const struct nw_state *s, const struct nw_board *b)
{
	cells best = 0;
	int most = -1;

	for (cells rest = open_cells(s, b); rest; rest &= rest - 1) {
		cells x = rest & -rest;
		int n = 2 * nw_count(nw_beside(b, x) & s->land) + nw_count(nw_around(b, x) & ~open_cells(s, b));

		if (n > most) {
			most = n;
			best = x;
		}
	}
	return best;
}

static bool search(struct nw_search *f, const struct nw_board *b, const struct nw_state *from)
{
	struct nw_state s = *from;
	cells x;

	if (++f->nodes > f->limit)
		return false;
	if (!nw_settle(&s, b, NEEDS))
		return true;
	x = choose(&s, b);
	if (!x) {
		if (!complete(&s, b))
			return true;
		f->last = s;
		if (!f->found++)
			f->first = s;
		return true;
	}
	for (int wall = 0; wall < 2 && f->found < f->most; wall++) {
		struct nw_state t = s;

		if (wall)
			t.wall |= x;
		else
			t.land |= x;
		if (!search(f, b, &t))
			return false;
	}
	return true;
}

int nw_solutions(struct nw_search *f, const struct nw_board *b, int most, int limit)
{
	struct nw_state s;

	*f = (struct nw_search){ .most = most, .limit = limit };
	nw_start(&s, b);
	return search(f, b, &s) ? f->found : -1;
}

/* ---- reasoning as a person does it ---- */

enum { TRIAL_TOLD = 24 /* cells of a trial that are written */ };

/* "r2c3 1? 0: r2c4; 1: r3c3 r3c4; no -> 0" */
static void say_trial(struct nw_logic *l, cells x, bool wall)
{
	const struct nw_board *b = l->b;
	struct nw_state t = l->s;
	int how = BASIC, told = 0;

	say_cells(l->out, b, x);
	buf_addf(l->out, "=%d?", wall);
	if (wall)
		t.wall |= x;
	else
		t.land |= x;
	while (how <= NEEDS) {
		struct nw_state was = t;
		int n = look(&t, b, (enum nw_technique)how, NULL, l->lang);

		if (n < 0)
			break;
		how = n ? BASIC : how + 1;
		told += nw_count((t.wall & ~was.wall) | (t.land & ~was.land));
		if (told > TRIAL_TOLD)
			continue;
		if (t.wall & ~was.wall) {
			buf_addz(l->out, " 1:");
			say_cells(l->out, b, t.wall & ~was.wall);
			buf_addc(l->out, ';');
		}
		if (t.land & ~was.land) {
			buf_addz(l->out, " 0:");
			say_cells(l->out, b, t.land & ~was.land);
			buf_addc(l->out, ';');
		}
	}
	buf_addz(l->out, told > TRIAL_TOLD ? " ..." : "");
	buf_addf(l->out, " %s ->", l->lang == LANG_ZH ? "矛盾" : "impossible");
	say_cells(l->out, b, x);
	buf_addf(l->out, "=%d\n", !wall);
}

static void decide(struct nw_logic *l, cells x, bool wall)
{
	if (wall)
		l->s.wall |= x;
	else
		l->s.land |= x;
	l->steps++;
}

static bool trial(struct nw_logic *l)
{
	const struct nw_board *b = l->b;
	cells seen = 0;

	/* beside what is decided first: there a trial soon ends */
	for (int ring = 0; ring < 2; ring++) {
		cells rest = open_cells(&l->s, b) & ~seen;

		if (!ring)
			rest &= nw_beside(b, b->full & ~rest);
		seen |= rest;
		for (; rest; rest &= rest - 1)
			for (int wall = 0; wall < 2; wall++) {
				struct nw_state t = l->s;
				cells x = rest & -rest;

				if (l->limit && l->work == l->limit)
					return false;
				l->work++;
				if (wall)
					t.wall |= x;
				else
					t.land |= x;
				if (nw_settle(&t, b, NEEDS))
					continue;
				if (l->out)
					say_trial(l, x, wall);
				decide(l, x, !wall);
				l->guesses++;
				return true;
			}
	}
	return false;
}

static bool deeper(struct nw_logic *l)
{
	cells x = choose(&l->s, l->b);

	for (int wall = 0; wall < 2; wall++) {
		struct nw_search f = { .most = 1, .limit = NW_NODES };
		struct nw_state t = l->s;

		if (wall)
			t.wall |= x;
		else
			t.land |= x;
		if (!search(&f, l->b, &t) || f.found)
			continue;
		if (l->out) {
			say_cells(l->out, l->b, x);
			buf_addf(l->out, "=%d? %s ->", wall, l->lang == LANG_ZH ? "无解" : "0 solutions");
			say_cells(l->out, l->b, x);
			buf_addf(l->out, "=%d\n", !wall);
		}
		decide(l, x, !wall);
		l->guesses += f.nodes;
		l->steps += f.nodes;
		return true;
	}
	return false;
}

void nw_logic_start(struct nw_logic *l, const struct nw_board *b, enum nw_technique goal)
{
	memset(l, 0, sizeof(*l));
	l->b = b;
	l->goal = goal;
	nw_start(&l->s, b);
}

bool nw_logic_solve(struct nw_logic *l)
{
	while (open_cells(&l->s, l->b)) {
		int n = 0, how = BASIC;

		l->rounds++;
		for (; how <= (int)l->goal && how <= NEEDS && !n; how++)
			n = look(&l->s, l->b, (enum nw_technique)how, l->out, l->lang);
		if (n < 0)
			return false;
		if (n) {
			how--;
			l->steps += n;
		} else {
			if (how > (int)l->goal)
				return false;
			if (!trial(l)) {
				how = SEARCH;
				if (l->goal < SEARCH || !deeper(l))
					return false;
			}
		}
		if ((int)l->hardest < how)
			l->hardest = (enum nw_technique)how;
	}
	return complete(&l->s, l->b);
}
