/*
 * describe.h - what there is, as JSON: a task's family, knobs with ranges, levels, languages, formats, wordings, support.
 *
 *	tasks_json(&b);		// {"tasks":[{"name":"arc_agi",...},...]}, in order of name
 */
#ifndef QUARRY_GENERATORS_DESCRIBE_H
#define QUARRY_GENERATORS_DESCRIBE_H

#include "base/buf.h"
#include "generators/task.h"

void task_json(struct buf *b, const struct task *t); /* one object */
void tasks_json(struct buf *b);

#endif
