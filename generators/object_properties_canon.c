/* object_properties_canon.c - a collection's text without what does not matter: the order of items, and which value is which, sizes apart. */
#include "generators/object_properties.h"
#include "base/hash.h"

/* Colours of values that no renaming changes, refined by the items and changes they stand in. */
struct hues {
	uint64_t of[PROPS][24];
	uint64_t no_effect; /* the hue of an effect that changes nothing, which most events have beside their own */
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
	uint64_t all = 7;
	bool any = false;

	for (int i = 0; i < PROPS; i++)
		any |= e->value[i] >= 0;
	if (!any)
		return h->no_effect;
	for (int i = 0; i < PROPS; i++)
		all = rng_mix(all, e->value[i] < 0 ? 0 : h->of[i][e->value[i]]);
	return all;
}

/* Of all items, a property after the other: so the mixing of one need not wait for that of another. */
static void item_hues(uint64_t *hue, const struct hues *h, const struct props *p)
{
	for (int i = 0; i < p->n; i++)
		hue[i] = 11;
	for (int j = 0; j < PROPS; j++)
		for (int i = 0; i < p->n; i++)
			hue[i] = rng_mix(hue[i], h->of[j][p->item[i][j]]);
}

static uint64_t event_hue(const struct hues *h, const struct props_event *e)
{
	uint64_t all = rng_mix((uint64_t)e->verb, (uint64_t)e->least);

	all = rng_mix(all, cond_hue(h, &e->guard));
	all = rng_mix(all, cond_hue(h, &e->cond));
	if (e->verb == PROPS_SWAP)
		return rng_mix(all, rng_mix(test_hue(h, e->from), 3) + rng_mix(test_hue(h, e->to), 3));
	if (e->verb == PROPS_NEW)
		return rng_mix(all, (uint64_t)(8 * e->from.prop + e->to.prop));
	return rng_mix(rng_mix(all, effect_hue(h, &e->one)), effect_hue(h, &e->two));
}

/* Values that a puzzle speaks of, by their bits. */
struct spoken {
	uint32_t of[PROPS];
};

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
static void find_hues(struct hues *h, const struct props *p)
{
	uint64_t items[PROPS_ITEMS];
	struct spoken spoken;

	find_spoken(&spoken, p);
	h->no_effect = 7;
	for (int i = 0; i < PROPS; i++)
		h->no_effect = rng_mix(h->no_effect, 0);
	for (int i = 0; i < PROPS; i++)
		for (int v = 0; v < 24; v++)
			h->of[i][v] = i == PROP_SIZE ? (uint64_t)v : 99;
	for (int round = 0; round < 4; round++) {
		struct hues next = *h;

		item_hues(items, h, p);
		for (int i = 0; i < p->n; i++) {
			uint64_t hue = rng_mix(items[i], 17);

			for (int j = 0; j < PROPS; j++)
				next.of[j][p->item[i][j]] += hue;
		}
		for (int i = 0; i < p->events; i++) {
			const struct props_event *e = &p->event[i];
			uint64_t hue = rng_mix(event_hue(h, e), (uint64_t)i);

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
			for (uint32_t left = spoken.of[i]; left; left &= left - 1) {
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

static void add_hue(struct buf *out, uint64_t hue)
{
	char text[18] = " ";

	hash64_hex(hue, text + 1);
	buf_add(out, (struct str){ text, 17 });
}

void props_canon(struct buf *out, struct str desc)
{
	uint64_t items[PROPS_ITEMS];
	struct props p;
	struct hues h;

	if (!props_read(&p, desc))
		return;
	find_hues(&h, &p);
	item_hues(items, &h, &p);
	sort_hues(items, p.n);
	buf_reserve(out, 17 * (size_t)(p.n + p.events + p.counts) + 16);
	buf_addf(out, "%d %d %d", p.n, p.events, p.counts);
	for (int i = 0; i < p.n; i++)
		add_hue(out, items[i]);
	for (int i = 0; i < p.events; i++)
		add_hue(out, event_hue(&h, &p.event[i]));
	for (int i = 0; i < p.counts; i++)
		add_hue(out, cond_hue(&h, &p.count[i]));
}
