/* statement_inside.h - what statement.c, statement_names.c and statement_text.c share. */
#ifndef QUARRY_REPOS_STATEMENT_INSIDE_H
#define QUARRY_REPOS_STATEMENT_INSIDE_H

#include "repos/statement.h"

/* The next run of letters, digits and underscores. */
bool statement_word(struct str *rest, struct str *word);

/* Lines that the patch adds, are long enough to be no accident, and stand in the text, blanks aside. */
uint32_t leak_lines(struct str patch, struct str text);

/* Sets s->unknown. */
int unknown_names(const struct statement_ask *ask, struct str text, struct statement *s);

/* The last resort, from what failed; subject: what of the message is left. */
void statement_template(const struct statement_ask *ask, struct str subject, struct buf *text);

#endif
