/*
 * object_properties.c - a collection of items with six properties; things happen to it; how many are so and so in the end?
 *
 * desc: "k3s1c2m0a5o7,k0s2c2m1a5o3|set c2:s4;lose k3&a1|c2+s1,o7" (verifiers/object_properties.c says it in full).
 * What is told of it is in object_properties_told.c.
 */
#include "generators/object_properties.h"
#include "generators/pen.h"

#include <math.h>

enum { MIN_ITEMS, MAX_ITEMS, MIN_EVENTS, MAX_EVENTS, VALUES, VERBS, PAIRS, GUARDS, ASKED, TESTS, RUNS };

static const struct knob knobs[] = {
	[MIN_ITEMS] = { "min_items", 2, 120, "fewest items at the start" },
	[MAX_ITEMS] = { "max_items", 2, 120, "most items at the start" },
	[MIN_EVENTS] = { "min_events", 0, PROPS_EVENTS, "fewest changes" },
	[MAX_EVENTS] = { "max_events", 0, PROPS_EVENTS, "most changes" },
	[VALUES] = { "values", 2, 16, "different values of a property, at most" },
	[VERBS] = { "verbs", 0, 2, "0: get properties, are lost, are copied; 1: also replaced, traded, resized, compared; 2: also swapped" },
	[PAIRS] = { "pairs", 0, 100, "percent of changes whose condition has two parts" },
	[GUARDS] = { "guards", 0, 100, "percent of changes that depend on a count" },
	[ASKED] = { "asked", 1, PROPS_COUNTS, "numbers that are asked for" },
	[TESTS] = { "tests", 1, PROPS_TESTS, "most properties in what is counted" },
	[RUNS] = { "runs", 0, 1, "1: one property is alike in runs of items" },
	{ 0 },
};

static const int levels[TASK_LEVELS][TASK_KNOBS] = {
	/* items, events, values verbs pairs guards asked tests runs */
	{ 5, 6, 1, 1, 3, 0, 0, 0, 1, 1, 0 },
	{ 7, 8, 2, 2, 4, 0, 0, 0, 1, 2, 0 },
	{ 9, 10, 2, 3, 4, 0, 10, 0, 1, 2, 1 },
	{ 12, 14, 3, 3, 5, 1, 20, 0, 3, 2, 0 },
	{ 15, 17, 3, 4, 5, 1, 20, 0, 3, 3, 1 },
	{ 18, 21, 4, 5, 6, 1, 25, 15, 3, 3, 0 },
	{ 22, 25, 5, 6, 6, 2, 30, 20, 3, 4, 0 },
	{ 26, 30, 6, 7, 6, 2, 30, 25, 3, 4, 1 },
	{ 31, 36, 8, 9, 7, 2, 35, 30, 3, 4, 0 },
	{ 37, 43, 10, 12, 7, 2, 40, 30, 4, 5, 0 },
	{ 44, 55, 14, 16, 8, 2, 40, 35, 4, 5, 0 },
};

static const char *refuse(const int *knob)
{
	if (knob[MIN_ITEMS] > knob[MAX_ITEMS])
		return "min_items is above max_items";
	if (knob[MIN_EVENTS] > knob[MAX_EVENTS])
		return "min_events is above max_events";
	if (knob[MIN_ITEMS] < knob[ASKED] + 1)
		return "so few items give no such number of different things to count";
	return NULL;
}

/* ---- the desc ---- */

const char props_letters[PROPS + 1] = "kscmao";
const int props_values[PROPS] = { 24, 7, 16, 16, 16, 16 };

static const char *const verbs[PROPS_VERBS] = { "set", "lose", "add", "two", "trade", "grow", "shrink", "swap", "new" };

static int prop_of(char c)
{
	switch (c) {
	case 'k': return PROP_KIND;
	case 's': return PROP_SIZE;
	case 'c': return PROP_COLOUR;
	case 'm': return PROP_MATERIAL;
	case 'a': return PROP_AROMA;
	case 'o': return PROP_ORIGIN;
	default: return -1;
	}
}

/* A property's letter and a number below its values. */
static bool take_test(struct str *s, struct props_test *t)
{
	int prop = s->n ? prop_of(s->s[0]) : -1, v = 0;
	size_t n = 1;

	for (; n < s->n && n < 4 && s->s[n] >= '0' && s->s[n] <= '9'; n++)
		v = 10 * v + (s->s[n] - '0');
	if (prop < 0 || n == 1 || (n > 2 && s->s[1] == '0') || v >= props_values[prop])
		return false;
	*t = (struct props_test){ (uint8_t)prop, (uint8_t)v };
	*s = (struct str){ s->s + n, s->n - n };
	return true;
}

static int test_cmp(struct props_test a, struct props_test b)
{
	return a.prop != b.prop ? a.prop - b.prop : a.value - b.value;
}

static bool take_cond(struct str *s, struct props_cond *c)
{
	char joint = 0;

	c->n = 0;
	do {
		if (c->n == PROPS_TESTS || !take_test(s, &c->test[c->n]) || (c->n && test_cmp(c->test[c->n - 1], c->test[c->n]) >= 0))
			return false;
		c->n++;
		if (!joint && s->n && (s->s[0] == '&' || s->s[0] == '+'))
			joint = s->s[0];
	} while (joint && str_eatc(s, joint));
	c->all = joint == '&';
	for (int i = 1; i < c->n && c->all; i++)
		if (c->test[i].prop == c->test[i - 1].prop)
			return false;
	return true;
}

/* How many properties it sets; 0 where it is damaged. */
static int take_effect(struct str *s, struct props_effect *e)
{
	struct props_test t;
	int n = 0, last = -1;

	memset(e, -1, sizeof(*e));
	while (s->n && s->s[0] != '/') {
		if (!take_test(s, &t) || t.prop <= last)
			return 0;
		last = t.prop;
		e->value[last] = (int8_t)t.value;
		n++;
	}
	return n;
}

/* Two properties' letters, in their order. */
static bool take_pair(struct str s, struct props_event *e)
{
	int a = s.n == 2 ? prop_of(s.s[0]) : -1, b = s.n == 2 ? prop_of(s.s[1]) : -1;

	if (a < 0 || b <= a)
		return false;
	e->from.prop = (uint8_t)a;
	e->to.prop = (uint8_t)b;
	return true;
}

static void event_init(struct props_event *e, enum props_verb verb)
{
	*e = (struct props_event){ .verb = verb };
	memset(&e->one, -1, sizeof(e->one));
	memset(&e->two, -1, sizeof(e->two));
}

static bool read_event(struct props_event *e, struct str s)
{
	struct str word;
	int64_t least;

	event_init(e, PROPS_SET);
	if (!str_split(&s, ' ', &word))
		return false;
	if (str_starts(word, STR("if"))) {
		word = str_from(word, 2);
		if (!word.n || word.n > 3 || word.s[0] < '1' || word.s[0] > '9' || !str_i64(word, &least) || least >= PROPS_ITEMS ||
		    !take_cond(&s, &e->guard) || !str_eatc(&s, '>') || !str_split(&s, ' ', &word))
			return false;
		e->least = (int)least;
	}
	while (e->verb < PROPS_VERBS && !str_is(word, verbs[e->verb]))
		e->verb++;
	if (e->verb == PROPS_NEW)
		return take_pair(s, e);
	if (e->verb == PROPS_SWAP)
		return take_test(&s, &e->from) && take_test(&s, &e->to) && !s.n && e->from.prop == e->to.prop &&
		       e->from.value < e->to.value;
	if (e->verb == PROPS_VERBS || !take_cond(&s, &e->cond))
		return false;
	if (e->verb == PROPS_LOSE || e->verb == PROPS_GROW || e->verb == PROPS_SHRINK)
		return !s.n;
	if (!str_eatc(&s, ':'))
		return false;
	least = take_effect(&s, &e->one);
	if (least == 0 || (e->verb == PROPS_TRADE && least < PROPS))
		return false;
	if (e->verb == PROPS_TWO && (!str_eatc(&s, '/') || !take_effect(&s, &e->two)))
		return false;
	return !s.n;
}

/* All properties in their order, cut off the text. */
static bool take_item(struct str *s, uint8_t *item)
{
	const char *at = s->s;
	unsigned bad = 0;

	if (s->n <= 3 * PROPS) { /* one more byte stands behind an item of a whole desc; few are so near to its end */
		struct props_test t;

		for (int i = 0; i < PROPS; i++) {
			if (!take_test(s, &t) || t.prop != i)
				return false;
			item[i] = t.value;
		}
		return true;
	}
	for (int i = 0; i < PROPS; i++) { /* no branch asks how many digits there are, for nobody could foresee it */
		unsigned a = (unsigned)(at[1] - '0'), b = (unsigned)(at[2] - '0'), two = b < 10, v = a + (-two & (9 * a + b));

		bad |= (at[0] != props_letters[i]) | (a > 9) | (two & (a == 0)) | (v >= (unsigned)props_values[i]);
		item[i] = (uint8_t)v;
		at += 2 + two;
	}
	if (bad)
		return false;
	*s = (struct str){ at, s->n - (size_t)(at - s->s) };
	return true;
}

bool props_read(struct props *p, struct str desc)
{
	struct str events, piece;

	p->n = p->events = p->counts = 0;
	do
		if (p->n == PROPS_ITEMS || !take_item(&desc, p->item[p->n++]))
			return false;
	while (str_eatc(&desc, ','));
	if (!str_eatc(&desc, '|') || !str_split(&desc, '|', &events) || !desc.n || str_ends(desc, STR(",")) || str_ends(events, STR(";")))
		return false;
	while (str_split(&events, ';', &piece))
		if (p->events == PROPS_EVENTS || !read_event(&p->event[p->events++], piece))
			return false;
	while (str_split(&desc, ',', &piece))
		if (p->counts == PROPS_COUNTS || !take_cond(&piece, &p->count[p->counts++]) || piece.n)
			return false;
	return true;
}

static void write_test(struct buf *out, struct props_test t)
{
	buf_addc(out, props_letters[t.prop]);
	buf_addi(out, t.value);
}

static void write_cond(struct buf *out, const struct props_cond *c)
{
	for (int i = 0; i < c->n; i++) {
		if (i)
			buf_addc(out, c->all ? '&' : '+');
		write_test(out, c->test[i]);
	}
}

static void write_effect(struct buf *out, const struct props_effect *e)
{
	for (int i = 0; i < PROPS; i++)
		if (e->value[i] >= 0)
			write_test(out, (struct props_test){ (uint8_t)i, (uint8_t)e->value[i] });
}

static void write_event(struct buf *out, const struct props_event *e)
{
	if (e->least) {
		buf_add(out, STR("if"));
		buf_addi(out, e->least);
		buf_addc(out, ' ');
		write_cond(out, &e->guard);
		buf_addc(out, '>');
	}
	buf_addz(out, verbs[e->verb]);
	buf_addc(out, ' ');
	if (e->verb == PROPS_NEW) {
		buf_addc(out, props_letters[e->from.prop]);
		buf_addc(out, props_letters[e->to.prop]);
		return;
	}
	if (e->verb == PROPS_SWAP) {
		write_test(out, e->from);
		write_test(out, e->to);
		return;
	}
	write_cond(out, &e->cond);
	if (e->verb == PROPS_LOSE || e->verb == PROPS_GROW || e->verb == PROPS_SHRINK)
		return;
	buf_addc(out, ':');
	write_effect(out, &e->one);
	if (e->verb == PROPS_TWO) {
		buf_addc(out, '/');
		write_effect(out, &e->two);
	}
}

static void write_items(struct buf *out, const struct props *p)
{
	char *at;

	at = pen_down(out, (size_t)p->n * (3 * PROPS + 1));
	if (!at)
		return;
	for (int i = 0; i < p->n; i++) {
		if (i)
			*at++ = ',';
		for (int j = 0; j < PROPS; j++) {
			*at++ = props_letters[j];
			at = pen_two(at, p->item[i][j]);
		}
	}
	pen_up(out, at);
}

static void write_desc(struct buf *out, const struct props *p)
{
	write_items(out, p);
	buf_addc(out, '|');
	for (int i = 0; i < p->events; i++) {
		if (i)
			buf_addc(out, ';');
		write_event(out, &p->event[i]);
	}
	for (int i = 0; i < p->counts; i++) {
		buf_addc(out, i ? ',' : '|');
		write_cond(out, &p->count[i]);
	}
}

/* ---- what happens ---- */

bool props_meets(const uint8_t *item, const struct props_cond *c)
{
	for (int i = 0; i < c->n; i++)
		if ((item[c->test[i].prop] == c->test[i].value) != c->all)
			return !c->all;
	return c->all;
}

/* Which items meet it, how many. No branch asks for an item what nobody could foresee. */
static int mark(uint8_t *met, const struct props_now *now, const struct props_cond *c)
{
	int n = 0;

	for (int i = 0; i < now->n && c->n == 1; i++) /* most are so */
		n += met[i] = now->item[i][c->test[0].prop] == c->test[0].value;
	for (int i = 0; i < now->n && c->n != 1; i++) {
		const uint8_t *item = now->item[i];
		uint8_t all = true, any = false;

		for (int k = 0; k < c->n; k++) {
			bool is = item[c->test[k].prop] == c->test[k].value;

			all &= is;
			any |= is;
		}
		n += met[i] = c->all ? all : any;
	}
	return n;
}

int props_count(const struct props_now *now, const struct props_cond *c)
{
	uint8_t met[PROPS_ITEMS];

	return mark(met, now, c);
}

/* The same of what an event touches. */
static int mark_touched(uint8_t *touched, const struct props *p, const struct props_now *now, const struct props_event *e)
{
	int n = 0;

	if (e->verb != PROPS_SWAP && e->verb != PROPS_NEW)
		return mark(touched, now, &e->cond);
	for (int i = 0; i < now->n; i++)
		n += touched[i] = props_touches(p, e, now->item[i]);
	return n;
}

void props_begin(struct props_now *now, const struct props *p)
{
	now->n = p->n;
	now->next = p->n + 1;
	memcpy(now->item, p->item, sizeof(now->item[0]) * (size_t)p->n);
	for (int i = 0; i < p->n; i++)
		now->number[i] = (uint16_t)(i + 1);
}

bool props_awake(const struct props_now *now, const struct props_event *e)
{
	return !e->least || props_count(now, &e->guard) >= e->least;
}

bool props_touches(const struct props *p, const struct props_event *e, const uint8_t *item)
{
	if (e->verb == PROPS_SWAP)
		return item[e->from.prop] == e->from.value || item[e->from.prop] == e->to.value;
	if (e->verb != PROPS_NEW)
		return props_meets(item, &e->cond);
	for (int i = 0; i < p->n; i++)
		if (p->item[i][e->from.prop] == item[e->from.prop] && p->item[i][e->to.prop] == item[e->to.prop])
			return false;
	return true;
}

static void apply(uint8_t *item, const struct props_effect *e)
{
	for (int i = 0; i < PROPS; i++)
		item[i] = (uint8_t)(e->value[i] < 0 ? item[i] : e->value[i]);
}

static void resize(uint8_t *item, int by)
{
	int size = item[PROP_SIZE] + by;

	item[PROP_SIZE] = (uint8_t)(size < 0 || size >= props_values[PROP_SIZE] ? item[PROP_SIZE] : size);
}

/* A copy behind all others. */
static uint8_t *add_copy(struct props_now *now, int i)
{
	if (now->n == PROPS_ITEMS)
		return NULL;
	memcpy(now->item[now->n], now->item[i], PROPS);
	now->number[now->n] = (uint16_t)now->next++;
	return now->item[now->n++];
}

static bool touch(struct props_now *now, int i, const struct props_event *e)
{
	uint8_t *item = now->item[i], *copy = NULL;

	if (e->verb == PROPS_ADD || e->verb == PROPS_TWO || e->verb == PROPS_NEW) {
		copy = add_copy(now, i);
		if (!copy)
			return false;
	}
	switch (e->verb) {
	case PROPS_SET: apply(item, &e->one); break;
	case PROPS_ADD: apply(copy, &e->one); break;
	case PROPS_TWO:
		apply(item, &e->one);
		apply(copy, &e->two);
		break;
	case PROPS_TRADE:
		apply(item, &e->one);
		now->number[i] = (uint16_t)now->next++;
		break;
	case PROPS_GROW: resize(item, 1); break;
	case PROPS_SHRINK: resize(item, -1); break;
	case PROPS_SWAP: item[e->from.prop] ^= (uint8_t)(e->from.value ^ e->to.value); break;
	default: break;
	}
	return true;
}

static void lose(struct props_now *now, const uint8_t *lost)
{
	int kept = 0;

	for (int i = 0; i < now->n; i++) {
		uint8_t item[PROPS];

		memcpy(item, now->item[i], PROPS);
		memcpy(now->item[kept], item, PROPS);
		now->number[kept] = now->number[i];
		kept += !lost[i];
	}
	now->n = kept;
}

/* The event, whose guard holds, comes over these items. */
static bool step(struct props_now *now, const struct props_event *e, const uint8_t *touched)
{
	int n = now->n;

	if (e->verb == PROPS_LOSE) {
		lose(now, touched);
		return true;
	}
	for (int i = 0; i < n; i++)
		if (touched[i] && !touch(now, i, e))
			return false;
	return true;
}

bool props_step(struct props_now *now, const struct props *p, const struct props_event *e)
{
	uint8_t touched[PROPS_ITEMS];

	if (!props_awake(now, e))
		return true;
	mark_touched(touched, p, now, e);
	return step(now, e, touched);
}

static bool play(struct props_now *now, const struct props *p)
{
	props_begin(now, p);
	for (int i = 0; i < p->events; i++)
		if (!props_step(now, p, &p->event[i]))
			return false;
	return true;
}

static void write_counts(struct buf *out, const struct props *p, const struct props_now *now)
{
	for (int i = 0; i < p->counts; i++) {
		if (i)
			buf_add(out, STR(", "));
		buf_addi(out, props_count(now, &p->count[i]));
	}
}

static bool solve(struct buf *answer, struct str desc)
{
	struct props p;
	struct props_now now;

	if (!props_read(&p, desc) || !play(&now, &p))
		return false;
	write_counts(answer, &p, &now);
	return true;
}

/* What happens leaves nothing open: a collection that can be played gives its numbers. */
static bool prove(struct str desc)
{
	struct props p;
	struct props_now now;

	return props_read(&p, desc) && play(&now, &p);
}

static void explain(struct buf *steps, struct str desc, enum lang lang)
{
	struct props p;

	if (props_read(&p, desc))
		props_tell(steps, &p, lang);
}

/* Every number from none to all that are left. */
static double bits(const struct props *p, const struct props_now *end)
{
	return p->counts * log2(end->n + 1);
}

static void grade(struct effort *e, struct str desc)
{
	static const char *const techniques[] = { "counting", "following changes", "following changes, counting for a condition" };
	struct props p;
	struct props_now now;
	int hard = 0;

	if (!props_read(&p, desc))
		return;
	props_begin(&now, &p);
	for (int i = 0; i < p.events; i++) {
		const struct props_event *ev = &p.event[i];
		uint8_t touched[PROPS_ITEMS];

		hard = ev->least ? 2 : hard < 1 ? 1 : hard;
		if (!props_awake(&now, ev))
			continue;
		e->steps += mark_touched(touched, &p, &now, ev);
		if (!step(&now, ev, touched))
			return;
	}
	for (int i = 0; i < p.counts; i++)
		e->steps += props_count(&now, &p.count[i]);
	e->steps += p.events + p.counts;
	e->depth = p.events + 1;
	e->technique = techniques[hard];
	e->answers_log2 = bits(&p, &now);
}

static double answers_log2(struct str desc)
{
	struct props p;
	struct props_now now;

	return props_read(&p, desc) && play(&now, &p) ? bits(&p, &now) : 0;
}

/* ---- twins: the order of items, and other values of the properties, sizes apart ---- */

struct renaming {
	uint8_t to[PROPS][24];
};

static void sort_cond(struct props_cond *c)
{
	for (int i = 1; i < c->n; i++)
		for (int j = i; j && test_cmp(c->test[j - 1], c->test[j]) > 0; j--) {
			struct props_test t = c->test[j];

			c->test[j] = c->test[j - 1];
			c->test[j - 1] = t;
		}
}

static void rename_cond(struct props_cond *c, const struct renaming *r)
{
	for (int i = 0; i < c->n; i++)
		c->test[i].value = r->to[c->test[i].prop][c->test[i].value];
	sort_cond(c);
}

static void rename_effect(struct props_effect *e, const struct renaming *r)
{
	for (int i = 0; i < PROPS; i++)
		if (e->value[i] >= 0)
			e->value[i] = (int8_t)r->to[i][e->value[i]];
}

static bool twin(struct buf *out, struct str desc, struct rng *rng)
{
	struct renaming r;
	struct props p;

	if (!props_read(&p, desc))
		return false;
	for (int i = 0; i < PROPS; i++) {
		for (int v = 0; v < 24; v++)
			r.to[i][v] = (uint8_t)v;
		if (i != PROP_SIZE)
			rng_shuffle(rng, r.to[i], (size_t)props_values[i], 1);
	}
	for (int i = 0; i < p.n; i++)
		for (int j = 0; j < PROPS; j++)
			p.item[i][j] = r.to[j][p.item[i][j]];
	rng_shuffle(rng, p.item, (size_t)p.n, sizeof(p.item[0]));
	for (int i = 0; i < p.events; i++) {
		struct props_event *e = &p.event[i];

		rename_cond(&e->guard, &r);
		rename_cond(&e->cond, &r);
		if (e->verb == PROPS_SWAP) {
			uint8_t a = r.to[e->from.prop][e->from.value], b = r.to[e->to.prop][e->to.value];

			e->from.value = a < b ? a : b;
			e->to.value = a < b ? b : a;
		}
		rename_effect(&e->one, &r);
		rename_effect(&e->two, &r);
	}
	for (int i = 0; i < p.counts; i++)
		rename_cond(&p.count[i], &r);
	write_desc(out, &p);
	return true;
}

/* ---- the generator ---- */

struct draw {
	struct props *p;
	struct props_now now;
	const int *knob;
	struct rng *rng;
	uint8_t palette[PROPS][24];
	int colours[PROPS];            /* values in use of each property */
	uint8_t touched[PROPS_ITEMS];  /* by the event that was drawn last */
};

static int any_value(struct draw *d, int prop)
{
	return d->palette[prop][rng_below(d->rng, (uint32_t)d->colours[prop])];
}

static void draw_items(struct draw *d)
{
	struct props *p = d->p;
	int prop = (int)rng_below(d->rng, PROPS), value = 0;

	for (int i = 0; i < PROPS; i++) {
		for (int v = 0; v < 24; v++)
			d->palette[i][v] = (uint8_t)v;
		rng_shuffle(d->rng, d->palette[i], (size_t)props_values[i], 1);
		d->colours[i] = d->knob[VALUES] < props_values[i] ? d->knob[VALUES] : props_values[i];
	}
	p->n = rng_range(d->rng, d->knob[MIN_ITEMS], d->knob[MAX_ITEMS]);
	for (int i = 0; i < p->n; i++)
		for (int j = 0; j < PROPS; j++)
			p->item[i][j] = (uint8_t)any_value(d, j);
	for (int i = 0; i < p->n && d->knob[RUNS]; i++) {
		if (i == 0 || rng_below(d->rng, (uint32_t)p->n) < 5)
			value = any_value(d, prop);
		p->item[i][prop] = (uint8_t)value;
	}
}

static struct props_test test_of(struct draw *d, int item, int prop)
{
	return (struct props_test){ (uint8_t)prop, d->now.item[item][prop] };
}

/* Properties in any order. */
static void draw_order(struct draw *d, int order[PROPS])
{
	for (int i = 0; i < PROPS; i++)
		order[i] = i;
	rng_shuffle(d->rng, order, PROPS, sizeof(order[0]));
}

/* Tests of different properties that some items meet: of one item where all are to hold. */
static void draw_cond(struct draw *d, struct props_cond *c, int n, int percent_all)
{
	int order[PROPS], item = (int)rng_below(d->rng, (uint32_t)d->now.n);

	draw_order(d, order);
	c->n = (uint8_t)n;
	c->all = n > 1 && rng_chance(d->rng, percent_all);
	for (int i = 0; i < n; i++) {
		c->test[i] = test_of(d, item, order[i]);
		if (!c->all)
			item = (int)rng_below(d->rng, (uint32_t)d->now.n);
	}
	sort_cond(c);
}

/* One or two properties get values that the condition does not speak of. */
static void draw_effect(struct draw *d, struct props_effect *e, const struct props_cond *c)
{
	int order[PROPS], n = 1 + rng_chance(d->rng, 35);

	memset(e, -1, sizeof(*e));
	draw_order(d, order);
	for (int i = 0; i < n; i++) {
		int value = any_value(d, order[i]);

		for (int j = 0; j < c->n; j++)
			if (c->test[j].prop == order[i] && c->test[j].value == value)
				value = d->palette[order[i]][0] != value ? d->palette[order[i]][0] : d->palette[order[i]][1];
		e->value[order[i]] = (int8_t)value;
	}
}

static bool same_effect(const struct props_effect *a, const struct props_effect *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static void draw_swap(struct draw *d, struct props_event *e)
{
	int prop = (int)rng_below(d->rng, PROPS), a = d->palette[prop][0], b = d->palette[prop][1];

	if (rng_chance(d->rng, 70)) {
		a = d->now.item[rng_below(d->rng, (uint32_t)d->now.n)][prop];
		for (int tries = 0; tries < 4; tries++) {
			b = any_value(d, prop);
			if (b != a)
				break;
		}
		if (b == a)
			b = d->palette[prop][0] != a ? d->palette[prop][0] : d->palette[prop][1];
	}
	e->from = (struct props_test){ (uint8_t)prop, (uint8_t)(a < b ? a : b) };
	e->to = (struct props_test){ (uint8_t)prop, (uint8_t)(a < b ? b : a) };
}

static enum props_verb draw_verb(struct draw *d)
{
	static const enum props_verb few[] = { PROPS_SET, PROPS_SET, PROPS_LOSE, PROPS_ADD };
	static const enum props_verb more[] = { PROPS_SET, PROPS_SET, PROPS_SET, PROPS_LOSE, PROPS_LOSE, PROPS_ADD, PROPS_ADD, PROPS_TWO,
						PROPS_TRADE, PROPS_GROW, PROPS_SHRINK, PROPS_NEW, PROPS_SWAP, PROPS_SWAP };

	if (d->knob[VERBS] == 0)
		return few[rng_below(d->rng, 4)];
	return more[rng_below(d->rng, d->knob[VERBS] == 1 ? 12 : 14)];
}

/* Neither does the collection run out, nor does it grow without end. */
static bool bearable(struct draw *d, const struct props_event *e)
{
	bool grows = e->verb == PROPS_ADD || e->verb == PROPS_TWO || e->verb == PROPS_NEW;
	int touched = mark_touched(d->touched, d->p, &d->now, e);

	if (e->verb == PROPS_LOSE)
		return 2 * touched <= d->now.n && d->now.n - touched >= 2 && 2 * (d->now.n - touched) > d->p->n;
	return touched && (!grows || d->now.n + touched <= 2 * d->p->n + 4);
}

static bool draw_event(struct draw *d, struct props_event *e)
{
	event_init(e, draw_verb(d));
	if (e->verb == PROPS_NEW) {
		e->from.prop = (uint8_t)rng_below(d->rng, PROPS - 1);
		e->to.prop = (uint8_t)rng_range(d->rng, e->from.prop + 1, PROPS - 1);
	} else if (e->verb == PROPS_SWAP) {
		draw_swap(d, e);
	} else {
		draw_cond(d, &e->cond, 1 + rng_chance(d->rng, d->knob[PAIRS]), 50);
	}
	if (e->verb == PROPS_SET || e->verb == PROPS_ADD || e->verb == PROPS_TWO)
		draw_effect(d, &e->one, &e->cond);
	if (e->verb == PROPS_TWO) {
		draw_effect(d, &e->two, &e->cond);
		if (same_effect(&e->one, &e->two))
			return false;
	}
	for (int i = 0; i < PROPS && e->verb == PROPS_TRADE; i++)
		e->one.value[i] = (int8_t)any_value(d, i);
	return bearable(d, e);
}

static void draw_guard(struct draw *d, struct props_event *e)
{
	int n;

	draw_cond(d, &e->guard, 1, 0);
	n = props_count(&d->now, &e->guard) + rng_range(d->rng, -2, 2);
	e->least = n < 1 ? 1 : n;
}

static bool draw_events(struct draw *d)
{
	int want = rng_range(d->rng, d->knob[MIN_EVENTS], d->knob[MAX_EVENTS]);

	props_begin(&d->now, d->p);
	for (int tries = 0; d->p->events < want; tries++) {
		struct props_event *e = &d->p->event[d->p->events];

		if (tries > 400)
			return false;
		if (!draw_event(d, e))
			continue;
		if (rng_chance(d->rng, d->knob[GUARDS]))
			draw_guard(d, e);
		d->p->events++;
		if (props_awake(&d->now, e) && !step(&d->now, e, d->touched))
			return false;
	}
	return true;
}

static bool same_cond(const struct props_cond *a, const struct props_cond *b)
{
	bool same = a->n == b->n && a->all == b->all;

	for (int i = 0; same && i < a->n; i++)
		same = test_cmp(a->test[i], b->test[i]) == 0;
	return same;
}

/* Different things to count. */
static bool draw_counts(struct draw *d)
{
	struct props *p = d->p;

	for (int tries = 0; p->counts < d->knob[ASKED]; tries++) {
		struct props_cond *c = &p->count[p->counts];
		bool fresh = true;

		if (tries > 200)
			return false;
		draw_cond(d, c, rng_range(d->rng, 1, d->knob[TESTS]), 25);
		for (int i = 0; i < p->counts; i++)
			fresh &= !same_cond(c, &p->count[i]);
		p->counts += fresh;
	}
	return true;
}

static bool generate(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng)
{
	struct props p;
	struct draw d;

	d.p = &p;
	d.knob = knob;
	d.rng = rng;
	p.n = p.events = p.counts = 0;
	draw_items(&d);
	if (!draw_events(&d) || !draw_counts(&d))
		return false;
	write_desc(desc, &p);
	write_counts(answer, &p, &d.now);
	return true;
}

const struct task task_object_properties = {
	.name = "object_properties",
	.family = "arithmetic",
	.what = "A collection of items with six properties goes through changes told one by one; how many are of some kind in the end?",
	.revision = 2,
	.flags = TASK_UNIQUE,
	.knobs = knobs,
	.levels = levels,
	.refuse = refuse,
	.generate = generate,
	.solve = solve,
	.explain = explain,
	.prove = prove,
	.grade = grade,
	.canon = props_canon,
	.twin = twin,
	.answers_log2 = answers_log2,
	.fields = props_fields,
};
