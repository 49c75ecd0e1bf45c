/*
 * test_contract.c - what every puzzle owes us, asked of each task x level x seed x language x format x wording.
 *
 *	test_contract			all tasks
 *	test_contract sudoku		one of them, while it is being written
 *
 * A new puzzle gets all of this free; what a machine would not think of goes to tests/cases.
 */
#include "generators/instance.h"
#include "generators/measured.h"
#include "generators/prompt.h"
#include "base/hash.h"
#include "tests/check.h"
#include "verifiers/extract.h"
#include "verifiers/rule.h"

#include <math.h>
#include <time.h>

enum { SEEDS = CHECK_SLOW ? 2 : 5, TWINS = CHECK_SLOW ? 5 : 20, EFFORTS = 41, SHARES = 400 };

static double cpu_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static enum quarry_mark judge(const struct task *t, struct str desc, struct str response, enum quarry_format format,
			      struct quarry_verdict *v)
{
	struct quarry_options o = { .format = format };

	quarry_verify_n(quarry_rule(t->name), desc.s, desc.n, response.s, response.n, &o, v);
	return v->mark;
}

/* A bare answer between tags. */
static enum quarry_mark judge_answer(const struct task *t, struct str desc, struct str answer)
{
	struct buf b = BUF_INIT;
	struct quarry_verdict v;

	buf_addz(&b, "<answer>");
	buf_add(&b, answer);
	buf_addz(&b, "</answer>");
	judge(t, desc, buf_str(&b), QUARRY_TAGS, &v);
	buf_release(&b);
	return v.mark;
}

/* An instance, or a failed check. */
static bool make(struct instance *in, const struct instance_ask *ask, uint64_t seed)
{
	struct err err = ERR_INIT;
	int rc = instance_make(in, ask, seed, &err);

	CHECK_STR(str_of(err.msg), "");
	return CHECK_EQ(rc, 0);
}

/* ---- the table itself ---- */

static bool chinese(struct str s)
{
	while (s.n) {
		uint32_t cp;

		s = str_from(s, utf8_next(s, &cp));
		if (cp >= 0x4e00 && cp <= 0x9fff)
			return true;
	}
	return false;
}

/* A hundred wordings that are drawn, none in more than 2 % of rows, and one family kept for validation. */
static void check_families(const struct task *t, enum lang lang)
{
	int held = 0, n = prompt_families(t->name, lang);
	uint32_t forms = 0, weights = 0;

	for (int i = 0; i < n; i++) {
		struct prompt_family f = prompt_family(t->name, lang, i);

		if (str_is(f.tag, "held")) {
			held++;
			CHECK(f.forms >= 50);
			continue;
		}
		CHECK(f.tag.n == 0 || (str_is(f.tag, "tiny") && f.forms == 1));
		forms += f.forms;
		weights += f.forms < 64 ? f.forms : 64;
	}
	CHECK(n >= 4);
	CHECK(forms >= 100);
	CHECK_EQ(held, 1);
	CHECK(weights >= 50); /* a form's share is 1 of the weights at most */
}

static void check_table(const struct task *t)
{
	const struct quarry_rule *rule = quarry_rule(t->name);
	int knobs = task_knob_count(t);
	struct err err = ERR_INIT;

	check_in("%s", t->name);
	if (!CHECK(rule != NULL))
		return;
	CHECK_STR(str_of(quarry_rule_name(rule)), t->name);
	CHECK(t->family && t->family[0] && t->what && t->what[0] && !strchr(t->what, '\n'));
	CHECK(t->revision >= 1 && quarry_rule_revision(rule) >= 1);
	CHECK(t->generate && t->solve && t->grade && t->canon && t->answers_log2 && t->fields && t->explain);
	CHECK(!(t->flags & TASK_UNIQUE) || t->prove);
	CHECK(!(t->flags & TASK_UNIQUE) || !(t->flags & TASK_MANY_ANSWERS));
	CHECK(knobs > 0 && knobs <= TASK_KNOBS);
	for (int i = 0; i < knobs; i++)
		CHECK(t->knobs[i].lo < t->knobs[i].hi && t->knobs[i].what && t->knobs[i].what[0]);
	for (int level = 0; level < TASK_LEVELS; level++) {
		int knob[TASK_KNOBS];

		task_level(t, level, knob);
		CHECK(!knobs_refused(t, knob, &err));
		CHECK_STR(str_of(err.msg), "");
		for (int i = knobs; i < TASK_KNOBS; i++)
			CHECK_EQ(knob[i], 0);
	}
	for (int lang = 0; lang < LANGS; lang++) {
		check_in("%s wordings in %s", t->name, lang_name((enum lang)lang));
		check_families(t, (enum lang)lang);
	}
}

/* ---- prompts ---- */

static void check_prompt_text(struct str prompt, enum lang lang)
{
	struct str rest = prompt, line;

	CHECK(prompt.n > 20 && utf8_valid(prompt));
	CHECK(str_find(prompt, STR("{{")) < 0 && str_find(prompt, STR("}}")) < 0);
	CHECK_EQ(chinese(prompt), lang == LANG_ZH);
	CHECK_EQ(str_trim(prompt).n, prompt.n);
	while (str_line(&rest, &line))
		CHECK(!str_ends(line, STR(" ")) && !str_ends(line, STR("\t")));
}

enum { PROMPTS = 512, FORMS_TRIED = 6 };

/* A form of every family in every format is whole and differs from every other. */
static void check_prompts(const struct task *t, const struct instance *first, enum lang lang, struct rng *rng)
{
	uint64_t prompts[PROMPTS] = { 0 };
	struct buf b = BUF_INIT;
	int n = 0, same;

	for (int i = 0; i < prompt_families(t->name, lang); i++) {
		struct prompt_family f = prompt_family(t->name, lang, i);
		uint32_t tries = f.forms < FORMS_TRIED ? f.forms : FORMS_TRIED, stride = f.forms / tries;

		for (uint32_t k = 0; k < tries; k++) {
			char form[PROMPT_FORM_MAX];
			uint32_t at = k * stride + rng_below(rng, stride);

			snprintf(form, sizeof(form), f.forms > 1 ? "%.*s.%u" : "%.*s", (int)f.name.n, f.name.s, at);
			for (int format = QUARRY_ANY; format < QUARRY_FORMATS && n < PROMPTS; format++) {
				struct err err = ERR_INIT;
				uint64_t hash;

				check_in("%s level %d seed %d %s %s %s", t->name, first->level, (int)first->seed, lang_name(lang),
					 form, quarry_format_name((enum quarry_format)format));
				buf_reset(&b);
				if (!CHECK_EQ(prompt_write(&b, t, buf_str(&first->desc), lang, (enum quarry_format)format,
							   str_of(form), &err), 0)) {
					fprintf(stderr, "\t%s\n", err.msg);
					continue;
				}
				check_prompt_text(buf_str(&b), lang);
				if (format == QUARRY_ANY)
					continue; /* forms that differ in how to hand in alone are then the same */
				hash = hash64(b.s, b.n, 0);
				prompts[n] = hash;
				for (same = 0; prompts[same] != hash; same++)
					;
				CHECK_EQ(same, n++);
			}
		}
	}
	buf_release(&b);
}

/* The wording and the format are in the id, and are those asked for. */
static void check_ids(const struct task *t, const struct instance *first)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;
	struct err err = ERR_INIT;
	char ids[2 * QUARRY_FORMATS][64], form[PROMPT_FORM_MAX];
	int n = 0;

	ask.difficulty = first->level * 10;
	for (int held = 0; held < 2; held++)
		for (int format = QUARRY_TAGS; format < QUARRY_FORMATS; format++, n++) {
			struct str family;

			ask.format = (enum quarry_format)format;
			ask.form = held ? STR("held") : STR("");
			if (!CHECK_EQ(instance_from_desc(&in, &ask, buf_str(&first->desc), &err), 0))
				continue;
			CHECK(in.format == ask.format && in.lang == ask.lang);
			CHECK_EQ(in.canon, first->canon);
			CHECK_EQ(strlen(in.id), strlen(t->name) + 17);
			strcpy(ids[n], in.id);
			for (int i = 0; i < n; i++)
				CHECK(strcmp(ids[i], in.id) != 0);
			/* by its own name it is the same again */
			strcpy(form, in.form);
			family = str_sub(str_of(form), 0, strcspn(form, "."));
			for (int i = 0; i < prompt_families(t->name, LANG_EN); i++)
				if (str_eq(prompt_family(t->name, LANG_EN, i).name, family))
					CHECK_EQ(str_is(prompt_family(t->name, LANG_EN, i).tag, "held"), held);
			ask.form = str_of(form);
			CHECK_EQ(instance_from_desc(&in, &ask, buf_str(&first->desc), &err), 0);
			CHECK_STR(str_of(in.id), ids[n]);
			CHECK_STR(str_of(in.form), form);
		}
	instance_release(&in);
}

/* ---- answers ---- */

static void check_own_answer(const struct task *t, const struct instance *in)
{
	char room[INSTANCE_DESC_MAX];
	struct quarry_verdict v;
	struct buf b = BUF_INIT;

	for (int format = QUARRY_TAGS; format < QUARRY_FORMATS; format++) {
		size_t n = answer_wrap((enum quarry_format)format, buf_str(&in->answer), room, sizeof(room));
		struct quarry_options strict = { .format = (enum quarry_format)format, .strict_format = true };

		CHECK(n > 0);
		judge(t, buf_str(&in->desc), (struct str){ room, n }, (enum quarry_format)format, &v);
		if (!CHECK_EQ(v.mark, QUARRY_CORRECT))
			fprintf(stderr, "\t%s: %.*s: %s\n", buf_z(&in->desc), (int)n, room, v.why);
		CHECK(v.format_ok && v.score == 1.0 && v.answers_seen == 1);
		quarry_verify_n(quarry_rule(t->name), in->desc.s, in->desc.n, room, n, &strict, &v);
		CHECK_EQ(v.mark, QUARRY_CORRECT);
		/* with a thought before it and some talk around it */
		buf_reset(&b);
		buf_addz(&b, "<think>Perhaps <answer>nothing</answer>?</think>\nHere is what I found.\n\n");
		buf_add(&b, (struct str){ room, n });
		CHECK_EQ(judge(t, buf_str(&in->desc), buf_str(&b), (enum quarry_format)format, &v), QUARRY_CORRECT);
	}
	buf_reset(&b);
	buf_addz(&b, "答案：");
	buf_add(&b, buf_str(&in->answer));
	CHECK_EQ(judge(t, buf_str(&in->desc), buf_str(&b), QUARRY_LINE, &v), QUARRY_CORRECT);
	CHECK(v.format_ok);
	buf_release(&b);
}

static void check_silence(const struct task *t, const struct instance *in)
{
	struct quarry_options open = { .format = QUARRY_TAGS, .think_open = true };
	struct quarry_verdict v;
	struct buf b = BUF_INIT;

	CHECK_EQ(judge(t, buf_str(&in->desc), STR(""), QUARRY_TAGS, &v), QUARRY_NO_ANSWER);
	CHECK_EQ(judge(t, buf_str(&in->desc), STR(" \n\t "), QUARRY_TAGS, &v), QUARRY_NO_ANSWER);
	buf_addz(&b, "<answer>");
	buf_add(&b, buf_str(&in->answer));
	buf_addz(&b, "</answer>");
	quarry_verify_n(quarry_rule(t->name), in->desc.s, in->desc.n, b.s, b.n, &open, &v);
	CHECK_EQ(v.mark, QUARRY_NO_ANSWER);
	buf_reset(&b);
	buf_addz(&b, "<think>");
	buf_add(&b, buf_str(&in->answer));
	CHECK_EQ(judge(t, buf_str(&in->desc), buf_str(&b), QUARRY_TAGS, &v), QUARRY_NO_ANSWER);
	buf_release(&b);
}

static bool alnum(char c)
{
	return is_letter(c) || is_digit(c);
}

/* A token is a number, a word or a single other sign. */
static size_t token_end(struct str s, size_t at)
{
	size_t end = at + 1;

	if (alnum(s.s[at]))
		while (end < s.n && alnum(s.s[end]))
			end++;
	return end;
}

struct tally {
	int tried, right;
};

/* The answer with one piece of it replaced: is it accepted? */
static bool try_change(const struct task *t, const struct instance *in, struct tally *tally, size_t from, size_t to,
		       struct str with)
{
	struct str answer = buf_str(&in->answer);
	struct buf b = BUF_INIT;
	bool right = false;

	buf_add(&b, str_sub(answer, 0, from));
	buf_add(&b, with);
	buf_add(&b, str_from(answer, to));
	if (!str_eq(buf_str(&b), answer)) {
		enum quarry_mark mark = judge_answer(t, buf_str(&in->desc), buf_str(&b));

		right = mark == QUARRY_CORRECT;
		tally->tried++;
		tally->right += right;
		CHECK(mark != QUARRY_BAD_TASK);
	}
	buf_release(&b);
	return right;
}

static void must_fail(const struct task *t, const struct instance *in, struct tally *tally, size_t from, size_t to,
		      struct str with)
{
	if (!CHECK(!try_change(t, in, tally, from, to, with) || t->flags & TASK_MANY_ANSWERS))
		fprintf(stderr, "\t%s: \"%.*s\" for \"%.*s\" was accepted in \"%s\"\n", buf_z(&in->desc), (int)with.n,
			with.s, (int)(to - from), in->answer.s + from, buf_z(&in->answer));
}

static char next_char(char c)
{
	static const char ring[] = "()[]{}<>";
	const char *at = c ? strchr(ring, c) : NULL;

	if (at)
		return ring[(at - ring + 2) % 8];
	if (is_digit(c))
		return (char)('0' + (c - '0' + 1) % 10);
	if (alnum(c))
		return c == 'z' ? 'a' : c == 'Z' ? 'A' : (char)(c + 1);
	return 0;
}

/* Change, drop and swap each token that says something; a blank or a comma may come and go. */
static void check_changes(const struct task *t, const struct instance *in, struct tally *swaps)
{
	struct str answer = buf_str(&in->answer), before = { "", 0 };
	struct tally tally = { 0 };
	size_t from_before = 0;

	for (size_t at = 0, end; at < answer.n; at = end) {
		struct str token;
		char changed[256];

		end = token_end(answer, at);
		token = str_sub(answer, at, end);
		if (!next_char(token.s[0]) || token.n > sizeof(changed))
			continue;
		memcpy(changed, token.s, token.n);
		changed[token.n - 1] = next_char(token.s[token.n - 1]);
		must_fail(t, in, &tally, at, end, (struct str){ changed, token.n });
		must_fail(t, in, &tally, at, end, STR(""));
		if (before.n && before.n + token.n < sizeof(changed)) {
			struct buf b = BUF_INIT;

			buf_add(&b, token);
			buf_add(&b, str_sub(answer, from_before + before.n, at));
			buf_add(&b, before);
			try_change(t, in, swaps, from_before, end, buf_str(&b));
			buf_release(&b);
		}
		before = token;
		from_before = at;
	}
	CHECK(tally.tried > 0);
}

/* ---- the worked solution ---- */

static void check_worked(const struct task *t, int level, const struct instance *first)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;
	struct buf end = BUF_INIT;
	struct quarry_verdict v;
	struct err err = ERR_INIT;

	ask.difficulty = level * 10;
	ask.worked = true;
	for (int lang = 0; lang < LANGS; lang++)
		for (int format = QUARRY_TAGS; format < QUARRY_FORMATS; format++) {
			struct str wrapped, worked, third;

			ask.lang = (enum lang)lang;
			ask.format = (enum quarry_format)format;
			check_in("%s level %d seed %d worked %s %s", t->name, level, (int)first->seed, lang_name(ask.lang),
				 quarry_format_name(ask.format));
			if (!CHECK_EQ(instance_from_desc(&in, &ask, buf_str(&first->desc), &err), 0))
				continue;
			buf_reset(&end);
			instance_wrap(&end, ask.format, ask.lang, buf_str(&in.answer));
			wrapped = buf_str(&end);
			worked = buf_str(&in.worked);
			CHECK(utf8_valid(worked) && str_ends(worked, wrapped) && worked.n > wrapped.n);
			judge(t, buf_str(&in.desc), worked, ask.format, &v);
			if (!CHECK_EQ(v.mark, QUARRY_CORRECT))
				fprintf(stderr, "\t%s: %s: %s\n", buf_z(&in.desc), buf_z(&in.worked), v.why);
			CHECK(v.format_ok && v.answers_seen == 1);
			/* a trace that tells the answer at once has reasoned nothing */
			third = str_sub(worked, 0, worked.n / 3);
			if (in.answer.n >= 6 && !CHECK(str_find(third, buf_str(&in.answer)) < 0))
				fprintf(stderr, "\t%s: %s\n", buf_z(&in.desc), buf_z(&in.worked));
			CHECK(in.effort.steps > 0 && in.effort.technique);
		}
	instance_release(&in);
	buf_release(&end);
}

/* ---- twins ---- */

static void check_twins(const struct task *t, const struct instance *in, struct rng *rng)
{
	struct buf canon = BUF_INIT, twin = BUF_INIT, again = BUF_INIT;

	t->canon(&canon, buf_str(&in->desc));
	CHECK(canon.n > 0);
	for (int i = 0; i < TWINS && t->twin; i++) {
		buf_reset(&twin);
		buf_reset(&again);
		if (!CHECK(t->twin(&twin, buf_str(&in->desc), rng)))
			break;
		t->canon(&again, buf_str(&twin));
		if (!CHECK_STR_EQ(buf_str(&again), buf_str(&canon)))
			fprintf(stderr, "\t%s\n\t%s\n", buf_z(&in->desc), buf_z(&twin));
		buf_reset(&again);
		if (CHECK(t->solve(&again, buf_str(&twin))))
			CHECK_EQ(judge_answer(t, buf_str(&twin), buf_str(&again)), QUARRY_CORRECT);
		CHECK(!(t->flags & TASK_UNIQUE) || t->prove(buf_str(&twin)));
	}
	if (!t->twin)
		CHECK_STR_EQ(buf_str(&canon), buf_str(&in->desc));
	buf_release(&canon);
	buf_release(&twin);
	buf_release(&again);
}

/* ---- one level ---- */

static void same_seed_same_bytes(const struct task *t, const struct instance_ask *ask, const struct instance *in)
{
	struct instance again = INSTANCE_INIT;
	struct buf a = BUF_INIT, b = BUF_INIT;

	if (make(&again, ask, in->seed)) {
		instance_json(&a, in);
		instance_json(&b, &again);
		CHECK_STR_EQ(buf_str(&a), buf_str(&b));
		CHECK(again.task == t && !a.failed);
	}
	instance_release(&again);
	buf_release(&a);
	buf_release(&b);
}

static void check_desc(const struct instance *in)
{
	CHECK(in->desc.n > 0 && in->desc.n < DESC_MAX && utf8_valid(buf_str(&in->desc)));
	for (size_t i = 0; i < in->desc.n; i++)
		if ((unsigned char)in->desc.s[i] < 0x20 || in->desc.s[i] == 0x7f)
			CHECK(!"a desc is one printable line");
}

static void from_desc(const struct task *t, int level, const struct instance *in)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance again = INSTANCE_INIT;
	struct err err = ERR_INIT;

	ask.difficulty = level * 10;
	ask.form = str_of(in->form);
	if (CHECK_EQ(instance_from_desc(&again, &ask, buf_str(&in->desc), &err), 0)) {
		CHECK_STR_EQ(buf_str(&again.prompt), buf_str(&in->prompt));
		CHECK_EQ(judge_answer(t, buf_str(&in->desc), buf_str(&again.answer)), QUARRY_CORRECT);
		if (!(t->flags & TASK_MANY_ANSWERS))
			CHECK_STR_EQ(buf_str(&again.answer), buf_str(&in->answer));
		CHECK_STR(str_of(again.id), in->id);
		CHECK_EQ(again.canon, in->canon);
	}
	instance_release(&again);
}

/* Right answers to one puzzle are not right for another. */
static void check_others(const struct task *t, const struct instance in[SEEDS], int level)
{
	struct tally tally = { 0 };
	int canons = 0;

	check_in("%s level %d among its own", t->name, level);
	for (int i = 0; i < SEEDS; i++)
		for (int j = 0; j < SEEDS; j++) {
			canons += i < j && in[i].canon != in[j].canon;
			if (i == j || str_eq(buf_str(&in[i].answer), buf_str(&in[j].answer)))
				continue;
			tally.tried++;
			tally.right += judge_answer(t, buf_str(&in[i].desc), buf_str(&in[j].answer)) == QUARRY_CORRECT;
		}
	CHECK(tally.right <= (t->flags & TASK_MANY_ANSWERS ? tally.tried / 5 : 0));
	/* of ten pairs seven: the smallest spaces have hundreds of puzzles, the large ones no end */
	CHECK(canons >= (level < 5 ? SEEDS * (SEEDS - 1) / 2 * 7 / 10 : SEEDS * (SEEDS - 1) / 2));
}

static void check_level(const struct task *t, int level, struct tally *swaps, struct rng *rng)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in[SEEDS] = { INSTANCE_INIT };
	bool all = true;

	ask.difficulty = level * 10;
	for (int i = 0; i < SEEDS; i++) {
		check_in("%s level %d seed %d", t->name, level, i + 1);
		if (!make(&in[i], &ask, (uint64_t)i + 1)) {
			all = false;
			continue;
		}
		CHECK_EQ(in[i].level, level);
		CHECK(in[i].guess > 0 && in[i].guess <= 1);
		same_seed_same_bytes(t, &ask, &in[i]);
		check_desc(&in[i]);
		from_desc(t, level, &in[i]);
		check_own_answer(t, &in[i]);
		check_silence(t, &in[i]);
		check_changes(t, &in[i], swaps);
		check_twins(t, &in[i], rng);
		CHECK(!(t->flags & TASK_UNIQUE) || t->prove(buf_str(&in[i].desc)));
		check_worked(t, level, &in[i]);
		if (i == 0)
			check_ids(t, &in[i]);
		for (int lang = 0; lang < LANGS && i == 0; lang++)
			check_prompts(t, &in[i], (enum lang)lang, rng);
	}
	if (all)
		check_others(t, in, level);
	for (int i = 0; i < SEEDS; i++)
		instance_release(&in[i]);
}

/* ---- damage ---- */

/* Nothing crashes, nothing hangs, and what the solver takes for a puzzle the rule judges likewise. */
static enum quarry_mark survive(const struct task *t, struct str desc, struct str answer)
{
	/* a copy of its own, so that a sanitizer sees every byte read past it */
	struct str own = { malloc(desc.n + (desc.n == 0)), desc.n };
	struct buf b = BUF_INIT, solved = BUF_INIT;
	struct effort e = { .technique = "" };
	double start = cpu_s();
	struct holes holes = HOLES_ALL;
	enum quarry_mark mark;
	bool solves;

	if (!own.s)
		exit(1);
	memcpy((char *)own.s, desc.s, desc.n);
	mark = judge_answer(t, own, answer);
	solves = t->solve(&solved, own);
	if (solves && !CHECK_EQ(judge_answer(t, own, buf_str(&solved)), QUARRY_CORRECT))
		fprintf(stderr, "\tdesc \"%.*s\" solved by \"%s\"\n", (int)desc.n, desc.s, buf_z(&solved));
	CHECK(!(solves && mark == QUARRY_BAD_TASK));
	if (t->prove && t->prove(own) && !CHECK(mark != QUARRY_BAD_TASK))
		fprintf(stderr, "\tdesc \"%.*s\" is proved, but no task\n", (int)desc.n, desc.s);
	t->grade(&e, own);
	t->explain(&b, own, LANG_EN);
	t->canon(&b, own);
	t->fields(&holes, own, LANG_ZH);
	holes_release(&holes);
	CHECK(t->answers_log2(own) >= 0);
	CHECK(e.answers_log2 == 0 || e.answers_log2 == t->answers_log2(own));
	if (t->twin) {
		struct rng rng;

		rng_init(&rng, 1, "twin");
		t->twin(&b, own, &rng);
	}
	if (!CHECK(cpu_s() - start < 10))
		fprintf(stderr, "\tdesc \"%.*s\" took %.1f s\n", (int)desc.n, desc.s, cpu_s() - start);
	buf_release(&b);
	buf_release(&solved);
	free((char *)own.s);
	return mark;
}

static void damage_bytes(const struct task *t, const struct instance *in)
{
	static const char with[] = "\0\xff 09az,:-()";
	struct str desc = buf_str(&in->desc), answer = buf_str(&in->answer);
	size_t stride = 1 + desc.n / 80;
	struct buf b = BUF_INIT;

	for (size_t at = 0; at < desc.n; at += stride) {
		for (size_t i = 0; i < sizeof(with); i++) {
			buf_reset(&b);
			buf_add(&b, desc);
			b.s[at] = i + 1 < sizeof(with) ? with[i] : (char)(b.s[at] ^ 1);
			survive(t, buf_str(&b), answer);
		}
		buf_reset(&b);
		buf_add(&b, str_sub(desc, 0, at));
		survive(t, buf_str(&b), answer); /* cut */
		buf_add(&b, str_from(desc, at + 1));
		survive(t, buf_str(&b), answer); /* one byte lost */
		buf_reset(&b);
		buf_add(&b, str_sub(desc, 0, at + 1));
		buf_add(&b, str_from(desc, at));
		survive(t, buf_str(&b), answer); /* one byte twice */
	}
	buf_release(&b);
}

/* One spelling only: nothing may stand around a desc. */
static void damage_ends(const struct task *t, const struct instance *in)
{
	static const char *const around[][2] = {
		{ "", " " }, { " ", "" }, { "", "\n" }, { "\t", "" }, { "", "\xff" }, { "\xef\xbb\xbf", "" }, { "", "\r" },
	};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < COUNT(around); i++) {
		buf_reset(&b);
		buf_addz(&b, around[i][0]);
		buf_add(&b, buf_str(&in->desc));
		buf_addz(&b, around[i][1]);
		if (!CHECK_EQ(survive(t, buf_str(&b), buf_str(&in->answer)), QUARRY_BAD_TASK))
			fprintf(stderr, "\t\"%s\"\n", buf_z(&b));
	}
	buf_reset(&b);
	buf_add(&b, buf_str(&in->desc));
	buf_addc(&b, 0);
	CHECK_EQ(survive(t, buf_str(&b), buf_str(&in->answer)), QUARRY_BAD_TASK);
	CHECK_EQ(survive(t, STR(""), buf_str(&in->answer)), QUARRY_BAD_TASK);
	buf_release(&b);
}

/* Noise, and the puzzle's own signs in disorder and in bulk. */
static void damage_noise(const struct task *t, const struct instance *in, struct rng *rng)
{
	struct str desc = buf_str(&in->desc);
	struct buf b = BUF_INIT;

	for (int i = 0; i < 60; i++) {
		int n = rng_range(rng, 12, 400);

		buf_reset(&b);
		for (int j = 0; j < n; j++)
			buf_addc(&b, (char)rng_below(rng, 256));
		CHECK_EQ(survive(t, buf_str(&b), buf_str(&in->answer)), QUARRY_BAD_TASK);
		buf_reset(&b);
		for (int j = 0; j < n; j++)
			buf_addc(&b, desc.s[rng_below(rng, (uint32_t)desc.n)]);
		survive(t, buf_str(&b), buf_str(&in->answer));
	}
	for (int i = 0; i < 12; i++) {
		struct str piece = str_from(desc, rng_below(rng, (uint32_t)desc.n));

		piece = str_sub(piece, 0, 1 + rng_below(rng, (uint32_t)piece.n));
		buf_reset(&b);
		buf_add(&b, str_sub(desc, 0, rng_below(rng, (uint32_t)desc.n + 1)));
		while (b.n < DESC_MAX)
			buf_add(&b, piece);
		buf_cut(&b, DESC_MAX);
		survive(t, buf_str(&b), buf_str(&in->answer));
	}
	buf_release(&b);
}

static void check_damage(const struct task *t, struct rng *rng)
{
	static const int levels[] = { 0, 4, 10 };
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;

	for (size_t i = 0; i < COUNT(levels); i++) {
		check_in("%s level %d damaged", t->name, levels[i]);
		ask.difficulty = levels[i] * 10;
		if (!make(&in, &ask, 7))
			continue;
		damage_bytes(t, &in);
		damage_ends(t, &in);
		damage_noise(t, &in, rng);
	}
	instance_release(&in);
}

/* ---- hostile answers ---- */

/* Bulk made of the answer's own signs is read in linear time and gets an honest mark. */
static void check_hostile(const struct task *t, struct rng *rng)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;
	struct buf b = BUF_INIT;

	check_in("%s hostile answers", t->name);
	if (!make(&in, &ask, 3))
		return;
	for (int i = 0; i < 80; i++) {
		struct str answer = buf_str(&in.answer);
		int how = i % 8;
		double start;
		enum quarry_mark mark;

		buf_reset(&b);
		while (b.n < (size_t)(i < 40 ? 200 : ANSWER_MAX - 200)) {
			switch (how) {
			case 0: buf_addc(&b, (char)rng_below(rng, 256)); break;
			case 1: buf_addc(&b, answer.s[rng_below(rng, (uint32_t)answer.n)]); break;
			case 2: buf_add(&b, answer); buf_addz(&b, ", "); break;
			case 3: buf_addc(&b, "([{<"[rng_below(rng, 4)]); break;
			case 4: buf_addc(&b, (char)('0' + rng_below(rng, 10))); break;
			case 5: buf_addz(&b, "\\text{"); break;
			case 6: buf_addz(&b, "- "); break;
			default: buf_addcp(&b, 0xff08 + rng_below(rng, 2)); break;
			}
		}
		start = cpu_s();
		mark = judge_answer(t, buf_str(&in.desc), buf_str(&b));
		/* the same answer over and over may pass where a set is asked for */
		CHECK(mark == QUARRY_WRONG || mark == QUARRY_UNREADABLE || mark == QUARRY_NO_ANSWER ||
		      (how == 2 && mark == QUARRY_CORRECT));
		if (!CHECK(cpu_s() - start < 0.2)) /* 2-3 ms; a square of 64 Ki is seconds */
			fprintf(stderr, "\tkind %d of %zu bytes took %.3f s\n", how, b.n, cpu_s() - start);
	}
	buf_release(&b);
	instance_release(&in);
}

/* ---- knobs ---- */

/* With these knobs: a puzzle that holds, or a reason. */
static void knobs_hold(const struct instance_ask *ask, uint64_t seed)
{
	struct instance in = INSTANCE_INIT;
	struct err err = ERR_INIT;
	struct quarry_verdict v;
	double start = cpu_s();
	int rc = instance_make(&in, ask, seed, &err);

	if (rc == 0) {
		CHECK_EQ(judge_answer(ask->task, buf_str(&in.desc), buf_str(&in.answer)), QUARRY_CORRECT);
		CHECK_EQ(judge(ask->task, buf_str(&in.desc), buf_str(&in.worked), ask->format, &v), QUARRY_CORRECT);
		CHECK(!(ask->task->flags & TASK_UNIQUE) || ask->task->prove(buf_str(&in.desc)));
		for (int i = 0; ask->task->knobs[i].name; i++)
			CHECK(!(ask->knob_set >> i & 1) || in.knob[i] == ask->knob[i]);
		check_desc(&in);
	} else {
		CHECK(rc == ERR_FAIL && strlen(err.msg) > 20 && strstr(err.msg, ask->task->name));
	}
	if (!CHECK(cpu_s() - start < 10))
		fprintf(stderr, "\t%.1f s: %s\n", cpu_s() - start, err.msg);
	instance_release(&in);
}

static void knob_outside(const struct task *t, int i, int value)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;
	struct err err = ERR_INIT;

	ask.knob_set = 1u << i;
	ask.knob[i] = value;
	CHECK_EQ(instance_make(&in, &ask, 1, &err), ERR_FAIL);
	CHECK(strstr(err.msg, t->knobs[i].name));
	instance_release(&in);
}

static void check_knobs(const struct task *t, struct rng *rng)
{
	static const int levels[] = { 0, 5, 10 };
	struct instance_ask ask = INSTANCE_ASK(t);
	int knobs = task_knob_count(t);

	ask.worked = true;
	for (size_t at = 0; at < COUNT(levels); at++) {
		ask.difficulty = levels[at] * 10;
		for (int i = 0; i < knobs; i++)
			for (int end = 0; end < 2; end++) {
				ask.knob_set = 1u << i;
				ask.knob[i] = end ? t->knobs[i].hi : t->knobs[i].lo;
				check_in("%s level %d %s=%d", t->name, levels[at], t->knobs[i].name, ask.knob[i]);
				knobs_hold(&ask, 11);
			}
	}
	ask.knob_set = (1u << knobs) - 1;
	for (int round = 0; round < 40; round++) {
		char text[160] = "";

		for (int i = 0; i < knobs; i++) {
			ask.knob[i] = rng_range(rng, t->knobs[i].lo, t->knobs[i].hi);
			snprintf(text + strlen(text), sizeof(text) - strlen(text), " %s=%d", t->knobs[i].name, ask.knob[i]);
		}
		check_in("%s%s", t->name, text);
		knobs_hold(&ask, (uint64_t)round);
	}
	for (int i = 0; i < knobs; i++) {
		check_in("%s %s outside its range", t->name, t->knobs[i].name);
		knob_outside(t, i, t->knobs[i].lo - 1);
		knob_outside(t, i, t->knobs[i].hi + 1);
	}
}

/* ---- difficulty, guessing, splits ---- */

static int int_cmp(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Level d + 2 asks more than level d: chain, guesses and steps together, at the median. */
static void check_harder(const struct task *t)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;
	int median[TASK_LEVELS];

	for (int level = 0; level < TASK_LEVELS; level++) {
		int effort[EFFORTS];

		check_in("%s level %d effort", t->name, level);
		ask.difficulty = level * 10;
		for (int i = 0; i < EFFORTS; i++) {
			effort[i] = 0;
			if (make(&in, &ask, 100 + (uint64_t)i))
				effort[i] = in.effort.depth + in.effort.branch + in.effort.steps;
		}
		qsort(effort, EFFORTS, sizeof(effort[0]), int_cmp);
		median[level] = effort[EFFORTS / 2];
		if (level >= 2 && !CHECK(median[level] > median[level - 2]))
			fprintf(stderr, "\t%d, two levels below %d\n", median[level], median[level - 2]);
	}
	instance_release(&in);
}

/* From level 3 no answer is right in more than 2 % of puzzles, and a blind one in no more. */
static void check_guess(const struct task *t)
{
	static uint64_t answers[SHARES];
	struct buf desc = BUF_INIT, answer = BUF_INIT;

	for (int level = 3; level < TASK_LEVELS; level++) {
		int knob[TASK_KNOBS], most = 0, made = 0;
		struct rng rng;

		check_in("%s level %d guessing", t->name, level);
		task_level(t, level, knob);
		rng_init(&rng, (uint64_t)level, "contract shares");
		for (int tries = 0; made < SHARES / (level < 7 ? 1 : 4) && tries < 2 * SHARES; tries++) {
			buf_reset(&desc);
			buf_reset(&answer);
			if (!t->generate(&desc, &answer, knob, &rng))
				continue;
			CHECK(made || exp2(-t->answers_log2(buf_str(&desc))) <= 0.02);
			answers[made++] = hash64(answer.s, answer.n, 0);
		}
		qsort(answers, (size_t)made, sizeof(answers[0]), hash64_cmp);
		for (int i = 0, j; i < made; i = j) {
			for (j = i; j < made && answers[j] == answers[i]; j++)
				;
			most = j - i > most ? j - i : most;
		}
		/* four standard deviations above two percent */
		if (!CHECK(most <= made * 0.02 + 4 * sqrt(made * 0.02 * 0.98)))
			fprintf(stderr, "\tone answer in %d of %d\n", most, made);
	}
	buf_release(&desc);
	buf_release(&answer);
}

static void check_splits(const struct task *t)
{
	struct instance_ask ask = INSTANCE_ASK(t);
	struct instance in = INSTANCE_INIT;

	ask.canon_lo = 0.9;
	for (int i = 0; i < 10; i++) {
		check_in("%s in the last tenth, %d", t->name, i);
		ask.difficulty = 5 * i + 1;
		if (!make(&in, &ask, (uint64_t)i))
			continue;
		CHECK((double)(in.canon >> 11) * 0x1p-53 >= 0.9);
		CHECK(in.level == ask.difficulty / 10 || in.level == ask.difficulty / 10 + 1);
	}
	instance_release(&in);
}

static void check_task(const struct task *t)
{
	struct tally swaps = { 0 };
	struct rng rng;

	rng_init(&rng, 1, "contract");
	check_table(t);
	for (int level = 0; level < TASK_LEVELS; level++)
		check_level(t, level, &swaps, &rng);
	/* the order of an answer matters always or never */
	check_in("%s: %d of %d answers with two neighbours swapped were right", t->name, swaps.right, swaps.tried);
	CHECK(t->flags & TASK_MANY_ANSWERS || swaps.right == 0 || swaps.right == swaps.tried);
	check_damage(t, &rng);
	check_hostile(t, &rng);
	check_knobs(t, &rng);
	if (!CHECK_SLOW) {
		check_harder(t);
		check_guess(t);
	}
	check_splits(t);
}

int main(int argc, char **argv)
{
	const struct task *t;

	for (size_t i = 0; (t = task_at(i)); i++)
		if (argc < 2 || strcmp(argv[1], t->name) == 0)
			check_task(t);
	return check_done();
}
