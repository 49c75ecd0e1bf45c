/* list.c - tasks, knobs, languages and formats by name; see list.h. */
#include "cli/list.h"

#include <stdio.h>

const struct task *find_task(struct str name, struct err *err)
{
	const struct task *t = task_find(name);
	const char *names[128], *near;
	int n = 0;

	if (t)
		return t;
	for (; n < 127 && task_at((size_t)n); n++)
		names[n] = task_at((size_t)n)->name;
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		err_set(err, "unknown task \"%.*s\"; did you mean \"%s\"?", (int)name.n, name.s, near);
	else
		err_set(err, "unknown task \"%.*s\"; quarry tasks lists them", (int)(name.n > 60 ? 60 : name.n), name.s);
	return NULL;
}

bool ask_knob(struct instance_ask *ask, struct str name, int64_t value, struct err *err)
{
	const struct task *t = ask->task;
	const char *names[TASK_KNOBS + 1], *near;
	int n = 0;

	for (; t->knobs[n].name; n++) {
		names[n] = t->knobs[n].name;
		if (!str_is(name, names[n]))
			continue;
		if (value < t->knobs[n].lo || value > t->knobs[n].hi) {
			err_set(err, "%s: knob \"%s\" is %lld; it goes from %d to %d", t->name, names[n], (long long)value,
				t->knobs[n].lo, t->knobs[n].hi);
			return false;
		}
		ask->knob[n] = (int)value;
		ask->knob_set |= 1u << n;
		return true;
	}
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		err_set(err, "%s has no knob \"%.*s\"; did you mean \"%s\"?", t->name, (int)name.n, name.s, near);
	else
		err_set(err, "%s has no knob \"%.*s\"; quarry tasks lists them", t->name, (int)name.n, name.s);
	return false;
}

bool ask_knob_text(struct instance_ask *ask, const char *text, struct err *err)
{
	struct str s = str_of(text);
	ptrdiff_t eq = str_chr(s, '=');
	int64_t v;

	if (eq <= 0 || !str_i64(str_from(s, (size_t)eq + 1), &v)) {
		err_set(err, "knob \"%s\" is not NAME=NUMBER", text);
		return false;
	}
	return ask_knob(ask, str_sub(s, 0, (size_t)eq), v, err);
}

int parse_langs(const char *text, enum lang ret[LANGS], struct err *err)
{
	struct str rest = str_of(text), item;
	int n = 0;

	while (str_split(&rest, ',', &item)) {
		enum lang l;

		if (!lang_from(str_trim(item), &l))
			return err_set(err, "unknown language \"%.*s\"; there are en and zh", (int)item.n, item.s);
		if (n == LANGS)
			return err_set(err, "\"%s\" names a language twice", text);
		ret[n++] = l;
	}
	return n ? n : err_set(err, "no language is named; there are en and zh");
}

int parse_formats(const char *text, enum quarry_format ret[QUARRY_FORMATS], struct err *err)
{
	struct str rest = str_of(text), item;
	int n = 0;

	if (strcmp(text, "all") == 0) {
		for (enum quarry_format f = QUARRY_TAGS; f < QUARRY_FORMATS; f++)
			ret[n++] = f;
		return n;
	}
	while (str_split(&rest, ',', &item)) {
		char z[16];

		item = str_trim(item);
		snprintf(z, sizeof(z), "%.*s", (int)item.n, item.s);
		if (n == QUARRY_FORMATS || !quarry_format_from(z, &ret[n]))
			return err_set(err, "unknown answer format \"%.*s\"; there are tags, boxed, json, fence, line and any",
				       (int)item.n, item.s);
		n++;
	}
	return n ? n : err_set(err, "no answer format is named");
}

int draw_difficulty(int lo, int hi, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "difficulty");
	return lo % 10 == 0 && hi % 10 == 0 ? 10 * rng_range(&r, lo / 10, hi / 10) : rng_range(&r, lo, hi);
}
