/* foreign_texts.c - see foreign.h. */
#include "cli/foreign.h"

const struct foreign_task foreign_texts[] = {
	{ NULL, NULL, NULL },
};
