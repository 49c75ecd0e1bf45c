/* space_reasoning.h - the parsed walk that space_reasoning.c and space_reasoning_told.c share. */
#ifndef QUARRY_GENERATORS_SPACE_REASONING_H
#define QUARRY_GENERATORS_SPACE_REASONING_H

#include "generators/task.h"

enum { SPACE_ITEMS = 80, SPACE_LEGS = 160, SPACE_STOPS = 6, SPACE_RUNS = 100, SPACE_COUNT = 99, SPACE_WALKS = 160 };

enum { SPACE_SQUARE, SPACE_DIAMOND, SPACE_TRIANGLE, SPACE_HONEYCOMB, SPACE_LATTICES };

/* Directions go round from the first one counter-clockwise: 4 or 6 of them. */
struct space_run {
	unsigned char dir, n;
};

struct space_moves {
	struct space_run run[SPACE_RUNS];
	int n;
};

struct space_event {
	int item;
	bool jump;             /* without moves: nobody tells where this is */
	struct space_moves by; /* of the first event and of a jump: none */
};

struct space_walk {
	int lattice, items, events, stops;
	struct str name[SPACE_ITEMS][LANGS];
	uint32_t hash[SPACE_ITEMS][LANGS]; /* of the names, as far as they are read from a desc */
	struct space_event event[SPACE_LEGS + SPACE_WALKS + 1];
	struct space_moves stop[SPACE_STOPS];
};

struct space_at {
	int x, y;
};

extern const char space_sign[SPACE_LATTICES][7]; /* the directions' letters in a desc */
int space_dirs(int lattice);
/* One step: in the plane for 4 directions; for 6, x counts along the first and y along the second. */
struct space_at space_step(int lattice, int dir);
struct space_at space_sum(int lattice, const struct space_moves *m);
bool space_read(struct space_walk *w, struct str desc);

/* Where the items are, the first at (0, 0); told into a buf that may be NULL. False: the walk does not hold together. */
struct space_map {
	struct space_at at[SPACE_ITEMS];
	int due[SPACE_STOPS]; /* the items at the stops */
	int anchors;          /* times that a walk of unknown place was tied to the rest */
};
bool space_solve(struct space_map *map, const struct space_walk *w);

void space_tell(struct buf *out, const struct space_walk *w, enum lang lang); /* the worked solution */
void space_fields(struct holes *holes, struct str desc, enum lang lang);

#endif
