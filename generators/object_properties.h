/* object_properties.h - the parsed collection and what happens to it, which object_properties.c and object_properties_told.c share. */
#ifndef QUARRY_GENERATORS_OBJECT_PROPERTIES_H
#define QUARRY_GENERATORS_OBJECT_PROPERTIES_H

#include "generators/task.h"

enum { PROPS = 6, PROPS_ITEMS = 400, PROPS_EVENTS = 40, PROPS_TESTS = 6, PROPS_COUNTS = 6 };

/* In the order of a desc, where their letters are "kscmao". */
enum { PROP_KIND, PROP_SIZE, PROP_COLOUR, PROP_MATERIAL, PROP_AROMA, PROP_ORIGIN };

extern const char props_letters[PROPS + 1];
extern const int props_values[PROPS];

struct props_test {
	uint8_t prop, value;
};

struct props_cond {
	struct props_test test[PROPS_TESTS];
	uint8_t n;
	bool all; /* all tests hold, not just one */
};

struct props_effect {
	int8_t value[PROPS]; /* -1: as before */
};

enum props_verb { PROPS_SET, PROPS_LOSE, PROPS_ADD, PROPS_TWO, PROPS_TRADE, PROPS_GROW, PROPS_SHRINK, PROPS_SWAP, PROPS_NEW, PROPS_VERBS };

struct props_event {
	enum props_verb verb;
	int least;                   /* above 0: only if so many items meet `guard` then */
	struct props_cond guard, cond;
	struct props_effect one, two; /* trade: one is the whole new item */
	struct props_test from, to;  /* swap: two values; new: two properties */
};

struct props {
	int n, events, counts;
	uint8_t item[PROPS_ITEMS][PROPS];
	struct props_event event[PROPS_EVENTS];
	struct props_cond count[PROPS_COUNTS];
};

/* The collection at some time; numbers stay with the items, and new ones get new numbers. */
struct props_now {
	int n, next;
	uint8_t item[PROPS_ITEMS][PROPS];
	uint16_t number[PROPS_ITEMS]; /* from 1 */
};

bool props_read(struct props *p, struct str desc);
bool props_meets(const uint8_t *item, const struct props_cond *c);
int props_count(const struct props_now *now, const struct props_cond *c);
void props_begin(struct props_now *now, const struct props *p);
bool props_awake(const struct props_now *now, const struct props_event *e); /* no guard, or one that is met */
/* Does the event touch the item? */
bool props_touches(const struct props *p, const struct props_event *e, const uint8_t *item);
bool props_step(struct props_now *now, const struct props *p, const struct props_event *e); /* false: too many items */

void props_canon(struct buf *out, struct str desc);
void props_tell(struct buf *out, const struct props *p, enum lang lang);
void props_fields(struct holes *holes, struct str desc, enum lang lang);

#endif
