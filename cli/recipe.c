/* recipe.c - YAML recipes; see recipe.h. The file is walked by what may stand there, never by what does. */
#include "cli/recipe_read.h"
#include "base/hash.h"
#include "cli/swe_source.h"
#include "datasets/stream.h"

#include <stdio.h>
#include <stdlib.h>

enum { RECIPE_BYTES = 1 << 20, RECIPE_DEPTH = 256, RECIPE_ANCHORS = 4096 };

/* ---- sources */

/* The task was read first, by source_read: the other keys need it. */
static int source_task(struct walk *w, const yaml_node_t *n, void *to)
{
	(void)to;
	buf_addf(&w->canon, "task %.*s\n", (int)text_of(n).n, text_of(n).s);
	return 0;
}

static int source_count(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_int(w, n, "count", 1, 1000000000, &((struct source *)to)->count);
}

/* A word such as 2.5, 1..6 or tuned, or a list: [1, 6] is 1..6. */
static int source_difficulty(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;
	struct buf words = BUF_INIT, range = BUF_INIT;
	int rc = get_words(w, n, "difficulty", &words);
	ptrdiff_t comma = n->type == YAML_SEQUENCE_NODE ? str_chr(buf_str(&words), ',') : -1;

	s->tuned = n->type == YAML_SCALAR_NODE && str_is(buf_str(&words), "tuned");
	s->leveled = !s->tuned;
	if (comma >= 0) {
		buf_add(&range, str_sub(buf_str(&words), 0, (size_t)comma));
		buf_addz(&range, "..");
		buf_add(&range, str_from(buf_str(&words), (size_t)comma + 1));
	}
	if (rc == 0 && s->leveled && wish_difficulty(&s->wish, buf_z(comma >= 0 ? &range : &words), w->err) < 0)
		rc = fault(w, n);
	buf_release(&words);
	buf_release(&range);
	return rc;
}

static int source_knobs(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;

	if (want_kind(w, n, YAML_MAPPING_NODE, "knobs") < 0)
		return ERR_FAIL;
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top; p++) {
		yaml_node_t *key = yaml_document_get_node(w->doc, p->key), *v = yaml_document_get_node(w->doc, p->value);
		int64_t value;

		if (want_kind(w, key, YAML_SCALAR_NODE, "a knob's name") < 0 ||
		    get_int(w, v, "a knob", INT32_MIN, INT32_MAX, &value) < 0)
			return ERR_FAIL;
		buf_addf(&w->canon, "knob %.*s\n", (int)text_of(key).n, text_of(key).s);
		if (wish_knob(&s->wish, text_of(key), value, w->err) < 0)
			return fault(w, key);
	}
	return 0;
}

static int source_lang(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;
	struct buf words = BUF_INIT;
	int rc = get_words(w, n, "lang", &words);

	if (rc == 0 && wish_langs(&s->wish, buf_z(&words), w->err) < 0)
		rc = fault(w, n);
	buf_release(&words);
	return rc;
}

static int source_formats(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;
	struct buf words = BUF_INIT;
	int rc = get_words(w, n, "formats", &words);

	bool all = str_is(buf_str(&words), "all");

	if (rc == 0 && wish_formats(&s->wish, all ? "tags,boxed,json,fence" : buf_z(&words), w->err) < 0)
		rc = fault(w, n);
	s->wish.ask.kept_format = all ? QUARRY_LINE : QUARRY_ANY;
	buf_release(&words);
	return rc;
}

static int source_forms(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;
	struct buf words = BUF_INIT;
	int rc = get_words(w, n, "forms", &words);

	if (rc == 0) {
		buf_reset(&s->forms);
		buf_add(&s->forms, buf_str(&words));
		s->wish.ask.form = buf_str(&s->forms);
	}
	buf_release(&words);
	return rc;
}

/* A text, or a list of them; an empty one is no message. */
static int source_system(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;
	size_t count = n->type == YAML_SEQUENCE_NODE ? (size_t)(n->data.sequence.items.top - n->data.sequence.items.start) : 1;

	if (count == 0 || count > RECIPE_SYSTEMS) {
		err_set(w->err, "system must be a text or a list of 1 to %d, not %zu", RECIPE_SYSTEMS, count);
		return fault(w, n);
	}
	s->system = arena_zalloc(&w->r->arena, count, sizeof(*s->system));
	if (!s->system)
		return err_set(w->err, "out of memory");
	for (size_t i = 0; i < count; i++)
		if (get_message(w, n->type == YAML_SEQUENCE_NODE ? yaml_document_get_node(w->doc, n->data.sequence.items.start[i]) : n, &s->system[i]) < 0)
			return ERR_FAIL;
	s->nsystems = (int)count;
	return 0;
}

/* ---- shapes: one puzzle asked in several ways */

static int shape_name(struct walk *w, const yaml_node_t *n, void *to)
{
	struct asked *a = to;
	const char *text = "";

	if (get_text(w, n, "name", &text) < 0)
		return ERR_FAIL;
	a->name = str_of(text);
	/* it stands in tables and JSON */
	if (a->name.n < 48 && strcspn(text, "\"\\\n\t") == a->name.n)
		return 0;
	err_set(w->err, "a shape's name has at most 47 bytes, and no quotes, backslashes or line breaks");
	return fault(w, n);
}

static int shape_lang(struct walk *w, const yaml_node_t *n, void *to)
{
	struct asked *a = to;
	struct wish one = { .nlangs = 0 };
	const char *text = "";

	if (get_text(w, n, "lang", &text) < 0)
		return ERR_FAIL;
	if (wish_langs(&one, text, w->err) < 0)
		return fault(w, n);
	if (one.nlangs > 1) {
		err_set(w->err, "a shape has one lang, not \"%.40s\"", text);
		return fault(w, n);
	}
	a->lang = one.langs[0];
	a->has_lang = true;
	return 0;
}

static int shape_format(struct walk *w, const yaml_node_t *n, void *to)
{
	struct asked *a = to;
	struct wish one = { .nformats = 0 };
	const char *text = "";

	if (get_text(w, n, "format", &text) < 0)
		return ERR_FAIL;
	if (wish_formats(&one, text, w->err) < 0)
		return fault(w, n);
	if (one.nformats > 1) {
		err_set(w->err, "a shape has one format, not \"%.40s\"", text);
		return fault(w, n);
	}
	a->format = one.formats[0];
	a->has_format = true;
	return 0;
}

static int shape_form(struct walk *w, const yaml_node_t *n, void *to)
{
	const char *text = "";
	int rc = get_text(w, n, "form", &text);

	if (rc == 0)
		((struct asked *)to)->form = str_of(text);
	return rc;
}

static int shape_system(struct walk *w, const yaml_node_t *n, void *to)
{
	((struct asked *)to)->has_system = true;
	return get_message(w, n, &((struct asked *)to)->system);
}

static int shape_order(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "order", 1, PROMPT_TURN_MAX, &v);

	if (rc == 0)
		((struct asked *)to)->turn = (int)v;
	return rc;
}

static const struct member shape_members[] = {
	{ "name", shape_name }, { "lang", shape_lang },	    { "format", shape_format }, { "form", shape_form },
	{ "order", shape_order }, { "system", shape_system }, { 0 },
};

/* "lang=zh order=2": what it changes, where no name is given. */
static bool shape_call(struct walk *w, struct asked *a, int number)
{
	struct buf b = BUF_INIT;

	if (a->has_lang)
		buf_addf(&b, " lang=%s", lang_name(a->lang));
	if (a->has_format)
		buf_addf(&b, " format=%s", quarry_format_name(a->format));
	if (a->form.n)
		buf_addf(&b, " form=%.*s", (int)(a->form.n < 20 ? a->form.n : 20), a->form.s);
	if (a->turn)
		buf_addf(&b, " order=%d", a->turn);
	if (a->has_system)
		buf_addf(&b, " system=%d", number + 1);
	a->name = b.n ? str_of(arena_strdup(&w->r->arena, str_from(buf_str(&b), 1))) : STR("as the source says");
	buf_release(&b);
	return a->name.s != NULL;
}

/* Whether its wording is there, in its language or in all of the source's. */
static int shape_check(struct walk *w, const struct source *s, const struct asked *a)
{
	struct wish one = s->wish;

	if (a->has_lang) {
		one.langs[0] = a->lang;
		one.nlangs = 1;
	}
	if (a->form.n)
		one.ask.form = a->form;
	return wish_check(&one, w->err);
}

static int shape_read(struct walk *w, const yaml_node_t *n, struct source *s)
{
	struct asked *a = &s->shape[s->nshapes];

	buf_addz(&w->canon, "shape\n");
	if (get_mapping(w, n, "a shape", shape_members, a) < 0)
		return ERR_FAIL;
	if (a->name.n == 0 && !shape_call(w, a, s->nshapes))
		return err_set(w->err, "out of memory");
	for (int i = 0; i < s->nshapes; i++)
		if (str_eq(a->name, s->shape[i].name)) {
			err_set(w->err, "two shapes are called \"%.*s\"; give one a name of its own", (int)a->name.n, a->name.s);
			return fault(w, n);
		}
	s->nshapes++;
	return 0;
}

static int source_shapes(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;
	size_t count;

	if (want_kind(w, n, YAML_SEQUENCE_NODE, "shapes") < 0)
		return ERR_FAIL;
	count = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	if (count == 0 || count > RECIPE_SHAPES) {
		err_set(w->err, "shapes must list 1 to %d ways of asking, not %zu", RECIPE_SHAPES, count);
		return fault(w, n);
	}
	for (size_t i = 0; i < count; i++)
		if (shape_read(w, yaml_document_get_node(w->doc, n->data.sequence.items.start[i]), s) < 0)
			return ERR_FAIL;
	return 0;
}

static const struct member source_members[] = {
	{ "task", source_task },	 { "count", source_count }, { "difficulty", source_difficulty }, { "knobs", source_knobs },
	{ "lang", source_lang },	 { "formats", source_formats }, { "forms", source_forms }, { "system", source_system },
	{ "shapes", source_shapes }, { 0 },
};

/* ---- tasks of a git history */

static int repo_path(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_text(w, n, "repo", &((struct source *)to)->swe.repo);
}

static int repo_tasks(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_text(w, n, "tasks", &((struct source *)to)->swe.tasks);
}

static int repo_exclude(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_text(w, n, "exclude", &((struct source *)to)->swe.exclude);
}

static int repo_name(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;

	if (get_text(w, n, "name", &s->swe.name) < 0)
		return ERR_FAIL;
	if (swe_repo_name(s->swe.name))
		return 0;
	err_set(w->err, "name must be OWNER/NAME, of letters, digits, '_', '.' and '-', not \"%.60s\"", s->swe.name);
	return fault(w, n);
}

static int repo_since(struct walk *w, const yaml_node_t *n, void *to)
{
	struct source *s = to;

	if (get_text(w, n, "since", &s->swe.since_day) < 0)
		return ERR_FAIL;
	if (swe_day(s->swe.since_day, &s->swe.since))
		return 0;
	err_set(w->err, "since must be a day such as 2024-05-01, not \"%.40s\"", s->swe.since_day);
	return fault(w, n);
}

static int repo_langs(struct walk *w, const yaml_node_t *n, void *to)
{
	struct buf words = BUF_INIT;
	int rc = get_words(w, n, "code_lang", &words);

	if (rc == 0 && swe_langs(buf_z(&words), &((struct source *)to)->swe.langs, w->err) < 0)
		rc = fault(w, n);
	buf_release(&words);
	return rc;
}

static int repo_underspecified(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_bool(w, n, "underspecified", &((struct source *)to)->swe.underspecified);
}

static int repo_pack(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_bool(w, n, "pack", &((struct source *)to)->swe.pack);
}

static const struct member repo_members[] = {
	{ "repo", repo_path },	 { "name", repo_name },		  { "count", source_count }, { "since", repo_since },
	{ "code_lang", repo_langs }, { "tasks", repo_tasks }, { "underspecified", repo_underspecified }, { "pack", repo_pack },
	{ "exclude", repo_exclude }, { 0 },
};

/* Its difficulty is what it is. */
static int repo_read(struct walk *w, const yaml_node_t *n, struct source *s)
{
	*s = (struct source){ .count = SWE_SOURCE_ALL, .line = (int)n->start_mark.line + 1, .leveled = true };
	if (!swe_source_here()) {
		err_set(w->err, "a source with \"repo\" needs a quarry with libgit2, which this one was built without");
		return fault(w, n);
	}
	buf_addz(&w->canon, "repo\n");
	if (get_mapping(w, n, "a source", repo_members, s) < 0)
		return ERR_FAIL;
	s->swe.count = s->count;
	if (s->swe.name || s->swe.tasks)
		return 0;
	err_set(w->err, "a source with \"repo\" needs a \"name\" (OWNER/NAME), or the \"tasks\" that were mined of it");
	return fault(w, n);
}

static int source_read(struct walk *w, const yaml_node_t *n, struct source *s)
{
	yaml_node_t *task;

	if (want_kind(w, n, YAML_MAPPING_NODE, "a source") < 0)
		return ERR_FAIL;
	if (find_key(w, n, "repo"))
		return repo_read(w, n, s);
	task = find_key(w, n, "task");
	if (!task) {
		err_set(w->err, "a source needs a \"task\"");
		return fault(w, n);
	}
	if (want_kind(w, task, YAML_SCALAR_NODE, "task") < 0)
		return ERR_FAIL;
	*s = (struct source){ .count = 100, .line = (int)n->start_mark.line + 1 };
	if (wish_for(&s->wish, text_of(task), w->err) < 0)
		return fault(w, task);
	buf_addz(&w->canon, "source\n");
	if (get_mapping(w, n, "a source", source_members, s) < 0)
		return ERR_FAIL;
	if (wish_check(&s->wish, w->err) < 0)
		return fault(w, n);
	for (int i = 0; i < s->nshapes; i++)
		if (shape_check(w, s, &s->shape[i]) < 0) {
			err_at(w->err, "shape %d: ", i + 1);
			return fault(w, n);
		}
	return 0;
}

static int read_sources(struct walk *w, const yaml_node_t *n, void *to)
{
	struct recipe *r = to;
	size_t count;

	if (want_kind(w, n, YAML_SEQUENCE_NODE, "sources") < 0)
		return ERR_FAIL;
	count = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	if (count == 0 || count > RECIPE_SOURCES) {
		err_set(w->err, "sources must list 1 to %d sources, not %zu", RECIPE_SOURCES, count);
		return fault(w, n);
	}
	r->sources = arena_zalloc(&r->arena, count, sizeof(*r->sources));
	if (!r->sources)
		return err_set(w->err, "out of memory");
	for (size_t i = 0; i < count; i++) {
		if (source_read(w, yaml_document_get_node(w->doc, n->data.sequence.items.start[i]), &r->sources[i]) < 0)
			return ERR_FAIL;
		r->nsources++;
	}
	return 0;
}

/* ---- sampling */

static int sampling_n(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "n", 1, 4096, &v);

	if (rc == 0)
		((struct recipe *)to)->sampling.n = (int)v;
	return rc;
}

static int sampling_temperature(struct walk *w, const yaml_node_t *n, void *to)
{
	((struct recipe *)to)->sampling_set |= SET_TEMPERATURE;
	return get_real(w, n, "temperature", 0, 100, &((struct recipe *)to)->sampling.temperature);
}

static int sampling_top_p(struct walk *w, const yaml_node_t *n, void *to)
{
	((struct recipe *)to)->sampling_set |= SET_TOP_P;
	return get_real(w, n, "top_p", 1e-6, 1, &((struct recipe *)to)->sampling.top_p);
}

static int sampling_min_p(struct walk *w, const yaml_node_t *n, void *to)
{
	((struct recipe *)to)->sampling_set |= SET_MIN_P;
	return get_real(w, n, "min_p", 0, 0.999, &((struct recipe *)to)->sampling.min_p);
}

static int sampling_top_k(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "top_k", 0, 1000000, &v);

	((struct recipe *)to)->sampling_set |= SET_TOP_K;
	if (rc == 0)
		((struct recipe *)to)->sampling.top_k = (int)v;
	return rc;
}

static int sampling_max_tokens(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "max_tokens", 1, 1000000, &v);

	if (rc == 0)
		((struct recipe *)to)->sampling.max_tokens = (int)v;
	return rc;
}

static int sampling_stop(struct walk *w, const yaml_node_t *n, void *to)
{
	struct sampling *s = &((struct recipe *)to)->sampling;

	if (n->type == YAML_SCALAR_NODE) {
		s->nstop = 1;
		return get_text(w, n, "stop", &s->stop[0]);
	}
	if (want_kind(w, n, YAML_SEQUENCE_NODE, "stop") < 0)
		return ERR_FAIL;
	for (yaml_node_item_t *i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++) {
		if (s->nstop == SAMPLING_STOPS) {
			err_set(w->err, "more than %d stop strings", SAMPLING_STOPS);
			return fault(w, n);
		}
		if (get_text(w, yaml_document_get_node(w->doc, *i), "stop", &s->stop[s->nstop++]) < 0)
			return ERR_FAIL;
	}
	return 0;
}

static int sampling_fill(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_bool(w, n, "fill", &((struct recipe *)to)->plan.limits.fill);
}

static int sampling_stopping(struct walk *w, const yaml_node_t *n, void *to)
{
	int v;
	int rc = get_choice(w, n, "stopping", (const char *const[]){ "none", "curtailment", "posterior", NULL }, &v);

	((struct recipe *)to)->sampling_set |= SET_STOPPING;
	((struct recipe *)to)->stopping_line = n->start_mark.line + 1;
	((struct recipe *)to)->plan.limits.stopping = (enum stopping)v;
	return rc;
}

static int sampling_sure(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_real(w, n, "sure", 0.51, 0.9999, &((struct recipe *)to)->plan.limits.sure);
}

static int sampling_at_least(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "at_least", 1, 4096, &v);

	if (rc == 0)
		((struct recipe *)to)->plan.limits.at_least = (int)v;
	return rc;
}

static int sampling_wave(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "wave", 1, 4096, &v);

	if (rc == 0)
		((struct recipe *)to)->wave = (int)v;
	return rc;
}

static const struct member sampling_members[] = {
	{ "n", sampling_n },
	{ "temperature", sampling_temperature },
	{ "top_p", sampling_top_p },
	{ "top_k", sampling_top_k },
	{ "min_p", sampling_min_p },
	{ "max_tokens", sampling_max_tokens },
	{ "stop", sampling_stop },
	{ "fill", sampling_fill },
	{ "stopping", sampling_stopping },
	{ "sure", sampling_sure },
	{ "at_least", sampling_at_least },
	{ "wave", sampling_wave },
	{ 0 },
};

static int read_sampling(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_mapping(w, n, "sampling", sampling_members, to);
}

/* ---- filter, views, splits, shards */

/* The ends are read under these names by the recipe's hash, too. */
static int filter_pass_rate(struct walk *w, const yaml_node_t *n, void *to)
{
	struct limits *l = &((struct recipe *)to)->plan.limits;

	if (get_two(w, n, "pass_rate", "lo", "hi", 0, 1, &l->lo, &l->hi) < 0)
		return ERR_FAIL;
	if (l->lo > l->hi) {
		err_set(w->err, "pass_rate [%g, %g] keeps nothing", l->lo, l->hi);
		return fault(w, n);
	}
	return 0;
}

static int filter_rule(struct walk *w, const yaml_node_t *n, void *to)
{
	int v;
	int rc = get_choice(w, n, "rule", (const char *const[]){ "count", "posterior", NULL }, &v);

	((struct recipe *)to)->plan.limits.rule = (enum rule)v;
	return rc;
}

static int filter_model(struct walk *w, const yaml_node_t *n, void *to)
{
	((struct recipe *)to)->decider_line = n->start_mark.line + 1;
	return get_text(w, n, "model", &((struct recipe *)to)->decider);
}

static int filter_prior(struct walk *w, const yaml_node_t *n, void *to)
{
	struct prior *p = &((struct recipe *)to)->plan.limits.prior;

	return get_two(w, n, "prior", "a", "b", 0.01, 1000, &p->a, &p->b);
}

static int filter_guess(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_real(w, n, "guess", 0, 1, &((struct recipe *)to)->plan.limits.alpha);
}

static int filter_sft(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "sft_per_prompt", 1, 1000, &v);

	if (rc == 0)
		((struct recipe *)to)->plan.sft_per_prompt = (int)v;
	return rc;
}

static int filter_pairs(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "pairs_per_prompt", 1, 1000, &v);

	if (rc == 0)
		((struct recipe *)to)->plan.pairs_per_prompt = (int)v;
	return rc;
}

static int filter_sft_by(struct walk *w, const yaml_node_t *n, void *to)
{
	int v;
	int rc = get_choice(w, n, "sft_by", (const char *const[]){ "shortest", "first", NULL }, &v);

	((struct recipe *)to)->plan.sft_by = (enum sft_by)v;
	return rc;
}

static int filter_pairs_by(struct walk *w, const yaml_node_t *n, void *to)
{
	int v;
	int rc = get_choice(w, n, "pairs_by", (const char *const[]){ "shortest", "length", NULL }, &v);

	((struct recipe *)to)->plan.pairs_by = (enum pairs_by)v;
	return rc;
}

static const struct member filter_members[] = {
	{ "pass_rate", filter_pass_rate }, { "guess", filter_guess }, { "sft_per_prompt", filter_sft },
	{ "pairs_per_prompt", filter_pairs }, { "rule", filter_rule }, { "prior", filter_prior },
	{ "model", filter_model }, { "sft_by", filter_sft_by }, { "pairs_by", filter_pairs_by }, { 0 },
};

static int read_filter(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_mapping(w, n, "filter", filter_members, to);
}

static int read_views(struct walk *w, const yaml_node_t *n, void *to)
{
	struct recipe *r = to;
	struct buf words = BUF_INIT;
	struct str rest, item;
	int rc = get_words(w, n, "views", &words), view;

	r->plan.views = 1u << VIEW_TRACES;
	for (rest = buf_str(&words); rc == 0 && str_split(&rest, ',', &item);) {
		if (view_from(str_trim(item), &view)) {
			r->plan.views |= 1u << view;
			continue;
		}
		err_set(w->err, "unknown view \"%.*s\"; there are rl, sft, pairs, traces and deferred", (int)item.n, item.s);
		rc = fault(w, n);
	}
	buf_release(&words);
	return rc;
}

static int splits_validation(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_real(w, n, "validation", 0, 0.9, &((struct recipe *)to)->plan.validation);
}

static const struct member splits_members[] = { { "validation", splits_validation }, { 0 } };

static int read_splits(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_mapping(w, n, "splits", splits_members, to);
}

static int shards_bytes(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_int(w, n, "bytes", 1 << 16, (int64_t)1 << 40, &((struct recipe *)to)->plan.shard_bytes);
}

static int shards_frame(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_int(w, n, "frame", 1 << 12, 1 << 30, &((struct recipe *)to)->plan.frame_bytes);
}

static int shards_level(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "level", 1, 19, &v);

	if (rc == 0)
		((struct recipe *)to)->plan.level = (int)v;
	return rc;
}

static const struct member shards_members[] = { { "bytes", shards_bytes }, { "frame", shards_frame }, { "level", shards_level }, { 0 } };

static int read_shards(struct walk *w, const yaml_node_t *n, void *to)
{
	return get_mapping(w, n, "shards", shards_members, to);
}

/* ---- the whole */

static int read_name(struct walk *w, const yaml_node_t *n, void *to)
{
	const char *name;

	if (get_text(w, n, "name", &name) < 0)
		return ERR_FAIL;
	/* it names the dataset's directory, too */
	if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] || *name == '.' ||
	    strlen(name) > 96) {
		err_set(w->err, "name may hold up to 96 letters, digits, - _ and . only, not \"%.40s\"", name);
		return fault(w, n);
	}
	((struct recipe *)to)->plan.name = name;
	return 0;
}

static int read_seed(struct walk *w, const yaml_node_t *n, void *to)
{
	int64_t v;
	int rc = get_int(w, n, "seed", 0, INT64_MAX, &v);

	((struct recipe *)to)->seed = rc == 0 ? (uint64_t)v : 0;
	return rc;
}

/* One, or a list: then each answers every prompt. */
static int read_model(struct walk *w, const yaml_node_t *n, void *to)
{
	struct recipe *r = to;
	size_t count;

	if (n->type != YAML_SEQUENCE_NODE)
		return get_text(w, n, "model", &r->model[0]);
	count = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	if (count == 0 || count > LIMITS_MODELS) {
		err_set(w->err, "model must be one or a list of 1 to %d, not %zu", LIMITS_MODELS, count);
		return fault(w, n);
	}
	for (r->models = 0; r->models < (int)count; r->models++)
		if (get_text(w, yaml_document_get_node(w->doc, n->data.sequence.items.start[r->models]), "model", &r->model[r->models]) < 0)
			return ERR_FAIL;
	return 0;
}

static const struct member recipe_members[] = {
	{ "name", read_name },	   { "seed", read_seed },	{ "model", read_model },   { "sources", read_sources },
	{ "sampling", read_sampling }, { "filter", read_filter }, { "views", read_views },   { "splits", read_splits },
	{ "shards", read_shards }, { "calibration", read_calibration }, { "tune", read_tune }, { 0 },
};

static int read_text(struct recipe *r, struct err *err)
{
	struct buf line = BUF_INIT;
	struct reader *in = NULL;
	int rc = reader_open(&in, r->path, err);

	r->text.max = RECIPE_BYTES;
	while (rc >= 0 && (rc = reader_line(in, &line, err)) > 0) {
		buf_add(&r->text, buf_str(&line));
		buf_addc(&r->text, '\n');
		if (r->text.failed)
			rc = err_set(err, "%s: a recipe of over %d KiB", r->path, RECIPE_BYTES >> 10);
	}
	reader_close(in);
	buf_release(&line);
	return rc;
}

/* What keys that stand apart make together. */
static int settle_limits(struct recipe *r, struct err *err)
{
	struct limits *l = &r->plan.limits;

	l->n = r->sampling.n;
	if (!(r->sampling_set & SET_STOPPING) && !l->fill)
		l->stopping = STOPPING_CURTAILMENT;
	if (l->stopping == STOPPING_NONE && !l->fill)
		return err_set(err, "%s:%zu: \"stopping: none\" never stops early, \"fill: no\" does: leave one out", r->path, r->stopping_line);
	if (l->at_least > l->n)
		l->at_least = l->n;
	l->models = r->models;
	while (r->decider && l->model < r->models && strcmp(r->decider, r->model[l->model]) != 0)
		l->model++;
	if (l->model == r->models)
		return err_set(err, "%s:%zu: the filter's model \"%.60s\" is none that the recipe lists", r->path, r->decider_line, r->decider);
	if (r->wave == 0)
		r->wave = l->n / 4 > 4 ? l->n / 4 : 4;
	return 0;
}

static int walk(struct recipe *r, yaml_document_t *doc, struct err *err)
{
	struct walk w = { .r = r, .doc = doc, .err = err };
	yaml_node_t *top = yaml_document_get_root_node(doc);
	int rc;

	if (!top)
		return err_set(err, "%s:1: the recipe is empty", r->path);
	rc = get_mapping(&w, top, "the recipe", recipe_members, r);
	if (rc == 0 && !r->nsources)
		rc = err_set(err, "%s:1: the recipe has no \"sources\"", r->path);
	if (rc == 0 && !*r->plan.name)
		rc = err_set(err, "%s:1: the recipe has no \"name\"", r->path);
	if (rc == 0)
		rc = settle_limits(r, err);
	r->plan.recipe = buf_str(&r->text);
	hash64_hex(hash64(buf_z(&w.canon), w.canon.n, 0), r->hash);
	buf_release(&w.canon);
	return rc;
}

static int broken(const struct recipe *r, const yaml_parser_t *p, struct err *err)
{
	size_t line = p->problem_mark.line + 1;

	if (p->error == YAML_READER_ERROR) /* which knows its byte only */
		for (size_t i = line = 1; i <= p->problem_offset && i <= r->text.n; i++)
			line += r->text.s[i - 1] == '\n';
	return err_set(err, "%s:%zu: broken YAML: %s%s%s", r->path, line, p->context ? p->context : "", p->context ? ", " : "",
		       p->problem ? p->problem : "unreadable");
}

/*
 * libyaml takes quadratic time over brackets that nest and over anchors, so there is a most of both. Those in texts and
 * comments are counted too: no recipe has so many.
 */
static int tame(const struct recipe *r, struct err *err)
{
	size_t line = 1;
	int depth = 0, anchors = 0;

	for (size_t i = 0; i < r->text.n; i++) {
		char c = r->text.s[i];

		line += c == '\n';
		anchors += c == '&';
		depth += (c == '[' || c == '{') - ((c == ']' || c == '}') && depth > 0);
		if (depth > RECIPE_DEPTH)
			return err_set(err, "%s:%zu: brackets nested more than %d deep", r->path, line, RECIPE_DEPTH);
		if (anchors > RECIPE_ANCHORS)
			return err_set(err, "%s:%zu: more than %d anchors", r->path, line, RECIPE_ANCHORS);
	}
	return 0;
}

/* A second document in the file would be read by nobody. */
static int no_more(const struct recipe *r, yaml_parser_t *p, struct err *err)
{
	yaml_document_t doc;
	yaml_node_t *top;
	int rc = 0;

	if (!yaml_parser_load(p, &doc))
		return broken(r, p, err);
	top = yaml_document_get_root_node(&doc);
	if (top)
		rc = err_set(err, "%s:%zu: a second document; a recipe is one", r->path, top->start_mark.line + 1);
	yaml_document_delete(&doc);
	return rc;
}

static int take_text(struct recipe *r, struct str text, struct err *err)
{
	buf_add(&r->text, text);
	return r->text.failed ? err_set(err, "out of memory") : 0;
}

/* text: of a recipe that a run has kept; NULL: of the file. */
static int read_recipe(struct recipe *r, const char *path, const struct str *text, struct err *err)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	int rc;

	*r = (struct recipe){ .path = path, .model = { "tiny" }, .models = 1, .sampling = SAMPLING_INIT, .plan = DATASET_PLAN };
	r->sampling.n = 8;
	r->tune = (struct tune_plan){ .aims = { { 1, 0.5, 0.5, 0.5 } }, .naims = 1, .budget = 256, .batch = 16, .tolerance = 0.1 };
	rc = text ? take_text(r, *text, err) : read_text(r, err);
	if (rc < 0)
		return rc;
	if (!utf8_valid(buf_str(&r->text)))
		return err_set(err, "%s: the recipe is not UTF-8", path);
	if (tame(r, err) < 0)
		return ERR_FAIL;
	if (!yaml_parser_initialize(&parser))
		return err_set(err, "out of memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)buf_z(&r->text), r->text.n);
	if (!yaml_parser_load(&parser, &doc)) {
		rc = broken(r, &parser, err);
	} else {
		rc = walk(r, &doc, err);
		yaml_document_delete(&doc);
		for (int i = 0; i < r->nsources; i++)
			r->sources[i].wish.ask.kept_from = 1 - r->plan.validation;
		if (rc == 0)
			rc = no_more(r, &parser, err);
	}
	yaml_parser_delete(&parser);
	return rc;
}

int recipe_read(struct recipe *r, const char *path, struct err *err)
{
	return read_recipe(r, path, NULL, err);
}

int recipe_again(struct recipe *r, const char *name, struct str text, struct err *err)
{
	return read_recipe(r, name, &text, err);
}

void recipe_release(struct recipe *r)
{
	for (int i = 0; i < r->nsources; i++)
		buf_release(&r->sources[i].forms);
	buf_release(&r->text);
	arena_release(&r->arena);
}

struct instance_ask source_ask(const struct source *s, uint64_t seed, int shape)
{
	struct instance_ask ask = wish_ask(&s->wish, seed);
	const struct asked *a = &s->shape[shape];
	struct rng r;

	if (s->nsystems) {
		rng_init(&r, seed, "system");
		ask.system = s->system[rng_below(&r, (uint32_t)s->nsystems)];
	}
	if (s->nshapes == 0)
		return ask;
	ask.shape = a->name;
	if (a->has_lang)
		ask.lang = a->lang;
	if (a->has_format) {
		ask.format = a->format;
		ask.kept_format = QUARRY_ANY;
	}
	if (a->form.n)
		ask.form = a->form;
	if (a->has_system)
		ask.system = a->system;
	ask.turn = a->turn;
	return ask;
}

int recipe_settle(const struct recipe *r, const struct sampler *s, struct sampling *ret, struct err *err)
{
	struct sampling own = SAMPLING_INIT;

	sampler_defaults(s, &own);
	*ret = r->sampling;
	if (!(r->sampling_set & SET_TEMPERATURE))
		ret->temperature = own.temperature;
	if (!(r->sampling_set & SET_TOP_P))
		ret->top_p = own.top_p;
	if (!(r->sampling_set & SET_TOP_K))
		ret->top_k = own.top_k;
	if (!(r->sampling_set & SET_MIN_P))
		ret->min_p = own.min_p;
	ret->seed = r->seed;
	return sampling_check(ret, err);
}

uint64_t source_seed(const struct recipe *r, int source, uint64_t i)
{
	return instance_seed(rng_mix(r->seed, (uint64_t)source), r->sources[source].wish.ask.task->name, i);
}
