/*
 * space_reasoning.c - a walk on a lattice, items here and there, jumps to nobody knows where; what is at the stops of the last walk?
 *
 * desc: "square:knife=小刀,R2U1,lamp=台灯|drum=大鼓,L1,lamp?D2;R1" (verifiers/space_reasoning.c says it in full).
 * What is told of it is in space_reasoning_told.c.
 */
#include "generators/space_reasoning.h"
#include "generators/lists.h"
#include "generators/pen.h"

#include <assert.h>
#include <math.h>

enum { LATTICE, SIZE, SEEN, BENDS, JUMPS, CHANCE, UNKNOWN, LATE, BACK, STOP_BENDS, ASKED };

static const struct knob knobs[] = {
	[LATTICE] = { "lattice", 0, 5, "0 square, 1 diamond, 2 triangles, 3 honeycomb, 4: one of the first three, 5: one of all" },
	[SIZE] = { "size", 2, 30, "steps from side to side of the region that is walked" },
	[SEEN] = { "items", 2, 80, "different items that are seen" },
	[BENDS] = { "bends", 0, 6, "detours of a walk from one item to the next" },
	[JUMPS] = { "jumps", 0, 8, "times that one is carried to an unknown place" },
	[CHANCE] = { "jump_chance", 0, 100, "percent of these jumps that do happen" },
	[UNKNOWN] = { "unknown", 1, 10, "new items seen after a jump before one that is known" },
	[LATE] = { "late", 0, 100, "percent of jumps that follow while the place is still unknown" },
	[BACK] = { "back", 0, 60, "percent of walks that lead to an item seen before" },
	[STOP_BENDS] = { "stop_bends", 0, 8, "detours of the walk to each stop" },
	[ASKED] = { "asked", 1, SPACE_STOPS, "stops whose items are asked for" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* lattice size items bends jumps chance unknown late back stop_bends asked */
	{ 0, 3, 4, 0, 0, 100, 1, 0, 0, 0, 1 },
	{ 4, 4, 5, 0, 0, 100, 1, 0, 0, 0, 1 },
	{ 4, 4, 6, 0, 1, 100, 1, 0, 0, 1, 1 },
	{ 4, 5, 10, 0, 1, 100, 2, 0, 10, 1, 2 },
	{ 5, 6, 12, 0, 1, 100, 3, 0, 10, 2, 2 },
	{ 5, 7, 14, 0, 2, 100, 3, 0, 10, 3, 2 },
	{ 5, 8, 18, 1, 2, 100, 4, 50, 10, 3, 2 },
	{ 5, 9, 22, 1, 3, 100, 4, 60, 10, 3, 3 },
	{ 5, 10, 28, 1, 4, 100, 4, 70, 15, 4, 3 },
	{ 5, 12, 36, 2, 5, 100, 4, 80, 15, 4, 3 },
	{ 5, 15, 48, 2, 6, 100, 5, 90, 15, 5, 4 },
};

/* A honeycomb's walks have a step for each turn, so its region is smaller, and their detours are fewer. */
static int side_of(int lattice, int size)
{
	return lattice == SPACE_HONEYCOMB && size > 4 ? size / 2 + 2 : size;
}

/* Vertices of the region, at least. */
static int room_of(int lattice, int size)
{
	int side = side_of(lattice, size) + 1;

	return lattice == SPACE_TRIANGLE ? side * (side + 1) / 2 : lattice == SPACE_HONEYCOMB ? side * side * 2 / 3 - 1 : side * side;
}

static const char *refuse(const int *knob)
{
	int from = knob[LATTICE] < 4 ? knob[LATTICE] : 0, to = knob[LATTICE] < 4 ? knob[LATTICE] : knob[LATTICE] - 2;
	bool room = true;

	for (int lattice = from; lattice <= to; lattice++)
		room &= knob[SEEN] <= room_of(lattice, knob[SIZE]);
	if (!room)
		return "more items than places in the region; a larger size has more";
	if (knob[JUMPS] * knob[UNKNOWN] + 1 > knob[SEEN])
		return "after every jump new items are seen: more items, please";
	if (knob[ASKED] + 1 > knob[SEEN])
		return "every stop has an item of its own, and the last one seen is none of them: more items, please";
	if (knob[LATTICE] >= 3 && knob[LATTICE] != 4 && (knob[STOP_BENDS] * knob[SIZE] > 90 || knob[BENDS] * knob[SIZE] > 90))
		return "walks with so many detours over so large a honeycomb are too long to tell";
	return NULL;
}

/* ---- lattices ---- */

const char space_sign[SPACE_LATTICES][7] = { "RULD", "EQZC", "REQLZC", "EUQZDC" };

static const char *const lattice_name[SPACE_LATTICES] = { "square", "diamond", "triangle", "honeycomb" };

int space_dirs(int lattice)
{
	return (int)strlen(space_sign[lattice]);
}

struct space_at space_step(int lattice, int dir)
{
	static const struct space_at four[4] = { { 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 } };
	static const struct space_at six[6] = { { 1, 0 }, { 0, 1 }, { -1, 1 }, { -1, 0 }, { 0, -1 }, { 1, -1 } };

	return space_dirs(lattice) == 4 ? four[dir] : six[dir];
}

struct space_at space_sum(int lattice, const struct space_moves *m)
{
	struct space_at sum = { 0, 0 };

	for (int i = 0; i < m->n; i++) {
		struct space_at s = space_step(lattice, m->run[i].dir);

		sum.x += s.x * m->run[i].n;
		sum.y += s.y * m->run[i].n;
	}
	return sum;
}

/* A honeycomb's vertex has edges of the odd directions (kind 1) or of the even ones (kind 0). */
static int kind_of(int dir)
{
	return dir & 1;
}

/* ---- the desc ---- */

/* -1: no direction of this lattice. */
static int dir_of(int lattice, char sign)
{
	/* 1 + the direction */
	static const signed char dirs[SPACE_LATTICES]['Z' - 'A' + 1] = {
		{ ['R' - 'A'] = 1, ['U' - 'A'] = 2, ['L' - 'A'] = 3, ['D' - 'A'] = 4 },
		{ ['E' - 'A'] = 1, ['Q' - 'A'] = 2, ['Z' - 'A'] = 3, ['C' - 'A'] = 4 },
		{ ['R' - 'A'] = 1, ['E' - 'A'] = 2, ['Q' - 'A'] = 3, ['L' - 'A'] = 4, ['Z' - 'A'] = 5, ['C' - 'A'] = 6 },
		{ ['E' - 'A'] = 1, ['U' - 'A'] = 2, ['Q' - 'A'] = 3, ['Z' - 'A'] = 4, ['D' - 'A'] = 5, ['C' - 'A'] = 6 },
	};

	return sign >= 'A' && sign <= 'Z' ? dirs[lattice][sign - 'A'] - 1 : -1;
}

/* Moves up to the next "," or ";", cut off the text. */
static bool read_moves(int lattice, struct str *s, struct space_moves *m)
{
	m->n = 0;
	while (s->n && s->s[0] != ',' && s->s[0] != ';') {
		int dir = dir_of(lattice, s->s[0]), count = 0;
		struct space_run *r = &m->run[m->n];
		size_t n = 1;

		for (; n < s->n && n < 4 && s->s[n] >= '0' && s->s[n] <= '9'; n++)
			count = 10 * count + (s->s[n] - '0');
		if (dir < 0 || m->n == SPACE_RUNS || n < 2 || n > 3 || s->s[1] == '0')
			return false;
		*r = (struct space_run){ (unsigned char)dir, (unsigned char)count };
		if (m->n && dir == r[-1].dir)
			return false;
		if (lattice == SPACE_HONEYCOMB && (count != 1 || (m->n && kind_of(dir) == kind_of(r[-1].dir))))
			return false;
		m->n++;
		*s = (struct str){ s->s + n, s->n - n };
	}
	return m->n > 0;
}

/* Words of letters, with single blanks or hyphens between; 0 bytes: it is none. The hash is the same for all that are alike. */
static size_t english_length(struct str s, uint32_t *hash)
{
	uint32_t h = 0;
	size_t n = 0;

	for (bool joint = true; n < s.n; n++) {
		if (is_letter(s.s[n])) {
			h = (h << 5 | h >> 27) ^ ((unsigned char)s.s[n] | 32);
			joint = false;
		} else if (!joint && (s.s[n] == ' ' || s.s[n] == '-')) {
			joint = true;
		} else {
			break;
		}
	}
	*hash = h;
	return n && n <= 40 && is_letter(s.s[n - 1]) ? n : 0;
}

/* Han characters, U+4E00 to U+9FFF. */
static size_t chinese_length(struct str s, uint32_t *hash)
{
	size_t n = 0;

	for (*hash = 0; n + 3 <= s.n; n += 3) {
		unsigned a = (unsigned char)s.s[n], b = (unsigned char)s.s[n + 1], c = (unsigned char)s.s[n + 2];

		if (a < 0xe4 || a > 0xe9 || b < (a == 0xe4 ? 0xb8 : 0x80) || b > 0xbf || (c & 0xc0) != 0x80)
			break;
		*hash = (*hash << 7 | *hash >> 25) ^ (a << 12 | b << 6 | c);
	}
	return n <= 48 ? n : 0;
}

/* Names alike but for case, blanks and hyphens. */
static bool alike(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	while (i < a.n && j < b.n && (a.s[i] | 32) == (b.s[j] | 32)) {
		for (i++; i < a.n && !is_letter(a.s[i]);)
			i++;
		for (j++; j < b.n && !is_letter(b.s[j]);)
			j++;
	}
	return i == a.n && j == b.n;
}

/* The item's number, cut off the text; -1: no item. */
static int read_item(struct space_walk *w, struct str *s)
{
	uint32_t hash[LANGS];
	struct str en = str_sub(*s, 0, english_length(*s, &hash[LANG_EN])), zh;

	*s = str_from(*s, en.n);
	if (!str_eatc(s, '=')) {
		for (int i = 0; i < w->items; i++)
			if (w->hash[i][LANG_EN] == hash[LANG_EN] && str_eq(w->name[i][LANG_EN], en))
				return i;
		return -1;
	}
	zh = str_sub(*s, 0, chinese_length(*s, &hash[LANG_ZH]));
	*s = str_from(*s, zh.n);
	if (!en.n || !zh.n || w->items == SPACE_ITEMS)
		return -1;
	for (int i = 0; i < w->items; i++)
		if ((w->hash[i][LANG_EN] == hash[LANG_EN] && alike(w->name[i][LANG_EN], en)) ||
		    (w->hash[i][LANG_ZH] == hash[LANG_ZH] && str_eq(w->name[i][LANG_ZH], zh)))
			return -1;
	w->name[w->items][LANG_EN] = en;
	w->name[w->items][LANG_ZH] = zh;
	memcpy(w->hash[w->items], hash, sizeof(hash));
	return w->items++;
}

/* A walk up to "|" or the end of the text. */
static bool read_walk(struct space_walk *w, struct str *s, int *legs)
{
	struct space_event *e = &w->event[w->events];

	e->jump = w->events++ > 0;
	e->item = read_item(w, s);
	e->by.n = 0;
	while (e->item >= 0 && str_eatc(s, ',')) {
		if (++*legs > SPACE_LEGS)
			return false;
		e = &w->event[w->events++];
		e->jump = false;
		if (!read_moves(w->lattice, s, &e->by) || !str_eatc(s, ','))
			return false;
		e->item = read_item(w, s);
	}
	return e->item >= 0;
}

bool space_read(struct space_walk *w, struct str desc)
{
	ptrdiff_t colon = str_chr(desc, ':');
	int legs = 0, n = 0;

	w->lattice = w->items = w->events = w->stops = 0;
	if (colon < 0)
		return false;
	while (w->lattice < SPACE_LATTICES && !str_is(str_sub(desc, 0, (size_t)colon), lattice_name[w->lattice]))
		w->lattice++;
	if (w->lattice == SPACE_LATTICES)
		return false;
	desc = str_from(desc, (size_t)colon + 1);
	do
		if (n++ == SPACE_WALKS || !read_walk(w, &desc, &legs))
			return false;
	while (str_eatc(&desc, '|'));
	if (!str_eatc(&desc, '?'))
		return false;
	do
		if (w->stops == SPACE_STOPS || !read_moves(w->lattice, &desc, &w->stop[w->stops++]))
			return false;
	while (str_eatc(&desc, ';'));
	return desc.n == 0;
}

static char *put_moves(char *pen, int lattice, const struct space_moves *m)
{
	for (int i = 0; i < m->n; i++)
		pen = pen_int(pen_char(pen, space_sign[lattice][m->run[i].dir]), m->run[i].n);
	return pen;
}

/* Bytes of the walk's text without the names, at most. */
static size_t moves_room(const struct space_walk *w)
{
	size_t room = 16;

	for (int i = 0; i < w->events; i++)
		room += 8 + 4 * (size_t)w->event[i].by.n;
	for (int i = 0; i < w->stops; i++)
		room += 2 + 4 * (size_t)w->stop[i].n;
	return room;
}

static void write_desc(struct buf *out, const struct space_walk *w)
{
	bool named[SPACE_ITEMS] = { false };
	size_t room = moves_room(w);
	char *pen;

	for (int i = 0; i < w->events; i++)
		room += w->name[w->event[i].item][LANG_EN].n + w->name[w->event[i].item][LANG_ZH].n;
	pen = pen_down(out, room);
	if (!pen)
		return;
	pen = pen_char(pen_str(pen, str_of(lattice_name[w->lattice])), ':');
	for (int i = 0; i < w->events; i++) {
		const struct space_event *e = &w->event[i];

		if (e->jump)
			*pen++ = '|';
		else if (i)
			pen = pen_char(put_moves(pen_char(pen, ','), w->lattice, &e->by), ',');
		pen = pen_str(pen, w->name[e->item][LANG_EN]);
		if (!named[e->item])
			pen = pen_str(pen_char(pen, '='), w->name[e->item][LANG_ZH]);
		named[e->item] = true;
	}
	for (int i = 0; i < w->stops; i++)
		pen = put_moves(pen_char(pen, i ? ';' : '?'), w->lattice, &w->stop[i]);
	pen_up(out, pen);
}

/* ---- the solver: walks of unknown place are drawn on sheets of their own until an item ties them to another ---- */

struct sheets {
	int sheet[SPACE_ITEMS], kind[SPACE_ITEMS]; /* -1: not yet */
	struct space_at at[SPACE_ITEMS];
	int last;                                  /* sheet that is drawn on */
	struct space_at here;
	int here_kind;
};

/* See an item here. False: it cannot be. */
static bool see(struct sheets *s, const struct space_walk *w, int item, int *anchors)
{
	struct space_at by;
	int from = s->last, to;

	if (s->kind[item] >= 0 && s->here_kind >= 0 && s->kind[item] != s->here_kind)
		return false;
	if (s->kind[item] < 0)
		s->kind[item] = s->here_kind;
	s->here_kind = s->kind[item];
	if (s->sheet[item] < 0) {
		s->sheet[item] = from;
		s->at[item] = s->here;
		return true;
	}
	by = (struct space_at){ s->at[item].x - s->here.x, s->at[item].y - s->here.y };
	to = s->sheet[item];
	if (to == from)
		return by.x == 0 && by.y == 0;
	for (int i = 0; i < w->items; i++)
		if (s->sheet[i] == from) {
			s->sheet[i] = to;
			s->at[i].x += by.x;
			s->at[i].y += by.y;
		}
	s->here = s->at[item];
	s->last = to;
	++*anchors;
	return true;
}

static bool go(struct sheets *s, const struct space_walk *w, const struct space_moves *m)
{
	struct space_at by = space_sum(w->lattice, m);

	if (w->lattice == SPACE_HONEYCOMB) {
		if (s->here_kind >= 0 && kind_of(m->run[0].dir) != s->here_kind)
			return false;
		s->here_kind = !kind_of(m->run[m->n - 1].dir);
	}
	s->here.x += by.x;
	s->here.y += by.y;
	return true;
}

static bool find_stops(struct space_map *map, struct sheets *s, const struct space_walk *w)
{
	for (int i = 0; i < w->stops; i++) {
		int j = 0;

		if (!go(s, w, &w->stop[i]))
			return false;
		while (j < w->items && (s->at[j].x != s->here.x || s->at[j].y != s->here.y ||
					(s->kind[j] >= 0 && s->kind[j] != s->here_kind)))
			j++;
		if (j == w->items)
			return false;
		map->due[i] = j;
	}
	return true;
}

bool space_solve(struct space_map *map, const struct space_walk *w)
{
	struct sheets s = { .here_kind = -1 };

	map->anchors = 0;
	for (int i = 0; i < w->items; i++)
		s.sheet[i] = s.kind[i] = -1;
	for (int i = 0; i < w->events; i++) {
		const struct space_event *e = &w->event[i];

		if (e->jump) {
			s.last = i;
			s.here = (struct space_at){ 0, 0 };
			s.here_kind = -1;
		} else if (i) {
			/* what an item's edges are is told by the first step from it */
			int from = w->event[i - 1].item;

			if (w->lattice == SPACE_HONEYCOMB && s.kind[from] < 0)
				s.kind[from] = s.here_kind = kind_of(e->by.run[0].dir);
			if (!go(&s, w, &e->by))
				return false;
		}
		if (!see(&s, w, e->item, &map->anchors))
			return false;
	}
	for (int i = 0; i < w->items; i++)
		for (int j = 0; j < i; j++)
			if (s.sheet[i] != s.sheet[0] || s.sheet[j] != s.sheet[0] ||
			    (s.at[i].x == s.at[j].x && s.at[i].y == s.at[j].y))
				return false;
	if (!find_stops(map, &s, w))
		return false;
	for (int i = 0; i < w->items; i++)
		map->at[i] = (struct space_at){ s.at[i].x - s.at[0].x, s.at[i].y - s.at[0].y };
	return true;
}

static void write_names(struct buf *out, const struct space_walk *w, const struct space_map *map)
{
	for (int i = 0; i < w->stops; i++) {
		if (i)
			buf_add(out, STR(", "));
		buf_add(out, w->name[map->due[i]][LANG_EN]);
	}
}

static void say(struct buf *out, struct str desc, struct str answer, enum lang lang)
{
	struct space_walk w;

	if (lang == LANG_EN || !space_read(&w, desc))
		buf_add(out, answer);
	else
		list_say(out, answer, w.name, w.items, lang);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct space_walk w;
	struct space_map map;

	if (!space_read(&w, desc) || !space_solve(&map, &w))
		return false;
	write_names(answer, &w, &map);
	return true;
}

/* Every item has one place and every place one item: where the walk holds together, the answer is one. */
static bool prove(struct str desc)
{
	struct space_walk w;
	struct space_map map;

	return space_read(&w, desc) && space_solve(&map, &w);
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct space_walk w;

	if (space_read(&w, desc))
		space_tell(steps, &w, lang);
}

static void grade(struct effort *e, struct str desc)
{
	struct space_walk w;
	struct space_map map;

	if (!space_read(&w, desc) || !space_solve(&map, &w))
		return;
	for (int i = 0; i < w.events + w.stops; i++) {
		const struct space_moves *m = i < w.events ? &w.event[i].by : &w.stop[i - w.events];

		e->steps += m->n;
		e->depth += m->n > 0;
	}
	e->steps += map.anchors;
	e->technique = map.anchors ? "adding up moves, tying a sheet to another" : "adding up moves";
}

/* Names that could be told: all items but the one where one stands, each once. */
static double answers_log2(struct str desc)
{
	int items = 0, stops = 0;
	double log = 0;

	for (size_t i = 0; i < desc.n; i++) { /* each item is named in both languages once, each stop has a sign before it */
		items += desc.s[i] == '=';
		stops += (desc.s[i] == '?') | (desc.s[i] == ';');
	}
	for (int i = 0; i < stops && items - 1 - i > 1; i++)
		log += log2(items - 1 - i);
	return log;
}

/* ---- symmetry: turned, reflected, other names; a diamond lattice is a square one that stands on a corner ---- */

static int turned(int dir, int dirs, int how)
{
	int d = how < dirs ? dir + how : how - dir; /* 0 .. 2 dirs - 1 */

	return d < dirs ? d : d - dirs;
}

static void turn_moves(struct space_moves *to, const struct space_moves *from, int dirs, int how)
{
	to->n = from->n;
	for (int i = 0; i < to->n; i++)
		to->run[i] = (struct space_run){ (unsigned char)turned(from->run[i].dir, dirs, how), from->run[i].n };
}

static int moves_cmp(const struct space_moves *a, const struct space_moves *b, int dirs, int how, int other)
{
	for (int i = 0; i < a->n && i < b->n; i++) {
		int x = turned(a->run[i].dir, dirs, how), y = turned(b->run[i].dir, dirs, other);

		if (x != y)
			return x - y;
	}
	return 0;
}

/* Which way of turning the walk gives the least directions? */
static int least_turn(const struct space_walk *w)
{
	int dirs = space_dirs(w->lattice), best = 0;

	for (int how = 1; how < 2 * dirs; how++) {
		int less = 0;

		for (int i = 0; i < w->events + w->stops && !less; i++) {
			const struct space_moves *m = i < w->events ? &w->event[i].by : &w->stop[i - w->events];

			less = moves_cmp(m, m, dirs, how, best);
		}
		if (less < 0)
			best = how;
	}
	return best;
}

static void canon(struct buf *out, struct str desc)
{
	struct space_walk w;
	int how, dirs;
	struct space_moves m;
	char *pen;

	if (!space_read(&w, desc))
		return;
	how = least_turn(&w);
	dirs = space_dirs(w.lattice);
	if (w.lattice == SPACE_DIAMOND)
		w.lattice = SPACE_SQUARE;
	pen = pen_down(out, moves_room(&w));
	if (!pen)
		return;
	pen = pen_str(pen, str_of(lattice_name[w.lattice]));
	for (int i = 0; i < w.events; i++) {
		turn_moves(&m, &w.event[i].by, dirs, how);
		pen = put_moves(pen_char(pen, w.event[i].jump ? '|' : ','), w.lattice, &m);
		pen = pen_int(pen_char(pen, ','), w.event[i].item);
	}
	for (int i = 0; i < w.stops; i++) {
		turn_moves(&m, &w.stop[i], dirs, how);
		pen = put_moves(pen_char(pen, '?'), w.lattice, &m);
	}
	pen_up(out, pen);
}

/* Different ones, as if all were shuffled: what stands at a place is the place itself until something else was put there. */
static void draw_names(struct space_walk *w, struct rng *rng)
{
	struct list_all things = list_all("things");
	uint32_t at[SPACE_ITEMS], put[SPACE_ITEMS];
	int moved = 0;

	assert(things.count >= SPACE_ITEMS);
	for (int i = 0; i < w->items; i++) {
		uint32_t here = (uint32_t)i, j = here + rng_below(rng, (uint32_t)things.count - here), drawn = j;
		int to = moved;

		for (int k = 0; k < moved; k++) {
			drawn = at[k] == j ? put[k] : drawn;
			here = at[k] == (uint32_t)i ? put[k] : here;
			to = at[k] == j ? k : to;
		}
		at[to] = j;
		put[to] = here;
		moved += to == moved;
		for (int lang = 0; lang < LANGS; lang++)
			w->name[i][lang] = things.entry[drawn][lang];
	}
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct space_walk w;
	int how, dirs;

	if (!space_read(&w, desc))
		return false;
	draw_names(&w, rng);
	dirs = space_dirs(w.lattice);
	how = (int)rng_below(rng, 2 * (uint32_t)dirs);
	if (w.lattice <= SPACE_DIAMOND)
		w.lattice = rng_chance(rng, 50) ? SPACE_SQUARE : SPACE_DIAMOND;
	for (int i = 0; i < w.events; i++) {
		struct space_moves m = w.event[i].by;

		turn_moves(&w.event[i].by, &m, dirs, how);
	}
	for (int i = 0; i < w.stops; i++) {
		struct space_moves m = w.stop[i];

		turn_moves(&w.stop[i], &m, dirs, how);
	}
	write_desc(out, &w);
	return true;
}

/* ---- the generator ---- */

struct world {
	struct space_walk *w;
	const int *knob;
	struct rng *rng;
	struct space_at at[SPACE_ITEMS], here;
	int sheet[SPACE_ITEMS], sheets; /* which items are tied together, to go from one sheet to another */
	int on;                         /* the sheet walked on */
};

static bool inside(const struct world *d, struct space_at p)
{
	int size = side_of(d->w->lattice, d->knob[SIZE]);

	if (p.x < 0 || p.y < 0 || p.x > size || p.y > size)
		return false;
	if (d->w->lattice == SPACE_TRIANGLE)
		return p.x + p.y <= size;
	/* the middles of a honeycomb's cells are no vertices */
	return d->w->lattice != SPACE_HONEYCOMB || (p.x - p.y + 3 * size) % 3 != 2;
}

static bool same(struct space_at a, struct space_at b)
{
	return a.x == b.x && a.y == b.y;
}

static int item_at(const struct world *d, struct space_at p)
{
	for (int i = 0; i < d->w->items; i++)
		if (same(d->at[i], p))
			return i;
	return -1;
}

static struct space_at draw_place(struct world *d)
{
	int side = side_of(d->w->lattice, d->knob[SIZE]);
	struct space_at p;

	do { /* at least a third of the square is inside */
		p.x = rng_range(d->rng, 0, side);
		p.y = rng_range(d->rng, 0, side);
	} while (!inside(d, p));
	return p;
}

/* A place without an item; refuse() left room for all. False after too many draws. */
static bool draw_free(struct world *d, struct space_at *p)
{
	for (int tries = 0; tries < 4000; tries++) {
		*p = draw_place(d);
		if (item_at(d, *p) < 0)
			return true;
	}
	return false;
}

static void add_run(struct space_moves *m, int dir, int n)
{
	if (m->n && m->run[m->n - 1].dir == dir)
		m->run[m->n - 1].n = (unsigned char)(m->run[m->n - 1].n + n);
	else if (n && m->n < SPACE_RUNS)
		m->run[m->n++] = (struct space_run){ (unsigned char)dir, (unsigned char)n };
}

/* Straight runs along two directions, in either order. */
static void add_two(struct world *d, struct space_moves *m, int a, int na, int b, int nb)
{
	bool swap = rng_chance(d->rng, 50);

	add_run(m, swap ? b : a, swap ? nb : na);
	add_run(m, swap ? a : b, swap ? na : nb);
}

/* Along +-(1, 0), +-(0, 1), and +-(1, -1) for triangles. */
static void add_path(struct world *d, struct space_moves *m, int dx, int dy)
{
	int dirs = space_dirs(d->w->lattice), half = dirs / 2, both;

	if (dirs == 6 && dx > 0 && dy < 0) {
		both = dx < -dy ? dx : -dy;
		add_two(d, m, 5, both, dx > both ? 0 : 4, dx > both ? dx - both : -dy - both);
	} else if (dirs == 6 && dx < 0 && dy > 0) {
		both = -dx < dy ? -dx : dy;
		add_two(d, m, 2, both, -dx > both ? 3 : 1, -dx > both ? -dx - both : dy - both);
	} else {
		add_two(d, m, dx > 0 ? 0 : half, dx > 0 ? dx : -dx, dy > 0 ? 1 : half + 1, dy > 0 ? dy : -dy);
	}
}

/*
 * In a honeycomb steps of the two kinds take turns. The odd directions are (0, 1), (-1, 0), (1, -1), whose sum is 0, and the even
 * ones are these backwards: how often each is needed follows from (dx, dy) and which kinds one starts from and ends on.
 */
static void add_comb(struct world *d, struct space_moves *m, struct space_at from, struct space_at to)
{
	static const int odd[3] = { 1, 3, 5 }, even[3] = { 4, 0, 2 };
	int dx = to.x - from.x, dy = to.y - from.y, size = d->knob[SIZE];
	int kind = (from.x - from.y + 3 * size) % 3, end = (to.x - to.y + 3 * size) % 3, need[3];

	need[2] = (kind - end + dx - dy) / 3;
	need[0] = dy + need[2];
	need[1] = need[2] - dx;
	for (;;) {
		int able[3], n = 0, pick;

		for (int i = 0; i < 3; i++)
			if (kind ? need[i] > 0 : need[i] < 0)
				able[n++] = i;
		if (n == 0)
			return;
		pick = able[rng_below(d->rng, (uint32_t)n)];
		add_run(m, kind ? odd[pick] : even[pick], 1);
		need[pick] += kind ? -1 : 1;
		kind = !kind;
	}
}

/* Moves from here to a place, by so many others on the way. */
static void go_to(struct world *d, struct space_moves *m, struct space_at to, int bends)
{
	m->n = 0;
	if (d->w->lattice == SPACE_HONEYCOMB)
		bends /= 2;
	for (int i = 0; i <= bends; i++) {
		struct space_at next = i < bends ? draw_place(d) : to;

		if (d->w->lattice == SPACE_HONEYCOMB)
			add_comb(d, m, d->here, next);
		else
			add_path(d, m, next.x - d->here.x, next.y - d->here.y);
		d->here = next;
	}
}

static struct space_event *add_event(struct world *d, int item)
{
	struct space_event *e = &d->w->event[d->w->events++];

	e->item = item;
	e->jump = false;
	e->by.n = 0;
	return e;
}

/* Stand at a free place, by a jump or by moves, and see a new item there. */
static bool see_new(struct world *d, bool jump)
{
	struct space_event *e;
	struct space_at p;

	if (!draw_free(d, &p))
		return false;
	e = add_event(d, d->w->items);
	e->jump = jump;
	if (jump || d->w->events == 1)
		d->here = p;
	else
		go_to(d, &e->by, p, d->knob[BENDS]);
	d->sheet[d->w->items] = d->on;
	d->at[d->w->items++] = p;
	return true;
}

/* Go to an item seen before: on this sheet, or on another, which ties them. False where there is none but the one here. */
static bool see_old(struct world *d, bool tie)
{
	int able[SPACE_ITEMS], n = 0, item;

	for (int i = 0; i < d->w->items; i++)
		if ((d->sheet[i] != d->on) == tie && !same(d->at[i], d->here))
			able[n++] = i;
	if (n == 0)
		return false;
	item = able[rng_below(d->rng, (uint32_t)n)];
	go_to(d, &add_event(d, item)->by, d->at[item], d->knob[BENDS]);
	for (int i = 0, from = d->on, to = d->sheet[item]; i < d->w->items; i++)
		if (d->sheet[i] == from)
			d->sheet[i] = to;
	d->on = d->sheet[item];
	return true;
}

static bool one_sheet(const struct world *d)
{
	for (int i = 1; i < d->w->items; i++)
		if (d->sheet[i] != d->sheet[0])
			return false;
	return true;
}

/* The walk: new items, jumps among them, and items met again. */
static bool draw_walk(struct world *d)
{
	const int *knob = d->knob;
	int jumps = 0, plain, fresh = 0;

	for (int i = 0; i < knob[JUMPS]; i++)
		jumps += rng_chance(d->rng, knob[CHANCE]);
	plain = knob[SEEN] - jumps * knob[UNKNOWN]; /* new items that no jump leads to */
	if (!see_new(d, false))
		return false;
	plain--;
	while (plain > 0 || jumps > 0 || fresh > 0) {
		bool full = d->w->events > SPACE_LEGS - knob[SEEN] - 2 * knob[JUMPS];

		if (fresh == 0 && d->on != d->sheet[0] && !(jumps && rng_chance(d->rng, knob[LATE]))) {
			if (!see_old(d, true))
				return false;
		} else if (fresh == 0 && jumps > 0 && (plain == 0 || rng_below(d->rng, (uint32_t)(plain + jumps)) < (uint32_t)jumps)) {
			jumps--;
			fresh = knob[UNKNOWN] - 1;
			d->on = ++d->sheets;
			if (!see_new(d, true))
				return false;
		} else if (!full && d->w->events && rng_chance(d->rng, knob[BACK]) && see_old(d, false)) {
			continue;
		} else if (fresh > 0 || plain > 0) {
			if (!see_new(d, false))
				return false;
			if (fresh)
				fresh--;
			else
				plain--;
		}
	}
	while (!one_sheet(d))
		if (!see_old(d, true))
			return false;
	return true;
}

static bool draw_stops(struct world *d)
{
	bool used[SPACE_ITEMS] = { false };

	used[d->w->event[d->w->events - 1].item] = true;
	for (d->w->stops = 0; d->w->stops < d->knob[ASKED]; d->w->stops++) {
		struct space_moves *m = &d->w->stop[d->w->stops];
		int item;

		do /* refuse() left more items than stops */
			item = (int)rng_below(d->rng, (uint32_t)d->w->items);
		while (used[item]);
		used[item] = true;
		go_to(d, m, d->at[item], d->knob[STOP_BENDS]);
	}
	return true;
}

static bool fits(const struct space_walk *w)
{
	for (int i = 0; i < w->events + w->stops; i++) {
		const struct space_moves *m = i < w->events ? &w->event[i].by : &w->stop[i - w->events];

		if (m->n == SPACE_RUNS) /* cut, perhaps */
			return false;
		for (int j = 0; j < m->n; j++)
			if (m->run[j].n > SPACE_COUNT || (w->lattice == SPACE_HONEYCOMB && m->run[j].n != 1))
				return false;
		if (!m->n && (i >= w->events || (i && !w->event[i].jump)))
			return false;
	}
	return true;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct space_walk w;
	struct space_map map;
	struct world d = { .w = &w, .knob = knob, .rng = rng };

	w.lattice = knob[LATTICE] == 4 ? (int)rng_below(rng, 3) : knob[LATTICE] == 5 ? (int)rng_below(rng, 4) : knob[LATTICE];
	w.items = w.events = w.stops = 0;
	if (!draw_walk(&d) || !draw_stops(&d) || !fits(&w))
		return false;
	draw_names(&w, rng);
	write_desc(desc, &w);
	if (!space_solve(&map, &w))
		return false;
	write_names(answer, &w, &map);
	return true;
}

const struct task task_space_reasoning = {
	.name = "space_reasoning",
	.family = "space",
	.what = "A walk on a square, diamond, triangular or honeycomb lattice past items, with jumps; which items are at the last stops?",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.say = say,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = space_fields,
};
