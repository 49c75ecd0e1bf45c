/*
 * describe.h - what there is, as JSON: a task's family, knobs with ranges, levels, languages, formats, wordings, support.
 *
 *	tasks_json(&b, NULL, 0);	// {"tasks":[{"name":"arc_agi",...},...]}, in order of name
 */
#ifndef QUARRY_GENERATORS_DESCRIBE_H
#define QUARRY_GENERATORS_DESCRIBE_H

#include "base/buf.h"
#include "generators/task.h"

void tasks_json(struct buf *b, const struct task *const *some, size_t n); /* some: NULL means all */

#endif
