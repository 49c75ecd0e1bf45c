/* diff.c - verdicts compared; see diff.h. */
#include "cli/diff.h"

bool diff_stored(struct json row, bool *right)
{
	static const char *const names[] = { "upstream", "acc", "reward" };
	struct json v;
	double x;

	for (size_t i = 0; i < COUNT(names); i++) {
		if (!json_get(row, names[i], &v) || v.kind == JSON_NULL)
			continue;
		if (json_bool(v, right))
			return true;
		if (!json_f64(v, &x))
			return false;
		*right = x > 0;
		return true;
	}
	return false;
}

static struct diff_task *task_of(struct diff *d, const char *name)
{
	struct diff_task *t = d->task, *end = d->task + d->n;

	while (t < end && strcmp(t->name, name))
		t++;
	if (t < end)
		return t;
	if (d->n == DIFF_TASKS)
		return &d->task[DIFF_TASKS - 1];
	d->n++;
	*t = (struct diff_task){ .rows = 0 };
	snprintf(t->name, sizeof(t->name), "%s", d->n == DIFF_TASKS ? "(others)" : name);
	return t;
}

bool diff_add(struct diff *d, const char *task, bool stored, bool theirs, enum quarry_mark ours)
{
	struct diff_task *t = task_of(d, task);

	t->rows++;
	if (!stored || ours == QUARRY_BAD_TASK) {
		t->none++;
		return false;
	}
	if (theirs == (ours == QUARRY_CORRECT)) {
		t->agree++;
		return false;
	}
	t->paid += theirs;
	t->refused += !theirs;
	return true;
}

static void print_row(FILE *out, const struct diff_task *t)
{
	fprintf(out, "%-32s %9llu %9llu %9llu %9llu %13llu\n", t->name, (unsigned long long)t->rows, (unsigned long long)t->agree,
		(unsigned long long)t->paid, (unsigned long long)t->refused, (unsigned long long)t->none);
}

void diff_print(const struct diff *d, FILE *out)
{
	struct diff_task all = { .name = "all" };

	fprintf(out, "%-32s %9s %9s %9s %9s %13s\n", "task", "rows", "agree", "paid", "refused", "not compared");
	for (int i = 0; i < d->n; i++) {
		const struct diff_task *t = &d->task[i];

		print_row(out, t);
		all.rows += t->rows;
		all.agree += t->agree;
		all.paid += t->paid;
		all.refused += t->refused;
		all.none += t->none;
	}
	print_row(out, &all);
}
