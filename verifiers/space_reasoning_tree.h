/* space_reasoning_tree.h - what the rule for trees of relatives asks of the one for trees that no desc states. */
#ifndef QUARRY_VERIFIERS_SPACE_REASONING_TREE_H
#define QUARRY_VERIFIERS_SPACE_REASONING_TREE_H

#include "verifiers/named.h"

enum { TREE_FACTS = 2000 }; /* of a desc, at most */

enum tree_relation { TREE_COUSINS, TREE_SIBLINGS, TREE_GRANDCHILDREN, TREE_DESCENDANTS, TREE_AUNTS, TREE_SECOND_COUSINS, TREE_RELATIONS };

/* Which of n items are the relatives of one: of the only tree that the facts of revision 1 leave. False: they leave no whole tree. */
bool tree_close(bool *due, struct str facts, int n, enum tree_relation asked, int about);

#endif
