/*
 * object_properties_canon.c - a collection's text without what does not matter: the order of items, and which value is which, sizes apart.
 *
 * Colour refinement (Weisfeiler and Leman, 1968): each value has a hue, which says nothing of its name. What names it (an item, an event,
 * a question) has the mixed sum of the hues of all it names, and each value's next hue is made of those of all that name it.
 */
#include "generators/object_properties.h"
#include "base/hash.h"
#include "generators/pen.h"

enum {
	VALUES = 24,  /* the most that a property has */
	ROUNDS = 3,
	ACTS = PROPS_EVENTS + PROPS_COUNTS, /* events and questions */
	MENTIONS = PROPS_EVENTS * (2 * PROPS_TESTS + 2 * PROPS + 2) + PROPS_COUNTS * PROPS_TESTS,
};

/* What an act names a value for; odd and distinct, as sums of hues are told apart by them. */
enum role { ROLE_GUARD = 3, ROLE_COND = 5, ROLE_ONE = 7, ROLE_TWO = 9, ROLE_SWAP = 11 };

/* That an act names a value. */
struct mention {
	uint16_t value; /* VALUES * property + value */
	uint8_t act;
	uint8_t role;
};

struct web {
	const struct props *p;
	struct mention mention[MENTIONS];
	int mentions, acts;
	uint64_t frame[ACTS];   /* what no naming changes: the verb, numbers, how tests are joined */
	uint32_t spoken[PROPS]; /* values that an item or an act names, by their bits */
	uint64_t value[PROPS * VALUES], item[PROPS_ITEMS], act[ACTS]; /* hues */
};

static void mention(struct web *w, int prop, int value, enum role role)
{
	w->mention[w->mentions++] = (struct mention){ (uint16_t)(VALUES * prop + value), (uint8_t)w->acts, (uint8_t)role };
	w->spoken[prop] |= 1u << value;
}

static void mention_cond(struct web *w, const struct props_cond *c, enum role role)
{
	for (int i = 0; i < c->n; i++)
		mention(w, c->test[i].prop, c->test[i].value, role);
}

static void mention_effect(struct web *w, const struct props_effect *e, enum role role)
{
	for (int i = 0; i < PROPS; i++)
		if (e->value[i] >= 0)
			mention(w, i, e->value[i], role);
}

static void mention_event(struct web *w, const struct props_event *e)
{
	int pair = e->verb == PROPS_NEW ? 1 + PROPS * e->from.prop + e->to.prop : 0;

	w->frame[w->acts] = rng_mix((uint64_t)(4 * (int)e->verb + 2 * e->guard.all + e->cond.all), (uint64_t)(64 * e->least + pair));
	if (e->least)
		mention_cond(w, &e->guard, ROLE_GUARD);
	mention_cond(w, &e->cond, ROLE_COND);
	mention_effect(w, &e->one, ROLE_ONE);
	mention_effect(w, &e->two, ROLE_TWO);
	if (e->verb == PROPS_SWAP) {
		mention(w, e->from.prop, e->from.value, ROLE_SWAP);
		mention(w, e->to.prop, e->to.value, ROLE_SWAP);
	}
	w->acts++;
}

static void web_init(struct web *w, const struct props *p)
{
	w->p = p;
	w->mentions = w->acts = 0;
	memset(w->spoken, 0, sizeof(w->spoken));
	for (int i = 0; i < p->n; i++)
		for (int j = 0; j < PROPS; j++)
			w->spoken[j] |= 1u << p->item[i][j];
	for (int i = 0; i < p->events; i++)
		mention_event(w, &p->event[i]);
	for (int i = 0; i < p->counts; i++) {
		w->frame[w->acts] = p->count[i].all;
		mention_cond(w, &p->count[i], ROLE_COND);
		w->acts++;
	}
	for (int i = 0; i < PROPS; i++)
		for (int v = 0; v < VALUES; v++)
			w->value[VALUES * i + v] = i == PROP_SIZE ? rng_mix((uint64_t)i, (uint64_t)v) : (uint64_t)i;
}

/* Acts keep their places, so that these are part of their hues; items do not. */
static void hue_things(struct web *w)
{
	const struct props *p = w->p;

	for (int i = 0; i < p->n; i++) {
		uint64_t sum = 0;

		for (int j = 0; j < PROPS; j++)
			sum += w->value[VALUES * j + p->item[i][j]];
		w->item[i] = rng_mix(sum, 1);
	}
	memcpy(w->act, w->frame, sizeof(*w->act) * (size_t)w->acts);
	for (int i = 0; i < w->mentions; i++)
		w->act[w->mention[i].act] += w->mention[i].role * w->value[w->mention[i].value];
	for (int i = 0; i < w->acts; i++)
		w->act[i] = rng_mix(w->act[i], (uint64_t)(2 + i));
}

static void hue_values(struct web *w)
{
	const struct props *p = w->p;

	for (int i = 0; i < p->n; i++)
		for (int j = 0; j < PROPS; j++)
			w->value[VALUES * j + p->item[i][j]] += w->item[i];
	for (int i = 0; i < w->mentions; i++)
		w->value[w->mention[i].value] += w->mention[i].role * w->act[w->mention[i].act];
	for (int i = 0; i < PROPS; i++)
		for (uint32_t left = w->spoken[i]; left; left &= left - 1) {
			uint64_t *hue = &w->value[VALUES * i + __builtin_ctz(left)];

			*hue = rng_mix(*hue, 0);
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
	struct props p;
	struct web w;
	char *pen;

	if (!props_read(&p, desc))
		return;
	web_init(&w, &p);
	hue_things(&w);
	for (int round = 0; round < ROUNDS; round++) {
		hue_values(&w);
		hue_things(&w);
	}
	sort_hues(w.item, p.n);
	pen = pen_down(out, 17 * (size_t)(p.n + w.acts) + 16);
	if (!pen)
		return;
	pen = pen_int(pen, p.n);
	pen = pen_int(pen_char(pen, ' '), p.events);
	pen = pen_int(pen_char(pen, ' '), p.counts);
	for (int i = 0; i < p.n; i++)
		pen = put_hue(pen, w.item[i]);
	for (int i = 0; i < w.acts; i++)
		pen = put_hue(pen, w.act[i]);
	pen_up(out, pen);
}
