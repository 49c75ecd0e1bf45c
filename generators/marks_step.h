/* marks_step.h - what marks.c and marks_logic.c share. Private to them. */
#ifndef QUARRY_GENERATORS_MARKS_STEP_H
#define QUARRY_GENERATORS_MARKS_STEP_H

#include "generators/marks.h"

/* Decide a cell; false when that breaks the board. The tale's current line takes it up. */
bool marks_set(struct marks *m, int cell, int v);
/* What one decided cell says at once; all that waits in the queue. */
void marks_follow(struct marks *m, int cell);
void marks_settle(struct marks *m);

/* A copy of a settled board: what waits in the queue, nothing, is left out. */
static inline void marks_copy(struct marks *to, const struct marks *from)
{
	memcpy(to, from, offsetof(struct marks, is) + (size_t)from->s->cells);
	if (from->s->kind & MARKS_DOMINO)
		memcpy(to->beside, from->beside, (size_t)from->s->cells);
	to->head = to->tail = 0;
}

/* Begin a line on something of this depth; the buffer to write its head to, NULL where nothing is told. */
struct buf *marks_tell(struct marks *m, int depth);
void marks_told(struct marks_tale *t); /* end it; a line without a cell is dropped; t may be NULL */
void marks_say_cell(struct buf *b, const struct marks_shape *s, char sign, int cell);
void marks_say_unit(struct buf *b, const struct marks *m, int u);

#endif
