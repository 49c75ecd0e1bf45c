/*
 * compose.h - the parts of a composed puzzle, for those who answer it part by part.
 *
 *	for (int i = 0; compose_part(desc, i, &task, &part); i++)
 *		...
 *
 * What a composition is stands in verifiers/compose.h.
 */
#ifndef QUARRY_GENERATORS_COMPOSE_H
#define QUARRY_GENERATORS_COMPOSE_H

#include "generators/task.h"

/* Part i of a composed puzzle and its task; false past the last, or where the desc is damaged. */
bool compose_part(struct str desc, int i, const struct task **task, struct str *part);
/* Are all answers asked for? Else only that of the last part. */
bool compose_asks_all(struct str desc);
/* Add part i's answer to the whole answer. */
void compose_answer(struct buf *out, int i, struct str answer);
/* Name the parts: these tasks in turn, as many as there are. False: more than six, or one that cannot be a part. */
bool compose_choose(int *knob, unsigned *knob_set, const struct task *const *tasks, int n);
/* Difficulty of the parts under these knobs, 0 .. 10. */
int compose_level(const int *knob);

#endif
