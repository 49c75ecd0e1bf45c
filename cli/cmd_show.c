/* cmd_show.c - quarry show: one puzzle as a person would read it. */
#include "cli/command.h"
#include "generators/wish.h"

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
	  .what = "wording: a family, a form (rules.17), tiny or held; any but the held when not given" },
	{ .name = "worked", .letter = 'w', .kind = OPT_FLAG, .at = offsetof(struct args, worked),
	  .what = "with the worked solution" },
	{ 0 },
};

static int wish_of(struct wish *w, const struct args *a, const char *task, struct err *err)
{
	if (wish_for(w, str_of(task), err) < 0 || wish_difficulty(w, a->difficulty ? a->difficulty : "5", err) < 0 ||
	    wish_langs(w, a->lang ? a->lang : "en", err) < 0 || wish_formats(w, a->format ? a->format : "tags", err) < 0)
		return ERR_FAIL;
	if (a->form && !*a->form)
		return err_set(err, "show: --form \"\" names no wording; quarry tasks --json lists them");
	w->ask.form = str_of(a->form);
	w->ask.worked = a->worked;
	for (int i = 0; i < a->knobs.n; i++)
		if (wish_knob_text(w, a->knobs.item[i], err) < 0)
			return ERR_FAIL;
	return wish_check(w, err);
}

static int run(void *p, int argc, char **argv)
{
	struct args *a = p;
	struct instance in = INSTANCE_INIT;
	struct instance_ask ask;
	struct wish w;
	struct err err = ERR_INIT;
	int rc;

	if (argc != 1) {
		err_set(&err, "show takes one task; quarry tasks lists them");
		return fail_usage(&err);
	}
	rc = wish_of(&w, a, argv[0], &err);
	if (rc == 0) {
		ask = wish_ask(&w, (uint64_t)a->common.seed);
		rc = instance_make(&in, &ask, (uint64_t)a->common.seed, &err);
	}
	if (rc == 0) {
		printf("%s, difficulty %d.%d, seed %llu, wording %s\n\n%s\n\nAnswer: %s\n", in.task->name, in.difficulty / 10,
		       in.difficulty % 10, (unsigned long long)in.seed, in.form, buf_z(&in.prompt),
		       buf_z(&in.answer));
		if (in.worked.n)
			printf("\nWorked:\n%s\n", buf_z(&in.worked));
	}
	instance_release(&in);
	return rc < 0 ? fail_usage(&err) : EXIT_DONE;
}

const struct command cmd_show = { "show", "TASK", "one puzzle as a person would read it",
				  "With a row's seed, difficulty, language, format and knobs it shows the puzzle of that row.\n\n"
				  "    quarry show sudoku --difficulty 3 --worked\n", options, sizeof(struct args), run };
