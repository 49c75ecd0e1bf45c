/* task.c - the table of tasks, looked up; see task.h. */
#include "generators/task.h"
#include "verifiers/verify.h"

extern const struct task *const quarry_tasks[]; /* made from generators/meson.build */

const struct task *task_at(size_t i)
{
	for (size_t k = 0; quarry_tasks[k]; k++)
		if (k == i)
			return quarry_tasks[k];
	return NULL;
}

static const struct task *by_name(struct str name)
{
	for (size_t k = 0; quarry_tasks[k]; k++)
		if (str_is(name, quarry_tasks[k]->name))
			return quarry_tasks[k];
	return NULL;
}

const struct task *task_find(struct str name)
{
	const struct task *t = by_name(name);
	const struct quarry_rule *rule;
	char z[64];

	if (t || name.n >= sizeof(z))
		return t;
	/* the rules know other houses' names for the same task */
	memcpy(z, name.s, name.n);
	z[name.n] = 0;
	rule = quarry_rule(z);
	return rule ? by_name(str_of(quarry_rule_name(rule))) : NULL;
}

int task_knob_count(const struct task *t)
{
	int n = 0;

	while (t->knobs[n].name)
		n++;
	return n;
}

void task_level(const struct task *t, int level, int knob[TASK_KNOBS])
{
	memcpy(knob, t->levels[level], TASK_KNOBS * sizeof(knob[0]));
}
