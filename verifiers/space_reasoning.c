/*
 * space_reasoning.c - are these the items that one meets at the stops of the last walk?
 *
 * desc: "square:knife=小刀,R2U1,lamp=台灯|drum=大鼓,L1,lamp?D2;R1": the lattice; walks, each an item, moves, an item, ...;
 * "|" before a walk that begins at a place nobody told; then, from where the last walk ended, the moves to each stop.
 * An item has both its names where it is met first, its English one from then on. Directions: R E U Q L Z D C for right,
 * upper right, up, upper left, left, lower left, down, lower right, each with a count.
 *
 * Judged on paper: every leg is a difference of two points of the plane, the items are placed from the first one on until
 * nothing changes, and no leg may disagree.
 */
#include "verifiers/named.h"
#include "verifiers/rule.h"
#include "verifiers/text.h"

enum { ITEMS = 80, LEGS = 160, WALKS = 160, STOPS = 6, RUNS = 100, PROSE = 60 /* bytes */, PARTS = 12 /* between arrows */ };

/* One step on paper; kind: from which vertices of a honeycomb it leads, 0 where an edge goes up, 1 where one goes down. */
struct step {
	char sign;
	int dx, dy, kind;
};

static const struct lattice {
	const char *name;
	bool comb; /* a step leads to a vertex of the other kind */
	struct step step[6];
} lattices[] = {
	{ "square", false, { { 'R', 1, 0, 0 }, { 'U', 0, 1, 0 }, { 'L', -1, 0, 0 }, { 'D', 0, -1, 0 } } },
	{ "diamond", false, { { 'E', 1, 1, 0 }, { 'Q', -1, 1, 0 }, { 'Z', -1, -1, 0 }, { 'C', 1, -1, 0 } } },
	{ "triangle", false, { { 'R', 2, 0, 0 }, { 'E', 1, 1, 0 }, { 'Q', -1, 1, 0 }, { 'L', -2, 0, 0 }, { 'Z', -1, -1, 0 },
			       { 'C', 1, -1, 0 } } },
	{ "honeycomb", true, { { 'U', 0, 2, 0 }, { 'Z', -1, -1, 0 }, { 'C', 1, -1, 0 }, { 'D', 0, -2, 1 }, { 'Q', -1, 1, 1 },
			       { 'E', 1, 1, 1 } } },
};

struct moves {
	int dx, dy, first, last; /* first, last: kind of the vertex that they start from and lead to */
};

struct leg {
	int from, to;
	struct moves by;
};

struct puzzle {
	const struct lattice *lattice;
	struct named names;
	struct leg leg[LEGS];
	int legs, at; /* at: the item where the last walk ends */
	struct moves stop[STOPS]; /* from the stop before */
	int stops, due[STOPS];
	int x[ITEMS], y[ITEMS], kind[ITEMS]; /* kind -1: not known */
	bool placed[ITEMS];
};

/* ---- reading ---- */

static bool read_moves(const struct lattice *l, struct str s, struct moves *m)
{
	char before = 0;
	int kind = -1, runs = 0;

	*m = (struct moves){ 0 };
	if (!s.n)
		return false;
	while (s.n) {
		const struct step *step = NULL;
		int count = 0;
		size_t n = 1;

		for (int i = 0; i < 6; i++)
			if (l->step[i].sign && l->step[i].sign == s.s[0])
				step = &l->step[i];
		while (n < s.n && n < 3 && s.s[n] >= '0' && s.s[n] <= '9')
			count = count * 10 + (s.s[n++] - '0');
		if (!step || n == 1 || s.s[1] == '0' || step->sign == before || (l->comb && count != 1) ||
		    runs++ == RUNS)
			return false;
		if (l->comb && kind >= 0 && step->kind != kind)
			return false;
		if (kind < 0)
			m->first = step->kind;
		kind = !step->kind;
		m->dx += count * step->dx;
		m->dy += count * step->dy;
		before = step->sign;
		s = str_from(s, n);
	}
	m->last = l->comb ? kind : 0;
	return true;
}

/* An item, new or known, cut off the text with the comma behind it; -1: it is neither. */
static int read_item(struct puzzle *p, struct str *s)
{
	int item = p->names.n == ITEMS ? -1 : named_take(&p->names, s);
	struct str name;

	if (item < 0)
		return str_split(s, ',', &name) ? named_at(&p->names, name) : -1;
	if (s->n && s->s[0] != ',')
		return -1;
	*s = str_from(*s, 1);
	return item;
}

static bool read_walk(struct puzzle *p, struct str s)
{
	struct str moves;

	if (!s.n || s.s[s.n - 1] == ',')
		return false;
	p->at = read_item(p, &s);
	while (p->at >= 0 && str_split(&s, ',', &moves)) {
		struct leg *leg = &p->leg[p->legs];

		if (p->legs++ == LEGS || !read_moves(p->lattice, moves, &leg->by))
			return false;
		leg->from = p->at;
		leg->to = p->at = read_item(p, &s);
	}
	return p->at >= 0;
}

static bool read_puzzle(struct puzzle *p, struct str desc)
{
	ptrdiff_t colon = str_chr(desc, ':'), mark = str_chr(desc, '?');
	struct str walks, stops, piece;
	int n = 0;

	p->lattice = NULL;
	p->legs = p->stops = 0;
	named_init(&p->names);
	if (colon < 0 || mark < colon)
		return false;
	for (size_t i = 0; i < COUNT(lattices); i++)
		if (str_is(str_sub(desc, 0, (size_t)colon), lattices[i].name))
			p->lattice = &lattices[i];
	walks = str_sub(desc, (size_t)colon + 1, (size_t)mark);
	stops = str_from(desc, (size_t)mark + 1);
	if (!p->lattice || !walks.n || walks.s[walks.n - 1] == '|' || !stops.n || stops.s[stops.n - 1] == ';')
		return false;
	while (str_split(&walks, '|', &piece))
		if (n++ == WALKS || !read_walk(p, piece))
			return false;
	while (str_split(&stops, ';', &piece))
		if (p->stops == STOPS || !read_moves(p->lattice, piece, &p->stop[p->stops++]))
			return false;
	return true;
}

/* ---- the items on paper ---- */

/* A vertex is of one kind; what several legs say of it must agree. */
static bool set_kind(struct puzzle *p, int item, int kind)
{
	if (p->kind[item] >= 0)
		return p->kind[item] == kind;
	p->kind[item] = kind;
	return true;
}

static bool place(struct puzzle *p)
{
	bool more = true;

	memset(p->placed, 0, sizeof(p->placed));
	for (int i = 0; i < p->names.n; i++)
		p->kind[i] = p->lattice->comb ? -1 : 0;
	for (int i = 0; i < p->legs; i++)
		if (!set_kind(p, p->leg[i].from, p->leg[i].by.first) || !set_kind(p, p->leg[i].to, p->leg[i].by.last))
			return false;
	p->placed[0] = true;
	p->x[0] = p->y[0] = 0;
	while (more) {
		more = false;
		for (int i = 0; i < p->legs; i++) {
			const struct leg *l = &p->leg[i];
			int known = p->placed[l->from] ? l->from : l->to, other = known == l->from ? l->to : l->from;
			int sign = known == l->from ? 1 : -1, x, y;

			if (!p->placed[known])
				continue;
			x = p->x[known] + sign * l->by.dx;
			y = p->y[known] + sign * l->by.dy;
			if (p->placed[other] && (p->x[other] != x || p->y[other] != y))
				return false;
			more |= !p->placed[other];
			p->placed[other] = true;
			p->x[other] = x;
			p->y[other] = y;
		}
	}
	for (int i = 0; i < p->names.n; i++)
		for (int j = 0; j <= i; j++)
			if (!p->placed[i] || (i != j && p->x[i] == p->x[j] && p->y[i] == p->y[j]))
				return false;
	return true;
}

static bool find_stops(struct puzzle *p)
{
	int x = p->x[p->at], y = p->y[p->at], kind = p->kind[p->at];

	for (int i = 0; i < p->stops; i++) {
		if (p->lattice->comb && kind >= 0 && p->stop[i].first != kind)
			return false;
		x += p->stop[i].dx;
		y += p->stop[i].dy;
		kind = p->stop[i].last;
		p->due[i] = -1;
		for (int j = 0; j < p->names.n; j++)
			if (p->x[j] == x && p->y[j] == y && (p->kind[j] < 0 || p->kind[j] == kind))
				p->due[i] = j;
		if (p->due[i] < 0)
			return false;
	}
	return true;
}

/* ---- the answer ---- */

/* The part of an answer before its first arrow: "lamp -> key" is a list too, and so are "lamp / key" and "lamp then key". */
static struct str before_arrow(struct str *rest)
{
	static const char *const arrows[] = { "->", "\xE2\x86\x92", "\\rightarrow", "\\to ", " / ", " then ", NULL }; /* U+2192 */
	struct str part = *rest;
	size_t skipped = 0;

	for (const char *const *a = arrows; *a; a++) {
		ptrdiff_t at = str_find(part, str_of(*a));

		if (at >= 0) {
			part = str_sub(part, 0, (size_t)at);
			skipped = strlen(*a);
		}
	}
	*rest = str_from(*rest, part.n + skipped);
	return part;
}

/* Is a number before s how many there are: "2 items", 2 个? */
static bool counts(struct str s)
{
	static const char *const words[] = { "items", "stops", "objects", "things", "个", "件", "样" };

	s = str_trim(s);
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_starts(s, str_of(words[i])))
			return true;
	return false;
}

/* The number that s begins with, in digits, as "second" or as 第二, and its bytes. Where there is none 0, and what is stepped over. */
static int number_head(struct str s, size_t *n)
{
	bool sign = str_starts(s, STR("第"));
	size_t from = sign ? strlen("第") : 0;
	int v = 0;

	for (*n = from; *n < s.n && is_digit(s.s[*n]); ++*n)
		v = v < 1000 ? 10 * v + (s.s[*n] - '0') : v;
	if (*n > from)
		return !sign && counts(str_from(s, *n)) ? 0 : v ? v : 1000;
	v = text_ordinal(s, n);
	if (v >= 1 && v <= STOPS)
		return v;
	for (*n = 0; *n < s.n && is_letter(s.s[*n]); ++*n)
		;
	*n += *n == 0;
	return 0;
}

/* Which stop s tells of, an item and what stands around it: 0 where it tells of none, -1 where it is not clear. */
static int stop_told(struct str s)
{
	char room[4 * PROSE];
	int told = 0;

	if (!text_plain(str_trim(s), room, sizeof(room), &s))
		return -1;
	while (s.n) {
		size_t n;
		int v = number_head(s, &n);

		if (v && told && v != told)
			return -1;
		told = v ? v : told;
		s = str_from(s, n);
	}
	return told;
}

/* Put the items where they are told to belong. False: some are told other numbers than 1 to n, or not each its own. */
static bool in_order(int *said, const int *told, int n)
{
	int at[STOPS], there = 0, k = 0;

	while (k < n && (told[k] == 0 || told[k] == k + 1))
		k++;
	if (k == n)
		return true;
	for (k = 0; k < n; k++) {
		if (told[k] < 1 || told[k] > n || there >> told[k] & 1)
			return false;
		there |= 1 << told[k];
		at[told[k] - 1] = said[k];
	}
	memcpy(said, at, sizeof(*said) * (size_t)n);
	return true;
}

static enum quarry_mark judge(struct why *why, struct str desc, struct str answer)
{
	struct puzzle p;
	struct str rest, part = { "", 0 }, item;
	int n = 0, parts = 0, said[STOPS + 1], told[STOPS + 1];
	bool strange, known = false, idle = false;
	const char *from; /* behind the last item */

	if (!read_puzzle(&p, desc) || !place(&p) || !find_stops(&p))
		return rule_bad_task(why, "the desc is no walk on a lattice that leads to known items");
	rest = named_items(&p.names, answer, -1);
	from = answer.s;
	strange = rest.n > (size_t)(PROSE * (p.stops + 1));
	while (n <= p.stops && parts <= PARTS && (rest.n || part.n)) {
		if (!text_item(&part, &item)) {
			part = before_arrow(&rest);
			parts++;
			continue;
		}
		strange |= item.n > PROSE;
		said[n] = named_said(&p.names, item, -1);
		idle = said[n] == NAMED_IDLE && !(n && str_is(item, "in that order")); /* "Stop 1 -> lamp" */
		if (said[n] == NAMED_IDLE)
			continue;
		known |= said[n] >= 0;
		told[n++] = stop_told((struct str){ from, (size_t)(item.s + item.n - from) });
		from = item.s + item.n;
	}
	if ((n == 0 && !idle) || (strange && !known))
		return rule_unreadable(why, "no item could be read");
	if (n != p.stops || idle || parts > PARTS)
		return rule_wrong(why, "%d item%s asked for", p.stops, p.stops == 1 ? " is" : "s are");
	if (n > 1 && !in_order(said, told, n))
		return rule_unreadable(why, "the numbers of the stops are not 1 to %d", n);
	for (int i = 0; i < n; i++)
		if (said[i] != p.due[i])
			return rule_wrong(why, "it is another item at stop %d", i + 1);
	return QUARRY_CORRECT;
}

const struct quarry_rule rule_space_reasoning = { "space_reasoning", 1, judge, NULL };
