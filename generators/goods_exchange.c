/*
 * goods_exchange.c - people who exchange what they own: knobs, levels, solver, generator.
 *
 * desc: "Ann/安=red cup/红色杯子,Bo/波=hat/帽子|sp0h1;g0.1": people with what each owns at first, names in both languages (or one name for
 * both), then the events; verifiers/goods_exchange.c lists their signs. The answer: "Ann: hat, Bo: red cup".
 *
 * Events are drawn one by one with the state at hand, so that each makes sense where it stands: nobody swaps with himself,
 * somebody admires what he does not own, a condition holds about half of the time.
 */
#include "generators/goods_exchange.h"
#include "generators/lists.h"
#include "generators/pen.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>

enum { DRAWS = 40, EVENT_MAX = 24 /* bytes of one that is drawn */ };

enum { PEOPLE, EVENTS, IDLE, INDIRECT, ROUND, CONDITION, UNDO, ALL, ALIKE };

static const struct knob knobs[] = {
	{ "people", 2, GOODS_PEOPLE, "how many people, each with one thing" },
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

/* All names of a desc, by some of their bytes: no two may look alike. */
struct seen {
	unsigned char slot[512]; /* 1 + number of a name, 0 is free; at most 160 are taken */
	struct str name[4 * GOODS_PEOPLE];
};

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
static bool name_head(struct str *s, struct str *name)
{
	const char *at = s->s, *end = s->s + s->n;

	while (at < end) {
		char c = *at;

		if ((unsigned char)c >= 0x80) {
			size_t n = wide_letter((struct str){ at, (size_t)(end - at) });

			if (!n)
				return false;
			at += n - 1;
		} else if ((unsigned)(c | 32) - 'a' >= 26) {
			if (at == s->s || !(c == ' ' || c == '-' || c == '\'' || (c >= '0' && c <= '9')) || (c == ' ' && at[-1] == ' '))
				break;
		}
		at++;
	}
	*name = (struct str){ s->s, (size_t)(at - s->s) };
	*s = (struct str){ at, (size_t)(end - at) };
	return name->n > 0 && name->n <= GOODS_NAME && at[-1] != ' ';
}

/* Of the length and the bytes at both ends, whatever their case. */
static uint32_t hash_of(struct str name)
{
	uint32_t head = 0, tail = 0;

	if (name.n >= sizeof(head)) { /* loads of a constant size */
		memcpy(&head, name.s, sizeof(head));
		memcpy(&tail, name.s + name.n - sizeof(tail), sizeof(tail));
	} else {
		for (size_t i = 0; i < name.n; i++)
			head = head << 8 | (unsigned char)name.s[i];
	}
	return ((head | 0x20202020u) * 2654435761u) ^ ((tail | 0x20202020u) * 2246822519u) ^ (uint32_t)name.n << 20;
}

/* Both names of one thing may look alike; any others may not. */
static bool is_new(struct seen *seen, struct str name, int number)
{
	uint32_t hash = hash_of(name), at = (hash ^ hash >> 16) % sizeof(seen->slot);

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
	if (!name_head(s, &name[LANG_EN]) || !is_new(seen, name[LANG_EN], number))
		return false;
	name[LANG_ZH] = name[LANG_EN];
	if (!str_eatc(s, '/'))
		return true;
	return name_head(s, &name[LANG_ZH]) && !str_eq(name[LANG_EN], name[LANG_ZH]) && is_new(seen, name[LANG_ZH], number + 1);
}

/* "3.5" */
static bool two_head(struct str *s, int end, int *a, int *b)
{
	*a = str_eat_number(s, end - 1);
	if (*a < 0 || !str_eatc(s, '.'))
		return false;
	*b = str_eat_number(s, end - 1);
	return *b >= 0;
}

static bool who_head(struct goods_event *e, struct str *s, const struct goods *p, int lo, int hi)
{
	for (e->n = 0; s->n && s->s[0] != ';'; e->n++) {
		struct goods_who w = { .how = s->s[0] };

		if (e->n == hi || (w.how != 'p' && w.how != 'h' && w.how != 'o'))
			return false;
		str_eatc(s, w.how);
		w.of = str_eat_number(s, p->n - 1);
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
static bool event_head(struct goods_event *e, struct str *s, const struct goods *p)
{
	e->n = e->a = e->b = 0;
	e->kind = s->n ? s->s[0] : 0;
	if (!str_eatc(s, e->kind))
		return false;
	switch (e->kind) {
	case 's': return who_head(e, s, p, 2, 2);
	case 'r': return who_head(e, s, p, 3, GOODS_ROUND);
	case 'g':
	case 't': return two_head(s, p->n, &e->a, &e->b) && e->a != e->b;
	case 'a':
		e->back = str_eatc(s, '-');
		return e->back || str_eatc(s, '+');
	case 'i': return two_head(s, p->n, &e->a, &e->b) && str_eatc(s, 's') && who_head(e, s, p, 2, 2);
	case 'u': return p->undoable;
	case 'n':
		e->idle = str_eat_number(s, 2);
		return e->idle >= 0 && str_eatc(s, '.') && two_head(s, p->n, &e->a, &e->b) && (e->idle == 1 || e->a != e->b);
	default: return false;
	}
}

bool goods_next(struct goods_event *e, struct str *rest, const struct goods *p)
{
	return event_head(e, rest, p) && (rest->n == 0 || (str_eatc(rest, ';') && rest->n));
}

/* Who gives to whom in an event: a circle of people, none where nothing changes hands. */
static int circle(const struct goods_event *e, const struct goods *p, int *who)
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

static void gets(struct goods_holding *h, int who, unsigned char thing)
{
	h->owns[who] = thing;
	h->owner[thing] = (unsigned char)who;
}

void goods_play(struct goods *p, const struct goods_event *e)
{
	int who[GOODS_PEOPLE], n = circle(e, p, who);
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

void goods_restart(struct goods *p)
{
	for (int i = 0; i < p->n; i++)
		gets(&p->now, i, (unsigned char)i);
	p->undoable = false;
}

/* People and things of a desc, everybody at the start; the events are not read yet. */
static bool people_read(struct goods *p, struct str desc)
{
	struct seen seen;

	memset(seen.slot, 0, sizeof(seen.slot));
	p->n = 0;
	do {
		int i = p->n;

		if (i == GOODS_PEOPLE || !names_head(&desc, p->person[i], &seen, 4 * i) || !str_eatc(&desc, '=') ||
		    !names_head(&desc, p->thing[i], &seen, 4 * i + 2))
			return false;
		p->n++;
	} while (str_eatc(&desc, ','));
	if (!str_eatc(&desc, '|'))
		return false;
	p->events = desc;
	goods_restart(p);
	return p->n >= 2 && desc.n > 0;
}

/* A name as it stands, up to a sign of the desc. */
static const char *name_skim(const char *at, const char *end, struct str *name)
{
	const char *from = at;

	while (at < end && *at != '/' && *at != '=' && *at != ',' && *at != '|')
		at++;
	*name = (struct str){ from, (size_t)(at - from) };
	return at;
}

static const char *names_skim(const char *at, const char *end, struct str name[LANGS])
{
	at = name_skim(at, end, &name[LANG_EN]);
	name[LANG_ZH] = name[LANG_EN];
	return at < end && *at == '/' ? name_skim(at + 1, end, &name[LANG_ZH]) : at;
}

bool goods_skim(struct goods *p, struct str desc)
{
	const char *at = desc.s, *end = desc.s + desc.n;

	for (p->n = 0; p->n < GOODS_PEOPLE;) {
		at = names_skim(at, end, p->person[p->n]);
		if (at == end || *at != '=')
			return false;
		at = names_skim(at + 1, end, p->thing[p->n++]);
		if (at == end || *at != ',')
			break;
		at++;
	}
	if (at == end || *at != '|')
		return false;
	p->events = str_from(desc, (size_t)(at + 1 - desc.s));
	goods_restart(p);
	return p->n >= 2 && p->events.n > 0;
}

/* The same without the names. */
static bool count_skim(struct goods *p, struct str desc)
{
	ptrdiff_t bar = str_chr(desc, '|');

	p->n = 0;
	for (ptrdiff_t i = 0; i < bar; i++)
		p->n += desc.s[i] == '=';
	if (p->n < 2 || p->n > GOODS_PEOPLE)
		return false;
	p->events = str_from(desc, (size_t)bar + 1);
	goods_restart(p);
	return p->events.n > 0;
}

int goods_read(struct goods *p, struct str desc)
{
	struct goods_event e;
	int events = 0;

	if (!people_read(p, desc))
		return 0;
	for (desc = p->events; desc.n; events++) {
		if (events == GOODS_EVENTS || !goods_next(&e, &desc, p))
			return 0;
		goods_play(p, &e);
	}
	return events;
}

/* ---- the solver ---- */

static void write_answer(struct buf *out, const struct goods *p, enum lang lang)
{
	static const struct pen_text comma[LANGS] = { PEN_TEXT(", "), PEN_TEXT("，") }, colon[LANGS] = { PEN_TEXT(": "), PEN_TEXT("：") };
	size_t room = 0;
	char *pen;

	for (int i = 0; i < p->n; i++)
		room += p->person[i][lang].n + p->thing[i][lang].n + 6;
	pen = pen_down(out, room);
	if (!pen)
		return;
	for (int i = 0; i < p->n; i++) {
		if (i)
			pen = pen_text(pen, &comma[lang]);
		pen = pen_text(pen_str(pen, p->person[i][lang]), &colon[lang]);
		pen = pen_str(pen, p->thing[p->now.owns[i]][lang]);
	}
	pen_up(out, pen);
}

static bool solve(struct buf *answer, struct str desc)
{
	struct goods p;

	if (!goods_read(&p, desc))
		return false;
	write_answer(answer, &p, LANG_EN);
	return !answer->failed;
}

static void say(struct buf *out, struct str desc, struct str answer, enum lang lang)
{
	struct goods p;

	if (lang == LANG_EN || !goods_read(&p, desc))
		buf_add(out, answer);
	else
		write_answer(out, &p, LANG_ZH);
}

/* Every event has one outcome. */
static bool prove(struct str desc)
{
	struct goods p;

	return goods_read(&p, desc);
}

/* ---- the generator ---- */

/* The lists that names are drawn from, at hand. */
struct words {
	struct str of[1024][LANGS];
	uint32_t n;
};

static struct words people, colours, things;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void take_list(struct words *words, const char *list)
{
	words->n = (uint32_t)list_count(list);
	assert(words->n <= sizeof(words->of) / sizeof(words->of[0]));
	for (uint32_t i = 0; i < words->n; i++)
		for (int lang = 0; lang < LANGS; lang++)
			words->of[i][lang] = list_at(list, i, (enum lang)lang);
}

static void take_lists(void)
{
	take_list(&people, "people");
	take_list(&colours, "colours");
	take_list(&things, "things");
}

/* Names are drawn as numbers into the lists. */
struct cast {
	uint32_t person[GOODS_PEOPLE], colour[GOODS_PEOPLE], thing[GOODS_PEOPLE];
	bool coloured;
};

/* k different numbers below n, k <= GOODS_PEOPLE. */
static void draw_some(uint32_t *out, int k, uint32_t n, struct rng *rng)
{
	for (int i = 0; i < k; i++) {
		bool again;

		do {
			again = false;
			out[i] = rng_below(rng, n);
			for (int j = 0; j < i; j++)
				again |= out[j] == out[i];
		} while (again);
	}
}

/* Colours and kinds recur: few of both, and each pair of them is one thing at most. */
static void draw_alike(struct cast *c, int n, struct rng *rng)
{
	uint32_t colour[GOODS_PEOPLE], thing[GOODS_PEOPLE];
	int side = 2, cells[GOODS_PEOPLE * 4];

	while (side * side < n + 2)
		side++;
	draw_some(colour, side, colours.n, rng);
	draw_some(thing, side, things.n, rng);
	for (int i = 0; i < side * side; i++)
		cells[i] = i;
	rng_shuffle(rng, cells, (size_t)(side * side), sizeof(cells[0]));
	for (int i = 0; i < n; i++) {
		c->colour[i] = colour[cells[i] / side];
		c->thing[i] = thing[cells[i] % side];
	}
}

/* A text at the end of one with room for it; where it stands. */
static struct str put(struct buf *b, struct str s)
{
	struct str there = { b->s + b->n, s.n };

	memcpy(b->s + b->n, s.s, s.n);
	b->n += s.n;
	return there;
}

static struct str put_thing(struct buf *b, const struct cast *c, int i, enum lang lang)
{
	struct str thing = { b->s + b->n, 0 };

	if (c->coloured)
		put(b, colours.of[c->colour[i]][lang]);
	if (c->coloured && lang == LANG_EN)
		put(b, STR(" "));
	put(b, things.of[c->thing[i]][lang]);
	thing.n = (size_t)(b->s + b->n - thing.s);
	return thing;
}

/*
 * The people of a desc, as they stand there: it keeps its place while events of up to EVENT_MAX bytes are added. False where two
 * names look alike.
 */
static bool write_cast(struct buf *b, struct goods *p, const struct cast *c, const int *knob)
{
	struct seen seen;
	bool fresh = true;

	b->n = 0;
	if (!buf_reserve(b, (size_t)knob[PEOPLE] * (6 * GOODS_NAME + 8) + (size_t)knob[EVENTS] * EVENT_MAX + PEN_SLACK))
		return false;
	memset(seen.slot, 0, sizeof(seen.slot));
	p->n = knob[PEOPLE];
	for (int i = 0; i < p->n; i++) {
		for (int lang = 0; lang < LANGS; lang++) {
			put(b, lang ? STR("/") : i ? STR(",") : STR(""));
			p->person[i][lang] = put(b, people.of[c->person[i]][lang]);
			fresh &= is_new(&seen, p->person[i][lang], 4 * i + lang);
		}
		for (int lang = 0; lang < LANGS; lang++) {
			put(b, lang ? STR("/") : STR("="));
			p->thing[i][lang] = put_thing(b, c, i, (enum lang)lang);
			fresh &= is_new(&seen, p->thing[i][lang], 4 * i + 2 + lang);
		}
	}
	put(b, STR("|"));
	return fresh;
}

static bool draw_cast(struct buf *desc, struct goods *p, const int *knob, struct rng *rng)
{
	struct cast c = { .coloured = knob[ALIKE] != 0 };

	pthread_once(&once, take_lists);
	for (int draw = 0; draw < DRAWS && !desc->failed; draw++) {
		draw_some(c.person, knob[PEOPLE], people.n, rng);
		if (c.coloured)
			draw_alike(&c, knob[PEOPLE], rng);
		else
			draw_some(c.thing, knob[PEOPLE], things.n, rng);
		if (write_cast(desc, p, &c, knob))
			return true;
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

static void draw_who(struct goods_event *e, int n, const struct goods *p, int indirect, struct rng *rng)
{
	int order[GOODS_PEOPLE];

	for (int i = 0; i < p->n; i++)
		order[i] = i;
	rng_shuffle(rng, order, (size_t)p->n, sizeof(order[0]));
	e->n = n;
	for (int i = 0; i < n; i++) {
		struct goods_who *w = &e->who[i];

		w->is = w->of = order[i];
		w->how = 'p';
		if (!rng_chance(rng, indirect))
			continue;
		w->how = rng_chance(rng, 75) ? 'h' : 'o';
		if (w->how == 'h')
			w->of = p->now.owns[w->is];
	}
}

/* What is no exchange: an offer refused, a wish, talk. */
static void draw_idle(struct goods_event *e, const struct goods *p, struct rng *rng)
{
	e->kind = 'n';
	e->n = 0;
	e->idle = (int)rng_below(rng, 3);
	draw_two(p->n, &e->a, &e->b, rng);
	if (e->idle == 1) /* a thing of somebody else */
		e->b = p->now.owns[e->b];
}

static void draw_exchange(struct goods_event *e, const struct goods *p, const int *knob, struct rng *rng)
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

static char *write_event(char *pen, const struct goods_event *e)
{
	*pen++ = e->kind;
	if (e->kind == 'a')
		*pen++ = e->back ? '-' : '+';
	if (e->kind == 'n') {
		pen = pen_int(pen, e->idle);
		*pen++ = '.';
	}
	if (e->kind == 'g' || e->kind == 't' || e->kind == 'n' || e->kind == 'i') {
		pen = pen_int(pen, e->a);
		*pen++ = '.';
		pen = pen_int(pen, e->b);
	}
	if (e->kind == 'i')
		*pen++ = 's';
	for (int i = 0; i < e->n; i++) {
		*pen++ = e->who[i].how;
		pen = pen_int(pen, e->who[i].of);
	}
	return pen;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct goods p;
	struct goods_event e;
	char *pen;

	if (!draw_cast(desc, &p, knob, rng) || !(pen = pen_down(desc, (size_t)knob[EVENTS] * EVENT_MAX)))
		return false;
	goods_restart(&p);
	for (int i = 0; i < knob[EVENTS]; i++) {
		if (rng_chance(rng, knob[IDLE]))
			draw_idle(&e, &p, rng);
		else
			draw_exchange(&e, &p, knob, rng);
		if (i)
			*pen++ = ';';
		pen = write_event(pen, &e);
		goods_play(&p, &e);
	}
	pen_up(desc, pen);
	write_answer(answer, &p, LANG_EN);
	return !desc->failed && !answer->failed;
}

/* ---- what else quarry asks ---- */

static void add_pair(struct buf *b, const struct goods *p, int who, int thing, enum lang lang, bool first)
{
	buf_addz(b, first ? "" : " | ");
	buf_add(b, p->person[who][lang]);
	buf_addz(b, lang == LANG_ZH ? "：" : ": ");
	buf_add(b, p->thing[thing][lang]);
}

/* Those whose thing changed, with the things of one time. */
static void add_changed(struct buf *b, const struct goods *p, const unsigned char *was, const unsigned char *show, enum lang lang)
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
	struct goods p;
	struct goods_event e;
	struct str rest;

	if (!goods_read(&p, desc))
		return;
	goods_restart(&p);
	rest = p.events;
	for (int i = 1; rest.n && goods_next(&e, &rest, &p); i++) {
		unsigned char was[GOODS_PEOPLE];
		bool same;

		memcpy(was, p.now.owns, sizeof(was));
		goods_play(&p, &e);
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
	int chain[GOODS_PEOPLE] = { 0 }, who[GOODS_PEOPLE], given = 0;
	bool hangs = false, looks = false;
	struct effort all = { .technique = "" };
	struct goods p;
	struct goods_event v;
	struct str rest;

	*e = all;
	if (!count_skim(&p, desc))
		return;
	for (rest = p.events; rest.n; all.steps++) {
		int n, most = 0;

		if (all.steps == GOODS_EVENTS || !goods_next(&v, &rest, &p))
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
		goods_play(&p, &v);
	}
	all.steps += given;
	all.technique = hangs ? looks ? "tracking, who owns it by now, conditions" : "tracking, conditions" :
		looks ? "tracking, who owns it by now" : "tracking";
	*e = all;
}

/* The events with person and thing i, below n, as map[i]; where map[i] is -1 it gets the next number. False: they are damaged. */
static bool remap(struct buf *out, struct str events, int *map, int n)
{
	const char *at = events.s, *end = at + events.n;
	char *pen = pen_down(out, 2 * events.n); /* each number has a sign before it, and two digits at most come for one */
	int next = 0;

	if (!pen)
		return false;
	while (at < end) {
		int v = *at - '0';

		if (v < 0 || v > 9 || (at > events.s && at[-1] == 'n')) { /* n1: a kind, no number */
			*pen++ = *at++;
			continue;
		}
		if (++at < end && *at >= '0' && *at <= '9')
			v = 10 * v + *at++ - '0';
		if (v >= n)
			return false;
		if (map[v] < 0)
			map[v] = next++;
		pen = pen_int(pen, map[v]);
	}
	pen_up(out, pen);
	return true;
}

/*
 * Names say nothing, nor does the order of the list, unless everybody gives to a neighbour in it: then it may still be turned
 * round and round. So the one mentioned first is number 0 and the others follow, as they are mentioned or as they stand in the list.
 */
static void canon(struct buf *out, struct str desc)
{
	int map[GOODS_PEOPLE];
	size_t begun = out->n;
	struct goods p;

	if (!count_skim(&p, desc))
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
			first = str_eat_number(&rest, p.n - 1);
		for (int i = 0; i < p.n; i++)
			map[i] = (i - first + p.n) % p.n;
	}
	if (!remap(out, p.events, map, p.n))
		buf_cut(out, begun);
}

/* Other names, another order of the list where it does not matter. */
static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	int map[GOODS_PEOPLE], person[GOODS_PEOPLE], thing[GOODS_PEOPLE], turn;
	struct goods p;

	if (!goods_read(&p, desc))
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
	return remap(out, p.events, map, p.n) && !out->failed;
}

/* Any way to deal the things out. */
static double answers_log2(struct str desc)
{
	struct goods p;
	double bits = 0;

	if (!count_skim(&p, desc))
		return 0;
	for (int i = 2; i <= p.n; i++)
		bits += log2(i);
	return bits;
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
	.fields = goods_fields,
};
