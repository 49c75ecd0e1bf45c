/* cmd_tasks.c - quarry tasks: what there is, with knobs, levels and what was measured. */
#include "base/json.h"
#include "cli/command.h"
#include "generators/describe.h"
#include "generators/instance.h"
#include "generators/measured.h"
#include "generators/prompt.h"
#include "generators/wish.h"

#include <stdio.h>

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

static void print_task(struct buf *b, const struct task *t, const struct args *a)
{
	if (a->json) {
		task_json(b, t);
		return;
	}
	if (a->names) {
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
	struct buf b = BUF_INIT;
	const struct task *t;
	struct err err;

	for (int i = 0; i < argc; i++)
		if (wish_task(&t, str_of(argv[i]), &err) < 0)
			return fail_usage(&err);
	if (a->json) {
		json_open(&b, '{');
		json_key(&b, "tasks");
		json_open(&b, '[');
	}
	for (int i = 0; i < argc && wish_task(&t, str_of(argv[i]), &err) == 0; i++)
		print_task(&b, t, a);
	for (size_t i = 0; !argc && (t = task_at(i)); i++)
		print_task(&b, t, a);
	if (a->json) {
		json_close(&b, ']');
		json_close(&b, '}');
		printf("%s\n", buf_z(&b));
	}
	buf_release(&b);
	return EXIT_DONE;
}

const struct command cmd_tasks = { "tasks", "[TASK...]", "every task, or those named: knobs, levels and formats", "", options, sizeof(struct args), run };
