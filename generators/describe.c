/* describe.c - what there is, as JSON; see describe.h. */
#include "generators/describe.h"
#include "base/json.h"
#include "generators/instance.h"
#include "generators/measured.h"
#include "generators/prompt.h"

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

void tasks_json(struct buf *b, const struct task *const *some, size_t n)
{
	json_open(b, '{');
	json_key(b, "tasks");
	json_open(b, '[');
	for (size_t i = 0; some ? i < n : task_at(i) != NULL; i++)
		task_json(b, some ? some[i] : task_at(i));
	json_close(b, ']');
	json_close(b, '}');
}
