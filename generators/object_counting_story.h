/*
 * object_counting_story.h - an inventory story as the generator and its teller see it; for object_counting*.c only.
 */
#ifndef QUARRY_GENERATORS_OBJECT_COUNTING_STORY_H
#define QUARRY_GENERATORS_OBJECT_COUNTING_STORY_H

#include "generators/task.h"
#include "verifiers/object_counting.h"

enum { OWNERS = 8, FACTS = 80, PARTS = 40 };

struct object_thing {
	const char *id;
	enum object_kind kind;
	const char *many, *zh, *measure;
};

enum {
#define X(kind, id, many, zh, measure) +1
	THINGS = 0 OBJECT_THINGS(X)
#undef X
};

extern const struct object_thing object_things[THINGS];
extern const struct str object_ids[THINGS];
int object_thing_of(struct str id); /* -1: none is called so */
extern const struct object_kind_name {
	const char *id, *name[LANGS];
} object_kinds[KINDS];
extern const char object_letters[OWNERS + 1]; /* owner i in the desc */
extern const char *const object_names[LANGS][OWNERS];

struct part {
	int n, thing;
};

/* op is the sign in the text: ':' '+' '-' '>' '*' '='; `*` and `=` have one part without a count. */
struct fact {
	char op;
	int who, to;
	int parts;
	struct part part[PARTS];
};

struct term {
	int who; /* OWNERS: everybody */
	unsigned kinds;
};

struct story {
	struct term term[2];
	int terms;
	int facts;
	struct fact fact[FACTS];
};

/* "3 pears", "3个梨" */
void object_say_things(struct buf *out, int64_t n, int thing, enum lang lang);
const char *object_thing_name(int thing, enum lang lang);

void object_say_story(struct buf *out, const struct story *s, enum lang lang); /* sentence after sentence */
void object_say_notes(struct buf *out, const struct story *s, enum lang lang); /* a line for each person, then the events numbered */
void object_say_question(struct buf *out, const struct story *s, enum lang lang);

#endif
