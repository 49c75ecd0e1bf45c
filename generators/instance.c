/* instance.c - one puzzle as a record; see instance.h. */
#include "generators/instance.h"
#include "base/hash.h"
#include "generators/measured.h"
#include "generators/prompt.h"
#include "verifiers/extract.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	DRAWS = 64,          /* generate() calls for one puzzle before we give up */
	CANON_DRAWS = 20000, /* the same where only a range of canon hashes will do */
	SCRATCH = 1000,      /* bytes of a usual canonical form: so it seldom grows */
};

static const char *const lang_names[LANGS] = { "en", "zh" };

const char *lang_name(enum lang lang)
{
	return lang_names[lang];
}

bool lang_from(struct str name, enum lang *ret)
{
	for (int i = 0; i < LANGS; i++)
		if (str_is(name, lang_names[i])) {
			*ret = (enum lang)i;
			return true;
		}
	return false;
}

uint64_t instance_seed(uint64_t run_seed, const char *task, uint64_t i)
{
	return rng_mix(rng_mix(run_seed, hash64(task, strlen(task), 0)), i) >> 1;
}

bool knobs_refused(const struct task *t, const int knob[TASK_KNOBS], struct err *err)
{
	const char *why;

	for (int i = 0; t->knobs[i].name; i++) {
		const struct knob *k = &t->knobs[i];

		if (knob[i] < k->lo || knob[i] > k->hi) {
			err_set(err, "%s: knob \"%s\" is %d; it goes from %d to %d", t->name, k->name, knob[i], k->lo, k->hi);
			return true;
		}
	}
	why = t->refuse ? t->refuse(knob) : NULL;
	if (why)
		err_set(err, "%s: these knobs can give no puzzle: %s", t->name, why);
	return why != NULL;
}

void instance_ground_truth(struct buf *out, const char *task, int revision, struct str desc)
{
	json_open(out, '{');
	json_key(out, "v");
	json_add_i64(out, 1);
	json_key(out, "task");
	json_add_z(out, task);
	json_key(out, "revision");
	json_add_i64(out, revision);
	json_key(out, "desc");
	json_add_str(out, desc);
	json_close(out, '}');
}

/* id: the task's name and a hash of (task, revision, desc, lang, format, form), and of the system message where there is one. */
static void name_it(struct instance *in, struct buf *scratch)
{
	size_t n = strlen(in->task->name);

	buf_reset(scratch);
	buf_add(scratch, (struct str){ in->task->name, n });
	buf_addc(scratch, '\n');
	buf_addi(scratch, in->task->revision);
	buf_addc(scratch, '\n');
	buf_add(scratch, buf_str(&in->desc));
	buf_addc(scratch, '\n');
	buf_addz(scratch, lang_name(in->lang));
	buf_addc(scratch, '\n');
	buf_addz(scratch, quarry_format_name(in->format));
	buf_addc(scratch, '\n');
	buf_addz(scratch, in->form);
	if (in->system.n) {
		buf_addc(scratch, '\n');
		buf_add(scratch, in->system);
	}
	assert(n + 18 <= sizeof(in->id));
	memcpy(in->id, in->task->name, n);
	in->id[n] = '-';
	hash64_hex(hash64(buf_z(scratch), scratch->n, 0), in->id + n + 1);
}

void instance_wrap(struct buf *out, enum quarry_format format, enum lang lang, struct str answer)
{
	size_t n;

	if (format == QUARRY_ANY)
		format = QUARRY_TAGS; /* after worked steps a bare answer could not be told from them */
	if (format == QUARRY_LINE && lang == LANG_ZH) {
		buf_addz(out, "答案：");
		buf_add(out, answer);
		return;
	}
	/* escapes may double an answer */
	if (!buf_reserve(out, answer.n * 2 + 64))
		return;
	n = answer_wrap(format, answer, out->s + out->n, out->cap - out->n - 1);
	out->n += n;
	out->s[out->n] = 0;
	if (n == 0)
		out->failed = true;
}

/* The last bits of exp2 and log2 differ between C libraries; six digits do not. */
static double six_digits(double v)
{
	static const double tens[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
				       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	char t[32];

	/* six digits and a power of ten up to 22 are exact, so that their quotient is the double nearest to them */
	if (v < 1)
		for (int k = 6; k <= 22; k++)
			if (v * tens[k] >= 1e5) {
				double scaled = v * tens[k], whole = floor(scaled);

				if (fabs(scaled - whole - 0.5) < 1e-6)
					break; /* too near to the middle for one product to tell */
				return floor(scaled + 0.5) / tens[k];
			}
	snprintf(t, sizeof(t), "%.6g", v);
	str_f64(str_of(t), &v);
	return v;
}

/* Chance of a blind guess: one of the answers that the prompt admits, or always the commonest. */
static double guess_of(const struct instance *in)
{
	double share = measured_of(in->task->name, in->level).share, known = in->effort.answers_log2;
	double fair = exp2(-(known > 0 ? known : in->task->answers_log2(buf_str(&in->desc))));

	return six_digits(fair > share ? fair : share);
}

/* The answer in the instance's language. */
static void say_answer(struct instance *in)
{
	struct buf said = BUF_INIT;

	if (!in->task->say)
		return;
	in->task->say(&said, buf_str(&in->desc), buf_str(&in->answer), in->lang);
	said.failed |= in->answer.failed;
	buf_release(&in->answer);
	in->answer = said;
}

/* Everything that follows from the desc, the answer and the wording. */
static int complete(struct instance *in, const struct instance_ask *ask, struct err *err)
{
	const struct task *t = in->task;
	int rc;

	in->guess = 0;
	in->effort = (struct effort){ .technique = "" };
	if (!ask->bare) {
		t->grade(&in->effort, buf_str(&in->desc));
		in->guess = guess_of(in);
	}
	say_answer(in);
	buf_reset(&in->prompt);
	rc = prompt_write(&in->prompt, t, buf_str(&in->desc), in->lang, in->format, str_of(in->form), err);
	if (rc < 0)
		return rc;
	buf_reset(&in->worked);
	if (ask->worked && t->explain) {
		t->explain(&in->worked, buf_str(&in->desc), in->lang);
		if (in->worked.n)
			buf_addc(&in->worked, '\n');
		instance_wrap(&in->worked, in->format, in->lang, buf_str(&in->answer));
	}
	if (in->prompt.failed || in->worked.failed || in->desc.failed || in->answer.failed)
		return err_set(err, "%s: out of memory, or a text longer than a gigabyte", t->name);
	return 0;
}

static void canon_of(struct instance *in, struct buf *scratch)
{
	buf_reset(scratch);
	in->task->canon(scratch, buf_str(&in->desc));
	in->canon = hash64(buf_z(scratch), scratch->n, hash64(in->task->name, strlen(in->task->name), 0));
}

/* Where the puzzle's canonical hash lies in [0, 1). */
static double place_of(const struct instance *in)
{
	return (double)(in->canon >> 11) * 0x1p-53;
}

/* The wording, and with a puzzle for validation perhaps another format. */
static int choose_form(struct instance *in, const struct instance_ask *ask, struct err *err)
{
	struct str wish = ask->form;
	struct rng r;

	if (place_of(in) >= ask->kept_from) {
		rng_init(&r, in->seed, "kept");
		if (rng_below(&r, 2) && wish.n == 0)
			wish = STR("held");
		if (rng_below(&r, 2) && ask->kept_format != QUARRY_ANY)
			in->format = ask->kept_format;
	}
	rng_init(&r, in->seed, "form");
	if (prompt_draw(in->form, in->task->name, ask->lang, wish, &r, err) < 0)
		return ERR_FAIL;
	if (ask->turn)
		snprintf(in->form + strlen(in->form), sizeof(in->form) - strlen(in->form), "~%d", ask->turn);
	return 0;
}

static void start(struct instance *in, const struct instance_ask *ask, uint64_t seed)
{
	in->task = ask->task;
	in->difficulty = ask->difficulty;
	in->seed = seed;
	in->lang = ask->lang;
	in->format = ask->format;
	in->system = ask->system;
	in->shape = ask->shape;
	in->think_open = false;
	in->canon = 0;
}

/* A fraction of a level is the chance of the level above. */
static int draw_level(int difficulty, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "level");
	return difficulty / 10 + ((int)rng_below(&r, 10) < difficulty % 10);
}

int instance_make(struct instance *in, const struct instance_ask *ask, uint64_t seed, struct err *err)
{
	bool whole = ask->canon_lo <= 0 && ask->canon_hi >= 1;
	struct buf scratch = BUF_INIT;
	bool drawn = false;
	struct rng rng;
	int rc = 0;

	if (ask->difficulty < 0 || ask->difficulty > 100)
		return err_set(err, "difficulty %d.%d is not within 0 to 10", ask->difficulty / 10, abs(ask->difficulty % 10));
	assert(!ask->bare || (whole && ask->kept_from >= 1));
	start(in, ask, seed);
	in->level = draw_level(ask->difficulty, seed);
	task_level(in->task, in->level, in->knob);
	for (int i = 0; i < TASK_KNOBS; i++)
		if (ask->knob_set >> i & 1)
			in->knob[i] = ask->knob[i];
	if (knobs_refused(in->task, in->knob, err))
		return ERR_FAIL;
	buf_reserve(&scratch, SCRATCH);
	rng_init(&rng, seed, "puzzle");
	for (int left = DRAWS, wide = CANON_DRAWS; left > 0 && wide > 0; wide--) {
		double at;

		buf_reset(&in->desc);
		buf_reset(&in->answer);
		if (!in->task->generate(&in->desc, &in->answer, in->knob, &rng)) {
			left--;
			continue;
		}
		if (!ask->bare)
			canon_of(in, &scratch);
		at = place_of(in);
		drawn = whole || (at >= ask->canon_lo && at < ask->canon_hi);
		if (drawn)
			break;
	}
	if (!drawn)
		rc = err_set(err, "%s: no puzzle at difficulty %d.%d with these knobs within the draw budget; widen them",
			     in->task->name, ask->difficulty / 10, ask->difficulty % 10);
	if (rc == 0)
		rc = choose_form(in, ask, err);
	if (rc == 0) {
		name_it(in, &scratch);
		rc = complete(in, ask, err);
	}
	buf_release(&scratch);
	return rc;
}

int instance_from_desc(struct instance *in, const struct instance_ask *ask, struct str desc, struct err *err)
{
	struct buf scratch = BUF_INIT;
	int rc;

	start(in, ask, 0);
	in->level = ask->difficulty / 10;
	memset(in->knob, 0, sizeof(in->knob));
	buf_reset(&in->desc);
	buf_add(&in->desc, desc);
	buf_reset(&in->answer);
	if (!in->task->solve(&in->answer, desc))
		return err_set(err, "%s: the desc is damaged or has no solution", in->task->name);
	canon_of(in, &scratch);
	rc = choose_form(in, ask, err);
	if (rc == 0) {
		name_it(in, &scratch);
		rc = complete(in, ask, err);
	}
	buf_release(&scratch);
	return rc;
}

static void knobs_json(struct buf *b, const struct instance *in)
{
	json_open(b, '{');
	for (int i = 0; in->task->knobs[i].name; i++) {
		json_key(b, in->task->knobs[i].name);
		json_add_i64(b, in->knob[i]);
	}
	json_close(b, '}');
}

/* "a, b" as ["a","b"] */
static void techniques_json(struct buf *b, struct str techniques)
{
	struct str item;

	json_open(b, '[');
	while (str_split(&techniques, ',', &item))
		json_add_str(b, str_trim(item));
	json_close(b, ']');
}

static int64_t chars_of(const struct buf *b)
{
	int64_t n = 0;

	for (size_t i = 0; i < b->n;) {
		size_t end = b->n - i < UINT8_MAX ? b->n : i + UINT8_MAX;
		uint8_t some = 0; /* no wider, so that many are added at once */

		for (; i < end; i++)
			some += ((unsigned char)b->s[i] & 0xc0) != 0x80;
		n += some;
	}
	return n;
}

static void effort_json(struct buf *b, const struct instance *in)
{
	const struct effort *e = &in->effort;

	json_open(b, '{');
	json_key(b, "depth");
	json_add_i64(b, e->depth);
	json_key(b, "branch");
	json_add_i64(b, e->branch);
	json_key(b, "steps");
	json_add_i64(b, e->steps);
	json_key(b, "techniques");
	techniques_json(b, str_of(e->technique));
	json_key(b, "prompt_chars");
	json_add_i64(b, chars_of(&in->prompt));
	json_key(b, "answer_chars");
	json_add_i64(b, chars_of(&in->answer));
	json_close(b, '}');
}

void instance_json(struct buf *b, const struct instance *in)
{
	char hex[17];

	json_open(b, '{');
	json_key(b, "id");
	json_add_z(b, in->id);
	json_key(b, "task");
	json_add_z(b, in->task->name);
	json_key(b, "revision");
	json_add_i64(b, in->task->revision);
	json_key(b, "difficulty");
	json_add_f64(b, in->difficulty / 10.0);
	json_key(b, "knobs");
	knobs_json(b, in);
	json_key(b, "seed");
	json_add_u64(b, in->seed);
	json_key(b, "lang");
	json_add_z(b, lang_name(in->lang));
	json_key(b, "format");
	json_add_z(b, quarry_format_name(in->format));
	json_key(b, "form");
	json_add_z(b, in->form);
	if (in->shape.n) {
		json_key(b, "shape");
		json_add_str(b, in->shape);
	}
	json_key(b, "prompt");
	json_open(b, '[');
	if (in->system.n) {
		json_open(b, '{');
		json_key(b, "role");
		json_add_z(b, "system");
		json_key(b, "content");
		json_add_str(b, in->system);
		json_close(b, '}');
	}
	json_open(b, '{');
	json_key(b, "role");
	json_add_z(b, "user");
	json_key(b, "content");
	json_add_str(b, buf_str(&in->prompt));
	json_close(b, '}');
	json_close(b, ']');
	json_key(b, "desc");
	json_add_str(b, buf_str(&in->desc));
	json_key(b, "answer");
	json_add_str(b, buf_str(&in->answer));
	if (in->worked.n) {
		json_key(b, "worked");
		json_add_str(b, buf_str(&in->worked));
	}
	hash64_hex(in->canon, hex);
	json_key(b, "canon");
	json_add_z(b, hex);
	json_key(b, "guess");
	json_add_f64(b, in->guess);
	json_key(b, "effort");
	effort_json(b, in);
	if (in->think_open) {
		json_key(b, "think");
		json_add_z(b, "open");
	}
	json_close(b, '}');
}

void instance_release(struct instance *in)
{
	buf_release(&in->prompt);
	buf_release(&in->desc);
	buf_release(&in->answer);
	buf_release(&in->worked);
	*in = INSTANCE_INIT;
}
