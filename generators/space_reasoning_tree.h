/* space_reasoning_tree.h - the parsed tree of relatives that the space_reasoning_tree*.c share. */
#ifndef QUARRY_GENERATORS_SPACE_REASONING_TREE_H
#define QUARRY_GENERATORS_SPACE_REASONING_TREE_H

#include "generators/task.h"

enum { TREE_NODES = 380, TREE_FACTS = 2000, TREE_POOL = 8000, TREE_NONE = -1 };

enum { TREE_COUSINS, TREE_SIBLINGS, TREE_GRANDCHILDREN, TREE_DESCENDANTS, TREE_AUNTS, TREE_SECOND, TREE_RELATIONS };

/* The desc's letters (verifiers/space_reasoning_tree.c says what they mean). */
struct tree_fact {
	char sign;
	int16_t head;     /* TREE_NONE for S and K */
	int16_t from, n;  /* its list: pool[from .. from + n) */
};

struct tree {
	int n, facts, used; /* used: of the pool */
	int asked, about;
	bool stated; /* it has parents: TREE_NONE for the root */
	int16_t parent[TREE_NODES];
	struct str name[TREE_NODES][LANGS];
	struct tree_fact fact[TREE_FACTS];
	int16_t pool[TREE_POOL];
};

/* What follows from the facts, round by round: parents, and for each by which fact and from whose parents. */
struct tree_known {
	int16_t parent[TREE_NODES]; /* TREE_NONE for the root */
	int16_t round[TREE_NODES];  /* 1: told; 0: the root */
	int16_t fact[TREE_NODES];
	int16_t by[TREE_NODES][3];  /* parents used, TREE_NONE behind the last */
	int16_t kids[TREE_NODES], grandkids[TREE_NODES];
	bool needed[TREE_NODES];    /* this parent matters for the answer */
	bool due[TREE_NODES];       /* in the answer */
};

extern const char *const tree_relations[TREE_RELATIONS]; /* as a desc calls them */

/* Items are numbered in the order in which the facts first name them; a desc has another. */
bool tree_read(struct tree *t, struct str desc);
/* The same of a desc that is known to be sound: whether names are what they ought to be is not asked. */
bool tree_skim(struct tree *t, struct str desc);
/* It has parents. */
void tree_write(struct buf *out, const struct tree *t);
/* Items in the order in which the facts name them, their names and parents with them. False: there is one of whom no fact speaks. */
bool tree_renumber(struct tree *t);
bool tree_solve(struct tree_known *k, const struct tree *t);
int tree_up(const struct tree_known *k, int v, int steps);

void tree_canon(struct buf *out, struct str desc);
void tree_tell(struct buf *out, const struct tree *t, enum lang lang);
void tree_fields(struct holes *holes, struct str desc, enum lang lang);

#endif
