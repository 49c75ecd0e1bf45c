/*
 * marks_posed.h - what a task answers about a posed puzzle, where the puzzle is a board of marks.
 *
 *	static const struct posed posed = { shape_read, answer_write, technique_names, { "legend\n", "...\n" } };
 *
 *	POSED_TASK(posed) // prove(), solve(), explain() and grade() of the task
 */
#ifndef QUARRY_GENERATORS_MARKS_POSED_H
#define QUARRY_GENERATORS_MARKS_POSED_H

#include "generators/marks.h"
#include "generators/task.h"

struct posed {
	bool (*shape)(struct marks_shape *s, struct str desc); /* false: a damaged desc */
	void (*answer)(struct buf *out, const struct marks_shape *s, const struct set *mark);
	const char *const *techniques; /* what the record says of each hardest technique */
	const char *legend[LANGS];     /* the first line of the steps */
};

bool posed_prove(const struct posed *p, struct str desc);
bool posed_solve(const struct posed *p, struct buf *answer, struct str desc);
int posed_count(const struct posed *p, struct buf *answer, struct str desc, int limit);
void posed_explain(const struct posed *p, struct buf *steps, struct str desc, enum lang lang);
void posed_grade(const struct posed *p, struct effort *e, struct str desc);

#define POSED_TASK(p) \
	static bool prove(struct str desc) \
	{ \
		return posed_prove(&(p), desc); \
	} \
	static bool solve(struct buf *answer, struct str desc) \
	{ \
		return posed_solve(&(p), answer, desc); \
	} \
	static void explain(struct buf *steps, struct str desc, enum lang lang) \
	{ \
		posed_explain(&(p), steps, desc, lang); \
	} \
	static void grade(struct effort *e, struct str desc) \
	{ \
		posed_grade(&(p), e, desc); \
	}

#endif
