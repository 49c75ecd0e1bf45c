/* cmd_show.c - quarry show: one puzzle as a person would read it. */
#include "cli/command.h"
#include "cli/list.h"

#include <stdio.h>

struct args {
	struct common common;
	const char *difficulty, *lang, *format, *form;
	struct opt_list knobs;
	bool worked;
};

static const struct option options[] = {
	{ .name = "difficulty", .letter = 'd', .kind = OPT_TEXT, .arg = "D", .at = offsetof(struct args, difficulty),
	  .what = "0 to 10; 5 when not given" },
	{ .name = "knob", .letter = 'k', .kind = OPT_LIST, .arg = "NAME=N", .at = offsetof(struct args, knobs),
	  .what = "set a knob instead of what the difficulty says" },
	{ .name = "lang", .letter = 'l', .kind = OPT_TEXT, .arg = "LANG", .at = offsetof(struct args, lang),
	  .what = "en or zh; en when not given" },
	{ .name = "format", .letter = 'f', .kind = OPT_TEXT, .arg = "FORMAT", .at = offsetof(struct args, format),
	  .what = "tags, boxed, json, fence, line or any; tags when not given" },
	{ .name = "form", .kind = OPT_TEXT, .arg = "NAME", .at = offsetof(struct args, form),
	  .what = "one wording; drawn when not given" },
	{ .name = "worked", .letter = 'w', .kind = OPT_FLAG, .at = offsetof(struct args, worked),
	  .what = "with the worked solution" },
	{ 0 },
};

static int ask_for(struct instance_ask *ask, const struct args *a, const char *name, struct err *err)
{
	const struct task *t = find_task(str_of(name), err);
	enum lang langs[LANGS];
	enum quarry_format formats[QUARRY_FORMATS];
	int hi;

	if (!t)
		return ERR_FAIL;
	*ask = INSTANCE_ASK(t);
	ask->worked = a->worked;
	if (!difficulty_parse(a->difficulty ? a->difficulty : "5", &ask->difficulty, &hi, err) ||
	    parse_langs(a->lang ? a->lang : "en", langs, err) < 0 || parse_formats(a->format ? a->format : "tags", formats, err) < 0)
		return ERR_FAIL;
	ask->difficulty = draw_difficulty(ask->difficulty, hi, (uint64_t)a->common.seed);
	ask->lang = langs[0];
	ask->format = formats[0];
	if (a->form)
		ask->form = str_of(a->form);
	for (int i = 0; i < a->knobs.n; i++)
		if (!ask_knob_text(ask, a->knobs.item[i], err))
			return ERR_FAIL;
	return 0;
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct instance in = INSTANCE_INIT;
	struct instance_ask ask;
	struct err err = ERR_INIT;
	int rc;

	if (argc != 1) {
		err_set(&err, "show takes one task; quarry tasks lists them");
		return fail_usage(&err);
	}
	rc = ask_for(&ask, a, argv[0], &err);
	if (rc == 0)
		rc = instance_make(&in, &ask, (uint64_t)a->common.seed, &err);
	if (rc == 0) {
		printf("%s, difficulty %d.%d, seed %llu, wording %.*s\n\n%s\n\nAnswer: %s\n", in.task->name, in.difficulty / 10,
		       in.difficulty % 10, (unsigned long long)in.seed, (int)in.form.n, in.form.s, buf_z(&in.prompt),
		       buf_z(&in.answer));
		if (in.worked.n)
			printf("\nWorked:\n%s\n", buf_z(&in.worked));
	}
	instance_release(&in);
	return rc < 0 ? fail_usage(&err) : EXIT_DONE;
}

const struct command cmd_show = { "show", "TASK", "one puzzle as a person would read it",
				  "    quarry show sudoku --difficulty 3 --worked\n", options, sizeof(struct args), run };
