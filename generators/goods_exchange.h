/* goods_exchange.h - the parsed people, things and exchanges that goods_exchange.c and goods_exchange_told.c share. */
#ifndef QUARRY_GENERATORS_GOODS_EXCHANGE_H
#define QUARRY_GENERATORS_GOODS_EXCHANGE_H

#include "generators/task.h"

enum { GOODS_PEOPLE = 40, GOODS_EVENTS = 200, GOODS_NAME = 64 /* bytes */, GOODS_ROUND = 6 };

/* Somebody as an event names him. */
struct goods_who {
	char how; /* p by name, h by what he owns, o by what he owned at first */
	int of;   /* person, or thing */
	int is;   /* the person */
};

struct goods_event {
	char kind;          /* s r g t a i u n */
	struct goods_who who[GOODS_ROUND];
	int n;              /* how many of them */
	int a, b;           /* g t: things; n: person and person or thing; i: person and thing */
	int idle;           /* n: which of its kinds */
	bool back;          /* a: to the one before */
};

/* What everybody owns, and whose each thing is: one is the other turned round. */
struct goods_holding {
	unsigned char owns[GOODS_PEOPLE], owner[GOODS_PEOPLE];
};

struct goods {
	struct str person[GOODS_PEOPLE][LANGS], thing[GOODS_PEOPLE][LANGS];
	int n;
	struct str events; /* their text */
	struct goods_holding now, before;
	bool undoable;     /* before is how things stood before the exchange just made */
};

/* Read it all; the state is that at the end. How many events; 0: the desc is damaged. */
int goods_read(struct goods *p, struct str desc);
/* The same of a desc that is known to be sound: names and events are found, not checked; everybody at the start. */
bool goods_skim(struct goods *p, struct str desc);
/* The next event of a text; false where it is damaged. */
bool goods_next(struct goods_event *e, struct str *rest, const struct goods *p);
void goods_play(struct goods *p, const struct goods_event *e);
void goods_restart(struct goods *p); /* to the state before all events */

void goods_fields(struct holes *holes, struct str desc, enum lang lang);

#endif
