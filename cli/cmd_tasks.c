/* cmd_tasks.c - quarry tasks: what there is, with knobs, levels and what was measured. */
#include "base/json.h"
#include "cli/command.h"
#include "generators/instance.h"
#include "generators/measured.h"
#include "generators/prompt.h"

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

static void knobs_json(struct buf *b, const struct task *t)
{
	json_key(b, "knobs");
	json_open(b, '[');
	for (const struct knob *k = t->knobs; k->name; k++) {
		json_open(b, '{');
		json_key(b, "name");
		json_add_z(b, k->name);
		json_key(b, "min");
		json_add_i64(b, k->lo);
		json_key(b, "max");
		json_add_i64(b, k->hi);
		json_key(b, "what");
		json_add_z(b, k->what);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void levels_json(struct buf *b, const struct task *t)
{
	json_key(b, "levels");
	json_open(b, '[');
	for (int level = 0; level < TASK_LEVELS; level++) {
		struct measured m = measured_of(t->name, level);
		int knob[TASK_KNOBS];

		task_level(t, level, knob);
		json_open(b, '{');
		json_key(b, "difficulty");
		json_add_i64(b, level);
		json_key(b, "knobs");
		json_open(b, '{');
		for (int i = 0; t->knobs[i].name; i++) {
			json_key(b, t->knobs[i].name);
			json_add_i64(b, knob[i]);
		}
		json_close(b, '}');
		json_key(b, "support_log2");
		json_add_f64(b, m.support_log2);
		json_key(b, "commonest_answer");
		json_add_f64(b, m.share);
		json_close(b, '}');
	}
	json_close(b, ']');
}

static void family_json(struct buf *b, struct prompt_family f)
{
	json_open(b, '{');
	json_key(b, "name");
	json_add_str(b, f.name);
	json_key(b, "forms");
	json_add_i64(b, f.forms);
	json_key(b, "kept_for");
	json_add_str(b, f.tag);
	json_close(b, '}');
}

static void task_json(struct buf *b, const struct task *t)
{
	json_open(b, '{');
	json_key(b, "name");
	json_add_z(b, t->name);
	json_key(b, "family");
	json_add_z(b, t->family);
	json_key(b, "what");
	json_add_z(b, t->what);
	json_key(b, "revision");
	json_add_i64(b, t->revision);
	json_key(b, "flags");
	json_open(b, '[');
	if (t->flags & TASK_UNIQUE)
		json_add_z(b, "unique");
	if (t->flags & TASK_MANY_ANSWERS)
		json_add_z(b, "many_answers");
	json_close(b, ']');
	json_key(b, "languages");
	json_open(b, '[');
	for (int l = 0; l < LANGS; l++)
		json_add_z(b, lang_name((enum lang)l));
	json_close(b, ']');
	json_key(b, "formats");
	json_open(b, '[');
	for (enum quarry_format f = QUARRY_TAGS; f < QUARRY_FORMATS; f++)
		json_add_z(b, quarry_format_name(f));
	json_close(b, ']');
	json_key(b, "forms");
	json_open(b, '{');
	for (int l = 0; l < LANGS; l++) {
		json_key(b, lang_name((enum lang)l));
		json_open(b, '[');
		for (int i = 0; i < prompt_families(t->name, (enum lang)l); i++)
			family_json(b, prompt_family(t->name, (enum lang)l, i));
		json_close(b, ']');
	}
	json_close(b, '}');
	knobs_json(b, t);
	levels_json(b, t);
	json_close(b, '}');
}

static unsigned long long forms_of(const char *task, enum lang lang)
{
	unsigned long long n = 0;

	for (int i = 0; i < prompt_families(task, lang); i++)
		n += prompt_family(task, lang, i).forms;
	return n;
}

static void print_task(const struct task *t)
{
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

	if (argc) {
		struct err err;

		err_set(&err, "tasks takes no argument, not \"%s\"", argv[0]);
		return fail_usage(&err);
	}
	json_open(&b, '{');
	json_key(&b, "tasks");
	json_open(&b, '[');
	for (size_t i = 0; (t = task_at(i)); i++) {
		if (a->json)
			task_json(&b, t);
		else if (a->names)
			printf("%s\n", t->name);
		else
			print_task(t);
	}
	json_close(&b, ']');
	json_close(&b, '}');
	if (a->json)
		printf("%s\n", buf_z(&b));
	buf_release(&b);
	return EXIT_DONE;
}

const struct command cmd_tasks = { "tasks", "", "every task, its knobs, levels and formats", "", options, sizeof(struct args), run };
