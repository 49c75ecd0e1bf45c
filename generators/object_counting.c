/*
 * object_counting.c - an inventory story: people have things, get, lose and give some; how many of a kind in the end?
 *
 * desc: what is asked, then what is told, with ; between (the grammar in full is in verifiers/object_counting.c):
 *
 *	A fruit;A:2 apple,3 pear;B:4 dog;A>B 1 apple;B+3 pear
 *
 * The worked solution follows only the counts that the answer depends on, found by walking back from the question.
 */
#include "generators/object_counting_story.h"
#include "generators/pen.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { COUNT_MAX = 1000000, TRIES = 60 };

enum { PEOPLE, ITEMS, OTHERS, COUNT, EVENTS, OPS, ASK, ASKED };

static const struct knob knobs[] = {
	[PEOPLE] = { "people", 1, OWNERS, "how many people" },
	[ITEMS] = { "items", 1, 6, "different things of an asked kind that each has" },
	[OTHERS] = { "others", 0, 10, "different things of other kinds that each has" },
	[COUNT] = { "count", 2, 1000, "highest count of one thing" },
	[EVENTS] = { "events", 0, 60, "times that things change hands" },
	[OPS] = { "ops", 0, 2, "1: get, lose, give; 2: also twice as many, as many as somebody has" },
	[ASK] = { "ask", 0, 2, "0: what one person has; 1: also everybody's; 2: also differences" },
	[ASKED] = { "asked", 1, 3, "kinds asked for together" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* people items others count events ops ask asked */
	{ 1, 2, 0, 9, 0, 0, 0, 1 },
	{ 1, 2, 2, 9, 0, 0, 0, 1 },
	{ 2, 3, 2, 9, 0, 0, 0, 1 },
	{ 2, 3, 2, 50, 0, 0, 0, 1 },
	{ 2, 3, 2, 50, 3, 1, 0, 1 },
	{ 3, 3, 3, 60, 5, 1, 1, 1 },
	{ 3, 4, 3, 99, 7, 1, 2, 1 },
	{ 4, 4, 4, 99, 12, 2, 2, 1 },
	{ 5, 4, 4, 150, 20, 2, 2, 1 },
	{ 6, 3, 4, 200, 30, 2, 2, 2 },
	{ 7, 4, 4, 400, 44, 2, 2, 2 },
};

static const char *refuse(const int *knob)
{
	if (knob[EVENTS] && !knob[OPS])
		return "events without ops: nothing may happen";
	if (!knob[EVENTS] && knob[OPS])
		return "ops without events";
	if (knob[ITEMS] * (knob[ASKED] + 1) + knob[OTHERS] > PARTS)
		return "more different things than one person can have";
	return NULL;
}

/* ---- the text ---- */

static int owner_of(char c)
{
	const char *at = c ? strchr(object_letters, c) : NULL;

	return at ? (int)(at - object_letters) : -1;
}

static const uint8_t kind_of[THINGS] = {
#define X(kind, id, many, zh, measure) KIND_##kind,
	OBJECT_THINGS(X)
#undef X
};

static bool parse_term(struct term *t, struct str s)
{
	struct str rest = str_from(s, 2), id;
	int from = 0;

	if (s.n < 3 || s.s[1] != ' ' || s.s[s.n - 1] == '+')
		return false;
	t->who = s.s[0] == '*' ? OWNERS : owner_of(s.s[0]);
	t->kinds = 0;
	while (str_split(&rest, '+', &id)) {
		while (from < KINDS && !str_is(id, object_kinds[from].id))
			from++;
		if (from == KINDS)
			return false;
		t->kinds |= 1u << from++;
	}
	return t->who >= 0;
}

/* "12 ", cut off the text: 1 to COUNT_MAX; 0 for anything else. */
static int count_head(struct str *s)
{
	int v = str_eat_number(s, COUNT_MAX);

	return v > 0 && str_eatc(s, ' ') ? v : 0;
}

/* A thing's name up to the end of a part; -1: it is none. */
static int thing_head(struct str *s)
{
	struct str id = { s->s, 0 };

	while (id.n < s->n && s->s[id.n] != ',' && s->s[id.n] != ';')
		id.n++;
	*s = (struct str){ s->s + id.n, s->n - id.n };
	return object_thing_of(id);
}

static bool parse_parts(struct fact *f, struct str *s)
{
	bool counted = f->op != '*' && f->op != '=';

	do {
		struct part *p = &f->part[f->parts];

		if (f->parts == (counted ? PARTS : 1))
			return false;
		p->n = counted ? count_head(s) : 0;
		if (counted && !p->n)
			return false;
		p->thing = thing_head(s);
		if (p->thing < 0)
			return false;
		f->parts++;
	} while (str_eatc(s, ','));
	return true;
}

/* One fact, cut off the text. */
static bool parse_fact(struct fact *f, struct str *s)
{
	if (s->n < 4)
		return false;
	f->who = f->to = owner_of(s->s[0]);
	f->op = s->s[1];
	f->parts = 0;
	*s = str_from(*s, 2);
	switch (f->op) {
	case ':':
	case '+':
	case '-': break;
	case '*':
		if (!str_eatc(s, '2') || !str_eatc(s, ' '))
			return false;
		break;
	case '>':
	case '=':
		f->to = owner_of(s->s[0]);
		*s = str_from(*s, 1);
		if (f->to == f->who || !str_eatc(s, ' '))
			return false;
		break;
	default: return false;
	}
	return f->who >= 0 && f->to >= 0 && parse_parts(f, s);
}

struct world {
	bool here[OWNERS];
	int64_t held[OWNERS][THINGS];
};

static bool happen(struct world *w, const struct fact *f);

/* Read it and play it through, unless w is NULL. */
static bool parse(struct story *s, struct world *w, struct str desc)
{
	struct str rest = desc, ask, piece;

	s->terms = s->facts = 0;
	if (!str_split(&rest, ';', &ask) || ask.n == 0 || ask.s[ask.n - 1] == '~')
		return false;
	while (str_split(&ask, '~', &piece))
		if (s->terms == 2 || !parse_term(&s->term[s->terms++], piece))
			return false;
	if (w)
		memset(w, 0, sizeof(*w));
	do {
		struct fact *f = &s->fact[s->facts];

		if (s->facts == FACTS || !parse_fact(f, &rest))
			return false;
		if (f->op == ':' && s->facts && f[-1].op != ':')
			return false;
		if (w && !happen(w, f))
			return false;
		s->facts++;
	} while (str_eatc(&rest, ';'));
	for (int i = 0; w && i < s->terms; i++)
		if (s->term[i].who < OWNERS && !w->here[s->term[i].who])
			return false;
	return rest.n == 0 && s->terms > 0 &&
	       !(s->terms == 2 && s->term[0].who == s->term[1].who && s->term[0].kinds == s->term[1].kinds);
}

static char *write_term(char *pen, const struct term *t)
{
	char before = ' ';

	*pen++ = t->who == OWNERS ? '*' : object_letters[t->who];
	for (int k = 0; k < KINDS; k++)
		if (t->kinds >> k & 1) {
			*pen++ = before;
			pen = pen_str(pen, str_of(object_kinds[k].id));
			before = '+';
		}
	return pen;
}

static char *write_fact(char *pen, const struct fact *f)
{
	*pen++ = ';';
	*pen++ = object_letters[f->who];
	*pen++ = f->op;
	if (f->op == '*')
		*pen++ = '2';
	if (f->op == '>' || f->op == '=')
		*pen++ = object_letters[f->to];
	if (f->op == '*' || f->op == '>' || f->op == '=')
		*pen++ = ' ';
	for (int i = 0; i < f->parts; i++) {
		if (i)
			*pen++ = ',';
		if (f->part[i].n) {
			pen = pen_int(pen, f->part[i].n);
			*pen++ = ' ';
		}
		pen = pen_str(pen, object_ids[f->part[i].thing]);
	}
	return pen;
}

static char *write_terms(char *pen, const struct story *s)
{
	for (int i = 0; i < s->terms; i++) {
		if (i)
			*pen++ = '~';
		pen = write_term(pen, &s->term[i]);
	}
	return pen;
}

/* Bytes that the text of a story takes, at most. */
static size_t desc_room(const struct story *s)
{
	size_t room = 2 * (2 + KINDS * 16);

	for (int i = 0; i < s->facts; i++)
		room += 6 + (size_t)s->fact[i].parts * 32;
	return room;
}

static void write_desc(struct buf *out, const struct story *s)
{
	char *pen = pen_down(out, desc_room(s));

	if (!pen)
		return;
	pen = write_terms(pen, s);
	for (int i = 0; i < s->facts; i++)
		pen = write_fact(pen, &s->fact[i]);
	pen_up(out, pen);
}

/* ---- the world ---- */

/* A story in which somebody comes to hold more of one thing is none. So sums stay far below 2^63. */
static const int64_t HELD_MAX = INT64_C(1000000000000);

/* What one part of a fact does; false where the story is impossible. */
static bool happen_part(struct world *w, const struct fact *f, const struct part *p)
{
	int64_t *own = &w->held[f->who][p->thing], *other = &w->held[f->to][p->thing];

	switch (f->op) {
	case ':':
		if (*own)
			return false;
		*own = p->n;
		return true;
	case '+':
		*own += p->n;
		return *own <= HELD_MAX;
	case '-':
		*own -= p->n;
		return *own >= 0;
	case '>':
		*own -= p->n;
		*other += p->n;
		return *own >= 0 && *other <= HELD_MAX;
	case '*':
		*own *= 2;
		return *own > 0 && *own <= HELD_MAX;
	default:
		*own += *other;
		return *own <= HELD_MAX;
	}
}

static bool happen(struct world *w, const struct fact *f)
{
	if (f->op == ':') {
		if (w->here[f->who])
			return false;
		w->here[f->who] = true;
	}
	if (!w->here[f->who] || !w->here[f->to])
		return false;
	for (int i = 0; i < f->parts; i++)
		if (!happen_part(w, f, &f->part[i]))
			return false;
	return true;
}

static bool in_term(const struct term *t, int who, int thing)
{
	return (t->who == OWNERS || t->who == who) && t->kinds >> kind_of[thing] & 1;
}

static int64_t count(const struct world *w, const struct term *t)
{
	int64_t n = 0;

	for (int p = 0; p < OWNERS; p++)
		for (int i = 0; i < THINGS && w->here[p] && (t->who == OWNERS || t->who == p); i++)
			n += t->kinds >> kind_of[i] & 1 ? w->held[p][i] : 0;
	return n;
}

/* What comes out of a story at whose end the world is like this. */
static int64_t outcome(const struct story *s, const struct world *w)
{
	int64_t a = count(w, &s->term[0]), b = s->terms == 2 ? count(w, &s->term[1]) : 0;

	return a > b ? a - b : b - a;
}

static bool solve(struct buf *answer, struct str desc)
{
	struct story s;
	struct world w;

	if (!parse(&s, &w, desc))
		return false;
	buf_addi(answer, outcome(&s, &w));
	return true;
}

/* A story that can happen leaves one count behind: parse() has played it. */
static bool prove(struct str desc)
{
	struct story s;
	struct world w;

	return parse(&s, &w, desc);
}

/* ---- the worked solution ---- */

struct work {
	const struct story *s;
	struct world w;
	bool in[2][THINGS];                /* what the question's terms are about */
	bool asked[OWNERS][THINGS], matters[OWNERS][THINGS];
	bool named;       /* say whose: there are several owners in it */
	enum lang lang;
	struct buf *out;  /* may be NULL: only count */
	int sums, read;   /* additions and subtractions; things copied */
};

/* Walk back from the question: counts that the answer depends on. */
static void mark(struct work *k)
{
	const struct story *s = k->s;

	for (int t = 0; t < s->terms; t++) {
		for (int i = 0; i < THINGS; i++)
			k->in[t][i] = s->term[t].kinds >> kind_of[i] & 1;
		for (int p = 0; p < OWNERS; p++)
			for (int i = 0; i < THINGS && (s->term[t].who == OWNERS || s->term[t].who == p); i++)
				k->asked[p][i] |= k->in[t][i];
	}
	memcpy(k->matters, k->asked, sizeof(k->matters));
	for (int i = s->facts - 1; i >= 0; i--) {
		const struct fact *f = &s->fact[i];

		if (f->op == '=' && k->matters[f->who][f->part[0].thing])
			k->matters[f->to][f->part[0].thing] = true;
	}
	for (int p = 0, owners = 0; p < OWNERS; p++)
		k->named |= memchr(k->matters[p], true, THINGS) && ++owners > 1;
}

/* The things of the owner whom a ':' fact brings in: first as told there, then whatever came later. */
static int things_of(const struct fact *f, int order[THINGS])
{
	bool done[THINGS] = { false };
	int n = 0;

	for (int i = 0; i < f->parts; i++) {
		order[n++] = f->part[i].thing;
		done[f->part[i].thing] = true;
	}
	for (int i = 0; i < THINGS; i++)
		if (!done[i])
			order[n++] = i;
	return n;
}

/* Does what this owner holds of it now matter? In the end only what is asked for does. */
static bool to_tell(const struct work *k, int who, int thing, bool end)
{
	return k->w.held[who][thing] && (end ? k->asked : k->matters)[who][thing];
}

/* What matters of one owner, as it stands now: "Ann: 2 apples, 3 pears". */
static void tell_holding(struct work *k, const struct fact *f, bool end)
{
	int order[THINGS], n, who = f->who;
	bool any = false, *counts = (end ? k->asked : k->matters)[who];

	if (end)
		for (int i = 0; i < THINGS; i++)
			k->read += counts[i] & (k->w.held[who][i] != 0);
	else /* all there is by now */
		for (int i = 0; i < f->parts; i++)
			k->read += counts[f->part[i].thing];
	if (!k->out)
		return;
	n = things_of(f, order);
	for (int i = 0; i < n; i++) {
		if (!to_tell(k, who, order[i], end))
			continue;
		if (!any && k->named)
			buf_addf(k->out, "%s: ", object_names[k->lang][who]);
		buf_addz(k->out, any ? ", " : "");
		object_say_things(k->out, k->w.held[who][order[i]], order[i], k->lang);
		any = true;
	}
	if (any)
		buf_addc(k->out, '\n');
}

/* "Ann apples 12-3=9" */
static void tell_change(struct work *k, int who, int thing, int64_t was, char sign, int64_t by)
{
	k->sums++;
	if (!k->out)
		return;
	if (k->named)
		buf_addf(k->out, "%s ", object_names[k->lang][who]);
	buf_addf(k->out, "%s %lld%c%lld=%lld\n", object_thing_name(thing, k->lang), (long long)was, sign, (long long)by,
		 (long long)(sign == '-' ? was - by : was + by));
}

/* One event, told where it matters; true if it did. */
static bool tell_event(struct work *k, const struct fact *f)
{
	bool told = false;

	for (int i = 0; i < f->parts; i++) {
		int thing = f->part[i].thing;
		int64_t own = k->w.held[f->who][thing], other = k->w.held[f->to][thing], n = f->part[i].n;
		bool takes = f->op == '-' || f->op == '>';

		if (f->op == '*')
			n = own;
		if (f->op == '=')
			n = other;
		if (k->matters[f->who][thing]) {
			tell_change(k, f->who, thing, own, takes ? '-' : '+', n);
			told = true;
		}
		if (f->op == '>' && k->matters[f->to][thing]) {
			tell_change(k, f->to, thing, other, '+', n);
			told = true;
		}
	}
	return told;
}

/* How many counts make up a term of the question. */
static int count_parts(const struct work *k, int t)
{
	int parts = 0, who = k->s->term[t].who;

	for (int p = 0; p < OWNERS; p++)
		for (int i = 0; i < THINGS && k->w.here[p] && (who == OWNERS || who == p); i++)
			parts += k->in[t][i] & (k->w.held[p][i] != 0);
	return parts;
}

/* "2+3=5, 5+4=9": a running sum over a term's counts, a person at a time in the order told. */
static void tell_sum(struct work *k, const struct term *t)
{
	int64_t sum = 0;
	int told = 0;

	for (int i = 0; i < k->s->facts && k->s->fact[i].op == ':'; i++) {
		const struct fact *f = &k->s->fact[i];
		int order[THINGS], n = things_of(f, order);

		for (int j = 0; j < n; j++) {
			int64_t held = in_term(t, f->who, order[j]) ? k->w.held[f->who][order[j]] : 0;

			if (held == 0)
				continue;
			if (told++)
				buf_addf(k->out, "%s%lld+%lld=%lld", told > 2 ? ", " : "", (long long)sum, (long long)held,
					 (long long)(sum + held));
			sum += held;
		}
	}
	if (told < 2)
		buf_addi(k->out, sum);
}

/* False where the story is impossible. */
static bool work(struct work *k)
{
	const struct story *s = k->s;
	bool changed = false;

	mark(k);
	for (int i = 0; i < s->facts; i++) {
		if (s->fact[i].op != ':')
			changed |= tell_event(k, &s->fact[i]);
		if (!happen(&k->w, &s->fact[i]))
			return false;
		if (s->fact[i].op == ':')
			tell_holding(k, &s->fact[i], false);
	}
	for (int t = 0; t < s->terms; t++)
		if (s->term[t].who < OWNERS && !k->w.here[s->term[t].who])
			return false;
	if (changed) /* what there is now, close to the sum that needs it */
		for (int i = 0; i < s->facts && s->fact[i].op == ':'; i++)
			tell_holding(k, &s->fact[i], true);
	for (int t = 0; t < s->terms; t++) {
		int parts = count_parts(k, t);

		k->sums += parts > 1 ? parts - 1 : 0;
		if (k->out && t)
			buf_addc(k->out, '\n');
		if (k->out)
			tell_sum(k, &s->term[t]);
	}
	k->sums += s->terms == 2;
	if (s->terms == 2 && k->out) {
		int64_t sum[2] = { count(&k->w, &s->term[0]), count(&k->w, &s->term[1]) };
		int big = sum[1] > sum[0];

		buf_addf(k->out, "\n%lld-%lld=%lld", (long long)sum[big], (long long)sum[!big], (long long)(sum[big] - sum[!big]));
	}
	return true;
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct story s;
	struct work k = { .s = &s, .lang = lang, .out = steps };

	if (!parse(&s, &k.w, desc))
		return;
	memset(&k.w, 0, sizeof(k.w)); /* to be played again, told */
	work(&k);
}

/* ---- the generator ---- */

static unsigned draw_kinds(struct rng *rng, int n, unsigned without)
{
	unsigned set = 0;

	while (n > 0) {
		unsigned k = 1u << rng_below(rng, KINDS);

		if ((set | without) & k)
			continue;
		set |= k;
		n--;
	}
	return set;
}

/* Up to n different things of these kinds that the fact does not have yet. */
static void add_things(struct fact *f, unsigned of, int n, int count_max, struct rng *rng)
{
	int pool[THINGS], have = 0;
	bool taken[THINGS] = { false };

	for (int i = 0; i < f->parts; i++)
		taken[f->part[i].thing] = true;
	for (int i = 0; i < THINGS; i++) { /* without a branch: what is not to be taken is overwritten */
		pool[have] = i;
		have += of >> kind_of[i] & 1 & !taken[i];
	}
	rng_shuffle(rng, pool, (size_t)have, sizeof(pool[0]));
	for (int i = 0; i < n && i < have; i++)
		f->part[f->parts++] = (struct part){ rng_range(rng, 1, count_max), pool[i] };
}

static unsigned asked_kinds(const struct story *s)
{
	return s->term[0].kinds | (s->terms == 2 ? s->term[1].kinds : 0);
}

/* Who is asked about, and what. people[] are those of the story. */
static void ask(struct story *s, const int *knob, const int *people, struct rng *rng)
{
	int n = knob[PEOPLE], how = rng_range(rng, 0, knob[ASK]);

	if (how == 1 && n == 1)
		how = 0;
	s->terms = 1;
	s->term[0] = (struct term){ how == 1 ? OWNERS : people[0], draw_kinds(rng, knob[ASKED], 0) };
	if (how < 2)
		return;
	s->terms = 2;
	s->term[1] = s->term[0];
	if (n > 1 && rng_chance(rng, 50)) {
		s->term[1].who = people[1];
		return;
	}
	s->term[1].kinds = draw_kinds(rng, 1, s->term[0].kinds);
	if (n > 1 && rng_chance(rng, 40))
		s->term[0].who = s->term[1].who = OWNERS;
}

static void begin(struct story *s, const int *knob, int *people, unsigned other, struct rng *rng)
{
	unsigned asked = asked_kinds(s);

	rng_shuffle(rng, people, (size_t)knob[PEOPLE], sizeof(people[0]));
	for (int i = 0; i < knob[PEOPLE]; i++) {
		struct fact *f = &s->fact[s->facts++];

		f->op = ':';
		f->who = f->to = people[i];
		f->parts = 0;
		for (int k = 0; k < KINDS; k++)
			if (asked >> k & 1)
				add_things(f, 1u << k, knob[ITEMS], knob[COUNT], rng);
		add_things(f, other, knob[OTHERS], knob[COUNT], rng);
		rng_shuffle(rng, f->part, (size_t)f->parts, sizeof(f->part[0]));
	}
}

/* A thing that somebody in the story has had, rather of an asked kind than not. */
static int draw_thing(const struct story *s, const int *knob, struct rng *rng)
{
	unsigned asked = asked_kinds(s);
	int thing = 0;

	for (int i = 0; i < 3; i++) {
		const struct fact *f = &s->fact[rng_below(rng, (uint32_t)knob[PEOPLE])];

		thing = f->part[rng_below(rng, (uint32_t)f->parts)].thing;
		if (asked >> kind_of[thing] & 1)
			break;
	}
	return thing;
}

/* What could come next; false if this draw is no good (the caller draws again). */
static bool draw_event(struct fact *f, const struct story *s, const struct world *w, const int *knob,
		       const int *people, struct rng *rng)
{
	uint32_t n = (uint32_t)knob[PEOPLE], roll = rng_below(rng, knob[OPS] == 2 ? 10 : 7);
	int pick = s->term[rng_below(rng, (uint32_t)s->terms)].who, thing = draw_thing(s, knob, rng);
	int64_t held, other;

	f->parts = 1;
	f->who = pick < OWNERS && rng_chance(rng, 50) ? pick : people[rng_below(rng, n)];
	f->to = people[rng_below(rng, n)];
	held = w->held[f->who][thing];
	other = w->held[f->to][thing];
	f->op = roll < 2 ? '+' : roll < 4 ? '-' : roll < 7 ? '>' : roll < 8 ? '*' : '=';
	if (f->op == '-' || f->op == '>') {
		if (held == 0)
			return false;
		f->part[0] = (struct part){ rng_range(rng, 1, held < knob[COUNT] ? (int)held : knob[COUNT]), thing };
	} else {
		f->part[0] = (struct part){ f->op == '+' ? rng_range(rng, 1, knob[COUNT]) : 0, thing };
	}
	if (f->op == '+' || f->op == '-' || f->op == '*')
		f->to = f->who;
	else if (f->to == f->who)
		return false;
	if (f->op == '*')
		return held > 1 && held <= 2 * knob[COUNT];
	if (f->op == '=')
		return other > 0 && other <= 2 * knob[COUNT];
	return true;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	int people[OWNERS] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	struct story s;
	struct world w;
	unsigned other;

	s.facts = 0;
	rng_shuffle(rng, people, OWNERS, sizeof(people[0]));
	ask(&s, knob, people, rng);
	other = draw_kinds(rng, knob[OTHERS] > 6 ? 4 : knob[OTHERS] > 2 ? 3 : 2, asked_kinds(&s));
	begin(&s, knob, people, other, rng);
	memset(&w, 0, sizeof(w));
	for (int i = 0; i < s.facts; i++)
		happen(&w, &s.fact[i]);
	for (int i = 0; i < knob[EVENTS]; i++) {
		struct fact *f = &s.fact[s.facts];
		int tries = 0;

		while (!draw_event(f, &s, &w, knob, people, rng))
			if (++tries == TRIES)
				return false;
		happen(&w, f);
		s.facts++;
	}
	write_desc(desc, &s);
	buf_addi(answer, outcome(&s, &w));
	return true;
}

/* ---- what else quarry asks ---- */

static void grade(struct effort *e, struct str desc)
{
	struct story s;
	struct work k = { .s = &s };
	bool events = false, copies = false;

	memset(e, 0, sizeof(*e));
	e->technique = "";
	if (!parse(&s, NULL, desc) || !work(&k))
		return;
	for (int i = 0; i < s.facts; i++) {
		events |= s.fact[i].op != ':';
		copies |= s.fact[i].op == '=';
		e->steps += s.fact[i].parts;
	}
	e->depth = k.sums;
	e->branch = e->steps - k.read > 0 ? e->steps - k.read : 0; /* things told that do not matter */
	e->steps += k.sums;
	e->technique = copies ? "counts of others" : events ? "changes" : e->branch ? "sorting out" : "adding";
}

/* Small lists, mostly in order. */
static void sort_parts(struct part *part, int n)
{
	for (int i = 1; i < n; i++) {
		struct part p = part[i];
		int at = i;

		for (; at && (part[at - 1].thing > p.thing || (part[at - 1].thing == p.thing && part[at - 1].n > p.n)); at--)
			part[at] = part[at - 1];
		part[at] = p;
	}
}

static void swap_terms(struct story *s)
{
	struct term t = s->term[0];

	s->term[0] = s->term[1];
	s->term[1] = t;
}

static void rename_people(struct story *s, const int to[OWNERS])
{
	for (int i = 0; i < s->terms; i++)
		if (s->term[i].who < OWNERS)
			s->term[i].who = to[s->term[i].who];
	for (int i = 0; i < s->facts; i++) {
		s->fact[i].who = to[s->fact[i].who];
		s->fact[i].to = to[s->fact[i].to];
	}
}

/* All that the story says of one person, without names: two of whom the same is said are interchangeable. */
static char *tell_role(char *pen, const struct story *s, int who)
{
	for (int i = 0; i < s->terms; i++)
		if (s->term[i].who == who) {
			*pen++ = '?';
			for (int shift = s->term[i].kinds > 0xff ? 8 : s->term[i].kinds > 0xf ? 4 : 0; shift >= 0; shift -= 4)
				*pen++ = "0123456789abcdef"[s->term[i].kinds >> shift & 15];
		}
	for (int i = 0; i < s->facts; i++) {
		const struct fact *f = &s->fact[i];

		if (f->who == who && f->op == ':') {
			for (int k = 0; k < f->parts; k++) {
				*pen++ = ' ';
				pen = pen_int(pen, f->part[k].n);
				*pen++ = ' ';
				pen = pen_int(pen, f->part[k].thing);
			}
		} else if (f->who == who || f->to == who) {
			*pen++ = '@';
			pen = pen_int(pen, i);
			*pen++ = f->who == who ? 'w' : 't';
		}
	}
	return pen;
}

/* Where each person goes when all are sorted by their roles; false: no memory. */
static bool order_people(int to[OWNERS], const struct story *s)
{
	struct buf text = BUF_INIT;
	char *pen = pen_down(&text, desc_room(s)), *from;
	struct str role[OWNERS];
	int order[OWNERS];

	for (int i = 0; i < OWNERS && pen; i++) {
		int at = i;

		from = pen;
		pen = tell_role(pen, s, i);
		role[i] = (struct str){ from, (size_t)(pen - from) };
		for (; at && str_cmp(role[order[at - 1]], role[i]) > 0; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	for (int i = 0; i < OWNERS && pen; i++)
		to[order[i]] = i;
	buf_release(&text);
	return pen != NULL;
}

/*
 * What says nothing: the names, the order in which people are brought in and in which things are listed, and which side of a
 * difference is named first. The things themselves are no mere names, for one has to know their kinds.
 */
static void canon(struct buf *out, struct str desc)
{
	int to[OWNERS], first[OWNERS];
	struct story s;
	struct world w;
	char *pen;

	if (!parse(&s, &w, desc))
		return;
	if (s.terms == 2 && s.term[1].kinds < s.term[0].kinds)
		swap_terms(&s);
	for (int i = 0; i < s.facts; i++)
		sort_parts(s.fact[i].part, s.fact[i].parts);
	pen = order_people(to, &s) ? pen_down(out, desc_room(&s)) : NULL;
	if (!pen)
		return;
	rename_people(&s, to);
	if (s.terms == 2 && s.term[1].kinds == s.term[0].kinds && s.term[1].who < s.term[0].who)
		swap_terms(&s);
	pen = write_terms(pen, &s);
	/* who brings in what, by the owner: there is one fact for each */
	memset(first, -1, sizeof(first));
	for (int i = 0; i < s.facts && s.fact[i].op == ':'; i++)
		first[s.fact[i].who] = i;
	for (int i = 0; i < OWNERS; i++)
		if (first[i] >= 0)
			pen = write_fact(pen, &s.fact[first[i]]);
	for (int i = 0; i < s.facts; i++)
		if (s.fact[i].op != ':')
			pen = write_fact(pen, &s.fact[i]);
	pen_up(out, pen);
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	int to[OWNERS] = { 0, 1, 2, 3, 4, 5, 6, 7 }, here = 0;
	struct story s;
	struct world w;

	if (!parse(&s, &w, desc))
		return false;
	rng_shuffle(rng, to, OWNERS, sizeof(to[0]));
	rename_people(&s, to);
	for (int i = 0; i < s.facts; i++)
		rng_shuffle(rng, s.fact[i].part, (size_t)s.fact[i].parts, sizeof(s.fact[i].part[0]));
	while (here < s.facts && s.fact[here].op == ':')
		here++;
	for (int i = here; i > 1; i--) { /* facts are too big for rng_shuffle */
		int k = (int)rng_below(rng, (uint32_t)i);
		struct fact f = s.fact[k];

		s.fact[k] = s.fact[i - 1];
		s.fact[i - 1] = f;
	}
	if (s.terms == 2 && rng_chance(rng, 50))
		swap_terms(&s);
	write_desc(out, &s);
	return true;
}

/* Any whole number up to all the things that the story ever names. */
static double answers_log2(struct str desc)
{
	ptrdiff_t at = str_chr(desc, ';');
	double most = 1;

	while (at >= 0 && (size_t)at < desc.n) {
		int v = 0;

		if (desc.s[at] < '0' || desc.s[at] > '9' || desc.s[at - 1] == '*') { /* "A*2 apple" is no count */
			at++;
			continue;
		}
		for (; (size_t)at < desc.n && desc.s[at] >= '0' && desc.s[at] <= '9' && v <= COUNT_MAX; at++)
			v = 10 * v + desc.s[at] - '0';
		most += v;
	}
	return log2(most);
}

/* The holes: {{story}} in prose, {{notes}} the same in lines, {{question}}. */
static void fields(struct holes *holes, struct str desc, enum lang lang)
{
	struct story s;
	struct buf *b;

	if (!parse(&s, NULL, desc))
		return;
	b = hole_open(holes, "story");
	if (b)
		object_say_story(b, &s, lang);
	b = hole_open(holes, "notes");
	if (b)
		object_say_notes(b, &s, lang);
	b = hole_open(holes, "question");
	if (b)
		object_say_question(b, &s, lang);
}

const struct task task_object_counting = {
	.name = "object_counting",
	.family = "arithmetic",
	.what = "Count the things of a kind in an inventory story.",
	.revision = 1,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = fields,
};
