/*
 * goods_exchange.c - people who exchange what they own: knobs, levels, solver, generator.
 *
 * desc: "Ann/安=red cup/红色杯子,Bo/波=hat/帽子|sp0h1;g0.1": people with what each owns at first, names in both languages (or one name for
 * both), then the events; verifiers/goods_exchange.c lists their signs. The answer: "Ann: hat, Bo: red cup".
 *
 * Events are drawn one by one with the state at hand, so that each makes sense where it stands: nobody swaps with himself,
 * somebody admires what he does not own, a condition holds about half of the time.
 */
#include "generators/lists.h"
#include "generators/task.h"

#include <math.h>

enum { PEOPLE_MAX = 40, EVENTS_MAX = 200, NAME_MAX = 64, ROUND_MAX = 6, DRAWS = 40, EVENT_MAX = 24 /* bytes of one that is drawn */ };

enum { PEOPLE, EVENTS, IDLE, INDIRECT, ROUND, CONDITION, UNDO, ALL, ALIKE };

static const struct knob knobs[] = {
	{ "people", 2, PEOPLE_MAX, "how many people, each with one thing" },
	{ "events", 1, 150, "how many events" },
	{ "idle", 0, 90, "percent of events in which nothing changes hands" },
	{ "indirect", 0, 100, "percent of people who are named by what they own or owned" },
	{ "round", 0, 100, "percent of exchanges among three or more" },
	{ "condition", 0, 100, "percent of exchanges that hang on who owns something" },
	{ "undo", 0, 100, "percent of exchanges that are undone right away" },
	{ "all", 0, 100, "percent of exchanges in which everybody gives to a neighbour" },
	{ "alike", 0, 1, "1: colours and kinds of things recur" },
	{ NULL, 0, 0, NULL },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* people events idle indirect round condition undo all alike */
	{ 4,      3,     0,   20,      0,    0,        0,   0,  0 },
	{ 4,      4,     10,  20,      0,    0,        0,   0,  0 },
	{ 5,      6,     10,  30,      10,   0,        0,   0,  0 },
	{ 6,      8,     15,  30,      15,   0,        0,   0,  1 },
	{ 7,      10,    15,  40,      15,   5,        5,   0,  1 },
	{ 8,      13,    15,  40,      20,   10,       5,   5,  1 },
	{ 10,     18,    15,  50,      20,   10,       5,   5,  1 },
	{ 12,     23,    15,  50,      20,   15,       5,   5,  1 },
	{ 14,     30,    15,  60,      25,   15,       5,   5,  1 },
	{ 17,     40,    15,  60,      25,   20,       5,   5,  1 },
	{ 20,     55,    15,  70,      30,   20,       5,   5,  1 },
};

static const char *refuse(const int *knob)
{
	return knob[CONDITION] + knob[UNDO] + knob[ALL] + knob[ROUND] > 100 ?
		"round, condition, undo and all are more than 100 percent together" : NULL;
}

/* ---- the text ---- */

/* Somebody as an event names him. */
struct who {
	char how; /* p by name, h by what he owns, o by what he owned at first */
	int of;   /* person, or thing */
	int is;   /* the person */
};

struct event {
	char kind;          /* s r g t a i u n */
	struct who who[ROUND_MAX];
	int n;              /* how many of them */
	int a, b;           /* g t: things; n: person and person or thing; i: person and thing */
	int idle;           /* n: which of its kinds */
	bool back;          /* a: to the one before */
};

/* What everybody owns, and whose each thing is: one is the other turned round. */
struct holding {
	unsigned char owns[PEOPLE_MAX], owner[PEOPLE_MAX];
};

struct puzzle {
	struct str person[PEOPLE_MAX][LANGS], thing[PEOPLE_MAX][LANGS];
	int n;
	struct str events; /* their text */
	struct holding now, before;
	bool undoable;     /* before is how things stood before the exchange just made */
};

/* All names of a desc, by a hash that capitals do not change: no two may look alike. */
struct seen {
	unsigned char slot[512]; /* 1 + number of a name, 0 is free; at most 160 are taken */
	struct str name[4 * PEOPLE_MAX];
};

static bool skip(struct str *s, char c)
{
	if (s->n == 0 || s->s[0] != c)
		return false;
	s->s++;
	s->n--;
	return true;
}

/* Bytes of a letter beyond ASCII, of any script; 0 where it is none: signs, blanks, bad bytes. */
static size_t wide_letter(struct str s)
{
	uint32_t cp;
	size_t n;

	if (s.n >= 3 && (unsigned char)s.s[0] - 0xe4u < 6 && (s.s[1] & 0xc0) == 0x80 && (s.s[2] & 0xc0) == 0x80)
		return 3; /* U+4000 .. U+9FFF */
	n = utf8_next(s, &cp);
	return cp < 0xc0 || (cp >= 0x2000 && cp < 0x3040) || (cp >= 0xe000 && cp <= 0xffff) ? 0 : n;
}

/* Letters of any script with single blanks, hyphens, apostrophes and digits behind the first: no sign of the desc or of an answer. */
static bool name_head(struct str *s, struct str *name, uint32_t *hash)
{
	const char *at = s->s, *end = s->s + s->n;
	uint32_t h = 0;

	while (at < end) {
		char c = *at;

		if ((unsigned char)c >= 0x80) {
			size_t n = wide_letter((struct str){ at, (size_t)(end - at) });

			if (!n)
				return false;
			for (; n > 1; n--)
				h = (h ^ (unsigned char)*at++) * 16777619u;
		} else if ((unsigned)(c | 32) - 'a' >= 26) {
			if (at == s->s || !(c == ' ' || c == '-' || c == '\'' || (c >= '0' && c <= '9')) || (c == ' ' && at[-1] == ' '))
				break;
		}
		h = (h ^ (unsigned char)(*at++ | 32)) * 16777619u;
	}
	*name = (struct str){ s->s, (size_t)(at - s->s) };
	*s = (struct str){ at, (size_t)(end - at) };
	*hash = h;
	return name->n > 0 && name->n <= NAME_MAX && at[-1] != ' ';
}

/* Both names of one thing may look alike; any others may not. */
static bool is_new(struct seen *seen, struct str name, uint32_t hash, int number)
{
	uint32_t at = (hash ^ hash >> 15) % sizeof(seen->slot);

	seen->name[number] = name;
	for (; seen->slot[at]; at = (at + 1) % sizeof(seen->slot)) {
		int other = seen->slot[at] - 1;

		if (seen->name[other].n == name.n && str_ieq(seen->name[other], name))
			return other == (number ^ 1);
	}
	seen->slot[at] = (unsigned char)(number + 1);
	return true;
}

/* "cup/杯子", or one name for both languages; number: of the first of them. */
static bool names_head(struct str *s, struct str name[LANGS], struct seen *seen, int number)
{
	uint32_t hash;

	if (!name_head(s, &name[LANG_EN], &hash) || !is_new(seen, name[LANG_EN], hash, number))
		return false;
	name[LANG_ZH] = name[LANG_EN];
	if (!skip(s, '/'))
		return true;
	return name_head(s, &name[LANG_ZH], &hash) && !str_eq(name[LANG_EN], name[LANG_ZH]) && is_new(seen, name[LANG_ZH], hash, number + 1);
}

/* A number below end, cut off the text; -1: there is none. */
static int number_head(struct str *s, int end)
{
	int v = 0, n = 0;

	while ((size_t)n < s->n && n < 2 && s->s[n] >= '0' && s->s[n] <= '9')
		v = v * 10 + s->s[n++] - '0';
	if (n == 0 || (n == 2 && v < 10) || v >= end)
		return -1;
	s->s += n;
	s->n -= (size_t)n;
	return v;
}

/* "3.5" */
static bool two_head(struct str *s, int end, int *a, int *b)
{
	*a = number_head(s, end);
	if (*a < 0 || !skip(s, '.'))
		return false;
	*b = number_head(s, end);
	return *b >= 0;
}

static bool who_head(struct event *e, struct str *s, const struct puzzle *p, int lo, int hi)
{
	for (e->n = 0; s->n && s->s[0] != ';'; e->n++) {
		struct who w = { .how = s->s[0] };

		if (e->n == hi || (w.how != 'p' && w.how != 'h' && w.how != 'o'))
			return false;
		skip(s, w.how);
		w.of = number_head(s, p->n);
		if (w.of < 0)
			return false;
		w.is = w.how == 'h' ? p->now.owner[w.of] : w.of;
		for (int i = 0; i < e->n; i++)
			if (e->who[i].is == w.is)
				return false;
		e->who[e->n] = w;
	}
	return e->n >= lo;
}

/* One event, cut off the text; its people as they stand now. */
static bool event_head(struct event *e, struct str *s, const struct puzzle *p)
{
	e->n = 0;
	e->kind = s->n ? s->s[0] : 0;
	if (!skip(s, e->kind))
		return false;
	switch (e->kind) {
	case 's': return who_head(e, s, p, 2, 2);
	case 'r': return who_head(e, s, p, 3, ROUND_MAX);
	case 'g':
	case 't': return two_head(s, p->n, &e->a, &e->b) && e->a != e->b;
	case 'a':
		e->back = skip(s, '-');
		return e->back || skip(s, '+');
	case 'i': return two_head(s, p->n, &e->a, &e->b) && skip(s, 's') && who_head(e, s, p, 2, 2);
	case 'u': return p->undoable;
	case 'n':
		e->idle = number_head(s, 3);
		return e->idle >= 0 && skip(s, '.') && two_head(s, p->n, &e->a, &e->b) && (e->idle == 1 || e->a != e->b);
	default: return false;
	}
}

/* The next event of a text; false where it is damaged. */
static bool event_next(struct event *e, struct str *rest, const struct puzzle *p)
{
	return event_head(e, rest, p) && (rest->n == 0 || (skip(rest, ';') && rest->n));
}

/* Who gives to whom in an event: a circle of people, none where nothing changes hands. */
static int circle(const struct event *e, const struct puzzle *p, int *who)
{
	int n = e->n;

	for (int i = 0; i < n; i++)
		who[i] = e->who[i].is;
	if (e->kind == 'g' || e->kind == 't') {
		who[0] = p->now.owner[e->a];
		who[1] = p->now.owner[e->b];
		return 2;
	}
	if (e->kind == 'a') {
		for (n = 0; n < p->n; n++)
			who[n] = e->back ? p->n - 1 - n : n;
		return n;
	}
	return e->kind == 'i' && p->now.owns[e->a] != e->b ? 0 : n;
}

static void gets(struct holding *h, int who, unsigned char thing)
{
	h->owns[who] = thing;
	h->owner[thing] = (unsigned char)who;
}

static void event_play(struct puzzle *p, const struct event *e)
{
	int who[PEOPLE_MAX], n = circle(e, p, who);
	unsigned char last;

	p->undoable = e->kind != 'u' && e->kind != 'i' && e->kind != 'n';
	if (e->kind == 'u')
		p->now = p->before;
	else if (p->undoable)
		p->before = p->now;
	if (n == 0)
		return;
	last = p->now.owns[who[n - 1]];
	for (int i = n - 1; i > 0; i--)
		gets(&p->now, who[i], p->now.owns[who[i - 1]]);
	gets(&p->now, who[0], last);
}

static void restart(struct puzzle *p)
{
	for (int i = 0; i < p->n; i++)
		gets(&p->now, i, (unsigned char)i);
	p->undoable = false;
}

/* People and things of a desc, everybody at the start; the events are not read yet. */
static bool people_read(struct puzzle *p, struct str desc)
{
	struct seen seen;

	memset(seen.slot, 0, sizeof(seen.slot));
	p->n = 0;
	do {
		int i = p->n;

		if (i == PEOPLE_MAX || !names_head(&desc, p->person[i], &seen, 4 * i) || !skip(&desc, '=') ||
		    !names_head(&desc, p->thing[i], &seen, 4 * i + 2))
			return false;
		p->n++;
	} while (skip(&desc, ','));
	if (!skip(&desc, '|'))
		return false;
	p->events = desc;
	restart(p);
	return p->n >= 2 && desc.n > 0;
}

/* Read it all; the state is that at the end. How many events; 0: the desc is damaged. */
static int parse(struct puzzle *p, struct str desc)
{
	struct event e;
	int events = 0;

	if (!people_read(p, desc))
		return 0;
	for (desc = p->events; desc.n; events++) {
		if (events == EVENTS_MAX || !event_next(&e, &desc, p))
			return 0;
		event_play(p, &e);
	}
	return events;
}

/* ---- the solver ---- */

static void write_answer(struct buf *out, const struct puzzle *p, enum lang lang)
{
	for (int i = 0; i < p->n; i++) {
		buf_addz(out, i == 0 ? "" : lang == LANG_ZH ? "，" : ", ");
		buf_add(out, p->person[i][lang]);
		buf_addz(out, lang == LANG_ZH ? "：" : ": ");
		buf_add(out, p->thing[p->now.owns[i]][lang]);
	}
}

static bool solve(struct buf *answer, struct str desc)
{
	struct puzzle p;

	if (!parse(&p, desc))
		return false;
	write_answer(answer, &p, LANG_EN);
	return !answer->failed;
}

static void say(struct buf *out, struct str desc, struct str answer, enum lang lang)
{
	struct puzzle p;

	if (lang == LANG_EN || !parse(&p, desc))
		buf_add(out, answer);
	else
		write_answer(out, &p, LANG_ZH);
}

/* Every event has one outcome. */
static bool prove(struct str desc)
{
	struct puzzle p;

	return parse(&p, desc);
}

/* ---- the generator ---- */

/* Names are drawn as numbers into the lists. */
struct cast {
	size_t person[PEOPLE_MAX], colour[PEOPLE_MAX], thing[PEOPLE_MAX];
	bool coloured;
};

/* k different numbers below n, k <= PEOPLE_MAX. */
static void draw_some(size_t *out, int k, size_t n, struct rng *rng)
{
	for (int i = 0; i < k; i++) {
		bool again;

		do {
			again = false;
			out[i] = rng_below(rng, (uint32_t)n);
			for (int j = 0; j < i; j++)
				again |= out[j] == out[i];
		} while (again);
	}
}

/* Colours and kinds recur: few of both, and each pair of them is one thing at most. */
static void draw_alike(struct cast *c, int n, struct rng *rng)
{
	size_t colours[PEOPLE_MAX], things[PEOPLE_MAX];
	int side = 2, cells[PEOPLE_MAX * 4];

	while (side * side < n + 2)
		side++;
	draw_some(colours, side, list_count("colours"), rng);
	draw_some(things, side, list_count("things"), rng);
	for (int i = 0; i < side * side; i++)
		cells[i] = i;
	rng_shuffle(rng, cells, (size_t)(side * side), sizeof(cells[0]));
	for (int i = 0; i < n; i++) {
		c->colour[i] = colours[cells[i] / side];
		c->thing[i] = things[cells[i] % side];
	}
}

static void write_cast(struct buf *b, const struct cast *c, int n)
{
	for (int i = 0; i < n; i++) {
		for (int lang = 0; lang < LANGS; lang++) {
			if (lang || i)
				buf_addc(b, lang ? '/' : ',');
			buf_add(b, list_at("people", c->person[i], (enum lang)lang));
		}
		for (int lang = 0; lang < LANGS; lang++) {
			buf_addc(b, lang ? '/' : '=');
			if (c->coloured)
				buf_add(b, list_at("colours", c->colour[i], (enum lang)lang));
			if (c->coloured && lang == LANG_EN)
				buf_addc(b, ' ');
			buf_add(b, list_at("things", c->thing[i], (enum lang)lang));
		}
	}
	buf_addc(b, '|');
}

/* The names of p are in the desc, which keeps its place while events of up to EVENT_MAX bytes are added. */
static bool draw_cast(struct buf *desc, struct puzzle *p, const int *knob, struct rng *rng)
{
	struct cast c = { .coloured = knob[ALIKE] != 0 };

	for (int draw = 0; draw < DRAWS; draw++) {
		buf_reset(desc);
		draw_some(c.person, knob[PEOPLE], list_count("people"), rng);
		if (c.coloured)
			draw_alike(&c, knob[PEOPLE], rng);
		else
			draw_some(c.thing, knob[PEOPLE], list_count("things"), rng);
		write_cast(desc, &c, knob[PEOPLE]);
		buf_addc(desc, '-'); /* something has to follow */
		buf_reserve(desc, (size_t)knob[EVENTS] * EVENT_MAX);
		if (people_read(p, buf_str(desc))) {
			buf_cut(desc, desc->n - 1);
			return true;
		}
	}
	return false;
}

/* Two different numbers below n. */
static void draw_two(int n, int *a, int *b, struct rng *rng)
{
	*a = (int)rng_below(rng, (uint32_t)n);
	*b = (int)rng_below(rng, (uint32_t)n - 1);
	*b += *b >= *a;
}

static void draw_who(struct event *e, int n, const struct puzzle *p, int indirect, struct rng *rng)
{
	int people[PEOPLE_MAX];

	for (int i = 0; i < p->n; i++)
		people[i] = i;
	rng_shuffle(rng, people, (size_t)p->n, sizeof(people[0]));
	e->n = n;
	for (int i = 0; i < n; i++) {
		struct who *w = &e->who[i];

		w->is = w->of = people[i];
		w->how = 'p';
		if (!rng_chance(rng, indirect))
			continue;
		w->how = rng_chance(rng, 75) ? 'h' : 'o';
		if (w->how == 'h')
			w->of = p->now.owns[w->is];
	}
}

/* What is no exchange: an offer refused, a wish, talk. */
static void draw_idle(struct event *e, const struct puzzle *p, struct rng *rng)
{
	e->kind = 'n';
	e->n = 0;
	e->idle = (int)rng_below(rng, 3);
	draw_two(p->n, &e->a, &e->b, rng);
	if (e->idle == 1) /* a thing of somebody else */
		e->b = p->now.owns[e->b];
}

static void draw_exchange(struct event *e, const struct puzzle *p, const int *knob, struct rng *rng)
{
	int luck = (int)rng_below(rng, 100), most = p->n < 4 ? p->n : 4;

	e->n = 0;
	if (luck < knob[ROUND] && p->n >= 3) {
		e->kind = 'r';
		draw_who(e, rng_range(rng, 3, most), p, knob[INDIRECT], rng);
		return;
	}
	luck -= knob[ROUND];
	if (luck >= 0 && luck < knob[CONDITION]) {
		e->kind = 'i';
		draw_who(e, 2, p, knob[INDIRECT], rng);
		draw_two(p->n, &e->a, &e->b, rng);
		e->b = p->now.owns[rng_chance(rng, 55) ? e->a : e->b];
		return;
	}
	luck -= knob[CONDITION];
	if (luck >= 0 && luck < knob[UNDO] && p->undoable) {
		e->kind = 'u';
		return;
	}
	luck -= knob[UNDO];
	if (luck >= 0 && luck < knob[ALL] && p->n >= 3) {
		e->kind = 'a';
		e->back = rng_chance(rng, 50);
		return;
	}
	e->kind = "ssgt"[rng_below(rng, 4)];
	if (e->kind == 's')
		draw_who(e, 2, p, knob[INDIRECT], rng);
	else
		draw_two(p->n, &e->a, &e->b, rng);
}

static void write_event(struct buf *b, const struct event *e)
{
	buf_addc(b, e->kind);
	if (e->kind == 'a')
		buf_addc(b, e->back ? '-' : '+');
	if (e->kind == 'n') {
		buf_addi(b, e->idle);
		buf_addc(b, '.');
	}
	if (e->kind == 'g' || e->kind == 't' || e->kind == 'n' || e->kind == 'i') {
		buf_addi(b, e->a);
		buf_addc(b, '.');
		buf_addi(b, e->b);
	}
	if (e->kind == 'i')
		buf_addc(b, 's');
	for (int i = 0; i < e->n; i++) {
		buf_addc(b, e->who[i].how);
		buf_addi(b, e->who[i].of);
	}
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct puzzle p;
	struct event e;

	if (!draw_cast(desc, &p, knob, rng))
		return false;
	restart(&p);
	for (int i = 0; i < knob[EVENTS]; i++) {
		if (rng_chance(rng, knob[IDLE]))
			draw_idle(&e, &p, rng);
		else
			draw_exchange(&e, &p, knob, rng);
		if (i)
			buf_addc(desc, ';');
		write_event(desc, &e);
		event_play(&p, &e);
	}
	write_answer(answer, &p, LANG_EN);
	return !desc->failed && !answer->failed;
}

/* ---- what else quarry asks ---- */

static void add_pair(struct buf *b, const struct puzzle *p, int who, int thing, enum lang lang, bool first)
{
	buf_addz(b, first ? "" : " | ");
	buf_add(b, p->person[who][lang]);
	buf_addz(b, lang == LANG_ZH ? "：" : ": ");
	buf_add(b, p->thing[thing][lang]);
}

/* Those whose thing changed, with the things of one time. */
static void add_changed(struct buf *b, const struct puzzle *p, const unsigned char *was, const unsigned char *show, enum lang lang)
{
	bool first = true;

	for (int i = 0; i < p->n; i++) {
		if (was[i] == p->now.owns[i])
			continue;
		add_pair(b, p, i, show[i], lang, first);
		first = false;
	}
}

/* "3 Ann: hat | Bo: cup -> Ann: cup | Bo: hat"; a condition before it, "Ann: hat = cup? no"; "=" where nothing changes. */
static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct puzzle p;
	struct event e;
	struct str rest;

	if (!parse(&p, desc))
		return;
	restart(&p);
	rest = p.events;
	for (int i = 1; rest.n && event_next(&e, &rest, &p); i++) {
		unsigned char was[PEOPLE_MAX];
		bool same;

		memcpy(was, p.now.owns, sizeof(was));
		event_play(&p, &e);
		same = memcmp(was, p.now.owns, (size_t)p.n) == 0;
		buf_addf(steps, "%s%d ", i > 1 ? "\n" : "", i);
		if (e.kind == 'i') {
			add_pair(steps, &p, e.a, was[e.a], lang, true);
			buf_addz(steps, was[e.a] == e.b ? " = " : " != ");
			buf_add(steps, p.thing[e.b][lang]);
			buf_addz(steps, " : ");
		}
		add_changed(steps, &p, was, was, lang);
		buf_addz(steps, same ? "=" : " -> ");
		add_changed(steps, &p, was, p.now.owns, lang);
	}
}

static void grade(struct effort *e, struct str desc)
{
	int chain[PEOPLE_MAX] = { 0 }, who[PEOPLE_MAX], given = 0;
	bool hangs = false, looks = false;
	struct effort all = { .technique = "" };
	struct puzzle p;
	struct event v;
	struct str rest;

	*e = all;
	if (!people_read(&p, desc))
		return;
	for (rest = p.events; rest.n; all.steps++) {
		int n, most = 0;

		if (all.steps == EVENTS_MAX || !event_next(&v, &rest, &p))
			return;
		n = circle(&v, &p, who);
		for (int i = 0; i < n; i++)
			most = chain[who[i]] > most ? chain[who[i]] : most;
		for (int i = 0; i < n; i++)
			chain[who[i]] = most + 1;
		all.depth = most + 1 > all.depth && n ? most + 1 : all.depth;
		given += n;
		for (int i = 0; i < v.n; i++)
			looks |= v.who[i].how == 'h';
		hangs |= v.kind == 'i';
		event_play(&p, &v);
	}
	all.steps += given;
	all.technique = hangs ? looks ? "tracking, who owns it by now, conditions" : "tracking, conditions" :
		looks ? "tracking, who owns it by now" : "tracking";
	*e = all;
}

/* The events with person and thing i as map[i]; where map[i] is -1 it gets the next number. */
static void remap(struct buf *out, struct str events, int *map, int next)
{
	for (size_t i = 0; i < events.n;) {
		struct str s = str_from(events, i);
		int v;

		if (events.s[i] < '0' || events.s[i] > '9' || (i > 0 && events.s[i - 1] == 'n')) { /* n1: a kind, no number */
			buf_addc(out, events.s[i++]);
			continue;
		}
		v = number_head(&s, PEOPLE_MAX);
		i = events.n - s.n;
		if (map[v] < 0)
			map[v] = next++;
		buf_addi(out, map[v]);
	}
}

/*
 * Names say nothing, nor does the order of the list, unless everybody gives to a neighbour in it: then it may still be turned
 * round and round. So the one mentioned first is number 0 and the others follow, as they are mentioned or as they stand in the list.
 */
static void canon(struct buf *out, struct str desc)
{
	int map[PEOPLE_MAX];
	struct puzzle p;

	if (!parse(&p, desc))
		return;
	buf_addi(out, p.n);
	buf_addc(out, '|');
	for (int i = 0; i < p.n; i++)
		map[i] = -1;
	if (str_chr(p.events, 'a') >= 0) {
		struct str rest = p.events;
		int first = 0;

		/* the first number that is no kind */
		while (rest.n && (rest.s[0] < '0' || rest.s[0] > '9' || rest.s[-1] == 'n'))
			rest = str_from(rest, 1);
		if (rest.n)
			first = number_head(&rest, PEOPLE_MAX);
		for (int i = 0; i < p.n; i++)
			map[i] = (i - first + p.n) % p.n;
	}
	remap(out, p.events, map, 0);
}

/* Other names, another order of the list where it does not matter. */
static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	int map[PEOPLE_MAX], person[PEOPLE_MAX], thing[PEOPLE_MAX], turn;
	struct puzzle p;

	if (!parse(&p, desc))
		return false;
	for (int i = 0; i < p.n; i++)
		map[i] = person[i] = thing[i] = i;
	turn = (int)rng_below(rng, (uint32_t)p.n);
	if (str_chr(p.events, 'a') < 0)
		rng_shuffle(rng, map, (size_t)p.n, sizeof(map[0]));
	else
		for (int i = 0; i < p.n; i++)
			map[i] = (i + turn) % p.n;
	rng_shuffle(rng, person, (size_t)p.n, sizeof(person[0]));
	rng_shuffle(rng, thing, (size_t)p.n, sizeof(thing[0]));
	for (int i = 0; i < p.n; i++) {
		struct str *who = p.person[person[i]], *what = p.thing[thing[i]];

		buf_addz(out, i ? "," : "");
		buf_add(out, who[LANG_EN]);
		if (!str_eq(who[LANG_EN], who[LANG_ZH])) {
			buf_addc(out, '/');
			buf_add(out, who[LANG_ZH]);
		}
		buf_addc(out, '=');
		buf_add(out, what[LANG_EN]);
		if (!str_eq(what[LANG_EN], what[LANG_ZH])) {
			buf_addc(out, '/');
			buf_add(out, what[LANG_ZH]);
		}
	}
	buf_addc(out, '|');
	remap(out, p.events, map, 0);
	return !out->failed;
}

/* Any way to deal the things out. */
static double answers_log2(struct str desc)
{
	struct puzzle p;
	double bits = 0;

	if (!parse(&p, desc))
		return 0;
	for (int i = 2; i <= p.n; i++)
		bits += log2(i);
	return bits;
}

/* ---- the wording ---- */

enum { WAYS = 3 };

/* @1 .. @3 people, @* all of them, #1 #2 things, %2 the thing without an article. */
static const struct phrases {
	const char *by_now[2], *at_first;   /* somebody told by a thing, #1 */
	const char *swap[WAYS], *round[2], *give[WAYS], *trade[WAYS], *next, *previous, *condition, *undo, *idle[WAYS];
	const char *comma, *and, *has;
} phrases[LANGS] = {
	[LANG_EN] = {
		.by_now = { "the owner of #1", "whoever owns #1 by now" }, .at_first = "the one who owned #1 at first",
		.swap = { "@1 and @2 swap what they own.", "@1 exchanges things with @2.", "@1 and @2 make a swap." },
		.round = { "@* exchange things in a circle: at the same time, each gives what they own to the next one named, and the last to the first.",
			   "A round goes through @*: each of them hands what they own to the one named next, the last one to the first, all at once." },
		.give = { "@1 gives #1 to @2, and @2 gives #2 to @1 in return.", "@1 exchanges #1 for @2's %2.",
			  "@2 receives #1 from @1 and hands over #2 for it." },
		.trade = { "@1 trades #1 for #2.", "The owner of #1 and the owner of #2 exchange these two things.",
			   "#1 and #2 change hands: each of them goes to the owner of the other." },
		.next = "Everybody gives what they own to the next person in the list, and the last person gives to the first, all at once.",
		.previous = "Everybody gives what they own to the person before them in the list, and the first person gives to the last, all at once.",
		.condition = "If @3 owns #2 at this point, @1 and @2 swap what they own; otherwise nothing happens.",
		.undo = "The exchange just made is undone: everything is as it was before it.",
		.idle = { "@1 offers @2 a swap, but @2 refuses.", "@1 would love to own #2.", "@1 and @2 talk about a swap, but decide against it." },
		.comma = ", ", .and = " and ", .has = " has ",
	},
	[LANG_ZH] = {
		.by_now = { "持有#1的人", "此时拥有#1的人" }, .at_first = "最初拥有#1的人",
		.swap = { "@1和@2互换各自的物品。", "@1与@2交换了物品。", "@1和@2做了一次交换。" },
		.round = { "@*轮换物品：每人同时把自己的物品交给后面提到的那个人，最后一个人交给第一个人。",
			   "@*之间进行了一轮传递：每个人都把自己的物品交给下一个提到的人，最后一人交给第一人，同时进行。" },
		.give = { "@1把#1给了@2，@2则把#2给了@1。", "@1用#1换了@2的#2。", "@2从@1那里得到#1，并把#2交给@1。" },
		.trade = { "@1用#1换来了#2。", "持有#1的人和持有#2的人交换了这两件物品。", "#1和#2互换了主人。" },
		.next = "所有人同时把自己的物品交给名单中的下一个人，最后一个人交给第一个人。",
		.previous = "所有人同时把自己的物品交给名单中的前一个人，第一个人交给最后一个人。",
		.condition = "如果此时@3拥有#2，@1和@2就互换各自的物品；否则什么也不发生。",
		.undo = "刚才的交换被撤销，一切恢复到那次交换之前。",
		.idle = { "@1想和@2交换，但@2拒绝了。", "@1很想要#2。", "@1和@2商量过交换，但最后作罢。" },
		.comma = "、", .and = "和", .has = "有",
	},
};

/* An event in the making: its people and things as they are told. */
struct telling {
	struct buf *out;
	const struct puzzle *p;
	struct who who[ROUND_MAX]; /* @1 .. */
	int n, thing[2];           /* #1 #2 */
	enum lang lang;
	int way;                   /* of several ways to tell it, from the event itself: the same desc gives the same text */
};

static void add_thing(struct buf *out, const struct puzzle *p, int thing, enum lang lang, bool article)
{
	if (article && lang == LANG_EN)
		buf_add(out, STR("the "));
	buf_add(out, p->thing[thing][lang]);
}

/* What stands in a phrase up to its next hole is added; where that is. */
static const char *add_plain(struct buf *out, const char *text)
{
	size_t n = 0;

	while (text[n] && text[n] != '@' && text[n] != '#' && text[n] != '%')
		n++;
	buf_add(out, (struct str){ text, n });
	return text + n;
}

static void add_who(const struct telling *t, const struct who *w)
{
	const struct phrases *say = &phrases[t->lang];
	const char *text = w->how == 'o' ? say->at_first : say->by_now[(t->way + w->of) % 2];

	if (w->how == 'p') {
		buf_add(t->out, t->p->person[w->of][t->lang]);
		return;
	}
	text = add_plain(t->out, text);
	add_thing(t->out, t->p, w->of, t->lang, true);
	add_plain(t->out, text + 2);
}

static void add_all(const struct telling *t)
{
	const struct phrases *say = &phrases[t->lang];

	for (int i = 0; i < t->n; i++) {
		buf_addz(t->out, i == 0 ? "" : i + 1 < t->n ? say->comma : say->and);
		add_who(t, &t->who[i]);
	}
}

static void fill(const struct telling *t, const char *text)
{
	size_t begun = t->out->n;

	for (text = add_plain(t->out, text); *text; text = add_plain(t->out, text + 2)) {
		int which = text[1] - '1';

		if (*text != '@')
			add_thing(t->out, t->p, t->thing[which], t->lang, *text == '#');
		else if (text[1] == '*')
			add_all(t);
		else
			add_who(t, &t->who[which]);
	}
	if (t->out->n > begun && t->out->s[begun] >= 'a' && t->out->s[begun] <= 'z')
		t->out->s[begun] -= 'a' - 'A';
}

/* One event in a sentence; the people stand as before it. */
static void tell(struct buf *out, const struct puzzle *p, const struct event *e, int i, enum lang lang)
{
	const struct phrases *say = &phrases[lang];
	struct telling t;

	t.out = out;
	t.p = p;
	t.lang = lang;
	t.n = e->n;
	t.thing[0] = e->a;
	t.thing[1] = e->b;
	for (int k = 0; k < e->n; k++)
		t.who[k] = e->who[k];
	t.way = i + (e->n ? e->who[0].of + 3 * e->who[1].of : e->a + 3 * e->b);
	switch (e->kind) {
	case 's': fill(&t, say->swap[t.way % WAYS]); break;
	case 'r': fill(&t, say->round[t.way % 2]); break;
	case 'g':
	case 't':
		t.who[0] = (struct who){ .how = 'p', .of = p->now.owner[e->a] };
		t.who[1] = (struct who){ .how = 'p', .of = p->now.owner[e->b] };
		fill(&t, e->kind == 'g' ? say->give[t.way % WAYS] : say->trade[t.way % WAYS]);
		break;
	case 'a': fill(&t, e->back ? say->previous : say->next); break;
	case 'i':
		t.who[2] = (struct who){ .how = 'p', .of = e->a };
		fill(&t, say->condition);
		break;
	case 'u': fill(&t, say->undo); break;
	default:
		t.who[0] = (struct who){ .how = 'p', .of = e->a };
		t.who[1] = (struct who){ .how = 'p', .of = e->b };
		fill(&t, say->idle[e->idle]);
	}
}

/* The events, a numbered line each, or one text. */
static void put_events(struct holes *holes, const char *hole, struct puzzle *p, enum lang lang, bool lines)
{
	struct buf *b = hole_open(holes, hole);
	struct str rest = p->events;
	struct event e;

	if (!b)
		return;
	restart(p);
	for (int i = 0; rest.n && event_next(&e, &rest, p); i++) {
		if (lines) {
			if (i)
				buf_addc(b, '\n');
			buf_addi(b, i + 1);
			buf_add(b, STR(". "));
		} else if (i && lang == LANG_EN) {
			buf_addc(b, ' ');
		}
		tell(b, p, &e, i, lang);
		event_play(p, &e);
	}
}

static void put_names(struct holes *holes, const struct puzzle *p, enum lang lang)
{
	struct buf *b = hole_open(holes, "names");

	for (int i = 0; b && i < p->n; i++) {
		buf_addz(b, i ? phrases[lang].comma : "");
		buf_add(b, p->person[i][lang]);
	}
}

static void put_start(struct holes *holes, const struct puzzle *p, enum lang lang)
{
	struct buf *b = hole_open(holes, "start");

	for (int i = 0; b && i < p->n; i++) {
		if (i)
			buf_addc(b, '\n');
		buf_add(b, p->person[i][lang]);
		buf_addz(b, lang == LANG_ZH ? "：" : ": ");
		buf_add(b, p->thing[i][lang]);
	}
}

static void put_begins(struct holes *holes, const struct puzzle *p, enum lang lang)
{
	struct buf *b = hole_open(holes, "begins");

	for (int i = 0; b && i < p->n; i++) {
		buf_addz(b, i == 0 ? "" : lang == LANG_ZH ? "，" : i + 1 == p->n ? " and " : ", ");
		buf_add(b, p->person[i][lang]);
		buf_addz(b, phrases[lang].has);
		add_thing(b, p, i, lang, true);
	}
}

/*
 * {{names}}: the list of people; {{start}}: a line each, "Ann: red cup"; {{begins}}: "Ann has the red cup, Bo the hat";
 * {{events}}: numbered lines; {{story}}: the same in one text; {{count}} people, {{number}} events.
 */
static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct puzzle p;
	int events = parse(&p, desc);

	if (!events)
		return;
	hole_puti(holes, "count", p.n);
	hole_puti(holes, "number", events);
	put_names(holes, &p, lang);
	put_start(holes, &p, lang);
	put_begins(holes, &p, lang);
	put_events(holes, "events", &p, lang, true);
	put_events(holes, "story", &p, lang, false);
}

const struct task task_goods_exchange = {
	.name = "goods_exchange",
	.family = "tracking",
	.what = "Follow who owns what through swaps, rounds and things that do not happen.",
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
	.fields = fields,
};
