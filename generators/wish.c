/* wish.c - what puzzles somebody wants; see wish.h. */
#include "generators/wish.h"
#include "generators/compose.h"
#include "generators/prompt.h"
#include "verifiers/compose.h"

#include <stdio.h>

enum { SHOWN = 60 }; /* bytes of somebody's text in a message */

static int shown(struct str s)
{
	size_t n = s.n < SHOWN ? s.n : SHOWN;

	while (n > 0 && n < s.n && ((unsigned char)s.s[n] & 0xC0) == 0x80) /* whole characters */
		n--;
	return (int)n;
}

int wish_task(const struct task **ret, struct str name, struct err *err)
{
	const char *names[256], *near;
	size_t n = 0;

	*ret = task_find(name);
	if (*ret)
		return 0;
	for (; n < 255 && task_at(n); n++)
		names[n] = task_at(n)->name;
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		return err_set(err, "unknown task \"%.*s\"; did you mean \"%s\"?", shown(name), name.s, near);
	return err_set(err, "unknown task \"%.*s\"; quarry tasks lists them", shown(name), name.s);
}

/* "sudoku+word_sorting": these in one prompt. */
static int wish_parts(struct wish *w, struct str names, struct err *err)
{
	const struct task *part[COMPOSE_PARTS];
	struct str rest = names, name;
	int n = 0;

	for (; str_split(&rest, '+', &name); n++)
		if (n == COMPOSE_PARTS)
			return err_set(err, "more than %d puzzles in one prompt: \"%.*s\"", COMPOSE_PARTS, shown(names), names.s);
		else if (wish_task(&part[n], name, err) < 0)
			return ERR_FAIL;
	if (wish_task(&w->ask.task, STR("compose"), err) < 0)
		return ERR_FAIL;
	w->ask = INSTANCE_ASK(w->ask.task);
	if (!compose_choose(w->ask.knob, &w->ask.knob_set, part, n))
		return err_set(err, "\"%.*s\" cannot be composed; name two to %d tasks, compose itself not among them", shown(names),
			       names.s, COMPOSE_PARTS);
	return 0;
}

int wish_for(struct wish *w, struct str name, struct err *err)
{
	*w = (struct wish){ .lo = 50, .hi = 50, .langs = { LANG_EN }, .nlangs = 1, .formats = { QUARRY_TAGS }, .nformats = 1 };
	if (str_chr(name, '+') >= 0)
		return wish_parts(w, name, err);
	if (wish_task(&w->ask.task, name, err) < 0)
		return ERR_FAIL;
	w->ask = INSTANCE_ASK(w->ask.task);
	return 0;
}

/* "2" or "2.5", as tenths. */
static bool tenths(struct str s, int *ret)
{
	ptrdiff_t dot = str_chr(s, '.');
	uint64_t whole, part = 0;

	if (!str_u64(dot < 0 ? s : str_sub(s, 0, (size_t)dot), &whole) || whole > 10)
		return false;
	if (dot >= 0) {
		s = str_from(s, (size_t)dot + 1);
		if (s.n != 1 || !str_u64(s, &part))
			return false;
	}
	*ret = (int)(whole * 10 + part);
	return *ret <= 100;
}

int wish_difficulty(struct wish *w, const char *text, struct err *err)
{
	struct str s = str_of(text);
	ptrdiff_t dots = str_find(s, STR(".."));

	if (dots < 0 ? tenths(s, &w->lo) && tenths(s, &w->hi)
		     : tenths(str_sub(s, 0, (size_t)dots), &w->lo) && tenths(str_from(s, (size_t)dots + 2), &w->hi) &&
				w->lo <= w->hi)
		return 0;
	return err_set(err, "difficulty \"%.*s\" is not a number from 0 to 10 with at most one decimal, or a range like 1..6",
		       shown(s), text);
}

int wish_langs(struct wish *w, const char *text, struct err *err)
{
	struct str rest = str_of(text), item;
	bool named[LANGS] = { false };
	enum lang l;

	w->nlangs = 0;
	while (str_split(&rest, ',', &item)) {
		item = str_trim(item);
		if (!lang_from(item, &l))
			return err_set(err, "unknown language \"%.*s\"; there are en and zh", shown(item), item.s);
		if (named[l])
			return err_set(err, "the language \"%.*s\" is named twice", shown(item), item.s);
		named[l] = true;
		w->langs[w->nlangs++] = l;
	}
	return w->nlangs ? 0 : err_set(err, "no language is named; there are en and zh");
}

int wish_formats(struct wish *w, const char *text, struct err *err)
{
	struct str rest = str_of(strcmp(text, "all") == 0 ? "tags,boxed,json,fence,line" : text), item;
	bool named[QUARRY_FORMATS] = { false };
	enum quarry_format f;
	char z[16];

	w->nformats = 0;
	while (str_split(&rest, ',', &item)) {
		item = str_trim(item);
		snprintf(z, sizeof(z), "%.*s", (int)(item.n < sizeof(z) ? item.n : sizeof(z)), item.s);
		if (!quarry_format_from(z, &f))
			return err_set(err, "unknown answer format \"%.*s\"; there are tags, boxed, json, fence, line and any",
				       shown(item), item.s);
		if (named[f])
			return err_set(err, "the answer format \"%s\" is named twice", z);
		named[f] = true;
		w->formats[w->nformats++] = f;
	}
	return w->nformats ? 0 : err_set(err, "no answer format is named");
}

int wish_knob(struct wish *w, struct str name, int64_t value, struct err *err)
{
	const struct task *t = w->ask.task;
	const char *names[TASK_KNOBS + 1], *near;
	int n = 0;

	for (; t->knobs[n].name; n++) {
		names[n] = t->knobs[n].name;
		if (!str_is(name, names[n]))
			continue;
		if (value < t->knobs[n].lo || value > t->knobs[n].hi)
			return err_set(err, "%s: knob \"%s\" is %lld; it goes from %d to %d", t->name, names[n], (long long)value,
				       t->knobs[n].lo, t->knobs[n].hi);
		w->ask.knob[n] = (int)value;
		w->ask.knob_set |= 1u << n;
		return 0;
	}
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		return err_set(err, "%s has no knob \"%.*s\"; did you mean \"%s\"?", t->name, shown(name), name.s, near);
	return err_set(err, "%s has no knob \"%.*s\"; quarry tasks lists them", t->name, shown(name), name.s);
}

int wish_knob_text(struct wish *w, const char *text, struct err *err)
{
	struct str s = str_of(text);
	ptrdiff_t eq = str_chr(s, '=');
	int64_t v;

	if (eq <= 0 || !str_i64(str_from(s, (size_t)eq + 1), &v))
		return err_set(err, "knob \"%.*s\" is not NAME=NUMBER", shown(s), text);
	return wish_knob(w, str_sub(s, 0, (size_t)eq), v, err);
}

int wish_canon(struct wish *w, const char *text, struct err *err)
{
	struct instance_ask *ask = &w->ask;
	struct str s = str_of(text);
	ptrdiff_t dots = str_find(s, STR(".."));

	if (dots > 0 && str_f64(str_sub(s, 0, (size_t)dots), &ask->canon_lo) && str_f64(str_from(s, (size_t)dots + 2), &ask->canon_hi) &&
	    ask->canon_lo >= 0 && ask->canon_lo < ask->canon_hi && ask->canon_hi <= 1)
		return 0;
	return err_set(err, "the range of canons is a part of 0..1 such as 0.5..1, not \"%.*s\"", shown(s), s.s);
}

int wish_check(const struct wish *w, struct err *err)
{
	const struct task *t = w->ask.task;
	char form[PROMPT_FORM_MAX];
	struct rng rng;

	rng_init(&rng, 0, "form");
	for (int level = w->lo / 10; level <= (w->hi + 9) / 10; level++) {
		int knob[TASK_KNOBS];

		task_level(t, level, knob);
		for (int i = 0; i < TASK_KNOBS; i++)
			if (w->ask.knob_set >> i & 1)
				knob[i] = w->ask.knob[i];
		if (knobs_refused(t, knob, err))
			return w->lo == w->hi ? ERR_FAIL : err_at(err, "at difficulty %d: ", level);
	}
	for (int i = 0; i < w->nlangs && w->ask.form.n; i++)
		if (prompt_draw(form, t->name, w->langs[i], w->ask.form, &rng, err) < 0)
			return ERR_FAIL;
	return 0;
}

struct instance_ask wish_ask(const struct wish *w, uint64_t seed)
{
	struct instance_ask ask = w->ask;
	bool whole = w->lo % 10 == 0 && w->hi % 10 == 0;
	struct rng r;

	rng_init(&r, seed, "ask");
	ask.lang = w->langs[rng_below(&r, (uint32_t)w->nlangs)];
	ask.format = w->formats[rng_below(&r, (uint32_t)w->nformats)];
	rng_init(&r, seed, "difficulty");
	ask.difficulty = whole ? 10 * rng_range(&r, w->lo / 10, w->hi / 10) : rng_range(&r, w->lo, w->hi);
	return ask;
}
