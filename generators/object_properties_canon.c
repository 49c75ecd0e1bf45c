/* object_properties_canon.c - a collection's text without what does not matter: the order of items, and which value is which, sizes apart. */
#include "generators/object_properties.h"
#include "base/hash.h"
#include "generators/pen.h"

/* Colours of values that no renaming changes, refined by the items and changes they stand in. */
struct hues {
	uint64_t of[PROPS][24];
	uint64_t same[PROPS + 1]; /* the hue of an effect that changes none of so many properties; all: most events have such a one */
};

static uint64_t test_hue(const struct hues *h, struct props_test t)
{
	return rng_mix(h->of[t.prop][t.value], t.prop);
}

static uint64_t cond_hue(const struct hues *h, const struct props_cond *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < c->n; i++)
		sum += rng_mix(test_hue(h, c->test[i]), 3);
	return rng_mix(sum, c->all);
}

static uint64_t effect_hue(const struct hues *h, const struct props_effect *e)
{
	uint64_t all;
	int i = 0;

	while (i < PROPS && e->value[i] < 0)
		i++;
	for (all = h->same[i]; i < PROPS; i++)
		all = rng_mix(all, e->value[i] < 0 ? 0 : h->of[i][e->value[i]]);
	return all;
}

/* Values that a puzzle speaks of, by their bits. */
struct spoken {
	uint32_t of[PROPS];
};

/* Of all items, a property after the other: so the mixing of one need not wait for that of another. */
static void item_hues(uint64_t *hue, const struct hues *h, const struct spoken *s, const struct props *p)
{
	uint64_t kind[24]; /* the hue of an item of which no more than this is known */

	for (uint32_t left = s->of[PROP_KIND]; left; left &= left - 1)
		kind[__builtin_ctz(left)] = rng_mix(11, h->of[PROP_KIND][__builtin_ctz(left)]);
	for (int i = 0; i < p->n; i++)
		hue[i] = kind[p->item[i][PROP_KIND]];
	for (int j = PROP_KIND + 1; j < PROPS; j++)
		for (int i = 0; i < p->n; i++)
			hue[i] = rng_mix(hue[i], h->of[j][p->item[i][j]]);
}

/* The same as long as values have their first hues: those of one size are alike. */
static void first_item_hues(uint64_t *hue, const struct hues *h, const struct spoken *s, const struct props *p)
{
	uint64_t sized[24];

	for (uint32_t left = s->of[PROP_SIZE]; left; left &= left - 1) {
		int size = __builtin_ctz(left);

		sized[size] = 11;
		for (int j = 0; j < PROPS; j++)
			sized[size] = rng_mix(sized[size], h->of[j][j == PROP_SIZE ? size : 0]);
	}
	for (int i = 0; i < p->n; i++)
		hue[i] = sized[p->item[i][PROP_SIZE]];
}

/* Of all events, one step after the other for the same reason; frame: the hue of the verb and the guard's number, which never changes. */
static void event_hues(uint64_t *hue, const struct hues *h, const uint64_t *frame, const struct props *p)
{
	const struct props_cond none = { .n = 0 };
	const uint64_t no_guard = cond_hue(h, &none);
	uint64_t one[PROPS_EVENTS], two[PROPS_EVENTS];

	for (int i = 0; i < p->events; i++)
		one[i] = p->event[i].guard.n ? cond_hue(h, &p->event[i].guard) : no_guard;
	for (int i = 0; i < p->events; i++)
		two[i] = cond_hue(h, &p->event[i].cond);
	for (int i = 0; i < p->events; i++)
		hue[i] = rng_mix(rng_mix(frame[i], one[i]), two[i]);
	for (int i = 0; i < p->events; i++) {
		one[i] = effect_hue(h, &p->event[i].one);
		two[i] = effect_hue(h, &p->event[i].two);
	}
	for (int i = 0; i < p->events; i++) {
		const struct props_event *e = &p->event[i];

		if (e->verb == PROPS_SWAP)
			hue[i] = rng_mix(hue[i], rng_mix(test_hue(h, e->from), 3) + rng_mix(test_hue(h, e->to), 3));
		else if (e->verb == PROPS_NEW)
			hue[i] = rng_mix(hue[i], (uint64_t)(8 * e->from.prop + e->to.prop));
		else
			hue[i] = rng_mix(rng_mix(hue[i], one[i]), two[i]);
	}
}

static void speak_cond(struct spoken *s, const struct props_cond *c)
{
	for (int i = 0; i < c->n; i++)
		s->of[c->test[i].prop] |= 1u << c->test[i].value;
}

static void speak_effect(struct spoken *s, const struct props_effect *e)
{
	for (int i = 0; i < PROPS; i++)
		if (e->value[i] >= 0)
			s->of[i] |= 1u << e->value[i];
}

static void find_spoken(struct spoken *s, const struct props *p)
{
	memset(s, 0, sizeof(*s));
	for (int i = 0; i < p->n; i++)
		for (int j = 0; j < PROPS; j++)
			s->of[j] |= 1u << p->item[i][j];
	for (int i = 0; i < p->events; i++) {
		const struct props_event *e = &p->event[i];

		speak_cond(s, &e->guard);
		speak_cond(s, &e->cond);
		speak_effect(s, &e->one);
		speak_effect(s, &e->two);
		if (e->verb == PROPS_SWAP)
			s->of[e->from.prop] |= 1u << e->from.value | 1u << e->to.value;
	}
	for (int i = 0; i < p->counts; i++)
		speak_cond(s, &p->count[i]);
}

static void mark_cond(struct hues *to, const struct props_cond *c, uint64_t hue)
{
	hue = rng_mix(hue, 13);
	for (int i = 0; i < c->n; i++)
		to->of[c->test[i].prop][c->test[i].value] += hue;
}

static void mark_effect(struct hues *to, const struct props_effect *e, uint64_t hue, uint64_t role)
{
	hue = rng_mix(hue, role);
	for (int i = 0; i < PROPS; i++)
		if (e->value[i] >= 0)
			to->of[i][e->value[i]] += hue;
}

/* Three rounds: values, the items that they share, the values of these. */
static void find_hues(struct hues *h, uint64_t *frame, const struct spoken *spoken, const struct props *p)
{
	uint64_t items[PROPS_ITEMS], events[PROPS_EVENTS];
	struct hues next;

	h->same[0] = 7;
	for (int i = 0; i < PROPS; i++)
		h->same[i + 1] = rng_mix(h->same[i], 0);
	for (int i = 0; i < p->events; i++)
		frame[i] = rng_mix((uint64_t)p->event[i].verb, (uint64_t)p->event[i].least);
	for (int i = 0; i < PROPS; i++)
		for (int v = 0; v < 24; v++)
			h->of[i][v] = i == PROP_SIZE ? (uint64_t)v : 99;
	for (int round = 0; round < 4; round++) {
		memcpy(next.of, h->of, sizeof(next.of));
		(round ? item_hues : first_item_hues)(items, h, spoken, p);
		for (int i = 0; i < p->n; i++) {
			uint64_t hue = rng_mix(items[i], 17);

			for (int j = 0; j < PROPS; j++)
				next.of[j][p->item[i][j]] += hue;
		}
		event_hues(events, h, frame, p);
		for (int i = 0; i < p->events; i++) {
			const struct props_event *e = &p->event[i];
			uint64_t hue = rng_mix(events[i], (uint64_t)i);

			if (e->guard.n)
				mark_cond(&next, &e->guard, rng_mix(hue, 1));
			mark_cond(&next, &e->cond, rng_mix(hue, 2));
			if (e->verb == PROPS_SWAP) {
				hue = rng_mix(hue, 19);
				next.of[e->from.prop][e->from.value] += hue;
				next.of[e->to.prop][e->to.value] += hue;
			} else if (e->verb != PROPS_NEW && e->verb != PROPS_LOSE && e->verb != PROPS_GROW && e->verb != PROPS_SHRINK) {
				mark_effect(&next, &e->one, hue, 23);
				if (e->verb == PROPS_TWO)
					mark_effect(&next, &e->two, hue, 29);
			}
		}
		for (int i = 0; i < p->counts; i++)
			mark_cond(&next, &p->count[i], rng_mix(cond_hue(h, &p->count[i]), (uint64_t)(1000 + i)));
		for (int i = 0; i < PROPS; i++)
			for (uint32_t left = spoken->of[i]; left; left &= left - 1) {
				int v = __builtin_ctz(left);

				h->of[i][v] = rng_mix(next.of[i][v], 31);
			}
	}
}

static void sort_hues(uint64_t *hue, int n)
{
	for (int i = 1; i < n; i++) {
		uint64_t h = hue[i];
		int at = i;

		for (; at && hue[at - 1] > h; at--)
			hue[at] = hue[at - 1];
		hue[at] = h;
	}
}

static char *put_hue(char *pen, uint64_t hue)
{
	*pen = ' ';
	hash64_hex(hue, pen + 1);
	return pen + 17;
}

void props_canon(struct buf *out, struct str desc)
{
	uint64_t items[PROPS_ITEMS], events[PROPS_EVENTS], frame[PROPS_EVENTS];
	struct spoken spoken;
	struct props p;
	struct hues h;
	char *pen;

	if (!props_read(&p, desc))
		return;
	find_spoken(&spoken, &p);
	find_hues(&h, frame, &spoken, &p);
	item_hues(items, &h, &spoken, &p);
	event_hues(events, &h, frame, &p);
	sort_hues(items, p.n);
	pen = pen_down(out, 17 * (size_t)(p.n + p.events + p.counts) + 16);
	if (!pen)
		return;
	pen = pen_int(pen, p.n);
	pen = pen_int(pen_char(pen, ' '), p.events);
	pen = pen_int(pen_char(pen, ' '), p.counts);
	for (int i = 0; i < p.n; i++)
		pen = put_hue(pen, items[i]);
	for (int i = 0; i < p.events; i++)
		pen = put_hue(pen, events[i]);
	for (int i = 0; i < p.counts; i++)
		pen = put_hue(pen, cond_hue(&h, &p.count[i]));
	pen_up(out, pen);
}
