/* cmd_tasks.c - quarry tasks: what there is, with knobs, levels and what was measured. */
#include "cli/command.h"
#include "generators/describe.h"
#include "generators/instance.h"
#include "generators/measured.h"
#include "generators/prompt.h"
#include "generators/wish.h"

#include <stdio.h>
#include <stdlib.h>

struct args {
	struct common common;
	bool json, names;
};

static const struct option options[] = {
	{ .name = "json", .letter = 'j', .kind = OPT_FLAG, .at = offsetof(struct args, json),
	  .what = "as one JSON object {\"tasks\":[...]}" },
	{ .name = "names", .kind = OPT_FLAG, .at = offsetof(struct args, names),
	  .what = "names only, one a line" },
	{ 0 },
};

static unsigned long long forms_of(const char *task, enum lang lang)
{
	unsigned long long n = 0;

	for (int i = 0; i < prompt_families(task, lang); i++)
		n += prompt_family(task, lang, i).forms;
	return n;
}

static void print_task(const struct task *t, bool name_alone)
{
	if (name_alone) {
		printf("%s\n", t->name);
		return;
	}
	printf("%s  (%s%s)\n    %s\n", t->name, t->family, t->flags & TASK_UNIQUE ? ", one answer, proved" : "", t->what);
	for (const struct knob *k = t->knobs; k->name; k++)
		printf("    %-18s %6d .. %-8d %s\n", k->name, k->lo, k->hi, k->what);
	printf("    wordings           %llu en, %llu zh; support, log2 at difficulty 0, 5, 10: %.0f, %.0f, %.0f\n\n",
	       forms_of(t->name, LANG_EN), forms_of(t->name, LANG_ZH), measured_of(t->name, 0).support_log2,
	       measured_of(t->name, 5).support_log2, measured_of(t->name, 10).support_log2);
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	const struct task **some = calloc((size_t)argc + 1, sizeof(*some)), *t;
	struct buf b = BUF_INIT;
	struct err err;
	int rc = some ? 0 : err_set(&err, "out of memory");

	for (int i = 0; rc == 0 && i < argc; i++)
		rc = wish_task(&some[i], str_of(argv[i]), &err);
	if (rc == 0 && a->json) {
		tasks_json(&b, argc ? some : NULL, (size_t)argc);
		printf("%s\n", buf_z(&b));
	}
	for (size_t i = 0; rc == 0 && !a->json && (t = !argc ? task_at(i) : i < (size_t)argc ? some[i] : NULL); i++)
		print_task(t, a->names);
	buf_release(&b);
	free(some);
	return rc == 0 ? EXIT_DONE : fail_usage(&err);
}

const struct command cmd_tasks = { "tasks", "[TASK...]", "every task, or those named: knobs, levels and formats", "", options, sizeof(struct args), run };
