/*
 * task.h - what a puzzle is to quarry: a table of knobs and levels with functions under it.
 *
 * Everything starts from the desc, one printable line that fully states the puzzle; the seed is only provenance.
 * Functions keep no state and may run in any number of threads at once. A desc they are given may be damaged
 * (it can come from a file): then they return false or write nothing, and never crash.
 */
#ifndef QUARRY_GENERATORS_TASK_H
#define QUARRY_GENERATORS_TASK_H

#include "base/buf.h"
#include "base/rng.h"
#include "base/str.h"
#include "generators/holes.h"

enum { TASK_KNOBS = 12, TASK_LEVELS = 11 };

enum lang { LANG_EN, LANG_ZH, LANGS };

enum {
	TASK_UNIQUE = 1,       /* one right answer, proved by prove() */
	TASK_MANY_ANSWERS = 2, /* any answer that obeys the rules is right */
};

struct knob {
	const char *name;
	int lo, hi; /* both allowed */
	const char *what;
};

/* What the solver measured; written into the instance as JSON. */
struct effort {
	int depth;             /* longest chain of forced steps */
	int branch;            /* guesses beyond propagation */
	int steps;             /* steps of the worked solution */
	const char *technique; /* those needed, easiest first, parted by ", "; or "" */
	double answers_log2;   /* the task's, where grade() has come by it at no cost; 0: answers_log2() is to be asked */
};

struct task {
	const char *name, *family, *what; /* what: one sentence */
	int revision;                     /* goes up when the same seed gives another desc */
	unsigned flags;
	const struct knob *knobs;              /* ends with a NULL name */
	const int (*levels)[TASK_KNOBS];       /* TASK_LEVELS rows in the order of knobs: difficulty 0 .. 10 */

	/* NULL, or why these knob values (each within its range) can give no puzzle. May be NULL. */
	const char *(*refuse)(const int *knob);
	/* Invent a puzzle. Bounded draws; false when the budget is spent (the caller tries the next stream, then gives up). */
	bool (*generate)(struct buf *desc, struct buf *answer, const int *knob, struct rng *rng);
	/* One right answer, canonical, from the desc alone. */
	bool (*solve)(struct buf *answer, struct str desc);
	/*
	 * How many right answers, counted up to `limit`, and the first of them; -1: nobody knows, a desc that is damaged or would take
	 * too long. For puzzles of others, where none or many may be. NULL: solve() and prove() must do.
	 */
	int (*count)(struct buf *answer, struct str desc, int limit);
	/* Where answers are names: one of solve() or generate() as it is said in `lang`. NULL where no language is in it. */
	void (*say)(struct buf *out, struct str desc, struct str answer, enum lang lang);
	/* Short explicit steps that lead to the answer, without the final answer line. May be NULL. */
	void (*explain)(struct buf *steps, struct str desc, enum lang lang);
	/* One solution and no other; TASK_UNIQUE only. */
	bool (*prove)(struct str desc);
	void (*grade)(struct effort *e, struct str desc);
	/* The same text for every symmetric twin of the puzzle, and only for those. */
	void (*canon)(struct buf *out, struct str desc);
	/* A random symmetric twin's desc: tests that canon() is one for all. May be NULL where there is no symmetry. */
	bool (*twin)(struct buf *out, struct str desc, struct rng *rng);
	/* log2 of how many answers the prompt admits as well-formed (16 truth values: 16.0). */
	double (*answers_log2)(struct str desc);
	/* The texts of the wording's {{holes}}: see holes.h. Nothing is put for a damaged desc. */
	void (*fields)(struct holes *holes, struct str desc, enum lang lang);
};

const struct task *task_find(struct str name); /* aliases are known; NULL where there is none */
const struct task *task_at(size_t i);          /* in order of name; NULL past the last */
int task_knob_count(const struct task *t);
/* Knob values at a whole level, 0 .. 10. */
void task_level(const struct task *t, int level, int knob[TASK_KNOBS]);

#endif
